/* work/portal_sync.c - a portal on another machine: what changed goes there, answers are fetched (portal/door.h).  The home's own folder
 * stays the truth: what is there is what the other should have. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>
#include "base/io.h"
#include "base/log.h"
#include "http/http.h"
#include "portal/door.h"
#include "work/portal_home.h"

enum { SEND_MAX = 96 * 1024 * 1024 };

struct far { struct fair_house *h; struct fair_portal_home *p; struct fair_fetcher *net; fair_str url, secret; fair_time now; };

static fair_status
ask(struct far *f, const char *what, fair_str body, struct fair_arena *a, fair_str *reply, struct fair_err *err)
{
    fair_str sign = fair_door_sign(a, f->secret, what, fair_now(), body);
    struct fair_fetch_ask q = { .url = fair_str_fmt(a, "%.*s/home/%s", FAIR_STR_ARG(f->url), what), .method = "POST", .body = body, .once = true,
        .max_bytes = FAIR_ANSWER_MAX, .ignore_robots = true,
        .headers = fair_str_fmt(a, "Authorization: %.*s\nContent-Type: application/octet-stream\n", FAIR_STR_ARG(sign)) };
    struct fair_fetch_reply r = { 0 };

    FAIR_TRY(fair_fetcher_get(f->net, &q, a, &r, err));
    if (r.status != FAIR_OK) return fair_fail(err, FAIR_IO, "the portal at %.*s: %s", FAIR_STR_ARG(f->url), r.words);
    if (r.http != 200) return fair_fail(err, FAIR_IO, "the portal at %.*s answered %d to %s%s", FAIR_STR_ARG(f->url), r.http, what,
                                        r.http == 404 ? " (is it started with --door, has it the secret of portal.secret_file, and are both clocks right?)" : "");
    *reply = r.body;
    return FAIR_OK;
}

static fair_status
ask_json(struct far *f, const char *what, json_t *head, struct fair_arena *a, fair_str *reply, struct fair_err *err)
{
    fair_str body;
    fair_status s = fair_bundle_pack(a, head, NULL, 0, SEND_MAX, &body, err);

    json_decref(head);
    return s == FAIR_OK ? ask(f, what, body, a, reply, err) : s;
}

/* ---- out ---- */

/* Every link of this notice, from the folder. */
static fair_status
links_of(struct far *f, fair_str id, struct fair_arena *a, json_t *out, struct fair_err *err)
{
    fair_str dir = fair_str_fmt(a, "%.*s/links", FAIR_STR_ARG(f->p->shelf.dir));
    DIR *d = opendir(dir.p);
    struct dirent *e;

    if (d == NULL) return fair_fail(err, FAIR_IO, "%s: %m", dir.p);
    while ((e = readdir(d)) != NULL) {
        fair_str text, of;
        if (strlen(e->d_name) != 64 || fair_read_file(a, fair_str_fmt(a, "%s/%s", dir.p, e->d_name).p, 200, &text, err) != FAIR_OK) continue;
        if (!fair_str_split(&text, ' ', &of) || !fair_str_eq(of, id)) continue;
        text = fair_str_trim(text);
        json_array_append_new(out, json_pack("{s:s, s:s%}", "hash", e->d_name, "expires", text.p, text.n));
    }
    closedir(d);
    return FAIR_OK;
}

/* What the other side has of this notice: {"files":[{"name","sha256"}]}. */
static fair_status
files_there(struct far *f, fair_str id, struct fair_arena *a, json_t **out, struct fair_err *err)
{
    fair_str reply;

    *out = NULL;
    FAIR_TRY(ask_json(f, "files", json_pack("{s:s%}", "id", id.p, id.n), a, &reply, err));
    *out = json_loadb(reply.p, reply.n, 0, NULL);
    return json_is_object(*out) ? FAIR_OK : fair_fail(err, FAIR_CORRUPT, "the portal at %.*s answered no list of files", FAIR_STR_ARG(f->url));
}

