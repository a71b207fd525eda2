/* work/portal_link.c - a recipient's link has expired, and they asked for another: it goes to where the notice went, and nowhere else. */
#include <string.h>
#include "base/log.h"
#include "http/lang.h"
#include "portal/portal.h"
#include "work/jobs.h"
#include "work/mail.h"
#include "work/portal_home.h"

enum { A_DAY = 3 };      /* links sent anew for one notice */

static fair_status
send_link(struct fair_house *h, const struct fair_notice *n, fair_time now, struct fair_arena *a, struct fair_err *err)
{
    struct fair_config c = h->config;
    struct fair_portal_home home;
    struct fair_langs langs = { 0 };
    const struct fair_lang *l;
    fair_str url = fair_portal_link_new(h, a), secret = { url.p + url.n - FAIR_LINK_SECRET, FAIR_LINK_SECRET };
    struct fair_sha256 key = fair_sha256_of(secret.p, secret.n);
    fair_time expires = now + h->config.portal_link_days * FAIR_DAY;
    fair_str subject, text;
    fair_status s;

    FAIR_TRY(fair_portal_home_open(h, a, &home, err));
    FAIR_TRY(fair_langs_read(fair_portal_words_files, fair_n_portal_words_files, a, &langs, err));
    l = fair_lang_by_code(&langs, n->language);
    if (l == NULL) l = &langs.v[0];
    subject = fair_str_fmt(a, "%.*s %.*s", FAIR_STR_ARG(fair_lang_words(l, "mail_link_subject")), FAIR_STR_ARG(n->code));
    text = fair_str_fmt(a, "%.*s\n\n    %.*s\n\n    %.*s\n\n%.*s\n", FAIR_STR_ARG(fair_lang_words(l, "mail_link_text")), FAIR_STR_ARG(n->code), FAIR_STR_ARG(url),
                        FAIR_STR_ARG(fair_lang_words(l, "mail_link_not_you")));
    fair_langs_free(&langs);
    c.smtp_to = n->sent_to;
    FAIR_TRY(fair_store_portal_link_put(&h->desk, n->id, &key, now, expires, "renewed", err));
    FAIR_TRY(fair_shelf_link_put(&home.shelf, secret, n->code, expires, err));
    s = fair_portal_sync(h, err);
    if (s != FAIR_OK) return s;
    return fair_mail_send(&c, subject, text, err);
}

fair_status
fair_job_link(struct fair_house *h, const struct fair_job *job, struct fair_arena *a, struct fair_err *err)
{
    json_t *args = json_loadb(job->args.p, job->args.n, 0, NULL);
    fair_id id = json_integer_value(json_object_get(args, "notice"));
    fair_time now = fair_now();
    struct fair_notice n;
    int64_t sent = 0;

    json_decref(args);
    FAIR_TRY(fair_store_notice_get(&h->desk, id, a, &n, err));
    FAIR_TRY(fair_store_portal_links_renewed(&h->desk, id, now - FAIR_DAY, &sent, err));
    if (sent >= A_DAY) {
        fair_log(FAIR_LOG_INFO, "portal.links_enough notice=%.*s", FAIR_STR_ARG(n.code));
        return FAIR_OK;
    }
    if (!fair_portal_there(h) || !fair_str_eq(n.sent_by, FAIR_STR("mail")) || n.sent_to.n == 0 || h->config.smtp_url.n == 0)
        return fair_fail(err, FAIR_REFUSED, "notice %.*s: a new link was asked for, and it did not go out by mail; write to the recipient", FAIR_STR_ARG(n.code));
    return send_link(h, &n, now, a, err);
}
