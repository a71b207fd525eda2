/* cases/calendar.c - working days and public holidays from rules, and when a day ends by the recipient's clock. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "cases/calendar.h"
#include "cases/cases_private.h"

/* Days from the civil calendar (H. Hinnant, "chrono-compatible low-level date algorithms", the era method). */
int32_t
fair_date_of(int year, int month, int day)
{
    int y = month <= 2 ? year - 1 : year;
    int era = (y >= 0 ? y : y - 399) / 400, yoe = y - era * 400;
    int doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;

    return era * 146097 + doe - 719468;
}

void
fair_date_split(int32_t date, int *year, int *month, int *day)
{
    int32_t z = date + 719468, era = (z >= 0 ? z : z - 146096) / 146097;
    int32_t doe = z - era * 146097, yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int32_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;

    *day = doy - (153 * mp + 2) / 5 + 1;
    *month = mp < 10 ? mp + 3 : mp - 9;
    *year = yoe + era * 400 + (*month <= 2);
}

int fair_date_weekday(int32_t date) { return (int)(((date + 3) % 7 + 7) % 7); }

/* Gregorian Easter by the method of Meeus, Jones and Butcher ("Nature", 20 April 1876). */
int32_t
fair_date_easter(int year)
{
    int a = year % 19, b = year / 100, c = year % 100, d = b / 4, e = b % 4, f = (b + 8) / 25, g = (b - f + 1) / 3;
    int h = (19 * a + b - d - g + 15) % 30, i = c / 4, k = c % 4, l = (32 + 2 * e + 2 * i - h - k) % 7;
    int m = (a + 11 * h + 22 * l) / 451, month = (h + l - 7 * m + 114) / 31, day = (h + l - 7 * m + 114) % 31 + 1;

    return fair_date_of(year, month, day);
}

static int32_t
last_day(int year, int month)
{
    return month == 12 ? fair_date_of(year + 1, 1, 1) - 1 : fair_date_of(year, month + 1, 1) - 1;
}

/* The n-th such weekday of the month; -1: the last. */
static int32_t
nth(int year, int month, int weekday, int n)
{
    int32_t first = fair_date_of(year, month, 1), last = last_day(year, month);

    if (n < 0) return last - (fair_date_weekday(last) - weekday + 7) % 7;
    return first + (weekday - fair_date_weekday(first) + 7) % 7 + (n - 1) * 7;
}

/* ---- reading the rules ---------------------------------------------------------------------------------------------- */

enum kind { FIXED, EASTER, NTH, BEFORE, ONCE };
enum shift { STAYS, NEXT_WORKING, US_FEDERAL };
struct holiday {
    char country[3];
    bool regional;
    enum kind kind;
    enum shift shift;
    int month, day, n, weekday, from, to;
    int32_t date;             /* of ONCE */
    const char *name;
};
struct zone { char country[3]; int winter; enum { NO_SUMMER, EU, US } rule; };
enum { HOLIDAYS_MAX = 512, ZONES_MAX = 64 };

struct calendar { struct holiday h[HOLIDAYS_MAX]; size_t n; struct zone z[ZONES_MAX]; size_t n_zones; struct fair_arena *names; };

static const char *const weekdays[7] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };

static int
weekday_of(const char *w)
{
    for (int i = 0; i < 7; i++)
        if (strcmp(w, weekdays[i]) == 0) return i;
    return -1;
}

static bool
rule_read(struct fair_arena *a, fair_str text, struct holiday *h)
{
    char t[64], w[8];
    int y, end = 0;

    if (text.n >= sizeof t) return false;
    memcpy(t, text.p, text.n);
    t[text.n] = '\0';
    (void)a;
    if (fair_str_ends(text, FAIR_STR(" +mon"))) h->shift = NEXT_WORKING, t[text.n - 5] = '\0';
    else if (fair_str_ends(text, FAIR_STR(" +us"))) h->shift = US_FEDERAL, t[text.n - 4] = '\0';
    if (sscanf(t, "fixed %2d-%2d%n", &h->month, &h->day, &end) == 2 && t[end] == '\0') h->kind = FIXED;
    else if (sscanf(t, "easter %d%n", &h->n, &end) == 1 && t[end] == '\0') h->kind = EASTER;
    else if (sscanf(t, "nth %d %3s %2d%n", &h->n, w, &h->month, &end) == 3 && t[end] == '\0') h->kind = NTH, h->day = 1;
    else if (sscanf(t, "before %3s %2d-%2d%n", w, &h->month, &h->day, &end) == 3 && t[end] == '\0') h->kind = BEFORE;
    else if (sscanf(t, "once %4d-%2d-%2d%n", &y, &h->month, &h->day, &end) == 3 && t[end] == '\0') {
        h->kind = ONCE;
        h->date = fair_date_of(y, h->month, h->day);
    } else {
        return false;
    }
    if (h->kind == EASTER) return h->n >= -90 && h->n <= 120;
    if (h->month < 1 || h->month > 12 || h->day < 1 || h->day > 31) return false;
    if (h->kind == NTH || h->kind == BEFORE) {
        h->weekday = weekday_of(w);
        if (h->weekday < 0) return false;
    }
    return h->kind != NTH || h->n == -1 || (h->n >= 1 && h->n <= 4);
}

