/* cli/main.c - finds the verb and runs it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/log.h"
#include "cli/cli.h"
#include "cli/inspect.h"

#define VERSION "0.1.0"

const struct fair_verb fair_verbs[] = {
    { "init", "[--name NAME] [--email ADDRESS]", "Makes the home: settings, database, vault, first account. Never asks.", fair_verb_init, FAIR_DEED_ANYONE },
    { "works add", "[--owner ID] [--collection C] [--reference] PATH|URL...", "Registers pictures: files, folders, globs, addresses. Resumable; duplicates are named.", fair_verb_works_add, FAIR_DEED_CATALOGUE },
    { "works list", "[--collection C] [--search TEXT] [--limit N] [--after ID]", "Lists registered works.", fair_verb_works_list, FAIR_DEED_LOOK },
    { "works show", "ID...", "Shows works with all that is known of them.", fair_verb_works_show, FAIR_DEED_LOOK },
    { "works remove", "ID...", "Takes works out of the catalogue; hits and decisions stay.", fair_verb_works_remove, FAIR_DEED_CATALOGUE },
    { "works export", "[--collection C] DIR", "Writes the originals and a works.jsonl into a folder.", fair_verb_works_export, FAIR_DEED_LOOK },
    { "owners add", "--name NAME [--email ADDRESS]", "Adds somebody whose pictures are registered.", fair_verb_owners_add, FAIR_DEED_CASES },
    { "owners list", "", "Lists owners.", fair_verb_owners_list, FAIR_DEED_LOOK },
    { "owners show", "[ID...]", "Shows an owner, or the organisation itself: how far they are identified, and who checked it.", fair_verb_owners_show, FAIR_DEED_LOOK },
    { "owners identify", "--kind KIND --value TEXT [--document FILE] [--owner ID]", "Adds what identifies an owner: a mail address (confirmed by a link), a document, a register entry.", fair_verb_owners_identify, FAIR_DEED_CASES },
    { "owners check", "--subject WHAT --statement TEXT [--fails] ID", "Writes down that you looked at an identity, a mandate, a proof or a licence, and what you saw.", fair_verb_owners_check, FAIR_DEED_REVIEW },
    { "owners declare", "[--work ID] [--collection C] [--author] [--stock A] [--cc A] [--press A] [--ai PART] [--authorship TEXT] [--note TEXT]", "Declares where works were ever offered, who made them, and what part AI had.", fair_verb_owners_declare, FAIR_DEED_CASES },
    { "owners prove", "--kind KIND [--document FILE] [--name TEXT] [--date DAY] WORK", "Adds evidence that a work is its owner's, and looks at it.", fair_verb_owners_prove, FAIR_DEED_CASES },
    { "owners proof", "[--look] WORK...", "Shows how well it is shown that works are their owner's: the level, what it rests on, what would lift it.", fair_verb_owners_proof, FAIR_DEED_LOOK },
    { "owners settle", "--why TEXT RIVAL", "Settles a competing claim; for reviewers and counsel.", fair_verb_owners_settle, FAIR_DEED_REVIEW },
    { "mandates add", "--owner ID [--collection C] [--territory LIST] [--rights LIST] [--from DAY] [--until DAY] [--commission TEXT] [--document FILE] [WORK...]", "Adds an owner's mandate: what may be done for them, where, until when.", fair_verb_mandates_add, FAIR_DEED_CASES },
    { "mandates list", "[--owner ID]", "Lists mandates with who checked them.", fair_verb_mandates_list, FAIR_DEED_LOOK },
    { "mandates revoke", "[--why TEXT] ID", "Revokes a mandate; it counts at once.", fair_verb_mandates_revoke, FAIR_DEED_CASES },
    { "licences add", "--to NAME --domains LIST [--collection C] [--territory LIST] [--medium LIST] [--from DAY] [--until DAY] [--attribution TEXT] [--shop NAME] [--order NO] [--note TEXT] [--document FILE] [WORK...]", "Adds a licence; the open hits it covers are closed.", fair_verb_licences_add, FAIR_DEED_CASES },
    { "licences list", "[--in-force]", "Lists the licences of the ledger.", fair_verb_licences_list, FAIR_DEED_LOOK },
    { "licences end", "--why TEXT ID", "Ends a licence or partner before its time; what it held comes back to the inbox.", fair_verb_licences_end, FAIR_DEED_CASES },
    { "licences import", "[--apply] FILE", "Reads a table of licences: a preview of every line, or with --apply the good ones.", fair_verb_licences_import, FAIR_DEED_CASES },
    { "licences export", "[--format csv|odrl]", "Writes the ledger as a table or as ODRL 2.2.", fair_verb_licences_export, FAIR_DEED_LOOK },
    { "partners add", "[--kind KIND] --to NAME --domains LIST [--collection C] [--territory LIST] [--medium LIST] [--from DAY] [--until DAY] [--attribution TEXT] [--shop NAME] [--order NO] [--note TEXT] [--document FILE] [WORK...]", "Adds a syndication partner, a white list or sites of one's own.", fair_verb_partners_add, FAIR_DEED_CASES },
    { "partners list", "[--in-force]", "Lists partners, white lists and one's own sites.", fair_verb_partners_list, FAIR_DEED_LOOK },
    { "lookup", "[--format table|json|tsv] [--off STAGE,...] PICTURE|DIR|URL... | --explain [--diff FILE] [--straight FILE] WORK FOUND", "Is this one of ours? Reads nothing else and writes nothing.", fair_verb_lookup, FAIR_DEED_LOOK },
    { "scan", "[--site] [--depth N] [--pages N] [--stateless] [--images] [--checkpoint FILE] [--whole] TARGET...", "Finds copies in folders, files, pages, sites, URL lists and WARC files.", fair_verb_scan, FAIR_DEED_CATALOGUE },
    { "hits list", "[--state STATE] [--site SITE] [--work ID] [--verdict V] [--limit N] [--offset N]", "The review queue.", fair_verb_hits_list, FAIR_DEED_LOOK },
    { "hits show", "[--diff FILE] [--straight FILE] ID...", "Shows hits with reasons, places and decisions.", fair_verb_hits_show, FAIR_DEED_LOOK },
    { "hits decide", "--as pursue|ignore|not_a_match|reopen [--reason CODE] [--scope SCOPE] [--note TEXT] [--until DATE] ID...", "Decides on hits.", fair_verb_hits_decide, FAIR_DEED_DECIDE },
    { "hits add", "--work ID [--page URL] [--note TEXT] FILE|URL", "Adds a use found by hand.", fair_verb_hits_add, FAIR_DEED_CATALOGUE },
    { "hits export", "[--format csv|html] [--state STATE] [--site SITE]", "Writes hits as CSV or as an HTML report to standard output.", fair_verb_hits_export, FAIR_DEED_LOOK },
    { "hits reasons", "", "Lists the reasons to ignore a hit, with what each needs.", fair_verb_hits_reasons, FAIR_DEED_ANYONE },
    { "rules list", "", "What is remembered of decisions: ignored domains, licensed uses, rejected pairs.", fair_verb_rules_list, FAIR_DEED_LOOK },
    { "rules remove", "ID...", "Forgets a rule; hits it held back come up again when seen.", fair_verb_rules_remove, FAIR_DEED_DECIDE },
    { "watch add", "[--every TIME] URL...", "Watches a site or page on a schedule.", fair_verb_watch_add, FAIR_DEED_CATALOGUE },
    { "watch list", "", "Lists watches: what ran, found and failed.", fair_verb_watch_list, FAIR_DEED_LOOK },
    { "watch pause", "ID...", "Pauses watches.", fair_verb_watch_pause, FAIR_DEED_CATALOGUE },
    { "watch resume", "ID...", "Takes watches up again.", fair_verb_watch_resume, FAIR_DEED_CATALOGUE },
    { "watch remove", "ID...", "Ends watches; their hits stay.", fair_verb_watch_remove, FAIR_DEED_CATALOGUE },
    { "watch run", "[ID...]", "Runs watches now: those named, or those that are due.", fair_verb_watch_run, FAIR_DEED_CATALOGUE },
    { "answers list", "[--case ID]", "What recipients answered, on the portal and by mail: what nobody has read, or all of a case.", fair_verb_answers_list, FAIR_DEED_LOOK },
    { "answers show", "[--save DIR] ID", "Opens an answer: what was said, and its files.", fair_verb_answers_show, FAIR_DEED_MOVE },
    { "answers read", "ID...", "Says that a person has read answers: the clocks that stood still for them go on.", fair_verb_answers_read, FAIR_DEED_MOVE },
    { "answers take", "", "Takes what waits on the portal and in the mailbox now, as the worker does by itself.", fair_verb_answers_take, FAIR_DEED_CASES },
    { "post list", "", "Letters that wait for a person: owed and kept back, to be printed, on their way, and claims whose delivery is not proven.", fair_verb_post_list, FAIR_DEED_LOOK },
    { "post print", "[--out FILE] NOTICE", "Gives out the PDF of a letter by post, after the rules were asked again.", fair_verb_post_print, FAIR_DEED_CASES },
    { "post sent", "--carrier NAME --tracking NUMBER [--on DAY] NOTICE", "Says that a letter by post was handed over.", fair_verb_post_sent, FAIR_DEED_CASES },
    { "post delivered", "--on DAY --proof FILE NOTICE", "Says that it was delivered, with the document that shows it: the recipient's time begins.", fair_verb_post_delivered, FAIR_DEED_CASES },
    { "post returned", "[--note TEXT] NOTICE", "Says that it came back.", fair_verb_post_returned, FAIR_DEED_CASES },
    { "post probe", "[--show] [--wait SECONDS]", "Looks whether letters can be told from forged ones: the verification page from outside, SPF, DKIM and DMARC of a mail to oneself.", fair_verb_post_probe, FAIR_DEED_CASES },
    { "report", "[--from DATE] [--to DATE] [--html]", "The transparency report: claims, outcomes, how often we were wrong, withdrawals.", fair_verb_report, FAIR_DEED_LOOK },
    { "evidence list", "[--hit ID] [--state STATE] [--limit N]", "Lists packages: what was captured, and whether it is sealed.", fair_verb_evidence_list, FAIR_DEED_LOOK },
    { "evidence show", "ID...", "Shows packages with their time stamps and custody.", fair_verb_evidence_show, FAIR_DEED_LOOK },
    { "evidence seal", "ID...", "Tries to seal packages now.", fair_verb_evidence_seal, FAIR_DEED_CASES },
    { "evidence export", "[--pdf] ID FILE", "Writes a sealed package, or its exhibits as a PDF, into a new file.", fair_verb_evidence_export, FAIR_DEED_CASES },
    { "evidence keys", "list|rotate", "The keys that packages are signed with; a new one from now on.", fair_verb_evidence_keys, FAIR_DEED_INSTALL },
    { "evidence deposit", "[--list]", "Time-stamps all works that were not yet, as one.", fair_verb_evidence_deposit, FAIR_DEED_CATALOGUE },
    { "evidence proof", "WORK FILE", "Writes the proof that a work was in a deposit.", fair_verb_evidence_proof, FAIR_DEED_LOOK },
    { "evidence capture", "[--look LOOK] [--later] HIT...", "Captures the page of a hit as it stands now, in a browser where there is one.", fair_verb_evidence_capture, FAIR_DEED_CASES },
    { "evidence looks", "HIT", "What the captures of a hit found, and what changed between them.", fair_verb_evidence_looks, FAIR_DEED_LOOK },
    { "inspect", "picture|fingerprint|images|srcset|robots|url|warc|sitemap|feed|rdap ...", "Shows how foreign things are read. Needs no home, fetches nothing.", fair_verb_inspect, FAIR_DEED_ANYONE },
    { "verify", "[--key FILE|SHA256] [--ca FILE|DIR] [--allow-untrusted] [--block HEIGHT:HEADER] [--of FILE] [--hash HEX] [--rematch] [--weak] FILE", "Is this package, proof or time stamp what it says it is? Offline; needs no home.", fair_verb_verify, FAIR_DEED_ANYONE },
    { "notices preview", "[--by WAY] [--law LAW] [--language LANGUAGE] [--facts FILE] [--format text|html|portal|pdf|inputs] CASE STEP", "Writes what a case's letter would say, from what is known now, to standard output; keeps and sends nothing.", fair_verb_notices_preview, FAIR_DEED_CASES },
    { "notices draft", "[--by WAY] [--law LAW] [--language LANGUAGE] [--facts FILE] [--again NOTICE] CASE STEP", "Drafts a case's letter for a person to read and approve; sends nothing.", fair_verb_notices_draft, FAIR_DEED_CASES },
    { "letters list", "[--law LAW] [--language LANGUAGE] [--share DIR]", "Lists the letters: law, step, language, days, ease of reading, who reviewed it.", fair_verb_letters_list, FAIR_DEED_ANYONE },
    { "letters pack", "[--share DIR] LAW", "Shows a law's pack: what its letters must say and what it holds of the law, each with source and date.", fair_verb_letters_pack, FAIR_DEED_ANYONE },
    { "letters check", "[DIR]", "Is a set of letters whole and fair? Every fault is told. Needs no home.", fair_verb_letters_check, FAIR_DEED_ANYONE },
    { "letters preview", "[--share DIR] [--format text|html|portal|pdf|inputs] [--facts FILE] LAW STEP LANGUAGE", "Fills a letter from facts and writes it to standard output; sends nothing.", fair_verb_letters_preview, FAIR_DEED_ANYONE },
    { "cases open", "[--takedown] HIT...", "Opens a case for pursued hits, or joins the open one of the same operator and work.", fair_verb_cases_open, FAIR_DEED_CASES },
    { "cases list", "[--state STATE] [--operator OPERATOR] [--limit N] [--offset N]", "Lists cases, the newest first.", fair_verb_cases_list, FAIR_DEED_LOOK },
    { "cases show", "ID...", "Shows where cases stand, what happened, what may be done next, and every reason why not.", fair_verb_cases_show, FAIR_DEED_LOOK },
    { "cases move", "[--notice ID] [--version N] [--ground GROUND,...] [--words TEXT] [--credit] [--days N] [--note TEXT] ID MOVE", "Makes a move, if the engine allows it; otherwise tells every reason.", fair_verb_cases_move, FAIR_DEED_MOVE },
    { "cases gates", "[--notice ID] [--level LEVEL] ID", "Shows the 19 gates as they stand, with facts and reasons.", fair_verb_cases_gates, FAIR_DEED_LOOK },
    { "cases fact", "[--source TEXT] ID [NAME VALUE]", "Lists the facts of a case, or establishes one, with its source.", fair_verb_cases_fact, FAIR_DEED_MOVE },
    { "cases party", "[--kind KIND] [--hosting HOSTING] [--evidence TEXT] [--language LL] [--set WHAT=VALUE] [--source SOURCE] [--seen TEXT] [--confirm DATUM] ID", "Shows who answers for the site of a case, or enters what is known of them, each thing with its source.", fair_verb_cases_party, FAIR_DEED_CASES },
    { "cases dispute", "--ground GROUND,... [--words TEXT] [--version N] [--note TEXT] ID", "Enters a dispute that came by mail or telephone: every clock stops.", fair_verb_cases_dispute, FAIR_DEED_CASES },
    { "cases withdraw", "[--note TEXT] [--version N] ID", "The owner lets it be: free of charge, at any time.", fair_verb_cases_withdraw, FAIR_DEED_CASES },
    { "cases hold", "[--release] [--note TEXT] [--version N] ID", "Holds a case, for 90 days in all, or lets it go on.", fair_verb_cases_hold, FAIR_DEED_MOVE },
    { "cases close", "--as REASON [--note TEXT] [--version N] ID", "Closes a case with its reason.", fair_verb_cases_close, FAIR_DEED_MOVE },
    { "notices list", "[--case ID] [--state STATE]", "Lists our letters.", fair_verb_notices_list, FAIR_DEED_LOOK },
    { "notices show", "ID...", "Shows letters and who approved them.", fair_verb_notices_show, FAIR_DEED_LOOK },
    { "notices approve", "ID...", "Approves letters exactly as they are.", fair_verb_notices_approve, FAIR_DEED_MOVE },
    { "serve", "[--listen ADDRESS:PORT] [--no-worker]", "The web pages and the job runner; prints the address and a one-time sign-in link.", fair_verb_serve, FAIR_DEED_INSTALL },
    { "worker", "[--once]", "Runs jobs: scans, watches, uploads.", fair_verb_worker, FAIR_DEED_INSTALL },
    { "users add", "--email ADDRESS [--name NAME] [--role ROLE] [--countries LIST]", "Adds an account and prints its sign-in link.", fair_verb_users_add, FAIR_DEED_PEOPLE },
    { "users list", "", "Lists accounts.", fair_verb_users_list, FAIR_DEED_PEOPLE },
    { "users link", "[--email ADDRESS]", "Prints a fresh one-time sign-in link.", fair_verb_users_link, FAIR_DEED_PEOPLE },
    { "users disable", "--email ADDRESS", "Closes an account and ends its sessions.", fair_verb_users_disable, FAIR_DEED_PEOPLE },
    { "users enable", "--email ADDRESS", "Opens a closed account again.", fair_verb_users_enable, FAIR_DEED_PEOPLE },
    { "users role", "--email ADDRESS --role ROLE [--countries LIST]", "Gives an account another role.", fair_verb_users_role, FAIR_DEED_PEOPLE },
    { "users password", "--email ADDRESS", "Resets a password: takes it and every session away and prints a one-time link to choose another.", fair_verb_users_password, FAIR_DEED_PEOPLE },
    { "users totp", "--email ADDRESS [--off]", "Tells whether a second factor is in force, or switches it off.", fair_verb_users_totp, FAIR_DEED_PEOPLE },
    { "users sessions", "--email ADDRESS [--end ID | --all]", "Lists what is signed in as somebody, and ends one or all.", fair_verb_users_sessions, FAIR_DEED_PEOPLE },
    { "users org add", "--name NAME [--email ADDRESS]", "Adds an organisation to this installation, with its first owner, and prints their sign-in link.", fair_verb_users_org_add, FAIR_DEED_INSTALL },
    { "users org list", "", "Lists the organisations of this installation.", fair_verb_users_org_list, FAIR_DEED_INSTALL },
    { "users roles", "", "Prints who may do what: every page and verb, role by role.", fair_verb_users_roles, FAIR_DEED_ANYONE },
    { "backup", "DIR", "Writes a consistent copy of the home while others use it.", fair_verb_backup, FAIR_DEED_INSTALL },
    { "restore", "[--erasures FILE] DIR", "Makes a home from a backup; every blob is checked.", fair_verb_restore, FAIR_DEED_ANYONE },
    { "reindex", "[--retake]", "Builds the index anew from the store.", fair_verb_reindex, FAIR_DEED_INSTALL },
    { "vault show", "SHA256...", "What names a blob, its size, and its stone where it was erased.", fair_verb_vault_show, FAIR_DEED_LOOK },
    { "vault erase", "--why TEXT SHA256...", "Erases blobs for good: a stone stays that says when, by whom and why.", fair_verb_vault_erase, FAIR_DEED_CATALOGUE },
    { "vault anew", "--why TEXT FILE...", "Puts erased bytes back, knowingly; the stone is lifted and kept on record.", fair_verb_vault_anew, FAIR_DEED_CATALOGUE },
    { "privacy periods", "", "How long what is held of people is kept, from when, and why.", fair_verb_privacy_periods, FAIR_DEED_ANYONE },
    { "privacy due", "[--at DATE]", "What has been kept as long as it may be and would be forgotten, and what a legal hold keeps. Removes nothing.", fair_verb_privacy_due, FAIR_DEED_AUDIT },
    { "privacy run", "", "Forgets what is due now, as the worker does by itself every hour.", fair_verb_privacy_run, FAIR_DEED_PRIVACY },
    { "privacy done", "[--limit N] [--offset N]", "What was forgotten, when, and under which rule.", fair_verb_privacy_done, FAIR_DEED_AUDIT },
    { "privacy hold", "--why TEXT --until DATE CASE", "Keeps a case from being forgotten: a legal hold.", fair_verb_privacy_hold, FAIR_DEED_PRIVACY },
    { "privacy release", "--why TEXT HOLD", "Ends a legal hold before its time.", fair_verb_privacy_release, FAIR_DEED_PRIVACY },
    { "privacy holds", "[--all]", "Lists legal holds.", fair_verb_privacy_holds, FAIR_DEED_AUDIT },
    { "privacy find", "--why TEXT PERSON", "Everything that is held about a person, by mail address, domain or name: from where, what for.", fair_verb_privacy_find, FAIR_DEED_PRIVACY },
    { "privacy export", "--why TEXT PERSON DIR", "Writes all of it into a new folder, for the person: JSON, a page, and files.", fair_verb_privacy_export, FAIR_DEED_PRIVACY },
    { "privacy erase", "--why TEXT [--yes] PERSON", "Erases what is held about a person, and tells what stays and why. Without --yes only tells.", fair_verb_privacy_erase, FAIR_DEED_PRIVACY },
    { "privacy requests", "[--all]", "What people asked about their data, and complaints: each is to be answered within a month.", fair_verb_privacy_requests, FAIR_DEED_PRIVACY },
    { "privacy ask", "--kind data|complaint [--case ID] [--who TEXT] [--words TEXT]", "Enters a request that came by another way.", fair_verb_privacy_ask, FAIR_DEED_PRIVACY },
    { "privacy answered", "--how TEXT REQUEST...", "Says that requests were answered, and how.", fair_verb_privacy_answered, FAIR_DEED_PRIVACY },
    { "privacy log", "[--user ADDRESS] [--subject ID] [--limit N] [--offset N]", "Who looked at whose data, when, and why where it was asked.", fair_verb_privacy_log, FAIR_DEED_AUDIT },
    { "doctor", "[--deep] [--vault]", "Checks the home and this machine, and says what protection is in force.", fair_verb_doctor, FAIR_DEED_INSTALL },
    { "config", "[--explain]", "Prints the settings in use; --explain: every key with its meaning.", fair_verb_config, FAIR_DEED_ANYONE },
    { NULL, NULL, NULL, NULL, FAIR_DEED_UNSAID }
};

static void
list_verbs(FILE *to)
{
    fputs("usage: fairtrack [--home DIR] [--as ADDRESS] [--org NAME|ID] [--json] VERB ...\n\n", to);
    for (const struct fair_verb *v = fair_verbs; v->name != NULL; v++) fprintf(to, "  %-16s %s\n", v->name, v->doc);
    fputs("\nfairtrack VERB --help tells a verb's options. Exit: 0 done, 1 the answer is no, 2 wrong usage, 3 partly done, 4 failed.\n", to);
}

/* How many of the words at argv make up the verb's name; 0: it is another verb. */
static int
words_of(const struct fair_verb *v, int argc, char **argv)
{
    fair_str rest = fair_str_of(v->name), word;
    int n = 0;

    while (fair_str_split(&rest, ' ', &word)) {
        if (n >= argc || !fair_str_eq(word, fair_str_of(argv[n]))) return 0;
        n++;
    }
    return n;
}

