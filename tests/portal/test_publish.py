#!/usr/bin/env python3
"""test_publish.py FAIRTRACK FAIRTRACK-PORTAL MAKE-PICTURES MAKE-CASE HAND-OVER: from a sealed package and a letter to the page of its recipient, by the job
that every move asks for: whole, again the same, through kills; and back: who fetched a package, once, in its chain of custody."""
import atexit, base64, hashlib, html, http.client, json, os, random, shutil, signal, sqlite3, subprocess, sys, time, zipfile, io
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
from tap import Tap, Fairtrack

t = Tap()
fairtrack, portal, make_pictures, make_case, hand_over = [os.path.abspath(x) for x in sys.argv[1:6]]
home, photos, found = t.top + '/home', t.top + '/photos', t.top + '/found.jpg'
f = Fairtrack(fairtrack, home)
subprocess.run([make_pictures, photos, '1', '51', '480'], check=True)
shutil.copy(photos + '/made-51-000000.jpg', found)
f('init', '--name', 'Nord', '--email', 'owner@example.com')
with open(home + '/fairtrack.conf', 'w') as o:
    o.write('[evidence]\ntimestamp = own\n[letters]\nname = Nord Agency\naddress = Beispielweg 1, 12345 Musterstadt\nemail = post@example.com\n'
            '[portal]\npublic_url = https://answers.example.com\n[terms]\npublish = yes\ncommission = 25\npictures = 500\n')


def run(program, *args, timeout=200):
    p = subprocess.run([program, *[str(a) for a in args]], env=f.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=timeout)
    return p.returncode, p.stdout.decode().strip(), p.stderr.decode()


def case(*args):
    return run(make_case, home, 'owner@example.com', *args)


def sql(query, *args):
    db = sqlite3.connect(home + '/db', timeout=30)
    rows = db.execute(query, args).fetchall()
    db.commit()
    db.close()
    return rows


def worker():
    return f('worker', '--once', timeout=200)


f('works', 'add', photos)
f('hits', 'add', '--work', str(f.json('works', 'list')[0]['work']), '--page', 'https://shop.example.org/blog', found)
hit = str(f.json('hits', 'list')[0]['hit'])
f('hits', 'decide', '--as', 'pursue', hit)
number = case(hit, 'tom@example.org')[1]
code, package, err = run(hand_over, home, hit, found)
t.check(code == 0 and number.isdigit(), 'a_case_and_a_package_of_its_use_are_made', (number, err))
# Somebody else uses the same picture, and that is captured too: it is nobody's matter but theirs.
f('hits', 'add', '--work', str(f.json('works', 'list')[0]['work']), '--page', 'https://other.example.net/secret', found)
other = [h['hit'] for h in f.json('hits', 'list', '--state', 'all') if str(h['hit']) != hit]
t.check(len(other) == 1 and run(hand_over, home, other[0], found)[0] == 0, 'another_use_by_somebody_else_is_captured', other)
worker()
t.check(all(x['state'] == 'sealed' for x in f.json('evidence', 'list')) and len(f.json('evidence', 'list')) == 2, 'the_package_is_sealed', f.json('evidence', 'list'))

# A letter of the case that leaves.  It answers one before it, as test_post.py has it.
org, account = sql('SELECT org_id, id FROM account')[0]
sql("INSERT INTO notice (id, org_id, case_id, step, claim, language, law, state, code, sum_minor, deadline_days, created_by, created_us, queued_us)"
    " VALUES (7, ?, ?, 'answer-question', 0, 'de', 'XX', 'queued', 'FIRST-1', 0, 0, ?, 1, 1)", org, int(number), account)
facts = t.top + '/facts'
with open(facts, 'w') as o:
    o.write('answer.words\tDas Bild war zuerst in einem Heft.\nanswer.received\t2026-11-25\n')
made = f.json('notices', 'draft', '--facts', facts, number, 'answer-question')
notice = made[0]['notice']
case('ready', notice)
case('approve', notice)
folder = home + '/portal/notices'
t.check(not os.path.exists(folder) or os.listdir(folder) == [], 'nothing_is_published_before_a_letter_leaves')
code, out, err = case('leave', notice)
t.check(code == 0, 'a_move_lets_it_out', err)
code, out, err = worker()
ids = [d for d in os.listdir(folder) if os.path.exists(folder + '/%s/notice.json' % d)]
t.check(len(ids) == 1, 'the_page_is_there_when_the_letter_leaves', (ids, err))
base = folder + '/' + ids[0]


