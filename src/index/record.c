/* A work's record: sizes, whole hashes, and its parts' codes, words and places; in a large segment, where the codes lie instead. */
#include <assert.h>
#include <pthread.h>
#include <string.h>
#include "index/lists.h"
#include "index/words.h"

#define HEAD 88
#define PLACE FAIR_RECORD_PLACE
#define EACH (32 + 2 + PLACE)
#define LISTED 20             /* the byte that tells whether the codes lie in lists: 1; 2: they are here, but not their words yet */
#define EACH_LISTED (4 + PLACE)
#define PI 3.14159265f

static void
put(uint8_t *p, uint32_t v, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++) p[i] = (uint8_t)(v >> 8 * i);
}

static uint32_t
get(const uint8_t *p, unsigned bytes)
{
    uint32_t v = 0;
    for (unsigned i = 0; i < bytes; i++) v |= (uint32_t)p[i] << 8 * i;
    return v;
}

/* Sizes from 1/4 pixel in steps of a sixteenth of an octave; only comparisons, so that no rounding of log2 matters. */
static uint8_t
size_code(float size)
{
    float at = .25f;
    uint8_t code = 0;

    while (code < 255 && at * 1.02189715f < size) { at *= 1.04427378f; code++; }
    return code;
}

/* All 256 sizes, 1/4 pixel times 2^(code / 16), and angles. */
static float sizes[256], ways[256][2];
static pthread_once_t places_made = PTHREAD_ONCE_INIT;

static void
make_places(void)
{
    for (unsigned code = 0; code < 256; code++) {
        float at = .25f, f = 1.04427378f;
        for (unsigned i = code; i > 0; i >>= 1, f *= f)
            if (i & 1) at *= f;
        sizes[code] = at;
        fair_part_way((float)code * (2 * PI / 256) - PI, &ways[code][0], &ways[code][1]);
    }
}

static fair_str
pack(const struct fair_fingerprint *fp, bool words_too, struct fair_arena *a)
{
    uint32_t n = fp->n_parts < FAIR_PARTS_CATALOGUE ? fp->n_parts : FAIR_PARTS_CATALOGUE;
    size_t bytes = (HEAD + (size_t)n * EACH + 7) / 8 * 8;
    uint8_t *b = fair_alloc(a, bytes), *codes = b + HEAD, *words = codes + 32 * (size_t)n, *places = words + 2 * (size_t)n;

    put(b, fp->scheme, 2);
    b[2] = fp->quality;
    b[3] = fp->glance_quality;
    b[LISTED] = words_too ? 0 : 2;
    put(b + 4, n, 4);
    put(b + 8, fp->width, 4);
    put(b + 12, fp->height, 4);
    put(b + 16, fp->norm_width, 2);
    put(b + 18, fp->norm_height, 2);
    memcpy(b + 24, fp->whole[0], 32);
    memcpy(b + 56, fp->glance[0], 32);
    for (uint32_t i = 0; i < n; i++) {
        const struct fair_part *p = &fp->parts[i];
        float turn = (p->angle + PI) * (256 / (2 * PI)) + .5f;
        memcpy(codes + 32 * (size_t)i, p->code, 32);
        put(words + 2 * (size_t)i, words_too ? fair_word_of(p->code) : 0, 2);
        put(places, (uint32_t)(p->x * 64 + .5f), 2);
        put(places + 2, (uint32_t)(p->y * 64 + .5f), 2);
        places[4] = size_code(p->size);
        places[5] = (uint8_t)(int)turn;
        places += PLACE;
    }
    return (fair_str){ (const char *)b, bytes };
}

fair_str
fair_record_pack(const struct fair_fingerprint *fp, struct fair_arena *a)
{
    return pack(fp, true, a);
}

fair_str
fair_record_pack_bare(const struct fair_fingerprint *fp, struct fair_arena *a)
{
    return pack(fp, false, a);
}

bool
fair_record_lacks_words(fair_str record)
{
    return record.n >= HEAD && record.p[LISTED] == 2;
}

