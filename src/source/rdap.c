/* source/rdap.c - RDAP answers, jCards and bootstrap files, with suspicion. */
#include "source/rdap.h"
#include <arpa/inet.h>
#include <jansson.h>
#include <string.h>
#include "source/url.h"

#define DEPTH 8                   /* entities within entities */
#define TEXT 2000                 /* bytes of one value that are kept */
#define SERVICES 20000

static fair_str
view(const json_t *v)
{
    return json_is_string(v) ? (fair_str){ json_string_value(v), json_string_length(v) } : (fair_str){ NULL, 0 };
}

static fair_str
kept(struct fair_arena *a, const json_t *v)
{
    fair_str s = view(v);

    if (s.p == NULL) return s;
    if (s.n > TEXT) s.n = TEXT;
    return fair_utf8_mend(a, fair_str_dup(a, s));
}

static fair_str
member(struct fair_arena *a, const json_t *o, const char *key)
{
    return kept(a, json_object_get(o, key));
}

static json_t *
load(fair_str text, struct fair_err *err)
{
    json_error_t why;
    json_t *root;

    if (text.n > FAIR_RDAP_BYTES) {
        (void)fair_fail(err, FAIR_LIMIT, "an RDAP answer of %zu bytes", text.n);
        return NULL;
    }
    root = json_loadb(text.p != NULL ? text.p : "", text.n, JSON_REJECT_DUPLICATES, &why);
    if (root == NULL) (void)fair_fail(err, FAIR_INVALID, "no JSON: %s", why.text);
    return root;
}

/* ---- jCard (RFC 7095 3) ----------------------------------------------------------------------------------- */

/* A value, or a structured one: lists within a list and no deeper (3.3.1.3). */
static bool
value_fits(const json_t *v, int depth)
{
    size_t i;
    json_t *one;

    if (!json_is_array(v)) return !json_is_object(v);
    if (depth >= 2) return false;
    json_array_foreach(v, i, one)
        if (!value_fits(one, depth + 1)) return false;
    return true;
}

static bool
property_fits(const json_t *p)
{
    json_t *params = json_array_get(p, 1), *one;
    const char *key;

    if (!json_is_array(p) || json_array_size(p) < 4 || !json_is_string(json_array_get(p, 0)) || !json_is_object(params) ||
        !json_is_string(json_array_get(p, 2)) || json_string_length(json_array_get(p, 0)) == 0)
        return false;
    json_object_foreach(params, key, one)
        if (!value_fits(one, 1)) return false;
    for (size_t i = 3; i < json_array_size(p); i++)
        if (!value_fits(json_array_get(p, i), 0)) return false;
    return true;
}

/* Every text of a value, the lists in it flattened, with ", " between. */
static void
flatten(struct fair_buf *b, const json_t *v)
{
    size_t i;
    json_t *one;
    fair_str s = view(v);

    if (s.n > 0) {
        if (b->n > 0) fair_buf_c(b, ", ");
        fair_buf_add(b, s);
    }
    if (json_is_array(v))
        json_array_foreach(v, i, one) flatten(b, one);
}

static fair_str
flat(struct fair_arena *a, const json_t *v)
{
    struct fair_buf b = FAIR_BUF(a, TEXT);

    flatten(&b, v);
    return b.n > 0 ? fair_utf8_mend(a, (fair_str){ b.p, b.n }) : (fair_str){ NULL, 0 };
}

static void
take_property(struct fair_arena *a, const json_t *p, struct fair_rdap_contact *out)
{
    fair_str name = view(json_array_get(p, 0)), text = flat(a, json_array_get(p, 3)), label, cc;
    json_t *params = json_array_get(p, 1);

    if (fair_str_eq_nocase(name, FAIR_STR("fn")) && out->name.p == NULL) out->name = text;
    if (fair_str_eq_nocase(name, FAIR_STR("kind")) && out->kind.p == NULL) out->kind = text;
    if (fair_str_eq_nocase(name, FAIR_STR("org")) && out->organisation.p == NULL) out->organisation = text;
    if (fair_str_eq_nocase(name, FAIR_STR("email")) && out->email.p == NULL) out->email = text;
    if (fair_str_eq_nocase(name, FAIR_STR("tel")) && out->phone.p == NULL) out->phone = text;
    if (!fair_str_eq_nocase(name, FAIR_STR("adr")) || out->address.p != NULL) return;
    label = member(a, params, "label");
    cc = member(a, params, "cc");
    out->address = text.n > 0 ? text : label;
    out->country = cc.n > 0 ? cc : kept(a, json_array_get(json_array_get(p, 3), 6));
}

