/* cli/verb_letters.c - letters: what there is, what is wrong with it, what one would say. */
#include <stdio.h>
#include <string.h>
#include "base/io.h"
#include "cli/cli.h"
#include "cli/letter_form.h"
#include "work/letters.h"
#include "work/render.h"

/* Those built in, or those of the folder. */
static fair_status
archive_of(struct fair_cli *c, const char *share, fair_str *out, struct fair_err *err)
{
    *out = fair_letters_builtin();
    return share != NULL ? fair_letters_read_folder(c->arena, share, out, err) : FAIR_OK;
}

static fair_status
load(struct fair_cli *c, const char *share, struct fair_letters **out, struct fair_err *err)
{
    fair_str archive;

    FAIR_TRY(archive_of(c, share, &archive, err));
    return fair_letters_load(c->arena, archive, out, err);
}

static const char *const kinds[] = { "claim", "answer", "closing" };

static void
print_letter(struct fair_cli *c, const struct fair_letter *t)
{
    fair_str sha = fair_hex(c->arena, t->sha256.b, sizeof t->sha256.b);

    if (c->json) {
        json_t *elements = json_array(), *needs = json_array();
        for (size_t i = 0; i < t->n_elements; i++) json_array_append_new(elements, fair_json_str(c->arena, t->elements[i]));
        for (size_t i = 0; i < t->n_needs; i++) json_array_append_new(needs, fair_json_str(c->arena, t->needs[i]));
        fair_cli_json(json_pack("{s:i, s:s, s:o, s:o, s:o, s:s, s:I, s:b, s:f, s:o, s:o, s:o, s:o}", "v", 1, "type", "letter", "law", fair_json_str(c->arena, t->law),
                                "step", fair_json_str(c->arena, t->step), "language", fair_json_str(c->arena, t->language), "kind", kinds[t->kind], "days",
                                (json_int_t)t->days, "names_money", t->names_money, "reading", t->reading, "reviewed_by", fair_json_str(c->arena, t->reviewed_by),
                                "elements", elements, "needs", needs, "sha256", fair_json_str(c->arena, sha)));
        return;
    }
    printf("%.*s\t%.*s\t%.*s\t%s\t%lld\t%.0f\t%.*s\t%.12s\n", FAIR_STR_ARG(t->law), FAIR_STR_ARG(t->step), FAIR_STR_ARG(t->language), kinds[t->kind], (long long)t->days,
           t->reading, FAIR_STR_ARG(t->reviewed_by), sha.p);
}

