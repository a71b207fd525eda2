/* make_case.c - make-case HOME EMAIL HIT ADDRESS: opens a case for a pursued hit, with a recipient at that mail address, and prints
 * its number.  make-case HOME EMAIL ready NOTICE: writes what probes would have found (of NOTICE 0: of page and mail alone).  make-case HOME EMAIL
 * approve NOTICE.  make-case HOME EMAIL leave NOTICE: the move that lets it out.  make-case HOME EMAIL show NOTICE: how it fares.
 * make-case HOME EMAIL answer NOTICE ACTION NOTE [FILE]: leaves in the portal's folder what a recipient would have sent.
 * For the tests of what needs a case; all of it by the store's own functions, as the account EMAIL. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/io.h"
#include "store/case_rows.h"
#include "work/house.h"
#include "work/portal_home.h"

static struct fair_arena *a;
static struct fair_err err;

static void
must(fair_status s, const char *what)
{
    if (s == FAIR_OK) return;
    fprintf(stderr, "make-case: %s: %s\n", what, err.text);
    exit(s == FAIR_REFUSED ? 1 : 4);
}

static fair_id
open_case(struct fair_house *h, fair_id hit_id, const char *address)
{
    static const char *const known[][2] = { { "name", "Tom Beispiel" }, { "address", "Testweg 2, 54321 Beispielort" }, { "country", "XX" }, { "email", NULL } };
    struct fair_party p;
    struct fair_hit hit;
    fair_id id, party;
    bool joined;

    must(fair_store_hit_get(&h->desk, hit_id, a, &hit, &err), "hit");
    must(fair_store_party_of(&h->desk, hit.operator.n > 0 ? hit.operator : hit.site, fair_now(), &party, &err), "party");
    must(fair_store_party_get(&h->desk, party, a, &p, &err), "party");
    p.language = FAIR_STR("de");
    must(fair_store_party_set(&h->desk, &p, fair_now(), &err), "party");
    for (size_t i = 0; i < 4; i++) {
        struct fair_party_datum x = { .party = party, .what = fair_str_of(known[i][0]), .value = fair_str_of(known[i][1] != NULL ? known[i][1] : address),
                                      .source = FAIR_STR("imprint"), .source_url = FAIR_STR("https://shop.example.org/imprint"), .seen = fair_now() };
        must(fair_store_party_put(&h->desk, &x, fair_now(), &err), known[i][0]);
    }
    must(fair_store_case_open(&h->desk, hit_id, false, fair_now(), &id, &joined, &err), "case");
    return id;
}

static void
ready(struct fair_house *h, fair_id notice)
{
    static const char *const found[] = { "privacy.art14", "privacy.source", "privacy.retention", "privacy.contact" };

    for (size_t i = 0; notice != 0 && i < 4; i++) {
        struct fair_case_fact x = { .name = fair_str_of(found[i]), .value = FAIR_STR("yes"), .source = FAIR_STR("a test's word"), .at = fair_now() };
        must(fair_store_notice_check_put(&h->desk, notice, &x, &err), found[i]);
    }
    for (size_t i = 0; i < 2; i++) {
        struct fair_probe p = { .what = i == 0 ? FAIR_STR("portal") : FAIR_STR("mail"), .subject = i == 0 ? h->config.portal_url : h->config.smtp_from, .code = fair_notice_code_new(a), .at = fair_now() };
        must(fair_store_probe_put(h->store, &p, &err), "probe");
        must(fair_store_probe_settle(h->store, p.id, true, FAIR_STR("a test's word"), fair_now(), &err), "probe");
    }
}

/* As the portal leaves it: sealed to the home, waiting to be taken. */
static void
answer(struct fair_house *h, fair_id notice, const char *action, const char *note, const char *path)
{
    struct fair_answer_file file = { FAIR_STR("../../Rechnung 17.jpg"), { NULL, 0 } };
    struct fair_portal_home p;
    struct fair_notice n;
    uint8_t once[16];
    fair_str sealed;
    json_t *o;

    must(fair_store_notice_get(&h->desk, notice, a, &n, &err), "notice");
    if (path != NULL) must(fair_read_file(a, path, 4 << 20, &file.bytes, &err), path);
    must(fair_portal_home_open(h, a, &p, &err), "portal");
    o = json_pack("{s:i, s:s%, s:s, s:{s:s, s:s}, s:s, s:s}", "version", 1, "notice", n.code.p, n.code.n, "action", action, "fields", "shop", "<b>Shop</b>", "note", note,
                  "at", fair_time_text(a, fair_now()).p, "receipt", "1234-5678");
    must(fair_answer_seal(a, o, &file, path != NULL, p.public_key, &sealed, &err), "seal");
    must(fair_shelf_notice_put(&p.shelf, n.code, FAIR_STR("{}"), NULL, 0, &err), "shelf");
    fair_random(once, sizeof once);
    must(fair_shelf_answer_put(&p.shelf, n.code, fair_now(), once, sealed, &err), "answer");
    json_decref(o);
}

int
main(int argc, char **argv)
{
    struct fair_house h = { .serve_lock = -1 };
    struct fair_notice n;
    struct fair_user u;
    struct fair_case c;

    if (argc < 5) return 2;
    a = fair_arena_new();
    must(fair_house_open(argv[1], &h, &err), "home");
    must(fair_store_user_by_email(h.store, fair_str_of(argv[2]), a, &u, &err), "account");
    h.desk = (struct fair_desk){ h.store, u.org, u.id };
    if (strcmp(argv[3], "ready") == 0) ready(&h, atoll(argv[4]));
    else if (strcmp(argv[3], "answer") == 0 && argc > 6) answer(&h, atoll(argv[4]), argv[5], argv[6], argc > 7 ? argv[7] : NULL);
    else if (strcmp(argv[3], "approve") == 0) must(fair_store_notice_approve(&h.desk, atoll(argv[4]), FAIR_OWN, fair_now(), &err), "approve");
    else if (strcmp(argv[3], "leave") == 0) {
        must(fair_store_notice_get(&h.desk, atoll(argv[4]), a, &n, &err), "notice");
        must(fair_store_case_get(&h.desk, n.case_id, a, &c, &err), "case");
        must(fair_store_case_move(&h.desk, &(struct fair_case_act){ .case_id = n.case_id, .version = c.version, .notice = n.id, .e = { .move = FAIR_DO_LETTER, .who = FAIR_OWN } }, NULL, NULL, &err), "letter");
    } else if (strcmp(argv[3], "show") == 0) {
        must(fair_store_notice_get(&h.desk, atoll(argv[4]), a, &n, &err), "notice");
        printf("%.*s %d %d %d %.*s %.*s\n", FAIR_STR_ARG(n.state), n.sent > 0, n.accepted > 0, n.bounced > 0, n.sent_to.n > 0 ? (int)n.sent_to.n : 1, n.sent_to.n > 0 ? n.sent_to.p : "-",
               n.bounce.n > 0 ? (int)n.bounce.n : 1, n.bounce.n > 0 ? n.bounce.p : "-");
    } else printf("%lld\n", (long long)open_case(&h, atoll(argv[3]), argv[4]));
    fair_house_close(&h);
    fair_arena_free(&a);
    return 0;
}
