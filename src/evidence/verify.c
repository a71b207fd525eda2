/* evidence/verify.c - checks a package from its bytes alone. */
#include "evidence/verify_private.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "base/clock.h"
#include "evidence/custody.h"
#include "evidence/package.h"

#define JSON_MAX ((size_t)32 << 20)
#define CLOCK_SLACK (2 * FAIR_SECOND)       /* a clock this far off is shown as wrong */
#define LATE (10 * FAIR_MINUTE)             /* a stamp later than this after the package was made is noted */

static const fair_str digest_name = { "datapackage-digest.json", 23 }, package_name = { "datapackage.json", 16 };

void
fair_check_tell(struct check *c, enum fair_finding_how how, const char *what, fair_str where, const char *fmt, ...)
{
    char words[600];
    va_list ap;
    struct fair_finding f = { how, what, where, { words, 0 } };
    int n;

    va_start(ap, fmt);
    n = vsnprintf(words, sizeof words, fmt, ap);
    va_end(ap);
    f.words.n = n < 0 ? 0 : (size_t)n < sizeof words ? (size_t)n : sizeof words - 1;
    f.words = fair_utf8_mend(c->a, f.words);
    if (how == FAIR_FINDING_OK) c->sum->ok++;
    else if (how == FAIR_FINDING_NOTE) c->sum->notes++;
    else c->sum->bad++;
    c->tell(c->arg, &f);
}

#define GOOD(c, what, where, ...) fair_check_tell((c), FAIR_FINDING_OK, (what), (where), __VA_ARGS__)
#define NOTE(c, what, where, ...) fair_check_tell((c), FAIR_FINDING_NOTE, (what), (where), __VA_ARGS__)
#define BAD(c, what, where, ...) fair_check_tell((c), FAIR_FINDING_BAD, (what), (where), __VA_ARGS__)
#define NOWHERE ((fair_str){ NULL, 0 })

fair_str
fair_check_text(struct check *c, json_t *o, const char *key)
{
    json_t *v = json_object_get(o, key);

    return json_is_string(v) ? fair_str_dup(c->a, (fair_str){ json_string_value(v), json_string_length(v) }) : (fair_str){ NULL, 0 };
}

bool
fair_check_bytes(struct check *c, json_t *o, const char *key, fair_str *out)
{
    fair_str text = fair_check_text(c, o, key);

    return text.p != NULL && fair_unbase64(c->a, text, out);
}

/* Texts of a stranger in our lines: no control bytes, and not without end. */
static fair_str
shown(struct check *c, fair_str s)
{
    if (s.n > 200) s.n = 200;
    return fair_str_escape(c->a, s);
}

/* ---- members ---- */

static json_t *
json_member(struct check *c, fair_str name)
{
    const struct fair_zip_member *m = fair_zip_find(&c->zip, name);
    struct fair_err err = { 0 };
    json_error_t why;
    fair_str bytes;
    json_t *o;

    if (m == NULL) {
        BAD(c, "member", name, "is missing");
        return NULL;
    }
    if (fair_zip_unpack(m, JSON_MAX, c->a, &bytes, &err) != FAIR_OK) {
        BAD(c, "member", name, "%s", err.text);
        return NULL;
    }
    o = json_loadb(bytes.p, bytes.n, JSON_REJECT_DUPLICATES, &why);
    if (!json_is_object(o)) {
        BAD(c, "member", name, "no JSON object: line %d: %.100s", why.line, why.text);
        json_decref(o);
        return NULL;
    }
    return o;
}

