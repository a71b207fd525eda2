/* A picture of ours as a PNG (ISO/IEC 15948). */
#include <assert.h>
#include <string.h>
#include <zlib.h>
#include "image/png_write.h"

static uint8_t *
put32(uint8_t *p, uint32_t v)
{
    for (int i = 3; i >= 0; i--) *p++ = (uint8_t)(v >> 8 * i);
    return p;
}

static uint8_t *
chunk(uint8_t *p, const char type[4], const void *data, uint32_t n)
{
    uint8_t *from = put32(p, n);

    memcpy(from, type, 4);
    if (n > 0) memcpy(from + 4, data, n);
    return put32(from + 4 + n, (uint32_t)crc32(0, from, n + 4));
}

void
fair_image_png(const struct fair_image *im, struct fair_arena *a, fair_str *out)
{
    const size_t row = (size_t)im->width * im->channels, raw_n = (row + 1) * im->height;
    uint8_t *raw = fair_alloc(a, raw_n), *packed, *png, *p;
    uint8_t head[13] = { [8] = 8, [9] = im->channels == 3 ? 2 : 0 };
    uLongf n = compressBound((uLong)raw_n);

    assert(im->channels == 1 || im->channels == 3);
    packed = fair_alloc(a, n);
    for (uint32_t y = 0; y < im->height; y++) {
        uint8_t *to = raw + (row + 1) * y;
        const uint8_t *from = fair_image_row(im, y);
        *to++ = 1;                                     /* "Sub": each byte less the one a pixel before */
        for (size_t x = 0; x < row; x++) to[x] = (uint8_t)(from[x] - (x >= im->channels ? from[x - im->channels] : 0));
    }
    if (compress2(packed, &n, raw, (uLong)raw_n, 6) != Z_OK) n = 0;      /* cannot be: there is room, and memory ends the program */
    assert(n > 0);
    png = p = fair_alloc(a, n + 8 + 25 + 12 + 12);
    memcpy(p, "\x89PNG\r\n\x1a\n", 8);
    put32(put32(head, im->width), im->height);
    p = chunk(p + 8, "IHDR", head, sizeof head);
    p = chunk(p, "IDAT", packed, (uint32_t)n);
    p = chunk(p, "IEND", NULL, 0);
    *out = (fair_str){ (const char *)png, (size_t)(p - png) };
}
