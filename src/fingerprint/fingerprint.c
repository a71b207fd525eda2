/* fingerprint/fingerprint.c - the fingerprint of a picture: its whole hashes and its parts. */
#include "fingerprint/fingerprint.h"
#include <assert.h>
#include "fingerprint/glance.h"
#include "fingerprint/parts.h"
#include "fingerprint/whole.h"

void
fair_fingerprint_take(const struct fair_image *grey, uint32_t width, uint32_t height, enum fair_purpose purpose,
                      struct fair_arena *a, struct fair_fingerprint *out)
{
    FAIR_AUTO(image) struct fair_image *shrunk = NULL;
    struct fair_part *parts = NULL;
    struct fair_whole whole;
    struct fair_glance glance;

    assert(grey->channels == 1);
    if (grey->width > FAIR_SIDE || grey->height > FAIR_SIDE) grey = shrunk = fair_image_shrink(grey, FAIR_SIDE);
    *out = (struct fair_fingerprint){ .scheme = FAIR_SCHEME, .width = width, .height = height,
                                      .norm_width = grey->width, .norm_height = grey->height };
    fair_whole_take(grey, &whole);
    out->quality = whole.quality;
    _Static_assert(sizeof out->whole == sizeof whole.turn, "a whole hash is eight turns of 256 bits");
    for (int t = 0; t < FAIR_TURNS; t++)
        for (int w = 0; w < FAIR_WHOLE_WORDS; w++) out->whole[t][w] = whole.turn[t][w];
    fair_glance_take(grey, grey->width, grey->height, &glance);
    out->glance_quality = glance.quality;
    for (int t = 0; t < FAIR_TURNS; t++)
        for (int w = 0; w < FAIR_WHOLE_WORDS; w++) out->glance[t][w] = glance.turn[t][w];
    fair_parts_take(grey, purpose, purpose == FAIR_FOR_QUERY ? FAIR_PARTS_QUERY : FAIR_PARTS_CATALOGUE, a, &parts, &out->n_parts);
    out->parts = parts;
}
