#!/usr/bin/env python3
"""test_inquiry.py FAIRTRACK MAKE-PICTURES HAND-OVER: an inquiry goes through all 19 gates to a mail server: from a registered work and a use that
a scan found, by what people enter and the house looks at itself.  Before that each gate is spoiled once between the approval and the door."""
import email, email.policy, json, os, re, sqlite3, subprocess, sys
here = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [here, os.path.join(here, '..'), os.path.join(here, '..', 'browser')]
from servers import Dovecot, Smtp, debian_python, dovecot_missing, free_port
from capture_site import Site, page
from tap import Tap, Fairtrack

t = Tap()
if not debian_python() or dovecot_missing():
    t.skip('an_inquiry_goes_through_all_gates', dovecot_missing() or 'no python3-aiosmtpd here')
    t.end()
AUTH = b'Authentication-Results: mx.example.com; spf=pass smtp.mailfrom=post@example.com; dkim=pass header.d=example.com; dmarc=pass header.from=example.com\r\n'
home, photos = t.top + '/home', t.top + '/photos'
f, hand_over = Fairtrack(sys.argv[1], home), os.path.abspath(sys.argv[3])
f.env['FAIRTRACK_AS'] = 'mara@example.com'
subprocess.run([sys.argv[2], photos, '1', '61', '640'], check=True)
photo = photos + '/' + os.listdir(photos)[0]
with open(photo, 'rb') as i:
    site = Site({'a.jpg': i.read()})
site.page_blog = lambda: page('<h1>Blog</h1><img src="/p/a.jpg" alt="">')
boxes = Dovecot(t.top)
smtp = Smtp(lambda sender, to, body: boxes.deliver(to.split('@')[0], (AUTH if to == 'post@example.com' else b'') + body))
port, web = free_port(), free_port()
with open(t.top + '/password', 'w') as o:
    o.write('secret\n')
f('init', '--name', 'Mara Muster', '--email', 'mara@example.com')
with open(home + '/fairtrack.conf', 'w') as o:
    o.write('[web]\nlisten = 127.0.0.1:%d\n[crawl]\nallow_loopback = yes\ndelay_min_ms = 0\ndelay_max_ms = 0\n[evidence]\ntimestamp = own\n'
            '[mail]\nsmtp_url = smtp://127.0.0.1:%d\nfrom = post@example.com\nimap_url = imap://127.0.0.1:%d/INBOX\nimap_user = post\nimap_password_file = %s/password\nauthserv_id = mx.example.com\n'
            '[letters]\nname = Mara Muster\naddress = Beispielweg 1, 12345 Musterstadt\nprobe_hours = 0\n[portal]\nlisten = 127.0.0.1:%d\npublic_url = http://127.0.0.1:%d\n'
            % (web, smtp.port, boxes.port, t.top, port, port))


def one(query, *args):
    db = sqlite3.connect(home + '/db', timeout=30)
    row = db.execute(query, args).fetchone()
    db.close()
    return row


def spoil(script):
    db = sqlite3.connect(home + '/db', timeout=30)
    db.executescript(script)
    db.commit()
    db.close()


def step(name, *args, ok=0):
    code, out, err = f(*args, timeout=200)
    t.check(code == ok, name, (code, out[-600:], err[-900:]))
    return out.decode()


# ---- the work, and who it belongs to
step('a_work_is_registered', 'works', 'add', photo)
work = str(f.json('works', 'list')[0]['work'])
step('the_maker_says_who_they_are', 'owners', 'identify', '--kind', 'document', '--value', 'a passport that was seen')
step('somebody_saw_it', 'owners', 'check', '--subject', 'identity', '--statement', 'I saw the passport.', str(one('SELECT id FROM identity')[0]))
step('and_that_they_made_it', 'owners', 'declare', '--work', work, '--author', '--stock', 'no', '--cc', 'no', '--press', 'no', '--ai', 'none')
step('and_shows_it', 'owners', 'prove', '--kind', 'publication', '--name', 'https://mara.example.com/2020', work)
proof = one('SELECT id FROM proof')[0]
step('somebody_checks_it', 'owners', 'check', '--subject', 'proof', '--statement', 'I looked at the page.', str(proof))

# ---- the use, found by the house itself
code, out, err = f('scan', '--site', site.url + '/blog', timeout=200)
hits = f.json('hits', 'list')
t.check(len(hits) == 1 and hits[0]['verdict'] == 'match', 'a_scan_finds_the_use', (code, out[-300:], err[-300:], hits))
hit = str(hits[0]['hit'])
step('a_person_pursues_it', 'hits', 'decide', '--as', 'pursue', hit)
step('it_becomes_a_case', 'cases', 'open', hit)
case = str(one('SELECT id FROM case_file')[0])
for what in ('name=Tom Beispiel', 'address=Testweg 2, 54321 Beispielort', 'country=XX', 'email=tom@example.org'):
    f('cases', 'party', '--set', what, '--source', 'imprint', '--seen', site.url + '/impressum', case)
