/* render.c - fairtrack-render: one document after the other to PDF, the same bytes for the same document.
 *
 * A question is a message of type FAIR_MSG_RENDER with the packed document in a sealed file; the answer
 * FAIR_MSG_RENDERED, the PDF in the shared mapping.  The fonts' folders are all it can read. */
#include <cairo-pdf.h>
#include <pango/pangofc-fontmap.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/io.h"
#include "helpers/render_private.h"
#include "proc/document_msg.h"
#include "proc/proc.h"

struct paper {
    uint8_t *p;               /* NULL: nothing is kept */
    size_t n, room;
};

static cairo_status_t
give(void *arg, const unsigned char *bytes, unsigned n)
{
    struct paper *to = arg;

    if (to->p == NULL) return CAIRO_STATUS_SUCCESS;
    if (n > to->room - to->n) return CAIRO_STATUS_WRITE_ERROR;
    memcpy(to->p + to->n, bytes, n);
    to->n += n;
    return CAIRO_STATUS_SUCCESS;
}

static void
set_properties(cairo_surface_t *s, struct fair_arena *a, const struct fair_document *d)
{
    const char *date = fair_time_text(a, d->made > 0 ? d->made : FAIR_SECOND).p;

    cairo_pdf_surface_restrict_to_version(s, CAIRO_PDF_VERSION_1_5);
    if (d->title.n > 0) cairo_pdf_surface_set_metadata(s, CAIRO_PDF_METADATA_TITLE, fair_str_dup(a, d->title).p);
    if (d->author.n > 0) cairo_pdf_surface_set_metadata(s, CAIRO_PDF_METADATA_AUTHOR, fair_str_dup(a, d->author).p);
    if (d->subject.n > 0) cairo_pdf_surface_set_metadata(s, CAIRO_PDF_METADATA_SUBJECT, fair_str_dup(a, d->subject).p);
    cairo_pdf_surface_set_metadata(s, CAIRO_PDF_METADATA_CREATOR, "Fairtrack");
    cairo_pdf_surface_set_metadata(s, CAIRO_PDF_METADATA_CREATE_DATE, date);
    cairo_pdf_surface_set_metadata(s, CAIRO_PDF_METADATA_MOD_DATE, date);
}

/* One pass; the dry one learns how many pages there are. */
static fair_status
pass(const struct fonts *fonts, PangoFontMap *map, struct fair_arena *a, const struct fair_document *d, bool dry, struct paper *to,
     struct fair_rendering *r, struct fair_err *err)
{
    struct press p = { .d = d, .fonts = fonts, .a = a, .dry = dry, .pages = r->pages, .err = err };
    double width = d->paper == FAIR_PAPER_A4 ? 210 * MM : 612, height = d->paper == FAIR_PAPER_A4 ? 297 * MM : 792;
    cairo_surface_t *s = cairo_pdf_surface_create_for_stream(give, to, width, height);
    cairo_status_t done;
    bool list = false;
    size_t i = 0;

    set_properties(s, a, d);
    p.cr = cairo_create(s);
    p.context = pango_font_map_create_context(map);
    pango_cairo_update_context(p.cr, p.context);
    fair_press_begin(&p);
    for (const struct fair_block *b = d->first; b != NULL && p.status == FAIR_OK; b = b->next, i++) {
        if (b->kind == FAIR_BLOCK_ITEM && !list) fair_press_tag(&p, "L");
        if (b->kind != FAIR_BLOCK_ITEM && list) fair_press_untag(&p);
        list = b->kind == FAIR_BLOCK_ITEM;
        fair_press_block(&p, b);
        if (p.status != FAIR_OK) fair_fail_in(err, "block %zu", i + 1);
    }
    fair_press_end(&p);
    r->pages = p.page;
    r->spelled = p.spelled;
    g_object_unref(p.context);
    cairo_destroy(p.cr);
    cairo_surface_finish(s);
    done = cairo_surface_status(s);
    cairo_surface_destroy(s);
    if (p.status != FAIR_OK) return p.status;
    if (done == CAIRO_STATUS_WRITE_ERROR) return fair_fail(err, FAIR_LIMIT, "the PDF is over %zu bytes", to->room);
    if (done != CAIRO_STATUS_SUCCESS) return fair_fail(err, FAIR_INVALID, "cairo: %s", cairo_status_to_string(done));
    return FAIR_OK;
}

static fair_status
render(const struct fonts *fonts, PangoFontMap *map, struct fair_arena *a, int fd, struct fair_self *self, struct fair_rendering *r,
       struct fair_err *err)
{
    struct fair_shared in = { .fd = -1 };
    struct paper nowhere = { 0 }, to = { self->out, 0, self->n_out };
    struct fair_document *d;
    fair_status s;

    FAIR_TRY(fair_sealed_map(fd, FAIR_DOCUMENT_BYTES, &in, err));
    s = fair_document_unpack(a, (fair_str){ (const char *)in.p, in.n }, &d, err);
    if (s == FAIR_OK) s = pass(fonts, map, a, d, true, &nowhere, r, err);
    if (s == FAIR_OK) s = pass(fonts, map, a, d, false, &to, r, err);
    r->n_pdf = s == FAIR_OK ? (uint32_t)to.n : 0;
    fair_shared_free(&in);
    return s;
}

int
main(int argc, char **argv)
{
    struct fair_self self;
    struct fonts fonts = { 0 };
    PangoFontMap *map;
    struct fair_err err = { 0 };

    if (fair_self_begin(argc, argv, FAIR_ROLE_RENDER, &self, &err) != FAIR_OK || fair_fonts_open(&fonts, &err) != FAIR_OK) {
        fprintf(stderr, "%s\n", err.text);
        return 2;
    }
    if (fair_self_ready(&self, NULL, 0, &err) != FAIR_OK) return 2;
    map = pango_cairo_font_map_new_for_font_type(CAIRO_FONT_TYPE_FT);    /* starts threads: only now */
    if (map == NULL) return 2;
    pango_fc_font_map_set_config(PANGO_FC_FONT_MAP(map), fonts.config);
    pango_cairo_font_map_set_resolution(PANGO_CAIRO_FONT_MAP(map), 72);
    for (;;) {
        FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
        FAIR_AUTO(fd) int fd = -1;
        struct fair_rendering r = { .engine = fair_str_of(fonts.engine) };
        struct fair_msg m;
        fair_status s = fair_msg_recv(self.sock, a, true, &m, &err);

        if (s != FAIR_OK) return s == FAIR_DONE ? 0 : 2;
        fd = m.fd;
        if (m.type != FAIR_MSG_RENDER || fd < 0) return 2;
        err = (struct fair_err){ 0 };
        r.status = render(&fonts, map, a, fd, &self, &r, &err);
        r.words = fair_str_of(err.text);
        m = (struct fair_msg){ .type = FAIR_MSG_RENDERED, .tag = m.tag, .body = fair_rendering_pack(a, &r), .fd = -1 };
        if (fair_msg_send(self.sock, &m, &err) != FAIR_OK) return 2;
    }
}
