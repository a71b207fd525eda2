/* work/jobs.c - the job kinds and the loop that runs them. */
#include "work/jobs.h"
#include <jansson.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include "base/log.h"
#include "store/case_rows.h"
#include "work/hear.h"
#include "work/identify.h"
#include "work/capture.h"
#include "work/cure.h"
#include "work/mail.h"
#include "work/party.h"
#include "work/portal_home.h"
#include "work/post.h"
#include "work/probe.h"
#include "work/prove.h"
#include "work/recheck.h"
#include "work/privacy.h"
#include "work/scan.h"
#include "work/seal.h"
#include "work/take.h"
#include "work/upgrade.h"

/* ---- take: an uploaded picture becomes a work -------------------------------- */

static fair_str
member(json_t *o, const char *key)
{
    json_t *v = json_object_get(o, key);
    if (!json_is_string(v)) return (fair_str){ NULL, 0 };
    return (fair_str){ json_string_value(v), json_string_length(v) };
}

/* The upload's own reference goes when the work has its own, or when nothing became of it. */
static fair_status
let_go(struct fair_house *h, const struct fair_sha256 *key, struct fair_err *err)
{
    bool nobody = false;

    FAIR_TRY(fair_store_blob_drop(&h->desk, key, &nobody, err));
    return nobody ? fair_vault_drop(h->vault, key, err) : FAIR_OK;
}

/* Uploads come one by one: the deposit gathers what came within a minute. */
static fair_status
follow_up(struct fair_house *h, struct fair_err *err)
{
    return fair_store_job_ask(&h->desk, "registered", FAIR_STR("registered"), FAIR_STR("{}"), fair_now() + FAIR_MINUTE, err);
}

static fair_status
run_registered(struct fair_house *h, __attribute__((unused)) const struct fair_job *job, __attribute__((unused)) struct fair_arena *a, struct fair_err *err)
{
    int64_t waiting;
    fair_id deposit;

    return fair_registered(h, &waiting, &deposit, err);
}

static fair_status
take_upload(struct fair_house *h, json_t *args, struct fair_arena *a, struct fair_err *err)
{
    struct fair_take_options o = { .collection = member(args, "collection") };
    struct fair_take_event e = { 0 };
    struct fair_sha256 key;
    fair_str bytes, name = member(args, "name");

    if (!fair_unhex(member(args, "sha256"), key.b, 32) || name.p == NULL) return fair_fail(err, FAIR_INVALID, "job take without sha256 and name");
    FAIR_TRY(fair_house_vault(h, err));
    FAIR_TRY(fair_vault_read(h->vault, &key, (size_t)h->config.max_file_mb << 20, a, &bytes, err));
    FAIR_TRY(fair_take_bytes(h, bytes, fair_str_dup(a, name), &o, &e, err));
    FAIR_TRY(let_go(h, &key, err));
    if (e.what == FAIR_TAKEN_NEW) FAIR_TRY(follow_up(h, err));
    if (e.what == FAIR_TAKEN_FAULT) return fair_fail(err, FAIR_CORRUPT, "%.*s cannot be read as a picture", FAIR_STR_ARG(name));
    return FAIR_OK;
}

static fair_status
run_take(struct fair_house *h, const struct fair_job *job, struct fair_arena *a, struct fair_err *err)
{
    json_t *args = json_loadb(job->args.p, job->args.n, 0, NULL);
    fair_status s = args == NULL ? fair_fail(err, FAIR_CORRUPT, "job %lld: its arguments are no JSON", (long long)job->id)
                                 : take_upload(h, args, a, err);
    json_decref(args);
    return s;
}

/* ---- look: a target is scanned ------------------------------------------------- */

struct looking { struct fair_house *h; const struct fair_job *job; const struct fair_job_kind *kind; fair_time extended; bool (*stopped)(void *); void *stop_arg; bool lost; };

/* Asked by the scan between its steps: keeps the lease, and ends the scan when it was lost or we are to stop. */
static bool
must_stop(void *arg)
{
    struct looking *l = arg;
    fair_time now = fair_now();
    struct fair_err err = { 0 };

    if (now - l->extended > l->kind->lease_s * FAIR_SECOND / 3) {
        l->extended = now;
        if (fair_store_job_extend(l->h->store, l->job->id, l->job->lease, now + l->kind->lease_s * FAIR_SECOND, &err) == FAIR_CONFLICT) l->lost = true;
    }
    return l->lost || (l->stopped != NULL && l->stopped(l->stop_arg));
}

