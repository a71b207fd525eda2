/* c2pa.c - content credentials: the store of manifests, the claim, its COSE signature (RFC 9052) and its assertions. */
#include "image/codecs/c2pa.h"
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>
#include "base/digest.h"
#include "image/codecs/c2pa_private.h"

#define STORE_MAX ((size_t)32 << 20)
#define CERTS 8
#define ASSERTIONS 256

/* The label of a superbox's content, and what follows its description. */
static fair_str
label_of(fair_str content, fair_str *children)
{
    struct box d;
    const char *end;

    *children = content;
    if (!fair_box_next(children, &d) || strcmp(d.type, "jumd") != 0 || d.content.n < 18 || (d.content.p[16] & 2) == 0) return (fair_str){ NULL, 0 };
    end = memchr(d.content.p + 17, '\0', d.content.n - 17);
    if (end == NULL) return (fair_str){ NULL, 0 };
    return (fair_str){ d.content.p + 17, (size_t)(end - d.content.p) - 17 };
}

/* A superbox of this label among the boxes; its content. */
static bool
child(fair_str boxes, fair_str label, fair_str *content)
{
    struct box b;
    fair_str inside;

    for (int i = 0; i < 4096 && fair_box_next(&boxes, &b); i++)
        if (strcmp(b.type, "jumb") == 0 && fair_str_eq(label_of(b.content, &inside), label)) {
            *content = b.content;
            return true;
        }
    return false;
}

static fair_str
cbor_box(fair_str content)
{
    struct box b;
    fair_str rest;

    (void)label_of(content, &rest);
    while (fair_box_next(&rest, &b))
        if (strcmp(b.type, "cbor") == 0) return b.content;
    return (fair_str){ NULL, 0 };
}

/* ---- where the store lies ------------------------------------------------------------------------------------- */

struct gathered { fair_str file; struct fair_buf b; };

static void
gather(void *arg, size_t at, size_t n, size_t skip)
{
    struct gathered *g = arg;
    fair_buf_add(&g->b, (fair_str){ g->file.p + at + skip, n - skip });
}

static fair_str
in_jpeg(struct fair_arena *a, fair_str s)
{
    struct gathered g = { s, FAIR_BUF(a, STORE_MAX) };

    fair_c2pa_jpeg_segments(s, gather, &g);
    return g.b.over || g.b.p == NULL ? (fair_str){ NULL, 0 } : (fair_str){ g.b.p, g.b.n };
}

static fair_str
in_chunks(fair_str s, size_t at, const char *type, bool little)
{
    while (at + 8 <= s.n) {
        const uint8_t *b = (const uint8_t *)s.p + at + (little ? 4 : 0);
        size_t n = little ? (size_t)b[0] | (size_t)b[1] << 8 | (size_t)b[2] << 16 | (size_t)b[3] << 24 : fair_be32_at(s.p + at);
        if (n > s.n - at - 8) break;
        if (memcmp(s.p + at + (little ? 0 : 4), type, 4) == 0) return (fair_str){ s.p + at + 8, n };
        at += little ? 8 + n + n % 2 : 12 + n;
        if (at > s.n) break;
    }
    return (fair_str){ NULL, 0 };
}

static fair_str
in_bmff(fair_str s)
{
    static const char uuid[] = "\xd8\xfe\xc3\xd6\x1b\x0e\x48\x3c\x92\x97\x58\x28\x87\x7e\xc4\x81";
    struct box b;

    for (int i = 0; i < 4096 && fair_box_next(&s, &b); i++) {
        const char *end;
        if (strcmp(b.type, "uuid") != 0 || b.content.n < 40 || memcmp(b.content.p, uuid, 16) != 0) continue;
        end = memchr(b.content.p + 20, '\0', b.content.n - 20);
        if (end == NULL || (size_t)(b.content.p + b.content.n - end) < 9 || !fair_str_eq((fair_str){ b.content.p + 20, (size_t)(end - b.content.p) - 20 }, FAIR_STR("manifest"))) continue;
        return (fair_str){ end + 9, (size_t)(b.content.p + b.content.n - end) - 9 };
    }
    return (fair_str){ NULL, 0 };
}

