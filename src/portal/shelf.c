/* portal/shelf.c - the portal's folder: notices/ID/{notice.json, files/, answers/, downloads/, receipts}, links/HASH, public/, answers.key. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/io.h"
#include "portal/shelf.h"

enum { RECEIPTS_MAX = 256 * 1024, LINKS_MAX = 4096 };

static fair_str
at(const struct fair_shelf *s, struct fair_arena *a, const char *fmt, fair_str x, fair_str y)
{
    fair_str tail = fair_str_fmt(a, fmt, FAIR_STR_ARG(x), FAIR_STR_ARG(y));
    return fair_str_fmt(a, "%.*s/%.*s", FAIR_STR_ARG(s->dir), FAIR_STR_ARG(tail));
}

fair_status
fair_shelf_open(const char *dir, struct fair_arena *a, struct fair_shelf *out, struct fair_err *err)
{
    *out = (struct fair_shelf){ .dir = fair_str_dup(a, fair_str_of(dir)), .arena = a };
    FAIR_TRY(fair_make_dirs(fair_str_fmt(a, "%s/notices", dir).p, 0700, err));
    FAIR_TRY(fair_make_dirs(fair_str_fmt(a, "%s/public", dir).p, 0700, err));
    return fair_make_dirs(fair_str_fmt(a, "%s/links", dir).p, 0700, err);
}

/* ---- names ---- */

bool
fair_notice_id_ok(fair_str id)
{
    for (size_t i = 0; i < id.n; i++)
        if (!((id.p[i] >= 'A' && id.p[i] <= 'Z') || (id.p[i] >= '0' && id.p[i] <= '9') || (id.p[i] == '-' && i > 0))) return false;
    return id.n >= 4 && id.n <= FAIR_NOTICE_ID_MAX;
}

bool
fair_link_secret_ok(fair_str secret)
{
    for (size_t i = 0; i < secret.n; i++) {
        char c = secret.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_')) return false;
    }
    return secret.n == FAIR_LINK_SECRET;
}

bool
fair_shelf_name_ok(fair_str name)
{
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || ((c == '.' || c == '-') && i > 0))) return false;
    }
    return name.n > 0 && name.n <= 60;
}

static fair_status
id_ok(fair_str id, struct fair_err *err)
{
    return fair_notice_id_ok(id) ? FAIR_OK : fair_fail(err, FAIR_INVALID, "that is no notice's number");
}

fair_str
fair_link_secret_new(struct fair_arena *a)
{
    uint8_t bytes[32];

    fair_random(bytes, sizeof bytes);
    return fair_base64url(a, bytes, sizeof bytes);
}

static fair_str
link_key(struct fair_arena *a, fair_str secret)
{
    struct fair_sha256 sha = fair_sha256_of(secret.p, secret.n);
    return fair_hex(a, sha.b, sizeof sha.b);
}

/* ---- walking folders ---- */

static int
by_name(const void *x, const void *y)
{
    return strcmp(((const fair_str *)x)->p, ((const fair_str *)y)->p);
}

/* The entries of a folder, sorted; none where there is no folder. */
static fair_status
entries(struct fair_arena *a, const char *dir, fair_str **out, size_t *n, struct fair_err *err)
{
    DIR *d = opendir(dir);
    struct dirent *e;
    size_t room = 16;

    *n = 0;
    *out = fair_alloc_array(a, room, sizeof **out);
    if (d == NULL) return errno == ENOENT ? FAIR_OK : fair_fail(err, FAIR_IO, "%s: %m", dir);
    while ((e = readdir(d)) != NULL) {
        if (e->d_name[0] == '.') continue;
        if (*n == room) {
            fair_str *more = fair_alloc_array(a, room * 2, sizeof *more);
            memcpy(more, *out, room * sizeof *more);
            *out = more;
            room *= 2;
        }
        (*out)[(*n)++] = fair_str_dup(a, fair_str_of(e->d_name));
    }
    closedir(d);
    qsort(*out, *n, sizeof **out, by_name);
    return FAIR_OK;
}

static fair_status
drop(const char *path, struct fair_err *err)
{
    if (unlink(path) != 0 && errno != ENOENT) return fair_fail(err, FAIR_IO, "%s: %m", path);
    return FAIR_OK;
}

