/* cli/verb_answers.c - what recipients answered, on the portal and by mail. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/io.h"
#include "cli/cli.h"
#include "store/heard_rows.h"
#include "work/hear.h"
#include "work/portal_home.h"

static json_t *
answer_json(struct fair_arena *a, const struct fair_portal_answer *x)
{
    json_t *o = json_pack("{s:i, s:s, s:I, s:I, s:I}", "v", 1, "type", "answer", "answer", (json_int_t)x->id, "case", (json_int_t)x->case_id, "notice", (json_int_t)x->notice);

    json_object_set_new(o, "by", json_string("portal"));
    fair_cli_put(o, a, "what", x->action);
    fair_cli_put(o, a, "receipt", x->receipt);
    fair_cli_put(o, a, "moved", x->moved);
    fair_cli_put(o, a, "refused", x->refused);
    json_object_set_new(o, "at", fair_json_time(a, x->at));
    json_object_set_new(o, "read", fair_json_time(a, x->read));
    return o;
}

static json_t *
mail_json(struct fair_arena *a, const struct fair_mail_in *x)
{
    json_t *o = json_pack("{s:i, s:s, s:I, s:b, s:b}", "v", 1, "type", "answer", "answer", (json_int_t)x->id, "same_address", x->same_address, "cut", x->cut);

    json_object_set_new(o, "case", x->case_id != 0 ? json_integer(x->case_id) : json_null());
    json_object_set_new(o, "notice", x->notice != 0 ? json_integer(x->notice) : json_null());
    json_object_set_new(o, "by", json_string("mail"));
    fair_cli_put(o, a, "what", x->kind);
    fair_cli_put(o, a, "from", x->sender);
    fair_cli_put(o, a, "subject", x->subject);
    fair_cli_put(o, a, "matched_by", x->matched_by);
    fair_cli_put(o, a, "moved", x->moved);
    fair_cli_put(o, a, "refused", x->refused);
    json_object_set_new(o, "at", fair_json_time(a, x->at));
    json_object_set_new(o, "read", fair_json_time(a, x->read));
    return o;
}

static void
print_line(const struct fair_cli *c, json_t *o, fair_id id, fair_id case_id, const char *by, fair_str what, fair_str from, fair_time at, bool read)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();

    if (c->json) {
        fair_cli_json(o);
        return;
    }
    json_decref(o);
    printf("%lld\t%.*s\t%s\t%.*s\t%.*s\tcase %lld\t%s\n", (long long)id, FAIR_STR_ARG(fair_time_text(a, at)), by, FAIR_STR_ARG(fair_str_escape(a, what)),
           FAIR_STR_ARG(fair_str_escape(a, from)), (long long)case_id, read ? "read" : "unread");
}

static fair_status
list_answer(void *arg, const struct fair_portal_answer *x, __attribute__((unused)) struct fair_err *err)
{
    struct fair_cli *c = arg;
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();

    print_line(c, answer_json(a, x), x->id, x->case_id, "portal", x->action, FAIR_STR("-"), x->at, x->read != 0);
    return FAIR_OK;
}

static fair_status
list_mail(void *arg, const struct fair_mail_in *x, __attribute__((unused)) struct fair_err *err)
{
    struct fair_cli *c = arg;
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();

    print_line(c, mail_json(a, x), x->id, x->case_id, "mail", x->kind, x->sender, x->at, x->read != 0);
    return FAIR_OK;
}

int
fair_verb_answers_list(struct fair_cli *c, int argc, char **argv)
{
    int64_t case_id = 0;
    const struct fair_opt opts[] = { { .name = "case", .value = "ID", .doc = "all of this case; else those of all cases that nobody has read", .number = &case_id }, { 0 } };
    struct fair_page page = { 0, 1000 };
    struct fair_err err = { 0 };
    int code;

    if (!fair_cli_parse(c, argc, argv, opts, 0, 0, &code)) return code;
    if (fair_cli_house(c, &err) != FAIR_OK || fair_store_answers(&c->house.desk, case_id, page, list_answer, c, &err) != FAIR_OK ||
        fair_store_mails(&c->house.desk, case_id, page, list_mail, c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    return FAIR_EXIT_DONE;
}

/* ---- one ---- */

