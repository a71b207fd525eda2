/* c2pa_bind.c - is this the picture that was signed?  The hard bindings of content credentials (C2PA 1.0 to 2.2, "Hard bindings"). */
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include "base/mem.h"
#include "image/codecs/c2pa_private.h"

#define EXCLUSIONS 64
#define PIECES 65536                  /* segments of a JPEG, chunks of a PNG */
#define BOXES 4096
#define BOX_DEPTH 8

bool
fair_c2pa_hash_is(fair_str alg, const fair_str *parts, size_t n, fair_str want)
{
    const EVP_MD *md = alg.n == 0 || fair_str_eq(alg, FAIR_STR("sha256")) ? EVP_sha256() : fair_str_eq(alg, FAIR_STR("sha384")) ? EVP_sha384()
                     : fair_str_eq(alg, FAIR_STR("sha512")) ? EVP_sha512() : NULL;
    unsigned char is[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    EVP_MD_CTX *c;
    bool ok;

    if (md == NULL || (c = EVP_MD_CTX_new()) == NULL) return false;
    ok = EVP_DigestInit_ex(c, md, NULL) == 1;
    for (size_t i = 0; i < n && ok; i++) ok = parts[i].n == 0 || EVP_DigestUpdate(c, parts[i].p, parts[i].n) == 1;
    ok = ok && EVP_DigestFinal_ex(c, is, &size) == 1 && want.n == size && want.p != NULL && memcmp(is, want.p, size) == 0;
    EVP_MD_CTX_free(c);
    return ok;
}

/* ---- ranges of bytes: c2pa.hash.data ---------------------------------------------------------------------------- */

/* The whole file but the places named, in order. */
enum fair_binding
fair_c2pa_data_hash(fair_str file, fair_str assertion, fair_str alg)
{
    struct cbor map = fair_cbor_of(assertion), list;
    fair_str parts[EXCLUSIONS + 1], want = fair_cbor_find_string(map, "hash", 2), own = fair_cbor_find_string(map, "alg", 3);
    size_t n = 0, at = 0;
    uint64_t count = 0;

    if (fair_cbor_find(map, "exclusions", INT64_MIN, &list)) {
        if (fair_cbor_head(&list, &count) != 4 || count > EXCLUSIONS) return FAIR_BINDING_FAILS;
        for (uint64_t i = 0; i < count; i++) {
            uint64_t start, length;
            if (!fair_cbor_number(list, "start", &start) || !fair_cbor_number(list, "length", &length) || start < at || start > file.n || length > file.n - start) return FAIR_BINDING_FAILS;
            parts[n++] = (fair_str){ file.p + at, (size_t)start - at };
            at = (size_t)(start + length);
            fair_cbor_skip(&list, 0);
            if (list.bad) return FAIR_BINDING_FAILS;
        }
    }
    parts[n++] = (fair_str){ file.p + at, file.n - at };
    return fair_c2pa_hash_is(own.n > 0 ? own : alg, parts, n, want) ? FAIR_BINDING_HOLDS : FAIR_BINDING_FAILS;
}

/* ---- segments and chunks by name: c2pa.hash.boxes --------------------------------------------------------------- */

struct piece { char name[8]; size_t at, n; };
struct pieces { struct piece *v; size_t n; bool whole; /* they lie one behind the other to the file's end */ };

static struct piece *
add_piece(struct pieces *p, const char *name, size_t at, size_t n)
{
    if (p->n == PIECES) return NULL;
    p->v[p->n] = (struct piece){ .at = at, .n = n };
    snprintf(p->v[p->n].name, sizeof p->v[0].name, "%.7s", name);
    return &p->v[p->n++];
}

/* As ITU-T T.81 names them. */
static const char *
marker_name(uint8_t m, char out[8])
{
    static const struct { uint8_t m; const char *name; } known[] = { { 0xc4, "DHT" }, { 0xc8, "JPG" }, { 0xcc, "DAC" }, { 0xd8, "SOI" }, { 0xd9, "EOI" }, { 0xda, "SOS" }, { 0xdb, "DQT" },
        { 0xdc, "DNL" }, { 0xdd, "DRI" }, { 0xde, "DHP" }, { 0xdf, "EXP" }, { 0xfe, "COM" }, { 0x01, "TEM" } };

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (known[i].m == m) return known[i].name;
    memset(out, 0, 8);
    if (m >= 0xe0 && m <= 0xef) memcpy(out, "APP", 3);
    else if (m >= 0xc0 && m <= 0xcf) memcpy(out, "SOF", 3);
    else if (m >= 0xd0 && m <= 0xd7) memcpy(out, "RST", 3);
    else return NULL;
    if ((m & 15) >= 10 && m >= 0xe0) out[3] = '1';
    out[strlen(out)] = (char)('0' + ((m & 15) >= 10 && m >= 0xe0 ? (m & 15) - 10 : m < 0xd0 || m >= 0xe0 ? (m & 15) % 10 : m & 7));
    if (m >= 0xca && m <= 0xcf) {
        out[3] = '1';
        out[4] = (char)('0' + (m & 15) - 10);
    }
    return out;
}

/* From behind a scan's header to the next marker that is none of its own (FF 00 is data, FF D0 to FF D7 are restarts). */
static size_t
scan_end(fair_str s, size_t at)
{
    while (at + 1 < s.n) {
        const char *ff = memchr(s.p + at, 0xff, s.n - 1 - at);
        uint8_t next;
        if (ff == NULL) return s.n;
        at = (size_t)(ff - s.p);
        next = (uint8_t)s.p[at + 1];
        if (next != 0 && next != 0xff && (next < 0xd0 || next > 0xd7)) return at;
        at += next == 0xff ? 1 : 2;
    }
    return s.n;
}

void
fair_c2pa_jpeg_segments(fair_str s, void (*put)(void *arg, size_t at, size_t n, size_t skip), void *arg)
{
    uint32_t group = UINT32_MAX;
    size_t at = 2;

    while (at + 4 <= s.n && (uint8_t)s.p[at] == 0xff) {
        uint8_t marker = (uint8_t)s.p[at + 1];
        size_t n = (size_t)(uint8_t)s.p[at + 2] << 8 | (uint8_t)s.p[at + 3];
        if (marker == 0xff) {
            at++;
            continue;
        }
        if (marker == 0xda || marker == 0xd9 || n < 2 || n > s.n - at - 2) return;
        if (marker == 0xeb && n >= 18 && memcmp(s.p + at + 4, "JP", 2) == 0) {
            uint32_t en = (uint32_t)(uint8_t)s.p[at + 6] << 8 | (uint8_t)s.p[at + 7], z = fair_be32_at(s.p + at + 8);
            bool is_c2pa = n > 40 && memmem(s.p + at + 12, n - 10 < 64 ? n - 10 : 64, "c2pa", 4) != NULL;
            if (z == 1 && group == UINT32_MAX && is_c2pa) {
                group = en;
                put(arg, at, 2 + n, 12);
            } else if (en == group && z > 1) {
                put(arg, at, 2 + n, 20);      /* the box's head stands in each */
            }
        }
        at += 2 + n;
    }
}

static void
note_store(void *arg, size_t at, size_t n, __attribute__((unused)) size_t skip)
{
    struct pieces *p = arg;

    if (p->n > 0 && p->v[p->n - 1].at + p->v[p->n - 1].n == at) p->v[p->n - 1].n += n;
    else (void)add_piece(p, "C2PA", at, n);
}

static bool
jpeg_pieces(fair_str s, struct fair_arena *a, struct pieces *p)
{
    struct pieces store = { fair_alloc_array(a, PIECES, sizeof *store.v), 0, false };
    size_t at = 0;

    fair_c2pa_jpeg_segments(s, note_store, &store);
    while (at + 2 <= s.n) {
        char name[8];
        const char *is;
        uint8_t m = (uint8_t)s.p[at + 1];
        size_t n = 2;
        if ((uint8_t)s.p[at] != 0xff || (is = marker_name(m, name)) == NULL) return true;        /* what follows belongs to no segment */
        for (size_t i = 0; i < store.n; i++)
            if (store.v[i].at == at) {
                is = "C2PA";
                n = store.v[i].n;
            }
        if (strcmp(is, "C2PA") != 0 && m != 0xd8 && m != 0xd9 && m != 0x01 && (m < 0xd0 || m > 0xd7)) {
            if (at + 4 > s.n) return false;
            n = 2 + ((size_t)(uint8_t)s.p[at + 2] << 8 | (uint8_t)s.p[at + 3]);
            if (n < 4 || n > s.n - at) return false;
            if (m == 0xda) n = scan_end(s, at + n) - at;
        }
        if (add_piece(p, is, at, n) == NULL) return false;
        at += n;
        if (m == 0xd9 && strcmp(is, "EOI") == 0) break;
    }
    p->whole = at == s.n;
    return true;
}

static bool
png_pieces(fair_str s, struct pieces *p)
{
    size_t at = 8;

    (void)add_piece(p, "PNGh", 0, 8);
    while (at + 12 <= s.n) {
        uint32_t n = fair_be32_at(s.p + at);
        char type[5] = { 0 };
        if (n > s.n - at - 12) return false;
        memcpy(type, s.p + at + 4, 4);
        if (add_piece(p, strcmp(type, "caBX") == 0 ? "C2PA" : type, at, 12 + (size_t)n) == NULL) return false;
        at += 12 + (size_t)n;
    }
    p->whole = at == s.n;
    return true;
}

/* One entry: its names must be the next pieces, in order.  *at, *n: the bytes from the first to the end of the last. */
static bool
take_names(struct cbor entry, const struct pieces *p, size_t *next, size_t *at, size_t *n, bool *store)
{
    struct cbor names;
    uint64_t count;

    *n = 0;
    *store = false;
    if (!fair_cbor_find(entry, "names", INT64_MIN, &names) || fair_cbor_head(&names, &count) != 4 || count == 0 || count > PIECES) return false;
    for (uint64_t i = 0; i < count; i++, ++*next) {
        fair_str name;
        if (!fair_cbor_string(&names, 3, &name) || *next >= p->n || !fair_str_eq(name, fair_str_of(p->v[*next].name))) return false;
        if (fair_str_eq(name, FAIR_STR("C2PA"))) *store = true;
        if (i == 0) *at = p->v[*next].at;
        *n = p->v[*next].at + p->v[*next].n - *at;
    }
    return !*store || count == 1;
}

enum fair_binding
fair_c2pa_boxes_hash(fair_str file, fair_str assertion, fair_str alg, struct fair_arena *a, const char **why)
{
    struct pieces p = { fair_alloc_array(a, PIECES, sizeof *p.v), 0, false };
    struct cbor map = fair_cbor_of(assertion), list;
    fair_str whole = fair_cbor_find_string(map, "alg", 3);
    uint64_t count;
    size_t next = 0, covered = 0, stores = 0;
    bool left_out = false;

    *why = "over the boxes of a format that is not checked here";
    if (file.n > 3 && memcmp(file.p, "\xff\xd8\xff", 3) == 0) {
        if (!jpeg_pieces(file, a, &p)) return FAIR_BINDING_FAILS;
    } else if (file.n > 8 && memcmp(file.p, "\x89PNG", 4) == 0) {
        if (!png_pieces(file, &p)) return FAIR_BINDING_FAILS;
    } else {
        return FAIR_BINDING_ELSEWHERE;
    }
    if (!fair_cbor_find(map, "boxes", INT64_MIN, &list) || fair_cbor_head(&list, &count) != 4 || count == 0 || count > PIECES) return FAIR_BINDING_FAILS;
    for (uint64_t i = 0; i < count; i++) {
        fair_str own = fair_cbor_find_string(list, "alg", 3), want = fair_cbor_find_string(list, "hash", 2), part;
        struct cbor flag;
        size_t at = 0, n;
        bool store, excluded;
        /* The signature of a PNG may stand in the list or not; it says nothing. */
        if (i == 0 && strcmp(p.v[0].name, "PNGh") == 0) {
            struct cbor names;
            fair_str first;
            uint64_t k;
            if (!fair_cbor_find(list, "names", INT64_MIN, &names) || fair_cbor_head(&names, &k) != 4 || k == 0 || !fair_cbor_string(&names, 3, &first)) return FAIR_BINDING_FAILS;
            if (!fair_str_eq(first, FAIR_STR("PNGh"))) covered = p.v[next++].n;
        }
        if (!take_names(list, &p, &next, &at, &n, &store)) return FAIR_BINDING_FAILS;
        excluded = fair_cbor_find(list, "excluded", INT64_MIN, &flag) && flag.at < flag.n && flag.p[flag.at] == 0xf5;
        part = (fair_str){ file.p + at, n };
        stores += store;
        left_out |= excluded && !store;
        if (!store && !excluded && !fair_c2pa_hash_is(own.n > 0 ? own : whole.n > 0 ? whole : alg, &part, 1, want)) return FAIR_BINDING_FAILS;
        if (at != covered) left_out = true;
        covered = at + n;
        fair_cbor_skip(&list, 0);
        if (list.bad) return FAIR_BINDING_FAILS;
    }
    if (next != p.n || stores > 1) return FAIR_BINDING_FAILS;
    *why = "its list of boxes does not cover the whole file";
    return left_out || covered != file.n ? FAIR_BINDING_ELSEWHERE : FAIR_BINDING_HOLDS;
}

/* ---- boxes by path: c2pa.hash.bmff ------------------------------------------------------------------------------ */

struct node { char path[64]; size_t at, n, head; /* bytes before its content */ bool top, full; uint8_t version; uint32_t flags; };
struct tree { struct node *v; size_t n; };

/* Boxes that hold boxes; others are looked at from outside only. */
static bool
holds_boxes(const char *type)
{
    static const char *const known[] = { "moov", "trak", "mdia", "minf", "stbl", "moof", "traf", "edts", "udta", "dinf", "tref", "treg", "mvex", "mfra", "meta", "schi" };

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcmp(type, known[i]) == 0) return true;
    return false;
}

