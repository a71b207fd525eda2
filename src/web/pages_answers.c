/* web/pages_answers.c - what recipients answered, on the portal and by mail: what waits to be read, and one of them.
 *
 * What a stranger sent is opened as the verbs open it (web/hands.h): sealed boxes by the home's key, mails by the confined
 * reader, pictures by the confined decoder.  A file is given only to be kept, never to be shown by its own type. */
#include <string.h>
#include "store/heard_rows.h"
#include "web/cases_private.h"
#include "web/words.h"

enum { MANY = 500 };

struct list { struct fair_request *rq; json_t *out; int64_t unread; };

/* ---- lists ----------------------------------------------------------------------------------------------------------------- */

static void
put_common(struct list *l, json_t *o, fair_id id, fair_id case_id, fair_id notice, const char *by, fair_str what, fair_time at, fair_time read, fair_str moved, fair_str refused)
{
    struct fair_arena *a = l->rq->arena;
    json_t *show = json_object();
    const char *said = fair_answer_said(what);
    enum fair_move move;

    fair_put_id(o, "id", id);
    json_object_set_new(o, "case", case_id != 0 ? json_integer(case_id) : json_null());
    json_object_set_new(o, "notice", notice != 0 ? json_integer(notice) : json_null());
    fair_put(o, "by", fair_str_of(by));
    fair_put(o, "what", what);
    fair_put_time(o, "at", at);
    fair_put_time(o, "read", read);
    fair_put(o, "moved", moved);
    fair_put(o, "refused", refused);
    fair_put(show, "said", said != NULL ? fair_str_of(said) : what);
    fair_put(show, "moved", moved.n > 0 && fair_move_parse(moved, &move) ? fair_str_of(fair_move_words(move)->done) : moved);
    fair_words_put_when(show, "at", a, l->rq->now, at);
    fair_words_put_when(show, "read", a, l->rq->now, read);
    json_object_set_new(show, "unread", json_boolean(read == 0));
    json_object_set_new(show, "mail", json_boolean(strcmp(by, "mail") == 0));
    json_object_set_new(o, "show", show);
    l->unread += read == 0;
    json_array_append_new(l->out, o);
}

static fair_status
list_answer(void *arg, const struct fair_portal_answer *x, struct fair_err *err)
{
    json_t *o = json_object();

    (void)err;
    fair_put(o, "receipt", x->receipt);
    put_common(arg, o, x->id, x->case_id, x->notice, "portal", x->action, x->at, x->read, x->moved, x->refused);
    return FAIR_OK;
}

static fair_status
list_mail(void *arg, const struct fair_mail_in *x, struct fair_err *err)
{
    json_t *o = json_object();

    (void)err;
    fair_put(o, "from", x->sender);
    fair_put(o, "subject", x->subject);
    json_object_set_new(o, "same_address", json_boolean(x->same_address));
    json_object_set_new(o, "cut", json_boolean(x->cut));
    put_common(arg, o, x->id, x->case_id, x->notice, "mail", x->kind, x->at, x->read, x->moved, x->refused);
    return FAIR_OK;
}

fair_status
fair_put_answers(struct fair_request *rq, json_t *model, fair_id case_id, struct fair_err *err)
{
    const struct fair_page page = { 0, MANY };
    struct list l = { .rq = rq, .out = json_array() };
    json_t *show = json_object_get(model, "show");

    json_object_set_new(model, "answers", l.out);
    FAIR_TRY(fair_store_answers(&rq->desk, case_id, page, list_answer, &l, err));
    FAIR_TRY(fair_store_mails(&rq->desk, case_id, page, list_mail, &l, err));
    if (show == NULL) json_object_set_new(model, "show", show = json_object());
    json_object_set_new(show, "unread", json_integer(l.unread));
    fair_put(show, "unread_words", fair_words_n(rq->arena, l.unread, "answer waits to be read", "answers wait to be read"));
    return FAIR_OK;
}

/* GET /answers: what nobody has read, of all cases; or all of one case. */
fair_status
fair_page_answers(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    fair_id case_id = fair_form_number(rq, "case", 0);
    struct fair_case c;

    re->model = json_object();
    if (case_id != 0) {
        FAIR_TRY(fair_store_case_get(&rq->desk, case_id, rq->arena, &c, err));
        fair_put_id(re->model, "case", c.id);
        fair_put(re->model, "operator", c.operator);
    }
    FAIR_TRY(fair_put_answers(rq, re->model, case_id, err));
    return fair_put_waiting(rq, re->model, err);
}

