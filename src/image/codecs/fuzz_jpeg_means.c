/* image/codecs/fuzz_jpeg_means.c - where the luma is taken, at any scale, it is libjpeg's. */
#include <assert.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include "image/codecs/jpeg_private.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static jmp_buf out_of_it;
static void gives_up(j_common_ptr j) { (void)j; longjmp(out_of_it, 1); }
static void says_nothing(j_common_ptr j, int level) { j->err->num_warnings += level < 0; }

static void
at_scale(const uint8_t *bytes, size_t n, unsigned denominator)
{
    struct jpeg_decompress_struct j;
    struct jpeg_error_mgr errors;
    struct fair_image *volatile means = NULL, *volatile theirs = NULL;

    j.err = jpeg_std_error(&errors);
    errors.error_exit = gives_up;
    errors.emit_message = says_nothing;
    if (setjmp(out_of_it) == 0) {
        jpeg_create_decompress(&j);
        jpeg_mem_src(&j, bytes, n);
        jpeg_read_header(&j, TRUE);
        if ((uint64_t)j.image_width * j.image_height <= 1 << 22) {
            j.scale_num = 1;
            j.scale_denom = denominator;
            j.out_color_space = JCS_GRAYSCALE;
            jpeg_calc_output_dimensions(&j);
            means = fair_image_new(j.output_width, j.output_height, 1);
            theirs = fair_image_new(j.output_width, j.output_height, 1);
            if (fair_jpeg_luma(&j, j.src->next_input_byte, j.src->bytes_in_buffer, means)) {
                jpeg_start_decompress(&j);
                while (j.output_scanline < j.output_height) {
                    JSAMPROW row = fair_image_row(theirs, j.output_scanline);
                    jpeg_read_scanlines(&j, &row, 1);
                }
                for (uint32_t y = 0; y < means->height; y++) assert(memcmp(fair_image_row(means, y), fair_image_row(theirs, y), means->width) == 0);
            }
        }
    }
    jpeg_destroy_decompress(&j);
    if (means != NULL) { free(means->data); free(means); }
    if (theirs != NULL) { free(theirs->data); free(theirs); }
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    for (unsigned denominator = 1; denominator <= 8; denominator *= 2) at_scale(bytes, n, denominator);
    return 0;
}
