/* web/pages_works.c - the catalogue: what is registered, one work, sending pictures in. */
#include <string.h>
#include "web/hits_private.h"
#include "web/model.h"
#include "web/words.h"

enum { PER_PAGE = 48, PICTURE_MAX = 16 * 1024 * 1024 };

/* A list in the making, and what is needed to word it. */
struct list { struct fair_request *rq; json_t *out; };

/* Where a picture of ours is shown from.  The digest in the address lets it be kept for ever. */
static void
put_picture(json_t *o, const char *key, struct fair_arena *a, const char *kind, fair_id id, const char *which, const struct fair_sha256 *sha)
{
    fair_str hex;
    if (fair_sha256_none(sha)) return;
    hex = fair_hex(a, sha->b, 8);
    fair_put(o, key, fair_str_fmt(a, "/%s/%lld/%s.jpg?v=%.*s", kind, (long long)id, which, FAIR_STR_ARG(hex)));
}

/* A title, or the file's name where there is none. */
static fair_str
name_of(const struct fair_work *w)
{
    fair_str s = w->path;
    size_t i = s.n;

    if (w->title.n > 0) return w->title;
    while (i > 0 && s.p[i - 1] != '/') i--;
    return i < s.n ? (fair_str){ s.p + i, s.n - i } : s;
}

static json_t *
work_model(struct fair_request *rq, const struct fair_work *w)
{
    json_t *o = fair_model_work(w), *show = json_object();

    put_picture(o, "thumb", rq->arena, "works", w->id, "thumb", &w->thumb);
    put_picture(o, "preview", rq->arena, "works", w->id, "preview", &w->preview);
    fair_put(show, "name", name_of(w));
    fair_put(show, "bytes", fair_words_bytes(rq->arena, w->bytes));
    fair_words_put_when(show, "added", rq->arena, rq->now, w->added);
    json_object_set_new(o, "show", show);
    return o;
}

static fair_status
list_work(void *arg, const struct fair_work *w, struct fair_err *err)
{
    struct list *l = arg;
    (void)err;
    json_array_append_new(l->out, work_model(l->rq, w));
    return FAIR_OK;
}

static fair_status
list_upload(void *arg, const struct fair_job *j, struct fair_err *err)
{
    struct list *l = arg;
    json_t *o, *args;

    (void)err;
    if (!fair_str_eq(j->kind, FAIR_STR("take")) || l->rq->now - j->asked > FAIR_ASIDE_SHOWN) return FAIR_OK;
    o = fair_model_job(j);
    args = json_object_get(o, "args");
    json_object_set(o, "name", json_object_get(args, "name"));
    json_array_append_new(l->out, o);
    return FAIR_OK;
}

fair_status
fair_page_works(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    int64_t page = fair_form_number(rq, "page", 1), total = 0;
    struct fair_work_filter f = { .text = fair_form_text(rq, "text"), .collection = fair_form_text(rq, "collection") };
    struct fair_link link = fair_link_to(rq->arena, "/works");
    struct list l = { rq, json_array() };
    json_t *show = json_object();

    re->model = json_object();
    json_object_set_new(re->model, "works", l.out);
    json_object_set_new(re->model, "show", show);
    FAIR_TRY(fair_store_works_count(&rq->desk, &f, &total, err));
    f.page = (struct fair_page){ (page - 1) * PER_PAGE, PER_PAGE };
    FAIR_TRY(fair_store_works(&rq->desk, &f, list_work, &l, err));
    json_object_set_new(re->model, "total", json_integer(total));
    json_object_set_new(re->model, "page", json_integer(page));
    fair_link_add(&link, "text", f.text);
    fair_link_add(&link, "collection", f.collection);
    json_object_set_new(show, "pager", fair_words_pager(rq->arena, link, page, PER_PAGE, total));
    fair_put(show, "total", fair_words_count(rq->arena, total));
    json_object_set_new(show, "one", json_boolean(total == 1));
    fair_put(show, "text", f.text);
    fair_put(show, "collection", f.collection);
    json_object_set_new(show, "filtered", json_boolean(link.any));
    l.out = json_array();
    json_object_set_new(re->model, "uploads", l.out);
    FAIR_TRY(fair_store_jobs(&rq->desk, FAIR_STR("waiting"), (struct fair_page){ 0, 100 }, list_upload, &l, err));
    FAIR_TRY(fair_store_jobs(&rq->desk, FAIR_STR("leased"), (struct fair_page){ 0, 100 }, list_upload, &l, err));
    json_object_set_new(show, "n_uploads", json_integer((json_int_t)json_array_size(l.out)));
    l.out = json_array();
    json_object_set_new(re->model, "uploads_aside", l.out);
    return fair_store_jobs(&rq->desk, FAIR_STR("aside"), (struct fair_page){ 0, 50 }, list_upload, &l, err);
}

