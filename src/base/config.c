/* base/config.c - fairtrack.conf, read by one table. */
#include "base/config.h"
#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <string.h>
#include "base/io.h"

enum kind { TEXT, NUMBER, YES_NO, CHOICE };

struct key {
    const char *section, *name;
    enum kind kind;
    size_t at;                    /* offset in struct fair_config               */
    const char *standard;         /* the default, as it would be written        */
    int64_t min, max;             /* NUMBER                                     */
    const char *choices;          /* CHOICE: "off|on"; the second sets the flag */
    const char *doc;
};

#define AT(field) offsetof(struct fair_config, field)
static const struct key keys[] = {
    { "web", "listen", TEXT, AT(listen), "127.0.0.1:8080", 0, 0, NULL, "Address and port of the server; port 0 takes a free one. Put a TLS proxy in front before it faces a network." },
    { "web", "public_url", TEXT, AT(public_url), "", 0, 0, NULL, "The address people use, where a proxy stands in front: https://fairtrack.example.com" },
    { "web", "session_days", NUMBER, AT(session_days), "30", 1, 365, NULL, "Days until a sign-in is asked for again." },
    { "decode", "processes", NUMBER, AT(decoders), "0", 0, 256, NULL, "Pictures decoded at once; 0: one a core." },
    { "decode", "seconds", NUMBER, AT(decode_seconds), "20", 1, 600, NULL, "Time for one picture or page; then its process is ended and the next picture gets a fresh one." },
    { "decode", "memory_mb", NUMBER, AT(decode_memory_mb), "2048", 64, 65536, NULL, "Memory one decode process may use." },
    { "decode", "replace_after", NUMBER, AT(decode_replace), "2000", 1, 1000000, NULL, "Pictures after which a decode process is replaced by a fresh one." },
    { "decode", "max_file_mb", NUMBER, AT(max_file_mb), "256", 1, 4096, NULL, "Largest picture file read." },
    { "decode", "max_mpixels", NUMBER, AT(max_pixels_m), "400", 1, 4000, NULL, "Most pixels a picture may claim, in millions." },
    { "decode", "sandbox", CHOICE, AT(sandbox_weak), "strict", 0, 0, "strict|weak", "strict: refuse to run without the kernel's protection; weak: run with what there is, and say so." },
    { "decode", "c2pa_trusted", TEXT, AT(c2pa_trusted), "", 0, 0, NULL, "File with the SHA-256 of certificates, one a line in hexadecimal: content credentials whose chain holds one of them are trusted. Empty: none are." },
    { "crawl", "agent", TEXT, AT(agent), "Fairtrack/0.1", 0, 0, NULL, "How the crawler names itself; the contact is added." },
    { "crawl", "contact", TEXT, AT(contact), "", 0, 0, NULL, "A page or mail address of the operator. Without it nothing outside this machine is crawled." },
    { "crawl", "max_pages", NUMBER, AT(crawl_pages), "5000", 1, 10000000, NULL, "Pages of one site in one run." },
    { "crawl", "max_depth", NUMBER, AT(crawl_depth), "16", 0, 1000, NULL, "Links followed from the first page." },
    { "crawl", "max_mb", NUMBER, AT(crawl_mb), "4096", 1, 10000000, NULL, "Bytes of one site in one run, in MB." },
    { "crawl", "delay_min_ms", NUMBER, AT(delay_min_ms), "3000", 0, 600000, NULL, "Least pause between two requests to one host." },
    { "crawl", "delay_max_ms", NUMBER, AT(delay_max_ms), "30000", 0, 600000, NULL, "Longest such pause; within both it is five times the last request's duration. Crawl-delay outranks them." },
    { "crawl", "seconds", NUMBER, AT(fetch_seconds), "60", 1, 3600, NULL, "Time for one request." },
    { "crawl", "stall_seconds", NUMBER, AT(fetch_stall_s), "15", 1, 600, NULL, "Time at under 100 bytes a second after which a request is given up." },
    { "crawl", "max_file_mb", NUMBER, AT(fetch_max_mb), "64", 1, 4096, NULL, "Largest file fetched." },
    { "crawl", "redirects", NUMBER, AT(fetch_redirects), "10", 0, 50, NULL, "Redirects followed." },
    { "crawl", "at_once", NUMBER, AT(fetch_at_once), "32", 1, 1000, NULL, "Requests under way at once, all hosts together; one a host." },
    { "crawl", "allow_loopback", CHOICE, AT(allow_loopback), "no", 0, 0, "no|yes", "For tests and the demo: lets the crawler reach this machine itself, on any port." },
    { "vault", "kind", CHOICE, AT(vault_s3), "dir", 0, 0, "dir|s3", "Where pictures and evidence are kept: in the home's folder vault/, or in an S3 store." },
    { "vault", "s3_url", TEXT, AT(s3_url), "", 0, 0, NULL, "Address of the S3 store, without a path: https://s3.example.com" },
    { "vault", "s3_bucket", TEXT, AT(s3_bucket), "", 0, 0, NULL, "Its bucket, which must be there; path style." },
    { "vault", "s3_prefix", TEXT, AT(s3_prefix), "", 0, 0, NULL, "A folder within the bucket; empty: its top." },
    { "vault", "s3_region", TEXT, AT(s3_region), "us-east-1", 0, 0, NULL, "The region that requests are signed for." },
    { "vault", "s3_access_key", TEXT, AT(s3_access_key), "", 0, 0, NULL, "The name of the key." },
    { "vault", "s3_secret_file", TEXT, AT(s3_secret_file), "", 0, 0, NULL, "File that holds the secret key; never in this file." },
    { "portal", "listen", TEXT, AT(portal_listen), "", 0, 0, NULL, "Address and port of the recipients' portal that serve runs, as 127.0.0.1:8090; empty: none here. Put a TLS proxy in front." },
    { "portal", "public_url", TEXT, AT(portal_url), "", 0, 0, NULL, "The address recipients use: https://answers.example.com; empty: letters carry no link, and are answered by mail and post." },
    { "portal", "dir", TEXT, AT(portal_dir), "", 0, 0, NULL, "The portal's folder; empty: portal/ in the home. What a portal on another machine lives from is a copy of it." },
    { "portal", "secret_file", TEXT, AT(portal_secret_file), "", 0, 0, NULL, "Where the portal runs on another machine, with --door: a file that holds its home.secret. What changed is then sent to portal.public_url, and answers are fetched." },
    { "portal", "link_days", NUMBER, AT(portal_link_days), "120", 14, 3660, NULL, "Days that a letter's link opens it; then it is sent anew for the asking." },
    { "evidence", "timestamp", CHOICE, AT(own_clock), "servers", 0, 0, "servers|own", "servers: a package waits for its seal until time-stamp services (RFC 3161) answered; own: it is sealed at once, on the operator's word alone." },
    { "evidence", "stamp_servers", TEXT, AT(stamp_servers), "", 0, 0, NULL, "Addresses of time-stamp services, separated by spaces; two of different operators are wanted." },
    { "evidence", "stamp_roots", TEXT, AT(stamp_roots), "", 0, 0, NULL, "File with the root certificates (PEM) of those services; empty: this machine's own list." },
    { "evidence", "untrusted", CHOICE, AT(stamp_untrusted), "refuse", 0, 0, "refuse|accept", "A time stamp whose chain ends at no such root: refuse it, or keep it and say so." },
    { "evidence", "calendars", TEXT, AT(calendars), "", 0, 0, NULL, "OpenTimestamps calendars, separated by spaces; empty: no such proofs are made." },
    { "capture", "browser", TEXT, AT(capture_browser), "/usr/bin/chromium", 0, 0, NULL, "Chromium, for capturing pages as evidence; empty: capture without a browser." },
    { "capture", "user", TEXT, AT(capture_user), "nobody", 0, 0, NULL, "Who runs it where fairtrack itself runs as root; never root." },
    { "capture", "seconds", NUMBER, AT(capture_seconds), "30", 5, 300, NULL, "Time for a page to load, and for each later step of a capture." },
    { "capture", "max_height", NUMBER, AT(capture_height), "40000", 1000, 60000, NULL, "Rows of a tall or endless page that are scrolled through and pictured." },
    { "capture", "resolver", TEXT, AT(capture_resolver), "", 0, 0, NULL, "ADDRESS:PORT of the DNS server whose answers are kept as evidence; empty: the system's." },
    { "capture", "rdap", TEXT, AT(capture_rdap), "https://data.iana.org/rdap/", 0, 0, NULL, "Where IANA's bootstrap files lie, which name the registration data's servers; empty: none is asked for." },
    { "capture", "clock", TEXT, AT(capture_clock), "", 0, 0, NULL, "Pages whose Date header this machine's clock is held against, with spaces between; empty: the kernel's own NTP state alone." },
    { "capture", "view_listen", TEXT, AT(view_listen), "", 0, 0, NULL, "ADDRESS:PORT, as 127.0.0.1:8091, where captured pages are shown: an origin apart from the dashboard's; empty: they are not shown." },
    { "capture", "view_url", TEXT, AT(view_url), "", 0, 0, NULL, "The address people reach it by, where a proxy stands in front: another host than the dashboard's." },
    { "terms", "publish", CHOICE, AT(terms_publish), "no", 0, 0, "no|yes", "For an organisation that works for others: publish a page of prices, and say the same in every notice." },
    { "terms", "commission", NUMBER, AT(terms_commission), "0", 0, 100, NULL, "Percent of what is paid that it keeps." },
    { "terms", "pictures", NUMBER, AT(terms_pictures), "0", 0, 2000000000, NULL, "Pictures that are included; 0: no limit." },
    { "terms", "beyond", TEXT, AT(terms_beyond), "", 0, 0, NULL, "What lies beyond that limit, in your words." },
    { "terms", "third_party", TEXT, AT(terms_third), "", 0, 0, NULL, "Who bears costs of others (courts, registers, post), in your words." },
    { "letters", "name", TEXT, AT(letters_name), "", 0, 0, NULL, "Who writes to recipients; empty: the organisation's name." },
    { "letters", "address", TEXT, AT(letters_address), "", 0, 0, NULL, "Their address, in one line. Without it no letter is drafted." },
    { "letters", "email", TEXT, AT(letters_email), "", 0, 0, NULL, "Where recipients answer by mail; empty: mail.from." },
    { "letters", "phone", TEXT, AT(letters_phone), "", 0, 0, NULL, "A telephone number, where one is to stand in letters." },
    { "letters", "register", TEXT, AT(letters_register), "", 0, 0, NULL, "Register and number, of an agent that is registered to pursue the claims of others." },
    { "letters", "privacy_contact", TEXT, AT(letters_privacy), "", 0, 0, NULL, "Whom to write to about personal data; empty: letters.email." },
    { "letters", "retention_months", NUMBER, AT(letters_months), "48", 1, 240, NULL, "Months after the end of a case until the recipient's data are deleted, as letters say." },
    { "letters", "probe_hours", NUMBER, AT(letters_probe_hours), "12", 0, 48, NULL, "Hours between two probes of the verification page and of the mail (post probe); 0: only when asked for." },
    { "mail", "smtp_url", TEXT, AT(smtp_url), "", 0, 0, NULL, "smtp://host:587 or smtps://host:465; empty: no mail is sent." },
    { "mail", "from", TEXT, AT(smtp_from), "", 0, 0, NULL, "Sender of the notices." },
    { "mail", "to", TEXT, AT(smtp_to), "", 0, 0, NULL, "Who is told of new hits." },
    { "mail", "user", TEXT, AT(smtp_user), "", 0, 0, NULL, "Name at the mail server." },
    { "mail", "imap_url", TEXT, AT(imap_url), "", 0, 0, NULL, "The mailbox that answers to letters come to: imaps://host/INBOX; empty: none is looked at. Nothing in it is changed." },
    { "mail", "imap_user", TEXT, AT(imap_user), "", 0, 0, NULL, "Name at its server." },
    { "mail", "imap_password_file", TEXT, AT(imap_password_file), "", 0, 0, NULL, "File that holds its password; never in this file." },
    { "mail", "imap_minutes", NUMBER, AT(imap_minutes), "5", 1, 1440, NULL, "Minutes between two looks at it." },
    { "mail", "authserv_id", TEXT, AT(authserv_id), "", 0, 0, NULL, "How the mailbox's server names itself in Authentication-Results; empty: mail cannot be shown to be authentic, and letters go by post." },
    { "mail", "password_file", TEXT, AT(smtp_password_file), "", 0, 0, NULL, "File that holds the password; never in this file." },
};
#define N_KEYS (sizeof keys / sizeof keys[0])

