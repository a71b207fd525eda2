/* work/backup.c - a home copied while it is used, and made again from the copy. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/io.h"
#include "work/house.h"
#include "work/person.h"

/* MANIFEST: a line a file, "<sha256 in hex>  <bytes>  <path>\n"; blobs are listed by their key alone,
 * "<sha256>  <bytes>  blob", for a blob's name is its digest.  The last line is "end". */

struct copying {
    struct fair_house *h;
    struct fair_vault *to;
    struct fair_backup_sum *sum;
    int manifest;
    struct fair_err *err;
};

static fair_status
note(int manifest, const struct fair_sha256 *sha, size_t bytes, const char *what, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_str line = fair_str_fmt(a, "%.*s  %zu  %s\n", FAIR_STR_ARG(fair_hex(a, sha->b, 32)), bytes, what);
    return fair_write_all(manifest, line.p, line.n, err);
}

static fair_status
copy_blob(void *arg, const struct fair_sha256 *key)
{
    struct copying *c = arg;
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_sha256 again;
    fair_str bytes;
    fair_status s;

    s = fair_vault_read(c->h->vault, key, SIZE_MAX / 4, a, &bytes, c->err);
    if (s == FAIR_NOT_FOUND || s == FAIR_CORRUPT) {      /* counted and told: a backup with a hole is better than none */
        c->sum->missing++;
        return FAIR_OK;
    }
    if (s != FAIR_OK) return s;
    FAIR_TRY(fair_vault_put(c->to, bytes, &again, c->err));
    c->sum->blobs++;
    c->sum->bytes += (int64_t)bytes.n;
    return note(c->manifest, key, bytes.n, "blob", c->err);
}

/* Digest of a file, read in pieces: a database may be large. */
static fair_status
digest_file(const char *path, struct fair_sha256 *out, size_t *bytes, struct fair_err *err)
{
    FAIR_AUTO(fd) int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct fair_sha256_run *run;
    char piece[65536];
    ssize_t n;

    if (fd < 0) return fair_fail(err, errno == ENOENT ? FAIR_NOT_FOUND : FAIR_IO, "%s: %m", path);
    run = fair_sha256_begin();
    *bytes = 0;
    while ((n = read(fd, piece, sizeof piece)) > 0) {
        fair_sha256_add(run, piece, (size_t)n);
        *bytes += (size_t)n;
    }
    *out = fair_sha256_end(&run);
    return n < 0 ? fair_fail(err, FAIR_IO, "%s: %m", path) : FAIR_OK;
}

static fair_status
copy_file(const char *from, const char *to, struct fair_err *err)
{
    FAIR_AUTO(fd) int in = open(from, O_RDONLY | O_CLOEXEC);
    FAIR_AUTO(fd) int out = -1;
    char piece[65536];
    ssize_t n;

    if (in < 0) return fair_fail(err, errno == ENOENT ? FAIR_NOT_FOUND : FAIR_IO, "%s: %m", from);
    out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (out < 0) return fair_fail(err, FAIR_IO, "%s: %m", to);
    while ((n = read(in, piece, sizeof piece)) > 0) FAIR_TRY(fair_write_all(out, piece, (size_t)n, err));
    if (n < 0 || fsync(out) != 0) return fair_fail(err, FAIR_IO, "%s: %m", to);
    return FAIR_OK;
}

static const char *
under(struct fair_arena *a, const char *dir, const char *name)
{
    return fair_str_fmt(a, "%s/%s", dir, name).p;
}

