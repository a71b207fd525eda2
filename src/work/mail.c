/* work/mail.c - a notice to the owner: composed here, sent by the helper. */
#include "work/mail.h"
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include "base/clock.h"
#include "base/digest.h"
#include "base/io.h"
#include "base/mime.h"
#include "proc/mail_msg.h"
#include "proc/proc.h"

#define READY_MS 30000
#define ANSWER_MS 60000

static fair_status
check_address(fair_str s, const char *key, struct fair_err *err)
{
    return fair_mime_address_ok(s) ? FAIR_OK : fair_fail(err, FAIR_INVALID, "mail.%s is no address", key);
}

fair_status
fair_mail_compose(struct fair_arena *a, const struct fair_config *c, fair_str subject, fair_str text, fair_time now, fair_str *out,
                  struct fair_err *err)
{
    struct fair_buf b = FAIR_BUF(a, 60000);
    uint8_t salt[12];
    fair_str domain;

    FAIR_TRY(check_address(c->smtp_from, "from", err));
    FAIR_TRY(check_address(c->smtp_to, "to", err));
    fair_random(salt, sizeof salt);
    domain = c->smtp_from;
    domain = (fair_str){ (const char *)memchr(domain.p, '@', domain.n) + 1, 0 };
    domain.n = (size_t)(c->smtp_from.p + c->smtp_from.n - domain.p);
    fair_buf_fmt(&b, "From: <%.*s>\r\nTo: <%.*s>\r\nSubject: ", FAIR_STR_ARG(c->smtp_from), FAIR_STR_ARG(c->smtp_to));
    fair_mime_words(&b, subject);
    fair_buf_c(&b, "\r\nDate: ");
    FAIR_TRY(fair_mime_date(&b, now, err));
    fair_buf_fmt(&b, "\r\nMessage-ID: <%.*s@%.*s>\r\n", FAIR_STR_ARG(fair_hex(a, salt, sizeof salt)), FAIR_STR_ARG(domain));
    fair_buf_c(&b, "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
                   "Content-Transfer-Encoding: quoted-printable\r\n\r\n");
    fair_mime_quoted(&b, fair_utf8_mend(a, text));
    return fair_buf_take(&b, out, err);
}

static fair_status
read_password(struct fair_arena *a, const struct fair_config *c, fair_str *out, struct fair_err *err)
{
    *out = (fair_str){ NULL, 0 };
    if (c->smtp_user.n == 0) return FAIR_OK;
    FAIR_TRY(fair_read_file(a, fair_str_dup(a, c->smtp_password_file).p, 1024, out, err));
    *out = fair_str_trim(*out);
    return FAIR_OK;
}

static fair_status
wait_answer(struct fair_helper *h, struct fair_arena *a, struct fair_err *err)
{
    fair_time end = fair_ticks() + ANSWER_MS * 1000;
    struct fair_msg m;
    fair_str words;
    fair_status s;

    while ((s = fair_helper_hear(h, a, false, &m, err)) == FAIR_AGAIN && fair_ticks() < end) {
        struct pollfd p = { .fd = h->sock, .events = POLLIN };
        (void)poll(&p, 1, 500);
    }
    if (s == FAIR_AGAIN) return fair_fail(err, FAIR_IO, "the mail helper did not answer within %d s", ANSWER_MS / 1000);
    if (s == FAIR_DONE) return fair_fail(err, FAIR_IO, "the mail helper ended");
    if (s != FAIR_OK) return s;
    if (m.type != FAIR_MSG_MAILED) return fair_fail(err, FAIR_CORRUPT, "the mail helper said something else");
    FAIR_TRY(fair_mailed_unpack(m.body, &s, &words, err));
    return s == FAIR_OK ? FAIR_OK : fair_fail(err, s, "mail: %.*s", FAIR_STR_ARG(words));
}

fair_status
fair_mail_hand_over(const struct fair_config *c, fair_str to, fair_str message, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(helper) struct fair_helper *h = NULL;
    struct fair_helper_options o = { .weak = c->sandbox_weak };
    struct fair_mail mail = { .url = c->smtp_url, .user = c->smtp_user, .from = c->smtp_from, .to = to, .text = message };
    struct fair_msg m = { .type = FAIR_MSG_MAIL, .tag = 1, .fd = -1 };

    if (!fair_str_starts(c->smtp_url, FAIR_STR("smtp://")) && !fair_str_starts(c->smtp_url, FAIR_STR("smtps://")))
        return fair_fail(err, FAIR_INVALID, "mail.smtp_url begins with neither smtp:// nor smtps://");
    FAIR_TRY(read_password(a, c, &mail.password, err));
    m.body = fair_mail_pack(a, &mail);
    FAIR_TRY(fair_helper_start(FAIR_ROLE_MAIL, &o, &h, err));
    FAIR_TRY(fair_helper_wait_ready(h, READY_MS, err));
    FAIR_TRY(fair_helper_tell(h, &m, err));
    return wait_answer(h, a, err);
}

fair_status
fair_mail_send(const struct fair_config *c, fair_str subject, fair_str text, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_str message;

    FAIR_TRY(fair_mail_compose(a, c, subject, text, fair_now(), &message, err));
    return fair_mail_hand_over(c, c->smtp_to, message, err);
}
