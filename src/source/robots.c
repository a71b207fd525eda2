/* source/robots.c - what a robots.txt allows: RFC 9309, read as leniently as the large crawlers read it. */
#include "source/robots.h"
#include "source/url_private.h"
#include <stdlib.h>
#include <string.h>

#define MAX_BODY (8u << 20)   /* RFC 9309 2.5 asks for at least 500 KiB */
#define MAX_LINE 16663        /* what stands further right on a line is not read */
#define MAX_ITEMS 1000000     /* agents, rules or groups of one file */

struct rule {
    fair_str pattern;         /* escaped as URLs are */
    fair_str index;           /* allow of ".../index.html": the folder itself, with '$' */
    uint32_t group;
    bool allow;
};

/* A run of user-agent lines and the rules under it. */
struct group {
    size_t first, last;       /* of its agents: [first, last) */
};

struct delay {
    size_t first, last;       /* of the agents it stands under */
    double seconds;
};

struct fair_robots {
    fair_str *agents;         /* product tokens; "*" is everybody */
    struct group *groups;
    struct rule *rules;
    struct delay *delays;
    fair_str *sitemaps;
    size_t n_agents, n_groups, n_rules, n_delays, n_sitemaps;
};

/* --- lines ------------------------------------------------------------------- */

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool
is_white(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* "key: value # comment", and "key value" for those who forgot the colon. */
static bool
split_line(fair_str line, fair_str *key, fair_str *value)
{
    const char *hash = line.n > 0 ? memchr(line.p, '#', line.n) : NULL;
    size_t sep = 0;

    if (hash != NULL) line.n = (size_t)(hash - line.p);
    line = fair_str_trim(line);
    while (sep < line.n && line.p[sep] != ':') sep++;
    if (sep == line.n) {
        size_t i;
        for (sep = 0; sep < line.n && !is_blank(line.p[sep]); sep++) { }
        for (i = sep; i < line.n && is_blank(line.p[i]); i++) { }
        if (sep == line.n) return false;
        for (; i < line.n; i++)
            if (is_blank(line.p[i])) return false;   /* three words are prose */
    }
    *key = fair_str_trim((fair_str){ line.p, sep });
    *value = fair_str_trim((fair_str){ line.p + sep + 1, line.n - sep - 1 });
    return key->n > 0;
}

static bool
begins(fair_str s, const char *word)
{
    size_t n = strlen(word);
    return s.n >= n && fair_str_eq_nocase((fair_str){ s.p, n }, (fair_str){ word, n });
}

static bool
begins_with_one_of(fair_str key, const char *const *words)
{
    for (; *words != NULL; words++)
        if (begins(key, *words)) return true;
    return false;
}

static const char *const agent_words[] = { "user-agent", "useragent", "user agent", NULL };
static const char *const allow_words[] = { "allow", NULL };
static const char *const disallow_words[] = { "disallow", "dissallow", "dissalow", "disalow", "diasllow", "disallaw", NULL };
static const char *const sitemap_words[] = { "sitemap", "site-map", NULL };
static const char *const delay_words[] = { "crawl-delay", "crawldelay", "crawl delay", NULL };

/* The pattern with bytes above 0x7f as %XX and the escapes in upper case. */
static fair_str
escaped(struct fair_arena *a, fair_str s)
{
    static const char hex[] = "0123456789ABCDEF";
    struct fair_buf b = FAIR_BUF(a, s.n * 3 + 1);
    bool needed = false;

    for (size_t i = 0; i < s.n && !needed; i++)
        needed = (unsigned char)s.p[i] > 0x7f ||
                 (s.p[i] == '%' && s.n - i > 2 && ((s.p[i + 1] >= 'a' && s.p[i + 1] <= 'f') || (s.p[i + 2] >= 'a' && s.p[i + 2] <= 'f')));
    if (!needed) return s;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c == '%' && s.n - i > 2 && fair_url_hex(s.p[i + 1]) >= 0 && fair_url_hex(s.p[i + 2]) >= 0) {
            fair_buf_byte(&b, '%');
            fair_buf_byte(&b, hex[fair_url_hex(s.p[i + 1])]);
            fair_buf_byte(&b, hex[fair_url_hex(s.p[i + 2])]);
            i += 2;
        } else if (c > 0x7f) {
            fair_buf_byte(&b, '%');
            fair_buf_byte(&b, hex[c >> 4]);
            fair_buf_byte(&b, hex[c & 15]);
        } else fair_buf_byte(&b, (char)c);
    }
    return (fair_str){ b.p, b.n };
}

/* "FairBot/2.1 (x)" is FairBot; "*" followed by anything but a space is nobody. */
static fair_str
token_of(fair_str value)
{
    size_t n = 0;

    if (value.n > 0 && value.p[0] == '*' && (value.n == 1 || is_white(value.p[1]))) return FAIR_STR("*");
    while (n < value.n && (((value.p[n] | 32) >= 'a' && (value.p[n] | 32) <= 'z') || value.p[n] == '-' || value.p[n] == '_')) n++;
    return (fair_str){ value.p, n };
}

