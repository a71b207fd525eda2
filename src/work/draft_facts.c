/* work/draft_facts.c - what the store knows of a case, as the facts of a letter. */
#include "work/draft_private.h"
#include <stdio.h>
#include <string.h>
#include "store/owner_rows.h"
#include "work/portal_home.h"
#include "work/probe.h"

static void
put(struct drafting *g, const char *name, fair_str value)
{
    fair_letter_fact(g->facts, name, value);
}

/* A day is all that a letter tells. */
static void
put_day(struct drafting *g, const char *name, fair_time t)
{
    if (t > 0) put(g, name, (fair_str){ fair_time_text(g->a, t).p, 10 });
}

static void
put_of(struct drafting *g, const char *list, int n, const char *name, fair_str value)
{
    fair_letter_fact_of(g->facts, list, n, name, value);
}

/* ---- to whom ------------------------------------------------------------------------------------------ */

static fair_status
datum(void *arg, const struct fair_party_datum *x, struct fair_err *err)
{
    struct drafting *g = arg;
    fair_str seen = { fair_time_text(g->a, x->seen).p, 10 };

    (void)err;
    if (fair_str_eq(x->what, FAIR_STR("name"))) put(g, "recipient.name", x->value);
    if (fair_str_eq(x->what, FAIR_STR("email"))) g->to = fair_str_dup(g->a, x->value);
    if (fair_str_eq(x->what, FAIR_STR("country"))) g->country = fair_str_dup(g->a, x->value);
    if (fair_str_eq(x->what, FAIR_STR("address"))) g->address = fair_str_dup(g->a, x->value);
    if (fair_str_eq(x->what, FAIR_STR("lawyer"))) g->lawyer = fair_str_dup(g->a, x->value);
    g->n_data++;
    put_of(g, "datum", g->n_data, "what", x->what);
    put_of(g, "datum", g->n_data, "value", x->value);
    put_of(g, "datum", g->n_data, "source", x->source);
    if (x->source_url.n > 0 && x->source_url.n <= 300) put_of(g, "datum", g->n_data, "place", x->source_url);
    put_of(g, "datum", g->n_data, "seen", seen);
    return FAIR_OK;
}

static fair_status
gather_party(struct drafting *g, struct fair_err *err)
{
    struct fair_party p;

    if (g->c.party == 0) return fair_fail(err, FAIR_INVALID, "case %lld: nobody has said who answers for %.*s", (long long)g->c.id, FAIR_STR_ARG(g->c.operator));
    FAIR_TRY(fair_store_party_get(&g->h->desk, g->c.party, g->a, &p, err));
    g->language = p.language;
    FAIR_TRY(fair_store_party_data(&g->h->desk, g->c.party, datum, g, err));
    g->window = fair_letter_fact_get(g->facts, FAIR_STR("recipient.name"));
    /* From now on only to the lawyer, where they asked for it. */
    if (!p.lawyer_only && !g->course.c.lawyer_only) return FAIR_OK;
    if (g->lawyer.n == 0)
        return fair_fail(err, FAIR_REFUSED, "case %lld: all contact goes to the recipient's lawyer, and nobody has entered who that is (cases party --set lawyer=...)", (long long)g->c.id);
    fair_party_lawyer(g->lawyer, &g->window, &g->to, &g->address);
    g->to_lawyer = true;
    put(g, "lawyer.name", g->window);
    put(g, "lawyer.address", g->address);
    return FAIR_OK;
}

