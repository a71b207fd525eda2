/* scan.c - one scan: what the target is, its run, its faults and its end. */
#include "work/scan.h"
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/io.h"
#include "base/log.h"
#include "work/files.h"
#include "work/scan_private.h"

#define LOOKS_AHEAD 16        /* pictures read before the decoders ask for them */

bool
fair_scan_must_stop(struct fair_scan *s)
{
    return s->calls.stopped != NULL && s->calls.stopped(s->calls.arg);
}

fair_status
fair_scan_fault(struct fair_scan *s, fair_str where, struct fair_err *err, const char *fmt, ...)
{
    char words[400];
    struct fair_scan_line l = { .what = FAIR_SCAN_ERROR, .where = where, .words = words };
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(words, sizeof words, fmt, ap);
    va_end(ap);
    s->run.faults++;
    if (s->calls.line != NULL) s->calls.line(s->calls.arg, &l);
    return fair_rows_fault(s, where, words, err);
}

void
fair_scan_progress(struct fair_scan *s, bool now, int64_t waiting)
{
    fair_time t = fair_ticks();

    if (s->calls.progress == NULL || (!now && t - s->told < FAIR_SECOND / 10)) return;
    s->told = t;
    s->calls.progress(s->calls.arg, &s->run, waiting);
}

bool
fair_scan_is_picture(fair_str b)
{
    static const struct { unsigned at; const char *magic; unsigned n; } known[] = {
        { 0, "\xff\xd8\xff", 3 }, { 0, "\x89PNG\r\n\x1a\n", 8 }, { 0, "GIF8", 4 }, { 8, "WEBP", 4 }, { 4, "ftypavi", 7 }, { 4, "ftyphei", 7 },
        { 4, "ftyphev", 7 }, { 4, "ftypmif1", 8 }, { 4, "ftypmsf1", 8 }, { 0, "BM", 2 }, { 0, "\0\0\1\0", 4 }, { 0, "II*\0", 4 }, { 0, "MM\0*", 4 },
        { 0, "\xff\x0a", 2 }, { 4, "JXL ", 4 } };

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (b.n >= known[i].at + known[i].n && memcmp(b.p + known[i].at, known[i].magic, known[i].n) == 0) return true;
    return false;
}

/* ---- files and folders ---- */

/* A file that has not changed since it was read is known by its picture's hash. */
static fair_status
file_known(struct fair_scan *s, struct fair_subject *x, fair_str key, fair_str stamp, struct fair_err *err)
{
    struct fair_fetched row;
    fair_status got;

    if (s->o.stateless) return FAIR_NOT_FOUND;
    fair_arena_clear(s->scratch);
    got = fair_store_fetched_get(&s->h->desk, key, s->scratch, &row, NULL);
    if (got != FAIR_OK) return got == FAIR_NOT_FOUND ? got : fair_fail(err, got, "the store could not be read");
    if (!fair_str_eq(row.etag, stamp)) return FAIR_NOT_FOUND;
    got = fair_look_known(s, x, &row.sha256, err);
    if (got == FAIR_OK) s->run.unchanged++;
    return got;
}

static fair_status
one_file(struct fair_scan *s, const struct fair_file *f, struct fair_err *err)
{
    struct fair_subject *x;
    struct fair_use *u;
    struct fair_arena *a;
    struct fair_fetched row = { .status = 200, .bytes = f->bytes, .at = fair_now() };
    struct fair_err why = { 0 };
    fair_str bytes = { 0 };
    fair_status got;

    if (f->fault != NULL) return fair_scan_fault(s, f->path, err, "%s", f->fault);
    x = fair_subject_new(s);
    x->key = fair_str_dup(s->arena, f->path);
    u = fair_use_new(s, x);
    u->page_url = u->image_url = fair_str_dup(s->arena, f->key);
    u->via = FAIR_STR("file");
    u->site = FAIR_STR("files");
    u->ts = f->mtime;
    row.url = fair_str_fmt(s->arena, "file:%.*s", FAIR_STR_ARG(f->key));
    row.etag = fair_str_fmt(s->arena, "%lld-%lld", (long long)f->bytes, (long long)f->mtime);
    got = file_known(s, x, row.url, row.etag, err);
    if (got != FAIR_NOT_FOUND) return got;
    a = fair_arena_new();
    got = fair_read_file(a, f->path.p, (size_t)s->h->config.max_file_mb << 20, &bytes, &why);
    if (got == FAIR_OK && bytes.n == 0) got = fair_fail(&why, FAIR_INVALID, "the file is empty");
    if (got != FAIR_OK) {
        fair_arena_free(&a);
        return fair_scan_fault(s, f->path, err, "%s", why.text);
    }
    s->run.bytes += (int64_t)bytes.n;
    row.sha256 = fair_sha256_of(bytes.p, bytes.n);
    got = fair_look_bytes(s, x, &a, bytes, err);
    fair_arena_free(&a);
    return got == FAIR_OK ? fair_rows_fetched(s, &row, err) : got;
}

