/* cli/verb_privacy.c - how long people's data are kept, what is due, what a legal hold keeps, and what was forgotten. */
#include <stdio.h>
#include <string.h>
#include "base/clock.h"
#include "cli/cli.h"
#include "work/privacy.h"

static fair_str
shown(struct fair_arena *a, fair_str s)
{
    return s.p == NULL ? FAIR_STR("-") : fair_str_escape(a, s);
}

/* ---- periods ---------------------------------------------------------------------------------------------------------- */

int
fair_verb_privacy_periods(struct fair_cli *c, int argc, char **argv)
{
    int code;

    if (!fair_cli_parse(c, argc, argv, NULL, 0, 0, &code)) return code;
    for (int k = 0; k < FAIR_N_KEEPS; k++) {
        const struct fair_retention *r = fair_retention_get((enum fair_keep)k);
        if (c->json)
            fair_cli_json(json_pack("{s:i, s:s, s:s, s:I, s:s, s:s, s:s, s:s}", "v", 1, "type", "period", "rule", r->name, "days", (json_int_t)r->days, "from", r->from, "reason", r->reason,
                                    "source", r->source, "words", r->words));
        else
            printf("%s: %lld days, from: %s\n    %s\n    why: %s\n    source: %s\n", r->name, (long long)r->days, r->from, r->words, r->reason, r->source);
    }
    return FAIR_EXIT_DONE;
}

/* ---- due, run ------------------------------------------------------------------------------------------------------------ */

static void
tell(struct fair_cli *c, const struct fair_due *x, const struct fair_forget_sum *sum, const char *type)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    const char *rule = fair_retention_get(x->rule)->name;

    if (c->json) {
        json_t *o = json_pack("{s:i, s:s, s:s, s:I, s:I}", "v", 1, "type", type, "rule", rule, "subject", (json_int_t)x->subject, "n", (json_int_t)x->n);
        fair_cli_put(o, a, "what", x->what);
        fair_cli_put(o, a, "held", x->held);
        json_object_set_new(o, "since", fair_json_time(a, x->at));
        json_object_set_new(o, "held_until", fair_json_time(a, x->held_until));
        if (sum != NULL) json_object_set_new(o, "rows", json_integer(sum->rows));
        if (sum != NULL) json_object_set_new(o, "blobs", json_integer(sum->blobs));
        fair_cli_json(o);
        return;
    }
    printf("%s\t%lld\t%.*s\tdue since %.*s\t", rule, (long long)x->subject, FAIR_STR_ARG(shown(a, x->what)), FAIR_STR_ARG(fair_time_text(a, x->at)));
    if (sum != NULL) printf("forgotten: %lld rows, %lld blobs\n", (long long)sum->rows, (long long)sum->blobs);
    else if (x->held.n > 0 && x->held_until != 0) printf("stays until %.*s: %.*s\n", FAIR_STR_ARG(fair_time_text(a, x->held_until)), FAIR_STR_ARG(shown(a, x->held)));
    else if (x->held.n > 0) printf("stays: %.*s\n", FAIR_STR_ARG(shown(a, x->held)));
    else if (x->subject == 0) printf("%lld go\n", (long long)x->n);
    else printf("goes\n");
}

static fair_status
tell_due(void *arg, const struct fair_due *x, __attribute__((unused)) struct fair_err *err)
{
    tell(arg, x, NULL, "due");
    return FAIR_OK;
}

static void
tell_done(void *arg, const struct fair_due *x, const struct fair_forget_sum *sum)
{
    tell(arg, x, sum, sum != NULL ? "forgotten" : "due");
}

