/* render_page.c - pages: their frame, and text that flows down and on to the next. */
#include <stdio.h>
#include <string.h>
#include "helpers/render_private.h"

#define MOST_PAGES 1000
#define SANS "Noto Sans, DejaVu Sans"
#define MONO "DejaVu Sans Mono, Noto Sans Mono"

/* ---- structure, for those who listen to a page ------------------------------------------------------- */

static void
open_tag(struct press *p, const struct tag *t)
{
    cairo_tag_begin(p->cr, t->name, t->attributes);
}

void
fair_press_tag(struct press *p, const char *name)
{
    struct tag *t;

    if (p->n_tags == sizeof p->tags / sizeof p->tags[0]) return;
    t = &p->tags[p->n_tags++];
    *t = (struct tag){ .name = name };
    open_tag(p, t);
}

void
fair_press_untag(struct press *p)
{
    if (p->n_tags > 0) cairo_tag_end(p->cr, p->tags[--p->n_tags].name);
}

/* ---- text -------------------------------------------------------------------------------------------- */

static void
attribute(PangoAttrList *list, PangoAttribute *one, size_t from, size_t to)
{
    one->start_index = (guint)from;
    one->end_index = (guint)to;
    pango_attr_list_insert(list, one);
}

static void
add_styles(PangoAttrList *list, const struct fair_span *s, size_t from, size_t to)
{
    if ((s->style & FAIR_SPAN_BOLD) != 0) attribute(list, pango_attr_weight_new(PANGO_WEIGHT_BOLD), from, to);
    if ((s->style & FAIR_SPAN_ITALIC) != 0) attribute(list, pango_attr_style_new(PANGO_STYLE_ITALIC), from, to);
    if ((s->style & FAIR_SPAN_MONO) != 0) {
        attribute(list, pango_attr_family_new(MONO), from, to);
        attribute(list, pango_attr_scale_new(0.88), from, to);
    }
    if (s->href.p != NULL) attribute(list, pango_attr_foreground_new(0x1a1a, 0x4040, 0x8c8c), from, to);
}

/* The spans' text as it can be set; each span's end in ends[]. */
static bool
set_text(struct press *p, const struct fair_spans *s, fair_str *out, size_t *ends)
{
    struct fair_buf b = FAIR_BUF(p->a, FAIR_DOCUMENT_BYTES);

    for (size_t i = 0; i < s->n; i++) {
        fair_str one;
        p->status = fair_fonts_text(p->fonts, p->a, s->p[i].text, p->d->spell_unknown, &p->spelled, &one, p->err);
        if (p->status != FAIR_OK) return false;
        fair_buf_add(&b, one);
        ends[i] = b.n;
    }
    p->status = fair_buf_take(&b, out, p->err);
    return p->status == FAIR_OK;
}

