/* letters.c - the set of letters and packs: read, and refused unless it is whole and fair. */
#include "cases/letters.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "cases/letters_private.h"

enum { LEAST_DAYS = 14 };         /* ENFORCEMENT.md I8, N5 */

void
fair_letter_fault(struct letter_faults *f, const char *fmt, ...)
{
    char words[400];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(words, sizeof words, fmt, ap);
    va_end(ap);
    if (f->n++ == 0 && f->err != NULL) (void)fair_fail(f->err, FAIR_INVALID, "letters: %s", words);
    if (f->say != NULL) f->say(f->arg, words);
}

/* ---- the archive --------------------------------------------------------------------------------------- */

static size_t
count_files(fair_str archive)
{
    size_t n = 0;

    for (size_t i = 0; i < archive.n; i++) n += archive.p[i] == '@' && (i == 0 || archive.p[i - 1] == '\n');
    return n;
}

static fair_status
read_archive(struct fair_letters *l, fair_str archive, struct fair_err *err)
{
    size_t most = count_files(archive);
    fair_str rest = archive;

    l->files = fair_alloc_array(l->a, most + 1, sizeof *l->files);
    while (rest.n > 0) {
        const char *end = memchr(rest.p, '\n', rest.n);
        fair_str head = { rest.p, end != NULL ? (size_t)(end - rest.p) : 0 }, path;
        int64_t n;
        if (head.n < 4 || head.p[0] != '@') return fair_fail(err, FAIR_CORRUPT, "letters: no archive");
        head = (fair_str){ head.p + 1, head.n - 1 };
        fair_str_split(&head, ' ', &path);
        if (!fair_str_number(head, LETTERS_FILE, &n)) return fair_fail(err, FAIR_LIMIT, "letters: %.*s is over %d bytes", FAIR_STR_ARG(path), LETTERS_FILE);
        rest = (fair_str){ end + 1, rest.n - (size_t)(end + 1 - rest.p) };
        if ((size_t)n > rest.n) return fair_fail(err, FAIR_CORRUPT, "letters: %.*s is cut off", FAIR_STR_ARG(path));
        if (l->n_files < most) l->files[l->n_files++] = (struct letter_file){ path, { rest.p, (size_t)n } };
        rest = (fair_str){ rest.p + n, rest.n - (size_t)n };
    }
    return FAIR_OK;
}

static fair_str
file_of(const struct fair_letters *l, fair_str path)
{
    for (size_t i = 0; i < l->n_files; i++)
        if (fair_str_eq(l->files[i].path, path)) return l->files[i].text;
    return (fair_str){ NULL, 0 };
}

/* ---- tables -------------------------------------------------------------------------------------------- */

enum { MOST_COLUMNS = 8 };

/* The next row of a table with exactly `n` columns; lines that begin with # are remarks. */
static bool
next_row(struct letter_faults *f, const char *name, fair_str *rest, size_t n, fair_str *columns)
{
    fair_str line;

    while (fair_str_split(rest, '\n', &line)) {
        size_t k = 0;
        fair_str left = line, one;
        if (line.n == 0 || line.p[0] == '#') continue;
        while (k < MOST_COLUMNS && fair_str_split(&left, '\t', &one)) columns[k++] = fair_str_trim(one);
        if (k == n && left.p == NULL) return true;
        fair_letter_fault(f, "%s: a row of %zu columns, not %zu: \"%.*s\"", name, k, n, (int)(line.n < 80 ? line.n : 80), line.p);
    }
    return false;
}

static size_t
count_lines(fair_str s)
{
    size_t n = 1;

    for (size_t i = 0; i < s.n; i++) n += s.p[i] == '\n';
    return n;
}

static fair_str
table(struct fair_letters *l, struct letter_faults *f, const char *path)
{
    fair_str t = file_of(l, fair_str_of(path));

    if (t.p == NULL) fair_letter_fault(f, "%s is missing", path);
    if (t.p != NULL && !fair_utf8_valid(t)) fair_letter_fault(f, "%s is no UTF-8", path);
    return t;
}

