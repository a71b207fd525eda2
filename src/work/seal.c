/* work/seal.c - packages and deposits from beginning to end. */
#include "work/seal.h"
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include "base/clock.h"
#include "base/log.h"
#include "evidence/custody.h"
#include "evidence/deposit.h"
#include "evidence/overlay.h"
#include "evidence/seal.h"
#include "store/owner_rows.h"
#include "work/notary.h"
#include "work/stamp_ask.h"
#include "work/upgrade.h"

#define WANTED 2                  /* time stamps of so many services, where so many are set */
#define ENOUGH FAIR_DAY           /* after this one will do */
#define PACKAGE_MAX ((size_t)2 << 30)
#define NUMBER_TRIES 8
#define LIFTED 200                /* levels computed in one transaction */

/* ---- custody ---- */

struct line { struct fair_custody c; };

static fair_str
make_line(void *arg, int64_t n, const struct fair_sha256 *previous, struct fair_arena *a)
{
    struct line *l = arg;

    l->c.n = n;
    l->c.previous = *previous;
    return fair_custody_line(a, &l->c);
}

static fair_str
who(struct fair_house *h, struct fair_arena *a)
{
    struct fair_user u;

    if (h->desk.user == 0 || fair_store_user_get(&h->desk, h->desk.user, a, &u, NULL) != FAIR_OK) return FAIR_STR("fairtrack");
    return u.email;
}

fair_status
fair_package_custody(struct fair_house *h, fair_id package, const char *what, fair_str detail, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_time now = fair_now();
    struct line l = { { .at = now - now % FAIR_SECOND, .what = fair_str_of(what), .who = who(h, a), .detail = detail.p != NULL ? detail : FAIR_STR(""), .package = package } };

    return fair_store_custody_add(&h->desk, package, l.c.what, l.c.at, make_line, &l, err);
}

struct looking { fair_str once; bool found; };

static fair_status
look_for(void *arg, const struct fair_custody_row *r, __attribute__((unused)) struct fair_err *err)
{
    struct looking *l = arg;

    l->found |= memmem(r->line.p, r->line.n, l->once.p, l->once.n) != NULL;
    return FAIR_OK;
}

fair_status
fair_package_custody_by(struct fair_house *h, fair_id package, const char *what, fair_str by, fair_str detail, fair_str once, fair_time at, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_str words = fair_str_fmt(a, "%.*s (%.*s)", FAIR_STR_ARG(detail), FAIR_STR_ARG(once));
    struct line l = { { .at = at - at % FAIR_SECOND, .what = fair_str_of(what), .who = by, .detail = words, .package = package } };
    struct looking look = { once, false };

    FAIR_TRY(fair_store_custody(&h->desk, package, 1, look_for, &look, err));
    return look.found ? FAIR_OK : fair_store_custody_add(&h->desk, package, l.c.what, l.c.at, make_line, &l, err);
}

/* ---- handed over ---- */

struct laying { struct fair_house *h; struct fair_package *row; struct line *line; };

static fair_status
lay_down(const struct fair_desk *d, void *arg, struct fair_err *err)
{
    struct laying *l = arg;
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_str once = fair_str_fmt(a, "seal %lld", (long long)l->row->id), args = fair_str_fmt(a, "{\"package\": %lld}", (long long)l->row->id);

    FAIR_TRY(fair_store_package_drafted(d, l->row, err));
    FAIR_TRY(fair_store_custody_add(d, l->row->id, l->line->c.what, l->line->c.at, make_line, l->line, err));
    return fair_store_job_ask(d, "seal", once, args, 0, err);
}

