/* source/fetch_msg.h - what the fetch helper is asked and what it answers, as bytes.
 *
 * One question is one HTTP request: redirects are answers, and whoever asked decides about them (robots, politeness,
 * the guard's port rule) as about any other link.  Each message is one packet of at most FAIR_FETCH_PACKET bytes; a body
 * longer than FAIR_FETCH_INLINE travels beside it, sent or received, as the descriptor of a memory file. */
#ifndef FAIR_SOURCE_FETCH_MSG_H
#define FAIR_SOURCE_FETCH_MSG_H
#include <stdbool.h>
#include <stdint.h>
#include "base/text.h"

#define FAIR_FETCH_PACKET (192 * 1024)
#define FAIR_FETCH_INLINE (32 * 1024)
#define FAIR_FETCH_HEADERS (64 * 1024)    /* the most of an answer's headers that we take */
#define FAIR_FETCH_URL 65536
#define FAIR_FETCH_SENT_HEADERS 8192      /* the most of a question's own */
#define FAIR_FETCH_SENT_BODY ((uint64_t)5 << 30)

enum fair_fetch_method { FAIR_FETCH_GET, FAIR_FETCH_HEAD, FAIR_FETCH_POST, FAIR_FETCH_PUT, FAIR_FETCH_DELETE, FAIR_FETCH_N_METHODS };

struct fair_fetch_question {
    uint64_t tag;
    fair_str url;             /* absolute, http or https, as fair_url_parse wrote it */
    fair_str etag, last_modified, accept;
    uint64_t max_bytes;       /* of the body, unpacked; also of what comes over the wire */
    uint64_t range_from, range_to;   /* inclusive; both 0: whole                     */
    uint32_t ms, stall_s;     /* the whole request; with next to nothing coming      */
    bool cut;                 /* more than max_bytes: end it there, and that is well */
    enum fair_fetch_method method;
    fair_str headers;         /* sent besides: lines "Name: value\n", printable      */
    uint64_t body_n;          /* of a POST or PUT                                    */
    bool body_beside;         /* it is in the descriptor, not here                   */
    fair_str body;
};

enum fair_fetch_refused { FAIR_FETCH_BY_NONE, FAIR_FETCH_BY_GUARD, FAIR_FETCH_BY_PORT };

struct fair_fetch_answer {
    uint64_t tag;
    fair_status status;       /* FAIR_OK: an HTTP answer came whole                  */
    enum fair_fetch_refused refused;
    fair_str words;           /* why not, for people                                 */
    int http;
    fair_str location;        /* as it stood                                         */
    fair_str mime, charset;   /* of Content-Type, lower case, without parameters     */
    fair_str etag, last_modified, robots_tag, tdm;   /* X-Robots-Tag; TDM-Reservation */
    int64_t retry_after_s;    /* -1: none given                                      */
    fair_str headers;         /* from the status line on                             */
    fair_str address;         /* that answered                                       */
    fair_str tls;             /* lines "subject=", "issuer=", "expires=", "sha256=" (leaf first); absent over http */
    int64_t us, wire_bytes;
    uint64_t body_n;
    bool cut;                 /* there was more                                      */
    bool body_beside;         /* the body is in the descriptor, not here             */
    fair_str body;
};

fair_str fair_fetch_question_pack(struct fair_arena *a, const struct fair_fetch_question *q);
fair_str fair_fetch_answer_pack(struct fair_arena *a, const struct fair_fetch_answer *r);
/* Believe nothing; texts are views into `packet`. FAIR_CORRUPT. */
fair_status fair_fetch_question_unpack(fair_str packet, struct fair_fetch_question *out, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_fetch_answer_unpack(fair_str packet, struct fair_fetch_answer *out, struct fair_err *err) FAIR_MUST_CHECK;

/* The headers of an answer.  Feed it line by line as they come over the wire (any line ends); a
 * line that begins with "HTTP/" begins anew, so that 100 and 103 leave nothing behind.  `now` is for Retry-After dates. */
struct fair_fetch_head {
    struct fair_buf raw;      /* born by the caller with FAIR_FETCH_HEADERS          */
    struct fair_fetch_answer *into;
    int64_t now_us;
};
void fair_fetch_head_line(struct fair_fetch_head *h, fair_str line);

#endif
