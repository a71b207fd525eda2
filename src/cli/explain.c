/* cli/explain.c - how two pictures are related, from the two files alone: neither home nor catalogue is read. */
#include "cli/explain.h"
#include <stdio.h>
#include "base/io.h"
#include "cli/pair.h"
#include "work/match.h"

#define FILE_MAX ((size_t)1 << 30)

static json_t *
numbers(const float *v, size_t n)
{
    json_t *list = json_array();

    for (size_t i = 0; i < n; i++) json_array_append_new(list, json_real((double)v[i]));
    return list;
}

static void
tell(struct fair_cli *c, const char *work, const char *found, const struct fair_pair *p, const struct fair_drawings *drawn)
{
    const struct fair_match none = { .verdict = fair_match_empty(&p->found.fp), .bits = 256, .residual = -1 };
    const struct fair_match *m = p->m.n > 0 ? &p->m.v[0] : &none;
    fair_str words[FAIR_MATCH_WORDS];
    size_t n = fair_match_words(m, p->found.info.width, p->found.info.height, c->arena, words);
    json_t *list, *o;

    if (!c->json) {
        printf("%s, %.1f %%\n", fair_verdict_name(m->verdict), 100 * (double)m->score);
        for (size_t i = 0; i < n; i++) printf("  %.*s\n", FAIR_STR_ARG(words[i]));
        if (m->has_map) {
            printf("  of the work %.0f,%.0f to %.0f,%.0f of %u x %u is seen", (double)m->work_box[0], (double)m->work_box[1], (double)m->work_box[2], (double)m->work_box[3],
                   p->work.info.width, p->work.info.height);
            printf("; it lies at %.0f,%.0f to %.0f,%.0f of %u x %u\n", (double)m->box[0], (double)m->box[1], (double)m->box[2], (double)m->box[3], p->found.info.width,
                   p->found.info.height);
        }
        return;
    }
    list = json_array();
    for (size_t i = 0; i < n; i++) json_array_append_new(list, fair_json_str(c->arena, words[i]));
    o = json_pack("{s:i, s:s, s:s, s:f, s:i, s:i, s:f, s:o, s:[i,i], s:[i,i]}", "v", 1, "type", "explain", "verdict", fair_verdict_name(m->verdict), "score", (double)m->score,
                  "bits", m->bits, "agree", m->agree, "covers", (double)m->covers, "words", list, "work_size", (int)p->work.info.width, (int)p->work.info.height,
                  "found_size", (int)p->found.info.width, (int)p->found.info.height);
    fair_json_file(c->arena, o, "work_file", fair_str_of(work));
    fair_json_file(c->arena, o, "file", fair_str_of(found));
    if (m->has_map) {
        json_object_set_new(o, "map", numbers(m->map, 6));
        json_object_set_new(o, "box", numbers(m->box, 4));
        json_object_set_new(o, "work_box", numbers(m->work_box, 4));
    }
    for (int k = 0; k < FAIR_N_DRAWINGS; k++)
        if (drawn->file[k] != NULL) fair_json_file(c->arena, o, fair_drawing_key[k], fair_str_of(drawn->file[k]));
    fair_cli_json(o);
}

int
fair_explain(struct fair_cli *c, const char *work, const char *found, const struct fair_drawings *draw)
{
    FAIR_AUTO(decoders) struct fair_decoders *d = NULL;
    struct fair_decoder_limits limits = fair_decoder_limits_default;
    struct fair_pair p = { 0 };
    struct fair_err err = { 0 };
    fair_str bytes[2], png;
    struct fair_drawings drawn = { 0 };
    fair_status s;

    limits.n = 1;
    s = fair_read_file(c->arena, work, FILE_MAX, &bytes[0], &err);
    if (s == FAIR_OK) s = fair_read_file(c->arena, found, FILE_MAX, &bytes[1], &err);
    if (s == FAIR_OK) s = fair_decoders_open(&limits, &d, &err);
    if (s == FAIR_OK) s = fair_pair_match(d, bytes[0], bytes[1], c->arena, &p, &err);
    for (int k = 0; k < FAIR_N_DRAWINGS && s == FAIR_OK && p.m.n > 0 && p.m.v[0].has_map; k++) {
        if (draw->file[k] == NULL) continue;
        s = fair_pair_draw((enum fair_drawing)k, &p, NULL, c->arena, &png, &err);
        if (s == FAIR_OK) s = fair_write_file(draw->file[k], png.p, png.n, 0644, &err);
        drawn.file[k] = draw->file[k];
    }
    if (s == FAIR_OK) tell(c, work, found, &p, &drawn);
    fair_pair_free(&p);
    if (s != FAIR_OK) return fair_cli_fail(c, &err);
    return p.m.n > 0 && p.m.v[0].verdict == FAIR_MATCH ? FAIR_EXIT_DONE : FAIR_EXIT_NO;
}
