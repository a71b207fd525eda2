/* store/test_store.h - what this room's tests share: a fresh store with one organisation and one person. */
#ifndef FAIR_STORE_TEST_STORE_H
#define FAIR_STORE_TEST_STORE_H
#include "base/test.h"
#include <sys/stat.h>
#include <unistd.h>
#include "base/io.h"
#include "store/engine.h"
#include "store/store_private.h"

struct home {
    char dir[64], path[96];
    struct fair_store *st;
    struct fair_arena *a;
    struct fair_desk d;
};

static inline void
home_open(struct home *h)
{
    strcpy(h->dir, "/tmp/fair-store-XXXXXX");
    CHECK(mkdtemp(h->dir) != NULL);
    snprintf(h->path, sizeof h->path, "%s/db", h->dir);
    h->a = fair_arena_new();
    CHECK_OK(fair_store_open(h->path, &h->st, why));
    h->d = (struct fair_desk){ h->st, 0, 0 };
    CHECK_OK(fair_store_org_add(h->st, FAIR_STR("Lantern Studio"), &h->d.org, why));
    {
        struct fair_user u = { .email = FAIR_STR("ada@example.com"), .name = FAIR_STR("Ada"), .role = FAIR_STR("owner") };
        CHECK_OK(fair_store_user_add(&h->d, &u, why));
        h->d.user = u.id;
    }
}

static inline void
home_close(struct home *h)
{
    char cmd[128];
    fair_store_free(&h->st);
    fair_arena_free(&h->a);
    snprintf(cmd, sizeof cmd, "rm -rf '%s'", h->dir);
    CHECK_EQ(system(cmd), 0);
}

static inline struct fair_sha256
sha_of(const char *text)
{
    return fair_sha256_of(text, strlen(text));
}

/* A work whose bytes are `text`. */
static inline fair_id
a_work(struct home *h, const char *text)
{
    struct fair_work w = { .title = fair_str_of(text), .path = fair_str_of(text), .sha256 = sha_of(text), .bytes = 1000,
                           .format = FAIR_STR("jpeg"), .width = 640, .height = 480, .scheme = 1 };
    CHECK_OK(fair_store_work_add(&h->d, &w, NULL, why));
    return w.id;
}

static inline int64_t
number(struct home *h, const char *sql)
{
    struct fair_rows *q;
    int64_t n;
    CHECK_OK(h->st->db->engine->prepare(h->st->db, sql, &q, why));
    CHECK_EQ(h->st->db->engine->step(q, NULL), FAIR_OK);
    n = h->st->db->engine->integer(q, 0);
    h->st->db->engine->finish(q);
    return n;
}

#endif