PangoLayout *
fair_press_layout(struct press *p, const struct fair_spans *s, double width, const struct look *look)
{
    size_t *ends = fair_alloc_array(p->a, s->n + 1, sizeof *ends);
    PangoFontDescription *font;
    PangoAttrList *list;
    PangoLayout *l;
    fair_str text;
    int unknown;

    if (p->status != FAIR_OK || !set_text(p, s, &text, ends)) return NULL;
    l = pango_layout_new(p->context);
    font = pango_font_description_new();
    list = pango_attr_list_new();
    pango_font_description_set_family_static(font, SANS);
    pango_font_description_set_absolute_size(font, look->size * PANGO_SCALE);
    if (look->bold) pango_font_description_set_weight(font, PANGO_WEIGHT_BOLD);
    pango_layout_set_font_description(l, font);
    pango_layout_set_width(l, (int)(width * PANGO_SCALE));
    pango_layout_set_wrap(l, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_auto_dir(l, FALSE);
    pango_layout_set_alignment(l, look->align);
    pango_layout_set_text(l, text.p, (int)text.n);
    for (size_t i = 0; i < s->n; i++) add_styles(list, &s->p[i], i > 0 ? ends[i - 1] : 0, ends[i]);
    pango_layout_set_attributes(l, list);
    pango_attr_list_unref(list);
    pango_font_description_free(font);
    g_object_set_data(G_OBJECT(l), "ends", ends);
    unknown = pango_layout_get_unknown_glyphs_count(l);
    if (unknown > 0) {
        p->status = fair_fail(p->err, FAIR_INVALID, "%d characters cannot be set together: \"%.60s\"", unknown, text.p);
        g_object_unref(l);
        return NULL;
    }
    return l;
}

double
fair_layout_height(PangoLayout *l)
{
    int h = 0;

    if (l != NULL) pango_layout_get_size(l, NULL, &h);
    return (double)h / PANGO_SCALE;
}

/* Where a line shows a span with an address, that place is a link. */
static void
add_links(struct press *p, PangoLayout *l, PangoLayoutLine *line, const struct fair_spans *s, double x, double y, double h)
{
    const size_t *ends = g_object_get_data(G_OBJECT(l), "ends");

    for (size_t i = 0; i < s->n; i++) {
        int from = i > 0 ? (int)ends[i - 1] : 0, to = (int)ends[i], n = 0, *ranges = NULL;
        if (s->p[i].href.p == NULL || to <= line->start_index || from >= line->start_index + line->length) continue;
        pango_layout_line_get_x_ranges(line, from, to, &ranges, &n);
        for (int k = 0; k < n; k++) {
            char x0[G_ASCII_DTOSTR_BUF_SIZE], y0[G_ASCII_DTOSTR_BUF_SIZE], w[G_ASCII_DTOSTR_BUF_SIZE], high[G_ASCII_DTOSTR_BUF_SIZE];
            g_ascii_formatd(x0, sizeof x0, "%.2f", x + (double)ranges[2 * k] / PANGO_SCALE);
            g_ascii_formatd(y0, sizeof y0, "%.2f", y);
            g_ascii_formatd(w, sizeof w, "%.2f", (double)(ranges[2 * k + 1] - ranges[2 * k]) / PANGO_SCALE);
            g_ascii_formatd(high, sizeof high, "%.2f", h);
            cairo_tag_begin(p->cr, CAIRO_TAG_LINK, fair_str_fmt(p->a, "rect=[%s %s %s %s] uri='%.*s'", x0, y0, w, high, FAIR_STR_ARG(s->p[i].href)).p);
            cairo_tag_end(p->cr, CAIRO_TAG_LINK);
        }
        g_free(ranges);
    }
}

double
fair_press_line(struct press *p, PangoLayoutIter *it, const struct fair_spans *s, double x, double y)
{
    PangoLayoutLine *line = pango_layout_iter_get_line_readonly(it);
    PangoRectangle logical;
    double h;

    pango_layout_iter_get_line_extents(it, NULL, &logical);
    h = (double)logical.height / PANGO_SCALE;
    cairo_move_to(p->cr, x + (double)logical.x / PANGO_SCALE, y + (double)(pango_layout_iter_get_baseline(it) - logical.y) / PANGO_SCALE);
    pango_cairo_show_layout_line(p->cr, line);
    if (s != NULL) add_links(p, pango_layout_iter_get_layout(it), line, s, x, y, h);
    return h;
}

static double
line_height(PangoLayoutIter *it)
{
    PangoRectangle logical;

    pango_layout_iter_get_line_extents(it, NULL, &logical);
    return (double)logical.height / PANGO_SCALE;
}

void
fair_press_put(struct press *p, PangoLayout *l, const struct fair_spans *s, double x)
{
    PangoLayoutIter *it;

    if (l == NULL || p->status != FAIR_OK) return;
    it = pango_layout_get_iter(l);
    do {
        fair_press_need(p, line_height(it));
        p->y += fair_press_line(p, it, s, x, p->y);
    } while (pango_layout_iter_next_line(it) && p->status == FAIR_OK);
    pango_layout_iter_free(it);
}

/* ---- the page ---------------------------------------------------------------------------------------- */

/* A text at a place of its own, out of the flow; lines past `lines` are left out. */
static double
place(struct press *p, fair_str text, double x, double y, double width, const struct look *look, int lines)
{
    struct fair_span span = { .text = text };
    struct fair_spans s = { &span, text.n > 0 ? 1 : 0 };
    PangoLayout *l = s.n > 0 ? fair_press_layout(p, &s, width, look) : NULL;
    PangoLayoutIter *it;

    if (l == NULL) return y;
    cairo_save(p->cr);
    cairo_set_source_rgb(p->cr, look->grey, look->grey, look->grey);
    it = pango_layout_get_iter(l);
    do y += fair_press_line(p, it, NULL, x, y);
    while (--lines > 0 && pango_layout_iter_next_line(it));
    pango_layout_iter_free(it);
    cairo_restore(p->cr);
    g_object_unref(l);
    return y;
}

static fair_str
fill_footer(struct press *p)
{
    struct fair_buf b = FAIR_BUF(p->a, 4096);
    fair_str rest = p->d->footer;

    while (rest.n > 0) {
        unsigned number = 0;
        size_t cut = 1;
        if (fair_str_starts(rest, FAIR_STR("{page}"))) number = p->page, cut = 6;
        else if (fair_str_starts(rest, FAIR_STR("{pages}"))) number = p->pages, cut = 7;
        if (cut > 1) fair_buf_fmt(&b, "%u", number);
        else fair_buf_byte(&b, rest.p[0]);
        rest = (fair_str){ rest.p + cut, rest.n - cut };
    }
    return (fair_str){ b.p, b.n };
}

/* The field for the address, for a window envelope: DIN 5008 form B on A4 (45 mm from the top, 85 mm by 45 mm),
 * 2 inches from the top on Letter.  Marks show where to fold. */
static void
letter_head(struct press *p)
{
    struct look small = { 7.5, 0.35, false, PANGO_ALIGN_LEFT }, plain = { 10.5, 0, false, PANGO_ALIGN_LEFT };
    bool a4 = p->d->paper == FAIR_PAPER_A4;
    double top = (a4 ? 45 : 46) * MM, folds[2] = { (a4 ? 105 : 93) * MM, (a4 ? 210 : 186) * MM };
    struct fair_buf one = FAIR_BUF(p->a, 4096);

    for (size_t i = 0; i < p->d->sender.n; i++)
        if (p->d->sender.p[i] == '\n') fair_buf_c(&one, " \xc2\xb7 ");
        else fair_buf_byte(&one, p->d->sender.p[i]);
    place(p, (fair_str){ one.p, one.n }, 25 * MM, top + 8 * MM, 80 * MM, &small, 2);
    place(p, p->d->address, 25 * MM, top + 17.7 * MM, 80 * MM, &plain, 7);
    place(p, p->d->sender, 125 * MM, 25 * MM, p->right - 125 * MM, &(struct look){ 9, 0.2, false, PANGO_ALIGN_LEFT }, 12);
    for (int i = 0; i < 2; i++) {
        cairo_move_to(p->cr, 4 * MM, folds[i]);
        cairo_line_to(p->cr, 8 * MM, folds[i]);
    }
    cairo_set_line_width(p->cr, 0.4);
    cairo_stroke(p->cr);
    p->y = (a4 ? 103 : 96) * MM;
}

static void
begin_page(struct press *p)
{
    struct look small = { 8, 0.35, false, PANGO_ALIGN_LEFT };
    fair_str footer;

    p->page++;
    if (p->page > MOST_PAGES) p->status = fair_fail(p->err, FAIR_LIMIT, "more than %d pages", MOST_PAGES);
    p->y = p->top;
    cairo_set_source_rgb(p->cr, 0, 0, 0);
    if (p->page == 1 && p->d->address.n > 0) letter_head(p);
    else place(p, p->d->header, p->left, 12 * MM, p->right - p->left, &small, 1);
    footer = fill_footer(p);
    place(p, footer, p->left, p->height - 15 * MM, p->right - p->left, &small, 2);
}

void
fair_press_page(struct press *p)
{
    size_t n = p->n_tags;

    if (p->status != FAIR_OK) return;
    for (size_t i = n; i > 0; i--) cairo_tag_end(p->cr, p->tags[i - 1].name);
    cairo_show_page(p->cr);
    begin_page(p);
    for (size_t i = 0; i < n; i++) open_tag(p, &p->tags[i]);
}

void
fair_press_need(struct press *p, double h)
{
    if (p->y + h > p->bottom && p->y > p->top + 0.1) fair_press_page(p);
}

void
fair_press_begin(struct press *p)
{
    bool a4 = p->d->paper == FAIR_PAPER_A4;

    p->width = a4 ? 210 * MM : 612;
    p->height = a4 ? 297 * MM : 792;
    p->left = 25 * MM;
    p->right = p->width - 20 * MM;
    p->top = 20 * MM;
    p->bottom = p->height - 20 * MM;
    pango_context_set_language(p->context, pango_language_from_string(fair_str_dup(p->a, p->d->language).p));
    pango_context_set_base_dir(p->context, p->d->right_to_left ? PANGO_DIRECTION_RTL : PANGO_DIRECTION_LTR);
    begin_page(p);
}

void
fair_press_end(struct press *p)
{
    while (p->n_tags > 0) fair_press_untag(p);
    cairo_show_page(p->cr);
}
