/* work/house.c - opening a home and its parts. */
#include "work/house.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/io.h"
#include "base/log.h"

static const char *
path_of(struct fair_arena *a, fair_str home, const char *part)
{
    return fair_str_fmt(a, "%.*s/%s", FAIR_STR_ARG(home), part).p;
}

fair_status
fair_house_init(const char *home, fair_str org_name, fair_str email, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(store) struct fair_store *st = NULL;
    fair_str at = fair_str_of(home);
    static const char *const folders[] = { "vault", "index", "keys" };
    struct fair_user owner = { .email = email, .name = org_name, .role = FAIR_STR("owner") };
    struct fair_org org;
    struct fair_desk d = { 0 };
    const char *conf;
    fair_status s;

    FAIR_TRY(fair_make_dirs(home, 0700, err));
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++)
        FAIR_TRY(fair_make_dirs(path_of(a, at, folders[i]), 0700, err));
    conf = path_of(a, at, "fairtrack.conf");
    if (access(conf, F_OK) != 0) {
        fair_str text = fair_config_explain(a);
        struct fair_buf b = FAIR_BUF(a, 131072);
        /* Every key stands there as a comment, so that a later version's default applies unless it was set. */
        fair_buf_c(&b, "# Settings of this Fairtrack home. Take the # off a line to change it.\n\n");
        for (fair_str part; fair_str_split(&text, '\n', &part);) {
            bool plain = part.n == 0 || part.p[0] == '[' || part.p[0] == '#';
            fair_buf_fmt(&b, "%s%.*s\n", plain ? "" : "#", FAIR_STR_ARG(part));
        }
        FAIR_TRY(fair_write_file(conf, b.p, b.n, 0600, err));
    }
    FAIR_TRY(fair_store_open(path_of(a, at, "db"), &st, err));
    s = fair_store_org_first(st, a, &org, err);
    if (s == FAIR_OK) return fair_fail(err, FAIR_CONFLICT, "%s is a home already", home);
    if (s != FAIR_NOT_FOUND) return s;
    FAIR_TRY(fair_store_org_add(st, org_name, &d.org, err));
    d.st = st;
    return fair_store_user_add(&d, &owner, err);
}

fair_status
fair_house_open(const char *home, struct fair_house *out, struct fair_err *err)
{
    struct fair_org org;
    fair_status s;

    *out = (struct fair_house){ .serve_lock = -1 };
    out->arena = fair_arena_new();
    out->home = fair_str_dup(out->arena, fair_str_of(home));
    if (access(path_of(out->arena, out->home, "db"), F_OK) != 0) {
        fair_fail(err, FAIR_NOT_FOUND, "no home at %s: make one with fairtrack --home %s init", home, home);
        fair_house_close(out);
        return FAIR_NOT_FOUND;
    }
    s = fair_config_load(out->arena, path_of(out->arena, out->home, "fairtrack.conf"), &out->config, err);
    if (s == FAIR_OK) s = fair_store_open(path_of(out->arena, out->home, "db"), &out->store, err);
    if (s == FAIR_OK) s = fair_store_org_first(out->store, out->arena, &org, err);
    if (s == FAIR_OK) out->desk = (struct fair_desk){ out->store, org.id, 0 };
    if (s != FAIR_OK) fair_house_close(out);
    return s;
}

fair_status
fair_house_like(const struct fair_house *h, struct fair_house *out, struct fair_err *err)
{
    FAIR_TRY(fair_house_open(h->home.p, out, err));
    out->config = h->config;
    out->desk.org = h->desk.org;
    out->desk.user = h->desk.user;
    return FAIR_OK;
}

void
fair_house_close(struct fair_house *h)
{
    fair_proofs_free(&h->proofs);
    fair_decoders_free(&h->decoders);
    fair_fetcher_free(&h->fetcher);
    fair_index_free(&h->index);
    fair_vault_free(&h->vault);
    fair_store_free(&h->store);
    fair_fd_free(&h->serve_lock);
    fair_arena_free(&h->arena);
}

struct orgs { fair_id *v; size_t n, room; };

static fair_status
note_org(void *arg, const struct fair_org *o, __attribute__((unused)) struct fair_err *err)
{
    struct orgs *l = arg;

    if (l->n == l->room) l->v = fair_xrealloc(l->v, (l->room = l->room > 0 ? 2 * l->room : 16) * sizeof *l->v);
    l->v[l->n++] = o->id;
    return FAIR_OK;
}

fair_status
fair_house_each_org(struct fair_house *h, fair_status (*work)(struct fair_house *h, void *arg, struct fair_err *err), void *arg, struct fair_err *err)
{
    struct fair_desk ours = h->desk;
    struct orgs l = { 0 };
    fair_status s = fair_store_orgs(h->store, note_org, &l, err);

    for (size_t i = 0; i < l.n && s == FAIR_OK; i++) {
        h->desk = (struct fair_desk){ ours.st, l.v[i], 0 };
        s = work(h, arg, err);
    }
    h->desk = ours;
    free(l.v);
    return s;
}

