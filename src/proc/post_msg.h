/* proc/post_msg.h - what the post helper is asked and what it answers. */
#ifndef FAIR_PROC_POST_MSG_H
#define FAIR_PROC_POST_MSG_H
#include "proc/messages.h"

/* FAIR_MSG_POST: the letter's bytes in a sealed file.  FAIR_MSG_POSTED: the answer. */
enum { FAIR_MSG_POST = FAIR_MSG_FIRST_FREE + 32, FAIR_MSG_POSTED };

enum fair_posting {
    FAIR_POSTED_TAKEN,            /* the server took it: that proves no delivery             */
    FAIR_POSTED_REFUSED,          /* the server said no for good (5yz, RFC 5321 4.2.1)       */
    FAIR_POSTED_LATER,            /* it did not get there: no server, or one that said later */
    FAIR_POSTED_UNSURE,           /* all was handed over and no answer came: nobody knows    */
    FAIR_POSTED_FORBIDDEN         /* the rules, the approval or the bytes say no: nothing was sent */
};
struct fair_posted { enum fair_posting how; fair_str words, to; uint32_t answer; /* of the server; 0 none */ };

fair_str fair_posted_pack(struct fair_arena *a, const struct fair_posted *p);
fair_status fair_posted_unpack(fair_str body, struct fair_posted *p, struct fair_err *err) FAIR_MUST_CHECK;

#endif
