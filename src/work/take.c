/* work/take.c - registering pictures. */
#include "work/take.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "base/io.h"
#include "base/log.h"
#include "work/files.h"

#define GROUP 64              /* works committed at once */
#define LINE 64               /* files read and not yet settled */
#define AHEAD 8               /* of them, not yet asked of a decoder: none of these must wait for a file */
#define HELD ((size_t)64 << 20)       /* bytes of files in the line, and in a group: more only for the sake of a single one */
#define NEAR_BITS 31          /* the distance and the quality at which PDQ calls two pictures one */
#define NEAR_QUALITY 50
#define WANTED (FAIR_WANT_CATALOGUE | FAIR_WANT_THUMB | FAIR_WANT_PREVIEW | FAIR_WANT_PROOF | FAIR_WANT_RIGHTS)

enum step { WAITING, ASKED, ANSWERED };

/* A file on its way from disk to row. */
struct item {
    struct fair_arena *arena; /* holds bytes and what was decoded; freed with the item  */
    const struct fair_file *file;
    enum step step;
    fair_str bytes;
    struct fair_work work;    /* all of the row but id and near                         */
    struct fair_decoded seen;
    fair_id same;             /* these bytes are a work after all: another process was first */
    struct fair_take_event event;     /* what is told once everything before it has been */
    bool fresh;               /* a work: it has rows and blobs to be written            */
    bool named;               /* known, by a name not seen before: that is a row        */
};

/* What is settled is written by a thread of its own, so that no decoder waits for the disk: it has a house of its own, and one group at a time. */
struct keeper {
    struct fair_house house;
    const struct fair_take_options *o;
    pthread_t id;
    bool there;               /* the thread runs; otherwise groups are written at once  */
    pthread_mutex_t lock;     /* of all that follows                                    */
    pthread_cond_t changed;
    struct item *group[GROUP];
    size_t n;                 /* 0: none                                                */
    bool done, ending;        /* done: the group is written, or `status` says why not   */
    fair_status status;
    struct fair_err err;
};

struct taking {
    struct fair_house *house;
    const struct fair_take_options *o;
    const struct fair_take_calls *calls;
    struct fair_take_sum *sum;
    struct fair_files files;
    struct item *line[LINE];  /* in the order of the files, which is the order they are settled in */
    size_t n_line, n_asked;   /* the first n_asked of the line are no longer WAITING    */
    struct item *group[GROUP];/* settled, not yet written                               */
    size_t n_group;
    struct keeper keeper;
    int64_t settled;
    struct fair_err *err;
};

static void
item_free(struct item *i)
{
    struct fair_arena *a = i->arena;      /* the item itself lies in it */
    fair_image_free(&i->seen.grey);
    fair_arena_free(&a);
}

static void
tell(struct taking *t, const struct fair_take_event *e)
{
    t->settled++;
    if (e->what == FAIR_TAKEN_NEW) t->sum->added++;
    if (e->what == FAIR_TAKEN_NEW && e->near != 0) t->sum->near++;
    if (e->what == FAIR_TAKEN_KNOWN) t->sum->known++;
    if (e->what == FAIR_TAKEN_RAW) t->sum->raw++;
    if (e->what == FAIR_TAKEN_SKIPPED) t->sum->skipped++;
    if (e->what == FAIR_TAKEN_FAULT) t->sum->faults++;
    if (t->calls->event != NULL) t->calls->event(t->calls->arg, e);
    if (t->calls->progress != NULL) t->calls->progress(t->calls->arg, t->settled, (int64_t)t->files.n);
}

static struct item *
item_new(const struct fair_file *f)
{
    struct fair_arena *a = fair_arena_new();
    struct item *it = FAIR_NEW(a, struct item);

    it->arena = a;
    it->file = f;
    return it;
}

/* No new work: that is all there is to tell of it. */
static void
told(struct item *it, enum fair_taken what, fair_id work, const char *words)
{
    it->step = ANSWERED;
    it->event = (struct fair_take_event){ what, it->file->path, work, 0, words != NULL ? fair_str_dup(it->arena, fair_str_of(words)).p : NULL };
}

/* ---- writing ----------------------------------------------------------------- */

struct batch { struct item **v; size_t n; };

