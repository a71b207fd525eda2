/* base/fuzz_replay.c - runs a fuzz target without a fuzzer: over the files and folders it is given, and over some
 * hundreds of damaged versions of each, the same ones every time. */
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

enum { MUTATIONS = 200, LARGEST = 1 << 20 };

static uint64_t state;
static unsigned long files, runs;

static uint64_t
next(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

/* The target gets a copy of exactly n bytes, so that a step beyond them is seen by the sanitizer. */
static void
run(const uint8_t *bytes, size_t n)
{
    uint8_t *copy = calloc(n > 0 ? n : 1, 1);
    if (copy == NULL) abort();
    memcpy(copy, bytes, n);
    LLVMFuzzerTestOneInput(copy, n);
    free(copy);
    runs++;
}

/* Damage `p` in one of the ways that files are damaged in; returns its new length, at most `room`. */
static size_t
damage(uint8_t *p, size_t n, size_t room)
{
    static const uint8_t odd[] = { 0, 1, 0x7f, 0x80, 0xff, '\r', '\n', ' ', '9', '<', '"', '-' };
    size_t at = n > 0 ? next() % n : 0, len = 1 + next() % 16;

    switch (next() % 7) {
    case 0: if (n > 0) p[at] ^= (uint8_t)(1u << next() % 8); return n;
    case 1: if (n > 0) p[at] = odd[next() % sizeof odd]; return n;
    case 2: return at;                                              /* cut off */
    case 3:                                                         /* a piece missing */
        if (len > n - at) len = n - at;
        memmove(p + at, p + at + len, n - at - len);
        return n - len;
    case 4:                                                         /* a piece twice */
        if (len > n - at) len = n - at;
        if (n + len > room) return n;
        memmove(p + at + len, p + at, n - at);
        return n + len;
    case 5: {                                                       /* a number of 4 bytes too large or small */
        const uint32_t v = next() % 2 ? 0xffffffffu >> next() % 32 : (uint32_t)(next() % 3);
        if (n >= 4) memcpy(p + next() % (n - 3), &v, 4);
        return n;
    }
    default:                                                        /* a piece of the end in the middle */
        if (n < 2) return n;
        if (len > n - at) len = n - at;
        memmove(p + at, p + next() % (n - len + 1), len);
        return n;
    }
}

static void
replay_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    uint8_t *bytes = malloc(LARGEST), *work = malloc(LARGEST);
    size_t n;

    if (f == NULL || bytes == NULL || work == NULL) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        exit(1);
    }
    n = fread(bytes, 1, LARGEST, f);
    fclose(f);
    files++;
    run(bytes, n);
    state = 0x9e3779b97f4a7c15u ^ n;
    for (int i = 0; i < MUTATIONS; i++) {
        size_t m = n;
        memcpy(work, bytes, n);
        for (uint64_t times = 1 + next() % 4; times > 0; times--) m = damage(work, m, LARGEST);
        run(work, m);
    }
    free(bytes);
    free(work);
}

static int
shown(const struct dirent *e)
{
    return e->d_name[0] != '.';
}

static void
replay(const char *path)
{
    struct dirent **names = NULL;
    struct stat st;
    int n;

    if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode)) {
        replay_file(path);
        return;
    }
    n = scandir(path, &names, shown, alphasort);
    for (int i = 0; i < n; i++) {
        char inside[4096];
        snprintf(inside, sizeof inside, "%s/%s", path, names[i]->d_name);
        replay(inside);
        free(names[i]);
    }
    free(names);
}

int
main(int argc, char **argv)
{
    run((const uint8_t *)"", 0);
    for (int i = 1; i < argc; i++) replay(argv[i]);
    if (files == 0) {
        fprintf(stderr, "no file to replay\n");
        return 1;
    }
    printf("[       OK ] %lu files and their damaged versions: %lu runs\n", files, runs);
    return 0;
}
