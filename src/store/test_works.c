/* Tests of the catalogue. */
#include "store/test_store.h"
#include "store/works_private.h"

TEST(a_work_comes_back_as_it_was_put)
{
    struct home h;
    struct fair_owner o = { .name = FAIR_STR("Ada's Estate") };
    struct fair_work w = {
        .title = FAIR_STR("Mohn \xf0\x9f\x8c\xba"), .collection = FAIR_STR("Fields"), .path = { "/p/b\xff\nd.jpg", 10 },
        .sha256 = sha_of("x"), .bytes = 77, .format = FAIR_STR("jpeg"), .width = 3, .height = 4, .orientation = 6,
        .quality = 90, .thumb = sha_of("t"), .preview = sha_of("p"), .proof = sha_of("g"), .creator = FAIR_STR("Ada"),
        .copyright = { "\xa9 Ada", 5 }, .credit = FAIR_STR("c"), .date = FAIR_STR("2020-01-02"), .rights_url = FAIR_STR("https://example.com/r"),
        .licensor = FAIR_STR("l"), .c2pa = FAIR_STR("{}"), .scheme = 1, .fingerprint = { "\0\1\2", 3 },
    }, got;
    struct fair_err err = { 0 };
    fair_id same;

    home_open(&h);
    CHECK_OK(fair_store_owner_add(&h.d, &o, why));
    w.owner = o.id;
    CHECK_OK(fair_store_work_add(&h.d, &w, &same, why));
    CHECK_EQ(same, 0);
    CHECK(w.id > 0);
    CHECK_OK(fair_store_work_get(&h.d, w.id, h.a, &got, why));
    CHECK_EQ(got.owner, o.id);
    CHECK_EQ(got.org, h.d.org);
    CHECK(fair_str_eq(got.title, w.title));
    CHECK(fair_str_eq(got.path, w.path));
    CHECK(fair_str_eq(got.copyright, FAIR_STR("\xef\xbf\xbd Ada")));
    CHECK_EQ(got.orientation, 6);
    CHECK_EQ(got.quality, 90);
    CHECK(fair_sha256_eq(&got.thumb, &w.thumb) && fair_sha256_eq(&got.preview, &w.preview) && fair_sha256_eq(&got.proof, &w.proof));
    CHECK(fair_sha256_none(&got.raw));
    CHECK(got.raw_path.p == NULL);
    CHECK_STR(got.date, "2020-01-02");
    CHECK_EQ(got.removed, 0);
    CHECK(got.fingerprint.p == NULL);
    {
        struct fair_work again = w;
        again.id = 0;
        CHECK_EQ(fair_store_work_add(&h.d, &again, &same, &err), FAIR_CONFLICT);
        CHECK_EQ(same, w.id);
        CHECK(strstr(err.text, "registered already") != NULL);
    }
    CHECK_EQ(fair_store_work_get(&h.d, 12, h.a, &got, &err), FAIR_NOT_FOUND);
    CHECK_STR(fair_str_of(err.text), "no work 12");
    CHECK_OK(fair_store_work_by_sha256(&h.d, &w.sha256, h.a, &got, why));
    CHECK_EQ(got.id, w.id);
    home_close(&h);
}

struct got { int n; fair_id ids[10]; size_t fingerprint; };

static fair_status
note(void *arg, const struct fair_work *w, struct fair_err *err)
{
    struct got *g = arg;
    (void)err;
    if (g->n < 10) g->ids[g->n] = w->id;
    g->n++;
    g->fingerprint = w->fingerprint.n;
    return FAIR_OK;
}

static int
found(struct home *h, const char *text, const char *collection)
{
    struct fair_work_filter f = { .text = fair_str_of(text), .collection = fair_str_of(collection) };
    struct got g = { 0 };
    int64_t n;
    CHECK_OK(fair_store_works(&h->d, &f, note, &g, why));
    CHECK_OK(fair_store_works_count(&h->d, &f, &n, why));
    CHECK_EQ(n, g.n);
    return g.n;
}

