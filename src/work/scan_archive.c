/* scan_archive.c - the pictures of a WARC or ARC file, with the pages of the same file that name them. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/io.h"
#include "source/warc.h"
#include "work/scan_private.h"

#define LOOKS_AHEAD 16
#define NAMED_MAX 400000      /* addresses of pictures whose page is remembered */
#define CHECK_EVERY 500       /* records between two lines of the checkpoint */

/* Which page of the archive named a picture first. */
struct named { uint64_t key; fair_str page, via, alt; };
struct pages { struct named *v; size_t size, n; };

static uint64_t
key_of(fair_str url)
{
    uint64_t h = 0xcbf29ce484222325u;

    for (size_t i = 0; i < url.n; i++) h = (h ^ (uint8_t)url.p[i]) * 0x100000001b3u;
    return h | (h == 0);
}

static struct named *
place_of(struct pages *p, uint64_t key)
{
    size_t at = (size_t)key & (p->size - 1);

    while (p->v[at].key != 0 && p->v[at].key != key) at = (at + 1) & (p->size - 1);
    return &p->v[at];
}

static void
name(struct pages *p, fair_str url, const struct named *who)
{
    struct named *at;

    if (p->n >= NAMED_MAX) return;
    at = place_of(p, key_of(url));
    if (at->key != 0) return;
    *at = *who;
    at->key = key_of(url);
    p->n++;
}

/* What an HTML record names is remembered for the picture records to come. */
static fair_status
read_page(struct fair_scan *s, struct pages *pages, const struct fair_warc_record *r, struct fair_arena *a, struct fair_err *err)
{
    fair_str page = fair_scan_canonical(a, r->target);
    struct fair_inline *inlines;
    struct fair_links links = { 0 };
    struct fair_err why = { 0 };
    struct fair_kept kept;
    fair_status got;

    if (page.n == 0) return FAIR_OK;
    s->run.pages++;
    got = fair_decoders_links(s->readers, r->payload, "html", page, (fair_str){ NULL, 0 }, a, &links, &why);
    if (got == FAIR_CORRUPT || got == FAIR_LIMIT || got == FAIR_INVALID)
        return fair_scan_fault(s, s->target, err, "record %lld at %lld: %s", (long long)r->record, (long long)r->offset, why.text);
    if (got != FAIR_OK) return fair_fail(err, got, "%s", why.text);
    fair_kept_of(a, &links, false, &kept, &inlines);
    page = fair_str_dup(s->arena, page);
    for (size_t i = 0; i < kept.n; i++) {
        struct named who = { .page = page, .via = fair_str_dup(s->arena, kept.v[i].via),
            .alt = kept.v[i].alt.n > 0 ? fair_str_dup(s->arena, kept.v[i].alt) : (fair_str){ NULL, 0 } };
        for (size_t k = 0; k < kept.v[i].n_urls; k++) {
            fair_str url = fair_scan_canonical(a, kept.v[i].urls[k]);
            if (url.n > 0) name(pages, url, &who);
        }
        name(pages, kept.v[i].image_url, &who);
    }
    return FAIR_OK;
}

static fair_status
read_picture(struct fair_scan *s, struct pages *pages, const struct fair_warc_record *r, struct fair_arena **a, struct fair_err *err)
{
    fair_str url = fair_scan_canonical(*a, r->target);
    struct fair_subject *x = fair_subject_new(s);
    struct fair_use *u = fair_use_new(s, x);
    struct named *who;
    struct fair_url page;

    u->image_url = fair_str_dup(s->arena, url.n > 0 ? url : r->target.n > 0 ? r->target : s->target);
    x->key = u->image_url;
    x->mime = fair_str_dup(s->arena, r->mime);
    who = place_of(pages, key_of(u->image_url));
    u->page_url = who->key != 0 ? who->page : u->image_url;
    u->via = who->key != 0 ? who->via : FAIR_STR("warc");
    u->alt = who->alt;
    u->site = FAIR_STR("files");
    if (fair_url_parse(*a, u->page_url, NULL, &page, NULL) == FAIR_OK && page.has_host)
        u->site = fair_str_dup(s->arena, fair_url_registrable(*a, &page));
    u->file = s->target;
    u->offset = r->offset;
    u->length = r->length;
    u->record = r->record;
    if (!fair_time_parse(r->date, &u->ts)) u->ts = 0;
    s->run.bytes += (int64_t)r->payload.n;
    return fair_look_bytes(s, x, a, r->payload, err);
}

static bool
is_html(const struct fair_warc_record *r)
{
    return fair_str_eq_nocase(r->mime, FAIR_STR("text/html")) || fair_str_eq_nocase(r->mime, FAIR_STR("application/xhtml+xml"));
}

