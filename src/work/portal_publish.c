/* work/portal_publish.c - a notice as its recipient sees it (docs/formats/portal-folder.md), made from the rows and the letter's kept inputs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "cases/letters.h"
#include "http/http.h"
#include "work/portal_home.h"

enum { PICTURE_MAX = 4 * 1024 * 1024, LETTER_MAX = 32 * 1024 * 1024, MOST_USES = 12 };

struct publishing {
    struct fair_house *h;
    struct fair_arena *a;
    fair_time now;
    struct fair_notice n;
    struct fair_case c;
    struct fair_facts facts;
    const struct fair_letters *letters;
    struct fair_letter_filled letter;
    json_t *out;
    struct fair_shelf_file files[FAIR_NOTICE_FILES];
    size_t n_files;
    fair_str secret;
};

fair_str
fair_portal_link_new(const struct fair_house *h, struct fair_arena *a)
{
    fair_str url = h->config.portal_url;

    while (url.n > 0 && url.p[url.n - 1] == '/') url.n--;
    if (url.n == 0) return url;
    return fair_str_fmt(a, "%.*s/n/%.*s", FAIR_STR_ARG(url), FAIR_STR_ARG(fair_link_secret_new(a)));
}

fair_str
fair_portal_verify_link(const struct fair_house *h, fair_str code, struct fair_arena *a)
{
    fair_str url = h->config.portal_url;

    while (url.n > 0 && url.p[url.n - 1] == '/') url.n--;
    return url.n == 0 ? (fair_str){ NULL, 0 } : fair_str_fmt(a, "%.*s/v/%.*s", FAIR_STR_ARG(url), FAIR_STR_ARG(code));
}

static fair_str
fact(const struct publishing *p, const char *name)
{
    return fair_letter_fact_get(p->letter.facts, fair_str_of(name));
}

/* The words of a choice as the letter said them. */
static fair_str
choice(const struct publishing *p, const char *list, fair_str value)
{
    fair_str said = value.n > 0 ? fair_letter_fact_get(p->letter.words, fair_str_fmt(p->a, "%s.%.*s", list, FAIR_STR_ARG(value))) : value;
    return said.p != NULL ? said : value;
}

static void
add_file(struct publishing *p, fair_str name, fair_str bytes)
{
    if (p->n_files < FAIR_NOTICE_FILES) p->files[p->n_files++] = (struct fair_shelf_file){ name, bytes };
}

/* ---- who ---- */

static void
put_claimant(struct publishing *p)
{
    json_t *o = json_object(), *owner = json_object(), *mandate;
    bool is_owner = fact(p, "owner.is_sender").n > 0;

    fair_put(o, "name", fact(p, "sender.name"));
    json_object_set_new(o, "capacity", json_string(p->facts.sender.counsel ? "counsel" : is_owner ? "owner" : "agent"));
    fair_put(o, "address", fact(p, "sender.address"));
    fair_put(o, "email", fact(p, "sender.email"));
    fair_put(o, "phone", fact(p, "sender.phone"));
    fair_put(o, "register", fact(p, "sender.register"));
    json_object_set_new(p->out, "claimant", o);
    fair_put(owner, "name", fact(p, "owner.name"));
    json_object_set_new(p->out, "owner", owner);
    mandate = json_null();
    if (!is_owner && fact(p, "mandate.scope").n > 0) {
        json_t *words = json_array();
        mandate = json_object();
        json_array_append_new(words, json_stringn(fact(p, "mandate.scope").p, fact(p, "mandate.scope").n));
        if (fact(p, "mandate.date").n > 0) json_array_append_new(words, json_stringn(fact(p, "mandate.date").p, fact(p, "mandate.date").n));
        json_object_set_new(mandate, "words", words);
    }
    json_object_set_new(p->out, "mandate", mandate);
}

