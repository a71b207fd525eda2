/* work/mail.c - a notice to the owner: composed here, sent by the helper. */
#include "work/mail.h"
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include "base/clock.h"
#include "base/digest.h"
#include "base/io.h"
#include "proc/mail_msg.h"
#include "proc/proc.h"

#define READY_MS 30000
#define ANSWER_MS 60000

/* An address that can break out of no header and no SMTP command (libcurl 7.88 would let CR LF through). */
static fair_status
check_address(fair_str s, const char *key, struct fair_err *err)
{
    if (s.n < 3 || s.n > 254 || memchr(s.p, '@', s.n) == NULL) return fair_fail(err, FAIR_INVALID, "mail.%s is no address", key);
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] <= ' ' || (unsigned char)s.p[i] > '~' || strchr("<>()[],;:\\\"", s.p[i]) != NULL)
            return fair_fail(err, FAIR_INVALID, "mail.%s is no address", key);
    return FAIR_OK;
}

/* RFC 2047: words of at most 45 bytes, cut between characters. */
static void
add_subject(struct fair_buf *b, fair_str s)
{
    bool ascii = true;

    for (size_t i = 0; i < s.n; i++) ascii &= s.p[i] >= ' ' && s.p[i] <= '~';
    if (ascii) {
        fair_buf_add(b, s);
        return;
    }
    while (s.n > 0) {
        size_t n = s.n < 45 ? s.n : 45;
        while (n < s.n && n > 0 && ((unsigned char)s.p[n] & 0xc0) == 0x80) n--;
        if (n == 0) n = s.n < 45 ? s.n : 45;
        fair_buf_fmt(b, "=?utf-8?B?%.*s?=", FAIR_STR_ARG(fair_base64(b->arena, s.p, n)));
        s = (fair_str){ s.p + n, s.n - n };
        if (s.n > 0) fair_buf_c(b, "\r\n ");
    }
}

static void
add_text(struct fair_buf *b, fair_str s)
{
    size_t column = 0;

    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        bool last = i + 1 == s.n || s.p[i + 1] == '\n', plain = (c > ' ' && c <= '~' && c != '=') || (c == ' ' && !last);
        if (c == '\r') continue;
        if (c == '\n') {
            fair_buf_c(b, "\r\n");
            column = 0;
            continue;
        }
        if (column + (plain ? 1 : 3) > 75) {
            fair_buf_c(b, "=\r\n");
            column = 0;
        }
        if (plain) fair_buf_byte(b, (char)c);
        else fair_buf_fmt(b, "=%02X", c);
        column += plain ? 1 : 3;
    }
    fair_buf_c(b, "\r\n");
}

fair_status
fair_mail_compose(struct fair_arena *a, const struct fair_config *c, fair_str subject, fair_str text, fair_time now, fair_str *out,
                  struct fair_err *err)
{
    static const char days[] = "SunMonTueWedThuFriSat", months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    struct fair_buf b = FAIR_BUF(a, 60000);
    time_t s = (time_t)(now / FAIR_SECOND);
    uint8_t salt[12];
    struct tm t;
    fair_str domain;

    FAIR_TRY(check_address(c->smtp_from, "from", err));
    FAIR_TRY(check_address(c->smtp_to, "to", err));
    if (gmtime_r(&s, &t) == NULL) return fair_fail(err, FAIR_INVALID, "no such time");
    fair_random(salt, sizeof salt);
    domain = c->smtp_from;
    domain = (fair_str){ (const char *)memchr(domain.p, '@', domain.n) + 1, 0 };
    domain.n = (size_t)(c->smtp_from.p + c->smtp_from.n - domain.p);
    fair_buf_fmt(&b, "From: <%.*s>\r\nTo: <%.*s>\r\nSubject: ", FAIR_STR_ARG(c->smtp_from), FAIR_STR_ARG(c->smtp_to));
    add_subject(&b, subject);
    fair_buf_fmt(&b, "\r\nDate: %.3s, %02d %.3s %04d %02d:%02d:%02d +0000\r\nMessage-ID: <%.*s@%.*s>\r\n", days + 3 * t.tm_wday, t.tm_mday,
                 months + 3 * t.tm_mon, t.tm_year + 1900, t.tm_hour, t.tm_min, t.tm_sec, FAIR_STR_ARG(fair_hex(a, salt, sizeof salt)),
                 FAIR_STR_ARG(domain));
    fair_buf_c(&b, "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
                   "Content-Transfer-Encoding: quoted-printable\r\n\r\n");
    add_text(&b, fair_utf8_mend(a, text));
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
fair_mail_send(const struct fair_config *c, fair_str subject, fair_str text, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(helper) struct fair_helper *h = NULL;
    struct fair_helper_options o = { .weak = c->sandbox_weak };
    struct fair_mail mail = { .url = c->smtp_url, .user = c->smtp_user, .from = c->smtp_from, .to = c->smtp_to };
    struct fair_msg m = { .type = FAIR_MSG_MAIL, .tag = 1, .fd = -1 };

    if (!fair_str_starts(c->smtp_url, FAIR_STR("smtp://")) && !fair_str_starts(c->smtp_url, FAIR_STR("smtps://")))
        return fair_fail(err, FAIR_INVALID, "mail.smtp_url begins with neither smtp:// nor smtps://");
    FAIR_TRY(fair_mail_compose(a, c, subject, text, fair_now(), &mail.text, err));
    FAIR_TRY(read_password(a, c, &mail.password, err));
    m.body = fair_mail_pack(a, &mail);
    FAIR_TRY(fair_helper_start(FAIR_ROLE_MAIL, &o, &h, err));
    FAIR_TRY(fair_helper_wait_ready(h, READY_MS, err));
    FAIR_TRY(fair_helper_tell(h, &m, err));
    return wait_answer(h, a, err);
}
