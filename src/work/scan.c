/* work/scan.c - one target, told apart; one picture, decoded, matched, kept. */
#include "work/scan.h"
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/io.h"
#include "source/url.h"
#include "source/warc.h"
#include "work/files.h"
#include "work/scan_private.h"

/* The matcher names every pair it kept, however weak; a person is asked to look from one in five on. */
#define WORTH_A_LOOK 0.2f

bool
fair_scan_stopped(const struct fair_scan_run *s)
{
    return s->calls->stopped != NULL && s->calls->stopped(s->calls->arg);
}

static json_t *
text(struct fair_arena *a, fair_str s)
{
    s = fair_utf8_mend(a, s);
    return s.p == NULL ? json_null() : json_stringn_nocheck(s.p, s.n);
}

static void
tell(struct fair_scan_run *s, json_t *line)
{
    if (s->calls->line != NULL) s->calls->line(s->calls->arg, line);
    else json_decref(line);
}

/* Linked without the codecs, whose table has the same names. */
static const char *
mime_of(enum fair_format f)
{
    static const char *const names[FAIR_N_FORMATS] = { [FAIR_FORMAT_JPEG] = "image/jpeg", [FAIR_FORMAT_PNG] = "image/png", [FAIR_FORMAT_GIF] = "image/gif",
        [FAIR_FORMAT_BMP] = "image/bmp", [FAIR_FORMAT_ICO] = "image/x-icon", [FAIR_FORMAT_WEBP] = "image/webp", [FAIR_FORMAT_AVIF] = "image/avif",
        [FAIR_FORMAT_HEIC] = "image/heic", [FAIR_FORMAT_JXL] = "image/jxl", [FAIR_FORMAT_TIFF] = "image/tiff" };
    return f < FAIR_N_FORMATS && names[f] != NULL ? names[f] : "application/octet-stream";
}

static json_t *
source_json(struct fair_arena *a, const struct fair_place *p)
{
    if (p == NULL || p->file.p == NULL) return json_null();
    return json_pack("{s:o, s:I, s:I, s:I}", "file", text(a, p->file), "offset", (json_int_t)p->offset, "length", (json_int_t)p->length,
                     "record", (json_int_t)p->record);
}

fair_status
fair_scan_fault(struct fair_scan_run *s, fair_str where, const char *words, const struct fair_place *p, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();

    s->run->faults++;
    tell(s, json_pack("{s:i, s:s, s:o, s:s, s:o}", "v", 1, "type", "error", "where", text(a, where), "error", fair_utf8_mend(a, fair_str_of(words)).p,
                      "src", source_json(a, p)));
    if (s->o->stateless) return FAIR_OK;
    return fair_store_run_fault(&s->h->desk, s->run->id, where, fair_str_of(words), fair_now(), err);
}

static json_t *
words_of(struct fair_arena *a, const struct fair_match *m, const struct fair_picture *info)
{
    fair_str words[8];
    size_t n = fair_match_words(m, info->width, info->height, a, words);
    json_t *list = json_array();

    for (size_t i = 0; i < n; i++) json_array_append_new(list, text(a, words[i]));
    return list;
}

static void
tell_hit(struct fair_scan_run *s, struct fair_arena *a, const struct fair_match *m, const struct fair_decoded *d, const struct fair_sha256 *sha,
         const struct fair_place *p, bool fresh, fair_id id)
{
    tell(s, json_pack("{s:i, s:s, s:I, s:f, s:s, s:b, s:I, s:{s:o, s:o, s:i, s:i, s:s}, s:{s:o}, s:o, s:o, s:[f,f,f,f], s:o}", "v", 1, "type", "hit",
                      "work", (json_int_t)m->work, "score", (double)m->score, "verdict", fair_verdict_name(m->verdict), "new", fresh, "hit",
                      (json_int_t)id, "image", "url", text(a, p->image), "sha256", text(a, fair_hex(a, sha->b, 32)), "w", (int)d->info.width,
                      "h", (int)d->info.height, "mime", mime_of(d->info.format), "page", "url", text(a, p->page), "src",
                      source_json(a, p), "via", text(a, p->via), "box", (double)m->box[0], (double)m->box[1], (double)m->box[2],
                      (double)m->box[3], "words", words_of(a, m, &d->info)));
}

