/* portal/facts.c - who asks, with what right and proof, what was checked, the evidence and the reader's own data: codes and figures of the
 * notice, said in the reader's language. */
#include <stdio.h>
#include <string.h>
#include "portal/portal_private.h"

static fair_str
say(const struct fair_portal_request *rq, const char *key, const struct fair_portal_value *v)
{
    return fair_portal_say(rq->lang, rq->arena, key, v);
}

static fair_str
day(const struct fair_portal_request *rq, const json_t *o, const char *key)
{
    return fair_portal_day(rq->lang, rq->arena, fair_member(o, key));
}

static fair_str
key_of(const struct fair_portal_request *rq, const char *prefix, fair_str code)
{
    return fair_str_fmt(rq->arena, "%s%.*s", prefix, FAIR_STR_ARG(code));
}

static void
add(json_t *list, fair_str s)
{
    if (s.n > 0) json_array_append_new(list, json_stringn(s.p, s.n));
}

/* ---- who ---- */

/* {"how","by","at"} as a sentence. */
static fair_str
checked(const struct fair_portal_request *rq, const json_t *c)
{
    fair_str how = fair_member(c, "how"), on = day(rq, c, "at");
    const struct fair_portal_value v[] = { { "by", fair_member(c, "by") }, { "day", on }, { NULL, { NULL, 0 } } };
    fair_str key = fair_str_fmt(rq->arena, "check_%.*s%s", FAIR_STR_ARG(how), on.n > 0 ? "_on" : "");

    return say(rq, fair_portal_has(rq->lang, key.p) ? key.p : "check_declared", v);
}

static json_t *
claimant(const struct fair_portal_request *rq)
{
    static const char *const keys[] = { "name", "capacity", "address", "email", "phone", "register" };
    const json_t *c = json_object_get(rq->notice, "claimant");
    json_t *list = json_array();

    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        fair_str v = fair_member(c, keys[i]);
        json_t *o;
        if (v.n == 0) continue;
        if (i == 1) v = fair_portal_words(rq, "capacity_", v);
        o = json_object();
        fair_put(o, "name", fair_portal_words(rq, "who_", fair_str_of(keys[i])));
        fair_put(o, "value", v);
        json_array_append_new(list, o);
    }
    return list;
}

/* "AT CH" as an array. */
static json_t *
countries(fair_str list)
{
    json_t *out = json_array();
    fair_str one;

    while (fair_str_split(&list, ' ', &one)) add(out, one);
    return out;
}

static json_t *
mandate(const struct fair_portal_request *rq)
{
    const json_t *m = json_object_get(rq->notice, "mandate"), *c = json_object_get(rq->notice, "claimant");
    fair_str scope = key_of(rq, "scope_", fair_member(m, "scope")), where = fair_member(m, "territory"), until = day(rq, m, "until"), gone = day(rq, m, "revoked");
    json_t *words = json_array(), *lands = countries(where);
    const struct fair_portal_value v[] = {
        { "sender", fair_member(c, "name") }, { "owner", fair_member(json_object_get(rq->notice, "owner"), "name") },
        { "from", day(rq, m, "from") }, { "until", until }, { "day", gone }, { "list", fair_portal_list(rq->lang, rq->arena, lands, "land_") }, { NULL, { NULL, 0 } } };
    const struct fair_portal_value rights[] = { { "list", fair_portal_list(rq->lang, rq->arena, json_object_get(m, "rights"), "right_") }, { NULL, { NULL, 0 } } };

    json_decref(lands);
    if (!json_is_object(m)) {
        add(words, fair_lang_words(rq->lang, fair_str_eq(fair_member(c, "capacity"), FAIR_STR("owner")) ? "mandate_self" : "mandate_missing"));
        return words;
    }
    add(words, say(rq, "mandate_for", v));
    if (fair_portal_has(rq->lang, scope.p)) add(words, say(rq, scope.p, v));
    add(words, say(rq, fair_str_eq(where, FAIR_STR("world")) ? "territory_world" : "territory_some", v));
    if (rights[0].value.n > 0) add(words, say(rq, "mandate_rights", rights));
    add(words, say(rq, until.n > 0 ? "mandate_until" : "mandate_from", v));
    if (gone.n > 0) add(words, say(rq, "mandate_revoked", v));
    add(words, checked(rq, json_object_get(m, "checked")));
    add(words, fair_lang_words(rq->lang, "mandate_copy"));
    return words;
}

