/* scan_look.c - a picture's way from its bytes to a verdict: known by its hash, or decoded, matched, and seen by a person later. */
#include <stdio.h>
#include <string.h>
#include "base/clock.h"
#include "work/scan_private.h"

#define PREVIEW_MAX (16u << 20)
/* The matcher names every pair it kept, however weak; a person is asked to look from one in five on. */
#define WORTH_A_LOOK 0.2f

struct fair_subject *
fair_subject_new(struct fair_scan *s)
{
    return FAIR_NEW(s->arena, struct fair_subject);
}

struct fair_use *
fair_use_new(struct fair_scan *s, struct fair_subject *x)
{
    struct fair_use *u = FAIR_NEW(s->arena, struct fair_use);

    u->offset = u->length = -1;
    u->next = x->uses;
    x->uses = u;
    return u;
}

static struct fair_outcome *
outcome_of(struct fair_scan *s, const struct fair_sha256 *sha)
{
    struct fair_outcome **at = &s->outcomes[(sha->b[0] | sha->b[1] << 8) % FAIR_SCAN_BUCKETS], *o;

    for (o = *at; o != NULL; o = o->next)
        if (fair_sha256_eq(&o->sha256, sha)) return o;
    o = FAIR_NEW(s->arena, struct fair_outcome);
    o->sha256 = *sha;
    o->next = *at;
    *at = o;
    return o;
}

fair_status
fair_subject_report(struct fair_scan *s, struct fair_subject *x, struct fair_err *err)
{
    bool fault = x->state == FAIR_SUBJECT_SETTLED && x->outcome->fault.p != NULL;

    while (x->uses != NULL) {
        struct fair_use *u = x->uses;
        x->uses = u->next;
        if (x->state == FAIR_SUBJECT_SETTLED && !fault) FAIR_TRY(fair_use_report(s, x, u, err));
        if (u->page != NULL) FAIR_TRY(fair_page_one_less(s, u->page, fault, err));
    }
    return FAIR_OK;
}

fair_status
fair_look_broken(struct fair_scan *s, struct fair_subject *x, struct fair_err *err)
{
    x->state = FAIR_SUBJECT_BROKEN;
    return fair_subject_report(s, x, err);
}

static fair_status
subject_settled(struct fair_scan *s, struct fair_subject *x, struct fair_err *err)
{
    const struct fair_use *u = x->uses;
    fair_str where = x->key.p != NULL ? x->key : u != NULL ? u->image_url : FAIR_STR("a picture");

    x->state = FAIR_SUBJECT_SETTLED;
    s->run.pictures++;
    if (x->outcome->fault.p != NULL) FAIR_TRY(fair_scan_fault(s, where, err, "%.*s", FAIR_STR_ARG(x->outcome->fault)));
    return fair_subject_report(s, x, err);
}

/* Everything is known: tell those who wait. */
static fair_status
settle(struct fair_scan *s, struct fair_outcome *o, struct fair_err *err)
{
    o->settled = true;
    fair_image_free(&o->tint);
    while (o->waiting != NULL) {
        struct fair_subject *x = o->waiting;
        o->waiting = x->next_waiting;
        FAIR_TRY(subject_settled(s, x, err));
    }
    return FAIR_OK;
}

static fair_str
words_json(struct fair_scan *s, const struct fair_match *m, const struct fair_outcome *o)
{
    fair_str words[FAIR_MATCH_WORDS];
    size_t n = fair_match_words(m, (uint32_t)o->width, (uint32_t)o->height, s->scratch, words);
    struct fair_buf b = FAIR_BUF(s->arena, 65536);
    fair_str out;

    fair_buf_byte(&b, '[');
    for (size_t i = 0; i < n; i++) {
        fair_buf_c(&b, i > 0 ? ",\"" : "\"");
        for (size_t k = 0; k < words[i].n; k++) {
            char c = words[i].p[k];
            if (c == '"' || c == '\\') fair_buf_byte(&b, '\\');
            fair_buf_byte(&b, (unsigned char)c < 0x20 ? ' ' : c);
        }
        fair_buf_byte(&b, '"');
    }
    fair_buf_byte(&b, ']');
    return fair_buf_take(&b, &out, NULL) == FAIR_OK ? out : FAIR_STR("[]");
}

