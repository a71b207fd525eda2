/* words_train: make the vocabularies from pictures.  A development tool, not installed.
 *
 *     words_train PICTURE... > words_table.c
 *     words_train --halves PICTURE... > drawers_table.c
 *
 * PICTUREs are grey PGM files (`convert in.jpg -colorspace Gray -resize 512x512 out.pgm`).  Their codes are gathered
 * about FAIR_WORDS / 4 middles under the four turns (k-majority: each bit of a middle is what most of its codes have),
 * begun from codes picked evenly, 12 rounds; with --halves the outer and the inner halves of at most HALVES_MOST codes picked
 * evenly, about FAIR_HALVES_KEPT middles each.  The same files in the same order give the same table. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "fingerprint/kernels.h"
#include "index/drawers.h"
#include "index/kernels_drawers.h"
#include "index/words.h"

#define KEPT (FAIR_WORDS / 4)
#define MOST 400000
#define HALVES_MOST 250000
#define ROUNDS 12

static struct fair_image *
read_pgm(const char *path)
{
    FILE *f = fopen(path, "rb");
    unsigned w, h;
    struct fair_image *im = NULL;

    if (f == NULL) return NULL;
    if (fscanf(f, "P5 %u %u 255%*c", &w, &h) == 2 && w > 0 && h > 0 && w <= FAIR_SIDE && h <= FAIR_SIDE) {
        im = fair_image_new(w, h, 1);
        for (uint32_t y = 0; y < h; y++)
            if (fread(fair_image_row(im, y), 1, w, f) != w) { fair_image_free(&im); break; }
    }
    fclose(f);
    return im;
}

static void
gather_words(const uint64_t (*codes)[4], size_t n, uint64_t (*middle)[4])
{
    uint64_t (*turned)[4] = fair_xmalloc(FAIR_WORDS * sizeof *turned);
    uint32_t (*ones)[256] = fair_xmalloc(KEPT * sizeof *ones), *members = fair_xmalloc(KEPT * sizeof *members);

    for (size_t i = 0; i < KEPT; i++) memcpy(middle[i], codes[i * n / KEPT], 32);
    for (int round = 0; round < ROUNDS; round++) {
        uint64_t far_sum = 0;
        memset(ones, 0, KEPT * sizeof *ones);
        memset(members, 0, KEPT * sizeof *members);
        for (size_t i = 0; i < FAIR_WORDS; i++) fair_part_code_turn(middle[i / 4], (unsigned)(i % 4), turned[i]);
        for (size_t k = 0; k < n; k++) {
            uint16_t bits[FAIR_WORDS];
            uint64_t c[4];
            size_t best = 0;
            fair_kernels()->hamming256(codes[k], turned[0], FAIR_WORDS, bits);
            for (size_t i = 1; i < FAIR_WORDS; i++)
                if (bits[i] < bits[best]) best = i;
            far_sum += bits[best];
            fair_part_code_turn(codes[k], (unsigned)(best % 4), c);      /* a turn undoes itself */
            members[best / 4]++;
            for (size_t b = 0; b < 256; b++) ones[best / 4][b] += (uint32_t)(c[b / 64] >> (b % 64) & 1);
        }
        for (size_t i = 0; i < KEPT; i++) {
            if (members[i] == 0) { memcpy(middle[i], codes[(i * 7919 + (size_t)round) % n], 32); continue; }
            memset(middle[i], 0, 32);
            for (size_t b = 0; b < 256; b++) middle[i][b / 64] |= (uint64_t)(2 * ones[i][b] > members[i]) << (b % 64);
        }
        fprintf(stderr, "round %d: %zu codes, %.2f bits from their words\n", round, n, (double)far_sum / (double)n);
    }
    free(turned); free(ones); free(members);
}

