/* test_letters.c - letters: a set that is not whole and fair is refused, a letter says what it must and no sum. */
#include "base/test.h"
#include "base/clock.h"
#include "base/mime.h"
#include "cases/letter_mail.h"
#include "cases/cases.h"
#include "cases/letters.h"

#define SHA "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static struct fair_letters *
built_in(struct fair_arena *a)
{
    struct fair_letters *l = NULL;

    CHECK_OK(fair_letters_load(a, fair_letters_builtin(), &l, why));
    return l;
}

/* All that any letter may say. */
static struct fair_letter_facts *
facts(struct fair_arena *a)
{
    static const char *const texts[][2] = {
        { "letter.id", "N-4711-QX" }, { "letter.date", "2026-11-26" }, { "letter.verify_url", "https://notices.example.com/v/N-4711-QX" },
        { "letter.answer_url", "https://notices.example.com/a/3f2a" }, { "rules.sha256", SHA }, { "re.id", "N-4700-AB" }, { "re.date", "2026-11-01" },
        { "sender.name", "Nord Agency" }, { "sender.address", "Beispielweg 1, 12345 Musterstadt" }, { "sender.email", "agency@example.com" },
        { "owner.name", "Mara Muster" }, { "author.name", "Mara Muster" }, { "mandate.scope", "all pictures, all countries, until 2030" },
        { "mandate.date", "2025-01-02" }, { "ownership.checked", "declared" }, { "work.title", "Lighthouse at dusk" }, { "work.nature", "work" },
        { "use.1.page", "https://shop.example.org/blog?id=1&x=2" }, { "use.1.image", "https://shop.example.org/i/l.jpg" }, { "use.1.seen", "2026-11-20T10:00:00Z" },
        { "use.2.page", "https://shop.example.org/about" }, { "use.2.image", "https://shop.example.org/i/l2.jpg" }, { "use.2.seen", "2026-11-21" },
        { "evidence.url", "https://notices.example.com/e/1" }, { "asked.1.source", "ledger" }, { "asked.1.answer", "nothing" }, { "asked.1.at", "2026-11-25" },
        { "asked.2.source", "outside" }, { "asked.2.answer", "not_asked" }, { "recipient.name", "Tom Beispiel" },
        { "datum.1.what", "name" }, { "datum.1.value", "Tom Beispiel" }, { "datum.1.source", "imprint" }, { "datum.1.place", "https://shop.example.org/imprint" },
        { "datum.1.seen", "2026-11-20" }, { "datum.2.what", "email" }, { "datum.2.value", "tom@example.org" }, { "datum.2.source", "recipient" }, { "datum.2.seen", "2026-11-21" },
        { "privacy.controller", "Nord Agency, Beispielweg 1, Musterstadt" }, { "privacy.contact", "privacy@example.com" }, { "retention.months", "48" },
        { "cc.licence", "CC BY 4.0" }, { "cc.url", "https://creativecommons.org/licenses/by/4.0/" }, { "cc.credit", "Mara Muster, CC BY 4.0" },
        { "answer.received", "2026-11-24" }, { "answer.words", "The picture was first shown in our own magazine." }, { "extension.days", "14" },
        { "deadline.until", "2027-01-08" }, { "decision.reasons", "The licence you sent is for another picture." }, { "reviewer.name", "Ines Review" },
        { "lawyer.name", "Dr. Beispiel" }, { "lawyer.address", "Rechtsweg 3, Musterstadt" }, { "close.date", "2026-11-26" },
        { "licence.from", "2025-02-01" }, { "licence.until", "2027-01-31" },
    };
    struct fair_letter_facts *f = fair_letter_facts_new(a);

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) fair_letter_fact(f, texts[i][0], fair_str_of(texts[i][1]));
    return f;
}

/* The archive with `to` in place of the first `from` in the file; its length put right. */
static fair_str
with(struct fair_arena *a, const char *path, const char *from, const char *to)
{
    fair_str all = fair_letters_builtin(), head = fair_str_fmt(a, "@%s ", path);
    struct fair_buf b = FAIR_BUF(a, (size_t)8 << 20);
    const char *at = memmem(all.p, all.n, head.p, head.n), *body, *hit;
    size_t n;

    if (at == NULL) {
        fail_msg("no file %s", path);
        abort();
    }
    n = (size_t)atol(at + head.n);
    body = (const char *)memchr(at, '\n', all.n) + 1;
    hit = memmem(body, n, from, strlen(from));
    if (hit == NULL) fail_msg("\"%s\" is not in %s", from, path);
    fair_buf_add(&b, (fair_str){ all.p, (size_t)(at - all.p) });
    fair_buf_fmt(&b, "@%s %zu\n", path, n - strlen(from) + strlen(to));
    fair_buf_add(&b, (fair_str){ body, (size_t)(hit - body) });
    fair_buf_c(&b, to);
    hit += strlen(from);
    fair_buf_add(&b, (fair_str){ hit, (size_t)(all.p + all.n - hit) });
    return (fair_str){ b.p, b.n };
}

/* The archive without the file. */
static fair_str
without(struct fair_arena *a, const char *path)
{
    fair_str all = fair_letters_builtin(), head = fair_str_fmt(a, "@%s ", path);
    struct fair_buf b = FAIR_BUF(a, (size_t)8 << 20);
    const char *at = memmem(all.p, all.n, head.p, head.n), *end;

    if (at == NULL) {
        fail_msg("no file %s", path);
        abort();
    }
    end = (const char *)memchr(at, '\n', all.n) + 1 + atol(at + head.n);
    fair_buf_add(&b, (fair_str){ all.p, (size_t)(at - all.p) });
    fair_buf_add(&b, (fair_str){ end, (size_t)(all.p + all.n - end) });
    return (fair_str){ b.p, b.n };
}

struct wanted { const char *words; size_t hits; char first[400]; };

static void
hear(void *arg, const char *fault)
{
    struct wanted *w = arg;

    if (w->first[0] == '\0') snprintf(w->first, sizeof w->first, "%s", fault);
    if (strstr(fault, w->words) != NULL) w->hits++;
}

