/* hear.c - fairtrack-hear: asks one IMAP mailbox what is new and hands over the bytes of mails, which it does not read.
 *
 * A question is a message of type FAIR_MSG_HEAR, the answer FAIR_MSG_HEARD, with a mail's bytes in a sealed file.  Nothing in
 * the mailbox is changed: what was heard is remembered at home, by UID. */
#include <curl/curl.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "proc/hear_msg.h"
#include "proc/proc.h"

struct taking { char *p; size_t n, room, most; bool over; };

static size_t
take(char *from, size_t size, size_t n, void *arg)
{
    struct taking *t = arg;
    size_t more = size * n;

    if (more > t->most - t->n) {
        more = t->most - t->n;
        t->over = true;
    }
    if (more > t->room - t->n) {
        while (t->room - t->n < more) t->room = t->room > 0 ? t->room * 2 : 65536;
        t->p = fair_xrealloc(t->p, t->room);
    }
    if (more > 0) memcpy(t->p + t->n, from, more);
    t->n += more;
    return t->over ? 0 : size * n;                /* ends the transfer */
}

/* The lines a server says beside what is asked: "* OK [UIDVALIDITY 17] ..." when the mailbox is opened. */
static size_t
line(char *from, size_t size, size_t n, void *arg)
{
    uint32_t *validity = arg;
    char text[256];
    const char *at;

    n *= size;
    if (n >= sizeof text) return n;
    memcpy(text, from, n);
    text[n] = '\0';
    if (text[0] == '*' && (at = strcasestr(text, "[UIDVALIDITY ")) != NULL) *validity = (uint32_t)strtoul(at + 13, NULL, 10);
    return n;
}

/* "* SEARCH 4 7 12": ascending; a server may answer in several lines and say more than was asked. */
static void
read_uids(const struct taking *t, const struct fair_hear *q, struct fair_heard *r)
{
    size_t i = 0;

    while (i < t->n && r->n_uids < FAIR_HEAR_LIST) {
        size_t end = i;
        char *at;
        char text[65536];
        while (end < t->n && t->p[end] != '\n') end++;
        if (end - i < sizeof text && end - i > 8 && strncasecmp(t->p + i, "* SEARCH", 8) == 0) {
            memcpy(text, t->p + i, end - i);
            text[end - i] = '\0';
            at = text + 8;
            while (r->n_uids < FAIR_HEAR_LIST) {
                char *rest;
                unsigned long uid = strtoul(at, &rest, 10);
                if (rest == at) break;
                if (uid >= q->from && uid > 0 && uid <= UINT32_MAX) r->uids[r->n_uids++] = (uint32_t)uid;
                at = rest;
            }
        }
        i = end + 1;
    }
    for (uint32_t a = 1; a < r->n_uids; a++)
        for (uint32_t b = a; b > 0 && r->uids[b - 1] > r->uids[b]; b--) {
            uint32_t x = r->uids[b];
            r->uids[b] = r->uids[b - 1];
            r->uids[b - 1] = x;
        }
}

/* This machine itself may be spoken to in the clear; anything farther off needs TLS before the password goes out. */
static bool
near(fair_str url)
{
    return fair_str_starts(url, FAIR_STR("imap://127.0.0.1:")) || fair_str_starts(url, FAIR_STR("imap://localhost:")) || fair_str_starts(url, FAIR_STR("imap://[::1]:"));
}

static void
ask(struct fair_arena *a, const struct fair_hear *q, struct fair_heard *r, struct taking *t)
{
    CURL *c = curl_easy_init();
    CURLcode code;
    char words[CURL_ERROR_SIZE] = "";
    fair_str url = fair_str_dup(a, q->url);

    if (c == NULL) abort();
    if (q->uid != 0) url = fair_str_fmt(a, "%s/;UID=%u/;PARTIAL=0.%u", url.p, q->uid, q->most);
    else curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, fair_str_fmt(a, "UID SEARCH UID %u:*", q->from).p);
    t->most = q->uid != 0 ? (size_t)q->most + 65536 : 4u << 20;
    curl_easy_setopt(c, CURLOPT_URL, url.p);
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "imap,imaps");
    curl_easy_setopt(c, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(c, CURLOPT_USE_SSL, near(q->url) ? (long)CURLUSESSL_TRY : (long)CURLUSESSL_ALL);
    if (near(q->url)) curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 0L), curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 0L);
    curl_easy_setopt(c, CURLOPT_USERNAME, fair_str_dup(a, q->user).p);
    curl_easy_setopt(c, CURLOPT_PASSWORD, fair_str_dup(a, q->password).p);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, t);
    curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, line);
    curl_easy_setopt(c, CURLOPT_HEADERDATA, &r->validity);
    curl_easy_setopt(c, CURLOPT_ERRORBUFFER, words);
    curl_easy_setopt(c, CURLOPT_TIMEOUT, 90L);
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, 20L);
    curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, 100L);
    curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, 20L);
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    code = curl_easy_perform(c);
    curl_easy_cleanup(c);
    if (code == CURLE_OK || (code == CURLE_WRITE_ERROR && t->over)) return;
    r->status = code == CURLE_LOGIN_DENIED ? FAIR_REFUSED : FAIR_IO;
    r->words = fair_str_fmt(a, "%s%s%s", curl_easy_strerror(code), words[0] != '\0' ? ": " : "", words);
}

static fair_status
answer(struct fair_self *self, struct fair_arena *a, const struct fair_msg *m, struct fair_err *err)
{
    struct fair_hear q;
    struct fair_heard r = { .status = FAIR_OK };
    struct taking t = { .p = NULL };
    struct fair_msg out = { .type = FAIR_MSG_HEARD, .tag = m->tag, .fd = -1 };
    fair_status s;

    FAIR_TRY(fair_hear_unpack(m->body, &q, err));
    ask(a, &q, &r, &t);
    if (r.status == FAIR_OK && q.uid == 0) read_uids(&t, &q, &r);
    if (r.status == FAIR_OK && q.uid != 0) {
        if (t.n > q.most) t.n = q.most;
        r.bytes = (uint32_t)t.n;
        if (fair_sealed_make(t.p != NULL ? t.p : "", t.n, &out.fd, err) != FAIR_OK) r.status = FAIR_IO, r.words = fair_str_of(err->text);
    }
    out.body = fair_heard_pack(a, &r);
    s = fair_msg_send(self->sock, &out, err);
    if (out.fd >= 0) close(out.fd);
    free(t.p);
    return s;
}

int
main(int argc, char **argv)
{
    struct addrinfo hint = { .ai_socktype = SOCK_STREAM }, *found = NULL;
    struct fair_self self;
    struct fair_err err = { 0 };

    if (fair_self_begin(argc, argv, FAIR_ROLE_HEAR, &self, &err) != FAIR_OK || curl_global_init(CURL_GLOBAL_ALL) != CURLE_OK) {
        fprintf(stderr, "%s\n", err.text);
        return 2;
    }
    if (getaddrinfo("localhost", "143", &hint, &found) == 0) freeaddrinfo(found);
    if (fair_self_ready(&self, NULL, 0, &err) != FAIR_OK) return 2;
    for (;;) {
        struct fair_arena *a = fair_arena_new();
        struct fair_msg m;
        fair_status s = fair_msg_recv(self.sock, a, false, &m, &err);

        if (s != FAIR_OK) return s == FAIR_DONE ? 0 : 2;
        if (m.type != FAIR_MSG_HEAR || answer(&self, a, &m, &err) != FAIR_OK) return 2;
        fair_arena_free(&a);
    }
}
