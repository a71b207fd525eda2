/* http/lang.h - words of an interface in several languages, from .po files (GNU gettext's text form) built into the program. */
#ifndef FAIR_HTTP_LANG_H
#define FAIR_HTTP_LANG_H
#include <jansson.h>
#include "base/text.h"
#include "http/templates.h"

/* A language: its code as in the file's name ("de"), its own name for itself (the word "language_name"), its words as an
 * object of strings, which templates see as {{t.key}}. */
struct fair_lang { fair_str code, name; json_t *words; };
struct fair_langs { struct fair_lang v[16]; size_t n; };

/* Read "anything.CODE.po" files.  msgid is a key ([a-z0-9_]+), msgstr the words.  FAIR_INVALID names file and line: a key given
 * twice or without words, or one that the first file has and another has not. */
fair_status fair_langs_read(const struct fair_asset *files, size_t n, struct fair_arena *a, struct fair_langs *out, struct fair_err *err) FAIR_MUST_CHECK;
void fair_langs_free(struct fair_langs *l);
/* The language of this code; NULL. */
const struct fair_lang *fair_lang_by_code(const struct fair_langs *l, fair_str code);
/* The best for an Accept-Language header (RFC 9110 12.5.4), else the first. */
const struct fair_lang *fair_lang_for(const struct fair_langs *l, fair_str accept_language);
/* The words for a key; the key itself where there are none. */
fair_str fair_lang_words(const struct fair_lang *l, const char *key);

#endif