static void
read_tables(struct fair_letters *l, struct letter_faults *f)
{
    fair_str t = table(l, f, "letters/fields.tsv"), c[MOST_COLUMNS];

    l->fields = fair_alloc_array(l->a, count_lines(t), sizeof *l->fields);
    while (next_row(f, "fields.tsv", &t, 3, c)) l->fields[l->n_fields++] = (struct letter_field){ c[0], c[1] };
    t = table(l, f, "letters/words.tsv");
    l->words = fair_alloc_array(l->a, count_lines(t), sizeof *l->words);
    while (next_row(f, "words.tsv", &t, 3, c)) l->words[l->n_words++] = (struct letter_word){ c[0], c[1], c[2] };
    t = table(l, f, "letters/steps.tsv");
    l->steps = fair_alloc_array(l->a, count_lines(t), sizeof *l->steps);
    while (next_row(f, "steps.tsv", &t, 6, c)) {
        struct letter_step *s = &l->steps[l->n_steps++];
        *s = (struct letter_step){ .name = c[0], .kind = c[1], .level = c[2], .needs = c[4] };
        if (!fair_str_number(c[3], 365, &s->days)) fair_letter_fault(f, "steps.tsv: days of %.*s", FAIR_STR_ARG(c[0]));
    }
    t = table(l, f, "letters/wording.tsv");
    l->phrases = fair_alloc_array(l->a, count_lines(t), sizeof *l->phrases);
    while (next_row(f, "wording.tsv", &t, 5, c)) l->phrases[l->n_phrases++] = (struct letter_phrase){ c[0], c[1], c[2], c[3], c[4] };
}

/* "packs/DE.tsv" -> "DE". */
static bool
pack_of_path(fair_str path, fair_str *law)
{
    if (!fair_str_starts(path, FAIR_STR("packs/")) || !fair_str_ends(path, FAIR_STR(".tsv"))) return false;
    *law = (fair_str){ path.p + 6, path.n - 10 };
    return true;
}

static void
read_packs(struct fair_letters *l, struct letter_faults *f)
{
    fair_str c[MOST_COLUMNS], law;
    size_t most = 0;

    for (size_t i = 0; i < l->n_files; i++)
        if (pack_of_path(l->files[i].path, &law)) most += count_lines(l->files[i].text);
    l->rows = fair_alloc_array(l->a, most + 1, sizeof *l->rows);
    for (size_t i = 0; i < l->n_files; i++) {
        fair_str t = l->files[i].text;
        if (!pack_of_path(l->files[i].path, &law)) continue;
        while (next_row(f, fair_str_dup(l->a, law).p, &t, 7, c)) {
            if (c[4].n == 0 || c[5].n == 0) fair_letter_fault(f, "pack %.*s: %.*s has no source or no date", FAIR_STR_ARG(law), FAIR_STR_ARG(c[1]));
            l->rows[l->n_rows++] = (struct fair_pack_row){ law, c[0], c[1], c[2], c[3], c[4], c[5], c[6] };
        }
    }
}

/* ---- looking things up ----------------------------------------------------------------------------------- */

/* "use.12.page" is a field where the table has "use.*.page". */
static bool
field_is(fair_str pattern, fair_str name)
{
    while (pattern.n > 0 && name.n > 0) {
        if (pattern.p[0] == '*') {
            size_t n = 0;
            while (n < name.n && ((name.p[n] >= '0' && name.p[n] <= '9') || name.p[n] == '*')) n++;
            if (n == 0) return false;
            pattern = (fair_str){ pattern.p + 1, pattern.n - 1 };
            name = (fair_str){ name.p + n, name.n - n };
            continue;
        }
        if (pattern.p[0] != name.p[0]) return false;
        pattern = (fair_str){ pattern.p + 1, pattern.n - 1 };
        name = (fair_str){ name.p + 1, name.n - 1 };
    }
    return pattern.n == 0 && name.n == 0;
}

const struct letter_field *
fair_letter_field_of(const struct fair_letters *l, fair_str name)
{
    for (size_t i = 0; i < l->n_fields; i++)
        if (field_is(l->fields[i].name, name)) return &l->fields[i];
    return NULL;
}

/* A row of kind "say": "advice.name.de" or, the same in all languages, "advice.url". */
fair_str
fair_letter_pack_text(const struct fair_letters *l, fair_str law, fair_str language, fair_str name)
{
    for (size_t i = 0; i < l->n_rows; i++) {
        const struct fair_pack_row *r = &l->rows[i];
        fair_str id = r->id;
        if (!fair_str_eq(r->law, law) || !fair_str_eq(r->kind, FAIR_STR("say")) || !fair_str_starts(id, name)) continue;
        id = (fair_str){ id.p + name.n, id.n - name.n };
        if (id.n == 0 || (id.p[0] == '.' && fair_str_eq((fair_str){ id.p + 1, id.n - 1 }, language))) return r->text;
    }
    return (fair_str){ NULL, 0 };
}

