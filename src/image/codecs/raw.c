/* image/codecs/raw.c - a camera's raw picture, by the largest JPEG that lies in it.
 *
 * The sensor's data are never developed: what such a file is for here is to say
 * what the photograph shows, and every camera puts a preview of it beside them.
 * Where it puts it differs by maker and year, but a JPEG says itself where it
 * begins and how large it is; so all of them are looked at and the largest is
 * decoded (docs/adr/0011). */
#include "image/codecs/codecs_private.h"

enum { KEPT = 4, MAX_SEGMENTS = 64 };

struct preview {
    size_t at;
    uint64_t pixels;
};

/* Width x height if a JPEG that we read begins at p: markers up to a frame and
 * then a scan.  Lossless frames (T.81 SOF3), in which some makers keep the sensor's
 * data, are not for showing: 0. */
static uint64_t
jpeg_pixels(const uint8_t *p, size_t n)
{
    uint64_t pixels = 0;
    size_t at = 2;

    for (int i = 0; i < MAX_SEGMENTS && at + 9 < n; i++) {
        uint32_t marker = p[at + 1], length = fair_be16(p + at + 2);
        if (p[at] != 0xff || length < 2) return 0;
        if (marker == 0xff) {            /* fill */
            at++;
            continue;
        }
        if (marker == 0xda) return pixels;
        if (marker <= 0xc2 && marker >= 0xc0)
            pixels = p[at + 4] == 8 ? (uint64_t)fair_be16(p + at + 5) * fair_be16(p + at + 7) : 0;
        else if (marker < 0xc4 || (marker >= 0xd0 && marker <= 0xd9)) return 0;
        at += 2 + (size_t)length;
    }
    return 0;
}

/* The largest previews, largest first. */
static size_t
find_previews(const struct fair_decode *d, struct preview *best)
{
    const uint8_t *p = d->bytes, *end = d->bytes + d->n;
    size_t n = 0;

    while (end - p >= 4 && (p = memmem(p, (size_t)(end - p), "\xff\xd8\xff", 3)) != NULL) {
        struct preview v = { (size_t)(p - d->bytes), jpeg_pixels(p, (size_t)(end - p)) };
        size_t i = n;
        p += 3;
        if (v.pixels == 0 || (n == KEPT && v.pixels <= best[KEPT - 1].pixels)) continue;
        if (n < KEPT) n++;
        else i = KEPT - 1;
        for (; i > 0 && best[i - 1].pixels < v.pixels; i--) best[i] = best[i - 1];
        best[i] = v;
    }
    return n;
}

/* Canon's CR3 keeps its first TIFF directory in a box of its own. */
static int
orientation_of_file(const struct fair_decode *d)
{
    const uint8_t *p = d->bytes;

    if (d->n >= 12 && memcmp(p + 4, "ftyp", 4) == 0) {
        p = memmem(p, d->n < 65536 ? d->n : 65536, "CMT1", 4);
        return p == NULL ? 0 : fair_exif_orientation(p + 4, d->n - (size_t)(p + 4 - d->bytes));
    }
    return fair_exif_orientation(p, d->n);
}

fair_status
fair_decode_raw(struct fair_decode *d)
{
    struct preview best[KEPT];
    size_t n = find_previews(d, best);
    const uint8_t *bytes = d->bytes;
    const size_t n_bytes = d->n;
    int turned = orientation_of_file(d);
    fair_status s;

    if (n == 0) return fair_fail(d->err, FAIR_CORRUPT, "raw: no preview in it");
    for (size_t i = 0; i < n; i++) {
        d->bytes = bytes + best[i].at;
        d->n = n_bytes - best[i].at;
        s = fair_decode_jpeg(d);
        d->bytes = bytes;
        d->n = n_bytes;
        if (s == FAIR_OK) break;
    }
    d->info->blank = false;
    /* A preview that says nothing of its orientation lies as the sensor did. */
    if (d->info->orientation == 1 && turned > 0) d->info->orientation = turned;
    return s;
}
