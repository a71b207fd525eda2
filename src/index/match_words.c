/* The reasons for a match in words. */
#include <math.h>
#include "index/index.h"

struct words { fair_str *v; size_t n; };

static void
say(struct words *w, fair_str s)
{
    if (w->n < FAIR_MATCH_WORDS) w->v[w->n++] = s;
}

static const char *const sides[4] = { "left", "top", "right", "bottom" };

/* "on the left", "at the top and the bottom", "on all sides": of the sides in `set`, bit k being side k. */
static fair_str
places(unsigned set, struct fair_arena *a)
{
    struct fair_buf b = FAIR_BUF(a, 128);
    unsigned left = (unsigned)__builtin_popcount(set), all = left;

    if (set == 15) return FAIR_STR("on all sides");
    fair_buf_c(&b, set & 10 ? "at " : "on ");
    for (unsigned k = 0; k < 4; k++) {
        if (!(set >> k & 1)) continue;
        fair_buf_fmt(&b, "%sthe %s", left == all ? "" : left == 1 ? " and " : ", ", sides[k]);
        left--;
    }
    return (fair_str){ b.p, b.n };
}

static void
say_around(struct words *w, const struct fair_done *d, struct fair_arena *a)
{
    unsigned set[4] = { 0 };

    for (unsigned k = 0; k < 4; k++) set[d->around[k]] |= 1u << k;
    if (set[FAIR_AROUND_BUSY] != 0 || (set[FAIR_AROUND_BAR] != 0 && (set[FAIR_AROUND_BAR] & 5 || set[FAIR_AROUND_PLAIN] & 5))) {
        say(w, FAIR_STR("stands in a larger picture"));
        return;
    }
    if (set[FAIR_AROUND_BAR] != 0) say(w, fair_str_fmt(a, "a strip with something on it added %.*s", FAIR_STR_ARG(places(set[FAIR_AROUND_BAR], a))));
    if (set[FAIR_AROUND_PLAIN] != 0)
        say(w, fair_str_fmt(a, "a plain %s added %.*s", set[FAIR_AROUND_PLAIN] == 15 ? "border" : "strip", FAIR_STR_ARG(places(set[FAIR_AROUND_PLAIN], a))));
}

static void
say_over(struct words *w, const struct fair_done *d, struct fair_arena *a)
{
    float x = .5f * (d->over_box[0] + d->over_box[2]), y = .5f * (d->over_box[1] + d->over_box[3]);
    bool edge = d->over_box[0] <= 0 || d->over_box[1] <= 0 || d->over_box[2] >= .999f || d->over_box[3] >= .999f, larger = false;
    const char *down = y < .36f ? "top" : y > .64f ? "bottom" : NULL, *across = x < .36f ? "left" : x > .64f ? "right" : NULL;

    for (int k = 0; k < 4; k++) larger |= d->around[k] == FAIR_AROUND_BUSY || d->around[k] == FAIR_AROUND_BAR;
    say(w, fair_str_fmt(a, edge && larger ? "%.0f %% of it cut off or covered, %s%s%s%s" : "something lies over %.0f %% of it, %s%s%s%s", (double)(100 * d->over), down != NULL ? "at the " : across != NULL ? "on the " : "in the middle",
                        down != NULL ? down : "", down != NULL && across != NULL ? " " : "", across != NULL ? across : ""));
}

/* What was done, in the order in which one would see it. */
static void
say_colours(struct words *w, const struct fair_done *d, struct fair_arena *a)
{
    switch (d->colours) {
    case FAIR_COLOURS_GREYSCALE: say(w, FAIR_STR("greyscale: the work's colours are gone")); break;
    case FAIR_COLOURS_ONE: say(w, FAIR_STR("in tones of one colour, as sepia is")); break;
    case FAIR_COLOURS_OTHER: say(w, FAIR_STR("colours changed into others")); break;
    case FAIR_COLOURS_PALER: say(w, fair_str_fmt(a, "colours paler: %.0f %% of the work's", (double)(100 * d->colour_left))); break;
    case FAIR_COLOURS_STRONGER: say(w, fair_str_fmt(a, "colours stronger: %.0f %% of the work's", (double)(100 * d->colour_left))); break;
    case FAIR_COLOURS_CAST: say(w, FAIR_STR("all colours moved towards one")); break;
    case FAIR_COLOURS_ADDED: say(w, FAIR_STR("in colour, where the work is grey")); break;
    case FAIR_COLOURS_UNKNOWN:
    case FAIR_COLOURS_KEPT: break;
    }
}

