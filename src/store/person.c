/* person.c - everything that is held about one person.  The list below is the list of places; a test compares it with the schema. */
#include <string.h>
#include "store/case_private.h"
#include "store/person_rows.h"
#include "store/rules_private.h"

enum { WHO_LEAST = 3, WHO_MOST = 320 };

/* $2: who, lower case; $3: "%.who" and $4: "%@who" for a domain, else nothing matches; $5: who as it was typed; $6: "%<who>%" for a mail address within
 * a line like "Ada <ada@example.com>"; $7: "%who%" for words.  Each statement uses them all, so that all are bound alike. */
#define SAME(x) "(lower(" x ") = $2 OR " x " = $5)"
#define SITE(x) "(lower(" x ") = $2 OR lower(" x ") LIKE $3 ESCAPE '\\')"
#define MAIL(x) "(lower(" x ") = $2 OR lower(" x ") LIKE $4 ESCAPE '\\' OR lower(" x ") LIKE $6 ESCAPE '\\')"
#define WORDS(x) "(lower(" x ") LIKE $7 ESCAPE '\\')"
#define ALL7 "($2 = $2 AND $3 = $3 AND $4 = $4 AND $5 = $5 AND $6 = $6 AND $7 = $7)"
#define PARTIES                                                                                                                  \
    "(SELECT p.id FROM party p WHERE p.org_id = $1 AND " SITE("p.operator")                                                       \
    " UNION SELECT y.party_id FROM party_datum y WHERE y.org_id = $1 AND (" SAME("y.value") " OR (y.what = 'email' AND " MAIL("y.value") ")))"
#define CASES                                                                                                                    \
    "(SELECT c.id FROM case_file c WHERE c.org_id = $1 AND c.forgotten_us IS NULL AND (" SITE("c.operator") " OR c.party_id IN " PARTIES \
    " OR c.id IN (SELECT n.case_id FROM notice n WHERE n.org_id = $1 AND " MAIL("n.sent_to") ")"                                  \
    " OR c.id IN (SELECT m.case_id FROM mail_in m WHERE m.org_id = $1 AND m.case_id IS NOT NULL AND " MAIL("m.sender") ")))"
#define OF_CASES(x) x ".case_id IN " CASES
#define HITS "(h.forgotten_us IS NULL AND (" SITE("h.site") " OR " SITE("h.operator") " OR h.id IN (SELECT u.hit_id FROM case_use u WHERE u.org_id = $1 AND u.case_id IN " CASES ")))"

/* id, case, what, value, source, at, blob */
FAIR_SQL(person_parties, "SELECT p.id, 0, 'site', p.operator, p.kind_evidence, p.created_us, NULL FROM party p WHERE p.org_id = $1 AND p.id IN " PARTIES " AND " ALL7 " ORDER BY p.id");
FAIR_SQL(person_data,
    "SELECT x.id, 0, x.what, x.value, x.source || COALESCE(': ' || x.source_url, ''), x.seen_us, NULL FROM party_datum x WHERE x.org_id = $1 AND x.party_id IN " PARTIES " AND " ALL7 " ORDER BY x.id");
FAIR_SQL(person_proposals,
    "SELECT x.id, 0, x.what, x.value, x.source || COALESCE(': ' || x.source_url, ''), x.seen_us, NULL FROM party_proposal x WHERE x.org_id = $1 AND x.party_id IN " PARTIES " AND " ALL7 " ORDER BY x.id");
FAIR_SQL(person_cases, "SELECT c.id, c.id, c.state, c.operator, c.reason, c.opened_us, NULL FROM case_file c WHERE c.org_id = $1 AND c.id IN " CASES " AND " ALL7 " ORDER BY c.id");
FAIR_SQL(person_facts, "SELECT f.id, f.case_id, f.name, f.value, f.source, f.at_us, NULL FROM case_fact f WHERE f.org_id = $1 AND " OF_CASES("f") " AND " ALL7 " ORDER BY f.id");
FAIR_SQL(person_notes,
    "SELECT v.seq, v.case_id, v.move, v.note, v.actor, v.at_us, NULL FROM case_event v WHERE v.org_id = $1 AND v.note IS NOT NULL AND " OF_CASES("v") " AND " ALL7 " ORDER BY v.case_id, v.seq");
