#!/usr/bin/env python3
"""test_owners.py FAIRTRACK MAKE-PICTURES: who owns a work and what shows it (journey J3), mandates, the ledger from and to files."""
import json, os, re, socketserver, struct, subprocess, sys, threading, urllib.error, urllib.parse, urllib.request
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
from tap import Tap, Fairtrack, one_line

t = Tap()
f = Fairtrack(sys.argv[1], t.top + '/home')
photos = t.top + '/photos'
subprocess.run([sys.argv[2], photos, '4', '63', '420'], check=True)
names = sorted(os.listdir(photos))


def exif(jpeg, date, serial):
    """The JPEG with an EXIF block that names date and camera."""
    d, s = date.encode() + b'\0', serial.encode() + b'\0'
    sub = 8 + 2 + 12 + 4
    sub_n = 2 + 2 * 12 + 4
    ifd = struct.pack('<H', 1) + struct.pack('<HHII', 0x8769, 4, 1, sub) + b'\0\0\0\0'
    more = struct.pack('<H', 2) + struct.pack('<HHII', 0x9003, 2, len(d), sub + sub_n) + struct.pack('<HHII', 0xa431, 2, len(s), sub + sub_n + len(d)) + b'\0\0\0\0'
    body = b'Exif\0\0II*\0\x08\0\0\0' + ifd + more + d + s
    return jpeg[:2] + b'\xff\xe1' + struct.pack('>H', len(body) + 2) + body + jpeg[2:]


def dng(jpeg):
    """A camera's raw file, as far as we look at one: its tags and the JPEG in it."""
    head = b'II*\0\x08\0\0\0' + struct.pack('<H', 1) + struct.pack('<HHI4B', 0xc612, 1, 4, 1, 4, 0, 0) + b'\0\0\0\0'
    return head + jpeg


def put(name, data):
    with open(t.top + '/' + name, 'wb') as o:
        o.write(data)
    return t.top + '/' + name


pictures = {n: open(photos + '/' + n, 'rb').read() for n in names}
subprocess.run(['convert', photos + '/' + names[0], '-resize', '60%', '-quality', '88', t.top + '/small.jpg'], check=True)
small = exif(open(t.top + '/small.jpg', 'rb').read(), '2024:05:06 07:08:09', '4711')
os.remove(t.top + '/small.jpg')
put('small.jpg', small)
f('init', '--name', 'Lantern Studio', '--email', 'owner@example.com')
f('users', 'add', '--email', 'counsel@example.com', '--name', 'Ines Example', '--role', 'counsel')
f('works', 'add', '--collection', 'Fields', t.top + '/small.jpg')
work = f.json('works', 'list')[0]['work']


def owned():
    return f.json('owners', 'proof', str(work))[0]


