/* portal/words.c - sentences with their figures put in, and days and moments as people of a language read them. */
#include <stdio.h>
#include <string.h>
#include "base/clock.h"
#include "portal/portal.h"

bool
fair_portal_has(const struct fair_lang *l, const char *key)
{
    return json_is_string(json_object_get(l->words, key));
}

fair_str
fair_portal_say(const struct fair_lang *l, struct fair_arena *a, const char *key, const struct fair_portal_value *v)
{
    fair_str words = fair_lang_words(l, key);
    struct fair_buf b = FAIR_BUF(a, 1 << 18);

    for (size_t i = 0; i < words.n; i++) {
        const struct fair_portal_value *x = v;
        const char *end = words.p[i] == '{' ? memchr(words.p + i, '}', words.n - i) : NULL;
        size_t n = end != NULL ? (size_t)(end - words.p) - i - 1 : 0;

        while (end != NULL && x->name != NULL && !(strlen(x->name) == n && memcmp(x->name, words.p + i + 1, n) == 0)) x++;
        if (end == NULL || x->name == NULL) {
            fair_buf_byte(&b, words.p[i]);
            continue;
        }
        fair_buf_add(&b, x->value);
        i += n + 1;
    }
    return (fair_str){ b.p != NULL ? b.p : "", b.n };
}

static bool
parts(struct fair_arena *a, fair_str when, int *year, int *month, int *day, int *hour, int *minute)
{
    fair_time t;

    return when.n > 0 && fair_time_parse(when, &t) && sscanf(fair_time_text(a, t).p, "%4d-%2d-%2dT%2d:%2d", year, month, day, hour, minute) == 5;
}

fair_str
fair_portal_day(const struct fair_lang *l, struct fair_arena *a, fair_str when)
{
    fair_str names = fair_lang_words(l, "months"), name = { NULL, 0 };
    int year, month, day, hour, minute;

    if (!parts(a, when, &year, &month, &day, &hour, &minute)) return FAIR_STR("");
    for (int i = 0; i < month; i++)
        if (!fair_str_split(&names, ' ', &name)) return FAIR_STR("");
    {
        const struct fair_portal_value v[] = { { "d", fair_str_fmt(a, "%d", day) }, { "month", name }, { "y", fair_str_fmt(a, "%d", year) }, { NULL, { NULL, 0 } } };
        return fair_portal_say(l, a, "day_form", v);
    }
}

fair_str
fair_portal_moment(const struct fair_lang *l, struct fair_arena *a, fair_str when)
{
    int year, month, day, hour, minute;

    if (!parts(a, when, &year, &month, &day, &hour, &minute)) return FAIR_STR("");
    {
        const struct fair_portal_value v[] = { { "day", fair_portal_day(l, a, when) }, { "h", fair_str_fmt(a, "%02d", hour) }, { "m", fair_str_fmt(a, "%02d", minute) }, { NULL, { NULL, 0 } } };
        return fair_portal_say(l, a, "moment_form", v);
    }
}

fair_str
fair_portal_list(const struct fair_lang *l, struct fair_arena *a, const json_t *codes, const char *prefix)
{
    struct fair_buf b = FAIR_BUF(a, 1 << 16);
    size_t n = json_array_size(codes);

    for (size_t i = 0; i < n; i++) {
        const json_t *c = json_array_get(codes, i);
        fair_str code = { json_string_value(c), json_string_length(c) };
        char key[80];
        size_t k = (size_t)snprintf(key, sizeof key, "%s%.*s", prefix, (int)(code.n < 40 ? code.n : 40), code.n > 0 ? code.p : "");
        for (size_t m = 0; m < k && m < sizeof key; m++)
            if (key[m] >= 'A' && key[m] <= 'Z') key[m] = (char)(key[m] + 32);
        if (i > 0 && i + 1 == n) fair_buf_fmt(&b, " %.*s ", FAIR_STR_ARG(fair_lang_words(l, "and")));
        else if (i > 0) fair_buf_c(&b, ", ");
        fair_buf_add(&b, fair_portal_has(l, key) ? fair_lang_words(l, key) : code);
    }
    return (fair_str){ b.p != NULL ? b.p : "", b.n };
}