static fair_status
watch_settled(struct fair_house *h, fair_id id, const struct fair_run *run, fair_status s, const char *words, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_watch w;
    fair_status got = fair_store_watch_get(&h->desk, id, a, &w, err);

    if (got == FAIR_NOT_FOUND) return FAIR_OK;      /* removed while it ran */
    if (got != FAIR_OK) return got;
    w.last = fair_now();
    w.last_run = run->id;
    w.failures = s == FAIR_OK ? 0 : w.failures + 1;
    w.state = s == FAIR_OK ? (run->faults > 0 ? FAIR_STR("partly") : FAIR_STR("done")) : FAIR_STR("failed");
    w.error = s == FAIR_OK ? (fair_str){ NULL, 0 } : fair_str_of(words);
    /* On schedule; after failures later and later, a week at most behind it. */
    w.next = w.last + w.every_s * FAIR_SECOND;
    if (w.failures > 1) {
        fair_time pause = FAIR_MINUTE << (w.failures < 14 ? w.failures : 14);
        w.next += pause < 7 * FAIR_DAY ? pause : 7 * FAIR_DAY;
    }
    return fair_store_watch_put(&h->desk, &w, err);
}

/* ---- mail: the owner is told --------------------------------------------------- */

static fair_status
run_mail(struct fair_house *h, const struct fair_job *job, __attribute__((unused)) struct fair_arena *a, struct fair_err *err)
{
    json_t *args = json_loadb(job->args.p, job->args.n, 0, NULL);
    fair_str subject = member(args, "subject"), text = member(args, "text"), to = member(args, "to");
    struct fair_config config = h->config;
    fair_status s;

    if (to.n > 0) config.smtp_to = to;
    s = subject.n == 0 ? fair_fail(err, FAIR_CORRUPT, "job mail without a subject") : fair_mail_send(&config, subject, text, err);

    json_decref(args);
    return s;
}

/* mail.to is the first organisation's; another's first owner is told at the address of the account. */
struct told { struct fair_arena *arena; fair_str email; };

static fair_status
keep_owner(void *arg, const struct fair_user *u, __attribute__((unused)) struct fair_err *err)
{
    struct told *t = arg;
    if (t->email.n == 0 && !u->disabled && fair_str_eq(u->role, FAIR_STR("owner"))) t->email = fair_str_dup(t->arena, u->email);
    return FAIR_OK;
}

/* New hits are told once: the dashboard shows them anyway; by mail where a server is set, by a job of
 * its own, so that a server that is away is asked again. */
static fair_status
announce(struct fair_house *h, fair_str target, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_str base = fair_house_base_url(h, a), subject, text, args;
    struct told who = { .arena = a };
    struct fair_org first;
    int64_t n = 0;
    json_t *o;
    char *json;
    fair_status s;

    FAIR_TRY(fair_store_hits_announce(&h->desk, fair_now(), &n, err));
    if (n == 0 || h->config.smtp_url.n == 0) return FAIR_OK;
    FAIR_TRY(fair_store_org_first(h->store, a, &first, err));
    if (h->desk.org != first.id) FAIR_TRY(fair_store_users(&h->desk, keep_owner, &who, err));
    if (h->desk.org != first.id && who.email.n == 0) return FAIR_OK;
    subject = fair_str_fmt(a, "Fairtrack: %lld new hit%s", (long long)n, n == 1 ? "" : "s");
    text = fair_utf8_mend(a, fair_str_fmt(a, "Fairtrack looked at\n\n    %.*s\n\nand found %lld picture%s that may be cop%s of yours. "
                                          "Nothing has been done about %s.\n\nLook at %s and decide here:\n\n    %.*s/hits\n",
                                          FAIR_STR_ARG(target), (long long)n, n == 1 ? "" : "s", n == 1 ? "y" : "ies", n == 1 ? "it" : "them",
                                          n == 1 ? "it" : "them", FAIR_STR_ARG(base)));
    o = json_pack("{s:s%, s:s%}", "subject", subject.p, subject.n, "text", text.p, text.n);
    if (who.email.n > 0) json_object_set_new(o, "to", json_stringn(who.email.p, who.email.n));
    json = json_dumps(o, JSON_COMPACT);
    args = fair_str_of(json);
    s = fair_store_job_ask(&h->desk, "mail", (fair_str){ NULL, 0 }, args, 0, err);
    free(json);
    json_decref(o);
    return s;
}

