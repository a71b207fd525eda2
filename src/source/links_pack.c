/* source/links_pack.c - what was found on a page as one message, and back; the other side is believed nothing. */
#include "source/links_private.h"
#include <string.h>

/* The message: "FLK2", a byte of flags, then texts and counts in the order of pack_all below.  A text is its
 * length in four bytes, little-endian, and its bytes; the length 0xffffffff is the absent text and, for
 * a link's value, 0xfffffffe is "as the url". */
#define MAGIC "FLK2"
#define ABSENT 0xffffffffu
#define AS_URL 0xfffffffeu

enum { NOFOLLOW = 1, NOINDEX = 2, NOIMAGEAI = 4, TDM_RESERVED = 8, TRUNCATED = 16 };

static const char *const vias[] = { "img", "srcset", "picture", "css", "og", "icon", "preload", "jsonld", "lazy", "noscript",
                                    "poster", "input", "background", "svg", "amp", "data", "script", "link" };

static void
put_number(struct fair_buf *b, uint32_t v)
{
    char c[4] = { (char)v, (char)(v >> 8), (char)(v >> 16), (char)(v >> 24) };
    fair_buf_add(b, (fair_str){ c, 4 });
}

static void
put_text(struct fair_buf *b, fair_str s)
{
    put_number(b, s.p == NULL ? ABSENT : (uint32_t)s.n);
    if (s.p != NULL) fair_buf_add(b, s);
}

static void
put_texts(struct fair_buf *b, const fair_str *v, size_t n)
{
    put_number(b, (uint32_t)n);
    for (size_t i = 0; i < n; i++) put_text(b, v[i]);
}

fair_str
fair_links_pack(struct fair_arena *a, const struct fair_links *in)
{
    struct fair_buf b = FAIR_BUF(a, (size_t)512 << 20);

    fair_buf_c(&b, MAGIC);
    fair_buf_byte(&b, (char)((in->nofollow ? NOFOLLOW : 0) | (in->noindex ? NOINDEX : 0) | (in->noimageai ? NOIMAGEAI : 0) |
                             (in->tdm_reserved ? TDM_RESERVED : 0) | (in->truncated ? TRUNCATED : 0)));
    put_text(&b, in->base);
    put_text(&b, in->title);
    put_text(&b, in->rights_license);
    put_text(&b, in->rights_creator);
    put_text(&b, in->rights_credit);
    put_text(&b, in->rights_notice);
    put_text(&b, in->rights_acquire);
    put_number(&b, (uint32_t)in->n);
    for (size_t i = 0; i < in->n; i++) {
        const struct fair_link *l = &in->v[i];
        put_text(&b, l->url);
        put_text(&b, l->via);
        put_text(&b, l->tag);
        put_text(&b, l->attr);
        if (l->value.p != NULL && fair_str_eq(l->value, l->url)) put_number(&b, AS_URL);
        else put_text(&b, l->value);
        put_text(&b, l->alt);
        put_text(&b, l->license);
        put_text(&b, l->credit);
        put_number(&b, l->group);
        put_number(&b, l->weight);
    }
    put_texts(&b, in->pages, in->n_pages);
    put_texts(&b, in->sheets, in->n_sheets);
    return (fair_str){ b.p, b.n };
}

struct message {
    fair_str rest;
    bool bad;
};

static uint32_t
get_number(struct message *m)
{
    const unsigned char *c = (const unsigned char *)m->rest.p;
    uint32_t v;

    if (m->bad || m->rest.n < 4) {
        m->bad = true;
        return 0;
    }
    v = (uint32_t)c[0] | (uint32_t)c[1] << 8 | (uint32_t)c[2] << 16 | (uint32_t)c[3] << 24;
    m->rest = (fair_str){ m->rest.p + 4, m->rest.n - 4 };
    return v;
}

static fair_str
get_bytes(struct message *m, uint32_t n, size_t max)
{
    fair_str s = { m->rest.p, n };

    if (m->bad || n > max || n > m->rest.n || !fair_utf8_valid(s)) {
        m->bad = true;
        return FAIR_STR("");
    }
    m->rest = (fair_str){ m->rest.p + n, m->rest.n - n };
    return s;
}

static fair_str
get_text(struct message *m, size_t max)
{
    uint32_t n = get_number(m);
    if (n == ABSENT) return (fair_str){ NULL, 0 };
    return get_bytes(m, n, max);
}

