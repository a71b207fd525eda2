/* scan_hit.c - a picture that was judged, at one place where it stands: the hit's row, and the lines that tell of it. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/clock.h"
#include "work/scan_private.h"

static void
set_text(struct fair_arena *a, json_t *o, const char *key, fair_str s)
{
    fair_str mended = fair_utf8_mend(a, s);

    if (s.p == NULL) return;
    (void)json_object_set_new(o, key, json_stringn(mended.p, mended.n));
    /* A name that is no UTF-8 can still be had byte for byte. */
    if (mended.n != s.n || memcmp(mended.p, s.p, s.n) != 0) {
        fair_str b64 = fair_base64(a, s.p, s.n);
        (void)json_object_set_new(o, fair_str_fmt(a, "%s_b64", key).p, json_stringn(b64.p, b64.n));
    }
}

static fair_str
dumped(struct fair_arena *a, json_t *o)
{
    char *text = json_dumps(o, JSON_COMPACT);
    fair_str s = text != NULL ? fair_str_dup(a, fair_str_of(text)) : FAIR_STR("{}");

    free(text);
    json_decref(o);
    return s;
}

static json_t *
source_of(struct fair_arena *a, fair_str file, int64_t offset, int64_t length, int64_t record)
{
    json_t *o = json_object();

    set_text(a, o, "file", file);
    if (offset >= 0) (void)json_object_set_new(o, "offset", json_integer(offset));
    if (length >= 0) (void)json_object_set_new(o, "length", json_integer(length));
    if (record > 0) (void)json_object_set_new(o, "record", json_integer(record));
    return o;
}

static void
describe_hit(struct fair_arena *a, json_t *o, const struct fair_scan_line *l)
{
    const struct fair_hit *h = l->hit;
    json_t *words = h->words.n > 0 ? json_loadb(h->words.p, h->words.n, 0, NULL) : NULL, *box = json_array();

    (void)json_object_set_new(o, "work", json_integer(h->work));
    set_text(a, o, "work_path", l->work_path);
    (void)json_object_set_new(o, "score", json_real(h->score));
    set_text(a, o, "verdict", h->verdict);
    if (h->id != 0) {
        (void)json_object_set_new(o, "hit", json_integer(h->id));
        (void)json_object_set_new(o, "new", json_boolean(l->fresh));
        set_text(a, o, "state", h->state);
    }
    for (int i = 0; i < 4; i++) (void)json_array_append_new(box, json_real(h->box[i]));
    (void)json_object_set_new(o, "box", box);
    (void)json_object_set_new(o, "reasons", words != NULL ? words : json_array());
}

fair_str
fair_scan_json(struct fair_arena *a, const struct fair_scan_line *l)
{
    static const char *const types[] = { "hit", "image", "error", "stat" };
    json_t *o = json_object(), *image, *page;

    (void)json_object_set_new(o, "v", json_integer(1));
    (void)json_object_set_new(o, "type", json_string(types[l->what]));
    if (l->what == FAIR_SCAN_HIT) describe_hit(a, o, l);
    if (l->what == FAIR_SCAN_HIT || l->what == FAIR_SCAN_IMAGE) {
        image = json_object();
        set_text(a, image, "url", l->image_url);
        if (!fair_sha256_none(&l->sha256)) set_text(a, image, "sha256", fair_hex(a, l->sha256.b, 32));
        (void)json_object_set_new(image, "w", json_integer(l->width));
        (void)json_object_set_new(image, "h", json_integer(l->height));
        set_text(a, image, "mime", l->mime);
        (void)json_object_set_new(o, "image", image);
        page = json_object();
        set_text(a, page, "url", l->page_url);
        if (l->ts != 0) set_text(a, page, "ts", fair_time_text(a, l->ts));
        (void)json_object_set_new(o, "page", page);
        set_text(a, o, "via", l->via);
    }
    if (l->what == FAIR_SCAN_ERROR) {
        set_text(a, o, "where", l->where);
        set_text(a, o, "error", fair_str_of(l->words));
    }
    if (l->file.p != NULL) (void)json_object_set_new(o, "src", source_of(a, l->file, l->offset, l->length, l->record));
    if (l->what == FAIR_SCAN_STAT) {
        const struct fair_run *r = l->run;
        set_text(a, o, "target", r->target);
        set_text(a, o, "state", r->state);
        const struct { const char *name; int64_t n; } counts[] = { { "pages", r->pages }, { "pictures", r->pictures }, { "unchanged", r->unchanged },
            { "hits", r->hits }, { "hits_new", r->hits_new }, { "faults", r->faults }, { "bytes", r->bytes }, { "decoded", l->decoded }, { "searched", l->searched } };
        for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) (void)json_object_set_new(o, counts[i].name, json_integer(counts[i].n));
        if (l->glanced >= 0) (void)json_object_set_new(o, "glanced", json_integer(l->glanced));
        if (r->error.n > 0) set_text(a, o, "error", r->error);
    }
    return dumped(a, o);
}

