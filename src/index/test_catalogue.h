/* index/test_catalogue.h - a catalogue of made pictures with their proofs, for tests; the includer names N works of W x H. */
#ifndef FAIR_TEST_CATALOGUE_H
#define FAIR_TEST_CATALOGUE_H
#include <stdio.h>
#include <unistd.h>
#include "base/test.h"
#include "index/search.h"
#include "index/test_scenes.h"

static struct { char folder[64]; struct fair_index *ix; struct fair_image *grey[N]; struct fair_arena *a; } g;

static fair_status
proof(void *self, fair_id work, const struct fair_image **out, struct fair_err *err)
{
    (void)self;
    (void)err;
    *out = g.grey[work - 1];
    return FAIR_OK;
}

/* Works 1 to N, the scenes from number `first` on, in a folder named by `name`. */
static void
catalogue_make(const char *name, uint32_t first)
{
    struct fair_err err = { 0 };

    g.a = fair_arena_new();
    snprintf(g.folder, sizeof g.folder, "/tmp/fair-%s-%d", name, (int)getpid());
    CHECK_OK(fair_index_open(g.folder, &g.ix, &err));
    for (uint32_t i = 0; i < N; i++) {
        struct fair_fingerprint fp;
        g.grey[i] = scene(W, H, i + first);
        fair_fingerprint_take(g.grey[i], W, H, FAIR_FOR_CATALOGUE, g.a, &fp);
        CHECK_OK(fair_index_put_tail(g.ix, 1, i + 1, &fp, &err));
    }
}

static void
catalogue_free(void)
{
    for (int i = 0; i < N; i++) fair_image_free(&g.grey[i]);
    fair_index_free(&g.ix);
    fair_arena_free(&g.a);
    rmdir(g.folder);
}

#endif
