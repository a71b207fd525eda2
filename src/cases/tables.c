/* cases/tables.c - reads the data files: strict, so that what a lawyer changes is either understood or refused. */
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "cases/cases_private.h"

struct fair_embedded { const char *name; const unsigned char *bytes; size_t n; };
extern const struct fair_embedded fair_case_files[];
extern const size_t fair_case_files_n;

static const char *const tokens[FAIR_N_TOKENS] = {
#define ROW(t) #t,
    FAIR_TOKENS(ROW)
#undef ROW
};
static const char *const needs[FAIR_N_NEEDS] = {
#define ROW(n) #n,
    FAIR_NEEDS(ROW)
#undef ROW
};
static const char *const whys[FAIR_N_WHYS] = {
#define ROW(code, gate, human) #code,
    FAIR_WHYS(ROW)
#undef ROW
};

const char *fair_token_name(enum fair_token t) { return tokens[t]; }
const char *fair_reason_code(int why) { return why >= 0 && why < FAIR_N_WHYS ? whys[why] : "?"; }
const char *fair_reason_words(int why) { return why >= 0 && why < FAIR_N_WHYS ? fair_tables_get()->words[why] : "?"; }

int
fair_reason_of(fair_str code)
{
    for (int i = 0; i < FAIR_N_WHYS; i++)
        if (fair_str_eq(code, fair_str_of(whys[i]))) return i;
    return -1;
}

fair_str
fair_cases_file(const char *name)
{
    for (size_t i = 0; i < fair_case_files_n; i++)
        if (strcmp(fair_case_files[i].name, name) == 0)
            return (fair_str){ (const char *)fair_case_files[i].bytes, fair_case_files[i].n };
    return (fair_str){ NULL, 0 };
}

struct fair_sha256
fair_cases_files_hash(void)
{
    struct fair_sha256_run *run = fair_sha256_begin();

    for (size_t i = 0; i < fair_case_files_n; i++) {
        fair_sha256_add(run, fair_case_files[i].name, strlen(fair_case_files[i].name) + 1);
        fair_sha256_add(run, fair_case_files[i].bytes, fair_case_files[i].n);
    }
    return fair_sha256_end(&run);
}

/* ---- lines and columns ------------------------------------------------------------------------------------------- */

enum { COLUMNS = 10 };

struct reader {
    struct fair_tables *t;
    struct fair_arena *a;
    void (*say)(void *arg, const char *fault);
    void *arg;
    const char *file;
    int line;
    bool bad;
};

static void FAIR_PRINTF(2, 3)
fault(struct reader *r, const char *fmt, ...)
{
    char text[400], whole[512];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    snprintf(whole, sizeof whole, "%s:%d: %s", r->file, r->line, text);
    r->bad = true;
    r->say(r->arg, whole);
}

/* The next line that says something, cut into exactly n columns; false: no more. */
static bool
next_row(struct reader *r, fair_str *rest, fair_str *col, size_t n)
{
    fair_str line;

    while (fair_str_split(rest, '\n', &line)) {
        size_t i = 0;
        fair_str cell;

        r->line++;
        if (line.n == 0 || line.p[0] == '#') continue;
        if (memchr(line.p, '\r', line.n) != NULL) fault(r, "it has carriage returns");
        if (!fair_utf8_valid(line)) fault(r, "it is no UTF-8");
        while (fair_str_split(&line, '\t', &cell)) {
            if (i < n) col[i] = cell;
            i++;
        }
        if (i != n) {
            fault(r, "%zu columns where %zu are needed", i, n);
            continue;
        }
        return true;
    }
    return false;
}

static int
word_in(fair_str w, const char *const *list, int n)
{
    for (int i = 0; i < n; i++)
        if (fair_str_eq(w, fair_str_of(list[i]))) return i;
    return -1;
}

static bool is(fair_str s, const char *c) { return fair_str_eq(s, fair_str_of(c)); }

/* ---- transitions.tsv --------------------------------------------------------------------------------------------- */

static char
machine(enum fair_case_state s)
{
    const char *n = fair_state_name(s);
    return strncmp(n, "HIT_", 4) == 0 ? 'h' : strncmp(n, "TD_", 3) == 0 ? 't' : 'c';
}

int
fair_step_of(enum fair_case_state s)
{
    return s == FAIR_INQUIRY ? FAIR_STEP_INQUIRY : s == FAIR_OFFER ? FAIR_STEP_OFFER : s == FAIR_DEMAND ? FAIR_STEP_DEMAND
         : s == FAIR_SETTLEMENT ? FAIR_STEP_SETTLEMENT : -1;
}

