/* portal/answers.c - the form for an answer, with what it means said before it is sent; taking it, and sealing it for the home. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include "portal/portal_private.h"

static fair_str
sent_text(const json_t *sent, fair_str key, struct fair_arena *a)
{
    const json_t *v = json_object_get(sent, fair_str_dup(a, key).p);
    return json_is_string(v) ? (fair_str){ json_string_value(v), json_string_length(v) } : FAIR_STR("");
}

static void
put_choice(const struct fair_portal_request *rq, const json_t *sent, json_t *show)
{
    const struct fair_portal_action *x = rq->action;
    fair_str rest = fair_str_of(x->choices), one, chosen = sent_text(sent, FAIR_STR("what"), rq->arena);
    json_t *list = json_array(), *choice = json_object();

    while (fair_str_split(&rest, '|', &one)) {
        json_t *o = json_object();
        fair_put(o, "value", one);
        fair_put(o, "words", fair_lang_words(rq->lang, fair_str_fmt(rq->arena, "c_%s_%.*s", x->name, FAIR_STR_ARG(one)).p));
        json_object_set_new(o, "checked", json_boolean(fair_str_eq(one, chosen)));
        json_array_append_new(list, o);
    }
    fair_put(choice, "legend", fair_lang_words(rq->lang, "choice"));
    json_object_set_new(choice, "list", list);
    json_object_set_new(show, "choice", choice);
}

fair_status
fair_portal_form_page(struct fair_portal_request *rq, const char *error, const json_t *sent, struct fair_reply *re, struct fair_err *err)
{
    const struct fair_portal_action *x = rq->action;
    fair_str fields = fair_str_of(x->fields != NULL ? x->fields : ""), one;
    json_t *show = json_object(), *list = json_array();
    uint8_t once[16];

    assert(x != NULL);
    if ((x->when & fair_portal_when(rq->notice, rq->now)) == 0) {
        json_decref(show);
        json_decref(list);
        return fair_fail(err, FAIR_CONFLICT, "that is not open for this notice now");
    }
    fair_random(once, sizeof once);
    re->model = json_object();
    json_object_set_new(re->model, "show", show);
    re->page = "answer";
    re->title = fair_portal_words(rq, "a_", fair_str_of(x->name));
    fair_put(show, "title", re->title);
    fair_put(show, "means", fair_portal_words(rq, "m_", fair_str_of(x->name)));
    fair_put(show, "back", fair_portal_href(rq, ""));
    fair_put(show, "action", fair_portal_href(rq, fair_str_fmt(rq->arena, "/answer/%s", x->name).p));
    fair_put(show, "once", fair_hex(rq->arena, once, sizeof once));
    if (error != NULL) fair_put(show, "error", fair_str_of(error));
    if (x->choices != NULL) put_choice(rq, sent, show);
    while (fair_str_split(&fields, ' ', &one)) {
        json_t *o;
        if (one.n == 0) continue;
        o = json_object();
        fair_put(o, "name", one);
        fair_put(o, "words", fair_portal_words(rq, "f_", one));
        fair_put(o, "value", sent_text(sent, one, rq->arena));
        json_object_set_new(o, "max", json_integer(fair_str_eq(one, FAIR_STR("address")) ? 2000 : fair_str_eq(one, FAIR_STR("lawyer")) ? 500 : fair_str_eq(one, FAIR_STR("date")) ? 40 : fair_str_eq(one, FAIR_STR("amount")) ? 60 : 200));
        json_array_append_new(list, o);
    }
    json_object_set_new(show, "fields", list);
    if (x->note) {
        json_t *o = json_object();
        fair_put(o, "words", fair_lang_words(rq->lang, "note"));
        fair_put(o, "value", sent_text(sent, FAIR_STR("note"), rq->arena));
        json_object_set_new(show, "note", o);
    }
    fair_portal_put_list(show, "advice", json_is_array(json_object_get(rq->notice, "advice")) ? json_copy(json_object_get(rq->notice, "advice")) : json_array());
    json_object_set_new(show, "upload", json_boolean(x->upload));
    json_object_set_new(show, "contact", json_boolean(x->note));
    return FAIR_OK;
}

/* ---- taking one ---- */

/* A name for what the sender called a file: its last part, without control characters, at most 120 bytes. */
static fair_str
tame(struct fair_arena *a, fair_str name)
{
    size_t from = 0;
    char *p;
    size_t n = 0;

    name = fair_utf8_mend(a, name);
    for (size_t i = 0; i < name.n; i++)
        if (name.p[i] == '/' || name.p[i] == '\\') from = i + 1;
    p = fair_alloc(a, name.n - from + 8);
    for (size_t i = from; i < name.n && n < 120; i++) {
        unsigned char c = (unsigned char)name.p[i];
        p[n++] = c < 0x20 || c == 0x7f || strchr("\"<>:|?*", c) != NULL ? '_' : (char)c;
    }
    while (n > 0 && ((unsigned char)p[n - 1] & 0xc0) == 0x80 && !fair_utf8_valid((fair_str){ p, n })) n--;
    if (n == 0 || p[0] == '.' || !fair_utf8_valid((fair_str){ p, n })) return FAIR_STR("file");
    return (fair_str){ p, n };
}