/* Puts one work's packed fingerprint where `put` says; a fingerprint of another scheme is passed over and told once. */
struct filling {
    struct fair_house *house;
    fair_status (*put)(struct fair_index *, fair_id, fair_id, const struct fair_fingerprint *, struct fair_err *);
    struct fair_arena *arena;
    uint64_t n, odd;
    fair_id after, last;
    bool check;               /* pass over what the index holds already */
};

static fair_status
fill_one(void *arg, const struct fair_work *w, struct fair_err *err)
{
    struct filling *f = arg;
    struct fair_fingerprint fp;
    fair_status s = FAIR_OK;

    f->last = w->id;
    if (f->check && fair_index_holds(f->house->index, f->house->desk.org, w->id)) return FAIR_OK;
    if (w->fingerprint.n == 0 || w->scheme != FAIR_SCHEME) {
        f->odd++;
        return FAIR_OK;
    }
    if (fair_fingerprint_unpack(w->fingerprint, f->arena, &fp, err) != FAIR_OK) f->odd++;
    else s = f->put(f->house->index, f->house->desk.org, w->id, &fp, err);
    f->n += s == FAIR_OK;
    fair_arena_clear(f->arena);
    return s;
}

/* One organisation's works after f->after, in pages, so that a reader's transaction stays short. */
static fair_status
fill_org(struct fair_house *h, void *arg, struct fair_err *err)
{
    struct filling *f = arg;

    f->last = f->after;
    for (;;) {
        fair_id from = f->last;
        struct fair_work_filter filter = { .after_id = from, .with_fingerprint = true, .page = { 0, 500 } };
        FAIR_TRY(fair_store_works(&h->desk, &filter, fill_one, f, err));
        if (f->last == from) return FAIR_OK;
    }
}

static fair_status
fill_after(struct fair_house *h, fair_id after, struct filling *f, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();

    f->house = h;
    f->arena = a;
    f->after = after;
    return fair_house_each_org(h, fill_org, f, err);
}

static fair_status
add_count(struct fair_house *h, void *arg, struct fair_err *err)
{
    int64_t n;

    FAIR_TRY(fair_store_works_count(&h->desk, &(struct fair_work_filter){ 0 }, &n, err));
    *(int64_t *)arg += n;
    return FAIR_OK;
}

fair_status
fair_house_works(struct fair_house *h, int64_t *n, struct fair_err *err)
{
    *n = 0;
    return fair_house_each_org(h, add_count, n, err);
}

/* What the store has and the index has not.  Ids grow with time, so that the tail is what lies behind the
 * newest id; but two processes may commit in another order than they made ids, and then the counts differ
 * and every work is asked for. */
static fair_status
fill(struct fair_house *h, fair_id after, struct filling *f, struct fair_err *err)
{
    struct fair_index_stat stat;
    int64_t works;

    FAIR_TRY(fill_after(h, after, f, err));
    fair_index_stat(h->index, &stat);
    FAIR_TRY(fair_house_works(h, &works, err));
    if (!f->check && (uint64_t)works > stat.works + f->odd) {
        f->check = true;
        f->odd = 0;
        FAIR_TRY(fill_after(h, 0, f, err));
    }
    if (f->odd > 0)
        fair_log(FAIR_LOG_WARN, "index.odd works=%llu why=\"no fingerprint of this scheme; run fairtrack reindex --retake\"",
                 (unsigned long long)f->odd);
    return FAIR_OK;
}

fair_status
fair_house_index(struct fair_house *h, struct fair_err *err)
{
    struct filling f = { .put = fair_index_put_tail };
    struct fair_index_stat stat;

    if (h->index == NULL)
        FAIR_TRY(fair_index_open(path_of(h->arena, h->home, "index"), &h->index, err));
    FAIR_TRY(fair_index_refresh(h->index, err));
    fair_index_stat(h->index, &stat);
    return fill(h, stat.newest, &f, err);
}

static fair_status
drop_one(void *arg, fair_id work, __attribute__((unused)) fair_time removed)
{
    struct fair_house *h = arg;
    struct fair_err err = { 0 };
    if (!fair_index_holds(h->index, h->desk.org, work)) return FAIR_OK;
    return fair_index_remove(h->index, h->desk.org, work, &err);
}

static fair_status
drop_removed(struct fair_house *h, void *arg, struct fair_err *err)
{
    return fair_store_works_removed(&h->desk, 0, drop_one, arg, err);
}

fair_status
fair_house_index_catch_up(struct fair_house *h, struct fair_err *err)
{
    struct filling f = { .put = fair_index_put };
    struct fair_index_stat stat;

    if (h->index == NULL)
        FAIR_TRY(fair_index_open(path_of(h->arena, h->home, "index"), &h->index, err));
    if (!h->index_writer) {
        fair_status s = fair_index_write_begin(h->index, err);
        if (s == FAIR_AGAIN) return FAIR_OK;
        if (s != FAIR_OK) return s;
        h->index_writer = true;
    }
    FAIR_TRY(fair_index_refresh(h->index, err));
    fair_index_stat(h->index, &stat);
    FAIR_TRY(fill(h, stat.newest, &f, err));
    FAIR_TRY(fair_house_each_org(h, drop_removed, h, err));
    return fair_index_sync(h->index, err);
}

