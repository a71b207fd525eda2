/* portal/door.c - the home's door of a portal on a machine of its own: notices in, answers out (portal/door.h). */
#include <stdlib.h>
#include <string.h>
#include "portal/door.h"
#include "portal/portal_private.h"

enum { MOST_LINKS = 64, MOST_LISTED = 200 };

fair_status
fair_portal_door_open(struct fair_portal_request *rq, struct fair_err *err)
{
    if (rq->post && fair_door_check(rq->arena, rq->p->door, rq->word, rq->now, rq->raw.authorization, &rq->body)) return FAIR_OK;
    return fair_fail(err, FAIR_NOT_FOUND, "there is no page at this address");     /* nobody else learns that there is a door */
}

static fair_status
put_notice(struct fair_portal_request *rq, const json_t *head, const struct fair_answer_file *files, size_t n, struct fair_err *err)
{
    const json_t *links = json_object_get(head, "links"), *stays = json_object_get(head, "keep"), *l;
    struct fair_shelf_file *kept = fair_alloc_array(rq->arena, n + json_array_size(stays) + 1, sizeof *kept);
    size_t n_kept = n;
    char *json = json_dumps(json_object_get(head, "notice"), JSON_INDENT(1) | JSON_SORT_KEYS);
    fair_str notice = fair_str_dup(rq->arena, fair_str_of(json != NULL ? json : ""));
    fair_time expires;
    size_t i;

    free(json);
    if (!json_is_object(json_object_get(head, "notice")) || json_array_size(links) > MOST_LINKS) return fair_fail(err, FAIR_INVALID, "a notice that is none");
    if (json_array_size(stays) > FAIR_NOTICE_FILES) return fair_fail(err, FAIR_INVALID, "a notice of over %d files", FAIR_NOTICE_FILES);
    for (size_t k = 0; k < n; k++) kept[k] = (struct fair_shelf_file){ files[k].name, files[k].bytes };
    json_array_foreach(stays, i, l)
        kept[n_kept++] = (struct fair_shelf_file){ (fair_str){ json_string_value(l), json_string_length(l) }, { NULL, 0 } };
    FAIR_TRY(fair_shelf_notice_put(&rq->p->shelf, fair_member(head, "id"), notice, kept, n_kept, err));
    json_array_foreach(links, i, l) {
        if (!fair_time_parse(fair_member(l, "expires"), &expires)) return fair_fail(err, FAIR_INVALID, "a link that does not end");
        FAIR_TRY(fair_shelf_link_put_hash(&rq->p->shelf, fair_member(l, "hash"), fair_member(head, "id"), expires, err));
    }
    return FAIR_OK;
}

/* ---- files one by one ---- */

static fair_status
list_files(struct fair_portal_request *rq, const json_t *head, json_t *out, struct fair_err *err)
{
    fair_str id = fair_member(head, "id"), *names;
    size_t n;

    FAIR_TRY(fair_shelf_files(&rq->p->shelf, id, rq->arena, &names, &n, err));
    for (size_t i = 0; i < n; i++) {
        struct fair_sha256 sha;
        int64_t bytes;
        json_t *o = json_object();
        json_array_append_new(out, o);
        FAIR_TRY(fair_shelf_file_sum(&rq->p->shelf, id, names[i], &bytes, &sha, err));
        fair_put(o, "name", names[i]);
        fair_put(o, "sha256", fair_hex(rq->arena, sha.b, 32));
    }
    return FAIR_OK;
}

/* {key: list} as the reply. */
static void
reply_json(struct fair_portal_request *rq, struct fair_reply *re, json_t *o)
{
    char *dumped = json_dumps(o, JSON_COMPACT);

    re->bytes = fair_str_dup(rq->arena, fair_str_of(dumped != NULL ? dumped : "{}"));
    free(dumped);
}

static fair_status
files_here(struct fair_portal_request *rq, const json_t *head, struct fair_reply *re, struct fair_err *err)
{
    json_t *list = json_array(), *o = json_pack("{s:o}", "files", list);
    fair_status s = list_files(rq, head, list, err);

    reply_json(rq, re, o);
    json_decref(o);
    return s;
}

static fair_status
put_public(struct fair_portal_request *rq, const json_t *head, struct fair_err *err)
{
    const json_t *facts = json_object_get(head, "facts");
    char *text = json_is_object(facts) ? json_dumps(facts, JSON_INDENT(1) | JSON_SORT_KEYS) : NULL;
    fair_str json = { NULL, 0 };

    if (text != NULL) json = fair_str_dup(rq->arena, fair_str_of(text));
    free(text);
    return fair_shelf_public_put(&rq->p->shelf, fair_member(head, "name"), json, err);
}

