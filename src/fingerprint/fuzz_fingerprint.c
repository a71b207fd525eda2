/* fingerprint/fuzz_fingerprint.c - what unpacks, packs to the same bytes. */
#include <assert.h>
#include <string.h>
#include "fingerprint/fingerprint.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct fair_arena *a = fair_arena_new();
    struct fair_fingerprint fp;
    struct fair_err err = { 0 };

    if (fair_fingerprint_unpack((fair_str){ (const char *)bytes, n }, a, &fp, &err) == FAIR_OK) {
        const fair_str again = fair_fingerprint_pack(&fp, a);
        assert(again.n == n && memcmp(again.p, bytes, n) == 0);
    } else {
        assert(err.status == FAIR_CORRUPT && err.text[0] != '\0');
    }
    fair_arena_free(&a);
    return 0;
}
