/* scan_rules.c - which addresses a crawl takes for pages of the site, and which for traps. */
#include "work/scan_rules.h"
#include <string.h>

#define URL_MAX 2048
#define SEGMENTS_MAX 32
#define PARAMETERS_MAX 12

bool
fair_scan_same_site(struct fair_arena *a, const struct fair_url *one, const struct fair_url *other)
{
    fair_str r1 = fair_url_registrable(a, one), r2 = fair_url_registrable(a, other);

    if (!fair_str_eq(r1, r2)) return false;
    /* A number, or a name without a public suffix: other ports are other services. */
    if (r1.n > 0 && (r1.p[0] == '[' || memchr(r1.p, '.', r1.n) == NULL || (r1.p[r1.n - 1] >= '0' && r1.p[r1.n - 1] <= '9')))
        return one->port == other->port && fair_str_eq(one->host, other->host);
    return true;
}

const char *
fair_scan_trap(fair_str path, fair_str query)
{
    fair_str seg[SEGMENTS_MAX + 1], rest = path, part;
    size_t n = 0, parameters = 0;

    if (path.n + query.n > URL_MAX) return "an address of over 2048 bytes";
    while (fair_str_split(&rest, '/', &part)) {
        if (part.n == 0) continue;
        if (n == SEGMENTS_MAX) return "a path of over 32 parts";
        seg[n++] = part;
    }
    for (size_t i = 0; i < n; i++) {
        unsigned same = 0;
        for (size_t k = 0; k < n; k++) same += fair_str_eq(seg[i], seg[k]);
        if (same >= 3) return "a path that repeats itself";
    }
    if (query.p != NULL) {
        rest = query;
        while (fair_str_split(&rest, '&', &part)) parameters++;
        if (parameters > PARAMETERS_MAX) return "over 12 parameters";
    }
    return NULL;
}

fair_str
fair_scan_shape(struct fair_arena *a, const struct fair_url *u)
{
    struct fair_buf b = FAIR_BUF(a, 2 * FAIR_URL_MAX);
    fair_str rest = u->query, part, name, out;

    fair_buf_fmt(&b, "%.*s%.*s", FAIR_STR_ARG(u->host), FAIR_STR_ARG(u->path));
    if (u->query.p != NULL)
        while (fair_str_split(&rest, '&', &part)) {
            fair_str value = part;
            fair_str_split(&value, '=', &name);
            fair_buf_byte(&b, '&');
            fair_buf_add(&b, name);
        }
    return fair_buf_take(&b, &out, NULL) == FAIR_OK ? out : u->path;
}

static bool
ends_in(fair_str path, const char *list)
{
    fair_str all = fair_str_of(list), one;
    const char *dot = path.n > 0 ? memrchr(path.p, '.', path.n) : NULL;
    fair_str ending;

    if (dot == NULL || memchr(dot, '/', (size_t)(path.p + path.n - dot)) != NULL) return false;
    ending = (fair_str){ dot + 1, (size_t)(path.p + path.n - dot) - 1 };
    while (fair_str_split(&all, ' ', &one))
        if (fair_str_eq_nocase(one, ending)) return true;
    return false;
}

char
fair_scan_ending(fair_str path)
{
    if (ends_in(path, "jpg jpeg jpe jfif png apng gif webp avif heic heif bmp ico jxl tif tiff")) return 'p';
    if (ends_in(path, "pdf zip gz bz2 xz zst 7z rar tar tgz js mjs css json xml rss atom svg svgz mp4 m4v webm mov avi mkv mp3 m4a ogg "
                      "oga ogv wav flac doc docx xls xlsx ppt pptx odt ods odp epub exe msi dmg deb rpm apk iso bin woff woff2 ttf otf "
                      "eot ics vcf csv tsv txt map wasm swf psd ai eps"))
        return 'x';
    return '?';
}
