/* work/hear.c - mails come in, and are laid to their cases. */
#include <poll.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "base/io.h"
#include "base/log.h"
#include "base/mime.h"
#include "proc/proc.h"
#include "store/case_rows.h"
#include "work/hear.h"
#include "work/portal_home.h"
#include "work/probe.h"

enum { READY_MS = 30000, MAIL_MOST = 24 * 1024 * 1024 };

fair_status
fair_house_mail_key(struct fair_house *h, struct fair_arena *a, fair_str *key, struct fair_err *err)
{
    const char *path = fair_str_fmt(a, "%.*s/keys/mail.key", FAIR_STR_ARG(h->home)).p;
    uint8_t fresh[32];
    fair_status s = fair_read_file(a, path, sizeof fresh, key, err);

    if (s == FAIR_OK) return key->n == sizeof fresh ? FAIR_OK : fair_fail(err, FAIR_CORRUPT, "%s holds %zu bytes, not 32", path, key->n);
    if (s != FAIR_NOT_FOUND) return s;
    FAIR_TRY(fair_make_dirs(fair_str_fmt(a, "%.*s/keys", FAIR_STR_ARG(h->home)).p, 0700, err));
    fair_random(fresh, sizeof fresh);
    FAIR_TRY(fair_write_file(path, fresh, sizeof fresh, 0600, err));
    return fair_read_file(a, path, sizeof fresh, key, err);
}

/* ---- the helpers ---- */

static fair_status
hear_answer(struct fair_helper *h, enum fair_role role, struct fair_arena *a, bool fds, struct fair_msg *m, struct fair_err *err)
{
    fair_time end = fair_ticks() + fair_role_rules[role].seconds * FAIR_SECOND;
    fair_status s;

    while ((s = fair_helper_hear(h, a, fds, m, err)) == FAIR_AGAIN && fair_ticks() < end) {
        struct pollfd p = { .fd = h->sock, .events = POLLIN };
        (void)poll(&p, 1, 500);
    }
    if (s == FAIR_AGAIN) return fair_fail(err, FAIR_LIMIT, "%s did not answer within %u s", fair_role_rules[role].program, fair_role_rules[role].seconds);
    if (s == FAIR_DONE) return fair_fail(err, FAIR_CORRUPT, "%s ended", fair_role_rules[role].program);
    return s;
}

fair_status
fair_mail_tell(struct fair_house *h, fair_str bytes, struct fair_arena *a, struct fair_mail_told *told, struct fair_err *err)
{
    FAIR_AUTO(helper) struct fair_helper *helper = NULL;
    FAIR_AUTO(fd) int fd = -1;
    struct fair_helper_options o = { .weak = h->config.sandbox_weak };
    struct fair_msg m = { .type = FAIR_MSG_MAIL_READ, .tag = 1 };

    FAIR_TRY(fair_sealed_make(bytes.p, bytes.n, &fd, err));
    FAIR_TRY(fair_helper_start(FAIR_ROLE_MAIL_READ, &o, &helper, err));
    FAIR_TRY(fair_helper_wait_ready(helper, READY_MS, err));
    m.fd = fd;
    FAIR_TRY(fair_helper_tell(helper, &m, err));
    FAIR_TRY(hear_answer(helper, FAIR_ROLE_MAIL_READ, a, false, &m, err));
    if (m.type != FAIR_MSG_MAIL_TOLD || m.tag != 1) return fair_fail(err, FAIR_CORRUPT, "fairtrack-mailread said something else");
    FAIR_TRY(fair_mail_told_unpack(m.body, told, err));
    return told->status == FAIR_OK ? FAIR_OK : fair_fail(err, FAIR_CORRUPT, "that is no mail");
}

struct mailbox { struct fair_helper *helper; struct fair_hear q; };

