#!/usr/bin/env python3
"""test_view.py FAIRTRACK MAKE-PICTURES: a captured page on an origin of its own: no session, no scripts, nothing to guess; capture and seal by the page's button."""
import hashlib, http.client, json, os, re, shutil, signal, sqlite3, subprocess, sys, tempfile, time
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, '..')]
from tap import Tap, Fairtrack
from capture_site import Site
import socket

CHROMIUM = '/usr/bin/chromium'
t = Tap()
f = Fairtrack(sys.argv[1], t.top + '/home')
photos = t.top + '/photos'
subprocess.run([sys.argv[2], photos, '2', '53', '600'], check=True)
made = sorted(os.listdir(photos))
site = Site({'a.jpg': open(f'{photos}/{made[0]}', 'rb').read()})
s = socket.socket()
s.bind(('127.0.0.1', 0))
port = s.getsockname()[1]
s.close()
f('init')
with open(f.home + '/fairtrack.conf', 'w') as o:
    o.write(f'[crawl]\nallow_loopback = yes\ndelay_min_ms = 0\ndelay_max_ms = 0\n[capture]\nrdap =\nview_listen = 127.0.0.1:{port}\n[evidence]\ntimestamp = own\n')
f('works', 'add', f'{photos}/{made[0]}')
f('scan', site.url + '/script')
hit = json.loads(f('hits', 'list', '--json')[1].splitlines()[0])['hit']

# ---- by the button, the worker, the notary -------------------------------------------------------------------
server = subprocess.Popen([f.path, '--home', f.home, 'serve', '--listen', '127.0.0.1:0'], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=f.env)
lines = [server.stdout.readline() for _ in range(3)]
link = next(re.search(r'http://127\.0\.0\.1:(\d+)(/in/\S+)', l) for l in lines if '/in/' in l)


def ask(to, method, path, body=None, **headers):
    c = http.client.HTTPConnection('127.0.0.1', to, timeout=30)
    c.request(method, path, body, headers)
    r = c.getresponse()
    r.text = r.read()
    c.close()
    return r


def cookies(r):
    return '; '.join(v.split(';')[0] for k, v in r.getheaders() if k.lower() == 'set-cookie')


board = int(link.group(1))
r = ask(board, 'GET', link.group(2))
csrf = re.search(rb'name="csrf" value="([^"]*)"', r.text)
r = ask(board, 'POST', link.group(2), 'csrf=' + (csrf.group(1).decode() if csrf else ''), Cookie=cookies(r), **{'Content-Type': 'application/x-www-form-urlencoded'})
cookie = cookies(r)
page = ask(board, 'GET', f'/hits/{hit}', Cookie=cookie)
csrf = re.search(rb'name="csrf" value="([^"]*)"', page.text)
t.check(b'Capture it now' in page.text and csrf is not None, 'the_hits_page_offers_a_capture', page.text[:300])
r = ask(board, 'POST', f'/hits/{hit}/capture', 'csrf=' + csrf.group(1).decode() if csrf else '', Cookie=cookie, **{'Content-Type': 'application/x-www-form-urlencoded'})
t.check(r.status == 303, 'the_button_asks_the_worker', (r.status, r.text[:300]))
rows = []
for _ in range(80):
    rows = [json.loads(l) for l in f('evidence', 'looks', str(hit), '--json')[1].splitlines()]
    packages = [json.loads(l) for l in f('evidence', 'list', '--json')[1].splitlines()]
    if rows and packages and packages[0]['state'] == 'sealed':
        break
    time.sleep(0.5)
t.check(len(rows) == 1 and rows[0]['found'] == 'there', 'the_worker_captures', rows)
t.check(len(packages) == 1 and packages[0]['state'] == 'sealed' and packages[0]['package'] == rows[0]['package'], 'what_was_captured_is_sealed', packages)
page = ask(board, 'GET', f'/hits/{hit}', Cookie=cookie)
t.check(b'still there' in page.text and b'/page.html' in page.text, 'the_hits_page_shows_what_was_found_and_leads_to_the_page', page.text[-3000:])
f('evidence', 'export', str(packages[0]['package']), t.top + '/p.wacz')
code, out, err = f('verify', t.top + '/p.wacz', '--json')
t.check(b'archive/data.warc.gz' in f('verify', t.top + '/p.wacz')[1], 'the_package_can_be_verified', (code, out[:400], err))

