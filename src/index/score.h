/* Made by tools/fit-verdict from the calibration sets: the weights of the evidence, in the order of fair_evidence. */
#ifndef FAIR_SCORE_H
#define FAIR_SCORE_H
#include "index/search.h"

#define FAIR_SCORE_WORKS 250.f      /* works in a calibration set */

static const float fair_score_copy[FAIR_EVIDENCE] = {
    -6.603f, 0.000f, 0.000f, 0.706f, 0.000f, 5.024f,    /* one, log_agree, agree_of_seen, own, near_codes, whole */
    -0.498f, 2.620f, 0.492f, 0.000f, 0.000f, 0.000f,    /* looked, firm, alike, crisp, firm_fine, alike_fine */
    0.000f, 0.000f, 0.000f, -0.521f, -1.650f, -0.714f,    /* firm_crisp, tiles, tiles_firm, loose, loose_alike, runs_on */
    0.000f, 0.733f, 0.000f, 0.000f, 0.440f, 1.715f,    /* covers, scale, held, spread, cells, breadth */
    2.312f, -2.145f, 0.000f, 0.729f, -1.347f, -10.545f,    /* tone, uneven, tone_held, tone_crisp, drift, drift_held */
    0.000f, 0.000f, 0.000f, 0.000f, 0.000f, -3.329f,    /* plain, bare_on, all, marked, middle, ring */
    0.000f, -2.665f, 0.562f, 2.473f, 0.000f, -6.107f,    /* weakest, beyond, amount_exact, amount_exact_tone, exact_cells, marked_out */
    0.000f, 0.000f, 0.000f, -0.928f, 2.363f,    /* win_weakest, win_tone, win_exact_cells, goes_on, ends */
};

static const float fair_score_related[FAIR_EVIDENCE] = {
    -7.013f, 8.232f, 1.092f, 0.000f, 1.638f, 11.534f,    /* one, log_agree, agree_of_seen, own, near_codes, whole */
    -2.950f, 0.000f, 0.000f, 0.000f, 0.000f, 0.000f,    /* looked, firm, alike, crisp, firm_fine, alike_fine */
    0.000f, 3.603f, 0.000f, 0.000f, 0.000f, 0.000f,    /* firm_crisp, tiles, tiles_firm, loose, loose_alike, runs_on */
    0.000f, 2.527f, 0.000f, 0.000f, 0.740f, 0.000f,    /* covers, scale, held, spread, cells, breadth */
    0.648f, 0.000f, 0.423f, 0.000f, 0.000f, 0.000f,    /* tone, uneven, tone_held, tone_crisp, drift, drift_held */
    0.000f, 0.000f, 4.897f, 0.000f, 0.000f, 0.000f,    /* plain, bare_on, all, marked, middle, ring */
    0.000f, 0.000f, 0.000f, 0.000f, 0.000f, 0.000f,    /* weakest, beyond, amount_exact, amount_exact_tone, exact_cells, marked_out */
    0.000f, 0.000f, 0.000f, 0.000f, 3.295f,    /* win_weakest, win_tone, win_exact_cells, goes_on, ends */
};

static const float fair_score_second[FAIR_EVIDENCE + 1] = {
    -5.644f, 0.000f, 0.000f, 0.141f, 0.000f, 3.791f,    /* one, log_agree, agree_of_seen, own, near_codes, whole */
    -0.120f, 0.000f, 1.321f, 0.000f, 0.000f, 0.000f,    /* looked, firm, alike, crisp, firm_fine, alike_fine */
    0.000f, 0.000f, 0.000f, 0.000f, 0.000f, -0.874f,    /* firm_crisp, tiles, tiles_firm, loose, loose_alike, runs_on */
    0.000f, 0.623f, 0.000f, 0.000f, 0.000f, 0.953f,    /* covers, scale, held, spread, cells, breadth */
    3.486f, -0.148f, 0.000f, 0.000f, -1.760f, -14.500f,    /* tone, uneven, tone_held, tone_crisp, drift, drift_held */
    0.000f, 0.000f, 0.000f, 0.000f, 0.000f, -3.494f,    /* plain, bare_on, all, marked, middle, ring */
    0.000f, -1.043f, 1.025f, 1.687f, 0.000f, -5.751f,    /* weakest, beyond, amount_exact, amount_exact_tone, exact_cells, marked_out */
    0.000f, 0.000f, 0.000f, 0.000f, 1.483f, 1.106f,    /* win_weakest, win_tone, win_exact_cells, goes_on, ends, opinion */
};

/* Where the score lies between these, the learned verifier is asked, and `second` is the score. */
#define FAIR_SCORE_OPEN 0.0005f
#define FAIR_SCORE_CLOSED 0.9995f

#endif
