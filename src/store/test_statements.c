/* Tests of the statements and the schema as a whole. */
#include <dirent.h>
#include "store/test_store.h"

TEST(every_statement_can_be_prepared)
{
    struct home h;
    int n = 0;

    home_open(&h);
    for (const struct fair_sql *s = __start_fair_sql; s < __stop_fair_sql; s++, n++) {
        struct fair_rows *q;
        CHECK_OK(fair_db_query(h.st->db, s, &q, why));
        fair_rows_free(&q);
    }
    CHECK(n > 60);
    home_close(&h);
}

/* $1 itself, not the beginning of $10. */
static bool
uses_1(const char *text)
{
    for (const char *p = text; (p = strstr(p, "$1")) != NULL; p += 2)
        if (p[2] < '0' || p[2] > '9') return true;
    return false;
}

/* A statement is bound to its organisation by $1 in every table that it reads or writes. */
TEST(every_statement_names_the_organisation_or_says_that_it_goes_across)
{
    int across = 0;
    for (const struct fair_sql *s = __start_fair_sql; s < __stop_fair_sql; s++) {
        if (s->all) {
            across++;
            continue;
        }
        if (strstr(s->text, "org_id") == NULL || !uses_1(s->text))
            fail_msg("%s goes across organisations: %s", s->name, s->text);
        if (strncmp(s->text, "INSERT", 6) != 0 && strstr(s->text, "org_id = $1") == NULL)
            fail_msg("%s does not ask for org_id = $1: %s", s->name, s->text);
    }
    CHECK(across > 5);
    CHECK(across < 72);
}

TEST(every_table_has_org_id)
{
    struct home h;
    struct fair_rows *q;
    int n = 0;

    home_open(&h);
    CHECK_OK(h.st->db->engine->prepare(h.st->db, "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'", &q, why));
    while (h.st->db->engine->step(q, NULL) == FAIR_OK) {
        fair_str name = fair_str_dup(h.a, h.st->db->engine->text(q, 0)), sql = fair_str_dup(h.a, h.st->db->engine->text(q, 1));
        n++;
        /* An organisation is one itself; the record of migrations belongs to the file. */
        if (fair_str_eq(name, FAIR_STR("org")) || fair_str_eq(name, FAIR_STR("migration"))) continue;
        if (strstr(sql.p, "org_id BIGINT NOT NULL") == NULL) fail_msg("table %s has no org_id", name.p);
        if (strstr(sql.p, "AUTOINCREMENT") != NULL || strstr(sql.p, "INTEGER") != NULL) fail_msg("table %s is not portable", name.p);
    }
    h.st->db->engine->finish(q);
    CHECK(n > 10);
    home_close(&h);
}

/* sql/schema.sql is for readers; FAIRTRACK_RENEW=1 writes it anew. */
TEST(schema_sql_is_what_the_migrations_add_up_to)
{
    struct home h;
    struct fair_rows *q;
    struct fair_buf b;
    fair_str is, told = { "", 0 };
    char path[4096];
    const char *root = getenv("FAIRTRACK_SOURCE");

    if (root == NULL) skip();
    home_open(&h);
    b = FAIR_BUF(h.a, 1 << 20);
    fair_buf_c(&b, "-- What sql/migrations/ add up to. Not read by the program; a test compares.\n");
    CHECK_OK(h.st->db->engine->prepare(h.st->db,
        "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name <> 'migration' ORDER BY tbl_name, type = 'index', name", &q, why));
    while (h.st->db->engine->step(q, NULL) == FAIR_OK) {
        fair_buf_byte(&b, '\n');
        fair_buf_add(&b, h.st->db->engine->text(q, 0));
        fair_buf_c(&b, ";\n");
    }
    h.st->db->engine->finish(q);
    CHECK_OK(fair_buf_take(&b, &is, why));
    snprintf(path, sizeof path, "%s/sql/schema.sql", root);
    if (getenv("FAIRTRACK_RENEW") != NULL) CHECK_OK(fair_write_file(path, is.p, is.n, 0644, why));
    CHECK_OK(fair_read_file(h.a, path, 1 << 20, &told, why));
    if (!fair_str_eq(is, told)) fail_msg("sql/schema.sql is not what the migrations make: run this test with FAIRTRACK_RENEW=1");
    home_close(&h);
}

/* A file that lies in the folder and is not named in src/store/meson.build never runs, and nothing else tells. */
TEST(every_migration_of_the_folder_is_in_the_program)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    const char *root = getenv("FAIRTRACK_SOURCE");
    struct dirent *e;
    size_t n = 0;
    DIR *dir;

    if (root == NULL) skip();
    dir = opendir(fair_str_fmt(a, "%s/sql/migrations", root).p);
    CHECK(dir != NULL);
    while ((e = readdir(dir)) != NULL) {
        bool known = e->d_name[0] == '.';
        if (!known) n++;
        for (size_t i = 0; i < fair_migrations_n && !known; i++) known = strcmp(fair_migrations[i].name, e->d_name) == 0;
        if (!known) fail_msg("%s is not in src/store/meson.build", e->d_name);
    }
    closedir(dir);
    CHECK_EQ(n, fair_migrations_n);
}

