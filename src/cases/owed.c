/* cases/owed.c - which letters a move owes the recipient (letters.tsv). */
#include "cases/cases_private.h"

static bool
about_ground(fair_str about, unsigned bits)
{
    enum fair_ground g;

    return fair_ground_parse(about, &g) && (bits & (unsigned)g) != 0;
}

static bool
fits(const struct fair_owed_row *row, const struct fair_course *was, const struct fair_case_event *e, const struct fair_course *now, fair_str about)
{
    bool closes = fair_state_final(now->state) && now->state != was->state;

    if (row->became != now->state) return false;
    if (row->move == FAIR_OWED_BY_TIME) return false;
    if (row->move < 0) return closes;
    if (row->move != (int)e->move || closes) return false;
    /* Asked for once more than is given for the asking: there is nothing to tell. */
    if (e->move == FAIR_DO_ASK_TIME && now->at >= 0 && now->step[now->at].extension_days == was->step[now->at].extension_days) return false;
    if (e->move == FAIR_DO_DISPUTE) return about_ground(row->about, e->ground);
    return row->about.n == 0 || fair_str_eq(row->about, about);
}

size_t
fair_cases_owed(const struct fair_course *was, const struct fair_case_event *e, const struct fair_course *now, fair_str about, fair_str out[FAIR_OWED_LETTERS])
{
    const struct fair_tables *t = fair_tables_get();
    size_t n = 0;

    if (!now->contacted) return 0;
    for (size_t i = 0; i < t->n_owed && n < FAIR_OWED_LETTERS; i++) {
        bool again = false;
        if (!fits(&t->owed[i], was, e, now, about)) continue;
        for (size_t k = 0; k < n; k++) again |= fair_str_eq(out[k], t->owed[i].step);
        if (!again) out[n++] = t->owed[i].step;
    }
    return n;
}

bool
fair_cases_owed_step(fair_str step)
{
    const struct fair_tables *t = fair_tables_get();

    for (size_t i = 0; i < t->n_owed; i++)
        if (fair_str_eq(t->owed[i].step, step)) return true;
    return false;
}

fair_str
fair_cases_owed_at(size_t i)
{
    const struct fair_tables *t = fair_tables_get();

    return i < t->n_owed ? t->owed[i].step : (fair_str){ NULL, 0 };
}
