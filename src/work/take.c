/* work/take.c - registering pictures. */
#include "work/take.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "base/io.h"
#include "base/log.h"
#include "work/files.h"

#define GROUP 64              /* works committed at once */
#define NEAR_BITS 31          /* the distance and the quality at which PDQ calls two pictures one */
#define NEAR_QUALITY 50
#define WANTED (FAIR_WANT_CATALOGUE | FAIR_WANT_THUMB | FAIR_WANT_PREVIEW | FAIR_WANT_PROOF | FAIR_WANT_RIGHTS)

/* A file on its way from disk to row. */
struct item {
    struct fair_arena *arena; /* holds bytes and what was decoded; freed with the item  */
    const struct fair_file *file;
    fair_str bytes;
    struct fair_work work;    /* all of the row but id and near                         */
    struct fair_decoded seen;
    fair_id same;             /* these bytes are a work after all: another process was first */
};

struct taking {
    struct fair_house *house;
    const struct fair_take_options *o;
    const struct fair_take_calls *calls;
    struct fair_take_sum *sum;
    struct fair_files files;
    struct item *group[GROUP];/* decoded, their blobs kept, not yet committed           */
    size_t n_group;
    struct item *under_way[GROUP];      /* asked of the decoders                        */
    size_t n_under_way;
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

static void
fault(struct taking *t, const struct fair_file *f, const char *words)
{
    tell(t, &(struct fair_take_event){ FAIR_TAKEN_FAULT, f->path, 0, 0, words });
}

/* ---- committing ------------------------------------------------------------ */

static fair_status
commit_body(const struct fair_desk *d, void *arg, struct fair_err *err)
{
    struct taking *t = arg;

    for (size_t i = 0; i < t->n_group; i++) {
        struct item *it = t->group[i];
        struct fair_work w = it->work;
        fair_status s;

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

/* What was decoded becomes rows, all of the group or none of it.  The group's
 * blobs wait for the disk together, and are there before the rows that name them. */
static fair_status
commit(struct taking *t)
{
    if (t->n_group == 0) return FAIR_OK;
    FAIR_TRY(fair_vault_flush(t->house->vault, t->err));
    FAIR_TRY(fair_store_do(&t->house->desk, commit_body, t, t->err));
    for (size_t i = 0; i < t->n_group; i++) {
        struct item *it = t->group[i];
        if (it->same != 0) {
            tell(t, &(struct fair_take_event){ FAIR_TAKEN_KNOWN, it->file->path, it->same, 0, NULL });
        } else {
            const struct fair_picture *p = &it->seen.info;
            const char *words = p->partial ? fair_str_fmt(it->arena, "broken off: %u of its rows could be read", p->decoded_rows).p : NULL;
            tell(t, &(struct fair_take_event){ FAIR_TAKEN_NEW, it->file->path, it->work.id, it->work.near, words });
        }
        item_free(it);
    }
    t->n_group = 0;
    return FAIR_OK;
}

/* ---- what the decoder said -------------------------------------------------- */

static fair_status
keep(struct taking *t, fair_str bytes, struct fair_sha256 *key)
{
    if (bytes.n == 0) return FAIR_OK;
    return fair_vault_put_lazy(t->house->vault, bytes, key, t->err);
}

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

static fair_status
settle(struct taking *t, struct item *it)
{
    const struct fair_decoded *d = &it->seen;
    struct fair_work *w = &it->work;

    if (d->status != FAIR_OK) {
        bool stray = !it->file->asked && d->fault != NULL && strcmp(d->fault, "invalid") == 0 &&
                     strcmp(fair_file_kind(it->file->path), "unknown") == 0;
        if (stray) tell(t, &(struct fair_take_event){ FAIR_TAKEN_SKIPPED, it->file->path, 0, 0, d->words });
        else fault(t, it->file, d->words);
        item_free(it);
        return FAIR_OK;
    }
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
    FAIR_TRY(fair_index_put_tail(t->house->index, t->house->desk.org, w->id, &d->fp, t->err));
    if (!w->referenced) FAIR_TRY(keep(t, it->bytes, &w->sha256));
    FAIR_TRY(keep(t, d->thumb, &w->thumb));
    FAIR_TRY(keep(t, d->preview, &w->preview));
    FAIR_TRY(keep(t, d->proof, &w->proof));
    t->group[t->n_group++] = it;
    return t->n_group == GROUP ? commit(t) : FAIR_OK;
}

/* Take one answer and settle it.  FAIR_DONE: nothing is under way. */
static fair_status
one_answer(struct taking *t)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_decoded d = { 0 };
    struct item *it;
    size_t before;
    fair_status s;

    FAIR_TRY(fair_decoders_next(t->house->decoders, a, -1, &d, t->err));
    it = d.tag;
    for (size_t i = 0; i < t->n_under_way; i++)
        if (t->under_way[i] == it) t->under_way[i] = t->under_way[--t->n_under_way];
    it->seen = d;
    /* The answer's arena becomes the item's second half: hand it over whole. */
    fair_arena_join(it->arena, &a);
    before = t->n_group;
    s = settle(t, it);
    /* What could not be kept (a full disk) belongs to nobody: settle ends with it in the group, or freed, or failed. */
    if (s != FAIR_OK && t->n_group == before) item_free(it);
    return s;
}

static fair_status
drain(struct taking *t)
{
    fair_status s;
    while ((s = one_answer(t)) == FAIR_OK) { }
    return s == FAIR_DONE ? commit(t) : s;
}

static bool
same_bytes_under_way(const struct taking *t, const struct fair_sha256 *sha)
{
    for (size_t i = 0; i < t->n_group; i++)
        if (fair_sha256_eq(&t->group[i]->work.sha256, sha)) return true;
    for (size_t i = 0; i < t->n_under_way; i++)
        if (fair_sha256_eq(&t->under_way[i]->work.sha256, sha)) return true;
    return false;
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

/* Takes `it` as soon as it sets *taken. */
static fair_status
start(struct taking *t, struct item *it, bool *taken)
{
    struct fair_work known;
    struct fair_err why = { 0 };
    fair_status s;

    it->work.sha256 = fair_sha256_of(it->bytes.p, it->bytes.n);
    t->sum->bytes += (int64_t)it->bytes.n;
    if (same_bytes_under_way(t, &it->work.sha256)) FAIR_TRY(drain(t));
    s = fair_store_work_by_sha256(&t->house->desk, &it->work.sha256, it->arena, &known, &why);
    if (s == FAIR_OK) {
        if (!it->file->url)
            FAIR_TRY(fair_store_work_path_note(&t->house->desk, it->file->key, it->file->bytes, it->file->mtime, known.id, t->err));
        tell(t, &(struct fair_take_event){ FAIR_TAKEN_KNOWN, it->file->path, known.id, 0, NULL });
        return FAIR_OK;
    }
    if (s != FAIR_NOT_FOUND) {
        *t->err = why;
        return s;
    }
    while ((s = fair_decoders_ask(t->house->decoders, it->bytes, WANTED, it, t->err)) == FAIR_AGAIN)
        FAIR_TRY(one_answer(t));
    if (s == FAIR_LIMIT || s == FAIR_INVALID) {      /* this one file is too large or empty */
        fault(t, it->file, t->err->text);
        return FAIR_OK;
    }
    if (s != FAIR_OK) return s;
    t->under_way[t->n_under_way++] = it;
    *taken = true;
    return t->n_under_way == GROUP ? one_answer(t) : FAIR_OK;
}

static fair_status
take_bytes(struct taking *t, struct item *it)
{
    bool taken = false;
    fair_status s = start(t, it, &taken);
    if (!taken) item_free(it);
    return s;
}

static fair_status
take_file(struct taking *t, const struct fair_file *f)
{
    struct fair_arena *a;
    struct fair_err why = { 0 };
    struct item *it;
    fair_id known = 0;

    if (f->fault != NULL) {
        fault(t, f, f->fault);
        return FAIR_OK;
    }
    if (!f->url) {
        fair_status s = fair_store_work_path_seen(&t->house->desk, f->key, f->bytes, f->mtime, &known, t->err);
        if (s == FAIR_OK && known != 0) {
            tell(t, &(struct fair_take_event){ FAIR_TAKEN_KNOWN, f->path, known, 0, NULL });
            return FAIR_OK;
        }
        if (s != FAIR_OK && s != FAIR_NOT_FOUND) return s;
    }
    a = fair_arena_new();
    it = FAIR_NEW(a, struct item);
    it->arena = a;
    it->file = f;
    if (read_item(t, it, &why) != FAIR_OK) {
        bool stray = why.status == FAIR_LIMIT && !f->asked && strcmp(fair_file_kind(f->path), "unknown") == 0;
        if (stray) tell(t, &(struct fair_take_event){ FAIR_TAKEN_SKIPPED, f->path, 0, 0, "large and no picture by its name" });
        else fault(t, f, why.text);
        item_free(it);
        return FAIR_OK;
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
    if (s == FAIR_OK && known != 0) {
        tell(t, &(struct fair_take_event){ FAIR_TAKEN_KNOWN, f->path, known, 0, NULL });
        return FAIR_OK;
    }
    if (s != FAIR_OK && s != FAIR_NOT_FOUND) return s;
    s = fair_store_work_path_seen(&t->house->desk, jpeg->key, jpeg->bytes, jpeg->mtime, &r.work, t->err);
    if (s != FAIR_OK || r.work == 0) return take_file(t, f);    /* the picture could not be read: the RAW stands alone */
    if (fair_read_file(a, f->path.p, (size_t)t->house->config.max_file_mb << 20, &bytes, &why) != FAIR_OK) {
        fault(t, f, why.text);
        return FAIR_OK;
    }
    r.bytes = (int64_t)bytes.n;
    r.key = fair_sha256_of(bytes.p, bytes.n);
    if (!r.reference) FAIR_TRY(fair_vault_put(t->house->vault, bytes, &r.key, t->err));
    FAIR_TRY(fair_store_do(&t->house->desk, raw_body, &r, t->err));
    t->sum->bytes += r.bytes;
    tell(t, &(struct fair_take_event){ FAIR_TAKEN_RAW, f->path, r.work, 0, NULL });
    return FAIR_OK;
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
    for (size_t i = 0; i < t.n_group; i++) item_free(t.group[i]);
    for (size_t i = 0; i < t.n_under_way; i++) item_free(t.under_way[i]);
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
    struct fair_arena *own;
    struct item *it;
    fair_status s;

    FAIR_TRY(open_parts(h, err));
    own = fair_arena_new();
    it = FAIR_NEW(own, struct item);
    it->arena = own;
    it->file = &file;
    it->bytes = bytes;
    s = take_bytes(&t, it);
    if (s == FAIR_OK) s = drain(&t);
    if (s != FAIR_OK) {
        for (size_t i = 0; i < t.n_group; i++) item_free(t.group[i]);
        for (size_t i = 0; i < t.n_under_way; i++) item_free(t.under_way[i]);
        fair_decoders_free(&h->decoders);
        return s;
    }
    out->words = NULL;        /* it pointed into what was freed */
    out->path = name;
    return fair_house_index_catch_up(h, err);
}
