/* helpers/fuzz_mailread.c - any bytes as a mail; what is told of them must fit its message. */
#include <stdlib.h>
#include <gmime/gmime.h>
#include "helpers/mailread_private.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static bool begun;
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_mail_told t, back;
    struct fair_err err = { 0 };

    if (!begun) g_mime_init();
    begun = true;
    fair_mailread(a, (fair_str){ (const char *)bytes, n }, &t);
    if (fair_mail_told_unpack(fair_mail_told_pack(a, &t), &back, &err) != FAIR_OK) abort();
    return 0;
}
