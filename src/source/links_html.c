/* source/links_html.c - the pictures and pages that a page names, wherever HTML lets them be named. */
#include "source/html_charset.h"
#include "source/html_private.h"
#include "source/links_script.h"
#include <string.h>

#define NESTED 2              /* srcdoc in srcdoc */
#define CAPTION 400           /* bytes of a caption that are read */

struct page {
    struct fair_gather *g;
    struct fair_arena *tmp;   /* for one element */
    unsigned nested;
    bool base_seen;
    unsigned noscript, picture, figure;       /* how many of each are open */
    uint32_t group;           /* of the element, or of the <picture> around it */
    size_t figure_from;       /* the first link of the outermost figure */
    enum html_tag catching;   /* the element whose text is being caught; TAG_OTHER: none */
    unsigned catch_depth;
    bool catch_is_credit;
    char caught[CAPTION], credit[CAPTION];    /* the text caught, and the credit of the figure */
    size_t n_caught, n_credit;
};

/* --- helpers --------------------------------------------------------------------- */

static inline __attribute__((always_inline)) fair_str
attr(struct page *p, const struct html_element *e, const char *name)
{
    return fair_html_attr(p->tmp, e->token, name);
}

static fair_str
lower(struct fair_arena *a, fair_str s)
{
    char *c = fair_alloc(a, s.n + 1);
    for (size_t i = 0; i < s.n; i++) c[i] = s.p[i] >= 'A' && s.p[i] <= 'Z' ? (char)(s.p[i] | 32) : s.p[i];
    return (fair_str){ c, s.n };
}

static fair_str
tag_name(struct page *p, const struct html_element *e)
{
    return e->tag != TAG_OTHER ? fair_html_tag_name(e->tag) : lower(p->tmp, e->token->name);
}

static inline bool
is(fair_str s, const char *word)
{
    return s.n == strlen(word) && fair_str_eq_nocase(s, (fair_str){ word, s.n });
}

/* Is `word` one of the space-separated words of `list`? */
static bool
has_word(fair_str list, const char *word)
{
    size_t n = strlen(word);

    for (size_t i = 0; i + n <= list.n; i++) {
        if ((i > 0 && (unsigned char)list.p[i - 1] > ' ') || (i + n < list.n && (unsigned char)list.p[i + n] > ' ')) continue;
        if (fair_str_eq_nocase((fair_str){ list.p + i, n }, (fair_str){ word, n })) return true;
    }
    return false;
}

/* Does it occur anywhere, in any case?  `word` is in lower case. */
static bool
contains(fair_str s, const char *word)
{
    size_t n = strlen(word);

    for (size_t i = 0; i + n <= s.n; i++)
        if ((s.p[i] | 32) == (word[0] | 32) && fair_str_eq_nocase((fair_str){ s.p + i, n }, (fair_str){ word, n })) return true;
    return false;
}

static struct fair_link
said(struct page *p, const struct html_element *e, const char *via, const char *attribute, fair_str value)
{
    fair_str alt = attr(p, e, "alt");
    if (alt.n == 0) alt = attr(p, e, "title");
    return (struct fair_link){ .via = fair_str_of(via), .tag = tag_name(p, e), .attr = fair_str_of(attribute), .value = value, .alt = alt,
                               .group = p->group };
}

/* One attribute that holds one address. */
static void
picture(struct page *p, const struct html_element *e, const char *via, const char *attribute)
{
    fair_str v = attr(p, e, attribute);
    struct fair_link l;

    if (v.n == 0) return;
    l = said(p, e, via, attribute, v);
    fair_gather_picture(p->g, v, &l);
}

static void
srcset(struct page *p, const struct html_element *e, const char *via, const char *attribute)
{
    fair_str v = attr(p, e, attribute);
    struct fair_link l;

    if (v.n == 0) return;
    l = said(p, e, via, attribute, v);
    fair_gather_srcset(p->g, v, &l);
}

static void
keep(struct page *p, fair_str *to, fair_str v)
{
    v = fair_str_trim(v);
    if (to->p == NULL && v.n > 0) *to = fair_gather_text(p->g, v);
}

/* --- lazy attributes ----------------------------------------------------------------- */

#define NAME(s_) { s_, sizeof s_ - 1 }

