/* web/page_hit.c - one hit: the two pictures side by side, where they agree, and why. */
#include <math.h>
#include <string.h>
#include "web/hits_private.h"
#include "web/model.h"
#include "web/words.h"

static bool
finite_all(const double *v, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!isfinite(v[i])) return false;
    return true;
}

static bool
box_known(const double b[4])
{
    return finite_all(b, 4) && b[2] > b[0] && b[3] > b[1];
}

/* The corners of a box, through the affine map `m` if there is one, as an SVG path. */
static fair_str
outline(const double b[4], const double *m, struct fair_arena *a)
{
    struct fair_buf p = FAIR_BUF(a, 1024);

    for (int i = 0; i < 4; i++) {
        double x = i == 1 || i == 2 ? b[2] : b[0], y = i >= 2 ? b[3] : b[1];
        double u = m != NULL ? m[0] * x + m[1] * y + m[2] : x, v = m != NULL ? m[3] * x + m[4] * y + m[5] : y;
        if (!(fabs(u) < 1e7) || !(fabs(v) < 1e7)) return (fair_str){ NULL, 0 };
        fair_buf_fmt(&p, "%c%.1f %.1f", i == 0 ? 'M' : 'L', u, v);
    }
    fair_buf_c(&p, "Z");
    return (fair_str){ p.p, p.n };
}

/* One of our pictures, its size as shown, and the outline of the part that both have (absent: unknown, or all of it). */
static json_t *
figure(const char *kind, fair_id id, const struct fair_sha256 *sha, int64_t w, int64_t h, fair_str shape, struct fair_arena *a)
{
    json_t *o;
    fair_str hex;

    if (fair_sha256_none(sha) || w <= 0 || h <= 0) return json_null();
    hex = fair_hex(a, sha->b, 8);
    o = json_object();
    fair_put(o, "href", fair_str_fmt(a, "/%s/%lld/preview.jpg?v=%.*s", kind, (long long)id, FAIR_STR_ARG(hex)));
    json_object_set_new(o, "w", json_integer(w));
    json_object_set_new(o, "h", json_integer(h));
    fair_put(o, "shape", shape);
    return o;
}

/* The outline on the picture found: the corners of the part of the work that is seen,
 * where the map takes them (so that a turned copy has a turned outline), else the box. */
static fair_str
found_shape(const struct fair_hit *h, struct fair_arena *a)
{
    if (h->has_map && finite_all(h->map, 6) && box_known(h->work_box)) return outline(h->work_box, h->map, a);
    return box_known(h->box) ? outline(h->box, NULL, a) : (fair_str){ NULL, 0 };
}

/* The work laid over the found picture: an affine map, from the matcher where it
 * found one, else from the two boxes, else whole on whole. */
static fair_str
overlay(const struct fair_hit *h, const struct fair_work *w, struct fair_arena *a)
{
    double m[6];
    const double *b = h->box, *c = h->work_box;
    double whole[4] = { 0, 0, (double)h->width, (double)h->height }, whole_work[4] = { 0, 0, (double)w->width, (double)w->height };

    if (h->has_map && finite_all(h->map, 6)) memcpy(m, h->map, sizeof m);
    else {
        if (!box_known(b)) b = whole;
        if (!box_known(c)) c = whole_work;
        m[0] = (b[2] - b[0]) / (c[2] - c[0]) * (h->mirrored ? -1 : 1);
        m[1] = 0;
        m[2] = h->mirrored ? b[2] - m[0] * c[0] : b[0] - m[0] * c[0];
        m[3] = 0;
        m[4] = (b[3] - b[1]) / (c[3] - c[1]);
        m[5] = b[1] - m[4] * c[1];
    }
    if (!finite_all(m, 6)) return (fair_str){ NULL, 0 };
    /* SVG names the columns: matrix(a b c d e f) is x' = a x + c y + e, y' = b x + d y + f. */
    return fair_str_fmt(a, "matrix(%.6g %.6g %.6g %.6g %.6g %.6g)", m[0], m[3], m[1], m[4], m[2], m[5]);
}

static void
put_figures(json_t *list, const char *name, fair_str value, const char *note)
{
    json_t *o;

    if (value.n == 0) return;
    o = json_object();
    fair_put(o, "name", fair_str_of(name));
    fair_put(o, "value", value);
    fair_put(o, "note", fair_str_of(note));
    json_array_append_new(list, o);
}

