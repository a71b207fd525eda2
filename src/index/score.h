/* Made by tools/fit-verdict from the calibration sets: the weights of the evidence, in the order of fair_evidence. */
#ifndef FAIR_SCORE_H
#define FAIR_SCORE_H
#include "index/search.h"

#define FAIR_SCORE_WORKS 250.f      /* works in a calibration set */

static const float fair_score_copy[FAIR_EVIDENCE] = {
    -6.514f, 0.000f, 0.000f, 0.500f, 0.000f, 4.973f,    /* one, log_agree, agree_of_seen, own, near_codes, whole */
    -0.623f, 2.573f, 0.712f, 0.000f, 0.000f, 0.000f,    /* looked, firm, alike, crisp, firm_fine, alike_fine */
    0.000f, 0.000f, 0.000f, -0.430f, -1.923f, -0.560f,    /* firm_crisp, tiles, tiles_firm, loose, loose_alike, runs_on */
    0.000f, 0.640f, 0.000f, 0.000f, 0.553f, 1.654f,    /* covers, scale, held, spread, cells, breadth */
    2.226f, -2.036f, 0.000f, 0.728f, -1.056f, -9.787f,    /* tone, uneven, tone_held, tone_crisp, drift, drift_held */
    0.000f, 0.000f, 0.000f, 0.000f, 0.000f, -3.387f,    /* plain, bare_on, all, marked, middle, ring */
    0.000f, -2.836f, 0.473f, 2.558f, 0.000f, -5.891f,    /* weakest, beyond, amount_exact, amount_exact_tone, exact_cells, marked_out */
    0.000f, 0.058f, 0.000f, -0.841f, 2.320f,    /* win_weakest, win_tone, win_exact_cells, goes_on, ends */
};

static const float fair_score_related[FAIR_EVIDENCE] = {
    -6.995f, 8.153f, 1.193f, 0.000f, 1.647f, 12.515f,    /* one, log_agree, agree_of_seen, own, near_codes, whole */
    -2.945f, 0.000f, 0.000f, 0.000f, 0.000f, 0.000f,    /* looked, firm, alike, crisp, firm_fine, alike_fine */
    0.000f, 3.567f, 0.000f, 0.000f, 0.000f, 0.000f,    /* firm_crisp, tiles, tiles_firm, loose, loose_alike, runs_on */
    0.000f, 2.506f, 0.000f, 0.000f, 0.888f, 0.000f,    /* covers, scale, held, spread, cells, breadth */
    0.723f, 0.000f, 0.107f, 0.000f, 0.000f, 0.000f,    /* tone, uneven, tone_held, tone_crisp, drift, drift_held */
    0.000f, 0.000f, 4.979f, 0.000f, 0.000f, 0.000f,    /* plain, bare_on, all, marked, middle, ring */
    0.000f, 0.000f, 0.000f, 0.000f, 0.000f, 0.000f,    /* weakest, beyond, amount_exact, amount_exact_tone, exact_cells, marked_out */
    0.000f, 0.000f, 0.000f, 0.000f, 3.074f,    /* win_weakest, win_tone, win_exact_cells, goes_on, ends */
};

static const float fair_score_second[FAIR_EVIDENCE + 1] = {
    -4.567f, 0.000f, 0.000f, 0.137f, 0.000f, 3.038f,    /* one, log_agree, agree_of_seen, own, near_codes, whole */
    -0.344f, 0.150f, 0.048f, 0.000f, 0.000f, 0.000f,    /* looked, firm, alike, crisp, firm_fine, alike_fine */
    0.000f, 0.000f, 0.000f, 0.000f, 0.000f, -0.324f,    /* firm_crisp, tiles, tiles_firm, loose, loose_alike, runs_on */
    0.000f, 0.570f, 0.000f, 0.000f, 0.000f, 1.237f,    /* covers, scale, held, spread, cells, breadth */
    4.697f, -0.290f, 0.000f, 0.000f, -2.028f, -14.552f,    /* tone, uneven, tone_held, tone_crisp, drift, drift_held */
    0.000f, 0.000f, 0.000f, 0.000f, 0.000f, -3.241f,    /* plain, bare_on, all, marked, middle, ring */
    0.000f, -1.090f, 0.729f, 1.790f, 0.000f, -5.367f,    /* weakest, beyond, amount_exact, amount_exact_tone, exact_cells, marked_out */
    0.000f, 0.051f, 0.000f, 0.000f, 0.802f, 1.058f,    /* win_weakest, win_tone, win_exact_cells, goes_on, ends, opinion */
};

/* Where the score lies between these, the learned verifier is asked, and `second` is the score. */
#define FAIR_SCORE_OPEN 0.0005f
#define FAIR_SCORE_CLOSED 0.97f

#endif
