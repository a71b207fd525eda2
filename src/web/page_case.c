/* web/page_case.c - one case: what it is about, where it stands, what may be done next, and every reason why not. */
#include <string.h>
#include "base/log.h"
#include "store/proposal_rows.h"
#include "web/cases_private.h"
#include "web/hits_private.h"
#include "web/model.h"
#include "web/words.h"

enum { PICTURES = 12, NOTICES = 200 };

struct list { struct fair_request *rq; json_t *out; };

/* ---- what it is about ------------------------------------------------------------------------------------------------ */

struct uses { struct fair_request *rq; json_t *out, *pictures; struct fair_mending *m; };

static fair_status
list_use(void *arg, const struct fair_case_use *x, struct fair_err *err)
{
    struct uses *l = arg;
    json_t *o = json_object();

    if (l->m->hit == 0) l->m->hit = x->hit, l->m->work = x->work;
    fair_put_id(o, "hit", x->hit);
    fair_put_id(o, "work", x->work);
    fair_put(o, "page", x->page_url);
    fair_put(o, "image", x->image_url);
    fair_put(o, "work_title", x->work_title);
    fair_put_time(o, "at", x->at);
    json_array_append_new(l->out, o);
    if (json_array_size(l->pictures) < PICTURES) {
        struct fair_hit h;
        fair_status s = fair_store_hit_get(&l->rq->desk, x->hit, l->rq->arena, &h, err);
        if (s == FAIR_OK) json_array_append_new(l->pictures, fair_hit_model(l->rq, &h));
        else if (s != FAIR_NOT_FOUND) return s;
    }
    return FAIR_OK;
}

/* ---- what happened ------------------------------------------------------------------------------------------------------- */

/* "licence,mine" of a row. */
static fair_str
grounds_said(struct fair_arena *a, fair_str list)
{
    struct fair_buf b = FAIR_BUF(a, 2000);
    fair_str one;

    while (list.n > 0 && fair_str_split(&list, ',', &one)) {
        fair_str said = fair_ground_said(one);
        fair_buf_fmt(&b, "%s%.*s", b.n > 0 ? "; " : "", FAIR_STR_ARG(said));
    }
    return (fair_str){ b.p, b.n };
}

static fair_str
who_did(struct fair_arena *a, const struct fair_case_step *x)
{
    enum fair_actor who;
    bool known = fair_actor_parse(x->actor, &who);
    fair_str as = known ? fair_str_of(fair_actor_words(who)) : x->actor;

    if (x->automatic) return FAIR_STR("by time alone");
    if (x->user_name.n > 0) return fair_str_fmt(a, "%.*s (%.*s)", FAIR_STR_ARG(x->user_name), FAIR_STR_ARG(as));
    if (known && who == FAIR_RCP) return x->verified ? FAIR_STR("by the recipient, over the link of the letter") : FAIR_STR("said to be by the recipient");
    return as;
}

static fair_status
list_step(void *arg, const struct fair_case_step *x, struct fair_err *err)
{
    struct list *l = arg;
    struct fair_arena *a = l->rq->arena;
    json_t *o = json_object(), *show = json_object();
    enum fair_move move;

    (void)err;
    json_object_set_new(o, "event", json_integer(x->seq));
    fair_put(o, "move", x->move);
    fair_put(o, "actor", x->actor);
    fair_put(o, "was", x->was);
    fair_put(o, "became", x->became);
    fair_put(o, "ground", x->ground);
    fair_put(o, "note", x->note);
    fair_put_id(o, "user", x->user);
    fair_put(o, "user_name", x->user_name);
    fair_put_id(o, "notice", x->notice);
    json_object_set_new(o, "verified", json_boolean(x->verified));
    json_object_set_new(o, "automatic", json_boolean(x->automatic));
    fair_put_time(o, "at", x->at);
    fair_put(o, "hash", fair_hex(a, x->hash.b, 32));
    fair_put(show, "done", fair_move_parse(x->move, &move) ? fair_str_of(fair_move_words(move)->done) : x->move);
    fair_put(show, "who", who_did(a, x));
    if (x->ground.n > 0) fair_put(show, "ground", grounds_said(a, x->ground));
    if (!fair_str_eq(x->was, x->became)) fair_put(show, "became", fair_state_said(x->became));
    fair_words_put_when(show, "at", a, l->rq->now, x->at);
    json_object_set_new(o, "show", show);
    json_array_append_new(l->out, o);
    return FAIR_OK;
}

