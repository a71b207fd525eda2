/* index/test_folder.h - a folder for a test's index, its files, and numbers that look like chance. */
#ifndef FAIR_INDEX_TEST_FOLDER_H
#define FAIR_INDEX_TEST_FOLDER_H
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/test.h"

__attribute__((unused)) static uint64_t
mix(uint64_t x)
{
    x = (x ^ (x >> 31)) * 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 29)) * 0xbf58476d1ce4e5b9u;
    return x ^ (x >> 32);
}

/* The folder with all that lies in it, if it is there. */
static void
clear(const char *path)
{
    DIR *d = opendir(path);
    struct dirent *e;

    if (d == NULL) return;
    while ((e = readdir(d)) != NULL) unlinkat(dirfd(d), e->d_name, 0);
    closedir(d);
    rmdir(path);
}

/* Where a test's folder is to be made; nothing is there.  The answer holds until the next. */
static const char *
folder(const char *name)
{
    static char path[512];
    const char *tmp = getenv("TMPDIR");

    snprintf(path, sizeof path, "%s/fair-index-%d-%s", tmp != NULL ? tmp : "/tmp", (int)getpid(), name);
    clear(path);
    return path;
}

/* The only file whose name begins so. */
__attribute__((unused)) static void
path_of(const char *dir, const char *prefix, char out[512])
{
    DIR *d = opendir(dir);
    struct dirent *e;

    out[0] = '\0';
    while ((e = readdir(d)) != NULL)
        if (strncmp(e->d_name, prefix, strlen(prefix)) == 0) snprintf(out, 512, "%.200s/%.250s", dir, e->d_name);
    closedir(d);
    CHECK(out[0] != '\0');
}

#endif
