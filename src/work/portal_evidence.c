/* work/portal_evidence.c - the sealed packages of a notice's uses, on its page: a copy of each of its own, who captured it and when, its time
 * stamps and hashes, and the commands that check it. */
#include <stdlib.h>
#include <string.h>
#include "http/http.h"
#include "work/portal_private.h"
#include "work/seal.h"

/* A copy is made once for a notice; over this a package is named with its hash and sent on request. */
enum { COPY_MAX = FAIR_NOTICE_FILE_MAX - (1 << 20), A_USE = 6, IN_ALL = 20, CAPTURE_MAX = 1 << 20 };

struct listing { struct fair_publishing *p; struct fair_package v[A_USE]; size_t n; };

static fair_status
keep(void *arg, const struct fair_package *x, struct fair_err *err)
{
    struct listing *l = arg;
    struct fair_package *to = &l->v[l->n];
    struct fair_arena *a = l->p->a;

    (void)err;
    if (l->n == A_USE) return FAIR_OK;
    l->n++;
    *to = *x;
    to->state = fair_str_dup(a, x->state);
    to->url = fair_str_dup(a, x->url);
    to->title = fair_str_dup(a, x->title);
    to->key = fair_str_dup(a, x->key);
    return FAIR_OK;
}

static fair_status
one_stamp(void *arg, const struct fair_stamp_row *s, struct fair_err *err)
{
    json_t *list = arg, *o = json_object();

    (void)err;
    fair_put(o, "server", s->server);
    fair_put_time(o, "at", s->at);
    json_array_append_new(list, o);
    return FAIR_OK;
}

static fair_str
member(const struct fair_package_members *m, const char *name)
{
    for (size_t i = 0; i < m->n; i++)
        if (fair_str_eq(m->p[i].name, fair_str_of(name))) return m->p[i].bytes;
    return (fair_str){ NULL, 0 };
}

/* The commands of VERIFY.txt, those of a step together; the page has the words of the steps. */
static void
put_commands(struct fair_publishing *p, fair_str text)
{
    json_t *steps = json_array(), *step = NULL;
    fair_str line;

    while (fair_str_split(&text, '\n', &line)) {
        if (line.n > 2 && line.p[0] >= '1' && line.p[0] <= '9' && line.p[1] == '.') step = NULL;
        if (!fair_str_starts(line, FAIR_STR("    "))) continue;
        if (step == NULL) {
            step = json_array();
            json_array_append_new(steps, step);
        }
        json_array_append_new(step, json_stringn(line.p + 4, line.n - 4));
    }
    json_object_set_new(p->out, "verify", steps);
}

/* Who captured it, with what: as the package itself says. */
static fair_status
put_capture(struct fair_publishing *p, fair_id package, json_t *o, struct fair_err *err)
{
    struct fair_package_members m;
    fair_str text;
    json_t *facts;

    FAIR_TRY(fair_package_open(p->h, package, p->a, &m, err));
    text = member(&m, "match/capture.json");
    facts = text.n > 0 && text.n < CAPTURE_MAX ? json_loadb(text.p, text.n, 0, NULL) : NULL;
    fair_put(o, "by", fair_member(facts, "who"));
    fair_put(o, "software", fair_member(facts, "software"));
    fair_put(o, "browser", fair_member(facts, "browser"));
    json_decref(facts);
    if (json_array_size(json_object_get(p->out, "verify")) == 0) put_commands(p, member(&m, "verify/VERIFY.txt"));
    return FAIR_OK;
}

