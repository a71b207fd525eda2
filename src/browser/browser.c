/* browser.c - start, tell, hear and end a browser. */
#include "browser/browser.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/io.h"
#include "proc/proc.h"

#define START_MS 30000
#define WORDS 2000                /* of its last words that are kept */
#define ARGS 64
#define ASKED 512                 /* answers that are waited for at once */

struct fair_browser {
    pid_t keeper;                 /* fairtrack-browse                     */
    int to, from, words, control;
    struct fair_frames in;
    int64_t number;
    void (*event)(void *arg, const char *session, const char *method, json_t *params);
    void *arg;
    int64_t waiting;              /* for the answer of this number        */
    json_t *answer;
    struct asked { int64_t number; void (*answer)(void *arg, json_t *result); void *arg; } asked[ASKED];
    size_t n_asked;
    char said[WORDS + 1];         /* on stderr, the end of it             */
    size_t n_said;
};

/* What keeps it from talking to anybody but the proxy, and from whatever a capture does not need. */
static const char *const standing[] = {
    "--headless=new", "--remote-debugging-pipe", "--no-first-run", "--no-default-browser-check", "--proxy-bypass-list=<-loopback>",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--disable-quic", "--dns-prefetch-disable", "--no-pings",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp", "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-background-networking", "--disable-component-update", "--disable-domain-reliability", "--disable-sync",
    "--disable-default-apps", "--disable-extensions", "--disable-client-side-phishing-detection", "--disable-breakpad",
    "--disable-crash-reporter", "--block-new-web-contents", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--mute-audio",
    "--password-store=basic", "--use-mock-keychain", "--lang=en-US", "--force-color-profile=srgb", "--force-device-scale-factor=1",
    "--disable-features=OptimizationHints,MediaRouter,Translate,InterestFeedContentSuggestions,CertificateTransparencyComponentUpdater,DialMediaRouteProvider,HttpsUpgrades,HttpsFirstBalancedModeAutoEnable",
    "--user-data-dir=@PROFILE@", NULL
};

static char *
text(fair_str s)
{
    return (char *)(uintptr_t)s.p;
}

/* A pipe whose ends lie where dup2 onto 3, 4 and 5 cannot run into them. */
static fair_status
pipe_apart(int *reads, int *writes, struct fair_err *err)
{
    int p[2];

    if (pipe2(p, O_CLOEXEC) != 0) return fair_fail(err, FAIR_IO, "pipe: %m");
    *reads = fcntl(p[0], F_DUPFD_CLOEXEC, 16);
    *writes = fcntl(p[1], F_DUPFD_CLOEXEC, 16);
    close(p[0]);
    close(p[1]);
    if (*reads < 0 || *writes < 0) return fair_fail(err, FAIR_IO, "F_DUPFD_CLOEXEC: %m");
    return FAIR_OK;
}