/* Does the group hold the state?  -1: there is no such group. */
static int
group_holds(fair_str g, enum fair_case_state s)
{
    if (is(g, "open")) return machine(s) == 'c' && !fair_state_final(s);
    if (is(g, "closed")) return machine(s) == 'c' && fair_state_final(s);
    if (is(g, "step")) return fair_step_of(s) >= 0;
    if (is(g, "td-open")) return machine(s) == 't' && !fair_state_final(s);
    if (is(g, "td-closed")) return machine(s) == 't' && fair_state_final(s);
    if (is(g, "td-sent")) return s == FAIR_TD_SENT || s == FAIR_TD_ACK || s == FAIR_TD_REMOVED;
    return -1;
}

static bool
read_days(struct reader *r, fair_str s, int32_t *days, bool *business)
{
    int64_t n;

    *days = -1;
    if (business != NULL) *business = false;
    if (is(s, "-")) return true;
    if (business != NULL && fair_str_ends(s, FAIR_STR("b"))) {
        *business = true;
        s.n--;
    }
    if (!fair_str_number(s, 3660, &n)) {
        fault(r, "\"%.*s\" is no number of days", FAIR_STR_ARG(s));
        return false;
    }
    *days = (int32_t)n;
    return true;
}

static void
read_needs(struct reader *r, fair_str list, struct fair_rule_row *row)
{
    fair_str w;
    int i;
    int64_t g;

    if (is(list, "-")) return;
    while (fair_str_split(&list, ',', &w)) {
        if ((i = word_in(w, tokens, FAIR_N_TOKENS)) >= 0) row->tokens |= 1ull << i;
        else if (w.n > 1 && w.p[0] == 'G' && fair_str_number((fair_str){ w.p + 1, w.n - 1 }, FAIR_N_GATES, &g) && g > 0) row->gates |= 1u << g;
        else fault(r, "\"%.*s\" is no gate and nothing else that can be needed", FAIR_STR_ARG(w));
    }
}

static void
read_who(struct reader *r, fair_str list, struct fair_rule_row *row)
{
    fair_str w;

    if (fair_str_ends(list, FAIR_STR("+REV"))) {
        row->second = true;
        list.n -= 4;
    }
    while (fair_str_split(&list, '|', &w)) {
        enum fair_actor a;
        if (fair_actor_parse(w, &a)) row->who |= 1u << a;
        else fault(r, "\"%.*s\" is nobody", FAIR_STR_ARG(w));
    }
}

static void
put_row(struct reader *r, const struct fair_rule_row *row)
{
    struct fair_tables *t = r->t;

    if (t->n_rows == FAIR_ROWS_MAX) {
        fault(r, "more than %d transitions", FAIR_ROWS_MAX);
        return;
    }
    t->rows[t->n_rows++] = *row;
}

static void
read_transition(struct reader *r, fair_str *col)
{
    struct fair_rule_row row = { .line = r->line };
    fair_str from = col[0], w;

    if (!fair_move_parse(col[1], &row.move)) fault(r, "\"%.*s\" is no move", FAIR_STR_ARG(col[1]));
    row.kind = is(col[2], "SAME") ? FAIR_TO_SAME : is(col[2], "BASE") ? FAIR_TO_BASE : is(col[2], "LEFT") ? FAIR_TO_LEFT
             : is(col[2], "LOW") ? FAIR_TO_LOW : FAIR_TO_STATE;
    if (row.kind == FAIR_TO_STATE && !fair_state_parse(col[2], &row.to)) fault(r, "\"%.*s\" is no state", FAIR_STR_ARG(col[2]));
    read_who(r, col[3], &row);
    read_needs(r, col[4], &row);
    read_days(r, col[5], &row.not_before, NULL);
    read_days(r, col[6], &row.after, &row.business);
    row.words = col[7];
    if (row.words.n == 0) fault(r, "no words say what it is");
    if (row.after >= 0 && row.who != 1u << FAIR_SYS) fault(r, "auto_after_days are for SYS alone");
    if (r->bad) return;
    while (fair_str_split(&from, ',', &w)) {
        enum fair_case_state s;
        if (fair_state_parse(w, &s)) {
            row.from = s;
            row.named = true;
            put_row(r, &row);
            continue;
        }
        if (group_holds(w, FAIR_DRAFT) < 0) {
            fault(r, "\"%.*s\" is no state and no group", FAIR_STR_ARG(w));
            continue;
        }
        for (s = 0; s < FAIR_N_STATES; s++)
            if (group_holds(w, s) == 1) {
                row.from = s;
                row.named = false;
                put_row(r, &row);
            }
    }
}

