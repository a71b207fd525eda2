/* image/codecs/codecs.h - hostile bytes in, pixels out.  Linked into the decode helpers only,
 * which have neither network nor files. */
#ifndef FAIR_IMAGE_CODECS_H
#define FAIR_IMAGE_CODECS_H
#include "base/text.h"
#include "image/image.h"

enum fair_format {
    FAIR_FORMAT_NONE, FAIR_FORMAT_JPEG, FAIR_FORMAT_PNG, FAIR_FORMAT_GIF, FAIR_FORMAT_BMP, FAIR_FORMAT_ICO,
    FAIR_FORMAT_WEBP, FAIR_FORMAT_AVIF, FAIR_FORMAT_HEIC, FAIR_FORMAT_JXL, FAIR_FORMAT_TIFF, FAIR_FORMAT_RAW,
    FAIR_FORMAT_SVG,          /* told apart, never decoded */
    FAIR_N_FORMATS
};

const char *fair_format_name(enum fair_format f);   /* "jpeg", ...; "none" */
const char *fair_format_mime(enum fair_format f);   /* "image/jpeg", ...; "application/octet-stream" */

/* By content, never by name.  NONE where it begins as nothing we read. */
enum fair_format fair_format_sniff(const void *bytes, size_t n);

/* Does this format need fairtrack-decode-vips (libvips), or does
 * fairtrack-decode (libjpeg-turbo, libpng, our own readers) read it? */
bool fair_format_needs_vips(enum fair_format f);

/* The bounds within which we are willing to work for a stranger. */
struct fair_image_limits {
    size_t max_bytes;         /* of the encoded file                      */
    uint32_t max_side;        /* pixels, width and height each            */
    uint64_t max_pixels;      /* width * height, checked before decoding  */
    size_t max_memory;        /* bytes of pixels or coefficients at once  */
};
extern const struct fair_image_limits fair_image_limits_default;  /* 256 MiB, 65535, 400 Mpixel, 320 MiB */

/* What is known of the file beside its pixels.  A camera's raw file is known by
 * its largest preview: width and height are the preview's. */
struct fair_picture {
    enum fair_format format;
    uint32_t width, height;   /* as a browser shows it: orientation applied   */
    uint32_t frames;          /* >= 1                                         */
    int orientation;          /* EXIF 1..8; 1 where none is given             */
    bool partial;             /* it broke off; what was decoded is kept       */
    uint32_t decoded_rows;    /* of the file's own rows before turning        */
    bool alpha;
    bool blank;               /* its size is sure and nothing of it decodes: a browser keeps an empty place of
                                 that size; always with FAIR_CORRUPT, as there is nothing to recognise */
};

/* Decode.  `wish_side`: 0 = every pixel; else the result's longer side may be
 * anything >= min(wish_side, the picture's) that is cheap (DCT scaling,
 * embedded preview sizes), and pixel memory stays near it.  `channels` 1 or 3.
 *
 *   FAIR_INVALID  not a picture of a kind we read
 *   FAIR_CORRUPT  it begins as one and nothing of it could be decoded
 *   FAIR_LIMIT    it is larger than `limits` allows
 *
 * A picture that breaks off with some rows decoded is FAIR_OK with
 * info->partial; missing rows are white.  *info is filled as far as known even
 * on failure.  On success *out is new and the caller frees it. */
fair_status fair_picture_decode(const void *bytes, size_t n, const struct fair_image_limits *limits,
                                uint32_t wish_side, uint32_t channels, struct fair_image **out,
                                struct fair_picture *info, struct fair_err *err) FAIR_MUST_CHECK;

/* A JPEG (baseline, 4:2:0, no metadata) of our own making, for thumbnails,
 * previews and proofs.  quality 1..100.  The bytes go into the arena. */
void fair_jpeg_encode(const struct fair_image *im, int quality, struct fair_arena *a, fair_str *out);

/* The same call, for the formats that libvips reads (fair_format_needs_vips);
 * in a library of its own.  On the caller's thread; opens no file. */
fair_status fair_picture_decode_vips(const void *bytes, size_t n, const struct fair_image_limits *limits,
                                     uint32_t wish_side, uint32_t channels, struct fair_image **out,
                                     struct fair_picture *info, struct fair_err *err) FAIR_MUST_CHECK;
/* Once, before confinement: loads all that the libraries would load later.
 * stdio's stderr leads nowhere afterwards, because the libraries print to it. */
fair_status fair_vips_begin(struct fair_err *err) FAIR_MUST_CHECK;

/* What the file says of its rights and origin: EXIF, IPTC-IIM, XMP; for every
 * format that carries them.  Texts are mended UTF-8 in the arena, absent where
 * nothing is said; each at most 4096 bytes. */
struct fair_rights {
    fair_str creator;         /* XMP dc:creator, IPTC By-line, EXIF Artist; several joined by "; " */
    fair_str copyright;       /* XMP dc:rights, IPTC CopyrightNotice, EXIF Copyright   */
    fair_str credit;          /* XMP photoshop:Credit, IPTC Credit                     */
    fair_str date;            /* taken: EXIF DateTimeOriginal, XMP, IPTC; RFC 3339 as far as given */
    fair_str rights_url;      /* XMP xmpRights:WebStatement, cc:license                */
    fair_str licensor;        /* PLUS Licensor name and URL                            */
    fair_str title;           /* XMP dc:title, IPTC ObjectName                         */
    fair_str c2pa;            /* of C2PA manifests: fair_c2pa_words (c2pa.h), or "present" */
    fair_str serial;          /* of the camera's body: EXIF BodySerialNumber (0xA431)  */
};
fair_status fair_rights_read(const void *bytes, size_t n, struct fair_arena *a, struct fair_rights *out,
                             struct fair_err *err) FAIR_MUST_CHECK;

#endif
