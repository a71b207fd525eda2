/* fingerprint/learned.c - the learned descriptor: the picture drawn together, the net, and what is made of what it says. */
#include "fingerprint/learned.h"
#include <assert.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include "base/mem.h"
#include "fingerprint/net.h"

#define SIDE 64               /* pixels of the net's input */
#define PLAIN 4               /* greys that a picture varies by at least (standard deviation) to have a descriptor */
#define SPREAD 320            /* a descriptor of length 1 times this, so that hardly any of its numbers is over 127 */

/* The weights as tools/train-descriptor writes them; built in, for helpers open no files. */
FAIR_NET_WEIGHTS(fair_learned_weights, FAIR_LEARNED_FILE);

static struct fair_net *net;
static pthread_once_t net_once = PTHREAD_ONCE_INIT;

static void
make_net(void)
{
    net = fair_net_read("the descriptor", fair_learned_weights, fair_learned_weights_end, (struct fair_net_shape){ SIDE, 1, FAIR_LEARNED, 1 / 64.f });
}

void
fair_learned_ready(void)
{
    pthread_once(&net_once, make_net);
}

/* Exact area averaging to SIDE x SIDE whatever the picture's sides are, larger or smaller; false if it is plain.  In units of 1/SIDE of
 * a pixel output cell x covers [x w, (x + 1) w) and pixel i [i SIDE, (i + 1) SIDE). */
static bool
draw_together(const struct fair_image *grey, int8_t out[SIDE * SIDE])
{
    const uint64_t w = grey->width, h = grey->height;
    uint32_t *rows = fair_xcalloc(SIDE * h, sizeof *rows);     /* each row drawn together: sums of pixel times part, at most 255 w */
    int64_t sum = 0, squares = 0, mean;

    for (uint64_t y = 0; y < h; y++) {
        const uint8_t *row = fair_image_row(grey, (uint32_t)y);
        for (uint64_t x = 0; x < SIDE; x++) {
            uint64_t a = x * w, b = a + w, v = 0;
            for (uint64_t i = a / SIDE; i * SIDE < b; i++) {
                uint64_t from = i * SIDE > a ? i * SIDE : a, to = (i + 1) * SIDE < b ? (i + 1) * SIDE : b;
                v += row[i] * (to - from);
            }
            rows[y * SIDE + x] = (uint32_t)v;
        }
    }
    for (uint64_t y = 0; y < SIDE; y++) {
        uint64_t a = y * h, b = a + h;
        for (uint64_t x = 0; x < SIDE; x++) {
            uint64_t v = w * h / 2;
            for (uint64_t i = a / SIDE; i * SIDE < b; i++) {
                uint64_t from = i * SIDE > a ? i * SIDE : a, to = (i + 1) * SIDE < b ? (i + 1) * SIDE : b;
                v += rows[i * SIDE + x] * (to - from);
            }
            v /= w * h;
            sum += (int64_t)v;
            squares += (int64_t)(v * v);
            out[y * SIDE + x] = (int8_t)((int)v - 128);
        }
    }
    free(rows);
    mean = sum / (SIDE * SIDE);
    return squares / (SIDE * SIDE) - mean * mean >= PLAIN * PLAIN;
}

void
fair_learned_take(const struct fair_image *grey, int8_t out[FAIR_LEARNED])
{
    int8_t in[SIDE * SIDE];
    double y[FAIR_LEARNED], length = 0;

    assert(grey->channels == 1 && grey->width > 0 && grey->height > 0);
    fair_learned_ready();
    memset(out, 0, FAIR_LEARNED);
    if (!draw_together(grey, in)) return;
    fair_net_run(net, in, y);
    for (int o = 0; o < FAIR_LEARNED; o++) length += y[o] * y[o];
    if (length <= 0) return;
    length = sqrt(length);
    for (int o = 0; o < FAIR_LEARNED; o++) {
        double v = y[o] / length * SPREAD;
        out[o] = (int8_t)lrint(v < -127 ? -127 : v > 127 ? 127 : v);
    }
}

float
fair_learned_near(const int8_t a[FAIR_LEARNED], const int8_t b[FAIR_LEARNED])
{
    int32_t ab = 0, aa = 0, bb = 0;

    for (int i = 0; i < FAIR_LEARNED; i++) {
        ab += a[i] * b[i];
        aa += a[i] * a[i];
        bb += b[i] * b[i];
    }
    return aa == 0 || bb == 0 ? 0 : (float)ab / sqrtf((float)aa * (float)bb);
}
