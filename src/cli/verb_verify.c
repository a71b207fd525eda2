/* cli/verb_verify.c - `fairtrack verify`: packages, proofs of deposit, time stamps and OpenTimestamps proofs, offline and without a home. */
#include <dirent.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/io.h"
#include "cli/cli.h"
#include "cli/rematch.h"
#include "evidence/verify.h"
#include "proc/proc.h"

#define FILE_MAX ((size_t)3 << 30)
#define ROOTS_MAX ((size_t)16 << 20)
#define SYSTEM_ROOTS "/etc/ssl/certs/ca-certificates.crt"

static const char *const hows[] = { "ok", "note", "BAD" };

static void
tell(void *arg, const struct fair_finding *f)
{
    struct fair_cli *c = arg;

    if (c->json)
        fair_cli_json(json_pack("{s:i, s:s, s:s, s:s, s:o, s:o}", "v", 1, "type", "finding", "how", hows[f->how], "what", f->what, "where",
                                fair_json_str(c->arena, f->where), "words", fair_json_str(c->arena, f->words)));
    else
        printf("%-4s  %-10s  %s%.*s%.*s\n", hows[f->how], f->what, f->where.n > 0 ? "" : "", FAIR_STR_ARG(fair_str_escape(c->arena, f->where.n > 0 ? fair_str_fmt(c->arena, "%.*s: ", FAIR_STR_ARG(f->where)) : FAIR_STR(""))),
               FAIR_STR_ARG(fair_str_escape(c->arena, f->words)));
}

/* ---- what is given beside the file ---- */

static fair_status
add_roots(struct fair_trust *t, const char *path, struct fair_arena *a, struct fair_err *err)
{
    struct stat st;
    fair_str pem;
    DIR *d;

    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode) && (d = opendir(path)) != NULL) {
        for (struct dirent *e; (e = readdir(d)) != NULL;) {
            struct fair_err none = { 0 };
            if (e->d_name[0] == '.' || fair_read_file(a, fair_str_fmt(a, "%s/%s", path, e->d_name).p, ROOTS_MAX, &pem, &none) != FAIR_OK) continue;
            (void)!fair_trust_add(t, pem, false, &none);
        }
        closedir(d);
        return fair_trust_roots(t) > 0 ? FAIR_OK : fair_fail(err, FAIR_INVALID, "%s: no certificate (PEM) in it", path);
    }
    FAIR_TRY(fair_read_file(a, path, ROOTS_MAX, &pem, err));
    return fair_trust_add(t, pem, false, err) == FAIR_OK ? FAIR_OK : fair_fail_in(err, "%s", path);
}

/* A public key as PEM or DER, or its SHA-256 in hex. */
static fair_status
read_key(const char *given, struct fair_arena *a, fair_str *out, struct fair_err *err)
{
    static const fair_str head = { "-----BEGIN PUBLIC KEY-----", 26 }, foot = { "-----END", 8 };
    struct fair_buf b = FAIR_BUF(a, 65536);
    fair_str text, bare;
    uint8_t sha[32];
    const char *end;

    if (fair_unhex(fair_str_of(given), sha, 32)) {
        *out = fair_hex(a, sha, 32);
        return FAIR_OK;
    }
    FAIR_TRY(fair_read_file(a, given, 65536, &text, err));
    if (!fair_str_starts(text, head)) {
        *out = text;
        return FAIR_OK;
    }
    end = memmem(text.p + head.n, text.n - head.n, foot.p, foot.n);
    for (const char *p = text.p + head.n; end != NULL && p < end; p++)
        if (*p > ' ') fair_buf_byte(&b, *p);
    if (fair_buf_take(&b, &bare, err) != FAIR_OK || !fair_unbase64(a, bare, out)) return fair_fail(err, FAIR_INVALID, "%s: no public key", given);
    return FAIR_OK;
}

static bool
read_block(const char *given, struct fair_arena *a, struct fair_verify_options *o)
{
    fair_str rest = fair_str_of(given), height;
    char *header = fair_alloc(a, 80);

    if (!fair_str_split(&rest, ':', &height) || !fair_str_number(height, INT32_MAX, &o->blocks[0].height) || !fair_unhex(rest, header, 80)) return false;
    o->blocks[0].header = (fair_str){ header, 80 };
    o->n_blocks = 1;
    return true;
}