static void
gather_halves(const uint64_t (*codes)[4], size_t n, enum fair_half half, uint64_t (*middle)[2])
{
    uint64_t (*blocks)[2][8] = fair_xmalloc(FAIR_HALF_WORDS / 8 * sizeof *blocks);
    uint32_t (*ones)[128] = fair_xmalloc(FAIR_HALVES_KEPT * sizeof *ones), *members = fair_xmalloc(FAIR_HALVES_KEPT * sizeof *members);

    for (size_t i = 0; i < FAIR_HALVES_KEPT; i++) fair_half_of(codes[i * n / FAIR_HALVES_KEPT], half, middle[i]);
    for (int round = 0; round < ROUNDS; round++) {
        memset(ones, 0, FAIR_HALVES_KEPT * sizeof *ones);
        memset(members, 0, FAIR_HALVES_KEPT * sizeof *members);
        for (size_t i = 0; i < FAIR_HALF_WORDS; i++) {
            uint64_t code[4], turned[4], h[2];
            fair_half_put(middle[i / 4], half, code);
            fair_part_code_turn(code, (unsigned)(i % 4), turned);
            fair_half_of(turned, half, h);
            for (size_t w = 0; w < 2; w++) blocks[i / 8][w][i % 8] = h[w];
        }
        for (size_t k = 0; k < n; k++) {
            uint16_t at[FAIR_HALF_WORDS];
            uint8_t more[FAIR_HALF_WORDS];
            uint64_t h[2], turned[4];
            fair_half_of(codes[k], half, h);
            fair_drawers_kernels()->nearly(h, (const uint64_t (*)[2][8])blocks, FAIR_HALF_WORDS / 8, 0, at, more);
            fair_part_code_turn(codes[k], at[0] % 4, turned);
            fair_half_of(turned, half, h);
            members[at[0] / 4]++;
            for (size_t b = 0; b < 128; b++) ones[at[0] / 4][b] += (uint32_t)(h[b / 64] >> (b % 64) & 1);
        }
        for (size_t i = 0; i < FAIR_HALVES_KEPT; i++) {
            if (members[i] == 0) { fair_half_of(codes[(i * 7919 + (size_t)round) % n], half, middle[i]); continue; }
            memset(middle[i], 0, sizeof *middle);
            for (size_t b = 0; b < 128; b++) middle[i][b / 64] |= (uint64_t)(2 * ones[i][b] > members[i]) << (b % 64);
        }
        fprintf(stderr, "half %d, round %d: %zu codes\n", half, round, n);
    }
    free(blocks); free(ones); free(members);
}

/* Bring the middles in an order in which each is followed by the nearest of the others that are left. */
static void
chain(uint64_t (*middle)[2])
{
    for (size_t i = 0; i + 1 < FAIR_HALVES_KEPT; i++) {
        size_t best = i + 1;
        uint64_t next[2];
        int least = 256;
        for (size_t k = i + 1; k < FAIR_HALVES_KEPT; k++) {
            int bits = __builtin_popcountll(middle[i][0] ^ middle[k][0]) + __builtin_popcountll(middle[i][1] ^ middle[k][1]);
            if (bits < least) { least = bits; best = k; }
        }
        memcpy(next, middle[best], sizeof next);
        memcpy(middle[best], middle[i + 1], sizeof next);
        memcpy(middle[i + 1], next, sizeof next);
    }
}

int
main(int argc, char **argv)
{
    struct fair_arena *a = fair_arena_new();
    bool halves = argc > 1 && strcmp(argv[1], "--halves") == 0;
    size_t n = 0, room = halves ? 16 * MOST : MOST;
    uint64_t (*codes)[4] = fair_xmalloc(room * sizeof *codes);

    for (int i = 1 + halves; i < argc; i++) {
        struct fair_image *im = read_pgm(argv[i]);
        struct fair_part *p;
        uint32_t m;
        if (im == NULL) { fprintf(stderr, "words_train: %s: not a grey PGM within %d x %d\n", argv[i], FAIR_SIDE, FAIR_SIDE); return 1; }
        fair_parts_take(im, FAIR_FOR_QUERY, FAIR_PARTS_QUERY, a, &p, &m);
        for (uint32_t k = 0; k < m && n < room; k++) memcpy(codes[n++], p[k].code, 32);
        fair_image_free(&im);
        fair_arena_clear(a);
    }
    if (n < KEPT) { fprintf(stderr, "words_train: %zu parts are too few\n", n); return 1; }
    if (halves) {
        static uint64_t middle[FAIR_HALVES_KEPT][2];
        size_t step = (n + HALVES_MOST - 1) / HALVES_MOST, m = 0;
        for (size_t i = 0; i < n; i += step) memmove(codes[m++], codes[i], sizeof *codes);
        printf("/* The vocabulary of halves.  Made by words_train --halves; see docs/recognition.md for the pictures. */\n"
               "#include \"index/drawers.h\"\n\nconst uint64_t fair_halves_kept[2][FAIR_HALVES_KEPT][2] = {\n");
        for (int h = 0; h < 2; h++) {
            gather_halves((const uint64_t (*)[4])codes, m, (enum fair_half)h, middle);
            chain(middle);
            printf("    {\n");
            for (size_t i = 0; i < FAIR_HALVES_KEPT; i++) printf("        { 0x%016lxu, 0x%016lxu },\n", middle[i][0], middle[i][1]);
            printf("    },\n");
        }
        printf("};\n");
    } else {
        static uint64_t middle[KEPT][4];
        gather_words((const uint64_t (*)[4])codes, n, middle);
        printf("/* The vocabulary.  Made by words_train; see docs/recognition.md for the pictures. */\n#include \"index/words.h\"\n\n"
               "const uint64_t fair_words_kept[FAIR_WORDS / 4][4] = {\n");
        for (size_t i = 0; i < KEPT; i++)
            printf("    { 0x%016lxu, 0x%016lxu, 0x%016lxu, 0x%016lxu },\n", middle[i][0], middle[i][1], middle[i][2], middle[i][3]);
        printf("};\n");
    }
    free(codes);
    fair_arena_free(&a);
    return 0;
}
