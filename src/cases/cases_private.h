/* cases/cases_private.h - the tables as the engine reads them. */
#ifndef FAIR_CASES_PRIVATE_H
#define FAIR_CASES_PRIVATE_H
#include "cases/cases.h"
#include "cases/reasons.h"

/* What a row of transitions.tsv may need beside gates. */
#define FAIR_TOKENS(X)                                                                                              \
    X(ALL) X(PRIOR_INQUIRY) X(PRIOR_OFFER) X(NO_PRIOR_OFFER) X(PRIOR_DEMAND) X(ANSWERED) X(ASKED) X(REMINDER)        \
    X(UNPROVEN) X(SENT) X(UNREAD) X(VERIFIED) X(FIRST_CURE) X(FREE) X(REMOVED) X(CREDIT) X(GROUND) \
    X(FRESH) X(ALL_ANSWERED) X(NOT_TAKEN) X(OTHER) X(OFFERED) X(PROPOSED) X(NOT_ABOVE)  \
    X(BROKEN) X(LAST) X(HOLD_LEFT) X(SIGNER) X(COUNSEL)
enum fair_token {
#define FAIR_TOKEN_(t) FAIR_T_##t,
    FAIR_TOKENS(FAIR_TOKEN_)
#undef FAIR_TOKEN_
    FAIR_N_TOKENS
};

/* What a gate may need at a level (gates.tsv). */
#define FAIR_NEEDS(X)                                                                                               \
    X(k0) X(k1) X(l1) X(l2) X(l3) X(chain) X(independent) X(mandate) X(match) X(sealed) X(cap2) X(ledger)            \
    X(declaration) X(markers) X(outside) X(nohit) X(worksheet) X(unlikely) X(signer) X(party) X(host) X(term)        \
    X(created) X(limitation) X(nosum) X(sum) X(identity) X(privacy) X(wording) X(full) X(reviewed) X(entitled)       \
    X(counsel) X(days) X(order) X(authentic) X(second) X(brake)
enum fair_need_bit {
#define FAIR_NEED_(n) FAIR_NEED_##n,
    FAIR_NEEDS(FAIR_NEED_)
#undef FAIR_NEED_
    FAIR_N_NEEDS
};

enum fair_to { FAIR_TO_STATE, FAIR_TO_SAME, FAIR_TO_BASE, FAIR_TO_LEFT, FAIR_TO_LOW };

struct fair_rule_row {
    int line;
    enum fair_case_state from;
    enum fair_move move;
    enum fair_to kind;
    enum fair_case_state to;
    unsigned who;             /* bits of enum fair_actor                                */
    bool second;              /* +REV: a second person must have approved (G18)         */
    uint64_t tokens;          /* bits of enum fair_token                                */
    uint32_t gates;           /* bit i: gate i                                          */
    int32_t not_before, after; /* days; -1 none                                         */
    bool business;            /* `after` counts business days                           */
    bool named;               /* the row names the state itself                         */
    fair_str words;
};
enum { FAIR_CELL = 4, FAIR_ROWS_MAX = 2048, FAIR_OWED_MAX = 1024, FAIR_OWED_BY_ANY = -1, FAIR_OWED_BY_TIME = -2 };

/* A row of letters.tsv, a state each. */
struct fair_owed_row {
    int line;
    int move;                 /* FAIR_OWED_BY_ANY, FAIR_OWED_BY_TIME: no move does       */
    enum fair_case_state became;
    fair_str about, step, words;              /* about: absent where it is -            */
};

struct fair_tables {
    struct fair_rule_row rows[FAIR_ROWS_MAX];
    size_t n_rows;
    /* Rows of a state and move, in the order of the file; -1 ends. */
    int16_t cell[FAIR_N_STATES][FAIR_N_MOVES][FAIR_CELL];
    int16_t due[FAIR_N_STATES];               /* the row that time alone takes; -1 none */
    uint64_t needs[FAIR_N_GATES + 1][FAIR_N_LEVELS];       /* 0: not asked at this level */
    struct fair_owed_row owed[FAIR_OWED_MAX];
    size_t n_owed;
    struct fair_gate_info gate[FAIR_N_GATES + 1];
    const char *words[FAIR_N_WHYS];
    struct { fair_str name; int64_t value; fair_str words; } days[64];
    size_t n_days;
    struct fair_arena *texts; /* of those that were built in: as long as the process    */
    bool ok;
};

