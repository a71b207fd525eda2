/* cases/letters.h - letters: documents of a law, filled from facts, as one tree that every rendering shares.
 *
 * A letter is a file share/letters/<law>/<step>.<language>.letter: front matter and a body (docs/formats/letter-file.md).
 * The loader refuses a set that is not whole and fair; filling refuses a letter that lacks a fact.  Nothing here reads a
 * clock, a file or a database: the same letter and the same facts give the same bytes. */
#ifndef FAIR_CASES_LETTERS_H
#define FAIR_CASES_LETTERS_H
#include "base/digest.h"
#include "base/document.h"
#include "base/text.h"

/* ---- facts ------------------------------------------------------------------------------------------------ */

/* A flat set of named values; names and types: share/letters/fields.tsv.  One of a list is numbered: "use.1.page". */
struct fair_letter_facts;
struct fair_letter_facts *fair_letter_facts_new(struct fair_arena *a);
/* An absent or empty value is not put.  A later one of a name takes the earlier one's place. */
void fair_letter_fact(struct fair_letter_facts *f, const char *name, fair_str value);
void fair_letter_fact_time(struct fair_letter_facts *f, const char *name, fair_time t);       /* 0 is not put */
void fair_letter_fact_number(struct fair_letter_facts *f, const char *name, int64_t n);
void fair_letter_fact_yes(struct fair_letter_facts *f, const char *name, bool yes);           /* false is not put */
/* The n-th of a list: ("use", 1, "page"). */
void fair_letter_fact_of(struct fair_letter_facts *f, const char *list, int n, const char *name, fair_str value);
fair_str fair_letter_fact_get(const struct fair_letter_facts *f, fair_str name);              /* absent: not there */
size_t fair_letter_facts_count(const struct fair_letter_facts *f);

/* ---- the letters ------------------------------------------------------------------------------------------ */

enum fair_letter_kind { FAIR_LETTER_CLAIM, FAIR_LETTER_ANSWER, FAIR_LETTER_CLOSING };

struct fair_letter {
    fair_str law, step, language;     /* "DE", "inquiry", "de"                       */
    enum fair_letter_kind kind;       /* of the step                                 */
    fair_str reviewed_by, on;         /* "none": no lawyer has looked at it          */
    bool names_money;
    int64_t days;                     /* that a claim gives from proven delivery; 0 = none */
    size_t n_needs, n_elements;
    const fair_str *needs;            /* facts without which it is not filled        */
    const fair_str *elements;         /* what the pack asks of it; each is marked in the body */
    fair_str subject;                 /* with {{fields}}                             */
    fair_str body;                    /* its parts put in                            */
    struct fair_sha256 sha256;        /* of front matter and whole body: a changed part changes it */
    double reading;                   /* ease of reading, by the language's own measure */
};

/* A row of a pack: share/packs/<law>.tsv. */
struct fair_pack_row {
    fair_str law, kind, id, applies, text, source, date, reviewed_by;
};

struct fair_letters;

/* `archive`: what tools/embed-letters makes of share/letters and share/packs.  FAIR_INVALID with the first fault. */
fair_status fair_letters_load(struct fair_arena *a, fair_str archive, struct fair_letters **out, struct fair_err *err) FAIR_MUST_CHECK;
/* Those built in. */
fair_str fair_letters_builtin(void);
/* Every fault of a set, one call each: what `doctor`, the build's checker and the tests ask.  Returns how many. */
size_t fair_letters_check(fair_str archive, void (*say)(void *arg, const char *fault), void *arg);