static bool
is_full(const char *type)
{
    static const char *const known[] = { "meta", "hdlr", "pitm", "iloc", "iinf", "infe", "iref", "ipro", "emsg", "sidx", "mvhd", "tkhd", "mdhd", "vmhd", "smhd", "dref", "stsd", "stts", "stsc", "stsz",
        "stz2", "stco", "co64", "stss", "ctts", "elst", "mehd", "trex", "mfhd", "tfhd", "trun", "tfdt", "tfra", "mfro", "saiz", "saio", "sbgp", "sgpd" };

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcmp(type, known[i]) == 0) return true;
    return false;
}

/* Every box with its path; false: they do not fill the file, or there are too many. */
static bool
read_tree(fair_str file, fair_str inside, const char *path, int depth, struct tree *t)
{
    while (inside.n > 0) {
        struct node *x;
        struct box b;
        fair_str rest = inside;
        size_t up = strlen(path);

        if (!fair_box_next(&rest, &b) || t->n == BOXES || up + 6 > sizeof x->path) return false;
        x = &t->v[t->n++];
        *x = (struct node){ .at = (size_t)(inside.p - file.p), .n = inside.n - rest.n, .top = depth == 0, .full = is_full(b.type) && b.content.n >= 4 };
        x->head = x->n - b.content.n;
        memcpy(x->path, path, up);
        x->path[up] = '/';
        memcpy(x->path + up + 1, b.type, 4);
        if (x->full) {
            x->version = (uint8_t)b.content.p[0];
            x->flags = fair_be32_at(b.content.p) & 0xffffff;
        }
        if (holds_boxes(b.type) && depth < BOX_DEPTH) {
            char own[sizeof x->path];
            bool quicktime = strcmp(b.type, "meta") == 0 && b.content.n >= 8 && memcmp(b.content.p + 4, "hdlr", 4) == 0;
            size_t skip = x->full && !quicktime ? 4 : 0;
            memcpy(own, x->path, sizeof own);
            if (!read_tree(file, (fair_str){ b.content.p + skip, b.content.n - skip }, own, depth + 1, t) && depth == 0 && strcmp(b.type, "meta") == 0) return false;
        }
        inside = rest;
    }
    return true;
}

