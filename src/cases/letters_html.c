/* letters_html.c - a document as HTML: for the portal as it is, for a mail as a whole page. */
#include <string.h>
#include "cases/letters_private.h"

enum { MOST = 8 << 20, LONG = 160 };

/* Escaped for text and for attributes; lines are broken at blanks, for a mail's lines have a bound. */
static void
put(struct fair_buf *b, fair_str s, bool keep, size_t *column)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        ++*column;
        if (c == '&') fair_buf_c(b, "&amp;");
        else if (c == '<') fair_buf_c(b, "&lt;");
        else if (c == '>') fair_buf_c(b, "&gt;");
        else if (c == '"') fair_buf_c(b, "&quot;");
        else if (c == '\'') fair_buf_c(b, "&#39;");
        else if (c == '\n' && !keep) fair_buf_c(b, "<br>\n"), *column = 0;
        else if (c == ' ' && !keep && *column > LONG) fair_buf_c(b, "\n"), *column = 0;
        else fair_buf_byte(b, c);
    }
}

static void
put_spans(struct fair_buf *b, const struct fair_spans *s, bool keep)
{
    size_t column = 0, none = 0;

    for (size_t i = 0; i < s->n; i++) {
        const struct fair_span *p = &s->p[i];
        if (p->href.p != NULL) {
            fair_buf_c(b, "<a href=\"");
            put(b, p->href, true, &none);
            fair_buf_c(b, "\" rel=\"noopener noreferrer\">");
        }
        if ((p->style & FAIR_SPAN_BOLD) != 0) fair_buf_c(b, "<strong>");
        if ((p->style & FAIR_SPAN_ITALIC) != 0) fair_buf_c(b, "<em>");
        if ((p->style & FAIR_SPAN_MONO) != 0 && !keep) fair_buf_c(b, "<code>");
        put(b, p->text, keep, &column);
        if ((p->style & FAIR_SPAN_MONO) != 0 && !keep) fair_buf_c(b, "</code>");
        if ((p->style & FAIR_SPAN_ITALIC) != 0) fair_buf_c(b, "</em>");
        if ((p->style & FAIR_SPAN_BOLD) != 0) fair_buf_c(b, "</strong>");
        if (p->href.p != NULL) fair_buf_c(b, "</a>");
    }
}

static void
put_table(struct fair_buf *b, const struct fair_block *k)
{
    if (k->kind == FAIR_BLOCK_KEYS) {
        fair_buf_c(b, "<dl>\n");
        for (size_t r = 0; r < k->n_rows; r++) {
            fair_buf_c(b, "<dt>");
            put_spans(b, &k->cells[2 * r], false);
            fair_buf_c(b, "</dt>\n<dd>");
            put_spans(b, &k->cells[2 * r + 1], false);
            fair_buf_c(b, "</dd>\n");
        }
        fair_buf_c(b, "</dl>\n");
        return;
    }
    fair_buf_c(b, "<table>\n");
    for (size_t r = 0; r < k->n_rows; r++) {
        fair_buf_c(b, "<tr>");
        for (size_t c = 0; c < k->n_columns; c++) {
            fair_buf_c(b, r == 0 ? "<th scope=\"col\">" : "<td>");
            put_spans(b, &k->cells[r * k->n_columns + c], false);
            fair_buf_c(b, r == 0 ? "</th>\n" : "</td>\n");
        }
        fair_buf_c(b, "</tr>\n");
    }
    fair_buf_c(b, "</table>\n");
}

static const char *
list_of(const struct fair_block *k)
{
    return k == NULL || k->kind != FAIR_BLOCK_ITEM ? NULL : k->number > 0 ? "ol" : "ul";
}

static void
put_block(struct fair_buf *b, const struct fair_block *k)
{
    struct fair_spans one;
    struct fair_span span;

    switch (k->kind) {
    case FAIR_BLOCK_HEADING:
        fair_buf_fmt(b, "<h%u>", k->number);
        put_spans(b, &k->text, false);
        fair_buf_fmt(b, "</h%u>\n", k->number);
        break;
    case FAIR_BLOCK_PARAGRAPH:
        fair_buf_c(b, "<p>");
        put_spans(b, &k->text, false);
        fair_buf_c(b, "</p>\n");
        break;
    case FAIR_BLOCK_ITEM:
        fair_buf_c(b, "<li>");
        put_spans(b, &k->text, false);
        fair_buf_c(b, "</li>\n");
        break;
    case FAIR_BLOCK_MONO:
        fair_buf_c(b, "<pre>");
        put_spans(b, &k->text, true);
        fair_buf_c(b, "</pre>\n");
        break;
    case FAIR_BLOCK_KEYS:
    case FAIR_BLOCK_TABLE: put_table(b, k); break;
    case FAIR_BLOCK_PICTURES:
        for (size_t i = 0; i < k->n_pictures; i++) {
            span = (struct fair_span){ .text = k->pictures[i].caption };
            one = (struct fair_spans){ &span, 1 };
            fair_buf_c(b, "<p class=\"picture\">[");
            put_spans(b, &one, false);
            fair_buf_c(b, "]</p>\n");
        }
        break;
    case FAIR_BLOCK_QR:
        fair_buf_c(b, "<p class=\"verify\">");
        put_spans(b, &k->text, false);
        fair_buf_c(b, "</p>\n");
        break;
    case FAIR_BLOCK_RULE: fair_buf_c(b, "<hr>\n"); break;
    case FAIR_BLOCK_PAGE: break;
    }
}

static void
put_all(struct fair_buf *b, const struct fair_document *d)
{
    const char *list = NULL;

    for (const struct fair_block *k = d->first; k != NULL; k = k->next) {
        const char *now = list_of(k);
        if (now != NULL && list == NULL) fair_buf_fmt(b, "<%s>\n", now);
        put_block(b, k);
        list = now;
        if (list != NULL && list_of(k->next) != list) {
            fair_buf_fmt(b, "</%s>\n", list);
            list = NULL;
        }
    }
}

fair_status
fair_document_html(const struct fair_document *d, struct fair_arena *a, fair_str *out, struct fair_err *err)
{
    struct fair_buf b = FAIR_BUF(a, MOST);

    put_all(&b, d);
    return fair_buf_take(&b, out, err);
}

fair_status
fair_document_html_mail(const struct fair_document *d, struct fair_arena *a, fair_str *out, struct fair_err *err)
{
    struct fair_buf b = FAIR_BUF(a, MOST);
    size_t column = 0;

    fair_buf_c(&b, "<!DOCTYPE html>\n<html lang=\"");
    put(&b, d->language, true, &column);
    fair_buf_fmt(&b, "\" dir=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>",
                 d->right_to_left ? "rtl" : "ltr");
    put(&b, d->title, true, &column);
    fair_buf_c(&b, "</title>\n<style>\nbody { font: 16px/1.5 sans-serif; color: #1a1a1a; background: #fff; max-width: 42em; margin: 1em auto; padding: 0 1em }\n"
                   "h1 { font-size: 1.4em; line-height: 1.25 } h2 { font-size: 1.1em; margin-top: 1.6em }\n"
                   "dt { font-weight: bold } dd { margin: 0 0 .5em; overflow-wrap: anywhere } a { color: #1a408c; overflow-wrap: anywhere }\n"
                   "table { border-collapse: collapse } th, td { text-align: left; border-bottom: 1px solid #bbb; padding: .2em .6em }\n"
                   "</style>\n</head>\n<body>\n");
    put_all(&b, d);
    fair_buf_c(&b, "</body>\n</html>\n");
    return fair_buf_take(&b, out, err);
}
