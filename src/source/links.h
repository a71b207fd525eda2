/* source/links.h - the pictures and pages that a page or a style sheet names: bytes in, links out. */
#ifndef FAIR_SOURCE_LINKS_H
#define FAIR_SOURCE_LINKS_H
#include "base/text.h"

#define FAIR_LINKS_INPUT (16u << 20)     /* bytes of a page or a sheet that are read */

/* One candidate picture. `via` is img srcset picture css og icon preload jsonld lazy noscript poster
 * input background svg amp data script link. */
struct fair_link {
    fair_str url;             /* absolute                                   */
    fair_str via, tag, attr, value;   /* where it stood and as it was written */
    fair_str alt, license, credit;
    /* The candidates of one element (or one <picture>) have one group, > 0 (0: of no element): they are one picture in several sizes, and whoever
     * wants to be polite fetches the one of the greatest weight first.  The weight is the width of a srcset's "w", a
     * thousand times the density of its "x", and 0 where nothing is said. */
    uint32_t group, weight;
};

struct fair_links {
    fair_str base;            /* after <base>                               */
    fair_str title;
    struct fair_link *v;      /* in document order, each url+via once       */
    size_t n;
    fair_str *pages;          /* a[href], area[href], iframe: absolute http(s) URLs, in order, once each */
    size_t n_pages;
    fair_str *sheets;         /* linked style sheets                        */
    size_t n_sheets;
    bool nofollow, noindex, noimageai, tdm_reserved;   /* meta robots, TDM-Reservation */
    fair_str rights_license, rights_creator, rights_credit, rights_notice, rights_acquire;  /* schema.org, rel=license */
    bool truncated;           /* a limit was met; what was found before it stands */
};

/* Read HTML of `charset` (from the header; absent: sniffed) at address `base`.
 * In the decode helper only. Over 16 MiB the first 16 MiB are read and `truncated` set instead.
 * Texts found may be pieces of `html`, which has to stand as long as they do. */
fair_status fair_links_html(struct fair_arena *a, fair_str html, fair_str base, fair_str charset, struct fair_links *out,
                            struct fair_err *err) FAIR_MUST_CHECK;
/* Load what fair_links_html needs from files (the conversions of old encodings).  A program that confines itself
 * calls it before; afterwards nothing is opened any more. */
void fair_links_prepare(void);
/* The url()s and image-set()s of a style sheet. */
fair_status fair_links_css(struct fair_arena *a, fair_str css, fair_str base, struct fair_links *out,
                           struct fair_err *err) FAIR_MUST_CHECK;
/* For the message from the helper; unpack believes nothing. */
fair_str fair_links_pack(struct fair_arena *a, const struct fair_links *in);
fair_status fair_links_unpack(struct fair_arena *a, fair_str bytes, struct fair_links *out, struct fair_err *err) FAIR_MUST_CHECK;

struct fair_srcset_candidate { fair_str url, descriptor; bool invalid; };
/* The srcset attribute by the HTML standard; lenient adds what browsers drop, marked invalid. */
void fair_srcset_parse(struct fair_arena *a, fair_str srcset, bool lenient, struct fair_srcset_candidate **v, size_t *n);

#endif
