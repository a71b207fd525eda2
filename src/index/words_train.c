/* words_train: make the vocabulary from pictures.  A development tool, not installed.
 *
 *     words_train PICTURE... > words_table.c
 *
 * PICTUREs are grey PGM files (`convert in.jpg -colorspace Gray -resize 512x512 out.pgm`).  Their codes are gathered
 * about FAIR_WORDS / 4 middles under the four turns (k-majority: each bit of a middle is what most of its codes have),
 * begun from codes picked evenly, 12 rounds.  The same files in the same order give the same table. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "fingerprint/kernels.h"
#include "index/words.h"

#define KEPT (FAIR_WORDS / 4)
#define MOST 400000

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

int
main(int argc, char **argv)
{
    struct fair_arena *a = fair_arena_new();
    uint64_t (*codes)[4] = fair_xmalloc(MOST * sizeof *codes), (*middle)[4] = fair_xmalloc(KEPT * sizeof *middle);
    uint64_t (*turned)[4] = fair_xmalloc(FAIR_WORDS * sizeof *turned);
    uint32_t (*ones)[256] = fair_xmalloc(KEPT * sizeof *ones), *members = fair_xmalloc(KEPT * sizeof *members);
    size_t n = 0;

    for (int i = 1; i < argc; i++) {
        struct fair_image *im = read_pgm(argv[i]);
        struct fair_part *p;
        uint32_t m;
        if (im == NULL) { fprintf(stderr, "words_train: %s: not a grey PGM within %d x %d\n", argv[i], FAIR_SIDE, FAIR_SIDE); return 1; }
        fair_parts_take(im, FAIR_FOR_QUERY, a, &p, &m);
        for (uint32_t k = 0; k < m && n < MOST; k++) memcpy(codes[n++], p[k].code, 32);
        fair_image_free(&im);
        fair_arena_clear(a);
    }
    if (n < KEPT) { fprintf(stderr, "words_train: %zu parts are too few\n", n); return 1; }
    for (size_t i = 0; i < KEPT; i++) memcpy(middle[i], codes[i * n / KEPT], 32);
    for (int round = 0; round < 12; round++) {
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
    printf("/* The vocabulary.  Made by words_train; see docs/recognition.md for the pictures. */\n#include \"index/words.h\"\n\n"
           "const uint64_t fair_words_kept[FAIR_WORDS / 4][4] = {\n");
    for (size_t i = 0; i < KEPT; i++)
        printf("    { 0x%016lxu, 0x%016lxu, 0x%016lxu, 0x%016lxu },\n", middle[i][0], middle[i][1], middle[i][2], middle[i][3]);
    printf("};\n");
    free(codes); free(middle); free(turned); free(ones); free(members);
    fair_arena_free(&a);
    return 0;
}
