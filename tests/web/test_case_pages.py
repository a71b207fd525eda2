#!/usr/bin/env python3
"""test_case_pages.py FAIRTRACK MAKE-PICTURES MAKE-CASE: a case on the dashboard, in plain words and by forms: what is missing and where it is mended, the worksheet, the party, a letter drafted,
read, approved and let out, answers with their files, an objection decided by a second person, and two who decide at once."""
import html, os, re, shutil, signal, sqlite3, subprocess, sys, urllib.parse
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, '..')]
from tap import Tap, Fairtrack
from fairweb import Client

t = Tap()
f = Fairtrack(sys.argv[1], t.top + '/home')
photos = t.top + '/photos'
subprocess.run([sys.argv[2], photos, '2', '51', '480'], check=True)
f('init', '--name', 'Nord', '--email', 'owner@example.com')
with open(f.home + '/fairtrack.conf', 'w') as o:
    o.write('[mail]\nsmtp_url = smtp://127.0.0.1:9\nfrom = post@example.com\n[letters]\nname = Nord Agency\naddress = Beispielweg 1, 12345 Musterstadt\n[portal]\npublic_url = https://answers.example.com\n')
f('works', 'add', photos)
works = f.json('works', 'list')
os.makedirs(t.top + '/found')
for i, w in enumerate(works):
    shutil.copy(photos + '/made-51-00000%d.jpg' % i, t.top + '/found/%d.jpg' % i)
    f('hits', 'add', '--work', str(w['work']), '--page', 'https://shop.example.org/blog/%d?q=%%3Cb%%3E' % i, t.top + '/found/%d.jpg' % i)
hits = [h['hit'] for h in f.json('hits', 'list')]
links = {'owner': f('users', 'link', '--email', 'owner@example.com')[1].decode()}
for role in ('caseworker', 'reviewer', 'counsel', 'auditor'):
    links[role] = f('users', 'add', '--email', role + '@example.com', '--role', role)[1].decode()
links['second'] = f('users', 'add', '--email', 'second@example.com', '--role', 'reviewer')[1].decode()


