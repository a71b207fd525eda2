/* source/links.c - gathering links: resolved, told apart, each once. */
#include "source/links_private.h"
#include <stdlib.h>
#include <string.h>

static uint64_t
mix(uint64_t h, uint64_t v)
{
    __extension__ unsigned __int128 m = (unsigned __int128)(h ^ v) * 0x9e3779b97f4a7c15u;
    return (uint64_t)m ^ (uint64_t)(m >> 64);
}

/* Less than eight bytes as a number, read without going beyond them. */
static uint64_t
few(const char *p, size_t n)
{
    uint32_t a = 0, b = 0;

    if (n >= 4) {
        memcpy(&a, p, 4);
        memcpy(&b, p + n - 4, 4);
        return (uint64_t)a << 32 | b;
    }
    if (n == 0) return 0;
    return (uint64_t)(unsigned char)p[0] << 16 | (uint64_t)(unsigned char)p[n / 2] << 8 | (unsigned char)p[n - 1];
}

/* The last eight bytes are taken whole, though some of them were taken before. */
static uint64_t
hash(fair_str s, uint64_t h)
{
    uint64_t v;

    h ^= s.n;
    if (s.n < 8) return mix(h, few(s.p, s.n));
    for (size_t i = 0; i + 8 < s.n; i += 8) {
        memcpy(&v, s.p + i, 8);
        h = mix(h, v);
    }
    memcpy(&v, s.p + s.n - 8, 8);
    return mix(h, v);
}

/* Was it new?  Told apart by 64 bits of hash. */
static bool
is_new(struct fair_gather *g, fair_str url, fair_str kind)
{
    uint64_t h = hash(kind, hash(url, 0xcbf29ce484222325u)) | 1;

    if (g->set_n * 2 >= g->set_size) {
        size_t size = g->set_size > 0 ? g->set_size * 2 : 256;
        while (g->set_size == 0 && size < g->page.n / 64) size *= 2;      /* grown at once to what such a page mostly needs */
        uint64_t *set = fair_alloc_array(g->a, size, sizeof *set);
        for (size_t i = 0; i < g->set_size; i++) {
            size_t at = (size_t)(g->set[i] >> 1) & (size - 1);
            if (g->set[i] == 0) continue;
            while (set[at] != 0) at = (at + 1) & (size - 1);
            set[at] = g->set[i];
        }
        g->set = set;
        g->set_size = size;
    }
    for (size_t at = (size_t)(h >> 1) & (g->set_size - 1);; at = (at + 1) & (g->set_size - 1)) {
        if (g->set[at] == h) return false;
        if (g->set[at] != 0) continue;
        g->set[at] = h;
        g->set_n++;
        return true;
    }
}

/* May `n` more bytes of text be kept? */
static bool
afford(struct fair_gather *g, size_t n)
{
    if (n > FAIR_LINKS_BYTES - g->bytes) {
        g->out->truncated = true;
        return false;
    }
    g->bytes += n;
    return true;
}

/* At most FAIR_LINKS_VALUE bytes, not cut inside a character. */
static fair_str
clipped(fair_str s)
{
    if (s.p == NULL || s.n <= FAIR_LINKS_VALUE) return s;
    s.n = FAIR_LINKS_VALUE;
    while (s.n > 0 && ((unsigned char)s.p[s.n] & 0xc0) == 0x80) s.n--;
    return s;
}

/* Does a character begin at `p`, or does the page end there? */
static bool
is_edge(fair_str page, const char *p)
{
    return p == page.p + page.n || ((unsigned char)*p & 0xc0) != 0x80;
}

fair_str
fair_gather_text(struct fair_gather *g, fair_str s)
{
    if (s.p == NULL) return s;
    if (s.n == 0) return FAIR_STR("");
    s = clipped(s);
    if (s.p >= g->page.p && s.n <= g->page.n && s.p <= g->page.p + (g->page.n - s.n) && is_edge(g->page, s.p) && is_edge(g->page, s.p + s.n)) return s;
    return fair_utf8_valid(s) ? fair_str_dup(g->a, s) : clipped(fair_utf8_mend(g->a, s));
}

/* Where a text of `n` bytes may be put, and a '\0' after it; it is kept if fair_gather_keep is called before the next one. */
static char *
room_for(struct fair_gather *g, size_t n)
{
    if (g->n_room <= n) {
        g->n_room = n < 4000 ? 4096 : n + 1;
        g->room = fair_alloc_bytes(g->a, g->n_room);
    }
    return g->room;
}

static fair_str
keep(struct fair_gather *g, fair_str s)
{
    if (s.p != g->room) memcpy(room_for(g, s.n), s.p, s.n);
    s.p = g->room;
    g->room[s.n] = '\0';
    g->room += s.n + 1;
    g->n_room -= s.n + 1;
    return s;
}

/* Run `i` begins with link FAIR_LINKS_RUN * (2^i - 1). */
struct fair_link *
fair_gather_link(const struct fair_gather *g, size_t i)
{
    size_t at = i + FAIR_LINKS_RUN;
    unsigned run = (unsigned)(63 - __builtin_clzll(at / FAIR_LINKS_RUN));

    return &g->links[run][at - ((size_t)FAIR_LINKS_RUN << run)];
}