fair_status
fair_house_reindex(struct fair_house *h, uint64_t *works, struct fair_err *err)
{
    struct filling f = { .put = fair_index_put };

    if (h->index == NULL)
        FAIR_TRY(fair_index_open(path_of(h->arena, h->home, "index"), &h->index, err));
    if (!h->index_writer) {
        fair_status s = fair_index_write_begin(h->index, err);
        if (s != FAIR_OK) return s;
        h->index_writer = true;
    }
    FAIR_TRY(fair_index_reset(h->index, err));
    FAIR_TRY(fill(h, 0, &f, err));
    *works = f.n;
    return fair_index_sync(h->index, err);
}

void
fair_house_decoder_limits(const struct fair_config *c, struct fair_decoder_limits *out)
{
    *out = fair_decoder_limits_default;
    out->n = (unsigned)c->decoders;
    out->seconds = (unsigned)c->decode_seconds;
    out->memory = (size_t)c->decode_memory_mb << 20;
    out->replace_after = (unsigned)c->decode_replace;
    out->weak = c->sandbox_weak;
    out->image.max_bytes = (size_t)c->max_file_mb << 20;
    out->image.max_pixels = (uint64_t)c->max_pixels_m * 1000000;
}

void
fair_house_fetch_limits(const struct fair_config *c, struct fair_fetch_limits *out)
{
    *out = fair_fetch_limits_default;
    out->max_bytes = (size_t)c->fetch_max_mb << 20;
    out->max_redirects = (unsigned)c->fetch_redirects;
    out->seconds = (unsigned)c->fetch_seconds;
    out->stall_s = (unsigned)c->fetch_stall_s;
    out->at_once = (unsigned)c->fetch_at_once;
    out->min_delay_ms = (unsigned)c->delay_min_ms;
    out->max_delay_ms = (unsigned)c->delay_max_ms;
    out->allow_loopback = c->allow_loopback;
    out->any_port = c->allow_loopback;
    out->weak = c->sandbox_weak;
    out->agent = c->agent.p;
}

fair_status
fair_house_decoders(struct fair_house *h, struct fair_err *err)
{
    struct fair_decoder_limits limits;

    if (h->decoders != NULL) return FAIR_OK;
    fair_house_decoder_limits(&h->config, &limits);
    return fair_decoders_open(&limits, &h->decoders, err);
}

fair_status
fair_house_fetcher(struct fair_house *h, struct fair_err *err)
{
    struct fair_fetch_limits limits;

    if (h->fetcher != NULL) return FAIR_OK;
    if (h->config.contact.n == 0 && !h->config.allow_loopback)
        return fair_fail(err, FAIR_REFUSED,
                         "no contact is set, and a crawler must say whom to reach: put crawl.contact in %.*s/fairtrack.conf",
                         FAIR_STR_ARG(h->home));
    fair_house_fetch_limits(&h->config, &limits);
    if (h->config.contact.n > 0)
        limits.agent = fair_str_fmt(h->arena, "%.*s (+%.*s)", FAIR_STR_ARG(h->config.agent), FAIR_STR_ARG(h->config.contact)).p;
    return fair_fetcher_open(&limits, &h->fetcher, err);
}

fair_status
fair_house_lock_serve(struct fair_house *h, struct fair_err *err)
{
    const char *path = path_of(h->arena, h->home, "serve.lock");
    char pid[32], other[32] = "";
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    ssize_t n;

    if (fd < 0) return fair_fail(err, FAIR_IO, "%s: %m", path);
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        n = read(fd, other, sizeof other - 1);
        close(fd);
        return fair_fail(err, FAIR_REFUSED, "another fairtrack serve has this home (process %.*s): one home, one server",
                         n > 0 ? (int)n : 1, n > 0 ? other : "?");
    }
    snprintf(pid, sizeof pid, "%d", (int)getpid());
    if (ftruncate(fd, 0) != 0 || write(fd, pid, strlen(pid)) < 0) {
        close(fd);
        return fair_fail(err, FAIR_IO, "%s: %m", path);
    }
    h->serve_lock = fd;
    return FAIR_OK;
}

fair_status
fair_house_keep(struct fair_house *h, fair_str bytes, struct fair_sha256 *key, struct fair_err *err)
{
    FAIR_TRY(fair_house_vault(h, err));
    FAIR_TRY(fair_vault_put(h->vault, bytes, key, err));
    return fair_store_blob_ref(&h->desk, key, (int64_t)bytes.n, err);
}

fair_str
fair_house_base_url(const struct fair_house *h, struct fair_arena *a)
{
    fair_str url = h->config.public_url;

    if (url.n == 0) return fair_str_fmt(a, "http://%.*s", FAIR_STR_ARG(h->config.listen));
    while (url.n > 0 && url.p[url.n - 1] == '/') url.n--;
    return url;
}
