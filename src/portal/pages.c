/* portal/pages.c - a stranger's question whether a letter is real. */
#include <stdio.h>
#include <string.h>
#include "portal/portal_private.h"

/* ---- is it real? ---- */

/* Only what a shell takes as it stands. */
static bool
plain(fair_str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' || c == '/' || c == '=' || c == ':')) return false;
    }
    return s.n > 0;
}

/* The signature, checked with openssl alone. */
static fair_str
commands(const struct fair_portal_request *rq, const json_t *signature)
{
    fair_str text = fair_member(signature, "signed"), sig = fair_member(signature, "sig"), key = fair_member(signature, "key_der");

    if (!plain(text) || !plain(sig) || !plain(key)) return (fair_str){ NULL, 0 };
    return fair_str_fmt(rq->arena, "printf %%s %.*s | openssl base64 -d -A > key.der\nprintf %%s %.*s | openssl base64 -d -A > sig.bin\n"
                        "printf %%s %.*s | openssl dgst -sha256 -verify key.der -keyform DER -signature sig.bin\nsha256sum key.der",
                        FAIR_STR_ARG(key), FAIR_STR_ARG(sig), FAIR_STR_ARG(text));
}

fair_status
fair_portal_verify_page(struct fair_portal_request *rq, struct fair_reply *re, struct fair_err *err)
{
    struct fair_fields f = { 0 };
    fair_str id = rq->word, json = { NULL, 0 };
    char upper[FAIR_NOTICE_ID_MAX + 1];
    json_t *show = json_object(), *n = NULL, *o;
    json_error_t why;
    fair_status s = FAIR_NOT_FOUND;

    re->model = json_object();
    json_object_set_new(re->model, "show", show);
    re->page = "verify";
    re->title = fair_lang_words(rq->lang, "verify");
    if (id.p == NULL && rq->query.p != NULL) {
        FAIR_TRY(fair_form_urlencoded(rq->arena, rq->query, &f, err));
        for (size_t i = 0; i < f.n; i++)
            if (fair_str_eq(f.v[i].name, FAIR_STR("id"))) id = fair_str_trim(f.v[i].value);
    }
    if (id.p == NULL || id.n == 0) return FAIR_OK;
    if (id.n <= FAIR_NOTICE_ID_MAX) {
        for (size_t i = 0; i < id.n; i++) upper[i] = id.p[i] >= 'a' && id.p[i] <= 'z' ? (char)(id.p[i] - 32) : id.p[i];
        id = fair_str_dup(rq->arena, (fair_str){ upper, id.n });
        if (fair_notice_id_ok(id)) s = fair_shelf_notice_get(&rq->p->shelf, id, rq->arena, &json, err);
    }
    if (s == FAIR_OK) n = json_loadb(json.p, json.n, 0, &why);
    if (s != FAIR_OK && s != FAIR_NOT_FOUND) return s;
    if (!json_is_object(n)) {
        json_decref(n);
        if (id.n <= FAIR_NOTICE_ID_MAX) fair_put(show, "id", id);
        json_object_set_new(show, "missing", json_true());
        re->code = 404;
        return FAIR_OK;
    }
    o = json_object();
    fair_put(o, "id", id);
    fair_put(o, "issued", fair_portal_day(rq->lang, rq->arena, fair_member(n, "issued")));
    fair_put(o, "step", fair_portal_words(rq, "step_", fair_member(n, "step")));
    fair_put(o, "from", fair_member(json_object_get(n, "claimant"), "name"));
    fair_put(o, "sha256", fair_member(json_object_get(n, "letter"), "sha256"));
    fair_put(o, "key", fair_member(json_object_get(n, "signature"), "key"));
    fair_put(o, "sig", fair_member(json_object_get(n, "signature"), "sig"));
    fair_put(o, "commands", commands(rq, json_object_get(n, "signature")));
    if (json_is_object(json_object_get(n, "final"))) fair_put(o, "withdrawn", fair_lang_words(rq->lang, "clock_closed"));
    json_object_set_new(show, "found", o);
    json_decref(n);
    return FAIR_OK;
}