static fair_status
write_rows(const struct fair_desk *d, void *arg, struct fair_err *err)
{
    struct batch *b = arg;

    for (size_t i = 0; i < b->n; i++) {
        struct item *it = b->v[i];
        struct fair_work w = it->work;
        fair_status s;

        if (it->named) FAIR_TRY(fair_store_work_path_note(d, it->file->key, it->file->bytes, it->file->mtime, it->event.work, err));
        if (!it->fresh) continue;
        it->same = 0;
        s = fair_store_work_add(d, &w, &it->same, err);
        if (s != FAIR_OK && s != FAIR_CONFLICT) return s;
        if (s == FAIR_CONFLICT && it->same == 0) return s;
        if (!it->file->url)
            FAIR_TRY(fair_store_work_path_note(d, it->file->key, it->file->bytes, it->file->mtime,
                                               s == FAIR_OK ? w.id : it->same, err));
    }
    return FAIR_OK;
}

static fair_status
keep(struct fair_vault *v, fair_str bytes, struct fair_sha256 *key, struct fair_err *err)
{
    if (bytes.n == 0) return FAIR_OK;
    return fair_vault_put_lazy(v, bytes, key, err);
}

/* Blobs and rows, all of the group's rows or none.  The blobs wait for the disk together, and are there before the rows that name them. */
static fair_status
write_group(struct fair_house *h, struct item **group, size_t n, struct fair_err *err)
{
    struct batch b = { group, n };
    bool blobs = false, rows = false;

    for (size_t i = 0; i < n; i++) {
        struct item *it = group[i];
        struct fair_sha256 whole;      /* the item's own may be looked at meanwhile */
        rows = rows || it->fresh || it->named;
        if (!it->fresh) continue;
        blobs = true;
        if (!it->work.referenced) FAIR_TRY(keep(h->vault, it->bytes, &whole, err));
        FAIR_TRY(keep(h->vault, it->seen.thumb, &it->work.thumb, err));
        FAIR_TRY(keep(h->vault, it->seen.preview, &it->work.preview, err));
        FAIR_TRY(keep(h->vault, it->seen.proof, &it->work.proof, err));
    }
    if (blobs) FAIR_TRY(fair_vault_flush(h->vault, err));
    return rows ? fair_store_do(&h->desk, write_rows, &b, err) : FAIR_OK;
}

static void *
keeper_run(void *arg)
{
    struct keeper *k = arg;

    pthread_mutex_lock(&k->lock);
    for (;;) {
        while ((k->n == 0 || k->done) && !k->ending) pthread_cond_wait(&k->changed, &k->lock);
        if (k->n == 0 || k->done) break;
        pthread_mutex_unlock(&k->lock);
        k->status = write_group(&k->house, k->group, k->n, &k->err);
        pthread_mutex_lock(&k->lock);
        k->done = true;
        pthread_cond_signal(&k->changed);
    }
    pthread_mutex_unlock(&k->lock);
    return NULL;
}

/* Where there is more than a group, and a core for it.  That none can be had is no fault: then groups are written here. */
static void
keeper_start(struct taking *t)
{
    struct keeper *k = &t->keeper;
    struct fair_err err = { 0 };
    sigset_t all, were;

    if (k->there || t->files.n <= GROUP || fair_cores() < 2) return;
    if (fair_house_like(t->house, &k->house, &err) != FAIR_OK) return;
    if (fair_house_vault(&k->house, &err) == FAIR_OK) {
        pthread_mutex_init(&k->lock, NULL);
        pthread_cond_init(&k->changed, NULL);
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &were);        /* signals are for the thread that asks */
        k->there = pthread_create(&k->id, NULL, keeper_run, k) == 0;
        pthread_sigmask(SIG_SETMASK, &were, NULL);
    }
    if (!k->there) fair_house_close(&k->house);
}

static void
keeper_end(struct taking *t)
{
    struct keeper *k = &t->keeper;

    if (!k->there) return;
    pthread_mutex_lock(&k->lock);
    k->ending = true;
    pthread_cond_signal(&k->changed);
    pthread_mutex_unlock(&k->lock);
    pthread_join(k->id, NULL);
    pthread_mutex_destroy(&k->lock);
    pthread_cond_destroy(&k->changed);
    fair_house_close(&k->house);
    k->there = false;
}

/* It is written: say so, one by one. */
static void
tell_group(struct taking *t, struct item **group, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct item *it = group[i];
        if (it->fresh && it->same != 0) {
            told(it, FAIR_TAKEN_KNOWN, it->same, NULL);
        } else if (it->fresh) {
            const struct fair_picture *p = &it->seen.info;
            const char *words = p->partial ? fair_str_fmt(it->arena, "broken off: %u of its rows could be read", p->decoded_rows).p : NULL;
            it->event = (struct fair_take_event){ FAIR_TAKEN_NEW, it->file->path, it->work.id, it->work.near, words };
        }
        tell(t, &it->event);
        item_free(it);
    }
}

