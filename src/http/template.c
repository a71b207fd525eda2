/* http/template.c - reads a template into a row of nodes, and fills it in. */
#include "http/template.h"
#include <stdio.h>
#include <string.h>

enum kind { TEXT, VALUE, SECTION, INVERTED, END, PART };

struct node {
    enum kind kind;
    fair_str s;               /* the text; or the name                       */
    fair_str indent;          /* of a part alone on its line                 */
    size_t end;               /* SECTION, INVERTED: the index of their END   */
    size_t line;
};

struct fair_template {
    fair_str name;
    struct node *nodes;
    size_t n, room;
};

enum { MAX_NESTING = 32, MAX_PARTS = 16, MAX_NODES = 20000, MAX_STEPS = 4000000 };

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static struct node *
add(struct fair_arena *a, struct fair_template *t, enum kind kind, fair_str s, size_t line)
{
    if (t->n == t->room) {
        size_t room = t->room ? t->room * 2 : 64;
        struct node *more = fair_alloc_array(a, room, sizeof *more);
        if (t->n > 0) memcpy(more, t->nodes, t->n * sizeof *more);
        t->nodes = more;
        t->room = room;
    }
    t->nodes[t->n] = (struct node){ .kind = kind, .s = s, .line = line };
    return &t->nodes[t->n++];
}

static bool
name_ok(fair_str s)
{
    if (s.n == 0) return false;
    if (s.n == 1 && s.p[0] == '.') return true;
    if (s.p[0] == '.' || s.p[s.n - 1] == '.') return false;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '/';
        if (!word && !(c == '.' && s.p[i - 1] != '.')) return false;
    }
    return true;
}

/* Is the tag at [open, close) alone on its line?  Then *from is where its line
 * begins and *after where the next one does. */
static bool
stands_alone(fair_str text, size_t open, size_t close, size_t *from, size_t *after)
{
    size_t i = open, j = close;

    while (i > 0 && is_blank(text.p[i - 1])) i--;
    if (i > 0 && text.p[i - 1] != '\n') return false;
    while (j < text.n && is_blank(text.p[j])) j++;
    if (j < text.n && text.p[j] == '\r') j++;
    if (j < text.n && text.p[j] != '\n') return false;
    *from = i;
    *after = j < text.n ? j + 1 : j;
    return true;
}

static size_t
lines_in(fair_str s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) n += s.p[i] == '\n';
    return n;
}

static size_t
find_pair(fair_str s, size_t from, char c)
{
    for (size_t i = from; i + 1 < s.n; i++)
        if (s.p[i] == c && s.p[i + 1] == c) return i;
    return s.n;
}

#define BAD(...) fair_fail(err, FAIR_INVALID, "template %.*s line %zu: " __VA_ARGS__)

fair_status
fair_template_parse(struct fair_arena *a, fair_str name, fair_str text, struct fair_template **out, struct fair_err *err)
{
    struct fair_template *t = FAIR_NEW(a, struct fair_template);
    size_t open[MAX_NESTING], depth = 0, at = 0, line = 1;

    *out = NULL;
    t->name = fair_str_dup(a, name);
    for (;;) {
        size_t from = find_pair(text, at, '{'), close, line_from = from, after, cut = from;
        fair_str tag, before;
        char sigil;
        bool alone;
        struct node *part;

        if (t->n > MAX_NODES) return fair_fail(err, FAIR_LIMIT, "template %.*s: over %d tags", FAIR_STR_ARG(name), MAX_NODES);
        if (from >= text.n) break;
        close = find_pair(text, from + 2, '}');
        before = (fair_str){ text.p + at, from - at };
        line += lines_in(before);
        if (close >= text.n) return BAD("a tag that is not closed", FAIR_STR_ARG(name), line);
        tag = (fair_str){ text.p + from + 2, close - from - 2 };
        close += 2;
        sigil = tag.n > 0 && strchr("#^/>!&={", tag.p[0]) != NULL ? tag.p[0] : 'v';
        after = close;
        alone = sigil != 'v' && stands_alone(text, from, close, &line_from, &after);
        if (alone) cut = line_from;
        else after = close;
        if (cut > at) add(a, t, TEXT, (fair_str){ text.p + at, cut - at }, line);
        if (sigil == '{' || sigil == '&') return BAD("there is no raw form: use a part", FAIR_STR_ARG(name), line);
        if (sigil == '=') return BAD("other delimiters are not read", FAIR_STR_ARG(name), line);
        if (sigil != '!') {
            fair_str word = sigil == 'v' ? tag : (fair_str){ tag.p + 1, tag.n - 1 };
            word = fair_str_trim(word);
            if (!name_ok(word)) return BAD("\"%.*s\" is no name", FAIR_STR_ARG(name), line, (int)(word.n < 40 ? word.n : 40), word.p);
            switch (sigil) {
            case 'v': add(a, t, VALUE, word, line); break;
            case '#':
            case '^':
                if (depth == MAX_NESTING) return BAD("sections more than %d deep", FAIR_STR_ARG(name), line, MAX_NESTING);
                open[depth++] = t->n;
                add(a, t, sigil == '#' ? SECTION : INVERTED, word, line);
                break;
            case '/':
                if (depth == 0 || !fair_str_eq(t->nodes[open[depth - 1]].s, word))
                    return BAD("{{/%.*s}} closes nothing", FAIR_STR_ARG(name), line, FAIR_STR_ARG(word));
                t->nodes[open[--depth]].end = t->n;
                add(a, t, END, word, line);
                break;
            default:
                part = add(a, t, PART, word, line);
                if (alone) part->indent = (fair_str){ text.p + line_from, from - line_from };
            }
        }
        line += lines_in((fair_str){ text.p + from, after - from });
        at = after;
    }
    if (depth > 0) {
        const struct node *n = &t->nodes[open[depth - 1]];
        return BAD("{{#%.*s}} is not closed", FAIR_STR_ARG(name), n->line, FAIR_STR_ARG(n->s));
    }
    if (at < text.n) add(a, t, TEXT, (fair_str){ text.p + at, text.n - at }, line);
    *out = t;
    return FAIR_OK;
}