/* Names under which scripts keep the address that they put into src later. */
static bool
is_lazy_name(fair_str name)
{
    static const fair_str names[] = {
        NAME("data-src"), NAME("data-original"), NAME("data-original-src"), NAME("data-lazy"), NAME("data-lazy-src"), NAME("data-lazyload"),
        NAME("data-lazyload-src"), NAME("data-url"), NAME("data-img"), NAME("data-img-src"), NAME("data-img-url"), NAME("data-image"),
        NAME("data-image-src"), NAME("data-image-url"), NAME("data-bg"), NAME("data-bg-src"), NAME("data-background"),
        NAME("data-background-image"), NAME("data-back"), NAME("data-hi-res-src"), NAME("data-hires"), NAME("data-full"),
        NAME("data-full-src"), NAME("data-fullsrc"), NAME("data-full-url"), NAME("data-large"), NAME("data-large-file"),
        NAME("data-large-src"), NAME("data-medium-file"), NAME("data-orig-file"), NAME("data-orig-src"), NAME("data-zoom-image"),
        NAME("data-zoom-src"), NAME("data-thumb"), NAME("data-thumb-src"), NAME("data-thumbnail"), NAME("data-poster"),
        NAME("data-actualsrc"), NAME("data-echo"), NAME("data-ks-lazyload"), NAME("data-cfsrc"), NAME("data-pin-media"),
        NAME("data-media"), NAME("data-default-src"), NAME("data-retina"), NAME("data-at2x"), NAME("data-src-retina"),
        NAME("data-src-small"), NAME("data-src-medium"), NAME("data-src-large"), NAME("data-mobile-src"), NAME("data-desktop-src"),
        NAME("data-high-res-src"), NAME("data-low-src"), NAME("data-lowsrc"), NAME("data-runner-src"), NAME("data-tsrc"),
        NAME("data-wood_src"), NAME("data-cover"), NAME("data-avatar"), NAME("data-photo"), NAME("data-picture"), NAME("data-imgsrc"),
        NAME("data-imgurl"), NAME("data-source"), NAME("data-delayed-url"), NAME("data-flickity-lazyload"), NAME("data-defer-src"),
        NAME("data-nitro-lazy-src"), NAME("data-nimg"), NAME("data-ll-src"), NAME("data-swiper-src"), NAME("data-croporisrc"),
        NAME("data-backsrc"),
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].n == name.n && fair_str_eq_nocase(name, names[i])) return true;
    return false;
}

static bool
is_other_lazy_name(fair_str name)
{
    static const fair_str names[] = {
        NAME("lowsrc"), NAME("lazy-src"), NAME("lazysrc"), NAME("lazy_src"), NAME("lazyload"), NAME("_src"), NAME("real_src"), NAME("original"),
        NAME("realsrc"), NAME("file"), NAME("zoomfile"), NAME("hires"), NAME("hsrc"), NAME("loadsrc"), NAME("ng-src"), NAME("v-lazy"),
        NAME("rel:animated_src"), NAME("longdesc-src"), NAME("src2x"),
    };
    if (name.p[0] != '_' && strchr("fhlnorsvz", name.p[0] | 32) == NULL) return false;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].n == name.n && fair_str_eq_nocase(name, names[i])) return true;
    return false;
}

static bool
is_bare_address(fair_str v)
{
    bool mark = false;

    if (v.n < 3 || v.n > FAIR_URL_MAX) return v.n > 11 && contains((fair_str){ v.p, 11 }, "data:image/");
    for (size_t i = 0; i < v.n; i++) {
        if ((unsigned char)v.p[i] < ' ' || memchr("<>{}\"", v.p[i], 5) != NULL) return false;
        if (v.p[i] == ' ' && !fair_looks_like_picture(v)) return false;
        if (v.p[i] == '/' || v.p[i] == '.') mark = true;
    }
    return mark;
}

/* Could such an attribute's value name a picture at all?  Addresses, lists and JSON have one of these in them. */
static bool
may_name(const struct html_attr *at)
{
    static const bool mark[256] = { ['.'] = true, ['/'] = true, ['{'] = true, ['['] = true, ['<'] = true, ['('] = true, ['&'] = true };

    for (size_t i = 0; i < at->value.n; i++)
        if (mark[(unsigned char)at->value.p[i]]) return true;
    return at->name.n >= sizeof "data-bgset" - 1 && (contains(at->name, "srcset") || contains(at->name, "bgset"));
}

