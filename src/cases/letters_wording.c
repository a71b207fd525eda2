/* letters_wording.c - words that a letter may not use, money that it may not name, and how easily it reads (G13). */
#include <string.h>
#include "cases/letters_private.h"

/* Lower case as far as European languages need it here, white space as one blank, typographic quotes plain. */
static fair_str
normal(struct fair_arena *a, fair_str s)
{
    char *p = fair_alloc(a, s.n + 3), *to = p;
    bool blank = true;

    *to++ = ' ';
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i], d = i + 1 < s.n ? (unsigned char)s.p[i + 1] : 0;
        if (c == 0xc2 && d == 0xa0) c = ' ', i++;
        else if (c == 0xe2 && d == 0x80 && i + 2 < s.n) {
            unsigned char e = (unsigned char)s.p[i + 2];
            if (e == 0xaf || e == 0x89 || e == 0x8a) c = ' ', i += 2;
            else if (e == 0x98 || e == 0x99) c = '\'', i += 2;
            else if (e == 0x93 || e == 0x94 || e == 0x90 || e == 0x91) c = '-', i += 2;
            else if (e == 0x8b || e == 0x8c || e == 0x8d) { i += 2; continue; }    /* without width: it would hide a word */
        } else if (c == 0xc2 && d == 0xad) { i++; continue; }
        if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
            if (!blank) *to++ = ' ';
            blank = true;
            continue;
        }
        blank = false;
        if (c >= 'A' && c <= 'Z') c = (unsigned char)(c + 32);
        *to++ = (char)c;
        if (c == 0xc3 && d >= 0x80 && d <= 0x9e && d != 0x97) {
            *to++ = (char)(d + 0x20);
            i++;
        }
    }
    if (!blank) *to++ = ' ';
    return (fair_str){ p, (size_t)(to - p) };
}

static bool
is_letter(const char *p)
{
    unsigned char c = (unsigned char)*p;
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c >= 0x80;
}

/* Where the pattern stands as whole words; one that begins or ends with * may go on there. */
static const char *
find(fair_str text, fair_str pattern, size_t *n)
{
    bool open_left = pattern.n > 0 && pattern.p[0] == '*', open_right = pattern.n > 1 && pattern.p[pattern.n - 1] == '*';
    fair_str core = { pattern.p + open_left, pattern.n - open_left - open_right };
    const char *at = text.p, *end = text.p + text.n;

    while (core.n > 0 && (at = memmem(at, (size_t)(end - at), core.p, core.n)) != NULL) {
        bool left = open_left || at == text.p || !is_letter(at - 1) || !is_letter(core.p);
        bool right = open_right || at + core.n >= end || !is_letter(at + core.n) || !is_letter(core.p + core.n - 1);
        *n = core.n;
        if (left && right) return at;
        at++;
    }
    return NULL;
}

/* The words around a place, for the fault's words. */
static fair_str
around(struct fair_arena *a, fair_str text, const char *at, size_t n)
{
    const char *from = at - 30 > text.p ? at - 30 : text.p, *to = at + n + 30 < text.p + text.n ? at + n + 30 : text.p + text.n;

    return fair_str_trim(fair_utf8_mend(a, (fair_str){ from, (size_t)(to - from) }));
}

static bool
is_number_near(const struct fair_letters *l, fair_str text, const char *at, size_t n)
{
    const char *from = at, *to = at + n;
    fair_str near;
    size_t k;

    for (int words = 0; from > text.p && words < 4; from--) words += from[-1] == ' ';
    for (int words = 0; to < text.p + text.n && words < 4; to++) words += *to == ' ';
    near = (fair_str){ from, (size_t)(to - from) };
    for (size_t i = 0; i < near.n; i++)
        if (near.p[i] >= '0' && near.p[i] <= '9') return true;
    for (size_t i = 0; i < l->n_phrases; i++)
        if (fair_str_eq(l->phrases[i].kind, FAIR_STR("number")) && find(near, l->phrases[i].pattern, &k) != NULL) return true;
    return false;
}

/* "500,-" and "500.-" without any word of money. */
static const char *
find_dash_sum(fair_str t)
{
    for (size_t i = 0; i + 2 < t.n; i++)
        if (t.p[i] >= '0' && t.p[i] <= '9' && (t.p[i + 1] == ',' || t.p[i + 1] == '.') && t.p[i + 2] == '-' && (i + 3 == t.n || !is_letter(t.p + i + 3)))
            return t.p + i;
    return NULL;
}

static bool
holds_for(const struct letter_phrase *p, fair_str language)
{
    return fair_str_eq(p->language, FAIR_STR("*")) || fair_str_eq(p->language, language) || fair_str_eq(p->kind, FAIR_STR("money"));
}

