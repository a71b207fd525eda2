/* store/person_rows.h - what is held about one person: everything, where it came from, what for and how long; and what people ask about it. */
#ifndef FAIR_STORE_PERSON_ROWS_H
#define FAIR_STORE_PERSON_ROWS_H
#include "store/privacy_rows.h"

/* A person is looked for by a mail address, a domain or a name, as a whole and in any case; "ada@example.com" is not found by "ada". */
enum fair_person_kind { FAIR_BY_MAIL, FAIR_BY_DOMAIN, FAIR_BY_NAME };
/* FAIR_INVALID: it is shorter than 3 bytes, or longer than 320. */
fair_status fair_person_kind_of(fair_str who, enum fair_person_kind *kind, struct fair_err *err) FAIR_MUST_CHECK;

/* One thing that is held. */
struct fair_held {
    const char *kind;         /* "party" "letter" "answer" ...                                     */
    fair_id id, case_id;      /* case_id 0: of no case                                             */
    fair_str what, value;     /* "email", "ada@example.com"; value absent where only a blob has it */
    fair_str source;          /* where it came from                                                */
    fair_time at;
    struct fair_sha256 blob;  /* in the vault, or none                                             */
    const char *purpose;      /* what it is held for                                               */
    const char *stays;        /* why erasing leaves it; NULL: it goes                              */
};
/* Everything about this person, case by case and then what is of no case. */
fair_status fair_store_person(const struct fair_desk *d, fair_str who, FAIR_EACH(fair_held), struct fair_err *err) FAIR_MUST_CHECK;
/* The cases about this person that were not forgotten yet, and the decided hits and the mails of none: what erasing forgets.  *open: not closed. */
struct fair_person_part { enum fair_keep rule; fair_id id; bool open; };
fair_status fair_store_person_parts(const struct fair_desk *d, fair_str who, FAIR_EACH(fair_person_part), struct fair_err *err) FAIR_MUST_CHECK;
/* What else names them: words in decisions and in the record of what people did, addresses that were fetched.  *rows: how many were dropped. */
fair_status fair_store_person_words_erase(const struct fair_desk *d, fair_str who, fair_time now, int64_t *rows, struct fair_err *err) FAIR_MUST_CHECK;
/* Every address, name and site that stands anywhere: for finding those again that were erased. */
fair_status fair_store_identifiers(const struct fair_desk *d, fair_status (*each)(void *arg, fair_str text, struct fair_err *err), void *arg, struct fair_err *err) FAIR_MUST_CHECK;

/* A person as the list of erasures knows them: in lower case, under its key. */
void fair_person_key(const uint8_t key[32], fair_str who, struct fair_sha256 *out);

/* ---- requests ----------------------------------------------------------------------------------------------------------- */
/* A person asked about their data, or complained: to be answered within a month (GDPR Art. 12(3)). */
struct fair_asking { fair_id id, case_id; fair_str kind /* "data" "complaint" */, who, words; fair_time at, due, answered; fair_id answered_by; fair_str answer; };
/* Sets id and due.  FAIR_INVALID: neither a case nor who it is. */
fair_status fair_store_asking_put(const struct fair_desk *d, struct fair_asking *x, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_asking_answer(const struct fair_desk *d, fair_id id, fair_str how, fair_time now, struct fair_err *err) FAIR_MUST_CHECK;
/* What is soonest due first. */
fair_status fair_store_askings(const struct fair_desk *d, bool all, FAIR_EACH(fair_asking), struct fair_err *err) FAIR_MUST_CHECK;
/* A month later, on the same day, or the last of that month. */
fair_time fair_month_later(fair_time t);

/* ---- who looked ------------------------------------------------------------------------------------------------------------ */
struct fair_access { fair_id id, user, subject; fair_str user_name, how /* "page" "api" "verb" */, what, why; fair_time at; };
/* Before anything is shown: what cannot be written down is not shown. */
fair_status fair_store_access_put(const struct fair_desk *d, const char *how, fair_str what, fair_id subject, fair_str why, fair_time now, struct fair_err *err) FAIR_MUST_CHECK;
struct fair_access_filter { fair_id user, subject; struct fair_page page; };
/* Newest first. */
fair_status fair_store_accesses(const struct fair_desk *d, const struct fair_access_filter *f, FAIR_EACH(fair_access), struct fair_err *err) FAIR_MUST_CHECK;

#endif