static bool
is_null(struct cbor v)
{
    return v.at < v.n && v.p[v.at] == 0xf6;
}

/* Is this box the one that the exclusion means?  *bad: the exclusion cannot be read. */
static bool
meant(fair_str file, const struct node *x, struct cbor exclusion, bool *bad)
{
    struct cbor v;
    uint64_t n, count;
    fair_str bytes;

    if (fair_cbor_find(exclusion, "length", INT64_MIN, &v) && !is_null(v)) {
        if (fair_cbor_head(&v, &n) != 0) *bad = true;
        else if (n != x->n) return false;
    }
    if (fair_cbor_find(exclusion, "version", INT64_MIN, &v) && !is_null(v)) {
        if (fair_cbor_head(&v, &n) != 0) *bad = true;
        else if (x->full && n != x->version) return false;
    }
    if (fair_cbor_find(exclusion, "flags", INT64_MIN, &v) && !is_null(v)) {
        struct cbor exact;
        bool all = !fair_cbor_find(exclusion, "exact", INT64_MIN, &exact) || exact.at >= exact.n || exact.p[exact.at] != 0xf4;
        uint32_t want;
        if (!fair_cbor_string(&v, 2, &bytes) || bytes.n != 3) {
            *bad = true;
            return false;
        }
        want = (uint32_t)(uint8_t)bytes.p[0] << 16 | (uint32_t)(uint8_t)bytes.p[1] << 8 | (uint8_t)bytes.p[2];
        if (x->full && (all ? want != x->flags : (want & x->flags) != want)) return false;
    }
    if (fair_cbor_find(exclusion, "data", INT64_MIN, &v) && !is_null(v)) {
        if (fair_cbor_head(&v, &count) != 4 || count > EXCLUSIONS) {
            *bad = true;
            return false;
        }
        for (uint64_t i = 0; i < count; i++) {
            uint64_t offset;
            bytes = fair_cbor_find_string(v, "value", 2);
            if (!fair_cbor_number(v, "offset", &offset) || bytes.p == NULL) {
                *bad = true;
                return false;
            }
            if (offset > x->n || bytes.n > x->n - offset || memcmp(file.p + x->at + offset, bytes.p, bytes.n) != 0) return false;
            fair_cbor_skip(&v, 0);
        }
        if (v.bad) *bad = true;
    }
    return true;
}

