/* web/access.c - who looked at whose data: written down before a page goes out, and shown to owners, counsel, auditors and admins. */
#include <string.h>
#include "store/person_rows.h"
#include "web/model.h"
#include "web/web_private.h"
#include "web/words.h"

enum { PER_PAGE = 100 };

/* Addresses that show or write out what is held of people outside this house; what lies below them too. */
static const char *const shows_people[] = { "/answers", "/cases/", "/hits.csv", "/hits-report.html", "/letters", "/mails", "/notices", "/packages/", "/parties", "/privacy" };

bool
fair_access_of(fair_str path)
{
    for (size_t i = 0; i < sizeof shows_people / sizeof *shows_people; i++)
        if (fair_str_starts(path, fair_str_of(shows_people[i]))) return true;
    return false;
}

fair_status
fair_access_note(const struct fair_request *rq, struct fair_err *err)
{
    bool shows = strcmp(rq->route->method, "GET") == 0 || fair_str_ends(rq->path, FAIR_STR("/export"));

    if (rq->desk.user == 0 || !shows || !fair_access_of(rq->path)) return FAIR_OK;
    return fair_store_access_put(&rq->desk, rq->json ? "api" : "page", fair_str_of(rq->route->path), rq->id, (fair_str){ NULL, 0 }, rq->now, err);
}

struct list { struct fair_request *rq; json_t *out; };

static fair_status
list_one(void *arg, const struct fair_access *x, struct fair_err *err)
{
    struct list *l = arg;
    json_t *o = json_object(), *show = json_object();

    (void)err;
    fair_put_id(o, "id", x->id);
    fair_put_id(o, "user", x->user);
    fair_put(o, "user_name", x->user_name);
    fair_put(o, "how", x->how);
    fair_put(o, "what", x->what);
    fair_put_id(o, "subject", x->subject);
    fair_put(o, "why", x->why);
    fair_put_time(o, "at", x->at);
    fair_words_put_when(show, "at", l->rq->arena, l->rq->now, x->at);
    json_object_set_new(o, "show", show);
    json_array_append_new(l->out, o);
    return FAIR_OK;
}

fair_status
fair_page_access(struct fair_request *rq, struct fair_reply *re, struct fair_err *err)
{
    int64_t page = fair_form_number(rq, "page", 1);
    struct fair_access_filter f = { fair_form_number(rq, "user", 0), fair_form_number(rq, "subject", 0), { (page > 0 ? page - 1 : 0) * PER_PAGE, PER_PAGE } };
    struct list l = { rq, json_array() };

    re->model = json_object();
    json_object_set_new(re->model, "looks", l.out);
    return fair_store_accesses(&rq->desk, &f, list_one, &l, err);
}
