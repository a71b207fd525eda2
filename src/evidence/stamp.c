/* evidence/stamp.c - time stamps: OpenSSL's TS_* with a clear answer. */
#include "evidence/stamp.h"
#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs7.h>
#include <openssl/ts.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/clock.h"

struct fair_trust { STACK_OF(X509) *roots, *between; };

struct fair_trust *
fair_trust_new(void)
{
    struct fair_trust *t = fair_xcalloc(1, sizeof *t);

    t->roots = sk_X509_new_null();
    t->between = sk_X509_new_null();
    if (t->roots == NULL || t->between == NULL) abort();
    return t;
}

void
fair_trust_free(struct fair_trust **t)
{
    if (*t == NULL) return;
    sk_X509_pop_free((*t)->roots, X509_free);
    sk_X509_pop_free((*t)->between, X509_free);
    free(*t);
    *t = NULL;
}

struct fair_trust *
fair_trust_copy(const struct fair_trust *t)
{
    struct fair_trust *c = fair_trust_new();

    for (int i = 0; t != NULL && i < sk_X509_num(t->roots); i++)
        if (X509_up_ref(sk_X509_value(t->roots, i)) != 1 || sk_X509_push(c->roots, sk_X509_value(t->roots, i)) <= 0) abort();
    for (int i = 0; t != NULL && i < sk_X509_num(t->between); i++)
        if (X509_up_ref(sk_X509_value(t->between, i)) != 1 || sk_X509_push(c->between, sk_X509_value(t->between, i)) <= 0) abort();
    return c;
}

void
fair_trust_into(const struct fair_trust *t, fair_x509_store *store)
{
    for (int i = 0; i < sk_X509_num(t->roots); i++) X509_STORE_add_cert(store, sk_X509_value(t->roots, i));
}

size_t
fair_trust_roots(const struct fair_trust *t)
{
    return (size_t)sk_X509_num(t->roots);
}

fair_status
fair_trust_add(struct fair_trust *t, fair_str pem, bool untrusted, struct fair_err *err)
{
    BIO *in = BIO_new_mem_buf(pem.p, pem.n < INT32_MAX ? (int)pem.n : INT32_MAX);
    X509 *x;
    int n = 0;

    if (in == NULL) abort();
    while ((x = PEM_read_bio_X509(in, NULL, NULL, NULL)) != NULL) {
        if (sk_X509_push(untrusted ? t->between : t->roots, x) <= 0) abort();
        n++;
    }
    BIO_free(in);
    ERR_clear_error();
    if (n == 0) return fair_fail(err, FAIR_INVALID, "no certificate (PEM) in it");
    return FAIR_OK;
}

fair_status
fair_stamp_query(struct fair_arena *a, const struct fair_sha256 *digest, const uint8_t nonce[8], fair_str *der, struct fair_err *err)
{
    TS_REQ *q = TS_REQ_new();
    TS_MSG_IMPRINT *imprint = TS_MSG_IMPRINT_new();
    X509_ALGOR *algo = X509_ALGOR_new();
    BIGNUM *number = BN_bin2bn(nonce, 8, NULL);
    ASN1_INTEGER *n = number != NULL ? BN_to_ASN1_INTEGER(number, NULL) : NULL;
    unsigned char hash[32], *bytes = NULL;
    int len;

    memcpy(hash, digest->b, sizeof hash);
    if (q == NULL || imprint == NULL || algo == NULL || n == NULL) abort();
    X509_ALGOR_set0(algo, OBJ_nid2obj(NID_sha256), V_ASN1_NULL, NULL);
    if (!TS_REQ_set_version(q, 1) || !TS_MSG_IMPRINT_set_algo(imprint, algo) || !TS_MSG_IMPRINT_set_msg(imprint, hash, 32) ||
        !TS_REQ_set_msg_imprint(q, imprint) || !TS_REQ_set_nonce(q, n) || !TS_REQ_set_cert_req(q, 1))
        abort();
    len = i2d_TS_REQ(q, &bytes);
    if (len > 0) *der = fair_str_dup(a, (fair_str){ (char *)bytes, (size_t)len });
    OPENSSL_free(bytes);
    ASN1_INTEGER_free(n);
    BN_free(number);
    X509_ALGOR_free(algo);
    TS_MSG_IMPRINT_free(imprint);
    TS_REQ_free(q);
    return len > 0 ? FAIR_OK : fair_fail(err, FAIR_INVALID, "time stamp: the query cannot be written");
}

