/* fingerprint/net.h - small nets of convolutions with 8-bit weights, built into the program and run by XNNPACK.
 *
 * A net is a chain of convolutions (Howard et al., "MobileNets", 2017) over a square picture, the mean over the place, or this and the most, and a last layer of numbers;
 * tools/train-descriptor and tools/train-verifier write them.  Weights and activations are 8-bit integers; the mean and the last layer are ours, in
 * whole numbers: the same pixels give the same bits on every machine. */
#ifndef FAIR_NET_H
#define FAIR_NET_H
#include <endian.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define FAIR_NET_MOST 512     /* channels of a layer, and numbers that come out */

/* The shape that the caller is made for: pixels along the picture's sides, channels of a pixel, numbers that come out; and what a
 * step of the picture's bytes is worth. */
struct fair_net_shape { uint32_t side, channels, out; float step; };

/* A net read from its weights, once for the process, before or after confinement: XNNPACK looks at what the processor can do.  Dies
 * where the weights built into the program are not what they should be or XNNPACK cannot run at all. */
struct fair_net;
struct fair_net *fair_net_read(const char *name, const uint8_t *weights, const uint8_t *end, struct fair_net_shape shape);
/* Run the net on side x side x channels bytes: the numbers that come out, `out` of them.  Threads may call it at once; they wait for each other. */
void fair_net_run(struct fair_net *net, const int8_t *in, double *out);

/* The bytes of `file` (a string literal) in the program, from name to name_end, for programs that open no files. */
#define FAIR_NET_WEIGHTS(name, file)                                                                                        \
    extern const uint8_t name[], name##_end[];                                                                              \
    __asm__(".section .rodata\n.balign 16\n.global " #name "\n" #name ":\n.incbin \"" file "\"\n"                            \
            ".global " #name "_end\n" #name "_end:\n.byte 0\n.previous\n")

/* The next number of the weights, little-endian as they are written; *at goes on behind it. */
static inline uint32_t
fair_net_take32(const uint8_t **at)
{
    uint32_t v;

    memcpy(&v, *at, sizeof v);
    *at += sizeof v;
    return le32toh(v);
}

static inline float
fair_net_take_float(const uint8_t **at)
{
    uint32_t u = fair_net_take32(at);
    float v;

    memcpy(&v, &u, sizeof v);
    return v;
}

#endif