/* As it was found, with what became of its colours where they were looked at. */
static fair_status
with_colours(struct fair_scan *s, struct fair_match *m, const struct fair_outcome *o, struct fair_err *err)
{
    if (o->tint == NULL) return FAIR_OK;
    return fair_house_colours(s->h, m, &(struct fair_tint){ o->tint, (uint32_t)o->width, (uint32_t)o->height }, err);
}

static bool
worth_a_look(const struct fair_match *m)
{
    return m->verdict == FAIR_MATCH || m->verdict == FAIR_SAME_SCENE || (m->verdict == FAIR_POSSIBLE && m->score >= WORTH_A_LOOK);
}

/* Keep what is worth a person's look. */
static fair_status
keep_found(struct fair_scan *s, struct fair_outcome *o, const struct fair_matches *found, struct fair_err *err)
{
    for (size_t i = 0; i < found->n; i++) FAIR_TRY(with_colours(s, &found->v[i], o, err));
    o->n_found = 0;
    if (found->n > 0) o->found = fair_alloc_array(s->arena, found->n, sizeof *o->found);
    fair_arena_clear(s->scratch);
    for (size_t i = 0; i < found->n; i++)
        if (worth_a_look(&found->v[i])) o->found[o->n_found++] = (struct fair_found){ found->v[i], words_json(s, &found->v[i], o) };
    return FAIR_OK;
}

/* It was judged by its pixels at `then`, and no hit came of it: only works added since are news. */
static fair_status
only_new_works(struct fair_scan *s, struct fair_outcome *o, fair_time then, struct fair_err *err)
{
    size_t n = 0;

    for (size_t i = 0; i < o->n_found; i++) {
        struct fair_work w;
        fair_status got;
        fair_arena_clear(s->scratch);
        got = fair_store_work_get(&s->h->desk, o->found[i].m.work, s->scratch, &w, err);
        if (got != FAIR_OK && got != FAIR_NOT_FOUND) return got;
        if (got == FAIR_OK && w.added >= then) o->found[n++] = o->found[i];
    }
    o->n_found = n;
    return FAIR_OK;
}

static void
queue(struct fair_scan *s, struct fair_look *l)
{
    l->next = NULL;
    *s->looks_last = l;
    s->looks_last = &l->next;
}

static struct fair_look *
look_new(struct fair_scan *s, struct fair_arena *a, struct fair_outcome *o, fair_str bytes, enum fair_look_phase phase)
{
    struct fair_look *l = FAIR_NEW(a, struct fair_look);

    *l = (struct fair_look){ .arena = a, .bytes = bytes, .phase = phase, .outcome = o };
    s->n_looks++;
    queue(s, l);
    return l;
}

static void
look_end(struct fair_scan *s, struct fair_look *l)
{
    struct fair_arena *a = l->arena;

    s->n_looks--;
    fair_image_free(&l->grey);
    fair_arena_free(&a);
}

/* It matched at `then`, and no work was added since: what was found of it stands.  Else, or where nothing of it is left, none. */
static fair_status
found_then(struct fair_scan *s, struct fair_outcome *o, fair_time then, struct fair_err *err)
{
    if (s->newest < 0) FAIR_TRY(fair_store_works_newest(&s->h->desk, &s->newest, err));
    o->n_found = 0;
    return s->newest < then ? fair_scan_found_before(s, o, err) : FAIR_OK;
}

/* It had no hit at `then`.  *same: no work was added since, so it has none. */
static fair_status
none_then(struct fair_scan *s, fair_time then, bool *same, struct fair_err *err)
{
    if (s->newest < 0) FAIR_TRY(fair_store_works_newest(&s->h->desk, &s->newest, err));
    *same = s->newest < then;
    return FAIR_OK;
}

/* It was looked at in an earlier run: from its row, without its bytes.  Where these are at hand nevertheless (`its` is not NULL), they may be taken.
 * FAIR_DONE: the outcome is settled or on its way.  FAIR_NOT_FOUND: not without the bytes. */