/* The set is refused, and one of its faults says so. */
static void
refused(fair_str archive, const char *words)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct wanted w = { .words = words };
    struct fair_letters *l = NULL;

    (void)fair_letters_check(archive, hear, &w);
    if (w.hits == 0) fail_msg("no fault says \"%s\"; the first: %s", words, w.first);
    CHECK(fair_letters_load(a, archive, &l, NULL) != FAIR_OK);
    CHECK(l == NULL);
}

static void
print(void *arg, const char *fault)
{
    (void)arg;
    fprintf(stderr, "%s\n", fault);
}

/* ---- the set ------------------------------------------------------------------------------------------- */

TEST(the_letters_built_in_are_whole_and_fair)
{
    CHECK_EQ(fair_letters_check(fair_letters_builtin(), print, NULL), 0);
}

TEST(every_pack_has_every_step_in_each_of_its_languages)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_letters *l = built_in(a);
    static const char *const laws[] = { "XX", "DE", "UK", "US", "EU", "IT" };

    CHECK_EQ(fair_letters_count(l), 14 * 34);
    for (size_t i = 0; i < 6; i++) {
        CHECK(fair_pack_known(l, fair_str_of(laws[i])));
        CHECK(fair_letters_get(l, fair_str_of(laws[i]), FAIR_STR("inquiry"), FAIR_STR("en")) != NULL);
    }
    CHECK(!fair_pack_known(l, FAIR_STR("FR")));
}

TEST(no_shipped_letter_and_no_shipped_pack_names_a_reviewer)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_letters *l = built_in(a);

    for (size_t i = 0; i < fair_letters_count(l); i++) CHECK(fair_str_eq(fair_letters_at(l, i)->reviewed_by, FAIR_STR("none")));
    for (size_t i = 0; i < fair_packs_count(l); i++) {
        CHECK(fair_str_eq(fair_packs_at(l, i)->reviewed_by, FAIR_STR("none")));
        CHECK(fair_packs_at(l, i)->source.n > 0 && fair_packs_at(l, i)->date.n == 10);
    }
}

TEST(a_letter_that_breaks_a_rule_of_letters_is_refused)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    const char *inquiry = "letters/DE/inquiry.de.letter";

    refused(with(a, inquiry, "names-money: no", "names-money: yes"), "names money, which inquiry may not");
    refused(with(a, inquiry, "days: 21", "days: 13"), "gives 13 days, fewer than 21");
    refused(with(a, "letters/DE/reminder.de.letter", "days: 14", "days: 7"), "gives 7 days, fewer than 14");
    refused(with(a, "letters/DE/close-wrong.de.letter", "days: 0", "days: 14"), "asks for nothing and gives days");
    refused(with(a, inquiry, " owner.name", ""), "lacks the needed field owner.name");
    refused(with(a, inquiry, "needs: ", "needs: owner.shoe_size "), "unknown field \"owner.shoe_size\"");
    refused(with(a, inquiry, "needs: ", "needs: reviewer.name "), "needs reviewer.name and never says it");
    refused(with(a, inquiry, "elements: ", "elements: de.97a.2.1 "), "says nowhere what de.97a.2.1 asks");
    refused(with(a, inquiry, " de.not-a-warning", ""), "lacks the element de.not-a-warning of its pack");
    refused(with(a, inquiry, "on: -\n", ""), "on is missing");
    refused(with(a, inquiry, "on: -\n", "on: -\ntone: stern\n"), "unknown key \"tone\"");
    refused(with(a, inquiry, "on: -\n", "on: -\non: -\n"), "stands twice");
    refused(with(a, inquiry, "law: DE", "law: UK"), "its front matter says another law, step or language");
    refused(with(a, inquiry, "{{>inquiry}}", "{{>inquiry}}\n\n{{owner.shoe_size}}"), "unknown field \"owner.shoe_size\"");
    refused(with(a, inquiry, "{{>inquiry}}", "{{>inquiry}}\n\n{{close.reason}}"), "says close.reason, which it does not list among its needs");
    refused(with(a, inquiry, "{{>inquiry}}", "{{>nothing-of-the-kind}}"), "no part nothing-of-the-kind");
    refused(with(a, inquiry, "{{>inquiry}}", "{{>inquiry}}\n{{?owner.name}}"), "section owner.name has no end");
    refused(with(a, inquiry, "{{>inquiry}}", "{{>inquiry}}\n{{#shoes}}\n{{/shoes}}"), "unknown list \"shoes\"");
    refused(with(a, inquiry, "{{>inquiry}}", "{{>inquiry}}\n{{owner.name"), "not closed");
}

TEST(a_pack_with_a_missing_translation_is_refused)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();

    refused(without(a, "letters/EU/reminder.fr.letter"), "pack EU: no letter reminder in language fr");
    refused(without(a, "letters/common/who.it.part"), "no part who in language it");
    refused(with(a, "packs/UK.tsv", "languages\t*\ten\t", "languages\t*\ten fr\t"), "pack UK: no letter inquiry in language fr");
    refused(with(a, "letters/words.tsv", "month.03\tit\tmarzo\n", ""), "words.tsv: month.03 is missing in language it");
    refused(without(a, "packs/IT.tsv"), "no pack IT");
}

TEST(a_row_of_a_pack_without_its_source_is_refused)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();

    refused(with(a, "packs/DE.tsv", "\tBGB 195, 199; UrhG 102\t", "\t\t"), "has no source or no date");
    refused(with(a, "packs/DE.tsv", "\tBGB 195, 199; UrhG 102\t", "\t"), "a row of 6 columns, not 7");
}