/* Wait for the group that is being written. */
static fair_status
collect(struct taking *t)
{
    struct keeper *k = &t->keeper;

    if (!k->there || k->n == 0) return FAIR_OK;
    pthread_mutex_lock(&k->lock);
    while (!k->done) pthread_cond_wait(&k->changed, &k->lock);
    pthread_mutex_unlock(&k->lock);
    if (k->status != FAIR_OK) {
        *t->err = k->err;
        return k->status;
    }
    tell_group(t, k->group, k->n);
    pthread_mutex_lock(&k->lock);
    k->n = 0;
    k->done = false;
    pthread_mutex_unlock(&k->lock);
    return FAIR_OK;
}

/* The group goes to be written. */
static fair_status
hand_over(struct taking *t)
{
    struct keeper *k = &t->keeper;
    size_t n = t->n_group;

    if (n == 0) return FAIR_OK;
    keeper_start(t);
    FAIR_TRY(collect(t));
    if (!k->there) {
        FAIR_TRY(write_group(t->house, t->group, n, t->err));
        t->n_group = 0;
        tell_group(t, t->group, n);
        return FAIR_OK;
    }
    pthread_mutex_lock(&k->lock);
    memcpy(k->group, t->group, n * sizeof *t->group);
    k->n = n;
    pthread_cond_signal(&k->changed);
    pthread_mutex_unlock(&k->lock);
    t->n_group = 0;
    return FAIR_OK;
}

static void
free_all(struct taking *t)
{
    keeper_end(t);
    for (size_t i = 0; i < t->n_line; i++) item_free(t->line[i]);
    for (size_t i = 0; i < t->n_group; i++) item_free(t->group[i]);
    for (size_t i = 0; i < t->keeper.n; i++) item_free(t->keeper.group[i]);
    t->n_line = t->n_group = t->keeper.n = 0;
}

/* ---- what the decoder said -------------------------------------------------- */

/* The stages that near duplicates need no help of: a duplicate of a whole picture is a candidate by its whole hash,
 * and asking for parts of pictures would cost each of many works a search through all the others' parts. */
static unsigned
stages_off(void)
{
    for (size_t i = 0; i < fair_n_stages; i++)
        if (strcmp(fair_stages[i].name, "parts") == 0) return 1u << i;
    return 0;
}

/* The best work of the catalogue that this is a copy of; only a sure one. */
static fair_status
find_near(struct taking *t, struct item *it)
{
    struct fair_matches found = { 0 };
    struct fair_query q = { .fp = &it->seen.fp, .org = t->house->desk.org, .arena = it->arena };

    FAIR_TRY(fair_index_search(t->house->index, &q, stages_off(), &found, t->err));
    for (size_t i = 0; i < found.n && it->work.near == 0; i++)
        if (found.v[i].verdict == FAIR_MATCH || (found.v[i].bits <= NEAR_BITS && it->seen.fp.quality >= NEAR_QUALITY))
            it->work.near = found.v[i].work;
    return FAIR_OK;
}

/* A picture's name without folders and ending, as its first title. */
static fair_str
title_of(struct fair_arena *a, fair_str path)
{
    size_t from = path.n, end;

    while (from > 0 && path.p[from - 1] != '/') from--;
    for (end = path.n; end > from && path.p[end - 1] != '.'; end--) { }
    if (end <= from + 1) end = path.n + 1;      /* no dot, or a name that begins with one */
    return fair_utf8_mend(a, (fair_str){ path.p + from, end - 1 - from });
}

static size_t
held(struct item *const *v, size_t n)
{
    size_t bytes = 0;
    for (size_t i = 0; i < n; i++) bytes += v[i]->bytes.n;
    return bytes;
}