/* The upload holds its bytes until they are read: the job lets go of them, and the work holds its own. */
struct upload { struct fair_sha256 sha; int64_t bytes; fair_str once, args; fair_time now; };

static fair_status
hold_and_ask(const struct fair_desk *d, void *arg, struct fair_err *err)
{
    struct upload *u = arg;
    bool asked;

    FAIR_TRY(fair_store_job_asked(d, u->once, &asked, err));
    if (asked) return FAIR_OK;
    FAIR_TRY(fair_store_blob_ref(d, &u->sha, u->bytes, err));
    return fair_store_job_ask(d, "take", u->once, u->args, u->now, err);
}

/* Asks for the reading of one picture that is in the vault already. */
static fair_status
ask_take(struct fair_request *rq, const struct fair_field *file, fair_str collection, struct fair_err *err)
{
    struct upload u = { .bytes = (int64_t)file->value.n, .now = rq->now };
    json_t *args = json_object();
    fair_str hex;
    char *text;
    fair_status s;

    s = fair_vault_put(rq->web->o->vault, file->value, &u.sha, err);
    if (s != FAIR_OK) {
        json_decref(args);
        return fair_fail_in(err, "picture %.*s", FAIR_STR_ARG(fair_str_escape(rq->arena, file->file)));
    }
    hex = fair_hex(rq->arena, u.sha.b, sizeof u.sha.b);
    u.once = fair_str_fmt(rq->arena, "take:%.*s", FAIR_STR_ARG(hex));
    fair_put(args, "sha256", hex);
    fair_put(args, "name", file->file);
    fair_put(args, "collection", collection);
    text = json_dumps(args, JSON_COMPACT);
    u.args = fair_str_of(text);
    s = fair_store_do(&rq->desk, hold_and_ask, &u, err);
    free(text);
    json_decref(args);
    return s;
}

fair_status
fair_page_works_add(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    fair_str collection = fair_form_text(rq, "collection");

    if (rq->n_files == 0) return fair_fail(err, FAIR_INVALID, "no picture was chosen");
    for (size_t i = 0; i < rq->n_files; i++)
        if (rq->files[i].value.n == 0)
            return fair_fail(err, FAIR_INVALID, "%.*s is empty; nothing was taken", FAIR_STR_ARG(fair_str_escape(rq->arena, rq->files[i].file)));
    for (size_t i = 0; i < rq->n_files; i++) FAIR_TRY(ask_take(rq, &rq->files[i], collection, err));
    re->model = json_object();
    json_object_set_new(re->model, "received", json_integer((json_int_t)rq->n_files));
    re->see = fair_str_fmt(rq->arena, "/works?done=uploaded&n=%zu", rq->n_files);
    return FAIR_OK;
}

static fair_status
list_hit(void *arg, const struct fair_hit *h, struct fair_err *err)
{
    struct list *l = arg;
    (void)err;
    json_array_append_new(l->out, fair_hit_model(l->rq, h));
    return FAIR_OK;
}

/* What of it was erased: its stones, wherever it is named. */
void
fair_put_stones(struct fair_request *rq, json_t *o, const struct fair_named_blob *all, size_t n)
{
    json_t *list = json_array();

    for (size_t i = 0; i < n; i++) {
        struct fair_erased x;
        json_t *one;
        if (fair_sha256_none(all[i].key) || fair_store_stone(&rq->desk, all[i].key, rq->arena, &x, NULL) != FAIR_OK) continue;
        one = json_object();
        fair_put(one, "what", fair_str_of(all[i].name));
        fair_put_time(one, "at", x.at);
        fair_put(one, "by", x.by);
        fair_put(one, "why", x.why);
        json_array_append_new(list, one);
    }
    json_object_set_new(o, "erased", list);
}

/* What the form of a check asks for. */
static void
for_checking(struct fair_request *rq, json_t *proofs)
{
    json_t *one;
    size_t i;

    json_array_foreach(proofs, i, one) json_object_set_new(one, "show", json_pack("{s:s, s:I}", "subject", "proof", "work", (json_int_t)rq->id));
}

