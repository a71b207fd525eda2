/* cli/web_hands.h - the hands of the pages that `serve` shows. */
#ifndef FAIR_CLI_WEB_HANDS_H
#define FAIR_CLI_WEB_HANDS_H
#include "web/hands.h"
#include "work/house.h"

/* They work in `h`, which outlives them. */
void fair_cli_web_hands(struct fair_house *h, struct fair_web_hands *out);

#endif