int
fair_verb_letters_list(struct fair_cli *c, int argc, char **argv)
{
    const char *law = NULL, *language = NULL, *share = NULL;
    const struct fair_opt opts[] = { { .name = "law", .value = "LAW", .doc = "only this law's", .text = &law },
                                     { .name = "language", .value = "LANGUAGE", .doc = "only those in it", .text = &language },
                                     { .name = "share", .value = "DIR", .doc = "the letters of this folder, not those built in", .text = &share }, { 0 } };
    struct fair_letters *l;
    struct fair_err err = { 0 };
    int code;

    if (!fair_cli_parse(c, argc, argv, opts, 0, 0, &code)) return code;
    if (load(c, share, &l, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    for (size_t i = 0; i < fair_letters_count(l); i++) {
        const struct fair_letter *t = fair_letters_at(l, i);
        if (law != NULL && !fair_str_eq(t->law, fair_str_of(law))) continue;
        if (language != NULL && !fair_str_eq(t->language, fair_str_of(language))) continue;
        print_letter(c, t);
    }
    return FAIR_EXIT_DONE;
}

int
fair_verb_letters_pack(struct fair_cli *c, int argc, char **argv)
{
    const char *share = NULL;
    const struct fair_opt opts[] = { { .name = "share", .value = "DIR", .doc = "the packs of this folder, not those built in", .text = &share }, { 0 } };
    struct fair_letters *l;
    struct fair_err err = { 0 };
    fair_str law;
    struct fair_sha256 sha;
    int code;

    if (!fair_cli_parse(c, argc, argv, opts, 1, 1, &code)) return code;
    if (load(c, share, &l, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    law = fair_str_of(c->args[0]);
    if (!fair_pack_known(l, law)) {
        fprintf(stderr, "fairtrack letters pack: no pack \"%.*s\"\n", FAIR_STR_ARG(fair_str_escape(c->arena, law)));
        return FAIR_EXIT_NO;
    }
    for (size_t i = 0; i < fair_packs_count(l); i++) {
        const struct fair_pack_row *r = fair_packs_at(l, i);
        if (!fair_str_eq(r->law, law)) continue;
        if (c->json)
            fair_cli_json(json_pack("{s:i, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "v", 1, "type", "pack_row", "law", fair_json_str(c->arena, r->law), "kind",
                                    fair_json_str(c->arena, r->kind), "id", fair_json_str(c->arena, r->id), "applies", fair_json_str(c->arena, r->applies), "text",
                                    fair_json_str(c->arena, r->text), "source", fair_json_str(c->arena, r->source), "date", fair_json_str(c->arena, r->date), "reviewed_by",
                                    fair_json_str(c->arena, r->reviewed_by)));
        else
            printf("%.*s\t%.*s\t%.*s\t%.*s\t%.*s\t%.*s\t%.*s\n", FAIR_STR_ARG(r->kind), FAIR_STR_ARG(r->id), FAIR_STR_ARG(r->applies), FAIR_STR_ARG(r->text),
                   FAIR_STR_ARG(r->source), FAIR_STR_ARG(r->date), FAIR_STR_ARG(r->reviewed_by));
    }
    sha = fair_pack_hash(l, law);
    if (c->json) fair_cli_json(json_pack("{s:i, s:s, s:o, s:o}", "v", 1, "type", "pack", "law", fair_json_str(c->arena, law), "sha256", fair_json_str(c->arena, fair_hex(c->arena, sha.b, 32))));
    else printf("pack\tsha256\t*\t%.*s\tall files of %.*s\t-\t-\n", FAIR_STR_ARG(fair_hex(c->arena, sha.b, 32)), FAIR_STR_ARG(law));
    return FAIR_EXIT_DONE;
}

static void
print_fault(void *arg, const char *fault)
{
    struct fair_cli *c = arg;

    if (c->json) fair_cli_json(json_pack("{s:i, s:s, s:o}", "v", 1, "type", "fault", "fault", fair_json_str(c->arena, fair_str_of(fault))));
    else puts(fault);
}

int
fair_verb_letters_check(struct fair_cli *c, int argc, char **argv)
{
    const struct fair_opt opts[] = { { 0 } };
    struct fair_err err = { 0 };
    fair_str archive;
    size_t n;
    int code;

    if (!fair_cli_parse(c, argc, argv, opts, 0, 1, &code)) return code;
    if (archive_of(c, c->n_args > 0 ? c->args[0] : NULL, &archive, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    n = fair_letters_check(archive, print_fault, c);
    return n > 0 ? FAIR_EXIT_NO : FAIR_EXIT_DONE;
}

bool
fair_cli_is_letter_form(const char *form)
{
    static const char *const forms[] = { "text", "html", "portal", "pdf", "inputs" };

    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (strcmp(form, forms[i]) == 0) return true;
    return false;
}

fair_status
fair_cli_letter(struct fair_cli *c, const char *form, const struct fair_letter_filled *f, struct fair_err *err)
{
    struct fair_rendered pdf;
    fair_str out = { NULL, 0 };

    if (strcmp(form, "text") == 0) FAIR_TRY(fair_document_text(f->document, c->arena, &out, err));
    else if (strcmp(form, "html") == 0) FAIR_TRY(fair_document_html_mail(f->document, c->arena, &out, err));
    else if (strcmp(form, "inputs") == 0) out = f->inputs;
    else if (strcmp(form, "portal") == 0) {
        json_t *o = fair_document_portal(f->document, c->arena);
        json_dumpf(o, stdout, JSON_INDENT(1));
        json_decref(o);
        putchar('\n');
        return FAIR_OK;
    } else {
        FAIR_TRY(fair_render_pdf(f->document, false, c->arena, &pdf, err));
        out = pdf.pdf;
    }
    fwrite(out.p, 1, out.n, stdout);
    return FAIR_OK;
}

int
fair_verb_letters_preview(struct fair_cli *c, int argc, char **argv)
{
    const char *share = NULL, *form = "text", *file = NULL;
    const struct fair_opt opts[] = { { .name = "share", .value = "DIR", .doc = "the letters of this folder, not those built in", .text = &share },
                                     { .name = "format", .value = "FORM", .doc = "text, html, portal (JSON), pdf or inputs", .text = &form },
                                     { .name = "facts", .value = "FILE", .doc = "lines of name, tab, value; otherwise standard input", .text = &file }, { 0 } };
    struct fair_letter_facts *facts;
    struct fair_letter_filled filled;
    const struct fair_letter *t;
    struct fair_letters *l;
    struct fair_err err = { 0 };
    fair_str text, date;
    int code;

    if (!fair_cli_parse(c, argc, argv, opts, 3, 3, &code)) return code;
    if (!fair_cli_is_letter_form(form)) return fair_cli_usage(c, "no format \"%s\"", form);
    if (load(c, share, &l, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    t = fair_letters_get(l, fair_str_of(c->args[0]), fair_str_of(c->args[1]), fair_str_of(c->args[2]));
    if (t == NULL) {
        fprintf(stderr, "fairtrack letters preview: no letter %s of %s in language %s\n", c->args[1], c->args[0], c->args[2]);
        return FAIR_EXIT_NO;
    }
    if ((file != NULL ? fair_read_file(c->arena, file, (size_t)1 << 20, &text, &err) : fair_read_fd(c->arena, 0, (size_t)1 << 20, &text, &err)) != FAIR_OK ||
        fair_letter_facts_read(c->arena, text, &facts, &err) != FAIR_OK)
        return fair_cli_fail(c, &err);
    if (fair_letter_fill(l, t, facts, c->arena, &filled, &err) != FAIR_OK) {
        fair_cli_fail(c, &err);
        return FAIR_EXIT_NO;
    }
    date = fair_letter_fact_get(facts, FAIR_STR("letter.date"));
    (void)fair_time_parse(date, &filled.document->made);
    if (fair_cli_letter(c, form, &filled, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    return FAIR_EXIT_DONE;
}
