/* cli/verb_lookup.c - is this one of ours?  Reads nothing but the pictures and the catalogue; writes nothing. */
#include <assert.h>
#include <stdio.h>
#include <string.h>
#include "base/io.h"
#include "cli/cli.h"
#include "cli/explain.h"
#include "work/files.h"
#include "work/matchers.h"

enum form { TABLE, JSON, TSV };

/* One picture's answer, printed in the order the pictures were named, whichever was ready first. */
struct asked {
    struct fair_arena *arena;
    const struct fair_file *file;
    struct fair_buf out;
    bool ready;
    struct fair_arena *decoded_in;        /* until it is matched */
    struct fair_decoded decoded;
};

struct looking {
    struct fair_cli *c;
    enum form form;
    unsigned off;
    struct fair_matchers *matchers;
    struct asked *v;
    size_t n, printed;
    int64_t faults, found;
    struct fair_progress bar;
};

static void
add_json(struct fair_buf *b, json_t *line)
{
    char *text = json_dumps(line, JSON_COMPACT | JSON_REAL_PRECISION(9));
    fair_buf_c(b, text);
    fair_buf_byte(b, '\n');
    free(text);
    json_decref(line);
}

static void
print_ready(struct looking *l)
{
    while (l->printed < l->n && l->v[l->printed].ready) {
        struct asked *q = &l->v[l->printed++];
        if (q->out.n > 0) fwrite(q->out.p, 1, q->out.n, stdout);
        fair_arena_free(&q->arena);
        fair_progress_at(&l->bar, (int64_t)l->printed, (int64_t)l->n);
    }
}

static void
fault(struct looking *l, struct asked *q, const char *kind, const char *words)
{
    l->faults++;
    q->ready = true;
    if (l->form == JSON) {
        json_t *o = json_pack("{s:i, s:s, s:s, s:o}", "v", 1, "type", "error", "fault", kind != NULL ? kind : "unreadable", "error",
                              fair_json_str(q->arena, fair_str_of(words)));
        fair_json_file(q->arena, o, "file", q->file->path);
        add_json(&q->out, o);
        return;
    }
    fprintf(stderr, "fairtrack lookup: %.*s: %.*s\n", FAIR_STR_ARG(fair_str_escape(q->arena, q->file->path)),
            FAIR_STR_ARG(fair_str_escape(q->arena, fair_str_of(words))));
}

static bool
has_box(const struct fair_match *m)
{
    return m->box[2] > m->box[0] && m->box[3] > m->box[1];
}

static void
tsv_line(struct asked *q, const struct fair_match *m, const struct fair_work *w)
{
    struct fair_arena *a = q->arena;

    fair_buf_fmt(&q->out, "%.*s\t%.*s\t%.6f\t", FAIR_STR_ARG(fair_str_escape(a, q->file->path)), FAIR_STR_ARG(fair_str_escape(a, w->path)), m->score);
    if (has_box(m)) fair_buf_fmt(&q->out, "%.0f,%.0f,%.0f,%.0f", m->box[0], m->box[1], m->box[2], m->box[3]);
    else fair_buf_c(&q->out, "-");
    fair_buf_fmt(&q->out, "\t%s\twork=%lld\tbits=%d\tagree=%d\tcovers=%.3f\tmirrored=%d\trotation=%.1f\tscale=%.4f\tresidual=%.1f\n",
                 fair_verdict_name(m->verdict), (long long)m->work, m->bits, m->agree, m->covers, m->mirrored, m->rotation, m->scale, m->residual);
}

