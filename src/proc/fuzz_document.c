/* proc/fuzz_document.c - any bytes as a document; what is taken packs to the same bytes. */
#include <stdlib.h>
#include "proc/document_msg.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_document *d;
    struct fair_rendering r;
    fair_str in = { (const char *)data, size }, again;

    if (fair_rendering_unpack(in, &r, NULL) == FAIR_OK && r.words.n > size) abort();
    if (fair_document_unpack(a, in, &d, NULL) != FAIR_OK) return 0;
    if (fair_document_pack(a, d, &again, NULL) != FAIR_OK || !fair_str_eq(in, again)) abort();
    return 0;
}