static bool
year_read(fair_str s, int otherwise, int *out)
{
    int64_t n;

    *out = otherwise;
    if (fair_str_eq(s, FAIR_STR("-"))) return true;
    if (!fair_str_number(s, 9999, &n)) return false;
    *out = (int)n;
    return true;
}

static bool
country_read(fair_str s, char out[3])
{
    if (s.n != 2 || s.p[0] < 'A' || s.p[0] > 'Z' || s.p[1] < 'A' || s.p[1] > 'Z') return false;
    memcpy(out, s.p, 2);
    out[2] = '\0';
    return true;
}

struct reading { struct calendar *c; struct fair_arena *a; void (*say)(void *arg, const char *fault); void *arg; bool bad; };

static void
wrong(struct reading *r, const char *file, int line, const char *what)
{
    char text[200];

    snprintf(text, sizeof text, "%s:%d: %s", file, line, what);
    r->bad = true;
    r->say(r->arg, text);
}

static size_t
columns_of(fair_str line, fair_str *col, size_t n)
{
    size_t i = 0;
    fair_str cell;

    while (fair_str_split(&line, '\t', &cell)) {
        if (i < n) col[i] = cell;
        i++;
    }
    return i;
}

static void
read_holidays(struct reading *r, fair_str text)
{
    fair_str line, col[6];

    for (int at = 1; fair_str_split(&text, '\n', &line); at++) {
        struct holiday h = { 0 };

        if (line.n == 0 || line.p[0] == '#') continue;
        if (columns_of(line, col, 6) != 6) wrong(r, "holidays.tsv", at, "six columns are needed");
        else if (!country_read(col[0], h.country)) wrong(r, "holidays.tsv", at, "the country is two capital letters");
        else if (!rule_read(r->a, col[2], &h)) wrong(r, "holidays.tsv", at, "the rule is none of fixed, easter, nth, before, once");
        else if (!year_read(col[3], 0, &h.from) || !year_read(col[4], 9999, &h.to)) wrong(r, "holidays.tsv", at, "a year is wrong");
        else if (col[5].n == 0 || !fair_utf8_valid(col[5])) wrong(r, "holidays.tsv", at, "the holiday has no name");
        else if (r->c->n == HOLIDAYS_MAX) wrong(r, "holidays.tsv", at, "too many holidays");
        else {
            h.regional = !fair_str_eq(col[1], FAIR_STR("-"));
            h.name = fair_str_dup(r->a, col[5]).p;
            r->c->h[r->c->n++] = h;
        }
    }
}

static void
read_zones(struct reading *r, fair_str text)
{
    fair_str line, col[5];

    for (int at = 1; fair_str_split(&text, '\n', &line); at++) {
        struct zone z = { "", 0, NO_SUMMER };
        bool west;
        int64_t n;

        if (line.n == 0 || line.p[0] == '#') continue;
        if (columns_of(line, col, 5) != 5 || !country_read(col[0], z.country)) {
            wrong(r, "zones.tsv", at, "five columns are needed, the first a country");
            continue;
        }
        west = fair_str_starts(col[2], FAIR_STR("-"));
        if (!fair_str_number(west ? (fair_str){ col[2].p + 1, col[2].n - 1 } : col[2], 840, &n)) wrong(r, "zones.tsv", at, "the minutes are wrong");
        else if (r->c->n_zones == ZONES_MAX) wrong(r, "zones.tsv", at, "too many zones");
        else {
            z.winter = (int)(west ? -n : n);
            if (fair_str_eq(col[3], FAIR_STR("eu"))) z.rule = EU;
            else if (fair_str_eq(col[3], FAIR_STR("us"))) z.rule = US;
            else if (!fair_str_eq(col[3], FAIR_STR("none"))) wrong(r, "zones.tsv", at, "the summer rule is none of none, eu, us");
            r->c->z[r->c->n_zones++] = z;
        }
    }
}

