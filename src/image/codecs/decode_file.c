/* image/codecs/decode_file.c - decode-file FILE...: what our readers make of pictures, unconfined; for measuring.
 *
 * Prints a JSON line for each file, as `fairtrack inspect picture` does
 * without its fields on rights.  Exit 3 where a file was not decoded. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/io.h"
#include "image/codecs/codecs.h"

static void
print_text(const char *p)
{
    putchar('"');
    for (; *p != '\0'; p++) {
        unsigned char c = (unsigned char)*p;
        if (c == '"' || c == '\\') printf("\\%c", c);
        else if (c < 0x20) printf("\\u%04x", c);
        else putchar(c);
    }
    putchar('"');
}

static const char *
fault_name(fair_status s)
{
    if (s == FAIR_OK) return NULL;
    return s == FAIR_INVALID ? "invalid" : s == FAIR_LIMIT ? "limit" : "corrupt";
}

static bool
one(const char *path, uint32_t wish, uint32_t channels, const char *save)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(image) struct fair_image *im = NULL;
    struct fair_picture info = { .frames = 1, .orientation = 1 };
    struct fair_err err = { 0 };
    fair_str bytes = { NULL, 0 };
    char *exact = NULL;                  /* a copy of just its size, so that the sanitizer sees a step beyond */
    fair_status s = fair_read_file(a, path, fair_image_limits_default.max_bytes, &bytes, &err);

    if (s == FAIR_OK) {
        exact = malloc(bytes.n > 0 ? bytes.n : 1);
        if (exact == NULL) abort();
        if (bytes.n > 0) memcpy(exact, bytes.p, bytes.n);
        if (fair_format_needs_vips(fair_format_sniff(exact, bytes.n)))
            s = fair_picture_decode_vips(exact, bytes.n, &fair_image_limits_default, wish, channels, &im, &info, &err);
        else
            s = fair_picture_decode(exact, bytes.n, &fair_image_limits_default, wish, channels, &im, &info, &err);
        free(exact);
    }
    printf("{\"file\":");
    print_text(path);
    printf(",\"format\":\"%s\",\"width\":%u,\"height\":%u,\"frames\":%u,\"orientation\":%d,\"partial\":%s,\"decoded_rows\":%u,\"fault\":",
           fair_format_name(info.format), info.width, info.height, info.frames, info.orientation,
           info.partial || info.blank ? "true" : "false", info.decoded_rows);
    if (s == FAIR_OK) printf("null,\"error\":null}\n");
    else if (info.blank) {               /* a browser keeps its place, of this size, and shows nothing in it */
        printf("null,\"error\":");
        print_text(err.text);
        printf("}\n");
    } else {
        printf("\"%s\",\"error\":", fault_name(s));
        print_text(err.text);
        printf("}\n");
    }
    fflush(stdout);
    if (im != NULL && save != NULL) {    /* PGM or PPM, to look at */
        FILE *f = fopen(save, "wb");
        if (f == NULL) return false;
        fprintf(f, "P%c %u %u 255\n", im->channels == 1 ? '5' : '6', im->width, im->height);
        for (uint32_t y = 0; y < im->height; y++) fwrite(fair_image_row(im, y), im->channels, im->width, f);
        fclose(f);
    }
    return s == FAIR_OK;
}

int
main(int argc, char **argv)
{
    uint32_t wish = 512, channels = 1;
    const char *save = NULL;
    struct fair_err err = { 0 };
    int bad = 0, i = 1;

    for (; i < argc && argv[i][0] == '-'; i++) {
        if (strcmp(argv[i], "--full") == 0) wish = 0;
        else if (strcmp(argv[i], "--color") == 0) channels = 3;
        else if (strcmp(argv[i], "--save") == 0 && i + 1 < argc) save = argv[++i];
        else {
            fprintf(stderr, "usage: decode-file [--full] [--color] [--save OUT.pnm] FILE...\n");
            return 2;
        }
    }
    if (fair_vips_begin(&err) != FAIR_OK) {
        dprintf(2, "decode-file: %s\n", err.text);
        return 4;
    }
    for (; i < argc; i++) bad += !one(argv[i], wish, channels, save);
    return bad > 0 ? 3 : 0;
}
