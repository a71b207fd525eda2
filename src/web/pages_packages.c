/* web/pages_packages.c - evidence packages on the page of their hit and on one of their own; how anybody checks one. */
#include <string.h>
#include "base/clock.h"
#include "base/digest.h"
#include "base/io.h"
#include "evidence/custody.h"
#include "evidence/seal.h"
#include "store/package_rows.h"
#include "web/hits_private.h"
#include "web/words.h"

enum { PACKAGES = 20, KEYS_MAX = 1 << 20 };

struct list { struct fair_request *rq; json_t *out; };

static json_t *
package_model(struct fair_request *rq, const struct fair_package *p)
{
    struct fair_arena *a = rq->arena;
    struct fair_sha256 id = fair_sha256_of(p->key.p, p->key.n);
    json_t *o = json_object(), *show = json_object();
    const char *state = fair_str_eq(p->state, FAIR_STR("sealed")) ? "sealed" : fair_str_eq(p->state, FAIR_STR("sealing")) ? "waits for its time stamps"
                      : fair_str_eq(p->state, FAIR_STR("failed")) ? "failed" : "being captured";

    fair_put_id(o, "id", p->id);
    fair_put_id(o, "hit", p->hit);
    fair_put_id(o, "work", p->work);
    json_object_set_new(o, "number", p->number > 0 ? json_integer(p->number) : json_null());
    fair_put(o, "state", fair_str_dup(a, p->state));
    fair_put(o, "url", fair_str_dup(a, p->url));
    fair_put(o, "title", fair_str_dup(a, p->title));
    fair_put_time(o, "made", p->made);
    fair_put_time(o, "captured", p->captured);
    fair_put_time(o, "sealed", p->sealed);
    json_object_set_new(o, "bytes", json_integer(p->bytes));
    fair_put(o, "datapackage", fair_sha256_none(&p->datapackage) ? (fair_str){ NULL, 0 } : fair_hex(a, p->datapackage.b, 32));
    fair_put(o, "key", p->key.n > 0 ? fair_hex(a, id.b, 32) : (fair_str){ NULL, 0 });
    fair_put(o, "error", fair_str_dup(a, p->error));
    fair_put(show, "state", fair_str_of(state));
    json_object_set_new(show, "good", json_boolean(fair_str_eq(p->state, FAIR_STR("sealed"))));
    json_object_set_new(show, "bad", json_boolean(fair_str_eq(p->state, FAIR_STR("failed"))));
    fair_put(show, "bytes", fair_words_bytes(a, p->bytes));
    fair_words_put_when(show, "captured", a, rq->now, p->captured != 0 ? p->captured : p->made);
    fair_words_put_when(show, "sealed", a, rq->now, p->sealed);
    json_object_set_new(o, "show", show);
    return o;
}

static fair_status
list_package(void *arg, const struct fair_package *p, __attribute__((unused)) struct fair_err *err)
{
    struct list *l = arg;

    json_array_append_new(l->out, package_model(l->rq, p));
    return FAIR_OK;
}

fair_status
fair_put_packages(struct fair_request *rq, json_t *model, fair_id hit, struct fair_err *err)
{
    struct fair_package_filter f = { .hit = hit, .page.limit = PACKAGES };
    struct list l = { rq, json_array() };

    json_object_set_new(model, "packages", l.out);
    FAIR_TRY(fair_store_packages(&rq->desk, &f, list_package, &l, err));
    json_object_set_new(json_object_get(model, "show"), "has_packages", json_boolean(json_array_size(l.out) > 0));
    return FAIR_OK;
}

static fair_status
list_stamp(void *arg, const struct fair_stamp_row *s, __attribute__((unused)) struct fair_err *err)
{
    struct list *l = arg;
    json_t *o = json_object();

    fair_put(o, "server", fair_str_dup(l->rq->arena, s->server));
    fair_put_time(o, "at", s->at);
    json_array_append_new(l->out, o);
    return FAIR_OK;
}

static fair_status
list_custody(void *arg, const struct fair_custody_row *r, struct fair_err *err)
{
    struct list *l = arg;
    struct fair_custody c;
    json_t *o = json_object();

    json_array_append_new(l->out, o);
    FAIR_TRY(fair_custody_read(fair_str_dup(l->rq->arena, r->line), l->rq->arena, &c, err));
    json_object_set_new(o, "n", json_integer(c.n));
    fair_put_time(o, "at", c.at);
    fair_put(o, "what", c.what);
    fair_put(o, "who", c.who);
    fair_put(o, "detail", c.detail);
    fair_put(o, "sha256", fair_hex(l->rq->arena, r->hash.b, 32));
    return FAIR_OK;
}

static fair_str
viewed(void *arg, int64_t n, const struct fair_sha256 *previous, struct fair_arena *a)
{
    struct fair_custody *c = arg;

    c->n = n;
    c->previous = *previous;
    return fair_custody_line(a, c);
}

/* Looking is a line of custody, and the page shows it. */
fair_status
fair_page_package(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    struct fair_custody line = { .at = rq->now - rq->now % FAIR_SECOND, .what = FAIR_STR("viewed"), .who = rq->user.email, .detail = FAIR_STR("its page"), .package = rq->id };
    struct list stamps = { rq, NULL }, custody = { rq, NULL };
    struct fair_package p;
    fair_status s = fair_store_package_get(&rq->desk, rq->id, rq->arena, &p, err);

    if (s != FAIR_OK) return s == FAIR_NOT_FOUND ? fair_fail(err, s, "there is no such package") : s;
    if (p.number > 0) FAIR_TRY(fair_store_custody_add(&rq->desk, p.id, line.what, line.at, viewed, &line, err));
    re->model = package_model(rq, &p);
    json_object_set_new(re->model, "stamps", stamps.out = json_array());
    json_object_set_new(re->model, "custody", custody.out = json_array());
    FAIR_TRY(fair_store_package_stamps(&rq->desk, p.id, list_stamp, &stamps, err));
    return fair_store_custody(&rq->desk, p.id, 1, list_custody, &custody, err);
}

/* For strangers: the keys of this installation, and the commands.  It names no package and no case. */
fair_status
fair_page_verify(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    fair_str text = { NULL, 0 };
    struct fair_seal_key *keys = NULL;
    json_t *list = json_array();
    size_t n = 0;

    re->model = json_pack("{s:o}", "keys", list);
    if (rq->web->o->keys == NULL || fair_read_file(rq->arena, rq->web->o->keys, KEYS_MAX, &text, NULL) != FAIR_OK) return FAIR_OK;      /* no package was made yet */
    FAIR_TRY(fair_seal_keys_read(text, rq->arena, &keys, &n, err));
    for (size_t i = 0; i < n; i++) {
        json_t *o = json_object();
        fair_put(o, "id", keys[i].id);
        fair_put_time(o, "from", keys[i].from);
        fair_put_time(o, "until", keys[i].until);
        fair_put(o, "key", fair_base64(rq->arena, keys[i].key.p, keys[i].key.n));
        json_array_append_new(list, o);
    }
    return FAIR_OK;
}
