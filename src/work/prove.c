/* prove.c - the machine's part of proving ownership; people look at contracts, certificates and publications. */
#include "work/prove.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/io.h"
#include "base/log.h"
#include "store/package_rows.h"
#include "work/match.h"
#include "work/seal.h"

#define DOCUMENT_MAX ((size_t)512 << 20)
#define PROOF_MAX ((size_t)16 << 20)
#define RIVALS_MAX 64
#define BURST_S 120                   /* two shots of a burst are not further apart */
#define NEIGHBOURS 12
#define BATCH 200                     /* works asked for at once */

struct proving {
    struct fair_house *h;
    struct fair_work w;
    struct fair_arena *arena;
    struct fair_proving *out;
    struct fair_rights rights;        /* of the work's own file, as far as it is at hand */
    fair_id scenes[NEIGHBOURS]; size_t n_scenes;      /* other works that look like it */
};

/* ---- who else registered it ---------------------------------------------------------------------------------- */

/* Proofs of any organisation, decoded for one search; nothing of them but yes or no leaves it. */
struct others { struct fair_house *h; struct { fair_id work; struct fair_image *grey; } v[RIVALS_MAX]; size_t n; };

static fair_status
proof_of_any(void *self, fair_id work, const struct fair_image **out, struct fair_err *err)
{
    struct others *o = self;
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_decoded d = { 0 };
    struct fair_sha256 proof;
    fair_str jpeg;

    for (size_t i = 0; i < o->n; i++)
        if (o->v[i].work == work) {
            *out = o->v[i].grey;
            return FAIR_OK;
        }
    if (o->n == RIVALS_MAX) return fair_fail(err, FAIR_LIMIT, "over %d proofs", RIVALS_MAX);
    FAIR_TRY(fair_store_work_proof(o->h->store, work, &proof, err));
    FAIR_TRY(fair_vault_read(o->h->vault, &proof, PROOF_MAX, a, &jpeg, err));
    FAIR_TRY(fair_decoders_picture(o->h->decoders, jpeg, FAIR_WANT_GREY, a, &d, err));
    if (d.status != FAIR_OK) return fair_fail(err, FAIR_NOT_FOUND, "a proof cannot be read");
    o->v[o->n].work = work;
    o->v[o->n++].grey = d.grey;
    *out = d.grey;
    return FAIR_OK;
}

static fair_status
look_for_rivals(struct proving *p, struct fair_err *err)
{
    struct others o = { .h = p->h };
    struct fair_decoded d = { 0 };
    struct fair_matches m = { 0 };
    const struct fair_sha256 *key = fair_sha256_none(&p->w.preview) ? &p->w.proof : &p->w.preview;
    fair_id ids[RIVALS_MAX];
    size_t n = 0;
    fair_str jpeg;
    fair_status s;

    FAIR_TRY(fair_vault_read(p->h->vault, key, PROOF_MAX, p->arena, &jpeg, err));
    FAIR_TRY(fair_decoders_picture(p->h->decoders, jpeg, FAIR_WANT_QUERY | FAIR_WANT_GREY, p->arena, &d, err));
    if (d.status != FAIR_OK) return fair_fail(err, d.status, "work %lld: %s", (long long)p->w.id, d.words);
    {
        struct fair_query q = { .fp = &d.fp, .grey = d.grey, .org = 0, .proof = proof_of_any, .self = &o, .arena = p->arena };
        s = fair_index_search(p->h->index, &q, 0, &m, err);
    }
    fair_image_free(&d.grey);
    for (size_t i = 0; i < o.n; i++) fair_image_free(&o.v[i].grey);
    FAIR_TRY(s);
    for (size_t i = 0; i < m.n && n < RIVALS_MAX; i++)
        if (m.v[i].verdict == FAIR_MATCH && m.v[i].work != p->w.id) ids[n++] = m.v[i].work;
    for (size_t i = 0; i < m.n && p->n_scenes < NEIGHBOURS; i++)
        if (m.v[i].verdict != FAIR_NO_MATCH && m.v[i].work != p->w.id) p->scenes[p->n_scenes++] = m.v[i].work;
    p->out->rivals = (int64_t)n;
    return fair_store_rivals_found(&p->h->desk, p->w.id, ids, n, fair_now(), err);
}

