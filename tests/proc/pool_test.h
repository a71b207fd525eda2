/* tests/proc/pool_test.h - what the tests of the decoder pool share: our children, and pictures made here. */
#ifndef FAIR_TESTS_POOL_TEST_H
#define FAIR_TESTS_POOL_TEST_H
#include <signal.h>
#include <unistd.h>
#include "base/io.h"
#include "base/test.h"
#include "image/codecs/codecs.h"
#include "work/decoder.h"

/* The running children of this process whose program's name begins with `name` (as far as 15 bytes go), oldest first. */
static inline size_t
children(const char *name, pid_t *v, size_t room)
{
    char path[64], line[4096];
    size_t n = 0;
    FILE *f;

    snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
    f = fopen(path, "r");
    if (f == NULL || fgets(line, sizeof line, f) == NULL) line[0] = '\0';
    if (f != NULL) fclose(f);
    for (char *at = strtok(line, " \n"); at != NULL; at = strtok(NULL, " \n")) {
        char comm[32] = "";
        snprintf(path, sizeof path, "/proc/%s/comm", at);
        f = fopen(path, "r");
        if (f != NULL && fgets(comm, sizeof comm, f) != NULL) comm[strcspn(comm, "\n")] = '\0';
        if (f != NULL) fclose(f);
        if (strncmp(comm, name, strlen(comm)) == 0 && comm[0] != '\0' && strlen(comm) >= (strlen(name) > 15 ? 15 : strlen(name)) && n < room)
            v[n++] = (pid_t)strtol(at, NULL, 10);
    }
    return n;
}

/* A photo-like JPEG: soft waves, so that it compresses and has a fingerprint. */
static inline fair_str
a_jpeg(struct fair_arena *a, uint32_t width, uint32_t height, unsigned seed)
{
    FAIR_AUTO(image) struct fair_image *im = fair_image_new(width, height, 3);
    fair_str out;

    for (uint32_t y = 0; y < height; y++)
        for (uint32_t x = 0; x < width; x++) {
            uint8_t *p = fair_image_row(im, y) + 3 * x;
            unsigned w = (x * (3 + seed % 7) / 8 + y * (2 + seed % 5) / 4 + (x * y) / (64 + seed % 31)) % 512;
            p[0] = (uint8_t)(w < 256 ? w : 511 - w);
            p[1] = (uint8_t)((p[0] + y * 255 / height) / 2);
            p[2] = (uint8_t)(x * 255 / width);
        }
    fair_jpeg_encode(im, 90, a, &out);
    return out;
}

static const char one_pixel_gif[] = "GIF89a\1\0\1\0\200\0\0\0\0\0\377\377\377,\0\0\0\0\1\0\1\0\0\2\2D\1\0;";
#define ONE_PIXEL ((fair_str){ one_pixel_gif, sizeof one_pixel_gif - 1 })

#endif
