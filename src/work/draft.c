/* work/draft.c - drafting a notice: the letter filled, made into bytes, kept, and what was found in it written down. */
#include "work/draft.h"
#include <stdio.h>
#include <string.h>
#include "base/mime.h"
#include "cases/letter_mail.h"
#include "work/draft_private.h"
#include "work/hear.h"
#include "work/notary.h"
#include "work/render.h"

/* The letter as it is, without a byte made of it. */
static fair_status
fill(struct drafting *g, struct fair_drafted *out, struct fair_err *err)
{
    const struct fair_letter *t;
    struct fair_document *d;

    FAIR_TRY(fair_letters_load(g->a, fair_letters_builtin(), &g->letters, err));
    FAIR_TRY(fair_draft_gather(g, err));
    t = fair_letters_get(g->letters, g->law, g->ask->step, g->lang);
    if (t == NULL)
        return fair_fail(err, FAIR_NOT_FOUND, "no letter %.*s of %.*s in language %.*s", FAIR_STR_ARG(g->ask->step), FAIR_STR_ARG(g->law), FAIR_STR_ARG(g->lang));
    FAIR_TRY(fair_letter_fill(g->letters, t, g->facts, g->a, &out->letter, err));
    d = out->letter.document;
    d->made = g->now / FAIR_SECOND * FAIR_SECOND;
    d->author = fair_letter_fact_get(g->facts, FAIR_STR("sender.name"));
    d->footer = fair_str_fmt(g->a, "%.*s \xc2\xb7 %.*s", FAIR_STR_ARG(g->code), FAIR_STR_ARG(fair_letters_word(g->letters, g->lang, FAIR_STR("page.of"))));
    d->spell_unknown = true;
    if (g->address.n > 0) {
        fair_str from = fair_letter_fact_get(g->facts, FAIR_STR("sender.address"));
        d->sender = fair_str_fmt(g->a, "%.*s\n%.*s", FAIR_STR_ARG(d->author), FAIR_STR_ARG(from));
        d->address = fair_str_fmt(g->a, "%.*s\n%.*s", FAIR_STR_ARG(g->window), FAIR_STR_ARG(g->address));
    }
    out->notice = (struct fair_notice){ .id = g->ask->notice, .case_id = g->c.id, .step = t->step, .claim = t->kind == FAIR_LETTER_CLAIM, .language = t->language, .law = t->law,
        .code = g->code, .template_sha256 = out->letter.template_sha256, .inputs_sha256 = out->letter.inputs_sha256, .rules_sha256 = fair_cases_files_hash(),
        .signer = g->h->desk.user, .currency = { NULL, 0 }, .deadline_days = t->days, .created = g->now,
        .sent_by = g->way, .sent_to = fair_str_eq(g->way, FAIR_STR("mail")) ? g->to : g->address, .to_lawyer = g->to_lawyer, .automatic = g->ask->automatic };
    return FAIR_OK;
}

/* Text, HTML and the whole mail; no mail where it goes by post. */
static fair_status
make_mail(struct drafting *g, const struct fair_drafted *out, fair_str *mail, fair_str *html, fair_str *id, struct fair_err *err)
{
    const struct fair_config *c = &g->h->config;
    struct fair_letter_mail m = { .from_name = fair_letter_fact_get(g->facts, FAIR_STR("sender.name")), .from = c->smtp_from, .to = g->to,
        .to_name = g->window, .subject = out->letter.subject, .language = g->lang, .code = g->code, .date = g->now };
    fair_str key, at, local;

    FAIR_TRY(fair_document_text(out->letter.document, g->a, &m.text, err));
    FAIR_TRY(fair_document_html_mail(out->letter.document, g->a, &m.html, err));
    *html = m.html;
    *mail = (fair_str){ NULL, 0 };
    *id = (fair_str){ NULL, 0 };
    if (!fair_str_eq(g->way, FAIR_STR("mail"))) return FAIR_OK;
    if (!fair_mime_address_ok(c->smtp_from)) return fair_fail(err, FAIR_INVALID, "mail.from is no address");
    if (!fair_mime_address_ok(g->to)) return fair_fail(err, FAIR_INVALID, "the recipient's mail address is none that a mail can go to");
    FAIR_TRY(fair_house_mail_key(g->h, g->a, &key, err));
    at = c->smtp_from;
    (void)fair_str_split(&at, '@', &local);
    *id = m.message_id = fair_mime_message_id(g->a, key, g->code, at);
    if (g->before_id.n > 0) m.answers = g->before_id;
    if (c->letters_email.n > 0 && !fair_str_eq(c->letters_email, c->smtp_from)) m.reply_to = c->letters_email;
    return fair_letter_mail(g->a, &m, mail, err);
}

/* ---- what was found in it ------------------------------------------------------------------------------- */

static bool
says(const struct fair_letter_filled *f, const char *element)
{
    for (size_t i = 0; i < f->n_spans; i++)
        if (fair_str_eq(f->spans[i].id, fair_str_of(element))) return true;
    return false;
}

static fair_status
found(struct drafting *g, fair_id notice, const char *name, fair_str value, struct fair_err *err)
{
    struct fair_case_fact x = { .name = fair_str_of(name), .value = value, .source = FAIR_STR("the letter as it was made"), .at = g->now };

    return fair_store_notice_check_put(&g->h->desk, notice, &x, err);
}