/* ---- documents that are pictures ------------------------------------------------------------------------------ */

static fair_status
say(struct proving *p, fair_id proof, bool holds, fair_str statement, struct fair_err *err)
{
    const struct fair_desk machine = { p->h->store, p->h->desk.org, 0 };
    struct fair_checked c = { .subject = FAIR_STR("proof"), .subject_id = proof, .verdict = holds ? FAIR_STR("holds") : FAIR_STR("fails"),
                              .name = FAIR_STR("the matcher of this installation"), .statement = statement };

    p->out->checked++;
    p->out->holding += holds;
    return fair_store_check(&machine, &c, fair_now(), err);
}

/* How this picture is related to the work, by our own matcher. */
static fair_status
relate(struct proving *p, const struct fair_decoded *d, struct fair_match *out, struct fair_err *err)
{
    struct fair_matches m;

    *out = (struct fair_match){ .verdict = FAIR_NO_MATCH, .bits = 256 };
    FAIR_TRY(fair_house_match(p->h, &d->fp, d->grey, 0, p->arena, &m, err));
    for (size_t i = 0; i < m.n; i++)
        if (m.v[i].work == p->w.id) *out = m.v[i];
    return FAIR_OK;
}

static bool
seconds_apart(fair_str a, fair_str b, int64_t *s)
{
    fair_time x, y;
    char t[2][48];
    const fair_str both[2] = { a, b };

    for (int i = 0; i < 2; i++) {
        if (both[i].n < 19 || both[i].n > 30) return false;
        snprintf(t[i], sizeof t[i], "%.19sZ", both[i].p);          /* the camera's clock, wherever it stands */
    }
    if (!fair_time_parse(fair_str_of(t[0]), &x) || !fair_time_parse(fair_str_of(t[1]), &y)) return false;
    *s = (x > y ? x - y : y - x) / FAIR_SECOND;
    return true;
}

static bool
same_camera(const struct fair_rights *a, const struct fair_rights *b)
{
    return a->serial.n > 0 && fair_str_eq(a->serial, b->serial);
}

/* Another shot: the same camera, moments apart, not the very picture again.  *apart: seconds; -1: no two times to compare. */
static bool
is_burst(const struct proving *p, const struct fair_rights *theirs, const struct fair_match *m, int64_t *apart)
{
    *apart = -1;
    (void)seconds_apart(theirs->date, p->rights.date, apart);
    return (m->verdict == FAIR_SAME_SCENE || m->verdict == FAIR_POSSIBLE) && same_camera(theirs, &p->rights) && *apart >= 0 && *apart <= BURST_S;
}