# ---- the origin of its own --------------------------------------------------------------------------------------
db = sqlite3.connect(f.home + '/db')
secret, cid, org = db.execute('SELECT view_secret, id, org_id FROM capture').fetchone()
r = ask(port, 'GET', f'/v/{secret}/page.html')
csp = r.getheader('Content-Security-Policy') or ''
t.check(r.status == 200 and csp.startswith('sandbox;') and 'allow-' not in csp and "default-src 'none'" in csp and 'script-src' not in csp, 'its_policy_is_a_sandbox_without_scripts', csp)
t.check(r.getheader('X-Content-Type-Options') == 'nosniff' and r.getheader('Set-Cookie') is None and r.getheader('Referrer-Policy') == 'no-referrer', 'it_sets_no_cookie_and_lets_nothing_be_guessed', r.getheaders())
t.check(b'<script' not in r.text and b'onload' not in r.text and b'<iframe' not in r.text and b'<form' not in r.text and b'src="r' in r.text, 'the_page_has_its_pictures_and_none_of_its_powers', r.text[:1500])
t.check(ask(port, 'GET', f'/v/{secret}/page.html', Cookie=cookie).getheader('Set-Cookie') is None, 'a_session_of_the_dashboard_means_nothing_there')
for path in ('/', '/v/', f'/v/{secret}', f'/v/{secret}/', f'/v/{secret[:-1]}/page.html', f'/v/{secret[:-1]}A/page.html' if secret[-1] != 'A' else '/v/x', f'/v/{secret}/../page.html', f'/v/{secret}/dom.html', '/hits', '/sign-in'):
    if ask(port, 'GET', path).status != 404:
        t.check(False, 'nothing_else_is_there', path)
        break
else:
    t.check(True, 'nothing_else_is_there')
t.check(ask(port, 'POST', f'/v/{secret}/page.html', 'a=b').status in (405, 413), 'nothing_can_be_sent_there')
t.check(ask(board, 'GET', f'/v/{secret}/page.html', Cookie=cookie).status == 404, 'captured_pages_are_never_on_the_dashboards_origin')

# ---- the policy by itself: a page with scripts is slipped past everything else --------------------------------------
hostile = b'<!doctype html><title>before</title><body><script>document.title="ran";document.body.append("RAN")</script><img src=x onerror="document.title=\'ran\'"><svg onload="document.title=\'ran\'">'
digest = hashlib.sha256(hostile).hexdigest()
folder = f'{f.home}/vault/{digest[:2]}/{digest[2:4]}'
os.makedirs(folder, exist_ok=True)
with open(f'{folder}/{digest}', 'wb') as o:
    o.write(hostile)
db.execute('INSERT INTO capture_file (org_id, capture_id, name, mime, sha256, bytes) VALUES (?, ?, ?, ?, ?, ?)', (org, cid, 'hostile.html', 'text/html; charset=utf-8', bytes.fromhex(digest), len(hostile)))
db.commit()
r = ask(port, 'GET', f'/v/{secret}/hostile.html')
t.check(r.status == 200 and r.text == hostile, 'the_hostile_page_is_served_as_it_is', (r.status, r.text[:200]))


def dump(url):
    """The DOM after scripts, by a browser that is not root."""
    who = {'user': 'nobody', 'group': 'nogroup', 'extra_groups': []} if os.geteuid() == 0 else {}
    profile = tempfile.mkdtemp(prefix='fair-view-', dir='/tmp')
    os.chmod(profile, 0o777)
    try:
        p = subprocess.run([CHROMIUM, '--headless=new', '--disable-gpu', f'--user-data-dir={profile}', '--no-first-run', '--dump-dom', url], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                           timeout=60, env={'HOME': profile, 'PATH': '/usr/bin:/bin'}, **who)
        return p.stdout, p.stderr
    finally:
        shutil.rmtree(profile, ignore_errors=True)


if not os.path.exists(CHROMIUM):
    t.skip('scripts_in_a_captured_page_do_nothing', 'no ' + CHROMIUM)
else:
    out, err = dump(site.url + '/script')
    if b'script ran' not in out:
        t.skip('scripts_in_a_captured_page_do_nothing', 'no browser can run here: ' + err.decode(errors='replace').strip()[-150:].replace('\n', ' '))
    else:
        out, err = dump(f'http://127.0.0.1:{port}/v/{secret}/hostile.html')
        t.check(b'<title>before</title>' in out and b'RAN' not in out.replace(b'"RAN"', b''), 'scripts_in_a_captured_page_do_nothing', out[:600])
server.send_signal(signal.SIGTERM)
server.wait(20)
t.end()
