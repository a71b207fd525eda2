/* source/sitemap.h - sitemaps and feeds: which pages a site names, when they changed, and the pictures on them. */
#ifndef FAIR_SOURCE_SITEMAP_H
#define FAIR_SOURCE_SITEMAP_H
#include "base/text.h"

#define FAIR_SITEMAP_INPUT ((size_t)64 << 20)    /* bytes, unpacked; the protocol allows 50 MiB */
#define FAIR_SITEMAP_ENTRIES 100000              /* the protocol allows 50,000                  */
#define FAIR_SITEMAP_IMAGES 2000                 /* of one entry                                */

struct fair_sitemap_entry {
    fair_str loc;             /* absolute http(s)                                    */
    fair_str lastmod;         /* as written, absent if not told                      */
    fair_str *images;         /* image:loc; of a feed's item its pictures            */
    size_t n_images;
    fair_str *media;          /* thumbnails and players of video:video               */
    size_t n_media;
    bool is_sitemap;          /* of an index: loc is another sitemap                 */
    bool is_feed;             /* the feed itself, when it has a picture of its own   */
};

struct fair_sitemap {
    struct fair_sitemap_entry *v;     /* in document order */
    size_t n;
    bool truncated;           /* a limit was met; what was found before it stands    */
};

/* A sitemap, an index of sitemaps, a text file of addresses, or RSS, RDF and Atom (every link in them), plain or
 * gzipped.  Broken XML is read as far as it makes sense.  `base` may be absent: then relative addresses are left out.
 *   FAIR_INVALID  nothing in it looks like one of these      FAIR_CORRUPT  gzip that breaks off at once */
fair_status fair_sitemap_read(struct fair_arena *a, fair_str bytes, fair_str base, struct fair_sitemap *out, struct fair_err *err) FAIR_MUST_CHECK;

/* RSS 0.9 to 2.0, RDF, Atom and JSON Feed: an entry an item, with its enclosures, media:content, media:thumbnail,
 * itunes:image and the pictures of its HTML. */
fair_status fair_feed_read(struct fair_arena *a, fair_str bytes, fair_str base, struct fair_sitemap *out, struct fair_err *err) FAIR_MUST_CHECK;

#endif
