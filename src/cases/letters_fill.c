/* letters_fill.c - a letter and facts to one document. */
#include <stdlib.h>
#include <string.h>
#include "base/clock.h"
#include "cases/letters_private.h"

enum { MOST_MISSING = 20, MOST_SPANS = 200 };

struct filling {
    const struct fair_letters *l; /* of today, for words and packs that the inputs do not hold */
    const struct fair_letter *t;
    const struct fair_letter_facts *f;
    struct fair_letter_facts *said;   /* the words and pack texts that were used: kept with the inputs */
    const struct fair_letter_facts *kept;     /* those of the first time; NULL */
    struct fair_arena *a;
    struct fair_document *d;
    const struct letter_line *lines;
    fair_str list;                /* of the section we are in; absent */
    int at;
    fair_str missing[MOST_MISSING];
    size_t n_missing;
    struct fair_element_span *spans;
    size_t n_spans;
    struct fair_buf all;          /* all that it says, for the last look at the words */
    fair_status status;
    struct fair_err *err;
};

/* ---- values -------------------------------------------------------------------------------------------- */

/* A word of the language, or a text of the pack: as it was the first time, else as it is today. */
static fair_str
word(struct filling *g, fair_str key, bool pack)
{
    fair_str v = { NULL, 0 };

    if (g->kept != NULL) v = fair_letter_fact_get(g->kept, key);
    if (v.p == NULL && g->kept == NULL)
        v = pack ? fair_letter_pack_text(g->l, g->t->law, g->t->language, key) : fair_letter_word_of(g->l, g->t->language, key);
    if (v.p != NULL) fair_letter_fact(g->said, fair_str_dup(g->a, key).p, v);
    return v;
}

/* The name a field has where we stand: "use.page" is "use.3.page" in the third of the list. */
static fair_str
name_here(struct filling *g, fair_str name)
{
    if (g->list.n > 0 && fair_str_starts(name, g->list) && name.n > g->list.n && name.p[g->list.n] == '.')
        return fair_str_fmt(g->a, "%.*s.%d%.*s", FAIR_STR_ARG(g->list), g->at, (int)(name.n - g->list.n), name.p + g->list.n);
    return name;
}

static fair_str
value_of(struct filling *g, fair_str name)
{
    fair_str v = fair_letter_fact_get(g->f, name_here(g, name));

    if (fair_str_eq(name, FAIR_STR("letter.days"))) return fair_str_fmt(g->a, "%lld", (long long)g->t->days);
    if (v.p == NULL && fair_str_eq(name, FAIR_STR("letter.review")))
        return fair_str_eq(g->t->reviewed_by, FAIR_STR("none")) ? FAIR_STR("none") : FAIR_STR("done");
    return v.p != NULL ? v : word(g, name, true);
}

/* "26. November 2026": the pattern date of the language, with {d}, {month} and {y}. */
static fair_str
date_text(struct filling *g, fair_str value)
{
    struct fair_buf b = FAIR_BUF(g->a, 200);
    fair_time t;
    fair_str stamp, pattern = word(g, FAIR_STR("date"), false), month;

    if (!fair_time_parse(value, &t)) return value;
    stamp = fair_time_text(g->a, t);
    month = word(g, fair_str_fmt(g->a, "month.%.2s", stamp.p + 5), false);
    for (size_t i = 0; i < pattern.n; i++) {
        fair_str rest = { pattern.p + i, pattern.n - i };
        if (fair_str_starts(rest, FAIR_STR("{d}"))) fair_buf_fmt(&b, "%d", (stamp.p[8] - '0') * 10 + stamp.p[9] - '0'), i += 2;
        else if (fair_str_starts(rest, FAIR_STR("{y}"))) fair_buf_fmt(&b, "%.4s", stamp.p), i += 2;
        else if (fair_str_starts(rest, FAIR_STR("{month}"))) fair_buf_add(&b, month), i += 6;
        else fair_buf_byte(&b, pattern.p[i]);
    }
    return (fair_str){ b.p, b.n };
}

static bool
is_web(fair_str s)
{
    if (!fair_str_starts(s, FAIR_STR("http://")) && !fair_str_starts(s, FAIR_STR("https://"))) return false;
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] <= ' ' || (unsigned char)s.p[i] > '~' || strchr("'\"<>\\`", s.p[i]) != NULL) return false;
    return s.n <= 2000;
}

