#!/usr/bin/env python3
"""test_privacy.py FAIRTRACK MAKE-PICTURES MAKE-CASE: what is held of people goes at its time, from rows, vault and portal, by the worker itself; a
legal hold keeps it; what was decided still holds; and every record still verifies."""
import glob, json, os, re, shutil, sqlite3, subprocess, sys, time
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


def holds(*needles, home='home'):
    """Where in the whole home, byte by byte, one of these still stands; free pages of the database too."""
    db = sqlite3.connect(t.top + '/' + home + '/db', timeout=30)
    db.execute('PRAGMA wal_checkpoint(TRUNCATE)')
    db.close()
    found = []
    for path in glob.glob(t.top + '/' + home + '/**', recursive=True):
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

# ---- one person, as a whole: with a letter, its page on the portal, a wish, and a file of theirs
hit = use(0, 'https://zebra.example/garden')
f('hits', 'decide', '--as', 'pursue', str(hit))
code, number, err = case(hit, 'tom@zebra.example')
t.check(code == 0, 'a_case_about_a_person_is_opened', err)
f('cases', 'fact', '--source', 'the page of Tom Zebra', number, 'exceptions.worksheet', 'Tom Zebra <b>quotes</b> it')
with open(t.top + '/facts', 'w') as o:
    o.write('answer.words\tDas Bild war zuerst in einem Heft.\nanswer.received\t2026-11-25\n')
org, account = sql('SELECT org_id, id FROM account ORDER BY id')[0]
sql("INSERT INTO notice (id, org_id, case_id, step, claim, language, law, state, code, sum_minor, deadline_days, created_by, created_us, queued_us)"
    " VALUES (7, ?, ?, 'answer-question', 0, 'de', 'XX', 'queued', 'FIRST-1', 0, 0, ?, 1, 1)", org, int(number), account)
notice = f.json('notices', 'draft', '--by', 'mail', '--facts', t.top + '/facts', number, 'answer-question')[0]['notice']
case('ready', notice)
case('approve', notice)
t.check(case('leave', notice)[0] == 0, 'a_letter_to_them_leaves')
f('worker', '--once', timeout=200)
code_ = sql('SELECT code FROM notice WHERE id = ?', notice)[0][0]
page = t.top + '/home/portal/notices/' + code_
t.check(os.path.isdir(page), 'and_its_page_is_on_the_portal', os.listdir(t.top + '/home'))
sql("UPDATE notice SET sent_to = 'tom@zebra.example' WHERE id = ?", notice)
blob = sql('SELECT lower(hex(mail)) FROM notice WHERE id = ?', notice)[0][0]
blob_path = t.top + '/home/vault/%s/%s/%s' % (blob[:2], blob[2:4], blob)


def find(who):
    return f.json('privacy', 'find', '--why', 'they asked', who)


for who in ('tom@zebra.example', 'TOM@Zebra.Example', 'zebra.example', 'Tom Beispiel'):
    kinds = {h['kind'] for h in find(who)}
    t.check(kinds >= {'party', 'datum', 'case', 'fact', 'letter', 'hit'} and all(h['purpose'] for h in find(who)), 'a_person_is_found_whole_by_' + re.sub('[^a-z]+', '_', who.lower()), kinds)
for who in ('om@zebra.example', 'zebra.exampl', 'ebra.example', 'Tom', 'bra', 'nobody@example.net', '100%', 'tom_zebra.example'):
    code, out, err = f('privacy', 'find', '--why', 'they asked', who)
    t.check(code == 1 or (code == 0 and who == 'bra'), 'and_not_by_a_part_' + re.sub('[^a-z0-9]+', '_', who.lower()), (code, out[:300], err))
code, out, err = f('privacy', 'find', '--why', 'they asked', 'x')
t.check(code == 2, 'too_short_a_name_finds_nobody', (code, err))
code, out, err = f('privacy', 'find', 'tom@zebra.example')
t.check(code == 2 and b'--why' in err, 'whoever_looks_says_why', err)

out_dir = t.top + '/for-tom'
code, out, err = f('privacy', 'export', '--why', 'Art. 15', 'tom@zebra.example', out_dir)
with open(out_dir + '/person.json') as i:
    told = json.load(i)
with open(out_dir + '/person.html') as i:
    text = i.read()
files = sorted(os.listdir(out_dir + '/files'))
t.check(code == 0 and told['person'] == 'tom@zebra.example' and any(n.startswith('letter-') and n.endswith('.eml') for n in files) and any(n.startswith('hit-') for n in files), 'it_is_written_out_with_letters_and_pictures', (code, err, files))
t.check('&lt;b&gt;quotes&lt;/b&gt;' in text and '<b>quotes' not in text and 'What is held about tom@zebra.example' in text, 'and_as_a_page_that_runs_nothing_of_theirs', text[:600])
code, out, err = f('privacy', 'export', '--why', 'Art. 15', 'tom@zebra.example', out_dir)
t.check(code == 4 and one_line(err), 'a_folder_that_is_there_is_left_alone', (code, err))

