/* http/lang.c - .po files: msgid "key", msgstr "words", strings that go on over lines, comments. */
#include <string.h>
#include "http/lang.h"

struct po { const char *file; struct fair_arena *arena; size_t line; struct fair_buf key, words; enum { NOTHING, KEY, WORDS } at; json_t *out; };

/* The inside of a quoted string with its escapes undone, added to b. */
static fair_status
quoted(struct po *p, fair_str s, struct fair_buf *b, struct fair_err *err)
{
    s = fair_str_trim(s);
    if (s.n < 2 || s.p[0] != '"' || s.p[s.n - 1] != '"') return fair_fail(err, FAIR_INVALID, "%s:%zu: a string in quotes is wanted", p->file, p->line);
    for (size_t i = 1; i + 1 < s.n; i++) {
        char c = s.p[i];
        if (c == '"') return fair_fail(err, FAIR_INVALID, "%s:%zu: a quote within a string", p->file, p->line);
        if (c == '\\') {
            c = s.p[++i];
            if (i + 1 >= s.n || strchr("n\"\\", c) == NULL) return fair_fail(err, FAIR_INVALID, "%s:%zu: \\%c is not known here", p->file, p->line, c);
            if (c == 'n') c = '\n';
        }
        fair_buf_byte(b, c);
    }
    return FAIR_OK;
}

static fair_status
finish(struct po *p, struct fair_err *err)
{
    fair_str key, words;

    if (p->at == NOTHING) return FAIR_OK;
    FAIR_TRY(fair_buf_take(&p->key, &key, err));
    FAIR_TRY(fair_buf_take(&p->words, &words, err));
    if (p->at == KEY) return fair_fail(err, FAIR_INVALID, "%s:%zu: %.*s has no msgstr", p->file, p->line, FAIR_STR_ARG(key));
    p->at = NOTHING;
    if (key.n == 0) return FAIR_OK;                              /* the header */
    for (size_t i = 0; i < key.n; i++)
        if (!((key.p[i] >= 'a' && key.p[i] <= 'z') || (key.p[i] >= '0' && key.p[i] <= '9') || key.p[i] == '_'))
            return fair_fail(err, FAIR_INVALID, "%s:%zu: %.*s is no key", p->file, p->line, FAIR_STR_ARG(key));
    key = fair_str_dup(p->arena, key);
    if (words.n == 0 || !fair_utf8_valid(words)) return fair_fail(err, FAIR_INVALID, "%s:%zu: %s has no words", p->file, p->line, key.p);
    if (json_object_get(p->out, key.p) != NULL) return fair_fail(err, FAIR_INVALID, "%s:%zu: %s comes twice", p->file, p->line, key.p);
    json_object_set_new(p->out, key.p, json_stringn_nocheck(words.p, words.n));
    return FAIR_OK;
}

static fair_status
read_po(const struct fair_asset *f, struct fair_arena *a, json_t *out, struct fair_err *err)
{
    struct po p = { .file = f->name, .arena = a, .out = out };
    fair_str text = { (const char *)f->bytes, f->n }, line;

    while (fair_str_split(&text, '\n', &line)) {
        p.line++;
        line = fair_str_trim(line);
        if (line.n == 0 || line.p[0] == '#') continue;
        if (fair_str_starts(line, FAIR_STR("msgid "))) {
            FAIR_TRY(finish(&p, err));
            p.key = FAIR_BUF(a, 200);
            p.words = FAIR_BUF(a, 8000);
            p.at = KEY;
            FAIR_TRY(quoted(&p, (fair_str){ line.p + 6, line.n - 6 }, &p.key, err));
        } else if (fair_str_starts(line, FAIR_STR("msgstr ")) && p.at == KEY) {
            p.at = WORDS;
            FAIR_TRY(quoted(&p, (fair_str){ line.p + 7, line.n - 7 }, &p.words, err));
        } else if (line.p[0] == '"' && p.at != NOTHING) {
            FAIR_TRY(quoted(&p, line, p.at == KEY ? &p.key : &p.words, err));
        } else {
            return fair_fail(err, FAIR_INVALID, "%s:%zu: neither msgid nor msgstr nor a string", p.file, p.line);
        }
    }
    return finish(&p, err);
}

