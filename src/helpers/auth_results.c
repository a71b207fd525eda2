/* auth_results.c - the header Authentication-Results (RFC 8601): what the receiving server found of SPF, DKIM and DMARC. */
#include <string.h>
#include "helpers/mailread_private.h"

enum { DEPTH = 20 };

/* Comments go, quotes go, what stood in quotes loses what parts the header. */
static fair_str
plain(struct fair_arena *a, fair_str s)
{
    char *out = fair_alloc(a, s.n + 1);
    size_t n = 0;
    int depth = 0;
    bool quoted = false;

    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == '\\' && (quoted || depth > 0)) {
            i++;
            if (quoted && i < s.n) out[n++] = s.p[i] == ';' || s.p[i] == '=' ? '_' : s.p[i];
        } else if (quoted) {
            if (c == '"') quoted = false;
            else out[n++] = c == ';' || c == '=' ? '_' : c;
        } else if (c == '(') {
            if (++depth > DEPTH) return (fair_str){ out, 0 };
        } else if (depth > 0) {
            if (c == ')') depth--;
        } else if (c == '"') {
            quoted = true;
        } else out[n++] = c == '\t' || c == '\r' || c == '\n' ? ' ' : c;
    }
    out[n] = '\0';
    return quoted || depth > 0 ? (fair_str){ out, 0 } : (fair_str){ out, n };
}

static fair_str
first_word(fair_str s)
{
    fair_str rest = fair_str_trim(s), w = { NULL, 0 };

    return fair_str_split(&rest, ' ', &w) ? w : (fair_str){ NULL, 0 };
}

/* "dkim=pass header.d=example.com": the method without its version, and whether it passed. */
static void
one_result(fair_str part, struct fair_mail_auth *out)
{
    static const char *const methods[] = { "spf", "dkim", "dmarc" };
    uint8_t *const to[] = { &out->spf, &out->dkim, &out->dmarc };
    fair_str rest = part, method, result, name;
    bool passed;

    if (!fair_str_split(&rest, '=', &method) || rest.p == NULL) return;
    result = first_word(rest);
    rest = fair_str_trim(method);
    if (!fair_str_split(&rest, '/', &name)) return;
    name = fair_str_trim(name);
    passed = fair_str_eq_nocase(result, FAIR_STR("pass"));
    for (size_t i = 0; i < 3; i++)
        if (fair_str_eq_nocase(name, fair_str_of(methods[i])) && (*to[i] == FAIR_AUTH_NONE || passed)) *to[i] = passed ? FAIR_AUTH_PASS : FAIR_AUTH_OTHER;
}

bool
fair_auth_results(struct fair_arena *a, fair_str value, struct fair_mail_auth *out)
{
    fair_str rest = plain(a, value), part, id;

    *out = (struct fair_mail_auth){ .server = FAIR_STR("") };
    if (!fair_str_split(&rest, ';', &part)) return false;
    id = first_word(part);
    if (id.n == 0 || id.n > 200) return false;
    out->server = fair_utf8_mend(a, id);
    while (fair_str_split(&rest, ';', &part)) one_result(part, out);
    return true;
}
