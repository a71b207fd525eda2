/* cases/letters_private.h - what the files of the letters share. */
#ifndef FAIR_CASES_LETTERS_PRIVATE_H
#define FAIR_CASES_LETTERS_PRIVATE_H
#include "cases/letters.h"

enum {
    LETTERS_FILE = 65536,         /* bytes of one file                           */
    LETTERS_BODY = 131072,        /* of a body, its parts put in                 */
    LETTERS_LINES = 2000,
    LETTERS_DEEP = 8,             /* sections within sections                    */
    LETTERS_LIST = 200            /* things of one list                          */
};

struct letter_file { fair_str path, text; };
struct letter_field { fair_str name, type; };          /* "use.*.page" */
struct letter_word { fair_str key, language, text; };
struct letter_step { fair_str name, kind, level, needs; int64_t days; };
struct letter_phrase { fair_str language, kind, level, pattern, why; };

struct fair_letters {
    struct fair_arena *a;
    size_t n_files, n_fields, n_words, n_steps, n_phrases, n_rows, n_letters;
    struct letter_file *files;
    struct letter_field *fields;
    struct letter_word *words;
    struct letter_step *steps;
    struct letter_phrase *phrases;
    struct fair_pack_row *rows;
    struct fair_letter *letters;
};

struct letter_fact { fair_str name, value; };
struct fair_letter_facts {
    struct fair_arena *a;
    size_t n, room;
    struct letter_fact *p;
};

/* Faults of a set: the first, or all of them. */
struct letter_faults {
    struct fair_arena *a;
    void (*say)(void *arg, const char *fault);
    void *arg;
    size_t n;
    struct fair_err *err;         /* gets the first */
};
void fair_letter_fault(struct letter_faults *f, const char *fmt, ...) FAIR_PRINTF(2, 3);

/* Front matter and body of a letter's text.  FAIR_INVALID: a key that is unknown, missing or twice. */
fair_status fair_letter_parse(struct fair_arena *a, fair_str text, struct fair_letter *out, struct fair_err *err) FAIR_MUST_CHECK;

/* A line of a body. */
enum letter_line_kind { LINE_TEXT, LINE_BLANK, LINE_IF, LINE_UNLESS, LINE_EACH, LINE_END };
struct letter_line { enum letter_line_kind kind; fair_str text; /* a section's: "name" or "name=value" */ size_t end; /* of a section: its LINE_END */ };
/* FAIR_INVALID: a section without its end, ends without sections, too many lines, too deep. */
fair_status fair_letter_lines(struct fair_arena *a, fair_str body, struct letter_line **out, size_t *n, struct fair_err *err) FAIR_MUST_CHECK;
/* The next {{field}} of a text: *before it, its *name; false: no more, *before is the rest.  FAIR_INVALID: not closed. */
fair_status fair_letter_field_next(fair_str *rest, fair_str *before, fair_str *name, bool *found, struct fair_err *err) FAIR_MUST_CHECK;
/* Takes "@element " off the beginning of a block's text; false: there is none. */
bool fair_letter_mark(fair_str *text, fair_str *element);

const struct letter_field *fair_letter_field_of(const struct fair_letters *l, fair_str name);
fair_str fair_letter_pack_text(const struct fair_letters *l, fair_str law, fair_str language, fair_str name);
fair_str fair_letter_word_of(const struct fair_letters *l, fair_str language, fair_str key);
const struct letter_step *fair_letter_step_of(const struct fair_letters *l, fair_str step);
/* A space-separated list's next word; false: no more. */
bool fair_letter_list_next(fair_str *rest, fair_str *word);

#endif
