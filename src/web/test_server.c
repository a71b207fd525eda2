/* web/test_server.c - a server on a free loopback port with a small made-up home, for tests/web and for looking at pages.
 *
 *     test_server HOME PICTURES [WEB-DIR]
 *
 * PICTURES holds work-1.jpg, found-1.jpg, ... .  Prints one line of JSON: url, links to sign in, ids; serves
 * until SIGTERM. */
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include "base/io.h"
#include "evidence/custody.h"
#include "store/package_rows.h"
#include "web/web_private.h"

struct home {
    struct fair_arena *a;
    struct fair_store *store;
    struct fair_vault *vault;
    struct fair_desk desk;
    const char *pictures;
    fair_time now;
    fair_id works[16], hits[64], users[4];
    size_t n_works, n_hits;
};

static fair_status
picture(struct home *h, const char *kind, int n, struct fair_sha256 *key, struct fair_err *err)
{
    char path[1024];
    fair_str bytes;

    snprintf(path, sizeof path, "%s/%s-%d.jpg", h->pictures, kind, n);
    FAIR_TRY(fair_read_file(h->a, path, 8 << 20, &bytes, err));
    return fair_vault_put(h->vault, bytes, key, err);
}

static fair_status
seed_users(struct home *h, struct fair_err *err)
{
    static const char *const mails[] = { "owner@example.com", "reviewer@example.com", "counsel@example.com", "worker@example.com" };
    static const char *const roles[] = { "owner", "reviewer", "counsel", "caseworker" };

    FAIR_TRY(fair_store_org_add(h->store, FAIR_STR("Test pictures"), &h->desk.org, err));
    for (size_t i = 0; i < 4; i++) {
        struct fair_user u = { .org = h->desk.org, .email = fair_str_of(mails[i]), .name = i == 0 ? FAIR_STR("Mara <b>Example</b>") : FAIR_STR(""),
                               .role = fair_str_of(roles[i]), .created = h->now };
        if (i > 0) FAIR_TRY(fair_web_password(FAIR_STR("correct horse battery"), u.email, h->a, &u.password, err));
        FAIR_TRY(fair_store_user_add(&h->desk, &u, err));
        h->users[i] = u.id;
    }
    h->desk.user = h->users[0];
    return FAIR_OK;
}

static fair_status
seed_works(struct home *h, struct fair_err *err)
{
    static const char *const titles[] = { "Harbour at dusk", "<script>alert('work')</script>", "Two\nlines", ("Gr\xc3\xbc\xc3\x9f" "e \xf0\x9f\x93\xb7"), "", "Pines", "Old mill", "Ferry" };
    static const char *const paths[] = { "/photos/harbour.jpg", "/photos/<img src=x onerror=alert(1)>.jpg", "/photos/two\nlines.jpg", ("/photos/gr\xc3\xbc\xc3\x9f" "e.jpg"),
                                         "/photos/caf\xe9.jpg", "/photos/pines.jpg", "/photos/mill.jpg", "/photos/ferry.jpg" };

    for (int i = 0; i < 8; i++) {
        struct fair_work w = { .org = h->desk.org, .title = fair_str_of(titles[i]), .collection = i % 2 ? FAIR_STR("Coast & hills") : FAIR_STR("Archive"),
                               .path = fair_str_of(paths[i]), .bytes = 3400000 + i, .format = FAIR_STR("jpeg"), .width = 960, .height = 640, .orientation = 1, .quality = 90,
                               .added = h->now - i * FAIR_DAY, .scheme = 1 };
        if (i != 5) {
            w.creator = FAIR_STR("Mara Example");
            w.copyright = FAIR_STR("\xc2\xa9 2024 Mara Example");
            w.rights_url = i == 0 ? FAIR_STR("https://example.com/rights") : FAIR_STR("javascript:alert(2)");
            w.date = FAIR_STR("2024-05-17");
        }
        FAIR_TRY(picture(h, "work", i + 1, &w.sha256, err));
        w.thumb = w.preview = w.proof = w.sha256;
        w.sha256.b[0] ^= 1;                       /* the original is another file than its preview */
        if (i == 7) memset(&w.thumb, 0, sizeof w.thumb);
        FAIR_TRY(fair_store_work_add(&h->desk, &w, &(fair_id){ 0 }, err));
        h->works[h->n_works++] = w.id;
    }
    return FAIR_OK;
}

