/* source/feed_json.c - JSON Feed 1.0 and 1.1. */
#include "source/xml_private.h"
#include <jansson.h>
#include "source/links_private.h"

static fair_str
member(const json_t *o, const char *key)
{
    const json_t *m = json_object_get(o, key);
    return json_is_string(m) ? (fair_str){ json_string_value(m), json_string_length(m) } : (fair_str){ NULL, 0 };
}

static void
item(struct fair_entries *e, const json_t *o)
{
    static const char *const links[] = { "url", "external_url", "id" }, *const dates[] = { "date_modified", "date_published" };
    json_t *attachment;
    size_t i;

    for (i = 0; i < 3 && e->now.loc.p == NULL; i++) fair_entries_address(e, NULL, member(o, links[i]), &e->now.loc);
    for (i = 0; i < 2 && e->now.lastmod.p == NULL; i++) {
        fair_str d = member(o, dates[i]);
        if (d.n > 0 && d.n < 100) e->now.lastmod = fair_str_dup(e->a, d);
    }
    fair_entries_image(e, NULL, member(o, "image"));
    fair_entries_image(e, NULL, member(o, "banner_image"));
    json_array_foreach(json_object_get(o, "attachments"), i, attachment) {
        fair_str url = member(attachment, "url"), type = member(attachment, "mime_type");
        if (fair_str_starts(type, FAIR_STR("image/")) || (type.n == 0 && fair_looks_like_picture(url))) fair_entries_image(e, NULL, url);
    }
    fair_entries_add(e);
}

fair_status
fair_feed_json(struct fair_entries *e, fair_str text, struct fair_err *err)
{
    json_error_t why;
    json_t *root = json_loadb(text.p, text.n, 0, &why), *items = json_object_get(root, "items"), *one;
    size_t i;

    bool parsed = root != NULL;

    if (!json_is_array(items)) {
        json_decref(root);
        return fair_fail(err, FAIR_INVALID, "no feed: %s", !parsed ? why.text : "JSON without items");
    }
    json_array_foreach(items, i, one) item(e, one);
    fair_entries_address(e, NULL, member(root, "home_page_url"), &e->now.loc);
    fair_entries_image(e, NULL, member(root, "icon"));
    fair_entries_image(e, NULL, member(root, "favicon"));
    json_decref(root);
    return FAIR_OK;
}
