/* web/factor.c - the second factor: setting it up, being asked for it, and the codes for a lost device. */
#include <qrencode.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include "base/log.h"
#include "web/session_private.h"
#include "web/totp.h"
#include "web/words.h"

enum { CODES = 10, CODE_BYTES = 10, MARK = 4 };

static void
fair_qr_free(QRcode **q)
{
    QRcode_free(*q);
    *q = NULL;
}

/* ---- is it the code? ------------------------------------------------------------ */

/* A code of the device, or one of the recovery codes, which is used up by it. */
static fair_status
take_code(const struct fair_request *rq, const struct fair_desk *d, const struct fair_factor *f, fair_str typed, bool *fits, struct fair_err *err)
{
    fair_str plain = fair_code_plain(rq->arena, typed), hash;
    int64_t step;
    fair_id id;
    fair_status s;

    *fits = false;
    if (fair_totp_fits(f->secret, typed, rq->now, &step)) {
        s = fair_store_factor_step(d, d->user, step, err);
        *fits = s == FAIR_OK;
        return s == FAIR_CONFLICT ? FAIR_OK : s;
    }
    if (plain.n != CODE_BYTES * 8 / 5) return FAIR_OK;
    s = fair_store_recovery_get(d, d->user, (fair_str){ plain.p, MARK }, rq->arena, &id, &hash, err);
    if (s != FAIR_OK) return s == FAIR_NOT_FOUND ? FAIR_OK : s;
    if (crypto_pwhash_str_verify(fair_str_dup(rq->arena, hash).p, plain.p, plain.n) != 0) return FAIR_OK;
    s = fair_store_recovery_use(d, id, rq->now, err);
    *fits = s == FAIR_OK;
    return s == FAIR_CONFLICT ? FAIR_OK : s;
}

fair_status
fair_factor_check(const struct fair_request *rq, const struct fair_desk *d, const struct fair_factor *f, fair_str typed, enum fair_checked *out,
                  struct fair_err *err)
{
    fair_str who = fair_str_fmt(rq->arena, "code:%lld", (long long)d->user), peer = fair_str_fmt(rq->arena, "peer:%.*s", FAIR_STR_ARG(rq->raw.peer));
    bool braked = false, fits = false;

    FAIR_TRY(fair_sign_in_braked(rq, who, &braked, err));
    FAIR_TRY(fair_sign_in_braked(rq, peer, &braked, err));
    *out = FAIR_CHECKED_BRAKED;
    if (braked) return FAIR_OK;
    FAIR_TRY(take_code(rq, d, f, typed, &fits, err));
    *out = fits ? FAIR_CHECKED_FITS : FAIR_CHECKED_WRONG;
    if (fits) return FAIR_OK;
    FAIR_TRY(fair_store_signin_failed(rq->desk.st, who, rq->now, err));
    return fair_store_signin_failed(rq->desk.st, peer, rq->now, err);
}

/* ---- being asked ------------------------------------------------------------------ */

static fair_status
code_page(struct fair_request *rq, struct fair_reply *re, const char *error, int code)
{
    json_t *show = json_object();

    re->model = json_object();
    re->code = code;
    re->page = "code";
    fair_put(re->model, "error", fair_str_of(error));
    fair_put(show, "csrf", fair_session_pre(rq, re));
    fair_put(show, "next", fair_form_text(rq, "next"));
    json_object_set_new(re->model, "show", show);
    return FAIR_OK;
}

fair_status
fair_page_code(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    (void)err;
    if (rq->desk.user != 0) re->see = FAIR_STR("/");
    else if (!rq->half) re->see = FAIR_STR("/sign-in");
    else return code_page(rq, re, NULL, 0);
    return FAIR_OK;
}

fair_status
fair_page_code_try(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    const struct fair_desk d = { rq->desk.st, rq->session.org, rq->session.user };
    struct fair_factor f;
    enum fair_checked how;
    fair_status s;

    if (!rq->half) return fair_fail(err, FAIR_REFUSED, "give your password first, or use a sign-in link");
    s = fair_factor_get(rq, &d, d.user, &f, err);
    if (s != FAIR_OK && s != FAIR_NOT_FOUND) return s;
    if (s == FAIR_OK && f.confirmed != 0) {
        FAIR_TRY(fair_factor_check(rq, &d, &f, fair_form_text(rq, "code"), &how, err));
        if (how == FAIR_CHECKED_BRAKED) {
            re->retry_s = 900;
            return code_page(rq, re, "Too many failed tries. Wait a quarter of an hour.", 429);
        }
        if (how == FAIR_CHECKED_WRONG) return code_page(rq, re, "That is not the code. Each code is good once; wait for the next one.", 403);
    }
    return fair_session_whole(rq, re, err);
}

/* ---- setting it up ------------------------------------------------------------------ */

