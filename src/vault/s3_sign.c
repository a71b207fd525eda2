/* s3_sign.c - AWS Signature Version 4 for one S3 request whose payload's digest is known. */
#include "vault/vault_private.h"

#define LINE_MAX_BYTES 16384

static fair_str
bytes_of(const struct fair_sha256 *d)
{
    return (fair_str){ (const char *)d->b, sizeof d->b };
}

/* 2026-11-26T08:00:00Z as 20261126T080000Z. */
static fair_str
basic_time(struct fair_arena *a, fair_time now)
{
    fair_str rfc = fair_time_text(a, now);
    struct fair_buf b = FAIR_BUF(a, 64);

    for (size_t i = 0; i < rfc.n; i++)
        if (rfc.p[i] != '-' && rfc.p[i] != ':') fair_buf_byte(&b, rfc.p[i]);
    return (fair_str){ b.p, b.n };
}

static struct fair_sha256
signing_key(struct fair_arena *a, const struct fair_s3_key *k, fair_str day)
{
    struct fair_sha256 d = fair_hmac_sha256(fair_str_fmt(a, "AWS4%.*s", FAIR_STR_ARG(k->secret)), day);
    d = fair_hmac_sha256(bytes_of(&d), k->region);
    d = fair_hmac_sha256(bytes_of(&d), FAIR_STR("s3"));
    return fair_hmac_sha256(bytes_of(&d), FAIR_STR("aws4_request"));
}

fair_str
fair_s3_sign(struct fair_arena *a, const struct fair_s3_key *k, const char *method, fair_str host, fair_str path, fair_str query,
             fair_str more, const struct fair_sha256 *payload, fair_time now)
{
    fair_str date = basic_time(a, now), day = { date.p, 8 }, digest = fair_hex(a, payload->b, 32), name = FAIR_STR("");
    struct fair_buf signed_names = FAIR_BUF(a, LINE_MAX_BYTES), canonical = FAIR_BUF(a, LINE_MAX_BYTES), out = FAIR_BUF(a, LINE_MAX_BYTES);
    struct fair_sha256 hash, key;
    fair_str scope, to_sign, rest = more;

    if (more.n > 0) (void)fair_str_split(&rest, ':', &name);
    /* Names in alphabetical order; `more` lies between "host" and "x-amz-". */
    fair_buf_fmt(&signed_names, "host;%.*s%sx-amz-content-sha256;x-amz-date", FAIR_STR_ARG(name), more.n > 0 ? ";" : "");
    fair_buf_fmt(&canonical, "%s\n%.*s\n%.*s\nhost:%.*s\n", method, FAIR_STR_ARG(path), FAIR_STR_ARG(query), FAIR_STR_ARG(host));
    if (more.n > 0) fair_buf_fmt(&canonical, "%.*s:%.*s\n", FAIR_STR_ARG(name), FAIR_STR_ARG(fair_str_trim(rest)));
    fair_buf_fmt(&canonical, "x-amz-content-sha256:%.*s\nx-amz-date:%.*s\n\n%.*s\n%.*s", FAIR_STR_ARG(digest), FAIR_STR_ARG(date),
                 (int)signed_names.n, signed_names.p, FAIR_STR_ARG(digest));
    hash = fair_sha256_of(canonical.p, canonical.n);
    scope = fair_str_fmt(a, "%.*s/%.*s/s3/aws4_request", FAIR_STR_ARG(day), FAIR_STR_ARG(k->region));
    to_sign = fair_str_fmt(a, "AWS4-HMAC-SHA256\n%.*s\n%.*s\n%.*s", FAIR_STR_ARG(date), FAIR_STR_ARG(scope), FAIR_STR_ARG(fair_hex(a, hash.b, 32)));
    key = signing_key(a, k, day);
    hash = fair_hmac_sha256(bytes_of(&key), to_sign);
    if (more.n > 0) fair_buf_fmt(&out, "%.*s\n", FAIR_STR_ARG(more));
    fair_buf_fmt(&out, "x-amz-content-sha256: %.*s\nx-amz-date: %.*s\n", FAIR_STR_ARG(digest), FAIR_STR_ARG(date));
    fair_buf_fmt(&out, "Authorization: AWS4-HMAC-SHA256 Credential=%.*s/%.*s, SignedHeaders=%.*s, Signature=%.*s\n", FAIR_STR_ARG(k->access_key),
                 FAIR_STR_ARG(scope), (int)signed_names.n, signed_names.p, FAIR_STR_ARG(fair_hex(a, hash.b, 32)));
    return (fair_str){ out.p, out.n };
}