fair_status
fair_scan_file_again(struct fair_scan *s, struct fair_subject *x, struct fair_err *err)
{
    struct fair_arena *a = fair_arena_new();
    struct fair_err why = { 0 };
    fair_str bytes = { 0 };
    fair_status got = fair_read_file(a, x->key.p, (size_t)s->h->config.max_file_mb << 20, &bytes, &why);

    s->run.unchanged--;
    if (got == FAIR_OK && bytes.n == 0) got = fair_fail(&why, FAIR_INVALID, "the file is empty");
    if (got == FAIR_OK) {
        s->run.bytes += (int64_t)bytes.n;
        got = fair_look_bytes(s, x, &a, bytes, err);
    } else {
        got = fair_scan_fault(s, x->key, err, "%s", why.text);
        if (got == FAIR_OK) got = fair_look_broken(s, x, err);
    }
    fair_arena_free(&a);
    return got;
}

fair_status
fair_scan_files(struct fair_scan *s, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_files files = { .arena = a };

    fair_files_add(&files, fair_str_dup(a, s->target).p);
    for (size_t i = 0; i < files.n; i++) {
        const struct fair_file *f = &files.v[i];
        if (fair_scan_must_stop(s)) return FAIR_AGAIN;
        if (f->url) continue;
        /* In a folder only what looks like a picture by its name is opened. */
        if (!f->asked && strcmp(fair_file_kind(f->path), "other") == 0) continue;
        FAIR_TRY(one_file(s, f, err));
        FAIR_TRY(fair_look_until(s, LOOKS_AHEAD, err));
        fair_scan_progress(s, false, (int64_t)(files.n - i));
    }
    return fair_look_until(s, 0, err);
}

/* ---- what the target is ---- */

enum kind { KIND_WEB, KIND_STDIN, KIND_ARCHIVE, KIND_LIST, KIND_FILES };

static bool
starts_nocase(const char *p, const char *prefix)
{
    return strncasecmp(p, prefix, strlen(prefix)) == 0;
}

static enum kind
kind_of_bytes(const unsigned char *b, size_t n)
{
    char line[64] = "";
    size_t at = 0;

    if (n >= 4 && (memcmp(b, "WARC", 4) == 0 || memcmp(b, "\x28\xb5\x2f\xfd", 4) == 0 || (memcmp(b + 1, "\x2a\x4d\x18", 3) == 0 && (b[0] & 0xf0) == 0x50)))
        return KIND_ARCHIVE;
    if (n >= 2 && b[0] == 0x1f && b[1] == 0x8b) return KIND_ARCHIVE;
    if (n >= 11 && memcmp(b, "filedesc://", 11) == 0) return KIND_ARCHIVE;
    while (at < n && (isspace(b[at]) || b[at] == 0xef || b[at] == 0xbb || b[at] == 0xbf)) at++;
    /* Comments may stand before the first address. */
    while (at < n && b[at] == '#') {
        while (at < n && b[at] != '\n') at++;
        while (at < n && isspace(b[at])) at++;
    }
    snprintf(line, sizeof line, "%.*s", (int)(n - at < 60 ? n - at : 60), (const char *)b + at);
    return starts_nocase(line, "http://") || starts_nocase(line, "https://") || line[0] == '{' ? KIND_LIST : KIND_FILES;
}

