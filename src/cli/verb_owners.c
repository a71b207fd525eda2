/* cli/verb_owners.c - who an owner is, what they declare, what shows that a work is theirs, and who may act for them. */
#include <stdio.h>
#include <string.h>
#include "base/io.h"
#include "cli/cli.h"
#include "web/model.h"
#include "work/identify.h"
#include "work/prove.h"

#define DOCUMENT_MAX ((size_t)512 << 20)

/* Keep a document in the vault; the row that will name it counts the reference. */
static fair_status
keep(struct fair_cli *c, const char *path, struct fair_sha256 *key, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_str bytes;

    *key = (struct fair_sha256){ { 0 } };
    if (path == NULL) return FAIR_OK;
    FAIR_TRY(fair_read_file(a, path, DOCUMENT_MAX, &bytes, err));
    FAIR_TRY(fair_house_vault(&c->house, err));
    return fair_vault_put(c->house.vault, bytes, key, err);
}

/* Words of the command line, a day: "2026-11-26". */
static bool
day(struct fair_cli *c, const char *name, const char *text, fair_time *out, int *code)
{
    if (text == NULL || fair_time_parse(fair_str_of(text), out)) return true;
    *code = fair_cli_usage(c, "--%s %s: a day as 2026-11-26 is wanted", name, text);
    return false;
}

/* Said with "v" and "type", as every line of ours. */
static void
line_json(json_t *o, const char *type)
{
    json_object_set_new(o, "v", json_integer(1));
    json_object_set_new(o, "type", json_string(type));
    fair_cli_json(o);
}

/* FAIR_NOT_FOUND and FAIR_REFUSED of a store are the answer no; the rest failed. */
static int
answer(struct fair_cli *c, fair_status s, const struct fair_err *err)
{
    if (s == FAIR_OK) return FAIR_EXIT_DONE;
    if (s != FAIR_NOT_FOUND && s != FAIR_REFUSED && s != FAIR_INVALID && s != FAIR_CONFLICT) return fair_cli_fail(c, err);
    fprintf(stderr, "fairtrack %s: %s\n", c->verb->name, err->text);
    return s == FAIR_INVALID ? FAIR_EXIT_USAGE : FAIR_EXIT_NO;
}

static int
made(struct fair_cli *c, const char *type, fair_id id)
{
    if (c->json) fair_cli_json(json_pack("{s:i, s:s, s:I}", "v", 1, "type", type, "id", (json_int_t)id));
    else printf("%lld\n", (long long)id);
    return FAIR_EXIT_DONE;
}

/* ---- identity --------------------------------------------------------------------------------------------------- */

static fair_status
print_identity(void *arg, const struct fair_identity *x, struct fair_err *err)
{
    struct fair_cli *c = arg;
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();

    (void)err;
    if (c->json) line_json(fair_model_identity(x), "identity");
    else if (fair_str_eq(x->kind, FAIR_STR("mail")))
        printf("  identity %lld: mail %.*s, %s\n", (long long)x->id, FAIR_STR_ARG(fair_str_escape(a, x->value)), x->confirmed != 0 ? "confirmed by its link" : "waits for its link to be followed");
    else
        printf("  identity %lld: %.*s, %.*s, %.*s\n", (long long)x->id, FAIR_STR_ARG(x->kind), FAIR_STR_ARG(fair_str_escape(a, x->value)), FAIR_STR_ARG(fair_checked_words(a, &x->check)));
    return FAIR_OK;
}

