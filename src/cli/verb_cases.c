/* cli/verb_cases.c - cases: opening, looking, moving, and what keeps them back. */
#include <stdio.h>
#include <string.h>
#include "base/clock.h"
#include "cli/cli.h"
#include "store/case_rows.h"
#include "work/recheck.h"

static json_t *
case_json(struct fair_arena *a, const struct fair_case *c)
{
    json_t *o = json_pack("{s:i, s:s, s:I, s:I, s:I, s:I, s:I, s:I}", "v", 1, "type", "case", "case", (json_int_t)c->id, "party", (json_int_t)c->party,
                          "version", (json_int_t)c->version, "creator", (json_int_t)c->creator, "uses", (json_int_t)c->uses, "works", (json_int_t)c->works);
    const struct { const char *key; fair_time t; } times[] = { { "opened", c->opened }, { "entered", c->entered }, { "last", c->last }, { "due", c->due },
                                                               { "deadline", c->deadline }, { "closed", c->closed } };

    fair_cli_put(o, a, "track", c->track);
    fair_cli_put(o, a, "operator", c->operator);
    fair_cli_put(o, a, "state", c->state);
    fair_cli_put(o, a, "country", c->country);
    fair_cli_put(o, a, "reason", c->reason);
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) json_object_set_new(o, times[i].key, fair_json_time(a, times[i].t));
    return o;
}

static json_t *
reasons_json(const struct fair_reason *r, size_t n, struct fair_arena *a)
{
    json_t *list = json_array();

    for (size_t i = 0; i < n; i++) {
        json_t *o = json_pack("{s:s, s:s, s:b}", "code", fair_reason_code(r[i].why), "words", fair_reason_words(r[i].why), "a_person_can", r[i].human);
        if (r[i].gate > 0) json_object_set_new(o, "gate", json_sprintf("G%d", r[i].gate));
        json_object_set_new(o, "not_before", fair_json_time(a, r[i].not_before));
        json_array_append_new(list, o);
    }
    return list;
}

static void
print_reasons(FILE *to, const struct fair_reason *r, size_t n, struct fair_arena *a)
{
    for (size_t i = 0; i < n; i++) {
        char gate[8] = "";
        if (r[i].gate > 0) snprintf(gate, sizeof gate, "G%d", r[i].gate);
        fprintf(to, "    %-4s %s", gate, fair_reason_words(r[i].why));
        if (r[i].not_before != 0) fprintf(to, " (from %.*s on)", FAIR_STR_ARG(fair_time_text(a, r[i].not_before)));
        fputc('\n', to);
    }
}

/* What the acting account is in a case. */
static fair_status
actor(struct fair_cli *c, enum fair_actor *who, struct fair_err *err)
{
    struct fair_user u;

    if (c->house.desk.user == 0) {
        *who = FAIR_SYS;
        return FAIR_OK;
    }
    FAIR_TRY(fair_store_user_get(&c->house.desk, c->house.desk.user, c->arena, &u, err));
    if (!fair_store_case_actor(u.role, FAIR_DO_LETTER, who)) return fair_fail(err, FAIR_REFUSED, "an account of role %.*s moves no case", FAIR_STR_ARG(u.role));
    return FAIR_OK;
}

/* Tells a refusal with every reason; the exit code of any outcome. */
static int
outcome(struct fair_cli *c, fair_status s, const struct fair_ruling *r, fair_id id, int64_t version, struct fair_err *err)
{
    struct fair_case k;

    if (s == FAIR_OK) {
        if (fair_store_case_get(&c->house.desk, id, c->arena, &k, err) != FAIR_OK) return fair_cli_fail(c, err);
        if (c->json) fair_cli_json(case_json(c->arena, &k));
        else printf("case %lld: %.*s\n", (long long)id, FAIR_STR_ARG(k.state));
        return FAIR_EXIT_DONE;
    }
    (void)version;
    if (s == FAIR_REFUSED && r != NULL && r->n_reasons > 0) {
        if (c->json) {
            json_t *o = json_pack("{s:i, s:s, s:I, s:b, s:o}", "v", 1, "type", "refused", "case", (json_int_t)id, "allowed", 0, "reasons", reasons_json(r->reasons, r->n_reasons, c->arena));
            json_object_set_new(o, "not_before", fair_json_time(c->arena, r->not_before));
            fair_cli_json(o);
        } else {
            fprintf(stderr, "fairtrack %s: case %lld: not now:\n", c->verb->name, (long long)id);
            print_reasons(stderr, r->reasons, r->n_reasons, c->arena);
        }
        return FAIR_EXIT_NO;
    }
    if (s == FAIR_INVALID) return fair_cli_usage(c, "%s", err->text);
    if (s == FAIR_REFUSED || s == FAIR_CONFLICT || s == FAIR_NOT_FOUND) {
        fprintf(stderr, "fairtrack %s: %s\n", c->verb->name, err->text);
        return FAIR_EXIT_NO;
    }
    return fair_cli_fail(c, err);
}