/* ---- facts that people state ---------------------------------------------------------------------------------------------- */

static fair_status
list_fact(void *arg, const struct fair_case_fact *x, struct fair_err *err)
{
    struct list *l = arg;
    json_t *o = json_object(), *show = json_object();
    const struct fair_fact_info *info = fair_cases_fact(x->name);

    (void)err;
    fair_put(o, "name", x->name);
    fair_put(o, "value", x->value);
    fair_put(o, "source", x->source);
    fair_put(o, "words", fair_str_of(info != NULL ? info->words : NULL));
    fair_put_id(o, "user", x->user);
    fair_put_time(o, "at", x->at);
    fair_words_put_when(show, "at", l->rq->arena, l->rq->now, x->at);
    json_object_set_new(o, "show", show);
    json_array_append_new(l->out, o);
    return FAIR_OK;
}

/* May this account state it?  The worksheet and the match have forms of their own; what the house finds out itself nobody states. */
static bool
may_state(const struct fair_fact_info *f, enum fair_actor as)
{
    if (strcmp(f->scope, "case") != 0 || strcmp(f->who, "house") == 0) return false;
    if (strncmp(f->name, "exceptions.", 11) == 0 || strcmp(f->name, "match.seen") == 0) return false;
    if (strcmp(f->who, "counsel") == 0) return as == FAIR_CNS;
    return strcmp(f->who, "reviewer") != 0 || as == FAIR_REV || as == FAIR_CNS;
}

static json_t *
facts_to_state(struct fair_arena *a, enum fair_actor as)
{
    json_t *list = json_array();
    const struct fair_fact_info *f;

    for (size_t i = 0; (f = fair_cases_fact_at(i)) != NULL; i++) {
        json_t *o;
        fair_str rest = fair_str_of(f->kind), one;
        if (!may_state(f, as)) continue;
        o = json_pack("{s:s, s:s}", "name", f->name, "words", f->words);
        if (strcmp(f->kind, "time") == 0) json_object_set_new(o, "time", json_true());
        else if (strcmp(f->kind, "number") == 0) json_object_set_new(o, "number", json_true());
        else if (strcmp(f->kind, "text") == 0) json_object_set_new(o, "text", json_true());
        else {
            json_t *choices = json_array();
            if (strcmp(f->kind, "flag") == 0) rest = FAIR_STR("yes|no");
            while (fair_str_split(&rest, '|', &one)) json_array_append_new(choices, json_string(fair_str_dup(a, one).p));
            json_object_set_new(o, "choices", choices);
            json_object_set_new(o, "pick", json_true());
        }
        json_array_append_new(list, o);
    }
    return list;
}

/* ---- the party, disputes, letters ---------------------------------------------------------------------------------------- */

static fair_str
datum_said(fair_str what)
{
    static const char *const said[][2] = { { "name", "Name" }, { "address", "Postal address" }, { "country", "Country" }, { "email", "Mail" }, { "phone", "Telephone" }, { "form", "Contact form" },
        { "register", "Register" }, { "lawyer", "Their lawyer" } };

    for (size_t i = 0; i < sizeof said / sizeof *said; i++)
        if (fair_str_eq(what, fair_str_of(said[i][0]))) return fair_str_of(said[i][1]);
    return what;
}

static fair_str
source_said(fair_str source)
{
    static const char *const said[][2] = { { "imprint", "their imprint" }, { "rdap", "the domain's registration data (RDAP)" }, { "security_txt", "their security.txt" }, { "register", "a public register" },
        { "recipient", "the recipient" }, { "entered", "a person who saw it" } };

    for (size_t i = 0; i < sizeof said / sizeof *said; i++)
        if (fair_str_eq(source, fair_str_of(said[i][0]))) return fair_str_of(said[i][1]);
    return source;
}

