/* capture_job.c - a capture as something that lasts: rows, files for viewing, and the next look. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "base/io.h"
#include "base/log.h"
#include "source/static_html.h"
#include "source/url.h"
#include "store/capture_rows.h"
#include "store/case_rows.h"
#include "work/capture_private.h"
#include "work/seal.h"

#define DAY_LATER (24 * FAIR_HOUR)
#define RESOURCES 400             /* of a page that are kept for viewing */
#define ORIGINAL_MAX ((int64_t)256 << 20)

/* ---- the files for viewing ----------------------------------------------------------------------------------- */

struct viewing {
    struct fair_house *h;
    struct fair_arena *arena;
    const struct fair_visit *v;
    char (*names)[8];             /* of each record: "r17"; "" not kept */
    struct fair_capture_file_row files[RESOURCES + 8];
    size_t n;
};

static fair_status
keep(struct viewing *w, fair_str name, const char *mime, fair_str bytes, struct fair_err *err)
{
    struct fair_capture_file_row *f = &w->files[w->n];

    if (bytes.n == 0 || w->n == sizeof w->files / sizeof w->files[0]) return FAIR_OK;
    *f = (struct fair_capture_file_row){ .name = name, .mime = fair_str_of(mime), .bytes = (int64_t)bytes.n };
    FAIR_TRY(fair_vault_put(w->h->vault, bytes, &f->sha256, err));
    w->n++;
    return FAIR_OK;
}

/* The kinds that can stand in a page and cannot run; all others are not shown. */
static const char *
shown_as(const struct fair_visit_record *r)
{
    static const char *const kinds[] = { "image/jpeg", "image/png", "image/gif", "image/webp", "image/avif", "image/bmp", "image/x-icon", "image/vnd.microsoft.icon", "font/woff2", "font/woff",
        "font/ttf", "font/otf", "text/css" };
    fair_str mime = fair_capture_header(r->response, "Content-Type");

    for (size_t i = 0; i < mime.n; i++)
        if (mime.p[i] == ';' || mime.p[i] == ' ') mime.n = i;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (fair_str_eq_nocase(mime, fair_str_of(kinds[i]))) return kinds[i];
    return NULL;
}

static const char *
local_name(void *arg, fair_str url)
{
    struct viewing *w = arg;

    for (size_t i = 0; i < w->v->n_records; i++) {
        fair_str have = w->v->records[i].url;
        const char *hash = have.n > 0 ? memchr(have.p, '#', have.n) : NULL;
        if (hash != NULL) have.n = (size_t)(hash - have.p);
        if (!fair_str_eq(have, url)) continue;
        for (size_t k = i; k < w->v->n_records; k++)      /* a redirect's end has the bytes */
            if (w->names[k][0] != '\0' && fair_str_eq(w->v->records[k].id, w->v->records[i].id)) return w->names[k];
    }
    return NULL;
}

static fair_status
keep_view(struct viewing *w, const struct fair_capture *c, struct fair_err *err)
{
    size_t kept = 0;
    fair_str page;

    w->names = fair_alloc_array(w->arena, w->v->n_records + 1, sizeof *w->names);
    for (size_t i = 0; i < w->v->n_records && kept < RESOURCES; i++)
        if (w->v->records[i].body.n > 0 && shown_as(&w->v->records[i]) != NULL) snprintf(w->names[i], sizeof w->names[i], "r%zu", ++kept);
    for (size_t i = 0; i < w->v->n_records; i++) {
        const struct fair_visit_record *r = &w->v->records[i];
        const char *mime = shown_as(r);
        if (w->names[i][0] == '\0') continue;
        FAIR_TRY(keep(w, fair_str_of(w->names[i]), mime, strcmp(mime, "text/css") == 0 ? fair_static_css(w->arena, r->body, r->url, local_name, w) : r->body, err));
    }
    page = c->page.n > 0 ? fair_static_html(w->arena, c->page, c->facts.final_url, local_name, w) : (fair_str){ NULL, 0 };
    FAIR_TRY(keep(w, FAIR_STR("page.html"), "text/html; charset=utf-8", page, err));
    FAIR_TRY(keep(w, FAIR_STR("page.png"), "image/png", c->visit.page_png, err));
    FAIR_TRY(keep(w, FAIR_STR("viewport.png"), "image/png", c->visit.viewport_png, err));
    return FAIR_OK;
}