static bool
is_address(fair_str s)
{
    if (s.n < 3 || s.n > 254 || memchr(s.p, '@', s.n) == NULL) return false;
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] <= ' ' || (unsigned char)s.p[i] > '~' || strchr("<>()[],;:\\\"'", s.p[i]) != NULL) return false;
    return true;
}

/* Control characters, and those that turn the direction of what follows. */
static bool
is_plain(fair_str s, bool lines)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i], d = i + 1 < s.n ? (unsigned char)s.p[i + 1] : 0, e = i + 2 < s.n ? (unsigned char)s.p[i + 2] : 0;
        if (c == '\n' && lines) continue;
        if (c < 0x20 || c == 0x7f || (c == 0xc2 && d < 0xa0)) return false;
        if (c == 0xe2 && d == 0x80 && e >= 0xa8 && e <= 0xae) return false;
        if (c == 0xe2 && d == 0x81 && e >= 0xa6 && e <= 0xaf) return false;
    }
    return fair_utf8_valid(s);
}

/* What is wrong with a value of a field of this type; NULL: nothing. */
static const char *
fault_of(struct filling *g, fair_str type, fair_str v)
{
    struct fair_wording_fault w;
    fair_time t;
    int64_t n;

    if (fair_str_eq(type, FAIR_STR("url"))) return is_web(v) ? NULL : "is no address of the web";
    if (fair_str_eq(type, FAIR_STR("place"))) {
        if (fair_str_starts(v, FAIR_STR("http://")) || fair_str_starts(v, FAIR_STR("https://"))) return is_web(v) ? NULL : "is no address of the web";
        return v.n <= 1000 && is_plain(v, false) ? NULL : "is no place";
    }
    if (fair_str_eq(type, FAIR_STR("email"))) return is_address(v) ? NULL : "is no mail address";
    if (fair_str_eq(type, FAIR_STR("date"))) return fair_time_parse(v, &t) ? NULL : "is no date";
    if (fair_str_eq(type, FAIR_STR("number"))) return fair_str_number(v, INT64_MAX, &n) ? NULL : "is no number";
    if (fair_str_eq(type, FAIR_STR("yes"))) return fair_str_eq(v, FAIR_STR("yes")) ? NULL : "is not yes";
    if (fair_str_starts(type, FAIR_STR("choice:"))) {
        type = (fair_str){ type.p + 7, type.n - 7 };
        return word(g, fair_str_fmt(g->a, "%.*s.%.*s", FAIR_STR_ARG(type), FAIR_STR_ARG(v)), false).p != NULL ? NULL : "is none of its choices";
    }
    if (!is_plain(v, !fair_str_eq(type, FAIR_STR("name")))) return "has characters that would mislead";
    if (v.n > (fair_str_eq(type, FAIR_STR("name")) ? 300u : 4000u)) return "is too long";
    if (!g->t->names_money && fair_wording_find(g->l, g->t->language, v, fair_str_eq(type, FAIR_STR("name")) ? FAIR_WORDING_NAME : FAIR_WORDING_FACT, g->a, &w))
        return fair_str_fmt(g->a, "uses words that may not stand in it (%s)", w.kind).p;
    return NULL;
}

/* ---- text ---------------------------------------------------------------------------------------------- */

static void
add_missing(struct filling *g, fair_str name)
{
    for (size_t i = 0; i < g->n_missing; i++)
        if (fair_str_eq(g->missing[i], name)) return;
    if (g->n_missing < MOST_MISSING) g->missing[g->n_missing++] = name;
}

static void
add_plain(struct filling *g, struct fair_spans *to, fair_str s, unsigned *style)
{
    while (s.n > 0 && to != NULL) {
        const char *at = s.n > 1 ? memmem(s.p, s.n, "**", 2) : NULL;
        fair_spans_add(g->d, to, (fair_str){ s.p, at != NULL ? (size_t)(at - s.p) : s.n }, *style, (fair_str){ NULL, 0 });
        if (at == NULL) break;
        *style ^= FAIR_SPAN_BOLD;
        s = (fair_str){ at + 2, (size_t)(s.p + s.n - at) - 2 };
    }
}

