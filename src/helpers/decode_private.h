/* helpers/decode_private.h - what the two decode helpers share: the loop, and the work on one message. */
#ifndef FAIR_HELPERS_DECODE_PRIVATE_H
#define FAIR_HELPERS_DECODE_PRIVATE_H
#include "image/codecs/codecs.h"
#include "proc/proc.h"

/* The bits of enum fair_want (work/decoder.h), which this room may not include; a test compares. */
enum {
    WANT_CATALOGUE = 1 << 0, WANT_QUERY = 1 << 1, WANT_GREY = 1 << 2, WANT_THUMB = 1 << 3, WANT_PREVIEW = 1 << 4,
    WANT_PROOF = 1 << 5, WANT_RIGHTS = 1 << 6, WANT_INFO = 1 << 7, WANT_COLOUR = 1 << 8,
    WANT_GLANCE = 1 << 9, WANT_TINT = 1 << 10
};

typedef fair_status fair_decode_call(const void *bytes, size_t n, const struct fair_image_limits *limits, uint32_t wish_side,
                                     uint32_t channels, struct fair_image **out, struct fair_picture *info, struct fair_err *err);

/* What one helper reads. */
struct fair_decode_kit {
    enum fair_role role;
    fair_decode_call *decode;
    fair_status (*begin)(struct fair_err *err);   /* before confinement; may be NULL */
    bool links;                                   /* pages and style sheets          */
};

/* main of both. */
int fair_decode_main(const struct fair_decode_kit *kit, int argc, char **argv);

#endif
