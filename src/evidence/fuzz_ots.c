/* evidence/fuzz_ots.c - an OpenTimestamps proof. */
#include "evidence/ots.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct fair_arena *a = fair_arena_new();
    struct fair_err err = { 0 };
    struct fair_ots o;
    char header[80] = { 0 };
    fair_time at;
    fair_str hash;

    if (fair_ots_read((fair_str){ (const char *)bytes, n }, a, &o, &err) == FAIR_OK)
        for (size_t i = 0; i < o.n; i++)
            if (fair_ots_block(&o.marks[i], (fair_str){ header, 80 }, a, &at, &hash, &err) == FAIR_OK) __builtin_trap();
    fair_arena_free(&a);
    return 0;
}
