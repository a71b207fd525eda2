/* work/exhibits.c - a package as a PDF for people. */
#include "work/exhibits.h"
#include <jansson.h>
#include <string.h>
#include "base/clock.h"
#include "base/document.h"
#include "evidence/custody.h"
#include "evidence/ots.h"
#include "evidence/stamp.h"
#include "work/decoder.h"
#include "work/render.h"
#include "work/seal.h"

#define MM_PICTURES 110
#define RGB_OUTLINE 0xd01010
#define RGB_FRAME 0x808080

struct exhibits {
    struct fair_house *h;
    struct fair_arena *a;
    struct fair_document *d;
    struct fair_package p;
    struct fair_package_members m;
    json_t *match, *capture;
};

static fair_str
member(const struct exhibits *x, fair_str name)
{
    for (size_t i = 0; i < x->m.n; i++)
        if (fair_str_eq(x->m.p[i].name, name)) return x->m.p[i].bytes;
    return (fair_str){ NULL, 0 };
}

static fair_str
text(const struct exhibits *x, json_t *o, const char *key)
{
    json_t *v = json_object_get(o, key);

    return json_is_string(v) ? fair_str_dup(x->a, (fair_str){ json_string_value(v), json_string_length(v) }) : (fair_str){ NULL, 0 };
}

/* What a page said may hold anything: one line of what can be printed. */
static fair_str
clean(const struct exhibits *x, fair_str s)
{
    if (s.p == NULL) return FAIR_STR("not known");
    if (s.n > 2000) s.n = 2000;
    return fair_str_escape(x->a, fair_utf8_mend(x->a, s));
}

struct keys { struct fair_spans cells[128]; size_t n; };

static void
key(struct exhibits *x, struct keys *k, const char *name, fair_str value, unsigned style)
{
    if (k->n + 2 > sizeof k->cells / sizeof k->cells[0]) return;
    k->cells[k->n++] = fair_spans_of(x->d, fair_str_of(name), 0);
    k->cells[k->n++] = fair_spans_of(x->d, clean(x, value), style);
}

static void
paragraph(struct exhibits *x, const char *words)
{
    fair_document_paragraph(x->d, fair_spans_of(x->d, fair_str_of(words), 0));
}

/* ---- pictures ---- */

static void
corners(const double map[6], double w, double h, double scale_x, double scale_y, float (*points)[2])
{
    const double at[4][2] = { { 0, 0 }, { w, 0 }, { w, h }, { 0, h } };

    for (int i = 0; i < 4; i++) {
        points[i][0] = (float)((map[0] * at[i][0] + map[1] * at[i][1] + map[2]) * scale_x);
        points[i][1] = (float)((map[3] * at[i][0] + map[4] * at[i][1] + map[5]) * scale_y);
    }
}

static void
box_corners(const double b[4], double sx, double sy, float (*points)[2])
{
    const double at[4][2] = { { b[0], b[1] }, { b[2], b[1] }, { b[2], b[3] }, { b[0], b[3] } };

    for (int i = 0; i < 4; i++) {
        points[i][0] = (float)(at[i][0] * sx);
        points[i][1] = (float)(at[i][1] * sy);
    }
}

static bool
numbers(json_t *o, const char *name, double *v, size_t n)
{
    json_t *list = json_object_get(o, name);

    if (json_array_size(list) != n) return false;
    for (size_t i = 0; i < n; i++) v[i] = json_number_value(json_array_get(list, i));
    return true;
}

static bool
within(const float (*points)[2])
{
    for (int i = 0; i < 4; i++)
        for (int k = 0; k < 2; k++)
            if (!(points[i][k] > -60000.f && points[i][k] < 60000.f)) return false;
    return true;
}

