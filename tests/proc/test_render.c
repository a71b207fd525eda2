/* tests/proc/test_render.c - documents become PDF: the same bytes again, over pages, and nothing left out in silence. */
#include "base/test.h"
#include <sys/stat.h>
#include <unistd.h>
#include "base/digest.h"
#include "base/io.h"
#include "proc/document_msg.h"
#include "cases/letters.h"
#include "work/render.h"

static const float corners[][2] = { { 10, 10 }, { 50, 12 }, { 48, 40 }, { 9, 38 } };
static const struct fair_outline outline = { 0xd00000, 4, corners };

/* A picture of bands, so that two pixels differ. */
static struct fair_picture_shown
bands(struct fair_arena *a, uint32_t w, uint32_t h, unsigned quality, fair_str caption)
{
    uint8_t *p = fair_alloc(a, (size_t)w * h * 3);

    for (size_t i = 0; i < (size_t)w * h; i++) {
        p[3 * i] = (uint8_t)(i % w * 255 / w);
        p[3 * i + 1] = (uint8_t)(i / w * 255 / h);
        p[3 * i + 2] = 90;
    }
    return (struct fair_picture_shown){ .width = w, .height = h, .channels = 3, .stride = (size_t)w * 3, .pixels = p, .quality = quality,
                                        .caption = caption, .n_outlines = 1, .outlines = &outline };
}

static struct fair_document *
sample(struct fair_arena *a)
{
    struct fair_document *d = fair_document_new(a);
    struct fair_picture_shown two[2] = { bands(a, 64, 48, 85, FAIR_STR("Registered work")), bands(a, 48, 64, 0, FAIR_STR("Found \303\274berall")) };
    struct fair_spans cells[6], s = fair_spans_of(d, FAIR_STR("Plain, "), 0);
    static const uint8_t weights[] = { 1, 2 };

    d->title = FAIR_STR("A sample");
    d->language = FAIR_STR("de");
    d->made = 1764140400 * FAIR_SECOND;
    d->header = FAIR_STR("Head of the page");
    d->footer = FAIR_STR("Seite {page} von {pages}");
    fair_document_heading(d, 1, FAIR_STR("\303\234berschrift"));
    fair_spans_add(d, &s, FAIR_STR("bold, "), FAIR_SPAN_BOLD, (fair_str){ NULL, 0 });
    fair_spans_add(d, &s, FAIR_STR("https://example.com/page"), 0, FAIR_STR("https://example.com/page"));
    fair_document_paragraph(d, s);
    fair_document_item(d, 0, fair_spans_of(d, FAIR_STR("a bullet"), 0));
    fair_document_item(d, 1, fair_spans_of(d, FAIR_STR("a number"), 0));
    fair_document_mono(d, FAIR_STR("sha256sum file"));
    for (int i = 0; i < 6; i++) cells[i] = fair_spans_of(d, fair_str_fmt(a, "cell %d", i), 0);
    fair_document_keys(d, 2, cells);
    fair_document_table(d, 2, weights, 3, cells);
    fair_document_pictures(d, 2, two, 60);
    fair_document_qr(d, FAIR_STR("https://example.com/notice/N-4711"), 30, fair_spans_of(d, FAIR_STR("Scan to verify"), 0));
    fair_document_rule(d);
    fair_document_page(d);
    fair_document_paragraph(d, fair_spans_of(d, FAIR_STR("the last page"), 0));
    return d;
}

static char *
run(struct fair_arena *a, const char *command)
{
    FILE *f = popen(command, "r");
    char *text = fair_alloc(a, 200001);
    size_t n;

    CHECK(f != NULL);
    n = fread(text, 1, 200000, f);
    text[n] = '\0';
    pclose(f);
    return text;
}

static bool
have(const char *program)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    return system(fair_str_fmt(a, "command -v %s >/dev/null 2>&1", program).p) == 0;
}

/* The PDF's text as poppler reads it. */
static char *
text_of(struct fair_arena *a, fair_str pdf)
{
    char path[] = "/tmp/fair-render-XXXXXX";
    int fd = mkstemp(path);
    char *text;

    CHECK(fd >= 0);
    CHECK_OK(fair_write_all(fd, pdf.p, pdf.n, why));
    close(fd);
    text = run(a, fair_str_fmt(a, "pdftotext -layout %s - 2>&1", path).p);
    unlink(path);
    return text;
}

