#!/usr/bin/env python3
"""test_owed.py FAIRTRACK MAKE-PICTURES MAKE-CASE: what a move owes the recipient is drafted and sent by itself: receipts, the closing
letter with its reason, an apology; what cannot leave is shown with its reason and goes when it can; after "lawyer only" the lawyer is written to."""
import email, email.policy, os, shutil, sqlite3, subprocess, sys, time
sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)), os.path.join(os.path.dirname(os.path.abspath(__file__)), '..')]
from servers import Smtp, debian_python, free_port
from tap import Tap, Fairtrack

t = Tap()
if not debian_python():
    t.skip('what_is_owed_is_sent', 'no python3-aiosmtpd here')
    t.end()
f = Fairtrack(sys.argv[1], t.top + '/home')
photos, home = t.top + '/photos', t.top + '/home'
subprocess.run([sys.argv[2], photos, '5', '51', '480'], check=True)
smtp = Smtp(lambda sender, to, body: None)
f('init', '--name', 'Nord', '--email', 'owner@example.com')
with open(home + '/fairtrack.conf', 'w') as o:
    o.write('[mail]\nsmtp_url = smtp://127.0.0.1:%d\nfrom = post@example.com\n[letters]\nname = Nord Agency\naddress = Beispielweg 1, 12345 Musterstadt\n'
            '[portal]\npublic_url = https://answers.example.com\n' % smtp.port)
f('works', 'add', photos)
shift = 0


