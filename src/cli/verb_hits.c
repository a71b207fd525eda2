/* cli/verb_hits.c - the review queue: listing, showing, deciding, what is remembered. */
#include <stdio.h>
#include <string.h>
#include "base/io.h"
#include "cli/cli.h"
#include "cli/pair.h"

static json_t *
hit_json(struct fair_arena *a, const struct fair_hit *h)
{
    json_t *o = json_pack("{s:i, s:s, s:I, s:I, s:f, s:I, s:I, s:I, s:I, s:b, s:f, s:f, s:f, s:f}", "v", 1, "type", "hit", "hit",
                          (json_int_t)h->id, "work", (json_int_t)h->work, "score", h->score, "width", (json_int_t)h->width,
                          "height", (json_int_t)h->height, "bits", (json_int_t)h->bits, "agree", (json_int_t)h->agree,
                          "mirrored", h->mirrored, "rotation", h->rotation, "scale", h->scale, "covers", h->covers,
                          "residual", h->residual);
    const struct { const char *key; fair_str v; } texts[] = {
        { "verdict", h->verdict }, { "state", h->state }, { "page", h->page_url }, { "image", h->image_url }, { "site", h->site },
        { "via", h->place }, { "alt", h->alt }, { "work_title", h->work_title } };
    json_t *words = json_loadb(h->words.p != NULL ? h->words.p : "[]", h->words.p != NULL ? h->words.n : 2, 0, NULL);
    json_t *source = h->source.n > 0 ? json_loadb(h->source.p, h->source.n, 0, NULL) : NULL;

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) json_object_set_new(o, texts[i].key, fair_json_str(a, texts[i].v));
    json_object_set_new(o, "sha256", fair_json_str(a, fair_hex(a, h->sha256.b, 32)));
    json_object_set_new(o, "box", json_pack("[f,f,f,f]", h->box[0], h->box[1], h->box[2], h->box[3]));
    json_object_set_new(o, "work_box", json_pack("[f,f,f,f]", h->work_box[0], h->work_box[1], h->work_box[2], h->work_box[3]));
    if (h->has_map)
        json_object_set_new(o, "map", json_pack("[f,f,f,f,f,f]", h->map[0], h->map[1], h->map[2], h->map[3], h->map[4], h->map[5]));
    json_object_set_new(o, "words", words != NULL ? words : json_array());
    if (source != NULL) json_object_set_new(o, "src", source);
    json_object_set_new(o, "first_seen", fair_json_time(a, h->first_seen));
    json_object_set_new(o, "last_seen", fair_json_time(a, h->last_seen));
    json_object_set_new(o, "gone", fair_json_time(a, h->gone));
    return o;
}

static fair_status
print_row(void *arg, const struct fair_hit *h, __attribute__((unused)) struct fair_err *err)
{
    struct fair_cli *c = arg;
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();

    if (c->json) {
        fair_cli_json(hit_json(a, h));
        return FAIR_OK;
    }
    printf("%lld\t%.*s\t%.*s\t%.3f\t%.*s\t%.*s\t%.*s\n", (long long)h->id, FAIR_STR_ARG(h->state), FAIR_STR_ARG(h->verdict), h->score,
           FAIR_STR_ARG(fair_str_escape(a, h->work_title)), FAIR_STR_ARG(fair_str_escape(a, h->page_url)),
           FAIR_STR_ARG(fair_str_escape(a, h->image_url)));
    return FAIR_OK;
}

static bool
state_known(const char *state)
{
    static const char *const all[] = { "inbox", "pursue", "ignored", "not_a_match", "all" };

    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (strcmp(state, all[i]) == 0) return true;
    return false;
}