# ---- J3: the level rises only with verified documents
t.check(owned()['level'] == 'L0' and any(x['need'] == 'a declaration' for x in owned()['would_lift']), 'J3_a_registered_work_is_level_0_and_says_what_would_lift_it', owned())
code, out, err = f('owners', 'declare', '--work', str(work), '--author', '--stock', 'no', '--cc', 'no', '--press', 'no')
t.check(code == 0 and owned()['level'] == 'L0', 'J3_a_declaration_alone_lifts_nothing', (code, err))
code, out, err = f('owners', 'prove', '--kind', 'publication', '--name', 'Garden Weekly 2024/5, p. 3', str(work))
t.check(code == 0 and owned()['level'] == 'L0', 'J3_a_publication_that_nobody_looked_at_neither', (code, err))
proof = owned()['proofs'][0]
t.check(proof['checked']['words'] == 'declared by the claimant', 'J3_it_says_that_it_is_only_declared', proof)
f('--as', 'counsel@example.com', 'owners', 'check', '--subject', 'proof', '--statement', 'I have the issue before me; the picture stands on p. 3 with her name.', str(proof['id']))
o = owned()
t.check(o['level'] == 'L1' and 'checked by Ines Example, counsel, on 20' in o['proofs'][0]['checked']['words'], 'J3_checked_by_counsel_it_is_level_1_and_says_by_whom', o)
code, out, err = f('owners', 'prove', '--kind', 'raw', '--document', put('other.dng', dng(pictures[names[1]])), str(work))
o = owned()
t.check(o['level'] == 'L1' and [p for p in o['proofs'] if p['kind'] == 'raw'][0]['checked']['verdict'] == 'fails', 'J3_the_raw_file_of_another_picture_shows_nothing', o)
code, out, err = f('owners', 'prove', '--kind', 'raw', '--document', put('fake.dng', os.urandom(4000)), str(work))
t.check(code == 0 and owned()['level'] == 'L1', 'J3_bytes_that_are_no_picture_show_nothing', (code, out, err))
code, out, err = f('owners', 'prove', '--kind', 'full_resolution', '--document', put('same.jpg', small), str(work))
t.check(code == 0 and owned()['level'] == 'L1', 'J3_the_same_file_again_is_no_larger_one', owned())
code, out, err = f('owners', 'prove', '--kind', 'full_resolution', '--document', photos + '/' + names[0], str(work))
o = owned()
t.check(o['level'] == 'L2' and o['searched_for_others'] and not o['conflict'], 'J3_the_larger_file_lifts_to_level_2', (out, o))
code, out, err = f('owners', 'prove', '--kind', 'raw', '--document', put('real.dng', dng(pictures[names[0]])), str(work))
raw = [p for p in owned()['proofs'] if p['kind'] == 'raw' and p['checked']['verdict'] == 'holds']
t.check(len(raw) == 1 and 'verdict match' in raw[0]['checked']['statement'], 'J3_the_raw_file_of_the_picture_holds_and_says_why', owned())
code, out, err = f('owners', 'prove', '--kind', 'registration', '--document', put('cert.pdf', b'%PDF-1.4 certificate'), '--name', 'Register of works, no 17', str(work))
t.check(owned()['level'] == 'L2', 'J3_a_certificate_that_nobody_checked_lifts_nothing', owned())
cert = [p for p in owned()['proofs'] if p['kind'] == 'registration'][0]['id']
f('--as', 'counsel@example.com', 'owners', 'check', '--subject', 'proof', '--statement', 'Compared with the register.', str(cert))
o = owned()
t.check(o['level'] == 'L3' and o['independent'] and o['would_lift'] == [], 'J3_checked_by_counsel_it_is_level_3', o)
f('--as', 'counsel@example.com', 'owners', 'check', '--subject', 'proof', '--fails', '--statement', 'The number is of another work.', str(cert))
t.check(owned()['level'] == 'L2', 'J3_found_not_to_hold_it_falls_again', owned())

# ---- J3: a planted second claimant, in this organisation and in another
code, out, err = f('owners', 'add', '--name', 'Ben Example')
ben = out.decode().strip()
subprocess.run(['convert', photos + '/' + names[0], '-resize', '50%', '-quality', '70', t.top + '/copy.jpg'], check=True)
f('works', 'add', '--owner', ben, t.top + '/copy.jpg')
copy = [w['work'] for w in f.json('works', 'list') if w['file'].endswith('copy.jpg')][0]
f('owners', 'proof', '--look', str(copy))
o = owned()
t.check(o['level'] == 'L1' and o['conflict'] and o['rivals'][0]['where'] == 'here' and o['rivals'][0]['work'] == copy, 'J3_a_second_claimant_brings_it_down_to_level_1', o)
code, out, err = f('owners', 'settle', '--why', 'mine', str(o['rivals'][0]['id']))
t.check(code in (1, 4) and owned()['conflict'], 'J3_who_claims_does_not_settle', (code, err))
code, out, err = f('--as', 'counsel@example.com', 'owners', 'settle', '--why', 'Our raw file is older.', str(o['rivals'][0]['id']))
t.check(code == 0 and owned()['level'] == 'L2', 'J3_counsel_settles_and_the_level_is_back', (code, err))
f('users', 'org', 'add', '--name', 'Secret Studio', '--email', 'strange@example.org')
subprocess.run(['convert', photos + '/' + names[0], '-resize', '45%', '-quality', '60', t.top + '/theirs.jpg'], check=True)
f('--as', 'strange@example.org', 'works', 'add', t.top + '/theirs.jpg')
theirs = json.loads(f('--as', 'strange@example.org', '--json', 'works', 'list')[1].splitlines()[0])['work']
code, out, err = f('owners', 'proof', '--look', str(work))
o = owned()
t.check(o['level'] == 'L1' and [r for r in o['rivals'] if r['where'] == 'another organisation' and 'work' not in r], 'J3_a_claim_in_another_organisation_blocks_and_is_not_named', (o, err))
t.check('Secret' not in json.dumps(o) and str(theirs) not in json.dumps(o), 'J3_nothing_else_of_that_organisation_is_told', o)
code, out, err = f('--as', 'strange@example.org', '--json', 'owners', 'proof', str(theirs))
t.check(json.loads(out)['conflict'] is True, 'J3_the_other_side_is_told_of_the_claim_too', out)
t.check(not [c for c in f.json('doctor') if c['state'] == 'BAD'], 'J3_the_chain_of_what_people_did_holds', f.json('doctor'))