static fair_status
keep_hit(struct fair_scan_run *s, struct fair_arena *a, const struct fair_match *m, const struct fair_decoded *d, const struct fair_sha256 *sha,
         const struct fair_sha256 *preview, const struct fair_place *p, struct fair_err *err)
{
    struct fair_hit hit = { .work = m->work, .run = s->run->id, .page_url = p->page, .image_url = p->image, .site = p->site, .place = p->via,
                            .alt = p->alt, .sha256 = *sha, .preview = *preview, .width = d->info.width, .height = d->info.height,
                            .score = m->score, .verdict = fair_str_of(fair_verdict_name(m->verdict)), .has_map = m->has_map,
                            .mirrored = m->mirrored, .bits = m->bits, .agree = m->agree, .rotation = m->rotation, .scale = m->scale,
                            .covers = m->covers, .residual = m->residual, .first_seen = fair_now(), .last_seen = fair_now() };
    json_t *words = words_of(a, m, &d->info), *source = source_json(a, p);
    char *words_text = json_dumps(words, JSON_COMPACT), *source_text = json_is_null(source) ? NULL : json_dumps(source, JSON_COMPACT);
    bool fresh = false;
    fair_status st = FAIR_OK;

    for (int i = 0; i < 4; i++) {
        hit.box[i] = m->box[i];
        hit.work_box[i] = m->work_box[i];
    }
    for (int i = 0; i < 6; i++) hit.map[i] = m->map[i];
    hit.words = fair_str_of(words_text);
    hit.source = fair_str_of(source_text);
    if (!s->o->stateless) st = fair_store_hit_seen(&s->h->desk, &hit, &fresh, err);
    if (st == FAIR_OK) {
        s->run->hits++;
        s->run->hits_new += fresh;
        tell_hit(s, a, m, d, sha, p, fresh, hit.id);
    }
    json_decref(words);
    json_decref(source);
    free(words_text);
    free(source_text);
    return st;
}

fair_status
fair_scan_picture(struct fair_scan_run *s, fair_str bytes, const struct fair_place *p, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_sha256 sha = fair_sha256_of(bytes.p, bytes.n), preview = { { 0 } };
    struct fair_matches found = { 0 };
    struct fair_decoded d = { 0 };
    struct fair_err why = { 0 };
    fair_status st;

    s->run->pictures++;
    s->run->bytes += (int64_t)bytes.n;
    st = fair_decoders_picture(s->h->decoders, bytes, FAIR_MATCH_WANTS | FAIR_WANT_PREVIEW, a, &d, &why);
    if (st == FAIR_LIMIT) return fair_scan_fault(s, p->image, why.text, p, err);
    if (st != FAIR_OK) {
        *err = why;
        return st;
    }
    if (d.status != FAIR_OK) return fair_scan_fault(s, p->image, d.words, p, err);
    st = fair_house_match(s->h, &d.fp, d.grey, 0, a, &found, err);
    fair_image_free(&d.grey);
    FAIR_TRY(st);
    for (size_t i = 0; i < found.n; i++) {
        if (found.v[i].verdict < FAIR_SAME_SCENE || (found.v[i].verdict != FAIR_MATCH && found.v[i].score < WORTH_A_LOOK)) continue;
        /* The bytes are in the vault before a row names them. */
        if (!s->o->stateless && fair_sha256_none(&preview)) FAIR_TRY(fair_vault_put(s->h->vault, d.preview, &preview, err));
        FAIR_TRY(keep_hit(s, a, &found.v[i], &d, &sha, &preview, p, err));
    }
    return FAIR_OK;
}

/* ---- folders and files ----------------------------------------------------------- */

static fair_status
scan_file(struct fair_scan_run *s, const struct fair_file *f, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_place p = { .page = f->key, .image = f->key, .site = FAIR_STR("files"), .via = FAIR_STR("file"), .file = f->key, .length = f->bytes };
    struct fair_err why = { 0 };
    fair_str bytes;

    if (f->fault != NULL) return fair_scan_fault(s, f->path, f->fault, &p, err);
    if (fair_read_file(a, f->path.p, (size_t)s->h->config.max_file_mb << 20, &bytes, &why) != FAIR_OK)
        return fair_scan_fault(s, f->path, why.text, &p, err);
    return fair_scan_picture(s, bytes, &p, err);
}

static fair_status
scan_files(struct fair_scan_run *s, const char *path, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_files files = { .arena = a };

    fair_files_add(&files, path);
    for (size_t i = 0; i < files.n; i++) {
        if (fair_scan_stopped(s)) return fair_fail(err, FAIR_AGAIN, "stopped");
        FAIR_TRY(scan_file(s, &files.v[i], err));
        if (s->calls->progress != NULL) s->calls->progress(s->calls->arg, (int64_t)i + 1, (int64_t)files.n);
    }
    return FAIR_OK;
}

/* A text file whose first line is an http(s) address: each line is a target. */
static fair_status
scan_list(struct fair_scan_run *s, const char *path, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_str all, line;

    FAIR_TRY(fair_read_file(a, path, 64 << 20, &all, err));
    while (fair_str_split(&all, '\n', &line)) {
        line = fair_str_trim(line);
        if (line.n == 0 || line.p[0] == '#') continue;
        if (fair_scan_stopped(s)) return fair_fail(err, FAIR_AGAIN, "stopped");
        if (fair_scan_web(s, fair_str_dup(a, line), err) != FAIR_OK) {
            struct fair_err why = *err;
            if (why.status != FAIR_INVALID && why.status != FAIR_NOT_FOUND && why.status != FAIR_CORRUPT) return why.status;
            FAIR_TRY(fair_scan_fault(s, line, why.text, NULL, err));
        }
    }
    return FAIR_OK;
}