static fair_status
seed_hits(struct home *h, fair_id run, struct fair_err *err)
{
    static const char *const sites[] = { "example.com", "news.example.org", "shop.test", "blog.test", "a-very-long-name-of-a-site-that-does-not-end-soon.example.net" };
    static const char *const verdicts[] = { "match", "match", "possible", "same_scene", "match" };

    for (int i = 0; i < 24; i++) {
        fair_str site = fair_str_of(sites[i % 5]);
        struct fair_hit x = { .work = h->works[i % 8], .run = run, .site = site, .place = i % 3 ? FAIR_STR("img") : FAIR_STR("srcset"),
                              .alt = i == 5 ? FAIR_STR("=cmd|' /C calc'!A0") : i % 4 ? FAIR_STR("A harbour") : FAIR_STR("\"><script>alert('alt')</script>"), .width = 800, .height = 600,
                              .score = 0.999 - 0.031 * i, .verdict = fair_str_of(verdicts[i % 5]), .bits = i % 5 == 3 ? 256 : 4 + i, .agree = 240 - 9 * i,
                              .scale = 0.83, .covers = 0.62, .residual = 6.4, .rotation = i % 6 == 0 ? 4 : 0, .mirrored = i % 7 == 3,
                              .words = i % 5 == 3 ? FAIR_STR("[\"the same place, from another spot\"]") : FAIR_STR("[\"cropped to 62 %\",\"scaled to 83 %\",\"a <b>caption</b> was added\"]"),
                              .first_seen = h->now - (i + 1) * FAIR_HOUR, .last_seen = h->now - i * FAIR_HOUR };
        x.page_url = fair_str_fmt(h->a, "https://%.*s/pages/%d?q=%%3Cb%%3E", FAIR_STR_ARG(site), i);
        x.image_url = i == 6 ? FAIR_STR("javascript:alert(3)") : fair_str_fmt(h->a, "https://%.*s/pictures/%d.jpg", FAIR_STR_ARG(site), i);
        x.box[0] = 80, x.box[1] = 60, x.box[2] = 720, x.box[3] = 500;
        x.work_box[0] = 100, x.work_box[1] = 80, x.work_box[2] = 871, x.work_box[3] = 610;
        if (i % 5 == 3) memset(x.box, 0, sizeof x.box), memset(x.work_box, 0, sizeof x.work_box);
        else x.has_map = true, x.map[0] = 0.83, x.map[2] = -3, x.map[4] = 0.83, x.map[5] = -6.4;
        if (i != 9) FAIR_TRY(picture(h, "found", i % 8 + 1, &x.preview, err));
        x.sha256 = fair_sha256_of(&i, sizeof i);
        FAIR_TRY(fair_store_hit_seen(&h->desk, &x, &(bool){ 0 }, err));
        h->hits[h->n_hits++] = x.id;
    }
    return FAIR_OK;
}

static fair_str
custody_line(void *arg, int64_t n, const struct fair_sha256 *previous, struct fair_arena *a)
{
    struct fair_custody *c = arg;

    c->n = n;
    c->previous = *previous;
    return fair_custody_line(a, c);
}

/* One sealed package of the third hit, by a page whose title is hostile; its id is 77. */
static fair_status
seed_package(struct home *h, struct fair_err *err)
{
    struct fair_package p = { .id = 77, .hit = h->hits[2], .number = 1, .url = FAIR_STR("https://news.example.org/pages/2"), .title = FAIR_STR("<script>alert('page')</script>"),
                              .captured = h->now - FAIR_HOUR, .bytes = 12345, .draft = fair_sha256_of("draft", 5), .datapackage = fair_sha256_of("d", 1), .software = FAIR_STR("Fairtrack 0.1.0"),
                              .signature = FAIR_STR("s"), .der = FAIR_STR("t"), .key = FAIR_STR("k") };
    struct fair_stamp_row s = { .of = 77, .server = FAIR_STR("https://tsa.example.com/"), .reply = FAIR_STR("r"), .at = h->now - FAIR_HOUR };
    struct fair_custody c = { .at = h->now - FAIR_HOUR, .what = FAIR_STR("captured"), .who = FAIR_STR("owner@example.com"), .detail = FAIR_STR("<b>caption</b>"), .package = 77 };

    FAIR_TRY(fair_store_package_drafted(&h->desk, &p, err));
    FAIR_TRY(fair_store_package_stamp(&h->desk, &s, err));
    FAIR_TRY(fair_store_custody_add(&h->desk, 77, c.what, c.at, custody_line, &c, err));
    return fair_store_package_sealed(&h->desk, 77, (fair_str){ NULL, 0 }, h->now - FAIR_MINUTE, err);
}

