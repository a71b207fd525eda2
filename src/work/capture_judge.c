/* capture_judge.c - is the picture still there?  Which bytes came, where they stand, what is said of them beside. */
#include <stdio.h>
#include <string.h>
#include "work/capture_private.h"
#include "work/match.h"
#include "work/scan_private.h"

#define TRIED 24                  /* other pictures of the page that are held against the work */
#define FETCHED 12                /* the same, where they have to be fetched one by one */
#define SMALL 4000                /* bytes below which none is tried */

struct look { fair_str url, body; struct fair_sha256 sha; bool tried; };

/* Does this picture show the hit's work?  Fills facts.match where it does. */
static fair_status
shows_work(struct fair_capturing *x, fair_str bytes, bool *shows, struct fair_err *err)
{
    FAIR_AUTO(image) struct fair_image *grey = NULL;
    struct fair_capture_match *to = &x->c->facts.match;
    struct fair_matches found = { 0 };
    struct fair_decoded d = { 0 };
    struct fair_work w;
    fair_status s = fair_decoders_picture(x->h->decoders, bytes, FAIR_MATCH_WANTS, x->arena, &d, err);

    *shows = false;
    grey = d.grey;
    FAIR_TRY(fair_store_work_get(&x->h->desk, x->hit->work, x->arena, &w, err));
    if (s == FAIR_LIMIT || (s == FAIR_OK && d.status != FAIR_OK)) return FAIR_OK;      /* no picture that can be read */
    if (s != FAIR_OK) return s;
    FAIR_TRY(fair_house_match(x->h, &d.fp, grey, 0, x->arena, &found, err));
    for (size_t i = 0; i < found.n; i++) {
        const struct fair_match *m = &found.v[i];
        if (m->work != x->hit->work || (m->verdict != FAIR_MATCH && m->verdict != FAIR_POSSIBLE)) continue;
        *shows = true;
        *to = (struct fair_capture_match){ .have = true, .has_map = m->has_map, .mirrored = m->mirrored, .verdict = fair_str_of(fair_verdict_name(m->verdict)), .score = (double)m->score,
            .bits = m->bits, .agree = m->agree, .rotation = (double)m->rotation, .scale = (double)m->scale, .covers = (double)m->covers, .residual = (double)m->residual,
            .match_at = FAIR_SCORE_MATCH, .possible_at = FAIR_SCORE_POSSIBLE, .work_width = w.width, .work_height = w.height, .width = d.info.width, .height = d.info.height, .matcher = fair_str_fmt(x->arena, "%s scheme %d", FAIR_CAPTURE_SOFTWARE, FAIR_SCHEME), .words = x->hit->words };
        for (int k = 0; k < 4; k++) {
            to->box[k] = (double)m->box[k];
            to->work_box[k] = (double)m->work_box[k];
        }
        for (int k = 0; k < 6; k++) to->map[k] = (double)m->map[k];
        return FAIR_OK;
    }
    return FAIR_OK;
}

/* The pictures the browser got, known by the address the page names: of a chain of redirects the first. */
static size_t
pictures(struct fair_capturing *x, struct look **out)
{
    const struct fair_visit *v = &x->c->visit;
    struct look *l = fair_alloc_array(x->arena, v->n_records + 1, sizeof *l);
    size_t n = 0;

    for (size_t i = 0; i < v->n_records; i++) {
        const struct fair_visit_record *r = &v->records[i];
        fair_str mime = fair_capture_header(r->response, "Content-Type");
        if (r->body.n == 0 || r->status / 100 != 2 || (!fair_str_starts(mime, FAIR_STR("image/")) && !fair_str_eq(r->type, FAIR_STR("Image")))) continue;
        l[n] = (struct look){ .url = r->url, .body = r->body, .sha = fair_sha256_of(r->body.p, r->body.n) };
        for (size_t k = 0; k < i; k++)
            if (fair_str_eq(v->records[k].id, r->id)) {
                l[n].url = v->records[k].url;
                break;
            }
        n++;
    }
    *out = l;
    return n;
}

