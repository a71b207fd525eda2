/* web/pages_papers.c - papers by forms: who an owner is, mandates, declarations, proofs, and the ledger as a table. */
#include <string.h>
#include "base/mime.h"
#include "web/model.h"
#include "web/web_private.h"
#include "web/words.h"

enum { TABLE_MAX = 1 << 20, LINES_SHOWN = 500 };

/* The file of this field, kept in the vault; the row that will name it counts the reference.  None was chosen: no digest. */
static fair_status
keep(struct fair_request *rq, const char *name, struct fair_sha256 *key, fair_str *called, struct fair_err *err)
{
    *key = (struct fair_sha256){ { 0 } };
    if (called != NULL) *called = (fair_str){ NULL, 0 };
    for (size_t i = 0; i < rq->n_files; i++) {
        if (!fair_str_eq(rq->files[i].name, fair_str_of(name))) continue;
        if (rq->files[i].value.n == 0) return fair_fail(err, FAIR_INVALID, "the file is empty");
        if (called != NULL) *called = rq->files[i].file;
        return fair_vault_put(rq->web->o->vault, rq->files[i].value, key, err);
    }
    return FAIR_OK;
}

static fair_status
a_day(struct fair_request *rq, const char *name, fair_time *out, struct fair_err *err)
{
    fair_str s = fair_form_text(rq, name);

    if (s.n == 0 || fair_time_parse(s, out)) return FAIR_OK;
    return fair_fail(err, FAIR_INVALID, "%s: a day as 2026-11-26 is wanted", name);
}

static fair_status
done(struct fair_request *rq, struct fair_reply *re, fair_id id, const char *see)
{
    re->model = json_object();
    fair_put_id(re->model, "id", id);
    re->see = fair_str_dup(rq->arena, fair_str_of(see));
    return FAIR_OK;
}

/* ---- owners and who they are ---------------------------------------------------------------------------------------- */

/* POST /owners. */
fair_status
fair_page_owner_add(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    struct fair_owner o = { .name = fair_str_trim(fair_form_text(rq, "name")), .email = fair_form_text(rq, "email"), .created = rq->now };

    if (o.name.n == 0) return fair_fail(err, FAIR_INVALID, "an owner has a name, as it stands under the pictures");
    if (o.email.n > 0 && !fair_mime_address_ok(o.email)) return fair_fail(err, FAIR_INVALID, "that is no mail address");
    FAIR_TRY(fair_store_owner_add(&rq->desk, &o, err));
    return done(rq, re, o.id, "/owners?done=saved#identity");
}

/* POST /owners/identify: a mail address is confirmed by a link that a job sends to it. */
fair_status
fair_page_identify(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    struct fair_identity x = { .owner = fair_form_number(rq, "owner", 0), .kind = fair_form_text(rq, "kind"), .value = fair_str_trim(fair_form_text(rq, "value")), .at = rq->now };
    struct fair_owner o;

    FAIR_TRY(fair_store_owner_get(&rq->desk, x.owner, rq->arena, &o, err));
    if (fair_str_eq(x.kind, FAIR_STR("mail"))) {
        json_t *args;
        char *text;
        fair_status s;
        if (!fair_mime_address_ok(x.value)) return fair_fail(err, FAIR_INVALID, "that is no mail address");
        if (rq->web->o->config->smtp_url.n == 0)
            return fair_fail(err, FAIR_REFUSED, "no mail server is set (mail.smtp_url): an address is confirmed by a link that is mailed to it");
        args = json_pack("{s:I}", "owner", (json_int_t)x.owner);
        fair_put(args, "address", x.value);
        text = json_dumps(args, JSON_COMPACT);
        s = fair_store_job_ask(&rq->desk, "identify", (fair_str){ NULL, 0 }, fair_str_of(text), 0, err);
        free(text);
        json_decref(args);
        FAIR_TRY(s);
        re->model = json_pack("{s:s}", "link", "asked");
        re->see = FAIR_STR("/owners?done=mailed#identity");
        return FAIR_OK;
    }
    FAIR_TRY(keep(rq, "document", &x.document, NULL, err));
    FAIR_TRY(fair_store_identity_add(&rq->desk, &x, NULL, 0, err));
    return done(rq, re, x.id, "/owners?done=to_check#identity");
}

