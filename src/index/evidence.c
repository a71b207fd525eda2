/* What is known of a candidate as a row of numbers, for a score that is fitted and can be read. */
#include <math.h>
#include "index/search.h"

static float
bounded(float v, float low, float high)
{
    return v < low ? low : v > high ? high : v;
}

static float
least(float a, float b)
{
    return a < b ? a : b;
}

/* The greatest of three finenesses, each less sure the fewer tiles it rests on. */
static float
best_of(const float v[3], const float tiles[3])
{
    float best = 0;

    for (int k = 0; k < 3; k++) {
        float sure = v[k] * tiles[k] / (tiles[k] + 2);
        if (sure > best) best = sure;
    }
    return best;
}

float
fair_beyond(const struct fair_clue *c)
{
    float on = (float)c->run_on, all = (float)c->edges;

    /* where the border is textured it tells, and a sixth of the stretches run on by chance; plain ones are often alike
     * on both sides of a seam, and count only if nearly all go on */
    if (c->edges >= 4) return c->run_on < 2 ? 0 : bounded((on / all - .15f) / .45f, 0, 1) * bounded(on / 6, 0, 1);
    on += (float)c->bare_on;
    all += (float)c->bare;
    return on < 2 ? 0 : bounded((on / all - .7f) / .2f, 0, 1) * bounded(on / 8, 0, 1);
}

static float
enough(const struct fair_window *w)
{
    return w->backed / (w->backed + 6);
}

/* Of the window's evidence the weakest link.  Where all else agrees, it is the border that tells another shot of a thing. */
static float
window_agrees(const struct fair_clue *c)
{
    const struct fair_window *w = &c->window;

    return c->looked ? least(least(w->held, w->spread), least(bounded(w->tone, 0, 1), 1 - .6f * bounded(w->drift, 0, 1.5f))) * enough(w) : 0;
}

void
fair_sides(const struct fair_clue *c, float *goes_on, float *ends)
{
    *goes_on = *ends = 0;
    for (int k = 0; k < 4; k++) {
        float all = (float)c->side[k], on = (float)c->side_on[k], much = bounded((all - 3) / 7, 0, 1);
        if (all < 4) continue;
        *goes_on += much * bounded((on / all - .6f) / .3f, 0, 1);
        *ends += .25f * much * bounded((.4f - on / all) / .3f, 0, 1);
    }
    *goes_on = least(*goes_on, 1);
    *ends *= 1 - *goes_on;
}

void
fair_evidence(const struct fair_match *m, const struct fair_clue *c, float x[FAIR_EVIDENCE])
{
    float own = c->agree > 0 ? (float)(c->agree - c->shared) / (float)c->agree : 0, looked = c->looked ? 1 : 0;
    float firm = best_of(c->firm, c->tiles), alike = best_of(c->alike, c->tiles), crisp = best_of(c->crisp, c->tiles);
    int i = 0;

    x[i++] = 1;
    /* geometry */
    x[i++] = logf(1 + (float)c->agree) / 5;
    x[i++] = (float)c->agree / ((float)c->seen + 4);
    x[i++] = own * logf(1 + (float)(c->agree - c->shared)) / 5;
    x[i++] = bounded(c->weight / ((float)c->agree + .5f) - 1, 0, 1);
    x[i++] = m->bits > 128 ? 0 : bounded((90 - (float)m->bits) / 60, 0, 1);
    /* pixels */
    x[i++] = looked;
    x[i++] = looked * firm;
    x[i++] = looked * alike;
    x[i++] = looked * crisp;
    x[i++] = looked * bounded(c->firm[0], 0, 1);
    x[i++] = looked * bounded(c->alike[0], 0, 1);
    x[i++] = looked * firm * crisp;
    x[i++] = looked * bounded(logf(1 + c->tiles[0]) / 6, 0, 1);
    x[i++] = looked * bounded(logf(1 + c->tiles[0] * firm) / 6, 0, 1);
    x[i++] = looked * bounded(c->loose, 0, 1.5f);
    x[i++] = looked * bounded(c->loose, 0, 1.5f) * bounded(c->alike[0], 0, 1);
    x[i++] = c->run_on >= 4 ? (float)c->run_on / (float)(c->edges) : 0;
    x[i++] = looked * bounded(c->covers, 0, 1);
    x[i++] = looked * bounded(logf(.1f + m->scale), -2, 0);
    /* the survey of the overlap */
    {
        /* tone and drift are those of the best rectangle, if that is large enough to tell: what lies over a copy is of other tones */
        const struct fair_window *w = &c->window;
        float sure = c->backed / (c->backed + 3), tell = bounded((w->backed - 4) / 16, 0, 1);
        float tone = bounded(c->tone + tell * bounded(w->tone - c->tone, 0, 1), 0, 1), drift = bounded(c->drift - tell * bounded(c->drift - w->drift, 0, 2), 0, 1.5f);
        x[i++] = looked * c->held * sure;
        x[i++] = looked * c->spread * sure;
        x[i++] = looked * bounded(c->cells / 16, 0, 1);
        x[i++] = looked * bounded(c->breadth, 0, 1) * sure;
        x[i++] = looked * tone;
        x[i++] = looked * bounded(c->uneven / 20, 0, 1);
        x[i++] = looked * tone * c->held;
        x[i++] = looked * tone * crisp;
        x[i++] = looked * drift;
        x[i++] = looked * drift * c->held;
        x[i++] = looked * bounded(c->plain, 0, 1);
        x[i++] = c->bare_on >= 4 ? (float)c->bare_on / (float)c->bare : 0;
        x[i++] = looked * c->held * c->spread * tone * crisp;
        x[i++] = bounded(c->marked, 0, 1);
        x[i++] = looked * c->middle * sure;
        x[i++] = looked * bounded(5 * (c->breadth - 1), 0, 1);
        /* a chain is as strong as its weakest link */
        x[i++] = looked * least(least(c->held, c->spread), least(tone, least(crisp, 1 - .6f * drift))) * sure;
        x[i++] = fair_beyond(c) * window_agrees(c);
        /* how much agrees exactly, whatever else lies over it; less, on marks */
        {
            float amount = bounded(logf(1 + c->backed * (1 - c->marked)) / 6, 0, 1), exact = bounded(1 - 2 * drift, 0, 1);
            x[i++] = looked * amount * exact;
            x[i++] = looked * amount * exact * tone;
            x[i++] = looked * exact * bounded(c->cells / 16, 0, 1) * (1 - c->marked);
            x[i++] = looked * c->marked * (1 - c->middle);
        }
        /* the best rectangle of it alone: works are cut to fit a frame, and captions and stickers are laid over them */
        {
            float goes_on, ends;
            fair_sides(c, &goes_on, &ends);
            x[i++] = window_agrees(c);
            x[i++] = looked * bounded(w->tone, 0, 1) * enough(w);
            x[i++] = looked * bounded(w->cells / 16, 0, 1) * bounded(1 - 2 * w->drift, 0, 1) * (1 - c->marked);
            x[i++] = goes_on * window_agrees(c);
            x[i++] = ends;
        }
    }
}