static void
put_ownership(struct publishing *p)
{
    json_t *o = json_object(), *words = json_array();
    fair_str author = fact(p, "author.name"), by = fact(p, "ownership.checked_by"), checked = choice(p, "ownership", fact(p, "ownership.checked"));

    fair_put(o, "level", p->facts.ownership.level >= 0 ? fair_str_fmt(p->a, "L%d", p->facts.ownership.level) : FAIR_STR("-"));
    if (author.n > 0) json_array_append_new(words, json_stringn(author.p, author.n));
    if (p->facts.ownership.from.source.n > 0) json_array_append_new(words, json_stringn(p->facts.ownership.from.source.p, p->facts.ownership.from.source.n));
    json_object_set_new(o, "words", words);
    fair_put(o, "checked", by.n > 0 ? fair_str_fmt(p->a, "%.*s: %.*s", FAIR_STR_ARG(checked), FAIR_STR_ARG(by)) : checked);
    json_object_set_new(p->out, "ownership", o);
}

/* ---- what ---- */

static json_t *
box(const double v[4])
{
    return json_pack("[f,f,f,f]", v[0], v[1], v[2], v[3]);
}

/* A kept preview as a file of the notice; the size it stands for is the whole picture's, so that boxes fit. */
static fair_status
put_picture(struct publishing *p, json_t *o, const struct fair_sha256 *key, fair_str name, int64_t w, int64_t h, struct fair_err *err)
{
    fair_str bytes;
    fair_status s;

    if (fair_sha256_none(key)) return FAIR_OK;
    s = fair_vault_read(p->h->vault, key, PICTURE_MAX, p->a, &bytes, err);
    if (s == FAIR_NOT_FOUND) return FAIR_OK;                      /* erased since: the page does without */
    if (s != FAIR_OK) return s;
    add_file(p, name, bytes);
    fair_put(o, "picture", name);
    json_object_set_new(o, "width", json_integer(w));
    json_object_set_new(o, "height", json_integer(h));
    return FAIR_OK;
}

struct use_list { struct publishing *p; json_t *works, *uses; fair_id ids[MOST_USES]; size_t n_works; };

static fair_status
use_work(struct use_list *l, fair_id id, int64_t *at, struct fair_err *err)
{
    struct publishing *p = l->p;
    struct fair_work w;
    json_t *o;

    for (size_t i = 0; i < l->n_works; i++)
        if (l->ids[i] == id) return *at = (int64_t)i, FAIR_OK;
    FAIR_TRY(fair_store_work_get(&p->h->desk, id, p->a, &w, err));
    o = json_object();
    json_array_append_new(l->works, o);
    fair_put(o, "title", w.title);
    fair_put(o, "sha256", fair_hex(p->a, w.sha256.b, 32));
    *at = (int64_t)l->n_works;
    l->ids[l->n_works++] = id;
    return put_picture(p, o, &w.preview, fair_str_fmt(p->a, "work-%zu.jpg", l->n_works), w.width, w.height, err);
}

static fair_status
put_use(void *arg, const struct fair_case_use *row, struct fair_err *err)
{
    struct use_list *l = arg;
    struct publishing *p = l->p;
    struct fair_hit x;
    int64_t work = 0;
    json_t *o, *reasons;
    size_t n = json_array_size(l->uses) + 1;

    if (n > MOST_USES) return FAIR_OK;
    FAIR_TRY(use_work(l, row->work, &work, err));
    FAIR_TRY(fair_store_hit_get(&p->h->desk, row->hit, p->a, &x, err));
    o = json_object();
    json_array_append_new(l->uses, o);
    fair_put(o, "page_url", x.page_url);
    fair_put(o, "image_url", x.image_url);
    fair_put_time(o, "seen", x.last_seen);
    json_object_set_new(o, "ended", json_boolean(x.gone != 0));
    json_object_set_new(o, "work", json_integer(work));
    json_object_set_new(o, "box", box(x.box));
    json_object_set_new(o, "work_box", box(x.work_box));
    reasons = x.words.n > 0 ? json_loadb(x.words.p, x.words.n, 0, NULL) : NULL;
    json_object_set_new(o, "reasons", reasons != NULL ? reasons : json_array());
    return put_picture(p, o, &x.preview, fair_str_fmt(p->a, "found-%zu.jpg", n), x.width, x.height, err);
}