/* The package with the number after the last one. */
static fair_status
draft(struct fair_house *h, const struct fair_handover *o, struct fair_package *row, struct line *first, struct fair_arena *a, struct fair_err *err)
{
    struct fair_package_draft d = { .facts = o->facts, .warc = o->warc, .cdxj = o->cdxj, .files = o->files, .n_files = o->n_files, .id = row->id, .number = 1,
                                    .created = fair_now() - fair_now() % FAIR_SECOND };
    struct fair_package_members members;
    struct fair_notary_signature sig;
    struct fair_seal_key *keys;
    struct fair_package last;
    fair_str line, file;
    size_t n_keys;
    fair_status s = fair_store_package_last(&h->desk, a, &last, err);

    if (s != FAIR_OK && s != FAIR_NOT_FOUND) return s;
    if (s == FAIR_OK) {
        d.number = last.number + 1;
        d.previous = last.datapackage;
    }
    FAIR_TRY(fair_notary_keys(h, a, &keys, &n_keys, err));
    d.key = keys[n_keys - 1].key;
    line = make_line(first, 1, &(struct fair_sha256){ { 0 } }, a);
    d.custody = &line;
    d.n_custody = 1;
    FAIR_TRY(fair_package_members(&d, a, &members, &row->datapackage, err));
    FAIR_TRY(fair_notary_sign(h, fair_str_fmt(a, "sha256:%.*s", FAIR_STR_ARG(fair_hex(a, row->datapackage.b, 32))), a, &sig, err));
    if (!fair_str_eq(sig.key, d.key)) return fair_fail(err, FAIR_AGAIN, "the key was changed meanwhile");
    FAIR_TRY(fair_package_write(&members, (fair_str){ NULL, 0 }, a, &file, err));
    FAIR_TRY(fair_house_vault(h, err));
    FAIR_TRY(fair_vault_put(h->vault, file, &row->draft, err));
    row->bytes = (int64_t)file.n;
    row->number = d.number;
    row->previous = d.previous;
    row->made = d.created;
    row->software = o->facts->software;
    row->signature = sig.raw;
    row->der = sig.der;
    row->key = sig.key;
    return FAIR_OK;
}

struct fair_overlay_side
fair_overlay_side_of(const struct fair_image *grey, uint32_t width, uint32_t height)
{
    return (struct fair_overlay_side){ grey->width, grey->height, grey->stride, grey->data, (double)grey->width / width, (double)grey->height / height };
}

/* match/overlay.png from the two pictures and the map, where the capture gave none: drawn from what the confined helpers made of them. */
static void
add_overlay(struct fair_house *h, const struct fair_handover *o, struct fair_arena *a, struct fair_handover *with)
{
    const struct fair_capture_match *m = &o->facts->match;
    struct fair_package_file *files = fair_alloc_array(a, o->n_files + 1, sizeof *files);
    struct fair_decoded d[2] = { { 0 } };
    struct fair_overlay_side side[2];
    fair_str bytes[2] = { { NULL, 0 }, { NULL, 0 } }, png;
    struct fair_err err = { 0 };
    bool good = m->have && m->has_map;

    *with = *o;
    for (size_t i = 0; i < o->n_files; i++) {
        files[i] = o->files[i];
        if (fair_str_starts(files[i].name, FAIR_STR("match/found."))) bytes[0] = files[i].bytes;
        if (fair_str_starts(files[i].name, FAIR_STR("match/work."))) bytes[1] = files[i].bytes;
        if (fair_str_eq(files[i].name, FAIR_STR("match/overlay.png"))) good = false;
    }
    for (int i = 0; good && i < 2; i++) {
        good = bytes[i].p != NULL && fair_house_decoders(h, &err) == FAIR_OK &&
               fair_decoders_picture(h->decoders, bytes[i], FAIR_WANT_INFO | FAIR_WANT_COLOUR, a, &d[i], &err) == FAIR_OK && d[i].status == FAIR_OK && d[i].colour != NULL &&
               d[i].info.width > 0 && d[i].info.height > 0;
        if (good) side[i] = fair_overlay_side_of(d[i].grey = fair_image_luma(d[i].colour), d[i].info.width, d[i].info.height);
    }
    if (good && fair_overlay_png(&side[0], &side[1], m->map, a, &png, &err) == FAIR_OK) {
        files[o->n_files] = (struct fair_package_file){ FAIR_STR("match/overlay.png"), png };
        with->files = files;
        with->n_files++;
    } else if (good) {
        fair_log(FAIR_LOG_WARN, "package.overlay why=\"%s\"", err.text);
    }
    for (int i = 0; i < 2; i++) {
        fair_image_free(&d[i].grey);
        fair_image_free(&d[i].colour);
    }
}