def page():
    with open(base + '/notice.json', 'rb') as o:
        return json.load(o)


def custody():
    """Who got it: the lines of its chain, but for those who looked at it."""
    return [c for c in (json.loads(l[0]) for l in sql("SELECT line FROM custody WHERE package_id = ? ORDER BY n", int(package))) if c['what'] != 'viewed']


def whole():
    """Every file that the page names is there and is what it says."""
    p = page()
    for e in p['evidence']:
        with open('%s/files/%s' % (base, e['file']), 'rb') as o:
            if hashlib.sha256(o.read()).hexdigest() != e['sha256']:
                return False
    names = [e['file'] for e in p['evidence']] + [x['picture'] for x in p['works'] + p['uses'] if 'picture' in x] + [p['letter']['text'], p['letter']['pdf'], p['file']]
    return all(os.path.exists('%s/files/%s' % (base, n)) for n in names)


p = page()
e = p['evidence'][0] if p['evidence'] else {}
file = '%s/files/%s' % (base, e.get('file'))
t.check(len(p['evidence']) == 1 and e['package'] == package and e['url'] == 'https://example.com/' and e['captured'] and e['by'] and len(e['key']) == 64, 'the_package_is_on_it_with_when_where_and_by_whom', p['evidence'])
t.check(whole(), 'and_every_file_that_it_names')
code, out, err = run(fairtrack, 'verify', '--key', e['key'], file)
t.check(code == 0, 'the_copy_verifies_with_the_key_that_the_page_tells', out + err)
t.check(sum(len(s) for s in p['verify']) > 15 and any('openssl ts -verify' in c for s in p['verify'] for c in s), 'the_commands_of_verify_txt_are_on_it', p['verify'])
lines = [c['what'] + ' ' + c['detail'] for c in custody()]
t.check(any('exported for the recipient of notice ' + ids[0] in l for l in lines), 'custody_says_for_whom_a_copy_was_made', lines)
t.check(p['mandate'] is None and p['claimant']['capacity'] == 'owner' and p['ownership']['checked']['how'] == 'declared' and isinstance(p['ownership']['level'], int), 'who_asks_and_what_shows_it_are_codes')
t.check([h['what'] for h in p['history']] == ['letter_answer'], 'the_history_says_what_was_sent', p['history'])
t.check(p['uses'][0]['reasons'] and all('why' in r for r in p['uses'][0]['reasons']), 'why_they_are_the_same_is_told_in_codes', p['uses'])
t.check(p['terms'] == {'commission': 25, 'pictures': 500, 'name': 'Nord Agency'}, 'what_the_service_costs_stands_in_every_notice', p.get('terms'))
z = zipfile.ZipFile(base + '/files/file.zip')
t.check(z.testzip() is None and 'notice.json' in z.namelist() and any(n.startswith('letters/') and n.endswith('.pdf') for n in z.namelist()) and any(n.startswith('pictures/') for n in z.namelist()),
        'the_recipients_own_file_holds_letters_pictures_and_facts', z.namelist())
text = json.dumps(p) + ''.join(z.read(n).decode('utf-8', 'replace') for n in z.namelist() if n.endswith('.txt'))
t.check('other.example.net' not in text and str(other[0]) not in text, 'nothing_of_the_other_user_is_on_it')
t.check(number not in text and hit not in text and str(account) not in text, 'no_number_of_ours_for_case_hit_or_account_is_on_it')

# ---- again the same, and after each move what is
def stand():
    return {n: (os.stat(base + '/files/' + n).st_mtime_ns, open(base + '/files/' + n, 'rb').read()) for n in os.listdir(base + '/files')}


before, lines = stand(), len(custody())
sql("UPDATE job SET state = 'waiting', not_before_us = 0 WHERE kind = 'publish'")
worker()
t.check(stand() == before and len(custody()) == lines, 'made_again_it_is_the_same_to_the_byte_and_no_copy_is_made_twice', [n for n in before if stand().get(n) != before[n]])
f('cases', 'dispute', '--ground', 'licence', '--words', 'I bought it.', number)
worker()
p = page()
dispute = [h for h in p['history'] if h['what'] == 'dispute']
t.check(len(dispute) == 1 and dispute[0]['grounds'] == ['licence'] and 'I bought' not in json.dumps(p), 'a_move_by_the_command_shows', p['history'])
t.check(p['history'][-1]['what'] == 'letter_answer' and len([h for h in p['history'] if h['what'] == 'letter_answer']) == 2, 'and_the_receipt_that_leaves_by_itself', p['history'])
t.check(stand().get(e['file']) == before[e['file']], 'and_the_package_stayed_as_it_was', (sorted(stand()), custody()[lines:]))
f('cases', 'withdraw', '--note', 'It is not worth it.', number)
worker()
p = page()
t.check(p['final'] and p['final']['state'] == 'CLOSED_OWNER_WITHDREW' and p['final']['words'] == ['It is not worth it.'], 'a_close_shows', (p['final'], f('cases', 'withdraw', '--help')[1]))