TEST(works_are_found_by_any_of_their_texts_in_any_case)
{
    struct home h;
    struct fair_work w = { .title = FAIR_STR("Ära der Ähren"), .collection = FAIR_STR("Felder"), .path = FAIR_STR("/photos/100%_a.jpg"),
                           .creator = FAIR_STR("ΣΟΦΙΑ"), .credit = FAIR_STR("Ёлка"), .sha256 = sha_of("1"), .fingerprint = FAIR_STR("abc") };

    home_open(&h);
    CHECK_OK(fair_store_work_add(&h.d, &w, NULL, why));
    a_work(&h, "Poppies");
    CHECK_EQ(found(&h, NULL, NULL), 2);
    CHECK_EQ(found(&h, "ähre", NULL), 1);
    CHECK_EQ(found(&h, "ÄHRE", NULL), 1);
    CHECK_EQ(found(&h, "σοφια", NULL), 1);
    CHECK_EQ(found(&h, "ёЛКА", NULL), 1);
    CHECK_EQ(found(&h, "100%_A", NULL), 1);
    CHECK_EQ(found(&h, "1__", NULL), 0);
    CHECK_EQ(found(&h, "%", NULL), 1);
    CHECK_EQ(found(&h, "felder", NULL), 1);
    CHECK_EQ(found(&h, "nothing of that kind", NULL), 0);
    CHECK_EQ(found(&h, NULL, "Felder"), 1);
    CHECK_EQ(found(&h, "popp", "Felder"), 0);
    CHECK_EQ(found(&h, "\xff\xfe", NULL), 0);
    home_close(&h);
}

TEST(works_are_listed_by_id_in_pages_with_fingerprints_where_asked)
{
    struct home h;
    struct fair_work_filter f = { .page = { 1, 2 } };
    struct got g = { 0 };
    fair_id ids[5];

    home_open(&h);
    for (int i = 0; i < 5; i++) {
        char name[16];
        struct fair_work w = { .fingerprint = FAIR_STR("print") };
        snprintf(name, sizeof name, "w%d", i);
        w.sha256 = sha_of(name);
        CHECK_OK(fair_store_work_add(&h.d, &w, NULL, why));
        ids[i] = w.id;
    }
    CHECK_OK(fair_store_works(&h.d, &f, note, &g, why));
    CHECK_EQ(g.n, 2);
    CHECK_EQ(g.ids[0], ids[1]);
    CHECK_EQ(g.fingerprint, 0);
    g = (struct got){ 0 };
    f = (struct fair_work_filter){ .after_id = ids[3], .with_fingerprint = true };
    CHECK_OK(fair_store_works(&h.d, &f, note, &g, why));
    CHECK_EQ(g.n, 1);
    CHECK_EQ(g.ids[0], ids[4]);
    CHECK_EQ(g.fingerprint, 5);
    home_close(&h);
}

static fair_status
note_removed(void *arg, fair_id work, fair_time removed)
{
    fair_id *last = arg;
    *last = work;
    CHECK_EQ(removed, 50);
    return FAIR_OK;
}

static fair_status
count_key(void *arg, const struct fair_sha256 *key)
{
    (void)key;
    ++*(int *)arg;
    return FAIR_OK;
}

TEST(a_removed_work_is_gone_and_its_blobs_are_let_go)
{
    struct home h;
    struct fair_work w = { .sha256 = sha_of("1"), .thumb = sha_of("t"), .bytes = 3 }, v = { .sha256 = sha_of("2"), .thumb = sha_of("t"), .referenced = true }, got;
    struct fair_sha256 raw = sha_of("raw"), raw2 = sha_of("raw2");
    fair_id removed = 0;
    int keys = 0;
    bool nobody;

    home_open(&h);
    CHECK_OK(fair_store_work_add(&h.d, &w, NULL, why));
    CHECK_OK(fair_store_work_add(&h.d, &v, NULL, why));
    CHECK_OK(fair_store_work_set_raw(&h.d, w.id, &raw, FAIR_STR("/a.nef"), why));
    CHECK_OK(fair_store_work_set_raw(&h.d, w.id, &raw2, FAIR_STR("/a.nef"), why));
    CHECK_OK(fair_store_work_set_raw(&h.d, w.id, &raw2, FAIR_STR("/b.nef"), why));
    CHECK_OK(fair_store_blobs(h.st, count_key, &keys, why));
    CHECK_EQ(keys, 3);                           /* the original, the thumb, the second raw */
    CHECK_OK(fair_store_work_path_note(&h.d, FAIR_STR("/a.jpg"), 3, 9, w.id, why));
    CHECK_OK(fair_store_work_path_seen(&h.d, FAIR_STR("/a.jpg"), 3, 9, &removed, why));
    CHECK_EQ(removed, w.id);
    CHECK_EQ(fair_store_work_path_seen(&h.d, FAIR_STR("/a.jpg"), 3, 10, &removed, NULL), FAIR_NOT_FOUND);
    CHECK_OK(fair_store_work_remove(&h.d, w.id, 50, why));
    CHECK_EQ(fair_store_work_remove(&h.d, w.id, 51, NULL), FAIR_NOT_FOUND);
    CHECK_OK(fair_store_works_removed(&h.d, 50, note_removed, &removed, why));
    CHECK_EQ(removed, w.id);
    removed = 0;
    CHECK_OK(fair_store_works_removed(&h.d, 51, note_removed, &removed, why));
    CHECK_EQ(removed, 0);
    CHECK_EQ(fair_store_work_by_sha256(&h.d, &w.sha256, h.a, &got, NULL), FAIR_NOT_FOUND);
    CHECK_EQ(fair_store_work_path_seen(&h.d, FAIR_STR("/a.jpg"), 3, 9, &removed, NULL), FAIR_NOT_FOUND);
    keys = 0;
    CHECK_OK(fair_store_blobs(h.st, count_key, &keys, why));
    CHECK_EQ(keys, 1);                           /* the thumb, that the other work has too */
    keys = 0;
    CHECK_OK(fair_store_blobs_unwanted(h.st, count_key, &keys, why));
    CHECK_EQ(keys, 3);
    keys = 0;
    CHECK_OK(fair_store_blobs_unwanted(h.st, count_key, &keys, why));
    CHECK_EQ(keys, 0);
    CHECK_OK(fair_store_blob_ref(&h.d, &raw, 8, why));
    CHECK_OK(fair_store_blob_ref(&h.d, &raw, 8, why));
    CHECK_OK(fair_store_blob_drop(&h.d, &raw, &nobody, why));
    CHECK(!nobody);
    CHECK_OK(fair_store_blob_drop(&h.d, &raw, &nobody, why));
    CHECK(nobody);
    /* The same bytes may be registered again. */
    w.id = 0;
    CHECK_OK(fair_store_work_add(&h.d, &w, NULL, why));
    home_close(&h);
}

