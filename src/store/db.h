/* store/db.h - the seam between our SQL and the engine that runs it.
 * Private to the store room: nobody else writes SQL. */
#ifndef FAIR_STORE_DB_H
#define FAIR_STORE_DB_H
#include <stdbool.h>
#include <stddef.h>
#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/types.h"

struct fair_db;               /* one connection; used by one thread at a time */
struct fair_rows;             /* one running statement                        */

/* An engine is this table; sqlite.c fills in one.  Parameters are $1, $2, ...,
 * at most FAIR_DB_PARAMETERS, bound by their names.  A text or blob that comes
 * out lives until the next `step` or `reset`; the store copies it at once. */
#define FAIR_DB_PARAMETERS 64

struct fair_db_engine {
    const char *name;         /* "sqlite": also the suffix of a migration that only it can run */
    fair_status (*open)(const char *where, struct fair_db **out, struct fair_err *err);
    fair_status (*open_reading)(const char *where, struct fair_db **out, struct fair_err *err);    /* every write is refused */
    void (*close)(struct fair_db *db);

    fair_status (*prepare)(struct fair_db *db, const char *sql, struct fair_rows **out, struct fair_err *err);
    void (*bind_int)(struct fair_rows *q, int at, int64_t v);
    void (*bind_real)(struct fair_rows *q, int at, double v);
    void (*bind_text)(struct fair_rows *q, int at, fair_str v);   /* absent text = NULL */
    void (*bind_blob)(struct fair_rows *q, int at, const void *p, size_t n);
    void (*bind_null)(struct fair_rows *q, int at);
    fair_status (*step)(struct fair_rows *q, struct fair_err *err); /* OK = a row, DONE = no more, CONFLICT (db->busy tells which) */
    bool (*is_null)(struct fair_rows *q, int column);
    int64_t (*integer)(struct fair_rows *q, int column);
    double (*real)(struct fair_rows *q, int column);
    fair_str (*text)(struct fair_rows *q, int column);
    fair_str (*blob)(struct fair_rows *q, int column);
    void (*reset)(struct fair_rows *q);                             /* ready to be bound and run again */
    void (*finish)(struct fair_rows *q);

    fair_status (*script)(struct fair_db *db, const char *sql, struct fair_err *err);   /* several statements, no rows */
    fair_status (*begin)(struct fair_db *db, bool write, struct fair_err *err);
    fair_status (*commit)(struct fair_db *db, struct fair_err *err);
    void (*rollback)(struct fair_db *db);
    fair_status (*save)(struct fair_db *db, int level, struct fair_err *err);           /* a transaction within one */
    fair_status (*release)(struct fair_db *db, int level, struct fair_err *err);
    void (*back)(struct fair_db *db, int level);
    int64_t (*changes)(struct fair_db *db);                         /* rows the last write touched */

    /* Every fault of the file itself, a line each; absent when it is sound. */
    fair_status (*check)(struct fair_db *db, struct fair_arena *a, fair_str *faults, bool *journal, struct fair_err *err);
    fair_status (*foreign_keys)(struct fair_db *db, int64_t *broken, struct fair_err *err);
    fair_status (*backup)(struct fair_db *db, const char *path, struct fair_err *err);
    int64_t (*bytes)(struct fair_db *db);
    void (*settle)(struct fair_db *db);                             /* nothing that was erased stays in a journal, as far as that can be done now */
};

/* Every statement is declared with FAIR_SQL, which also enters it in a list;
 * test_statements prepares the whole list against a fresh schema of each
 * engine, so that a misspelt column is found by `meson test` and not by a
 * customer.  $1 is always the organisation: fair_desk_query binds it, and the
 * test refuses a statement that does not use it.  The few that deliberately
 * go across organisations (signing in, leases, the scheduler, health) are
 * declared with FAIR_SQL_ALL and run with fair_store_query. */
struct fair_sql {
    const char *name, *text;
    uintptr_t all;
};

#define FAIR_SQL_AS(name_, all_, ...)                                          \
    static const struct fair_sql name_ __attribute__((section("fair_sql"), used, aligned(8))) = \
        { #name_, __VA_ARGS__, all_ }
#define FAIR_SQL(name_, ...) FAIR_SQL_AS(name_, 0, __VA_ARGS__)
#define FAIR_SQL_ALL(name_, ...) FAIR_SQL_AS(name_, 1, __VA_ARGS__)

extern const struct fair_sql __start_fair_sql[], __stop_fair_sql[];

/* A statement of the list, prepared once for a connection and used again. */
fair_status fair_db_query(struct fair_db *db, const struct fair_sql *sql,
                          struct fair_rows **out, struct fair_err *err) FAIR_MUST_CHECK;
void fair_db_close(struct fair_db **db);

void fair_db_int(struct fair_rows *q, int at, int64_t v);
void fair_db_id(struct fair_rows *q, int at, int64_t v);        /* 0 = NULL; for ids and times that may be none */
void fair_db_real(struct fair_rows *q, int at, double v);       /* what is no finite number is 0 */
void fair_db_text(struct fair_rows *q, int at, fair_str v);     /* mended UTF-8; absent = NULL */
void fair_db_bytes(struct fair_rows *q, int at, fair_str v);    /* bytes as they are; absent = NULL */
void fair_db_sha256(struct fair_rows *q, int at, const struct fair_sha256 *v);   /* none = NULL */

fair_status fair_db_step(struct fair_rows *q, struct fair_err *err) FAIR_MUST_CHECK;
/* Run a write to its end. */
fair_status fair_db_run(struct fair_rows *q, struct fair_err *err) FAIR_MUST_CHECK;
int64_t fair_db_changes(struct fair_rows *q);

bool fair_db_is_null(struct fair_rows *q, int column);
int64_t fair_db_get_int(struct fair_rows *q, int column);       /* NULL = 0 */
double fair_db_get_real(struct fair_rows *q, int column);
fair_str fair_db_get_text(struct fair_rows *q, int column, struct fair_arena *a);
fair_str fair_db_get_bytes(struct fair_rows *q, int column, struct fair_arena *a);
void fair_db_get_sha256(struct fair_rows *q, int column, struct fair_sha256 *out);
void fair_rows_free(struct fair_rows **q);

extern const struct fair_db_engine fair_db_sqlite;

#endif
