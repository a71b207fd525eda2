/* evidence/test_zip.c - ZIP files: the one way of writing, and what is refused. */
#include "base/test.h"
#include "evidence/zip.h"

static fair_str
written(struct fair_arena *a, const char *name_b)
{
    struct fair_zip_put m[] = { { FAIR_STR("a/one.txt"), FAIR_STR("one") }, { fair_str_of(name_b), FAIR_STR("number two") }, { FAIR_STR("c.txt"), FAIR_STR("") } };
    fair_str out;

    CHECK_OK(fair_zip_write(m, 3, a, &out, why));
    return out;
}

TEST(what_is_written_is_read_again_and_has_no_fault)
{
    struct fair_arena *a = fair_arena_new();
    struct fair_zip z;
    fair_str bytes;

    CHECK_OK(fair_zip_read(written(a, "b.txt"), NULL, a, &z, why));
    CHECK_EQ(z.n, 3);
    CHECK(z.fault.p == NULL);
    CHECK_OK(fair_zip_unpack(fair_zip_find(&z, FAIR_STR("b.txt")), 100, a, &bytes, why));
    CHECK_STR(bytes, "number two");
    CHECK(fair_zip_find(&z, FAIR_STR("d.txt")) == NULL);
    fair_arena_free(&a);
}

TEST(every_bit_outside_the_members_is_a_fault_when_it_flips)
{
    struct fair_arena *a = fair_arena_new();
    fair_str file = written(a, "b.txt");
    char *copy = fair_alloc(a, file.n);
    int silent = 0;

    for (size_t bit = 0; bit < file.n * 8; bit++) {
        struct fair_arena *b = fair_arena_new();
        struct fair_err err = { 0 };
        struct fair_zip z;
        fair_str out;
        bool seen;

        memcpy(copy, file.p, file.n);
        copy[bit / 8] = (char)(copy[bit / 8] ^ (1 << bit % 8));
        seen = fair_zip_read((fair_str){ copy, file.n }, NULL, b, &z, &err) != FAIR_OK || z.fault.p != NULL;
        for (size_t i = 0; !seen && i < z.n; i++) seen = fair_zip_unpack(&z.members[i], 100, b, &out, &err) != FAIR_OK;
        /* Both names of a member flipped alike cannot happen by one bit: the only way out would be a name. */
        silent += !seen;
        fair_arena_free(&b);
    }
    CHECK_EQ(silent, 0);
    fair_arena_free(&a);
}

TEST(names_that_lead_elsewhere_or_stand_twice_are_refused)
{
    struct fair_arena *a = fair_arena_new();
    struct fair_zip_put two[] = { { FAIR_STR("a.txt"), FAIR_STR("1") }, { FAIR_STR("A.TXT"), FAIR_STR("2") } };
    const char *const bad[] = { "../aa", "a/../", "/etc/", "C:abc", "a\\bcd", "a//bc" };
    struct fair_err err = { 0 };
    fair_str out;

    CHECK_EQ(fair_zip_write(two, 2, a, &out, &err), FAIR_INVALID);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        fair_str file = written(a, "bbbbb");
        struct fair_zip z;
        char *p = (char *)(uintptr_t)file.p;
        int n = 0;
        for (size_t at = 0; at + 5 <= file.n; at++)
            if (memcmp(p + at, "bbbbb", 5) == 0) {
                memcpy(p + at, bad[i], 5);
                n++;
            }
        CHECK_EQ(n, 2);
        CHECK_EQ(fair_zip_read(file, NULL, a, &z, &err), FAIR_CORRUPT);
    }
    fair_arena_free(&a);
}

TEST(a_bomb_is_refused_before_it_is_unpacked)
{
    struct fair_arena *a = fair_arena_new();
    fair_str file = written(a, "b.txt");
    char *p = (char *)(uintptr_t)file.p;
    struct fair_err err = { 0 };
    struct fair_zip z;

    /* Both headers of the first member: deflated, and 3 GiB large. */
    char *central = memmem(p, file.n, "PK\1\2", 4);
    p[8] = central[10] = 8;
    memcpy(p + 22, "\0\0\0\xc0", 4);
    memcpy(central + 24, "\0\0\0\xc0", 4);
    CHECK_EQ(fair_zip_read(file, NULL, a, &z, &err), FAIR_LIMIT);
    fair_arena_free(&a);
}

FAIR_TEST_MAIN
