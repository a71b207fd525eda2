/* http/form.h - reads what a browser sends: forms, uploads, cookies. */
#ifndef FAIR_HTTP_FORM_H
#define FAIR_HTTP_FORM_H
#include "base/text.h"

/* One field.  `file` is the name a file was sent under, absent for an ordinary
 * field; `value` then is the file's bytes, a view into the body. */
struct fair_field { fair_str name, value, file; };

struct fair_fields {
    struct fair_field *v;
    size_t n, room;
};

enum { FAIR_FORM_FIELDS = 1200, FAIR_FORM_NAME = 100 };    /* the most fields a form may have; bytes in a name */

/* %XX undone, and '+' as a space where `plus`.  FAIR_INVALID: a '%' without two
 * hex digits behind it, or a NUL. */
fair_status fair_form_url_decode(struct fair_arena *a, fair_str s, bool plus, fair_str *out, struct fair_err *err) FAIR_MUST_CHECK;
/* Everything but A-Z a-z 0-9 - . _ ~ as %XX. */
void fair_form_url_encode(struct fair_buf *out, fair_str s);

/* application/x-www-form-urlencoded (WHATWG URL, 5.1), appended to *out.
 * FAIR_LIMIT over FAIR_FORM_FIELDS. */
fair_status fair_form_urlencoded(struct fair_arena *a, fair_str body, struct fair_fields *out, struct fair_err *err) FAIR_MUST_CHECK;

/* multipart/form-data (RFC 7578) with the boundary of its Content-Type.
 * FAIR_INVALID where it breaks off or lies. */
fair_status fair_form_multipart(struct fair_arena *a, fair_str body, fair_str boundary, struct fair_fields *out, struct fair_err *err) FAIR_MUST_CHECK;

/* The parameter of a header like  form-data; name="a"  (RFC 9110 5.6.6), its
 * quotes undone; false if it has none of that name. */
bool fair_header_param(struct fair_arena *a, fair_str header, const char *name, fair_str *out);
/* The part before the first ';', trimmed. */
fair_str fair_header_value(fair_str header);

/* The value of the first cookie of that name (RFC 6265 4.2.1); false: none. */
bool fair_cookie_get(fair_str header, fair_str name, fair_str *out);

#endif
