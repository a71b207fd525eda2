/* work/scan_warc.c - the pictures of an archive; the pages of it that were read before them say where they stood. */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include "base/io.h"
#include "source/url.h"
#include "source/warc.h"
#include "work/scan_private.h"

/* The page's pictures, remembered by their canonical address: {"url": {"page", "via", "alt"}}. */
static fair_status
remember_page(struct fair_scan_run *s, const struct fair_warc_record *r, json_t *seen, struct fair_arena *a, struct fair_err *err)
{
    struct fair_links links = { 0 };

    s->run->pages++;
    if (fair_decoders_links(s->h->decoders, r->payload, "html", r->target, (fair_str){ NULL, 0 }, a, &links, err) != FAIR_OK) {
        struct fair_err why = *err;
        return why.status == FAIR_IO || why.status == FAIR_REFUSED ? why.status : fair_scan_fault(s, r->target, why.text, NULL, err);
    }
    for (size_t i = 0; i < links.n && json_object_size(seen) < 5000000; i++) {
        struct fair_url u;
        fair_str key;
        if (fair_url_parse(a, links.v[i].url, NULL, &u, err) != FAIR_OK) continue;
        key = fair_str_dup(a, fair_url_canonical(a, &u));
        if (json_object_get(seen, key.p) == NULL)
            json_object_set_new(seen, key.p, json_pack("{s:s%, s:s%, s:s%}", "page", r->target.p, r->target.n, "via", links.v[i].via.p, links.v[i].via.n,
                                                       "alt", links.v[i].alt.p ? links.v[i].alt.p : "", links.v[i].alt.p ? links.v[i].alt.n : 0));
    }
    return FAIR_OK;
}

static fair_str
member(json_t *o, const char *key, fair_str other)
{
    json_t *v = json_object_get(o, key);
    return json_is_string(v) ? (fair_str){ json_string_value(v), json_string_length(v) } : other;
}

static fair_status
record(struct fair_scan_run *s, const char *path, const struct fair_warc_record *r, json_t *seen, struct fair_arena *a, struct fair_err *err)
{
    struct fair_place p = { .page = r->target, .image = r->target, .site = FAIR_STR("files"), .via = FAIR_STR("warc"), .file = fair_str_of(path),
                            .offset = r->offset, .length = r->length, .record = r->record };
    struct fair_url u;
    json_t *where;

    if (!fair_str_eq(r->state, FAIR_STR("ok"))) FAIR_TRY(fair_scan_fault(s, r->target.n > 0 ? r->target : fair_str_of(path), fair_str_dup(a, r->state).p, &p, err));
    if (r->payload.n == 0 || (r->status != 200 && !fair_str_eq(r->type, FAIR_STR("resource")))) return FAIR_OK;
    if (fair_str_starts(r->mime, FAIR_STR("text/html")) || fair_str_starts(r->mime, FAIR_STR("application/xhtml"))) return remember_page(s, r, seen, a, err);
    if (!fair_str_starts(r->mime, FAIR_STR("image/")) || fair_str_starts(r->mime, FAIR_STR("image/svg"))) return FAIR_OK;
    if (fair_url_parse(a, r->target, NULL, &u, err) == FAIR_OK) {
        if (u.has_host) p.site = fair_url_registrable(a, &u);
        where = json_object_get(seen, fair_str_dup(a, fair_url_canonical(a, &u)).p);
        p.page = member(where, "page", p.page);
        p.via = member(where, "via", p.via);
        p.alt = member(where, "alt", p.alt);
    }
    return fair_scan_picture(s, r->payload, &p, err);
}

fair_status
fair_scan_warc(struct fair_scan_run *s, const char *path, struct fair_err *err)
{
    struct fair_warc_limits limits = { .max_header = 1 << 20, .max_block = (size_t)s->h->config.max_file_mb << 20, .max_ratio = FAIR_WARC_RATIO };
    FAIR_AUTO(fd) int fd = strcmp(path, "-") == 0 ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
    struct fair_warc *w = NULL;
    json_t *seen;
    fair_status st;

    if (fd < 0) return fair_fail(err, FAIR_NOT_FOUND, "%s: %m", path);
    FAIR_TRY(fair_warc_open(fd, &limits, &w, err));
    seen = json_object();
    for (;;) {
        FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
        struct fair_warc_record r = { 0 };
        if (fair_scan_stopped(s)) {
            st = fair_fail(err, FAIR_AGAIN, "stopped");
            break;
        }
        st = fair_warc_next(w, a, &r, err);
        if (st == FAIR_OK) st = record(s, path, &r, seen, a, err);
        if (st != FAIR_OK) break;
        if (s->calls->progress != NULL) s->calls->progress(s->calls->arg, r.record, r.record);
    }
    json_decref(seen);
    fair_warc_free(&w);
    return st == FAIR_DONE ? FAIR_OK : st;
}
