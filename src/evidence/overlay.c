/* evidence/overlay.c - the work laid over the picture found. */
#include "evidence/overlay.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define SIDE_MAX 4096

static void
put32(char *p, uint32_t v)
{
    for (int i = 0; i < 4; i++) p[i] = (char)(v >> (24 - 8 * i));
}

static void
chunk(struct fair_buf *b, const char type[5], fair_str data)
{
    char n[4];
    uLong crc = crc32(0, (const Bytef *)type, 4);

    put32(n, (uint32_t)data.n);
    fair_buf_add(b, (fair_str){ n, 4 });
    fair_buf_add(b, (fair_str){ type, 4 });
    fair_buf_add(b, data);
    if (data.n > 0) crc = crc32_z(crc, (const Bytef *)data.p, data.n);
    put32(n, (uint32_t)crc);
    fair_buf_add(b, (fair_str){ n, 4 });
}

/* PNG (ISO 15948): 8 bit R G B; each row as its difference from the one above (filter 2), which packs best here. */
static fair_status
png_of(const uint8_t *rgb, uint32_t w, uint32_t h, struct fair_arena *a, fair_str *png, struct fair_err *err)
{
    const size_t row = (size_t)w * 3, n = (row + 1) * h;
    uLongf packed = compressBound((uLong)n);
    char *z = fair_alloc(a, packed), head[13] = { 0 };
    struct fair_buf b = FAIR_BUF(a, packed + 1024);
    uint8_t *rows = fair_alloc(a, n), *at = rows;

    for (uint32_t y = 0; y < h; y++) {
        const uint8_t *here = rgb + y * row;
        *at++ = 2;
        for (size_t i = 0; i < row; i++) *at++ = (uint8_t)(here[i] - (y > 0 ? here[i - row] : 0));
    }

    if (compress2((Bytef *)z, &packed, rows, (uLong)n, 6) != Z_OK) abort();
    put32(head, w);
    put32(head + 4, h);
    head[8] = 8;
    head[9] = 2;
    fair_buf_add(&b, (fair_str){ "\x89PNG\r\n\x1a\n", 8 });
    chunk(&b, "IHDR", (fair_str){ head, sizeof head });
    chunk(&b, "IDAT", (fair_str){ z, packed });
    chunk(&b, "IEND", (fair_str){ NULL, 0 });
    return fair_buf_take(&b, png, err);
}

fair_status
fair_overlay_png(const struct fair_overlay_side *found, const struct fair_overlay_side *work, const double map[6], struct fair_arena *a, fair_str *png,
                 struct fair_err *err)
{
    uint8_t *rgb;

    FAIR_TRY(fair_overlay_rows(found, work, map, a, &rgb, err));
    return png_of(rgb, found->width, found->height, a, png, err);
}

fair_status
fair_overlay_rows(const struct fair_overlay_side *found, const struct fair_overlay_side *work, const double map[6], struct fair_arena *a, uint8_t **rgb,
                  struct fair_err *err)
{
    const double det = map[0] * map[4] - map[1] * map[3];
    uint8_t *at;

    if (found->width == 0 || found->height == 0 || work->width == 0 || work->height == 0 || found->width > SIDE_MAX || found->height > SIDE_MAX)
        return fair_fail(err, FAIR_INVALID, "overlay: no picture");
    if (!isfinite(det) || fabs(det) < 1e-9 || !(found->scale_x > 0) || !(found->scale_y > 0)) return fair_fail(err, FAIR_INVALID, "overlay: the map cannot be turned round");
    at = *rgb = fair_alloc(a, (size_t)found->width * 3 * found->height);
    for (uint32_t y = 0; y < found->height; y++) {
        for (uint32_t x = 0; x < found->width; x++) {
            double u = (x + 0.5) / found->scale_x - map[2], v = (y + 0.5) / found->scale_y - map[5];
            double wx = (map[4] * u - map[1] * v) / det * work->scale_x, wy = (map[0] * v - map[3] * u) / det * work->scale_y;
            uint8_t f = found->pixels[(size_t)y * found->stride + x];
            bool in = wx >= 0 && wy >= 0 && wx < work->width && wy < work->height;
            uint8_t g = in ? work->pixels[(size_t)wy * work->stride + (size_t)wx] : 0;
            *at++ = in ? f : f / 2;
            *at++ = in ? g : f / 2;
            *at++ = in ? g : f / 2;
        }
    }
    return FAIR_OK;
}
