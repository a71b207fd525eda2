/* cli/verb_works.c - registering and listing works. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "base/io.h"
#include "cli/cli.h"
#include "work/prove.h"
#include "work/take.h"

/* ---- works add ------------------------------------------------------------- */

struct adding {
    struct fair_cli *c;
    struct fair_progress bar;
    struct fair_buf faults;   /* told at the end, one line each */
    bool quiet;
};

static void
print_event(const struct fair_cli *c, const struct fair_take_event *e, const char *what)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();

    if (c->json) {
        json_t *line = json_pack("{s:i, s:s, s:s}", "v", 1, "type", "work", "state", what);
        fair_json_file(a, line, "file", e->path);
        if (e->work != 0) json_object_set_new(line, "work", json_integer(e->work));
        if (e->near != 0) json_object_set_new(line, "near", json_integer(e->near));
        if (e->words != NULL) json_object_set_new(line, "error", fair_json_str(a, fair_str_of(e->words)));
        fair_cli_json(line);
        return;
    }
    printf("%s\t%lld\t%.*s", what, (long long)e->work, FAIR_STR_ARG(fair_str_escape(a, e->path)));
    if (e->near != 0) printf("\tlooks like work %lld", (long long)e->near);
    if (e->words != NULL) printf("\t%.*s", FAIR_STR_ARG(fair_str_escape(a, fair_str_of(e->words))));
    putchar('\n');
}

static void
on_event(void *arg, const struct fair_take_event *e)
{
    static const char *const name[] = { [FAIR_TAKEN_NEW] = "new", [FAIR_TAKEN_KNOWN] = "known", [FAIR_TAKEN_RAW] = "raw",
                                        [FAIR_TAKEN_SKIPPED] = "skipped", [FAIR_TAKEN_FAULT] = "fault" };
    struct adding *ad = arg;
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();

    if (e->what == FAIR_TAKEN_FAULT && !ad->c->json) {
        fair_buf_fmt(&ad->faults, "  %.*s: %.*s\n", FAIR_STR_ARG(fair_str_escape(a, e->path)),
                     FAIR_STR_ARG(fair_str_escape(a, fair_str_of(e->words))));
        return;
    }
    if (ad->quiet && !ad->c->json) return;
    print_event(ad->c, e, name[e->what]);
}

static void
on_progress(void *arg, int64_t done, int64_t all)
{
    struct adding *ad = arg;
    fair_progress_at(&ad->bar, done, all);
}

static bool
on_stop(__attribute__((unused)) void *arg)
{
    return fair_cli_stopped();
}

static void
print_sum(const struct adding *ad, const struct fair_take_sum *s)
{
    if (ad->c->json) {
        fair_cli_json(json_pack("{s:i, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "v", 1, "type", "sum", "files",
                                (json_int_t)s->files, "new", (json_int_t)s->added, "known", (json_int_t)s->known, "near",
                                (json_int_t)s->near, "raw", (json_int_t)s->raw, "skipped", (json_int_t)s->skipped, "faults",
                                (json_int_t)s->faults, "bytes", (json_int_t)s->bytes));
        return;
    }
    fprintf(stderr, "%lld new, %lld known already, %lld near duplicates of earlier works, %lld RAW originals, %lld passed over, %lld unreadable\n",
            (long long)s->added, (long long)s->known, (long long)s->near, (long long)s->raw, (long long)s->skipped,
            (long long)s->faults);
    if (ad->faults.n > 0) fprintf(stderr, "unreadable:\n%.*s", (int)ad->faults.n, ad->faults.p);
}

