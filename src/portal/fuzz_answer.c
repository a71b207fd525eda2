/* portal/fuzz_answer.c - an answer once opened: whoever has a link chose every byte of it. */
#include "portal/seal.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct fair_answer_file files[FAIR_ANSWER_FILES];
    struct fair_err err = { 0 };
    json_t *answer;
    size_t n_files, total = 0;

    if (fair_bundle_unpack((fair_str){ (const char *)bytes, n }, FAIR_ANSWER_FILES, &answer, files, &n_files, &err) != FAIR_OK) return 0;
    for (size_t i = 0; i < n_files; i++) total += files[i].bytes.n + files[i].name.n;
    json_decref(answer);
    return total > 2 * n ? __builtin_trap(), 0 : 0;
}