static fair_status
seed_looking(struct home *h, fair_id *run, struct fair_err *err)
{
    struct fair_watch w = { .target = FAIR_STR("https://news.example.org/"), .every_s = 86400, .created = h->now - 9 * FAIR_DAY, .next = h->now + 5 * FAIR_HOUR, .last = h->now - 19 * FAIR_HOUR, .state = FAIR_STR("done") };
    struct fair_watch bad = { .target = FAIR_STR("https://shop.test/katalog"), .every_s = 21600, .created = h->now - 3 * FAIR_DAY, .next = h->now + FAIR_HOUR, .last = h->now - 5 * FAIR_HOUR,
                              .state = FAIR_STR("failed"), .error = FAIR_STR("robots.txt answers 503: nothing was fetched"), .failures = 3 };
    struct fair_run r = { .target = w.target, .started = h->now - 19 * FAIR_HOUR, .state = FAIR_STR("running") };
    struct fair_run failed = { .target = bad.target, .started = h->now - 5 * FAIR_HOUR, .state = FAIR_STR("running") };

    FAIR_TRY(fair_store_watch_add(&h->desk, &w, err));
    FAIR_TRY(fair_store_watch_add(&h->desk, &bad, err));
    FAIR_TRY(fair_store_watch_put(&h->desk, &w, err));
    FAIR_TRY(fair_store_watch_put(&h->desk, &bad, err));
    r.watch = w.id;
    failed.watch = bad.id;
    FAIR_TRY(fair_store_run_begin(&h->desk, &r, err));
    FAIR_TRY(fair_store_run_begin(&h->desk, &failed, err));
    r.ended = r.started + 11 * FAIR_MINUTE;
    r.state = FAIR_STR("partly");
    r.pages = 1240, r.pictures = 8215, r.unchanged = 7802, r.hits = 24, r.hits_new = 24, r.faults = 2, r.bytes = 73400320;
    FAIR_TRY(fair_store_run_put(&h->desk, &r, err));
    failed.ended = failed.started + FAIR_MINUTE;
    failed.state = FAIR_STR("failed");
    failed.error = FAIR_STR("robots.txt answers 503: nothing was fetched");
    FAIR_TRY(fair_store_run_put(&h->desk, &failed, err));
    FAIR_TRY(fair_store_run_fault(&h->desk, r.id, FAIR_STR("https://news.example.org/a<b>.png"), FAIR_STR("the picture breaks off after 312 rows"), r.started, err));
    FAIR_TRY(fair_store_run_fault(&h->desk, r.id, FAIR_STR("https://news.example.org/slow"), FAIR_STR("given up after 60 s"), r.started, err));
    *run = r.id;
    return FAIR_OK;
}

static fair_status
seed_rest(struct home *h, struct fair_err *err)
{
    struct fair_decision x = { .hit = h->hits[2], .user = h->users[0], .what = FAIR_STR("ignore"), .reason = FAIR_STR("owner_discretion"), .note = FAIR_STR("they <i>asked</i> nicely"), .at = h->now };

    FAIR_TRY(fair_store_decide(&h->desk, &x, err));
    x = (struct fair_decision){ .hit = h->hits[1], .user = h->users[0], .what = FAIR_STR("pursue"), .at = h->now };
    FAIR_TRY(fair_store_decide(&h->desk, &x, err));
    return fair_store_setting_put(&h->desk, FAIR_STR("doctor"),
        FAIR_STR("[{\"name\":\"decoder\",\"state\":\"good\",\"words\":\"confined: seccomp, Landlock 4, limits\"},{\"name\":\"disk\",\"state\":\"warn\",\"words\":\"2 GB free\"}]"), err);
}