static fair_status
drop_folder(struct fair_arena *a, const char *dir, struct fair_err *err)
{
    fair_str *names;
    size_t n;

    FAIR_TRY(entries(a, dir, &names, &n, err));
    for (size_t i = 0; i < n; i++) FAIR_TRY(drop(fair_str_fmt(a, "%s/%.*s", dir, FAIR_STR_ARG(names[i])).p, err));
    if (rmdir(dir) != 0 && errno != ENOENT) return fair_fail(err, FAIR_IO, "%s: %m", dir);
    return FAIR_OK;
}

/* ---- the home's side ---- */

/* Is it there with just these bytes?  Then the disk is left alone. */
static bool
same(struct fair_arena *a, const char *path, fair_str bytes)
{
    struct fair_err no = { 0 };
    struct stat st;
    fair_str there;

    if (stat(path, &st) != 0 || (size_t)st.st_size != bytes.n) return false;
    return fair_read_file(a, path, bytes.n, &there, &no) == FAIR_OK && there.n == bytes.n && (bytes.n == 0 || memcmp(there.p, bytes.p, bytes.n) == 0);
}

fair_status
fair_shelf_notice_update(const struct fair_shelf *s, fair_str id, fair_str json, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_str path;

    FAIR_TRY(id_ok(id, err));
    if (json.n > FAIR_NOTICE_JSON_MAX) return fair_fail(err, FAIR_LIMIT, "notice %.*s: %zu bytes of facts", FAIR_STR_ARG(id), json.n);
    path = at(s, a, "notices/%.*s/notice.json%.*s", id, FAIR_STR(""));
    return same(a, path.p, json) ? FAIR_OK : fair_write_file(path.p, json.p, json.n, 0600, err);
}

static fair_status
name_ok(fair_str id, fair_str name, struct fair_err *err)
{
    FAIR_TRY(id_ok(id, err));
    return fair_shelf_name_ok(name) ? FAIR_OK : fair_fail(err, FAIR_INVALID, "notice %.*s: a file called %.*s", FAIR_STR_ARG(id), FAIR_STR_ARG(name));
}

fair_status
fair_shelf_file_put(const struct fair_shelf *s, fair_str id, fair_str name, fair_str bytes, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_str path;

    FAIR_TRY(name_ok(id, name, err));
    if (bytes.n > FAIR_NOTICE_FILE_MAX) return fair_fail(err, FAIR_LIMIT, "notice %.*s: %.*s has %zu bytes", FAIR_STR_ARG(id), FAIR_STR_ARG(name), bytes.n);
    FAIR_TRY(fair_make_dirs(at(s, a, "notices/%.*s/files%.*s", id, FAIR_STR("")).p, 0700, err));
    path = at(s, a, "notices/%.*s/files/%.*s", id, name);
    return same(a, path.p, bytes) ? FAIR_OK : fair_write_file(path.p, bytes.p, bytes.n, 0600, err);
}

fair_status
fair_shelf_file_sum(const struct fair_shelf *s, fair_str id, fair_str name, int64_t *bytes, struct fair_sha256 *sha256, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_str text;

    FAIR_TRY(name_ok(id, name, err));
    FAIR_TRY(fair_read_file(a, at(s, a, "notices/%.*s/files/%.*s", id, name).p, FAIR_NOTICE_FILE_MAX, &text, err));
    *bytes = (int64_t)text.n;
    *sha256 = fair_sha256_of(text.p, text.n);
    return FAIR_OK;
}

fair_status
fair_shelf_files(const struct fair_shelf *s, fair_str id, struct fair_arena *a, fair_str **names, size_t *n, struct fair_err *err)
{
    fair_str *all;
    size_t n_all;

    FAIR_TRY(id_ok(id, err));
    FAIR_TRY(entries(a, at(s, a, "notices/%.*s/files%.*s", id, FAIR_STR("")).p, &all, &n_all, err));
    *names = all;
    *n = 0;
    for (size_t i = 0; i < n_all; i++)
        if (fair_shelf_name_ok(all[i]) && !fair_str_ends(all[i], FAIR_STR(".new"))) all[(*n)++] = all[i];
    return FAIR_OK;
}

