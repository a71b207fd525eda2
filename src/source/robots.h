/* source/robots.h - what a robots.txt allows (RFC 9309). */
#ifndef FAIR_SOURCE_ROBOTS_H
#define FAIR_SOURCE_ROBOTS_H
#include <stdbool.h>
#include "base/text.h"

/* A parsed file, in the arena.  Reads at least the first 500 KiB. */
struct fair_robots;
struct fair_robots *fair_robots_parse(struct fair_arena *a, fair_str body);
/* May `agent` (the product token or a full user agent) fetch `url` (absolute)? */
bool fair_robots_allows(const struct fair_robots *r, fair_str agent, fair_str url);
/* Seconds, or -1 when none is given for the agent. */
double fair_robots_delay(const struct fair_robots *r, fair_str agent);
/* The Sitemap lines, in order. */
size_t fair_robots_sitemaps(const struct fair_robots *r, const fair_str **urls);

#endif
