#!/usr/bin/python3
"""The calendar of share/cases against others: public holidays for 20 years as python3-holidays computes them, Easter as dateutil
does, business days as a count of days, and the ends of days as the system's time zones have them."""
import datetime, os, subprocess, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import tap

CHECK = sys.argv[1]
FROM, TO = 2021, 2040

# What that library (0.10.1, of 2021) could not know yet, or counts otherwise; each with its reason.
LATER = {
    "US": {(datetime.date(y, 6, 19) + datetime.timedelta(days=k)).isoformat(): "Juneteenth, a holiday since 17 June 2021" for y in range(2021, 2100) for k in
           (0, {5: -1, 6: 1}.get(datetime.date(y, 6, 19).weekday(), 0))},
    "UK": {"2022-05-30": "the Spring bank holiday moved to 2 June (Jubilee)", "2022-06-02": "the Spring bank holiday of that year", "2022-06-03": "Platinum Jubilee",
           "2022-09-19": "State Funeral", "2023-05-08": "Coronation"},
    "IT": {f"{y}-10-04": "San Francesco, a holiday again from 2026 (law 151/2025)" for y in range(2026, 2100)},
}

def ours(country):
    out = subprocess.run([CHECK, "--holidays", country, str(FROM), str(TO)], capture_output=True, text=True, check=True).stdout
    rows = [line.split("\t") for line in out.splitlines()]
    return {r[0] for r in rows if r[1] == "n"}, {r[0] for r in rows}

def theirs(country):
    import holidays
    years = list(range(FROM - 1, TO + 2))
    made = {"DE": lambda: holidays.Germany(years=years), "US": lambda: holidays.UnitedStates(years=years, observed=True),
            "UK": lambda: holidays.UnitedKingdom(years=years), "IT": lambda: holidays.Italy(years=years), "FR": lambda: holidays.France(years=years),
            "AT": lambda: holidays.Austria(prov="W", years=years), "CH": lambda: holidays.Switzerland(years=years)}[country]()
    return {d.isoformat(): n for d, n in made.items() if FROM <= d.year <= TO}

def compare(country):
    national, every = ours(country)
    other = theirs(country)
    later = LATER.get(country, {})
    # On a Sunday and from 24 December to 6 January nothing ends in any case: there the two may count otherwise.
    never = lambda d: datetime.date.fromisoformat(d).weekday() == 6 or d[5:] >= "12-24" or d[5:] <= "01-06"
    missing = [f"{d} {other[d]}" for d in sorted(other) if d not in every and d not in later and not never(d)]
    extra = [d for d in sorted(national) if d not in other and d not in later and not never(d)]
    return missing, extra

def business(day, n, holidays):
    while n:
        day += datetime.timedelta(days=1)
        if day.weekday() < 5 and day.isoformat() not in holidays:
            n -= 1
    return day

def deadline(country, stamp, n):
    out = subprocess.run([CHECK, "--deadline", country, stamp, str(n)], capture_output=True, text=True, check=True).stdout
    return [datetime.datetime.fromisoformat(t.replace("Z", "+00:00")) for t in out.strip().split("\t")]


t = tap.Tap()
try:
    import holidays
except ImportError:
    holidays = None
try:
    from dateutil.easter import easter
except ImportError:
    easter = None

for country in ("DE", "UK", "US", "IT", "FR", "AT", "CH"):
    name = f"public_holidays_of_{country}_for_20_years_are_those_of_another_library"
    if holidays is None:
        t.skip(name, "python3-holidays is not installed")
        continue
    missing, extra = compare(country)
    t.check(not missing and not extra, name, f"missing: {missing}\nmore than there: {extra}")

if easter is None:
    t.skip("easter_is_that_of_another_library_for_80_years", "python3-dateutil is not installed")
else:
    out = subprocess.run([CHECK, "--holidays", "IT", "2001", "2080"], capture_output=True, text=True, check=True).stdout
    mine = [line.split("\t")[0] for line in out.splitlines() if line.endswith("\tPasqua")]
    other = [easter(y).isoformat() for y in range(2001, 2081)]
    t.check(mine == other, "easter_is_that_of_another_library_for_80_years", [x for x in zip(mine, other) if x[0] != x[1]])

# 17 USC 512(g)(2)(C): 10 and 14 business days, every ninth day of 20 years; the holidays are the library's where there is one.
us = set(theirs("US")) | {d for d in LATER["US"] if d[:4] <= str(TO)} if holidays is not None else ours("US")[0]
bad = []
day = datetime.date(FROM, 1, 3)
while day < datetime.date(TO, 11, 1):
    for n in (10, 14):
        # Noon UTC is that very day on the clock of the last of the fifty states.
        got = deadline("US", day.isoformat() + "T12:00:00Z", n)[1]
        want = business(day, n, us)
        if (got - datetime.timedelta(hours=10)).date() != want:
            bad.append((day, n, got, want))
    day += datetime.timedelta(days=23)
t.check(not bad, "ten_and_fourteen_business_days_over_the_holidays_of_the_United_States_for_20_years", bad[:5])

# The end of a day by the system's own zones, through summer and winter.
try:
    import zoneinfo
    zones = {"DE": "Europe/Berlin", "UK": "Europe/London", "US": "Pacific/Honolulu", "IT": "Europe/Rome", "FR": "Europe/Paris", "AT": "Europe/Vienna",
             "CH": "Europe/Zurich", "XX": "America/New_York"}
    zones = {c: zoneinfo.ZoneInfo(z) for c, z in zones.items()}
except Exception:
    zones = {}
if not zones:
    t.skip("days_end_when_the_zones_of_the_system_say_so", "no zone data here")
bad = []
for country, zone in zones.items():
    for year in range(2024, 2034):
        for month, dom in ((1, 20), (3, 8), (3, 14), (3, 27), (3, 31), (10, 24), (10, 30), (11, 3), (11, 5), (7, 1)):
            stamp = datetime.datetime(year, month, dom, 11, 0, tzinfo=datetime.timezone.utc)
            end = deadline(country, stamp.strftime("%Y-%m-%dT%H:%M:%SZ"), 0)[0].astimezone(zone)
            if (end.hour, end.minute, end.second) != (23, 59, 59):
                bad.append((country, stamp, end))
if zones:
    t.check(not bad, "days_end_when_the_zones_of_the_system_say_so", bad[:5])

# Whatever it begins on, a period ends on a working day of the country and not between the years.
bad = []
for country in ("DE", "UK", "US", "IT", "FR", "AT", "CH", "XX"):
    every = ours(country)[1]
    zone = zones.get(country, datetime.timezone.utc)
    for year in (2025, 2026, 2027):
        for start in range(0, 366, 13):
            begin = datetime.datetime(year, 1, 1, 12, tzinfo=datetime.timezone.utc) + datetime.timedelta(days=start)
            end = deadline(country, begin.strftime("%Y-%m-%dT%H:%M:%SZ"), 14)[0].astimezone(zone).date()
            if end.weekday() > 4 or end.isoformat() in every or (end.month, end.day) >= (12, 24) or (end.month, end.day) <= (1, 6) or end < begin.date() + datetime.timedelta(days=14):
                bad.append((country, begin, end))
t.check(not bad, "a_period_ends_on_a_working_day_and_not_between_the_years", bad[:5])
t.end()