static fair_str
grouped(struct fair_arena *a, fair_str s, char between)
{
    struct fair_buf b = FAIR_BUF(a, 4096);

    for (size_t i = 0; i < s.n; i++) {
        if (i > 0 && i % 4 == 0) fair_buf_byte(&b, between);
        fair_buf_byte(&b, s.p[i]);
    }
    return (fair_str){ b.p, b.n };
}

static fair_status
factor_page(struct fair_request *rq, struct fair_reply *re, const char *error, int code, struct fair_err *err)
{
    struct fair_factor f = { 0 };
    json_t *show = json_object();
    fair_status s = fair_factor_get(rq, &rq->desk, rq->desk.user, &f, err);

    re->model = json_object();
    re->code = code;
    re->page = "factor";
    json_object_set_new(re->model, "show", show);
    if (s != FAIR_OK && s != FAIR_NOT_FOUND) return s;
    fair_put(re->model, "error", fair_str_of(error));
    json_object_set_new(re->model, "on", json_boolean(f.confirmed != 0));
    fair_put_time(re->model, "since", f.confirmed);
    json_object_set_new(re->model, "codes_left", json_integer(f.confirmed != 0 ? f.codes_left : 0));
    if (s == FAIR_OK && f.confirmed == 0) {
        fair_str secret = fair_base32(rq->arena, f.secret.p, f.secret.n);
        fair_put(re->model, "secret", secret);
        fair_put(show, "secret", grouped(rq->arena, secret, ' '));
        fair_put(show, "qr", fair_str_fmt(rq->arena, "/account/second-factor.svg?v=%lld", (long long)f.created));
    }
    fair_words_put_when(show, "since", rq->arena, rq->now, f.confirmed);
    json_object_set_new(show, "few", json_boolean(f.codes_left < 4));
    json_object_set_new(show, "password", json_boolean(fair_session_old_needed(rq)));
    return FAIR_OK;
}

fair_status
fair_page_factor(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    return factor_page(rq, re, NULL, 0, err);
}

/* otpauth://totp/Fairtrack:ada@example.com?secret=...&issuer=Fairtrack, as authenticators read it. */
static fair_status
qr_svg(struct fair_request *rq, fair_str secret, fair_str *out, struct fair_err *err)
{
    struct fair_buf uri = FAIR_BUF(rq->arena, 2048), b = FAIR_BUF(rq->arena, 1 << 18);
    FAIR_AUTO(qr) QRcode *q = NULL;
    fair_str text;

    fair_buf_c(&uri, "otpauth://totp/Fairtrack:");
    fair_form_url_encode(&uri, rq->user.email);
    fair_buf_c(&uri, "?secret=");
    fair_buf_add(&uri, fair_base32(rq->arena, secret.p, secret.n));
    fair_buf_c(&uri, "&issuer=Fairtrack");
    FAIR_TRY(fair_buf_take(&uri, &text, err));
    q = QRcode_encodeString8bit(fair_str_dup(rq->arena, text).p, 0, QR_ECLEVEL_M);
    if (q == NULL) return fair_fail(err, FAIR_IO, "QR code of %zu bytes: libqrencode could not make it: %m", text.n);
    fair_buf_fmt(&b, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h%dv%dH0z\"/><path d=\"",
                 q->width + 8, q->width + 8, q->width + 8, q->width + 8);
    for (int y = 0; y < q->width; y++)
        for (int x = 0; x < q->width; x++)
            if (q->data[y * q->width + x] & 1) fair_buf_fmt(&b, "M%d %dh1v1h-1z", x + 4, y + 4);
    fair_buf_c(&b, "\"/></svg>\n");
    return fair_buf_take(&b, out, err);
}

fair_status
fair_page_factor_qr(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    struct fair_factor f;

    FAIR_TRY(fair_factor_get(rq, &rq->desk, rq->desk.user, &f, err));
    if (f.confirmed != 0) return fair_fail(err, FAIR_NOT_FOUND, "a secret in use is not shown again");
    re->type = FAIR_STR("image/svg+xml");
    return qr_svg(rq, f.secret, &re->bytes, err);
}

/* Ten codes, as they are shown, and as they are kept.  60 bits of each are guarded by its hash, which guessing does
 * not get through however cheap the hash is; so the cheapest setting of argon2id does. */