/* A file a stranger sent goes into a folder under a name of ours; what it is called is told, not used. */
static fair_status
save(const char *dir, fair_id id, size_t n, fair_str bytes, struct fair_arena *a, fair_str *path, struct fair_err *err)
{
    FAIR_AUTO(fd) int fd = -1;

    *path = fair_str_fmt(a, "%s/answer-%lld-%zu.bin", dir, (long long)id, n);
    fd = open(path->p, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) return fair_fail(err, errno == EEXIST ? FAIR_CONFLICT : FAIR_IO, "%s: %m", path->p);
    return fair_write_all(fd, bytes.p, bytes.n, err);
}

static fair_status
show_answer(struct fair_cli *c, const struct fair_portal_answer *x, const char *dir, struct fair_err *err)
{
    struct fair_answer_file files[FAIR_ANSWER_FILES];
    json_t *said, *fields, *v, *o, *list = json_array();
    const char *key;
    size_t n = 0;
    fair_status s = fair_portal_answer_open(&c->house, x, c->arena, &said, files, &n, err);

    for (size_t i = 0; i < n && s == FAIR_OK; i++) {
        fair_str path = { NULL, 0 };
        if (dir != NULL) s = save(dir, x->id, i + 1, files[i].bytes, c->arena, &path, err);
        json_array_append_new(list, json_pack("{s:o, s:I, s:o}", "name", fair_json_str(c->arena, files[i].name), "bytes", (json_int_t)files[i].bytes.n, "saved", fair_json_str(c->arena, path)));
        if (!c->json) fprintf(stderr, "file %zu: %.*s, %zu bytes%s%.*s\n", i + 1, FAIR_STR_ARG(fair_str_escape(c->arena, files[i].name)), files[i].bytes.n, path.n > 0 ? ", saved as " : "", FAIR_STR_ARG(path));
    }
    if (s != FAIR_OK) {
        json_decref(list);
        json_decref(said);
        return s;
    }
    fields = json_object_get(said, "fields");
    o = answer_json(c->arena, x);
    if (c->json) {
        json_object_set(o, "fields", fields);
        json_object_set(o, "files", list);
        fair_cli_json(o);
    } else {
        printf("%.*s, receipt %.*s\n", FAIR_STR_ARG(x->action), FAIR_STR_ARG(x->receipt));
        json_object_foreach(fields, key, v) {
            if (json_is_string(v)) printf("%s: %.*s\n", key, FAIR_STR_ARG(fair_str_escape(c->arena, fair_str_of(json_string_value(v)))));
        }
        if (x->moved.n > 0) printf("the case: %.*s\n", FAIR_STR_ARG(x->moved));
        if (x->refused.n > 0) printf("the case did not move: %.*s\n", FAIR_STR_ARG(fair_str_escape(c->arena, x->refused)));
        json_decref(o);
    }
    json_decref(list);
    json_decref(said);
    return FAIR_OK;
}

static fair_status
show_mail(struct fair_cli *c, const struct fair_mail_in *x, const char *dir, struct fair_err *err)
{
    struct fair_mail_told t = { 0 };
    fair_str raw, path = { NULL, 0 };
    json_t *o;
    fair_status s = fair_hear_open(&c->house, x, c->arena, &t, &raw, err);

    if (s != FAIR_OK && s != FAIR_CORRUPT) return s;
    if (dir != NULL) FAIR_TRY(save(dir, x->id, 1, raw, c->arena, &path, err));
    o = mail_json(c->arena, x);
    fair_cli_put(o, c->arena, "text", t.text);
    fair_cli_put(o, c->arena, "saved", path);
    if (c->json) {
        fair_cli_json(o);
        return FAIR_OK;
    }
    json_decref(o);
    printf("From: %.*s%s\nSubject: %.*s\nIt is %.*s%s.\n\n%.*s\n", FAIR_STR_ARG(fair_str_escape(c->arena, x->sender)),
           x->same_address ? " (it says to come from where the letter went; that proves nothing)" : "", FAIR_STR_ARG(fair_str_escape(c->arena, x->subject)),
           FAIR_STR_ARG(x->kind), x->cut ? ", longer than is taken" : "", FAIR_STR_ARG(fair_utf8_mend(c->arena, t.text.p != NULL ? t.text : FAIR_STR(""))));
    for (size_t i = 0; i < t.n_files; i++)
        printf("encloses %.*s (%.*s, %u bytes)\n", FAIR_STR_ARG(fair_str_escape(c->arena, t.files[i].name)), FAIR_STR_ARG(fair_str_escape(c->arena, t.files[i].type)), t.files[i].bytes);
    if (path.n > 0) printf("the mail as it came: %.*s\n", FAIR_STR_ARG(path));
    return FAIR_OK;
}