/* ---- the package -------------------------------------------------------------------------------------------------- */

static const char *
ending_of(fair_str bytes)
{
    static const struct { const char *magic; size_t n; const char *ending; } known[] = { { "\xff\xd8\xff", 3, "jpg" }, { "\x89PNG", 4, "png" }, { "GIF8", 4, "gif" }, { "RIFF", 4, "webp" },
        { "II*\0", 4, "tif" }, { "MM\0*", 4, "tif" }, { "BM", 2, "bmp" } };

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (bytes.n >= known[i].n && memcmp(bytes.p, known[i].magic, known[i].n) == 0) return known[i].ending;
    return "bin";
}

/* The registered original, so that the match can be computed again; where it cannot be had, our preview of it. */
static fair_status
original(struct fair_house *h, fair_id work, struct fair_arena *a, fair_str *bytes, bool *whole, struct fair_err *err)
{
    struct fair_err why = { 0 };
    struct fair_work w;

    FAIR_TRY(fair_store_work_get(&h->desk, work, a, &w, err));
    *whole = w.bytes <= ORIGINAL_MAX && fair_house_original(h, &w, a, bytes, &why) == FAIR_OK;
    if (*whole) return FAIR_OK;
    *bytes = (fair_str){ NULL, 0 };
    if (fair_sha256_none(&w.preview)) return FAIR_OK;
    return fair_vault_read(h->vault, &w.preview, (size_t)64 << 20, a, bytes, err);
}

static fair_status
archive(const struct fair_capture *c, struct fair_arena *a, fair_str *warc, fair_str *cdxj, struct fair_err *err)
{
    FAIR_AUTO(fd) int fd = memfd_create("fairtrack-warc", MFD_CLOEXEC);
    struct fair_sha256 sha;
    uint64_t n;

    if (fd < 0) return fair_fail(err, FAIR_IO, "memfd_create: %m");
    FAIR_TRY(fair_capture_write(c, fd, FAIR_STR("data.warc.gz"), a, cdxj, &n, &sha, err));
    if (lseek(fd, 0, SEEK_SET) != 0) return fair_fail(err, FAIR_IO, "the archive: %m");
    return fair_read_fd(a, fd, (size_t)1 << 30, warc, err);
}

/* Hand everything over to be sealed. */
static fair_status
pack(struct fair_house *h, struct fair_capture *c, struct fair_arena *a, fair_id *package, struct fair_err *err)
{
    struct fair_handover o = { .facts = &c->facts };
    struct fair_package_file *files = fair_alloc_array(a, c->n_files + 2, sizeof *files);
    fair_str work;
    bool whole;

    FAIR_TRY(original(h, c->facts.work, a, &work, &whole, err));
    /* Our reduced copy is not the picture whose digest is told. */
    if (work.n > 0) files[o.n_files++] = (struct fair_package_file){ fair_str_fmt(a, whole ? "match/work.%s" : "match/work-preview.%s", ending_of(work)), work };
    if (c->picture.n > 0) files[o.n_files++] = (struct fair_package_file){ fair_str_fmt(a, "match/found.%s", ending_of(c->picture)), c->picture };
    if (!whole) c->facts.match.have = false;         /* from a preview it cannot be computed again */
    for (size_t i = 0; i < c->n_files; i++) files[o.n_files++] = c->files[i];
    o.files = files;
    FAIR_TRY(archive(c, a, &o.warc, &o.cdxj, err));
    return fair_package_hand_over(h, &o, package, err);
}

/* ---- rows -------------------------------------------------------------------------------------------------------- */

static fair_str
notes_json(struct fair_arena *a, const struct fair_capture_facts *f)
{
    json_t *list = json_array();
    char *text;
    fair_str out;

    for (size_t i = 0; i < f->n_notes; i++) json_array_append_new(list, json_stringn(f->notes[i].p, f->notes[i].n));
    text = json_dumps(list, JSON_COMPACT);
    out = text != NULL ? fair_str_dup(a, fair_str_of(text)) : FAIR_STR("[]");
    free(text);
    json_decref(list);
    return out;
}

