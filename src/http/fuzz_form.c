/* http/fuzz_form.c - any bytes as a form, an upload, a JSON body, a cookie and a header. */
#include <string.h>
#include "http/takes.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

/* What is read is read again from what it was written as. */
static void
check_fields(struct fair_arena *a, const struct fair_fields *f)
{
    json_t *form = json_object();
    struct fair_field *files;
    struct fair_err err = { 0 };
    size_t n;

    if (fair_takes_check(a, "a?:t20 b*:id c?=x|y d?:m100 picture*:file e?:n99 f?:yes", f, form, &files, &n, &err) != FAIR_OK && err.text[0] == '\0')
        __builtin_trap();
    json_decref(form);
    for (size_t i = 0; i < f->n; i++) {
        struct fair_buf b = FAIR_BUF(a, 1 << 22);
        fair_str text, back;
        fair_form_url_encode(&b, f->v[i].name);
        if (fair_buf_take(&b, &text, &err) != FAIR_OK || fair_form_url_decode(a, text, true, &back, &err) != FAIR_OK) continue;
        if (!fair_str_eq(back, f->v[i].name)) __builtin_trap();
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_str s = { (const char *)bytes, n }, rest = s, first, out;
    struct fair_err err = { 0 };
    struct fair_fields f = { 0 };

    if (n == 0 || n > 1 << 16) return 0;
    if (fair_form_urlencoded(a, s, &f, &err) == FAIR_OK) check_fields(a, &f);
    f = (struct fair_fields){ 0 };
    if (fair_takes_json(a, s, &f, &err) == FAIR_OK) check_fields(a, &f);
    /* The first line is the boundary: --XX CR LF ... */
    fair_str_split(&rest, '\r', &first);
    f = (struct fair_fields){ 0 };
    if (first.n > 2 && fair_form_multipart(a, s, (fair_str){ first.p + 2, first.n - 2 }, &f, &err) == FAIR_OK) check_fields(a, &f);
    if (fair_cookie_get(s, FAIR_STR("sid"), &out) && out.n > n) __builtin_trap();
    if (fair_header_param(a, s, "name", &out) && out.n > n) __builtin_trap();
    return 0;
}
