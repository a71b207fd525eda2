/* cli/verb_person.c - what is held about a person: shown, written out, erased; what people asked; and who looked. */
#include <stdio.h>
#include <string.h>
#include "base/clock.h"
#include "cli/cli.h"
#include "work/person.h"

static fair_str
shown(struct fair_arena *a, fair_str s)
{
    return s.p == NULL ? FAIR_STR("-") : fair_str_escape(a, s);
}

/* Reads --why and PERSON; false: *code. */
static bool
begin(struct fair_cli *c, const char *why, int *code)
{
    enum fair_person_kind kind;
    struct fair_err err = { 0 };

    if (why == NULL || fair_str_trim(fair_str_of(why)).n == 0) {
        *code = fair_cli_usage(c, "--why is wanted: it stands in the log of who looked");
        return false;
    }
    if (fair_person_kind_of(fair_str_of(c->args[0]), &kind, &err) != FAIR_OK) {
        *code = fair_cli_usage(c, "%s", err.text);
        return false;
    }
    c->why = why;
    return true;
}

/* ---- find ------------------------------------------------------------------------------------------------------------ */

struct finding { struct fair_cli *c; int64_t n; };

static fair_status
tell_held(void *arg, const struct fair_held *x, __attribute__((unused)) struct fair_err *err)
{
    struct finding *f = arg;
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();

    f->n++;
    if (f->c->json) {
        json_t *o = json_pack("{s:i, s:s, s:s, s:I, s:I, s:s}", "v", 1, "type", "held", "kind", x->kind, "id", (json_int_t)x->id, "case", (json_int_t)x->case_id, "purpose", x->purpose);
        fair_cli_put(o, a, "what", x->what);
        fair_cli_put(o, a, "value", x->value);
        fair_cli_put(o, a, "source", x->source);
        fair_cli_put(o, a, "stays", fair_str_of(x->stays));
        fair_cli_put(o, a, "sha256", fair_sha256_none(&x->blob) ? (fair_str){ NULL, 0 } : fair_hex(a, x->blob.b, 32));
        json_object_set_new(o, "at", fair_json_time(a, x->at));
        fair_cli_json(o);
        return FAIR_OK;
    }
    printf("%s\t%lld\t%.*s\t%.*s\tfrom: %.*s\tfor: %s\n", x->kind, (long long)x->id, FAIR_STR_ARG(shown(a, x->what)), FAIR_STR_ARG(shown(a, x->value)), FAIR_STR_ARG(shown(a, x->source)), x->purpose);
    return FAIR_OK;
}