static json_t *
ownership(const struct fair_portal_request *rq)
{
    const json_t *o = json_object_get(rq->notice, "ownership"), *level = json_object_get(o, "level");
    fair_str key = fair_str_fmt(rq->arena, "own_%lld", (long long)json_integer_value(level));
    json_t *words = json_array();

    add(words, fair_lang_words(rq->lang, json_is_integer(level) && fair_portal_has(rq->lang, key.p) ? key.p : "own_none"));
    if (json_is_true(json_object_get(o, "conflict"))) add(words, fair_lang_words(rq->lang, "own_conflict"));
    if (json_is_true(json_object_get(o, "independent"))) add(words, fair_lang_words(rq->lang, "own_independent"));
    return words;
}

static json_t *
proofs(const struct fair_portal_request *rq)
{
    json_t *list = json_array();
    const json_t *x;
    size_t i;

    json_array_foreach(json_object_get(json_object_get(rq->notice, "ownership"), "proofs"), i, x) {
        fair_str key = key_of(rq, "proof_", fair_member(x, "kind"));
        json_t *o;
        if (!fair_portal_has(rq->lang, key.p)) continue;
        o = json_object();
        fair_put(o, "what", fair_lang_words(rq->lang, key.p));
        fair_put(o, "checked", checked(rq, json_object_get(x, "checked")));
        json_array_append_new(list, o);
    }
    return list;
}

void
fair_portal_who(const struct fair_portal_request *rq, json_t *show)
{
    const json_t *o = json_object_get(rq->notice, "ownership");

    json_object_set_new(show, "claimant_rows", claimant(rq));
    if (!fair_str_eq(fair_member(json_object_get(rq->notice, "claimant"), "capacity"), FAIR_STR("owner")))       /* else it is told already */
        fair_put(show, "owner", fair_member(json_object_get(rq->notice, "owner"), "name"));
    fair_portal_put_list(show, "mandate", mandate(rq));
    fair_put(show, "commission", fair_member(json_object_get(rq->notice, "mandate"), "commission"));
    fair_portal_put_list(show, "ownership", ownership(rq));
    fair_portal_put_list(show, "proofs", proofs(rq));
    fair_put(show, "checked", checked(rq, json_object_get(o, "checked")));
    if (json_is_object(json_object_get(rq->notice, "terms"))) fair_portal_put_list(show, "terms", fair_portal_terms(rq, json_object_get(rq->notice, "terms")));
}

/* ---- what was checked before the letter left ---- */

static fair_str
gate_by(const struct fair_portal_request *rq, const json_t *g)
{
    const struct fair_portal_value v[] = { { "day", day(rq, g, "at") }, { NULL, { NULL, 0 } } };

    if (v[0].value.n == 0) return (fair_str){ NULL, 0 };
    return say(rq, fair_str_eq(fair_member(g, "by"), FAIR_STR("person")) ? "gate_by_person" : "gate_by_program", v);
}

