/* work/decoder_private.h - reading what a decode helper answered. */
#ifndef FAIR_WORK_DECODER_PRIVATE_H
#define FAIR_WORK_DECODER_PRIVATE_H
#include "proc/decode_msg.h"
#include "proc/proc.h"
#include "work/decoder.h"

/* Take the answer in `m` to `q`, its blobs from the mapping `there` (copied once, then judged), into the arena.
 *   FAIR_OK       *out holds it, be it a fault of the picture
 *   FAIR_AGAIN    the other helper must be asked
 *   FAIR_CORRUPT  the helper lies: nothing of it may be used */
fair_status fair_decoder_read(const struct fair_msg *m, const struct fair_decode_question *q, const struct fair_shared *there,
                              struct fair_arena *a, struct fair_decoded *out, struct fair_links *links, struct fair_err *err) FAIR_MUST_CHECK;

#endif