static fair_status
spawn(const char *path, char **argv, const int theirs[4], pid_t *pid, struct fair_err *err)
{
    static const char *env[] = { "LC_ALL=C.UTF-8", "PATH=/usr/bin:/bin", "ASAN_OPTIONS=detect_leaks=0", NULL };
    posix_spawn_file_actions_t acts;
    posix_spawnattr_t attr;
    sigset_t none, all;
    int rc;

    sigemptyset(&none);
    sigfillset(&all);
    if (posix_spawn_file_actions_init(&acts) != 0) return fair_fail(err, FAIR_IO, "posix_spawn: %m");
    if (posix_spawnattr_init(&attr) != 0) {
        posix_spawn_file_actions_destroy(&acts);
        return fair_fail(err, FAIR_IO, "posix_spawn: %m");
    }
    rc = posix_spawn_file_actions_addopen(&acts, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    rc |= posix_spawn_file_actions_addopen(&acts, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    rc |= posix_spawn_file_actions_adddup2(&acts, theirs[2], STDERR_FILENO);
    rc |= posix_spawn_file_actions_adddup2(&acts, theirs[0], 3);
    rc |= posix_spawn_file_actions_adddup2(&acts, theirs[1], 4);
    rc |= posix_spawn_file_actions_adddup2(&acts, theirs[3], 5);
    rc |= posix_spawn_file_actions_addclosefrom_np(&acts, 6);
    rc |= posix_spawnattr_setsigmask(&attr, &none);
    rc |= posix_spawnattr_setsigdefault(&attr, &all);
    rc |= posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    if (rc == 0) rc = posix_spawn(pid, path, &acts, &attr, argv, (char **)(uintptr_t)env);
    posix_spawnattr_destroy(&attr);
    posix_spawn_file_actions_destroy(&acts);
    return rc == 0 ? FAIR_OK : fair_fail(err, FAIR_IO, "%s: posix_spawn: %s", path, strerror(rc));
}

static fair_status
start(struct fair_browser *b, const struct fair_browser_options *o, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(fd) int in = -1;
    FAIR_AUTO(fd) int out = -1;
    FAIR_AUTO(fd) int words = -1;
    FAIR_AUTO(fd) int control = -1;
    char *argv[ARGS] = { NULL };
    int theirs[4];
    size_t n = 0;
    fair_str path;

    FAIR_TRY(fair_helper_program(a, "fairtrack-browse", &path, err));
    FAIR_TRY(pipe_apart(&in, &b->to, err));
    FAIR_TRY(pipe_apart(&b->from, &out, err));
    FAIR_TRY(pipe_apart(&b->words, &words, err));
    FAIR_TRY(pipe_apart(&control, &b->control, err));
    /* Neither a full pipe of words nor an empty one holds anybody up. */
    if (fcntl(b->from, F_SETFL, O_NONBLOCK) != 0 || fcntl(b->to, F_SETFL, O_NONBLOCK) != 0 || fcntl(b->words, F_SETFL, O_NONBLOCK) != 0 ||
        fcntl(words, F_SETFL, O_NONBLOCK) != 0)
        return fair_fail(err, FAIR_IO, "F_SETFL: %m");
    argv[n++] = text(path);
    argv[n++] = text(fair_str_fmt(a, "%d", (int)getpid()));
    argv[n++] = text(fair_str_of(o->user != NULL && o->user[0] != '\0' ? o->user : "nobody"));
    argv[n++] = text(fair_str_of(o->folder != NULL ? o->folder : "/tmp"));
    argv[n++] = text(fair_str_of(o->program));
    for (size_t i = 0; standing[i] != NULL; i++) argv[n++] = text(fair_str_of(standing[i]));
    argv[n++] = text(fair_str_fmt(a, "--proxy-server=http://127.0.0.1:%u", o->proxy_port));
    argv[n++] = text(fair_str_fmt(a, "--window-size=%u,%u", o->width, o->height));
    argv[n++] = text(fair_str_of("about:blank"));
    theirs[0] = in;
    theirs[1] = out;
    theirs[2] = words;
    theirs[3] = control;
    return spawn(path.p, argv, theirs, &b->keeper, err);
}

static void
take_words(struct fair_browser *b)
{
    char piece[1024];
    ssize_t n;

    while ((n = read(b->words, piece, sizeof piece)) > 0) {
        size_t k = (size_t)n, over;
        over = b->n_said + k > WORDS ? b->n_said + k - WORDS : 0;
        memmove(b->said, b->said + over, b->n_said - over);
        b->n_said -= over;
        memcpy(b->said + b->n_said, piece, k);
        b->n_said += k;
        b->said[b->n_said] = '\0';
    }
}

/* The line of its last words that says why: Chromium writes "FATAL" before it. */
static fair_status
ended(struct fair_browser *b, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    const char *fatal;
    fair_str line;

    poll(NULL, 0, 50);
    take_words(b);
    fatal = strstr(b->said, "FATAL");
    line = fair_str_of(fatal != NULL ? fatal : b->said);
    for (size_t i = 0; i < line.n; i++)
        if (line.p[i] == '\n' || i > 300) line.n = i;
    line = fair_str_escape(a, line);
    if (strstr(b->said, "sandbox") != NULL || strstr(b->said, "never run as root") != NULL || strstr(b->said, "No usable") != NULL)
        return fair_fail(err, FAIR_REFUSED, "the browser's own sandbox does not work here, and without it no page is opened: %.*s", FAIR_STR_ARG(line));
    return fair_fail(err, FAIR_IO, "the browser ended%s%.*s", line.n > 0 ? ": " : "", FAIR_STR_ARG(line));
}

/* The answer to an ask, if it is one. */
static void
hand_answer(struct fair_browser *b, int64_t number, json_t *frame)
{
    for (size_t i = 0; i < b->n_asked; i++) {
        struct asked x = b->asked[i];
        if (x.number != number) continue;
        b->asked[i] = b->asked[--b->n_asked];
        x.answer(x.arg, fair_said_object(frame, "result"));
        return;
    }
}

static void
hand_out(struct fair_browser *b, json_t *frame)
{
    json_t *id = json_object_get(frame, "id"), *params = fair_said_object(frame, "params");
    fair_str method = fair_said_text(frame, "method"), session = fair_said_text(frame, "sessionId");

    if (json_is_integer(id)) {
        if (b->waiting != 0 && json_integer_value(id) == b->waiting && b->answer == NULL) b->answer = json_incref(frame);
        else hand_answer(b, json_integer_value(id), frame);
    } else if (method.p != NULL && b->event != NULL) {
        b->event(b->arg, session.p != NULL ? session.p : "", method.p, params);
    }
}

/* Read what is there and hand it out; waits up to wait_ms for the first byte. */
static fair_status
take(struct fair_browser *b, int wait_ms, int stop_fd, struct fair_err *err)
{
    struct pollfd p[3] = { { .fd = b->from, .events = POLLIN }, { .fd = b->words, .events = POLLIN }, { .fd = stop_fd, .events = POLLIN } };
    static char piece[1 << 16];
    json_t *frame;
    fair_status s;
    ssize_t n;

    (void)poll(p, 3, wait_ms);
    if (p[1].revents != 0) take_words(b);
    for (int i = 0; i < 256; i++) {
        n = read(b->from, piece, sizeof piece);
        if (n < 0 && (errno == EAGAIN || errno == EINTR)) break;
        if (n <= 0) return ended(b, err);
        FAIR_TRY(fair_frames_add(&b->in, piece, (size_t)n, err));
        if (memchr(piece, '\0', (size_t)n) != NULL) break;
    }
    while ((s = fair_frames_next(&b->in, &frame, err)) == FAIR_OK) {
        hand_out(b, frame);
        json_decref(frame);
    }
    return s == FAIR_AGAIN ? FAIR_OK : s;
}

fair_status
fair_browser_pump(struct fair_browser *b, int wait_ms, int stop_fd, struct fair_err *err)
{
    return take(b, wait_ms, stop_fd, err);
}

void
fair_browser_on(struct fair_browser *b, void (*event)(void *arg, const char *session, const char *method, json_t *params), void *arg)
{
    b->event = event;
    b->arg = arg;
}

static fair_status
say(struct fair_browser *b, const char *session, const char *method, json_t *params, int64_t *number, struct fair_err *err)
{
    json_t *o = json_pack("{s:I, s:s}", "id", (json_int_t)++b->number, "method", method);
    char *line;
    size_t n, at = 0;
    fair_time until = fair_ticks() + 10 * FAIR_SECOND;

    if (params != NULL) json_object_set_new(o, "params", params);
    if (session != NULL && session[0] != '\0') json_object_set_new(o, "sessionId", json_string(session));
    line = json_dumps(o, JSON_COMPACT);
    json_decref(o);
    if (line == NULL) return fair_fail(err, FAIR_INVALID, "%s: arguments that are no UTF-8", method);
    n = strlen(line) + 1;                       /* with the zero byte that ends a frame */
    while (at < n) {
        ssize_t k = write(b->to, line + at, n - at);
        struct pollfd p = { .fd = b->to, .events = POLLOUT };
        if (k > 0) at += (size_t)k;
        else if (k < 0 && errno != EAGAIN && errno != EINTR) break;
        else if (fair_ticks() > until) break;
        else (void)poll(&p, 1, 100);
    }
    free(line);
    if (at < n) return ended(b, err);
    *number = b->number;
    return FAIR_OK;
}

fair_status
fair_browser_tell(struct fair_browser *b, const char *session, const char *method, json_t *params, struct fair_err *err)
{
    int64_t number;

    return say(b, session, method, params, &number, err);
}

fair_status
fair_browser_ask(struct fair_browser *b, const char *session, const char *method, json_t *params, void (*answer)(void *arg, json_t *result), void *arg,
                 struct fair_err *err)
{
    int64_t number;

    if (b->n_asked == ASKED) {
        json_decref(params);
        return fair_fail(err, FAIR_LIMIT, "%s: %d answers are waited for", method, ASKED);
    }
    FAIR_TRY(say(b, session, method, params, &number, err));
    b->asked[b->n_asked++] = (struct asked){ number, answer, arg };
    return FAIR_OK;
}

fair_status
fair_browser_call(struct fair_browser *b, const char *session, const char *method, json_t *params, int wait_ms, json_t **result, struct fair_err *err)
{
    fair_time until = fair_ticks() + (fair_time)wait_ms * 1000;
    int64_t number;
    json_t *got, *bad;

    if (result != NULL) *result = NULL;
    FAIR_TRY(say(b, session, method, params, &number, err));
    b->waiting = number;
    while (b->answer == NULL) {
        fair_time left = until - fair_ticks();
        fair_status s;
        if (left <= 0) {
            b->waiting = 0;
            return fair_fail(err, FAIR_LIMIT, "%s: no answer within %d ms", method, wait_ms);
        }
        s = take(b, (int)(left / 1000) + 1, -1, err);
        if (s != FAIR_OK && b->answer == NULL) {
            b->waiting = 0;
            return s;
        }
    }
    got = b->answer;
    b->answer = NULL;
    b->waiting = 0;
    bad = fair_said_object(got, "error");
    if (bad != NULL) {
        fair_str words = fair_said_text(bad, "message");
        fair_fail(err, FAIR_INVALID, "%s: %.*s", method, words.n < 200 ? (int)words.n : 200, words.p != NULL ? words.p : "");
        json_decref(got);
        return FAIR_INVALID;
    }
    if (result != NULL) {
        *result = fair_said_object(got, "result");
        if (*result != NULL) json_incref(*result);
    }
    json_decref(got);
    if (result != NULL && *result == NULL) return fair_fail(err, FAIR_CORRUPT, "%s: an answer without a result", method);
    return FAIR_OK;
}

fair_status
fair_browser_open(const struct fair_browser_options *o, struct fair_arena *a, fair_str *version, struct fair_browser **out, struct fair_err *err)
{
    struct fair_browser *b;
    json_t *r = NULL;
    fair_status s;

    *out = NULL;
    if (o->program == NULL || o->program[0] == '\0') return fair_fail(err, FAIR_NOT_FOUND, "no browser is set (capture.browser)");
    if (access(o->program, X_OK) != 0) return fair_fail(err, FAIR_NOT_FOUND, "%s: %m", o->program);
    b = fair_xcalloc(1, sizeof *b);
    b->to = b->from = b->words = b->control = -1;
    s = start(b, o, err);
    if (s == FAIR_OK) s = fair_browser_call(b, NULL, "Browser.getVersion", NULL, START_MS, &r, err);
    if (s == FAIR_OK && version != NULL) *version = fair_str_dup(a, fair_said_text(r, "product"));
    json_decref(r);
    if (s != FAIR_OK) fair_browser_free(&b);
    *out = b;
    return s;
}

void
fair_browser_free(struct fair_browser **bb)
{
    struct fair_browser *b = *bb;

    *bb = NULL;
    if (b == NULL) return;
    fair_fd_free(&b->control);
    fair_fd_free(&b->to);
    fair_fd_free(&b->from);
    fair_fd_free(&b->words);
    if (b->keeper > 0)
        while (waitpid(b->keeper, NULL, 0) < 0 && errno == EINTR) { }
    fair_frames_clear(&b->in);
    json_decref(b->answer);
    free(b);
}
