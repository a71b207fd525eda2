/* web/routes.c - every address, who may come in there and what may be sent. */
#include "web/web_private.h"

#define FILTER "state?=inbox|pursue|ignored|not_a_match|all site?:t253 verdict?=match|possible|same_scene text?:t200 work?:id run?:id"
#define QUEUE "in_site?:t253 in_verdict?=match|possible|same_scene in_work?:id"
#define DECISION "what=pursue|ignore|not_a_match|reopen reason?:t40 sub?=a|b|c scope?:t20 note?:m2000 until?:t30"
#define ROLES "owner|caseworker|reviewer|counsel|auditor|admin"

const struct fair_route fair_routes[] = {
    { "GET", "/", fair_page_home, "home", "Overview", FAIR_DEED_LOOK, NULL, "home" },
    { "GET", "/health", fair_page_health, NULL, NULL, FAIR_DEED_ANYONE, NULL, NULL },
    { "GET", "/assets/:word", fair_page_asset, NULL, NULL, FAIR_DEED_ANYONE, NULL, NULL },

    { "GET", "/sign-in", fair_page_sign_in, "sign_in", "Sign in", FAIR_DEED_ANYONE, "next?:t2000", NULL },
    { "POST", "/sign-in", fair_page_sign_in_try, "sign_in", "Sign in", FAIR_DEED_ANYONE, "email:t254 password:t512 next?:t2000 code?:t40", NULL },
    { "GET", "/sign-in/code", fair_page_code, "code", "Second factor", FAIR_DEED_ANYONE, "next?:t2000", NULL },
    { "POST", "/sign-in/code", fair_page_code_try, "code", "Second factor", FAIR_DEED_ANYONE, "code:t40 next?:t2000", NULL },
    { "GET", "/in/:word", fair_page_link, "link", "Sign in", FAIR_DEED_ANYONE, NULL, NULL },
    { "POST", "/in/:word", fair_page_link_use, "link", "Sign in", FAIR_DEED_ANYONE, NULL, NULL },
    { "POST", "/sign-out", fair_page_sign_out, NULL, NULL, FAIR_DEED_ACCOUNT, NULL, NULL },
    { "POST", "/sign-out-everywhere", fair_page_sign_out_all, NULL, NULL, FAIR_DEED_ACCOUNT, NULL, NULL },
    { "GET", "/account", fair_page_account, "account", "Your account", FAIR_DEED_ACCOUNT, "first?:yes", "account" },
    { "POST", "/account/password", fair_page_password, "account", "Your account", FAIR_DEED_ACCOUNT, "old?:t512 password:t512 again:t512", "account" },
    { "GET", "/account/second-factor", fair_page_factor, "factor", "Second factor", FAIR_DEED_ACCOUNT, NULL, "account" },
    { "POST", "/account/second-factor", fair_page_factor_change, "factor", "Second factor", FAIR_DEED_ACCOUNT, "what=begin|confirm|codes|off code?:t40 password?:t512", "account" },
    { "GET", "/account/second-factor.svg", fair_page_factor_qr, NULL, NULL, FAIR_DEED_ACCOUNT, "v?:t64", NULL },
    { "POST", "/account/sessions/:id/end", fair_page_session_end, NULL, NULL, FAIR_DEED_ACCOUNT, NULL, "account" },
    { "POST", "/account/token", fair_page_token, "token", "API token", FAIR_DEED_ACCOUNT, NULL, "account" },

    { "GET", "/works", fair_page_works, "works", "Catalogue", FAIR_DEED_LOOK, "text?:t200 collection?:t200 page?:n100000", "works" },
    { "POST", "/works", fair_page_works_add, NULL, NULL, FAIR_DEED_CATALOGUE, "picture*:file collection?:t200", "works" },
    { "GET", "/works/:id", fair_page_work, "work", "Work", FAIR_DEED_LOOK, NULL, "works" },
    { "POST", "/works/:id/remove", fair_page_work_remove, NULL, NULL, FAIR_DEED_CATALOGUE, NULL, "works" },
    { "GET", "/works/:id/thumb.jpg", fair_page_work_thumb, NULL, NULL, FAIR_DEED_LOOK, "v?:t64", NULL },
    { "GET", "/works/:id/preview.jpg", fair_page_work_preview, NULL, NULL, FAIR_DEED_LOOK, "v?:t64", NULL },

    { "GET", "/hits", fair_page_hits, "hits", "Hits", FAIR_DEED_LOOK, FILTER " flat?:yes page?:n100000", "hits" },
    { "GET", "/hits.csv", fair_page_hits_csv, NULL, NULL, FAIR_DEED_LOOK, FILTER, NULL },
    { "GET", "/hits-report.html", fair_page_hits_report, NULL, NULL, FAIR_DEED_LOOK, FILTER, NULL },
    { "POST", "/hits/decide", fair_page_decide_many, NULL, NULL, FAIR_DEED_DECIDE, "hit*:id in_state?:t20 in_site?:t253 " DECISION, "hits" },
    { "GET", "/hits/:id", fair_page_hit, "hit", "Hit", FAIR_DEED_LOOK, QUEUE " was?:id", "hits" },
    { "GET", "/hits/:id/preview.jpg", fair_page_hit_preview, NULL, NULL, FAIR_DEED_LOOK, "v?:t64", NULL },
    { "GET", "/hits/:id/difference.png", fair_page_hit_difference, NULL, NULL, FAIR_DEED_LOOK, NULL, NULL },
    { "GET", "/hits/:id/straight.png", fair_page_hit_straight, NULL, NULL, FAIR_DEED_LOOK, NULL, NULL },
    { "POST", "/hits/:id/capture", fair_page_capture, NULL, NULL, FAIR_DEED_CASES, NULL, "hits" },
    { "POST", "/hits/:id/decide", fair_page_decide, NULL, NULL, FAIR_DEED_DECIDE, QUEUE " " DECISION, "hits" },
    { "GET", "/packages/:id", fair_page_package, "package", "Package", FAIR_DEED_LOOK, NULL, "hits" },
    { "POST", "/packages/:id/export", fair_page_package_export, NULL, NULL, FAIR_DEED_CASES, "what=package|exhibits", "hits" },
    { "GET", "/verify", fair_page_verify, "verify", "How to check a package", FAIR_DEED_ANYONE, "sha256?:t64", NULL },
    { "GET", "/report", fair_page_report, "transparency", "Transparency report", FAIR_DEED_ANYONE, NULL, NULL },
    { "GET", "/terms", fair_page_terms, "terms", "Prices", FAIR_DEED_ANYONE, NULL, NULL },
    { "POST", "/works/:id/declare", fair_page_declare, NULL, NULL, FAIR_DEED_CASES, "author?:yes stock=no|yes|unknown cc=no|yes|unknown press=no|yes|unknown ai=none|edited|generated authorship?:m2000 note?:m2000", "works" },
    { "POST", "/declare", fair_page_declare_all, NULL, NULL, FAIR_DEED_CASES, "collection?:t200 author?:yes stock=no|yes|unknown cc=no|yes|unknown press=no|yes|unknown ai=none|edited|generated authorship?:m2000 note?:m2000", "owners" },
    { "POST", "/works/:id/prove", fair_page_prove, NULL, NULL, FAIR_DEED_CASES, "kind=raw|full_resolution|burst|content_credentials|deposit|publication|registration|contract name?:t500 date?:t30 document?:file", "works" },
    { "POST", "/rivals/:id/settle", fair_page_rival_settle, NULL, NULL, FAIR_DEED_REVIEW, "why:t500 work:id", "works" },
    { "GET", "/owners", fair_page_owners, "owners", "Owners and mandates", FAIR_DEED_LOOK, NULL, "owners" },
    { "POST", "/owners", fair_page_owner_add, NULL, NULL, FAIR_DEED_CASES, "name:t500 email?:t254", "owners" },
    { "POST", "/owners/identify", fair_page_identify, NULL, NULL, FAIR_DEED_CASES, "kind=mail|payment|document|register value:t500 owner?:id document?:file", "owners" },
    { "POST", "/mandates", fair_page_mandate_add, NULL, NULL, FAIR_DEED_CASES, "owner:id collection?:t200 works?:t2000 territory?:t200 right*=enforce|licence|takedown|court from?:t30 until?:t30 commission?:t500 document?:file", "owners" },
    { "POST", "/mandates/:id/revoke", fair_page_mandate_revoke, NULL, NULL, FAIR_DEED_CASES, "why:t500", "owners" },
    { "POST", "/checks", fair_page_check, NULL, NULL, FAIR_DEED_REVIEW, "subject=identity|mandate|proof|licence id:id verdict=holds|fails statement:m2000 work?:id", "owners" },
    { "GET", "/confirm/:word", fair_page_confirm, "confirm", "Your address", FAIR_DEED_ANYONE, NULL, NULL },
    { "POST", "/confirm/:word", fair_page_confirm_use, "confirm", "Your address", FAIR_DEED_ANYONE, NULL, NULL },
    { "GET", "/licences", fair_page_licences, "licences", "Licences and partners", FAIR_DEED_LOOK, "kind?=licence|syndication|whitelist|own after?:id", "licences" },
    { "POST", "/licences", fair_page_licence_add, NULL, NULL, FAIR_DEED_CASES, "kind=licence|syndication|whitelist|own assignee:t500 domains:t2000 work?*:id collection?:t200 territory?:t200 medium?:t60 from?:t30 until?:t30 attribution?:t500 shop?:t500 order?:t500 note?:m2000 document?:file", "licences" },
    { "POST", "/licences/import", fair_page_ledger_in, "ledger", "A table of licences", FAIR_DEED_CASES, "table?:file table_b64?:t1500000 apply?:yes", "licences" },
    { "GET", "/licences.csv", fair_page_ledger_csv, NULL, NULL, FAIR_DEED_LOOK, NULL, NULL },
    { "GET", "/licences.jsonld", fair_page_ledger_odrl, NULL, NULL, FAIR_DEED_LOOK, NULL, NULL },
    { "POST", "/licences/:id/end", fair_page_licence_end, NULL, NULL, FAIR_DEED_CASES, "why:t500", "licences" },
    { "GET", "/access", fair_page_access, "access", "Who looked", FAIR_DEED_AUDIT, "user?:id subject?:id page?:n100000", "account" },
    { "GET", "/rules", fair_page_rules, "rules", "Remembered", FAIR_DEED_LOOK, NULL, "rules" },
    { "POST", "/rules/:id/remove", fair_page_rule_remove, NULL, NULL, FAIR_DEED_DECIDE, NULL, "rules" },

    { "POST", "/hits/:id/case", fair_page_case_open, NULL, NULL, FAIR_DEED_CASES, "takedown?:yes", "cases" },
    { "GET", "/cases", fair_page_cases, "cases", "Cases", FAIR_DEED_LOOK, "state?:t40 operator?:t253 page?:n100000", "cases" },
    { "GET", "/cases/:id", fair_page_case, "case", "Case", FAIR_DEED_LOOK, NULL, "cases" },
    { "POST", "/cases/:id/move", fair_page_case_move, "case", "Case", FAIR_DEED_MOVE, "move:t40 version:n1000000 notice?:id ground?*:t20 note?:m2000 words?:m8000 days?:n366 credit?:yes", "cases" },
    { "POST", "/cases/:id/fact", fair_page_case_fact, "case", "Case", FAIR_DEED_MOVE, "name:t60 value:m8000 source:t2000", "cases" },
    { "POST", "/cases/:id/party", fair_page_case_party, "case", "Case", FAIR_DEED_CASES, "what?:t20 value?:m2000 source?:t20 seen?:t2000 confirm?:id looked?:yes kind?=private|commercial kind_evidence?:t2000 hosting?=hosted|embedded|platform hosting_evidence?:t2000 language?:t2", "cases" },
    { "POST", "/cases/:id/party/look", fair_page_party_look, NULL, NULL, FAIR_DEED_CASES, NULL, "cases" },
    { "POST", "/cases/:id/party/proposal", fair_page_proposal, "case", "Case", FAIR_DEED_CASES, "proposal:id so=yes|no looked?:yes", "cases" },
    { "POST", "/cases/:id/worksheet", fair_page_worksheet, "case", "Case", FAIR_DEED_MOVE, "quotation=no|unsure|yes quotation_why?:m2000 parody=no|unsure|yes parody_why?:m2000 news=no|unsure|yes news_why?:m2000 teaching=no|unsure|yes teaching_why?:m2000 other=no|unsure|yes other_why?:m2000 purpose:m2000 nature:m2000 amount:m2000 effect:m2000 conclusion=applies|none sign?:yes", "cases" },
    { "POST", "/cases/:id/draft", fair_page_draft, "case", "Case", FAIR_DEED_CASES, "step:t40 notice?:id language?:t2 author?:t200 words?:m6000 received?:t30 days?:n366 lawyer?:t300 lawyer_address?:t500 reasons?:m6000 reviewer?:t200 closing?:m2000 cc_licence?:t100 cc_url?:t500 cc_credit?:t300", "cases" },
    { "GET", "/notices/:id", fair_page_notice, "notice", "Letter", FAIR_DEED_LOOK, NULL, "cases" },
    { "GET", "/notices/:id/letter.pdf", fair_page_notice_pdf, NULL, NULL, FAIR_DEED_LOOK, NULL, "cases" },
    { "POST", "/notices/:id/approve", fair_page_notice_approve, NULL, NULL, FAIR_DEED_MOVE, "sha256?:t64", "cases" },
    { "GET", "/answers", fair_page_answers, "answers", "Answers", FAIR_DEED_LOOK, "case?:id", "answers" },
    { "GET", "/answers/:id", fair_page_answer, "answer", "Answer", FAIR_DEED_MOVE, NULL, "answers" },
    { "POST", "/answers/:id/read", fair_page_answer_read, NULL, NULL, FAIR_DEED_MOVE, NULL, "answers" },
    { "GET", "/answers/:id/files/:word", fair_page_answer_file, NULL, NULL, FAIR_DEED_MOVE, NULL, "answers" },
    { "GET", "/answers/:id/pictures/:word", fair_page_answer_picture, NULL, NULL, FAIR_DEED_MOVE, NULL, "answers" },

    { "GET", "/watches", fair_page_watches, "watches", "Watches", FAIR_DEED_LOOK, NULL, "watches" },
    { "POST", "/watches", fair_page_watch_add, NULL, NULL, FAIR_DEED_CATALOGUE, "target:t2000 every:t20", "watches" },
    { "GET", "/watches/:id", fair_page_watch, "watch", "Watch", FAIR_DEED_LOOK, NULL, "watches" },
    { "POST", "/watches/:id", fair_page_watch_change, NULL, NULL, FAIR_DEED_CATALOGUE, "what=pause|resume|run|remove", "watches" },
    { "GET", "/scans", fair_page_scans, "scans", "Scans", FAIR_DEED_LOOK, NULL, "scans" },
    { "POST", "/scans", fair_page_scan_add, NULL, NULL, FAIR_DEED_CATALOGUE, "target:t2000 extent=page|site depth?:n1000", "scans" },
    { "GET", "/scans/:id", fair_page_scan, "scan", "Scan", FAIR_DEED_LOOK, NULL, "scans" },

    { "GET", "/users", fair_page_users, "users", "People", FAIR_DEED_PEOPLE, NULL, "users" },
    { "POST", "/users", fair_page_user_add, "users", "People", FAIR_DEED_PEOPLE, "email:t254 name?:t200 role=" ROLES, "users" },
    { "POST", "/users/:id", fair_page_user_change, "users", "People", FAIR_DEED_PEOPLE, "what=role|disable|enable|link|reset|factor_off|sign_out role?=" ROLES " countries?:t300", "users" },
    { "GET", "/settings", fair_page_settings, "settings", "Settings and self-check", FAIR_DEED_INSTALL, NULL, "settings" },
};
const size_t fair_n_routes = sizeof fair_routes / sizeof *fair_routes;

bool
fair_web_way(size_t i, struct fair_web_way *out)
{
    if (i >= fair_n_routes) return false;
    *out = (struct fair_web_way){ fair_routes[i].method, fair_routes[i].path, fair_routes[i].takes, fair_routes[i].deed };
    return true;
}
