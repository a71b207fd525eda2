/* health.c - is everything that is kept sound; and a copy of it. */
#include "store/case_rows.h"
#include "store/engine.h"
#include "store/store_private.h"

static void
say(struct fair_buf *b, fair_str line)
{
    if (b->n > 0) fair_buf_byte(b, '\n');
    fair_buf_add(b, line);
}

fair_status
fair_store_health(struct fair_store *st, struct fair_arena *a, struct fair_store_health *out, struct fair_err *err)
{
    const struct fair_db_engine *engine = st->db->engine;
    struct fair_buf words = FAIR_BUF(a, 65536);
    fair_str faults;
    int64_t broken = 0;

    *out = (struct fair_store_health){ .schema_known = (int64_t)fair_migrations_n, .bytes = engine->bytes(st->db) };
    FAIR_TRY(engine->check(st->db, a, &faults, &out->wal, err));
    out->sound = faults.p == NULL;
    if (!out->sound) say(&words, faults);
    FAIR_TRY(fair_store_schema(st, &out->schema, err));
    if (out->schema != out->schema_known)
        say(&words, fair_str_fmt(a, "schema %lld, this program knows %lld", (long long)out->schema, (long long)out->schema_known));
    FAIR_TRY(engine->foreign_keys(st->db, &broken, err));
    out->foreign_keys_sound = broken == 0;
    if (broken != 0) say(&words, fair_str_fmt(a, "%lld rows refer to rows that are not there", (long long)broken));
    FAIR_TRY(fair_audit_check(st, &out->audit_rows, &faults, a, err));
    out->audit_sound = faults.p == NULL;
    if (!out->audit_sound) say(&words, faults);
    FAIR_TRY(fair_store_cases_check(st, &out->case_events, &faults, a, err));
    out->cases_sound = faults.p == NULL;
    if (!out->cases_sound) say(&words, faults);
    if (words.n == 0) say(&words, FAIR_STR("sound"));
    return fair_buf_take(&words, &out->words, err);
}

fair_status
fair_store_backup(struct fair_store *st, const char *path, struct fair_err *err)
{
    return st->db->engine->backup(st->db, path, err);
}

void
fair_store_settle(struct fair_store *st)
{
    st->db->engine->settle(st->db);
}