fair_status
fair_package_hand_over(struct fair_house *h, const struct fair_handover *o, fair_id *package, struct fair_err *err)
{
    const struct fair_capture_facts *f = o->facts;
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_package row = { .id = f->capture != 0 ? f->capture : fair_id_new(), .hit = f->hit, .work = f->work, .url = f->final_url.n > 0 ? f->final_url : f->url,
                                .title = f->title, .captured = f->started };
    fair_time at = f->ended != 0 ? f->ended : fair_now();
    struct line first = { { .at = at - at % FAIR_SECOND, .what = FAIR_STR("captured"), .who = f->who.n > 0 ? f->who : who(h, a), .detail = FAIR_STR(""), .package = row.id } };
    struct laying l = { h, &row, &first };
    struct fair_handover with;
    fair_status s = FAIR_CONFLICT;

    add_overlay(h, o, a, &with);

    for (int i = 0; i < NUMBER_TRIES && (s == FAIR_CONFLICT || s == FAIR_AGAIN); i++) {
        struct fair_sha256 was = row.draft;
        s = draft(h, &with, &row, &first, a, err);
        if (s == FAIR_OK) s = fair_store_do(&h->desk, lay_down, &l, err);
        /* The draft with a number that another one got is nobody's. */
        if (!fair_sha256_none(&was) && !fair_sha256_eq(&was, &row.draft)) (void)!fair_vault_drop(h->vault, &was, NULL);
    }
    if (s != FAIR_OK) {
        (void)fair_fail_in(err, "package %lld", (long long)row.id);
        return s;
    }
    *package = row.id;
    return FAIR_OK;
}

/* ---- time stamps ---- */

struct stamps { struct fair_arena *a; struct fair_seal_stamp *v; size_t n, room; };

static fair_status
gather(void *arg, const struct fair_stamp_row *r, __attribute__((unused)) struct fair_err *err)
{
    struct stamps *s = arg;

    if (s->n == s->room) {
        struct fair_seal_stamp *more = fair_alloc_array(s->a, s->room * 2 + 4, sizeof *more);
        if (s->n > 0) memcpy(more, s->v, s->n * sizeof *more);
        s->v = more;
        s->room = s->room * 2 + 4;
    }
    s->v[s->n++] = (struct fair_seal_stamp){ fair_str_dup(s->a, r->server), fair_str_dup(s->a, r->reply) };
    return FAIR_OK;
}

static bool
has(const struct stamps *s, fair_str server)
{
    for (size_t i = 0; i < s->n; i++)
        if (fair_str_eq(s->v[i].server, server)) return true;
    return false;
}

/* Ask every service of the settings that has not answered yet; `why` says what is missing.  *enough: it can be closed. */
static fair_status
ask_all(struct fair_house *h, const struct fair_sha256 *digest, fair_id of, fair_time since, bool deposit, struct stamps *have, bool *enough, fair_str *why, struct fair_err *err)
{
    fair_str rest = h->config.stamp_servers, server;
    struct fair_buf b = FAIR_BUF(have->a, 8192);
    size_t set = 0;

    *enough = false;
    FAIR_TRY(deposit ? fair_store_deposit_stamps(&h->desk, of, gather, have, err) : fair_store_package_stamps(&h->desk, of, gather, have, err));
    while (fair_next_address(&rest, &server)) {
        struct fair_stamp_row r = { .of = of, .server = server };
        struct fair_err no = { 0 };
        set++;
        if (has(have, server)) continue;
        if (fair_stamp_ask(h, server, digest, have->a, &r.reply, &r.at, &no) != FAIR_OK) {
            fair_buf_fmt(&b, "%s%s", b.n > 0 ? "; " : "", no.text);
            continue;
        }
        FAIR_TRY(deposit ? fair_store_deposit_stamp(&h->desk, &r, err) : fair_store_package_stamp(&h->desk, &r, err));
        FAIR_TRY(gather(have, &r, err));
    }
    if (set == 0 && !h->config.own_clock) fair_buf_c(&b, "no time-stamp service is set: evidence.stamp_servers (or evidence.timestamp = own)");
    *enough = have->n >= (set < WANTED ? set : WANTED) || (have->n > 0 && fair_now() - since > ENOUGH);
    if (set == 0) *enough = h->config.own_clock;
    *why = b.p != NULL ? (fair_str){ b.p, b.n } : FAIR_STR("");
    return FAIR_OK;
}

