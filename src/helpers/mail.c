/* mail.c - fairtrack-mail: hands one message after the other to the mail server of the settings, and has no files.
 *
 * A question is a message of type FAIR_MSG_MAIL: url, user, password, from, to, text (RFC 5322, lines ended by CR LF);
 * the answer FAIR_MSG_MAILED: a status, and why not. */
#include <curl/curl.h>
#include <stdio.h>
#include "helpers/smtp.h"
#include "proc/mail_msg.h"
#include "proc/proc.h"

int
main(int argc, char **argv)
{
    struct fair_self self;
    struct fair_err err = { 0 };

    if (fair_self_begin(argc, argv, FAIR_ROLE_MAIL, &self, &err) != FAIR_OK || curl_global_init(CURL_GLOBAL_ALL) != CURLE_OK) {
        fprintf(stderr, "%s\n", err.text);
        return 2;
    }
    fair_smtp_warm_up();
    if (fair_self_ready(&self, NULL, 0, &err) != FAIR_OK) return 2;
    for (;;) {
        struct fair_arena *a = fair_arena_new();
        struct fair_msg m;
        struct fair_mail mail;
        struct fair_posted p;
        fair_status s = fair_msg_recv(self.sock, a, false, &m, &err);

        if (s != FAIR_OK) return s == FAIR_DONE ? 0 : 2;
        if (m.type != FAIR_MSG_MAIL || fair_mail_unpack(m.body, &mail, &err) != FAIR_OK) return 2;
        fair_smtp_send(a, &(struct fair_smtp){ mail.url, mail.user, mail.password, mail.from }, mail.to, mail.text, &p);
        /* What nobody knows is tried again: a notice to the owner may come twice. */
        s = p.how == FAIR_POSTED_TAKEN ? FAIR_OK : p.how == FAIR_POSTED_REFUSED ? FAIR_REFUSED : FAIR_IO;
        m = (struct fair_msg){ .type = FAIR_MSG_MAILED, .tag = m.tag, .body = fair_mailed_pack(a, s, s == FAIR_OK ? FAIR_STR("") : p.words), .fd = -1 };
        if (fair_msg_send(self.sock, &m, &err) != FAIR_OK) return 2;
        fair_arena_free(&a);
    }
}
