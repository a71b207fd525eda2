/* letters_parse.c - a letter's front matter, and its body as lines and sections. */
#include <string.h>
#include "cases/letters_private.h"

/* ---- front matter ------------------------------------------------------------------------------------- */

bool
fair_letter_list_next(fair_str *rest, fair_str *word)
{
    size_t n = 0;

    *rest = fair_str_trim(*rest);
    if (rest->n == 0) return false;
    while (n < rest->n && rest->p[n] != ' ' && rest->p[n] != '\t') n++;
    *word = (fair_str){ rest->p, n };
    *rest = (fair_str){ rest->p + n, rest->n - n };
    return true;
}

static void
take_list(struct fair_arena *a, fair_str value, const fair_str **out, size_t *n)
{
    fair_str rest = value, word, *p;

    *n = 0;
    while (fair_letter_list_next(&rest, &word)) ++*n;
    p = fair_alloc_array(a, *n + 1, sizeof *p);
    rest = value;
    for (size_t i = 0; fair_letter_list_next(&rest, &word); i++) p[i] = word;
    *out = p;
}

enum { KEY_LAW, KEY_STEP, KEY_LANGUAGE, KEY_REVIEWED, KEY_ON, KEY_NEEDS, KEY_MONEY, KEY_DAYS, KEY_ELEMENTS, KEY_SUBJECT, N_KEYS };
static const char *const keys[N_KEYS] = { "law", "step", "language", "reviewed-by", "on", "needs", "names-money", "days", "elements", "subject" };

static fair_status
take_key(fair_str line, fair_str *values, struct fair_err *err)
{
    fair_str rest = line, key;
    int at = -1;

    if (!fair_str_split(&rest, ':', &key) || rest.p == NULL) return fair_fail(err, FAIR_INVALID, "front matter: \"%.*s\" is no key: value", FAIR_STR_ARG(line));
    for (int i = 0; i < N_KEYS; i++)
        if (fair_str_eq(key, fair_str_of(keys[i]))) at = i;
    if (at < 0) return fair_fail(err, FAIR_INVALID, "front matter: unknown key \"%.*s\"", FAIR_STR_ARG(key));
    if (values[at].p != NULL) return fair_fail(err, FAIR_INVALID, "front matter: %s stands twice", keys[at]);
    values[at] = fair_str_trim(rest);
    return FAIR_OK;
}

fair_status
fair_letter_parse(struct fair_arena *a, fair_str text, struct fair_letter *out, struct fair_err *err)
{
    fair_str rest = text, line, v[N_KEYS] = { { NULL, 0 } };
    bool ended = false;

    *out = (struct fair_letter){ .days = -1 };
    if (!fair_str_split(&rest, '\n', &line) || !fair_str_eq(line, FAIR_STR("---"))) return fair_fail(err, FAIR_INVALID, "a letter begins with a line ---");
    while (!ended && fair_str_split(&rest, '\n', &line)) {
        if (fair_str_eq(line, FAIR_STR("---"))) ended = true;
        else FAIR_TRY(take_key(line, v, err));
    }
    if (!ended) return fair_fail(err, FAIR_INVALID, "front matter: no line --- ends it");
    for (int i = 0; i < N_KEYS; i++)
        if (v[i].p == NULL) return fair_fail(err, FAIR_INVALID, "front matter: %s is missing", keys[i]);
    out->law = v[KEY_LAW];
    out->step = v[KEY_STEP];
    out->language = v[KEY_LANGUAGE];
    out->reviewed_by = v[KEY_REVIEWED];
    out->on = v[KEY_ON];
    out->subject = v[KEY_SUBJECT];
    out->body = rest.p != NULL ? rest : FAIR_STR("");
    if (out->reviewed_by.n == 0 || out->subject.n == 0) return fair_fail(err, FAIR_INVALID, "front matter: reviewed-by or subject is empty");
    if (fair_str_eq(v[KEY_MONEY], FAIR_STR("yes"))) out->names_money = true;
    else if (!fair_str_eq(v[KEY_MONEY], FAIR_STR("no"))) return fair_fail(err, FAIR_INVALID, "front matter: names-money is yes or no");
    if (!fair_str_number(v[KEY_DAYS], 365, &out->days)) return fair_fail(err, FAIR_INVALID, "front matter: days is a number up to 365");
    take_list(a, v[KEY_NEEDS], &out->needs, &out->n_needs);
    take_list(a, v[KEY_ELEMENTS], &out->elements, &out->n_elements);
    return FAIR_OK;
}

