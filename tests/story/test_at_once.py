#!/usr/bin/env python3
"""test_at_once.py FAIRTRACK MAKE-PICTURES MAKE-CASE: two decide, send, approve and forget at the same moment, in processes of their own, by the shell and the web:
exactly one wins, the other is told so, and nothing is doubled."""
import http.client, json, os, re, shutil, socket, sqlite3, subprocess, sys, threading, urllib.parse
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
from tap import Tap, Fairtrack

t = Tap()
f = Fairtrack(sys.argv[1], t.top + '/home')
ROUNDS = 6
photos = t.top + '/photos'
subprocess.run([sys.argv[2], photos, str(ROUNDS + 3), '81', '300'], check=True)


def sql(text, *args):
    db = sqlite3.connect(t.top + '/home/db', timeout=30)
    rows = db.execute(text, args).fetchall()
    db.commit()
    db.close()
    return rows


class Mailbox(threading.Thread):
    """A mail server that takes everything, slowly, and counts."""
    def __init__(self):
        super().__init__(daemon=True)
        self.s = socket.socket()
        self.s.bind(('127.0.0.1', 0))
        self.s.listen(8)
        self.port, self.taken = self.s.getsockname()[1], []

    def run(self):
        while True:
            threading.Thread(target=self.one, args=self.s.accept()[:1], daemon=True).start()

    def one(self, c):
        with c, c.makefile('rwb') as w:
            def say(line):
                w.write(line + b'\r\n')
                w.flush()
            say(b'220 slow')
            for line in w:
                word = line[:4].upper()
                if word == b'DATA':
                    say(b'354 go on')
                    mail = b''
                    while True:
                        got = w.readline()
                        if got in (b'.\r\n', b''):
                            break
                        mail += got
                    threading.Event().wait(0.5)
                    self.taken.append(mail)
                    say(b'250 taken')
                elif word == b'QUIT':
                    return say(b'221 bye')
                else:
                    say(b'250 OK')


