/* work/person.c - one person's data as a whole: written out for them, and erased; and erased again after a restore. */
#include "work/person.h"
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/io.h"
#include "base/log.h"
#include "store/answer_rows.h"
#include "store/mail_rows.h"
#include "work/hear.h"
#include "work/portal_home.h"

enum { BLOB_MAX = 256 * 1024 * 1024, LIST_MAX = 64 * 1024 * 1024 };

/* ---- export ------------------------------------------------------------------------------------------------------------ */

struct item { struct fair_held x; };
struct writing { struct fair_house *h; struct fair_arena *a; const char *dir; struct item *v; size_t n, room; json_t *list; };

static fair_status
collect(void *arg, const struct fair_held *x, struct fair_err *err)
{
    struct writing *w = arg;
    struct item *i;

    (void)err;
    if (w->n == w->room) {
        struct item *more = fair_alloc_array(w->a, w->room = w->room == 0 ? 64 : w->room * 2, sizeof *more);
        if (w->n > 0) memcpy(more, w->v, w->n * sizeof *more);
        w->v = more;
    }
    i = &w->v[w->n++];
    i->x = *x;
    i->x.what = fair_str_dup(w->a, x->what);
    i->x.value = x->value.p != NULL ? fair_str_dup(w->a, x->value) : x->value;
    i->x.source = x->source.p != NULL ? fair_str_dup(w->a, x->source) : x->source;
    return FAIR_OK;
}

static void
put(json_t *o, const char *key, fair_str v)
{
    json_object_set_new(o, key, v.p != NULL ? json_stringn(v.p, v.n) : json_null());
}

static fair_status
write_one(struct writing *w, json_t *files, fair_str name, fair_str bytes, struct fair_err *err)
{
    FAIR_TRY(fair_write_file(fair_str_fmt(w->a, "%s/%.*s", w->dir, FAIR_STR_ARG(name)).p, bytes.p, bytes.n, 0600, err));
    json_array_append_new(files, json_stringn(name.p, name.n));
    return FAIR_OK;
}

/* An answer is sealed: it is opened for whom it is about. */
static fair_status
write_answer(struct writing *w, const struct fair_held *x, json_t *o, json_t *files, struct fair_err *err)
{
    struct fair_answer_file kept[FAIR_ANSWER_FILES];
    struct fair_portal_answer row;
    json_t *said = NULL;
    size_t n = 0;
    fair_status s;

    FAIR_TRY(fair_store_answer_get(&w->h->desk, x->id, w->a, &row, err));
    s = fair_portal_answer_open(w->h, &row, w->a, &said, kept, &n, err);
    if (s == FAIR_OK && json_object_get(said, "fields") != NULL) json_object_set(o, "fields", json_object_get(said, "fields"));
    for (size_t i = 0; i < n && s == FAIR_OK; i++)
        s = write_one(w, files, fair_str_fmt(w->a, "files/answer-%lld-%zu.bin", (long long)x->id, i + 1), kept[i].bytes, err);
    json_decref(said);
    return s;
}

static fair_status
write_mail(struct writing *w, const struct fair_held *x, json_t *files, struct fair_err *err)
{
    struct fair_mail_in row;
    struct fair_mail_told told = { 0 };
    fair_str raw;
    fair_status s;

    FAIR_TRY(fair_store_mail_get(&w->h->desk, x->id, w->a, &row, err));
    s = fair_hear_open(w->h, &row, w->a, &told, &raw, err);
    if (s != FAIR_OK && s != FAIR_CORRUPT) return s;
    return write_one(w, files, fair_str_fmt(w->a, "files/mail-%lld.eml", (long long)x->id), raw, err);
}

static fair_status
write_blob(struct writing *w, const struct fair_held *x, json_t *o, json_t *files, struct fair_err *err)
{
    static const char *const kinds[][2] = { { "letter", "eml" }, { "hit", "jpg" }, { "package", "wacz" }, { "dispute", "bin" }, { "licence", "bin" }, { "identity", "bin" } };
    bool may = false;
    fair_str bytes;

    if (fair_sha256_none(&x->blob)) return FAIR_OK;
    FAIR_TRY(fair_store_blob_may_read(&w->h->desk, &x->blob, &may, err));
    if (!may) return FAIR_OK;
    if (strcmp(x->kind, "answer") == 0) return write_answer(w, x, o, files, err);
    if (strcmp(x->kind, "mail") == 0) return write_mail(w, x, files, err);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (strcmp(kinds[i][0], x->kind) != 0) continue;
        FAIR_TRY(fair_vault_read(w->h->vault, &x->blob, BLOB_MAX, w->a, &bytes, err));
        return write_one(w, files, fair_str_fmt(w->a, "files/%s-%lld.%s", x->kind, (long long)x->id, kinds[i][1]), bytes, err);
    }
    return FAIR_OK;
}

