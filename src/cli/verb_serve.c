/* cli/verb_serve.c - the server: one process that watches over the web pages, the job runner and, where it is set, the recipients' portal. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/io.h"
#include "base/log.h"
#include "cli/cli.h"
#include "cli/web_hands.h"
#include "web/web.h"
#include "proc/proc.h"
#include "work/jobs.h"
#include "work/portal_home.h"

extern char **environ;

/* ---- the web process ------------------------------------------------------------ */

struct ready { struct fair_cli *c; bool link; };

static fair_status
keep_owner(void *arg, const struct fair_user *u, __attribute__((unused)) struct fair_err *err)
{
    fair_id *id = arg;
    bool may = fair_str_eq(u->role, FAIR_STR("owner")) || fair_str_eq(u->role, FAIR_STR("admin"));
    if (*id == 0 && may && !u->disabled) *id = u->id;
    return FAIR_OK;
}

static fair_status
announce(void *arg, fair_str url, struct fair_err *err)
{
    struct ready *r = arg;
    struct fair_house *h = &r->c->house;
    fair_str base = h->config.public_url.n > 0 ? fair_house_base_url(h, r->c->arena) : url, link;
    fair_id owner = 0;

    printf("Fairtrack is running at %.*s\n", FAIR_STR_ARG(url));
    if (r->link) {
        FAIR_TRY(fair_store_users(&h->desk, keep_owner, &owner, err));
        if (owner == 0) return fair_fail(err, FAIR_NOT_FOUND, "no open account of an owner: fairtrack users add --role owner --email ADDRESS");
        FAIR_TRY(fair_web_link(&h->desk, owner, fair_now(), 86400, base, r->c->arena, &link, err));
        printf("Sign in (this link works once, for a day): %.*s\n", FAIR_STR_ARG(link));
    }
    printf("Stop it with Ctrl-C.\n");
    fflush(stdout);
    return FAIR_OK;
}