static fair_status
put_uses(struct publishing *p, struct fair_err *err)
{
    struct use_list l = { .p = p, .works = json_array(), .uses = json_array() };

    json_object_set_new(p->out, "works", l.works);
    json_object_set_new(p->out, "uses", l.uses);
    return fair_store_case_uses(&p->h->desk, p->c.id, put_use, &l, err);
}

/* ---- the letter ---- */

static fair_str
plain(struct publishing *p, const struct fair_spans *s)
{
    struct fair_buf b = FAIR_BUF(p->a, 1 << 18);

    for (size_t i = 0; i < s->n; i++) fair_buf_add(&b, s->p[i].text);
    return (fair_str){ b.p != NULL ? b.p : "", b.n };
}

static void
put_block(json_t *list, const char *kind, fair_str s)
{
    json_t *o = json_object();

    fair_put(o, kind, s);
    json_array_append_new(list, o);
}

static json_t *
blocks(struct publishing *p)
{
    json_t *list = json_array();

    for (const struct fair_block *b = p->letter.document->first; b != NULL; b = b->next) {
        switch (b->kind) {
        case FAIR_BLOCK_HEADING: put_block(list, "h", plain(p, &b->text)); break;
        case FAIR_BLOCK_PARAGRAPH: put_block(list, "p", plain(p, &b->text)); break;
        case FAIR_BLOCK_ITEM: put_block(list, "li", plain(p, &b->text)); break;
        case FAIR_BLOCK_MONO: put_block(list, "pre", plain(p, &b->text)); break;
        case FAIR_BLOCK_KEYS:
        case FAIR_BLOCK_TABLE:
            for (size_t r = 0; r < b->n_rows; r++) {
                struct fair_buf line = FAIR_BUF(p->a, 1 << 16);
                for (size_t c = 0; c < b->n_columns; c++) {
                    if (c > 0) fair_buf_c(&line, c == 1 ? ": " : ", ");
                    fair_buf_add(&line, plain(p, &b->cells[r * b->n_columns + c]));
                }
                put_block(list, "li", (fair_str){ line.p != NULL ? line.p : "", line.n });
            }
            break;
        default: break;                                             /* pictures and the QR code are on the page itself */
        }
    }
    return list;
}

static fair_status
put_letter(struct publishing *p, struct fair_err *err)
{
    json_t *o = json_object();
    fair_str text;

    json_object_set_new(p->out, "letter", o);
    json_object_set_new(o, "blocks", blocks(p));
    FAIR_TRY(fair_document_text(p->letter.document, p->a, &text, err));
    add_file(p, FAIR_STR("letter.txt"), text);
    fair_put(o, "text", FAIR_STR("letter.txt"));
    if (fair_sha256_none(&p->n.pdf)) return FAIR_OK;
    FAIR_TRY(fair_vault_read(p->h->vault, &p->n.pdf, LETTER_MAX, p->a, &text, err));
    add_file(p, FAIR_STR("letter.pdf"), text);
    fair_put(o, "pdf", FAIR_STR("letter.pdf"));
    fair_put(o, "sha256", fair_hex(p->a, p->n.pdf.b, 32));
    return FAIR_OK;
}

/* ---- where it stands ---- */

static void
put_period(struct publishing *p)
{
    const struct fair_course *c = &p->facts.c;
    json_t *o = json_object();
    const struct fair_step *step = &c->step[FAIR_STEP_INQUIRY];

    for (int i = FAIR_N_STEPS - 1; i >= 0; i--)
        if (c->step[i].sent != 0) {
            step = &c->step[i];
            break;
        }
    json_object_set_new(o, "days", json_integer(p->n.deadline_days));
    fair_put_time(o, "begun", step->delivered);
    fair_put_time(o, "until", p->c.deadline);
    fair_put_time(o, "stopped", c->unread_since != 0 ? c->unread_since : c->stopped_since);
    json_object_set_new(p->out, "period", o);
}