static fair_status
list_datum(void *arg, const struct fair_party_datum *x, struct fair_err *err)
{
    struct list *l = arg;
    json_t *o = json_object(), *show = json_object();

    (void)err;
    fair_put_id(o, "id", x->id);
    fair_put(o, "what", x->what);
    fair_put(o, "value", x->value);
    fair_put(o, "source", x->source);
    fair_put(o, "seen_at", x->source_url);
    fair_put_time(o, "seen", x->seen);
    fair_put_time(o, "confirmed", x->confirmed);
    fair_put_id(o, "confirmed_by", x->confirmed_by);
    fair_put(show, "what", datum_said(x->what));
    fair_put(show, "source", source_said(x->source));
    fair_words_put_when(show, "seen", l->rq->arena, l->rq->now, x->seen);
    json_object_set_new(o, "show", show);
    json_array_append_new(l->out, o);
    return FAIR_OK;
}

static bool
is_link(fair_str url)
{
    return (fair_str_starts(url, FAIR_STR("https://")) || fair_str_starts(url, FAIR_STR("http://"))) && fair_utf8_valid(url);
}

static fair_status
list_proposal(void *arg, const struct fair_proposal *x, struct fair_err *err)
{
    struct list *l = arg;
    json_t *o = json_object(), *show = json_object();
    bool only_note = fair_str_eq(x->what, FAIR_STR("note"));

    (void)err;
    fair_put_id(o, "id", x->id);
    fair_put(o, "what", x->what);
    fair_put(o, "value", x->value);
    fair_put(o, "source", x->source);
    fair_put(o, "seen_at", x->source_url);
    fair_put_time(o, "seen", x->seen);
    fair_put(show, "what", fair_str_eq(x->what, FAIR_STR("form")) ? FAIR_STR("Their imprint") : datum_said(x->what));
    fair_put(show, "source", source_said(x->source));
    json_object_set_new(show, "offered", json_boolean(!only_note));
    json_object_set_new(show, "note", json_boolean(only_note));
    if (is_link(x->source_url)) fair_put(show, "link", x->source_url);
    fair_words_put_when(show, "seen", l->rq->arena, l->rq->now, x->seen);
    json_object_set_new(o, "show", show);
    json_array_append_new(l->out, o);
    return FAIR_OK;
}

/* The name first, then where they are: not by the alphabet. */
static void
in_order(json_t *list)
{
    static const char *const order[] = { "name", "address", "country", "email", "phone", "form", "register", "lawyer" };
    json_t *sorted = json_array(), *one;
    size_t i;

    for (size_t k = 0; k < sizeof order / sizeof *order; k++) {
        json_array_foreach(list, i, one) {
            if (fair_str_eq(fair_member(one, "what"), fair_str_of(order[k]))) json_array_append(sorted, one);
        }
    }
    json_array_clear(list);
    json_array_extend(list, sorted);
    json_decref(sorted);
}