fair_status
fair_shelf_notice_put(const struct fair_shelf *s, fair_str id, fair_str json, const struct fair_shelf_file *files, size_t n, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_str *old, folder;
    struct stat st;
    size_t n_old;

    FAIR_TRY(id_ok(id, err));
    if (n > FAIR_NOTICE_FILES) return fair_fail(err, FAIR_LIMIT, "notice %.*s: %zu files", FAIR_STR_ARG(id), n);
    for (size_t i = 0; i < n; i++) {
        FAIR_TRY(name_ok(id, files[i].name, err));
        if (files[i].bytes.n > FAIR_NOTICE_FILE_MAX) return fair_fail(err, FAIR_LIMIT, "notice %.*s: %.*s has %zu bytes", FAIR_STR_ARG(id), FAIR_STR_ARG(files[i].name), files[i].bytes.n);
    }
    folder = at(s, a, "notices/%.*s/files%.*s", id, FAIR_STR(""));
    FAIR_TRY(fair_make_dirs(folder.p, 0700, err));
    FAIR_TRY(fair_make_dirs(at(s, a, "notices/%.*s/answers%.*s", id, FAIR_STR("")).p, 0700, err));
    FAIR_TRY(fair_make_dirs(at(s, a, "notices/%.*s/downloads%.*s", id, FAIR_STR("")).p, 0700, err));
    for (size_t i = 0; i < n; i++) {
        if (files[i].bytes.p != NULL) FAIR_TRY(fair_shelf_file_put(s, id, files[i].name, files[i].bytes, err));
        else if (stat(fair_str_fmt(a, "%s/%.*s", folder.p, FAIR_STR_ARG(files[i].name)).p, &st) != 0)
            return fair_fail(err, FAIR_NOT_FOUND, "notice %.*s: %.*s should stay and is not there", FAIR_STR_ARG(id), FAIR_STR_ARG(files[i].name));
    }
    FAIR_TRY(fair_shelf_notice_update(s, id, json, err));
    FAIR_TRY(entries(a, folder.p, &old, &n_old, err));
    for (size_t i = 0; i < n_old; i++) {
        bool kept = false;
        const char *path = fair_str_fmt(a, "%s/%.*s", folder.p, FAIR_STR_ARG(old[i])).p;
        for (size_t k = 0; k < n && !kept; k++) kept = fair_str_eq(old[i], files[k].name);
        /* Half of a file that somebody else is writing just now stays, unless whoever wrote it is long gone. */
        if (!kept && fair_str_ends(old[i], FAIR_STR(".new"))) kept = stat(path, &st) != 0 || fair_now() - (fair_time)st.st_mtime * FAIR_SECOND < FAIR_HOUR;
        if (!kept) FAIR_TRY(drop(path, err));
    }
    return FAIR_OK;
}

fair_status
fair_shelf_link_put_hash(const struct fair_shelf *s, fair_str hash, fair_str id, fair_time expires, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_sha256 sha;
    fair_str text;

    FAIR_TRY(id_ok(id, err));
    if (!fair_unhex(hash, sha.b, 32)) return fair_fail(err, FAIR_INVALID, "that is no link's hash");
    text = fair_str_fmt(a, "%.*s %.*s\n", FAIR_STR_ARG(id), FAIR_STR_ARG(fair_time_text(a, expires)));
    return fair_write_file(at(s, a, "links/%.*s%.*s", fair_hex(a, sha.b, 32), FAIR_STR("")).p, text.p, text.n, 0600, err);
}

fair_status
fair_shelf_link_put(const struct fair_shelf *s, fair_str secret, fair_str id, fair_time expires, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();

    if (!fair_link_secret_ok(secret)) return fair_fail(err, FAIR_INVALID, "that is no link's secret");
    return fair_shelf_link_put_hash(s, link_key(a, secret), id, expires, err);
}

