#!/usr/bin/env python3
"""test_privacy.py FAIRTRACK MAKE-PICTURES MAKE-CASE: what is held of people goes at its time, from rows, vault and portal, by the worker itself; a
legal hold keeps it; what was decided still holds; and every record still verifies."""
import glob, json, os, shutil, sqlite3, subprocess, sys, time
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
from tap import Tap, Fairtrack, one_line

t = Tap()
f = Fairtrack(sys.argv[1], t.top + '/home')
photos = t.top + '/photos'
subprocess.run([sys.argv[2], photos, '3', '61', '480'], check=True)
DAY = 86400 * 1000000


def sql(text, *args):
    db = sqlite3.connect(t.top + '/home/db', timeout=30)
    rows = db.execute(text, args).fetchall()
    db.commit()
    db.close()
    return rows


def holds(*needles):
    """Where in the whole home, byte by byte, one of these still stands; free pages of the database too."""
    db = sqlite3.connect(t.top + '/home/db', timeout=30)
    db.execute('PRAGMA wal_checkpoint(TRUNCATE)')
    db.close()
    found = []
    for path in glob.glob(t.top + '/home/**', recursive=True):
        if os.path.isfile(path) and not path.endswith('fairtrack.conf'):
            with open(path, 'rb') as i:
                bytes_ = i.read()
            found += ['%s in %s' % (n, path[len(t.top):]) for n in needles if n.encode() in bytes_]
    return found


def case(*args):
    p = subprocess.run([sys.argv[3], t.top + '/home', 'owner@example.com', *[str(a) for a in args]], env=f.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
    return p.returncode, p.stdout.decode().strip(), p.stderr.decode()


f('init', '--name', 'Nord', '--email', 'owner@example.com')
with open(t.top + '/home/fairtrack.conf', 'w') as o:
    o.write('[letters]\nname = Nord Agency\naddress = Beispielweg 1, 12345 Musterstadt\n[mail]\nfrom = post@example.com\n[portal]\npublic_url = https://answers.example.com\n')
f('works', 'add', photos)
works = [w['work'] for w in f.json('works', 'list')]
os.makedirs(t.top + '/found')
for i in range(3):
    shutil.copy(photos + '/made-61-%06d.jpg' % i, t.top + '/found/%d.jpg' % i)


def use(i, page):
    f('hits', 'add', '--work', str(works[i]), '--page', page, '--note', 'seen at the house of Zebulon', t.top + '/found/%d.jpg' % i)
    return [h['hit'] for h in f.json('hits', 'list', '--work', str(works[i])) if h['page_url' if 'page_url' in h else 'page'] == page][0]


# ---- periods
periods = {p['rule']: p for p in f.json('privacy', 'periods')}
t.check(periods['hit.ignored']['days'] == 30 and periods['case.contacted']['days'] == 366 and all(p['reason'] and p['source'] and p['words'] for p in periods.values()),
        'every_period_has_days_reason_and_source', periods)

# ---- an ignored hit
ignored = use(0, 'https://zebulon.example/blog')
f('hits', 'decide', '--as', 'ignore', '--reason', 'owner_discretion', '--scope', 'domain', '--note', 'Zebulon is a friend', str(ignored))
t.check(f.json('privacy', 'due') == [], 'nothing_is_due_today')
later = time.strftime('%Y-%m-%d', time.gmtime(time.time() + 32 * 86400))
would = f.json('privacy', 'due', '--at', later)
t.check([(w['rule'], w['subject']) for w in would] == [('hit.ignored', ignored)] and 'zebulon.example' in would[0]['what'], 'a_dry_run_tells_what_would_go_then', would)
t.check(holds('zebulon.example', 'Zebulon is a friend') != [], 'and_it_is_still_there')
sql('UPDATE hit_move SET at_us = at_us - ?', 31 * DAY)
t.check([w['subject'] for w in f.json('privacy', 'due')] == [ignored], 'after_30_days_it_is_due')
code, out, err = f('worker', '--once')
t.check(code == 0 and f.json('privacy', 'due') == [], 'the_worker_forgets_it_by_itself', (code, out, err))
left = holds('zebulon.example', 'Zebulon is a friend')
t.check(left == [], 'no_byte_of_it_is_left_in_the_home', left)
done = f.json('privacy', 'done')
t.check([(d['rule'], d['subject'], d['by']) for d in done] == [('hit.ignored', ignored, 'the installation')] and done[0]['rows'] > 0, 'what_went_is_told_afterwards', done)
f('hits', 'add', '--work', str(works[1]), '--page', 'https://zebulon.example/other', t.top + '/found/1.jpg')
t.check([h for h in f.json('hits', 'list') if 'zebulon' in json.dumps(h)] == [], 'and_its_site_is_still_ignored', f.json('hits', 'list'))

# ---- a case nobody was told of, with a legal hold
hit = use(2, 'https://shop.example.org/blog')
f('hits', 'decide', '--as', 'pursue', str(hit))
code, number, err = case(hit, 'tom@shop.example.org')
t.check(code == 0, 'a_case_is_opened', err)
code, out, err = f('privacy', 'hold', '--why', 'order 17', '--until', '2000-01-01', number)
t.check(code == 4 and one_line(err), 'a_hold_ends_at_a_day_to_come', (code, err))
code, out, err = f('privacy', 'hold', '--why', 'order 17', '--until', '2099-01-01', '1')
t.check(code == 1 and one_line(err), 'a_hold_is_of_a_case', (code, err))
hold = f.json('privacy', 'hold', '--why', 'order 17', '--until', '2099-01-01', number)[0]
f('cases', 'withdraw', number)
would = f.json('privacy', 'due', '--at', later)
t.check([(w['rule'], w['subject'], w['held']) for w in would if w['rule'].startswith('case')] == [('case.uncontacted', int(number), 'order 17')], 'a_legal_hold_is_told_with_what_it_keeps', would)
code, out, err = f('privacy', 'release', '--why', 'lifted', str(hold['hold']))
t.check(code == 0 and f.json('privacy', 'holds') == [] and len(f.json('privacy', 'holds', '--all')) == 1, 'a_hold_is_lifted_and_kept_on_record', (code, err))
code, out, err = f('--json', 'doctor')
t.check(code in (0, 1) and b'was changed' not in out, 'doctor_finds_every_chain_sound', out.decode()[:2000])
for role in ('caseworker', 'auditor'):
    f('users', 'add', '--email', role + '@example.com', '--role', role)
code, out, err = f('--as', 'auditor@example.com', 'privacy', 'due')
t.check(code == 0, 'an_auditor_sees_what_is_due', err)
code, out, err = f('--as', 'auditor@example.com', 'privacy', 'run')
t.check(code == 4 and one_line(err), 'and_forgets_nothing', err)
t.end()
