/* work/files.c - walking folders and globs. */
#include "work/files.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/io.h"

#define MAX_DEPTH 64

static bool
ending_in(fair_str path, const char *const *list)
{
    const char *dot = path.n > 0 ? memrchr(path.p, '.', path.n) : NULL;
    fair_str ending;

    if (dot == NULL || memchr(dot, '/', (size_t)(path.p + path.n - dot)) != NULL) return false;
    ending = (fair_str){ dot + 1, (size_t)(path.p + path.n - dot - 1) };
    for (; *list != NULL; list++)
        if (fair_str_eq_nocase(ending, fair_str_of(*list))) return true;
    return false;
}

static const char *const raw_endings[] = { "cr2", "cr3", "crw", "nef", "nrw", "arw", "srf", "sr2", "dng", "orf", "rw2", "raf",
                                           "pef", "srw", "3fr", "fff", "iiq", "mrw", "x3f", "kdc", "dcr", "erf", "mef", "mos", "rwl", NULL };
static const char *const picture_endings[] = { "jpg", "jpeg", "jpe", "jfif", "png", "gif", "webp", "avif", "heic", "heif", "hif",
                                               "tif", "tiff", "bmp", "dib", "ico", "cur", "jxl", "apng", NULL };
static const char *const other_endings[] = { "mp4", "mov", "avi", "mkv", "webm", "mpg", "mpeg", "mts", "m2ts", "3gp", "mp3", "wav", "flac", "ogg", "m4a",
                                             "txt", "md", "html", "htm", "css", "js", "json", "xml", "xmp", "csv", "tsv", "pdf", "doc", "docx", "xls", "xlsx",
                                             "zip", "gz", "tar", "7z", "rar", "db", "ini", "lrcat", "lrdata", "log", "c", "h", "o", "so", "exe", "dll", "psd", "ai", "svg", NULL };
static const char *const developed_endings[] = { "jpg", "jpeg", "heic", "heif", "hif", "tif", "tiff", NULL };

const char *
fair_file_kind(fair_str path)
{
    if (ending_in(path, raw_endings)) return "raw";
    if (ending_in(path, picture_endings)) return "picture";
    if (ending_in(path, other_endings)) return "other";
    return "unknown";
}

static struct fair_file *
add(struct fair_files *files, fair_str path)
{
    struct fair_file *f;

    if (files->n == files->room) {
        size_t room = files->room > 0 ? files->room * 2 : 256;
        struct fair_file *v = fair_alloc_array(files->arena, room, sizeof *v);
        if (files->n > 0) memcpy(v, files->v, files->n * sizeof *v);
        files->v = v;
        files->room = room;
    }
    f = &files->v[files->n++];
    *f = (struct fair_file){ .path = fair_str_dup(files->arena, path), .beside = -1 };
    f->raw = strcmp(fair_file_kind(path), "raw") == 0;
    f->key = f->path;
    return f;
}

static void
add_file(struct fair_files *files, fair_str path, fair_str key, const struct stat *st, bool asked)
{
    struct fair_file *f = add(files, path);
    f->key = fair_str_dup(files->arena, key);
    f->bytes = st->st_size;
    f->mtime = (fair_time)st->st_mtim.tv_sec * FAIR_SECOND + st->st_mtim.tv_nsec / 1000;
    f->asked = asked;
}

static int
by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void walk(struct fair_files *files, int dir_fd, fair_str path, fair_str key, int depth);

static void
visit(struct fair_files *files, int dir_fd, const char *name, fair_str path, fair_str key, int depth)
{
    struct stat st;
    int fd;

    if (fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) != 0) {
        add(files, path)->fault = strerror(errno);
        return;
    }
    if (S_ISREG(st.st_mode)) {
        if (strcmp(fair_file_kind(path), "other") == 0) files->passed_over++;
        else add_file(files, path, key, &st, false);
        return;
    }
    if (!S_ISDIR(st.st_mode)) {      /* symbolic links, sockets, devices */
        files->passed_over++;
        return;
    }
    if (depth >= MAX_DEPTH) {
        add(files, path)->fault = "more than 64 folders deep";
        return;
    }
    fd = openat(dir_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) add(files, path)->fault = strerror(errno);
    else walk(files, fd, path, key, depth + 1);
}

