/* cli/verb_watch.c - sites that are looked at on a schedule. */
#include <stdio.h>
#include <string.h>
#include "cli/cli.h"
#include "source/url.h"
#include "work/jobs.h"

int
fair_verb_watch_add(struct fair_cli *c, int argc, char **argv)
{
    int64_t every = 86400;
    const struct fair_opt opts[] = { { .name = "every", .value = "TIME", .doc = "between two looks: 6h, 1d (the default), 2w", .seconds = &every }, { 0 } };
    struct fair_err err = { 0 };
    int code, known = 0;

    if (!fair_cli_parse(c, argc, argv, opts, 1, -1, &code)) return code;
    if (every < 60) return fair_cli_usage(c, "--every: at least a minute");
    if (fair_cli_house(c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    for (int i = 0; i < c->n_args; i++) {
        struct fair_watch w = { .every_s = every, .created = fair_now(), .next = fair_now() };
        struct fair_url u;
        fair_status s;

        if (fair_url_parse(c->arena, fair_str_of(c->args[i]), NULL, &u, &err) != FAIR_OK ||
            (!fair_str_eq(u.scheme, FAIR_STR("http")) && !fair_str_eq(u.scheme, FAIR_STR("https"))))
            return fair_cli_usage(c, "%s is no http or https address", c->args[i]);
        w.target = u.href;
        s = fair_store_watch_add(&c->house.desk, &w, &err);
        if (s == FAIR_CONFLICT) {
            fprintf(stderr, "fairtrack %s: %s is watched already\n", c->verb->name, c->args[i]);
            known++;
            continue;
        }
        if (s != FAIR_OK) return fair_cli_fail(c, &err);
        if (c->json) fair_cli_json(json_pack("{s:i, s:s, s:I}", "v", 1, "type", "watch", "watch", (json_int_t)w.id));
        else printf("%lld\n", (long long)w.id);
    }
    return known > 0 ? FAIR_EXIT_NO : FAIR_EXIT_DONE;
}

static fair_status
print_watch(void *arg, const struct fair_watch *w, __attribute__((unused)) struct fair_err *err)
{
    struct fair_cli *c = arg;
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();

    if (c->json)
        fair_cli_json(json_pack("{s:i, s:s, s:I, s:o, s:I, s:b, s:o, s:o, s:o, s:o, s:I, s:I}", "v", 1, "type", "watch", "watch",
                                (json_int_t)w->id, "target", fair_json_str(a, w->target), "every_s", (json_int_t)w->every_s, "paused",
                                w->paused, "next", fair_json_time(a, w->next), "last", fair_json_time(a, w->last), "state",
                                fair_json_str(a, w->state), "error", fair_json_str(a, w->error), "failures", (json_int_t)w->failures,
                                "last_run", (json_int_t)w->last_run));
    else
        printf("%lld\t%s\tevery %llds\t%.*s\tlast %.*s\tnext %.*s\t%.*s\n", (long long)w->id, w->paused ? "paused" : "on",
               (long long)w->every_s, FAIR_STR_ARG(fair_str_escape(a, w->target)), FAIR_STR_ARG(fair_time_text(a, w->last)),
               FAIR_STR_ARG(fair_time_text(a, w->next)), FAIR_STR_ARG(fair_str_escape(a, w->error.n > 0 ? w->error : w->state)));
    return FAIR_OK;
}

int
fair_verb_watch_list(struct fair_cli *c, int argc, char **argv)
{
    struct fair_err err = { 0 };
    int code;

    if (!fair_cli_parse(c, argc, argv, NULL, 0, 0, &code)) return code;
    if (fair_cli_house(c, &err) != FAIR_OK || fair_store_watches(&c->house.desk, print_watch, c, &err) != FAIR_OK)
        return fair_cli_fail(c, &err);
    return FAIR_EXIT_DONE;
}

enum change { PAUSE, RESUME, REMOVE, DUE_NOW };

static fair_status
change_one(struct fair_cli *c, fair_id id, enum change what, struct fair_err *err)
{
    struct fair_watch w;

    if (what == REMOVE) return fair_store_watch_remove(&c->house.desk, id, err);
    FAIR_TRY(fair_store_watch_get(&c->house.desk, id, c->arena, &w, err));
    if (what == PAUSE) w.paused = true;
    if (what == RESUME) w.paused = false;
    if (what != PAUSE) w.next = fair_now();
    return fair_store_watch_put(&c->house.desk, &w, err);
}

static int
change(struct fair_cli *c, int argc, char **argv, enum change what)
{
    struct fair_err err = { 0 };
    int code, missing = 0;

    if (!fair_cli_parse(c, argc, argv, NULL, 1, -1, &code)) return code;
    if (fair_cli_house(c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    for (int i = 0; i < c->n_args; i++) {
        fair_id id;
        fair_status s;

        if (!fair_cli_id(c->args[i], &id)) return fair_cli_usage(c, "%s is no id", c->args[i]);
        s = change_one(c, id, what, &err);
        if (s == FAIR_NOT_FOUND) {
            fprintf(stderr, "fairtrack %s: no watch %lld\n", c->verb->name, (long long)id);
            missing++;
        } else if (s != FAIR_OK) {
            return fair_cli_fail(c, &err);
        }
    }
    return missing > 0 ? FAIR_EXIT_NO : FAIR_EXIT_DONE;
}

int fair_verb_watch_pause(struct fair_cli *c, int argc, char **argv) { return change(c, argc, argv, PAUSE); }
int fair_verb_watch_resume(struct fair_cli *c, int argc, char **argv) { return change(c, argc, argv, RESUME); }
int fair_verb_watch_remove(struct fair_cli *c, int argc, char **argv) { return change(c, argc, argv, REMOVE); }

/* ---- run --------------------------------------------------------------------- */

struct due { struct fair_cli *c; fair_id v[1024]; size_t n; };

static fair_status
note_due(void *arg, const struct fair_watch *w, __attribute__((unused)) struct fair_err *err)
{
    struct due *d = arg;
    if (!w->paused && w->next <= fair_now() && d->n < sizeof d->v / sizeof d->v[0]) d->v[d->n++] = w->id;
    return FAIR_OK;
}

static bool
stop_asked(__attribute__((unused)) void *arg)
{
    return fair_cli_stopped();
}

int
fair_verb_watch_run(struct fair_cli *c, int argc, char **argv)
{
    struct due *d = FAIR_NEW(c->arena, struct due);
    struct fair_err err = { 0 };
    int code, failed = 0;

    d->c = c;
    if (!fair_cli_parse(c, argc, argv, NULL, 0, 1024, &code)) return code;
    if (fair_cli_house(c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    for (int i = 0; i < c->n_args; i++) {
        fair_status s;
        if (!fair_cli_id(c->args[i], &d->v[d->n])) return fair_cli_usage(c, "%s is no id", c->args[i]);
        s = change_one(c, d->v[d->n++], DUE_NOW, &err);
        if (s == FAIR_NOT_FOUND) {
            fprintf(stderr, "fairtrack %s: no watch %s\n", c->verb->name, c->args[i]);
            return FAIR_EXIT_NO;
        }
        if (s != FAIR_OK) return fair_cli_fail(c, &err);
    }
    if (c->n_args == 0 && fair_store_watches(&c->house.desk, note_due, d, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    fair_cli_catch_signals();
    if (fair_work_run(&c->house, true, stop_asked, NULL, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    for (size_t i = 0; i < d->n; i++) {
        struct fair_watch w;
        if (fair_store_watch_get(&c->house.desk, d->v[i], c->arena, &w, &err) != FAIR_OK) return fair_cli_fail(c, &err);
        failed += fair_str_eq(w.state, FAIR_STR("failed"));
        if (print_watch(c, &w, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    }
    return failed > 0 ? FAIR_EXIT_PARTLY : FAIR_EXIT_DONE;
}