static fair_status
put_party(struct fair_request *rq, fair_id id, json_t *model, struct fair_err *err)
{
    struct list l = { rq, json_array() }, proposals = { rq, json_array() };
    struct fair_party p;
    json_t *o = json_object(), *show = json_object();

    json_object_set_new(model, "known", l.out);
    json_object_set_new(model, "proposals", proposals.out);
    json_object_set_new(model, "whose", o);
    if (id == 0) return FAIR_OK;
    FAIR_TRY(fair_store_party_get(&rq->desk, id, rq->arena, &p, err));
    fair_put_id(o, "id", p.id);
    fair_put(o, "operator", p.operator);
    fair_put(o, "kind", p.kind);
    fair_put(o, "kind_evidence", p.kind_evidence);
    fair_put(o, "hosting", p.hosting);
    fair_put(o, "hosting_evidence", p.hosting_evidence);
    fair_put(o, "language", p.language);
    json_object_set_new(o, "lawyer_only", json_boolean(p.lawyer_only));
    fair_put(show, "kind", fair_str_eq(p.kind, FAIR_STR("private")) ? FAIR_STR("A private person") : fair_str_eq(p.kind, FAIR_STR("commercial")) ? FAIR_STR("Commercial") : FAIR_STR("Not known yet whether private or commercial"));
    fair_put(show, "hosting", fair_str_eq(p.hosting, FAIR_STR("hosted")) ? FAIR_STR("The picture lies on their own server") : fair_str_eq(p.hosting, FAIR_STR("embedded")) ? FAIR_STR("The page only shows the picture from elsewhere")
           : fair_str_eq(p.hosting, FAIR_STR("platform")) ? FAIR_STR("The picture lies on a platform, put there by somebody else") : FAIR_STR("Not known yet where the picture lies"));
    json_object_set_new(o, "show", show);
    FAIR_TRY(fair_store_party_data(&rq->desk, id, list_datum, &l, err));
    in_order(l.out);
    FAIR_TRY(fair_store_proposals(&rq->desk, id, list_proposal, &proposals, err));
    json_object_set_new(json_object_get(model, "show"), "any_proposal", json_boolean(json_array_size(proposals.out) > 0));
    return FAIR_OK;
}

static fair_status
list_dispute(void *arg, const struct fair_dispute *x, struct fair_err *err)
{
    struct list *l = arg;
    json_t *o = json_object(), *show = json_object();

    (void)err;
    fair_put_id(o, "id", x->id);
    fair_put(o, "ground", x->ground);
    fair_put(o, "words", x->words);
    fair_put(o, "answer", x->answer);
    fair_put(o, "decision", x->decision);
    fair_put(o, "reasons", x->reasons);
    fair_put(o, "appeal_reasons", x->appeal_reasons);
    fair_put_time(o, "raised", x->raised);
    fair_put_time(o, "answered", x->answered);
    fair_put_time(o, "decided", x->decided);
    fair_put_time(o, "appealed", x->appealed);
    fair_put(show, "ground", fair_ground_said(x->ground));
    fair_words_put_when(show, "raised", l->rq->arena, l->rq->now, x->raised);
    fair_words_put_when(show, "answered", l->rq->arena, l->rq->now, x->answered);
    fair_words_put_when(show, "decided", l->rq->arena, l->rq->now, x->decided);
    json_object_set_new(show, "open", json_boolean(x->decided == 0 && x->answered == 0));
    json_object_set_new(show, "document", json_boolean(!fair_sha256_none(&x->document)));
    json_object_set_new(o, "show", show);
    json_array_append_new(l->out, o);
    return FAIR_OK;
}

static fair_status
list_notice(void *arg, const struct fair_notice *n, struct fair_err *err)
{
    struct list *l = arg;

    (void)err;
    json_array_append_new(l->out, fair_notice_model(l->rq, n));
    return FAIR_OK;
}

/* ---- gates ------------------------------------------------------------------------------------------------------------------ */