/* The work laid over the picture found: what agrees is grey. */
static fair_status
laid_over(struct exhibits *x, struct fair_decoded d[2], const double map[6], struct fair_err *err)
{
    struct fair_picture_shown shown = { .channels = 3, .quality = 92, .caption = FAIR_STR("Exhibit 3: the work laid over the picture found, by the same alignment") };
    struct fair_overlay_side side[2];
    struct fair_err why = { 0 };
    uint8_t *rgb = NULL;
    bool drawn;

    for (int i = 0; i < 2; i++) side[i] = fair_overlay_side_of(d[i].grey = fair_image_luma(d[i].colour), d[i].info.width, d[i].info.height);
    drawn = fair_overlay_rows(&side[1], &side[0], map, x->a, &rgb, &why) == FAIR_OK;
    (void)err;
    if (!drawn) return FAIR_OK;               /* a map that cannot be turned round: there is nothing to lay over */
    shown.width = side[1].width;
    shown.height = side[1].height;
    shown.stride = (size_t)shown.width * 3;
    shown.pixels = rgb;
    fair_document_pictures(x->d, 1, &shown, MM_PICTURES);
    paragraph(x, "Where both agree the result is grey. What only the picture found has is red, what only the work has is blue-green; outside the work the picture found is darkened.");
    return FAIR_OK;
}

/* The page as the window showed it, with a line round the picture where it stands in that window. */
static fair_status
page_shown(struct exhibits *x, struct fair_decoded *d, struct fair_err *err)
{
    struct fair_picture_shown shown = { .channels = 3, .quality = 92, .caption = FAIR_STR("Exhibit 4: the top of the page, as the browser's window showed it") };
    struct fair_outline *line = fair_alloc_array(x->a, 2, sizeof *line);
    float (*points)[2] = fair_alloc_array(x->a, 8, sizeof *points);
    fair_str bytes = member(x, FAIR_STR("exhibits/viewport.png"));
    double place[4], scale;
    bool seen = false;

    if (bytes.p == NULL) {
        paragraph(x, "There is no picture of the page: it was captured without a browser.");
        return FAIR_OK;
    }
    FAIR_TRY(fair_decoders_picture(x->h->decoders, bytes, FAIR_WANT_INFO | FAIR_WANT_COLOUR, x->a, d, err));
    if (d->status != FAIR_OK || d->colour == NULL) return FAIR_OK;
    shown.width = d->colour->width;
    shown.height = d->colour->height;
    shown.stride = d->colour->stride;
    shown.pixels = d->colour->data;
    scale = (double)shown.width / d->info.width;
    box_corners((const double[4]){ 0, 0, shown.width, shown.height }, 1, 1, points);
    line[0] = (struct fair_outline){ RGB_FRAME, 4, (const float (*)[2])points };
    shown.n_outlines = 1;
    shown.outlines = line;
    if (numbers(x->capture, "place", place, 4) && place[1] < d->info.height && place[3] > place[1] && place[2] > place[0]) {
        box_corners(place, scale, scale, points + 4);
        line[1] = (struct fair_outline){ RGB_OUTLINE, 4, (const float (*)[2])(points + 4) };
        seen = within((const float (*)[2])(points + 4));
        shown.n_outlines += seen;
    }
    fair_document_pictures(x->d, 1, &shown, MM_PICTURES);
    if (seen) paragraph(x, "The red line is round the picture where it stood.");
    else if (numbers(x->capture, "place", place, 4)) fair_document_paragraph(x->d, fair_spans_of(x->d, fair_str_fmt(x->a, "The picture stood further down, %.0f pixels below the top of the page.", place[1]), 0));
    paragraph(x, "The picture of the whole page, under a line with its address and the time, is in the package (exhibits/page.png), and so are the page's files.");
    return FAIR_OK;
}

