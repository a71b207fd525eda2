/* ledger.c - the licence ledger from and to files. */
#include "work/ledger.h"
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include "base/csv.h"

#define TABLE_MAX ((size_t)16 << 20)
#define LINES_MAX 100000
#define WORKS_MAX 10000

enum column { KIND, ASSIGNEE, DOMAINS, WORKS, COLLECTION, TERRITORY, MEDIUM, FROM, UNTIL, ATTRIBUTION, SHOP, ORDER, NOTE, N_COLUMNS };
static const char *const columns[N_COLUMNS] = { "kind", "assignee", "domains", "works", "collection", "territory", "medium", "from", "until", "attribution", "shop", "order", "note" };

/* ---- in ------------------------------------------------------------------------------------------------------- */

static fair_status
header(struct fair_csv *c, struct fair_arena *a, int at[N_COLUMNS], struct fair_err *err)
{
    fair_str cells[FAIR_CSV_CELLS];
    size_t n;
    fair_status s = fair_csv_next(c, a, cells, &n, err);

    if (s == FAIR_DONE) return fair_fail(err, FAIR_INVALID, "the table is empty");
    if (s != FAIR_OK) return fair_fail(err, FAIR_INVALID, "%s", err != NULL ? err->text : "no table");
    for (int k = 0; k < N_COLUMNS; k++) at[k] = -1;
    for (size_t i = 0; i < n; i++) {
        int k = 0;
        while (k < N_COLUMNS && !fair_str_eq_nocase(cells[i], fair_str_of(columns[k]))) k++;
        if (k == N_COLUMNS) return fair_fail(err, FAIR_INVALID, "line %lld: no column \"%.*s\"; the columns are kind assignee domains works collection territory medium "
            "from until attribution shop order note", (long long)c->line, (int)(cells[i].n < 60 ? fair_str_escape(a, cells[i]).n : 60), fair_str_escape(a, cells[i]).p);
        if (at[k] >= 0) return fair_fail(err, FAIR_INVALID, "line %lld: column %s stands there twice", (long long)c->line, columns[k]);
        at[k] = (int)i;
    }
    if (at[ASSIGNEE] < 0 || at[DOMAINS] < 0) return fair_fail(err, FAIR_INVALID, "the table needs the columns assignee and domains");
    return FAIR_OK;
}

static fair_status
day(fair_str s, const char *name, fair_time *out, struct fair_err *err)
{
    if (s.n == 0) return FAIR_OK;
    if (!fair_time_parse(s, out)) return fair_fail(err, FAIR_INVALID, "%s \"%.*s\": a day as 2026-11-26 is wanted", name, (int)(s.n < 40 ? s.n : 40), s.p);
    return FAIR_OK;
}

static fair_status
works_of(struct fair_arena *a, fair_str list, struct fair_licence *l, struct fair_err *err)
{
    fair_id *ids = fair_alloc_array(a, list.n / 2 + 1, sizeof *ids);
    fair_str one;

    while (fair_str_split(&list, ' ', &one)) {
        int64_t id;
        while (one.n > 0 && strchr(",;", one.p[one.n - 1]) != NULL) one.n--;
        if (one.n == 0) continue;
        if (!fair_str_number(one, INT64_MAX, &id) || id <= 0) return fair_fail(err, FAIR_INVALID, "works \"%.*s\": ids with spaces between", (int)(one.n < 40 ? one.n : 40), one.p);
        if (l->n_works == WORKS_MAX) return fair_fail(err, FAIR_LIMIT, "more than %d works", WORKS_MAX);
        ids[l->n_works++] = id;
    }
    l->works = ids;
    return FAIR_OK;
}

static fair_status
row(struct fair_arena *a, const fair_str *cells, size_t n, const int at[N_COLUMNS], fair_time now, struct fair_licence *l, struct fair_err *err)
{
    fair_str v[N_COLUMNS];

    for (int k = 0; k < N_COLUMNS; k++) v[k] = at[k] >= 0 && (size_t)at[k] < n ? fair_csv_plain(cells[at[k]]) : FAIR_STR("");
    *l = (struct fair_licence){ .kind = v[KIND].n > 0 ? v[KIND] : FAIR_STR("licence"), .assignee = v[ASSIGNEE], .domains = v[DOMAINS], .collection = v[COLLECTION],
        .territory = v[TERRITORY], .medium = v[MEDIUM], .attribution = v[ATTRIBUTION], .shop = v[SHOP], .order_no = v[ORDER], .note = v[NOTE], .at = now };
    for (size_t i = 0; i < FAIR_CSV_CELLS && i < n; i++) {
        bool named = false;
        for (int k = 0; k < N_COLUMNS; k++) named |= at[k] == (int)i;
        if (!named && cells[i].n > 0) return fair_fail(err, FAIR_INVALID, "a cell beyond the last column");
    }
    FAIR_TRY(works_of(a, v[WORKS], l, err));
    l->scope = l->n_works > 0 ? FAIR_STR("works") : l->collection.n > 0 ? FAIR_STR("collection") : FAIR_STR("all");
    FAIR_TRY(day(v[FROM], "from", &l->from, err));
    return day(v[UNTIL], "until", &l->until, err);
}

