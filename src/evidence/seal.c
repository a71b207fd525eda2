/* evidence/seal.c - datapackage-digest.json: what is signed and how it is written. */
#include "evidence/seal.h"
#include <jansson.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <string.h>
#include "base/clock.h"
#include "evidence/package_private.h"

#define TEXT_MAX ((size_t)16 << 20)
#define KEYS_MAX 1000

struct fair_sha256
fair_seal_stamped(struct fair_arena *a, fair_str signature)
{
    fair_str text = fair_base64(a, signature.p, signature.n);

    return fair_sha256_of(text.p, text.n);
}

static void
put_base64(struct fair_buf *b, fair_str bytes)
{
    if (bytes.p == NULL) {
        fair_buf_c(b, "null");
        return;
    }
    fair_buf_byte(b, '"');
    fair_buf_add(b, fair_base64(b->arena, bytes.p, bytes.n));
    fair_buf_byte(b, '"');
}

static void
put_time(struct fair_buf *b, fair_time t)
{
    if (t == 0) fair_buf_c(b, "null");
    else fair_buf_fmt(b, "\"%.*s\"", FAIR_STR_ARG(fair_time_text(b->arena, t)));
}

void
fair_seal_keys_put(struct fair_buf *b, const struct fair_seal_key *keys, size_t n)
{
    fair_buf_c(b, "[");
    for (size_t i = 0; i < n; i++) {
        fair_buf_fmt(b, "%s\n{\"id\": \"%.*s\", \"from\": ", i > 0 ? "," : "", FAIR_STR_ARG(keys[i].id));
        put_time(b, keys[i].from);
        fair_buf_c(b, ", \"until\": ");
        put_time(b, keys[i].until);
        fair_buf_c(b, ", \"by\": ");
        fair_json_put_or_null(b, keys[i].by);
        fair_buf_c(b, ", \"signature\": ");
        put_base64(b, keys[i].signature);
        fair_buf_c(b, ", \"key\": ");
        put_base64(b, keys[i].key);
        fair_buf_byte(b, '}');
    }
    fair_buf_c(b, "\n]");
}

static bool
member(json_t *o, const char *key, struct fair_arena *a, bool bytes, bool may_be_null, fair_str *out)
{
    json_t *v = json_object_get(o, key);
    fair_str text;

    *out = (fair_str){ NULL, 0 };
    if (json_is_null(v)) return may_be_null;
    if (!json_is_string(v)) return false;
    text = (fair_str){ json_string_value(v), json_string_length(v) };
    if (bytes) return fair_unbase64(a, text, out);
    *out = fair_str_dup(a, text);
    return true;
}

static bool
read_key(json_t *o, struct fair_arena *a, struct fair_seal_key *k)
{
    struct fair_sha256 id;
    fair_str from, until;

    *k = (struct fair_seal_key){ 0 };
    if (!member(o, "id", a, false, false, &k->id) || !member(o, "from", a, false, false, &from) || !member(o, "until", a, false, true, &until) ||
        !member(o, "by", a, false, true, &k->by) || !member(o, "signature", a, true, true, &k->signature) ||
        !member(o, "key", a, true, false, &k->key))
        return false;
    id = fair_sha256_of(k->key.p, k->key.n);
    return fair_str_eq(k->id, fair_hex(a, id.b, 32)) && fair_time_parse(from, &k->from) && (until.p == NULL || fair_time_parse(until, &k->until));
}

fair_status
fair_seal_keys_read(fair_str json, struct fair_arena *a, struct fair_seal_key **keys, size_t *n, struct fair_err *err)
{
    json_t *list = json.n <= TEXT_MAX ? json_loadb(json.p, json.n, JSON_REJECT_DUPLICATES, NULL) : NULL;
    fair_status s = FAIR_OK;

    *keys = NULL;
    *n = 0;
    if (!json_is_array(list) || json_array_size(list) > KEYS_MAX) {
        json_decref(list);
        return fair_fail(err, FAIR_CORRUPT, "list of keys: no list");
    }
    *keys = fair_alloc_array(a, json_array_size(list) + 1, sizeof **keys);
    for (; *n < json_array_size(list); (*n)++)
        if (!read_key(json_array_get(list, *n), a, &(*keys)[*n])) {
            s = fair_fail(err, FAIR_CORRUPT, "list of keys: key %zu is none", *n + 1);
            break;
        }
    json_decref(list);
    return s;
}

