/* web/export.c - hits as files for other people: a table, and a report that needs nothing beside it. */
#include "web/export.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/csv.h"
#include "base/io.h"
#include "web/hits_private.h"
#include "web/model.h"
#include "web/words.h"

enum { FLUSH = 1 << 16, PICTURE_MAX = 4 << 20, WALK = 200 };

fair_status
fair_temporary(int *fd, struct fair_err *err)
{
    const char *dir = getenv("TMPDIR");

    *fd = open(dir != NULL && dir[0] == '/' ? dir : "/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (*fd < 0) return fair_fail(err, FAIR_IO, "a temporary file: %m");
    return FAIR_OK;
}

/* A file in the making: pieces are gathered before they are written. */
struct sink { int fd; struct fair_arena *a; struct fair_buf b; };

static fair_status
flush(struct sink *s, size_t above, struct fair_err *err)
{
    fair_str text;

    if (s->b.n <= above && !s->b.over) return FAIR_OK;
    FAIR_TRY(fair_buf_take(&s->b, &text, err));
    FAIR_TRY(fair_write_all(s->fd, text.p, text.n, err));
    fair_arena_clear(s->a);
    s->b = FAIR_BUF(s->a, 64u << 20);
    return FAIR_OK;
}

/* Every row of a list, by pages, so that no limit of a page cuts it short. */
static fair_status
each_hit(const struct fair_desk *d, const struct fair_hit_filter *f, fair_status (*each)(void *, const struct fair_hit *, struct fair_err *),
         void *arg, int64_t *seen, struct fair_err *err)
{
    struct fair_hit_filter page = *f;
    int64_t before;

    page.page = (struct fair_page){ 0, WALK };
    do {
        before = *seen;
        FAIR_TRY(fair_store_hits(d, &page, each, arg, err));
        page.page.offset += WALK;
    } while (*seen - before == WALK);
    return FAIR_OK;
}

/* ---- the table ------------------------------------------------------------------ */

static void
text_cell(struct sink *s, fair_str text)
{
    fair_buf_byte(&s->b, ',');
    fair_csv_cell(&s->b, fair_utf8_mend(s->a, text), false);
}

static void
number_cell(struct sink *s, const char *fmt, double x)
{
    char number[40];

    snprintf(number, sizeof number, fmt, x);
    fair_buf_byte(&s->b, ',');
    fair_csv_cell(&s->b, fair_str_of(number), true);
}

/* The reasons, one after the other: "cropped to 62 %; mirrored". */
static fair_str
reasons(struct fair_arena *a, fair_str words)
{
    json_t *list = words.n > 0 ? json_loadb(words.p, words.n, 0, NULL) : NULL, *one;
    struct fair_buf b = FAIR_BUF(a, 8192);
    size_t i;

    json_array_foreach(list, i, one) {
        if (!json_is_string(one)) continue;
        if (b.n > 0) fair_buf_c(&b, "; ");
        fair_buf_add(&b, (fair_str){ json_string_value(one), json_string_length(one) });
    }
    json_decref(list);
    return b.p != NULL ? (fair_str){ b.p, b.n } : FAIR_STR("");
}

struct table { struct sink s; int64_t seen; };

static fair_status
table_row(void *arg, const struct fair_hit *h, struct fair_err *err)
{
    struct table *t = arg;
    struct sink *s = &t->s;

    t->seen++;
    fair_buf_fmt(&s->b, "%lld", (long long)h->id);
    text_cell(s, h->state);
    text_cell(s, h->verdict);
    number_cell(s, "%.4f", h->score);
    text_cell(s, h->site);
    text_cell(s, h->page_url);
    text_cell(s, h->image_url);
    text_cell(s, h->alt);
    number_cell(s, "%.0f", (double)h->width);
    number_cell(s, "%.0f", (double)h->height);
    fair_buf_fmt(&s->b, ",%lld", (long long)h->work);
    text_cell(s, h->work_title);
    number_cell(s, "%.3f", h->covers);
    number_cell(s, "%.1f", h->rotation);
    text_cell(s, h->mirrored ? FAIR_STR("yes") : FAIR_STR("no"));
    number_cell(s, "%.0f", (double)h->agree);
    text_cell(s, h->bits >= 0 && h->bits < 256 ? fair_str_fmt(s->a, "%lld", (long long)h->bits) : FAIR_STR(""));
    text_cell(s, reasons(s->a, h->words));
    text_cell(s, fair_time_text(s->a, h->first_seen));
    text_cell(s, fair_time_text(s->a, h->last_seen));
    text_cell(s, fair_time_text(s->a, h->gone));
    fair_buf_c(&s->b, "\r\n");
    return flush(s, FLUSH, err);
}

fair_status
fair_export_csv(const struct fair_desk *d, const struct fair_hit_filter *f, int fd, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct table t = { .s = { fd, a, FAIR_BUF(a, 64u << 20) } };

    fair_buf_c(&t.s.b, "hit,state,verdict,score,site,page_url,image_url,alt,width,height,work,work_title,covers,rotation,mirrored,agree,bits,reasons,first_seen,last_seen,gone\r\n");
    FAIR_TRY(each_hit(d, f, table_row, &t, &t.seen, err));
    return flush(&t.s, 0, err);
}

/* ---- the report ------------------------------------------------------------------ */

struct report {
    struct sink s;
    const struct fair_desk *d;
    struct fair_vault *vault;
    struct fair_template_set *templates;
    fair_time now;
    int64_t at;
    struct fair_hit *hits;    /* of the page under way: pictures are read after the walk */
    size_t n;
    struct fair_arena *page;
};

static void
put_data(struct report *r, json_t *o, const char *key, const struct fair_sha256 *sha)
{
    struct fair_err err = { 0 };
    fair_str bytes, text;

    if (fair_sha256_none(sha) || fair_vault_read(r->vault, sha, PICTURE_MAX, r->s.a, &bytes, &err) != FAIR_OK) return;
    text = fair_base64(r->s.a, bytes.p, bytes.n);
    fair_put(o, key, fair_str_fmt(r->s.a, "data:image/jpeg;base64,%.*s", FAIR_STR_ARG(text)));
}

static fair_status
fill(struct report *r, const char *page, json_t *model, struct fair_err *err)
{
    fair_str text;
    fair_status s = fair_templates_fill(r->templates, r->s.a, page, model, 32u << 20, &text, err);

    json_decref(model);
    FAIR_TRY(s);
    fair_buf_add(&r->s.b, text);
    return flush(&r->s, FLUSH, err);
}

static fair_status
keep(void *arg, const struct fair_hit *h, struct fair_err *err)
{
    struct report *r = arg;
    struct fair_hit *x = &r->hits[r->n++];

    (void)err;
    *x = *h;
    x->page_url = fair_str_dup(r->page, h->page_url);
    x->image_url = fair_str_dup(r->page, h->image_url);
    x->site = fair_str_dup(r->page, h->site);
    x->verdict = fair_str_dup(r->page, h->verdict);
    x->state = fair_str_dup(r->page, h->state);
    x->words = fair_str_dup(r->page, h->words);
    x->work_title = fair_str_dup(r->page, h->work_title);
    x->place = x->alt = x->source = (fair_str){ NULL, 0 };
    return FAIR_OK;
}

static fair_status
report_hit(struct report *r, const struct fair_hit *h, struct fair_err *err)
{
    json_t *o = fair_model_hit(h), *show = json_object();
    struct fair_arena *a = r->s.a;

    r->at++;
    json_object_set_new(o, "show", show);
    json_object_set_new(show, "number", json_integer(r->at));
    fair_put(show, "score", fair_words_percent(a, h->score));
    fair_put(show, "verdict", fair_str_of(fair_verdict_words(h->verdict)));
    fair_put(show, "state", fair_str_of(fair_state_words(h->state)));
    fair_put(show, "first_seen", fair_time_text(a, h->first_seen));
    fair_put(show, "last_seen", fair_time_text(a, h->last_seen));
    if (r->at <= FAIR_REPORT_PICTURES) {
        put_data(r, show, "found", &h->preview);
        put_data(r, show, "ours", &h->work_thumb);
    }
    return fill(r, "report_hit", o, err);
}

fair_status
fair_export_report(const struct fair_desk *d, struct fair_vault *vault, const struct fair_hit_filter *f, fair_time now, int fd, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(arena) struct fair_arena *page = fair_arena_new();
    FAIR_AUTO(arena) struct fair_arena *lasting = fair_arena_new();
    struct report r = { .s = { fd, a, FAIR_BUF(a, 64u << 20) }, .d = d, .vault = vault, .now = now, .page = page };
    struct fair_hit_filter part = *f;
    int64_t total = 0;
    json_t *model = json_object();

    json_object_set_new(model, "show", json_object());
    fair_put_time(model, "at", now);
    if (fair_store_hits_count(d, f, &total, err) != FAIR_OK || fair_templates_open(fair_web_files, fair_n_web_files, NULL, lasting, &r.templates, err) != FAIR_OK) {
        json_decref(model);
        return err->status;
    }
    json_object_set_new(model, "total", json_integer(total));
    json_object_set_new(model, "one", json_boolean(total == 1));
    if (total > FAIR_REPORT_PICTURES) json_object_set_new(model, "pictures", json_integer(FAIR_REPORT_PICTURES));
    fair_put(model, "state", f->state);
    fair_put(model, "site", f->site);
    FAIR_TRY(fill(&r, "report", model, err));
    r.hits = fair_alloc_array(lasting, WALK, sizeof *r.hits);
    part.page = (struct fair_page){ 0, WALK };
    do {
        fair_arena_clear(page);
        r.n = 0;
        FAIR_TRY(fair_store_hits(d, &part, keep, &r, err));
        for (size_t i = 0; i < r.n; i++) FAIR_TRY(report_hit(&r, &r.hits[i], err));
        part.page.offset += WALK;
    } while (r.n == WALK);
    fair_buf_c(&r.s.b, "</ol></main></body></html>\n");
    return flush(&r.s, 0, err);
}
