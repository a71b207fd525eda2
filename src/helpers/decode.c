/* helpers/decode.c - fairtrack-decode: JPEG, PNG, GIF, BMP, ICO, and the links of pages. */
#include "helpers/decode_private.h"

int
main(int argc, char **argv)
{
    static const struct fair_decode_kit kit = { .role = FAIR_ROLE_DECODE, .decode = fair_picture_decode, .links = true };
    return fair_decode_main(&kit, argc, argv);
}
