/* png_join.c - rows out of several PNGs into one. */
#include "browser/png_join.h"
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define LEVEL 4                   /* of deflate: screenshots are flat, and more costs seconds */

static uint32_t
be32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static const uint8_t signature[8] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n' };

struct chunk { const uint8_t *type, *data; uint32_t n; };

/* The next chunk of *rest, its checksum verified. */
static bool
next_chunk(fair_str *rest, struct chunk *c)
{
    const uint8_t *p = (const uint8_t *)rest->p;

    if (rest->n < 12) return false;
    c->n = be32(p);
    if (c->n > rest->n - 12) return false;
    c->type = p + 4;
    c->data = p + 8;
    if (be32(p + 8 + c->n) != (uint32_t)crc32(crc32(0, NULL, 0), p + 4, c->n + 4)) return false;
    *rest = (fair_str){ rest->p + 12 + c->n, rest->n - 12 - c->n };
    return true;
}

struct part { fair_str rest; uint32_t width, height; unsigned channels; };

static fair_status
open_part(fair_str png, struct part *p, struct fair_err *err)
{
    struct chunk c;

    if (png.n < 8 || memcmp(png.p, signature, 8) != 0) return fair_fail(err, FAIR_CORRUPT, "no PNG");
    p->rest = (fair_str){ png.p + 8, png.n - 8 };
    if (!next_chunk(&p->rest, &c) || memcmp(c.type, "IHDR", 4) != 0 || c.n != 13) return fair_fail(err, FAIR_CORRUPT, "a PNG without IHDR");
    p->width = be32(c.data);
    p->height = be32(c.data + 4);
    p->channels = c.data[9] == 2 ? 3 : 4;
    if (c.data[8] != 8 || (c.data[9] != 2 && c.data[9] != 6) || c.data[10] != 0 || c.data[11] != 0 || c.data[12] != 0)
        return fair_fail(err, FAIR_CORRUPT, "a PNG of another kind than browsers write (depth %u, type %u)", c.data[8], c.data[9]);
    if (p->width == 0 || p->height == 0) return fair_fail(err, FAIR_CORRUPT, "a PNG without pixels");
    if (p->width > FAIR_PNG_WIDTH || p->height > FAIR_PNG_HEIGHT || (uint64_t)p->width * p->height > FAIR_PNG_PIXELS)
        return fair_fail(err, FAIR_LIMIT, "a PNG of %u x %u", p->width, p->height);
    return FAIR_OK;
}

fair_status
fair_png_size(fair_str png, uint32_t *width, uint32_t *height, struct fair_err *err)
{
    struct part p;

    FAIR_TRY(open_part(png, &p, err));
    *width = p.width;
    *height = p.height;
    return FAIR_OK;
}

static uint8_t
paeth(int a, int b, int c)
{
    int pa = abs(b - c), pb = abs(a - c), pc = abs(a + b - 2 * c);

    return (uint8_t)(pa <= pb && pa <= pc ? a : pb <= pc ? b : c);
}

/* Clause 9.2: undo the filter of a row in place, knowing the row above (zeros above the first). */
static bool
unfilter(uint8_t kind, uint8_t *row, const uint8_t *above, size_t n, size_t bpp)
{
    for (size_t i = 0; i < n; i++) {
        int left = i >= bpp ? row[i - bpp] : 0, up = above[i], corner = i >= bpp ? above[i - bpp] : 0;
        switch (kind) {
        case 0: return true;
        case 1: row[i] = (uint8_t)(row[i] + left); break;
        case 2: row[i] = (uint8_t)(row[i] + up); break;
        case 3: row[i] = (uint8_t)(row[i] + (left + up) / 2); break;
        case 4: row[i] = (uint8_t)(row[i] + paeth(left, up, corner)); break;
        default: return false;
        }
    }
    return true;
}

struct out {
    struct fair_buf png;
    z_stream z;
    uint8_t *row, *above, *filtered;     /* RGB                        */
    uint8_t piece[1 << 15];
};

static void
put_be32(struct fair_buf *b, uint32_t v)
{
    uint8_t p[4] = { (uint8_t)(v >> 24), (uint8_t)(v >> 16), (uint8_t)(v >> 8), (uint8_t)v };

    fair_buf_add(b, (fair_str){ (const char *)p, 4 });
}

static void
put_chunk(struct fair_buf *b, const char *type, fair_str data)
{
    uint32_t crc = (uint32_t)crc32(crc32(0, NULL, 0), (const uint8_t *)type, 4);

    put_be32(b, (uint32_t)data.n);
    fair_buf_add(b, (fair_str){ type, 4 });
    fair_buf_add(b, data);
    put_be32(b, (uint32_t)crc32(crc, (const uint8_t *)(data.p != NULL ? data.p : ""), (uInt)data.n));
}

/* Compress n bytes (0 and `finish`: the end) into IDAT chunks. */
static void
press(struct out *o, const uint8_t *bytes, size_t n, bool finish)
{
    int rc;

    o->z.next_in = (uint8_t *)(uintptr_t)bytes;
    o->z.avail_in = (uInt)n;
    do {
        o->z.next_out = o->piece;
        o->z.avail_out = sizeof o->piece;
        rc = deflate(&o->z, finish ? Z_FINISH : Z_NO_FLUSH);
        if (o->z.avail_out < sizeof o->piece) put_chunk(&o->png, "IDAT", (fair_str){ (const char *)o->piece, sizeof o->piece - o->z.avail_out });
    } while (rc == Z_OK && (o->z.avail_out == 0 || o->z.avail_in > 0 || finish));
}