static json_t *
figures(const struct fair_hit *h, struct fair_arena *a)
{
    json_t *list = json_array();
    const fair_str none = { NULL, 0 };

    put_figures(list, "Probability that it is a copy", fair_words_percent(a, h->score), NULL);
    put_figures(list, "Parts that agree", h->agree > 0 ? fair_words_count(a, h->agree) : none, "small details found in both pictures, in the same arrangement");
    put_figures(list, "Whole-picture hash", h->bits >= 0 && h->bits < 256 ? fair_str_fmt(a, "%lld of 256 bits differ", (long long)h->bits) : none, "under 32 is very alike; unrelated pictures differ in about 128");
    put_figures(list, "Of your picture shown", h->covers > 0 ? fair_words_percent(a, h->covers) : none, NULL);
    put_figures(list, "Turned by", fabs(h->rotation) >= 0.5 ? fair_str_fmt(a, "%.0f degrees", h->rotation) : none, "clockwise");
    put_figures(list, "Mirrored", h->mirrored ? FAIR_STR("yes") : none, NULL);
    put_figures(list, "Scale", h->scale > 0 ? fair_words_percent(a, h->scale) : none, "of your picture's size");
    put_figures(list, "Difference once aligned", h->residual >= 0 && isfinite(h->residual) && (h->residual > 0 || h->has_map) ? fair_str_fmt(a, "%.1f of 255", h->residual) : none, "the mean difference of grey values");
    return list;
}

/* The note under a decision for hardship names a person's misfortune: for the owner, counsel and its author. */
static bool
note_hidden(const struct fair_request *rq, const struct fair_decision *x)
{
    if (!fair_str_eq(x->reason, FAIR_STR("hardship_or_sensitive"))) return false;
    return x->user != rq->desk.user && !fair_may(rq, FAIR_DEED_SENSITIVE);
}

struct decisions { struct fair_request *rq; json_t *out; };

static fair_status
list_decision(void *arg, const struct fair_decision *x, struct fair_err *err)
{
    struct decisions *l = arg;
    const struct fair_ignore_reason *r = fair_ignore_reason_by_code(x->reason);
    struct fair_decision seen = *x;
    json_t *o, *show = json_object();

    (void)err;
    if (note_hidden(l->rq, x)) seen.note = FAIR_STR("(kept for the owner and counsel)");
    fair_put(show, "what", fair_str_eq(x->what, FAIR_STR("pursue")) ? FAIR_STR("Pursue") : fair_str_eq(x->what, FAIR_STR("ignore")) ? FAIR_STR("Ignore")
           : fair_str_eq(x->what, FAIR_STR("reopen")) ? FAIR_STR("Reopened") : FAIR_STR("Not a match"));
    if (r != NULL) fair_put(show, "reason", fair_str_of(r->words));
    if (x->scope.n > 0) fair_put(show, "scope", fair_scope_words(x->scope));
    fair_words_put_when(show, "at", l->rq->arena, l->rq->now, x->at);
    fair_words_put_when(show, "until", l->rq->arena, l->rq->now, x->until);
    o = fair_model_decision(&seen);
    json_object_set_new(o, "show", show);
    json_array_append_new(l->out, o);
    return FAIR_OK;
}

static bool
is_link(fair_str url)
{
    return (fair_str_starts(url, FAIR_STR("https://")) || fair_str_starts(url, FAIR_STR("http://"))) && fair_utf8_valid(url);
}

static fair_status
put_pictures(struct fair_request *rq, const struct fair_hit *h, json_t *model, json_t *show, struct fair_err *err)
{
    struct fair_work w;
    struct fair_arena *a = rq->arena;
    json_t *found = figure("hits", h->id, &h->preview, h->width, h->height, found_shape(h, a), a), *ours;
    fair_status s = fair_store_work_get(&rq->desk, h->work, a, &w, err);

    json_object_set_new(show, "found", found);
    if (s == FAIR_NOT_FOUND) {
        json_object_set_new(show, "work_gone", json_true());
        return FAIR_OK;
    }
    FAIR_TRY(s);
    ours = figure("works", w.id, &w.preview, w.width, w.height, box_known(h->work_box) ? outline(h->work_box, NULL, a) : (fair_str){ NULL, 0 }, a);
    json_object_set_new(show, "ours", ours);
    fair_put(json_object_get(model, "work"), "path", w.path);
    fair_put(show, "creator", w.creator);
    fair_put(show, "copyright", w.copyright);
    if (json_is_object(found) && json_is_object(ours)) {
        fair_str m = overlay(h, &w, a);
        if (m.n > 0) fair_put(show, "matrix", m);
        if (rq->web->o->hands != NULL && h->has_map) fair_put(show, "differs", fair_str_fmt(a, "/hits/%lld/difference.png", (long long)h->id));
        if (rq->web->o->hands != NULL && h->has_map) fair_put(show, "straight", fair_str_fmt(a, "/hits/%lld/straight.png", (long long)h->id));
    }
    return FAIR_OK;
}

