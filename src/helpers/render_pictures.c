/* render_pictures.c - pictures side by side with outlines on them, and QR codes. */
#include <errno.h>
#include <qrencode.h>
#include <stdlib.h>
#include <string.h>
#include "helpers/render_private.h"
#include "image/codecs/codecs.h"
#include "image/image.h"

#define GUTTER (5 * MM)

/* The pixels as cairo has them (x R G B in a native word), the JPEG that the PDF is to carry beside them. */
static cairo_surface_t *
surface_of(struct press *p, const struct fair_picture_shown *s)
{
    cairo_surface_t *c = cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)s->width, (int)s->height);
    uint8_t *to;
    int stride;

    if (cairo_surface_status(c) != CAIRO_STATUS_SUCCESS) return c;
    cairo_surface_flush(c);
    to = cairo_image_surface_get_data(c);
    stride = cairo_image_surface_get_stride(c);
    for (uint32_t y = 0; y < s->height; y++) {
        const uint8_t *from = s->pixels + y * s->stride;
        uint32_t *row = (uint32_t *)(void *)(to + (size_t)y * (size_t)stride);
        for (uint32_t x = 0; x < s->width; x++, from += s->channels)
            row[x] = s->channels == 1 ? from[0] * 0x010101u : (uint32_t)from[0] << 16 | (uint32_t)from[1] << 8 | from[2];
    }
    cairo_surface_mark_dirty(c);
    if (s->quality > 0) {
        struct fair_image im = { s->width, s->height, s->channels, s->stride, (uint8_t *)(uintptr_t)s->pixels };
        fair_str jpeg;
        unsigned char *kept;
        fair_jpeg_encode(&im, (int)s->quality, p->a, &jpeg);
        kept = fair_xmalloc(jpeg.n);
        memcpy(kept, jpeg.p, jpeg.n);
        if (cairo_surface_set_mime_data(c, CAIRO_MIME_TYPE_JPEG, kept, jpeg.n, free, kept) != CAIRO_STATUS_SUCCESS) free(kept);
    }
    return c;
}

/* A coloured line on a white one, so that it is seen on any picture. */
static void
draw_outline(struct press *p, const struct fair_outline *o, double x, double y, double scale)
{
    if (o->n < 2) return;
    for (size_t i = 0; i < o->n; i++) cairo_line_to(p->cr, x + o->points[i][0] * scale, y + o->points[i][1] * scale);
    cairo_close_path(p->cr);
    cairo_set_line_join(p->cr, CAIRO_LINE_JOIN_ROUND);
    cairo_set_source_rgb(p->cr, 1, 1, 1);
    cairo_set_line_width(p->cr, 2.6);
    cairo_stroke_preserve(p->cr);
    cairo_set_source_rgb(p->cr, (o->rgb >> 16) / 255.0, (o->rgb >> 8 & 255) / 255.0, (o->rgb & 255) / 255.0);
    cairo_set_line_width(p->cr, 1.3);
    cairo_stroke(p->cr);
}

static void
draw_picture(struct press *p, const struct fair_picture_shown *s, double x, double y, double w, double h)
{
    double scale = w / s->width;
    cairo_surface_t *c;

    if (p->dry) return;
    c = surface_of(p, s);
    cairo_save(p->cr);
    cairo_rectangle(p->cr, x, y, w, h);
    cairo_clip(p->cr);
    cairo_translate(p->cr, x, y);
    cairo_scale(p->cr, scale, scale);
    cairo_set_source_surface(p->cr, c, 0, 0);
    cairo_paint(p->cr);
    cairo_restore(p->cr);
    cairo_surface_destroy(c);
    cairo_save(p->cr);
    cairo_rectangle(p->cr, x - 2, y - 2, w + 4, h + 4);
    cairo_clip(p->cr);
    for (size_t i = 0; i < s->n_outlines; i++) draw_outline(p, &s->outlines[i], x, y, scale);
    cairo_restore(p->cr);
}