/* ---- one -------------------------------------------------------------------------------------------------------------------- */

struct opened {
    bool is_mail;
    struct fair_portal_answer x;
    struct fair_mail_in m;
    json_t *said;             /* ours to drop */
    fair_str text;
    struct fair_web_file files[FAIR_WEB_FILES], whole;
    size_t n;
    bool shut;                /* it could not be opened here */
    struct fair_err why;
};

static fair_status
find(struct fair_request *rq, struct opened *o, struct fair_err *err)
{
    fair_status s = fair_store_answer_get(&rq->desk, rq->id, rq->arena, &o->x, err);

    if (s != FAIR_NOT_FOUND) return s;
    o->is_mail = true;
    s = fair_store_mail_get(&rq->desk, rq->id, rq->arena, &o->m, err);
    return s == FAIR_NOT_FOUND ? fair_fail(err, s, "there is no such answer") : s;
}

/* What cannot be opened is told; the row is shown all the same. */
static void
open_it(struct fair_request *rq, struct opened *o)
{
    const struct fair_web_hands *hands = rq->web->o->hands;
    fair_status s;

    if (hands == NULL) s = fair_fail(&o->why, FAIR_REFUSED, "answers are opened where fairtrack serve shows the pages");
    else if (o->is_mail) s = hands->mail(hands->arg, &rq->desk, &o->m, rq->arena, &o->text, o->files, &o->n, &o->whole, &o->why);
    else s = hands->answer(hands->arg, &rq->desk, &o->x, rq->arena, &o->said, o->files, &o->n, &o->why);
    if (s == FAIR_OK) return;
    o->shut = true;
    o->n = 0;
    json_decref(o->said);
    o->said = NULL;
}

static fair_str
field_said(const char *key)
{
    static const char *const said[][2] = { { "what", "They say" }, { "shop", "Bought at" }, { "order", "Order number" }, { "date", "On" }, { "address", "Address" }, { "amount", "They offer" }, { "lawyer", "Their lawyer" },
        { "note", "In their words" }, { "name", "Name they give" }, { "email", "Mail they give" } };

    for (size_t i = 0; i < sizeof said / sizeof *said; i++)
        if (strcmp(said[i][0], key) == 0) return fair_str_of(said[i][1]);
    return fair_str_of(key);
}

static json_t *
fields_model(json_t *said)
{
    json_t *list = json_array(), *v;
    const char *key;

    json_object_foreach(json_object_get(said, "fields"), key, v) {
        json_t *o;
        if (!json_is_string(v) || json_string_length(v) == 0 || strcmp(key, "once") == 0) continue;
        o = json_object();
        fair_put(o, "name", fair_str_of(key));
        fair_put(o, "value", (fair_str){ json_string_value(v), json_string_length(v) });
        json_object_set_new(o, "show", json_object());
        fair_put(json_object_get(o, "show"), "name", field_said(key));
        json_array_append_new(list, o);
    }
    return list;
}

/* By its first bytes: only then is the decoder asked. */
static bool
looks_like_picture(fair_str b)
{
    static const struct { const char *bytes; size_t n, at; } all[] = { { "\xff\xd8\xff", 3, 0 }, { "\x89PNG\r\n", 6, 0 }, { "GIF8", 4, 0 }, { "WEBP", 4, 8 }, { "BM", 2, 0 }, { "ftyp", 4, 4 },
        { "II*", 4, 0 }, { "MM", 2, 0 } };

    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (b.n >= all[i].at + all[i].n && memcmp(b.p + all[i].at, all[i].bytes, all[i].n) == 0) return true;
    return false;
}

static json_t *
files_model(struct fair_request *rq, const struct opened *x)
{
    json_t *list = json_array();

    for (size_t i = 0; i < x->n; i++) {
        const struct fair_web_file *f = &x->files[i];
        json_t *o = json_object(), *show = json_object();
        fair_put(o, "name", f->name);
        fair_put(o, "type", f->type);
        json_object_set_new(o, "bytes", json_integer(f->size));
        fair_put(show, "size", fair_words_bytes(rq->arena, f->size));
        if (f->bytes.p != NULL) {
            fair_put(o, "link", fair_str_fmt(rq->arena, "/answers/%lld/files/%zu", (long long)rq->id, i + 1));
            if (looks_like_picture(f->bytes)) fair_put(o, "preview", fair_str_fmt(rq->arena, "/answers/%lld/pictures/%zu", (long long)rq->id, i + 1));
        }
        json_object_set_new(o, "show", show);
        json_array_append_new(list, o);
    }
    return list;
}