TEST(a_letter_that_reads_like_a_statute_is_refused)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_buf b = FAIR_BUF(a, 60000);

    fair_buf_c(&b, "{{>close-removed}}\n\n");
    for (int i = 0; i < 60; i++)
        fair_buf_c(&b, "notwithstanding aforementioned considerations regarding intermediary accessibility determinations, authoritative "
                       "interpretability necessitates comprehensive documentation, ");
    refused(with(a, "letters/UK/close-removed.en.letter", "{{>close-removed}}", fair_str_fmt(a, "%.*s", (int)b.n, b.p).p), "harder than");
}

TEST(an_archive_cut_off_is_refused)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_str all = fair_letters_builtin();
    struct fair_letters *l;

    CHECK(fair_letters_load(a, (fair_str){ all.p, all.n - 7 }, &l, NULL) != FAIR_OK);
    CHECK(fair_letters_load(a, FAIR_STR("nonsense"), &l, NULL) != FAIR_OK);
    CHECK(fair_letters_load(a, FAIR_STR(""), &l, NULL) != FAIR_OK);
}

/* ---- wording (G13) ------------------------------------------------------------------------------------- */

/* A row of wording.tsv. */
struct row { fair_str language, kind, pattern; };

static size_t
rows(struct fair_arena *a, struct row *out, size_t most)
{
    fair_str all = fair_letters_builtin(), file, line;
    const char *at = memmem(all.p, all.n, "@letters/wording.tsv ", 21);
    size_t n = 0;

    CHECK(at != NULL);
    if (at == NULL) abort();
    file = (fair_str){ (const char *)memchr(at, '\n', 100) + 1, (size_t)atol(at + 21) };
    while (fair_str_split(&file, '\n', &line)) {
        fair_str level;
        if (line.n == 0 || line.p[0] == '#') continue;
        CHECK(n < most);
        CHECK(fair_str_split(&line, '\t', &out[n].language) && fair_str_split(&line, '\t', &out[n].kind));
        CHECK(fair_str_split(&line, '\t', &level) && fair_str_split(&line, '\t', &out[n].pattern));
        n++;
    }
    (void)a;
    return n;
}

/* A word as somebody might write it: without the stars, perhaps in capitals. */
static fair_str
word_of(struct fair_arena *a, fair_str pattern, bool capitals)
{
    char *p = fair_alloc(a, pattern.n + 1);
    size_t n = 0;

    for (size_t i = 0; i < pattern.n; i++)
        if (pattern.p[i] != '*') p[n++] = capitals && pattern.p[i] >= 'a' && pattern.p[i] <= 'z' ? (char)(pattern.p[i] - 32) : pattern.p[i];
    return (fair_str){ p, n };
}

TEST(G13_every_banned_word_is_found_wherever_it_is_put_and_however_it_is_written)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_letters *l = built_in(a);
    struct row *r = fair_alloc_array(a, 1000, sizeof *r);
    size_t n = rows(a, r, 1000), tried = 0;
    static const char *const languages[] = { "en", "de", "fr", "it" };

    for (size_t i = 0; i < n; i++) {
        if (fair_str_eq(r[i].kind, FAIR_STR("number")) || fair_str_eq(r[i].kind, FAIR_STR("reading"))) continue;
        for (size_t k = 0; k < 4; k++) {
            struct fair_wording_fault w;
            bool mine = fair_str_eq(r[i].language, fair_str_of(languages[k])) || fair_str_eq(r[i].language, FAIR_STR("*"));
            if (!mine) continue;
            for (int way = 0; way < 4; way++) {
                fair_str word = word_of(a, r[i].pattern, way == 1), text = fair_str_fmt(a, way == 2 ? "Guten Tag, %.*s." : way == 3 ? "x\n%.*s\ny" : "a %.*s b", FAIR_STR_ARG(word));
                if (!fair_wording_find(l, fair_str_of(languages[k]), text, FAIR_WORDING_LETTER, a, &w))
                    fail_msg("%s: \"%.*s\" is not found in \"%.*s\"", languages[k], FAIR_STR_ARG(r[i].pattern), FAIR_STR_ARG(text));
                tried++;
            }
        }
    }
    CHECK(tried > 1000);
}

TEST(G13_a_banned_word_put_into_a_letter_of_any_pack_and_language_has_the_set_refused)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    static const struct { const char *path, *part, *words, *kind; } put[] = {
        { "letters/DE/inquiry.de.letter", "{{>inquiry}}", "Sonst folgt eine Klage.", "threat" },
        { "letters/DE/inquiry.en.letter", "{{>inquiry}}", "Legal action will follow.", "threat" },
        { "letters/UK/inquiry.en.letter", "{{>inquiry}}", "This is our FINAL  NOTICE.", "pressure" },
        { "letters/US/inquiry.en.letter", "{{>inquiry}}", "This is a violation of our rights.", "blame" },
        { "letters/EU/inquiry.fr.letter", "{{>inquiry}}", "C\xe2\x80\x99" "est une contrefa\xc3\xa7on.", "blame" },
        { "letters/EU/reminder.de.letter", "{{>reminder}}", "Antworten Sie unverz\xc3\xbcglich.", "pressure" },
        { "letters/IT/inquiry.it.letter", "{{>inquiry}}", "Seguir\xc3\xa0 una querela.", "threat" },
        { "letters/IT/reminder.en.letter", "{{>reminder}}", "Your licence fee is due.", "money-talk" },
        { "letters/XX/inquiry.it.letter", "{{>inquiry}}", "Costa \xe2\x82\xac 350.", "money" },
        { "letters/XX/inquiry.en.letter", "{{>inquiry}}", "It is five hundred euros.", "money" },
        { "letters/XX/answer-question.de.letter", "{{>answer-question}}", "Das macht 389,59 EUR.", "money" },
        { "letters/XX/close-wrong.fr.letter", "{{>close-wrong}}", "Il reste 200 CHF.", "money" },
        { "letters/DE/close-lapsed.de.letter", "{{>close-lapsed}}", "Es sind 350,- offen.", "money" },
        { "letters/UK/decision.en.letter", "{{>decision}}", "It is 90 pounds.", "money" },
        { "letters/US/inquiry-cc.en.letter", "{{>inquiry-cc}}", "We ask 90 dol\xc2\xadlars.", "money" },
    };

    for (size_t i = 0; i < sizeof put / sizeof *put; i++)
        refused(with(a, put[i].path, put[i].part, fair_str_fmt(a, "%s\n\n%s", put[i].part, put[i].words).p), fair_str_fmt(a, "%s: \"", put[i].kind).p);
    refused(with(a, "letters/UK/inquiry.en.letter", "subject: ", "subject: Final notice: "), "pressure: \"");
}

