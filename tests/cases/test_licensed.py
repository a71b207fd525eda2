#!/usr/bin/env python3
"""test_licensed.py FAIRTRACK: a licence, a partner, a white list added by the command, the web and a file each close the open cases that they
cover, with the entry as the reason; of a case that is covered in part the covered uses leave."""
import html, http.client, os, re, shutil, signal, sqlite3, subprocess, sys, urllib.parse
here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, '..'))
from tap import Tap, Fairtrack

t = Tap()
if shutil.which('convert') is None:
    t.skip('a_licence_closes_the_cases_it_covers', 'ImageMagick is not installed')
    t.end()
home, pics = t.top + '/home', t.top + '/pics'
os.makedirs(pics)
f = Fairtrack(os.path.abspath(sys.argv[1]), home)
subprocess.run(['convert', '-size', '640x480', '-seed', '5', 'plasma:red-blue', '-quality', '92', pics + '/lantern.jpg'], check=True)
subprocess.run(['convert', pics + '/lantern.jpg', '-resize', '500x', '-quality', '70', pics + '/copy.jpg'], check=True)
f('init', '--name', 'Lantern Studio', '--email', 'ada@example.com')
f('works', 'add', pics + '/lantern.jpg')


def rows(query, *args):
    db = sqlite3.connect(home + '/db', timeout=30)
    out = db.execute(query, args).fetchall()
    db.close()
    return out


work = str(rows('SELECT id FROM work')[0][0])


def case(*pages):
    """A case with the uses on these pages, of one operator."""
    for page in pages:
        f('hits', 'add', '--work', work, '--page', page, pics + '/copy.jpg')
        hit = str(rows('SELECT id FROM hit WHERE page_url = CAST(? AS BLOB)', page)[0][0])
        f('--as', 'ada@example.com', 'hits', 'decide', '--as', 'pursue', hit)
        code, out, err = f('cases', 'open', hit)
        if code != 0:
            t.check(False, 'a_case_opens', (page, code, err))
    return rows('SELECT max(id) FROM case_file')[0][0]


def state(number):
    return rows('SELECT state, reason, (SELECT count(*) FROM case_use u WHERE u.case_id = c.id) FROM case_file c WHERE id = ?', number)[0]


# ---- the verb
one = case('https://one.example/shop')
got = f.json('licences', 'add', '--to', 'One Ltd', '--domains', 'one.example', '--shop', 'the shop', '--order', '4711')
s = state(one)
t.check(got and got[0]['cases_closed'] == 1 and s[0] == 'CLOSED_LICENSED_BEFORE' and '4711' in s[1], 'a_licence_added_by_the_command_closes_its_case_with_the_reason', (got, s))
two = case('https://two.example/a', 'https://two.example/b')
got = f.json('partners', 'add', '--kind', 'whitelist', '--to', 'Two Ltd', '--domains', 'two.example')
t.check(got and got[0]['cases_closed'] == 1 and state(two)[0] == 'CLOSED_LICENSED_BEFORE', 'so_does_a_white_list_with_all_its_uses', (got, state(two)))
three = case('https://three.example/a', 'https://shop.three.example/b')
code, out, err = f('partners', 'add', '--kind', 'syndication', '--to', 'Three Ltd', '--domains', 'shop.three.example')
s = state(three)
t.check(code == 0 and b'left their cases' in err and s[0] == 'DRAFT' and s[2] == 1 and len(rows('SELECT 1 FROM case_use_left WHERE case_id = ?', three)) == 1, 'a_partner_of_one_use_takes_that_use_out', (code, err, s))
other = case('https://four.example/a')
t.check(state(other)[0] == 'DRAFT', 'what_it_does_not_cover_stays', state(other))

# ---- a file
with open(t.top + '/ledger.csv', 'w') as o:
    o.write('assignee,domains,from\nThree Ltd,three.example,2020-01-01\n')
code, out, err = f('licences', 'import', t.top + '/ledger.csv')
t.check(code == 0 and state(three)[0] == 'DRAFT', 'a_preview_closes_nothing', (code, out, err))
code, out, err = f('licences', 'import', '--apply', t.top + '/ledger.csv')
t.check(code == 0 and state(three)[0] == 'CLOSED_LICENSED_BEFORE' and state(other)[0] == 'DRAFT', 'a_file_that_is_applied_closes_what_it_covers', (code, out, err, state(three)))

# ---- the web
server = f.start('serve', '--listen', '127.0.0.1:0', '--no-worker')
told = ''
while 'Stop it' not in told:
    line = server.stdout.readline().decode()
    if not line:
        break
    told += line
port = int(re.search(r'127\.0\.0\.1:(\d+)', told).group(1))
link = urllib.parse.urlsplit(re.search(r'(http\S*/in/\S+)', told).group(1)).path
cookies, csrf = {}, ['']


def ask(method, path, fields=None):
    c = http.client.HTTPConnection('127.0.0.1', port, timeout=60)
    h = {'Accept': 'text/html', 'Cookie': '; '.join('%s=%s' % kv for kv in cookies.items())}
    if fields is not None:
        h['Content-Type'] = 'application/x-www-form-urlencoded'
    c.request(method, path, None if fields is None else urllib.parse.urlencode(dict(fields, csrf=csrf[0])), h)
    r = c.getresponse()
    text = r.read().decode('utf-8', 'replace')
    for k, v in r.getheaders():
        if k.lower() == 'set-cookie':
            name, value = v.split(';')[0].split('=', 1)
            cookies[name] = value
    found = re.search(r'name="csrf" value="([^"]*)"', text)
    if found:
        csrf[0] = html.unescape(found.group(1))
    c.close()
    return r.status, text


ask('GET', link)
ask('POST', link, {})
ask('GET', '/licences')
status, text = ask('POST', '/licences', {'kind': 'licence', 'assignee': 'Four Ltd', 'domains': 'four.example', 'order': '4712'})
t.check(status in (302, 303) and state(other)[0] == 'CLOSED_LICENSED_BEFORE' and '4712' in state(other)[1], 'a_licence_added_in_the_web_closes_its_case', (status, state(other)))
server.send_signal(signal.SIGTERM)
server.wait(30)
code, out, err = f('doctor')
t.check(b'the chains unbroken' in out, 'the_chains_hold', (code, out, err))
t.end()
