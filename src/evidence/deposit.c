/* evidence/deposit.c - Merkle trees over works, and their proofs as files. */
#include "evidence/deposit.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/clock.h"
#include "evidence/package_private.h"
#include "evidence/verify_private.h"

#define FILE_MAX ((size_t)4 << 20)

static struct fair_sha256
leaf(const struct fair_sha256 *work)
{
    uint8_t b[33] = { 0 };

    memcpy(b + 1, work->b, 32);
    return fair_sha256_of(b, sizeof b);
}

static struct fair_sha256
node(const struct fair_sha256 *left, const struct fair_sha256 *right)
{
    uint8_t b[65] = { 1 };

    memcpy(b + 1, left->b, 32);
    memcpy(b + 33, right->b, 32);
    return fair_sha256_of(b, sizeof b);
}

static size_t
left_side(size_t n)
{
    size_t k = 1;

    while (k * 2 < n) k *= 2;
    return k;
}

struct fair_sha256
fair_merkle_root(const struct fair_sha256 *works, size_t n)
{
    struct fair_sha256 l, r;
    size_t k;

    if (n == 1) return leaf(works);
    k = left_side(n);
    l = fair_merkle_root(works, k);
    r = fair_merkle_root(works + k, n - k);
    return node(&l, &r);
}

size_t
fair_merkle_proof(const struct fair_sha256 *works, size_t n, size_t at, struct fair_sha256 proof[64])
{
    size_t k, below;

    if (n == 1) return 0;
    k = left_side(n);
    if (at < k) {
        below = fair_merkle_proof(works, k, at, proof);
        proof[below] = fair_merkle_root(works + k, n - k);
    } else {
        below = fair_merkle_proof(works + k, n - k, at - k, proof);
        proof[below] = fair_merkle_root(works, k);
    }
    return below + 1;
}

bool
fair_merkle_holds(const struct fair_sha256 *work, size_t at, size_t n, const struct fair_sha256 *proof, size_t n_proof, const struct fair_sha256 *root)
{
    struct fair_sha256 r = leaf(work);
    size_t fn = at, sn = n - 1, i;

    if (n == 0 || at >= n) return false;
    for (i = 0; i < n_proof; i++) {
        if (sn == 0) return false;
        if ((fn & 1) != 0 || fn == sn) {
            r = node(&proof[i], &r);
            while ((fn & 1) == 0 && fn != 0) {
                fn >>= 1;
                sn >>= 1;
            }
        } else {
            r = node(&r, &proof[i]);
        }
        fn >>= 1;
        sn >>= 1;
    }
    return sn == 0 && fair_sha256_eq(&r, root);
}

struct fair_sha256
fair_deposit_stamped(struct fair_arena *a, const struct fair_sha256 *root, size_t n)
{
    fair_str text = fair_str_fmt(a, "fairtrack-deposit-1 %.*s %zu", FAIR_STR_ARG(fair_hex(a, root->b, 32)), n);

    return fair_sha256_of(text.p, text.n);
}

fair_status
fair_deposit_write(const struct fair_deposit_proof *p, struct fair_arena *a, fair_str *file, struct fair_err *err)
{
    struct fair_buf b = FAIR_BUF(a, FILE_MAX);

    fair_buf_fmt(&b, "{\n\"format\": \"fairtrack-deposit-1\",\n\"deposit\": \"%lld\",\n\"work\": \"%lld\",\n\"title\": ", (long long)p->deposit, (long long)p->work);
    fair_json_put_or_null(&b, p->title);
    fair_buf_c(&b, ",\n\"file\": ");
    fair_json_put_or_null(&b, p->path);
    fair_buf_fmt(&b, ",\n\"sha256\": \"%.*s\",\n\"registered\": \"%.*s\",\n\"made\": \"%.*s\",\n\"at\": %zu,\n\"works\": %zu,\n\"root\": \"%.*s\",\n\"proof\": [",
                 FAIR_STR_ARG(fair_hex(a, p->sha256.b, 32)), FAIR_STR_ARG(fair_time_text(a, p->registered)), FAIR_STR_ARG(fair_time_text(a, p->made)), p->at, p->n,
                 FAIR_STR_ARG(fair_hex(a, p->root.b, 32)));
    for (size_t i = 0; i < p->n_proof; i++) fair_buf_fmt(&b, "%s\n\"%.*s\"", i > 0 ? "," : "", FAIR_STR_ARG(fair_hex(a, p->proof[i].b, 32)));
    fair_buf_c(&b, "\n],\n\"timeStamps\": [");
    for (size_t i = 0; i < p->n_stamps; i++) {
        fair_buf_fmt(&b, "%s\n{\"server\": ", i > 0 ? "," : "");
        fair_json_put(&b, p->stamps[i].server);
        fair_buf_fmt(&b, ", \"reply\": \"%.*s\"}", FAIR_STR_ARG(fair_base64(a, p->stamps[i].reply.p, p->stamps[i].reply.n)));
    }
    fair_buf_c(&b, "\n],\n\"openTimestamps\": ");
    if (p->ots.p == NULL) fair_buf_c(&b, "null");
    else fair_buf_fmt(&b, "\"%.*s\"", FAIR_STR_ARG(fair_base64(a, p->ots.p, p->ots.n)));
    fair_buf_c(&b, "\n}\n");
    return fair_buf_take(&b, file, err);
}