static EVP_PKEY *
public_key(fair_str der)
{
    const unsigned char *at = (const unsigned char *)der.p;
    EVP_PKEY *key = der.n > 0 && der.n < 65536 ? d2i_PUBKEY(NULL, &at, (long)der.n) : NULL;

    if (key != NULL && (at != (const unsigned char *)der.p + der.n || EVP_PKEY_get_base_id(key) != EVP_PKEY_EC)) {
        EVP_PKEY_free(key);
        key = NULL;
    }
    ERR_clear_error();
    return key;
}

static bool
is_p384(const EVP_PKEY *key)
{
    char group[64] = "";

    return EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, group, sizeof group, NULL) == 1 && strcmp(group, "secp384r1") == 0;
}

bool
fair_seal_der(struct fair_arena *a, fair_str raw, fair_str *der)
{
    ECDSA_SIG *sig = ECDSA_SIG_new();
    unsigned char *p = NULL;
    BIGNUM *r, *s;
    int n;

    if (raw.n == 0 || raw.n % 2 != 0 || raw.n > 200) {
        ECDSA_SIG_free(sig);
        return false;
    }
    r = BN_bin2bn((const unsigned char *)raw.p, (int)raw.n / 2, NULL);
    s = BN_bin2bn((const unsigned char *)raw.p + raw.n / 2, (int)raw.n / 2, NULL);
    if (sig == NULL || r == NULL || s == NULL || ECDSA_SIG_set0(sig, r, s) != 1) abort();
    n = i2d_ECDSA_SIG(sig, &p);
    if (n > 0) *der = fair_str_dup(a, (fair_str){ (char *)p, (size_t)n });
    OPENSSL_free(p);
    ECDSA_SIG_free(sig);
    return n > 0;
}

static bool
lower_half(fair_str raw)
{
    EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_secp384r1);
    BIGNUM *s = BN_bin2bn((const unsigned char *)raw.p + 48, 48, NULL), *half = BN_new();
    bool low;

    if (group == NULL || s == NULL || half == NULL || !BN_rshift1(half, EC_GROUP_get0_order(group))) abort();
    low = BN_cmp(s, half) <= 0;
    BN_free(s);
    BN_free(half);
    EC_GROUP_free(group);
    return low;
}

bool
fair_seal_holds(fair_str key, fair_str text, fair_str signature, bool low)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    EVP_PKEY *k = public_key(key);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    fair_str der = signature;
    bool holds;

    if (ctx == NULL) abort();
    holds = k != NULL;
    /* 96 bytes are r and s as they are: DER of a P-384 signature has more, of another curve's never just so many that it parses. */
    if (holds && signature.n == 96 && is_p384(k)) holds = fair_seal_der(a, signature, &der) && (!low || lower_half(signature));
    else if (low) holds = false;
    holds = holds && EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, k) == 1 &&
            EVP_DigestVerify(ctx, (const unsigned char *)der.p, der.n, (const unsigned char *)text.p, text.n) == 1;
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(k);
    ERR_clear_error();
    return holds;
}

static const struct fair_seal_key *
key_named(const struct fair_seal_key *keys, size_t n, fair_str id)
{
    for (size_t i = 0; i < n; i++)
        if (fair_str_eq(keys[i].id, id)) return &keys[i];
    return NULL;
}