struct known { fair_str shop, order; bool is; };

static fair_status
is_known(void *arg, const struct fair_licence *l, struct fair_err *err)
{
    struct known *k = arg;
    (void)err;
    k->is |= l->ended == 0 && fair_str_eq(l->order_no, k->order) && fair_str_eq(l->shop.p != NULL ? l->shop : FAIR_STR(""), k->shop);
    return FAIR_OK;
}

fair_status
fair_ledger_import(const struct fair_desk *d, fair_str bytes, bool apply, fair_time now,
                   fair_status (*told)(void *arg, const struct fair_ledger_line *l, struct fair_err *err), void *arg,
                   struct fair_ledger_sum *sum, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *whole = fair_arena_new();
    struct fair_csv c;
    int at[N_COLUMNS];

    *sum = (struct fair_ledger_sum){ 0 };
    if (bytes.n > TABLE_MAX) return fair_fail(err, FAIR_LIMIT, "a table of %zu bytes, more than %zu", bytes.n, TABLE_MAX);
    FAIR_TRY(fair_csv_begin(whole, bytes, &c, err));
    FAIR_TRY(header(&c, whole, at, err));
    for (;;) {
        FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
        struct fair_ledger_line line = { 0 };
        fair_str cells[FAIR_CSV_CELLS];
        struct fair_err why = { 0 };
        size_t n = 0;
        fair_status s = fair_csv_next(&c, a, cells, &n, &why);

        if (s == FAIR_DONE) return FAIR_OK;
        line.line = c.line;
        if (++sum->lines > LINES_MAX) return fair_fail(err, FAIR_LIMIT, "more than %d lines", LINES_MAX);
        if (s == FAIR_OK) s = row(a, cells, n, at, now, &line.l, &why);
        if (s == FAIR_OK) s = fair_store_licence_check(d, a, &line.l, &why);
        if (s == FAIR_OK && line.l.order_no.n > 0) {
            struct known k = { line.l.shop, line.l.order_no, false };
            struct fair_licence_filter f = { .kind = line.l.kind, .page = { 0, INT64_MAX } };
            FAIR_TRY(fair_store_licences(d, &f, is_known, &k, err));
            line.known = k.is;
        }
        if (s == FAIR_OK && apply && !line.known) {
            s = fair_store_licence_add(d, &line.l, &why);
            if (s == FAIR_IO || s == FAIR_AGAIN) return fair_fail(err, s, "%s", why.text);
            sum->added += s == FAIR_OK;
            sum->covered += s == FAIR_OK ? line.l.covered : 0;
        }
        line.fault = s == FAIR_OK ? NULL : why.text;
        sum->good += s == FAIR_OK;
        sum->known += s == FAIR_OK && line.known;
        sum->faults += s != FAIR_OK;
        FAIR_TRY(told(arg, &line, err));
    }
}

/* ---- out ------------------------------------------------------------------------------------------------------- */

struct writing { struct fair_arena *a; struct fair_buf b; json_t *graph; };

static fair_status
csv_row(void *arg, const struct fair_licence *l, struct fair_err *err)
{
    struct writing *w = arg;
    fair_str from = l->from != 0 ? fair_time_text(w->a, l->from) : FAIR_STR(""), until = l->until != 0 ? fair_time_text(w->a, l->until) : FAIR_STR("");
    const fair_str cells[N_COLUMNS] = { l->kind, l->assignee, l->domains, l->work_list, l->collection, l->territory, l->medium, from, until, l->attribution, l->shop, l->order_no, l->note };

    (void)err;
    if (l->ended != 0) return FAIR_OK;
    for (int k = 0; k < N_COLUMNS; k++) {
        if (k > 0) fair_buf_byte(&w->b, ',');
        fair_csv_cell(&w->b, cells[k], false);
    }
    fair_buf_c(&w->b, "\r\n");
    return FAIR_OK;
}

fair_status
fair_ledger_csv(const struct fair_desk *d, struct fair_arena *a, fair_str *out, struct fair_err *err)
{
    struct writing w = { .a = a, .b = FAIR_BUF(a, (size_t)256 << 20) };
    struct fair_licence_filter f = { .page = { 0, INT64_MAX } };

    for (int k = 0; k < N_COLUMNS; k++) fair_buf_fmt(&w.b, "%s%s", k > 0 ? "," : "", columns[k]);
    fair_buf_c(&w.b, "\r\n");
    FAIR_TRY(fair_store_licences(d, &f, csv_row, &w, err));
    return fair_buf_take(&w.b, out, err);
}