TEST(the_same_document_gives_the_same_bytes_in_another_process)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_rendered first, again;

    CHECK_OK(fair_render_pdf(sample(a), false, a, &first, why));
    for (int i = 0; i < 3; i++) {
        CHECK_OK(fair_render_pdf(sample(a), false, a, &again, why));
        CHECK(fair_str_eq(first.pdf, again.pdf));
        CHECK(fair_str_eq(first.engine, again.engine));
    }
    CHECK_EQ(first.pages, 2);
    CHECK_EQ(first.spelled, 0);
    CHECK(memmem(first.pdf.p, first.pdf.n, "DCTDecode", 9) != NULL);
}

TEST(another_document_gives_other_bytes)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_rendered first, other;
    struct fair_document *d = sample(a);

    CHECK_OK(fair_render_pdf(d, false, a, &first, why));
    d->made += FAIR_DAY;
    CHECK_OK(fair_render_pdf(d, false, a, &other, why));
    CHECK(!fair_str_eq(first.pdf, other.pdf));
}

TEST(a_pdf_says_all_that_the_document_says)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    static const char *const said[] = { "\303\234berschrift", "Plain, bold, https://example.com/page", "a bullet", "1. ", "a number", "sha256sum file",
        "cell 3", "cell 5", "Registered work", "Found \303\274berall", "Scan to verify", "the last page", "Seite 1 von 2", "Seite 2 von 2", "Head of the page" };
    struct fair_rendered r;
    char *text;

    if (!have("pdftotext")) skip();
    CHECK_OK(fair_render_pdf(sample(a), false, a, &r, why));
    text = text_of(a, r.pdf);
    for (size_t i = 0; i < sizeof said / sizeof *said; i++)
        if (strstr(text, said[i]) == NULL) fail_msg("\"%s\" is not in:\n%s", said[i], text);
}

TEST(the_qr_code_reads_back)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    char dir[] = "/tmp/fair-render-XXXXXX";
    struct fair_rendered r;

    if (!have("pdftoppm") || !have("zbarimg")) skip();
    CHECK(mkdtemp(dir) != NULL);
    CHECK_OK(fair_render_pdf(sample(a), false, a, &r, why));
    CHECK_OK(fair_write_file(fair_str_fmt(a, "%s/a.pdf", dir).p, r.pdf.p, r.pdf.n, 0600, why));
    CHECK(strstr(run(a, fair_str_fmt(a, "cd %s && pdftoppm -r 150 -f 1 -l 1 -png a.pdf p && zbarimg -q --raw p*.png; rm -f a.pdf p*.png; rmdir %s", dir, dir).p),
                 "https://example.com/notice/N-4711") != NULL);
}

TEST(a_character_that_no_font_has_is_refused_or_spelled_but_never_dropped)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_document *d = fair_document_new(a);
    struct fair_err err = { 0 };
    struct fair_rendered r;

    fair_document_paragraph(d, fair_spans_of(d, FAIR_STR("name: \xe4\xb8\xad, turned: \xe2\x80\xae"), 0));
    CHECK_EQ(fair_render_pdf(d, false, a, &r, &err), FAIR_INVALID);
    CHECK(strstr(err.text, "U+4E2D") != NULL);
    d->spell_unknown = true;
    CHECK_OK(fair_render_pdf(d, false, a, &r, why));
    CHECK_EQ(r.spelled, 2);
    if (have("pdftotext")) CHECK(strstr(text_of(a, r.pdf), "name: <U+4E2D>, turned: <U+202E>") != NULL);
}

TEST(writing_from_right_to_left_is_shaped_and_read_back)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_document *d = fair_document_new(a);
    struct fair_rendered r;

    d->language = FAIR_STR("ar");
    d->right_to_left = true;
    fair_document_item(d, 1, fair_spans_of(d, FAIR_STR("\xd8\xb3\xd9\x84\xd8\xa7\xd9\x85"), 0));
    CHECK_OK(fair_render_pdf(d, false, a, &r, why));
    CHECK_EQ(r.pages, 1);
}

TEST(a_long_table_repeats_its_head_and_a_tall_row_goes_on_over_pages)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_document *d = fair_document_new(a);
    struct fair_spans *cells = fair_alloc_array(a, 300, sizeof *cells);
    struct fair_buf b = FAIR_BUF(a, 60000);
    struct fair_rendered r;
    char *text;
    int heads = 0;

    cells[0] = cells[1] = cells[2] = fair_spans_of(d, FAIR_STR("HEAD"), 0);
    for (int i = 3; i < 300; i++) cells[i] = fair_spans_of(d, fair_str_fmt(a, "c%d", i), 0);
    for (int i = 0; i < 1500; i++) fair_buf_fmt(&b, "word%d ", i);
    cells[4] = fair_spans_of(d, (fair_str){ b.p, b.n }, 0);
    fair_document_table(d, 3, NULL, 100, cells);
    CHECK_OK(fair_render_pdf(d, false, a, &r, why));
    CHECK(r.pages >= 5);
    if (!have("pdftotext")) return;
    text = text_of(a, r.pdf);
    CHECK(strstr(text, "word1499") != NULL && strstr(text, "word0 ") != NULL && strstr(text, "c299") != NULL);
    for (const char *p = text; (p = strstr(p, "HEAD")) != NULL; p++) heads++;
    CHECK(heads >= 3 * 3);
}