fair_status
fair_shelf_notice_remove(const struct fair_shelf *s, fair_str id, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_str *links, links_dir = at(s, a, "links%.*s%.*s", FAIR_STR(""), FAIR_STR("")), dir;
    struct stat st;
    size_t n;

    FAIR_TRY(id_ok(id, err));
    dir = at(s, a, "notices/%.*s%.*s", id, FAIR_STR(""));
    if (stat(dir.p, &st) != 0) return fair_fail(err, FAIR_NOT_FOUND, "no notice %.*s here", FAIR_STR_ARG(id));
    FAIR_TRY(entries(a, links_dir.p, &links, &n, err));
    for (size_t i = 0; i < n; i++) {
        fair_str path = fair_str_fmt(a, "%s/%s", links_dir.p, links[i].p), text, of;
        if (fair_read_file(a, path.p, 200, &text, err) != FAIR_OK || !fair_str_split(&text, ' ', &of) || !fair_str_eq(of, id)) continue;
        FAIR_TRY(drop(path.p, err));
    }
    FAIR_TRY(drop_folder(a, fair_str_fmt(a, "%s/files", dir.p).p, err));
    FAIR_TRY(drop_folder(a, fair_str_fmt(a, "%s/answers", dir.p).p, err));
    FAIR_TRY(drop_folder(a, fair_str_fmt(a, "%s/downloads", dir.p).p, err));
    return drop_folder(a, dir.p, err);
}

fair_status
fair_shelf_key_put(const struct fair_shelf *s, const uint8_t key[32], struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_str text = fair_str_fmt(a, "%.*s\n", FAIR_STR_ARG(fair_hex(a, key, 32)));

    return fair_write_file(at(s, a, "answers.key%.*s%.*s", FAIR_STR(""), FAIR_STR("")).p, text.p, text.n, 0600, err);
}

fair_status
fair_shelf_answers_each(const struct fair_shelf *s, struct fair_arena *a,
                        fair_status (*each)(void *arg, fair_str notice, fair_str name, fair_str sealed, struct fair_err *err), void *arg, struct fair_err *err)
{
    fair_str *ids, *names, none = { NULL, 0 };
    size_t n_ids, n;

    FAIR_TRY(entries(a, at(s, a, "notices%.*s%.*s", FAIR_STR(""), FAIR_STR("")).p, &ids, &n_ids, err));
    for (size_t i = 0; i < n_ids; i++) {
        if (!fair_notice_id_ok(ids[i])) continue;
        FAIR_TRY(entries(a, at(s, a, "notices/%.*s/answers%.*s", ids[i], FAIR_STR("")).p, &names, &n, err));
        for (size_t k = 0; k < n; k++)
            if (fair_shelf_name_ok(names[k]) && !fair_str_ends(names[k], FAIR_STR(".new"))) FAIR_TRY(each(arg, ids[i], names[k], none, err));
    }
    return FAIR_OK;
}

fair_status
fair_shelf_answer_get(const struct fair_shelf *s, fair_str notice, fair_str name, struct fair_arena *a, fair_str *sealed, struct fair_err *err)
{
    FAIR_TRY(id_ok(notice, err));
    if (!fair_shelf_name_ok(name)) return fair_fail(err, FAIR_NOT_FOUND, "that is no answer's name");
    return fair_read_file(a, at(s, a, "notices/%.*s/answers/%.*s", notice, name).p, FAIR_ANSWER_MAX, sealed, err);
}

fair_status
fair_shelf_answer_bring(const struct fair_shelf *s, fair_str notice, fair_str name, fair_str sealed, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();

    FAIR_TRY(id_ok(notice, err));
    if (!fair_shelf_name_ok(name)) return fair_fail(err, FAIR_INVALID, "that is no answer's name");
    FAIR_TRY(fair_make_dirs(at(s, a, "notices/%.*s/answers%.*s", notice, FAIR_STR("")).p, 0700, err));
    return fair_write_file(at(s, a, "notices/%.*s/answers/%.*s", notice, name).p, sealed.p, sealed.n, 0600, err);
}

struct reading { const struct fair_shelf *s; fair_status (*each)(void *arg, fair_str notice, fair_str name, fair_str sealed, struct fair_err *err); void *arg; };

static fair_status
read_one(void *arg, fair_str notice, fair_str name, fair_str sealed, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *mine = fair_arena_new();
    struct reading *r = arg;
    fair_status st = fair_shelf_answer_get(r->s, notice, name, mine, &sealed, err);

    if (st == FAIR_NOT_FOUND) return FAIR_OK;                   /* another has taken it meanwhile */
    if (st != FAIR_OK) return st;
    return r->each(r->arg, notice, name, sealed, err);
}

