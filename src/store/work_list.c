/* work_list.c - the catalogue in pages. */
#include "store/works_private.h"

/* One filter, four ways into it, so that each finds its index. */
#define LIVING " FROM work w WHERE w.org_id = $1 AND w.removed_us IS NULL AND w.id > $2"
#define MATCHING " AND (CAST($3 AS TEXT) IS NULL OR w.search LIKE CAST($3 AS TEXT) ESCAPE '\\')"
#define COLLECTION " AND w.collection = $6"
#define PAGE " ORDER BY w.id LIMIT $4 OFFSET $5"
#define WITH_FINGERPRINT ", (SELECT f.fingerprint FROM work_fingerprint f WHERE f.org_id = w.org_id AND f.work_id = w.id)"

FAIR_SQL(works_page, "SELECT " WORK_COLUMNS LIVING MATCHING PAGE);
FAIR_SQL(works_page_of, "SELECT " WORK_COLUMNS LIVING MATCHING COLLECTION PAGE);
FAIR_SQL(works_page_print, "SELECT " WORK_COLUMNS WITH_FINGERPRINT LIVING MATCHING PAGE);
FAIR_SQL(works_page_of_print, "SELECT " WORK_COLUMNS WITH_FINGERPRINT LIVING MATCHING COLLECTION PAGE);
FAIR_SQL(works_number, "SELECT count(*)" LIVING MATCHING);
FAIR_SQL(works_number_of, "SELECT count(*)" LIVING MATCHING COLLECTION);
FAIR_SQL(works_gone, "SELECT id, removed_us FROM work WHERE org_id = $1 AND removed_us >= $2 ORDER BY removed_us, id");

FAIR_SQL(works_newest, "SELECT COALESCE(max(added_us), 0) FROM work WHERE org_id = $1 AND removed_us IS NULL");

static void
bind_filter(struct fair_rows *q, struct fair_arena *a, const struct fair_work_filter *f)
{
    fair_db_int(q, 2, f->after_id);
    fair_db_text(q, 3, fair_like(a, f->text));
    if (f->collection.n > 0) fair_db_text(q, 6, f->collection);
}

fair_status
fair_store_works(const struct fair_desk *d, const struct fair_work_filter *f, FAIR_EACH(fair_work), struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    bool of = f->collection.n > 0;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, f->with_fingerprint ? (of ? &works_page_of_print : &works_page_print)
                                                    : (of ? &works_page_of : &works_page), &q, err));
    bind_filter(q, a, f);
    fair_db_int(q, 4, fair_page_limit(f->page));
    fair_db_int(q, 5, fair_page_offset(f->page));
    while ((s = fair_db_step(q, err)) == FAIR_OK) {
        struct fair_work w;
        fair_arena_clear(a);
        fair_work_read(q, a, f->with_fingerprint, &w);
        FAIR_TRY(each(arg, &w, err));
    }
    return s == FAIR_DONE ? FAIR_OK : s;
}

fair_status
fair_store_works_count(const struct fair_desk *d, const struct fair_work_filter *f, int64_t *n, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    FAIR_TRY(fair_desk_query(d, f->collection.n > 0 ? &works_number_of : &works_number, &q, err));
    bind_filter(q, a, f);
    FAIR_TRY(fair_db_step(q, err));
    *n = fair_db_get_int(q, 0);
    return FAIR_OK;
}

fair_status
fair_store_works_removed(const struct fair_desk *d, fair_time since, fair_status (*each)(void *arg, fair_id work, fair_time removed),
                         void *arg, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &works_gone, &q, err));
    fair_db_int(q, 2, since);
    while ((s = fair_db_step(q, err)) == FAIR_OK)
        FAIR_TRY(each(arg, fair_db_get_int(q, 0), fair_db_get_int(q, 1)));
    return s == FAIR_DONE ? FAIR_OK : s;
}

fair_status
fair_store_works_newest(const struct fair_desk *d, fair_time *at, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    FAIR_TRY(fair_desk_query(d, &works_newest, &q, err));
    FAIR_TRY(fair_db_step(q, err));
    *at = fair_db_get_int(q, 0);
    return FAIR_OK;
}