static fair_status
take_card(struct fair_arena *a, const json_t *card, struct fair_rdap_contact *out, struct fair_err *err)
{
    json_t *list = json_array_get(card, 1), *p;
    size_t i;

    if (!json_is_array(card) || json_array_size(card) < 2 || !fair_str_eq(view(json_array_get(card, 0)), FAIR_STR("vcard")) || !json_is_array(list))
        return fair_fail(err, FAIR_INVALID, "a jCard that is not [\"vcard\", [...]]");
    json_array_foreach(list, i, p) {
        if (!property_fits(p)) return fair_fail(err, FAIR_INVALID, "a jCard whose property %zu is none (RFC 7095 3.3)", i + 1);
        take_property(a, p, out);
    }
    return FAIR_OK;
}

fair_status
fair_rdap_card(struct fair_arena *a, fair_str json, struct fair_rdap_contact *out, struct fair_err *err)
{
    json_t *root = load(json, err);
    fair_status s;

    *out = (struct fair_rdap_contact){ 0 };
    if (root == NULL) return err != NULL ? err->status : FAIR_INVALID;
    s = take_card(a, root, out, err);
    json_decref(root);
    return s;
}

/* ---- answers (RFC 9083) -------------------------------------------------------------------------------------- */

static fair_str
joined(struct fair_arena *a, const json_t *list)
{
    return json_is_array(list) ? flat(a, list) : kept(a, list);
}

static fair_status
take_entities(struct fair_arena *a, const json_t *o, int depth, struct fair_rdap *out, struct fair_err *err);

/* What is like an entity: with a card, or roles. */
static fair_status
take_entity(struct fair_arena *a, const json_t *o, int depth, struct fair_rdap *out, struct fair_err *err)
{
    json_t *card = json_object_get(o, "vcardArray"), *id;
    struct fair_rdap_contact c = { .roles = joined(a, json_object_get(o, "roles")), .handle = member(a, o, "handle") };
    size_t i;

    if (card != NULL) FAIR_TRY(take_card(a, card, &c, err));
    json_array_foreach(json_object_get(o, "publicIds"), i, id) {
        fair_str type = view(json_object_get(id, "type"));
        if (fair_str_eq_nocase(type, FAIR_STR("IANA Registrar ID"))) c.iana_id = member(a, id, "identifier");
    }
    if (out->n_contacts < FAIR_RDAP_LIST) out->contacts[out->n_contacts++] = c;
    return take_entities(a, o, depth + 1, out, err);
}

static fair_status
take_entities(struct fair_arena *a, const json_t *o, int depth, struct fair_rdap *out, struct fair_err *err)
{
    json_t *one;
    size_t i;

    if (depth > DEPTH) return fair_fail(err, FAIR_INVALID, "entities more than %d deep", DEPTH);
    json_array_foreach(json_object_get(o, "entities"), i, one)
        if (json_is_object(one)) FAIR_TRY(take_entity(a, one, depth, out, err));
    return FAIR_OK;
}

static void
take_lists(struct fair_arena *a, const json_t *root, struct fair_rdap *out)
{
    json_t *one;
    size_t i;

    json_array_foreach(json_object_get(root, "nameservers"), i, one) {
        fair_str name = member(a, one, "ldhName");
        if (name.n > 0 && out->n_nameservers < FAIR_RDAP_LIST) out->nameservers[out->n_nameservers++] = name;
    }
    json_array_foreach(json_object_get(root, "status"), i, one)
        if (json_is_string(one) && out->n_states < FAIR_RDAP_LIST) out->states[out->n_states++] = kept(a, one);
    json_array_foreach(json_object_get(root, "events"), i, one) {
        fair_str action = view(json_object_get(one, "eventAction")), date = member(a, one, "eventDate");
        if (fair_str_eq(action, FAIR_STR("registration"))) out->registered = date;
        if (fair_str_eq(action, FAIR_STR("expiration"))) out->expires = date;
        if (fair_str_eq(action, FAIR_STR("last changed"))) out->changed = date;
    }
}

static fair_status
take_answer(struct fair_arena *a, const json_t *root, struct fair_rdap *out, struct fair_err *err)
{
    if (!json_is_object(root)) return fair_fail(err, FAIR_INVALID, "an RDAP answer that is no JSON object");
    out->kind = member(a, root, "objectClassName");
    out->handle = member(a, root, "handle");
    out->name = member(a, root, "ldhName");
    if (out->name.p == NULL) out->name = member(a, root, "name");
    out->first = member(a, root, "startAddress");
    out->last = member(a, root, "endAddress");
    out->country = member(a, root, "country");
    out->signed_zone = json_is_true(json_object_get(json_object_get(root, "secureDNS"), "delegationSigned"));
    take_lists(a, root, out);
    if (json_object_get(root, "vcardArray") != NULL || fair_str_eq(out->kind, FAIR_STR("entity"))) return take_entity(a, root, 0, out, err);
    return take_entities(a, root, 0, out, err);
}

fair_status
fair_rdap_parse(struct fair_arena *a, fair_str json, struct fair_rdap *out, struct fair_err *err)
{
    json_t *root = load(json, err);
    fair_status s;

    *out = (struct fair_rdap){ 0 };
    if (root == NULL) return err != NULL ? err->status : FAIR_INVALID;
    s = take_answer(a, root, out, err);
    json_decref(root);
    return s;
}