static fair_status
compare(struct fair_house *h, const struct fair_capture *c, struct fair_arena *a, fair_str *changes, bool *first, struct fair_err *err)
{
    struct fair_capture_row last;
    struct fair_capture_state before, after = { c->found, c->credit, c->facts.picture_sha256, c->with_browser };
    fair_status s = fair_store_capture_last(&h->desk, c->facts.hit, a, &last, err);

    *changes = (fair_str){ NULL, 0 };
    *first = s == FAIR_NOT_FOUND;
    if (s == FAIR_NOT_FOUND) return FAIR_OK;
    if (s != FAIR_OK) return s;
    before = (struct fair_capture_state){ last.found, last.credit, last.picture, last.browser.n > 0 };
    *changes = fair_capture_changes(a, &before, &after);
    return FAIR_OK;
}

struct ending { struct fair_capture_row *row; struct viewing *w; bool ask; };

static fair_status
write_rows(const struct fair_desk *d, void *arg, struct fair_err *err)
{
    struct ending *e = arg;

    struct fair_case c;
    fair_id in;
    fair_status s;

    FAIR_TRY(fair_store_capture_add(d, e->row, e->w->files, e->w->n, err));
    s = fair_store_case_of_hit(d, e->row->hit, &in, err);
    if (s == FAIR_OK) {
        FAIR_TRY(fair_store_case_get(d, in, e->w->arena, &c, err));
        return c.closed == 0 ? fair_store_case_look(d, in, fair_str_eq(e->row->look, FAIR_STR("before_notice")), e->row->ended, err) : FAIR_OK;
    }
    if (s != FAIR_NOT_FOUND) return s;
    if (!e->ask) return FAIR_OK;
    return fair_store_capture_ask(d, e->row->hit, "second", e->row->ended + DAY_LATER, err);
}

fair_status
fair_capture_run(struct fair_house *h, fair_id hit, const char *look, bool (*stopped)(void *arg), void *arg, fair_id *capture, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_capture *c = FAIR_NEW(a, struct fair_capture);
    struct viewing *w = FAIR_NEW(a, struct viewing);
    struct fair_capture_row row = { 0 };
    struct fair_user u = { 0 };
    struct fair_hit x;
    struct ending e = { .row = &row, .w = w };
    bool first;

    FAIR_TRY(fair_store_hit_get(&h->desk, hit, a, &x, err));
    if (h->desk.user != 0) FAIR_TRY(fair_store_user_get(&h->desk, h->desk.user, a, &u, err));
    FAIR_TRY(fair_house_vault(h, err));
    FAIR_TRY(fair_capture_take(h, &x, u.email.n > 0 ? u.email : FAIR_STR("fairtrack"), stopped, arg, a, c, err));
    *w = (struct viewing){ .h = h, .arena = a, .v = &c->visit };
    FAIR_TRY(keep_view(w, c, err));
    row = (struct fair_capture_row){ .id = c->facts.capture, .hit = hit, .look = fair_str_of(look), .at = c->facts.started, .ended = c->facts.ended, .found = c->found, .words = c->found_words,
        .credit = c->credit, .picture = c->facts.picture_sha256, .title = c->facts.title, .browser = c->facts.browser, .notes = notes_json(a, &c->facts), .markers = c->markers };
    FAIR_TRY(compare(h, c, a, &row.changes, &first, err));
    if (!fair_str_eq(c->found, FAIR_STR("unreachable"))) FAIR_TRY(pack(h, c, a, &row.package, err));
    e.ask = first && !fair_str_eq(c->found, FAIR_STR("unreachable"));
    FAIR_TRY(fair_store_do(&h->desk, write_rows, &e, err));
    *capture = row.id;
    fair_log(FAIR_LOG_INFO, "capture.done hit=%lld found=%.*s browser=%s records=%zu notes=%zu ms=%lld", (long long)hit, FAIR_STR_ARG(c->found), c->with_browser ? "yes" : "no", c->n_records,
             c->facts.n_notes, (long long)((c->facts.ended - c->facts.started) / 1000));
    return FAIR_OK;
}
