/* work/render.h - documents to PDF, by the confined helper fairtrack-render. */
#ifndef FAIR_WORK_RENDER_H
#define FAIR_WORK_RENDER_H
#include "base/document.h"

struct fair_rendered {
    fair_str pdf;             /* in the arena                                    */
    unsigned pages;
    unsigned spelled;         /* characters no font has, written <U+4E2D> (spell_unknown) */
    fair_str engine;          /* versions and the digest of the fonts: beside the document they decide the bytes */
};

/* The same document gives the same bytes, with the same engine.  `weak`: decode.sandbox.
 *   FAIR_INVALID    a character that no font has, by its code point
 *   FAIR_LIMIT      over a bound of base/document.h; more than 1000 pages; a PDF over 64 MiB; 120 s
 *   FAIR_NOT_FOUND  no fairtrack-render where it should be; FAIR_REFUSED it cannot be confined
 *   FAIR_IO         it ended while it started: no font (fonts-noto-core, fonts-dejavu-core), or no memory
 *   FAIR_CORRUPT    it answered nonsense: nothing of it was taken */
fair_status fair_render_pdf(const struct fair_document *d, bool weak, struct fair_arena *a, struct fair_rendered *out, struct fair_err *err) FAIR_MUST_CHECK;

#endif
