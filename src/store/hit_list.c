/* hit_list.c - hits in pages, best first, and site by site. */
#include "store/hits_private.h"

#define HIT_COLUMNS                                                                                                  \
    "h.id, h.work_id, h.run_id, h.page_url, h.image_url, h.site, h.operator, h.place, h.alt, h.sha256, h.whole, h.preview, " \
    "h.width, h.height, h.score, h.verdict, h.box_x0, h.box_y0, h.box_x1, h.box_y1, h.work_x0, h.work_y0, h.work_x1, "       \
    "h.work_y1, h.map_a, h.map_b, h.map_c, h.map_d, h.map_e, h.map_f, h.has_map, h.mirrored, h.bits, h.agree, h.rotation, "  \
    "h.scale, h.covers, h.residual, h.words, h.source, h.state, h.decision_id, h.rule_id, h.until_us, h.first_seen_us, "     \
    "h.last_seen_us, h.gone_us, h.announced_us, w.title, w.thumb"

/* One filter, and four ways into it so that each finds its index.  The filter's
 * columns lie in the indexes: rows are read only for the page that is shown. */
#define LIVING "FROM hit i WHERE i.org_id = $1 AND i.dropped_us IS NULL"
#define FILTER                                                                                                       \
    " AND (CAST($2 AS TEXT) IS NULL OR i.state = CAST($2 AS TEXT)) AND (CAST($3 AS TEXT) IS NULL OR i.site = CAST($3 AS TEXT))" \
    " AND (CAST($4 AS BIGINT) IS NULL OR i.rank = CAST($4 AS BIGINT)) AND (CAST($5 AS BIGINT) IS NULL OR i.work_id = CAST($5 AS BIGINT))" \
    " AND (CAST($6 AS BIGINT) IS NULL OR i.run_id = CAST($6 AS BIGINT)) AND i.first_seen_us >= $7"                      \
    " AND (CAST($8 AS TEXT) IS NULL OR i.search LIKE CAST($8 AS TEXT) ESCAPE '\\' OR EXISTS (SELECT 1 FROM work s"       \
    " WHERE s.org_id = i.org_id AND s.id = i.work_id AND s.search LIKE CAST($8 AS TEXT) ESCAPE '\\'))"
#define BY_STATE " AND i.state = $2"
#define BY_SITE " AND i.site = $3"
#define BY_WORK " AND i.work_id = $5"
#define BY_RUN " AND i.run_id = $6"

#define LIST(way)                                                                                                    \
    "SELECT " HIT_COLUMNS " FROM (SELECT i.id AS id, i.rank AS rank, i.score AS score " LIVING way FILTER               \
    " ORDER BY i.rank, i.score DESC, i.id LIMIT $9 OFFSET $10) p JOIN hit h ON h.org_id = $1 AND h.id = p.id"            \
    " JOIN work w ON w.org_id = h.org_id AND w.id = h.work_id ORDER BY p.rank, p.score DESC, p.id"
#define COUNT(way) "SELECT count(*) " LIVING way FILTER
#define SITES(way)                                                                                                   \
    "SELECT i.site, count(*), sum(CASE WHEN i.state = 'inbox' THEN 1 ELSE 0 END) AS open, count(DISTINCT i.work_id),"    \
    " max(i.score) AS best, max(i.first_seen_us) " LIVING way FILTER                                                    \
    " GROUP BY i.site ORDER BY open DESC, best DESC, i.site LIMIT $9 OFFSET $10"

FAIR_SQL(hit_by_id, "SELECT " HIT_COLUMNS " FROM hit h JOIN work w ON w.org_id = h.org_id AND w.id = h.work_id WHERE h.org_id = $1 AND h.id = $2");
FAIR_SQL(hits_of_bytes,
    "SELECT " HIT_COLUMNS " FROM hit h JOIN work w ON w.org_id = h.org_id AND w.id = h.work_id WHERE h.org_id = $1 AND h.sha256 = $2"
    " AND h.dropped_us IS NULL ORDER BY h.work_id, h.last_seen_us DESC, h.id");
