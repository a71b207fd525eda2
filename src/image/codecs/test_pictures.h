/* image/codecs/test_pictures.h - pictures that the tests make for themselves, and their PNG and JPEG files. */
#ifndef FAIR_TEST_PICTURES_H
#define FAIR_TEST_PICTURES_H
#include "base/test.h"
#include <png.h>
#include <jpeglib.h>
#include "image/codecs/codecs.h"

/* A picture in which every place can be told: red grows to the right, green downwards, blue in squares of 50. */
__attribute__((unused)) static struct fair_image *
scene(uint32_t w, uint32_t h, uint32_t channels)
{
    struct fair_image *im = fair_image_new(w, h, channels);
    for (uint32_t y = 0; y < h; y++)
        for (uint32_t x = 0; x < w; x++) {
            uint8_t *p = fair_image_row(im, y) + x * channels;
            p[0] = (uint8_t)(x * 255 / w);
            if (channels == 3) {
                p[1] = (uint8_t)(y * 255 / h);
                p[2] = (x / 50 + y / 50) % 2 ? 200 : 40;
            }
        }
    return im;
}

struct bytes {
    uint8_t *p;
    size_t n;
};

__attribute__((unused)) static void
grow(png_structp png, png_bytep p, size_t n)
{
    struct bytes *b = png_get_io_ptr(png);
    b->p = realloc(b->p, b->n + n);
    memcpy(b->p + b->n, p, n);
    b->n += n;
}

__attribute__((unused)) static struct bytes
png_of(const struct fair_image *im, int interlace)
{
    struct bytes b = { NULL, 0 };
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    png_bytepp rows = malloc(im->height * sizeof *rows);

    for (uint32_t y = 0; y < im->height; y++) rows[y] = fair_image_row(im, y);
    png_set_write_fn(png, &b, grow, NULL);
    png_set_compression_buffer_size(png, 512);           /* several IDATs, so that cutting off means something */
    png_set_IHDR(png, info, im->width, im->height, 8, im->channels == 1 ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB,
                 interlace, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_set_rows(png, info, rows);
    png_write_png(png, info, 0, NULL);
    png_destroy_write_struct(&png, &info);
    free(rows);
    return b;
}

/* JPEG as an ordinary program writes it; APP1 is put in by hand. */
__attribute__((unused)) static struct bytes
jpeg_of(const struct fair_image *im, bool progressive, int orientation)
{
    struct jpeg_compress_struct j;
    struct jpeg_error_mgr errors;
    unsigned char *p = NULL;
    unsigned long n = 0;

    j.err = jpeg_std_error(&errors);
    jpeg_create_compress(&j);
    jpeg_mem_dest(&j, &p, &n);
    j.image_width = im->width;
    j.image_height = im->height;
    j.input_components = (int)im->channels;
    j.in_color_space = im->channels == 1 ? JCS_GRAYSCALE : im->channels == 3 ? JCS_RGB : JCS_CMYK;
    jpeg_set_defaults(&j);
    jpeg_set_quality(&j, 92, TRUE);
    if (progressive) jpeg_simple_progression(&j);
    jpeg_start_compress(&j, TRUE);
    if (orientation > 0) {
        uint8_t app1[] = { 'E', 'x', 'i', 'f', 0, 0, 'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1,
                           1, 18, 0, 3, 0, 0, 0, 1, 0, (uint8_t)orientation, 0, 0, 0, 0, 0, 0 };
        jpeg_write_marker(&j, JPEG_APP0 + 1, app1, sizeof app1);
    }
    while (j.next_scanline < j.image_height) {
        JSAMPROW row = fair_image_row(im, j.next_scanline);
        jpeg_write_scanlines(&j, &row, 1);
    }
    jpeg_finish_compress(&j);
    jpeg_destroy_compress(&j);
    return (struct bytes){ p, n };
}

__attribute__((unused)) static fair_status
decode(struct bytes b, uint32_t wish, uint32_t channels, struct fair_image **out, struct fair_picture *info, struct fair_err *err)
{
    /* A copy of exactly its size: the sanitizer sees a read beyond it. */
    uint8_t *exact = calloc(b.n > 0 ? b.n : 1, 1);
    fair_status s;
    if (b.n > 0) memcpy(exact, b.p, b.n);
    s = fair_picture_decode(exact, b.n, &fair_image_limits_default, wish, channels, out, info, err);
    free(exact);
    return s;
}

__attribute__((unused)) static double
mean_difference(const struct fair_image *a, const struct fair_image *b, uint32_t rows)
{
    uint64_t sum = 0;
    CHECK_EQ(a->width, b->width);
    CHECK_EQ(a->channels, b->channels);
    for (uint32_t y = 0; y < rows; y++)
        for (uint32_t x = 0; x < a->width * a->channels; x++) sum += (uint64_t)abs(fair_image_row(a, y)[x] - fair_image_row(b, y)[x]);
    return (double)sum / ((double)rows * a->width * a->channels);
}

#endif
