/* evidence/package_write.c - lays a capture down as a WACZ 1.1.1. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include "base/clock.h"
#include "evidence/package_private.h"
#include "evidence/zip.h"

#define TEXT_MAX ((size_t)32 << 20)
#define CDX_LINES 3000            /* lines in one gzip member of the index (CDXJ 0.1.0: about so many) */

struct writing {
    const struct fair_package_draft *d;
    struct fair_arena *a;
    struct fair_package_file *p;
    size_t n;
    struct fair_err *err;
};

static void
put(struct writing *w, fair_str name, fair_str bytes)
{
    w->p[w->n++] = (struct fair_package_file){ name, bytes };
}

static fair_status
put_text(struct writing *w, fair_str name, struct fair_buf *b)
{
    fair_str text;

    if (fair_buf_take(b, &text, w->err) != FAIR_OK) return fair_fail_in(w->err, "package: %.*s", FAIR_STR_ARG(name));
    put(w, name, text);
    return FAIR_OK;
}

/* ---- indexes/ ---- */

static fair_str
gzipped(struct fair_arena *a, fair_str text)
{
    z_stream z = { 0 };
    char *p;
    size_t room;

    if (deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) abort();
    room = deflateBound(&z, text.n) + 64;
    p = fair_alloc(a, room);
    z.next_in = (unsigned char *)(uintptr_t)text.p;
    z.avail_in = (unsigned)text.n;
    z.next_out = (unsigned char *)p;
    z.avail_out = (unsigned)room;
    if (deflate(&z, Z_FINISH) != Z_STREAM_END) abort();
    deflateEnd(&z);
    return (fair_str){ p, z.total_out };
}

/* index.cdx.gz in members of CDX_LINES lines, and index.idx that tells where each begins. */
static fair_status
put_index(struct writing *w)
{
    struct fair_buf cdx = FAIR_BUF(w->a, TEXT_MAX), idx = FAIR_BUF(w->a, TEXT_MAX);
    fair_str rest = w->d->cdxj;

    fair_buf_c(&idx, "!meta 0 {\"format\": \"cdxj-gzip-1.0\", \"filename\": \"index.cdx.gz\"}\n");
    while (rest.n > 0) {
        fair_str part = { rest.p, 0 }, packed, key = rest;
        struct fair_sha256 sha;
        size_t spaces = 0;

        for (int lines = 0; part.n < rest.n && lines < CDX_LINES; part.n++) lines += rest.p[part.n] == '\n';
        for (key.n = 0; key.n < part.n && key.p[key.n] != '\n'; key.n++)
            if (key.p[key.n] == ' ' && ++spaces == 2) break;
        packed = gzipped(w->a, part);
        sha = fair_sha256_of(packed.p, packed.n);
        fair_buf_fmt(&idx, "%.*s {\"offset\": %zu, \"length\": %zu, \"digest\": \"sha256:%.*s\"}\n", FAIR_STR_ARG(key), cdx.n, packed.n,
                     FAIR_STR_ARG(fair_hex(w->a, sha.b, 32)));
        fair_buf_add(&cdx, packed);
        rest = (fair_str){ rest.p + part.n, rest.n - part.n };
    }
    if (cdx.n == 0) fair_buf_add(&cdx, gzipped(w->a, FAIR_STR("")));
    FAIR_TRY(put_text(w, FAIR_STR("indexes/index.cdx.gz"), &cdx));
    return put_text(w, FAIR_STR("indexes/index.idx"), &idx);
}

/* ---- pages/ ---- */

static void
page_line(struct writing *w, struct fair_buf *b, fair_str url, fair_str title, fair_time at)
{
    struct fair_sha256 id = fair_sha256_of(url.p, url.n);

    if (url.n == 0) return;
    fair_buf_fmt(b, "{\"id\": \"%.*s\", \"url\": ", FAIR_STR_ARG(fair_hex(w->a, id.b, 11)));
    fair_json_put(b, url);
    fair_buf_fmt(b, ", \"ts\": \"%.*s\", \"title\": ", FAIR_STR_ARG(fair_time_text(w->a, at)));
    fair_json_put(b, title.n > 0 ? title : url);
    fair_buf_c(b, "}\n");
}

