#!/usr/bin/env python3
"""test_seal.py FAIRTRACK MAKE-PICTURES HAND-OVER: a package from handing over to verification, with authorities of the test's own."""
import hashlib, json, os, re, shutil, subprocess, sys, zipfile
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tap import Tap, Fairtrack, one_line
from authority import Authority, Server

t = Tap()
fairtrack, make_pictures, hand_over = sys.argv[1:4]
f = Fairtrack(fairtrack, t.top + '/home')
photos = t.top + '/photos'
subprocess.run([make_pictures, photos, '3', '41', '400'], check=True)
found = t.top + '/found.jpg'
shutil.copy(photos + '/made-41-000000.jpg', found)
f('init', '--name', 'Test pictures', '--email', 'owner@example.com')
f('works', 'add', photos)
f('scan', found)
hit = str(f.json('hits', 'list')[0]['hit'])
one, two, stranger = Authority(t.top, 'one'), Authority(t.top, 'two'), Authority(t.top, 'stranger')
server = Server({'one': one, 'two': two, 'stranger': stranger})
roots = t.top + '/roots.pem'
with open(roots, 'wb') as o:
    o.write(open(one.root, 'rb').read() + open(two.root, 'rb').read())


def settings(**keys):
    with open(t.top + '/home/fairtrack.conf', 'w') as o:
        o.write('[crawl]\nallow_loopback = yes\n[evidence]\n' + ''.join('%s = %s\n' % k for k in keys.items()))


def package(*notes):
    p = subprocess.run([hand_over, f.home, hit, found, *notes], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=dict(os.environ, LC_ALL='C.UTF-8'))
    if p.returncode:
        raise RuntimeError(p.stderr.decode())
    return p.stdout.decode().strip()