fair_str
fair_letter_word_of(const struct fair_letters *l, fair_str language, fair_str key)
{
    for (size_t i = 0; i < l->n_words; i++)
        if (fair_str_eq(l->words[i].language, language) && fair_str_eq(l->words[i].key, key)) return l->words[i].text;
    return (fair_str){ NULL, 0 };
}

fair_str
fair_letters_word(const struct fair_letters *l, fair_str language, fair_str key)
{
    return fair_letter_word_of(l, language, key);
}

const struct letter_step *
fair_letter_step_of(const struct fair_letters *l, fair_str step)
{
    for (size_t i = 0; i < l->n_steps; i++)
        if (fair_str_eq(l->steps[i].name, step)) return &l->steps[i];
    return NULL;
}

const struct fair_letter *
fair_letters_get(const struct fair_letters *l, fair_str law, fair_str step, fair_str language)
{
    for (size_t i = 0; i < l->n_letters; i++) {
        const struct fair_letter *t = &l->letters[i];
        if (fair_str_eq(t->law, law) && fair_str_eq(t->step, step) && fair_str_eq(t->language, language)) return t;
    }
    return NULL;
}

size_t fair_letters_count(const struct fair_letters *l) { return l->n_letters; }
const struct fair_letter *fair_letters_at(const struct fair_letters *l, size_t i) { return i < l->n_letters ? &l->letters[i] : NULL; }
size_t fair_packs_count(const struct fair_letters *l) { return l->n_rows; }
const struct fair_pack_row *fair_packs_at(const struct fair_letters *l, size_t i) { return i < l->n_rows ? &l->rows[i] : NULL; }

static fair_str
pack_meta(const struct fair_letters *l, fair_str law, const char *id)
{
    for (size_t i = 0; i < l->n_rows; i++)
        if (fair_str_eq(l->rows[i].law, law) && fair_str_eq(l->rows[i].kind, FAIR_STR("pack")) && fair_str_eq(l->rows[i].id, fair_str_of(id)))
            return l->rows[i].text;
    return (fair_str){ NULL, 0 };
}

bool
fair_pack_known(const struct fair_letters *l, fair_str law)
{
    return pack_meta(l, law, "languages").n > 0;
}

fair_str
fair_pack_language(const struct fair_letters *l, fair_str law, fair_str wanted)
{
    fair_str rest = pack_meta(l, law, "languages"), word, first = { NULL, 0 };

    if (wanted.n > 2) wanted.n = 2;         /* "de-AT" reads German */
    while (fair_letter_list_next(&rest, &word)) {
        if (first.p == NULL) first = word;
        if (fair_str_eq(word, wanted)) return word;
    }
    /* Who reads another language is written to in English rather than in the law's own. */
    rest = pack_meta(l, law, "languages");
    while (wanted.n > 0 && fair_letter_list_next(&rest, &word))
        if (fair_str_eq(word, FAIR_STR("en"))) return word;
    return first;
}

fair_str
fair_pack_of_country(fair_str country)
{
    static const char *const own[] = { "DE", "IT", "US", "XX" };
    static const char eu[] = "AT BE BG CY CZ DK EE ES FI FR GR HR HU IE LT LU LV MT NL PL PT RO SE SI SK";

    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        if (fair_str_eq(country, fair_str_of(own[i]))) return fair_str_of(own[i]);
    if (fair_str_eq(country, FAIR_STR("GB")) || fair_str_eq(country, FAIR_STR("UK"))) return FAIR_STR("UK");
    if (country.n == 2 && memmem(eu, sizeof eu - 1, country.p, 2) != NULL && country.p[0] >= 'A' && country.p[1] >= 'A') return FAIR_STR("EU");
    return (fair_str){ NULL, 0 };
}

