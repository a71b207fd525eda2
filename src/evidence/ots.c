/* evidence/ots.c - reads OpenTimestamps proofs (the format of the OpenTimestamps project, version 1). */
#include "evidence/ots.h"
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include "base/clock.h"

enum { MESSAGE = 4096, DEPTH = 256, STEPS = 4096, PAYLOAD = 8192, URI = 1000 };

static const char magic[31] = "\x00OpenTimestamps\x00\x00Proof\x00\xbf\x89\xe2\xe8\x84\xe8\x92\x94";

struct reader {
    const uint8_t *begin, *p, *end;
    struct fair_arena *a;
    struct fair_ots *out;
    size_t room, steps;
    size_t last;              /* where the last branch of the whole begins */
    struct fair_err *err;
};

/* ---- Keccak-256 as Ethereum uses it (padding 0x01, not SHA-3's) ---- */

static uint64_t
rotate(uint64_t v, unsigned n)
{
    return n == 0 ? v : v << n | v >> (64 - n);
}

static void
keccak_f(uint64_t s[25])
{
    static const unsigned turns[24] = { 1, 3, 6, 10, 15, 21, 28, 36, 45, 55, 2, 14, 27, 41, 56, 8, 25, 43, 62, 18, 39, 61, 20, 44 };
    static const unsigned lanes[24] = { 10, 7, 11, 17, 18, 3, 5, 16, 8, 21, 24, 4, 15, 23, 19, 13, 12, 2, 20, 14, 22, 9, 6, 1 };
    uint8_t lfsr = 1;

    for (int round = 0; round < 24; round++) {
        uint64_t c[5], t;
        for (int x = 0; x < 5; x++) c[x] = s[x] ^ s[x + 5] ^ s[x + 10] ^ s[x + 15] ^ s[x + 20];
        for (int x = 0; x < 5; x++) {
            t = c[(x + 4) % 5] ^ rotate(c[(x + 1) % 5], 1);
            for (int y = 0; y < 25; y += 5) s[y + x] ^= t;
        }
        t = s[1];
        for (int i = 0; i < 24; i++) {
            uint64_t next = s[lanes[i]];
            s[lanes[i]] = rotate(t, turns[i]);
            t = next;
        }
        for (int y = 0; y < 25; y += 5) {
            for (int x = 0; x < 5; x++) c[x] = s[y + x];
            for (int x = 0; x < 5; x++) s[y + x] = c[x] ^ (~c[(x + 1) % 5] & c[(x + 2) % 5]);
        }
        for (int j = 0; j < 7; j++) {           /* the round constant, by its shift register (FIPS 202, 3.2.5) */
            if ((lfsr & 1) != 0) s[0] ^= (uint64_t)1 << ((1u << j) - 1);
            lfsr = (uint8_t)((lfsr << 1) ^ ((lfsr & 0x80) != 0 ? 0x71 : 0));
        }
    }
}

static void
keccak256(const uint8_t *p, size_t n, uint8_t out[32])
{
    uint64_t s[25] = { 0 };
    uint8_t *b = (uint8_t *)s;
    size_t at = 0;

    for (size_t i = 0; i < n; i++) {
        b[at++] ^= p[i];
        if (at == 136) {
            keccak_f(s);
            at = 0;
        }
    }
    b[at] ^= 0x01;
    b[135] ^= 0x80;
    keccak_f(s);
    memcpy(out, b, 32);
}

/* ---- the way ---- */

static fair_status
broken(struct reader *r)
{
    return fair_fail(r->err, FAIR_CORRUPT, "time-stamp proof: it breaks off");
}

static fair_status
byte(struct reader *r, uint8_t *out)
{
    if (r->p == r->end) return broken(r);
    *out = *r->p++;
    return FAIR_OK;
}

static fair_status
number(struct reader *r, uint64_t max, uint64_t *out)
{
    uint64_t v = 0;
    uint8_t b = 0;

    for (unsigned shift = 0;; shift += 7) {
        FAIR_TRY(byte(r, &b));
        if (shift > 56) return fair_fail(r->err, FAIR_LIMIT, "time-stamp proof: a number without end");
        v |= (uint64_t)(b & 0x7f) << shift;
        if ((b & 0x80) == 0) break;
    }
    if (v > max) return fair_fail(r->err, FAIR_LIMIT, "time-stamp proof: %llu is over %llu", (unsigned long long)v, (unsigned long long)max);
    *out = v;
    return FAIR_OK;
}