def make(*args):
    p = subprocess.run([sys.argv[3], f.home, 'owner@example.com', *[str(a) for a in args]], env=f.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
    return p.returncode, p.stdout.decode().strip(), p.stderr.decode()


class Served:
    links = []


server = subprocess.Popen([f.path, '--home', f.home, 'serve', '--no-worker', '--no-link', '--listen', '127.0.0.1:0'], stdout=subprocess.PIPE, stderr=open(t.top + '/log', 'w'), text=True, env=f.env)
Served.port = int(re.search(r':(\d+)', server.stdout.readline()).group(1))


def signed_in(role):
    s = Served()
    s.links = [links[role].strip()]
    return Client(s).sign_in_by_link()


def words(r):
    """What a person reads: no tags, blanks as one."""
    return re.sub(r'\s+', ' ', html.unescape(re.sub(r'<[^>]*>', ' ', re.sub(r'<(script|style).*?</\1>', '', r.text, flags=re.S))))


def posts(client, path, page, **fields):
    """Sends a form as its page has it: the token of that page, and every hidden field of it is the test's own business."""
    client.get(page)
    return client.post(path, [(k, v) for k, vs in fields.items() for v in (vs if isinstance(vs, list) else [vs])])


mara, reviewer, second, auditor = signed_in('owner'), signed_in('reviewer'), signed_in('second'), signed_in('auditor')

# ---- from the hit to the case
for h in hits:
    r = posts(mara, '/hits/%d/decide' % h, '/hits/%d' % h, what='pursue')
r = posts(mara, '/hits/%d/case' % hits[0], '/hits/%d' % hits[0])
case = int(re.search(r'/cases/(\d+)', r.header('location')).group(1))
posts(mara, '/hits/%d/case' % hits[1], '/hits/%d' % hits[1])
r = posts(mara, '/hits/%d/case' % hits[1], '/hits/%d' % hits[1])
t.check(r.status == 303 and r.header('location').endswith('/cases/%d' % case), 'a_hit_that_is_in_a_case_leads_there', (r.status, r.headers))
here = '/cases/%d' % case
r = mara.get(here)
said = words(r)
t.check(r.status == 200 and 'Being prepared' in said and '2 uses of 2 pictures' in said and 'Nobody has been written to' in said, 'the_page_says_where_the_case_stands', said[:2000])
t.check('Begin: gather the evidence: not yet' in said and 'nobody has shown that the address is theirs' in said and 'href="/owners#identity"' in r.text and 'Show who you are' in said
        and 'href="#match"' in r.text and 'Look at both side by side' in said, 'what_is_missing_is_a_sentence_with_the_link_that_mends_it', said[:3000])
t.check(not re.search(r'\b(DRAFT|EVIDENCE|gather|answer-dispute|put-on-hold)\b(?! the evidence)', re.sub(r'<option value="[^"]*"[^>]*>|value="[^"]*"', '', said)), 'no_code_word_is_shown', said)
t.check('1 uses' not in said and '1 pictures' not in said, 'plurals_are_right')
said = words(auditor.get(here))
t.check('Your role looks, and moves no case.' in said and 'Withdraw' not in said, 'who_only_looks_sees_no_buttons', said[:3000])
said = words(mara.get('/cases'))
t.check('2 uses of 2 pictures' in said and 'Being prepared' in said, 'the_list_speaks_in_words_too', said)

# ---- forms in place of verbs
r = posts(mara, here + '/fact', here, name='match.seen', value='yes', source='looked at side by side')
t.check(r.status == 303 and 'A person has looked at both side by side' in words(mara.get(here)), 'that_they_are_the_same_is_said_by_a_form', r.text[:300])
sheet = dict(quotation='no', parody='no', news='no', teaching='unsure', teaching_why='a school page?', other='no', purpose='advertising', nature='a photograph', amount='all of it', effect='no sale', conclusion='none')
r = posts(mara, here + '/worksheet', here, **sheet)
t.check(r.status == 400 and 'tick the last box' in words(r), 'a_worksheet_without_a_name_under_it_is_none', words(r)[:300])
r = posts(mara, here + '/worksheet', here, sign='yes', **sheet)
facts = {x['name']: x['value'] for x in mara.api(here)['facts']}
t.check(r.status == 303 and 'Teaching, research, criticism, review: unsure - a school page?' in facts['exceptions.worksheet'] and 'Signed: Nord' in facts['exceptions.worksheet']
        and facts['exceptions.likely'] == 'no', 'the_worksheet_is_kept_as_it_was_filled_in', (r.status, facts))
for what, value in (('name', 'Tom Beispiel'), ('address', 'Testweg 2, 54321 Beispielort'), ('country', 'XX'), ('email', 'tom@example.org')):
    r = posts(mara, here + '/party', here, what=what, value=value, source='imprint', seen='https://shop.example.org/imprint')
posts(mara, here + '/party', here, kind='commercial', kind_evidence='a shop', hosting='hosted', hosting_evidence='same server', language='de')
said = words(mara.get(here))
t.check('Name Tom Beispiel from their imprint' in said and 'Commercial (a shop)' in said and 'The picture lies on their own server (same server)' in said, 'who_answers_for_it_is_told_in_words', said)

# ---- a letter
r = posts(mara, here + '/draft', here, step='inquiry')
t.check(r.status == 400 and 'could not be drafted' in words(r) and 'author' in words(r), 'a_letter_that_lacks_something_says_what', words(r)[:1500])
r = posts(mara, here + '/draft', here, step='inquiry', author='Mara Muster')
letter = r.header('location') or ''
t.check(r.status == 303 and re.match(r'/notices/\d+\?', letter), 'with_what_a_person_adds_it_is_drafted', words(r)[:1500])
letter = letter.split('?')[0]
r = mara.get(letter)
said = words(r)
t.check(all(w in said for w in ('Tom Beispiel', 'Mara Muster', 'Sie haben 21 Tage', 'Nobody yet', 'Approve it', 'It does not leave yet', 'What comes first')) and 'lang="de"' in r.text,
        'the_page_of_the_letter_shows_it_as_it_is_and_why_it_does_not_leave', said[:4000])
pdf = mara.get(letter + '/letter.pdf')
t.check(pdf.status == 200 and pdf.body.startswith(b'%PDF-') and 'attachment' in pdf.header('content-disposition'), 'and_as_PDF', pdf.headers)
r = posts(mara, letter + '/approve', letter, sha256='0' * 64)
t.check(r.status == 409 and 'made anew since you saw it' in words(r), 'bytes_that_were_not_seen_are_not_approved', words(r)[:500])
r = posts(mara, letter + '/approve', letter, sha256=mara.api(letter)['sha256'])
said = words(mara.get(letter))
t.check(r.status == 303 and 'Nord (owner)' in said and 'approved, not sent' in said and 'Approve it' not in said, 'a_person_approves_it_as_it_is', said[:1500])
n = int(letter.split('/')[-1])
now = mara.api(here)
r = posts(mara, here + '/move', here, move='inquire', version=now['version'], notice=n)
t.check(r.status == 409 and '“Send the question” may not be done now' in words(r) and 'This is not possible from where the case stands.' in words(r), 'what_the_rules_forbid_no_button_does', words(r)[:800])
t.check(words(mara.get(here)).count('The first question') >= 1 and 'There is no letter yet' not in words(mara.get(here)), 'the_letter_stands_in_the_case')

# ---- what a recipient answers
db = sqlite3.connect(f.home + '/db', timeout=30)
org, = db.execute('SELECT org_id FROM account LIMIT 1').fetchone()
db.close()
t.check(make('answer', n, 'licence', 'Wir haben es gekauft.\n<script>alert(1)</script>', t.top + '/found/0.jpg')[0] == 0, 'an_answer_waits_on_the_portal')
code, out, err = f('answers', 'take')
t.check(code == 0 and b'1 answers' in out, 'and_is_taken', (code, out, err))
r = mara.get('/')
said = words(r)
t.check('1 answer waits to be read' in said and 'Disputed: you answer' in said and 'in 30 days' in said or '29 days' in said, 'the_overview_says_what_waits_and_until_when', said[:1500])
said = words(mara.get('/answers'))
t.check('“We have a licence”' in said and 'The recipient objects.' in said and 'unread' in said, 'the_list_of_answers_says_what_came_and_what_it_did', said[:1500])
answer = mara.api('/answers')['answers'][0]
r = mara.get('/answers/%d' % answer['id'])
said = words(r)
t.check('Wir haben es gekauft.' in said and '<script>alert(1)' not in r.text and '&lt;script&gt;' in r.text and '../../Rechnung 17.jpg' in said and '&lt;b&gt;Shop' in r.text, 'an_answer_is_opened_and_everything_in_it_is_text', said[:1500])
one = mara.get('/answers/%d/files/1' % answer['id'])
t.check(one.status == 200 and one.body == open(t.top + '/found/0.jpg', 'rb').read() and one.header('content-type') == 'application/octet-stream'
        and 'answer-%d-1.bin' % answer['id'] in one.header('content-disposition') and 'Rechnung' not in one.header('content-disposition'), 'a_file_is_given_as_bytes_of_no_kind_under_a_name_of_ours', one.headers)
one = mara.get('/answers/%d/pictures/1' % answer['id'])
t.check(one.status == 200 and one.header('content-type') == 'image/jpeg' and one.body[:3] == b'\xff\xd8\xff' and one.body != open(t.top + '/found/0.jpg', 'rb').read(), 'a_picture_is_shown_as_the_decoder_drew_it', one.headers)
for path in ('/answers/%d/files/2', '/answers/%d/files/mail', '/answers/%d/files/..', '/answers/%d/pictures/9'):
    t.check(mara.get(path % answer['id']).status == 404, 'there_is_no_other_file')
t.check(auditor.get('/answers/%d' % answer['id']).status == 403, 'who_moves_no_case_opens_no_answer')
r = posts(mara, '/answers/%d/read' % answer['id'], '/answers/%d' % answer['id'])
t.check(r.status == 303 and 'Nothing waits to be read' in words(mara.get('/answers')), 'reading_it_takes_it_off_the_list', r.text[:300])
said = words(mara.get(here))
t.check('They say: there is a licence' in said and 'Answer the objection' in said and 'The recipient objects. (there is a licence)' in said and 'by the recipient, over the link of the letter' in said, 'the_objection_stands_in_the_case', said)

# ---- a second person decides
def version():
    return mara.api(here)['version']


r = posts(mara, here + '/move', here, move='answer-dispute', version=version(), ground='licence', words='The invoice is for another picture.')
t.check(r.status == 303 and mara.api(here)['state'] == 'DISPUTE_REVIEW', 'the_owner_answers', words(r)[:600])
r = posts(mara, here + '/move', here, move='reject', version=version(), note='I say so')
t.check(r.status == 409 and 'may not be done now' in words(r) and mara.api(here)['state'] == 'DISPUTE_REVIEW', 'who_made_the_case_does_not_decide', words(r)[:600])
seen = version()
said = words(reviewer.get(here))
t.check('Take it up' in said and 'Reject the objection' in said and 'Your answer: “The invoice is for another picture.”' in said, 'a_reviewer_sees_both_sides_and_may_decide', said[:3000])
r = posts(reviewer, here + '/move', here, move='reject', version=seen, note='')
t.check(r.status == 400 and 'wants your reasons' in words(r), 'a_decision_wants_reasons', words(r)[:400])
first = posts(reviewer, here + '/move', here, move='reject', version=seen, note='The invoice names another picture.')
late = posts(second, here + '/move', here, move='wrong', version=seen, note='It looks licensed to me.')
said = words(late)
t.check(first.status == 303 and late.status == 409 and 'Somebody was first' in said and 'Nothing of yours was done' in said and 'The objection was rejected. reviewer' in said
        and 'You were about to: Close: we were wrong' in said and '“It looks licensed to me.”' in said, 'of_two_who_decide_at_once_the_second_sees_what_happened_and_loses_no_word', said[:2500])
events = mara.api(here)['events']
t.check(mara.api(here)['state'] == 'RETURN' and [e['move'] for e in events].count('reject') == 1 and 'wrong' not in [e['move'] for e in events], 'and_nothing_is_doubled', events)
again = posts(reviewer, here + '/move', here, move='reject', version=seen, note='The invoice names another picture.')
t.check(again.status == 409 and [e['move'] for e in mara.api(here)['events']].count('reject') == 1, 'nor_by_pressing_twice', words(again)[:500])

# ---- the end, and the brake
r = posts(mara, here + '/move', here, move='withdraw', version=version(), note='Let it be.')
said = words(mara.get(here))
t.check(r.status == 303 and 'Closed: withdrawn' in said and 'The owner withdrew.' in said and 'Why: “Let it be.”' in said, 'the_owner_withdraws_by_a_button', said[:2000])
t.check('There is none here' in words(mara.get('/cases')) and 'Closed: withdrawn' in words(mara.get('/cases?state=closed')) and 'Closed: withdrawn' in words(mara.get('/cases?state=all')), 'the_list_is_of_what_is_open_unless_asked')
t.check('No letter leaves now' not in words(mara.get('/')), 'nobody_is_suspended_without_a_reason')
db = sqlite3.connect(f.home + '/db', timeout=30)
db.execute("INSERT INTO setting (org_id, name, value) VALUES (?, 'cases.suspended', 'five claims were wrong')", (org,))
db.commit()
db.close()
for path in ('/', '/cases', here):
    said = words(mara.get(path))
    t.check('No letter leaves now' in said and 'five claims were wrong' in said and 'It ends when' in said, 'a_suspension_says_why_and_what_ends_it_on_' + path.split('/')[1], said[:800])

server.send_signal(signal.SIGTERM)
t.check(server.wait(timeout=30) == 0, 'the_server_ends_well')
log = open(t.top + '/log').read()
t.check('Sanitizer' not in log and 'runtime error' not in log and 'error' not in re.sub(r'web\.\w+', '', log).lower().split(), 'and_complained_of_nothing', log[-2000:])
t.end()