def verify(*args):
    p = subprocess.run([fairtrack, 'verify', *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
    return p.returncode, p.stdout.decode(), p.stderr.decode()


# ---- the seal waits
settings(stamp_roots=roots)
first = package('cookie banner seen, left as it was')
code, out, err = f('evidence', 'seal', first)
t.check(code == 1 and b'no time-stamp service is set' in out, 'without_a_service_the_seal_waits_and_says_why', (code, out, err))
settings(stamp_roots=roots, stamp_servers='%sone %stwo' % (server.url, server.url), calendars=server.url + 'calendar')
server.down = True
code, out, err = f('evidence', 'seal', first)
t.check(code == 1 and b'answers 503' in out, 'while_no_service_answers_it_waits', (code, out, err))
code, out, err = f('evidence', 'export', first, t.top + '/early.wacz')
t.check(code == 1 and one_line(err) and not os.path.exists(t.top + '/early.wacz'), 'nothing_is_exported_before_it_is_sealed', (code, err))
server.down = False
code, out, err = f('worker', '--once')
p = f.json('evidence', 'list')[0]
t.check(p['state'] in ('sealing', 'sealed'), 'the_job_is_there', (p, err))
code, out, err = f('evidence', 'seal', first)
p = f.json('evidence', 'list')[0]
t.check(code == 0 and p['state'] == 'sealed' and p['error'] is None and p['number'] == 1, 'when_they_answer_it_is_sealed', (code, out, err, p))
made = t.top + '/one.wacz'
code, out, err = f('evidence', 'export', first, made)
t.check(code == 0 and len(out.split()[0]) == 64, 'a_sealed_package_is_exported', (code, out, err))
code, out, err = f('evidence', 'export', first, made)
t.check(code == 4 and one_line(err), 'a_file_that_is_there_is_never_written_over', (code, err))
code, out, err = verify('--ca', roots, made)
t.check(code == 0 and len(re.findall('^ok +time stamp', out, re.M)) == 2 and 'pending at http://127.0.0.1' in out, 'two_time_stamps_and_a_proof_verify', (code, out, err))
t.check('captured by owner@example.com' in out and 'sealed' in out and 'exported' in out, 'custody_tells_of_capture_seal_and_export', out)
code, out, err = verify(made)
t.check(code == 1 and 'whom nobody trusts' in out, 'authorities_that_nobody_trusts_are_refused_by_default', (code, out))
code, out, err = verify('--ca', roots, '--rematch', made)
t.check(code == 0 and 'rematch' in out, 'the_match_is_computed_again_from_the_package_alone', (code, out, err))
alone = t.top + '/alone'
os.makedirs(alone)
shutil.copy(made, alone + '/p.wacz')
cut_off = ['unshare', '-n'] if os.geteuid() == 0 and shutil.which('unshare') and subprocess.run(['unshare', '-n', 'true'], stderr=subprocess.DEVNULL).returncode == 0 else []
p = subprocess.run([*cut_off, os.path.abspath(fairtrack), 'verify', '--ca', roots, '--rematch', 'p.wacz'], cwd=alone, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                   env={k: v for k, v in os.environ.items() if k not in ('HOME', 'FAIRTRACK_HOME')} | {'HOME': '/nonexistent'})
out = p.stdout.decode()
t.check(p.returncode == 0 and 'rematch' in out and os.listdir(alone) == ['p.wacz'], 'without_a_home_a_catalogue_or_a_network', (p.returncode, out[-800:], p.stderr))

t.check('match/overlay.png' in zipfile.ZipFile(made).namelist() and zipfile.ZipFile(made).read('match/overlay.png')[:8] == b'\x89PNG\r\n\x1a\n', 'the_work_is_laid_over_the_picture_found')

# ---- other people's eyes
with zipfile.ZipFile(made) as z:
    digest = json.loads(z.read('datapackage-digest.json'))
    text = z.read('verify/VERIFY.txt').decode()
    names = z.namelist()
if shutil.which('unzip'):
    folder = t.top + '/by-hand'
    os.makedirs(folder)
    commands = [l[4:] for l in text.splitlines() if l.startswith('    ')]
    p = subprocess.run(['sh', '-e', '-c', '\n'.join(commands) + '\necho ALL-WENT-WELL'], env=dict(os.environ, PACKAGE=made, FOLDER=folder, ROOTS=roots), stdout=subprocess.PIPE,
                       stderr=subprocess.STDOUT)
    out = p.stdout.decode(errors='replace')
    t.check(p.returncode == 0 and out.count('Verification: OK') == 2 and out.count('Verified OK') == 2 and out.count('Time stamp:') == 2 and 'ALL-WENT-WELL' in out,
            'openssl_and_sha256sum_alone_find_the_same', out)
else:
    t.skip('openssl_and_sha256sum_alone_find_the_same', 'no unzip here')
t.check(digest['signedData']['version'] == '0.1.0' and 'publicKey' in digest['signedData'] and digest['signedData']['hash'] == digest['hash'], 'wacz_auth_finds_its_fields', digest)

# ---- the second of an operator names the first; parts of one do not fit the other
second = package()
f('evidence', 'seal', second)
other = t.top + '/two.wacz'
f('evidence', 'export', second, other)
prev = json.loads(zipfile.ZipFile(other).read('datapackage.json'))['fairtrack']['previous']
t.check(prev == f.json('evidence', 'show', first)[0]['datapackage'], 'a_package_names_the_one_before_it', prev)
swapped = t.top + '/swapped.wacz'
with zipfile.ZipFile(swapped, 'w') as o:
    for n in names:
        o.writestr(n, zipfile.ZipFile(other if n == 'datapackage-digest.json' else made).read(n))
code, out, err = verify('--ca', roots, swapped)
t.check(code == 1 and 'datapackage.json' in out, 'the_seal_of_another_package_does_not_fit', (code, out))

# ---- keys
keys = f.json('evidence', 'keys', 'list')
t.check(len(keys) == 1 and os.stat(t.top + '/home/keys/notary.pem').st_mode & 0o777 == 0o600, 'there_is_one_key_and_nobody_else_can_read_it', keys)
old = keys[0]['id']
code, out, err = f('evidence', 'keys', 'rotate')
keys = f.json('evidence', 'keys', 'list')
t.check(code == 0 and len(keys) == 2 and keys[0]['until'] and keys[1]['by'] == old and keys[1]['until'] is None, 'a_new_key_is_signed_for_by_the_old_one', (code, keys, err))
code, out, err = verify('--ca', roots, '--key', old, made)
t.check(code == 0, 'an_old_package_stays_verifiable', (code, out))
again = t.top + '/again.wacz'
f('evidence', 'export', first, again)
code, out, err = verify('--ca', roots, '--key', old, again)
t.check(code == 0 and 'BAD' not in out, 'exported_anew_it_is_closed_with_the_new_key_and_still_good', (code, out))
third = package()
f('evidence', 'seal', third)
f('evidence', 'export', third, t.top + '/three.wacz')
code, out, err = verify('--ca', roots, '--key', old, t.top + '/three.wacz')
t.check(code == 0 and 'for which the one given signed' in out, 'who_knows_the_old_key_knows_packages_of_the_new_one', (code, out))
code, out, err = verify('--ca', roots, '--key', '0' * 64, t.top + '/three.wacz')
t.check(code == 1 and 'and not with' in out, 'another_operators_key_is_refused', (code, out))
os.chmod(t.top + '/home/keys/notary.pem', 0o644)
code, out, err = f('evidence', 'export', first, t.top + '/loose.wacz')
t.check(code == 4 and b'others can read it' in err, 'a_key_that_others_can_read_signs_nothing', (code, err))
os.chmod(t.top + '/home/keys/notary.pem', 0o600)

# ---- a service that nobody trusts; the operator's own word
settings(stamp_roots=roots, stamp_servers=server.url + 'stranger')
fourth = package()
code, out, err = f('evidence', 'seal', fourth)
t.check(code == 1 and b'nobody trusts it' in out, 'a_service_that_nobody_trusts_seals_nothing', (code, out, err))
settings(timestamp='own')
code, out, err = f('evidence', 'seal', fourth)
t.check(code == 0, 'own_seals_at_once', (code, out, err))
f('evidence', 'export', fourth, t.top + '/four.wacz')
code, out, err = verify(t.top + '/four.wacz')
t.check(code == 1 and 'vouches' in out, 'and_then_nothing_vouches_for_it', (code, out))
code, out, err = verify('--key', keys[1]['id'], t.top + '/four.wacz')
t.check(code == 0 and "operator's own word" in out, 'but_the_key_does', (code, out))

# ---- a promise of a calendar is made good
p = [x for x in f.json('evidence', 'list') if x['package'] == int(first)][0]
t.check(p['openTimestamps'].startswith('pending at http://127.0.0.1'), 'a_proof_that_is_only_promised_says_so', p)
settings(stamp_roots=roots, stamp_servers='%sone %stwo' % (server.url, server.url), calendars=server.url + 'calendar')
f('worker', '--once')
t.check([x for x in f.json('evidence', 'list') if x['package'] == int(first)][0]['openTimestamps'].startswith('pending'), 'the_job_waits_some_hours')
for hours in (3, 8):
    f.env['FAIRTRACK_TEST_CLOCK'] = str(hours * 3600)
    f('worker', '--once')
    p = [x for x in f.json('evidence', 'list') if x['package'] == int(first)][0]
    t.check(p['openTimestamps'].startswith('pending'), 'while_the_calendar_has_nothing_new_it_is_asked_again_later_%d' % hours, p)
server.block = 840000
f.env['FAIRTRACK_TEST_CLOCK'] = str(30 * 3600)
f('worker', '--once')
f.env.pop('FAIRTRACK_TEST_CLOCK')
p = [x for x in f.json('evidence', 'list') if x['package'] == int(first)][0]
t.check(p['openTimestamps'] == 'in Bitcoin block 840000', 'when_it_answers_the_proof_is_made_whole', p)
custody = [json.loads(l['line']) for l in f.json('evidence', 'show', first) if l['type'] == 'custody']
t.check([c['detail'] for c in custody if c['what'] == 'completed'] == ['OpenTimestamps: in Bitcoin block 840000'], 'and_custody_says_so_once', custody)
f('evidence', 'export', first, t.top + '/complete.wacz')
code, out, err = verify('--ca', roots, '--key', old, t.top + '/complete.wacz')
t.check(code == 0 and 'says it is in Bitcoin block 840000' in out and 'BAD' not in out, 'exported_it_holds_the_whole_proof', (code, out))
code, out, err = verify('--ca', roots, '--key', old, '--block', '840000:' + '00' * 80, t.top + '/complete.wacz')
t.check(code == 1 and 'Merkle root is not what the proof leads to' in out, 'a_block_that_does_not_hold_it_is_refused', (code, out))
second_p = f.json('evidence', 'seal', second)[0]
t.check(second_p['openTimestamps'] == 'in Bitcoin block 840000', 'seal_asks_the_calendar_now', second_p)

# ---- exhibits
pdfs = []
for i in range(2):
    name = '%s/exhibits-%d.pdf' % (t.top, i)
    code, out, err = f('evidence', 'export', '--pdf', first, name)
    if code == 0:
        pdfs.append(open(name, 'rb').read())
t.check(len(pdfs) == 2 and pdfs[0][:5] == b'%PDF-' and pdfs[0] == pdfs[1], 'exhibits_are_a_pdf_and_the_same_bytes_each_time', (code, err, [len(p) for p in pdfs]))
if shutil.which('pdftotext'):
    words = subprocess.run(['pdftotext', '-layout', t.top + '/exhibits-0.pdf', '-'], stdout=subprocess.PIPE).stdout.decode()
    t.check('cookie banner seen' in words and 'Draft statement' in words and 'https://example.com/found.jpg' in words, 'they_tell_the_facts_and_the_draft_statement', words[:3000])
else:
    t.skip('they_tell_the_facts_and_the_draft_statement', 'no pdftotext here')

# ---- a full disk
p = subprocess.run(['sh', '-c', 'ulimit -f 100; exec "$@"', 'sh', hand_over, f.home, hit, found], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
n = len(f.json('evidence', 'list'))
t.check(p.returncode != 0 and n == 4, 'a_full_disk_in_the_middle_leaves_no_half_package', (p.returncode, p.stderr, n))
t.check(not [c for c in f.json('doctor', '--deep') if c['state'] == 'BAD'], 'and_the_doctor_finds_the_home_sound', f.json('doctor', '--deep'))

# ---- deposits
settings(stamp_roots=roots, stamp_servers='%sone %stwo' % (server.url, server.url))
code, out, err = f('evidence', 'deposit')
t.check(code == 0 and b'stamped' in out and b'3 works' in out, 'all_works_are_time_stamped_as_one', (code, out, err))
code, out, err = f('evidence', 'deposit')
t.check(code == 1 and one_line(err), 'and_no_second_time', (code, err))
works = f.json('works', 'list')
for w in works:
    proof = '%s/proof-%s.json' % (t.top, w['work'])
    code, out, err = f('evidence', 'proof', str(w['work']), proof)
    if code == 0:
        code, out, err = verify('--ca', roots, proof)
    t.check(code == 0 and w['sha256'] in out and 'of the 3 works' in out, 'each_work_is_proven_by_itself', (code, out, err))
doc = json.load(open(proof))
doc['sha256'] = works[0]['sha256'] if doc['sha256'] != works[0]['sha256'] else works[1]['sha256']
json.dump(doc, open(t.top + '/wrong.json', 'w'))
code, out, err = verify('--ca', roots, t.top + '/wrong.json')
t.check(code == 1 and 'it is not in the deposit' in out, 'the_proof_of_one_does_not_fit_another', (code, out))
more = t.top + '/more'
subprocess.run([make_pictures, more, '2', '77', '300'], check=True)
code, out, err = f('works', 'add', more)
d = f.json('evidence', 'deposit', '--list')
t.check(code == 0 and b'2 works wait for their time stamp' in err and len(d) == 2 and d[1]['works'] == 2, 'what_is_registered_is_deposited', (code, err, d))
f('worker', '--once')
t.check(f.json('evidence', 'deposit', '--list')[1]['state'] == 'stamped', 'and_the_worker_has_it_stamped', f.json('evidence', 'deposit', '--list'))

# ---- what a deposit shows of who owns a work: by itself, where it is older than the use
used = [w['work'] for w in works if w['sha256'] == hashlib.sha256(open(found, 'rb').read()).hexdigest()][0]
fresh = [w['work'] for w in f.json('works', 'list') if w['work'] not in [x['work'] for x in works]][0]
unused = [w['work'] for w in works if w['work'] != used][0]
levels = {}
for w in (used, unused, fresh):
    f('owners', 'declare', '--work', str(w), '--author', '--stock', 'no', '--cc', 'no', '--press', 'no')
    levels[w] = f.json('owners', 'proof', str(w))[0]
o = levels[unused]
t.check(o['level'] == 'L2' and o['deposit']['counts'] and o['searched_for_others'] and o['proofs'] == [], 'a_deposit_lifts_to_level_2_and_nobody_had_to_file_it', o)
t.check(levels[fresh]['level'] == 'L2', 'so_does_that_of_a_later_registration', levels[fresh])
o = levels[used]
t.check(o['level'] in ('L0', 'L1') and o['deposit'] and not o['deposit']['counts'], 'one_that_is_younger_than_the_use_shows_nothing', o)
f('hits', 'decide', '--as', 'not_a_match', hit)
o = f.json('owners', 'proof', str(used))[0]
t.check(o['deposit']['counts'], 'what_is_no_use_of_it_does_not_matter', o)
settings(stamp_roots=one.root, stamp_servers=server.url + 'stranger', untrusted='accept')
third_lot = t.top + '/third'
subprocess.run([make_pictures, third_lot, '1', '99', '300'], check=True)
f('works', 'add', third_lot)
f('worker', '--once')
d = f.json('evidence', 'deposit', '--list')[-1]
w = [x['work'] for x in f.json('works', 'list') if x['file'].startswith(third_lot)][0]
o = f.json('owners', 'proof', str(w))[0]
t.check(d['state'] == 'stamped' and d['proven'] is None and o['deposit'] is None, 'a_token_of_a_service_that_nobody_trusts_shows_nothing', (d, o))
t.end()
