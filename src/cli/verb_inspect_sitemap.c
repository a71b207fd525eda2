/* cli/verb_inspect_sitemap.c - `fairtrack inspect sitemap` and `inspect feed`: the pages and pictures they name. */
#include "cli/inspect.h"
#include "cli/inspect_text.h"
#include <stdio.h>
#include "source/sitemap.h"

typedef fair_status reader(struct fair_arena *a, fair_str bytes, fair_str base, struct fair_sitemap *out, struct fair_err *err);

static json_t *
texts(struct fair_arena *a, const fair_str *v, size_t n)
{
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++) json_array_append_new(list, fair_inspect_str(a, v[i]));
    return list;
}

static int
inspect(const char *verb, reader *read, int argc, char **argv)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    const char *base = NULL;
    const struct fair_inspect_option opts[] = { { "base", &base, NULL }, { 0 } };
    struct fair_sitemap m;
    struct fair_err err = { 0 };
    fair_str bytes;
    int code;

    if (!fair_inspect_options(verb, "[--base URL] < file", opts, argc, argv, &code)) return code;
    if (!fair_inspect_input(verb, a, &bytes)) return FAIR_EXIT_FAILED;
    if (read(a, bytes, fair_str_of(base), &m, &err) != FAIR_OK) {
        fprintf(stderr, "fairtrack inspect %s: %s\n", verb, err.text);
        return FAIR_EXIT_FAILED;
    }
    for (size_t i = 0; i < m.n; i++) {
        const struct fair_sitemap_entry *e = &m.v[i];
        json_t *o = json_object();
        json_object_set_new(o, "loc", fair_inspect_str(a, e->loc));
        json_object_set_new(o, "lastmod", fair_inspect_str(a, e->lastmod));
        json_object_set_new(o, "images", texts(a, e->images, e->n_images));
        if (e->n_media > 0) json_object_set_new(o, "media", texts(a, e->media, e->n_media));
        if (e->is_sitemap) json_object_set_new(o, "type", json_string("sitemap"));
        if (e->is_feed) json_object_set_new(o, "type", json_string("feed"));
        fair_inspect_print(o);
    }
    if (!m.truncated) return FAIR_EXIT_DONE;
    fprintf(stderr, "fairtrack inspect %s: it was read as far as the limits allow, not whole\n", verb);
    return FAIR_EXIT_PARTLY;
}

int fair_inspect_sitemap(int argc, char **argv) { return inspect("sitemap", fair_sitemap_read, argc, argv); }
int fair_inspect_feed(int argc, char **argv) { return inspect("feed", fair_feed_read, argc, argv); }
