/* cli/verb_home.c - making, keeping and checking a home; its settings. */
#include <stdio.h>
#include <string.h>
#include "cli/cli.h"
#include "web/web.h"

int
fair_verb_init(struct fair_cli *c, int argc, char **argv)
{
    const char *name = "My pictures", *email = "owner@localhost";
    const struct fair_opt opts[] = {
        { .name = "name", .value = "NAME", .doc = "the organisation's name", .text = &name },
        { .name = "email", .value = "ADDRESS", .doc = "the first account's address", .text = &email }, { 0 } };
    struct fair_err err = { 0 };
    fair_status s;
    int code;

    if (!fair_cli_parse(c, argc, argv, opts, 0, 0, &code)) return code;
    s = fair_house_init(c->home, fair_str_of(name), fair_str_of(email), &err);
    if (s == FAIR_CONFLICT) {
        fprintf(stderr, "fairtrack init: %s; nothing was changed\n", err.text);
        return FAIR_EXIT_NO;
    }
    if (s != FAIR_OK) return fair_cli_fail(c, &err);
    if (c->json) fair_cli_json(json_pack("{s:i, s:s, s:s}", "v", 1, "type", "home", "home", c->home));
    else printf("home made at %s\n", c->home);
    return FAIR_EXIT_DONE;
}

/* ---- settings, backup, index, self-check ------------------------------------------ */

int
fair_verb_config(struct fair_cli *c, int argc, char **argv)
{
    bool explain = false;
    const struct fair_opt opts[] = { { .name = "explain", .doc = "every key with its meaning, bounds and default", .flag = &explain }, { 0 } };
    struct fair_err err = { 0 };
    struct fair_config config;
    fair_str text;
    int code;

    if (!fair_cli_parse(c, argc, argv, opts, 0, 0, &code)) return code;
    if (explain) {
        text = fair_config_explain(c->arena);
    } else {
        if (fair_config_load(c->arena, fair_str_fmt(c->arena, "%s/fairtrack.conf", c->home).p, &config, &err) != FAIR_OK)
            return fair_cli_fail(c, &err);
        text = fair_config_text(c->arena, &config);
    }
    printf("%.*s", FAIR_STR_ARG(text));
    return FAIR_EXIT_DONE;
}

int
fair_verb_backup(struct fair_cli *c, int argc, char **argv)
{
    struct fair_backup_sum sum;
    struct fair_err err = { 0 };
    int code;

    if (!fair_cli_parse(c, argc, argv, NULL, 1, 1, &code)) return code;
    if (fair_cli_house(c, &err) != FAIR_OK || fair_house_backup(&c->house, c->args[0], &sum, &err) != FAIR_OK)
        return fair_cli_fail(c, &err);
    if (c->json)
        fair_cli_json(json_pack("{s:i, s:s, s:I, s:I, s:I}", "v", 1, "type", "backup", "blobs", (json_int_t)sum.blobs, "bytes",
                                (json_int_t)sum.bytes, "missing", (json_int_t)sum.missing));
    else
        printf("%lld blobs, %lld bytes\n", (long long)sum.blobs, (long long)sum.bytes);
    if (sum.missing == 0) return FAIR_EXIT_DONE;
    fprintf(stderr, "fairtrack backup: %lld blobs are missing or damaged in this home: fairtrack doctor --deep names them\n", (long long)sum.missing);
    return FAIR_EXIT_PARTLY;
}

