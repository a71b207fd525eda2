/* capture_markers.c - what on a page, and in the picture as served, speaks of a licence: any of it allows only the question (G6). */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include "store/owner_rows.h"
#include "work/capture_private.h"

enum { MARKERS = 40, WORDS = 300 };

/* Who says so beside a picture, or in its data, speaks of having got it somewhere: words of the trade, and names under which pictures are sold or
 * given away.  Letters alike; a mark that is no sign of a licence costs a question, one that is missed may cost a wrong claim. */
static const char *const trade[] = {
    "stock photo", "stockphoto", "stock image", "stock.adobe", "adobe stock", "agency", "agentur", "agence", "agenzia", "bildarchiv", "press photo", "pressefoto", "press image", "handout",
    "licensed", "lizenziert", "under license", "under licence", "courtesy of", "mit freundlicher genehmigung", "avec l'aimable autorisation", "per gentile concessione", "used with permission",
    "creative commons", "cc by", "cc-by", "cc0", "public domain", "gemeinfrei", "creativecommons.org", "istock", "shutterstock", "getty", "alamy", "dreamstime", "depositphotos", "123rf", "fotolia",
    "picture alliance", "picture-alliance", "imago images", "dpa/", "/dpa", "reuters", "afp/", "/afp", "unsplash", "pexels", "pixabay", "flickr", "wikimedia" };

struct marking { struct fair_capturing *x; json_t *list; };

static fair_str
cut(struct fair_capturing *x, fair_str s)
{
    s = fair_str_trim(s);
    if (s.n > WORDS) s.n = WORDS;
    return fair_utf8_mend(x->arena, s);
}

static void
mark(struct marking *m, const char *what, const char *where, fair_str words)
{
    fair_str said = cut(m->x, words);
    json_t *one;
    size_t i;

    if (said.n == 0 || json_array_size(m->list) == MARKERS) return;
    json_array_foreach(m->list, i, one)
        if (strcmp(json_string_value(json_object_get(one, "what")), what) == 0 && fair_str_eq(fair_str_of(json_string_value(json_object_get(one, "words"))), said)) return;
    json_array_append_new(m->list, json_pack("{s:s, s:s, s:s%}", "what", what, "where", where, "words", said.p, said.n));
    fair_capture_note(m->x, "A sign of a licence (%s, %s): %.*s", what, where, FAIR_STR_ARG(said));
}

static const char *
of_the_trade(struct fair_capturing *x, fair_str text)
{
    char *low = fair_alloc(x->arena, text.n + 1);

    for (size_t i = 0; i < text.n; i++) low[i] = (char)(text.p[i] >= 'A' && text.p[i] <= 'Z' ? text.p[i] + 32 : text.p[i]);
    for (size_t i = 0; i < sizeof trade / sizeof *trade; i++)
        if (memmem(low, text.n, trade[i], strlen(trade[i])) != NULL) return trade[i];
    return NULL;
}

/* What is said beside the picture or in its data: a credit where it names the maker or owner, a mark where it names the trade. */
static fair_status
said(struct marking *m, const char *where, fair_str text, struct fair_err *err)
{
    bool named = false;

    if (text.n > 8192) text.n = 8192;
    if (fair_str_trim(text).n == 0) return FAIR_OK;
    if (of_the_trade(m->x, text) != NULL) mark(m, "agency", where, text);
    FAIR_TRY(fair_store_work_named(&m->x->h->desk, m->x->hit->work, text, &named, err));
    if (named) mark(m, "credit", where, text);
    return FAIR_OK;
}

/* The data in the file as it was served.  Who made it stands in every copy that was not stripped, and is no sign: what licenses it is. */
static fair_status
in_the_file(struct marking *m, struct fair_err *err)
{
    struct fair_decoded d = { 0 };
    fair_status s = fair_decoders_picture(m->x->h->decoders, m->x->c->picture, FAIR_WANT_RIGHTS, m->x->arena, &d, err);

    fair_image_free(&d.grey);
    if (s == FAIR_LIMIT || (s == FAIR_OK && d.status != FAIR_OK)) return FAIR_OK;
    if (s != FAIR_OK) return s;
    mark(m, "licence", "rights data of the picture", d.rights.rights_url);
    mark(m, "licence", "licensor in the picture", d.rights.licensor);
    if (of_the_trade(m->x, d.rights.credit) != NULL) mark(m, "agency", "credit in the picture", d.rights.credit);
    if (of_the_trade(m->x, d.rights.copyright) != NULL) mark(m, "agency", "copyright notice in the picture", d.rights.copyright);
    return FAIR_OK;
}

fair_status
fair_capture_markers(struct fair_capturing *x, struct fair_err *err)
{
    struct marking m = { x, json_array() };
    struct fair_capture *c = x->c;
    fair_status s = FAIR_OK;
    char *text;

    for (size_t i = 0; i < c->visit.n_licences; i++) mark(&m, "licence", "a link or mark of the page", c->visit.licences[i].url.n > 0 ? c->visit.licences[i].url : c->visit.licences[i].text);
    mark(&m, "licence", "the page's rights", x->links.rights_license);
    mark(&m, "licence", "where the page says a licence is got", x->links.rights_acquire);
    if (s == FAIR_OK) s = said(&m, "the page's credit", x->links.rights_credit, err);
    if (s == FAIR_OK) s = said(&m, "beside the picture", c->credit, err);
    for (size_t i = 0; i < x->links.n && s == FAIR_OK; i++) {
        if (!fair_str_eq(fair_capture_canonical(x->arena, x->links.v[i].url), x->canonical)) continue;
        mark(&m, "licence", "the picture's licence on the page", x->links.v[i].license);
        s = said(&m, "the picture's credit on the page", x->links.v[i].credit, err);
    }
    if (s == FAIR_OK && c->picture.n > 0) s = in_the_file(&m, err);
    text = json_dumps(m.list, JSON_COMPACT);
    c->markers = fair_str_dup(x->arena, fair_str_of(text != NULL ? text : "[]"));
    free(text);
    json_decref(m.list);
    return s;
}