static fair_status
from_row(struct fair_scan *s, struct fair_outcome *o, struct fair_arena **its, fair_str bytes, struct fair_err *err)
{
    struct fair_arena *a;
    struct fair_fingerprint fp;
    struct fair_seen row;
    struct fair_look *l;
    fair_status got;
    fair_str preview;
    bool same = true;

    if (s->o.stateless || o->by_bytes) return FAIR_NOT_FOUND;
    a = fair_arena_new();
    got = fair_store_seen_get(&s->h->desk, &o->sha256, a, &row, err);
    if (got == FAIR_OK && row.fault.n > 0 && row.scheme == FAIR_SCHEME) {
        o->fault = fair_str_dup(s->arena, row.fault);
        fair_arena_free(&a);
        got = settle(s, o, err);
        return got == FAIR_OK ? FAIR_DONE : got;
    }
    if (got == FAIR_OK && (row.scheme != FAIR_SCHEME || row.fingerprint.n == 0 || fair_fingerprint_unpack(row.fingerprint, a, &fp, NULL) != FAIR_OK))
        got = FAIR_NOT_FOUND;
    if (got == FAIR_OK) {
        o->width = row.width;
        o->height = row.height;
        o->format = fair_str_dup(s->arena, row.format).p;
        o->preview = row.preview;
        o->preview_kept = !fair_sha256_none(&row.preview);
        o->whole = row.whole;
        got = o->preview_kept ? found_then(s, o, row.at, err) : none_then(s, row.at, &same, err);
    }
    if (got == FAIR_OK && !same) {
        if (its != NULL) fair_arena_join(a, its);
        l = look_new(s, a, o, bytes, FAIR_LOOK_ROW);
        l->fp = fp;
        l->then = row.at;
        return FAIR_DONE;
    }
    if (got == FAIR_OK && o->preview_kept == (o->n_found > 0)) {
        fair_arena_free(&a);
        got = settle(s, o, err);
        return got == FAIR_OK ? FAIR_DONE : got;
    }
    /* It matched before, and is judged anew as it was then: by the preview that was kept. */
    if (got == FAIR_OK && fair_vault_read(s->h->vault, &o->preview, PREVIEW_MAX, a, &preview, NULL) != FAIR_OK) {
        o->preview_kept = false;
        got = FAIR_NOT_FOUND;
    }
    if (got != FAIR_OK) {
        o->n_found = 0;
        fair_arena_free(&a);
        return got;
    }
    l = look_new(s, a, o, preview, FAIR_LOOK_PREVIEW);
    l->fp = fp;
    l->known = true;
    return FAIR_DONE;
}

static void
wait_for(struct fair_subject *x, struct fair_outcome *o)
{
    x->state = FAIR_SUBJECT_LOOKED_AT;
    x->outcome = o;
    x->next_waiting = o->waiting;
    o->waiting = x;
}

static fair_status
look_known(struct fair_scan *s, struct fair_subject *x, const struct fair_sha256 *sha, struct fair_arena **its, fair_str bytes, struct fair_err *err)
{
    struct fair_outcome *o = outcome_of(s, sha);
    fair_status got;

    if (o->settled) {
        x->outcome = o;
        return subject_settled(s, x, err);
    }
    if (o->waiting != NULL) {
        wait_for(x, o);
        return FAIR_OK;
    }
    wait_for(x, o);
    got = from_row(s, o, its, bytes, err);
    if (got == FAIR_NOT_FOUND) {
        o->waiting = NULL;
        x->state = FAIR_SUBJECT_ASKED;
        x->outcome = NULL;
    }
    return got == FAIR_DONE ? FAIR_OK : got;
}

fair_status
fair_look_known(struct fair_scan *s, struct fair_subject *x, const struct fair_sha256 *sha, struct fair_err *err)
{
    return look_known(s, x, sha, NULL, (fair_str){ NULL, 0 }, err);
}

fair_status
fair_look_bytes(struct fair_scan *s, struct fair_subject *x, struct fair_arena **bytes_arena, fair_str bytes, struct fair_err *err)
{
    struct fair_sha256 sha = fair_sha256_of(bytes.p, bytes.n);
    fair_status got = look_known(s, x, &sha, bytes_arena, bytes, err);
    struct fair_outcome *o;

    if (got == FAIR_OK) {
        fair_arena_free(bytes_arena);
        return FAIR_OK;
    }
    if (got != FAIR_NOT_FOUND) return got;
    o = outcome_of(s, &sha);
    wait_for(x, o);
    look_new(s, *bytes_arena, o, bytes, s->o.whole ? FAIR_LOOK_GLANCE : FAIR_LOOK_BYTES);
    *bytes_arena = NULL;
    return FAIR_OK;
}

/* ---- the decoders ---- */

