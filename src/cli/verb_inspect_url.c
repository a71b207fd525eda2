/* cli/verb_inspect_url.c - `fairtrack inspect url`: an address as we read it, and the keys made of it. */
#include "cli/inspect_text.h"
#include <stdio.h>
#include "source/url.h"

static void
show(struct fair_arena *a, fair_str input, const struct fair_url *base, json_t *out)
{
    struct fair_err err = { 0 };
    struct fair_url u;
    fair_str domain;

    json_object_set_new(out, "input", fair_inspect_str(a, input));
    if (fair_url_parse(a, input, base, &u, &err) != FAIR_OK) {
        json_object_set_new(out, "error", fair_inspect_str(a, fair_str_of(err.text)));
        return;
    }
    json_object_set_new(out, "href", fair_inspect_str(a, u.href));
    json_object_set_new(out, "canonical", fair_inspect_str(a, fair_url_canonical(a, &u)));
    json_object_set_new(out, "surt", fair_inspect_str(a, fair_url_surt(a, &u)));
    json_object_set_new(out, "registrable", fair_url_has_registrable(a, &u, &domain) ? fair_inspect_str(a, domain) : json_null());
}

static void
batch_one(struct fair_arena *a, const json_t *in, json_t *out, void *with)
{
    fair_str input = fair_inspect_member(in, "input"), base_text = fair_inspect_member(in, "base");
    const struct fair_url *base = with;
    struct fair_url own;
    struct fair_err err = { 0 };

    if (input.p == NULL) {
        json_object_set_new(out, "error", json_string("no \"input\""));
        return;
    }
    if (base_text.p != NULL) {
        if (fair_url_parse(a, base_text, NULL, &own, &err) != FAIR_OK) {
            json_object_set_new(out, "input", fair_inspect_str(a, input));
            json_object_set_new(out, "error", fair_inspect_str(a, fair_str_fmt(a, "base: %s", err.text)));
            return;
        }
        base = &own;
    }
    show(a, input, base, out);
}

int
fair_inspect_url(int argc, char **argv)
{
    FAIR_AUTO(arena) struct fair_arena *all = fair_arena_new();
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    const char *base_text = NULL;
    bool batch = false;
    const struct fair_inspect_option opts[] = { { "base", &base_text, NULL }, { "batch", NULL, &batch }, { 0 } };
    struct fair_url base;
    struct fair_err err = { 0 };
    fair_str rest, line;
    int code;

    if (!fair_inspect_options("url", "[--base B] < urls   (--batch: JSON lines {\"id\",\"input\",\"base\"})", opts, argc, argv, &code)) return code;
    if (base_text != NULL && fair_url_parse(all, fair_str_of(base_text), NULL, &base, &err) != FAIR_OK) {
        fprintf(stderr, "fairtrack inspect url: --base: %s\n", err.text);
        return FAIR_EXIT_USAGE;
    }
    if (batch) return fair_inspect_batch("url", batch_one, base_text != NULL ? &base : NULL);
    if (!fair_inspect_input("url", all, &rest)) return FAIR_EXIT_FAILED;
    while (fair_inspect_line(&rest, &line)) {
        json_t *out = json_object();
        show(a, line, base_text != NULL ? &base : NULL, out);
        fair_inspect_print(out);
        fair_arena_clear(a);
    }
    return FAIR_EXIT_DONE;
}