FAIR_SQL(person_disputes,
    "SELECT x.id, x.case_id, x.ground, x.words, 'the recipient', x.raised_us, x.document FROM dispute x WHERE x.org_id = $1 AND " OF_CASES("x") " AND " ALL7 " ORDER BY x.id");
FAIR_SQL(person_rulings,
    "SELECT x.id, x.case_id, COALESCE(x.decision, 'answer'), COALESCE(x.answer, '') || COALESCE(' / ' || x.reasons, '') || COALESCE(' / ' || x.appeal_reasons, ''), 'our side', x.raised_us, NULL FROM dispute x"
    " WHERE x.org_id = $1 AND (x.answer IS NOT NULL OR x.reasons IS NOT NULL) AND " OF_CASES("x") " AND " ALL7 " ORDER BY x.id");
FAIR_SQL(person_letters,
    "SELECT n.id, n.case_id, n.step, COALESCE(n.sent_to, '(not sent)'), n.state, n.created_us, COALESCE(n.mail, n.html, n.pdf) FROM notice n WHERE n.org_id = $1 AND " OF_CASES("n") " AND " ALL7 " ORDER BY n.id");
FAIR_SQL(person_gates, "SELECT g.id, g.case_id, g.level, g.record, 'the gates', g.at_us, NULL FROM gate_record g WHERE g.org_id = $1 AND " OF_CASES("g") " AND " ALL7 " ORDER BY g.id");
FAIR_SQL(person_answers,
    "SELECT a.id, a.case_id, a.action, NULL, 'the recipient, on the portal', a.at_us, a.sealed FROM portal_answer a WHERE a.org_id = $1 AND " OF_CASES("a") " AND " ALL7 " ORDER BY a.id");
FAIR_SQL(person_mails,
    "SELECT m.id, COALESCE(m.case_id, 0), m.kind, COALESCE(m.sender, '') || COALESCE(': ' || m.subject, ''), 'a mail to ' || m.box, m.taken_us, m.sealed FROM mail_in m"
    " WHERE m.org_id = $1 AND m.forgotten_us IS NULL AND (" MAIL("m.sender") " OR " OF_CASES("m") ") AND " ALL7 " ORDER BY m.id");
FAIR_SQL(person_hits, "SELECT h.id, 0, h.state, CAST(h.page_url AS TEXT), COALESCE(h.alt, h.place), h.first_seen_us, h.preview FROM hit h WHERE h.org_id = $1 AND " HITS " AND " ALL7 " ORDER BY h.id");
FAIR_SQL(person_decisions,
    "SELECT x.id, 0, x.what, x.note, 'who decided', x.at_us, NULL FROM decision x JOIN hit h ON h.org_id = x.org_id AND h.id = x.hit_id WHERE x.org_id = $1 AND x.note IS NOT NULL AND (" HITS " OR " WORDS("x.note") ") AND " ALL7
    " ORDER BY x.id");
FAIR_SQL(person_captures,
    "SELECT k.id, 0, k.found, COALESCE(k.title, '') || COALESCE(' / ' || k.credit, ''), 'the page, captured', k.at_us, (SELECT min(f.sha256) FROM capture_file f WHERE f.org_id = k.org_id AND f.capture_id = k.id)"
    " FROM capture k JOIN hit h ON h.org_id = k.org_id AND h.id = k.hit_id WHERE k.org_id = $1 AND " HITS " AND " ALL7 " ORDER BY k.id");
FAIR_SQL(person_packages,
    "SELECT k.id, 0, k.state, CAST(k.url AS TEXT), 'the page, sealed', k.made_us, k.draft FROM package k JOIN hit h ON h.org_id = k.org_id AND h.id = k.hit_id WHERE k.org_id = $1 AND " HITS " AND " ALL7 " ORDER BY k.id");
