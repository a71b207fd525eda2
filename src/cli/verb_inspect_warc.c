/* cli/verb_inspect_warc.c - `fairtrack inspect warc`: the records of archives, a line each. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "base/io.h"
#include "cli/inspect_text.h"
#include "source/warc.h"

static json_t *
number(int64_t n)
{
    return n < 0 ? json_null() : json_integer(n);
}

static json_t *
text(struct fair_arena *a, fair_str s)
{
    return s.n == 0 ? json_null() : fair_inspect_str(a, s);
}

static void
show(struct fair_arena *a, fair_str file, const struct fair_warc_record *r)
{
    json_t *out = json_object();
    const fair_str mended = fair_utf8_mend(a, file);

    json_object_set_new(out, "file", fair_inspect_str(a, mended));
    if (!fair_str_eq(mended, file)) json_object_set_new(out, "file_b64", fair_inspect_str(a, fair_base64(a, file.p, file.n)));
    json_object_set_new(out, "record", json_integer(r->record));
    json_object_set_new(out, "offset", number(r->offset));
    json_object_set_new(out, "version", text(a, r->version));
    json_object_set_new(out, "type", text(a, r->type));
    json_object_set_new(out, "uri", text(a, r->uri));
    json_object_set_new(out, "length", number(r->length));
    json_object_set_new(out, "block_digest", fair_inspect_str(a, r->block_digest));
    json_object_set_new(out, "payload_digest", fair_inspect_str(a, r->payload_digest));
    json_object_set_new(out, "status", number(r->status));
    /* what the server called it; what the archive's writer called it is not the same thing */
    json_object_set_new(out, "mime", r->http_headers.p != NULL ? text(a, r->mime) : json_null());
    json_object_set_new(out, "state", fair_inspect_str(a, r->state));
    fair_inspect_print(out);
}

/* Every record of the file; *faults counts those that are not ok. */
static fair_status
show_file(fair_str file, int fd, struct fair_arena *a, int64_t *faults, struct fair_err *err)
{
    struct fair_warc *w = NULL;
    struct fair_warc_record r;
    fair_status s = fair_warc_open(fd, NULL, &w, err);

    while (s == FAIR_OK && (s = fair_warc_next(w, a, &r, err)) == FAIR_OK) {
        *faults += !fair_str_eq(r.state, FAIR_STR("ok"));
        show(a, file, &r);
        fair_arena_clear(a);
    }
    fair_warc_free(&w);
    return s == FAIR_DONE ? FAIR_OK : s;
}

int
fair_inspect_warc(int argc, char **argv)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    static const char usage[] = "usage: fairtrack inspect warc FILE...   (- is standard input)\n";
    int64_t faults = 0, files = 0;
    int failed = 0;
    bool ended = false;

    for (int i = 0; i < argc; i++) {
        const bool std = strcmp(argv[i], "-") == 0;
        FAIR_AUTO(fd) int fd = -1;
        struct fair_err err = { 0 };

        if (!ended && strcmp(argv[i], "--help") == 0) return fputs(usage, stdout), FAIR_EXIT_DONE;
        if (!ended && strcmp(argv[i], "--json") == 0) continue;
        if (!ended && strcmp(argv[i], "--") == 0) {
            ended = true;
            continue;
        }
        if (!ended && argv[i][0] == '-' && !std) {
            fprintf(stderr, "fairtrack inspect warc: no option %s\n%s", argv[i], usage);
            return FAIR_EXIT_USAGE;
        }
        files++;
        fd = std ? dup(STDIN_FILENO) : open(argv[i], O_RDONLY | O_CLOEXEC | O_NOCTTY);
        if (fd < 0) fair_fail(&err, FAIR_IO, "%s", strerror(errno));
        else if (show_file(fair_str_of(argv[i]), fd, a, &faults, &err) == FAIR_OK) continue;
        fprintf(stderr, "fairtrack inspect warc: %.*s: %s\n", FAIR_STR_ARG(fair_str_escape(a, fair_str_of(argv[i]))), err.text);
        failed++;
    }
    if (files == 0) {
        fputs(usage, stderr);
        return FAIR_EXIT_USAGE;
    }
    if (fflush(stdout) != 0 || ferror(stdout)) return FAIR_EXIT_FAILED;
    return failed == files ? FAIR_EXIT_FAILED : failed > 0 || faults > 0 ? FAIR_EXIT_PARTLY : FAIR_EXIT_DONE;
}
