/* http/templates.h - a program's templates and assets: built in, or read anew from a folder while designing. */
#ifndef FAIR_HTTP_TEMPLATES_H
#define FAIR_HTTP_TEMPLATES_H
#include "http/template.h"

/* A file built in by tools/embed-files: "pages/hit.html", "parts/head.html", "assets/app.css". */
struct fair_asset { const char *name; const unsigned char *bytes; size_t n; };
struct fair_template_set;

/* Read the templates among files[n], which outlive the set.  `dir`: a checkout's folder, read anew at each filling; NULL: what was built in. */
fair_status fair_templates_open(const struct fair_asset *files, size_t n, const char *dir, struct fair_arena *a,
                                struct fair_template_set **out, struct fair_err *err) FAIR_MUST_CHECK;
/* "hit" is pages/hit.html. */
fair_status fair_templates_fill(struct fair_template_set *s, struct fair_arena *a, const char *page, const json_t *model,
                                size_t max, fair_str *out, struct fair_err *err) FAIR_MUST_CHECK;
/* An asset by the name it is linked under: "app.1a2b3c4d.css". */
bool fair_asset_get(struct fair_template_set *s, struct fair_arena *a, fair_str linked, fair_str *bytes, fair_str *type);
/* That name. */
fair_str fair_asset_link(struct fair_template_set *s, const char *name);

#endif
