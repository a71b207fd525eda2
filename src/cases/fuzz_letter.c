/* cases/fuzz_letter.c - any bytes as an archive of letters, as a letter's kept inputs, and as a document's text. */
#include <stdlib.h>
#include "cases/letters.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct fair_letters *built_in;
    static struct fair_arena *keep;
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_letter_filled filled, again;
    struct fair_letters *l;
    fair_str in = { (const char *)data, size }, text, html;

    if (keep == NULL) {
        keep = fair_arena_new();
        if (fair_letters_load(keep, fair_letters_builtin(), &built_in, NULL) != FAIR_OK) abort();
    }
    if (size > 0 && data[0] == '@' && fair_letters_load(a, in, &l, NULL) == FAIR_OK && fair_letters_count(l) == 0) abort();
    if (fair_letter_again(built_in, in, a, &filled, NULL) != FAIR_OK) return 0;
    if (fair_document_text(filled.document, a, &text, NULL) != FAIR_OK || fair_document_html_mail(filled.document, a, &html, NULL) != FAIR_OK) return 0;
    /* What was taken once is taken again, to the same words. */
    if (fair_letter_again(built_in, filled.inputs, a, &again, NULL) != FAIR_OK) abort();
    if (!fair_str_eq(filled.subject, again.subject)) abort();
    return 0;
}
