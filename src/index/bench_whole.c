/* index/bench_whole.c - whole hashes within 31 bits, exactly: our kernels beside a plain scan and, where it was built with
 * -Dpeers=true, FAISS 1.7.3's binary flat and multi-hash indexes, on the same codes in one run.
 *
 *     bench_whole [CODES]...           100000 and 1000000 without arguments
 *
 * The codes are made up, with the skew of real ones: most are far from each other, a twentieth gather about a few
 * hundred middles as flat pictures do.  Half of the queries are a code with up to 31 bits flipped.  Processor time, milliseconds
 * a query; all ways must find the same pairs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "base/bench.h"
#include "base/mem.h"
#include "fingerprint/glance.h"
#include "fingerprint/kernels.h"
#include "index/multi.h"
#ifdef FAIR_PEERS
#include "index/bench_faiss.h"
#endif

#define RADIUS 31
#define QUERIES 64
#define ROUNDS 5              /* the best counts: others use the machine */
#define PICTURES 16
#define NEAR 4096            /* room for what is near to one query */
#define CHUNK 64              /* blocks that a batch goes over before the next: 16 KiB */

static void
make(uint64_t (*codes)[4], size_t n)
{
    uint64_t middle[300][4];

    for (size_t i = 0; i < 300; i++)
        for (size_t w = 0; w < 4; w++) middle[i][w] = next();
    for (size_t i = 0; i < n; i++) {
        if (next() >> 32 < UINT32_MAX / 20) {
            memcpy(codes[i], middle[next() % 300], 32);
            flip(codes[i], 60);
        } else {
            for (size_t w = 0; w < 4; w++) codes[i][w] = next();
        }
    }
}

/* All queries over all blocks, `at_once` queries together, by chunks that stay in the nearest cache. */
static size_t
ours(const struct fair_kernels *k, const uint64_t (*queries)[4], size_t n_queries, size_t at_once, const uint64_t (*blocks)[4][8], size_t n_blocks,
     struct fair_within *hits)
{
    size_t found = 0;

    for (size_t from = 0; from < n_blocks; from += CHUNK)
        for (size_t q = 0; q < n_queries; q += at_once)
            found += k->within256(queries + q, at_once, blocks + from, n_blocks - from < CHUNK ? n_blocks - from : CHUNK, RADIUS, 257, hits);
    return found;
}

static void
tell(size_t n, const char *what, double took, size_t found, size_t want, double plain)
{
    printf("%9zu  %-44s %9.3f ms a query  %7.1f x  %s\n", n, what, took, plain / took, found == want ? "" : "FINDS OTHER PAIRS");
}

/* Pictures' eight turns and their negatives: the least distance within the radius of each, by flips over all and by tables. */
static void
by_flips(const struct fair_sought *sought, const uint64_t (*blocks)[4][8], size_t n_blocks, struct fair_within *hits, unsigned *bits)
{
    for (size_t i = 0; i < PICTURES; i++) bits[i] = 256;
    for (size_t from = 0; from < n_blocks; from += CHUNK) {
        size_t m = fair_sought_find(sought, PICTURES, blocks + from, n_blocks - from < CHUNK ? n_blocks - from : CHUNK, hits);
        for (size_t k = 0; k < m; k++)
            if (hits[k].bits < bits[hits[k].query]) bits[hits[k].query] = hits[k].bits;
    }
}

/* How many could not be told so. */
static size_t
by_tables(const struct fair_multi *m, const struct fair_sought *sought, unsigned *bits)
{
    struct fair_within near[NEAR];
    size_t n, untold = 0;

    for (size_t i = 0; i < PICTURES; i++) {
        bits[i] = 256;
        for (unsigned t = 0; t < 16; t++) {
            uint64_t code[4];
            for (size_t w = 0; w < 4; w++) code[w] = sought[i].turns[t % 8][w] ^ (t < 8 ? 0 : ~(uint64_t)0);
            if (!fair_multi_near(m, code, RADIUS, near, NEAR, &n)) {
                untold++;
                break;
            }
            for (size_t k = 0; k < n; k++)
                if (near[k].bits < bits[i]) bits[i] = near[k].bits;
        }
    }
    return untold;
}

