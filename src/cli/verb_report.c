/* cli/verb_report.c - the transparency report: what was claimed, how it ended, how often we were wrong. */
#include <stdio.h>
#include "base/clock.h"
#include "cli/cli.h"
#include "store/report_rows.h"

static void
share(int64_t part, int64_t whole)
{
    if (whole < FAIR_REPORT_LEAST) printf("not shown below %d cases", FAIR_REPORT_LEAST);
    else printf("%.1f %%", 100.0 * (double)part / (double)whole);
}

static void
print_text(const struct fair_report *r, struct fair_arena *a)
{
    printf("Cases opened from %.*s until before %.*s\n\n", FAIR_STR_ARG(fair_time_text(a, r->from)), FAIR_STR_ARG(fair_time_text(a, r->to)));
    printf("cases                     %lld (%lld open, %lld closed)\n", (long long)r->cases, (long long)r->open, (long long)r->closed);
    printf("takedowns                 %lld (%lld refuted or countered)\n", (long long)r->takedowns, (long long)r->takedowns_refuted);
    printf("letters that ask          %lld, of which wrong %lld (%lld inquiries, %lld offers, %lld demands)\n", (long long)r->claims, (long long)r->claims_refuted, (long long)r->inquiries, (long long)r->offers, (long long)r->demands);
    printf("disputes                  %lld (%lld accepted, %lld appeals)\n", (long long)r->disputes, (long long)r->disputes_accepted, (long long)r->appeals);
    printf("answers on the portal     %lld\n", (long long)r->answers);
    printf("we were wrong             %lld; of the closed: ", (long long)r->refuted);
    share(r->refuted, r->closed);
    printf("\nwithdrawn by the owner    %lld; of the closed: ", (long long)r->withdrawn);
    share(r->withdrawn, r->closed);
    printf("\nof the last %lld letters   %lld were wrong%s", (long long)r->brake.sent, (long long)r->brake.refuted,
           fair_wrongs_hold(&r->brake) ? ": more than may be; nothing that asks for something leaves now" : "");
    if (r->closed >= FAIR_REPORT_LEAST) printf("\ndays from opening to end  %lld (median)", (long long)r->median_days);
    printf("\n\nclosed as\n");
    for (size_t i = 0; i < r->n_closed; i++) printf("  %-24.*s %lld\n", FAIR_STR_ARG(r->closed_names[i]), (long long)r->closed_as[i]);
    if (r->n_closed == 0) printf("  none yet\n");
}

static void
print_html(const struct fair_report *r, struct fair_arena *a)
{
    printf("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Transparency report</title></head><body>\n<h1>Transparency report</h1>\n");
    printf("<p>Cases opened from %.*s until before %.*s. Shares are shown from %d closed cases on.</p>\n<table>\n", FAIR_STR_ARG(fair_time_text(a, r->from)),
           FAIR_STR_ARG(fair_time_text(a, r->to)), FAIR_REPORT_LEAST);
    const struct { const char *words; int64_t n; } rows[] = {
        { "Cases", r->cases }, { "of these open", r->open }, { "closed", r->closed }, { "Takedowns", r->takedowns }, { "of these refuted or countered", r->takedowns_refuted },
        { "Letters that ask for something", r->claims }, { "of these wrong", r->claims_refuted }, { "inquiries", r->inquiries },
        { "offers", r->offers }, { "demands", r->demands }, { "Disputes", r->disputes }, { "accepted", r->disputes_accepted }, { "appeals", r->appeals },
        { "Answers on the portal", r->answers }, { "We were wrong", r->refuted }, { "Withdrawn by the owner", r->withdrawn },
        { "The last letters that asked, at most 100", r->brake.sent }, { "of these wrong (over 5 % nothing leaves)", r->brake.refuted } };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) printf("<tr><th scope=\"row\">%s</th><td>%lld</td></tr>\n", rows[i].words, (long long)rows[i].n);
    for (size_t i = 0; i < r->n_closed; i++) printf("<tr><th scope=\"row\">%.*s</th><td>%lld</td></tr>\n", FAIR_STR_ARG(r->closed_names[i]), (long long)r->closed_as[i]);
    if (r->closed >= FAIR_REPORT_LEAST)
        printf("<tr><th scope=\"row\">Share in which we were wrong</th><td>%.1f %%</td></tr>\n<tr><th scope=\"row\">Days from opening to end, median</th><td>%lld</td></tr>\n",
               100.0 * (double)r->refuted / (double)r->closed, (long long)r->median_days);
    printf("</table>\n</body></html>\n");
}