static void
put_gates(struct fair_request *rq, const struct fair_facts *f, const struct fair_mending *m, json_t *model)
{
    static const char *const for_what[FAIR_N_LEVELS] = { "", "the first question", "an offer", "a formal warning", "talks", "a court", "a takedown notice" };
    enum fair_level level = fair_cases_level_of(f->c.state);
    struct fair_case_event e = { .move = FAIR_DO_INQUIRE, .by = rq->desk.user, .at = rq->now, .sum = f->amount.any ? f->amount.sum : 0 };
    struct fair_gate gates[FAIR_N_GATES];
    json_t *list = json_array();
    int64_t passed = 0;

    /* Those of what may come next. */
    if (level == FAIR_AT_NONE) level = FAIR_AT_INQUIRY;
    else if (level < FAIR_AT_COURT) level = (enum fair_level)(level + 1);
    fair_cases_gates(f, level, &e, gates);
    for (int i = 0; i < FAIR_N_GATES; i++) {
        const struct fair_gate_info *info = fair_gate_info(i + 1);
        json_t *o = json_pack("{s:s, s:s, s:s, s:s, s:o}", "id", info->id, "name", info->name, "words", info->words, "verdict", fair_gate_verdict_name(gates[i].verdict),
                              "reasons", fair_reasons_model(rq, m, gates[i].reasons, gates[i].n_reasons, false)), *show = json_object();
        fair_put(o, "source", gates[i].from.source);
        fair_put_time(o, "at", gates[i].from.at);
        fair_put_id(o, "by", gates[i].from.by);
        fair_words_put_when(show, "at", rq->arena, rq->now, gates[i].from.at);
        json_object_set_new(show, "pass", json_boolean(gates[i].verdict == FAIR_PASS || gates[i].verdict == FAIR_NOT_NEEDED));
        json_object_set_new(show, "fail", json_boolean(gates[i].verdict == FAIR_FAIL));
        json_object_set_new(show, "human", json_boolean(gates[i].verdict == FAIR_NEEDS_HUMAN));
        json_object_set_new(o, "show", show);
        json_array_append_new(list, o);
        passed += gates[i].n_reasons == 0;
    }
    json_object_set_new(model, "gates", list);
    json_object_set_new(model, "gates_level", json_string(fair_level_name(level)));
    fair_put(json_object_get(model, "show"), "gates_for", fair_str_of(for_what[level]));
    json_object_set_new(json_object_get(model, "show"), "gates_passed", json_integer(passed));
}

/* ---- moves -------------------------------------------------------------------------------------------------------------------- */

/* Which of the grounds a form offers: those that are open, where it answers; all, where one is raised. */
static json_t *
ground_menu(const struct fair_facts *f, enum fair_move move)
{
    json_t *list = json_array();

    for (unsigned i = 0; i < FAIR_N_GROUNDS; i++) {
        unsigned bit = 1u << i;
        const char *name = fair_ground_name((enum fair_ground)bit);
        json_t *o;
        if (move == FAIR_DO_ANSWER_DISPUTE && ((f->c.grounds & bit) == 0 || (f->c.grounds_answered & bit) != 0)) continue;
        o = json_object();
        fair_put(o, "value", fair_str_of(name));
        fair_put(o, "words", fair_ground_said(fair_str_of(name)));
        json_array_append_new(list, o);
    }
    return list;
}

static json_t *
move_model(struct fair_request *rq, const struct fair_facts *f, const struct fair_mending *m, enum fair_move move, const struct fair_ruling *r, fair_id letter, bool first)
{
    const struct fair_move_words *w = fair_move_words(move);
    bool no_letter = (w->asks & FAIR_ASKS_LETTER) != 0 && letter == 0;
    json_t *o = json_pack("{s:s, s:b, s:s, s:b, s:o}", "move", fair_move_name(move), "allowed", r->allowed, "to", fair_state_name(r->to), "sends", fair_move_sends(move),
                          "reasons", fair_reasons_model(rq, m, r->reasons, r->n_reasons, false)), *show = json_object();

    fair_put_time(o, "not_before", r->not_before);
    fair_words_put_when(show, "not_before", rq->arena, rq->now, r->not_before);
    fair_put(show, "label", fair_str_of(w->label));
    fair_put(show, "help", fair_str_of(w->help));
    if (r->allowed && r->to != f->c.state) fair_put(show, "to", fair_str_of(fair_case_state_words(r->to)->name));
    json_object_set_new(show, "ask_note", json_boolean((w->asks & (FAIR_ASKS_NOTE | FAIR_ASKS_REASON)) != 0));
    json_object_set_new(show, "must", json_boolean((w->asks & FAIR_ASKS_REASON) != 0));
    json_object_set_new(show, "ask_words", json_boolean((w->asks & FAIR_ASKS_WORDS) != 0));
    json_object_set_new(show, "note_is", json_string((w->asks & FAIR_ASKS_REASON) == 0 ? "A note, if you like" : w->group == FAIR_MOVES_HEARD ? "What they said, or what proves it" : "Your reasons"));
    json_object_set_new(show, "words_are", json_string(move == FAIR_DO_DISPUTE ? "What they say" : "Your answer"));
    json_object_set_new(show, "ask_days", json_boolean((w->asks & FAIR_ASKS_DAYS) != 0));
    json_object_set_new(show, "ask_credit", json_boolean((w->asks & FAIR_ASKS_CREDIT) != 0));
    if ((w->asks & FAIR_ASKS_GROUND) != 0) json_object_set_new(show, "grounds", ground_menu(f, move));
    json_object_set_new(show, "main", json_boolean(first));
    if (letter != 0) fair_put_id(show, "letter", letter);
    json_object_set_new(show, "says", json_boolean(w->help != NULL || letter != 0 || (r->allowed && r->to != f->c.state)));
    if (!r->allowed) json_object_set_new(show, "why", fair_reasons_model(rq, m, r->reasons, r->n_reasons, no_letter));
    json_object_set_new(o, "show", show);
    return o;
}

