#!/usr/bin/env python3
"""test_gates.py FAIRTRACK HAND-OVER: a case from a hit to its inquiry, and each gate that keeps it back when one tries to get round it by the
command, the API, the web and a job put straight into the queue."""
import html, json, os, re, shutil, sqlite3, subprocess, sys, time
here = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(here, '..'), os.path.join(here, '../web')]
from fairweb import Served
from tap import Tap, Fairtrack

t = Tap()
if shutil.which('convert') is None:
    t.skip('no_gate_can_be_got_round', 'ImageMagick is not installed')
    t.end()
home, pics = t.top + '/home', t.top + '/pics'
os.makedirs(pics)
f, hand_over = Fairtrack(os.path.abspath(sys.argv[1]), home), os.path.abspath(sys.argv[2])
subprocess.run(['convert', '-size', '640x480', '-seed', '5', 'plasma:red-blue', '-quality', '92', pics + '/lantern.jpg'], check=True)
subprocess.run(['convert', pics + '/lantern.jpg', '-resize', '500x', '-quality', '70', pics + '/copy.jpg'], check=True)
f('init', '--name', 'Lantern Studio', '--email', 'ada@example.com')
f('works', 'add', pics + '/lantern.jpg')


def sql(*statements):
    db = sqlite3.connect(home + '/db', timeout=30)
    for s in statements:
        db.executescript(s) if isinstance(s, str) else db.execute(*s)
    db.commit()
    db.close()


def one(query, *args):
    db = sqlite3.connect(home + '/db', timeout=30)
    row = db.execute(query, args).fetchone()
    db.close()
    return row


work = one('SELECT id FROM work')[0]
code, out, err = f('--json', 'hits', 'add', '--work', str(work), '--page', 'https://example.com/shop', pics + '/copy.jpg')
hit = one('SELECT id FROM hit')[0]
org, user = one('SELECT org_id, id FROM account')
sql("UPDATE hit SET verdict = 'match', has_map = 1")
code, out, err = f('cases', 'open', str(hit))
t.check(code == 1 and b'decide on it first' in err, 'no_case_opens_before_a_person_pursues_the_hit', (code, err))
f('--as', 'ada@example.com', 'hits', 'decide', '--as', 'pursue', str(hit))
code, out, err = f('cases', 'open', str(hit))
case = str(one('SELECT id FROM case_file')[0]) if code == 0 else '0'
t.check(code == 0, 'a_pursued_hit_opens_a_case', (code, out, err))
code, out, err = f('cases', 'open', str(hit))
t.check(code == 1, 'a_hit_is_in_one_case', (code, out, err))
code, out, err = f('cases', 'move', case, 'gather')
t.check(code == 1 and b'G1' in err and b'G2' in err, 'what_is_missing_is_told_in_words', (code, err))
refused = f.json('cases', 'move', case, 'gather')
t.check(refused and refused[0]['type'] == 'refused' and {'G1_unknown', 'G4_not_seen'} <= {r['code'] for r in refused[0]['reasons']}, 'and_as_json', refused)
code, out, err = f('cases', 'move', case, 'fly')
t.check(code == 2, 'an_unknown_move_is_wrong_usage', (code, err))
code, out, err = f('cases', 'gates', case)
t.check(code == 1 and out.count(b'\nG') >= 18, 'the_gates_are_shown', (code, out))

# ---- everything that an inquiry needs
now = int(time.time() * 1e6)
stamp = time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())
sql(('INSERT INTO identity (id, org_id, kind, value, confirmed_us, account_id, at_us) VALUES (1, ?, ?, ?, ?, ?, ?)', (org, 'mail', 'ada@example.com', now, user, now)),
    ('INSERT INTO declaration (id, org_id, work_id, author, stock, cc, press, ai, account_id, at_us) VALUES (2, ?, ?, 1, ?, ?, ?, ?, ?, ?)', (org, work, 'no', 'no', 'no', 'none', user, now)),
    ('INSERT INTO proof (id, org_id, work_id, kind, name, account_id, at_us) VALUES (3, ?, ?, ?, ?, ?, ?)', (org, work, 'publication', 'https://lantern.example.com/', user, now)),
    ('INSERT INTO checked (id, org_id, subject, subject_id, verdict, how, name, statement, account_id, at_us) VALUES (4, ?, ?, 3, ?, ?, ?, ?, ?, ?)',
     (org, 'proof', 'holds', 'installation', 'Ada', 'I looked at it.', user, now)))
