/* image/codecs/fuzz_sniff.c - any bytes to what tells formats apart, and to our reading of TIFF tags. */
#include <stdlib.h>
#include "image/codecs/codecs_private.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    enum fair_format f = fair_format_sniff(bytes, n);
    int orientation = fair_exif_orientation(bytes, n);

    if (f >= FAIR_N_FORMATS || fair_format_name(f) == NULL || fair_format_mime(f) == NULL) abort();
    if (orientation < 0 || orientation > 8) abort();
    if (fair_tiff_is_raw(bytes, n) && f != FAIR_FORMAT_RAW) abort();
    return 0;
}
