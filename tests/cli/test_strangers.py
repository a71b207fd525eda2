#!/usr/bin/env python3
"""test_strangers.py FAIRTRACK MAKE-PICTURES: every page and verb that takes a number is tried with the real things of another organisation, in every role: the answer is
the same as for a number that nobody has, byte for byte, and nothing of the other organisation changes."""
import http.client, json, os, re, shutil, sqlite3, subprocess, sys, urllib.parse
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
from tap import Tap, Fairtrack

t = Tap()
f = Fairtrack(sys.argv[1], t.top + '/home')
photos = t.top + '/marmalade'
subprocess.run([sys.argv[2], photos, '2', '71', '300'], check=True)
ROLES = ['owner', 'caseworker', 'reviewer', 'counsel', 'auditor', 'admin']
NOBODYS = 4611686018427333333                   # a number that is nobody's

# ---- ours: one of everything
f('init', '--name', 'Marmalade', '--email', 'owner@marmalade.example')
f('users', 'add', '--email', 'counsel@marmalade.example', '--role', 'counsel')
f('works', 'add', '--collection', 'marmalade', photos)
work = f.json('works', 'list')[0]['work']
os.makedirs(t.top + '/marmalade-found')
shutil.copy(photos + '/made-71-000000.jpg', t.top + '/marmalade-found/a.jpg')
f('hits', 'add', '--work', str(work), '--page', 'https://marmalade.example/blog', t.top + '/marmalade-found/a.jpg')
hit = f.json('hits', 'list')[0]['hit']
f('hits', 'decide', '--as', 'pursue', str(hit))
f('cases', 'open', str(hit))
case = f.json('cases', 'list')[0]['case']
f('cases', 'party', '--set', 'name=Marmalade Reader', '--source', 'imprint', '--seen', 'https://marmalade.example/imprint', str(case))
f('licences', 'add', '--to', 'Marmalade Shop', '--domains', 'shop.marmalade.example')
f('owners', 'add', '--name', 'Marmalade Ada')
f('watch', 'add', 'https://marmalade.example/')
f('watch', 'pause', str(f.json('watch', 'list')[0]['watch']))
f('privacy', 'ask', '--kind', 'data', '--case', str(case), '--words', 'marmalade data')
f('privacy', 'hold', '--why', 'marmalade suit', '--until', '2099-01-01', str(case))
db = sqlite3.connect(t.top + '/home/db')
ours = db.execute('SELECT id FROM org').fetchone()[0]
owner = db.execute('SELECT id FROM owner').fetchone()[0]
account = db.execute('SELECT id FROM account ORDER BY id').fetchone()[0]


def row(table, its_id, **given):
    """A row with something of the right kind in every column that must be there."""
    names, values = [], []
    for _, name, kind, must, default, key in db.execute('PRAGMA table_info(%s)' % table).fetchall():
        if name in given or (must and default is None):
            names.append(name)
            values.append(given[name] if name in given else its_id if name == 'id' else ours if name == 'org_id' else 1 if kind == 'BIGINT' else
                          0.5 if kind.startswith('DOUBLE') else b'marmalade %d %s' % (its_id, name.encode()) if kind == 'BLOB' else 'marmalade %s' % name)
    db.execute('INSERT INTO %s (%s) VALUES (%s)' % (table, ', '.join(names), ', '.join('?' * len(names))), values)
    return its_id


sha = b'm' * 32
row('notice', 7001, case_id=case, step='inquiry', claim=0, law='XX', language='de', state='draft', code='MARMALADE-1')
row('portal_answer', 7002, notice_id=7001, case_id=case, action='licence', sealed=sha)
row('mail_in', 7003, kind='reply', same_address=0, cut=0, case_id=case, notice_id=7001, sealed=sha, sender='reader@marmalade.example')
row('package', 7004, hit_id=hit, work_id=work, account_id=account, state='sealed', number=1, draft=sha)
row('mandate', 7005, owner_id=owner, scope='all', account_id=account)
row('identity', 7006, owner_id=owner, kind='document', account_id=account)
row('proof', 7007, work_id=work, kind='publication', account_id=account)
row('rival', 7008, work_id=work)
row('dispute', 7009, case_id=case, ground='licence')
row('capture', 7010, hit_id=hit, look='asked', found='there', account_id=account)
row('deposit', 7011, state='stamping', account_id=account)
db.commit()
real = {}
for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
    columns = [c[1] for c in db.execute('PRAGMA table_info(%s)' % name)]
    if 'id' in columns and 'org_id' in columns:
        got = db.execute('SELECT id FROM %s WHERE org_id = ? ORDER BY id LIMIT 1' % name, (ours,)).fetchone()
        if got:
            real[name] = got[0]