for name, value in (('match.seen', 'yes'), 
                    ('exceptions.worksheet', 'no quotation, no parody'), ('time.term', 'protected'), ('time.created', '2020-01-01')):
    code, out, err = f('cases', 'fact', '--source', 'the test', case, name, value)
    if code != 0:
        t.check(False, 'the_fact_%s_is_kept' % name, (code, err))
for what in ('name=Harbour Reader Ltd', 'address=1 Quay, Port Example', 'country=DE'):
    code, out, err = f('cases', 'party', '--set', what, '--source', 'imprint', '--seen', 'https://example.com/imprint', case)
    if code != 0:
        t.check(False, 'the_party_is_kept', (code, err))
f('cases', 'party', '--kind', 'commercial', '--evidence', 'a shop', case)
code, out, err = f('cases', 'party', '--hosting', 'hosted', '--evidence', 'their own address', case)
t.check(code == 0 and out.count(b'imprint') >= 3, 'the_party_is_shown_with_its_sources', (code, out, err))
code, out, err = f('cases', 'fact', case, 'match.seen', 'yes')
t.check(code == 2, 'a_fact_without_a_source_is_refused', (code, err))
for name, value in (('evidence.package', 'ab' * 32), ('evidence.verified', stamp), ('evidence.live', stamp), ('evidence.captures', '2'), ('evidence.ended', 'yes'), ('sources.markers', 'nothing')):
    code, out, err = f('--as', 'ada@example.com', 'cases', 'fact', '--source', 'I say so', case, name, value)
    t.check(code == 1 and b'stated by nobody' in err, 'nobody_states_' + name.replace('.', '_'), (code, err))
f('cases', 'move', case, 'gather')
refused = f.json('cases', 'move', case, 'seal')
t.check(refused and {r['code'] for r in refused[0]['reasons']} == {'G5_not_sealed', 'G5_not_verified', 'G5_not_live'}, 'without_a_capture_nothing_is_sealed', refused)
package = f.look(hand_over, hit, pics + '/copy.jpg')
t.check(one('SELECT count(*) FROM package_check')[0] == 0, 'a_fresh_package_was_not_looked_at_yet')
steps = [f('cases', 'move', case, m)[0] for m in ('seal', 'ready')]
t.check(steps == [0, 0], 'it_comes_to_READY', (steps, f('cases', 'show', case)))
sql(('INSERT INTO notice (id, org_id, case_id, step, claim, language, law, state, code, mail, sum_minor, deadline_days, created_by, created_us, signer_id)'
     ' VALUES (9, ?, ?, ?, 1, ?, ?, ?, ?, ?, 0, 21, ?, ?, ?)', (org, int(case), 'inquiry', 'de', 'XX', 'draft', 'code', b'x' * 32, user, now, user)),
    *[('INSERT INTO notice_check (org_id, notice_id, name, value, source, account_id, at_us) VALUES (?, 9, ?, ?, ?, 0, ?)', (org, n, v, 'the letter', now))
      for n, v in [(n, 'yes') for n in ('privacy.art14', 'privacy.source', 'privacy.retention', 'privacy.contact', 'authentic.signed', 'pack.identity',
                                        'pack.privacy', 'pack.wording', 'wording.language', 'wording.reading')] + [('wording.banned', '0')]],
    *[('INSERT INTO probe (id, org_id, what, subject, code, at_us, done_us, passed, words) VALUES (?, 0, ?, ?, ?, ?, ?, 1, ?)', (i, w, 'example.com', 'P-%d' % i, now, now, 'seen'))
      for i, w in ((1, 'portal'), (2, 'mail'))])
code, out, err = f('notices', 'approve', '9')
t.check(code == 0 and b'approved by' in out, 'a_person_approves_the_letter', (code, out, err))

# ---- four ways to the same door
server = Served(f)
web = server.client().sign_in_by_link()


