/* cases/record.c - the whole gate record as canonical JSON: keys in order, no white space, the same bytes for the same facts. */
#include <stdio.h>
#include "base/clock.h"
#include "cases/cases_private.h"

enum { RECORD_MAX = 256 * 1024 };

struct out { struct fair_buf b; bool first; };

static void
text(struct fair_buf *b, fair_str s)
{
    fair_str t = s.p == NULL ? s : fair_utf8_mend(b->arena, s);

    if (s.p == NULL) {
        fair_buf_c(b, "null");
        return;
    }
    fair_buf_byte(b, '"');
    for (size_t i = 0; i < t.n; i++) {
        unsigned char c = (unsigned char)t.p[i];
        if (c == '"' || c == '\\') fair_buf_fmt(b, "\\%c", c);
        else if (c < 0x20) fair_buf_fmt(b, "\\u%04x", c);
        else fair_buf_byte(b, (char)c);
    }
    fair_buf_byte(b, '"');
}

static void
key(struct out *o, const char *name)
{
    fair_buf_fmt(&o->b, "%s\"%s\":", o->first ? "" : ",", name);
    o->first = false;
}

static void put_bool(struct out *o, const char *n, bool v) { key(o, n); fair_buf_c(&o->b, v ? "true" : "false"); }
static void put_int(struct out *o, const char *n, int64_t v) { key(o, n); fair_buf_fmt(&o->b, "%lld", (long long)v); }
static void put_text(struct out *o, const char *n, fair_str v) { key(o, n); text(&o->b, v); }

static void
put_time(struct out *o, const char *n, fair_time t)
{
    key(o, n);
    text(&o->b, t == 0 ? (fair_str){ NULL, 0 } : fair_time_text(o->b.arena, t));
}

static void
put_sha256(struct out *o, const char *n, const struct fair_sha256 *v)
{
    key(o, n);
    text(&o->b, fair_sha256_none(v) ? (fair_str){ NULL, 0 } : fair_hex(o->b.arena, v->b, sizeof v->b));
}

static void
put_asked(struct out *o, const char *n, const struct fair_asked *a)
{
    key(o, n);
    fair_buf_c(&o->b, "{\"answer\":");
    text(&o->b, a->answer == FAIR_NOT_ASKED ? FAIR_STR("not asked") : a->answer == FAIR_ASKED_HIT ? FAIR_STR("hit") : FAIR_STR("nothing"));
    fair_buf_c(&o->b, ",\"at\":");
    text(&o->b, a->at == 0 ? (fair_str){ NULL, 0 } : fair_time_text(o->b.arena, a->at));
    fair_buf_c(&o->b, ",\"source\":");
    text(&o->b, a->source);
    fair_buf_byte(&o->b, '}');
}