static int
by_pieces(const struct fair_kernels *k, const uint64_t (*queries)[4], const uint64_t (*blocks)[4][8], size_t n, size_t want, double slow,
          struct fair_within *hits)
{
    static const uint8_t mates[2][4] = { { 0, 5, 4, 2 }, { 6, 3, 1, 7 } };        /* the turns that are flips of one (glance.c) */
    static const uint64_t flips[4] = { 0, FAIR_EVEN_COLUMNS, FAIR_EVEN_ROWS, FAIR_EVEN_COLUMNS ^ FAIR_EVEN_ROWS };
    struct fair_sought sought[PICTURES];
    uint64_t turns[PICTURES][8][4];
    unsigned bits[PICTURES], other[PICTURES];
    struct fair_within near[NEAR];
    size_t found = 0, scans = 0, untold = 0;
    double t = ms(), took = 1e30;
    struct fair_multi *m = fair_multi_make(blocks, n);
    int wrong;

    printf("%9zu  by pieces: made in %.0f ms\n", n, ms() - t);
    for (int round = 0; round < ROUNDS; round++) {
        t = ms();
        found = scans = 0;
        for (size_t q = 0; q < QUERIES; q++) {
            size_t some;
            if (fair_multi_near(m, queries[q], RADIUS, near, NEAR, &some)) found += some;
            else {
                found += ours(k, queries + q, 1, 1, blocks, (n + 7) / 8, hits);
                scans++;
            }
        }
        t = (ms() - t) / QUERIES;
        took = t < took ? t : took;
    }
    tell(n, "by pieces, a query at a time", took, n % 8 == 0 ? found : want, want, slow);
    if (scans > 0) printf("           (%zu of %d queries went over all)\n", scans, QUERIES);
    wrong = n % 8 == 0 && found != want;
    for (size_t i = 0; i < PICTURES; i++) {
        for (unsigned of = 0; of < 8; of++) {
            for (size_t w = 0; w < 4; w++) turns[i][mates[of / 4][of % 4]][w] = queries[i + PICTURES * (of / 4)][w] ^ flips[of % 4];
            if (of % 4 != 0) flip(turns[i][mates[of / 4][of % 4]], 8);        /* the median moves about so many */
        }
        fair_sought_make(&sought[i], (const uint64_t (*)[4])turns[i], RADIUS);
    }
    took = 1e30;
    for (int round = 0; round < ROUNDS; round++) {
        t = ms();
        by_flips(sought, blocks, (n + 7) / 8, hits, other);
        t = (ms() - t) / PICTURES;
        took = t < took ? t : took;
    }
    tell(n, "turns and negatives, by flips, 16 pictures at once", took, 0, 0, slow);
    took = 1e30;
    for (int round = 0; round < ROUNDS; round++) {
        t = ms();
        untold = by_tables(m, sought, bits);
        t = (ms() - t) / PICTURES;
        took = t < took ? t : took;
    }
    tell(n, "turns and negatives, by pieces", took, 0, 0, slow);
    if (untold > 0) printf("           (%zu of %d pictures are to go over all)\n", untold, PICTURES);
    else if (memcmp(bits, other, sizeof bits) != 0) {
        printf("THE WAYS DIFFER\n");
        wrong = 1;
    }
    fair_multi_free(&m);
    return wrong;
}