/* Make room for one more of a list that grows by doubling. */
static void *
room(struct fair_arena *a, void *v, size_t n, size_t size)
{
    void *more;

    if (n >= 8 && (n & (n - 1)) != 0) return v;
    if (n != 0 && n < 8) return v;
    more = fair_alloc_array(a, n == 0 ? 8 : n * 2, size);
    if (n > 0) memcpy(more, v, n * size);
    return more;
}

#define PUSH(a, v, n) (v = room(a, v, n, sizeof *(v)), &(v)[(n)++])

struct reader {
    struct fair_robots *r;
    size_t first, delay_first;   /* first agent of the run, for rules and for delays */
    bool separated, delay_separated;
};

static void
read_rule(struct fair_arena *a, struct reader *rd, fair_str value, bool allow)
{
    struct fair_robots *r = rd->r;
    struct rule *rule;
    size_t slash;

    rd->delay_separated = true;
    if (rd->first == r->n_agents) return;     /* before any user-agent line */
    if (!rd->separated) {
        if (r->n_groups >= MAX_ITEMS) return;
        *PUSH(a, r->groups, r->n_groups) = (struct group){ rd->first, r->n_agents };
        rd->separated = true;
    }
    if (r->n_rules >= MAX_ITEMS || value.n == 0) return;
    rule = PUSH(a, r->rules, r->n_rules);
    *rule = (struct rule){ .pattern = escaped(a, value), .group = (uint32_t)(r->n_groups - 1), .allow = allow };
    if (!allow) return;
    for (slash = rule->pattern.n; slash > 0 && rule->pattern.p[slash - 1] != '/'; slash--) { }
    if (slash > 0 && fair_str_starts((fair_str){ rule->pattern.p + slash - 1, rule->pattern.n - slash + 1 }, FAIR_STR("/index.htm")))
        rule->index = fair_str_fmt(a, "%.*s$", (int)slash, rule->pattern.p);
}

static void
read_line(struct fair_arena *a, struct reader *rd, fair_str line)
{
    struct fair_robots *r = rd->r;
    fair_str key, value;

    if (!split_line(line, &key, &value)) return;
    if (begins_with_one_of(key, agent_words)) {
        if (rd->separated) {
            rd->first = r->n_agents;
            rd->separated = false;
        }
        if (rd->delay_separated) {
            rd->delay_first = r->n_agents;
            rd->delay_separated = false;
        }
        if (r->n_agents < MAX_ITEMS) *PUSH(a, r->agents, r->n_agents) = token_of(value);
    } else if (begins_with_one_of(key, allow_words)) read_rule(a, rd, value, true);
    else if (begins_with_one_of(key, disallow_words)) read_rule(a, rd, value, false);
    else if (begins_with_one_of(key, sitemap_words)) {
        if (r->n_sitemaps < MAX_ITEMS && value.n > 0) *PUSH(a, r->sitemaps, r->n_sitemaps) = fair_utf8_mend(a, value);
    } else if (begins_with_one_of(key, delay_words)) {
        char text[32], *end;
        double s;
        if (value.n == 0 || value.n >= sizeof text) return;
        memcpy(text, value.p, value.n);
        text[value.n] = '\0';
        s = strtod(text, &end);
        if (end == text || !(s >= 0) || s > 1e6) return;
        rd->delay_separated = true;
        if (r->n_delays < MAX_ITEMS) *PUSH(a, r->delays, r->n_delays) = (struct delay){ rd->delay_first, r->n_agents, s };
    }
}

struct fair_robots *
fair_robots_parse(struct fair_arena *a, fair_str body)
{
    struct fair_robots *r = FAIR_NEW(a, struct fair_robots);
    struct reader rd = { .r = r };
    size_t at = 0;

    if (body.n > MAX_BODY) body.n = MAX_BODY;
    body = fair_str_dup(a, body);
    /* A byte-order mark, whole or cut off. */
    for (size_t i = 0; i < 3 && at < body.n && (unsigned char)body.p[at] == (unsigned char)"\xef\xbb\xbf"[i]; i++) at++;
    while (at < body.n) {
        size_t from = at, n;
        while (at < body.n && body.p[at] != '\n' && body.p[at] != '\r') at++;
        n = at - from;
        if (at < body.n) at++;
        read_line(a, &rd, (fair_str){ body.p + from, n < MAX_LINE ? n : MAX_LINE });
    }
    return r;
}

/* --- verdicts ------------------------------------------------------------------ */

/* Does the pattern match the front of the path?  '*' is anything, '$' at the end
 * is the end.  Leftmost placing of each piece is enough, so that the time is
 * linear in path and pattern. */
