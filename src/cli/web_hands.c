/* cli/web_hands.c - what the pages have done for them (web/hands.h), by the functions that the verbs call. */
#include "cli/web_hands.h"
#include <assert.h>
#include "cli/pair.h"
#include "work/draft.h"
#include "work/exhibits.h"
#include "work/hear.h"
#include "work/ledger.h"
#include "work/portal_home.h"
#include "work/recheck.h"

static_assert((int)FAIR_WEB_FILES >= (int)FAIR_ANSWER_FILES && (int)FAIR_WEB_FILES >= (int)FAIR_MAIL_FILES, "all files of an answer are told");

/* The house, with the desk of who asks, until `was` is put back. */
static struct fair_house *
at_desk(void *arg, const struct fair_desk *d, struct fair_desk *was)
{
    struct fair_house *h = arg;

    *was = h->desk;
    h->desk = *d;
    return h;
}

static fair_status
draft(void *arg, const struct fair_desk *d, fair_id case_id, fair_str step, fair_str language, fair_id again, const struct fair_letter_facts *more, fair_time now,
      struct fair_arena *a, fair_id *notice, struct fair_err *err)
{
    const struct fair_draft_ask ask = { .case_id = case_id, .step = step, .language = language, .notice = again, .more = more };
    struct fair_desk was;
    struct fair_house *h = at_desk(arg, d, &was);
    struct fair_drafted out;
    fair_status s = fair_draft(h, &ask, now, a, &out, err);

    h->desk = was;
    *notice = s == FAIR_OK ? out.notice.id : 0;
    return s;
}

static fair_status
answer(void *arg, const struct fair_desk *d, const struct fair_portal_answer *x, struct fair_arena *a, json_t **said, struct fair_web_file files[FAIR_WEB_FILES], size_t *n,
       struct fair_err *err)
{
    struct fair_answer_file got[FAIR_ANSWER_FILES];
    struct fair_desk was;
    struct fair_house *h = at_desk(arg, d, &was);
    fair_status s;

    *n = 0;
    s = fair_portal_answer_open(h, x, a, said, got, n, err);
    h->desk = was;
    for (size_t i = 0; i < *n && s == FAIR_OK; i++) files[i] = (struct fair_web_file){ .name = got[i].name, .bytes = got[i].bytes, .size = (int64_t)got[i].bytes.n };
    return s;
}

static fair_status
mail(void *arg, const struct fair_desk *d, const struct fair_mail_in *x, struct fair_arena *a, fair_str *text, struct fair_web_file files[FAIR_WEB_FILES], size_t *n,
     struct fair_web_file *whole, struct fair_err *err)
{
    struct fair_mail_told *t = FAIR_NEW(a, struct fair_mail_told);
    struct fair_desk was;
    struct fair_house *h = at_desk(arg, d, &was);
    fair_str raw = { NULL, 0 };
    fair_status s = fair_hear_open(h, x, a, t, &raw, err);

    h->desk = was;
    *n = 0;
    if (s != FAIR_OK && !(s == FAIR_CORRUPT && raw.p != NULL)) return s;      /* what cannot be read as a mail can still be had as it came */
    *text = t->text;
    for (size_t i = 0; i < t->n_files; i++) files[(*n)++] = (struct fair_web_file){ .name = t->files[i].name, .type = t->files[i].type, .size = t->files[i].bytes };
    *whole = (struct fair_web_file){ .bytes = raw, .size = (int64_t)raw.n };
    return FAIR_OK;
}

static fair_status
picture(void *arg, fair_str bytes, struct fair_arena *a, fair_str *jpeg, struct fair_err *err)
{
    struct fair_house *h = arg;
    struct fair_decoded *got = FAIR_NEW(a, struct fair_decoded);

    FAIR_TRY(fair_house_decoders(h, err));
    FAIR_TRY(fair_decoders_picture(h->decoders, bytes, FAIR_WANT_PREVIEW, a, got, err));
    if (got->status != FAIR_OK) return fair_fail(err, FAIR_INVALID, "it cannot be shown as a picture: %s", got->words);
    *jpeg = got->preview;
    return FAIR_OK;
}

static fair_status
drawn(void *arg, const struct fair_desk *d, const struct fair_hit *hit, bool straight, struct fair_arena *a, fair_str *png, struct fair_err *err)
{
    struct fair_desk was;
    struct fair_house *h = at_desk(arg, d, &was);
    fair_status s = fair_pair_hit(straight ? FAIR_DRAW_STRAIGHT : FAIR_DRAW_DIFFERENCE, h, hit, a, png, err);

    h->desk = was;
    return s;
}

static fair_status
recheck(void *arg, const struct fair_desk *d, fair_id case_id, fair_time since, fair_time now, struct fair_err *err)
{
    struct fair_desk was;
    struct fair_house *h = at_desk(arg, d, &was);
    fair_status s = fair_case_recheck(h, case_id, since, now, err);

    h->desk = was;
    return s;
}

static fair_status
package(void *arg, const struct fair_desk *d, fair_id id, bool pdf, struct fair_arena *a, fair_str *bytes, struct fair_err *err)
{
    struct fair_desk was;
    struct fair_house *h = at_desk(arg, d, &was);
    fair_status s = pdf ? fair_exhibits_pdf(h, id, a, bytes, err) : fair_package_export(h, id, "exported", FAIR_STR("package by its page"), a, bytes, err);

    h->desk = was;
    return s;
}

static fair_status
ledger(void *arg, const struct fair_desk *d, bool odrl, struct fair_arena *a, fair_str *out, struct fair_err *err)
{
    (void)arg;
    return odrl ? fair_ledger_odrl(d, a, out, err) : fair_ledger_csv(d, a, out, err);
}

struct telling { fair_status (*told)(void *with, const struct fair_web_ledger_line *l, struct fair_err *err); void *with; };

static fair_status
tell(void *arg, const struct fair_ledger_line *l, struct fair_err *err)
{
    const struct telling *t = arg;
    const struct fair_web_ledger_line line = { l->line, l->fault, l->known, &l->l };

    return t->told(t->with, &line, err);
}

static fair_status
ledger_in(void *arg, const struct fair_desk *d, fair_str bytes, bool apply, fair_time now, fair_status (*told)(void *with, const struct fair_web_ledger_line *l, struct fair_err *err),
          void *with, struct fair_web_ledger_sum *sum, struct fair_err *err)
{
    struct telling t = { told, with };
    struct fair_ledger_sum got = { 0 };
    fair_status s = fair_ledger_import(d, bytes, apply, now, tell, &t, &got, err);

    (void)arg;
    *sum = (struct fair_web_ledger_sum){ got.lines, got.good, got.known, got.faults, got.added, got.covered };
    return s;
}

void
fair_cli_web_hands(struct fair_house *h, struct fair_web_hands *out)
{
    *out = (struct fair_web_hands){ h, draft, answer, mail, picture, drawn, recheck, package, ledger, ledger_in };
}
