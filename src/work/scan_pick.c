/* scan_pick.c - of the addresses an element offers for its picture, the one to ask for. */
#include <stdlib.h>
#include <string.h>
#include "work/scan_rules.h"

#define URLS_MAX 4
#define DATA_MIN 512          /* bytes of a data: URL: below it is a placeholder */

static bool
via(const struct fair_link *l, const char *name)
{
    return fair_str_eq(l->via, fair_str_of(name));
}

static bool
is_source(const struct fair_link *l)
{
    return fair_str_eq_nocase(l->tag, FAIR_STR("source")) && (via(l, "picture") || via(l, "srcset"));
}

/* The last part of an address, without parameters. */
static fair_str
name_of(fair_str url)
{
    const char *slash;

    for (size_t i = 0; i < url.n; i++)
        if (url.p[i] == '?' || url.p[i] == '#') url.n = i;
    slash = url.n > 0 ? memrchr(url.p, '/', url.n) : NULL;
    return slash == NULL ? url : (fair_str){ slash + 1, (size_t)(url.p + url.n - slash) - 1 };
}

/* Is the picture of `src` among the candidates of `set`, or a size variant of it? */
static bool
related(struct fair_arena *a, const struct fair_link *src, const struct fair_link *set)
{
    fair_str one, other, name = name_of(src->url);

    if (src->alt.n > 0) return fair_str_eq(src->alt, set->alt);
    if (name.n > 0 && set->value.n > 0 && memmem(set->value.p, set->value.n, name.p, name.n) != NULL) return true;
    if (!fair_scan_original(a, src->url, &one)) one = src->url;
    if (!fair_scan_original(a, set->url, &other)) other = set->url;
    return fair_str_eq(one, other);
}

/* Does `l` begin another element than that of links[from, to)?  An element is the sources of a picture, then an img with its
 * src and srcset.  In doubt it does: two requests are better than a picture not seen. */
static bool
begins(struct fair_arena *a, const struct fair_link *links, size_t from, size_t to, const struct fair_link *l)
{
    if (!(is_source(l) || via(l, "img") || via(l, "srcset"))) return true;
    for (size_t i = from; i < to; i++) {
        const struct fair_link *k = &links[i];
        if (is_source(k)) continue;
        if (is_source(l) || !(via(k, "img") || via(k, "srcset"))) return true;
        if (fair_str_eq(k->attr, l->attr) ? !fair_str_eq(k->value, l->value) : !related(a, via(k, "img") ? k : l, via(k, "img") ? l : k)) return true;
    }
    return false;
}

/* How large a candidate says it is: pixels of width, or 1000 times the density; 0: it does not say. */
static double
claims(struct fair_arena *a, const struct fair_link *l)
{
    struct fair_srcset_candidate *v;
    size_t n, at;

    if (!via(l, "srcset") && !via(l, "picture") && !via(l, "lazy")) return 0;
    if (l->value.n == 0 || memchr(l->value.p, ' ', l->value.n) == NULL) return 0;
    fair_srcset_parse(a, l->value, true, &v, &n);
    /* The candidate is known by the end of its address: as written it may be relative. */
    for (at = 0; at < n; at++) {
        if (v[at].url.n == 0 || v[at].descriptor.n < 2) continue;
        fair_str name = { v[at].url.p, v[at].url.n };
        const char *slash = memrchr(name.p, '/', name.n);
        if (slash != NULL) name = (fair_str){ slash + 1, (size_t)(name.p + name.n - slash) - 1 };
        if (name.n > 0 && fair_str_ends(l->url, name)) break;
    }
    if (at == n) return 0;
    for (fair_str d = v[at].descriptor, one; fair_str_split(&d, ' ', &one);)
        if (one.n >= 2 && one.n < 16) {
            char text[16];
            double x;
            memcpy(text, one.p, one.n - 1);
            text[one.n - 1] = '\0';
            x = strtod(text, NULL);
            if (one.p[one.n - 1] == 'w' && x > 0 && x < 1e6) return x;
            if (one.p[one.n - 1] == 'x' && x > 0 && x < 100) return 1000 * x;
        }
    return 0;
}

static bool
worth_it(const struct fair_link *l)
{
    fair_str path = l->url;

    if (fair_str_starts(path, FAIR_STR("data:")))
        return path.n >= DATA_MIN && !fair_str_starts(path, FAIR_STR("data:image/svg"));
    for (size_t i = 0; i < path.n; i++)
        if (path.p[i] == '?' || path.p[i] == '#') path.n = i;
    return fair_scan_ending(path) != 'x';
}

static void
add_url(struct fair_pick *p, fair_str url)
{
    for (size_t i = 0; i < p->n_urls; i++)
        if (fair_str_eq(p->urls[i], url)) return;
    if (p->n_urls < URLS_MAX) p->urls[p->n_urls++] = url;
}

/* links[from, to) stand for one picture. */
static bool
pick_one(struct fair_arena *a, const struct fair_link *links, size_t from, size_t to, struct fair_pick *out)
{
    const struct fair_link *best = NULL, *second = NULL;
    double best_claim = -1;
    fair_str original;

    for (size_t i = from; i < to; i++) {
        const struct fair_link *l = &links[i];
        double c;
        if (!worth_it(l)) continue;
        c = claims(a, l);
        if (c > best_claim) {
            second = best;
            best = l;
            best_claim = c;
        } else if (second == NULL) {
            second = l;
        }
    }
    if (best == NULL) return false;
    *out = (struct fair_pick){ .link = best, .urls = fair_alloc_array(a, URLS_MAX, sizeof(fair_str)) };
    if (fair_scan_original(a, best->url, &original)) add_url(out, original);
    add_url(out, best->url);
    if (second != NULL) add_url(out, second->url);
    return true;
}

void
fair_scan_pick(struct fair_arena *a, const struct fair_links *links, struct fair_pick **v, size_t *n)
{
    *v = fair_alloc_array(a, links->n, sizeof **v);
    *n = 0;
    for (size_t from = 0, to; from < links->n; from = to) {
        for (to = from + 1; to < links->n && !begins(a, links->v, from, to, &links->v[to]);) to++;
        if (pick_one(a, links->v, from, to, &(*v)[*n])) ++*n;
    }
}