static fair_status
keep_row(struct fair_scan *s, const struct fair_outcome *o, const struct fair_fingerprint *fp, struct fair_err *err)
{
    struct fair_seen row = { .sha256 = o->sha256, .format = fair_str_of(o->format), .width = o->width, .height = o->height,
        .scheme = FAIR_SCHEME, .fault = o->fault, .whole = o->whole, .at = s->as_of };

    if (o->preview_kept) row.preview = o->preview;
    fair_arena_clear(s->scratch);
    if (fp != NULL) row.fingerprint = fair_fingerprint_pack(fp, s->scratch);
    return fair_rows_seen(s, &row, err);
}

/* Judged.  What matches gets a preview, in the vault before any row names it. */
static fair_status
judged(struct fair_scan *s, struct fair_look *l, struct fair_err *err)
{
    struct fair_outcome *o = l->outcome;

    if ((l->phase == FAIR_LOOK_BYTES && (o->n_found == 0 || s->o.stateless)) || (l->known && !s->o.stateless)) FAIR_TRY(keep_row(s, o, &l->fp, err));
    else if (l->phase == FAIR_LOOK_BYTES) {
        l->phase = FAIR_LOOK_MAKE_PREVIEW;
        queue(s, l);
        return FAIR_OK;
    }
    look_end(s, l);
    return settle(s, o, err);
}

static fair_status
previewed(struct fair_scan *s, struct fair_look *l, const struct fair_decoded *d, struct fair_err *err)
{
    struct fair_outcome *o = l->outcome;
    fair_status got;

    /* A picture that could be matched but not shown is a hit all the same. */
    if (d->status == FAIR_OK && d->preview.n > 0) {
        got = fair_vault_put(s->h->vault, d->preview, &o->preview, err);
        if (got != FAIR_OK && got != FAIR_REFUSED) return got;
        o->preview_kept = got == FAIR_OK;             /* refused: it was erased, and is not kept again */
        if (got == FAIR_REFUSED) o->preview = (struct fair_sha256){ { 0 } };
    }
    got = keep_row(s, o, &l->fp, err);
    if (got == FAIR_OK) got = fair_rows_flush(s, err);
    if (got == FAIR_OK && o->preview_kept) {
        /* Judged once more by what is kept of it, as every later scan will judge it: or scores would
         * change although nothing did. */
        l->bytes = fair_str_dup(l->arena, d->preview);
        l->phase = FAIR_LOOK_PREVIEW;
        queue(s, l);
        return FAIR_OK;
    }
    look_end(s, l);
    return got == FAIR_OK ? settle(s, o, err) : got;
}

static void
look_closer(struct fair_scan *s, struct fair_look *l)
{
    l->phase = FAIR_LOOK_BYTES;
    queue(s, l);
}

/* The glances that were taken, all at once.  Of what they settle no row is kept, for a later scan may want to know more. */
static fair_status
compare_glances(struct fair_scan *s, struct fair_err *err)
{
    bool look[FAIR_SCAN_GLANCES];
    size_t n = s->n_glances;
    fair_status got = fair_house_glances(s->h, s->glances, n, look, err);

    s->n_glances = 0;
    for (size_t i = 0; i < n; i++) {
        struct fair_look *l = s->glanced_at[i];
        struct fair_outcome *o = l->outcome;
        if (got == FAIR_OK && look[i]) {
            look_closer(s, l);
            continue;
        }
        look_end(s, l);
        if (got != FAIR_OK) continue;
        s->glanced++;
        got = settle(s, o, err);
    }
    return got;
}

/* A first glance.  What cannot even be glanced at is looked at as ever. */
static fair_status
glanced(struct fair_scan *s, struct fair_look *l, const struct fair_decoded *d, struct fair_err *err)
{
    if (d->status != FAIR_OK) {
        look_closer(s, l);
        return FAIR_OK;
    }
    l->outcome->format = fair_decoded_format(&d->info);
    l->outcome->width = d->info.width;
    l->outcome->height = d->info.height;
    s->glances[s->n_glances] = d->glance;
    s->glanced_at[s->n_glances++] = l;
    return s->n_glances == FAIR_SCAN_GLANCES ? compare_glances(s, err) : FAIR_OK;
}