fair_status
fair_shelf_answers(const struct fair_shelf *s, struct fair_arena *a,
                   fair_status (*each)(void *arg, fair_str notice, fair_str name, fair_str sealed, struct fair_err *err), void *arg, struct fair_err *err)
{
    struct reading r = { s, each, arg };
    return fair_shelf_answers_each(s, a, read_one, &r, err);
}

fair_status
fair_shelf_answer_remove(const struct fair_shelf *s, fair_str notice, fair_str name, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();

    FAIR_TRY(id_ok(notice, err));
    if (!fair_shelf_name_ok(name)) return fair_fail(err, FAIR_INVALID, "that is no answer's name");
    return drop(at(s, a, "notices/%.*s/answers/%.*s", notice, name).p, err);
}

fair_status
fair_shelf_answers_wait(const struct fair_shelf *s, fair_str notice, bool *wait, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_str *names;
    size_t n;

    FAIR_TRY(id_ok(notice, err));
    FAIR_TRY(entries(a, at(s, a, "notices/%.*s/answers%.*s", notice, FAIR_STR("")).p, &names, &n, err));
    *wait = n > 0;
    return FAIR_OK;
}

/* ---- downloads of evidence ---- */

/* TIME-ONCE, as of answers. */
static bool
download_name(fair_str name, fair_time *when, fair_str *once)
{
    fair_str rest = name, first;
    int64_t t;
    uint8_t bytes[16];

    if (!fair_str_split(&rest, '-', &first) || rest.p == NULL || !fair_str_number(first, INT64_MAX, &t) || !fair_unhex(rest, bytes, sizeof bytes)) return false;
    *when = t;
    *once = rest;
    return true;
}

fair_status
fair_shelf_downloads(const struct fair_shelf *s, struct fair_arena *a, fair_status (*each)(void *arg, const struct fair_shelf_download *x, struct fair_err *err), void *arg,
                     struct fair_err *err)
{
    fair_str *ids, *names;
    size_t n_ids, n;

    FAIR_TRY(entries(a, at(s, a, "notices%.*s%.*s", FAIR_STR(""), FAIR_STR("")).p, &ids, &n_ids, err));
    for (size_t i = 0; i < n_ids; i++) {
        if (!fair_notice_id_ok(ids[i])) continue;
        FAIR_TRY(entries(a, at(s, a, "notices/%.*s/downloads%.*s", ids[i], FAIR_STR("")).p, &names, &n, err));
        for (size_t k = 0; k < n; k++) {
            struct fair_shelf_download x = { .notice = ids[i], .name = names[k] };
            fair_status st;
            if (!download_name(names[k], &x.at, &x.once)) continue;
            st = fair_read_file(a, at(s, a, "notices/%.*s/downloads/%.*s", ids[i], names[k]).p, 100, &x.file, err);
            if (st == FAIR_NOT_FOUND) continue;                 /* another has taken it meanwhile */
            FAIR_TRY(st);
            FAIR_TRY(each(arg, &x, err));
        }
    }
    return FAIR_OK;
}

fair_status
fair_shelf_download_bring(const struct fair_shelf *s, fair_str notice, fair_str name, fair_str file, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_time when;
    fair_str once;

    FAIR_TRY(id_ok(notice, err));
    if (!download_name(name, &when, &once) || !fair_shelf_name_ok(file)) return fair_fail(err, FAIR_INVALID, "that is no download's name");
    FAIR_TRY(fair_make_dirs(at(s, a, "notices/%.*s/downloads%.*s", notice, FAIR_STR("")).p, 0700, err));
    return fair_write_file(at(s, a, "notices/%.*s/downloads/%.*s", notice, name).p, file.p, file.n, 0600, err);
}

fair_status
fair_shelf_download_remove(const struct fair_shelf *s, fair_str notice, fair_str name, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_time when;
    fair_str once;

    FAIR_TRY(id_ok(notice, err));
    if (!download_name(name, &when, &once)) return fair_fail(err, FAIR_INVALID, "that is no download's name");
    return drop(at(s, a, "notices/%.*s/downloads/%.*s", notice, name).p, err);
}