FAIR_SQL(hits_all, LIST(""));
FAIR_SQL(hits_by_state, LIST(BY_STATE));
FAIR_SQL(hits_by_site, LIST(BY_SITE));
FAIR_SQL(hits_by_work, LIST(BY_WORK));
FAIR_SQL(hits_by_run, LIST(BY_RUN));
FAIR_SQL(hits_number, COUNT(""));
FAIR_SQL(hits_number_by_state, COUNT(BY_STATE));
FAIR_SQL(hits_number_by_site, COUNT(BY_SITE));
FAIR_SQL(hits_number_by_work, COUNT(BY_WORK));
FAIR_SQL(hits_number_by_run, COUNT(BY_RUN));
FAIR_SQL(sites_all, SITES(""));
FAIR_SQL(sites_by_state, SITES(BY_STATE));
FAIR_SQL(sites_by_site, SITES(BY_SITE));
FAIR_SQL(sites_by_work, SITES(BY_WORK));
FAIR_SQL(sites_by_run, SITES(BY_RUN));

static void
hit_read(struct fair_rows *q, struct fair_arena *a, struct fair_hit *h)
{
    int c = 0;

    *h = (struct fair_hit){ 0 };
    h->id = fair_db_get_int(q, c++);
    h->work = fair_db_get_int(q, c++);
    h->run = fair_db_get_int(q, c++);
    h->page_url = fair_db_get_bytes(q, c++, a);
    h->image_url = fair_db_get_bytes(q, c++, a);
    h->site = fair_db_get_text(q, c++, a);
    h->operator = fair_db_get_text(q, c++, a);
    h->place = fair_db_get_text(q, c++, a);
    h->alt = fair_db_get_text(q, c++, a);
    fair_db_get_sha256(q, c++, &h->sha256);
    fair_db_get_sha256(q, c++, &h->whole);
    fair_db_get_sha256(q, c++, &h->preview);
    h->width = fair_db_get_int(q, c++);
    h->height = fair_db_get_int(q, c++);
    h->score = fair_db_get_real(q, c++);
    h->verdict = fair_db_get_text(q, c++, a);
    for (int i = 0; i < 4; i++) h->box[i] = fair_db_get_real(q, c++);
    for (int i = 0; i < 4; i++) h->work_box[i] = fair_db_get_real(q, c++);
    for (int i = 0; i < 6; i++) h->map[i] = fair_db_get_real(q, c++);
    h->has_map = fair_db_get_int(q, c++) != 0;
    h->mirrored = fair_db_get_int(q, c++) != 0;
    h->bits = fair_db_get_int(q, c++);
    h->agree = fair_db_get_int(q, c++);
    h->rotation = fair_db_get_real(q, c++);
    h->scale = fair_db_get_real(q, c++);
    h->covers = fair_db_get_real(q, c++);
    h->residual = fair_db_get_real(q, c++);
    h->words = fair_db_get_text(q, c++, a);
    h->source = fair_db_get_text(q, c++, a);
    h->state = fair_db_get_text(q, c++, a);
    h->decision = fair_db_get_int(q, c++);
    h->rule = fair_db_get_int(q, c++);
    h->until = fair_db_get_int(q, c++);
    h->first_seen = fair_db_get_int(q, c++);
    h->last_seen = fair_db_get_int(q, c++);
    h->gone = fair_db_get_int(q, c++);
    h->announced = fair_db_get_int(q, c++);
    h->work_title = fair_db_get_text(q, c++, a);
    fair_db_get_sha256(q, c++, &h->work_thumb);
}

fair_status
fair_store_hit_get(const struct fair_desk *d, fair_id id, struct fair_arena *a, struct fair_hit *out, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &hit_by_id, &q, err));
    fair_db_int(q, 2, id);
    s = fair_db_step(q, err);
    if (s == FAIR_DONE) return fair_fail(err, FAIR_NOT_FOUND, "no hit %lld", (long long)id);
    if (s != FAIR_OK) return s;
    hit_read(q, a, out);
    return FAIR_OK;
}