# ---- identity and mandates
o = f.json('owners', 'show')[0]
t.check(o['identity'] is None, 'nobody_is_identified_by_saying_so', o)
code, out, err = f('owners', 'identify', '--kind', 'mail', '--value', 'mara@example.com')
t.check(code == 1 and one_line(err) and b'smtp_url' in err, 'an_address_is_not_confirmed_without_mail', (code, err))
mails = []


class Smtp(socketserver.StreamRequestHandler):
    """Takes every mail and keeps it."""

    def handle(self):
        say = lambda t: self.wfile.write(t.encode() + b'\r\n')
        say('220 test')
        to = []
        while True:
            line = self.rfile.readline().decode().strip()
            word = line[:4].upper()
            if not line or word == 'QUIT':
                say('221 bye')
                return
            if word == 'RCPT':
                to.append(line)
            if word == 'DATA':
                say('354 go on')
                text = b''
                while not text.endswith(b'\r\n.\r\n'):
                    text += self.rfile.readline()
                mails.append((to, text.decode()))
            say('250 ok')


smtp = socketserver.ThreadingTCPServer(('127.0.0.1', 0), Smtp)
smtp.daemon_threads = True
threading.Thread(target=smtp.serve_forever, daemon=True).start()
with open(t.top + '/home/fairtrack.conf', 'a') as o:
    o.write('\n[mail]\nsmtp_url = smtp://127.0.0.1:%d\nfrom = fairtrack@example.com\nto = owner@example.com\n' % smtp.server_address[1])
code, out, err = f('owners', 'identify', '--kind', 'mail', '--value', 'mara@example.com')
link = re.search(r'/confirm/[A-Za-z0-9_-]+', mails[0][1].replace('=\r\n', '').replace('=3D', '=')) if mails else None
t.check(code == 0 and link and mails[0][0] == ['RCPT TO:<mara@example.com>'] and link.group(0) not in (out + err).decode(), 'the_link_goes_to_the_address_and_nowhere_else', (code, out, err, mails))
t.check(f.json('owners', 'show')[0]['identity'] is None, 'a_link_that_nobody_followed_shows_nothing')
server = f.start('serve', '--listen', '127.0.0.1:0', '--no-worker')
base = re.search(r'http://[0-9.:]+', server.stdout.readline().decode()).group(0)
browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
page = browser.open(base + link.group(0), timeout=30).read().decode()
t.check('mara@example.com' in page and f.json('owners', 'show')[0]['identity'] is None, 'looking_at_the_link_does_not_confirm_it', page[-400:])
token = re.search(r'name="csrf" value="([^"]*)"', page).group(1)
page = browser.open(base + link.group(0), urllib.parse.urlencode({'csrf': token}).encode(), timeout=30).read().decode()
t.check('is confirmed' in page and f.json('owners', 'show')[0]['identity'] == 'K0', 'K0_is_a_mail_address_confirmed_by_its_link', page[-400:])
try:
    again_status = browser.open(base + link.group(0), timeout=30).status
except urllib.error.HTTPError as e:
    again_status = e.code