fair_status
fair_page_work(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    struct fair_work w, near;
    struct list l = { rq, json_array() };
    struct fair_hit_filter f = { .work = rq->id, .page = { 0, 24 } };
    struct fair_err none = { 0 };
    int64_t n = 0;
    json_t *show;
    fair_status s = fair_store_work_get(&rq->desk, rq->id, rq->arena, &w, err);

    if (s != FAIR_OK) {
        json_decref(l.out);
        return s == FAIR_NOT_FOUND ? fair_fail(err, s, "there is no such work") : s;
    }
    re->model = work_model(rq, &w);
    re->title = fair_utf8_mend(rq->arena, name_of(&w));
    json_object_set_new(re->model, "hits", l.out);
    FAIR_TRY(fair_store_hits_count(&rq->desk, &f, &n, err));
    FAIR_TRY(fair_store_hits(&rq->desk, &f, list_hit, &l, err));
    json_object_set_new(re->model, "n_hits", json_integer(n));
    fair_put_stones(rq, re->model, (const struct fair_named_blob[]){ { "the original", &w.sha256 }, { "the small picture", &w.thumb },
        { "the preview", &w.preview }, { "the proof", &w.proof }, { "the RAW", &w.raw } }, 5);
    show = json_object_get(re->model, "show");
    {
        json_t *owned = NULL;
        s = fair_model_owned(&rq->desk, rq->id, rq->arena, &owned, err);
        json_object_set_new(show, "liftable", json_boolean(json_array_size(json_object_get(owned, "would_lift")) > 0));
        for_checking(rq, json_object_get(owned, "proofs"));
        json_object_set_new(re->model, "ownership", owned != NULL ? owned : json_null());
        FAIR_TRY(s);
    }
    json_object_set_new(show, "more", json_boolean(n > 24));
    json_object_set_new(show, "removed", json_boolean(w.removed != 0));
    json_object_set_new(show, "rights", json_boolean(w.creator.n + w.copyright.n + w.credit.n + w.licensor.n + w.rights_url.n + w.date.n + w.c2pa.n > 0));
    json_object_set_new(show, "rights_link", json_boolean(fair_str_starts(w.rights_url, FAIR_STR("https://")) || fair_str_starts(w.rights_url, FAIR_STR("http://"))));
    if (w.near != 0 && fair_store_work_get(&rq->desk, w.near, rq->arena, &near, &none) == FAIR_OK) {
        json_t *o = json_object();
        fair_put_id(o, "id", near.id);
        fair_put(o, "name", name_of(&near));
        json_object_set_new(show, "near", o);
    }
    return FAIR_OK;
}

fair_status
fair_page_work_remove(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    FAIR_TRY(fair_store_work_remove(&rq->desk, rq->id, rq->now, err));
    re->see = FAIR_STR("/works?done=removed");
    return FAIR_OK;
}

/* ---- pictures ------------------------------------------------------------------ */

/* Only pictures that our own decoder wrote are sent: the key comes from a row's
 * thumb or preview, never from the address. */
static fair_status
send_picture(struct fair_request *rq, struct fair_reply *re, const struct fair_sha256 *key, struct fair_err *err)
{
    fair_str hex = fair_hex(rq->arena, key->b, 32);
    struct fair_erased x;

    if (fair_sha256_none(key)) return fair_fail(err, FAIR_NOT_FOUND, "there is no picture of it");
    re->etag = fair_str_fmt(rq->arena, "\"%.*s\"", FAIR_STR_ARG(hex));
    re->type = FAIR_STR("image/jpeg");
    re->forever = true;
    if (fair_str_eq(re->etag, rq->raw.if_none_match)) {
        re->bytes = FAIR_STR("");
        return FAIR_OK;
    }
    if (fair_store_stone(&rq->desk, key, rq->arena, &x, NULL) == FAIR_OK) {
        re->forever = false;
        re->etag = (fair_str){ NULL, 0 };
        re->code = 410;
        re->type = FAIR_STR("text/plain; charset=utf-8");
        re->bytes = fair_utf8_mend(rq->arena, fair_str_fmt(rq->arena, "Erased on %.*s by %.*s: %.*s\n", FAIR_STR_ARG(fair_time_text(rq->arena, x.at)), FAIR_STR_ARG(x.by), FAIR_STR_ARG(x.why)));
        return FAIR_OK;
    }
    if (fair_vault_read(rq->web->o->vault, key, PICTURE_MAX, rq->arena, &re->bytes, err) != FAIR_OK) {
        re->forever = false;
        re->etag = (fair_str){ NULL, 0 };
        return fair_fail_in(err, "picture %.*s", 12, hex.p);
    }
    return FAIR_OK;
}

fair_status
fair_page_work_thumb(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    struct fair_work w;
    FAIR_TRY(fair_store_work_get(&rq->desk, rq->id, rq->arena, &w, err));
    return send_picture(rq, re, &w.thumb, err);
}

fair_status
fair_page_work_preview(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    struct fair_work w;
    FAIR_TRY(fair_store_work_get(&rq->desk, rq->id, rq->arena, &w, err));
    return send_picture(rq, re, &w.preview, err);
}

fair_status
fair_page_hit_preview(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    struct fair_hit h;
    FAIR_TRY(fair_store_hit_get(&rq->desk, rq->id, rq->arena, &h, err));
    return send_picture(rq, re, &h.preview, err);
}
