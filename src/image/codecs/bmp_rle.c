/* image/codecs/bmp_rle.c - run lengths in BMP: 4, 8 and (OS/2) 24 bits a pixel. */
#include "image/codecs/bmp_private.h"

struct runs {
    struct fair_bmp *b;
    size_t at;
    uint32_t x, y;            /* y counts from the first row in the file: the bottom one */
    uint8_t line[255 * 4];
};

static void
from_palette(struct runs *r, uint32_t i, uint32_t index)
{
    memcpy(r->line + (size_t)4 * i, r->b->palette[index], 4);
}

static void
from_bgr(struct runs *r, uint32_t i, const uint8_t *bgr)
{
    const uint8_t rgba[4] = { bgr[2], bgr[1], bgr[0], 255 };
    memcpy(r->line + (size_t)4 * i, rgba, 4);
}

static void
put(struct runs *r, uint32_t n)
{
    struct fair_bmp *b = r->b;
    if (r->y < b->height) {
        fair_canvas_put(&b->canvas, r->x, b->top_down ? r->y : b->height - 1 - r->y, 1, r->line, n, FAIR_PX_RGBA);
        b->rows = r->y + 1;
    }
    r->x += n;
}

/* `n` pixels of their own colours; false where the file ends within. */
static bool
absolute(struct runs *r, uint32_t n)
{
    struct fair_bmp *b = r->b;
    size_t bytes = b->bits == 24 ? (size_t)n * 3 : b->bits == 8 ? n : (n + 1) / 2;
    const uint8_t *p = b->p + r->at;

    if (b->n - r->at < bytes) {
        n = (uint32_t)(b->bits == 24 ? (b->n - r->at) / 3 : b->bits == 8 ? b->n - r->at : 2 * (b->n - r->at));
        bytes = b->n - r->at;
    }
    for (uint32_t i = 0; i < n; i++) {
        if (b->bits == 24) from_bgr(r, i, p + (size_t)3 * i);
        else if (b->bits == 8) from_palette(r, i, p[i]);
        else from_palette(r, i, i % 2 ? p[i / 2] & 15 : p[i / 2] >> 4);
    }
    put(r, n);
    r->at += bytes + (bytes & 1);                    /* to an even length */
    return r->at < b->n;
}

bool
fair_bmp_read_runs(struct fair_bmp *b)
{
    struct runs r = { .b = b, .at = b->data };

    while (r.at < b->n && b->n - r.at >= 2) {
        uint32_t count = b->p[r.at], code = b->p[r.at + 1];
        if (count > 0) {                             /* count pixels of one colour, or of two in turn */
            size_t bytes = b->bits == 24 ? 4 : 2;
            if (b->n - r.at < bytes) return false;
            for (uint32_t i = 0; i < count; i++) {
                if (b->bits == 24) from_bgr(&r, i, b->p + r.at + 1);
                else if (b->bits == 8) from_palette(&r, i, code);
                else from_palette(&r, i, i % 2 ? code & 15 : code >> 4);
            }
            put(&r, count);
            r.at += bytes;
            continue;
        }
        r.at += 2;
        if (code == 0) {                             /* end of line */
            r.x = 0;
            if (++r.y >= b->height) return true;
        } else if (code == 1) return true;           /* end of bitmap */
        else if (code == 2) {                        /* a step to the right and up */
            if (b->n - r.at < 2) return false;
            r.x += b->p[r.at];
            r.y += b->p[r.at + 1];
            r.at += 2;
            if (r.y >= b->height) return false;
        } else if (!absolute(&r, code)) return false;
        if (r.x > 1u << 30) return false;
    }
    return false;
}
