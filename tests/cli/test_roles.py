#!/usr/bin/env python3
"""test_roles.py FAIRTRACK MAKE-PICTURES: every page and every verb, asked by every role, by nobody, and by a stranger
of another organisation.  What is allowed comes from the program's own matrix, which is held against docs/roles.md."""
import http.client, json, os, re, shutil, sqlite3, subprocess, sys, urllib.parse
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
from tap import Tap, Fairtrack, one_line

t = Tap()
f = Fairtrack(sys.argv[1], t.top + '/home')
photos = t.top + '/marmalade'          # the word by which the first organisation's things are known again
subprocess.run([sys.argv[2], photos, '3', '41', '300'], check=True)

# ---- the matrix and its page
code, out, err = f('users', 'roles')
page = os.environ['FAIRTRACK_SOURCE'] + '/docs/roles.md'
if os.environ.get('FAIRTRACK_RENEW'):
    with open(page, 'wb') as o:
        o.write(out)
with open(page, 'rb') as o:
    was = o.read()
t.check(out == was, 'docs_roles_md_is_the_matrix_of_the_program', 'FAIRTRACK_RENEW=1 meson test roles writes it anew')
may = f.json('users', 'roles')
pages = [m for m in may if m['kind'] == 'page']
verbs = {m['what']: m for m in may if m['kind'] == 'verb'}
ROLES = ['owner', 'caseworker', 'reviewer', 'counsel', 'auditor', 'admin']
used = {m['deed'] for m in may if m['kind'] != 'deed'} | {'sensitive'}      # asked for within a page
t.check({m['deed'] for m in may if m['kind'] == 'deed'} - used <= {'cases', 'review', 'audit'}, 'no_deed_is_without_a_page_or_verb', used)

# ---- two organisations in one home
f('init', '--name', 'Marmalade', '--email', 'owner@marmalade.example')
links = {'owner': None}
for role in ROLES[1:]:
    links[role] = f('users', 'add', '--email', role + '@marmalade.example', '--role', role)[1].decode().strip()
links['owner'] = f('users', 'link', '--email', 'owner@marmalade.example')[1].decode().strip()
code, out, err = f('users', 'org', 'add', '--name', 'Strangers', '--email', 'stranger@example.org')
t.check(code == 0 and b'/in/' in out, 'an_organisation_is_added_with_its_first_owner', (code, out, err))
links['stranger'] = out.decode().splitlines()[-1]
t.check([o['name'] for o in f.json('users', 'org', 'list')] == ['Marmalade', 'Strangers'], 'organisations_are_listed')
f('works', 'add', '--collection', 'marmalade', photos)
os.makedirs(t.top + '/marmalade-found')
shutil.copy(photos + '/made-41-000000.jpg', t.top + '/marmalade-found/a.jpg')
shutil.copy(photos + '/made-41-000001.jpg', t.top + '/marmalade-found/b.jpg')
f('scan', t.top + '/marmalade-found')
f('watch', 'add', 'https://marmalade.example/')
f('watch', 'pause', str(f.json('watch', 'list')[0]['watch']))       # so that no worker runs it here
hits = f.json('hits', 'list')
f('hits', 'decide', '--as', 'ignore', '--reason', 'licensed', '--note', 'marmalade jar 7', str(hits[0]['hit']))
f('hits', 'decide', '--as', 'ignore', '--reason', 'hardship_or_sensitive', '--note', 'a marmalade illness', str(hits[1]['hit']))
code, out, err = f('--org', 'Strangers', 'works', 'add', photos)
t.check(code == 0 and b'3 new' in err and b'near' in err, 'what_another_organisation_registered_is_new_here', (code, out, err))
t.check(b'looks like work' not in out, 'and_its_works_are_not_named_as_near', out)
code, out, err = f('--org', 'Nobody', 'works', 'list')
t.check(code == 4 and one_line(err) and b'no such organisation' in err, 'an_unknown_organisation_is_told', (code, err))
code, out, err = f('--org', 'Strangers', '--as', 'owner@marmalade.example', 'works', 'list')
t.check(code == 4 and one_line(err), 'an_account_acts_in_its_own_organisation_only', (code, err))
for w in f.json('--org', 'Strangers', 'works', 'list'):
    f('--org', 'Strangers', 'works', 'remove', str(w['work']))