/* "portal.de.po" is "de". */
static fair_str
code_of(const char *name)
{
    const char *end = name + strlen(name) - 3, *begin = end;
    while (begin > name && begin[-1] != '.' && begin[-1] != '/') begin--;
    return (fair_str){ begin, (size_t)(end - begin) };
}

static fair_status
compare(const struct fair_lang *first, const struct fair_lang *l, struct fair_err *err)
{
    const char *key;
    json_t *v;

    json_object_foreach(first->words, key, v) {
        if (json_object_get(l->words, key) == NULL) return fair_fail(err, FAIR_INVALID, "%.*s: no words for %s", FAIR_STR_ARG(l->code), key);
    }
    json_object_foreach(l->words, key, v) {
        if (json_object_get(first->words, key) == NULL) return fair_fail(err, FAIR_INVALID, "%.*s: %s is no key of %.*s", FAIR_STR_ARG(l->code), key, FAIR_STR_ARG(first->code));
    }
    return FAIR_OK;
}

fair_status
fair_langs_read(const struct fair_asset *files, size_t n, struct fair_arena *a, struct fair_langs *out, struct fair_err *err)
{
    out->n = 0;
    for (size_t i = 0; i < n && out->n < sizeof out->v / sizeof *out->v; i++) {
        struct fair_lang *l = &out->v[out->n];
        if (!fair_str_ends(fair_str_of(files[i].name), FAIR_STR(".po"))) continue;
        *l = (struct fair_lang){ .code = code_of(files[i].name), .words = json_object() };
        out->n++;
        FAIR_TRY(read_po(&files[i], a, l->words, err));
        l->name = fair_lang_words(l, "language_name");
        FAIR_TRY(compare(&out->v[0], l, err));
    }
    return out->n > 0 ? FAIR_OK : fair_fail(err, FAIR_INVALID, "no language was built in");
}

void
fair_langs_free(struct fair_langs *l)
{
    for (size_t i = 0; i < l->n; i++) json_decref(l->v[i].words);
    l->n = 0;
}

const struct fair_lang *
fair_lang_by_code(const struct fair_langs *l, fair_str code)
{
    for (size_t i = 0; i < l->n; i++)
        if (fair_str_eq_nocase(l->v[i].code, code)) return &l->v[i];
    return NULL;
}

const struct fair_lang *
fair_lang_for(const struct fair_langs *l, fair_str accept)
{
    const struct fair_lang *best = NULL;
    long best_q = 0;
    fair_str one;

    while (fair_str_split(&accept, ',', &one)) {
        fair_str range, rest = fair_str_trim(one), code;
        const struct fair_lang *found;
        long q = 1000;
        fair_str_split(&rest, ';', &range);
        rest = fair_str_trim(rest);
        if (fair_str_starts(rest, FAIR_STR("q=0."))) {
            q = 0;
            for (size_t i = 4, w = 100; i < rest.n && i < 7 && rest.p[i] >= '0' && rest.p[i] <= '9'; i++, w /= 10) q += (long)w * (rest.p[i] - '0');
        } else if (fair_str_starts(rest, FAIR_STR("q=0"))) {
            q = 0;
        }
        range = fair_str_trim(range);
        fair_str_split(&range, '-', &code);
        found = fair_lang_by_code(l, code);
        if (found != NULL && q > best_q) {
            best = found;
            best_q = q;
        }
    }
    return best != NULL ? best : &l->v[0];
}

fair_str
fair_lang_words(const struct fair_lang *l, const char *key)
{
    const json_t *v = json_object_get(l->words, key);
    return json_is_string(v) ? (fair_str){ json_string_value(v), json_string_length(v) } : fair_str_of(key);
}
