/* work/portal_keys.c - the portal's folder as the home opens it, and the keys that answers are sealed to. */
#include <sodium.h>
#include <string.h>
#include "base/io.h"
#include "work/portal_home.h"

bool
fair_portal_there(const struct fair_house *h)
{
    return h->config.portal_url.n > 0;
}

/* keys/portal.key: public and secret half, hex, a line each. */
static fair_status
read_keys(struct fair_house *h, struct fair_arena *a, struct fair_portal_home *p, struct fair_err *err)
{
    fair_str path = fair_str_fmt(a, "%.*s/keys/portal.key", FAIR_STR_ARG(h->home)), text, one, two;
    fair_status s = fair_read_file(a, path.p, 400, &text, err);

    if (s == FAIR_NOT_FOUND) {
        fair_answer_keys(p->public_key, p->secret_key);
        text = fair_str_fmt(a, "%.*s\n%.*s\n", FAIR_STR_ARG(fair_hex(a, p->public_key, 32)), FAIR_STR_ARG(fair_hex(a, p->secret_key, 32)));
        FAIR_TRY(fair_make_dirs(fair_str_fmt(a, "%.*s/keys", FAIR_STR_ARG(h->home)).p, 0700, err));
        s = fair_write_file(path.p, text.p, text.n, 0600, err);
        sodium_memzero((char *)(uintptr_t)text.p, text.n);
        return s;
    }
    if (s != FAIR_OK) return s;
    if (!fair_str_split(&text, '\n', &one) || !fair_str_split(&text, '\n', &two) || !fair_unhex(one, p->public_key, 32) || !fair_unhex(two, p->secret_key, 32))
        return fair_fail(err, FAIR_CORRUPT, "%s is no pair of keys; with it every answer that waits is lost: restore it from a backup", path.p);
    return FAIR_OK;
}

fair_status
fair_portal_home_open(struct fair_house *h, struct fair_arena *a, struct fair_portal_home *out, struct fair_err *err)
{
    fair_str dir = h->config.portal_dir.n > 0 ? h->config.portal_dir : fair_str_fmt(a, "%.*s/portal", FAIR_STR_ARG(h->home));
    uint8_t theirs[32];
    fair_status s;

    if (sodium_init() < 0) return fair_fail(err, FAIR_IO, "libsodium does not start");
    FAIR_TRY(fair_shelf_open(fair_str_dup(a, dir).p, a, &out->shelf, err));
    FAIR_TRY(read_keys(h, a, out, err));
    s = fair_shelf_key_get(&out->shelf, theirs, err);
    if (s == FAIR_NOT_FOUND || (s == FAIR_OK && memcmp(theirs, out->public_key, 32) != 0)) return fair_shelf_key_put(&out->shelf, out->public_key, err);
    return s;
}

fair_status
fair_house_secret(struct fair_house *h, const char *what, uint8_t out[32], struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_portal_home p;
    fair_str text = fair_str_fmt(a, "fairtrack secret 1\n%s\n", what);

    if (sodium_init() < 0) return fair_fail(err, FAIR_IO, "libsodium does not start");
    FAIR_TRY(read_keys(h, a, &p, err));
    crypto_generichash(out, 32, (const unsigned char *)text.p, text.n, p.secret_key, sizeof p.secret_key);
    sodium_memzero(p.secret_key, sizeof p.secret_key);
    return FAIR_OK;
}
