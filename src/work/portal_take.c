/* work/portal_take.c - answers of recipients come home. */
#include <stdio.h>
#include <string.h>
#include "base/log.h"
#include "http/http.h"
#include "work/portal_home.h"
#include "work/seal.h"

fair_status
fair_portal_waits(struct fair_house *h, fair_str code, bool *wait, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_portal_home p;

    FAIR_TRY(fair_portal_home_open(h, a, &p, err));
    return fair_shelf_answers_wait(&p.shelf, code, wait, err);
}

struct waiting { struct fair_house *h; bool wait; };

static fair_status
waits_for(void *arg, const struct fair_notice *n, struct fair_err *err)
{
    struct waiting *w = arg;
    bool one = false;

    FAIR_TRY(fair_portal_waits(w->h, n->code, &one, err));
    w->wait |= one;
    return FAIR_OK;
}

fair_status
fair_portal_waits_case(struct fair_house *h, fair_id case_id, bool *wait, struct fair_err *err)
{
    struct fair_notice_filter f = { .case_id = case_id, .page = { 0, 1000 } };
    struct waiting w = { h, false };
    fair_status s = fair_store_notices(&h->desk, &f, waits_for, &w, err);

    *wait = w.wait;
    return s;
}

fair_status
fair_portal_answer_open(struct fair_house *h, const struct fair_portal_answer *x, struct fair_arena *a, json_t **said,
                        struct fair_answer_file files[FAIR_ANSWER_FILES], size_t *n, struct fair_err *err)
{
    struct fair_portal_home p;
    fair_str sealed;

    *said = NULL;
    FAIR_TRY(fair_portal_home_open(h, a, &p, err));
    FAIR_TRY(fair_house_vault(h, err));
    FAIR_TRY(fair_vault_read(h->vault, &x->sealed, FAIR_ANSWER_MAX, a, &sealed, err));
    return fair_answer_open(a, sealed, p.public_key, p.secret_key, said, files, n, err);
}

/* ---- taking them ---- */

struct taking { struct fair_house *h; struct fair_portal_home *p; fair_time now; int64_t n; };
struct settling { struct taking *t; struct fair_portal_answer x; int64_t bytes; const json_t *said; bool files, fresh; struct fair_arena *a; };

/* A move that the rules refuse is kept with the reason: the answer itself stands, and a person reads it. */
static fair_status
move(const struct fair_desk *d, struct settling *s, const struct fair_case_event *e, fair_str note, struct fair_str *refused, struct fair_err *err)
{
    struct fair_case_act act = { .case_id = s->x.case_id, .e = *e, .note = note, .words = note };
    fair_status st;

    act.e.at = s->t->now;
    if (s->files) act.document = s->x.sealed;
    st = fair_store_case_move(d, &act, NULL, NULL, err);
    if (st != FAIR_REFUSED && st != FAIR_INVALID) return st;
    *refused = fair_str_dup(s->a, fair_str_of(err->text));
    return FAIR_OK;
}

/* A rating moves nothing; what it was is kept for the report, which counts it without a name. */
static fair_str
rated(const struct settling *s)
{
    fair_str what = fair_member(json_object_get(s->said, "fields"), "what");
    bool known = fair_str_eq(what, FAIR_STR("good")) || fair_str_eq(what, FAIR_STR("middling")) || fair_str_eq(what, FAIR_STR("bad"));

    if (!known || !fair_str_eq(s->x.action, FAIR_STR("rate"))) return (fair_str){ NULL, 0 };
    return fair_str_fmt(s->a, "rated-%.*s", FAIR_STR_ARG(what));
}

static fair_status
settle(const struct fair_desk *d, void *arg, struct fair_err *err)
{
    struct settling *s = arg;
    struct fair_case_event e = { 0 }, heard = { .move = FAIR_DO_REPLY, .who = FAIR_RCP, .verified = true };
    fair_str note, refused = { NULL, 0 }, none = { NULL, 0 };
    struct fair_notice n;
    bool moves;

    FAIR_TRY(fair_store_answer_put(d, &s->x, s->bytes, &s->fresh, err));
    if (!s->fresh) return FAIR_OK;
    moves = fair_portal_move(s->said, s->files, s->a, &e, &note);
    if (!moves) return fair_store_answer_settle(d, s->x.id, rated(s), none, err);
    FAIR_TRY(fair_store_notice_get(d, s->x.notice, s->a, &n, err));
    if (n.sent != 0 && n.delivered == 0) {                        /* who answers has the letter (Corrections 4) */
        n.delivered = s->x.at;
        n.delivered_by = e.move == FAIR_DO_DELIVERED ? FAIR_STR("portal") : FAIR_STR("answer");
        n.state = FAIR_STR("delivered");
        FAIR_TRY(fair_store_notice_fared(d, &n, err));
    }
    FAIR_TRY(move(d, s, &e, note, &refused, err));
    if (e.move != FAIR_DO_DELIVERED) FAIR_TRY(move(d, s, &heard, none, &none, err));
    return fair_store_answer_settle(d, s->x.id, fair_str_of(fair_move_name(e.move)), refused, err);
}