fair_status
fair_deposit_verify(fair_str file, const struct fair_verify_options *o, struct fair_arena *a, void (*tell)(void *arg, const struct fair_finding *f),
                    void *arg, struct fair_verify_sum *sum, struct fair_err *err)
{
    const fair_str none = { NULL, 0 };
    struct check c = { .o = o, .a = a, .tell = tell, .arg = arg, .sum = sum, .file = file };
    json_t *p = file.n <= FILE_MAX ? json_loadb(file.p, file.n, JSON_REJECT_DUPLICATES, NULL) : NULL, *list = json_object_get(p, "proof");
    json_int_t at = json_integer_value(json_object_get(p, "at")), n = json_integer_value(json_object_get(p, "works"));
    struct fair_sha256 work, root, proof[64], stamped;
    fair_time made = 0;
    fair_str ots;
    bool fine;

    *sum = (struct fair_verify_sum){ 0 };
    fine = fair_str_eq(fair_check_text(&c, p, "format"), FAIR_STR("fairtrack-deposit-1")) && fair_unhex(fair_check_text(&c, p, "sha256"), work.b, 32) &&
           fair_unhex(fair_check_text(&c, p, "root"), root.b, 32) && json_is_array(list) && json_array_size(list) <= 64 && at >= 0 && n > 0 && n < INT32_MAX;
    for (size_t i = 0; fine && i < json_array_size(list); i++) {
        const char *hex = json_string_value(json_array_get(list, i));
        fine = hex != NULL && fair_unhex(fair_str_of(hex), proof[i].b, 32);
    }
    if (!fine) {
        fair_check_tell(&c, FAIR_FINDING_BAD, "file", none, "no proof of a deposit");
        json_decref(p);
        return fair_fail(err, FAIR_INVALID, "no proof of a deposit");
    }
    (void)fair_time_parse(fair_check_text(&c, p, "made"), &made);
    fair_check_tell(&c, FAIR_FINDING_NOTE, "fact", none, "work %.*s, \"%.*s\", SHA-256 %.*s", FAIR_STR_ARG(fair_str_escape(a, fair_check_text(&c, p, "work"))),
                    FAIR_STR_ARG(fair_str_escape(a, fair_check_text(&c, p, "title"))), FAIR_STR_ARG(fair_hex(a, work.b, 32)));
    if (fair_merkle_holds(&work, (size_t)at, (size_t)n, proof, json_array_size(list), &root))
        fair_check_tell(&c, FAIR_FINDING_OK, "proof", none, "it is number %lld of the %lld works of the deposit with the root %.*s", (long long)at + 1, (long long)n, FAIR_STR_ARG(fair_hex(a, root.b, 32)));
    else fair_check_tell(&c, FAIR_FINDING_BAD, "proof", none, "it is not in the deposit with the root %.*s", FAIR_STR_ARG(fair_hex(a, root.b, 32)));
    stamped = fair_deposit_stamped(a, &root, (size_t)n);
    if (fair_check_stamps(&c, json_object_get(p, "timeStamps"), &stamped, none, made) == 0 && !o->allow_untrusted)
        fair_check_tell(&c, FAIR_FINDING_BAD, "time stamp", none, "nothing outside this file vouches for it: no trusted time stamp");
    if (fair_check_bytes(&c, p, "openTimestamps", &ots)) fair_check_ots(&c, ots, &stamped, none);
    json_decref(p);
    return FAIR_OK;
}
