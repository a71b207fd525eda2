/* post.c - fairtrack-post: the one door by which a letter leaves.
 *
 * It believes nobody: before it is confined it reads the settings, the password and the database (read-only) itself, gathers
 * the facts anew and asks the rules again whether this notice may leave now, and whether a person approved it as it is (of a letter
 * that asks for nothing: whether a move owed it and it was made from the records alone).
 * Then it gives up files and database, takes the letter's bytes, holds them against the hash in the notice, and sends them
 * to the one address their header names.  The setting is "home TAB organisation TAB notice". */
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/clock.h"
#include "base/config.h"
#include "base/digest.h"
#include "base/io.h"
#include "base/mime.h"
#include "helpers/smtp.h"
#include "proc/proc.h"
#include "store/case_rows.h"

enum { MAIL_MAX = 4 << 20 };

struct door {
    struct fair_arena *a;
    struct fair_config config;
    struct fair_sha256 mail, hash;    /* of the bytes; of the notice as approved      */
    fair_str code, message_id, to;    /* to: as it was drafted                        */
    bool open;                        /* it may leave                                 */
    char words[512];                  /* why not                                      */
    fair_str password;
    int approvals;
};

static fair_status
one_approval(void *arg, const struct fair_notice_approval *x, struct fair_err *err)
{
    struct door *d = arg;

    (void)err;
    if (x->user != 0 && fair_sha256_eq(&x->sha256, &d->hash)) d->approvals++;
    return FAIR_OK;
}

static fair_status
ask_rules(struct door *d, const char *home, fair_id org, fair_id notice, struct fair_err *err)
{
    FAIR_AUTO(store) struct fair_store *st = NULL;
    struct fair_notice n;
    struct fair_desk desk;
    bool by_itself = false;

    FAIR_TRY(fair_store_open_reading(fair_str_fmt(d->a, "%s/db", home).p, &st, err));
    desk = (struct fair_desk){ st, org, 0 };
    FAIR_TRY(fair_store_notice_get(&desk, notice, d->a, &n, err));
    FAIR_TRY(fair_store_notice_may_leave(&desk, notice, fair_now(), NULL, err));
    d->hash = fair_notice_hash(&n);
    FAIR_TRY(fair_store_notice_approvals(&desk, notice, one_approval, d, err));
    if (d->approvals == 0) FAIR_TRY(fair_store_notice_by_itself(&desk, &n, &by_itself, err));
    if (d->approvals == 0 && !by_itself) return fair_fail(err, FAIR_REFUSED, "nobody approved notice %lld as it is", (long long)notice);
    if (fair_sha256_none(&n.mail)) return fair_fail(err, FAIR_REFUSED, "notice %lld has no mail", (long long)notice);
    d->mail = n.mail;
    d->code = n.code;
    d->message_id = n.message_id;
    d->to = n.sent_to;
    return FAIR_OK;
}

static fair_status
look(struct door *d, const char *setting, struct fair_err *err)
{
    fair_str rest = fair_str_of(setting), home, org;
    int64_t org_id, notice;

    if (!fair_str_split(&rest, '\t', &home) || !fair_str_split(&rest, '\t', &org) || !fair_str_number(org, INT64_MAX, &org_id) ||
        !fair_str_number(rest, INT64_MAX, &notice))
        return fair_fail(err, FAIR_INVALID, "fairtrack-post is not told what to send");
    home = fair_str_dup(d->a, home);
    FAIR_TRY(fair_config_load(d->a, fair_str_fmt(d->a, "%s/fairtrack.conf", home.p).p, &d->config, err));
    if (!fair_str_starts(d->config.smtp_url, FAIR_STR("smtp://")) && !fair_str_starts(d->config.smtp_url, FAIR_STR("smtps://")))
        return fair_fail(err, FAIR_INVALID, "mail.smtp_url begins with neither smtp:// nor smtps://");
    if (!fair_mime_address_ok(d->config.smtp_from)) return fair_fail(err, FAIR_INVALID, "mail.from is no address");
    if (d->config.smtp_user.n > 0) {
        FAIR_TRY(fair_read_file(d->a, fair_str_dup(d->a, d->config.smtp_password_file).p, 1024, &d->password, err));
        d->password = fair_str_trim(d->password);
    }
    return ask_rules(d, home.p, org_id, notice, err);
}

/* The port of the settings' server: the only one it may reach, where the kernel can hold it to that. */
static uint16_t
port_of(fair_str url)
{
    bool tls = fair_str_starts(url, FAIR_STR("smtps://"));
    const char *colon = memrchr(url.p, ':', url.n);
    fair_str rest = { colon + 1, (size_t)(url.p + url.n - colon) - 1 }, digits;
    int64_t port;

    (void)fair_str_split(&rest, '/', &digits);
    return fair_str_number(digits, 65535, &port) && port > 0 ? (uint16_t)port : tls ? 465 : 25;
}

