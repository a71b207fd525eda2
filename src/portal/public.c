/* portal/public.c - the pages that are for everybody: the transparency report, and what the service costs.  Their facts come from the home. */
#include <stdlib.h>
#include <string.h>
#include "portal/portal_private.h"

static fair_status
facts(struct fair_portal_request *rq, const char *name, json_t **out, struct fair_err *err)
{
    fair_str text;
    fair_status s = fair_shelf_public_get(&rq->p->shelf, fair_str_of(name), rq->arena, &text, err);

    *out = NULL;
    if (s != FAIR_OK) return s == FAIR_NOT_FOUND ? fair_fail(err, s, "there is no page at this address") : s;
    *out = json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES, NULL);
    return json_is_object(*out) ? FAIR_OK : fair_fail(err, FAIR_CORRUPT, "public/%s.json is no JSON", name);
}

static void
as_json(struct fair_portal_request *rq, const json_t *o, struct fair_reply *re)
{
    char *text = json_dumps(o, JSON_INDENT(1) | JSON_SORT_KEYS);

    re->bytes = fair_str_fmt(rq->arena, "%s\n", text != NULL ? text : "{}");
    free(text);
    re->type = FAIR_STR("application/json; charset=utf-8");
}

/* ---- the report ---- */

static void
row(const struct fair_portal_request *rq, json_t *list, fair_str words, fair_str value)
{
    json_t *o = json_object();

    (void)rq;
    fair_put(o, "words", words);
    fair_put(o, "value", value);
    json_array_append_new(list, o);
}

/* Figures by their names, as far as they are there: r_NAME says what each is. */
static json_t *
figures(const struct fair_portal_request *rq, const json_t *of, const char *const *names)
{
    json_t *list = json_array();

    for (; *names != NULL; names++) {
        const json_t *v = json_object_get(of, *names);
        fair_str value = { NULL, 0 };
        if (json_is_integer(v)) value = fair_str_fmt(rq->arena, "%lld", (long long)json_integer_value(v));
        else if (json_is_real(v)) value = strstr(*names, "share") != NULL ? fair_str_fmt(rq->arena, "%.1f %%", 100 * json_real_value(v)) : fair_str_fmt(rq->arena, "%.1f", json_real_value(v));
        if (value.n > 0) row(rq, list, fair_lang_words(rq->lang, fair_str_fmt(rq->arena, "r_%s", *names).p), value);
    }
    return list;
}

static json_t *
endings(const struct fair_portal_request *rq, const json_t *outcome)
{
    static const char *const before[] = { "disputes_accepted", "refuted", "refuted_share", "withdrawn", "median_days", "mean_days", "rated_good", "rated_middling", "rated_bad", NULL };
    json_t *list = json_array(), *rest = figures(rq, outcome, before), *v;
    const char *state;

    json_object_foreach(json_object_get(outcome, "closed_as"), state, v) {
        char key[80] = "st_";
        size_t n = 3;
        for (const char *c = state; *c != '\0' && n + 1 < sizeof key; c++) key[n++] = *c >= 'A' && *c <= 'Z' ? (char)(*c + 32) : *c;
        key[n] = '\0';
        if (fair_portal_has(rq->lang, key)) row(rq, list, fair_lang_words(rq->lang, key), fair_str_fmt(rq->arena, "%lld", (long long)json_integer_value(v)));
    }
    json_array_extend(list, rest);
    json_decref(rest);
    return list;
}

fair_status
fair_portal_report_page(struct fair_portal_request *rq, struct fair_reply *re, struct fair_err *err)
{
    static const char *const counts[] = { "cases", "open", "closed", "claims", "inquiries", "offers", "demands", "answers", "disputes", "appeals", NULL };
    json_t *o, *show = json_object(), *list = json_array(), *x;
    size_t i;
    fair_status s = facts(rq, "report", &o, err);

    re->model = json_object();
    json_object_set_new(re->model, "show", show);
    json_object_set_new(show, "organisations", list);
    if (s != FAIR_OK) return s;
    if (rq->json) as_json(rq, o, re);
    json_array_foreach(json_object_get(o, "organisations"), i, x) {
        const json_t *outcome = json_object_get(x, "outcome");
        const struct fair_portal_value v[] = { { "n", fair_str_fmt(rq->arena, "%lld", (long long)json_integer_value(json_object_get(o, "least"))) },
            { "closed", fair_str_fmt(rq->arena, "%lld", (long long)json_integer_value(json_object_get(x, "closed"))) }, { NULL, { NULL, 0 } } };
        json_t *one = json_object();
        fair_put(one, "name", fair_member(x, "name"));
        fair_put(one, "anchor", fair_str_fmt(rq->arena, "org-%zu", i + 1));
        json_object_set_new(one, "counts", figures(rq, x, counts));
        if (json_is_object(outcome)) fair_portal_put_list(one, "ends", endings(rq, outcome));
        else fair_put(one, "hidden", fair_portal_say(rq->lang, rq->arena, "report_hidden", v));
        json_array_append_new(list, one);
    }
    {
        const struct fair_portal_value v[] = { { "day", fair_portal_day(rq->lang, rq->arena, fair_member(o, "made")) }, { NULL, { NULL, 0 } } };
        fair_put(show, "made", fair_portal_say(rq->lang, rq->arena, "report_made", v));
    }
    json_decref(o);
    re->page = "report";
    re->title = fair_lang_words(rq->lang, "report");
    return FAIR_OK;
}

/* ---- what it costs ---- */

static fair_str
counted(const struct fair_portal_request *rq, const json_t *o, const char *member, const char *some, const char *none)
{
    long long n = json_integer_value(json_object_get(o, member));
    const struct fair_portal_value v[] = { { "n", fair_str_fmt(rq->arena, "%lld", n) }, { NULL, { NULL, 0 } } };

    return n > 0 ? fair_portal_say(rq->lang, rq->arena, some, v) : fair_lang_words(rq->lang, none);
}

/* The rows of the page, and the same in a notice.  In the list's order; what the operator wrote stands as they wrote it. */
json_t *
fair_portal_terms(const struct fair_portal_request *rq, const json_t *o)
{
    json_t *list = json_array();

    row(rq, list, fair_lang_words(rq->lang, "terms_commission"), counted(rq, o, "commission", "terms_commission_n", "terms_commission_0"));
    row(rq, list, fair_lang_words(rq->lang, "terms_pictures"), counted(rq, o, "pictures", "terms_pictures_n", "terms_pictures_all"));
    if (fair_member(o, "beyond").n > 0) row(rq, list, fair_lang_words(rq->lang, "terms_beyond"), fair_member(o, "beyond"));
    if (fair_member(o, "third").n > 0) row(rq, list, fair_lang_words(rq->lang, "terms_third"), fair_member(o, "third"));
    row(rq, list, fair_lang_words(rq->lang, "terms_cancel"), fair_lang_words(rq->lang, "terms_cancel_words"));
    return list;
}

fair_status
fair_portal_terms_page(struct fair_portal_request *rq, struct fair_reply *re, struct fair_err *err)
{
    json_t *o, *show = json_object();
    fair_status s = facts(rq, "terms", &o, err);

    re->model = json_object();
    json_object_set_new(re->model, "show", show);
    if (s != FAIR_OK) return s;
    if (rq->json) as_json(rq, o, re);
    fair_put(show, "name", fair_member(o, "name"));
    json_object_set_new(show, "rows", fair_portal_terms(rq, o));
    json_decref(o);
    re->page = "terms";
    re->title = fair_lang_words(rq->lang, "terms");
    return FAIR_OK;
}