/* ---- other files than packages ---- */

static int
verify_token(struct fair_cli *c, fair_str file, fair_str digest, const struct fair_verify_options *o)
{
    struct fair_err err = { 0 };
    struct fair_stamp s;
    fair_status got = fair_stamp_check(file, digest, NULL, o->trust, c->arena, &s, &err);
    struct fair_finding f = { got == FAIR_OK ? FAIR_FINDING_OK : got == FAIR_NOT_FOUND && o->allow_untrusted ? FAIR_FINDING_NOTE : FAIR_FINDING_BAD, "time stamp", { NULL, 0 }, fair_str_of(err.text) };

    if (got == FAIR_OK || got == FAIR_NOT_FOUND)
        f.words = fair_str_fmt(c->arena, "%.*s by %.*s, number %.*s, policy %.*s%s%.*s%s%s", FAIR_STR_ARG(fair_time_text(c->arena, s.at - s.at % FAIR_SECOND)),
                               FAIR_STR_ARG(s.signer), FAIR_STR_ARG(s.serial), FAIR_STR_ARG(s.policy), got == FAIR_OK ? ", root " : ": ", FAIR_STR_ARG(s.root), got == FAIR_OK ? "" : err.text,
                               digest.p == NULL ? "; compared with no digest (--of, --hash)" : "");
    tell(c, &f);
    return f.how == FAIR_FINDING_BAD ? FAIR_EXIT_NO : FAIR_EXIT_DONE;
}

static int
verify_ots(struct fair_cli *c, fair_str file, fair_str of, fair_str hash, const struct fair_verify_options *o)
{
    struct fair_err err = { 0 };
    struct fair_ots p;
    int bad = 0, good = 0;
    fair_status s = fair_ots_read(file, c->arena, &p, &err);

    if (s == FAIR_OK && of.p != NULL) {
        if (fair_str_eq(p.hash, FAIR_STR("sha256"))) {
            struct fair_sha256 sha = fair_sha256_of(of.p, of.n);
            hash = fair_str_dup(c->arena, (fair_str){ (char *)sha.b, 32 });
        } else {
            s = fair_fail(&err, FAIR_INVALID, "the proof is of a %.*s: give that with --hash", FAIR_STR_ARG(p.hash));
        }
    }
    if (s == FAIR_OK && hash.p != NULL && !fair_str_eq(hash, p.digest)) s = fair_fail(&err, FAIR_CORRUPT, "the proof is of another digest: %.*s", FAIR_STR_ARG(fair_hex(c->arena, p.digest.p, p.digest.n)));
    if (s != FAIR_OK) {
        tell(c, &(struct fair_finding){ FAIR_FINDING_BAD, "proof", { NULL, 0 }, fair_str_of(err.text) });
        return FAIR_EXIT_NO;
    }
    tell(c, &(struct fair_finding){ hash.p != NULL ? FAIR_FINDING_OK : FAIR_FINDING_NOTE, "proof", { NULL, 0 },
                                    fair_str_fmt(c->arena, "of %.*s %.*s%s", FAIR_STR_ARG(p.hash), FAIR_STR_ARG(fair_hex(c->arena, p.digest.p, p.digest.n)),
                                                 hash.p != NULL ? "" : ", compared with no file (--of, --hash)") });
    for (size_t i = 0; i < p.n; i++) {
        static const char *const kinds[] = { "pending at ", "Bitcoin block ", "Litecoin block ", "Ethereum block ", "an attestation of an unknown kind" };
        const struct fair_ots_mark *m = &p.marks[i];
        struct fair_finding f = { FAIR_FINDING_NOTE, "proof", { NULL, 0 }, { NULL, 0 } };
        fair_str block;
        fair_time at;

        f.words = fair_str_fmt(c->arena, "%s%.*s%s; leads to %.*s", kinds[m->kind], FAIR_STR_ARG(m->uri), m->height >= 0 ? fair_str_fmt(c->arena, "%lld", (long long)m->height).p : "",
                               FAIR_STR_ARG(fair_hex(c->arena, m->commitment.p, m->commitment.n < 32 ? m->commitment.n : 32)));
        if (m->kind == FAIR_OTS_BITCOIN && o->n_blocks > 0 && o->blocks[0].height == m->height) {
            if (fair_ots_block(m, o->blocks[0].header, c->arena, &at, &block, &err) == FAIR_OK) {
                f.how = FAIR_FINDING_OK;
                f.words = fair_str_fmt(c->arena, "in Bitcoin block %lld, %.*s, of %.*s", (long long)m->height, FAIR_STR_ARG(block), FAIR_STR_ARG(fair_time_text(c->arena, at)));
                good++;
            } else {
                f.how = FAIR_FINDING_BAD;
                f.words = fair_str_of(err.text);
                bad++;
            }
        }
        tell(c, &f);
    }
    return bad > 0 ? FAIR_EXIT_NO : FAIR_EXIT_DONE;
}

