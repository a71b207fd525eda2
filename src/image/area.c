/* image/area.c - shrinking by exact area averaging, in integers, the same on every machine.
 *
 * Along one axis an input pixel is `out` units long and an output pixel `in`
 * units, so that both rows are in * out units: every overlap is an integer and
 * the overlaps of one output pixel sum to `in`.  Both axes: sums of
 * 255 * width * height at most, divided once, rounding half up. */
#include "image/image.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include "base/mem.h"
#include "image/image_private.h"

/* The input pixels under one output pixel: the first and the last count with
 * their own weights, those between with `out` units each. */
struct span {
    uint32_t first, last;
    uint32_t head, tail;      /* units of the first and last; tail is 0 where they are the same */
};

static struct span
span_at(uint32_t i, uint32_t in, uint32_t out)
{
    uint64_t from = (uint64_t)i * in, to = from + in;
    struct span s = { .first = (uint32_t)(from / out), .last = (uint32_t)((to - 1) / out) };

    if (s.first == s.last) s.head = in;
    else {
        s.head = (uint32_t)((uint64_t)(s.first + 1) * out - from);
        s.tail = (uint32_t)(to - (uint64_t)s.last * out);
    }
    return s;
}

/* Division by the area with rounding.  For areas below 2^28 a multiplication by
 * ceil(2^64 / area) is exact: the sum is below 2^8 * area, its product with the
 * reciprocal's error (< area) below 2^64. */
struct divider {
    uint64_t area, reciprocal;
};

static inline uint8_t
divide(const struct divider *d, uint64_t sum)
{
    sum += d->area / 2;
    if (d->reciprocal == 0) return (uint8_t)(sum / d->area);
    return (uint8_t)(((unsigned __int128)sum * d->reciprocal) >> 64);
}

/* One output row from the column sums of its input rows (each <= 255 * height < 2^24). */
__attribute__((always_inline)) static inline void
across_short(const uint32_t *acc, const struct span *spans, uint32_t width, uint32_t out_units, uint32_t c,
             const struct divider *d, uint8_t *to)
{
    for (uint32_t x = 0; x < width; x++) {
        const struct span s = spans[x];
        const uint32_t *a = acc + (size_t)s.first * c, *z = acc + (size_t)s.last * c;
        for (uint32_t b = 0; b < c; b++) {
            uint64_t sum = (uint64_t)a[b] * s.head + (uint64_t)z[b] * s.tail;
            for (const uint32_t *m = a + c; m < z; m += c) sum += (uint64_t)m[b] * out_units;
            *to++ = divide(d, sum);
        }
    }
}

/* The same where at most one whole pixel lies between the first and the last
 * (shrinking to no less than half): no loop, no branch. */
__attribute__((always_inline)) static inline void
across_half(const uint32_t *acc, const struct span *spans, uint32_t width, uint32_t out_units, uint32_t c,
            const struct divider *d, uint8_t *to)
{
    for (uint32_t x = 0; x < width; x++) {
        const struct span s = spans[x];
        const uint32_t *a = acc + (size_t)s.first * c, *z = acc + (size_t)s.last * c;
        const uint32_t *m = s.last - s.first == 2 ? a + c : z;
        uint64_t middle = s.last - s.first == 2 ? out_units : 0;
        for (uint32_t b = 0; b < c; b++)
            *to++ = divide(d, (uint64_t)a[b] * s.head + (uint64_t)z[b] * s.tail + m[b] * middle);
    }
}

static void
across(const uint32_t *acc, const struct span *spans, uint32_t in, uint32_t out, uint32_t c, const struct divider *d, uint8_t *to)
{
    bool half = in <= 2 * out;

    if (c == 1 && half) across_half(acc, spans, out, out, 1, d, to);
    else if (c == 3 && half) across_half(acc, spans, out, out, 3, d, to);
    else if (c == 1) across_short(acc, spans, out, out, 1, d, to);
    else across_short(acc, spans, out, out, 3, d, to);
}

struct fair_image *
fair_image_area(const struct fair_image *in, uint32_t width, uint32_t height)
{
    struct fair_image *out;
    const struct fair_image_kernels *k = fair_image_kernels();
    const size_t n = (size_t)in->width * in->channels;
    struct divider d = { .area = (uint64_t)in->width * in->height };
    struct span *spans;
    uint32_t *acc;

    assert(width >= 1 && height >= 1 && width <= in->width && height <= in->height);
    assert(in->width <= 65535 && in->height <= 65535);
    out = fair_image_new(width, height, in->channels);
    if (width == in->width && height == in->height) {
        for (uint32_t y = 0; y < height; y++) memcpy(fair_image_row(out, y), fair_image_row(in, y), n);
        return out;
    }
    if (d.area > 1 && d.area < (1u << 28)) d.reciprocal = UINT64_MAX / d.area + 1;
    spans = fair_xcalloc(width, sizeof *spans);
    acc = fair_xcalloc(n, sizeof *acc);
    for (uint32_t x = 0; x < width; x++) spans[x] = span_at(x, in->width, width);
    for (uint32_t y = 0; y < height; y++) {
        struct span s = span_at(y, in->height, height);
        memset(acc, 0, n * sizeof *acc);
        k->area_add(acc, fair_image_row(in, s.first), n, s.head);
        for (uint32_t r = s.first + 1; r < s.last; r++) k->area_add(acc, fair_image_row(in, r), n, height);
        if (s.last > s.first) k->area_add(acc, fair_image_row(in, s.last), n, s.tail);
        across(acc, spans, in->width, width, in->channels, &d, fair_image_row(out, y));
    }
    free(acc);
    free(spans);
    return out;
}

struct fair_image *
fair_image_shrink(const struct fair_image *in, uint32_t side)
{
    uint32_t longer = in->width > in->height ? in->width : in->height;
    uint64_t w, h;

    assert(side >= 1);
    if (longer <= side) return fair_image_area(in, in->width, in->height);
    w = ((uint64_t)in->width * side + longer / 2) / longer;
    h = ((uint64_t)in->height * side + longer / 2) / longer;
    return fair_image_area(in, w > 0 ? (uint32_t)w : 1, h > 0 ? (uint32_t)h : 1);
}
