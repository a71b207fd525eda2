/* web/pages_people.c - who may come in, and how the installation is. */
#include <string.h>
#include "base/mime.h"
#include "web/model.h"
#include "web/web_private.h"
#include "web/words.h"

enum { INVITE_DAYS = 7 };

struct list { struct fair_request *rq; json_t *out; };

static json_t *
role_menu(struct fair_arena *a, fair_str chosen)
{
    json_t *list = json_array();

    for (size_t i = 0; i < fair_n_roles; i++) {
        json_t *o = json_object();
        fair_put(o, "value", fair_str_of(fair_roles[i].code));
        fair_put(o, "words", fair_str_fmt(a, "%s: %s", fair_roles[i].name, fair_roles[i].words));
        json_object_set_new(o, "selected", json_boolean(fair_str_eq(chosen, fair_str_of(fair_roles[i].code))));
        json_array_append_new(list, o);
    }
    return list;
}

static fair_status
list_user(void *arg, const struct fair_user *u, struct fair_err *err)
{
    struct list *l = arg;
    const struct fair_role_row *role = fair_role_by_code(u->role);
    json_t *o = fair_model_user(u), *show = json_object();

    (void)err;
    json_object_set_new(show, "roles", role_menu(l->rq->arena, u->role));
    fair_put(show, "role", role != NULL ? fair_str_of(role->name) : u->role);
    json_object_set_new(show, "me", json_boolean(u->id == l->rq->desk.user));
    fair_words_put_when(show, "created", l->rq->arena, l->rq->now, u->created);
    json_object_set_new(o, "show", show);
    json_array_append_new(l->out, o);
    return FAIR_OK;
}

fair_status
fair_page_users(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    struct list l = { rq, json_array() };
    json_t *show = json_object();

    re->model = json_object();
    re->page = "users";
    json_object_set_new(re->model, "users", l.out);
    json_object_set_new(show, "roles", role_menu(rq->arena, FAIR_STR("reviewer")));
    json_object_set_new(re->model, "show", show);
    return fair_store_users(&rq->desk, list_user, &l, err);
}

/* An invitation is a link shown once; sending it is the inviter's business. */
static fair_status
show_link(struct fair_request *rq, struct fair_reply *re, const struct fair_user *u, struct fair_err *err)
{
    fair_str url;

    FAIR_TRY(fair_web_link(&rq->desk, u->id, rq->now, INVITE_DAYS * 86400, rq->web->url, rq->arena, &url, err));
    re->page = "invited";
    re->title = FAIR_STR("Sign-in link");
    re->model = fair_model_user(u);
    fair_put(re->model, "link", url);
    json_object_set_new(re->model, "days", json_integer(INVITE_DAYS));
    return FAIR_OK;
}

fair_status
fair_page_user_add(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    fair_str email = fair_form_text(rq, "email");
    char *p = fair_alloc(rq->arena, email.n + 1);
    struct fair_user u = { .org = rq->desk.org, .email = { p, email.n }, .name = fair_form_text(rq, "name"), .role = fair_form_text(rq, "role"), .created = rq->now };
    fair_status s;

    for (size_t i = 0; i < email.n; i++) p[i] = email.p[i] >= 'A' && email.p[i] <= 'Z' ? (char)(email.p[i] + 32) : email.p[i];
    if (!fair_mime_address_ok(u.email)) return fair_fail(err, FAIR_INVALID, "that is no e-mail address");
    if (!fair_role_may_give(rq->user.role, u.role)) return fair_fail(err, FAIR_REFUSED, "only an owner makes owners");
    s = fair_store_user_add(&rq->desk, &u, err);
    if (s == FAIR_CONFLICT) return fair_fail(err, s, "somebody with this address is here already");
    FAIR_TRY(s);
    return show_link(rq, re, &u, err);
}

