/* work/decoder.c - the pool of decode helpers: asks go out, answers come in, what crashes or hangs is replaced.
 *
 * A lane is one ask at a time.  It has a mapping for the foreign bytes, a fairtrack-decode, and, once a picture
 * needed it, a fairtrack-decode-vips that reads the same mapping.  Everything is driven by fair_decoders_next. */
#include "work/decoder.h"
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/io.h"
#include "base/log.h"
#include "work/decoder_private.h"

#define N_KINDS 2             /* of helper: decode, decode-vips            */
#define START_SECONDS 30      /* a helper's own start, on a busy machine   */
#define MOST_LANES 256

const struct fair_decoder_limits fair_decoder_limits_default = {
    .n = 0, .image = { .max_bytes = (size_t)256 << 20, .max_side = 65535, .max_pixels = 400000000 },
    .seconds = 20, .memory = (size_t)2048 << 20, .replace_after = 1000
};

struct lane {
    struct fair_helper *helper[N_KINDS];
    unsigned done[N_KINDS];
    struct fair_shared in;
    int large;                    /* a sealed file, where the bytes do not fit in */
    bool busy;
    int kind;                     /* the helper that has the ask                 */
    uint32_t number;              /* of the ask; the answer must carry it        */
    void *tag;
    struct fair_arena *asked;     /* holds the question's texts                  */
    struct fair_decode_question q;
    fair_time deadline;
};

struct fair_decoders {
    struct fair_decoder_limits limits;
    struct lane *lanes;
    unsigned n, first;            /* first: whose turn it is to be heard         */
    size_t busy;
    uint32_t numbers;
    bool told[N_KINDS];           /* its protection is in the log                */
};

static const enum fair_role roles[N_KINDS] = { FAIR_ROLE_DECODE, FAIR_ROLE_DECODE_VIPS };

static const char *
program_of(int kind)
{
    return fair_role_rules[roles[kind]].program;
}

/* ---- helpers ------------------------------------------------------------------------------------------ */

static fair_status
start(struct fair_decoders *d, struct lane *l, int kind, struct fair_err *err)
{
    struct fair_helper_options o = { .weak = d->limits.weak, .memory = d->limits.memory, .in = &l->in };

    if (l->helper[kind] != NULL) return FAIR_OK;
    if (l->in.p == NULL) FAIR_TRY(fair_shared_make(FAIR_SHARED_IN, fair_role_rules[FAIR_ROLE_DECODE].in_bytes, &l->in, err));
    l->done[kind] = 0;
    return fair_helper_start(roles[kind], &o, &l->helper[kind], err);
}

/* Once for each program: what protects us from it. */
static void
log_protection(struct fair_decoders *d, int kind, const struct fair_helper *h)
{
    bool missing = strstr(h->protection, "NO ") != NULL;

    if (d->told[kind]) return;
    d->told[kind] = true;
    fair_log(missing ? FAIR_LOG_WARN : FAIR_LOG_INFO, "decode.ready program=%s protection=\"%s\"", program_of(kind), h->protection);
}

static fair_status
make_ready(struct fair_decoders *d, struct lane *l, int kind, struct fair_err *err)
{
    fair_status s = start(d, l, kind, err);

    if (s == FAIR_OK) s = fair_helper_wait_ready(l->helper[kind], START_SECONDS * 1000, err);
    if (s == FAIR_OK) log_protection(d, kind, l->helper[kind]);
    else fair_helper_free(&l->helper[kind]);
    return s;
}

unsigned
fair_cores(void)
{
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    cpu_set_t may;

    if (sched_getaffinity(0, sizeof may, &may) == 0 && CPU_COUNT(&may) > 0) return (unsigned)CPU_COUNT(&may);
    return online > 0 ? (unsigned)online : 1;
}

fair_status
fair_decoders_open(const struct fair_decoder_limits *limits, struct fair_decoders **out, struct fair_err *err)
{
    FAIR_AUTO(decoders) struct fair_decoders *d = fair_xcalloc(1, sizeof *d);

    *out = NULL;
    d->limits = *limits;
    d->n = limits->n > 0 ? limits->n : fair_cores();
    if (d->n > MOST_LANES) d->n = MOST_LANES;
    if (d->limits.seconds == 0) d->limits.seconds = fair_decoder_limits_default.seconds;
    d->lanes = fair_xcalloc(d->n, sizeof *d->lanes);
    for (unsigned i = 0; i < d->n; i++) {
        d->lanes[i].in.fd = d->lanes[i].large = -1;
        d->lanes[i].asked = fair_arena_new();
    }
    /* The first one now: a missing program or protection is told before any work is begun. */
    if (make_ready(d, &d->lanes[0], 0, err) != FAIR_OK) return fair_fail_in(err, "decoder");
    *out = d;
    d = NULL;
    return FAIR_OK;
}

