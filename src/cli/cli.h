/* cli/cli.h - the verbs of the fairtrack command and what they share. */
#ifndef FAIR_CLI_H
#define FAIR_CLI_H
#include <stdbool.h>
#include <stdint.h>
#include <jansson.h>
#include "base/mem.h"
#include "base/text.h"
#include "work/house.h"

/* Exit codes of every verb (spec: commands). */
enum { FAIR_EXIT_DONE = 0, FAIR_EXIT_NO = 1, FAIR_EXIT_USAGE = 2, FAIR_EXIT_PARTLY = 3, FAIR_EXIT_FAILED = 4 };

/* One option: exactly one of the pointers is set; it already holds the default. */
struct fair_opt {
    const char *name;         /* "limit" for --limit N or --limit=N                       */
    const char *value;        /* what the value is called in the help; NULL for a flag    */
    const char *doc;
    bool *flag;
    int64_t *number;          /* a whole number >= 0                                      */
    int64_t *seconds;         /* a duration: 90s 15m 6h 1d 2w                             */
    const char **text;
};

struct fair_verb;

/* What a verb is given. */
struct fair_cli {
    const struct fair_verb *verb;
    const char *home;
    const char *as;           /* --as ADDRESS, else FAIRTRACK_AS: whose account acts; NULL: the first owner's */
    const char *org;          /* --org NAME|ID: act in this organisation; NULL: the account's, else the first */
    bool json;                /* --json                                                   */
    struct fair_arena *arena; /* for the whole run                                        */
    struct fair_house house;
    bool house_open;
    fair_str role;            /* the acting account's, once the house is open; absent: the system acts, which may all */
    const char *why;          /* why somebody looks, where the verb asks it; set before the house is opened */
    char **args;              /* the words that are no options, after fair_cli_parse      */
    int n_args;
};

struct fair_verb {
    const char *name;         /* "works add"                                              */
    const char *usage;        /* "[--collection C] PATH|URL..."; its man page has the same */
    const char *doc;          /* one line                                                 */
    int (*run)(struct fair_cli *c, int argc, char **argv);
    enum fair_deed deed;      /* what the acting account's role must allow, once the house is opened */
};

extern const struct fair_verb fair_verbs[];      /* ends with a name of NULL              */

/* Options may stand anywhere; "--" ends them.  --home, --as, --json and --help are every verb's; one that
 * means something else by --as takes the account before its name, fairtrack --as ADDRESS VERB.  Wrong usage and --help are told and answered by false, with the code to
 * return in *code.  At least `least` and at most `most` (-1: any) words must be left. */
bool fair_cli_parse(struct fair_cli *c, int argc, char **argv, const struct fair_opt *opts, int least, int most, int *code);

/* One line on stderr, "fairtrack works add: <text>"; returns FAIR_EXIT_FAILED. */
int fair_cli_fail(const struct fair_cli *c, const struct fair_err *err);
int fair_cli_usage(const struct fair_cli *c, const char *fmt, ...) FAIR_PRINTF(2, 3);

/* The house at c->home, opened once, with the desk of the acting account: of c->as, else of the first
 * organisation's (or c->org's) first open owner, else its first open admin, else the system itself (nobody could let
 * anybody in again).  FAIR_REFUSED: its role may not do the verb's deed; FAIR_NOT_FOUND: no such account. */
fair_status fair_cli_house(struct fair_cli *c, struct fair_err *err) FAIR_MUST_CHECK;

/* May the acting account do that? */
bool fair_cli_may(const struct fair_cli *c, enum fair_deed deed);
/* A note as the acting account may read it: one on somebody's hardship is for its author, owners, admins and counsel. */
fair_str fair_cli_note(const struct fair_cli *c, fair_str reason, fair_id author, fair_str note);

/* One JSON line on stdout; takes the reference. */
void fair_cli_json(json_t *line);
/* A text as a member of such a line; null where there is none. */
void fair_cli_put(json_t *line, struct fair_arena *a, const char *key, fair_str v);
/* A text for JSON: mended UTF-8. Absent gives null. */
json_t *fair_json_str(struct fair_arena *a, fair_str s);
/* "file" and, when that lost something, "file_b64" beside it. */
void fair_json_file(struct fair_arena *a, json_t *object, const char *key, fair_str path);
json_t *fair_json_time(struct fair_arena *a, fair_time t);

/* Ids are written as decimal numbers; reads one. */
bool fair_cli_id(const char *text, fair_id *id);

/* Progress on a terminal: "works  [#####     ] 512/1000  83/s  6 s left"; silent in a pipe. */
struct fair_progress { const char *what; int64_t done, all; fair_time began, shown; bool on; };
void fair_progress_begin(struct fair_progress *p, const char *what, int64_t all);
void fair_progress_at(struct fair_progress *p, int64_t done, int64_t all);
void fair_progress_end(struct fair_progress *p);