static fair_status
picture_proof(struct proving *p, const struct fair_proof *x, struct fair_err *err)
{
    struct fair_decoded d = { 0 };
    struct fair_match m;
    struct fair_err why = { 0 };
    fair_str bytes, words;
    int64_t apart = -1;
    bool holds, kind_raw = fair_str_eq(x->kind, FAIR_STR("raw")), burst = fair_str_eq(x->kind, FAIR_STR("burst"));

    if (fair_vault_read(p->h->vault, &x->document, DOCUMENT_MAX, p->arena, &bytes, &why) != FAIR_OK)
        return say(p, x->id, false, fair_str_fmt(p->arena, "The file cannot be read: %s", why.text), err);
    FAIR_TRY(fair_decoders_picture(p->h->decoders, bytes, FAIR_WANT_QUERY | FAIR_WANT_GREY | FAIR_WANT_RIGHTS, p->arena, &d, err));
    if (d.status != FAIR_OK) return say(p, x->id, false, fair_str_fmt(p->arena, "It is no picture that can be read: %s", d.words), err);
    if (relate(p, &d, &m, err) != FAIR_OK) {
        fair_image_free(&d.grey);
        return err->status;
    }
    fair_image_free(&d.grey);
    words = fair_str_fmt(p->arena, "%s, %u x %u pixels; verdict %s, %u of 256 bits differ, %u parts agree%s%.*s%s", fair_decoded_format(&d.info), d.info.width, d.info.height,
                         fair_verdict_name(m.verdict), m.bits, m.agree, d.rights.serial.n > 0 ? "; camera serial " : "", FAIR_STR_ARG(d.rights.serial),
                         same_camera(&d.rights, &p->rights) ? ", as in the work's own file" : "");
    if (burst) {
        holds = is_burst(p, &d.rights, &m, &apart);
        words = fair_str_fmt(p->arena, "%.*s; %s", FAIR_STR_ARG(words), apart < 0 ? "no two times to compare" : fair_str_fmt(p->arena, "%lld s from the work", (long long)apart).p);
    } else if (kind_raw) {
        holds = m.verdict == FAIR_MATCH && m.covers > 0.7f && d.info.format == FAIR_FORMAT_RAW;
        if (d.info.format != FAIR_FORMAT_RAW) words = fair_str_fmt(p->arena, "%.*s; no camera's raw file", FAIR_STR_ARG(words));
    } else {
        uint64_t theirs = (uint64_t)d.info.width * d.info.height, ours = (uint64_t)p->w.width * (uint64_t)p->w.height;
        holds = m.verdict == FAIR_MATCH && m.covers > 0.9f && theirs > ours;
        if (theirs <= ours) words = fair_str_fmt(p->arena, "%.*s; not more pixels than the work's %lld x %lld", FAIR_STR_ARG(words), (long long)p->w.width, (long long)p->w.height);
    }
    return say(p, x->id, holds, words, err);
}

/* Does the chain hold a certificate that the settings trust?  Their file has a digest a line; what follows it is a remark. */
static fair_status
trusted(struct proving *p, fair_str said, bool *is, struct fair_err *err)
{
    const struct fair_config *c = &p->h->config;
    const char *at = said.n > 0 ? memmem(said.p, said.n, "chain=", 6) : NULL;
    fair_str list, line, chain = at != NULL ? (fair_str){ at + 6, (size_t)(said.p + said.n - at) - 6 } : FAIR_STR(""), one;

    *is = false;
    if (c->c2pa_trusted.n == 0) return FAIR_OK;
    if (fair_read_file(p->arena, fair_str_dup(p->arena, c->c2pa_trusted).p, 1 << 20, &list, err) != FAIR_OK) return fair_fail_in(err, "decode.c2pa_trusted");
    while (fair_str_split(&list, '\n', &line)) {
        fair_str rest = chain;
        line = fair_str_trim(line);
        if (line.n < 64 || (line.n > 64 && line.p[64] != ' ')) continue;
        while (rest.n > 0 && fair_str_split(&rest, ',', &one)) *is |= fair_str_eq_nocase(one, (fair_str){ line.p, 64 });
    }
    return FAIR_OK;
}

/* The content credentials of the work's own file, as the decode helper read them: signed and trusted is what shows something. */
static fair_status
credentials(struct proving *p, const struct fair_proof *x, struct fair_err *err)
{
    fair_str said = p->rights.c2pa;
    bool is = false;

    if (said.n == 0) return say(p, x->id, false, FAIR_STR("There are none in the file."), err);
    if (!fair_str_starts(said, FAIR_STR("signed"))) return say(p, x->id, false, said, err);
    FAIR_TRY(trusted(p, said, &is, err));
    return say(p, x->id, is, fair_str_fmt(p->arena, "%s: %.*s", is ? "valid" : "they hold, but the signer is nobody whom decode.c2pa_trusted names", FAIR_STR_ARG(said)), err);
}

struct listed { struct proving *p; struct fair_proof v[256]; size_t n; bool raw, credentials; struct fair_sha256 documents[256]; size_t n_documents; };