/* ---- pages for everybody ---- */

static bool
public_name(fair_str name)
{
    return fair_str_eq(name, FAIR_STR("report")) || fair_str_eq(name, FAIR_STR("terms"));
}

fair_status
fair_shelf_public_put(const struct fair_shelf *s, fair_str name, fair_str json, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_str path;

    if (!public_name(name) || json.n > FAIR_PUBLIC_MAX) return fair_fail(err, FAIR_INVALID, "a public page that is none of ours, or too large");
    path = at(s, a, "public/%.*s.json%.*s", name, FAIR_STR(""));
    if (json.p == NULL) return drop(path.p, err);
    return same(a, path.p, json) ? FAIR_OK : fair_write_file(path.p, json.p, json.n, 0600, err);
}

bool
fair_shelf_public_there(const struct fair_shelf *s, fair_str name)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    return public_name(name) && access(at(s, a, "public/%.*s.json%.*s", name, FAIR_STR("")).p, R_OK) == 0;
}

fair_status
fair_shelf_public_get(const struct fair_shelf *s, fair_str name, struct fair_arena *a, fair_str *json, struct fair_err *err)
{
    if (!public_name(name)) return fair_fail(err, FAIR_NOT_FOUND, "no such page");
    return fair_read_file(a, at(s, a, "public/%.*s.json%.*s", name, FAIR_STR("")).p, FAIR_PUBLIC_MAX, json, err);
}

fair_status
fair_shelf_door(const struct fair_shelf *s, struct fair_arena *a, bool make, fair_str *secret, struct fair_err *err)
{
    fair_str path = at(s, a, "home.secret%.*s%.*s", FAIR_STR(""), FAIR_STR(""));
    uint8_t bytes[32];
    fair_status st = fair_read_file(a, path.p, 200, secret, err);

    if (st == FAIR_NOT_FOUND && make) {
        fair_random(bytes, sizeof bytes);
        *secret = fair_hex(a, bytes, sizeof bytes);
        return fair_write_file(path.p, secret->p, secret->n, 0600, err);
    }
    if (st != FAIR_OK) return st;
    *secret = fair_str_trim(*secret);
    return fair_unhex(*secret, bytes, sizeof bytes) ? FAIR_OK : fair_fail(err, FAIR_CORRUPT, "home.secret is no secret of 64 hex digits");
}

/* ---- the portal's side ---- */

fair_status
fair_shelf_link_find(const struct fair_shelf *s, fair_str secret, fair_time now, struct fair_arena *a, fair_str *id, fair_time *expires, struct fair_err *err)
{
    fair_str text, of;
    fair_status st;

    if (!fair_link_secret_ok(secret)) return fair_fail(err, FAIR_NOT_FOUND, "this link opens nothing");
    st = fair_read_file(a, at(s, a, "links/%.*s%.*s", link_key(a, secret), FAIR_STR("")).p, 200, &text, err);
    if (st == FAIR_NOT_FOUND) return fair_fail(err, FAIR_NOT_FOUND, "this link opens nothing");
    FAIR_TRY(st);
    fair_str_split(&text, ' ', &of);
    if (!fair_notice_id_ok(of) || text.p == NULL || !fair_time_parse(fair_str_trim(text), expires)) return fair_fail(err, FAIR_CORRUPT, "a link's file does not parse");
    *id = of;
    return now >= *expires ? fair_fail(err, FAIR_REFUSED, "this link has expired") : FAIR_OK;
}

fair_status
fair_shelf_notice_get(const struct fair_shelf *s, fair_str id, struct fair_arena *a, fair_str *json, struct fair_err *err)
{
    fair_status st;

    FAIR_TRY(id_ok(id, err));
    st = fair_read_file(a, at(s, a, "notices/%.*s/notice.json%.*s", id, FAIR_STR("")).p, FAIR_NOTICE_JSON_MAX, json, err);
    return st == FAIR_NOT_FOUND ? fair_fail(err, st, "no notice of this number was sent from here") : st;
}