static int
run(size_t n)
{
    const struct fair_kernels *best = fair_kernels();
    struct fair_kernels plain;
    uint64_t (*codes)[4] = fair_xmalloc(n * sizeof *codes), (*blocks)[4][8] = fair_xcalloc((n + 7) / 8, sizeof *blocks), queries[QUERIES][4];
    struct fair_within *hits = fair_xmalloc((size_t)CHUNK * 8 * QUERIES * sizeof *hits);
    uint16_t *bits = fair_xmalloc(n * sizeof *bits);
    size_t want = 0, found, some = n > 2000000 ? 4 : 16;
    double t, took, slow;
    int wrong = 0;

    fair_kernels_init(&plain, 0);
    make(codes, n);
    for (size_t i = 0; i < (n + 7) / 8 * 8; i++)
        for (size_t w = 0; w < 4; w++) blocks[i / 8][w][i % 8] = codes[i < n ? i : 0][w];
    for (size_t q = 0; q < QUERIES; q++) {
        memcpy(queries[q], codes[next() % n], 32);
        flip(queries[q], q % 2 ? 128 : (unsigned)(q / 2));
    }
    for (size_t q = 0; q < QUERIES; q++) {
        best->hamming256(queries[q], codes[0], n, bits);
        for (size_t i = 0; i < n; i++) want += bits[i] <= RADIUS;
    }
    slow = took = 1e30;
    for (int round = 0; round < ROUNDS; round++) {
        t = ms();
        for (size_t q = 0; q < some; q++) plain.hamming256(queries[q], codes[0], n, bits);
        t = (ms() - t) / (double)some;
        slow = t < slow ? t : slow;
        t = ms();
        for (size_t q = 0; q < some; q++) best->hamming256(queries[q], codes[0], n, bits);
        t = (ms() - t) / (double)some;
        took = t < took ? t : took;
    }
    tell(n, "plain C, a query at a time", slow, 0, 0, slow);
    tell(n, "all distances, a query at a time", took, 0, 0, slow);
    for (size_t at_once = 1; at_once <= QUERIES; at_once *= 8) {
        char what[80];
        took = 1e30;
        for (int round = 0; round < ROUNDS; round++) {
            t = ms();
            found = 0;
            if (at_once == 1)
                for (size_t q = 0; q < QUERIES; q++) found += ours(best, (const uint64_t (*)[4])queries + q, 1, 1, (const uint64_t (*)[4][8])blocks, (n + 7) / 8, hits);
            else
                for (size_t q = 0; q < QUERIES; q += at_once)
                    found += ours(best, (const uint64_t (*)[4])queries + q, at_once, at_once, (const uint64_t (*)[4][8])blocks, (n + 7) / 8, hits);
            t = (ms() - t) / QUERIES;
            took = t < took ? t : took;
        }
        snprintf(what, sizeof what, "half first, %zu quer%s at once%s", at_once, at_once == 1 ? "y" : "ies", at_once == 8 ? " (a picture's turns)" : "");
        tell(n, what, took, n % 8 == 0 ? found : want, want, slow);
        wrong |= n % 8 == 0 && found != want;
    }
    wrong |= by_pieces(best, (const uint64_t (*)[4])queries, (const uint64_t (*)[4][8])blocks, n, want, slow, hits);
#ifdef FAIR_PEERS
    for (int kind = 0; kind < (n <= 1000000 ? 2 : 1); kind++) {
        struct fair_peer *p = fair_peer_new(kind, (const uint8_t *)codes, n);
        size_t m = n > 2000000 ? 16 : QUERIES;
        took = 1e30;
        for (int round = 0; round < (n > 2000000 ? 1 : ROUNDS); round++) {
            t = ms();
            found = fair_peer_within(p, (const uint8_t *)queries, m, RADIUS);
            t = (ms() - t) / (double)m;
            took = t < took ? t : took;
        }
        tell(n, kind == 0 ? "FAISS IndexBinaryFlat" : "FAISS IndexBinaryMultiHash 16 x 16, 1 flip", took, m == QUERIES ? found : want, want, slow);
        wrong |= m == QUERIES && found != want;
        fair_peer_free(p);
    }
#endif
    free(codes);
    free(blocks);
    free(hits);
    free(bits);
    return wrong;
}

int
main(int argc, char **argv)
{
    int wrong = 0;

    if (argc < 2) return run(100000) | run(1000000);
    for (int i = 1; i < argc; i++) wrong |= run((size_t)strtoull(argv[i], NULL, 10) / 8 * 8);
    return wrong;
}
