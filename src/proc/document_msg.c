/* proc/document_msg.c - a document as bytes and back; the reader takes nothing on trust. */
#include "proc/document_msg.h"
#include <string.h>

#define MAGIC "FDC1"
#define HREF 4096

static void
put_spans(struct fair_buf *b, const struct fair_spans *s)
{
    fair_put_u32(b, (uint32_t)s->n);
    for (size_t i = 0; i < s->n; i++) {
        fair_put_u8(b, (uint8_t)s->p[i].style);
        fair_put_str(b, s->p[i].text);
        fair_put_str(b, s->p[i].href);
    }
}

static void
put_picture(struct fair_buf *b, const struct fair_picture_shown *p)
{
    size_t row = (size_t)p->width * p->channels;

    fair_put_u32(b, p->width);
    fair_put_u32(b, p->height);
    fair_put_u8(b, (uint8_t)p->channels);
    fair_put_u8(b, (uint8_t)p->quality);
    fair_put_str(b, p->caption);
    fair_put_u32(b, (uint32_t)p->n_outlines);
    for (size_t i = 0; i < p->n_outlines; i++) {
        const struct fair_outline *o = &p->outlines[i];
        fair_put_u32(b, o->rgb);
        fair_put_u32(b, (uint32_t)o->n);
        /* Sixteenths of a pixel, from -65536 pixels up. */
        for (size_t k = 0; k < 2 * o->n; k++) {
            float v = o->points[k / 2][k % 2];
            v = v > -65536.f ? v < 65535.f ? v : 65535.f : -65536.f;    /* not a number: the left edge */
            fair_put_u32(b, (uint32_t)((v + 65536.f) * 16.f + 0.5f));
        }
    }
    fair_put_u32(b, (uint32_t)(row * p->height));
    for (uint32_t y = 0; y < p->height; y++) fair_buf_add(b, (fair_str){ (const char *)p->pixels + y * p->stride, row });
}

static void
put_block(struct fair_buf *b, const struct fair_block *k)
{
    fair_put_u8(b, (uint8_t)k->kind);
    fair_put_u32(b, k->number);
    put_spans(b, &k->text);
    switch (k->kind) {
    case FAIR_BLOCK_KEYS:
    case FAIR_BLOCK_TABLE:
        fair_put_u8(b, (uint8_t)k->n_columns);
        for (size_t i = 0; i < k->n_columns; i++) fair_put_u8(b, k->weights[i]);
        fair_put_u32(b, (uint32_t)k->n_rows);
        for (size_t i = 0; i < k->n_columns * k->n_rows; i++) put_spans(b, &k->cells[i]);
        break;
    case FAIR_BLOCK_PICTURES:
        fair_put_u8(b, (uint8_t)k->n_pictures);
        for (size_t i = 0; i < k->n_pictures; i++) put_picture(b, &k->pictures[i]);
        break;
    case FAIR_BLOCK_QR: fair_put_str(b, k->payload); break;
    default: break;
    }
}

fair_status
fair_document_pack(struct fair_arena *a, const struct fair_document *d, fair_str *out, struct fair_err *err)
{
    struct fair_buf b = FAIR_BUF(a, FAIR_DOCUMENT_BYTES);

    FAIR_TRY(fair_document_end(d, err));
    fair_buf_c(&b, MAGIC);
    fair_put_str(&b, d->title);
    fair_put_str(&b, d->author);
    fair_put_str(&b, d->subject);
    fair_put_str(&b, d->language);
    fair_put_u8(&b, d->right_to_left);
    fair_put_u8(&b, (uint8_t)d->paper);
    fair_put_u8(&b, d->spell_unknown);
    fair_put_u64(&b, (uint64_t)d->made);
    fair_put_str(&b, d->header);
    fair_put_str(&b, d->footer);
    fair_put_str(&b, d->sender);
    fair_put_str(&b, d->address);
    fair_put_u32(&b, (uint32_t)d->n_blocks);
    for (const struct fair_block *k = d->first; k != NULL; k = k->next) put_block(&b, k);
    return fair_buf_take(&b, out, err);
}

/* ---- reading ----------------------------------------------------------------------------------------- */

struct reading {
    struct fair_reader r;
    struct fair_document *d;
};

/* A count whose things take at least `least` bytes each: no more of them can follow than there are bytes. */
static size_t
get_count(struct reading *g, size_t max, size_t least)
{
    size_t n = fair_get_u32(&g->r, (uint32_t)max), left = (size_t)(g->r.end - g->r.at);

    if (n > left / least) g->r.bad = true;
    return g->r.bad ? 0 : n;
}