TEST(bounds_are_kept)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_document *d = fair_document_new(a);
    struct fair_picture_shown huge = bands(a, 16, 16, 0, FAIR_STR("x"));
    struct fair_err err = { 0 };
    struct fair_rendered r;

    huge.width = FAIR_DOCUMENT_SIDE + 1;
    fair_document_pictures(d, 1, &huge, 0);
    CHECK_EQ(fair_render_pdf(d, false, a, &r, &err), FAIR_LIMIT);
    d = fair_document_new(a);
    for (int i = 0; i < 1100; i++) fair_document_page(d);
    CHECK_EQ(fair_render_pdf(d, false, a, &r, &err), FAIR_LIMIT);
    CHECK(strstr(err.text, "1000 pages") != NULL);
    d = fair_document_new(a);
    for (int i = 0; i <= FAIR_DOCUMENT_BLOCKS; i++) fair_document_rule(d);
    CHECK_EQ(fair_render_pdf(d, false, a, &r, &err), FAIR_LIMIT);
}

TEST(a_letter_has_its_address_where_the_window_is)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_document *d = fair_document_new(a);
    struct fair_rendered r;
    char *text;

    d->sender = FAIR_STR("Mara Muster\nBeispielweg 1\n12345 Musterstadt");
    d->address = FAIR_STR("Example GmbH\nTestweg 2\n54321 Beispielort");
    fair_document_paragraph(d, fair_spans_of(d, FAIR_STR("Body text"), 0));
    CHECK_OK(fair_render_pdf(d, false, a, &r, why));
    if (!have("pdftotext")) return;
    text = text_of(a, r.pdf);
    CHECK(strstr(text, "Example GmbH") != NULL && strstr(text, "54321 Beispielort") != NULL && strstr(text, "Body text") > strstr(text, "Example GmbH"));
}

TEST(a_letter_becomes_a_pdf_that_says_what_its_text_says)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    const char *source = getenv("FAIRTRACK_SOURCE");
    struct fair_letter_filled filled;
    struct fair_letters *l;
    struct fair_rendered r, again;
    fair_str inputs;
    char *text;

    CHECK(source != NULL);
    CHECK_OK(fair_letters_load(a, fair_letters_builtin(), &l, why));
    CHECK_OK(fair_read_file(a, fair_str_fmt(a, "%s/src/cases/corpus/letter/inquiry", source).p, 1 << 20, &inputs, why));
    CHECK_OK(fair_letter_again(l, inputs, a, &filled, why));
    filled.document->made = 1764140400 * FAIR_SECOND;
    CHECK_OK(fair_render_pdf(filled.document, false, a, &r, why));
    CHECK_OK(fair_letter_again(l, inputs, a, &filled, why));
    filled.document->made = 1764140400 * FAIR_SECOND;
    CHECK_OK(fair_render_pdf(filled.document, false, a, &again, why));
    CHECK(fair_str_eq(r.pdf, again.pdf));
    if (!have("pdftotext")) return;
    text = text_of(a, r.pdf);
    CHECK(strstr(text, "Eine Frage zu einem Bild") != NULL && strstr(text, "N-4711-QX") != NULL && strstr(text, "Mara Muster") != NULL);
}

/* ---- the bytes of a document ------------------------------------------------------------------------- */

TEST(a_document_packed_and_unpacked_is_the_same_again)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_document *d;
    fair_str one, two;

    CHECK_OK(fair_document_pack(a, sample(a), &one, why));
    CHECK_OK(fair_document_unpack(a, one, &d, why));
    CHECK_OK(fair_document_pack(a, d, &two, why));
    CHECK(fair_str_eq(one, two));
}

TEST(a_document_cut_off_anywhere_is_refused)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(arena) struct fair_arena *tries = fair_arena_new();
    struct fair_document *d;
    struct fair_err err;
    fair_str all;

    CHECK_OK(fair_document_pack(a, sample(a), &all, why));
    for (size_t n = 0; n < all.n; n += n < 600 ? 1 : 97) {
        CHECK_EQ(fair_document_unpack(tries, (fair_str){ all.p, n }, &d, &err), FAIR_CORRUPT);
        fair_arena_clear(tries);
    }
}

FAIR_TEST_MAIN