static fair_status
side_by_side(struct exhibits *x, struct fair_decoded d[2], struct fair_err *err)
{
    static const char *const members[2] = { "work_member", "picture_member" }, *const captions[2] = { "Exhibit 1: the registered work", "Exhibit 2: the picture found on the page, as it was served" };
    struct fair_picture_shown shown[2] = { { 0 } };
    struct fair_outline *outlines = fair_alloc_array(x->a, 2, sizeof *outlines);
    float (*points)[2] = fair_alloc_array(x->a, 8, sizeof *points);
    double map[6], box[4];
    size_t n = 0;

    FAIR_TRY(fair_house_decoders(x->h, err));
    for (int i = 0; i < 2; i++) {
        fair_str name = text(x, x->match, members[i]), bytes = name.p != NULL ? member(x, name) : (fair_str){ NULL, 0 };
        if (bytes.p == NULL) continue;
        FAIR_TRY(fair_decoders_picture(x->h->decoders, bytes, FAIR_WANT_INFO | FAIR_WANT_COLOUR, x->a, &d[i], err));
        if (d[i].status != FAIR_OK || d[i].colour == NULL) continue;
        shown[n++] = (struct fair_picture_shown){ .width = d[i].colour->width, .height = d[i].colour->height, .channels = 3, .stride = d[i].colour->stride,
                                                  .pixels = d[i].colour->data, .quality = 92, .caption = fair_str_of(captions[i]) };
    }
    if (n == 0) {
        paragraph(x, "The package holds no pictures that can be shown.");
        return FAIR_OK;
    }
    if (n == 2 && d[1].info.width > 0 && d[1].info.height > 0) {
        double sx = (double)shown[1].width / d[1].info.width, sy = (double)shown[1].height / d[1].info.height;
        double w = json_number_value(json_object_get(x->match, "work_width")), h = json_number_value(json_object_get(x->match, "work_height"));
        if (numbers(x->match, "map", map, 6) && w > 0 && h > 0) {
            corners(map, w, h, sx, sy, points);
            outlines[0] = (struct fair_outline){ RGB_OUTLINE, 4, (const float (*)[2])points };
            shown[1].n_outlines = within((const float (*)[2])points);
            shown[1].outlines = outlines;
        }
        if (numbers(x->match, "work_box", box, 4) && w > 0 && h > 0 && box[2] > box[0]) {
            box_corners(box, shown[0].width / w, shown[0].height / h, points + 4);
            outlines[1] = (struct fair_outline){ RGB_OUTLINE, 4, (const float (*)[2])(points + 4) };
            shown[0].n_outlines = within((const float (*)[2])(points + 4));
            shown[0].outlines = outlines + 1;
        }
    }
    fair_document_pictures(x->d, n, shown, MM_PICTURES);
    paragraph(x, "Both are shown reduced to 1280 pixels at most and without colour management. The red line on the right is where the whole work would lie by the alignment "
                 "that the matcher found; on the left, the part of the work that is seen. The files themselves, as they were served and as they were registered, are in the package.");
    return n == 2 && shown[1].n_outlines > 0 ? laid_over(x, d, map, err) : FAIR_OK;
}

/* ---- facts ---- */

static void
facts(struct exhibits *x)
{
    struct keys k = { .n = 0 };
    json_t *offset = json_object_get(x->capture, "clock_offset_us"), *notes = json_object_get(x->capture, "notes"), *texts = json_object_get(x->capture, "texts");

    fair_document_heading(x->d, 2, FAIR_STR("The capture"));
    key(x, &k, "Address of the page", text(x, x->capture, "url"), 0);
    key(x, &k, "Address it led to", text(x, x->capture, "final_url"), 0);
    key(x, &k, "Title of the page", text(x, x->capture, "title"), 0);
    key(x, &k, "Address of the picture", text(x, x->match, "picture_url"), 0);
    key(x, &k, "Begun (UTC)", text(x, x->capture, "started"), 0);
    key(x, &k, "Ended (UTC)", text(x, x->capture, "ended"), 0);
    key(x, &k, "Clock of the machine", json_is_integer(offset) ? fair_str_fmt(x->a, "%+.3f s against %.*s", (double)json_integer_value(offset) / 1e6, FAIR_STR_ARG(clean(x, text(x, x->capture, "clock_source"))))
                                                : FAIR_STR("compared with no reference"), 0);
    key(x, &k, "Captured by", text(x, x->capture, "who"), 0);
    key(x, &k, "On behalf of", text(x, x->capture, "operator"), 0);
    key(x, &k, "Software", text(x, x->capture, "software"), 0);
    key(x, &k, "Browser", text(x, x->capture, "browser"), 0);
    key(x, &k, "Machine", text(x, x->capture, "host"), 0);
    for (size_t i = 0; i < json_array_size(texts) && i < 10; i++) {
        json_t *t = json_array_get(texts, i);
        key(x, &k, "Also kept", fair_str_fmt(x->a, "%.*s: %.*s", FAIR_STR_ARG(clean(x, text(x, t, "kind"))), FAIR_STR_ARG(clean(x, text(x, t, "url")))), 0);
    }
    fair_document_keys(x->d, k.n / 2, k.cells);
    if (json_array_size(notes) > 0) fair_document_paragraph(x->d, fair_spans_of(x->d, FAIR_STR("Noted during the capture:"), FAIR_SPAN_BOLD));
    for (size_t i = 0; i < json_array_size(notes) && i < 200; i++) {
        json_t *v = json_array_get(notes, i);
        if (json_is_string(v)) fair_document_item(x->d, 0, fair_spans_of(x->d, clean(x, (fair_str){ json_string_value(v), json_string_length(v) }), 0));
    }
}