static void
one_resource(struct check *c, json_t *r, bool *used)
{
    fair_str path = fair_check_text(c, r, "path"), hash = fair_check_text(c, r, "hash"), bytes;
    json_t *size = json_object_get(r, "bytes"), *stats = c->sum->ours ? NULL : json_object_get(r, "stats");
    const struct fair_zip_member *m;
    struct fair_sha256 want, have;
    struct fair_err err = { 0 };

    if (hash.p == NULL && stats != NULL && fair_str_eq(fair_check_text(c, r, "hashing"), FAIR_STR("sha256"))) {      /* WACZ before 1.1 */
        hash = fair_str_fmt(c->a, "sha256:%.*s", FAIR_STR_ARG(fair_check_text(c, stats, "hash")));
        size = json_object_get(stats, "bytes");
    }
    if (path.p == NULL || hash.n != 71 || !fair_str_starts(hash, FAIR_STR("sha256:")) || !fair_unhex((fair_str){ hash.p + 7, 64 }, want.b, 32)) {
        BAD(c, "member", package_name, "a resource without path or sha256: %.*s", FAIR_STR_ARG(shown(c, path)));
        return;
    }
    m = fair_zip_find(&c->zip, path);
    if (m == NULL) {
        BAD(c, "member", path, "is missing");
        return;
    }
    if (used[m - c->zip.members]) {
        BAD(c, "member", path, "is listed twice");
        return;
    }
    used[m - c->zip.members] = true;
    if (fair_zip_unpack(m, SIZE_MAX, c->a, &bytes, &err) != FAIR_OK) {
        BAD(c, "member", path, "%s", err.text);
        return;
    }
    have = fair_sha256_of(bytes.p, bytes.n);
    if (!fair_sha256_eq(&want, &have)) BAD(c, "member", path, "its SHA-256 is %.*s, and datapackage.json says %.*s", FAIR_STR_ARG(fair_hex(c->a, have.b, 32)), 64, hash.p + 7);
    else if (json_is_integer(size) && (uint64_t)json_integer_value(size) != bytes.n) BAD(c, "member", path, "%zu bytes, and datapackage.json says otherwise", bytes.n);
    else GOOD(c, "member", path, "SHA-256 %.*s, %zu bytes", 64, hash.p + 7, bytes.n);
}

static void
check_members(struct check *c, json_t *package)
{
    json_t *list = json_object_get(package, "resources");
    bool *used = fair_alloc_array(c->a, c->zip.n + 1, sizeof *used);

    if (json_array_size(list) == 0) BAD(c, "member", package_name, "lists no files");
    for (size_t i = 0; i < json_array_size(list); i++) one_resource(c, json_array_get(list, i), used);
    for (size_t i = 0; i < c->zip.n; i++) {
        fair_str name = c->zip.members[i].name;
        if (used[i] || fair_str_eq(name, package_name) || fair_str_eq(name, digest_name) || fair_str_ends(name, FAIR_STR("/"))) continue;
        BAD(c, "member", name, "is not listed in datapackage.json");
    }
    /* In ours the order is that of the list, with the two descriptions last. */
    for (size_t i = 0; c->sum->ours && i < json_array_size(list) && i < c->zip.n; i++) {
        fair_str path = fair_check_text(c, json_array_get(list, i), "path");
        if (!fair_str_eq(path, c->zip.members[i].name)) {
            BAD(c, "member", c->zip.members[i].name, "stands where %.*s must stand", FAIR_STR_ARG(shown(c, path)));
            break;
        }
    }
    if (c->sum->ours && (c->zip.n != json_array_size(list) + 2 || !fair_str_eq(c->zip.members[c->zip.n - 2].name, package_name) ||
                         !fair_str_eq(c->zip.members[c->zip.n - 1].name, digest_name)))
        BAD(c, "member", digest_name, "datapackage.json and datapackage-digest.json must be the last two files");
}

/* ---- time stamps ---- */

