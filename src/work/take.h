/* work/take.h - registering pictures: files in, works out. */
#ifndef FAIR_WORK_TAKE_H
#define FAIR_WORK_TAKE_H
#include "work/house.h"

struct fair_take_options {
    fair_id owner;
    fair_str collection;
    bool reference;           /* leave the originals where they are                    */
};

enum fair_taken { FAIR_TAKEN_NEW, FAIR_TAKEN_KNOWN, FAIR_TAKEN_RAW, FAIR_TAKEN_SKIPPED, FAIR_TAKEN_FAULT };

/* What became of one file. */
struct fair_take_event {
    enum fair_taken what;
    fair_str path;
    fair_id work;             /* NEW: its id; KNOWN: the work with these bytes; RAW: the work it is the original of */
    fair_id near;             /* NEW: an earlier work it is a near duplicate of, or 0     */
    const char *words;        /* FAULT, SKIPPED: why; NEW: that it breaks off             */
};

struct fair_take_sum { int64_t files, added, known, near, raw, skipped, faults, bytes; };

struct fair_take_calls {
    void (*event)(void *arg, const struct fair_take_event *e);   /* in the order things were settled */
    void (*progress)(void *arg, int64_t done, int64_t all);
    bool (*stopped)(void *arg);
    void *arg;
};

/* Register files, folders (recursively; symbolic links in them are not followed), globs
 * and http(s) addresses.  A RAW file beside a JPEG of the same name becomes that work's original; alone it is
 * read by its embedded preview.  Files that were registered before under this name with this size
 * and time are not read again, so that a run that was killed is taken up by starting it again.
 * Works are committed in groups: what was reported as NEW is on disk.
 *
 * A picture that cannot be read is a FAULT and the run goes on.  FAIR_IO and
 * FAIR_LIMIT (disk full) end it: what was reported before stays. */
fair_status fair_take(struct fair_house *h, char *const *paths, size_t n, const struct fair_take_options *o,
                      const struct fair_take_calls *calls, struct fair_take_sum *sum, struct fair_err *err) FAIR_MUST_CHECK;

/* The same for bytes at hand (an upload): `name` is what it is registered as. */
fair_status fair_take_bytes(struct fair_house *h, fair_str bytes, fair_str name, const struct fair_take_options *o,
                            struct fair_take_event *out, struct fair_err *err) FAIR_MUST_CHECK;

#endif
