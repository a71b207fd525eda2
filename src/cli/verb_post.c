/* cli/verb_post.c - the post: what waits for a person, letters on paper, and whether what is sent can be told from forged. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/io.h"
#include "cli/cli.h"
#include "store/case_rows.h"
#include "work/hear.h"
#include "work/probe.h"

enum { PROOF_MAX = 20 << 20, PDF_MAX = 32 << 20 };

static int
told(struct fair_cli *c, fair_status s, const struct fair_err *err)
{
    if (s == FAIR_INVALID) return fair_cli_usage(c, "%s", err->text);
    if (s != FAIR_REFUSED && s != FAIR_NOT_FOUND && s != FAIR_CONFLICT) return fair_cli_fail(c, err);
    fprintf(stderr, "fairtrack %s: %s\n", c->verb->name, err->text);
    return FAIR_EXIT_NO;
}

/* ---- list ---- */

static fair_status
print_owed(void *arg, const struct fair_letter_owed *x, __attribute__((unused)) struct fair_err *err)
{
    struct fair_cli *c = arg;
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();

    if (c->json) {
        json_t *o = json_pack("{s:i, s:s, s:I, s:I}", "v", 1, "type", "owed", "case", (json_int_t)x->case_id, "tries", (json_int_t)x->tries);
        fair_cli_put(o, a, "step", x->step);
        fair_cli_put(o, a, "operator", x->operator);
        fair_cli_put(o, a, "error", x->error);
        json_object_set_new(o, "since", fair_json_time(a, x->asked));
        json_object_set_new(o, "next", fair_json_time(a, x->next));
        fair_cli_json(o);
    } else {
        printf("owed\tcase %lld\t%.*s\t%.*s\tsince %.*s%s%.*s\n", (long long)x->case_id, FAIR_STR_ARG(x->step), FAIR_STR_ARG(fair_str_escape(a, x->operator)), FAIR_STR_ARG(fair_time_text(a, x->asked)),
               x->error.n > 0 ? "\t" : "", FAIR_STR_ARG(fair_str_escape(a, x->error)));
    }
    return FAIR_OK;
}

static fair_status
print_letter(void *arg, const struct fair_post_letter *x, __attribute__((unused)) struct fair_err *err)
{
    struct fair_cli *c = arg;
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();

    if (c->json) {
        json_t *o = json_pack("{s:i, s:s, s:I, s:I}", "v", 1, "type", "letter", "notice", (json_int_t)x->notice, "case", (json_int_t)x->case_id);
        fair_cli_put(o, a, "step", x->step);
        fair_cli_put(o, a, "code", x->code);
        fair_cli_put(o, a, "operator", x->operator);
        fair_cli_put(o, a, "carrier", x->carrier);
        fair_cli_put(o, a, "tracking", x->tracking);
        json_object_set_new(o, "asked", fair_json_time(a, x->asked));
        json_object_set_new(o, "posted", fair_json_time(a, x->posted));
        fair_cli_json(o);
    } else if (x->posted == 0) {
        printf("print\tnotice %lld\tcase %lld\t%.*s\t%.*s\tsince %.*s\n", (long long)x->notice, (long long)x->case_id, FAIR_STR_ARG(x->step), FAIR_STR_ARG(fair_str_escape(a, x->operator)),
               FAIR_STR_ARG(fair_time_text(a, x->asked)));
    } else {
        printf("way\tnotice %lld\tcase %lld\t%.*s\t%.*s %.*s\thanded over %.*s\n", (long long)x->notice, (long long)x->case_id, FAIR_STR_ARG(x->step), FAIR_STR_ARG(fair_str_escape(a, x->carrier)),
               FAIR_STR_ARG(fair_str_escape(a, x->tracking)), FAIR_STR_ARG(fair_time_text(a, x->posted)));
    }
    return FAIR_OK;
}

struct last_claim { fair_id notice; };

static fair_status
keep_claim(void *arg, const struct fair_notice *n, __attribute__((unused)) struct fair_err *err)
{
    struct last_claim *l = arg;

    if (l->notice == 0 && n->claim && n->queued != 0) l->notice = n->id;      /* the newest comes first */
    return FAIR_OK;
}