f('cases', 'party', '--kind', 'commercial', '--evidence', 'a shop', '--language', 'de', case)
step('the_right_party_is_entered_with_its_sources', 'cases', 'party', '--hosting', 'hosted', '--evidence', 'their own address', case)
f.look(hand_over, hit, photo)
for name, value in (('match.seen', 'yes'), ('exceptions.worksheet', 'no quotation, no parody'), ('time.term', 'protected'), ('time.created', '2020-01-01')):
    f('cases', 'fact', '--source', 'I looked at it', case, name, value)
for move in ('gather', 'seal', 'ready'):
    step('it_goes_on_by_' + move, 'cases', 'move', case, move)
server = f.start('serve', '--no-worker')
line = b'x'
while line and b'Stop it' not in line:
    line = server.stdout.readline()
step('page_and_mail_are_probed', 'post', 'probe', '--wait', '60')

# ---- the letter
with open(t.top + '/facts', 'w') as o:
    o.write('author.name\tMara Muster\n')
drafted = f.json('notices', 'draft', '--facts', t.top + '/facts', case, 'inquiry')
t.check(len(drafted) == 1 and drafted[0]['by'] == 'mail' and drafted[0]['to'] == 'tom@example.org' and drafted[0]['claim'], 'the_inquiry_is_drafted_for_mail', (drafted, f('notices', 'draft', '--facts', t.top + '/facts', case, 'inquiry')))
notice = drafted[0]['notice'] if drafted else 0
code, out, err = f('cases', 'move', '--notice', str(notice), case, 'inquire')
t.check(code == 1 and b'G18' in err, 'nobody_approved_it_yet', err)
step('a_person_approves_it', 'notices', 'approve', str(notice))
step('with_all_19_gates_it_is_let_out', 'cases', 'move', '--notice', str(notice), case, 'inquire')
gates = json.loads(one('SELECT record FROM gate_record WHERE passed = 1 ORDER BY id DESC')[0])['gates']
t.check(len(gates) == 19 and {g['verdict'] for g in gates} <= {'pass', 'not_needed'} and sum(g['verdict'] == 'pass' for g in gates) == 19, 'all_19_passed_and_it_is_written_down', [(g['id'], g['verdict']) for g in gates])

# ---- each gate spoiled once: the door asks again
SPOIL = [
    ('G1', 'UPDATE identity SET ended_us = 1', 'UPDATE identity SET ended_us = NULL'), ('G2', 'UPDATE declaration SET author = 0', 'UPDATE declaration SET author = 1'),
    ('G3', "INSERT INTO owner (id, org_id, name, created_us) SELECT 77, org_id, 'Bea', 1 FROM account; UPDATE work SET owner_id = 77", 'UPDATE work SET owner_id = NULL; DELETE FROM owner WHERE id = 77'),
    ('G4', "UPDATE hit SET verdict = 'possible'", "UPDATE hit SET verdict = 'match'"), ('G5', "UPDATE package SET state = 'sealing'", "UPDATE package SET state = 'sealed'"),
    ('G6', 'UPDATE capture SET markers = NULL', "UPDATE capture SET markers = '[]'"),
    ('G7', "UPDATE case_fact SET name = 'x' || name WHERE name = 'exceptions.worksheet'", "UPDATE case_fact SET name = 'exceptions.worksheet' WHERE name = 'xexceptions.worksheet'"),
    ('G8', "UPDATE party SET hosting = 'embedded'", "UPDATE party SET hosting = 'hosted'"), ('G9', "UPDATE case_fact SET value = 'over' WHERE name = 'time.term'", "UPDATE case_fact SET value = 'protected' WHERE name = 'time.term'"),
    ('G10', "UPDATE notice SET sum_minor = 100, currency = 'EUR'", 'UPDATE notice SET sum_minor = 0, currency = NULL'),
    ('G11', "UPDATE notice_check SET value = 'no' WHERE name = 'pack.identity'", "UPDATE notice_check SET value = 'yes' WHERE name = 'pack.identity'"),
    ('G12', "INSERT INTO owner (id, org_id, name, created_us) SELECT 77, org_id, 'Bea', 1 FROM account; UPDATE work SET owner_id = 77", 'UPDATE work SET owner_id = NULL; DELETE FROM owner WHERE id = 77'),
    ('G13', "UPDATE notice_check SET value = '2' WHERE name = 'wording.banned'", "UPDATE notice_check SET value = '0' WHERE name = 'wording.banned'"),
    ('G14', 'UPDATE notice SET deadline_days = 10', 'UPDATE notice SET deadline_days = 21'), ('G15', 'UPDATE party SET lawyer_only = 1', 'UPDATE party SET lawyer_only = 0'),
    ('G16', "UPDATE notice_check SET value = 'no' WHERE name = 'privacy.art14'", "UPDATE notice_check SET value = 'yes' WHERE name = 'privacy.art14'"),
    ('G17', "UPDATE probe SET passed = 0 WHERE what = 'mail'", "UPDATE probe SET passed = 1 WHERE what = 'mail'"),
    ('G18', 'UPDATE notice_approval SET account_id = -account_id', 'UPDATE notice_approval SET account_id = -account_id'),
    ('G19', "INSERT INTO setting (org_id, name, value) SELECT org_id, 'cases.suspended', 'abuse' FROM account", "DELETE FROM setting WHERE name = 'cases.suspended'"),
]


