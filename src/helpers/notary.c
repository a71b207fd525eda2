/* notary.c - fairtrack-notary: holds the key that packages are signed with, and signs two kinds of lines with it.
 *
 * Its setting is "use PATH" or "change PATH".  The key (ECDSA P-384, PEM, 0600) is read before it is confined, and made
 * where there is none; to change it, a new one is written to PATH.new and signed for with the old one.  From then on it has
 * its socket and nothing else (proc/notary_msg.h). */
#include <errno.h>
#include <fcntl.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/digest.h"
#include "base/io.h"
#include "proc/notary_msg.h"
#include "proc/proc.h"

#define KEY_MAX 8192

static fair_status
make_key(const char *path, struct fair_err *err)
{
    EVP_PKEY *key = EVP_EC_gen("P-384");
    BIO *out = BIO_new(BIO_s_secmem());
    char *p = NULL;
    long n;
    fair_status s = FAIR_OK;
    FAIR_AUTO(fd) int fd = -1;

    if (key == NULL || out == NULL || PEM_write_bio_PKCS8PrivateKey(out, key, NULL, NULL, 0, NULL, NULL) != 1)
        return fair_fail(err, FAIR_IO, "key %s: cannot be made", path);
    n = BIO_get_mem_data(out, &p);
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) s = fair_fail(err, errno == EEXIST ? FAIR_CONFLICT : FAIR_IO, "key %s: %m", path);
    else s = fair_write_all(fd, p, (size_t)n, err);
    if (s == FAIR_OK && fsync(fd) != 0) s = fair_fail(err, FAIR_IO, "key %s: fsync: %m", path);
    if (s != FAIR_OK && fd >= 0) unlink(path);
    BIO_free(out);
    EVP_PKEY_free(key);
    return s;
}

/* Only a file that nobody else can read holds a secret. */
static fair_status
read_key(const char *path, EVP_PKEY **key, struct fair_err *err)
{
    FAIR_AUTO(fd) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    char text[KEY_MAX], group[64] = "";
    struct stat st;
    ssize_t n;
    BIO *in;

    if (fd < 0) return fair_fail(err, errno == ENOENT ? FAIR_NOT_FOUND : FAIR_IO, "key %s: %m", path);
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || (st.st_mode & 077) != 0)
        return fair_fail(err, FAIR_REFUSED, "key %s: others can read it: chmod 600", path);
    n = read(fd, text, sizeof text);
    if (n <= 0 || (in = BIO_new_mem_buf(text, (int)n)) == NULL) return fair_fail(err, FAIR_IO, "key %s: %m", path);
    *key = PEM_read_bio_PrivateKey(in, NULL, NULL, NULL);
    BIO_free(in);
    OPENSSL_cleanse(text, sizeof text);
    if (*key == NULL || EVP_PKEY_get_utf8_string_param(*key, OSSL_PKEY_PARAM_GROUP_NAME, group, sizeof group, NULL) != 1 ||
        strcmp(group, "secp384r1") != 0)
        return fair_fail(err, FAIR_CORRUPT, "key %s: no P-384 private key", path);
    return FAIR_OK;
}

static fair_str
public_of(struct fair_arena *a, EVP_PKEY *key)
{
    unsigned char *der = NULL;
    int n = i2d_PUBKEY(key, &der);
    fair_str s = n > 0 ? fair_str_dup(a, (fair_str){ (char *)der, (size_t)n }) : FAIR_STR("");

    OPENSSL_free(der);
    return s;
}

/* s is brought into the lower half of the order, so that a signature has one form (n - s would hold as well). */
static fair_status
sign(struct fair_arena *a, EVP_PKEY *key, fair_str text, struct fair_signed *out)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_secp384r1);
    unsigned char der[256], *at = NULL, raw[96];
    size_t n = sizeof der;
    const unsigned char *from = der;
    ECDSA_SIG *sig = NULL;
    BIGNUM *half = BN_new(), *r, *s;
    int n_der;

    if (ctx == NULL || group == NULL || half == NULL || EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key) != 1 ||
        EVP_DigestSign(ctx, der, &n, (const unsigned char *)text.p, text.n) != 1 || (sig = d2i_ECDSA_SIG(NULL, &from, (long)n)) == NULL)
        return FAIR_IO;
    r = BN_dup(ECDSA_SIG_get0_r(sig));
    s = BN_dup(ECDSA_SIG_get0_s(sig));
    if (r == NULL || s == NULL || !BN_rshift1(half, EC_GROUP_get0_order(group))) return FAIR_IO;
    if (BN_cmp(s, half) > 0 && !BN_sub(s, EC_GROUP_get0_order(group), s)) return FAIR_IO;
    if (ECDSA_SIG_set0(sig, r, s) != 1 || BN_bn2binpad(r, raw, 48) != 48 || BN_bn2binpad(s, raw + 48, 48) != 48) return FAIR_IO;
    n_der = i2d_ECDSA_SIG(sig, &at);
    if (n_der <= 0) return FAIR_IO;
    out->signature = fair_str_dup(a, (fair_str){ (char *)raw, sizeof raw });
    out->der = fair_str_dup(a, (fair_str){ (char *)at, (size_t)n_der });
    out->key = public_of(a, key);
    OPENSSL_free(at);
    ECDSA_SIG_free(sig);
    BN_free(half);
    EC_GROUP_free(group);
    EVP_MD_CTX_free(ctx);
    return FAIR_OK;
}

