/* base/digest.c - SHA-256 by libcrypto, hex, base64, random bytes. */
#include "base/digest.h"
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

struct fair_sha256_run { EVP_MD_CTX *ctx; };

struct fair_sha256
fair_sha256_of(const void *bytes, size_t n)
{
    struct fair_sha256_run *run = fair_sha256_begin();
    fair_sha256_add(run, bytes, n);
    return fair_sha256_end(&run);
}

struct fair_sha256_run *
fair_sha256_begin(void)
{
    struct fair_sha256_run *run = fair_xmalloc(sizeof *run);
    run->ctx = EVP_MD_CTX_new();
    if (run->ctx == NULL || EVP_DigestInit_ex(run->ctx, EVP_sha256(), NULL) != 1) abort();
    return run;
}

void
fair_sha256_add(struct fair_sha256_run *run, const void *bytes, size_t n)
{
    if (n > 0 && EVP_DigestUpdate(run->ctx, bytes, n) != 1) abort();
}

struct fair_sha256
fair_sha256_end(struct fair_sha256_run **run)
{
    struct fair_sha256 out;
    if (EVP_DigestFinal_ex((*run)->ctx, out.b, NULL) != 1) abort();
    EVP_MD_CTX_free((*run)->ctx);
    free(*run);
    *run = NULL;
    return out;
}

struct fair_sha256
fair_hmac_sha256(fair_str key, fair_str bytes)
{
    struct fair_sha256 out;
    if (HMAC(EVP_sha256(), key.p, (int)key.n, (const unsigned char *)bytes.p, bytes.n, out.b, NULL) == NULL) abort();
    return out;
}

bool
fair_sha256_eq(const struct fair_sha256 *a, const struct fair_sha256 *b)
{
    return memcmp(a->b, b->b, sizeof a->b) == 0;
}

bool
fair_sha256_none(const struct fair_sha256 *a)
{
    static const struct fair_sha256 none;
    return fair_sha256_eq(a, &none);
}

fair_str
fair_hex(struct fair_arena *a, const void *bytes, size_t n)
{
    static const char digit[] = "0123456789abcdef";
    const uint8_t *from = bytes;
    char *p = fair_alloc(a, 2 * n + 1);
    for (size_t i = 0; i < n; i++) {
        p[2 * i] = digit[from[i] >> 4];
        p[2 * i + 1] = digit[from[i] & 15];
    }
    return (fair_str){ p, 2 * n };
}

static int
hex_value(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

bool
fair_unhex(fair_str hex, void *bytes, size_t n)
{
    uint8_t *to = bytes;
    if (hex.n != 2 * n) return false;
    for (size_t i = 0; i < n; i++) {
        int high = hex_value(hex.p[2 * i]), low = hex_value(hex.p[2 * i + 1]);
        if (high < 0 || low < 0) return false;
        to[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

static fair_str
base64(struct fair_arena *a, const uint8_t *from, size_t n, const char *digit, bool pad)
{
    char *p = fair_alloc(a, (n + 2) / 3 * 4 + 1), *at = p;
    for (size_t i = 0; i < n; i += 3) {
        uint32_t v = (uint32_t)from[i] << 16;
        size_t left = n - i;
        if (left > 1) v |= (uint32_t)from[i + 1] << 8;
        if (left > 2) v |= from[i + 2];
        *at++ = digit[v >> 18];
        *at++ = digit[v >> 12 & 63];
        if (left > 1) *at++ = digit[v >> 6 & 63];
        else if (pad) *at++ = '=';
        if (left > 2) *at++ = digit[v & 63];
        else if (pad) *at++ = '=';
    }
    return (fair_str){ p, (size_t)(at - p) };
}

static const char standard[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char for_urls[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

fair_str fair_base64(struct fair_arena *a, const void *bytes, size_t n) { return base64(a, bytes, n, standard, true); }
fair_str fair_base64url(struct fair_arena *a, const void *bytes, size_t n) { return base64(a, bytes, n, for_urls, false); }

static int
base64_value(char c)
{
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    if (c == '+' || c == '-') return 62;
    if (c == '/' || c == '_') return 63;
    return -1;
}

bool
fair_unbase64(struct fair_arena *a, fair_str text, fair_str *bytes)
{
    uint32_t v = 0;
    int bits = 0;
    char *p, *at;

    if (text.n > 0 && text.p[text.n - 1] == '=') text.n--;
    if (text.n > 0 && text.p[text.n - 1] == '=') text.n--;
    if (text.n % 4 == 1) return false;
    at = p = fair_alloc(a, text.n + 1);
    for (size_t i = 0; i < text.n; i++) {
        int six = base64_value(text.p[i]);
        if (six < 0) return false;
        v = v << 6 | (uint32_t)six;
        bits += 6;
        if (bits >= 8) *at++ = (char)(v >> (bits -= 8));
    }
    *bytes = (fair_str){ p, (size_t)(at - p) };
    return true;
}

void
fair_random(void *bytes, size_t n)
{
    uint8_t *at = bytes;
    while (n > 0) {
        ssize_t got = getrandom(at, n, 0);
        if (got < 0) abort();
        at += got;
        n -= (size_t)got;
    }
}
