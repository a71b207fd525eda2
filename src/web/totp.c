/* web/totp.c - time-based one-time codes: RFC 4226 and RFC 6238. */
#include "web/totp.h"
#include <openssl/evp.h>
#include <openssl/hmac.h>

uint32_t
fair_hotp(const void *secret, size_t n, uint64_t counter, unsigned digits)
{
    static const uint32_t power[] = { 1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000 };
    unsigned char message[8], mac[EVP_MAX_MD_SIZE];
    unsigned length = 0, at;

    for (int i = 0; i < 8; i++) message[i] = (unsigned char)(counter >> (56 - 8 * i));
    if (HMAC(EVP_sha1(), secret, (int)n, message, sizeof message, mac, &length) == NULL || length != 20) return UINT32_MAX;
    at = mac[19] & 15;
    return (((uint32_t)(mac[at] & 127) << 24) | ((uint32_t)mac[at + 1] << 16) | ((uint32_t)mac[at + 2] << 8) | mac[at + 3]) % power[digits];
}

bool
fair_totp_fits(fair_str secret, fair_str code, fair_time now, int64_t *step)
{
    int64_t here = now / FAIR_SECOND / FAIR_TOTP_STEP_S;
    uint32_t typed = 0;
    int digits = 0;
    bool fits = false;

    for (size_t i = 0; i < code.n; i++) {
        if (code.p[i] == ' ') continue;
        if (code.p[i] < '0' || code.p[i] > '9' || ++digits > FAIR_TOTP_DIGITS) return false;
        typed = typed * 10 + (uint32_t)(code.p[i] - '0');
    }
    if (digits != FAIR_TOTP_DIGITS || secret.n == 0) return false;
    for (int64_t s = here - 1; s <= here + 1; s++)
        if (s >= 0 && fair_hotp(secret.p, secret.n, (uint64_t)s, FAIR_TOTP_DIGITS) == typed) {
            *step = s;
            fits = true;
        }
    return fits;
}

fair_str
fair_base32(struct fair_arena *a, const void *bytes, size_t n)
{
    static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    const unsigned char *p = bytes;
    char *out = fair_alloc(a, n * 8 / 5 + 2);
    size_t m = 0;
    uint32_t held = 0;
    int bits = 0;

    for (size_t i = 0; i < n; i++) {
        held = (held << 8 | p[i]) & 0xfff;
        for (bits += 8; bits >= 5; bits -= 5) out[m++] = digit[held >> (bits - 5) & 31];
    }
    if (bits > 0) out[m++] = digit[held << (5 - bits) & 31];
    return (fair_str){ out, m };
}

fair_str
fair_code_plain(struct fair_arena *a, fair_str typed)
{
    char *out = fair_alloc(a, typed.n + 1);
    size_t n = 0;

    for (size_t i = 0; i < typed.n; i++) {
        char c = typed.p[i];
        if (c == ' ' || c == '-') continue;
        out[n++] = c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
    }
    return (fair_str){ out, n };
}