/* The text with its fields said; *out as one text too (webs are left out of it: they are nobody's words). */
static struct fair_spans
expand(struct filling *g, fair_str text, fair_str *out)
{
    struct fair_spans s = { NULL, 0 };
    struct fair_buf b = FAIR_BUF(g->a, LETTERS_BODY);
    fair_str rest = text, before, name, v;
    unsigned style = 0;
    bool found = true;

    while (g->status == FAIR_OK && found) {
        const struct letter_field *field;
        fair_str type = FAIR_STR("text"), href = { NULL, 0 };
        g->status = fair_letter_field_next(&rest, &before, &name, &found, g->err);
        if (g->status != FAIR_OK) break;
        add_plain(g, &s, before, &style);
        fair_buf_add(&b, before);
        if (!found) break;
        v = value_of(g, name);
        if (v.p == NULL) {
            add_missing(g, name_here(g, name));
            continue;
        }
        field = fair_letter_field_of(g->l, name_here(g, name));
        if (field != NULL) type = field->type;
        if (fair_str_eq(type, FAIR_STR("date"))) v = date_text(g, v);
        else if (fair_str_starts(type, FAIR_STR("choice:")))
            v = word(g, fair_str_fmt(g->a, "%.*s.%.*s", (int)type.n - 7, type.p + 7, FAIR_STR_ARG(v)), false);
        else if (fair_str_eq(type, FAIR_STR("url")) || (fair_str_eq(type, FAIR_STR("place")) && is_web(v))) href = v;
        else if (fair_str_eq(type, FAIR_STR("email"))) href = fair_str_fmt(g->a, "mailto:%.*s", FAIR_STR_ARG(v));
        fair_spans_add(g->d, &s, v, style, href);
        if (href.p == NULL) fair_buf_add(&b, v);
        else fair_buf_c(&b, "Foto");
    }
    *out = (fair_str){ b.p != NULL ? b.p : "", b.n };
    return s;
}

/* Elements of the pack that this block says. */
static void
add_marks(struct filling *g, fair_str *text, fair_str marks[8], size_t *n)
{
    fair_str mark;

    *n = 0;
    while (fair_letter_mark(text, &mark))
        if (*n < 8) marks[(*n)++] = mark;
    (void)g;
}

static void
keep_marks(struct filling *g, const fair_str *marks, size_t n, fair_str said)
{
    for (size_t i = 0; i < n && said.n > 0 && g->n_spans < MOST_SPANS; i++) g->spans[g->n_spans++] = (struct fair_element_span){ marks[i], said };
}

/* ---- blocks -------------------------------------------------------------------------------------------- */

/* Lines that belong together, as one text; a line that ends in a backslash ends there. */
static fair_str
gather(struct filling *g, size_t from, size_t *to, size_t end)
{
    struct fair_buf b = FAIR_BUF(g->a, LETTERS_BODY);
    size_t i = from;

    for (; i < end && g->lines[i].kind == LINE_TEXT; i++) {
        fair_str line = fair_str_trim(g->lines[i].text);
        if (i > from && (fair_str_starts(line, FAIR_STR("- ")) || line.p[0] == '#' || line.p[0] == '@' || fair_str_eq(line, FAIR_STR("---")) ||
                         memmem(line.p, line.n, " :: ", 4) != NULL)) break;
        if (b.n > 0 && b.p[b.n - 1] != '\n') fair_buf_c(&b, " ");
        if (line.p[line.n - 1] == '\\') {
            fair_buf_add(&b, fair_str_trim((fair_str){ line.p, line.n - 1 }));
            fair_buf_c(&b, "\n");
        } else fair_buf_add(&b, line);
    }
    *to = i;
    return (fair_str){ b.p, b.n };
}

static void
say(struct filling *g, fair_str text)
{
    fair_buf_add(&g->all, text);
    fair_buf_c(&g->all, "\n");
}

/* "key :: value" lines up to a blank one. */
static size_t
put_keys(struct filling *g, size_t from, size_t end)
{
    struct fair_spans cells[200];
    size_t n = 0, i = from;
    fair_str marks[8], said;
    size_t n_marks;

    for (; i < end && g->lines[i].kind == LINE_TEXT && n < 100; i++) {
        fair_str line = fair_str_trim(g->lines[i].text), key, value;
        const char *at;
        add_marks(g, &line, marks, &n_marks);
        at = memmem(line.p, line.n, " :: ", 4);
        if (at == NULL) break;
        key = (fair_str){ line.p, (size_t)(at - line.p) };
        value = (fair_str){ at + 4, line.n - key.n - 4 };
        cells[2 * n] = expand(g, key, &said);
        cells[2 * n + 1] = expand(g, value, &said);
        say(g, said);
        keep_marks(g, marks, n_marks, said);
        n++;
    }
    fair_document_keys(g->d, n, cells);
    return i;
}

