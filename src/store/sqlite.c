/* sqlite.c - the engine that keeps everything in one file: SQLite, written ahead, synced at each commit. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/digest.h"
#include "base/io.h"
#include "store/engine.h"

#define APPLICATION 0x46414952        /* "FAIR", at byte 68 of the file: file(1) and we know it by that */
#define BUSY_MS 10000

struct lite {
    struct fair_db base;
    sqlite3 *h;
    char *where;
};

struct lite_rows {
    struct fair_rows base;
    sqlite3_stmt *s;
    int places[FAIR_DB_PARAMETERS + 1];
};

static sqlite3 *handle(struct fair_db *db) { return ((struct lite *)db)->h; }

/* What the engine says, in our words where a person can do something about it. */
static fair_status
failed(struct fair_db *db, int rc, struct fair_err *err)
{
    sqlite3 *h = handle(db);
    int system = sqlite3_system_errno(h);

    if (db->inside && sqlite3_get_autocommit(h)) db->lost = true;
    switch (rc & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        db->busy = true;
        return fair_fail(err, FAIR_CONFLICT, "somebody else is writing to the database");
    case SQLITE_FULL:
        return fair_fail(err, FAIR_IO, "the disk is full (or the database met its limit): nothing of this was kept; make room and do it again");
    case SQLITE_READONLY:
        return fair_fail(err, FAIR_IO, "the database may not be written (%s)", sqlite3_errmsg(h));
    case SQLITE_NOTADB:
        return fair_fail(err, FAIR_CORRUPT, "it is not a database");
    case SQLITE_CORRUPT:
        return fair_fail(err, FAIR_CORRUPT, "the database is damaged (%s)", sqlite3_errmsg(h));
    case SQLITE_CONSTRAINT:
        if (rc == SQLITE_CONSTRAINT_UNIQUE || rc == SQLITE_CONSTRAINT_PRIMARYKEY)
            return fair_fail(err, FAIR_CONFLICT, "it is there already (%s)", sqlite3_errmsg(h));
        if (rc == SQLITE_CONSTRAINT_FOREIGNKEY)
            return fair_fail(err, FAIR_INVALID, "it refers to something that is not there, or is referred to");
        return fair_fail(err, FAIR_INVALID, "%s", sqlite3_errmsg(h));
    case SQLITE_NOMEM:
        fputs("fairtrack: out of memory in the database\n", stderr);
        abort();
    case SQLITE_IOERR:
        if (system == EFBIG || system == ENOSPC || system == EDQUOT)
            return fair_fail(err, FAIR_IO, "no room on the disk for the database (%s): nothing of this was kept", strerror(system));
        return fair_fail(err, FAIR_IO, "%s%s%s", sqlite3_errmsg(h), system ? ": " : "", system ? strerror(system) : "");
    default:
        return fair_fail(err, FAIR_IO, "%s", sqlite3_errmsg(h));
    }
}

static fair_status
lite_script(struct fair_db *db, const char *sql, struct fair_err *err)
{
    int rc = sqlite3_exec(handle(db), sql, NULL, NULL, NULL);
    return rc == SQLITE_OK ? FAIR_OK : failed(db, sqlite3_extended_errcode(handle(db)), err);
}

/* One number that a pragma gives; -1 for none. */
static int64_t
pragma_number(sqlite3 *h, const char *sql)
{
    sqlite3_stmt *s = NULL;
    int64_t v = -1;
    if (sqlite3_prepare_v2(h, sql, -1, &s, NULL) == SQLITE_OK && sqlite3_step(s) == SQLITE_ROW)
        v = sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    return v;
}

static bool
is_wal(sqlite3 *h)
{
    sqlite3_stmt *s = NULL;
    bool wal = sqlite3_prepare_v2(h, "PRAGMA journal_mode", -1, &s, NULL) == SQLITE_OK && sqlite3_step(s) == SQLITE_ROW &&
               strcmp((const char *)sqlite3_column_text(s, 0), "wal") == 0;
    sqlite3_finalize(s);
    return wal;
}

static void
lite_close(struct fair_db *db)
{
    sqlite3_close(handle(db));
    free(((struct lite *)db)->where);
    free(db);
}