/* Rows of a cell: those that name the state outrank those that name a group; those of time alone (SYS with days) stand beside both. */
static void
index_rows(struct reader *r)
{
    struct fair_tables *t = r->t;

    memset(t->cell, -1, sizeof t->cell);
    memset(t->due, -1, sizeof t->due);
    for (int named = 1; named >= 0; named--)
        for (size_t i = 0; i < t->n_rows; i++) {
            const struct fair_rule_row *row = &t->rows[i];
            int16_t *cell = t->cell[row->from][row->move];
            bool outranked = false;
            int n = 0;

            if (row->named != (named == 1)) continue;
            if (row->after >= 0) {
                if (named == 0 && t->due[row->from] >= 0) continue;
                if (t->due[row->from] >= 0) {
                    r->line = row->line;
                    fault(r, "time alone leads out of %s in two ways", fair_state_name(row->from));
                }
                t->due[row->from] = (int16_t)i;
            }
            while (n < FAIR_CELL && cell[n] >= 0) {
                if (t->rows[cell[n]].named && !row->named && t->rows[cell[n]].after < 0 && row->after < 0) outranked = true;
                n++;
            }
            if (outranked) continue;
            if (n == FAIR_CELL) {
                r->line = row->line;
                fault(r, "more than %d ways to %s from %s", FAIR_CELL, fair_move_name(row->move), fair_state_name(row->from));
                continue;
            }
            cell[n] = (int16_t)i;
        }
}

/* ---- gates.tsv, reasons.tsv, deadlines.tsv ------------------------------------------------------------------------ */

static const char *
c_string(struct fair_arena *a, fair_str s)
{
    return fair_str_dup(a, s).p;
}

/* "INQUIRY(l1) OFFER(l2)" */
static void
read_levels(struct reader *r, int gate, fair_str text)
{
    fair_str part;

    while (fair_str_split(&text, ' ', &part)) {
        const char *open = memchr(part.p, '(', part.n);
        fair_str level, list, w;
        int at = -1;

        if (open == NULL || !fair_str_ends(part, FAIR_STR(")"))) {
            fault(r, "\"%.*s\" is not LEVEL(need,...)", FAIR_STR_ARG(part));
            continue;
        }
        level = (fair_str){ part.p, (size_t)(open - part.p) };
        list = (fair_str){ open + 1, part.n - level.n - 2 };
        for (int l = 1; l < FAIR_N_LEVELS; l++)
            if (is(level, fair_level_name((enum fair_level)l))) at = l;
        if (at < 0) {
            fault(r, "\"%.*s\" is no level", FAIR_STR_ARG(level));
            continue;
        }
        while (fair_str_split(&list, ',', &w)) {
            int n = word_in(w, needs, FAIR_N_NEEDS);
            if (n < 0) fault(r, "\"%.*s\" is nothing a gate can need", FAIR_STR_ARG(w));
            else r->t->needs[gate][at] |= 1ull << n;
        }
    }
    /* What is asked at a level is asked above it too, unless the file says otherwise. */
    for (int l = FAIR_AT_OFFER; l <= FAIR_AT_COURT; l++)
        if (r->t->needs[gate][l] == 0) r->t->needs[gate][l] = r->t->needs[gate][l - 1];
}

static void
read_gate(struct reader *r, fair_str *col)
{
    int64_t id = 0;

    if (col[0].n < 2 || !fair_str_number((fair_str){ col[0].p + 1, col[0].n - 1 }, FAIR_N_GATES, &id) || id == 0) {
        fault(r, "\"%.*s\" is no gate", FAIR_STR_ARG(col[0]));
        return;
    }
    if (r->t->gate[id].id != NULL) fault(r, "G%d stands twice", (int)id);
    r->t->gate[id] = (struct fair_gate_info){ c_string(r->a, col[0]), c_string(r->a, col[1]), c_string(r->a, col[2]),
                                              c_string(r->a, col[3]), c_string(r->a, col[4]), c_string(r->a, col[5]) };
    read_levels(r, (int)id, col[2]);
}

static void
read_reason(struct reader *r, fair_str *col)
{
    int why = word_in(col[0], whys, FAIR_N_WHYS);

    if (why < 0) fault(r, "\"%.*s\" is no reason", FAIR_STR_ARG(col[0]));
    else if (r->t->words[why] != NULL) fault(r, "%s stands twice", whys[why]);
    else if (col[1].n == 0) fault(r, "%s has no words", whys[why]);
    else r->t->words[why] = c_string(r->a, col[1]);
}

