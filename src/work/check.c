/* work/check.c - the self-check behind `fairtrack doctor`. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include "base/io.h"
#include "cases/cases.h"
#include "store/case_rows.h"
#include "work/house.h"

struct checking {
    struct fair_house *h;
    void (*tell)(void *arg, enum fair_health how, const char *what, const char *words);
    void *arg;
    enum fair_health worst;
    bool deep;
    int64_t blobs, missing, broken;
};

static void
tell(struct checking *c, enum fair_health how, const char *what, const char *fmt, ...) FAIR_PRINTF(4, 5);

static void
tell(struct checking *c, enum fair_health how, const char *what, const char *fmt, ...)
{
    char words[700];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(words, sizeof words, fmt, ap);
    va_end(ap);
    if (how > c->worst) c->worst = how;
    c->tell(c->arg, how, what, words);
}

static void
check_home(struct checking *c)
{
    struct statvfs fs;
    struct stat st;
    const char *home = c->h->home.p;

    if (stat(home, &st) != 0) tell(c, FAIR_HEALTH_BAD, "home", "%s: %s", home, strerror(errno));
    else if ((st.st_mode & 077) != 0)
        tell(c, FAIR_HEALTH_WARN, "home", "%s can be entered by other users of this machine: chmod 700 %s", home, home);
    else tell(c, FAIR_HEALTH_OK, "home", "%s, closed to others", home);
    if (statvfs(home, &fs) == 0) {
        double gb = (double)fs.f_bavail * (double)fs.f_frsize / 1e9;
        if (gb < 1) tell(c, FAIR_HEALTH_WARN, "disk", "%.2f GB left", gb);
        else tell(c, FAIR_HEALTH_OK, "disk", "%.1f GB left", gb);
    }
}

static void
case_fault(void *arg, const char *fault)
{
    tell(arg, FAIR_HEALTH_BAD, "rules", "%s", fault);
}

static void
check_store(struct checking *c, struct fair_arena *a)
{
    struct fair_store_health health;
    struct fair_err err = { 0 };

    if (fair_store_health(c->h->store, a, &health, &err) != FAIR_OK) {
        tell(c, FAIR_HEALTH_BAD, "database", "%s", err.text);
        return;
    }
    if (!health.sound || !health.foreign_keys_sound)
        tell(c, FAIR_HEALTH_BAD, "database", "damaged: %.*s; restore a backup", FAIR_STR_ARG(health.words));
    else
        tell(c, health.wal ? FAIR_HEALTH_OK : FAIR_HEALTH_WARN, "database", "sound, %lld bytes, schema %lld%s", (long long)health.bytes,
             (long long)health.schema, health.wal ? "" : ", not in WAL mode: is the home on a network drive?");
    if (!health.audit_sound || !health.cases_sound) tell(c, FAIR_HEALTH_BAD, "cases", "%.*s", FAIR_STR_ARG(health.words));
    else tell(c, FAIR_HEALTH_OK, "cases", "%lld events of cases and %lld of people, the chains unbroken", (long long)health.case_events, (long long)health.audit_rows);
    if (fair_cases_check(case_fault, c) == 0) tell(c, FAIR_HEALTH_OK, "rules", "the files of share/cases are whole and fair");
}

static fair_status
check_blob(void *arg, const struct fair_sha256 *key)
{
    struct checking *c = arg;
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_err err = { 0 };
    fair_str bytes;

    c->blobs++;
    if (!fair_vault_has(c->h->vault, key)) {
        c->missing++;
        tell(c, FAIR_HEALTH_BAD, "vault", "blob %.*s is missing", FAIR_STR_ARG(fair_hex(a, key->b, 32)));
    } else if (c->deep && fair_vault_read(c->h->vault, key, SIZE_MAX / 4, a, &bytes, &err) != FAIR_OK) {
        c->broken++;
        tell(c, FAIR_HEALTH_BAD, "vault", "%s", err.text);
    }
    return FAIR_OK;
}

static void
check_vault(struct checking *c)
{
    struct fair_err err = { 0 };

    if (fair_house_vault(c->h, &err) != FAIR_OK || fair_store_blobs(c->h->store, check_blob, c, &err) != FAIR_OK) {
        tell(c, FAIR_HEALTH_BAD, "vault", "%s", err.text);
        return;
    }
    if (c->missing == 0 && c->broken == 0)
        tell(c, FAIR_HEALTH_OK, "vault", "%lld blobs, all there%s%s", (long long)c->blobs, c->deep ? " and as they were" : "", c->h->config.vault_s3 ? ", in an S3 store" : "");
}

static void
check_index(struct checking *c)
{
    struct fair_index_stat stat;
    struct fair_err err = { 0 };
    int64_t works;

    if (fair_house_index(c->h, &err) != FAIR_OK) {
        tell(c, FAIR_HEALTH_BAD, "index", "%s; build it anew: fairtrack reindex", err.text);
        return;
    }
    fair_index_stat(c->h->index, &stat);
    if (fair_house_works(c->h, &works, &err) != FAIR_OK)
        tell(c, FAIR_HEALTH_BAD, "index", "%s", err.text);
    else if ((uint64_t)works != stat.works)
        tell(c, FAIR_HEALTH_WARN, "index", "%lld works are registered, %llu are in the index: fairtrack reindex", (long long)works,
             (unsigned long long)stat.works);
    else
        tell(c, FAIR_HEALTH_OK, "index", "%lld works, %llu bytes", (long long)works, (unsigned long long)stat.bytes);
}

/* A GIF of one pixel: what a decoder that works can tell the size of. */
static const char one_pixel[] = "GIF89a\1\0\1\0\200\0\0\0\0\0\377\377\377,\0\0\0\0\1\0\1\0\0\2\2D\1\0;";