static void
fill_hit(struct fair_scan *s, const struct fair_outcome *o, const struct fair_found *f, const struct fair_use *u, struct fair_hit *h)
{
    const struct fair_match *m = &f->m;

    *h = (struct fair_hit){ .work = m->work, .run = s->run.id, .page_url = u->page_url, .image_url = u->image_url, .site = u->site,
        .place = u->via, .alt = u->alt, .sha256 = o->sha256, .whole = o->whole, .width = o->width, .height = o->height,
        .score = m->score, .verdict = fair_str_of(fair_verdict_name(m->verdict)), .has_map = m->has_map, .mirrored = m->mirrored, .bits = m->bits,
        .agree = m->agree, .rotation = m->rotation, .scale = m->scale, .covers = m->covers, .residual = m->residual, .words = f->words,
        .last_seen = fair_now() };
    if (o->preview_kept) h->preview = o->preview;
    for (int i = 0; i < 4; i++) {
        h->box[i] = m->box[i];
        h->work_box[i] = m->work_box[i];
    }
    for (int i = 0; i < 6; i++) h->map[i] = m->map[i];
    if (u->file.p != NULL) h->source = dumped(s->scratch, source_of(s->scratch, u->file, u->offset, u->length, u->record));
}

struct before { struct fair_scan *s; struct fair_outcome *o; size_t room; };

static fair_status
one_before(void *arg, const struct fair_hit *h, __attribute__((unused)) struct fair_err *err)
{
    struct before *x = arg;
    struct fair_match *m;

    if (x->o->n_found == x->room) {
        struct fair_found *more = fair_alloc_array(x->s->arena, x->room * 2 + 4, sizeof *more);
        if (x->o->n_found > 0) memcpy(more, x->o->found, x->o->n_found * sizeof *more);
        x->o->found = more;
        x->room = x->room * 2 + 4;
    }
    x->o->found[x->o->n_found].words = fair_str_dup(x->s->arena, h->words);
    m = &x->o->found[x->o->n_found++].m;
    *m = (struct fair_match){ .work = h->work, .score = (float)h->score, .has_map = h->has_map, .mirrored = h->mirrored, .bits = (uint16_t)h->bits,
        .agree = (uint16_t)h->agree, .rotation = (float)h->rotation, .scale = (float)h->scale, .covers = (float)h->covers, .residual = (float)h->residual };
    for (int v = FAIR_NO_MATCH; v <= FAIR_MATCH; v++)
        if (fair_str_eq(h->verdict, fair_str_of(fair_verdict_name((enum fair_verdict)v)))) m->verdict = (enum fair_verdict)v;
    for (int i = 0; i < 4; i++) {
        m->box[i] = (float)h->box[i];
        m->work_box[i] = (float)h->work_box[i];
    }
    for (int i = 0; i < 6; i++) m->map[i] = (float)h->map[i];
    return FAIR_OK;
}

fair_status
fair_scan_found_before(struct fair_scan *s, struct fair_outcome *o, struct fair_err *err)
{
    struct before x = { s, o, 0 };

    return fair_store_hits_of(&s->h->desk, &o->sha256, one_before, &x, err);
}

fair_status
fair_use_report(struct fair_scan *s, const struct fair_subject *x, const struct fair_use *u, struct fair_err *err)
{
    const struct fair_outcome *o = x->outcome;
    char mime[40];
    struct fair_scan_line l = { .image_url = u->image_url, .page_url = u->page_url, .via = u->via, .mime = x->mime, .sha256 = o->sha256,
        .width = o->width, .height = o->height, .ts = u->ts, .file = u->file, .offset = u->offset, .length = u->length, .record = u->record };

    if (l.mime.n == 0 && o->format != NULL) {
        snprintf(mime, sizeof mime, "image/%s", o->format);
        l.mime = fair_str_of(mime);
    }
    if (s->o.images && s->calls.line != NULL) {
        l.what = FAIR_SCAN_IMAGE;
        s->calls.line(s->calls.arg, &l);
    }
    for (size_t i = 0; i < o->n_found; i++) {
        struct fair_hit h;
        struct fair_work w = { 0 };
        fair_arena_clear(s->scratch);
        fill_hit(s, o, &o->found[i], u, &h);
        if (!s->o.stateless) {
            fair_status got = fair_store_hit_seen(&s->h->desk, &h, &l.fresh, err);
            if (got == FAIR_NOT_FOUND) continue;       /* the work was removed meanwhile */
            if (got != FAIR_OK) return fair_fail_in(err, "hit on %.*s", FAIR_STR_ARG(u->page_url));
            s->run.hits_new += l.fresh;
        }
        s->run.hits++;
        if (s->calls.line == NULL) continue;
        if (fair_store_work_get(&s->h->desk, h.work, s->scratch, &w, NULL) == FAIR_OK) l.work_path = w.path;
        h.work_title = w.title;
        l.what = FAIR_SCAN_HIT;
        l.hit = &h;
        s->calls.line(s->calls.arg, &l);
    }
    return FAIR_OK;
}
