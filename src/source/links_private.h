/* source/links_private.h - gathering links from a page, whatever names them. */
#ifndef FAIR_SOURCE_LINKS_PRIVATE_H
#define FAIR_SOURCE_LINKS_PRIVATE_H
#include "source/links.h"
#include "source/url.h"

#define FAIR_LINKS_MAX 50000             /* pictures of one page, and as many pages */
#define FAIR_LINKS_SHEETS 1000
#define FAIR_LINKS_VALUE 4096            /* bytes of `value`, `alt`, ... that are kept */
#define FAIR_LINKS_DATA (8u << 20)       /* bytes of one data: URL */
#define FAIR_LINKS_BYTES (96u << 20)     /* of all texts of one page */

#define FAIR_LINKS_RUN 32
#define FAIR_LINKS_RUNS 11               /* enough for FAIR_LINKS_MAX */
_Static_assert(((FAIR_LINKS_RUN << FAIR_LINKS_RUNS) - FAIR_LINKS_RUN) >= FAIR_LINKS_MAX, "runs of links");

/* A list in the making, with the set of what is in it already. */
struct fair_gather {
    struct fair_arena *a, *scratch, *list;     /* list: for a srcset's candidates */
    struct fair_links *out;   /* its v stands only after fair_gather_end; fair_gather_link before */
    fair_str page;            /* well-formed, and as long-lived as `out`: texts that lie in it are not copied */
    char *room;               /* of `a`: the next text is put here */
    size_t n_room;
    struct fair_link *links[FAIR_LINKS_RUNS];     /* malloc's; run i holds FAIR_LINKS_RUN << i of them */
    struct fair_url base;
    bool has_base;
    struct fair_url_seen seen;
    fair_str words[2];        /* the element's and the attribute's name that were kept last */
    size_t pages_room, sheets_room, bytes;
    uint64_t *set;            /* open addressing; 0 is free */
    size_t set_size, set_n;
};

/* `out` is emptied.  A base that is no URL leaves relative links out. */
void fair_gather_begin(struct fair_gather *g, struct fair_arena *a, fair_str base, struct fair_links *out);
void fair_gather_end(struct fair_gather *g);
/* Picture `i` of those found so far. */
struct fair_link *fair_gather_link(const struct fair_gather *g, size_t i);
/* At most FAIR_LINKS_VALUE bytes of `s`, well-formed though `s` may begin or end inside a character: copied, or a piece of `page`. */
fair_str fair_gather_text(struct fair_gather *g, fair_str s);
/* The first <base href>. */
void fair_gather_base(struct fair_gather *g, fair_str href);
/* One candidate: `address` is resolved and becomes `url`, the rest is taken as it is.  Only http(s) and
 * data:image; every url + via once. */
void fair_gather_picture(struct fair_gather *g, fair_str address, const struct fair_link *said);
void fair_gather_page(struct fair_gather *g, fair_str address);
void fair_gather_sheet(struct fair_gather *g, fair_str address);
/* Every candidate of a srcset. */
void fair_gather_srcset(struct fair_gather *g, fair_str srcset, const struct fair_link *said);
/* The pictures of a style sheet or a style attribute; sheets by @import. */
void fair_gather_css(struct fair_gather *g, fair_str css, const struct fair_link *said);

/* Does the path of this address end like a picture's file name? */
bool fair_looks_like_picture(fair_str address);

#endif