/* One row of the part, to RGB and on its way; filter "up", which screenshots like. */
static void
put_row(struct out *o, const uint8_t *row, uint32_t width, unsigned channels)
{
    uint8_t *swap;

    if (channels == 3) memcpy(o->row, row, (size_t)width * 3);
    else
        for (uint32_t x = 0; x < width; x++)
            for (int k = 0; k < 3; k++) {
                unsigned alpha = row[4 * x + 3];
                o->row[3 * x + (unsigned)k] = (uint8_t)((row[4 * x + (unsigned)k] * alpha + 255 * (255 - alpha) + 127) / 255);
            }
    o->filtered[0] = 2;
    for (size_t i = 0; i < (size_t)width * 3; i++) o->filtered[1 + i] = (uint8_t)(o->row[i] - o->above[i]);
    press(o, o->filtered, 1 + (size_t)width * 3, false);
    swap = o->above;
    o->above = o->row;
    o->row = swap;
}

static fair_status
add_part(struct out *o, struct part *p, uint8_t *rows[2], struct fair_err *err)
{
    size_t n = (size_t)p->width * p->channels, have = 0;
    uint32_t done = 0;
    uint8_t *row = rows[0], *above = rows[1], *swap;
    z_stream z = { 0 };
    struct chunk c;
    int rc = Z_OK;

    memset(above, 0, n + 1);
    if (inflateInit(&z) != Z_OK) abort();
    while (done < p->height && rc == Z_OK && next_chunk(&p->rest, &c)) {
        if (memcmp(c.type, "IDAT", 4) != 0) continue;
        z.next_in = (uint8_t *)(uintptr_t)c.data;
        z.avail_in = c.n;
        while (done < p->height && rc == Z_OK && (z.avail_in > 0 || have > 0)) {
            z.next_out = row + have;
            z.avail_out = (uInt)(n + 1 - have);
            rc = inflate(&z, Z_NO_FLUSH);
            if (rc == Z_BUF_ERROR) {                /* it wants the next chunk */
                rc = Z_OK;
                break;
            }
            if (rc != Z_OK && rc != Z_STREAM_END) break;
            have = n + 1 - z.avail_out;
            if (have < n + 1) break;
            if (!unfilter(row[0], row + 1, above + 1, n, p->channels)) {
                rc = Z_DATA_ERROR;
                break;
            }
            put_row(o, row + 1, p->width, p->channels);
            swap = above;
            above = row;
            row = swap;
            have = 0;
            done++;
        }
    }
    inflateEnd(&z);
    if (done < p->height) return fair_fail(err, FAIR_CORRUPT, "a PNG of %u rows has %u", p->height, done);
    return FAIR_OK;
}

static fair_status
join(struct out *o, struct part *parts, size_t n, uint8_t *rows[2], fair_str *out, struct fair_err *err)
{
    for (size_t i = 0; i < n; i++) FAIR_TRY(add_part(o, &parts[i], rows, err));
    press(o, NULL, 0, true);
    put_chunk(&o->png, "IEND", FAIR_STR(""));
    return fair_buf_take(&o->png, out, err);
}

fair_status
fair_png_join(struct fair_arena *a, const fair_str *pngs, size_t n, const struct fair_png_note *notes, size_t n_notes, fair_str *out,
              struct fair_err *err)
{
    struct part *parts = fair_alloc_array(a, n + 1, sizeof *parts);
    struct out *o = FAIR_NEW(a, struct out);
    uint8_t *rows[2], head[13] = { [8] = 8, [9] = 2 };
    uint64_t height = 0, bytes = 0;
    fair_status s;

    if (n == 0) return fair_fail(err, FAIR_INVALID, "no PNG to join");
    for (size_t i = 0; i < n; i++) {
        FAIR_TRY(open_part(pngs[i], &parts[i], err));
        if (parts[i].width != parts[0].width)
            return fair_fail(err, FAIR_INVALID, "PNGs of %u and %u pixels' width", parts[0].width, parts[i].width);
        height += parts[i].height;
        bytes += pngs[i].n;
    }
    if (height > FAIR_PNG_HEIGHT || height * parts[0].width > FAIR_PNG_PIXELS)
        return fair_fail(err, FAIR_LIMIT, "PNGs of %u x %llu together", parts[0].width, (unsigned long long)height);
    o->png = FAIR_BUF(a, height * parts[0].width * 3 + bytes + ((size_t)4 << 20));
    o->row = fair_alloc(a, (size_t)parts[0].width * 3);
    o->above = fair_alloc(a, (size_t)parts[0].width * 3);
    o->filtered = fair_alloc(a, (size_t)parts[0].width * 3 + 1);
    rows[0] = fair_alloc(a, (size_t)parts[0].width * 4 + 1);
    rows[1] = fair_alloc(a, (size_t)parts[0].width * 4 + 1);
    fair_buf_add(&o->png, (fair_str){ (const char *)signature, 8 });
    for (int i = 0; i < 4; i++) {
        head[i] = (uint8_t)(parts[0].width >> (24 - 8 * i));
        head[4 + i] = (uint8_t)(height >> (24 - 8 * i));
    }
    put_chunk(&o->png, "IHDR", (fair_str){ (const char *)head, 13 });
    for (size_t i = 0; i < n_notes; i++) {
        struct fair_buf t = FAIR_BUF(a, 70000);
        fair_buf_c(&t, notes[i].keyword);
        fair_buf_byte(&t, '\0');
        fair_buf_add(&t, notes[i].text);
        put_chunk(&o->png, "tEXt", (fair_str){ t.p, t.n });
    }
    if (deflateInit(&o->z, LEVEL) != Z_OK) abort();
    s = join(o, parts, n, rows, out, err);
    deflateEnd(&o->z);
    return s;
}