/* Takes dir_fd. */
static void
walk(struct fair_files *files, int dir_fd, fair_str path, fair_str key, int depth)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    DIR *dir = fdopendir(dir_fd);
    size_t n = 0, room = 64;
    char **names = fair_alloc_array(a, room, sizeof *names);
    bool slash = path.n > 0 && path.p[path.n - 1] == '/';

    if (dir == NULL) {
        add(files, path)->fault = strerror(errno);
        close(dir_fd);
        return;
    }
    for (struct dirent *e; (e = readdir(dir)) != NULL;) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0) continue;
        if (e->d_name[0] == '.') {
            files->passed_over++;
            continue;
        }
        if (n == room) {
            char **more = fair_alloc_array(a, room * 2, sizeof *more);
            memcpy(more, names, n * sizeof *names);
            names = more;
            room *= 2;
        }
        names[n++] = (char *)fair_str_dup(a, fair_str_of(e->d_name)).p;
    }
    qsort(names, n, sizeof *names, by_name);
    for (size_t i = 0; i < n; i++)
        visit(files, dirfd(dir), names[i], fair_str_fmt(a, "%.*s%s%s", FAIR_STR_ARG(path), slash ? "" : "/", names[i]),
              fair_str_fmt(a, "%.*s/%s", FAIR_STR_ARG(key), names[i]), depth);
    closedir(dir);
}

static void
add_existing(struct fair_files *files, const char *path, const struct stat *st)
{
    char absolute[PATH_MAX];
    fair_str key = fair_str_of(realpath(path, absolute) != NULL ? absolute : path);
    int fd;

    if (S_ISREG(st->st_mode)) {
        add_file(files, fair_str_of(path), key, st, true);
    } else if (S_ISDIR(st->st_mode)) {
        fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0) add(files, fair_str_of(path))->fault = strerror(errno);
        else walk(files, fd, fair_str_of(path), fair_str_eq(key, FAIR_STR("/")) ? FAIR_STR("") : key, 0);
    } else {
        add(files, fair_str_of(path))->fault = "neither a file nor a folder";
    }
}

void
fair_files_add(struct fair_files *files, const char *path)
{
    fair_str text = fair_str_of(path);
    struct stat st;
    glob_t found;

    if (fair_str_starts(text, FAIR_STR("http://")) || fair_str_starts(text, FAIR_STR("https://"))) {
        struct fair_file *f = add(files, text);
        f->url = f->asked = true;
        return;
    }
    if (stat(path, &st) == 0) {
        add_existing(files, path, &st);
        return;
    }
    if (errno == ENOENT && strpbrk(path, "*?[") != NULL && glob(path, 0, NULL, &found) == 0) {
        for (size_t i = 0; i < found.gl_pathc; i++) {
            if (stat(found.gl_pathv[i], &st) == 0) add_existing(files, found.gl_pathv[i], &st);
            else add(files, fair_str_of(found.gl_pathv[i]))->fault = strerror(errno);
        }
        globfree(&found);
        return;
    }
    add(files, text)->fault = errno == ENOENT ? "no such file or folder" : strerror(errno);
}

/* The key without its ending. */
static fair_str
stem(fair_str key)
{
    const char *dot = key.n > 0 ? memrchr(key.p, '.', key.n) : NULL;
    return dot == NULL ? key : (fair_str){ key.p, (size_t)(dot - key.p) };
}

struct stem_of { fair_str stem; int64_t at; };

static int
by_stem(const void *a, const void *b)
{
    const struct stem_of *x = a, *y = b;
    size_t n = x->stem.n < y->stem.n ? x->stem.n : y->stem.n;
    int c = memcmp(x->stem.p, y->stem.p, n);
    return c != 0 ? c : (x->stem.n > y->stem.n) - (x->stem.n < y->stem.n);
}

void
fair_files_pair_raw(struct fair_files *files)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct stem_of *developed = fair_alloc_array(a, files->n + 1, sizeof *developed);
    size_t n = 0;

    for (size_t i = 0; i < files->n; i++)
        if (files->v[i].fault == NULL && ending_in(files->v[i].key, developed_endings))
            developed[n++] = (struct stem_of){ stem(files->v[i].key), (int64_t)i };
    qsort(developed, n, sizeof *developed, by_stem);
    for (size_t i = 0; i < files->n; i++) {
        struct stem_of want = { stem(files->v[i].key), 0 }, *hit;
        if (!files->v[i].raw || files->v[i].fault != NULL) continue;
        hit = bsearch(&want, developed, n, sizeof *developed, by_stem);
        if (hit != NULL) files->v[i].beside = hit->at;
    }
}
