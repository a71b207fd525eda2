/* work/probe.c - probes of the verification page and of the mail. */
#include "work/probe.h"
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include "base/log.h"
#include "base/mime.h"
#include "evidence/seal.h"
#include "http/template.h"
#include "work/hear.h"
#include "work/jobs.h"
#include "work/mail.h"
#include "work/notary.h"
#include "work/portal_home.h"

enum { PAGE_MAX = 512 * 1024, LOST_HOURS = 6 };

/* ---- the page ---- */

/* One probe notice for good: each probe brings it up to date, and its digest is of the moment. */
static fair_status
probe_code(struct fair_house *h, struct fair_arena *a, fair_str *code, struct fair_err *err)
{
    const struct fair_desk all = { h->store, 0, 0 };
    fair_status s = fair_store_setting_get(&all, FAIR_STR("probe.code"), a, code, err);

    if (s == FAIR_OK && fair_notice_id_ok(*code)) return FAIR_OK;
    if (s != FAIR_OK && s != FAIR_NOT_FOUND) return s;
    *code = fair_notice_code_new(a);
    return fair_store_setting_put(&all, FAIR_STR("probe.code"), *code, err);
}

static fair_status
publish(struct fair_house *h, fair_str code, fair_str digest, const struct fair_notary_signature *sig, fair_time now, struct fair_arena *a, struct fair_err *err)
{
    struct fair_portal_home home;
    fair_str issued = fair_time_text(a, now), key = fair_base64(a, sig->key.p, sig->key.n), der = fair_base64(a, sig->der.p, sig->der.n), json;
    fair_str name = h->config.letters_name.n > 0 ? h->config.letters_name : FAIR_STR("Fairtrack");
    json_t *o = json_pack("{s:i, s:s%, s:s, s:s, s:s, s:s%, s:{s:s%}, s:{s:[], s:s%}, s:{s:s%, s:s%}, s:n}", "version", 1, "id", code.p, code.n, "step", "answer", "language", "en",
                          "law", "XX", "issued", issued.p, issued.n, "claimant", "name", name.p, name.n, "letter", "blocks", "sha256", digest.p, digest.n, "signature", "key",
                          key.p, key.n, "sig", der.p, der.n, "final");
    char *text = o != NULL ? json_dumps(o, JSON_SORT_KEYS) : NULL;

    json_decref(o);
    if (text == NULL) return fair_fail(err, FAIR_INVALID, "letters.name is no UTF-8");
    json = fair_str_dup(a, fair_str_of(text));
    free(text);
    FAIR_TRY(fair_portal_home_open(h, a, &home, err));
    FAIR_TRY(fair_shelf_notice_put(&home.shelf, code, json, NULL, 0, err));
    return fair_portal_sync(h, err);
}

/* As the page writes it. */
static fair_str
escaped(struct fair_arena *a, fair_str s)
{
    struct fair_buf b = FAIR_BUF(a, 8192);

    fair_html_escape(&b, s);
    return (fair_str){ b.p != NULL ? b.p : "", b.n };
}

static bool
says(fair_str page, fair_str what)
{
    return what.n > 0 && page.n >= what.n && memmem(page.p, page.n, what.p, what.n) != NULL;
}