/* The facts a gate looks at, by name. */
static void
facts(struct out *o, const struct fair_facts *f, int id)
{
    switch (id) {
    case 1: put_int(o, "k", f->identity.k); break;
    case 2:
        put_bool(o, "ai", f->ownership.ai);
        put_bool(o, "ai_statement", f->ownership.ai_statement);
        put_bool(o, "chain", f->ownership.chain);
        put_bool(o, "conflict", f->ownership.conflict);
        put_bool(o, "independent", f->ownership.independent);
        put_int(o, "level", f->ownership.level);
        break;
    case 3:
        put_bool(o, "agent", f->mandate.agent);
        put_time(o, "checked", f->mandate.checked);
        put_bool(o, "dates", f->mandate.dates);
        put_bool(o, "revoked", f->mandate.revoked);
        put_bool(o, "right", f->mandate.right);
        put_bool(o, "territory", f->mandate.territory);
        put_bool(o, "work", f->mandate.work);
        break;
    case 4:
        put_bool(o, "confirmed", f->match.confirmed);
        put_bool(o, "seen", f->match.seen);
        break;
    case 5:
        put_int(o, "captures", f->evidence.captures);
        put_bool(o, "changed", f->evidence.changed);
        put_bool(o, "ended", f->evidence.ended);
        put_time(o, "first", f->evidence.first);
        put_time(o, "last", f->evidence.last);
        put_time(o, "live", f->evidence.live);
        put_sha256(o, "packages", &f->evidence.packages);
        put_bool(o, "sealed", f->evidence.sealed);
        put_time(o, "verified", f->evidence.verified);
        break;
    case 6:
        put_asked(o, "declaration", &f->sources.declaration);
        put_asked(o, "ledger", &f->sources.ledger);
        put_asked(o, "markers", &f->sources.markers);
        put_asked(o, "outside", &f->sources.outside);
        put_bool(o, "outside_reasons", f->sources.outside_reasons);
        break;
    case 7:
        put_int(o, "by", f->exceptions.by);
        put_bool(o, "likely", f->exceptions.likely);
        put_bool(o, "signed", f->exceptions.signed_);
        break;
    case 8:
        put_bool(o, "address", f->party.address);
        put_bool(o, "confirmed", f->party.confirmed);
        put_bool(o, "country", f->party.country);
        put_int(o, "hosted", f->party.hosted);
        put_int(o, "kind", f->party.kind);
        put_bool(o, "kind_evidence", f->party.kind_evidence);
        put_bool(o, "name", f->party.name);
        put_bool(o, "platform", f->party.platform);
        put_bool(o, "source", f->party.source);
        break;
    case 9:
        put_time(o, "created", f->time.created);
        put_time(o, "limitation", f->time.limitation);
        put_bool(o, "registration_conflict", f->time.registration_conflict);
        put_int(o, "term", f->time.term);
        put_time(o, "used", f->time.used);
        break;
    case 10:
        put_bool(o, "any", f->amount.any);
        put_bool(o, "basis", f->amount.basis);
        put_bool(o, "caps", f->amount.caps);
        put_bool(o, "cc", f->cc);
        put_bool(o, "currency", f->amount.currency);
        put_bool(o, "p_track", f->p_track);
        put_int(o, "sum", f->amount.sum);
        put_int(o, "sum_last", f->c.sum_last);
        break;
    case 11:
        put_bool(o, "full", f->pack.full);
        put_bool(o, "identity", f->pack.identity);
        put_text(o, "law", f->pack.law);
        put_bool(o, "privacy", f->pack.privacy);
        put_time(o, "reviewed", f->pack.reviewed);
        put_text(o, "reviewer", f->pack.reviewer);
        put_bool(o, "wording", f->pack.wording);
        break;
    case 12:
        put_bool(o, "assigned", f->counsel);
        put_bool(o, "counsel", f->sender.counsel);
        put_bool(o, "economic", f->economic);
        put_bool(o, "owner", f->sender.owner);
        put_bool(o, "registered", f->sender.registered);
        break;
    case 13:
        put_int(o, "banned", f->wording.banned);
        put_bool(o, "court_words", f->court_words);
        put_bool(o, "language", f->wording.language);
        put_bool(o, "reading", f->wording.reading);
        break;
    case 14: put_int(o, "days", f->deadline.days); break;
    case 15:
        put_int(o, "claims", f->c.claims);
        put_bool(o, "lawyer_only", f->c.lawyer_only);
        put_int(o, "reminders", f->c.reminders);
        put_text(o, "state", fair_str_of(fair_state_name(f->c.state)));
        put_bool(o, "to_lawyer", f->order.to_lawyer);
        put_time(o, "unread_since", f->c.unread_since);
        break;
    case 16:
        put_bool(o, "art14", f->privacy.art14);
        put_bool(o, "contact", f->privacy.contact);
        put_bool(o, "retention", f->privacy.retention);
        put_bool(o, "source", f->privacy.source);
        break;
    case 17:
        put_bool(o, "by_post", f->authentic.by_post);
        put_bool(o, "id", f->authentic.id);
        put_bool(o, "mail_auth", f->authentic.mail_auth);
        put_time(o, "reachable", f->authentic.reachable);
        put_bool(o, "signed", f->authentic.signed_);
        break;
    case 18:
        put_bool(o, "human_signer", f->approval.human_signer);
        put_int(o, "second", f->approval.second);
        put_text(o, "second_as", f->approval.second == 0 ? (fair_str){ NULL, 0 } : fair_str_of(fair_actor_name(f->approval.second_as)));
        break;
    case 19:
        put_int(o, "cap", f->brake.cap);
        put_int(o, "refuted", f->brake.refuted);
        put_int(o, "sent", f->brake.sent);
        put_bool(o, "suspended", f->brake.suspended);
        put_int(o, "today", f->brake.today);
        break;
    default: break;
    }
}

fair_status
fair_cases_record(const struct fair_facts *f, enum fair_level level, const struct fair_case_event *e, struct fair_arena *a,
                  fair_str *json, struct fair_sha256 *hash, struct fair_err *err)
{
    struct out o = { FAIR_BUF(a, RECORD_MAX), true };
    struct fair_gate all[FAIR_N_GATES];
    struct fair_sha256 files = fair_cases_files_hash();

    fair_cases_gates(f, level, e, all);
    fair_buf_byte(&o.b, '{');
    put_time(&o, "at", e->at);
    put_int(&o, "by", e->by);
    put_text(&o, "country", f->country);
    put_text(&o, "files", fair_hex(a, files.b, sizeof files.b));
    key(&o, "gates");
    fair_buf_byte(&o.b, '[');
    for (int i = 0; i < FAIR_N_GATES; i++) {
        char id[8];

        snprintf(id, sizeof id, "G%d", all[i].id);
        fair_buf_c(&o.b, i == 0 ? "{" : ",{");
        o.first = true;
        put_time(&o, "at", all[i].from.at);
        put_int(&o, "by", all[i].from.by);
        key(&o, "facts");
        fair_buf_byte(&o.b, '{');
        o.first = true;
        facts(&o, f, all[i].id);
        fair_buf_byte(&o.b, '}');
        o.first = false;
        put_text(&o, "id", fair_str_of(id));
        key(&o, "reasons");
        fair_buf_byte(&o.b, '[');
        for (size_t k = 0; k < all[i].n_reasons; k++) {
            if (k > 0) fair_buf_byte(&o.b, ',');
            text(&o.b, fair_str_of(fair_reason_code(all[i].reasons[k].why)));
        }
        fair_buf_byte(&o.b, ']');
        put_text(&o, "source", all[i].from.source);
        put_text(&o, "verdict", fair_str_of(fair_gate_verdict_name(all[i].verdict)));
        fair_buf_byte(&o.b, '}');
    }
    fair_buf_byte(&o.b, ']');
    o.first = false;
    put_text(&o, "level", fair_str_of(fair_level_name(level)));
    put_text(&o, "move", fair_str_of(fair_move_name(e->move)));
    put_int(&o, "v", 1);
    fair_buf_byte(&o.b, '}');
    FAIR_TRY(fair_buf_take(&o.b, json, err));
    *hash = fair_sha256_of(json->p, json->n);
    return FAIR_OK;
}