/* What its row will hold. */
static fair_status
become_work(struct taking *t, struct item *it)
{
    const struct fair_decoded *d = &it->seen;
    struct fair_work *w = &it->work;

    w->owner = t->o->owner;
    w->collection = t->o->collection;
    w->title = d->rights.title.n > 0 ? d->rights.title : title_of(it->arena, it->file->path);
    w->bytes = (int64_t)it->bytes.n;
    w->referenced = t->o->reference && !it->file->url;
    w->path = w->referenced ? it->file->key : it->file->path;      /* found again from any folder */
    w->format = fair_str_of(fair_decoded_format(&d->info));
    w->width = d->info.width;
    w->height = d->info.height;
    w->orientation = d->info.orientation;
    w->quality = d->fp.quality;
    w->creator = d->rights.creator;
    w->copyright = d->rights.copyright;
    w->credit = d->rights.credit;
    w->date = d->rights.date;
    w->rights_url = d->rights.rights_url;
    w->licensor = d->rights.licensor;
    w->c2pa = d->rights.c2pa;
    w->added = fair_now();
    w->fingerprint = fair_fingerprint_pack(&d->fp, it->arena);
    w->scheme = d->fp.scheme;
    FAIR_TRY(find_near(t, it));
    w->id = fair_id_new();        /* now, so that the next file can be found near this one */
    it->fresh = true;
    return fair_index_put_tail(t->house->index, t->house->desk.org, w->id, &d->fp, t->err);
}

/* The first of the line is answered: it goes into the group. */
static fair_status
settle(struct taking *t)
{
    struct item *it = t->line[0];

    t->n_line--;
    t->n_asked--;
    memmove(t->line, t->line + 1, t->n_line * sizeof *t->line);
    t->group[t->n_group++] = it;
    if (it->seen.status != FAIR_OK) {
        bool stray = !it->file->asked && it->seen.fault != NULL && strcmp(it->seen.fault, "invalid") == 0 &&
                     strcmp(fair_file_kind(it->file->path), "unknown") == 0;
        told(it, stray ? FAIR_TAKEN_SKIPPED : FAIR_TAKEN_FAULT, 0, it->seen.words);
    } else if (it->event.path.p == NULL) {
        FAIR_TRY(become_work(t, it));
    }
    return t->n_group == GROUP || held(t->group, t->n_group) > HELD ? hand_over(t) : FAIR_OK;
}

/* Give the line to the decoders, in its order, as far as they have room. */
static fair_status
hand_out(struct taking *t)
{
    for (; t->n_asked < t->n_line; t->n_asked++) {
        struct item *it = t->line[t->n_asked];
        fair_status s;

        if (it->step != WAITING) continue;
        s = fair_decoders_ask(t->house->decoders, it->bytes, WANTED, it, t->err);
        if (s == FAIR_AGAIN) return FAIR_OK;
        if (s == FAIR_LIMIT || s == FAIR_INVALID) told(it, FAIR_TAKEN_FAULT, 0, t->err->text);  /* this one file is too large or empty */
        else if (s != FAIR_OK) return s;
        else it->step = ASKED;
    }
    return FAIR_OK;
}

/* Take an answer, and keep the decoder that gave it busy.  FAIR_AGAIN: none has come.  FAIR_DONE: none will. */
static fair_status
hear(struct taking *t, int wait_ms)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_decoded d = { 0 };
    struct item *it;

    FAIR_TRY(fair_decoders_next(t->house->decoders, a, wait_ms, &d, t->err));
    it = d.tag;
    it->seen = d;
    it->step = ANSWERED;
    /* The answer's arena becomes the item's second half: hand it over whole. */
    fair_arena_join(it->arena, &a);
    return hand_out(t);
}

static fair_status
settle_answered(struct taking *t)
{
    while (t->n_line > 0 && t->line[0]->step == ANSWERED) FAIR_TRY(settle(t));
    return FAIR_OK;
}

/* One answer further. */
static fair_status
go_on(struct taking *t)
{
    fair_status s;

    FAIR_TRY(hand_out(t));
    FAIR_TRY(settle_answered(t));
    if (t->n_line == 0) return FAIR_OK;
    s = hear(t, -1);
    return s == FAIR_OK || s == FAIR_DONE ? settle_answered(t) : s;
}

/* Takes `it`. */
static fair_status
line_up(struct taking *t, struct item *it)
{
    fair_status s;

    t->line[t->n_line++] = it;
    FAIR_TRY(hand_out(t));
    while (fair_decoders_busy(t->house->decoders) > 0 && (s = hear(t, 0)) != FAIR_AGAIN)
        if (s != FAIR_OK) return s;
    FAIR_TRY(settle_answered(t));
    while (t->n_line == LINE || t->n_line - t->n_asked > AHEAD || (t->n_line > 1 && held(t->line, t->n_line) > HELD)) FAIR_TRY(go_on(t));
    return FAIR_OK;
}

/* Until all is written and told. */
static fair_status
drain(struct taking *t)
{
    while (t->n_line > 0) FAIR_TRY(go_on(t));
    FAIR_TRY(hand_over(t));
    return collect(t);
}

