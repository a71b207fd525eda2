/* source/html_charset.h - a page's text as UTF-8, whatever it was written in. */
#ifndef FAIR_SOURCE_HTML_CHARSET_H
#define FAIR_SOURCE_HTML_CHARSET_H
#include "base/text.h"

/* `charset` from the transport ("gbk" or a whole Content-Type; may be absent).  Order: byte-order mark, transport, the page's own
 * <meta>, UTF-8 if it is that, windows-1252.  The result may contain `s` itself. */
fair_str fair_html_utf8(struct fair_arena *a, fair_str s, fair_str charset);

#endif
