/* never_again.c - what no case may ever open for again, as keyed hashes: they say nothing of whom they are about. */
#include <string.h>
#include "base/digest.h"
#include "store/case_private.h"

FAIR_SQL(never_again_put, "INSERT INTO never_again (org_id, match_key, scope, case_id, at_us) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (org_id, match_key) DO NOTHING");
FAIR_SQL(never_again_is, "SELECT 1 FROM never_again WHERE org_id = $1 AND match_key = $2");
FAIR_SQL(never_work, "SELECT sha256 FROM work WHERE org_id = $1 AND id = $2");

/* The organisation's own secret, made when it is first needed. */
static fair_status
secret(const struct fair_desk *d, struct fair_arena *a, uint8_t out[32], struct fair_err *err)
{
    fair_str hex;
    fair_status s = fair_store_setting_get(d, FAIR_STR("never_again.key"), a, &hex, err);

    if (s == FAIR_OK) return fair_unhex(hex, out, 32) ? FAIR_OK : fair_fail(err, FAIR_CORRUPT, "the key of the never-again list is no key");
    if (s != FAIR_NOT_FOUND) return s;
    fair_random(out, 32);
    return fair_store_setting_put(d, FAIR_STR("never_again.key"), fair_hex(a, out, 32), err);
}

/* HMAC-SHA256 (RFC 2104). */
static struct fair_sha256
hmac(const uint8_t key[32], fair_str text)
{
    uint8_t inner[64], outer[64];
    struct fair_sha256_run *run = fair_sha256_begin();
    struct fair_sha256 h;

    for (int i = 0; i < 64; i++) {
        uint8_t k = i < 32 ? key[i] : 0;
        inner[i] = k ^ 0x36;
        outer[i] = k ^ 0x5c;
    }
    fair_sha256_add(run, inner, 64);
    fair_sha256_add(run, text.p, text.n);
    h = fair_sha256_end(&run);
    run = fair_sha256_begin();
    fair_sha256_add(run, outer, 64);
    fair_sha256_add(run, h.b, 32);
    return fair_sha256_end(&run);
}

/* A work is known by its bytes: registered anew it is the same. */
static fair_status
key_of(const struct fair_desk *d, fair_str operator, fair_id work, struct fair_arena *a, struct fair_sha256 *out, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    uint8_t key[32];
    fair_str text;

    FAIR_TRY(secret(d, a, key, err));
    if (work == 0) {
        text = fair_str_fmt(a, "operator\n%.*s", FAIR_STR_ARG(operator));
    } else {
        struct fair_sha256 sha;
        fair_status s;

        FAIR_TRY(fair_desk_query(d, &never_work, &q, err));
        fair_db_int(q, 2, work);
        s = fair_db_step(q, err);
        if (s == FAIR_DONE) return fair_fail(err, FAIR_NOT_FOUND, "no work %lld", (long long)work);
        if (s != FAIR_OK) return s;
        fair_db_get_sha256(q, 0, &sha);
        text = fair_str_fmt(a, "operator+work\n%.*s\n%.*s", FAIR_STR_ARG(operator), FAIR_STR_ARG(fair_hex(a, sha.b, sizeof sha.b)));
    }
    *out = hmac(key, text);
    return FAIR_OK;
}

fair_status
fair_store_never_again_put(const struct fair_desk *d, fair_str operator, fair_id work, fair_id case_id, fair_time now, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct fair_sha256 key;

    FAIR_TRY(fair_txn_begin(d->st, &t, err));
    FAIR_TRY(key_of(d, operator, work, a, &key, err));
    FAIR_TRY(fair_desk_query(d, &never_again_put, &q, err));
    fair_db_sha256(q, 2, &key);
    fair_db_text(q, 3, work == 0 ? FAIR_STR("operator") : FAIR_STR("operator+work"));
    fair_db_int(q, 4, case_id);
    fair_db_int(q, 5, now);
    FAIR_TRY(fair_db_run(q, err));
    fair_rows_free(&q);
    return fair_txn_end(&t, err);
}

static fair_status
is_kept(const struct fair_desk *d, fair_str operator, fair_id work, bool *is, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    struct fair_sha256 key;
    fair_status s;

    FAIR_TRY(key_of(d, operator, work, a, &key, err));
    FAIR_TRY(fair_desk_query(d, &never_again_is, &q, err));
    fair_db_sha256(q, 2, &key);
    s = fair_db_step(q, err);
    if (s != FAIR_OK && s != FAIR_DONE) return s;
    *is = s == FAIR_OK;
    return FAIR_OK;
}

fair_status
fair_store_never_again(const struct fair_desk *d, fair_str operator, fair_id work, bool *never, struct fair_err *err)
{
    FAIR_TRY(is_kept(d, operator, 0, never, err));
    if (*never || work == 0) return FAIR_OK;
    return is_kept(d, operator, work, never, err);
}
