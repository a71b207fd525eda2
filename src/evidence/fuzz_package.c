/* evidence/fuzz_package.c - a whole package, or a proof of deposit, as verify reads them. */
#include "evidence/verify.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void
ignore(void *arg, const struct fair_finding *f)
{
    *(size_t *)arg += f->words.n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct fair_arena *a = fair_arena_new();
    struct fair_trust *none = fair_trust_new();
    struct fair_verify_options o = { .trust = none };
    struct fair_verify_sum sum;
    struct fair_err err = { 0 };
    fair_str file = { (const char *)bytes, n };
    size_t said = 0;

    /* Nobody is trusted and no key was given: nothing of ours may ever be found good. */
    if (n > 0 && bytes[0] == '{') {
        if (fair_deposit_verify(file, &o, a, ignore, &said, &sum, &err) == FAIR_OK && sum.bad == 0) __builtin_trap();
    } else if (fair_package_verify(file, &o, a, ignore, &said, &sum, &err) == FAIR_OK && sum.ours && sum.bad == 0) {
        __builtin_trap();
    }
    fair_trust_free(&none);
    fair_arena_free(&a);
    return 0;
}