static fair_status
kind_of(const char *target, enum kind *kind, struct fair_err *err)
{
    unsigned char head[4096];
    FAIR_AUTO(fd) int fd = -1;
    struct stat st;
    ssize_t n;

    *kind = KIND_FILES;
    if (starts_nocase(target, "http://") || starts_nocase(target, "https://")) *kind = KIND_WEB;
    else if (strcmp(target, "-") == 0) *kind = KIND_STDIN;
    if (*kind != KIND_FILES) return FAIR_OK;
    if (stat(target, &st) != 0) {
        /* A glob names no file itself; what it matches is looked for later. */
        if (errno == ENOENT && strpbrk(target, "*?[") != NULL) return FAIR_OK;
        return fair_fail(err, errno == ENOENT ? FAIR_NOT_FOUND : FAIR_IO, "%s: %m", target);
    }
    if (!S_ISREG(st.st_mode)) return FAIR_OK;
    fd = open(target, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) return fair_fail(err, FAIR_IO, "%s: %m", target);
    n = read(fd, head, sizeof head);
    if (n > 0) *kind = kind_of_bytes(head, (size_t)n);
    return FAIR_OK;
}

static fair_status
by_kind(struct fair_scan *s, enum kind kind, struct fair_err *err)
{
    FAIR_AUTO(fd) int fd = -1;
    const char *path = fair_str_dup(s->arena, s->target).p;

    switch (kind) {
    case KIND_WEB: return fair_scan_web(s, err);
    case KIND_STDIN: return fair_scan_archive(s, STDIN_FILENO, FAIR_STR("-"), err);
    case KIND_LIST: return fair_scan_list(s, path, err);
    case KIND_ARCHIVE:
        fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
        if (fd < 0) return fair_fail(err, FAIR_IO, "%s: %m", path);
        return fair_scan_archive(s, fd, s->target, err);
    case KIND_FILES: return fair_scan_files(s, err);
    }
    return FAIR_OK;
}

/* ---- the run ---- */

static fair_status
begin(struct fair_scan *s, enum kind kind, struct fair_err *err)
{
    struct fair_house *h = s->h;
    struct fair_decoder_limits limits;

    s->as_of = fair_now();
    FAIR_TRY(fair_house_index(h, err));
    FAIR_TRY(fair_house_decoders(h, err));
    FAIR_TRY(fair_house_vault(h, err));
    fair_house_decoder_limits(&h->config, &limits);
    limits.n = 1;
    if (kind != KIND_FILES) FAIR_TRY(fair_decoders_open(&limits, &s->readers, err));
    if (kind == KIND_WEB || kind == KIND_LIST) FAIR_TRY(fair_house_fetcher(h, err));
    s->run.target = s->target;
    s->run.watch = s->o.watch;
    s->run.started = fair_now();
    s->run.state = FAIR_STR("running");
    if (s->o.stateless) return FAIR_OK;
    /* A site's run that did not come to its end is taken up: its frontier says what is left. */
    if (kind == KIND_WEB && s->o.site) {
        struct fair_run was;
        fair_status got = fair_store_run_unfinished(&h->desk, s->target, s->arena, &was, err);
        if (got == FAIR_OK) {
            s->run = was;
            s->run.watch = s->o.watch != 0 ? s->o.watch : was.watch;
            return FAIR_OK;
        }
        if (got != FAIR_NOT_FOUND) return got;
    }
    return fair_store_run_begin(&h->desk, &s->run, err);
}

static fair_status
run_row(const struct fair_desk *d, void *arg, struct fair_err *err)
{
    return fair_store_run_put(d, arg, err);
}

/* Everything of the target was read: what an earlier run saw and this one did not is no longer there. */
static fair_status
gone_rows(const struct fair_desk *d, void *arg, struct fair_err *err)
{
    struct fair_run *run = arg;
    int64_t n;

    FAIR_TRY(fair_store_hits_gone(d, run->id, (fair_str){ NULL, 0 }, fair_now(), &n, err));
    return fair_store_run_put(d, run, err);
}

static fair_status
end(struct fair_scan *s, fair_status got, struct fair_err *err)
{
    struct fair_scan_line l = { .what = FAIR_SCAN_STAT, .run = &s->run, .decoded = s->decoded, .searched = s->searched, .glanced = s->o.whole ? s->glanced : -1 };
    struct fair_err why = { 0 };

    s->run.ended = fair_now();
    if (got == FAIR_AGAIN && !s->o.stateless && s->o.site) s->run.ended = 0;          /* to be taken up */
    else if (got == FAIR_AGAIN) s->run.state = FAIR_STR("stopped");
    else if (got != FAIR_OK) s->run.state = FAIR_STR("failed");
    else s->run.state = s->run.faults > 0 || s->limited ? FAIR_STR("partly") : FAIR_STR("done");
    if (got != FAIR_OK && got != FAIR_AGAIN && err != NULL) s->run.error = fair_str_dup(s->h->arena, fair_str_of(err->text));
    if (!s->o.stateless && s->run.id != 0) {
        bool all = got == FAIR_OK && s->run.faults == 0 && !s->limited && !s->unseen && !s->o.whole;
        fair_status put = fair_rows_flush_with(s, all ? gone_rows : run_row, &s->run, &why);
        if (put != FAIR_OK && got == FAIR_OK) got = fair_fail(err, put, "%s", why.text);
    }
    if (s->calls.line != NULL) s->calls.line(s->calls.arg, &l);
    fair_scan_progress(s, true, 0);
    return got;
}