/* Money as a reader would see it, by another way than letters_wording.c: no digit beside a sign or code, no sign at all. */
static void
no_money(const char *name, fair_str text)
{
    static const char *const signs[] = { "\xe2\x82\xac", "$", "\xc2\xa3", "\xc2\xa5", "EUR", "USD", "GBP", "CHF", "Euro", "euro", "Dollar", "dollar", "Pfund", "Franken", "sterlin" };

    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (memmem(text.p, text.n, signs[i], strlen(signs[i])) != NULL) {
            const char *at = memmem(text.p, text.n, signs[i], strlen(signs[i]));
            if (strncmp(at, "Europ", 5) == 0 || strncmp(at, "europ", 5) == 0) continue;
            fail_msg("%s: %s in \"%.40s\"", name, signs[i], at);
        }
}

TEST(G10_no_letter_of_any_pack_and_language_names_money_once_it_is_filled)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(arena) struct fair_arena *each = fair_arena_new();
    struct fair_letters *l = built_in(a);
    struct fair_letter_facts *f = facts(a);

    for (size_t i = 0; i < fair_letters_count(l); i++) {
        const struct fair_letter *t = fair_letters_at(l, i);
        struct fair_letter_filled filled;
        const char *name = fair_str_fmt(each, "%.*s/%.*s.%.*s", FAIR_STR_ARG(t->law), FAIR_STR_ARG(t->step), FAIR_STR_ARG(t->language)).p;
        fair_str text, html;
        struct fair_err err = { 0 };
        CHECK(!t->names_money);
        if (fair_letter_fill(l, t, f, each, &filled, &err) != FAIR_OK) fail_msg("%s: %s", name, err.text);
        CHECK_OK(fair_document_text(filled.document, each, &text, why));
        CHECK_OK(fair_document_html_mail(filled.document, each, &html, why));
        no_money(name, text);
        no_money(name, filled.subject);
        CHECK(memmem(text.p, text.n, "{{", 2) == NULL && memmem(html.p, html.n, "{{", 2) == NULL);
        if (t->kind == FAIR_LETTER_CLAIM) CHECK(filled.n_spans >= t->n_elements);
        fair_arena_clear(each);
    }
}

static fair_status
fill(struct fair_arena *a, const char *law, const char *step, const char *language, struct fair_letter_facts *f, struct fair_letter_filled *out, struct fair_err *err)
{
    struct fair_letters *l = built_in(a);
    const struct fair_letter *t = fair_letters_get(l, fair_str_of(law), fair_str_of(step), fair_str_of(language));

    CHECK(t != NULL);
    return fair_letter_fill(l, t, f, a, out, err);
}

TEST(G13_words_that_a_person_adds_are_held_to_the_same)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    static const struct { const char *field, *words; } bad[] = {
        { "answer.words", "Pay 500 EUR." }, { "answer.words", "We will take you to court." }, { "answer.words", "Send five hundred euros." },
        { "work.title", "Lighthouse (350 \xe2\x82\xac)" }, { "recipient.name", "Tom $ 400" }, { "sender.address", "Weg 1, 90 GBP" },
    };
    struct fair_letter_filled out;
    struct fair_err err;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct fair_letter_facts *f = facts(a);
        fair_letter_fact(f, bad[i].field, fair_str_of(bad[i].words));
        err = (struct fair_err){ 0 };
        CHECK_EQ(fill(a, "XX", "answer-question", "en", f, &out, &err), FAIR_INVALID);
        if (strstr(err.text, bad[i].field) == NULL) fail_msg("%s: %s", bad[i].field, err.text);
    }
}

TEST(a_name_that_only_sounds_like_money_or_like_a_threat_is_a_name)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_letter_facts *f = facts(a);
    struct fair_letter_filled out;

    fair_letter_fact(f, "recipient.name", FAIR_STR("Euro Reisen GmbH"));
    fair_letter_fact(f, "work.title", FAIR_STR("The court of the pirates"));
    fair_letter_fact(f, "use.1.page", FAIR_STR("https://shop.example.org/500-euro-trip"));
    CHECK_OK(fill(a, "DE", "inquiry", "de", f, &out, why));
}

TEST(the_measures_of_reading_rank_plain_words_above_a_statute)
{
    static const struct { const char *language, *plain, *hard; } t[] = {
        { "en", "This is a short line. You can read it.", "Notwithstanding aforementioned considerations, determinations necessitate comprehensive interpretability." },
        { "de", "Das ist ein Satz. Sie k\xc3\xb6nnen ihn lesen.", "Unbeschadet vorgenannter Voraussetzungen bed\xc3\xbcrfen Entscheidungen umfassender Nachvollziehbarkeit." },
        { "fr", "C\xe2\x80\x99" "est un mot. Vous le lisez.", "Nonobstant les consid\xc3\xa9rations susmentionn\xc3\xa9" "es, l\xe2\x80\x99interpr\xc3\xa9tation n\xc3\xa9" "cessite une documentation compl\xc3\xa8te." },
        { "it", "Questa \xc3\xa8 una riga. Lei la legge.", "Nonostante le considerazioni summenzionate, le determinazioni necessitano documentazione comprensiva." },
    };

    for (size_t i = 0; i < 4; i++)
        CHECK(fair_reading_ease(fair_str_of(t[i].language), fair_str_of(t[i].plain)) > fair_reading_ease(fair_str_of(t[i].language), fair_str_of(t[i].hard)) + 40);
    /* By hand: 9 words, 2 sentences, 10 syllables. */
    CHECK(fair_reading_ease(FAIR_STR("en"), fair_str_of(t[0].plain)) > 206.8 - 1.015 * 4.5 - 84.6 * 11 / 9);
    CHECK_EQ((int)fair_reading_ease(FAIR_STR("xx"), FAIR_STR("a b.")), -1);
}

