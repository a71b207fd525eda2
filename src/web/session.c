/* web/session.c - who is it: one-time links, passwords, cookies, tokens, and the brake on guessing. */
#include <sodium.h>
#include <string.h>
#include "base/log.h"
#include "web/session_private.h"
#include "web/words.h"

enum { TRIES = 5, SECRET = 32, PASSWORD_MIN = 10, PASSWORD_MAX = 512, TOKEN_DAYS = 365, HALF_S = 600 };
static const fair_time BRAKE = 15 * FAIR_MINUTE;
static const fair_time LINK_TRUST = 1 * FAIR_HOUR;      /* after a sign-in by link the old password is not asked for */

/* The CSRF token of a session also tells how it began: 'L' by a one-time link, 'P' by a password; 'H' before that: half a
 * session, which may do nothing but show its second factor.  That of an API token is "api" and no cookie may carry it. */
static const fair_str API = { "api", 3 };

static fair_str
secret_new(struct fair_arena *a, struct fair_sha256 *sha)
{
    unsigned char b[SECRET];
    fair_str s;

    fair_random(b, sizeof b);
    s = fair_base64url(a, b, sizeof b);
    *sha = fair_sha256_of(s.p, s.n);
    return s;
}

static bool
same(fair_str a, fair_str b)
{
    return a.n > 0 && a.n == b.n && sodium_memcmp(a.p, b.p, a.n) == 0;
}

fair_status
fair_session_find(struct fair_request *rq, struct fair_err *err)
{
    fair_str secret;
    struct fair_sha256 sha;
    struct fair_session_row row;
    struct fair_desk desk = rq->desk;
    fair_status s;

    if (fair_str_starts(rq->raw.authorization, FAIR_STR("Bearer "))) {
        rq->bearer = true;
        secret = (fair_str){ rq->raw.authorization.p + 7, rq->raw.authorization.n - 7 };
    } else if (!fair_cookie_get(rq->raw.cookie, rq->web->cookie, &secret)) {
        return FAIR_OK;
    }
    sha = fair_sha256_of(secret.p, secret.n);
    s = fair_store_session_by_secret(desk.st, &sha, rq->now, rq->arena, &row, err);
    if (s == FAIR_NOT_FOUND) return FAIR_OK;
    FAIR_TRY(s);
    if (fair_str_eq(row.csrf, API) != rq->bearer) return FAIR_OK;
    if (fair_str_starts(row.csrf, FAIR_STR("H"))) {
        rq->half = true;
        rq->session = row;
        return FAIR_OK;
    }
    desk.org = row.org;
    desk.user = row.user;
    s = fair_store_user_get(&desk, row.user, rq->arena, &rq->user, err);
    if (s == FAIR_NOT_FOUND || (s == FAIR_OK && rq->user.disabled)) return FAIR_OK;
    FAIR_TRY(s);
    rq->session = row;
    rq->desk = desk;
    return FAIR_OK;
}

/* ---- cookies --------------------------------------------------------------- */

static void
set_cookie(struct fair_request *rq, struct fair_reply *re, const char *suffix, fair_str value, int64_t seconds)
{
    re->cookies[re->n_cookies++] = fair_str_fmt(rq->arena, "%.*s%s=%.*s; Path=/; HttpOnly; SameSite=Lax; Max-Age=%lld%s",
        FAIR_STR_ARG(rq->web->cookie), suffix, FAIR_STR_ARG(value), (long long)seconds, rq->web->secure ? "; Secure" : "");
}

static bool
pre_cookie(const struct fair_request *rq, fair_str *out)
{
    fair_str name = fair_str_fmt(rq->arena, "%.*s-form", FAIR_STR_ARG(rq->web->cookie));
    return fair_cookie_get(rq->raw.cookie, name, out) && out->n == 43;
}

