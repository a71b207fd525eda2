/* letter_mail.c - a letter as a mail. */
#include "cases/letter_mail.h"
#include <string.h>
#include "base/digest.h"
#include "base/mime.h"

enum { MOST = 4 << 20 };

/* Visible ASCII that ends no header: for what stands in one as it is. */
static bool
is_token(fair_str s, size_t most)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] <= ' ' || (unsigned char)s.p[i] > '~' || strchr("<>()[],;:\\\"", s.p[i]) != NULL) return false;
    return s.n > 0 && s.n <= most;
}

/* Name <address>; a name of plain letters needs no quotes, any other is encoded. */
static void
add_mailbox(struct fair_buf *b, const char *header, fair_str name, fair_str address)
{
    bool plain = true;

    fair_buf_fmt(b, "%s: ", header);
    for (size_t i = 0; i < name.n; i++) plain &= name.p[i] == ' ' || (name.p[i] >= '0' && name.p[i] <= '9') || ((name.p[i] | 32) >= 'a' && (name.p[i] | 32) <= 'z');
    if (name.n > 0 && plain) fair_buf_add(b, name);
    else if (name.n > 0) fair_buf_fmt(b, "=?utf-8?B?%.*s?=", FAIR_STR_ARG(fair_base64(b->arena, name.p, name.n > 45 ? 45 : name.n)));
    fair_buf_fmt(b, "%s<%.*s>\r\n", name.n > 0 ? " " : "", FAIR_STR_ARG(address));
}

static void
add_part(struct fair_buf *b, fair_str boundary, const char *type, fair_str body)
{
    fair_buf_fmt(b, "--%.*s\r\nContent-Type: %s\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n", FAIR_STR_ARG(boundary), type);
    fair_mime_quoted(b, body);
}

/* At most 45 bytes, cut between characters: it goes into one encoded word. */
static fair_str
short_name(fair_str s)
{
    if (s.n <= 45) return s;
    s.n = 45;
    while (s.n > 0 && ((unsigned char)s.p[s.n] & 0xc0) == 0x80) s.n--;
    return s;
}

fair_status
fair_letter_mail(struct fair_arena *a, const struct fair_letter_mail *m, fair_str *out, struct fair_err *err)
{
    struct fair_buf b = FAIR_BUF(a, MOST);
    struct fair_sha256 sha = fair_sha256_of(m->text.p, m->text.n);
    /* "=_" cannot stand in quoted-printable (RFC 2045 6.7). */
    fair_str boundary = fair_str_fmt(a, "=_%.*s", FAIR_STR_ARG(fair_hex(a, sha.b, 12)));
    fair_str ids[2] = { m->message_id, m->answers };

    if (!fair_mime_address_ok(m->from)) return fair_fail(err, FAIR_INVALID, "mail: the sender's address is none");
    if (!fair_mime_address_ok(m->to)) return fair_fail(err, FAIR_INVALID, "mail: the recipient's address is none");
    if (m->reply_to.p != NULL && !fair_mime_address_ok(m->reply_to)) return fair_fail(err, FAIR_INVALID, "mail: the address for replies is none");
    if (!is_token(m->language, 35) || !is_token(m->code, 60)) return fair_fail(err, FAIR_INVALID, "mail: no language or no code");
    for (int i = 0; i < 2; i++)
        if ((i == 0 || ids[i].p != NULL) && (!is_token(ids[i], 300) || memchr(ids[i].p, '@', ids[i].n) == NULL)) return fair_fail(err, FAIR_INVALID, "mail: no Message-ID");
    add_mailbox(&b, "From", short_name(m->from_name), m->from);
    add_mailbox(&b, "To", short_name(m->to_name), m->to);
    if (m->reply_to.p != NULL) fair_buf_fmt(&b, "Reply-To: <%.*s>\r\n", FAIR_STR_ARG(m->reply_to));
    fair_buf_c(&b, "Subject: ");
    fair_mime_words(&b, m->subject);
    fair_buf_c(&b, "\r\nDate: ");
    FAIR_TRY(fair_mime_date(&b, m->date, err));
    fair_buf_fmt(&b, "\r\nMessage-ID: <%.*s>\r\n", FAIR_STR_ARG(m->message_id));
    if (m->answers.p != NULL) fair_buf_fmt(&b, "In-Reply-To: <%.*s>\r\nReferences: <%.*s>\r\n", FAIR_STR_ARG(m->answers), FAIR_STR_ARG(m->answers));
    fair_buf_fmt(&b, "Content-Language: %.*s\r\nX-Fairtrack-Notice: %.*s\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=\"%.*s\"\r\n\r\n",
                 FAIR_STR_ARG(m->language), FAIR_STR_ARG(m->code), FAIR_STR_ARG(boundary));
    add_part(&b, boundary, "text/plain; charset=utf-8; format=flowed; delsp=no", m->text);
    add_part(&b, boundary, "text/html; charset=utf-8", m->html);
    fair_buf_fmt(&b, "--%.*s--\r\n", FAIR_STR_ARG(boundary));
    return fair_buf_take(&b, out, err);
}