TEST(each_migration_is_recorded_with_its_hash_and_a_changed_one_is_told)
{
    struct home h;
    struct fair_store *st;
    struct fair_err err = { 0 };

    home_open(&h);
    CHECK_EQ(number(&h, "SELECT count(*) FROM migration"), fair_migrations_n);
    CHECK_EQ(number(&h, "SELECT count(*) FROM migration WHERE length(sha256) = 32"), fair_migrations_n);
    CHECK_OK(h.st->db->engine->script(h.st->db, "UPDATE migration SET sha256 = zeroblob(32) WHERE id = 1", why));
    CHECK_EQ(fair_store_open(h.path, &st, &err), FAIR_CORRUPT);
    CHECK(strstr(err.text, "0001_catalogue.sql") != NULL);
    home_close(&h);
}

TEST(a_newer_database_is_refused_and_left_as_it_is)
{
    struct home h;
    struct fair_store *st;
    struct fair_err err = { 0 };

    home_open(&h);
    CHECK_OK(h.st->db->engine->script(h.st->db, "INSERT INTO migration (id, name, sha256, at_us) VALUES (999, 'x', zeroblob(32), 1)", why));
    CHECK_EQ(fair_store_open(h.path, &st, &err), FAIR_REFUSED);
    CHECK(strstr(err.text, "of version 999, this program knows ") != NULL);
    CHECK(strstr(err.text, "install the newer program") != NULL);
    CHECK_EQ(number(&h, "SELECT max(id) FROM migration"), 999);
    home_close(&h);
}

TEST(what_is_no_database_of_ours_is_told)
{
    struct home h;
    struct fair_store *st;
    struct fair_err err = { 0 };
    char path[128];

    home_open(&h);
    snprintf(path, sizeof path, "%s/other", h.dir);
    CHECK_OK(fair_write_file(path, "this is no database, it is a text of some length to be read", 59, 0600, why));
    CHECK_EQ(fair_store_open(path, &st, &err), FAIR_CORRUPT);
    CHECK(strstr(err.text, "it is not a database") != NULL);
    CHECK_EQ(fair_store_open("/proc/none/db", &st, &err), FAIR_IO);
    CHECK_EQ(unlink(path), 0);
    {
        struct fair_db *db;
        CHECK_OK(fair_db_sqlite.open(path, &db, why));
        CHECK_OK(db->engine->script(db, "PRAGMA application_id = 7; CREATE TABLE t (x)", why));
        fair_db_close(&db);
    }
    CHECK_EQ(fair_store_open(path, &st, &err), FAIR_INVALID);
    CHECK(strstr(err.text, "another program") != NULL);
    home_close(&h);
}

/* $2 before $1: a parameter is its name, not its place. */
FAIR_SQL_ALL(test_order, "SELECT $2, $1, $10");

TEST(a_parameter_is_bound_by_its_name)
{
    struct home h;
    struct fair_rows *q;

    home_open(&h);
    CHECK_OK(fair_store_query(h.st, &test_order, &q, why));
    fair_db_int(q, 1, 11);
    fair_db_int(q, 2, 22);
    fair_db_int(q, 10, 33);
    CHECK_EQ(fair_db_step(q, NULL), FAIR_OK);
    CHECK_EQ(fair_db_get_int(q, 0), 22);
    CHECK_EQ(fair_db_get_int(q, 1), 11);
    CHECK_EQ(fair_db_get_int(q, 2), 33);
    fair_rows_free(&q);
    home_close(&h);
}

struct script { int runs; fair_status give; bool nested; };

static fair_status
put_two(const struct fair_desk *d, void *arg, struct fair_err *err)
{
    struct script *s = arg;
    s->runs++;
    FAIR_TRY(fair_store_setting_put(d, FAIR_STR("one"), FAIR_STR("1"), err));
    if (s->nested) {
        struct script in = { 0, FAIR_REFUSED, false };
        struct fair_desk e = *d;
        CHECK_EQ(fair_store_do(&e, put_two, &in, NULL), FAIR_REFUSED);
        CHECK_EQ(in.runs, 1);
    }
    FAIR_TRY(fair_store_setting_put(d, FAIR_STR("two"), FAIR_STR("2"), err));
    return s->give;
}

TEST(several_things_are_done_all_or_not_at_all)
{
    struct home h;
    struct script no = { 0, FAIR_CONFLICT, false }, yes = { 0, FAIR_OK, true };
    fair_str v;

    home_open(&h);
    CHECK_EQ(fair_store_do(&h.d, put_two, &no, NULL), FAIR_CONFLICT);
    CHECK_EQ(no.runs, 1);
    CHECK_EQ(fair_store_setting_get(&h.d, FAIR_STR("one"), h.a, &v, NULL), FAIR_NOT_FOUND);
    CHECK_OK(fair_store_do(&h.d, put_two, &yes, why));
    CHECK_OK(fair_store_setting_get(&h.d, FAIR_STR("one"), h.a, &v, why));
    CHECK_STR(v, "1");
    CHECK_OK(fair_store_setting_get(&h.d, FAIR_STR("two"), h.a, &v, why));
    CHECK_STR(v, "2");
    CHECK_OK(fair_store_setting_put(&h.d, FAIR_STR("one"), (fair_str){ NULL, 0 }, why));
    CHECK_EQ(fair_store_setting_get(&h.d, FAIR_STR("one"), h.a, &v, NULL), FAIR_NOT_FOUND);
    home_close(&h);
}

FAIR_TEST_MAIN
