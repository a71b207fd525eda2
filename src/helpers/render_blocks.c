/* render_blocks.c - each kind of block on the page. */
#include <stdio.h>
#include "helpers/render_private.h"

#define BODY 10.0             /* points */
#define GAP 6.0               /* after a block */

static void
put(struct press *p, const struct fair_spans *s, double x, double width, const struct look *look)
{
    PangoLayout *l = fair_press_layout(p, s, width, look);

    if (l == NULL) return;
    fair_press_put(p, l, s, x);
    g_object_unref(l);
}

static void
heading(struct press *p, const struct fair_block *b)
{
    static const double sizes[] = { 16, 12.5, 10.5 }, before[] = { 10, 9, 5 };
    static const char *const names[] = { "H1", "H2", "H3" };
    unsigned i = b->number - 1;
    struct look look = { sizes[i], 0, true, PANGO_ALIGN_LEFT };
    PangoLayout *l = fair_press_layout(p, &b->text, p->right - p->left, &look);

    if (l == NULL) return;
    if (p->y > p->top) p->y += before[i];
    fair_press_need(p, fair_layout_height(l) + 3.5 * BODY);     /* never alone at the foot of a page */
    fair_press_tag(p, names[i]);
    fair_press_put(p, l, &b->text, p->left);
    fair_press_untag(p);
    p->y += GAP / 2;
    g_object_unref(l);
}

static void
item(struct press *p, const struct fair_block *b)
{
    struct look look = { BODY, 0, false, PANGO_ALIGN_LEFT };
    double indent = b->number > 99 ? 26 : 18, width = p->right - p->left;
    fair_str mark = b->number == 0 ? FAIR_STR("\xe2\x80\xa2") : fair_str_fmt(p->a, "%u.", b->number);
    struct fair_span span = { .text = mark };
    struct fair_spans s = { &span, 1 };
    PangoLayout *bullet = fair_press_layout(p, &s, width, &look), *l = fair_press_layout(p, &b->text, width - indent, &look);

    if (bullet != NULL && l != NULL) {
        double y, high = fair_layout_height(l);
        fair_press_need(p, high < 4 * BODY ? high : 2 * BODY);
        y = p->y;
        fair_press_tag(p, "LI");
        cairo_move_to(p->cr, p->left, y);
        pango_cairo_show_layout(p->cr, bullet);
        fair_press_put(p, l, &b->text, p->d->right_to_left ? p->left : p->left + indent);
        fair_press_untag(p);
        p->y += GAP / 2;
    }
    if (bullet != NULL) g_object_unref(bullet);
    if (l != NULL) g_object_unref(l);
}

static void
keys(struct press *p, const struct fair_block *b)
{
    struct look key = { 8.5, 0.25, true, PANGO_ALIGN_LEFT }, value = { 9.5, 0, false, PANGO_ALIGN_LEFT };
    double width = p->right - p->left, first = width * 0.28, gap = 8;
    bool rtl = p->d->right_to_left;

    for (size_t i = 0; i < b->n_rows && p->status == FAIR_OK; i++) {
        const struct fair_spans *k = &b->cells[2 * i], *v = k + 1;
        PangoLayout *l = fair_press_layout(p, k, first, &key);
        double high = fair_layout_height(l), y;
        unsigned page;
        if (l == NULL) return;
        fair_press_need(p, high > 14 ? high : 14);
        y = p->y;
        page = p->page;
        fair_press_tag(p, "P");
        cairo_move_to(p->cr, rtl ? p->right - first : p->left, y + 0.8);
        pango_cairo_show_layout(p->cr, l);
        put(p, v, rtl ? p->left : p->left + first + gap, width - first - gap, &value);
        fair_press_untag(p);
        if (p->page == page && p->y < y + high) p->y = y + high;
        p->y += 2;
        g_object_unref(l);
    }
    p->y += GAP - 2;
}

static void
rule(struct press *p)
{
    fair_press_need(p, 8);
    cairo_save(p->cr);
    cairo_set_source_rgb(p->cr, 0.6, 0.6, 0.6);
    cairo_set_line_width(p->cr, 0.6);
    cairo_move_to(p->cr, p->left, p->y + 2);
    cairo_line_to(p->cr, p->right, p->y + 2);
    cairo_stroke(p->cr);
    cairo_restore(p->cr);
    p->y += 8;
}

void
fair_press_block(struct press *p, const struct fair_block *b)
{
    struct look body = { BODY, 0, false, PANGO_ALIGN_LEFT }, mono = { 9.5, 0, false, PANGO_ALIGN_LEFT };

    switch (b->kind) {
    case FAIR_BLOCK_HEADING: heading(p, b); break;
    case FAIR_BLOCK_PARAGRAPH:
    case FAIR_BLOCK_MONO:
        fair_press_tag(p, "P");
        put(p, &b->text, p->left, p->right - p->left, b->kind == FAIR_BLOCK_MONO ? &mono : &body);
        fair_press_untag(p);
        p->y += GAP;
        break;
    case FAIR_BLOCK_ITEM: item(p, b); break;
    case FAIR_BLOCK_KEYS: keys(p, b); break;
    case FAIR_BLOCK_TABLE: fair_press_table(p, b); break;
    case FAIR_BLOCK_PICTURES: fair_press_pictures(p, b); break;
    case FAIR_BLOCK_QR: fair_press_qr(p, b); break;
    case FAIR_BLOCK_RULE: rule(p); break;
    case FAIR_BLOCK_PAGE: fair_press_page(p); break;
    }
}