/* By mail where there is an address for it, else by post; what is asked for goes first. */
static fair_status
choose_way(struct drafting *g, struct fair_err *err)
{
    const struct fair_config *c = &g->h->config;
    bool mail = g->to.n > 0 && c->smtp_from.n > 0, post = g->address.n > 0, holds, awaited;

    if (g->ask->way.n > 0 && !fair_str_eq(g->ask->way, FAIR_STR("mail")) && !fair_str_eq(g->ask->way, FAIR_STR("letter"))) return fair_fail(err, FAIR_INVALID, "a letter goes by mail, or as a letter by post: mail or letter");
    if (fair_str_eq(g->ask->way, FAIR_STR("mail")) && !mail) return fair_fail(err, FAIR_INVALID, "it cannot go by mail: %s", g->to.n == 0 ? "no mail address is known" : "mail.from is not set");
    if (fair_str_eq(g->ask->way, FAIR_STR("letter"))) mail = false;
    /* Mail that cannot be told from forged mail is no way for a letter, where there is another (Corrections 11, G17). */
    if (mail && post && g->ask->way.n == 0) {
        FAIR_TRY(fair_probe_mail_stands(g->h, g->now, &holds, &awaited, err));
        mail = holds;
        if (!holds && awaited && g->ask->automatic) return fair_fail(err, FAIR_AGAIN, "whether our mail is told from forged mail is being probed; until that is known the letter waits");
    }
    if (!mail && !post) return fair_fail(err, FAIR_INVALID, "nothing is known of where this letter could go: neither a mail address nor a postal address");
    if (!mail && c->letters_address.n == 0) return fair_fail(err, FAIR_INVALID, "a letter by post needs the sender's address: letters.address is not set");
    g->way = mail ? FAIR_STR("mail") : FAIR_STR("letter");
    return FAIR_OK;
}

/* ---- for whom ----------------------------------------------------------------------------------------- */

struct finding { struct drafting *g; fair_id id; bool found; };

static fair_status
one_mandate(void *arg, const struct fair_mandate *m, struct fair_err *err)
{
    struct finding *f = arg;
    struct drafting *g = f->g;
    struct fair_buf b = FAIR_BUF(g->a, 2000);
    fair_str rest = m->rights, right, words;
    bool world = fair_str_eq(m->territory, FAIR_STR("world")), any = false;

    (void)err;
    if (m->id != f->id) return FAIR_OK;
    fair_buf_add(&b, fair_letters_word(g->letters, g->lang, fair_str_fmt(g->a, "scope.%.*s", FAIR_STR_ARG(m->scope))));
    fair_buf_c(&b, ", ");
    fair_buf_add(&b, fair_letters_word(g->letters, g->lang, world ? FAIR_STR("territory.world") : FAIR_STR("territory.some")));
    if (!world) fair_buf_fmt(&b, " %.*s", FAIR_STR_ARG(m->territory));
    while (fair_str_split(&rest, ' ', &right)) {
        words = fair_letters_word(g->letters, g->lang, fair_str_fmt(g->a, "right.%.*s", FAIR_STR_ARG(right)));
        if (words.n > 0) fair_buf_fmt(&b, "%s%.*s", any ? ", " : "; ", FAIR_STR_ARG(words));
        any |= words.n > 0;
    }
    put(g, "mandate.scope", (fair_str){ b.p, b.n });
    put_day(g, "mandate.date", m->from > 0 ? m->from : m->at);
    return FAIR_OK;
}

struct best { struct drafting *g; int rank; };

/* The furthest check of what shows the ownership. */
static fair_status
one_proof(void *arg, const struct fair_proof *p, struct fair_err *err)
{
    struct best *b = arg;
    int rank = !fair_str_eq(p->check.verdict, FAIR_STR("holds")) ? 0 : fair_str_eq(p->check.how, FAIR_STR("counsel")) ? 2 : fair_str_eq(p->check.how, FAIR_STR("installation")) ? 1 : 0;

    (void)err;
    if (rank <= b->rank) return FAIR_OK;
    b->rank = rank;
    put(b->g, "ownership.checked", rank == 2 ? FAIR_STR("counsel") : FAIR_STR("installation"));
    if (rank == 2) {
        put(b->g, "ownership.checked_by", p->check.name);
        put_day(b->g, "ownership.checked_on", p->check.at);
    }
    return FAIR_OK;
}