struct fair_sha256
fair_pack_hash(const struct fair_letters *l, fair_str law)
{
    struct fair_sha256_run *run = fair_sha256_begin();
    fair_str of;

    for (size_t i = 0; i < l->n_files; i++)
        if (pack_of_path(l->files[i].path, &of) && fair_str_eq(of, law)) fair_sha256_add(run, l->files[i].text.p, l->files[i].text.n);
    for (size_t i = 0; i < l->n_letters; i++)
        if (fair_str_eq(l->letters[i].law, law)) fair_sha256_add(run, l->letters[i].sha256.b, sizeof l->letters[i].sha256.b);
    return fair_sha256_end(&run);
}

/* ---- a letter -------------------------------------------------------------------------------------------- */

/* "{{>who}}": <law>/who.<language>.part, else common/who.<language>.part. */
static bool
add_body(struct fair_letters *l, struct letter_faults *f, const char *name, const struct fair_letter *t, fair_str body, int depth, struct fair_buf *b)
{
    fair_str rest = body, line;
    bool first = true;

    while (fair_str_split(&rest, '\n', &line)) {
        fair_str part = fair_str_trim(line), text;
        if (!first) fair_buf_c(b, "\n");
        first = false;
        if (!fair_str_starts(part, FAIR_STR("{{>")) || !fair_str_ends(part, FAIR_STR("}}"))) {
            fair_buf_add(b, line);
            continue;
        }
        part = (fair_str){ part.p + 3, part.n - 5 };
        text = file_of(l, fair_str_fmt(l->a, "letters/%.*s/%.*s.%.*s.part", FAIR_STR_ARG(t->law), FAIR_STR_ARG(part), FAIR_STR_ARG(t->language)));
        if (text.p == NULL) text = file_of(l, fair_str_fmt(l->a, "letters/common/%.*s.%.*s.part", FAIR_STR_ARG(part), FAIR_STR_ARG(t->language)));
        if (text.p == NULL || depth > 6) {
            fair_letter_fault(f, "%s: no part %.*s in language %.*s", name, FAIR_STR_ARG(part), FAIR_STR_ARG(t->language));
            return false;
        }
        if (text.n > 0 && text.p[text.n - 1] == '\n') text.n--;
        if (!add_body(l, f, name, t, text, depth + 1, b)) return false;
    }
    return true;
}

static bool
in_list(const fair_str *list, size_t n, fair_str what)
{
    for (size_t i = 0; i < n; i++)
        if (fair_str_eq(list[i], what)) return true;
    return false;
}

struct seen { fair_str names[400]; size_t n; };

static void
see(struct seen *s, fair_str name)
{
    if (!in_list(s->names, s->n, name) && s->n < sizeof s->names / sizeof s->names[0]) s->names[s->n++] = name;
}

/* Is the field said only where it is known: within {{?name}}, or as a thing of the list it stands in? */
static bool
guarded(const struct letter_line *lines, const size_t *open, size_t deep, fair_str name)
{
    for (size_t i = 0; i < deep; i++) {
        const struct letter_line *s = &lines[open[i]];
        fair_str cond = s->text, part;
        if (s->kind == LINE_EACH && fair_str_starts(name, s->text) && name.n > s->text.n && name.p[s->text.n] == '.') return true;
        fair_str_split(&cond, '=', &part);
        if (s->kind == LINE_IF && fair_str_eq(part, name)) return true;
    }
    return false;
}

/* "use.page" within {{#use}} is "use.*.page". */
static const struct letter_field *
field_here(const struct fair_letters *l, const struct letter_line *lines, const size_t *open, size_t deep, fair_str name)
{
    for (size_t i = 0; i < deep; i++) {
        fair_str list = lines[open[i]].text;
        if (lines[open[i]].kind == LINE_EACH && fair_str_starts(name, list) && name.n > list.n + 1 && name.p[list.n] == '.')
            return fair_letter_field_of(l, fair_str_fmt(l->a, "%.*s.*%.*s", FAIR_STR_ARG(list), (int)(name.n - list.n), name.p + list.n));
    }
    return fair_letter_field_of(l, name);
}