void
fair_gather_begin(struct fair_gather *g, struct fair_arena *a, fair_str base, struct fair_links *out)
{
    *g = (struct fair_gather){ .a = a, .out = out, .scratch = fair_arena_new(), .list = fair_arena_new() };
    *out = (struct fair_links){ .base = FAIR_STR("") };
    g->has_base = base.p != NULL && fair_url_parse(a, base, NULL, &g->base, NULL) == FAIR_OK;
    if (g->has_base) out->base = g->base.href;
}

void
fair_gather_end(struct fair_gather *g)
{
    struct fair_links *o = g->out;

    if (o->n > 0) o->v = fair_alloc_bytes(g->a, o->n * sizeof *o->v);
    for (size_t i = 0, run = 0; run < FAIR_LINKS_RUNS && g->links[run] != NULL; i += (size_t)FAIR_LINKS_RUN << run++) {
        size_t n = o->n - i < (size_t)FAIR_LINKS_RUN << run ? o->n - i : (size_t)FAIR_LINKS_RUN << run;
        memcpy(o->v + i, g->links[run], n * sizeof *o->v);
        free(g->links[run]);
    }
    fair_arena_free(&g->scratch);
    fair_arena_free(&g->list);
}

void
fair_gather_base(struct fair_gather *g, fair_str href)
{
    struct fair_url u;

    if (fair_url_parse(g->a, href, g->has_base ? &g->base : NULL, &u, NULL) != FAIR_OK) return;
    if (fair_str_eq(u.scheme, FAIR_STR("data")) || fair_str_eq(u.scheme, FAIR_STR("javascript"))) return;
    g->base = u;
    g->has_base = true;
    g->seen = (struct fair_url_seen){ 0 };
    g->out->base = u.href;
}

static bool
starts_nocase(fair_str s, const char *word)
{
    size_t n = strlen(word);
    return s.n >= n && fair_str_eq_nocase((fair_str){ s.p, n }, (fair_str){ word, n });
}

/* The absolute http(s) address without fragment, until the next call. */
static bool
resolve(struct fair_gather *g, fair_str address, fair_str *out)
{
    struct fair_url u;
    fair_str plain[2];

    if (address.n > FAIR_URL_MAX) return false;
    if (fair_url_plain(address, g->has_base ? &g->base : NULL, &g->seen, plain)) {
        char *p = room_for(g, plain[0].n + plain[1].n);
        memcpy(p, plain[0].p, plain[0].n);
        memcpy(p + plain[0].n, plain[1].p, plain[1].n);
        *out = (fair_str){ p, plain[0].n + plain[1].n };
        return true;
    }
    fair_arena_clear(g->scratch);
    if (fair_url_parse(g->scratch, address, g->has_base ? &g->base : NULL, &u, NULL) != FAIR_OK) return false;
    if (!fair_str_eq(u.scheme, FAIR_STR("http")) && !fair_str_eq(u.scheme, FAIR_STR("https"))) return false;
    fair_url_seen_add(&g->seen, g->a, address, &u);
    *out = u.href;
    if (u.fragment.p != NULL) out->n -= u.fragment.n + 1;
    return true;
}

/* A data: URL as it is, less the white space that URL parsers drop. */
static bool
data_url(struct fair_gather *g, fair_str s, fair_str *out)
{
    char *p;
    size_t n = 0;

    if (s.n > FAIR_LINKS_DATA || s.n < 12) return false;
    p = room_for(g, s.n);
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] != '\t' && s.p[i] != '\n' && s.p[i] != '\r') p[n++] = s.p[i];
    *out = (fair_str){ p, n };
    return starts_nocase(*out, "data:image/") && fair_utf8_valid(*out);
}

/* The same for the names of elements and attributes, of which the next link mostly has the same. */
static fair_str
word_text(struct fair_gather *g, fair_str s, fair_str *last)
{
    if (last->p == NULL || s.p == NULL || !fair_str_eq(*last, s)) *last = fair_gather_text(g, s);
    return *last;
}

/* The texts that the candidates of one attribute have in common, once kept. */
struct common {
    bool kept;
    fair_str tag, attr, value, alt, license, credit;
};

