/* evidence/custody.c - lines of custody. */
#include "evidence/custody.h"
#include <jansson.h>
#include "base/clock.h"
#include "evidence/package_private.h"

#define LINE_MAX ((size_t)16 << 10)

fair_str
fair_custody_line(struct fair_arena *a, const struct fair_custody *c)
{
    struct fair_buf b = FAIR_BUF(a, LINE_MAX);
    fair_str out = FAIR_STR("");

    fair_buf_fmt(&b, "{\"n\": %lld, \"at\": \"%.*s\", \"what\": ", (long long)c->n, FAIR_STR_ARG(fair_time_text(a, c->at)));
    fair_json_put(&b, c->what);
    fair_buf_c(&b, ", \"who\": ");
    fair_json_put(&b, c->who);
    fair_buf_c(&b, ", \"detail\": ");
    fair_json_put(&b, c->detail.n > 4096 ? (fair_str){ c->detail.p, 4096 } : c->detail);
    fair_buf_fmt(&b, ", \"package\": \"%lld\", \"previous\": \"%.*s\"}", (long long)c->package, FAIR_STR_ARG(fair_hex(a, c->previous.b, 32)));
    (void)!fair_buf_take(&b, &out, NULL);
    return out;
}

struct fair_sha256
fair_custody_hash(fair_str line)
{
    return fair_sha256_of(line.p, line.n);
}

static fair_str
text(json_t *o, const char *key, struct fair_arena *a)
{
    json_t *v = json_object_get(o, key);

    return json_is_string(v) ? fair_str_dup(a, (fair_str){ json_string_value(v), json_string_length(v) }) : (fair_str){ NULL, 0 };
}

fair_status
fair_custody_read(fair_str line, struct fair_arena *a, struct fair_custody *out, struct fair_err *err)
{
    json_t *o = line.n <= LINE_MAX ? json_loadb(line.p, line.n, JSON_REJECT_DUPLICATES, NULL) : NULL;
    fair_str again, package = text(o, "package", a);

    *out = (struct fair_custody){ .n = json_integer_value(json_object_get(o, "n")), .what = text(o, "what", a), .who = text(o, "who", a),
                                  .detail = text(o, "detail", a) };
    if (o == NULL || !fair_str_number(package, INT64_MAX, &out->package) || !fair_unhex(text(o, "previous", a), out->previous.b, 32) ||
        !fair_time_parse(text(o, "at", a), &out->at)) {
        json_decref(o);
        return fair_fail(err, FAIR_CORRUPT, "custody: no line of custody");
    }
    json_decref(o);
    again = fair_custody_line(a, out);
    if (!fair_str_eq(again, line)) return fair_fail(err, FAIR_CORRUPT, "custody: line %lld is written in another way than ours", (long long)out->n);
    return FAIR_OK;
}