static fair_status
put_pages(struct writing *w)
{
    const struct fair_capture_facts *f = w->d->facts;
    struct fair_buf b = FAIR_BUF(w->a, TEXT_MAX);

    fair_buf_c(&b, "{\"format\": \"json-pages-1.0\", \"id\": \"pages\", \"title\": \"All Pages\"}\n");
    page_line(w, &b, f->final_url.n > 0 ? f->final_url : f->url, f->title, f->started);
    for (size_t i = 0; i < f->n_texts; i++)
        if (!fair_sha256_none(&f->texts[i].sha256)) page_line(w, &b, f->texts[i].url, f->texts[i].title, f->started);
    return put_text(w, FAIR_STR("pages/pages.jsonl"), &b);
}

/* ---- match/ ---- */

struct json { struct fair_buf *b; bool some; };

static void
name(struct json *j, const char *key)
{
    fair_buf_fmt(j->b, "%s\n\"%s\": ", j->some ? "," : "", key);
    j->some = true;
}

static void
field(struct json *j, const char *key, fair_str v)
{
    name(j, key);
    fair_json_put_or_null(j->b, v);
}

static void
field_number(struct json *j, const char *key, int64_t v)
{
    name(j, key);
    fair_buf_fmt(j->b, "%lld", (long long)v);
}

static void
field_id(struct json *j, const char *key, fair_id v)
{
    name(j, key);
    if (v == 0) fair_buf_c(j->b, "null");
    else fair_buf_fmt(j->b, "\"%lld\"", (long long)v);
}

static void
field_time(struct json *j, const char *key, fair_time v)
{
    name(j, key);
    if (v == 0) fair_buf_c(j->b, "null");
    else fair_buf_fmt(j->b, "\"%.*s\"", FAIR_STR_ARG(fair_time_text(j->b->arena, v)));
}

static void
field_sha(struct json *j, const char *key, const struct fair_sha256 *v)
{
    name(j, key);
    if (fair_sha256_none(v)) fair_buf_c(j->b, "null");
    else fair_buf_fmt(j->b, "\"%.*s\"", FAIR_STR_ARG(fair_hex(j->b->arena, v->b, 32)));
}

static void
field_doubles(struct json *j, const char *key, const double *v, size_t n, bool have)
{
    name(j, key);
    if (!have) {
        fair_buf_c(j->b, "null");
        return;
    }
    if (n != 1) fair_buf_byte(j->b, '[');
    for (size_t i = 0; i < n; i++) fair_buf_fmt(j->b, "%s%.9g", i > 0 ? ", " : "", v[i] == v[i] && v[i] < 1e300 && v[i] > -1e300 ? v[i] : 0.0);
    if (n != 1) fair_buf_byte(j->b, ']');
}

static fair_status
put_match(struct writing *w)
{
    const struct fair_capture_facts *f = w->d->facts;
    const struct fair_capture_match *m = &f->match;
    struct fair_buf b = FAIR_BUF(w->a, TEXT_MAX);
    struct json j = { &b, false };
    fair_str work = { NULL, 0 }, found = { NULL, 0 };

    for (size_t i = 0; i < w->d->n_files; i++) {
        if (fair_str_starts(w->d->files[i].name, FAIR_STR("match/work."))) work = w->d->files[i].name;
        if (fair_str_starts(w->d->files[i].name, FAIR_STR("match/found."))) found = w->d->files[i].name;
    }
    fair_buf_byte(&b, '{');
    field_id(&j, "work", f->work);
    field(&j, "work_title", f->work_title);
    field(&j, "work_file", f->work_file);
    field_sha(&j, "work_sha256", &f->work_sha256);
    field(&j, "work_member", work);
    field(&j, "picture_url", f->picture_url);
    field_sha(&j, "picture_sha256", &f->picture_sha256);
    field(&j, "picture_member", found);
    field(&j, "verdict", m->have ? m->verdict : (fair_str){ NULL, 0 });
    field_doubles(&j, "score", &m->score, 1, m->have);
    field_doubles(&j, "match_at", &m->match_at, 1, m->have);
    field_doubles(&j, "possible_at", &m->possible_at, 1, m->have);
    field(&j, "matcher", m->have ? m->matcher : (fair_str){ NULL, 0 });
    field_number(&j, "bits", m->bits);
    field_number(&j, "agree", m->agree);
    name(&j, "mirrored");
    fair_buf_c(&b, m->mirrored ? "true" : "false");
    field_doubles(&j, "rotation", &m->rotation, 1, m->have && m->has_map);
    field_doubles(&j, "scale", &m->scale, 1, m->have && m->has_map);
    field_doubles(&j, "covers", &m->covers, 1, m->have);
    field_doubles(&j, "residual", &m->residual, 1, m->have);
    field_number(&j, "work_width", m->work_width);
    field_number(&j, "work_height", m->work_height);
    field_number(&j, "width", m->width);
    field_number(&j, "height", m->height);
    field_doubles(&j, "box", m->box, 4, m->have);
    field_doubles(&j, "work_box", m->work_box, 4, m->have);
    field_doubles(&j, "map", m->map, 6, m->have && m->has_map);
    name(&j, "reasons");
    if (m->words.n > 0 && m->words.p[0] == '[') fair_buf_add(&b, m->words);      /* ours, from the store: a JSON array */
    else fair_buf_c(&b, "null");
    fair_buf_c(&b, "\n}\n");
    return put_text(w, FAIR_STR("match/match.json"), &b);
}