static fair_status
set(struct fair_arena *a, struct fair_config *c, const struct key *k, fair_str value, struct fair_err *err)
{
    void *at = (char *)c + k->at;
    int64_t n;

    switch (k->kind) {
    case TEXT:
        if (!fair_utf8_valid(value)) return fair_fail(err, FAIR_INVALID, "%s.%s is not UTF-8", k->section, k->name);
        *(fair_str *)at = fair_str_dup(a, value);
        return FAIR_OK;
    case NUMBER:
        if (!fair_str_number(value, k->max, &n) || n < k->min)
            return fair_fail(err, FAIR_INVALID, "%s.%s = %.*s: a whole number from %lld to %lld is wanted", k->section,
                             k->name, FAIR_STR_ARG(value), (long long)k->min, (long long)k->max);
        *(int64_t *)at = n;
        return FAIR_OK;
    case YES_NO:
    case CHOICE: {
        fair_str rest = fair_str_of(k->choices), one;
        for (int i = 0; fair_str_split(&rest, '|', &one); i++)
            if (fair_str_eq(one, value)) {
                *(bool *)at = i == 1;
                return FAIR_OK;
            }
        return fair_fail(err, FAIR_INVALID, "%s.%s = %.*s: one of %s is wanted", k->section, k->name,
                         FAIR_STR_ARG(value), k->choices);
    }
    }
    return FAIR_OK;
}