bool
fair_calendar_check(fair_str holidays, fair_str zones, void (*say)(void *arg, const char *fault), void *arg)
{
    struct fair_arena *a = fair_arena_new();
    struct calendar *c = fair_xcalloc(1, sizeof *c);
    struct reading r = { c, a, say, arg, false };

    read_holidays(&r, holidays);
    read_zones(&r, zones);
    for (size_t i = 0; i < c->n; i++) {
        bool found = false;
        for (size_t k = 0; k < c->n_zones; k++) found = found || strcmp(c->z[k].country, c->h[i].country) == 0;
        if (!found) {
            wrong(&r, "zones.tsv", 1, "a country of holidays.tsv has no clock");
            break;
        }
    }
    free(c);
    fair_arena_free(&a);
    return !r.bad;
}

static void
say_it(void *arg, const char *text)
{
    (void)arg;
    fprintf(stderr, "share/cases/%s\n", text);
}

static const struct calendar *
calendar_get(void)
{
    static struct calendar *c;

    if (c == NULL) {
        struct calendar *made = fair_xcalloc(1, sizeof *made);
        struct reading r = { made, NULL, say_it, NULL, false };

        r.a = made->names = fair_arena_new();
        read_holidays(&r, fair_cases_file("holidays.tsv"));
        read_zones(&r, fair_cases_file("zones.tsv"));
        if (r.bad || made->n == 0) abort();
        c = made;
    }
    return c;
}

/* ---- holidays --------------------------------------------------------------------------------------------------------- */

static bool of(const char *country, fair_str s) { return s.n == 2 && s.p[0] == country[0] && s.p[1] == country[1]; }

/* The day it falls on in that year, before it is moved off a weekend. */
static int32_t
falls(const struct holiday *h, int year)
{
    switch (h->kind) {
    case FIXED: return fair_date_of(year, h->month, h->day);
    case EASTER: return fair_date_easter(year) + h->n;
    case NTH: return nth(year, h->month, h->weekday, h->n);
    case BEFORE: {
        int32_t d = fair_date_of(year, h->month, h->day) - 1;
        return d - (fair_date_weekday(d) - h->weekday + 7) % 7;
    }
    case ONCE: return h->date;
    }
    return h->date;
}

/* United Kingdom: on a weekend it moves to the next day that is neither a weekend nor itself a holiday, nor one to which an earlier of the
 * two days of Christmas or New Year has moved. */
static int32_t
next_working(const struct calendar *c, const struct holiday *h, int32_t date, int year)
{
    if (fair_date_weekday(date) < 5) return date;
    for (;; date++) {
        bool taken = fair_date_weekday(date) >= 5;

        for (size_t i = 0; i < c->n && !taken; i++) {
            const struct holiday *o = &c->h[i];
            int32_t there;

            if (o == h || strcmp(o->country, h->country) != 0 || (o->regional && !h->regional) || year < o->from || year > o->to) continue;
            there = falls(o, year);
            if (o->shift == NEXT_WORKING && fair_date_weekday(there) >= 5) there = o < h ? next_working(c, o, there, year) : -1;
            taken = there == date;
        }
        if (!taken) return date;
    }
}

static bool
on(const struct calendar *c, const struct holiday *h, int32_t date, int year)
{
    int32_t d;

    if (h->kind == ONCE) return h->date == date;
    for (int y = year - 1; y <= year + 1; y++) {
        if (y < h->from || y > h->to) continue;
        d = falls(h, y);
        if (d == date) return true;
        if (h->shift == NEXT_WORKING && next_working(c, h, d, y) == date) return true;
        if (h->shift == US_FEDERAL && fair_date_weekday(d) == 5 && d - 1 == date) return true;
        if (h->shift == US_FEDERAL && fair_date_weekday(d) == 6 && d + 1 == date) return true;
    }
    return false;
}

bool
fair_calendar_known(fair_str country)
{
    const struct calendar *c = calendar_get();

    for (size_t i = 0; i < c->n_zones; i++)
        if (of(c->z[i].country, country)) return true;
    return false;
}

/* The days of a year that are holidays in any part of a country, worked out once a year: deadlines are asked for millions of times in tests. */
struct year_days { char country[3]; int year; uint8_t day[366 + 2]; };   /* 1 national, 2 regional */
enum { YEARS_KEPT = 1024 };