static int
web_process(struct fair_cli *c, const char *listen, bool link)
{
    struct ready r = { c, link };
    struct fair_web_options o = { .stop_fd = -1, .ready = announce, .arg = &r };
    struct fair_web_hands hands;
    uint8_t factor_key[32];
    struct fair_err err = { 0 };

    if (fair_cli_house(c, &err) != FAIR_OK || fair_house_vault(&c->house, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    fair_cli_web_hands(&c->house, &hands);
    o.hands = &hands;
    if (listen != NULL) c->house.config.listen = fair_str_of(listen);
    o.store = c->house.store;
    o.vault = c->house.vault;
    o.config = &c->house.config;
    if (fair_house_secret(&c->house, "second factors", factor_key, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    o.factor_key = factor_key;
    o.keys = fair_str_fmt(c->arena, "%.*s/keys/notary.json", FAIR_STR_ARG(c->house.home)).p;
    if (fair_web_run(&o, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    return FAIR_EXIT_DONE;
}

/* ---- the process that shows captured pages, and has no session to lose ------------ */

static int
view_process(struct fair_cli *c)
{
    struct fair_web_options o = { .stop_fd = -1 };
    struct fair_err err = { 0 };

    if (fair_cli_house(c, &err) != FAIR_OK || fair_house_vault(&c->house, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    o.store = c->house.store;
    o.vault = c->house.vault;
    o.config = &c->house.config;
    if (fair_view_run(&o, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    return FAIR_EXIT_DONE;
}

/* ---- the worker process ----------------------------------------------------------- */

static bool
stop_asked(__attribute__((unused)) void *arg)
{
    return fair_cli_stopped();
}

int
fair_verb_worker(struct fair_cli *c, int argc, char **argv)
{
    bool once = false;
    int64_t parent = 0;
    const struct fair_opt opts[] = {
        { .name = "once", .doc = "end when no job is due", .flag = &once },
        { .name = "parent", .value = "PID", .doc = "end when this process, our parent, has ended", .number = &parent }, { 0 } };
    struct fair_err err = { 0 };
    int code;

    if (!fair_cli_parse(c, argc, argv, opts, 0, 0, &code)) return code;
    if (parent != 0) prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (parent != 0 && getppid() != (pid_t)parent) return FAIR_EXIT_DONE;
    fair_log_begin("worker", FAIR_LOG_INFO);
    fair_cli_catch_signals();
    if (fair_cli_house(c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    c->house.desk.user = 0;               /* what a job does is its asker's doing, what has none the system's */
    if (fair_work_run(&c->house, once, stop_asked, NULL, &err) != FAIR_OK)
        return fair_cli_fail(c, &err);
    return FAIR_EXIT_DONE;
}

/* ---- the process that watches over both --------------------------------------------- */

/* `program`: another than our own. */
struct child { const char *name, *program; char *const *args; pid_t pid; fair_time started; int failures; };

static fair_status
start(struct fair_cli *c, struct child *k, struct fair_err *err)
{
    char *argv[16];
    int n = 0, why;

    argv[n++] = (char *)(k->program != NULL ? k->name : "fairtrack");
    if (k->program == NULL) {
        argv[n++] = (char *)"--home";
        argv[n++] = (char *)c->home;
    }
    for (char *const *args = k->args; *args != NULL; args++) argv[n++] = *args;
    argv[n] = NULL;
    why = posix_spawn(&k->pid, k->program != NULL ? k->program : "/proc/self/exe", NULL, NULL, argv, environ);
    if (why != 0) return fair_fail(err, FAIR_IO, "starting the %s process: %s", k->name, strerror(why));
    k->started = fair_ticks();
    return FAIR_OK;
}

/* Ends a child: asked first, ended after 8 s. */
static void
end(struct child *k)
{
    if (k->pid <= 0) return;
    kill(k->pid, SIGTERM);
    for (int i = 0; i < 160; i++) {
        if (waitpid(k->pid, NULL, WNOHANG) != 0) {
            k->pid = 0;
            return;
        }
        poll(NULL, 0, 50);
    }
    kill(k->pid, SIGKILL);
    waitpid(k->pid, NULL, 0);
    k->pid = 0;
}

/* A child that ended is started again, later each time it fails soon; one that
 * cannot even start (its exit code says so at once) ends the server with its code. */
static int
watch_over(struct fair_cli *c, struct child *kids, size_t n)
{
    struct fair_err err = { 0 };
    int status;

    while (!fair_cli_stopped()) {
        pid_t gone = waitpid(-1, &status, WNOHANG);
        if (gone < 0 && errno == ECHILD) return FAIR_EXIT_FAILED;
        if (gone <= 0) {
            poll(NULL, 0, 100);
            continue;
        }
        for (size_t i = 0; i < n; i++) {
            fair_time lived = fair_ticks() - kids[i].started;
            if (kids[i].pid != gone) continue;
            kids[i].pid = 0;
            if (fair_cli_stopped()) break;
            if (lived > 60 * FAIR_SECOND) kids[i].failures = 0;
            if (WIFEXITED(status) && (lived < 3 * FAIR_SECOND || WEXITSTATUS(status) == 0) && kids[i].failures == 0)
                return WEXITSTATUS(status);
            fair_log(FAIR_LOG_WARN, "serve.restart process=%s status=%d after_s=%lld", kids[i].name, status, (long long)(lived / FAIR_SECOND));
            if (++kids[i].failures > 10) return FAIR_EXIT_FAILED;
            poll(NULL, 0, 500 * kids[i].failures);
            if (start(c, &kids[i], &err) != FAIR_OK) return fair_cli_fail(c, &err);
        }
    }
    return FAIR_EXIT_DONE;
}

/* The portal beside the server: the folder and its keys are made, the program is found. */
static fair_status
portal_child(struct fair_cli *c, char *pid, struct child *k, char **args, struct fair_err *err)
{
    const struct fair_config *f = &c->house.config;
    struct fair_portal_home home;
    fair_str program;
    int n = 0;

    FAIR_TRY(fair_portal_home_open(&c->house, c->arena, &home, err));
    FAIR_TRY(fair_helper_program(c->arena, "fairtrack-portal", &program, err));
    k->program = program.p;
    args[n++] = (char *)"--dir";
    args[n++] = (char *)home.shelf.dir.p;
    args[n++] = (char *)"--listen";
    args[n++] = (char *)fair_str_dup(c->arena, f->portal_listen).p;
    if (f->portal_url.n > 0) {
        args[n++] = (char *)"--public-url";
        args[n++] = (char *)fair_str_dup(c->arena, f->portal_url).p;
    }
    if (f->sandbox_weak) args[n++] = (char *)"--weak";
    args[n++] = (char *)"--parent";
    args[n++] = pid;
    args[n] = NULL;
    return FAIR_OK;
}

int
fair_verb_serve(struct fair_cli *c, int argc, char **argv)
{
    const char *listen = NULL;
    bool no_worker = false, web_only = false, view_only = false, no_link = false;
    int64_t parent = 0;
    const struct fair_opt opts[] = {
        { .name = "listen", .value = "ADDRESS:PORT", .doc = "instead of web.listen; port 0 takes a free one", .text = &listen },
        { .name = "no-worker", .doc = "pages only; run fairtrack worker beside it", .flag = &no_worker },
        { .name = "no-link", .doc = "print no sign-in link", .flag = &no_link },
        { .name = "link", .doc = "print one (as it does anyway)", .flag = &(bool){ false } },
        { .name = "web-only", .doc = "used by serve itself: be the web process", .flag = &web_only },
        { .name = "view-only", .doc = "used by serve itself: be the process that shows captured pages", .flag = &view_only },
        { .name = "parent", .value = "PID", .doc = "used by serve itself: end with this process", .number = &parent }, { 0 } };
    char pid[24];
    struct child kids[4];
    size_t n = 0;
    struct fair_err err = { 0 };
    fair_status s;
    int code;

    if (!fair_cli_parse(c, argc, argv, opts, 0, 0, &code)) return code;
    if (web_only || view_only) {
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (parent != 0 && getppid() != (pid_t)parent) return FAIR_EXIT_DONE;
        fair_log_begin(view_only ? "view" : "web", FAIR_LOG_INFO);
        if (view_only) return view_process(c);
        return web_process(c, listen, !no_link);
    }
    if (fair_cli_house(c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    s = fair_house_lock_serve(&c->house, &err);
    if (s == FAIR_OK) s = fair_house_index_catch_up(&c->house, &err);
    if (s != FAIR_OK) return fair_cli_fail(c, &err);
    fair_index_free(&c->house.index);     /* the worker writes it from now on */
    fair_store_free(&c->house.store);
    snprintf(pid, sizeof pid, "%d", (int)getpid());
    fair_cli_catch_signals();
    char *const web[] = { (char *)"serve", (char *)"--web-only", (char *)"--parent", pid, no_link ? (char *)"--no-link" : (char *)"--link",
          listen != NULL ? (char *)"--listen" : NULL, (char *)listen, NULL };
    char *const worker[] = { (char *)"worker", (char *)"--parent", pid, NULL };
    char *const view[] = { (char *)"serve", (char *)"--view-only", (char *)"--parent", pid, NULL };
    char *portal[12];

    kids[n++] = (struct child){ .name = "web", .args = web };
    if (!no_worker) kids[n++] = (struct child){ .name = "worker", .args = worker };
    if (c->house.config.view_listen.n > 0) kids[n++] = (struct child){ .name = "view", .args = view };
    if (s == FAIR_OK && c->house.config.portal_listen.n > 0) {
        kids[n] = (struct child){ .name = "fairtrack-portal", .args = portal };
        s = portal_child(c, pid, &kids[n++], portal, &err);
    }
    for (size_t i = 0; i < n && s == FAIR_OK; i++) s = start(c, &kids[i], &err);
    code = s == FAIR_OK ? watch_over(c, kids, n) : fair_cli_fail(c, &err);
    for (size_t i = 0; i < n; i++) end(&kids[i]);
    return code;
}