static void
check_fields(struct fair_letters *l, struct letter_faults *f, const char *name, const struct fair_letter *t, fair_str text,
             const struct letter_line *lines, const size_t *open, size_t deep, struct seen *seen, struct fair_buf *plain)
{
    fair_str rest = text, before, field;
    struct fair_err why = { 0 };
    bool found;

    for (;;) {
        if (fair_letter_field_next(&rest, &before, &field, &found, &why) != FAIR_OK) {
            fair_letter_fault(f, "%s: %s", name, why.text);
            return;
        }
        fair_buf_add(plain, before);
        if (!found) return;
        fair_buf_c(plain, "Foto");
        see(seen, field);
        if (field_here(l, lines, open, deep, field) == NULL) fair_letter_fault(f, "%s: unknown field \"%.*s\"", name, FAIR_STR_ARG(field));
        else if (!fair_str_starts(field, FAIR_STR("letter.days")) && !fair_str_starts(field, FAIR_STR("letter.review")) && !guarded(lines, open, deep, field) && !in_list(t->needs, t->n_needs, field) && fair_letter_pack_text(l, t->law, t->language, field).p == NULL)
            fair_letter_fault(f, "%s: says %.*s, which it does not list among its needs", name, FAIR_STR_ARG(field));
    }
}

static void
check_section(struct fair_letters *l, struct letter_faults *f, const char *name, const struct letter_line *line)
{
    fair_str cond = line->text, field, list;

    fair_str_split(&cond, '=', &field);
    if (line->kind == LINE_EACH) {
        bool known = false;
        list = fair_str_fmt(l->a, "%.*s.*.", FAIR_STR_ARG(line->text));
        for (size_t i = 0; i < l->n_fields; i++) known |= fair_str_starts(l->fields[i].name, list);
        if (!known) fair_letter_fault(f, "%s: unknown list \"%.*s\"", name, FAIR_STR_ARG(line->text));
    } else if (fair_letter_field_of(l, field) == NULL && memchr(field.p, '.', field.n) == NULL) {
        fair_letter_fault(f, "%s: unknown field \"%.*s\"", name, FAIR_STR_ARG(field));
    }
}

/* The body line by line: fields, elements; its words without fields into `plain`. */
static void
check_body(struct fair_letters *l, struct letter_faults *f, const char *name, const struct fair_letter *t, struct seen *seen,
           struct seen *marks, struct fair_buf *plain)
{
    struct letter_line *lines;
    size_t n, open[LETTERS_DEEP], deep = 0;
    struct fair_err why = { 0 };

    if (fair_letter_lines(l->a, t->body, &lines, &n, &why) != FAIR_OK) {
        fair_letter_fault(f, "%s: %s", name, why.text);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        fair_str text = lines[i].text, mark;
        if (lines[i].kind == LINE_END) deep--;
        if (lines[i].kind == LINE_IF || lines[i].kind == LINE_UNLESS || lines[i].kind == LINE_EACH) {
            check_section(l, f, name, &lines[i]);
            open[deep++] = i;
        }
        if (lines[i].kind == LINE_BLANK) fair_buf_c(plain, "\n");
        if (lines[i].kind != LINE_TEXT) continue;
        text = fair_str_trim(text);
        while (fair_letter_mark(&text, &mark)) see(marks, mark);
        if (fair_str_starts(text, FAIR_STR("- ")) || fair_str_starts(text, FAIR_STR("#"))) fair_buf_c(plain, "\n");
        check_fields(l, f, name, t, text, lines, open, deep, seen, plain);
        fair_buf_c(plain, " ");
        if (memmem(text.p, text.n, " :: ", 4) != NULL || fair_str_starts(text, FAIR_STR("#"))) fair_buf_c(plain, "\n");
    }
}

/* Does the row ask for something of this step?  "*" asks it of all claims; else steps, with blanks. */
static bool
applies(const struct fair_pack_row *r, const struct fair_letter *t)
{
    fair_str rest = r->applies, word;

    if (!fair_str_eq(r->kind, FAIR_STR("element")) || !fair_str_eq(r->law, t->law)) return false;
    while (fair_letter_list_next(&rest, &word)) {
        if (fair_str_eq(word, t->step)) return true;
        if (fair_str_eq(word, FAIR_STR("claim")) && t->kind == FAIR_LETTER_CLAIM) return true;
        if (fair_str_eq(word, FAIR_STR("*"))) return true;
    }
    return false;
}

