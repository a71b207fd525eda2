/* letters_text.c - a document as plain text for a mail: RFC 3676, format=flowed, DelSp=no. */
#include <string.h>
#include "cases/letters_private.h"

enum { COLUMNS = 72, MOST = 4 << 20 };

static size_t
width_of(fair_str s)
{
    size_t n = 0;

    for (size_t i = 0; i < s.n; i++) n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
    return n;
}

/* RFC 3676 4.4: a line that begins with a blank, "From " or ">" gets a blank before it. */
static size_t
begin_line(struct fair_buf *b, fair_str line)
{
    if (!fair_str_starts(line, FAIR_STR(" ")) && !fair_str_starts(line, FAIR_STR(">")) && !fair_str_starts(line, FAIR_STR("From"))) return 0;
    fair_buf_c(b, " ");
    return 1;
}

/* One line of the text, flowed: soft breaks are a blank before the line's end.  A word wider than the line stays whole. */
static void
flow(struct fair_buf *b, fair_str line)
{
    fair_str rest = fair_str_trim(line), word;
    size_t column = 0;
    bool first = true;

    column = begin_line(b, rest);
    while (fair_letter_list_next(&rest, &word)) {
        size_t w = width_of(word);
        if (!first && column + 1 + w > COLUMNS - 1) {
            fair_buf_c(b, " \n");
            column = begin_line(b, word);
        } else if (!first) {
            fair_buf_c(b, " ");
            column++;
        }
        fair_buf_add(b, word);
        column += w;
        first = false;
    }
    fair_buf_c(b, "\n");
}

static fair_str
text_of(struct fair_arena *a, const struct fair_spans *s)
{
    struct fair_buf b = FAIR_BUF(a, MOST);

    for (size_t i = 0; i < s->n; i++) fair_buf_add(&b, s->p[i].text);
    return (fair_str){ b.p != NULL ? b.p : "", b.n };
}

static void
put_lines(struct fair_buf *b, fair_str text, bool fixed)
{
    fair_str rest = text, line;

    while (fair_str_split(&rest, '\n', &line)) {
        if (!fixed) {
            flow(b, line);
            continue;
        }
        (void)begin_line(b, line);
        while (line.n > 0 && line.p[line.n - 1] == ' ') line.n--;
        fair_buf_add(b, line);
        fair_buf_c(b, "\n");
    }
}

static void
put_heading(struct fair_buf *b, unsigned level, fair_str text)
{
    size_t n = width_of(text) < COLUMNS ? width_of(text) : COLUMNS;

    put_lines(b, text, false);
    for (size_t i = 0; i < n && level < 3; i++) fair_buf_c(b, level == 1 ? "=" : "-");
    if (level < 3) fair_buf_c(b, "\n");
}

static void
put_table(struct fair_arena *a, struct fair_buf *b, const struct fair_block *k)
{
    for (size_t r = 0; r < k->n_rows; r++) {
        struct fair_buf line = FAIR_BUF(a, MOST);
        for (size_t c = 0; c < k->n_columns; c++)
            fair_buf_fmt(&line, "%s%.*s", c == 0 ? "" : k->kind == FAIR_BLOCK_KEYS ? ": " : " | ", FAIR_STR_ARG(text_of(a, &k->cells[r * k->n_columns + c])));
        put_lines(b, (fair_str){ line.p, line.n }, false);
    }
}

fair_status
fair_document_text(const struct fair_document *d, struct fair_arena *a, fair_str *out, struct fair_err *err)
{
    struct fair_buf b = FAIR_BUF(a, MOST);
    enum fair_block_kind before = FAIR_BLOCK_PAGE;

    for (const struct fair_block *k = d->first; k != NULL; before = k->kind, k = k->next) {
        if (b.n > 0 && !(k->kind == FAIR_BLOCK_ITEM && before == FAIR_BLOCK_ITEM)) fair_buf_c(&b, "\n");
        switch (k->kind) {
        case FAIR_BLOCK_HEADING: put_heading(&b, k->number, text_of(a, &k->text)); break;
        case FAIR_BLOCK_PARAGRAPH: put_lines(&b, text_of(a, &k->text), false); break;
        case FAIR_BLOCK_ITEM:
            if (k->number > 0) put_lines(&b, fair_str_fmt(a, "%u. %.*s", k->number, FAIR_STR_ARG(text_of(a, &k->text))), false);
            else put_lines(&b, fair_str_fmt(a, "* %.*s", FAIR_STR_ARG(text_of(a, &k->text))), false);
            break;
        case FAIR_BLOCK_MONO: put_lines(&b, text_of(a, &k->text), true); break;
        case FAIR_BLOCK_KEYS:
        case FAIR_BLOCK_TABLE: put_table(a, &b, k); break;
        case FAIR_BLOCK_PICTURES:
            for (size_t i = 0; i < k->n_pictures; i++) put_lines(&b, fair_str_fmt(a, "[%.*s]", FAIR_STR_ARG(k->pictures[i].caption)), false);
            break;
        case FAIR_BLOCK_QR:
            put_lines(&b, text_of(a, &k->text), false);
            if (memmem(text_of(a, &k->text).p, text_of(a, &k->text).n, k->payload.p, k->payload.n) == NULL) put_lines(&b, k->payload, true);
            break;
        case FAIR_BLOCK_RULE: fair_buf_c(&b, "--------------------\n"); break;
        case FAIR_BLOCK_PAGE: break;
        }
    }
    return fair_buf_take(&b, out, err);
}
