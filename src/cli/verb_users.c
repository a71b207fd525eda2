/* cli/verb_users.c - organisations, the people in them, and what they may do. */
#include <stdio.h>
#include <string.h>
#include "cli/cli.h"
#include "web/web.h"

static fair_status
print_link(struct fair_cli *c, const struct fair_user *u, struct fair_err *err)
{
    fair_str link;

    FAIR_TRY(fair_web_link(&c->house.desk, u->id, fair_now(), 86400, fair_house_base_url(&c->house, c->arena), c->arena, &link, err));
    if (c->json)
        fair_cli_json(json_pack("{s:i, s:s, s:I, s:o, s:o}", "v", 1, "type", "link", "user", (json_int_t)u->id, "email",
                                fair_json_str(c->arena, u->email), "link", fair_json_str(c->arena, link)));
    else
        printf("%.*s\n", FAIR_STR_ARG(link));
    return FAIR_OK;
}

/* May the acting account make accounts of this role? */
static fair_status
may_make(struct fair_cli *c, fair_str role, struct fair_err *err)
{
    return c->role.p == NULL || fair_role_may_give(c->role, role) ? FAIR_OK : fair_fail(err, FAIR_REFUSED, "only an owner makes owners");
}

int
fair_verb_users_add(struct fair_cli *c, int argc, char **argv)
{
    const char *email = NULL, *name = "", *role = "caseworker", *countries = NULL;
    const struct fair_opt opts[] = {
        { .name = "email", .value = "ADDRESS", .doc = "how they sign in", .text = &email },
        { .name = "name", .value = "NAME", .doc = "as others see them", .text = &name },
        { .name = "role", .value = "ROLE", .doc = "owner, caseworker (an agent), reviewer, counsel, auditor or admin", .text = &role },
        { .name = "countries", .value = "LIST", .doc = "of counsel: where they may act, \"AT DE\"", .text = &countries }, { 0 } };
    struct fair_user u = { 0 };
    struct fair_err err = { 0 };
    fair_status s;
    int code;

    if (!fair_cli_parse(c, argc, argv, opts, 0, 0, &code)) return code;
    if (email == NULL || strchr(email, '@') == NULL) return fair_cli_usage(c, "--email wants an address");
    if (fair_role_by_code(fair_str_of(role)) == NULL)
        return fair_cli_usage(c, "--role %s: owner, caseworker, reviewer, counsel, auditor or admin", role);
    u.email = fair_str_of(email);
    u.name = fair_str_of(name);
    u.role = fair_str_of(role);
    if (countries != NULL && fair_store_countries_read(c->arena, fair_str_of(countries), &u.countries, &err) != FAIR_OK) return fair_cli_usage(c, "%s", err.text);
    u.created = fair_now();
    if (fair_cli_house(c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    s = may_make(c, u.role, &err);
    if (s == FAIR_OK) s = fair_store_user_add(&c->house.desk, &u, &err);
    if (s == FAIR_CONFLICT) {
        fprintf(stderr, "fairtrack %s: there is an account of %s already\n", c->verb->name, email);
        return FAIR_EXIT_NO;
    }
    if (s != FAIR_OK || print_link(c, &u, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    return FAIR_EXIT_DONE;
}

static fair_status
print_user(void *arg, const struct fair_user *u, __attribute__((unused)) struct fair_err *err)
{
    struct fair_cli *c = arg;
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();

    if (c->json)
        fair_cli_json(json_pack("{s:i, s:s, s:I, s:o, s:o, s:o, s:o, s:b, s:b}", "v", 1, "type", "user", "user", (json_int_t)u->id, "email",
                                fair_json_str(a, u->email), "name", fair_json_str(a, u->name), "role", fair_json_str(a, u->role),
                                "countries", fair_json_str(a, u->countries), "disabled", u->disabled, "password", u->password.n > 0));
    else
        printf("%lld\t%.*s\t%.*s\t%.*s\t%s\n", (long long)u->id, FAIR_STR_ARG(fair_str_escape(a, u->email)), FAIR_STR_ARG(u->role),
               FAIR_STR_ARG(fair_str_escape(a, u->name)), u->disabled ? "closed" : u->password.n > 0 ? "open" : "open, no password yet");
    return FAIR_OK;
}

int
fair_verb_users_list(struct fair_cli *c, int argc, char **argv)
{
    struct fair_err err = { 0 };
    int code;

    if (!fair_cli_parse(c, argc, argv, NULL, 0, 0, &code)) return code;
    if (fair_cli_house(c, &err) != FAIR_OK || fair_store_users(&c->house.desk, print_user, c, &err) != FAIR_OK)
        return fair_cli_fail(c, &err);
    return FAIR_EXIT_DONE;
}

/* Whose account: of the acting organisation only, as if others' were not there.  Owners are an owner's business. */
static fair_status
find_user(struct fair_cli *c, const char *email, struct fair_user *out, struct fair_err *err)
{
    struct fair_desk *d = &c->house.desk;
    fair_status s;

    *out = (struct fair_user){ 0 };
    if (email != NULL) {
        s = fair_store_user_by_email(d->st, fair_str_of(email), c->arena, out, err);
        if (s == FAIR_OK && out->org != d->org) s = fair_fail(err, FAIR_NOT_FOUND, "no account has that address");
    } else if (d->user != 0) {
        s = fair_store_user_get(d, d->user, c->arena, out, err);
    } else {
        s = fair_fail(err, FAIR_NOT_FOUND, "no open account of an owner or admin: fairtrack users add --role owner --email ADDRESS");
    }
    if (s != FAIR_OK || d->user == 0) return s;
    if (!fair_role_may_give(c->role, out->role)) return fair_fail(err, FAIR_REFUSED, "an owner's account is the business of owners");
    return FAIR_OK;
}

/* Tells what find_user or something after it said; the exit code. */
static int
told(const struct fair_cli *c, const char *email, fair_status s, const struct fair_err *err)
{
    if (s == FAIR_OK) return FAIR_EXIT_DONE;
    if (s != FAIR_NOT_FOUND) return fair_cli_fail(c, err), s == FAIR_INVALID ? FAIR_EXIT_USAGE : FAIR_EXIT_FAILED;
    fprintf(stderr, "fairtrack %s: %s%s%s\n", c->verb->name, email != NULL ? email : "", email != NULL ? ": " : "", err->text);
    return FAIR_EXIT_NO;
}

int
fair_verb_users_link(struct fair_cli *c, int argc, char **argv)
{
    const char *email = NULL;
    const struct fair_opt opts[] = { { .name = "email", .value = "ADDRESS", .doc = "whose (the first owner's otherwise)", .text = &email }, { 0 } };
    struct fair_user u;
    struct fair_err err = { 0 };
    fair_status s;
    int code;

    if (!fair_cli_parse(c, argc, argv, opts, 0, 0, &code)) return code;
    if (fair_cli_house(c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    s = find_user(c, email, &u, &err);
    if (s == FAIR_OK) s = print_link(c, &u, &err);
    return told(c, email, s, &err);
}

/* The verbs that change one account: read it, let `change` have it, keep it. */
static int
change_user(struct fair_cli *c, int argc, char **argv, const struct fair_opt *opts, const char *const *email,
            fair_status (*change)(struct fair_cli *c, struct fair_user *u, void *arg, struct fair_err *err), void *arg)
{
    struct fair_user u;
    struct fair_err err = { 0 };
    fair_status s;
    int code;

    if (!fair_cli_parse(c, argc, argv, opts, 0, 0, &code)) return code;
    if (*email == NULL) return fair_cli_usage(c, "--email is wanted");
    if (fair_cli_house(c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    s = find_user(c, *email, &u, &err);
    if (s == FAIR_OK) s = change(c, &u, arg, &err);
    return told(c, *email, s, &err);
}

static fair_status
set_disabled(struct fair_cli *c, struct fair_user *u, void *arg, struct fair_err *err)
{
    u->disabled = *(bool *)arg;
    return fair_store_user_set(&c->house.desk, u, err);      /* ends the sessions of one that is closed */
}

int
fair_verb_users_disable(struct fair_cli *c, int argc, char **argv)
{
    const char *email = NULL;
    const struct fair_opt opts[] = { { .name = "email", .value = "ADDRESS", .doc = "whose account", .text = &email }, { 0 } };
    return change_user(c, argc, argv, opts, &email, set_disabled, &(bool){ true });
}

int
fair_verb_users_enable(struct fair_cli *c, int argc, char **argv)
{
    const char *email = NULL;
    const struct fair_opt opts[] = { { .name = "email", .value = "ADDRESS", .doc = "whose account", .text = &email }, { 0 } };
    return change_user(c, argc, argv, opts, &email, set_disabled, &(bool){ false });
}

struct role_wish { const char *role, *countries; };

static fair_status
set_role(struct fair_cli *c, struct fair_user *u, void *arg, struct fair_err *err)
{
    const struct role_wish *w = arg;
    const char *const *role = &w->role;

    if (*role == NULL || fair_role_by_code(fair_str_of(*role)) == NULL)
        return fair_fail(err, FAIR_INVALID, "--role wants owner, caseworker, reviewer, counsel, auditor or admin");
    if (c->house.desk.user == u->id) return fair_fail(err, FAIR_REFUSED, "one does not change one's own role; another owner may");
    FAIR_TRY(may_make(c, fair_str_of(*role), err));
    u->role = fair_str_of(*role);
    if (w->countries != NULL) FAIR_TRY(fair_store_countries_read(c->arena, fair_str_of(w->countries), &u->countries, err));
    return fair_store_user_set(&c->house.desk, u, err);
}

int
fair_verb_users_role(struct fair_cli *c, int argc, char **argv)
{
    const char *email = NULL;
    struct role_wish w = { NULL, NULL };
    const struct fair_opt opts[] = {
        { .name = "email", .value = "ADDRESS", .doc = "whose account", .text = &email },
        { .name = "role", .value = "ROLE", .doc = "owner, caseworker (an agent), reviewer, counsel, auditor or admin", .text = &w.role },
        { .name = "countries", .value = "LIST", .doc = "of counsel: where they may act, \"AT DE\"", .text = &w.countries }, { 0 } };
    return change_user(c, argc, argv, opts, &email, set_role, &w);
}

/* ---- signing in: password, second factor, sessions --------------------------------- */

static fair_status
reset_password(struct fair_cli *c, struct fair_user *u, void *arg, struct fair_err *err)
{
    (void)arg;
    FAIR_TRY(fair_store_password_reset(&c->house.desk, u->id, fair_now(), err));
    return print_link(c, u, err);
}

int
fair_verb_users_password(struct fair_cli *c, int argc, char **argv)
{
    const char *email = NULL;
    const struct fair_opt opts[] = { { .name = "email", .value = "ADDRESS", .doc = "whose password", .text = &email }, { 0 } };
    return change_user(c, argc, argv, opts, &email, reset_password, NULL);
}

static fair_status
factor(struct fair_cli *c, struct fair_user *u, void *arg, struct fair_err *err)
{
    struct fair_factor f = { 0 };
    fair_status s;

    if (*(bool *)arg) return fair_store_factor_off(&c->house.desk, u->id, fair_now(), err);
    s = fair_store_factor_get(&c->house.desk, u->id, c->arena, &f, err);
    if (s != FAIR_OK && s != FAIR_NOT_FOUND) return s;
    if (c->json)
        fair_cli_json(json_pack("{s:i, s:s, s:I, s:b, s:o, s:I}", "v", 1, "type", "second_factor", "user", (json_int_t)u->id, "on", f.confirmed != 0,
                                "since", fair_json_time(c->arena, f.confirmed), "codes_left", (json_int_t)(f.confirmed != 0 ? f.codes_left : 0)));
    else if (f.confirmed != 0)
        printf("on since %.*s, %lld recovery codes left\n", FAIR_STR_ARG(fair_time_text(c->arena, f.confirmed)), (long long)f.codes_left);
    else
        printf("off\n");
    return FAIR_OK;
}

int
fair_verb_users_totp(struct fair_cli *c, int argc, char **argv)
{
    const char *email = NULL;
    bool off = false;
    const struct fair_opt opts[] = {
        { .name = "email", .value = "ADDRESS", .doc = "whose second factor", .text = &email },
        { .name = "off", .doc = "switch it off: its device and its recovery codes are lost", .flag = &off }, { 0 } };
    return change_user(c, argc, argv, opts, &email, factor, &off);
}

struct ending { const char *id; bool all; };

static fair_status
print_session(void *arg, const struct fair_session_row *s, __attribute__((unused)) struct fair_err *err)
{
    struct fair_cli *c = arg;
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    const char *kind = fair_str_eq(s->csrf, FAIR_STR("api")) ? "token" : fair_str_starts(s->csrf, FAIR_STR("L")) ? "link"
                     : fair_str_starts(s->csrf, FAIR_STR("H")) ? "half" : "password";

    if (c->json)
        fair_cli_json(json_pack("{s:i, s:s, s:I, s:s, s:o, s:o, s:o, s:o, s:o}", "v", 1, "type", "session", "session", (json_int_t)s->id, "kind", kind,
                                "created", fair_json_time(a, s->created), "seen", fair_json_time(a, s->seen), "expires", fair_json_time(a, s->expires),
                                "peer", fair_json_str(a, s->peer), "agent", fair_json_str(a, s->agent)));
    else
        printf("%lld\t%s\t%.*s\t%.*s\t%.*s\n", (long long)s->id, kind, FAIR_STR_ARG(fair_time_text(a, s->seen)),
               FAIR_STR_ARG(fair_str_escape(a, s->peer)), FAIR_STR_ARG(fair_str_escape(a, s->agent)));
    return FAIR_OK;
}

static fair_status
sessions(struct fair_cli *c, struct fair_user *u, void *arg, struct fair_err *err)
{
    const struct ending *e = arg;
    fair_id id;

    if (e->all) return fair_store_sessions_remove_all(&c->house.desk, u->id, err);
    if (e->id == NULL) return fair_store_sessions(&c->house.desk, u->id, fair_now(), print_session, c, err);
    if (!fair_cli_id(e->id, &id)) return fair_fail(err, FAIR_INVALID, "--end %s is no id", e->id);
    return fair_store_session_end(&c->house.desk, u->id, id, err);
}

int
fair_verb_users_sessions(struct fair_cli *c, int argc, char **argv)
{
    const char *email = NULL;
    struct ending e = { 0 };
    const struct fair_opt opts[] = {
        { .name = "email", .value = "ADDRESS", .doc = "whose sessions and tokens", .text = &email },
        { .name = "end", .value = "ID", .doc = "end this one", .text = &e.id },
        { .name = "all", .doc = "end them all: signed out everywhere", .flag = &e.all }, { 0 } };
    return change_user(c, argc, argv, opts, &email, sessions, &e);
}

/* ---- organisations ---------------------------------------------------------------- */

int
fair_verb_users_org_add(struct fair_cli *c, int argc, char **argv)
{
    const char *name = NULL, *email = NULL;
    const struct fair_opt opts[] = {
        { .name = "name", .value = "NAME", .doc = "what it is called", .text = &name },
        { .name = "email", .value = "ADDRESS", .doc = "its first owner's address", .text = &email }, { 0 } };
    struct fair_user u = { .role = FAIR_STR("owner") };
    struct fair_err err = { 0 };
    fair_status s;
    int code;

    if (!fair_cli_parse(c, argc, argv, opts, 0, 0, &code)) return code;
    if (name == NULL) return fair_cli_usage(c, "--name is wanted");
    if (email != NULL && strchr(email, '@') == NULL) return fair_cli_usage(c, "--email wants an address");
    if (fair_cli_house(c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    u.email = fair_str_of(email);
    u.name = fair_str_of(name);
    u.created = fair_now();
    s = fair_store_org_begin(&c->house.desk, fair_str_of(name), email != NULL ? &u : NULL, &u.org, &err);
    if (s == FAIR_CONFLICT) {
        fprintf(stderr, "fairtrack %s: there is an account of %s already; nothing was changed\n", c->verb->name, email);
        return FAIR_EXIT_NO;
    }
    if (s != FAIR_OK) return fair_cli_fail(c, &err);
    if (c->json)
        fair_cli_json(json_pack("{s:i, s:s, s:I, s:o}", "v", 1, "type", "org", "org", (json_int_t)u.org, "name", fair_json_str(c->arena, fair_str_of(name))));
    else
        printf("%lld\t%.*s\n", (long long)u.org, FAIR_STR_ARG(fair_str_escape(c->arena, fair_str_of(name))));
    if (email == NULL) return FAIR_EXIT_DONE;
    c->house.desk = (struct fair_desk){ c->house.store, u.org, u.id };
    return print_link(c, &u, &err) == FAIR_OK ? FAIR_EXIT_DONE : fair_cli_fail(c, &err);
}

static fair_status
print_org(void *arg, const struct fair_org *o, __attribute__((unused)) struct fair_err *err)
{
    struct fair_cli *c = arg;
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();

    if (c->json)
        fair_cli_json(json_pack("{s:i, s:s, s:I, s:o, s:o}", "v", 1, "type", "org", "org", (json_int_t)o->id, "name", fair_json_str(a, o->name),
                                "created", fair_json_time(a, o->created)));
    else
        printf("%lld\t%.*s\t%.*s\n", (long long)o->id, FAIR_STR_ARG(fair_str_escape(a, o->name)), FAIR_STR_ARG(fair_time_text(a, o->created)));
    return FAIR_OK;
}

int
fair_verb_users_org_list(struct fair_cli *c, int argc, char **argv)
{
    struct fair_err err = { 0 };
    int code;

    if (!fair_cli_parse(c, argc, argv, NULL, 0, 0, &code)) return code;
    if (fair_cli_house(c, &err) != FAIR_OK || fair_store_orgs(c->house.store, print_org, c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    return FAIR_EXIT_DONE;
}

/* ---- who may do what ---------------------------------------------------------------- */

/* `takes`: the fields of a page's form, in JSON only. */
static void
roles_line(const struct fair_cli *c, const char *kind, const char *what, enum fair_deed deed, const char *words, const char *takes)
{
    json_t *list;

    if (!c->json) {
        printf("| %s | %s |", what, words);
        for (size_t r = 0; r < fair_n_roles; r++) printf(" %s |", fair_role_may(fair_str_of(fair_roles[r].code), deed) ? "yes" : "");
        putchar('\n');
        return;
    }
    list = json_array();
    for (size_t r = 0; r < fair_n_roles; r++)
        if (fair_role_may(fair_str_of(fair_roles[r].code), deed)) json_array_append_new(list, json_string(fair_roles[r].code));
    fair_cli_json(json_pack("{s:i, s:s, s:s, s:s, s:s, s:o, s:s?}", "v", 1, "type", "may", "kind", kind, "what", what, "deed", fair_deeds[deed].name,
                            "roles", list, "takes", takes));
}

static void
roles_head(const struct fair_cli *c, const char *title, const char *first, const char *second)
{
    if (c->json) return;
    printf("\n## %s\n\n| %s | %s |", title, first, second);
    for (size_t r = 0; r < fair_n_roles; r++) printf(" %s |", fair_roles[r].name);
    printf("\n|---|---|");
    for (size_t r = 0; r < fair_n_roles; r++) printf("---|");
    putchar('\n');
}

/* docs/roles.md is what this prints; a test compares. */
int
fair_verb_users_roles(struct fair_cli *c, int argc, char **argv)
{
    struct fair_web_way w;
    int code;

    if (!fair_cli_parse(c, argc, argv, NULL, 0, 0, &code)) return code;
    if (!c->json) {
        printf("# Who may do what\n\nMade by `fairtrack users roles` from the table in `src/store/roles.c`. Every page and every verb names a deed; a role may do\n"
               "the deeds of its column. Other organisations' things are not there for anybody: their numbers answer \"not found\".\n"
               "An admin makes no owners and leaves owners' accounts alone. In the shell it is no wall: who can read the files of a home can name any\n"
               "account of it by `--as`; it keeps from mistakes, and gives what is done a name.\n\n## Roles\n\n| role | stored as | for |\n|---|---|---|\n");
        for (size_t r = 0; r < fair_n_roles; r++) printf("| %s | `%s` | %s |\n", fair_roles[r].name, fair_roles[r].code, fair_roles[r].words);
    }
    roles_head(c, "Deeds", "deed", "what it is");
    for (int d = FAIR_DEED_ANYONE; d < FAIR_DEEDS; d++) roles_line(c, "deed", fair_deeds[d].name, (enum fair_deed)d, fair_deeds[d].words, NULL);
    roles_head(c, "Pages and API", "address", "deed");
    for (size_t i = 0; fair_web_way(i, &w); i++)
        roles_line(c, "page", fair_str_fmt(c->arena, "%s%s %s%s", c->json ? "" : "`", w.method, w.path, c->json ? "" : "`").p, w.deed, fair_deeds[w.deed].name, w.takes);
    roles_head(c, "Verbs", "verb", "deed");
    for (const struct fair_verb *v = fair_verbs; v->name != NULL; v++)
        roles_line(c, "verb", fair_str_fmt(c->arena, "%s%s%s", c->json ? "" : "`", v->name, c->json ? "" : "`").p, v->deed, fair_deeds[v->deed].name, NULL);
    return FAIR_EXIT_DONE;
}