static fair_str
store_of(struct fair_arena *a, fair_str s)
{
    if (s.n > 3 && memcmp(s.p, "\xff\xd8\xff", 3) == 0) return in_jpeg(a, s);
    if (s.n > 8 && memcmp(s.p, "\x89PNG", 4) == 0) return in_chunks(s, 8, "caBX", false);
    if (s.n > 12 && memcmp(s.p, "RIFF", 4) == 0) return in_chunks(s, 12, "C2PA", true);
    if (s.n > 12 && memcmp(s.p + 4, "ftyp", 4) == 0) return in_bmff(s);
    return (fair_str){ NULL, 0 };
}

/* ---- the signature -------------------------------------------------------------------------------------------- */

static void
put_head(struct fair_buf *b, int major, size_t n)
{
    if (n < 24) fair_buf_byte(b, (char)(major << 5 | (int)n));
    else {
        fair_buf_byte(b, (char)(major << 5 | 26));
        for (int i = 3; i >= 0; i--) fair_buf_byte(b, (char)(n >> (8 * i)));
    }
}

/* Canonical heads, as signers write them. */
static void
put_bytes(struct fair_buf *b, int major, fair_str s)
{
    if (s.n >= 24 && s.n < 256) {
        fair_buf_byte(b, (char)(major << 5 | 24));
        fair_buf_byte(b, (char)s.n);
    } else if (s.n >= 256 && s.n < 65536) {
        fair_buf_byte(b, (char)(major << 5 | 25));
        fair_buf_byte(b, (char)(s.n >> 8));
        fair_buf_byte(b, (char)s.n);
    } else put_head(b, major, s.n);
    fair_buf_add(b, s);
}

static fair_str
name_in(struct fair_arena *a, const X509_NAME *name)
{
    static const int nids[] = { NID_organizationName, NID_commonName };
    struct fair_buf b = FAIR_BUF(a, 1024);

    for (size_t i = 0; i < 2; i++) {
        char text[256];
        int n = X509_NAME_get_text_by_NID((X509_NAME *)(uintptr_t)name, nids[i], text, sizeof text);
        if (n > 0) fair_buf_fmt(&b, "%s%s", b.n > 0 ? ", " : "", text);
    }
    return b.p != NULL ? fair_utf8_mend(a, (fair_str){ b.p, b.n }) : FAIR_STR("");
}

/* An ECDSA signature of two numbers as DER wants it (RFC 9053 2.1 has them bare, one behind the other). */
static fair_str
der_of(struct fair_arena *a, fair_str raw)
{
    struct fair_buf b = FAIR_BUF(a, 300), inner = FAIR_BUF(a, 300);

    for (int k = 0; k < 2; k++) {
        fair_str v = { raw.p + k * (raw.n / 2), raw.n / 2 };
        while (v.n > 1 && v.p[0] == 0) v = (fair_str){ v.p + 1, v.n - 1 };
        fair_buf_byte(&inner, 2);
        fair_buf_byte(&inner, (char)(v.n + ((uint8_t)v.p[0] >> 7)));
        if ((uint8_t)v.p[0] >> 7) fair_buf_byte(&inner, 0);
        fair_buf_add(&inner, v);
    }
    fair_buf_byte(&b, 0x30);
    if (inner.n >= 128) fair_buf_byte(&b, (char)0x81);
    fair_buf_byte(&b, (char)inner.n);
    fair_buf_add(&b, (fair_str){ inner.p, inner.n });
    return (fair_str){ b.p, b.n };
}

static const struct alg { int64_t id; const char *name; int kind; /* 'e' ECDSA, 'p' PSS, 'd' EdDSA */ int bits; size_t raw; } algs[] = {
    { -7, "ES256", 'e', 256, 64 }, { -35, "ES384", 'e', 384, 96 }, { -36, "ES512", 'e', 512, 132 },
    { -37, "PS256", 'p', 256, 0 }, { -38, "PS384", 'p', 384, 0 }, { -39, "PS512", 'p', 512, 0 }, { -8, "EdDSA", 'd', 0, 64 } };

