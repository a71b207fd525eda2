/* index/test_lists.h - made-up works in segments with lists, and copies of them to look up, for tests. */
#ifndef FAIR_INDEX_TEST_LISTS_H
#define FAIR_INDEX_TEST_LISTS_H
#include "index/search.h"
#include "index/segments_private.h"
#include "index/test_folder.h"

/* A code as the parts of pictures have: 64 first bits of 128, 32 second ones among these. */
static void
code_of(uint64_t seed, uint64_t code[4])
{
    memset(code, 0, 32);
    for (unsigned left = 64, i = 0; left > 0; i++) {
        unsigned at = mix(seed * 131 + i) & 127;
        if (code[at / 64] >> at % 64 & 1) continue;
        code[at / 64] |= (uint64_t)1 << at % 64;
        if (left-- > 32) code[2 + at / 64] |= (uint64_t)1 << at % 64;
    }
}

/* A made-up work, `version` of it. */
static void
fingerprint_of(fair_id work, unsigned version, struct fair_arena *a, struct fair_fingerprint *out)
{
    const uint64_t seed = (uint64_t)work * 1000 + version;
    struct fair_part *parts = fair_alloc_array(a, FAIR_PARTS_CATALOGUE, sizeof *parts);
    const uint32_t n = work % 9 == 0 ? 0 : 30 + (uint32_t)(mix(seed) % 90);

    *out = (struct fair_fingerprint){ .scheme = FAIR_SCHEME, .quality = 90, .glance_quality = 80, .width = 640, .height = 480, .norm_width = 512,
                                      .norm_height = 384, .n_parts = n, .parts = parts };
    for (int t = 0; t < FAIR_TURNS; t++)
        for (int w = 0; w < 4; w++) {
            out->whole[t][w] = mix(seed * 64 + (uint64_t)(8 * w + t));
            out->glance[t][w] = mix(seed * 64 + 32 + (uint64_t)(8 * w + t));
        }
    for (uint32_t i = 0; i < n; i++) {
        const uint64_t r = mix(seed * 7919 + i);
        parts[i] = (struct fair_part){ .x = (float)(r % 500) + 3, .y = (float)(r >> 10 & 255) + 50, .size = 2 + (float)(r >> 20 & 15), .angle = (float)(r >> 30 & 255) / 50 - 2.5f };
        code_of(seed * 1000 + i, parts[i].code);
    }
}

static fair_status
put(struct fair_segments *s, fair_id org, fair_id work, unsigned version, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_fingerprint fp;

    fingerprint_of(work, version, a, &fp);
    return fair_segments_put(s, org, work, fp.whole[0], work % 2 ? fair_record_pack(&fp, a) : fair_record_pack_bare(&fp, a), err);
}

/* Is the work there, in this version, once, whole hashes, places and codes as they were put? */
static bool
has(const struct fair_segments *s, fair_id org, fair_id work, unsigned version, bool *listed)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_fingerprint fp;
    struct fair_record want, got;
    unsigned found = 0;

    fingerprint_of(work, version, a, &fp);
    CHECK_OK(fair_record_see(fair_record_pack(&fp, a), &want, why));
    for (size_t i = 0; i < fair_segments_count(s); i++) {
        const struct fair_segment *seg = fair_segments_at(s, i);
        size_t at = fair_segment_find(seg, org, work);
        uint64_t whole[4];
        fair_str bytes;
        bool same;
        if (at == SIZE_MAX) continue;
        CHECK_OK(fair_segment_record(seg, at, &bytes, why));
        CHECK_OK(fair_record_see(bytes, &got, why));
        CHECK_EQ(got.codes == NULL, seg->listed);
        if (seg->listed) CHECK_OK(fair_lists_take(&seg->lists, (uint32_t)at, &got, a, why));
        fair_segment_whole(seg, at, whole);
        same = memcmp(whole, want.whole, 32) == 0 && memcmp(got.whole, want.whole, 32) == 0 && memcmp(got.glance, want.glance, 32) == 0 &&
               got.n == want.n && got.width == want.width && got.norm_height == want.norm_height && got.quality == want.quality &&
               got.glance_quality == want.glance_quality && got.codes != NULL && memcmp(got.codes, want.codes, 32 * (size_t)want.n) == 0 &&
               memcmp(got.places, want.places, 6 * (size_t)want.n) == 0;
        for (size_t w = 0; seg->listed && w < 4; w++) same &= seg->glance[at / 8 * 32 + 8 * w + at % 8] == want.glance[w];
        for (uint32_t k = 0; !seg->listed && k < want.n; k++) same &= got.words[k] == want.words[k];
        if (listed != NULL) *listed = seg->listed;
        found += same;
    }
    return found == 1;
}