/* ---- bootstrap (RFC 9224) --------------------------------------------------------------------------------------- */

/* How well a key of the file fits what is asked for: 0 not at all, else the longer the better. */
static size_t
fits(fair_str key, fair_str what)
{
    uint8_t net[16], at[16];
    char text[64];
    const char *slash = key.n > 0 ? memchr(key.p, '/', key.n) : NULL;
    int64_t bits = 0;
    int family;

    if (slash == NULL) {
        if (key.n == 0) return 1;                                 /* the root */
        if (what.n < key.n || !fair_str_eq_nocase((fair_str){ what.p + what.n - key.n, key.n }, key)) return 0;
        return what.n == key.n || what.p[what.n - key.n - 1] == '.' ? 1 + key.n : 0;
    }
    if (what.n >= sizeof text || (size_t)(slash - key.p) >= sizeof text) return 0;
    memcpy(text, what.p, what.n);
    text[what.n] = '\0';
    family = memchr(what.p, ':', what.n) != NULL ? AF_INET6 : AF_INET;
    if (inet_pton(family, text, at) != 1) return 0;
    memcpy(text, key.p, (size_t)(slash - key.p));
    text[slash - key.p] = '\0';
    if (inet_pton(family, text, net) != 1 || !fair_str_number((fair_str){ slash + 1, key.n - (size_t)(slash + 1 - key.p) }, family == AF_INET ? 32 : 128, &bits)) return 0;
    for (int64_t i = 0; i < bits; i++)
        if (((net[i / 8] ^ at[i / 8]) & (0x80 >> (i % 8))) != 0) return 0;
    return 1 + (size_t)bits;
}

/* Percent signs stand before two hex digits (RFC 3986 2.1), which browsers' URLs do not ask for. */
static bool
url_fits(struct fair_arena *a, fair_str s)
{
    struct fair_url u;

    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] == '%' && (i + 2 >= s.n || memchr("0123456789abcdefABCDEF", s.p[i + 1], 22) == NULL || memchr("0123456789abcdefABCDEF", s.p[i + 2], 22) == NULL)) return false;
    return fair_url_parse(a, s, NULL, &u, NULL) == FAIR_OK && (fair_str_eq(u.scheme, FAIR_STR("https")) || fair_str_eq(u.scheme, FAIR_STR("http"))) && u.host.n > 0;
}

static fair_status
service(struct fair_arena *a, const json_t *entry, fair_str what, size_t *best, fair_str *url, struct fair_err *err)
{
    json_t *keys = json_array_get(entry, json_array_size(entry) == 3 ? 1 : 0), *urls = json_array_get(entry, json_array_size(entry) == 3 ? 2 : 1), *one;
    fair_str pick = { NULL, 0 };
    size_t i;

    if (!json_is_array(entry) || !json_is_array(keys) || !json_is_array(urls)) return fair_fail(err, FAIR_INVALID, "a bootstrap service that is not [keys, urls]");
    json_array_foreach(urls, i, one) {
        fair_str s = view(one);
        if (!url_fits(a, s)) return fair_fail(err, FAIR_INVALID, "a bootstrap service whose URL is none: %.*s", s.n < 100 ? (int)s.n : 100, s.p != NULL ? s.p : "");
        if (pick.p == NULL || (fair_str_starts(s, FAIR_STR("https:")) && !fair_str_starts(pick, FAIR_STR("https:")))) pick = s;
    }
    json_array_foreach(keys, i, one) {
        size_t n = json_is_string(one) ? fits(view(one), what) : 0;
        if (!json_is_string(one)) return fair_fail(err, FAIR_INVALID, "a bootstrap key that is no text");
        if (n <= *best || pick.n == 0) continue;
        *best = n;
        *url = fair_str_fmt(a, "%.*s%s", FAIR_STR_ARG(pick), pick.p[pick.n - 1] == '/' ? "" : "/");
    }
    return FAIR_OK;
}

fair_status
fair_rdap_server(struct fair_arena *a, fair_str bootstrap, fair_str what, fair_str *url, struct fair_err *err)
{
    json_t *root = load(bootstrap, err), *services = json_object_get(root, "services"), *one;
    fair_status s = FAIR_OK;
    size_t best = 0, i;

    *url = (fair_str){ NULL, 0 };
    if (root == NULL) return err != NULL ? err->status : FAIR_INVALID;
    if (!json_is_array(services) || json_array_size(services) > SERVICES) s = fair_fail(err, FAIR_INVALID, "no bootstrap file: \"services\" is no list");
    if (s == FAIR_OK)
        json_array_foreach(services, i, one)
            if ((s = service(a, one, what, &best, url, err)) != FAIR_OK) break;
    json_decref(root);
    if (s == FAIR_OK && best == 0) return fair_fail(err, FAIR_NOT_FOUND, "no RDAP server for %.*s", FAIR_STR_ARG(what));
    return s;
}
