/* work/scan_rules.h - what a crawl follows and which of a picture's many addresses it asks for.  Pure: text in, text out. */
#ifndef FAIR_WORK_SCAN_RULES_H
#define FAIR_WORK_SCAN_RULES_H
#include "source/links.h"
#include "source/url.h"

/* ---- which pages belong to a site ---- */

/* The same site: one registrable domain (for addresses without one, host and port). */
bool fair_scan_same_site(struct fair_arena *a, const struct fair_url *one, const struct fair_url *other);

/* Addresses that only a machine would go on inventing: over 2048 bytes, over 32 path segments, a segment three times or a
 * pair of segments three times in a row, over 12 parameters.  NULL: none of it; else which, in words. */
const char *fair_scan_trap(fair_str path, fair_str query);

/* Path and the names of the parameters, without their values: pages that differ in values only share it. */
fair_str fair_scan_shape(struct fair_arena *a, const struct fair_url *u);

/* By the ending of the path: 'p' a picture, 'x' what is neither page nor picture (pdf, zip, js ...), '?' perhaps a page. */
char fair_scan_ending(fair_str path);

/* ---- which addresses of a picture ---- */

/* A larger original of which `url` names a size variant: WordPress -300x200 and -scaled, Shopify _300x200, Wikimedia
 * thumb/, Cloudinary, imgix and photon parameters, Google =w300.  False: it names none. */
bool fair_scan_original(struct fair_arena *a, fair_str url, fair_str *original);

/* One picture as it stands on a page, with the addresses under which it is offered, the best one first. */
struct fair_pick {
    const struct fair_link *link;     /* as the page names it: the best of the group    */
    fair_str *urls;                   /* to be tried in this order: an original that `link` is a size variant of, then ... */
    size_t n_urls;                    /* 1..4 */
};
/* Groups what belongs to one element (picture, source, img with src, srcset and lazy attributes) and takes the largest of it;
 * leaves out what is no picture worth looking at (svg by name, data: under 512 bytes).  In document order. */
void fair_scan_pick(struct fair_arena *a, const struct fair_links *links, struct fair_pick **v, size_t *n);

#endif
