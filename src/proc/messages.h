/* proc/messages.h - what two of our processes say to each other: small messages with typed fields.
 *
 * A message is one packet of a SOCK_SEQPACKET pair: twelve bytes (type, tag, length of the body), then the
 * body, at most 64 KiB, and perhaps one descriptor.  Large things lie in shared mappings or sealed anonymous
 * files (proc/proc.h); a message names their lengths, and nobody believes them.  Integers are little-endian. */
#ifndef FAIR_PROC_MESSAGES_H
#define FAIR_PROC_MESSAGES_H
#include <stdbool.h>
#include <stdint.h>
#include "base/text.h"

#define FAIR_MSG_MAX 65536        /* bytes of a body */
#define FAIR_PROTOCOL 1           /* a helper of another number is refused */

enum { FAIR_MSG_READY = 1, FAIR_MSG_REFUSED = 2, FAIR_MSG_FIRST_FREE = 16 };

struct fair_msg {
    uint32_t type;
    uint32_t tag;                 /* an answer carries its question's              */
    fair_str body;
    int fd;                       /* -1: none.  Received: the receiver closes it.  */
};

/* FAIR_AGAIN: a non-blocking socket is full.  FAIR_LIMIT: the body is too large.  FAIR_IO: nobody is there. */
fair_status fair_msg_send(int to, const struct fair_msg *m, struct fair_err *err) FAIR_MUST_CHECK;
/* The body goes into the arena.  FAIR_DONE: the other end closed.  FAIR_AGAIN: nothing there
 * (non-blocking).  FAIR_CORRUPT: no message of ours, or a descriptor where `fds` is false. */
fair_status fair_msg_recv(int from, struct fair_arena *a, bool fds, struct fair_msg *m, struct fair_err *err) FAIR_MUST_CHECK;

/* Write a body field by field. */
void fair_put_u8(struct fair_buf *b, uint8_t v);
void fair_put_u32(struct fair_buf *b, uint32_t v);
void fair_put_u64(struct fair_buf *b, uint64_t v);
void fair_put_str(struct fair_buf *b, fair_str s);    /* absent stays absent */

/* Read a body field by field.  A reader that went past the end, or met a field over its bounds, gives
 * zeros and absent texts from then on and says so once, in fair_reader_end; nothing may be believed
 * before that returned FAIR_OK. */
struct fair_reader {
    const uint8_t *at, *end;
    bool bad;
};
struct fair_reader fair_reader_of(fair_str body);
uint8_t fair_get_u8(struct fair_reader *r, uint8_t max);
uint32_t fair_get_u32(struct fair_reader *r, uint32_t max);
uint64_t fair_get_u64(struct fair_reader *r, uint64_t max);
bool fair_get_bool(struct fair_reader *r);
fair_str fair_get_str(struct fair_reader *r, size_t max);     /* a view into the body; any bytes */
fair_str fair_get_text(struct fair_reader *r, size_t max);    /* the same, and well-formed UTF-8  */
/* FAIR_CORRUPT unless every field was there, in its bounds, and nothing is left over. */
fair_status fair_reader_end(const struct fair_reader *r, struct fair_err *err) FAIR_MUST_CHECK;

#endif