/* ---- filling ------------------------------------------------------------------------------------------- */

TEST(a_fact_that_is_missing_is_named_and_nothing_comes_out)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_letters *l = built_in(a);
    const struct fair_letter *t = fair_letters_get(l, FAIR_STR("DE"), FAIR_STR("inquiry"), FAIR_STR("de"));
    struct fair_letter_filled out;

    for (size_t i = 0; i < t->n_needs; i++) {
        struct fair_letter_facts *all = facts(a), *f = fair_letter_facts_new(a);
        struct fair_err err = { 0 };
        static const char *const names[] = { "letter.id", "letter.date", "letter.verify_url", "sender.name", "sender.address", "sender.email", "owner.name", "author.name",
            "ownership.checked", "work.title", "recipient.name", "privacy.controller", "privacy.contact", "retention.months", "rules.sha256", "use.1.page", "use.1.image",
            "use.1.seen", "datum.1.what", "datum.1.source", "datum.1.seen", "asked.1.source", "asked.1.answer", "mandate.scope", "mandate.date" };
        for (size_t k = 0; k < sizeof names / sizeof *names; k++)
            if (!fair_str_eq(t->needs[i], fair_str_of(names[k]))) fair_letter_fact(f, names[k], fair_letter_fact_get(all, fair_str_of(names[k])));
        CHECK_EQ(fair_letter_fill(l, t, f, a, &out, &err), FAIR_INVALID);
        if (strstr(err.text, fair_str_dup(a, t->needs[i]).p) == NULL) fail_msg("%.*s is missing: %s", FAIR_STR_ARG(t->needs[i]), err.text);
        CHECK(out.document == NULL);
    }
}

TEST(an_agent_without_a_mandate_writes_nothing)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_letter_facts *f = facts(a);
    struct fair_letter_filled out;
    struct fair_err err = { 0 };
    fair_str text;

    CHECK_OK(fill(a, "UK", "inquiry", "en", f, &out, why));
    CHECK_OK(fair_document_text(out.document, a, &text, why));
    CHECK(memmem(text.p, text.n, "Our written", 11) != NULL);
    fair_letter_fact(f, "mandate.scope", FAIR_STR("x"));
    f = fair_letter_facts_new(a);
    for (size_t i = 0; i < 1; i++) f = facts(a);
    /* The same without the mandate's date: the pack's element has no words. */
    {
        struct fair_letters *l = built_in(a);
        fair_str in = out.inputs, cut;
        struct fair_buf b = FAIR_BUF(a, 400000);
        const char *at = memmem(in.p, in.n, "fact\tmandate.date\t", 18);
        CHECK(at != NULL);
        if (at == NULL) abort();
        fair_buf_add(&b, (fair_str){ in.p, (size_t)(at - in.p) });
        at = (const char *)memchr(at, '\n', 100) + 1;
        fair_buf_add(&b, (fair_str){ at, (size_t)(in.p + in.n - at) });
        cut = (fair_str){ b.p, b.n };
        CHECK_EQ(fair_letter_again(l, cut, a, &out, &err), FAIR_INVALID);
        CHECK(strstr(err.text, "leave out what mandate asks") != NULL);
    }
}

TEST(I11_every_letter_that_a_move_owes_is_there_in_every_law_and_language_and_asks_for_nothing)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_letters *l = built_in(a);
    fair_str step;
    size_t found = 0;

    for (size_t i = 0; (step = fair_cases_owed_at(i)).p != NULL; i++, found = 0) {
        for (size_t k = 0; k < fair_letters_count(l); k++) {
            const struct fair_letter *t = fair_letters_at(l, k);
            if (!fair_str_eq(t->step, step)) continue;
            found++;
            if (t->kind == FAIR_LETTER_CLAIM || t->days != 0) fail_msg("%.*s asks for something", FAIR_STR_ARG(step));
        }
        if (found != 14) fail_msg("letters.tsv: %.*s stands in %zu of 14 laws and languages", FAIR_STR_ARG(step), found);
    }
    CHECK(fair_cases_owed_step(FAIR_STR("close-wrong")) && !fair_cases_owed_step(FAIR_STR("inquiry")));
}

/* What stands in the letter's text in every pack and language, with one more fact. */
static fair_str
with_fact(struct fair_arena *a, const struct fair_letters *l, const struct fair_letter *t, const char *name, const char *value)
{
    struct fair_letter_facts *all = facts(a), *f = fair_letter_facts_new(a);
    struct fair_letter_filled filled;
    struct fair_err err = { 0 };
    fair_str text;
    char *flat;
    size_t n = 0;

    for (size_t i = 0; i < t->n_needs; i++)
        fair_letter_fact(f, fair_str_dup(a, t->needs[i]).p, fair_letter_fact_get(all, t->needs[i]));
    if (name != NULL) fair_letter_fact(f, name, fair_str_of(value));
    if (fair_letter_fill(l, t, f, a, &filled, &err) != FAIR_OK) fail_msg("%.*s/%.*s.%.*s: %s", FAIR_STR_ARG(t->law), FAIR_STR_ARG(t->step), FAIR_STR_ARG(t->language), err.text);
    CHECK_OK(fair_document_text(filled.document, a, &text, why));
    /* Soft breaks end in a blank (RFC 3676). */
    flat = fair_alloc(a, text.n + 1);
    for (size_t i = 0; i < text.n; i++)
        if (!(text.p[i] == '\n' && i > 0 && text.p[i - 1] == ' ')) flat[n++] = text.p[i];
    flat[n] = '\0';
    return (fair_str){ flat, n };
}

