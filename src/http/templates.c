/* http/templates.c - the templates and assets: built in, or read anew from a folder while designing. */
#include <stdio.h>
#include <string.h>
#include "base/digest.h"
#include "base/io.h"
#include "http/templates.h"

struct entry { const struct fair_template *t; fair_str link; };

struct fair_template_set {
    const struct fair_asset *files;
    size_t n_files;
    const char *dir;
    struct fair_arena *arena;
    struct entry *entries;        /* one for each of the files */
};

static bool
is_template(const struct fair_asset *f)
{
    return strncmp(f->name, "assets/", 7) != 0;
}

/* "assets/app.css" of these bytes is linked as "app.1a2b3c4d5e6f.css". */
static fair_str
link_of(struct fair_arena *a, const char *name, const void *bytes, size_t n)
{
    struct fair_sha256 sha = fair_sha256_of(bytes, n);
    fair_str hex = fair_hex(a, sha.b, 6), file = fair_str_of(name + 7), stem;

    fair_str_split(&file, '.', &stem);
    return fair_str_fmt(a, "%.*s.%.*s.%.*s", FAIR_STR_ARG(stem), FAIR_STR_ARG(hex), FAIR_STR_ARG(file));
}

fair_status
fair_templates_open(const struct fair_asset *files, size_t n, const char *dir, struct fair_arena *a, struct fair_template_set **out, struct fair_err *err)
{
    struct fair_template_set *s = FAIR_NEW(a, struct fair_template_set);

    s->files = files;
    s->n_files = n;
    s->dir = dir;
    s->arena = a;
    s->entries = fair_alloc_array(a, n, sizeof *s->entries);
    for (size_t i = 0; i < n; i++) {
        const struct fair_asset *f = &files[i];
        struct fair_template *t;
        if (!is_template(f)) {
            s->entries[i].link = link_of(a, f->name, f->bytes, f->n);
            continue;
        }
        FAIR_TRY(fair_template_parse(a, fair_str_of(f->name), (fair_str){ (const char *)f->bytes, f->n }, &t, err));
        s->entries[i].t = t;
    }
    *out = s;
    return FAIR_OK;
}

struct finding { struct fair_template_set *s; struct fair_arena *a; };

static const struct fair_template *
find(struct finding *f, const char *folder, fair_str name)
{
    char path[160];
    struct fair_template *t = NULL;

    if ((size_t)snprintf(path, sizeof path, "%s/%.*s.html", folder, FAIR_STR_ARG(name)) >= sizeof path) return NULL;
    if (f->s->dir != NULL) {
        struct fair_err err = { 0 };
        fair_str text, full = fair_str_fmt(f->a, "%s/%s", f->s->dir, path);
        if (strstr(path, "..") != NULL) return NULL;
        if (fair_read_file(f->a, full.p, 1 << 20, &text, &err) != FAIR_OK ||
            fair_template_parse(f->a, fair_str_of(path), text, &t, &err) != FAIR_OK) return NULL;
        return t;
    }
    for (size_t i = 0; i < f->s->n_files; i++)
        if (strcmp(f->s->files[i].name, path) == 0) return f->s->entries[i].t;
    return NULL;
}

static const struct fair_template *
find_part(void *self, fair_str name)
{
    return find(self, "parts", name);
}

fair_status
fair_templates_fill(struct fair_template_set *s, struct fair_arena *a, const char *page, const json_t *model,
                    size_t max, fair_str *out, struct fair_err *err)
{
    struct finding f = { s, a };
    const struct fair_template *t = find(&f, "pages", fair_str_of(page));
    struct fair_buf b = FAIR_BUF(a, max);

    if (t == NULL) return fair_fail(err, FAIR_IO, "page %s: no such template", page);
    FAIR_TRY(fair_template_render(t, model, find_part, &f, &b, err));
    return fair_buf_take(&b, out, err);
}

static fair_str
type_of(fair_str name)
{
    if (fair_str_ends(name, FAIR_STR(".css"))) return FAIR_STR("text/css; charset=utf-8");
    if (fair_str_ends(name, FAIR_STR(".js"))) return FAIR_STR("text/javascript; charset=utf-8");
    if (fair_str_ends(name, FAIR_STR(".svg"))) return FAIR_STR("image/svg+xml");
    return FAIR_STR("application/octet-stream");
}

bool
fair_asset_get(struct fair_template_set *s, struct fair_arena *a, fair_str linked, fair_str *bytes, fair_str *type)
{
    for (size_t i = 0; i < s->n_files; i++) {
        const struct fair_asset *f = &s->files[i];
        if (is_template(f) || !fair_str_eq(s->entries[i].link, linked)) continue;
        *bytes = (fair_str){ (const char *)f->bytes, f->n };
        *type = type_of(linked);
        if (s->dir != NULL) {
            struct fair_err err = { 0 };
            fair_str path = fair_str_fmt(a, "%s/%s", s->dir, f->name);
            return fair_read_file(a, path.p, 1 << 20, bytes, &err) == FAIR_OK;
        }
        return true;
    }
    return false;
}

fair_str
fair_asset_link(struct fair_template_set *s, const char *name)
{
    for (size_t i = 0; i < s->n_files; i++)
        if (!is_template(&s->files[i]) && strcmp(s->files[i].name + 7, name) == 0)
            return s->entries[i].link;
    return FAIR_STR("missing");
}