static fair_status
bytes(struct reader *r, size_t min, size_t max, fair_str *out)
{
    uint64_t n = 0;

    FAIR_TRY(number(r, max, &n));
    if (n < min) return fair_fail(r->err, FAIR_CORRUPT, "time-stamp proof: an empty part");
    if (n > (uint64_t)(r->end - r->p)) return broken(r);
    *out = (fair_str){ (const char *)r->p, (size_t)n };
    r->p += n;
    return FAIR_OK;
}

static const struct { uint8_t tag; const char *name, *evp; size_t n; } digests[] = {
    { 0x02, "sha1", "SHA1", 20 }, { 0x03, "ripemd160", "RIPEMD160", 20 }, { 0x08, "sha256", "SHA256", 32 }, { 0x67, "keccak256", NULL, 32 },
};

static fair_status
digest(struct reader *r, size_t which, fair_str msg, fair_str *out)
{
    uint8_t *p = fair_alloc(r->a, 64);

    if (digests[which].evp == NULL) {
        keccak256((const uint8_t *)msg.p, msg.n, p);
    } else {
        const EVP_MD *md = EVP_get_digestbyname(digests[which].evp);
        unsigned n = 0;
        if (md == NULL || EVP_Digest(msg.p, msg.n, p, &n, md, NULL) != 1 || n != digests[which].n)
            return fair_fail(r->err, FAIR_INVALID, "time-stamp proof: this machine has no %s", digests[which].name);
    }
    *out = (fair_str){ (char *)p, digests[which].n };
    return FAIR_OK;
}

static fair_status
operation(struct reader *r, uint8_t tag, fair_str msg, fair_str *out)
{
    fair_str part;
    char *p;

    if (++r->steps > STEPS) return fair_fail(r->err, FAIR_LIMIT, "time-stamp proof: more than %d steps", STEPS);
    for (size_t i = 0; i < sizeof digests / sizeof digests[0]; i++)
        if (digests[i].tag == tag) return digest(r, i, msg, out);
    switch (tag) {
    case 0xf0: case 0xf1:                       /* append, prepend */
        FAIR_TRY(bytes(r, 1, MESSAGE, &part));
        if (msg.n + part.n > MESSAGE) break;
        p = fair_alloc(r->a, msg.n + part.n + 1);
        memcpy(p, tag == 0xf0 ? msg.p : part.p, tag == 0xf0 ? msg.n : part.n);
        memcpy(p + (tag == 0xf0 ? msg.n : part.n), tag == 0xf0 ? part.p : msg.p, tag == 0xf0 ? part.n : msg.n);
        *out = (fair_str){ p, msg.n + part.n };
        return FAIR_OK;
    case 0xf2:                                  /* reverse */
        p = fair_alloc(r->a, msg.n + 1);
        for (size_t i = 0; i < msg.n; i++) p[i] = msg.p[msg.n - 1 - i];
        *out = (fair_str){ p, msg.n };
        return FAIR_OK;
    case 0xf3:                                  /* hexlify */
        if (2 * msg.n > MESSAGE) break;
        *out = fair_hex(r->a, msg.p, msg.n);
        return FAIR_OK;
    default:
        return fair_fail(r->err, FAIR_INVALID, "time-stamp proof: an operation we do not know: %02x", tag);
    }
    return fair_fail(r->err, FAIR_LIMIT, "time-stamp proof: a message over %d bytes", MESSAGE);
}

static const struct { enum fair_ots_kind kind; uint8_t tag[8]; } marks[] = {
    { FAIR_OTS_PENDING, { 0x83, 0xdf, 0xe3, 0x0d, 0x2e, 0xf9, 0x0c, 0x8e } },
    { FAIR_OTS_BITCOIN, { 0x05, 0x88, 0x96, 0x0d, 0x73, 0xd7, 0x19, 0x01 } },
    { FAIR_OTS_LITECOIN, { 0x06, 0x86, 0x9a, 0x0d, 0x73, 0xd7, 0x1b, 0x45 } },
    { FAIR_OTS_ETHEREUM, { 0x30, 0xfe, 0x80, 0x87, 0xb5, 0xc7, 0xea, 0xd7 } },
};