t.check(again_status == 404, 'a_link_works_once', again_status)
server.terminate()
server.wait(30)
i = f.json('owners', 'identify', '--kind', 'register', '--value', 'HRB 17, Example court')[0]['id']
f('--as', 'counsel@example.com', 'owners', 'check', '--subject', 'identity', '--statement', 'Looked it up.', str(i))
t.check(f.json('owners', 'show')[0]['identity'] == 'K2', 'a_register_entry_that_was_looked_up_is_K2', f.json('owners', 'show'))
code, out, err = f('mandates', 'add', '--owner', ben, '--territory', 'de at', '--rights', 'enforce licence', '--from', '2026-01-01', '--until', '2027-01-01', '--document', t.top + '/cert.pdf')
m = out.decode().strip()
t.check(code == 0 and f.json('mandates', 'list')[0]['territory'] == 'DE AT', 'a_mandate_is_kept_with_its_scope', (code, err))
code, out, err = f('mandates', 'revoke', '--why', 'changed agency', m)
t.check(code == 0 and f.json('mandates', 'list')[0]['revoked'], 'and_revoked', (code, err))

# ---- the ledger
os.makedirs(t.top + '/found')
for n in names[1:3]:
    f('works', 'add', photos + '/' + n)
good = 'assignee,domains,from,until,order,shop,note\r\n"Garden ""W"" Weekly",www.example.com,2026-01-01,2030-01-01,A-1,Stock Example,\r\n=cmd|calc,example.org,,,A-2,Stock Example,@SUM(1)\r\n'
faulty = ('kind;assignee;domains;until;works\n' 'licence;No Domain;;;\n' 'rent;X;example.net;;\n' 'licence;X;exa mple;;\n' 'licence;X;example.net;yesterday;\n' 'licence;X;example.net;;12 x\n'
          'licence;X;example.net;;99\n' 'licence;Caf\u00e9;xn--bcher-kva.example;2031-01-01;\n' + 'licence;' + ';'.join('c%d' % i for i in range(1000)) + '\n')
code, out, err = f('licences', 'import', put('good.csv', good.encode()))
t.check(code == 0 and b'2 good' in err and b'preview' in err and f.json('licences', 'list') == [], 'an_import_is_a_preview_first', (code, out, err))
code, out, err = f('licences', 'import', '--apply', put('good.csv', good.encode()))
t.check(code == 0 and len(f.json('licences', 'list')) == 2 and f.json('licences', 'list')[0]['domains'] == 'example.com', 'then_it_is_applied', (code, err))
code, out, err = f('licences', 'import', '--apply', put('good.csv', good.encode()))
t.check(code == 0 and b'2 of them known already' in err and len(f.json('licences', 'list')) == 2, 'once', (code, err))
code, out, err = f('licences', 'import', put('faulty.csv', faulty.encode('cp1252')))
lines = out.decode().splitlines()
t.check(code == 3 and [l.split('\t')[1] for l in lines] == ['FAULT'] * 6 + ['ok', 'FAULT'] and 'Caf\u00e9' in lines[6] and '1001 columns' in lines[7], 'each_line_says_what_is_wrong_with_it', lines)
code, out, err = f('licences', 'import', put('utf16.csv', ('\ufeff' + good).encode('utf-16-le')))
t.check(code == 0 and b'2 good' in err, 'tables_of_spreadsheets_are_read', (code, out, err))
for bad in (b'', b'\0\0\0\0', b'a,b,c\n1,2,3\n', ','.join('c%d' % i for i in range(1000)).encode() + b'\n', b'assignee,domains\n"open'):
    code, out, err = f('licences', 'import', put('bad.csv', bad))
    t.check(code in (2, 3) and b'Sanitizer' not in err, 'what_is_no_table_is_told_%d' % len(bad), (code, out, err))
code, out, err = f('licences', 'export')
t.check(code == 0 and b",'=cmd|calc," in b',' + out.split(b'\r\n')[2][8:] + b',' and b"'@SUM(1)" in out, 'no_cell_of_an_export_is_a_formula', out)
again = Fairtrack(sys.argv[1], t.top + '/again')
again('init')
code, _, err = again('licences', 'import', '--apply', put('again.csv', out))
t.check(code == 0 and [(l['assignee'], l['note']) for l in again.json('licences', 'list')] == [(l['assignee'], l['note']) for l in f.json('licences', 'list')], 'an_export_is_read_back_as_it_was', (code, err))
code, out, err = f('licences', 'export', '--format', 'odrl')
d = json.loads(out)
g = d['@graph'][0]
ops = {c['leftOperand']: c for c in g['permission'][0]['constraint']}
t.check(d['@context'][0] == 'http://www.w3.org/ns/odrl.jsonld' and g['@type'] == 'Agreement' and g['assigner'] and g['assignee'] and
        ops['dateTime']['operator'] == 'lt' and ops['virtualLocation']['rightOperand'] == ['https://example.com/'], 'the_ledger_is_written_as_ODRL', d)