static fair_status
drawn(struct fair_request *rq, bool straight, struct fair_reply *re, struct fair_err *err)
{
    const struct fair_web_hands *hands = rq->web->o->hands;
    struct fair_hit h;
    fair_status s = fair_store_hit_get(&rq->desk, rq->id, rq->arena, &h, err);

    if (s != FAIR_OK) return s == FAIR_NOT_FOUND ? fair_fail(err, s, "there is no such hit") : s;
    FAIR_TRY(fair_needs_hands(rq, err));
    FAIR_TRY(hands->drawn(hands->arg, &rq->desk, &h, straight, rq->arena, &re->bytes, err));
    re->type = FAIR_STR("image/png");
    return FAIR_OK;
}

fair_status
fair_page_hit_difference(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    return drawn(rq, false, re, err);
}

fair_status
fair_page_hit_straight(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    return drawn(rq, true, re, err);
}

fair_status
fair_page_hit(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    struct fair_hit h;
    struct fair_neighbours near;
    struct decisions l = { rq, NULL };
    struct fair_arena *a = rq->arena;
    fair_id was = fair_form_number(rq, "was", 0);
    fair_str last = { NULL, 0 };
    json_t *show;
    fair_status s = fair_store_hit_get(&rq->desk, rq->id, a, &h, err);

    if (s != FAIR_OK) return s == FAIR_NOT_FOUND ? fair_fail(err, s, "there is no such hit") : s;
    re->model = fair_hit_model(rq, &h);
    fair_put_stones(rq, re->model, (const struct fair_named_blob[]){ { "the preview of the picture found", &h.preview } }, 1);
    show = json_object_get(re->model, "show");
    re->title = fair_str_fmt(a, "%s on %.*s", "Hit", FAIR_STR_ARG(fair_utf8_mend(a, h.site)));
    json_object_set_new(re->model, "decisions", l.out = json_array());
    FAIR_TRY(fair_store_decisions(&rq->desk, h.id, list_decision, &l, err));
    json_object_set_new(show, "decided", json_boolean(json_array_size(l.out) > 0));
    FAIR_TRY(put_pictures(rq, &h, re->model, show, err));
    FAIR_TRY(fair_put_packages(rq, re->model, h.id, err));
    FAIR_TRY(fair_put_captures(rq, &h, re->model, show, err));
    json_object_set_new(show, "figures", figures(&h, a));
    fair_put(show, "state_begin", fair_str_eq(h.state, FAIR_STR("pursue")) ? FAIR_STR("To be pursued") : fair_str_eq(h.state, FAIR_STR("ignored")) ? FAIR_STR("Ignored") : FAIR_STR("No match"));
    fair_words_put_when(show, "until", a, rq->now, h.until);
    json_object_set_new(show, "page_link", json_boolean(is_link(h.page_url)));
    json_object_set_new(show, "image_link", json_boolean(is_link(h.image_url)));
    json_object_set_new(show, "has_page", json_boolean(h.page_url.n > 0));
    if (h.width > 0) fair_put(show, "size", fair_str_fmt(a, "%lld × %lld", (long long)h.width, (long long)h.height));
    FAIR_TRY(fair_last_ignore(rq, &last, err));
    json_object_set_new(show, "reasons", fair_reason_menu(last));
    json_object_set_new(show, "scopes", fair_scope_menu());
    FAIR_TRY(fair_hit_neighbours(rq, h.id, &near, err));
    if (near.previous != 0) fair_put(show, "previous", fair_hit_link(rq, near.previous, NULL, 0));
    if (near.next != 0) fair_put(show, "next", fair_hit_link(rq, near.next, NULL, 0));
    fair_put(show, "in_site", fair_form_text(rq, "in_site"));
    fair_put(show, "in_verdict", fair_form_text(rq, "in_verdict"));
    if (fair_form_number(rq, "in_work", 0) != 0) fair_put_id(show, "in_work", fair_form_number(rq, "in_work", 0));
    if (was != 0) fair_put(show, "was", fair_str_fmt(a, "/hits/%lld", (long long)was));
    return FAIR_OK;
}