static void
say(struct fair_capturing *x, const char *found, const char *fmt, ...) FAIR_PRINTF(3, 4);
static void
say(struct fair_capturing *x, const char *found, const char *fmt, ...)
{
    char text[900];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    x->c->found = fair_str_of(found);
    x->c->found_words = fair_utf8_mend(x->arena, fair_str_dup(x->arena, fair_str_of(text)));
}

/* These bytes came for the hit's picture, or for what stands in its place. */
static fair_status
judge_bytes(struct fair_capturing *x, fair_str url, fair_str body, const char *how, struct fair_err *err)
{
    struct fair_capture *c = x->c;
    struct fair_sha256 sha = fair_sha256_of(body.p, body.n);
    bool same_url = fair_str_eq(fair_capture_canonical(x->arena, url), x->canonical), same = fair_sha256_eq(&sha, &x->hit->sha256), shows;

    FAIR_TRY(shows_work(x, body, &shows, err));
    if (!same && !shows) {
        say(x, "removed", "At the picture's address another picture stands now (%s).", how);
        return FAIR_OK;
    }
    c->picture = body;
    c->facts.picture_sha256 = sha;
    c->facts.picture_url = url;
    if (same && same_url) say(x, "there", "The picture stands on the page, with the same bytes as when it was found (%s).", how);
    else if (same) say(x, "picture", "The same bytes stand on the page under another address: %.*s (%s).", url.n < 400 ? (int)url.n : 400, url.p, how);
    else say(x, "picture", "The work is shown by other bytes than when it was found, at %.*s (%s).", url.n < 400 ? (int)url.n : 400, url.p, how);
    return FAIR_OK;
}

/* A second copy, asked for as a crawl does: it must be the same, or both are kept and it is said. */
static fair_status
second_copy(struct fair_capturing *x, bool needed, struct fair_err *err)
{
    struct fair_fetch_ask ask = { .url = x->c->picture.n > 0 ? x->c->facts.picture_url : x->hit->image_url, .accept = FAIR_STR("image/*,*/*;q=0.5"), .once = true, .patience_ms = FAIR_CAPTURE_PATIENCE_MS, .ignore_robots = needed };
    struct fair_fetch_reply r;
    struct fair_sha256 sha;
    fair_time at = fair_now();

    if (!fair_str_starts(ask.url, FAIR_STR("http"))) return FAIR_OK;
    FAIR_TRY(fair_fetcher_get(x->h->fetcher, &ask, x->arena, &r, err));
    if (r.status != FAIR_OK) {
        fair_capture_note(x, "The picture's second copy, asked for as the crawler does, was not got: %s.", r.words);
        x->silent = true;
        return FAIR_OK;
    }
    (void)fair_capture_fetched(x, &r, ask.url, at);
    if (r.http / 100 != 2 || r.body.n == 0) {
        fair_capture_note(x, "The picture's second copy, asked for as the crawler does, was answered with %d.", r.http);
        x->silent = r.http >= 500 || r.http == 429;
        return FAIR_OK;
    }
    x->c->picture_mime = r.mime;
    sha = fair_sha256_of(r.body.p, r.body.n);
    if (x->c->picture.n == 0) return needed ? judge_bytes(x, ask.url, r.body, "fetched", err) : FAIR_OK;
    x->two_copies = !fair_sha256_eq(&sha, &x->c->facts.picture_sha256);
    if (x->two_copies)
        fair_capture_note(x, "The browser got other bytes for the picture (SHA-256 %.*s) than the crawler's request (%.*s): both are in the archive.",
                          FAIR_STR_ARG(fair_hex(x->arena, x->c->facts.picture_sha256.b, 32)), FAIR_STR_ARG(fair_hex(x->arena, sha.b, 32)));
    return FAIR_OK;
}