fair_status
fair_store_hits_of(const struct fair_desk *d, const struct fair_sha256 *sha, FAIR_EACH(fair_hit), struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_id last = 0;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &hits_of_bytes, &q, err));
    fair_db_sha256(q, 2, sha);
    while ((s = fair_db_step(q, err)) == FAIR_OK) {
        struct fair_hit h;
        fair_arena_clear(a);
        hit_read(q, a, &h);
        if (h.work == last) continue;
        last = h.work;
        FAIR_TRY(each(arg, &h, err));
    }
    return s == FAIR_DONE ? FAIR_OK : s;
}

static fair_str none_if_empty(fair_str s) { return s.n > 0 ? s : (fair_str){ NULL, 0 }; }

static const struct fair_sql *
way_in(const struct fair_hit_filter *f, const struct fair_sql *all, const struct fair_sql *state, const struct fair_sql *site,
       const struct fair_sql *work, const struct fair_sql *run)
{
    if (f->work != 0) return work;
    if (f->run != 0) return run;
    if (f->site.n > 0) return site;
    return f->state.n > 0 ? state : all;
}

static fair_status
bind_filter(struct fair_rows *q, struct fair_arena *a, const struct fair_hit_filter *f, struct fair_err *err)
{
    static const char *const verdicts[] = { "match", "possible", "same_scene" };
    int64_t rank = -1;

    for (int i = 0; i < 3; i++)
        if (fair_str_eq(f->verdict, fair_str_of(verdicts[i]))) rank = i;
    if (f->verdict.n > 0 && rank < 0)
        return fair_fail(err, FAIR_INVALID, "verdict \"%.*s\" is none of match, possible, same_scene", FAIR_STR_ARG(f->verdict));
    fair_db_text(q, 2, none_if_empty(f->state));
    fair_db_text(q, 3, none_if_empty(f->site));
    if (rank >= 0) fair_db_int(q, 4, rank);
    fair_db_id(q, 5, f->work);
    fair_db_id(q, 6, f->run);
    fair_db_int(q, 7, f->since);
    fair_db_text(q, 8, fair_like(a, f->text));
    return FAIR_OK;
}

fair_status
fair_store_hits(const struct fair_desk *d, const struct fair_hit_filter *f, FAIR_EACH(fair_hit), struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, way_in(f, &hits_all, &hits_by_state, &hits_by_site, &hits_by_work, &hits_by_run), &q, err));
    FAIR_TRY(bind_filter(q, a, f, err));
    fair_db_int(q, 9, fair_page_limit(f->page));
    fair_db_int(q, 10, fair_page_offset(f->page));
    while ((s = fair_db_step(q, err)) == FAIR_OK) {
        struct fair_hit h;
        fair_arena_clear(a);
        hit_read(q, a, &h);
        FAIR_TRY(each(arg, &h, err));
    }
    return s == FAIR_DONE ? FAIR_OK : s;
}

fair_status
fair_store_hits_count(const struct fair_desk *d, const struct fair_hit_filter *f, int64_t *n, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    FAIR_TRY(fair_desk_query(d, way_in(f, &hits_number, &hits_number_by_state, &hits_number_by_site, &hits_number_by_work, &hits_number_by_run), &q, err));
    FAIR_TRY(bind_filter(q, a, f, err));
    FAIR_TRY(fair_db_step(q, err));
    *n = fair_db_get_int(q, 0);
    return FAIR_OK;
}

fair_status
fair_store_hit_sites(const struct fair_desk *d, const struct fair_hit_filter *f, FAIR_EACH(fair_site), struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, way_in(f, &sites_all, &sites_by_state, &sites_by_site, &sites_by_work, &sites_by_run), &q, err));
    FAIR_TRY(bind_filter(q, a, f, err));
    fair_db_int(q, 9, fair_page_limit(f->page));
    fair_db_int(q, 10, fair_page_offset(f->page));
    while ((s = fair_db_step(q, err)) == FAIR_OK) {
        struct fair_site x;
        fair_arena_clear(a);
        x = (struct fair_site){ fair_db_get_text(q, 0, a), fair_db_get_int(q, 1), fair_db_get_int(q, 2), fair_db_get_int(q, 3),
                                fair_db_get_real(q, 4), fair_db_get_int(q, 5) };
        FAIR_TRY(each(arg, &x, err));
    }
    return s == FAIR_DONE ? FAIR_OK : s;
}