/* Its bytes are wanted after all, and nobody has them: everyone who waits for it fetches them anew. */
static fair_status
ask_again(struct fair_scan *s, struct fair_outcome *o, struct fair_err *err)
{
    struct fair_subject *all = o->waiting;

    o->waiting = NULL;
    while (all != NULL) {
        struct fair_subject *x = all;
        all = x->next_waiting;
        x->state = FAIR_SUBJECT_ASKED;
        x->outcome = NULL;
        if (fair_str_starts(x->key, FAIR_STR(FAIR_INLINE_KEY))) FAIR_TRY(fair_look_broken(s, x, err));
        else if (x->n_urls > 0) FAIR_TRY(fair_subject_again(s, x, err));
        else FAIR_TRY(fair_scan_file_again(s, x, err));
    }
    return FAIR_OK;
}

/* Judged by the fingerprint alone.  A work that was added since and looks like it is a reason to look at all of it. */
static fair_status
judged_by_row(struct fair_scan *s, struct fair_look *l, struct fair_err *err)
{
    struct fair_outcome *o = l->outcome;
    fair_status got = only_new_works(s, o, l->then, err);
    bool news = o->n_found > 0;

    o->n_found = 0;
    if (got == FAIR_OK && news && l->bytes.n > 0) {
        l->phase = s->o.whole ? FAIR_LOOK_GLANCE : FAIR_LOOK_BYTES;
        queue(s, l);
        return FAIR_OK;
    }
    o->by_bytes = news;
    if (got == FAIR_OK && !news) got = keep_row(s, o, &l->fp, err);     /* as of now: it is not searched for again until a work is added */
    look_end(s, l);
    if (got != FAIR_OK) return got;
    return news ? ask_again(s, o, err) : settle(s, o, err);
}

/* Take one answer of the matchers. */
static fair_status
one_match(struct fair_scan *s, int wait_ms, struct fair_err *err)
{
    struct fair_matched x = { 0 };
    struct fair_look *l;

    FAIR_TRY(fair_matchers_next(s->matchers, wait_ms, &x));
    l = x.tag;
    fair_image_free(&l->grey);
    if (x.status != FAIR_OK) {
        look_end(s, l);
        return fair_fail(err, x.status, "%s", x.why.text);
    }
    if (keep_found(s, l->outcome, &x.found, err) != FAIR_OK) {
        look_end(s, l);
        return err->status;
    }
    return l->phase == FAIR_LOOK_ROW ? judged_by_row(s, l, err) : judged(s, l, err);
}

/* It is matched by whoever is free; `*grey` becomes the look's. */
static fair_status
to_match(struct fair_scan *s, struct fair_look *l, struct fair_image **grey, struct fair_err *err)
{
    fair_status got;

    l->grey = *grey;
    *grey = NULL;
    s->searched++;
    while ((got = fair_matchers_ask(s->matchers, &l->fp, l->grey, s->o.off, l->arena, l)) == FAIR_AGAIN) {
        got = one_match(s, -1, err);
        if (got == FAIR_OK) continue;
        look_end(s, l);
        return got;
    }
    return got;
}

static fair_status
decoded(struct fair_scan *s, struct fair_look *l, struct fair_decoded *d, struct fair_err *err)
{
    struct fair_outcome *o = l->outcome;
    fair_status got = FAIR_OK;

    if (l->phase == FAIR_LOOK_GLANCE) return glanced(s, l, d, err);
    if (l->phase == FAIR_LOOK_MAKE_PREVIEW) return previewed(s, l, d, err);
    if (l->phase == FAIR_LOOK_BYTES) {
        o->format = fair_decoded_format(&d->info);
        o->width = d->info.width;
        o->height = d->info.height;
    }
    if (d->status != FAIR_OK || d->grey == NULL) {
        if (l->phase == FAIR_LOOK_BYTES) {
            o->fault = d->words[0] != '\0' ? fair_str_dup(s->arena, fair_str_of(d->words)) : FAIR_STR("it cannot be read as a picture");
            /* What a helper died of may have been the machine's doing: such a picture is tried again next time. */
            if (d->fault == NULL || (strcmp(d->fault, "crash") != 0 && strcmp(d->fault, "hang") != 0)) got = keep_row(s, o, NULL, err);
        }
        look_end(s, l);
        return got == FAIR_OK ? settle(s, o, err) : got;
    }
    if (d->colour != NULL) {
        fair_image_free(&o->tint);
        o->tint = d->colour;
        d->colour = NULL;
    }
    if (l->phase == FAIR_LOOK_BYTES) {
        /* The answer's arena goes; what the row will hold stays. */
        struct fair_part *parts = fair_alloc_array(l->arena, d->fp.n_parts, sizeof *parts);
        if (d->fp.n_parts > 0) memcpy(parts, d->fp.parts, d->fp.n_parts * sizeof *parts);
        l->fp = d->fp;
        l->fp.parts = parts;
        memcpy(o->whole.b, d->fp.whole[0], sizeof o->whole.b);
    }
    return to_match(s, l, &d->grey, err);
}

