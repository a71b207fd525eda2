/* http/takes.c - what a form may hold stands in the route; everything else is refused here. */
#include <string.h>
#include "http/takes.h"

struct want { fair_str name, choices; bool optional, many; char type; int64_t max; };

/* Cut the next field's description off `takes`.  The descriptions are ours: a wrong one is a mistake in the program. */
static bool
next_want(fair_str *takes, struct want *w)
{
    fair_str one;
    size_t i = 0;

    do
        if (!fair_str_split(takes, ' ', &one)) return false;
    while (one.n == 0);
    *w = (struct want){ .type = 't', .max = 200 };
    while (i < one.n && strchr("?*=:", one.p[i]) == NULL) i++;
    w->name = (fair_str){ one.p, i };
    for (; i < one.n && (one.p[i] == '?' || one.p[i] == '*'); i++)
        if (one.p[i] == '?') w->optional = true;
        else w->many = true;
    if (i < one.n && one.p[i] == '=') {
        w->type = '=';
        w->choices = (fair_str){ one.p + i + 1, one.n - i - 1 };
    } else if (i < one.n) {
        fair_str type = { one.p + i + 1, one.n - i - 1 };
        if (fair_str_eq(type, FAIR_STR("id"))) w->type = 'i', w->max = INT64_MAX;
        else if (fair_str_eq(type, FAIR_STR("yes"))) w->type = 'y';
        else if (fair_str_eq(type, FAIR_STR("file"))) w->type = 'f';
        else {
            w->type = type.p[0];
            if (!fair_str_number((fair_str){ type.p + 1, type.n - 1 }, INT64_MAX, &w->max)) w->max = 0;
        }
    }
    return true;
}

static bool
text_ok(fair_str s, bool lines)
{
    if (!fair_utf8_valid(s)) return false;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c == 0x7f || (c < 0x20 && !(lines && (c == '\n' || c == '\r' || c == '\t')))) return false;
    }
    return true;
}

/* The field's value as JSON; NULL with the reason. */
static json_t *
value_of(const struct want *w, fair_str v, struct fair_err *err)
{
    fair_str rest = w->choices, one;
    int64_t n;

    switch (w->type) {
    case '=':
        while (fair_str_split(&rest, '|', &one))
            if (fair_str_eq(one, v)) return json_stringn_nocheck(v.p, v.n);
        fair_fail(err, FAIR_INVALID, "%.*s: one of %.*s is wanted", FAIR_STR_ARG(w->name), FAIR_STR_ARG(w->choices));
        return NULL;
    case 'i':
    case 'n':
        if (fair_str_number(v, w->max, &n) && (w->type == 'n' || n > 0)) return json_integer(n);
        fair_fail(err, FAIR_INVALID, "%.*s: a whole number is wanted", FAIR_STR_ARG(w->name));
        return NULL;
    case 'y':
        if (fair_str_eq(v, FAIR_STR("yes")) || fair_str_eq(v, FAIR_STR("true"))) return json_true();
        if (fair_str_eq(v, FAIR_STR("false"))) return json_false();
        fair_fail(err, FAIR_INVALID, "%.*s: yes or nothing is wanted", FAIR_STR_ARG(w->name));
        return NULL;
    default:
        if (v.n > (size_t)w->max) {
            fair_fail(err, FAIR_INVALID, "%.*s: %zu bytes, at most %lld are kept", FAIR_STR_ARG(w->name), v.n, (long long)w->max);
            return NULL;
        }
        if (!text_ok(v, w->type == 'm')) {
            fair_fail(err, FAIR_INVALID, "%.*s: control characters or no UTF-8", FAIR_STR_ARG(w->name));
            return NULL;
        }
        return json_stringn_nocheck(v.p, v.n);
    }
}

fair_status
fair_takes_check(struct fair_arena *a, const char *takes, const struct fair_fields *f, json_t *form,
                 struct fair_field **files, size_t *n_files, struct fair_err *err)
{
    bool *used = fair_alloc_array(a, f->n + 1, sizeof *used);
    fair_str rest = fair_str_of(takes != NULL ? takes : "");
    struct want w;