static fair_status
print_unproven(void *arg, const struct fair_case *k, struct fair_err *err)
{
    struct fair_cli *c = arg;
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_facts *f = fair_alloc(a, sizeof *f);
    struct fair_notice_filter mine = { .case_id = k->id };
    struct last_claim l = { 0 };
    fair_time now = fair_now();
    fair_status s = fair_store_case_gather(&c->house.desk, k->id, 0, now, a, f, err);

    if (s != FAIR_OK) return s == FAIR_CORRUPT ? FAIR_OK : s;              /* doctor tells of it */
    if (!fair_cases_unproven(&f->c, f->country, now)) return FAIR_OK;
    FAIR_TRY(fair_store_notices(&c->house.desk, &mine, keep_claim, &l, err));
    if (c->json) {
        json_t *o = json_pack("{s:i, s:s, s:I, s:I, s:b}", "v", 1, "type", "unproven", "case", (json_int_t)k->id, "notice", (json_int_t)l.notice, "came_back", f->c.bounced);
        fair_cli_put(o, a, "operator", k->operator);
        json_object_set_new(o, "sent", fair_json_time(a, f->c.sent_last));
        fair_cli_json(o);
    } else {
        printf("unproven\tcase %lld\tnotice %lld\t%.*s\tsent %.*s%s: cases move --notice %lld %lld resend\n", (long long)k->id, (long long)l.notice, FAIR_STR_ARG(fair_str_escape(a, k->operator)),
               FAIR_STR_ARG(fair_time_text(a, f->c.sent_last)), f->c.bounced ? ", came back" : "", (long long)l.notice, (long long)k->id);
    }
    return FAIR_OK;
}