static fair_status
put_gates(struct publishing *p, struct fair_err *err)
{
    json_t *list = json_array();
    struct fair_gate_record r;
    json_t *record = NULL;
    const json_t *g;
    size_t i;
    fair_status s;

    json_object_set_new(p->out, "gates", list);
    if (fair_sha256_none(&p->n.gates_sha256)) return FAIR_OK;
    fair_put(p->out, "gates_sha256", fair_hex(p->a, p->n.gates_sha256.b, 32));
    s = fair_store_gate_record_get(&p->h->desk, &p->n.gates_sha256, p->a, &r, err);
    if (s == FAIR_NOT_FOUND) return FAIR_OK;
    if (s != FAIR_OK) return s;
    record = json_loadb(r.record.p, r.record.n, 0, NULL);
    json_array_foreach(json_object_get(record, "gates"), i, g) {
        json_t *o = json_object();
        const char *id = json_string_value(json_object_get(g, "id"));
        const struct fair_gate_info *info = id != NULL && id[0] == 'G' ? fair_gate_info((int)strtol(id + 1, NULL, 10)) : NULL;
        fair_put(o, "id", fair_str_of(id));
        fair_put(o, "name", info != NULL ? fair_str_of(info->name) : (fair_str){ NULL, 0 });
        fair_put(o, "result", fair_str_of(json_string_value(json_object_get(g, "verdict"))));
        fair_put(o, "source", fair_str_of(json_string_value(json_object_get(json_object_get(g, "from"), "source"))));
        json_array_append_new(list, o);
    }
    json_decref(record);
    return FAIR_OK;
}

/* What is told to the recipient of the course of things: what went out, came in, was decided.  Not who of us did it. */
static fair_status
put_step(void *arg, const struct fair_case_step *x, struct fair_err *err)
{
    struct publishing *p = arg;
    enum fair_move m;
    json_t *list = json_object_get(p->out, "history"), *o;

    (void)err;
    if (!fair_move_parse(x->move, &m)) return FAIR_OK;
    if (!fair_move_sends(m) && strcmp(fair_actor_name(FAIR_RCP), fair_str_dup(p->a, x->actor).p) != 0 && m != FAIR_DO_DELIVERED && m != FAIR_DO_GRANT_TIME &&
        m != FAIR_DO_ANSWER_DISPUTE && m != FAIR_DO_REJECT && m != FAIR_DO_REJECT_APPEAL && m != FAIR_DO_READ_IT && m != FAIR_DO_PUT_ON_HOLD && !fair_str_starts(x->became, FAIR_STR("CLOSED_")))
        return FAIR_OK;
    o = json_object();
    fair_put_time(o, "at", x->at);
    fair_put(o, "move", x->move);
    fair_put(o, "words", x->move);
    json_array_append_new(list, o);
    return FAIR_OK;
}

static fair_status
put_decision(void *arg, const struct fair_dispute *x, struct fair_err *err)
{
    struct publishing *p = arg;
    json_t *o;

    (void)err;
    if (!fair_str_eq(x->decision, FAIR_STR("rejected")) || x->appealed != 0) return FAIR_OK;
    o = json_object();
    json_object_set_new(o, "words", json_pack("[s%]", x->reasons.n > 0 ? x->reasons.p : "", x->reasons.n));
    fair_put_time(o, "appeal_until", x->decided + fair_cases_days("appeal") * FAIR_DAY);
    json_object_set_new(p->out, "decision", o);
    return FAIR_OK;
}

static void
put_final(struct publishing *p)
{
    json_t *o;

    if (p->c.closed == 0) {
        json_object_set_new(p->out, "final", json_null());
        return;
    }
    o = json_object();
    fair_put(o, "state", p->c.state);
    json_object_set_new(o, "words", p->c.reason.n > 0 ? json_pack("[s%]", p->c.reason.p, p->c.reason.n) : json_array());
    json_object_set_new(p->out, "final", o);
}

