#!/usr/bin/env python3
"""test_papers.py FAIRTRACK MAKE-PICTURES HAND-OVER: what a case needs of papers, by pages alone: who an owner is, a mandate, declarations, proofs, the ledger as a table, and a package taken along."""
import html, json, os, re, shutil, signal, sqlite3, subprocess, sys
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, '..')]
from tap import Tap, Fairtrack
from fairweb import Client

t = Tap()
f = Fairtrack(sys.argv[1], t.top + '/home')
photos = t.top + '/photos'
subprocess.run([sys.argv[2], photos, '2', '61', '480'], check=True)
f('init', '--name', 'Nord', '--email', 'owner@example.com')
f('works', 'add', photos)
work = f.json('works', 'list')[0]['work']
shutil.copy(photos + '/' + sorted(os.listdir(photos))[0], t.top + '/found.jpg')
f('hits', 'add', '--work', str(work), '--page', 'https://shop.example.org/blog', t.top + '/found.jpg')
hit = f.json('hits', 'list')[0]['hit']
links = {'owner': f('users', 'link', '--email', 'owner@example.com')[1].decode()}
for role in ('caseworker', 'counsel', 'auditor'):
    links[role] = f('users', 'add', '--email', role + '@example.com', '--role', role)[1].decode()
server = subprocess.Popen([f.path, '--home', f.home, 'serve', '--no-worker', '--no-link', '--listen', '127.0.0.1:0'], stdout=subprocess.PIPE, stderr=open(t.top + '/log', 'w'), text=True, env=f.env)


class Served:
    links, port = [], int(re.search(r':(\d+)', server.stdout.readline()).group(1))


def signed_in(role):
    s = Served()
    s.links = [links[role].strip()]
    return Client(s).sign_in_by_link()


def words(r):
    return re.sub(r'\s+', ' ', html.unescape(re.sub(r'<[^>]*>', ' ', r.text)))


