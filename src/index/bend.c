/* Projective maps: an affine map and two numbers for seeing a picture from the side. */
#include <math.h>
#include <string.h>
#include "index/search.h"

void
fair_bend_affine(const float map[6], float b[8])
{
    memcpy(b, map, 6 * sizeof *b);
    b[6] = b[7] = 0;
}

void
fair_bend_at(const float b[8], float x, float y, float *u, float *v)
{
    float d = b[6] * x + b[7] * y + 1;

    d = d > .05f ? d : .05f;          /* at the horizon and beyond it: far away */
    *u = (b[0] * x + b[1] * y + b[2]) / d;
    *v = (b[3] * x + b[4] * y + b[5]) / d;
}

void
fair_bend_about(const float b[8], float x, float y, float map[6])
{
    float d = b[6] * x + b[7] * y + 1, u, v;

    d = d > .05f ? d : .05f;
    u = (b[0] * x + b[1] * y + b[2]) / d;
    v = (b[3] * x + b[4] * y + b[5]) / d;
    map[0] = (b[0] - u * b[6]) / d;
    map[1] = (b[1] - u * b[7]) / d;
    map[3] = (b[3] - v * b[6]) / d;
    map[4] = (b[4] - v * b[7]) / d;
    map[2] = u - map[0] * x - map[1] * y;
    map[5] = v - map[3] * x - map[4] * y;
}

void
fair_clue_at(const struct fair_clue *c, float x, float y, float *u, float *v)
{
    if (c->bow != NULL) fair_bow_at(c->bow, x, y, &x, &y);
    fair_bend_at(c->bend, x, y, u, v);
}

bool
fair_solve(double m[8][9], int n)
{
    for (int i = 0; i < n; i++) {
        int p = i;
        for (int j = i + 1; j < n; j++)
            if (fabs(m[j][i]) > fabs(m[p][i])) p = j;
        if (fabs(m[p][i]) < 1e-9) return false;
        if (p != i)
            for (int k = i; k <= n; k++) { double t = m[i][k]; m[i][k] = m[p][k]; m[p][k] = t; }
        for (int j = 0; j < n; j++) {
            double f = m[j][i] / m[i][i];
            if (j == i) continue;
            for (int k = i; k <= n; k++) m[j][k] -= f * m[i][k];
        }
    }
    for (int i = 0; i < n; i++) m[i][n] /= m[i][i];
    return true;
}