static struct { bool (*stopped)(void *); void *arg; } stopping;

static fair_status
look_at(struct fair_house *h, const struct fair_job *job, json_t *args, struct fair_arena *a, struct fair_err *err)
{
    fair_str target = member(args, "target");
    fair_id watch = json_integer_value(json_object_get(args, "watch"));
    struct looking l = { .h = h, .job = job, .kind = &fair_job_kinds[1], .extended = fair_now(), .stopped = stopping.stopped, .stop_arg = stopping.arg };
    struct fair_scan_options o = { .site = json_is_true(json_object_get(args, "site")), .depth = h->config.crawl_depth,
                                   .pages = h->config.crawl_pages, .watch = watch };
    struct fair_scan_calls calls = { .stopped = must_stop, .arg = &l };
    struct fair_run run = { 0 };
    struct fair_err why = { 0 };
    fair_status s;

    if (watch != 0) {
        struct fair_watch w;
        fair_status got = fair_store_watch_get(&h->desk, watch, a, &w, err);
        if (got == FAIR_NOT_FOUND) return FAIR_OK;      /* removed since it was asked for */
        if (got != FAIR_OK) return got;
        target = w.target;
        o.site = true;
    }
    if (target.n == 0) return fair_fail(err, FAIR_INVALID, "job %lld without a target", (long long)job->id);
    if (json_is_integer(json_object_get(args, "depth"))) o.depth = json_integer_value(json_object_get(args, "depth"));
    s = fair_scan(h, target, &o, &calls, &run, &why);
    if (l.lost) return fair_fail(err, FAIR_CONFLICT, "the lease of job %lld ran out", (long long)job->id);
    if (s == FAIR_AGAIN) return fair_fail(err, FAIR_AGAIN, "stopped; it goes on where it was");
    if (watch != 0) FAIR_TRY(watch_settled(h, watch, &run, s, why.text, err));
    if (s != FAIR_OK) {
        *err = why;
        return watch != 0 ? FAIR_OK : s;      /* a watch has its own next time and shows its own failure */
    }
    fair_log(FAIR_LOG_INFO, "look.done pages=%lld pictures=%lld unchanged=%lld hits_new=%lld faults=%lld", (long long)run.pages,
             (long long)run.pictures, (long long)run.unchanged, (long long)run.hits_new, (long long)run.faults);
    return announce(h, target, err);
}

static fair_status
run_look(struct fair_house *h, const struct fair_job *job, struct fair_arena *a, struct fair_err *err)
{
    json_t *args = json_loadb(job->args.p, job->args.n, 0, NULL);
    fair_status s = args == NULL ? fair_fail(err, FAIR_CORRUPT, "job %lld: its arguments are no JSON", (long long)job->id)
                                 : look_at(h, job, args, a, err);
    json_decref(args);
    return s;
}

static const struct fair_job_kind *kind_of(fair_str name);

/* ---- prove: what follows from registering ------------------------------------------- */

#define PROVE_FOR (3 * FAIR_SECOND)       /* then others come first: a letter does not wait for 20,000 works */

struct slice { struct looking l; fair_time until; bool over; };

static bool
slice_over(void *arg)
{
    struct slice *x = arg;

    x->over = fair_now() >= x->until;
    return x->over || must_stop(&x->l);
}

/* A slice of it; what is left is asked for under the other of two names, for this job holds its own while it runs. */
static fair_status
run_prove(struct fair_house *h, const struct fair_job *job, struct fair_arena *a, struct fair_err *err)
{
    struct slice x = { .l = { .h = h, .job = job, .kind = kind_of(FAIR_STR("prove")), .extended = fair_now(), .stopped = stopping.stopped, .stop_arg = stopping.arg },
                       .until = fair_now() + PROVE_FOR };
    json_t *args = json_loadb(job->args.p, job->args.n, 0, NULL);
    fair_id after = json_integer_value(json_object_get(args, "after"));
    fair_status s = fair_house_prove_rest(h, &after, slice_over, &x, err);

    json_decref(args);
    if (x.l.lost) return fair_fail(err, FAIR_CONFLICT, "the lease of job %lld ran out", (long long)job->id);
    if (s != FAIR_AGAIN || !x.over) return s;
    return fair_store_job_ask(&h->desk, "prove", fair_str_eq(job->once, FAIR_STR("prove on")) ? FAIR_STR("prove") : FAIR_STR("prove on"),
                              fair_str_fmt(a, "{\"after\":%lld}", (long long)after), fair_now(), err);
}

