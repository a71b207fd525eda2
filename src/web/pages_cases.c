/* web/pages_cases.c - cases: the list, what they share, and the brake on claimants who are often wrong. */
#include <string.h>
#include "web/cases_private.h"
#include "web/words.h"

enum { PER_PAGE = 50, OPEN_LOOKED = 1000, WAIT_SHOWN = 10, WAIT_DAYS = 14 };

struct list { struct fair_request *rq; json_t *out; };

fair_str
fair_words_n(struct fair_arena *a, int64_t n, const char *one, const char *many)
{
    fair_str count = fair_words_count(a, n);

    return fair_str_fmt(a, "%.*s %s", FAIR_STR_ARG(count), n == 1 ? one : many);
}

json_t *
fair_case_model(struct fair_request *rq, const struct fair_case *c)
{
    json_t *o = json_object(), *show = json_object();
    struct fair_arena *a = rq->arena;
    fair_str uses = fair_words_n(a, c->uses, "use", "uses"), works = fair_words_n(a, c->works, "picture", "pictures");
    enum fair_case_state state;

    fair_put_id(o, "id", c->id);
    fair_put_id(o, "party", c->party);
    fair_put_id(o, "creator", c->creator);
    json_object_set_new(o, "version", json_integer(c->version));
    json_object_set_new(o, "uses", json_integer(c->uses));
    json_object_set_new(o, "works", json_integer(c->works));
    fair_put(o, "track", c->track);
    fair_put(o, "operator", c->operator);
    fair_put(o, "state", c->state);
    fair_put(o, "country", c->country);
    fair_put(o, "reason", c->reason);
    fair_put_time(o, "opened", c->opened);
    fair_put_time(o, "entered", c->entered);
    fair_put_time(o, "last", c->last);
    fair_put_time(o, "due", c->due);
    fair_put_time(o, "deadline", c->deadline);
    fair_put_time(o, "closed", c->closed);
    fair_put(show, "of", fair_str_fmt(a, "%.*s of %.*s", FAIR_STR_ARG(uses), FAIR_STR_ARG(works)));
    fair_put(show, "state", fair_state_said(c->state));
    if (fair_state_parse(c->state, &state)) fair_put(show, "means", fair_str_of(fair_case_state_words(state)->means));
    fair_words_put_when(show, "opened", a, rq->now, c->opened);
    fair_words_put_when(show, "entered", a, rq->now, c->entered);
    fair_words_put_when(show, "due", a, rq->now, c->due);
    fair_words_put_when(show, "deadline", a, rq->now, c->deadline);
    json_object_set_new(show, "takedown", json_boolean(fair_str_eq(c->track, FAIR_STR("takedown"))));
    json_object_set_new(show, "open", json_boolean(c->closed == 0));
    json_object_set_new(o, "show", show);
    return o;
}

static fair_status
list_case(void *arg, const struct fair_case *c, struct fair_err *err)
{
    struct list *l = arg;
    (void)err;
    json_array_append_new(l->out, fair_case_model(l->rq, c));
    return FAIR_OK;
}

fair_status
fair_page_cases(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    struct list l = { rq, json_array() };
    int64_t page = fair_form_number(rq, "page", 1), total = 0;
    fair_str state = fair_form_text(rq, "state");
    struct fair_case_filter f = { .state = state.n > 0 ? state : FAIR_STR("open"), .operator = fair_form_text(rq, "operator"), .page = { (page > 0 ? page - 1 : 0) * PER_PAGE, PER_PAGE } };
    struct fair_link base = fair_link_to(rq->arena, "/cases");
    json_t *show = json_object();

    fair_link_add(&base, "state", state);
    fair_link_add(&base, "operator", f.operator);
    json_object_set_new(show, "all", json_boolean(fair_str_eq(state, FAIR_STR("all"))));
    json_object_set_new(show, "closed", json_boolean(fair_str_eq(state, FAIR_STR("closed"))));
    json_object_set_new(show, "open", json_boolean(fair_str_eq(f.state, FAIR_STR("open"))));
    if (fair_str_eq(state, FAIR_STR("all"))) f.state = (fair_str){ NULL, 0 };
    re->model = json_object();
    json_object_set_new(re->model, "cases", l.out);
    json_object_set_new(re->model, "show", show);
    FAIR_TRY(fair_store_cases_count(&rq->desk, &f, &total, err));
    json_object_set_new(re->model, "total", json_integer(total));
    json_object_set_new(show, "pager", fair_words_pager(rq->arena, base, page > 0 ? page : 1, PER_PAGE, total));
    FAIR_TRY(fair_store_cases(&rq->desk, &f, list_case, &l, err));
    return fair_put_brake(rq, re->model, 0, err);
}

/* ---- reasons --------------------------------------------------------------------------------------------------------------- */

/* "work:#ownership" of this case's first work, and so on. */
static fair_str
mend_link(struct fair_arena *a, const struct fair_mending *m, const char *href)
{
    if (strncmp(href, "work:", 5) == 0) return m->work != 0 ? fair_str_fmt(a, "/works/%lld%s", (long long)m->work, href + 5) : (fair_str){ NULL, 0 };
    if (strncmp(href, "hit:", 4) == 0) return m->hit != 0 ? fair_str_fmt(a, "/hits/%lld%s", (long long)m->hit, href + 4) : (fair_str){ NULL, 0 };
    if (href[0] == '#' && !m->here) return fair_str_fmt(a, "/cases/%lld%s", (long long)m->case_id, href);
    return fair_str_of(href);
}