TEST(a_close_by_time_alone_says_how_it_came_about_and_more_time_says_where_the_time_stands)
{
    static const struct { const char *step, *name, *values[4]; } all[] = {
        { "close-lapsed", "close.how", { "dispute", "question", "", NULL } }, { "close-wrong", "close.how", { "review", "", NULL } },
        { "answer-time", NULL, { "deadline.until=2027-01-08", "clock.stopped=yes", "clock.waiting=yes", NULL } },
        { "close-licence-sold", NULL, { "licence.until=2027-01-31", "", NULL } },
    };
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    FAIR_AUTO(arena) struct fair_arena *each = fair_arena_new();
    struct fair_letters *l = built_in(a);
    size_t read = 0;

    for (size_t k = 0; k < fair_letters_count(l); k++)
        for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
            const struct fair_letter *t = fair_letters_at(l, k);
            fair_str said[4];
            if (!fair_str_eq(t->step, fair_str_of(all[i].step))) continue;
            for (size_t v = 0; all[i].values[v] != NULL; v++) {
                fair_str value = fair_str_of(all[i].values[v]), name = fair_str_of(all[i].name);
                if (all[i].name == NULL) (void)fair_str_split(&value, '=', &name);
                said[v] = with_fact(each, l, t, value.n > 0 ? fair_str_dup(each, name).p : NULL, value.n > 0 ? fair_str_dup(each, value).p : NULL);
                for (size_t w = 0; w < v; w++)
                    if (fair_str_eq(said[v], said[w])) fail_msg("%.*s/%s.%.*s says the same for \"%s\" and \"%s\"", FAIR_STR_ARG(t->law), all[i].step, FAIR_STR_ARG(t->language), all[i].values[v], all[i].values[w]);
                read++;
            }
            fair_arena_clear(each);
        }
    CHECK_EQ(read, 14 * 10);
}

TEST(C14_a_licence_that_was_sold_tells_past_use_use_to_come_and_its_end)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_letters *l = built_in(a);
    const struct fair_letter *t = fair_letters_get(l, FAIR_STR("XX"), FAIR_STR("close-licence-sold"), FAIR_STR("en"));
    fair_str text = with_fact(a, l, t, "licence.until", "2027-01-31");

    CHECK(strstr(text.p, "1 February 2025") != NULL && strstr(text.p, "31 January 2027") != NULL && strstr(text.p, "30 days and 7 days") != NULL);
    text = with_fact(a, l, t, NULL, NULL);
    CHECK(strstr(text.p, "without an end") != NULL && strstr(text.p, "Our program is made so") != NULL);
    t = fair_letters_get(l, FAIR_STR("XX"), FAIR_STR("inquiry-renewal"), FAIR_STR("en"));
    CHECK(t != NULL && t->kind == FAIR_LETTER_CLAIM);
    text = with_fact(a, l, t, "owner.is_sender", "yes");
    CHECK(strstr(text.p, "ended on 31 January 2027") != NULL && strstr(text.p, "new licence") != NULL && strstr(text.p, "take it down") != NULL);
}

TEST(a_value_that_is_not_of_its_type_is_refused)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    static const struct { const char *field, *value; } bad[] = {
        { "letter.verify_url", "javascript:alert(1)" }, { "use.1.page", "https://example.org/a b" }, { "use.1.image", "https://example.org/\"><script>" },
        { "sender.email", "a@example.com\r\nBcc: b@example.com" }, { "sender.email", "nobody" }, { "letter.date", "tomorrow" }, { "retention.months", "four" },
        { "ownership.checked", "certainly" }, { "recipient.name", "two\nlines" }, { "owner.name", "turned \xe2\x80\xae round" }, { "work.title", "bell \x07" },
        { "owner.shoe_size", "44" }, { "use.0x.page", "https://example.org/" }, { "cure.free", "perhaps" }, { "datum.1.source", "guessed" },
    };
    struct fair_letter_filled out;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct fair_letter_facts *f = facts(a);
        struct fair_err err = { 0 };
        fair_letter_fact(f, bad[i].field, fair_str_of(bad[i].value));
        CHECK_EQ(fill(a, "XX", "inquiry", "en", f, &out, &err), FAIR_INVALID);
        if (strstr(err.text, bad[i].field) == NULL) fail_msg("%s: %s", bad[i].field, err.text);
    }
}

TEST(a_letter_made_again_from_its_kept_inputs_is_the_same_to_the_byte)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_letters *l = built_in(a), *other = NULL;
    static const char *const laws[][2] = { { "XX", "fr" }, { "DE", "de" }, { "UK", "en" }, { "IT", "it" }, { "US", "en" } };

    /* Today's words and packs are others; the kept inputs hold those of then. */
    CHECK_OK(fair_letters_load(a, with(a, "letters/words.tsv", "month.11\tde\tNovember", "month.11\tde\tNebelung"), &other, why));
    for (size_t i = 0; i < 5; i++) {
        const struct fair_letter *t = fair_letters_get(l, fair_str_of(laws[i][0]), FAIR_STR("inquiry"), fair_str_of(laws[i][1]));
        struct fair_letter_filled one, two, three;
        fair_str text1, text2, html1, html2, mail1, mail2;
        CHECK_OK(fair_letter_fill(l, t, facts(a), a, &one, why));
        CHECK_OK(fair_letter_fill(l, t, facts(a), a, &two, why));
        CHECK(fair_str_eq(one.inputs, two.inputs));
        CHECK_OK(fair_letter_again(other, one.inputs, a, &three, why));
        CHECK(fair_str_eq(one.inputs, three.inputs));
        CHECK(fair_sha256_eq(&one.inputs_sha256, &three.inputs_sha256) && fair_sha256_eq(&one.template_sha256, &three.template_sha256));
        CHECK_OK(fair_document_text(one.document, a, &text1, why));
        CHECK_OK(fair_document_text(three.document, a, &text2, why));
        CHECK_OK(fair_document_html(one.document, a, &html1, why));
        CHECK_OK(fair_document_html(three.document, a, &html2, why));
        CHECK_OK(fair_document_html_mail(one.document, a, &mail1, why));
        CHECK_OK(fair_document_html_mail(three.document, a, &mail2, why));
        CHECK(fair_str_eq(text1, text2) && fair_str_eq(html1, html2) && fair_str_eq(mail1, mail2));
    }
}

