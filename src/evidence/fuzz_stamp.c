/* evidence/fuzz_stamp.c - a time-stamp server's reply. */
#include "evidence/stamp.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct fair_arena *a = fair_arena_new();
    struct fair_trust *none = fair_trust_new();
    char d[32] = { 0 };
    struct fair_err err = { 0 };
    struct fair_stamp s;

    (void)!fair_stamp_check((fair_str){ (const char *)bytes, n }, (fair_str){ NULL, 0 }, NULL, NULL, a, &s, &err);
    if (fair_stamp_check((fair_str){ (const char *)bytes, n }, (fair_str){ d, 32 }, NULL, none, a, &s, &err) == FAIR_OK) __builtin_trap();
    fair_trust_free(&none);
    fair_arena_free(&a);
    return 0;
}
