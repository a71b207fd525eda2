/* cli/verb_vault.c - blobs by their digest: what names them, erasing them for good, putting them anew knowingly. */
#include <stdio.h>
#include <string.h>
#include "base/io.h"
#include "cli/cli.h"

static bool
key_of(struct fair_cli *c, const char *word, struct fair_sha256 *key, int *code)
{
    if (fair_unhex(fair_str_of(word), key->b, 32)) return true;
    *code = fair_cli_usage(c, "%s is no SHA-256: 64 hexadecimal digits are wanted", word);
    return false;
}

int
fair_verb_vault_show(struct fair_cli *c, int argc, char **argv)
{
    struct fair_err err = { 0 };
    int code, missing = 0;

    if (!fair_cli_parse(c, argc, argv, NULL, 1, -1, &code)) return code;
    if (fair_cli_house(c, &err) != FAIR_OK || fair_house_vault(&c->house, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    for (int i = 0; i < c->n_args; i++) {
        struct fair_erased x = { 0 };
        struct fair_sha256 key;
        fair_str named = FAIR_STR("");
        uint64_t bytes = 0;
        bool ours, erased, there;

        if (!key_of(c, c->args[i], &key, &code)) return code;
        erased = fair_store_stone(&c->house.desk, &key, c->arena, &x, NULL) == FAIR_OK;
        if (fair_store_blob_may_read(&c->house.desk, &key, &ours, &err) != FAIR_OK) return fair_cli_fail(c, &err);
        if (!ours && !erased) {
            fprintf(stderr, "fairtrack %s: nothing here refers to %s\n", c->verb->name, c->args[i]);
            missing++;
            continue;
        }
        there = !erased && fair_vault_size(c->house.vault, &key, &bytes, &err) == FAIR_OK;
        if (fair_store_blob_named_here(&c->house.desk, &key, c->arena, &named, &err) != FAIR_OK) return fair_cli_fail(c, &err);
        if (c->json) {
            json_t *o = json_pack("{s:i, s:s, s:s, s:o, s:b}", "v", 1, "type", "blob", "sha256", c->args[i], "named", fair_json_str(c->arena, named), "there", there);
            if (there) json_object_set_new(o, "bytes", json_integer((json_int_t)bytes));
            if (erased)
                json_object_set_new(o, "erased", json_pack("{s:o, s:o, s:o}", "at", fair_json_time(c->arena, x.at), "by", fair_json_str(c->arena, x.by), "why",
                                                           fair_json_str(c->arena, x.why)));
            fair_cli_json(o);
        } else {
            printf("%s\t%s\t%.*s\n", c->args[i],
                   erased ? fair_str_fmt(c->arena, "erased on %.*s by %.*s: %.*s", FAIR_STR_ARG(fair_time_text(c->arena, x.at)),
                                         FAIR_STR_ARG(fair_str_escape(c->arena, x.by)), FAIR_STR_ARG(fair_str_escape(c->arena, x.why))).p
                   : there ? fair_str_fmt(c->arena, "%llu bytes", (unsigned long long)bytes).p : "MISSING", FAIR_STR_ARG(named));
        }
        missing += !there && !erased;
    }
    return missing > 0 ? FAIR_EXIT_NO : FAIR_EXIT_DONE;
}

int
fair_verb_vault_erase(struct fair_cli *c, int argc, char **argv)
{
    const char *why = NULL;
    const struct fair_opt opts[] = { { .name = "why", .value = "TEXT", .doc = "who asked for it, and on what ground: stays on record", .text = &why }, { 0 } };
    struct fair_err err = { 0 };
    int code, missing = 0;

    if (!fair_cli_parse(c, argc, argv, opts, 1, -1, &code)) return code;
    if (why == NULL || fair_str_trim(fair_str_of(why)).n == 0) return fair_cli_usage(c, "--why is wanted: an erasure without a reason is none");
    if (fair_cli_house(c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    for (int i = 0; i < c->n_args; i++) {
        struct fair_sha256 key;
        bool kept = false;
        fair_status s;

        if (!key_of(c, c->args[i], &key, &code)) return code;
        s = fair_house_erase(&c->house, &key, fair_str_of(why), &kept, &err);
        if (s == FAIR_NOT_FOUND) {
            fprintf(stderr, "fairtrack %s: %s\n", c->verb->name, err.text);
            missing++;
            continue;
        }
        if (s != FAIR_OK) return fair_cli_fail(c, &err);
        if (c->json) fair_cli_json(json_pack("{s:i, s:s, s:s, s:b}", "v", 1, "type", "erased", "sha256", c->args[i], "kept_for_others", kept));
        else printf("%s\terased%s\n", c->args[i], kept ? " here; another organisation refers to the same bytes, which stay for it" : "");
    }
    return missing > 0 ? FAIR_EXIT_NO : FAIR_EXIT_DONE;
}

int
fair_verb_vault_anew(struct fair_cli *c, int argc, char **argv)
{
    const char *why = NULL;
    const struct fair_opt opts[] = { { .name = "why", .value = "TEXT", .doc = "why these bytes may come back: stays on record", .text = &why }, { 0 } };
    struct fair_err err = { 0 };
    int code, missing = 0;

    if (!fair_cli_parse(c, argc, argv, opts, 1, -1, &code)) return code;
    if (why == NULL || fair_str_trim(fair_str_of(why)).n == 0) return fair_cli_usage(c, "--why is wanted");
    if (fair_cli_house(c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    for (int i = 0; i < c->n_args; i++) {
        FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
        struct fair_sha256 key;
        fair_str bytes;
        fair_status s;

        if (fair_read_file(a, c->args[i], (size_t)4 << 30, &bytes, &err) != FAIR_OK) return fair_cli_fail(c, &err);
        s = fair_house_anew(&c->house, bytes, fair_str_of(why), &key, &err);
        if (s == FAIR_NOT_FOUND) {
            fprintf(stderr, "fairtrack %s: %s was not erased; nothing was done\n", c->verb->name, c->args[i]);
            missing++;
            continue;
        }
        if (s != FAIR_OK) return fair_cli_fail(c, &err);
        if (c->json) fair_cli_json(json_pack("{s:i, s:s, s:o}", "v", 1, "type", "anew", "sha256", fair_json_str(a, fair_hex(a, key.b, 32))));
        else printf("%.*s\tis there again\n", FAIR_STR_ARG(fair_hex(a, key.b, 32)));
    }
    return missing > 0 ? FAIR_EXIT_NO : FAIR_EXIT_DONE;
}
