#!/usr/bin/env python3
"""test_party.py FAIRTRACK MAKE-PICTURES: who runs a site is looked for by a job and offered to a person: organisations and offices with their sources, and never a private person."""
import html, http.server, os, re, shutil, signal, subprocess, sys, threading
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, '..')]
from tap import Tap, Fairtrack
from fairweb import Client

t = Tap()
f = Fairtrack(sys.argv[1], t.top + '/home')
photos = t.top + '/photos'
subprocess.run([sys.argv[2], photos, '2', '67', '480'], check=True)
PAGES, ASKED = {}, []


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *a):
        pass

    def do_GET(self):
        ASKED.append(self.path)
        kind, body = PAGES.get(self.path, ('text/plain', None))
        data = (body or 'none').encode()
        self.send_response(200 if body is not None else 404)
        self.send_header('Content-Type', kind)
        self.send_header('Content-Length', str(len(data)))
        self.end_headers()
        self.wfile.write(data)


web = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
threading.Thread(target=web.serve_forever, daemon=True).start()
url = 'http://127.0.0.1:%d' % web.server_address[1]


def card(kind, name, org, adr='["","","1, Example Street","Exampletown","","12345",""]', cc='DE'):
    return ('["vcard",[["version",{},"text","4.0"],["fn",{},"text","%s"],["kind",{},"text","%s"]%s,["adr",{"cc":"%s"},"text",%s],["email",{},"text","tom.beispiel@example.org"]]]'
            % (name, kind, ',["org",{},"text","%s"]' % org if org else '', cc, adr))


def registered(card):
    PAGES['/server/domain/example.org'] = ('application/rdap+json', '{"objectClassName":"domain","ldhName":"example.org","entities":[{"roles":["registrant"],"vcardArray":%s},'
                                           '{"roles":["registrar"],"vcardArray":["vcard",[["version",{},"text","4.0"],["fn",{},"text","A registrar"],["kind",{},"text","org"]]]}]}' % card)


PAGES['/blog'] = ('text/html', '<a href="/impressum">Impressum</a><a href="https://elsewhere.example/imprint">not theirs</a>')
PAGES['/impressum'] = ('text/html', '<h1>Impressum</h1><p>Example Publishing</p><a href="mailto:info@127.0.0.1">info@127.0.0.1</a> tom.beispiel@127.0.0.1 <b>office@elsewhere.example</b>')
PAGES['/.well-known/security.txt'] = ('text/plain', 'Contact: mailto:security@example.org\nContact: mailto:tom.beispiel@example.org\nExpires: 2027-01-01T00:00:00z\n')
PAGES['/rdap/dns.json'] = ('application/json', '{"version":"1.0","services":[[["org"],["%s/server/"]]]}' % url)
registered(card('org', 'Example Publishing', 'Example Publishing'))

f('init', '--name', 'Nord', '--email', 'owner@example.com')
with open(f.home + '/fairtrack.conf', 'w') as o:
    o.write('[crawl]\nallow_loopback = yes\ndelay_min_ms = 0\ndelay_max_ms = 0\n[capture]\nrdap = %s/rdap/\n' % url)
f('works', 'add', photos)
works, names = f.json('works', 'list'), sorted(os.listdir(photos))
for i, page in enumerate((url + '/blog', 'https://shop.example.org/blog')):
    shutil.copy(photos + '/' + names[i], t.top + '/%d.jpg' % i)
    w = next(w['work'] for w in works if names[i] in str(w))
    f('hits', 'add', '--work', str(w), '--page', page, t.top + '/%d.jpg' % i)
hits = {h['page']: h['hit'] for h in f.json('hits', 'list')}
for h in hits.values():
    f('hits', 'decide', '--as', 'pursue', str(h))
link = f('users', 'link', '--email', 'owner@example.com')[1].decode()
looker = f('users', 'add', '--email', 'auditor@example.com', '--role', 'auditor')[1].decode()
server = subprocess.Popen([f.path, '--home', f.home, 'serve', '--no-worker', '--no-link', '--listen', '127.0.0.1:0'], stdout=subprocess.PIPE, stderr=open(t.top + '/log', 'w'), text=True, env=f.env)


class Served:
    links, port = [link.strip(), looker.strip()], int(re.search(r':(\d+)', server.stdout.readline()).group(1))


mara, auditor = Client(Served()).sign_in_by_link(0), Client(Served()).sign_in_by_link(1)


def words(r):
    return re.sub(r'\s+', ' ', html.unescape(re.sub(r'<[^>]*>', ' ', r.text)))


def case_of(hit):
    mara.get('/hits/%d' % hit)
    return '/' + '/'.join(mara.post('/hits/%d/case' % hit).header('location').split('?')[0].strip('/').split('/'))