static fair_status
put_moves(struct fair_request *rq, const struct fair_facts *f, const struct fair_mending *m, json_t *model, struct fair_err *err)
{
    static const char *const groups[FAIR_N_MOVE_GROUPS] = { "on", "beside", "decide", "heard", "close" };
    enum fair_move moves[FAIR_N_MOVES];
    enum fair_actor who;
    json_t *can = json_array(), *cannot = json_array(), *show = json_object_get(model, "show"), *lists[FAIR_N_MOVE_GROUPS], *later = json_array();
    size_t n = 0;
    bool actor = fair_store_case_actor(rq->user.role, FAIR_DO_LETTER, &who);

    json_object_set_new(model, "can", can);
    json_object_set_new(model, "cannot", cannot);
    json_object_set_new(show, "later", later);
    json_object_set_new(show, "moves", json_boolean(actor));
    for (size_t i = 0; i < FAIR_N_MOVE_GROUPS; i++) json_object_set_new(show, groups[i], lists[i] = json_array());
    if (actor) n = fair_cases_moves(f->c.state, who, moves);
    for (size_t i = 0; i < n; i++) {
        const struct fair_move_words *w = fair_move_words(moves[i]);
        struct fair_ruling r = fair_cases_may_move(f, moves[i], who, rq->desk.user, rq->now);
        fair_id letter = 0;
        json_t *o;

        /* A letter is judged with its bytes, where there is one. */
        if ((w->asks & FAIR_ASKS_LETTER) != 0) FAIR_TRY(fair_letter_waiting(rq, m->case_id, moves[i], &letter, err));
        if (letter != 0) {
            struct fair_facts *with = fair_alloc(rq->arena, sizeof *with);
            FAIR_TRY(fair_store_case_gather(&rq->desk, m->case_id, letter, rq->now, rq->arena, with, err));
            r = fair_cases_may_move(with, moves[i], who, rq->desk.user, rq->now);
        }
        o = move_model(rq, f, m, moves[i], &r, letter, w->group == FAIR_MOVES_ON && json_array_size(lists[FAIR_MOVES_ON]) == 0);
        json_array_append_new(r.allowed ? can : cannot, o);
        /* Letters that ask for nothing are sent from their own pages. */
        if (moves[i] == FAIR_DO_LETTER) continue;
        if (r.allowed) json_array_append(lists[w->group], o);
        else if (w->group == FAIR_MOVES_ON || w->group == FAIR_MOVES_DECIDE) json_array_append(later, o);
    }
    return FAIR_OK;
}