static fair_status
put_capture(struct writing *w)
{
    const struct fair_capture_facts *f = w->d->facts;
    struct fair_buf b = FAIR_BUF(w->a, TEXT_MAX);
    struct json j = { &b, false };

    fair_buf_byte(&b, '{');
    field_id(&j, "capture", f->capture);
    field_id(&j, "hit", f->hit);
    field(&j, "operator", f->operator_name);
    field(&j, "who", f->who);
    field(&j, "software", f->software);
    field(&j, "browser", f->browser);
    field(&j, "host", f->host);
    field(&j, "agent", f->agent);
    field(&j, "robots", f->robots);
    field(&j, "url", f->url);
    field(&j, "final_url", f->final_url);
    field(&j, "title", f->title);
    field_time(&j, "started", f->started);
    field_time(&j, "ended", f->ended);
    name(&j, "clock_offset_us");
    if (f->clock_known) fair_buf_fmt(&b, "%lld", (long long)f->clock_offset_us);
    else fair_buf_c(&b, "null");
    name(&j, "clock_error_us");
    if (f->clock_known) fair_buf_fmt(&b, "%lld", (long long)f->clock_error_us);
    else fair_buf_c(&b, "null");
    field(&j, "clock_source", f->clock_source);
    field_number(&j, "viewport_width", f->viewport_width);
    field_number(&j, "viewport_height", f->viewport_height);
    field_number(&j, "page_width", f->page_width);
    field_number(&j, "page_height", f->page_height);
    field_doubles(&j, "place", f->place, 4, f->has_place);
    name(&j, "texts");
    fair_buf_byte(&b, '[');
    for (size_t i = 0; i < f->n_texts; i++) {
        struct json t = { &b, false };
        fair_buf_c(&b, i > 0 ? ", {" : "{");
        field(&t, "kind", f->texts[i].kind);
        field(&t, "url", f->texts[i].url);
        field(&t, "title", f->texts[i].title);
        field_sha(&t, "sha256", &f->texts[i].sha256);
        field(&t, "note", f->texts[i].note);
        fair_buf_byte(&b, '}');
    }
    fair_buf_byte(&b, ']');
    name(&j, "notes");
    fair_buf_byte(&b, '[');
    for (size_t i = 0; i < f->n_notes; i++) {
        if (i > 0) fair_buf_c(&b, ", ");
        fair_json_put(&b, f->notes[i]);
    }
    fair_buf_c(&b, "]\n}\n");
    return put_text(w, FAIR_STR("match/capture.json"), &b);
}

/* ---- custody/ and verify/ ---- */

static fair_status
put_custody(struct writing *w)
{
    struct fair_buf b = FAIR_BUF(w->a, TEXT_MAX);

    for (size_t i = 0; i < w->d->n_custody; i++) {
        fair_buf_add(&b, w->d->custody[i]);
        fair_buf_byte(&b, '\n');
    }
    return put_text(w, FAIR_STR("custody/custody.jsonl"), &b);
}

static void
told(struct fair_buf *b, const char *what, fair_str v)
{
    fair_buf_fmt(b, "  %s %.*s\n", what, FAIR_STR_ARG(v.n > 0 ? fair_utf8_mend(b->arena, v) : FAIR_STR("not known")));
}

