/* Made by tools/fit-verdict from the calibration sets: the weights of the evidence, in the order of fair_evidence. */
#ifndef FAIR_SCORE_H
#define FAIR_SCORE_H
#include "index/search.h"

#define FAIR_SCORE_WORKS 250.f      /* works in a calibration set */

static const float fair_score_copy[FAIR_EVIDENCE] = {
    -6.601f, 0.000f, 0.000f, 0.698f, 0.000f, 5.019f,    /* one, log_agree, agree_of_seen, own, near_codes, whole */
    -0.550f, 2.604f, 0.516f, 0.000f, 0.000f, 0.000f,    /* looked, firm, alike, crisp, firm_fine, alike_fine */
    0.000f, 0.000f, 0.000f, -0.476f, -1.802f, -0.659f,    /* firm_crisp, tiles, tiles_firm, loose, loose_alike, runs_on */
    0.000f, 0.701f, 0.000f, 0.000f, 0.482f, 1.672f,    /* covers, scale, held, spread, cells, breadth */
    2.203f, -2.113f, 0.000f, 0.671f, -1.206f, -10.256f,    /* tone, uneven, tone_held, tone_crisp, drift, drift_held */
    0.000f, 0.000f, 0.000f, 0.000f, 0.000f, -3.328f,    /* plain, bare_on, all, marked, middle, ring */
    0.000f, -2.699f, 0.642f, 2.675f, 0.000f, -6.010f,    /* weakest, beyond, amount_exact, amount_exact_tone, exact_cells, marked_out */
    0.000f, 0.000f, 0.000f, -0.974f, 2.348f,    /* win_weakest, win_tone, win_exact_cells, goes_on, ends */
};

static const float fair_score_related[FAIR_EVIDENCE] = {
    -7.016f, 8.235f, 1.090f, 0.000f, 1.646f, 11.548f,    /* one, log_agree, agree_of_seen, own, near_codes, whole */
    -2.955f, 0.000f, 0.000f, 0.000f, 0.000f, 0.000f,    /* looked, firm, alike, crisp, firm_fine, alike_fine */
    0.000f, 3.603f, 0.000f, 0.000f, 0.000f, 0.000f,    /* firm_crisp, tiles, tiles_firm, loose, loose_alike, runs_on */
    0.000f, 2.523f, 0.000f, 0.000f, 0.795f, 0.000f,    /* covers, scale, held, spread, cells, breadth */
    0.658f, 0.000f, 0.332f, 0.000f, 0.000f, 0.000f,    /* tone, uneven, tone_held, tone_crisp, drift, drift_held */
    0.000f, 0.000f, 4.873f, 0.000f, 0.000f, 0.000f,    /* plain, bare_on, all, marked, middle, ring */
    0.000f, 0.000f, 0.000f, 0.000f, 0.000f, 0.000f,    /* weakest, beyond, amount_exact, amount_exact_tone, exact_cells, marked_out */
    0.000f, 0.000f, 0.000f, 0.000f, 3.299f,    /* win_weakest, win_tone, win_exact_cells, goes_on, ends */
};

static const float fair_score_second[FAIR_EVIDENCE + 1] = {
    -5.879f, 0.000f, 0.000f, 0.016f, 0.000f, 2.948f,    /* one, log_agree, agree_of_seen, own, near_codes, whole */
    -0.055f, 0.253f, 0.979f, 0.000f, 0.000f, 0.000f,    /* looked, firm, alike, crisp, firm_fine, alike_fine */
    0.000f, 0.000f, 0.559f, 0.000f, 0.000f, -0.900f,    /* firm_crisp, tiles, tiles_firm, loose, loose_alike, runs_on */
    0.000f, 0.736f, 0.000f, 0.000f, 0.210f, 0.427f,    /* covers, scale, held, spread, cells, breadth */
    4.212f, 0.000f, 0.000f, 0.000f, -1.234f, -13.774f,    /* tone, uneven, tone_held, tone_crisp, drift, drift_held */
    0.000f, 0.000f, 0.000f, 0.000f, 0.000f, -3.191f,    /* plain, bare_on, all, marked, middle, ring */
    0.000f, -1.957f, 0.000f, 1.949f, 0.000f, -5.632f,    /* weakest, beyond, amount_exact, amount_exact_tone, exact_cells, marked_out */
    0.000f, 0.365f, 0.000f, 0.000f, 1.009f, 1.118f,    /* win_weakest, win_tone, win_exact_cells, goes_on, ends, opinion */
};

/* Where the score lies between these, the learned verifier is asked, and `second` is the score. */
#define FAIR_SCORE_OPEN 0.0005f
#define FAIR_SCORE_CLOSED 0.9995f

#endif
