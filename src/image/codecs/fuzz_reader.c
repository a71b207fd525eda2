/* image/codecs/fuzz_reader.c - any bytes to one reader (FUZZ_READER, of FUZZ_FORMAT), at full size and shrunk. */
#include <stdlib.h>
#include "image/codecs/codecs_private.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void
once(const uint8_t *bytes, size_t n, uint32_t wish, uint32_t channels)
{
    const struct fair_image_limits limits = { .max_bytes = 1 << 20, .max_side = 65535, .max_pixels = 1 << 17, .max_memory = 8 << 20 };
    struct fair_image *im = NULL;
    struct fair_picture info;
    struct fair_err err = { 0 };
    fair_status s = fair_decode_run(FUZZ_READER, FUZZ_FORMAT, bytes, n, &limits, wish, channels, &im, &info, &err);

    if ((s == FAIR_OK) != (im != NULL)) abort();
    if (s != FAIR_OK && (err.text[0] == '\0' || (s != FAIR_CORRUPT && s != FAIR_LIMIT && s != FAIR_INVALID))) abort();
    if (s == FAIR_OK) {
        uint32_t longer = im->width > im->height ? im->width : im->height;
        uint32_t true_longer = info.width > info.height ? info.width : info.height;
        uint64_t sum = 0;
        if (im->channels != channels || info.frames < 1 || info.orientation < 1 || info.orientation > 8 || info.blank) abort();
        if (wish == 0 && (im->width != info.width || im->height != info.height)) abort();
        if (wish > 0 && longer < (wish < true_longer ? wish : true_longer)) abort();
        for (uint32_t y = 0; y < im->height; y++)        /* every pixel is there */
            for (uint32_t x = 0; x < im->width * channels; x++) sum += fair_image_row(im, y)[x];
        if (sum == UINT64_MAX) abort();
    }
    fair_image_free(&im);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    once(bytes, n, 0, 3);
    once(bytes, n, 16, 1);
    return 0;
}