int
fair_verb_hits_list(struct fair_cli *c, int argc, char **argv)
{
    struct fair_hit_filter f = { .page.limit = 1000000000 };
    const char *state = NULL, *site = NULL, *verdict = NULL, *text = NULL;
    const struct fair_opt opts[] = {
        { .name = "state", .value = "STATE", .doc = "pursue, ignored, not_a_match, or all; otherwise what waits: inbox", .text = &state },
        { .name = "site", .value = "SITE", .doc = "only on this site", .text = &site },
        { .name = "work", .value = "ID", .doc = "only of this work", .number = &f.work },
        { .name = "verdict", .value = "V", .doc = "match, possible or same_scene", .text = &verdict },
        { .name = "search", .value = "TEXT", .doc = "in page, picture address and title", .text = &text },
        { .name = "limit", .value = "N", .doc = "at most so many", .number = &f.page.limit },
        { .name = "offset", .value = "N", .doc = "leave out the first so many", .number = &f.page.offset }, { 0 } };
    struct fair_err err = { 0 };
    int code;

    if (!fair_cli_parse(c, argc, argv, opts, 0, 0, &code)) return code;
    if (state == NULL) state = "inbox";
    if (!state_known(state)) return fair_cli_usage(c, "--state %s: inbox, pursue, ignored, not_a_match or all", state);
    if (strcmp(state, "all") != 0) f.state = fair_str_of(state);
    f.site = fair_str_of(site);
    f.verdict = fair_str_of(verdict);
    f.text = fair_str_of(text);
    if (fair_cli_house(c, &err) != FAIR_OK || fair_store_hits(&c->house.desk, &f, print_row, c, &err) != FAIR_OK)
        return fair_cli_fail(c, &err);
    return FAIR_EXIT_DONE;
}

/* ---- show -------------------------------------------------------------------- */

struct showing { struct fair_cli *c; json_t *list; };

static fair_status
show_decision(void *arg, const struct fair_decision *x, __attribute__((unused)) struct fair_err *err)
{
    struct showing *s = arg;
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_str note = fair_cli_note(s->c, x->reason, x->user, x->note);

    if (s->list != NULL) {
        json_array_append_new(s->list, json_pack("{s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "decision", (json_int_t)x->id, "as",
                                                 fair_json_str(a, x->what), "reason", fair_json_str(a, x->reason), "scope",
                                                 fair_json_str(a, x->scope), "note", fair_json_str(a, note), "until",
                                                 fair_json_time(a, x->until), "at", fair_json_time(a, x->at), "by",
                                                 fair_json_str(a, x->user_name)));
        return FAIR_OK;
    }
    printf("  %-12s %.*s %.*s %.*s (%.*s) %.*s\n", "decided", FAIR_STR_ARG(fair_time_text(a, x->at)), FAIR_STR_ARG(x->what),
           FAIR_STR_ARG(x->reason), FAIR_STR_ARG(x->scope), FAIR_STR_ARG(fair_str_escape(a, note)));
    return FAIR_OK;
}

static void
show(struct fair_arena *a, const struct fair_hit *h)
{
    json_t *words = json_loadb(h->words.p != NULL ? h->words.p : "[]", h->words.p != NULL ? h->words.n : 2, 0, NULL), *w;
    size_t i;

    printf("hit %lld: %.*s, %.1f %%, %.*s\n", (long long)h->id, FAIR_STR_ARG(h->verdict), 100 * h->score, FAIR_STR_ARG(h->state));
    printf("  %-12s %lld %.*s\n", "work", (long long)h->work, FAIR_STR_ARG(fair_str_escape(a, h->work_title)));
    printf("  %-12s %.*s\n", "page", FAIR_STR_ARG(fair_str_escape(a, h->page_url)));
    printf("  %-12s %.*s\n", "picture", FAIR_STR_ARG(fair_str_escape(a, h->image_url)));
    json_array_foreach(words, i, w) printf("  %-12s %s\n", i == 0 ? "why" : "", json_string_value(w));
    if (h->box[2] > h->box[0])
        printf("  %-12s %.0f,%.0f to %.0f,%.0f of %lld x %lld\n", "place", h->box[0], h->box[1], h->box[2], h->box[3],
               (long long)h->width, (long long)h->height);
    printf("  %-12s %.*s to %.*s\n", "seen", FAIR_STR_ARG(fair_time_text(a, h->first_seen)), FAIR_STR_ARG(fair_time_text(a, h->last_seen)));
    if (h->gone != 0) printf("  %-12s %.*s\n", "gone", FAIR_STR_ARG(fair_time_text(a, h->gone)));
    json_decref(words);
}

static fair_status
draw(struct fair_cli *c, const struct fair_hit *h, enum fair_drawing what, const char *path, struct fair_arena *a, struct fair_err *err)
{
    fair_str png;

    FAIR_TRY(fair_pair_hit(what, &c->house, h, a, &png, err));
    return fair_write_file(path, png.p, png.n, 0644, err);
}