struct span { size_t at, n; };
struct spans { struct span v[EXCLUSIONS * 8]; size_t n; };

static bool
leave_out(struct spans *s, size_t at, size_t n)
{
    if (s->n == sizeof s->v / sizeof s->v[0]) return false;
    s->v[s->n++] = (struct span){ at, n };
    return true;
}

/* What of this box is left out; false: it cannot be read, or is too much. */
static bool
exclude(struct node *x, struct cbor exclusion, struct spans *out)
{
    struct cbor subset;
    uint64_t count;

    if (!fair_cbor_find(exclusion, "subset", INT64_MIN, &subset) || is_null(subset)) {
        x->top = false;                       /* left out wholly: its place is not hashed either */
        return leave_out(out, x->at, x->n);
    }
    if (fair_cbor_head(&subset, &count) != 4 || count > EXCLUSIONS) return false;
    for (uint64_t i = 0; i < count; i++) {
        uint64_t offset, length;
        if (!fair_cbor_number(subset, "offset", &offset) || !fair_cbor_number(subset, "length", &length)) return false;
        if (offset < x->n) {
            size_t left = x->n - (size_t)offset;
            if (!leave_out(out, x->at + (size_t)offset, length == 0 || length > left ? left : (size_t)length)) return false;
        }
        fair_cbor_skip(&subset, 0);
        if (subset.bad) return false;
    }
    return true;
}

