/* source/links_script.c - pictures named in scripts: strings that look like addresses of pictures, and JSON-LD. */
#include "source/links_script.h"
#include "source/chars.h"
#include "source/html_private.h"
#include "source/url_private.h"
#include <string.h>

#define LOOK_BACK 2048        /* bytes of one string, each way from its file name's end */

/* --- strings ------------------------------------------------------------------- */

static bool
is_word(char c)
{
    return (c >= '0' && c <= '9') || (unsigned char)((c | 32) - 'a') < 26;
}

/* At a dot: how long ".jpg" or the like is, 0 for anything else. */
static size_t
extension_at(fair_str s, size_t at)
{
    static const char *const ends[] = { "jpg", "jpeg", "png", "webp", "gif", "avif", "svg", "jfif", "bmp", "jxl", "heic", "tiff" };
    size_t n = 0;

    while (n < 5 && at + 1 + n < s.n && is_word(s.p[at + 1 + n])) n++;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (strlen(ends[i]) == n && fair_str_eq_nocase((fair_str){ s.p + at + 1, n }, (fair_str){ ends[i], n })) return n + 1;
    return 0;
}

static bool
ends_string(char c)
{
    return c == '"' || c == '\'' || c == '`' || c == '<' || c == '>' || c == '(' || c == ')' || c == ';' || (unsigned char)c <= ' ';
}

/* Where the string around a file name begins and ends. */
static size_t
string_begin(fair_str s, size_t at)
{
    size_t least = at > LOOK_BACK ? at - LOOK_BACK : 0;
    while (at > least && !ends_string(s.p[at - 1])) at--;
    return at;
}

static size_t
string_end(fair_str s, size_t at)
{
    size_t most = s.n - at > LOOK_BACK ? at + LOOK_BACK : s.n;

    for (; at < most; at++) {
        fair_str rest = { s.p + at, s.n - at };
        if (fair_str_starts(rest, FAIR_STR("&quot;")) || fair_str_starts(rest, FAIR_STR("&#34;")) || fair_str_starts(rest, FAIR_STR("&#039;"))) break;
        if (s.p[at] == '\\' && at + 1 < s.n && (s.p[at + 1] == '"' || s.p[at + 1] == '\'' || s.p[at + 1] == '\\')) break;
        if (ends_string(s.p[at]) && s.p[at] != ';') break;
    }
    return at;
}

/* JavaScript's escapes undone. */
static fair_str
unescaped(struct fair_arena *a, fair_str s)
{
    struct fair_buf b = FAIR_BUF(a, s.n * 3 + 1);

    if (memchr(s.p, '\\', s.n) == NULL) return s;
    fair_buf_c(&b, "");
    for (size_t i = 0; i < s.n; i++) {
        size_t digits;
        uint32_t v = 0;
        bool good = true;
        if (s.p[i] != '\\' || i + 1 >= s.n) {
            fair_buf_byte(&b, s.p[i]);
            continue;
        }
        i++;
        digits = s.p[i] == 'u' ? 4 : s.p[i] == 'x' ? 2 : 0;
        if (digits == 0 || s.n - i <= digits) {
            if (s.p[i] == 'n' || s.p[i] == 't' || s.p[i] == 'r') fair_buf_byte(&b, ' ');
            else fair_buf_byte(&b, s.p[i]);
            continue;
        }
        for (size_t k = 1; k <= digits; k++) {
            int d = fair_url_hex(s.p[i + k]);
            if (d < 0) good = false;
            else v = v * 16 + (uint32_t)d;
        }
        if (good) {
            fair_utf8_put(&b, v);
            i += digits;
        } else fair_buf_byte(&b, s.p[i]);
    }
    return (fair_str){ b.p, b.n };
}