/* ---- capture: a use is looked at as it stands -------------------------------------- */

static fair_status
run_capture(struct fair_house *h, const struct fair_job *job, struct fair_arena *a, struct fair_err *err)
{
    json_t *args = json_loadb(job->args.p, job->args.n, 0, NULL);
    fair_str look = member(args, "look");
    fair_id hit = json_integer_value(json_object_get(args, "hit")), capture;
    struct looking l = { .h = h, .job = job, .kind = kind_of(FAIR_STR("capture")), .extended = fair_now(), .stopped = stopping.stopped, .stop_arg = stopping.arg };
    fair_status s;

    if (hit == 0 || look.n == 0 || look.n > 30) s = fair_fail(err, FAIR_CORRUPT, "job capture without hit and look");
    else s = fair_capture_run(h, hit, fair_str_dup(a, look).p, must_stop, &l, &capture, err);
    json_decref(args);
    if (l.lost) return fair_fail(err, FAIR_CONFLICT, "the lease of job %lld ran out", (long long)job->id);
    return s;
}

/* ---- cure: is it removed or credited, as was said? ----------------------------------- */

static fair_status
run_cure(struct fair_house *h, const struct fair_job *job, __attribute__((unused)) struct fair_arena *a, struct fair_err *err)
{
    json_t *args = json_loadb(job->args.p, job->args.n, 0, NULL);
    fair_id id = json_integer_value(json_object_get(args, "case"));
    int64_t look = json_integer_value(json_object_get(args, "look")), since = json_integer_value(json_object_get(args, "since"));
    struct looking l = { .h = h, .job = job, .kind = kind_of(FAIR_STR("cure")), .extended = fair_now(), .stopped = stopping.stopped, .stop_arg = stopping.arg };
    fair_status s;

    json_decref(args);
    if (id <= 0 || look <= 0 || since <= 0) return fair_fail(err, FAIR_CORRUPT, "job cure without case, look and since");
    s = fair_cure_run(h, id, look, since, must_stop, &l, err);
    if (l.lost) return fair_fail(err, FAIR_CONFLICT, "the lease of job %lld ran out", (long long)job->id);
    return s;
}

/* ---- send: a letter that a move of its case let out --------------------------------- */

/* What was answered meanwhile comes first, for it may stop the letter; then the page that its link opens, so that it is there
 * when the letter is.  While an answer lies there that the home cannot take, nothing leaves. */
static fair_status
before_sending(struct fair_house *h, fair_id notice, fair_time now, struct fair_arena *a, struct fair_err *err)
{
    struct fair_notice n;
    bool wait = false;
    int64_t taken;

    FAIR_TRY(fair_portal_sync(h, err));
    FAIR_TRY(fair_portal_take(h, now, &taken, err));
    FAIR_TRY(fair_store_notice_get(&h->desk, notice, a, &n, err));
    FAIR_TRY(fair_portal_waits_case(h, n.case_id, &wait, err));
    if (wait) return fair_fail(err, FAIR_IO, "notice %.*s: an answer waits on the portal that could not be taken", FAIR_STR_ARG(n.code));
    if (fair_sha256_none(&n.inputs)) return FAIR_OK;              /* the door will say what it lacks */
    FAIR_TRY(fair_portal_publish(h, notice, now, err));
    return fair_portal_sync(h, err);
}

static fair_status
run_send(struct fair_house *h, const struct fair_job *job, struct fair_arena *a, struct fair_err *err)
{
    fair_time now = fair_now();
    json_t *args = json_loadb(job->args.p, job->args.n, 0, NULL);
    fair_id notice = (fair_id)json_integer_value(json_object_get(args, "notice"));

    json_decref(args);
    if (notice <= 0) return fair_fail(err, FAIR_CORRUPT, "job %lld: no notice", (long long)job->id);
    if (fair_portal_there(h)) FAIR_TRY(before_sending(h, notice, now, a, err));
    return fair_post_send(h, notice, now, err);
}

/* ---- publish: the recipient's pages of a case say what is ----------------------------- */

