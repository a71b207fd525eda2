/* fuzz_s3_list.c - what an S3 server answers, a list or an error. */
#include <stdint.h>
#include "vault/vault_private.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_s3_page page;

    (void)!fair_s3_page_read(a, (fair_str){ (const char *)bytes, n }, &page, NULL);
    (void)fair_s3_error_words(a, (fair_str){ (const char *)bytes, n });
    return 0;
}