static bool
verify(struct fair_arena *a, const struct alg *alg, EVP_PKEY *key, fair_str signed_, fair_str signature)
{
    const EVP_MD *md = alg->bits == 256 ? EVP_sha256() : alg->bits == 384 ? EVP_sha384() : alg->bits == 512 ? EVP_sha512() : NULL;
    int type = EVP_PKEY_base_id(key);
    EVP_MD_CTX *c;
    EVP_PKEY_CTX *pc = NULL;
    bool ok;

    if (alg->kind == 'e' ? type != EVP_PKEY_EC : alg->kind == 'd' ? type != EVP_PKEY_ED25519 : type != EVP_PKEY_RSA && type != EVP_PKEY_RSA_PSS) return false;
    if (alg->raw != 0 && signature.n != alg->raw) return false;
    if (signature.n == 0) return false;
    if (alg->kind == 'e') signature = der_of(a, signature);
    c = EVP_MD_CTX_new();
    if (c == NULL) return false;
    ok = EVP_DigestVerifyInit(c, &pc, md, NULL, key) == 1;
    if (ok && alg->kind == 'p') ok = EVP_PKEY_CTX_set_rsa_padding(pc, RSA_PKCS1_PSS_PADDING) == 1 && EVP_PKEY_CTX_set_rsa_pss_saltlen(pc, RSA_PSS_SALTLEN_DIGEST) == 1;
    ok = ok && EVP_DigestVerify(c, (const unsigned char *)signature.p, signature.n, (const unsigned char *)signed_.p, signed_.n) == 1;
    EVP_MD_CTX_free(c);
    return ok;
}

static bool
fails(struct fair_arena *a, struct fair_c2pa *out, const char *code, const char *words)
{
    out->state = FAIR_C2PA_INVALID;
    out->why = fair_str_fmt(a, "%s: %s", code, words);
    return false;
}

/* The chain that came along: each signed by the next.  certs[0] is the signer's. */
static bool
take_chain(struct cbor chain, X509 **certs, size_t *n, struct fair_arena *a, struct fair_c2pa *out)
{
    struct fair_buf b = FAIR_BUF(a, 1024);
    uint64_t count = 1;
    bool list = chain.at < chain.n && chain.p[chain.at] >> 5 == 4;

    if (list && (fair_cbor_head(&chain, &count) != 4 || count == 0 || count > CERTS)) return fails(a, out, "signingCredential.invalid", "no chain of certificates");
    for (uint64_t i = 0; i < count; i++) {
        fair_str der;
        const unsigned char *p;
        struct fair_sha256 sha;
        if (!fair_cbor_string(&chain, 2, &der) || der.n > 65536) return fails(a, out, "signingCredential.invalid", "a certificate that is none");
        p = (const unsigned char *)der.p;
        certs[*n] = d2i_X509(NULL, &p, (long)der.n);
        if (certs[*n] == NULL) return fails(a, out, "signingCredential.invalid", "a certificate that cannot be read");
        ++*n;
        sha = fair_sha256_of(der.p, der.n);
        fair_buf_fmt(&b, "%s%.*s", i > 0 ? "," : "", FAIR_STR_ARG(fair_hex(a, sha.b, 32)));
    }
    out->chain = (fair_str){ b.p, b.n };
    for (size_t i = 0; i + 1 < *n; i++) {
        EVP_PKEY *above = X509_get0_pubkey(certs[i + 1]);
        if (above == NULL || X509_verify(certs[i], above) != 1) return fails(a, out, "signingCredential.invalid", "the chain of certificates does not hold");
    }
    return true;
}