fair_str
fair_session_pre(struct fair_request *rq, struct fair_reply *re)
{
    struct fair_sha256 unused;
    fair_str token;

    if (rq->desk.user != 0 || rq->half) return rq->session.csrf;
    if (pre_cookie(rq, &token)) return token;
    token = secret_new(rq->arena, &unused);
    set_cookie(rq, re, "-form", token, 3600);
    return token;
}

bool
fair_session_csrf_ok(const struct fair_request *rq, fair_str sent)
{
    fair_str want = rq->session.csrf;

    if (rq->desk.user == 0 && !rq->half && !pre_cookie(rq, &want)) return false;
    return same(sent, want);
}

/* Begin a session for a user: the row and the cookie; the one that was before ends. */
static fair_status
begin(struct fair_request *rq, struct fair_reply *re, fair_id org, fair_id user, const char *how, int64_t seconds, struct fair_err *err)
{
    const struct fair_desk desk = { rq->desk.st, org, user }, before = { rq->desk.st, rq->session.org, rq->session.user };
    struct fair_session_row row = { .org = org, .user = user, .created = rq->now, .seen = rq->now, .expires = rq->now + seconds * FAIR_SECOND,
                                    .agent = rq->raw.agent, .peer = rq->raw.peer };
    struct fair_sha256 unused;
    fair_str secret = secret_new(rq->arena, &row.secret), csrf = secret_new(rq->arena, &unused);

    row.csrf = fair_str_fmt(rq->arena, "%s%.*s", how, FAIR_STR_ARG(csrf));
    FAIR_TRY(fair_store_session_add(&desk, &row, err));
    if (rq->desk.user != 0 || rq->half) FAIR_TRY(fair_store_session_remove(&before, rq->session.id, err));
    set_cookie(rq, re, "", secret, seconds);
    fair_log(FAIR_LOG_INFO, "web.signed_in user=%lld how=%s", (long long)user,
             how[0] == 'H' ? "half" : how[0] == 'L' ? "link" : "password");
    return FAIR_OK;
}

static fair_status
begin_whole(struct fair_request *rq, struct fair_reply *re, fair_id org, fair_id user, char how, struct fair_err *err)
{
    return begin(rq, re, org, user, (char[]){ how, '\0' }, rq->web->o->config->session_days * 86400, err);
}

/* The password or the link was right: in, or half in where a second factor is in force.  *in tells which; half in,
 * the reply leads to the page that asks for the code, unless it came along. */
static fair_status
enter(struct fair_request *rq, struct fair_reply *re, fair_id org, fair_id user, char how, fair_str next, bool *in, struct fair_err *err)
{
    const struct fair_desk desk = { rq->desk.st, org, user };
    struct fair_buf see = FAIR_BUF(rq->arena, 8192);
    struct fair_factor f;
    enum fair_checked checked = FAIR_CHECKED_WRONG;
    fair_str code = fair_form_text(rq, "code");
    fair_status s = fair_factor_get(rq, &desk, user, &f, err);

    *in = true;
    if (s != FAIR_OK && s != FAIR_NOT_FOUND) return s;
    if (s == FAIR_NOT_FOUND || f.confirmed == 0) return begin_whole(rq, re, org, user, how, err);
    if (code.n > 0) FAIR_TRY(fair_factor_check(rq, &desk, &f, code, &checked, err));
    if (checked == FAIR_CHECKED_FITS) return begin_whole(rq, re, org, user, how, err);
    *in = false;
    FAIR_TRY(begin(rq, re, org, user, (char[]){ 'H', how, '\0' }, HALF_S, err));
    fair_buf_c(&see, "/sign-in/code");
    if (next.n > 1) {
        fair_buf_c(&see, "?next=");
        fair_form_url_encode(&see, next);
    }
    re->model = json_object();
    json_object_set_new(re->model, "second_factor", json_true());
    return fair_buf_take(&see, &re->see, err);
}

/* ---- passwords -------------------------------------------------------------- */