static bool
one_stamp(struct check *c, fair_str server, fair_str reply, const struct fair_sha256 *digest, fair_str where, fair_time not_before)
{
    struct fair_err err = { 0 };
    struct fair_stamp s;
    fair_status got = fair_stamp_check(reply, (fair_str){ (const char *)digest->b, 32 }, NULL, c->o->trust, c->a, &s, &err);
    fair_str when = fair_time_text(c->a, s.at - s.at % FAIR_SECOND);

    server = shown(c, server);
    if (got == FAIR_NOT_FOUND) {
        fair_check_tell(c, c->o->allow_untrusted ? FAIR_FINDING_NOTE : FAIR_FINDING_BAD, "time stamp", where,
                        "%.*s: %.*s by %.*s, whom nobody trusts: %s (--ca FILE names a root)", FAIR_STR_ARG(server), FAIR_STR_ARG(when),
                        FAIR_STR_ARG(shown(c, s.signer)), err.text);
        return false;
    }
    if (got != FAIR_OK) {
        BAD(c, "time stamp", where, "%.*s: %s", FAIR_STR_ARG(server), err.text);
        return false;
    }
    if (not_before != 0 && s.at + LATE < not_before) {
        BAD(c, "time stamp", where, "%.*s: %.*s is before the package was made: a clock was wrong", FAIR_STR_ARG(server), FAIR_STR_ARG(when));
        return false;
    }
    GOOD(c, "time stamp", where, "%.*s: %.*s by %.*s, number %.*s, root %.*s%s", FAIR_STR_ARG(server), FAIR_STR_ARG(when),
         FAIR_STR_ARG(shown(c, s.signer)), FAIR_STR_ARG(shown(c, s.serial)), FAIR_STR_ARG(shown(c, s.root)),
         s.qualified ? ", which calls itself qualified (eIDAS): the trusted list of its country says whether it is" : "");
    if (not_before != 0 && s.at > not_before + LATE)
        NOTE(c, "time stamp", where, "%.*s: %lld minutes after the package was made", FAIR_STR_ARG(server), (long long)((s.at - not_before) / FAIR_MINUTE));
    if (c->o->now != 0 && s.signer_until != 0 && s.signer_until < c->o->now)
        NOTE(c, "time stamp", where, "%.*s: its certificate has run out since, at %.*s; it was good then", FAIR_STR_ARG(server),
             FAIR_STR_ARG(fair_time_text(c->a, s.signer_until)));
    if (c->sum->stamped == 0 || s.at < c->sum->stamped) c->sum->stamped = s.at;
    return true;
}

size_t
fair_check_stamps(struct check *c, json_t *list, const struct fair_sha256 *digest, fair_str where, fair_time not_before)
{
    size_t trusted = 0;

    if (!json_is_array(list) || json_array_size(list) > 16) {
        BAD(c, "time stamp", where, "no list of time stamps");
        return 0;
    }
    for (size_t i = 0; i < json_array_size(list); i++) {
        json_t *o = json_array_get(list, i);
        fair_str reply;
        if (!fair_check_bytes(c, o, "reply", &reply)) BAD(c, "time stamp", where, "number %zu is none", i + 1);
        else trusted += one_stamp(c, fair_check_text(c, o, "server"), reply, digest, where, not_before);
    }
    return trusted;
}

void
fair_check_ots(struct check *c, fair_str proof, const struct fair_sha256 *digest, fair_str where)
{
    struct fair_err err = { 0 };
    struct fair_ots o;

    if (fair_ots_read(proof, c->a, &o, &err) != FAIR_OK) {
        BAD(c, "proof", where, "%s", err.text);
        return;
    }
    if (!fair_str_eq(o.hash, FAIR_STR("sha256")) || !fair_str_eq(o.digest, (fair_str){ (const char *)digest->b, 32 })) {
        BAD(c, "proof", where, "OpenTimestamps: of another digest");
        return;
    }
    for (size_t i = 0; i < o.n; i++) {
        const struct fair_ots_mark *m = &o.marks[i];
        bool checked = false;
        if (m->kind == FAIR_OTS_PENDING) NOTE(c, "proof", where, "OpenTimestamps: pending at %.*s", FAIR_STR_ARG(shown(c, m->uri)));
        else if (m->kind == FAIR_OTS_UNKNOWN) NOTE(c, "proof", where, "OpenTimestamps: an attestation of a kind we do not know");
        else if (m->kind != FAIR_OTS_BITCOIN) NOTE(c, "proof", where, "OpenTimestamps: block %lld of another chain, which we do not check", (long long)m->height);
        else {
            for (size_t k = 0; k < c->o->n_blocks; k++) {
                fair_str hash;
                fair_time at;
                if (c->o->blocks[k].height != m->height) continue;
                checked = true;
                if (fair_ots_block(m, c->o->blocks[k].header, c->a, &at, &hash, &err) != FAIR_OK) BAD(c, "proof", where, "OpenTimestamps: block %lld: %s", (long long)m->height, err.text);
                else GOOD(c, "proof", where, "OpenTimestamps: in Bitcoin block %lld, %.*s, of %.*s", (long long)m->height, FAIR_STR_ARG(hash), FAIR_STR_ARG(fair_time_text(c->a, at)));
            }
            if (!checked) NOTE(c, "proof", where, "OpenTimestamps: says it is in Bitcoin block %lld; --block %lld:HEADER checks that", (long long)m->height, (long long)m->height);
        }
    }
}