bool
fair_wording_find(const struct fair_letters *l, fair_str language, fair_str text, enum fair_wording_how how, struct fair_arena *a,
                  struct fair_wording_fault *out)
{
    fair_str t = normal(a, text);
    const char *at = find_dash_sum(t);
    size_t n = 3;

    *out = (struct fair_wording_fault){ "money", { NULL, 0 }, FAIR_STR("a sum") };
    if (at != NULL) {
        out->found = around(a, t, at, n);
        return true;
    }
    for (size_t i = 0; i < l->n_phrases; i++) {
        const struct letter_phrase *p = &l->phrases[i];
        bool money = fair_str_eq(p->kind, FAIR_STR("money"));
        fair_str from = t;
        if (fair_str_eq(p->kind, FAIR_STR("number")) || fair_str_eq(p->kind, FAIR_STR("reading")) || !holds_for(p, language)) continue;
        if (!money && how == FAIR_WORDING_NAME) continue;
        while ((at = find(from, p->pattern, &n)) != NULL) {
            if (!money || how == FAIR_WORDING_LETTER || is_number_near(l, t, at, n)) {
                *out = (struct fair_wording_fault){ fair_str_dup(a, p->kind).p, around(a, t, at, n), p->why };
                return true;
            }
            from = (fair_str){ at + n, (size_t)(t.p + t.n - at) - n };
        }
    }
    return false;
}

/* ---- reading ------------------------------------------------------------------------------------------- */

struct counts { double sentences, words, letters, syllables; };

static bool
is_vowel(unsigned char c, unsigned char d)
{
    if (c == 0xc3) return (d >= 0xa0 && d <= 0xa6) || (d >= 0xa8 && d <= 0xaf) || (d >= 0xb2 && d <= 0xb6) || (d >= 0xb9 && d <= 0xbd);
    return c != 0 && strchr("aeiouy", c) != NULL;
}

static void
count_word(struct counts *k, const char *p, size_t n, fair_str language)
{
    bool was = false;
    double syllables = 0;

    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)p[i], d = i + 1 < n ? (unsigned char)p[i + 1] : 0;
        bool is = is_vowel(c, d);
        if (is && !was) syllables++;
        was = is;
        if ((c & 0xc0) != 0x80) k->letters++;
        if (c == 0xc3) i++;
    }
    /* The mute e: "time", "une image". */
    if (n > 2 && p[n - 1] == 'e' && syllables > 1 && (fair_str_eq(language, FAIR_STR("en")) || fair_str_eq(language, FAIR_STR("fr")))) syllables--;
    k->syllables += syllables > 0 ? syllables : 1;
    k->words++;
}

double
fair_reading_ease(fair_str language, fair_str text)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct counts k = { 0 };
    bool in_sentence = false;
    fair_str rest = text, block;
    double length, each;

    while (fair_str_split(&rest, '\n', &block)) {
        fair_str t = normal(a, block);
        for (size_t i = 0; i < t.n;) {
            size_t n = 0;
            while (i + n < t.n && (is_letter(t.p + i + n) || (n > 0 && t.p[i + n] == '\''))) n++;
            if (n > 0) {
                count_word(&k, t.p + i, n, language);
                in_sentence = true;
                i += n;
                continue;
            }
            if (strchr(".!?", t.p[i]) != NULL && in_sentence && (i + 1 == t.n || t.p[i + 1] == ' ')) {
                k.sentences++;
                in_sentence = false;
            }
            i++;
        }
        if (in_sentence) k.sentences++;
        in_sentence = false;
    }
    if (k.words == 0 || k.sentences == 0) return 100;
    length = k.words / k.sentences;
    each = k.syllables / k.words;
    if (fair_str_eq(language, FAIR_STR("en"))) return 206.835 - 1.015 * length - 84.6 * each;
    if (fair_str_eq(language, FAIR_STR("de"))) return 180 - length - 58.5 * each;
    if (fair_str_eq(language, FAIR_STR("fr"))) return 207 - 1.015 * length - 73.6 * each;
    if (fair_str_eq(language, FAIR_STR("it"))) return 89 + (300 * k.sentences - 10 * k.letters) / k.words;
    return -1;
}

double
fair_reading_least(const struct fair_letters *l, fair_str language)
{
    int64_t n;

    for (size_t i = 0; i < l->n_phrases; i++)
        if (fair_str_eq(l->phrases[i].kind, FAIR_STR("reading")) && fair_str_eq(l->phrases[i].language, language) &&
            fair_str_number(l->phrases[i].pattern, 100, &n))
            return (double)n;
    return 0;
}
