/* image/codecs/ico.c - Windows icons and cursors: the largest picture in them, as browsers choose. */
#include <stdlib.h>
#include "image/codecs/bmp_private.h"

struct entry {
    uint32_t width, height, bits, number;
    size_t at, n;
};

static void
read_entry(const struct fair_decode *d, uint32_t i, bool cursor, struct entry *e)
{
    const uint8_t *p = d->bytes + 6 + (size_t)16 * i;
    size_t at = fair_le32(p + 12);

    *e = (struct entry){ .width = p[0] ? p[0] : 256, .height = p[1] ? p[1] : 256, .number = i, .at = at };
    e->bits = cursor ? 0 : fair_le16(p + 6);
    if (e->bits == 0 && p[2] > 0)
        for (e->bits = 1; (1u << e->bits) < p[2]; e->bits++) { }
    /* To the end of the file: a length that lies is no reason to see less. */
    e->n = at < d->n ? d->n - at : 0;
}

/* Larger first, then deeper, then as in the file. */
static int
better_first(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    uint32_t ax = x->width * x->height, ay = y->width * y->height;

    if (ax != ay) return ax > ay ? -1 : 1;
    if (x->bits != y->bits) return x->bits > y->bits ? -1 : 1;
    return x->number < y->number ? -1 : 1;
}

static fair_status
read_picture(struct fair_decode *d, const struct entry *e)
{
    const uint8_t *bytes = d->bytes, *p = bytes + e->at;
    size_t n = d->n;
    fair_status s;

    if (e->n < 12) return fair_fail(d->err, FAIR_CORRUPT, "ico: picture %u lies beyond the file", e->number);
    if (e->n >= 8 && memcmp(p, "\x89PNG\r\n\x1a\n", 8) == 0) {
        d->bytes = p;
        d->n = e->n;
        s = fair_decode_png(d);
        d->bytes = bytes;
        d->n = n;
        return s;
    }
    return fair_bmp_read(d, p, e->n, 0, true);
}

fair_status
fair_decode_ico(struct fair_decode *d)
{
    enum { MOST = 256 };
    struct entry entries[MOST];
    uint32_t n;
    bool cursor;
    fair_status s = FAIR_CORRUPT;

    if (d->n < 22 || (n = fair_le16(d->bytes + 4)) == 0) return fair_fail(d->err, FAIR_CORRUPT, "ico: no picture in it");
    cursor = d->bytes[2] == 2;
    if (n > (d->n - 6) / 16) n = (uint32_t)((d->n - 6) / 16);
    if (n > MOST) n = MOST;
    for (uint32_t i = 0; i < n; i++) read_entry(d, i, cursor, &entries[i]);
    qsort(entries, n, sizeof entries[0], better_first);
    for (uint32_t i = 0; i < n && i < 8; i++) {
        s = read_picture(d, &entries[i]);
        d->info->blank = false;
        if (s == FAIR_OK) return FAIR_OK;
    }
    d->info->width = entries[0].width;
    d->info->height = entries[0].height;
    d->info->blank = s == FAIR_CORRUPT;
    return s;
}