/* What letter one would draft here. */
static const char *
step_here(const struct fair_facts *f)
{
    static const struct { enum fair_case_state s; const char *step; } at[] = {
        { FAIR_INQUIRY, "reminder" }, { FAIR_INFO_REQUESTED, "answer-question" }, { FAIR_CURE, "answer-cured" }, { FAIR_RETURN, "decision" }, { FAIR_RETURN_FINAL, "decision" },
        { FAIR_CLOSED_LICENSED_BEFORE, "close-licensed-before" }, { FAIR_CLOSED_REMOVED_FREE, "close-removed" }, { FAIR_CLOSED_CREDITED, "close-credited" }, { FAIR_CLOSED_EXCEPTION, "close-exception" },
        { FAIR_CLOSED_WRONG, "close-wrong" }, { FAIR_CLOSED_LAPSED, "close-lapsed" }, { FAIR_CLOSED_TIME_BARRED, "close-time-barred" }, { FAIR_CLOSED_UNECONOMIC, "close-uneconomic" },
        { FAIR_CLOSED_OWNER_WITHDREW, "close-withdrawn" }, { FAIR_CLOSED_HANDED_OVER, "close-handed-over" },
        { FAIR_CLOSED_LICENCE_SOLD, "close-licence-sold" }, { FAIR_CLOSED_SETTLED, "close-settled" }, { FAIR_CLOSED_JUDGMENT, "close-judgment" }, { FAIR_CLOSED_LOST, "close-lost" } };
    static const struct { unsigned ground; const char *step; } on[] = { { FAIR_GROUND_LICENCE, "answer-licence" }, { FAIR_GROUND_MINE, "answer-own-work" }, { FAIR_GROUND_FREE, "answer-free" },
        { FAIR_GROUND_EXCEPTION, "answer-exception" }, { FAIR_GROUND_NOT_ME, "answer-not-me" } };

    for (size_t i = 0; i < sizeof at / sizeof *at; i++)
        if (f->c.state == at[i].s) return at[i].step;
    if (f->c.state == FAIR_DISPUTED || f->c.state == FAIR_DISPUTE_REVIEW) {
        for (size_t i = 0; i < sizeof on / sizeof *on; i++)
            if ((f->c.grounds & on[i].ground) != 0) return on[i].step;
        return "answer-other";
    }
    return f->cc ? "inquiry-cc" : "inquiry";
}

static json_t *
step_menu(const struct fair_facts *f)
{
    json_t *list = json_array();
    const char *here = step_here(f), *step;

    for (size_t i = 0; (step = fair_letter_step_at(i)) != NULL; i++) {
        json_t *o = json_pack("{s:s, s:b}", "value", step, "selected", strcmp(step, here) == 0);
        fair_put(o, "words", fair_letter_step_said(fair_str_of(step)));
        json_array_append_new(list, o);
    }
    return list;
}

static void
put_show(struct fair_request *rq, const struct fair_case *c, const struct fair_facts *f, json_t *model, json_t *show)
{
    const struct fair_state_words *w = fair_case_state_words(f->c.state);
    enum fair_actor as;
    enum fair_move due;
    fair_time when;
    json_t *exceptions = json_array();
    static const char *const asked[][2] = { { "quotation", "Quotation: it is shown to speak about it, with its source" }, { "parody", "Parody, caricature, pastiche" },
        { "news", "Report on a current event in which the picture is seen" }, { "teaching", "Teaching, research, criticism or review" }, { "other", "Anything else the law of that country allows" } };

    fair_put_id(model, "case_id", c->id);
    fair_put(show, "state", fair_str_of(w->name));
    fair_put(show, "means", fair_str_of(w->means));
    json_object_set_new(show, "stopped", json_boolean(f->c.stopped_since != 0));
    json_object_set_new(show, "unread_since", json_boolean(f->c.unread_since != 0));
    json_object_set_new(show, "proven", json_boolean(c->deadline != 0));
    if (c->due != 0 && fair_cases_due(&f->c, f->country, c->due + FAIR_SECOND, &due, &when)) fair_put(show, "by_time", fair_str_of(fair_move_by_time(due)));
    json_object_set_new(show, "written_to", json_boolean(f->c.contacted));
    json_object_set_new(show, "letter_owed", json_boolean(f->c.closing_letter_owed));
    json_object_set_new(show, "seen", json_boolean(f->match.seen));
    json_object_set_new(show, "worksheet", json_boolean(f->exceptions.signed_));
    json_object_set_new(show, "steps", step_menu(f));
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) json_array_append_new(exceptions, json_pack("{s:s, s:s}", "name", asked[i][0], "words", asked[i][1]));
    json_object_set_new(show, "exceptions", exceptions);
    if (fair_store_case_actor(rq->user.role, FAIR_DO_LETTER, &as) && c->closed == 0) json_object_set_new(show, "to_state", facts_to_state(rq->arena, as));
}

