/* Records searched together: an inverted file from words to parts, made by counting. */
#include <stdlib.h>
#include <string.h>
#include "index/shelf.h"
#include "index/words.h"

void
fair_shelf_free(struct fair_shelf *s)
{
    free(s->works);
    free(s->whole);
    free(s->codes);
    free(s->first);
    free(s->place);
    *s = (struct fair_shelf){ 0 };
}

fair_status
fair_shelf_put(struct fair_shelf *s, fair_id org, fair_id work, fair_str bytes, struct fair_err *err)
{
    struct fair_record r;

    FAIR_TRY(fair_record_see(bytes, &r, err));
    if (s->n >= 1u << 24) return fair_fail(err, FAIR_LIMIT, "index: over %u works in one segment", 1u << 24);
    if (s->n == s->room) {
        s->room = s->room ? s->room * 2 : 64;
        s->works = fair_xrealloc(s->works, s->room * sizeof *s->works);
        s->codes = fair_xrealloc(s->codes, s->room * sizeof *s->codes);
        s->whole = fair_xrealloc(s->whole, s->room * sizeof r.whole);
    }
    s->codes[s->n] = r.codes;
    memcpy(s->whole + 4 * s->n, r.whole, sizeof r.whole);
    s->works[s->n++] = (struct fair_shelved){ org, work, r, false };
    return FAIR_OK;
}

void
fair_shelf_list(struct fair_shelf *s)
{
    size_t total = 0;
    uint32_t *at;

    if (s->listed == s->n && s->first != NULL) return;
    for (size_t i = 0; i < s->n; i++) total += s->works[i].record.n;
    free(s->first);
    free(s->place);
    s->first = fair_xcalloc(FAIR_WORDS + 1, sizeof *s->first);
    s->place = fair_xmalloc((total + 1) * sizeof *s->place);
    at = fair_xcalloc(FAIR_WORDS, sizeof *at);
    for (size_t i = 0; i < s->n; i++)
        for (uint32_t k = 0; k < s->works[i].record.n; k++) s->first[s->works[i].record.words[k] + 1]++;
    for (size_t w = 0; w < FAIR_WORDS; w++) {
        s->first[w + 1] += s->first[w];
        at[w] = s->first[w];
    }
    for (size_t i = 0; i < s->n; i++)
        for (uint32_t k = 0; k < s->works[i].record.n; k++)
            s->place[at[s->works[i].record.words[k]]++] = (uint32_t)(i << 8 | k);
    free(at);
    s->listed = s->n;
}
