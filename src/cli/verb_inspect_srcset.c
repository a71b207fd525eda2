/* cli/verb_inspect_srcset.c - `fairtrack inspect srcset`: the candidates of the attribute. */
#include "cli/inspect_text.h"
#include <stdio.h>
#include "source/links.h"

static json_t *
candidates(struct fair_arena *a, fair_str srcset, bool lenient)
{
    struct fair_srcset_candidate *v;
    json_t *list = json_array();
    size_t n;

    fair_srcset_parse(a, srcset, lenient, &v, &n);
    for (size_t i = 0; i < n; i++) {
        json_t *o = json_object();
        json_object_set_new(o, "url", fair_inspect_str(a, v[i].url));
        json_object_set_new(o, "descriptor", fair_inspect_str(a, v[i].descriptor));
        if (v[i].invalid) json_object_set_new(o, "invalid", json_true());
        json_array_append_new(list, o);
    }
    return list;
}

static void
batch_one(struct fair_arena *a, const json_t *in, json_t *out, void *with)
{
    const bool *lenient = with;
    fair_str srcset = fair_inspect_member(in, "srcset");

    if (srcset.p == NULL) json_object_set_new(out, "error", json_string("no \"srcset\""));
    else json_object_set_new(out, "candidates", candidates(a, srcset, *lenient));
}

int
fair_inspect_srcset(int argc, char **argv)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    bool lenient = false, batch = false;
    const struct fair_inspect_option opts[] = { { "lenient", NULL, &lenient }, { "batch", NULL, &batch }, { 0 } };
    fair_str text;
    int code;

    if (!fair_inspect_options("srcset", "[--lenient] < attribute   (--batch: JSON lines {\"id\",\"srcset\"})", opts, argc, argv, &code)) return code;
    if (batch) return fair_inspect_batch("srcset", batch_one, &lenient);
    if (!fair_inspect_input("srcset", a, &text)) return FAIR_EXIT_FAILED;
    fair_inspect_print(candidates(a, text, lenient));
    return FAIR_EXIT_DONE;
}
