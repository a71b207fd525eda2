/* base/clock.c - UTC times and ids. */
#include "base/clock.h"
#include "base/digest.h"
#include <stdlib.h>
#include <string.h>
#include <stdio.h>
#include <time.h>

#define ID_EPOCH INT64_C(1577836800000)       /* 2020-01-01, in milliseconds */

static fair_time
read_clock(clockid_t which)
{
    struct timespec t;
    clock_gettime(which, &t);
    return (fair_time)t.tv_sec * FAIR_SECOND + t.tv_nsec / 1000;
}

fair_time
fair_clock_shifted(void)
{
    static fair_time shift;
    static bool asked;
    int64_t seconds;

    if (!asked && fair_str_number(fair_str_of(getenv("FAIRTRACK_TEST_CLOCK")), 1000000000, &seconds)) shift = seconds * FAIR_SECOND;
    asked = true;
    return shift;
}

fair_time fair_now(void) { return read_clock(CLOCK_REALTIME) + fair_clock_shifted(); }
fair_time fair_ticks(void) { return read_clock(CLOCK_MONOTONIC); }

fair_str
fair_time_text(struct fair_arena *a, fair_time t)
{
    struct tm tm;
    time_t s = (time_t)(t / FAIR_SECOND);

    if (t == 0 || gmtime_r(&s, &tm) == NULL) return FAIR_STR("");
    return fair_str_fmt(a, "%04d-%02d-%02dT%02d:%02d:%02dZ", tm.tm_year + 1900, tm.tm_mon + 1,
                        tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

/* `n` digits at *s, taken off. */
static bool
digits(fair_str *s, size_t n, int *out)
{
    int64_t v;
    if (s->n < n || !fair_str_number((fair_str){ s->p, n }, INT32_MAX, &v)) return false;
    *out = (int)v;
    *s = (fair_str){ s->p + n, s->n - n };
    return true;
}

static bool
sign(fair_str *s, const char *any, char *out)
{
    if (s->n == 0 || strchr(any, s->p[0]) == NULL) return false;
    *out = s->p[0];
    *s = (fair_str){ s->p + 1, s->n - 1 };
    return true;
}

/* Days from the civil calendar to 1970-01-01 (proleptic Gregorian). */
static int64_t
days_from_civil(int64_t y, int m, int d)
{
    int64_t era, yoe, doy;
    y -= m <= 2;
    era = (y >= 0 ? y : y - 399) / 400;
    yoe = y - era * 400;
    doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

static bool
civil(int y, int mo, int d, int h, int mi, int s, fair_time *out)
{
    if (mo < 1 || mo > 12 || d < 1 || d > 31 || h > 23 || mi > 59 || s > 60) return false;
    *out = ((days_from_civil(y, mo, d) * 24 + h) * 60 + mi) * FAIR_MINUTE + s * FAIR_SECOND;
    return true;
}

bool
fair_time_parse(fair_str text, fair_time *out)
{
    int y, mo, d, h = 0, mi = 0, s = 0, oh = 0, om = 0;
    fair_time t, part = 0, unit = FAIR_SECOND;
    char c;

    text = fair_str_trim(text);
    if (!digits(&text, 4, &y) || !sign(&text, "-", &c) || !digits(&text, 2, &mo) ||
        !sign(&text, "-", &c) || !digits(&text, 2, &d))
        return false;
    if (text.n == 0) return civil(y, mo, d, 0, 0, 0, out);
    if (!sign(&text, "Tt ", &c) || !digits(&text, 2, &h) || !sign(&text, ":", &c) || !digits(&text, 2, &mi))
        return false;
    if (sign(&text, ":", &c) && !digits(&text, 2, &s)) return false;
    if (sign(&text, ".,", &c))
        while (text.n > 0 && text.p[0] >= '0' && text.p[0] <= '9') {
            unit /= 10;
            part += (text.p[0] - '0') * unit;
            text = (fair_str){ text.p + 1, text.n - 1 };
        }
    if (!civil(y, mo, d, h, mi, s, &t)) return false;
    t += part;
    if (sign(&text, "Zz", &c) || text.n == 0) {
        *out = t;
        return text.n == 0;
    }
    if (!sign(&text, "+-", &c) || !digits(&text, 2, &oh)) return false;
    (void)sign(&text, ":", &(char){ 0 });
    if (text.n > 0 && !digits(&text, 2, &om)) return false;
    t -= (c == '+' ? 1 : -1) * (oh * FAIR_HOUR + om * FAIR_MINUTE);
    *out = t;
    return text.n == 0;
}

bool
fair_time_parse_http(fair_str text, fair_time *out)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    char t[64], mon[4] = "";
    int d, y, h, mi, s, mo;
    const char *at, *hit;

    if (text.n == 0 || text.n >= sizeof t) return false;
    memcpy(t, text.p, text.n);
    t[text.n] = '\0';
    at = strchr(t, ',');
    if (at != NULL) {
        if (sscanf(at + 1, " %2d%*1[- ]%3[A-Za-z]%*1[- ]%4d %2d:%2d:%2d", &d, mon, &y, &h, &mi, &s) != 6) return false;
        if (y < 100) y += y < 70 ? 2000 : 1900;
    } else if (sscanf(t, "%*3s %3[A-Za-z] %2d %2d:%2d:%2d %4d", mon, &d, &h, &mi, &s, &y) != 6) {
        return false;
    }
    hit = strlen(mon) == 3 ? strstr(months, mon) : NULL;
    if (hit == NULL || (hit - months) % 3 != 0 || y < 0 || d < 0 || h < 0 || mi < 0 || s < 0) return false;
    mo = (int)(hit - months) / 3 + 1;
    return civil(y, mo, d, h, mi, s, out);
}

bool
fair_duration_parse(fair_str text, int64_t *seconds)
{
    static const struct { char unit; int64_t s; } units[] = {
        { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 }, { 'w', 604800 } };
    int64_t n, each = 1;

    if (text.n == 0) return false;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (text.p[text.n - 1] == units[i].unit) {
            each = units[i].s;
            text.n--;
            break;
        }
    if (!fair_str_number(text, 1000000000, &n)) return false;
    *seconds = n * each;
    return true;
}

fair_id
fair_id_at(fair_time t)
{
    return (t / 1000 - ID_EPOCH) * (INT64_C(1) << 21);
}

fair_id
fair_id_new(void)
{
    static fair_id last;
    uint32_t low;
    fair_id id;

    fair_random(&low, sizeof low);
    id = (fair_now() / 1000 - ID_EPOCH) << 21 | (low & 0x1fffff);
    if (id <= last) id = last + 1;
    return last = id;
}
