/* evidence/fuzz_zip.c - a ZIP file and what is in it. */
#include "evidence/zip.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct fair_arena *a = fair_arena_new();
    struct fair_err err = { 0 };
    struct fair_zip z;
    fair_str out;

    if (fair_zip_read((fair_str){ (const char *)bytes, n }, NULL, a, &z, &err) == FAIR_OK)
        for (size_t i = 0; i < z.n; i++)
            if (fair_zip_unpack(&z.members[i], 1 << 20, a, &out, &err) == FAIR_OK && out.n != z.members[i].size) __builtin_trap();
    fair_arena_free(&a);
    return 0;
}
