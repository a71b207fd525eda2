/* Made by tools/fit-verdict from the calibration sets: the weights of the evidence, in the order of fair_evidence. */
#ifndef FAIR_SCORE_H
#define FAIR_SCORE_H
#include "index/search.h"

#define FAIR_SCORE_WORKS 248.f      /* works in a calibration set */

static const float fair_score_copy[FAIR_EVIDENCE] = {
    -6.706f, 0.000f, 0.000f, 0.745f, 0.000f, 4.820f,    /* one, log_agree, agree_of_seen, own, near_codes, whole */
    0.266f, 2.367f, 1.522f, 0.000f, 0.092f, 0.000f,    /* looked, firm, alike, crisp, firm_fine, alike_fine */
    0.000f, 0.000f, 0.031f, -0.619f, -2.228f, -0.037f,    /* firm_crisp, tiles, tiles_firm, loose, loose_alike, runs_on */
    0.000f, 0.039f, 0.000f, 0.000f, 0.000f, 2.060f,    /* covers, scale, held, spread, cells, breadth */
    1.608f, -0.662f, 0.000f, 1.120f, 0.000f, -3.638f,    /* tone, uneven, tone_held, tone_crisp, drift, drift_held */
    0.000f, -0.831f, 0.000f, 0.000f, 0.000f, -3.945f,    /* plain, bare_on, all, marked, middle, ring */
    0.000f, -1.987f, 0.183f, 1.621f, 0.755f, -4.225f,    /* weakest, beyond, amount_exact, amount_exact_tone, exact_cells, marked_out */
};

static const float fair_score_related[FAIR_EVIDENCE] = {
    -9.258f, 11.105f, 1.299f, 0.000f, 3.481f, 15.934f,    /* one, log_agree, agree_of_seen, own, near_codes, whole */
    -3.416f, 0.000f, 0.000f, 0.000f, 0.000f, 0.000f,    /* looked, firm, alike, crisp, firm_fine, alike_fine */
    0.000f, 3.952f, 0.000f, 0.000f, 0.000f, 0.000f,    /* firm_crisp, tiles, tiles_firm, loose, loose_alike, runs_on */
    0.000f, 2.429f, 0.000f, 0.000f, 0.000f, 0.000f,    /* covers, scale, held, spread, cells, breadth */
    0.895f, 0.000f, 0.000f, 0.000f, 0.000f, 0.000f,    /* tone, uneven, tone_held, tone_crisp, drift, drift_held */
    0.000f, 0.000f, 2.881f, 0.000f, 0.000f, 0.000f,    /* plain, bare_on, all, marked, middle, ring */
    0.000f, 0.000f, 2.558f, 0.385f, 0.000f, 0.000f,    /* weakest, beyond, amount_exact, amount_exact_tone, exact_cells, marked_out */
};

#endif