def ask(method, path, fields=None, **headers):
    if fields is None or headers:
        r = web.ask(method, path, None if fields is None else json.dumps(fields), headers)
    else:
        r = web.post(path, fields)
    return r.status, r.text


token = re.search(r'<code[^>]*>([^<]+)</code>', ask('POST', '/account/token', {})[1])
token = html.unescape(token.group(1)) if token else ''
status, page = ask('GET', '/cases/' + case)
t.check(status == 200 and 'What may be done next' in page and 'Harbour Reader Ltd' in page and 'imprint' in page, 'the_page_tells_where_it_stands_and_what_may_be_done', (status, page[:800]))
status, text = ask('POST', '/cases/%s/fact' % case, {'name': 'evidence.package', 'value': 'ab' * 32, 'source': 'I say so'})
t.check(status in (403, 409) and 'stated by nobody' in html.unescape(text), 'nor_by_the_web', (status, text[:600]))
status, text = ask('POST', '/api/cases/%s/fact' % case, {'name': 'evidence.verified', 'value': stamp, 'source': 'I say so'}, **{'Content-Type': 'application/json', 'Authorization': 'Bearer ' + token, 'Cookie': None})
t.check(status in (403, 409) and 'stated by nobody' in text, 'nor_by_the_api', (status, text[:600]))
t.check(ask('GET', '/cases')[0] == 200, 'cases_are_listed', ask('GET', '/cases'))
status, text = ask('GET', '/api/cases/' + case)
model = json.loads(text) if status == 200 else {}
t.check(status == 200 and model['state'] == 'READY' and len(model['gates']) == 19 and 'show' not in model, 'the_same_as_json', (status, text[:400]))


def version():
    return one('SELECT version FROM case_file WHERE id = ?', int(case))[0]


def by_command():
    code, out, err = f('--json', 'cases', 'move', '--notice', '9', case, 'inquire')
    rows = [json.loads(l) for l in out.splitlines() if l]
    return code == 1, {r['code'] for row in rows for r in row.get('reasons', [])}


def by_web():
    ask('GET', '/cases/' + case)
    status, text = ask('POST', '/cases/%s/move' % case, {'move': 'inquire', 'notice': '9', 'version': version()})
    return status == 409 and 'may not be done now' in text, text


def by_api():
    status, text = ask('POST', '/api/cases/%s/move' % case, {'move': 'inquire', 'notice': 9, 'version': version()}, **{'Content-Type': 'application/json', 'Authorization': 'Bearer ' + token, 'Cookie': None})
    try:
        return status == 409, {r['code'] for r in json.loads(text)['refused']['reasons']}
    except (ValueError, KeyError):
        return False, (status, text[:300])


def by_job():
    n = time.time_ns() // 1000
    sql(('INSERT INTO job (id, org_id, account_id, kind, args, state, attempt, lease, not_before_us, asked_us) VALUES (?, ?, ?, ?, ?, ?, 0, 0, 0, ?)',
         (n, org, user, 'case', json.dumps({'case': int(case), 'move': 'inquire', 'notice': 9, 'version': version()}), 'waiting', n)))
    f('worker', '--once')
    state, error = one('SELECT state, error FROM job WHERE id = ?', n)
    return state == 'aside', error or ''


f('hits', 'add', '--work', str(work), '--page', 'https://example.org/blog', pics + '/copy.jpg')
other = one("SELECT id FROM hit WHERE page_url = CAST('https://example.org/blog' AS BLOB)")[0]
strange = f.look(hand_over, other, pics + '/copy.jpg')
draft = one('SELECT lower(hex(draft)) FROM package WHERE id = ?', package)[0]
blob = [os.path.join(d, n) for d, _, names in os.walk(home + '/vault') for n in names if (os.path.basename(d) + n).endswith(draft[4:]) or n == draft][0]


def flip(path):
    os.chmod(path, 0o600)
    with open(path, 'r+b') as o:
        o.seek(500)
        byte = o.read(1)[0]
        o.seek(500)
        o.write(bytes([byte ^ 4]))


