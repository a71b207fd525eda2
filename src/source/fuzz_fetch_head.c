/* fuzz_fetch_head.c - response headers, and the packets between the fetcher and its helper. */
#include <string.h>
#include "source/fetch_msg.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct fair_arena *a = fair_arena_new();
    struct fair_fetch_answer r = { .retry_after_s = -1 };
    struct fair_fetch_question q;
    struct fair_fetch_head h = { .raw = FAIR_BUF(a, FAIR_FETCH_HEADERS), .into = &r };
    fair_str rest = { (const char *)bytes, n }, line;

    if (n > 0)
        while (fair_str_split(&rest, '\n', &line)) fair_fetch_head_line(&h, line);
    (void)!fair_fetch_answer_unpack((fair_str){ (const char *)bytes, n }, &r, NULL);
    (void)!fair_fetch_question_unpack((fair_str){ (const char *)bytes, n }, &q, NULL);
    fair_arena_free(&a);
    return 0;
}
