/* proc/document_msg.h - a document as bytes, for the render helper (docs/formats/document.md). */
#ifndef FAIR_PROC_DOCUMENT_MSG_H
#define FAIR_PROC_DOCUMENT_MSG_H
#include "base/document.h"
#include "proc/messages.h"

enum { FAIR_MSG_RENDER = FAIR_MSG_FIRST_FREE + 32, FAIR_MSG_RENDERED };

/* FAIR_LIMIT: over FAIR_DOCUMENT_BYTES, or a bound was passed while it was built. */
fair_status fair_document_pack(struct fair_arena *a, const struct fair_document *d, fair_str *out, struct fair_err *err) FAIR_MUST_CHECK;
/* The tree in the arena, texts and pixels views into `bytes`.  FAIR_CORRUPT unless all of it is in its bounds. */
fair_status fair_document_unpack(struct fair_arena *a, fair_str bytes, struct fair_document **out, struct fair_err *err) FAIR_MUST_CHECK;

/* What the helper answers; the PDF's n_pdf bytes lie in the shared mapping. */
struct fair_rendering {
    fair_status status;
    fair_str words;               /* why not                                      */
    fair_str engine;              /* versions and the digest of the fonts: what the bytes depend on beside the document */
    uint32_t n_pdf, pages, spelled;   /* spelled: characters no font has          */
};
fair_str fair_rendering_pack(struct fair_arena *a, const struct fair_rendering *r);
fair_status fair_rendering_unpack(fair_str body, struct fair_rendering *r, struct fair_err *err) FAIR_MUST_CHECK;

#endif
