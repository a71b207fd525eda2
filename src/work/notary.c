/* work/notary.c - the notary's client. */
#include "work/notary.h"
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/io.h"
#include "proc/notary_msg.h"
#include "proc/proc.h"

#define READY_MS 30000
#define ANSWER_MS 20000
#define LIST_MAX ((size_t)1 << 20)

static fair_status
hear(struct fair_helper *h, uint32_t type, struct fair_arena *a, struct fair_msg *m, struct fair_err *err)
{
    fair_time end = fair_ticks() + ANSWER_MS * (FAIR_SECOND / 1000);
    fair_status s;

    while ((s = fair_helper_hear(h, a, false, m, err)) == FAIR_AGAIN && fair_ticks() < end) {
        struct pollfd p = { .fd = h->sock, .events = POLLIN };
        (void)poll(&p, 1, 500);
    }
    if (s == FAIR_AGAIN) return fair_fail(err, FAIR_IO, "the notary does not answer");
    if (s == FAIR_DONE) return fair_fail(err, FAIR_IO, "the notary ended: see its line above (fairtrack doctor checks its key)");
    if (s != FAIR_OK) return s;
    return m->type == type ? FAIR_OK : fair_fail(err, FAIR_CORRUPT, "the notary said something else");
}

static fair_status
start(struct fair_house *h, const char *how, struct fair_arena *a, struct fair_helper **out, struct fair_key_told *told, struct fair_err *err)
{
    struct fair_helper_options o = { .weak = h->config.sandbox_weak };
    fair_str dir = fair_str_fmt(a, "%.*s/keys", FAIR_STR_ARG(h->home));
    struct fair_msg m = { .type = FAIR_MSG_WHO, .tag = 1, .fd = -1 };

    FAIR_TRY(fair_make_dirs(dir.p, 0700, err));
    o.setting = fair_str_fmt(a, "%s %.*s/notary.pem", how, FAIR_STR_ARG(dir)).p;
    FAIR_TRY(fair_helper_start(FAIR_ROLE_NOTARY, &o, out, err));
    FAIR_TRY(fair_helper_wait_ready(*out, READY_MS, err));
    FAIR_TRY(fair_helper_tell(*out, &m, err));
    FAIR_TRY(hear(*out, FAIR_MSG_KEY, a, &m, err));
    return fair_key_told_unpack(m.body, told, err);
}

static fair_str
id_of(struct fair_arena *a, fair_str key)
{
    struct fair_sha256 id = fair_sha256_of(key.p, key.n);

    return fair_hex(a, id.b, sizeof id.b);
}

static const char *
list_path(struct fair_house *h, struct fair_arena *a)
{
    return fair_str_fmt(a, "%.*s/keys/notary.json", FAIR_STR_ARG(h->home)).p;
}

static fair_status
write_list(struct fair_house *h, struct fair_arena *a, const struct fair_seal_key *keys, size_t n, struct fair_err *err)
{
    struct fair_buf b = FAIR_BUF(a, LIST_MAX);
    fair_str text;

    fair_seal_keys_put(&b, keys, n);
    fair_buf_byte(&b, '\n');
    FAIR_TRY(fair_buf_take(&b, &text, err));
    return fair_write_file(list_path(h, a), text.p, text.n, 0644, err);
}

/* The list with `key` as the one in use; a key that is not in it is put there. */
static fair_status
listed(struct fair_house *h, struct fair_arena *a, fair_str key, struct fair_seal_key **keys, size_t *n, struct fair_err *err)
{
    fair_str text = { NULL, 0 };
    fair_status s = fair_read_file(a, list_path(h, a), LIST_MAX, &text, err);
    struct fair_seal_key *more;

    *keys = NULL;
    *n = 0;
    if (s != FAIR_OK && s != FAIR_NOT_FOUND) return s;
    if (s == FAIR_OK && fair_seal_keys_read(text, a, keys, n, err) != FAIR_OK) return fair_fail_in(err, "%s", list_path(h, a));
    if (*n > 0 && fair_str_eq((*keys)[*n - 1].key, key)) return FAIR_OK;
    for (size_t i = *n; i-- > 0;)
        if (fair_str_eq((*keys)[i].key, key)) {       /* a change that was cut off before the new key was in its place */
            *n = i + 1;
            (*keys)[i].until = 0;
            return write_list(h, a, *keys, *n, err);
        }
    more = fair_alloc_array(a, *n + 1, sizeof *more);
    if (*n > 0) {
        memcpy(more, *keys, *n * sizeof *more);
        if (more[*n - 1].until == 0) more[*n - 1].until = fair_now();
    }
    more[*n] = (struct fair_seal_key){ .key = fair_str_dup(a, key), .id = id_of(a, key), .from = fair_now() };
    *keys = more;
    (*n)++;
    return write_list(h, a, *keys, *n, err);
}