static bool
calendar(fair_str uri)
{
    for (size_t i = 0; i < uri.n; i++) {
        char c = uri.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '/' || c == ':'))
            return false;
    }
    return true;
}

static fair_status
attestation(struct reader *r, fair_str msg, bool another)
{
    struct fair_ots_mark m = { .kind = FAIR_OTS_UNKNOWN, .height = -1, .commitment = msg, .at = (size_t)(r->p - r->begin) - 1, .more = another };
    struct reader inner = *r;
    uint64_t height = 0;

    if (r->end - r->p < 8) return broken(r);
    memcpy(m.tag, r->p, 8);
    r->p += 8;
    FAIR_TRY(bytes(r, 0, PAYLOAD, &m.payload));
    m.end = (size_t)(r->p - r->begin);
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        if (memcmp(m.tag, marks[i].tag, 8) == 0) m.kind = marks[i].kind;
    inner.p = (const uint8_t *)m.payload.p;
    inner.end = inner.p + m.payload.n;
    if (m.kind == FAIR_OTS_PENDING) {
        FAIR_TRY(bytes(&inner, 0, URI, &m.uri));
        if (!calendar(m.uri)) return fair_fail(r->err, FAIR_CORRUPT, "time-stamp proof: a calendar's address with other characters than it may have");
    } else if (m.kind != FAIR_OTS_UNKNOWN) {
        FAIR_TRY(number(&inner, INT32_MAX, &height));
        m.height = (int64_t)height;
    }
    if (m.kind != FAIR_OTS_UNKNOWN && inner.p != inner.end) return fair_fail(r->err, FAIR_CORRUPT, "time-stamp proof: bytes behind an attestation");
    if (r->out->n == r->room) {
        struct fair_ots_mark *more = fair_alloc_array(r->a, r->room * 2 + 8, sizeof *more);
        if (r->out->n > 0) memcpy(more, r->out->marks, r->out->n * sizeof *more);
        r->out->marks = more;
        r->room = r->room * 2 + 8;
    }
    r->out->marks[r->out->n++] = m;
    return FAIR_OK;
}

static fair_status
way(struct reader *r, fair_str msg, int depth)
{
    uint8_t tag = 0;
    bool more = true;

    while (more) {
        fair_str next;
        if (depth > DEPTH) return fair_fail(r->err, FAIR_LIMIT, "time-stamp proof: more than %d steps deep", DEPTH);
        FAIR_TRY(byte(r, &tag));
        more = tag == 0xff;
        if (more) FAIR_TRY(byte(r, &tag));
        if (depth == 0) r->last = (size_t)(r->p - r->begin) - 1;
        if (tag == 0x00) {
            if (++r->steps > STEPS) return fair_fail(r->err, FAIR_LIMIT, "time-stamp proof: more than %d steps", STEPS);
            FAIR_TRY(attestation(r, msg, more));
            continue;
        }
        FAIR_TRY(operation(r, tag, msg, &next));
        FAIR_TRY(way(r, next, depth + 1));
    }
    return FAIR_OK;
}