code, out, err = f('partners', 'add', '--kind', 'own', '--to', 'Ourselves', '--domains', 'lantern.example')
t.check(code == 0 and [p['kind'] for p in f.json('partners', 'list')] == ['own'], 'partners_and_own_sites_stand_in_the_ledger', (code, err))

# ---- a licensed use never shows up in the queue
subprocess.run(['convert', photos + '/' + names[2], '-resize', '70%', '-quality', '70', t.top + '/found/a.jpg'], check=True)
with open(t.top + '/found/page.warc', 'wb') as o:
    body = b'HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n\r\n' + open(t.top + '/found/a.jpg', 'rb').read()
    for host in ('shop.example.com', 'elsewhere.example'):
        o.write(b'WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-%012d>\r\nWARC-Date: 2026-11-26T08:00:00Z\r\nWARC-Target-URI: https://%s/a.jpg\r\n'
                b'Content-Type: application/http; msgtype=response\r\nContent-Length: %d\r\n\r\n' % (len(host), host.encode(), len(body)) + body + b'\r\n\r\n')
code, out, err = f('scan', t.top + '/found/page.warc')
hits = {json.dumps(h.get('page')): h for h in f.json('hits', 'list', '--state', 'all')}
inbox = f.json('hits', 'list', '--state', 'inbox')
t.check(len(hits) >= 2 and len(inbox) == 1 and 'elsewhere.example' in json.dumps(inbox[0]), 'a_licensed_use_is_found_and_never_comes_to_the_inbox', (code, out, err, hits))
last = f.json('licences', 'add', '--to', 'Elsewhere', '--domains', 'elsewhere.example')[0]
t.check(last['covered'] == 1 and f.json('hits', 'list', '--state', 'inbox') == [], 'an_added_licence_closes_the_open_hit_it_covers', last)
code, out, err = f('licences', 'end', '--why', 'not paid', str(last['id']))
t.check(code == 0 and len(f.json('hits', 'list', '--state', 'inbox')) == 1, 'and_its_end_brings_it_back', (code, out, err))

# ---- frames of one burst, registered together: the worker puts them on record for each other
b = Fairtrack(sys.argv[1], t.top + '/burst-home')
b('init', '--name', 'Lantern Studio')
subprocess.run([sys.argv[2], t.top + '/large', '2', '63', '700'], check=True)
first, second = sorted(os.listdir(t.top + '/large'))
moved = ['-distort', 'Perspective', '0,0 20,10 700,0 690,0 700,500 680,490 0,500 0,495']
shots = {'one': (first, [], '2024:05:06 07:08:09', '4711'), 'two': (first, moved, '2024:05:06 07:08:11', '4711'), 'three': (first, moved + ['-modulate', '97'], '2024:05:06 07:08:11', '815'),
         'late': (first, moved + ['-modulate', '103'], '2024:05:06 08:08:11', '4711'), 'else': (second, [], '2024:05:06 07:08:10', '4711')}
for name, (picture, change, date, serial) in shots.items():
    subprocess.run(['convert', t.top + '/large/' + picture, *change, '+repage', '-quality', '90', t.top + '/frame.jpg'], check=True)
    os.makedirs(t.top + '/burst', exist_ok=True)
    put('burst/%s.jpg' % name, exif(open(t.top + '/frame.jpg', 'rb').read(), date, serial))
