/* source/xml_private.h - a forgiving reader of XML for sitemaps and feeds: no DTDs, no entities but the known ones, no depth it minds. */
#ifndef FAIR_SOURCE_XML_PRIVATE_H
#define FAIR_SOURCE_XML_PRIVATE_H
#include "source/sitemap.h"
#include "source/url.h"

#define XML_DEPTH 64

enum xml_kind { XML_START, XML_END, XML_TEXT, XML_EOF };

struct xml_token {
    enum xml_kind kind;
    fair_str prefix, name;    /* "media", "content"                                        */
    fair_str raw;             /* attributes as written; of XML_TEXT the text as written     */
    bool cdata;               /* the text is what it is                                     */
    bool closed;              /* <x/>                                                       */
};

struct xml {
    fair_str in;
    size_t at;
};

void fair_xml_next(struct xml *x, struct xml_token *t);
/* An attribute of a start tag, decoded; the name with its prefix ("xml:base"). */
fair_str fair_xml_attr(struct fair_arena *a, const struct xml_token *t, const char *name);

/* The bytes as UTF-8 text: unpacked, byte-order mark off, UTF-16 and windows-1252 converted. */
fair_status fair_xml_text(struct fair_arena *a, fair_str bytes, fair_str *out, struct fair_err *err) FAIR_MUST_CHECK;

/* Gathering entries. */
struct fair_entries {
    struct fair_arena *a;
    struct fair_sitemap *out;
    struct fair_url base;
    bool has_base;
    size_t room;
    struct fair_sitemap_entry now;            /* the one being read */
    size_t images_room, media_room;
};
void fair_entries_begin(struct fair_entries *e, struct fair_arena *a, fair_str base, struct fair_sitemap *out);
/* The absolute http(s) address in the arena; false if it is none. */
bool fair_entries_address(struct fair_entries *e, const struct fair_url *base, fair_str text, fair_str *out);
void fair_entries_image(struct fair_entries *e, const struct fair_url *base, fair_str text);
void fair_entries_media(struct fair_entries *e, const struct fair_url *base, fair_str text);
/* Add `now` if it has an address (or, of a feed, pictures), and begin the next. */
void fair_entries_add(struct fair_entries *e);

/* A JSON Feed; FAIR_INVALID if it is none. */
fair_status fair_feed_json(struct fair_entries *e, fair_str text, struct fair_err *err) FAIR_MUST_CHECK;

#endif