need = {'notice', 'portal_answer', 'mail_in', 'package', 'mandate', 'identity', 'proof', 'rival', 'dispute', 'capture', 'deposit', 'case_file', 'party', 'party_datum', 'licence', 'owner', 'hit', 'work',
        'watch', 'request', 'legal_hold', 'account', 'decision', 'access'}
t.check(need <= set(real), 'there_is_one_of_everything', need - set(real))


def everything():
    """All that is ours, row by row; who looked and when is not of what they did."""
    out = {}
    for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        columns = [c[1] for c in db.execute('PRAGMA table_info(%s)' % name)]
        if 'org_id' in columns and name not in ('session',):
            out[name] = sorted(map(repr, db.execute('SELECT * FROM %s WHERE org_id = ?' % name, (ours,)).fetchall()))
    return out


# ---- strangers, in every role
link = {'owner': f('users', 'org', 'add', '--name', 'Strangers', '--email', 'owner@example.org')[1].decode().splitlines()[-1]}
for role in ROLES[1:]:
    link[role] = f('--org', 'Strangers', 'users', 'add', '--email', role + '@example.org', '--role', role)[1].decode().strip().splitlines()[-1]
before = everything()

# ---- verbs: with the words of test_roles.py, where 1 is a number that nobody has
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'test_roles.py')) as i:
    WORDS = eval(re.search(r'^WORDS = (\{\n.*?^\})', i.read(), re.S | re.M).group(1))
KIND = {'cases': ['case_file'], 'notices': ['notice'], 'answers': ['portal_answer', 'mail_in'], 'evidence': ['package'], 'mandates': ['mandate'], 'licences': ['licence'], 'owners check': ['proof', 'identity', 'mandate', 'licence'],
        'owners settle': ['rival'], 'owners show': ['owner'], 'mandates add': ['owner'], 'notices preview': ['case_file'], 'notices draft': ['case_file'], 'privacy hold': ['case_file'],
        'privacy release': ['legal_hold'], 'privacy answered': ['request'], 'letters': ['notice'], 'post': ['notice'], 'parties': ['party']}
EXTRA = {'answers list': ['--case', '1'], 'notices list': ['--case', '1'], 'evidence list': ['--hit', '{hit}'], 'hits list': ['--work', '{work}', '--state', 'all'], 'cases list': ['--operator', 'marmalade.example', '--state', 'all'],
         'privacy find': ['--why', 'x', 'marmalade.example'], 'privacy erase': ['--why', 'x', '--yes', 'marmalade.example'], 'privacy ask': ['--kind', 'data', '--case', '1']}
KIND.update({'answers list': ['case_file'], 'notices list': ['case_file'], 'privacy ask': ['case_file']})
names = {'work': str(work), 'hit': str(hit), 'rule': str(real.get('rule', real['hit'])), 'watch': str(real['watch']), 'email': 'counsel@marmalade.example',
         'sha256': f.json('works', 'show', str(work))[0]['sha256']}
none = dict.fromkeys(names, str(NOBODYS))
none.update(email='nobody@example.com', sha256='0' * 64)


def plain(out, *numbers):
    for n in sorted(map(str, numbers), key=len, reverse=True):
        out = out.replace(str(n).encode(), b'N')
    return re.sub(rb'\d{4}-\d\d-\d\dT[0-9:.]*Z|\d{15,}', b'T', out)


hints, n = [], 0
may = {m['what']: m['roles'] for m in f.json('users', 'roles') if m['kind'] == 'verb'}
for verb in sorted(may):
    words = EXTRA.get(verb, WORDS.get(verb, []))
    kinds = KIND.get(verb, KIND.get(verb.split()[0]))
    if '1' in words or (verb == 'owners show'):
        if kinds is None:
            hints.append('%s: say in KIND whose number it takes' % verb)
            continue
        tries = [[str(real[k]) if w in ('1', '0') else w for w in words] for k in kinds]
        fakes = [str(NOBODYS) if w in ('1', '0') else w for w in words]
    elif any('{' in w for w in words) or verb in EXTRA:
        tries, fakes = [[w.format(**names) for w in words]], [w.format(**none) for w in words]
        fakes = [w.replace('marmalade.example', 'nobody.example') for w in fakes]
    else:
        continue
    if verb == 'hits decide':
        tries = [[w if w != '{hit}' else str(hit) for w in words]]
    for role in ROLES:
        other = f('--as', role + '@example.org', *verb.split(), *fakes, cwd=t.top)
        for mine in tries[:None if role in may[verb] else 1]:
            n += 1
            got = f('--as', role + '@example.org', *verb.split(), *mine, cwd=t.top)
            swap = [a for a, b in zip(mine, fakes) if a != b] + fakes
            a = (got[0], plain(got[1], *swap), plain(got[2], *swap))
            b = (other[0], plain(other[1], *swap), plain(other[2], *swap))
            if a != b or b'armalade' in plain(got[1] + got[2], *swap):
                hints.append('%s %s as %s:\n  %r\n  %r' % (verb, mine, role, a, b))