code, out, err = f('--as', 'stranger@example.org', 'lookup', '--format', 'tsv', t.top + '/marmalade-found/a.jpg')
t.check(code == 0 and out == b'', 'a_stranger_recognises_none_of_our_works', (code, out, err))
code, out, err = f('lookup', '--format', 'tsv', t.top + '/marmalade-found/a.jpg')
t.check(b'\tmatch\t' in out, 'and_we_still_do', (code, out, err))

db = sqlite3.connect('file:%s/home/db?mode=ro' % t.top, uri=True)
first = db.execute('SELECT id FROM org ORDER BY id').fetchone()[0]
ids = {}
for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
    columns = [c[1] for c in db.execute('PRAGMA table_info(%s)' % name)]
    if 'id' in columns and 'org_id' in columns:
        ids[name] = [r[0] for r in db.execute('SELECT id FROM %s WHERE org_id = ? LIMIT 2' % name, (first,))]
db.close()
watch = ids['watch'][0]


def state():
    """All that the first organisation has, as it sees it; `seen` moves when people look."""
    return [f('--json', *v)[1] for v in (['works', 'list'], ['hits', 'list', '--state', 'all'], ['rules', 'list'], ['watch', 'list'], ['users', 'list'])]


# ---- verbs.  Words that get as far as the home and then find nothing; {work} and the like are the first organisation's.
WORDS = {
    'works add': ['nowhere'], 'works show': ['{work}'], 'works remove': ['{work}'], 'works export': ['/dev/null/x'],
    'owners add': ['--name', 'Ada'], 'lookup': ['nowhere'], 'scan': ['nowhere'],
    'hits show': ['{hit}'], 'hits decide': ['--as', 'pursue', '{hit}'], 'hits add': ['--work', '{work}', 'nowhere'],
    'notices preview': ['1', 'inquiry'], 'notices draft': ['1', 'inquiry'],
    'rules remove': ['{rule}'], 'watch add': ['https://example.net/'], 'watch pause': ['{watch}'], 'watch resume': ['{watch}'],
    'watch remove': ['{watch}'], 'watch run': ['{watch}'], 'serve': ['--listen', 'nowhere'], 'worker': ['--once'],
    'users add': ['--email', 'caseworker@marmalade.example'], 'users link': ['--email', '{email}'], 'users disable': ['--email', '{email}'],
    'users enable': ['--email', '{email}'], 'users password': ['--email', '{email}'],
    'users totp': ['--email', '{email}'], 'users sessions': ['--email', '{email}'], 'users role': ['--email', '{email}', '--role', 'auditor'],
    'users org add': ['--name', 'X', '--email', 'caseworker@marmalade.example'], 'backup': ['/dev/null/x'],
    'owners show': ['0'], 'owners identify': ['--kind', 'document', '--value', 'passport'], 'owners check': ['--subject', 'proof', '--statement', 'seen', '1'],
    'owners declare': ['--work', '{work}', '--author'], 'owners prove': ['--kind', 'publication', '--name', 'a book', '{work}'], 'owners proof': ['{work}'],
    'owners settle': ['--why', 'a test', '1'], 'mandates add': ['--owner', '1'], 'mandates revoke': ['1'],
    'licences add': ['--to', 'X', '--domains', 'example.net'], 'licences end': ['--why', 'a test', '1'], 'licences import': ['nowhere'],
    'partners add': ['--to', 'X', '--domains', 'example.net'],
    'evidence capture': ['{hit}'], 'evidence looks': ['{hit}'],
    'answers show': ['1'], 'answers read': ['1'],
    'post print': ['1'], 'post sent': ['--carrier', 'X', '--tracking', '12345', '1'], 'post delivered': ['--on', '2026-12-01', '--proof', 'nowhere', '1'], 'post returned': ['1'],
    'vault show': ['{sha256}'], 'vault erase': ['--why', 'a test', '{sha256}'], 'vault anew': ['--why', 'a test', 'nowhere'],
    'evidence show': ['1'], 'evidence seal': ['1'], 'evidence export': ['1', '/dev/null/x'], 'evidence keys': ['list'], 'evidence deposit': ['--list'],
    'evidence proof': ['{work}', '/dev/null/x'],
    'cases open': ['{hit}'], 'cases show': ['1'], 'cases move': ['1', 'withdraw'], 'cases gates': ['1'], 'cases fact': ['1'], 'cases party': ['1'],
    'cases dispute': ['--ground', 'mine', '1'], 'cases withdraw': ['1'], 'cases hold': ['--note', 'a test', '1'], 'cases close': ['--as', 'licensed', '1'],
    'privacy find': ['--why', 'a test', 'nobody@example.net'], 'privacy export': ['--why', 'a test', 'nobody@example.net', '/dev/null/x'], 'privacy erase': ['--why', 'a test', 'nobody@example.net'],
    'privacy ask': ['--kind', 'data'], 'privacy answered': ['--how', 'a test', '1'],
    'privacy hold': ['--why', 'a test', '--until', '2099-01-01', '1'], 'privacy release': ['--why', 'a test', '1'],
    'notices show': ['1'], 'notices approve': ['1'],
}
REAL = {'work': str(hits[0]['work']), 'hit': str(hits[0]['hit']),
        'rule': str(ids['rule'][0]), 'watch': str(watch), 'email': 'counsel@marmalade.example',
        'sha256': f.json('works', 'show', str(hits[0]['work']))[0]['sha256']}
