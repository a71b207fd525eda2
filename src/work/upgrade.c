/* work/upgrade.c - promised OpenTimestamps proofs are made whole when their calendars have put them into a block. */
#include "work/upgrade.h"
#include <jansson.h>
#include "base/log.h"
#include "evidence/ots.h"
#include "store/package_rows.h"
#include "work/seal.h"
#include "work/stamp_ask.h"

#define FIRST (2 * FAIR_HOUR)         /* a calendar gathers for hours before it writes into a block */
#define TRIES_MAX 64

static const char *const members[] = { "package", "deposit" };

fair_status
fair_upgrade_later(const struct fair_desk *d, enum fair_upgrade_of of, fair_id id, int64_t tries, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_time pause = FIRST << (tries < 4 ? tries : 4);

    if (tries >= TRIES_MAX) return FAIR_OK;
    if (pause > FAIR_DAY) pause = FAIR_DAY;
    return fair_store_job_ask(d, "upgrade", fair_str_fmt(a, "upgrade %lld try %lld", (long long)id, (long long)tries),
                              fair_str_fmt(a, "{\"%s\": %lld, \"tries\": %lld}", members[of], (long long)id, (long long)tries), fair_now() + pause, err);
}

static fair_status
proof_of(struct fair_house *h, enum fair_upgrade_of of, fair_id id, struct fair_arena *a, fair_str *proof, struct fair_err *err)
{
    struct fair_package p;
    struct fair_deposit x;

    if (of == FAIR_UPGRADE_PACKAGE) {
        FAIR_TRY(fair_store_package_get(&h->desk, id, a, &p, err));
        *proof = p.ots;
        return FAIR_OK;
    }
    FAIR_TRY(fair_store_deposit_get(&h->desk, id, a, &x, err));
    *proof = x.ots;
    return FAIR_OK;
}

struct keeping { struct fair_house *h; enum fair_upgrade_of of; fair_id id; fair_str proof, words; };

static fair_status
keep(const struct fair_desk *d, void *arg, struct fair_err *err)
{
    struct keeping *k = arg;

    if (k->of == FAIR_UPGRADE_DEPOSIT) return fair_store_deposit_ots(d, k->id, k->proof, err);
    FAIR_TRY(fair_store_package_ots(d, k->id, k->proof, err));
    return fair_package_custody(k->h, k->id, "completed", k->words, err);
}

fair_status
fair_upgrade(struct fair_house *h, enum fair_upgrade_of of, fair_id id, bool *complete, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct keeping k = { .h = h, .of = of, .id = id };
    struct fair_ots o;
    fair_str proof, answer, further;

    *complete = false;
    FAIR_TRY(proof_of(h, of, id, a, &proof, err));
    *complete = proof.n == 0 || fair_ots_complete(proof, a);
    if (*complete) return FAIR_OK;
    FAIR_TRY(fair_ots_read(proof, a, &o, err));
    for (size_t i = 0; i < o.n; i++) {
        struct fair_err no = { 0 };
        if (o.marks[i].kind != FAIR_OTS_PENDING) continue;
        if (fair_calendar_later(h, o.marks[i].uri, o.marks[i].commitment, a, &answer, &no) != FAIR_OK || fair_ots_upgrade(proof, i, answer, a, &further, &no) != FAIR_OK) {
            fair_log(no.status == FAIR_AGAIN || no.status == FAIR_NOT_FOUND ? FAIR_LOG_INFO : FAIR_LOG_WARN, "upgrade.pending %s=%lld why=\"%s\"", members[of], (long long)id, no.text);
            continue;
        }
        k.proof = further;
        k.words = fair_str_fmt(a, "OpenTimestamps: %.*s", FAIR_STR_ARG(fair_ots_words(further, a)));
        *complete = fair_ots_complete(further, a);
        return fair_store_do(&h->desk, keep, &k, err);
    }
    return FAIR_OK;
}

fair_status
fair_job_upgrade(struct fair_house *h, const struct fair_job *job, __attribute__((unused)) struct fair_arena *a, struct fair_err *err)
{
    json_t *args = json_loadb(job->args.p, job->args.n, 0, NULL);
    fair_id package = json_integer_value(json_object_get(args, "package")), deposit = json_integer_value(json_object_get(args, "deposit"));
    int64_t tries = json_integer_value(json_object_get(args, "tries"));
    enum fair_upgrade_of of = package != 0 ? FAIR_UPGRADE_PACKAGE : FAIR_UPGRADE_DEPOSIT;
    fair_id id = package != 0 ? package : deposit;
    bool complete;

    json_decref(args);
    if (id == 0 || tries < 0) return fair_fail(err, FAIR_CORRUPT, "job %lld names no package and no deposit", (long long)job->id);
    FAIR_TRY(fair_upgrade(h, of, id, &complete, err));
    return complete ? FAIR_OK : fair_upgrade_later(&h->desk, of, id, tries + 1, err);
}
