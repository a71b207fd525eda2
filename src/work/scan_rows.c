/* scan_rows.c - what a scan writes besides hits, gathered so that one commit carries many rows. */
#include "base/clock.h"
#include "work/scan_private.h"

#define TOGETHER 64

struct flush {
    struct fair_scan *s;
    fair_status (*more)(const struct fair_desk *d, void *arg, struct fair_err *err);
    void *arg;
};

static fair_status
write_rows(const struct fair_desk *d, void *arg, struct fair_err *err)
{
    struct flush *f = arg;
    struct fair_scan *s = f->s;

    for (size_t i = 0; i < s->n_seen; i++) FAIR_TRY(fair_store_seen_put(d, &s->seen[i], err));
    for (size_t i = 0; i < s->n_fetched; i++) FAIR_TRY(fair_store_fetched_put(d, &s->fetched[i], err));
    for (size_t i = 0; i < s->n_faults; i++)
        FAIR_TRY(fair_store_run_fault(d, s->run.id, s->faults[i].where, s->faults[i].text, fair_now(), err));
    return f->more != NULL ? f->more(d, f->arg, err) : FAIR_OK;
}

fair_status
fair_rows_flush_with(struct fair_scan *s, fair_status (*more)(const struct fair_desk *d, void *arg, struct fair_err *err), void *arg,
                     struct fair_err *err)
{
    struct flush f = { s, more, arg };
    fair_status got;

    if (s->o.stateless || (more == NULL && s->n_seen + s->n_fetched + s->n_faults == 0)) return FAIR_OK;
    got = fair_store_do(&s->h->desk, write_rows, &f, err);
    if (got != FAIR_OK) return got;
    s->n_seen = s->n_fetched = s->n_faults = 0;
    s->seen = NULL;
    s->fetched = NULL;
    s->faults = NULL;
    fair_arena_clear(s->rows);
    return FAIR_OK;
}

fair_status
fair_rows_flush(struct fair_scan *s, struct fair_err *err)
{
    return fair_rows_flush_with(s, NULL, NULL, err);
}

static fair_str
keep(struct fair_scan *s, fair_str t)
{
    return t.p != NULL ? fair_str_dup(s->rows, t) : t;
}

fair_status
fair_rows_seen(struct fair_scan *s, const struct fair_seen *x, struct fair_err *err)
{
    if (s->o.stateless) return FAIR_OK;
    if (s->n_seen == TOGETHER) FAIR_TRY(fair_rows_flush(s, err));
    if (s->seen == NULL) s->seen = fair_alloc_array(s->rows, TOGETHER, sizeof *s->seen);
    s->seen[s->n_seen] = *x;
    s->seen[s->n_seen].format = keep(s, x->format);
    s->seen[s->n_seen].fault = keep(s, x->fault);
    s->seen[s->n_seen].fingerprint = keep(s, x->fingerprint);
    s->n_seen++;
    return FAIR_OK;
}

fair_status
fair_rows_fetched(struct fair_scan *s, const struct fair_fetched *x, struct fair_err *err)
{
    struct fair_fetched *f;

    if (s->o.stateless) return FAIR_OK;
    if (s->n_fetched == TOGETHER) FAIR_TRY(fair_rows_flush(s, err));
    if (s->fetched == NULL) s->fetched = fair_alloc_array(s->rows, TOGETHER, sizeof *s->fetched);
    f = &s->fetched[s->n_fetched++];
    *f = *x;
    f->url = keep(s, x->url);
    f->etag = keep(s, x->etag);
    f->last_modified = keep(s, x->last_modified);
    f->mime = keep(s, x->mime);
    f->links = keep(s, x->links);
    return FAIR_OK;
}

fair_status
fair_rows_fault(struct fair_scan *s, fair_str where, const char *text, struct fair_err *err)
{
    if (s->o.stateless) return FAIR_OK;
    if (s->n_faults == TOGETHER) FAIR_TRY(fair_rows_flush(s, err));
    if (s->faults == NULL) s->faults = fair_alloc_array(s->rows, TOGETHER, sizeof *s->faults);
    s->faults[s->n_faults++] = (struct fair_scan_fault){ keep(s, where), keep(s, fair_str_of(text)) };
    return FAIR_OK;
}