static bool
link_is_plain(fair_str s)
{
    if (!fair_str_starts(s, FAIR_STR("http://")) && !fair_str_starts(s, FAIR_STR("https://")) && !fair_str_starts(s, FAIR_STR("mailto:")))
        return false;
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] <= ' ' || (unsigned char)s.p[i] > '~' || strchr("'\"<>\\", s.p[i]) != NULL) return false;
    return true;
}

static struct fair_spans
get_spans(struct reading *g)
{
    struct fair_spans s = { NULL, get_count(g, FAIR_DOCUMENT_SPANS, 9) };

    if (s.n == 0) return s;
    s.p = fair_alloc_array(g->d->arena, s.n, sizeof *s.p);
    for (size_t i = 0; i < s.n && !g->r.bad; i++) {
        s.p[i].style = fair_get_u8(&g->r, 7);
        s.p[i].text = fair_get_text(&g->r, FAIR_DOCUMENT_TEXT);
        s.p[i].href = fair_get_text(&g->r, HREF);
        if (s.p[i].href.p != NULL && !link_is_plain(s.p[i].href)) g->r.bad = true;
    }
    return s;
}

static void
get_picture(struct reading *g, struct fair_picture_shown *p)
{
    struct fair_outline *o;
    fair_str pixels;

    p->width = fair_get_u32(&g->r, FAIR_DOCUMENT_SIDE);
    p->height = fair_get_u32(&g->r, FAIR_DOCUMENT_SIDE);
    p->channels = fair_get_u8(&g->r, 3);
    p->quality = fair_get_u8(&g->r, 100);
    p->caption = fair_get_text(&g->r, FAIR_DOCUMENT_TEXT);
    p->n_outlines = get_count(g, FAIR_DOCUMENT_OUTLINES, 8);
    p->outlines = o = fair_alloc_array(g->d->arena, p->n_outlines + 1, sizeof *o);
    for (size_t i = 0; i < p->n_outlines; i++) {
        float (*points)[2];
        o[i].rgb = fair_get_u32(&g->r, 0xffffff);
        o[i].n = get_count(g, FAIR_DOCUMENT_POINTS, 8);
        points = fair_alloc_array(g->d->arena, o[i].n + 1, sizeof *points);
        for (size_t k = 0; k < 2 * o[i].n; k++) points[k / 2][k % 2] = (float)fair_get_u32(&g->r, 131072 * 16) / 16.f - 65536.f;
        o[i].points = points;
    }
    p->stride = (size_t)p->width * p->channels;
    pixels = fair_get_str(&g->r, FAIR_DOCUMENT_BYTES);
    p->pixels = (const uint8_t *)pixels.p;
    if (p->width < 1 || p->height < 1 || (p->channels != 1 && p->channels != 3) || pixels.n != p->stride * p->height) g->r.bad = true;
}

static void
get_table(struct reading *g, struct fair_block *k)
{
    uint8_t *weights;

    k->n_columns = fair_get_u8(&g->r, FAIR_DOCUMENT_COLUMNS);
    k->weights = weights = fair_alloc(g->d->arena, k->n_columns + 1);
    for (size_t i = 0; i < k->n_columns; i++) {
        weights[i] = fair_get_u8(&g->r, 100);
        if (weights[i] == 0) g->r.bad = true;
    }
    if (k->n_columns == 0 || (k->kind == FAIR_BLOCK_KEYS && k->n_columns != 2)) g->r.bad = true;
    k->n_rows = get_count(g, FAIR_DOCUMENT_ROWS, 4 * (k->n_columns + 1) - 4 + (k->n_columns == 0));
    k->cells = fair_alloc_array(g->d->arena, k->n_rows * k->n_columns + 1, sizeof *k->cells);
    for (size_t i = 0; i < k->n_rows * k->n_columns && !g->r.bad; i++) k->cells[i] = get_spans(g);
    if (k->n_rows == 0) g->r.bad = true;
}