TEST(a_changed_part_changes_the_hash_of_the_letters_that_have_it_and_of_their_packs)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_letters *l = built_in(a), *other = NULL;
    struct fair_sha256 h[4];
    const fair_str inquiry = FAIR_STR("inquiry"), it = FAIR_STR("it"), en = FAIR_STR("en"), law = FAIR_STR("IT"), uk = FAIR_STR("UK");

    CHECK_OK(fair_letters_load(a, with(a, "letters/common/who.it.part", "Chi le scrive", "Chi scrive"), &other, why));
    CHECK(!fair_sha256_eq(&fair_letters_get(l, law, inquiry, it)->sha256, &fair_letters_get(other, law, inquiry, it)->sha256));
    CHECK(fair_sha256_eq(&fair_letters_get(l, law, inquiry, en)->sha256, &fair_letters_get(other, law, inquiry, en)->sha256));
    h[0] = fair_pack_hash(l, law), h[1] = fair_pack_hash(other, law), h[2] = fair_pack_hash(l, uk), h[3] = fair_pack_hash(other, uk);
    CHECK(!fair_sha256_eq(&h[0], &h[1]) && fair_sha256_eq(&h[2], &h[3]));
}

TEST(a_reader_is_written_to_in_a_language_of_the_pack)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_letters *l = built_in(a);

    CHECK_STR(fair_pack_language(l, FAIR_STR("DE"), FAIR_STR("de-AT")), "de");
    CHECK_STR(fair_pack_language(l, FAIR_STR("DE"), FAIR_STR("pl")), "en");
    CHECK_STR(fair_pack_language(l, FAIR_STR("IT"), (fair_str){ NULL, 0 }), "it");
    CHECK_STR(fair_pack_of_country(FAIR_STR("GB")), "UK");
    CHECK_STR(fair_pack_of_country(FAIR_STR("AT")), "EU");
    CHECK(fair_pack_of_country(FAIR_STR("CN")).p == NULL);
    CHECK(fair_pack_of_country(FAIR_STR("T ")).p == NULL);
}

/* ---- renderings ----------------------------------------------------------------------------------------- */

static fair_str
unflow(struct fair_arena *a, fair_str text)
{
    struct fair_buf b = FAIR_BUF(a, 1 << 20);
    fair_str rest = text, line;

    /* RFC 3676 4.2 */
    while (fair_str_split(&rest, '\n', &line)) {
        if (fair_str_starts(line, FAIR_STR(" "))) line = (fair_str){ line.p + 1, line.n - 1 };
        fair_buf_add(&b, line);
        if (line.n == 0 || line.p[line.n - 1] != ' ') fair_buf_c(&b, "\n");
    }
    return (fair_str){ b.p, b.n };
}

TEST(the_text_keeps_to_72_columns_and_flows_back_to_its_paragraphs)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_document *d = fair_document_new(a);
    fair_str text, flat, rest, line;

    fair_document_heading(d, 1, FAIR_STR("A head"));
    fair_document_paragraph(d, fair_spans_of(d, FAIR_STR("From the start these words go on and on over the edge of the line, from here to there and back > and more so that it has to be broken, again From time to time."), 0));
    fair_document_item(d, 0, fair_spans_of(d, FAIR_STR("an item"), 0));
    fair_document_mono(d, FAIR_STR("> fixed  text"));
    CHECK_OK(fair_document_text(d, a, &text, why));
    rest = text;
    while (fair_str_split(&rest, '\n', &line)) {
        CHECK(line.n <= 72);
        CHECK(!fair_str_starts(line, FAIR_STR("From ")) && !fair_str_starts(line, FAIR_STR(">")));
    }
    flat = unflow(a, text);
    CHECK(memmem(flat.p, flat.n, "From the start these words go on and on over the edge of the line, from here to there and back > and more so that it has to be broken, again From time to time.\n", 160) != NULL);
    CHECK(memmem(flat.p, flat.n, "* an item\n\n> fixed  text\n", 25) != NULL);
}

TEST(every_letter_as_text_keeps_to_72_columns_but_for_addresses_and_digests)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_letters *l = built_in(a);
    struct fair_letter_facts *f = facts(a);

    for (size_t i = 0; i < fair_letters_count(l); i += 5) {
        struct fair_letter_filled filled;
        fair_str text, rest, line;
        CHECK_OK(fair_letter_fill(l, fair_letters_at(l, i), f, a, &filled, why));
        CHECK_OK(fair_document_text(filled.document, a, &rest, why));
        text = rest;
        CHECK(fair_utf8_valid(text));
        while (fair_str_split(&rest, '\n', &line)) {
            size_t columns = 0;
            for (size_t k = 0; k < line.n; k++) columns += ((unsigned char)line.p[k] & 0xc0) != 0x80;
            if (columns > 72 && memchr(fair_str_trim(line).p, ' ', fair_str_trim(line).n) != NULL) fail_msg("%zu columns: %.*s", columns, FAIR_STR_ARG(line));
        }
    }
}

TEST(a_hostile_fact_is_text_in_the_html_and_nothing_remote_is_asked_for)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_letter_facts *f = facts(a);
    struct fair_letter_filled out;
    fair_str html, rest, line;

    fair_letter_fact(f, "work.title", FAIR_STR("<img src=https://evil.example.com/x onerror=alert(1)> & \"'"));
    CHECK_OK(fill(a, "XX", "inquiry", "en", f, &out, why));
    CHECK_OK(fair_document_html_mail(out.document, a, &html, why));
    CHECK(memmem(html.p, html.n, "<img", 4) == NULL && memmem(html.p, html.n, "&lt;img src=", 12) != NULL);
    CHECK(memmem(html.p, html.n, "src=\"", 5) == NULL && memmem(html.p, html.n, "url(", 4) == NULL && memmem(html.p, html.n, "<script", 7) == NULL &&
          memmem(html.p, html.n, "<link", 5) == NULL && memmem(html.p, html.n, "@import", 7) == NULL);
    CHECK(memmem(html.p, html.n, "href=\"https://shop.example.org/blog?id=1&amp;x=2\"", 49) != NULL);
    rest = html;
    while (fair_str_split(&rest, '\n', &line)) CHECK(line.n <= 998);
}