static size_t
put_block(struct filling *g, size_t from, size_t end)
{
    fair_str line = fair_str_trim(g->lines[from].text), text, said, marks[8];
    size_t n_marks, to = from + 1;
    struct fair_spans s;

    if (fair_str_eq(line, FAIR_STR("---"))) {
        fair_document_rule(g->d);
        return to;
    }
    text = line;
    add_marks(g, &text, marks, &n_marks);
    if (memmem(text.p, text.n, " :: ", 4) != NULL) return put_keys(g, from, end);
    text = gather(g, from, &to, end);
    add_marks(g, &text, marks, &n_marks);
    if (fair_str_starts(text, FAIR_STR("[[qr]] "))) {
        fair_str payload = value_of(g, FAIR_STR("letter.verify_url"));
        s = expand(g, (fair_str){ text.p + 7, text.n - 7 }, &said);
        if (payload.p == NULL) add_missing(g, FAIR_STR("letter.verify_url"));
        else fair_document_qr(g->d, payload, 28, s);
    } else if (fair_str_starts(text, FAIR_STR("## ")) || fair_str_starts(text, FAIR_STR("# "))) {
        unsigned level = text.p[1] == '#' ? 2 : 1;
        (void)expand(g, (fair_str){ text.p + level + 1, text.n - level - 1 }, &said);
        fair_document_heading(g->d, level, said);
    } else if (fair_str_starts(text, FAIR_STR("- "))) {
        s = expand(g, (fair_str){ text.p + 2, text.n - 2 }, &said);
        fair_document_item(g->d, 0, s);
    } else {
        s = expand(g, text, &said);
        fair_document_paragraph(g->d, s);
    }
    say(g, said);
    keep_marks(g, marks, n_marks, said);
    return to;
}

static bool
holds(struct filling *g, const struct letter_line *s)
{
    fair_str cond = s->text, name, v;
    bool is;

    fair_str_split(&cond, '=', &name);
    v = value_of(g, name);
    is = cond.p != NULL ? fair_str_eq(v, cond) : v.p != NULL;
    return s->kind == LINE_UNLESS ? !is : is;
}

/* Is there an n-th thing of the list? */
static bool
has_thing(struct filling *g, fair_str list, int n)
{
    fair_str begin = fair_str_fmt(g->a, "%.*s.%d.", FAIR_STR_ARG(list), n);

    for (size_t i = 0; i < g->f->n; i++)
        if (fair_str_starts(g->f->p[i].name, begin)) return true;
    return false;
}

static void
run(struct filling *g, size_t from, size_t end)
{
    for (size_t i = from; i < end && g->status == FAIR_OK;) {
        const struct letter_line *s = &g->lines[i];
        if (s->kind == LINE_BLANK || s->kind == LINE_END) {
            i++;
        } else if (s->kind == LINE_TEXT) {
            i = put_block(g, i, end);
        } else if (s->kind == LINE_EACH) {
            fair_str outer = g->list;
            int at = g->at;
            for (int n = 1; n <= LETTERS_LIST && has_thing(g, s->text, n); n++) {
                g->list = s->text;
                g->at = n;
                run(g, i + 1, s->end);
            }
            g->list = outer;
            g->at = at;
            i = s->end + 1;
        } else {
            if (holds(g, s)) run(g, i + 1, s->end);
            i = s->end + 1;
        }
    }
}

/* ---- the whole ------------------------------------------------------------------------------------------ */

/* All facts known, of their type, none that is needed missing; every fault in one text. */
static void
check_facts(struct filling *g)
{
    struct fair_buf b = FAIR_BUF(g->a, 400);

    for (size_t i = 0; i < g->t->n_needs; i++)
        if (fair_letter_fact_get(g->f, g->t->needs[i]).p == NULL && word(g, g->t->needs[i], true).p == NULL) add_missing(g, g->t->needs[i]);
    for (size_t i = 0; i < g->f->n; i++) {
        const struct letter_field *field = fair_letter_field_of(g->l, g->f->p[i].name);
        const char *why = field == NULL ? "is no field of letters" : fault_of(g, field->type, g->f->p[i].value);
        if (why != NULL) fair_buf_fmt(&b, "%s%.*s %s", b.n > 0 ? "; " : "", FAIR_STR_ARG(g->f->p[i].name), why);
    }
    if (b.n > 0) g->status = fair_fail(g->err, FAIR_INVALID, "letter %.*s: %.*s", FAIR_STR_ARG(g->t->step), (int)b.n, b.p);
}