int
fair_verb_works_add(struct fair_cli *c, int argc, char **argv)
{
    struct fair_take_options o = { 0 };
    const char *collection = NULL;
    bool verbose = false;
    const struct fair_opt opts[] = {
        { .name = "owner", .value = "ID", .doc = "whose pictures they are", .number = &o.owner },
        { .name = "collection", .value = "C", .doc = "the collection they belong to", .text = &collection },
        { .name = "reference", .doc = "leave the originals where they are, outside the vault", .flag = &o.reference },
        { .name = "verbose", .doc = "a line for every file, on a terminal too", .flag = &verbose }, { 0 } };
    struct adding ad = { .c = c, .faults = FAIR_BUF(c->arena, 64u << 20) };
    const struct fair_take_calls calls = { on_event, on_progress, on_stop, &ad };
    struct fair_take_sum sum;
    struct fair_err err = { 0 };
    fair_status s;
    int code;

    if (!fair_cli_parse(c, argc, argv, opts, 1, -1, &code)) return code;
    o.collection = fair_str_of(collection);
    if (fair_cli_house(c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    fair_cli_catch_signals();
    ad.quiet = isatty(STDOUT_FILENO) == 1 && !verbose;
    fair_progress_begin(&ad.bar, "works", c->n_args);
    s = fair_take(&c->house, c->args, (size_t)c->n_args, &o, &calls, &sum, &err);
    fair_progress_end(&ad.bar);
    print_sum(&ad, &sum);
    if (s != FAIR_OK) return fair_cli_fail(c, &err);
    if (fair_cli_stopped()) {
        fprintf(stderr, "fairtrack %s: stopped; run it again to go on\n", c->verb->name);
        return FAIR_EXIT_PARTLY;
    }
    if (sum.added > 0) {
        int64_t waiting;
        fair_id deposit;
        if (fair_registered(&c->house, &waiting, &deposit, &err) != FAIR_OK) return fair_cli_fail(c, &err);
        if (waiting > 0) fprintf(stderr, "%lld works wait for their time stamp in deposit %lld\n", (long long)waiting, (long long)deposit);
    }
    return sum.faults > 0 ? FAIR_EXIT_PARTLY : FAIR_EXIT_DONE;
}

/* ---- list, show, remove, export --------------------------------------------- */

static json_t *
work_json(struct fair_arena *a, const struct fair_work *w)
{
    json_t *o = json_pack("{s:i, s:s, s:I, s:I, s:I, s:I, s:I, s:b}", "v", 1, "type", "work", "work", (json_int_t)w->id,
                          "bytes", (json_int_t)w->bytes, "width", (json_int_t)w->width, "height", (json_int_t)w->height,
                          "quality", (json_int_t)w->quality, "referenced", w->referenced);
    const struct { const char *key; fair_str v; } texts[] = {
        { "title", w->title }, { "collection", w->collection }, { "format", w->format }, { "creator", w->creator },
        { "copyright", w->copyright }, { "credit", w->credit }, { "date", w->date }, { "rights_url", w->rights_url },
        { "licensor", w->licensor }, { "c2pa", w->c2pa } };

    fair_json_file(a, o, "file", w->path);
    json_object_set_new(o, "sha256", fair_json_str(a, fair_hex(a, w->sha256.b, 32)));
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) json_object_set_new(o, texts[i].key, fair_json_str(a, texts[i].v));
    if (w->owner != 0) json_object_set_new(o, "owner", json_integer(w->owner));
    if (w->near != 0) json_object_set_new(o, "near", json_integer(w->near));
    if (!fair_sha256_none(&w->raw)) {
        json_object_set_new(o, "raw_sha256", fair_json_str(a, fair_hex(a, w->raw.b, 32)));
        fair_json_file(a, o, "raw_file", w->raw_path);
    }
    json_object_set_new(o, "added", fair_json_time(a, w->added));
    return o;
}

static fair_status
print_row(void *arg, const struct fair_work *w, __attribute__((unused)) struct fair_err *err)
{
    struct fair_cli *c = arg;
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();

    if (c->json) fair_cli_json(work_json(a, w));
    else
        printf("%lld\t%lldx%lld\t%.*s\t%.*s\t%.*s\n", (long long)w->id, (long long)w->width, (long long)w->height,
               FAIR_STR_ARG(w->format), FAIR_STR_ARG(fair_str_escape(a, w->title)), FAIR_STR_ARG(fair_str_escape(a, w->path)));
    return FAIR_OK;
}

int
fair_verb_works_list(struct fair_cli *c, int argc, char **argv)
{
    struct fair_work_filter f = { .page.limit = 1000000000 };
    const char *collection = NULL, *text = NULL;
    const struct fair_opt opts[] = {
        { .name = "collection", .value = "C", .doc = "only of this collection", .text = &collection },
        { .name = "search", .value = "TEXT", .doc = "in title, path, creator, copyright, collection", .text = &text },
        { .name = "limit", .value = "N", .doc = "at most so many", .number = &f.page.limit },
        { .name = "after", .value = "ID", .doc = "behind this one", .number = &f.after_id }, { 0 } };
    struct fair_err err = { 0 };
    int code;

    if (!fair_cli_parse(c, argc, argv, opts, 0, 0, &code)) return code;
    f.collection = fair_str_of(collection);
    f.text = fair_str_of(text);
    if (fair_cli_house(c, &err) != FAIR_OK || fair_store_works(&c->house.desk, &f, print_row, c, &err) != FAIR_OK)
        return fair_cli_fail(c, &err);
    return FAIR_EXIT_DONE;
}

static void
show_line(struct fair_arena *a, const char *what, fair_str v)
{
    if (v.n > 0) printf("  %-12s %.*s\n", what, FAIR_STR_ARG(fair_str_escape(a, v)));
}

static void
show(struct fair_arena *a, const struct fair_work *w)
{
    printf("work %lld\n", (long long)w->id);
    show_line(a, "title", w->title);
    show_line(a, "file", w->path);
    show_line(a, "sha256", fair_hex(a, w->sha256.b, 32));
    show_line(a, "picture", fair_str_fmt(a, "%.*s, %lld x %lld, %lld bytes%s", FAIR_STR_ARG(w->format), (long long)w->width,
                                         (long long)w->height, (long long)w->bytes, w->referenced ? ", kept where it is" : ""));
    show_line(a, "collection", w->collection);
    show_line(a, "creator", w->creator);
    show_line(a, "copyright", w->copyright);
    show_line(a, "credit", w->credit);
    show_line(a, "taken", w->date);
    show_line(a, "rights", w->rights_url);
    show_line(a, "licensor", w->licensor);
    show_line(a, "c2pa", w->c2pa);
    show_line(a, "raw", w->raw_path);
    if (w->near != 0) show_line(a, "looks like", fair_str_fmt(a, "work %lld", (long long)w->near));
    show_line(a, "added", fair_time_text(a, w->added));
}

/* What of it was erased, with its stone. */
static void
show_stones(struct fair_cli *c, struct fair_arena *a, const struct fair_work *w, json_t *o)
{
    const struct { const char *name; const struct fair_sha256 *key; } all[] = {
        { "original", &w->sha256 }, { "thumb", &w->thumb }, { "preview", &w->preview }, { "proof", &w->proof }, { "raw", &w->raw } };
    json_t *list = o != NULL ? json_array() : NULL;

    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        struct fair_erased x;
        if (fair_sha256_none(all[i].key) || fair_store_stone(&c->house.desk, all[i].key, a, &x, NULL) != FAIR_OK) continue;
        if (list != NULL)
            json_array_append_new(list, json_pack("{s:s, s:o, s:o, s:o}", "what", all[i].name, "at", fair_json_time(a, x.at), "by", fair_json_str(a, x.by), "why", fair_json_str(a, x.why)));
        else
            show_line(a, "erased", fair_str_fmt(a, "%s, on %.*s by %.*s: %.*s", all[i].name, FAIR_STR_ARG(fair_time_text(a, x.at)), FAIR_STR_ARG(x.by), FAIR_STR_ARG(x.why)));
    }
    if (list != NULL && json_array_size(list) > 0) json_object_set_new(o, "erased", list);
    else json_decref(list);
}