static fair_str
or_words(fair_str v, const char *words)
{
    return v.n > 0 ? v : fair_str_of(words);
}

/* For the person to read, correct and sign; it says nothing of its own. */
static fair_status
put_statement(struct writing *w)
{
    const struct fair_capture_facts *f = w->d->facts;
    struct fair_arena *a = w->a;
    struct fair_buf b = FAIR_BUF(a, TEXT_MAX);

    fair_buf_c(&b, "DRAFT STATEMENT OF THE PERSON WHO MADE THE CAPTURE\n\nNothing here is stated until somebody has read it, corrected it and signed it.\n"
                   "Strike out whatever you cannot say from your own knowledge.\n\n");
    fair_buf_fmt(&b, "My name is ______________________ (account %.*s).\n\n", FAIR_STR_ARG(or_words(fair_utf8_mend(a, f->who), "not known")));
    fair_buf_fmt(&b, "1. On %.*s (UTC, by the clock of the machine) I had the page at the following address captured:\n\n", FAIR_STR_ARG(fair_time_text(a, f->started)));
    told(&b, "address:     ", f->url);
    told(&b, "it ended at: ", f->final_url);
    told(&b, "its title:   ", f->title);
    fair_buf_fmt(&b, "\n2. This was done by %.*s on the machine \"%.*s\" with %.*s. I did not change what the page sent.\n", FAIR_STR_ARG(or_words(f->software, "Fairtrack")),
                 FAIR_STR_ARG(or_words(fair_utf8_mend(a, f->host), "not known")), FAIR_STR_ARG(or_words(f->browser, "no browser")));
    fair_buf_c(&b, "\n3. The page showed the following picture:\n\n");
    told(&b, "address: ", f->picture_url);
    told(&b, "SHA-256: ", fair_sha256_none(&f->picture_sha256) ? (fair_str){ NULL, 0 } : fair_hex(a, f->picture_sha256.b, 32));
    fair_buf_c(&b, "\n4. It was compared with the following registered work:\n\n");
    told(&b, "title:   ", f->work_title);
    told(&b, "SHA-256: ", fair_sha256_none(&f->work_sha256) ? (fair_str){ NULL, 0 } : fair_hex(a, f->work_sha256.b, 32));
    if (f->match.have)
        fair_buf_fmt(&b, "\n   The comparison's result was \"%.*s\", score %.3f (\"match\" begins at %.3f).\n", FAIR_STR_ARG(f->match.verdict), f->match.score, f->match.match_at);
    fair_buf_c(&b, "\n5. What was noted during the capture:\n\n");
    for (size_t i = 0; i < f->n_notes; i++) fair_buf_fmt(&b, "  - %.*s\n", FAIR_STR_ARG(fair_utf8_mend(a, f->notes[i])));
    if (f->n_notes == 0) fair_buf_c(&b, "  - nothing\n");
    fair_buf_c(&b, "\n6. The file that this statement lies in was made at once by the software from what it received.\n"
                   "   VERIFY.txt in it tells how anybody can check that it has not been changed since.\n\n\nPlace, date: ______________________    Signature: ______________________\n");
    return put_text(w, FAIR_STR("custody/statement.txt"), &b);
}

extern const char fair_verify_txt[];

/* ---- datapackage.json ---- */

static fair_str
resource_name(struct fair_arena *a, fair_str path)
{
    char *p = fair_alloc(a, path.n + 1);

    for (size_t i = 0; i < path.n; i++) {
        char c = path.p[i];
        p[i] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c == '/' ? '-' : c;
    }
    return (fair_str){ p, path.n };
}