fair_status
fair_notary_keys(struct fair_house *h, struct fair_arena *a, struct fair_seal_key **keys, size_t *n, struct fair_err *err)
{
    FAIR_AUTO(helper) struct fair_helper *notary = NULL;
    struct fair_key_told told;

    FAIR_TRY(start(h, "use", a, &notary, &told, err));
    return listed(h, a, told.key, keys, n, err);
}

fair_status
fair_notary_sign(struct fair_house *h, fair_str text, struct fair_arena *a, struct fair_notary_signature *out, struct fair_err *err)
{
    FAIR_AUTO(helper) struct fair_helper *notary = NULL;
    struct fair_msg m = { .type = FAIR_MSG_SIGN, .tag = 1, .body = text, .fd = -1 };
    struct fair_key_told told;
    struct fair_signed s;
    struct fair_seal_key *keys;
    size_t n;

    FAIR_TRY(start(h, "use", a, &notary, &told, err));
    FAIR_TRY(listed(h, a, told.key, &keys, &n, err));
    FAIR_TRY(fair_helper_tell(notary, &m, err));
    FAIR_TRY(hear(notary, FAIR_MSG_SIGNED, a, &m, err));
    FAIR_TRY(fair_signed_unpack(m.body, &s, err));
    if (s.status != FAIR_OK) return fair_fail(err, s.status, "notary: %.*s", FAIR_STR_ARG(s.words));
    if (!fair_str_eq(s.key, told.key) || !fair_seal_holds(s.key, text, s.signature, true))
        return fair_fail(err, FAIR_CORRUPT, "the notary's signature does not hold");
    *out = (struct fair_notary_signature){ s.signature, s.der, s.key };
    return FAIR_OK;
}

fair_status
fair_notary_rotate(struct fair_house *h, struct fair_arena *a, struct fair_seal_key *fresh, struct fair_err *err)
{
    FAIR_AUTO(helper) struct fair_helper *notary = NULL;
    const char *path = fair_str_fmt(a, "%.*s/keys/notary.pem", FAIR_STR_ARG(h->home)).p;
    struct fair_key_told told;
    struct fair_seal_key *keys, *more;
    fair_str from;
    size_t n;

    if (access(path, F_OK) != 0) return fair_fail(err, FAIR_NOT_FOUND, "there is no key yet: the first package makes one");
    FAIR_TRY(start(h, "change", a, &notary, &told, err));
    FAIR_TRY(listed(h, a, told.old, &keys, &n, err));
    if (!fair_seal_holds(told.old, told.statement, told.signature, false)) return fair_fail(err, FAIR_CORRUPT, "the old key's signature does not hold");
    more = fair_alloc_array(a, n + 1, sizeof *more);
    memcpy(more, keys, n * sizeof *more);
    more[n] = (struct fair_seal_key){ .key = told.key, .id = id_of(a, told.key), .by = keys[n - 1].id, .signature = told.signature };
    from = told.statement;
    if (from.n < 21 || !fair_time_parse((fair_str){ from.p + from.n - 20, 20 }, &more[n].from)) return fair_fail(err, FAIR_CORRUPT, "the notary's statement has no time");
    more[n - 1].until = more[n].from;
    /* The list first: cut off in between, listed() finds the old key in use and takes the new one off again. */
    FAIR_TRY(write_list(h, a, more, n + 1, err));
    if (rename(fair_str_fmt(a, "%s.new", path).p, path) != 0) return fair_fail(err, FAIR_IO, "%s: %m", path);
    *fresh = more[n];
    return FAIR_OK;
}