static fair_status
list_one(void *arg, const struct fair_proof *x, struct fair_err *err)
{
    struct listed *l = arg;

    (void)err;
    if (fair_sha256_eq(&x->document, &l->p->w.raw)) l->raw = true;
    if (fair_str_eq(x->kind, FAIR_STR("content_credentials"))) l->credentials = true;
    if (l->n_documents < sizeof l->documents / sizeof l->documents[0]) l->documents[l->n_documents++] = x->document;
    if (x->check.id != 0 || l->n == sizeof l->v / sizeof l->v[0]) return FAIR_OK;
    l->v[l->n] = *x;
    l->v[l->n].kind = fair_str_dup(l->p->arena, x->kind);
    l->n++;
    return FAIR_OK;
}

static fair_status
gather(struct proving *p, struct listed *l, struct fair_err *err)
{
    l->n = l->n_documents = 0;
    l->raw = fair_sha256_none(&p->w.raw);
    l->credentials = p->rights.c2pa.n == 0;
    return fair_store_proofs(&p->h->desk, p->w.id, list_one, l, err);
}

/* Works of the same owner whose file is another shot are put on record; the check below then looks at them as at any that is handed in. */
static fair_status
neighbours(struct proving *p, const struct listed *l, struct fair_err *err)
{
    if (p->rights.serial.n == 0 || p->rights.date.n == 0) return FAIR_OK;
    for (size_t i = 0; i < p->n_scenes; i++) {
        struct fair_proof x = { .work = p->w.id, .kind = FAIR_STR("burst") };
        struct fair_decoded d = { 0 };
        struct fair_work other;
        fair_str bytes;
        int64_t apart;
        bool known = false;
        struct fair_match m;
        fair_status s = fair_store_work_get(&p->h->desk, p->scenes[i], p->arena, &other, NULL);
        /* Another organisation's is nobody's here; one that is not kept cannot be shown to anybody later. */
        if (s != FAIR_OK || other.owner != p->w.owner || other.referenced || fair_house_original(p->h, &other, p->arena, &bytes, NULL) != FAIR_OK) continue;
        for (size_t k = 0; k < l->n_documents; k++) known |= fair_sha256_eq(&l->documents[k], &other.sha256);
        if (known) continue;
        FAIR_TRY(fair_decoders_picture(p->h->decoders, bytes, FAIR_WANT_QUERY | FAIR_WANT_GREY | FAIR_WANT_RIGHTS, p->arena, &d, err));
        if (d.status != FAIR_OK) continue;
        s = relate(p, &d, &m, err);
        fair_image_free(&d.grey);
        FAIR_TRY(s);
        if (!is_burst(p, &d.rights, &m, &apart)) continue;
        x.document = other.sha256;
        x.name = fair_str_fmt(p->arena, "work %lld, another shot", (long long)other.id);
        FAIR_TRY(fair_store_proof_add(&p->h->desk, &x, err));
    }
    return FAIR_OK;
}