/* fairtrack.conf, the list of erasures and everything in keys/, where they are. */
static fair_status
copy_small(const char *from, const char *to, int manifest, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_sha256 sha;
    size_t bytes;
    DIR *dir;
    fair_status s = FAIR_OK;

    if (access(under(a, from, "fairtrack.conf"), F_OK) == 0) {
        FAIR_TRY(copy_file(under(a, from, "fairtrack.conf"), under(a, to, "fairtrack.conf"), err));
        FAIR_TRY(digest_file(under(a, to, "fairtrack.conf"), &sha, &bytes, err));
        FAIR_TRY(note(manifest, &sha, bytes, "fairtrack.conf", err));
    }
    if (access(under(a, from, "erasures"), F_OK) == 0) {
        FAIR_TRY(copy_file(under(a, from, "erasures"), under(a, to, "erasures"), err));
        FAIR_TRY(digest_file(under(a, to, "erasures"), &sha, &bytes, err));
        FAIR_TRY(note(manifest, &sha, bytes, "erasures", err));
    }
    FAIR_TRY(fair_make_dirs(under(a, to, "keys"), 0700, err));
    dir = opendir(under(a, from, "keys"));
    if (dir == NULL) return FAIR_OK;
    for (struct dirent *e; s == FAIR_OK && (e = readdir(dir)) != NULL;) {
        const char *name;
        if (e->d_name[0] == '.') continue;
        name = under(a, "keys", e->d_name);
        s = copy_file(under(a, from, name), under(a, to, name), err);
        if (s == FAIR_OK) s = digest_file(under(a, to, name), &sha, &bytes, err);
        if (s == FAIR_OK) s = note(manifest, &sha, bytes, name, err);
    }
    closedir(dir);
    return s;
}

