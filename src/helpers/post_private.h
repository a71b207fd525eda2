/* helpers/post_private.h - the parts of fairtrack-post. */
#ifndef FAIR_HELPERS_POST_PRIVATE_H
#define FAIR_HELPERS_POST_PRIVATE_H
#include "base/text.h"
#include "proc/post_msg.h"

struct post_server { fair_str url, user, password, from; };

/* Hand `mail` to the server for `to`; what became of it, its words in `a`. */
void fair_post_smtp(struct fair_arena *a, const struct post_server *s, fair_str to, fair_str mail, struct fair_posted *out);

#endif
