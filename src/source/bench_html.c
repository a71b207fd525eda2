/* source/bench_html.c - reading the pictures of pages, against libxml2's SAX parser looking at src alone and gumbo's tree.
 *
 *     bench_html [page.html ...]        without files: pages made up here
 *
 * Prints MB/s of each and the ratio to libxml2 in the same run. */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <gumbo.h>
#include <libxml/HTMLparser.h>
#include "base/io.h"
#include "base/types.h"
#include "source/links.h"

#define ROUNDS 15

static size_t found;

static void
on_element(void *with, const xmlChar *name, const xmlChar **attributes)
{
    (void)with;
    if (strcmp((const char *)name, "img") != 0 || attributes == NULL) return;
    for (; attributes[0] != NULL; attributes += 2)
        if (strcmp((const char *)attributes[0], "src") == 0 && attributes[1] != NULL) found++;
}

static void
by_libxml2(fair_str page)
{
    htmlSAXHandler sax = { .startElement = on_element };
    htmlParserCtxtPtr c = htmlCreatePushParserCtxt(&sax, NULL, page.p, (int)(page.n < 4 ? page.n : 4), NULL, XML_CHAR_ENCODING_UTF8);

    htmlCtxtUseOptions(c, HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_RECOVER | HTML_PARSE_NONET);
    if (page.n > 4) htmlParseChunk(c, page.p + 4, (int)(page.n - 4), 1);
    htmlFreeParserCtxt(c);
}

static void
by_gumbo(fair_str page)
{
    GumboOutput *o = gumbo_parse_with_options(&kGumboDefaultOptions, page.p, page.n);
    gumbo_destroy_output(&kGumboDefaultOptions, o);
}

static void
by_us(fair_str page)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_links links;
    if (fair_links_html(a, page, FAIR_STR("http://example.com/a/b.html"), (fair_str){ NULL, 0 }, &links, NULL) == FAIR_OK) found += links.n;
}

/* Processor time in microseconds; other programs' use of the machine is not in it. */
static fair_time
spent(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (fair_time)t.tv_sec * FAIR_SECOND + t.tv_nsec / 1000;
}

/* The best of the rounds, in MB/s. */
static double
speed(void (*read)(fair_str), const fair_str *pages, size_t n)
{
    double best = 0;

    for (int round = 0; round < ROUNDS; round++) {
        fair_time began = spent(), took;
        size_t bytes = 0;
        found = 0;
        for (size_t i = 0; i < n; i++) {
            read(pages[i]);
            bytes += pages[i].n;
        }
        took = spent() - began;
        if (took > 0 && (double)bytes / (double)took > best) best = (double)bytes / (double)took;
    }
    return best;
}

/* A page of cards, each with a picture in three sizes, as overviews of shops and newspapers have them: 525 bytes a card. */
static fair_str
made_up(struct fair_arena *a, int cards)
{
    struct fair_buf b = FAIR_BUF(a, 16 << 20);

    fair_buf_c(&b, "<!doctype html><html><head><meta charset=utf-8><title>A page</title><style>body{background:url(bg.png)}</style>"
                   "<script>var a = { b: 1, c: 'words words words' };</script></head><body>");
    for (int i = 0; i < cards; i++)
        fair_buf_fmt(&b, "<div class=\"card card--%d\" data-id=\"%d\"><a href=\"/story/%d?from=list\" title=\"A story\"><img src=\"/img/%d-300x200.jpg\" "
                         "srcset=\"/img/%d-300x200.jpg 300w, /img/%d-600x400.jpg 600w\" alt=\"A picture of something\" loading=lazy></a>\n"
                         "<p>Some words of a story with <b>bold</b> and <i>slanted</i> ones, &amp; a reference, going on for a while "
                         "so that text and tags stand as they do on pages.</p><ul><li>one</li><li>two</li></ul></div>\n", i % 7, i, i, i, i, i);
    fair_buf_c(&b, "</body></html>");
    return (fair_str){ b.p, b.n };
}

static void
compare(const char *name, const fair_str *pages, size_t n)
{
    double ours = speed(by_us, pages, n), xml, gumbo;
    size_t pictures = found, images;

    xml = speed(by_libxml2, pages, n);
    images = found;
    gumbo = speed(by_gumbo, pages, n);
    printf("%s: ours %.0f MB/s (%zu pictures), libxml2's SAX %.0f MB/s (%zu img src), ratio %.2f; gumbo's tree %.0f MB/s, ratio %.2f\n", name, ours,
           pictures, xml, images, ours / xml, gumbo, ours / gumbo);
}

int
main(int argc, char **argv)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_str *pages = fair_alloc_array(a, (size_t)argc + 1, sizeof *pages);
    struct fair_err err = { 0 };
    size_t n = 0;

    fair_memory_keep();       /* as the decode helper does; it is good for all three */
    for (int i = 1; i < argc; i++) {
        if (fair_read_file(a, argv[i], FAIR_LINKS_INPUT, &pages[n], &err) != FAIR_OK) {
            fprintf(stderr, "bench_html: %s\n", err.text);
            return 1;
        }
        n++;
    }
    if (n > 0) compare("the pages given", pages, n);
    else {
        fair_str page = made_up(a, 200);
        compare("a page of 200 cards", &page, 1);
        page = made_up(a, 4000);
        compare("a page of 4000 cards", &page, 1);
    }
    return 0;
}