static void
lazy(struct page *p, const struct html_element *e, const struct html_attr *at)
{
    bool data = (at->name.p[0] | 32) == 'd' && at->name.n > 5 && is((fair_str){ at->name.p, 5 }, "data-"), strong;
    bool img = e->tag == TAG_img || e->tag == TAG_source || e->tag == TAG_amp_img;
    fair_str v;
    struct fair_link l;

    if ((!data && !img) || at->value.n < 3 || (!data && !(img && is_other_lazy_name(at->name))) || !may_name(at)) return;
    v = fair_str_trim(fair_html_decode(p->tmp, at->value, true));
    if (v.n < 3) return;
    l = said(p, e, "lazy", "", v);
    l.attr = lower(p->tmp, at->name);
    if (contains(at->name, "srcset") || contains(at->name, "bgset")) {
        fair_gather_srcset(p->g, v, &l);
        return;
    }
    if (v.p[0] == '{' || v.p[0] == '[') {
        fair_gather_script(p->g, v, &l);
        return;
    }
    if (contains(v, "url(")) {
        fair_gather_css(p->g, v, &l);
        return;
    }
    if (!is_bare_address(v)) {
        if (v.p[0] == '<') fair_gather_script(p->g, v, &l);
        return;
    }
    strong = !data || is_lazy_name(at->name);
    if (fair_looks_like_picture(v) || (strong && img) ||
        (strong && (contains(at->name, "bg") || contains(at->name, "background") || contains(at->name, "image") || contains(at->name, "poster")) &&
         memchr(v.p, '/', v.n) != NULL))
        fair_gather_picture(p->g, v, &l);
}

/* --- what any element may carry --------------------------------------------------------- */

static void
itemprop(struct page *p, const struct html_element *e, fair_str prop)
{
    static const char *const from[] = { "content", "src", "href", "data" };
    struct fair_links *o = p->g->out;
    fair_str v = { NULL, 0 };
    struct fair_link l;
    size_t i;

    for (i = 0; i < 4 && v.n == 0; i++) v = attr(p, e, from[i]);
    if (v.n == 0) return;
    if (has_word(prop, "image") || has_word(prop, "thumbnailUrl") || has_word(prop, "contentUrl") || has_word(prop, "logo") ||
        has_word(prop, "photo") || has_word(prop, "primaryImageOfPage")) {
        if (e->tag == TAG_img && i == 2) return;    /* its src is read anyway */
        if (e->tag == TAG_a && !fair_looks_like_picture(v)) return;
        l = said(p, e, "og", from[i - 1], v);
        fair_gather_picture(p->g, v, &l);
    } else if (has_word(prop, "license")) keep(p, &o->rights_license, v);
    else if (has_word(prop, "acquireLicensePage")) keep(p, &o->rights_acquire, v);
    else if (has_word(prop, "creditText")) keep(p, &o->rights_credit, v);
    else if (has_word(prop, "copyrightNotice")) keep(p, &o->rights_notice, v);
    else if (has_word(prop, "creator") && e->tag == TAG_meta) keep(p, &o->rights_creator, v);
}

static void
any_element(struct page *p, const struct html_element *e)
{
    for (size_t i = 0; i < e->token->n_attrs; i++) {
        const struct html_attr *at = &e->token->attr[i];
        struct fair_link l;
        fair_str v;

        if (at->value.n == 0) continue;
        switch (at->name.p[0] | 32) {
        case 's':
            if (!is(at->name, "style")) {
                lazy(p, e, at);
                continue;
            }
            if (memchr(at->value.p, '(', at->value.n) == NULL) continue;
            v = fair_html_decode(p->tmp, at->value, true);
            l = said(p, e, "css", "style", v);
            fair_gather_css(p->g, v, &l);
            break;
        case 'b':
            if (is(at->name, "background")) picture(p, e, "background", "background");
            break;
        case 'i':
            if (is(at->name, "itemprop")) itemprop(p, e, fair_html_decode(p->tmp, at->value, true));
            break;
        default: lazy(p, e, at);
        }
    }
}

/* --- particular elements ------------------------------------------------------------------ */