/* What the page already has of this package, with its file still in the folder; NULL: nothing. */
static const json_t *
had(const struct fair_publishing *p, fair_str package, fair_str file)
{
    const json_t *x;
    size_t i;

    json_array_foreach(json_object_get(p->was, "evidence"), i, x) {
        struct fair_sha256 sha;
        struct fair_err no = { 0 };
        int64_t bytes;
        if (!fair_str_eq(fair_member(x, "package"), package) || !fair_str_eq(fair_member(x, "file"), file)) continue;
        if (fair_shelf_file_sum(p->shelf, p->n.code, file, &bytes, &sha, &no) != FAIR_OK) return NULL;
        return fair_str_eq(fair_hex(p->a, sha.b, 32), fair_member(x, "sha256")) ? x : NULL;
    }
    return NULL;
}

/* The copy of this notice: made once, with a line of custody that says for whom; made again only where it is gone or spoiled. */
static fair_status
put_copy(struct fair_publishing *p, const struct fair_package *x, json_t *o, struct fair_err *err)
{
    fair_str file = fair_str_fmt(p->a, "evidence-%lld.wacz", (long long)x->number), bytes = { NULL, 0 }, detail;
    const json_t *old;
    struct fair_sha256 sha;

    if (x->bytes > COPY_MAX) {
        json_object_set_new(o, "bytes", json_integer(x->bytes));
        return FAIR_OK;
    }
    old = had(p, fair_member(o, "package"), file);
    fair_put(o, "file", file);
    if (old != NULL) {
        json_object_set(o, "sha256", json_object_get(old, "sha256"));
        json_object_set(o, "bytes", json_object_get(old, "bytes"));
        fair_publishing_file(p, file, bytes);
        return FAIR_OK;
    }
    detail = fair_str_fmt(p->a, "for the recipient of notice %.*s", FAIR_STR_ARG(p->n.code));
    FAIR_TRY(fair_package_export(p->h, x->id, "exported", detail, p->a, &bytes, err));
    sha = fair_sha256_of(bytes.p, bytes.n);
    fair_put(o, "sha256", fair_hex(p->a, sha.b, 32));
    json_object_set_new(o, "bytes", json_integer((json_int_t)bytes.n));
    fair_publishing_file(p, file, bytes);
    return FAIR_OK;
}

static fair_status
put_package(struct fair_publishing *p, size_t use, const struct fair_package *x, struct fair_err *err)
{
    struct fair_sha256 key = fair_sha256_of(x->key.p, x->key.n);
    json_t *o = json_object(), *stamps = json_array();

    json_array_append_new(json_object_get(p->out, "evidence"), o);
    fair_put(o, "package", fair_str_fmt(p->a, "%lld", (long long)x->id));
    json_object_set_new(o, "number", json_integer(x->number));
    json_object_set_new(o, "use", json_integer((json_int_t)use));
    fair_put(o, "url", x->url);
    fair_put(o, "title", x->title);
    fair_put_time(o, "captured", x->captured);
    fair_put_time(o, "sealed", x->sealed);
    fair_put(o, "datapackage", fair_hex(p->a, x->datapackage.b, 32));
    fair_put(o, "key", fair_hex(p->a, key.b, 32));
    json_object_set_new(o, "stamps", stamps);
    FAIR_TRY(fair_store_package_stamps(&p->h->desk, x->id, one_stamp, stamps, err));
    FAIR_TRY(put_capture(p, x->id, o, err));
    return put_copy(p, x, o, err);
}

fair_status
fair_publish_evidence(struct fair_publishing *p, struct fair_err *err)
{
    json_t *list = json_array();

    json_object_set_new(p->out, "evidence", list);
    json_object_set_new(p->out, "verify", json_array());
    for (size_t i = 0; i < p->n_hits; i++) {
        struct fair_package_filter f = { .hit = p->hits[i], .state = FAIR_STR("sealed"), .page = { 0, A_USE } };
        struct listing l = { .p = p };
        FAIR_TRY(fair_store_packages(&p->h->desk, &f, keep, &l, err));
        for (size_t k = l.n; k-- > 0 && json_array_size(list) < IN_ALL;)          /* the oldest first, as they were made */
            FAIR_TRY(put_package(p, i, &l.v[k], err));
    }
    return FAIR_OK;
}