static json_t *
match_json(struct asked *q, const struct fair_match *m, const struct fair_work *w, const struct fair_picture *p)
{
    fair_str words[FAIR_MATCH_WORDS];
    size_t n = fair_match_words(m, p->width, p->height, q->arena, words);
    json_t *list = json_array(), *o;

    for (size_t i = 0; i < n; i++) json_array_append_new(list, fair_json_str(q->arena, words[i]));
    o = json_pack("{s:I, s:f, s:s, s:i, s:i, s:f, s:b, s:f, s:f, s:f, s:o}", "work", (json_int_t)m->work, "score", (double)m->score,
                  "verdict", fair_verdict_name(m->verdict), "bits", m->bits, "agree", m->agree, "covers", (double)m->covers,
                  "mirrored", m->mirrored, "rotation", (double)m->rotation, "scale", (double)m->scale, "residual",
                  (double)m->residual, "words", list);
    fair_json_file(q->arena, o, "work_file", w->path);
    if (has_box(m)) json_object_set_new(o, "box", json_pack("[f,f,f,f]", (double)m->box[0], (double)m->box[1], (double)m->box[2], (double)m->box[3]));
    if (m->has_map)
        json_object_set_new(o, "map", json_pack("[f,f,f,f,f,f]", (double)m->map[0], (double)m->map[1], (double)m->map[2],
                                                (double)m->map[3], (double)m->map[4], (double)m->map[5]));
    return o;
}

static void
table_line(struct asked *q, const struct fair_match *m, const struct fair_work *w, const struct fair_picture *p)
{
    struct fair_arena *a = q->arena;
    fair_str words[FAIR_MATCH_WORDS];
    size_t n = fair_match_words(m, p->width, p->height, a, words);

    fair_buf_fmt(&q->out, "  %-10s %5.1f %%  work %lld  %.*s\n", fair_verdict_name(m->verdict), 100 * (double)m->score, (long long)m->work,
                 FAIR_STR_ARG(fair_str_escape(a, w->path)));
    for (size_t i = 0; i < n; i++) fair_buf_fmt(&q->out, "                      %.*s\n", FAIR_STR_ARG(words[i]));
}

/* Matched: what is found goes into q->out. */
static fair_status
answer(struct looking *l, struct asked *q, const struct fair_matches *found, struct fair_err *err)
{
    const struct fair_decoded *d = &q->decoded;
    enum fair_verdict best = FAIR_NO_MATCH;
    json_t *list = NULL;

    for (size_t i = 0; i < found->n; i++)
        if (found->v[i].verdict > best) best = found->v[i].verdict;
    if (best == FAIR_NO_MATCH) best = fair_match_empty(&d->fp);
    l->found += found->n > 0;
    if (l->form == JSON) list = json_array();
    if (l->form == TABLE) fair_buf_fmt(&q->out, "%.*s: %s\n", FAIR_STR_ARG(fair_str_escape(q->arena, q->file->path)), fair_verdict_name(best));
    for (size_t i = 0; i < found->n; i++) {
        struct fair_work w;
        if (fair_store_work_get(&l->c->house.desk, found->v[i].work, q->arena, &w, err) != FAIR_OK) {
            if (err->status == FAIR_NOT_FOUND) continue;      /* removed meanwhile */
            json_decref(list);
            return err->status;
        }
        if (l->form == TSV) tsv_line(q, &found->v[i], &w);
        if (l->form == JSON) json_array_append_new(list, match_json(q, &found->v[i], &w, &d->info));
        if (l->form == TABLE) table_line(q, &found->v[i], &w, &d->info);
    }
    if (l->form == JSON) {
        json_t *o = json_pack("{s:i, s:s, s:s, s:i, s:i, s:b, s:o}", "v", 1, "type", "lookup", "verdict", fair_verdict_name(best), "width",
                              (int)d->info.width, "height", (int)d->info.height, "partial", d->info.partial, "matches", list);
        fair_json_file(q->arena, o, "file", q->file->path);
        add_json(&q->out, o);
    }
    q->ready = true;
    return FAIR_OK;
}

