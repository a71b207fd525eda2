/* image/codecs/jpeg_encode.c - a baseline JPEG of our own making. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include "image/codecs/codecs_private.h"
#include <jpeglib.h>

/* An encoder of our own pixels fails for want of memory only, and that ends the process. */
static void
on_error(j_common_ptr common)
{
    char words[JMSG_LENGTH_MAX];
    common->err->format_message(common, words);
    fprintf(stderr, "fairtrack: jpeg encoder: %s\n", words);
    abort();
}

void
fair_jpeg_encode(const struct fair_image *im, int quality, struct fair_arena *a, fair_str *out)
{
    struct jpeg_compress_struct j;
    struct jpeg_error_mgr errors;
    unsigned char *bytes = NULL;
    unsigned long n = 0;
    char *kept;

    assert(quality >= 1 && quality <= 100);
    assert(im->width <= 65500 && im->height <= 65500);
    j.err = jpeg_std_error(&errors);
    errors.error_exit = on_error;
    jpeg_create_compress(&j);
    jpeg_mem_dest(&j, &bytes, &n);
    j.image_width = im->width;
    j.image_height = im->height;
    j.input_components = (int)im->channels;
    j.in_color_space = im->channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_set_defaults(&j);
    jpeg_set_quality(&j, quality, TRUE);
    j.optimize_coding = TRUE;
    jpeg_start_compress(&j, TRUE);
    while (j.next_scanline < j.image_height) {
        JSAMPROW row = fair_image_row(im, j.next_scanline);
        jpeg_write_scanlines(&j, &row, 1);
    }
    jpeg_finish_compress(&j);
    jpeg_destroy_compress(&j);
    kept = fair_alloc(a, n);
    memcpy(kept, bytes, n);
    free(bytes);
    *out = (fair_str){ kept, n };
}