int
fair_verb_cases_open(struct fair_cli *c, int argc, char **argv)
{
    bool takedown = false;
    const struct fair_opt opts[] = { { .name = "takedown", .doc = "the takedown track: a notice to the host", .flag = &takedown }, { 0 } };
    struct fair_err err = { 0 };
    int code, bad = 0;

    if (!fair_cli_parse(c, argc, argv, opts, 1, -1, &code)) return code;
    if (fair_cli_house(c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    for (int i = 0; i < c->n_args; i++) {
        fair_id hit, id = 0;
        bool joined;
        fair_status s;

        if (!fair_cli_id(c->args[i], &hit)) return fair_cli_usage(c, "%s is no id", c->args[i]);
        s = fair_store_case_open(&c->house.desk, hit, takedown, fair_now(), &id, &joined, &err);
        if (s == FAIR_OK) {
            if (c->json) fair_cli_json(json_pack("{s:i, s:s, s:I, s:I, s:b}", "v", 1, "type", "opened", "case", (json_int_t)id, "hit", (json_int_t)hit, "joined", joined));
            else printf("hit %lld: %s case %lld\n", (long long)hit, joined ? "joined" : "opened", (long long)id);
        } else if (s == FAIR_REFUSED || s == FAIR_CONFLICT || s == FAIR_NOT_FOUND) {
            fprintf(stderr, "fairtrack %s: %s\n", c->verb->name, err.text);
            bad++;
        } else {
            return fair_cli_fail(c, &err);
        }
    }
    return bad == 0 ? FAIR_EXIT_DONE : bad == c->n_args ? FAIR_EXIT_NO : FAIR_EXIT_PARTLY;
}

static fair_status
print_case(void *arg, const struct fair_case *k, __attribute__((unused)) struct fair_err *err)
{
    struct fair_cli *c = arg;
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();

    if (c->json) fair_cli_json(case_json(a, k));
    else printf("%lld\t%.*s\t%.*s\t%lld uses\tsince %.*s\n", (long long)k->id, FAIR_STR_ARG(k->state), FAIR_STR_ARG(fair_str_escape(a, k->operator)), (long long)k->uses,
                FAIR_STR_ARG(fair_time_text(a, k->entered)));
    return FAIR_OK;
}

int
fair_verb_cases_list(struct fair_cli *c, int argc, char **argv)
{
    const char *state = NULL, *operator = NULL;
    int64_t limit = 100, offset = 0;
    const struct fair_opt opts[] = { { .name = "state", .value = "STATE", .doc = "closed, a state's name, or all; otherwise those that are open", .text = &state },
                                     { .name = "operator", .value = "OPERATOR", .doc = "who answers for the site", .text = &operator },
                                     { .name = "limit", .value = "N", .doc = "at most so many (100)", .number = &limit },
                                     { .name = "offset", .value = "N", .doc = "after so many", .number = &offset }, { 0 } };
    struct fair_case_filter f;
    struct fair_err err = { 0 };
    int code;

    if (!fair_cli_parse(c, argc, argv, opts, 0, 0, &code)) return code;
    f = (struct fair_case_filter){ fair_str_of(state == NULL ? "open" : state), fair_str_of(operator), { offset, limit } };
    if (fair_str_eq(f.state, FAIR_STR("all"))) f.state = (fair_str){ NULL, 0 };
    if (fair_cli_house(c, &err) != FAIR_OK || fair_store_cases(&c->house.desk, &f, print_case, c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    return FAIR_EXIT_DONE;
}

/* ---- show -------------------------------------------------------------------------------------------------------------------- */

static fair_status
print_step(void *arg, const struct fair_case_step *x, __attribute__((unused)) struct fair_err *err)
{
    struct fair_cli *c = arg;
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();

    if (c->json) {
        json_t *o = json_pack("{s:i, s:s, s:I, s:I, s:b, s:b, s:I, s:I}", "v", 1, "type", "event", "event", (json_int_t)x->seq, "user", (json_int_t)x->user, "verified", x->verified,
                              "automatic", x->automatic, "days", (json_int_t)x->days, "sum", (json_int_t)x->sum);
        fair_cli_put(o, a, "move", x->move);
        fair_cli_put(o, a, "actor", x->actor);
        fair_cli_put(o, a, "was", x->was);
        fair_cli_put(o, a, "became", x->became);
        fair_cli_put(o, a, "ground", x->ground);
        fair_cli_put(o, a, "note", x->note);
        fair_cli_put(o, a, "user_name", x->user_name);
        fair_cli_put(o, a, "hash", fair_hex(a, x->hash.b, 32));
        json_object_set_new(o, "at", fair_json_time(a, x->at));
        if (x->notice != 0) json_object_set_new(o, "notice", json_integer((json_int_t)x->notice));
        fair_cli_json(o);
    } else {
        printf("  %.*s  %.*s by %.*s%s: %.*s -> %.*s%s%.*s\n", FAIR_STR_ARG(fair_time_text(a, x->at)), FAIR_STR_ARG(x->move), FAIR_STR_ARG(x->actor), x->automatic ? " (time alone)" : "",
               FAIR_STR_ARG(x->was), FAIR_STR_ARG(x->became), x->note.n > 0 ? ": " : "", FAIR_STR_ARG(fair_str_escape(a, x->note)));
    }
    return FAIR_OK;
}

static fair_status
print_use(void *arg, const struct fair_case_use *x, __attribute__((unused)) struct fair_err *err)
{
    struct fair_cli *c = arg;
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();

    if (c->json) {
        json_t *o = json_pack("{s:i, s:s, s:I, s:I}", "v", 1, "type", "use", "hit", (json_int_t)x->hit, "work", (json_int_t)x->work);
        fair_cli_put(o, a, "page", x->page_url);
        fair_cli_put(o, a, "image", x->image_url);
        fair_cli_put(o, a, "work_title", x->work_title);
        fair_cli_json(o);
    } else {
        printf("  hit %lld, work %lld: %.*s\n", (long long)x->hit, (long long)x->work, FAIR_STR_ARG(fair_str_escape(a, x->page_url)));
    }
    return FAIR_OK;
}

/* What the acting account may do next, and why not. */
static fair_status
print_moves(struct fair_cli *c, const struct fair_facts *f, enum fair_actor who)
{
    enum fair_move moves[FAIR_N_MOVES];
    size_t n = fair_cases_moves(f->c.state, who, moves);

    for (size_t i = 0; i < n; i++) {
        struct fair_ruling r = fair_cases_may_move(f, moves[i], who, c->house.desk.user, fair_now());
        if (c->json) {
            json_t *o = json_pack("{s:i, s:s, s:s, s:b, s:s, s:o}", "v", 1, "type", "may", "move", fair_move_name(moves[i]), "allowed", r.allowed, "to", fair_state_name(r.to),
                                  "reasons", reasons_json(r.reasons, r.n_reasons, c->arena));
            json_object_set_new(o, "not_before", fair_json_time(c->arena, r.not_before));
            fair_cli_json(o);
        } else if (r.allowed) {
            printf("  %s (to %s)\n", fair_move_name(moves[i]), fair_state_name(r.to));
        } else {
            printf("  %s: not now\n", fair_move_name(moves[i]));
            print_reasons(stdout, r.reasons, r.n_reasons, c->arena);
        }
    }
    return FAIR_OK;
}

int
fair_verb_cases_show(struct fair_cli *c, int argc, char **argv)
{
    struct fair_err err = { 0 };
    enum fair_actor who = FAIR_SYS;
    int code, missing = 0;

    if (!fair_cli_parse(c, argc, argv, NULL, 1, -1, &code)) return code;
    if (fair_cli_house(c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    if (actor(c, &who, &err) != FAIR_OK) who = FAIR_SYS;      /* who may only look sees what time alone may do */
    for (int i = 0; i < c->n_args; i++) {
        struct fair_case k;
        struct fair_facts *f = fair_alloc(c->arena, sizeof *f);
        fair_id id;
        fair_status s;

        if (!fair_cli_id(c->args[i], &id)) return fair_cli_usage(c, "%s is no id", c->args[i]);
        s = fair_store_case_get(&c->house.desk, id, c->arena, &k, &err);
        if (s == FAIR_NOT_FOUND) {
            fprintf(stderr, "fairtrack %s: %s\n", c->verb->name, err.text);
            missing++;
            continue;
        }
        if (s == FAIR_OK && k.closed == 0) s = fair_case_recheck(&c->house, id, fair_now() - FAIR_RECHECK_SHOWN, fair_now(), &err);
        if (s != FAIR_OK || fair_store_case_gather(&c->house.desk, id, 0, fair_now(), c->arena, f, &err) != FAIR_OK) return fair_cli_fail(c, &err);
        if (print_case(c, &k, &err) != FAIR_OK) return FAIR_EXIT_FAILED;
        if (!c->json) printf("version %lld\nuses\n", (long long)k.version);
        if (fair_store_case_uses(&c->house.desk, id, print_use, c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
        if (!c->json) puts("what happened");
        if (fair_store_case_steps(&c->house.desk, id, print_step, c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
        if (!c->json) puts("what you may do");
        if (print_moves(c, f, who) != FAIR_OK) return FAIR_EXIT_FAILED;
    }
    return missing > 0 ? FAIR_EXIT_NO : FAIR_EXIT_DONE;
}

/* ---- moving -------------------------------------------------------------------------------------------------------------------- */

struct wish { enum fair_move move; int64_t version, notice, days; const char *note, *ground, *words; bool credit; };

static int
do_move(struct fair_cli *c, const char *id_text, const struct wish *w)
{
    struct fair_case_act x = { .version = w->version, .notice = w->notice, .note = fair_str_of(w->note), .words = fair_str_of(w->words), .e = { .move = w->move, .days = w->days, .credit = w->credit } };
    struct fair_ruling r = { 0 };
    struct fair_err err = { 0 };
    struct fair_case k;
    fair_str grounds = fair_str_of(w->ground), one;
    fair_status s;

    if (!fair_cli_id(id_text, &x.case_id)) return fair_cli_usage(c, "%s is no id", id_text);
    while (grounds.n > 0 && fair_str_split(&grounds, ',', &one)) {
        enum fair_ground g;
        if (!fair_ground_parse(one, &g)) return fair_cli_usage(c, "%.*s is no ground: licence, mine, free, exception, not_me, no_match, other", FAIR_STR_ARG(one));
        x.e.ground |= (unsigned)g;
    }
    if (fair_cli_house(c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    s = actor(c, &x.e.who, &err);
    if (s == FAIR_OK && x.version == 0) {
        s = fair_store_case_get(&c->house.desk, x.case_id, c->arena, &k, &err);
        x.version = k.version;
    }
    if (s == FAIR_OK) s = fair_case_move(&c->house, &x, &r, NULL, &err);
    return outcome(c, s, &r, x.case_id, x.version, &err);
}

#define WHICH { .name = "version", .value = "N", .doc = "the version that was seen: refused if the case has changed since", .number = &w.version }
#define NOTE { .name = "note", .value = "TEXT", .doc = "why, in your words: kept, and told where it is a close", .text = &w.note }

int
fair_verb_cases_move(struct fair_cli *c, int argc, char **argv)
{
    struct wish w = { 0 };
    const struct fair_opt opts[] = { WHICH, NOTE,
        { .name = "notice", .value = "ID", .doc = "the letter that is to leave", .number = &w.notice },
        { .name = "ground", .value = "GROUND,...", .doc = "of a dispute", .text = &w.ground },
        { .name = "words", .value = "TEXT", .doc = "the answer to a ground", .text = &w.words },
        { .name = "credit", .doc = "cure: credited, not removed", .flag = &w.credit },
        { .name = "days", .value = "N", .doc = "grant-time: so many days more", .number = &w.days }, { 0 } };
    int code;

    if (!fair_cli_parse(c, argc, argv, opts, 2, 2, &code)) return code;
    if (!fair_move_parse(fair_str_of(c->args[1]), &w.move)) return fair_cli_usage(c, "%s is no move", c->args[1]);
    return do_move(c, c->args[0], &w);
}

int
fair_verb_cases_dispute(struct fair_cli *c, int argc, char **argv)
{
    struct wish w = { .move = FAIR_DO_DISPUTE };
    const struct fair_opt opts[] = { { .name = "ground", .value = "GROUND,...", .doc = "licence, mine, free, exception, not_me, no_match, other", .text = &w.ground },
        { .name = "words", .value = "TEXT", .doc = "what they say", .text = &w.words }, WHICH, NOTE, { 0 } };
    int code;

    if (!fair_cli_parse(c, argc, argv, opts, 1, 1, &code)) return code;
    if (w.ground == NULL) return fair_cli_usage(c, "--ground is wanted");
    return do_move(c, c->args[0], &w);
}

int
fair_verb_cases_withdraw(struct fair_cli *c, int argc, char **argv)
{
    struct wish w = { .move = FAIR_DO_WITHDRAW };
    const struct fair_opt opts[] = { NOTE, WHICH, { 0 } };
    int code;

    if (!fair_cli_parse(c, argc, argv, opts, 1, 1, &code)) return code;
    return do_move(c, c->args[0], &w);
}

int
fair_verb_cases_hold(struct fair_cli *c, int argc, char **argv)
{
    struct wish w = { .move = FAIR_DO_PUT_ON_HOLD };
    bool release = false;
    const struct fair_opt opts[] = { { .name = "release", .doc = "it is over", .flag = &release }, NOTE, WHICH, { 0 } };
    int code;

    if (!fair_cli_parse(c, argc, argv, opts, 1, 1, &code)) return code;
    if (release) w.move = FAIR_DO_RELEASE;
    else if (w.note == NULL) return fair_cli_usage(c, "--note: why it is held");
    return do_move(c, c->args[0], &w);
}

int
fair_verb_cases_close(struct fair_cli *c, int argc, char **argv)
{
    static const enum fair_move all[] = { FAIR_DO_LICENSED, FAIR_DO_EXCEPTION, FAIR_DO_WRONG, FAIR_DO_TIME_BARRED, FAIR_DO_UNECONOMIC, FAIR_DO_HAND_OVER, FAIR_DO_CURED,
                                          FAIR_DO_CREDITED, FAIR_DO_SETTLED, FAIR_DO_SELL, FAIR_DO_TD_RETRACT };
    struct wish w = { 0 };
    const char *as = NULL;
    bool found = false;
    const struct fair_opt opts[] = { { .name = "as", .value = "REASON", .doc = "licensed, exception, wrong, time-barred, uneconomic, hand-over, cured, credited, settled, licence-sold, td-retract", .text = &as },
        NOTE, WHICH, { 0 } };
    int code;

    if (!fair_cli_parse(c, argc, argv, opts, 1, 1, &code)) return code;
    for (size_t i = 0; as != NULL && i < sizeof all / sizeof *all; i++)
        if (strcmp(as, fair_move_name(all[i])) == 0) w.move = all[i], found = true;
    if (!found) return fair_cli_usage(c, "--as: licensed, exception, wrong, time-barred, uneconomic, hand-over, cured, credited, settled, licence-sold or td-retract");
    return do_move(c, c->args[0], &w);
}

/* ---- gates, facts, party ------------------------------------------------------------------------------------------------------------ */

int
fair_verb_cases_gates(struct fair_cli *c, int argc, char **argv)
{
    const char *level = "INQUIRY";
    int64_t notice = 0;
    const struct fair_opt opts[] = { { .name = "notice", .value = "ID", .doc = "with this letter", .number = &notice },
        { .name = "level", .value = "LEVEL", .doc = "INQUIRY (the default), OFFER, DEMAND, SETTLEMENT, COURT or TAKEDOWN", .text = &level }, { 0 } };
    struct fair_case_event e = { .move = FAIR_DO_INQUIRE, .at = fair_now() };
    struct fair_gate gates[FAIR_N_GATES];
    struct fair_facts *f = fair_alloc(c->arena, sizeof *f);
    struct fair_sha256 hash;
    struct fair_err err = { 0 };
    fair_str record;
    fair_id id;
    int code, at = 0, failed = 0;
    fair_status s;

    if (!fair_cli_parse(c, argc, argv, opts, 1, 1, &code)) return code;
    for (int l = 1; l < FAIR_N_LEVELS; l++)
        if (strcmp(level, fair_level_name((enum fair_level)l)) == 0) at = l;
    if (at == 0) return fair_cli_usage(c, "--level %s is none", level);
    if (!fair_cli_id(c->args[0], &id)) return fair_cli_usage(c, "%s is no id", c->args[0]);
    if (fair_cli_house(c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    s = fair_case_recheck(&c->house, id, e.at - FAIR_RECHECK_SHOWN, e.at, &err);
    if (s == FAIR_OK) s = fair_store_case_gather(&c->house.desk, id, notice, e.at, c->arena, f, &err);
    if (s != FAIR_OK) return outcome(c, s, NULL, id, 0, &err);
    e.by = c->house.desk.user;
    e.sum = f->amount.any ? f->amount.sum : 0;
    fair_cases_gates(f, (enum fair_level)at, &e, gates);
    if (c->json) {
        if (fair_cases_record(f, (enum fair_level)at, &e, c->arena, &record, &hash, &err) != FAIR_OK) return fair_cli_fail(c, &err);
        fair_cli_json(json_pack("{s:i, s:s, s:I, s:o, s:o}", "v", 1, "type", "gates", "case", (json_int_t)id, "sha256", fair_json_str(c->arena, fair_hex(c->arena, hash.b, 32)), "record",
                                json_loadb(record.p, record.n, 0, NULL)));
    }
    for (int i = 0; i < FAIR_N_GATES; i++) {
        failed += gates[i].n_reasons > 0;
        if (c->json) continue;
        printf("G%-3d%-12s %s\n", i + 1, fair_gate_verdict_name(gates[i].verdict), fair_gate_info(i + 1)->name);
        print_reasons(stdout, gates[i].reasons, gates[i].n_reasons, c->arena);
    }
    return failed > 0 ? FAIR_EXIT_NO : FAIR_EXIT_DONE;
}

static fair_status
print_fact(void *arg, const struct fair_case_fact *x, __attribute__((unused)) struct fair_err *err)
{
    struct fair_cli *c = arg;
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();

    if (c->json) {
        json_t *o = json_pack("{s:i, s:s, s:I}", "v", 1, "type", "fact", "user", (json_int_t)x->user);
        fair_cli_put(o, a, "name", x->name);
        fair_cli_put(o, a, "value", x->value);
        fair_cli_put(o, a, "source", x->source);
        json_object_set_new(o, "at", fair_json_time(a, x->at));
        fair_cli_json(o);
    } else {
        printf("%.*s\t%.*s\t%.*s\t%.*s\n", FAIR_STR_ARG(x->name), FAIR_STR_ARG(fair_str_escape(a, x->value)), FAIR_STR_ARG(fair_time_text(a, x->at)), FAIR_STR_ARG(fair_str_escape(a, x->source)));
    }
    return FAIR_OK;
}

int
fair_verb_cases_fact(struct fair_cli *c, int argc, char **argv)
{
    const char *source = NULL;
    const struct fair_opt opts[] = { { .name = "source", .value = "TEXT", .doc = "where it was seen, or who says so", .text = &source }, { 0 } };
    struct fair_case_fact x = { 0 };
    struct fair_err err = { 0 };
    int code;
    fair_status s;

    if (!fair_cli_parse(c, argc, argv, opts, 1, 3, &code)) return code;
    if (!fair_cli_id(c->args[0], &x.case_id)) return fair_cli_usage(c, "%s is no id", c->args[0]);
    if (c->n_args == 2) return fair_cli_usage(c, "a fact has a name and a value");
    if (fair_cli_house(c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    if (c->n_args == 3) {
        x.name = fair_str_of(c->args[1]);
        x.value = fair_str_of(c->args[2]);
        x.source = fair_str_of(source);
        s = fair_store_case_fact_put(&c->house.desk, &x, &err);
        if (s != FAIR_OK) return outcome(c, s, NULL, x.case_id, 0, &err);
    }
    if (fair_store_case_facts(&c->house.desk, x.case_id, print_fact, c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    return FAIR_EXIT_DONE;
}

static fair_status
print_datum(void *arg, const struct fair_party_datum *x, __attribute__((unused)) struct fair_err *err)
{
    struct fair_cli *c = arg;
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();

    if (c->json) {
        json_t *o = json_pack("{s:i, s:s, s:I, s:I, s:I}", "v", 1, "type", "datum", "datum", (json_int_t)x->id, "user", (json_int_t)x->user, "confirmed_by", (json_int_t)x->confirmed_by);
        fair_cli_put(o, a, "what", x->what);
        fair_cli_put(o, a, "value", x->value);
        fair_cli_put(o, a, "source", x->source);
        fair_cli_put(o, a, "seen_at", x->source_url);
        json_object_set_new(o, "seen", fair_json_time(a, x->seen));
        json_object_set_new(o, "confirmed", fair_json_time(a, x->confirmed));
        fair_cli_json(o);
    } else {
        printf("  %-9.*s %.*s\t(%.*s, %.*s%s)\t%lld\n", FAIR_STR_ARG(x->what), FAIR_STR_ARG(fair_str_escape(a, x->value)), FAIR_STR_ARG(x->source), FAIR_STR_ARG(fair_str_escape(a, x->source_url)),
               x->confirmed != 0 ? ", confirmed" : ", to be confirmed", (long long)x->id);
    }
    return FAIR_OK;
}

static fair_status
party_changes(struct fair_cli *c, struct fair_party *p, const char *set, const char *source, const char *seen, int64_t confirm, bool kind, struct fair_err *err)
{
    const char *eq = set != NULL ? strchr(set, '=') : NULL;

    if (kind) FAIR_TRY(fair_store_party_set(&c->house.desk, p, fair_now(), err));
    if (set != NULL) {
        struct fair_party_datum x = { .party = p->id, .source = fair_str_of(source), .source_url = fair_str_of(seen) };
        if (eq == NULL) return fair_fail(err, FAIR_INVALID, "--set WHAT=VALUE");
        x.what = (fair_str){ set, (size_t)(eq - set) };
        x.value = fair_str_of(eq + 1);
        FAIR_TRY(fair_store_party_put(&c->house.desk, &x, fair_now(), err));
    }
    return confirm != 0 ? fair_store_party_confirm(&c->house.desk, confirm, fair_now(), err) : FAIR_OK;
}

int
fair_verb_cases_party(struct fair_cli *c, int argc, char **argv)
{
    const char *kind = NULL, *hosting = NULL, *evidence = NULL, *language = NULL, *set = NULL, *source = NULL, *seen = NULL;
    int64_t confirm = 0;
    const struct fair_opt opts[] = { { .name = "kind", .value = "KIND", .doc = "private or commercial; needs --evidence", .text = &kind },
        { .name = "hosting", .value = "HOSTING", .doc = "hosted, embedded or platform; needs --evidence", .text = &hosting },
        { .name = "evidence", .value = "TEXT", .doc = "what shows it", .text = &evidence }, { .name = "language", .value = "LL", .doc = "the recipient's: de", .text = &language },
        { .name = "set", .value = "WHAT=VALUE", .doc = "name, address, country, email, phone, form, register or lawyer", .text = &set },
        { .name = "source", .value = "SOURCE", .doc = "imprint, rdap, security_txt, register, recipient or entered", .text = &source },
        { .name = "seen", .value = "TEXT", .doc = "the page, or what was looked at", .text = &seen },
        { .name = "confirm", .value = "DATUM", .doc = "you looked at its source and it is so", .number = &confirm }, { 0 } };
    struct fair_err err = { 0 };
    struct fair_case k;
    struct fair_party p;
    fair_id id;
    int code;
    fair_status s;

    if (!fair_cli_parse(c, argc, argv, opts, 1, 1, &code)) return code;
    if (!fair_cli_id(c->args[0], &id)) return fair_cli_usage(c, "%s is no id", c->args[0]);
    if (fair_cli_house(c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    s = fair_store_case_get(&c->house.desk, id, c->arena, &k, &err);
    if (s == FAIR_OK) s = fair_store_party_get(&c->house.desk, k.party, c->arena, &p, &err);
    if (s == FAIR_OK) {
        if (kind != NULL) p.kind = fair_str_of(kind), p.kind_evidence = fair_str_of(evidence);
        if (hosting != NULL) p.hosting = fair_str_of(hosting), p.hosting_evidence = fair_str_of(evidence);
        if (language != NULL) p.language = fair_str_of(language);
        s = party_changes(c, &p, set, source, seen, confirm, kind != NULL || hosting != NULL || language != NULL, &err);
    }
    if (s != FAIR_OK) return outcome(c, s, NULL, id, 0, &err);
    if (c->json) {
        json_t *o = json_pack("{s:i, s:s, s:I, s:b}", "v", 1, "type", "party", "party", (json_int_t)p.id, "lawyer_only", p.lawyer_only);
        fair_cli_put(o, c->arena, "operator", p.operator);
        fair_cli_put(o, c->arena, "kind", p.kind);
        fair_cli_put(o, c->arena, "kind_evidence", p.kind_evidence);
        fair_cli_put(o, c->arena, "hosting", p.hosting);
        fair_cli_put(o, c->arena, "hosting_evidence", p.hosting_evidence);
        fair_cli_put(o, c->arena, "language", p.language);
        fair_cli_json(o);
    } else {
        printf("%.*s: %.*s, %.*s\n", FAIR_STR_ARG(p.operator), FAIR_STR_ARG(p.kind), FAIR_STR_ARG(p.hosting));
    }
    if (fair_store_party_data(&c->house.desk, p.id, print_datum, c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    return FAIR_EXIT_DONE;
}

/* ---- notices ---------------------------------------------------------------------------------------------------------------------------- */

static fair_status
print_notice(void *arg, const struct fair_notice *n, __attribute__((unused)) struct fair_err *err)
{
    struct fair_cli *c = arg;
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_sha256 hash = fair_notice_hash(n);

    if (c->json) {
        json_t *o = json_pack("{s:i, s:s, s:I, s:I, s:b, s:I, s:I, s:I}", "v", 1, "type", "notice", "notice", (json_int_t)n->id, "case", (json_int_t)n->case_id, "claim", n->claim,
                              "signer", (json_int_t)n->signer, "sum", (json_int_t)n->sum, "deadline_days", (json_int_t)n->deadline_days);
        const struct { const char *key; fair_str v; } texts[] = { { "step", n->step }, { "language", n->language }, { "law", n->law }, { "state", n->state }, { "code", n->code },
            { "currency", n->currency }, { "sent_by", n->sent_by }, { "sent_to", n->sent_to }, { "tracking", n->tracking }, { "delivered_by", n->delivered_by }, { "bounce", n->bounce },
            { "sha256", fair_hex(a, hash.b, 32) } };
        const struct { const char *key; fair_time t; } times[] = { { "created", n->created }, { "queued", n->queued }, { "sent", n->sent }, { "delivered", n->delivered }, { "bounced", n->bounced } };

        for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) fair_cli_put(o, a, texts[i].key, texts[i].v);
        for (size_t i = 0; i < sizeof times / sizeof *times; i++) json_object_set_new(o, times[i].key, fair_json_time(a, times[i].t));
        fair_cli_json(o);
    } else {
        printf("%lld\tcase %lld\t%.*s %.*s/%.*s\t%.*s\t%.*s\n", (long long)n->id, (long long)n->case_id, FAIR_STR_ARG(n->step), FAIR_STR_ARG(n->law), FAIR_STR_ARG(n->language),
               FAIR_STR_ARG(n->state), FAIR_STR_ARG(fair_time_text(a, n->created)));
    }
    return FAIR_OK;
}

int
fair_verb_notices_list(struct fair_cli *c, int argc, char **argv)
{
    const char *state = NULL;
    int64_t in_case = 0;
    const struct fair_opt opts[] = { { .name = "case", .value = "ID", .doc = "of this case", .number = &in_case },
        { .name = "state", .value = "STATE", .doc = "draft, approved, queued, sent, delivered, undelivered or dropped", .text = &state }, { 0 } };
    struct fair_notice_filter f;
    struct fair_err err = { 0 };
    int code;

    if (!fair_cli_parse(c, argc, argv, opts, 0, 0, &code)) return code;
    f = (struct fair_notice_filter){ in_case, fair_str_of(state), { 0, 1000 } };
    if (fair_cli_house(c, &err) != FAIR_OK || fair_store_notices(&c->house.desk, &f, print_notice, c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    return FAIR_EXIT_DONE;
}

static fair_status
print_approval(void *arg, const struct fair_notice_approval *x, __attribute__((unused)) struct fair_err *err)
{
    struct fair_cli *c = arg;
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();

    if (c->json) {
        json_t *o = json_pack("{s:i, s:s, s:I, s:s}", "v", 1, "type", "approval", "user", (json_int_t)x->user, "as", fair_actor_name(x->as));
        json_object_set_new(o, "at", fair_json_time(a, x->at));
        fair_cli_json(o);
    } else {
        printf("  approved by %.*s as %s on %.*s\n", FAIR_STR_ARG(fair_str_escape(a, x->user_name)), fair_actor_name(x->as), FAIR_STR_ARG(fair_time_text(a, x->at)));
    }
    return FAIR_OK;
}

static int
each_notice(struct fair_cli *c, int argc, char **argv, bool approve)
{
    struct fair_err err = { 0 };
    enum fair_actor who;
    int code, bad = 0;

    if (!fair_cli_parse(c, argc, argv, NULL, 1, -1, &code)) return code;
    if (fair_cli_house(c, &err) != FAIR_OK || (approve && actor(c, &who, &err) != FAIR_OK)) return fair_cli_fail(c, &err);
    for (int i = 0; i < c->n_args; i++) {
        struct fair_notice n;
        fair_id id;
        fair_status s;

        if (!fair_cli_id(c->args[i], &id)) return fair_cli_usage(c, "%s is no id", c->args[i]);
        s = approve ? fair_store_notice_approve(&c->house.desk, id, who, fair_now(), &err) : FAIR_OK;
        if (s == FAIR_OK) s = fair_store_notice_get(&c->house.desk, id, c->arena, &n, &err);
        if (s == FAIR_REFUSED || s == FAIR_NOT_FOUND) {
            fprintf(stderr, "fairtrack %s: %s\n", c->verb->name, err.text);
            bad++;
            continue;
        }
        if (s != FAIR_OK || print_notice(c, &n, &err) != FAIR_OK || fair_store_notice_approvals(&c->house.desk, id, print_approval, c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    }
    return bad > 0 ? FAIR_EXIT_NO : FAIR_EXIT_DONE;
}

int fair_verb_notices_show(struct fair_cli *c, int argc, char **argv) { return each_notice(c, argc, argv, false); }
int fair_verb_notices_approve(struct fair_cli *c, int argc, char **argv) { return each_notice(c, argc, argv, true); }