static void
check_helpers(struct checking *c, struct fair_arena *a)
{
    struct fair_decoded d = { 0 };
    struct fair_err err = { 0 };
    fair_str words;

    if (fair_house_decoders(c->h, &err) != FAIR_OK ||
        fair_decoders_picture(c->h->decoders, (fair_str){ one_pixel, sizeof one_pixel - 1 }, FAIR_WANT_INFO, a, &d, &err) != FAIR_OK) {
        tell(c, FAIR_HEALTH_BAD, "decoder", "%s", err.text);
        return;
    }
    if (d.status != FAIR_OK || d.info.width != 1) tell(c, FAIR_HEALTH_BAD, "decoder", "a GIF of one pixel is not read: %s", d.words);
    if (fair_decoders_protection(c->h->decoders, a, &words, &err) != FAIR_OK) tell(c, FAIR_HEALTH_BAD, "decoder", "%s", err.text);
    else tell(c, c->h->config.sandbox_weak ? FAIR_HEALTH_WARN : FAIR_HEALTH_OK, "decoder", "%.*s", FAIR_STR_ARG(words));
    fair_image_free(&d.grey);
}

static void
check_settings(struct checking *c)
{
    if (c->h->config.contact.n == 0 && !c->h->config.allow_loopback)
        tell(c, FAIR_HEALTH_WARN, "crawler", "nothing on the web is looked at before crawl.contact is set in %s/fairtrack.conf", c->h->home.p);
    else if (c->h->config.allow_loopback)
        tell(c, FAIR_HEALTH_WARN, "crawler", "crawl.allow_loopback is on: for tests and the demo only");
    else tell(c, FAIR_HEALTH_OK, "crawler", "says it is %.*s", FAIR_STR_ARG(c->h->config.contact));
    if (c->h->config.smtp_url.n == 0) tell(c, FAIR_HEALTH_OK, "mail", "not set: new hits are told on the dashboard only");
    else tell(c, FAIR_HEALTH_OK, "mail", "through %.*s", FAIR_STR_ARG(c->h->config.smtp_url));
}

struct watching { struct checking *c; struct fair_arena *a; fair_time now; int64_t n, paused, failing, late, aside, owed, kept; };

static fair_status
check_watch(void *arg, const struct fair_watch *w, __attribute__((unused)) struct fair_err *err)
{
    struct watching *x = arg;
    fair_str target = fair_str_escape(x->a, w->target);

    x->n++;
    x->paused += w->paused;
    if (w->paused) return FAIR_OK;
    x->late += w->next != 0 && w->next < x->now - FAIR_HOUR;
    if (w->failures > 0 && ++x->failing <= 20)
        tell(x->c, FAIR_HEALTH_WARN, "watch", "%.*s failed %lld time%s in a row: %.*s", (int)(target.n < 100 ? target.n : 100), target.p,
             (long long)w->failures, w->failures == 1 ? "" : "s", FAIR_STR_ARG(fair_str_escape(x->a, w->error)));
    return FAIR_OK;
}