static void
pack_head(const struct fair_record *r, bool listed, uint8_t *b)
{
    memset(b, 0, HEAD);
    put(b, FAIR_SCHEME, 2);
    b[2] = r->quality;
    b[3] = r->glance_quality;
    put(b + 4, r->n, 4);
    put(b + 8, r->width, 4);
    put(b + 12, r->height, 4);
    put(b + 16, r->norm_width, 2);
    put(b + 18, r->norm_height, 2);
    b[LISTED] = listed;
    memcpy(b + 24, r->whole, 32);
    memcpy(b + 56, r->glance, 32);
}

fair_str
fair_record_repack(const struct fair_record *r, struct fair_arena *a)
{
    size_t bytes = (HEAD + (size_t)r->n * EACH + 7) / 8 * 8;
    uint8_t *b = fair_alloc(a, bytes), *words = b + HEAD + 32 * (size_t)r->n;

    assert(r->codes != NULL);
    pack_head(r, false, b);
    memcpy(b + HEAD, r->codes, 32 * (size_t)r->n);
    for (uint32_t i = 0; i < r->n; i++) put(words + 2 * (size_t)i, r->words != NULL ? r->words[i] : fair_word_of(r->codes + 4 * (size_t)i), 2);
    memcpy(words + 2 * (size_t)r->n, r->places, PLACE * (size_t)r->n);
    return (fair_str){ (const char *)b, bytes };
}

size_t
fair_record_listed_bytes(uint32_t n_parts)
{
    return (HEAD + (size_t)n_parts * EACH_LISTED + 7) / 8 * 8;
}

void
fair_record_pack_listed(const struct fair_record *r, const uint32_t *planned, uint8_t *b)
{
    pack_head(r, true, b);
    memset(b + HEAD, 0, fair_record_listed_bytes(r->n) - HEAD);
    for (uint32_t i = 0; i < r->n; i++) put(b + HEAD + 4 * (size_t)i, fair_lists_place(planned[i]), 4);
    memcpy(b + HEAD + 4 * (size_t)r->n, r->places, PLACE * (size_t)r->n);
}

fair_status
fair_record_see(fair_str bytes, struct fair_record *out, struct fair_err *err)
{
    const uint8_t *b = (const uint8_t *)bytes.p;
    uint32_t n;
    bool listed;

    if (bytes.n < HEAD || (n = get(b + 4, 4)) > FAIR_PARTS_CATALOGUE || b[LISTED] > 2 ||
        bytes.n < HEAD + (size_t)n * (b[LISTED] == 1 ? EACH_LISTED : EACH))
        return fair_fail(err, FAIR_CORRUPT, "index record: %zu bytes do not hold one", bytes.n);
    listed = b[LISTED] == 1;
    *out = (struct fair_record){ .quality = b[2], .glance_quality = b[3], .n = n, .width = get(b + 8, 4), .height = get(b + 12, 4),
                                 .norm_width = (uint16_t)get(b + 16, 2), .norm_height = (uint16_t)get(b + 18, 2),
                                 .codes = listed ? NULL : (const uint64_t *)(const void *)(b + HEAD),
                                 .words = b[LISTED] ? NULL : (const uint16_t *)(const void *)(b + HEAD + 32 * (size_t)n),
                                 .listed = listed ? (const uint32_t *)(const void *)(b + HEAD) : NULL,
                                 .places = b + HEAD + (listed ? 4 : 34) * (size_t)n };
    memcpy(out->whole, b + 24, 32);
    memcpy(out->glance, b + 56, 32);
    if (get(b, 2) != FAIR_SCHEME || out->norm_width == 0 || out->norm_height == 0 || out->norm_width > FAIR_SIDE ||
        out->norm_height > FAIR_SIDE || out->width == 0 || out->height == 0)
        return fair_fail(err, FAIR_CORRUPT, "index record: of another scheme, or its sizes are wrong");
    for (uint32_t i = 0; out->words != NULL && i < n; i++)
        if (out->words[i] >= FAIR_WORDS) return fair_fail(err, FAIR_CORRUPT, "index record: word %u is over %d", out->words[i], FAIR_WORDS);
    return FAIR_OK;
}

struct fair_place
fair_record_place(const struct fair_record *r, uint32_t i)
{
    const uint8_t *p = r->places + (size_t)i * PLACE;

    pthread_once(&places_made, make_places);
    return (struct fair_place){ (float)get(p, 2) / 64, (float)get(p + 2, 2) / 64, sizes[p[4]], { ways[p[5]][0], ways[p[5]][1] } };
}