static int
verdict(struct fair_cli *c, const struct fair_verify_sum *sum)
{
    if (c->json)
        fair_cli_json(json_pack("{s:i, s:s, s:b, s:I, s:I, s:I, s:b, s:o, s:o}", "v", 1, "type", "verdict", "good", sum->bad == 0, "ok", (json_int_t)sum->ok, "notes",
                                (json_int_t)sum->notes, "bad", (json_int_t)sum->bad, "ours", sum->ours, "stamped", fair_json_time(c->arena, sum->stamped), "datapackage",
                                fair_json_str(c->arena, fair_hex(c->arena, sum->datapackage.b, 32))));
    else
        printf("%s\n", sum->bad == 0 ? "Nothing is wrong with it as far as the above goes." : "IT IS NOT AS IT WAS MADE, or cannot be shown to be: see the lines that begin with BAD.");
    return sum->bad == 0 ? FAIR_EXIT_DONE : FAIR_EXIT_NO;
}

/* Load what OpenSSL loads late, so that it need not be opened when nothing can be opened any more. */
static void
warm_up(void)
{
    static const char junk[] = "\x30\x03\x02\x01\x01";
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_err err = { 0 };
    struct fair_stamp s;
    struct fair_sha256 sha = fair_sha256_of(junk, sizeof junk);
    /* P-384's public generator as a key, and a signature of ones: it does not hold, and everything is loaded. */
    static const char spki[] = "3076301006072a8648ce3d020106052b8104002203620004aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c"
                               "3a545e3872760ab73617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f";
    char key[120], sig[96];

    memset(sig, 1, sizeof sig);
    if (fair_unhex(fair_str_of(spki), key, sizeof key)) (void)fair_seal_holds((fair_str){ key, sizeof key }, FAIR_STR("x"), (fair_str){ sig, sizeof sig }, false);
    (void)!fair_stamp_check((fair_str){ junk, sizeof junk - 1 }, (fair_str){ (char *)sha.b, 32 }, NULL, NULL, a, &s, &err);
}

static int
verify_file(struct fair_cli *c, fair_str file, fair_str of, fair_str hash, const struct fair_verify_options *o)
{
    struct fair_err err = { 0 };
    struct fair_verify_sum sum = { 0 };

    if (fair_str_starts(file, FAIR_STR("\0OpenTimestamps"))) return verify_ots(c, file, of, hash, o);
    if (file.n > 0 && file.p[0] == 0x30) {
        struct fair_sha256 sha = fair_sha256_of(of.p, of.n);
        return verify_token(c, file, of.p != NULL ? fair_str_dup(c->arena, (fair_str){ (char *)sha.b, 32 }) : hash, o);
    }
    if (file.n > 0 && file.p[0] == '{') (void)!fair_deposit_verify(file, o, c->arena, tell, c, &sum, &err);
    else (void)!fair_package_verify(file, o, c->arena, tell, c, &sum, &err);
    return verdict(c, &sum);
}

/* The same verb again without --rematch, in a process of its own that confines itself; its exit status. */
static int
checked_apart(char **argv, int argc)
{
    char **args = fair_xcalloc((size_t)argc + 8, sizeof *args);
    int n = 0, status = 0;
    pid_t child;

    for (int i = 0; i < argc; i++)
        if (strcmp(argv[i], "--rematch") != 0) args[n++] = argv[i];
    if (posix_spawn(&child, "/proc/self/exe", NULL, NULL, args, environ) != 0 || waitpid(child, &status, 0) != child) status = FAIR_EXIT_FAILED << 8;
    free(args);
    return WIFEXITED(status) ? WEXITSTATUS(status) : FAIR_EXIT_FAILED;
}