static void
link_element(struct page *p, const struct html_element *e)
{
    fair_str rel = attr(p, e, "rel"), href = attr(p, e, "href");
    bool icon = has_word(rel, "icon") || has_word(rel, "mask-icon") || has_word(rel, "fluid-icon") || has_word(rel, "apple-touch-icon") ||
                has_word(rel, "apple-touch-icon-precomposed") || has_word(rel, "apple-touch-startup-image");

    if (icon) picture(p, e, "icon", "href");
    if (has_word(rel, "image_src") || has_word(rel, "image-src") || has_word(rel, "thumbnail")) picture(p, e, "og", "href");
    if ((has_word(rel, "preload") || has_word(rel, "prefetch")) && is(attr(p, e, "as"), "image")) {
        picture(p, e, "preload", "href");
        srcset(p, e, "preload", "imagesrcset");
    } else if (has_word(rel, "prefetch") && fair_looks_like_picture(href)) picture(p, e, "preload", "href");
    if (has_word(rel, "stylesheet") || (has_word(rel, "preload") && is(attr(p, e, "as"), "style"))) fair_gather_sheet(p->g, href);
    if (has_word(rel, "license")) keep(p, &p->g->out->rights_license, href);
}

static void
robots_words(struct page *p, fair_str content)
{
    struct fair_links *o = p->g->out;
    fair_str rest = content, word;

    while (fair_str_split(&rest, ',', &word)) {
        word = fair_str_trim(word);
        if (is(word, "nofollow") || is(word, "none")) o->nofollow = true;
        if (is(word, "noindex") || is(word, "none")) o->noindex = true;
        if (is(word, "noimageai") || is(word, "noai")) o->noimageai = true;
    }
}

static void
refresh(struct page *p, fair_str content)
{
    const char *c = content.n > 0 ? memchr(content.p, '=', content.n) : NULL;
    fair_str v;

    if (c == NULL || !contains((fair_str){ content.p, (size_t)(c - content.p) }, "url")) return;
    v = fair_str_trim((fair_str){ c + 1, content.n - (size_t)(c + 1 - content.p) });
    if (v.n >= 2 && (v.p[0] == '\'' || v.p[0] == '"') && v.p[v.n - 1] == v.p[0]) v = (fair_str){ v.p + 1, v.n - 2 };
    fair_gather_page(p->g, v);
}

static void
meta(struct page *p, const struct html_element *e)
{
    static const char *const pictures[] = {
        "og:image", "og:image:url", "og:image:secure_url", "twitter:image", "twitter:image:src", "twitter:image0", "twitter:image1", "twitter:image2",
        "twitter:image3", "thumbnail", "thumbnailurl", "image", "image_src", "msapplication-tileimage", "msapplication-square150x150logo",
        "msapplication-square310x310logo", "msapplication-square70x70logo", "msapplication-wide310x150logo", "sailthru.image", "sailthru.image.full",
        "sailthru.image.thumb", "parsely-image-url", "shareaholic:image", "vk:image", "linkedin:image", "og:logo", "article:image", "bt:image",
        "cxenseparse:recs:image", "pinterest:media", "swiftype:image", "brightspot.image", "dc.image",
    };
    fair_str name = attr(p, e, "property"), content = attr(p, e, "content");
    struct fair_links *o = p->g->out;

    if (name.n == 0) name = attr(p, e, "name");
    if (content.n == 0) return;
    if (name.n == 0) {
        if (is(attr(p, e, "http-equiv"), "refresh")) refresh(p, content);
        return;
    }
    for (size_t i = 0; i < sizeof pictures / sizeof *pictures; i++)
        if (is(name, pictures[i])) picture(p, e, "og", "content");
    if (is(name, "robots") || is(name, "fairtrack")) robots_words(p, content);
    else if (is(name, "tdm-reservation")) o->tdm_reserved = is(fair_str_trim(content), "1");
    else if (is(name, "copyright") || is(name, "dcterms.rights") || is(name, "dc.rights") || is(name, "rights")) keep(p, &o->rights_notice, content);
    else if (is(name, "dcterms.license") || is(name, "dc.rights.license")) keep(p, &o->rights_license, content);
    else if (is(name, "dcterms.creator") || is(name, "dc.creator")) keep(p, &o->rights_creator, content);
}

static void
svg_picture(struct page *p, const struct html_element *e)
{
    picture(p, e, "svg", fair_html_has(e->token, "href") ? "href" : "xlink:href");
}

static void
anchor(struct page *p, const struct html_element *e)
{
    fair_str href = attr(p, e, "href");

    if (href.n == 0) return;
    if (has_word(attr(p, e, "rel"), "license")) keep(p, &p->g->out->rights_license, href);
    if (fair_looks_like_picture(href)) picture(p, e, "link", "href");
    else fair_gather_page(p->g, href);
}