b('works', 'add', t.top + '/burst')
of = {os.path.basename(w['file'])[:-4]: w['work'] for w in b.json('works', 'list')}
one = lambda name: b.json('owners', 'proof', str(of[name]))[0]
t.check(len(of) == 5 and not one('one')['searched_for_others'], 'a_burst_is_registered', of)
b('worker', '--once')
proofs = {n: [(p['name'].split(',')[0], p['checked']['verdict']) for p in one(n)['proofs'] if p['kind'] == 'burst'] for n in of}
t.check(proofs == {'one': [('work %d' % of['two'], 'holds')], 'two': [], 'three': [], 'late': [], 'else': []},
        'a_frame_that_shows_more_by_the_same_camera_seconds_apart_is_on_record_and_no_other', proofs)
t.check('camera serial 4711, as in the work' in json.dumps(one('one')) and '2 s from the work' in json.dumps(one('one')), 'and_it_is_said_why', one('one')['proofs'])
b('owners', 'declare', '--work', str(of['one']), '--author', '--stock', 'no', '--cc', 'no', '--press', 'no')
t.check(one('one')['level'] == 'L2', 'that_lifts_a_declared_work_to_level_2', one('one'))
b('worker', '--once')
t.check(len(one('one')['proofs']) == 1, 'once', one('one')['proofs'])

# ---- who else registered it is asked at registration
b('users', 'org', 'add', '--name', 'Secret Studio', '--email', 'strange@example.org')
subprocess.run(['convert', t.top + '/burst/one.jpg', '-strip', '-resize', '60%', t.top + '/taken.jpg'], check=True)
code, out, err = b('--as', 'strange@example.org', 'works', 'add', t.top + '/taken.jpg')
t.check(code == 0 and not one('one')['conflict'], 'another_organisation_registers_the_same_picture', (code, err))
b('worker', '--once')
o = one('one')
t.check(o['conflict'] and o['level'] == 'L1' and o['rivals'][0]['where'] == 'another organisation', 'both_sides_have_a_competing_claim_and_nobody_had_to_ask', o)

# ---- content credentials, where the specification's files lie beside this tree
suite = os.path.join(os.environ.get('FAIRTRACK_SOURCE', '.'), '../shared/suites/c2pa/public-testfiles/image/jpeg')
if not os.path.isdir(suite):
    t.skip('content_credentials_show_something_when_their_signer_is_trusted', 'the files are not here')
    t.end()
g = Fairtrack(sys.argv[1], t.top + '/c2pahome')
g('init', '--name', 'Lantern Studio')
g('works', 'add', suite + '/adobe-20220124-CII.jpg', suite + '/adobe-20220124-E-dat-CA.jpg')
by = {os.path.basename(w['file']): w for w in g.json('works', 'list')}
good, bad = by['adobe-20220124-CII.jpg'], by['adobe-20220124-E-dat-CA.jpg']
t.check(good['c2pa'].startswith('signed; signer C2PA Test') and bad['c2pa'].startswith('invalid: assertion.dataHash.mismatch'), 'a_work_says_what_its_content_credentials_are_worth', (good['c2pa'], bad['c2pa']))


def credentials(w):
    o = json.loads(g('--json', 'owners', 'proof', '--look', str(w['work']))[1].splitlines()[0])
    return [p for p in o['proofs'] if p['kind'] == 'content_credentials'][0]['checked']


t.check(credentials(bad)['verdict'] == 'fails' and 'dataHash' in credentials(bad)['statement'], 'broken_ones_show_nothing_and_say_why', credentials(bad))
t.check(credentials(good)['verdict'] == 'fails' and 'nobody whom' in credentials(good)['statement'], 'those_of_an_unknown_signer_show_nothing', credentials(good))
with open(t.top + '/trusted', 'w') as o:
    o.write(good['c2pa'].split('chain=')[1].split(',')[-1] + ' the test root\n')
h = Fairtrack(sys.argv[1], t.top + '/c2patrust')
h('init', '--name', 'Lantern Studio')
with open(t.top + '/c2patrust/fairtrack.conf', 'a') as o:
    o.write('\n[decode]\nc2pa_trusted = %s/trusted\n' % t.top)
h('works', 'add', suite + '/adobe-20220124-CII.jpg')
g, good = h, h.json('works', 'list')[0]
t.check(credentials(good)['verdict'] == 'holds' and credentials(good)['statement'].startswith('valid: signed'), 'content_credentials_show_something_when_their_signer_is_trusted', credentials(good))
t.end()