fair_status
fair_shelf_file_open(const struct fair_shelf *s, fair_str id, fair_str name, int *fd, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();

    FAIR_TRY(id_ok(id, err));
    if (!fair_shelf_name_ok(name)) return fair_fail(err, FAIR_NOT_FOUND, "no such file");
    *fd = open(at(s, a, "notices/%.*s/files/%.*s", id, name).p, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (*fd < 0) return errno == ENOENT ? fair_fail(err, FAIR_NOT_FOUND, "no such file") : fair_fail(err, FAIR_IO, "file %.*s: %m", FAIR_STR_ARG(name));
    return FAIR_OK;
}

fair_status
fair_shelf_key_get(const struct fair_shelf *s, uint8_t key[32], struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_str text;

    FAIR_TRY(fair_read_file(a, at(s, a, "answers.key%.*s%.*s", FAIR_STR(""), FAIR_STR("")).p, 200, &text, err));
    if (!fair_unhex(fair_str_trim(text), key, 32)) return fair_fail(err, FAIR_CORRUPT, "answers.key is no key");
    return FAIR_OK;
}

fair_status
fair_shelf_answer_put(const struct fair_shelf *s, fair_str id, fair_time when, const uint8_t once[16], fair_str sealed, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_str *names, dir, own = fair_hex(a, once, 16), path;
    size_t n;

    FAIR_TRY(id_ok(id, err));
    if (sealed.n > FAIR_ANSWER_MAX) return fair_fail(err, FAIR_LIMIT, "the answer has %zu bytes", sealed.n);
    dir = at(s, a, "notices/%.*s/answers%.*s", id, FAIR_STR(""));
    FAIR_TRY(entries(a, dir.p, &names, &n, err));
    for (size_t i = 0; i < n; i++)
        if (fair_str_ends(names[i], own)) return fair_fail(err, FAIR_CONFLICT, "this answer was received already");
    if (n >= FAIR_ANSWERS_WAITING) return fair_fail(err, FAIR_LIMIT, "%zu answers wait to be read; more are taken when they have been", n);
    path = fair_str_fmt(a, "%s/%016lld-%.*s", dir.p, (long long)when, FAIR_STR_ARG(own));
    return fair_write_file(path.p, sealed.p, sealed.n, 0600, err);
}

fair_status
fair_shelf_download_add(const struct fair_shelf *s, fair_str id, fair_time when, const uint8_t once[16], fair_str file, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_str *names, dir;
    size_t n;

    FAIR_TRY(name_ok(id, file, err));
    dir = at(s, a, "notices/%.*s/downloads%.*s", id, FAIR_STR(""));
    FAIR_TRY(fair_make_dirs(dir.p, 0700, err));
    FAIR_TRY(entries(a, dir.p, &names, &n, err));
    if (n >= FAIR_DOWNLOADS_WAITING) return FAIR_OK;
    return fair_write_file(fair_str_fmt(a, "%s/%016lld-%.*s", dir.p, (long long)when, FAIR_STR_ARG(fair_hex(a, once, 16))).p, file.p, file.n, 0600, err);
}

fair_status
fair_shelf_receipt_add(const struct fair_shelf *s, fair_str id, fair_str line, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_str text, whole;

    FAIR_TRY(fair_shelf_receipts(s, id, a, &text, err));
    if (text.n + line.n + 1 > RECEIPTS_MAX) return fair_fail(err, FAIR_LIMIT, "receipts of %.*s", FAIR_STR_ARG(id));
    whole = fair_str_fmt(a, "%.*s%.*s\n", FAIR_STR_ARG(text), FAIR_STR_ARG(line));
    return fair_write_file(at(s, a, "notices/%.*s/receipts%.*s", id, FAIR_STR("")).p, whole.p, whole.n, 0600, err);
}

fair_status
fair_shelf_receipts(const struct fair_shelf *s, fair_str id, struct fair_arena *a, fair_str *text, struct fair_err *err)
{
    fair_status st;

    FAIR_TRY(id_ok(id, err));
    st = fair_read_file(a, at(s, a, "notices/%.*s/receipts%.*s", id, FAIR_STR("")).p, RECEIPTS_MAX, text, err);
    if (st != FAIR_NOT_FOUND) return st;
    *text = FAIR_STR("");
    return FAIR_OK;
}