static struct fair_segments *
opened(const char *dir, size_t list_from)
{
    struct fair_segments *s = NULL;
    CHECK_OK(fair_segments_open(dir, FAIR_SCHEME, &s, why));
    fair_segments_list_from(s, list_from);
    return s;
}

static struct fair_segments *
writer(const char *dir, size_t list_from)
{
    struct fair_segments *s = opened(dir, list_from);
    CHECK_OK(fair_segments_write_begin(s, why));
    return s;
}

static struct fair_index *
index_of(const char *dir, size_t list_from)
{
    struct fair_index *ix = NULL;
    CHECK_OK(fair_index_open(dir, &ix, why));
    fair_index_list_from(ix, list_from);
    return ix;
}

static void
put_work(struct fair_index *ix, fair_id org, fair_id work, unsigned version)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_fingerprint fp;

    fingerprint_of(work, version, a, &fp);
    CHECK_OK(fair_index_put(ix, org, work, &fp, why));
}

/* A copy of the work, `turn`ed and with the weights of `changes` pairs of cells changed in each code, to be looked up by its parts alone. */
static void
copy_of(fair_id work, unsigned version, unsigned turn, unsigned changes, struct fair_arena *a, struct fair_fingerprint *fp)
{
    struct fair_part *parts;

    fingerprint_of(work, version, a, fp);
    fp->quality = fp->glance_quality = 0;
    parts = fair_alloc_array(a, fp->n_parts + 1, sizeof *parts);
    for (uint32_t i = 0; i < fp->n_parts; i++) {
        uint64_t r = mix((uint64_t)work + i);
        parts[i] = fp->parts[i];
        fair_part_code_turn(fp->parts[i].code, turn, parts[i].code);
        for (unsigned k = 0; k < changes; k++, r = k % 4 == 0 ? mix(r + k) : r >> 14) {
            unsigned from = r & 127, to = r >> 7 & 127;
            uint64_t high = (parts[i].code[from / 64] >> from % 64 ^ parts[i].code[to / 64] >> to % 64) & 1;
            uint64_t low = (parts[i].code[2 + from / 64] >> from % 64 ^ parts[i].code[2 + to / 64] >> to % 64) & 1;
            parts[i].code[from / 64] ^= high << from % 64; parts[i].code[to / 64] ^= high << to % 64;
            parts[i].code[2 + from / 64] ^= low << from % 64; parts[i].code[2 + to / 64] ^= low << to % 64;
        }
        if (turn & FAIR_CODE_MIRRORED) { parts[i].x = 512 - parts[i].x; parts[i].angle = 3.14159f - parts[i].angle; }
        if (turn & FAIR_CODE_NEGATED) parts[i].angle += 3.14159f;
        parts[i].angle = parts[i].angle > 3.14159f ? parts[i].angle - 6.28318f : parts[i].angle;
    }
    fp->parts = parts;
}

/* Does a copy of the work, turned and changed a little, find it by its parts? */
static fair_status
finds(const struct fair_index *ix, fair_id org, fair_id work, unsigned version, unsigned turn, bool each, bool *found, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_fingerprint fp;
    struct fair_search s = { .q = { .fp = &fp, .org = org, .arena = a }, .all = true, .each = each };
    struct fair_matches m;

    copy_of(work, version, turn, 4, a, &fp);
    *found = false;
    FAIR_TRY(fair_index_search_with(ix, &s, 0, &m, err));
    for (size_t i = 0; i < m.n; i++) *found |= m.v[i].work == work && m.v[i].agree >= fp.n_parts / 2;
    return FAIR_OK;
}

#endif