static json_t *
text(struct fair_arena *a, fair_str s)
{
    s = fair_utf8_mend(a, s);
    return json_stringn_nocheck(s.p != NULL ? s.p : "", s.n);
}

static json_t *
constraint(const char *left, const char *operator, json_t *right)
{
    return json_pack("{s:s, s:s, s:o}", "leftOperand", left, "operator", operator, "rightOperand", right);
}

static json_t *
moment(struct fair_arena *a, fair_time t)
{
    return json_pack("{s:o, s:s}", "@value", text(a, fair_time_text(a, t)), "@type", "xsd:dateTime");
}

/* "a b" as a list, each between `before` and `after`. */
static json_t *
words(struct fair_arena *a, fair_str list, const char *before, const char *after)
{
    json_t *out = json_array();
    fair_str one;

    while (fair_str_split(&list, ' ', &one))
        if (one.n > 0) json_array_append_new(out, text(a, fair_str_fmt(a, "%s%.*s%s", before, FAIR_STR_ARG(one), after)));
    return out;
}

static fair_status
odrl_one(void *arg, const struct fair_licence *l, struct fair_err *err)
{
    struct writing *w = arg;
    struct fair_arena *a = w->a;
    json_t *permission = json_object(), *bounds = json_array(), *o;

    (void)err;
    if (l->ended != 0) return FAIR_OK;
    if (fair_str_eq(l->scope, FAIR_STR("works"))) json_object_set_new(permission, "target", words(a, l->work_list, "urn:fairtrack:work:", ""));
    else
        json_object_set_new(permission, "target", json_pack("{s:s, s:o}", "@type", "AssetCollection", "uid",
            text(a, l->collection.n > 0 ? fair_str_fmt(a, "urn:fairtrack:collection:%.*s", FAIR_STR_ARG(fair_base64url(a, l->collection.p, l->collection.n))) : FAIR_STR("urn:fairtrack:works"))));
    json_object_set_new(permission, "action", json_string("display"));
    if (l->from != 0) json_array_append_new(bounds, constraint("dateTime", "gteq", moment(a, l->from)));
    if (l->until != 0) json_array_append_new(bounds, constraint("dateTime", "lt", moment(a, l->until)));
    if (!fair_str_eq(l->territory, FAIR_STR("world"))) json_array_append_new(bounds, constraint("spatial", "isAnyOf", words(a, l->territory, "https://www.iso.org/obp/ui/#iso:code:3166:", "")));
    if (!fair_str_eq(l->medium, FAIR_STR("any"))) json_array_append_new(bounds, constraint("media", "isAnyOf", words(a, l->medium, "", "")));
    json_array_append_new(bounds, constraint("virtualLocation", "isAnyOf", words(a, l->domains, "https://", "/")));
    json_object_set_new(permission, "constraint", bounds);
    if (l->attribution.n > 0)
        json_object_set_new(permission, "duty", json_pack("[{s:s, s:o}]", "action", "attribute", "attributedParty", text(a, l->attribution)));
    o = json_pack("{s:s, s:o, s:o, s:o, s:o}", "@type", "Agreement", "uid", text(a, fair_str_fmt(a, "urn:fairtrack:licence:%lld", (long long)l->id)), "assigner",
                  json_pack("{s:s, s:s}", "@type", "Party", "uid", "urn:fairtrack:owner"), "assignee",
                  json_pack("{s:s, s:o, s:o}", "@type", "Party", "uid", text(a, fair_str_fmt(a, "urn:fairtrack:licence:%lld:assignee", (long long)l->id)), "dc:title", text(a, l->assignee)),
                  "permission", json_pack("[o]", permission));
    if (l->shop.n > 0) json_object_set_new(o, "dc:source", text(a, l->shop));
    if (l->order_no.n > 0) json_object_set_new(o, "dc:identifier", text(a, l->order_no));
    json_array_append_new(w->graph, o);
    return FAIR_OK;
}

fair_status
fair_ledger_odrl(const struct fair_desk *d, struct fair_arena *a, fair_str *out, struct fair_err *err)
{
    struct writing w = { .a = a, .graph = json_array() };
    struct fair_licence_filter f = { .page = { 0, INT64_MAX } };
    fair_status s = fair_store_licences(d, &f, odrl_one, &w, err);
    json_t *doc = json_pack("{s:[s, {s:s, s:s}], s:o}", "@context", "http://www.w3.org/ns/odrl.jsonld", "dc", "http://purl.org/dc/terms/", "xsd",
                            "http://www.w3.org/2001/XMLSchema#", "@graph", w.graph);
    char *dumped = s == FAIR_OK ? json_dumps(doc, JSON_INDENT(2)) : NULL;

    if (dumped != NULL) *out = fair_str_fmt(a, "%s\n", dumped);
    free(dumped);
    json_decref(doc);
    return s;
}