fair_status
fair_page_answer(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    struct opened *x = FAIR_NEW(rq->arena, struct opened);
    struct list l = { .rq = rq, .out = json_array() };
    fair_id case_id;
    json_t *show;
    fair_status s = find(rq, x, err);

    if (s == FAIR_OK) s = x->is_mail ? list_mail(&l, &x->m, err) : list_answer(&l, &x->x, err);
    if (s != FAIR_OK) {
        json_decref(l.out);
        return s;
    }
    re->model = json_incref(json_array_get(l.out, 0));
    json_decref(l.out);
    show = json_object_get(re->model, "show");
    case_id = x->is_mail ? x->m.case_id : x->x.case_id;
    open_it(rq, x);
    if (x->is_mail) fair_put(re->model, "text", x->text);
    else json_object_set_new(re->model, "fields", fields_model(x->said));
    json_object_set_new(re->model, "files", files_model(rq, x));
    if (x->whole.bytes.p != NULL) fair_put(show, "whole", fair_str_fmt(rq->arena, "/answers/%lld/files/mail", (long long)rq->id));
    if (x->shut) fair_put(show, "shut", fair_utf8_mend(rq->arena, fair_str_of(x->why.text)));
    json_decref(x->said);
    if (case_id != 0) {
        struct fair_case c;
        FAIR_TRY(fair_store_case_get(&rq->desk, case_id, rq->arena, &c, err));
        fair_put(re->model, "operator", c.operator);
        fair_put(show, "state", fair_state_said(c.state));
        fair_words_put_when(show, "due", rq->arena, rq->now, c.due);
    }
    re->title = FAIR_STR("Answer");
    return FAIR_OK;
}

/* POST /answers/:id/read. */
fair_status
fair_page_answer_read(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    fair_id case_id;
    bool moved;
    fair_status s = fair_store_heard_read(&rq->desk, rq->id, rq->now, &case_id, &moved, err);

    if (s == FAIR_NOT_FOUND) return fair_fail(err, s, "there is no such answer");
    FAIR_TRY(s);
    re->model = json_object();
    json_object_set_new(re->model, "case", case_id != 0 ? json_integer(case_id) : json_null());
    json_object_set_new(re->model, "goes_on", json_boolean(moved));
    re->see = case_id != 0 ? fair_case_link(rq, case_id, moved ? "goes_on" : "read", "") : FAIR_STR("/answers?done=read");
    return FAIR_OK;
}

/* ---- their files -------------------------------------------------------------------------------------------------------------- */

static fair_status
file_of(struct fair_request *rq, struct fair_web_file *out, struct fair_err *err)
{
    struct opened *x = FAIR_NEW(rq->arena, struct opened);
    int64_t n = 0;

    FAIR_TRY(find(rq, x, err));
    open_it(rq, x);
    json_decref(x->said);
    if (x->shut) return fair_fail(err, x->why.status, "%s", x->why.text);
    if (fair_str_eq(rq->word, FAIR_STR("mail")) && x->whole.bytes.p != NULL) {
        *out = x->whole;
        return FAIR_OK;
    }
    if (!fair_str_number(rq->word, FAIR_WEB_FILES, &n) || n < 1 || (size_t)n > x->n || x->files[n - 1].bytes.p == NULL) return fair_fail(err, FAIR_NOT_FOUND, "there is no such file");
    *out = x->files[n - 1];
    return FAIR_OK;
}

/* Under a name of ours and as bytes of no kind: no browser opens it by itself. */
fair_status
fair_page_answer_file(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    struct fair_web_file f = { 0 };

    FAIR_TRY(file_of(rq, &f, err));
    re->bytes = f.bytes.n > 0 ? f.bytes : FAIR_STR("");
    re->type = FAIR_STR("application/octet-stream");
    re->file_name = fair_str_fmt(rq->arena, "answer-%lld-%.*s.bin", (long long)rq->id, FAIR_STR_ARG(rq->word));
    re->csp = "sandbox; default-src 'none'; frame-ancestors 'none'";
    return FAIR_OK;
}

/* What the confined decoder made of it: pixels and no more. */
fair_status
fair_page_answer_picture(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    const struct fair_web_hands *hands = rq->web->o->hands;
    struct fair_web_file f = { 0 };

    FAIR_TRY(file_of(rq, &f, err));
    FAIR_TRY(hands->picture(hands->arg, f.bytes, rq->arena, &re->bytes, err));
    re->type = FAIR_STR("image/jpeg");
    return FAIR_OK;
}
