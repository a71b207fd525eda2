/* evidence/verify_foreign.c - the signatures of other tools' WACZ files (wacz-auth 0.1.0): anonymous, or by a domain's certificate. */
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>
#include "base/clock.h"
#include "evidence/verify_private.h"

static const fair_str digest_name = { "datapackage-digest.json", 23 };

#define GOOD(c, what, ...) fair_check_tell((c), FAIR_FINDING_OK, (what), digest_name, __VA_ARGS__)
#define NOTE(c, what, ...) fair_check_tell((c), FAIR_FINDING_NOTE, (what), digest_name, __VA_ARGS__)
#define BAD(c, what, ...) fair_check_tell((c), FAIR_FINDING_BAD, (what), digest_name, __VA_ARGS__)

static STACK_OF(X509) *
certificates(fair_str pem)
{
    STACK_OF(X509) *all = sk_X509_new_null();
    BIO *in = BIO_new_mem_buf(pem.p, pem.n < 1 << 20 ? (int)pem.n : 0);
    X509 *x;

    if (all == NULL || in == NULL) abort();
    while (sk_X509_num(all) < 20 && (x = PEM_read_bio_X509(in, NULL, NULL, NULL)) != NULL)
        if (sk_X509_push(all, x) <= 0) abort();
    BIO_free(in);
    ERR_clear_error();
    return all;
}

static fair_str
key_of(struct check *c, X509 *x)
{
    unsigned char *der = NULL;
    int n = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x), &der);
    fair_str s = n > 0 ? fair_str_dup(c->a, (fair_str){ (char *)der, (size_t)n }) : FAIR_STR("");

    OPENSSL_free(der);
    return s;
}

/* The domain's certificate as it stood when it signed: names the domain, and chains to a root that is trusted. */
static void
domain_chain(struct check *c, STACK_OF(X509) *certs, fair_str domain, fair_time at)
{
    struct fair_trust *trust = (struct fair_trust *)(uintptr_t)c->o->trust;
    X509_STORE *store = X509_STORE_new();
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    const char *why;

    if (store == NULL || ctx == NULL) abort();
    if (X509_check_host(sk_X509_value(certs, 0), domain.p, domain.n, 0, NULL) != 1) BAD(c, "key", "the certificate is not of %.*s", FAIR_STR_ARG(fair_str_escape(c->a, domain)));
    if (trust != NULL) fair_trust_into(trust, store);
    if (X509_STORE_CTX_init(ctx, store, sk_X509_value(certs, 0), certs) != 1) abort();
    X509_STORE_CTX_set_time(ctx, 0, (time_t)(at / FAIR_SECOND));
    X509_STORE_CTX_set_flags(ctx, X509_V_FLAG_PARTIAL_CHAIN);
    if (X509_verify_cert(ctx) == 1) {
        GOOD(c, "key", "the certificate of %.*s was good on %.*s", FAIR_STR_ARG(fair_str_escape(c->a, domain)), FAIR_STR_ARG(fair_time_text(c->a, at)));
    } else {
        why = X509_verify_cert_error_string(X509_STORE_CTX_get_error(ctx));
        fair_check_tell(c, c->o->allow_untrusted ? FAIR_FINDING_NOTE : FAIR_FINDING_BAD, "key", digest_name, "the chain of the certificate of %.*s does not hold: %s",
                        FAIR_STR_ARG(fair_str_escape(c->a, domain)), why);
    }
    X509_STORE_CTX_free(ctx);
    X509_STORE_free(store);
    ERR_clear_error();
}