/* The one address in the header "To:", on one line. */
static bool
addressee(fair_str mail, fair_str *to)
{
    const char *end = memmem(mail.p, mail.n, "\r\n\r\n", 4);
    fair_str head = { mail.p, end != NULL ? (size_t)(end - mail.p) : 0 }, rest = head, line;
    int found = 0;

    while (fair_str_split(&rest, '\n', &line)) {
        const char *open, *close;
        if (line.n >= 4 && fair_str_eq_nocase((fair_str){ line.p, 3 }, FAIR_STR("cc:"))) return false;
        if (line.n >= 5 && fair_str_eq_nocase((fair_str){ line.p, 4 }, FAIR_STR("bcc:"))) return false;
        if (line.n < 4 || !fair_str_eq_nocase((fair_str){ line.p, 3 }, FAIR_STR("to:"))) continue;
        found++;
        open = memrchr(line.p, '<', line.n);
        close = memrchr(line.p, '>', line.n);
        if (open == NULL || close == NULL || close < open) return false;
        *to = (fair_str){ open + 1, (size_t)(close - open) - 1 };
    }
    return found == 1 && fair_mime_address_ok(*to);
}

/* Are these the bytes that were approved, and do they go where they say? */
static fair_status
check_bytes(const struct door *d, fair_str mail, fair_str *to, struct fair_err *err)
{
    struct fair_sha256 sha = fair_sha256_of(mail.p, mail.n);

    if (!fair_sha256_eq(&sha, &d->mail)) return fair_fail(err, FAIR_REFUSED, "the bytes are not those that were approved");
    if (!addressee(mail, to)) return fair_fail(err, FAIR_REFUSED, "the letter does not go to one address");
    if (!fair_str_eq(*to, d->to)) return fair_fail(err, FAIR_REFUSED, "the letter does not go to where it was drafted");
    if (d->message_id.n == 0 || memmem(mail.p, mail.n, d->message_id.p, d->message_id.n) == NULL || memmem(mail.p, mail.n, d->code.p, d->code.n) == NULL)
        return fair_fail(err, FAIR_REFUSED, "the letter is not this notice's");
    return FAIR_OK;
}

static void
post(struct door *d, int fd, struct fair_arena *a, struct fair_posted *out)
{
    struct fair_smtp s = { d->config.smtp_url, d->config.smtp_user, d->password, d->config.smtp_from };
    struct fair_shared in = { .fd = -1 };
    struct fair_err err = { 0 };
    fair_str to;

    *out = (struct fair_posted){ .how = FAIR_POSTED_FORBIDDEN };
    if (!d->open) {
        out->words = fair_str_of(d->words);
        return;
    }
    if (fair_sealed_map(fd, MAIL_MAX, &in, &err) == FAIR_OK && check_bytes(d, (fair_str){ (const char *)in.p, in.n }, &to, &err) == FAIR_OK) {
        fair_smtp_send(a, &s, fair_str_dup(a, to), (fair_str){ (const char *)in.p, in.n }, out);
        /* One letter for one asking. */
        d->open = false;
        snprintf(d->words, sizeof d->words, "this letter was sent already");
    } else out->words = fair_str_dup(a, fair_str_of(err.text));
    fair_shared_free(&in);
}

int
main(int argc, char **argv)
{
    FAIR_AUTO(arena) struct fair_arena *all = fair_arena_new();
    struct door d = { .a = all };
    struct fair_self self;
    struct fair_err err = { 0 };
    uint16_t port;

    if (fair_self_begin(argc, argv, FAIR_ROLE_POST, &self, &err) != FAIR_OK || curl_global_init(CURL_GLOBAL_ALL) != CURLE_OK) {
        fprintf(stderr, "%s\n", err.text);
        return 2;
    }
    d.open = look(&d, self.setting != NULL ? self.setting : "", &err) == FAIR_OK;
    if (!d.open) snprintf(d.words, sizeof d.words, "%s", err.text);
    fair_smtp_warm_up();
    port = d.open ? port_of(d.config.smtp_url) : 25;
    if (fair_self_ready(&self, &port, 1, &err) != FAIR_OK) return 2;
    for (;;) {
        FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
        FAIR_AUTO(fd) int fd = -1;
        struct fair_posted p;
        struct fair_msg m;
        fair_status s = fair_msg_recv(self.sock, a, true, &m, &err);

        if (s != FAIR_OK) return s == FAIR_DONE ? 0 : 2;
        fd = m.fd;
        if (m.type != FAIR_MSG_POST || fd < 0) return 2;
        post(&d, fd, a, &p);
        m = (struct fair_msg){ .type = FAIR_MSG_POSTED, .tag = m.tag, .body = fair_posted_pack(a, &p), .fd = -1 };
        if (fair_msg_send(self.sock, &m, &err) != FAIR_OK) return 2;
    }
}
