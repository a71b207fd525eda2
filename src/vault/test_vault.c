/* Tests of the vault in a folder. */
#include "base/test.h"
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/io.h"
#include "vault/vault.h"

static char home[64];

static void
fresh_home(void)
{
    snprintf(home, sizeof home, "/tmp/fair-vault-XXXXXX");
    CHECK(mkdtemp(home) != NULL);
}

static void
remove_home(void)
{
    char cmd[128];
    snprintf(cmd, sizeof cmd, "rm -rf '%s'", home);
    CHECK_EQ(system(cmd), 0);
}

static void
file_of(const struct fair_sha256 *key, char *out, size_t room)
{
    struct fair_arena *a = fair_arena_new();
    fair_str hex = fair_hex(a, key->b, 32);
    snprintf(out, room, "%s/%.2s/%.2s/%.64s", home, hex.p, hex.p + 2, hex.p);
    fair_arena_free(&a);
}

static int
count_lines(const char *cmd)
{
    FILE *p = popen(cmd, "r");
    int n = -1;
    CHECK(p != NULL);
    CHECK_EQ(fscanf(p, "%d", &n), 1);
    pclose(p);
    return n;
}

static int
temporary_files(void)
{
    char cmd[128];
    snprintf(cmd, sizeof cmd, "find %s/tmp -type f | wc -l", home);
    return count_lines(cmd);
}

TEST(bytes_come_back_as_they_were_put)
{
    struct fair_arena *a = fair_arena_new();
    struct fair_vault *v;
    struct fair_sha256 key, again, none = { { 1 } };
    fair_str out;
    struct fair_err err = { 0 };
    char path[160];

    fresh_home();
    CHECK_OK(fair_vault_open_dir(home, &v, why));
    CHECK_OK(fair_vault_put(v, FAIR_STR("poppies"), &key, why));
    CHECK_OK(fair_vault_put(v, FAIR_STR("poppies"), &again, why));
    CHECK(fair_sha256_eq(&key, &again));
    CHECK_OK(fair_vault_read(v, &key, 100, a, &out, why));
    CHECK_STR(out, "poppies");
    CHECK(fair_vault_has(v, &key));
    CHECK(!fair_vault_has(v, &none));
    CHECK_EQ(fair_vault_read(v, &none, 100, a, &out, &err), FAIR_NOT_FOUND);
    CHECK_EQ(fair_vault_read(v, &key, 6, a, &out, &err), FAIR_LIMIT);
    file_of(&key, path, sizeof path);
    CHECK_EQ(access(path, R_OK), 0);
    CHECK_EQ(temporary_files(), 0);
    CHECK_OK(fair_vault_put(v, FAIR_STR(""), &key, why));
    CHECK_OK(fair_vault_read(v, &key, 0, a, &out, why));
    CHECK_EQ(out.n, 0);
    CHECK_OK(fair_vault_drop(v, &key, why));
    CHECK(!fair_vault_has(v, &key));
    CHECK_EQ(fair_vault_drop(v, &key, &err), FAIR_NOT_FOUND);
    fair_vault_free(&v);
    fair_arena_free(&a);
    remove_home();
}

TEST(a_spoiled_blob_is_told_and_can_be_put_again)
{
    struct fair_arena *a = fair_arena_new();
    struct fair_vault *v;
    struct fair_sha256 key;
    fair_str out;
    struct fair_err err = { 0 };
    char path[160];

    fresh_home();
    CHECK_OK(fair_vault_open_dir(home, &v, why));
    CHECK_OK(fair_vault_put(v, FAIR_STR("poppies"), &key, why));
    file_of(&key, path, sizeof path);
    CHECK_EQ(chmod(path, 0600), 0);
    CHECK_OK(fair_write_file(path, "pappies", 7, 0600, why));
    CHECK_EQ(fair_vault_read(v, &key, 100, a, &out, &err), FAIR_CORRUPT);
    CHECK(strstr(err.text, "not the ones that were put") != NULL);
    CHECK_EQ(truncate(path, 3), 0);
    CHECK_EQ(fair_vault_read(v, &key, 100, a, &out, &err), FAIR_CORRUPT);
    CHECK_OK(fair_vault_put(v, FAIR_STR("poppies"), &key, why));
    CHECK_OK(fair_vault_read(v, &key, 100, a, &out, why));
    CHECK_STR(out, "poppies");
    fair_vault_free(&v);
    fair_arena_free(&a);
    remove_home();
}

