/* cli/verb_notices_draft.c - a case's letter: what it would say, and its draft. */
#include <stdio.h>
#include <string.h>
#include "base/io.h"
#include "cli/cli.h"
#include "cli/letter_form.h"
#include "work/draft.h"
#include "work/letters.h"

struct wanted {
    const char *law, *language, *facts, *form, *again, *by;
    struct fair_draft_ask ask;
    struct fair_letter_facts *more;
};

/* Options and words into what is asked; false: told, *code is to be returned. */
static bool
read_wanted(struct fair_cli *c, int argc, char **argv, bool preview, struct wanted *w, int *code)
{
    const struct fair_opt opts[] = { { .name = "law", .value = "LAW", .doc = "the law; otherwise that of the recipient's country", .text = &w->law },
                                     { .name = "language", .value = "LANGUAGE", .doc = "otherwise the recipient's", .text = &w->language },
                                     { .name = "by", .value = "WAY", .doc = "mail or letter (by post); otherwise by mail where it can go by mail", .text = &w->by },
                                     { .name = "facts", .value = "FILE", .doc = "lines of name, tab, value that a person adds; - is standard input", .text = &w->facts },
                                     preview ? (struct fair_opt){ .name = "format", .value = "FORM", .doc = "text, html, portal (JSON), pdf or inputs", .text = &w->form }
                                             : (struct fair_opt){ .name = "again", .value = "NOTICE", .doc = "make this draft anew", .text = &w->again },
                                     { 0 } };
    struct fair_err err = { 0 };
    fair_str text;

    if (!fair_cli_parse(c, argc, argv, opts, 2, 2, code)) return false;
    if (!fair_cli_id(c->args[0], &w->ask.case_id) || (w->again != NULL && !fair_cli_id(w->again, &w->ask.notice)) || (w->form != NULL && !fair_cli_is_letter_form(w->form))) {
        *code = fair_cli_usage(c, "a case, a step and the options of --help are wanted");
        return false;
    }
    w->ask.step = fair_str_of(c->args[1]);
    w->ask.law = fair_str_of(w->law);
    w->ask.language = fair_str_of(w->language);
    w->ask.way = fair_str_of(w->by);
    if (w->facts != NULL) {
        fair_status s = strcmp(w->facts, "-") == 0 ? fair_read_fd(c->arena, 0, (size_t)1 << 20, &text, &err) : fair_read_file(c->arena, w->facts, (size_t)1 << 20, &text, &err);
        if (s != FAIR_OK || fair_letter_facts_read(c->arena, text, &w->more, &err) != FAIR_OK) {
            *code = fair_cli_fail(c, &err);
            return false;
        }
        w->ask.more = w->more;
    }
    return true;
}

static int
told(struct fair_cli *c, const struct fair_err *err)
{
    (void)fair_cli_fail(c, err);
    return err->status == FAIR_INVALID || err->status == FAIR_NOT_FOUND || err->status == FAIR_REFUSED ? FAIR_EXIT_NO : FAIR_EXIT_FAILED;
}

int
fair_verb_notices_preview(struct fair_cli *c, int argc, char **argv)
{
    struct wanted w = { .form = "text" };
    struct fair_drafted d;
    struct fair_err err = { 0 };
    int code;

    if (!read_wanted(c, argc, argv, true, &w, &code)) return code;
    if (fair_cli_house(c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    if (fair_draft_preview(&c->house, &w.ask, fair_now(), c->arena, &d, &err) != FAIR_OK || fair_cli_letter(c, w.form, &d.letter, &err) != FAIR_OK) return told(c, &err);
    return FAIR_EXIT_DONE;
}

int
fair_verb_notices_draft(struct fair_cli *c, int argc, char **argv)
{
    struct wanted w = { 0 };
    struct fair_drafted d;
    struct fair_err err = { 0 };
    struct fair_sha256 hash;
    int code;

    if (!read_wanted(c, argc, argv, false, &w, &code)) return code;
    if (fair_cli_house(c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    if (fair_draft(&c->house, &w.ask, fair_now(), c->arena, &d, &err) != FAIR_OK) return told(c, &err);
    hash = fair_notice_hash(&d.notice);
    if (c->json)
        fair_cli_json(json_pack("{s:i, s:s, s:I, s:I, s:o, s:o, s:o, s:o, s:b, s:I, s:o, s:o, s:i, s:o, s:b, s:o}", "v", 1, "type", "notice", "notice", (json_int_t)d.notice.id, "case",
                                (json_int_t)d.notice.case_id, "code", fair_json_str(c->arena, d.notice.code), "step", fair_json_str(c->arena, d.notice.step), "law",
                                fair_json_str(c->arena, d.notice.law), "language", fair_json_str(c->arena, d.notice.language), "claim", d.notice.claim, "days",
                                (json_int_t)d.notice.deadline_days, "to", fair_json_str(c->arena, d.notice.sent_to), "subject", fair_json_str(c->arena, d.letter.subject), "pages", (int)d.pages,
                                "by", fair_json_str(c->arena, d.notice.sent_by), "to_lawyer", d.notice.to_lawyer, "sha256", fair_json_str(c->arena, fair_hex(c->arena, hash.b, 32))));
    else
        printf("%lld\t%.*s\t%.*s\t%.*s\t%.*s\t%s\t%.*s\n", (long long)d.notice.id, FAIR_STR_ARG(d.notice.code), FAIR_STR_ARG(d.notice.step), FAIR_STR_ARG(d.notice.law),
               FAIR_STR_ARG(d.notice.language), fair_str_eq(d.notice.sent_by, FAIR_STR("mail")) ? "by mail" : "by post", FAIR_STR_ARG(fair_hex(c->arena, hash.b, 32)));
    return FAIR_EXIT_DONE;
}