def letters():
    return [b for _, to, b in smtp.taken if to == 'tom@example.org']


for gate, how, mend in SPOIL:
    spoil(how)
    spoil("UPDATE job SET state = 'waiting', not_before_us = 0, attempt = 0 WHERE kind = 'send'")
    f('worker', '--once', timeout=200)
    error = one("SELECT error FROM job WHERE kind = 'send'")[0] or ''
    t.check(not letters() and gate + ':' in error, gate + '_spoiled_between_approval_and_door_keeps_the_letter', error)
    spoil(mend)

# ---- and then it leaves
spoil("UPDATE job SET state = 'waiting', not_before_us = 0, attempt = 0 WHERE kind = 'send'")
f('worker', '--once', timeout=200)
got = letters()
t.check(len(got) == 1, 'with_all_as_it_should_be_it_reaches_the_mail_server', (len(got), one("SELECT error FROM job WHERE kind = 'send'")))
if not got:
    got = [b'\r\n']
m = email.message_from_bytes(got[0], policy=email.policy.default)
flat = lambda s: re.sub(r'\s+', ' ', s)
text = flat(m.get_body(('plain',)).get_content()) if m.get_body(('plain',)) else ''
markup = m.get_body(('html',)).get_content() if m.get_body(('html',)) else ''
bare = flat(re.sub(r'<[^>]+>', ' ', re.sub(r'(?s)<style.*?</style>', ' ', markup)))
code, pdf, err = f('notices', 'preview', '--facts', t.top + '/facts', '--format', 'pdf', case, 'inquiry')
kept = one('SELECT lower(hex(pdf)), lower(hex(mail)), lower(hex(inputs)) FROM notice WHERE id = ?', notice)
blob = lambda k: open(home + '/vault/%s/%s/%s' % (k[:2], k[2:4], k), 'rb').read()
with open(t.top + '/letter.pdf', 'wb') as o:
    o.write(blob(kept[0]))