/* wacz-auth: "timeSignature" stamps the text of "signature"; "timestampCert" has the chain, which the token may lack. */
static void
time_signature(struct check *c, json_t *s, fair_str signature, fair_time created)
{
    struct fair_verify_options more = *c->o;
    struct check with_chain = *c;
    struct fair_sha256 digest = fair_sha256_of(signature.p, signature.n);
    fair_str cert = fair_check_text(c, s, "timestampCert");
    struct fair_trust *with = fair_trust_copy(c->o->trust);
    struct fair_err err = { 0 };
    json_t *list = json_pack("[{s:s, s:O}]", "server", "timeSignature", "reply", json_object_get(s, "timeSignature"));

    if (cert.p != NULL) (void)!fair_trust_add(with, cert, true, &err);
    more.trust = with;
    with_chain.o = &more;
    (void)fair_check_stamps(&with_chain, list, &digest, digest_name, created);
    json_decref(list);
    fair_trust_free(&with);
}

static void
signed_data(struct check *c, json_t *s, fair_str hash)
{
    fair_str signature_text = fair_check_text(c, s, "signature"), signature, key = { NULL, 0 }, domain = fair_check_text(c, s, "domain");
    STACK_OF(X509) *certs = certificates(fair_check_text(c, s, "domainCert"));
    struct fair_sha256 id;
    fair_time created = 0;

    (void)fair_time_parse(fair_check_text(c, s, "created"), &created);
    if (sk_X509_num(certs) > 0) key = key_of(c, sk_X509_value(certs, 0));
    else (void)fair_check_bytes(c, s, "publicKey", &key);
    if (signature_text.p == NULL || !fair_unbase64(c->a, signature_text, &signature) || key.p == NULL || !fair_seal_holds(key, hash, signature, false)) {
        BAD(c, "signature", "the signature of datapackage.json does not hold");
    } else {
        id = fair_sha256_of(key.p, key.n);
        GOOD(c, "signature", "ECDSA over %.*s", FAIR_STR_ARG(hash));
        (void)fair_check_key(c, fair_hex(c->a, id.b, 32), NULL, 0, digest_name);
        if (domain.p != NULL && sk_X509_num(certs) > 0) domain_chain(c, certs, domain, created);
        if (json_is_string(json_object_get(s, "timeSignature"))) time_signature(c, s, signature_text, created);
        c->sum->sealed = true;
    }
    sk_X509_pop_free(certs, X509_free);
}

void
fair_check_foreign(struct check *c, json_t *datapackage, const struct fair_sha256 *sha)
{
    const struct fair_zip_member *m = fair_zip_find(&c->zip, digest_name);
    fair_str bytes, want = fair_str_fmt(c->a, "sha256:%.*s", FAIR_STR_ARG(fair_hex(c->a, sha->b, 32)));
    struct fair_err err = { 0 };
    json_t *o, *s;

    if (m == NULL) {
        fair_check_tell(c, c->o->key.p != NULL ? FAIR_FINDING_BAD : FAIR_FINDING_NOTE, "signature", (fair_str){ NULL, 0 }, "it is not signed");
        return;
    }
    o = fair_zip_unpack(m, 1 << 20, c->a, &bytes, &err) == FAIR_OK ? json_loadb(bytes.p, bytes.n, 0, NULL) : NULL;
    if (!json_is_object(o)) {
        BAD(c, "signature", "no JSON object");
        json_decref(o);
        return;
    }
    s = json_object_get(o, "signedData");
    if (!fair_str_eq(fair_check_text(c, o, "hash"), want))
        fair_check_tell(c, FAIR_FINDING_BAD, "signature", FAIR_STR("datapackage.json"), "datapackage-digest.json is of another datapackage.json: this one has %.*s", FAIR_STR_ARG(want));
    else if (!json_is_object(s)) fair_check_tell(c, c->o->key.p != NULL ? FAIR_FINDING_BAD : FAIR_FINDING_NOTE, "signature", digest_name, "a digest, and no signature");
    else if (!fair_str_eq(fair_check_text(c, s, "hash"), want)) BAD(c, "signature", "the signature is of another datapackage.json");
    else {
        if (!fair_str_eq(fair_check_text(c, s, "created"), fair_check_text(c, datapackage, "created")))
            BAD(c, "signature", "signed at another time than datapackage.json says");
        signed_data(c, s, want);
    }
    json_decref(o);
}
