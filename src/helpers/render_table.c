/* render_table.c - tables: the head again on every page, a row over several pages where it must. */
#include "helpers/render_private.h"

#define PAD 3.0

struct cell {
    PangoLayout *layout;
    PangoLayoutIter *at;      /* NULL once all its lines are set */
    const struct fair_spans *text;
    double x, width;
};

static void
free_row(struct cell *c, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (c[i].at != NULL) pango_layout_iter_free(c[i].at);
        if (c[i].layout != NULL) g_object_unref(c[i].layout);
    }
}

/* The row's layouts; its whole height. */
static double
lay_row(struct press *p, const struct fair_block *b, size_t row, struct cell *c)
{
    struct look look = { 8.5, 0, row == 0, PANGO_ALIGN_LEFT };
    double width = p->right - p->left, x = 0, sum = 0, high = 0;

    for (size_t i = 0; i < b->n_columns; i++) sum += b->weights[i];
    for (size_t i = 0; i < b->n_columns; i++) {
        double w = width * b->weights[i] / sum, h;
        c[i] = (struct cell){ .text = &b->cells[row * b->n_columns + i], .width = w };
        c[i].x = p->d->right_to_left ? p->right - x - w : p->left + x;
        x += w;
        c[i].layout = fair_press_layout(p, c[i].text, w > 3 * PAD ? w - 2 * PAD : w / 3, &look);
        if (c[i].layout != NULL) c[i].at = pango_layout_get_iter(c[i].layout);
        h = fair_layout_height(c[i].layout);
        if (h > high) high = h;
    }
    return high + 2 * PAD;
}

static double
next_height(const struct cell *c)
{
    PangoRectangle logical;

    pango_layout_iter_get_line_extents(c->at, NULL, &logical);
    return (double)logical.height / PANGO_SCALE;
}

/* As many lines of each cell as fit on this page; are there more? */
static bool
put_part(struct press *p, struct cell *c, size_t n, bool head)
{
    double top = p->y, low = top;
    bool more = false, put = false;

    for (size_t i = 0; i < n; i++) {
        double y = top + PAD;
        fair_press_tag(p, head ? "TH" : "TD");
        while (c[i].at != NULL && (y + next_height(&c[i]) + PAD <= p->bottom || (!put && top <= p->top + 0.1))) {
            y += fair_press_line(p, c[i].at, c[i].text, c[i].x + PAD, y);
            put = true;
            if (!pango_layout_iter_next_line(c[i].at)) {
                pango_layout_iter_free(c[i].at);
                c[i].at = NULL;
            }
        }
        fair_press_untag(p);
        if (c[i].at != NULL) more = true;
        if (y > low) low = y;
    }
    p->y = low + PAD;
    cairo_save(p->cr);
    cairo_set_source_rgb(p->cr, 0.72, 0.72, 0.72);
    cairo_set_line_width(p->cr, head ? 0.9 : 0.4);
    cairo_move_to(p->cr, p->left, p->y);
    cairo_line_to(p->cr, p->right, p->y);
    cairo_stroke(p->cr);
    cairo_restore(p->cr);
    return more;
}

static void
put_head(struct press *p, const struct fair_block *b)
{
    struct cell c[FAIR_DOCUMENT_COLUMNS];

    (void)lay_row(p, b, 0, c);
    fair_press_tag(p, "TR");
    (void)put_part(p, c, b->n_columns, true);
    fair_press_untag(p);
    free_row(c, b->n_columns);
}

static void
put_row(struct press *p, const struct fair_block *b, size_t row, double most)
{
    struct cell c[FAIR_DOCUMENT_COLUMNS];
    double high = lay_row(p, b, row, c);
    unsigned page = p->page;

    if (high <= most) fair_press_need(p, high);
    else fair_press_need(p, 4 * PAD + 20);
    if (p->page != page && p->status == FAIR_OK) put_head(p, b);
    while (p->status == FAIR_OK) {
        bool more;
        fair_press_tag(p, "TR");
        more = put_part(p, c, b->n_columns, false);
        fair_press_untag(p);
        if (!more) break;
        fair_press_page(p);
    }
    free_row(c, b->n_columns);
}

void
fair_press_table(struct press *p, const struct fair_block *b)
{
    struct cell c[FAIR_DOCUMENT_COLUMNS];
    double most = p->bottom - p->top, high = lay_row(p, b, 0, c);

    free_row(c, b->n_columns);
    if (high > most / 2) {
        if (p->status == FAIR_OK) p->status = fair_fail(p->err, FAIR_LIMIT, "a table's head is %.0f points high", high);
        return;
    }
    fair_press_need(p, high + 30);
    fair_press_tag(p, "Table");
    put_head(p, b);
    for (size_t row = 1; row < b->n_rows && p->status == FAIR_OK; row++) put_row(p, b, row, most - high);
    fair_press_untag(p);
    p->y += 8;
}
