/* contact.c - contacts a site names for the purpose; those of persons are left out. */
#include "source/contact.h"
#include <string.h>
#include "base/mime.h"

static const char *const offices[] = { "abuse", "admin", "administration", "agency", "agentur", "buero", "office", "business", "contact", "contacto", "contatti", "copyright", "datenschutz", "desk", "dmca",
    "editor", "editorial", "firma", "general", "hallo", "hello", "help", "hilfe", "hostmaster", "impressum", "imprint", "info", "information", "kanzlei", "kontakt", "legal", "licensing", "mail", "marketing",
    "media", "news", "newsroom", "onlineredaktion", "permissions", "post", "postmaster", "press", "presse", "privacy", "recht", "redaktion", "redazione", "rights", "sales", "sekretariat", "secretariat", "security",
    "segreteria", "service", "shop", "studio", "support", "team", "verlag", "verwaltung", "web", "webmaster", "welcome" };

static bool
letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
mail_byte(char c)
{
    return letter(c) || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_' || c == '+';
}

bool
fair_contact_is_office(fair_str mail)
{
    const char *at = mail.n > 0 ? memchr(mail.p, '@', mail.n) : NULL;
    size_t n = 0;

    if (at == NULL) return false;
    while (letter(mail.p[n]) && mail.p + n < at) n++;
    if (mail.p + n < at && mail.p[n] != '.' && mail.p[n] != '-' && mail.p[n] != '_' && mail.p[n] != '+' && (mail.p[n] < '0' || mail.p[n] > '9')) return false;
    /* "info.berlin", "legal-de", "info2": what follows an office's word is its own.  A word that only begins so ("informer") is none. */
    for (size_t i = 0; i < sizeof offices / sizeof *offices; i++)
        if (fair_str_eq_nocase((fair_str){ mail.p, n }, fair_str_of(offices[i]))) return true;
    return false;
}

static void
keep(struct fair_arena *a, struct fair_contacts *out, fair_str mail)
{
    fair_str low = fair_str_dup(a, mail);
    char *p = (char *)low.p;

    for (size_t i = 0; i < low.n; i++) p[i] = low.p[i] >= 'A' && low.p[i] <= 'Z' ? (char)(low.p[i] + 32) : low.p[i];
    for (size_t i = 0; i < out->n; i++)
        if (fair_str_eq(out->v[i], low)) return;
    if (out->n < FAIR_CONTACTS) out->v[out->n++] = low;
}

fair_status
fair_security_txt(struct fair_arena *a, fair_str text, struct fair_contacts *out, fair_str *expires, struct fair_err *err)
{
    fair_str rest = text, line, name;
    size_t contacts = 0;

    *out = (struct fair_contacts){ 0 };
    *expires = (fair_str){ NULL, 0 };
    if (text.n > FAIR_SECURITY_TXT_BYTES) return fair_fail(err, FAIR_INVALID, "security.txt: %zu bytes", text.n);
    for (size_t i = 0; i < text.n; i++)
        if ((unsigned char)text.p[i] < ' ' && text.p[i] != '\n' && text.p[i] != '\r' && text.p[i] != '\t') return fair_fail(err, FAIR_INVALID, "security.txt: control characters");
    while (rest.n > 0 && fair_str_split(&rest, '\n', &line)) {
        line = fair_str_trim(line);
        if (line.n == 0 || line.p[0] == '#' || !fair_str_split(&line, ':', &name)) continue;
        line = fair_str_trim(line.p != NULL ? line : FAIR_STR(""));
        name = fair_str_trim(name);
        if (fair_str_eq_nocase(name, FAIR_STR("expires")) && line.n > 0 && line.n < 60) *expires = fair_str_dup(a, line);
        if (!fair_str_eq_nocase(name, FAIR_STR("contact")) || line.n == 0) continue;
        contacts++;
        if (line.n > 7 && fair_str_eq_nocase((fair_str){ line.p, 7 }, FAIR_STR("mailto:"))) {
            fair_str mail = { line.p + 7, line.n - 7 };
            const char *mark = memchr(mail.p, '?', mail.n);
            if (mark != NULL) mail.n = (size_t)(mark - mail.p);
            if (!fair_mime_address_ok(mail) || memchr(mail.p, '%', mail.n) != NULL) continue;
            if (fair_contact_is_office(mail)) keep(a, out, mail);
            else out->persons = true;
        }
    }
    if (contacts == 0) return fair_fail(err, FAIR_INVALID, "security.txt: no contact in it");
    return FAIR_OK;
}