static void
check_elements(struct fair_letters *l, struct letter_faults *f, const char *name, const struct fair_letter *t, const struct seen *marks)
{
    for (size_t i = 0; i < l->n_rows; i++)
        if (applies(&l->rows[i], t) && !in_list(t->elements, t->n_elements, l->rows[i].id))
            fair_letter_fault(f, "%s: lacks the element %.*s of its pack", name, FAIR_STR_ARG(l->rows[i].id));
    for (size_t i = 0; i < t->n_elements; i++) {
        bool known = false;
        for (size_t k = 0; k < l->n_rows; k++)
            known |= fair_str_eq(l->rows[k].law, t->law) && fair_str_eq(l->rows[k].kind, FAIR_STR("element")) && fair_str_eq(l->rows[k].id, t->elements[i]);
        if (!known) fair_letter_fault(f, "%s: element %.*s is not one of its pack", name, FAIR_STR_ARG(t->elements[i]));
        if (!in_list(marks->names, marks->n, t->elements[i])) fair_letter_fault(f, "%s: says nowhere what %.*s asks", name, FAIR_STR_ARG(t->elements[i]));
    }
}

static void
check_letter(struct fair_letters *l, struct letter_faults *f, const char *name, struct fair_letter *t, const struct letter_step *s)
{
    struct seen *seen = FAIR_NEW(l->a, struct seen), *marks = FAIR_NEW(l->a, struct seen);
    struct fair_buf plain = FAIR_BUF(l->a, 2 * LETTERS_BODY);
    struct fair_wording_fault w;
    fair_str rest = s->needs, need, text;

    check_body(l, f, name, t, seen, marks, &plain);
    fair_buf_c(&plain, "\n");
    check_fields(l, f, name, t, t->subject, NULL, NULL, 0, seen, &plain);
    while (fair_letter_list_next(&rest, &need))
        if (!in_list(t->needs, t->n_needs, need)) fair_letter_fault(f, "%s: lacks the needed field %.*s", name, FAIR_STR_ARG(need));
    for (size_t i = 0; i < t->n_needs; i++) {
        if (fair_letter_field_of(l, t->needs[i]) == NULL) fair_letter_fault(f, "%s: unknown field \"%.*s\" among its needs", name, FAIR_STR_ARG(t->needs[i]));
        else if (!in_list(seen->names, seen->n, t->needs[i]) && memchr(t->needs[i].p, '.', t->needs[i].n) != NULL &&
                 memmem(t->needs[i].p, t->needs[i].n, ".1.", 3) == NULL)
            fair_letter_fault(f, "%s: needs %.*s and never says it", name, FAIR_STR_ARG(t->needs[i]));
    }
    check_elements(l, f, name, t, marks);
    if (t->names_money && !fair_str_eq(s->level, FAIR_STR("OFFER")) && !fair_str_eq(s->level, FAIR_STR("DEMAND")))
        fair_letter_fault(f, "%s: names money, which %.*s may not", name, FAIR_STR_ARG(t->step));
    if (t->kind == FAIR_LETTER_CLAIM && (t->days < s->days || t->days < LEAST_DAYS))
        fair_letter_fault(f, "%s: gives %lld days, fewer than %lld", name, (long long)t->days, (long long)(s->days > LEAST_DAYS ? s->days : LEAST_DAYS));
    if (t->kind != FAIR_LETTER_CLAIM && t->days != 0) fair_letter_fault(f, "%s: asks for nothing and gives days", name);
    text = (fair_str){ plain.p, plain.n };
    if (fair_wording_find(l, t->language, text, FAIR_WORDING_LETTER, l->a, &w))
        fair_letter_fault(f, "%s: %s: \"%.*s\" (%.*s)", name, w.kind, FAIR_STR_ARG(w.found), FAIR_STR_ARG(w.why));
    t->reading = fair_reading_ease(t->language, text);
    if (t->reading < fair_reading_least(l, t->language))
        fair_letter_fault(f, "%s: reads at %.0f, harder than %.0f", name, t->reading, fair_reading_least(l, t->language));
}