int
fair_verb_owners_show(struct fair_cli *c, int argc, char **argv)
{
    struct fair_err err = { 0 };
    int code;

    if (!fair_cli_parse(c, argc, argv, NULL, 0, -1, &code)) return code;
    if (fair_cli_house(c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    for (int i = 0; i < c->n_args || i == 0; i++) {
        struct fair_owner o;
        fair_id id = 0;
        fair_status s;
        int k;

        if (i < c->n_args && strcmp(c->args[i], "0") != 0 && !fair_cli_id(c->args[i], &id)) return fair_cli_usage(c, "%s is no id", c->args[i]);
        s = fair_store_owner_get(&c->house.desk, id, c->arena, &o, &err);
        if (s == FAIR_OK) s = fair_store_identity_level(&c->house.desk, id, &k, &err);
        if (s != FAIR_OK) return answer(c, s, &err);
        if (c->json) line_json(fair_model_owner(&o, k), "owner");
        else printf("%s %lld: %.*s, identity %s\n", id != 0 ? "owner" : "the organisation", (long long)id, FAIR_STR_ARG(fair_str_escape(c->arena, o.name)),
                    k < 0 ? "not shown" : k == 0 ? "K0, a confirmed mail address" : k == 1 ? "K1, a document or payment that was seen" : "K2, an entry of a register that was seen");
        if (fair_store_identities(&c->house.desk, id, print_identity, c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    }
    return FAIR_EXIT_DONE;
}

int
fair_verb_owners_identify(struct fair_cli *c, int argc, char **argv)
{
    const char *kind = NULL, *value = NULL, *document = NULL;
    int64_t owner = 0;
    const struct fair_opt opts[] = {
        { .name = "kind", .value = "KIND", .doc = "mail (K0), payment or document (K1), register (K2)", .text = &kind },
        { .name = "value", .value = "TEXT", .doc = "the address; what was seen; the register and the number", .text = &value },
        { .name = "document", .value = "FILE", .doc = "a copy, for the vault", .text = &document },
        { .name = "owner", .value = "ID", .doc = "whose; without it the organisation itself", .number = &owner }, { 0 } };
    struct fair_identity x = { 0 };
    struct fair_err err = { 0 };
    fair_status s;
    int code;

    if (!fair_cli_parse(c, argc, argv, opts, 0, 0, &code)) return code;
    if (kind == NULL || value == NULL) return fair_cli_usage(c, "--kind and --value are wanted");
    if (fair_cli_house(c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    x = (struct fair_identity){ .owner = owner, .kind = fair_str_of(kind), .value = fair_str_of(value), .at = fair_now() };
    if (strcmp(kind, "mail") == 0) s = fair_identify_by_mail(&c->house, owner, x.value, x.at, &x.id, &err);
    else {
        s = keep(c, document, &x.document, &err);
        if (s == FAIR_OK) s = fair_store_identity_add(&c->house.desk, &x, NULL, 0, &err);
    }
    if (s != FAIR_OK) return answer(c, s, &err);
    return made(c, "identity", x.id);
}

int
fair_verb_owners_check(struct fair_cli *c, int argc, char **argv)
{
    const char *subject = NULL, *statement = NULL;
    bool fails = false;
    const struct fair_opt opts[] = {
        { .name = "subject", .value = "WHAT", .doc = "identity, mandate, proof or licence", .text = &subject },
        { .name = "statement", .value = "TEXT", .doc = "what you saw, in your words: it is shown with your name", .text = &statement },
        { .name = "fails", .doc = "it does not hold", .flag = &fails }, { 0 } };
    struct fair_checked x = { 0 };
    struct fair_err err = { 0 };
    fair_id id;
    fair_status s;
    int code;

    if (!fair_cli_parse(c, argc, argv, opts, 1, 1, &code)) return code;
    if (subject == NULL || statement == NULL) return fair_cli_usage(c, "--subject and --statement are wanted");
    if (!fair_cli_id(c->args[0], &id)) return fair_cli_usage(c, "%s is no id", c->args[0]);
    if (fair_cli_house(c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    x = (struct fair_checked){ .subject = fair_str_of(subject), .subject_id = id, .verdict = fails ? FAIR_STR("fails") : FAIR_STR("holds"), .statement = fair_str_of(statement) };
    s = fair_store_check(&c->house.desk, &x, fair_now(), &err);
    return s == FAIR_OK ? made(c, "checked", x.id) : answer(c, s, &err);
}

/* ---- declarations and proofs --------------------------------------------------------------------------------------- */

int
fair_verb_owners_declare(struct fair_cli *c, int argc, char **argv)
{
    const char *collection = NULL, *stock = "unknown", *cc = "unknown", *press = "unknown", *ai = "none", *authorship = NULL, *note = NULL;
    bool author = false;
    int64_t work = 0;
    const struct fair_opt opts[] = {
        { .name = "work", .value = "ID", .doc = "for this work; without it and --collection for all", .number = &work },
        { .name = "collection", .value = "C", .doc = "for this collection", .text = &collection },
        { .name = "author", .doc = "the owner made it, or holds its rights", .flag = &author },
        { .name = "stock", .value = "no|yes|unknown", .doc = "was it ever on a stock site?", .text = &stock },
        { .name = "cc", .value = "no|yes|unknown", .doc = "was it ever published under Creative Commons?", .text = &cc },
        { .name = "press", .value = "no|yes|unknown", .doc = "was it ever given out as a press image?", .text = &press },
        { .name = "ai", .value = "none|edited|generated", .doc = "what part a machine had in it", .text = &ai },
        { .name = "authorship", .value = "TEXT", .doc = "where one had: what a human made of it", .text = &authorship },
        { .name = "note", .value = "TEXT", .doc = "anything else", .text = &note }, { 0 } };
    struct fair_declaration x = { 0 };
    struct fair_err err = { 0 };
    fair_status s;
    int code;

    if (!fair_cli_parse(c, argc, argv, opts, 0, 0, &code)) return code;
    if (fair_cli_house(c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    x = (struct fair_declaration){ .work = work, .collection = fair_str_of(collection), .author = author, .stock = fair_str_of(stock), .cc = fair_str_of(cc),
        .press = fair_str_of(press), .ai = fair_str_of(ai), .authorship = fair_str_of(authorship), .note = fair_str_of(note), .at = fair_now() };
    s = fair_store_declare(&c->house.desk, &x, &err);
    return s == FAIR_OK ? made(c, "declaration", x.id) : answer(c, s, &err);
}

/* The level of a work with its reasons, for people. */
static fair_status
show_owned(struct fair_cli *c, fair_id work, struct fair_err *err)
{
    json_t *o = NULL, *one;
    fair_status s = fair_model_owned(&c->house.desk, work, c->arena, &o, err);
    size_t i;

    if (s != FAIR_OK) {
        json_decref(o);
        return s;
    }
    if (c->json) {
        line_json(o, "owned");
        return FAIR_OK;
    }
    printf("work %lld: %s%s\n", (long long)work, json_string_value(json_object_get(o, "level")), json_is_true(json_object_get(o, "conflict")) ? ", and somebody else claims it" : "");
    json_array_foreach(json_object_get(o, "rests_on"), i, one)
        printf("  rests on    (%s) %s\n", json_string_value(json_object_get(one, "level")), json_string_value(json_object_get(one, "words")));
    one = json_object_get(o, "deposit");
    if (json_is_object(one))
        printf("  deposit     %lld, time-stamped %s; first use seen %s%s\n", (long long)json_integer_value(json_object_get(one, "deposit")), json_string_value(json_object_get(one, "at")),
               json_is_string(json_object_get(one, "first_use_seen")) ? json_string_value(json_object_get(one, "first_use_seen")) : "never",
               json_is_true(json_object_get(one, "counts")) ? "" : ": not before the use, so it shows nothing");
    json_array_foreach(json_object_get(o, "would_lift"), i, one)
        printf("  would lift  (%s) %s: %s\n", json_string_value(json_object_get(one, "level")), json_string_value(json_object_get(one, "need")), json_string_value(json_object_get(one, "words")));
    json_array_foreach(json_object_get(o, "proofs"), i, one) {
        json_t *check = json_object_get(one, "checked");
        printf("  proof %lld   %s, %s; %s%s%s\n", (long long)json_integer_value(json_object_get(one, "id")), json_string_value(json_object_get(one, "kind")),
               fair_str_escape(c->arena, fair_str_of(json_string_value(json_object_get(one, "name")))).p, json_string_value(json_object_get(check, "words")),
               json_is_string(json_object_get(check, "statement")) ? ": " : "",
               json_is_string(json_object_get(check, "statement")) ? fair_str_dup(c->arena, fair_str_escape(c->arena, fair_str_of(json_string_value(json_object_get(check, "statement"))))).p : "");
    }
    json_array_foreach(json_object_get(o, "rivals"), i, one)
        printf("  rival %lld   %s%s\n", (long long)json_integer_value(json_object_get(one, "id")), json_string_value(json_object_get(one, "where")),
               json_is_null(json_object_get(one, "settled")) ? "" : ", settled");
    json_decref(o);
    return FAIR_OK;
}

int
fair_verb_owners_proof(struct fair_cli *c, int argc, char **argv)
{
    bool look = false;
    const struct fair_opt opts[] = { { .name = "look", .doc = "first let the matcher look: for others who registered it, and at proofs that are pictures", .flag = &look }, { 0 } };
    struct fair_err err = { 0 };
    int code;

    if (!fair_cli_parse(c, argc, argv, opts, 1, -1, &code)) return code;
    if (fair_cli_house(c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    for (int i = 0; i < c->n_args; i++) {
        struct fair_proving done;
        fair_id id;
        fair_status s = FAIR_OK;

        if (!fair_cli_id(c->args[i], &id)) return fair_cli_usage(c, "%s is no id", c->args[i]);
        if (look) s = fair_house_prove(&c->house, id, &done, &err);
        if (s == FAIR_OK) s = show_owned(c, id, &err);
        if (s != FAIR_OK) return answer(c, s, &err);
    }
    return FAIR_EXIT_DONE;
}

int
fair_verb_owners_prove(struct fair_cli *c, int argc, char **argv)
{
    const char *kind = NULL, *document = NULL, *name = NULL, *date = NULL;
    const struct fair_opt opts[] = {
        { .name = "kind", .value = "KIND", .doc = "raw, full_resolution, burst, content_credentials, deposit, publication, registration or contract", .text = &kind },
        { .name = "document", .value = "FILE", .doc = "the file; a publication may be an address alone", .text = &document },
        { .name = "name", .value = "TEXT", .doc = "of the file; the register and its number; where it was published", .text = &name },
        { .name = "date", .value = "DAY", .doc = "when it was taken, published, registered or signed", .text = &date }, { 0 } };
    struct fair_proof x = { 0 };
    struct fair_proving done;
    struct fair_err err = { 0 };
    fair_status s;
    int code;

    if (!fair_cli_parse(c, argc, argv, opts, 1, 1, &code)) return code;
    if (kind == NULL) return fair_cli_usage(c, "--kind is wanted");
    if (!fair_cli_id(c->args[0], &x.work)) return fair_cli_usage(c, "%s is no id", c->args[0]);
    if (!day(c, "date", date, &x.happened, &code)) return code;
    if (fair_cli_house(c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    x.kind = fair_str_of(kind);
    x.name = fair_str_of(name != NULL ? name : document != NULL ? (strrchr(document, '/') != NULL ? strrchr(document, '/') + 1 : document) : "");
    s = keep(c, document, &x.document, &err);
    if (s == FAIR_OK) s = fair_store_proof_add(&c->house.desk, &x, &err);
    if (s == FAIR_OK) s = fair_house_prove(&c->house, x.work, &done, &err);
    if (s == FAIR_OK) s = show_owned(c, x.work, &err);
    return answer(c, s, &err);
}

int
fair_verb_owners_settle(struct fair_cli *c, int argc, char **argv)
{
    const char *why = NULL;
    const struct fair_opt opts[] = { { .name = "why", .value = "TEXT", .doc = "why the other claim does not stand", .text = &why }, { 0 } };
    struct fair_err err = { 0 };
    fair_id id;
    int code;

    if (!fair_cli_parse(c, argc, argv, opts, 1, 1, &code)) return code;
    if (why == NULL) return fair_cli_usage(c, "--why is wanted");
    if (!fair_cli_id(c->args[0], &id)) return fair_cli_usage(c, "%s is no id", c->args[0]);
    if (fair_cli_house(c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    return answer(c, fair_store_rival_settle(&c->house.desk, id, fair_str_of(why), fair_now(), &err), &err);
}

/* ---- mandates ------------------------------------------------------------------------------------------------------ */

int
fair_verb_mandates_add(struct fair_cli *c, int argc, char **argv)
{
    const char *collection = NULL, *territory = "world", *rights = "enforce licence takedown", *from = NULL, *until = NULL, *commission = NULL, *document = NULL;
    int64_t owner = 0;
    const struct fair_opt opts[] = {
        { .name = "owner", .value = "ID", .doc = "who gives it", .number = &owner },
        { .name = "collection", .value = "C", .doc = "for this collection; without it and works for all of theirs", .text = &collection },
        { .name = "territory", .value = "LIST", .doc = "world, or countries: \"AT CH DE\"", .text = &territory },
        { .name = "rights", .value = "LIST", .doc = "of enforce, licence, takedown, court", .text = &rights },
        { .name = "from", .value = "DAY", .doc = "from this day on (today)", .text = &from },
        { .name = "until", .value = "DAY", .doc = "before this day (open)", .text = &until },
        { .name = "commission", .value = "TEXT", .doc = "what the agent keeps, as agreed: it stands in every notice", .text = &commission },
        { .name = "document", .value = "FILE", .doc = "the signed mandate, for the vault", .text = &document }, { 0 } };
    struct fair_mandate m = { 0 };
    struct fair_err err = { 0 };
    fair_id *works;
    fair_status s;
    int code;

    if (!fair_cli_parse(c, argc, argv, opts, 0, -1, &code)) return code;
    works = fair_alloc_array(c->arena, (size_t)c->n_args + 1, sizeof *works);
    for (int i = 0; i < c->n_args; i++)
        if (!fair_cli_id(c->args[i], &works[i])) return fair_cli_usage(c, "%s is no id of a work", c->args[i]);
    m = (struct fair_mandate){ .owner = owner, .scope = c->n_args > 0 ? FAIR_STR("works") : collection != NULL ? FAIR_STR("collection") : FAIR_STR("all"),
        .collection = fair_str_of(collection), .works = works, .n_works = (size_t)c->n_args, .territory = fair_str_of(territory), .rights = fair_str_of(rights),
        .commission = fair_str_of(commission), .at = fair_now() };
    m.from = m.at / FAIR_DAY * FAIR_DAY;
    if (!day(c, "from", from, &m.from, &code) || !day(c, "until", until, &m.until, &code)) return code;
    if (fair_cli_house(c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    s = keep(c, document, &m.document, &err);
    if (s == FAIR_OK) s = fair_store_mandate_add(&c->house.desk, &m, &err);
    return s == FAIR_OK ? made(c, "mandate", m.id) : answer(c, s, &err);
}

static fair_status
print_mandate(void *arg, const struct fair_mandate *m, struct fair_err *err)
{
    struct fair_cli *c = arg;
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();

    (void)err;
    if (c->json) line_json(fair_model_mandate(m), "mandate");
    else
        printf("%lld\towner %lld\t%.*s%s%.*s\t%.*s\t%.*s\tfrom %.10s\t%s%.10s\t%s\n", (long long)m->id, (long long)m->owner, FAIR_STR_ARG(m->scope), m->collection.n > 0 ? " " : "",
               FAIR_STR_ARG(fair_str_escape(a, m->collection.p != NULL ? m->collection : FAIR_STR(""))), FAIR_STR_ARG(m->territory), FAIR_STR_ARG(m->rights), fair_time_text(a, m->from).p,
               m->until != 0 ? "until " : "open", m->until != 0 ? fair_time_text(a, m->until).p : "", m->revoked != 0 ? "REVOKED" : fair_checked_words(a, &m->check).p);
    return FAIR_OK;
}

int
fair_verb_mandates_list(struct fair_cli *c, int argc, char **argv)
{
    int64_t owner = 0;
    const struct fair_opt opts[] = { { .name = "owner", .value = "ID", .doc = "only of this owner", .number = &owner }, { 0 } };
    struct fair_err err = { 0 };
    int code;

    if (!fair_cli_parse(c, argc, argv, opts, 0, 0, &code)) return code;
    if (fair_cli_house(c, &err) != FAIR_OK || fair_store_mandates(&c->house.desk, owner, print_mandate, c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    return FAIR_EXIT_DONE;
}

int
fair_verb_mandates_revoke(struct fair_cli *c, int argc, char **argv)
{
    const char *why = "";
    const struct fair_opt opts[] = { { .name = "why", .value = "TEXT", .doc = "stays on record", .text = &why }, { 0 } };
    struct fair_err err = { 0 };
    fair_id id;
    int code;

    if (!fair_cli_parse(c, argc, argv, opts, 1, 1, &code)) return code;
    if (!fair_cli_id(c->args[0], &id)) return fair_cli_usage(c, "%s is no id", c->args[0]);
    if (fair_cli_house(c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    return answer(c, fair_store_mandate_revoke(&c->house.desk, id, fair_str_of(why), fair_now(), &err), &err);
}
