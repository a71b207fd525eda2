/* cure.c - the looks at a page of which it was said that the picture is removed or credited. */
#include "work/cure.h"
#include <stdio.h>
#include <string.h>
#include "base/log.h"
#include "store/capture_rows.h"
#include "store/case_rows.h"
#include "store/owner_rows.h"
#include "work/capture.h"

enum { USES_MAX = 200, LOOKS_MAX = 64 };

enum fair_cure_answer
fair_cure_judge(const struct fair_cure_look *v, size_t n, fair_time since)
{
    int64_t reached = 0;
    bool last = false, before = false;
    fair_time at = 0;

    for (size_t i = 0; i < n; i++) {
        if (!v[i].reached) continue;
        reached++;
        before = last;
        last = v[i].cured;
        at = v[i].at;
    }
    if (reached < fair_cases_days("cure.looks") || at < since + fair_cases_days("cure.days") * FAIR_DAY) return FAIR_CURE_NOT_YET;
    if (!last) return FAIR_CURE_NO;
    return before ? FAIR_CURE_YES : FAIR_CURE_NOT_YET;
}

struct use { fair_id hit, work; };
struct curing {
    struct fair_house *h;
    struct fair_arena *a;
    struct fair_desk desk;                    /* the system's: what was seen moves the case, nobody's word */
    fair_id case_id;
    fair_time since;
    bool credit;
    struct use uses[USES_MAX];
    size_t n_uses;
    fair_id work;                             /* of the use whose looks are read */
    struct fair_cure_look looks[LOOKS_MAX];
    size_t n_looks;
    fair_time last;
};

static fair_status
one_use(void *arg, const struct fair_case_use *x, struct fair_err *err)
{
    struct curing *c = arg;

    if (c->n_uses == USES_MAX) return fair_fail(err, FAIR_LIMIT, "a case of over %d uses", USES_MAX);
    c->uses[c->n_uses++] = (struct use){ x->hit, x->work };
    return FAIR_OK;
}

static fair_status
one_look(void *arg, const struct fair_capture_row *x, struct fair_err *err)
{
    struct curing *c = arg;
    struct fair_cure_look *l;
    bool there = fair_str_eq(x->found, FAIR_STR("there")) || fair_str_eq(x->found, FAIR_STR("picture")), named = false;

    if (!fair_str_eq(x->look, FAIR_STR("cure")) || x->at < c->since || c->n_looks == LOOKS_MAX) return FAIR_OK;
    l = &c->looks[c->n_looks++];
    *l = (struct fair_cure_look){ x->at, !fair_str_eq(x->found, FAIR_STR("unreachable")), !there };
    if (l->at > c->last) c->last = l->at;
    if (!there || !c->credit || x->credit.n == 0) return FAIR_OK;
    FAIR_TRY(fair_store_work_named(&c->desk, c->work, x->credit, &named, err));
    l->cured = named;
    return FAIR_OK;
}

/* What the looks at all uses come to: a no of one is a no, a yes is a yes of all. */
static fair_status
judge(struct curing *c, enum fair_cure_answer *out, struct fair_err *err)
{
    *out = FAIR_CURE_YES;
    for (size_t i = 0; i < c->n_uses; i++) {
        enum fair_cure_answer one;
        c->work = c->uses[i].work;
        c->n_looks = 0;
        FAIR_TRY(fair_store_captures(&c->desk, c->uses[i].hit, one_look, c, err));
        one = fair_cure_judge(c->looks, c->n_looks, c->since);
        if (one == FAIR_CURE_NO || *out == FAIR_CURE_NO) *out = FAIR_CURE_NO;
        else if (one == FAIR_CURE_NOT_YET) *out = one;
    }
    return FAIR_OK;
}

static fair_status
ask_again(const struct curing *c, int64_t look, fair_time at, struct fair_err *err)
{
    return fair_store_cure_ask(&c->desk, c->case_id, look, c->since, at, err);
}