fair_status
fair_web_password(fair_str password, fair_str email, struct fair_arena *a, fair_str *hash, struct fair_err *err)
{
    char *out = fair_alloc(a, crypto_pwhash_STRBYTES);

    if (password.n < PASSWORD_MIN) return fair_fail(err, FAIR_INVALID, "The password has %zu bytes; it needs at least %d. A few words in a row are easy to keep in mind.", password.n, PASSWORD_MIN);
    if (password.n > PASSWORD_MAX) return fair_fail(err, FAIR_INVALID, "The password has %zu bytes; at most %d are taken.", password.n, PASSWORD_MAX);
    if (fair_str_eq_nocase(password, email)) return fair_fail(err, FAIR_INVALID, "The password is the e-mail address; anybody would try that first.");
    if (sodium_init() < 0 || crypto_pwhash_str(out, password.p, password.n, crypto_pwhash_OPSLIMIT_INTERACTIVE, crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0)
        return fair_fail(err, FAIR_IO, "password: libsodium could not make its hash");
    *hash = fair_str_of(out);
    return FAIR_OK;
}

static bool
password_fits(struct fair_arena *a, fair_str hash, fair_str password)
{
    fair_str h = fair_str_dup(a, hash);
    return h.n > 0 && password.n > 0 && crypto_pwhash_str_verify(h.p, password.p, password.n) == 0;
}

/* The address in the form it is counted under. */
static fair_str
lower(struct fair_arena *a, fair_str s)
{
    char *p = fair_alloc(a, s.n + 1);
    for (size_t i = 0; i < s.n; i++) p[i] = s.p[i] >= 'A' && s.p[i] <= 'Z' ? (char)(s.p[i] + 32) : s.p[i];
    return (fair_str){ p, s.n };
}

static fair_status
sign_in_page(struct fair_request *rq, struct fair_reply *re, const char *error, int code)
{
    fair_put(re->model = json_object(), "error", fair_str_of(error));
    if (rq->json) re->code = code;
    else re->code = code == 0 ? 200 : code;
    re->page = "sign_in";
    re->title = FAIR_STR("Sign in");
    json_t *show = json_object();
    fair_put(show, "csrf", fair_session_pre(rq, re));
    fair_put(show, "next", fair_form_text(rq, "next"));
    fair_put(show, "email", fair_form_text(rq, "email"));
    json_object_set_new(re->model, "show", show);
    return FAIR_OK;
}

fair_status
fair_page_sign_in(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    (void)err;
    if (rq->desk.user != 0) {
        re->see = FAIR_STR("/");
        return FAIR_OK;
    }
    return sign_in_page(rq, re, NULL, 0);
}

/* A place of ours, not another site's. */
static fair_str
next_of(const struct fair_request *rq)
{
    fair_str next = fair_form_text(rq, "next");
    bool ours = next.n > 0 && next.p[0] == '/' && (next.n == 1 || (next.p[1] != '/' && next.p[1] != '\\'));
    return ours ? fair_str_dup(rq->arena, next) : FAIR_STR("/");
}

fair_status
fair_sign_in_braked(const struct fair_request *rq, fair_str who, bool *braked, struct fair_err *err)
{
    int64_t n = 0;
    FAIR_TRY(fair_store_signin_failures(rq->desk.st, who, rq->now - BRAKE, &n, err));
    *braked |= n >= TRIES;
    return FAIR_OK;
}

fair_status
fair_page_sign_in_try(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    fair_str email = lower(rq->arena, fair_form_text(rq, "email")), password = fair_form_text(rq, "password");
    fair_str mail = fair_str_fmt(rq->arena, "mail:%.*s", FAIR_STR_ARG(email)), peer = fair_str_fmt(rq->arena, "peer:%.*s", FAIR_STR_ARG(rq->raw.peer));
    struct fair_user user = { 0 };
    bool braked = false, fits, in;
    fair_status s;

    FAIR_TRY(fair_sign_in_braked(rq, mail, &braked, err));
    FAIR_TRY(fair_sign_in_braked(rq, peer, &braked, err));
    if (braked) {
        re->retry_s = (int)(BRAKE / FAIR_SECOND);
        return sign_in_page(rq, re, "Too many failed tries. Wait a quarter of an hour, or use a sign-in link from the command line: fairtrack users link", 429);
    }
    s = fair_store_user_by_email(rq->desk.st, email, rq->arena, &user, err);
    if (s != FAIR_OK && s != FAIR_NOT_FOUND) return s;
    fits = password_fits(rq->arena, s == FAIR_OK && user.password.n > 0 ? user.password : rq->web->dummy, password);
    if (s != FAIR_OK || user.password.n == 0 || user.disabled || !fits) {
        FAIR_TRY(fair_store_signin_failed(rq->desk.st, mail, rq->now, err));
        FAIR_TRY(fair_store_signin_failed(rq->desk.st, peer, rq->now, err));
        fair_log(FAIR_LOG_WARN, "web.sign_in_failed peer=%.*s", FAIR_STR_ARG(rq->raw.peer));
        return sign_in_page(rq, re, "Address and password do not go together.", 403);
    }
    if (crypto_pwhash_str_needs_rehash(fair_str_dup(rq->arena, user.password).p, crypto_pwhash_OPSLIMIT_INTERACTIVE, crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0) {
        const struct fair_desk desk = { rq->desk.st, user.org, user.id };
        struct fair_err unneeded = { 0 };
        if (fair_web_password(password, email, rq->arena, &user.password, &unneeded) == FAIR_OK) FAIR_TRY(fair_store_user_set(&desk, &user, err));
    }
    FAIR_TRY(enter(rq, re, user.org, user.id, 'P', next_of(rq), &in, err));
    if (in) re->see = next_of(rq);
    return FAIR_OK;
}

/* ---- one-time links ------------------------------------------------------------ */

fair_status
fair_web_link(const struct fair_desk *d, fair_id user, fair_time now, int64_t seconds, fair_str base,
              struct fair_arena *a, fair_str *url, struct fair_err *err)
{
    struct fair_sha256 sha;
    fair_str secret = secret_new(a, &sha);

    FAIR_TRY(fair_store_link_add(d, user, &sha, now + seconds * FAIR_SECOND, err));
    *url = fair_str_fmt(a, "%.*s/in/%.*s", FAIR_STR_ARG(base), FAIR_STR_ARG(secret));
    return FAIR_OK;
}

/* Looking at the link does not use it up: mail scanners look at everything. */
fair_status
fair_page_link(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    json_t *show = json_object();

    (void)err;
    re->model = json_object();
    fair_put(show, "csrf", fair_session_pre(rq, re));
    fair_put(show, "word", rq->word);
    if (rq->web->o->config->terms_publish)                         /* who is about to begin sees what it costs first (Corrections 17) */
        fair_put(show, "terms", fair_str_fmt(rq->arena, "%lld %%", (long long)rq->web->o->config->terms_commission));
    json_object_set_new(re->model, "show", show);
    return FAIR_OK;
}

fair_status
fair_page_link_use(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    struct fair_sha256 sha = fair_sha256_of(rq->word.p, rq->word.n);
    struct fair_desk desk = { rq->desk.st, 0, 0 };
    struct fair_user user;
    bool in;
    fair_status s = fair_store_link_use(desk.st, &sha, rq->now, &desk.org, &desk.user, err);

    if (s == FAIR_NOT_FOUND)
        return fair_fail(err, FAIR_NOT_FOUND, "This sign-in link was used already or is too old. Make a new one with: fairtrack users link");
    FAIR_TRY(s);
    FAIR_TRY(fair_store_user_get(&desk, desk.user, rq->arena, &user, err));
    if (user.disabled) return fair_fail(err, FAIR_REFUSED, "This account is switched off.");
    FAIR_TRY(enter(rq, re, desk.org, desk.user, 'L', user.password.n > 0 ? FAIR_STR("/") : FAIR_STR("/account?first=yes"), &in, err));
    if (in) re->see = user.password.n > 0 ? FAIR_STR("/") : FAIR_STR("/account?first=yes");
    return FAIR_OK;
}

/* ---- one's own account ------------------------------------------------------------ */

bool
fair_session_old_needed(const struct fair_request *rq)
{
    bool by_link = rq->session.csrf.n > 0 && rq->session.csrf.p[0] == 'L';
    return rq->user.password.n > 0 && !(by_link && rq->now - rq->session.created < LINK_TRUST);
}

fair_status
fair_session_whole(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    char how = rq->session.csrf.n > 1 ? rq->session.csrf.p[1] : 'P';
    FAIR_TRY(begin_whole(rq, re, rq->session.org, rq->session.user, how, err));
    re->see = next_of(rq);
    return FAIR_OK;
}

fair_status
fair_session_others_end(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    fair_id id = rq->desk.user;
    char how = rq->session.csrf.p[0];

    FAIR_TRY(fair_store_sessions_remove_all(&rq->desk, id, err));
    if (rq->bearer) return FAIR_OK;
    FAIR_TRY(begin_whole(rq, re, rq->desk.org, id, how, err));
    return FAIR_OK;
}

fair_status
fair_session_password_again(struct fair_request *rq, bool *right, bool *braked, struct fair_err *err)
{
    fair_str who = fair_str_fmt(rq->arena, "mail:%.*s", FAIR_STR_ARG(lower(rq->arena, rq->user.email)));

    *right = true;
    if (!fair_session_old_needed(rq)) return FAIR_OK;
    FAIR_TRY(fair_sign_in_braked(rq, who, braked, err));
    if (*braked) return FAIR_OK;
    *right = password_fits(rq->arena, rq->user.password, fair_form_text(rq, "password"));
    return *right ? FAIR_OK : fair_store_signin_failed(rq->desk.st, who, rq->now, err);
}

struct listing { struct fair_request *rq; json_t *out; };

static fair_status
list_session(void *arg, const struct fair_session_row *s, struct fair_err *err)
{
    struct listing *l = arg;
    bool token = fair_str_eq(s->csrf, API);
    json_t *o, *show;

    (void)err;
    if (fair_str_starts(s->csrf, FAIR_STR("H"))) return FAIR_OK;
    o = json_object();
    show = json_object();
    fair_put_id(o, "id", s->id);
    fair_put(o, "kind", token ? FAIR_STR("token") : fair_str_starts(s->csrf, FAIR_STR("L")) ? FAIR_STR("link") : FAIR_STR("password"));
    fair_put(o, "agent", s->agent);
    fair_put(o, "peer", s->peer);
    fair_put_time(o, "created", s->created);
    fair_put_time(o, "seen", s->seen);
    fair_put_time(o, "expires", s->expires);
    json_object_set_new(o, "current", json_boolean(s->id == l->rq->session.id));
    fair_put(show, "name", fair_agent_words(l->rq->arena, token, s->agent));
    fair_words_put_when(show, "created", l->rq->arena, l->rq->now, s->created);
    fair_words_put_when(show, "seen", l->rq->arena, l->rq->now, s->seen);
    json_object_set_new(o, "show", show);
    json_array_append_new(l->out, o);
    return FAIR_OK;
}

static fair_status
account_page(struct fair_request *rq, struct fair_reply *re, const char *error, int code, struct fair_err *err)
{
    struct listing l = { rq, json_array() };
    const struct fair_role_row *role = fair_role_by_code(rq->user.role);
    json_t *show = json_object();

    re->model = json_object();
    re->code = code;
    re->page = "account";
    fair_put(re->model, "email", rq->user.email);
    fair_put(re->model, "name", rq->user.name);
    fair_put(re->model, "role", rq->user.role);
    fair_put(re->model, "error", fair_str_of(error));
    json_object_set_new(re->model, "has_password", json_boolean(rq->user.password.n > 0));
    json_object_set_new(re->model, "second_factor", json_boolean(rq->user.second_factor));
    json_object_set_new(re->model, "sessions", l.out);
    json_object_set_new(show, "first", json_boolean(fair_form_yes(rq, "first")));
    json_object_set_new(show, "old", json_boolean(fair_session_old_needed(rq)));
    fair_put(show, "role", role != NULL ? fair_str_of(role->name) : rq->user.role);
    json_object_set_new(re->model, "show", show);
    return fair_store_sessions(&rq->desk, rq->desk.user, rq->now, list_session, &l, err);
}

fair_status
fair_page_account(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    return account_page(rq, re, NULL, 0, err);
}

fair_status
fair_page_session_end(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    FAIR_TRY(fair_store_session_end(&rq->desk, rq->desk.user, rq->id, err));
    re->see = rq->id == rq->session.id ? FAIR_STR("/sign-in") : FAIR_STR("/account?done=session_end");
    return FAIR_OK;
}

fair_status
fair_page_password(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    fair_str old = fair_form_text(rq, "old"), one = fair_form_text(rq, "password"), again = fair_form_text(rq, "again");
    fair_str who = fair_str_fmt(rq->arena, "mail:%.*s", FAIR_STR_ARG(rq->user.email));
    struct fair_user user = rq->user;
    struct fair_err why = { 0 };
    fair_id id = rq->desk.user;
    bool braked = false;

    FAIR_TRY(fair_sign_in_braked(rq, who, &braked, err));
    if (braked) return account_page(rq, re, "Too many failed tries. Wait a quarter of an hour.", 429, err);
    if (fair_session_old_needed(rq) && !password_fits(rq->arena, user.password, old)) {
        FAIR_TRY(fair_store_signin_failed(rq->desk.st, who, rq->now, err));
        return account_page(rq, re, "That is not your present password.", 403, err);
    }
    if (!fair_str_eq(one, again)) return account_page(rq, re, "The two new passwords differ.", 400, err);
    if (fair_web_password(one, user.email, rq->arena, &user.password, &why) != FAIR_OK)
        return account_page(rq, re, fair_str_dup(rq->arena, fair_str_of(why.text)).p, 400, err);
    FAIR_TRY(fair_store_user_set(&rq->desk, &user, err));
    FAIR_TRY(fair_store_sessions_remove_all(&rq->desk, id, err));
    rq->desk.user = 0;                                         /* its session is gone with the others */
    FAIR_TRY(begin_whole(rq, re, rq->desk.org, id, 'P', err));
    rq->desk.user = id;
    re->see = FAIR_STR("/?done=password");
    return FAIR_OK;
}

fair_status
fair_page_token(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    struct fair_session_row row = { .org = rq->desk.org, .user = rq->desk.user, .created = rq->now, .seen = rq->now,
                                    .expires = rq->now + TOKEN_DAYS * FAIR_DAY, .csrf = API, .agent = rq->raw.agent, .peer = rq->raw.peer };
    fair_str secret = secret_new(rq->arena, &row.secret);

    FAIR_TRY(fair_store_session_add(&rq->desk, &row, err));
    re->model = json_object();
    fair_put(re->model, "token", secret);
    fair_put_time(re->model, "expires", row.expires);
    return FAIR_OK;
}

fair_status
fair_page_sign_out(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    FAIR_TRY(fair_store_session_remove(&rq->desk, rq->session.id, err));
    set_cookie(rq, re, "", FAIR_STR(""), 0);
    rq->desk.user = 0;
    re->see = FAIR_STR("/sign-in");
    return FAIR_OK;
}

fair_status
fair_page_sign_out_all(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    FAIR_TRY(fair_session_others_end(rq, re, err));
    re->model = json_object();
    if (!rq->bearer) re->see = FAIR_STR("/account?done=out_all");
    return FAIR_OK;
}
