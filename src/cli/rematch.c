/* cli/rematch.c - the match of a package, computed again from the package alone. */
#include "cli/rematch.h"
#include <math.h>
#include <stdio.h>
#include "base/io.h"
#include "cli/pair.h"
#include "evidence/zip.h"

#define FILE_MAX ((size_t)3 << 30)
/* Scores may differ by this where another machine's vectors round otherwise. */
#define SCORE_SLACK 0.01

static fair_status
unpack(const struct fair_zip *z, json_t *match, const char *key, struct fair_arena *a, fair_str *bytes, struct fair_err *err)
{
    const char *name = json_string_value(json_object_get(match, key));
    const struct fair_zip_member *m = name != NULL ? fair_zip_find(z, fair_str_of(name)) : NULL;

    if (m == NULL) return fair_fail(err, FAIR_NOT_FOUND, "the package holds no picture for %s", key);
    return fair_zip_unpack(m, FILE_MAX, a, bytes, err);
}

static fair_status
match_again(struct fair_decoders *d, const struct fair_zip *z, json_t *told, struct fair_arena *a, struct fair_pair *p, struct fair_err *err)
{
    fair_str work, found;

    FAIR_TRY(unpack(z, told, "work_member", a, &work, err));
    FAIR_TRY(unpack(z, told, "picture_member", a, &found, err));
    return fair_pair_match(d, work, found, a, p, err);
}

static int
compare(struct fair_cli *c, json_t *told, const struct fair_matches *got)
{
    const char *verdict = json_string_value(json_object_get(told, "verdict")), *again = got->n > 0 ? fair_verdict_name(got->v[0].verdict) : "none";
    double score = json_number_value(json_object_get(told, "score")), now = got->n > 0 ? (double)got->v[0].score : 0;
    bool same = verdict != NULL && fair_str_eq(fair_str_of(verdict), fair_str_of(again)) && fabs(score - now) <= SCORE_SLACK;

    if (c->json)
        fair_cli_json(json_pack("{s:i, s:s, s:b, s:s, s:f, s:s?, s:f, s:s?}", "v", 1, "type", "rematch", "same", same, "verdict", again, "score", now, "told_verdict", verdict,
                                "told_score", score, "told_matcher", json_string_value(json_object_get(told, "matcher"))));
    else
        printf("%-4s  rematch     %s, score %.4f; the package says %s, score %.4f, by %s\n", same ? "ok" : "BAD", again, now, verdict != NULL ? verdict : "nothing", score,
               json_string_value(json_object_get(told, "matcher")) != NULL ? json_string_value(json_object_get(told, "matcher")) : "an unknown matcher");
    return same ? FAIR_EXIT_DONE : FAIR_EXIT_NO;
}

int
fair_rematch(struct fair_cli *c, const char *path, bool weak)
{
    FAIR_AUTO(decoders) struct fair_decoders *d = NULL;
    struct fair_decoder_limits limits = fair_decoder_limits_default;
    struct fair_pair p = { 0 };
    struct fair_err err = { 0 };
    struct fair_zip z;
    fair_str file, json = { NULL, 0 };
    json_t *told = NULL;
    const struct fair_zip_member *m;
    int code;

    limits.n = 1;
    limits.weak = weak;
    if (fair_decoders_open(&limits, &d, &err) != FAIR_OK || fair_read_file(c->arena, path, FILE_MAX, &file, &err) != FAIR_OK ||
        fair_zip_read(file, NULL, c->arena, &z, &err) != FAIR_OK)
        return fair_cli_fail(c, &err);
    m = fair_zip_find(&z, FAIR_STR("match/match.json"));
    if (m != NULL && fair_zip_unpack(m, 1 << 20, c->arena, &json, &err) == FAIR_OK) told = json_loadb(json.p, json.n, JSON_REJECT_DUPLICATES, NULL);
    if (told == NULL || match_again(d, &z, told, c->arena, &p, &err) != FAIR_OK) {
        code = told == NULL ? (fair_fail(&err, FAIR_NOT_FOUND, "the package tells of no match"), FAIR_EXIT_FAILED) : FAIR_EXIT_FAILED;
        (void)fair_cli_fail(c, &err);
    } else {
        code = compare(c, told, &p.m);
    }
    fair_pair_free(&p);
    json_decref(told);
    return code;
}
