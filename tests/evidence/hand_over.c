/* tests/evidence/hand_over.c - makes a package of a hit as a capture would, without a browser: HOME HIT FOUND [NOTE...].  Prints its id.
 * --look HOURS STATE before that: the whole look, so many hours ago, that found the use so ("there", "removed"): of the hit's own page, sealed on the
 * operator's own word, with its row.  The one way in which tests come by evidence that the gates believe; tests/tap.py calls it. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/io.h"
#include "store/capture_rows.h"
#include "work/seal.h"

static fair_status
archive(struct fair_arena *a, const struct fair_capture_facts *f, fair_str picture, fair_str *warc, fair_str *cdxj, struct fair_err *err)
{
    FAIR_AUTO(fd) int fd = memfd_create("warc", 0);
    struct fair_warc_writer *w = NULL;
    struct fair_warc_put p = { .kind = FAIR_WARC_INFO, .uri = FAIR_STR("data.warc.gz"), .at = f->started, .body = FAIR_STR("software: a test\r\nformat: WARC File Format 1.1\r\n") };
    struct fair_sha256 sha;
    uint64_t n;
    fair_str id;
    fair_status s;

    FAIR_TRY(fair_warc_writer_open(fd, FAIR_STR("data.warc.gz"), &w, err));
    s = fair_warc_writer_put(w, &p, NULL, err);
    p = (struct fair_warc_put){ .kind = FAIR_WARC_RESPONSE, .uri = f->url, .ip = FAIR_STR("192.0.2.1"), .at = f->started,
                                .http = FAIR_STR("HTTP/1.1 200 OK\r\nContent-Type: text/html"), .body = FAIR_STR("<title>A page</title><img src=found.jpg>") };
    if (s == FAIR_OK) s = fair_warc_writer_put(w, &p, &id, err);
    p = (struct fair_warc_put){ .kind = FAIR_WARC_REQUEST, .uri = f->url, .ip = FAIR_STR("192.0.2.1"), .at = f->started, .concurrent_to = id,
                                .http = FAIR_STR("GET / HTTP/1.1\r\nHost: example.com") };
    if (s == FAIR_OK) s = fair_warc_writer_put(w, &p, NULL, err);
    p = (struct fair_warc_put){ .kind = FAIR_WARC_RESPONSE, .uri = f->picture_url, .ip = FAIR_STR("192.0.2.1"), .at = f->started,
                                .http = FAIR_STR("HTTP/1.1 200 OK\r\nContent-Type: image/jpeg"), .body = picture };
    if (s == FAIR_OK) s = fair_warc_writer_put(w, &p, NULL, err);
    *cdxj = fair_warc_writer_cdxj(w, a);
    if (s == FAIR_OK) s = fair_warc_writer_close(w, &n, &sha, err);
    fair_warc_writer_free(&w);
    if (s != FAIR_OK) return s;
    if (lseek(fd, 0, SEEK_SET) != 0) return fair_fail(err, FAIR_IO, "lseek: %m");
    return fair_read_fd(a, fd, (size_t)1 << 30, warc, err);
}

static fair_status
look_row(struct fair_house *h, const struct fair_capture_facts *f, fair_id package, const char *state, struct fair_err *err)
{
    struct fair_capture_row row = { .id = f->capture, .hit = f->hit, .look = FAIR_STR("asked"), .at = f->started, .ended = f->ended, .found = fair_str_of(state), .words = FAIR_STR("a test"),
                                    .picture = f->picture_sha256, .title = f->title, .notes = FAIR_STR("[]"), .markers = FAIR_STR("[]"), .package = package };
    bool waits;

    FAIR_TRY(fair_store_capture_add(&h->desk, &row, NULL, 0, err));
    h->config.stamp_servers = (fair_str){ NULL, 0 };
    h->config.own_clock = true;
    return fair_package_seal(h, package, &waits, err);
}

int
main(int argc, char **argv)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_house h = { .serve_lock = -1 };
    int code = 1;
    struct fair_err err = { 0 };
    struct fair_package_file files[2];
    struct fair_capture_facts f;
    struct fair_handover o = { .facts = &f, .files = files, .n_files = 2 };
    struct fair_hit hit;
    struct fair_work work;
    fair_str notes[8], found, original;
    fair_id package;
    int64_t id = 0, hours = 0;
    const char *state = NULL;

    if (argc > 3 && strcmp(argv[1], "--look") == 0 && fair_str_number(fair_str_of(argv[2]), 1000000, &hours)) {
        state = argv[3];
        argv += 3;
        argc -= 3;
    }
    if (argc < 4 || !fair_str_number(fair_str_of(argv[2]), INT64_MAX, &id)) {
        fprintf(stderr, "usage: hand-over [--look HOURS STATE] HOME HIT FOUND [NOTE...]\n");
        return 2;
    }
    if (fair_house_open(argv[1], &h, &err) != FAIR_OK || fair_store_hit_get(&h.desk, id, a, &hit, &err) != FAIR_OK ||
        fair_store_work_get(&h.desk, hit.work, a, &work, &err) != FAIR_OK || fair_house_vault(&h, &err) != FAIR_OK ||
        fair_vault_read(h.vault, &work.sha256, (size_t)1 << 30, a, &original, &err) != FAIR_OK || fair_read_file(a, argv[3], (size_t)1 << 30, &found, &err) != FAIR_OK)
        goto end;
    files[0] = (struct fair_package_file){ FAIR_STR("match/work.jpg"), original };
    files[1] = (struct fair_package_file){ FAIR_STR("match/found.jpg"), found };
    f = (struct fair_capture_facts){ .hit = hit.id, .work = work.id, .operator_name = FAIR_STR("Test pictures"), .who = FAIR_STR("owner@example.com"), .software = FAIR_STR("Fairtrack 0.1.0"),
        .host = FAIR_STR("test"), .url = FAIR_STR("https://example.com/"), .final_url = FAIR_STR("https://example.com/"), .title = FAIR_STR("A page"), .started = fair_now() - 2 * FAIR_SECOND,
        .ended = fair_now() - FAIR_SECOND, .work_title = work.title, .work_file = work.path, .work_sha256 = work.sha256, .picture_url = FAIR_STR("https://example.com/found.jpg"),
        .picture_sha256 = fair_sha256_of(found.p, found.n), .notes = notes };
    if (state != NULL) {
        f.url = f.final_url = hit.page_url;
        f.picture_url = hit.image_url;
        f.started -= hours * FAIR_HOUR;
        f.ended -= hours * FAIR_HOUR;
        f.capture = fair_id_new();
    }
    for (int i = 4; i < argc && f.n_notes < 8; i++) notes[f.n_notes++] = fair_str_of(argv[i]);
    f.match = (struct fair_capture_match){ .have = true, .has_map = hit.has_map, .mirrored = hit.mirrored, .verdict = hit.verdict, .score = hit.score, .bits = hit.bits, .agree = hit.agree,
        .rotation = hit.rotation, .scale = hit.scale, .covers = hit.covers, .residual = hit.residual, .work_width = work.width, .work_height = work.height, .width = hit.width, .height = hit.height,
        .match_at = 0.9, .possible_at = 0.5, .matcher = FAIR_STR("fairtrack 0.1.0 scheme 1"), .words = hit.words };
    for (int i = 0; i < 4; i++) {
        f.match.box[i] = hit.box[i];
        f.match.work_box[i] = hit.work_box[i];
    }
    for (int i = 0; i < 6; i++) f.match.map[i] = hit.map[i];
    if (archive(a, &f, found, &o.warc, &o.cdxj, &err) != FAIR_OK || fair_package_hand_over(&h, &o, &package, &err) != FAIR_OK) goto end;
    if (state != NULL && look_row(&h, &f, package, state, &err) != FAIR_OK) goto end;
    printf("%lld\n", (long long)package);
    code = 0;
end:
    if (code != 0) fprintf(stderr, "hand-over: %s\n", err.text);
    if (h.store != NULL) fair_house_close(&h);
    return code;
}
