/* work/letters.c - letters and the world. */
#include "work/letters.h"
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "base/io.h"

enum { MOST_FILES = 5000, MOST_BYTES = 65536, MOST_DEEP = 4 };

struct walk {
    struct fair_arena *a;
    const char *top;
    fair_str *paths;
    size_t n;
    struct fair_err *err;
};

static bool
is_ours(fair_str name)
{
    return fair_str_ends(name, FAIR_STR(".letter")) || fair_str_ends(name, FAIR_STR(".part")) || fair_str_ends(name, FAIR_STR(".tsv"));
}

/* Ordinary files and folders alone; a link is not followed. */
static fair_status
visit(struct walk *w, fair_str below, int deep)
{
    DIR *d = opendir(fair_str_fmt(w->a, "%s/%.*s", w->top, FAIR_STR_ARG(below)).p);
    fair_status s = FAIR_OK;

    if (d == NULL) return fair_fail(w->err, FAIR_NOT_FOUND, "%s/%.*s: %m", w->top, FAIR_STR_ARG(below));
    for (struct dirent *e; s == FAIR_OK && (e = readdir(d)) != NULL;) {
        fair_str path = fair_str_fmt(w->a, "%.*s/%s", FAIR_STR_ARG(below), e->d_name);
        struct stat st;
        if (e->d_name[0] == '.' || lstat(fair_str_fmt(w->a, "%s/%.*s", w->top, FAIR_STR_ARG(path)).p, &st) != 0) continue;
        if (S_ISDIR(st.st_mode) && deep < MOST_DEEP) s = visit(w, path, deep + 1);
        else if (S_ISREG(st.st_mode) && is_ours(path) && memchr(path.p, ' ', path.n) == NULL && memchr(path.p, '\n', path.n) == NULL) {
            if (w->n == MOST_FILES) s = fair_fail(w->err, FAIR_LIMIT, "more than %d files", MOST_FILES);
            else w->paths[w->n++] = path;
        }
    }
    closedir(d);
    return s;
}

static int
by_path(const void *x, const void *y)
{
    const fair_str *a = x, *b = y;
    return strcmp(a->p, b->p);
}

fair_status
fair_letters_read_folder(struct fair_arena *a, const char *dir, fair_str *archive, struct fair_err *err)
{
    struct walk w = { .a = a, .top = dir, .paths = fair_alloc_array(a, MOST_FILES, sizeof *w.paths), .err = err };
    struct fair_buf b = FAIR_BUF(a, (size_t)64 << 20);

    FAIR_TRY(visit(&w, FAIR_STR("letters"), 0));
    FAIR_TRY(visit(&w, FAIR_STR("packs"), 0));
    qsort(w.paths, w.n, sizeof *w.paths, by_path);
    for (size_t i = 0; i < w.n; i++) {
        fair_str text;
        FAIR_TRY(fair_read_file(a, fair_str_fmt(a, "%s/%.*s", dir, FAIR_STR_ARG(w.paths[i])).p, MOST_BYTES, &text, err));
        fair_buf_fmt(&b, "@%.*s %zu\n", FAIR_STR_ARG(w.paths[i]), text.n);
        fair_buf_add(&b, text);
    }
    return fair_buf_take(&b, archive, err);
}

fair_status
fair_letter_facts_read(struct fair_arena *a, fair_str text, struct fair_letter_facts **out, struct fair_err *err)
{
    struct fair_letter_facts *f = fair_letter_facts_new(a);
    fair_str rest = text, line, name;
    int n = 0;

    if (!fair_utf8_valid(text)) return fair_fail(err, FAIR_INVALID, "facts: no UTF-8");
    while (fair_str_split(&rest, '\n', &line)) {
        n++;
        if (line.n == 0 || line.p[0] == '#') continue;
        if (!fair_str_split(&line, '\t', &name) || line.p == NULL || name.n == 0)
            return fair_fail(err, FAIR_INVALID, "facts, line %d: not a name, a tab and a value", n);
        fair_letter_fact(f, fair_str_dup(a, name).p, fair_str_unescape(a, line));
    }
    *out = f;
    return FAIR_OK;
}

static fair_str
text_of(struct fair_arena *a, const struct fair_spans *s)
{
    struct fair_buf b = FAIR_BUF(a, (size_t)1 << 20);

    for (size_t i = 0; i < s->n; i++) fair_buf_add(&b, s->p[i].text);
    return (fair_str){ b.p != NULL ? b.p : "", b.n };
}

static void
append(json_t *blocks, const char *kind, fair_str text)
{
    if (text.n > 0) json_array_append_new(blocks, json_pack("{s:s%}", kind, text.p, text.n));
}

json_t *
fair_document_portal(const struct fair_document *d, struct fair_arena *a)
{
    json_t *blocks = json_array();

    for (const struct fair_block *k = d->first; k != NULL; k = k->next) {
        switch (k->kind) {
        case FAIR_BLOCK_HEADING: append(blocks, "h", text_of(a, &k->text)); break;
        case FAIR_BLOCK_PARAGRAPH:
        case FAIR_BLOCK_QR: append(blocks, "p", text_of(a, &k->text)); break;
        case FAIR_BLOCK_ITEM: append(blocks, "li", text_of(a, &k->text)); break;
        case FAIR_BLOCK_MONO: append(blocks, "pre", text_of(a, &k->text)); break;
        case FAIR_BLOCK_KEYS:
        case FAIR_BLOCK_TABLE:
            for (size_t r = 0; r < k->n_rows; r++) {
                struct fair_buf b = FAIR_BUF(a, (size_t)1 << 20);
                for (size_t c = 0; c < k->n_columns; c++)
                    fair_buf_fmt(&b, "%s%.*s", c == 0 ? "" : k->kind == FAIR_BLOCK_KEYS ? ": " : " | ", FAIR_STR_ARG(text_of(a, &k->cells[r * k->n_columns + c])));
                append(blocks, "p", (fair_str){ b.p, b.n });
            }
            break;
        case FAIR_BLOCK_PICTURES:
            for (size_t i = 0; i < k->n_pictures; i++) append(blocks, "p", k->pictures[i].caption);
            break;
        case FAIR_BLOCK_RULE:
        case FAIR_BLOCK_PAGE: break;
        }
    }
    return blocks;
}