static void
script(struct page *p, const struct html_element *e)
{
    fair_str type = attr(p, e, "type");
    struct fair_link l = said(p, e, contains(type, "ld+json") ? "jsonld" : "script", "", FAIR_STR(""));

    l.group = 0;

    if (contains(type, "ld+json")) fair_gather_jsonld(p->g, e->raw, &l);
    else fair_gather_script(p->g, e->raw, &l);
}

static uint32_t read_html(struct page *outer, struct fair_gather *g, fair_str utf8, unsigned nested);

static void
particular(struct page *p, const struct html_element *e)
{
    const char *via = p->noscript > 0 ? "noscript" : NULL;
    fair_str v;
    struct fair_link l;

    switch (e->tag) {
    case TAG_img:
        picture(p, e, via ? via : "img", "src");
        srcset(p, e, via ? via : "srcset", "srcset");
        break;
    case TAG_source:
        srcset(p, e, via ? via : "picture", "srcset");
        if (p->picture > 0 || fair_looks_like_picture(attr(p, e, "src"))) picture(p, e, via ? via : "picture", "src");
        break;
    case TAG_input:
        if (is(attr(p, e, "type"), "image")) picture(p, e, "input", "src");
        break;
    case TAG_video: case TAG_amp_video:
        picture(p, e, "poster", "poster");
        break;
    case TAG_audio:
        if (fair_looks_like_picture(attr(p, e, "poster"))) picture(p, e, "poster", "poster");
        break;
    case TAG_amp_img: case TAG_amp_anim:
        picture(p, e, "amp", "src");
        srcset(p, e, "amp", "srcset");
        break;
    case TAG_object:
        v = attr(p, e, "data");
        if (contains(attr(p, e, "type"), "image/") || fair_looks_like_picture(v)) picture(p, e, "img", "data");
        break;
    case TAG_embed:
        if (fair_looks_like_picture(attr(p, e, "src"))) picture(p, e, "img", "src");
        break;
    case TAG_link: link_element(p, e); break;
    case TAG_meta: meta(p, e); break;
    case TAG_a: case TAG_area: anchor(p, e); break;
    case TAG_frame: fair_gather_page(p->g, attr(p, e, "src")); break;
    case TAG_iframe:
        fair_gather_page(p->g, attr(p, e, "src"));
        v = attr(p, e, "srcdoc");
        if (v.n > 0 && p->nested < NESTED) p->group = read_html(p, p->g, v, p->nested + 1);
        break;
    case TAG_base:
        v = attr(p, e, "href");
        if (v.p != NULL && !p->base_seen && p->nested == 0) {
            p->base_seen = true;
            fair_gather_base(p->g, v);
        }
        break;
    case TAG_script: script(p, e); break;
    case TAG_style:
        l = said(p, e, "css", "", FAIR_STR(""));
        l.group = 0;
        fair_gather_css(p->g, e->raw, &l);
        break;
    case TAG_title:
        if (p->nested == 0) keep(p, &p->g->out->title, fair_html_decode(p->tmp, e->raw, false));
        break;
    case TAG_textarea: case TAG_xmp:
        l = said(p, e, "script", "", FAIR_STR(""));
        l.group = 0;
        fair_gather_script(p->g, e->raw, &l);
        break;
    default: break;
    }
}

/* --- captions and credits ---------------------------------------------------------------- */

/* The part of a caption that names whose picture it is. */
static fair_str
credit_in(fair_str s)
{
    static const char *const marks[] = {
        "\xc2\xa9", "photo by", "photos by", "photo:", "photograph by", "photograph:", "photographer:", "photo credit", "image credit", "picture credit",
        "image:", "picture:", "credit:", "courtesy of", "foto:", "fotos:", "bild:", "crédit", "illustration:", "illustration by", "getty images",
    };
    for (size_t i = 0; i < s.n; i++)
        for (size_t k = 0; k < sizeof marks / sizeof *marks; k++) {
            size_t n = strlen(marks[k]);
            if (s.n - i >= n && (i == 0 || !((unsigned char)((s.p[i - 1] | 32) - 'a') < 26)) &&
                fair_str_eq_nocase((fair_str){ s.p + i, n }, (fair_str){ marks[k], n }))
                return fair_str_trim((fair_str){ s.p + i, s.n - i });
        }
    return (fair_str){ NULL, 0 };
}

