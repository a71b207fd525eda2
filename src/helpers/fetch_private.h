/* fetch_private.h - the inside of fairtrack-fetch: one transfer, from question to answer. */
#ifndef FAIR_HELPERS_FETCH_PRIVATE_H
#define FAIR_HELPERS_FETCH_PRIVATE_H
#include <curl/curl.h>
#include "source/fetch_msg.h"

/* What the program was started with. */
struct fair_fetch_rules {
    bool allow_loopback, any_port;
    const char *agent;
    fair_str only;            /* a service of the settings, "host:port": nothing else is reached, wherever it lies */
};

struct fair_transfer {
    struct fair_transfer *next;       /* in the queue of finished ones             */
    const struct fair_fetch_rules *rules;
    struct fair_arena *arena;         /* of this transfer                          */
    CURL *easy;
    struct curl_slist *sent;          /* request headers                           */
    struct fair_fetch_answer answer;
    struct fair_fetch_head head;
    fair_str host;
    uint64_t max_bytes, body_n;
    char *small;                      /* the body while it is small                */
    int body_fd;                      /* a memory file once it is not; -1          */
    fair_str send;                    /* the body we send, when it came in the packet */
    int send_fd;                      /* ... or beside it; -1                       */
    uint64_t send_n, send_at;
    bool may_cut;
    bool connected;                   /* a socket was granted                      */
    char refused[160], limit[160];    /* by the guard; a bound that was met        */
    char curl_words[CURL_ERROR_SIZE];
};

/* Ready to be added to the multi handle; FAIR_INVALID: a URL or field that cannot be asked.
 * *body_fd, the descriptor that came beside the question or -1, is taken over when it goes well. */
fair_status fair_transfer_new(const struct fair_fetch_rules *rules, const struct fair_fetch_question *q, int *body_fd,
                              struct fair_transfer **out, struct fair_err *err) FAIR_MUST_CHECK;
void fair_transfer_free(struct fair_transfer **t);
/* It has come to its end with `code`: fill the answer. */
void fair_transfer_finish(struct fair_transfer *t, CURLcode code);

#endif
