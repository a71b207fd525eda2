/* work/post.c - the door's client, and what is written down before and after. */
#include "work/post.h"
#include <poll.h>
#include <string.h>
#include "base/clock.h"
#include "base/io.h"
#include "base/log.h"
#include "proc/post_msg.h"
#include "proc/proc.h"
#include "store/case_rows.h"
#include "work/recheck.h"

#define LOOK_AGAIN (10 * FAIR_MINUTE)      /* how often a letter that waits for a look is tried */
#define WAIT_MOST (7 * FAIR_DAY)

enum { READY_MS = 60000, MAIL_MAX = 4 << 20 };

static fair_status
ask(struct fair_helper *h, fair_str mail, struct fair_arena *a, struct fair_posted *out, struct fair_err *err)
{
    fair_time end = fair_ticks() + fair_role_rules[FAIR_ROLE_POST].seconds * FAIR_SECOND;
    FAIR_AUTO(fd) int fd = -1;
    struct fair_msg m = { .type = FAIR_MSG_POST, .tag = 1 };
    fair_status s;

    FAIR_TRY(fair_sealed_make(mail.p, mail.n, &fd, err));
    m.fd = fd;
    FAIR_TRY(fair_helper_tell(h, &m, err));
    while ((s = fair_helper_hear(h, a, false, &m, err)) == FAIR_AGAIN && fair_ticks() < end) {
        struct pollfd p = { .fd = h->sock, .events = POLLIN };
        (void)poll(&p, 1, 500);
    }
    if (s == FAIR_OK && m.type == FAIR_MSG_POSTED && m.tag == 1) return fair_posted_unpack(m.body, out, err);
    /* It had the bytes: whether they went out, nobody can say. */
    *out = (struct fair_posted){ .how = FAIR_POSTED_UNSURE, .words = FAIR_STR("the post helper ended before it answered") };
    return FAIR_OK;
}

/* What became of it, into the notice; only then into the answer. */
static fair_status
write_down(struct fair_house *h, struct fair_notice *n, const struct fair_posted *p, fair_time now, struct fair_arena *a, struct fair_err *err)
{
    fair_str words = fair_str_dup(a, p->words);

    n->bounce = (fair_str){ NULL, 0 };
    switch (p->how) {
    case FAIR_POSTED_TAKEN:
        n->state = FAIR_STR("sent");
        n->accepted = now;
        break;
    case FAIR_POSTED_REFUSED:
        n->state = FAIR_STR("undelivered");
        n->bounced = now;
        n->bounce = words;
        break;
    case FAIR_POSTED_LATER:
    case FAIR_POSTED_FORBIDDEN:       /* it did not leave: the next try may say so */
        n->sent = 0;
        n->bounce = words;
        break;
    case FAIR_POSTED_UNSURE:
        n->state = FAIR_STR("sent");
        n->bounce = words;
        break;
    }
    FAIR_TRY(fair_store_notice_fared(&h->desk, n, err));
    fair_log(FAIR_LOG_INFO, "post.sent notice=%lld how=%d answer=%u", (long long)n->id, (int)p->how, p->answer);
    switch (p->how) {
    case FAIR_POSTED_TAKEN: return FAIR_OK;
    case FAIR_POSTED_LATER: return fair_fail(err, FAIR_IO, "notice %lld: %.*s", (long long)n->id, FAIR_STR_ARG(words));
    case FAIR_POSTED_UNSURE:
        return fair_fail(err, FAIR_REFUSED, "notice %lld: %.*s: whether the mail server took it has to be looked up there; it is not sent again by itself", (long long)n->id, FAIR_STR_ARG(words));
    case FAIR_POSTED_REFUSED:
    case FAIR_POSTED_FORBIDDEN: break;
    }
    return fair_fail(err, FAIR_REFUSED, "notice %lld: %.*s", (long long)n->id, FAIR_STR_ARG(words));
}

/* Where nothing keeps a claim back but that the use was not seen in the last days, a look is asked for, and the letter waits for it.  Whatever
 * else keeps it back, a change that the look found among it, is written down beside the letter. */