static void
comparison(struct exhibits *x)
{
    struct keys k = { .n = 0 };
    json_t *reasons = json_object_get(x->match, "reasons"), *covers = json_object_get(x->match, "covers");

    fair_document_heading(x->d, 2, FAIR_STR("The comparison"));
    key(x, &k, "Work", text(x, x->match, "work_title"), 0);
    key(x, &k, "SHA-256 of the work", text(x, x->match, "work_sha256"), FAIR_SPAN_MONO);
    key(x, &k, "SHA-256 of the picture", text(x, x->match, "picture_sha256"), FAIR_SPAN_MONO);
    key(x, &k, "Verdict", text(x, x->match, "verdict"), 0);
    if (json_is_number(json_object_get(x->match, "score")))
        key(x, &k, "Score", fair_str_fmt(x->a, "%.4f of 1; \"match\" begins at %.4f", json_number_value(json_object_get(x->match, "score")), json_number_value(json_object_get(x->match, "match_at"))), 0);
    if (json_is_number(covers)) key(x, &k, "Of the work is seen", fair_str_fmt(x->a, "%.0f %%", 100 * json_number_value(covers)), 0);
    key(x, &k, "Matcher", text(x, x->match, "matcher"), 0);
    fair_document_keys(x->d, k.n / 2, k.cells);
    paragraph(x, "The score is the matcher's estimate of how likely one of the two is a copy of the other. It can be computed again from the two files in the package: "
                 "\"fairtrack verify --rematch FILE\". What it found in common:");
    for (size_t i = 0; i < json_array_size(reasons) && i < 20; i++) {
        json_t *v = json_array_get(reasons, i);
        if (json_is_string(v)) fair_document_item(x->d, 0, fair_spans_of(x->d, clean(x, (fair_str){ json_string_value(v), json_string_length(v) }), 0));
    }
}

struct rows { struct exhibits *x; struct fair_spans *cells; size_t n, room; bool sealed; };

static void
cell(struct rows *r, fair_str s)
{
    if (r->n == r->room) {
        struct fair_spans *more = fair_alloc_array(r->x->a, r->room * 2 + 64, sizeof *more);
        if (r->n > 0) memcpy(more, r->cells, r->n * sizeof *more);
        r->cells = more;
        r->room = r->room * 2 + 64;
    }
    r->cells[r->n++] = fair_spans_of(r->x->d, clean(r->x, s), 0);
}

static fair_status
custody_row(void *arg, const struct fair_custody_row *row, struct fair_err *err)
{
    struct rows *r = arg;
    struct fair_custody c;

    if (r->sealed || r->n >= 4 * (FAIR_DOCUMENT_ROWS - 1)) return FAIR_OK;
    r->sealed = fair_str_eq(row->what, FAIR_STR("sealed"));
    FAIR_TRY(fair_custody_read(fair_str_dup(r->x->a, row->line), r->x->a, &c, err));
    cell(r, fair_str_fmt(r->x->a, "%lld", (long long)c.n));
    cell(r, fair_time_text(r->x->a, c.at));
    cell(r, c.detail.n > 0 ? fair_str_fmt(r->x->a, "%.*s: %.*s", FAIR_STR_ARG(c.what), FAIR_STR_ARG(c.detail)) : c.what);
    cell(r, c.who);
    return FAIR_OK;
}

