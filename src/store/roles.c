/* roles.c - who may do what: the one table of it. */
#include "store/store.h"

enum { OWN = 1 << 0, AGT = 1 << 1, REV = 1 << 2, CNS = 1 << 3, AUD = 1 << 4, ADM = 1 << 5, ALL = OWN | AGT | REV | CNS | AUD | ADM };

/* In the order of the bits above. */
const struct fair_role_row fair_roles[] = {
    { "owner", "Owner", "everything that is the organisation's" },
    { "caseworker", "Agent", "catalogue, scans, decisions and cases, for the owner" },
    { "reviewer", "Reviewer", "decides on hits; second look at letters and disputes, never paid by success" },
    { "counsel", "Counsel", "sees everything; checks letters and packs of law" },
    { "auditor", "Auditor", "sees everything and who did it; changes nothing" },
    { "admin", "Admin", "accounts and the installation; decides nothing" },
};
const size_t fair_n_roles = sizeof fair_roles / sizeof *fair_roles;

const struct fair_deed_row fair_deeds[FAIR_DEEDS] = {
    [FAIR_DEED_UNSAID]    = { "unsaid", "what names no deed", 0, false },
    [FAIR_DEED_ANYONE]    = { "anyone", "what needs no account", ALL, false },
    [FAIR_DEED_ACCOUNT]   = { "account", "one's own account: password, second factor, sessions, tokens", ALL, false },
    [FAIR_DEED_LOOK]      = { "look", "see works, hits, scans, watches, cases", ALL, false },
    [FAIR_DEED_DECIDE]    = { "decide", "decide on hits, and forget what is remembered of it", OWN | AGT | REV, false },
    [FAIR_DEED_CATALOGUE] = { "catalogue", "register and remove works; scan and watch", OWN | AGT, false },
    [FAIR_DEED_CASES]     = { "cases", "owners, licences, evidence; open cases, write and withdraw", OWN | AGT, false },
    [FAIR_DEED_MOVE]      = { "move", "moves of a case: which of them, the engine says by role", OWN | AGT | REV | CNS, false },
    [FAIR_DEED_REVIEW]    = { "review", "the second look: approve letters, settle disputes and appeals", OWN | REV | CNS, false },
    [FAIR_DEED_SENSITIVE] = { "sensitive", "notes on somebody's hardship that are not one's own", OWN | CNS | ADM, false },
    [FAIR_DEED_AUDIT]     = { "audit", "who did what, and who looked at what", OWN | CNS | AUD | ADM, false },
    [FAIR_DEED_PRIVACY]   = { "privacy", "legal holds, forgetting, and what people ask about their data", OWN | CNS | ADM, false },
    [FAIR_DEED_PEOPLE]    = { "people", "the organisation's accounts", OWN | ADM, false },
    [FAIR_DEED_INSTALL]   = { "installation", "settings, backup, organisations: of the first organisation only", OWN | ADM, true },
};

const struct fair_role_row *
fair_role_by_code(fair_str code)
{
    for (size_t i = 0; i < fair_n_roles; i++)
        if (fair_str_eq(code, fair_str_of(fair_roles[i].code))) return &fair_roles[i];
    return NULL;
}

bool
fair_role_may(fair_str role, enum fair_deed deed)
{
    const struct fair_role_row *r = fair_role_by_code(role);
    return r != NULL && (fair_deeds[deed].roles >> (r - fair_roles) & 1) != 0;
}

bool
fair_role_may_give(fair_str role, fair_str other)
{
    return fair_str_eq(role, FAIR_STR("owner")) || (fair_role_may(role, FAIR_DEED_PEOPLE) && !fair_str_eq(other, FAIR_STR("owner")));
}