/* Again later, a little later each time, an hour at most. */
static fair_status
again(struct fair_house *h, const char *kind, const char *member, fair_id id, int64_t tries, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_time pause = FAIR_MINUTE << (tries < 6 ? tries : 6);

    if (pause > FAIR_HOUR) pause = FAIR_HOUR;
    return fair_store_job_ask(&h->desk, kind, fair_str_fmt(a, "%s %lld try %lld", kind, (long long)id, (long long)tries + 1),
                              fair_str_fmt(a, "{\"%s\": %lld}", member, (long long)id), fair_now() + pause, err);
}

fair_status
fair_package_seal(struct fair_house *h, fair_id package, bool *waits, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct stamps have = { .a = a };
    struct fair_package p;
    struct fair_sha256 digest;
    struct fair_err no = { 0 };
    fair_str why, ots = { NULL, 0 };
    bool enough;

    *waits = false;
    FAIR_TRY(fair_store_package_get(&h->desk, package, a, &p, err));
    if (fair_str_eq(p.state, FAIR_STR("sealed"))) return FAIR_OK;
    if (!fair_str_eq(p.state, FAIR_STR("sealing"))) return fair_fail(err, FAIR_INVALID, "package %lld is %.*s", (long long)package, FAIR_STR_ARG(p.state));
    digest = fair_seal_stamped(a, p.signature);
    FAIR_TRY(ask_all(h, &digest, package, p.made, false, &have, &enough, &why, err));
    if (!enough) {
        *waits = true;
        FAIR_TRY(fair_store_package_waits(&h->desk, package, why, err));
        fair_log(FAIR_LOG_WARN, "seal.waits package=%lld try=%lld why=\"%.*s\"", (long long)package, (long long)p.tries + 1, FAIR_STR_ARG(why));
        return again(h, "seal", "package", package, p.tries, err);
    }
    if (h->config.calendars.n > 0 && fair_calendars_ask(h, &p.datapackage, a, &ots, &no) != FAIR_OK) fair_log(FAIR_LOG_WARN, "seal.calendar why=\"%s\"", no.text);
    FAIR_TRY(fair_package_custody(h, package, "sealed", fair_str_fmt(a, "%zu time stamps", have.n), err));
    FAIR_TRY(fair_store_package_sealed(&h->desk, package, ots, fair_now(), err));
    return ots.n > 0 ? fair_upgrade_later(&h->desk, FAIR_UPGRADE_PACKAGE, package, 0, err) : FAIR_OK;
}

/* ---- exported ---- */

struct lines { struct fair_arena *a; fair_str *v; size_t n, room; };

static fair_status
gather_line(void *arg, const struct fair_custody_row *r, __attribute__((unused)) struct fair_err *err)
{
    struct lines *l = arg;

    if (l->n == l->room) {
        fair_str *more = fair_alloc_array(l->a, l->room * 2 + 16, sizeof *more);
        if (l->n > 0) memcpy(more, l->v, l->n * sizeof *more);
        l->v = more;
        l->room = l->room * 2 + 16;
    }
    l->v[l->n++] = fair_str_dup(l->a, r->line);
    return FAIR_OK;
}

static fair_status
draft_of(struct fair_house *h, const struct fair_package *p, struct fair_arena *a, struct fair_package_members *out, struct fair_err *err)
{
    fair_str file, digest;

    if (fair_sha256_none(&p->draft)) return fair_fail(err, FAIR_AGAIN, "package %lld is %.*s", (long long)p->id, FAIR_STR_ARG(p->state));
    FAIR_TRY(fair_house_vault(h, err));
    if (fair_vault_read(h->vault, &p->draft, PACKAGE_MAX, a, &file, err) != FAIR_OK) return fair_fail_in(err, "package %lld", (long long)p->id);
    return fair_package_read(file, a, out, &digest, err);
}

