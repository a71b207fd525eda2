/* test_static_html.c - a captured page keeps its looks and loses its powers. */
#include "base/test.h"
#include "source/static_html.h"

static const char *
local(void *arg, fair_str url)
{
    (void)arg;
    return fair_str_eq(url, FAIR_STR("http://www.example.com/a.jpg")) ? "r1" : fair_str_eq(url, FAIR_STR("http://www.example.com/s.css")) ? "r2" : NULL;
}

static void
check(const char *in, const char *out)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_str got = fair_static_html(a, fair_str_of(in), FAIR_STR("http://www.example.com/x/"), local, NULL);

    if (got.n < 37) fail_msg("too short");
    CHECK_STR(((fair_str){ got.p + 37, got.n - 37 }), out);
}

TEST(words_looks_and_pictures_that_we_have_stay)
{
    check("<h1 class=a>Hi &amp; bye</h1>", "<h1 class=\"a\">Hi &amp; bye</h1>");
    check("<img src='/a.jpg' alt='x \"y'>", "<img src=\"r1\" alt=\"x &quot;y\">");
    check("<link rel=stylesheet href=/s.css>", "<link rel=\"stylesheet\" href=\"r2\">");
    check("<style>p{background:url('/a.jpg')}</style>", "<style>p{background:url(r1)}</style>");
    check("<p style='background: url(/b.jpg)'>a", "<p style=\"background: url(about:blank)\">a");
    check("<title>T &lt; <b></title>", "<title>T &lt; &lt;b></title>");
}

TEST(what_runs_reaches_out_or_sends_is_gone)
{
    check("<script>alert('</p>')</script>a", "a");
    check("<script src=//evil.example/x.js></script>", "");
    check("<img src=/b.jpg onerror=alert(1) srcset='/c.jpg 2x'>", "<img>");
    check("<a href='javascript:alert(1)' onclick=x>go</a>", "<a title=\"javascript:alert(1)\">go</a>");
    check("<iframe src=/x><p>in</iframe>b", "b");
    check("<form action=/steal><input type=text name=q></form>", "<input type=\"text\">");
    check("<base href=http://evil.example/><meta http-equiv=refresh content='0;url=http://evil.example/'>", "");
    check("<svg><use href='#a'/><script>1</script><animate attributeName=href to=x /></svg>", "<svg></svg>");
    check("<style>@import 'http://evil.example/a.css'; p{}</style>", "<style></style>");
    check("<noscript><img src=/a.jpg></noscript>", "<img src=\"r1\">");
    check("<<script>script>alert(1)</script>", "&lt;");
    check("<svg><style><script>1</script>p{}</style>", "<svg><style>\\3c script>1\\3c /script>p{}</style>");
    check("<object data=/x><p>fallback</object>", "<p>fallback");
}

FAIR_TEST_MAIN
