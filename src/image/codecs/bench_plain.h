/* bench_plain.h - the plain way to read a JPEG, which benchmarks set beside ours: libjpeg, every pixel in colour. */
#ifndef FAIR_IMAGE_CODECS_BENCH_PLAIN_H
#define FAIR_IMAGE_CODECS_BENCH_PLAIN_H
#include <stdio.h>
#include <jpeglib.h>
#include "base/text.h"
#include "image/image.h"

/* Three channels; the caller's.  For faultless files: libjpeg ends the program on others. */
static struct fair_image *
in_full_colour(fair_str jpeg)
{
    struct jpeg_decompress_struct j;
    struct jpeg_error_mgr errors;
    struct fair_image *rgb;

    j.err = jpeg_std_error(&errors);
    jpeg_create_decompress(&j);
    jpeg_mem_src(&j, (const unsigned char *)jpeg.p, jpeg.n);
    jpeg_read_header(&j, TRUE);
    j.out_color_space = JCS_RGB;
    jpeg_start_decompress(&j);
    rgb = fair_image_new(j.output_width, j.output_height, 3);
    while (j.output_scanline < j.output_height) {
        JSAMPROW row = fair_image_row(rgb, j.output_scanline);
        jpeg_read_scanlines(&j, &row, 1);
    }
    jpeg_finish_decompress(&j);
    jpeg_destroy_decompress(&j);
    return rgb;
}

#endif