static fair_status
put_datapackage(struct writing *w, struct fair_sha256 *sha)
{
    const struct fair_package_draft *d = w->d;
    const struct fair_capture_facts *f = d->facts;
    struct fair_buf b = FAIR_BUF(w->a, TEXT_MAX);
    struct fair_sha256 key = fair_sha256_of(d->key.p, d->key.n);
    struct json j = { &b, false };

    fair_buf_byte(&b, '{');
    field(&j, "profile", FAIR_STR("data-package"));
    field(&j, "wacz_version", FAIR_STR("1.1.1"));
    field(&j, "title", or_words(f->title, "Captured page"));
    field(&j, "software", f->software);
    field_time(&j, "created", d->created);
    field(&j, "mainPageUrl", f->final_url.n > 0 ? f->final_url : f->url);
    field_time(&j, "mainPageDate", f->started);
    name(&j, "resources");
    fair_buf_c(&b, "[");
    for (size_t i = 0; i < w->n; i++) {
        struct fair_sha256 h = fair_sha256_of(w->p[i].bytes.p, w->p[i].bytes.n);
        fair_buf_fmt(&b, "%s\n{\"name\": \"%.*s\", \"path\": \"%.*s\", \"hash\": \"sha256:%.*s\", \"bytes\": %zu}", i > 0 ? "," : "",
                     FAIR_STR_ARG(resource_name(w->a, w->p[i].name)), FAIR_STR_ARG(w->p[i].name), FAIR_STR_ARG(fair_hex(w->a, h.b, 32)), w->p[i].bytes.n);
    }
    fair_buf_c(&b, "\n]");
    name(&j, "fairtrack");
    fair_buf_c(&b, "{\"format\": 1");
    j.some = true;
    field_id(&j, "package", d->id);
    field(&j, "operator", f->operator_name);
    field_number(&j, "number", d->number);
    field_sha(&j, "previous", &d->previous);
    field_sha(&j, "key", &key);
    fair_buf_c(&b, "\n}\n}\n");
    FAIR_TRY(put_text(w, FAIR_STR("datapackage.json"), &b));
    *sha = fair_sha256_of(w->p[w->n - 1].bytes.p, w->p[w->n - 1].bytes.n);
    return FAIR_OK;
}

fair_status
fair_package_members(const struct fair_package_draft *d, struct fair_arena *a, struct fair_package_members *out, struct fair_sha256 *datapackage,
                     struct fair_err *err)
{
    struct writing w = { .d = d, .a = a, .p = fair_alloc_array(a, d->n_files + 16, sizeof *w.p), .err = err };

    put(&w, FAIR_STR("archive/data.warc.gz"), d->warc);
    FAIR_TRY(put_index(&w));
    FAIR_TRY(put_pages(&w));
    FAIR_TRY(put_match(&w));
    FAIR_TRY(put_capture(&w));
    for (size_t i = 0; i < d->n_files; i++) put(&w, d->files[i].name, d->files[i].bytes);
    FAIR_TRY(put_custody(&w));
    FAIR_TRY(put_statement(&w));
    put(&w, FAIR_STR("verify/VERIFY.txt"), fair_str_of(fair_verify_txt));
    FAIR_TRY(put_datapackage(&w, datapackage));
    *out = (struct fair_package_members){ w.p, w.n };
    return FAIR_OK;
}

fair_status
fair_package_write(const struct fair_package_members *m, fair_str digest, struct fair_arena *a, fair_str *out, struct fair_err *err)
{
    struct fair_zip_put *puts = fair_alloc_array(a, m->n + 1, sizeof *puts);
    size_t n = m->n;

    for (size_t i = 0; i < n; i++) puts[i] = (struct fair_zip_put){ m->p[i].name, m->p[i].bytes };
    if (digest.p != NULL) puts[n++] = (struct fair_zip_put){ FAIR_STR("datapackage-digest.json"), digest };
    return fair_zip_write(puts, n, a, out, err);
}

fair_status
fair_package_read(fair_str file, struct fair_arena *a, struct fair_package_members *out, fair_str *digest, struct fair_err *err)
{
    struct fair_zip z;

    *digest = (fair_str){ NULL, 0 };
    FAIR_TRY(fair_zip_read(file, NULL, a, &z, err));
    if (z.fault.p != NULL) return fair_fail(err, FAIR_CORRUPT, "package: %.*s: %.*s", FAIR_STR_ARG(z.fault_in), FAIR_STR_ARG(z.fault));
    *out = (struct fair_package_members){ fair_alloc_array(a, z.n + 1, sizeof *out->p), 0 };
    for (size_t i = 0; i < z.n; i++) {
        fair_str bytes;
        FAIR_TRY(fair_zip_unpack(&z.members[i], SIZE_MAX, a, &bytes, err));
        if (fair_str_eq(z.members[i].name, FAIR_STR("datapackage-digest.json"))) *digest = bytes;
        else out->p[out->n++] = (struct fair_package_file){ z.members[i].name, bytes };
    }
    return FAIR_OK;
}