static void
put_privacy(struct publishing *p)
{
    json_t *list = json_array(), *words = json_array(), *advice = json_array();
    fair_str name = fact(p, "advice.name"), url = fact(p, "advice.url"), v;

    if (name.n == 0) name = fair_letter_fact_get(p->letter.words, FAIR_STR("advice.name"));
    if (url.n == 0) url = fair_letter_fact_get(p->letter.words, FAIR_STR("advice.url"));
    if (name.n > 0 && url.n > 0) json_array_append_new(advice, json_pack("{s:s%, s:s%}", "name", name.p, name.n, "url", url.p, url.n));
    for (int i = 1; i < 20; i++) {
        fair_str what = fact(p, fair_str_fmt(p->a, "datum.%d.what", i).p), source;
        json_t *o;
        if (what.n == 0) break;
        source = choice(p, "source", fact(p, fair_str_fmt(p->a, "datum.%d.source", i).p));
        v = fact(p, fair_str_fmt(p->a, "datum.%d.place", i).p);
        o = json_object();
        fair_put(o, "what", choice(p, "what", what));
        fair_put(o, "value", fact(p, fair_str_fmt(p->a, "datum.%d.value", i).p));
        fair_put(o, "source", v.n > 0 ? fair_str_fmt(p->a, "%.*s: %.*s", FAIR_STR_ARG(source), FAIR_STR_ARG(v)) : source);
        json_array_append_new(list, o);
    }
    v = fact(p, "privacy.controller");
    if (v.n > 0) json_array_append_new(words, json_stringn(v.p, v.n));
    v = fact(p, "privacy.contact");
    if (v.n > 0) json_array_append_new(words, json_stringn(v.p, v.n));
    json_object_set_new(p->out, "privacy", list);
    json_object_set_new(p->out, "privacy_words", words);
    json_object_set_new(p->out, "advice", advice);
}

/* The secret of the link that the letter names. */
static fair_str
secret_of(fair_str url)
{
    for (size_t i = 0; i + 3 + FAIR_LINK_SECRET <= url.n; i++) {
        fair_str s = { url.p + i + 3, FAIR_LINK_SECRET };
        if (memcmp(url.p + i, "/n/", 3) == 0 && i + 3 + FAIR_LINK_SECRET == url.n && fair_link_secret_ok(s)) return s;
    }
    return (fair_str){ NULL, 0 };
}

static fair_status
compose(struct publishing *p, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *steps = fair_arena_new();

    json_object_set_new(p->out, "version", json_integer(1));
    fair_put(p->out, "id", p->n.code);
    fair_put(p->out, "step", p->n.step);
    fair_put(p->out, "language", p->n.language);
    fair_put(p->out, "law", p->n.law);
    fair_put_time(p->out, "issued", p->n.queued != 0 ? p->n.queued : p->n.created);
    put_claimant(p);
    put_ownership(p);
    FAIR_TRY(put_uses(p, err));
    FAIR_TRY(put_letter(p, err));
    put_period(p);
    FAIR_TRY(put_gates(p, err));
    json_object_set_new(p->out, "evidence", json_array());
    json_object_set_new(p->out, "history", json_array());
    json_object_set_new(p->out, "decision", json_null());
    FAIR_TRY(fair_store_case_steps(&p->h->desk, p->c.id, put_step, p, err));
    FAIR_TRY(fair_store_disputes(&p->h->desk, p->c.id, put_decision, p, err));
    put_final(p);
    put_privacy(p);
    if (p->n.signature.n > 0) {
        json_t *o = json_object();
        fair_put(o, "sig", fair_base64(p->a, p->n.signature.p, p->n.signature.n));
        json_object_set_new(p->out, "signature", o);
    }
    p->secret = secret_of(fact(p, "letter.answer_url"));
    return FAIR_OK;
}

