/* cases/names.c - the words of states, moves, actors, levels and grounds. */
#include <string.h>
#include "cases/cases.h"

static const struct { const char *name; char kind; } states[FAIR_N_STATES] = {
#define ROW(name, kind) [FAIR_##name] = { #name, kind },
    FAIR_STATES(ROW)
#undef ROW
};
static const struct { const char *name; char kind; } moves[FAIR_N_MOVES] = {
#define ROW(name, word, kind) [FAIR_DO_##name] = { word, kind },
    FAIR_MOVES(ROW)
#undef ROW
};
static const char *const actors[FAIR_N_ACTORS] = { "SYS", "OWN", "AGT", "REV", "CNS", "RCP", "HST" };
static const char *const levels[FAIR_N_LEVELS] = { "NONE", "INQUIRY", "OFFER", "DEMAND", "SETTLEMENT", "COURT", "TAKEDOWN" };
static const char *const grounds[FAIR_N_GROUNDS] = { "licence", "mine", "free", "exception", "not_me", "no_match", "other" };

const char *fair_state_name(enum fair_case_state s) { return (unsigned)s < FAIR_N_STATES ? states[s].name : "?"; }
bool fair_state_final(enum fair_case_state s) { return states[s].kind == 'f'; }
const char *fair_move_name(enum fair_move m) { return (unsigned)m < FAIR_N_MOVES ? moves[m].name : "?"; }
bool fair_move_is_claim(enum fair_move m) { return moves[m].kind == 'c' || moves[m].kind == 'r'; }
bool fair_move_sends(enum fair_move m) { return moves[m].kind != 'e' && moves[m].kind != 'x'; }
const char *fair_actor_name(enum fair_actor a) { return (unsigned)a < FAIR_N_ACTORS ? actors[a] : "?"; }
const char *fair_level_name(enum fair_level l) { return (unsigned)l < FAIR_N_LEVELS ? levels[l] : "?"; }

bool
fair_state_parse(fair_str name, enum fair_case_state *out)
{
    for (unsigned i = 0; i < FAIR_N_STATES; i++)
        if (fair_str_eq(name, fair_str_of(states[i].name))) {
            *out = (enum fair_case_state)i;
            return true;
        }
    return false;
}

bool
fair_move_parse(fair_str name, enum fair_move *out)
{
    for (unsigned i = 0; i < FAIR_N_MOVES; i++)
        if (fair_str_eq(name, fair_str_of(moves[i].name))) {
            *out = (enum fair_move)i;
            return true;
        }
    return false;
}

bool
fair_actor_parse(fair_str name, enum fair_actor *out)
{
    for (unsigned i = 0; i < FAIR_N_ACTORS; i++)
        if (fair_str_eq(name, fair_str_of(actors[i]))) {
            *out = (enum fair_actor)i;
            return true;
        }
    return false;
}

const char *
fair_ground_name(enum fair_ground g)
{
    for (unsigned i = 0; i < FAIR_N_GROUNDS; i++)
        if ((unsigned)g == 1u << i) return grounds[i];
    return "?";
}

bool
fair_ground_parse(fair_str name, enum fair_ground *out)
{
    for (unsigned i = 0; i < FAIR_N_GROUNDS; i++)
        if (fair_str_eq(name, fair_str_of(grounds[i]))) {
            *out = (enum fair_ground)(1u << i);
            return true;
        }
    return false;
}
