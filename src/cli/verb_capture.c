/* cli/verb_capture.c - a use as it stands on its page: capture it now, or by the worker; what the captures found. */
#include <stdio.h>
#include <string.h>
#include "cli/cli.h"
#include "store/capture_rows.h"
#include "work/capture.h"

static bool
stopped(__attribute__((unused)) void *arg)
{
    return fair_cli_stopped();
}

static fair_status
print_capture(void *arg, const struct fair_capture_row *r, __attribute__((unused)) struct fair_err *err)
{
    struct fair_cli *c = arg;
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    json_t *notes = json_loadb(r->notes.p != NULL ? r->notes.p : "[]", r->notes.p != NULL ? r->notes.n : 2, 0, NULL), *one;
    size_t i;

    if (c->json) {
        fair_cli_json(json_pack("{s:i, s:s, s:I, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:o}", "v", 1, "type", "capture", "capture", (json_int_t)r->id, "hit", (json_int_t)r->hit,
                                "look", fair_json_str(a, r->look), "at", fair_json_time(a, r->at), "ended", fair_json_time(a, r->ended), "found", fair_json_str(a, r->found), "words", fair_json_str(a, r->words),
                                "changes", fair_json_str(a, r->changes), "credit", fair_json_str(a, r->credit), "title", fair_json_str(a, r->title), "browser", fair_json_str(a, r->browser),
                                "picture", fair_sha256_none(&r->picture) ? json_null() : fair_json_str(a, fair_hex(a, r->picture.b, 32)), "notes", notes != NULL ? json_incref(notes) : json_array(), "package", (json_int_t)r->package, "markers",
                                r->markers.n > 0 ? json_loadb(r->markers.p, r->markers.n, 0, NULL) : json_null()));
    } else {
        printf("%lld\t%.*s\t%.*s\t%.*s\t%.*s\n", (long long)r->id, FAIR_STR_ARG(fair_time_text(a, r->at)), FAIR_STR_ARG(r->look), FAIR_STR_ARG(r->found), FAIR_STR_ARG(fair_str_escape(a, r->words)));
        if (r->changes.n > 0) printf("\tsince the look before: %.*s\n", FAIR_STR_ARG(fair_str_escape(a, r->changes)));
        json_array_foreach(notes, i, one) printf("\t%.*s\n", FAIR_STR_ARG(fair_str_escape(a, fair_str_of(json_string_value(one)))));
    }
    json_decref(notes);
    return FAIR_OK;
}

int
fair_verb_evidence_capture(struct fair_cli *c, int argc, char **argv)
{
    const char *look = "asked";
    bool later = false;
    const struct fair_opt opts[] = {
        { .name = "look", .value = "LOOK", .doc = "asked (the default), second or before_notice", .text = &look },
        { .name = "later", .doc = "leave it to the worker", .flag = &later }, { 0 } };
    struct fair_err err = { 0 };
    int code, bad = 0;

    if (!fair_cli_parse(c, argc, argv, opts, 1, -1, &code)) return code;
    if (strcmp(look, "asked") != 0 && strcmp(look, "second") != 0 && strcmp(look, "before_notice") != 0) return fair_cli_usage(c, "--look: one of asked, second, before_notice");
    if (fair_cli_house(c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    fair_cli_catch_signals();
    for (int i = 0; i < c->n_args && !fair_cli_stopped(); i++) {
        struct fair_hit x;
        fair_id capture = 0;
        int64_t hit;
        fair_status s;
        if (!fair_str_number(fair_str_of(c->args[i]), INT64_MAX, &hit)) return fair_cli_usage(c, "%s is no hit's number", c->args[i]);
        s = fair_store_hit_get(&c->house.desk, hit, c->arena, &x, &err);
        if (s == FAIR_OK && later) s = fair_store_capture_ask(&c->house.desk, hit, look, 0, &err);
        else if (s == FAIR_OK) s = fair_capture_run(&c->house, hit, look, stopped, NULL, &capture, &err);
        if (s == FAIR_OK) {
            if (c->json) fair_cli_json(json_pack("{s:i, s:s, s:I, s:I}", "v", 1, "type", "captured", "hit", (json_int_t)hit, "capture", (json_int_t)capture));
            else if (!later) printf("%lld\n", (long long)capture);
            continue;
        }
        fprintf(stderr, "fairtrack %s: hit %lld: %s\n", c->verb->name, (long long)hit, err.text);
        bad++;
    }
    return bad == 0 ? FAIR_EXIT_DONE : bad == c->n_args ? FAIR_EXIT_FAILED : FAIR_EXIT_PARTLY;
}

int
fair_verb_evidence_looks(struct fair_cli *c, int argc, char **argv)
{
    struct fair_err err = { 0 };
    struct fair_hit x;
    int64_t hit;
    int code;

    if (!fair_cli_parse(c, argc, argv, NULL, 1, 1, &code)) return code;
    if (!fair_str_number(fair_str_of(c->args[0]), INT64_MAX, &hit)) return fair_cli_usage(c, "%s is no hit's number", c->args[0]);
    if (fair_cli_house(c, &err) != FAIR_OK || fair_store_hit_get(&c->house.desk, hit, c->arena, &x, &err) != FAIR_OK ||
        fair_store_captures(&c->house.desk, hit, print_capture, c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    return FAIR_EXIT_DONE;
}