FAIR_SQL(person_rules,
    "SELECT r.id, 0, r.scope, r.site, r.note, r.at_us, NULL FROM rule r WHERE r.org_id = $1 AND r.forgotten_us IS NULL AND (" SITE("r.site") " OR " SITE("r.operator") ") AND " ALL7 " ORDER BY r.id");
FAIR_SQL(person_fetched,
    "SELECT f.at_us, 0, 'address', CAST(f.url AS TEXT), 'its server', f.at_us, NULL FROM fetched f WHERE f.org_id = $1 AND (lower(CAST(f.url AS TEXT)) LIKE 'http://' || $2 || '/%' OR"
    " lower(CAST(f.url AS TEXT)) LIKE 'https://' || $2 || '/%') AND " ALL7 " ORDER BY f.at_us");
FAIR_SQL(person_watches,
    "SELECT w.id, 0, 'watch', CAST(w.target AS TEXT), 'our side', w.created_us, NULL FROM watch w WHERE w.org_id = $1 AND w.removed_us IS NULL AND (lower(CAST(w.target AS TEXT)) LIKE 'http://' || $2 || '%' OR"
    " lower(CAST(w.target AS TEXT)) LIKE 'https://' || $2 || '%') AND " ALL7 " ORDER BY w.id");
FAIR_SQL(person_licences,
    "SELECT l.id, 0, l.kind, l.assignee, l.note, l.at_us, l.document FROM licence l WHERE l.org_id = $1 AND (" SAME("l.assignee") " OR " MAIL("l.assignee")
    " OR l.id IN (SELECT x.licence_id FROM licence_domain x WHERE x.org_id = $1 AND " SITE("x.domain") ")) AND " ALL7 " ORDER BY l.id");
FAIR_SQL(person_owners,
    "SELECT o.id, 0, 'owner', o.name || COALESCE(' ' || o.email, ''), 'our side', o.created_us, NULL FROM owner o WHERE o.org_id = $1 AND (" SAME("o.name") " OR " MAIL("o.email") ") AND " ALL7 " ORDER BY o.id");
FAIR_SQL(person_identities,
    "SELECT i.id, 0, i.kind, i.value, 'the owner', i.at_us, i.document FROM identity i WHERE i.org_id = $1 AND (" SAME("i.value") " OR " MAIL("i.value") ") AND " ALL7 " ORDER BY i.id");
FAIR_SQL(person_accounts,
    "SELECT a.id, 0, a.role, a.email || COALESCE(' ' || a.name, ''), 'our side', a.created_us, NULL FROM account a WHERE a.org_id = $1 AND (" SAME("a.name") " OR " MAIL("a.email") ") AND " ALL7 " ORDER BY a.id");
FAIR_SQL(person_access,
    "SELECT x.id, 0, x.how, x.what, 'the log of who looked', x.at_us, NULL FROM access x JOIN account a ON a.org_id = x.org_id AND a.id = x.account_id WHERE x.org_id = $1 AND (" SAME("a.name") " OR "
    MAIL("a.email") ") AND " ALL7 " ORDER BY x.id");
FAIR_SQL(person_askings,
    "SELECT r.id, COALESCE(r.case_id, 0), r.kind, COALESCE(r.who, '') || COALESCE(': ' || r.words, ''), 'the person', r.at_us, NULL FROM request r WHERE r.org_id = $1 AND (" SAME("r.who") " OR " MAIL("r.who")
    " OR r.case_id IN " CASES ") AND " ALL7 " ORDER BY r.id");
FAIR_SQL(person_audit,
    "SELECT x.seq, 0, x.what, x.details, 'the record of what people did', x.at_us, NULL FROM audit x WHERE x.org_id = $1 AND " WORDS("x.details") " AND " ALL7 " ORDER BY x.seq");

