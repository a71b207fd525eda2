/* What is known of a candidate as a row of numbers, for a score that is fitted and can be read. */
#include <math.h>
#include "index/search.h"

static float
bounded(float v, float low, float high)
{
    return v < low ? low : v > high ? high : v;
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
    x[i++] = c->run_on >= 2 ? (float)c->run_on / (float)c->edges : 0;
    x[i++] = looked * bounded(c->covers, 0, 1);
    x[i++] = looked * bounded(logf(.1f + m->scale), -2, 0);
}
