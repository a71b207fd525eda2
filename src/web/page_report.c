/* web/page_report.c - for everybody: the transparency report, as the recipients' portal shows it too, and what the service costs. */
#include <jansson.h>
#include <string.h>
#include "store/report_rows.h"
#include "web/web_private.h"

static void
row(json_t *list, const char *words, const json_t *v)
{
    char text[40];
    json_t *o;

    if (!json_is_number(v)) return;
    if (json_is_integer(v)) snprintf(text, sizeof text, "%lld", (long long)json_integer_value(v));
    else if (strstr(words, "hare") != NULL) snprintf(text, sizeof text, "%.1f %%", 100 * json_real_value(v));
    else snprintf(text, sizeof text, "%.1f", json_real_value(v));
    o = json_object();
    json_object_set_new(o, "words", json_string(words));
    json_object_set_new(o, "value", json_string(text));
    json_array_append_new(list, o);
}

static json_t *
rows(const json_t *of, const char *const (*names)[2], size_t n)
{
    json_t *list = json_array();

    for (size_t i = 0; i < n; i++) row(list, names[i][1], json_object_get(of, names[i][0]));
    return list;
}

static json_t *
endings(const json_t *outcome)
{
    static const char *const names[][2] = { { "disputes_accepted", "Objections accepted" }, { "refuted", "Cases in which we were wrong or silent" }, { "refuted_share", "Share of the closed ones" },
        { "withdrawn", "Withdrawn by the owner" }, { "median_days", "Days from opening to end, median" }, { "mean_days", "Days from opening to end, mean" },
        { "rated_good", "Rated as fair by recipients" }, { "rated_middling", "Rated as partly fair" }, { "rated_bad", "Rated as unfair" } };
    json_t *list = json_array(), *rest = rows(outcome, names, sizeof names / sizeof *names), *v;
    const char *state;

    json_object_foreach(json_object_get(outcome, "closed_as"), state, v) row(list, state, v);
    json_array_extend(list, rest);
    json_decref(rest);
    return list;
}

/* The model is the public JSON; "show" has it as rows. */
fair_status
fair_page_report(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    static const char *const counts[][2] = { { "cases", "Cases" }, { "open", "Still open" }, { "closed", "Closed" }, { "claims", "Letters that ask for something" }, { "inquiries", "Questions without a sum" },
        { "offers", "Offers" }, { "demands", "Formal demands" }, { "answers", "Answers on the portal" }, { "disputes", "Objections" }, { "appeals", "Objections looked at by somebody else" } };
    json_t *show = json_object(), *list = json_array(), *o;
    fair_str json;
    size_t i;

    FAIR_TRY(fair_store_report_public(rq->desk.st, rq->now, rq->arena, &json, err));
    re->model = json_loadb(json.p, json.n, 0, NULL);
    if (re->model == NULL) return fair_fail(err, FAIR_CORRUPT, "the report is no JSON");
    json_array_foreach(json_object_get(re->model, "organisations"), i, o) {
        json_t *one = json_object(), *outcome = json_object_get(o, "outcome");
        json_object_set(one, "name", json_object_get(o, "name"));
        json_object_set_new(one, "counts", rows(o, counts, sizeof counts / sizeof *counts));
        json_object_set_new(one, "hidden", json_boolean(!json_is_object(outcome)));
        json_object_set_new(one, "ends", json_is_object(outcome) ? endings(outcome) : json_array());
        json_array_append_new(list, one);
    }
    json_object_set_new(show, "organisations", list);
    json_object_set_new(re->model, "show", show);
    return FAIR_OK;
}

/* Sign-up and the portal say the same (Corrections 17). */
fair_status
fair_page_terms(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    const struct fair_config *c = rq->web->o->config;

    if (!c->terms_publish) return fair_fail(err, FAIR_NOT_FOUND, "there is no page at this address");
    re->model = json_object();
    json_object_set_new(re->model, "commission", json_integer(c->terms_commission));
    json_object_set_new(re->model, "pictures", c->terms_pictures > 0 ? json_integer(c->terms_pictures) : json_null());
    fair_put(re->model, "beyond", c->terms_beyond.n > 0 ? c->terms_beyond : (fair_str){ NULL, 0 });
    fair_put(re->model, "third", c->terms_third.n > 0 ? c->terms_third : (fair_str){ NULL, 0 });
    json_object_set_new(re->model, "show", json_object());
    return FAIR_OK;
}