static fair_status
for_a_look(struct fair_house *h, struct fair_notice *n, fair_time now, struct fair_arena *a, bool *waits, struct fair_err *err)
{
    int not_live = fair_reason_of(FAIR_STR("G5_not_live"));
    struct fair_ruling r = { 0 };
    struct fair_err why = { 0 };
    fair_status s = fair_store_notice_may_leave(&h->desk, n->id, now, &r, &why);

    *waits = s == FAIR_REFUSED && r.n_reasons == 1 && r.reasons[0].why == not_live && now - n->queued < WAIT_MOST;
    if (s != FAIR_REFUSED) return FAIR_OK;                    /* the door asks all of it again */
    if (!*waits) {
        n->bounce = fair_str_dup(a, fair_str_of(why.text));
        FAIR_TRY(fair_store_notice_fared(&h->desk, n, err));
        *err = why;
        return s;
    }
    FAIR_TRY(fair_store_case_look(&h->desk, n->case_id, true, now, err));
    n->bounce = FAIR_STR("It waits: the use was not seen in the last three days, and a look at the page was asked for.");
    FAIR_TRY(fair_store_notice_fared(&h->desk, n, err));
    fair_log(FAIR_LOG_INFO, "post.waits notice=%lld why=\"a look at the page\"", (long long)n->id);
    return fair_store_job_ask(&h->desk, "send", fair_str_fmt(a, "send %lld at %lld", (long long)n->id, (long long)(now / FAIR_SECOND)), fair_str_fmt(a, "{\"notice\":%lld}", (long long)n->id),
                              now + LOOK_AGAIN, err);
}

fair_status
fair_post_send(struct fair_house *h, fair_id notice, fair_time now, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(helper) struct fair_helper *helper = NULL;
    struct fair_helper_options o = { .weak = h->config.sandbox_weak,
        .setting = fair_str_fmt(a, "%.*s\t%lld\t%lld", FAIR_STR_ARG(h->home), (long long)h->desk.org, (long long)notice).p };
    struct fair_posted p;
    struct fair_notice n;
    fair_str mail;

    FAIR_TRY(fair_store_notice_get(&h->desk, notice, a, &n, err));
    if (fair_str_eq(n.sent_by, FAIR_STR("letter"))) {
        fair_log(FAIR_LOG_INFO, "post.by_hand notice=%lld", (long long)notice);
        return fair_store_posting_ask(&h->desk, notice, now, err);
    }
    if (n.accepted > 0 || fair_str_eq(n.state, FAIR_STR("delivered"))) return FAIR_OK;
    if (fair_sha256_none(&n.mail)) return fair_fail(err, FAIR_REFUSED, "notice %lld has no mail", (long long)notice);
    /* An attempt whose end was never written down: the process was killed while the letter was on its way. */
    if (n.sent > 0) return fair_fail(err, FAIR_REFUSED, "notice %lld was being sent when this program ended: whether the mail server took it has to be looked up there", (long long)notice);
    if (n.claim) {
        bool waits = false;
        FAIR_TRY(fair_case_recheck(h, n.case_id, now, now, err));
        FAIR_TRY(for_a_look(h, &n, now, a, &waits, err));
        if (waits) return FAIR_OK;
    }
    FAIR_TRY(fair_house_vault(h, err));
    FAIR_TRY(fair_vault_read(h->vault, &n.mail, MAIL_MAX, a, &mail, err));
    FAIR_TRY(fair_helper_start(FAIR_ROLE_POST, &o, &helper, err));
    FAIR_TRY(fair_helper_wait_ready(helper, READY_MS, err));
    n.sent = now;                       /* before the bytes go: a kill from here on is told from one before */
    FAIR_TRY(fair_store_notice_fared(&h->desk, &n, err));
    FAIR_TRY(ask(helper, mail, a, &p, err));
    return write_down(h, &n, &p, fair_now(), a, err);
}
