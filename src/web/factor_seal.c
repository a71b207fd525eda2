/* web/factor_seal.c - secrets of second factors as they lie in the database: sealed with the installation's key, which lies outside it.
 *
 * A sealed secret is one byte, 1; a nonce of 24 bytes; and XChaCha20-Poly1305 of the secret, bound to the organisation and the account, so that
 * a row copied to another account opens nothing.  20 bytes are one of before, which is sealed when the server starts. */
#include <sodium.h>
#include <string.h>
#include "base/log.h"
#include "web/session_private.h"
#include "web/totp.h"

enum { NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, TAG = crypto_aead_xchacha20poly1305_ietf_ABYTES, SEALED = 1 + NONCE + FAIR_TOTP_SECRET + TAG };

static fair_str
bound_to(struct fair_arena *a, const struct fair_desk *d, fair_id user)
{
    return fair_str_fmt(a, "fairtrack second factor 1\n%lld\n%lld\n", (long long)d->org, (long long)user);
}

fair_str
fair_factor_seal(const uint8_t key[32], const struct fair_desk *d, fair_id user, fair_str secret, struct fair_arena *a)
{
    unsigned char *out = fair_alloc(a, 1 + NONCE + secret.n + TAG);
    fair_str ad = bound_to(a, d, user);
    unsigned long long n = 0;

    out[0] = 1;
    fair_random(out + 1, NONCE);
    crypto_aead_xchacha20poly1305_ietf_encrypt(out + 1 + NONCE, &n, (const unsigned char *)secret.p, secret.n, (const unsigned char *)ad.p, ad.n, NULL, out + 1, key);
    return (fair_str){ (const char *)out, 1 + NONCE + (size_t)n };
}

bool
fair_factor_unseal(const uint8_t key[32], const struct fair_desk *d, fair_id user, fair_str sealed, struct fair_arena *a, fair_str *secret)
{
    unsigned char *out = fair_alloc(a, FAIR_TOTP_SECRET);
    const unsigned char *in = (const unsigned char *)sealed.p;
    fair_str ad = bound_to(a, d, user);
    unsigned long long n = 0;

    if (sealed.n != SEALED || in[0] != 1) return false;
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(out, &n, NULL, in + 1 + NONCE, sealed.n - 1 - NONCE, (const unsigned char *)ad.p, ad.n, in + 1, key) != 0) return false;
    *secret = (fair_str){ (const char *)out, (size_t)n };
    return true;
}

fair_status
fair_factor_get(const struct fair_request *rq, const struct fair_desk *d, fair_id user, struct fair_factor *out, struct fair_err *err)
{
    FAIR_TRY(fair_store_factor_get(d, user, rq->arena, out, err));
    if (fair_factor_unseal(rq->web->o->factor_key, d, user, out->secret, rq->arena, &out->secret)) return FAIR_OK;
    return fair_fail(err, FAIR_CORRUPT, "the second factor of this account was not sealed with this installation's key (keys/portal.key): somebody who sees to accounts can switch it off");
}

/* ---- those of before ---------------------------------------------------------------------------------------------------- */

struct old { fair_id org, user; unsigned char secret[FAIR_TOTP_SECRET]; };
struct olds { struct old *v; size_t n, room; struct fair_arena *a; };

static fair_status
collect(void *arg, fair_id org, fair_id user, fair_str secret, __attribute__((unused)) struct fair_err *err)
{
    struct olds *l = arg;

    if (secret.n != FAIR_TOTP_SECRET) return FAIR_OK;
    if (l->n == l->room) {
        struct old *more = fair_alloc_array(l->a, l->room = l->room == 0 ? 16 : l->room * 2, sizeof *more);
        if (l->n > 0) memcpy(more, l->v, l->n * sizeof *more);
        l->v = more;
    }
    l->v[l->n] = (struct old){ .org = org, .user = user };
    memcpy(l->v[l->n++].secret, secret.p, secret.n);
    return FAIR_OK;
}

fair_status
fair_factors_seal_old(struct fair_store *st, const uint8_t key[32], struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct olds l = { .a = a };

    FAIR_TRY(fair_store_factors(st, collect, &l, err));
    for (size_t i = 0; i < l.n; i++) {
        const struct fair_desk d = { st, l.v[i].org, 0 };
        fair_str was = { (const char *)l.v[i].secret, FAIR_TOTP_SECRET };
        FAIR_TRY(fair_store_factor_reseal(&d, l.v[i].user, was, fair_factor_seal(key, &d, l.v[i].user, was, a), err));
        sodium_memzero(l.v[i].secret, FAIR_TOTP_SECRET);
    }
    if (l.n > 0) fair_store_settle(st);
    if (l.n > 0) fair_log(FAIR_LOG_INFO, "web.factors_sealed n=%zu", l.n);
    return FAIR_OK;
}
