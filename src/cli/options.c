/* cli/options.c - the words of a command line, and what every verb prints alike. */
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/digest.h"
#include "cli/cli.h"
#include "store/person_rows.h"

static const struct fair_opt *
find_option(const struct fair_opt *opts, const struct fair_opt *common, const char *name, size_t n)
{
    const struct fair_opt *lists[] = { opts, common };
    for (size_t l = 0; l < 2; l++)
        for (const struct fair_opt *o = lists[l]; o != NULL && o->name != NULL; o++)
            if (strlen(o->name) == n && memcmp(o->name, name, n) == 0) return o;
    return NULL;
}

static void
print_help(const struct fair_cli *c, const struct fair_opt *opts)
{
    printf("usage: fairtrack %s %s\n\n%s\n\n", c->verb->name, c->verb->usage, c->verb->doc);
    for (const struct fair_opt *o = opts; o != NULL && o->name != NULL; o++) {
        char left[64];
        snprintf(left, sizeof left, "--%s%s%s", o->name, o->value ? " " : "", o->value ? o->value : "");
        printf("  %-24s %s\n", left, o->doc);
    }
    printf("  %-24s %s\n", "--home DIR", "the home (else FAIRTRACK_HOME, else ~/.fairtrack)");
    if (find_option(opts, NULL, "as", 2) == NULL) printf("  %-24s %s\n", "--as ADDRESS", "the account that acts (else FAIRTRACK_AS, else the first owner's)");
    printf("  %-24s %s\n", "--org NAME|ID", "the organisation it acts in (else the account's, else the first)");
    printf("  %-24s %s\n  %-24s %s\n",
           "--json", "JSON lines instead of text", "--help", "this text");
}

int
fair_cli_usage(const struct fair_cli *c, const char *fmt, ...)
{
    char text[512];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    fprintf(stderr, "fairtrack %s: %s\nusage: fairtrack %s %s\n", c->verb->name, text, c->verb->name, c->verb->usage);
    return FAIR_EXIT_USAGE;
}

static bool
set_option(const struct fair_cli *c, const struct fair_opt *o, const char *value, int *code)
{
    fair_str v = fair_str_of(value);

    if (o->text != NULL) *o->text = value;
    if (o->number != NULL && !fair_str_number(v, INT64_MAX, o->number)) {
        *code = fair_cli_usage(c, "--%s %s: a whole number is wanted", o->name, value);
        return false;
    }
    if (o->seconds != NULL && !fair_duration_parse(v, o->seconds)) {
        *code = fair_cli_usage(c, "--%s %s: a time such as 90s, 15m, 6h, 1d or 2w is wanted", o->name, value);
        return false;
    }
    return true;
}

bool
fair_cli_parse(struct fair_cli *c, int argc, char **argv, const struct fair_opt *opts, int least, int most, int *code)
{
    bool help = false, ended = false;
    const struct fair_opt common[] = {
        { .name = "home", .value = "DIR", .text = &c->home }, { .name = "as", .value = "ADDRESS", .text = &c->as },
        { .name = "org", .value = "NAME|ID", .text = &c->org },
        { .name = "json", .flag = &c->json },
        { .name = "help", .flag = &help }, { 0 } };

    c->args = fair_alloc_array(c->arena, (size_t)argc + 1, sizeof *c->args);
    c->n_args = 0;
    for (int i = 0; i < argc; i++) {
        const char *word = argv[i], *equals;
        const struct fair_opt *o;
        size_t n;

        if (ended || word[0] != '-' || word[1] == '\0') {
            c->args[c->n_args++] = argv[i];
            continue;
        }
        if (strcmp(word, "--") == 0) {
            ended = true;
            continue;
        }
        if (strcmp(word, "-h") == 0) word = "--help";
        equals = strchr(word, '=');
        n = equals != NULL ? (size_t)(equals - word) : strlen(word);
        o = n > 2 && word[1] == '-' ? find_option(opts, common, word + 2, n - 2) : NULL;
        if (o == NULL) {
            *code = fair_cli_usage(c, "no option %.*s", (int)n, word);
            return false;
        }
        if (o->flag != NULL) {
            if (equals != NULL) {
                *code = fair_cli_usage(c, "--%s takes no value", o->name);
                return false;
            }
            *o->flag = true;
            continue;
        }
        if (equals == NULL && i + 1 >= argc) {
            *code = fair_cli_usage(c, "--%s wants a value", o->name);
            return false;
        }
        if (!set_option(c, o, equals != NULL ? equals + 1 : argv[++i], code)) return false;
    }
    if (help) {
        print_help(c, opts);
        *code = FAIR_EXIT_DONE;
        return false;
    }
    if (c->n_args < least) {
        *code = fair_cli_usage(c, "too few words");
        return false;
    }
    if (most >= 0 && c->n_args > most) {
        *code = fair_cli_usage(c, "what is \"%s\" for?", c->args[most]);
        return false;
    }
    return true;
}

