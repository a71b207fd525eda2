/* The reasons for a match in words. */
#include <math.h>
#include "index/index.h"

static void
say(fair_str words[8], size_t *n, fair_str s)
{
    if (*n < 8) words[(*n)++] = s;
}

size_t
fair_match_words(const struct fair_match *m, uint32_t w, uint32_t h, struct fair_arena *a, fair_str words[8])
{
    size_t n = 0;

    if (m->verdict == FAIR_TOO_PLAIN) {
        say(words, &n, FAIR_STR("too plain to be told apart"));
        return n;
    }
    if (m->verdict == FAIR_SAME_SCENE) say(words, &n, FAIR_STR("looks like another shot of the same thing: a person must look"));
    if (m->bits < 40) say(words, &n, fair_str_fmt(a, "the whole pictures agree: %u of 256 bits differ", m->bits));
    if (m->agree >= 4) say(words, &n, fair_str_fmt(a, "%u distinctive spots agree in place, size and direction", m->agree));
    if (m->has_map) {
        float turn = m->rotation, box = (m->box[2] - m->box[0]) * (m->box[3] - m->box[1]), all = (float)w * (float)h;
        float straight = fabsf(remainderf(turn, 90.f));
        if (m->mirrored) say(words, &n, FAIR_STR("mirrored"));
        if (straight < 1.f) {
            int quarter = ((int)lrintf(turn / 90.f) % 4 + 4) % 4;
            if (quarter != 0) say(words, &n, fair_str_fmt(a, "turned by %d degrees", quarter * 90));
        } else {
            say(words, &n, fair_str_fmt(a, "turned by %.0f degrees", (double)turn));
        }
        if (m->covers > 0 && m->covers < .97f) say(words, &n, fair_str_fmt(a, "cropped to %.0f %%", (double)(m->covers * 100)));
        if (all > 0 && box > 0 && box < .9f * all)
            say(words, &n, fair_str_fmt(a, "fills %.0f %% of the picture found", (double)(100 * box / all)));
        if (m->scale > 0 && (m->scale < .67f || m->scale > 1.5f))
            say(words, &n, fair_str_fmt(a, "%s to %.0f %% of its size", m->scale < 1 ? "shrunk" : "enlarged", (double)(100 * m->scale)));
    }
    if (m->residual >= 0) say(words, &n, fair_str_fmt(a, "laid on each other, the pixels differ by %.1f of 255", (double)m->residual));
    return n;
}
