/* cli/inspect_images.h - the lines of `inspect images`, whoever read the page. */
#ifndef FAIR_CLI_INSPECT_IMAGES_H
#define FAIR_CLI_INSPECT_IMAGES_H
#include "cli/inspect_text.h"
#include "source/links.h"

/* Reads a page: by the confined helper, or in this process where that is what is measured. */
typedef fair_status fair_page_reader(void *with, struct fair_arena *a, fair_str html, fair_str base, struct fair_links *out, struct fair_err *err);

int fair_inspect_images_by(fair_page_reader *read, void *with, int argc, char **argv);

#endif