int
fair_verb_post_list(struct fair_cli *c, int argc, char **argv)
{
    static const char *const steps[] = { "INQUIRY", "OFFER", "DEMAND", "SETTLEMENT" };
    const struct fair_page all = { 0, 1000 };
    struct fair_err err = { 0 };
    int code;

    if (!fair_cli_parse(c, argc, argv, NULL, 0, 0, &code)) return code;
    if (fair_cli_house(c, &err) != FAIR_OK || fair_store_letters_owed(&c->house.desk, 0, all, print_owed, c, &err) != FAIR_OK ||
        fair_store_postings(&c->house.desk, all, print_letter, c, &err) != FAIR_OK)
        return fair_cli_fail(c, &err);
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        struct fair_case_filter f = { .state = fair_str_of(steps[i]), .page = all };
        if (fair_store_cases(&c->house.desk, &f, print_unproven, c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    }
    return FAIR_EXIT_DONE;
}

/* ---- paper ---- */

int
fair_verb_post_print(struct fair_cli *c, int argc, char **argv)
{
    const char *out = NULL;
    const struct fair_opt opts[] = { { .name = "out", .value = "FILE", .doc = "write the PDF there; otherwise to standard output", .text = &out }, { 0 } };
    struct fair_post_letter x;
    struct fair_notice n;
    struct fair_err err = { 0 };
    fair_str pdf;
    fair_id id;
    int code;
    fair_status s;

    if (!fair_cli_parse(c, argc, argv, opts, 1, 1, &code)) return code;
    if (!fair_cli_id(c->args[0], &id)) return fair_cli_usage(c, "%s is no id", c->args[0]);
    if (fair_cli_house(c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    s = fair_store_post_may(&c->house.desk, id, fair_now(), c->arena, &x, &err);
    if (s == FAIR_OK) s = fair_store_notice_get(&c->house.desk, id, c->arena, &n, &err);
    if (s == FAIR_OK) s = fair_house_vault(&c->house, &err);
    if (s == FAIR_OK) s = fair_vault_read(c->house.vault, &n.pdf, PDF_MAX, c->arena, &pdf, &err);
    if (s != FAIR_OK) return told(c, s, &err);
    if (out == NULL ? fwrite(pdf.p, 1, pdf.n, stdout) != pdf.n || fflush(stdout) != 0 : fair_write_file(out, pdf.p, pdf.n, 0600, &err) != FAIR_OK)
        return out == NULL ? FAIR_EXIT_FAILED : fair_cli_fail(c, &err);
    return FAIR_EXIT_DONE;
}

/* "2026-12-01"; NULL: today, where the recipient is. */
static bool
read_day(const char *text, fair_str country, int32_t *out)
{
    int y, m, d, end = 0;

    if (text == NULL) {
        *out = fair_calendar_date(country, fair_now());
        return true;
    }
    if (sscanf(text, "%4d-%2d-%2d%n", &y, &m, &d, &end) != 3 || text[end] != '\0' || y < 2000 || m < 1 || m > 12 || d < 1 || d > 31) return false;
    *out = fair_date_of(y, m, d);
    fair_date_split(*out, &y, &m, &end);
    return end == d;
}

static fair_status
day_of(struct fair_cli *c, fair_id notice, const char *on, int32_t *day, struct fair_err *err)
{
    struct fair_notice n;
    struct fair_case k;

    FAIR_TRY(fair_store_notice_get(&c->house.desk, notice, c->arena, &n, err));
    FAIR_TRY(fair_store_case_get(&c->house.desk, n.case_id, c->arena, &k, err));
    return read_day(on, k.country, day) ? FAIR_OK : fair_fail(err, FAIR_INVALID, "%s is no day: 2026-12-01", on);
}

static int
done(struct fair_cli *c, fair_id id, const char *what)
{
    if (c->json) fair_cli_json(json_pack("{s:i, s:s, s:I}", "v", 1, "type", what, "notice", (json_int_t)id));
    else printf("notice %lld: %s\n", (long long)id, what);
    return FAIR_EXIT_DONE;
}

int
fair_verb_post_sent(struct fair_cli *c, int argc, char **argv)
{
    const char *carrier = NULL, *tracking = NULL, *on = NULL;
    const struct fair_opt opts[] = { { .name = "carrier", .value = "NAME", .doc = "who carries it", .text = &carrier }, { .name = "tracking", .value = "NUMBER", .doc = "by which it is followed", .text = &tracking },
                                     { .name = "on", .value = "DAY", .doc = "when it was handed over: 2026-12-01; otherwise today", .text = &on }, { 0 } };
    struct fair_err err = { 0 };
    int32_t day;
    fair_id id;
    int code;
    fair_status s;

    if (!fair_cli_parse(c, argc, argv, opts, 1, 1, &code)) return code;
    if (!fair_cli_id(c->args[0], &id) || carrier == NULL || tracking == NULL) return fair_cli_usage(c, "a notice, its carrier and its number are wanted");
    if (fair_cli_house(c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    s = day_of(c, id, on, &day, &err);
    if (s == FAIR_OK) s = fair_store_post_sent(&c->house.desk, id, fair_str_of(carrier), fair_str_of(tracking), day, fair_now(), &err);
    return s == FAIR_OK ? done(c, id, "posted") : told(c, s, &err);
}

int
fair_verb_post_delivered(struct fair_cli *c, int argc, char **argv)
{
    const char *on = NULL, *proof = NULL, *name;
    const struct fair_opt opts[] = { { .name = "on", .value = "DAY", .doc = "when it was delivered: 2026-12-01", .text = &on },
                                     { .name = "proof", .value = "FILE", .doc = "the carrier's document that shows it; kept", .text = &proof }, { 0 } };
    struct fair_err err = { 0 };
    struct fair_sha256 key;
    fair_str bytes;
    int32_t day;
    fair_id id;
    bool nobody;
    int code;
    fair_status s;

    if (!fair_cli_parse(c, argc, argv, opts, 1, 1, &code)) return code;
    if (!fair_cli_id(c->args[0], &id) || on == NULL || proof == NULL) return fair_cli_usage(c, "a notice, the day of its delivery and the document that shows it are wanted");
    if (fair_cli_house(c, &err) != FAIR_OK || fair_house_vault(&c->house, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    s = fair_read_file(c->arena, proof, PROOF_MAX, &bytes, &err);
    if (s == FAIR_OK && bytes.n == 0) s = fair_fail(&err, FAIR_INVALID, "%s is empty", proof);
    if (s == FAIR_OK) s = day_of(c, id, on, &day, &err);
    if (s == FAIR_OK) s = fair_house_keep(&c->house, bytes, &key, &err);
    if (s != FAIR_OK) return told(c, s, &err);
    name = strrchr(proof, '/') != NULL ? strrchr(proof, '/') + 1 : proof;
    s = fair_store_post_delivered(&c->house.desk, id, day, &key, fair_utf8_mend(c->arena, fair_str_of(name)), fair_now(), &err);
    /* The posting holds it now; what keeping it counted goes.  What nobody holds is erased with what else waits for that. */
    if (s == FAIR_OK) s = fair_store_blob_drop(&c->house.desk, &key, &nobody, &err);
    else (void)!fair_store_blob_drop(&c->house.desk, &key, &nobody, &(struct fair_err){ 0 });
    return s == FAIR_OK ? done(c, id, "delivered") : told(c, s, &err);
}

int
fair_verb_post_returned(struct fair_cli *c, int argc, char **argv)
{
    const char *note = NULL;
    const struct fair_opt opts[] = { { .name = "note", .value = "TEXT", .doc = "what stands on it", .text = &note }, { 0 } };
    struct fair_err err = { 0 };
    fair_id id;
    int code;
    fair_status s;

    if (!fair_cli_parse(c, argc, argv, opts, 1, 1, &code)) return code;
    if (!fair_cli_id(c->args[0], &id)) return fair_cli_usage(c, "%s is no id", c->args[0]);
    if (fair_cli_house(c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    s = fair_store_post_returned(&c->house.desk, id, fair_str_of(note != NULL ? note : ""), fair_now(), &err);
    return s == FAIR_OK ? done(c, id, "returned") : told(c, s, &err);
}

/* ---- probe ---- */

static void
print_probe(struct fair_cli *c, const char *what, const struct fair_probe *x, const char *missing)
{
    bool holds = x != NULL && fair_probe_holds(x, fair_now());

    if (c->json) {
        json_t *o = json_pack("{s:i, s:s, s:s, s:b, s:b}", "v", 1, "type", "probe", "what", what, "passed", x != NULL && x->passed, "holds", holds);
        fair_cli_put(o, c->arena, "words", x != NULL ? x->words : fair_str_of(missing));
        json_object_set_new(o, "at", fair_json_time(c->arena, x != NULL ? x->done : 0));
        fair_cli_json(o);
        return;
    }
    if (x == NULL) printf("%s\tnot probed\t%s\n", what, missing);
    else if (x->done == 0) printf("%s\tunder way\tthe mail has not come back yet: fairtrack post probe --show looks again\n", what);
    else printf("%s\t%s\t%.*s\t%.*s\n", what, !x->passed ? "failed" : holds ? "passed" : "passed, too long ago", FAIR_STR_ARG(fair_time_text(c->arena, x->done)), FAIR_STR_ARG(fair_str_escape(c->arena, x->words)));
}

static fair_status
wait_for_mail(struct fair_cli *c, fair_id id, int64_t seconds, struct fair_probe *x, struct fair_err *err)
{
    fair_time end = fair_ticks() + seconds * FAIR_SECOND;
    int64_t n;

    for (;;) {
        FAIR_TRY(fair_hear(&c->house, fair_now(), &n, err));
        FAIR_TRY(fair_store_probe_begun(c->house.store, "mail", c->arena, x, err));
        if (x->done != 0 || x->id != id || fair_ticks() >= end) return FAIR_OK;
        sleep(1);
    }
}

int
fair_verb_post_probe(struct fair_cli *c, int argc, char **argv)
{
    bool show = false;
    int64_t seconds = 60;
    const struct fair_opt opts[] = { { .name = "show", .doc = "what the last ones found, without new ones", .flag = &show },
                                     { .name = "wait", .value = "SECONDS", .doc = "how long the mail may take (60)", .number = &seconds }, { 0 } };
    struct fair_probe page, mail;
    struct fair_err err = { 0 }, why_page = { 0 }, why_mail = { 0 };
    const char *no_page = "never", *no_mail = "never";
    fair_time now = fair_now();
    fair_status p, m;
    int code;

    if (!fair_cli_parse(c, argc, argv, opts, 0, 0, &code)) return code;
    if (seconds > 600) return fair_cli_usage(c, "at most 600 seconds");
    if (fair_cli_house(c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    if (show) {
        p = fair_store_probe_newest(c->house.store, "portal", c->arena, &page, &err);
        m = fair_store_probe_begun(c->house.store, "mail", c->arena, &mail, &err);
    } else {
        p = fair_probe_portal(&c->house, now, c->arena, &page, &why_page);
        m = fair_probe_mail(&c->house, now, c->arena, &mail, &why_mail);
        if (m == FAIR_OK && mail.done == 0) m = wait_for_mail(c, mail.id, seconds, &mail, &why_mail);
        no_page = why_page.text;
        no_mail = why_mail.text;
    }
    if ((p != FAIR_OK && p != FAIR_INVALID && p != FAIR_NOT_FOUND)) return fair_cli_fail(c, show ? &err : &why_page);
    if ((m != FAIR_OK && m != FAIR_INVALID && m != FAIR_NOT_FOUND)) return fair_cli_fail(c, show ? &err : &why_mail);
    print_probe(c, "portal", p == FAIR_OK ? &page : NULL, no_page);
    print_probe(c, "mail", m == FAIR_OK ? &mail : NULL, no_mail);
    if (!c->json && (m != FAIR_OK || !fair_probe_holds(&mail, fair_now()))) printf("Letters go by post where a postal address is known.\n");
    return p == FAIR_OK && fair_probe_holds(&page, fair_now()) && m == FAIR_OK && fair_probe_holds(&mail, fair_now()) ? FAIR_EXIT_DONE : FAIR_EXIT_NO;
}