/* Does the page's HTML name the picture, as another size, a preview for others, or to be loaded later? */
static fair_status
names_it(struct fair_capturing *x, const char **via, struct fair_err *err)
{
    fair_status s;

    *via = NULL;
    if (x->c->page.n == 0) return FAIR_OK;
    s = fair_decoders_links(x->h->decoders, x->c->page, "html", x->c->facts.final_url, x->c->with_browser ? FAIR_STR("utf-8") : (fair_str){ NULL, 0 }, x->arena, &x->links, err);
    if (s == FAIR_NOT_FOUND || s == FAIR_REFUSED || s == FAIR_IO) return s;
    if (s != FAIR_OK) {
        fair_capture_note(x, "The page's HTML could not be read: %s.", err->text);
        x->links = (struct fair_links){ 0 };
        return FAIR_OK;
    }
    if (x->c->facts.title.p == NULL) x->c->facts.title = x->links.title;
    for (size_t i = 0; i < x->links.n; i++)
        if (fair_str_eq(fair_capture_canonical(x->arena, x->links.v[i].url), x->canonical)) {
            *via = fair_str_dup(x->arena, x->links.v[i].via).p;
            if (x->links.v[i].alt.n > 0 && x->c->credit.n == 0) x->c->credit = x->links.v[i].alt;
            return FAIR_OK;
        }
    return FAIR_OK;
}

/* Without a browser nothing was loaded: the first pictures that the page names are fetched, politely, and held against the work. */
static fair_status
fetch_others(struct fair_capturing *x, struct fair_err *err)
{
    int asked = 0;

    for (size_t i = 0; i < x->links.n && asked < FETCHED && x->c->picture.n == 0; i++) {
        struct fair_fetch_ask ask = { .url = x->links.v[i].url, .accept = FAIR_STR("image/*,*/*;q=0.5"), .once = true, .patience_ms = FAIR_CAPTURE_PATIENCE_MS };
        struct fair_fetch_reply r;
        fair_time at = fair_now();
        bool known = !fair_str_starts(ask.url, FAIR_STR("http")), shows;
        for (size_t k = 0; k < i && !known; k++) known = fair_str_eq(x->links.v[k].url, ask.url);
        if (known || fair_str_eq(x->links.v[i].via, FAIR_STR("icon")) || fair_str_eq(fair_capture_canonical(x->arena, ask.url), x->canonical)) continue;
        if (x->stopped != NULL && x->stopped(x->arg)) return fair_fail(err, FAIR_AGAIN, "stopped");
        asked++;
        FAIR_TRY(fair_fetcher_get(x->h->fetcher, &ask, x->arena, &r, err));
        if (r.status != FAIR_OK || r.http != 200 || r.body.n < SMALL) continue;
        FAIR_TRY(shows_work(x, r.body, &shows, err));
        if (!shows) continue;
        (void)fair_capture_fetched(x, &r, ask.url, at);
        x->c->picture_mime = r.mime;
        FAIR_TRY(judge_bytes(x, ask.url, r.body, "fetched", err));
    }
    if (asked == FETCHED && x->c->picture.n == 0) fair_capture_note(x, "Only the first %d pictures that the page names were held against the work.", FETCHED);
    return FAIR_OK;
}

static bool
bigger(const struct look *a, const struct look *b)
{
    return a->body.n > b->body.n;
}

/* None has its address or its bytes: is the work among the others? */
static fair_status
among_others(struct fair_capturing *x, struct look *l, size_t n, struct fair_err *err)
{
    for (int i = 0; i < TRIED; i++) {
        struct look *best = NULL;
        bool shows;
        for (size_t k = 0; k < n; k++)
            if (!l[k].tried && l[k].body.n >= SMALL && (best == NULL || bigger(&l[k], best))) best = &l[k];
        if (best == NULL || (x->stopped != NULL && x->stopped(x->arg))) return FAIR_OK;
        best->tried = true;
        FAIR_TRY(shows_work(x, best->body, &shows, err));
        if (shows) return judge_bytes(x, best->url, best->body, "loaded by the browser", err);
    }
    return FAIR_OK;
}

