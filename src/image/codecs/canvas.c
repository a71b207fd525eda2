/* image/codecs/canvas.c - rows of a picture being decoded, averaged down to near the wished size. */
#include <stdlib.h>
#include "base/mem.h"
#include "image/codecs/codecs_private.h"
#include "image/image_private.h"

/* A square of 4096 x 4096 values of 255 still fits 32 bits. */
#define MAX_STEP 4096

fair_status
fair_canvas_begin(struct fair_canvas *c, const struct fair_decode *d, uint32_t width, uint32_t height)
{
    uint32_t longer = width > height ? width : height, step = 1, w, h;

    if (d->wish_side > 0 && longer > d->wish_side) step = longer / d->wish_side;
    if (step > MAX_STEP) step = MAX_STEP;
    w = (width + step - 1) / step;
    h = (height + step - 1) / step;
    FAIR_TRY(fair_decode_memory(d, (uint64_t)w * h * (step > 1 ? 4 + 5 * d->channels : d->channels)));
    *c = (struct fair_canvas){ .width = width, .height = height, .channels = d->channels, .step = step };
    c->image = fair_image_new(w, h, d->channels);
    memset(c->image->data, 255, c->image->stride * h);
    c->line = fair_xmalloc((size_t)width * d->channels);
    if (step > 1) {
        c->sum = fair_xcalloc((size_t)w * h * d->channels, sizeof *c->sum);
        c->count = fair_xcalloc((size_t)w * h, sizeof *c->count);
    }
    return FAIR_OK;
}

static inline uint8_t
on_white(uint32_t value, uint32_t alpha)
{
    uint32_t v = value * alpha + 255 * (255 - alpha) + 128;
    return (uint8_t)((v + (v >> 8)) >> 8);           /* v / 255, rounded */
}

/* n pixels of any kind as the canvas has them. */
static void
convert(uint8_t *to, uint32_t channels, const uint8_t *px, uint32_t n, enum fair_pixels kind)
{
    if ((uint32_t)kind == channels) {
        memcpy(to, px, (size_t)n * channels);
        return;
    }
    if (kind == FAIR_PX_RGB) {
        fair_image_kernels()->luma_row(to, px, n);
        return;
    }
    for (uint32_t i = 0; i < n; i++, px += kind, to += channels) {
        uint8_t r = px[0], g = px[0], b = px[0];
        if (kind == FAIR_PX_GREY_ALPHA) r = g = b = on_white(px[0], px[1]);
        else if (kind == FAIR_PX_RGBA) {
            r = on_white(px[0], px[3]);
            g = on_white(px[1], px[3]);
            b = on_white(px[2], px[3]);
        }
        if (channels == 3) {
            to[0] = r;
            to[1] = g;
            to[2] = b;
        } else to[0] = (uint8_t)((77u * r + 150u * g + 29u * b + 128u) >> 8);
    }
}

/* The ordinary case of averaging down: neighbours in a row, grey. */
static void
add_run(struct fair_canvas *c, uint32_t x, uint32_t y, uint32_t n)
{
    size_t cell = (size_t)(y / c->step) * c->image->width + x / c->step;
    uint32_t room = c->step - x % c->step;
    const uint8_t *p = c->line;

    while (n > 0) {
        uint32_t take = n < room ? n : room, sum = 0;
        for (uint32_t i = 0; i < take; i++) sum += p[i];
        c->sum[cell] += sum;
        c->count[cell] += take;
        p += take;
        n -= take;
        cell++;
        room = c->step;
    }
}

void
fair_canvas_put(struct fair_canvas *c, uint32_t x, uint32_t y, uint32_t apart, const uint8_t *px, uint32_t n,
                enum fair_pixels kind)
{
    const uint32_t ch = c->channels;

    if (x >= c->width || y >= c->height || n == 0) return;
    if ((uint64_t)x + (uint64_t)(n - 1) * apart >= c->width) n = (c->width - x - 1) / apart + 1;
    if (c->step == 1) {
        uint8_t *row = fair_image_row(c->image, y) + (size_t)x * ch;
        if (apart == 1) {
            convert(row, ch, px, n, kind);
            return;
        }
        convert(c->line, ch, px, n, kind);
        for (uint32_t i = 0; i < n; i++) memcpy(row + (size_t)i * apart * ch, c->line + (size_t)i * ch, ch);
        return;
    }
    convert(c->line, ch, px, n, kind);
    if (apart == 1 && ch == 1) add_run(c, x, y, n);
    else {
        const size_t at = (size_t)(y / c->step) * c->image->width;
        uint32_t cell = x / c->step, into = x % c->step;
        const uint8_t *p = c->line;
        for (uint32_t i = 0; i < n; i++) {
            uint32_t *sum = c->sum + (at + cell) * ch;
            for (uint32_t b = 0; b < ch; b++) sum[b] += *p++;
            c->count[at + cell]++;
            for (into += apart; into >= c->step; into -= c->step) cell++;
        }
    }
}

void
fair_canvas_spread(struct fair_canvas *c, uint32_t x, uint32_t y, uint32_t apart, uint32_t wide, uint32_t high)
{
    const uint32_t ch = c->channels;
    uint8_t *row;

    if (c->step > 1 || y >= c->height) return;
    row = fair_image_row(c->image, y);
    if (wide > 1)
        for (uint32_t from = x; from < c->width; from += apart)
            for (uint32_t i = from + 1; i < from + wide && i < c->width; i++)
                memcpy(row + (size_t)i * ch, row + (size_t)from * ch, ch);
    for (uint32_t i = 1; i < high && i < c->height - y; i++)
        memcpy(row + i * c->image->stride, row, (size_t)c->width * ch);
}

struct fair_image *
fair_canvas_end(struct fair_canvas *c)
{
    struct fair_image *im = c->image;

    if (c->step > 1) {
        const uint32_t *sum = c->sum, *count = c->count;
        for (uint32_t y = 0; y < im->height; y++) {
            uint8_t *to = fair_image_row(im, y);
            for (uint32_t x = 0; x < im->width; x++, count++)
                for (uint32_t b = 0; b < c->channels; b++, sum++, to++)
                    if (*count > 0) *to = (uint8_t)((*sum + *count / 2) / *count);
        }
    }
    c->image = NULL;
    fair_canvas_free(c);
    return im;
}

void
fair_canvas_free(struct fair_canvas *c)
{
    fair_image_free(&c->image);
    free(c->sum);
    free(c->count);
    free(c->line);
    *c = (struct fair_canvas){ 0 };
}