int
fair_verb_restore(struct fair_cli *c, int argc, char **argv)
{
    const char *erasures = NULL;
    const struct fair_opt opts[] = { { .name = "erasures", .value = "FILE", .doc = "the former home's list of whom it erased since: they are erased again", .text = &erasures }, { 0 } };
    struct fair_backup_sum sum;
    struct fair_err err = { 0 };
    int code;

    if (!fair_cli_parse(c, argc, argv, opts, 1, 1, &code)) return code;
    if (fair_house_restore(c->args[0], c->home, erasures, &sum, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    if (c->json)
        fair_cli_json(json_pack("{s:i, s:s, s:I, s:I, s:I}", "v", 1, "type", "restore", "blobs", (json_int_t)sum.blobs, "bytes", (json_int_t)sum.bytes, "erased", (json_int_t)sum.erased));
    else
        printf("home made at %s: %lld blobs, %lld bytes, every digest checked\n", c->home, (long long)sum.blobs, (long long)sum.bytes);
    if (!c->json && sum.erased > 0) printf("%lld who had been erased were erased again\n", (long long)sum.erased);
    return FAIR_EXIT_DONE;
}

static void
print_finding(void *arg, enum fair_health how, const char *what, const char *words)
{
    static const char *const name[] = { "ok", "warn", "BAD" };
    struct fair_cli *c = arg;
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();

    if (c->json)
        fair_cli_json(json_pack("{s:i, s:s, s:s, s:s, s:o}", "v", 1, "type", "check", "state", name[how], "what", what, "words",
                                fair_json_str(a, fair_str_of(words))));
    else
        printf("%-5s %-9s %.*s\n", name[how], what, FAIR_STR_ARG(fair_str_escape(a, fair_str_of(words))));
}

static const struct { const char *name; enum fair_health how; } rots[FAIR_N_ROTS] = {
    { "changed", FAIR_HEALTH_BAD }, { "unreadable", FAIR_HEALTH_BAD }, { "missing", FAIR_HEALTH_BAD }, { "erased", FAIR_HEALTH_BAD }, { "extra", FAIR_HEALTH_WARN } };

static void
print_rot(void *arg, const struct fair_rot *r)
{
    struct fair_cli *c = arg;
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_str hex = fair_hex(a, r->key.b, 32);

    if (c->json)
        fair_cli_json(json_pack("{s:i, s:s, s:s, s:s, s:o, s:s, s:o, s:o}", "v", 1, "type", "check", "state", rots[r->kind].how == FAIR_HEALTH_BAD ? "BAD" : "warn",
                                "what", "blob", "sha256", fair_json_str(a, hex), "rot", rots[r->kind].name, "named", fair_json_str(a, r->named), "words",
                                fair_json_str(a, fair_str_of(r->words))));
    else
        printf("%-5s %-9s %.*s %s: %s%s%.*s\n", rots[r->kind].how == FAIR_HEALTH_BAD ? "BAD" : "warn", "vault", FAIR_STR_ARG(hex), rots[r->kind].name,
               r->words, r->named.n > 0 ? "; it is " : "", FAIR_STR_ARG(r->named));
}

/* Every blob of the vault, alone. */
static int
doctor_vault(struct fair_cli *c)
{
    struct fair_rot_sum sum;
    struct fair_err err = { 0 };
    int64_t bad = 0;

    if (fair_house_rot(&c->house, print_rot, c, &sum, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    for (int i = 0; i < FAIR_N_ROTS; i++) bad += rots[i].how == FAIR_HEALTH_BAD ? sum.n[i] : 0;
    if (c->json) {
        json_t *o = json_pack("{s:i, s:s, s:I, s:I, s:I}", "v", 1, "type", "vault", "blobs", (json_int_t)sum.blobs, "bytes", (json_int_t)sum.bytes, "stones", (json_int_t)sum.stones);
        for (int i = 0; i < FAIR_N_ROTS; i++) json_object_set_new(o, rots[i].name, json_integer((json_int_t)sum.n[i]));
        fair_cli_json(o);
    } else {
        printf("%-5s %-9s %lld blobs, %lld bytes, every one read; %lld changed, %lld unreadable, %lld missing, %lld beside their stone, %lld that nothing refers to, %lld stones\n",
               bad > 0 ? "BAD" : "ok", "vault", (long long)sum.blobs, (long long)sum.bytes, (long long)sum.n[FAIR_ROT_CHANGED], (long long)sum.n[FAIR_ROT_UNREADABLE],
               (long long)sum.n[FAIR_ROT_MISSING], (long long)sum.n[FAIR_ROT_ERASED], (long long)sum.n[FAIR_ROT_EXTRA], (long long)sum.stones);
    }
    return bad > 0 ? FAIR_EXIT_NO : FAIR_EXIT_DONE;
}

int
fair_verb_doctor(struct fair_cli *c, int argc, char **argv)
{
    bool deep = false, vault = false;
    const struct fair_opt opts[] = { { .name = "deep", .doc = "read every blob and compare its digest", .flag = &deep },
        { .name = "vault", .doc = "the vault alone, blob by blob: what changed, is missing or too many, by name", .flag = &vault }, { 0 } };
    enum fair_health worst;
    struct fair_err err = { 0 };
    int code;

    if (!fair_cli_parse(c, argc, argv, opts, 0, 0, &code)) return code;
    if (vault && fair_cli_house(c, &err) == FAIR_OK) return doctor_vault(c);
    if (fair_cli_house(c, &err) != FAIR_OK || fair_house_check(&c->house, deep, print_finding, c, &worst, &err) != FAIR_OK)
        return fair_cli_fail(c, &err);
    return worst == FAIR_HEALTH_BAD ? FAIR_EXIT_NO : FAIR_EXIT_DONE;
}