static void
place_it(struct fair_capturing *x)
{
    const struct fair_visit *v = &x->c->visit;
    fair_str want = fair_capture_canonical(x->arena, x->c->facts.picture_url);
    const struct fair_visit_place *best = NULL;
    struct fair_buf b = FAIR_BUF(x->arena, 4096);

    for (size_t i = 0; i < v->n_places; i++) {
        const struct fair_visit_place *p = &v->places[i];
        double area = (p->box[2] - p->box[0]) * (p->box[3] - p->box[1]);
        if (!fair_str_eq(fair_capture_canonical(x->arena, p->url), want)) continue;
        if (best == NULL || (p->shown && area > (best->box[2] - best->box[0]) * (best->box[3] - best->box[1]))) best = p;
    }
    if (best == NULL) return;
    x->c->facts.has_place = true;
    memcpy(x->c->facts.place, best->box, sizeof best->box);
    fair_capture_note(x, "The picture stands at %.0f, %.0f to %.0f, %.0f on the page (CSS pixels; in page.png %u rows lower), as an element of the kind %.*s%s.", best->box[0], best->box[1], best->box[2], best->box[3],
                      v->band, FAIR_STR_ARG(best->kind), best->shown ? "" : ", hidden");
    const fair_str said[] = { best->alt, best->title, best->caption, best->near };
    for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
        if (said[i].n == 0 || (i == 3 && fair_str_eq(said[3], said[2]))) continue;
        if (b.n > 0) fair_buf_c(&b, " | ");
        fair_buf_add(&b, said[i]);
    }
    if (b.n > 0) x->c->credit = fair_utf8_mend(x->arena, (fair_str){ b.p, b.n });
}

/* What a browser's word for a fault means; absent: it says so itself. */
static const char *
meaning(fair_str fault)
{
    static const struct { const char *word, *meaning; } known[] = {
        { "ERR_CERT_AUTHORITY_INVALID", "the server's certificate is signed by itself or by an authority that the browser does not trust, so nobody can say whose page it is" },
        { "ERR_CERT_DATE_INVALID", "the server's certificate is not valid today, by this machine's clock" },
        { "ERR_CERT_COMMON_NAME_INVALID", "the server's certificate is for another name" },
        { "ERR_CERT_REVOKED", "the server's certificate was revoked" },
        { "ERR_CERT_", "the server's certificate does not hold" }, { "ERR_SSL_", "the server does not speak TLS as it should" },
        { "ERR_TUNNEL_CONNECTION_FAILED", "there is no connection to its server, or the address guard refused it; the notes say which" },
        { "ERR_EMPTY_RESPONSE", "the server ended the connection without an answer" }, { "ERR_CONNECTION_", "the server ended the connection" },
        { "ERR_TOO_MANY_REDIRECTS", "it leads from one address to the next without end" } };

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (fault.n > 0 && memmem(fault.p, fault.n, known[i].word, strlen(known[i].word)) != NULL) return known[i].meaning;
    return NULL;
}

/* What differed within this one capture belongs to what was found. */
static void
say_what_differed(struct fair_capturing *x)
{
    struct fair_capture *c = x->c;

    if (!x->two_copies && !c->visit.changed) return;
    c->found_words = fair_str_fmt(x->arena, "%.*s%s%s", FAIR_STR_ARG(c->found_words),
        x->two_copies ? " A second request for the picture, moments later, got other bytes: both are kept, and this finding is of the bytes that the browser showed." : "",
        c->visit.changed ? " The page changed by itself while it was captured: its pictures and its files may differ in that." : "");
}

static fair_status judge(struct fair_capturing *x, struct fair_err *err);

fair_status
fair_capture_judge(struct fair_capturing *x, struct fair_err *err)
{
    FAIR_TRY(judge(x, err));
    say_what_differed(x);
    return FAIR_OK;
}