static fair_status
stamp_row(void *arg, const struct fair_stamp_row *row, __attribute__((unused)) struct fair_err *err)
{
    struct rows *r = arg;

    cell(r, row->server);
    cell(r, fair_time_text(r->x->a, row->at - row->at % FAIR_SECOND));
    return FAIR_OK;
}

static fair_status
chain(struct exhibits *x, struct fair_err *err)
{
    static const uint8_t four[4] = { 6, 24, 42, 28 }, two[2] = { 70, 30 };
    struct rows custody = { .x = x }, stamps = { .x = x };

    fair_document_heading(x->d, 2, FAIR_STR("Custody"));
    paragraph(x, "Until the seal; what happened since stands in the package. Each line holds the hash of the one before it. Times are UTC by the clock of the operator's machine.");
    cell(&custody, FAIR_STR("No"));
    cell(&custody, FAIR_STR("When"));
    cell(&custody, FAIR_STR("What"));
    cell(&custody, FAIR_STR("By"));
    FAIR_TRY(fair_store_custody(&x->h->desk, x->p.id, 1, custody_row, &custody, err));
    fair_document_table(x->d, 4, four, custody.n / 4, custody.cells);
    fair_document_heading(x->d, 2, FAIR_STR("Time stamps"));
    cell(&stamps, FAIR_STR("Service (RFC 3161)"));
    cell(&stamps, FAIR_STR("Says"));
    FAIR_TRY(fair_store_package_stamps(&x->h->desk, x->p.id, stamp_row, &stamps, err));
    if (stamps.n > 2) fair_document_table(x->d, 2, two, stamps.n / 2, stamps.cells);
    else paragraph(x, "None: the times are the operator's own word.");
    if (x->p.ots.n > 0)
        fair_document_paragraph(x->d, fair_spans_of(x->d, fair_str_fmt(x->a, "A proof of OpenTimestamps is in the package: %.*s.%s", FAIR_STR_ARG(clean(x, fair_ots_words(x->p.ots, x->a))),
                                                                       fair_ots_complete(x->p.ots, x->a) ? " Whether that block holds it can be checked with the block's header alone." : " It is a promise until a block holds it."), 0));
    return FAIR_OK;
}

static void
seal(struct exhibits *x)
{
    struct fair_sha256 id = fair_sha256_of(x->p.key.p, x->p.key.n);
    fair_str hex = fair_hex(x->a, x->p.datapackage.b, 32), base = fair_house_base_url(x->h, x->a);
    struct keys k = { .n = 0 };
    struct fair_spans beside;

    fair_document_heading(x->d, 2, FAIR_STR("How this can be checked"));
    paragraph(x, "These pages are taken from a package, a file that holds everything that was captured. Its every byte is covered by the signature below. "
                 "\"fairtrack verify FILE\" checks it offline; the file VERIFY.txt in it tells how to do the same with openssl and sha256sum alone.");
    key(x, &k, "Package", fair_str_fmt(x->a, "%lld, the operator's number %lld", (long long)x->p.id, (long long)x->p.number), 0);
    key(x, &k, "SHA-256 of datapackage.json", hex, FAIR_SPAN_MONO);
    key(x, &k, "Signed with the key", fair_hex(x->a, id.b, 32), FAIR_SPAN_MONO);
    key(x, &k, "Sealed (UTC)", fair_time_text(x->a, x->p.sealed), 0);
    fair_document_keys(x->d, k.n / 2, k.cells);
    beside = fair_spans_of(x->d, fair_str_fmt(x->a, "The operator's page on how to check a package, with their keys:\n%.*s/verify", FAIR_STR_ARG(base)), 0);
    fair_document_qr(x->d, fair_str_fmt(x->a, "%.*s/verify?sha256=%.*s", FAIR_STR_ARG(base), FAIR_STR_ARG(hex)), 35, beside);
}