/* POST /mandates. */
fair_status
fair_page_mandate_add(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    fair_str list = fair_form_text(rq, "works"), one, rest = list;
    fair_id *works = fair_alloc_array(rq->arena, list.n / 2 + 2, sizeof *works);
    struct fair_buf rights = FAIR_BUF(rq->arena, 200);
    json_t *chosen = json_object_get(rq->form, "right"), *right;
    struct fair_mandate m = { .owner = fair_form_number(rq, "owner", 0), .collection = fair_form_text(rq, "collection"), .territory = fair_form_text(rq, "territory"), .works = works,
                              .commission = fair_form_text(rq, "commission"), .at = rq->now, .from = rq->now / FAIR_DAY * FAIR_DAY };
    size_t i;

    while (rest.n > 0 && fair_str_split(&rest, ' ', &one)) {
        if (one.n == 0) continue;
        if (!fair_str_number(one, INT64_MAX, &works[m.n_works]) || works[m.n_works] == 0) return fair_fail(err, FAIR_INVALID, "works: numbers with blanks between");
        m.n_works++;
    }
    json_array_foreach(chosen, i, right) {
        fair_buf_fmt(&rights, "%s%s", i > 0 ? " " : "", json_string_value(right));
    }
    m.rights = (fair_str){ rights.p, rights.n };
    m.scope = m.n_works > 0 ? FAIR_STR("works") : m.collection.n > 0 ? FAIR_STR("collection") : FAIR_STR("all");
    if (m.territory.n == 0) m.territory = FAIR_STR("world");
    FAIR_TRY(a_day(rq, "from", &m.from, err));
    FAIR_TRY(a_day(rq, "until", &m.until, err));
    FAIR_TRY(keep(rq, "document", &m.document, NULL, err));
    FAIR_TRY(fair_store_mandate_add(&rq->desk, &m, err));
    return done(rq, re, m.id, "/owners?done=to_check#mandates");
}

/* ---- what is said and shown of works --------------------------------------------------------------------------------- */

/* POST /declare: for all works, or a collection. */
fair_status
fair_page_declare_all(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    struct fair_declaration x = { .collection = fair_form_text(rq, "collection"), .author = fair_form_yes(rq, "author"), .stock = fair_form_text(rq, "stock"), .cc = fair_form_text(rq, "cc"),
        .press = fair_form_text(rq, "press"), .ai = fair_form_text(rq, "ai"), .authorship = fair_form_text(rq, "authorship"), .note = fair_form_text(rq, "note"), .at = rq->now };

    FAIR_TRY(fair_store_declare(&rq->desk, &x, err));
    return done(rq, re, x.id, "/owners?done=saved#declare");
}

/* POST /works/:id/prove: evidence that a work is its owner's; the matcher looks at it next. */
fair_status
fair_page_prove(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    struct fair_proof p = { .work = rq->id, .kind = fair_form_text(rq, "kind"), .name = fair_str_trim(fair_form_text(rq, "name")), .at = rq->now };
    struct fair_work w;
    fair_str called;

    FAIR_TRY(fair_store_work_get(&rq->desk, rq->id, rq->arena, &w, err));
    FAIR_TRY(a_day(rq, "date", &p.happened, err));
    FAIR_TRY(keep(rq, "document", &p.document, &called, err));
    if (p.name.n == 0) p.name = called;
    FAIR_TRY(fair_store_proof_add(&rq->desk, &p, err));
    FAIR_TRY(fair_store_job_ask(&rq->desk, "prove", FAIR_STR("prove"), FAIR_STR("{}"), 0, err));
    return done(rq, re, p.id, fair_str_fmt(rq->arena, "/works/%lld?done=proof#ownership", (long long)rq->id).p);
}

/* ---- the ledger as a table ------------------------------------------------------------------------------------------------- */

struct lines { struct fair_request *rq; json_t *out; };

static fair_status
list_line(void *arg, const struct fair_web_ledger_line *x, struct fair_err *err)
{
    struct lines *l = arg;
    json_t *o;

    (void)err;
    if (json_array_size(l->out) >= LINES_SHOWN) return FAIR_OK;
    o = json_object();
    json_object_set_new(o, "line", json_integer(x->line));
    fair_put(o, "fault", fair_str_of(x->fault));
    json_object_set_new(o, "known", json_boolean(x->known));
    fair_put(o, "assignee", x->l->assignee);
    fair_put(o, "domains", x->l->domains);
    fair_put(o, "scope", x->l->scope);
    fair_put_time(o, "from", x->l->from);
    fair_put_time(o, "until", x->l->until);
    json_array_append_new(l->out, o);
    return FAIR_OK;
}

