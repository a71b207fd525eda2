/* cli/inspect_text.c - options, lines and JSON of the inspect verbs for texts. */
#include "cli/inspect_text.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "base/io.h"

static bool
take_option(const struct fair_inspect_option *o, int argc, char **argv, int *at)
{
    const char *word = argv[*at] + 2, *equals = strchr(word, '=');
    size_t n = equals != NULL ? (size_t)(equals - word) : strlen(word);

    for (; o->name != NULL; o++) {
        if (strlen(o->name) != n || memcmp(o->name, word, n) != 0) continue;
        if (o->flag != NULL) {
            *o->flag = true;
            return equals == NULL;
        }
        if (equals == NULL && *at + 1 >= argc) return false;
        *o->text = equals != NULL ? equals + 1 : argv[++*at];
        return true;
    }
    if (n == 4 && memcmp(word, "home", 4) == 0) {   /* nothing here needs one */
        if (equals == NULL) ++*at;
        return equals != NULL || *at < argc;
    }
    return strcmp(word, "json") == 0;
}

bool
fair_inspect_options(const char *verb, const char *usage, const struct fair_inspect_option *o, int argc, char **argv, int *code)
{
    for (int i = 0; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            printf("usage: fairtrack inspect %s %s\n", verb, usage);
            *code = FAIR_EXIT_DONE;
            return false;
        }
        if (strncmp(argv[i], "--", 2) == 0 && take_option(o, argc, argv, &i)) continue;
        fprintf(stderr, "fairtrack inspect %s: \"%s\" is no option here, or lacks its value\nusage: fairtrack inspect %s %s\n",
                verb, argv[i], verb, usage);
        *code = FAIR_EXIT_USAGE;
        return false;
    }
    return true;
}

bool
fair_inspect_input(const char *verb, struct fair_arena *a, fair_str *out)
{
    struct fair_err err = { 0 };

    if (fair_read_fd(a, STDIN_FILENO, FAIR_INSPECT_INPUT, out, &err) == FAIR_OK) return true;
    fprintf(stderr, "fairtrack inspect %s: standard input: %s\n", verb, err.text);
    return false;
}

bool
fair_inspect_line(fair_str *rest, fair_str *line)
{
    if (rest->p == NULL || rest->n == 0) return false;
    return fair_str_split(rest, '\n', line);
}

json_t *
fair_inspect_str(struct fair_arena *a, fair_str s)
{
    if (s.p == NULL) return json_null();
    s = fair_utf8_mend(a, s);
    return json_stringn_nocheck(s.p, s.n);
}

fair_str
fair_inspect_member(const json_t *o, const char *key)
{
    const json_t *m = json_object_get(o, key);
    return json_is_string(m) ? (fair_str){ json_string_value(m), json_string_length(m) } : (fair_str){ NULL, 0 };
}

void
fair_inspect_print(json_t *line)
{
    json_dumpf(line, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(line);
}

int
fair_inspect_batch(const char *verb, void (*one)(struct fair_arena *a, const json_t *in, json_t *out, void *with), void *with)
{
    FAIR_AUTO(arena) struct fair_arena *all = fair_arena_new();
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_str rest, line;
    int code = FAIR_EXIT_DONE;

    if (!fair_inspect_input(verb, all, &rest)) return FAIR_EXIT_FAILED;
    while (fair_inspect_line(&rest, &line)) {
        json_error_t why;
        json_t *in, *out = json_object();

        if (fair_str_trim(line).n == 0) {
            json_decref(out);
            continue;
        }
        in = json_loadb(line.p, line.n, JSON_ALLOW_NUL, &why);
        if (json_is_object(in)) {
            json_t *id = json_object_get(in, "id");
            if (id != NULL) json_object_set(out, "id", id);
            one(a, in, out, with);
        } else {
            json_object_set_new(out, "error", json_string(in == NULL ? why.text : "not a JSON object"));
            code = FAIR_EXIT_PARTLY;
        }
        json_decref(in);
        fair_inspect_print(out);
        fair_arena_clear(a);
    }
    return code;
}