/* {"case"}: every move of a case asks for it (store/case_moves.c); what it makes is the same however often it is made. */
static fair_status
run_publish(struct fair_house *h, const struct fair_job *job, __attribute__((unused)) struct fair_arena *a, struct fair_err *err)
{
    json_t *args = json_loadb(job->args.p, job->args.n, 0, NULL);
    fair_id id = (fair_id)json_integer_value(json_object_get(args, "case"));

    json_decref(args);
    if (id <= 0) return fair_fail(err, FAIR_CORRUPT, "job %lld: no case", (long long)job->id);
    if (!fair_portal_there(h)) return FAIR_OK;
    FAIR_TRY(fair_portal_publish_case(h, id, fair_now(), err));
    return fair_portal_sync(h, err);
}

/* ---- case: a move that was asked for ahead of time -------------------------------- */

/* {"case","move","version","notice"}: made as the account that asked, by the same door as every other move, which asks the engine now.  What is
 * refused is laid aside with its reasons for a person to see. */
static fair_status
run_case(struct fair_house *h, const struct fair_job *job, struct fair_arena *a, struct fair_err *err)
{
    const struct fair_desk d = { h->store, job->org, job->user };
    json_t *args = json_loadb(job->args.p, job->args.n, 0, NULL);
    struct fair_case_act x = { .case_id = json_integer_value(json_object_get(args, "case")), .version = json_integer_value(json_object_get(args, "version")),
                               .notice = json_integer_value(json_object_get(args, "notice")) };
    bool known = fair_move_parse(fair_str_dup(a, member(args, "move")), &x.e.move);
    struct fair_user u;

    json_decref(args);
    if (!known) return fair_fail(err, FAIR_INVALID, "job case without its move");
    x.e.who = FAIR_SYS;
    if (d.user != 0) {
        FAIR_TRY(fair_store_user_get(&d, d.user, a, &u, err));
        if (!fair_store_case_actor(u.role, x.e.move, &x.e.who)) return fair_fail(err, FAIR_REFUSED, "an account of role %.*s moves no case", FAIR_STR_ARG(u.role));
    }
    return fair_case_move(h, &x, NULL, NULL, err);
}

const struct fair_job_kind fair_job_kinds[] = {
    { "take", 120, 5, run_take },
    { "look", 120, 5, run_look },
    { "watch", 120, 5, run_look },
    { "mail", 180, 5, run_mail },
    { "case", 60, 5, run_case },
    { "link", 180, 5, fair_job_link },
    { "identify", 180, 5, fair_job_identify },
    { "party", 300, 3, fair_job_party },
    { "publish", 300, 8, run_publish },
    { "probe", 180, 3, fair_job_probe },
    { "letter", 180, 5, fair_job_letter },
    { "send", 240, 8, run_send },
    { "seal", 300, 5, fair_job_seal },
    { "deposit", 300, 5, fair_job_deposit },
    { "capture", 300, 3, run_capture },
    { "cure", 300, 5, run_cure },
    { "registered", 60, 5, run_registered },
    { "prove", 300, 5, run_prove },
    { "upgrade", 120, 5, fair_job_upgrade },
    { NULL, 0, 0, NULL }
};

/* ---- the loop ---------------------------------------------------------------------- */

static const struct fair_job_kind *
kind_of(fair_str name)
{
    for (const struct fair_job_kind *k = fair_job_kinds; k->name != NULL; k++)
        if (fair_str_eq(name, fair_str_of(k->name))) return k;
    return NULL;
}

static fair_status
settle(struct fair_house *h, const struct fair_job *job, const struct fair_job_kind *k, fair_status s, const char *words, struct fair_err *err)
{
    bool later = s == FAIR_AGAIN || s == FAIR_IO || s == FAIR_CONFLICT;
    fair_time pause = s == FAIR_AGAIN ? 0 : (fair_time)30 * FAIR_SECOND << (job->attempt < 8 ? job->attempt : 8);
    const char *state = s == FAIR_OK ? "done" : later && k != NULL && job->attempt < k->max_attempts ? "waiting" : "aside";
    fair_status settled = fair_store_job_settle(h->store, job->id, job->lease, state, fair_now() + pause,
                                                s == FAIR_OK ? (fair_str){ NULL, 0 } : fair_str_of(words), err);

    if (s != FAIR_OK)
        fair_log(FAIR_LOG_WARN, "job.%s kind=%.*s id=%lld attempt=%lld why=\"%s\"", state, FAIR_STR_ARG(job->kind), (long long)job->id,
                 (long long)job->attempt, words);
    return settled == FAIR_CONFLICT ? FAIR_OK : settled;      /* somebody else has it now: theirs to settle */
}

