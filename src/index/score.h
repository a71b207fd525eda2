/* Made by tools/fit-verdict from the calibration sets: the weights of the evidence, in the order of fair_evidence. */
#ifndef FAIR_SCORE_H
#define FAIR_SCORE_H
#include "index/search.h"

#define FAIR_SCORE_WORKS 248.f      /* works in a calibration set */

static const float fair_score_copy[FAIR_EVIDENCE] = {
    -6.528f, 0.000f, 0.000f, 0.000f, 0.000f, 4.692f,    /* one, log_agree, agree_of_seen, own, near_codes, whole */
    0.425f, 2.674f, 1.531f, 0.000f, 0.136f, 0.000f,    /* looked, firm, alike, crisp, firm_fine, alike_fine */
    0.000f, 0.000f, 0.161f, -0.615f, -2.602f, -0.886f,    /* firm_crisp, tiles, tiles_firm, loose, loose_alike, runs_on */
    0.000f, 0.081f, 0.000f, 0.000f, 0.000f, 1.999f,    /* covers, scale, held, spread, cells, breadth */
    1.504f, -0.709f, 0.000f, 1.137f, 0.000f, -3.473f,    /* tone, uneven, tone_held, tone_crisp, drift, drift_held */
    0.000f, 0.000f, 0.000f, 0.000f, 0.000f, -3.947f,    /* plain, bare_on, all, marked, middle, ring */
    0.000f, -3.158f, 0.131f, 1.588f, 0.710f, -4.394f,    /* weakest, beyond, amount_exact, amount_exact_tone, exact_cells, marked_out */
};

static const float fair_score_related[FAIR_EVIDENCE] = {
    -9.265f, 11.094f, 1.307f, 0.000f, 3.502f, 15.944f,    /* one, log_agree, agree_of_seen, own, near_codes, whole */
    -3.418f, 0.000f, 0.000f, 0.000f, 0.000f, 0.000f,    /* looked, firm, alike, crisp, firm_fine, alike_fine */
    0.000f, 3.959f, 0.000f, 0.000f, 0.000f, 0.000f,    /* firm_crisp, tiles, tiles_firm, loose, loose_alike, runs_on */
    0.000f, 2.429f, 0.000f, 0.000f, 0.000f, 0.000f,    /* covers, scale, held, spread, cells, breadth */
    0.899f, 0.000f, 0.000f, 0.000f, 0.000f, 0.000f,    /* tone, uneven, tone_held, tone_crisp, drift, drift_held */
    0.000f, 0.000f, 2.878f, 0.000f, 0.000f, 0.000f,    /* plain, bare_on, all, marked, middle, ring */
    0.000f, 0.000f, 2.539f, 0.381f, 0.000f, 0.000f,    /* weakest, beyond, amount_exact, amount_exact_tone, exact_cells, marked_out */
};

#endif