/* "dispute DISPUTED,APPEAL licence answer-licence" */
static void
read_owed(struct reader *r, fair_str *col)
{
    struct fair_owed_row row = { .line = r->line, .move = FAIR_OWED_BY_ANY, .step = col[3], .words = col[4] };
    enum fair_move move;
    fair_str list = col[1], w;

    if (fair_move_parse(col[0], &move)) row.move = (int)move;
    else if (is(col[0], "time")) row.move = FAIR_OWED_BY_TIME;
    else if (!is(col[0], "*")) fault(r, "\"%.*s\" is no move", FAIR_STR_ARG(col[0]));
    if (!is(col[2], "-")) row.about = col[2];
    if (col[2].n == 0 || row.step.n == 0 || row.step.n > 40 || row.words.n == 0) fault(r, "no letter, or no words that say what it is");
    while (fair_str_split(&list, ',', &w)) {
        enum fair_case_state named = FAIR_N_STATES;
        if (!fair_state_parse(w, &named) && group_holds(w, FAIR_DRAFT) < 0) {
            fault(r, "\"%.*s\" is no state and no group", FAIR_STR_ARG(w));
            continue;
        }
        for (row.became = 0; row.became < FAIR_N_STATES; row.became++) {
            if (named != FAIR_N_STATES ? row.became != named : group_holds(w, row.became) != 1) continue;
            if (r->t->n_owed == FAIR_OWED_MAX) fault(r, "more than %d letters", FAIR_OWED_MAX);
            else r->t->owed[r->t->n_owed++] = row;
        }
    }
}

static void
read_day(struct reader *r, fair_str *col)
{
    struct fair_tables *t = r->t;
    int64_t v;

    if (t->n_days == sizeof t->days / sizeof *t->days) {
        fault(r, "too many");
        return;
    }
    if (!fair_str_number(col[1], 36600, &v)) {
        fault(r, "\"%.*s\" is no number", FAIR_STR_ARG(col[1]));
        return;
    }
    for (size_t i = 0; i < t->n_days; i++)
        if (fair_str_eq(t->days[i].name, col[0])) fault(r, "%.*s stands twice", FAIR_STR_ARG(col[0]));
    t->days[t->n_days].name = col[0];
    t->days[t->n_days].value = v;
    t->days[t->n_days++].words = col[2];
}

static void
read_file(struct reader *r, const char *name, size_t columns, fair_str text, void (*row)(struct reader *r, fair_str *col))
{
    fair_str col[COLUMNS];

    r->file = name;
    r->line = 0;
    if (text.p == NULL) fault(r, "it is missing");
    else
        while (next_row(r, &text, col, columns)) row(r, col);
}

bool
fair_tables_read(struct fair_tables *t, struct fair_arena *a, fair_str (*file)(void *arg, const char *name), void *arg,
                 void (*say)(void *arg, const char *fault), void *say_arg)
{
    struct reader r = { t, a, say, say_arg, "", 0, false };

    memset(t, 0, sizeof *t);
    read_file(&r, "transitions.tsv", 8, file(arg, "transitions.tsv"), read_transition);
    index_rows(&r);
    read_file(&r, "gates.tsv", 6, file(arg, "gates.tsv"), read_gate);
    for (int g = 1; g <= FAIR_N_GATES; g++)
        if (t->gate[g].id == NULL) fault(&r, "G%d is missing", g);
    read_file(&r, "reasons.tsv", 2, file(arg, "reasons.tsv"), read_reason);
    for (int w = 0; w < FAIR_N_WHYS; w++)
        if (t->words[w] == NULL) fault(&r, "%s is missing", whys[w]);
    read_file(&r, "deadlines.tsv", 3, file(arg, "deadlines.tsv"), read_day);
    read_file(&r, "letters.tsv", 5, file(arg, "letters.tsv"), read_owed);
    t->ok = !r.bad;
    return t->ok;
}

/* ---- those that were built in -------------------------------------------------------------------------------------- */

static fair_str built_in(void *arg, const char *name) { (void)arg; return fair_cases_file(name); }

static void
say_it(void *arg, const char *text)
{
    (void)arg;
    fprintf(stderr, "share/cases/%s\n", text);
}

const struct fair_tables *
fair_tables_get(void)
{
    static struct fair_tables *t;

    if (t == NULL) {
        struct fair_tables *made = fair_xcalloc(1, sizeof *made);
        struct fair_arena *texts = fair_arena_new();
        if (!fair_tables_read(made, texts, built_in, NULL, say_it, NULL)) abort();
        made->texts = texts;
        t = made;
    }
    return t;
}

const struct fair_gate_info *
fair_gate_info(int id)
{
    assert(id >= 1 && id <= FAIR_N_GATES);
    return &fair_tables_get()->gate[id];
}

int64_t
fair_cases_days(const char *name)
{
    const struct fair_tables *t = fair_tables_get();

    for (size_t i = 0; i < t->n_days; i++)
        if (is(t->days[i].name, name)) return t->days[i].value;
    assert(!"a day count that deadlines.tsv does not have");
    return 0;
}

const struct fair_day_counts *
fair_day_counts_get(void)
{
    static struct fair_day_counts d;
    static bool read;

    if (!read) {
#define ROW(name, text) d.name = fair_cases_days(text);
        FAIR_DAY_NAMES(ROW)
#undef ROW
        read = true;
    }
    return &d;
}
