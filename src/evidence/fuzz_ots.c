/* evidence/fuzz_ots.c - an OpenTimestamps proof. */
#include "evidence/ots.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static const char pending[] = "\x00\x83\xdf\xe3\x0d\x2e\xf9\x0c\x8e\x18\x17https://cal.example.com";
    struct fair_arena *a = fair_arena_new();
    struct fair_err err = { 0 };
    struct fair_sha256 d = { { 0 } };
    fair_str one = { pending, sizeof pending - 1 }, proof, further;
    uint8_t nonce[16] = { 0 };
    struct fair_ots o;
    char header[80] = { 0 };
    fair_time at;
    fair_str hash;

    if (fair_ots_read((fair_str){ (const char *)bytes, n }, a, &o, &err) == FAIR_OK)
        for (size_t i = 0; i < o.n; i++)
            if (fair_ots_block(&o.marks[i], (fair_str){ header, 80 }, a, &at, &hash, &err) == FAIR_OK) __builtin_trap();
    /* The same bytes as what a calendar answers later. */
    if (fair_ots_make(&d, nonce, &one, 1, a, &proof, &err) != FAIR_OK) __builtin_trap();
    if (fair_ots_upgrade(proof, 0, (fair_str){ (const char *)bytes, n }, a, &further, &err) == FAIR_OK && fair_ots_read(further, a, &o, &err) != FAIR_OK) __builtin_trap();
    (void)fair_ots_words((fair_str){ (const char *)bytes, n }, a);
    fair_arena_free(&a);
    return 0;
}