static void
catch_begin(struct page *p, const struct html_element *e)
{
    bool credit;

    if (p->catching != TAG_OTHER) {
        if (e->tag == p->catching) p->catch_depth++;
        return;
    }
    if (p->figure == 0 || e->tag == TAG_OTHER || e->ns != NS_HTML || (fair_html_tag_flags(e->tag) & (HTML_VOID | HTML_RAW))) return;
    credit = e->tag != TAG_figcaption && e->tag != TAG_figure && contains(attr(p, e, "class"), "credit");
    if (e->tag != TAG_figcaption && !credit) return;
    p->catching = e->tag;
    p->catch_depth = 1;
    p->catch_is_credit = credit;
    p->n_caught = 0;
}

static void
catch_end(struct page *p, enum html_tag tag)
{
    fair_str s;

    if (tag != p->catching || tag == TAG_OTHER || --p->catch_depth > 0) return;
    p->catching = TAG_OTHER;
    s = fair_str_trim(fair_html_decode(p->tmp, (fair_str){ p->caught, p->n_caught }, false));
    if (!p->catch_is_credit) s = credit_in(s);
    if (s.n == 0 || (p->n_credit > 0 && !p->catch_is_credit)) return;
    s = fair_utf8_mend(p->tmp, s);      /* the last character may be cut */
    p->n_credit = s.n < CAPTION ? s.n : 0;
    memcpy(p->credit, s.p, p->n_credit);
}

static void
figure_end(struct page *p)
{
    struct fair_links *o = p->g->out;

    if (p->figure == 0 || --p->figure > 0) return;
    if (p->n_credit > 0 && p->figure_from < o->n) {
        fair_str credit = fair_str_dup(p->g->a, (fair_str){ p->credit, p->n_credit });
        for (size_t i = p->figure_from; i < o->n; i++) {
            struct fair_link *l = fair_gather_link(p->g, i);
            if (l->credit.n == 0) l->credit = credit;
        }
    }
    p->n_credit = 0;
}

static void
on_text(void *with, fair_str raw)
{
    struct page *p = with;

    if (p->catching == TAG_OTHER) return;
    for (size_t i = 0; i < raw.n && p->n_caught < CAPTION; i++) {
        bool white = (unsigned char)raw.p[i] <= ' ';
        if (white && (p->n_caught == 0 || p->caught[p->n_caught - 1] == ' ')) continue;
        p->caught[p->n_caught++] = white ? ' ' : raw.p[i];
    }
}

static void
on_start(void *with, const struct html_element *e, bool shown)
{
    struct page *p = with;

    if (e->tag == TAG_frame) shown = true;    /* a frameset's pages */
    if (!shown) return;
    fair_arena_clear(p->tmp);
    if (p->picture == 0 && p->group < UINT32_MAX) p->group++;
    if (e->ns == NS_HTML) {
        particular(p, e);
        if (e->tag == TAG_noscript) p->noscript++;
        else if (e->tag == TAG_picture) p->picture++;
        else if (e->tag == TAG_figure && p->figure++ == 0) p->figure_from = p->g->out->n;
    } else if (e->tag == TAG_image || e->tag == TAG_feimage) svg_picture(p, e);
    any_element(p, e);
    catch_begin(p, e);
}

static void
on_end(void *with, enum html_tag tag)
{
    struct page *p = with;

    catch_end(p, tag);
    if (tag == TAG_noscript && p->noscript > 0) p->noscript--;
    else if (tag == TAG_picture && p->picture > 0) p->picture--;
    else if (tag == TAG_figure) figure_end(p);
}

/* Returns the last group's number. */
static uint32_t
read_html(struct page *outer, struct fair_gather *g, fair_str utf8, unsigned nested)
{
    FAIR_AUTO(arena) struct fair_arena *tmp = fair_arena_new();
    struct page p = { .g = g, .tmp = tmp, .nested = nested, .noscript = outer != NULL ? outer->noscript : 0,
                      .group = outer != NULL ? outer->group : 0 };
    const struct html_sink sink = { on_start, on_end, on_text, &p };

    fair_html_walk(utf8, &sink);
    return p.group;
}

fair_status
fair_links_html(struct fair_arena *a, fair_str html, fair_str base, fair_str charset, struct fair_links *out, struct fair_err *err)
{
    struct fair_gather g;

    (void)err;
    fair_gather_begin(&g, a, base, out);
    if (html.p == NULL) html = FAIR_STR("");
    if (html.n > FAIR_LINKS_INPUT) {
        html.n = FAIR_LINKS_INPUT;
        out->truncated = true;
    }
    g.page = fair_html_utf8(a, html, charset);
    read_html(NULL, &g, g.page, 0);
    fair_gather_end(&g);
    return FAIR_OK;
}
