/* Made by tools/fit-verdict from the calibration sets: the weights of the evidence, in the order of fair_evidence. */
#ifndef FAIR_SCORE_H
#define FAIR_SCORE_H
#include "index/search.h"

#define FAIR_SCORE_WORKS 248.f      /* works in a calibration set */

static const float fair_score_copy[FAIR_EVIDENCE] = {
    -6.387f, 0.000f, 0.000f, 1.469f, 0.000f, 5.540f,    /* one, log_agree, agree_of_seen, own, near_codes, whole */
    -0.902f, 2.512f, 2.694f, 0.000f, 0.000f, 0.000f,    /* looked, firm, alike, crisp, firm_fine, alike_fine */
    0.000f, 0.000f, 0.000f, -0.280f, -2.790f, -0.165f,    /* firm_crisp, tiles, tiles_firm, loose, loose_alike, runs_on */
    0.000f, 0.000f, 0.000f, 0.000f, 0.000f, 0.000f,    /* covers, scale, held, spread, cells, breadth */
    1.636f, 0.000f, 0.000f, 1.224f, 0.000f, -3.625f,    /* tone, uneven, tone_held, tone_crisp, drift, drift_held */
    0.000f, -0.827f, 0.000f, 0.000f, 0.000f, -4.298f,    /* plain, bare_on, all, marked, middle, ring */
    0.000f, -1.999f, 0.173f, 1.802f, 1.848f, 0.000f,    /* weakest, beyond, amount_exact, amount_exact_tone, exact_cells, marked_out */
};

static const float fair_score_related[FAIR_EVIDENCE] = {
    -7.203f, 8.889f, 0.000f, 0.000f, 2.931f, 12.900f,    /* one, log_agree, agree_of_seen, own, near_codes, whole */
    -3.802f, 0.000f, 0.000f, 0.000f, 0.000f, 0.000f,    /* looked, firm, alike, crisp, firm_fine, alike_fine */
    0.000f, 4.602f, 0.000f, 0.000f, 0.000f, 0.000f,    /* firm_crisp, tiles, tiles_firm, loose, loose_alike, runs_on */
    0.000f, 2.796f, 0.000f, 0.000f, 0.000f, 0.041f,    /* covers, scale, held, spread, cells, breadth */
    0.553f, 0.000f, 0.000f, 0.000f, 0.000f, 0.000f,    /* tone, uneven, tone_held, tone_crisp, drift, drift_held */
    0.000f, 0.000f, 3.314f, 0.000f, 0.000f, 0.000f,    /* plain, bare_on, all, marked, middle, ring */
    0.000f, 0.000f, 1.804f, 0.395f, 0.000f, 0.000f,    /* weakest, beyond, amount_exact, amount_exact_tone, exact_cells, marked_out */
};

#endif