static fair_status
gather_owner(struct drafting *g, const struct fair_work *w, struct fair_err *err)
{
    struct fair_declaration d;
    struct fair_mandate_cover cover;
    struct fair_owner o = { .name = g->org };
    struct best best = { g, 0 };
    struct fair_err why = { 0 };
    fair_status s;

    if (w->owner != 0) FAIR_TRY(fair_store_owner_get(&g->h->desk, w->owner, g->a, &o, err));
    put(g, "owner.name", o.name);
    put(g, "work.title", w->title.n > 0 ? w->title : w->path);
    s = fair_store_declared(&g->h->desk, w->id, g->a, &d, &why);
    if (s != FAIR_OK && s != FAIR_NOT_FOUND) return fair_fail(err, s, "%s", why.text);
    put(g, "author.name", w->creator.n > 0 ? w->creator : s == FAIR_OK && d.author ? o.name : (fair_str){ NULL, 0 });
    FAIR_TRY(fair_store_mandate_covers(&g->h->desk, w->id, g->country, "enforce", g->now, g->a, &cover, err));
    fair_letter_fact_yes(g->facts, "owner.is_sender", !cover.needed);
    if (cover.needed && cover.id != 0) {
        struct finding f = { g, cover.id, false };
        FAIR_TRY(fair_store_mandates(&g->h->desk, w->owner, one_mandate, &f, err));
    }
    put(g, "ownership.checked", FAIR_STR("declared"));
    return fair_store_proofs(&g->h->desk, w->id, one_proof, &best, err);
}

/* ---- what ---------------------------------------------------------------------------------------------- */

static fair_status
one_use(void *arg, const struct fair_case_use *u, struct fair_err *err)
{
    struct drafting *g = arg;
    struct fair_hit hit;

    g->n_uses++;
    if (g->n_uses == 1) {
        g->work = u->work;
        g->page = fair_str_dup(g->a, u->page_url);
    }
    if (g->n_uses > 50) return FAIR_OK;
    FAIR_TRY(fair_store_hit_get(&g->h->desk, u->hit, g->a, &hit, err));
    put_of(g, "use", g->n_uses, "page", fair_str_dup(g->a, u->page_url));
    put_of(g, "use", g->n_uses, "image", fair_str_dup(g->a, u->image_url));
    put_of(g, "use", g->n_uses, "seen", (fair_str){ fair_time_text(g->a, hit.last_seen > 0 ? hit.last_seen : u->at).p, 10 });
    return FAIR_OK;
}

static void
put_asked(struct drafting *g, int n, const char *source, const struct fair_asked *x)
{
    put_of(g, "asked", n, "source", fair_str_of(source));
    put_of(g, "asked", n, "answer", x->answer == FAIR_ASKED_HIT ? FAIR_STR("hit") : x->answer == FAIR_ASKED_NOTHING ? FAIR_STR("nothing") : FAIR_STR("not_asked"));
    if (x->at > 0) put_of(g, "asked", n, "at", (fair_str){ fair_time_text(g->a, x->at).p, 10 });
}

/* What came before: our last letter that left, and the recipient's last words. */
static fair_status
one_notice(void *arg, const struct fair_notice *n, struct fair_err *err)
{
    struct drafting *g = arg;

    (void)err;
    if (n->queued == 0 || g->before.n > 0 || n->id == g->ask->notice) return FAIR_OK;
    g->before = fair_str_dup(g->a, n->code);
    g->before_id = fair_str_dup(g->a, n->message_id);
    put(g, "re.id", g->before);
    put_day(g, "re.date", n->sent > 0 ? n->sent : n->queued);
    return FAIR_OK;
}

/* Moves that are the recipient's words, whoever enters them. */
static bool
is_theirs(const struct fair_case_step *s, enum fair_move m)
{
    static const enum fair_move theirs[] = { FAIR_DO_DISPUTE, FAIR_DO_CURE_IT, FAIR_DO_ASK, FAIR_DO_ASK_TIME, FAIR_DO_LAWYER_ONLY, FAIR_DO_COMPLAIN, FAIR_DO_ASK_DATA, FAIR_DO_MAKE_APPEAL };

    for (size_t i = 0; i < sizeof theirs / sizeof *theirs; i++)
        if (theirs[i] == m) return true;
    return fair_str_eq(s->actor, FAIR_STR("RCP"));
}