int
fair_verb_privacy_find(struct fair_cli *c, int argc, char **argv)
{
    const char *why = NULL;
    const struct fair_opt opts[] = { { .name = "why", .value = "TEXT", .doc = "why you look: stands in the log", .text = &why }, { 0 } };
    struct finding f = { c, 0 };
    struct fair_err err = { 0 };
    int code;

    if (!fair_cli_parse(c, argc, argv, opts, 1, 1, &code) || !begin(c, why, &code)) return code;
    if (fair_cli_house(c, &err) != FAIR_OK || fair_store_person(&c->house.desk, fair_str_of(c->args[0]), tell_held, &f, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    return f.n > 0 ? FAIR_EXIT_DONE : FAIR_EXIT_NO;
}

int
fair_verb_privacy_export(struct fair_cli *c, int argc, char **argv)
{
    const char *why = NULL;
    const struct fair_opt opts[] = { { .name = "why", .value = "TEXT", .doc = "whose request it is: stands in the log", .text = &why }, { 0 } };
    struct fair_err err = { 0 };
    int64_t n = 0;
    int code;

    if (!fair_cli_parse(c, argc, argv, opts, 2, 2, &code) || !begin(c, why, &code)) return code;
    if (fair_cli_house(c, &err) != FAIR_OK || fair_person_export(&c->house, fair_str_of(c->args[0]), c->args[1], fair_now(), &n, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    if (c->json) fair_cli_json(json_pack("{s:i, s:s, s:s, s:I}", "v", 1, "type", "export", "dir", c->args[1], "held", (json_int_t)n));
    else printf("%lld things written to %s\n", (long long)n, c->args[1]);
    return n > 0 ? FAIR_EXIT_DONE : FAIR_EXIT_NO;
}

/* ---- erase --------------------------------------------------------------------------------------------------------------- */

static const char *
part_name(const struct fair_person_part *x)
{
    return x->rule == FAIR_KEEP_MAIL ? "mail" : x->rule == FAIR_KEEP_HIT_IGNORED ? "hit" : "case";
}

static void
tell_part(void *arg, const struct fair_person_part *x, const char *stays)
{
    struct fair_cli *c = arg;

    if (c->json) {
        json_t *o = json_pack("{s:i, s:s, s:s, s:I}", "v", 1, "type", "erased", "kind", part_name(x), "id", (json_int_t)x->id);
        fair_cli_put(o, c->arena, "stays", fair_str_of(stays));
        fair_cli_json(o);
    } else {
        printf("%s\t%lld\t%s%s\n", part_name(x), (long long)x->id, stays != NULL ? "stays: " : "erased", stays != NULL ? stays : "");
    }
}

static fair_status
would_go(void *arg, const struct fair_person_part *x, struct fair_err *err)
{
    struct fair_cli *c = arg;
    struct fair_err why = { 0 };
    const char *stays = x->open ? "it is open" : NULL;

    (void)err;
    if (stays == NULL && x->rule == FAIR_KEEP_CASE_CONTACTED && fair_store_may_forget(&c->house.desk, x->id, fair_now(), &why) != FAIR_OK) stays = why.text;
    if (c->json) {
        json_t *o = json_pack("{s:i, s:s, s:s, s:I}", "v", 1, "type", "would_erase", "kind", part_name(x), "id", (json_int_t)x->id);
        fair_cli_put(o, c->arena, "stays", fair_str_of(stays));
        fair_cli_json(o);
    } else {
        printf("%s\t%lld\t%s%s\n", part_name(x), (long long)x->id, stays != NULL ? "stays: " : "would go", stays != NULL ? stays : "");
    }
    return FAIR_OK;
}

static fair_status
tell_rest(void *arg, const struct fair_held *x, struct fair_err *err)
{
    struct finding *f = arg;
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();

    (void)err;
    f->n++;
    if (!f->c->json) fprintf(stderr, "still held: %s %lld, %.*s%s%s\n", x->kind, (long long)x->id, FAIR_STR_ARG(shown(a, x->what)), x->stays != NULL ? ": " : "", x->stays != NULL ? x->stays : "");
    return FAIR_OK;
}

int
fair_verb_privacy_erase(struct fair_cli *c, int argc, char **argv)
{
    const char *why = NULL;
    bool yes = false;
    const struct fair_opt opts[] = { { .name = "why", .value = "TEXT", .doc = "whose request it is: stands in the log", .text = &why },
                                     { .name = "yes", .doc = "do it; without it only tells what would go", .flag = &yes }, { 0 } };
    struct fair_person_sum sum;
    struct finding rest = { c, 0 };
    struct fair_err err = { 0 };
    fair_str who;
    int code;

    if (!fair_cli_parse(c, argc, argv, opts, 1, 1, &code) || !begin(c, why, &code)) return code;
    who = fair_str_of(c->args[0]);
    if (fair_cli_house(c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    if (!yes) return fair_store_person_parts(&c->house.desk, who, would_go, c, &err) == FAIR_OK ? FAIR_EXIT_DONE : fair_cli_fail(c, &err);
    if (fair_person_erase(&c->house, who, "erasure", fair_now(), tell_part, c, &sum, &err) != FAIR_OK ||
        fair_store_person(&c->house.desk, who, tell_rest, &rest, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    if (c->json)
        fair_cli_json(json_pack("{s:i, s:s, s:I, s:I, s:I, s:I, s:I}", "v", 1, "type", "erasure", "gone", (json_int_t)sum.gone, "stays", (json_int_t)sum.stays, "rows", (json_int_t)sum.rows, "blobs",
                                (json_int_t)sum.blobs, "still_held", (json_int_t)rest.n));
    else
        fprintf(stderr, "%lld erased, %lld stay; %lld rows, %lld blobs. Copies in the mailbox on its server, and backups until they are restored, are not reached: see fairtrack-privacy(1).\n",
                (long long)sum.gone, (long long)sum.stays, (long long)sum.rows, (long long)sum.blobs);
    return sum.stays > 0 ? FAIR_EXIT_PARTLY : FAIR_EXIT_DONE;
}

/* ---- requests --------------------------------------------------------------------------------------------------------------- */

static fair_status
tell_asking(void *arg, const struct fair_asking *x, __attribute__((unused)) struct fair_err *err)
{
    struct fair_cli *c = arg;
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    bool late = x->answered == 0 && x->due < fair_now();

    if (c->json) {
        json_t *o = json_pack("{s:i, s:s, s:I, s:I, s:b}", "v", 1, "type", "request", "request", (json_int_t)x->id, "case", (json_int_t)x->case_id, "late", late);
        fair_cli_put(o, a, "kind", x->kind);
        fair_cli_put(o, a, "who", x->who);
        fair_cli_put(o, a, "words", x->words);
        fair_cli_put(o, a, "answer", x->answer);
        json_object_set_new(o, "at", fair_json_time(a, x->at));
        json_object_set_new(o, "due", fair_json_time(a, x->due));
        json_object_set_new(o, "answered", fair_json_time(a, x->answered));
        fair_cli_json(o);
        return FAIR_OK;
    }
    printf("%lld\t%.*s\t", (long long)x->id, FAIR_STR_ARG(x->kind));
    if (x->answered != 0) printf("answered on %.*s", FAIR_STR_ARG(fair_time_text(a, x->answered)));
    else printf("by %.*s%s", FAIR_STR_ARG(fair_time_text(a, x->due)), late ? " (LATE)" : "");
    printf("\tcase %lld\t%.*s\t%.*s\n", (long long)x->case_id, FAIR_STR_ARG(shown(a, x->who)), FAIR_STR_ARG(shown(a, x->words)));
    return FAIR_OK;
}

int
fair_verb_privacy_requests(struct fair_cli *c, int argc, char **argv)
{
    bool all = false;
    const struct fair_opt opts[] = { { .name = "all", .doc = "those that were answered too", .flag = &all }, { 0 } };
    struct fair_err err = { 0 };
    int code;

    if (!fair_cli_parse(c, argc, argv, opts, 0, 0, &code)) return code;
    if (fair_cli_house(c, &err) != FAIR_OK || fair_store_askings(&c->house.desk, all, tell_asking, c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    return FAIR_EXIT_DONE;
}

int
fair_verb_privacy_ask(struct fair_cli *c, int argc, char **argv)
{
    const char *kind = NULL, *who = NULL, *words = NULL;
    struct fair_asking x = { .at = fair_now() };
    const struct fair_opt opts[] = { { .name = "kind", .value = "KIND", .doc = "data or complaint", .text = &kind }, { .name = "case", .value = "ID", .doc = "the case it is about", .number = &x.case_id },
                                     { .name = "who", .value = "TEXT", .doc = "who asks; the recipient of the case unless given", .text = &who },
                                     { .name = "words", .value = "TEXT", .doc = "what is asked", .text = &words }, { 0 } };
    struct fair_err err = { 0 };
    int code;

    if (!fair_cli_parse(c, argc, argv, opts, 0, 0, &code)) return code;
    if (kind == NULL) return fair_cli_usage(c, "--kind is wanted: data or complaint");
    x.kind = fair_str_of(kind);
    x.who = fair_str_of(who);
    x.words = fair_str_of(words);
    if (fair_cli_house(c, &err) != FAIR_OK || fair_store_asking_put(&c->house.desk, &x, &err) != FAIR_OK || tell_asking(c, &x, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    return FAIR_EXIT_DONE;
}

int
fair_verb_privacy_answered(struct fair_cli *c, int argc, char **argv)
{
    const char *how = NULL;
    const struct fair_opt opts[] = { { .name = "how", .value = "TEXT", .doc = "what was answered, and by which way", .text = &how }, { 0 } };
    struct fair_err err = { 0 };
    int code, missing = 0;

    if (!fair_cli_parse(c, argc, argv, opts, 1, -1, &code)) return code;
    if (how == NULL) return fair_cli_usage(c, "--how is wanted");
    if (fair_cli_house(c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    for (int i = 0; i < c->n_args; i++) {
        fair_id id;
        fair_status s;
        if (!fair_cli_id(c->args[i], &id)) return fair_cli_usage(c, "%s is no id", c->args[i]);
        s = fair_store_asking_answer(&c->house.desk, id, fair_str_of(how), fair_now(), &err);
        if (s == FAIR_NOT_FOUND) {
            fprintf(stderr, "fairtrack privacy answered: %s\n", err.text);
            missing++;
        } else if (s != FAIR_OK) {
            return fair_cli_fail(c, &err);
        }
    }
    return missing > 0 ? FAIR_EXIT_NO : FAIR_EXIT_DONE;
}

/* ---- who looked --------------------------------------------------------------------------------------------------------------- */

static fair_status
tell_access(void *arg, const struct fair_access *x, __attribute__((unused)) struct fair_err *err)
{
    struct fair_cli *c = arg;
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_str by = x->user == 0 ? FAIR_STR("the installation") : x->user_name;

    if (c->json) {
        json_t *o = json_pack("{s:i, s:s, s:I, s:I}", "v", 1, "type", "access", "user", (json_int_t)x->user, "subject", (json_int_t)x->subject);
        fair_cli_put(o, a, "by", by);
        fair_cli_put(o, a, "how", x->how);
        fair_cli_put(o, a, "what", x->what);
        fair_cli_put(o, a, "why", x->why);
        json_object_set_new(o, "at", fair_json_time(a, x->at));
        fair_cli_json(o);
        return FAIR_OK;
    }
    printf("%.*s\t%.*s\t%.*s\t%.*s\t%lld\t%.*s\n", FAIR_STR_ARG(fair_time_text(a, x->at)), FAIR_STR_ARG(shown(a, by)), FAIR_STR_ARG(x->how), FAIR_STR_ARG(shown(a, x->what)), (long long)x->subject,
           FAIR_STR_ARG(shown(a, x->why)));
    return FAIR_OK;
}

int
fair_verb_privacy_log(struct fair_cli *c, int argc, char **argv)
{
    const char *user = NULL;
    struct fair_access_filter f = { .page = { 0, 100 } };
    const struct fair_opt opts[] = { { .name = "user", .value = "ADDRESS", .doc = "what this account looked at", .text = &user },
                                     { .name = "subject", .value = "ID", .doc = "who looked at this case, letter, answer ...", .number = &f.subject },
                                     { .name = "limit", .value = "N", .doc = "how many; 100 unless given", .number = &f.page.limit },
                                     { .name = "offset", .value = "N", .doc = "how many to leave out", .number = &f.page.offset }, { 0 } };
    struct fair_user u;
    struct fair_err err = { 0 };
    int code;

    if (!fair_cli_parse(c, argc, argv, opts, 0, 0, &code)) return code;
    if (fair_cli_house(c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    if (user != NULL) {
        if (fair_store_user_by_email(c->house.store, fair_str_of(user), c->arena, &u, &err) != FAIR_OK || u.org != c->house.desk.org) {
            fprintf(stderr, "fairtrack privacy log: no account %s\n", user);
            return FAIR_EXIT_NO;
        }
        f.user = u.id;
    }
    if (fair_store_accesses(&c->house.desk, &f, tell_access, c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    return FAIR_EXIT_DONE;
}