static void
say_done(struct words *w, const struct fair_done *d, struct fair_arena *a)
{
    if (d->negated) say(w, FAIR_STR("inverted: what was light is dark"));
    if (d->bent && d->sure) say(w, FAIR_STR("bent, as through a lens or on a page that curls"));
    if (d->slanted && d->sure) say(w, FAIR_STR("seen from the side"));
    if (d->sure && d->wide > 0 && d->wide < .94f) say(w, fair_str_fmt(a, "squeezed: %.0f %% as wide for its height", (double)(100 * d->wide)));
    if (d->sure && d->wide > 1.06f) say(w, fair_str_fmt(a, "squeezed: %.0f %% as high for its width", (double)(100 / d->wide)));
    say_around(w, d, a);
    if (d->tones_known) {
        bool contrast = d->slope < .8f || d->slope > 1.25f, light = fabsf(d->brighter) > 10;
        if (contrast) say(w, fair_str_fmt(a, "%s contrast", d->slope < 1 ? "less" : "more"));
        if (light) say(w, fair_str_fmt(a, "%s by %.0f of 255 greys", d->brighter > 0 ? "lighter" : "darker", (double)fabsf(d->brighter)));
        if (!contrast && !light && d->off_line > 7) say(w, FAIR_STR("tones changed, as filters do"));
        if (d->detail < .74f) say(w, FAIR_STR("less detail: blurred, coarsened or enlarged from a smaller one"));
        if (d->detail > 1.4f && d->grain >= 0 && d->grain < 1.5f) say(w, FAIR_STR("sharpened"));
        if (d->grain > 4) say(w, FAIR_STR("grain or noise added"));
    }
    say_colours(w, d, a);
    if (d->over >= .015f && d->over < .6f) say_over(w, d, a);
}

size_t
fair_match_words(const struct fair_match *m, uint32_t w, uint32_t h, struct fair_arena *a, fair_str words[FAIR_MATCH_WORDS])
{
    struct words out = { words, 0 };

    if (m->verdict == FAIR_TOO_PLAIN) {
        say(&out, FAIR_STR("too plain to be told apart"));
        return out.n;
    }
    if (m->verdict == FAIR_SAME_SCENE) say(&out, FAIR_STR("looks like another shot of the same thing: a person must look"));
    if (m->repeats) say(&out, FAIR_STR("lies there as a copy does, but the work is one pattern all over, which others may have too: a person must look"));
    if (m->bits < 40) say(&out, fair_str_fmt(a, "the whole pictures agree: %u of 256 bits differ", m->bits));
    if (m->agree >= 4) say(&out, fair_str_fmt(a, "%u distinctive spots agree in place, size and direction", m->agree));
    if (m->has_map) {
        float turn = m->rotation, box = (m->box[2] - m->box[0]) * (m->box[3] - m->box[1]), all = (float)w * (float)h;
        float straight = fabsf(remainderf(turn, 90.f));
        if (m->mirrored) say(&out, FAIR_STR("mirrored"));
        bool exact = m->verdict != FAIR_MATCH || !m->done.known || m->done.sure;
        if (straight < 1.f) {
            int quarter = ((int)lrintf(turn / 90.f) % 4 + 4) % 4;
            if (quarter != 0) say(&out, fair_str_fmt(a, "turned by %d degrees", quarter * 90));
        } else {
            say(&out, fair_str_fmt(a, "turned by %.0f degrees", (double)turn));
        }
        if (m->covers > 0 && m->covers < (exact ? .96f : .7f)) say(&out, fair_str_fmt(a, "cropped to %.0f %%", (double)(m->covers * 100)));
        if (all > 0 && box > 0 && box < .9f * all)
            say(&out, fair_str_fmt(a, "fills %.0f %% of the picture found", (double)(100 * box / all)));
        if (m->scale > 0 && (m->scale < .67f || m->scale > 1.5f))
            say(&out, fair_str_fmt(a, "%s to %.0f %% of its size", m->scale < 1 ? "shrunk" : "enlarged", (double)(100 * m->scale)));
    }
    if (m->verdict == FAIR_MATCH && m->done.known) say_done(&out, &m->done, a);
    if (m->residual >= 0) say(&out, fair_str_fmt(a, "laid on each other, the pixels differ by %.1f of 255", (double)m->residual));
    return out.n;
}