static bool
is_there(const json_t *there, fair_str name, fair_str sha)
{
    const json_t *x;
    size_t i;

    json_array_foreach(json_object_get(there, "files"), i, x)
        if (fair_str_eq(fair_member(x, "name"), name) && fair_str_eq(fair_member(x, "sha256"), sha)) return true;
    return false;
}

/* A file that is not there as it should be goes alone, before the facts that name it. */
static fair_status
send_file(struct far *f, fair_str id, fair_str name, const json_t *there, json_t *keep, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_str path = fair_str_fmt(a, "%.*s/notices/%.*s/files/%.*s", FAIR_STR_ARG(f->p->shelf.dir), FAIR_STR_ARG(id), FAIR_STR_ARG(name)), body, reply;
    struct fair_answer_file file = { .name = name };
    json_t *head;
    fair_status s;

    FAIR_TRY(fair_read_file(a, path.p, FAIR_NOTICE_FILE_MAX, &file.bytes, err));
    json_array_append_new(keep, json_stringn(name.p, name.n));
    if (is_there(there, name, fair_hex(a, fair_sha256_of(file.bytes.p, file.bytes.n).b, 32))) return FAIR_OK;
    head = json_pack("{s:s%}", "id", id.p, id.n);
    s = fair_bundle_pack(a, head, &file, 1, SEND_MAX, &body, err);
    json_decref(head);
    if (s != FAIR_OK) return s;
    return ask(f, "file", body, a, &reply, err);
}

static fair_status
send_files(struct far *f, fair_str id, const fair_str *names, size_t n, json_t *keep, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    json_t *there = NULL;
    fair_status s = files_there(f, id, a, &there, err);

    for (size_t i = 0; s == FAIR_OK && i < n; i++) s = send_file(f, id, names[i], there, keep, err);
    json_decref(there);
    return s;
}

