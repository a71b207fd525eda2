/* cli/verb_inspect_picture.c - `inspect picture`, `inspect fingerprint`, `inspect images`: through the confined helpers. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "base/io.h"
#include "cli/inspect.h"
#include "cli/inspect_images.h"
#include "work/decoder.h"

static void
set(json_t *o, struct fair_arena *a, const char *key, fair_str v)
{
    json_object_set_new(o, key, fair_json_str(a, v));
}

static json_t *
picture_line(struct fair_arena *a, const struct fair_decoded *d)
{
    const struct fair_picture *p = &d->info;
    /* A browser keeps an empty place of this size and shows nothing in it: that is how it is told here. */
    bool known = p->width > 0, blank = p->blank && d->fault != NULL && strcmp(d->fault, "corrupt") == 0;
    json_t *o = json_object();

    json_object_set_new(o, "format", p->format == FAIR_FORMAT_NONE ? json_null() : json_string(fair_decoded_format(p)));
    json_object_set_new(o, "width", known ? json_integer(p->width) : json_null());
    json_object_set_new(o, "height", known ? json_integer(p->height) : json_null());
    json_object_set_new(o, "frames", json_integer(p->frames));
    json_object_set_new(o, "orientation", json_integer(p->orientation));
    json_object_set_new(o, "partial", json_boolean(p->partial || blank));
    json_object_set_new(o, "decoded_rows", json_integer(p->decoded_rows));
    json_object_set_new(o, "fault", d->fault != NULL && !blank ? json_string(d->fault) : json_null());
    json_object_set_new(o, "error", d->fault != NULL ? fair_json_str(a, fair_str_of(d->words)) : json_null());
    set(o, a, "creator", d->rights.creator);
    set(o, a, "copyright", d->rights.copyright);
    set(o, a, "credit", d->rights.credit);
    set(o, a, "date", d->rights.date);
    set(o, a, "rights_url", d->rights.rights_url);
    set(o, a, "licensor", d->rights.licensor);
    set(o, a, "c2pa", d->rights.c2pa);
    return o;
}

static json_t *
fingerprint_line(struct fair_arena *a, const struct fair_decoded *d)
{
    uint8_t bytes[32];

    if (d->status != FAIR_OK) return json_pack("{s:n, s:s, s:o}", "pdq", "fault", d->fault != NULL ? d->fault : "invalid", "error", fair_json_str(a, fair_str_of(d->words)));
    /* The reference prints the highest word first. */
    for (int w = 0; w < 4; w++)
        for (int b = 0; b < 8; b++) bytes[8 * w + b] = (uint8_t)(d->fp.whole[0][3 - w] >> (56 - 8 * b));
    return json_pack("{s:o, s:i, s:i, s:i}", "pdq", fair_json_str(a, fair_hex(a, bytes, 32)), "quality", d->fp.quality, "scheme", d->fp.scheme, "parts", (int)d->fp.n_parts);
}

static void
print(struct fair_arena *a, json_t *o, fair_str path)
{
    json_t *line = json_object();

    fair_json_file(a, line, "file", path);
    json_object_update(line, o);
    json_decref(o);
    fair_cli_json(line);
}

static int
each_file(int argc, char **argv, unsigned want, json_t *(*line)(struct fair_arena *, const struct fair_decoded *))
{
    FAIR_AUTO(decoders) struct fair_decoders *pool = NULL;
    struct fair_decoder_limits limits = fair_decoder_limits_default;
    struct fair_err err = { 0 };
    int faults = 0;

    limits.n = 1;
    if (fair_decoders_open(&limits, &pool, &err) != FAIR_OK) {
        fprintf(stderr, "fairtrack inspect: %s\n", err.text);
        return FAIR_EXIT_FAILED;
    }
    for (int i = 0; i < (argc > 0 ? argc : 1); i++) {
        FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
        struct fair_decoded d = { .info = { .frames = 1, .orientation = 1 } };
        fair_str path = argc > 0 ? fair_str_of(argv[i]) : FAIR_STR("-"), bytes = { NULL, 0 };
        fair_status s = argc > 0 ? fair_read_file(a, argv[i], limits.image.max_bytes, &bytes, &err) : fair_read_fd(a, STDIN_FILENO, limits.image.max_bytes, &bytes, &err);

        if (s == FAIR_OK) s = fair_decoders_picture(pool, bytes, want, a, &d, &err);
        if (s != FAIR_OK) {
            d.status = s;
            d.fault = s == FAIR_LIMIT ? "limit" : "invalid";
            snprintf(d.words, sizeof d.words, "%.200s", err.text);
        }
        faults += d.status != FAIR_OK;
        print(a, line(a, &d), path);
        fair_image_free(&d.grey);
        fflush(stdout);
    }
    return faults > 0 ? FAIR_EXIT_PARTLY : FAIR_EXIT_DONE;
}

int fair_inspect_picture(int argc, char **argv) { return each_file(argc, argv, FAIR_WANT_INFO | FAIR_WANT_RIGHTS, picture_line); }
int fair_inspect_fingerprint(int argc, char **argv) { return each_file(argc, argv, FAIR_WANT_CATALOGUE, fingerprint_line); }

static fair_status
read_confined(void *with, struct fair_arena *a, fair_str html, fair_str base, struct fair_links *out, struct fair_err *err)
{
    return fair_decoders_links(with, html, "html", base, (fair_str){ NULL, 0 }, a, out, err);
}

int
fair_inspect_images(int argc, char **argv)
{
    FAIR_AUTO(decoders) struct fair_decoders *pool = NULL;
    struct fair_decoder_limits limits = fair_decoder_limits_default;
    struct fair_err err = { 0 };

    limits.n = 1;
    if (fair_decoders_open(&limits, &pool, &err) != FAIR_OK) {
        fprintf(stderr, "fairtrack inspect images: %s\n", err.text);
        return FAIR_EXIT_FAILED;
    }
    return fair_inspect_images_by(read_confined, pool, argc, argv);
}
