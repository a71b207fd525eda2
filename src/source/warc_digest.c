/* source/warc_digest.c - digests that archives tell of their records: "sha1:" and base32 or hex. */
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include "source/warc_private.h"

struct fair_warc_digest {
    EVP_MD_CTX *ctx;
    uint8_t want[64];
    size_t n;
    bool unreadable;          /* what was told cannot be a digest of this kind: nothing agrees with it */
};

static const struct { const char *name; const char *evp; size_t n; } kinds[] = {
    { "sha1", "SHA1", 20 },     { "sha-1", "SHA1", 20 },     { "sha256", "SHA256", 32 }, { "sha-256", "SHA256", 32 },
    { "md5", "MD5", 16 },       { "sha512", "SHA512", 64 },  { "sha-512", "SHA512", 64 }, { "sha384", "SHA384", 48 },
    { "sha-384", "SHA384", 48 },
};

/* RFC 4648 base32, either case, padding or none. */
static bool
unbase32(fair_str text, uint8_t *out, size_t n)
{
    uint64_t v = 0;
    unsigned bits = 0;
    size_t at = 0;

    while (text.n > 0 && text.p[text.n - 1] == '=') text.n--;
    if (text.n != (n * 8 + 4) / 5) return false;
    for (size_t i = 0; i < text.n; i++) {
        const char c = text.p[i];
        unsigned five;
        if (c >= 'A' && c <= 'Z') five = (unsigned)(c - 'A');
        else if (c >= 'a' && c <= 'z') five = (unsigned)(c - 'a');
        else if (c >= '2' && c <= '7') five = (unsigned)(c - '2') + 26;
        else return false;
        v = v << 5 | five;
        bits += 5;
        if (bits >= 8 && at < n) out[at++] = (uint8_t)(v >> (bits -= 8));
    }
    return at == n;
}

struct fair_warc_digest *
fair_warc_digest_begin(fair_str told)
{
    fair_str name, value = fair_str_trim(told);
    struct fair_warc_digest d = { 0 };

    if (value.p == NULL || !fair_str_split(&value, ':', &name) || value.p == NULL) return NULL;
    name = fair_str_trim(name);
    value = fair_str_trim(value);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        struct fair_warc_digest *out;
        const EVP_MD *md;
        if (!fair_str_eq_nocase(name, fair_str_of(kinds[i].name))) continue;
        d.n = kinds[i].n;
        d.unreadable = !fair_unhex(value, d.want, d.n) && !unbase32(value, d.want, d.n);
        md = EVP_get_digestbyname(kinds[i].evp);
        if (md == NULL) return NULL;
        d.ctx = EVP_MD_CTX_new();
        if (d.ctx == NULL) abort();              /* out of memory is not a path */
        if (EVP_DigestInit_ex(d.ctx, md, NULL) != 1) {       /* md5 is off on some systems */
            EVP_MD_CTX_free(d.ctx);
            return NULL;
        }
        out = fair_xmalloc(sizeof *out);
        *out = d;
        return out;
    }
    return NULL;
}

void
fair_warc_digest_add(struct fair_warc_digest *d, const void *bytes, size_t n)
{
    if (d != NULL && n > 0 && EVP_DigestUpdate(d->ctx, bytes, n) != 1) abort();
}

bool
fair_warc_digest_end(struct fair_warc_digest **d)
{
    uint8_t got[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    bool same;

    if (*d == NULL) return false;
    same = EVP_DigestFinal_ex((*d)->ctx, got, &n) == 1 && !(*d)->unreadable && n == (*d)->n && memcmp(got, (*d)->want, n) == 0;
    EVP_MD_CTX_free((*d)->ctx);
    free(*d);
    *d = NULL;
    return same;
}

bool
fair_warc_digest_of(fair_str told, const void *bytes, size_t n)
{
    struct fair_warc_digest *d = fair_warc_digest_begin(told);

    fair_warc_digest_add(d, bytes, n);
    return fair_warc_digest_end(&d);
}
