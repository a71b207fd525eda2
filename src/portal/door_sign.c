/* portal/door_sign.c - the signature of the home's requests. */
#include <sodium.h>
#include "portal/door.h"

enum { OFF_S = 300 };

static struct fair_sha256
mac(struct fair_arena *a, fair_str secret, fair_str what, fair_str time, fair_str body)
{
    return fair_hmac_sha256(secret, fair_str_fmt(a, "POST /home/%.*s\n%.*s\n%.*s", FAIR_STR_ARG(what), FAIR_STR_ARG(time), FAIR_STR_ARG(body)));
}

fair_str
fair_door_sign(struct fair_arena *a, fair_str secret, const char *what, fair_time now, fair_str body)
{
    struct fair_sha256 sha = fair_sha256_of(body.p, body.n);
    fair_str time = fair_str_fmt(a, "%lld", (long long)(now / FAIR_SECOND)), hex = fair_hex(a, sha.b, 32);

    sha = mac(a, secret, fair_str_of(what), time, hex);
    return fair_str_fmt(a, "Fairtrack %.*s %.*s %.*s", FAIR_STR_ARG(time), FAIR_STR_ARG(hex), FAIR_STR_ARG(fair_hex(a, sha.b, 32)));
}

bool
fair_door_check(struct fair_arena *a, fair_str secret, fair_str what, fair_time now, fair_str header, struct fair_sha256 *body)
{
    fair_str scheme, time, hex;
    struct fair_sha256 want, have;
    int64_t s;

    if (!fair_str_split(&header, ' ', &scheme) || !fair_str_eq(scheme, FAIR_STR("Fairtrack")) || !fair_str_split(&header, ' ', &time) ||
        !fair_str_split(&header, ' ', &hex) || header.p == NULL || !fair_str_number(time, INT64_MAX / FAIR_SECOND, &s) || !fair_unhex(hex, body->b, 32) ||
        !fair_unhex(header, have.b, 32)) return false;
    want = mac(a, secret, what, time, hex);
    return sodium_memcmp(want.b, have.b, 32) == 0 && now - s * FAIR_SECOND <= OFF_S * FAIR_SECOND && s * FAIR_SECOND - now <= OFF_S * FAIR_SECOND;
}