/* SIGINT and SIGTERM ask for an orderly end; a second one ends at once. */
void fair_cli_catch_signals(void);
bool fair_cli_stopped(void);

int fair_verb_init(struct fair_cli *c, int argc, char **argv);
int fair_verb_works_add(struct fair_cli *c, int argc, char **argv);
int fair_verb_works_list(struct fair_cli *c, int argc, char **argv);
int fair_verb_works_show(struct fair_cli *c, int argc, char **argv);
int fair_verb_works_remove(struct fair_cli *c, int argc, char **argv);
int fair_verb_works_export(struct fair_cli *c, int argc, char **argv);
int fair_verb_owners_add(struct fair_cli *c, int argc, char **argv);
int fair_verb_owners_list(struct fair_cli *c, int argc, char **argv);
int fair_verb_owners_show(struct fair_cli *c, int argc, char **argv);
int fair_verb_owners_identify(struct fair_cli *c, int argc, char **argv);
int fair_verb_owners_check(struct fair_cli *c, int argc, char **argv);
int fair_verb_owners_declare(struct fair_cli *c, int argc, char **argv);
int fair_verb_owners_prove(struct fair_cli *c, int argc, char **argv);
int fair_verb_owners_proof(struct fair_cli *c, int argc, char **argv);
int fair_verb_owners_settle(struct fair_cli *c, int argc, char **argv);
int fair_verb_mandates_add(struct fair_cli *c, int argc, char **argv);
int fair_verb_mandates_list(struct fair_cli *c, int argc, char **argv);
int fair_verb_mandates_revoke(struct fair_cli *c, int argc, char **argv);
int fair_verb_licences_add(struct fair_cli *c, int argc, char **argv);
int fair_verb_licences_list(struct fair_cli *c, int argc, char **argv);
int fair_verb_licences_end(struct fair_cli *c, int argc, char **argv);
int fair_verb_licences_import(struct fair_cli *c, int argc, char **argv);
int fair_verb_licences_export(struct fair_cli *c, int argc, char **argv);
int fair_verb_partners_add(struct fair_cli *c, int argc, char **argv);
int fair_verb_partners_list(struct fair_cli *c, int argc, char **argv);
int fair_verb_lookup(struct fair_cli *c, int argc, char **argv);
int fair_verb_scan(struct fair_cli *c, int argc, char **argv);
int fair_verb_hits_list(struct fair_cli *c, int argc, char **argv);
int fair_verb_hits_show(struct fair_cli *c, int argc, char **argv);
int fair_verb_hits_decide(struct fair_cli *c, int argc, char **argv);
int fair_verb_hits_add(struct fair_cli *c, int argc, char **argv);
int fair_verb_hits_export(struct fair_cli *c, int argc, char **argv);
int fair_verb_hits_reasons(struct fair_cli *c, int argc, char **argv);
int fair_verb_rules_list(struct fair_cli *c, int argc, char **argv);
int fair_verb_rules_remove(struct fair_cli *c, int argc, char **argv);
int fair_verb_watch_add(struct fair_cli *c, int argc, char **argv);
int fair_verb_watch_list(struct fair_cli *c, int argc, char **argv);
int fair_verb_watch_pause(struct fair_cli *c, int argc, char **argv);
int fair_verb_watch_resume(struct fair_cli *c, int argc, char **argv);
int fair_verb_watch_remove(struct fair_cli *c, int argc, char **argv);
int fair_verb_watch_run(struct fair_cli *c, int argc, char **argv);
int fair_verb_report(struct fair_cli *c, int argc, char **argv);
int fair_verb_answers_list(struct fair_cli *c, int argc, char **argv);
int fair_verb_answers_show(struct fair_cli *c, int argc, char **argv);
int fair_verb_answers_read(struct fair_cli *c, int argc, char **argv);
int fair_verb_answers_take(struct fair_cli *c, int argc, char **argv);
int fair_verb_post_list(struct fair_cli *c, int argc, char **argv);
int fair_verb_post_print(struct fair_cli *c, int argc, char **argv);
int fair_verb_post_sent(struct fair_cli *c, int argc, char **argv);
int fair_verb_post_delivered(struct fair_cli *c, int argc, char **argv);
int fair_verb_post_returned(struct fair_cli *c, int argc, char **argv);
int fair_verb_post_probe(struct fair_cli *c, int argc, char **argv);
int fair_verb_evidence_list(struct fair_cli *c, int argc, char **argv);
int fair_verb_evidence_show(struct fair_cli *c, int argc, char **argv);
int fair_verb_evidence_seal(struct fair_cli *c, int argc, char **argv);
int fair_verb_evidence_export(struct fair_cli *c, int argc, char **argv);
int fair_verb_evidence_keys(struct fair_cli *c, int argc, char **argv);
int fair_verb_evidence_deposit(struct fair_cli *c, int argc, char **argv);
int fair_verb_evidence_proof(struct fair_cli *c, int argc, char **argv);
int fair_verb_evidence_capture(struct fair_cli *c, int argc, char **argv);
int fair_verb_evidence_looks(struct fair_cli *c, int argc, char **argv);
int fair_verb_verify(struct fair_cli *c, int argc, char **argv);
int fair_verb_notices_draft(struct fair_cli *c, int argc, char **argv);
int fair_verb_notices_preview(struct fair_cli *c, int argc, char **argv);
int fair_verb_letters_list(struct fair_cli *c, int argc, char **argv);
int fair_verb_letters_pack(struct fair_cli *c, int argc, char **argv);
int fair_verb_letters_check(struct fair_cli *c, int argc, char **argv);
int fair_verb_letters_preview(struct fair_cli *c, int argc, char **argv);
int fair_verb_cases_open(struct fair_cli *c, int argc, char **argv);
int fair_verb_cases_list(struct fair_cli *c, int argc, char **argv);
int fair_verb_cases_show(struct fair_cli *c, int argc, char **argv);
int fair_verb_cases_move(struct fair_cli *c, int argc, char **argv);
int fair_verb_cases_gates(struct fair_cli *c, int argc, char **argv);
int fair_verb_cases_fact(struct fair_cli *c, int argc, char **argv);
int fair_verb_cases_party(struct fair_cli *c, int argc, char **argv);
int fair_verb_cases_dispute(struct fair_cli *c, int argc, char **argv);
int fair_verb_cases_withdraw(struct fair_cli *c, int argc, char **argv);
int fair_verb_cases_hold(struct fair_cli *c, int argc, char **argv);
int fair_verb_cases_close(struct fair_cli *c, int argc, char **argv);
int fair_verb_notices_list(struct fair_cli *c, int argc, char **argv);
int fair_verb_notices_show(struct fair_cli *c, int argc, char **argv);
int fair_verb_notices_approve(struct fair_cli *c, int argc, char **argv);
int fair_verb_serve(struct fair_cli *c, int argc, char **argv);
int fair_verb_worker(struct fair_cli *c, int argc, char **argv);
int fair_verb_users_add(struct fair_cli *c, int argc, char **argv);
int fair_verb_users_list(struct fair_cli *c, int argc, char **argv);
int fair_verb_users_link(struct fair_cli *c, int argc, char **argv);
int fair_verb_users_disable(struct fair_cli *c, int argc, char **argv);
int fair_verb_users_enable(struct fair_cli *c, int argc, char **argv);
int fair_verb_users_password(struct fair_cli *c, int argc, char **argv);
int fair_verb_users_totp(struct fair_cli *c, int argc, char **argv);
int fair_verb_users_sessions(struct fair_cli *c, int argc, char **argv);
int fair_verb_users_role(struct fair_cli *c, int argc, char **argv);
int fair_verb_users_org_add(struct fair_cli *c, int argc, char **argv);
int fair_verb_users_org_list(struct fair_cli *c, int argc, char **argv);
int fair_verb_users_roles(struct fair_cli *c, int argc, char **argv);
int fair_verb_backup(struct fair_cli *c, int argc, char **argv);
int fair_verb_restore(struct fair_cli *c, int argc, char **argv);
int fair_verb_reindex(struct fair_cli *c, int argc, char **argv);
int fair_verb_vault_show(struct fair_cli *c, int argc, char **argv);
int fair_verb_vault_erase(struct fair_cli *c, int argc, char **argv);
int fair_verb_vault_anew(struct fair_cli *c, int argc, char **argv);
int fair_verb_privacy_periods(struct fair_cli *c, int argc, char **argv);
int fair_verb_privacy_due(struct fair_cli *c, int argc, char **argv);
int fair_verb_privacy_run(struct fair_cli *c, int argc, char **argv);
int fair_verb_privacy_done(struct fair_cli *c, int argc, char **argv);
int fair_verb_privacy_hold(struct fair_cli *c, int argc, char **argv);
int fair_verb_privacy_release(struct fair_cli *c, int argc, char **argv);
int fair_verb_privacy_holds(struct fair_cli *c, int argc, char **argv);
int fair_verb_privacy_find(struct fair_cli *c, int argc, char **argv);
int fair_verb_privacy_export(struct fair_cli *c, int argc, char **argv);
int fair_verb_privacy_erase(struct fair_cli *c, int argc, char **argv);
int fair_verb_privacy_requests(struct fair_cli *c, int argc, char **argv);
int fair_verb_privacy_ask(struct fair_cli *c, int argc, char **argv);
int fair_verb_privacy_answered(struct fair_cli *c, int argc, char **argv);
int fair_verb_privacy_log(struct fair_cli *c, int argc, char **argv);
int fair_verb_doctor(struct fair_cli *c, int argc, char **argv);
int fair_verb_config(struct fair_cli *c, int argc, char **argv);

#endif
