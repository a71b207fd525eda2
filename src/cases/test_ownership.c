/* test_ownership.c - the levels of ownership: what each needs, and what never lifts one. */
#include "base/test.h"
#include "cases/ownership.h"

static int
level(struct fair_ownership_facts f)
{
    struct fair_ownership o;
    fair_ownership_level(&f, &o);
    return o.level;
}

/* All is well at level 3. */
static const struct fair_ownership_facts full = { .declared = true, .named = true, .published = true, .raw = true, .alone = true, .human = true, .registration = true };

TEST(the_file_of_rules_is_sound)
{
    const char *fault = fair_ownership_fault();
    if (fault != NULL) fail_msg("%s", fault);
}

TEST(G2_nothing_known_is_level_0_and_everything_is_level_3)
{
    CHECK_EQ(level((struct fair_ownership_facts){ 0 }), 0);
    CHECK_EQ(level(full), 3);
}

TEST(G2_metadata_and_words_alone_never_reach_level_2)
{
    CHECK_EQ(level((struct fair_ownership_facts){ .named = true, .published = true, .alone = true, .human = true }), 0);
    CHECK_EQ(level((struct fair_ownership_facts){ .declared = true, .named = true, .published = true, .alone = true, .human = true }), 1);
}

TEST(G2_a_second_claimant_holds_every_work_at_level_1)
{
    struct fair_ownership_facts f = full;
    struct fair_ownership o;
    f.alone = false;
    fair_ownership_level(&f, &o);
    CHECK_EQ(o.level, 1);
    CHECK_EQ(o.n_missing, 1);
    CHECK_STR(o.lines[o.missing[0]].fact, "alone");
}

TEST(G2_where_AI_had_a_part_a_statement_of_human_authorship_is_needed)
{
    struct fair_ownership_facts f = full;
    f.human = false;
    CHECK_EQ(level(f), 1);
}

TEST(G2_a_certificate_without_original_evidence_is_no_level_3)
{
    struct fair_ownership_facts f = full;
    f.raw = false;
    CHECK_EQ(level(f), 1);
    f.burst = true;
    CHECK_EQ(level(f), 3);
    f.registration = false;
    CHECK_EQ(level(f), 2);
    f.chain = true;
    CHECK_EQ(level(f), 3);
}

TEST(what_would_lift_a_level_is_told_with_every_way_to_do_it)
{
    struct fair_ownership_facts f = { .declared = true, .published = true, .alone = true, .human = true };
    struct fair_ownership o;
    fair_ownership_level(&f, &o);
    CHECK_EQ(o.level, 1);
    CHECK_EQ(o.n_missing, 5);
    for (size_t i = 0; i < o.n_missing; i++) CHECK_STR(o.lines[o.missing[i]].need, "original evidence");
    f.deposit = true;
    fair_ownership_level(&f, &o);
    CHECK_EQ(o.level, 2);
    CHECK_EQ(o.n_missing, 2);
}

/* More facts never lower a level. */
TEST(every_fact_more_keeps_or_lifts_the_level)
{
    enum { N = sizeof(struct fair_ownership_facts) / sizeof(bool) };
    for (unsigned bits = 0; bits < 1u << N; bits++) {
        struct fair_ownership_facts f, g;
        bool v[N] = { false };
        int now;
        for (unsigned i = 0; i < N; i++) v[i] = bits >> i & 1;
        memcpy(&f, v, sizeof f);
        now = level(f);
        for (unsigned i = bits % 3; i < N; i += 3) {
            if (v[i]) continue;
            g = f;
            ((bool *)&g)[i] = true;
            if (level(g) < now) fail_msg("fact %u lowers %#x", i, bits);
        }
    }
}

FAIR_TEST_MAIN