static fair_status
judge(struct fair_capturing *x, struct fair_err *err)
{
    struct fair_capture *c = x->c;
    int status = c->visit.status;
    const char *via = NULL;
    struct look *l;
    size_t n;

    if (status == 404 || status == 410) {
        say(x, "page_gone", "The page answers %d: it is not there any more.", status);
        return FAIR_OK;
    }
    if (c->visit.fault.n > 0 || status == 0 || status >= 400) {
        if (status >= 400) say(x, "unreachable", "The page answers %d.", status);
        else {
            const char *means = meaning(c->visit.fault);
            say(x, "unreachable", "The page could not be reached: %.*s%s%s.", FAIR_STR_ARG(c->visit.fault), means != NULL ? ", which means: " : "", means != NULL ? means : "");
        }
        return FAIR_OK;
    }
    n = pictures(x, &l);
    for (size_t i = 0; i < n && c->found.p == NULL; i++)
        if (fair_str_eq(fair_capture_canonical(x->arena, l[i].url), x->canonical)) {
            l[i].tried = true;
            FAIR_TRY(judge_bytes(x, l[i].url, l[i].body, "loaded by the browser", err));
        }
    for (size_t i = 0; i < n && c->picture.n == 0; i++)
        if (fair_sha256_eq(&l[i].sha, &x->hit->sha256)) FAIR_TRY(judge_bytes(x, l[i].url, l[i].body, "loaded by the browser", err));
    FAIR_TRY(names_it(x, &via, err));
    if (c->picture.n == 0 && c->found.p == NULL && (via != NULL || fair_str_eq(fair_capture_canonical(x->arena, c->facts.final_url), x->canonical))) {
        FAIR_TRY(second_copy(x, true, err));
        if (c->picture.n > 0 && via != NULL) fair_capture_note(x, "The page names the picture (%s); the browser did not load it from there.", via);
    } else if (c->picture.n > 0) {
        FAIR_TRY(second_copy(x, false, err));
    }
    if (c->picture.n == 0) {
        fair_str was = c->found_words;
        FAIR_TRY(among_others(x, l, n, err));
        if (!c->with_browser && c->picture.n == 0) FAIR_TRY(fetch_others(x, err));
        if (c->picture.n == 0 && via != NULL && x->silent) say(x, "unreachable", "The page names the picture (%s), and the picture's server did not give it: nothing follows from that.", via);
        else if (c->picture.n == 0 && was.n == 0 && via != NULL) say(x, "removed", "The page still names the picture (%s), and its server does not have it any more.", via);
        else if (c->picture.n == 0) say(x, "removed", "%.*s", was.n > 0 ? (int)was.n : 62, was.n > 0 ? was.p : "The page does not show the work any more, and does not name it.");
    }
    if (c->picture.n > 0) place_it(x);
    return fair_capture_markers(x, err);
}

fair_str
fair_capture_changes(struct fair_arena *a, const struct fair_capture_state *before, const struct fair_capture_state *after)
{
    struct fair_buf b = FAIR_BUF(a, 8192);
    bool gone = fair_str_eq(after->found, FAIR_STR("removed")) || fair_str_eq(after->found, FAIR_STR("page_gone"));
    bool was_gone = fair_str_eq(before->found, FAIR_STR("removed")) || fair_str_eq(before->found, FAIR_STR("page_gone"));

    if (fair_str_eq(after->found, FAIR_STR("unreachable"))) return FAIR_STR("The page could not be reached; nothing follows from that.");
    if (gone && !was_gone) fair_buf_c(&b, fair_str_eq(after->found, FAIR_STR("page_gone")) ? "The page was taken down." : "The picture was removed from the page.");
    if (!gone && was_gone) fair_buf_c(&b, "The picture is back.");
    if (gone || was_gone) return b.n > 0 ? (fair_str){ b.p, b.n } : (fair_str){ NULL, 0 };
    if (!fair_sha256_none(&before->picture) && !fair_sha256_none(&after->picture) && !fair_sha256_eq(&before->picture, &after->picture))
        fair_buf_c(&b, "The picture was replaced by another file of the same work. ");
    if (before->by_browser && after->by_browser && !fair_str_eq(before->credit, after->credit) && (before->credit.n > 0 || after->credit.n > 0))
        fair_buf_fmt(&b, "What is said beside the picture changed from \"%.*s\" to \"%.*s\".", before->credit.n < 1500 ? (int)before->credit.n : 1500, before->credit.p != NULL ? before->credit.p : "",
                     after->credit.n < 1500 ? (int)after->credit.n : 1500, after->credit.p != NULL ? after->credit.p : "");
    return b.n > 0 ? fair_utf8_mend(a, fair_str_trim((fair_str){ b.p, b.n })) : (fair_str){ NULL, 0 };
}