/* 'w' an archive, 'l' a list of addresses, 'p' anything else. */
static char
kind_of(const char *path)
{
    uint8_t head[16] = { 0 };
    struct stat st;
    FAIR_AUTO(fd) int fd = -1;

    if (strcmp(path, "-") == 0) return 'w';
    if (stat(path, &st) != 0 || !S_ISREG(st.st_mode)) return 'p';
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || read(fd, head, sizeof head) <= 0) return 'p';
    if (memcmp(head, "WARC/", 5) == 0 || memcmp(head, "filedesc:", 9) == 0 || (head[0] == 0x1f && head[1] == 0x8b)) return 'w';
    if (memcmp(head, "\x28\xb5\x2f\xfd", 4) == 0 || memcmp(head, "\x5d\x2a\x4d\x18", 4) == 0) return 'w';
    if (memcmp(head, "http://", 7) == 0 || memcmp(head, "https://", 8) == 0) return 'l';
    return 'p';
}

static bool
is_url(fair_str s)
{
    return fair_str_starts(s, FAIR_STR("http://")) || fair_str_starts(s, FAIR_STR("https://"));
}

static fair_status
begin(struct fair_scan_run *s, fair_str target, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_run open;
    fair_status st;

    if (s->o->stateless) return FAIR_OK;
    st = fair_store_run_unfinished(&s->h->desk, target, a, &open, err);
    if (st == FAIR_OK) {
        *s->run = open;
        s->run->target = target;
        s->run->state = FAIR_STR("running");
        s->run->error = (fair_str){ NULL, 0 };
        return FAIR_OK;
    }
    if (st != FAIR_NOT_FOUND) return st;
    *s->run = (struct fair_run){ .watch = s->o->watch, .target = target, .started = fair_now(), .state = FAIR_STR("running") };
    return fair_store_run_begin(&s->h->desk, s->run, err);
}

static fair_status
finish(struct fair_scan_run *s, fair_status st, const struct fair_err *why, struct fair_err *err)
{
    struct fair_run *r = s->run;

    if (!s->o->stateless && st != FAIR_AGAIN) {
        r->ended = fair_now();
        r->state = st != FAIR_OK ? FAIR_STR("failed") : r->faults > 0 ? FAIR_STR("partly") : FAIR_STR("done");
        r->error = st != FAIR_OK ? fair_str_of(why->text) : (fair_str){ NULL, 0 };
        FAIR_TRY(fair_store_run_put(&s->h->desk, r, err));
        r->error = (fair_str){ NULL, 0 };
    }
    tell(s, json_pack("{s:i, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "v", 1, "type", "stat", "pages", (json_int_t)r->pages, "pictures",
                      (json_int_t)r->pictures, "unchanged", (json_int_t)r->unchanged, "hits", (json_int_t)r->hits, "hits_new",
                      (json_int_t)r->hits_new, "faults", (json_int_t)r->faults, "bytes", (json_int_t)r->bytes));
    return FAIR_OK;
}

static fair_status
newest(void *arg, const struct fair_work *w, __attribute__((unused)) struct fair_err *err)
{
    fair_time *t = arg;
    if (w->added > *t) *t = w->added;
    return FAIR_OK;
}

fair_status
fair_scan(struct fair_house *h, fair_str target, const struct fair_scan_options *o, const struct fair_scan_calls *calls, struct fair_run *run,
          struct fair_err *err)
{
    struct fair_scan_run s = { .h = h, .o = o, .calls = calls, .run = run };
    struct fair_work_filter all = { .page.limit = 1000000000 };
    struct fair_err why = { 0 };
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_status st;

    *run = (struct fair_run){ 0 };
    target = fair_str_dup(a, target);
    FAIR_TRY(fair_house_vault(h, err));
    FAIR_TRY(fair_house_decoders(h, err));
    FAIR_TRY(fair_house_index(h, err));
    FAIR_TRY(fair_store_works(&h->desk, &all, newest, &s.newest_work, err));
    FAIR_TRY(begin(&s, target, err));
    if (is_url(target)) st = fair_scan_web(&s, target, &why);
    else if (kind_of(target.p) == 'w') st = fair_scan_warc(&s, target.p, &why);
    else if (kind_of(target.p) == 'l') st = scan_list(&s, target.p, &why);
    else st = scan_files(&s, target.p, &why);
    FAIR_TRY(finish(&s, st, &why, err));
    run->target = (fair_str){ NULL, 0 };
    if (st != FAIR_OK) *err = why;
    return st;
}