/* ---- reading ---- */

static fair_str
name_text(struct fair_arena *a, X509_NAME *name)
{
    BIO *out = BIO_new(BIO_s_mem());
    char *p = NULL;
    long n;
    fair_str s;

    if (out == NULL) abort();
    X509_NAME_print_ex(out, name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
    n = BIO_get_mem_data(out, &p);
    s = fair_utf8_mend(a, fair_str_dup(a, n > 0 ? (fair_str){ p, (size_t)n } : FAIR_STR("")));
    BIO_free(out);
    return s;
}

static bool
asn1_time(const ASN1_TIME *t, fair_time *out)
{
    struct tm tm;
    time_t s;

    if (t == NULL || ASN1_TIME_to_tm(t, &tm) != 1 || (s = timegm(&tm)) == (time_t)-1) return false;
    *out = (fair_time)s * FAIR_SECOND;
    return true;
}

/* genTime may have a fraction, which ASN1_TIME_to_tm drops. */
static bool
gen_time(const ASN1_GENERALIZEDTIME *t, fair_time *out)
{
    const char *p = t != NULL ? (const char *)ASN1_STRING_get0_data(t) : NULL;
    int n = t != NULL ? ASN1_STRING_length(t) : 0;
    fair_time unit = FAIR_SECOND / 10;

    if (p == NULL || !asn1_time(t, out)) return false;
    for (int i = 15; n > 15 && p[14] == '.' && i < n && p[i] >= '0' && p[i] <= '9' && unit > 0; i++, unit /= 10) *out += (p[i] - '0') * unit;
    return true;
}

static fair_str
object_text(struct fair_arena *a, const ASN1_OBJECT *o)
{
    char text[128];
    int n = OBJ_obj2txt(text, sizeof text, o, 1);

    return fair_str_dup(a, n > 0 && n < (int)sizeof text ? (fair_str){ text, (size_t)n } : FAIR_STR(""));
}

static fair_str
integer_text(struct fair_arena *a, const ASN1_INTEGER *i)
{
    return i != NULL ? fair_hex(a, ASN1_STRING_get0_data(i), (size_t)ASN1_STRING_length(i)) : FAIR_STR("");
}

/* RFC 3739 3.2.6 with ETSI EN 319 412-5 4.2.1: the object identifier of QcCompliance in QcStatements. */
static bool
says_qualified(const X509 *x)
{
    static const unsigned char compliance[] = { 0x06, 0x06, 0x04, 0x00, 0x8e, 0x46, 0x01, 0x01 };
    ASN1_OBJECT *wanted = OBJ_txt2obj("1.3.6.1.5.5.7.1.3", 1);
    int at = wanted != NULL ? X509_get_ext_by_OBJ(x, wanted, -1) : -1;
    const ASN1_OCTET_STRING *v = at >= 0 ? X509_EXTENSION_get_data(X509_get_ext(x, at)) : NULL;

    ASN1_OBJECT_free(wanted);
    return v != NULL && memmem(ASN1_STRING_get0_data(v), (size_t)ASN1_STRING_length(v), compliance, sizeof compliance) != NULL;
}

static fair_str
chain_text(struct fair_arena *a, STACK_OF(X509) *certs)
{
    BIO *out = BIO_new(BIO_s_mem());
    char *p = NULL;
    long n;
    fair_str s;

    if (out == NULL) abort();
    for (int i = 0; i < sk_X509_num(certs) && i < 20; i++) PEM_write_bio_X509(out, sk_X509_value(certs, i));
    n = BIO_get_mem_data(out, &p);
    s = fair_str_dup(a, n > 0 ? (fair_str){ p, (size_t)n } : FAIR_STR(""));
    BIO_free(out);
    return s;
}

/* The token's own certificate: the one that its one SignerInfo names. */
static X509 *
signer_of(PKCS7 *token)
{
    STACK_OF(PKCS7_SIGNER_INFO) *infos = PKCS7_get_signer_info(token);
    PKCS7_SIGNER_INFO *si = infos != NULL && sk_PKCS7_SIGNER_INFO_num(infos) == 1 ? sk_PKCS7_SIGNER_INFO_value(infos, 0) : NULL;
    STACK_OF(X509) *certs = token->d.sign->cert;

    if (si == NULL || certs == NULL) return NULL;
    return X509_find_by_issuer_and_serial(certs, si->issuer_and_serial->issuer, si->issuer_and_serial->serial);
}

static void
tell_signer(X509 *signer, struct fair_arena *a, struct fair_stamp *out)
{
    out->signer = name_text(a, X509_get_subject_name(signer));
    out->issuer = name_text(a, X509_get_issuer_name(signer));
    out->qualified = says_qualified(signer);
    (void)asn1_time(X509_get0_notAfter(signer), &out->signer_until);
}

static fair_status
look(PKCS7 *token, TS_TST_INFO *info, struct fair_arena *a, struct fair_stamp *out, struct fair_err *err)
{
    const TS_ACCURACY *acc = TS_TST_INFO_get_accuracy(info);
    X509 *signer = signer_of(token);

    if (!gen_time(TS_TST_INFO_get_time(info), &out->at)) return fair_fail(err, FAIR_CORRUPT, "time stamp: its time cannot be read");
    out->serial = integer_text(a, TS_TST_INFO_get_serial(info));
    out->policy = object_text(a, TS_TST_INFO_get_policy_id(info));
    out->has_nonce = TS_TST_INFO_get_nonce(info) != NULL;
    out->accuracy_us = -1;
    if (acc != NULL) {
        const ASN1_INTEGER *part[3] = { TS_ACCURACY_get_seconds(acc), TS_ACCURACY_get_millis(acc), TS_ACCURACY_get_micros(acc) };
        const int64_t unit[3] = { FAIR_SECOND, 1000, 1 };
        out->accuracy_us = 0;
        for (int i = 0; i < 3; i++) {
            int64_t v = 0;
            if (part[i] != NULL && ASN1_INTEGER_get_int64(&v, part[i]) == 1 && v >= 0 && v < 1000000000) out->accuracy_us += v * unit[i];
        }
    }
    out->chain = chain_text(a, token->d.sign->cert);
    if (signer != NULL) tell_signer(signer, a, out);
    return FAIR_OK;
}

static fair_status
imprint(TS_TST_INFO *info, fair_str digest, const uint8_t *nonce, struct fair_err *err)
{
    TS_MSG_IMPRINT *im = TS_TST_INFO_get_msg_imprint(info);
    const ASN1_OBJECT *kind = NULL;
    ASN1_OCTET_STRING *msg = TS_MSG_IMPRINT_get_msg(im);

    X509_ALGOR_get0(&kind, NULL, NULL, TS_MSG_IMPRINT_get_algo(im));
    if (digest.p != NULL) {
        const int nid = OBJ_obj2nid(kind);
        if (!(nid == NID_sha256 && digest.n == 32) && !(nid == NID_sha384 && digest.n == 48) && !(nid == NID_sha512 && digest.n == 64))
            return fair_fail(err, FAIR_CORRUPT, "time stamp: of another kind of digest");
        if (!fair_str_eq(digest, (fair_str){ (const char *)ASN1_STRING_get0_data(msg), (size_t)ASN1_STRING_length(msg) }))
            return fair_fail(err, FAIR_CORRUPT, "time stamp: of another digest");
    }
    if (nonce != NULL) {
        const ASN1_INTEGER *have = TS_TST_INFO_get_nonce(info);
        BIGNUM *n = BN_bin2bn(nonce, 8, NULL), *h = have != NULL ? ASN1_INTEGER_to_BN(have, NULL) : NULL;
        bool same = n != NULL && h != NULL && BN_cmp(n, h) == 0;
        BN_free(n);
        BN_free(h);
        if (!same) return fair_fail(err, FAIR_CORRUPT, "time stamp: answers another question (nonce)");
    }
    return FAIR_OK;
}

/* A certificate that somebody put in beside is an attack on tools that take the first one: each must stand in the chain that was found
 * (or, where none was, on a way of names from the signer), or be a cross-certificate of one that does: its name and key, from
 * another issuer. */
static bool
belongs(X509 *x, STACK_OF(X509) *found, STACK_OF(X509) *certs)
{
    for (int i = 0; i < sk_X509_num(found); i++) {
        X509 *f = sk_X509_value(found, i);
        if (X509_cmp(x, f) == 0) return true;
        if (X509_NAME_cmp(X509_get_subject_name(x), X509_get_subject_name(f)) == 0 && EVP_PKEY_eq(X509_get0_pubkey(x), X509_get0_pubkey(f)) == 1 &&
            X509_NAME_cmp(X509_get_issuer_name(x), X509_get_issuer_name(f)) != 0)
            return true;
    }
    /* Where the chain ends below its root, since what was given as trusted lies below: what is above it. */
    if (sk_X509_num(found) > 0) {
        X509 *last = sk_X509_value(found, sk_X509_num(found) - 1);
        for (int i = 0; i < sk_X509_num(certs); i++) {      /* as many steps at most */
            X509 *up = NULL;
            if (X509_NAME_cmp(X509_get_issuer_name(last), X509_get_subject_name(last)) == 0) return false;
            for (int k = 0; up == NULL && k < sk_X509_num(certs); k++)
                if (X509_NAME_cmp(X509_get_issuer_name(last), X509_get_subject_name(sk_X509_value(certs, k))) == 0 &&
                    X509_verify(last, X509_get0_pubkey(sk_X509_value(certs, k))) == 1)
                    up = sk_X509_value(certs, k);
            if (up == NULL) return false;
            if (up == x) return true;
            last = up;
        }
    }
    return false;
}

static bool
on_the_way(X509 *x, X509 *signer, STACK_OF(X509) *certs)
{
    int n = sk_X509_num(certs);
    bool used[32] = { false }, grown = true;

    if (n > 32) return false;
    for (int i = 0; i < n; i++) used[i] = sk_X509_value(certs, i) == signer;
    while (grown) {
        grown = false;
        for (int i = 0; i < n; i++)
            for (int k = 0; used[i] && k < n; k++)
                if (!used[k] && X509_NAME_cmp(X509_get_issuer_name(sk_X509_value(certs, i)), X509_get_subject_name(sk_X509_value(certs, k))) == 0)
                    used[k] = grown = true;
    }
    for (int i = 0; i < n; i++)
        if (used[i] && sk_X509_value(certs, i) == x) return true;
    return false;
}

/* The chain from the signer to a trusted root, at the time the token tells: purpose timeStamping (a critical, single
 * extended key usage, RFC 3161 2.3). */
static fair_status
chain(PKCS7 *token, const struct fair_trust *trust, struct fair_arena *a, struct fair_stamp *out, struct fair_err *err)
{
    STACK_OF(X509) *between = sk_X509_dup(trust->between), *found;
    X509_STORE *store = X509_STORE_new();
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    X509 *signer = signer_of(token);
    fair_status s = FAIR_OK;

    if (between == NULL || store == NULL || ctx == NULL) abort();
    for (int i = 0; i < sk_X509_num(trust->roots); i++) X509_STORE_add_cert(store, sk_X509_value(trust->roots, i));
    for (int i = 0; i < sk_X509_num(token->d.sign->cert); i++)
        if (sk_X509_push(between, sk_X509_value(token->d.sign->cert, i)) <= 0) abort();
    if (signer == NULL) {
        STACK_OF(PKCS7_SIGNER_INFO) *infos = PKCS7_get_signer_info(token);
        PKCS7_SIGNER_INFO *si = sk_PKCS7_SIGNER_INFO_num(infos) == 1 ? sk_PKCS7_SIGNER_INFO_value(infos, 0) : NULL;
        if (si != NULL) signer = X509_find_by_issuer_and_serial(between, si->issuer_and_serial->issuer, si->issuer_and_serial->serial);
    }
    if (signer != NULL && out->signer.n == 0) tell_signer(signer, a, out);
    if (signer == NULL) {
        s = fair_fail(err, FAIR_NOT_FOUND, "time stamp: the certificate it was signed with is not in it");
    } else if (X509_STORE_CTX_init(ctx, store, signer, between) != 1) {
        abort();
    } else {
        X509_STORE_CTX_set_purpose(ctx, X509_PURPOSE_TIMESTAMP_SIGN);
        X509_STORE_CTX_set_time(ctx, 0, (time_t)(out->at / FAIR_SECOND));
        X509_STORE_CTX_set_flags(ctx, X509_V_FLAG_PARTIAL_CHAIN);      /* what was given as a root is one, also when another signed it */
        if (X509_verify_cert(ctx) == 1) {
            found = X509_STORE_CTX_get0_chain(ctx);
            out->root = name_text(a, X509_get_subject_name(sk_X509_value(found, sk_X509_num(found) - 1)));
            for (int i = 0; i < sk_X509_num(token->d.sign->cert); i++)
                if (!belongs(sk_X509_value(token->d.sign->cert, i), found, token->d.sign->cert))
                    s = fair_fail(err, FAIR_CORRUPT, "time stamp: certificates in it that do not belong to its chain");
        } else {
            int why = X509_STORE_CTX_get_error(ctx);
            bool injected = false, strange = why == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY || why == X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN ||
                           why == X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT || why == X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE ||
                           why == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT;
            for (int i = 0; i < sk_X509_num(token->d.sign->cert); i++)
                if (!on_the_way(sk_X509_value(token->d.sign->cert, i), signer, token->d.sign->cert)) injected = true;
            if (injected) s = fair_fail(err, FAIR_CORRUPT, "time stamp: certificates in it that do not belong to its chain");
            else s = fair_fail(err, strange ? FAIR_NOT_FOUND : FAIR_CORRUPT, "time stamp: its chain does not hold: %s", X509_verify_cert_error_string(why));
        }
    }
    X509_STORE_CTX_free(ctx);
    X509_STORE_free(store);
    sk_X509_free(between);
    return s;
}

/* Signature, signing-certificate attribute (RFC 5816) and version.  Trust was judged by chain(); here the signer itself is
 * the root, so that OpenSSL's own walk finds nothing to add. */
static fair_status
signature(PKCS7 *token, const struct fair_trust *trust, fair_time at, struct fair_err *err)
{
    TS_VERIFY_CTX *ctx = TS_VERIFY_CTX_new();
    X509_STORE *store = X509_STORE_new();
    X509_VERIFY_PARAM *param = X509_VERIFY_PARAM_new();
    STACK_OF(X509) *between = sk_X509_dup(trust->between);
    fair_status s = FAIR_OK;

    if (ctx == NULL || store == NULL || param == NULL || between == NULL) abort();
    for (int i = 0; i < sk_X509_num(between); i++) X509_up_ref(sk_X509_value(between, i));
    for (int i = 0; i < sk_X509_num(trust->roots); i++) X509_STORE_add_cert(store, sk_X509_value(trust->roots, i));
    X509_VERIFY_PARAM_set_time(param, (time_t)(at / FAIR_SECOND));
    X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_PARTIAL_CHAIN);
    X509_STORE_set1_param(store, param);
    TS_VERIFY_CTX_set_flags(ctx, TS_VFY_SIGNATURE | TS_VFY_VERSION);
    TS_VERIFY_CTX_set_store(ctx, store);
    TS_VERIFY_CTX_set_certs(ctx, between);
    ERR_clear_error();
    if (TS_RESP_verify_token(ctx, token) != 1) {
        char text[200] = "";
        unsigned long e = ERR_peek_last_error();
        if (e != 0) ERR_error_string_n(e, text, sizeof text);
        s = fair_fail(err, FAIR_CORRUPT, "time stamp: its signature does not hold: %s", ERR_reason_error_string(e) != NULL ? ERR_reason_error_string(e) : text);
    }
    ERR_clear_error();
    TS_VERIFY_CTX_free(ctx);          /* the store and the certificates with it */
    X509_VERIFY_PARAM_free(param);
    return s;
}

