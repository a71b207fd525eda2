/* helpers/decode.c - fairtrack-decode: JPEG, PNG, GIF, BMP, ICO, and the links of pages. */
#include "helpers/decode_private.h"
#include "source/links.h"

int
main(int argc, char **argv)
{
    static const struct fair_decode_kit kit = { .role = FAIR_ROLE_DECODE, .decode = fair_picture_decode, .links = true };

    fair_links_prepare();     /* confined, it could open no table of an old encoding any more */
    return fair_decode_main(&kit, argc, argv);
}