void
fair_decoders_free(struct fair_decoders **d)
{
    if (*d == NULL) return;
    for (unsigned i = 0; i < (*d)->n; i++) {
        struct lane *l = &(*d)->lanes[i];
        for (int k = 0; k < N_KINDS; k++) fair_helper_free(&l->helper[k]);
        fair_shared_free(&l->in);
        fair_fd_free(&l->large);
        fair_arena_free(&l->asked);
    }
    free((*d)->lanes);
    free(*d);
    *d = NULL;
}

size_t
fair_decoders_busy(const struct fair_decoders *d)
{
    return d->busy;
}

/* ---- asking ------------------------------------------------------------------------------------------- */

static void
set_free(struct fair_decoders *d, struct lane *l)
{
    if (l->busy) d->busy--;
    l->busy = false;
    fair_fd_free(&l->large);
    fair_arena_clear(l->asked);
}

/* Give the lane's question to its helper of `kind`. */
static fair_status
submit(struct fair_decoders *d, struct lane *l, int kind, struct fair_err *err)
{
    struct fair_msg m = { .type = FAIR_MSG_DECODE, .fd = l->large };
    fair_status s = FAIR_IO;

    l->kind = kind;
    l->number = ++d->numbers;
    m.tag = l->number;
    m.body = fair_decode_question_pack(&l->q, l->asked);
    for (int attempt = 0; attempt < 2; attempt++) {
        FAIR_TRY(start(d, l, kind, err));
        s = fair_helper_tell(l->helper[kind], &m, err);
        if (s == FAIR_OK) break;
        fair_helper_free(&l->helper[kind]);     /* it ended while it was idle: no ask's fault */
    }
    if (s != FAIR_OK) return fair_fail_in(err, "%s", program_of(kind));
    l->deadline = fair_ticks() + (d->limits.seconds + (l->helper[kind]->ready ? 0 : START_SECONDS)) * FAIR_SECOND;
    return FAIR_OK;
}

/* The bytes go where the helpers see them. */
static fair_status
lay_in(struct lane *l, fair_str bytes, struct fair_err *err)
{
    if (l->in.p == NULL) FAIR_TRY(fair_shared_make(FAIR_SHARED_IN, fair_role_rules[FAIR_ROLE_DECODE].in_bytes, &l->in, err));
    if (bytes.n > l->in.n) return fair_sealed_make(bytes.p, bytes.n, &l->large, err);
    if (bytes.n > 0) memcpy(l->in.p, bytes.p, bytes.n);
    return FAIR_OK;
}

static fair_status
ask(struct fair_decoders *d, const struct fair_decode_question *q, fair_str bytes, void *tag, struct fair_err *err)
{
    struct lane *l = NULL;
    fair_status s;

    if (bytes.n > d->limits.image.max_bytes)
        return fair_fail(err, FAIR_LIMIT, "%zu bytes is over %zu", bytes.n, d->limits.image.max_bytes);
    for (unsigned i = 0; i < d->n && l == NULL; i++)
        if (!d->lanes[i].busy) l = &d->lanes[i];
    if (l == NULL) return fair_fail(err, FAIR_AGAIN, "all %u decoders are busy", d->n);
    l->tag = tag;
    l->q = *q;
    l->q.n_bytes = bytes.n;
    l->q.max_bytes = d->limits.image.max_bytes;
    l->q.max_pixels = d->limits.image.max_pixels;
    l->q.max_side = d->limits.image.max_side;
    l->q.base = fair_str_dup(l->asked, q->base);
    l->q.charset = fair_str_dup(l->asked, q->charset);
    s = lay_in(l, bytes, err);
    if (s == FAIR_OK) s = submit(d, l, 0, err);
    if (s != FAIR_OK) {
        set_free(d, l);
        return s;
    }
    l->busy = true;
    d->busy++;
    return FAIR_OK;
}

fair_status
fair_decoders_ask(struct fair_decoders *d, fair_str bytes, unsigned want, void *tag, struct fair_err *err)
{
    struct fair_decode_question q = { .kind = FAIR_DECODE_PICTURE, .want = want };
    return ask(d, &q, bytes, tag, err);
}

/* ---- answers ------------------------------------------------------------------------------------------ */

/* What the caller gets: a picture's knowledge, or a page's links. */
struct answer {
    struct fair_decoded *picture;
    struct fair_links *links;
};