p = subprocess.run(['pdftotext', '-layout', t.top + '/letter.pdf', '-'], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
paper = flat(p.stdout.decode())
WORDS = ('Eine Frage zu einem Bild', 'Tom Beispiel', 'Mara Muster', 'hat die Rechte selbst', 'Sie haben 21 Tage', 'Hier steht keine Summe', 'aus dem Impressum Ihrer Seite')
for name, body in (('text', text), ('html', bare), ('pdf', paper)):
    t.check(all(w in body for w in WORDS), 'the_%s_says_who_what_where_from_and_how_long' % name, ([w for w in WORDS if w not in body], body[:1500]))
    low = body.lower()
    t.check(not re.search(r'\d\s*(eur|usd|gbp|chf|euro|dollar|pfund|franken|€|\$|£)|(€|\$|£)\s*\d', low), 'the_%s_names_no_sum' % name, body)
    t.check(not [w for w in ('klage', 'gericht', 'anwaltskosten', 'letzte mahnung', 'strafbar', 'abmahnen', 'andernfalls') if re.search(r'\b' + w, low)], 'the_%s_threatens_nothing' % name, body)
t.check(got[0].replace(b'\r\n', b'\n').rstrip() == blob(kept[1]).replace(b'\r\n', b'\n').rstrip(), 'what_arrived_is_what_was_approved')
with open(t.top + '/inputs', 'wb') as o:
    o.write(blob(kept[2]))
t.check('src=' not in markup and m['To'].endswith('<tom@example.org>') and m['Message-ID'].endswith('@example.com>'), 'nothing_remote_is_asked_for_and_it_goes_to_one', m['To'])
f('worker', '--once', timeout=200)
t.check(len(letters()) == 1, 'it_goes_once')
state = f.json('cases', 'list')[0]['state']
t.check(state == 'INQUIRY', 'the_case_stands_at_INQUIRY', state)
code, out, err = f('post', 'list')
t.check(code == 0 and b'unproven' not in out, 'and_nothing_is_late_yet', out)

# ---- the server that took it sends it back after all
inner = 'Message-ID: %s\r\nSubject: %s\r\n' % (m['Message-ID'], m['Subject'])
boxes.deliver('post', ('From: MAILER-DAEMON@mx.example.org\r\nTo: post@example.com\r\nSubject: Undelivered Mail Returned to Sender\r\nMessage-ID: <b1@mx.example.org>\r\nDate: Thu, 26 Nov 2026 09:00:00 +0000\r\n'
              'MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=B\r\n\r\n--B\r\nContent-Type: text/plain\r\n\r\nno such mailbox\r\n'
              '--B\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.org\r\n\r\nFinal-Recipient: rfc822; tom@example.org\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n'
              '--B\r\nContent-Type: text/rfc822-headers\r\n\r\n%s\r\n--B--\r\n' % inner).encode())
step('the_mailbox_is_heard', 'answers', 'take')
row = one('SELECT state, bounced_us IS NOT NULL, delivered_us, bounce FROM notice WHERE id = ?', notice)
t.check(row[:3] == ('undelivered', 1, None) and '5.1.1' in (row[3] or ''), 'a_letter_that_comes_back_is_told_by_its_own_number', row)
t.check(f.json('cases', 'list')[0]['deadline'] is None, 'and_no_time_runs_for_it', f.json('cases', 'list'))
t.check(b'came back' in f('post', 'list')[1], 'and_it_is_to_go_again_at_once', f('post', 'list')[1])

# ---- nothing proves its delivery: after five working days it goes by post, and the time begins with the proof
f.env['FAIRTRACK_TEST_CLOCK'] = str(9 * 86400)
rows = f.json('post', 'list')
t.check([r['type'] for r in rows] == ['unproven'] and rows[0]['notice'] == notice, 'after_five_working_days_without_proof_the_post_is_next', rows)
code, out, err = f('cases', 'move', '--notice', str(notice), case, 'resend')
t.check(code == 1 and b'G5' in err and b'G17' in err, 'the_rules_are_asked_again_before_it_goes_again', err)
f.look(hand_over, hit, photo)
step('page_and_mail_are_probed_again', 'post', 'probe', '--wait', '60')
step('the_same_letter_goes_again', 'cases', 'move', '--notice', str(notice), case, 'resend')
rows = f.json('post', 'list')
t.check([r['type'] for r in rows] == ['letter'] and rows[0]['posted'] is None, 'it_waits_to_be_printed', rows)
code, out, err = f('post', 'print', str(notice))
t.check(code == 0 and out == blob(kept[0]), 'what_is_printed_is_what_was_approved', err)
t.check('Testweg 2' in paper and 'Beispielweg 1' in paper, 'with_both_addresses', paper[:300])
code, out, err = f('post', 'delivered', '--on', '2026-12-05', '--proof', t.top + '/letter.pdf', str(notice))
t.check(code == 1 and b'handed over' in err, 'nothing_is_delivered_that_was_not_handed_over', err)
code, out, err = f('post', 'sent', '--carrier', 'Parcel Post', '--tracking', '12', str(notice))
t.check(code == 2, 'without_a_number_it_is_not_followed', err)
step('a_person_hands_it_over', 'post', 'sent', '--carrier', 'Parcel Post', '--tracking', 'RR123456785XX', str(notice))
day = subprocess.run(['date', '-u', '-d', '@%d' % (int(one('SELECT max(posted_us) FROM posting')[0]) // 1000000), '+%Y-%m-%d'], stdout=subprocess.PIPE).stdout.decode().strip()
code, out, err = f('post', 'delivered', '--on', '2026-01-01', '--proof', t.top + '/letter.pdf', str(notice))
t.check(code == 2 and b'before' in err, 'it_is_not_delivered_before_it_was_made', err)
code, out, err = f('post', 'delivered', '--on', '2031-01-01', '--proof', t.top + '/letter.pdf', str(notice))
t.check(code == 2 and b'not come' in err, 'nor_in_the_future', err)
t.check(f.json('cases', 'list')[0]['deadline'] is None, 'no_time_runs_without_proof')
f.env['FAIRTRACK_TEST_CLOCK'] = str(12 * 86400)
step('the_proof_of_delivery_is_entered', 'post', 'delivered', '--on', day, '--proof', t.top + '/letter.pdf', str(notice))
row = one('SELECT state, delivered_by, tracking FROM notice WHERE id = ?', notice)
t.check(row == ('delivered', 'tracked_letter', 'RR123456785XX'), 'the_notice_says_by_what', row)
t.check(f.json('cases', 'list')[0]['deadline'] is not None and one("SELECT count(*) FROM case_event WHERE move = 'delivered'") == (1,), 'and_the_recipients_time_begins', f.json('cases', 'list'))
t.check(f.json('post', 'list') == [], 'nothing_is_left_to_do')
server.terminate()
server.wait(30)
smtp.stop()
boxes.stop()
t.end()