static fair_status
write_item(struct writing *w, const struct fair_held *x, struct fair_err *err)
{
    json_t *o = json_pack("{s:s, s:I, s:s}", "kind", x->kind, "id", (json_int_t)x->id, "purpose", x->purpose), *files = json_array();
    fair_str at = fair_time_text(w->a, x->at);
    struct fair_err why = { 0 };

    json_array_append_new(w->list, o);
    if (x->case_id != 0) json_object_set_new(o, "case", json_integer(x->case_id));
    put(o, "what", x->what);
    put(o, "value", x->value);
    put(o, "source", x->source);
    put(o, "at", x->at != 0 ? at : (fair_str){ NULL, 0 });
    if (x->stays != NULL) json_object_set_new(o, "kept_because", json_string(x->stays));
    json_object_set_new(o, "files", files);
    /* What cannot be read is told; the rest is theirs all the same. */
    if (write_blob(w, x, o, files, &why) != FAIR_OK) {
        if (why.status == FAIR_IO) {
            *err = why;
            return FAIR_IO;
        }
        json_object_set_new(o, "not_readable", json_string(why.text));
    }
    return FAIR_OK;
}

static void
html_text(struct fair_buf *b, const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (p[i] == '<') fair_buf_c(b, "&lt;");
        else if (p[i] == '>') fair_buf_c(b, "&gt;");
        else if (p[i] == '&') fair_buf_c(b, "&amp;");
        else if (p[i] == '"') fair_buf_c(b, "&quot;");
        else fair_buf_byte(b, p[i]);
    }
}

static void
html_cell(struct fair_buf *b, const json_t *v)
{
    fair_buf_c(b, "<td>");
    if (json_is_string(v)) html_text(b, json_string_value(v), json_string_length(v));
    fair_buf_c(b, "</td>");
}

static fair_status
write_html(struct writing *w, fair_str who, fair_str at, struct fair_err *err)
{
    static const char *const columns[] = { "kind", "what", "value", "source", "at", "purpose" };
    struct fair_buf b = FAIR_BUF(w->a, (size_t)1 << 28);
    size_t i, k;
    json_t *o, *f, *v;
    const char *key;
    fair_str out;

    fair_buf_c(&b, "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>What is held about you</title></head><body>\n<h1>What is held about ");
    html_text(&b, who.p, who.n);
    fair_buf_fmt(&b, "</h1>\n<p>As of %.*s. How long each is kept: a case until a year after it was closed or time-barred, where letters were sent; 30 days otherwise. "
                 "You may ask for correction, erasure, or that it is not used any more, and complain to a supervisory authority.</p>\n<table border=\"1\">\n<tr>", FAIR_STR_ARG(at));
    fair_buf_c(&b, "<th>Kind</th><th>What</th><th>Held</th><th>From where</th><th>Since</th><th>What for</th><th>Files</th></tr>\n");
    json_array_foreach(w->list, i, o) {
        fair_buf_c(&b, "<tr>");
        for (size_t c = 0; c < sizeof columns / sizeof *columns; c++) html_cell(&b, json_object_get(o, columns[c]));
        fair_buf_c(&b, "<td>");
        json_array_foreach(json_object_get(o, "files"), k, f) fair_buf_fmt(&b, "<a href=\"%s\">%s</a> ", json_string_value(f), json_string_value(f));
        json_object_foreach(json_object_get(o, "fields"), key, v) {
            html_text(&b, key, strlen(key));
            fair_buf_c(&b, ": ");
            if (json_is_string(v)) html_text(&b, json_string_value(v), json_string_length(v));
            fair_buf_c(&b, "<br>");
        }
        fair_buf_c(&b, "</td></tr>\n");
    }
    fair_buf_c(&b, "</table>\n</body></html>\n");
    FAIR_TRY(fair_buf_take(&b, &out, err));
    return fair_write_file(fair_str_fmt(w->a, "%s/person.html", w->dir).p, out.p, out.n, 0600, err);
}