/* Levenshtein distance, for the suggestion; names are short. */
static size_t
distance(const char *a, const char *b)
{
    size_t row[64], n = strlen(b);
    if (n >= 64) return 64;
    for (size_t j = 0; j <= n; j++) row[j] = j;
    for (size_t i = 1; a[i - 1] != '\0'; i++) {
        size_t corner = row[0];
        row[0] = i;
        for (size_t j = 1; j <= n; j++) {
            size_t up = row[j], cost = corner + (a[i - 1] != b[j - 1]);
            if (up + 1 < cost) cost = up + 1;
            if (row[j - 1] + 1 < cost) cost = row[j - 1] + 1;
            corner = up;
            row[j] = cost;
        }
    }
    return row[n];
}

struct reading {
    struct fair_arena *arena;
    struct fair_config *config;
    struct fair_err *err;
    fair_status status;
    const char *path;
    fair_str rest;            /* of the file's text             */
    int number;               /* of the line given out last     */
};

/* inih asks for its lines here, so that we know which one a key stands in. */
static char *
next_line(char *to, int room, void *stream)
{
    struct reading *r = stream;
    const char *end;
    size_t n;

    if (r->rest.n == 0 || room < 2) return NULL;
    end = memchr(r->rest.p, '\n', r->rest.n);
    n = end != NULL ? (size_t)(end - r->rest.p) + 1 : r->rest.n;
    if (n > (size_t)room - 1) n = (size_t)room - 1;
    memcpy(to, r->rest.p, n);
    to[n] = '\0';
    r->rest = (fair_str){ r->rest.p + n, r->rest.n - n };
    r->number++;
    return to;
}

