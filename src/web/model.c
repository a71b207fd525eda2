/* web/model.c - the rows as JSON, in the shapes of docs/formats/api.md. */
#include "web/model.h"
#include <math.h>
#include <string.h>
#include "web/web_private.h"

static void
put_int(json_t *o, const char *key, int64_t n)
{
    json_object_set_new(o, key, json_integer(n));
}

static void
put_bool(json_t *o, const char *key, bool yes)
{
    json_object_set_new(o, key, json_boolean(yes));
}

static void
put_real(json_t *o, const char *key, double x)
{
    json_object_set_new(o, key, isfinite(x) ? json_real(x) : json_null());
}

static void
put_sha(json_t *o, const char *key, const struct fair_sha256 *sha)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_put(o, key, fair_sha256_none(sha) ? (fair_str){ NULL, 0 } : fair_hex(a, sha->b, 32));
}

/* A text of JSON from the store; what does not parse is null. */
static void
put_json_text(json_t *o, const char *key, fair_str text)
{
    json_t *v = text.n > 0 ? json_loadb(text.p, text.n, JSON_DECODE_ANY, NULL) : NULL;
    json_object_set_new(o, key, v != NULL ? v : json_null());
}

static void
put_numbers(json_t *o, const char *key, const double *v, size_t n, bool known)
{
    json_t *list = known ? json_array() : json_null();

    for (size_t i = 0; known && i < n; i++) json_array_append_new(list, isfinite(v[i]) ? json_real(v[i]) : json_real(0));
    json_object_set_new(o, key, list);
}

static bool
box_known(const double b[4])
{
    return isfinite(b[0]) && isfinite(b[1]) && isfinite(b[2]) && isfinite(b[3]) && b[2] > b[0] && b[3] > b[1];
}

json_t *
fair_model_work(const struct fair_work *w)
{
    json_t *o = json_object();
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();

    fair_put_id(o, "id", w->id);
    fair_put(o, "title", w->title);
    fair_put(o, "collection", w->collection);
    fair_put(o, "path", w->path);
    if (!fair_utf8_valid(w->path)) fair_put(o, "path_b64", fair_base64(a, w->path.p, w->path.n));
    put_sha(o, "sha256", &w->sha256);
    put_int(o, "bytes", w->bytes);
    put_bool(o, "referenced", w->referenced);
    fair_put(o, "format", w->format);
    put_int(o, "width", w->width);
    put_int(o, "height", w->height);
    fair_put(o, "creator", w->creator);
    fair_put(o, "copyright", w->copyright);
    fair_put(o, "credit", w->credit);
    fair_put(o, "date", w->date);
    fair_put(o, "rights_url", w->rights_url);
    fair_put(o, "licensor", w->licensor);
    fair_put(o, "c2pa", w->c2pa);
    fair_put(o, "raw_path", w->raw_path);
    fair_put_id(o, "near", w->near);
    fair_put_time(o, "added", w->added);
    return o;
}

json_t *
fair_model_hit(const struct fair_hit *h)
{
    json_t *o = json_object(), *work = json_object();

    fair_put_id(o, "id", h->id);
    fair_put(o, "state", h->state);
    fair_put(o, "verdict", h->verdict);
    put_real(o, "score", h->score);
    fair_put(o, "site", h->site);
    fair_put(o, "page_url", h->page_url);
    fair_put(o, "image_url", h->image_url);
    fair_put(o, "place", h->place);
    fair_put(o, "alt", h->alt);
    put_sha(o, "sha256", &h->sha256);
    put_int(o, "width", h->width);
    put_int(o, "height", h->height);
    fair_put_id(work, "id", h->work);
    fair_put(work, "title", h->work_title);
    json_object_set_new(o, "work", work);
    put_numbers(o, "box", h->box, 4, box_known(h->box));
    put_numbers(o, "work_box", h->work_box, 4, box_known(h->work_box));
    put_numbers(o, "map", h->map, 6, h->has_map);
    put_bool(o, "mirrored", h->mirrored);
    if (h->bits >= 0 && h->bits < 256) put_int(o, "bits", h->bits);
    else json_object_set_new(o, "bits", json_null());
    put_int(o, "agree", h->agree);
    put_real(o, "rotation", h->rotation);
    put_real(o, "scale", h->scale);
    put_real(o, "covers", h->covers);
    if (h->residual >= 0) put_real(o, "residual", h->residual);
    else json_object_set_new(o, "residual", json_null());
    put_json_text(o, "reasons", h->words);
    put_json_text(o, "source", h->source);
    fair_put_time(o, "first_seen", h->first_seen);
    fair_put_time(o, "last_seen", h->last_seen);
    fair_put_time(o, "gone", h->gone);
    fair_put_id(o, "rule", h->rule);
    fair_put_time(o, "until", h->until);
    return o;
}