SPOIL = [
    ('G1', 'UPDATE identity SET ended_us = 1', 'UPDATE identity SET ended_us = NULL', 'G1_unknown', 'It is not known who asks'),
    ('G2', 'UPDATE declaration SET author = 0', 'UPDATE declaration SET author = 1', 'G2_level_1', "Nothing shows yet that the picture is the claimant"),
    ('G3', "INSERT INTO owner (id, org_id, name, created_us) VALUES (77, %d, 'Bea', 1); INSERT INTO identity (id, org_id, owner_id, kind, value, confirmed_us, account_id, at_us)"
           " VALUES (78, %d, 77, 'mail', 'bea@example.com', 1, 0, 1); UPDATE work SET owner_id = 77" % (org, org),
     "UPDATE work SET owner_id = NULL; DELETE FROM identity WHERE id = 78; DELETE FROM owner WHERE id = 77", 'G3_work', 'No mandate in writing covers this work'),
    ('G4', "UPDATE hit SET verdict = 'possible'", "UPDATE hit SET verdict = 'match'", 'G4_not_confirmed', 'Our own matcher has not confirmed'),
    ('G5_not_sealed_yet', "UPDATE package SET state = 'sealing' WHERE id = %d" % package, "UPDATE package SET state = 'sealed' WHERE id = %d" % package, 'G5_not_sealed', 'There is no sealed evidence'),
    ('G5_one_bit_off', lambda: flip(blob), lambda: flip(blob), 'G5_not_sealed', 'There is no sealed evidence'),
    ('G5_its_file_gone', lambda: os.rename(blob, blob + '.away'), lambda: os.rename(blob + '.away', blob), 'G5_not_sealed', 'There is no sealed evidence'),
    ('G5_a_package_of_another_use', 'UPDATE capture SET package_id = %d WHERE package_id = %d' % (strange, package), 'UPDATE capture SET package_id = %d WHERE package_id = %d AND hit_id = %d' % (package, strange, hit),
     'G5_not_sealed', 'There is no sealed evidence'),
    ('G5_another_package_called_its_own', 'UPDATE package SET hit_id = %d WHERE id = %d; UPDATE capture SET package_id = %d WHERE package_id = %d' % (hit, strange, strange, package),
     'UPDATE package SET hit_id = %d WHERE id = %d; UPDATE capture SET package_id = %d WHERE package_id = %d AND hit_id = %d' % (other, strange, package, strange, hit), 'G5_not_sealed', 'There is no sealed evidence'),
    ('G5_a_capture_of_another_page', "UPDATE hit SET page_url = CAST('https://example.com/elsewhere' AS BLOB) WHERE id = %d" % hit, "UPDATE hit SET page_url = CAST('https://example.com/shop' AS BLOB) WHERE id = %d" % hit, 'G5_not_sealed',
     'There is no sealed evidence'),
    ('G5_a_capture_of_a_clock_ahead', 'UPDATE capture SET at_us = at_us + 86400000000, ended_us = ended_us + 86400000000 WHERE hit_id = %d' % hit,
     'UPDATE capture SET at_us = at_us - 86400000000, ended_us = ended_us - 86400000000 WHERE hit_id = %d' % hit, 'G5_not_live', 'not seen in the last three days'),
    ('G5_a_look_too_old', 'UPDATE capture SET at_us = at_us - 263000000000, ended_us = ended_us - 263000000000 WHERE hit_id = %d' % hit,
     'UPDATE capture SET at_us = at_us + 263000000000, ended_us = ended_us + 263000000000 WHERE hit_id = %d' % hit, 'G5_not_live', 'not seen in the last three days'),
    ('G5_a_change_since_the_letter', "UPDATE capture SET changes = 'The picture was replaced.', ended_us = (SELECT max(at_us) FROM notice_check) + 1 WHERE hit_id = %d" % hit,
     'UPDATE capture SET changes = NULL, ended_us = at_us WHERE hit_id = %d' % hit, 'G5_changed', 'a use changed'),
    ('G6', "UPDATE capture SET markers = NULL WHERE hit_id = %d" % hit, "UPDATE capture SET markers = '[]' WHERE hit_id = %d" % hit, 'G6_markers', 'The page was not searched'),
    ('G7', "UPDATE case_fact SET name = 'x' || name WHERE name = 'exceptions.worksheet'", "UPDATE case_fact SET name = 'exceptions.worksheet' WHERE name = 'xexceptions.worksheet'", 'G7_no_worksheet', 'No person has filled in the worksheet'),
    ('G8', "UPDATE party SET hosting = 'embedded'", "UPDATE party SET hosting = 'hosted'", 'G8_embedded', 'The page only shows the picture'),
    ('G9', "UPDATE case_fact SET value = 'over' WHERE name = 'time.term'", "UPDATE case_fact SET value = 'protected' WHERE name = 'time.term'", 'G9_over', 'The work is no longer protected'),
    ('G10', "INSERT INTO notice_approval SELECT 5, org_id, notice_id, account_id, actor, sha256, at_us FROM notice_approval WHERE 0; UPDATE notice SET sum_minor = 100, currency = 'EUR'",
     "UPDATE notice SET sum_minor = 0, currency = NULL", 'G10_sum_at_inquiry', 'may not name a sum'),
    ('G11', "UPDATE notice_check SET value = 'no' WHERE name = 'pack.identity'", "UPDATE notice_check SET value = 'yes' WHERE name = 'pack.identity'", 'G11_identity', 'does not say who asks'),
    ('G12', "INSERT INTO owner (id, org_id, name, created_us) VALUES (77, %d, 'Bea', 1); UPDATE work SET owner_id = 77" % org, "UPDATE work SET owner_id = NULL; DELETE FROM owner WHERE id = 77", 'G12_not_entitled',
     'The sender may not write in this country'),
    ('G13', "UPDATE notice_check SET value = '2' WHERE name = 'wording.banned'", "UPDATE notice_check SET value = '0' WHERE name = 'wording.banned'", 'G13_banned', 'banned phrase'),
    ('G14', 'UPDATE notice SET deadline_days = 10', 'UPDATE notice SET deadline_days = 21', 'G14_short', 'The time to answer is shorter'),
    ('G15', 'UPDATE party SET lawyer_only = 1', 'UPDATE party SET lawyer_only = 0', 'G15_lawyer_only', 'All contact goes to the recipient'),
    ('G16', "UPDATE notice_check SET value = 'no' WHERE name = 'privacy.art14'", "UPDATE notice_check SET value = 'yes' WHERE name = 'privacy.art14'", 'G16_art14', 'Article 14 GDPR is missing'),
    ('G17', "UPDATE notice_check SET value = 'no' WHERE name = 'authentic.signed'", "UPDATE notice_check SET value = 'yes' WHERE name = 'authentic.signed'", 'G17_not_signed', 'It is not signed'),
    ('G18', "UPDATE notice_approval SET account_id = -account_id", "UPDATE notice_approval SET account_id = -account_id", 'G18_no_signer', 'No person has approved'),
    ('G19', "INSERT INTO setting (org_id, name, value) VALUES (%d, 'cases.suspended', 'abuse')" % org, "DELETE FROM setting WHERE name = 'cases.suspended'", 'G19_suspended', 'This claimant is suspended'),
]
before = one('SELECT version, state FROM case_file')
for name, spoil, mend, code, words in SPOIL:
    gate = code.split('_')[0]
    spoil() if callable(spoil) else sql(spoil)
    results = {}
    refused, codes = by_command()
    results['command'] = refused and code in codes or codes
    refused, codes = by_api()
    results['api'] = refused and code in codes or codes
    refused, text = by_web()
    results['web'] = refused and html.unescape(text).count(words) > 0 or text[:300]
    refused, error = by_job()
    results['job'] = refused and gate + ':' in error or error
    bad = {k: v for k, v in results.items() if v is not True}
    t.check(not bad and one('SELECT version, state FROM case_file') == before, name + '_is_got_round_by_no_command_api_web_or_job', bad)
    mend() if callable(mend) else sql(mend)