#define CLAIM "to ask about a use of a picture, and to be asked about that (GDPR Art. 6(1)(f))"
#define OURS "to work with who works here"
static const struct { const char *kind; const struct fair_sql *sql; const char *purpose, *stays; } places[] = {
    { "party", &person_parties, CLAIM, NULL },
    { "datum", &person_data, CLAIM, NULL },
    { "proposal", &person_proposals, CLAIM, NULL },
    { "case", &person_cases, CLAIM, NULL },
    { "fact", &person_facts, CLAIM, NULL },
    { "note", &person_notes, CLAIM, NULL },
    { "dispute", &person_disputes, CLAIM, NULL },
    { "ruling", &person_rulings, CLAIM, NULL },
    { "letter", &person_letters, CLAIM, NULL },
    { "gates", &person_gates, CLAIM, NULL },
    { "answer", &person_answers, CLAIM, NULL },
    { "mail", &person_mails, CLAIM, NULL },
    { "hit", &person_hits, "to find uses of pictures", NULL },
    { "decision", &person_decisions, "to remember what was decided", NULL },
    { "capture", &person_captures, "to prove a use", NULL },
    { "package", &person_packages, "to prove a use", NULL },
    { "rule", &person_rules, "to remember what was decided", NULL },
    { "fetched", &person_fetched, "to ask a server only for what changed", NULL },
    { "watch", &person_watches, "to look at a site again", "somebody here looks at this site by choice: fairtrack watch remove" },
    { "licence", &person_licences, "to honour a licence", "a contract: it is needed to leave them in peace" },
    { "owner", &person_owners, "to act for an owner", "an owner of works here: a contract" },
    { "identity", &person_identities, "to know whom we act for", "an owner of works here: a contract" },
    { "account", &person_accounts, OURS, "an account here: fairtrack users disable" },
    { "access", &person_access, "to answer for who looked at whose data", "it goes after its days" },
    { "request", &person_askings, "to answer it, and to show that it was", "it goes after its days" },
    { "audit", &person_audit, "to show who did what", NULL },
};

/* ---- binding -------------------------------------------------------------------------------------------------------------- */

fair_status
fair_person_kind_of(fair_str who, enum fair_person_kind *kind, struct fair_err *err)
{
    bool space = false;

    who = fair_str_trim(who);
    if (who.n < WHO_LEAST || who.n > WHO_MOST) return fair_fail(err, FAIR_INVALID, "a person is looked for by a mail address, a domain or a name of %d to %d bytes", WHO_LEAST, WHO_MOST);
    for (size_t i = 0; i < who.n; i++) space = space || who.p[i] == ' ';
    *kind = memchr(who.p, '@', who.n) != NULL ? FAIR_BY_MAIL : !space && memchr(who.p, '.', who.n) != NULL ? FAIR_BY_DOMAIN : FAIR_BY_NAME;
    return FAIR_OK;
}

struct needle { fair_str low, site, at, raw, mail, words; };

static fair_status
needle_of(fair_str who, struct fair_arena *a, struct needle *n, struct fair_err *err)
{
    enum fair_person_kind kind;
    fair_str like;

    FAIR_TRY(fair_person_kind_of(who, &kind, err));
    who = fair_str_trim(who);
    like = fair_like(a, who);                      /* "%who%", escaped and folded */
    n->raw = fair_str_dup(a, who);
    n->low = fair_fold(a, who);
    n->site = kind == FAIR_BY_DOMAIN ? fair_str_fmt(a, "%%.%.*s", (int)(like.n - 2), like.p + 1) : FAIR_STR("");
    n->at = kind == FAIR_BY_DOMAIN ? fair_str_fmt(a, "%%@%.*s", (int)(like.n - 2), like.p + 1) : FAIR_STR("");
    n->mail = kind == FAIR_BY_MAIL ? fair_str_fmt(a, "%%<%.*s>%%", (int)(like.n - 2), like.p + 1) : FAIR_STR("");
    n->words = like;
    return FAIR_OK;
}

