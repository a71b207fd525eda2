/* image/codecs/bmp_private.h - the parts of the BMP reader; also used for icons. */
#ifndef FAIR_BMP_PRIVATE_H
#define FAIR_BMP_PRIVATE_H
#include "image/codecs/codecs_private.h"

enum fair_bmp_packing {
    FAIR_BMP_RGB = 0, FAIR_BMP_RLE8 = 1, FAIR_BMP_RLE4 = 2, FAIR_BMP_BITFIELDS = 3,
    FAIR_BMP_JPEG = 4, FAIR_BMP_PNG = 5, FAIR_BMP_ALPHABITFIELDS = 6, FAIR_BMP_RLE24 = 100, FAIR_BMP_UNKNOWN = 101
};

struct fair_bmp {
    struct fair_decode *d;
    const uint8_t *p;         /* from the information header on */
    size_t n;
    size_t data;              /* the pixels, from p */
    uint32_t header;          /* bytes of it */
    uint32_t width, height;
    bool top_down, os2, in_icon;
    uint32_t bits, packing, n_colors;
    uint32_t mask[4];         /* red, green, blue, alpha */
    uint8_t palette[256][4];  /* R G B 255 */
    struct fair_canvas canvas;
    uint32_t rows;            /* begun */
};

/* Read a device-independent bitmap.  `offset` is where its pixels begin, from p;
 * 0: after header, masks and palette.  In an icon the height is that of the
 * picture and its mask together. */
fair_status fair_bmp_read(struct fair_decode *d, const uint8_t *p, size_t n, size_t offset, bool in_icon);

/* Run lengths (RLE4, RLE8, RLE24) into the canvas; true when they came to their end. */
bool fair_bmp_read_runs(struct fair_bmp *b);

#endif