fair_status
fair_house_backup(struct fair_house *h, const char *dir, struct fair_backup_sum *sum, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(vault) struct fair_vault *to = NULL;
    FAIR_AUTO(store) struct fair_store *copy = NULL;
    FAIR_AUTO(fd) int manifest = -1;
    struct copying c = { .h = h, .sum = sum, .err = err };
    struct fair_sha256 sha;
    size_t bytes;

    *sum = (struct fair_backup_sum){ 0 };
    if (access(under(a, dir, "db"), F_OK) == 0) return fair_fail(err, FAIR_CONFLICT, "%s holds a backup already: name a new folder", dir);
    FAIR_TRY(fair_house_vault(h, err));
    FAIR_TRY(fair_make_dirs(dir, 0700, err));
    manifest = open(under(a, dir, "MANIFEST"), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (manifest < 0) return fair_fail(err, FAIR_IO, "%s/MANIFEST: %m", dir);
    /* The rows first: a blob is in the vault before a row names it, so none that the copy names can be missing. */
    FAIR_TRY(fair_store_backup(h->store, under(a, dir, "db"), err));
    FAIR_TRY(digest_file(under(a, dir, "db"), &sha, &bytes, err));
    FAIR_TRY(note(manifest, &sha, bytes, "db", err));
    FAIR_TRY(copy_small(h->home.p, dir, manifest, err));
    FAIR_TRY(fair_vault_open_dir(under(a, dir, "vault"), &to, err));
    c.to = to;
    c.manifest = manifest;
    FAIR_TRY(fair_store_blobs(h->store, copy_blob, &c, err));
    FAIR_TRY(fair_write_all(manifest, "end\n", 4, err));
    if (fsync(manifest) != 0) return fair_fail(err, FAIR_IO, "%s/MANIFEST: %m", dir);
    return FAIR_OK;
}

static fair_status
restore_blob(struct fair_vault *from, struct fair_vault *to, const struct fair_sha256 *key, struct fair_backup_sum *sum, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_sha256 again;
    fair_str bytes;

    FAIR_TRY(fair_vault_read(from, key, SIZE_MAX / 4, a, &bytes, err));
    FAIR_TRY(fair_vault_put(to, bytes, &again, err));
    sum->blobs++;
    sum->bytes += (int64_t)bytes.n;
    return FAIR_OK;
}

/* A name in a MANIFEST may name these only: it comes from a file somebody may have changed. */
static bool
name_allowed(fair_str name)
{
    if (fair_str_eq(name, FAIR_STR("db")) || fair_str_eq(name, FAIR_STR("fairtrack.conf")) || fair_str_eq(name, FAIR_STR("erasures"))) return true;
    if (!fair_str_starts(name, FAIR_STR("keys/")) || name.n == 5 || name.p[5] == '.') return false;
    return memchr(name.p + 5, '/', name.n - 5) == NULL;
}

static fair_status
restore_line(fair_str line, const char *dir, const char *home, struct fair_vault *from, struct fair_vault *to,
             struct fair_backup_sum *sum, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_sha256 want, got;
    fair_str name;
    size_t bytes;

    if (line.n < 68 || !fair_unhex((fair_str){ line.p, 64 }, want.b, 32)) return fair_fail(err, FAIR_CORRUPT, "%s/MANIFEST: an odd line", dir);
    name = (fair_str){ line.p + 66, line.n - 66 };
    while (name.n > 0 && name.p[0] != ' ') name = (fair_str){ name.p + 1, name.n - 1 };
    name = fair_str_dup(a, fair_str_trim(name));
    if (fair_str_eq(name, FAIR_STR("blob"))) return restore_blob(from, to, &want, sum, err);
    if (!name_allowed(name)) return fair_fail(err, FAIR_CORRUPT, "%s/MANIFEST names \"%.*s\"", dir, FAIR_STR_ARG(fair_str_escape(a, name)));
    FAIR_TRY(copy_file(under(a, dir, name.p), under(a, home, name.p), err));
    FAIR_TRY(digest_file(under(a, home, name.p), &got, &bytes, err));
    if (!fair_sha256_eq(&want, &got)) return fair_fail(err, FAIR_CORRUPT, "%s/%s is not what was backed up: its digest differs", dir, name.p);
    return FAIR_OK;
}

fair_status
fair_house_restore(const char *dir, const char *home, const char *erasures, struct fair_backup_sum *sum, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(vault) struct fair_vault *from = NULL;
    /* The vault of the settings that are restored: a folder of the home, or an S3 store. */
    struct fair_house h = { .arena = a, .home = fair_str_of(home), .serve_lock = -1 };
    FAIR_AUTO(vault) struct fair_vault *to = NULL;
    fair_str manifest, rest, line;
    uint64_t works;
    fair_status s;

    *sum = (struct fair_backup_sum){ 0 };
    if (access(under(a, home, "db"), F_OK) == 0) return fair_fail(err, FAIR_CONFLICT, "%s is a home already: name a new folder with --home", home);
    FAIR_TRY(fair_read_file(a, under(a, dir, "MANIFEST"), (size_t)1 << 32, &manifest, err));
    if (!fair_str_ends(manifest, FAIR_STR("\nend\n"))) return fair_fail(err, FAIR_CORRUPT, "%s/MANIFEST has no end: the backup was broken off", dir);
    FAIR_TRY(fair_make_dirs(under(a, home, "keys"), 0700, err));
    FAIR_TRY(fair_make_dirs(under(a, home, "index"), 0700, err));
    FAIR_TRY(fair_vault_open_dir(under(a, dir, "vault"), &from, err));
    FAIR_TRY(fair_config_load(a, under(a, dir, "fairtrack.conf"), &h.config, err));
    FAIR_TRY(fair_house_vault(&h, err));
    to = h.vault;
    /* The database comes last, so that a restore that breaks off leaves no home that looks whole. */
    for (int last = 0; last < 2; last++) {
        rest = (fair_str){ manifest.p, manifest.n - 4 };
        while (fair_str_split(&rest, '\n', &line)) {
            if (line.n == 0 || fair_str_ends(line, FAIR_STR("  db")) != (last == 1)) continue;
            s = restore_line(line, dir, home, from, to, sum, err);
            if (s != FAIR_OK) {
                unlink(under(a, home, "db"));
                return s;
            }
        }
    }
    FAIR_TRY(fair_house_open(home, &h, err));
    /* Whoever was erased since is erased again, before anybody sees the home. */
    s = fair_person_replay(&h, erasures, fair_now(), &sum->erased, err);
    if (s == FAIR_OK) s = fair_house_reindex(&h, &works, err);
    fair_house_close(&h);
    return s;
}