int
fair_verb_answers_show(struct fair_cli *c, int argc, char **argv)
{
    const char *dir = NULL;
    const struct fair_opt opts[] = { { .name = "save", .value = "DIR", .doc = "write the files that came with it there, under names of ours", .text = &dir }, { 0 } };
    struct fair_portal_answer x;
    struct fair_mail_in m;
    struct fair_err err = { 0 };
    fair_id id;
    fair_status s;
    int code;

    if (!fair_cli_parse(c, argc, argv, opts, 1, 1, &code)) return code;
    if (!fair_cli_id(c->args[0], &id)) return fair_cli_usage(c, "%s is no id", c->args[0]);
    if (fair_cli_house(c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    s = fair_store_answer_get(&c->house.desk, id, c->arena, &x, &err);
    if (s == FAIR_OK) s = show_answer(c, &x, dir, &err);
    else if (s == FAIR_NOT_FOUND) {
        s = fair_store_mail_get(&c->house.desk, id, c->arena, &m, &err);
        if (s == FAIR_NOT_FOUND) {
            fprintf(stderr, "fairtrack answers show: no answer %lld\n", (long long)id);
            return FAIR_EXIT_NO;
        }
        if (s == FAIR_OK) s = show_mail(c, &m, dir, &err);
    }
    return s == FAIR_OK ? FAIR_EXIT_DONE : fair_cli_fail(c, &err);
}

/* ---- read ---- */

int
fair_verb_answers_read(struct fair_cli *c, int argc, char **argv)
{
    struct fair_err err = { 0 };
    int code, missing = 0;

    if (!fair_cli_parse(c, argc, argv, NULL, 1, -1, &code)) return code;
    if (fair_cli_house(c, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    for (int i = 0; i < c->n_args; i++) {
        fair_id id, in_case;
        fair_status s;
        bool moved;
        if (!fair_cli_id(c->args[i], &id)) return fair_cli_usage(c, "%s is no id", c->args[i]);
        s = fair_store_heard_read(&c->house.desk, id, fair_now(), &in_case, &moved, &err);
        if (s == FAIR_NOT_FOUND) {
            fprintf(stderr, "fairtrack answers read: no answer %lld\n", (long long)id);
            missing++;
        } else if (s != FAIR_OK) {
            return fair_cli_fail(c, &err);
        }
    }
    return missing > 0 ? FAIR_EXIT_NO : FAIR_EXIT_DONE;
}

int
fair_verb_answers_take(struct fair_cli *c, int argc, char **argv)
{
    struct fair_err err = { 0 };
    int64_t answers = 0, mails = 0;
    int code;

    if (!fair_cli_parse(c, argc, argv, NULL, 0, 0, &code)) return code;
    if (fair_cli_house(c, &err) != FAIR_OK || fair_portal_sync(&c->house, &err) != FAIR_OK || fair_portal_take(&c->house, fair_now(), &answers, &err) != FAIR_OK ||
        fair_hear(&c->house, fair_now(), &mails, &err) != FAIR_OK) return fair_cli_fail(c, &err);
    if (c->json) fair_cli_json(json_pack("{s:i, s:s, s:I, s:I}", "v", 1, "type", "taken", "answers", (json_int_t)answers, "mails", (json_int_t)mails));
    else printf("%lld answers and %lld mails taken\n", (long long)answers, (long long)mails);
    return FAIR_EXIT_DONE;
}