fair_status
fair_package_open(struct fair_house *h, fair_id package, struct fair_arena *a, struct fair_package_members *out, struct fair_err *err)
{
    struct fair_package p;

    FAIR_TRY(fair_store_package_get(&h->desk, package, a, &p, err));
    return draft_of(h, &p, a, out, err);
}

/* How many lines of custody the draft itself holds. */
static int64_t
lines_in(const struct fair_package_members *m)
{
    int64_t n = 0;

    for (size_t i = 0; i < m->n; i++)
        if (fair_str_eq(m->p[i].name, FAIR_STR("custody/custody.jsonl")))
            for (size_t k = 0; k < m->p[i].bytes.n; k++) n += m->p[i].bytes.p[k] == '\n';
    return n;
}

/* The whole file as it would be handed out now; `what`: with that line of custody; NULL: nobody gets it in hands. */
static fair_status
whole(struct fair_house *h, fair_id package, const char *what, fair_str detail, struct fair_arena *a, fair_str *file, struct fair_err *err)
{
    struct stamps have = { .a = a };
    struct lines lines = { .a = a };
    struct fair_package_members members;
    struct fair_notary_signature closing;
    struct fair_seal_key *keys;
    struct fair_package p;
    struct fair_seal s;
    fair_str text, line, digest;

    FAIR_TRY(fair_store_package_get(&h->desk, package, a, &p, err));
    if (!fair_str_eq(p.state, FAIR_STR("sealed")))
        return fair_fail(err, FAIR_AGAIN, "package %lld is not sealed yet: %.*s", (long long)package, FAIR_STR_ARG(p.error.n > 0 ? p.error : p.state));
    FAIR_TRY(draft_of(h, &p, a, &members, err));
    FAIR_TRY(fair_store_package_stamps(&h->desk, package, gather, &have, err));
    if (what != NULL) FAIR_TRY(fair_package_custody(h, package, what, detail, err));
    FAIR_TRY(fair_store_custody(&h->desk, package, lines_in(&members) + 1, gather_line, &lines, err));
    s = (struct fair_seal){ .datapackage = p.datapackage, .created = p.made, .software = p.software, .signature = p.signature, .der = p.der, .key = p.key,
                            .stamps = have.v, .n_stamps = have.n, .ots = p.ots, .custody = lines.v, .n_custody = lines.n, .closed = fair_now() };
    FAIR_TRY(fair_notary_keys(h, a, &keys, &s.n_keys, err));
    s.keys = keys;
    s.closing_key = keys[s.n_keys - 1].key;
    FAIR_TRY(fair_seal_text(&s, a, &text, &line, err));
    FAIR_TRY(fair_notary_sign(h, line, a, &closing, err));
    if (!fair_str_eq(closing.key, s.closing_key)) return fair_fail(err, FAIR_AGAIN, "the key was changed meanwhile");
    FAIR_TRY(fair_seal_close(text, closing.raw, closing.der, a, &digest, err));
    return fair_package_write(&members, digest, a, file, err);
}

fair_status
fair_package_export(struct fair_house *h, fair_id package, const char *what, fair_str detail, struct fair_arena *a, fair_str *file, struct fair_err *err)
{
    return whole(h, package, what, detail, a, file, err);
}

fair_status
fair_package_whole(struct fair_house *h, fair_id package, struct fair_arena *a, fair_str *file, struct fair_err *err)
{
    return whole(h, package, NULL, (fair_str){ NULL, 0 }, a, file, err);
}

/* ---- deposits ---- */

struct depositing { struct fair_deposit *x; const struct fair_deposit_leaf *leaves; size_t n; };

static fair_status
lay_deposit(const struct fair_desk *d, void *arg, struct fair_err *err)
{
    struct depositing *l = arg;
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();

    l->x->id = 0;
    FAIR_TRY(fair_store_deposit_add(d, l->x, l->leaves, l->n, err));
    return fair_store_job_ask(d, "deposit", fair_str_fmt(a, "deposit %lld", (long long)l->x->id), fair_str_fmt(a, "{\"deposit\": %lld}", (long long)l->x->id), 0, err);
}