/* The port listened on, also where people come by another address: the only listening socket of this process. */
static int
port_of_listener(void)
{
    for (int fd = 3; fd < 64; fd++) {
        struct sockaddr_in at = { 0 };
        socklen_t n = sizeof at;
        int listening = 0;
        socklen_t m = sizeof listening;
        if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &m) == 0 && listening && getsockname(fd, (struct sockaddr *)&at, &n) == 0)
            return ntohs(at.sin_port);
    }
    return 0;
}

static fair_status
announce(void *arg, fair_str url, struct fair_err *err)
{
    struct home *h = arg;
    json_t *o = json_object(), *links = json_array(), *hits = json_array(), *works = json_array();

    fair_put(o, "url", url);
    json_object_set_new(o, "port", json_integer(port_of_listener()));
    for (size_t i = 0; i < 4; i++) {
        fair_str link;
        FAIR_TRY(fair_web_link(&h->desk, h->users[i], fair_now(), 3600, url, h->a, &link, err));
        json_array_append_new(links, json_stringn(link.p, link.n));
    }
    for (size_t i = 0; i < h->n_hits; i++) json_array_append_new(hits, json_integer(h->hits[i]));
    for (size_t i = 0; i < h->n_works; i++) json_array_append_new(works, json_integer(h->works[i]));
    json_object_set_new(o, "links", links);
    json_object_set_new(o, "hits", hits);
    json_object_set_new(o, "works", works);
    json_dumpf(o, stdout, JSON_COMPACT);
    json_decref(o);
    printf("\n");
    fflush(stdout);
    return FAIR_OK;
}

static fair_status
run(struct home *h, const char *dir, const char *web_dir, struct fair_err *err)
{
    struct fair_config config;
    struct fair_web_options o = { .config = &config, .dir = web_dir, .stop_fd = -1, .ready = announce, .arg = h };
    static const uint8_t factor_key[32] = { 7, 1, 7 };
    const char *public_url = getenv("TEST_PUBLIC_URL");
    fair_id scan = 0;

    FAIR_TRY(fair_make_dirs(dir, 0700, err));
    FAIR_TRY(fair_config_load(h->a, fair_str_fmt(h->a, "%s/fairtrack.conf", dir).p, &config, err));
    config.listen = FAIR_STR("127.0.0.1:0");
    if (public_url != NULL) config.public_url = fair_str_of(public_url);
    FAIR_TRY(fair_store_open(fair_str_fmt(h->a, "%s/db", dir).p, &h->store, err));
    FAIR_TRY(fair_vault_open_dir(fair_str_fmt(h->a, "%s/vault", dir).p, &h->vault, err));
    h->desk.st = h->store;
    FAIR_TRY(seed_users(h, err));
    if (getenv("TEST_EMPTY") == NULL) {
        FAIR_TRY(seed_works(h, err));
        FAIR_TRY(seed_looking(h, &scan, err));
        FAIR_TRY(seed_hits(h, scan, err));
        FAIR_TRY(seed_package(h, err));
        FAIR_TRY(seed_rest(h, err));
    }
    o.store = h->store;
    o.vault = h->vault;
    o.factor_key = factor_key;
    return fair_web_run(&o, err);
}

int
main(int argc, char **argv)
{
    struct home h = { .a = fair_arena_new(), .now = fair_now() };
    struct fair_err err = { 0 };
    fair_status s;

    if (argc < 3) {
        fprintf(stderr, "usage: test_server HOME PICTURES [WEB-DIR]\n");
        return 2;
    }
    h.pictures = argv[2];
    s = run(&h, argv[1], argc > 3 ? argv[3] : NULL, &err);
    if (s != FAIR_OK) fprintf(stderr, "test_server: %s\n", err.text);
    fair_store_free(&h.store);
    fair_vault_free(&h.vault);
    fair_arena_free(&h.a);
    return s == FAIR_OK ? 0 : 4;
}
