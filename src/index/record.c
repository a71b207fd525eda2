/* A work's record: sizes, whole hash, and its parts' codes, words and places. */
#include <pthread.h>
#include <string.h>
#include "index/record.h"
#include "index/words.h"

#define HEAD 88
#define PLACE FAIR_RECORD_PLACE
#define EACH (32 + 2 + PLACE)
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

/* All 256 sizes: 1/4 pixel times 2^(code / 16). */
static float sizes[256];
static pthread_once_t sizes_made = PTHREAD_ONCE_INIT;

static void
make_sizes(void)
{
    for (unsigned code = 0; code < 256; code++) {
        float at = .25f, f = 1.04427378f;
        for (unsigned i = code; i > 0; i >>= 1, f *= f)
            if (i & 1) at *= f;
        sizes[code] = at;
    }
}

fair_str
fair_record_pack(const struct fair_fingerprint *fp, struct fair_arena *a)
{
    uint32_t n = fp->n_parts < FAIR_PARTS_CATALOGUE ? fp->n_parts : FAIR_PARTS_CATALOGUE;
    size_t bytes = (HEAD + (size_t)n * EACH + 7) / 8 * 8;
    uint8_t *b = fair_alloc(a, bytes), *codes = b + HEAD, *words = codes + 32 * (size_t)n, *places = words + 2 * (size_t)n;

    put(b, fp->scheme, 2);
    b[2] = fp->quality;
    b[3] = fp->glance_quality;
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
        put(words + 2 * (size_t)i, fair_word_of(p->code), 2);
        put(places, (uint32_t)(p->x * 64 + .5f), 2);
        put(places + 2, (uint32_t)(p->y * 64 + .5f), 2);
        places[4] = size_code(p->size);
        places[5] = (uint8_t)(int)turn;
        places += PLACE;
    }
    return (fair_str){ (const char *)b, bytes };
}

fair_status
fair_record_see(fair_str bytes, struct fair_record *out, struct fair_err *err)
{
    const uint8_t *b = (const uint8_t *)bytes.p;
    uint32_t n;

    if (bytes.n < HEAD || (n = get(b + 4, 4)) > FAIR_PARTS_CATALOGUE || bytes.n < HEAD + (size_t)n * EACH)
        return fair_fail(err, FAIR_CORRUPT, "index record: %zu bytes do not hold one", bytes.n);
    *out = (struct fair_record){ .quality = b[2], .glance_quality = b[3], .n = n, .width = get(b + 8, 4), .height = get(b + 12, 4),
                                 .norm_width = (uint16_t)get(b + 16, 2), .norm_height = (uint16_t)get(b + 18, 2),
                                 .codes = (const uint64_t *)(const void *)(b + HEAD),
                                 .words = (const uint16_t *)(const void *)(b + HEAD + 32 * (size_t)n),
                                 .places = b + HEAD + 34 * (size_t)n };
    memcpy(out->whole, b + 24, 32);
    memcpy(out->glance, b + 56, 32);
    if (get(b, 2) != FAIR_SCHEME || out->norm_width == 0 || out->norm_height == 0 || out->norm_width > FAIR_SIDE ||
        out->norm_height > FAIR_SIDE || out->width == 0 || out->height == 0)
        return fair_fail(err, FAIR_CORRUPT, "index record: of another scheme, or its sizes are wrong");
    for (uint32_t i = 0; i < n; i++)
        if (out->words[i] >= FAIR_WORDS) return fair_fail(err, FAIR_CORRUPT, "index record: word %u is over %d", out->words[i], FAIR_WORDS);
    return FAIR_OK;
}

struct fair_place
fair_record_place(const struct fair_record *r, uint32_t i)
{
    const uint8_t *p = r->places + (size_t)i * PLACE;

    pthread_once(&sizes_made, make_sizes);
    return (struct fair_place){ (float)get(p, 2) / 64, (float)get(p + 2, 2) / 64, sizes[p[4]], (float)p[5] * (2 * PI / 256) - PI };
}