int
fair_verb_hits_show(struct fair_cli *c, int argc, char **argv)
{
    struct fair_drawings drawings = { 0 };
    const struct fair_opt opts[] = {
        { .name = "diff", .value = "FILE", .doc = "of one hit: write the difference picture there, a PNG", .text = &drawings.file[FAIR_DRAW_DIFFERENCE] },
        { .name = "straight", .value = "FILE", .doc = "of one hit: write the picture found there, laid straight on the work, a PNG", .text = &drawings.file[FAIR_DRAW_STRAIGHT] }, { 0 } };
    struct fair_err err = { 0 };
    int code, missing = 0;

    if (!fair_cli_parse(c, argc, argv, opts, 1, -1, &code)) return code;
    for (int k = 0; k < FAIR_N_DRAWINGS; k++)
        if (drawings.file[k] != NULL && c->n_args != 1) return fair_cli_usage(c, "--%s goes with one hit", fair_drawing_key[k]);
    if (fair_cli_house(c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    for (int i = 0; i < c->n_args; i++) {
        FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
        struct showing s = { c, c->json ? json_array() : NULL };
        struct fair_hit h;
        fair_id id;
        fair_status st;

        if (!fair_cli_id(c->args[i], &id)) return fair_cli_usage(c, "%s is no id", c->args[i]);
        st = fair_store_hit_get(&c->house.desk, id, a, &h, &err);
        if (st == FAIR_NOT_FOUND) {
            fprintf(stderr, "fairtrack %s: no hit %lld\n", c->verb->name, (long long)id);
            missing++;
            json_decref(s.list);
            continue;
        }
        for (int k = 0; k < FAIR_N_DRAWINGS && st == FAIR_OK; k++) {
            if (drawings.file[k] == NULL) continue;
            st = draw(c, &h, (enum fair_drawing)k, drawings.file[k], a, &err);
            if (st == FAIR_NOT_FOUND) {
                fprintf(stderr, "fairtrack %s: %s\n", c->verb->name, err.text);
                missing++;
                st = FAIR_OK;
            }
        }
        if (st == FAIR_OK && !c->json) show(a, &h);
        if (st == FAIR_OK) st = fair_store_decisions(&c->house.desk, id, show_decision, &s, &err);
        if (st != FAIR_OK) return fair_cli_fail(c, &err);
        if (c->json) {
            json_t *o = hit_json(a, &h);
            json_object_set_new(o, "decisions", s.list);
            for (int k = 0; k < FAIR_N_DRAWINGS; k++)
                if (drawings.file[k] != NULL && missing == 0) fair_json_file(a, o, fair_drawing_key[k], fair_str_of(drawings.file[k]));
            fair_cli_json(o);
        }
    }
    return missing > 0 ? FAIR_EXIT_NO : FAIR_EXIT_DONE;
}

/* ---- decide -------------------------------------------------------------------- */

int
fair_verb_hits_decide(struct fair_cli *c, int argc, char **argv)
{
    const char *as = NULL, *reason = NULL, *scope = NULL, *note = NULL, *until = NULL;
    const struct fair_opt opts[] = {
        { .name = "as", .value = "WHAT", .doc = "pursue, ignore, not_a_match or reopen", .text = &as },
        { .name = "reason", .value = "CODE", .doc = "why it is ignored (fairtrack hits reasons)", .text = &reason },
        { .name = "scope", .value = "SCOPE", .doc = "hit, page, domain, work+domain, work, pair (the reason's own otherwise)", .text = &scope },
        { .name = "note", .value = "TEXT", .doc = "in your words", .text = &note },
        { .name = "until", .value = "DATE", .doc = "the day it comes up again", .text = &until }, { 0 } };
    struct fair_err err = { 0 };
    fair_time end = 0;
    int code, missing = 0;

    if (!fair_cli_parse(c, argc, argv, opts, 1, -1, &code)) return code;
    if (as == NULL) return fair_cli_usage(c, "--as is wanted");
    if (until != NULL && !fair_time_parse(fair_str_of(until), &end)) return fair_cli_usage(c, "--until %s is no date", until);
    if (fair_cli_house(c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    for (int i = 0; i < c->n_args; i++) {
        struct fair_decision x = { .what = fair_str_of(as), .reason = fair_str_of(reason), .scope = fair_str_of(scope),
                                   .note = fair_str_of(note), .until = end };
        fair_status s;

        if (!fair_cli_id(c->args[i], &x.hit)) return fair_cli_usage(c, "%s is no id", c->args[i]);
        s = fair_store_decide(&c->house.desk, &x, &err);
        if (s == FAIR_INVALID) return fair_cli_usage(c, "%s", err.text);
        if (s == FAIR_NOT_FOUND) {
            fprintf(stderr, "fairtrack %s: no hit %lld\n", c->verb->name, (long long)x.hit);
            missing++;
            continue;
        }
        if (s != FAIR_OK) return fair_cli_fail(c, &err);
        if (c->json)
            fair_cli_json(json_pack("{s:i, s:s, s:I, s:I, s:s, s:I}", "v", 1, "type", "decision", "decision", (json_int_t)x.id,
                                    "hit", (json_int_t)x.hit, "as", as, "covered", (json_int_t)x.covered));
        else if (x.covered > 0)
            printf("hit %lld: %s; %lld other hits are covered by it\n", (long long)x.hit, as, (long long)x.covered);
    }
    return missing > 0 ? FAIR_EXIT_NO : FAIR_EXIT_DONE;
}

int
fair_verb_hits_reasons(struct fair_cli *c, int argc, char **argv)
{
    int code;

    if (!fair_cli_parse(c, argc, argv, NULL, 0, 0, &code)) return code;
    for (size_t i = 0; i < fair_n_ignore_reasons; i++) {
        const struct fair_ignore_reason *r = &fair_ignore_reasons[i];
        if (c->json)
            fair_cli_json(json_pack("{s:i, s:s, s:s, s:s, s:s, s:s, s:s}", "v", 1, "type", "reason", "reason", r->code, "needs", r->needs,
                                    "scope", r->default_scope, "reopens", r->reopens, "words", r->words));
        else
            printf("%-30s %s\n%-30s scope %s; needs %s; comes up again: %s\n", r->code, r->words, "", r->default_scope, r->needs, r->reopens);
    }
    return FAIR_EXIT_DONE;
}

/* ---- rules ----------------------------------------------------------------------- */

static fair_status
print_rule(void *arg, const struct fair_rule *r, __attribute__((unused)) struct fair_err *err)
{
    struct fair_cli *c = arg;
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_str note = fair_cli_note(c, r->reason, r->user, r->note);

    if (c->json)
        fair_cli_json(json_pack("{s:i, s:s, s:I, s:I, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "v", 1, "type", "rule", "rule",
                                (json_int_t)r->id, "hit", (json_int_t)r->hit, "work", (json_int_t)r->work, "scope",
                                fair_json_str(a, r->scope), "as", fair_json_str(a, r->what), "reason", fair_json_str(a, r->reason),
                                "note", fair_json_str(a, note), "site", fair_json_str(a, r->site), "page",
                                fair_json_str(a, r->page_url), "until", fair_json_time(a, r->until), "at", fair_json_time(a, r->at)));
    else
        printf("%lld\t%.*s\t%.*s\t%.*s\t%.*s\t%.*s\n", (long long)r->id, FAIR_STR_ARG(r->what), FAIR_STR_ARG(r->reason),
               FAIR_STR_ARG(r->scope), FAIR_STR_ARG(fair_str_escape(a, r->site)), FAIR_STR_ARG(fair_str_escape(a, note)));
    return FAIR_OK;
}

int
fair_verb_rules_list(struct fair_cli *c, int argc, char **argv)
{
    struct fair_err err = { 0 };
    int code;

    if (!fair_cli_parse(c, argc, argv, NULL, 0, 0, &code)) return code;
    if (fair_cli_house(c, &err) != FAIR_OK || fair_store_rules(&c->house.desk, print_rule, c, &err) != FAIR_OK)
        return fair_cli_fail(c, &err);
    return FAIR_EXIT_DONE;
}

int
fair_verb_rules_remove(struct fair_cli *c, int argc, char **argv)
{
    struct fair_err err = { 0 };
    int code, missing = 0;

    if (!fair_cli_parse(c, argc, argv, NULL, 1, -1, &code)) return code;
    if (fair_cli_house(c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    for (int i = 0; i < c->n_args; i++) {
        fair_id id;
        fair_status s;

        if (!fair_cli_id(c->args[i], &id)) return fair_cli_usage(c, "%s is no id", c->args[i]);
        s = fair_store_rule_remove(&c->house.desk, id, &err);
        if (s == FAIR_NOT_FOUND) {
            fprintf(stderr, "fairtrack %s: no rule %lld\n", c->verb->name, (long long)id);
            missing++;
        } else if (s != FAIR_OK) {
            return fair_cli_fail(c, &err);
        }
    }
    return missing > 0 ? FAIR_EXIT_NO : FAIR_EXIT_DONE;
}
