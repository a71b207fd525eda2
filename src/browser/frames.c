/* frames.c - what comes out of the pipe, cut into frames and read as JSON. */
#include "browser/browser.h"
#include <stdlib.h>
#include <string.h>

fair_status
fair_frames_add(struct fair_frames *f, const void *bytes, size_t n, struct fair_err *err)
{
    if (f->read > 0) {
        memmove(f->p, f->p + f->read, f->n - f->read);
        f->n -= f->read;
        f->read = 0;
    }
    if (n > FAIR_BROWSER_FRAME - f->n) return fair_fail(err, FAIR_LIMIT, "the browser says more than %zu MiB at once", FAIR_BROWSER_FRAME >> 20);
    if (f->n + n > f->room) {
        size_t room = f->room > 0 ? f->room : 65536;
        while (room < f->n + n) room *= 2;
        f->p = fair_xrealloc(f->p, room);
        f->room = room;
    }
    if (n > 0) memcpy(f->p + f->n, bytes, n);
    f->n += n;
    return FAIR_OK;
}

fair_status
fair_frames_next(struct fair_frames *f, json_t **out, struct fair_err *err)
{
    const char *end = f->n > f->read ? memchr(f->p + f->read, '\0', f->n - f->read) : NULL;
    json_error_t why;

    *out = NULL;
    if (end == NULL) return FAIR_AGAIN;
    *out = json_loadb(f->p + f->read, (size_t)(end - f->p) - f->read, JSON_ALLOW_NUL, &why);
    f->read = (size_t)(end - f->p) + 1;
    if (json_is_object(*out)) return FAIR_OK;
    json_decref(*out);
    *out = NULL;
    return fair_fail(err, FAIR_CORRUPT, "the browser said something that is no JSON object: %s", why.text);
}

void
fair_frames_clear(struct fair_frames *f)
{
    free(f->p);
    *f = (struct fair_frames){ 0 };
}

fair_str
fair_said_text(const json_t *o, const char *key)
{
    const json_t *v = json_object_get(o, key);

    if (!json_is_string(v)) return (fair_str){ NULL, 0 };
    return (fair_str){ json_string_value(v), json_string_length(v) };
}

double
fair_said_number(const json_t *o, const char *key)
{
    return json_number_value(json_object_get(o, key));
}

json_t *
fair_said_object(const json_t *o, const char *key)
{
    json_t *v = json_object_get(o, key);

    return json_is_object(v) ? v : NULL;
}
