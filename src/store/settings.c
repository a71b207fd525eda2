/* settings.c - small values by name: of an organisation, or (organisation 0) of the installation. */
#include "store/store_private.h"

FAIR_SQL(setting_by_name, "SELECT value FROM setting WHERE org_id = $1 AND name = $2");
FAIR_SQL(setting_put,
    "INSERT INTO setting (org_id, name, value) VALUES ($1, $2, $3)"
    " ON CONFLICT (org_id, name) DO UPDATE SET value = excluded.value");
FAIR_SQL(setting_remove, "DELETE FROM setting WHERE org_id = $1 AND name = $2");

fair_status
fair_store_setting_get(const struct fair_desk *d, fair_str key, struct fair_arena *a, fair_str *out, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, &setting_by_name, &q, err));
    fair_db_text(q, 2, key);
    s = fair_db_step(q, err);
    if (s == FAIR_DONE) return fair_fail(err, FAIR_NOT_FOUND, "nothing is set for %.*s", FAIR_STR_ARG(key));
    if (s != FAIR_OK) return s;
    *out = fair_db_get_text(q, 0, a);
    return FAIR_OK;
}

fair_status
fair_store_setting_put(const struct fair_desk *d, fair_str key, fair_str value, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;

    FAIR_TRY(fair_desk_query(d, value.p == NULL ? &setting_remove : &setting_put, &q, err));
    fair_db_text(q, 2, key);
    if (value.p != NULL) fair_db_text(q, 3, value);
    return fair_db_run(q, err);
}