static fair_status
ask(struct mailbox *b, uint32_t from, uint32_t uid, struct fair_arena *a, struct fair_heard *r, fair_str *bytes, struct fair_err *err)
{
    struct fair_msg m = { .type = FAIR_MSG_HEAR, .tag = uid + 1, .fd = -1 };
    struct fair_shared s = { .fd = -1 };
    fair_status st;

    b->q.from = from;
    b->q.uid = uid;
    b->q.most = MAIL_MOST;
    m.body = fair_hear_pack(a, &b->q);
    FAIR_TRY(fair_helper_tell(b->helper, &m, err));
    FAIR_TRY(hear_answer(b->helper, FAIR_ROLE_HEAR, a, true, &m, err));
    st = m.type == FAIR_MSG_HEARD && m.tag == uid + 1 ? fair_heard_unpack(m.body, r, err) : fair_fail(err, FAIR_CORRUPT, "fairtrack-hear said something else");
    if (st == FAIR_OK && r->status != FAIR_OK) st = fair_fail(err, r->status, "the mailbox: %.*s", FAIR_STR_ARG(r->words));
    if (st == FAIR_OK && uid != 0) {
        st = m.fd >= 0 ? fair_sealed_map(m.fd, MAIL_MOST, &s, err) : fair_fail(err, FAIR_CORRUPT, "fairtrack-hear gave no mail");
        if (st == FAIR_OK) *bytes = fair_str_dup(a, (fair_str){ (const char *)s.p, s.n });
        fair_shared_free(&s);
    }
    if (m.fd >= 0) close(m.fd);
    return st;
}

/* ---- whose is it? ---- */

/* A number of ours as it stands in a text: "FT-26-7Q4K-M2XD". */
static bool
code_in(fair_str s, fair_str *code)
{
    for (size_t i = 0; i + 6 <= s.n; i++) {
        size_t n = 3;
        if (memcmp(s.p + i, "FT-", 3) != 0 || (i > 0 && s.p[i - 1] != ' ' && s.p[i - 1] != '\n' && s.p[i - 1] != '(' && s.p[i - 1] != '[' && s.p[i - 1] != '/')) continue;
        while (i + n < s.n && n < 40 && ((s.p[i + n] >= 'A' && s.p[i + n] <= 'Z') || (s.p[i + n] >= '0' && s.p[i + n] <= '9') || s.p[i + n] == '-')) n++;
        while (n > 3 && s.p[i + n - 1] == '-') n--;
        if (n < 6) continue;
        *code = (fair_str){ s.p + i, n };
        return true;
    }
    return false;
}

bool
fair_mail_about(fair_str key, const struct fair_mail_told *t, struct fair_arena *a, fair_str *code, bool *signed_id)
{
    *signed_id = true;
    for (size_t i = 0; i < t->n_references; i++)
        if (fair_mime_message_id_read(key, t->references[i], a, code)) return true;
    *signed_id = false;
    return code_in(t->subject, code) || code_in(t->text, code);
}

struct hearing { struct fair_house *h; struct fair_arena *a; struct fair_mail_in x; const struct fair_mail_told *told; fair_time now; bool fresh; };

static fair_status
settle(const struct fair_desk *d, void *arg, struct fair_err *err)
{
    struct hearing *g = arg;
    struct fair_case_act act = { .case_id = g->x.case_id, .notice = g->x.notice };
    fair_str none = { NULL, 0 };
    fair_status s;

    FAIR_TRY(fair_store_mail_put(d, &g->x, &g->fresh, err));
    if (!g->fresh || g->x.case_id == 0) return FAIR_OK;
    act.e.at = g->now;
    if (fair_str_eq(g->x.kind, FAIR_STR("reply"))) {
        act.e.move = FAIR_DO_REPLY;
        act.e.who = FAIR_RCP;
        act.e.verified = false;                    /* an address proves nobody: it can stop, never accept (Corrections 4) */
        act.note = fair_str_fmt(g->a, "%.*s: %.*s", FAIR_STR_ARG(g->x.sender), FAIR_STR_ARG(g->x.subject));
    } else if (fair_str_eq(g->x.kind, FAIR_STR("bounce"))) {
        struct fair_notice n;
        FAIR_TRY(fair_store_notice_get(d, g->x.notice, g->a, &n, err));
        if (n.delivered == 0 && n.bounced == 0) {
            n.bounced = g->now;
            n.bounce = g->told->bounce_words;
            n.state = FAIR_STR("undelivered");
            FAIR_TRY(fair_store_notice_fared(d, &n, err));
        }
        act.e.move = FAIR_DO_UNDELIVERED;
        act.e.who = FAIR_SYS;
        act.note = g->told->bounce_words;
    } else {
        return FAIR_OK;
    }
    s = fair_store_case_move(d, &act, NULL, NULL, err);
    if (s == FAIR_REFUSED || s == FAIR_INVALID) return fair_store_mail_settle(d, g->x.id, none, fair_str_of(err->text), err);
    if (s != FAIR_OK) return s;
    return fair_store_mail_settle(d, g->x.id, fair_str_of(fair_move_name(act.e.move)), none, err);
}