TEST(a_date_is_told_as_the_language_tells_it)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    static const char *const said[][2] = { { "de", "26. November 2026" }, { "en", "26 November 2026" }, { "fr", "26 novembre 2026" }, { "it", "26 novembre 2026" } };

    for (size_t i = 0; i < 4; i++) {
        struct fair_letter_filled out;
        fair_str text;
        CHECK_OK(fill(a, "XX", "inquiry", said[i][0], facts(a), &out, why));
        CHECK_OK(fair_document_text(out.document, a, &text, why));
        text = unflow(a, text);
        if (text.p == NULL || memmem(text.p, text.n, said[i][1], strlen(said[i][1])) == NULL) fail_msg("%s: no \"%s\"", said[i][0], said[i][1]);
    }
}

/* ---- as a mail ------------------------------------------------------------------------------------------ */

static struct fair_letter_mail
mail(struct fair_arena *a)
{
    return (struct fair_letter_mail){ .from_name = FAIR_STR("Nord Agency"), .from = FAIR_STR("post@example.com"), .to_name = FAIR_STR("T\xc3\xb6m, Beispiel"),
        .to = FAIR_STR("tom@example.org"), .subject = FAIR_STR("Eine Frage f\xc3\xbcr Sie"), .language = FAIR_STR("de"), .text = FAIR_STR("Guten Tag \nund mehr\n"),
        .html = FAIR_STR("<p>Guten Tag</p>\n"), .message_id = fair_mime_message_id(a, FAIR_STR("secret"), FAIR_STR("N-1"), FAIR_STR("example.com")),
        .code = FAIR_STR("N-1"), .date = 1764140400 * FAIR_SECOND };
}

TEST(a_letter_as_a_mail_has_both_texts_and_nothing_enclosed)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_letter_mail m = mail(a);
    fair_str out, again;

    CHECK_OK(fair_letter_mail(a, &m, &out, why));
    CHECK_OK(fair_letter_mail(a, &m, &again, why));
    CHECK(fair_str_eq(out, again));
    CHECK(strstr(out.p, "From: Nord Agency <post@example.com>\r\nTo: =?utf-8?B?VMO2bSwgQmVpc3BpZWw=?= <tom@example.org>\r\n") == out.p);
    CHECK(strstr(out.p, "Subject: =?utf-8?B?") != NULL && strstr(out.p, "Content-Language: de\r\n") != NULL);
    CHECK(strstr(out.p, "text/plain; charset=utf-8; format=flowed") != NULL && strstr(out.p, "Guten Tag=20\r\nund mehr\r\n") != NULL);
    CHECK(strstr(out.p, "text/html; charset=utf-8") != NULL && strstr(out.p, "attachment") == NULL && strstr(out.p, "List-Unsubscribe") == NULL);
}

TEST(nothing_breaks_out_of_a_header_of_a_mail)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    static const char *const bad[] = { "a@example.com\r\nBcc: b@example.com", "a@example.com\n", "a b@example.com", "a@b@example.com", "@example.com", "a@", "<a@example.com>", "a@example.com, b@example.com" };
    struct fair_letter_mail m;
    struct fair_err err = { 0 };
    fair_str out;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        for (int where = 0; where < 3; where++) {
            m = mail(a);
            if (where == 0) m.to = fair_str_of(bad[i]);
            else if (where == 1) m.from = fair_str_of(bad[i]);
            else m.reply_to = fair_str_of(bad[i]);
            CHECK_EQ(fair_letter_mail(a, &m, &out, &err), FAIR_INVALID);
        }
    m = mail(a);
    m.message_id = FAIR_STR("x@y>\r\nBcc: b@example.com");
    CHECK_EQ(fair_letter_mail(a, &m, &out, &err), FAIR_INVALID);
    m = mail(a);
    m.language = FAIR_STR("de\r\nX: y");
    CHECK_EQ(fair_letter_mail(a, &m, &out, &err), FAIR_INVALID);
    m = mail(a);
    m.subject = FAIR_STR("s\r\nBcc: b@example.com");
    m.from_name = m.to_name = FAIR_STR("n\r\nBcc: b@example.com");
    CHECK_OK(fair_letter_mail(a, &m, &out, why));
    CHECK(strstr(out.p, "\nBcc:") == NULL);
}

TEST(a_message_id_is_known_again_and_a_forged_one_is_not)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    const fair_str key = FAIR_STR("0123456789abcdef0123456789abcdef");
    fair_str id = fair_mime_message_id(a, key, FAIR_STR("N-47.11"), FAIR_STR("example.com")), code;
    char *forged;

    CHECK(fair_mime_message_id_read(key, id, a, &code));
    CHECK_STR(code, "N-47.11");
    CHECK(fair_mime_message_id_read(key, fair_str_fmt(a, "<%.*s>", FAIR_STR_ARG(id)), a, &code));
    CHECK(!fair_mime_message_id_read(FAIR_STR("another key"), id, a, &code));
    for (size_t i = 0; i < id.n; i++) {
        forged = fair_alloc(a, id.n + 1);
        memcpy(forged, id.p, id.n);
        forged[i] = forged[i] == 'x' ? 'y' : 'x';
        CHECK(!fair_mime_message_id_read(key, (fair_str){ forged, id.n }, a, &code));
        CHECK(!fair_mime_message_id_read(key, (fair_str){ id.p, i }, a, &code));
    }
    CHECK(!fair_mime_message_id_read(key, FAIR_STR(""), a, &code));
}

FAIR_TEST_MAIN
