/* base/document.h - a document in the making: what letters, exhibits and dossiers are before they become bytes.
 *
 * One tree, many renderings: the confined helper fairtrack-render makes it a PDF (work/render.h), the room
 * of cases a plain text, a mail and a page (cases/letters.h).  docs/formats/document.md gives it as bytes.
 * Everything lies in the document's arena; texts and pixels are views, so what they show must live as long. */
#ifndef FAIR_BASE_DOCUMENT_H
#define FAIR_BASE_DOCUMENT_H
#include <stdbool.h>
#include <stdint.h>
#include "base/text.h"
#include "base/types.h"

/* The bounds of a document; a builder that passes one remembers it (fair_document_end). */
enum {
    FAIR_DOCUMENT_BLOCKS = 20000,     /* in all                                  */
    FAIR_DOCUMENT_SPANS = 1000,       /* in one text                             */
    FAIR_DOCUMENT_TEXT = 65536,       /* bytes of one span                       */
    FAIR_DOCUMENT_COLUMNS = 12, FAIR_DOCUMENT_ROWS = 5000,        /* of a table  */
    FAIR_DOCUMENT_ABREAST = 4,        /* pictures side by side                   */
    FAIR_DOCUMENT_SIDE = 8192,        /* pixels of a picture's side              */
    FAIR_DOCUMENT_OUTLINES = 64, FAIR_DOCUMENT_POINTS = 256,      /* of a picture; of an outline */
    FAIR_DOCUMENT_QR = 1000           /* bytes in a QR code                      */
};
#define FAIR_DOCUMENT_BYTES ((size_t)64 << 20)    /* packed, pixels and all      */

enum { FAIR_SPAN_BOLD = 1, FAIR_SPAN_ITALIC = 2, FAIR_SPAN_MONO = 4 };

/* Text of one style; a '\n' in it breaks the line. */
struct fair_span {
    fair_str text;
    unsigned style;
    fair_str href;                /* absent: no link; else http, https or mailto */
};
struct fair_spans {
    struct fair_span *p;
    size_t n;
};

/* An outline laid over a picture, in its own pixels from the upper left corner; closed. */
struct fair_outline {
    uint32_t rgb;                 /* 0xrrggbb                                    */
    size_t n;
    const float (*points)[2];
};

/* Pixels as in image/image.h: 8 bit, 1 = grey or 3 = R G B a pixel, row y at pixels + y * stride. */
struct fair_picture_shown {
    uint32_t width, height, channels;
    size_t stride;
    const uint8_t *pixels;
    unsigned quality;             /* of the JPEG that the PDF carries, 1..100; 0: without loss */
    fair_str caption;             /* also what a reader without eyes hears       */
    size_t n_outlines;
    const struct fair_outline *outlines;
};

enum fair_block_kind {
    FAIR_BLOCK_HEADING = 1,       /* text, level 1..3                            */
    FAIR_BLOCK_PARAGRAPH,
    FAIR_BLOCK_ITEM,              /* of a list; number 0: a bullet, else "7."    */
    FAIR_BLOCK_MONO,              /* text of fixed width: digests, commands      */
    FAIR_BLOCK_KEYS,              /* rows of a key and a text                    */
    FAIR_BLOCK_TABLE,             /* the first row is the head                   */
    FAIR_BLOCK_PICTURES,          /* side by side                                */
    FAIR_BLOCK_QR,                /* payload, and a text beside it               */
    FAIR_BLOCK_RULE,              /* a line across                               */
    FAIR_BLOCK_PAGE               /* go on on a new page                         */
};

struct fair_block {
    enum fair_block_kind kind;
    uint32_t number;              /* heading: level; item: number; QR: side in mm; pictures: greatest height in mm */
    struct fair_spans text;       /* heading, paragraph, item, mono, QR           */
    fair_str payload;             /* QR                                           */
    size_t n_columns, n_rows;     /* keys: 2 columns                              */
    const uint8_t *weights;       /* table: each column's share of the width, 1..100 */
    struct fair_spans *cells;     /* row by row                                   */
    size_t n_pictures;
    struct fair_picture_shown *pictures;
    struct fair_block *next;
};

enum fair_paper { FAIR_PAPER_A4 = 0, FAIR_PAPER_LETTER = 1 };

struct fair_document {
    struct fair_arena *arena;
    fair_str title, author, subject;      /* of the PDF's properties               */
    fair_str language;                    /* BCP 47: "de", "en-GB"                 */
    bool right_to_left;
    enum fair_paper paper;
    fair_time made;                       /* the date the file carries: never a clock's */
    fair_str header;                      /* on every page; may be absent          */
    fair_str footer;                      /* "{page}" and "{pages}" are filled in  */
    fair_str sender, address;             /* lines; with an address page 1 is a letter for a window envelope */
    bool spell_unknown;                   /* characters no font has are written <U+4E2D>; else they are refused */
    size_t n_blocks;
    struct fair_block *first, *last;
    fair_status bad;                      /* FAIR_LIMIT: a bound was passed        */
};

struct fair_document *fair_document_new(struct fair_arena *a);

/* Spans: one text of one style; several, one after the other. */
struct fair_spans fair_spans_of(struct fair_document *d, fair_str text, unsigned style);
void fair_spans_add(struct fair_document *d, struct fair_spans *to, fair_str text, unsigned style, fair_str href);

void fair_document_heading(struct fair_document *d, unsigned level, fair_str text);
void fair_document_paragraph(struct fair_document *d, struct fair_spans text);
void fair_document_item(struct fair_document *d, unsigned number, struct fair_spans text);
void fair_document_mono(struct fair_document *d, fair_str text);
/* `cells`: n_rows pairs, copied. */
void fair_document_keys(struct fair_document *d, size_t n_rows, const struct fair_spans *cells);
/* `cells`: (n_rows x n_columns), row by row, the first row the head; `weights`: n_columns; both copied. */
void fair_document_table(struct fair_document *d, size_t n_columns, const uint8_t *weights, size_t n_rows, const struct fair_spans *cells);
/* 1 to FAIR_DOCUMENT_ABREAST pictures; the array is copied, pixels and outlines are not.  `most_mm`: height at most; 0: 90. */
void fair_document_pictures(struct fair_document *d, size_t n, const struct fair_picture_shown *pictures, unsigned most_mm);
void fair_document_qr(struct fair_document *d, fair_str payload, unsigned side_mm, struct fair_spans text);
void fair_document_rule(struct fair_document *d);
void fair_document_page(struct fair_document *d);

/* FAIR_LIMIT where a bound of the above was passed on the way. */
fair_status fair_document_end(const struct fair_document *d, struct fair_err *err) FAIR_MUST_CHECK;

#endif