static bool
picture_left_out(fair_str xpath)
{
    static const char *const known[] = { "/mdat", "/idat", "/meta/idat", "/meta/iprp", "/meta", "/moov", "/moof" };

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (fair_str_eq(xpath, fair_str_of(known[i]))) return true;
    return fair_str_starts(xpath, FAIR_STR("/mdat/"));
}

static void
sort_spans(struct spans *s)
{
    for (size_t i = 1; i < s->n; i++)
        for (size_t k = i; k > 0 && s->v[k - 1].at > s->v[k].at; k--) {
            struct span t = s->v[k];
            s->v[k] = s->v[k - 1];
            s->v[k - 1] = t;
        }
}

/* The file in order: from version 2 on each outer box that is not left out wholly is preceded by its place, eight bytes. */
static bool
bmff_is(fair_str file, const struct tree *t, struct spans *out, int version, fair_str alg, fair_str want, struct fair_arena *a)
{
    size_t room = 2 * (t->n + out->n) + 4, n = 0, at = 0, next = 0;
    fair_str *parts = fair_alloc_array(a, room + t->n, sizeof *parts);
    char (*places)[8] = fair_alloc_array(a, t->n + 1, sizeof *places);

    sort_spans(out);
    for (size_t i = 0; i <= t->n; i++) {
        size_t to = i < t->n ? t->v[i].at : file.n;
        if (i < t->n && (!t->v[i].top || version < 2)) continue;
        /* What lies before this box, without what is left out. */
        while (next < out->n && out->v[next].at < to) {
            if (out->v[next].at > at) parts[n++] = (fair_str){ file.p + at, out->v[next].at - at };
            if (out->v[next].at + out->v[next].n > at) at = out->v[next].at + out->v[next].n;
            next++;
        }
        if (to > at) parts[n++] = (fair_str){ file.p + at, to - at };
        if (to > at) at = to;
        if (i == t->n) break;
        for (int k = 0; k < 8; k++) places[i][k] = (char)((uint64_t)t->v[i].at >> (56 - 8 * k));
        parts[n++] = (fair_str){ places[i], 8 };
    }
    return fair_c2pa_hash_is(alg, parts, n, want);
}

