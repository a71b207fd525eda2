/* work/portal_private.h - a notice in the making for its recipient's page; what portal_publish.c and its neighbours share. */
#ifndef FAIR_WORK_PORTAL_PRIVATE_H
#define FAIR_WORK_PORTAL_PRIVATE_H
#include "cases/letters.h"
#include "work/portal_home.h"

enum { FAIR_PORTAL_USES = 12, FAIR_PORTAL_LETTERS = 64 };

/* A letter of the case that left: what the history and the recipient's own file name. */
struct fair_portal_letter { fair_id id; fair_str code, step; struct fair_sha256 pdf, inputs; };

struct fair_publishing {
    struct fair_house *h;
    struct fair_arena *a;
    fair_time now;
    struct fair_notice n;
    struct fair_case c;
    struct fair_facts facts;
    const struct fair_letters *letters;
    struct fair_letter_filled letter;
    struct fair_portal_letter sent[FAIR_PORTAL_LETTERS]; size_t n_sent;
    fair_id works[FAIR_PORTAL_USES]; size_t n_works;
    fair_id hits[FAIR_PORTAL_USES]; size_t n_hits;
    const json_t *was;        /* what the page says now; NULL: nothing yet                              */
    const struct fair_shelf *shelf;
    json_t *out;
    struct fair_shelf_file files[FAIR_NOTICE_FILES];
    size_t n_files;
    fair_str secret;
};

/* A fact of the letter. */
fair_str fair_publishing_fact(const struct fair_publishing *p, const char *name);
/* A file of the notice; bytes absent: it is in the folder and stays. */
void fair_publishing_file(struct fair_publishing *p, fair_str name, fair_str bytes);

/* portal_who.c: who asks, for whom, with what right and proof, who checked it, and what was checked before the letter left. */
fair_status fair_publish_who(struct fair_publishing *p, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_publish_gates(struct fair_publishing *p, struct fair_err *err) FAIR_MUST_CHECK;
void fair_publish_privacy(struct fair_publishing *p);
/* portal_history.c: the period, what happened, what was decided, how it ended. */
fair_status fair_publish_history(struct fair_publishing *p, struct fair_err *err) FAIR_MUST_CHECK;
/* The steps of a case, oldest first, as its recipient is told them (docs/formats/portal-folder.md): a new array.  Pure. */
json_t *fair_portal_history(const struct fair_case_step *steps, size_t n, const struct fair_portal_letter *sent, size_t n_sent, struct fair_arena *a);
/* portal_evidence.c: the sealed packages of the uses, each with who captured it and how to check it. */
fair_status fair_publish_evidence(struct fair_publishing *p, struct fair_err *err) FAIR_MUST_CHECK;

/* portal_public.c: terms.* as the portal's page and every notice have it, a new object; NULL where it is not said. */
json_t *fair_portal_terms_facts(struct fair_house *h, struct fair_arena *a);

#endif