/* Where it cannot look, the gate says that they were not verified. */
void
fair_case_recheck_for(struct fair_request *rq, fair_id case_id, fair_time since)
{
    const struct fair_web_hands *hands = rq->web->o->hands;
    struct fair_err err = { 0 };

    if (hands != NULL && hands->recheck(hands->arg, &rq->desk, case_id, since, rq->now, &err) != FAIR_OK)
        fair_log(FAIR_LOG_WARN, "case.recheck case=%lld why=\"%s\"", (long long)case_id, err.text);
}

fair_status
fair_page_case(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    struct fair_facts *f = fair_alloc(rq->arena, sizeof *f);
    struct fair_notice_filter of = { rq->id, { NULL, 0 }, { 0, NOTICES } };
    struct fair_mending m = { .case_id = rq->id, .here = true };
    struct list l = { rq, NULL };
    struct uses u = { rq, json_array(), json_array(), &m };
    struct fair_case c;
    json_t *show;

    FAIR_TRY(fair_store_case_get(&rq->desk, rq->id, rq->arena, &c, err));
    if (c.closed == 0) fair_case_recheck_for(rq, c.id, rq->now - FAIR_RECHECK_SHOWN);
    FAIR_TRY(fair_store_case_gather(&rq->desk, rq->id, 0, rq->now, rq->arena, f, err));
    re->model = fair_case_model(rq, &c);
    re->title = fair_str_fmt(rq->arena, "Case with %.*s", FAIR_STR_ARG(fair_utf8_mend(rq->arena, c.operator)));
    show = json_object_get(re->model, "show");
    json_object_set_new(re->model, "use_list", u.out);
    json_object_set_new(show, "pictures", u.pictures);
    FAIR_TRY(fair_store_case_uses(&rq->desk, c.id, list_use, &u, err));
    json_object_set_new(show, "more_uses", json_boolean(json_array_size(u.out) > json_array_size(u.pictures)));
    if (m.hit != 0) fair_put_id(show, "first_hit", m.hit);
    json_object_set_new(re->model, "events", l.out = json_array());
    FAIR_TRY(fair_store_case_steps(&rq->desk, c.id, list_step, &l, err));
    json_object_set_new(re->model, "facts", l.out = json_array());
    FAIR_TRY(fair_store_case_facts(&rq->desk, c.id, list_fact, &l, err));
    FAIR_TRY(fair_store_case_found(f, list_fact, &l, err));
    json_object_set_new(re->model, "disputes", l.out = json_array());
    FAIR_TRY(fair_store_disputes(&rq->desk, c.id, list_dispute, &l, err));
    json_object_set_new(re->model, "notices", l.out = json_array());
    FAIR_TRY(fair_store_notices(&rq->desk, &of, list_notice, &l, err));
    FAIR_TRY(put_party(rq, c.party, re->model, err));
    FAIR_TRY(fair_put_answers(rq, re->model, c.id, err));
    FAIR_TRY(fair_put_brake(rq, re->model, c.id, err));
    put_gates(rq, f, &m, re->model);
    put_show(rq, &c, f, re->model, show);
    FAIR_TRY(put_moves(rq, f, &m, re->model, err));
    json_object_set_new(show, "any_beside", json_boolean(json_array_size(json_object_get(show, "beside")) > 0));
    json_object_set_new(show, "any_heard", json_boolean(json_array_size(json_object_get(show, "heard")) > 0));
    json_object_set_new(show, "any_dispute", json_boolean(json_array_size(json_object_get(re->model, "disputes")) > 0));
    json_object_set_new(show, "any_to_state", json_boolean(json_array_size(json_object_get(show, "to_state")) > 0));
    return FAIR_OK;
}