/* ---- filling in -------------------------------------------------------- */

struct render {
    const json_t *stack[MAX_NESTING * MAX_PARTS + 1];   /* what names are looked up in, innermost last */
    size_t n_stack, n_parts;
    fair_str indents[MAX_PARTS];
    size_t n_indents;
    bool line_start;
    long steps;
    fair_template_find *find;
    void *self;
    struct fair_buf *out;
};

void
fair_html_escape(struct fair_buf *out, fair_str s)
{
    size_t from = 0;

    for (size_t i = 0; i < s.n; i++) {
        const char *as;
        switch (s.p[i]) {
        case '&': as = "&amp;"; break;
        case '<': as = "&lt;"; break;
        case '>': as = "&gt;"; break;
        case '"': as = "&quot;"; break;
        case '\'': as = "&#39;"; break;
        default: continue;
        }
        fair_buf_add(out, (fair_str){ s.p + from, i - from });
        fair_buf_c(out, as);
        from = i + 1;
    }
    fair_buf_add(out, (fair_str){ s.p + from, s.n - from });
}

static const json_t *
member(const json_t *o, fair_str name)
{
    char key[128];

    if (!json_is_object(o) || name.n >= sizeof key) return NULL;
    memcpy(key, name.p, name.n);
    key[name.n] = '\0';
    return json_object_get(o, key);
}

/* The first part of a dotted name is looked for from the inside out, the rest
 * only in what was found. */
static const json_t *
look_up(const struct render *r, fair_str name)
{
    fair_str first;
    const json_t *v = NULL;

    if (name.n == 1 && name.p[0] == '.') return r->stack[r->n_stack - 1];
    fair_str_split(&name, '.', &first);
    for (size_t i = r->n_stack; i-- > 0 && v == NULL;) v = member(r->stack[i], first);
    while (v != NULL && fair_str_split(&name, '.', &first)) v = member(v, first);
    return v;
}

static bool
opens(const json_t *v)
{
    if (v == NULL) return false;
    switch (json_typeof(v)) {
    case JSON_ARRAY: return json_array_size(v) > 0;
    case JSON_STRING: return json_string_length(v) > 0;
    case JSON_INTEGER: return json_integer_value(v) != 0;
    case JSON_REAL: return json_real_value(v) != 0;
    case JSON_OBJECT:
    case JSON_TRUE: return true;
    default: return false;
    }
}

static void
indent(struct render *r)
{
    if (!r->line_start) return;
    r->line_start = false;
    for (size_t i = 0; i < r->n_indents; i++) fair_buf_add(r->out, r->indents[i]);
}

