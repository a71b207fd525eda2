/* base/document.c - building a document, block by block. */
#include "base/document.h"
#include <string.h>

struct fair_document *
fair_document_new(struct fair_arena *a)
{
    struct fair_document *d = FAIR_NEW(a, struct fair_document);

    d->arena = a;
    d->language = FAIR_STR("en");
    return d;
}

/* A bound was passed: what follows is dropped, and fair_document_end says so. */
static bool
over(struct fair_document *d, bool passed)
{
    if (passed) d->bad = FAIR_LIMIT;
    return d->bad != FAIR_OK;
}

struct fair_spans
fair_spans_of(struct fair_document *d, fair_str text, unsigned style)
{
    struct fair_spans s = { NULL, 0 };

    fair_spans_add(d, &s, text, style, (fair_str){ NULL, 0 });
    return s;
}

void
fair_spans_add(struct fair_document *d, struct fair_spans *to, fair_str text, unsigned style, fair_str href)
{
    struct fair_span *p;

    if (text.n == 0 || over(d, text.n > FAIR_DOCUMENT_TEXT || to->n >= FAIR_DOCUMENT_SPANS)) return;
    /* Full at every power of two: then twice the room. */
    if ((to->n & (to->n - 1)) == 0) {
        p = fair_alloc_array(d->arena, to->n == 0 ? 1 : 2 * to->n, sizeof *p);
        if (to->n > 0) memcpy(p, to->p, to->n * sizeof *p);
        to->p = p;
    }
    to->p[to->n++] = (struct fair_span){ text, style, href };
}

static struct fair_block *
add(struct fair_document *d, enum fair_block_kind kind)
{
    struct fair_block *b;

    if (over(d, d->n_blocks >= FAIR_DOCUMENT_BLOCKS)) return NULL;
    b = FAIR_NEW(d->arena, struct fair_block);
    b->kind = kind;
    if (d->last != NULL) d->last->next = b;
    else d->first = b;
    d->last = b;
    d->n_blocks++;
    return b;
}

static void
add_text(struct fair_document *d, enum fair_block_kind kind, unsigned number, struct fair_spans text)
{
    struct fair_block *b = add(d, kind);

    if (b == NULL) return;
    b->number = number;
    b->text = text;
}

void
fair_document_heading(struct fair_document *d, unsigned level, fair_str text)
{
    add_text(d, FAIR_BLOCK_HEADING, level < 1 ? 1 : level > 3 ? 3 : level, fair_spans_of(d, text, 0));
}

void
fair_document_paragraph(struct fair_document *d, struct fair_spans text)
{
    add_text(d, FAIR_BLOCK_PARAGRAPH, 0, text);
}

void
fair_document_item(struct fair_document *d, unsigned number, struct fair_spans text)
{
    add_text(d, FAIR_BLOCK_ITEM, number, text);
}

void
fair_document_mono(struct fair_document *d, fair_str text)
{
    add_text(d, FAIR_BLOCK_MONO, 0, fair_spans_of(d, text, FAIR_SPAN_MONO));
}

static void
add_cells(struct fair_document *d, enum fair_block_kind kind, size_t n_columns, const uint8_t *weights, size_t n_rows,
          const struct fair_spans *cells)
{
    struct fair_block *b;
    uint8_t *w;

    if (over(d, n_columns > FAIR_DOCUMENT_COLUMNS || n_rows > FAIR_DOCUMENT_ROWS) || n_columns == 0 || n_rows == 0) return;
    if ((b = add(d, kind)) == NULL) return;
    b->n_columns = n_columns;
    b->n_rows = n_rows;
    b->weights = w = fair_alloc(d->arena, n_columns);
    for (size_t i = 0; i < n_columns; i++) w[i] = weights != NULL && weights[i] >= 1 && weights[i] <= 100 ? weights[i] : 1;
    b->cells = fair_alloc_array(d->arena, n_rows * n_columns, sizeof *cells);
    memcpy(b->cells, cells, n_rows * n_columns * sizeof *cells);
}

void
fair_document_keys(struct fair_document *d, size_t n_rows, const struct fair_spans *cells)
{
    add_cells(d, FAIR_BLOCK_KEYS, 2, NULL, n_rows, cells);
}

void
fair_document_table(struct fair_document *d, size_t n_columns, const uint8_t *weights, size_t n_rows, const struct fair_spans *cells)
{
    add_cells(d, FAIR_BLOCK_TABLE, n_columns, weights, n_rows, cells);
}

static bool
too_large(const struct fair_picture_shown *p)
{
    if (p->width < 1 || p->height < 1 || p->width > FAIR_DOCUMENT_SIDE || p->height > FAIR_DOCUMENT_SIDE) return true;
    if ((p->channels != 1 && p->channels != 3) || p->quality > 100 || p->n_outlines > FAIR_DOCUMENT_OUTLINES) return true;
    for (size_t i = 0; i < p->n_outlines; i++)
        if (p->outlines[i].n > FAIR_DOCUMENT_POINTS) return true;
    return p->caption.n > FAIR_DOCUMENT_TEXT;
}

void
fair_document_pictures(struct fair_document *d, size_t n, const struct fair_picture_shown *pictures, unsigned most_mm)
{
    struct fair_block *b;

    if (n == 0 || over(d, n > FAIR_DOCUMENT_ABREAST)) return;
    for (size_t i = 0; i < n; i++)
        if (over(d, too_large(&pictures[i]))) return;
    if ((b = add(d, FAIR_BLOCK_PICTURES)) == NULL) return;
    b->number = most_mm == 0 ? 90 : most_mm > 200 ? 200 : most_mm;
    b->n_pictures = n;
    b->pictures = fair_alloc_array(d->arena, n, sizeof *pictures);
    memcpy(b->pictures, pictures, n * sizeof *pictures);
}

void
fair_document_qr(struct fair_document *d, fair_str payload, unsigned side_mm, struct fair_spans text)
{
    struct fair_block *b;

    if (over(d, payload.n == 0 || payload.n > FAIR_DOCUMENT_QR) || (b = add(d, FAIR_BLOCK_QR)) == NULL) return;
    b->number = side_mm < 15 ? 15 : side_mm > 100 ? 100 : side_mm;
    b->payload = payload;
    b->text = text;
}

void
fair_document_rule(struct fair_document *d)
{
    (void)add(d, FAIR_BLOCK_RULE);
}

void
fair_document_page(struct fair_document *d)
{
    (void)add(d, FAIR_BLOCK_PAGE);
}

fair_status
fair_document_end(const struct fair_document *d, struct fair_err *err)
{
    if (d->bad != FAIR_OK) return fair_fail(err, d->bad, "a document of %zu blocks: one is over its bounds", d->n_blocks);
    return FAIR_OK;
}