def look(case):
    mara.get(case)
    r = mara.post(case + '/party/look')
    code, out, err = f('worker', '--once', timeout=200)
    return r.status, [(p['what'], p['value'], p['source']) for p in mara.api(case)['proposals']], err


# ---- what the site says itself
here = case_of(hits[url + '/blog'])
t.check('Look for who runs the site' in mara.get(here).text and 'Look for who runs the site' not in auditor.get(here).text, 'a_person_may_ask_for_it')
status, got, err = look(here)
t.check(status == 303 and ('form', url + '/impressum', 'imprint') in got and ('email', 'info@127.0.0.1', 'imprint') in got and ('email', 'security@example.org', 'security_txt') in got,
        'imprint_and_security_txt_are_offered_with_their_source', (status, got, err, ASKED))
t.check('tom.beispiel' not in str(got) and 'elsewhere' not in str(got), 'the_addresses_of_a_person_and_of_others_are_not', got)
said = words(mara.get(here))
t.check('Found, and for you to look at' in said and 'info@127.0.0.1 from their imprint' in said and 'the source' in said and mara.api(here)['known'] == [], 'nothing_counts_before_a_person_has_looked', said[:3000])
one = next(p for p in mara.api(here)['proposals'] if p['value'] == 'info@127.0.0.1')
mara.get(here)
r = mara.post(here + '/party/proposal', {'proposal': one['id'], 'so': 'yes'})
t.check(r.status == 400 and 'you looked at the source' in words(r) and mara.api(here)['known'] == [], 'taking_it_says_that_one_looked', words(r)[:300])
mara.get(here)
r = mara.post(here + '/party/proposal', {'proposal': one['id'], 'so': 'yes', 'looked': 'yes'})
known = mara.api(here)['known']
t.check(r.status == 303 and len(known) == 1 and known[0]['value'] == 'info@127.0.0.1' and known[0]['source'] == 'imprint' and known[0]['seen_at'] == url + '/impressum' and known[0]['confirmed']
        and known[0]['seen'] == one['seen'], 'what_is_taken_is_known_with_its_source_time_and_who_confirmed_it', (r.status, known))
mara.get(here)
r = mara.post(here + '/party/proposal', {'proposal': one['id'], 'so': 'yes', 'looked': 'yes'})
t.check(r.status == 404 and len(mara.api(here)['known']) == 1, 'it_is_taken_once', r.status)
other = next(p for p in mara.api(here)['proposals'] if p['value'] == 'security@example.org')
mara.get(here)
r = mara.post(here + '/party/proposal', {'proposal': other['id'], 'so': 'no'})
t.check(r.status == 303 and 'security@example.org' not in str(mara.api(here)['proposals']) and len(mara.api(here)['known']) == 1, 'what_is_not_so_is_offered_no_more')

# ---- registration data
there = case_of(hits['https://shop.example.org/blog'])
status, got, err = look(there)
t.check(('name', 'Example Publishing', 'rdap') in got and ('country', 'DE', 'rdap') in got and any(w == 'address' and 'Exampletown' in v for w, v, s in got), 'a_registrant_that_is_an_organisation_is_offered', (got, err))
t.check('tom.beispiel' not in str(got) and 'A registrar' not in str(got), 'not_its_mail_and_not_the_registrar', got)
for name, hidden in (('a_person', card('individual', 'Mara Muster', 'Mara Muster')), ('one_without_an_organisation', card('org', '', '')), ('one_that_is_withheld', card('org', 'REDACTED FOR PRIVACY', 'REDACTED FOR PRIVACY'))):
    registered(hidden)
    status, got, err = look(there)
    t.check([g for g in got if g[2] == 'rdap' and g[0] != 'note'] == [] and any(g[2] == 'rdap' and g[0] == 'note' and 'registrant' in g[1] for g in got) and 'Muster' not in str(got),
            'a_registrant_that_is_%s_is_not_offered_and_the_page_says_why' % name, got)
PAGES['/server/domain/example.org'] = ('application/rdap+json', '{"objectClassName":"domain","entities":[{"roles":["registrant"],"vcardArray":["vcard",false]}]}')
status, got, err = look(there)
t.check(any('malformed' in g[1] for g in got), 'an_answer_that_lies_is_told', got)
mara.get(there)
mara.post(there + '/party', {'kind': 'private', 'kind_evidence': 'a diary', 'hosting': '', 'hosting_evidence': ''})
registered(card('org', 'Example Publishing', 'Example Publishing'))
status, got, err = look(there)
t.check(not any(g[0] in ('address', 'email') for g in got), 'of_a_private_person_no_contact_is_offered_but_from_their_imprint', got)

server.send_signal(signal.SIGTERM)
t.check(server.wait(timeout=30) == 0, 'the_server_ends_well')
log = open(t.top + '/log').read()
t.check('Sanitizer' not in log and 'runtime error' not in log, 'and_complained_of_nothing', log[-2000:])
t.end()
