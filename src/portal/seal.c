/* portal/seal.c - answers sealed to the home's key. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include "portal/seal.h"
#include "portal/shelf.h"

static const char magic[4] = { 'F', 'T', 'A', '1' };

void
fair_answer_keys(uint8_t public_key[32], uint8_t secret_key[32])
{
    crypto_box_keypair(public_key, secret_key);
}

fair_status
fair_bundle_pack(struct fair_arena *a, json_t *head, const struct fair_answer_file *files, size_t n, size_t max, fair_str *out, struct fair_err *err)
{
    json_t *list = json_array();
    size_t total = 8;
    unsigned char *p;
    char *text;
    fair_str json;

    for (size_t i = 0; i < n; i++) {
        struct fair_sha256 sha = fair_sha256_of(files[i].bytes.p, files[i].bytes.n);
        json_t *f = json_object();
        json_object_set_new(f, "name", json_stringn(files[i].name.p, files[i].name.n));
        json_object_set_new(f, "bytes", json_integer((json_int_t)files[i].bytes.n));
        json_object_set_new(f, "sha256", json_string(fair_hex(a, sha.b, sizeof sha.b).p));
        json_array_append_new(list, f);
        total += files[i].bytes.n;
    }
    json_object_set_new(head, "files", list);
    text = json_dumps(head, JSON_COMPACT | JSON_SORT_KEYS);
    if (text == NULL) return fair_fail(err, FAIR_INVALID, "it does not become JSON");
    json = fair_str_dup(a, fair_str_of(text));
    free(text);
    total += json.n;
    if (json.n > FAIR_BUNDLE_JSON_MAX || total > max) return fair_fail(err, FAIR_LIMIT, "%zu bytes in all, at most %zu are taken", total, max);
    p = fair_alloc(a, total);
    memcpy(p, magic, 4);
    for (int i = 0; i < 4; i++) p[4 + i] = (unsigned char)(json.n >> (8 * i));
    memcpy(p + 8, json.p, json.n);
    total = 8 + json.n;
    for (size_t i = 0; i < n; i++) {
        if (files[i].bytes.n > 0) memcpy(p + total, files[i].bytes.p, files[i].bytes.n);
        total += files[i].bytes.n;
    }
    *out = (fair_str){ (const char *)p, total };
    return FAIR_OK;
}

fair_status
fair_answer_seal(struct fair_arena *a, json_t *answer, const struct fair_answer_file *files, size_t n, const uint8_t public_key[32], fair_str *sealed,
                 struct fair_err *err)
{
    unsigned char *out;
    fair_str plain;

    if (n > FAIR_ANSWER_FILES) return fair_fail(err, FAIR_LIMIT, "an answer holds at most %d files", FAIR_ANSWER_FILES);
    FAIR_TRY(fair_bundle_pack(a, answer, files, n, FAIR_ANSWER_MAX - crypto_box_SEALBYTES, &plain, err));
    out = fair_alloc(a, plain.n + crypto_box_SEALBYTES);
    if (crypto_box_seal(out, (const unsigned char *)plain.p, plain.n, public_key) != 0) return fair_fail(err, FAIR_IO, "sealing the answer failed: is answers.key a key?");
    sodium_memzero((char *)(uintptr_t)plain.p, plain.n);
    *sealed = (fair_str){ (const char *)out, plain.n + crypto_box_SEALBYTES };
    return FAIR_OK;
}

static fair_status
unpack_files(const json_t *list, fair_str rest, struct fair_answer_file *files, size_t most, size_t *n, struct fair_err *err)
{
    const json_t *f;
    size_t i;

    if (!json_is_array(list) || json_array_size(list) > most) return fair_fail(err, FAIR_CORRUPT, "no list of its files, or too many");
    *n = json_array_size(list);
    json_array_foreach(list, i, f) {
        const json_t *name = json_object_get(f, "name"), *bytes = json_object_get(f, "bytes"), *hex = json_object_get(f, "sha256");
        struct fair_sha256 want, have;
        if (!json_is_string(name) || json_string_length(name) > 200 || !json_is_integer(bytes) || json_integer_value(bytes) < 0 ||
            (uint64_t)json_integer_value(bytes) > rest.n || !json_is_string(hex) || !fair_unhex(fair_str_of(json_string_value(hex)), want.b, sizeof want.b))
            return fair_fail(err, FAIR_CORRUPT, "file %zu is not described", i + 1);
        files[i] = (struct fair_answer_file){ { json_string_value(name), json_string_length(name) }, { rest.p, (size_t)json_integer_value(bytes) } };
        have = fair_sha256_of(files[i].bytes.p, files[i].bytes.n);
        if (!fair_sha256_eq(&want, &have)) return fair_fail(err, FAIR_CORRUPT, "file %zu has another digest", i + 1);
        rest = (fair_str){ rest.p + files[i].bytes.n, rest.n - files[i].bytes.n };
    }
    return rest.n == 0 ? FAIR_OK : fair_fail(err, FAIR_CORRUPT, "%zu bytes too many", rest.n);
}

fair_status
fair_bundle_unpack(fair_str plain, size_t most, json_t **head, struct fair_answer_file *files, size_t *n, struct fair_err *err)
{
    json_error_t why;
    fair_status s;
    size_t length = 0;

    *head = NULL;
    if (plain.n < 8 || memcmp(plain.p, magic, 4) != 0) return fair_fail(err, FAIR_CORRUPT, "that is nothing of ours");
    for (int i = 0; i < 4; i++) length |= (size_t)(unsigned char)plain.p[4 + i] << (8 * i);
    if (length > plain.n - 8 || length > FAIR_BUNDLE_JSON_MAX) return fair_fail(err, FAIR_CORRUPT, "it breaks off");
    *head = json_loadb(plain.p + 8, length, JSON_REJECT_DUPLICATES, &why);
    s = json_is_object(*head) ? unpack_files(json_object_get(*head, "files"), (fair_str){ plain.p + 8 + length, plain.n - 8 - length }, files, most, n, err)
                              : fair_fail(err, FAIR_CORRUPT, "no JSON object in it");
    if (s == FAIR_OK) return s;
    json_decref(*head);
    *head = NULL;
    return s;
}

fair_status
fair_answer_open(struct fair_arena *a, fair_str sealed, const uint8_t public_key[32], const uint8_t secret_key[32], json_t **answer,
                 struct fair_answer_file files[FAIR_ANSWER_FILES], size_t *n, struct fair_err *err)
{
    unsigned char *plain;

    *answer = NULL;
    if (sealed.n < crypto_box_SEALBYTES || sealed.n > FAIR_ANSWER_MAX) return fair_fail(err, FAIR_CORRUPT, "that is no sealed answer");
    plain = fair_alloc(a, sealed.n);
    if (crypto_box_seal_open(plain, (const unsigned char *)sealed.p, sealed.n, public_key, secret_key) != 0)
        return fair_fail(err, FAIR_CORRUPT, "an answer that was not sealed to this home's key, or was changed");
    return fair_bundle_unpack((fair_str){ (const char *)plain, sealed.n - crypto_box_SEALBYTES }, FAIR_ANSWER_FILES, answer, files, n, err);
}
