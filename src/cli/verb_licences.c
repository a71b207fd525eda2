/* cli/verb_licences.c - the ledger: licences sold, partners, white lists. */
#include <stdio.h>
#include <string.h>
#include "base/io.h"
#include "cli/cli.h"
#include "web/model.h"
#include "work/ledger.h"

#define TABLE_MAX ((size_t)16 << 20)

static int
answer(struct fair_cli *c, fair_status s, const struct fair_err *err)
{
    if (s == FAIR_OK) return FAIR_EXIT_DONE;
    if (s != FAIR_NOT_FOUND && s != FAIR_REFUSED && s != FAIR_INVALID) return fair_cli_fail(c, err);
    fprintf(stderr, "fairtrack %s: %s\n", c->verb->name, err->text);
    return s == FAIR_INVALID ? FAIR_EXIT_USAGE : FAIR_EXIT_NO;
}

static int
add(struct fair_cli *c, int argc, char **argv, const char *kind, bool partner)
{
    const char *to = NULL, *domains = NULL, *collection = NULL, *territory = "world", *medium = "any", *from = NULL, *until = NULL, *attribution = NULL, *shop = NULL,
               *order = NULL, *note = NULL, *document = NULL;
    const struct fair_opt all[] = {
        { .name = "to", .value = "NAME", .doc = "who may use the pictures", .text = &to },
        { .name = "domains", .value = "LIST", .doc = "where: \"example.com example.org\"; a domain holds those below it", .text = &domains },
        { .name = "collection", .value = "C", .doc = "of this collection; without it and works: all", .text = &collection },
        { .name = "territory", .value = "LIST", .doc = "world, or countries: \"AT CH DE\"", .text = &territory },
        { .name = "medium", .value = "LIST", .doc = "any, or of web, print, social, broadcast", .text = &medium },
        { .name = "from", .value = "DAY", .doc = "from this day on", .text = &from },
        { .name = "until", .value = "DAY", .doc = "before this day (open)", .text = &until },
        { .name = "attribution", .value = "TEXT", .doc = "the credit it asks for", .text = &attribution },
        { .name = "shop", .value = "NAME", .doc = "where it was bought", .text = &shop },
        { .name = "order", .value = "NO", .doc = "the order's number there", .text = &order },
        { .name = "note", .value = "TEXT", .doc = "anything else", .text = &note },
        { .name = "document", .value = "FILE", .doc = "contract or invoice, for the vault", .text = &document },
        { .name = partner ? "kind" : NULL, .value = "KIND", .doc = "syndication, whitelist or own", .text = &kind }, { 0 } };
    struct fair_licence l = { 0 };
    struct fair_err err = { 0 };
    fair_id *works;
    fair_str bytes;
    fair_status s;
    int code;

    if (!fair_cli_parse(c, argc, argv, all, 0, -1, &code)) return code;
    if (to == NULL || domains == NULL) return fair_cli_usage(c, "--to and --domains are wanted");
    works = fair_alloc_array(c->arena, (size_t)c->n_args + 1, sizeof *works);
    for (int i = 0; i < c->n_args; i++)
        if (!fair_cli_id(c->args[i], &works[i])) return fair_cli_usage(c, "%s is no id of a work", c->args[i]);
    l = (struct fair_licence){ .kind = fair_str_of(kind), .assignee = fair_str_of(to), .domains = fair_str_of(domains),
        .scope = c->n_args > 0 ? FAIR_STR("works") : collection != NULL ? FAIR_STR("collection") : FAIR_STR("all"), .collection = fair_str_of(collection), .works = works,
        .n_works = (size_t)c->n_args, .territory = fair_str_of(territory), .medium = fair_str_of(medium), .attribution = fair_str_of(attribution), .shop = fair_str_of(shop),
        .order_no = fair_str_of(order), .note = fair_str_of(note), .at = fair_now() };
    if (from != NULL && !fair_time_parse(fair_str_of(from), &l.from)) return fair_cli_usage(c, "--from %s: a day as 2026-11-26 is wanted", from);
    if (until != NULL && !fair_time_parse(fair_str_of(until), &l.until)) return fair_cli_usage(c, "--until %s: a day as 2026-11-26 is wanted", until);
    if (fair_cli_house(c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    if (document != NULL && (fair_read_file(c->arena, document, (size_t)512 << 20, &bytes, &err) != FAIR_OK || fair_house_vault(&c->house, &err) != FAIR_OK ||
                             fair_vault_put(c->house.vault, bytes, &l.document, &err) != FAIR_OK))
        return fair_cli_fail(c, &err);
    s = fair_store_licence_add(&c->house.desk, &l, &err);
    if (s != FAIR_OK) return answer(c, s, &err);
    if (c->json) fair_cli_json(json_pack("{s:i, s:s, s:I, s:I, s:I, s:I}", "v", 1, "type", "licence", "id", (json_int_t)l.id, "covered", (json_int_t)l.covered, "cases_closed", (json_int_t)l.cases,
                                           "uses_left", (json_int_t)l.left));
    else {
        printf("%lld\n", (long long)l.id);
        if (l.covered > 0) fprintf(stderr, "%lld open hits were covered by it and are closed\n", (long long)l.covered);
        if (l.cases > 0) fprintf(stderr, "%lld open cases were covered by it and are closed\n", (long long)l.cases);
        if (l.left > 0) fprintf(stderr, "%lld uses were covered by it and left their cases, which go on\n", (long long)l.left);
    }
    return FAIR_EXIT_DONE;
}

int fair_verb_licences_add(struct fair_cli *c, int argc, char **argv) { return add(c, argc, argv, "licence", false); }
int fair_verb_partners_add(struct fair_cli *c, int argc, char **argv) { return add(c, argc, argv, "syndication", true); }

static fair_status
print_licence(void *arg, const struct fair_licence *l, struct fair_err *err)
{
    struct fair_cli *c = arg;
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();

    (void)err;
    if (strcmp(c->verb->name, "partners list") == 0 && fair_str_eq(l->kind, FAIR_STR("licence"))) return FAIR_OK;
    if (c->json) {
        json_t *o = fair_model_licence(l);
        json_object_set_new(o, "v", json_integer(1));
        json_object_set_new(o, "type", json_string("licence"));
        fair_cli_json(o);
    } else {
        printf("%lld\t%.*s\t%.*s\t%.*s\t%.*s%s%.*s\t%.10s\t%.10s\t%s\tcovers %lld\n", (long long)l->id, FAIR_STR_ARG(l->kind), FAIR_STR_ARG(fair_str_escape(a, l->assignee)),
               FAIR_STR_ARG(l->domains), FAIR_STR_ARG(l->scope), l->collection.n > 0 ? " " : "", FAIR_STR_ARG(fair_str_escape(a, l->collection.p != NULL ? l->collection : FAIR_STR(""))),
               l->from != 0 ? fair_time_text(a, l->from).p : "-", l->until != 0 ? fair_time_text(a, l->until).p : "-",
               l->ended != 0 ? "ENDED" : l->until != 0 && l->until <= fair_now() ? "over" : "in force", (long long)l->covered);
    }
    return FAIR_OK;
}

static int
list(struct fair_cli *c, int argc, char **argv, const char *kind)
{
    bool now = false;
    const struct fair_opt opts[] = { { .name = "in-force", .doc = "only those that hold today", .flag = &now }, { 0 } };
    struct fair_licence_filter f = { .kind = fair_str_of(kind), .page = { 0, INT64_MAX } };
    struct fair_err err = { 0 };
    int code;

    if (!fair_cli_parse(c, argc, argv, opts, 0, 0, &code)) return code;
    f.in_force_only = now;
    f.now = fair_now();
    if (fair_cli_house(c, &err) != FAIR_OK || fair_store_licences(&c->house.desk, &f, print_licence, c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    return FAIR_EXIT_DONE;
}

int fair_verb_licences_list(struct fair_cli *c, int argc, char **argv) { return list(c, argc, argv, "licence"); }
int fair_verb_partners_list(struct fair_cli *c, int argc, char **argv) { return list(c, argc, argv, NULL); }

int
fair_verb_licences_end(struct fair_cli *c, int argc, char **argv)
{
    const char *why = NULL;
    const struct fair_opt opts[] = { { .name = "why", .value = "TEXT", .doc = "stays on record", .text = &why }, { 0 } };
    struct fair_err err = { 0 };
    fair_id id;
    int64_t n = 0;
    fair_status s;
    int code;

    if (!fair_cli_parse(c, argc, argv, opts, 1, 1, &code)) return code;
    if (why == NULL) return fair_cli_usage(c, "--why is wanted");
    if (!fair_cli_id(c->args[0], &id)) return fair_cli_usage(c, "%s is no id", c->args[0]);
    if (fair_cli_house(c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    s = fair_store_licence_end(&c->house.desk, id, fair_str_of(why), fair_now(), &n, &err);
    if (s != FAIR_OK) return answer(c, s, &err);
    if (c->json) fair_cli_json(json_pack("{s:i, s:s, s:I, s:I}", "v", 1, "type", "licence_end", "id", (json_int_t)id, "reopened", (json_int_t)n));
    else printf("ended; %lld uses came back to the inbox\n", (long long)n);
    return FAIR_EXIT_DONE;
}

static fair_status
print_line(void *arg, const struct fair_ledger_line *x, struct fair_err *err)
{
    struct fair_cli *c = arg;
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();

    (void)err;
    if (c->json)
        fair_cli_json(json_pack("{s:i, s:s, s:I, s:o, s:b, s:o, s:o}", "v", 1, "type", "line", "line", (json_int_t)x->line, "fault",
                                x->fault != NULL ? fair_json_str(a, fair_str_of(x->fault)) : json_null(), "known", x->known, "assignee", fair_json_str(a, x->l.assignee), "domains",
                                fair_json_str(a, x->l.domains)));
    else if (x->fault != NULL) printf("line %lld\tFAULT\t%.*s\n", (long long)x->line, FAIR_STR_ARG(fair_str_escape(a, fair_str_of(x->fault))));
    else
        printf("line %lld\t%s\t%.*s\t%.*s\t%.*s\n", (long long)x->line, x->known ? "known already" : x->l.id != 0 ? "added" : "ok", FAIR_STR_ARG(fair_str_escape(a, x->l.assignee)),
               FAIR_STR_ARG(x->l.domains), FAIR_STR_ARG(x->l.scope));
    return FAIR_OK;
}

int
fair_verb_licences_import(struct fair_cli *c, int argc, char **argv)
{
    bool apply = false;
    const struct fair_opt opts[] = { { .name = "apply", .doc = "add what is good; without it nothing is written, each line is only told", .flag = &apply }, { 0 } };
    struct fair_ledger_sum sum;
    struct fair_err err = { 0 };
    fair_str bytes;
    fair_status s;
    int code;

    if (!fair_cli_parse(c, argc, argv, opts, 1, 1, &code)) return code;
    if (fair_cli_house(c, &err) != FAIR_OK || fair_read_file(c->arena, c->args[0], TABLE_MAX, &bytes, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    s = fair_ledger_import(&c->house.desk, bytes, apply, fair_now(), print_line, c, &sum, &err);
    if (s != FAIR_OK) return answer(c, s, &err);
    if (c->json)
        fair_cli_json(json_pack("{s:i, s:s, s:I, s:I, s:I, s:I, s:I, s:I}", "v", 1, "type", "import", "lines", (json_int_t)sum.lines, "good", (json_int_t)sum.good, "known",
                                (json_int_t)sum.known, "faults", (json_int_t)sum.faults, "added", (json_int_t)sum.added, "covered", (json_int_t)sum.covered));
    else
        fprintf(stderr, "%lld lines: %lld good, %lld of them known already, %lld with a fault; %lld added, which closed %lld open hits%s\n", (long long)sum.lines, (long long)sum.good,
                (long long)sum.known, (long long)sum.faults, (long long)sum.added, (long long)sum.covered, apply ? "" : " (a preview: --apply adds them)");
    return sum.faults > 0 ? FAIR_EXIT_PARTLY : FAIR_EXIT_DONE;
}

int
fair_verb_licences_export(struct fair_cli *c, int argc, char **argv)
{
    const char *format = "csv";
    const struct fair_opt opts[] = { { .name = "format", .value = "csv|odrl", .doc = "a table, or ODRL 2.2 as JSON-LD", .text = &format }, { 0 } };
    struct fair_err err = { 0 };
    fair_str out;
    fair_status s;
    int code;

    if (!fair_cli_parse(c, argc, argv, opts, 0, 0, &code)) return code;
    if (strcmp(format, "csv") != 0 && strcmp(format, "odrl") != 0) return fair_cli_usage(c, "--format %s: csv or odrl", format);
    if (fair_cli_house(c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    s = format[0] == 'c' ? fair_ledger_csv(&c->house.desk, c->arena, &out, &err) : fair_ledger_odrl(&c->house.desk, c->arena, &out, &err);
    if (s != FAIR_OK) return fair_cli_fail(c, &err);
    fwrite(out.p, 1, out.n, stdout);
    return FAIR_EXIT_DONE;
}