TEST(lazy_blobs_are_there_after_the_flush)
{
    for (int n = 3; n <= 40; n += 37) {
        struct fair_arena *a = fair_arena_new();
        struct fair_vault *v;
        struct fair_sha256 keys[40];
        fair_str out;

        fresh_home();
        CHECK_OK(fair_vault_open_dir(home, &v, why));
        for (int i = 0; i < n; i++)
            CHECK_OK(fair_vault_put_lazy(v, fair_str_fmt(a, "picture %d", i / 2), &keys[i], why));
        CHECK_OK(fair_vault_flush(v, why));
        CHECK_OK(fair_vault_flush(v, why));
        for (int i = 0; i < n; i++) {
            CHECK_OK(fair_vault_read(v, &keys[i], 100, a, &out, why));
            CHECK(fair_str_eq(out, fair_str_fmt(a, "picture %d", i / 2)));
        }
        CHECK_EQ(temporary_files(), 0);
        CHECK_OK(fair_vault_put_lazy(v, FAIR_STR("forgotten"), &keys[0], why));
        fair_vault_free(&v);
        CHECK_EQ(temporary_files(), 0);
        CHECK_OK(fair_vault_open_dir(home, &v, why));
        CHECK(!fair_vault_has(v, &keys[0]));
        fair_vault_free(&v);
        fair_arena_free(&a);
        remove_home();
    }
}

static fair_status
sum_up(void *arg, const struct fair_sha256 *key, uint64_t bytes)
{
    uint64_t *sum = arg;
    (void)key;
    sum[0]++;
    sum[1] += bytes;
    return sum[0] == sum[2] ? FAIR_REFUSED : FAIR_OK;
}

TEST(each_blob_is_visited_once_and_foreign_files_are_not)
{
    struct fair_arena *a = fair_arena_new();
    struct fair_vault *v;
    struct fair_sha256 key;
    uint64_t sum[3] = { 0, 0, 0 };
    char path[256];

    fresh_home();
    CHECK_OK(fair_vault_open_dir(home, &v, why));
    for (int i = 0; i < 300; i++)
        CHECK_OK(fair_vault_put_lazy(v, fair_str_fmt(a, "%03d", i), &key, why));
    CHECK_OK(fair_vault_flush(v, why));
    file_of(&key, path, sizeof path);
    snprintf(path + strlen(path), sizeof path - strlen(path), ".bak");
    CHECK_OK(fair_write_file(path, "x", 1, 0600, why));
    snprintf(path, sizeof path, "%s/README", home);
    CHECK_OK(fair_write_file(path, "x", 1, 0600, why));
    CHECK_OK(fair_vault_each(v, sum_up, sum, why));
    CHECK_EQ(sum[0], 300);
    CHECK_EQ(sum[1], 900);
    sum[2] = 310;
    CHECK_EQ(fair_vault_each(v, sum_up, sum, NULL), FAIR_REFUSED);
    CHECK_EQ(sum[0], 310);
    fair_vault_free(&v);
    fair_arena_free(&a);
    remove_home();
}

TEST(what_a_killed_process_left_is_swept_and_what_a_living_one_writes_is_not)
{
    struct fair_vault *v, *w;
    struct fair_sha256 key;
    int pipes[2], status;
    pid_t child;
    char c;

    fresh_home();
    CHECK_EQ(pipe(pipes), 0);
    child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        struct fair_vault *mine;
        if (fair_vault_open_dir(home, &mine, NULL) != FAIR_OK) _exit(1);
        if (fair_vault_put_lazy(mine, FAIR_STR("half done"), &key, NULL) != FAIR_OK) _exit(1);
        if (write(pipes[1], "x", 1) != 1) _exit(1);
        pause();
        _exit(1);
    }
    CHECK_EQ(read(pipes[0], &c, 1), 1);
    CHECK_OK(fair_vault_open_dir(home, &v, why));
    CHECK_EQ(temporary_files(), 1);
    CHECK_OK(fair_vault_put_lazy(v, FAIR_STR("mine"), &key, why));
    kill(child, SIGKILL);
    CHECK_EQ(waitpid(child, &status, 0), child);
    CHECK_OK(fair_vault_open_dir(home, &w, why));
    CHECK_EQ(temporary_files(), 1);
    CHECK_OK(fair_vault_flush(v, why));
    CHECK(fair_vault_has(w, &key));
    fair_vault_free(&v);
    fair_vault_free(&w);
    close(pipes[0]);
    close(pipes[1]);
    remove_home();
}