static void
read_letter(struct fair_letters *l, struct letter_faults *f, const struct letter_file *file)
{
    struct fair_letter *t = &l->letters[l->n_letters];
    const char *name = fair_str_dup(l->a, file->path).p;
    struct fair_buf body = FAIR_BUF(l->a, LETTERS_BODY);
    struct fair_err why = { 0 };
    const struct letter_step *s;
    struct fair_sha256_run *run;

    if (!fair_utf8_valid(file->text)) {
        fair_letter_fault(f, "%s is no UTF-8", name);
        return;
    }
    if (fair_letter_parse(l->a, file->text, t, &why) != FAIR_OK) {
        fair_letter_fault(f, "%s: %s", name, why.text);
        return;
    }
    if (!fair_str_eq(file->path, fair_str_fmt(l->a, "letters/%.*s/%.*s.%.*s.letter", FAIR_STR_ARG(t->law), FAIR_STR_ARG(t->step), FAIR_STR_ARG(t->language)))) {
        fair_letter_fault(f, "%s: its front matter says another law, step or language", name);
        return;
    }
    s = fair_letter_step_of(l, t->step);
    if (s == NULL) {
        fair_letter_fault(f, "%s: unknown step %.*s", name, FAIR_STR_ARG(t->step));
        return;
    }
    if (!fair_pack_known(l, t->law)) fair_letter_fault(f, "%s: no pack %.*s", name, FAIR_STR_ARG(t->law));
    t->kind = fair_str_eq(s->kind, FAIR_STR("claim")) ? FAIR_LETTER_CLAIM : fair_str_eq(s->kind, FAIR_STR("closing")) ? FAIR_LETTER_CLOSING : FAIR_LETTER_ANSWER;
    run = fair_sha256_begin();
    fair_sha256_add(run, file->text.p, file->text.n - t->body.n);
    if (!add_body(l, f, name, t, t->body, 0, &body)) {
        (void)fair_sha256_end(&run);
        return;
    }
    t->body = (fair_str){ body.p, body.n };
    fair_sha256_add(run, t->body.p, t->body.n);
    t->sha256 = fair_sha256_end(&run);
    if (body.over) fair_letter_fault(f, "%s: a body over %d bytes", name, LETTERS_BODY);
    check_letter(l, f, name, t, s);
    l->n_letters++;
}

/* Every pack has every step in each of its languages, and every word. */
static void
check_whole(struct fair_letters *l, struct letter_faults *f)
{
    for (size_t i = 0; i < l->n_rows; i++) {
        const struct fair_pack_row *r = &l->rows[i];
        fair_str rest = r->text, language;
        if (!fair_str_eq(r->kind, FAIR_STR("pack")) || !fair_str_eq(r->id, FAIR_STR("languages"))) continue;
        while (fair_letter_list_next(&rest, &language)) {
            for (size_t k = 0; k < l->n_steps; k++)
                if (fair_letters_get(l, r->law, l->steps[k].name, language) == NULL)
                    fair_letter_fault(f, "pack %.*s: no letter %.*s in language %.*s", FAIR_STR_ARG(r->law), FAIR_STR_ARG(l->steps[k].name), FAIR_STR_ARG(language));
            for (size_t k = 0; k < l->n_words; k++)
                if (fair_letter_word_of(l, language, l->words[k].key).p == NULL)
                    fair_letter_fault(f, "words.tsv: %.*s is missing in language %.*s", FAIR_STR_ARG(l->words[k].key), FAIR_STR_ARG(language));
        }
    }
    if (l->n_letters == 0) fair_letter_fault(f, "no letters");
}

static fair_status
load(struct fair_arena *a, fair_str archive, struct fair_letters **out, struct letter_faults *f, struct fair_err *err)
{
    struct fair_letters *l = FAIR_NEW(a, struct fair_letters);

    l->a = a;
    FAIR_TRY(read_archive(l, archive, err));
    read_tables(l, f);
    read_packs(l, f);
    l->letters = fair_alloc_array(a, l->n_files + 1, sizeof *l->letters);
    for (size_t i = 0; i < l->n_files; i++)
        if (fair_str_ends(l->files[i].path, FAIR_STR(".letter"))) read_letter(l, f, &l->files[i]);
    check_whole(l, f);
    *out = l;
    return f->n > 0 ? FAIR_INVALID : FAIR_OK;
}

fair_status
fair_letters_load(struct fair_arena *a, fair_str archive, struct fair_letters **out, struct fair_err *err)
{
    struct letter_faults f = { .a = a, .err = err };
    fair_status s = load(a, archive, out, &f, err);

    if (s != FAIR_OK) *out = NULL;
    return s;
}

size_t
fair_letters_check(fair_str archive, void (*say)(void *arg, const char *fault), void *arg)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct letter_faults f = { .a = a, .say = say, .arg = arg };
    struct fair_err err = { 0 };
    struct fair_letters *l;

    if (load(a, archive, &l, &f, &err) != FAIR_OK && f.n == 0) fair_letter_fault(&f, "%s", err.text);
    return f.n;
}
