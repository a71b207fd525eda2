/* cli/verb_evidence.c - packages: listed, shown, sealed, exported; the notary's keys; deposits. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/io.h"
#include "cli/cli.h"
#include "evidence/ots.h"
#include "work/exhibits.h"
#include "work/notary.h"
#include "work/seal.h"
#include "work/upgrade.h"

/* ---- list and show ---- */

/* How far a proof of OpenTimestamps is; absent: there is none. */
static fair_str
ots_words(struct fair_arena *a, fair_str ots)
{
    return ots.n > 0 ? fair_ots_words(ots, a) : (fair_str){ NULL, 0 };
}

static json_t *
package_line(struct fair_arena *a, const struct fair_package *p)
{
    return json_pack("{s:i, s:s, s:I, s:I, s:I, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:o, s:o, s:o}", "v", 1, "type", "package", "package", (json_int_t)p->id, "number",
                     (json_int_t)p->number, "hit", (json_int_t)p->hit, "work", (json_int_t)p->work, "state", fair_json_str(a, p->state), "url", fair_json_str(a, p->url),
                     "title", fair_json_str(a, p->title), "made", fair_json_time(a, p->made), "captured", fair_json_time(a, p->captured), "sealed",
                     fair_json_time(a, p->sealed), "bytes", (json_int_t)p->bytes, "datapackage",
                     fair_sha256_none(&p->datapackage) ? json_null() : fair_json_str(a, fair_hex(a, p->datapackage.b, 32)), "openTimestamps", fair_json_str(a, ots_words(a, p->ots)), "error", fair_json_str(a, p->error));
}

static fair_status
print_package(void *arg, const struct fair_package *p, __attribute__((unused)) struct fair_err *err)
{
    struct fair_cli *c = arg;
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();

    if (c->json) fair_cli_json(package_line(a, p));
    else
        printf("%lld\t%.*s\thit %lld\t%.*s\t%.*s\t%.*s\n", (long long)p->id, FAIR_STR_ARG(p->state), (long long)p->hit, FAIR_STR_ARG(fair_time_text(a, p->captured)),
               FAIR_STR_ARG(fair_str_escape(a, p->url)), FAIR_STR_ARG(fair_str_escape(a, p->error.p != NULL ? p->error : FAIR_STR(""))));
    return FAIR_OK;
}

