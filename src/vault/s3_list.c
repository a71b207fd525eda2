/* s3_list.c - the little XML that an S3 server answers with: lists of objects, and errors. */
#include <stdio.h>
#include <string.h>
#include "vault/vault_private.h"

#define OBJECTS_MAX 100000            /* of one page; a server gives 1000 */

/* Go to the next "<name>" behind *at and take what stands before "</name>".  Attributes, comments and nested
 * elements of the same name do not occur in these documents; where they do, nothing is found. */
static bool
element(fair_str in, size_t *at, const char *name, fair_str *inside)
{
    char open[48], close[48];
    const char *p, *end;

    snprintf(open, sizeof open, "<%s>", name);
    snprintf(close, sizeof close, "</%s>", name);
    if (*at >= in.n || (p = memmem(in.p + *at, in.n - *at, open, strlen(open))) == NULL) return false;
    p += strlen(open);
    end = memmem(p, (size_t)(in.p + in.n - p), close, strlen(close));
    if (end == NULL) return false;
    *inside = (fair_str){ p, (size_t)(end - p) };
    *at = (size_t)(end - in.p) + strlen(close);
    return true;
}

static bool
child(fair_str in, const char *name, fair_str *inside)
{
    size_t at = 0;
    return element(in, &at, name, inside);
}

/* The five entities of XML and numbers below 128; anything else stays as it is. */
static fair_str
decode(struct fair_arena *a, fair_str s)
{
    static const struct { const char *entity; char c; } known[] = { { "&lt;", '<' }, { "&gt;", '>' }, { "&amp;", '&' }, { "&quot;", '"' }, { "&apos;", '\'' } };
    char *p;
    size_t n = 0;

    if (memchr(s.p, '&', s.n) == NULL) return s;
    p = fair_alloc(a, s.n + 1);
    for (size_t i = 0; i < s.n;) {
        fair_str rest = { s.p + i, s.n - i };
        const char *end = rest.n > 3 ? memchr(rest.p, ';', rest.n < 8 ? rest.n : 8) : NULL;
        int64_t v;
        size_t k = 0;

        while (k < sizeof known / sizeof known[0] && !fair_str_starts(rest, fair_str_of(known[k].entity))) k++;
        if (k < sizeof known / sizeof known[0]) {
            p[n++] = known[k].c;
            i += strlen(known[k].entity);
        } else if (end != NULL && fair_str_starts(rest, FAIR_STR("&#")) && fair_str_number((fair_str){ rest.p + 2, (size_t)(end - rest.p) - 2 }, 127, &v) && v > 0) {
            p[n++] = (char)v;
            i += (size_t)(end - rest.p) + 1;
        } else {
            p[n++] = s.p[i++];
        }
    }
    return (fair_str){ p, n };
}

fair_status
fair_s3_page_read(struct fair_arena *a, fair_str body, struct fair_s3_page *out, struct fair_err *err)
{
    fair_str one, text;
    size_t at = 0, room = 0;
    bool more;

    *out = (struct fair_s3_page){ 0 };
    if (body.n == 0 || memmem(body.p, body.n, "<ListBucketResult", 17) == NULL) return fair_fail(err, FAIR_CORRUPT, "no list of objects");
    more = child(body, "IsTruncated", &text) && fair_str_eq_nocase(fair_str_trim(text), FAIR_STR("true"));
    if (more && (!child(body, "NextContinuationToken", &text) || text.n == 0 || text.n > 4096))
        return fair_fail(err, FAIR_CORRUPT, "a list of objects is cut without saying where it goes on");
    if (more) out->next = decode(a, text);
    while (element(body, &at, "Contents", &one)) {
        struct fair_s3_object o = { 0 };
        int64_t bytes;
        if (!child(one, "Key", &text) || text.n == 0 || text.n > 4096) return fair_fail(err, FAIR_CORRUPT, "an object without a name in a list");
        o.name = decode(a, text);
        if (!child(one, "Size", &text) || !fair_str_number(fair_str_trim(text), INT64_MAX, &bytes)) return fair_fail(err, FAIR_CORRUPT, "an object without a size in a list");
        o.bytes = (uint64_t)bytes;
        if (out->n == OBJECTS_MAX) return fair_fail(err, FAIR_LIMIT, "more than %d objects in a page", OBJECTS_MAX);
        if (out->n == room) {
            struct fair_s3_object *wider = fair_alloc_array(a, room = room == 0 ? 64 : room * 2, sizeof *wider);
            if (out->n > 0) memcpy(wider, out->v, out->n * sizeof *wider);
            out->v = wider;
        }
        out->v[out->n++] = o;
    }
    return FAIR_OK;
}

fair_str
fair_s3_error_words(struct fair_arena *a, fair_str body)
{
    fair_str code, message;

    if (body.n == 0 || !child(body, "Code", &code) || code.n > 100) return FAIR_STR("");
    if (!child(body, "Message", &message)) message = FAIR_STR("");
    if (message.n > 200) message.n = 200;
    return fair_str_escape(a, fair_str_fmt(a, "%.*s: %.*s", FAIR_STR_ARG(code), FAIR_STR_ARG(decode(a, message))));
}
