/* cli/inspect_images.c - `fairtrack inspect images`, all but the reading of the page. */
#include "cli/inspect_images.h"
#include <stdio.h>
#include "source/url.h"

struct reader {
    fair_page_reader *read;
    void *with;
    bool failed;
};

static json_t *
line(struct fair_arena *a, const struct fair_link *l)
{
    json_t *o = json_object();

    json_object_set_new(o, "url", fair_inspect_str(a, l->url));
    json_object_set_new(o, "via", fair_inspect_str(a, l->via));
    json_object_set_new(o, "tag", fair_inspect_str(a, l->tag));
    json_object_set_new(o, "attr", fair_inspect_str(a, l->attr));
    json_object_set_new(o, "value", fair_inspect_str(a, l->value));
    json_object_set_new(o, "alt", fair_inspect_str(a, l->alt));
    json_object_set_new(o, "license", fair_inspect_str(a, l->license));
    json_object_set_new(o, "credit", fair_inspect_str(a, l->credit));
    return o;
}

static void
batch_one(struct fair_arena *a, const json_t *in, json_t *out, void *with)
{
    struct reader *r = with;
    fair_str html = fair_inspect_member(in, "html"), base = fair_inspect_member(in, "base");
    struct fair_links links = { 0 };
    struct fair_err err = { 0 };
    json_t *list;

    if (html.p == NULL) {
        json_object_set_new(out, "error", json_string("no \"html\""));
        r->failed = true;
        return;
    }
    if (r->read(r->with, a, html, base, &links, &err) != FAIR_OK) {
        json_object_set_new(out, "error", fair_inspect_str(a, fair_str_of(err.text)));
        r->failed = true;
        return;
    }
    list = json_array();
    for (size_t i = 0; i < links.n; i++) json_array_append_new(list, line(a, &links.v[i]));
    json_object_set_new(out, "images", list);
    if (links.truncated) json_object_set_new(out, "truncated", json_true());
}

int
fair_inspect_images_by(fair_page_reader *read, void *with, int argc, char **argv)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    const char *base = NULL;
    bool batch = false;
    const struct fair_inspect_option opts[] = { { "base", &base, NULL }, { "batch", NULL, &batch }, { 0 } };
    const char *usage = "--base URL < page.html   (--batch: JSON lines {\"id\",\"base\",\"html\"})";
    struct reader r = { .read = read, .with = with };
    struct fair_links links = { 0 };
    struct fair_url u;
    struct fair_err err = { 0 };
    fair_str html;
    int code;

    if (!fair_inspect_options("images", usage, opts, argc, argv, &code)) return code;
    if (batch) {
        code = fair_inspect_batch("images", batch_one, &r);
        return code == FAIR_EXIT_DONE && r.failed ? FAIR_EXIT_PARTLY : code;
    }
    if (base == NULL || fair_url_parse(a, fair_str_of(base), NULL, &u, &err) != FAIR_OK) {
        fprintf(stderr, "fairtrack inspect images: --base: %s\nusage: fairtrack inspect images %s\n", base == NULL ? "it is wanted" : err.text, usage);
        return FAIR_EXIT_USAGE;
    }
    if (!fair_inspect_input("images", a, &html)) return FAIR_EXIT_FAILED;
    if (read(with, a, html, u.href, &links, &err) != FAIR_OK) {
        fprintf(stderr, "fairtrack inspect images: %s\n", err.text);
        return FAIR_EXIT_FAILED;
    }
    for (size_t i = 0; i < links.n; i++) fair_inspect_print(line(a, &links.v[i]));
    if (!links.truncated) return FAIR_EXIT_DONE;
    fprintf(stderr, "fairtrack inspect images: the page was read as far as the limits allow, not whole\n");
    return FAIR_EXIT_PARTLY;
}
