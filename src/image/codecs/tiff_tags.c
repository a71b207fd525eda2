/* image/codecs/tiff_tags.c - the few tags that we read out of TIFF structures ourselves. */
#include "image/codecs/codecs_private.h"

struct tiff {
    const uint8_t *p;
    size_t n;
    bool big_endian;
};

static bool
tiff_open(struct tiff *t, const uint8_t *p, size_t n)
{
    *t = (struct tiff){ .p = p, .n = n };
    if (n < 8) return false;
    if (p[0] == 'M' && p[1] == 'M') t->big_endian = true;
    else if (p[0] != 'I' || p[1] != 'I') return false;
    return true;
}

static uint32_t
get16(const struct tiff *t, size_t at)
{
    if (at > t->n || t->n - at < 2) return 0;
    return t->big_endian ? fair_be16(t->p + at) : fair_le16(t->p + at);
}

static uint32_t
get32(const struct tiff *t, size_t at)
{
    if (at > t->n || t->n - at < 4) return 0;
    return t->big_endian ? fair_be32(t->p + at) : fair_le32(t->p + at);
}

int
fair_exif_orientation(const uint8_t *tiff, size_t n)
{
    struct tiff t;
    size_t at;
    uint32_t entries;

    /* 42, or what Panasonic (0x55) and Olympus ("RO", "RS") have in its place */
    if (!tiff_open(&t, tiff, n)) return 0;
    at = get16(&t, 2);
    if (at != 42 && at != 0x55 && at != 0x4f52 && at != 0x5352) return 0;
    at = get32(&t, 4);
    entries = get16(&t, at);
    for (uint32_t i = 0; i < entries && at + 2 + (size_t)12 * (i + 1) <= n; i++) {
        size_t e = at + 2 + (size_t)12 * i;
        uint32_t value;
        if (get16(&t, e) != 274 || get16(&t, e + 2) != 3 || get32(&t, e + 4) != 1) continue;
        value = get16(&t, e + 8);
        return value >= 1 && value <= 8 ? (int)value : 0;
    }
    return 0;
}

/* What tells a raw picture: a colour filter array or linear raw, one of the
 * makers' own compressions, or DNG's version tag. */
static bool
directory_is_raw(const struct tiff *t, size_t at, size_t *next, size_t *subs, uint32_t *n_subs)
{
    uint32_t entries = get16(t, at);
    size_t end = at + 2 + (size_t)12 * entries;

    *next = 0;
    if (at < 8 || end > t->n) return false;
    for (size_t e = at + 2; e < end; e += 12) {
        uint32_t tag = get16(t, e), type = get16(t, e + 2), count = get32(t, e + 4);
        uint32_t value = type == 3 ? get16(t, e + 8) : get32(t, e + 8);
        if (tag == 0xc612) return true;                                                    /* DNGVersion */
        if (tag == 262 && (value == 32803 || value == 34892)) return true;                 /* CFA, LinearRaw */
        if (tag == 259 && (value == 34713 || value == 32767 || value == 65535 || value == 32770)) return true;
        if (tag == 330 && *n_subs < 16) {                                                  /* SubIFDs */
            if (count == 1) subs[(*n_subs)++] = value;
            else for (uint32_t i = 0; i < count && i < 8 && *n_subs < 16; i++)
                subs[(*n_subs)++] = get32(t, (size_t)value + 4 * (size_t)i);
        }
    }
    *next = get32(t, end);
    return false;
}

bool
fair_tiff_is_raw(const uint8_t *tiff, size_t n)
{
    struct tiff t;
    size_t at, next, subs[16];
    uint32_t n_subs = 0;

    if (!tiff_open(&t, tiff, n) || get16(&t, 2) != 42) return false;
    at = get32(&t, 4);
    for (int i = 0; i < 8 && at != 0; i++, at = next)
        if (directory_is_raw(&t, at, &next, subs, &n_subs)) return true;
    for (uint32_t i = 0; i < n_subs; i++)
        if (directory_is_raw(&t, subs[i], &next, subs, &n_subs)) return true;
    return false;
}