static struct fair_sha256 *
digests(struct fair_arena *a, const struct fair_deposit_leaf *leaves, size_t n)
{
    struct fair_sha256 *d = fair_alloc_array(a, n + 1, sizeof *d);

    for (size_t i = 0; i < n; i++) d[i] = leaves[i].sha256;
    return d;
}

fair_status
fair_deposit_make(struct fair_house *h, struct fair_deposit *out, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_deposit_leaf *leaves;
    struct depositing l = { .x = out };

    *out = (struct fair_deposit){ 0 };
    FAIR_TRY(fair_store_undeposited(&h->desk, a, &leaves, &l.n, err));
    if (l.n == 0) return fair_fail(err, FAIR_NOT_FOUND, "every work stands in a deposit already");
    l.leaves = leaves;
    out->root = fair_merkle_root(digests(a, leaves, l.n), l.n);
    return fair_store_do(&h->desk, lay_deposit, &l, err);
}

fair_status
fair_deposit_seal(struct fair_house *h, fair_id deposit, bool *waits, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct stamps have = { .a = a };
    struct fair_deposit x;
    struct fair_sha256 digest;
    struct fair_err no = { 0 };
    fair_str why, ots = { NULL, 0 };
    bool enough;

    *waits = false;
    FAIR_TRY(fair_store_deposit_get(&h->desk, deposit, a, &x, err));
    if (fair_str_eq(x.state, FAIR_STR("stamped"))) return x.proven == 0 ? fair_deposit_prove(h, deposit, err) : FAIR_OK;
    digest = fair_deposit_stamped(a, &x.root, (size_t)x.works);
    FAIR_TRY(ask_all(h, &digest, deposit, x.made, true, &have, &enough, &why, err));
    if (have.n == 0) enough = false;          /* the operator's own word is no deposit */
    if (!enough) {
        *waits = true;
        if (why.n == 0) why = FAIR_STR("a deposit needs a time-stamp service: evidence.stamp_servers");
        FAIR_TRY(fair_store_deposit_waits(&h->desk, deposit, why, err));
        return again(h, "deposit", "deposit", deposit, x.tries, err);
    }
    if (h->config.calendars.n > 0 && fair_calendars_ask(h, &digest, a, &ots, &no) != FAIR_OK) fair_log(FAIR_LOG_WARN, "deposit.calendar why=\"%s\"", no.text);
    FAIR_TRY(fair_store_deposit_stamped(&h->desk, deposit, ots, fair_now(), err));
    if (ots.n > 0) FAIR_TRY(fair_upgrade_later(&h->desk, FAIR_UPGRADE_DEPOSIT, deposit, 0, err));
    return fair_deposit_prove(h, deposit, err);
}

/* The earliest time stamp whose chain ends at a root that we trust. */
struct earliest { struct fair_arena *a; const struct fair_trust *trust; struct fair_sha256 digest; fair_time at; };

static fair_status
look_at_stamp(void *arg, const struct fair_stamp_row *r, __attribute__((unused)) struct fair_err *err)
{
    struct earliest *e = arg;
    struct fair_stamp s;

    if (fair_stamp_check(r->reply, (fair_str){ (const char *)e->digest.b, 32 }, NULL, e->trust, e->a, &s, NULL) == FAIR_OK && (e->at == 0 || s.at < e->at)) e->at = s.at;
    return FAIR_OK;
}

/* So many works' levels in one transaction: others want to write too. */
struct lifting { const struct fair_deposit_leaf *v; size_t n; };

static fair_status
lift(const struct fair_desk *d, void *arg, struct fair_err *err)
{
    struct lifting *l = arg;

    for (size_t i = 0; i < l->n; i++) {
        fair_status s = fair_store_owned_again(d, l->v[i].work, fair_now(), err);
        if (s != FAIR_OK && s != FAIR_NOT_FOUND) return s;         /* removed meanwhile */
    }
    return FAIR_OK;
}