/* Asks of ours that are still under way in pools that live on must be taken out of them. */
static void
let_go(struct fair_scan *s)
{
    struct fair_arena *a = fair_arena_new();
    struct fair_decoded d;

    while (s->h->decoders != NULL && fair_decoders_busy(s->h->decoders) > 0) {
        fair_status got = fair_decoders_next(s->h->decoders, a, -1, &d, NULL);
        if (got != FAIR_OK && got != FAIR_AGAIN) break;
        if (got != FAIR_OK) continue;
        fair_image_free(&d.grey);
        fair_image_free(&d.colour);
        if (d.tag != NULL) {
            struct fair_arena *its = ((struct fair_look *)d.tag)->arena;
            fair_arena_free(&its);
        }
        fair_arena_clear(a);
    }
    for (struct fair_matched x; fair_matchers_next(s->matchers, -1, &x) == FAIR_OK;) {
        struct fair_look *l = x.tag;
        struct fair_arena *its = l->arena;
        fair_image_free(&l->grey);
        fair_arena_free(&its);
    }
    while (s->n_glances > 0) fair_arena_free(&s->glanced_at[--s->n_glances]->arena);
    while (s->looks != NULL) {
        struct fair_look *l = s->looks;
        struct fair_arena *its = l->arena;
        s->looks = l->next;
        fair_arena_free(&its);
    }
    for (size_t i = 0; i < FAIR_SCAN_BUCKETS; i++)
        for (struct fair_outcome *o = s->outcomes[i]; o != NULL; o = o->next) fair_image_free(&o->tint);
    if (s->h->fetcher != NULL && fair_fetcher_waiting(s->h->fetcher) > 0) fair_fetcher_free(&s->h->fetcher);
    fair_arena_free(&a);
}

fair_status
fair_scan(struct fair_house *h, fair_str target, const struct fair_scan_options *o, const struct fair_scan_calls *calls,
          struct fair_run *run, struct fair_err *err)
{
    struct fair_scan *s = fair_xcalloc(1, sizeof *s);
    struct fair_err inner = { 0 };
    enum kind kind = KIND_FILES;
    fair_status got;

    s->h = h;
    s->o = *o;
    if (calls != NULL) s->calls = *calls;
    s->arena = fair_arena_new();
    s->scratch = fair_arena_new();
    s->rows = fair_arena_new();
    s->looks_last = &s->looks;
    s->matchers = fair_matchers_new(h, 0);
    s->newest = -1;
    s->target = fair_str_dup(h->arena, target);
    if (s->o.depth < 0) s->o.depth = h->config.crawl_depth;
    if (s->o.pages <= 0) s->o.pages = h->config.crawl_pages;
    if (s->o.bytes <= 0) s->o.bytes = h->config.crawl_mb << 20;
    got = target.n == 0 ? fair_fail(&inner, FAIR_INVALID, "no target was given") : kind_of(s->target.p, &kind, &inner);
    if (got == FAIR_OK) {
        got = begin(s, kind, &inner);
        if (got == FAIR_OK) {
            got = by_kind(s, kind, &inner);
            got = end(s, got, &inner);
        }
    }
    let_go(s);
    *run = s->run;
    run->state = fair_str_dup(h->arena, run->state);
    run->error = run->error.p != NULL ? fair_str_dup(h->arena, run->error) : run->error;
    run->target = s->target;
    fair_matchers_free(&s->matchers);
    fair_decoders_free(&s->readers);
    fair_arena_free(&s->rows);
    fair_arena_free(&s->scratch);
    fair_arena_free(&s->arena);
    free(s);
    return got == FAIR_OK ? FAIR_OK : got == FAIR_AGAIN ? fair_fail(err, got, "stopped") : fair_fail(err, got, "%s", inner.text);
}