json_t *
fair_model_site(const struct fair_site *s)
{
    json_t *o = json_object();

    fair_put(o, "site", s->site);
    put_int(o, "hits", s->hits);
    put_int(o, "inbox", s->inbox);
    put_int(o, "works", s->works);
    put_real(o, "best", s->best);
    fair_put_time(o, "newest", s->newest);
    return o;
}

json_t *
fair_model_decision(const struct fair_decision *x)
{
    json_t *o = json_object();

    fair_put_id(o, "id", x->id);
    fair_put_id(o, "hit", x->hit);
    fair_put(o, "what", x->what);
    fair_put(o, "reason", x->reason);
    fair_put(o, "sub", x->sub);
    fair_put(o, "scope", x->scope);
    fair_put(o, "note", x->note);
    fair_put_time(o, "until", x->until);
    fair_put_time(o, "at", x->at);
    fair_put(o, "by", x->user_name);
    return o;
}

json_t *
fair_model_rule(const struct fair_rule *r)
{
    json_t *o = json_object();

    fair_put_id(o, "id", r->id);
    fair_put_id(o, "hit", r->hit);
    fair_put_id(o, "work", r->work);
    fair_put(o, "what", r->what);
    fair_put(o, "scope", r->scope);
    fair_put(o, "reason", r->reason);
    fair_put(o, "note", r->note);
    fair_put(o, "site", r->site);
    fair_put(o, "page_url", r->page_url);
    fair_put_time(o, "until", r->until);
    fair_put_time(o, "at", r->at);
    return o;
}

json_t *
fair_model_run(const struct fair_run *r)
{
    json_t *o = json_object();

    fair_put_id(o, "id", r->id);
    fair_put_id(o, "watch", r->watch);
    fair_put(o, "target", r->target);
    fair_put(o, "state", r->state);
    fair_put_time(o, "started", r->started);
    fair_put_time(o, "ended", r->ended);
    put_int(o, "pages", r->pages);
    put_int(o, "pictures", r->pictures);
    put_int(o, "unchanged", r->unchanged);
    put_int(o, "hits", r->hits);
    put_int(o, "hits_new", r->hits_new);
    put_int(o, "faults", r->faults);
    put_int(o, "bytes", r->bytes);
    fair_put(o, "error", r->error);
    return o;
}

json_t *
fair_model_fault(const struct fair_fault *f)
{
    json_t *o = json_object();

    fair_put(o, "where", f->where);
    fair_put(o, "text", f->text);
    fair_put_time(o, "at", f->at);
    return o;
}

json_t *
fair_model_watch(const struct fair_watch *w)
{
    json_t *o = json_object();

    fair_put_id(o, "id", w->id);
    fair_put(o, "target", w->target);
    put_int(o, "every_s", w->every_s);
    put_bool(o, "paused", w->paused);
    fair_put_time(o, "created", w->created);
    fair_put_time(o, "next", w->next);
    fair_put_time(o, "last", w->last);
    fair_put(o, "state", w->state);
    fair_put(o, "error", w->error);
    put_int(o, "failures", w->failures);
    fair_put_id(o, "last_run", w->last_run);
    return o;
}

json_t *
fair_model_job(const struct fair_job *j)
{
    json_t *o = json_object();

    fair_put_id(o, "id", j->id);
    fair_put(o, "kind", j->kind);
    fair_put(o, "state", j->state);
    put_json_text(o, "args", j->args);
    put_int(o, "attempt", j->attempt);
    fair_put_time(o, "asked", j->asked);
    fair_put(o, "error", j->error);
    return o;
}

json_t *
fair_model_user(const struct fair_user *u)
{
    json_t *o = json_object();

    fair_put_id(o, "id", u->id);
    fair_put(o, "email", u->email);
    fair_put(o, "name", u->name);
    fair_put(o, "role", u->role);
    fair_put(o, "countries", u->countries);
    put_bool(o, "disabled", u->disabled);
    put_bool(o, "has_password", u->password.n > 0);
    put_bool(o, "second_factor", u->second_factor);
    fair_put_time(o, "created", u->created);
    return o;
}