/* ---- seal ---- */

bool
fair_check_key(struct check *c, fair_str id, const struct fair_seal_key *keys, size_t n, fair_str where)
{
    fair_str given = c->o->key;
    struct fair_sha256 sha;

    if (given.p == NULL) {
        NOTE(c, "key", where, "signed with key %.*s, which was compared with none: --key compares it", FAIR_STR_ARG(id));
        return false;
    }
    if (given.n != 64) {
        sha = fair_sha256_of(given.p, given.n);
        given = fair_hex(c->a, sha.b, 32);
    }
    if (fair_seal_vouched(keys, n, given, id)) {
        GOOD(c, "key", where, "signed with key %.*s%s", FAIR_STR_ARG(id), fair_str_eq(given, id) ? ", the one given" : ", for which the one given signed");
        return true;
    }
    BAD(c, "key", where, "signed with key %.*s, and not with %.*s nor one it signed for", FAIR_STR_ARG(id), FAIR_STR_ARG(given));
    return false;
}

/* Custody: the lines in the package, then those in the seal, one chain. */
static void
check_custody(struct check *c, json_t *later)
{
    const fair_str where = FAIR_STR("custody/custody.jsonl");
    const struct fair_zip_member *m = fair_zip_find(&c->zip, where);
    struct fair_sha256 last = { { 0 } };
    fair_str rest = { NULL, 0 }, line;
    struct fair_err err = { 0 };
    int64_t n = 0;
    fair_time at = 0;
    size_t i = 0;

    if (m == NULL || fair_zip_unpack(m, JSON_MAX, c->a, &rest, &err) != FAIR_OK) return;     /* told already */
    for (;;) {
        struct fair_custody k;
        fair_str here = where;
        if (rest.n > 0) {
            if (!fair_str_split(&rest, '\n', &line)) break;
        } else if (i < json_array_size(later)) {
            json_t *v = json_array_get(later, i++);
            line = json_is_string(v) ? fair_str_dup(c->a, (fair_str){ json_string_value(v), json_string_length(v) }) : FAIR_STR("");
            here = digest_name;
        } else {
            break;
        }
        if (fair_custody_read(line, c->a, &k, &err) != FAIR_OK) {
            BAD(c, "custody", here, "line %lld: %s", (long long)n + 1, err.text);
            return;
        }
        if (k.n != n + 1 || !fair_sha256_eq(&k.previous, &last)) {
            BAD(c, "custody", here, "line %lld does not follow the one before it", (long long)n + 1);
            return;
        }
        if (k.package != c->sum->package) {
            BAD(c, "custody", here, "line %lld is of another package", (long long)k.n);
            return;
        }
        if (k.at < at) NOTE(c, "clock", here, "line %lld is dated before the one before it: a clock was set back", (long long)k.n);
        GOOD(c, "custody", here, "%lld: %.*s %.*s by %.*s%s%.*s", (long long)k.n, FAIR_STR_ARG(fair_time_text(c->a, k.at)), FAIR_STR_ARG(shown(c, k.what)),
             FAIR_STR_ARG(shown(c, k.who)), k.detail.n > 0 ? ": " : "", FAIR_STR_ARG(shown(c, k.detail)));
        at = k.at;
        n = k.n;
        last = fair_custody_hash(line);
    }
    if (n == 0) BAD(c, "custody", where, "no line");
}