/* The notice, the answer opened, its moment: all of it a stranger's until checked. */
static fair_status
take_opened(struct taking *t, struct settling *s, fair_str sealed, struct fair_desk *d, struct fair_err *err)
{
    FAIR_TRY(fair_vault_put(t->h->vault, sealed, &s->x.sealed, err));
    if (!fair_time_parse(fair_member(s->said, "at"), &s->x.at) || s->x.at > t->now) s->x.at = t->now;
    s->x.taken = t->now;
    s->x.action = fair_member(s->said, "action");
    s->x.receipt = fair_member(s->said, "receipt");
    if (s->x.action.n == 0 || s->x.action.n > 40 || s->x.receipt.n > 40 || !fair_utf8_valid(s->x.action) || !fair_utf8_valid(s->x.receipt))
        return fair_fail(err, FAIR_CORRUPT, "an answer without action and receipt");
    s->bytes = (int64_t)sealed.n;
    return fair_store_do(d, settle, s, err);
}

static fair_status
ask_new_link(struct fair_house *h, fair_id notice, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    return fair_store_job_ask(&h->desk, "link", fair_str_fmt(a, "link %lld", (long long)notice), fair_str_fmt(a, "{\"notice\":%lld}", (long long)notice), 0, err);
}

static fair_status
take_one(void *arg, fair_str code, fair_str name, fair_str sealed, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct taking *t = arg;
    struct settling s = { .t = t, .a = a };
    struct fair_answer_file files[FAIR_ANSWER_FILES];
    struct fair_desk ours = t->h->desk;
    struct fair_notice n;
    json_t *said = NULL;
    size_t n_files = 0;
    fair_id org;
    fair_status st = fair_store_notice_by_code(t->h->store, code, a, &org, &n, err);

    if (st == FAIR_NOT_FOUND || (st == FAIR_OK && (st = fair_answer_open(a, sealed, t->p->public_key, t->p->secret_key, &said, files, &n_files, err)) == FAIR_CORRUPT)) {
        /* Not ours, sealed to another key, or spoiled on the way.  It stays: while it lies there nothing leaves in its
         * case, which is the fair side to err on, and the others are taken all the same. */
        fair_log(FAIR_LOG_WARN, "portal.answer_refused notice=%.*s error=\"%s\"", FAIR_STR_ARG(code), err->text);
        return FAIR_OK;
    }
    if (st != FAIR_OK) return st;
    s.said = said;
    s.files = n_files > 0;
    s.x = (struct fair_portal_answer){ .notice = n.id, .case_id = n.case_id, .name = name };
    t->h->desk = (struct fair_desk){ ours.st, org, 0 };
    st = fair_str_eq(fair_member(said, "notice"), code) ? take_opened(t, &s, sealed, &t->h->desk, err) : fair_fail(err, FAIR_CORRUPT, "an answer to another notice");
    if (st == FAIR_OK && s.fresh && fair_str_eq(s.x.action, FAIR_STR("renew"))) st = ask_new_link(t->h, n.id, err);
    t->h->desk = ours;
    json_decref(said);
    if (st == FAIR_CORRUPT) {
        fair_log(FAIR_LOG_WARN, "portal.answer_refused notice=%.*s error=\"%s\"", FAIR_STR_ARG(code), err->text);
        return FAIR_OK;
    }
    if (st != FAIR_OK) return st;
    if (s.fresh) t->n++;
    return fair_shelf_answer_remove(&t->p->shelf, code, name, err);
}

/* ---- who fetched what ---- */

/* Which package a file of a notice is a copy of; 0: of none. */
static fair_id
package_of(const struct taking *t, fair_str notice, fair_str file, struct fair_arena *a)
{
    struct fair_err no = { 0 };
    fair_id id = 0;
    fair_str text;
    json_t *o, *x;
    size_t i;

    if (fair_shelf_notice_get(&t->p->shelf, notice, a, &text, &no) != FAIR_OK) return 0;
    o = json_loadb(text.p, text.n, 0, NULL);
    json_array_foreach(json_object_get(o, "evidence"), i, x) {
        if (fair_str_eq(fair_member(x, "file"), file) && !fair_str_number(fair_member(x, "package"), INT64_MAX, &id)) id = 0;
    }
    json_decref(o);
    return id;
}

/* A line in the package's chain of custody, once for each download; by "the recipient", for more is not known. */
static fair_status
take_download(void *arg, const struct fair_shelf_download *x, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct taking *t = arg;
    struct fair_desk ours = t->h->desk;
    struct fair_notice n;
    fair_id org, package = package_of(t, x->notice, x->file, a);
    fair_time at = x->at > t->now || x->at <= 0 ? t->now : x->at;
    fair_status s = package != 0 ? fair_store_notice_by_code(t->h->store, x->notice, a, &org, &n, err) : FAIR_NOT_FOUND;

    if (s == FAIR_OK) {
        t->h->desk = (struct fair_desk){ ours.st, org, 0 };
        s = fair_package_custody_by(t->h, package, "exported", fair_str_fmt(a, "whoever holds the link of notice %.*s", FAIR_STR_ARG(x->notice)),
                                    FAIR_STR("fetched from the recipient's page"), x->once, at, err);
        t->h->desk = ours;
    }
    if (s != FAIR_OK && s != FAIR_NOT_FOUND) return s;
    return fair_shelf_download_remove(&t->p->shelf, x->notice, x->name, err);
}

fair_status
fair_portal_take(struct fair_house *h, fair_time now, int64_t *n, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_portal_home p;
    struct taking t = { .h = h, .p = &p, .now = now };
    fair_status s;

    *n = 0;
    FAIR_TRY(fair_house_vault(h, err));
    FAIR_TRY(fair_portal_home_open(h, a, &p, err));
    s = fair_shelf_answers(&p.shelf, a, take_one, &t, err);
    *n = t.n;
    if (s != FAIR_OK) return s;
    return fair_shelf_downloads(&p.shelf, a, take_download, &t, err);
}