void
fair_press_pictures(struct press *p, const struct fair_block *b)
{
    struct look look = { 8, 0.25, false, PANGO_ALIGN_LEFT };
    size_t n = b->n_pictures;
    double each = (p->right - p->left - GUTTER * (double)(n - 1)) / (double)n, most = b->number * MM, high = 0, captions = 0;
    PangoLayout *l[FAIR_DOCUMENT_ABREAST] = { NULL };
    struct fair_span spans[FAIR_DOCUMENT_ABREAST];
    double w[FAIR_DOCUMENT_ABREAST], h[FAIR_DOCUMENT_ABREAST];

    for (size_t i = 0; i < n; i++) {
        const struct fair_picture_shown *s = &b->pictures[i];
        struct fair_spans text = { &spans[i], s->caption.n > 0 ? 1 : 0 };
        w[i] = each;
        h[i] = each * s->height / s->width;
        if (h[i] > most) w[i] = w[i] * most / h[i], h[i] = most;
        if (h[i] > high) high = h[i];
        spans[i] = (struct fair_span){ .text = s->caption };
        if (text.n > 0) l[i] = fair_press_layout(p, &text, each, &look);
        if (fair_layout_height(l[i]) > captions) captions = fair_layout_height(l[i]);
    }
    if (p->status == FAIR_OK && high + captions > p->bottom - p->top)
        p->status = fair_fail(p->err, FAIR_LIMIT, "a picture with its caption is higher than a page");
    fair_press_need(p, high + captions + 4);
    for (size_t i = 0; i < n && p->status == FAIR_OK; i++) {
        size_t at = p->d->right_to_left ? n - 1 - i : i;
        double x = p->left + (each + GUTTER) * (double)at;
        fair_press_tag(p, "Figure");
        draw_picture(p, &b->pictures[i], x, p->y, w[i], h[i]);
        if (l[i] != NULL) {
            cairo_move_to(p->cr, x, p->y + high + 3);
            pango_cairo_show_layout(p->cr, l[i]);
        }
        fair_press_untag(p);
    }
    for (size_t i = 0; i < n; i++)
        if (l[i] != NULL) g_object_unref(l[i]);
    p->y += high + captions + 11;
}

/* ISO/IEC 18004, level M, with its quiet zone of four modules. */
static void
draw_qr(struct press *p, const struct fair_block *b, double x, double y, double side)
{
    QRcode *q = QRcode_encodeString8bit(fair_str_dup(p->a, b->payload).p, 0, QR_ECLEVEL_M);
    double module;

    if (q == NULL) {
        p->status = fair_fail(p->err, FAIR_LIMIT, "a QR code of %zu bytes: %m", b->payload.n);
        return;
    }
    module = side / (q->width + 8);
    cairo_save(p->cr);
    cairo_set_source_rgb(p->cr, 0, 0, 0);
    for (int r = 0; r < q->width; r++)
        for (int c = 0, n; c < q->width; c += n > 0 ? n : 1) {
            for (n = 0; c + n < q->width && (q->data[r * q->width + c + n] & 1) != 0; n++) { }
            if (n > 0) cairo_rectangle(p->cr, x + (c + 4) * module, y + (r + 4) * module, n * module, module);
        }
    cairo_fill(p->cr);
    cairo_restore(p->cr);
    QRcode_free(q);
}

void
fair_press_qr(struct press *p, const struct fair_block *b)
{
    struct look look = { 9, 0, false, PANGO_ALIGN_LEFT };
    double side = b->number * MM, width = p->right - p->left - side - 8, y;
    PangoLayout *l = fair_press_layout(p, &b->text, width, &look);
    bool rtl = p->d->right_to_left;

    if (l == NULL) return;
    fair_press_need(p, side > fair_layout_height(l) ? side : fair_layout_height(l));
    y = p->y;
    fair_press_tag(p, "Figure");
    draw_qr(p, b, rtl ? p->right - side : p->left, y, side);
    fair_press_untag(p);
    p->y += 4 * side / 40;
    fair_press_tag(p, "P");
    fair_press_put(p, l, &b->text, rtl ? p->left : p->left + side + 8);
    fair_press_untag(p);
    if (p->y < y + side) p->y = y + side;
    p->y += 6;
    g_object_unref(l);
}