static void
blame(struct fair_decoded *out, fair_status status, const char *fault, const char *fmt, ...) FAIR_PRINTF(4, 5);
static void
blame(struct fair_decoded *out, fair_status status, const char *fault, const char *fmt, ...)
{
    va_list ap;

    out->status = status;
    out->fault = fault;
    va_start(ap, fmt);
    vsnprintf(out->words, sizeof out->words, fmt, ap);
    va_end(ap);
}

/* The lane's helper is of no use any more: end it, and put its end on the ask it was working on. */
static void
crashed(struct lane *l, struct fair_decoded *out, const char *lie)
{
    struct fair_ending how;
    int kind = l->kind;
    pid_t pid = l->helper[kind]->pid;

    fair_helper_end(&l->helper[kind], lie != NULL ? 0 : 2000, &how);
    if (lie != NULL) blame(out, FAIR_CORRUPT, "crash", "%s answered nonsense: %s", program_of(kind), lie);
    else if (how.memory) blame(out, FAIR_LIMIT, "limit", "%s %s", program_of(kind), how.words);
    else blame(out, FAIR_CORRUPT, "crash", "%s %s", program_of(kind), how.words);
    fair_log(FAIR_LOG_INFO, "decode.crash pid=%d how=\"%s\"", (int)pid, out->words);
}

static void
hung(struct fair_decoders *d, struct lane *l, struct fair_decoded *out)
{
    int kind = l->kind;
    pid_t pid = l->helper[kind]->pid;

    fair_helper_end(&l->helper[kind], 0, NULL);
    blame(out, FAIR_LIMIT, "hang", "%s took more than %u s and was ended", program_of(kind), d->limits.seconds);
    fair_log(FAIR_LOG_INFO, "decode.hang pid=%d how=\"%s\"", (int)pid, out->words);
}

/* One thing the lane's helper says.  FAIR_OK: the ask is answered, *out is filled.  FAIR_AGAIN: not yet. */
static fair_status
hear(struct fair_decoders *d, struct lane *l, struct fair_arena *a, struct answer *to, struct fair_err *err)
{
    struct fair_helper *h = l->helper[l->kind];
    bool was_ready = h->ready;
    struct fair_err why = { 0 };
    struct fair_msg m;
    fair_status s = fair_helper_hear(h, a, false, &m, &why);

    if (!was_ready && h->ready) {
        log_protection(d, l->kind, h);
        l->deadline = fair_ticks() + d->limits.seconds * FAIR_SECOND;
    }
    if (s == FAIR_AGAIN) return FAIR_AGAIN;
    if (s == FAIR_REFUSED || (s == FAIR_DONE && !h->ready)) {   /* no picture's fault: nothing could ever be decoded */
        struct fair_ending how;
        fair_helper_end(&l->helper[l->kind], 2000, &how);
        if (s == FAIR_REFUSED) return fair_fail(err, FAIR_REFUSED, "decoder: %s", why.text);
        return fair_fail(err, FAIR_IO, "%s %s while it started", program_of(l->kind), how.words);
    }
    if (s == FAIR_DONE || s == FAIR_IO) {
        crashed(l, to->picture, NULL);
        return FAIR_OK;
    }
    if (s == FAIR_OK && (m.type != FAIR_MSG_DECODED || m.tag != l->number))
        s = fair_fail(&why, FAIR_CORRUPT, "message %u for ask %u", m.type, m.tag);
    if (s == FAIR_OK)
        s = fair_decoder_read(&m, &l->q, &h->out, a, to->picture, to->links, &why);
    if (s != FAIR_OK && s != FAIR_AGAIN) {
        crashed(l, to->picture, why.text);
        return FAIR_OK;
    }
    if (d->limits.replace_after > 0 && ++l->done[l->kind] >= d->limits.replace_after) fair_helper_free(&l->helper[l->kind]);
    if (s == FAIR_OK) return FAIR_OK;
    if (l->kind != 0) {                         /* neither of the two reads it, they say */
        blame(to->picture, FAIR_INVALID, "invalid", "not a picture of a kind we read");
        return FAIR_OK;
    }
    FAIR_TRY(submit(d, l, 1, err));
    return FAIR_AGAIN;
}

/* Milliseconds until the first deadline, at most `most` (-1: no bound). */
static int
patience(const struct fair_decoders *d, fair_time until)
{
    fair_time first = until, now = fair_ticks();

    for (unsigned i = 0; i < d->n; i++)
        if (d->lanes[i].busy && d->lanes[i].deadline < first) first = d->lanes[i].deadline;
    return first <= now ? 0 : (int)((first - now + 999) / 1000);
}