static fair_status
open_keys(const char *setting, struct fair_arena *a, EVP_PKEY **key, struct fair_key_told *told, struct fair_err *err)
{
    bool change = setting != NULL && strncmp(setting, "change ", 7) == 0;
    struct fair_signed by_old = { 0 };
    EVP_PKEY *old = NULL;
    const char *path, *next;
    struct fair_sha256 id;
    fair_status s;

    if (!change && (setting == NULL || strncmp(setting, "use ", 4) != 0)) return fair_fail(err, FAIR_INVALID, "no key was named");
    path = setting + (change ? 7 : 4);
    s = read_key(path, change ? &old : key, err);
    if (s == FAIR_NOT_FOUND && !change) {
        s = make_key(path, err);
        if (s == FAIR_OK || s == FAIR_CONFLICT) s = read_key(path, key, err);
    }
    if (s != FAIR_OK) return s;
    if (change) {
        next = fair_str_fmt(a, "%s.new", path).p;
        unlink(next);         /* of a change that was never finished: nobody has seen that key */
        FAIR_TRY(make_key(next, err));
        FAIR_TRY(read_key(next, key, err));
        told->key = public_of(a, *key);
        id = fair_sha256_of(told->key.p, told->key.n);
        told->old = public_of(a, old);
        told->statement = fair_str_fmt(a, "fairtrack-key-1 %.*s from %.*s", FAIR_STR_ARG(fair_hex(a, id.b, 32)),
                                       FAIR_STR_ARG(fair_time_text(a, fair_now())));
        if (sign(a, old, told->statement, &by_old) != FAIR_OK) return fair_fail(err, FAIR_IO, "the old key does not sign");
        told->signature = by_old.der;
        EVP_PKEY_free(old);
        return FAIR_OK;
    }
    told->key = public_of(a, *key);
    return FAIR_OK;
}

int
main(int argc, char **argv)
{
    struct fair_arena *keep = fair_arena_new();
    struct fair_self self;
    struct fair_err err = { 0 };
    struct fair_key_told told = { 0 };
    struct fair_signed first;
    struct fair_msg m;
    EVP_PKEY *key = NULL;

    if (fair_self_begin(argc, argv, FAIR_ROLE_NOTARY, &self, &err) != FAIR_OK || open_keys(self.setting, keep, &key, &told, &err) != FAIR_OK) {
        fprintf(stderr, "%s\n", err.text);
        return 2;
    }
    /* A first signature, thrown away, has everything loaded that a later one needs. */
    if (sign(keep, key, FAIR_STR("nothing"), &first) != FAIR_OK || fair_self_ready(&self, NULL, 0, &err) != FAIR_OK) return 2;
    for (;;) {
        struct fair_arena *a = fair_arena_new();
        struct fair_signed answer = { 0 };
        fair_status s = fair_msg_recv(self.sock, a, false, &m, &err);

        if (s != FAIR_OK) _exit(s == FAIR_DONE ? 0 : 2);
        if (m.type == FAIR_MSG_WHO) {
            m = (struct fair_msg){ .type = FAIR_MSG_KEY, .tag = m.tag, .body = fair_key_told_pack(a, &told), .fd = -1 };
            if (fair_msg_send(self.sock, &m, &err) != FAIR_OK) _exit(2);
            fair_arena_free(&a);
            continue;
        }
        if (m.type != FAIR_MSG_SIGN) _exit(2);
        if (!fair_notary_signs(m.body)) answer = (struct fair_signed){ .status = FAIR_REFUSED, .words = FAIR_STR("that is nothing the notary signs") };
        else answer.status = sign(a, key, m.body, &answer);
        m = (struct fair_msg){ .type = FAIR_MSG_SIGNED, .tag = m.tag, .body = fair_signed_pack(a, &answer), .fd = -1 };
        if (fair_msg_send(self.sock, &m, &err) != FAIR_OK) _exit(2);
        fair_arena_free(&a);
    }
}