def case_tool(*args):
    p = subprocess.run([sys.argv[3], t.top + '/home', 'owner@example.com', *[str(a) for a in args]], env=f.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
    return p.returncode, p.stdout.decode().strip(), p.stderr.decode()


def at_once(*commands):
    """All of them started before any is waited for: (exit code, what it said) each."""
    running = [subprocess.Popen([f.path, '--home', f.home, *[str(w) for w in c]], env=f.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for c in commands]
    out = []
    for p in running:
        o, e = p.communicate(timeout=120)
        out.append((p.returncode, (o + e).decode()))
    return out


mailbox = Mailbox()
mailbox.start()
f('init', '--name', 'Nord', '--email', 'owner@example.com')
with open(t.top + '/home/fairtrack.conf', 'w') as o:
    o.write('[mail]\nsmtp_url = smtp://127.0.0.1:%d\nfrom = post@example.com\n[letters]\nname = Nord Agency\naddress = Beispielweg 1, 12345 Musterstadt\n[portal]\npublic_url = https://answers.example.com\n' % mailbox.port)
for who, role in (('ben', 'reviewer'), ('cleo', 'reviewer'), ('dana', 'caseworker')):
    f('users', 'add', '--email', who + '@example.com', '--role', role)
f('works', 'add', photos)
works = [w['work'] for w in f.json('works', 'list')]
os.makedirs(t.top + '/found')


def a_case(i):
    shutil.copy(photos + '/made-81-%06d.jpg' % i, t.top + '/found/%d.jpg' % i)
    f('hits', 'add', '--work', str(works[i]), '--page', 'https://shop%d.example.org/' % i, t.top + '/found/%d.jpg' % i)
    hit = f.json('hits', 'list', '--work', str(works[i]))[0]['hit']
    f('hits', 'decide', '--as', 'pursue', str(hit))
    return case_tool(hit, 'tom%d@example.org' % i)[1]


# ---- two open a case for the same hit
shutil.copy(photos + '/made-81-000000.jpg', t.top + '/found/0.jpg')
f('hits', 'add', '--work', str(works[0]), '--page', 'https://shop0.example.org/', t.top + '/found/0.jpg')
hit = f.json('hits', 'list', '--work', str(works[0]))[0]['hit']
got = at_once(*[['--as', who, 'hits', 'decide', '--as', 'pursue', hit] for who in ('owner@example.com', 'dana@example.com')])
t.check(sql('SELECT count(*) FROM hit WHERE id = ? AND state = ?', hit, 'pursue')[0][0] == 1, 'two_who_pursue_a_hit_leave_it_pursued', got)
got = at_once(*[['--as', who, 'cases', 'open', hit] for who in ('owner@example.com', 'dana@example.com', 'owner@example.com')])
t.check(sql('SELECT count(*) FROM case_file')[0][0] == 1 and sql('SELECT count(*) FROM case_use')[0][0] == 1, 'of_three_who_open_a_case_for_a_hit_one_does', got)
t.check(sorted(c for c, _ in got)[0] == 0 and all('AddressSanitizer' not in w for _, w in got), 'and_the_others_are_told_which_it_is', got)

# ---- two decide on a case: the shell against the shell, and against the web
server = f.start('serve', '--listen', '127.0.0.1:0', '--no-worker')
port = int(re.search(rb'running at http://127\.0\.0\.1:(\d+)', server.stdout.readline()).group(1))


def token_of(address):
    path = urllib.parse.urlsplit(address).path
    c = http.client.HTTPConnection('127.0.0.1', port, timeout=30)
    c.request('GET', path)
    r = c.getresponse()
    csrf = re.search(rb'name="csrf" value="([^"]*)"', r.read()).group(1).decode()
    cookie = dict(r.getheaders())['Set-Cookie'].split(';')[0]
    c.request('POST', path, urllib.parse.urlencode({'csrf': csrf}), {'Cookie': cookie, 'Content-Type': 'application/x-www-form-urlencoded'})
    r = c.getresponse()
    r.read()
    cookie = [v.split(';')[0] for k, v in r.getheaders() if k == 'Set-Cookie' and '-form' not in v][0]
    c.request('GET', '/account', headers={'Cookie': cookie})
    csrf = re.search(rb'name="csrf" value="([^"]*)"', c.getresponse().read()).group(1).decode()
    c.request('POST', '/api/account/token', headers={'Cookie': cookie, 'X-CSRF-Token': csrf})
    return json.loads(c.getresponse().read())['token']


token = token_of(f('users', 'link', '--email', 'cleo@example.com')[1].decode().strip())
wrong = []
for i in range(1, ROUNDS + 1):
    case = a_case(i)
    f('cases', 'dispute', '--ground', 'licence', '--words', 'I bought it', case)
    version, state = sql('SELECT version, state FROM case_file WHERE id = ?', int(case))[0]
    web = []

    def by_web():
        c = http.client.HTTPConnection('127.0.0.1', port, timeout=60)
        c.request('POST', '/cases/%s/move' % case, json.dumps({'move': 'licensed', 'version': version, 'note': 'by the web'}),
                  {'Accept': 'application/json', 'Content-Type': 'application/json', 'Authorization': 'Bearer ' + token})
        web.append(c.getresponse().status)

    clicks = [threading.Thread(target=by_web) for _ in range(2)]
    for c in clicks:
        c.start()
    got = at_once(['--as', 'ben@example.com', 'cases', 'close', '--as', 'licensed', '--version', version, '--note', 'by ben', case],
                  ['--as', 'ben@example.com', 'cases', 'close', '--as', 'wrong', '--version', version, '--note', 'by ben too', case])
    for c in clicks:
        c.join()
    won = sum(c == 0 for c, _ in got) + sum(s in (200, 303) for s in web)
    events = sql('SELECT count(*) FROM case_event WHERE case_id = ? AND seq >= ?', int(case), version)[0][0]
    rulings = sql('SELECT count(*) FROM dispute WHERE case_id = ? AND decision IS NOT NULL', int(case))[0][0]
    closed = sql("SELECT count(*) FROM audit WHERE subject = ? AND what IN ('case.licensed', 'case.wrong')", int(case))[0][0]
    if (won, events, closed) != (1, 1, 1) or state != 'DISPUTED' or rulings != 1:
        wrong.append((i, state, won, events, rulings, closed, got, web))
t.check(not wrong, 'of_four_who_decide_on_a_dispute_at_once_exactly_one_does', wrong[:2])

# ---- two approve, two let out, two post
case = a_case(ROUNDS + 1)
with open(t.top + '/facts', 'w') as o:
    o.write('answer.words\tDas Bild war zuerst in einem Heft.\nanswer.received\t2026-11-25\n')
org, account = sql('SELECT org_id, id FROM account ORDER BY id')[0]
sql("INSERT INTO notice (id, org_id, case_id, step, claim, language, law, state, code, sum_minor, deadline_days, created_by, created_us, queued_us)"
    " VALUES (7, ?, ?, 'answer-question', 0, 'de', 'XX', 'queued', 'FIRST-1', 0, 0, ?, 1, 1)", org, int(case), account)
notice = f.json('notices', 'draft', '--by', 'mail', '--facts', t.top + '/facts', case, 'answer-question')[0]['notice']
case_tool('ready', notice)
got = at_once(*[['--as', 'owner@example.com', 'notices', 'approve', notice]] * 3)
t.check(sql('SELECT count(*) FROM notice_approval WHERE notice_id = ?', notice)[0][0] == 1, 'an_approval_given_thrice_at_once_is_one', got)
version = sql('SELECT version FROM case_file WHERE id = ?', int(case))[0][0]
got = at_once(*[['--as', 'owner@example.com', 'cases', 'move', '--notice', notice, '--version', version, case, 'letter']] * 3)
t.check(sorted(c == 0 for c, _ in got) == [False, False, True], 'of_three_who_let_a_letter_out_one_does', got)
t.check(sql("SELECT count(*) FROM job WHERE kind = 'send'")[0][0] == 1, 'and_it_is_to_be_sent_once')
got = at_once(['worker', '--once'], ['worker', '--once'], ['worker', '--once'])
t.check(not any('No such file' in w for _, w in got), 'workers_that_make_the_same_page_at_once_do_not_hinder_each_other', got)
t.check(len(mailbox.taken) == 1, 'three_posts_at_once_send_it_once', (len(mailbox.taken), got, sql("SELECT state, error FROM job WHERE kind = 'send'")))
t.check(sql('SELECT state FROM notice WHERE id = ?', notice)[0][0] == 'sent', 'and_it_is_sent')

# ---- two forget
f('hits', 'add', '--work', str(works[ROUNDS + 2]), '--page', 'https://zebulon.example/', t.top + '/found/1.jpg')
hit = f.json('hits', 'list', '--work', str(works[ROUNDS + 2]))[0]['hit']
f('hits', 'decide', '--as', 'ignore', '--reason', 'owner_discretion', '--scope', 'domain', '--note', 'n', str(hit))
sql('UPDATE hit_move SET at_us = at_us - ? WHERE hit_id = ?', 40 * 86400 * 1000000, hit)
got = at_once(['privacy', 'run'], ['privacy', 'run'], ['worker', '--once'])
t.check(sql("SELECT count(*) FROM forgotten WHERE rule = 'hit.ignored' AND subject = ?", hit)[0][0] == 1 and all(c == 0 for c, _ in got), 'of_three_who_forget_a_hit_one_does', got)

# ---- and all records still hold
server.terminate()
server.wait(timeout=30)
code, out, err = f('doctor')
t.check(b'was changed' not in out and b'BAD' not in out.split(b'schema')[0], 'every_record_still_holds', out.decode()[:1500])
t.end()