static void
bind(struct fair_rows *q, const struct needle *n)
{
    fair_db_text(q, 2, n->low);
    fair_db_text(q, 3, n->site);
    fair_db_text(q, 4, n->at);
    fair_db_text(q, 5, n->raw);
    fair_db_text(q, 6, n->mail);
    fair_db_text(q, 7, n->words);
}

fair_status
fair_store_person(const struct fair_desk *d, fair_str who, FAIR_EACH(fair_held), struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *keep = fair_arena_new();
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct needle n;

    FAIR_TRY(needle_of(who, keep, &n, err));
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        FAIR_AUTO(rows) struct fair_rows *q = NULL;
        fair_status s;

        FAIR_TRY(fair_desk_query(d, places[i].sql, &q, err));
        bind(q, &n);
        while ((s = fair_db_step(q, err)) == FAIR_OK) {
            struct fair_held x;
            fair_arena_clear(a);
            x = (struct fair_held){ .kind = places[i].kind, .id = fair_db_get_int(q, 0), .case_id = fair_db_get_int(q, 1), .what = fair_db_get_text(q, 2, a), .value = fair_db_get_text(q, 3, a),
                                    .source = fair_db_get_text(q, 4, a), .at = fair_db_get_int(q, 5), .purpose = places[i].purpose, .stays = places[i].stays };
            fair_db_get_sha256(q, 6, &x.blob);
            FAIR_TRY(each(arg, &x, err));
        }
        if (s != FAIR_DONE) return s;
    }
    return FAIR_OK;
}

void
fair_person_key(const uint8_t key[32], fair_str who, struct fair_sha256 *out)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();

    *out = fair_hmac(key, fair_fold(a, fair_str_trim(who)));
}

/* ---- erasing ------------------------------------------------------------------------------------------------------------------ */

FAIR_SQL(parts_cases, "SELECT c.id, CASE WHEN c.closed_us IS NULL THEN 1 ELSE 0 END FROM case_file c WHERE c.org_id = $1 AND c.id IN " CASES " AND " ALL7 " ORDER BY c.id");
FAIR_SQL(parts_hits,
    "SELECT h.id, CASE WHEN h.state IN ('ignored', 'not_a_match') THEN 0 ELSE 1 END FROM hit h WHERE h.org_id = $1 AND " HITS
    " AND NOT EXISTS (SELECT 1 FROM case_use u JOIN case_file c ON c.org_id = u.org_id AND c.id = u.case_id WHERE u.org_id = h.org_id AND u.hit_id = h.id AND c.forgotten_us IS NULL) AND " ALL7 " ORDER BY h.id");
FAIR_SQL(parts_mails, "SELECT m.id, 0 FROM mail_in m WHERE m.org_id = $1 AND m.case_id IS NULL AND m.forgotten_us IS NULL AND " MAIL("m.sender") " AND " ALL7 " ORDER BY m.id");
FAIR_SQL(words_decisions, "UPDATE decision SET note = NULL WHERE org_id = $1 AND lower(note) LIKE $2 ESCAPE '\\'");
FAIR_SQL(words_rules, "UPDATE rule SET note = NULL WHERE org_id = $1 AND lower(note) LIKE $2 ESCAPE '\\'");
FAIR_SQL(words_audit, "UPDATE audit SET details = '', salt = NULL WHERE org_id = $1 AND lower(details) LIKE $2 ESCAPE '\\'");
FAIR_SQL(words_fetched,
    "DELETE FROM fetched WHERE org_id = $1 AND (lower(CAST(url AS TEXT)) LIKE 'http://' || $2 || '/%' OR lower(CAST(url AS TEXT)) LIKE 'https://' || $2 || '/%')");