static const struct year_days *
year_of(const struct calendar *c, fair_str country, int year)
{
    static struct year_days kept[YEARS_KEPT];
    struct year_days *y = &kept[((unsigned)country.p[0] * 31u + (unsigned)country.p[1] * 7u + (unsigned)year * 8u) % YEARS_KEPT];
    int32_t first = fair_date_of(year, 1, 1);
    int n = (int)(fair_date_of(year + 1, 1, 1) - first);

    if (y->year == year && of(y->country, country)) return y;
    memset(y, 0, sizeof *y);
    memcpy(y->country, country.p, 2);
    y->year = year;
    for (size_t i = 0; i < c->n; i++) {
        if (!of(c->h[i].country, country)) continue;
        for (int d = 0; d < n; d++)
            if (on(c, &c->h[i], first + d, year)) y->day[d] |= c->h[i].regional ? 2 : 1;
    }
    return y;
}

const char *
fair_calendar_holiday(fair_str country, int32_t date, bool regional)
{
    const struct calendar *c = calendar_get();
    int year, month, day;

    fair_date_split(date, &year, &month, &day);
    for (size_t i = 0; i < c->n; i++)
        if (of(c->h[i].country, country) && (regional || !c->h[i].regional) && on(c, &c->h[i], date, year)) return c->h[i].name;
    return NULL;
}

bool
fair_calendar_working(fair_str country, int32_t date, bool regional)
{
    const struct calendar *c = calendar_get();
    int year, month, day;

    if (fair_date_weekday(date) >= 5) return false;
    if (country.n != 2) return true;
    fair_date_split(date, &year, &month, &day);
    return (year_of(c, country, year)->day[date - fair_date_of(year, 1, 1)] & (regional ? 3 : 1)) == 0;
}

/* ---- the clock there --------------------------------------------------------------------------------------------------- */

static int32_t floor_day(fair_time t) { return (int32_t)(t >= 0 ? t / FAIR_DAY : -((-t + FAIR_DAY - 1) / FAIR_DAY)); }

/* Minutes east of UTC there at t. */
static int
offset(fair_str country, fair_time t)
{
    const struct calendar *c = calendar_get();
    const struct zone *z = NULL;
    int year, month, day;
    fair_time from, to;

    for (size_t i = 0; i < c->n_zones; i++)
        if (of(c->z[i].country, country)) z = &c->z[i];
    if (z == NULL) return -12 * 60;           /* unknown: where the day ends last on earth */
    if (z->rule == NO_SUMMER) return z->winter;
    fair_date_split(floor_day(t), &year, &month, &day);
    if (z->rule == EU) {
        from = nth(year, 3, 6, -1) * FAIR_DAY + FAIR_HOUR;
        to = nth(year, 10, 6, -1) * FAIR_DAY + FAIR_HOUR;
    } else {
        from = nth(year, 3, 6, 2) * FAIR_DAY + 2 * FAIR_HOUR - z->winter * FAIR_MINUTE;
        to = nth(year, 11, 6, 1) * FAIR_DAY + FAIR_HOUR - z->winter * FAIR_MINUTE;
    }
    return z->winter + (t >= from && t < to ? 60 : 0);
}

int32_t fair_calendar_date(fair_str country, fair_time t) { return floor_day(t + offset(country, t) * FAIR_MINUTE); }

fair_time
fair_calendar_end(fair_str country, int32_t date)
{
    /* The last microsecond of that day: the offset in force then is found by trying it. */
    fair_time midnight = (date + 1) * FAIR_DAY, t = midnight - offset(country, midnight) * FAIR_MINUTE;

    t = midnight - offset(country, t - 1) * FAIR_MINUTE;
    return t - 1;
}

static bool
quiet(int32_t date)
{
    int year, month, day;

    if (FAIR_OFF(FAIR_MUT_QUIET_DAYS)) return false;
    fair_date_split(date, &year, &month, &day);
    return (month == 12 && day >= 24) || (month == 1 && day <= 6);
}

fair_time
fair_calendar_deadline(fair_str country, fair_time from, int64_t days)
{
    int32_t date = fair_calendar_date(country, from) + (int32_t)days;

    while (quiet(date) || !(fair_calendar_working(country, date, true) || FAIR_OFF(FAIR_MUT_WORKING_DAY))) date++;
    return fair_calendar_end(country, date);
}

fair_time
fair_calendar_business(fair_str country, fair_time from, int64_t n)
{
    int32_t date = fair_calendar_date(country, from);

    while (n > 0) {
        date++;
        if (fair_calendar_working(country, date, false)) n--;
    }
    return fair_calendar_end(country, date);
}