TEST(a_full_disk_is_told_and_leaves_nothing)
{
    struct fair_vault *v;
    struct fair_sha256 key;
    struct rlimit was, small;
    static char big[100000];
    struct fair_err err = { 0 };

    fresh_home();
    CHECK_OK(fair_vault_open_dir(home, &v, why));
    CHECK_EQ(getrlimit(RLIMIT_FSIZE, &was), 0);
    small = (struct rlimit){ 4096, was.rlim_max };
    signal(SIGXFSZ, SIG_IGN);
    CHECK_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
    CHECK_EQ(fair_vault_put(v, (fair_str){ big, sizeof big }, &key, &err), FAIR_IO);
    CHECK_EQ(fair_vault_put_lazy(v, (fair_str){ big, sizeof big }, &key, &err), FAIR_IO);
    CHECK_EQ(setrlimit(RLIMIT_FSIZE, &was), 0);
    CHECK(strstr(err.text, "100000 bytes") != NULL);
    CHECK_EQ(temporary_files(), 0);
    CHECK(!fair_vault_has(v, &key));
    CHECK_OK(fair_vault_put(v, (fair_str){ big, sizeof big }, &key, why));
    fair_vault_free(&v);
    remove_home();
}

TEST(what_is_erased_leaves_a_stone_and_comes_back_only_knowingly)
{
    struct fair_arena *a = fair_arena_new();
    struct fair_vault *v;
    struct fair_sha256 key;
    struct fair_stone was = { 1790000000 * FAIR_SECOND, FAIR_STR("N. Example"), FAIR_STR("asked for by the person shown\nin it") }, stone;
    struct fair_err err = { 0 };
    fair_str out;
    uint64_t n;

    fresh_home();
    CHECK_OK(fair_vault_open_dir(home, &v, why));
    CHECK_OK(fair_vault_put(v, FAIR_STR("poppies"), &key, why));
    CHECK_EQ(fair_vault_stone(v, &key, a, &stone, NULL), FAIR_NOT_FOUND);
    CHECK_EQ(fair_vault_erase(v, &key, &(struct fair_stone){ was.at, FAIR_STR("N."), FAIR_STR(" ") }, &err), FAIR_INVALID);
    CHECK(fair_vault_has(v, &key));
    CHECK_OK(fair_vault_erase(v, &key, &was, why));
    CHECK(!fair_vault_has(v, &key));
    CHECK_OK(fair_vault_stone(v, &key, a, &stone, why));
    CHECK(stone.at == was.at);
    CHECK_STR(stone.by, "N. Example");
    CHECK_STR(stone.why, "asked for by the person shown in it");
    CHECK_EQ(fair_vault_read(v, &key, 100, a, &out, &err), FAIR_NOT_FOUND);
    CHECK(strstr(err.text, "erased on 2026-09-21T14:13:20Z by N. Example: asked for") != NULL);
    err.text[0] = '\0';
    CHECK_EQ(fair_vault_size(v, &key, &n, &err), FAIR_NOT_FOUND);
    CHECK(strstr(err.text, "erased on") != NULL);
    CHECK_EQ(fair_vault_put(v, FAIR_STR("poppies"), &key, &err), FAIR_REFUSED);
    CHECK(strstr(err.text, "N. Example") != NULL);
    CHECK_EQ(fair_vault_put_lazy(v, FAIR_STR("poppies"), &key, &err), FAIR_REFUSED);
    CHECK_OK(fair_vault_flush(v, why));
    CHECK(!fair_vault_has(v, &key));
    CHECK_OK(fair_vault_put_anew(v, FAIR_STR("poppies"), &key, why));
    CHECK_OK(fair_vault_read(v, &key, 100, a, &out, why));
    CHECK_EQ(fair_vault_stone(v, &key, a, &stone, NULL), FAIR_NOT_FOUND);
    CHECK_OK(fair_vault_put(v, FAIR_STR("poppies"), &key, why));
    fair_vault_free(&v);
    fair_arena_free(&a);
    remove_home();
}

TEST(a_stone_that_cannot_be_read_is_a_stone_all_the_same)
{
    struct fair_arena *a = fair_arena_new();
    struct fair_vault *v;
    struct fair_sha256 key = fair_sha256_of("poppies", 7);
    struct fair_stone stone;
    struct fair_err err = { 0 };
    static char much[9000];
    char path[256];

    fresh_home();
    CHECK_OK(fair_vault_open_dir(home, &v, why));
    CHECK_OK(fair_vault_erase(v, &key, &(struct fair_stone){ FAIR_SECOND, FAIR_STR("a"), FAIR_STR("b") }, why));
    file_of(&key, path, sizeof path);
    memcpy(path + strlen(path), ".stone", sizeof ".stone");
    memset(much, 'x', sizeof much);
    for (int i = 0; i < 3; i++) {
        chmod(path, 0600);
        CHECK_OK(fair_write_file(path, much, i == 0 ? 0 : i == 1 ? 17 : sizeof much, 0600, why));
        CHECK_OK(fair_vault_stone(v, &key, a, &stone, why));
        CHECK_EQ(fair_vault_put(v, FAIR_STR("poppies"), &key, &err), FAIR_REFUSED);
    }
    fair_vault_free(&v);
    fair_arena_free(&a);
    remove_home();
}

FAIR_TEST_MAIN