/* ---- what waits for the home ---- */

struct listing { json_t *out, *downloads; };

static fair_status
list_download(void *arg, const struct fair_shelf_download *x, struct fair_err *err)
{
    struct listing *l = arg;
    json_t *o;

    (void)err;
    if (json_array_size(l->downloads) >= MOST_LISTED) return FAIR_OK;
    o = json_object();
    fair_put(o, "notice", x->notice);
    fair_put(o, "name", x->name);
    fair_put(o, "file", x->file);
    json_array_append_new(l->downloads, o);
    return FAIR_OK;
}

static fair_status
list_one(void *arg, fair_str notice, fair_str name, fair_str sealed, struct fair_err *err)
{
    struct listing *l = arg;

    (void)err, (void)sealed;
    if (json_array_size(l->out) < MOST_LISTED)
        json_array_append_new(l->out, json_pack("{s:s%, s:s%}", "notice", notice.p, notice.n, "name", name.p, name.n));
    return FAIR_OK;
}

static fair_status
list_answers(struct fair_portal_request *rq, struct fair_reply *re, struct fair_err *err)
{
    struct listing l = { json_array(), json_array() };
    fair_status s = fair_shelf_answers_each(&rq->p->shelf, rq->arena, list_one, &l, err);
    json_t *o = json_pack("{s:o, s:o}", "answers", l.out, "downloads", l.downloads);

    if (s == FAIR_OK) s = fair_shelf_downloads(&rq->p->shelf, rq->arena, list_download, &l, err);
    reply_json(rq, re, o);
    json_decref(o);
    return s;
}

static fair_status
serve(struct fair_portal_request *rq, const json_t *head, const struct fair_answer_file *files, size_t n, struct fair_reply *re, struct fair_err *err)
{
    uint8_t key[32];

    re->type = FAIR_STR("application/octet-stream");
    re->bytes = FAIR_STR("{}\n");
    if (fair_str_eq(rq->word, FAIR_STR("notice"))) return put_notice(rq, head, files, n, err);
    if (fair_str_eq(rq->word, FAIR_STR("files"))) return files_here(rq, head, re, err);
    if (fair_str_eq(rq->word, FAIR_STR("file")))
        return n == 1 ? fair_shelf_file_put(&rq->p->shelf, fair_member(head, "id"), files[0].name, files[0].bytes, err) : fair_fail(err, FAIR_INVALID, "one file at a time");
    if (fair_str_eq(rq->word, FAIR_STR("public"))) return put_public(rq, head, err);
    if (fair_str_eq(rq->word, FAIR_STR("downloaded"))) return fair_shelf_download_remove(&rq->p->shelf, fair_member(head, "notice"), fair_member(head, "name"), err);
    if (fair_str_eq(rq->word, FAIR_STR("answers"))) return list_answers(rq, re, err);
    if (fair_str_eq(rq->word, FAIR_STR("answer"))) return fair_shelf_answer_get(&rq->p->shelf, fair_member(head, "notice"), fair_member(head, "name"), rq->arena, &re->bytes, err);
    if (fair_str_eq(rq->word, FAIR_STR("answered"))) return fair_shelf_answer_remove(&rq->p->shelf, fair_member(head, "notice"), fair_member(head, "name"), err);
    if (fair_str_eq(rq->word, FAIR_STR("remove"))) {
        fair_status s = fair_shelf_notice_remove(&rq->p->shelf, fair_member(head, "id"), err);
        return s == FAIR_NOT_FOUND ? FAIR_OK : s;
    }
    if (fair_str_eq(rq->word, FAIR_STR("key")))
        return fair_unhex(fair_member(head, "key"), key, 32) ? fair_shelf_key_put(&rq->p->shelf, key, err) : fair_fail(err, FAIR_INVALID, "that is no key");
    return fair_fail(err, FAIR_NOT_FOUND, "the door knows no %.*s", FAIR_STR_ARG(rq->word));
}

fair_status
fair_portal_door(struct fair_portal_request *rq, fair_str body, struct fair_reply *re, struct fair_err *err)
{
    struct fair_sha256 sha = fair_sha256_of(body.p, body.n);
    struct fair_answer_file files[FAIR_NOTICE_FILES];
    json_t *head;
    size_t n;
    fair_status s;

    if (!fair_sha256_eq(&sha, &rq->body)) return fair_fail(err, FAIR_NOT_FOUND, "another body than was signed");
    FAIR_TRY(fair_bundle_unpack(body, FAIR_NOTICE_FILES, &head, files, &n, err));
    s = serve(rq, head, files, n, re, err);
    json_decref(head);
    return s;
}