static bool
check_signature(fair_str cose, fair_str claim, fair_time now, struct fair_arena *a, struct fair_c2pa *out)
{
    struct cbor c = fair_cbor_of(cose), protected_map, chain;
    fair_str protected_, signature;
    X509 *certs[CERTS] = { NULL };
    size_t n_certs = 0;
    const struct alg *alg = NULL;
    struct fair_buf b = FAIR_BUF(a, STORE_MAX);
    uint64_t v;
    bool ok = false;

    while (c.at < c.n && c.p[c.at] >> 5 == 6) (void)fair_cbor_head(&c, &v);
    if (fair_cbor_head(&c, &v) != 4 || v != 4 || !fair_cbor_string(&c, 2, &protected_)) return fails(a, out, "claimSignature.missing", "no COSE signature");
    protected_map = fair_cbor_of(protected_);
    {
        struct cbor id;
        int major = fair_cbor_find(protected_map, NULL, 1, &id) ? fair_cbor_head(&id, &v) : -1;
        int64_t value = major == 0 ? (int64_t)(v & INT32_MAX) : major == 1 && v < INT32_MAX ? -1 - (int64_t)v : 0;
        for (size_t i = 0; i < sizeof algs / sizeof algs[0]; i++)
            if (algs[i].id == value) alg = &algs[i];
    }
    if (alg == NULL) return fails(a, out, "algorithm.unsupported", "an algorithm that the specification does not allow");
    out->alg = fair_str_of(alg->name);
    if (!fair_cbor_find(protected_map, "x5chain", 33, &chain) && !fair_cbor_find(c, "x5chain", 33, &chain)) return fails(a, out, "signingCredential.invalid", "no certificate came along");
    fair_cbor_skip(&c, 0);
    fair_cbor_skip(&c, 0);
    if (c.bad || !fair_cbor_string(&c, 2, &signature)) return fails(a, out, "claimSignature.missing", "no signature");
    if (take_chain(chain, certs, &n_certs, a, out)) {
        EVP_PKEY *key = X509_get0_pubkey(certs[0]);
        time_t at = (time_t)(now / FAIR_SECOND);
        out->signer = name_in(a, X509_get_subject_name(certs[0]));
        out->issuer = name_in(a, X509_get_issuer_name(certs[0]));
        out->expired = X509_cmp_time(X509_get0_notAfter(certs[0]), &at) < 0;
        put_head(&b, 4, 4);
        put_bytes(&b, 3, FAIR_STR("Signature1"));
        put_bytes(&b, 2, protected_);
        put_bytes(&b, 2, FAIR_STR(""));
        put_bytes(&b, 2, claim);
        ok = key != NULL && !b.over && verify(a, alg, key, (fair_str){ b.p, b.n }, signature);
        if (!ok) fails(a, out, "claimSignature.mismatch", "the signature is not of this claim");
    }
    for (size_t i = 0; i < n_certs; i++) X509_free(certs[i]);
    return ok;
}

/* ---- assertions ------------------------------------------------------------------------------------------------- */

/* Are the assertions of this manifest those that its claim names? */
static bool
assertions_hold(fair_str manifest, fair_str alg)
{
    static const char *const lists[] = { "assertions", "created_assertions", "gathered_assertions" };
    fair_str parts, content, claim, inside;

    (void)label_of(manifest, &parts);
    if (!child(parts, FAIR_STR("c2pa.claim"), &content) && !child(parts, FAIR_STR("c2pa.claim.v2"), &content)) return false;
    claim = cbor_box(content);
    if (!child(parts, FAIR_STR("c2pa.assertions"), &content)) return false;
    (void)label_of(content, &inside);
    for (size_t i = 0; i < 3; i++) {
        struct cbor list;
        uint64_t n;
        if (!fair_cbor_find(fair_cbor_of(claim), lists[i], INT64_MIN, &list)) continue;
        if (fair_cbor_head(&list, &n) != 4 || n > ASSERTIONS) return false;
        for (uint64_t k = 0; k < n; k++) {
            fair_str url = fair_cbor_find_string(list, "url", 3), hash = fair_cbor_find_string(list, "hash", 2), own = fair_cbor_find_string(list, "alg", 3);
            const char *slash = url.n > 0 ? memrchr(url.p, '/', url.n) : NULL;
            if (slash != NULL) url = (fair_str){ slash + 1, (size_t)(url.p + url.n - slash) - 1 };
            if (url.n == 0 || !child(inside, url, &content) || !fair_c2pa_hash_is(own.n > 0 ? own : alg, &content, 1, hash)) return false;
            fair_cbor_skip(&list, 0);
            if (list.bad) return false;
        }
    }
    return true;
}

/* The hash of a manifest: of its box's content, or, as older files have it, of its claim, which names its assertions by theirs. */
static bool
manifest_is(fair_str manifest, fair_str alg, fair_str hash)
{
    fair_str parts, content, claim;

    if (fair_c2pa_hash_is(alg, &manifest, 1, hash)) return true;
    (void)label_of(manifest, &parts);
    if (!child(parts, FAIR_STR("c2pa.claim"), &content) && !child(parts, FAIR_STR("c2pa.claim.v2"), &content)) return false;
    claim = cbor_box(content);
    return claim.n > 0 && fair_c2pa_hash_is(alg, &claim, 1, hash) && assertions_hold(manifest, alg);
}

/* An ingredient whose own manifest came along names it by its hash: was that changed since?  (Whether it holds in itself is
 * the ingredient's business, and what the signer wrote of that is part of the assertion.) */
