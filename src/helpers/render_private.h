/* helpers/render_private.h - the parts of fairtrack-render: fonts, a page in the making, blocks. */
#ifndef FAIR_HELPERS_RENDER_PRIVATE_H
#define FAIR_HELPERS_RENDER_PRIVATE_H
#include <fontconfig/fontconfig.h>
#include <pango/pangocairo.h>
#include "base/document.h"

#define MM (72.0 / 25.4)              /* points */

struct fonts {
    FcConfig *config;
    FcCharSet *known;                 /* characters that some font has */
    char engine[400];                 /* versions, and the digest of the font files */
};
/* Reads the fonts of the fixed list; nothing else of the machine's settings decides how a page looks.
 * FAIR_NOT_FOUND: none there. */
fair_status fair_fonts_open(struct fonts *f, struct fair_err *err);
/* The text as it can be set: characters that no font has, and those that would make it read as something else
 * (controls, changes of direction), written <U+202E> where `spell`, counted in *n.
 * FAIR_INVALID, naming it, where not `spell`. */
fair_status fair_fonts_text(const struct fonts *f, struct fair_arena *a, fair_str s, bool spell, uint32_t *n, fair_str *out, struct fair_err *err);

struct tag { const char *name; char attributes[200]; };

/* One pass over the document.  The first pass (dry) only counts the pages. */
struct press {
    const struct fair_document *d;
    const struct fonts *fonts;
    struct fair_arena *a;
    cairo_t *cr;
    PangoContext *context;
    bool dry;
    double width, height, left, right, top, bottom;   /* of the page; where text may be */
    double y;
    unsigned page, pages;             /* pages: known in the second pass */
    uint32_t spelled;
    struct tag tags[4];               /* open, from the outside in; a page break closes and opens them again */
    size_t n_tags;
    fair_status status;
    struct fair_err *err;
};

struct look { double size, grey; bool bold; PangoAlignment align; };

void fair_press_tag(struct press *p, const char *name);
void fair_press_untag(struct press *p);
void fair_press_page(struct press *p);
/* Room for h points, else a new page (unless this one is empty). */
void fair_press_need(struct press *p, double h);
/* A layout of the spans, `width` wide; NULL once something failed. */
PangoLayout *fair_press_layout(struct press *p, const struct fair_spans *s, double width, const struct look *look);
/* Its lines from p->y down, at x, over as many pages as it takes. */
void fair_press_put(struct press *p, PangoLayout *l, const struct fair_spans *s, double x);
/* One line of it, its upper edge at y; the line's height. */
double fair_press_line(struct press *p, PangoLayoutIter *it, const struct fair_spans *s, double x, double y);
double fair_layout_height(PangoLayout *l);
void fair_press_begin(struct press *p);
void fair_press_end(struct press *p);

void fair_press_block(struct press *p, const struct fair_block *b);
void fair_press_table(struct press *p, const struct fair_block *b);
void fair_press_pictures(struct press *p, const struct fair_block *b);
void fair_press_qr(struct press *p, const struct fair_block *b);

#endif