/* Could it be an address somebody wrote, and not a piece of one that a script puts together? */
static bool
is_address(fair_str s)
{
    if (s.n < 5) return false;
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] <= ' ' || memchr("{}<>|^`\"\\*", s.p[i], 10) != NULL) return false;
    if (fair_str_starts(s, FAIR_STR("http://")) || fair_str_starts(s, FAIR_STR("https://"))) return s.n > 10;
    if (s.p[0] == '/') return s.p[1] != '/' || is_word(s.p[2]);
    if (fair_str_starts(s, FAIR_STR("./")) || fair_str_starts(s, FAIR_STR("../"))) return true;
    if (memchr(s.p, ':', s.n) != NULL || !is_word(s.p[0])) return false;
    return memchr(s.p, '/', s.n) != NULL;
}

void
fair_gather_script(struct fair_gather *g, fair_str s, const struct fair_link *said)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    size_t done = 0, i = 0;
    unsigned found = 0;

    while (i < s.n) {
        const char *dot = memchr(s.p + i, '.', s.n - i);
        struct fair_link l = *said;
        size_t n, begin, end;
        fair_str text;

        if (dot == NULL) break;
        i = (size_t)(dot - s.p);
        n = extension_at(s, i);
        if (n == 0) {
            i++;
            continue;
        }
        begin = string_begin(s, i);
        if (begin < done) begin = done;
        end = string_end(s, i + n);
        text = fair_html_decode(a, unescaped(a, (fair_str){ s.p + begin, end - begin }), true);
        done = i = end;
        if (is_address(text)) {
            l.value = text;
            fair_gather_picture(g, text, &l);
        }
        if (++found % 64 == 0) fair_arena_clear(a);
    }
}

/* --- JSON-LD ---------------------------------------------------------------------- */

#define DEPTH 48

/* What one object of the JSON has said so far. */
struct object {
    bool array, is_picture;
    fair_str key;             /* the member we are in                    */
    fair_str content, url, thumb, license, acquire, credit, notice, name, creator, caption;
};

struct json {
    fair_str in;
    size_t at;
    struct object stack[DEPTH];
    size_t depth, excess;
    struct fair_arena *a;
    struct fair_gather *g;
    const struct fair_link *said;
};

static bool
is_one_of(fair_str s, const char *const *words)
{
    for (; *words != NULL; words++)
        if (fair_str_eq_nocase(s, fair_str_of(*words))) return true;
    return false;
}

static bool
is_picture_key(fair_str k)
{
    static const char *const keys[] = { "image", "images", "logo", "thumbnail", "thumbnailurl", "photo", "photos", "primaryimageofpage",
                                        "screenshot", "contenturl", NULL };
    return is_one_of(k, keys);
}

/* The member that a value belongs to; an array's values belong to the array's. */
static struct object *
owner(struct json *j)
{
    size_t at = j->depth;
    while (at > 1 && j->stack[at - 1].array) at--;
    return at > 0 ? &j->stack[at - 1] : NULL;
}

static void
emit(struct json *j, fair_str address, const struct object *o)
{
    struct fair_link l = *j->said;

    if (address.n == 0 || memchr(address.p, ' ', address.n) != NULL) return;
    l.value = address;
    if (o != NULL) {
        l.alt = o->caption;
        l.license = o->license;
        l.credit = o->credit.p != NULL ? o->credit : o->creator;
    }
    fair_gather_picture(j->g, address, &l);
}