int
fair_verb_verify(struct fair_cli *c, int argc, char **argv)
{
    const char *key = NULL, *ca = NULL, *block = NULL, *of = NULL, *hash = NULL;
    bool untrusted = false, weak = false, rematch = false;
    const struct fair_opt opts[] = {
        { .name = "key", .value = "FILE|SHA256", .doc = "the operator's public key (PEM or DER), or its SHA-256 in hex, as they told it on another way", .text = &key },
        { .name = "ca", .value = "FILE|DIR", .doc = "root certificates (PEM) of time-stamp services you trust; without it this machine's own list", .text = &ca },
        { .name = "allow-untrusted", .doc = "take time stamps whose chain ends at no such root as a note", .flag = &untrusted },
        { .name = "block", .value = "HEIGHT:HEADER", .doc = "a Bitcoin block's header, 160 hex digits, for OpenTimestamps", .text = &block },
        { .name = "of", .value = "FILE", .doc = "what a time stamp or a proof in a file of its own is of", .text = &of },
        { .name = "hash", .value = "HEX", .doc = "or the digest of it", .text = &hash },
        { .name = "rematch", .doc = "compute the match again from the pictures in the package, in the confined helpers", .flag = &rematch },
        { .name = "weak", .doc = "go on where this machine cannot confine the check", .flag = &weak },
        { 0 } };
    FAIR_AUTO(trust) struct fair_trust *trust = fair_trust_new();
    struct fair_verify_options o = { .trust = trust, .now = fair_now() };
    struct fair_confine how = { 0 };
    struct fair_err err = { 0 };
    fair_str file, of_bytes = { NULL, 0 }, digest = { NULL, 0 };
    char text[400], *bytes;
    int code;

    if (!fair_cli_parse(c, argc, argv, opts, 1, 1, &code)) return code;
    if (rematch) {
        char *words[40] = { (char *)(uintptr_t)"fairtrack", c->json ? (char *)(uintptr_t)"--json" : (char *)(uintptr_t)"--home=.", (char *)(uintptr_t)"verify" };
        if (argc > 30) return fair_cli_usage(c, "too many words");
        for (int i = 0; i < argc; i++) words[3 + i] = argv[i];
        fflush(stdout);
        code = checked_apart(words, argc + 3);
        return code != FAIR_EXIT_DONE ? code : fair_rematch(c, c->args[0], weak);
    }
    o.allow_untrusted = untrusted;
    if (block != NULL && !read_block(block, c->arena, &o)) return fair_cli_usage(c, "--block: a height, a colon and 160 hex digits");
    if (hash != NULL) {
        size_t n = strlen(hash) / 2;
        bytes = fair_alloc(c->arena, n + 1);
        if (!fair_unhex(fair_str_of(hash), bytes, n)) return fair_cli_usage(c, "--hash: hex digits");
        digest = (fair_str){ bytes, n };
    }
    if (ca != NULL ? add_roots(trust, ca, c->arena, &err) != FAIR_OK : access(SYSTEM_ROOTS, R_OK) == 0 && add_roots(trust, SYSTEM_ROOTS, c->arena, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    if (key != NULL && read_key(key, c->arena, &o.key, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    if (of != NULL && fair_read_file(c->arena, of, FILE_MAX, &of_bytes, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    if (fair_read_file(c->arena, c->args[0], FILE_MAX, &file, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    warm_up();
    how.weak = weak;
    if (fair_proc_confine(FAIR_ROLE_VERIFY, &how, text, sizeof text, &err) != FAIR_OK && !weak) return fair_cli_fail(c, &err);
    code = verify_file(c, file, of_bytes, digest, &o);
    /* Nothing more may be opened here, and nothing needs to be put away. */
    if (fflush(stdout) != 0 || ferror(stdout)) _exit(FAIR_EXIT_FAILED);
    _exit(code);
}