static void
get_block(struct reading *g, struct fair_block *k)
{
    k->kind = (enum fair_block_kind)fair_get_u8(&g->r, FAIR_BLOCK_PAGE);
    k->number = fair_get_u32(&g->r, 9999);
    k->text = get_spans(g);
    switch (k->kind) {
    case FAIR_BLOCK_HEADING:
        if (k->number < 1 || k->number > 3) g->r.bad = true;
        break;
    case FAIR_BLOCK_KEYS:
    case FAIR_BLOCK_TABLE: get_table(g, k); break;
    case FAIR_BLOCK_PICTURES:
        if (k->number < 1 || k->number > 200) g->r.bad = true;
        k->n_pictures = fair_get_u8(&g->r, FAIR_DOCUMENT_ABREAST);
        k->pictures = fair_alloc_array(g->d->arena, k->n_pictures + 1, sizeof *k->pictures);
        for (size_t i = 0; i < k->n_pictures && !g->r.bad; i++) get_picture(g, &k->pictures[i]);
        if (k->n_pictures == 0) g->r.bad = true;
        break;
    case FAIR_BLOCK_QR:
        if (k->number < 15 || k->number > 100) g->r.bad = true;
        k->payload = fair_get_text(&g->r, FAIR_DOCUMENT_QR);
        if (k->payload.n == 0) g->r.bad = true;
        break;
    case FAIR_BLOCK_PARAGRAPH:
    case FAIR_BLOCK_ITEM:
    case FAIR_BLOCK_MONO:
    case FAIR_BLOCK_RULE:
    case FAIR_BLOCK_PAGE: break;
    default: g->r.bad = true;
    }
}

fair_status
fair_document_unpack(struct fair_arena *a, fair_str bytes, struct fair_document **out, struct fair_err *err)
{
    struct fair_document *d = fair_document_new(a);
    struct reading g = { .d = d };
    size_t n;

    *out = NULL;
    if (!fair_str_starts(bytes, FAIR_STR(MAGIC))) return fair_fail(err, FAIR_CORRUPT, "no document of ours");
    g.r = fair_reader_of((fair_str){ bytes.p + 4, bytes.n - 4 });
    d->title = fair_get_text(&g.r, 1000);
    d->author = fair_get_text(&g.r, 1000);
    d->subject = fair_get_text(&g.r, 1000);
    d->language = fair_get_text(&g.r, 35);
    d->right_to_left = fair_get_u8(&g.r, 1) != 0;
    d->paper = (enum fair_paper)fair_get_u8(&g.r, FAIR_PAPER_LETTER);
    d->spell_unknown = fair_get_u8(&g.r, 1) != 0;
    d->made = (fair_time)fair_get_u64(&g.r, (uint64_t)253402300799 * 1000000);     /* the year 9999 */
    d->header = fair_get_text(&g.r, 500);
    d->footer = fair_get_text(&g.r, 500);
    d->sender = fair_get_text(&g.r, 2000);
    d->address = fair_get_text(&g.r, 2000);
    n = get_count(&g, FAIR_DOCUMENT_BLOCKS, 9);
    for (size_t i = 0; i < n && !g.r.bad; i++) {
        struct fair_block *k = FAIR_NEW(a, struct fair_block);
        get_block(&g, k);
        if (d->last != NULL) d->last->next = k;
        else d->first = k;
        d->last = k;
        d->n_blocks++;
    }
    if (fair_reader_end(&g.r, err) != FAIR_OK) return fair_fail_in(err, "document, block %zu", d->n_blocks);
    *out = d;
    return FAIR_OK;
}

/* ---- the answer -------------------------------------------------------------------------------------- */

fair_str
fair_rendering_pack(struct fair_arena *a, const struct fair_rendering *r)
{
    struct fair_buf b = FAIR_BUF(a, FAIR_MSG_MAX);

    fair_put_u8(&b, (uint8_t)r->status);
    fair_put_str(&b, fair_utf8_mend(a, r->words));
    fair_put_str(&b, r->engine);
    fair_put_u32(&b, r->n_pdf);
    fair_put_u32(&b, r->pages);
    fair_put_u32(&b, r->spelled);
    return (fair_str){ b.p, b.n };
}

fair_status
fair_rendering_unpack(fair_str body, struct fair_rendering *r, struct fair_err *err)
{
    struct fair_reader g = fair_reader_of(body);

    r->status = (fair_status)fair_get_u8(&g, FAIR_IO);
    r->words = fair_get_text(&g, 2000);
    r->engine = fair_get_text(&g, 500);
    r->n_pdf = fair_get_u32(&g, UINT32_MAX);
    r->pages = fair_get_u32(&g, 100000);
    r->spelled = fair_get_u32(&g, UINT32_MAX);
    return fair_reader_end(&g, err);
}
