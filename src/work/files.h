/* work/files.h - which files a person means by a path: walking folders, globs, RAW neighbours. */
#ifndef FAIR_WORK_FILES_H
#define FAIR_WORK_FILES_H
#include <stdbool.h>
#include "base/mem.h"
#include "base/text.h"
#include "base/types.h"

struct fair_file {
    fair_str path;            /* as a person would write it; '\0' behind it            */
    fair_str key;             /* absolute: the same file by any spelling of its folder  */
    int64_t bytes;
    fair_time mtime;
    bool asked;               /* named by the person, not found in a folder             */
    bool url;
    bool raw;                 /* by its name                                            */
    int64_t beside;           /* a RAW: the picture of the same name beside it; -1      */
    const char *fault;        /* it could not even be looked at                         */
};

struct fair_files { struct fair_file *v; size_t n, room; struct fair_arena *arena; int64_t passed_over; };

/* Adds what `path` names: a file, every file under a folder (names beginning with a dot and
 * symbolic links in it are passed over, 64 folders deep at most), the matches of a glob that names no
 * file itself, an address.  What is not there is an entry with a fault. */
void fair_files_add(struct fair_files *files, const char *path);

/* Pairs every RAW with the JPEG, HEIC or TIFF of the same name in the same folder. */
void fair_files_pair_raw(struct fair_files *files);

/* By the name's ending: "picture", "raw", "other" (a film, a text: not opened in folders), "unknown". */
const char *fair_file_kind(fair_str path);

#endif