fair_status
fair_house_prove(struct fair_house *h, fair_id work, struct fair_proving *out, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct proving p = { .h = h, .arena = a, .out = out };
    struct listed *l = FAIR_NEW(a, struct listed);
    struct fair_decoded d = { 0 };
    fair_str bytes;

    *out = (struct fair_proving){ 0 };
    l->p = &p;
    FAIR_TRY(fair_store_work_get(&h->desk, work, a, &p.w, err));
    FAIR_TRY(fair_house_vault(h, err));
    FAIR_TRY(fair_house_index(h, err));
    FAIR_TRY(fair_house_decoders(h, err));
    FAIR_TRY(look_for_rivals(&p, err));
    p.rights.date = p.w.date;
    if (fair_house_original(h, &p.w, a, &bytes, NULL) == FAIR_OK) {
        FAIR_TRY(fair_decoders_picture(h->decoders, bytes, FAIR_WANT_RIGHTS | FAIR_WANT_INFO, a, &d, err));
        if (d.status == FAIR_OK) p.rights = d.rights;
    }
    FAIR_TRY(gather(&p, l, err));
    if (!l->raw) {
        struct fair_proof x = { .work = work, .kind = FAIR_STR("raw"), .document = p.w.raw, .name = p.w.raw_path.n > 0 ? p.w.raw_path : FAIR_STR("the raw file beside it") };
        FAIR_TRY(fair_store_proof_add(&h->desk, &x, err));
    }
    if (!l->credentials && !p.w.referenced) {
        struct fair_proof x = { .work = work, .kind = FAIR_STR("content_credentials"), .document = p.w.sha256, .name = FAIR_STR("the content credentials in the work's own file") };
        FAIR_TRY(fair_store_proof_add(&h->desk, &x, err));
    }
    FAIR_TRY(neighbours(&p, l, err));
    FAIR_TRY(gather(&p, l, err));
    for (size_t i = 0; i < l->n; i++) {
        fair_str kind = l->v[i].kind;
        if (fair_str_eq(kind, FAIR_STR("raw")) || fair_str_eq(kind, FAIR_STR("full_resolution")) || fair_str_eq(kind, FAIR_STR("burst"))) FAIR_TRY(picture_proof(&p, &l->v[i], err));
        else if (fair_str_eq(kind, FAIR_STR("content_credentials"))) FAIR_TRY(credentials(&p, &l->v[i], err));
    }
    return FAIR_OK;
}

/* ---- all that were registered ---------------------------------------------------------------------------------- */

fair_status
fair_prove_ask(const struct fair_desk *d, struct fair_err *err)
{
    return fair_store_job_ask(d, "prove", FAIR_STR("prove"), FAIR_STR("{}"), 0, err);
}

static fair_status
unproven(void *arg, const struct fair_deposit *x, struct fair_err *err)
{
    fair_id *id = arg;

    (void)err;
    if (fair_str_eq(x->state, FAIR_STR("stamped")) && x->proven == 0 && *id == 0) *id = x->id;
    return FAIR_OK;
}

fair_status
fair_house_prove_rest(struct fair_house *h, fair_id *after, bool (*stopped)(void *arg), void *arg, struct fair_err *err)
{
    fair_id works[BATCH], deposit = 0;
    size_t n = BATCH;

    /* Of a version that did not check them, or checked with other roots. */
    FAIR_TRY(fair_store_deposits(&h->desk, unproven, &deposit, err));
    if (deposit != 0) FAIR_TRY(fair_deposit_prove(h, deposit, err));
    while (n == BATCH) {
        FAIR_TRY(fair_store_unlooked(&h->desk, *after, works, BATCH, &n, err));
        for (size_t i = 0; i < n; i++) {
            struct fair_proving done;
            struct fair_err why = { 0 };
            fair_status s;
            if (stopped != NULL && stopped(arg)) return fair_fail(err, FAIR_AGAIN, "stopped");
            *after = works[i];
            s = fair_house_prove(h, works[i], &done, &why);
            /* It stays a work for which nobody has looked, and is looked at the next time. */
            if (s != FAIR_OK && s != FAIR_NOT_FOUND) fair_log(FAIR_LOG_WARN, "prove.failed work=%lld why=\"%s\"", (long long)works[i], why.text);
        }
    }
    return FAIR_OK;
}

fair_status
fair_registered(struct fair_house *h, int64_t *waiting, fair_id *deposit, struct fair_err *err)
{
    struct fair_deposit x = { 0 };
    struct fair_err why = { 0 };
    fair_status s = h->config.stamp_servers.n > 0 ? fair_deposit_make(h, &x, &why) : FAIR_NOT_FOUND;

    if (s != FAIR_OK && s != FAIR_NOT_FOUND) return fair_fail(err, s, "%s", why.text);
    *waiting = s == FAIR_OK ? x.works : 0;
    *deposit = s == FAIR_OK ? x.id : 0;
    return fair_prove_ask(&h->desk, err);
}