checks = one('SELECT count(*), sum(holds), count(DISTINCT account_id) FROM package_check WHERE package_id = ?', package)
t.check(checks[0] > 40 and 0 < checks[1] < checks[0] and checks[2] == 1, 'each_look_at_the_package_is_a_row', checks)
t.check(one("SELECT count(*) FROM package_check WHERE package_id = ? AND holds = 0 AND draft IS NULL AND words <> ''", package)[0] >= 8 and
        one("SELECT count(*) FROM package_check WHERE package_id = ? AND holds = 0 AND words LIKE '%another use%'", strange)[0] >= 4 and
        one("SELECT count(*) FROM package_check WHERE package_id = ? AND holds = 0 AND words LIKE '%another page%'", package)[0] >= 4, 'and_says_what_is_wrong',
        one('SELECT group_concat(DISTINCT words) FROM package_check'))
t.check(one("SELECT count(*) FROM job WHERE kind = 'send'")[0] == 0 and one("SELECT state FROM notice")[0] == 'approved', 'nothing_has_left', one('SELECT state FROM notice'))

# ---- and when all is as it should be, it leaves
sees = version()
code, out, err = f('cases', 'move', '--notice', '9', '--version', str(sees), case, 'inquire')
t.check(code == 0 and b'INQUIRY' in out, 'with_all_gates_passed_the_inquiry_leaves', (code, out, err))
# ---- at the door: not seen lately, so a look is asked for and the letter waits; a change that the look finds keeps it back
looks = one("SELECT count(*) FROM job WHERE kind = 'capture' AND once LIKE '% before_notice'")[0]
t.check(1 <= looks <= 2 and one("SELECT count(*) FROM job WHERE kind = 'capture' AND once LIKE '% asked'")[0] == 1, 'looks_were_asked_for_by_themselves_and_not_each_time', looks)
sql('UPDATE capture SET at_us = at_us - 263000000000, ended_us = ended_us - 263000000000 WHERE hit_id = %d' % hit)
f('worker', '--once')
t.check(one("SELECT bounce FROM notice WHERE id = 9")[0].startswith('It waits: ') and one("SELECT state FROM notice WHERE id = 9")[0] == 'queued' and
        one("SELECT count(*) FROM job WHERE kind = 'send' AND state = 'waiting' AND not_before_us > asked_us + 500000000")[0] == 1, 'a_letter_waits_for_a_look', one('SELECT state, bounce FROM notice'))