static fair_status
one_job(struct fair_house *h, const struct fair_job *job, struct fair_arena *a, struct fair_err *err)
{
    const struct fair_job_kind *k = kind_of(job->kind);
    struct fair_desk ours = h->desk;
    struct fair_err why = { 0 };
    fair_status s;

    h->desk.org = job->org;
    h->desk.user = job->user;
    s = k == NULL ? fair_fail(&why, FAIR_INVALID, "no job kind %.*s in this version", FAIR_STR_ARG(job->kind)) : k->run(h, job, a, &why);
    h->desk = ours;
    return settle(h, job, k, s, why.text, err);
}

/* ---- what recipients answer ------------------------------------------------------ */

struct ear { fair_time portal, mail, privacy, shown; };

/* What is done by the clock.  Answers are taken every few seconds, mails every few minutes.  A server that does not answer is logged and tried again. */
static void
hear_recipients(struct fair_house *h, struct ear *e, bool once)
{
    struct fair_err err = { 0 };
    fair_time now = fair_ticks();
    int64_t n = 0;

    if ((h->config.portal_url.n > 0 || h->config.portal_listen.n > 0) && (once || e->portal == 0 || now - e->portal > 5 * FAIR_SECOND)) {
        e->portal = now;
        if (once || e->shown == 0 || now - e->shown > FAIR_HOUR) {       /* the pages for everybody */
            e->shown = now;
            if (fair_portal_publish_public(h, fair_now(), &err) != FAIR_OK) fair_log(FAIR_LOG_WARN, "portal.not_shown why=\"%s\"", err.text);
        }
        if (fair_portal_sync(h, &err) != FAIR_OK) fair_log(FAIR_LOG_WARN, "portal.unreachable why=\"%s\"", err.text);
        if (fair_portal_take(h, fair_now(), &n, &err) != FAIR_OK) fair_log(FAIR_LOG_WARN, "portal.not_taken why=\"%s\"", err.text);
        else if (n > 0) fair_log(FAIR_LOG_INFO, "portal.taken answers=%lld", (long long)n);
    }
    if (h->config.imap_url.n > 0 && (once || e->mail == 0 || now - e->mail > h->config.imap_minutes * FAIR_MINUTE)) {
        e->mail = now;
        if (fair_hear(h, fair_now(), &n, &err) != FAIR_OK) fair_log(FAIR_LOG_WARN, "mail.not_heard why=\"%s\"", err.text);
        else if (n > 0) fair_log(FAIR_LOG_INFO, "mail.heard mails=%lld", (long long)n);
    }
    /* What has been kept as long as it may be: looked for once an hour. */
    if (once || e->privacy == 0 || now - e->privacy > FAIR_HOUR) {
        e->privacy = now;
        if (fair_privacy_keep_all(h, fair_now(), &err) != FAIR_OK) fair_log(FAIR_LOG_WARN, "privacy.not_kept why=\"%s\"", err.text);
    }
}

fair_status
fair_work_run(struct fair_house *h, bool once, bool (*stopped)(void *arg), void *arg, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct ear ear = { 0 };
    fair_time looked = 0;
    bool heard = false;

    stopping.stopped = stopped;
    stopping.arg = arg;
    while (stopped == NULL || !stopped(arg)) {
        struct fair_job job;
        int64_t asked = 0, moved = 0;
        size_t got = 0;

        fair_arena_clear(a);
        if (fair_ticks() - looked > 2 * FAIR_SECOND || once) {
            FAIR_TRY(fair_store_watches_due(h->store, fair_now(), &asked, err));
            /* What time alone does to cases: always in the recipient's favour, and nothing of it is sent. */
            FAIR_TRY(fair_store_cases_due(h->store, fair_now(), &moved, err));
            FAIR_TRY(fair_store_letters_due(h->store, fair_now(), &moved, err));
            if (!once) FAIR_TRY(fair_probes_due(h, fair_now(), err));
            looked = fair_ticks();
        }
        if (!once || !heard) hear_recipients(h, &ear, once);
        heard = true;
        FAIR_TRY(fair_store_job_lease(h->store, fair_now(), fair_job_kinds[0].lease_s, 1, a, &job, &got, err));
        if (got > 0) FAIR_TRY(one_job(h, &job, a, err));
        else if (once) return FAIR_OK;
        else poll(NULL, 0, 500);
    }
    return FAIR_OK;
}
