/* fingerprint/fingerprint_pack.c - a fingerprint as bytes, as docs/formats/fingerprint.md tells. */
#include <assert.h>
#include <endian.h>
#include <math.h>
#include <string.h>
#include "fingerprint/fingerprint.h"

#define HEAD (4 + 4 * 4 + 2 * FAIR_TURNS * FAIR_WHOLE_WORDS * 8 + 4)
#define PART (4 * 4 + 32)
#define MOST_PARTS ((FAIR_FINGERPRINT_MAX - HEAD) / PART)
#define MOST_PIXELS (1u << 30)         /* of a side of the picture as shown */

static char *
put16(char *at, uint16_t v)
{
    v = htole16(v);
    memcpy(at, &v, sizeof v);
    return at + sizeof v;
}

static char *
put32(char *at, uint32_t v)
{
    v = htole32(v);
    memcpy(at, &v, sizeof v);
    return at + sizeof v;
}

static char *
put64(char *at, uint64_t v)
{
    v = htole64(v);
    memcpy(at, &v, sizeof v);
    return at + sizeof v;
}

static char *
put_float(char *at, float v)
{
    uint32_t u;
    memcpy(&u, &v, sizeof u);
    return put32(at, u);
}

static uint16_t
get16(const char **at)
{
    uint16_t v;
    memcpy(&v, *at, sizeof v);
    *at += sizeof v;
    return le16toh(v);
}

static uint32_t
get32(const char **at)
{
    uint32_t v;
    memcpy(&v, *at, sizeof v);
    *at += sizeof v;
    return le32toh(v);
}

static uint64_t
get64(const char **at)
{
    uint64_t v;
    memcpy(&v, *at, sizeof v);
    *at += sizeof v;
    return le64toh(v);
}

static float
get_float(const char **at)
{
    const uint32_t u = get32(at);
    float v;
    memcpy(&v, &u, sizeof v);
    return v;
}

fair_str
fair_fingerprint_pack(const struct fair_fingerprint *fp, struct fair_arena *a)
{
    size_t n = HEAD + (size_t)fp->n_parts * PART;
    char *bytes, *at;

    assert(fp->n_parts <= MOST_PARTS);
    at = bytes = fair_alloc(a, n);
    at = put16(at, fp->scheme);
    *at++ = (char)fp->quality;
    *at++ = (char)fp->glance_quality;
    at = put32(at, fp->width);
    at = put32(at, fp->height);
    at = put32(at, fp->norm_width);
    at = put32(at, fp->norm_height);
    for (int t = 0; t < FAIR_TURNS; t++)
        for (int w = 0; w < FAIR_WHOLE_WORDS; w++) at = put64(at, fp->whole[t][w]);
    for (int t = 0; t < FAIR_TURNS; t++)
        for (int w = 0; w < FAIR_WHOLE_WORDS; w++) at = put64(at, fp->glance[t][w]);
    at = put32(at, fp->n_parts);
    for (uint32_t i = 0; i < fp->n_parts; i++) {
        const struct fair_part *p = &fp->parts[i];
        at = put_float(at, p->x);
        at = put_float(at, p->y);
        at = put_float(at, p->size);
        at = put_float(at, p->angle);
        for (int w = 0; w < 4; w++) at = put64(at, p->code[w]);
    }
    assert((size_t)(at - bytes) == n);
    return (fair_str){ bytes, n };
}

/* Within low..high; false for what is no number, too. */
static bool
within(float v, float low, float high)
{
    return v >= low && v <= high;
}

fair_status
fair_fingerprint_unpack(fair_str bytes, struct fair_arena *a, struct fair_fingerprint *out, struct fair_err *err)
{
    const char *at = bytes.p;
    struct fair_fingerprint fp = { 0 };
    struct fair_part *parts;

    if (bytes.n < HEAD || bytes.n > FAIR_FINGERPRINT_MAX)
        return fair_fail(err, FAIR_CORRUPT, "fingerprint: %zu bytes", bytes.n);
    fp.scheme = get16(&at);
    if (fp.scheme != FAIR_SCHEME)
        return fair_fail(err, FAIR_CORRUPT, "fingerprint: scheme %u, not %u", fp.scheme, FAIR_SCHEME);
    fp.quality = (uint8_t)*at++;
    fp.glance_quality = (uint8_t)*at++;
    if (fp.quality > 100 || fp.glance_quality > 100)
        return fair_fail(err, FAIR_CORRUPT, "fingerprint: quality %u and %u", fp.quality, fp.glance_quality);
    fp.width = get32(&at);
    fp.height = get32(&at);
    fp.norm_width = get32(&at);
    fp.norm_height = get32(&at);
    if (fp.width < 1 || fp.width > MOST_PIXELS || fp.height < 1 || fp.height > MOST_PIXELS || fp.norm_width < 1 ||
        fp.norm_width > FAIR_SIDE || fp.norm_height < 1 || fp.norm_height > FAIR_SIDE)
        return fair_fail(err, FAIR_CORRUPT, "fingerprint: %u x %u from %u x %u pixels", fp.norm_width, fp.norm_height,
                         fp.width, fp.height);
    for (int t = 0; t < FAIR_TURNS; t++)
        for (int w = 0; w < FAIR_WHOLE_WORDS; w++) fp.whole[t][w] = get64(&at);
    for (int t = 0; t < FAIR_TURNS; t++)
        for (int w = 0; w < FAIR_WHOLE_WORDS; w++) fp.glance[t][w] = get64(&at);
    fp.n_parts = get32(&at);
    if (fp.n_parts > MOST_PARTS || bytes.n != HEAD + (size_t)fp.n_parts * PART)
        return fair_fail(err, FAIR_CORRUPT, "fingerprint: %u parts in %zu bytes", fp.n_parts, bytes.n);
    parts = fair_alloc_array(a, fp.n_parts, sizeof *parts);
    for (uint32_t i = 0; i < fp.n_parts; i++) {
        struct fair_part *p = &parts[i];
        p->x = get_float(&at);
        p->y = get_float(&at);
        p->size = get_float(&at);
        p->angle = get_float(&at);
        if (!within(p->x, 0, (float)fp.norm_width) || !within(p->y, 0, (float)fp.norm_height) ||
            !within(p->size, 0, FAIR_SIDE) || !within(p->angle, -3.1416f, 3.1416f))
            return fair_fail(err, FAIR_CORRUPT, "fingerprint: part %u lies outside of its picture", i);
        for (int w = 0; w < 4; w++) p->code[w] = get64(&at);
    }
    fp.parts = parts;
    *out = fp;
    return FAIR_OK;
}
