/* image/codecs/fuzz_vips.c - any bytes to libvips' loaders by way of ours. */
#include <stdlib.h>
#include "image/codecs/codecs.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

/* What the libraries lose of their own on broken files is not ours to mend. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void) { return "leak:libdav1d\nleak:libheif\nleak:libjxl\nleak:libde265\nleak:libtiff\nleak:libvips\n"; }

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    const struct fair_image_limits limits = { .max_bytes = 1 << 20, .max_side = 65535, .max_pixels = 1 << 20, .max_memory = 32 << 20 };
    static bool begun;
    struct fair_image *im = NULL;
    struct fair_picture info;
    struct fair_err err = { 0 };
    fair_status s;

    if (!begun) {
        if (fair_vips_begin(&err) != FAIR_OK) abort();
        begun = true;
    }
    s = fair_picture_decode_vips(bytes, n, &limits, 0, 3, &im, &info, &err);
    if ((s == FAIR_OK) != (im != NULL) || (s != FAIR_OK && err.text[0] == '\0')) abort();
    if (s == FAIR_OK && (im->width != info.width || im->height != info.height)) abort();
    fair_image_free(&im);
    return 0;
}