static fair_status
make_codes(struct fair_request *rq, fair_str shown[CODES], struct fair_recovery_code kept[CODES], struct fair_err *err)
{
    for (size_t i = 0; i < CODES; i++) {
        unsigned char b[CODE_BYTES];
        char *hash = fair_alloc(rq->arena, crypto_pwhash_STRBYTES);
        bool again = false;
        fair_str code;

        fair_random(b, sizeof b);
        code = fair_base32(rq->arena, b, sizeof b);
        for (size_t j = 0; j < i; j++) again |= memcmp(kept[j].mark.p, code.p, MARK) == 0;
        if (again) {
            i--;
            continue;
        }
        if (crypto_pwhash_str(hash, code.p, code.n, crypto_pwhash_OPSLIMIT_MIN, crypto_pwhash_MEMLIMIT_MIN) != 0)
            return fair_fail(err, FAIR_IO, "recovery code: libsodium could not make its hash");
        shown[i] = grouped(rq->arena, code, '-');
        kept[i] = (struct fair_recovery_code){ { code.p, MARK }, fair_str_of(hash) };
    }
    return FAIR_OK;
}

static void
show_codes(struct fair_reply *re, const fair_str shown[CODES])
{
    json_t *list = json_array();

    re->model = json_object();
    re->page = "recovery";
    re->title = FAIR_STR("Recovery codes");
    for (size_t i = 0; i < CODES; i++) json_array_append_new(list, json_stringn(shown[i].p, shown[i].n));
    json_object_set_new(re->model, "codes", list);
}

static fair_status
begin_factor(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    unsigned char secret[FAIR_TOTP_SECRET];
    bool right = true, braked = false;
    fair_status s;

    FAIR_TRY(fair_session_password_again(rq, &right, &braked, err));
    if (braked) return factor_page(rq, re, "Too many failed tries. Wait a quarter of an hour.", 429, err);
    if (!right) return factor_page(rq, re, "That is not your password.", 403, err);
    fair_random(secret, sizeof secret);
    s = fair_store_factor_begin(&rq->desk, rq->desk.user,
                                fair_factor_seal(rq->web->o->factor_key, &rq->desk, rq->desk.user, (fair_str){ (const char *)secret, sizeof secret }, rq->arena), rq->now, err);
    sodium_memzero(secret, sizeof secret);
    if (s != FAIR_OK) return s;
    FAIR_TRY(factor_page(rq, re, NULL, 0, err));
    re->see = FAIR_STR("/account/second-factor");
    return FAIR_OK;
}

static fair_status
confirm_factor(struct fair_request *rq, struct fair_reply *re, const struct fair_factor *f, struct fair_err *err)
{
    fair_str shown[CODES];
    struct fair_recovery_code kept[CODES];
    int64_t step;

    if (!fair_totp_fits(f->secret, fair_form_text(rq, "code"), rq->now, &step))
        return factor_page(rq, re, "That is not the code your device shows. Is its clock right?", 400, err);
    FAIR_TRY(make_codes(rq, shown, kept, err));
    FAIR_TRY(fair_store_factor_confirm(&rq->desk, rq->desk.user, step, kept, CODES, rq->now, err));
    FAIR_TRY(fair_session_others_end(rq, re, err));       /* whoever is in elsewhere has not shown the code */
    show_codes(re, shown);
    return FAIR_OK;
}

fair_status
fair_page_factor_change(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    fair_str what = fair_form_text(rq, "what"), shown[CODES];
    struct fair_recovery_code kept[CODES];
    struct fair_factor f = { 0 };
    enum fair_checked how;
    fair_status s;

    if (fair_str_eq(what, FAIR_STR("begin"))) return begin_factor(rq, re, err);
    s = fair_factor_get(rq, &rq->desk, rq->desk.user, &f, err);
    if (s == FAIR_NOT_FOUND) return fair_fail(err, FAIR_CONFLICT, "there is no second factor; begin with a new secret");
    FAIR_TRY(s);
    if (fair_str_eq(what, FAIR_STR("confirm")) && f.confirmed == 0) return confirm_factor(rq, re, &f, err);
    if (f.confirmed == 0 || fair_str_eq(what, FAIR_STR("confirm")))
        return fair_fail(err, FAIR_CONFLICT, f.confirmed == 0 ? "the second factor is not in force yet" : "the second factor is in force already");
    FAIR_TRY(fair_factor_check(rq, &rq->desk, &f, fair_form_text(rq, "code"), &how, err));
    if (how == FAIR_CHECKED_BRAKED) return factor_page(rq, re, "Too many failed tries. Wait a quarter of an hour.", 429, err);
    if (how == FAIR_CHECKED_WRONG) return factor_page(rq, re, "That is not the code. Each code is good once; wait for the next one.", 403, err);
    if (fair_str_eq(what, FAIR_STR("codes"))) {
        FAIR_TRY(make_codes(rq, shown, kept, err));
        FAIR_TRY(fair_store_recovery_put(&rq->desk, rq->desk.user, kept, CODES, err));
        show_codes(re, shown);
        return FAIR_OK;
    }
    FAIR_TRY(fair_store_factor_off(&rq->desk, rq->desk.user, rq->now, err));
    FAIR_TRY(factor_page(rq, re, NULL, 0, err));
    re->see = FAIR_STR("/account?done=factor_off");
    return FAIR_OK;
}
