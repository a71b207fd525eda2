/* fetcher_private.h - the inside of the fetcher: asks, hosts, origins, and the helper's end of the line. */
#ifndef FAIR_WORK_FETCHER_PRIVATE_H
#define FAIR_WORK_FETCHER_PRIVATE_H
#include "base/clock.h"
#include "proc/proc.h"
#include "source/fetch_msg.h"
#include "source/robots.h"
#include "work/fetcher.h"

/* One ask on its way: queued at its host, sent, or finished. */
struct fair_want {
    struct fair_want *next;
    struct fair_arena *arena;         /* of this ask: its URL changes with redirects  */
    struct fair_fetch_ask ask;        /* texts are ours                               */
    fair_str url;                     /* of the hop to come                           */
    struct fair_buf redirects;
    unsigned hops, tries;
    int64_t us, wire_bytes;
    struct fair_host *host;           /* whose turn it takes                          */
    struct fair_origin *origin;       /* whose robots.txt binds it, or is asked for   */
    bool is_robots;
    enum fair_fetch_method method;
    int body_fd;                      /* what is sent, when it is long; -1         */
    uint64_t number;                  /* of the question under way                    */
    fair_time give_up;                /* when the helper has surely hung              */
    /* the end, where it comes without an answer */
    fair_status status;
    const char *refused_by;
    char words[256];
};

enum fair_robots_state { FAIR_ROBOTS_UNKNOWN, FAIR_ROBOTS_ALL, FAIR_ROBOTS_RULES, FAIR_ROBOTS_NOTHING };

/* scheme://host:port, with what its robots.txt says. */
struct fair_origin {
    struct fair_origin *next;         /* in its bucket */
    char *name;
    enum fair_robots_state state;
    fair_time until;                  /* then it is asked for again                   */
    struct fair_arena *arena;         /* of the rules                                 */
    struct fair_robots *rules;
    fair_status bad_status;           /* NOTHING: what to tell those who ask          */
    const char *bad_refused_by;
    char bad_words[224];
    unsigned wants;                   /* that point here                              */
};

/* A host: one request at a time, with a pause behind each. */
struct fair_host {
    struct fair_host *next;           /* in its bucket */
    struct fair_host *next_active, *prev_active;
    bool active;                      /* somebody waits here                          */
    char *name;
    struct fair_want *first, **last;
    bool busy;
    fair_time next_at;                /* not before                                   */
    fair_time closed_until;           /* until then everything is answered with closed_words */
    const char *closed_by;
    char closed_words[160];
    unsigned refusals, silences;      /* in a row: 403, 429, 503; no answer at all    */
    unsigned wants;
};

#define FAIR_FETCH_BUCKETS 4096

/* The helper process as a line to it. */
struct fair_fetch_line {
    int sock;                         /* the helper's; -1: not running */
    struct fair_helper *helper;
    unsigned starts_in_vain;          /* in a row */
};

struct fair_fetcher {
    struct fair_fetch_limits limits;
    fair_str agent;                   /* ours: limits.agent points here */
    struct fair_arena *arena;
    struct fair_arena *scratch;
    struct fair_fetch_line line;
    struct fair_host *hosts[FAIR_FETCH_BUCKETS];
    struct fair_origin *origins[FAIR_FETCH_BUCKETS];
    size_t n_hosts, n_origins;
    uint64_t seed, number;
    struct fair_host *active;         /* a list of those with waiting wants */
    struct fair_want **sent;          /* limits.at_once places */
    unsigned n_sent;
    struct fair_want *done, **done_last;
    size_t waiting;                   /* asks that are not answered yet */
    char *room;                       /* for one packet */
};

/* ---- fetch_host.c: whose turn it is; no network, no clock of its own ---- */
struct fair_host *fair_host_of(struct fair_fetcher *f, fair_str name);
struct fair_origin *fair_origin_of(struct fair_fetcher *f, fair_str name);
void fair_host_queue(struct fair_fetcher *f, struct fair_host *h, struct fair_want *w, bool first);
struct fair_want *fair_host_pop(struct fair_fetcher *f, struct fair_host *h);
/* A request of this host has ended: set its pause.  True: the same ask shall be tried again. */
bool fair_host_note(const struct fair_fetch_limits *limits, struct fair_host *h, const struct fair_want *w, fair_status status,
                    int http, int64_t retry_after_s, int64_t us, double crawl_delay, fair_time now);
/* What the robots.txt request of an origin brought. `body` is parsed into the origin's own arena. */
void fair_origin_note(const struct fair_fetch_limits *limits, struct fair_origin *o, fair_status status, int http,
                      fair_str body, const char *refused_by, const char *words, fair_time now);
void fair_hosts_free(struct fair_fetcher *f);

/* ---- fetch_line.c: the helper process ---- */
fair_status fair_line_start(struct fair_fetch_line *l, const struct fair_fetch_limits *limits, struct fair_err *err) FAIR_MUST_CHECK;
/* End it, if it still runs, and say how it ended. */
void fair_line_end(struct fair_fetch_line *l, char words[96]);
/* fd: goes beside the packet, stays the caller's; -1: none.  FAIR_AGAIN: no room just now. FAIR_IO: it is gone. */
fair_status fair_line_send(struct fair_fetch_line *l, fair_str packet, int fd, struct fair_err *err) FAIR_MUST_CHECK;
/* FAIR_AGAIN: nothing within wait_ms.  FAIR_IO: it is gone.  *fd: -1, or the caller's to close. */
fair_status fair_line_take(struct fair_fetch_line *l, char *room, int wait_ms, fair_str *packet, int *fd, struct fair_err *err) FAIR_MUST_CHECK;

#endif