enum fair_binding
fair_c2pa_bmff_hash(fair_str file, fair_str assertion, fair_str alg, int version, struct fair_arena *a, const char **why)
{
    struct tree t = { fair_alloc_array(a, BOXES, sizeof *t.v), 0 };
    struct spans *out = FAIR_NEW(a, struct spans);
    struct cbor map = fair_cbor_of(assertion), list, merkle;
    fair_str want = fair_cbor_find_string(map, "hash", 2), own = fair_cbor_find_string(map, "alg", 3);
    uint64_t count = 0;
    bool picture = false;

    if (file.n < 12 || memcmp(file.p + 4, "ftyp", 4) != 0 || !read_tree(file, file, "", 0, &t)) return FAIR_BINDING_FAILS;
    if (fair_cbor_find(map, "exclusions", INT64_MIN, &list) && (fair_cbor_head(&list, &count) != 4 || count > EXCLUSIONS)) return FAIR_BINDING_FAILS;
    for (uint64_t i = 0; i < count; i++) {
        fair_str xpath = fair_cbor_find_string(list, "xpath", 3);
        bool bad = xpath.p == NULL;
        if (xpath.p != NULL && xpath.n > 0 && memchr(xpath.p, '[', xpath.n) != NULL) {
            *why = "it leaves out boxes by a path that is not followed here";
            return FAIR_BINDING_ELSEWHERE;
        }
        for (size_t k = 0; k < t.n && !bad; k++) {
            if (!fair_str_eq(xpath, fair_str_of(t.v[k].path)) || !meant(file, &t.v[k], list, &bad)) continue;
            picture |= picture_left_out(xpath);
            bad |= !exclude(&t.v[k], list, out);
        }
        fair_cbor_skip(&list, 0);
        if (bad || list.bad) return FAIR_BINDING_FAILS;
    }
    if (want.n > 0 && !bmff_is(file, &t, out, version, own.n > 0 ? own : alg, want, a)) return FAIR_BINDING_FAILS;
    *why = "it leaves the picture's data out";
    if (picture) return FAIR_BINDING_ELSEWHERE;
    *why = "its data are hashed in pieces (a Merkle tree), which are not checked here";
    if ((fair_cbor_find(map, "merkle", INT64_MIN, &merkle) && !is_null(merkle)) || want.n == 0) return FAIR_BINDING_ELSEWHERE;
    return FAIR_BINDING_HOLDS;
}