/* NULL: no such letter. */
const struct fair_letter *fair_letters_get(const struct fair_letters *l, fair_str law, fair_str step, fair_str language);
/* Each letter, each row of each pack, in the order of the files. */
size_t fair_letters_count(const struct fair_letters *l);
const struct fair_letter *fair_letters_at(const struct fair_letters *l, size_t i);
size_t fair_packs_count(const struct fair_letters *l);
const struct fair_pack_row *fair_packs_at(const struct fair_letters *l, size_t i);
/* All files of a law, as one hash: the pack that a lawyer reviews. */
struct fair_sha256 fair_pack_hash(const struct fair_letters *l, fair_str law);
bool fair_pack_known(const struct fair_letters *l, fair_str law);
/* The language of `law` to write to a reader of `wanted` in: theirs where the pack has it, else the pack's first. */
fair_str fair_pack_language(const struct fair_letters *l, fair_str law, fair_str wanted);
/* A word of words.tsv: "ownership.declared"; absent: none. */
fair_str fair_letters_word(const struct fair_letters *l, fair_str language, fair_str key);
/* The pack that holds for a country: "DE" for DE, "UK" for GB, "EU" for its other members; absent: none. */
fair_str fair_pack_of_country(fair_str country);

/* ---- filling ---------------------------------------------------------------------------------------------- */

/* Where an element of the pack stands in the letter as filled. */
struct fair_element_span { fair_str id, text; };

struct fair_letter_filled {
    struct fair_document *document;   /* the caller may still set header, footer, sender, address, made */
    fair_str subject;
    fair_str inputs;                  /* letter and facts in one text: fair_letter_again makes the same of it */
    struct fair_sha256 template_sha256, inputs_sha256;
    size_t n_spans;
    const struct fair_element_span *spans;
    const struct fair_letter_facts *facts;   /* it was filled from                */
    const struct fair_letter_facts *words;   /* of its language, by their keys: "ownership.declared" */
};
/*   FAIR_INVALID  a needed fact is missing, unknown or not of its type, all named; or what came out names money,
 *                 or uses words that the list forbids at this step (wording.tsv) */
fair_status fair_letter_fill(const struct fair_letters *l, const struct fair_letter *t, const struct fair_letter_facts *f,
                             struct fair_arena *a, struct fair_letter_filled *out, struct fair_err *err) FAIR_MUST_CHECK;
/* The same letter again from its kept inputs, though the letters of today be others. */
fair_status fair_letter_again(const struct fair_letters *l, fair_str inputs, struct fair_arena *a, struct fair_letter_filled *out,
                              struct fair_err *err) FAIR_MUST_CHECK;

/* ---- wording (G13) ---------------------------------------------------------------------------------------- */

enum fair_wording_how {
    FAIR_WORDING_LETTER,      /* our own text: no word of money at all              */
    FAIR_WORDING_FACT,        /* what a person wrote into it: no sum, and no threat; "Euro" alone may stand */
    FAIR_WORDING_NAME         /* a name or a title: no sum                           */
};
struct fair_wording_fault { const char *kind; fair_str found, why; };  /* "money" "threat" "bluff" "pressure" "blame" */
/* The first fault; false: none.  `step_level`: "INQUIRY"; a phrase may be allowed from a later one on. */
bool fair_wording_find(const struct fair_letters *l, fair_str language, fair_str text, enum fair_wording_how how, struct fair_arena *a,
                       struct fair_wording_fault *out);
/* Flesch (en), Amstad (de), Kandel and Moles (fr), Gulpease (it): higher is easier; -1: a language without a measure. */
double fair_reading_ease(fair_str language, fair_str text);
/* What a letter of the language must reach (wording.tsv). */
double fair_reading_least(const struct fair_letters *l, fair_str language);

/* ---- renderings ------------------------------------------------------------------------------------------- */

/* Plain text, at most 72 columns, lines ended by LF; paragraphs as format=flowed (RFC 3676, DelSp=no). */
fair_status fair_document_text(const struct fair_document *d, struct fair_arena *a, fair_str *out, struct fair_err *err) FAIR_MUST_CHECK;
/* The blocks as HTML; nothing remote, no script, no style but the classes. */
fair_status fair_document_html(const struct fair_document *d, struct fair_arena *a, fair_str *out, struct fair_err *err) FAIR_MUST_CHECK;
/* A whole page of it for a mail, its style inside, lines of at most 998 bytes (RFC 5322). */
fair_status fair_document_html_mail(const struct fair_document *d, struct fair_arena *a, fair_str *out, struct fair_err *err) FAIR_MUST_CHECK;

#endif
