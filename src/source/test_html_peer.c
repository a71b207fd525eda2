/* source/test_html_peer.c - on random markup, our walk and gumbo's tree agree whether a picture is in the document. */
#include "base/test.h"
#include <gumbo.h>
#include "source/links.h"

#define PAGES 12000

/* Not among them: select (its rules have changed), </p> and </br> (in svg they have). */
static const char *const pieces[] = {
    "<p>", "<div>", "</div>", "<b>", "</b>", "<a>", "</a>", "<table>", "</table>", "<tr>", "<td>", "</td>", "</tr>", "<svg>", "</svg>", "<math>", "</math>", "<mi>",
    "</mi>", "<foreignObject>", "</foreignObject>", "<desc>", "</desc>", "<title>", "</title>", "<style>", "</style>", "<script>", "</script>", "<template>",
    "</template>", "<col>", "<colgroup>", "</colgroup>", "<caption>", "</caption>", "<frameset>", "</frameset>", "<frame>", "<noframes>", "</noframes>",
    "<noscript>", "</noscript>", "<textarea>", "</textarea>", "<iframe>", "</iframe>", "<body>", "</body>", "<html>", "</html>", "<head>", "</head>", "x", " ",
    "<!--", "-->", "<![CDATA[", "]]>", "<br>", "<button>", "</button>", "<li>", "<dd>", "<input>", "<input type=hidden>", "<font>", "<font color=x>",
    "<annotation-xml>", "<annotation-xml encoding=text/html>", "</annotation-xml>", "<g/>", "<svg/>", "<path>", "<span>", "</span>", "<applet>", "</applet>",
    "<object>", "<form>", "<h1>", "</h1>", "<tbody>", "<xmp>", "</xmp>", "<meta>", "<link>", "<image>", "<ms>", "<mglyph>", "<pre>", "<hr>", "<!doctype html>",
};

static bool
gumbo_has(const GumboNode *n)
{
    const GumboAttribute *src;

    if (n->type != GUMBO_NODE_ELEMENT && n->type != GUMBO_NODE_TEMPLATE) return false;
    src = gumbo_get_attribute(&n->v.element.attributes, "src");
    if (n->v.element.tag == GUMBO_TAG_IMG && src != NULL && strcmp(src->value, "probe") == 0) return true;
    for (unsigned i = 0; i < n->v.element.children.length; i++)
        if (gumbo_has(n->v.element.children.data[i])) return true;
    return false;
}

/* It forgets some of what it takes, so it takes from an arena. */
static void *
take(void *with, size_t n)
{
    return fair_alloc(with, n);
}

static void
give(void *with, void *p)
{
    (void)with;
    (void)p;
}

static bool
by_gumbo(struct fair_arena *a, fair_str page)
{
    GumboOptions options = kGumboDefaultOptions;
    GumboOutput *o = NULL;
    const GumboVector *v;
    bool has = false;

    options.allocator = take;
    options.deallocator = give;
    options.userdata = a;
    o = gumbo_parse_with_options(&options, page.p, page.n);
    v = &o->document->v.document.children;
    for (unsigned i = 0; i < v->length; i++) has = has || gumbo_has(v->data[i]);
    gumbo_destroy_output(&options, o);
    return has;
}

static bool
by_us(struct fair_arena *a, fair_str page)
{
    struct fair_links l;

    CHECK_OK(fair_links_html(a, page, FAIR_STR("http://example.com/"), (fair_str){ NULL, 0 }, &l, why));
    for (size_t i = 0; i < l.n; i++)
        if (fair_str_eq(l.v[i].value, FAIR_STR("probe"))) return true;
    return false;
}

TEST(a_picture_is_in_the_document_where_gumbo_says_so)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    uint64_t seed = 0x2545f4914f6cdd1du;
    unsigned differ = 0;

    for (int i = 0; i < PAGES; i++) {
        struct fair_buf b = FAIR_BUF(a, 8192);
        fair_str page;
        for (int left = 1 + i % 24; left > 0; left--) {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            fair_buf_c(&b, pieces[(seed >> 20) % (sizeof pieces / sizeof *pieces)]);
        }
        fair_buf_c(&b, "<img src='probe'>");
        page = (fair_str){ b.p, b.n };
        if (by_us(a, page) != by_gumbo(a, page) && differ++ < 5) printf("differs: %.*s\n", FAIR_STR_ARG(page));
        fair_arena_clear(a);
    }
    /* Where elements are moved about, ours is an approximation. */
    if (differ > PAGES / 2000) fail_msg("%u of %d pages differ", differ, PAGES);
}

FAIR_TEST_MAIN