int
fair_cli_fail(const struct fair_cli *c, const struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_str text = fair_str_escape(a, fair_str_of(err->text));
    fprintf(stderr, "fairtrack %s: %.*s\n", c->verb->name, FAIR_STR_ARG(text));
    return FAIR_EXIT_FAILED;
}

/* The account that acts where none was named: the first open owner's, else the first open admin's. */
struct acting { struct fair_arena *arena; struct fair_user user; };

static fair_status
keep_acting(void *arg, const struct fair_user *u, __attribute__((unused)) struct fair_err *err)
{
    struct acting *x = arg;
    bool owner = fair_str_eq(u->role, FAIR_STR("owner"));

    if (u->disabled || (!owner && !fair_role_may(u->role, FAIR_DEED_PEOPLE))) return FAIR_OK;
    if (x->user.id != 0 && (!owner || fair_str_eq(x->user.role, FAIR_STR("owner")))) return FAIR_OK;
    x->user = (struct fair_user){ .id = u->id, .org = u->org, .email = fair_str_dup(x->arena, u->email), .role = fair_str_dup(x->arena, u->role) };
    return FAIR_OK;
}

struct org_sought { fair_str name; fair_id id, found; int n; };

static fair_status
seek_org(void *arg, const struct fair_org *o, __attribute__((unused)) struct fair_err *err)
{
    struct org_sought *x = arg;
    if (o->id != x->id && !fair_str_eq(o->name, x->name)) return FAIR_OK;
    x->found = o->id;
    x->n++;
    return FAIR_OK;
}

static fair_status
find_org(struct fair_cli *c, fair_id *out, struct fair_err *err)
{
    struct org_sought x = { .name = fair_str_of(c->org) };

    if (!fair_cli_id(c->org, &x.id)) x.id = 0;
    FAIR_TRY(fair_store_orgs(c->house.store, seek_org, &x, err));
    if (x.n == 0) return fair_fail(err, FAIR_NOT_FOUND, "--org %s: there is no such organisation", c->org);
    if (x.n > 1) return fair_fail(err, FAIR_INVALID, "--org %s: %d organisations have this name; give its number (fairtrack users org list)", c->org, x.n);
    *out = x.found;
    return FAIR_OK;
}

static fair_status
act_as(struct fair_cli *c, struct fair_err *err)
{
    struct fair_desk *d = &c->house.desk;
    const struct fair_deed_row *deed = &fair_deeds[c->verb->deed];
    struct acting x = { .arena = c->arena };
    fair_id first_org = d->org;

    if (c->org != NULL) FAIR_TRY(find_org(c, &d->org, err));
    if (c->as == NULL || c->as[0] == '\0') {
        FAIR_TRY(fair_store_users(d, keep_acting, &x, err));
        if (x.user.id == 0) return FAIR_OK;
    } else {
        if (fair_store_user_by_email(d->st, fair_str_of(c->as), c->arena, &x.user, err) != FAIR_OK) return fair_fail_in(err, "--as %s", c->as);
        if (x.user.disabled) return fair_fail(err, FAIR_REFUSED, "--as %s: this account is switched off", c->as);
        if (c->org != NULL && x.user.org != d->org) return fair_fail(err, FAIR_REFUSED, "--as %s: this account is of another organisation than --org %s", c->as, c->org);
    }
    d->org = x.user.org;
    d->user = x.user.id;
    c->role = x.user.role;
    if (!fair_role_may(x.user.role, c->verb->deed))
        return fair_fail(err, FAIR_REFUSED, "%.*s is %.*s here, whom this is not for (%s)", FAIR_STR_ARG(x.user.email), FAIR_STR_ARG(x.user.role), deed->words);
    if (deed->first_org && d->org != first_org)
        return fair_fail(err, FAIR_REFUSED, "%.*s is not of the organisation that runs this installation (%s)", FAIR_STR_ARG(x.user.email), deed->words);
    return FAIR_OK;
}