int
fair_verb_evidence_list(struct fair_cli *c, int argc, char **argv)
{
    const char *hit = NULL, *state = NULL;
    int64_t limit = 100;
    const struct fair_opt opts[] = { { .name = "hit", .value = "ID", .doc = "of this hit only", .text = &hit },
                                     { .name = "state", .value = "STATE", .doc = "capturing, sealing, sealed or failed", .text = &state },
                                     { .name = "limit", .value = "N", .doc = "at most so many (100)", .number = &limit }, { 0 } };
    struct fair_package_filter f = { 0 };
    struct fair_err err = { 0 };
    int code;

    if (!fair_cli_parse(c, argc, argv, opts, 0, 0, &code)) return code;
    if (hit != NULL && !fair_cli_id(hit, &f.hit)) return fair_cli_usage(c, "%s is no id", hit);
    f.state = fair_str_of(state);
    f.page.limit = limit;
    if (fair_cli_house(c, &err) != FAIR_OK || fair_store_packages(&c->house.desk, &f, print_package, c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    return FAIR_EXIT_DONE;
}

static fair_status
print_stamp(void *arg, const struct fair_stamp_row *s, __attribute__((unused)) struct fair_err *err)
{
    struct fair_cli *c = arg;
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();

    if (c->json) fair_cli_json(json_pack("{s:i, s:s, s:I, s:o, s:o}", "v", 1, "type", "stamp", "package", (json_int_t)s->of, "server", fair_json_str(a, s->server), "at", fair_json_time(a, s->at)));
    else printf("  time stamp  %.*s  %.*s\n", FAIR_STR_ARG(fair_time_text(a, s->at - s->at % FAIR_SECOND)), FAIR_STR_ARG(fair_str_escape(a, s->server)));
    return FAIR_OK;
}

static fair_status
print_custody(void *arg, const struct fair_custody_row *r, __attribute__((unused)) struct fair_err *err)
{
    struct fair_cli *c = arg;
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();

    if (c->json) fair_cli_json(json_pack("{s:i, s:s, s:I, s:I, s:o, s:o}", "v", 1, "type", "custody", "package", (json_int_t)r->package, "n", (json_int_t)r->n, "line", fair_json_str(a, r->line), "sha256", fair_json_str(a, fair_hex(a, r->hash.b, 32))));
    else printf("  custody     %.*s\n", FAIR_STR_ARG(fair_str_escape(a, r->line)));
    return FAIR_OK;
}

int
fair_verb_evidence_show(struct fair_cli *c, int argc, char **argv)
{
    struct fair_err err = { 0 };
    int code, missing = 0;

    if (!fair_cli_parse(c, argc, argv, NULL, 1, -1, &code)) return code;
    if (fair_cli_house(c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    for (int i = 0; i < c->n_args; i++) {
        struct fair_package p;
        fair_id id;
        fair_status s;

        if (!fair_cli_id(c->args[i], &id)) return fair_cli_usage(c, "%s is no id", c->args[i]);
        s = fair_store_package_get(&c->house.desk, id, c->arena, &p, &err);
        if (s == FAIR_NOT_FOUND) {
            fprintf(stderr, "fairtrack %s: no package %lld\n", c->verb->name, (long long)id);
            missing++;
            continue;
        }
        if (s == FAIR_OK) s = print_package(c, &p, &err);
        if (s == FAIR_OK && !c->json && p.ots.n > 0) printf("  proof       OpenTimestamps, %.*s\n", FAIR_STR_ARG(ots_words(c->arena, p.ots)));
        if (s != FAIR_OK || fair_store_package_stamps(&c->house.desk, id, print_stamp, c, &err) != FAIR_OK ||
            fair_store_custody(&c->house.desk, id, 1, print_custody, c, &err) != FAIR_OK || fair_package_custody(&c->house, id, "viewed", FAIR_STR("its facts"), &err) != FAIR_OK)
            return fair_cli_fail(c, &err);
    }
    return missing > 0 ? FAIR_EXIT_NO : FAIR_EXIT_DONE;
}

/* ---- seal and export ---- */

int
fair_verb_evidence_seal(struct fair_cli *c, int argc, char **argv)
{
    struct fair_err err = { 0 };
    int code, waiting = 0;

    if (!fair_cli_parse(c, argc, argv, NULL, 1, -1, &code)) return code;
    if (fair_cli_house(c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    for (int i = 0; i < c->n_args; i++) {
        struct fair_package p;
        fair_id id;
        bool waits, complete;

        if (!fair_cli_id(c->args[i], &id)) return fair_cli_usage(c, "%s is no id", c->args[i]);
        if (fair_package_seal(&c->house, id, &waits, &err) != FAIR_OK || (!waits && fair_upgrade(&c->house, FAIR_UPGRADE_PACKAGE, id, &complete, &err) != FAIR_OK) || fair_store_package_get(&c->house.desk, id, c->arena, &p, &err) != FAIR_OK)
            return err.status == FAIR_NOT_FOUND ? (fair_cli_fail(c, &err), FAIR_EXIT_NO) : fair_cli_fail(c, &err);
        (void)!print_package(c, &p, &err);
        waiting += waits;
    }
    return waiting > 0 ? FAIR_EXIT_NO : FAIR_EXIT_DONE;
}

/* The file must not be there: a package is never written over. */
static fair_status
write_new(const char *path, fair_str bytes, struct fair_err *err)
{
    FAIR_AUTO(fd) int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);

    if (fd < 0) return fair_fail(err, FAIR_IO, "%s: %m", path);
    if (fair_write_all(fd, bytes.p, bytes.n, err) != FAIR_OK || fsync(fd) != 0) {
        unlink(path);
        return fair_fail_in(err, "%s", path);
    }
    return FAIR_OK;
}

int
fair_verb_evidence_export(struct fair_cli *c, int argc, char **argv)
{
    bool pdf = false;
    const struct fair_opt opts[] = { { .name = "pdf", .doc = "write exhibits as a PDF instead of the package", .flag = &pdf }, { 0 } };
    struct fair_err err = { 0 };
    fair_str bytes, name;
    struct fair_sha256 sha;
    fair_status s;
    fair_id id;
    int code;

    if (!fair_cli_parse(c, argc, argv, opts, 2, 2, &code)) return code;
    if (!fair_cli_id(c->args[0], &id)) return fair_cli_usage(c, "%s is no id", c->args[0]);
    if (fair_cli_house(c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    if (access(c->args[1], F_OK) == 0) return fair_cli_fail(c, (fair_fail(&err, FAIR_IO, "%s is there already", c->args[1]), &err));
    name = fair_str_fmt(c->arena, "%s to a file", pdf ? "exhibits" : "package");
    s = pdf ? fair_exhibits_pdf(&c->house, id, c->arena, &bytes, &err) : fair_package_export(&c->house, id, "exported", name, c->arena, &bytes, &err);
    if (s != FAIR_OK) {
        (void)fair_cli_fail(c, &err);
        return s == FAIR_NOT_FOUND || s == FAIR_AGAIN ? FAIR_EXIT_NO : FAIR_EXIT_FAILED;
    }
    if (write_new(c->args[1], bytes, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    sha = fair_sha256_of(bytes.p, bytes.n);
    if (c->json)
        fair_cli_json(json_pack("{s:i, s:s, s:I, s:o, s:I, s:o}", "v", 1, "type", "exported", "package", (json_int_t)id, "file", fair_json_str(c->arena, fair_str_of(c->args[1])), "bytes",
                                (json_int_t)bytes.n, "sha256", fair_json_str(c->arena, fair_hex(c->arena, sha.b, 32))));
    else printf("%.*s  %s\n", FAIR_STR_ARG(fair_hex(c->arena, sha.b, 32)), c->args[1]);
    return FAIR_EXIT_DONE;
}

/* ---- keys ---- */

static void
print_key(struct fair_cli *c, const struct fair_seal_key *k)
{
    if (c->json)
        fair_cli_json(json_pack("{s:i, s:s, s:o, s:o, s:o, s:o, s:o}", "v", 1, "type", "key", "id", fair_json_str(c->arena, k->id), "from", fair_json_time(c->arena, k->from), "until",
                                fair_json_time(c->arena, k->until), "by", fair_json_str(c->arena, k->by), "key", fair_json_str(c->arena, fair_base64(c->arena, k->key.p, k->key.n))));
    else
        printf("%.*s\tfrom %.*s\t%s%.*s\n", FAIR_STR_ARG(k->id), FAIR_STR_ARG(fair_time_text(c->arena, k->from)), k->until != 0 ? "until " : "in use",
               FAIR_STR_ARG(fair_time_text(c->arena, k->until)));
}

int
fair_verb_evidence_keys(struct fair_cli *c, int argc, char **argv)
{
    struct fair_seal_key *keys, fresh;
    struct fair_err err = { 0 };
    bool rotate;
    size_t n;
    int code;

    if (!fair_cli_parse(c, argc, argv, NULL, 1, 1, &code)) return code;
    rotate = strcmp(c->args[0], "rotate") == 0;
    if (!rotate && strcmp(c->args[0], "list") != 0) return fair_cli_usage(c, "list or rotate, not %s", c->args[0]);
    if (fair_cli_house(c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    if (rotate) {
        if (fair_notary_rotate(&c->house, c->arena, &fresh, &err) != FAIR_OK) return err.status == FAIR_NOT_FOUND ? (fair_cli_fail(c, &err), FAIR_EXIT_NO) : fair_cli_fail(c, &err);
        print_key(c, &fresh);
        return FAIR_EXIT_DONE;
    }
    if (fair_notary_keys(&c->house, c->arena, &keys, &n, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    for (size_t i = 0; i < n; i++) print_key(c, &keys[i]);
    return FAIR_EXIT_DONE;
}

/* ---- deposits ---- */

static fair_status
print_deposit(void *arg, const struct fair_deposit *x, __attribute__((unused)) struct fair_err *err)
{
    struct fair_cli *c = arg;
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_str root = fair_hex(a, x->root.b, 32);

    if (c->json)
        fair_cli_json(json_pack("{s:i, s:s, s:I, s:o, s:I, s:o, s:o, s:o, s:o, s:o, s:o}", "v", 1, "type", "deposit", "deposit", (json_int_t)x->id, "state", fair_json_str(a, x->state), "works",
                                (json_int_t)x->works, "root", fair_json_str(a, root), "made", fair_json_time(a, x->made), "stamped", fair_json_time(a, x->stamped), "proven", fair_json_time(a, x->proven),
                                "openTimestamps", fair_json_str(a, ots_words(a, x->ots)), "error", fair_json_str(a, x->error)));
    else
        printf("%lld\t%.*s\t%lld works\troot %.*s\t%s%.*s\t%.*s\n", (long long)x->id, FAIR_STR_ARG(x->state), (long long)x->works, FAIR_STR_ARG(root),
               x->ots.n > 0 ? "OpenTimestamps, " : "", FAIR_STR_ARG(x->ots.n > 0 ? ots_words(a, x->ots) : FAIR_STR("")), FAIR_STR_ARG(fair_str_escape(a, x->error.p != NULL ? x->error : FAIR_STR(""))));
    return FAIR_OK;
}

int
fair_verb_evidence_deposit(struct fair_cli *c, int argc, char **argv)
{
    bool list = false, waits = false;
    const struct fair_opt opts[] = { { .name = "list", .doc = "list the deposits there are", .flag = &list }, { 0 } };
    struct fair_deposit x;
    struct fair_err err = { 0 };
    fair_status s;
    int code;

    if (!fair_cli_parse(c, argc, argv, opts, 0, 0, &code)) return code;
    if (fair_cli_house(c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    if (list) return fair_store_deposits(&c->house.desk, print_deposit, c, &err) == FAIR_OK ? FAIR_EXIT_DONE : fair_cli_fail(c, &err);
    s = fair_deposit_make(&c->house, &x, &err);
    if (s == FAIR_NOT_FOUND) {
        (void)fair_cli_fail(c, &err);
        return FAIR_EXIT_NO;
    }
    if (s != FAIR_OK || fair_deposit_seal(&c->house, x.id, &waits, &err) != FAIR_OK || fair_store_deposit_get(&c->house.desk, x.id, c->arena, &x, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    (void)!print_deposit(c, &x, &err);
    return waits ? FAIR_EXIT_NO : FAIR_EXIT_DONE;
}

int
fair_verb_evidence_proof(struct fair_cli *c, int argc, char **argv)
{
    struct fair_err err = { 0 };
    fair_str file;
    fair_status s;
    fair_id work;
    int code;

    if (!fair_cli_parse(c, argc, argv, NULL, 2, 2, &code)) return code;
    if (!fair_cli_id(c->args[0], &work)) return fair_cli_usage(c, "%s is no id", c->args[0]);
    if (fair_cli_house(c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    s = fair_deposit_proof_of(&c->house, work, c->arena, &file, &err);
    if (s == FAIR_OK) s = write_new(c->args[1], file, &err);
    if (s == FAIR_OK) return FAIR_EXIT_DONE;
    (void)fair_cli_fail(c, &err);
    return s == FAIR_NOT_FOUND || s == FAIR_AGAIN ? FAIR_EXIT_NO : FAIR_EXIT_FAILED;
}
