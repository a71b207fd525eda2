/* work/portal_unpublish.c - taking a notice off the portal: from the home's folder at once, from a portal on another machine with the next sync. */
#include <stdio.h>
#include <unistd.h>
#include "base/io.h"
#include "work/portal_home.h"

fair_status
fair_portal_unpublish(struct fair_house *h, fair_str code, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_str dir = h->config.portal_dir.n > 0 ? h->config.portal_dir : fair_str_fmt(a, "%.*s/portal", FAIR_STR_ARG(h->home));
    struct fair_shelf shelf;
    fair_status s;

    if (!fair_notice_id_ok(code) || access(fair_str_dup(a, dir).p, F_OK) != 0) return FAIR_OK;      /* there never was a portal */
    FAIR_TRY(fair_shelf_open(fair_str_dup(a, dir).p, a, &shelf, err));
    /* The mark first: a kill after it only asks the other machine for what is gone already. */
    if (h->config.portal_secret_file.n > 0) {
        FAIR_TRY(fair_make_dirs(fair_str_fmt(a, "%.*s/gone", FAIR_STR_ARG(dir)).p, 0700, err));
        FAIR_TRY(fair_write_file(fair_str_fmt(a, "%.*s/gone/%.*s", FAIR_STR_ARG(dir), FAIR_STR_ARG(code)).p, "", 0, 0600, err));
    }
    s = fair_shelf_notice_remove(&shelf, code, err);
    return s == FAIR_NOT_FOUND ? FAIR_OK : s;
}