/* How time alone came to close it. */
static const char *
how_closed(const struct fair_case_step *s)
{
    if (!s->automatic) return NULL;
    if (fair_str_eq(s->was, FAIR_STR("DISPUTED"))) return "dispute";
    if (fair_str_eq(s->was, FAIR_STR("INFO_REQUESTED"))) return "question";
    if (fair_str_eq(s->was, FAIR_STR("DISPUTE_REVIEW")) || fair_str_eq(s->was, FAIR_STR("APPEAL"))) return "review";
    return NULL;
}

static void
put_close(struct drafting *g, const struct fair_case_step *s)
{
    const char *how = how_closed(s);
    fair_str name, email, address;

    if (how != NULL) put(g, "close.how", fair_str_of(how));
    put_day(g, "close.date", s->at);
    if (!fair_str_eq(s->became, FAIR_STR("CLOSED_HANDED_OVER"))) {
        if (!g->ask->bare) put(g, "close.reason", s->note);
        return;
    }
    /* Who hands over says to whom: the owner's own lawyer. */
    fair_party_lawyer(s->note, &name, &email, &address);
    put(g, "lawyer.name", name);
    put(g, "lawyer.address", address.n > 0 ? address : email);
}

static fair_status
one_step(void *arg, const struct fair_case_step *s, struct fair_err *err)
{
    struct drafting *g = arg;
    enum fair_move m;

    (void)err;
    if ((g->ask->seq > 0 && s->seq > g->ask->seq) || !fair_move_parse(s->move, &m)) return FAIR_OK;
    if (is_theirs(s, m)) put_day(g, "answer.received", s->at);
    if (m == FAIR_DO_GRANT_TIME && s->days > 0) fair_letter_fact_number(g->facts, "extension.days", s->days);
    if (m == FAIR_DO_ASK_TIME) fair_letter_fact_number(g->facts, "extension.days", fair_cases_days("extension"));
    if (m == FAIR_DO_TELL) put(g, "answer.words", s->note);
    if (m == FAIR_DO_REJECT || m == FAIR_DO_REJECT_APPEAL) {
        put(g, "decision.reasons", s->note);
        put(g, "reviewer.name", s->user_name);
    }
    if (fair_str_starts(s->became, FAIR_STR("CLOSED_")) && !fair_str_eq(s->was, s->became)) put_close(g, s);
    return FAIR_OK;
}

/* Where the recipient's time stands. */
static void
put_clock(struct drafting *g)
{
    const struct fair_course *c = &g->course.c;

    if (g->c.deadline > 0) put_day(g, "deadline.until", g->c.deadline - FAIR_SECOND);
    else if (c->at >= 0 && c->step[c->at].delivered == 0) fair_letter_fact_yes(g->facts, "clock.waiting", true);
    else if (c->stopped_since != 0) fair_letter_fact_yes(g->facts, "clock.stopped", true);
}

/* The licence that covers the case's use, or covered it last: what was sold, from when on and until when. */
static fair_status
put_licence(struct drafting *g, struct fair_err *err)
{
    struct fair_licence l;
    fair_id id;

    FAIR_TRY(fair_store_licence_last(&g->h->desk, g->work, g->page, g->now, &id, err));
    if (id == 0) return FAIR_OK;
    FAIR_TRY(fair_store_licence_get(&g->h->desk, id, g->a, &l, err));
    put_day(g, "licence.from", l.from);
    put_day(g, "licence.until", l.until > 0 ? l.until - FAIR_SECOND : 0);
    return FAIR_OK;
}

static fair_status
one_org(void *arg, const struct fair_org *o, struct fair_err *err)
{
    struct drafting *g = arg;

    (void)err;
    if (o->id == g->h->desk.org) g->org = fair_str_dup(g->a, o->name);
    return FAIR_OK;
}

/* ---- who ------------------------------------------------------------------------------------------------ */

static void
put_sender(struct drafting *g)
{
    const struct fair_config *c = &g->h->config;
    fair_str name = c->letters_name.n > 0 ? c->letters_name : g->org, email = c->letters_email.n > 0 ? c->letters_email : c->smtp_from;

    put(g, "sender.name", name);
    put(g, "sender.address", c->letters_address);
    put(g, "sender.email", email);
    put(g, "sender.phone", c->letters_phone);
    put(g, "sender.register", c->letters_register);
    if (c->letters_address.n > 0) put(g, "privacy.controller", fair_str_fmt(g->a, "%.*s, %.*s", FAIR_STR_ARG(name), FAIR_STR_ARG(c->letters_address)));
    put(g, "privacy.contact", c->letters_privacy.n > 0 ? c->letters_privacy : email);
    fair_letter_fact_number(g->facts, "retention.months", c->letters_months);
}