code, out, err = f('privacy', 'erase', '--why', 'Art. 17', '--yes', 'tom@zebra.example')
t.check(code == 3 and b'the case is open' in out and os.path.isdir(page), 'an_open_case_stays_and_is_told', (code, out, err))
f('cases', 'withdraw', number)
hold = f.json('privacy', 'hold', '--why', 'order 18', '--until', '2099-01-01', number)[0]['hold']
code, out, err = f('privacy', 'erase', '--why', 'Art. 17', '--yes', 'tom@zebra.example')
t.check(code == 3 and b'legal hold until 2099' in out and b'order 18' in out and find('tom@zebra.example') != [], 'a_legal_hold_stays_and_is_told', (code, out, err))
f('privacy', 'release', '--why', 'lifted', str(hold))
code, out, err = f('backup', t.top + '/backup')
t.check(code == 0, 'a_backup_is_made_before', err)
code, out, err = f('privacy', 'erase', '--why', 'Art. 17', 'tom@zebra.example')
t.check(code == 0 and b'would go' in out and find('tom@zebra.example') != [], 'without_yes_it_is_only_told', (code, out, err))
os.chmod(blob_path, 0o600)
code, out, err = f('privacy', 'erase', '--why', 'Art. 17', '--yes', 'tom@zebra.example')
t.check(code == 0 and b'erased' in out, 'it_is_erased', (code, out, err))
left = holds('zebra.example', 'Tom Zebra', 'quotes')
t.check(left == [], 'no_byte_of_them_is_left_in_the_home', left)
t.check(not os.path.exists(page) and not os.path.exists(blob_path), 'nor_on_the_portal_nor_in_the_vault')
code, out, err = f('vault', 'show', blob)
t.check(b'erased on' in out, 'their_letter_has_a_stone', out)
t.check(f('privacy', 'find', '--why', 'look', 'tom@zebra.example')[0] == 1, 'nothing_is_found_any_more', find('tom@zebra.example'))
code, out, err = f('doctor')
t.check(b'was changed' not in out, 'every_chain_still_holds', out.decode()[:2000])
with open(t.top + '/home/erasures') as i:
    t.check('zebra' not in i.read(), 'the_list_of_erasures_names_nobody')

# ---- a backup of before does not bring them back
again = Fairtrack(sys.argv[1], t.top + '/again')
code, out, err = again('--json', 'restore', '--erasures', t.top + '/home/erasures', t.top + '/backup')
t.check(code == 0 and json.loads(out)['erased'] >= 1, 'a_restore_erases_them_again', (code, out, err))
t.check(again('privacy', 'find', '--why', 'look', 'tom@zebra.example')[0] == 1, 'and_nothing_of_them_is_found_there', again.json('privacy', 'find', '--why', 'x', 'tom@zebra.example'))
left = holds('zebra.example', 'Tom Zebra', home='again')
t.check(left == [], 'no_byte_of_them_came_back', left)

# ---- what people ask
asked = f.json('privacy', 'ask', '--kind', 'data', '--who', 'Ines', '--words', 'what do you hold?')[0]
t.check(asked['due'][:7] != asked['at'][:7] and [r['request'] for r in f.json('privacy', 'requests')] == [asked['request']], 'a_request_is_due_within_a_month', asked)
code, out, err = f('privacy', 'answered', '--how', 'by mail, with a copy', str(asked['request']))
t.check(code == 0 and f.json('privacy', 'requests') == [] and f.json('privacy', 'requests', '--all')[0]['answer'] == 'by mail, with a copy', 'and_answered_once', err)
t.check(f('privacy', 'answered', '--how', 'again', str(asked['request']))[0] == 1, 'and_not_twice')

# ---- who looked
looks = f.json('privacy', 'log')
t.check(any(x['what'] == 'privacy export' and x['why'] == 'Art. 15' for x in looks), 'who_looked_and_why_is_noted', looks[:5])
f('--as', 'caseworker@example.com', 'cases', 'show', number)
looks = f.json('privacy', 'log', '--subject', number)
t.check(looks and looks[0]['by'] == 'caseworker@example.com' and looks[0]['what'] == 'cases show', 'and_at_which_case', looks[:3])
code, out, err = f('--as', 'caseworker@example.com', 'privacy', 'log')
t.check(code == 4 and one_line(err), 'a_caseworker_does_not_read_the_log', err)
sql('UPDATE access SET at_us = at_us - ?', 367 * DAY)
f('privacy', 'run')
t.check(f.json('privacy', 'log') == [], 'the_log_goes_after_its_days', f.json('privacy', 'log')[:3])
t.end()
