/* cli/progress.c - one line that tells how far long work has come. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "base/clock.h"
#include "cli/cli.h"

void
fair_progress_begin(struct fair_progress *p, const char *what, int64_t all)
{
    *p = (struct fair_progress){ .what = what, .all = all, .began = fair_ticks(), .on = isatty(STDERR_FILENO) == 1 };
}

/* "6 s", "3 min", "2 h 10 min" */
static void
time_words(char *out, size_t room, double s)
{
    if (s < 90) snprintf(out, room, "%.0f s", s);
    else if (s < 5400) snprintf(out, room, "%.0f min", s / 60);
    else snprintf(out, room, "%d h %d min", (int)(s / 3600), (int)(s / 60) % 60);
}

static void
draw(struct fair_progress *p)
{
    char bar[31], left[32] = "";
    double s = (double)(fair_ticks() - p->began) / FAIR_SECOND, rate = s > 0 ? (double)p->done / s : 0;
    int full = p->all > 0 ? (int)(30 * p->done / p->all) : 0;

    memset(bar, ' ', 30);
    memset(bar, '#', (size_t)(full > 30 ? 30 : full));
    bar[30] = '\0';
    if (rate > 0 && p->all > p->done) {
        char words[24];
        time_words(words, sizeof words, (double)(p->all - p->done) / rate);
        snprintf(left, sizeof left, "  %s left", words);
    }
    fprintf(stderr, "\r%s  [%s] %lld/%lld  %.*f/s%s\033[K", p->what, bar, (long long)p->done, (long long)p->all,
            rate < 10 ? 1 : 0, rate, left);
    fflush(stderr);
}

void
fair_progress_at(struct fair_progress *p, int64_t done, int64_t all)
{
    fair_time now = fair_ticks();
    p->done = done;
    p->all = all;
    if (!p->on || now - p->shown < FAIR_SECOND / 10) return;
    p->shown = now;
    draw(p);
}

void
fair_progress_end(struct fair_progress *p)
{
    if (!p->on) return;
    draw(p);
    fputc('\n', stderr);
}
