/* work/decoder.h - the decode helpers as the rest of the house sees them: bytes in, knowledge out.
 *
 * A pool of exec'd, confined programs (fairtrack-decode x n, fairtrack-decode-vips x m, started when first
 * needed).  Asking never blocks; answers come in any order.  A helper that crashes, hangs or lies costs the
 * one ask it was working on (status FAIR_CORRUPT or FAIR_LIMIT, fault "crash" or "hang") and is replaced. */
#ifndef FAIR_WORK_DECODER_H
#define FAIR_WORK_DECODER_H
#include "fingerprint/fingerprint.h"
#include "fingerprint/glance.h"
#include "image/codecs/codecs.h"
#include "source/links.h"

struct fair_decoders;

struct fair_decoder_limits {
    unsigned n;               /* decoders at once; 0 = as many as fair_cores     */
    struct fair_image_limits image;
    unsigned seconds;         /* for one picture or page; then it is killed      */
    size_t memory;            /* bytes a helper may use                          */
    unsigned replace_after;   /* pictures, then a fresh process; 0: never        */
    bool weak;                /* decode.sandbox = weak: go on where a protection is missing */
};
extern const struct fair_decoder_limits fair_decoder_limits_default;

/* How many cores this process may use. */
unsigned fair_cores(void);

/* Starts the first helper and waits until it is ready.
 *   FAIR_NOT_FOUND  no fairtrack-decode where it should be
 *   FAIR_REFUSED    it cannot be confined on this kernel and `weak` is not set
 * The helpers die with the thread that asks: a pool belongs to one thread. */
fair_status fair_decoders_open(const struct fair_decoder_limits *limits, struct fair_decoders **out, struct fair_err *err) FAIR_MUST_CHECK;
void fair_decoders_free(struct fair_decoders **d);

enum fair_want {
    FAIR_WANT_CATALOGUE = 1 << 0,     /* the fingerprint, for the catalogue       */
    FAIR_WANT_QUERY = 1 << 1,         /* the fingerprint, for a query             */
    FAIR_WANT_GREY = 1 << 2,          /* the normalised grey picture, FAIR_SIDE   */
    FAIR_WANT_THUMB = 1 << 3,         /* JPEG, colour, longer side 320            */
    FAIR_WANT_PREVIEW = 1 << 4,       /* JPEG, colour, longer side 1280           */
    FAIR_WANT_PROOF = 1 << 5,         /* JPEG, grey, FAIR_SIDE, quality 90        */
    FAIR_WANT_RIGHTS = 1 << 6,        /* creator, copyright, ...                  */
    FAIR_WANT_INFO = 1 << 7,          /* format, size, frames, and that every row decodes */
    FAIR_WANT_COLOUR = 1 << 8,        /* its pixels in colour, longer side 1280    */
    FAIR_WANT_GLANCE = 1 << 9,        /* the hash of exact areas alone, of the cheapest decode */
    FAIR_WANT_TINT = 1 << 10          /* its pixels in colour, longer side FAIR_TINT_SIDE; not with COLOUR */
};

#define FAIR_TINT_SIDE 128

/* Ask for one picture.  `bytes` are copied; `tag` comes back.  FAIR_AGAIN
 * while every helper that could take it is busy: take an answer first.  FAIR_LIMIT: it is larger
 * than the limits.  Other failures (FAIR_NOT_FOUND, FAIR_REFUSED, FAIR_IO) are the installation's, not the picture's. */
fair_status fair_decoders_ask(struct fair_decoders *d, fair_str bytes, unsigned want, void *tag, struct fair_err *err) FAIR_MUST_CHECK;

struct fair_decoded {
    void *tag;
    fair_status status;       /* FAIR_OK, or why not                              */
    const char *fault;        /* NULL, "invalid" "corrupt" "limit" "crash" "hang" */
    char words[256];          /* the error in words                               */
    struct fair_picture info; /* as far as known                                  */
    struct fair_fingerprint fp;       /* in the arena, where wanted               */
    struct fair_image *grey;  /* the caller frees it; NULL unless wanted           */
    struct fair_image *colour;        /* the same; of TINT too                     */
    struct fair_glance glance;        /* where wanted                              */
    fair_str thumb, preview, proof;   /* in the arena                             */
    struct fair_rights rights;
};

/* The next answer, waiting at most wait_ms (-1: as long as it takes, bounded by
 * the limits).  FAIR_DONE: nothing is under way.  FAIR_AGAIN: not yet.  With any other failure out->tag
 * is the ask it befell. */
fair_status fair_decoders_next(struct fair_decoders *d, struct fair_arena *a, int wait_ms, struct fair_decoded *out, struct fair_err *err) FAIR_MUST_CHECK;
/* How many asks are under way. */
size_t fair_decoders_busy(const struct fair_decoders *d);

/* One picture or page, asked and waited for (only while nothing else is under way in this pool). */
fair_status fair_decoders_picture(struct fair_decoders *d, fair_str bytes, unsigned want, struct fair_arena *a, struct fair_decoded *out, struct fair_err *err) FAIR_MUST_CHECK;
/* `kind`: "html" or "css"; `charset` from the header, may be absent. */
fair_status fair_decoders_links(struct fair_decoders *d, fair_str bytes, const char *kind, fair_str base, fair_str charset,
                                struct fair_arena *a, struct fair_links *out, struct fair_err *err) FAIR_MUST_CHECK;

/* The format's short name, "jpeg", for rows and lines. */
const char *fair_decoded_format(const struct fair_picture *info);

/* What protects the helpers on this kernel, in words for the log and doctor. */
fair_status fair_decoders_protection(struct fair_decoders *d, struct fair_arena *a, fair_str *out, struct fair_err *err) FAIR_MUST_CHECK;

#endif