def send(client, page, path, files=(), **fields):
    """A form with files, as a browser sends it."""
    client.get(page)
    mark, parts = 'made-up-boundary', []
    for name, vs in [('csrf', client.csrf), *fields.items()]:
        for v in vs if isinstance(vs, list) else [vs]:
            parts.append(('--%s\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (mark, name, v)).encode())
    for name, called, data in files:
        parts.append(('--%s\r\nContent-Disposition: form-data; name="%s"; filename="%s"\r\nContent-Type: application/octet-stream\r\n\r\n' % (mark, name, called)).encode() + data + b'\r\n')
    return client.ask('POST', path, b''.join(parts) + ('--%s--\r\n' % mark).encode(), {'Content-Type': 'multipart/form-data; boundary=' + mark})


mara, counsel, auditor = signed_in('owner'), signed_in('counsel'), signed_in('auditor')

# ---- who an owner is
r = send(mara, '/owners', '/owners/identify', kind='mail', value='owner@example.com')
t.check(r.status == 403 and 'no mail server is set' in words(r), 'an_address_needs_a_server_that_mails_the_link', (r.status, words(r)[:300]))
r = send(mara, '/owners', '/owners/identify', [('document', '../../passport.pdf', b'%PDF-1.4 a copy')], kind='document', value='passport, seen on 26 November')
t.check(r.status == 303 and 'done=to_check' in r.header('location'), 'a_document_is_entered_with_its_copy', (r.status, words(r)[:300]))
said = words(mara.get('/owners'))
t.check('document: passport, seen on 26 November' in said and 'declared by the claimant' in said and 'Identity: not shown yet' in said, 'declared_is_not_shown', said[:1500])
one = mara.api('/owners')['owners'][0]['identities'][0]
counsel.get('/owners')
r = counsel.post('/checks', {'subject': 'identity', 'id': one['id'], 'verdict': 'holds', 'statement': 'I held the passport in my hands.'})
said = words(mara.get('/owners'))
t.check(r.status == 303 and 'Identity: K1' in said and 'I held the passport in my hands.' in said and one['document'], 'a_check_by_counsel_lifts_it', said[:1500])
t.check('I looked at it' in counsel.get('/owners').text and 'I looked at it' not in auditor.get('/owners').text and 'Enter a mandate' not in auditor.get('/owners').text, 'forms_are_for_whom_they_are')

# ---- a mandate
t.check('add an owner above first' in mara.get('/owners').text, 'a_mandate_is_somebody_elses')
r = send(mara, '/owners', '/owners', name='Ada Example', email='ada@example.org')
owner = next(o['id'] for o in mara.api('/owners')['owners'] if o['name'] == 'Ada Example')
r = send(mara, '/owners', '/owners', name='Nobody', email='no address')
t.check(r.status == 400 and 'no mail address' in words(r), 'an_address_is_checked', words(r)[:200])
r = send(mara, '/owners', '/mandates', [('document', 'mandate.pdf', b'%PDF-1.4 signed')], owner=str(owner), collection='Coast', territory='AT CH DE', right=['enforce', 'licence'], **{'from': '2026-01-01'}, until='2027-01-01', commission='30 %')
m = mara.api('/owners')['mandates']
t.check(r.status == 303 and len(m) == 1 and (m[0]['scope'], m[0]['collection'], m[0]['territory'], m[0]['rights'], m[0]['commission']) == ('collection', 'Coast', 'AT CH DE', 'enforce licence', '30 %')
        and m[0]['document'] and m[0]['from'].startswith('2026-01-01'), 'a_mandate_is_entered_with_its_scope', (r.status, words(r)[:300], m))
r = send(mara, '/owners', '/mandates', owner=str(owner), right=['enforce'], territory='nowhere')
t.check(r.status == 400 and len(mara.api('/owners')['mandates']) == 1, 'a_country_that_is_none_is_refused', words(r)[:300])
r = send(mara, '/owners', '/mandates/%d/revoke' % m[0]['id'], why='Ada says so')
t.check(r.status == 303 and 'revoked on' in words(mara.get('/owners')) and 'not in force' in words(mara.get('/owners')), 'and_revoked_by_a_button')

# ---- declarations and proofs
r = send(mara, '/owners', '/declare', author='yes', stock='no', cc='no', press='no', ai='none')
t.check(r.status == 303 and 'stock no' in words(mara.get('/works/%d' % work)), 'one_declaration_is_for_all_works', words(r)[:300])
r = send(mara, '/works/%d' % work, '/works/%d/prove' % work, [('document', '../../raw.dng', b'not a raw')], kind='raw', date='2024-05-06')
p = mara.api('/works/%d' % work)['ownership']['proofs']
t.check(r.status == 303 and [x for x in p if x['kind'] == 'raw' and '/' not in x['name'] and x['document']], 'a_proof_is_kept_with_its_file', (r.status, words(r)[:300], p))
r = send(mara, '/works/%d' % work, '/works/%d/prove' % work, kind='contract', name='a contract')
t.check(r.status == 400 and 'a proof is a document' in words(r), 'a_proof_without_a_document_is_none', words(r)[:300])

# ---- the ledger as a table
table = 'assignee,domains,kind,order,shop\nShop,shop.example.org,licence,7,Stock\nBad,,licence,8,Stock\n=cmd|x,evil.example,licence,9,Stock\n'
r = send(mara, '/licences', '/licences/import', [('table', 'x.csv', table.encode())])
said = words(r)
t.check(r.status == 200 and '3 lines: 2 good' in said and '1 with a fault' in said and 'Nothing has been added yet' in said and mara.api('/licences')['licences'] == [], 'a_table_is_shown_line_by_line_first', said[:1500])
kept = html.unescape(re.search(r'name="table_b64" value="([^"]+)"', r.text).group(1))
r = send(mara, '/licences', '/licences/import', table_b64=kept, apply='yes')
said = words(r)
t.check(r.status == 200 and '2 added' in said and 'closed 1 open hits' in said and len(mara.api('/licences')['licences']) == 2, 'the_good_lines_are_added_by_the_next_button', said[:800])
t.check(mara.api('/hits/%d' % hit)['state'] == 'ignored', 'and_close_what_they_cover')
r = send(mara, '/licences', '/licences/import', [('table', 'x.csv', ('assignee' + ',c%d' * 1000 % tuple(range(1000)) + '\n').encode())])
t.check(r.status in (400, 413) and len(mara.api('/licences')['licences']) == 2, 'a_thousand_columns_are_no_table', (r.status, words(r)[:300]))
r = send(mara, '/licences', '/licences/import', table_b64='%%%', apply='yes')
t.check(r.status == 400, 'a_table_that_is_none_is_refused', words(r)[:300])
r = mara.get('/licences.csv')
t.check(r.status == 200 and 'attachment' in r.header('content-disposition') and "'=cmd|x" in r.text, 'the_ledger_is_a_table_that_no_spreadsheet_runs', r.text[:400])
r = mara.get('/licences.jsonld')
t.check(r.status == 200 and json.loads(r.body)['@graph'][0]['@type'] == 'Agreement', 'and_ODRL', r.text[:400])
r = send(mara, '/licences', '/licences', [('document', 'invoice.pdf', b'%PDF-1.4')], kind='licence', assignee='All', domains='all.example', attribution='Photo: Nord')
got = [x for x in mara.api('/licences')['licences'] if x['assignee'] == 'All']
t.check(r.status == 303 and got and got[0]['scope'] == 'all' and got[0]['document'] and got[0]['attribution'] == 'Photo: Nord', 'a_licence_for_all_works_is_entered_with_its_document', (r.status, words(r)[:300], got))

# ---- a package
f('hits', 'decide', '--as', 'reopen', str(hit))
waits = int(subprocess.run([sys.argv[3], f.home, str(hit), t.top + '/found.jpg'], env=f.env, stdout=subprocess.PIPE, timeout=120).stdout)
r = send(mara, '/packages/%d' % waits, '/packages/%d/export' % waits, what='package')
t.check(r.status == 409 and 'not sealed yet' in words(r), 'what_is_not_sealed_is_not_taken_along', words(r)[:300])
number = f.look(sys.argv[3], hit, t.top + '/found.jpg')
t.check('Take another look' in mara.get('/hits/%d' % hit).text, 'another_look_can_be_asked_for')
t.check('Take it along' in mara.get('/hits/%d' % hit).text and 'Take it along' not in auditor.get('/hits/%d' % hit).text, 'the_hits_page_offers_it')
r = send(mara, '/packages/%d' % number, '/packages/%d/export' % number, what='package')
t.check(r.status == 200 and r.body[:4] == b'PK\x03\x04' and 'package-%d.wacz' % number in r.header('content-disposition'), 'the_package_is_taken_along_from_the_page', (r.status, words(r)[:300]))
with open(t.top + '/p.wacz', 'wb') as o:
    o.write(r.body)
code, out, err = f('verify', t.top + '/p.wacz', '--json')
t.check(b'"custody' in out or code in (0, 1), 'and_can_be_verified', (code, out[:500], err))
r = send(mara, '/packages/%d' % number, '/packages/%d/export' % number, what='exhibits')
t.check(r.status == 200 and r.body.startswith(b'%PDF-'), 'its_exhibits_too', (r.status, words(r)[:300]))
said = words(mara.get('/packages/%d' % number))
t.check(said.count('exported') >= 2 and 'by owner@example.com' in said, 'custody_says_so', said[-1500:])

server.send_signal(signal.SIGTERM)
t.check(server.wait(timeout=30) == 0, 'the_server_ends_well')
log = open(t.top + '/log').read()
t.check('Sanitizer' not in log and 'runtime error' not in log, 'and_complained_of_nothing', log[-2000:])
t.end()