static fair_status
next(struct fair_decoders *d, struct fair_arena *a, int wait_ms, struct answer *to, struct fair_err *err)
{
    fair_time until = wait_ms < 0 ? INT64_MAX : fair_ticks() + (fair_time)wait_ms * 1000;

    for (;;) {
        struct pollfd p[MOST_LANES];
        unsigned at[MOST_LANES], n = 0;

        if (d->busy == 0) return FAIR_DONE;
        for (unsigned k = 0; k < d->n; k++) {
            unsigned i = (d->first + k) % d->n;
            if (!d->lanes[i].busy) continue;
            p[n] = (struct pollfd){ .fd = d->lanes[i].helper[d->lanes[i].kind]->sock, .events = POLLIN };
            at[n++] = i;
        }
        if (poll(p, n, patience(d, until)) < 0 && errno != EINTR) return fair_fail(err, FAIR_IO, "poll: %m");
        for (unsigned k = 0; k < n; k++) {
            struct lane *l = &d->lanes[at[k]];
            fair_status s = FAIR_AGAIN;
            if (p[k].revents != 0) s = hear(d, l, a, to, err);
            if (s == FAIR_AGAIN && fair_ticks() >= l->deadline) {
                hung(d, l, to->picture);
                s = FAIR_OK;
            }
            if (s == FAIR_AGAIN) continue;
            to->picture->tag = l->tag;
            d->first = (at[k] + 1) % d->n;
            set_free(d, l);
            return s;
        }
        if (fair_ticks() >= until) return FAIR_AGAIN;
    }
}

static void
begin_answer(struct fair_decoded *out)
{
    *out = (struct fair_decoded){ .info = { .frames = 1, .orientation = 1 } };
}

fair_status
fair_decoders_next(struct fair_decoders *d, struct fair_arena *a, int wait_ms, struct fair_decoded *out, struct fair_err *err)
{
    struct answer to = { .picture = out };

    begin_answer(out);
    return next(d, a, wait_ms, &to, err);
}

fair_status
fair_decoders_picture(struct fair_decoders *d, fair_str bytes, unsigned want, struct fair_arena *a, struct fair_decoded *out, struct fair_err *err)
{
    begin_answer(out);
    if (d->busy > 0) return fair_fail(err, FAIR_CONFLICT, "%zu asks are under way", d->busy);
    FAIR_TRY(fair_decoders_ask(d, bytes, want, NULL, err));
    return fair_decoders_next(d, a, -1, out, err);
}

fair_status
fair_decoders_links(struct fair_decoders *d, fair_str bytes, const char *kind, fair_str base, fair_str charset,
                    struct fair_arena *a, struct fair_links *out, struct fair_err *err)
{
    struct fair_decode_question q = { .base = base, .charset = charset };
    struct fair_decoded said;
    struct answer to = { .picture = &said, .links = out };

    *out = (struct fair_links){ 0 };
    begin_answer(&said);
    if (strcmp(kind, "html") == 0) q.kind = FAIR_DECODE_HTML;
    else if (strcmp(kind, "css") == 0) q.kind = FAIR_DECODE_CSS;
    else return fair_fail(err, FAIR_INVALID, "links of \"%s\"", kind);
    if (base.n > FAIR_DECODE_URL_MAX) return fair_fail(err, FAIR_LIMIT, "an address of %zu bytes", base.n);
    if (charset.n > FAIR_DECODE_CHARSET_MAX) q.charset = (fair_str){ NULL, 0 };
    if (d->busy > 0) return fair_fail(err, FAIR_CONFLICT, "%zu asks are under way", d->busy);
    FAIR_TRY(ask(d, &q, bytes, NULL, err));
    FAIR_TRY(next(d, a, -1, &to, err));
    if (said.status != FAIR_OK) return fair_fail(err, said.status, "%s", said.words);
    return FAIR_OK;
}

fair_status
fair_decoders_protection(struct fair_decoders *d, struct fair_arena *a, fair_str *out, struct fair_err *err)
{
    struct fair_buf b = FAIR_BUF(a, 4096);

    if (d->busy > 0) return fair_fail(err, FAIR_CONFLICT, "%zu asks are under way", d->busy);
    for (int kind = 0; kind < N_KINDS; kind++) {
        FAIR_TRY(make_ready(d, &d->lanes[0], kind, err));
        fair_buf_fmt(&b, "%s%s: %s", kind > 0 ? "; " : "", program_of(kind), d->lanes[0].helper[kind]->protection);
    }
    return fair_buf_take(&b, out, err);
}
