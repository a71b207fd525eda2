/* Made by tools/fit-verdict from the calibration sets: the weights of the evidence, in the order of fair_evidence. */
#ifndef FAIR_SCORE_H
#define FAIR_SCORE_H
#include "index/search.h"

#define FAIR_SCORE_WORKS 250.f      /* works in a calibration set */

static const float fair_score_copy[FAIR_EVIDENCE] = {
    -6.540f, 0.000f, 0.000f, 0.665f, 0.000f, 5.281f,    /* one, log_agree, agree_of_seen, own, near_codes, whole */
    -0.869f, 2.966f, 0.711f, 0.000f, 0.000f, 0.000f,    /* looked, firm, alike, crisp, firm_fine, alike_fine */
    0.000f, 0.000f, 0.000f, -0.230f, -2.596f, -0.058f,    /* firm_crisp, tiles, tiles_firm, loose, loose_alike, runs_on */
    0.000f, 0.655f, 0.000f, 0.000f, 0.901f, 1.360f,    /* covers, scale, held, spread, cells, breadth */
    2.014f, -1.727f, 0.000f, 0.232f, -0.427f, -9.602f,    /* tone, uneven, tone_held, tone_crisp, drift, drift_held */
    0.000f, 0.000f, 0.000f, 0.000f, 0.000f, -3.559f,    /* plain, bare_on, all, marked, middle, ring */
    0.000f, -3.605f, 0.000f, 3.749f, 0.000f, -5.882f,    /* weakest, beyond, amount_exact, amount_exact_tone, exact_cells, marked_out */
    0.000f, 0.000f, 0.000f, -0.960f, 2.602f,    /* win_weakest, win_tone, win_exact_cells, goes_on, ends */
};

static const float fair_score_related[FAIR_EVIDENCE] = {
    -7.227f, 8.709f, 0.420f, 0.000f, 2.151f, 12.879f,    /* one, log_agree, agree_of_seen, own, near_codes, whole */
    -3.855f, 0.000f, 0.000f, 0.000f, 0.000f, 0.000f,    /* looked, firm, alike, crisp, firm_fine, alike_fine */
    0.000f, 4.388f, 0.000f, 0.000f, 0.000f, 0.000f,    /* firm_crisp, tiles, tiles_firm, loose, loose_alike, runs_on */
    0.000f, 2.062f, 0.000f, 0.000f, 0.606f, 0.000f,    /* covers, scale, held, spread, cells, breadth */
    0.827f, 0.000f, 0.331f, 0.000f, 0.000f, 0.000f,    /* tone, uneven, tone_held, tone_crisp, drift, drift_held */
    0.000f, 0.000f, 5.026f, 0.000f, 0.000f, 0.000f,    /* plain, bare_on, all, marked, middle, ring */
    0.000f, 0.000f, 0.000f, 0.000f, 0.000f, 0.000f,    /* weakest, beyond, amount_exact, amount_exact_tone, exact_cells, marked_out */
    0.000f, 0.000f, 0.000f, 0.000f, 2.568f,    /* win_weakest, win_tone, win_exact_cells, goes_on, ends */
};

#endif
