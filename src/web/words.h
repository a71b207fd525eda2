/* web/words.h - times, numbers and lists of pages as people read them. */
#ifndef FAIR_WEB_WORDS_H
#define FAIR_WEB_WORDS_H
#include <jansson.h>
#include "base/clock.h"

/* "just now", "5 minutes ago", "in 3 hours", "2 days ago", "12 March 2026"; "" for 0. */
fair_str fair_words_when(struct fair_arena *a, fair_time now, fair_time t);
/* "every day", "every 6 hours", "every 90 seconds". */
fair_str fair_words_every(struct fair_arena *a, int64_t seconds);
/* "1,234,567". */
fair_str fair_words_count(struct fair_arena *a, int64_t n);
/* "3.4 MB". */
fair_str fair_words_bytes(struct fair_arena *a, int64_t n);
/* "97 %". */
fair_str fair_words_percent(struct fair_arena *a, double part);

/* o["when"] = { "at": RFC 3339, "words": as above }, or null for 0. */
void fair_words_put_when(json_t *o, const char *key, struct fair_arena *a, fair_time now, fair_time t);

/* An address with its filters: "/hits" and then name=value by name=value. */
struct fair_link { struct fair_buf b; bool any; };
struct fair_link fair_link_to(struct fair_arena *a, const char *path);
void fair_link_add(struct fair_link *l, const char *name, fair_str value);     /* absent and empty ones are left out */
fair_str fair_link_end(struct fair_link *l);

/* { "from", "to", "total", "previous", "next" } for page `page` (from 1) of `total` rows, `per` a page;
 * the links are `base` with page=N; NULL where one page holds them all. */
json_t *fair_words_pager(struct fair_arena *a, struct fair_link base, int64_t page, int64_t per, int64_t total);

/* "Firefox on Linux", as far as a browser says; a token is a program's. */
fair_str fair_agent_words(struct fair_arena *a, bool token, fair_str agent);

#endif
