/* cli/verb_inspect_rdap.c - `fairtrack inspect rdap`: what an RDAP answer, a jCard or a bootstrap file says. */
#include "cli/inspect.h"
#include "cli/inspect_text.h"
#include <stdio.h>
#include <string.h>
#include "source/rdap.h"

static json_t *
contact(struct fair_arena *a, const struct fair_rdap_contact *c)
{
    const struct { const char *key; fair_str value; } all[] = { { "roles", c->roles }, { "handle", c->handle }, { "name", c->name }, { "organisation", c->organisation },
        { "email", c->email }, { "phone", c->phone }, { "address", c->address }, { "country", c->country }, { "iana_id", c->iana_id } };
    json_t *o = json_object();

    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (all[i].value.n > 0) json_object_set_new(o, all[i].key, fair_inspect_str(a, all[i].value));
    return o;
}

static json_t *
answer(struct fair_arena *a, const struct fair_rdap *r)
{
    const struct { const char *key; fair_str value; } all[] = { { "kind", r->kind }, { "handle", r->handle }, { "name", r->name }, { "first", r->first }, { "last", r->last },
        { "country", r->country }, { "registered", r->registered }, { "expires", r->expires }, { "changed", r->changed } };
    json_t *o = json_object(), *servers = json_array(), *states = json_array(), *contacts = json_array();

    for (size_t i = 0; i < sizeof all / sizeof *all; i++) json_object_set_new(o, all[i].key, fair_inspect_str(a, all[i].value));
    for (size_t i = 0; i < r->n_nameservers; i++) json_array_append_new(servers, fair_inspect_str(a, r->nameservers[i]));
    for (size_t i = 0; i < r->n_states; i++) json_array_append_new(states, fair_inspect_str(a, r->states[i]));
    for (size_t i = 0; i < r->n_contacts; i++) json_array_append_new(contacts, contact(a, &r->contacts[i]));
    json_object_set_new(o, "nameservers", servers);
    json_object_set_new(o, "status", states);
    json_object_set_new(o, "contacts", contacts);
    json_object_set_new(o, "signed", json_boolean(r->signed_zone));
    return o;
}

static json_t *
read_any(struct fair_arena *a, fair_str text, const char *server, struct fair_err *err)
{
    struct fair_rdap *r = FAIR_NEW(a, struct fair_rdap);
    struct fair_rdap_contact c;
    fair_str bare = fair_str_trim(text), url;

    if (server != NULL) return fair_rdap_server(a, text, fair_str_of(server), &url, err) == FAIR_OK ? json_pack("{s:o}", "server", fair_inspect_str(a, url)) : NULL;
    if (bare.n > 0 && bare.p[0] == '[') return fair_rdap_card(a, text, &c, err) == FAIR_OK ? contact(a, &c) : NULL;
    return fair_rdap_parse(a, text, r, err) == FAIR_OK ? answer(a, r) : NULL;
}

int
fair_inspect_rdap(int argc, char **argv)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    const char *server = NULL;
    const struct fair_inspect_option opts[] = { { "server", &server, NULL }, { 0 } };
    struct fair_err err = { 0 };
    fair_str text;
    json_t *o;
    int code;

    if (!fair_inspect_options("rdap", "[--server NAME|ADDRESS] < answer, jCard or bootstrap file", opts, argc, argv, &code)) return code;
    if (!fair_inspect_input("rdap", a, &text)) return FAIR_EXIT_FAILED;
    o = read_any(a, text, server, &err);
    if (o == NULL) {
        fprintf(stderr, "fairtrack inspect rdap: %s\n", err.text);
        return err.status == FAIR_NOT_FOUND ? FAIR_EXIT_NO : FAIR_EXIT_FAILED;
    }
    fair_inspect_print(o);
    return FAIR_EXIT_DONE;
}