/* One that is matched already, or, with `wait`, the next. */
static fair_status
one_match(struct looking *l, bool wait, struct fair_err *err)
{
    struct fair_matched x = { 0 };
    struct asked *q;
    fair_status s;

    FAIR_TRY(fair_matchers_next(l->matchers, wait ? -1 : 0, &x));
    q = x.tag;
    s = x.status == FAIR_OK ? answer(l, q, &x.found, err) : fair_fail(err, x.status, "%s", x.why.text);
    fair_image_free(&q->decoded.grey);
    fair_arena_free(&q->decoded_in);
    print_ready(l);
    return s;
}

/* Take a picture out of the decoders and give it to the matchers, and take what they have done. */
static fair_status
one_answer(struct looking *l, struct fair_err *err)
{
    struct fair_arena *a = fair_arena_new();
    struct fair_decoded d = { 0 };
    struct asked *q;
    fair_status s = fair_decoders_next(l->c->house.decoders, a, -1, &d, err);

    if (s != FAIR_OK || d.status != FAIR_OK) {
        if (s == FAIR_OK) fault(l, d.tag, d.fault, d.words);
        fair_image_free(&d.grey);
        fair_arena_free(&a);
        print_ready(l);
        return s;
    }
    q = d.tag;
    q->decoded = d;
    q->decoded_in = a;
    while ((s = fair_matchers_ask(l->matchers, &q->decoded.fp, q->decoded.grey, l->off, q->arena, q)) == FAIR_AGAIN) FAIR_TRY(one_match(l, true, err));
    while (s == FAIR_OK) s = one_match(l, false, err);
    return s == FAIR_AGAIN || s == FAIR_DONE ? FAIR_OK : s;
}

static fair_status
read_file(struct looking *l, struct asked *q, fair_str *bytes, struct fair_arena *a, struct fair_err *why)
{
    size_t max = (size_t)l->c->house.config.max_file_mb << 20;
    struct fair_fetch_reply reply = { 0 };

    assert(q->file != NULL);
    if (q->file->fault != NULL) return fair_fail(why, FAIR_INVALID, "%s", q->file->fault);
    if (!q->file->url) return fair_read_file(a, q->file->path.p, max, bytes, why);
    FAIR_TRY(fair_house_fetcher(&l->c->house, why));
    FAIR_TRY(fair_fetcher_get(l->c->house.fetcher, &(struct fair_fetch_ask){ .url = q->file->path, .max_bytes = max }, a, &reply, why));
    if (reply.status != FAIR_OK) return fair_fail(why, reply.status, "%s", reply.words);
    if (reply.http != 200) return fair_fail(why, FAIR_NOT_FOUND, "the server answered %d", reply.http);
    *bytes = reply.body;
    return FAIR_OK;
}

static fair_status
look_at(struct looking *l, struct asked *q, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_err why = { 0 };
    fair_str bytes = { 0 };
    fair_status s;

    q->arena = fair_arena_new();
    q->out = FAIR_BUF(q->arena, 64u << 20);
    s = read_file(l, q, &bytes, a, &why);
    if (s != FAIR_OK) {
        fault(l, q, NULL, why.text);
        print_ready(l);
        return FAIR_OK;
    }
    while ((s = fair_decoders_ask(l->c->house.decoders, bytes, FAIR_MATCH_WANTS, q, &why)) == FAIR_AGAIN)
        FAIR_TRY(one_answer(l, err));
    if (s == FAIR_OK) return FAIR_OK;
    fault(l, q, NULL, why.text);
    print_ready(l);
    return FAIR_OK;
}

/* "parts,pixels" into the bits of fair_stages. */
static bool
stages_off(const char *names, unsigned *off)
{
    fair_str rest = fair_str_of(names), one;

    while (fair_str_split(&rest, ',', &one)) {
        size_t i = 0;
        while (i < fair_n_stages && !fair_str_eq(one, fair_str_of(fair_stages[i].name))) i++;
        if (i == fair_n_stages) return false;
        *off |= 1u << i;
    }
    return true;
}

