/* http/fuzz_template.c - any bytes as a template, and as a part of itself. */
#include "http/template.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static const struct fair_template *
itself(void *self, fair_str name)
{
    (void)name;
    return self;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static json_t *model;
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_template *t;
    struct fair_buf b = FAIR_BUF(a, 1 << 16);
    struct fair_err err = { 0 };

    if (model == NULL) model = json_loads("{\"a\":{\"b\":\"<x>\"},\"l\":[1,[2,3],{\"a\":\"y\"}],\"t\":true,\"s\":\"&\",\"e\":[]}", 0, NULL);
    if (n > 1 << 14) return 0;
    if (fair_template_parse(a, FAIR_STR("fuzz"), (fair_str){ (const char *)bytes, n }, &t, &err) != FAIR_OK) return 0;
    if (fair_template_render(t, model, itself, t, &b, &err) != FAIR_OK && err.text[0] == '\0') __builtin_trap();
    return 0;
}