static bool
anything_said(const struct fair_portal_action *x, const json_t *form, size_t n_files)
{
    const char *key;
    json_t *v;

    if (!x->note || x->choices != NULL || n_files > 0 || strcmp(x->name, "time") == 0) return true;
    json_object_foreach((json_t *)(uintptr_t)form, key, v) {
        if (strcmp(key, "once") != 0 && strcmp(key, "name") != 0 && strcmp(key, "email") != 0 && json_is_string(v)) return true;
    }
    return false;
}

static fair_status
read_form(struct fair_portal_request *rq, fair_str body, json_t *form, struct fair_field **files, size_t *n_files, struct fair_err *err)
{
    struct fair_fields f = { 0 };
    const char *takes = rq->action != NULL ? rq->action->takes : "once:t32";

    FAIR_TRY(fair_http_fields(rq->arena, &rq->raw, body, &f, err));
    return fair_takes_check(rq->arena, takes, &f, form, files, n_files, err);
}

static fair_status
keep(struct fair_portal_request *rq, const json_t *form, const struct fair_field *files, size_t n_files, fair_str *receipt, struct fair_err *err)
{
    const char *name = rq->action != NULL ? rq->action->name : "renew";
    struct fair_answer_file sealed_files[FAIR_ANSWER_FILES];
    const json_t *once_hex = json_object_get(form, "once");
    struct fair_sha256 sha;
    uint8_t once[16], key[32];
    fair_str sealed, hex;
    json_t *answer, *fields;
    fair_status s;

    if (!json_is_string(once_hex) || !fair_unhex(fair_str_of(json_string_value(once_hex)), once, sizeof once)) return fair_fail(err, FAIR_INVALID, "once: 32 hex digits");
    if (n_files > FAIR_ANSWER_FILES) return fair_fail(err, FAIR_LIMIT, "at most %d files", FAIR_ANSWER_FILES);
    s = fair_shelf_key_get(&rq->p->shelf, key, err);
    if (s == FAIR_NOT_FOUND) return fair_fail(err, FAIR_AGAIN, "the home has not given its key yet");
    FAIR_TRY(s);
    for (size_t i = 0; i < n_files; i++) sealed_files[i] = (struct fair_answer_file){ tame(rq->arena, files[i].file), files[i].value };
    sha = fair_sha256_of(once, sizeof once);
    hex = fair_hex(rq->arena, sha.b, 4);
    *receipt = fair_str_fmt(rq->arena, "%.4s-%.4s", hex.p, hex.p + 4);
    answer = json_object();
    fields = json_copy((json_t *)(uintptr_t)form);
    json_object_del(fields, "once");
    json_object_set_new(answer, "version", json_integer(1));
    fair_put(answer, "notice", rq->id);
    json_object_set_new(answer, "action", json_string(name));
    json_object_set_new(answer, "fields", fields);
    fair_put_time(answer, "at", rq->now);
    fair_put(answer, "language", rq->lang->code);
    fair_put(answer, "receipt", *receipt);
    fair_put(answer, "link", fair_hex(rq->arena, fair_sha256_of(rq->secret.p, rq->secret.n).b, 8));
    s = fair_answer_seal(rq->arena, answer, sealed_files, n_files, key, &sealed, err);
    json_decref(answer);
    FAIR_TRY(s);
    s = fair_shelf_answer_put(&rq->p->shelf, rq->id, rq->now, once, sealed, err);
    if (s == FAIR_CONFLICT) return FAIR_OK;                    /* the same form again: it is here already */
    FAIR_TRY(s);
    return fair_shelf_receipt_add(&rq->p->shelf, rq->id, fair_str_fmt(rq->arena, "%.*s %s %.*s", FAIR_STR_ARG(fair_time_text(rq->arena, rq->now)), name, FAIR_STR_ARG(*receipt)), err);
}

static fair_status
take(struct fair_portal_request *rq, fair_str body, json_t *form, struct fair_reply *re, struct fair_err *err)
{
    struct fair_field *files;
    size_t n_files;
    fair_str receipt;
    fair_status s;

    if (rq->action != NULL && (rq->action->when & fair_portal_when(rq->notice, rq->now)) == 0)
        return fair_fail(err, FAIR_CONFLICT, "that is not open for this notice now");
    s = read_form(rq, body, form, &files, &n_files, err);
    if (s == FAIR_INVALID && rq->action != NULL) {
        re->code = 400;
        return fair_portal_form_page(rq, fair_lang_words(rq->lang, "e_form").p, form, re, err);
    }
    FAIR_TRY(s);
    if (rq->action != NULL && !anything_said(rq->action, form, n_files)) {
        re->code = 400;
        return fair_portal_form_page(rq, fair_lang_words(rq->lang, "e_empty").p, form, re, err);
    }
    if (rq->action != NULL && n_files > FAIR_ANSWER_FILES) {
        re->code = 413;
        return fair_portal_form_page(rq, fair_lang_words(rq->lang, "e_many_files").p, form, re, err);
    }
    FAIR_TRY(keep(rq, form, files, n_files, &receipt, err));
    re->see = rq->action == NULL ? fair_portal_href(rq, "?asked=yes")
            : fair_portal_href(rq, fair_str_fmt(rq->arena, "?done=%.*s&action=%s", FAIR_STR_ARG(receipt), rq->action->name).p);
    return FAIR_OK;
}

fair_status
fair_portal_take(struct fair_portal_request *rq, fair_str body, struct fair_reply *re, struct fair_err *err)
{
    json_t *form = json_object();
    fair_status s = take(rq, body, form, re, err);

    json_decref(form);
    return s;
}
