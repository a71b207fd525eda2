#!/usr/bin/env python3
"""test_probe.py FAIRTRACK: the verification page is probed at its public address, and a mail to oneself is read back: what is found are rows,
and whoever forges headers, answers with a copy, or is not there does not pass."""
import http.server, os, sqlite3, sys, threading
sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)), os.path.join(os.path.dirname(os.path.abspath(__file__)), '..')]
from servers import Dovecot, Smtp, debian_python, dovecot_missing, free_port
from tap import Tap, Fairtrack

t = Tap()
if not debian_python() or dovecot_missing():
    t.skip('page_and_mail_are_probed', dovecot_missing() or 'no python3-aiosmtpd here')
    t.end()
GOOD = b'Authentication-Results: mx.example.com;\r\n spf=pass smtp.mailfrom=post@example.com;\r\n dkim=pass header.d=example.com; dmarc=pass header.from=example.com\r\n'
BAD = b'Authentication-Results: mx.example.com; spf=fail smtp.mailfrom=post@example.com; dkim=none; dmarc=fail header.from=example.com\r\n'
OTHER = GOOD.replace(b'mx.example.com', b'mx.example.org')
headers = [GOOD]
boxes = Dovecot(t.top)
smtp = Smtp(lambda sender, to, body: boxes.deliver(to.split('@')[0], headers[0] + body))
f = Fairtrack(sys.argv[1], t.top + '/home')
f('init', '--name', 'Nord', '--email', 'owner@example.com')
port, web = free_port(), free_port()
with open(t.top + '/password', 'w') as o:
    o.write('secret\n')


def settings(smtp_port, portal, authserv='mx.example.com'):
    with open(f.home + '/fairtrack.conf', 'w') as o:
        o.write('[web]\nlisten = 127.0.0.1:%d\n[crawl]\nallow_loopback = yes\n[mail]\nsmtp_url = smtp://127.0.0.1:%d\nfrom = post@example.com\nimap_url = imap://127.0.0.1:%d/INBOX\nimap_user = post\n'
                'imap_password_file = %s/password\nauthserv_id = %s\n[letters]\nname = Nord Agency\naddress = Beispielweg 1\nprobe_hours = 0\n[portal]\nlisten = 127.0.0.1:%d\npublic_url = http://127.0.0.1:%d\n'
                % (web, smtp_port, boxes.port, t.top, authserv, port, portal))


def probe(*args):
    code, out, err = f('--json', 'post', 'probe', *args, timeout=200)
    import json
    rows = {r['what']: r for r in (json.loads(l) for l in out.splitlines() if l)}
    return code, rows.get('portal', {}), rows.get('mail', {}), err.decode()


def rows(what):
    db = sqlite3.connect(f.home + '/db', timeout=30)
    got = db.execute('SELECT passed, words FROM probe WHERE what = ? ORDER BY id DESC LIMIT 1', (what,)).fetchall()
    db.close()
    return got


settings(smtp.port, port)
code, portal, mail, err = probe('--show')
t.check(code == 1 and portal['words'] == 'never' and mail['words'] == 'never', 'nothing_holds_that_was_never_probed', (code, portal, mail, err))
server = f.start('serve', '--no-worker')
line = b'x'
while line and b'Stop it' not in line:
    line = server.stdout.readline()
code, portal, mail, err = probe('--wait', '60')
t.check(code == 0 and portal['holds'] and 'signature holds' in portal['words'], 'the_page_is_reached_at_its_public_address_and_its_signature_holds', (code, portal, err))
t.check(mail['holds'] and mail['words'] == 'mx.example.com: SPF passed, DKIM passed, DMARC passed', 'the_mail_comes_back_and_its_own_server_says_that_it_is_authentic', (mail, err))
t.check(rows('portal')[0][0] == 1 and rows('mail')[0][0] == 1, 'both_are_rows')
taken = smtp.taken[-1][2]
t.check(b'To: <post@example.com>' in taken and b'Auto-Submitted: auto-generated' in taken, 'the_mail_goes_to_oneself_alone', taken)

# ---- forged headers, by another name and by our own below the true one
headers[0] = OTHER
code, portal, mail, err = probe('--wait', '60')
t.check(code == 1 and portal['holds'] and not mail['passed'] and 'without Authentication-Results of mx.example.com' in mail['words'], 'what_another_host_says_counts_for_nothing', (code, mail))
headers[0] = BAD + GOOD + OTHER
code, portal, mail, err = probe('--wait', '60')
t.check(code == 1 and not mail['passed'] and 'SPF failed' in mail['words'], 'of_our_own_servers_the_topmost_counts', mail)

# ---- the clock is set back: what was found in the future holds nothing
f.env['FAIRTRACK_TEST_CLOCK'] = str(90 * 3600)
code, portal, mail, err = probe('--show')
t.check(code == 1 and portal['passed'] and not portal['holds'], 'after_three_days_a_probe_holds_no_more', portal)
del f.env['FAIRTRACK_TEST_CLOCK']

# ---- a copy of the page, and nobody at all
class Copy(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = b'<p>This notice is real.</p><code>' + b'0' * 64 + b'</code>'
        self.send_response(200)
        self.send_header('Content-Type', 'text/html')
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


copy = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Copy)
threading.Thread(target=copy.serve_forever, daemon=True).start()
settings(free_port(), copy.server_address[1])
code, portal, mail, err = probe()
t.check(code == 1 and not portal['passed'] and 'something else' in portal['words'], 'a_page_that_shows_something_else_does_not_pass', portal)
t.check(not mail['passed'] and 'could not be sent' in mail['words'], 'nor_a_mail_that_no_server_takes', mail)
copy.shutdown()
settings(smtp.port, free_port(), authserv='')
code, portal, mail, err = probe()
t.check(code == 1 and not portal['passed'] and 'not reached' in portal['words'], 'nor_an_address_where_nobody_answers', portal)
t.check(not mail['holds'] and 'authserv_id is not set' in mail['words'], 'without_the_name_of_our_server_mail_is_not_probed_and_it_is_said_what_to_do', mail)
code, out, err = f('doctor')
t.check(b'warn  probe' in out, 'doctor_tells_it', out.decode()[-900:])
server.terminate()
server.wait(30)
smtp.stop()
boxes.stop()
t.end()