/* The file ends in the closing signature, written in the one way. */
static bool
check_closing(struct check *c, fair_str file, json_t *seal, fair_str *key)
{
    static const char mark[] = "\"closing\": {\n";
    const char *at = memmem(file.p, file.n, mark, sizeof mark - 1);
    json_t *o = json_object_get(seal, "closing");
    struct fair_sha256 sha;
    fair_str text, line, raw, der, again;
    struct fair_err err = { 0 };

    if (at == NULL || !json_is_object(o) || !fair_check_bytes(c, o, "signature", &raw) || !fair_check_bytes(c, seal, "closingKey", key) ||
        !fair_seal_der(c->a, raw, &der)) {
        BAD(c, "closing", digest_name, "no closing signature");
        return false;
    }
    text = (fair_str){ file.p, (size_t)(at - file.p) };
    sha = fair_sha256_of(text.p, text.n);
    line = fair_str_fmt(c->a, "fairtrack-closing-1 sha256:%.*s", FAIR_STR_ARG(fair_hex(c->a, sha.b, 32)));
    if (!fair_seal_holds(*key, line, raw, true)) {
        BAD(c, "closing", digest_name, "the closing signature does not hold: the time stamps, the keys or the custody were changed");
        return false;
    }
    if (fair_seal_close(text, raw, der, c->a, &again, &err) != FAIR_OK || !fair_str_eq(again, file)) {
        BAD(c, "closing", digest_name, "its last lines are not as they were written");
        return false;
    }
    return true;
}

static void
check_seal(struct check *c, json_t *package, const struct fair_sha256 *sha)
{
    json_t *seal = json_member(c, digest_name), *signed_data, *ours = json_object_get(package, "fairtrack");
    const struct fair_zip_member *m = fair_zip_find(&c->zip, digest_name);
    fair_str file, keys_text, raw, der, key, again, closing_key = { NULL, 0 }, want = fair_str_fmt(c->a, "sha256:%.*s", FAIR_STR_ARG(fair_hex(c->a, sha->b, 32)));
    struct fair_seal_key *keys = NULL;
    struct fair_sha256 id, stamped;
    struct fair_err err = { 0 };
    fair_time created = 0;
    size_t n_keys = 0, trusted;
    bool vouched;
    char *dump;

    if (seal == NULL) return;
    if (fair_zip_unpack(m, JSON_MAX, c->a, &file, &err) != FAIR_OK) goto done;
    signed_data = json_object_get(seal, "signedData");
    if (!fair_str_eq(fair_check_text(c, seal, "path"), package_name) || !fair_str_eq(fair_check_text(c, seal, "hash"), want) ||
        !fair_str_eq(fair_check_text(c, signed_data, "hash"), want)) {
        BAD(c, "signature", package_name, "datapackage-digest.json is of another datapackage.json: this one has %.*s", FAIR_STR_ARG(want));
        goto done;
    }
    if (!fair_str_eq(fair_check_text(c, signed_data, "version"), FAIR_STR("0.1.0")) ||
        !fair_str_eq(fair_check_text(c, signed_data, "created"), fair_check_text(c, package, "created")) ||
        !fair_str_eq(fair_check_text(c, signed_data, "software"), fair_check_text(c, package, "software")))
        BAD(c, "signature", digest_name, "version, time or software are not those of datapackage.json");
    if (!fair_check_bytes(c, signed_data, "signature", &raw) || !fair_check_bytes(c, signed_data, "publicKey", &key) || !fair_seal_holds(key, want, raw, true)) {
        BAD(c, "signature", digest_name, "the signature of datapackage.json does not hold");
        goto done;
    }
    if (!fair_check_bytes(c, seal, "signatureDer", &der) || !fair_seal_der(c->a, raw, &again) || !fair_str_eq(der, again))
        BAD(c, "signature", digest_name, "signatureDer is not the same signature");
    id = fair_sha256_of(key.p, key.n);
    GOOD(c, "signature", digest_name, "ECDSA P-384 over %.*s", FAIR_STR_ARG(want));
    if (!fair_str_eq(fair_check_text(c, ours, "key"), fair_hex(c->a, id.b, 32))) BAD(c, "key", digest_name, "datapackage.json names another key than the one that signed it");

    dump = json_dumps(json_object_get(seal, "keys"), JSON_COMPACT);
    keys_text = fair_str_dup(c->a, fair_str_of(dump));
    free(dump);
    if (keys_text.p == NULL || fair_seal_keys_read(keys_text, c->a, &keys, &n_keys, &err) != FAIR_OK) BAD(c, "key", digest_name, "%s", err.text);
    vouched = fair_check_key(c, fair_hex(c->a, id.b, 32), keys, n_keys, digest_name);
    (void)fair_time_parse(fair_check_text(c, package, "created"), &created);
    for (size_t i = 0; i < n_keys; i++)
        if (fair_str_eq(keys[i].key, key) && ((created != 0 && created + FAIR_SECOND < keys[i].from) || (keys[i].until != 0 && created > keys[i].until + FAIR_SECOND)))
            BAD(c, "key", digest_name, "the key was in use from %.*s to %.*s, and the package is of %.*s", FAIR_STR_ARG(fair_time_text(c->a, keys[i].from)),
                FAIR_STR_ARG(fair_time_text(c->a, keys[i].until)), FAIR_STR_ARG(fair_time_text(c->a, created)));

    stamped = fair_seal_stamped(c->a, raw);
    trusted = fair_check_stamps(c, json_object_get(seal, "timeStamps"), &stamped, digest_name, created);
    if (json_array_size(json_object_get(seal, "timeStamps")) == 0) NOTE(c, "time stamp", digest_name, "none: the times are the operator's own word");
    if (fair_check_bytes(c, seal, "openTimestamps", &again)) fair_check_ots(c, again, sha, digest_name);
    if (check_closing(c, file, seal, &closing_key)) {
        struct fair_sha256 closer = fair_sha256_of(closing_key.p, closing_key.n);
        if (!fair_seal_vouched(keys, n_keys, fair_hex(c->a, id.b, 32), fair_hex(c->a, closer.b, 32)))
            BAD(c, "closing", digest_name, "closed with another key, for which the first one did not sign");
        else GOOD(c, "closing", digest_name, "closed %.*s", FAIR_STR_ARG(shown(c, fair_check_text(c, seal, "closed"))));
    }
    check_custody(c, json_object_get(seal, "custody"));
    if (trusted == 0 && !vouched && !c->o->allow_untrusted)
        BAD(c, "key", digest_name, "nothing outside this file vouches for it: no trusted time stamp, and no key was given to compare (--key, --ca)");
    c->sum->sealed = true;
done:
    json_decref(seal);
}