/* OpenSSL takes only tokens of this shape for granted: signed data with one signer and its content in it. */
static bool
well_formed(PKCS7 *token)
{
    return token != NULL && PKCS7_type_is_signed(token) && token->d.sign != NULL && PKCS7_get_signer_info(token) != NULL &&
           sk_PKCS7_SIGNER_INFO_num(PKCS7_get_signer_info(token)) == 1 && token->d.sign->contents != NULL;
}

static fair_status
check_token(PKCS7 *token, TS_TST_INFO *info, fair_str digest, const uint8_t *nonce, const struct fair_trust *trust,
            struct fair_arena *a, struct fair_stamp *out, struct fair_err *err)
{
    if (!well_formed(token) || info == NULL) return fair_fail(err, FAIR_INVALID, "time stamp: no signed token in it");
    FAIR_TRY(look(token, info, a, out, err));
    FAIR_TRY(imprint(info, digest, nonce, err));
    if (trust == NULL) return FAIR_OK;
    FAIR_TRY(chain(token, trust, a, out, err));
    return signature(token, trust, out->at, err);
}

/* A token whose chain nobody trusts may be spoiled beside: its own certificates as roots tell. */
static fair_status
untrusted(PKCS7 *token, fair_time at, struct fair_err *err)
{
    struct fair_trust *own = fair_trust_new();
    struct fair_err why = { 0 };
    fair_status s;

    for (int i = 0; i < sk_X509_num(token->d.sign->cert); i++) {
        X509 *x = sk_X509_value(token->d.sign->cert, i);
        X509_up_ref(x);
        if (sk_X509_push(own->roots, x) <= 0) abort();
    }
    s = signature(token, own, at, &why);
    fair_trust_free(&own);
    if (s != FAIR_OK && strstr(why.text, "certificate verify error") == NULL) return fair_fail(err, FAIR_CORRUPT, "%s", why.text);
    return FAIR_NOT_FOUND;
}

