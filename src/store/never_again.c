/* never_again.c - what is to be known again and not to be read: keyed hashes.  What no case may ever open for again, and what
 * remains of hits and rules whose people were forgotten.  Without the organisation's secret they say nothing of whom they are about. */
#include <string.h>
#include "base/digest.h"
#include "store/case_private.h"
#include "store/hits_private.h"

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
struct fair_sha256
fair_hmac(const uint8_t key[32], fair_str text)
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

static struct fair_sha256
keyed_bytes(const uint8_t key[32], struct fair_arena *a, const char *what, fair_str bytes)
{
    struct fair_buf b = FAIR_BUF(a, bytes.n + 64);

    fair_buf_c(&b, what);
    fair_buf_byte(&b, '\n');
    fair_buf_add(&b, bytes);
    return fair_hmac(key, (fair_str){ b.p, b.n });
}

static fair_str
keyed_text(const uint8_t key[32], struct fair_arena *a, const char *what, fair_str text)
{
    if (text.n == 0 || fair_is_forgotten(text)) return text;
    return fair_str_fmt(a, FAIR_FORGOTTEN "%.*s", FAIR_STR_ARG(fair_hex(a, keyed_bytes(key, a, what, text).b, 32)));
}

bool
fair_is_forgotten(fair_str text)
{
    return fair_str_starts(text, FAIR_STR(FAIR_FORGOTTEN));
}

fair_status
fair_keyed(const struct fair_desk *d, const char *what, fair_str bytes, struct fair_sha256 *out, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    uint8_t key[32];

    FAIR_TRY(secret(d, a, key, err));
    *out = keyed_bytes(key, a, what, bytes);
    return FAIR_OK;
}

fair_status
fair_keyed_text(const struct fair_desk *d, const char *what, fair_str text, struct fair_arena *a, fair_str *out, struct fair_err *err)
{
    uint8_t key[32];

    FAIR_TRY(secret(d, a, key, err));
    *out = keyed_text(key, a, what, text);
    return FAIR_OK;
}

fair_status
fair_about_keyed(const struct fair_desk *d, const struct fair_rule_about *about, bool make, struct fair_arena *a, struct fair_rule_about *out, bool *any,
                 struct fair_err *err)
{
    uint8_t key[32];
    fair_str hex;
    fair_status s;

    *any = false;
    *out = *about;
    if (!make) {
        s = fair_store_setting_get(d, FAIR_STR("never_again.key"), a, &hex, err);
        if (s == FAIR_NOT_FOUND) return FAIR_OK;          /* no secret was ever made: nothing is kept by it */
        if (s != FAIR_OK) return s;
    }
    FAIR_TRY(secret(d, a, key, err));
    *any = true;
    if (fair_is_forgotten(about->site)) return FAIR_OK;
    out->site = keyed_text(key, a, "site", about->site);
    out->operator = keyed_text(key, a, "operator", about->operator);
    if (!fair_sha256_none(&about->page_key)) out->page_key = keyed_bytes(key, a, "page", (fair_str){ (const char *)about->page_key.b, 32 });
    if (!fair_sha256_none(&about->image_key)) out->image_key = keyed_bytes(key, a, "image", (fair_str){ (const char *)about->image_key.b, 32 });
    return FAIR_OK;
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
    *out = fair_hmac(key, text);
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