fair_status
fair_person_export(struct fair_house *h, fair_str who, const char *dir, fair_time now, int64_t *n, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct writing w = { .h = h, .a = a, .dir = dir };
    fair_str at = fair_time_text(a, now);
    json_t *whole;
    char *text;
    fair_status s = FAIR_OK;

    FAIR_TRY(fair_house_vault(h, err));
    FAIR_TRY(fair_store_person(&h->desk, who, collect, &w, err));
    if (mkdir(dir, 0700) != 0) return fair_fail(err, errno == EEXIST ? FAIR_CONFLICT : FAIR_IO, "%s: %m", dir);
    FAIR_TRY(fair_make_dirs(fair_str_fmt(a, "%s/files", dir).p, 0700, err));
    whole = json_pack("{s:i, s:s%, s:s%, s:o}", "v", 1, "person", who.p, who.n, "at", at.p, at.n, "held", w.list = json_array());
    for (size_t i = 0; i < w.n && s == FAIR_OK; i++) s = write_item(&w, &w.v[i].x, err);
    text = json_dumps(whole, JSON_INDENT(1));
    if (s == FAIR_OK) s = fair_write_file(fair_str_fmt(a, "%s/person.json", dir).p, text, strlen(text), 0600, err);
    if (s == FAIR_OK) s = write_html(&w, who, at, err);
    free(text);
    json_decref(whole);
    *n = (int64_t)w.n;
    return s;
}

/* ---- the list of erasures ------------------------------------------------------------------------------------------------ */

/* erasures: "fairtrack erasures 1 <key, hex>", then a line each, "<keyed hash, hex> <when>". */
#define HEAD "fairtrack erasures 1 "

static fair_str
list_path(const struct fair_house *h, struct fair_arena *a)
{
    return fair_str_fmt(a, "%.*s/erasures", FAIR_STR_ARG(h->home));
}

static fair_status
read_list(const char *path, struct fair_arena *a, uint8_t key[32], fair_str *lines, struct fair_err *err)
{
    fair_str text, head;

    FAIR_TRY(fair_read_file(a, path, LIST_MAX, &text, err));
    if (!fair_str_split(&text, '\n', &head) || !fair_str_starts(head, FAIR_STR(HEAD)) || head.n != sizeof HEAD - 1 + 64 || !fair_unhex((fair_str){ head.p + sizeof HEAD - 1, 64 }, key, 32))
        return fair_fail(err, FAIR_CORRUPT, "%s is no list of erasures", path);
    *lines = text;
    return FAIR_OK;
}

static fair_status
note_erasure(const struct fair_house *h, fair_str who, fair_time now, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(fd) int fd = -1;
    fair_str path = list_path(h, a), lines, line;
    struct fair_sha256 hash;
    uint8_t key[32];
    fair_status s = read_list(path.p, a, key, &lines, err);

    if (s == FAIR_NOT_FOUND) {
        fair_random(key, sizeof key);
        line = fair_str_fmt(a, HEAD "%.*s\n", FAIR_STR_ARG(fair_hex(a, key, 32)));
        FAIR_TRY(fair_write_file(path.p, line.p, line.n, 0600, err));
    } else if (s != FAIR_OK) {
        return s;
    }
    fair_person_key(key, who, &hash);
    line = fair_str_fmt(a, "%.*s %.*s\n", FAIR_STR_ARG(fair_hex(a, hash.b, 32)), FAIR_STR_ARG(fair_time_text(a, now)));
    fd = open(path.p, O_WRONLY | O_APPEND | O_CLOEXEC);
    if (fd < 0) return fair_fail(err, FAIR_IO, "%s: %m", path.p);
    FAIR_TRY(fair_write_all(fd, line.p, line.n, err));
    return fsync(fd) == 0 ? FAIR_OK : fair_fail(err, FAIR_IO, "%s: %m", path.p);
}

/* ---- erasing ------------------------------------------------------------------------------------------------------------------ */

struct erasing { struct fair_house *h; const char *why; fair_time now; void (*told)(void *arg, const struct fair_person_part *x, const char *stays); void *arg; struct fair_person_sum *sum; };

static fair_status
erase_part(void *arg, const struct fair_person_part *x, struct fair_err *err)
{
    struct erasing *e = arg;
    struct fair_forget_sum sum = { 0 };
    const char *stays = NULL;
    struct fair_err why = { 0 };
    fair_status s = FAIR_OK;

    if (x->open) stays = x->rule == FAIR_KEEP_HIT_IGNORED ? "nobody has decided on it yet: decide, then it can go" : "the case is open: the data are needed for the claim and the defence against it (GDPR Art. 17(3)(e))";
    else s = fair_privacy_forget(e->h, x->rule, x->id, e->why, e->now, &sum, &why);
    if (s == FAIR_REFUSED || s == FAIR_AGAIN) stays = why.text;
    else if (s != FAIR_OK) {
        *err = why;
        return s;
    }
    e->sum->rows += sum.rows;
    e->sum->blobs += sum.blobs;
    if (stays != NULL) e->sum->stays++;
    else e->sum->gone++;
    if (e->told != NULL) e->told(e->arg, x, stays);
    return FAIR_OK;
}

