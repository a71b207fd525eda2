/* browse.c - fairtrack-browse: starts a browser as an unprivileged user with a profile of its own, and leaves nothing behind.
 *
 *     fairtrack-browse PARENT USER FOLDER PROGRAM ARGUMENT...
 *
 * Descriptors 3 and 4 are the browser's (commands, answers), 5 is ours: when it closes, all ends.  As root we
 * become USER first (never root), then make the profile in FOLDER; "@PROFILE@" in an argument stands for it.  We see no
 * foreign byte: we start, wait, end every process that came of it, and remove the profile.
 * Exit: the browser's, 128 + its signal, or 3 with a line on stderr when it could not be started. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { IN = 3, OUT = 4, CONTROL = 5 };
#define FILE_MAX ((rlim_t)1 << 30)          /* bytes of one file the browser may write */
#define PATIENCE_MS 5000                    /* for what is left once the browser was ended */

static int
fail(const char *what)
{
    fprintf(stderr, "%s: %s\n", what, strerror(errno));
    return 3;
}

/* From root to `user` for good; whoever is not root stays who he is. */
static int
become(const char *user)
{
    struct passwd *p;

    if (geteuid() != 0 && getuid() != 0) return 0;
    p = getpwnam(user);
    if (p == NULL) return fail(user);
    if (p->pw_uid == 0 || p->pw_gid == 0) {
        fprintf(stderr, "a browser is never run as root (capture.user = %s)\n", user);
        return 3;
    }
    if (setgroups(0, NULL) != 0 || setresgid(p->pw_gid, p->pw_gid, p->pw_gid) != 0 || setresuid(p->pw_uid, p->pw_uid, p->pw_uid) != 0)
        return fail(user);
    if (setuid(0) == 0) abort();
    return 0;
}

/* Everything that is ours by now: the browser's processes come to us when their own parents end. */
static void
end_all(pid_t browser)
{
    char path[64], text[8192];
    FILE *f;

    kill(-browser, SIGKILL);
    kill(browser, SIGKILL);
    snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
    f = fopen(path, "r");
    if (f == NULL) return;
    while (fscanf(f, "%31s", text) == 1) {
        int pid = atoi(text);
        if (pid > 1) kill(pid, SIGKILL);
    }
    fclose(f);
}

static void
remove_tree(char *path)
{
    char *const at[] = { path, NULL };
    FTS *t = fts_open(at, FTS_PHYSICAL | FTS_NOCHDIR | FTS_XDEV, NULL);

    if (t == NULL) return;
    for (FTSENT *e; (e = fts_read(t)) != NULL;) {
        if (e->fts_info == FTS_DP || e->fts_info == FTS_DNR) (void)rmdir(e->fts_accpath);
        else if (e->fts_info != FTS_D && e->fts_info != FTS_DC) (void)unlink(e->fts_accpath);
    }
    fts_close(t);
}

static void
exec_browser(char **argv, const char *profile)
{
    struct rlimit core = { 0, 0 }, file = { FILE_MAX, FILE_MAX };
    char home[4200], config[4200], cache[4200], tmp[4200];
    char *env[] = { home, config, cache, tmp, (char *)"PATH=/usr/bin:/bin", (char *)"LC_ALL=C.UTF-8", (char *)"TZ=UTC",
                    (char *)"DBUS_SESSION_BUS_ADDRESS=disabled:", NULL };
    sigset_t none;

    snprintf(home, sizeof home, "HOME=%s", profile);
    snprintf(config, sizeof config, "XDG_CONFIG_HOME=%s", profile);
    snprintf(cache, sizeof cache, "XDG_CACHE_HOME=%s", profile);
    snprintf(tmp, sizeof tmp, "TMPDIR=%s", profile);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    setsid();
    setrlimit(RLIMIT_CORE, &core);
    setrlimit(RLIMIT_FSIZE, &file);
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    if (close_range(CONTROL, ~0U, 0) != 0 || chdir(profile) != 0) _exit(3);
    execve(argv[0], argv, env);
    (void)fail(argv[0]);
    _exit(3);
}

static int
watch(pid_t browser, int signals)
{
    struct pollfd p[2] = { { .fd = CONTROL, .events = POLLIN }, { .fd = signals, .events = POLLIN } };
    int code = 0, status, left_ms = -1;
    pid_t gone;

    for (;;) {
        struct signalfd_siginfo info;
        int n = poll(p, 2, left_ms < 0 ? -1 : 100);
        bool over = false;
        while (read(signals, &info, sizeof info) == sizeof info) over |= info.ssi_signo == SIGTERM;
        if (n > 0 && p[0].revents != 0) over = true;
        while ((gone = waitpid(-1, &status, WNOHANG)) > 0)
            if (gone == browser) {
                code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
                over = true;
            }
        if (gone < 0 && errno == ECHILD) return code;
        if (over && left_ms < 0) {
            left_ms = PATIENCE_MS;
            p[0].fd = -1;
        }
        if (left_ms < 0) continue;
        end_all(browser);
        left_ms -= 100;
        if (left_ms <= 0) return code;
        poll(NULL, 0, 20);
    }
}

int
main(int argc, char **argv)
{
    char profile[4096];
    sigset_t set;
    pid_t browser;
    int signals, code;

    if (argc < 5) {
        fprintf(stderr, "fairtrack-browse is started by fairtrack and does nothing by itself\n");
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    if ((code = become(argv[2])) != 0) return code;
    /* Changing who we are clears it; so it is asked for afterwards. */
    if (prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0) != 0 || prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0) return fail("prctl");
    if (getppid() != (pid_t)atoi(argv[1])) return 3;
    umask(077);
    if ((size_t)snprintf(profile, sizeof profile, "%s/fairtrack-browser-XXXXXX", argv[3]) >= sizeof profile || mkdtemp(profile) == NULL)
        return fail(argv[3]);
    for (int i = 4; i < argc; i++) {
        char *at = strstr(argv[i], "@PROFILE@"), *whole = NULL;
        if (at == NULL) continue;
        if (asprintf(&whole, "%.*s%s%s", (int)(at - argv[i]), argv[i], profile, at + strlen("@PROFILE@")) < 0) abort();
        argv[i] = whole;
    }
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigaddset(&set, SIGTERM);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    browser = signals < 0 ? -1 : fork();
    if (browser == 0) exec_browser(argv + 4, profile);
    if (browser < 0) {
        code = fail("fork");
    } else {
        close(IN);
        close(OUT);
        code = watch(browser, signals);
    }
    remove_tree(profile);
    return code;
}
