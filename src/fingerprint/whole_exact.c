/* fingerprint/whole_exact.c - the grid of the whole-picture hash with the very roundings of the reference.
 *
 * The reference keeps running sums, whose rounding depends on all that came before.  Of the first pass, over whole numbers, the
 * sums are exact however they are made; in the others the same sums run here, 64 columns or rows side by side. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include "fingerprint/whole_private.h"

#define SIDE FAIR_GRID
#define KEPT ((size_t)3 << 20)           /* bytes kept for the next picture: enough for one of 512 x 512 */

static pthread_key_t kept_key;
static pthread_once_t kept_once = PTHREAD_ONCE_INIT;

static void
make_key(void)
{
    if (pthread_key_create(&kept_key, free) != 0) abort();
}

/* Room for n floats, undefined; fresh pages for every picture would cost as much as the work.  *own is to be freed. */
static float *
scratch(size_t n, float **own)
{
    float *p;

    *own = NULL;
    pthread_once(&kept_once, make_key);
    p = n * sizeof *p <= KEPT ? pthread_getspecific(kept_key) : NULL;
    if (p != NULL) return p;
    p = aligned_alloc(64, n * sizeof *p <= KEPT ? KEPT : n * sizeof *p);
    if (p == NULL) abort();                  /* out of memory is not a path */
    if (n * sizeof *p > KEPT || pthread_setspecific(kept_key, p) != 0) *own = p;
    return p;
}

void
fair_whole_grid_exact(const struct fair_kernels *k, const struct fair_image *grey, float *grid)
{
    const size_t w = grey->width, h = grey->height, across = fair_whole_window(grey->width), down = fair_whole_window(grey->height);
    const size_t wide = (w + SIDE - 1) / SIDE * SIDE, high = (h + SIDE - 1) / SIDE * SIDE, behind = down - 1 - ((down + 2) / 2 - 1);
    float *own, *second = scratch((high + behind + 1) * wide + 2 * wide * SIDE + 2 * high * SIDE, &own);
    float *first = second + (behind + 1) * wide;     /* after the first pass; the second moves it up      */
    float *block = first + high * wide;              /* 64 rows of that, turned: for each x 64 values     */
    float *third = block + wide * SIDE;
    float *sampled = third + wide * SIDE;            /* for each y the 64 columns of the grid             */
    float *fourth = sampled + high * SIDE;
    float tile[SIDE * SIDE] __attribute__((aligned(64)));

    for (size_t y = 0; y < h; y++) {
        k->box_row(fair_image_row(grey, (uint32_t)y), w, across, first + y * wide);
        memset(first + y * wide + w, 0, (wide - w) * sizeof *first);
    }
    for (size_t x = 0; x < wide; x += SIDE) k->box64(first + x, wide, second + x, wide, h, down);
    memset(second + h * wide, 0, (high - h) * wide * sizeof *second);
    for (size_t y = 0; y < high; y += SIDE) {
        k->transpose64(second + y * wide, wide, w, block);
        k->box64(block, SIDE, third, SIDE, w, across);
        for (size_t j = 0; j < SIDE; j++) memcpy(tile + j * SIDE, third + (2 * j + 1) * w / (2 * SIDE) * SIDE, SIDE * sizeof *tile);
        k->transpose64(tile, SIDE, SIDE, sampled + y * SIDE);
    }
    k->box64(sampled, SIDE, fourth, SIDE, h, down);
    for (size_t i = 0; i < SIDE; i++) memcpy(grid + i * SIDE, fourth + (2 * i + 1) * h / (2 * SIDE) * SIDE, SIDE * sizeof *grid);
    free(own);
}