static fair_str
refusal(struct fair_arena *a, TS_STATUS_INFO *info)
{
    static const struct { int bit; const char *words; } told[] = {
        { TS_INFO_BAD_ALG, "unknown digest" }, { TS_INFO_BAD_REQUEST, "bad request" }, { TS_INFO_BAD_DATA_FORMAT, "bad data format" },
        { TS_INFO_TIME_NOT_AVAILABLE, "its clock is not available" }, { TS_INFO_UNACCEPTED_POLICY, "policy not accepted" },
        { TS_INFO_UNACCEPTED_EXTENSION, "extension not accepted" }, { TS_INFO_ADD_INFO_NOT_AVAILABLE, "information not available" },
        { TS_INFO_SYSTEM_FAILURE, "its system failed" },
    };
    const ASN1_BIT_STRING *bits = TS_STATUS_INFO_get0_failure_info(info);
    int64_t status = -1;

    (void)ASN1_INTEGER_get_int64(&status, TS_STATUS_INFO_get0_status(info));
    for (size_t i = 0; bits != NULL && i < sizeof told / sizeof told[0]; i++)
        if (ASN1_BIT_STRING_get_bit(bits, told[i].bit)) return fair_str_fmt(a, "status %lld, %s", (long long)status, told[i].words);
    return fair_str_fmt(a, "status %lld", (long long)status);
}

