/* Made by tools/fit-verdict from the calibration sets: the weights of the evidence, in the order of fair_evidence. */
#ifndef FAIR_SCORE_H
#define FAIR_SCORE_H
#include "index/search.h"

#define FAIR_SCORE_WORKS 250.f      /* works in a calibration set */

static const float fair_score_copy[FAIR_EVIDENCE] = {
    -6.519f, 0.000f, 0.000f, 0.537f, 0.000f, 4.973f,    /* one, log_agree, agree_of_seen, own, near_codes, whole */
    -0.671f, 2.578f, 0.765f, 0.000f, 0.000f, 0.000f,    /* looked, firm, alike, crisp, firm_fine, alike_fine */
    0.000f, 0.000f, 0.000f, -0.409f, -1.900f, -0.548f,    /* firm_crisp, tiles, tiles_firm, loose, loose_alike, runs_on */
    0.000f, 0.670f, 0.000f, 0.000f, 0.484f, 1.678f,    /* covers, scale, held, spread, cells, breadth */
    2.259f, -2.020f, 0.000f, 0.720f, -1.042f, -9.828f,    /* tone, uneven, tone_held, tone_crisp, drift, drift_held */
    0.000f, 0.000f, 0.000f, 0.000f, 0.000f, -3.384f,    /* plain, bare_on, all, marked, middle, ring */
    0.000f, -2.863f, 0.467f, 2.601f, 0.000f, -5.872f,    /* weakest, beyond, amount_exact, amount_exact_tone, exact_cells, marked_out */
    0.000f, 0.007f, 0.000f, -0.822f, 2.368f,    /* win_weakest, win_tone, win_exact_cells, goes_on, ends */
};

static const float fair_score_related[FAIR_EVIDENCE] = {
    -7.048f, 8.304f, 1.118f, 0.000f, 1.630f, 12.649f,    /* one, log_agree, agree_of_seen, own, near_codes, whole */
    -2.970f, 0.000f, 0.000f, 0.000f, 0.000f, 0.000f,    /* looked, firm, alike, crisp, firm_fine, alike_fine */
    0.000f, 3.606f, 0.000f, 0.000f, 0.000f, 0.000f,    /* firm_crisp, tiles, tiles_firm, loose, loose_alike, runs_on */
    0.000f, 2.524f, 0.000f, 0.000f, 0.771f, 0.000f,    /* covers, scale, held, spread, cells, breadth */
    0.685f, 0.000f, 0.254f, 0.000f, 0.000f, 0.000f,    /* tone, uneven, tone_held, tone_crisp, drift, drift_held */
    0.000f, 0.000f, 4.950f, 0.000f, 0.000f, 0.000f,    /* plain, bare_on, all, marked, middle, ring */
    0.000f, 0.000f, 0.000f, 0.000f, 0.000f, 0.000f,    /* weakest, beyond, amount_exact, amount_exact_tone, exact_cells, marked_out */
    0.000f, 0.000f, 0.000f, 0.000f, 3.133f,    /* win_weakest, win_tone, win_exact_cells, goes_on, ends */
};

static const float fair_score_second[FAIR_EVIDENCE + 1] = {
    -5.526f, 0.000f, 0.000f, 0.000f, 0.000f, 3.250f,    /* one, log_agree, agree_of_seen, own, near_codes, whole */
    -0.366f, 0.800f, 0.330f, 0.000f, 0.000f, 0.000f,    /* looked, firm, alike, crisp, firm_fine, alike_fine */
    0.000f, 0.000f, 0.316f, 0.000f, 0.000f, -0.412f,    /* firm_crisp, tiles, tiles_firm, loose, loose_alike, runs_on */
    0.000f, 0.961f, 0.000f, 0.000f, 0.257f, 1.082f,    /* covers, scale, held, spread, cells, breadth */
    4.079f, -0.228f, 0.000f, 0.000f, -1.027f, -13.657f,    /* tone, uneven, tone_held, tone_crisp, drift, drift_held */
    0.000f, 0.000f, 0.000f, 0.000f, 0.000f, -3.321f,    /* plain, bare_on, all, marked, middle, ring */
    0.000f, -2.084f, 0.551f, 1.861f, 0.000f, -6.049f,    /* weakest, beyond, amount_exact, amount_exact_tone, exact_cells, marked_out */
    0.000f, 0.229f, 0.017f, 0.000f, 1.208f, 1.117f,    /* win_weakest, win_tone, win_exact_cells, goes_on, ends, opinion */
};

/* Where the score lies between these, the learned verifier is asked, and `second` is the score. */
#define FAIR_SCORE_OPEN 0.0005f
#define FAIR_SCORE_CLOSED 0.97f

#endif
