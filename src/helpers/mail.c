/* mail.c - fairtrack-mail: hands one message after the other to the mail server of the settings, and has no files.
 *
 * A question is a message of type FAIR_MSG_MAIL: url, user, password, from, to, text (RFC 5322, lines ended by CR LF);
 * the answer FAIR_MSG_MAILED: a status, and why not. */
#include <curl/curl.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "proc/mail_msg.h"
#include "proc/proc.h"

struct upload { fair_str left; };

static size_t
give(char *to, size_t size, size_t n, void *arg)
{
    struct upload *u = arg;
    size_t take = u->left.n < size * n ? u->left.n : size * n;

    if (take > 0) memcpy(to, u->left.p, take);
    u->left = (fair_str){ u->left.p + take, u->left.n - take };
    return take;
}

static fair_status
send_mail(struct fair_arena *a, const struct fair_mail *m, char *words, size_t room)
{
    struct upload u = { m->text };
    struct curl_slist *to = curl_slist_append(NULL, fair_str_fmt(a, "<%.*s>", FAIR_STR_ARG(m->to)).p);
    CURL *c = curl_easy_init();
    CURLcode code;
    long answer = 0;

    if (c == NULL || to == NULL) abort();
    curl_easy_setopt(c, CURLOPT_URL, fair_str_dup(a, m->url).p);
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(c, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(c, CURLOPT_USE_SSL, m->user.n > 0 ? (long)CURLUSESSL_ALL : (long)CURLUSESSL_TRY);
    if (m->user.n > 0) {
        curl_easy_setopt(c, CURLOPT_USERNAME, fair_str_dup(a, m->user).p);
        curl_easy_setopt(c, CURLOPT_PASSWORD, fair_str_dup(a, m->password).p);
    }
    curl_easy_setopt(c, CURLOPT_MAIL_FROM, fair_str_fmt(a, "<%.*s>", FAIR_STR_ARG(m->from)).p);
    curl_easy_setopt(c, CURLOPT_MAIL_RCPT, to);
    curl_easy_setopt(c, CURLOPT_READFUNCTION, give);
    curl_easy_setopt(c, CURLOPT_READDATA, &u);
    curl_easy_setopt(c, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(c, CURLOPT_TIMEOUT, 40L);
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    code = curl_easy_perform(c);
    curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &answer);
    if (code != CURLE_OK) snprintf(words, room, "%s (the server's answer: %ld)", curl_easy_strerror(code), answer);
    curl_slist_free_all(to);
    curl_easy_cleanup(c);
    /* 5yz: it will not be taken later either (RFC 5321 4.2.1). */
    return code == CURLE_OK ? FAIR_OK : answer >= 500 ? FAIR_REFUSED : FAIR_IO;
}

static void
warm_up(void)
{
    struct addrinfo hint = { .ai_socktype = SOCK_STREAM }, *found = NULL;

    if (getaddrinfo("localhost", "25", &hint, &found) == 0) freeaddrinfo(found);
}

int
main(int argc, char **argv)
{
    struct fair_self self;
    struct fair_err err = { 0 };

    if (fair_self_begin(argc, argv, FAIR_ROLE_MAIL, &self, &err) != FAIR_OK || curl_global_init(CURL_GLOBAL_ALL) != CURLE_OK) {
        fprintf(stderr, "%s\n", err.text);
        return 2;
    }
    warm_up();
    if (fair_self_ready(&self, NULL, 0, &err) != FAIR_OK) return 2;
    for (;;) {
        struct fair_arena *a = fair_arena_new();
        struct fair_msg m;
        struct fair_mail mail;
        char words[300] = "";
        fair_status s = fair_msg_recv(self.sock, a, false, &m, &err);

        if (s != FAIR_OK) return s == FAIR_DONE ? 0 : 2;
        if (m.type != FAIR_MSG_MAIL || fair_mail_unpack(m.body, &mail, &err) != FAIR_OK) return 2;
        s = send_mail(a, &mail, words, sizeof words);
        m = (struct fair_msg){ .type = FAIR_MSG_MAILED, .tag = m.tag, .body = fair_mailed_pack(a, s, fair_str_of(words)), .fd = -1 };
        if (fair_msg_send(self.sock, &m, &err) != FAIR_OK) return 2;
        fair_arena_free(&a);
    }
}
