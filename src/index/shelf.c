/* Records searched together: an inverted file from words to parts, made by counting. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include "index/shelf.h"
#include "index/words.h"

/* Tables take memory and time to make, for each process: what looks at few pictures goes over all hashes instead. */
struct fair_shelf_pieces {
    pthread_mutex_t making;
    atomic_size_t asked;
    struct fair_multi *_Atomic made;
};
static atomic_size_t pieces_works = 4000000, pieces_pictures = 3000;

void
fair_shelf_pieces_from(size_t works, size_t pictures)
{
    pieces_works = works;
    pieces_pictures = pictures;
}

const struct fair_multi *
fair_shelf_glanced(const struct fair_shelf *s, size_t n)
{
    struct fair_shelf_pieces *p = s->pieces;
    struct fair_multi *made;

    if (p == NULL) return NULL;
    made = p->made;
    if (made != NULL) return made;
    if (atomic_fetch_add(&p->asked, n) < pieces_pictures || pthread_mutex_trylock(&p->making) != 0) return NULL;
    made = p->made;
    if (made == NULL) p->made = made = fair_multi_make((const uint64_t (*)[4][8])s->glance, s->n);
    pthread_mutex_unlock(&p->making);
    return made;
}

static void
pieces_free(struct fair_shelf_pieces **p)
{
    struct fair_multi *made;

    if (*p == NULL) return;
    made = (*p)->made;
    fair_multi_free(&made);
    pthread_mutex_destroy(&(*p)->making);
    free(*p);
    *p = NULL;
}

void
fair_shelf_free(struct fair_shelf *s)
{
    pieces_free(&s->pieces);
    free(s->works);
    if (s->segment == NULL) {
        free(s->whole);
        free(s->glance);
    }
    free(s->first);
    free(s->family);
    free(s->listed);
    free(s->codes);
    *s = (struct fair_shelf){ 0 };
}

fair_status
fair_shelf_put(struct fair_shelf *s, fair_id org, fair_id work, fair_str bytes, struct fair_err *err)
{
    struct fair_record r;

    FAIR_TRY(fair_record_see(bytes, &r, err));
    if (r.codes == NULL) return fair_fail(err, FAIR_CORRUPT, "index record: its codes lie in lists that are not here");
    if (r.words == NULL) return fair_fail(err, FAIR_CORRUPT, "index record: its words were never made");
    if (s->n >= FAIR_SHELF_WORKS) return fair_fail(err, FAIR_LIMIT, "index: over %u works in one segment", FAIR_SHELF_WORKS);
    if (s->n == s->room) {
        s->room = s->room ? s->room * 2 : 64;
        s->works = fair_xrealloc(s->works, s->room * sizeof *s->works);
        s->whole = fair_xrealloc(s->whole, s->room * sizeof r.whole);      /* room is a multiple of 8 */
        s->glance = fair_xrealloc(s->glance, s->room * sizeof r.glance);
    }
    if (s->n % 8 == 0) {
        memset(s->whole[s->n / 8], 0, sizeof *s->whole);
        memset(s->glance[s->n / 8], 0, sizeof *s->glance);
    }
    for (size_t w = 0; w < 4; w++) {
        s->whole[s->n / 8][w][s->n % 8] = r.whole[w];
        s->glance[s->n / 8][w][s->n % 8] = r.glance[w];
    }
    s->works[s->n++] = (struct fair_shelved){ org, work, r, false };
    return FAIR_OK;
}

void
fair_shelf_have(struct fair_shelf *s, const struct fair_segment *segment)
{
    s->segment = segment;
    s->n = segment->n;
    s->whole = (uint64_t (*)[4][8])(uintptr_t)segment->whole;      /* only ever read */
    s->glance = (uint64_t (*)[4][8])(uintptr_t)segment->glance;
    if (s->n < pieces_works) return;
    s->pieces = fair_xcalloc(1, sizeof *s->pieces);
    pthread_mutex_init(&s->pieces->making, NULL);
}

fair_status
fair_shelf_peek(const struct fair_shelf *s, uint32_t i, struct fair_record *room, const struct fair_record **out, struct fair_err *err)
{
    fair_str bytes;

    if (s->segment == NULL) {
        *out = &s->works[i].record;
        return FAIR_OK;
    }
    FAIR_TRY(fair_segment_record(s->segment, i, &bytes, err));
    FAIR_TRY(fair_record_see(bytes, room, err));
    *out = room;
    return FAIR_OK;
}

fair_status
fair_shelf_see(const struct fair_shelf *s, uint32_t i, struct fair_arena *a, const struct fair_record **out, struct fair_err *err)
{
    struct fair_record *room;

    if (s->segment == NULL) {
        *out = &s->works[i].record;
        return FAIR_OK;
    }
    room = FAIR_NEW(a, struct fair_record);
    FAIR_TRY(fair_shelf_peek(s, i, room, out, err));
    return fair_lists_take(&s->segment->lists, i, room, a, err);
}

#define LISTS (FAIR_FAMILIES * FAIR_SIDES)

static uint16_t
list_of(const struct fair_record *r, uint32_t part)
{
    uint16_t word = r->words[part];
    uint64_t code[4];
    uint8_t side;

    fair_part_code_turn(r->codes + 4 * (size_t)part, fair_word_turn(word), code);
    fair_word_sides(code, fair_word_family(word), 1, &side);
    return (uint16_t)(fair_word_family(word) * FAIR_SIDES + side);
}

void
fair_shelf_list(struct fair_shelf *s)
{
    size_t total = 0;
    uint32_t *at;
    uint16_t *list;

    if (s->segment != NULL || (s->n_listed == s->n && s->first != NULL)) return;
    for (size_t i = 0; i < s->n; i++) total += s->works[i].record.n;
    free(s->first);
    free(s->family);
    free(s->listed);
    free(s->codes);
    s->first = fair_xcalloc(LISTS + 1, sizeof *s->first);
    s->family = fair_xmalloc((FAIR_FAMILIES + 1) * sizeof *s->family);
    s->listed = fair_xmalloc((total + 1) * sizeof *s->listed);
    s->codes = fair_xmalloc((total + 1) * 32);
    at = fair_xcalloc(LISTS, sizeof *at);
    list = fair_xmalloc((total + 1) * sizeof *list);
    for (size_t i = 0, p = 0; i < s->n; i++)
        for (uint32_t k = 0; k < s->works[i].record.n; k++, p++) {
            list[p] = list_of(&s->works[i].record, k);
            s->first[list[p] + 1]++;
        }
    for (size_t l = 0; l < LISTS; l++) {
        s->first[l + 1] += s->first[l];
        at[l] = s->first[l];
    }
    for (size_t f = 0; f <= FAIR_FAMILIES; f++) s->family[f] = s->first[f * FAIR_SIDES];
    for (size_t i = 0, p = 0; i < s->n; i++)
        for (uint32_t k = 0; k < s->works[i].record.n; k++, p++) {
            uint16_t turn = fair_word_turn(s->works[i].record.words[k]);
            uint32_t to = at[list[p]]++;
            s->listed[to] = fair_listed((uint32_t)i, k, turn);
            fair_part_code_turn(s->works[i].record.codes + 4 * (size_t)k, turn, s->codes + 4 * (size_t)to);
        }
    free(at);
    free(list);
    s->n_listed = s->n;
}