/* Facts that a person may add; what says who writes, for whom, to whom and who checked comes from the store alone. */
static fair_status
add_more(struct drafting *g, struct fair_err *err)
{
    static const char *const may[] = { "answer.words", "answer.received", "decision.reasons", "reviewer.name", "lawyer.name", "lawyer.address", "close.reason", "cc.licence",
                                       "cc.url", "cc.credit", "work.nature", "extension.days", "deadline.until", "evidence.url", "author.name" };
    size_t n = 0;

    if (g->ask->more == NULL) return FAIR_OK;
    for (size_t i = 0; i < sizeof may / sizeof *may; i++) {
        fair_str v = fair_letter_fact_get(g->ask->more, fair_str_of(may[i]));
        if (v.p == NULL) continue;
        put(g, may[i], v);
        n++;
    }
    if (n != fair_letter_facts_count(g->ask->more)) return fair_fail(err, FAIR_INVALID, "a fact was given that only the records can say, or none at all");
    return FAIR_OK;
}

fair_status
fair_draft_gather(struct drafting *g, struct fair_err *err)
{
    const struct fair_desk *d = &g->h->desk;
    struct fair_sha256 rules = fair_cases_files_hash();
    struct fair_notice_filter mine = { .case_id = g->ask->case_id };
    struct fair_facts *f = &g->course;
    struct fair_work w;

    FAIR_TRY(fair_store_case_get(d, g->ask->case_id, g->a, &g->c, err));
    FAIR_TRY(fair_store_case_gather(d, g->c.id, 0, g->now, g->a, f, err));
    FAIR_TRY(fair_store_orgs(d->st, one_org, g, err));
    FAIR_TRY(gather_party(g, err));
    FAIR_TRY(choose_way(g, err));
    if (g->law.p == NULL) g->law = fair_pack_of_country(g->country);
    if (g->law.p == NULL || !fair_pack_known(g->letters, g->law))
        return fair_fail(err, FAIR_REFUSED, "there is no pack of law for a recipient in %.*s: nothing can be written there", g->country.n > 0 ? (int)g->country.n : 1, g->country.n > 0 ? g->country.p : "?");
    g->lang = g->ask->language.n > 0 ? g->ask->language : fair_pack_language(g->letters, g->law, g->language);
    put_sender(g);
    FAIR_TRY(fair_store_case_uses(d, g->c.id, one_use, g, err));
    if (g->work == 0) return fair_fail(err, FAIR_INVALID, "case %lld has no use", (long long)g->c.id);
    FAIR_TRY(fair_store_work_get(d, g->work, g->a, &w, err));
    FAIR_TRY(gather_owner(g, &w, err));
    put_asked(g, 1, "ledger", &f->sources.ledger);
    put_asked(g, 2, "declaration", &f->sources.declaration);
    put_asked(g, 3, "markers", &f->sources.markers);
    put_asked(g, 4, "outside", &f->sources.outside);
    FAIR_TRY(fair_store_notices(d, &mine, one_notice, g, err));
    FAIR_TRY(fair_store_case_steps(d, g->c.id, one_step, g, err));
    fair_letter_fact_yes(g->facts, "cure.free", f->p_track || f->cc || f->owner_policy_free);
    if (g->c.closed == 0) put_day(g, "close.date", g->now);
    put_clock(g);
    FAIR_TRY(put_licence(g, err));
    put(g, "rules.sha256", fair_hex(g->a, rules.b, sizeof rules.b));
    put(g, "letter.id", g->code);
    put_day(g, "letter.date", g->now);
    put(g, "letter.verify_url", fair_portal_verify_link(g->h, g->code, g->a));
    if (fair_portal_there(g->h)) put(g, "letter.answer_url", fair_portal_link_new(g->h, g->a));
    return add_more(g, err);
}
