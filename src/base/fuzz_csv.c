/* fuzz_csv.c - a table from anywhere is read to its end, and what was written is read again as it was. */
#include <stdint.h>
#include <stdlib.h>
#include "base/csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_str cells[FAIR_CSV_CELLS];
    struct fair_csv c;
    size_t count;
    fair_status s;

    if (fair_csv_begin(a, (fair_str){ (const char *)bytes, n }, &c, NULL) != FAIR_OK) return 0;
    while ((s = fair_csv_next(&c, a, cells, &count, NULL)) != FAIR_DONE) {
        struct fair_buf b = FAIR_BUF(a, 4 << 20);
        fair_str again[FAIR_CSV_CELLS];
        struct fair_csv d;
        size_t m;
        if (s != FAIR_OK) continue;
        for (size_t i = 0; i < count; i++) {
            if (i > 0) fair_buf_byte(&b, ',');
            fair_csv_cell(&b, cells[i], false);
        }
        d = (struct fair_csv){ .text = { b.p, b.n }, .separator = ',', .next_line = 1 };
        if (fair_csv_next(&d, a, again, &m, NULL) != FAIR_OK || m != count) abort();
        for (size_t i = 0; i < count; i++)
            if (!fair_str_eq(fair_str_trim(fair_csv_plain(again[i])), fair_str_trim(fair_csv_plain(cells[i])))) abort();
    }
    return 0;
}