static int
line(void *arg, const char *section, const char *name, const char *value)
{
    struct reading *r = arg;
    const struct key *nearest = NULL;
    size_t best = SIZE_MAX;
    char asked[160], known[96];

    if (r->status != FAIR_OK) return 0;
    snprintf(asked, sizeof asked, "%s.%s", section, name);
    for (size_t i = 0; i < N_KEYS; i++) {
        size_t d;
        snprintf(known, sizeof known, "%s.%s", keys[i].section, keys[i].name);
        if (strcmp(asked, known) == 0) {
            r->status = set(r->arena, r->config, &keys[i], fair_str_of(value), r->err);
            if (r->status != FAIR_OK) fair_fail_in(r->err, "%s line %d", r->path, r->number);
            return r->status == FAIR_OK;
        }
        d = distance(asked, known);
        if (d < best) {
            best = d;
            nearest = &keys[i];
        }
    }
    r->status = fair_fail(r->err, FAIR_INVALID, "%s line %d: no setting %s; did you mean %s.%s?", r->path, r->number, asked,
                          nearest->section, nearest->name);
    return 0;
}

fair_status
fair_config_load(struct fair_arena *a, const char *path, struct fair_config *out, struct fair_err *err)
{
    struct reading r = { .arena = a, .config = out, .err = err, .path = path };
    fair_str text;
    fair_status s;
    int at;

    *out = (struct fair_config){ 0 };
    for (size_t i = 0; i < N_KEYS; i++) FAIR_TRY(set(a, out, &keys[i], fair_str_of(keys[i].standard), err));
    if (path == NULL) return FAIR_OK;
    s = fair_read_file(a, path, 1 << 20, &text, err);
    if (s == FAIR_NOT_FOUND) return FAIR_OK;
    if (s != FAIR_OK) return s;
    if (memchr(text.p, '\0', text.n) != NULL) return fair_fail(err, FAIR_INVALID, "%s: a zero byte in it", path);
    r.rest = text;
    at = ini_parse_stream(next_line, &r, line, &r);
    if (r.status != FAIR_OK) return r.status;
    if (at != 0) return fair_fail(err, FAIR_INVALID, "%s line %d: \"key = value\" under a [section] is wanted", path, at);
    return FAIR_OK;
}