static bool
matches(fair_str path, fair_str pattern)
{
    bool to_end = pattern.n > 0 && pattern.p[pattern.n - 1] == '$', first = true;
    size_t at = 0, i = 0;

    if (to_end) pattern.n--;
    for (;;) {
        size_t from = i, n;
        bool last;
        while (i < pattern.n && pattern.p[i] != '*') i++;
        n = i - from;
        last = i == pattern.n;
        if (last && to_end) {
            if (first) return path.n == n && memcmp(path.p, pattern.p + from, n) == 0;
            return path.n - at >= n && memcmp(path.p + path.n - n, pattern.p + from, n) == 0;
        }
        if (first) {
            if (path.n < n || memcmp(path.p, pattern.p + from, n) != 0) return false;
            at = n;
        } else if (n > 0) {
            const char *found = memmem(path.p + at, path.n - at, pattern.p + from, n);
            if (found == NULL) return false;
            at = (size_t)(found - path.p) + n;
        }
        if (last) return true;
        first = false;
        i++;
    }
}

/* Path, parameters and query as a robots.txt sees them. */
static fair_str
path_of(struct fair_arena *a, fair_str url)
{
    size_t at = 0, end;
    const char *hash;

    if (url.n >= 2 && url.p[0] == '/' && url.p[1] == '/') at = 2;
    else {
        /* "://" before the path begins */
        for (size_t i = 0; i + 2 < url.n; i++) {
            if (url.p[i] == '/' || url.p[i] == '?' || url.p[i] == ';' || url.p[i] == '#') break;
            if (url.p[i] == ':' && url.p[i + 1] == '/' && url.p[i + 2] == '/') {
                at = i + 3;
                break;
            }
        }
    }
    while (at < url.n && url.p[at] != '/' && url.p[at] != '?' && url.p[at] != ';' && url.p[at] != '#') at++;
    hash = at < url.n ? memchr(url.p + at, '#', url.n - at) : NULL;
    end = hash != NULL ? (size_t)(hash - url.p) : url.n;
    if (at >= end) return FAIR_STR("/");
    if (url.p[at] == '/') return (fair_str){ url.p + at, end - at };
    return fair_str_fmt(a, "/%.*s", (int)(end - at), url.p + at);
}

/* A product token stays as it is; of "Name/1.2 (+...)" the name, of
 * "Mozilla/5.0 (compatible; Name/1.2; ...)" the name after "compatible;". */
static fair_str
product_of(fair_str agent)
{
    static const char mark[] = "compatible;";
    size_t n = sizeof mark - 1;
    fair_str t;

    for (size_t i = 0; i + n <= agent.n; i++) {
        if (!fair_str_eq_nocase((fair_str){ agent.p + i, n }, (fair_str){ mark, n })) continue;
        t = token_of(fair_str_trim((fair_str){ agent.p + i + n, agent.n - i - n }));
        if (t.n > 0) return t;
    }
    t = token_of(agent);
    return t.n > 0 && t.n < agent.n && agent.p[t.n] == '/' ? t : agent;
}

enum standing { NOBODY, EVERYBODY, NAMED };

static enum standing
standing(const struct fair_robots *r, size_t first, size_t last, fair_str agent)
{
    enum standing s = NOBODY;

    for (size_t i = first; i < last; i++) {
        if (fair_str_eq(r->agents[i], FAIR_STR("*"))) {
            if (s == NOBODY) s = EVERYBODY;
        } else if (r->agents[i].n > 0 && fair_str_eq_nocase(r->agents[i], agent)) return NAMED;
    }
    return s;
}

bool
fair_robots_allows(const struct fair_robots *r, fair_str agent, fair_str url)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_str path = path_of(a, url.p != NULL ? url : FAIR_STR(""));
    size_t best[3][2] = { { 0 } };    /* [standing][allow]: length of the longest match */
    bool named;
    uint32_t at = UINT32_MAX;
    enum standing s = NOBODY;

    agent = product_of(agent.p != NULL ? agent : FAIR_STR(""));
    named = standing(r, 0, r->n_agents, agent) == NAMED;
    for (size_t i = 0; i < r->n_rules; i++) {
        const struct rule *rule = &r->rules[i];
        size_t *longest;
        if (rule->group != at) {
            at = rule->group;
            s = standing(r, r->groups[at].first, r->groups[at].last, agent);
        }
        if (s == NOBODY || (named && s != NAMED)) continue;
        longest = &best[s][rule->allow];
        if (rule->pattern.n > *longest && matches(path, rule->pattern)) *longest = rule->pattern.n;
        else if (rule->index.n > *longest && matches(path, rule->index)) *longest = rule->index.n;
    }
    s = named ? NAMED : EVERYBODY;
    return best[s][1] >= best[s][0];
}

double
fair_robots_delay(const struct fair_robots *r, fair_str agent)
{
    double all = -1;

    agent = product_of(agent.p != NULL ? agent : FAIR_STR(""));
    for (size_t i = 0; i < r->n_delays; i++) {
        enum standing s = standing(r, r->delays[i].first, r->delays[i].last, agent);
        if (s == NAMED) return r->delays[i].seconds;
        if (s == EVERYBODY && all < 0) all = r->delays[i].seconds;
    }
    if (standing(r, 0, r->n_agents, agent) == NAMED) return -1;
    return all;
}

size_t
fair_robots_sitemaps(const struct fair_robots *r, const fair_str **urls)
{
    *urls = r->sitemaps;
    return r->n_sitemaps;
}