static unsigned
wants(const struct fair_look *l)
{
    if (l->phase == FAIR_LOOK_GLANCE) return FAIR_WANT_GLANCE;
    return l->phase == FAIR_LOOK_BYTES ? FAIR_MATCH_WANTS | FAIR_WANT_INFO : l->phase == FAIR_LOOK_PREVIEW ? FAIR_WANT_GREY | FAIR_WANT_TINT : FAIR_WANT_PREVIEW;
}

static fair_status
hand_out(struct fair_scan *s, struct fair_err *err)
{
    while (s->looks != NULL) {
        struct fair_look *l = s->looks;
        struct fair_err why = { 0 };
        bool row = l->phase == FAIR_LOOK_ROW;
        fair_status got = row ? fair_matchers_ask(s->matchers, &l->fp, NULL, s->o.off, l->arena, l)
                              : fair_decoders_ask(s->h->decoders, l->bytes, wants(l), l, &why);
        if (got == FAIR_AGAIN) return FAIR_OK;
        s->decoded += !row && got == FAIR_OK;
        s->searched += row && got == FAIR_OK;
        s->looks = l->next;
        if (s->looks == NULL) s->looks_last = &s->looks;
        if (got == FAIR_LIMIT || got == FAIR_INVALID || got == FAIR_CORRUPT) {
            struct fair_decoded d = { .tag = l, .status = got };
            snprintf(d.words, sizeof d.words, "%.250s", why.text);
            FAIR_TRY(decoded(s, l, &d, err));
        } else if (got != FAIR_OK) {
            look_end(s, l);
            return fair_fail(err, got, "%s", why.text);
        }
    }
    return FAIR_OK;
}

/* Take one answer of the decoders. */
static fair_status
one_decoded(struct fair_scan *s, int wait_ms, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_decoded d = { 0 };
    struct fair_err why = { 0 };
    fair_status got = fair_decoders_next(s->h->decoders, a, wait_ms, &d, &why);

    if (got == FAIR_AGAIN || got == FAIR_DONE) return FAIR_AGAIN;
    if (got != FAIR_OK) return fair_fail(err, got, "%s", why.text);
    got = decoded(s, d.tag, &d, err);
    fair_image_free(&d.grey);
    fair_image_free(&d.colour);
    return got;
}

fair_status
fair_look_work(struct fair_scan *s, int wait_ms, struct fair_err *err)
{
    for (;;) {
        fair_status got;
        while ((got = one_match(s, 0, err)) == FAIR_OK) { }
        if (got != FAIR_AGAIN && got != FAIR_DONE) return got;
        FAIR_TRY(hand_out(s, err));
        if (fair_decoders_busy(s->h->decoders) > 0) got = one_decoded(s, wait_ms, err);
        else if (s->n_glances > 0) got = compare_glances(s, err);
        else if (fair_matchers_busy(s->matchers) > 0) got = one_match(s, wait_ms, err);
        else return FAIR_OK;
        if (got == FAIR_AGAIN) return FAIR_OK;
        if (got != FAIR_OK) return got;
        wait_ms = 0;
    }
}

/* Glances are compared many at a time: meanwhile the decoders must not lack pictures. */
static fair_status
keep_decoding(struct fair_scan *s, struct fair_err *err)
{
    fair_status got;

    do {
        FAIR_TRY(hand_out(s, err));
        got = fair_decoders_busy(s->h->decoders) > 0 ? one_decoded(s, 0, err) : FAIR_AGAIN;
    } while (got == FAIR_OK);
    return got == FAIR_AGAIN ? FAIR_OK : got;
}

fair_status
fair_look_until(struct fair_scan *s, size_t below, struct fair_err *err)
{
    if (s->o.whole) FAIR_TRY(keep_decoding(s, err));
    if (s->o.whole && below > 0) below += 2 * FAIR_SCAN_GLANCES;
    while (s->n_looks > 0 && s->n_looks >= below) {
        FAIR_TRY(fair_look_work(s, 200, err));
        if (fair_scan_must_stop(s)) return FAIR_AGAIN;
    }
    return FAIR_OK;
}