/* An address that is one: http(s) and no longer than a URL may be, or a data: picture where that is allowed. */
static fair_str
get_address(struct message *m, bool data)
{
    fair_str s = get_text(m, FAIR_LINKS_DATA);

    if (fair_str_starts(s, FAIR_STR("http://")) || fair_str_starts(s, FAIR_STR("https://"))) {
        if (s.n > 4 * FAIR_URL_MAX) m->bad = true;
        for (size_t i = 0; i < s.n && !m->bad; i++)
            if ((unsigned char)s.p[i] <= 0x20 || (unsigned char)s.p[i] >= 0x7f) m->bad = true;
    } else if (!data || s.n < 11 || !fair_str_eq_nocase((fair_str){ s.p, 11 }, FAIR_STR("data:image/"))) m->bad = true;
    return s;
}

/* How many things follow that take at least `least` bytes each. */
static size_t
get_count(struct message *m, size_t max, size_t least)
{
    uint32_t n = get_number(m);
    if (n > max || n > m->rest.n / least) m->bad = true;
    return m->bad ? 0 : n;
}

static fair_str *
get_addresses(struct message *m, struct fair_arena *a, size_t max, size_t *n)
{
    fair_str *v;

    *n = get_count(m, max, 4);
    v = fair_alloc_array(a, *n + 1, sizeof *v);
    for (size_t i = 0; i < *n && !m->bad; i++) v[i] = get_address(m, false);
    return v;
}

static void
get_link(struct message *m, struct fair_link *l)
{
    uint32_t n;
    bool known = false;

    l->url = get_address(m, true);
    l->via = get_text(m, 16);
    for (size_t i = 0; i < sizeof vias / sizeof *vias; i++)
        if (fair_str_eq(l->via, fair_str_of(vias[i]))) known = true;
    if (!known) m->bad = true;
    l->tag = get_text(m, FAIR_LINKS_VALUE);
    l->attr = get_text(m, FAIR_LINKS_VALUE);
    n = get_number(m);
    l->value = n == AS_URL ? l->url : n == ABSENT ? (fair_str){ NULL, 0 } : get_bytes(m, n, FAIR_LINKS_VALUE);
    l->alt = get_text(m, FAIR_LINKS_VALUE);
    l->license = get_text(m, FAIR_LINKS_VALUE);
    l->credit = get_text(m, FAIR_LINKS_VALUE);
    l->group = get_number(m);
    l->weight = get_number(m);
}

fair_status
fair_links_unpack(struct fair_arena *a, fair_str bytes, struct fair_links *out, struct fair_err *err)
{
    struct message m = { .rest = fair_str_dup(a, bytes) };
    struct fair_links l = { 0 };
    unsigned flags;

    *out = l;
    if (bytes.p == NULL || m.rest.n < 5 || memcmp(m.rest.p, MAGIC, 4) != 0)
        return fair_fail(err, FAIR_CORRUPT, "links: not a message of links");
    flags = (unsigned char)m.rest.p[4];
    m.rest = (fair_str){ m.rest.p + 5, m.rest.n - 5 };
    l.nofollow = flags & NOFOLLOW;
    l.noindex = flags & NOINDEX;
    l.noimageai = flags & NOIMAGEAI;
    l.tdm_reserved = flags & TDM_RESERVED;
    l.truncated = flags & TRUNCATED;
    if (flags > 31) m.bad = true;
    l.base = get_text(&m, 4 * FAIR_URL_MAX);
    l.title = get_text(&m, FAIR_LINKS_VALUE);
    l.rights_license = get_text(&m, FAIR_LINKS_VALUE);
    l.rights_creator = get_text(&m, FAIR_LINKS_VALUE);
    l.rights_credit = get_text(&m, FAIR_LINKS_VALUE);
    l.rights_notice = get_text(&m, FAIR_LINKS_VALUE);
    l.rights_acquire = get_text(&m, FAIR_LINKS_VALUE);
    l.n = get_count(&m, FAIR_LINKS_MAX, 40);
    l.v = fair_alloc_array(a, l.n + 1, sizeof *l.v);
    for (size_t i = 0; i < l.n && !m.bad; i++) get_link(&m, &l.v[i]);
    l.pages = get_addresses(&m, a, FAIR_LINKS_MAX, &l.n_pages);
    l.sheets = get_addresses(&m, a, FAIR_LINKS_SHEETS, &l.n_sheets);
    if (m.bad || m.rest.n > 0) return fair_fail(err, FAIR_CORRUPT, "links: a message of %zu bytes lies about itself", bytes.n);
    *out = l;
    return FAIR_OK;
}
