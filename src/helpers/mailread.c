/* mailread.c - fairtrack-mailread: reads one mail after the other, which strangers wrote, and can do nothing else.
 *
 * A question is a message of type FAIR_MSG_MAIL_READ with the mail in a sealed file; the answer FAIR_MSG_MAIL_TOLD.  Parsing is
 * GMime's; a mail that ends it costs itself. */
#include <iconv.h>
#include <stdio.h>
#include <unistd.h>
#include <gmime/gmime.h>
#include "helpers/mailread_private.h"
#include "proc/proc.h"

enum { MAIL_MOST = 64 << 20 };

/* Conversions are opened before files lie closed. */
static void
warm_up(void)
{
    static const char *const charsets[] = { "ISO-8859-1", "ISO-8859-2", "ISO-8859-5", "ISO-8859-7", "ISO-8859-9", "ISO-8859-15", "WINDOWS-1250", "WINDOWS-1251",
        "WINDOWS-1252", "WINDOWS-1253", "WINDOWS-1254", "KOI8-R", "KOI8-U", "UTF-16", "UTF-7", "GB18030", "GBK", "BIG5", "EUC-KR", "EUC-JP", "SHIFT_JIS", "ISO-2022-JP" };
    static iconv_t kept[sizeof charsets / sizeof *charsets];
    static const char mail[] = "From: =?iso-8859-1?Q?a?= <a@example.com>\nSubject: x\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain; charset=utf-8\n\nx\n--b--\n";
    struct fair_arena *a = fair_arena_new();
    struct fair_mail_told t;

    for (size_t i = 0; i < sizeof charsets / sizeof *charsets; i++) kept[i] = iconv_open("UTF-8", charsets[i]);
    (void)kept;
    fair_mailread(a, (fair_str){ mail, sizeof mail - 1 }, &t);
    fair_arena_free(&a);
}

int
main(int argc, char **argv)
{
    struct fair_self self;
    struct fair_err err = { 0 };

    if (fair_self_begin(argc, argv, FAIR_ROLE_MAIL_READ, &self, &err) != FAIR_OK) {
        fprintf(stderr, "%s\n", err.text);
        return 2;
    }
    g_mime_init();
    warm_up();
    if (fair_self_ready(&self, NULL, 0, &err) != FAIR_OK) return 2;
    for (;;) {
        struct fair_arena *a = fair_arena_new();
        struct fair_shared in = { .fd = -1 };
        struct fair_mail_told t;
        struct fair_msg m, out = { .type = FAIR_MSG_MAIL_TOLD, .fd = -1 };
        fair_status s = fair_msg_recv(self.sock, a, true, &m, &err);

        if (s != FAIR_OK) return s == FAIR_DONE ? 0 : 2;
        if (m.type != FAIR_MSG_MAIL_READ || m.fd < 0 || fair_sealed_map(m.fd, MAIL_MOST, &in, &err) != FAIR_OK) return 2;
        close(m.fd);
        fair_mailread(a, (fair_str){ (const char *)in.p, in.n }, &t);
        out.tag = m.tag;
        out.body = fair_mail_told_pack(a, &t);
        if (fair_msg_send(self.sock, &out, &err) != FAIR_OK) return 2;
        fair_shared_free(&in);
        fair_arena_free(&a);
    }
}
