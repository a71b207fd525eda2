/* fingerprint/net.c - nets read from the weights that training wrote, and run. */
#include "fingerprint/net.h"
#include <math.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xnnpack.h>
#include "base/mem.h"

#define LAYERS 32

struct fair_net {
    const char *name;
    struct fair_net_shape shape;
    pthread_mutex_t lock;     /* operators remember what they run on */
    uint32_t n;               /* layers, the last one ours */
    xnn_operator_t layer[LAYERS];
    uint32_t side[LAYERS], channels[LAYERS];     /* [i]: what goes into layer i */
    float scale[LAYERS];      /* of the same */
    const int8_t *head;       /* out x pooled */
    uint32_t pooled;          /* the means of the channels, or these and then the most of each */
    float head_scale[FAIR_NET_MOST];
    int32_t head_bias[FAIR_NET_MOST];
    int8_t *from, *to;        /* activations, with the bytes behind them that XNNPACK may read */
};

static void
must(const struct fair_net *net, bool so, const char *what)
{
    if (so) return;
    fprintf(stderr, "the learned net of %s: %s\n", net->name, what);
    abort();
}

struct fair_net *
fair_net_read(const char *name, const uint8_t *at, const uint8_t *end, struct fair_net_shape shape)
{
    struct fair_net *net = fair_xcalloc(1, sizeof *net);
    uint32_t most = shape.side * shape.side * shape.channels;

    net->name = name;
    net->shape = shape;
    pthread_mutex_init(&net->lock, NULL);
    must(net, xnn_initialize(NULL) == xnn_status_success, "XNNPACK does not run on this processor");
    must(net, end - at > 20 && memcmp(at, "FAIRNET1", 8) == 0, "no weights");
    at += 8;
    must(net, fair_net_take32(&at) == shape.side, "weights of another net");
    must(net, fair_net_take32(&at) == shape.out && shape.out <= FAIR_NET_MOST, "weights of another net");
    net->n = fair_net_take32(&at);
    must(net, net->n >= 2 && net->n <= LAYERS, "weights of another net");
    net->side[0] = shape.side;
    net->channels[0] = shape.channels;
    net->scale[0] = shape.step;
    for (uint32_t i = 0; i < net->n; i++) {
        uint32_t kind, stride, in, out, k;
        size_t n;
        float scale;
        float per[FAIR_NET_MOST];
        int32_t bias[FAIR_NET_MOST];
        const int8_t *w;

        must(net, end - at > 24, "weights cut short");
        kind = fair_net_take32(&at), stride = fair_net_take32(&at), in = fair_net_take32(&at), out = fair_net_take32(&at), k = fair_net_take32(&at), scale = fair_net_take_float(&at);
        must(net, (in == net->channels[i] || (kind == 2 && in == 2 * net->channels[i])) && out > 0 && out <= FAIR_NET_MOST && (k == 1 || k == 3) && (stride == 1 || stride == 2) && scale > 0, "weights of another net");
        n = (size_t)out * k * k * (kind == 1 ? 1 : in);
        must(net, (size_t)(end - at) >= 8 * (size_t)out + n, "weights cut short");
        for (uint32_t c = 0; c < out; c++) per[c] = fair_net_take_float(&at);
        for (uint32_t c = 0; c < out; c++) bias[c] = (int32_t)fair_net_take32(&at);
        w = (const int8_t *)at;
        at += n;
        if (kind == 2) {
            must(net, i == net->n - 1 && out == shape.out, "weights of another net");
            net->head = w;
            net->pooled = in;
            memcpy(net->head_scale, per, out * sizeof *per);
            memcpy(net->head_bias, bias, out * sizeof *bias);
            break;
        }
        must(net, i < net->n - 1, "weights of another net");
        {
            uint32_t pad = k / 2, groups = kind == 1 ? in : 1;
            float six = 6 / scale - 128;       /* where the activation stops (ReLU6) */
            enum xnn_status st = xnn_create_convolution2d_nhwc_qc8(pad, pad, pad, pad, k, k, stride, stride, 1, 1, groups, in / groups, out / groups, in, out,
                                                                   i == 0 ? 0 : -128, net->scale[i], per, w, bias, -128, scale, -128, six < 127 ? (int8_t)lrintf(six) : 127,
                                                                   0, &net->layer[i]);
            must(net, st == xnn_status_success, "XNNPACK takes a layer for wrong");
        }
        net->side[i + 1] = (net->side[i] - 1) / stride + 1;
        net->channels[i + 1] = out;
        net->scale[i + 1] = scale;
        if (net->side[i + 1] * net->side[i + 1] * out > most) most = net->side[i + 1] * net->side[i + 1] * out;
    }
    must(net, net->head != NULL && at == end, "weights of another length");
    net->from = fair_xcalloc(most + 2 * XNN_EXTRA_BYTES, 1);
    net->to = fair_xcalloc(most + 2 * XNN_EXTRA_BYTES, 1);
    return net;
}

void
fair_net_run(struct fair_net *net, const int8_t *in, double *out)
{
    const uint32_t last = net->n - 1, cells = net->side[last] * net->side[last], channels = net->channels[last];
    int32_t sum[FAIR_NET_MOST] = { 0 }, top[FAIR_NET_MOST] = { 0 };

    pthread_mutex_lock(&net->lock);
    memcpy(net->from, in, (size_t)net->shape.side * net->shape.side * net->shape.channels);
    for (uint32_t i = 0; i < last; i++) {
        int8_t *t = net->from;
        must(net, xnn_setup_convolution2d_nhwc_qc8(net->layer[i], 1, net->side[i], net->side[i], net->from, net->to, NULL) == xnn_status_success, "a layer does not run");
        must(net, xnn_run_operator(net->layer[i], NULL) == xnn_status_success, "a layer does not run");
        net->from = net->to;
        net->to = t;
    }
    for (uint32_t p = 0; p < cells; p++)
        for (uint32_t c = 0; c < channels; c++) {
            int32_t v = net->from[p * channels + c] + 128;
            sum[c] += v;
            top[c] = v > top[c] ? v : top[c];
        }
    pthread_mutex_unlock(&net->lock);
    for (uint32_t o = 0; o < net->shape.out; o++) {
        int64_t v = (int64_t)net->head_bias[o] * cells;       /* its scale is that of weights times activations */
        for (uint32_t c = 0; c < channels; c++) v += (int64_t)net->head[o * net->pooled + c] * sum[c];
        for (uint32_t c = channels; c < net->pooled; c++) v += (int64_t)net->head[o * net->pooled + c] * top[c - channels] * cells;
        out[o] = (double)v * (double)net->head_scale[o] / (double)cells * (double)net->scale[last];
    }
}