/* ---- the body ----------------------------------------------------------------------------------------- */

/* "{{?name}}" alone on a line: its sign and what follows. */
static bool
is_section(fair_str line, char *sign, fair_str *name)
{
    if (line.n < 6 || !fair_str_starts(line, FAIR_STR("{{")) || !fair_str_ends(line, FAIR_STR("}}")) || strchr("?!#/", line.p[2]) == NULL) return false;
    *sign = line.p[2];
    *name = (fair_str){ line.p + 3, line.n - 5 };
    return memchr(name->p, '{', name->n) == NULL && memchr(name->p, '}', name->n) == NULL;
}

fair_status
fair_letter_lines(struct fair_arena *a, fair_str body, struct letter_line **out, size_t *n, struct fair_err *err)
{
    struct letter_line *lines = fair_alloc_array(a, LETTERS_LINES, sizeof *lines);
    size_t open[LETTERS_DEEP], deep = 0;
    fair_str rest = body, line, name;
    char sign;

    *n = 0;
    while (fair_str_split(&rest, '\n', &line)) {
        struct letter_line *to = &lines[*n];
        if (*n == LETTERS_LINES) return fair_fail(err, FAIR_LIMIT, "a body of more than %d lines", LETTERS_LINES);
        if (line.n > 0 && line.p[line.n - 1] == '\r') line.n--;
        to->text = line;
        to->kind = fair_str_trim(line).n == 0 ? LINE_BLANK : LINE_TEXT;
        if (is_section(fair_str_trim(line), &sign, &name)) {
            to->text = name;
            to->kind = sign == '?' ? LINE_IF : sign == '!' ? LINE_UNLESS : sign == '#' ? LINE_EACH : LINE_END;
            if (to->kind == LINE_END) {
                if (deep == 0 || !fair_str_eq(lines[open[deep - 1]].text, name))
                    return fair_fail(err, FAIR_INVALID, "line %zu: {{/%.*s}} ends no section", *n + 1, FAIR_STR_ARG(name));
                lines[open[--deep]].end = *n;
            } else {
                if (deep == LETTERS_DEEP) return fair_fail(err, FAIR_LIMIT, "line %zu: sections too deep", *n + 1);
                open[deep++] = *n;
            }
        }
        ++*n;
    }
    if (deep > 0) return fair_fail(err, FAIR_INVALID, "section %.*s has no end", FAIR_STR_ARG(lines[open[deep - 1]].text));
    *out = lines;
    return FAIR_OK;
}

fair_status
fair_letter_field_next(fair_str *rest, fair_str *before, fair_str *name, bool *found, struct fair_err *err)
{
    const char *at = rest->n > 1 ? memmem(rest->p, rest->n, "{{", 2) : NULL, *end;

    *found = false;
    *before = *rest;
    if (at == NULL) {
        *rest = (fair_str){ rest->p + rest->n, 0 };
        return FAIR_OK;
    }
    before->n = (size_t)(at - rest->p);
    end = memmem(at, rest->n - before->n, "}}", 2);
    if (end == NULL) return fair_fail(err, FAIR_INVALID, "a field is not closed: \"%.40s\"", at);
    *name = (fair_str){ at + 2, (size_t)(end - at) - 2 };
    *rest = (fair_str){ end + 2, (size_t)(rest->p + rest->n - end) - 2 };
    for (size_t i = 0; i < name->n; i++)
        if (strchr("abcdefghijklmnopqrstuvwxyz0123456789._-", name->p[i]) == NULL)
            return fair_fail(err, FAIR_INVALID, "\"{{%.*s}}\" is no name of a field", FAIR_STR_ARG(*name));
    if (name->n == 0) return fair_fail(err, FAIR_INVALID, "a field without a name");
    *found = true;
    return FAIR_OK;
}

bool
fair_letter_mark(fair_str *text, fair_str *element)
{
    size_t n = 1;

    if (text->n < 2 || text->p[0] != '@') return false;
    while (n < text->n && text->p[n] != ' ') n++;
    *element = (fair_str){ text->p + 1, n - 1 };
    *text = fair_str_trim((fair_str){ text->p + n, text->n - n });
    return element->n > 0;
}