FAIR_SQL_ALL(identifiers,
    "SELECT operator FROM party WHERE org_id = $1 UNION SELECT value FROM party_datum WHERE org_id = $1 AND what IN ('name', 'email')"
    " UNION SELECT sent_to FROM notice WHERE org_id = $1 AND sent_to IS NOT NULL UNION SELECT sender FROM mail_in WHERE org_id = $1 AND sender IS NOT NULL"
    " UNION SELECT site FROM hit WHERE org_id = $1 UNION SELECT operator FROM hit WHERE org_id = $1 UNION SELECT operator FROM case_file WHERE org_id = $1"
    " UNION SELECT site FROM rule WHERE org_id = $1");

struct parts { struct fair_person_part *v; size_t n, room; struct fair_arena *a; };

static fair_status
collect_parts(const struct fair_desk *d, const struct fair_sql *sql, enum fair_keep rule, const struct needle *n, struct parts *l, struct fair_err *err)
{
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_desk_query(d, sql, &q, err));
    bind(q, n);
    while ((s = fair_db_step(q, err)) == FAIR_OK) {
        if (l->n == l->room) {
            struct fair_person_part *more = fair_alloc_array(l->a, l->room = l->room == 0 ? 32 : l->room * 2, sizeof *more);
            if (l->n > 0) memcpy(more, l->v, l->n * sizeof *more);
            l->v = more;
        }
        l->v[l->n++] = (struct fair_person_part){ rule, fair_db_get_int(q, 0), fair_db_get_int(q, 1) != 0 };
    }
    return s == FAIR_DONE ? FAIR_OK : s;
}

fair_status
fair_store_person_parts(const struct fair_desk *d, fair_str who, FAIR_EACH(fair_person_part), struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct parts l = { .a = a };
    struct needle n;

    FAIR_TRY(needle_of(who, a, &n, err));
    FAIR_TRY(collect_parts(d, &parts_cases, FAIR_KEEP_CASE_CONTACTED, &n, &l, err));
    FAIR_TRY(collect_parts(d, &parts_hits, FAIR_KEEP_HIT_IGNORED, &n, &l, err));
    FAIR_TRY(collect_parts(d, &parts_mails, FAIR_KEEP_MAIL, &n, &l, err));
    for (size_t i = 0; i < l.n; i++) FAIR_TRY(each(arg, &l.v[i], err));
    return FAIR_OK;
}

fair_status
fair_store_person_words_erase(const struct fair_desk *d, fair_str who, fair_time now, int64_t *rows, struct fair_err *err)
{
    static const struct fair_sql *const all[] = { &words_decisions, &words_rules, &words_audit, &words_fetched };
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(txn) struct fair_txn t = { 0 };
    struct needle n;

    *rows = 0;
    FAIR_TRY(needle_of(who, a, &n, err));
    FAIR_TRY(fair_txn_begin(d->st, &t, err));
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        FAIR_AUTO(rows) struct fair_rows *q = NULL;
        FAIR_TRY(fair_desk_query(d, all[i], &q, err));
        fair_db_text(q, 2, all[i] == &words_fetched ? n.low : n.words);
        FAIR_TRY(fair_db_run(q, err));
        *rows += fair_db_changes(q);
    }
    FAIR_TRY(fair_audit(d, now, "privacy.erase", 0, fair_str_fmt(a, "{\"rows\":%lld}", (long long)*rows), err));
    return fair_txn_end(&t, err);
}

fair_status
fair_store_identifiers(const struct fair_desk *d, fair_status (*each)(void *arg, fair_str text, struct fair_err *err), void *arg, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(rows) struct fair_rows *q = NULL;
    fair_status s;

    FAIR_TRY(fair_store_query(d->st, &identifiers, &q, err));
    fair_db_int(q, 1, d->org);
    while ((s = fair_db_step(q, err)) == FAIR_OK) {
        fair_str text;
        fair_arena_clear(a);
        text = fair_db_get_text(q, 0, a);
        if (text.n > 0 && !fair_is_forgotten(text)) FAIR_TRY(each(arg, text, err));
    }
    return s == FAIR_DONE ? FAIR_OK : s;
}