static bool
holds_bytes(struct item *const *v, size_t n, const struct fair_sha256 *sha)
{
    for (size_t i = 0; i < n; i++)
        if (fair_sha256_eq(&v[i]->work.sha256, sha)) return true;
    return false;
}

static bool
same_bytes_under_way(const struct taking *t, const struct fair_sha256 *sha)
{
    return holds_bytes(t->line, t->n_line, sha) || holds_bytes(t->group, t->n_group, sha) || holds_bytes(t->keeper.group, t->keeper.n, sha);
}

/* ---- one file ---------------------------------------------------------------- */

static fair_status
read_item(struct taking *t, struct item *it, struct fair_err *why)
{
    size_t max = (size_t)t->house->config.max_file_mb << 20;
    struct fair_fetch_reply reply = { 0 };

    if (!it->file->url) return fair_read_file(it->arena, it->file->path.p, max, &it->bytes, why);
    FAIR_TRY(fair_house_fetcher(t->house, why));
    FAIR_TRY(fair_fetcher_get(t->house->fetcher, &(struct fair_fetch_ask){ .url = it->file->path, .max_bytes = max },
                              it->arena, &reply, why));
    if (reply.status != FAIR_OK) return fair_fail(why, reply.status, "%s", reply.words);
    if (reply.http != 200) return fair_fail(why, FAIR_NOT_FOUND, "the server answered %d", reply.http);
    it->bytes = reply.body;
    return FAIR_OK;
}

/* Its bytes are here: a work already, or one for the decoders.  Takes `it`. */
static fair_status
take_bytes(struct taking *t, struct item *it)
{
    struct fair_sha256 sha = fair_sha256_of(it->bytes.p, it->bytes.n);
    struct fair_work known;
    struct fair_err why = { 0 };
    fair_status s = FAIR_OK;

    t->sum->bytes += (int64_t)it->bytes.n;
    if (same_bytes_under_way(t, &sha)) s = drain(t);
    if (s == FAIR_OK) {
        s = fair_store_work_by_sha256(&t->house->desk, &sha, it->arena, &known, &why);
        if (s != FAIR_OK) *t->err = why;
    }
    if (s != FAIR_OK && s != FAIR_NOT_FOUND) {
        item_free(it);
        return s;
    }
    it->work.sha256 = sha;
    if (s == FAIR_OK) {
        told(it, FAIR_TAKEN_KNOWN, known.id, NULL);
        it->named = !it->file->url;
        it->bytes = (fair_str){ NULL, 0 };
    }
    return line_up(t, it);
}

/* Nothing is to be read of it. */
static fair_status
take_told(struct taking *t, const struct fair_file *f, enum fair_taken what, fair_id work, const char *words)
{
    struct item *it = item_new(f);
    told(it, what, work, words);
    return line_up(t, it);
}

static fair_status
take_file(struct taking *t, const struct fair_file *f)
{
    struct fair_err why = { 0 };
    struct item *it;
    fair_id known = 0;

    if (f->fault != NULL) return take_told(t, f, FAIR_TAKEN_FAULT, 0, f->fault);
    if (!f->url) {
        fair_status s = fair_store_work_path_seen(&t->house->desk, f->key, f->bytes, f->mtime, &known, t->err);
        if (s == FAIR_OK && known != 0) return take_told(t, f, FAIR_TAKEN_KNOWN, known, NULL);
        if (s != FAIR_OK && s != FAIR_NOT_FOUND) return s;
    }
    it = item_new(f);
    if (read_item(t, it, &why) != FAIR_OK) {
        bool stray = why.status == FAIR_LIMIT && !f->asked && strcmp(fair_file_kind(f->path), "unknown") == 0;
        if (stray) told(it, FAIR_TAKEN_SKIPPED, 0, "large and no picture by its name");
        else told(it, FAIR_TAKEN_FAULT, 0, why.text);
        return line_up(t, it);
    }
    return take_bytes(t, it);
}

struct raw_args { struct fair_house *house; fair_id work; struct fair_sha256 key; int64_t bytes; const struct fair_file *file; bool reference; };

static fair_status
raw_body(const struct fair_desk *d, void *arg, struct fair_err *err)
{
    struct raw_args *r = arg;
    FAIR_TRY(fair_store_work_set_raw(d, r->work, &r->key, r->file->path, err));
    return fair_store_work_path_note(d, r->file->key, r->file->bytes, r->file->mtime, r->work, err);
}