int
fair_verb_report(struct fair_cli *c, int argc, char **argv)
{
    const char *from = NULL, *to = NULL;
    bool html = false;
    const struct fair_opt opts[] = {
        { .name = "from", .value = "DATE", .doc = "cases opened on or after it; the beginning unless given", .text = &from },
        { .name = "to", .value = "DATE", .doc = "and before it; now unless given", .text = &to },
        { .name = "html", .doc = "a page to publish", .flag = &html }, { 0 } };
    struct fair_report r;
    struct fair_err err = { 0 };
    fair_time begin = 0, end = fair_now();
    json_t *closed, *o;
    int code;

    if (!fair_cli_parse(c, argc, argv, opts, 0, 0, &code)) return code;
    if (from != NULL && !fair_time_parse(fair_str_of(from), &begin)) return fair_cli_usage(c, "--from %s is no date", from);
    if (to != NULL && !fair_time_parse(fair_str_of(to), &end)) return fair_cli_usage(c, "--to %s is no date", to);
    if (fair_cli_house(c, &err) != FAIR_OK || fair_store_report(&c->house.desk, begin, end, c->arena, &r, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    if (!c->json) {
        if (html) print_html(&r, c->arena);
        else print_text(&r, c->arena);
        return FAIR_EXIT_DONE;
    }
    closed = json_object();
    for (size_t i = 0; i < r.n_closed; i++) json_object_set_new(closed, fair_str_dup(c->arena, r.closed_names[i]).p, json_integer(r.closed_as[i]));
    o = json_pack("{s:i, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o}", "v", 1, "type", "report", "cases", (json_int_t)r.cases, "open", (json_int_t)r.open,
                  "closed", (json_int_t)r.closed, "claims", (json_int_t)r.claims, "inquiries", (json_int_t)r.inquiries, "offers", (json_int_t)r.offers, "demands", (json_int_t)r.demands,
                  "disputes", (json_int_t)r.disputes, "disputes_accepted", (json_int_t)r.disputes_accepted, "appeals", (json_int_t)r.appeals, "answers", (json_int_t)r.answers,
                  "refuted", (json_int_t)r.refuted, "withdrawn", (json_int_t)r.withdrawn, "closed_as", closed);
    json_object_set_new(o, "claims_refuted", json_integer(r.claims_refuted));
    json_object_set_new(o, "takedowns", json_integer(r.takedowns));
    json_object_set_new(o, "takedowns_refuted", json_integer(r.takedowns_refuted));
    json_object_set_new(o, "brake", json_pack("{s:I, s:I, s:b}", "sent", (json_int_t)r.brake.sent, "refuted", (json_int_t)r.brake.refuted, "holds", fair_wrongs_hold(&r.brake)));
    json_object_set_new(o, "from", fair_json_time(c->arena, r.from));
    json_object_set_new(o, "to", fair_json_time(c->arena, r.to));
    json_object_set_new(o, "refuted_share", r.closed >= FAIR_REPORT_LEAST ? json_real((double)r.refuted / (double)r.closed) : json_null());
    json_object_set_new(o, "median_days", r.closed >= FAIR_REPORT_LEAST ? json_integer(r.median_days) : json_null());
    fair_cli_json(o);
    return FAIR_EXIT_DONE;
}