static fair_status
lite_set_up(struct fair_db *db, struct fair_err *err)
{
    sqlite3 *h = handle(db);
    char mark[64];
    int64_t application;

    sqlite3_extended_result_codes(h, 1);
    sqlite3_busy_timeout(h, BUSY_MS);
    sqlite3_db_config(h, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(h, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    sqlite3_db_config(h, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    sqlite3_db_config(h, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    /* The first read of the file: here it turns out to be no database, or unreadable. */
    FAIR_TRY(lite_script(db, "SELECT count(*) FROM sqlite_master", err));
    application = pragma_number(h, "PRAGMA application_id");
    if (application != APPLICATION) {
        if (application != 0 || pragma_number(h, "SELECT count(*) FROM sqlite_master") != 0)
            return fair_fail(err, FAIR_INVALID, "it is a database of another program");
        snprintf(mark, sizeof mark, "PRAGMA application_id = %d", APPLICATION);
        FAIR_TRY(lite_script(db, mark, err));
    }
    /* Two who open a new file at once may both ask for this: the second finds it done. */
    if (!is_wal(h)) FAIR_TRY(lite_script(db, "PRAGMA journal_mode = WAL", err));
    return lite_script(db,
        "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -32000; PRAGMA temp_store = MEMORY;"
        "PRAGMA cell_size_check = ON; PRAGMA journal_size_limit = 67108864; PRAGMA secure_delete = ON", err);   /* what is erased is written over */
}

static fair_status
lite_open(const char *where, struct fair_db **out, struct fair_err *err)
{
    struct lite *db = fair_xcalloc(1, sizeof *db);
    fair_status st = FAIR_OK;
    int rc;

    *out = NULL;
    db->base.engine = &fair_db_sqlite;
    db->where = fair_xmalloc(strlen(where) + 1);
    memcpy(db->where, where, strlen(where) + 1);
    rc = sqlite3_open_v2(where, &db->h, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
    st = rc == SQLITE_OK ? lite_set_up(&db->base, err) : failed(&db->base, rc, err);
    if (st != FAIR_OK) {
        fair_fail_in(err, "database %s", where);
        lite_close(&db->base);
        return st;
    }
    *out = &db->base;
    return FAIR_OK;
}

/* Nothing is made and nothing changed: not the file's mode, not a row. */
static fair_status
lite_open_reading(const char *where, struct fair_db **out, struct fair_err *err)
{
    struct lite *db = fair_xcalloc(1, sizeof *db);
    fair_status st;
    int rc;

    *out = NULL;
    db->base.engine = &fair_db_sqlite;
    db->where = fair_xmalloc(strlen(where) + 1);
    memcpy(db->where, where, strlen(where) + 1);
    rc = sqlite3_open_v2(where, &db->h, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL);
    if (rc == SQLITE_OK) {
        sqlite3_extended_result_codes(db->h, 1);
        sqlite3_busy_timeout(db->h, BUSY_MS);
        sqlite3_db_config(db->h, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
        sqlite3_db_config(db->h, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    }
    st = rc == SQLITE_OK ? lite_script(&db->base, "PRAGMA query_only = ON; PRAGMA foreign_keys = ON", err) : failed(&db->base, rc, err);
    if (st != FAIR_OK) {
        fair_fail_in(err, "database %s", where);
        lite_close(&db->base);
        return st;
    }
    *out = &db->base;
    return FAIR_OK;
}

static fair_status
lite_prepare(struct fair_db *db, const char *sql, struct fair_rows **out, struct fair_err *err)
{
    struct lite_rows *q = fair_xcalloc(1, sizeof *q);
    int rc;

    *out = NULL;
    q->base.engine = &fair_db_sqlite;
    q->base.db = db;
    rc = sqlite3_prepare_v3(handle(db), sql, -1, SQLITE_PREPARE_PERSISTENT, &q->s, NULL);
    if (rc != SQLITE_OK) {
        free(q);
        return failed(db, rc, err);
    }
    /* "$2" is a name to SQLite, numbered by first appearance: look each up once. */
    for (int i = 1; i <= sqlite3_bind_parameter_count(q->s); i++) {
        const char *name = sqlite3_bind_parameter_name(q->s, i);
        int64_t at;
        if (name == NULL || !fair_str_number(fair_str_of(name + 1), FAIR_DB_PARAMETERS, &at)) {
            sqlite3_finalize(q->s);
            free(q);
            return fair_fail(err, FAIR_IO, "parameter %d is not $1 to $%d", i, FAIR_DB_PARAMETERS);
        }
        q->places[at] = i;
    }
    *out = &q->base;
    return FAIR_OK;
}

/* Binding to a parameter that the statement lacks is a mistake in the program. */
static int
place(struct lite_rows *q, int at)
{
    if (at < 1 || at > FAIR_DB_PARAMETERS || q->places[at] == 0) {
        fprintf(stderr, "fairtrack: %s has no parameter $%d\n", q->base.sql ? q->base.sql->name : "statement", at);
        abort();
    }
    return q->places[at];
}

static void
lite_bind_int(struct fair_rows *r, int at, int64_t v)
{
    struct lite_rows *q = (struct lite_rows *)r;
    sqlite3_bind_int64(q->s, place(q, at), v);
}

static void
lite_bind_real(struct fair_rows *r, int at, double v)
{
    struct lite_rows *q = (struct lite_rows *)r;
    sqlite3_bind_double(q->s, place(q, at), v);
}

static void
lite_bind_text(struct fair_rows *r, int at, fair_str v)
{
    struct lite_rows *q = (struct lite_rows *)r;
    if (v.p == NULL) sqlite3_bind_null(q->s, place(q, at));
    else sqlite3_bind_text64(q->s, place(q, at), v.p, v.n, SQLITE_TRANSIENT, SQLITE_UTF8);
}

static void
lite_bind_blob(struct fair_rows *r, int at, const void *p, size_t n)
{
    struct lite_rows *q = (struct lite_rows *)r;
    sqlite3_bind_blob64(q->s, place(q, at), n > 0 ? p : "", n, SQLITE_TRANSIENT);
}

static void
lite_bind_null(struct fair_rows *r, int at)
{
    struct lite_rows *q = (struct lite_rows *)r;
    sqlite3_bind_null(q->s, place(q, at));
}

static fair_status
lite_step(struct fair_rows *r, struct fair_err *err)
{
    int rc = sqlite3_step(((struct lite_rows *)r)->s);
    if (rc == SQLITE_ROW) return FAIR_OK;
    if (rc == SQLITE_DONE) return FAIR_DONE;
    return failed(r->db, rc, err);
}

static bool
lite_is_null(struct fair_rows *r, int column)
{
    return sqlite3_column_type(((struct lite_rows *)r)->s, column) == SQLITE_NULL;
}

static int64_t lite_integer(struct fair_rows *r, int column) { return sqlite3_column_int64(((struct lite_rows *)r)->s, column); }
static double lite_real(struct fair_rows *r, int column) { return sqlite3_column_double(((struct lite_rows *)r)->s, column); }

static fair_str
lite_text(struct fair_rows *r, int column)
{
    sqlite3_stmt *s = ((struct lite_rows *)r)->s;
    const char *p = (const char *)sqlite3_column_text(s, column);
    return p == NULL ? FAIR_STR("") : (fair_str){ p, (size_t)sqlite3_column_bytes(s, column) };
}

static fair_str
lite_blob(struct fair_rows *r, int column)
{
    sqlite3_stmt *s = ((struct lite_rows *)r)->s;
    const void *p = sqlite3_column_blob(s, column);
    return p == NULL ? FAIR_STR("") : (fair_str){ p, (size_t)sqlite3_column_bytes(s, column) };
}

static void
lite_reset(struct fair_rows *r)
{
    sqlite3_stmt *s = ((struct lite_rows *)r)->s;
    sqlite3_reset(s);
    sqlite3_clear_bindings(s);
}

static void
lite_finish(struct fair_rows *r)
{
    sqlite3_finalize(((struct lite_rows *)r)->s);
    free(r);
}

static fair_status
lite_begin(struct fair_db *db, bool write, struct fair_err *err)
{
    db->lost = false;
    FAIR_TRY(lite_script(db, write ? "BEGIN IMMEDIATE" : "BEGIN DEFERRED", err));
    db->inside = true;
    return FAIR_OK;
}

static fair_status
lite_commit(struct fair_db *db, struct fair_err *err)
{
    if (db->lost) return fair_fail(err, FAIR_IO, "the transaction was given up by the database; nothing of it was kept");
    FAIR_TRY(lite_script(db, "COMMIT", err));
    db->inside = false;
    return FAIR_OK;
}

static void
lite_rollback(struct fair_db *db)
{
    if (!sqlite3_get_autocommit(handle(db))) (void)lite_script(db, "ROLLBACK", NULL);
    db->inside = db->lost = false;
}

static fair_status
save_point(struct fair_db *db, const char *verb, int level, struct fair_err *err)
{
    char sql[48];
    snprintf(sql, sizeof sql, "%s s%d", verb, level);
    return lite_script(db, sql, err);
}

static fair_status lite_save(struct fair_db *db, int level, struct fair_err *err) { return save_point(db, "SAVEPOINT", level, err); }
static fair_status lite_release(struct fair_db *db, int level, struct fair_err *err) { return save_point(db, "RELEASE", level, err); }

static void
lite_back(struct fair_db *db, int level)
{
    if (db->lost) return;
    (void)save_point(db, "ROLLBACK TO", level, NULL);
    (void)save_point(db, "RELEASE", level, NULL);
}

static int64_t lite_changes(struct fair_db *db) { return sqlite3_changes64(handle(db)); }

static fair_status
lite_check(struct fair_db *db, struct fair_arena *a, fair_str *faults, bool *journal, struct fair_err *err)
{
    sqlite3_stmt *s = NULL;
    struct fair_buf b = FAIR_BUF(a, 65536);
    int rc = sqlite3_prepare_v2(handle(db), "PRAGMA integrity_check(20)", -1, &s, NULL);

    *faults = (fair_str){ NULL, 0 };
    *journal = is_wal(handle(db));
    while (rc == SQLITE_OK && (rc = sqlite3_step(s)) == SQLITE_ROW) {
        const char *line = (const char *)sqlite3_column_text(s, 0);
        rc = SQLITE_OK;
        if (line != NULL && strcmp(line, "ok") == 0) continue;
        if (b.n > 0) fair_buf_byte(&b, '\n');
        fair_buf_c(&b, line == NULL ? "?" : line);
    }
    sqlite3_finalize(s);
    if (rc != SQLITE_DONE && rc != SQLITE_OK) {
        struct fair_err why = { 0 };
        if (failed(db, rc, &why) != FAIR_CORRUPT) return fair_fail(err, why.status, "%s", why.text);
        if (b.n > 0) fair_buf_byte(&b, '\n');
        fair_buf_c(&b, why.text);
    }
    return b.n > 0 ? fair_buf_take(&b, faults, err) : FAIR_OK;
}

static fair_status
lite_foreign_keys(struct fair_db *db, int64_t *broken, struct fair_err *err)
{
    sqlite3_stmt *s = NULL;
    int rc = sqlite3_prepare_v2(handle(db), "PRAGMA foreign_key_check", -1, &s, NULL);

    *broken = 0;
    while (rc == SQLITE_OK && (rc = sqlite3_step(s)) == SQLITE_ROW) {
        rc = SQLITE_OK;
        ++*broken;
    }
    sqlite3_finalize(s);
    return rc == SQLITE_DONE ? FAIR_OK : failed(db, rc, err);
}

/* What was erased may still lie in the journal: it is written back and cut off, unless somebody reads on in it just now. */
static void
lite_settle(struct fair_db *db)
{
    sqlite3_wal_checkpoint_v2(handle(db), NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
}

static fair_status
copy_into(struct fair_db *db, const char *path, struct fair_err *err)
{
    sqlite3 *to = NULL;
    sqlite3_backup *b = NULL;
    int rc = sqlite3_open_v2(path, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    char why[256] = "";

    if (rc == SQLITE_OK) rc = sqlite3_exec(to, "PRAGMA synchronous = FULL", NULL, NULL, NULL);
    if (rc == SQLITE_OK) b = sqlite3_backup_init(to, "main", handle(db), "main");
    if (rc == SQLITE_OK && b == NULL) rc = sqlite3_errcode(to);
    /* All pages in one step: one moment's view of the database, and nobody who writes has to wait. */
    for (int tries = 0; rc == SQLITE_OK && tries < 100; tries++) {
        rc = sqlite3_backup_step(b, -1);
        if (rc != SQLITE_BUSY && rc != SQLITE_LOCKED) break;
        sqlite3_sleep(100);
        rc = SQLITE_OK;
    }
    if (b != NULL) {
        int ended = sqlite3_backup_finish(b);
        if (rc == SQLITE_OK || rc == SQLITE_DONE) rc = ended != SQLITE_OK ? ended : rc;
    }
    /* A copy is one file: nothing of it may lie in a journal beside it. */
    if (rc == SQLITE_DONE) rc = sqlite3_exec(to, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL);
    if (rc != SQLITE_OK) snprintf(why, sizeof why, "%s", rc == SQLITE_FULL ? "the disk is full" : to ? sqlite3_errmsg(to) : sqlite3_errstr(rc));
    if (rc == SQLITE_OK && pragma_number(to, "PRAGMA application_id") != APPLICATION) {
        rc = SQLITE_CORRUPT;
        snprintf(why, sizeof why, "the copy is not whole");
    }
    sqlite3_close(to);
    return rc == SQLITE_OK ? FAIR_OK : fair_fail(err, FAIR_IO, "%s", why);
}

static fair_status
lite_backup(struct fair_db *db, const char *path, struct fair_err *err)
{
    char beside[PATH_MAX];
    struct stat st;
    uint64_t salt;
    FAIR_AUTO(fd) int fd = -1;

    if (lstat(path, &st) == 0) return fair_fail(err, FAIR_INVALID, "backup to %s: that file exists already", path);
    fair_random(&salt, sizeof salt);
    if ((size_t)snprintf(beside, sizeof beside, "%s.%016llx.part", path, (unsigned long long)salt) >= sizeof beside)
        return fair_fail(err, FAIR_INVALID, "backup to %s: name too long", path);
    fd = open(beside, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) return fair_fail(err, FAIR_IO, "backup to %s: %m", path);
    if (copy_into(db, beside, err) != FAIR_OK) {
        unlink(beside);
        fair_fail_in(err, "backup to %s", path);
        return FAIR_IO;
    }
    /* link, not rename: what appeared under that name meanwhile is not overwritten. */
    if (fsync(fd) != 0 || link(beside, path) != 0) {
        fair_status s = fair_fail(err, errno == EEXIST ? FAIR_INVALID : FAIR_IO, "backup to %s: %m", path);
        unlink(beside);
        return s;
    }
    unlink(beside);
    return FAIR_OK;
}

static int64_t
lite_bytes(struct fair_db *db)
{
    struct stat st;
    char wal[PATH_MAX];
    int64_t n = 0;

    if (stat(((struct lite *)db)->where, &st) == 0) n = st.st_size;
    if ((size_t)snprintf(wal, sizeof wal, "%s-wal", ((struct lite *)db)->where) < sizeof wal && stat(wal, &st) == 0) n += st.st_size;
    return n;
}

const struct fair_db_engine fair_db_sqlite = {
    .name = "sqlite",
    .open = lite_open, .open_reading = lite_open_reading, .close = lite_close,
    .prepare = lite_prepare,
    .bind_int = lite_bind_int, .bind_real = lite_bind_real, .bind_text = lite_bind_text, .bind_blob = lite_bind_blob,
    .bind_null = lite_bind_null,
    .step = lite_step, .is_null = lite_is_null, .integer = lite_integer, .real = lite_real, .text = lite_text,
    .blob = lite_blob, .reset = lite_reset, .finish = lite_finish,
    .script = lite_script, .begin = lite_begin, .commit = lite_commit, .rollback = lite_rollback,
    .save = lite_save, .release = lite_release, .back = lite_back, .changes = lite_changes,
    .check = lite_check, .foreign_keys = lite_foreign_keys, .backup = lite_backup, .bytes = lite_bytes, .settle = lite_settle,
};
