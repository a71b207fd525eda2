/* fingerprint/learned.c - the learned descriptor: the picture drawn together, the net, and what is made of what it says. */
#include "fingerprint/learned.h"
#include <assert.h>
#include <endian.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xnnpack.h>
#include "base/mem.h"

#define SIDE 64               /* pixels of the net's input */
#define LAYERS 18
#define PLAIN 4               /* greys that a picture varies by at least (standard deviation) to have a descriptor */
#define SPREAD 320            /* a descriptor of length 1 times this, so that hardly any of its numbers is over 127 */

/* The weights as tools/train-descriptor writes them; built in, for helpers open no files. */
extern const uint8_t fair_learned_weights[], fair_learned_weights_end[];
__asm__(".section .rodata\n.balign 16\n.global fair_learned_weights\nfair_learned_weights:\n.incbin \"" FAIR_LEARNED_FILE "\"\n"
        ".global fair_learned_weights_end\nfair_learned_weights_end:\n.byte 0\n.previous\n");

static struct net {
    pthread_once_t once;
    pthread_mutex_t lock;     /* operators remember what they run on */
    xnn_operator_t layer[LAYERS - 1];
    uint32_t side[LAYERS], channels[LAYERS];     /* [i]: what goes into layer i */
    float scale[LAYERS];      /* of the same */
    const int8_t *head;       /* FAIR_LEARNED x channels */
    float head_scale[FAIR_LEARNED];
    int32_t head_bias[FAIR_LEARNED];
    int8_t *from, *to;        /* activations, with the bytes behind them that XNNPACK may read */
} net = { .once = PTHREAD_ONCE_INIT, .lock = PTHREAD_MUTEX_INITIALIZER };

static uint32_t
take32(const uint8_t **at)
{
    uint32_t v;

    memcpy(&v, *at, sizeof v);
    *at += sizeof v;
    return le32toh(v);
}

static float
take_float(const uint8_t **at)
{
    uint32_t u = take32(at);
    float v;

    memcpy(&v, &u, sizeof v);
    return v;
}

static void
must(bool so, const char *what)
{
    if (so) return;
    fprintf(stderr, "the learned descriptor: %s\n", what);
    abort();
}

static void
make_net(void)
{
    const uint8_t *at = fair_learned_weights, *end = fair_learned_weights_end;
    uint32_t most = SIDE * SIDE;

    must(xnn_initialize(NULL) == xnn_status_success, "XNNPACK does not run on this processor");
    must(end - at > 20 && memcmp(at, "FAIRNET1", 8) == 0, "no weights");
    at += 8;
    must(take32(&at) == SIDE, "weights of another net");
    must(take32(&at) == FAIR_LEARNED, "weights of another net");
    must(take32(&at) == LAYERS, "weights of another net");
    net.side[0] = SIDE;
    net.channels[0] = 1;
    net.scale[0] = 1 / 64.f;
    for (int i = 0; i < LAYERS; i++) {
        uint32_t kind, stride, in, out, k;
        size_t n;
        float scale;
        float per[512];
        int32_t bias[512];
        const int8_t *w;

        must(end - at > 24, "weights cut short");
        kind = take32(&at), stride = take32(&at), in = take32(&at), out = take32(&at), k = take32(&at), scale = take_float(&at);
        must(in == net.channels[i] && out > 0 && out <= 512 && (k == 1 || k == 3) && (stride == 1 || stride == 2) && scale > 0, "weights of another net");
        n = (size_t)out * k * k * (kind == 1 ? 1 : in);
        must((size_t)(end - at) >= 8 * (size_t)out + n, "weights cut short");
        for (uint32_t c = 0; c < out; c++) per[c] = take_float(&at);
        for (uint32_t c = 0; c < out; c++) bias[c] = (int32_t)take32(&at);
        w = (const int8_t *)at;
        at += n;
        if (kind == 2) {
            must(i == LAYERS - 1 && out == FAIR_LEARNED, "weights of another net");
            net.head = w;
            memcpy(net.head_scale, per, sizeof net.head_scale);
            memcpy(net.head_bias, bias, sizeof net.head_bias);
            break;
        }
        must(i < LAYERS - 1, "weights of another net");
        {
            uint32_t pad = k / 2, groups = kind == 1 ? in : 1;
            float six = 6 / scale - 128;       /* where the activation stops (ReLU6) */
            enum xnn_status st = xnn_create_convolution2d_nhwc_qc8(pad, pad, pad, pad, k, k, stride, stride, 1, 1, groups, in / groups, out / groups, in, out,
                                                                   i == 0 ? 0 : -128, net.scale[i], per, w, bias, -128, scale, -128, six < 127 ? (int8_t)lrintf(six) : 127,
                                                                   0, &net.layer[i]);
            must(st == xnn_status_success, "XNNPACK takes a layer for wrong");
        }
        net.side[i + 1] = (net.side[i] - 1) / stride + 1;
        net.channels[i + 1] = out;
        net.scale[i + 1] = scale;
        if (net.side[i + 1] * net.side[i + 1] * out > most) most = net.side[i + 1] * net.side[i + 1] * out;
    }
    must(net.head != NULL && at == end, "weights of another length");
    net.from = fair_xcalloc(most + 2 * XNN_EXTRA_BYTES, 1);
    net.to = fair_xcalloc(most + 2 * XNN_EXTRA_BYTES, 1);
}

void
fair_learned_ready(void)
{
    pthread_once(&net.once, make_net);
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
    int32_t mean[512] = { 0 };
    double y[FAIR_LEARNED], length = 0;
    uint32_t cells, channels;

    assert(grey->channels == 1);
    fair_learned_ready();
    memset(out, 0, FAIR_LEARNED);
    pthread_mutex_lock(&net.lock);
    if (!draw_together(grey, net.from)) {
        pthread_mutex_unlock(&net.lock);
        return;
    }
    for (int i = 0; i < LAYERS - 1; i++) {
        int8_t *t = net.from;
        must(xnn_setup_convolution2d_nhwc_qc8(net.layer[i], 1, net.side[i], net.side[i], net.from, net.to, NULL) == xnn_status_success, "a layer does not run");
        must(xnn_run_operator(net.layer[i], NULL) == xnn_status_success, "a layer does not run");
        net.from = net.to;
        net.to = t;
    }
    cells = net.side[LAYERS - 1] * net.side[LAYERS - 1];
    channels = net.channels[LAYERS - 1];
    for (uint32_t p = 0; p < cells; p++)
        for (uint32_t c = 0; c < channels; c++) mean[c] += net.from[p * channels + c] + 128;
    pthread_mutex_unlock(&net.lock);
    for (int o = 0; o < FAIR_LEARNED; o++) {
        int64_t v = (int64_t)net.head_bias[o] * cells;       /* its scale is that of weights times activations */
        for (uint32_t c = 0; c < channels; c++) v += (int64_t)net.head[(uint32_t)o * channels + c] * mean[c];
        y[o] = (double)v * (double)net.head_scale[o];
        length += y[o] * y[o];
    }
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