fair_status
fair_person_erase(struct fair_house *h, fair_str who, const char *why, fair_time now, void (*told)(void *arg, const struct fair_person_part *x, const char *stays), void *arg,
                  struct fair_person_sum *sum, struct fair_err *err)
{
    struct erasing e = { h, why, now, told, arg, sum };
    enum fair_person_kind kind;
    int64_t rows = 0;

    *sum = (struct fair_person_sum){ 0 };
    FAIR_TRY(fair_person_kind_of(who, &kind, err));
    FAIR_TRY(note_erasure(h, who, now, err));
    FAIR_TRY(fair_store_person_parts(&h->desk, who, erase_part, &e, err));
    /* Words elsewhere go last, and not while something stays that they may belong to. */
    if (sum->stays == 0) FAIR_TRY(fair_store_person_words_erase(&h->desk, who, now, &rows, err));
    sum->rows += rows;
    fair_store_settle(h->store);
    return FAIR_OK;
}

/* ---- again after a restore ------------------------------------------------------------------------------------------------------ */

struct replay { struct fair_house *h; struct fair_arena *a; uint8_t key[32]; fair_str lines; fair_str *who; size_t n, room; fair_time now; int64_t found; };

static void
try_one(struct replay *r, fair_str text)
{
    struct fair_sha256 hash;
    fair_str rest = r->lines, line, hex;

    if (text.n < 3) return;
    fair_person_key(r->key, text, &hash);
    hex = fair_hex(r->a, hash.b, 32);
    while (fair_str_split(&rest, '\n', &line)) {
        if (!fair_str_starts(line, hex)) continue;
        for (size_t i = 0; i < r->n; i++)
            if (fair_str_eq(r->who[i], text)) return;
        if (r->n == r->room) {
            fair_str *more = fair_alloc_array(r->a, r->room = r->room == 0 ? 16 : r->room * 2, sizeof *more);
            if (r->n > 0) memcpy(more, r->who, r->n * sizeof *more);
            r->who = more;
        }
        r->who[r->n++] = fair_str_dup(r->a, text);
        return;
    }
}

/* The text itself; the address in "Ada <ada@example.com>"; its domain; and each domain above that. */
static fair_status
try_all(void *arg, fair_str text, struct fair_err *err)
{
    struct replay *r = arg;
    const char *at = memchr(text.p, '@', text.n);
    fair_str host = text, mail;

    (void)err;
    try_one(r, text);
    if (at != NULL) {
        size_t from = (size_t)(at - text.p), to = from;
        while (from > 0 && strchr(" <>,;:\"", text.p[from - 1]) == NULL) from--;
        while (to < text.n && strchr(" <>,;:\"", text.p[to]) == NULL) to++;
        mail = (fair_str){ text.p + from, to - from };
        if (mail.n != text.n) try_one(r, mail);
        host = (fair_str){ at + 1, to - (size_t)(at + 1 - text.p) };
        try_one(r, host);
    }
    if (memchr(host.p, ' ', host.n) != NULL) return FAIR_OK;
    for (const char *dot; (dot = memchr(host.p, '.', host.n)) != NULL;) {
        host = (fair_str){ dot + 1, host.n - (size_t)(dot + 1 - host.p) };
        if (memchr(host.p, '.', host.n) != NULL) try_one(r, host);
    }
    return FAIR_OK;
}

static fair_status
replay_org(struct fair_house *h, void *arg, struct fair_err *err)
{
    struct replay *r = arg;

    r->n = 0;
    FAIR_TRY(fair_store_identifiers(&h->desk, try_all, r, err));
    for (size_t i = 0; i < r->n; i++) {
        struct fair_person_sum sum;
        FAIR_TRY(fair_person_erase(h, r->who[i], "erasure", r->now, NULL, NULL, &sum, err));
        fair_log(FAIR_LOG_INFO, "privacy.erased_again org=%lld gone=%lld stays=%lld", (long long)h->desk.org, (long long)sum.gone, (long long)sum.stays);
        r->found++;
    }
    return FAIR_OK;
}

fair_status
fair_person_replay(struct fair_house *h, const char *file, fair_time now, int64_t *n, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct replay r = { .h = h, .a = a, .now = now };
    fair_str ours = list_path(h, a);
    fair_status s;

    *n = 0;
    /* Both: what the restored home knew, and what was erased after that backup was made. */
    for (int i = 0; i < 2; i++) {
        const char *path = i == 0 ? ours.p : file;
        if (path == NULL) continue;
        s = read_list(path, a, r.key, &r.lines, err);
        if (s == FAIR_NOT_FOUND && i == 0) continue;
        if (s != FAIR_OK) return s;
        FAIR_TRY(fair_house_each_org(h, replay_org, &r, err));
    }
    *n = r.found;
    return FAIR_OK;
}