NONE = {'work': '1', 'hit': '1', 'rule': '1', 'watch': '1', 'email': 'nobody@example.com', 'sha256': '0' * 64}


def words(verb, names):
    return [w.format(**names) if '{' in w else w for w in WORDS.get(verb, [])]


before = state()
wrong, slips = [], []
for verb, m in verbs.items():
    if m['deed'] == 'anyone':
        continue
    for role in ROLES:
        code, out, err = f('--as', role + '@marmalade.example', *verb.split(), *words(verb, NONE), cwd=t.top)
        refused = code == 4 and b'whom this is not for' in err
        if code == 2:
            wrong.append('%s: give it words in tests/cli/test_roles.py: %r' % (verb, err))
            break
        if refused != (role not in m['roles']):
            wrong.append('%s as %s: exit %d %r' % (verb, role, code, err))
    code, out, err = f('--as', 'stranger@example.org', *verb.split(), *words(verb, REAL), cwd=t.top)
    if b'marmalade' in out.lower() or (words(verb, REAL) != words(verb, NONE) and code in (0, 3)):
        slips.append('%s %s: exit %d %r %r' % (verb, words(verb, REAL), code, out, err))
t.check(not wrong, 'every_verb_is_for_the_roles_of_the_matrix_and_no_other', '\n'.join(wrong))
t.check(not slips, 'no_verb_shows_or_gives_a_stranger_anything_of_ours', '\n'.join(slips))
f('watch', 'remove', *[str(w['watch']) for w in f.json('watch', 'list') if 'example.net' in w['target']])
after = state()
t.check(before == after, 'and_nothing_of_ours_has_changed', '\n'.join('%r\n%r' % p for p in zip(before, after) if p[0] != p[1]))
code, out, err = f('--as', 'admin@marmalade.example', 'users', 'role', '--email', 'counsel@marmalade.example', '--role', 'owner')
t.check(code == 4 and b'only an owner makes owners' in err, 'an_admin_makes_no_owners', (code, err))
code, out, err = f('--as', 'admin@marmalade.example', 'users', 'link', '--email', 'owner@marmalade.example')
t.check(code == 4 and b'business of owners' in err and out == b'', 'and_gets_no_link_to_an_owners_account', (code, out, err))
for role, sees in (('reviewer', False), ('auditor', False), ('counsel', True), ('owner', True)):
    code, out, err = f('--as', role + '@marmalade.example', 'hits', 'show', str(hits[1]['hit']))
    code, rules, err = f('--as', role + '@marmalade.example', 'rules', 'list')
    t.check((b'marmalade illness' in out) == sees and (b'marmalade illness' in rules) == sees,
            'a_note_on_hardship_is_%s_the_%s' % ('for' if sees else 'not_for', role), (out, rules))

# ---- pages
server = f.start('serve', '--listen', '127.0.0.1:0', '--no-worker')
url = re.search(rb'running at http://127\.0\.0\.1:(\d+)', server.stdout.readline())
port = int(url.group(1))