/* "close-wrong" is a closing letter to the page, "answer-own-work" an answer. */
static const char *
page_step(fair_str step)
{
    if (fair_str_starts(step, FAIR_STR("close"))) return "closing";
    if (fair_str_starts(step, FAIR_STR("answer")) || fair_str_eq(step, FAIR_STR("decision"))) return "answer";
    if (fair_str_starts(step, FAIR_STR("inquiry"))) return "inquiry";
    return NULL;
}

static fair_status
publish(struct publishing *p, const struct fair_portal_home *home, struct fair_err *err)
{
    fair_str json;
    char *text;
    const char *step = page_step(p->n.step);

    FAIR_TRY(compose(p, err));
    if (step != NULL) json_object_set_new(p->out, "step", json_string(step));
    text = json_dumps(p->out, JSON_INDENT(1) | JSON_SORT_KEYS);
    if (text == NULL) return fair_fail(err, FAIR_IO, "notice %.*s does not become JSON", FAIR_STR_ARG(p->n.code));
    json = fair_str_dup(p->a, fair_str_of(text));
    free(text);
    FAIR_TRY(fair_shelf_notice_put(&home->shelf, p->n.code, json, p->files, p->n_files, err));
    if (p->secret.n == 0) return FAIR_OK;
    {
        struct fair_sha256 key = fair_sha256_of(p->secret.p, p->secret.n);
        fair_time from = p->n.queued != 0 ? p->n.queued : p->n.created, expires = from + p->h->config.portal_link_days * FAIR_DAY;
        FAIR_TRY(fair_store_portal_link_put(&p->h->desk, p->n.id, &key, p->now, expires, "letter", err));
        return fair_shelf_link_put(&home->shelf, p->secret, p->n.code, expires, err);
    }
}

fair_status
fair_portal_publish(struct fair_house *h, fair_id notice, fair_time now, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct publishing p = { .h = h, .a = a, .now = now };
    struct fair_portal_home home;
    struct fair_letters *letters;
    fair_str inputs;
    fair_status s;

    FAIR_TRY(fair_house_vault(h, err));
    FAIR_TRY(fair_store_notice_get(&h->desk, notice, a, &p.n, err));
    if (fair_sha256_none(&p.n.inputs)) return fair_fail(err, FAIR_INVALID, "notice %.*s has no letter yet", FAIR_STR_ARG(p.n.code));
    FAIR_TRY(fair_store_case_get(&h->desk, p.n.case_id, a, &p.c, err));
    FAIR_TRY(fair_store_case_gather(&h->desk, p.n.case_id, notice, now, a, &p.facts, err));
    FAIR_TRY(fair_letters_load(a, fair_letters_builtin(), &letters, err));
    p.letters = letters;
    FAIR_TRY(fair_vault_read(h->vault, &p.n.inputs, (size_t)2 << 20, a, &inputs, err));
    FAIR_TRY(fair_letter_again(letters, inputs, a, &p.letter, err));
    FAIR_TRY(fair_portal_home_open(h, a, &home, err));
    p.out = json_object();
    s = publish(&p, &home, err);
    json_decref(p.out);
    return s;
}

struct published { fair_id ids[64]; size_t n; };

static fair_status
keep_published(void *arg, const struct fair_notice *n, struct fair_err *err)
{
    struct published *l = arg;

    (void)err;
    if (n->queued != 0 && l->n < sizeof l->ids / sizeof *l->ids && !fair_sha256_none(&n->inputs)) l->ids[l->n++] = n->id;
    return FAIR_OK;
}

fair_status
fair_portal_publish_case(struct fair_house *h, fair_id case_id, fair_time now, struct fair_err *err)
{
    struct fair_notice_filter f = { .case_id = case_id, .page = { 0, 64 } };
    struct published l = { .n = 0 };

    FAIR_TRY(fair_store_notices(&h->desk, &f, keep_published, &l, err));
    for (size_t i = 0; i < l.n; i++) FAIR_TRY(fair_portal_publish(h, l.ids[i], now, err));
    return FAIR_OK;
}