/* ---- what it says ---- */

static void
fact(struct check *c, json_t *o, const char *key, const char *words)
{
    fair_str v = fair_check_text(c, o, key);

    if (v.p != NULL) NOTE(c, "fact", NOWHERE, "%s: %.*s", words, FAIR_STR_ARG(shown(c, v)));
    else NOTE(c, "fact", NOWHERE, "%s: not known", words);
}

static void
check_facts(struct check *c, json_t *package)
{
    json_t *capture = json_member(c, FAIR_STR("match/capture.json")), *match = json_member(c, FAIR_STR("match/match.json"));
    json_t *ours = json_object_get(package, "fairtrack"), *offset;
    const fair_str members[2] = { fair_check_text(c, match, "work_member"), fair_check_text(c, match, "picture_member") };
    const char *const says[2] = { "work_sha256", "picture_sha256" };

    fact(c, capture, "url", "page");
    fact(c, capture, "started", "captured from");
    fact(c, capture, "ended", "captured until");
    fact(c, capture, "operator", "operator");
    fact(c, capture, "who", "captured by");
    fact(c, capture, "software", "software");
    fact(c, capture, "browser", "browser");
    fact(c, match, "picture_url", "picture");
    fact(c, match, "picture_sha256", "picture's SHA-256");
    fact(c, match, "work_sha256", "work's SHA-256");
    fact(c, match, "verdict", "match");
    for (size_t i = 0; capture != NULL && i < json_array_size(json_object_get(capture, "notes")) && i < 100; i++) {
        json_t *v = json_array_get(json_object_get(capture, "notes"), i);
        if (json_is_string(v)) NOTE(c, "fact", NOWHERE, "noted: %.*s", FAIR_STR_ARG(shown(c, (fair_str){ json_string_value(v), json_string_length(v) })));
    }
    offset = json_object_get(capture, "clock_offset_us");
    if (json_is_integer(offset)) {
        int64_t us = json_integer_value(offset);
        NOTE(c, "clock", NOWHERE, "the capturing machine's clock was %lld ms %s by %.*s%s", (long long)((us < 0 ? -us : us) / 1000), us < 0 ? "behind" : "ahead",
             FAIR_STR_ARG(shown(c, fair_check_text(c, capture, "clock_source"))), us > CLOCK_SLACK || us < -CLOCK_SLACK ? ": IT WAS WRONG" : "");
    } else if (capture != NULL) {
        NOTE(c, "clock", NOWHERE, "the capturing machine's clock was compared with none");
    }
    /* The pictures are the ones whose digests are told. */
    for (int i = 0; i < 2; i++) {
        const struct fair_zip_member *m = members[i].p != NULL ? fair_zip_find(&c->zip, members[i]) : NULL;
        fair_str bytes, hex = fair_check_text(c, match, says[i]);
        struct fair_err err = { 0 };
        struct fair_sha256 have;
        if (members[i].p == NULL) continue;
        if (m == NULL || fair_zip_unpack(m, SIZE_MAX, c->a, &bytes, &err) != FAIR_OK) {
            BAD(c, "member", members[i], "is missing, and match/match.json names it");
            continue;
        }
        have = fair_sha256_of(bytes.p, bytes.n);
        if (!fair_str_eq(hex, fair_hex(c->a, have.b, 32))) BAD(c, "member", members[i], "is not the picture of %s in match/match.json", says[i]);
    }
    NOTE(c, "fact", NOWHERE, "package %.*s, the operator's number %lld, after %.*s", FAIR_STR_ARG(shown(c, fair_check_text(c, ours, "package"))),
         (long long)json_integer_value(json_object_get(ours, "number")),
         FAIR_STR_ARG(fair_check_text(c, ours, "previous").p != NULL ? shown(c, fair_check_text(c, ours, "previous")) : FAIR_STR("none")));
    json_decref(capture);
    json_decref(match);
}