void
fair_portal_gates(const struct fair_portal_request *rq, json_t *show)
{
    json_t *list = json_array(), *where = json_array();
    const json_t *g;
    size_t i;

    json_array_foreach(json_object_get(rq->notice, "gates"), i, g) {
        fair_str id = fair_member(g, "id"), key;
        json_t *o;
        if (id.n < 2) continue;
        key = fair_str_fmt(rq->arena, "g_%.*s", (int)id.n - 1, id.p + 1);
        if (!fair_portal_has(rq->lang, key.p) || fair_str_eq(fair_member(g, "result"), FAIR_STR("not_needed"))) continue;
        o = json_object();
        fair_put(o, "id", id);
        fair_put(o, "words", fair_lang_words(rq->lang, key.p));
        fair_put(o, "result", fair_portal_words(rq, "gate_", fair_member(g, "result")));
        fair_put(o, "by", gate_by(rq, g));
        json_array_append_new(list, o);
    }
    fair_portal_put_list(show, "gates", list);
    json_array_foreach(json_object_get(rq->notice, "sources"), i, g) {
        json_t *o = json_object();
        fair_put(o, "source", fair_portal_words(rq, "source_", fair_member(g, "source")));
        fair_put(o, "answer", fair_portal_words(rq, "answer_", fair_member(g, "answer")));
        fair_put(o, "at", day(rq, g, "at"));
        json_array_append_new(where, o);
    }
    fair_portal_put_list(show, "sources", where);
}

/* ---- the evidence ---- */

static fair_str
bytes_words(const struct fair_portal_request *rq, int64_t n)
{
    return n < 1000000 ? fair_str_fmt(rq->arena, "%lld kB", (long long)(n + 999) / 1000) : fair_str_fmt(rq->arena, "%lld MB", (long long)(n + 999999) / 1000000);
}

static json_t *
stamps(const struct fair_portal_request *rq, const json_t *rows)
{
    json_t *list = json_array();
    const json_t *s;
    size_t i;

    json_array_foreach(rows, i, s) {
        json_t *o = json_object();
        fair_put(o, "server", fair_member(s, "server"));
        fair_put(o, "at", fair_portal_moment(rq->lang, rq->arena, fair_member(s, "at")));
        json_array_append_new(list, o);
    }
    return list;
}

static json_t *
package(const struct fair_portal_request *rq, const json_t *x, size_t n)
{
    fair_str file = fair_member(x, "file"), by = fair_member(x, "by"), browser = fair_member(x, "browser");
    int64_t bytes = json_integer_value(json_object_get(x, "bytes"));
    const struct fair_portal_value v[] = { { "n", fair_str_fmt(rq->arena, "%zu", n) }, { "size", bytes_words(rq, bytes) }, { NULL, { NULL, 0 } } };
    json_t *o = json_object();

    fair_put(o, "head", say(rq, "package", v));
    fair_put(o, "anchor", fair_str_fmt(rq->arena, "package-%zu", n));
    fair_put(o, "captured", fair_portal_moment(rq->lang, rq->arena, fair_member(x, "captured")));
    fair_put(o, "url", fair_member(x, "url"));
    fair_put(o, "by", by.n == 0 || fair_str_eq(by, FAIR_STR("fairtrack")) ? fair_lang_words(rq->lang, "e_by_program") : by);
    fair_put(o, "with", browser.n == 0 ? fair_member(x, "software") : fair_str_fmt(rq->arena, "%.*s, %.*s", FAIR_STR_ARG(fair_member(x, "software")), FAIR_STR_ARG(browser)));
    fair_portal_put_list(o, "stamps", stamps(rq, json_object_get(x, "stamps")));
    fair_put(o, "datapackage", fair_member(x, "datapackage"));
    fair_put(o, "key", fair_member(x, "key"));
    if (fair_shelf_name_ok(file)) {
        fair_put(o, "file", file);
        fair_put(o, "sha256", fair_member(x, "sha256"));
        fair_put(o, "size", bytes_words(rq, bytes));
    } else {
        json_object_set_new(o, "file", json_null());              /* said, so that the template looks no further up */
        json_object_set_new(o, "sha256", json_null());
        fair_put(o, "too_large", say(rq, "e_too_large", v));
    }
    return o;
}