/* What was last sent, as one digest: of the facts, the links and each file's name, size and time. */
static fair_str
mark_of(struct far *f, fair_str id, fair_str json, const json_t *links, const fair_str *names, size_t n, struct fair_arena *a)
{
    struct fair_sha256_run *sha = fair_sha256_begin();
    struct fair_sha256 sum;
    char *text = json_dumps(links, JSON_COMPACT);

    fair_sha256_add(sha, json.p, json.n);
    if (text != NULL) fair_sha256_add(sha, text, strlen(text));
    free(text);
    for (size_t i = 0; i < n; i++) {
        struct stat st = { 0 };
        fair_str path = fair_str_fmt(a, "%.*s/notices/%.*s/files/%.*s", FAIR_STR_ARG(f->p->shelf.dir), FAIR_STR_ARG(id), FAIR_STR_ARG(names[i])), line;
        if (stat(path.p, &st) != 0) continue;
        line = fair_str_fmt(a, "%.*s %lld %lld.%09ld\n", FAIR_STR_ARG(names[i]), (long long)st.st_size, (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
        fair_sha256_add(sha, line.p, line.n);
    }
    sum = fair_sha256_end(&sha);
    return fair_hex(a, sum.b, 32);
}

static fair_status
send_facts(struct far *f, json_t *head, struct fair_arena *a, struct fair_err *err)
{
    fair_str body, reply;

    FAIR_TRY(fair_bundle_pack(a, head, NULL, 0, SEND_MAX, &body, err));
    return ask(f, "notice", body, a, &reply, err);
}

static fair_status
send_notice(struct far *f, fair_str id, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    json_t *head = json_object(), *links = json_array(), *keep = json_array(), *notice;
    fair_str text = { NULL, 0 }, path, mark = { NULL, 0 }, pushed, *names = NULL;
    size_t n = 0;
    bool done = false;
    fair_status s;

    json_object_set_new(head, "id", json_stringn(id.p, id.n));
    json_object_set_new(head, "links", links);
    json_object_set_new(head, "keep", keep);
    s = fair_shelf_notice_get(&f->p->shelf, id, a, &text, err);
    if (s == FAIR_OK) s = links_of(f, id, a, links, err);
    if (s == FAIR_OK) s = fair_shelf_files(&f->p->shelf, id, a, &names, &n, err);
    notice = s == FAIR_OK ? json_loadb(text.p, text.n, 0, NULL) : NULL;
    json_object_set_new(head, "notice", notice != NULL ? notice : json_null());
    path = fair_str_fmt(a, "%.*s/notices/%.*s/pushed", FAIR_STR_ARG(f->p->shelf.dir), FAIR_STR_ARG(id));
    if (s == FAIR_OK) {
        mark = mark_of(f, id, text, links, names, n, a);
        done = fair_read_file(a, path.p, 200, &pushed, err) == FAIR_OK && fair_str_eq(pushed, mark);
    }
    if (s == FAIR_OK && !done) s = send_files(f, id, names, n, keep, err);
    if (s == FAIR_OK && !done) s = send_facts(f, head, a, err);
    json_decref(head);
    if (s == FAIR_NOT_FOUND) return FAIR_OK;
    if (s != FAIR_OK || done) return s;
    return fair_write_file(path.p, mark.p, mark.n, 0600, err);
}

/* The pages for everybody: small, and sent as they are. */
static fair_status
send_public(struct far *f, const char *name, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_str json = { NULL, 0 }, path = fair_str_fmt(a, "%.*s/public/%s.pushed", FAIR_STR_ARG(f->p->shelf.dir), name), pushed, mark, reply;
    fair_status s = fair_shelf_public_get(&f->p->shelf, fair_str_of(name), a, &json, err);
    json_t *head, *facts;

    if (s != FAIR_OK && s != FAIR_NOT_FOUND) return s;
    mark = fair_hex(a, fair_sha256_of(json.p != NULL ? json.p : "", json.n).b, 32);
    if (fair_read_file(a, path.p, 200, &pushed, err) == FAIR_OK && fair_str_eq(pushed, mark)) return FAIR_OK;
    head = json_pack("{s:s}", "name", name);
    facts = json.n > 0 ? json_loadb(json.p, json.n, 0, NULL) : NULL;
    json_object_set_new(head, "facts", facts != NULL ? facts : json_null());
    FAIR_TRY(ask_json(f, "public", head, a, &reply, err));
    return fair_write_file(path.p, mark.p, mark.n, 0600, err);
}

/* What was taken off here (portal_unpublish.c) goes there too. */
static fair_status
remove_all(struct far *f, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_str dir = fair_str_fmt(a, "%.*s/gone", FAIR_STR_ARG(f->p->shelf.dir)), reply;
    struct dirent **list = NULL;
    int n = scandir(dir.p, &list, NULL, alphasort);
    fair_status s = FAIR_OK;

    for (int i = 0; i < n; i++) {
        fair_str id = fair_str_of(list[i]->d_name);
        if (s == FAIR_OK && fair_notice_id_ok(id)) {
            s = ask_json(f, "remove", json_pack("{s:s%}", "id", id.p, id.n), a, &reply, err);
            if (s == FAIR_OK) unlink(fair_str_fmt(a, "%.*s/%s", FAIR_STR_ARG(dir), list[i]->d_name).p);
        }
        free(list[i]);
    }
    free(list);
    return s;
}

static fair_status
send_all(struct far *f, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_str dir = fair_str_fmt(a, "%.*s/notices", FAIR_STR_ARG(f->p->shelf.dir)), reply, key = fair_hex(a, f->p->public_key, 32);
    struct dirent **list = NULL;
    int n = scandir(dir.p, &list, NULL, alphasort);
    fair_status s = ask_json(f, "key", json_pack("{s:s%}", "key", key.p, key.n), a, &reply, err);

    for (int i = 0; i < n; i++) {
        fair_str id = fair_str_of(list[i]->d_name);
        if (s == FAIR_OK && fair_notice_id_ok(id)) s = send_notice(f, id, err);
        free(list[i]);
    }
    free(list);
    if (s == FAIR_OK) s = remove_all(f, err);
    if (s == FAIR_OK) s = send_public(f, "report", err);
    if (s == FAIR_OK) s = send_public(f, "terms", err);
    return s;
}

/* ---- in ---- */

/* Fetched, safe here, then it goes there: in this order. */
static fair_status
bring(struct far *f, fair_str notice, fair_str name, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_str sealed = { NULL, 0 }, reply;

    if (!fair_notice_id_ok(notice) || !fair_shelf_name_ok(name)) return fair_fail(err, FAIR_CORRUPT, "the portal at %.*s names an answer strangely", FAIR_STR_ARG(f->url));
    FAIR_TRY(ask_json(f, "answer", json_pack("{s:s%, s:s%}", "notice", notice.p, notice.n, "name", name.p, name.n), a, &sealed, err));
    FAIR_TRY(fair_shelf_answer_bring(&f->p->shelf, notice, name, sealed, err));
    return ask_json(f, "answered", json_pack("{s:s%, s:s%}", "notice", notice.p, notice.n, "name", name.p, name.n), a, &reply, err);
}

/* The same for a download of evidence, which waits for its line of custody. */
static fair_status
bring_download(struct far *f, const json_t *x, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_str notice = fair_member(x, "notice"), name = fair_member(x, "name"), reply;

    if (!fair_notice_id_ok(notice)) return fair_fail(err, FAIR_CORRUPT, "the portal at %.*s names a download strangely", FAIR_STR_ARG(f->url));
    FAIR_TRY(fair_shelf_download_bring(&f->p->shelf, notice, name, fair_member(x, "file"), err));
    return ask_json(f, "downloaded", json_pack("{s:s%, s:s%}", "notice", notice.p, notice.n, "name", name.p, name.n), a, &reply, err);
}

static fair_status
bring_all(struct far *f, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_str reply;
    json_t *o, *x;
    size_t i;
    fair_status s = ask_json(f, "answers", json_object(), a, &reply, err);

    if (s != FAIR_OK) return s;
    o = json_loadb(reply.p, reply.n, 0, NULL);
    json_array_foreach(json_object_get(o, "answers"), i, x) {
        const char *notice = json_string_value(json_object_get(x, "notice")), *name = json_string_value(json_object_get(x, "name"));
        if (s == FAIR_OK && notice != NULL && name != NULL) s = bring(f, fair_str_of(notice), fair_str_of(name), err);
    }
    json_array_foreach(json_object_get(o, "downloads"), i, x)
        if (s == FAIR_OK) s = bring_download(f, x, err);
    if (!json_is_object(o)) s = fair_fail(err, FAIR_CORRUPT, "the portal at %.*s answered no list", FAIR_STR_ARG(f->url));
    json_decref(o);
    return s;
}

fair_status
fair_portal_sync(struct fair_house *h, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(fetcher) struct fair_fetcher *net = NULL;
    struct fair_portal_home p;
    struct far f = { .h = h, .p = &p, .url = h->config.portal_url };

    if (h->config.portal_secret_file.n == 0) return FAIR_OK;
    while (f.url.n > 0 && f.url.p[f.url.n - 1] == '/') f.url.n--;
    if (f.url.n == 0) return fair_fail(err, FAIR_INVALID, "portal.secret_file is set, and portal.public_url is not");
    if (fair_read_file(a, fair_str_dup(a, h->config.portal_secret_file).p, 200, &f.secret, err) != FAIR_OK) return fair_fail_in(err, "portal.secret_file");
    f.secret = fair_str_trim(f.secret);
    FAIR_TRY(fair_portal_home_open(h, a, &p, err));
    FAIR_TRY(fair_house_service(h, f.url, FAIR_ANSWER_MAX, a, &net, err));
    f.net = net;
    FAIR_TRY(bring_all(&f, err));
    return send_all(&f, err);
}