def tool(*args):
    p = subprocess.run([sys.argv[3], home, 'owner@example.com', *[str(a) for a in args]], env=f.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
    return p.returncode, p.stdout.decode().strip(), p.stderr.decode()


def sql(query, *args):
    db = sqlite3.connect(home + '/db', timeout=30)
    rows = db.execute(query, args).fetchall()
    db.commit()
    db.close()
    return rows


def later(days):
    global shift
    shift += int(days * 86400)
    f.env['FAIRTRACK_TEST_CLOCK'] = str(shift)


def work():
    """What left since: (to, subject, text without soft breaks)."""
    n = len(smtp.taken)
    f('worker', '--once', timeout=300)
    out = []
    for sender, to, body in smtp.taken[n:]:
        m = email.message_from_bytes(body, policy=email.policy.default)
        out.append((to, m['Subject'], m.get_body(('plain',)).get_content().replace(' \r\n', ' ').replace(' \n', ' ')))
    return out


def contact(i, site):
    """A case whose recipient was written to."""
    work_id = f.json('works', 'list')[i]['work']
    os.makedirs(t.top + '/found%d' % i)
    shutil.copy(photos + '/' + sorted(os.listdir(photos))[i], t.top + '/found%d/a.jpg' % i)
    f('hits', 'add', '--work', str(work_id), '--page', 'https://%s/blog' % site, t.top + '/found%d/a.jpg' % i)
    hit = [h for h in f.json('hits', 'list') if h['page'].startswith('https://%s/' % site)][0]['hit']
    f('hits', 'decide', '--as', 'pursue', str(hit))
    code, number, err = tool(hit, 'tom@example.org')
    org, account = sql('SELECT org_id, id FROM account')[0]
    # The letter before, which every answer is about: as if it had gone out.
    sql("INSERT INTO notice (id, org_id, case_id, step, claim, language, law, state, code, sum_minor, deadline_days, created_by, created_us, queued_us)"
        " VALUES (?, ?, ?, 'answer-question', 0, 'de', 'XX', 'queued', ?, 0, 0, ?, 1, 1)", 7 + i, org, int(number), 'FIRST-%d' % i, account)
    with open(t.top + '/facts', 'w') as o:
        o.write('answer.words\tDas Bild war zuerst in einem Heft.\nanswer.received\t2026-11-25\n')
    n = f.json('notices', 'draft', '--by', 'mail', '--facts', t.top + '/facts', number, 'answer-question')[0]['notice']
    tool('ready', n)
    tool('approve', n)
    code, out, err = tool('leave', n)
    t.check(code == 0, 'a_recipient_is_written_to', err)
    return number


# ---- a receipt
one = contact(0, 'one.example.org')
work()
code, out, err = f('cases', 'dispute', '--ground', 'licence', '--words', 'Bought it.', one)
t.check(code == 0, 'the_recipient_disputes_by_telephone', err)
left = work()
t.check(len(left) == 1 and left[0][0] == 'tom@example.org' and 'Danke: Wir sehen uns Ihre Lizenz an' in left[0][2] and 'Alle Fristen stehen still' in left[0][2], 'a_receipt_leaves_by_itself', left)
row = sql("SELECT automatic, claim, created_by, signer_id, sent_by, sent_to, state FROM notice WHERE step = 'answer-licence'")
t.check(row == [(1, 0, 0, None, 'mail', 'tom@example.org', 'sent')], 'it_is_nobodys_and_says_so', row)
t.check(sql('SELECT count(*) FROM notice_approval a JOIN notice n ON n.id = a.notice_id WHERE n.automatic = 1') == [(0,)], 'no_person_approved_it')
t.check(sql("SELECT e.actor, e.move FROM case_event e JOIN notice n ON n.id = e.notice_id WHERE n.automatic = 1") == [('SYS', 'letter')], 'its_move_is_in_the_chain_of_the_case')
f('cases', 'dispute', '--ground', 'licence', '--words', 'Bought it, as I said.', one)
t.check(work() == [] and sql("SELECT how FROM letter_owed ORDER BY id DESC LIMIT 1") == [('not_needed',)], 'the_same_receipt_goes_once_a_day')

# ---- a close
code, out, err = f('cases', 'close', '--as', 'licensed', '--note', 'Ihr Verlag hat das Bild auch für Ihre Seite.', one)
t.check(code == 0, 'it_closes', err)
left = work()
t.check(len(left) == 1 and 'Sie haben eine Lizenz' in left[0][2] and 'Ihr Verlag hat das Bild' in left[0][2] and 'fragen Sie danach nicht mehr' in left[0][2], 'I11_the_closing_letter_leaves_by_itself_with_its_reason', left)
t.check(work() == [], 'and_once')

# ---- words of a close that break the rules of wording; an apology
two = contact(1, 'two.example.org')
work()
f('cases', 'close', '--as', 'wrong', '--note', 'Sonst kostet es 500 EUR.', two)
left = work()
t.check(len(left) == 1 and 'bitten wir Sie um Entschuldigung' in left[0][2] and '500' not in left[0][2], 'words_that_may_not_stand_in_a_letter_do_not_keep_it_back', left)

# ---- the owner is silent: time alone closes it, and says how; what G17 keeps back is told, and goes later
three = contact(2, 'three.example.org')
work()
f('cases', 'dispute', '--ground', 'mine', '--words', 'Mine.', three)
work()
later(32)
left = work()
state = f.json('cases', 'list', '--state', 'CLOSED_LAPSED')
t.check(left == [] and len(state) == 1, 'the_owner_was_silent_for_30_days', (left, state))
code, out, err = f('doctor')
t.check(b'owes close-lapsed' in out and b'G17' in out, 'doctor_says_what_is_owed_and_why_it_could_not_leave', out.decode())
rows = f.json('post', 'list')
t.check(any(r['type'] == 'owed' and r['step'] == 'close-lapsed' and 'G17' in r['error'] for r in rows), 'and_so_does_the_list_of_the_post', rows)
tool('ready', 0)
later(0.1)
left = work()
t.check(len(left) == 1 and 'in 30 Tagen nicht geantwortet' in left[0][2], 'it_leaves_once_it_can', (left, f.json('post', 'list')))

# ---- a probe of the mail comes back while a letter is drafted that could go by post as well: it waits for the next look, and goes by mail
five = contact(4, 'five.example.org')
work()
f('cases', 'party', '--set', 'address=Beispielweg 5, 12345 Musterstadt', '--source', 'recipient', five)
with open(home + '/fairtrack.conf', 'a') as o:
    o.write('[mail]\nimap_url = imap://127.0.0.1:%d/INBOX\nimap_user = post\nimap_password_file = %s/password\nauthserv_id = mx.example.com\n' % (free_port(), t.top))
with open(t.top + '/password', 'w') as o:
    o.write('secret\n')
soon = int((time.time() + shift + 20) * 1e6)
sql("INSERT INTO probe (id, org_id, what, subject, code, at_us, done_us, passed, words) VALUES ((SELECT max(id) + 1 FROM probe), 0, 'mail', 'post@example.com', 'SOON', ?, ?, 1, 'passed')", soon - 60000000, soon)
f('cases', 'dispute', '--ground', 'licence', '--words', 'Bought it.', five)
left = work()
rows = [r for r in f.json('post', 'list') if r['type'] == 'owed']
t.check(left == [] and len(rows) == 1 and 'is being probed' in rows[0]['error'] and sql("SELECT count(*) FROM notice WHERE sent_by = 'letter'") == [(0,)], 'a_probe_that_came_back_meanwhile_sends_no_letter_by_post', (left, rows))
later(0.01)
left = work()
t.check([x[0] for x in left] == ['tom@example.org'], 'the_letter_goes_by_mail_at_the_next_look', (left, f.json('post', 'list')))

# ---- only to the lawyer
four = contact(3, 'four.example.org')
work()
n = f.json('notices', 'draft', '--by', 'mail', '--facts', t.top + '/facts', four, 'answer-question')[0]['notice']
tool('approve', n)
code, out, err = f('cases', 'move', four, 'lawyer-only')
t.check(code == 0 and work() == [], 'nobody_knows_the_lawyer_yet_so_nothing_leaves', (code, err))
rows = [r for r in f.json('post', 'list') if r['type'] == 'owed']
t.check(len(rows) == 1 and rows[0]['step'] == 'answer-lawyer' and 'nobody has entered' in rows[0]['error'], 'and_why_is_told', rows)
code, out, err = tool('leave', n)
t.check(code == 1 and 'lawyer' in err, 'G15_a_letter_to_the_person_is_refused', (code, err))
code, out, err = f('notices', 'draft', '--facts', t.top + '/facts', four, 'answer-question')
t.check(code == 1 and b'lawyer' in err, 'nor_is_another_drafted', (code, err))
f('cases', 'party', '--set', 'lawyer=Dr. Beispiel, Rechtsweg 3, 12345 Ort, kanzlei@example.org', '--source', 'recipient', four)
code, out, err = tool('leave', n)
t.check(code == 1 and 'lawyer' in err, 'the_letter_to_the_person_stays_refused', (code, err))
later(0.1)
left = work()
t.check([x[0] for x in left] == ['kanzlei@example.org'] and 'Dr. Beispiel' in left[0][2], 'what_was_owed_goes_to_the_lawyer', left)
got = f.json('notices', 'draft', '--again', str(n), '--facts', t.top + '/facts', four, 'answer-question')
t.check(len(got) == 1 and got[0]['to'] == 'kanzlei@example.org' and got[0]['to_lawyer'], 'a_letter_drafted_anew_is_the_lawyers', got)
tool('approve', n)
code, out, err = tool('leave', n)
left = work()
t.check(code == 0 and [x[0] for x in left] == ['kanzlei@example.org'], 'and_leaves', (code, err, left))
sql("UPDATE party_datum SET value = 'Dr. Anders, anders@example.net' WHERE what = 'lawyer'")
n = f.json('notices', 'draft', '--facts', t.top + '/facts', four, 'answer-question')[0]['notice']
sql("UPDATE party_datum SET value = 'Dr. Beispiel, kanzlei@example.org' WHERE what = 'lawyer'")
tool('approve', n)
t.check(tool('leave', n)[0] == 1, 'a_letter_to_another_lawyer_than_the_one_named_is_refused')
smtp.stop()
t.end()