static void
add_picture(struct fair_gather *g, fair_str address, const struct fair_link *said, uint32_t weight, struct common *c)
{
    struct fair_links *o = g->out;
    struct fair_link *l;
    fair_str url;
    size_t n;

    address = fair_str_trim(address);
    if (address.n == 0 || address.p[0] == '#') return;
    if (starts_nocase(address, "data:")) {
        if (!data_url(g, address, &url)) return;
    } else if (!resolve(g, address, &url)) return;
    if (!is_new(g, url, said->via)) return;
    if (o->n >= FAIR_LINKS_MAX) {
        o->truncated = true;
        return;
    }
    n = clipped(said->value).n + clipped(said->alt).n + clipped(said->license).n + clipped(said->credit).n;
    if (!afford(g, url.n + n + 64)) return;
    if (!c->kept) {
        c->kept = true;
        c->tag = word_text(g, said->tag, &g->words[0]);
        c->attr = word_text(g, said->attr, &g->words[1]);
        c->value = fair_gather_text(g, said->value);
        c->alt = fair_gather_text(g, said->alt);
        c->license = fair_gather_text(g, said->license);
        c->credit = fair_gather_text(g, said->credit);
    }
    if (o->n % FAIR_LINKS_RUN == 0 && (o->n / FAIR_LINKS_RUN & (o->n / FAIR_LINKS_RUN + 1)) == 0) {
        unsigned run = (unsigned)(63 - __builtin_clzll(o->n / FAIR_LINKS_RUN + 1));
        g->links[run] = fair_xmalloc(((size_t)FAIR_LINKS_RUN << run) * sizeof *l);
    }
    l = fair_gather_link(g, o->n++);
    *l = (struct fair_link){ .url = keep(g, url), .via = said->via, .tag = c->tag, .attr = c->attr, .value = c->value, .alt = c->alt,
                             .license = c->license, .credit = c->credit, .group = said->group, .weight = weight };
}

void
fair_gather_picture(struct fair_gather *g, fair_str address, const struct fair_link *said)
{
    struct common c = { false };
    add_picture(g, address, said, said->weight, &c);
}

static void
add_address(struct fair_gather *g, fair_str address, fair_str kind, fair_str **v, size_t *n, size_t *room, size_t max)
{
    fair_str url;

    address = fair_str_trim(address);
    if (address.n == 0 || !resolve(g, address, &url) || !is_new(g, url, kind)) return;
    if (*n >= max) {
        g->out->truncated = true;
        return;
    }
    if (!afford(g, url.n + 16)) return;
    if (*n == *room) {
        fair_str *more = fair_alloc_array(g->a, *room > 0 ? *room * 2 : 32, sizeof *more);
        if (*n > 0) memcpy(more, *v, *n * sizeof *more);
        *v = more;
        *room = *room > 0 ? *room * 2 : 32;
    }
    (*v)[(*n)++] = keep(g, url);
}

void
fair_gather_page(struct fair_gather *g, fair_str address)
{
    add_address(g, address, FAIR_STR("\1page"), &g->out->pages, &g->out->n_pages, &g->pages_room, FAIR_LINKS_MAX);
}

void
fair_gather_sheet(struct fair_gather *g, fair_str address)
{
    add_address(g, address, FAIR_STR("\1sheet"), &g->out->sheets, &g->out->n_sheets, &g->sheets_room, FAIR_LINKS_SHEETS);
}

/* "640w" is 640, "2x" 2000, nothing 1000, nonsense 0. */
static uint32_t
weight_of(fair_str descriptor)
{
    fair_str rest = descriptor, part;
    double v = 1000;

    if (descriptor.n == 0) return 1000;
    while (fair_str_split(&rest, ' ', &part)) {
        char text[24], unit = part.n > 1 ? part.p[part.n - 1] : ' ';
        int64_t whole;
        if (part.n < 2 || part.n >= sizeof text || (unit != 'w' && unit != 'x')) continue;
        part.n--;
        if (fair_str_number(part, 999999, &whole)) v = (double)whole;
        else {
            memcpy(text, part.p, part.n);
            text[part.n] = '\0';
            v = strtod(text, NULL);
        }
        if (unit == 'x') v *= 1000;
        break;
    }
    return v > 0 && v < 1e6 ? (uint32_t)v : 0;
}

void
fair_gather_srcset(struct fair_gather *g, fair_str srcset, const struct fair_link *said)
{
    struct fair_srcset_candidate *v;
    struct common c = { false };
    size_t n;

    fair_arena_clear(g->list);
    fair_srcset_parse(g->list, srcset, true, &v, &n);
    for (size_t i = 0; i < n; i++) add_picture(g, v[i].url, said, weight_of(v[i].descriptor), &c);
}

bool
fair_looks_like_picture(fair_str s)
{
    static const struct { char text[7]; uint8_t n; } ends[] = {
        { ".jpg", 4 }, { ".jpeg", 5 }, { ".png", 4 }, { ".gif", 4 }, { ".webp", 5 }, { ".avif", 5 }, { ".svg", 4 }, { ".bmp", 4 }, { ".ico", 4 },
        { ".jxl", 4 }, { ".heic", 5 }, { ".heif", 5 }, { ".tif", 4 }, { ".tiff", 5 }, { ".jfif", 5 }, { ".pjpeg", 6 }, { ".apng", 5 },
    };
    size_t n = 0;

    while (n < s.n && s.p[n] != '?' && s.p[n] != '#') n++;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        size_t k = ends[i].n;
        if (n > k && s.p[n - k] == '.' && s.p[n - k - 1] != '/' && fair_str_eq_nocase((fair_str){ s.p + n - k, k }, (fair_str){ ends[i].text, k })) return true;
    }
    return false;
}