static fair_status
look(struct fair_house *h, fair_str code, fair_time now, struct fair_arena *a, bool *passed, fair_str *words, struct fair_err *err)
{
    FAIR_AUTO(fetcher) struct fair_fetcher *net = NULL;
    struct fair_notary_signature sig;
    struct fair_fetch_reply r = { 0 };
    fair_str url = fair_portal_verify_link(h, code, a), made = fair_str_fmt(a, "fairtrack probe 1\n%.*s\n%lld\n", FAIR_STR_ARG(code), (long long)now), digest, signed_text;
    struct fair_fetch_ask ask = { .url = url, .once = true, .ignore_robots = true, .max_bytes = PAGE_MAX };
    struct fair_sha256 sha = fair_sha256_of(made.p, made.n);

    *passed = false;
    digest = fair_hex(a, sha.b, sizeof sha.b);
    signed_text = fair_str_fmt(a, "sha256:%.*s", FAIR_STR_ARG(digest));
    FAIR_TRY(fair_notary_sign(h, signed_text, a, &sig, err));
    FAIR_TRY(publish(h, code, digest, &sig, now, a, err));
    FAIR_TRY(fair_house_service(h, h->config.portal_url, PAGE_MAX, a, &net, err));
    FAIR_TRY(fair_fetcher_get(net, &ask, a, &r, err));
    if (r.status != FAIR_OK) *words = fair_str_fmt(a, "%.*s was not reached: %s", FAIR_STR_ARG(url), r.words);
    else if (r.http != 200) *words = fair_str_fmt(a, "%.*s answered %d", FAIR_STR_ARG(url), r.http);
    else if (!says(r.body, code) || !says(r.body, digest)) *words = fair_str_fmt(a, "%.*s shows something else than the probe that was just published: another portal, or a copy of before", FAIR_STR_ARG(url));
    else if (!says(r.body, escaped(a, fair_base64(a, sig.der.p, sig.der.n))) || !says(r.body, escaped(a, fair_base64(a, sig.key.p, sig.key.n))) || !fair_seal_holds(sig.key, signed_text, sig.der, false))
        *words = fair_str_fmt(a, "the signature at %.*s does not hold under this installation's key", FAIR_STR_ARG(url));
    else {
        *passed = true;
        *words = fair_str_fmt(a, "%.*s was reached at %s and its signature holds", FAIR_STR_ARG(url), r.address[0] != '\0' ? r.address : "its address");
    }
    return FAIR_OK;
}

fair_status
fair_probe_portal(struct fair_house *h, fair_time now, struct fair_arena *a, struct fair_probe *x, struct fair_err *err)
{
    fair_str code, words;
    struct fair_err why = { 0 };
    bool passed = false;
    fair_status s;

    if (!fair_portal_there(h)) return fair_fail(err, FAIR_INVALID, "portal.public_url is not set: nobody can verify a letter, so none can leave");
    FAIR_TRY(probe_code(h, a, &code, err));
    *x = (struct fair_probe){ .what = FAIR_STR("portal"), .subject = h->config.portal_url, .code = fair_str_fmt(a, "%.*s/%lld", FAIR_STR_ARG(code), (long long)now), .at = now };
    FAIR_TRY(fair_store_probe_put(h->store, x, err));
    s = look(h, code, now, a, &passed, &words, &why);
    if (s != FAIR_OK) words = fair_str_dup(a, fair_str_of(why.text));
    x->done = now;
    x->passed = s == FAIR_OK && passed;
    x->words = words;
    fair_log(x->passed ? FAIR_LOG_INFO : FAIR_LOG_WARN, "probe.portal passed=%d words=\"%.*s\"", x->passed, FAIR_STR_ARG(words));
    FAIR_TRY(fair_store_probe_settle(h->store, x->id, x->passed, words, now, err));
    return fair_store_letters_owed_wake(h->store, now, err);
}

/* ---- the mail ---- */

static fair_status
check_settings(const struct fair_config *c, struct fair_err *err)
{
    if (c->smtp_url.n == 0) return fair_fail(err, FAIR_INVALID, "mail.smtp_url is not set: letters go by post");
    if (c->smtp_from.n == 0) return fair_fail(err, FAIR_INVALID, "mail.from is not set: letters go by post");
    if (c->imap_url.n == 0) return fair_fail(err, FAIR_INVALID, "mail.imap_url is not set: what the mailbox's server says of a mail cannot be read, and letters go by post");
    if (c->authserv_id.n == 0)
        return fair_fail(err, FAIR_INVALID, "mail.authserv_id is not set: whose Authentication-Results count is not known, and letters go by post (it is the first word of that header in any mail that came)");
    return FAIR_OK;
}