/* `host` is the domain, or ends in a dot and it. */
static bool
below(fair_str host, fair_str domain)
{
    if (domain.n == 0 || host.n < domain.n) return false;
    if (!fair_str_eq_nocase((fair_str){ host.p + host.n - domain.n, domain.n }, domain)) return false;
    return host.n == domain.n || host.p[host.n - domain.n - 1] == '.';
}

void
fair_contact_mails(struct fair_arena *a, fair_str bytes, fair_str domain, struct fair_contacts *out)
{
    const char *at = bytes.p, *end = bytes.p + bytes.n;

    *out = (struct fair_contacts){ 0 };
    while (bytes.n > 0 && at < end && (at = memchr(at, '@', (size_t)(end - at))) != NULL) {
        const char *from = at, *to = at + 1;
        fair_str mail, host;

        while (from > bytes.p && at - from < 64 && mail_byte(from[-1])) from--;
        while (to < end && to - at < 254 && (mail_byte(*to)) && *to != '_' && *to != '+') to++;
        while (to > at + 1 && (to[-1] == '.' || to[-1] == '-')) to--;
        while (from < at && (*from == '.' || *from == '-')) from++;
        mail = (fair_str){ from, (size_t)(to - from) };
        host = (fair_str){ at + 1, (size_t)(to - at - 1) };
        at++;
        if (from == at - 1 || !fair_mime_address_ok(mail) || !below(host, domain)) continue;
        if (fair_contact_is_office(mail)) keep(a, out, mail);
        else out->persons = true;
    }
}

bool
fair_rdap_has_role(fair_str roles, const char *role)
{
    size_t n = strlen(role);

    for (size_t i = 0; i + n <= roles.n; i++) {
        bool begins = i == 0 || roles.p[i - 1] == ' ' || roles.p[i - 1] == ',', ends = i + n == roles.n || roles.p[i + n] == ' ' || roles.p[i + n] == ',';
        if (begins && ends && memcmp(roles.p + i, role, n) == 0) return true;
    }
    return false;
}

static bool
says(fair_str s, const char *word)
{
    size_t n = strlen(word);

    for (size_t i = 0; i + n <= s.n; i++)
        if (fair_str_eq_nocase((fair_str){ s.p + i, n }, (fair_str){ word, n })) return true;
    return false;
}

bool
fair_rdap_organisation(const struct fair_rdap_contact *c, const char **why)
{
    static const char *const hidden[] = { "redact", "privacy", "private", "proxy", "whois", "withheld", "not disclosed", "protected", "masked", "anonym", "statutory", "non-public", "contact the registrar" };

    *why = "it names no registrant";
    if (!fair_rdap_has_role(c->roles, "registrant")) return false;
    *why = "the registrant is a person, or is not named";
    if (fair_str_eq_nocase(c->kind, FAIR_STR("individual"))) return false;
    if (fair_str_trim(c->organisation).n == 0 && !(fair_str_eq_nocase(c->kind, FAIR_STR("org")) && fair_str_trim(c->name).n > 0)) return false;
    *why = "the registrant is withheld, or a service that hides them";
    for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++)
        if (says(c->organisation, hidden[i]) || says(c->name, hidden[i])) return false;
    *why = NULL;
    return true;
}
