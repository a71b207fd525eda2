/* http/template.h - templates by Mustache's rules, always escaping. */
#ifndef FAIR_HTTP_TEMPLATE_H
#define FAIR_HTTP_TEMPLATE_H
#include <jansson.h>
#include "base/text.h"

/* What we have of Mustache (its specification 1.4): {{name}}, {{a.b}}, {{.}},
 * {{#section}}, {{^inverted}}, {{/end}}, {{! comment }}, {{>part}}, lines that
 * hold nothing but a tag vanish, parts are indented as their tag was.
 *
 * What we leave out on purpose: {{{raw}}} and {{&raw}} (a part is the only way
 * to produce markup), other delimiters, and functions.  They are errors. */
struct fair_template;

/* Read `text`, which must live as long as the template; `name` is for errors.
 * FAIR_INVALID names the line of the fault. */
fair_status fair_template_parse(struct fair_arena *a, fair_str name, fair_str text,
                                struct fair_template **out, struct fair_err *err) FAIR_MUST_CHECK;

/* Where parts come from: NULL if there is none of that name. */
typedef const struct fair_template *fair_template_find(void *self, fair_str name);

/* Fill it in with the model, into `out`.  Escaped are & < > " and '.
 * Missing names are empty; false, null, 0, "" and [] do not open a section.
 *
 *   FAIR_INVALID  a part that does not exist, or {{x}} of a list or an object
 *   FAIR_LIMIT    parts within parts without end, or too much work; `out` past its ceiling
 *                 is told by fair_buf_take */
fair_status fair_template_render(const struct fair_template *t, const json_t *model, fair_template_find *find,
                                 void *self, struct fair_buf *out, struct fair_err *err) FAIR_MUST_CHECK;

/* & < > " ' as references. */
void fair_html_escape(struct fair_buf *out, fair_str s);

#endif