static void
check_missing(struct filling *g)
{
    struct fair_buf b = FAIR_BUF(g->a, 400);

    if (g->n_missing == 0 || g->status != FAIR_OK) return;
    for (size_t i = 0; i < g->n_missing; i++) fair_buf_fmt(&b, "%s%.*s", i > 0 ? ", " : "", FAIR_STR_ARG(g->missing[i]));
    g->status = fair_fail(g->err, FAIR_INVALID, "letter %.*s lacks: %.*s", FAIR_STR_ARG(g->t->step), (int)b.n, b.p);
}

/* What the pack asks for is there, and what came out as a whole names no sum. */
static void
check_said(struct filling *g)
{
    struct fair_wording_fault w;

    for (size_t i = 0; i < g->t->n_elements && g->status == FAIR_OK; i++) {
        bool said = false;
        for (size_t k = 0; k < g->n_spans; k++) said |= fair_str_eq(g->spans[k].id, g->t->elements[i]);
        if (!said)
            g->status = fair_fail(g->err, FAIR_INVALID, "letter %.*s: the facts given leave out what %.*s asks", FAIR_STR_ARG(g->t->step), FAIR_STR_ARG(g->t->elements[i]));
    }
    if (g->status == FAIR_OK && !g->t->names_money &&
        fair_wording_find(g->l, g->t->language, (fair_str){ g->all.p, g->all.n }, FAIR_WORDING_NAME, g->a, &w))
        g->status = fair_fail(g->err, FAIR_INVALID, "letter %.*s names money: \"%.*s\"", FAIR_STR_ARG(g->t->step), FAIR_STR_ARG(w.found));
}

static int
by_name(const void *x, const void *y)
{
    const struct letter_fact *a = x, *b = y;
    int c = memcmp(a->name.p, b->name.p, a->name.n < b->name.n ? a->name.n : b->name.n);

    return c != 0 ? c : (a->name.n > b->name.n) - (a->name.n < b->name.n);
}

static void
put_facts(struct filling *g, struct fair_buf *b, const struct fair_letter_facts *f, const char *kind)
{
    struct letter_fact *sorted = fair_alloc_array(g->a, f->n + 1, sizeof *sorted);

    if (f->n > 0) memcpy(sorted, f->p, f->n * sizeof *sorted);
    qsort(sorted, f->n, sizeof *sorted, by_name);
    for (size_t i = 0; i < f->n; i++) fair_buf_fmt(b, "%s\t%.*s\t%.*s\n", kind, FAIR_STR_ARG(sorted[i].name), FAIR_STR_ARG(fair_str_escape(g->a, sorted[i].value)));
}

/* Letter, facts and the words used, in one text: docs/formats/letter-file.md. */
static fair_str
inputs_of(struct filling *g)
{
    struct fair_buf b = FAIR_BUF(g->a, (size_t)1 << 20);
    const struct fair_letter *t = g->t;

    fair_buf_fmt(&b, "fairtrack-letter-inputs 1\nsha256\t%.*s\n", FAIR_STR_ARG(fair_hex(g->a, t->sha256.b, 32)));
    put_facts(g, &b, g->f, "fact");
    put_facts(g, &b, g->said, "word");
    fair_buf_fmt(&b, "\n---\nlaw: %.*s\nstep: %.*s\nlanguage: %.*s\nreviewed-by: %.*s\non: %.*s\nneeds:", FAIR_STR_ARG(t->law), FAIR_STR_ARG(t->step),
                 FAIR_STR_ARG(t->language), FAIR_STR_ARG(t->reviewed_by), FAIR_STR_ARG(t->on));
    for (size_t i = 0; i < t->n_needs; i++) fair_buf_fmt(&b, " %.*s", FAIR_STR_ARG(t->needs[i]));
    fair_buf_fmt(&b, "\nnames-money: %s\ndays: %lld\nelements:", t->names_money ? "yes" : "no", (long long)t->days);
    for (size_t i = 0; i < t->n_elements; i++) fair_buf_fmt(&b, " %.*s", FAIR_STR_ARG(t->elements[i]));
    fair_buf_fmt(&b, "\nsubject: %.*s\n---\n%.*s", FAIR_STR_ARG(t->subject), FAIR_STR_ARG(t->body));
    return (fair_str){ b.p, b.n };
}

