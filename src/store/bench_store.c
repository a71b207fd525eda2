/* What the store costs: works and hits one by one and together, and pages of a long list.  Ratios within one run. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "store/store_private.h"

#define WORKS 4000
#define SINGLES 200
#define HITS 10000
#define BATCH 500

static struct fair_err err;

static void
must(fair_status s)
{
    if (s == FAIR_OK) return;
    fprintf(stderr, "%s\n", err.text);
    exit(1);
}

struct span { struct fair_arena *a; int64_t from, to; fair_id *ids; };

static fair_status
add_works(const struct fair_desk *d, void *arg, struct fair_err *e)
{
    struct span *s = arg;
    static char print[20000];
    for (int64_t i = s->from; i < s->to; i++) {
        fair_str name = fair_str_fmt(s->a, "/photos/2026/%lld/a picture of something.jpg", (long long)i);
        struct fair_work w = { .title = name, .path = name, .creator = FAIR_STR("Ada"), .format = FAIR_STR("jpeg"), .width = 4000, .height = 3000,
                               .sha256 = fair_key_of(name), .scheme = 1, .fingerprint = { print, sizeof print }, .bytes = 5000000 };
        w.thumb = fair_key_of((fair_str){ name.p, name.n - 1 });
        w.preview = fair_key_of((fair_str){ name.p, name.n - 2 });
        w.proof = fair_key_of((fair_str){ name.p, name.n - 3 });
        FAIR_TRY(fair_store_work_add(d, &w, NULL, e));
        FAIR_TRY(fair_store_work_path_note(d, name, w.bytes, 1, w.id, e));
        s->ids[i] = w.id;
    }
    return FAIR_OK;
}

static fair_status
see_hits(const struct fair_desk *d, void *arg, struct fair_err *e)
{
    struct span *s = arg;
    for (int64_t i = s->from; i < s->to; i++) {
        struct fair_hit h = { .work = s->ids[i * 7 % WORKS], .score = (double)(i * 31 % 1000) / 1000, .width = 800, .height = 600,
                              .verdict = i % 3 ? FAIR_STR("match") : FAIR_STR("possible"), .words = FAIR_STR("[\"the pictures agree in 41 places\"]") };
        h.page_url = fair_str_fmt(s->a, "https://s%lld.example.com/page/%lld", (long long)(i % 50), (long long)i);
        h.image_url = fair_str_fmt(s->a, "https://s%lld.example.com/i/%lld.jpg", (long long)(i % 50), (long long)i);
        h.site = fair_str_fmt(s->a, "s%lld.example.com", (long long)(i % 50));
        h.sha256 = fair_key_of(h.image_url);
        FAIR_TRY(fair_store_hit_seen(d, &h, NULL, e));
    }
    return FAIR_OK;
}

static double
run(const struct fair_desk *d, fair_status (*body)(const struct fair_desk *, void *, struct fair_err *), fair_id *ids, int64_t from, int64_t to, int64_t batch)
{
    fair_time t = fair_ticks();
    for (int64_t at = from; at < to; at += batch) {
        struct span s = { fair_arena_new(), at, at + batch < to ? at + batch : to, ids };
        must(fair_store_do(d, body, &s, &err));
        fair_arena_free(&s.a);
    }
    return (double)(fair_ticks() - t) / (double)(to - from);
}

static fair_status
count(void *arg, const struct fair_hit *h, struct fair_err *e)
{
    (void)h;
    (void)e;
    ++*(int64_t *)arg;
    return FAIR_OK;
}

static double
page(const struct fair_desk *d, struct fair_hit_filter f, int64_t *n)
{
    double best = 1e9;
    for (int i = 0; i < 9; i++) {
        fair_time t = fair_ticks();
        *n = 0;
        must(fair_store_hits(d, &f, count, n, &err));
        if ((double)(fair_ticks() - t) < best) best = (double)(fair_ticks() - t);
    }
    return best / 1000;
}

int
main(void)
{
    char dir[] = "/tmp/fair-bench-XXXXXX", path[64], cmd[64];
    struct fair_store *st;
    struct fair_desk d = { 0 };
    fair_id *ids = calloc(WORKS, sizeof *ids);
    double one, many, hit_one, hit_many;
    int64_t n;

    if (ids == NULL || mkdtemp(dir) == NULL) {
        free(ids);
        return 1;
    }
    snprintf(path, sizeof path, "%s/db", dir);
    must(fair_store_open(path, &st, &err));
    d.st = st;
    must(fair_store_org_add(st, FAIR_STR("Bench"), &d.org, &err));
    one = run(&d, add_works, ids, 0, SINGLES, 1);
    many = run(&d, add_works, ids, SINGLES, WORKS, BATCH);
    printf("works add, one by one        %8.0f us each\n", one);
    printf("works add, %d together      %8.0f us each  %6.1f times as fast, %.0f/s\n", BATCH, many, one / many, 1e6 / many);
    hit_one = run(&d, see_hits, ids, 0, SINGLES, 1);
    hit_many = run(&d, see_hits, ids, SINGLES, HITS, BATCH);
    printf("hits, one by one             %8.0f us each\n", hit_one);
    printf("hits, %d together           %8.0f us each  %6.1f times as fast, %.0f/s\n", BATCH, hit_many, hit_one / hit_many, 1e6 / hit_many);
    many = run(&d, see_hits, ids, 0, HITS, BATCH);
    printf("hits seen again              %8.0f us each  %6.1f times as long as new ones\n", many, many / hit_many);
    one = page(&d, (struct fair_hit_filter){ .page = { 0, 100 } }, &n);
    printf("first page of %d hits     %8.2f ms (%lld rows)\n", HITS, one, (long long)n);
    many = page(&d, (struct fair_hit_filter){ .page = { HITS - 100, 100 } }, &n);
    printf("last page                    %8.2f ms  %6.1f times the first\n", many, many / one);
    many = page(&d, (struct fair_hit_filter){ .state = FAIR_STR("inbox"), .page = { HITS / 2, 100 } }, &n);
    printf("middle page of the inbox     %8.2f ms  %6.1f times the first\n", many, many / one);
    many = page(&d, (struct fair_hit_filter){ .site = FAIR_STR("s7.example.com"), .page = { 0, 100 } }, &n);
    printf("first page of a site         %8.2f ms  %6.1f times the first\n", many, many / one);
    many = page(&d, (struct fair_hit_filter){ .text = FAIR_STR("page/9999"), .page = { 0, 100 } }, &n);
    printf("search for one text          %8.2f ms  %6.1f times the first (%lld rows)\n", many, many / one, (long long)n);
    fair_store_free(&st);
    free(ids);
    snprintf(cmd, sizeof cmd, "rm -rf '%s'", dir);
    return system(cmd) != 0;
}