fair_status
fair_page_user_change(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    fair_str what = fair_form_text(rq, "what"), role = fair_form_text(rq, "role");
    struct fair_user u;

    FAIR_TRY(fair_store_user_get(&rq->desk, rq->id, rq->arena, &u, err));
    if (!fair_role_may_give(rq->user.role, u.role) || (role.n > 0 && !fair_role_may_give(rq->user.role, role)))
        return fair_fail(err, FAIR_REFUSED, "an owner's account is the business of owners, and only owners make owners");
    if (fair_str_eq(what, FAIR_STR("reset"))) FAIR_TRY(fair_store_password_reset(&rq->desk, u.id, rq->now, err));
    if (fair_str_eq(what, FAIR_STR("link")) || fair_str_eq(what, FAIR_STR("reset"))) return show_link(rq, re, &u, err);
    if (u.id == rq->desk.user) return fair_fail(err, FAIR_INVALID, "one does not change one's own role or switch oneself off; another owner may");
    if (fair_str_eq(what, FAIR_STR("factor_off")) || fair_str_eq(what, FAIR_STR("sign_out"))) {
        if (fair_str_eq(what, FAIR_STR("sign_out"))) FAIR_TRY(fair_store_sessions_remove_all(&rq->desk, u.id, err));
        else FAIR_TRY(fair_store_factor_off(&rq->desk, u.id, rq->now, err));
        FAIR_TRY(fair_store_user_get(&rq->desk, u.id, rq->arena, &u, err));
        re->model = fair_model_user(&u);
        re->see = fair_str_eq(what, FAIR_STR("sign_out")) ? FAIR_STR("/users?done=signed_out") : FAIR_STR("/users?done=factor_off");
        return FAIR_OK;
    }
    if (fair_str_eq(what, FAIR_STR("role"))) {
        if (role.n == 0) return fair_fail(err, FAIR_INVALID, "role: missing");
        u.role = role;
        FAIR_TRY(fair_store_countries_read(rq->arena, fair_form_text(rq, "countries"), &u.countries, err));
    } else {
        u.disabled = fair_str_eq(what, FAIR_STR("disable"));
    }
    FAIR_TRY(fair_store_user_set(&rq->desk, &u, err));
    if (u.disabled) FAIR_TRY(fair_store_sessions_remove_all(&rq->desk, u.id, err));
    re->model = fair_model_user(&u);
    re->see = FAIR_STR("/users?done=saved");
    return FAIR_OK;
}

/* What `fairtrack doctor` found last, as it left it in the settings: a JSON list of
 * {"name", "state": "good" | "warn" | "bad", "words"}, or plain lines. */
static fair_status
put_doctor(struct fair_request *rq, json_t *model, struct fair_err *err)
{
    fair_str text = { NULL, 0 }, line;
    fair_status s = fair_store_setting_get(&rq->desk, FAIR_STR("doctor"), rq->arena, &text, err);
    json_t *checks = NULL, *c;
    size_t i;

    if (s != FAIR_OK && s != FAIR_NOT_FOUND) return s;
    if (text.n > 0) checks = json_loadb(text.p, text.n, 0, NULL);
    if (json_is_object(checks)) {
        json_t *inner = json_incref(json_object_get(checks, "checks"));
        json_decref(checks);
        checks = inner;
    }
    if (!json_is_array(checks)) {
        json_decref(checks);
        checks = json_array();
        while (fair_str_split(&text, '\n', &line)) {
            if (fair_str_trim(line).n == 0) continue;
            c = json_object();
            fair_put(c, "words", line);
            json_array_append_new(checks, c);
        }
    }
    json_array_foreach(checks, i, c) {
        const char *state = json_string_value(json_object_get(c, "state"));
        json_t *show = json_object();
        if (!json_is_object(c)) {
            json_decref(show);
            continue;
        }
        if (state != NULL) json_object_set_new(show, strcmp(state, "good") == 0 || strcmp(state, "ok") == 0 ? "good" : strcmp(state, "bad") == 0 || strcmp(state, "fail") == 0 ? "bad" : "warn", json_true());
        json_object_set_new(c, "show", show);
    }
    json_object_set_new(model, "checks", checks);
    return FAIR_OK;
}

fair_status
fair_page_settings(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    struct fair_store_health h;
    fair_str text = fair_config_text(rq->arena, rq->web->o->config), line;
    json_t *settings = json_array(), *show = json_object();

    re->model = json_object();
    json_object_set_new(re->model, "settings", settings);
    json_object_set_new(re->model, "show", show);
    while (fair_str_split(&text, '\n', &line)) {
        fair_str key, value = line;
        json_t *o;
        if (line.n == 0 || line.p[0] == '#') continue;
        o = json_object();
        fair_str_split(&value, '=', &key);
        if (value.p == NULL) fair_put(o, "section", line);
        else fair_put(o, "key", fair_str_trim(key)), fair_put(o, "value", fair_str_trim(value));
        json_array_append_new(settings, o);
    }
    FAIR_TRY(fair_store_health(rq->desk.st, rq->arena, &h, err));
    fair_put(re->model, "database", h.words);
    json_object_set_new(re->model, "sound", json_boolean(h.sound && h.foreign_keys_sound));
    fair_put(show, "bytes", fair_words_bytes(rq->arena, h.bytes));
    return put_doctor(rq, re->model, err);
}
