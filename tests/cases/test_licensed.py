#!/usr/bin/env python3
"""test_licensed.py FAIRTRACK: a licence, a partner, a white list added by the command, the web and a file each close the open cases that they
cover, with the entry as the reason; of a case that is covered in part the covered uses leave."""
import os, shutil, sqlite3, subprocess, sys
here = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(here, '..'), os.path.join(here, '../web')]
from fairweb import Served
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
server = Served(f)
web = server.client().sign_in_by_link()
web.get('/licences')
r = web.post('/licences', {'kind': 'licence', 'assignee': 'Four Ltd', 'domains': 'four.example', 'order': '4712'})
t.check(r.status in (302, 303) and state(other)[0] == 'CLOSED_LICENSED_BEFORE' and '4712' in state(other)[1], 'a_licence_added_in_the_web_closes_its_case', (r.status, state(other)))
server.stop()
code, out, err = f('doctor')
t.check(b'the chains unbroken' in out, 'the_chains_hold', (code, out, err))
t.end()
