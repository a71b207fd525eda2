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

static struct fair_span
span_at(uint32_t i, uint32_t in, uint32_t out)
{
    uint64_t from = (uint64_t)i * in, to = from + in;
    struct fair_span s = { .first = (uint32_t)(from / out), .last = (uint32_t)((to - 1) / out) };

    if (s.first == s.last) s.head = in;
    else {
        s.head = (uint32_t)((uint64_t)(s.first + 1) * out - from);
        s.tail = (uint32_t)(to - (uint64_t)s.last * out);
    }
    return s;
}

/* The column sums under output row y. */
static void
down(const struct fair_image *in, uint32_t y, uint32_t height, uint32_t *acc, const struct fair_image_kernels *k)
{
    const struct fair_span s = span_at(y, in->height, height);
    const size_t n = (size_t)in->width * in->channels;

    k->area_add(acc, fair_image_row(in, s.first), fair_image_row(in, s.last), n, s.head, s.tail, false);
    for (uint32_t r = s.first + 1; r < s.last; r += 2) {
        bool two = r + 1 < s.last;
        k->area_add(acc, fair_image_row(in, r), fair_image_row(in, two ? r + 1 : r), n, height, two ? height : 0, true);
    }
}

struct fair_image *
fair_image_area(const struct fair_image *in, uint32_t width, uint32_t height)
{
    const struct fair_image_kernels *k = fair_image_kernels();
    const size_t n = (size_t)in->width * in->channels;
    struct fair_area_rows rows = { .n = n, .width = width, .channels = in->channels, .units = width,
                                   .area = (uint64_t)in->width * in->height };
    struct fair_image *out;
    struct fair_span *spans;
    uint32_t *acc;
    uint8_t *spare;

    assert(width >= 1 && height >= 1 && width <= in->width && height <= in->height);
    assert(in->width <= 65535 && in->height <= 65535);
    out = fair_image_new(width, height, in->channels);
    if (width == in->width && height == in->height) {
        for (uint32_t y = 0; y < height; y++) memcpy(fair_image_row(out, y), fair_image_row(in, y), n);
        return out;
    }
    spans = fair_xcalloc(width, sizeof *spans);
    acc = fair_xcalloc(2 * FAIR_AREA_ROWS * n, sizeof *acc);
    spare = fair_xmalloc((size_t)width * in->channels);
    for (uint32_t x = 0; x < width; x++) spans[x] = span_at(x, in->width, width);
    rows.spans = spans;
    rows.scratch = acc + FAIR_AREA_ROWS * n;
    for (uint32_t i = 0; i < FAIR_AREA_ROWS; i++) rows.acc[i] = acc + i * n;
    for (uint32_t y = 0; y < height; y += FAIR_AREA_ROWS) {
        for (uint32_t i = 0; i < FAIR_AREA_ROWS; i++) {  /* rows beyond the last repeat what is there, for nobody */
            if (y + i < height) down(in, y + i, height, rows.acc[i], k);
            rows.to[i] = y + i < height ? fair_image_row(out, y + i) : spare;
        }
        k->area_across(&rows);
    }
    free(spare);
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
