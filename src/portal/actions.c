/* portal/actions.c - what a recipient can do (spec 7.5): the same twelve at every step, and what comes with a decision or a link. */
#include <string.h>
#include "portal/portal.h"

#define WHO_ALONE "once:t32 name?:t200 email?:t254"
#define WHO " " WHO_ALONE

const struct fair_portal_action fair_portal_actions[] = {
    { .name = "see", .anchor = "evidence", .when = FAIR_PORTAL_OPEN | FAIR_PORTAL_CLOSED },
    { .name = "who", .anchor = "who", .when = FAIR_PORTAL_OPEN | FAIR_PORTAL_CLOSED },
    { .name = "licence", .takes = "shop?:t300 order?:t200 date?:t40 note?:m6000 file?*:file" WHO, .fields = "shop order date", .upload = true, .note = true, .stops = true, .when = FAIR_PORTAL_OPEN },
    { .name = "own", .takes = "note?:m6000 file?*:file" WHO, .upload = true, .note = true, .stops = true, .when = FAIR_PORTAL_OPEN },
    { .name = "free", .takes = "address?:t2000 note?:m6000 file?*:file" WHO, .fields = "address", .upload = true, .note = true, .stops = true, .when = FAIR_PORTAL_OPEN },
    { .name = "exception", .takes = "what=quotation|parody|news|teaching|other note?:m6000 file?*:file" WHO, .choices = "quotation|parody|news|teaching|other", .upload = true, .note = true, .stops = true, .when = FAIR_PORTAL_OPEN },
    { .name = "not_me", .takes = "what=not_mine|sold|embedded|not_same|other note?:m6000 file?*:file" WHO, .choices = "not_mine|sold|embedded|not_same|other", .upload = true, .note = true, .stops = true, .when = FAIR_PORTAL_OPEN },
    { .name = "done", .takes = "what=removed|credited note?:m6000" WHO, .choices = "removed|credited", .note = true, .when = FAIR_PORTAL_OPEN },
    { .name = "time", .takes = "note?:m6000" WHO, .note = true, .when = FAIR_PORTAL_OPEN },
    { .name = "question", .takes = "what=question|human|hardship note?:m6000" WHO, .choices = "question|human|hardship", .note = true, .stops = true, .when = FAIR_PORTAL_OPEN },
    { .name = "offer", .takes = "what=price|offer amount?:t60 note?:m6000" WHO, .choices = "price|offer", .fields = "amount", .note = true, .when = FAIR_PORTAL_OPEN },
    { .name = "complain", .takes = "what=complaint|data|erase|object|mail_only|lawyer_only lawyer?:t500 note?:m6000" WHO, .choices = "complaint|data|erase|object|mail_only|lawyer_only", .fields = "lawyer", .note = true, .when = FAIR_PORTAL_OPEN | FAIR_PORTAL_CLOSED },
    { .name = "confirm", .takes = WHO_ALONE, .when = FAIR_PORTAL_OPEN },
    { .name = "appeal", .takes = "note?:m6000 file?*:file" WHO, .upload = true, .note = true, .stops = true, .when = FAIR_PORTAL_DECIDED },
    { .name = "rate", .takes = "what=good|middling|bad note?:m6000" WHO, .choices = "good|middling|bad", .note = true, .when = FAIR_PORTAL_CLOSED },
    { .name = "never", .takes = WHO_ALONE, .when = FAIR_PORTAL_CLOSED },
};
const size_t fair_n_portal_actions = sizeof fair_portal_actions / sizeof *fair_portal_actions;

const struct fair_portal_action *
fair_portal_action_by_name(fair_str name)
{
    for (size_t i = 0; i < fair_n_portal_actions; i++)
        if (fair_str_eq(fair_str_of(fair_portal_actions[i].name), name)) return &fair_portal_actions[i];
    return NULL;
}