static bool
ingredient_holds(fair_str cbor, fair_str manifests, fair_str alg)
{
    static const char *const names[] = { "c2pa_manifest", "activeManifest", "c2paManifest" };
    struct cbor link;

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        fair_str url, hash, own, content;
        const char *slash;
        if (!fair_cbor_find(fair_cbor_of(cbor), names[i], INT64_MIN, &link)) continue;
        url = fair_cbor_find_string(link, "url", 3);
        hash = fair_cbor_find_string(link, "hash", 2);
        own = fair_cbor_find_string(link, "alg", 3);
        slash = url.n > 0 ? memrchr(url.p, '/', url.n) : NULL;
        if (slash != NULL) url = (fair_str){ slash + 1, (size_t)(url.p + url.n - slash) - 1 };
        if (url.n == 0 || !child(manifests, url, &content) || !manifest_is(content, own.n > 0 ? own : alg, hash)) return false;
    }
    return true;
}

/* One assertion that binds to the picture. */
static bool
check_binding(fair_str label, fair_str cbor, fair_str file, fair_str alg, bool *bound, const char **other, struct fair_arena *a, struct fair_c2pa *out)
{
    static const struct { const char *label, *code; int version; } kinds[] = { { "c2pa.hash.data", "assertion.dataHash.mismatch", 0 }, { "c2pa.hash.boxes", "assertion.boxesHash.mismatch", -1 },
        { "c2pa.hash.bmff.v3", "assertion.bmffHash.mismatch", 3 }, { "c2pa.hash.bmff.v2", "assertion.bmffHash.mismatch", 2 }, { "c2pa.hash.bmff", "assertion.bmffHash.mismatch", 1 } };
    const char *why = NULL;

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        enum fair_binding is;
        fair_str kind = fair_str_of(kinds[i].label);
        /* "label" or, the second of a kind, "label__1" */
        if (!fair_str_starts(label, kind) || (label.n > kind.n && memcmp(label.p + kind.n, "__", label.n - kind.n < 2 ? 1 : 2) != 0)) continue;
        is = kinds[i].version == 0 ? fair_c2pa_data_hash(file, cbor, alg) : kinds[i].version < 0 ? fair_c2pa_boxes_hash(file, cbor, alg, a, &why)
           : fair_c2pa_bmff_hash(file, cbor, alg, kinds[i].version, a, &why);
        if (is == FAIR_BINDING_FAILS) return fails(a, out, kinds[i].code, "the picture is not the one that was signed");
        if (is == FAIR_BINDING_HOLDS) *bound = true;
        else *other = why;
        return true;
    }
    *other = "bound to the picture in a way that is not checked here";
    return true;
}

static bool
check_assertions(struct cbor claim, const char *list_name, fair_str assertions, fair_str manifests, fair_str alg, fair_str file, bool *bound, const char **other, struct fair_arena *a, struct fair_c2pa *out)
{
    struct cbor list;
    uint64_t n;

    if (!fair_cbor_find(claim, list_name, INT64_MIN, &list)) return true;
    if (fair_cbor_head(&list, &n) != 4 || n > ASSERTIONS) return fails(a, out, "claim.malformed", "no list of assertions");
    for (uint64_t i = 0; i < n; i++) {
        fair_str url = fair_cbor_find_string(list, "url", 3), hash = fair_cbor_find_string(list, "hash", 2), own = fair_cbor_find_string(list, "alg", 3), label = url, content, cbor;
        const char *slash = url.n > 0 ? memrchr(url.p, '/', url.n) : NULL;
        if (slash != NULL) label = (fair_str){ slash + 1, (size_t)(url.p + url.n - slash) - 1 };
        if (label.n == 0 || !child(assertions, label, &content)) return fails(a, out, "assertion.missing", fair_str_escape(a, (fair_str){ label.p, label.n < 80 ? label.n : 80 }).p);
        if (!fair_c2pa_hash_is(own.n > 0 ? own : alg, &content, 1, hash)) return fails(a, out, "assertion.hashedURI.mismatch", fair_str_escape(a, (fair_str){ label.p, label.n < 80 ? label.n : 80 }).p);
        cbor = cbor_box(content);
        if (fair_str_starts(label, FAIR_STR("c2pa.ingredient")) && cbor.n > 0 && !ingredient_holds(cbor, manifests, alg))
            return fails(a, out, "ingredient.hashedURI.mismatch", "the manifest of a picture it was made from was changed");
        if (fair_str_starts(label, FAIR_STR("c2pa.hash.")) && !check_binding(label, cbor, file, alg, bound, other, a, out)) return false;
        fair_cbor_skip(&list, 0);
        if (list.bad) return fails(a, out, "claim.malformed", "a list of assertions that breaks off");
    }
    return true;
}

