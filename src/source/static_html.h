/* source/static_html.h - a page of a stranger as something that can be looked at. */
#ifndef FAIR_SOURCE_STATIC_HTML_H
#define FAIR_SOURCE_STATIC_HTML_H
#include "base/text.h"

/* The page as static HTML: no script, no form, no frame, nothing that reaches out; addresses for which `local` gives a name
 * (NULL: none) point there.  For an origin of its own; it is not trusted to be harmless by this alone. */
fair_str fair_static_html(struct fair_arena *a, fair_str html, fair_str base, const char *(*local)(void *arg, fair_str url), void *arg);

/* A style sheet in the same way: url()s for which `local` gives no name point nowhere, one with @import is left out whole. */
fair_str fair_static_css(struct fair_arena *a, fair_str css, fair_str base, const char *(*local)(void *arg, fair_str url), void *arg);

#endif