sql('UPDATE capture SET at_us = at_us + 263000000000, ended_us = ended_us + 263000000000 WHERE hit_id = %d' % hit, 'UPDATE job SET not_before_us = 0',
    "UPDATE capture SET changes = 'The picture was replaced.', ended_us = (SELECT max(at_us) FROM notice_check) + 1 WHERE hit_id = %d" % hit)
f('worker', '--once')
t.check('a use changed' in (one("SELECT error FROM job WHERE kind = 'send' AND state = 'aside'") or [''])[0], 'a_change_found_meanwhile_keeps_it_back_and_says_so',
        one("SELECT group_concat(state || ' ' || coalesce(error, '')) FROM job WHERE kind = 'send'"))
sql('UPDATE capture SET changes = NULL, ended_us = at_us WHERE hit_id = %d' % hit)
code, out, err = f('cases', 'withdraw', '--version', str(sees), case)
t.check(code == 1 and b'look at it again' in err, 'who_decides_on_what_they_saw_before_is_told', (code, err))
code, out, err = f('cases', 'dispute', '--ground', 'licence', '--words', 'I bought it.', case)
t.check(code == 0 and b'DISPUTED' in out, 'a_dispute_by_telephone_stops_it', (code, out, err))
code, out, err = f('cases', 'hold', '--note', 'the owner is away', case)
t.check(code == 0 and b'DISPUTED' in out, 'a_hold_gets_nobody_out_of_a_dispute', (code, out, err))
code, out, err = f('doctor')
t.check(b'the chains unbroken' in out and b'whole and fair' in out, 'doctor_verifies_the_chains_and_the_files', (code, out, err))
code, out, err = f('cases', 'close', '--as', 'licensed', '--note', 'You have a licence; please excuse the question.', case)
t.check(code == 0 and b'CLOSED_LICENSED_BEFORE' in out, 'it_closes_with_its_reason', (code, out, err))
code, out, err = f('cases', 'show', case)
t.check(code == 0 and b'please excuse' in out, 'what_happened_is_told', (code, out, err))
sql("UPDATE case_event SET note = 'nothing' WHERE note LIKE '%excuse%'")
code, out, err = f('doctor')
t.check(code != 0 and b'was changed' in out + err, 'a_changed_event_is_found', (code, out, err))
server.stop()
t.end()