static void
string_value(struct json *j, fair_str v)
{
    static const char *const kinds[] = { "ImageObject", "Photograph", "Painting", "http://schema.org/ImageObject", "https://schema.org/ImageObject",
                                         "schema:ImageObject", NULL };
    struct object *o = owner(j);
    fair_str k;

    if (o == NULL || o->array) return;
    k = o->key;
    if (fair_str_eq_nocase(k, FAIR_STR("@type"))) {
        if (is_one_of(v, kinds)) o->is_picture = true;
    } else if (fair_str_eq_nocase(k, FAIR_STR("contenturl"))) o->content = v;
    else if (fair_str_eq_nocase(k, FAIR_STR("url")) || fair_str_eq_nocase(k, FAIR_STR("@id"))) {
        if (o->url.p == NULL || k.p[0] != '@') o->url = v;
    } else if (fair_str_eq_nocase(k, FAIR_STR("thumbnailurl"))) o->thumb = v;
    else if (fair_str_eq_nocase(k, FAIR_STR("license"))) o->license = v;
    else if (fair_str_eq_nocase(k, FAIR_STR("acquireLicensePage"))) o->acquire = v;
    else if (fair_str_eq_nocase(k, FAIR_STR("creditText"))) o->credit = v;
    else if (fair_str_eq_nocase(k, FAIR_STR("copyrightNotice"))) o->notice = v;
    else if (fair_str_eq_nocase(k, FAIR_STR("name"))) o->name = v;
    else if (fair_str_eq_nocase(k, FAIR_STR("creator"))) o->creator = v;
    else if (fair_str_eq_nocase(k, FAIR_STR("caption"))) o->caption = v;
    if (is_picture_key(k) && !fair_str_eq_nocase(k, FAIR_STR("contenturl"))) emit(j, v, NULL);
}

static void
set_once(struct json *j, fair_str *to, fair_str v)
{
    if (to->p == NULL && v.n > 0) *to = fair_gather_text(j->g, v);
}

static void
object_end(struct json *j)
{
    struct object o = j->stack[--j->depth], *above = owner(j);
    fair_str key = above != NULL && !above->array ? above->key : FAIR_STR("");
    struct fair_links *out = j->g->out;

    if (o.array) return;
    if (above != NULL && fair_str_eq_nocase(key, FAIR_STR("creator")) && o.name.p != NULL) above->creator = o.name;
    if (o.is_picture || is_picture_key(key)) {
        emit(j, o.content, &o);
        emit(j, o.url, &o);
        emit(j, o.thumb, &o);
    } else if (fair_looks_like_picture(o.content)) emit(j, o.content, &o);
    if (!o.is_picture && o.license.p == NULL && o.acquire.p == NULL && o.notice.p == NULL) return;
    set_once(j, &out->rights_license, o.license);
    set_once(j, &out->rights_acquire, o.acquire);
    set_once(j, &out->rights_credit, o.credit);
    set_once(j, &out->rights_notice, o.notice);
    set_once(j, &out->rights_creator, o.creator);
}

/* A string, its opening quote eaten.  Raw newlines in it are forgiven. */
static fair_str
json_string(struct json *j)
{
    size_t from = j->at;

    while (j->at < j->in.n && j->in.p[j->at] != '"') j->at += j->in.p[j->at] == '\\' && j->at + 1 < j->in.n ? 2 : 1;
    return (fair_str){ j->in.p + from, (j->at < j->in.n ? j->at++ : j->at) - from };
}

static void
begin(struct json *j, bool array)
{
    if (j->depth == DEPTH || j->excess > 0) {
        j->excess++;
        return;
    }
    j->stack[j->depth++] = (struct object){ .array = array, .key = FAIR_STR("") };
}

void
fair_gather_jsonld(struct fair_gather *g, fair_str text, const struct fair_link *said)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct json *j = FAIR_NEW(a, struct json);

    *j = (struct json){ .in = text, .a = a, .g = g, .said = said };
    while (j->at < text.n) {
        char c = text.p[j->at++];
        if (c == '{' || c == '[') begin(j, c == '[');
        else if (c == '}' || c == ']') {
            if (j->excess > 0) j->excess--;
            else if (j->depth > 0) object_end(j);
        } else if (c == '"') {
            fair_str s = json_string(j);
            size_t next = j->at;
            if (j->excess > 0 || j->depth == 0) continue;
            s = unescaped(a, s);
            while (next < text.n && (unsigned char)text.p[next] <= ' ') next++;
            if (!j->stack[j->depth - 1].array && next < text.n && text.p[next] == ':') {
                j->stack[j->depth - 1].key = s;
                j->at = next + 1;
            } else string_value(j, s);
        }
    }
    while (j->depth > 0) object_end(j);
}
