/* work/matchers.c - a pool of threads that search. */
#include "work/matchers.h"
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#define MOST 64               /* threads */

struct job {
    struct job *next;
    const struct fair_fingerprint *fp;
    const struct fair_image *grey;
    unsigned off;
    struct fair_arena *arena;
    struct fair_matched answer;
};

struct line { struct job *first, **last; };

struct thread {
    struct fair_matchers *pool;
    pthread_t id;
    struct fair_house house;
};

struct fair_matchers {
    struct fair_house *h;
    unsigned n, started;
    size_t under_way;         /* asked and not taken: the asking thread's alone */
    struct thread threads[MOST];
    pthread_mutex_t lock;     /* of all that follows                            */
    pthread_cond_t asked, answered;
    struct line asks, answers;
    unsigned idle;
    bool ending;
};

static void
append(struct line *l, struct job *j)
{
    j->next = NULL;
    *l->last = j;
    l->last = &j->next;
}

static struct job *
take_first(struct line *l)
{
    struct job *j = l->first;

    if (j == NULL) return NULL;
    l->first = j->next;
    if (l->first == NULL) l->last = &l->first;
    return j;
}

static void
line_free(struct line *l)
{
    for (struct job *j; (j = take_first(l)) != NULL;) free(j);
}

struct fair_matchers *
fair_matchers_new(struct fair_house *h, unsigned n)
{
    struct fair_matchers *m = fair_xcalloc(1, sizeof *m);
    pthread_condattr_t clock;

    m->h = h;
    m->n = n > 0 ? n : fair_cores();
    if (m->n > MOST) m->n = MOST;
    m->asks.last = &m->asks.first;
    m->answers.last = &m->answers.first;
    pthread_mutex_init(&m->lock, NULL);
    pthread_cond_init(&m->asked, NULL);
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_cond_init(&m->answered, &clock);
    pthread_condattr_destroy(&clock);
    return m;
}

void
fair_matchers_free(struct fair_matchers **mp)
{
    struct fair_matchers *m = *mp;

    if (m == NULL) return;
    pthread_mutex_lock(&m->lock);
    m->ending = true;
    line_free(&m->asks);
    pthread_cond_broadcast(&m->asked);
    pthread_mutex_unlock(&m->lock);
    for (unsigned i = 0; i < m->started; i++) pthread_join(m->threads[i].id, NULL);
    line_free(&m->answers);
    pthread_mutex_destroy(&m->lock);
    pthread_cond_destroy(&m->asked);
    pthread_cond_destroy(&m->answered);
    free(m);
    *mp = NULL;
}

static void
work_on(struct fair_house *h, struct job *j)
{
    struct fair_matched *x = &j->answer;

    x->status = fair_house_match(h, j->fp, j->grey, j->off, j->arena, &x->found, &x->why);
}

static void *
thread_run(void *arg)
{
    struct thread *t = arg;
    struct fair_matchers *m = t->pool;
    struct fair_err err = { 0 };
    const fair_status opened = fair_house_like(m->h, &t->house, &err);

    t->house.index = m->h->index;
    pthread_mutex_lock(&m->lock);
    for (;;) {
        struct job *j;
        while ((j = take_first(&m->asks)) == NULL && !m->ending) {
            m->idle++;
            pthread_cond_wait(&m->asked, &m->lock);
            m->idle--;
        }
        if (j == NULL) break;
        pthread_mutex_unlock(&m->lock);
        if (opened == FAIR_OK) work_on(&t->house, j);
        else {
            j->answer.status = opened;
            j->answer.why = err;
        }
        pthread_mutex_lock(&m->lock);
        append(&m->answers, j);
        pthread_cond_signal(&m->answered);
    }
    pthread_mutex_unlock(&m->lock);
    t->house.index = NULL;
    if (opened == FAIR_OK) fair_house_close(&t->house);
    return NULL;
}

/* Signals are for the thread that asks. */
static bool
thread_start(struct fair_matchers *m)
{
    struct thread *t = &m->threads[m->started];
    sigset_t all, were;
    int rc;

    t->pool = m;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &were);
    rc = pthread_create(&t->id, NULL, thread_run, t);
    pthread_sigmask(SIG_SETMASK, &were, NULL);
    m->started += rc == 0;
    return rc == 0;
}

fair_status
fair_matchers_ask(struct fair_matchers *m, const struct fair_fingerprint *fp, const struct fair_image *grey, unsigned off,
                  struct fair_arena *a, void *tag)
{
    struct job *j;
    bool all_at_work;

    if (m->under_way >= 3 * (size_t)m->n) return FAIR_AGAIN;
    j = fair_xcalloc(1, sizeof *j);
    *j = (struct job){ .fp = fp, .grey = grey, .off = off, .arena = a, .answer.tag = tag };
    m->under_way++;
    pthread_mutex_lock(&m->lock);
    all_at_work = m->idle == 0;
    pthread_mutex_unlock(&m->lock);
    /* The lists that all searches share are made before there are two of them. */
    if (m->n > 1 && m->started < m->n && all_at_work && (m->started > 0 || fair_index_prepare(m->h->index, NULL) == FAIR_OK)) thread_start(m);
    if (m->started == 0) {                        /* one core, or no thread is to be had */
        work_on(m->h, j);
        append(&m->answers, j);
        return FAIR_OK;
    }
    pthread_mutex_lock(&m->lock);
    append(&m->asks, j);
    pthread_cond_signal(&m->asked);
    pthread_mutex_unlock(&m->lock);
    return FAIR_OK;
}

fair_status
fair_matchers_next(struct fair_matchers *m, int wait_ms, struct fair_matched *out)
{
    struct timespec until;
    struct job *j;
    int rc = 0;

    if (m->under_way == 0) return FAIR_DONE;
    clock_gettime(CLOCK_MONOTONIC, &until);
    if (wait_ms > 0) {
        until.tv_sec += wait_ms / 1000;
        until.tv_nsec += wait_ms % 1000 * 1000000L;
        if (until.tv_nsec >= 1000000000L) {
            until.tv_sec++;
            until.tv_nsec -= 1000000000L;
        }
    }
    pthread_mutex_lock(&m->lock);
    while ((j = take_first(&m->answers)) == NULL && rc == 0 && wait_ms != 0)
        rc = wait_ms < 0 ? pthread_cond_wait(&m->answered, &m->lock) : pthread_cond_timedwait(&m->answered, &m->lock, &until);
    pthread_mutex_unlock(&m->lock);
    if (j == NULL) return FAIR_AGAIN;
    m->under_way--;
    *out = j->answer;
    free(j);
    return FAIR_OK;
}

size_t
fair_matchers_busy(const struct fair_matchers *m)
{
    return m->under_way;
}