/* A RAW beside a picture that is a work now is kept as its original. */
static fair_status
take_raw(struct taking *t, const struct fair_file *f)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    const struct fair_file *jpeg = &t->files.v[f->beside];
    struct raw_args r = { .house = t->house, .file = f, .reference = t->o->reference };
    struct fair_err why = { 0 };
    fair_id known = 0;
    fair_str bytes;
    fair_status s;

    s = fair_store_work_path_seen(&t->house->desk, f->key, f->bytes, f->mtime, &known, t->err);
    if (s == FAIR_OK && known != 0) return take_told(t, f, FAIR_TAKEN_KNOWN, known, NULL);
    if (s != FAIR_OK && s != FAIR_NOT_FOUND) return s;
    s = fair_store_work_path_seen(&t->house->desk, jpeg->key, jpeg->bytes, jpeg->mtime, &r.work, t->err);
    if (s != FAIR_OK || r.work == 0) return take_file(t, f);    /* the picture could not be read: the RAW stands alone */
    if (fair_read_file(a, f->path.p, (size_t)t->house->config.max_file_mb << 20, &bytes, &why) != FAIR_OK) return take_told(t, f, FAIR_TAKEN_FAULT, 0, why.text);
    r.bytes = (int64_t)bytes.n;
    r.key = fair_sha256_of(bytes.p, bytes.n);
    if (!r.reference) FAIR_TRY(fair_vault_put(t->house->vault, bytes, &r.key, t->err));
    FAIR_TRY(fair_store_do(&t->house->desk, raw_body, &r, t->err));
    t->sum->bytes += r.bytes;
    return take_told(t, f, FAIR_TAKEN_RAW, r.work, NULL);
}

static bool
stopped(const struct taking *t)
{
    return t->calls->stopped != NULL && t->calls->stopped(t->calls->arg);
}

static fair_status
take_all(struct taking *t)
{
    for (size_t i = 0; i < t->files.n && !stopped(t); i++)
        if (t->files.v[i].beside < 0) FAIR_TRY(take_file(t, &t->files.v[i]));
    FAIR_TRY(drain(t));
    for (size_t i = 0; i < t->files.n && !stopped(t); i++)
        if (t->files.v[i].beside >= 0) FAIR_TRY(take_raw(t, &t->files.v[i]));
    return drain(t);
}

static fair_status
open_parts(struct fair_house *h, struct fair_err *err)
{
    FAIR_TRY(fair_house_vault(h, err));
    FAIR_TRY(fair_house_decoders(h, err));
    return fair_house_index(h, err);
}

fair_status
fair_take(struct fair_house *h, char *const *paths, size_t n, const struct fair_take_options *o,
          const struct fair_take_calls *calls, struct fair_take_sum *sum, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct taking t = { .house = h, .o = o, .calls = calls, .sum = sum, .files = { .arena = a }, .err = err };
    fair_status s;

    *sum = (struct fair_take_sum){ 0 };
    FAIR_TRY(open_parts(h, err));
    for (size_t i = 0; i < n; i++) fair_files_add(&t.files, paths[i]);
    fair_files_pair_raw(&t.files);
    sum->files = (int64_t)t.files.n;
    sum->skipped = t.files.passed_over;
    s = take_all(&t);
    free_all(&t);
    if (s != FAIR_OK) {
        fair_decoders_free(&h->decoders);      /* answers still to come belong to nobody */
        return s;
    }
    return fair_house_index_catch_up(h, err);
}

static void
remember(void *arg, const struct fair_take_event *e)
{
    *(struct fair_take_event *)arg = *e;
}

fair_status
fair_take_bytes(struct fair_house *h, fair_str bytes, fair_str name, const struct fair_take_options *o,
                struct fair_take_event *out, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_take_calls calls = { .event = remember, .arg = out };
    struct fair_take_sum sum = { 0 };
    struct fair_file file = { .path = name, .key = name, .asked = true, .url = true, .beside = -1 };
    struct taking t = { .house = h, .o = o, .calls = &calls, .sum = &sum, .files = { .v = &file, .n = 1, .arena = a }, .err = err };
    struct item *it;
    fair_status s;

    FAIR_TRY(open_parts(h, err));
    it = item_new(&file);
    it->bytes = bytes;
    s = take_bytes(&t, it);
    if (s == FAIR_OK) s = drain(&t);
    free_all(&t);
    if (s != FAIR_OK) {
        fair_decoders_free(&h->decoders);
        return s;
    }
    out->words = NULL;        /* it pointed into what was freed */
    out->path = name;
    return fair_house_index_catch_up(h, err);
}
