/* work/portal_move.c - what an answer asks for, as a move of the case. */
#include <stdio.h>
#include <string.h>
#include "work/portal_home.h"

static fair_str
field(const json_t *said, const char *key)
{
    const json_t *v = json_object_get(json_object_get(said, "fields"), key);
    return json_is_string(v) ? (fair_str){ json_string_value(v), json_string_length(v) } : (fair_str){ NULL, 0 };
}

/* What was said, a line a field, for the case's record. */
static fair_str
note_of(const json_t *said, struct fair_arena *a)
{
    static const char *const keys[] = { "what", "shop", "order", "date", "address", "amount", "lawyer", "note", "name", "email" };
    struct fair_buf b = FAIR_BUF(a, 20000);
    fair_str out = { NULL, 0 };
    struct fair_err err = { 0 };

    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        fair_str v = field(said, keys[i]);
        if (v.n > 0) fair_buf_fmt(&b, "%s%s: %.*s", b.n > 0 ? "\n" : "", keys[i], FAIR_STR_ARG(v));
    }
    return fair_buf_take(&b, &out, &err) == FAIR_OK ? out : (fair_str){ NULL, 0 };
}

bool
fair_portal_move(const json_t *said, bool files, struct fair_arena *a, struct fair_case_event *e, fair_str *note)
{
    static const struct { const char *action, *what; enum fair_move move; unsigned ground; } rows[] = {
        { "licence", NULL, FAIR_DO_DISPUTE, FAIR_GROUND_LICENCE }, { "own", NULL, FAIR_DO_DISPUTE, FAIR_GROUND_MINE },
        { "free", NULL, FAIR_DO_DISPUTE, FAIR_GROUND_FREE }, { "exception", NULL, FAIR_DO_DISPUTE, FAIR_GROUND_EXCEPTION },
        { "not_me", "not_same", FAIR_DO_DISPUTE, FAIR_GROUND_NO_MATCH }, { "not_me", NULL, FAIR_DO_DISPUTE, FAIR_GROUND_NOT_ME },
        { "done", "credited", FAIR_DO_CURE_IT, 0 }, { "done", NULL, FAIR_DO_CURE_IT, 0 },
        { "time", NULL, FAIR_DO_ASK_TIME, 0 }, { "question", NULL, FAIR_DO_ASK, 0 },
        { "offer", "price", FAIR_DO_ASK_PRICE, 0 }, { "offer", NULL, FAIR_DO_PROPOSE, 0 },
        { "complain", "complaint", FAIR_DO_COMPLAIN, 0 }, { "complain", "lawyer_only", FAIR_DO_LAWYER_ONLY, 0 },
        { "complain", "mail_only", FAIR_DO_TELL, 0 }, { "complain", NULL, FAIR_DO_ASK_DATA, 0 },
        { "confirm", NULL, FAIR_DO_DELIVERED, 0 }, { "appeal", NULL, FAIR_DO_MAKE_APPEAL, 0 },
    };
    const char *action = json_string_value(json_object_get(said, "action"));
    fair_str what = field(said, "what");

    *note = note_of(said, a);
    for (size_t i = 0; action != NULL && i < sizeof rows / sizeof *rows; i++) {
        if (strcmp(rows[i].action, action) != 0 || (rows[i].what != NULL && !fair_str_eq(what, fair_str_of(rows[i].what)))) continue;
        *e = (struct fair_case_event){ .move = rows[i].move, .who = FAIR_RCP, .verified = true, .ground = rows[i].ground,
            .document = files, .credit = rows[i].what != NULL && strcmp(rows[i].what, "credited") == 0 };
        return true;
    }
    return false;
}
