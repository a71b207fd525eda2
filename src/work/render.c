/* work/render.c - the render helper's client: a helper for one document. */
#include "work/render.h"
#include <poll.h>
#include <string.h>
#include "base/clock.h"
#include "base/io.h"
#include "proc/document_msg.h"
#include "proc/proc.h"

#define READY_MS 30000

/* The helper read what may have come from strangers: what it gives must at least look like a PDF of one piece. */
static fair_status
take(struct fair_helper *h, const struct fair_msg *m, struct fair_arena *a, struct fair_rendered *out, struct fair_err *err)
{
    struct fair_rendering r;
    char *pdf;

    if (m->type != FAIR_MSG_RENDERED || m->tag != 1) return fair_fail(err, FAIR_CORRUPT, "the render helper said something else");
    FAIR_TRY(fair_rendering_unpack(m->body, &r, err));
    if (r.status != FAIR_OK) return fair_fail(err, r.status, "document: %.*s", FAIR_STR_ARG(r.words));
    if (r.n_pdf < 64 || r.n_pdf > h->out.n || r.pages < 1) return fair_fail(err, FAIR_CORRUPT, "the render helper gave %u bytes", r.n_pdf);
    pdf = fair_alloc(a, r.n_pdf);
    memcpy(pdf, h->out.p, r.n_pdf);
    if (memcmp(pdf, "%PDF-1.", 7) != 0 || memcmp(pdf + r.n_pdf - 6, "%%EOF\n", 6) != 0)
        return fair_fail(err, FAIR_CORRUPT, "the render helper gave no PDF");
    *out = (struct fair_rendered){ { pdf, r.n_pdf }, r.pages, r.spelled, fair_str_dup(a, r.engine) };
    return FAIR_OK;
}

fair_status
fair_render_pdf(const struct fair_document *d, bool weak, struct fair_arena *a, struct fair_rendered *out, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *mine = fair_arena_new();
    FAIR_AUTO(helper) struct fair_helper *h = NULL;
    FAIR_AUTO(fd) int fd = -1;
    struct fair_helper_options o = { .weak = weak };
    struct fair_msg m = { .type = FAIR_MSG_RENDER, .tag = 1 };
    fair_time end;
    fair_str bytes;
    fair_status s;

    FAIR_TRY(fair_document_pack(mine, d, &bytes, err));
    FAIR_TRY(fair_sealed_make(bytes.p, bytes.n, &fd, err));
    FAIR_TRY(fair_helper_start(FAIR_ROLE_RENDER, &o, &h, err));
    FAIR_TRY(fair_helper_wait_ready(h, READY_MS, err));
    m.fd = fd;
    FAIR_TRY(fair_helper_tell(h, &m, err));
    end = fair_ticks() + fair_role_rules[FAIR_ROLE_RENDER].seconds * FAIR_SECOND;
    while ((s = fair_helper_hear(h, mine, false, &m, err)) == FAIR_AGAIN && fair_ticks() < end) {
        struct pollfd p = { .fd = h->sock, .events = POLLIN };
        (void)poll(&p, 1, 500);
    }
    if (s == FAIR_AGAIN) return fair_fail(err, FAIR_LIMIT, "a document took more than %u s", fair_role_rules[FAIR_ROLE_RENDER].seconds);
    if (s == FAIR_DONE) {
        struct fair_ending how;
        fair_helper_end(&h, 2000, &how);
        return fair_fail(err, how.memory ? FAIR_LIMIT : FAIR_CORRUPT, "the render helper %s", how.words);
    }
    if (s != FAIR_OK) return s;
    return take(h, &m, a, out, err);
}
