/* work/letter_owed.c - letters that moves owe: drafted from the records, let out by the system, sent by the one door.
 *
 * They ask for nothing (receipts, answers, reasons, closings), so no person has to approve them; the rules of wording, privacy and
 * authenticity, and to whom a letter may go, are asked all the same, here and at the door.  What cannot leave yet is kept with its
 * reason and tried again; doctor, the overview and "fairtrack post list" show it. */
#include <jansson.h>
#include "base/log.h"
#include "store/owner_rows.h"
#include "work/draft.h"
#include "work/jobs.h"
#include "work/probe.h"

/* A receipt of one kind goes once a day, however often its button is pressed; a licence that goes on needs no reminder of its end. */
static fair_status
not_needed(struct fair_house *h, const struct fair_letter_owed *x, fair_time now, const char **why, struct fair_err *err)
{
    bool lately;

    *why = NULL;
    if (fair_str_starts(x->step, FAIR_STR("answer-")) && !fair_str_eq(x->step, FAIR_STR("answer-question"))) {
        FAIR_TRY(fair_store_letter_lately(&h->desk, x->case_id, x->step, now - fair_cases_days("receipt.hours") * FAIR_HOUR, &lately, err));
        if (lately) *why = "the same was sent within a day";
    }
    return FAIR_OK;
}

/* Words that a person added to a close may break the rules of wording; the letter goes without them. */
static fair_status
draft(struct fair_house *h, struct fair_draft_ask *ask, fair_time now, struct fair_arena *a, struct fair_drafted *d, struct fair_err *err)
{
    fair_status s = fair_draft(h, ask, now, a, d, err);

    if (s != FAIR_INVALID || !fair_str_starts(ask->step, FAIR_STR("close-"))) return s;
    fair_log(FAIR_LOG_WARN, "letter.without_words case=%lld why=\"%s\"", (long long)ask->case_id, err->text);
    ask->bare = true;
    return fair_draft(h, ask, now, a, d, err);
}

static fair_status
let_out(struct fair_house *h, const struct fair_letter_owed *x, fair_time now, struct fair_arena *a, struct fair_err *err)
{
    struct fair_draft_ask ask = { .case_id = x->case_id, .step = x->step, .notice = x->notice, .automatic = true, .seq = x->seq > 0 ? x->seq : 0 };
    struct fair_case_act act = { .case_id = x->case_id, .e = { .move = FAIR_DO_LETTER, .who = FAIR_SYS, .at = now } };
    struct fair_drafted d;

    FAIR_TRY(draft(h, &ask, now, a, &d, err));
    FAIR_TRY(fair_store_letter_drafted(&h->desk, x->id, d.notice.id, err));
    act.notice = d.notice.id;
    return fair_store_case_move(&h->desk, &act, NULL, NULL, err);
}

/* A probe of the mail that came back while the letter was drafted woke nothing: the letter was not kept yet. */
static fair_status
soon_if_proven(struct fair_house *h, fair_id id, fair_time begun, struct fair_err *err)
{
    fair_time now = fair_now();
    bool held, holds, awaited;

    FAIR_TRY(fair_probe_mail_stands(h, begun, &held, &awaited, err));
    FAIR_TRY(fair_probe_mail_stands(h, now, &holds, &awaited, err));
    return held || !holds ? FAIR_OK : fair_store_letter_soon(&h->desk, id, now, err);
}

static fair_status
one_letter(struct fair_house *h, fair_id id, struct fair_arena *a, struct fair_err *err)
{
    struct fair_letter_owed x;
    struct fair_err why = { 0 };
    fair_time now = fair_now();
    const char *needless;
    fair_status s;

    FAIR_TRY(fair_store_letter_owed_get(&h->desk, id, a, &x, err));
    if (x.done != 0) return FAIR_OK;
    FAIR_TRY(not_needed(h, &x, now, &needless, err));
    if (needless != NULL) return fair_store_letter_not_needed(&h->desk, id, fair_str_of(needless), now, err);
    s = let_out(h, &x, now, a, &why);
    if (s == FAIR_OK) {
        fair_log(FAIR_LOG_INFO, "letter.out case=%lld step=%.*s", (long long)x.case_id, FAIR_STR_ARG(x.step));
        return FAIR_OK;
    }
    fair_log(FAIR_LOG_WARN, "letter.kept case=%lld step=%.*s why=\"%s\"", (long long)x.case_id, FAIR_STR_ARG(x.step), why.text);
    FAIR_TRY(fair_store_letter_failed(&h->desk, &x, fair_str_of(why.text), now, err));
    return soon_if_proven(h, id, now, err);
}

fair_status
fair_job_letter(struct fair_house *h, const struct fair_job *job, struct fair_arena *a, struct fair_err *err)
{
    json_t *args = json_loadb(job->args.p, job->args.n, 0, NULL);
    fair_id id = (fair_id)json_integer_value(json_object_get(args, "owed"));
    fair_id ours = h->desk.user;
    fair_status s;

    json_decref(args);
    if (id <= 0) return fair_fail(err, FAIR_CORRUPT, "job %lld: no letter", (long long)job->id);
    h->desk.user = 0;                          /* by nobody, whoever asked for the job */
    s = one_letter(h, id, a, err);
    h->desk.user = ours;
    return s;
}
