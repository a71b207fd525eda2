/* source/html_tags.c - the names of HTML's elements and what the parser must know of each. */
#include "source/html_private.h"
#include <string.h>

enum { VOID = HTML_VOID, SPECIAL = HTML_SPECIAL, FORMAT = HTML_FORMAT, BREAKOUT = HTML_BREAKOUT, RAW = HTML_RAW, SCOPE = HTML_SCOPE,
       BUSY = HTML_BUSY };

#define ENTRY(name_, flags_) { #name_, sizeof #name_ - 1, flags_ },
static const struct { char name[16]; uint8_t n, flags; } tags[] = { { "", 0, 0 }, HTML_TAGS(ENTRY) };

enum html_tag
fair_html_tag(fair_str s)
{
    char low[16];
    int from = 1, to = TAG_END - 1;

    if (s.n == 0 || s.n >= sizeof low) return TAG_OTHER;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        low[i] = c >= 'A' && c <= 'Z' ? (char)(c | 32) : c == '-' ? '_' : c == '_' ? '-' : c;
    }
    low[s.n] = '\0';
    while (from <= to) {
        int mid = (from + to) / 2, c = strcmp(low, tags[mid].name);
        if (c == 0) return (enum html_tag)mid;
        if (c < 0) to = mid - 1;
        else from = mid + 1;
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