static void
value_of(struct fair_buf *b, const struct fair_config *c, const struct key *k)
{
    const void *at = (const char *)c + k->at;
    fair_str rest, one;

    switch (k->kind) {
    case TEXT: fair_buf_add(b, *(const fair_str *)at); break;
    case NUMBER: fair_buf_fmt(b, "%lld", (long long)*(const int64_t *)at); break;
    case YES_NO:
    case CHOICE:
        rest = fair_str_of(k->choices);
        for (int i = 0; fair_str_split(&rest, '|', &one); i++)
            if (i == *(const bool *)at) fair_buf_add(b, one);
        break;
    }
}

fair_str
fair_config_explain(struct fair_arena *a)
{
    struct fair_buf b = FAIR_BUF(a, 65536);
    const char *section = "";

    for (size_t i = 0; i < N_KEYS; i++) {
        const struct key *k = &keys[i];
        if (strcmp(section, k->section) != 0) fair_buf_fmt(&b, "%s[%s]\n", i > 0 ? "\n" : "", k->section);
        section = k->section;
        fair_buf_fmt(&b, "# %s\n", k->doc);
        if (k->kind == NUMBER) fair_buf_fmt(&b, "# A whole number from %lld to %lld.\n", (long long)k->min, (long long)k->max);
        if (k->choices != NULL) fair_buf_fmt(&b, "# One of %s.\n", k->choices);
        fair_buf_fmt(&b, "%s = %s\n", k->name, k->standard);
    }
    return (fair_str){ b.p, b.n };
}

fair_str
fair_config_text(struct fair_arena *a, const struct fair_config *c)
{
    struct fair_buf b = FAIR_BUF(a, 65536);
    const char *section = "";

    for (size_t i = 0; i < N_KEYS; i++) {
        if (strcmp(section, keys[i].section) != 0) fair_buf_fmt(&b, "%s[%s]\n", i > 0 ? "\n" : "", keys[i].section);
        section = keys[i].section;
        fair_buf_fmt(&b, "%s = ", keys[i].name);
        value_of(&b, c, &keys[i]);
        fair_buf_c(&b, "\n");
    }
    return (fair_str){ b.p, b.n };
}
