/* index/test_scenes.h - made pictures and edited copies of them, for tests. */
#ifndef FAIR_TEST_SCENES_H
#define FAIR_TEST_SCENES_H
#include <math.h>
#include "image/image.h"

static uint32_t seed;

static uint32_t
next(void)
{
    seed = seed * 1664525u + 1013904223u;
    return seed >> 8;
}

/* A picture of soft and hard-edged shapes, another for each number. */
static struct fair_image *
scene(uint32_t width, uint32_t height, uint32_t number)
{
    struct fair_image *im = fair_image_new(width, height, 1);
    enum { SHAPES = 160 };
    static float s[SHAPES][6];

    seed = number * 7919 + 17;
    for (int i = 0; i < SHAPES; i++) {
        s[i][0] = (float)(next() % width);
        s[i][1] = (float)(next() % height);
        s[i][2] = 4 + (float)(next() % 1000) * (float)(next() % 1000) / 14000;
        s[i][3] = (float)(next() % 200) - 100;
        s[i][4] = .4f + (float)(next() % 100) / 60;
        s[i][5] = (float)(next() % 628) / 100;
    }
    for (uint32_t y = 0; y < height; y++)
        for (uint32_t x = 0; x < width; x++) {
            float v = 120;
            for (int i = 0; i < SHAPES; i++) {
                float dx = (float)x - s[i][0], dy = (float)y - s[i][1], c = cosf(s[i][5]), n = sinf(s[i][5]), d;
                if (fabsf(dx) > 3 * s[i][2] || fabsf(dy) > 3 * s[i][2]) continue;
                d = ((dx * c + dy * n) * (dx * c + dy * n) + (dy * c - dx * n) * (dy * c - dx * n) * s[i][4] * s[i][4]) / (s[i][2] * s[i][2]);
                if (i % 2 ? d < 1 : d < 3) v += s[i][3] * (i % 2 ? .6f : (1 - d / 3));
            }
            fair_image_row(im, y)[x] = (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v);
        }
    return im;
}

/* The picture seen through the inverse of `map` on a width x height sheet of grey; beyond the picture it stays grey. */
__attribute__((unused)) static struct fair_image *
edited(const struct fair_image *im, const float map[6], uint32_t width, uint32_t height)
{
    struct fair_image *out = fair_image_new(width, height, 1);
    float det = map[0] * map[4] - map[1] * map[3];

    for (uint32_t y = 0; y < height; y++)
        for (uint32_t x = 0; x < width; x++) {
            float sum = 0;
            for (int k = 0; k < 4; k++) {
                float u = (float)x + .25f + .5f * (float)(k & 1) - map[2], v = (float)y + .25f + .5f * (float)(k >> 1) - map[5];
                float sx = (map[4] * u - map[1] * v) / det - .5f, sy = (map[0] * v - map[3] * u) / det - .5f, fx, fy;
                uint32_t i, j;
                const uint8_t *p, *q;
                if (!(sx >= -.5f && sy >= -.5f && sx < (float)im->width - .5f && sy < (float)im->height - .5f)) { sum += 128; continue; }
                sx = sx < 0 ? 0 : sx;
                sy = sy < 0 ? 0 : sy;
                i = (uint32_t)sx < im->width - 2 ? (uint32_t)sx : im->width - 2;
                j = (uint32_t)sy < im->height - 2 ? (uint32_t)sy : im->height - 2;
                fx = sx - (float)i;
                fy = sy - (float)j;
                p = fair_image_row(im, j) + i;
                q = fair_image_row(im, j + 1) + i;
                sum += ((float)p[0] * (1 - fx) + (float)p[1] * fx) * (1 - fy) + ((float)q[0] * (1 - fx) + (float)q[1] * fx) * fy;
            }
            fair_image_row(out, y)[x] = (uint8_t)(sum < 0 ? 0 : sum > 1020 ? 255 : sum / 4);
        }
    return out;
}

#endif