bool
fair_cli_may(const struct fair_cli *c, enum fair_deed deed)
{
    return c->role.p == NULL || fair_role_may(c->role, deed);
}

fair_str
fair_cli_note(const struct fair_cli *c, fair_str reason, fair_id author, fair_str note)
{
    bool hidden = note.n > 0 && fair_str_eq(reason, FAIR_STR("hardship_or_sensitive")) && author != c->house.desk.user;
    return hidden && !fair_cli_may(c, FAIR_DEED_SENSITIVE) ? FAIR_STR("(kept for the owner and counsel)") : note;
}

/* Verbs that show or write out what is held of people outside this house. */
static const char *const shows_people[] = { "answers list", "answers show", "cases show", "cases fact", "cases gates", "cases party", "evidence export", "evidence looks", "evidence show", "hits export",
                                            "licences export", "notices list", "notices preview", "notices show", "privacy due", "privacy erase", "privacy export", "privacy find", "privacy requests" };

/* Who looks is written down before anything is shown. */
static fair_status
note_access(struct fair_cli *c, struct fair_err *err)
{
    for (size_t i = 0; i < sizeof shows_people / sizeof *shows_people; i++) {
        fair_id id = 0;
        bool noted = false;

        if (strcmp(c->verb->name, shows_people[i]) != 0) continue;
        for (int k = 0; k < c->n_args; k++) {
            if (!fair_cli_id(c->args[k], &id)) continue;
            FAIR_TRY(fair_store_access_put(&c->house.desk, "verb", fair_str_of(c->verb->name), id, fair_str_of(c->why), fair_now(), err));
            noted = true;
        }
        if (!noted) return fair_store_access_put(&c->house.desk, "verb", fair_str_of(c->verb->name), 0, fair_str_of(c->why), fair_now(), err);
    }
    return FAIR_OK;
}

fair_status
fair_cli_house(struct fair_cli *c, struct fair_err *err)
{
    if (c->house_open) return FAIR_OK;
    FAIR_TRY(fair_house_open(c->home, &c->house, err));
    c->house_open = true;
    FAIR_TRY(act_as(c, err));
    return note_access(c, err);
}

void
fair_cli_json(json_t *line)
{
    json_dumpf(line, stdout, JSON_COMPACT | JSON_REAL_PRECISION(9));
    putchar('\n');
    json_decref(line);
}

json_t *
fair_json_str(struct fair_arena *a, fair_str s)
{
    if (s.p == NULL) return json_null();
    s = fair_utf8_mend(a, s);
    return json_stringn_nocheck(s.p, s.n);
}

void
fair_json_file(struct fair_arena *a, json_t *object, const char *key, fair_str path)
{
    char other[64];

    json_object_set_new(object, key, fair_json_str(a, path));
    if (fair_utf8_valid(path)) return;
    snprintf(other, sizeof other, "%s_b64", key);
    json_object_set_new(object, other, fair_json_str(a, fair_base64(a, path.p, path.n)));
}

json_t *
fair_json_time(struct fair_arena *a, fair_time t)
{
    return t == 0 ? json_null() : fair_json_str(a, fair_time_text(a, t));
}

bool
fair_cli_id(const char *text, fair_id *id)
{
    return fair_str_number(fair_str_of(text), INT64_MAX, id) && *id > 0;
}

static volatile sig_atomic_t stop_asked;

static void
on_signal(int sig)
{
    if (stop_asked++) {
        signal(sig, SIG_DFL);
        raise(sig);
    }
}

void
fair_cli_catch_signals(void)
{
    struct sigaction sa = { .sa_handler = on_signal };
    sigaction(SIGINT, &sa, NULL);
    sigaction(SIGTERM, &sa, NULL);
    signal(SIGPIPE, SIG_IGN);
}

bool fair_cli_stopped(void) { return stop_asked != 0; }

void
fair_cli_put(json_t *line, struct fair_arena *a, const char *key, fair_str v)
{
    json_object_set_new(line, key, fair_json_str(a, v));
}