/* The commands of VERIFY.txt with what each step is for. */
static json_t *
steps(const struct fair_portal_request *rq)
{
    json_t *list = json_array();
    const json_t *step, *line;
    size_t i, k;

    json_array_foreach(json_object_get(rq->notice, "verify"), i, step) {
        struct fair_buf b = FAIR_BUF(rq->arena, 1 << 16);
        fair_str key = fair_str_fmt(rq->arena, "v_%zu", i + 1);
        json_t *o = json_object();
        json_array_foreach(step, k, line) fair_buf_fmt(&b, "%s%s", k > 0 ? "\n" : "", json_is_string(line) ? json_string_value(line) : "");
        fair_put(o, "words", fair_lang_words(rq->lang, fair_portal_has(rq->lang, key.p) ? key.p : "v_more"));
        fair_put(o, "commands", (fair_str){ b.p != NULL ? b.p : "", b.n });
        json_array_append_new(list, o);
    }
    return list;
}

void
fair_portal_evidence(const struct fair_portal_request *rq, json_t *show)
{
    const json_t *rows = json_object_get(rq->notice, "evidence"), *x;
    json_t *list = json_array(), *box;
    size_t i;

    json_array_foreach(rows, i, x) json_array_append_new(list, package(rq, x, i + 1));
    x = json_array_get(rows, 0);
    fair_portal_put_list(show, "evidence", list);
    box = json_object_get(show, "evidence");
    if (box == NULL) return;
    fair_put(box, "key", fair_member(x, "key"));
    fair_put(box, "file", fair_member(x, "file").n > 0 ? fair_member(x, "file") : FAIR_STR("evidence.wacz"));
    fair_portal_put_list(box, "steps", steps(rq));
}

/* ---- the reader's own data ---- */

static fair_str
where_from(const struct fair_portal_request *rq, const json_t *d)
{
    fair_str source = key_of(rq, "from_", fair_member(d, "source")), place = fair_member(d, "place");
    const struct fair_portal_value v[] = { { "day", day(rq, d, "seen") }, { NULL, { NULL, 0 } } };
    struct fair_buf b = FAIR_BUF(rq->arena, 1 << 14);

    fair_buf_add(&b, fair_portal_has(rq->lang, source.p) ? fair_lang_words(rq->lang, source.p) : fair_lang_words(rq->lang, "from_entered"));
    if (place.n > 0) fair_buf_fmt(&b, ", %.*s", FAIR_STR_ARG(place));
    if (v[0].value.n > 0) fair_buf_fmt(&b, ", %.*s", FAIR_STR_ARG(say(rq, "privacy_seen", v)));
    return (fair_str){ b.p, b.n };
}

void
fair_portal_privacy(const struct fair_portal_request *rq, json_t *show)
{
    const json_t *p = json_object_get(rq->notice, "privacy"), *d;
    long long months = json_integer_value(json_object_get(p, "months"));
    const struct fair_portal_value v[] = { { "who", fair_member(p, "controller") }, { "contact", fair_member(p, "contact") },
        { "button", fair_lang_words(rq->lang, "a_complain") }, { "months", fair_str_fmt(rq->arena, "%lld", months) }, { NULL, { NULL, 0 } } };
    json_t *words = json_array(), *list = json_array();
    size_t i;

    if (v[0].value.n > 0) add(words, say(rq, "privacy_controller", v));
    if (v[1].value.n > 0) add(words, say(rq, "privacy_contact", v));
    if (months > 0) add(words, say(rq, "privacy_months", v));
    fair_portal_put_list(show, "privacy_words", words);
    json_array_foreach(json_object_get(p, "data"), i, d) {
        fair_str what = key_of(rq, "p_", fair_member(d, "what")), value = fair_member(d, "value");
        json_t *codes, *o;
        if (!fair_portal_has(rq->lang, what.p)) continue;
        o = json_object();
        if (fair_str_eq(fair_member(d, "what"), FAIR_STR("country"))) {
            codes = countries(value);
            value = fair_portal_list(rq->lang, rq->arena, codes, "land_");
            json_decref(codes);
        }
        fair_put(o, "what", fair_lang_words(rq->lang, what.p));
        fair_put(o, "value", value);
        fair_put(o, "source", where_from(rq, d));
        json_array_append_new(list, o);
    }
    fair_portal_put_list(show, "privacy", list);
}