json_t *
fair_reasons_model(struct fair_request *rq, const struct fair_mending *m, const struct fair_reason *r, size_t n, bool without_letter)
{
    json_t *list = json_array();

    if (without_letter) json_array_append_new(list, json_pack("{s:s, s:s, s:b, s:{s:{s:s, s:s}}}", "code", "no_letter", "words", "There is no letter yet.", "a_person_can", 1,
                                                               "show", "mend", "label", "Draft it", "href", "#draft"));
    for (size_t i = 0; i < n; i++) {
        json_t *o, *show;
        struct fair_mend mend;
        if (without_letter && fair_reason_of_letter(r[i].why)) continue;
        o = json_pack("{s:s, s:s, s:b}", "code", fair_reason_code(r[i].why), "words", fair_reason_words(r[i].why), "a_person_can", r[i].human);
        show = json_object();
        if (r[i].gate > 0) json_object_set_new(o, "gate", json_sprintf("G%d", r[i].gate));
        fair_put_time(o, "not_before", r[i].not_before);
        fair_words_put_when(show, "not_before", rq->arena, rq->now, r[i].not_before);
        if (fair_reason_mend(r[i].why, &mend)) {
            fair_str href = mend_link(rq->arena, m, mend.href);
            if (href.n > 0) {
                json_t *link = json_object();
                fair_put(link, "label", fair_str_of(mend.label));
                fair_put(link, "href", href);
                json_object_set_new(show, "mend", link);
            }
        }
        json_object_set_new(o, "show", show);
        json_array_append_new(list, o);
    }
    return list;
}

/* ---- what waits for us ---------------------------------------------------------------------------------------------------- */

struct waiting { struct fair_request *rq; struct fair_case v[WAIT_SHOWN]; size_t n; };

/* States in which silence of ours closes a case. */
static bool
waits_for_us(fair_str state)
{
    static const char *const all[] = { "DISPUTED", "DISPUTE_REVIEW", "APPEAL", "RETURN", "RETURN_FINAL", "INFO_REQUESTED", "CURE", "HOLD", "EVIDENCE", "REVIEW", "READY", "DRAFT" };

    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (fair_str_eq(state, fair_str_of(all[i]))) return true;
    return false;
}

/* Keeps those whose time is over first. */
static fair_status
keep_due(void *arg, const struct fair_case *c, struct fair_err *err)
{
    struct waiting *w = arg;
    struct fair_case one = *c;
    size_t at = w->n;

    (void)err;
    if (c->due == 0 || !waits_for_us(c->state)) return FAIR_OK;
    /* Before anybody was written to there is time: told when it is short. */
    if ((fair_str_eq(c->state, FAIR_STR("DRAFT")) || fair_str_eq(c->state, FAIR_STR("EVIDENCE")) || fair_str_eq(c->state, FAIR_STR("REVIEW")) || fair_str_eq(c->state, FAIR_STR("READY"))) &&
        c->due > w->rq->now + WAIT_DAYS * FAIR_DAY) return FAIR_OK;
    while (at > 0 && w->v[at - 1].due > one.due) at--;
    if (at == WAIT_SHOWN) return FAIR_OK;
    one.track = fair_str_dup(w->rq->arena, c->track);
    one.operator = fair_str_dup(w->rq->arena, c->operator);
    one.state = fair_str_dup(w->rq->arena, c->state);
    one.country = fair_str_dup(w->rq->arena, c->country);
    one.reason = (fair_str){ NULL, 0 };
    if (w->n < WAIT_SHOWN) w->n++;
    memmove(&w->v[at + 1], &w->v[at], (w->n - at - 1) * sizeof w->v[0]);
    w->v[at] = one;
    return FAIR_OK;
}

fair_status
fair_put_waiting(struct fair_request *rq, json_t *model, struct fair_err *err)
{
    struct fair_case_filter f = { .state = FAIR_STR("open"), .page = { 0, OPEN_LOOKED } };
    struct waiting *w = FAIR_NEW(rq->arena, struct waiting);
    json_t *list = json_array();

    w->rq = rq;
    json_object_set_new(model, "waiting", list);
    FAIR_TRY(fair_store_cases(&rq->desk, &f, keep_due, w, err));
    for (size_t i = 0; i < w->n; i++) json_array_append_new(list, fair_case_model(rq, &w->v[i]));
    return FAIR_OK;
}

/* ---- the brake --------------------------------------------------------------------------------------------------------------- */

fair_status
fair_put_brake(struct fair_request *rq, json_t *model, fair_id case_id, struct fair_err *err)
{
    struct fair_brake b;
    json_t *o = json_object(), *show = json_object_get(model, "show"), *seen = json_object();

    json_object_set_new(model, "brake", o);
    FAIR_TRY(fair_store_brake(&rq->desk, case_id, rq->now, rq->arena, &b, err));
    json_object_set_new(o, "letters", json_integer(b.sent));
    json_object_set_new(o, "refuted", json_integer(b.refuted));
    json_object_set_new(o, "today", json_integer(b.today));
    json_object_set_new(o, "cap", json_integer(b.cap));
    json_object_set_new(o, "suspended", json_boolean(b.suspended));
    json_object_set_new(o, "too_often", json_boolean(b.often));
    fair_put(o, "why", b.why);
    json_object_set_new(o, "show", seen);
    json_object_set_new(seen, "full", json_boolean(b.today >= b.cap));
    fair_put(seen, "refuted", fair_str_fmt(rq->arena, "%lld of the last %lld", (long long)b.refuted, (long long)b.sent));
    if (show == NULL) json_object_set_new(model, "show", show = json_object());
    json_object_set_new(show, "braked", json_boolean(b.suspended || b.often || b.today >= b.cap));
    return FAIR_OK;
}
