/* helpers/decode_vips.c - fairtrack-decode-vips: the formats that libvips and libraw read. */
#include <stdlib.h>
#include "helpers/decode_private.h"

/* Orc would make code while it runs, which a confined program cannot. */
static fair_status
begin(struct fair_err *err)
{
    if (setenv("VIPS_NOVECTOR", "1", 1) != 0) return fair_fail(err, FAIR_IO, "setenv: %m");
    return fair_vips_begin(err);
}

int
main(int argc, char **argv)
{
    static const struct fair_decode_kit kit = { .role = FAIR_ROLE_DECODE_VIPS, .decode = fair_picture_decode_vips, .begin = begin };
    return fair_decode_main(&kit, argc, argv);
}