int
fair_verb_works_show(struct fair_cli *c, int argc, char **argv)
{
    struct fair_err err = { 0 };
    int code, missing = 0;

    if (!fair_cli_parse(c, argc, argv, NULL, 1, -1, &code)) return code;
    if (fair_cli_house(c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    for (int i = 0; i < c->n_args; i++) {
        FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
        struct fair_work w;
        fair_id id;
        fair_status s;

        if (!fair_cli_id(c->args[i], &id)) return fair_cli_usage(c, "%s is no id", c->args[i]);
        s = fair_store_work_get(&c->house.desk, id, a, &w, &err);
        if (s == FAIR_NOT_FOUND) {
            fprintf(stderr, "fairtrack %s: no work %lld\n", c->verb->name, (long long)id);
            missing++;
            continue;
        }
        if (s != FAIR_OK) return fair_cli_fail(c, &err);
        if (c->json) {
            json_t *o = work_json(a, &w);
            show_stones(c, a, &w, o);
            fair_cli_json(o);
        } else {
            show(a, &w);
            show_stones(c, a, &w, NULL);
        }
    }
    return missing > 0 ? FAIR_EXIT_NO : FAIR_EXIT_DONE;
}

int
fair_verb_works_remove(struct fair_cli *c, int argc, char **argv)
{
    struct fair_err err = { 0 };
    int code, missing = 0;

    if (!fair_cli_parse(c, argc, argv, NULL, 1, -1, &code)) return code;
    if (fair_cli_house(c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    for (int i = 0; i < c->n_args; i++) {
        fair_id id;
        fair_status s;

        if (!fair_cli_id(c->args[i], &id)) return fair_cli_usage(c, "%s is no id", c->args[i]);
        s = fair_store_work_remove(&c->house.desk, id, fair_now(), &err);
        if (s == FAIR_NOT_FOUND) {
            fprintf(stderr, "fairtrack %s: no work %lld\n", c->verb->name, (long long)id);
            missing++;
        } else if (s != FAIR_OK) {
            return fair_cli_fail(c, &err);
        }
    }
    if (fair_house_index_catch_up(&c->house, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    return missing > 0 ? FAIR_EXIT_NO : FAIR_EXIT_DONE;
}

struct exporting { struct fair_cli *c; const char *dir; int list; int64_t n, faults; };

static void
tell_fault(struct exporting *x, const struct fair_work *w, const struct fair_err *why)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_str text = fair_str_escape(a, fair_str_of(why->text));
    fprintf(stderr, "fairtrack %s: work %lld: %.*s\n", x->c->verb->name, (long long)w->id, FAIR_STR_ARG(text));
    x->faults++;
}

/* Of "photos/DSC1.NEF": "NEF"; an ending of a file's name that we did not make goes into one that we make, so letters and digits only. */
static fair_str
raw_ending(fair_str path)
{
    size_t n = 0;

    while (n < path.n && n < 8) {
        char ch = path.p[path.n - n - 1];
        if (!((ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9'))) break;
        n++;
    }
    return n > 0 && n < path.n && path.p[path.n - n - 1] == '.' ? (fair_str){ path.p + path.n - n, n } : FAIR_STR("raw");
}

static fair_status
export_file(struct exporting *x, const struct fair_work *w, fair_str ending, fair_str bytes, const char *key, json_t *line,
            struct fair_arena *a, struct fair_err *err)
{
    fair_str name = fair_str_fmt(a, "%lld.%.*s", (long long)w->id, FAIR_STR_ARG(ending));

    FAIR_TRY(fair_write_file(fair_str_fmt(a, "%s/%.*s", x->dir, FAIR_STR_ARG(name)).p, bytes.p, bytes.n, 0644, err));
    json_object_set_new(line, key, fair_json_str(a, name));
    return FAIR_OK;
}

static fair_status
export_one(void *arg, const struct fair_work *w, struct fair_err *err)
{
    struct exporting *x = arg;
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    json_t *line = work_json(a, w);
    struct fair_err why = { 0 };
    fair_str bytes;
    fair_status s = FAIR_OK;
    char *text;

    if (fair_house_original(&x->c->house, w, a, &bytes, &why) != FAIR_OK) tell_fault(x, w, &why);
    else s = export_file(x, w, w->format, bytes, "exported", line, a, err);
    if (s == FAIR_OK && !fair_sha256_none(&w->raw)) {
        if (fair_vault_read(x->c->house.vault, &w->raw, SIZE_MAX / 4, a, &bytes, &why) != FAIR_OK) tell_fault(x, w, &why);
        else s = export_file(x, w, raw_ending(w->raw_path), bytes, "exported_raw", line, a, err);
    }
    if (s != FAIR_OK) {
        json_decref(line);
        return s;
    }
    text = json_dumps(line, JSON_COMPACT | JSON_REAL_PRECISION(9));
    json_decref(line);
    s = fair_write_all(x->list, text, strlen(text), err);
    free(text);
    x->n++;
    return s == FAIR_OK ? fair_write_all(x->list, "\n", 1, err) : s;
}

int
fair_verb_works_export(struct fair_cli *c, int argc, char **argv)
{
    struct fair_work_filter f = { .page.limit = INT64_MAX };
    const char *collection = NULL;
    const struct fair_opt opts[] = { { .name = "collection", .value = "C", .doc = "only of this collection", .text = &collection }, { 0 } };
    struct exporting x = { .c = c };
    struct fair_err err = { 0 };
    FAIR_AUTO(fd) int list = -1;
    int code;

    if (!fair_cli_parse(c, argc, argv, opts, 1, 1, &code)) return code;
    f.collection = fair_str_of(collection);
    x.dir = c->args[0];
    if (fair_cli_house(c, &err) != FAIR_OK || fair_house_vault(&c->house, &err) != FAIR_OK || fair_make_dirs(x.dir, 0755, &err) != FAIR_OK)
        return fair_cli_fail(c, &err);
    list = open(fair_str_fmt(c->arena, "%s/works.jsonl", x.dir).p, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (list < 0) {
        fair_fail(&err, FAIR_IO, "%s/works.jsonl: %m", x.dir);
        return fair_cli_fail(c, &err);
    }
    x.list = list;
    if (fair_store_works(&c->house.desk, &f, export_one, &x, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    fprintf(stderr, "%lld works exported\n", (long long)(x.n - x.faults));
    return x.faults > 0 ? FAIR_EXIT_PARTLY : FAIR_EXIT_DONE;
}

/* ---- owners ------------------------------------------------------------------ */

int
fair_verb_owners_add(struct fair_cli *c, int argc, char **argv)
{
    const char *name = NULL, *email = NULL;
    const struct fair_opt opts[] = {
        { .name = "name", .value = "NAME", .doc = "as it stands under the pictures", .text = &name },
        { .name = "email", .value = "ADDRESS", .doc = "how to reach them", .text = &email }, { 0 } };
    struct fair_owner o = { 0 };
    struct fair_err err = { 0 };
    int code;

    if (!fair_cli_parse(c, argc, argv, opts, 0, 0, &code)) return code;
    if (name == NULL) return fair_cli_usage(c, "--name is wanted");
    o.name = fair_str_of(name);
    o.email = fair_str_of(email);
    o.created = fair_now();
    if (fair_cli_house(c, &err) != FAIR_OK || fair_store_owner_add(&c->house.desk, &o, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    if (c->json) fair_cli_json(json_pack("{s:i, s:s, s:I}", "v", 1, "type", "owner", "owner", (json_int_t)o.id));
    else printf("%lld\n", (long long)o.id);
    return FAIR_EXIT_DONE;
}

static fair_status
print_owner(void *arg, const struct fair_owner *o, __attribute__((unused)) struct fair_err *err)
{
    struct fair_cli *c = arg;
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();

    if (c->json)
        fair_cli_json(json_pack("{s:i, s:s, s:I, s:o, s:o}", "v", 1, "type", "owner", "owner", (json_int_t)o->id, "name",
                                fair_json_str(a, o->name), "email", fair_json_str(a, o->email)));
    else
        printf("%lld\t%.*s\t%.*s\n", (long long)o->id, FAIR_STR_ARG(fair_str_escape(a, o->name)), FAIR_STR_ARG(fair_str_escape(a, o->email)));
    return FAIR_OK;
}

int
fair_verb_owners_list(struct fair_cli *c, int argc, char **argv)
{
    struct fair_err err = { 0 };
    int code;

    if (!fair_cli_parse(c, argc, argv, NULL, 0, 0, &code)) return code;
    if (fair_cli_house(c, &err) != FAIR_OK || fair_store_owners(&c->house.desk, print_owner, c, &err) != FAIR_OK)
        return fair_cli_fail(c, &err);
    return FAIR_EXIT_DONE;
}