fair_status
fair_deposit_prove(struct fair_house *h, fair_id deposit, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(trust) struct fair_trust *t = fair_trust_new();
    struct earliest e = { .a = a, .trust = t };
    struct fair_deposit_leaf *leaves;
    struct fair_sha256 root;
    struct fair_deposit x;
    size_t n;

    FAIR_TRY(fair_store_deposit_get(&h->desk, deposit, a, &x, err));
    FAIR_TRY(fair_store_deposit_leaves(&h->desk, deposit, a, &leaves, &n, err));
    root = fair_merkle_root(digests(a, leaves, n), n);
    if (n != (size_t)x.works || !fair_sha256_eq(&root, &x.root)) return fair_fail(err, FAIR_CORRUPT, "deposit %lld: its works do not give its root", (long long)deposit);
    e.digest = fair_deposit_stamped(a, &x.root, n);
    FAIR_TRY(fair_stamp_roots(h, a, t, err));
    FAIR_TRY(fair_store_deposit_stamps(&h->desk, deposit, look_at_stamp, &e, err));
    if (e.at == 0) {
        fair_log(FAIR_LOG_WARN, "deposit.unproven deposit=%lld why=\"no time stamp of a service that is trusted\"", (long long)deposit);
        return FAIR_OK;
    }
    FAIR_TRY(fair_store_deposit_proven(&h->desk, deposit, e.at, err));
    for (size_t i = 0; i < n; i += LIFTED) {
        struct lifting l = { leaves + i, n - i < LIFTED ? n - i : LIFTED };
        FAIR_TRY(fair_store_do(&h->desk, lift, &l, err));
    }
    return FAIR_OK;
}

fair_status
fair_deposit_proof_of(struct fair_house *h, fair_id work, struct fair_arena *a, fair_str *file, struct fair_err *err)
{
    struct stamps have = { .a = a };
    struct fair_deposit_leaf *leaves;
    struct fair_deposit_proof p = { .work = work };
    struct fair_deposit x;
    struct fair_work w;
    int64_t place;
    size_t n;

    FAIR_TRY(fair_store_work_get(&h->desk, work, a, &w, err));
    FAIR_TRY(fair_store_deposit_of(&h->desk, work, &p.deposit, &place, err));
    FAIR_TRY(fair_store_deposit_get(&h->desk, p.deposit, a, &x, err));
    FAIR_TRY(fair_store_deposit_stamps(&h->desk, p.deposit, gather, &have, err));
    if (have.n == 0) return fair_fail(err, FAIR_AGAIN, "deposit %lld has no time stamp yet: %.*s", (long long)p.deposit, FAIR_STR_ARG(x.error));
    FAIR_TRY(fair_store_deposit_leaves(&h->desk, p.deposit, a, &leaves, &n, err));
    if (place < 0 || (size_t)place >= n) return fair_fail(err, FAIR_CORRUPT, "deposit %lld has %zu works, and work %lld stands at %lld", (long long)p.deposit, n, (long long)work, (long long)place);
    p.title = w.title;
    p.path = w.path;
    p.sha256 = leaves[place].sha256;
    p.registered = w.added;
    p.made = x.made;
    p.at = (size_t)place;
    p.n = n;
    p.root = x.root;
    p.n_proof = fair_merkle_proof(digests(a, leaves, n), n, (size_t)place, p.proof);
    p.stamps = have.v;
    p.n_stamps = have.n;
    p.ots = x.ots;
    return fair_deposit_write(&p, a, file, err);
}

/* ---- jobs ---- */

static fair_status
run_job(struct fair_house *h, const struct fair_job *job, const char *member, fair_status (*seal)(struct fair_house *, fair_id, bool *, struct fair_err *), struct fair_err *err)
{
    json_t *args = json_loadb(job->args.p, job->args.n, 0, NULL);
    fair_id id = json_integer_value(json_object_get(args, member));
    bool waits;

    json_decref(args);
    if (id == 0) return fair_fail(err, FAIR_CORRUPT, "job %lld names no %s", (long long)job->id, member);
    return seal(h, id, &waits, err);
}

fair_status
fair_job_seal(struct fair_house *h, const struct fair_job *job, __attribute__((unused)) struct fair_arena *a, struct fair_err *err)
{
    return run_job(h, job, "package", fair_package_seal, err);
}

fair_status
fair_job_deposit(struct fair_house *h, const struct fair_job *job, __attribute__((unused)) struct fair_arena *a, struct fair_err *err)
{
    return run_job(h, job, "deposit", fair_deposit_seal, err);
}