static const char *
kind_of(const struct fair_mail_told *t, bool found)
{
    if (t->bounce) return found ? "bounce" : "other";
    if (t->automatic) return "automatic";
    return found ? "reply" : "other";
}

/* Kept first, sealed; then what it is about; all of it in one transaction of its organisation. */
static fair_status
take(struct fair_house *h, const struct fair_portal_home *p, fair_str key, struct fair_mail_in *x, fair_str bytes, fair_time now, bool *fresh, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_mail_told told = { 0 };
    struct hearing g = { .h = h, .a = a, .told = &told, .now = now };
    struct fair_desk ours = h->desk;
    struct fair_notice n;
    unsigned char *sealed = fair_alloc(a, bytes.n + crypto_box_SEALBYTES);
    fair_str code;
    fair_id org = 0;
    bool found = false, by_id = false;
    fair_status s;

    if (crypto_box_seal(sealed, (const unsigned char *)bytes.p, bytes.n, p->public_key) != 0) return fair_fail(err, FAIR_IO, "sealing a mail failed");
    x->bytes = (int64_t)(bytes.n + crypto_box_SEALBYTES);
    FAIR_TRY(fair_vault_put(h->vault, (fair_str){ (const char *)sealed, (size_t)x->bytes }, &x->sealed, err));
    s = fair_mail_tell(h, bytes, a, &told, err);
    if (s != FAIR_OK && s != FAIR_CORRUPT && s != FAIR_LIMIT) return s;
    x->kind = s == FAIR_OK ? FAIR_STR("other") : FAIR_STR("unreadable");
    x->at = told.date > 0 && told.date < now ? told.date : now;
    x->taken = now;
    if (s == FAIR_OK && fair_mime_message_id_read(key, told.message_id, a, &code)) {
        bool probe;
        FAIR_TRY(fair_probe_heard(h, &told, code, now, &probe, err));
        if (probe) told.automatic = true;             /* our own: nothing for a person to read */
    }
    if (s == FAIR_OK) {
        x->message_id = told.message_id;
        x->sender = told.from;
        x->subject = told.subject;
        found = fair_mail_about(key, &told, a, &code, &by_id) && fair_store_notice_by_code(h->store, code, a, &org, &n, err) == FAIR_OK;
        x->kind = fair_str_of(kind_of(&told, found));
    }
    if (found) {
        x->notice = n.id;
        x->case_id = n.case_id;
        x->matched_by = by_id ? FAIR_STR("reference") : FAIR_STR("code");
        x->same_address = n.sent_to.n > 0 && fair_str_eq_nocase(n.sent_to, told.from);
        h->desk = (struct fair_desk){ ours.st, org, 0 };
    }
    g.x = *x;
    s = fair_store_do(&h->desk, settle, &g, err);
    h->desk = ours;
    *fresh = g.fresh;
    return s;
}

static fair_status
read_password(struct fair_arena *a, const struct fair_config *c, fair_str *out, struct fair_err *err)
{
    *out = FAIR_STR("");
    if (c->imap_password_file.n == 0) return FAIR_OK;
    if (fair_read_file(a, fair_str_dup(a, c->imap_password_file).p, 1024, out, err) != FAIR_OK) return fair_fail_in(err, "mail.imap_password_file");
    *out = fair_str_trim(*out);
    return FAIR_OK;
}

