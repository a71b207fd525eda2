/* smtp.c - one letter to one mail server, and what became of it.
 *
 * What matters is to know whether a letter may have arrived: it is handed over once all its bytes were given and the
 * server answered 250 to their end.  Bytes given and no answer is a case of its own, for sending again could send twice. */
#include <curl/curl.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include "helpers/smtp.h"

struct upload { fair_str left; bool given; };

static size_t
give(char *to, size_t size, size_t n, void *arg)
{
    struct upload *u = arg;
    size_t take = u->left.n < size * n ? u->left.n : size * n;

    if (take > 0) memcpy(to, u->left.p, take);
    else u->given = true;
    u->left = (fair_str){ u->left.p + take, u->left.n - take };
    return take;
}

void
fair_smtp_warm_up(void)
{
    struct addrinfo hint = { .ai_socktype = SOCK_STREAM }, *found = NULL;

    if (getaddrinfo("localhost", "25", &hint, &found) == 0) freeaddrinfo(found);
}

void
fair_smtp_send(struct fair_arena *a, const struct fair_smtp *s, fair_str to, fair_str mail, struct fair_posted *out)
{
    struct upload u = { mail, false };
    struct curl_slist *rcpt = curl_slist_append(NULL, fair_str_fmt(a, "<%.*s>", FAIR_STR_ARG(to)).p);
    CURL *c = curl_easy_init();
    CURLcode code;
    long answer = 0;

    if (c == NULL || rcpt == NULL) abort();
    curl_easy_setopt(c, CURLOPT_URL, fair_str_dup(a, s->url).p);
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(c, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(c, CURLOPT_USE_SSL, s->user.n > 0 ? (long)CURLUSESSL_ALL : (long)CURLUSESSL_TRY);
    if (s->user.n > 0) {
        curl_easy_setopt(c, CURLOPT_USERNAME, fair_str_dup(a, s->user).p);
        curl_easy_setopt(c, CURLOPT_PASSWORD, fair_str_dup(a, s->password).p);
    }
    curl_easy_setopt(c, CURLOPT_MAIL_FROM, fair_str_fmt(a, "<%.*s>", FAIR_STR_ARG(s->from)).p);
    curl_easy_setopt(c, CURLOPT_MAIL_RCPT, rcpt);
    curl_easy_setopt(c, CURLOPT_READFUNCTION, give);
    curl_easy_setopt(c, CURLOPT_READDATA, &u);
    curl_easy_setopt(c, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, 20L);
    curl_easy_setopt(c, CURLOPT_SERVER_RESPONSE_TIMEOUT, 20L);
    curl_easy_setopt(c, CURLOPT_TIMEOUT, 60L);
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    code = curl_easy_perform(c);
    curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &answer);
    out->answer = answer > 0 && answer <= 999 ? (uint32_t)answer : 0;
    out->to = to;
    out->words = fair_str_fmt(a, "%s (the server's answer: %ld)", curl_easy_strerror(code), answer);
    /* 354 is the server's "go on": whatever ends after it without another answer leaves it open. */
    if (code == CURLE_OK) out->how = FAIR_POSTED_TAKEN;
    else if (answer >= 500) out->how = FAIR_POSTED_REFUSED;
    else if (answer >= 400 || !u.given) out->how = FAIR_POSTED_LATER;
    else out->how = FAIR_POSTED_UNSURE;
    curl_slist_free_all(rcpt);
    curl_easy_cleanup(c);
}