/* POST /licences/import: first every line is shown; the table comes back with the button that adds the good ones. */
fair_status
fair_page_ledger_in(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    const struct fair_web_hands *hands = rq->web->o->hands;
    fair_str kept = fair_form_text(rq, "table_b64"), bytes = { NULL, 0 };
    bool apply = fair_form_yes(rq, "apply");
    struct fair_web_ledger_sum sum = { 0 };
    struct lines l = { rq, NULL };
    json_t *show;

    FAIR_TRY(fair_needs_hands(rq, err));
    for (size_t i = 0; i < rq->n_files; i++) bytes = rq->files[i].value;
    if (bytes.n == 0 && kept.n > 0 && !fair_unbase64(rq->arena, kept, &bytes)) return fair_fail(err, FAIR_INVALID, "the table did not come back whole; choose the file again");
    if (bytes.n == 0) return fair_fail(err, FAIR_INVALID, "no table was chosen");
    if (bytes.n > TABLE_MAX) return fair_fail(err, FAIR_LIMIT, "a table of over 1 MB is imported by fairtrack licences import");
    re->model = json_object();
    json_object_set_new(re->model, "lines", l.out = json_array());
    json_object_set_new(re->model, "show", show = json_object());
    FAIR_TRY(hands->ledger_in(hands->arg, &rq->desk, bytes, apply, rq->now, list_line, &l, &sum, err));
    json_object_set_new(re->model, "applied", json_boolean(apply));
    json_object_set_new(re->model, "good", json_integer(sum.good));
    json_object_set_new(re->model, "known", json_integer(sum.known));
    json_object_set_new(re->model, "faults", json_integer(sum.faults));
    json_object_set_new(re->model, "added", json_integer(sum.added));
    json_object_set_new(re->model, "covered", json_integer(sum.covered));
    fair_put(show, "n", fair_str_fmt(rq->arena, "%lld %s", (long long)sum.lines, sum.lines == 1 ? "line" : "lines"));
    json_object_set_new(show, "can_add", json_boolean(!apply && sum.good > sum.known));
    json_object_set_new(show, "more", json_boolean(sum.lines > LINES_SHOWN));
    if (!apply) fair_put(show, "table", fair_base64(rq->arena, bytes.p, bytes.n));
    return FAIR_OK;
}

static fair_status
ledger_out(struct fair_request *rq, struct fair_reply *re, bool odrl, struct fair_err *err)
{
    const struct fair_web_hands *hands = rq->web->o->hands;

    FAIR_TRY(fair_needs_hands(rq, err));
    FAIR_TRY(hands->ledger(hands->arg, &rq->desk, odrl, rq->arena, &re->bytes, err));
    if (re->bytes.p == NULL) re->bytes = FAIR_STR("");
    re->type = odrl ? FAIR_STR("application/ld+json") : FAIR_STR("text/csv; charset=utf-8");
    re->file_name = odrl ? FAIR_STR("licences.jsonld") : FAIR_STR("licences.csv");
    return FAIR_OK;
}

fair_status fair_page_ledger_csv(struct fair_request *rq, struct fair_reply *re, struct fair_err *err) { return ledger_out(rq, re, false, err); }
fair_status fair_page_ledger_odrl(struct fair_request *rq, struct fair_reply *re, struct fair_err *err) { return ledger_out(rq, re, true, err); }

/* ---- packages ----------------------------------------------------------------------------------------------------------------- */

/* POST /packages/:id/export: it is written down that it was taken along, so it is no GET. */
fair_status
fair_page_package_export(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    const struct fair_web_hands *hands = rq->web->o->hands;
    bool pdf = fair_str_eq(fair_form_text(rq, "what"), FAIR_STR("exhibits"));
    fair_status s;

    FAIR_TRY(fair_needs_hands(rq, err));
    s = hands->package(hands->arg, &rq->desk, rq->id, pdf, rq->arena, &re->bytes, err);
    if (s == FAIR_AGAIN) return fair_fail(err, FAIR_CONFLICT, "it is not sealed yet: no time stamp has come so far, and it is tried again by itself");
    FAIR_TRY(s);
    re->type = pdf ? FAIR_STR("application/pdf") : FAIR_STR("application/wacz");
    re->file_name = fair_str_fmt(rq->arena, pdf ? "exhibits-%lld.pdf" : "package-%lld.wacz", (long long)rq->id);
    return FAIR_OK;
}