fair_status
fair_stamp_check(fair_str der, fair_str digest, const uint8_t *nonce, const struct fair_trust *trust,
                 struct fair_arena *a, struct fair_stamp *out, struct fair_err *err)
{
    const unsigned char *at = (const unsigned char *)der.p;
    TS_RESP *resp = NULL;
    PKCS7 *token = NULL, *bare = NULL;
    TS_TST_INFO *info = NULL, *bare_info = NULL;
    fair_status s = FAIR_OK;

    *out = (struct fair_stamp){ .accuracy_us = -1 };
    if (der.n == 0 || der.n > FAIR_STAMP_MAX) return fair_fail(err, FAIR_INVALID, "time stamp: %zu bytes", der.n);
    resp = d2i_TS_RESP(NULL, &at, (long)der.n);
    if (resp != NULL) {
        int64_t status = -1;
        TS_STATUS_INFO *si = TS_RESP_get_status_info(resp);
        if (at != (const unsigned char *)der.p + der.n) s = fair_fail(err, FAIR_INVALID, "time stamp: bytes behind it");
        else if (si == NULL || ASN1_INTEGER_get_int64(&status, TS_STATUS_INFO_get0_status(si)) != 1 || (status != 0 && status != 1))
            s = fair_fail(err, FAIR_REFUSED, "time stamp: not granted: %.*s", FAIR_STR_ARG(si != NULL ? refusal(a, si) : FAIR_STR("no status")));
        token = TS_RESP_get_token(resp);
        info = TS_RESP_get_tst_info(resp);
    } else {
        at = (const unsigned char *)der.p;
        bare = d2i_PKCS7(NULL, &at, (long)der.n);
        if (bare == NULL || at != (const unsigned char *)der.p + der.n) s = fair_fail(err, FAIR_INVALID, "time stamp: neither a reply nor a token");
        else if (well_formed(bare)) info = bare_info = PKCS7_to_TS_TST_INFO(bare);
        token = bare;
    }
    ERR_clear_error();
    if (s == FAIR_OK) s = check_token(token, info, digest, nonce, trust, a, out, err);
    if (s == FAIR_NOT_FOUND) s = untrusted(token, out->at, err);
    TS_TST_INFO_free(bare_info);
    PKCS7_free(bare);
    TS_RESP_free(resp);
    ERR_clear_error();
    return s;
}
