/* image/codecs/decode.c - fair_picture_decode: by content to the reader of the format. */
#include "image/codecs/codecs_private.h"

fair_status
fair_picture_decode(const void *bytes, size_t n, const struct fair_image_limits *limits, uint32_t wish_side,
                    uint32_t channels, struct fair_image **out, struct fair_picture *info, struct fair_err *err)
{
    static fair_decode_fn *const readers[FAIR_N_FORMATS] = {
        [FAIR_FORMAT_JPEG] = fair_decode_jpeg,
        [FAIR_FORMAT_PNG] = fair_decode_png,
        [FAIR_FORMAT_GIF] = fair_decode_gif,
        [FAIR_FORMAT_BMP] = fair_decode_bmp,
        [FAIR_FORMAT_ICO] = fair_decode_ico,
        [FAIR_FORMAT_RAW] = fair_decode_raw,
    };
    enum fair_format format = fair_format_sniff(bytes, n);

    return fair_decode_run(readers[format], format, bytes, n, limits, wish_side, channels, out, info, err);
}