static fair_status
try_move(const struct curing *c, enum fair_move move, fair_time now, struct fair_ruling *r, struct fair_err *err)
{
    struct fair_case_act x = { .case_id = c->case_id, .e = { .move = move, .who = FAIR_SYS, .at = now } };

    x.note = fair_str_fmt(c->a, "The page was looked at again, the last time on %.10s: %s", fair_time_text(c->a, c->last).p,
                          move == FAIR_DO_NOT_CURED ? (c->credit ? "the credit does not stand beside the picture." : "the picture is still there.")
                                                    : (c->credit ? "the credit stands beside the picture." : "the picture is gone."));
    return fair_store_case_move(&c->desk, &x, r, NULL, err);
}

/* The end of it: closed where that is free for the recipient, otherwise this part is done and the case goes on. */
static fair_status
decide(const struct curing *c, bool cured, int64_t look, fair_time now, struct fair_err *err)
{
    struct fair_ruling r = { 0 };
    fair_status s;

    if (cured) {
        s = try_move(c, c->credit ? FAIR_DO_CREDITED : FAIR_DO_CURED, now, &r, err);
        if (s != FAIR_REFUSED) return s;
        s = try_move(c, FAIR_DO_CURED_PART, now, &r, err);
    } else {
        s = try_move(c, FAIR_DO_NOT_CURED, now, &r, err);
    }
    if (s != FAIR_REFUSED || r.not_before <= now) return s;
    return ask_again(c, look, r.not_before, err);             /* the week is not over by the calendar of that country */
}

static bool
looked_at(enum fair_case_state s)
{
    return s == FAIR_CURE || s == FAIR_DISPUTED || s == FAIR_DISPUTE_REVIEW || s == FAIR_RETURN || s == FAIR_APPEAL || s == FAIR_RETURN_FINAL || s == FAIR_INFO_REQUESTED || s == FAIR_HOLD;
}

fair_status
fair_cure_run(struct fair_house *h, fair_id case_id, int64_t look, fair_time since, bool (*stopped)(void *arg), void *arg, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct curing *c = FAIR_NEW(a, struct curing);
    struct fair_facts *f = FAIR_NEW(a, struct fair_facts);
    int64_t looks = fair_cases_days("cure.looks");
    fair_time now = fair_now(), days = fair_cases_days("cure.days") * FAIR_DAY;
    enum fair_cure_answer answer;

    *c = (struct curing){ .h = h, .a = a, .desk = { h->store, h->desk.org, 0 }, .case_id = case_id, .since = since };
    FAIR_TRY(fair_store_case_gather(&c->desk, case_id, 0, now, a, f, err));
    if (!looked_at(f->c.state) || (f->c.state == FAIR_CURE && f->c.entered > since)) return FAIR_OK;      /* it was said anew, and has looks of its own */
    c->credit = f->c.cure_credit;
    FAIR_TRY(fair_store_case_uses(&c->desk, case_id, one_use, c, err));
    for (size_t i = 0; i < c->n_uses; i++) {
        struct fair_err why = { 0 };
        fair_id capture;
        fair_status s = fair_capture_run(h, c->uses[i].hit, "cure", stopped, arg, &capture, &why);
        /* A use found in print or in a file has no page to look at: it stays a person's. */
        if (s == FAIR_INVALID) fair_log(FAIR_LOG_INFO, "cure.no_page case=%lld hit=%lld", (long long)case_id, (long long)c->uses[i].hit);
        else if (s != FAIR_OK) return fair_fail(err, s, "%s", why.text);
    }
    now = fair_now();
    if (look < looks) return ask_again(c, look + 1, since + days * look / (looks - 1), err);
    FAIR_TRY(judge(c, &answer, err));
    fair_log(FAIR_LOG_INFO, "cure.looked case=%lld look=%lld answer=%d", (long long)case_id, (long long)look, (int)answer);
    if (answer == FAIR_CURE_NOT_YET) return ask_again(c, look + 1, now + FAIR_DAY, err);
    if (f->c.state != FAIR_CURE) return FAIR_OK;              /* kept for whoever decides there */
    return decide(c, answer == FAIR_CURE_YES, look + 1, now, err);
}
