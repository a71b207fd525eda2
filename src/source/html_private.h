/* source/html_private.h - HTML as a stream of elements: which tags a browser would make elements of, and where they stand.
 *
 * Not a tree: only what decides whether an element exists and of which kind it is (raw text, foreign content, templates,
 * framesets), in time linear in the input and memory bounded whatever the input. */
#ifndef FAIR_SOURCE_HTML_PRIVATE_H
#define FAIR_SOURCE_HTML_PRIVATE_H
#include "base/text.h"
#include <string.h>

/* The elements that are told apart; all others are TAG_OTHER.  Kept in the order of the table in html_tags.c. */
#define HTML_TAGS(X) \
    X(a, FORMAT) X(address, SPECIAL) X(amp_anim, 0) X(amp_img, 0) X(amp_video, 0) X(annotation_xml, 0) X(applet, SPECIAL | SCOPE | BUSY) \
    X(area, VOID | SPECIAL | BUSY) X(article, SPECIAL) X(aside, SPECIAL) X(audio, 0) X(b, FORMAT | BREAKOUT) \
    X(base, VOID | SPECIAL) X(basefont, VOID | SPECIAL) X(bgsound, VOID | SPECIAL) X(big, FORMAT | BREAKOUT) \
    X(blockquote, SPECIAL | BREAKOUT) X(body, SPECIAL | BREAKOUT) X(br, VOID | SPECIAL | BREAKOUT | BUSY) X(button, SPECIAL | BUSY) \
    X(caption, SPECIAL | SCOPE) X(center, SPECIAL | BREAKOUT) X(code, FORMAT | BREAKOUT) X(col, VOID | SPECIAL) X(colgroup, SPECIAL) \
    X(dd, SPECIAL | BREAKOUT | BUSY) X(desc, 0) X(details, SPECIAL) X(dir, SPECIAL) X(div, SPECIAL | BREAKOUT) X(dl, SPECIAL | BREAKOUT) \
    X(dt, SPECIAL | BREAKOUT | BUSY) X(em, FORMAT | BREAKOUT) X(embed, VOID | SPECIAL | BREAKOUT | BUSY) X(feimage, 0) X(fieldset, SPECIAL) \
    X(figcaption, SPECIAL) X(figure, SPECIAL) X(font, FORMAT) X(footer, SPECIAL) X(foreignobject, 0) X(form, SPECIAL) X(frame, VOID | SPECIAL) \
    X(frameset, SPECIAL) X(h1, SPECIAL | BREAKOUT) X(h2, SPECIAL | BREAKOUT) X(h3, SPECIAL | BREAKOUT) X(h4, SPECIAL | BREAKOUT) \
    X(h5, SPECIAL | BREAKOUT) X(h6, SPECIAL | BREAKOUT) X(head, SPECIAL | BREAKOUT) X(header, SPECIAL) X(hgroup, SPECIAL) \
    X(hr, VOID | SPECIAL | BREAKOUT | BUSY) X(html, SPECIAL) X(i, FORMAT | BREAKOUT) X(iframe, SPECIAL | RAW | BUSY) X(image, 0) \
    X(img, VOID | SPECIAL | BREAKOUT | BUSY) X(input, VOID | SPECIAL) X(keygen, VOID | SPECIAL | BUSY) X(li, SPECIAL | BREAKOUT | BUSY) \
    X(link, VOID | SPECIAL) X(listing, SPECIAL | BREAKOUT | BUSY) X(main, SPECIAL) X(malignmark, 0) X(marquee, SPECIAL | SCOPE | BUSY) X(math, 0) \
    X(menu, SPECIAL | BREAKOUT) X(meta, VOID | SPECIAL | BREAKOUT) X(mglyph, 0) X(mi, 0) X(mn, 0) X(mo, 0) X(ms, 0) X(mtext, 0) X(nav, SPECIAL) \
    X(nobr, FORMAT | BREAKOUT) X(noembed, SPECIAL | RAW) X(noframes, SPECIAL | RAW) X(noscript, SPECIAL) X(object, SPECIAL | SCOPE | BUSY) \
    X(ol, SPECIAL | BREAKOUT) X(optgroup, 0) X(option, 0) X(p, SPECIAL | BREAKOUT) X(param, VOID | SPECIAL) X(picture, 0) \
    X(plaintext, SPECIAL) X(pre, SPECIAL | BREAKOUT | BUSY) X(ruby, BREAKOUT) X(s, FORMAT | BREAKOUT) X(script, SPECIAL) \
    X(search, SPECIAL) X(section, SPECIAL) X(select, SPECIAL | BUSY) X(small, FORMAT | BREAKOUT) X(source, VOID | SPECIAL) X(span, BREAKOUT) \
    X(strike, FORMAT | BREAKOUT) X(strong, FORMAT | BREAKOUT) X(style, SPECIAL | RAW) X(sub, BREAKOUT) X(summary, SPECIAL) X(sup, BREAKOUT) \
    X(svg, 0) X(table, SPECIAL | SCOPE | BREAKOUT | BUSY) X(tbody, SPECIAL) X(td, SPECIAL | SCOPE) X(template, SPECIAL | SCOPE | BUSY) \
    X(textarea, SPECIAL | RAW | BUSY) X(tfoot, SPECIAL) X(th, SPECIAL | SCOPE) X(thead, SPECIAL) X(title, SPECIAL | RAW) X(tr, SPECIAL) \
    X(track, VOID | SPECIAL) X(tt, FORMAT | BREAKOUT) X(u, FORMAT | BREAKOUT) X(ul, SPECIAL | BREAKOUT) X(var, BREAKOUT) X(video, 0) \
    X(wbr, VOID | SPECIAL | BUSY) X(xmp, SPECIAL | RAW | BUSY)

