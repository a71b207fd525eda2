/* work/portal_public.c - the portal's pages for everybody: the transparency report, and what the service costs. */
#include <jansson.h>
#include <stdlib.h>
#include "http/http.h"
#include "store/report_rows.h"
#include "work/portal_private.h"

json_t *
fair_portal_terms_facts(struct fair_house *h, struct fair_arena *a)
{
    const struct fair_config *c = &h->config;
    struct fair_err no = { 0 };
    struct fair_org first;
    json_t *o;

    if (!c->terms_publish) return NULL;
    o = json_object();
    if (c->letters_name.n > 0) fair_put(o, "name", c->letters_name);
    else if (fair_store_org_first(h->store, a, &first, &no) == FAIR_OK) fair_put(o, "name", first.name);
    json_object_set_new(o, "commission", json_integer(c->terms_commission));
    json_object_set_new(o, "pictures", json_integer(c->terms_pictures));
    if (c->terms_beyond.n > 0) fair_put(o, "beyond", c->terms_beyond);
    if (c->terms_third.n > 0) fair_put(o, "third", c->terms_third);
    return o;
}

fair_status
fair_portal_publish_public(struct fair_house *h, fair_time now, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_portal_home home;
    fair_str report, terms = { NULL, 0 };
    json_t *o = fair_portal_terms_facts(h, a);
    char *text = o != NULL ? json_dumps(o, JSON_INDENT(1) | JSON_SORT_KEYS) : NULL;

    if (text != NULL) terms = fair_str_dup(a, fair_str_of(text));
    free(text);
    json_decref(o);
    FAIR_TRY(fair_portal_home_open(h, a, &home, err));
    FAIR_TRY(fair_store_report_public(h->store, now, a, &report, err));
    FAIR_TRY(fair_shelf_public_put(&home.shelf, FAIR_STR("report"), report, err));
    return fair_shelf_public_put(&home.shelf, FAIR_STR("terms"), terms, err);
}