fair_status
fair_package_verify(fair_str file, const struct fair_verify_options *o, struct fair_arena *a, void (*tell)(void *arg, const struct fair_finding *f),
                    void *arg, struct fair_verify_sum *sum, struct fair_err *err)
{
    struct check c = { .o = o, .a = a, .tell = tell, .arg = arg, .sum = sum, .file = file };
    const struct fair_zip_member *m;
    json_t *package;
    fair_str bytes, id;
    fair_status s;

    *sum = (struct fair_verify_sum){ 0 };
    s = fair_zip_read(file, NULL, a, &c.zip, err);
    if (s != FAIR_OK) {
        BAD(&c, "file", NOWHERE, "%s", err->text);
        return s;
    }
    package = json_member(&c, package_name);
    if (package == NULL) return FAIR_OK;
    m = fair_zip_find(&c.zip, package_name);
    if (fair_zip_unpack(m, JSON_MAX, a, &bytes, err) != FAIR_OK) return FAIR_OK;
    sum->datapackage = fair_sha256_of(bytes.p, bytes.n);
    sum->ours = json_is_object(json_object_get(package, "fairtrack"));
    id = fair_check_text(&c, json_object_get(package, "fairtrack"), "package");
    if (sum->ours && !fair_str_number(id, INT64_MAX, &sum->package)) BAD(&c, "member", package_name, "names no package");
    if (sum->ours && c.zip.fault.p != NULL) BAD(&c, "file", c.zip.fault_in.n > 0 ? c.zip.fault_in : NOWHERE, "%.*s: it was packed anew or changed", FAIR_STR_ARG(c.zip.fault));
    else GOOD(&c, "file", NOWHERE, "%zu bytes, %zu files%s", file.n, c.zip.n, sum->ours ? ", packed as it must be" : "");
    if (sum->ours && json_integer_value(json_object_get(json_object_get(package, "fairtrack"), "format")) != 1)
        BAD(&c, "file", package_name, "a package of a newer format than this program knows");
    if (!fair_str_eq(fair_check_text(&c, package, "wacz_version"), FAIR_STR("1.1.1")))
        NOTE(&c, "file", package_name, "WACZ version %.*s, not 1.1.1", FAIR_STR_ARG(shown(&c, fair_check_text(&c, package, "wacz_version"))));
    check_members(&c, package);
    if (sum->ours) {
        check_seal(&c, package, &sum->datapackage);
        check_facts(&c, package);
    } else {
        NOTE(&c, "file", NOWHERE, "not made by Fairtrack: checked by the rules of WACZ and wacz-auth alone");
        fair_check_foreign(&c, package, &sum->datapackage);
    }
    json_decref(package);
    return FAIR_OK;
}