static int
look(struct looking *l, struct fair_files *files)
{
    struct fair_cli *c = l->c;
    struct fair_err err = { 0 };
    fair_status s = FAIR_OK;

    if (fair_house_index(&c->house, &err) != FAIR_OK || fair_house_decoders(&c->house, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    l->n = files->n;
    l->v = fair_alloc_array(c->arena, l->n + 1, sizeof *l->v);
    l->matchers = fair_matchers_new(&c->house, l->n < fair_cores() ? (unsigned)l->n : 0);
    fair_progress_begin(&l->bar, "pictures", (int64_t)l->n);
    for (size_t i = 0; i < l->n && s == FAIR_OK && !fair_cli_stopped(); i++) {
        l->v[i].file = &files->v[i];
        s = look_at(l, &l->v[i], &err);
    }
    while (s == FAIR_OK) s = one_answer(l, &err);
    if (s == FAIR_DONE) s = FAIR_OK;
    while (s == FAIR_OK) s = one_match(l, true, &err);
    fair_matchers_free(&l->matchers);
    fair_progress_end(&l->bar);
    for (size_t i = l->printed; i < l->n; i++) {
        fair_image_free(&l->v[i].decoded.grey);
        fair_arena_free(&l->v[i].decoded_in);
        fair_arena_free(&l->v[i].arena);
    }
    if (s != FAIR_DONE) return fair_cli_fail(c, &err);
    return l->faults > 0 || fair_cli_stopped() ? FAIR_EXIT_PARTLY : FAIR_EXIT_DONE;
}

int
fair_verb_lookup(struct fair_cli *c, int argc, char **argv)
{
    const char *format = "table", *off = NULL;
    struct fair_drawings draw = { 0 };
    bool explain = false;
    const struct fair_opt opts[] = {
        { .name = "format", .value = "F", .doc = "table, json or tsv", .text = &format },
        { .name = "off", .value = "STAGES", .doc = "leave these stages of the matcher out, to see what each adds", .text = &off },
        { .name = "explain", .doc = "two files, a work's and one found: how they are related, from these alone", .flag = &explain },
        { .name = "diff", .value = "FILE", .doc = "with --explain: write the difference picture there, a PNG", .text = &draw.file[FAIR_DRAW_DIFFERENCE] },
        { .name = "straight", .value = "FILE", .doc = "with --explain: write the one found there, laid straight on the work, a PNG", .text = &draw.file[FAIR_DRAW_STRAIGHT] }, { 0 } };
    struct looking l = { .c = c };
    struct fair_files files = { .arena = c->arena };
    struct fair_err err = { 0 };
    int code;

    if (!fair_cli_parse(c, argc, argv, opts, 1, -1, &code)) return code;
    if (strcmp(format, "json") == 0 || c->json) l.form = JSON;
    else if (strcmp(format, "tsv") == 0) l.form = TSV;
    else if (strcmp(format, "table") != 0) return fair_cli_usage(c, "--format %s: table, json or tsv", format);
    if (off != NULL && !stages_off(off, &l.off)) {
        fprintf(stderr, "stages:");
        for (size_t i = 0; i < fair_n_stages; i++) fprintf(stderr, " %s", fair_stages[i].name);
        fputc('\n', stderr);
        return fair_cli_usage(c, "--off %s: no such stage", off);
    }
    if (explain && c->n_args != 2) return fair_cli_usage(c, "--explain wants two files: the work's and the one found");
    for (int k = 0; k < FAIR_N_DRAWINGS; k++)
        if (!explain && draw.file[k] != NULL) return fair_cli_usage(c, "--%s goes with --explain", fair_drawing_key[k]);
    if (explain) return fair_explain(c, c->args[0], c->args[1], &draw);
    if (fair_cli_house(c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    fair_cli_catch_signals();
    for (int i = 0; i < c->n_args; i++) fair_files_add(&files, c->args[i]);
    return look(&l, &files);
}