fair_status
fair_ots_read(fair_str proof, struct fair_arena *a, struct fair_ots *out, struct fair_err *err)
{
    struct reader r = { .begin = (const uint8_t *)proof.p, .p = (const uint8_t *)proof.p, .end = (const uint8_t *)proof.p + proof.n, .a = a, .out = out, .err = err };
    uint64_t version = 0;
    uint8_t tag = 0;

    *out = (struct fair_ots){ 0 };
    if (proof.n > FAIR_OTS_MAX) return fair_fail(err, FAIR_LIMIT, "time-stamp proof: %zu bytes are over %zu", proof.n, FAIR_OTS_MAX);
    if (proof.n < sizeof magic || memcmp(proof.p, magic, sizeof magic) != 0) return fair_fail(err, FAIR_INVALID, "no OpenTimestamps proof");
    r.p += sizeof magic;
    FAIR_TRY(number(&r, INT32_MAX, &version));
    if (version != 1) return fair_fail(err, FAIR_INVALID, "time-stamp proof: version %llu is not 1", (unsigned long long)version);
    FAIR_TRY(byte(&r, &tag));
    for (size_t i = 0; i < sizeof digests / sizeof digests[0]; i++) {
        if (digests[i].tag != tag) continue;
        if ((size_t)(r.end - r.p) < digests[i].n) return broken(&r);
        out->hash = fair_str_of(digests[i].name);
        out->digest = (fair_str){ (const char *)r.p, digests[i].n };
        r.p += digests[i].n;
        FAIR_TRY(way(&r, out->digest, 0));
        if (r.p != r.end) return fair_fail(err, FAIR_CORRUPT, "time-stamp proof: bytes behind it");
        return FAIR_OK;
    }
    return fair_fail(err, FAIR_INVALID, "time-stamp proof: of a digest we do not know: %02x", tag);
}

fair_status
fair_ots_block(const struct fair_ots_mark *m, fair_str header, struct fair_arena *a, fair_time *at, fair_str *hash, struct fair_err *err)
{
    const uint8_t *h = (const uint8_t *)header.p;
    struct fair_sha256 id;
    uint8_t target[32] = { 0 }, shown[32];
    uint32_t bits, when;
    unsigned size;

    if (header.n != 80) return fair_fail(err, FAIR_INVALID, "block header: %zu bytes, not 80", header.n);
    if (m->commitment.n != 32 || memcmp(h + 36, m->commitment.p, 32) != 0)
        return fair_fail(err, FAIR_CORRUPT, "block header: its Merkle root is not what the proof leads to");
    id = fair_sha256_of(h, 80);
    id = fair_sha256_of(id.b, 32);
    for (int i = 0; i < 32; i++) shown[i] = id.b[31 - i];
    bits = (uint32_t)h[72] | (uint32_t)h[73] << 8 | (uint32_t)h[74] << 16 | (uint32_t)h[75] << 24;
    size = bits >> 24;
    /* The target: mantissa * 256^(size - 3), big-endian here; negative or over 2^224 is no target. */
    if ((bits & 0x800000) != 0 || size > 29 || size < 3) return fair_fail(err, FAIR_CORRUPT, "block header: no target in it");
    for (unsigned i = 0; i < 3; i++) target[32 - size + i] = (uint8_t)(bits >> (16 - 8 * i));
    if (memcmp(shown, target, 32) > 0) return fair_fail(err, FAIR_CORRUPT, "block header: its work was not done");
    when = (uint32_t)h[68] | (uint32_t)h[69] << 8 | (uint32_t)h[70] << 16 | (uint32_t)h[71] << 24;
    *at = (fair_time)when * FAIR_SECOND;
    *hash = fair_hex(a, shown, 32);
    return FAIR_OK;
}

struct fair_sha256
fair_ots_blind(const struct fair_sha256 *d, const uint8_t nonce[16])
{
    uint8_t b[48];

    memcpy(b, d->b, 32);
    memcpy(b + 32, nonce, 16);
    return fair_sha256_of(b, sizeof b);
}

fair_status
fair_ots_make(const struct fair_sha256 *d, const uint8_t nonce[16], const fair_str *answers, size_t n, struct fair_arena *a, fair_str *out,
              struct fair_err *err)
{
    struct fair_buf b = FAIR_BUF(a, FAIR_OTS_MAX);
    struct fair_ots check;

    fair_buf_add(&b, (fair_str){ magic, sizeof magic });
    fair_buf_byte(&b, 1);
    fair_buf_byte(&b, 0x08);
    fair_buf_add(&b, (fair_str){ (const char *)d->b, 32 });
    fair_buf_byte(&b, (char)0xf0);
    fair_buf_byte(&b, 16);
    fair_buf_add(&b, (fair_str){ (const char *)nonce, 16 });
    fair_buf_byte(&b, 0x08);
    for (size_t i = 0; i < n; i++) {
        if (i + 1 < n) fair_buf_byte(&b, (char)0xff);
        /* An answer with several branches may only stand last: the others are single ways, as calendars answer. */
        fair_buf_add(&b, answers[i]);
    }
    FAIR_TRY(fair_buf_take(&b, out, err));
    if (n == 0) return fair_fail(err, FAIR_INVALID, "time-stamp proof: no calendar answered");
    return fair_ots_read(*out, a, &check, err);
}