static const char *
standard_home(struct fair_arena *a)
{
    const char *home = getenv("FAIRTRACK_HOME");
    if (home != NULL && home[0] != '\0') return home;
    home = getenv("HOME");
    return fair_str_fmt(a, "%s/.fairtrack", home != NULL ? home : ".").p;
}

int
main(int argc, char **argv)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_cli c = { .arena = a, .home = standard_home(a), .as = getenv("FAIRTRACK_AS"), .house.serve_lock = -1 };
    int at = 1, code;

    fair_memory_keep();
    fair_log_begin("fairtrack", FAIR_LOG_WARN);
    while (at < argc && argv[at][0] == '-') {
        if (strcmp(argv[at], "--home") == 0 && at + 1 < argc) {
            c.home = argv[at + 1];
            at += 2;
        } else if (strncmp(argv[at], "--home=", 7) == 0) {
            c.home = argv[at++] + 7;
        } else if (strcmp(argv[at], "--as") == 0 && at + 1 < argc) {
            c.as = argv[at + 1];
            at += 2;
        } else if (strncmp(argv[at], "--as=", 5) == 0) {
            c.as = argv[at++] + 5;
        } else if (strcmp(argv[at], "--org") == 0 && at + 1 < argc) {
            c.org = argv[at + 1];
            at += 2;
        } else if (strncmp(argv[at], "--org=", 6) == 0) {
            c.org = argv[at++] + 6;
        } else if (strcmp(argv[at], "--json") == 0) {
            c.json = true;
            at++;
        } else if (strcmp(argv[at], "--version") == 0) {
            puts("fairtrack " VERSION);
            return FAIR_EXIT_DONE;
        } else if (strcmp(argv[at], "--help") == 0 || strcmp(argv[at], "-h") == 0) {
            list_verbs(stdout);
            return FAIR_EXIT_DONE;
        } else {
            fprintf(stderr, "fairtrack: no option %s\n", argv[at]);
            list_verbs(stderr);
            return FAIR_EXIT_USAGE;
        }
    }
    for (const struct fair_verb *v = fair_verbs; v->name != NULL; v++) {
        int n = words_of(v, argc - at, argv + at);
        if (n == 0) continue;
        c.verb = v;
        code = v->run(&c, argc - at - n, argv + at + n);
        if (c.house_open) fair_house_close(&c.house);
        if (fflush(stdout) != 0 || ferror(stdout)) {
            fprintf(stderr, "fairtrack %s: standard output: %s\n", v->name, "write failed");
            return FAIR_EXIT_FAILED;
        }
        return code;
    }
    if (at < argc) fprintf(stderr, "fairtrack: no verb \"%s\"\n", argv[at]);
    list_verbs(at < argc ? stderr : stdout);
    return at < argc ? FAIR_EXIT_USAGE : FAIR_EXIT_DONE;
}
