/* source/html_tags.c - the names of HTML's elements and what the parser must know of each. */
#include "source/html_private.h"
#include <string.h>

enum { VOID = HTML_VOID, SPECIAL = HTML_SPECIAL, FORMAT = HTML_FORMAT, BREAKOUT = HTML_BREAKOUT, RAW = HTML_RAW, SCOPE = HTML_SCOPE,
       BUSY = HTML_BUSY };

#define ENTRY(name_, flags_) { #name_, sizeof #name_ - 1, flags_ },
static const struct { char name[16]; uint8_t n, flags; } tags[] = { { "", 0, 0 }, HTML_TAGS(ENTRY) };

/* Where the names with each first letter begin; a test finds every name. */
static const uint8_t first[27] = {
    TAG_a, TAG_b, TAG_caption, TAG_dd, TAG_em, TAG_feimage, TAG_h1, TAG_h1, TAG_i, TAG_keygen, TAG_keygen, TAG_li, TAG_main, TAG_nav,
    TAG_object, TAG_p, TAG_ruby, TAG_ruby, TAG_s, TAG_table, TAG_u, TAG_var, TAG_wbr, TAG_xmp, TAG_END, TAG_END, TAG_END,
};

/* As the table writes names: in lower case, '_' for '-' (and so '-' for '_', which no element has). */
static inline char
as_in_table(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 32) : c == '-' ? '_' : c == '_' ? '-' : c;
}

enum html_tag
fair_html_tag(fair_str s)
{
    unsigned c;
    char last;

    if (s.n == 0 || s.n >= sizeof tags[0].name) return TAG_OTHER;
    c = (unsigned char)((s.p[0] | 32) - 'a');
    if (c >= 26) return TAG_OTHER;
    last = as_in_table(s.p[s.n - 1]);
    for (int t = first[c]; t < first[c + 1]; t++) {
        size_t i = 1;
        if (tags[t].n != s.n || tags[t].name[s.n - 1] != last) continue;
        while (i < s.n && as_in_table(s.p[i]) == tags[t].name[i]) i++;
        if (i == s.n) return (enum html_tag)t;
    }
    return TAG_OTHER;
}

unsigned
fair_html_tag_flags(enum html_tag t)
{
    return tags[t].flags;
}

const char *
fair_html_tag_text(enum html_tag t)
{
    switch (t) {
    case TAG_amp_anim: return "amp-anim";
    case TAG_amp_img: return "amp-img";
    case TAG_amp_video: return "amp-video";
    case TAG_annotation_xml: return "annotation-xml";
    default: return tags[t].name;
    }
}

fair_str
fair_html_tag_name(enum html_tag t)
{
    return (fair_str){ fair_html_tag_text(t), tags[t].n };
}
