/* fuzz_frames.c - any bytes out of the pipe, cut anywhere, must give the same frames as in one piece. */
#include <stdlib.h>
#include <string.h>
#include "browser/browser.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t
count(const uint8_t *data, size_t size, size_t step)
{
    struct fair_frames f = { 0 };
    size_t n = 0;

    for (size_t at = 0; at < size; at += step) {
        json_t *o;
        fair_status s;
        if (fair_frames_add(&f, data + at, size - at < step ? size - at : step, NULL) != FAIR_OK) break;
        while ((s = fair_frames_next(&f, &o, NULL)) != FAIR_AGAIN) {
            n += s == FAIR_OK ? 1 : 1000;
            if (s != FAIR_OK) continue;
            (void)fair_said_text(o, "method");
            (void)fair_said_number(o, "id");
            (void)fair_said_object(o, "params");
            json_decref(o);
        }
    }
    fair_frames_clear(&f);
    return n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 65536) return 0;
    if (count(data, size, 7) != count(data, size, size > 0 ? size : 1)) abort();
    return 0;
}