static fair_status
check_job(void *arg, const struct fair_job *j, __attribute__((unused)) struct fair_err *err)
{
    struct watching *x = arg;
    if (++x->aside <= 20)
        tell(x->c, FAIR_HEALTH_WARN, "job", "%.*s %lld was given up: %.*s", FAIR_STR_ARG(j->kind), (long long)j->id,
             FAIR_STR_ARG(fair_str_escape(x->a, j->error)));
    return FAIR_OK;
}

/* I11: whoever was written to gets what is owed; what cannot leave is told with its reason. */
static fair_status
check_owed(void *arg, const struct fair_letter_owed *o, __attribute__((unused)) struct fair_err *err)
{
    struct watching *x = arg;

    x->owed++;
    if (o->error.n == 0 && x->now - o->asked < FAIR_HOUR) return FAIR_OK;
    if (++x->kept <= 20)
        tell(x->c, FAIR_HEALTH_WARN, "letters", "case %lld (%.*s) owes %.*s since %.*s: %.*s", (long long)o->case_id, FAIR_STR_ARG(fair_str_escape(x->a, o->operator)), FAIR_STR_ARG(o->step),
             FAIR_STR_ARG(fair_time_text(x->a, o->asked)), FAIR_STR_ARG(o->error.n > 0 ? fair_str_escape(x->a, o->error) : FAIR_STR("it was not tried yet: does fairtrack serve or fairtrack worker run?")));
    return FAIR_OK;
}

static fair_status
check_desk(struct fair_house *h, void *arg, struct fair_err *err)
{
    FAIR_TRY(fair_store_watches(&h->desk, check_watch, arg, err));
    FAIR_TRY(fair_store_letters_owed(&h->desk, 0, (struct fair_page){ 0, 1000 }, check_owed, arg, err));
    return fair_store_jobs(&h->desk, FAIR_STR("aside"), (struct fair_page){ 0, 1000 }, check_job, arg, err);
}

/* G17 needs both; which of them is set at all is the owner's choice. */
static void
check_probes(struct checking *c, struct fair_arena *a)
{
    static const char *const what[] = { "portal", "mail" };
    const bool wanted[] = { c->h->config.portal_url.n > 0, c->h->config.authserv_id.n > 0 };
    struct fair_probe x;
    struct fair_err err = { 0 };

    for (int i = 0; i < 2; i++) {
        fair_status s = wanted[i] ? fair_store_probe_newest(c->h->store, what[i], a, &x, &err) : FAIR_DONE;
        if (s == FAIR_DONE) continue;
        if (s != FAIR_OK) tell(c, FAIR_HEALTH_WARN, "probe", "%s: never made: fairtrack post probe", what[i]);
        else tell(c, fair_probe_holds(&x, fair_now()) ? FAIR_HEALTH_OK : FAIR_HEALTH_WARN, "probe", "%s, %.*s: %.*s", what[i], FAIR_STR_ARG(fair_time_text(a, x.done)), FAIR_STR_ARG(fair_str_escape(a, x.words)));
    }
}

/* Does what is asked for get done?  A watch an hour late says that no worker runs. */
static void
check_work(struct checking *c, struct fair_arena *a)
{
    struct watching x = { .c = c, .a = a, .now = fair_now() };
    struct fair_err err = { 0 };

    if (fair_house_each_org(c->h, check_desk, &x, &err) != FAIR_OK) {
        tell(c, FAIR_HEALTH_BAD, "watches", "%s", err.text);
        return;
    }
    if (x.kept == 0) tell(c, FAIR_HEALTH_OK, "letters", "%lld owed, none of them kept back", (long long)x.owed);
    if (x.late > 0) tell(c, FAIR_HEALTH_WARN, "watches", "%lld are more than an hour late: does fairtrack serve or fairtrack worker run?", (long long)x.late);
    else tell(c, FAIR_HEALTH_OK, "watches", "%lld, of them %lld paused, %lld failing", (long long)x.n, (long long)x.paused, (long long)x.failing);
}

fair_status
fair_house_check(struct fair_house *h, bool deep, void (*say)(void *arg, enum fair_health how, const char *what, const char *words),
                 void *arg, enum fair_health *worst, __attribute__((unused)) struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct checking c = { .h = h, .tell = say, .arg = arg, .deep = deep };

    check_home(&c);
    check_store(&c, a);
    check_vault(&c);
    check_index(&c);
    check_helpers(&c, a);
    check_settings(&c);
    check_work(&c, a);
    check_probes(&c, a);
    *worst = c.worst;
    return FAIR_OK;
}
