/* base/err.h - how a function says that it could not do its work. */
#ifndef FAIR_BASE_ERR_H
#define FAIR_BASE_ERR_H

/* What happened, as far as a caller may want to act on it.  The words for
 * people are in struct fair_err.  Running out of memory is not in this list:
 * see base/mem.h. */
typedef enum fair_status {
    FAIR_OK = 0,
    FAIR_DONE,      /* an iteration has come to its end; not a failure      */
    FAIR_NOT_FOUND, /* the thing asked for does not exist                   */
    FAIR_INVALID,   /* the input is wrong; the text is fit to show its author */
    FAIR_CORRUPT,   /* bytes we hold or fetched do not parse or do not verify */
    FAIR_LIMIT,     /* a configured bound was met: bytes, pixels, seconds   */
    FAIR_CONFLICT,  /* it changed under us; read it again and decide again  */
    FAIR_REFUSED,   /* a rule says no: a permission, robots.txt, a case rule */
    FAIR_AGAIN,     /* not now; the same call may succeed later             */
    FAIR_IO         /* the system, the network or the database failed       */
} fair_status;

#define FAIR_MUST_CHECK __attribute__((warn_unused_result))
#define FAIR_PRINTF(f, a) __attribute__((format(printf, f, a)))

/* One failure, told from the inside outwards: "work 17: blob 3fa2: pread: EIO".
 * Lives on the caller's stack, needs no freeing; start it as { 0 }. */
struct fair_err {
    fair_status status;
    char text[512];
};

/* Record a failure and return `status`, so that a failing line reads
 *     return fair_fail(err, FAIR_LIMIT, "%u x %u is over %u pixels", w, h, max);
 * `err` may be NULL when the caller only wants the status. */
fair_status fair_fail(struct fair_err *err, fair_status status,
                      const char *fmt, ...) FAIR_PRINTF(3, 4);

/* Put "<what>: " in front of the text already there; returns err's status
 * (FAIR_IO for a NULL err: where that may be, keep the status of the inner call). */
fair_status fair_fail_in(struct fair_err *err, const char *fmt, ...)
    FAIR_PRINTF(2, 3);

#ifdef __clang_analyzer__
/* The static analyzer reads one file at a time and would go on from a failure as if it had been none. */
static inline fair_status fair_failing(fair_status told, fair_status status) { return status != FAIR_OK ? status : told; }
#define fair_fail(err, status, ...) fair_failing(fair_fail(err, status, __VA_ARGS__), (status))
#define fair_fail_in(err, ...) fair_failing(fair_fail_in(err, __VA_ARGS__), FAIR_IO)
#endif

/* The name of a status, for logs and tests: "not found". */
const char *fair_status_name(fair_status status);

/* Go on if the call went well, otherwise hand its status to our own caller.
 * What we hold is let go by FAIR_AUTO and by the arena, not by hand. */
#define FAIR_TRY(call)                                                         \
    do {                                                                       \
        fair_status try_status_ = (call);                                      \
        if (try_status_ != FAIR_OK) return try_status_;                        \
    } while (0)

/* FAIR_AUTO(image) struct fair_image *im = NULL;  calls fair_image_free(&im)
 * when `im` goes out of scope, whichever way that happens. */
#define FAIR_AUTO(type) __attribute__((cleanup(fair_##type##_free)))

#endif