#define HTML_TAG_NAME(name_, flags_) TAG_##name_,
enum html_tag { TAG_OTHER, HTML_TAGS(HTML_TAG_NAME) TAG_END };

enum html_tag_flag {
    HTML_VOID = 1, HTML_SPECIAL = 2, HTML_FORMAT = 4, HTML_BREAKOUT = 8,   /* leaves svg and math */
    HTML_RAW = 16,            /* its content is text up to its end tag      */
    HTML_SCOPE = 32,          /* end tags do not look beyond it             */
    HTML_BUSY = 64            /* a body that holds it gives way to no frameset */
};
enum html_tag fair_html_tag(fair_str name);
unsigned fair_html_tag_flags(enum html_tag t);
const char *fair_html_tag_text(enum html_tag t);
fair_str fair_html_tag_name(enum html_tag t);       /* the same, measured */

#define HTML_ATTRS 256        /* attributes of one tag that are kept */

struct html_attr {
    fair_str name;            /* as written                    */
    fair_str value;           /* as written, not yet decoded   */
    uint32_t key;             /* html_key(name)                */
};

/* Names that are equal but for case have the same key, and few others: it is compared before the name is. */
static inline uint32_t
html_key(fair_str name)
{
    const unsigned char *p = (const unsigned char *)name.p;
    if (name.n == 0) return 0;
    return ((uint32_t)(name.n & 255) << 24 | (uint32_t)p[name.n / 2] << 16 | (uint32_t)p[name.n - 1] << 8 | p[0]) | 0x202020u;
}

static inline bool
html_named(const struct html_attr *a, fair_str name, uint32_t key)
{
    return a->key == key && fair_str_eq_nocase(a->name, name);
}

enum html_kind { HTML_START, HTML_END, HTML_TEXT, HTML_EOF };

struct html_token {
    enum html_kind kind;
    enum html_tag tag;
    fair_str name;            /* as written                    */
    fair_str text;            /* the character data before it, as written */
    bool self_closing;
    struct html_attr attr[HTML_ATTRS];
    size_t n_attrs;
};

struct html_lexer {
    fair_str in;
    size_t at;
};

/* The next tag, with the text before it; comments, declarations and stray markup are passed over (text
 * before them comes alone, as HTML_TEXT).  `cdata`: <![CDATA[ is text here. */
void fair_html_next(struct html_lexer *l, bool cdata, struct html_token *t);
/* After the start tag of a raw text element: its text; the lexer then stands at the end tag (or the end). */
fair_str fair_html_raw(struct html_lexer *l, enum html_tag tag);
/* The value of the first attribute of that name (any case), character references decoded; absent if there is none. */
fair_str fair_html_attr_keyed(struct fair_arena *a, const struct html_token *t, fair_str name, uint32_t key);
static inline fair_str
fair_html_attr(struct fair_arena *a, const struct html_token *t, const char *name)
{
    fair_str want = { name, strlen(name) };         /* both known to the compiler, mostly */
    return fair_html_attr_keyed(a, t, want, html_key(want));
}
bool fair_html_has(const struct html_token *t, const char *name);
/* Character references decoded. */
fair_str fair_html_decode(struct fair_arena *a, fair_str raw, bool in_attribute);

#define HTML_DEPTH 512

enum html_ns { NS_HTML, NS_SVG, NS_MATH };

struct html_element {
    const struct html_token *token;
    enum html_tag tag;        /* img for <image> in HTML       */
    enum html_ns ns;
    fair_str raw;             /* the text of a raw text element or script */
};

/* Called by the walk. `shown`: not thrown away for a frameset.  What stands in a template is shown: scripts put it there to use it. */
struct html_sink {
    void (*start)(void *with, const struct html_element *e, bool shown);
    void (*end)(void *with, enum html_tag tag);       /* an element was closed           */
    void (*text)(void *with, fair_str raw);           /* character data, not yet decoded */
    void *with;
};

void fair_html_walk(fair_str utf8, const struct html_sink *sink);

#endif