/* The tables of the files that were built in, read once.  Ends the process where they are broken: the build's checker
 * has read them before. */
const struct fair_tables *fair_tables_get(void);
/* Read `transitions` and so on anew, for the checker and its tests; false: `say` was told. */
bool fair_tables_read(struct fair_tables *t, struct fair_arena *a, fair_str (*file)(void *arg, const char *name), void *arg,
                      void (*say)(void *arg, const char *fault), void *say_arg);
const char *fair_token_name(enum fair_token t);
bool fair_retention_check(fair_str text, fair_str deadlines, void (*say)(void *arg, const char *fault), void *arg);
bool fair_facts_check(fair_str text, void (*say)(void *arg, const char *fault), void *arg);

/* Numbers of deadlines.tsv that the engine asks for often, looked up once. */
#define FAIR_DAY_NAMES(X)                                                                                           \
    X(answer_inquiry, "answer.inquiry") X(answer_offer, "answer.offer") X(answer_demand, "answer.demand")            \
    X(answer_settlement, "answer.settlement") X(answer_minimum, "answer.minimum") X(offer_grace, "offer.grace")      \
    X(extension, "extension") X(unproven, "unproven.working_days") X(broken, "broken.days") X(hold, "hold.days")     \
    X(claims, "claims.most") X(reminders, "reminders.most") X(reminders_step, "reminders.step")                      \
    X(verified_hours, "evidence.verified_hours") X(live_hours, "evidence.live_hours") X(gap_hours, "evidence.gap_hours") \
    X(sources, "sources.days") X(pack, "pack.days") X(authentic_hours, "authentic.hours")                            \
    X(refuted_percent, "refuted.percent") X(refuted_least, "refuted.least") X(keep_contacted, "retention.contacted") \
    X(keep_uncontacted, "retention.uncontacted")
struct fair_day_counts {
#define FAIR_DAY_(name, text) int64_t name;
    FAIR_DAY_NAMES(FAIR_DAY_)
#undef FAIR_DAY_
};
const struct fair_day_counts *fair_day_counts_get(void);

int fair_step_of(enum fair_case_state s);     /* FAIR_STEP_..; -1: no step */
/* Time of the clock that has run since delivery is over at; 0 while delivery is not proven. `days` before extensions. */
fair_time fair_step_end(const struct fair_course *c, int step, fair_str country, int64_t days, fair_time now);
bool fair_step_over(const struct fair_course *c, int step, fair_str country, fair_time now);
int64_t fair_step_days(int step);
enum fair_case_state fair_to_of(const struct fair_course *c, const struct fair_rule_row *r);
fair_time fair_auto_at(const struct fair_course *c, const struct fair_rule_row *r);
/* The row that allows this event, or the one that comes nearest. */
const struct fair_rule_row *fair_row_for(const struct fair_facts *f, const struct fair_case_event *e, struct fair_ruling *out);
enum fair_level fair_level_of(const struct fair_course *c, enum fair_move move, enum fair_case_state to);

/* ---- mutations: in a test build each gate and rule can be switched off, to see that a property then fails ------- */
enum fair_mutation { FAIR_MUT_NONE, FAIR_MUT_GATE_1, FAIR_MUT_GATE_19 = FAIR_MUT_GATE_1 + 18, FAIR_MUT_ACTOR, FAIR_MUT_CLOCK_BACK,
                     FAIR_MUT_NOT_BEFORE, FAIR_MUT_TOKEN_0, FAIR_MUT_TOKENS_END = FAIR_MUT_TOKEN_0 + FAIR_N_TOKENS - 1,
                     FAIR_MUT_STOP_CLOCK, FAIR_MUT_PAUSE, FAIR_MUT_LOW, FAIR_MUT_WORKING_DAY, FAIR_MUT_QUIET_DAYS,
                     FAIR_MUT_CLOSING_LETTER, FAIR_MUT_RESTART, FAIR_MUT_AUTO, FAIR_N_MUTATIONS };
#ifdef FAIR_CASES_MUTATE
extern enum fair_mutation fair_mutation;
#define FAIR_OFF(m) (fair_mutation == (enum fair_mutation)(m))
#else
#define FAIR_OFF(m) false
#endif

#endif
