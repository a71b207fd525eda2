/* proc/decode_msg.h - what the decode helpers are asked and what they answer, as bytes.
 *
 * Plain numbers and texts only; the rooms on both sides make their own structures of them.  The foreign bytes
 * lie in the mapping inwards, or in a sealed descriptor beside the question; what is large in the answer lies
 * in the mapping outwards, one blob after the other in the order of enum fair_blob. */
#ifndef FAIR_PROC_DECODE_MSG_H
#define FAIR_PROC_DECODE_MSG_H
#include "proc/messages.h"

enum { FAIR_MSG_DECODE = FAIR_MSG_FIRST_FREE, FAIR_MSG_DECODED };

enum fair_decode_kind { FAIR_DECODE_PICTURE, FAIR_DECODE_HTML, FAIR_DECODE_CSS, FAIR_N_DECODE_KINDS };

struct fair_decode_question {
    enum fair_decode_kind kind;
    uint32_t want;                /* picture: bits of enum fair_want               */
    uint64_t n_bytes;             /* of the foreign bytes                          */
    uint64_t max_bytes, max_pixels;
    uint32_t max_side;
    fair_str base, charset;       /* html, css                                     */
};

enum fair_blob { FAIR_BLOB_FINGERPRINT, FAIR_BLOB_GREY, FAIR_BLOB_THUMB, FAIR_BLOB_PREVIEW, FAIR_BLOB_PROOF, FAIR_BLOB_COLOUR, FAIR_BLOB_GLANCE, FAIR_BLOB_LINKS, FAIR_N_BLOBS };
enum fair_said { FAIR_SAID_CREATOR, FAIR_SAID_COPYRIGHT, FAIR_SAID_CREDIT, FAIR_SAID_DATE, FAIR_SAID_RIGHTS_URL, FAIR_SAID_LICENSOR,
                 FAIR_SAID_TITLE, FAIR_SAID_C2PA, FAIR_SAID_SERIAL, FAIR_N_SAID };

#define FAIR_SAID_MAX 4096        /* bytes of one text of rights */
#define FAIR_WORDS_MAX 255
#define FAIR_DECODE_URL_MAX 16384
#define FAIR_DECODE_CHARSET_MAX 256

struct fair_decode_answer {
    fair_status status;           /* FAIR_AGAIN: the other decode helper reads this */
    fair_str words;               /* where the status is not FAIR_OK               */
    uint32_t format, width, height, frames, decoded_rows;
    uint8_t orientation;          /* 1..8                                          */
    bool partial, alpha;
    bool blank;                   /* its size is sure and nothing of it decodes    */
    uint32_t grey_width, grey_height;     /* rows without gaps, 1 byte a pixel     */
    uint32_t colour_width, colour_height; /* the same, 3 bytes a pixel             */
    uint64_t blob[FAIR_N_BLOBS];  /* bytes of each; 0 where it is not there        */
    fair_str said[FAIR_N_SAID];
};

fair_str fair_decode_question_pack(const struct fair_decode_question *q, struct fair_arena *a);
/* FAIR_CORRUPT unless all is in its bounds.  Texts are views into `body`. */
fair_status fair_decode_question_unpack(fair_str body, struct fair_decode_question *q, struct fair_err *err) FAIR_MUST_CHECK;
fair_str fair_decode_answer_pack(const struct fair_decode_answer *r, struct fair_arena *a);
/* `n_out` is the size of the mapping outwards: the blobs together are never more. */
fair_status fair_decode_answer_unpack(fair_str body, uint64_t n_out, struct fair_decode_answer *r, struct fair_err *err) FAIR_MUST_CHECK;

#endif