TEST(what_one_organisation_erases_stays_for_another_and_is_not_registered_again)
{
    struct home h;
    struct fair_desk other;
    struct fair_sha256 key = sha_of("poppies");
    struct fair_work w = { .title = FAIR_STR("p"), .path = FAIR_STR("p"), .sha256 = key, .bytes = 7, .format = FAIR_STR("jpeg"), .width = 1, .height = 1, .scheme = 1 }, again;
    struct fair_erased x;
    struct fair_err err = { 0 };
    fair_str words;
    int64_t rows;
    bool nobody, may;

    home_open(&h);
    other = (struct fair_desk){ h.st, 0, 0 };
    CHECK_OK(fair_store_org_add(h.st, FAIR_STR("Other Studio"), &other.org, why));
    CHECK_OK(fair_store_work_add(&h.d, &w, NULL, why));
    again = w;
    again.id = 0;
    CHECK_OK(fair_store_work_add(&other, &again, NULL, why));
    rows = number(&h, "SELECT count(*) FROM audit");
    CHECK_EQ(fair_store_blob_erase(&h.d, &key, FAIR_STR("  "), 5, &nobody, &err), FAIR_INVALID);
    CHECK_OK(fair_store_blob_erase(&h.d, &key, FAIR_STR("asked for"), 5, &nobody, why));
    CHECK(!nobody);
    CHECK_EQ(number(&h, "SELECT count(*) FROM audit"), rows + 1);
    CHECK_OK(fair_store_stone(&h.d, &key, h.a, &x, why));
    CHECK_STR(x.why, "asked for");
    CHECK_STR(x.by, "Ada");
    CHECK_EQ(fair_store_stone(&other, &key, h.a, &x, NULL), FAIR_NOT_FOUND);
    CHECK_OK(fair_store_blob_may_read(&h.d, &key, &may, why));
    CHECK(!may);
    CHECK_OK(fair_store_blob_may_read(&other, &key, &may, why));
    CHECK(may);
    CHECK_OK(fair_store_blob_named_here(&h.d, &key, h.a, &words, why));
    CHECK(fair_str_eq(words, fair_str_fmt(h.a, "the original of work %lld", (long long)w.id)));
    CHECK_OK(fair_store_work_remove(&h.d, w.id, 6, why));
    again = w;
    again.id = 0;
    CHECK_EQ(fair_store_work_add(&h.d, &again, NULL, &err), FAIR_REFUSED);
    CHECK(strstr(err.text, "by Ada: asked for") != NULL);
    CHECK_OK(fair_store_blob_erase(&other, &key, FAIR_STR("theirs too"), 7, &nobody, why));
    CHECK(nobody);
    CHECK_OK(fair_store_blob_erase(&h.d, &key, FAIR_STR("once more"), 8, &nobody, why));
    CHECK(nobody);
    CHECK_OK(fair_store_blob_anew(&h.d, &key, FAIR_STR("agreed"), 9, why));
    CHECK_EQ(fair_store_blob_anew(&h.d, &key, FAIR_STR("agreed"), 9, &err), FAIR_NOT_FOUND);
    CHECK_OK(fair_store_work_add(&h.d, &again, NULL, why));
    home_close(&h);
}

FAIR_TEST_MAIN