int
fair_verb_privacy_due(struct fair_cli *c, int argc, char **argv)
{
    const char *at = NULL;
    const struct fair_opt opts[] = { { .name = "at", .value = "DATE", .doc = "what would be due then; now unless given", .text = &at }, { 0 } };
    struct fair_err err = { 0 };
    fair_time now = fair_now();
    int code;

    if (!fair_cli_parse(c, argc, argv, opts, 0, 0, &code)) return code;
    if (at != NULL && !fair_time_parse(fair_str_of(at), &now)) return fair_cli_usage(c, "--at %s is no date", at);
    if (fair_cli_house(c, &err) != FAIR_OK || fair_store_due(&c->house.desk, now, tell_due, c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    return FAIR_EXIT_DONE;
}

int
fair_verb_privacy_run(struct fair_cli *c, int argc, char **argv)
{
    struct fair_keep_sum sum;
    struct fair_err err = { 0 };
    int code;

    if (!fair_cli_parse(c, argc, argv, NULL, 0, 0, &code)) return code;
    if (fair_cli_house(c, &err) != FAIR_OK || fair_privacy_keep(&c->house, fair_now(), tell_done, c, &sum, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    if (!c->json) fprintf(stderr, "%lld forgotten, %lld held, %lld to be tried again\n", (long long)sum.forgotten, (long long)sum.held, (long long)sum.failed);
    return sum.failed > 0 ? FAIR_EXIT_PARTLY : FAIR_EXIT_DONE;
}

static fair_status
tell_forgotten(void *arg, const struct fair_forgotten *x, __attribute__((unused)) struct fair_err *err)
{
    struct fair_cli *c = arg;
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_str by = x->user == 0 ? FAIR_STR("the installation") : x->user_name;

    if (c->json) {
        json_t *o = json_pack("{s:i, s:s, s:I, s:I, s:I}", "v", 1, "type", "forgotten", "subject", (json_int_t)x->subject, "rows", (json_int_t)x->rows, "blobs", (json_int_t)x->blobs);
        fair_cli_put(o, a, "rule", x->rule);
        fair_cli_put(o, a, "by", by);
        json_object_set_new(o, "at", fair_json_time(a, x->at));
        fair_cli_json(o);
        return FAIR_OK;
    }
    printf("%.*s\t%.*s\t%lld\t%lld rows, %lld blobs\tby %.*s\n", FAIR_STR_ARG(fair_time_text(a, x->at)), FAIR_STR_ARG(shown(a, x->rule)), (long long)x->subject, (long long)x->rows,
           (long long)x->blobs, FAIR_STR_ARG(shown(a, by)));
    return FAIR_OK;
}

int
fair_verb_privacy_done(struct fair_cli *c, int argc, char **argv)
{
    struct fair_page page = { 0, 100 };
    const struct fair_opt opts[] = { { .name = "limit", .value = "N", .doc = "how many; 100 unless given", .number = &page.limit },
                                     { .name = "offset", .value = "N", .doc = "how many to leave out", .number = &page.offset }, { 0 } };
    struct fair_err err = { 0 };
    int code;

    if (!fair_cli_parse(c, argc, argv, opts, 0, 0, &code)) return code;
    if (fair_cli_house(c, &err) != FAIR_OK || fair_store_forgotten(&c->house.desk, page, tell_forgotten, c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    return FAIR_EXIT_DONE;
}

/* ---- legal holds ------------------------------------------------------------------------------------------------------------ */

static fair_status
tell_hold(void *arg, const struct fair_hold *x, __attribute__((unused)) struct fair_err *err)
{
    struct fair_cli *c = arg;
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();

    if (c->json) {
        json_t *o = json_pack("{s:i, s:s, s:I, s:I}", "v", 1, "type", "legal_hold", "hold", (json_int_t)x->id, "case", (json_int_t)x->case_id);
        fair_cli_put(o, a, "why", x->why);
        fair_cli_put(o, a, "by", x->user_name);
        fair_cli_put(o, a, "ended_why", x->ended_why);
        json_object_set_new(o, "at", fair_json_time(a, x->at));
        json_object_set_new(o, "until", fair_json_time(a, x->until));
        json_object_set_new(o, "ended", fair_json_time(a, x->ended));
        fair_cli_json(o);
        return FAIR_OK;
    }
    printf("%lld\tcase %lld\tuntil %.*s\tby %.*s\t%.*s%s\n", (long long)x->id, (long long)x->case_id, FAIR_STR_ARG(fair_time_text(a, x->until)), FAIR_STR_ARG(shown(a, x->user_name)),
           FAIR_STR_ARG(shown(a, x->why)), x->ended != 0 ? "\tended" : "");
    return FAIR_OK;
}

int
fair_verb_privacy_hold(struct fair_cli *c, int argc, char **argv)
{
    const char *why = NULL, *until = NULL;
    const struct fair_opt opts[] = { { .name = "why", .value = "TEXT", .doc = "the suit or order that needs it: stays on record", .text = &why },
                                     { .name = "until", .value = "DATE", .doc = "it ends then; make another if it must last longer", .text = &until }, { 0 } };
    struct fair_hold x = { 0 };
    struct fair_err err = { 0 };
    fair_status s;
    int code;

    if (!fair_cli_parse(c, argc, argv, opts, 1, 1, &code)) return code;
    if (!fair_cli_id(c->args[0], &x.case_id)) return fair_cli_usage(c, "%s is no id", c->args[0]);
    if (why == NULL || until == NULL) return fair_cli_usage(c, "--why and --until are wanted");
    if (!fair_time_parse(fair_str_of(until), &x.until)) return fair_cli_usage(c, "--until %s is no date", until);
    x.why = fair_str_of(why);
    if (fair_cli_house(c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    s = fair_store_hold_put(&c->house.desk, &x, fair_now(), &err);
    if (s != FAIR_OK) return fair_cli_fail(c, &err) != 0 && s == FAIR_NOT_FOUND ? FAIR_EXIT_NO : FAIR_EXIT_FAILED;
    if (tell_hold(c, &x, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    return FAIR_EXIT_DONE;
}

int
fair_verb_privacy_release(struct fair_cli *c, int argc, char **argv)
{
    const char *why = NULL;
    const struct fair_opt opts[] = { { .name = "why", .value = "TEXT", .doc = "why it is no longer needed: stays on record", .text = &why }, { 0 } };
    struct fair_err err = { 0 };
    fair_id id;
    fair_status s;
    int code;

    if (!fair_cli_parse(c, argc, argv, opts, 1, 1, &code)) return code;
    if (!fair_cli_id(c->args[0], &id)) return fair_cli_usage(c, "%s is no id", c->args[0]);
    if (why == NULL) return fair_cli_usage(c, "--why is wanted");
    if (fair_cli_house(c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    s = fair_store_hold_end(&c->house.desk, id, fair_str_of(why), fair_now(), &err);
    if (s != FAIR_OK) return fair_cli_fail(c, &err) != 0 && s == FAIR_NOT_FOUND ? FAIR_EXIT_NO : FAIR_EXIT_FAILED;
    return FAIR_EXIT_DONE;
}

int
fair_verb_privacy_holds(struct fair_cli *c, int argc, char **argv)
{
    bool all = false;
    const struct fair_opt opts[] = { { .name = "all", .doc = "those that are over too", .flag = &all }, { 0 } };
    struct fair_err err = { 0 };
    int code;

    if (!fair_cli_parse(c, argc, argv, opts, 0, 0, &code)) return code;
    if (fair_cli_house(c, &err) != FAIR_OK || fair_store_holds(&c->house.desk, fair_now(), all, tell_hold, c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    return FAIR_EXIT_DONE;
}