static fair_status
write_findings(struct drafting *g, const struct fair_drafted *out, struct fair_err *err)
{
    static const struct { const char *name; const char *elements[8]; } all[] = {
        { "pack.identity", { "identity.sender", "identity.owner", "identity.author", "mandate" } },
        { "pack.privacy", { "privacy.controller", "privacy.purpose", "privacy.source", "privacy.recipients", "privacy.retention", "privacy.rights" } },
        { "pack.wording", { "question", "no-admission", "free-uses", "period" } },
        { "privacy.art14", { "privacy.controller", "privacy.purpose", "privacy.source", "privacy.recipients", "privacy.retention", "privacy.rights" } },
        { "privacy.source", { "privacy.source" } }, { "privacy.retention", { "privacy.retention" } }, { "privacy.contact", { "privacy.controller", "privacy.rights" } },
    };
    bool answer = !out->notice.claim, theirs = g->language.n >= 2 && fair_str_starts(g->language, g->lang);
    fair_id id = out->notice.id;

    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        bool has = true;
        for (size_t k = 0; k < 8 && all[i].elements[k] != NULL; k++) has &= says(&out->letter, all[i].elements[k]);
        /* A letter that asks for nothing refers to the one it answers, where all of it stands. */
        if (has || (answer && g->before.n > 0 && strncmp(all[i].name, "privacy.", 8) == 0)) FAIR_TRY(found(g, id, all[i].name, FAIR_STR("yes"), err));
    }
    /* Filling refuses what breaks these: a letter that was filled keeps them. */
    FAIR_TRY(found(g, id, "authentic.signed", FAIR_STR("yes"), err));
    FAIR_TRY(found(g, id, "wording.banned", FAIR_STR("0"), err));
    FAIR_TRY(found(g, id, "wording.reading", FAIR_STR("yes"), err));
    if (theirs || g->language.n == 0) FAIR_TRY(found(g, id, "wording.language", FAIR_STR("yes"), err));
    return FAIR_OK;
}

/* ---- drafting -------------------------------------------------------------------------------------------- */

static fair_status
begin(struct drafting *g, struct fair_house *h, const struct fair_draft_ask *ask, fair_time now, struct fair_arena *a, struct fair_err *err)
{
    struct fair_notice was;

    *g = (struct drafting){ .h = h, .ask = ask, .a = a, .now = now, .facts = fair_letter_facts_new(a), .law = ask->law };
    g->code = fair_notice_code_new(a);
    if (ask->automatic && (ask->more != NULL || h->desk.user != 0 || !fair_cases_owed_step(ask->step))) return fair_fail(err, FAIR_INVALID, "only a letter that is owed is made by itself");
    if (ask->notice == 0) return FAIR_OK;
    FAIR_TRY(fair_store_notice_get(&h->desk, ask->notice, a, &was, err));
    g->code = was.code;
    return FAIR_OK;
}

fair_status
fair_draft_preview(struct fair_house *h, const struct fair_draft_ask *ask, fair_time now, struct fair_arena *a, struct fair_drafted *out, struct fair_err *err)
{
    struct drafting *g = FAIR_NEW(a, struct drafting);

    *out = (struct fair_drafted){ 0 };
    FAIR_TRY(begin(g, h, ask, now, a, err));
    return fill(g, out, err);
}

/* The installation's key over what the notice is: its hash is known once it has a number. */
static fair_status
sign(struct fair_house *h, struct fair_drafted *out, struct fair_arena *a, struct fair_err *err)
{
    struct fair_sha256 hash = fair_notice_hash(&out->notice);
    struct fair_notary_signature s;

    FAIR_TRY(fair_notary_sign(h, fair_str_fmt(a, "sha256:%.*s", FAIR_STR_ARG(fair_hex(a, hash.b, sizeof hash.b))), a, &s, err));
    out->notice.signature = s.der;
    return fair_store_notice_put(&h->desk, &out->notice, err);
}

/* The notice holds its blobs now; what keeping them counted goes. */
static fair_status
let_go(struct fair_house *h, const struct fair_notice *n, struct fair_err *err)
{
    const struct fair_sha256 *const kept[] = { &n->inputs, &n->html, &n->pdf, &n->mail };
    bool nobody;

    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        if (!fair_sha256_none(kept[i])) FAIR_TRY(fair_store_blob_drop(&h->desk, kept[i], &nobody, err));
    return FAIR_OK;
}

fair_status
fair_draft(struct fair_house *h, const struct fair_draft_ask *ask, fair_time now, struct fair_arena *a, struct fair_drafted *out, struct fair_err *err)
{
    struct drafting *g = FAIR_NEW(a, struct drafting);
    struct fair_rendered pdf;
    fair_str mail, html;

    *out = (struct fair_drafted){ 0 };
    FAIR_TRY(begin(g, h, ask, now, a, err));
    FAIR_TRY(fill(g, out, err));
    FAIR_TRY(make_mail(g, out, &mail, &html, &out->notice.message_id, err));
    FAIR_TRY(fair_render_pdf(out->letter.document, h->config.sandbox_weak, a, &pdf, err));
    out->pages = pdf.pages;
    FAIR_TRY(fair_house_vault(h, err));
    FAIR_TRY(fair_house_keep(h, out->letter.inputs, &out->notice.inputs, err));
    FAIR_TRY(fair_house_keep(h, html, &out->notice.html, err));
    FAIR_TRY(fair_house_keep(h, pdf.pdf, &out->notice.pdf, err));
    if (mail.n > 0) FAIR_TRY(fair_house_keep(h, mail, &out->notice.mail, err));
    out->notice.evidence_sha256 = g->course.evidence.packages;
    FAIR_TRY(fair_store_notice_put(&h->desk, &out->notice, err));
    FAIR_TRY(sign(h, out, a, err));
    FAIR_TRY(let_go(h, &out->notice, err));
    return write_findings(g, out, err);
}