# ---- killed at any moment it is as it was or as it shall be
random.seed(7)
good = True
for i in range(9):
    if i % 3 == 0: shutil.rmtree(base + '/files', ignore_errors=True)
    sql("UPDATE job SET state = 'waiting', not_before_us = 0, attempt = 0 WHERE kind = 'publish'")
    w = subprocess.Popen([fairtrack, '--home', home, 'worker', '--once'], env=f.env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(random.random() * 2)
    w.send_signal(signal.SIGKILL)
    w.wait()
    good = good and page()['id'] == ids[0]
sql("UPDATE job SET state = 'waiting', not_before_us = 0, attempt = 0, lease_until_us = NULL WHERE kind = 'publish'")
worker()
t.check(good and whole() and page()['final']['state'] == 'CLOSED_OWNER_WITHDREW', 'killed_at_any_moment_the_page_is_whole_and_made_again')
t.check(f('doctor')[0] == 0 or b'custody' not in f('doctor')[1], 'and_the_chain_of_custody_holds')

# ---- who fetched it
p = subprocess.Popen([portal, '--dir', home + '/portal', '--listen', '127.0.0.1:0', '--weak'], stdout=subprocess.PIPE, stderr=open(t.top + '/err', 'ab'), env=dict(f.env, ASAN_OPTIONS='detect_leaks=0'))
atexit.register(p.kill)
port = int(p.stdout.readline().decode().strip().rsplit(':', 1)[1])


def ask(path, **headers):
    c = http.client.HTTPConnection('127.0.0.1', port, timeout=30)
    c.request('GET', path, headers={k.replace('_', '-'): v for k, v in headers.items()})
    r = c.getresponse()
    body = r.read()
    c.close()
    return r.status, body


secret = base64.urlsafe_b64encode(os.urandom(32)).decode().rstrip('=')
with open(home + '/portal/links/' + hashlib.sha256(secret.encode()).hexdigest(), 'w') as o:
    o.write(ids[0] + ' 2099-01-01T00:00:00Z\n')
s, body = ask('/n/%s?lang=en' % secret)
words = body.decode()
t.check(s == 200 and 'Closed: whoever asked lets it be.' in words and 'You objected: you have a licence' in words and 'We replied to you by letter.' in words, 'the_letters_link_opens_it_in_words', words[-1500:])
s, body = ask('/v/%s?lang=en' % ids[0])
os.makedirs(t.top + '/check')
commands = html.unescape(body.decode().split('<pre lang="zxx">')[1].split('</pre>')[0])
q = subprocess.run(['sh', '-ec', commands], cwd=t.top + '/check', stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
t.check(q.returncode == 0 and b'Verified OK' in q.stdout and page()['signature']['key'].encode() in q.stdout and page()['signature']['key'] in body.decode(), 'anybody_checks_the_signature_with_openssl_alone', q.stdout)
t.check('25 % of what is paid' in words and 'No licence' not in words and 'CLOSED_' not in words and 'letter_answer' not in words, 'no_code_word_is_shown')
lines = len(custody())
t.check(ask('/n/%s/file/%s' % (secret, e['file']))[0] == 200, 'the_package_can_be_fetched')
waiting = os.listdir(base + '/downloads')
shutil.copytree(base + '/downloads', t.top + '/kept')
worker()
c = custody()
t.check(len(c) == lines + 1 and 'fetched from the recipient' in c[-1]['detail'] and ids[0] in c[-1]['who'] and os.listdir(base + '/downloads') == [], 'fetching_it_is_a_line_of_custody', (c[-1], waiting))
for n in os.listdir(t.top + '/kept'):
    shutil.copy(t.top + '/kept/' + n, base + '/downloads/' + n)      # as if the process had died between the row and the folder
worker()
t.check(len(custody()) == lines + 1 and os.listdir(base + '/downloads') == [], 'once_though_the_home_died_meanwhile')
t.check(f('evidence', 'export', package, t.top + '/out.wacz')[0] == 0 and run(fairtrack, 'verify', '--key', e['key'], t.top + '/out.wacz')[0] == 0, 'and_the_package_still_verifies_with_it')

# ---- the pages for everybody
s, body = ask('/report', Accept='application/json')
r = json.loads(body)
t.check(s == 200 and r['organisations'][0]['cases'] == 1 and r['organisations'][0]['outcome'] is None and number not in body.decode(), 'the_report_is_published_and_hides_the_outcome_of_one', body[:500])
t.check(ask('/terms?lang=it')[0] == 200 and '25 % di quanto viene pagato' in ask('/terms?lang=it')[1].decode(), 'and_what_it_costs')
with open(home + '/fairtrack.conf') as o: conf = o.read()
with open(home + '/fairtrack.conf', 'w') as o: o.write(conf.replace('[terms]\npublish = yes\ncommission = 25\npictures = 500\n', ''))
worker()
t.check(ask('/terms')[0] == 404, 'which_goes_when_it_is_no_longer_set')
with open(home + '/fairtrack.conf', 'w') as o: o.write(conf)
p.terminate()
p.wait(20)

# ---- the same with a portal on a machine of its own: what it lacks goes there, what waits there comes home
far = t.top + '/far'
p = subprocess.Popen([portal, '--dir', far, '--listen', '127.0.0.1:0', '--door', '--weak'], stdout=subprocess.PIPE, stderr=open(t.top + '/err', 'ab'), env=dict(f.env, ASAN_OPTIONS='detect_leaks=0'))
atexit.register(p.kill)
port = int(p.stdout.readline().decode().strip().rsplit(':', 1)[1])
with open(home + '/fairtrack.conf', 'w') as o:
    o.write(conf.replace('public_url = https://answers.example.com', 'public_url = http://127.0.0.1:%d\nsecret_file = %s/home.secret' % (port, far)) + '[crawl]\nallow_loopback = yes\n')
code, out, err = worker()
there = far + '/notices/' + ids[0]
t.check(os.path.exists(there + '/notice.json') and json.load(open(there + '/notice.json')) == page(), 'the_page_goes_to_a_portal_elsewhere', err[-1500:])
t.check({n: open(there + '/files/' + n, 'rb').read() for n in os.listdir(there + '/files')} == {n: b for n, (_, b) in stand().items()}, 'with_every_file_to_the_byte', os.listdir(there + '/files'))
s, body = ask('/n/%s?lang=de' % secret)
got = [s, ask('/n/%s/file/%s' % (secret, e['file']))[0], ask('/report')[0], ask('/terms')[0]]
t.check(got == [200] * 4, 'and_is_whole_there_with_the_pages_for_everybody', (got, err[-1500:]))
lines, times = len(custody()), {n: os.stat(there + '/files/' + n).st_mtime_ns for n in os.listdir(there + '/files')}
c = http.client.HTTPConnection('127.0.0.1', port, timeout=30)
form = ask('/n/%s/answer/rate?lang=en' % secret)[1].decode()
c.request('POST', '/n/%s/answer/rate' % secret, body='once=%s&what=good' % form.split('name="once" value="')[1][:32], headers={'Content-Type': 'application/x-www-form-urlencoded'})
t.check(c.getresponse().status == 303, 'an_answer_is_left_there')
c.close()
worker()
worker()
t.check(len(custody()) == lines + 1 and os.listdir(there + '/downloads') == [] and os.listdir(there + '/answers') == [], 'who_fetched_a_package_and_the_answer_come_home_once', (len(custody()), lines, os.listdir(there + '/downloads'), os.listdir(there + '/answers')))
t.check(sql("SELECT moved FROM portal_answer WHERE action = 'rate'") == [('rated-good',)], 'a_rating_is_kept_as_what_it_was', sql('SELECT action, moved FROM portal_answer'))
t.check({n: os.stat(there + '/files/' + n).st_mtime_ns for n in os.listdir(there + '/files')} == times, 'and_no_file_is_sent_twice')
os.unlink(there + '/files/' + e['file'])
os.unlink(base + '/pushed')
worker()
t.check(os.path.exists(there + '/files/' + e['file']), 'a_file_that_was_lost_there_is_sent_again')
p.terminate()
p.wait(20)
t.check(worker()[0] == 0, 'a_portal_that_is_away_stops_nothing')
t.check(b'ERROR:' not in open(t.top + '/err', 'rb').read(), 'no_sanitizer_complained')
t.end()
