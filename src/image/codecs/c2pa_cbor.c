/* c2pa_cbor.c - CBOR (RFC 8949) and the boxes of ISO files, as far as content credentials need them. */
#include <string.h>
#include "image/codecs/c2pa_private.h"

#define DEPTH 16
#define OPEN FAIR_CBOR_OPEN

/* ---- CBOR --------------------------------------------------------------------------------------------------- */

/* The head of an item: major type and argument. */
int
fair_cbor_head(struct cbor *c, uint64_t *v)
{
    uint8_t b;
    unsigned bytes;

    *v = 0;
    if (c->bad || c->at >= c->n) {
        c->bad = true;
        return -1;
    }
    b = c->p[c->at++];
    *v = b & 31;
    if (*v < 24) return b >> 5;
    if (*v == 31 && (b >> 5 == 4 || b >> 5 == 5)) {
        *v = OPEN;
        return b >> 5;
    }
    if (*v > 27) {
        c->bad = true;
        return -1;
    }
    bytes = 1u << (*v - 24);
    if (c->n - c->at < bytes) {
        c->bad = true;
        return -1;
    }
    *v = 0;
    for (unsigned i = 0; i < bytes; i++) *v = *v << 8 | c->p[c->at++];
    return b >> 5;
}

/* At the break that ends an open list or map: step over it. */
bool
fair_cbor_ends(struct cbor *c)
{
    if (c->at >= c->n || c->p[c->at] != 0xff) return false;
    c->at++;
    return true;
}

void
fair_cbor_skip(struct cbor *c, int depth)
{
    uint64_t v;
    int major = fair_cbor_head(c, &v);

    if (c->bad) return;
    if (depth > DEPTH) {
        c->bad = true;
        return;
    }
    if (major == 2 || major == 3) {
        if (v > c->n - c->at) c->bad = true;
        else c->at += (size_t)v;
    } else if (major == 4 || major == 5) {
        if (v == OPEN) {
            while (!c->bad && !fair_cbor_ends(c)) fair_cbor_skip(c, depth + 1);
            return;
        }
        if (v > c->n - c->at) c->bad = true;      /* each element has a byte at least */
        for (uint64_t i = 0; i < v * (major == 5 ? 2 : 1) && !c->bad; i++) fair_cbor_skip(c, depth + 1);
    } else if (major == 6) {
        fair_cbor_skip(c, depth + 1);
    }
}

bool
fair_cbor_string(struct cbor *c, int major, fair_str *out)
{
    uint64_t v;

    if (fair_cbor_head(c, &v) != major || v > c->n - c->at) {
        c->bad = true;
        return false;
    }
    *out = (fair_str){ (const char *)c->p + c->at, (size_t)v };
    c->at += (size_t)v;
    return true;
}

/* In the map that begins at c: a reader at the value of a text key, or of an integer key. */
bool
fair_cbor_find(struct cbor c, const char *key, int64_t number, struct cbor *value)
{
    uint64_t n, v;

    while (c.at < c.n && (c.p[c.at] >> 5) == 6) (void)fair_cbor_head(&c, &v);      /* tags */
    if (fair_cbor_head(&c, &n) != 5 || (n != OPEN && n > c.n - c.at)) return false;
    for (uint64_t i = 0; i < n && !c.bad; i++) {
        struct cbor k = c;
        if (n == OPEN && fair_cbor_ends(&c)) return false;
        int major = fair_cbor_head(&k, &v);
        bool is = major == 3 ? key != NULL && v == strlen(key) && v <= k.n - k.at && memcmp(k.p + k.at, key, (size_t)v) == 0
                : major == 0 ? number >= 0 && v == (uint64_t)number : major == 1 && number < 0 && number != INT64_MIN && v == (uint64_t)(-1 - number);
        fair_cbor_skip(&c, 0);
        if (is && !c.bad) {
            *value = c;
            return true;
        }
        fair_cbor_skip(&c, 0);
    }
    return false;
}

fair_str
fair_cbor_find_string(struct cbor map, const char *key, int major)
{
    struct cbor v;
    fair_str s;
    return fair_cbor_find(map, key, INT64_MIN, &v) && fair_cbor_string(&v, major, &s) ? s : (fair_str){ NULL, 0 };
}

struct cbor
fair_cbor_of(fair_str s)
{
    return (struct cbor){ (const uint8_t *)s.p, s.n, 0, s.p == NULL };
}

bool
fair_cbor_number(struct cbor map, const char *key, uint64_t *out)
{
    struct cbor v;
    return fair_cbor_find(map, key, INT64_MIN, &v) && fair_cbor_head(&v, out) == 0;
}

/* ---- boxes -------------------------------------------------------------------------------------------------- */

uint32_t
fair_be32_at(const char *p)
{
    const uint8_t *b = (const uint8_t *)p;
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

/* The next box of *rest. */
bool
fair_box_next(fair_str *rest, struct box *out)
{
    uint64_t n;
    size_t skip_n = 8;

    if (rest->n < 8) return false;
    n = fair_be32_at(rest->p);
    memcpy(out->type, rest->p + 4, 4);
    out->type[4] = '\0';
    if (n == 1) {
        if (rest->n < 16) return false;
        n = (uint64_t)fair_be32_at(rest->p + 8) << 32 | fair_be32_at(rest->p + 12);
        skip_n = 16;
    } else if (n == 0) n = rest->n;
    if (n < skip_n || n > rest->n) return false;
    out->content = (fair_str){ rest->p + skip_n, (size_t)n - skip_n };
    *rest = (fair_str){ rest->p + n, rest->n - (size_t)n };
    return true;
}