bool
fair_seal_vouched(const struct fair_seal_key *keys, size_t n, fair_str from, fair_str to)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();

    for (size_t steps = 0; steps <= n; steps++) {
        const struct fair_seal_key *k = key_named(keys, n, to), *by;
        fair_str statement;

        if (fair_str_eq(from, to)) return true;
        if (k == NULL || k->by.p == NULL || k->signature.p == NULL || (by = key_named(keys, n, k->by)) == NULL) return false;
        statement = fair_str_fmt(a, "fairtrack-key-1 %.*s from %.*s", FAIR_STR_ARG(k->id), FAIR_STR_ARG(fair_time_text(a, k->from)));
        if (!fair_seal_holds(by->key, statement, k->signature, false)) return false;
        to = k->by;
    }
    return false;
}

fair_status
fair_seal_text(const struct fair_seal *s, struct fair_arena *a, fair_str *text, fair_str *line, struct fair_err *err)
{
    struct fair_buf b = FAIR_BUF(a, TEXT_MAX);
    fair_str hex = fair_hex(a, s->datapackage.b, 32);
    struct fair_sha256 whole;

    fair_buf_fmt(&b, "{\n\"path\": \"datapackage.json\",\n\"hash\": \"sha256:%.*s\",\n\"signedData\": {\n\"hash\": \"sha256:%.*s\",\n\"created\": ",
                 FAIR_STR_ARG(hex), FAIR_STR_ARG(hex));
    put_time(&b, s->created);
    fair_buf_c(&b, ",\n\"software\": ");
    fair_json_put(&b, s->software);
    fair_buf_c(&b, ",\n\"version\": \"0.1.0\",\n\"signature\": ");
    put_base64(&b, s->signature);
    fair_buf_c(&b, ",\n\"publicKey\": ");
    put_base64(&b, s->key);
    fair_buf_c(&b, "\n},\n\"signatureDer\": ");
    put_base64(&b, s->der);
    fair_buf_c(&b, ",\n\"timeStamps\": [");
    for (size_t i = 0; i < s->n_stamps; i++) {
        fair_buf_fmt(&b, "%s\n{\"server\": ", i > 0 ? "," : "");
        fair_json_put(&b, s->stamps[i].server);
        fair_buf_c(&b, ", \"reply\": ");
        put_base64(&b, s->stamps[i].reply);
        fair_buf_byte(&b, '}');
    }
    fair_buf_c(&b, "\n],\n\"openTimestamps\": ");
    put_base64(&b, s->ots);
    fair_buf_c(&b, ",\n\"keys\": ");
    fair_seal_keys_put(&b, s->keys, s->n_keys);
    fair_buf_c(&b, ",\n\"custody\": [");
    for (size_t i = 0; i < s->n_custody; i++) {
        fair_buf_fmt(&b, "%s\n", i > 0 ? "," : "");
        fair_json_put(&b, s->custody[i]);
    }
    fair_buf_c(&b, "\n],\n\"closed\": ");
    put_time(&b, s->closed);
    fair_buf_c(&b, ",\n\"closingKey\": ");
    put_base64(&b, s->closing_key);
    fair_buf_c(&b, ",\n");
    FAIR_TRY(fair_buf_take(&b, text, err));
    whole = fair_sha256_of(text->p, text->n);
    *line = fair_str_fmt(a, "fairtrack-closing-1 sha256:%.*s", FAIR_STR_ARG(fair_hex(a, whole.b, 32)));
    return FAIR_OK;
}

fair_status
fair_seal_close(fair_str text, fair_str signature, fair_str der, struct fair_arena *a, fair_str *file, struct fair_err *err)
{
    struct fair_buf b = FAIR_BUF(a, TEXT_MAX + 4096);

    fair_buf_add(&b, text);
    fair_buf_c(&b, "\"closing\": {\n\"signature\": ");
    put_base64(&b, signature);
    fair_buf_c(&b, ",\n\"signatureDer\": ");
    put_base64(&b, der);
    fair_buf_c(&b, "\n}\n}\n");
    return fair_buf_take(&b, file, err);
}