static fair_status
one_record(struct fair_scan *s, struct pages *pages, const struct fair_warc_record *r, struct fair_arena **a, struct fair_err *err)
{
    bool content = fair_str_eq(r->type, FAIR_STR("response")) || fair_str_eq(r->type, FAIR_STR("resource")) || fair_str_starts(r->version, FAIR_STR("arc"));

    if (!fair_str_eq(r->state, FAIR_STR("ok")))
        FAIR_TRY(fair_scan_fault(s, s->target, err, "record %lld at %lld: %.*s", (long long)r->record, (long long)r->offset, FAIR_STR_ARG(r->state)));
    if (!content || r->payload.n == 0 || (r->status >= 0 && (r->status < 200 || r->status > 299))) return FAIR_OK;
    if (fair_scan_is_picture(r->payload)) return read_picture(s, pages, r, a, err);
    return is_html(r) ? read_page(s, pages, r, *a, err) : FAIR_OK;
}

/* ---- the checkpoint: lines "file TAB offset TAB record", the last one of a file counts ---- */

static int64_t
checkpoint_read(struct fair_scan *s, fair_str name_of_file)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_str all, line, file, offset;
    int64_t last = 0, n;

    if (s->o.checkpoint == NULL || fair_read_file(a, s->o.checkpoint, 1u << 30, &all, NULL) != FAIR_OK) return 0;
    while (fair_str_split(&all, '\n', &line)) {
        fair_str rest = line;
        if (!fair_str_split(&rest, '\t', &file) || !fair_str_eq(file, fair_str_escape(a, name_of_file))) continue;
        if (!fair_str_split(&rest, '\t', &offset) || rest.p == NULL || !fair_str_number(rest, INT64_MAX, &n)) continue;
        last = n;
    }
    return last;
}

static fair_status
checkpoint_add(struct fair_scan *s, fair_str name_of_file, int64_t offset, int64_t record, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(fd) int fd = -1;
    fair_str name_ = fair_str_escape(a, name_of_file), line;

    if (s->o.checkpoint == NULL) return FAIR_OK;
    /* What the line says is finished is finished. */
    FAIR_TRY(fair_look_until(s, 0, err));
    FAIR_TRY(fair_rows_flush(s, err));
    fd = open(s->o.checkpoint, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (fd < 0) return fair_fail(err, FAIR_IO, "%s: %m", s->o.checkpoint);
    line = fair_str_fmt(a, "%.*s\t%lld\t%lld\n", FAIR_STR_ARG(name_), (long long)offset, (long long)record);
    if (fair_write_all(fd, line.p, line.n, err) != FAIR_OK || fsync(fd) != 0) return fair_fail(err, FAIR_IO, "%s: cannot be written", s->o.checkpoint);
    return FAIR_OK;
}

static fair_status
records(struct fair_scan *s, struct fair_warc *w, struct pages *pages, fair_str file, struct fair_err *err)
{
    int64_t done = checkpoint_read(s, file), offset = 0, record = 0, noted = done;

    for (;;) {
        struct fair_arena *a = fair_arena_new();
        struct fair_warc_record r;
        fair_status got = fair_scan_must_stop(s) ? FAIR_AGAIN : fair_warc_next(w, a, &r, err);
        if (got == FAIR_OK && r.record > done) {
            offset = r.offset;
            record = r.record;
            got = one_record(s, pages, &r, &a, err);
        }
        fair_arena_free(&a);
        if (got == FAIR_DONE) break;
        if (got == FAIR_OK) got = fair_look_until(s, LOOKS_AHEAD, err);
        if (got == FAIR_OK && record >= noted + CHECK_EVERY) {
            got = checkpoint_add(s, file, offset, record, err);
            noted = record;
        }
        if (got != FAIR_OK) return got;
        fair_scan_progress(s, false, 0);
    }
    FAIR_TRY(fair_look_until(s, 0, err));
    return record > noted ? checkpoint_add(s, file, offset, record, err) : FAIR_OK;
}

fair_status
fair_scan_archive(struct fair_scan *s, int fd, fair_str file, struct fair_err *err)
{
    struct fair_warc_limits limits = { .max_block = (size_t)s->h->config.max_file_mb << 20 };
    FAIR_AUTO(warc) struct fair_warc *w = NULL;
    struct pages pages = { .size = 1u << 20 };
    fair_status got;

    FAIR_TRY(fair_warc_open(fd, &limits, &w, err));
    pages.v = fair_xcalloc(pages.size, sizeof *pages.v);
    got = records(s, w, &pages, file, err);
    free(pages.v);
    return got;
}
