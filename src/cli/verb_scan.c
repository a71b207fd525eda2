/* cli/verb_scan.c - finding copies; writing hits out; building the index anew. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "cli/cli.h"
#include "web/export.h"
#include "work/scan.h"

struct scanning { struct fair_cli *c; struct fair_progress bar; bool site; };

static void
on_line(void *arg, const struct fair_scan_line *line)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_str text = fair_scan_json(a, line);
    (void)arg;

    printf("%.*s\n", FAIR_STR_ARG(text));
    fflush(stdout);
}

static void
on_progress(void *arg, const struct fair_run *so_far, int64_t waiting)
{
    struct scanning *s = arg;
    int64_t done = s->site ? so_far->pages : so_far->pictures;
    fair_progress_at(&s->bar, done, done + waiting);
}

static bool
on_stop(__attribute__((unused)) void *arg)
{
    return fair_cli_stopped();
}

int
fair_verb_scan(struct fair_cli *c, int argc, char **argv)
{
    int64_t depth = -1, pages = -1;
    struct fair_scan_options o = { 0 };
    const struct fair_opt opts[] = {
        { .name = "site", .doc = "follow the links of the target's own site", .flag = &o.site },
        { .name = "depth", .value = "N", .doc = "links followed from the first page (crawl.max_depth otherwise)", .number = &depth },
        { .name = "pages", .value = "N", .doc = "pages at most (crawl.max_pages otherwise)", .number = &pages },
        { .name = "images", .doc = "also a line for every picture looked at", .flag = &o.images },
        { .name = "checkpoint", .value = "FILE", .doc = "archives: note in FILE what is finished, and go on behind it", .text = &o.checkpoint },
        { .name = "whole", .doc = "for very large archives: only whole copies, by a first glance; no crops, collages or pages", .flag = &o.whole },
        { .name = "stateless", .doc = "write nothing to the store: hits are the lines alone", .flag = &o.stateless }, { 0 } };
    struct scanning s = { .c = c };
    const struct fair_scan_calls calls = { on_line, on_progress, on_stop, &s };
    struct fair_err err = { 0 };
    int64_t faults = 0;
    int code, failed = 0;

    if (!fair_cli_parse(c, argc, argv, opts, 1, -1, &code)) return code;
    if (fair_cli_house(c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    o.depth = depth >= 0 ? depth : c->house.config.crawl_depth;
    o.pages = pages >= 0 ? pages : c->house.config.crawl_pages;
    s.site = o.site;
    fair_cli_catch_signals();
    fair_progress_begin(&s.bar, o.site ? "pages" : "pictures", 0);
    for (int i = 0; i < c->n_args && !fair_cli_stopped(); i++) {
        struct fair_run run = { 0 };
        fair_status st = fair_scan(&c->house, fair_str_of(c->args[i]), &o, &calls, &run, &err);
        faults += run.faults;
        if (st == FAIR_OK || st == FAIR_AGAIN) continue;
        if (fair_cli_fail(c, &err) != 0) failed++;
        if (st == FAIR_IO) break;
    }
    fair_progress_end(&s.bar);
    if (failed > 0 && failed == c->n_args) return FAIR_EXIT_FAILED;
    return failed > 0 || faults > 0 || fair_cli_stopped() ? FAIR_EXIT_PARTLY : FAIR_EXIT_DONE;
}

int
fair_verb_hits_export(struct fair_cli *c, int argc, char **argv)
{
    struct fair_hit_filter f = { .page.limit = 1000000000 };
    const char *format = "csv", *state = NULL, *site = NULL;
    const struct fair_opt opts[] = {
        { .name = "format", .value = "F", .doc = "csv or html", .text = &format },
        { .name = "state", .value = "STATE", .doc = "inbox, pursue, ignored or not_a_match", .text = &state },
        { .name = "site", .value = "SITE", .doc = "only on this site", .text = &site }, { 0 } };
    struct fair_err err = { 0 };
    fair_status s;
    int code;

    if (!fair_cli_parse(c, argc, argv, opts, 0, 0, &code)) return code;
    if (strcmp(format, "csv") != 0 && strcmp(format, "html") != 0) return fair_cli_usage(c, "--format %s: csv or html", format);
    f.state = fair_str_of(state);
    f.site = fair_str_of(site);
    if (fair_cli_house(c, &err) != FAIR_OK || fair_house_vault(&c->house, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    fflush(stdout);
    s = strcmp(format, "csv") == 0 ? fair_export_csv(&c->house.desk, &f, STDOUT_FILENO, &err)
                                   : fair_export_report(&c->house.desk, c->house.vault, &f, fair_now(), STDOUT_FILENO, &err);
    return s == FAIR_OK ? FAIR_EXIT_DONE : fair_cli_fail(c, &err);
}

static void
not_retaken(void *arg, fair_id work, const char *words)
{
    const struct fair_cli *c = arg;
    fprintf(stderr, "fairtrack %s: work %lld keeps its old fingerprint: %s\n", c->verb->name, (long long)work, words);
}

int
fair_verb_reindex(struct fair_cli *c, int argc, char **argv)
{
    bool retake = false;
    const struct fair_opt opts[] = { { .name = "retake", .doc = "take every fingerprint anew from its original first", .flag = &retake }, { 0 } };
    struct fair_retake_sum sum = { 0 };
    struct fair_err err = { 0 };
    uint64_t works = 0;
    int code;

    if (!fair_cli_parse(c, argc, argv, opts, 0, 0, &code)) return code;
    if (fair_cli_house(c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    if (retake && fair_house_retake(&c->house, not_retaken, c, &sum, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    if (fair_house_reindex(&c->house, &works, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    if (c->json) fair_cli_json(json_pack("{s:i, s:s, s:I}", "v", 1, "type", "index", "works", (json_int_t)works));
    else printf("%llu works\n", (unsigned long long)works);
    return sum.faults > 0 ? FAIR_EXIT_PARTLY : FAIR_EXIT_DONE;
}