fair_status
fair_hear(struct fair_house *h, fair_time now, int64_t *n, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(helper) struct fair_helper *helper = NULL;
    const struct fair_config *c = &h->config;
    struct fair_helper_options o = { .weak = c->sandbox_weak };
    struct mailbox b = { .q = { .url = c->imap_url, .user = c->imap_user } };
    struct fair_portal_home home;
    struct fair_heard list;
    struct fair_mail_in x = { 0 };
    fair_str key, none;
    int64_t newest = 0;

    *n = 0;
    if (c->imap_url.n == 0) return FAIR_OK;
    if (!fair_str_starts(c->imap_url, FAIR_STR("imap://")) && !fair_str_starts(c->imap_url, FAIR_STR("imaps://")))
        return fair_fail(err, FAIR_INVALID, "mail.imap_url begins with neither imap:// nor imaps://");
    while (b.q.url.n > 0 && b.q.url.p[b.q.url.n - 1] == '/') b.q.url.n--;
    FAIR_TRY(fair_house_vault(h, err));
    FAIR_TRY(fair_portal_home_open(h, a, &home, err));
    FAIR_TRY(fair_house_mail_key(h, a, &key, err));
    FAIR_TRY(read_password(a, c, &b.q.password, err));
    FAIR_TRY(fair_helper_start(FAIR_ROLE_HEAR, &o, &helper, err));
    FAIR_TRY(fair_helper_wait_ready(helper, READY_MS, err));
    b.helper = helper;
    x.box = fair_hex(a, fair_sha256_of(b.q.url.p, b.q.url.n).b, 32);
    for (;;) {
        FAIR_TRY(ask(&b, (uint32_t)newest + 1, 0, a, &list, &none, err));
        if (x.validity != list.validity) {
            x.validity = list.validity;
            FAIR_TRY(fair_store_mail_newest(h->store, x.box, x.validity, &newest, err));
            if (newest > 0) continue;
        }
        if (list.n_uids == 0) return FAIR_OK;
        for (uint32_t i = 0; i < list.n_uids; i++) {
            FAIR_AUTO(arena) struct fair_arena *mine = fair_arena_new();
            struct fair_mail_in one = { .box = x.box, .validity = x.validity, .uid = list.uids[i] };
            struct fair_heard r;
            fair_str bytes = FAIR_STR("");
            bool fresh = false;
            FAIR_TRY(ask(&b, 0, list.uids[i], mine, &r, &bytes, err));
            one.cut = bytes.n >= MAIL_MOST;
            FAIR_TRY(take(h, &home, key, &one, bytes, now, &fresh, err));
            *n += fresh;
            newest = list.uids[i];
        }
        if (list.n_uids < FAIR_HEAR_LIST) return FAIR_OK;
    }
}

fair_status
fair_hear_open(struct fair_house *h, const struct fair_mail_in *x, struct fair_arena *a, struct fair_mail_told *told, fair_str *raw, struct fair_err *err)
{
    struct fair_portal_home p;
    fair_str sealed;
    unsigned char *plain;

    FAIR_TRY(fair_portal_home_open(h, a, &p, err));
    FAIR_TRY(fair_house_vault(h, err));
    FAIR_TRY(fair_vault_read(h->vault, &x->sealed, (size_t)MAIL_MOST + 65536, a, &sealed, err));
    if (sealed.n < crypto_box_SEALBYTES) return fair_fail(err, FAIR_CORRUPT, "mail %lld is not sealed", (long long)x->id);
    plain = fair_alloc(a, sealed.n);
    if (crypto_box_seal_open(plain, (const unsigned char *)sealed.p, sealed.n, p.public_key, p.secret_key) != 0)
        return fair_fail(err, FAIR_CORRUPT, "mail %lld was sealed to another key", (long long)x->id);
    *raw = (fair_str){ (const char *)plain, sealed.n - crypto_box_SEALBYTES };
    return fair_mail_tell(h, *raw, a, told, err);
}