fair_status
fair_probe_mail(struct fair_house *h, fair_time now, struct fair_arena *a, struct fair_probe *x, struct fair_err *err)
{
    const struct fair_config *c = &h->config;
    fair_str key, domain = c->smtp_from, local, code = fair_notice_code_new(a), mail, text;
    struct fair_buf b = FAIR_BUF(a, 20000);
    struct fair_err why = { 0 };

    FAIR_TRY(check_settings(c, err));
    if (!fair_mime_address_ok(c->smtp_from)) return fair_fail(err, FAIR_INVALID, "mail.from is no address");
    FAIR_TRY(fair_house_mail_key(h, a, &key, err));
    (void)fair_str_split(&domain, '@', &local);
    text = FAIR_STR("This mail went from Fairtrack to its own mailbox, to see whether its letters can be told from forged ones.\n");
    fair_buf_fmt(&b, "From: <%.*s>\r\nTo: <%.*s>\r\nSubject: Fairtrack looks whether its mail can be trusted (%.*s)\r\nDate: ", FAIR_STR_ARG(c->smtp_from), FAIR_STR_ARG(c->smtp_from), FAIR_STR_ARG(code));
    FAIR_TRY(fair_mime_date(&b, now, err));
    fair_buf_fmt(&b, "\r\nMessage-ID: <%.*s>\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n",
                 FAIR_STR_ARG(fair_mime_message_id(a, key, code, domain)));
    fair_mime_quoted(&b, text);
    FAIR_TRY(fair_buf_take(&b, &mail, err));
    *x = (struct fair_probe){ .what = FAIR_STR("mail"), .subject = c->smtp_from, .code = code, .at = now };
    FAIR_TRY(fair_store_probe_put(h->store, x, err));
    if (fair_mail_hand_over(c, c->smtp_from, mail, &why) == FAIR_OK) return FAIR_OK;
    x->done = now;
    x->words = fair_str_fmt(a, "the mail could not be sent: %s", why.text);
    FAIR_TRY(fair_store_probe_settle(h->store, x->id, false, x->words, now, err));
    return fair_store_letters_owed_wake(h->store, now, err);
}

static const char *
word_of(uint8_t r)
{
    return r == FAIR_AUTH_PASS ? "passed" : r == FAIR_AUTH_OTHER ? "failed" : "was not checked";
}

bool
fair_probe_judge(const struct fair_mail_told *t, fair_str server, struct fair_arena *a, fair_str *words)
{
    for (size_t i = 0; i < t->n_auths; i++) {
        const struct fair_mail_auth *x = &t->auths[i];
        if (server.n == 0 || !fair_str_eq_nocase(x->server, server)) continue;
        *words = fair_str_fmt(a, "%.*s: SPF %s, DKIM %s, DMARC %s", FAIR_STR_ARG(x->server), word_of(x->spf), word_of(x->dkim), word_of(x->dmarc));
        return x->spf == FAIR_AUTH_PASS && x->dkim == FAIR_AUTH_PASS && x->dmarc == FAIR_AUTH_PASS;
    }
    *words = fair_str_fmt(a, "it came without Authentication-Results of %.*s; %zu header%s of others %s ignored", server.n > 0 ? (int)server.n : 1, server.n > 0 ? server.p : "?", t->n_auths,
                          t->n_auths == 1 ? "" : "s", t->n_auths == 1 ? "was" : "were");
    return false;
}

fair_status
fair_probe_heard(struct fair_house *h, const struct fair_mail_told *t, fair_str code, fair_time now, bool *probe, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_probe x;
    fair_str words;
    bool passed;
    fair_status s = fair_store_probe_by_code(h->store, code, a, &x, err);

    *probe = s == FAIR_OK && fair_str_eq(x.what, FAIR_STR("mail"));
    if (s != FAIR_OK && s != FAIR_NOT_FOUND) return s;
    if (!*probe || x.done != 0) return FAIR_OK;
    passed = fair_probe_judge(t, h->config.authserv_id, a, &words);
    fair_log(passed ? FAIR_LOG_INFO : FAIR_LOG_WARN, "probe.mail passed=%d words=\"%.*s\"", passed, FAIR_STR_ARG(words));
    FAIR_TRY(fair_store_probe_settle(h->store, x.id, passed, words, now, err));
    return fair_store_letters_owed_wake(h->store, now, err);
}

