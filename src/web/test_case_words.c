/* web/test_case_words.c - nothing of a case is left without words, and every link of a reason leads somewhere. */
#include <string.h>
#include "base/test.h"
#include "cases/letters.h"
#include "cases/reasons.h"
#include "web/case_words.h"
#include "web/web_private.h"

TEST(every_state_and_every_move_has_words)
{
    for (int s = 0; s < FAIR_N_STATES; s++) {
        const struct fair_state_words *w = fair_case_state_words((enum fair_case_state)s);
        if (w->name == NULL || w->means == NULL) fail_msg("state %s has no words", fair_state_name((enum fair_case_state)s));
    }
    for (int m = 0; m < FAIR_N_MOVES; m++) {
        const struct fair_move_words *w = fair_move_words((enum fair_move)m);
        if (w->label == NULL || w->done == NULL) fail_msg("move %s has no words", fair_move_name((enum fair_move)m));
        if (strcmp(w->label, fair_move_name((enum fair_move)m)) == 0) fail_msg("move %s is its own code word", w->label);
    }
    for (unsigned i = 0; i < FAIR_N_GROUNDS; i++) {
        fair_str name = fair_str_of(fair_ground_name((enum fair_ground)(1u << i)));
        CHECK(!fair_str_eq(fair_ground_said(name), name));
    }
}

/* What time alone may do, by the table of moves, is told before it happens. */
TEST(what_time_does_is_told)
{
    fair_str table = fair_cases_file("transitions.tsv"), line;

    while (fair_str_split(&table, '\n', &line)) {
        fair_str cell[8] = { { NULL, 0 } };
        enum fair_move m;
        if (line.n == 0 || line.p[0] == '#') continue;
        for (size_t i = 0; i < 8 && fair_str_split(&line, '\t', &cell[i]); i++) continue;
        if (fair_str_eq(cell[6], FAIR_STR("-")) || !fair_move_parse(cell[1], &m)) continue;
        if (fair_move_by_time(m) == NULL) fail_msg("time alone makes the move %s, and no page can say so", fair_move_name(m));
    }
}

TEST(every_step_of_a_letter_can_be_drafted_by_its_words)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_letters *l;

    CHECK_OK(fair_letters_load(a, fair_letters_builtin(), &l, why));
    for (size_t i = 0; i < fair_letters_count(l); i++) {
        const struct fair_letter *t = fair_letters_at(l, i);
        bool known = false;
        for (size_t k = 0; fair_letter_step_at(k) != NULL; k++) known = known || fair_str_eq(t->step, fair_str_of(fair_letter_step_at(k)));
        if (!known) fail_msg("the step %.*s is on no page", FAIR_STR_ARG(t->step));
        CHECK_EQ(fair_move_is_claim(fair_letter_move(t->step)), t->kind == FAIR_LETTER_CLAIM);
    }
}

static bool
template_has(const char *words)
{
    for (size_t i = 0; i < fair_n_web_files; i++)
        if (memmem(fair_web_files[i].bytes, fair_web_files[i].n, words, strlen(words)) != NULL) return true;
    return false;
}

TEST(every_link_of_a_reason_leads_to_a_part_that_there_is)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    int links = 0;

    for (int why_not = 0; why_not < FAIR_N_WHYS; why_not++) {
        struct fair_mend m;
        const char *part;
        fair_str path;
        bool page = false;

        if (!fair_reason_mend(why_not, &m)) continue;
        links++;
        part = strchr(m.href, '#');
        if (part != NULL && !template_has(fair_str_fmt(a, "id=\"%s\"", part + 1).p)) fail_msg("%s: no part %s on any page", fair_reason_code(why_not), part);
        if (m.href[0] != '/') continue;
        path = (fair_str){ m.href, part != NULL ? (size_t)(part - m.href) : strlen(m.href) };
        for (size_t i = 0; i < fair_n_routes; i++) page = page || (strcmp(fair_routes[i].method, "GET") == 0 && fair_str_eq(path, fair_str_of(fair_routes[i].path)));
        if (!page) fail_msg("%s: no page %.*s", fair_reason_code(why_not), FAIR_STR_ARG(path));
    }
    CHECK(links > 50);
}

FAIR_TEST_MAIN