static fair_status
fill(const struct fair_letters *l, const struct fair_letter *t, const struct fair_letter_facts *f, const struct fair_letter_facts *kept,
     struct fair_arena *a, struct fair_letter_filled *out, struct fair_err *err)
{
    struct filling g = { .l = l, .t = t, .f = f, .kept = kept, .said = fair_letter_facts_new(a), .a = a, .d = fair_document_new(a),
                         .all = FAIR_BUF(a, 4 * LETTERS_BODY), .err = err };
    struct letter_line *lines;
    size_t n;

    g.spans = fair_alloc_array(a, MOST_SPANS, sizeof *g.spans);
    FAIR_TRY(fair_letter_lines(a, t->body, &lines, &n, err));
    g.lines = lines;
    check_facts(&g);
    check_missing(&g);
    if (g.status == FAIR_OK) (void)expand(&g, t->subject, &out->subject);
    if (g.status == FAIR_OK) say(&g, out->subject);
    run(&g, 0, n);
    check_missing(&g);
    check_said(&g);
    if (g.status != FAIR_OK) return g.status;
    FAIR_TRY(fair_document_end(g.d, err));
    g.d->title = out->subject;
    g.d->language = t->language;
    out->document = g.d;
    out->inputs = inputs_of(&g);
    out->template_sha256 = t->sha256;
    out->inputs_sha256 = fair_sha256_of(out->inputs.p, out->inputs.n);
    out->spans = g.spans;
    out->n_spans = g.n_spans;
    out->facts = f;
    out->words = g.said;
    return FAIR_OK;
}

fair_status
fair_letter_fill(const struct fair_letters *l, const struct fair_letter *t, const struct fair_letter_facts *f, struct fair_arena *a,
                 struct fair_letter_filled *out, struct fair_err *err)
{
    *out = (struct fair_letter_filled){ 0 };
    return fill(l, t, f, NULL, a, out, err);
}

fair_status
fair_letter_again(const struct fair_letters *l, fair_str inputs, struct fair_arena *a, struct fair_letter_filled *out, struct fair_err *err)
{
    struct fair_letter_facts *facts = fair_letter_facts_new(a), *words = fair_letter_facts_new(a);
    struct fair_letter *t = FAIR_NEW(a, struct fair_letter);
    struct fair_sha256 sha = { { 0 } };
    fair_str rest = inputs, line, kind, name;

    *out = (struct fair_letter_filled){ 0 };
    if (!fair_utf8_valid(inputs)) return fair_fail(err, FAIR_CORRUPT, "inputs of a letter: no UTF-8");
    if (!fair_str_split(&rest, '\n', &line) || !fair_str_eq(line, FAIR_STR("fairtrack-letter-inputs 1"))) return fair_fail(err, FAIR_CORRUPT, "no inputs of a letter");
    while (fair_str_split(&rest, '\n', &line) && line.n > 0) {
        fair_str_split(&line, '\t', &kind);
        if (fair_str_eq(kind, FAIR_STR("sha256")) && fair_unhex(line, sha.b, 32)) continue;
        if (!fair_str_split(&line, '\t', &name) || line.p == NULL) return fair_fail(err, FAIR_CORRUPT, "inputs of a letter: a line that is none");
        if (fair_str_eq(kind, FAIR_STR("fact"))) fair_letter_fact(facts, fair_str_dup(a, name).p, fair_str_unescape(a, line));
        else if (fair_str_eq(kind, FAIR_STR("word"))) fair_letter_fact(words, fair_str_dup(a, name).p, fair_str_unescape(a, line));
        else return fair_fail(err, FAIR_CORRUPT, "inputs of a letter: a line that is none");
    }
    if (rest.p == NULL) return fair_fail(err, FAIR_CORRUPT, "inputs of a letter: no letter in them");
    if (fair_letter_parse(a, rest, t, err) != FAIR_OK) return FAIR_CORRUPT;
    t->sha256 = sha;
    return fill(l, t, facts, words, a, out, err);
}