t.check(n > 200, 'verbs_are_tried_in_every_role', n)
t.check(not hints, 'no_verb_gives_a_stranger_so_much_as_a_hint', '\n'.join(hints[:12]))
after = everything()
t.check(after == before, 'and_no_verb_of_theirs_changed_anything_of_ours', [k for k in before if before[k] != after[k]])

# ---- pages
server = f.start('serve', '--listen', '127.0.0.1:0', '--no-worker')
port = int(re.search(rb'running at http://127\.0\.0\.1:(\d+)', server.stdout.readline()).group(1))
wire = http.client.HTTPConnection('127.0.0.1', port, timeout=30)


def ask(method, path, token, form=None):
    global wire
    h = {'Accept': 'application/json', 'Authorization': 'Bearer ' + token}
    body = None
    if method == 'POST':
        body, h['Content-Type'] = json.dumps(form or {}), 'application/json'
    for again in (True, False):
        try:
            wire.request(method, path, body, h)
            r = wire.getresponse()
            return r.status, r.read()
        except (http.client.HTTPException, OSError):
            wire.close()
            wire = http.client.HTTPConnection('127.0.0.1', port, timeout=30)
            if not again:
                raise


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


def form_of(takes, number):
    """Something of the right kind in every field that must be there, and `number` wherever a number of something may stand."""
    form = {}
    for one in (takes or '').split():
        name, optional, many, kind = re.match(r'(\w+)(\??)(\*?)(.*)', one).groups()
        if optional and kind != ':id':
            continue
        v = number if kind == ':id' else kind[1:].split('|')[0] if kind.startswith('=') else 1 if kind[1:2] == 'n' else True if kind == ':yes' else 'x'
        form[name] = [v] if many else v
    return form


tokens = {role: token_of(link[role]) for role in ROLES}
ours_token = token_of(f('users', 'link', '--email', 'owner@marmalade.example')[1].decode().strip())
pages = [m for m in f.json('users', 'roles') if m['kind'] == 'page' and m['what'] != 'GET /access' and 'sign-out' not in m['what'] and 'sessions' not in m['what'] and (':id' in m['what'] or ':id' in (m['takes'] or ''))]
hints, shown, n = [], set(), 0
before = everything()
for m in pages:
    method, path = m['what'].split()
    for role in ROLES:
        def at(number):
            where = path.replace(':id', str(number)).replace(':word', '1')
            if method == 'GET' and ':id' in (m['takes'] or ''):
                where += '?' + urllib.parse.urlencode(form_of(m['takes'], number))
            status, body = ask(method, where, tokens[role], form_of(m['takes'], number) if method == 'POST' else None)
            return status, plain(body, number)
        nobodys = at(NOBODYS)
        for kind, number in list(real.items())[:None if role in m['roles'] else 2]:      # who may not at all learns it before any number is looked at
            n += 1
            got = at(number)
            if got != nobodys or b'armalade' in got[1]:
                hints.append('%s with the %s as %s:\n  %r\n  %r' % (m['what'], kind, role, got, nobodys))
            if role == 'owner' and method == 'GET' and ':id' in path and ask(method, path.replace(':id', str(number)).replace(':word', '1'), ours_token)[0] == 200:
                shown.add(path)
t.check(n > 2000, 'pages_are_tried_in_every_role_with_every_kind_of_thing', n)
t.check(not hints, 'no_page_gives_a_stranger_so_much_as_a_hint', '\n'.join(hints[:12]))
t.check({'/works/:id', '/hits/:id', '/cases/:id', '/packages/:id', '/notices/:id', '/watches/:id'} <= shown, 'the_numbers_that_strangers_were_refused_are_real', shown)
after = everything()
for name in ('access', 'custody'):             # ours looked too, to show that the numbers are real
    after.pop(name), before.pop(name)
t.check(after == before, 'and_no_page_of_theirs_changed_anything_of_ours', [k for k in before if before[k] != after[k]])

# ---- the log of who looked: theirs tells what they tried, so it differs from number to number
status, body = ask('GET', '/access', tokens['auditor'])
t.check(status == 200 and b'armalade' not in body and b'owner@' not in body, 'strangers_see_their_own_log_alone', body[:300])
status, body = ask('GET', '/access?subject=%d' % case, ours_token)
looks = json.loads(body)['looks']
t.check(status == 200 and {(x['how'], x['what']) for x in looks} >= {('api', '/cases/:id')}, 'who_looked_at_a_case_is_told', looks)
t.check(ask('GET', '/access', tokens['caseworker'])[0] == 403, 'and_is_for_owners_counsel_auditors_and_admins')
server.terminate()
server.wait(timeout=30)
db.close()
t.end()