static void
put_text(struct render *r, fair_str s)
{
    while (s.n > 0) {
        const char *nl = memchr(s.p, '\n', s.n);
        size_t n = nl == NULL ? s.n : (size_t)(nl - s.p) + 1;
        if (s.p[0] != '\n') indent(r);
        fair_buf_add(r->out, (fair_str){ s.p, n });
        r->line_start = nl != NULL;
        s = (fair_str){ s.p + n, s.n - n };
    }
}

static fair_status
put_value(struct render *r, const struct fair_template *t, const struct node *n, struct fair_err *err)
{
    const json_t *v = look_up(r, n->s);
    char number[40];

    indent(r);
    switch (v == NULL ? JSON_NULL : json_typeof(v)) {
    case JSON_STRING: fair_html_escape(r->out, (fair_str){ json_string_value(v), json_string_length(v) }); break;
    case JSON_INTEGER: fair_buf_fmt(r->out, "%lld", (long long)json_integer_value(v)); break;
    case JSON_REAL:
        snprintf(number, sizeof number, "%.15g", json_real_value(v));
        fair_buf_c(r->out, number);
        break;
    case JSON_TRUE: fair_buf_c(r->out, "true"); break;
    case JSON_FALSE: fair_buf_c(r->out, "false"); break;
    case JSON_NULL: break;
    default:
        return fair_fail(err, FAIR_INVALID, "template %.*s line %zu: {{%.*s}} is a list or an object",
                         FAIR_STR_ARG(t->name), n->line, FAIR_STR_ARG(n->s));
    }
    return FAIR_OK;
}

static fair_status render(struct render *r, const struct fair_template *t, size_t from, size_t to, struct fair_err *err);

static fair_status
put_part(struct render *r, const struct fair_template *t, const struct node *n, struct fair_err *err)
{
    const struct fair_template *part = r->find != NULL ? r->find(r->self, n->s) : NULL;
    size_t n_indents = r->n_indents;

    if (part == NULL)
        return fair_fail(err, FAIR_INVALID, "template %.*s line %zu: no part \"%.*s\"", FAIR_STR_ARG(t->name), n->line, FAIR_STR_ARG(n->s));
    if (r->n_parts == MAX_PARTS)
        return fair_fail(err, FAIR_LIMIT, "template %.*s line %zu: parts more than %d deep", FAIR_STR_ARG(t->name), n->line, MAX_PARTS);
    if (n->indent.n > 0) r->indents[r->n_indents++] = n->indent;
    r->n_parts++;
    FAIR_TRY(render(r, part, 0, part->n, err));
    r->n_parts--;
    r->n_indents = n_indents;
    return FAIR_OK;
}

static fair_status
put_section(struct render *r, const struct fair_template *t, size_t at, struct fair_err *err)
{
    const struct node *n = &t->nodes[at];
    const json_t *v = look_up(r, n->s);
    size_t times = json_is_array(v) ? json_array_size(v) : 1;

    if (r->n_stack == sizeof r->stack / sizeof *r->stack)
        return fair_fail(err, FAIR_LIMIT, "template %.*s line %zu: sections too deep", FAIR_STR_ARG(t->name), n->line);
    for (size_t i = 0; i < times; i++) {
        r->stack[r->n_stack++] = json_is_array(v) ? json_array_get(v, i) : v;
        FAIR_TRY(render(r, t, at + 1, n->end, err));
        r->n_stack--;
    }
    return FAIR_OK;
}

static fair_status
render(struct render *r, const struct fair_template *t, size_t from, size_t to, struct fair_err *err)
{
    for (size_t i = from; i < to; i++) {
        const struct node *n = &t->nodes[i];
        if (r->steps++ > MAX_STEPS) return fair_fail(err, FAIR_LIMIT, "template %.*s: too much to fill in", FAIR_STR_ARG(t->name));
        switch (n->kind) {
        case TEXT: put_text(r, n->s); break;
        case VALUE: FAIR_TRY(put_value(r, t, n, err)); break;
        case PART: FAIR_TRY(put_part(r, t, n, err)); break;
        case END: break;
        case SECTION:
            if (opens(look_up(r, n->s))) FAIR_TRY(put_section(r, t, i, err));
            i = n->end;
            break;
        case INVERTED:
            if (opens(look_up(r, n->s))) i = n->end;
            break;
        }
    }
    return FAIR_OK;
}

fair_status
fair_template_render(const struct fair_template *t, const json_t *model, fair_template_find *find, void *self,
                     struct fair_buf *out, struct fair_err *err)
{
    struct render r = { .stack = { model }, .n_stack = 1, .line_start = true, .find = find, .self = self, .out = out };

    return render(&r, t, 0, t->n, err);
}
