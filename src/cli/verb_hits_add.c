/* cli/verb_hits_add.c - a use found by hand: a file, a scan of print, an address. */
#include <stdio.h>
#include <string.h>
#include "base/io.h"
#include "cli/cli.h"
#include "source/url.h"
#include "work/match.h"

struct manual { fair_id work; fair_str page, note; };

static fair_status
read_bytes(struct fair_cli *c, const char *what, fair_str *bytes, fair_str *address, struct fair_err *err)
{
    struct fair_house *h = &c->house;
    size_t max = (size_t)h->config.max_file_mb << 20;
    struct fair_fetch_reply reply = { 0 };
    struct fair_url u;

    if (strncmp(what, "http://", 7) != 0 && strncmp(what, "https://", 8) != 0) {
        *address = fair_str_of(what);
        return fair_read_file(c->arena, what, max, bytes, err);
    }
    FAIR_TRY(fair_url_parse(c->arena, fair_str_of(what), NULL, &u, err));
    FAIR_TRY(fair_house_fetcher(h, err));
    /* A person asks for this one address, once: robots.txt binds crawling. */
    FAIR_TRY(fair_fetcher_get(h->fetcher, &(struct fair_fetch_ask){ .url = u.href, .ignore_robots = true, .max_bytes = max }, c->arena, &reply, err));
    if (reply.status != FAIR_OK) return fair_fail(err, reply.status, "%s: %s", what, reply.words);
    if (reply.http != 200) return fair_fail(err, FAIR_NOT_FOUND, "%s: the server answered %d", what, reply.http);
    *bytes = reply.body;
    *address = u.href;
    return FAIR_OK;
}

/* What the matcher says of this work and this picture; nothing where it sees no likeness. */
static fair_status
compare(struct fair_cli *c, const struct fair_decoded *d, fair_id work, struct fair_match *out, bool *alike, struct fair_err *err)
{
    struct fair_matches found = { 0 };

    FAIR_TRY(fair_house_index(&c->house, err));
    FAIR_TRY(fair_house_match(&c->house, &d->fp, d->grey, 0, c->arena, &found, err));
    *alike = false;
    for (size_t i = 0; i < found.n; i++)
        if (found.v[i].work == work) {
            *out = found.v[i];
            *alike = true;
        }
    if (*alike && d->colour != NULL) return fair_house_colours(&c->house, out, &(struct fair_tint){ d->colour, d->info.width, d->info.height }, err);
    return FAIR_OK;
}

static fair_str
words_json(struct fair_arena *a, const struct fair_match *m, bool alike, const struct fair_picture *p)
{
    json_t *list = json_array();
    fair_str words[FAIR_MATCH_WORDS], out;
    char *text;

    json_array_append_new(list, json_string("added by hand"));
    if (alike) {
        size_t n = fair_match_words(m, p->width, p->height, a, words);
        for (size_t i = 0; i < n; i++) json_array_append_new(list, fair_json_str(a, words[i]));
    } else {
        json_array_append_new(list, json_string("the matcher sees no likeness: a person said so"));
    }
    text = json_dumps(list, JSON_COMPACT);
    out = fair_str_dup(a, fair_str_of(text));
    free(text);
    json_decref(list);
    return out;
}

static fair_status
add(struct fair_cli *c, const char *what, const struct manual *m, struct fair_hit *h, bool *fresh, struct fair_err *err)
{
    struct fair_decoded d = { 0 };
    struct fair_match match = { .score = 0, .verdict = FAIR_POSSIBLE, .bits = 256, .residual = -1 };
    struct fair_work w;
    struct fair_url u;
    fair_str bytes = { 0 };
    bool alike;

    FAIR_TRY(fair_store_work_get(&c->house.desk, m->work, c->arena, &w, err));
    FAIR_TRY(read_bytes(c, what, &bytes, &h->image_url, err));
    FAIR_TRY(fair_house_decoders(&c->house, err));
    FAIR_TRY(fair_decoders_picture(c->house.decoders, bytes, FAIR_MATCH_WANTS | FAIR_WANT_PREVIEW | FAIR_WANT_TINT, c->arena, &d, err));
    if (d.status != FAIR_OK) return fair_fail(err, d.status, "%s: %s", what, d.words);
    FAIR_TRY(compare(c, &d, m->work, &match, &alike, err));
    fair_image_free(&d.grey);
    fair_image_free(&d.colour);
    FAIR_TRY(fair_house_vault(&c->house, err));
    FAIR_TRY(fair_vault_put(c->house.vault, d.preview, &h->preview, err));
    h->work = m->work;
    h->page_url = m->page.n > 0 ? m->page : h->image_url;
    h->site = FAIR_STR("by hand");
    if (fair_url_parse(c->arena, h->page_url, NULL, &u, NULL) == FAIR_OK && u.has_host && u.host.n > 0) h->site = fair_url_registrable(c->arena, &u);
    h->place = FAIR_STR("manual");
    h->alt = m->note;
    h->sha256 = fair_sha256_of(bytes.p, bytes.n);
    h->width = d.info.width;
    h->height = d.info.height;
    h->score = match.score;
    h->verdict = fair_str_of(fair_verdict_name(match.verdict));
    for (int i = 0; i < 4; i++) {
        h->box[i] = match.box[i];
        h->work_box[i] = match.work_box[i];
    }
    for (int i = 0; i < 6; i++) h->map[i] = match.map[i];
    h->has_map = match.has_map;
    h->mirrored = match.mirrored;
    h->bits = match.bits;
    h->agree = match.agree;
    h->rotation = match.rotation;
    h->scale = match.scale;
    h->covers = match.covers;
    h->residual = match.residual;
    h->words = words_json(c->arena, &match, alike, &d.info);
    h->first_seen = h->last_seen = fair_now();
    return fair_store_hit_seen(&c->house.desk, h, fresh, err);
}

int
fair_verb_hits_add(struct fair_cli *c, int argc, char **argv)
{
    int64_t work = 0;
    const char *page = NULL, *note = NULL;
    const struct fair_opt opts[] = {
        { .name = "work", .value = "ID", .doc = "the work that is used there", .number = &work },
        { .name = "page", .value = "URL", .doc = "where it was seen", .text = &page },
        { .name = "note", .value = "TEXT", .doc = "title, issue and date of a print, or what else tells the place", .text = &note }, { 0 } };
    struct fair_hit h = { 0 };
    struct fair_err err = { 0 };
    bool fresh = false;
    fair_status s;
    int code;

    if (!fair_cli_parse(c, argc, argv, opts, 1, 1, &code)) return code;
    if (work == 0) return fair_cli_usage(c, "--work is wanted");
    if (fair_cli_house(c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    s = add(c, c->args[0], &(struct manual){ work, fair_str_of(page), fair_str_of(note) }, &h, &fresh, &err);
    if (s == FAIR_NOT_FOUND) {
        fprintf(stderr, "fairtrack %s: %s\n", c->verb->name, err.text);
        return FAIR_EXIT_NO;
    }
    if (s != FAIR_OK) return fair_cli_fail(c, &err);
    if (c->json)
        fair_cli_json(json_pack("{s:i, s:s, s:I, s:b, s:o, s:o}", "v", 1, "type", "hit", "hit", (json_int_t)h.id, "new", fresh, "state",
                                fair_json_str(c->arena, h.state), "verdict", fair_json_str(c->arena, h.verdict)));
    else
        printf("%lld\t%s\t%.*s\n", (long long)h.id, fresh ? "new" : "known", FAIR_STR_ARG(h.verdict));
    return FAIR_EXIT_DONE;
}