/* ---- when ---- */

/* Its time has come: it was never done, long ago, of another address, or it failed an hour ago. */
static fair_status
is_due(struct fair_house *h, const char *what, fair_str subject, fair_time now, bool *due, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_probe x;
    fair_time since, every = h->config.letters_probe_hours * FAIR_HOUR;
    fair_status s = fair_store_probe_begun(h->store, what, a, &x, err);

    *due = s == FAIR_NOT_FOUND;
    if (s != FAIR_OK) return s == FAIR_NOT_FOUND ? FAIR_OK : s;
    since = now - x.at;
    /* One that never came back is lost. */
    if (x.done == 0 && since > LOST_HOURS * FAIR_HOUR) FAIR_TRY(fair_store_probe_settle(h->store, x.id, false, FAIR_STR("it has not come back"), now, err));
    *due = since < 0 || since >= (x.done != 0 && !x.passed && every > FAIR_HOUR ? FAIR_HOUR : every) || (!fair_str_eq(x.subject, subject) && since > FAIR_MINUTE);
    return FAIR_OK;
}

fair_status
fair_probe_mail_stands(struct fair_house *h, fair_time now, bool *holds, bool *awaited, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_err why = { 0 };
    struct fair_probe x;
    fair_status s;

    *holds = *awaited = false;
    /* Whether one is awaited first: what comes in between makes it hold, and never lets it seem that nothing is to come. */
    if (h->config.letters_probe_hours != 0 && check_settings(&h->config, &why) == FAIR_OK) {
        FAIR_TRY(is_due(h, "mail", h->config.smtp_from, now, awaited, err));
        if (!*awaited) {
            s = fair_store_probe_begun(h->store, "mail", a, &x, err);
            if (s != FAIR_OK && s != FAIR_NOT_FOUND) return s;
            *awaited = s == FAIR_OK && (x.done == 0 || x.done > now);
        }
    }
    s = fair_store_probe_newest(h->store, "mail", a, &x, err);
    if (s != FAIR_OK) return s == FAIR_NOT_FOUND ? FAIR_OK : s;
    *holds = fair_probe_holds(&x, now) && fair_str_eq(x.subject, h->config.smtp_from);
    return FAIR_OK;
}

fair_status
fair_probes_due(struct fair_house *h, fair_time now, struct fair_err *err)
{
    const struct fair_config *c = &h->config;
    struct fair_org first;
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_err why = { 0 };
    struct fair_desk d = { h->store, 0, 0 };
    bool page = false, mail = false;

    if (c->letters_probe_hours == 0) return FAIR_OK;
    if (fair_portal_there(h)) FAIR_TRY(is_due(h, "portal", c->portal_url, now, &page, err));
    if (check_settings(c, &why) == FAIR_OK) FAIR_TRY(is_due(h, "mail", c->smtp_from, now, &mail, err));
    if (!page && !mail) return FAIR_OK;
    FAIR_TRY(fair_store_org_first(h->store, a, &first, err));
    d.org = first.id;
    if (page) FAIR_TRY(fair_store_job_ask(&d, "probe", FAIR_STR("probe portal"), FAIR_STR("{\"what\":\"portal\"}"), now, err));
    if (mail) FAIR_TRY(fair_store_job_ask(&d, "probe", FAIR_STR("probe mail"), FAIR_STR("{\"what\":\"mail\"}"), now, err));
    return FAIR_OK;
}

fair_status
fair_job_probe(struct fair_house *h, const struct fair_job *job, struct fair_arena *a, struct fair_err *err)
{
    bool mail = memmem(job->args.p, job->args.n, "\"mail\"", 6) != NULL;
    struct fair_probe x;

    return mail ? fair_probe_mail(h, fair_now(), a, &x, err) : fair_probe_portal(h, fair_now(), a, &x, err);
}