/* custody/statement.txt as it stands in the package. */
static void
statement(struct exhibits *x)
{
    fair_str rest = member(x, FAIR_STR("custody/statement.txt")), line;

    fair_document_page(x->d);
    fair_document_heading(x->d, 2, FAIR_STR("Draft statement of the person who made the capture"));
    if (rest.p != NULL) (void)fair_str_split(&rest, '\n', &line);        /* its own heading */
    while (fair_str_split(&rest, '\n', &line))
        if (fair_str_trim(line).n > 0) fair_document_paragraph(x->d, fair_spans_of(x->d, clean(x, line), 0));
}

static fair_status
compose(struct exhibits *x, struct fair_decoded d[3], struct fair_err *err)
{
    fair_str page = text(x, x->capture, "url"), title = text(x, x->match, "work_title"), begun = text(x, x->capture, "started");

    x->d = fair_document_new(x->a);
    x->d->title = fair_str_fmt(x->a, "Exhibits of package %lld", (long long)x->p.id);
    x->d->author = clean(x, text(x, x->capture, "operator"));
    x->d->language = FAIR_STR("en");
    x->d->made = x->p.sealed;
    x->d->spell_unknown = true;
    x->d->footer = fair_str_fmt(x->a, "Package %lld · %.16s… · page {page} of {pages}", (long long)x->p.id, fair_hex(x->a, x->p.datapackage.b, 32).p);
    if (x->d->author.n > 900) x->d->author.n = 900;
    fair_document_heading(x->d, 1, FAIR_STR("Exhibits"));
    fair_document_paragraph(x->d, fair_spans_of(x->d, fair_str_fmt(x->a, "The use of the work \"%.*s\" on the page %.*s, as it was captured on %.*s (UTC).", FAIR_STR_ARG(clean(x, title)),
                                                                   FAIR_STR_ARG(clean(x, page)), FAIR_STR_ARG(clean(x, begun))), 0));
    FAIR_TRY(side_by_side(x, d, err));
    FAIR_TRY(page_shown(x, &d[2], err));
    comparison(x);
    facts(x);
    FAIR_TRY(chain(x, err));
    seal(x);
    statement(x);
    return fair_document_end(x->d, err);
}

fair_status
fair_exhibits_pdf(struct fair_house *h, fair_id package, struct fair_arena *a, fair_str *pdf, struct fair_err *err)
{
    struct exhibits x = { .h = h, .a = a };
    struct fair_decoded d[3] = { { 0 } };
    struct fair_rendered r;
    fair_str json;
    fair_status s;

    FAIR_TRY(fair_store_package_get(&h->desk, package, a, &x.p, err));
    if (!fair_str_eq(x.p.state, FAIR_STR("sealed"))) return fair_fail(err, FAIR_AGAIN, "package %lld is not sealed yet", (long long)package);
    FAIR_TRY(fair_package_open(h, package, a, &x.m, err));
    FAIR_TRY(fair_package_custody(h, package, "exported", FAIR_STR("exhibits as PDF"), err));
    json = member(&x, FAIR_STR("match/match.json"));
    x.match = json_loadb(json.p != NULL ? json.p : "", json.n, 0, NULL);
    json = member(&x, FAIR_STR("match/capture.json"));
    x.capture = json_loadb(json.p != NULL ? json.p : "", json.n, 0, NULL);
    s = compose(&x, d, err);
    if (s == FAIR_OK) s = fair_render_pdf(x.d, h->config.sandbox_weak, a, &r, err);
    if (s == FAIR_OK) *pdf = r.pdf;
    for (int i = 0; i < 3; i++) {
        fair_image_free(&d[i].grey);
        fair_image_free(&d[i].colour);
    }
    json_decref(x.match);
    json_decref(x.capture);
    return s;
}