def ask(method, path, token=None, form=None, cookie=None):
    c = http.client.HTTPConnection('127.0.0.1', port, timeout=30)
    h = {'Accept': 'application/json'}
    if token:
        h['Authorization'] = 'Bearer ' + token
    if cookie:
        h['Cookie'] = cookie
    body = None
    if method == 'POST':
        body = json.dumps(form or {})
        h['Content-Type'] = 'application/json'
    c.request(method, path, body, h)
    r = c.getresponse()
    body = r.read()
    c.close()
    return r.status, body, r.getheaders()


def token_of(link):
    path = urllib.parse.urlsplit(link).path
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


def form_of(takes):
    """Something of the right kind in every field that must be there."""
    form = {}
    for one in (takes or '').split():
        name, optional, many, kind = re.match(r'(\w+)(\??)(\*?)(.*)', one).groups()
        if optional:
            continue
        v = kind[1:].split('|')[0] if kind.startswith('=') else 1 if kind[1:2] in 'in' else True if kind == ':yes' else 'x'
        form[name] = [v] if many else v
    if 'email' in form:
        form['email'] = 'caseworker@marmalade.example'
    return form


def at(path, number, word='x'):
    return path.replace(':id', str(number)).replace(':word', word)


tokens = {who: token_of(link) for who, link in links.items()}
pages.sort(key=lambda m: 'sign-out' in m['what'])
every_id = sorted({i for rows in ids.values() for i in rows})
wrong, slips, shown = [], [], set()
for m in pages:
    method, path = m['what'].split()
    form = form_of(m['takes'])
    status, body, _ = ask(method, at(path, 1), form=form)
    if (status == 401) != (m['deed'] != 'anyone') and not (m['deed'] == 'anyone' and status == 403):
        wrong.append('%s by nobody: %d %r' % (m['what'], status, body[:200]))
    if 'sign-out' in path:
        continue
    for role in ROLES:
        status, body, _ = ask(method, at(path, 1), tokens[role], form)
        refused = status == 403 and b'may not do this' in body
        if status == 401 or refused != (role not in m['roles'] and m['deed'] != 'anyone'):
            wrong.append('%s as %s: %d %r' % (m['what'], role, status, body[:200]))
    if m['deed'] == 'anyone':
        continue
    for number in every_id if ':id' in path else [1]:
        status, body, _ = ask(method, at(path, number), tokens['stranger'], form)
        # Words that the stranger sent come back; ours do not.
        if b'marmalade' in body.lower().replace(b'caseworker@marmalade.example', b''):
            slips.append('%s with %d shows: %r' % (m['what'], number, body[:300]))
        if ':id' in path and status != 404:
            slips.append('%s with %d: %d %r' % (m['what'], number, status, body[:200]))
        if ':id' in path and method == 'GET' and ask(method, at(path, number), tokens['owner'])[0] == 200:
            shown.add(path)
t.check(not wrong, 'every_page_is_for_the_roles_of_the_matrix_and_no_other', '\n'.join(wrong))
t.check(not slips, 'no_page_shows_or_gives_a_stranger_anything_of_ours', '\n'.join(slips))
t.check({'/works/:id', '/hits/:id', '/watches/:id', '/scans/:id'} <= shown, 'the_numbers_that_a_stranger_was_refused_are_real', shown)
status, body, _ = ask('GET', '/settings', tokens['stranger'])
t.check(status == 403, 'the_installation_is_the_first_organisations', (status, body))
status, body, _ = ask('POST', '/users', tokens['admin'], {'email': 'new@marmalade.example', 'role': 'owner'})
t.check(status == 403 and b'only an owner' in body, 'an_admin_makes_no_owners_on_the_web_either', (status, body))
status, body, _ = ask('GET', '/hits/%s' % REAL['hit'], tokens['auditor'])
t.check(status == 200 and b'"decisions"' in body, 'an_auditor_sees_what_was_decided', (status, body[:200]))
for who in ('reviewer', 'stranger'):
    ask('POST', '/sign-out-everywhere', tokens[who], {})
    t.check(ask('GET', '/account', tokens[who])[0] == 401, 'the_%s_is_signed_out_everywhere' % who)
server.terminate()
server.wait(timeout=30)
t.check(state()[:4] == after[:4], 'and_after_all_pages_nothing_of_ours_has_changed')
t.end()