fair_status
fair_ots_upgrade(fair_str proof, size_t mark, fair_str answer, struct fair_arena *a, fair_str *out, struct fair_err *err)
{
    struct fair_ots o, further = { 0 };
    struct reader r = { .begin = (const uint8_t *)answer.p, .p = (const uint8_t *)answer.p, .end = (const uint8_t *)answer.p + answer.n, .a = a, .out = &further, .err = err };
    struct fair_buf b = FAIR_BUF(a, FAIR_OTS_MAX);
    const struct fair_ots_mark *m;
    size_t n, leads = 0;

    FAIR_TRY(fair_ots_read(proof, a, &o, err));
    if (mark >= o.n || o.marks[mark].kind != FAIR_OTS_PENDING) return fair_fail(err, FAIR_INVALID, "time-stamp proof: nothing is pending there");
    m = &o.marks[mark];
    n = o.n;
    FAIR_TRY(way(&r, m->commitment, 0));
    if (r.p != r.end) return fair_fail(err, FAIR_CORRUPT, "time-stamp proof: bytes behind the calendar's answer");
    for (size_t i = 0; i < further.n; i++) leads += further.marks[i].kind != FAIR_OTS_PENDING;
    if (leads == 0) return fair_fail(err, FAIR_AGAIN, "time-stamp proof: the calendar promises it still");
    /* Of several branches all but the last begin with 0xff; the answer's stand behind the mark. */
    fair_buf_add(&b, (fair_str){ proof.p, m->at });
    if (!m->more) fair_buf_byte(&b, (char)0xff);
    fair_buf_add(&b, (fair_str){ proof.p + m->at, m->end - m->at });
    fair_buf_add(&b, (fair_str){ answer.p, r.last });
    if (m->more) fair_buf_byte(&b, (char)0xff);
    fair_buf_add(&b, (fair_str){ answer.p + r.last, answer.n - r.last });
    fair_buf_add(&b, (fair_str){ proof.p + m->end, proof.n - m->end });
    FAIR_TRY(fair_buf_take(&b, out, err));
    FAIR_TRY(fair_ots_read(*out, a, &o, err));
    return o.n == n + further.n ? FAIR_OK : fair_fail(err, FAIR_CORRUPT, "time-stamp proof: the calendar's answer does not fit");
}

bool
fair_ots_complete(fair_str proof, struct fair_arena *a)
{
    struct fair_ots o;

    if (fair_ots_read(proof, a, &o, NULL) != FAIR_OK) return false;
    for (size_t i = 0; i < o.n; i++)
        if (o.marks[i].kind == FAIR_OTS_BITCOIN) return true;
    return false;
}

fair_str
fair_ots_words(fair_str proof, struct fair_arena *a)
{
    bool complete = fair_ots_complete(proof, a);
    struct fair_buf b = FAIR_BUF(a, 65536);
    struct fair_ots o;

    if (fair_ots_read(proof, a, &o, NULL) != FAIR_OK) return FAIR_STR("");
    for (size_t i = 0; i < o.n; i++) {
        const struct fair_ots_mark *m = &o.marks[i];
        if (complete ? m->kind == FAIR_OTS_BITCOIN : m->kind == FAIR_OTS_PENDING) fair_buf_c(&b, b.n > 0 ? ", " : "");
        if (complete && m->kind == FAIR_OTS_BITCOIN) fair_buf_fmt(&b, "in Bitcoin block %lld", (long long)m->height);
        else if (!complete && m->kind == FAIR_OTS_PENDING) fair_buf_fmt(&b, "pending at %.*s", FAIR_STR_ARG(m->uri));
    }
    return b.n > 0 && !b.over ? (fair_str){ b.p, b.n } : FAIR_STR("of a chain that we do not check");
}