    *files = fair_alloc_array(a, f->n + 1, sizeof **files);
    *n_files = 0;
    while (next_want(&rest, &w)) {
        json_t *many = w.many && w.type != 'f' ? json_array() : NULL;
        size_t found = 0;
        char key[FAIR_FORM_NAME + 1];

        memcpy(key, w.name.p, w.name.n);
        key[w.name.n] = '\0';
        if (many != NULL) json_object_set_new(form, key, many);
        for (size_t i = 0; i < f->n; i++) {
            json_t *v;
            if (!fair_str_eq(f->v[i].name, w.name)) continue;
            used[i] = true;
            if ((f->v[i].file.p != NULL) != (w.type == 'f'))
                return fair_fail(err, FAIR_INVALID, "%s: a file where none is wanted, or none where one is", key);
            if (w.type == 'f') {
                if (f->v[i].file.n == 0 && f->v[i].value.n == 0) continue;     /* nothing was chosen */
                (*files)[(*n_files)++] = f->v[i];
                found++;
                continue;
            }
            if (f->v[i].value.n == 0) continue;                                /* left empty */
            if (found++ > 0 && !w.many) return fair_fail(err, FAIR_INVALID, "%s: given twice", key);
            v = value_of(&w, f->v[i].value, err);
            if (v == NULL) return FAIR_INVALID;
            if (many != NULL) json_array_append_new(many, v);
            else json_object_set_new(form, key, v);
        }
        if (found == 0 && !w.optional) return fair_fail(err, FAIR_INVALID, "%s: missing", key);
    }
    for (size_t i = 0; i < f->n; i++)
        if (!used[i] && !fair_str_eq(f->v[i].name, FAIR_STR("csrf"))) {
            fair_str name = fair_str_escape(a, f->v[i].name);
            return fair_fail(err, FAIR_INVALID, "%.*s: no such field here", FAIR_STR_ARG(name));
        }
    return FAIR_OK;
}

static fair_status
json_field(struct fair_arena *a, const char *key, const json_t *v, struct fair_field *f, struct fair_err *err)
{
    f->name = fair_str_dup(a, fair_str_of(key));
    switch (json_typeof(v)) {
    case JSON_STRING: f->value = fair_str_dup(a, (fair_str){ json_string_value(v), json_string_length(v) }); break;
    case JSON_INTEGER: f->value = fair_str_fmt(a, "%lld", (long long)json_integer_value(v)); break;
    case JSON_TRUE: f->value = FAIR_STR("true"); break;
    case JSON_FALSE: f->value = FAIR_STR("false"); break;
    case JSON_NULL: f->value = FAIR_STR(""); break;
    default: return fair_fail(err, FAIR_INVALID, "%s: text, a whole number, true, false or a list of them is wanted", f->name.p);
    }
    return FAIR_OK;
}

fair_status
fair_takes_json(struct fair_arena *a, fair_str body, struct fair_fields *out, struct fair_err *err)
{
    json_error_t why;
    json_t *o = json_loadb(body.p != NULL ? body.p : "", body.n, JSON_REJECT_DUPLICATES, &why), *v;
    fair_status s = FAIR_OK;
    const char *key;
    size_t n = 0;

    if (!json_is_object(o)) {
        json_decref(o);
        return fair_fail(err, FAIR_INVALID, "the body is no JSON object%s%s", o == NULL ? ": " : "", o == NULL ? why.text : "");
    }
    json_object_foreach(o, key, v) {
        n += json_is_array(v) ? json_array_size(v) : 1;
    }
    if (n > FAIR_FORM_FIELDS) s = fair_fail(err, FAIR_LIMIT, "more than %d fields", FAIR_FORM_FIELDS);
    out->v = fair_alloc_array(a, n + 1, sizeof *out->v);
    out->room = n + 1;
    json_object_foreach(o, key, v) {
        size_t m = json_is_array(v) ? json_array_size(v) : 1;
        for (size_t i = 0; i < m && s == FAIR_OK; i++)
            s = json_field(a, key, json_is_array(v) ? json_array_get(v, i) : v, &out->v[out->n++], err);
    }
    json_decref(o);
    return s;
}