void
fair_c2pa_read(const void *bytes, size_t n, fair_time now, struct fair_arena *a, struct fair_c2pa *out)
{
    fair_str file = { bytes, n }, store = store_of(a, file), rest, top, manifests, active = { NULL, 0 }, parts, inside, content, claim, cose, assertions, alg;
    struct cbor map;
    struct box b;
    const char *other = NULL;
    bool bound = false;

    *out = (struct fair_c2pa){ .state = FAIR_C2PA_NONE };
    if (store.n == 0) return;
    rest = store;
    if (!fair_box_next(&rest, &b) || strcmp(b.type, "jumb") != 0 || !fair_str_eq(label_of(top = b.content, &manifests), FAIR_STR("c2pa"))) {
        fails(a, out, "jumbf.malformed", "the store of manifests cannot be read");
        return;
    }
    rest = manifests;
    for (int i = 0; i < 4096 && fair_box_next(&rest, &b); i++)
        if (strcmp(b.type, "jumb") == 0) active = b.content;      /* the last one is the active one */
    if (active.p == NULL || label_of(active, &parts).p == NULL) {
        fails(a, out, "claim.missing", "no manifest in the store");
        return;
    }
    if (!child(parts, FAIR_STR("c2pa.claim"), &content) && !child(parts, FAIR_STR("c2pa.claim.v2"), &content)) {
        fails(a, out, "claim.missing", "the manifest has no claim");
        return;
    }
    claim = cbor_box(content);
    if (!child(parts, FAIR_STR("c2pa.signature"), &content)) {
        fails(a, out, "claimSignature.missing", "the manifest has no signature");
        return;
    }
    cose = cbor_box(content);
    if (claim.n == 0 || cose.n == 0 || !child(parts, FAIR_STR("c2pa.assertions"), &assertions)) {
        fails(a, out, "claim.missing", "the manifest is not whole");
        return;
    }
    (void)label_of(assertions, &inside);
    map = fair_cbor_of(claim);
    out->generator = fair_str_escape(a, fair_cbor_find_string(map, "claim_generator", 3));
    if (out->generator.n > 200) out->generator.n = 200;
    alg = fair_cbor_find_string(map, "alg", 3);
    if (!check_signature(cose, claim, now, a, out)) return;
    if (!check_assertions(map, "assertions", inside, manifests, alg, file, &bound, &other, a, out) || !check_assertions(map, "created_assertions", inside, manifests, alg, file, &bound, &other, a, out) ||
        !check_assertions(map, "gathered_assertions", inside, manifests, alg, file, &bound, &other, a, out))
        return;
    {
        struct cbor list;
        if (!fair_cbor_find(map, "assertions", INT64_MIN, &list) && !fair_cbor_find(map, "created_assertions", INT64_MIN, &list)) {
            fails(a, out, "claim.malformed", "the claim names no assertions");
            return;
        }
    }
    out->state = bound ? FAIR_C2PA_SIGNED : FAIR_C2PA_UNBOUND;
    if (!bound) out->why = fair_str_of(other != NULL ? other : "bound to no picture");
}

fair_str
fair_c2pa_words(struct fair_arena *a, const struct fair_c2pa *c)
{
    static const char *const state[] = { "none", "invalid", "unbound", "signed", "remote" };

    if (c->state == FAIR_C2PA_NONE) return (fair_str){ NULL, 0 };
    return fair_str_fmt(a, "%s%s%.*s%s%.*s%s%.*s%s%.*s%s%s%.*s%s%.*s", state[c->state], c->why.n > 0 ? ": " : "", FAIR_STR_ARG(c->why), c->signer.n > 0 ? "; signer " : "",
                        FAIR_STR_ARG(c->signer), c->issuer.n > 0 ? "; issuer " : "", FAIR_STR_ARG(c->issuer), c->alg.n > 0 ? "; " : "", FAIR_STR_ARG(c->alg),
                        c->expired ? "; its certificate is over" : "", c->generator.n > 0 ? "; made with " : "", FAIR_STR_ARG(c->generator), c->chain.n > 0 ? "; chain=" : "",
                        FAIR_STR_ARG(c->chain));
}
