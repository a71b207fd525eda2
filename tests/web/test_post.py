#!/usr/bin/env python3
"""test_post.py FAIRTRACK MAKE-PICTURES MAKE-CASE: a letter is drafted, approved, let out by a move, and leaves by the one door: to mail
servers that take it, say no, say later, hang, and vanish; and it does not leave where the approval, the bytes or the rules say no."""
import email, email.policy, os, shutil, socket, socketserver, sqlite3, subprocess, sys, threading, time
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
from tap import Tap, Fairtrack

t = Tap()
f = Fairtrack(sys.argv[1], t.top + '/home')
photos = t.top + '/photos'
subprocess.run([sys.argv[2], photos, '2', '51', '480'], check=True)

try:
    from aiosmtpd.controller import Controller
except ImportError:
    # Debian's package belongs to Debian's Python, which need not be the first in PATH.
    if os.path.exists('/usr/bin/python3') and not os.environ.get('FAIR_DEBIAN_PYTHON'):
        shutil.rmtree(t.top, ignore_errors=True)
        os.execve('/usr/bin/python3', ['/usr/bin/python3'] + sys.argv, dict(os.environ, FAIR_DEBIAN_PYTHON='1'))
    t.skip('a_letter_leaves_by_one_door', 'no python3-aiosmtpd here')
    t.end()


class Handler:
    """What the server answers to RCPT and to the end of DATA; what it took."""
    rcpt = data = None
    taken = []

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.rcpt:
            return self.rcpt
        envelope.rcpt_tos.append(address)
        return '250 OK'

    async def handle_DATA(self, server, session, envelope):
        if self.data:
            return self.data
        self.taken.append((envelope.mail_from, list(envelope.rcpt_tos), envelope.content))
        return '250 taken'


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


handler, port = Handler(), free_port()
controller = Controller(handler, hostname='127.0.0.1', port=port, ready_timeout=60)
controller.start()


def settings(p):
    with open(t.top + '/home/fairtrack.conf', 'w') as o:
        o.write('[mail]\nsmtp_url = smtp://127.0.0.1:%d\nfrom = post@example.com\n[letters]\nname = Nord Agency\naddress = Beispielweg 1, 12345 Musterstadt\n'
                '[portal]\npublic_url = https://answers.example.com\n' % p)


def case(*args):
    p = subprocess.run([sys.argv[3], t.top + '/home', 'owner@example.com', *[str(a) for a in args]], env=f.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
    return p.returncode, p.stdout.decode().strip(), p.stderr.decode()


f('init', '--name', 'Nord', '--email', 'owner@example.com')
settings(port)
f('works', 'add', photos)
os.makedirs(t.top + '/found')
shutil.copy(photos + '/made-51-000000.jpg', t.top + '/found/a.jpg')
f('hits', 'add', '--work', str(f.json('works', 'list')[0]['work']), '--page', 'https://shop.example.org/blog', t.top + '/found/a.jpg')
hit = f.json('hits', 'list')[0]['hit']
f('hits', 'decide', '--as', 'pursue', str(hit))
code, number, err = case(hit, 'tom@example.org')
t.check(code == 0 and number.isdigit(), 'a_case_is_opened', (code, number, err))

# ---- a preview, and what cannot be written
code, out, err = f('notices', 'preview', number, 'inquiry')
t.check(code == 1 and out == b'' and b'author.name' in err, 'an_inquiry_that_lacks_a_fact_names_it_and_is_not_written', (code, out[:300], err))
facts = t.top + '/facts'


def write_facts(**d):
    with open(facts, 'w') as o:
        o.write(''.join('%s\t%s\n' % (k.replace('_', '.', 1), v) for k, v in d.items()))


write_facts(author_name='Mara Muster')
code, out, err = f('notices', 'preview', '--facts', facts, number, 'inquiry')
text = out.decode().replace(' \n', ' ')
t.check(code == 0 and all(w in text for w in ('Tom Beispiel', 'Mara Muster', 'https://shop.example.org/blog', 'Sie haben 21 Tage', 'hat die Rechte selbst', 'aus dem Impressum Ihrer Seite',
        'nicht gefragt', 'selbst erklärt', 'https://answers.example.com/v/', 'https://answers.example.com/n/')), 'an_inquiry_says_who_what_where_from_whom_and_what_was_not_asked', (code, out.decode(), err))
t.check(f('notices', 'preview', '--facts', facts, '--format', 'pdf', number, 'inquiry')[1].startswith(b'%PDF-'), 'and_is_previewed_as_pdf')
write_facts(lawyer_name='Dr. Beispiel', lawyer_address='Rechtsweg 3', sender_name='Somebody else')
code, out, err = f('notices', 'preview', '--facts', facts, number, 'close-handed-over')
t.check(code == 1 and b'only the records' in err, 'who_writes_cannot_be_said_by_hand', (code, out[:200], err))
write_facts(answer_words='Pay 500 EUR.', answer_received='2026-11-25')
code, out, err = f('notices', 'preview', '--facts', facts, number, 'answer-question')
t.check(code == 1 and b'answer.words' in err and out == b'', 'a_sum_cannot_be_said_by_hand', (code, err))


# ---- a first letter, so that an answer has something to answer: it is made in the store, and leaves as itself
def draft(words='Das Bild war zuerst in einem Heft.'):
    write_facts(answer_words=words, answer_received='2026-11-25')
    return f.json('notices', 'draft', '--by', 'mail', '--facts', facts, number, 'answer-question')


got = draft()
if not got:
    # an answer refers to a letter before it: make one that says it
    code, out, err = f('notices', 'draft', '--facts', facts, number, 'answer-question')
    t.check(code == 1 and b're.id' in err, 'an_answer_needs_the_letter_it_answers', (code, err))
    db = sqlite3.connect(t.top + '/home/db')
    org, account = db.execute('SELECT org_id, id FROM account').fetchone()
    db.execute("INSERT INTO notice (id, org_id, case_id, step, claim, language, law, state, code, sum_minor, deadline_days, created_by, created_us, queued_us)"
               " VALUES (7, ?, ?, 'answer-question', 0, 'de', 'XX', 'queued', 'FIRST-1', 0, 0, ?, 1, 1)", (org, int(number), account))
    db.commit()
    db.close()
    got = draft()
t.check(len(got) == 1 and got[0]['to'] == 'tom@example.org' and not got[0]['claim'] and got[0]['pages'] >= 1, 'an_answer_is_drafted', (got, f('notices', 'draft', '--facts', facts, number, 'answer-question')))
if not got:
    t.end()
first = got[0]['notice']
t.check(case('leave', first)[0] == 1, 'a_letter_whose_proofs_are_missing_does_not_leave')


def outgoing(approve=True):
    n = draft()[0]['notice']
    case('ready', n)
    if approve:
        t.check(case('approve', n)[0] == 0, 'it_is_approved')
    code, out, err = case('leave', n)
    t.check(code == 0, 'a_move_lets_it_out', err)
    return n


def run():
    return f('worker', '--once', timeout=200)


def show(n):
    return case('show', n)[1].split(' ', 5)


# ---- a server that takes it
n = outgoing()
run()
t.check(len(handler.taken) == 1 and handler.taken[0][0] == 'post@example.com' and handler.taken[0][1] == ['tom@example.org'], 'a_letter_is_sent_to_its_recipient_alone', (handler.taken, show(n), run()))
t.check(show(n)[:5] == ['sent', '1', '1', '0', 'tom@example.org'], 'that_the_server_took_it_is_written_down_and_is_no_delivery', show(n))
m = email.message_from_bytes(handler.taken[0][2], policy=email.policy.default)
text, html = m.get_body(('plain',)), m.get_body(('html',))
t.check(m.get_content_type() == 'multipart/alternative' and text.get_param('format') == 'flowed' and 'Das Bild war zuerst' in text.get_content() and '<html lang="de"' in html.get_content()
        and not list(m.iter_attachments()) and 'Antwort auf Ihre Frage' in m['Subject'] and m['Message-ID'].endswith('@example.com>'), 'another_programs_parser_reads_text_and_html', m.as_string()[:900])
t.check('src=' not in html.get_content() and 'http-equiv' not in html.get_content(), 'the_html_asks_for_nothing_remote')
db = sqlite3.connect(t.top + '/home/db')
blob = db.execute('SELECT lower(hex(mail)) FROM notice WHERE id = ?', (n,)).fetchone()[0]
db.close()
kept = open(t.top + '/home/vault/%s/%s/%s' % (blob[:2], blob[2:4], blob), 'rb').read()
t.check(kept.replace(b'\r\n', b'\n').rstrip() == handler.taken[0][2].replace(b'\r\n', b'\n').rstrip(), 'what_was_sent_is_what_was_kept')
run()
t.check(len(handler.taken) == 1, 'it_is_sent_once')

# ---- nobody approved it
n = outgoing(approve=False)
run()
t.check(len(handler.taken) == 1 and show(n)[1] == '0' and 'approved' in show(n)[5], 'a_letter_that_nobody_approved_does_not_leave', (show(n), len(handler.taken)))

# ---- other bytes than those approved
n = outgoing()
db = sqlite3.connect(t.top + '/home/db')
db.execute('UPDATE notice SET mail = (SELECT html FROM notice WHERE id = ?) WHERE id = ?', (n, n))
db.commit()
db.close()
run()
t.check(len(handler.taken) == 1 and show(n)[1] == '0', 'bytes_that_nobody_approved_do_not_leave', show(n))

# ---- the rules say no at the door: a proof that was there at the move is gone
n = outgoing()
db = sqlite3.connect(t.top + '/home/db')
db.execute("DELETE FROM probe WHERE what = 'portal'")
db.commit()
db.close()
run()
t.check(len(handler.taken) == 1 and show(n)[1] == '0' and 'may not leave' in show(n)[5], 'the_rules_are_asked_again_at_the_door', show(n))

# ---- a server that says no for good
handler.rcpt = '550 no such mailbox'
n = outgoing()
run()
t.check(show(n)[0] == 'undelivered' and show(n)[3] == '1' and '550' in show(n)[5], 'a_refused_letter_is_undelivered', show(n))
handler.rcpt = None

# ---- a server that says later
handler.data = '451 try again'
n = outgoing()
run()
t.check(show(n)[:3] == ['queued', '0', '0'], 'a_letter_put_off_waits', show(n))
handler.data = None

# ---- nobody there
settings(free_port())
n = outgoing()
run()
t.check(show(n)[:3] == ['queued', '0', '0'], 'without_a_server_it_waits', show(n))


# ---- a server that takes all and never answers, and one that hangs up: whether it took it nobody knows
class Silent(socketserver.StreamRequestHandler):
    def handle(self):
        say = lambda s: self.wfile.write(s.encode() + b'\r\n')
        say('220 mail.example.com')
        while True:
            line = self.rfile.readline()
            word = line[:4].upper()
            if not line or word == b'QUIT':
                return
            if word == b'DATA':
                say('354 go on')
                while self.rfile.readline() not in (b'.\r\n', b''):
                    pass
                time.sleep(30 if self.server.sleeps else 0)
                return
            say('250 mail.example.com')


for sleeps, name in ((False, 'hangs_up'), (True, 'hangs')):
    silent = socketserver.ThreadingTCPServer(('127.0.0.1', 0), Silent)
    silent.sleeps, silent.daemon_threads = sleeps, True
    threading.Thread(target=silent.serve_forever, daemon=True).start()
    settings(silent.server_address[1])
    n = outgoing()
    run()
    before = show(n)
    t.check(before[:3] == ['sent', '1', '0'] and before[3] == '0', 'a_server_that_%s_at_the_end_leaves_it_open' % name, before)
    settings(port)
    run()
    t.check(len(handler.taken) == 1 and show(n) == before, 'and_it_is_not_sent_again_by_itself_after_one_%s' % name, (show(n), len(handler.taken)))
    silent.shutdown()
controller.stop()
t.end()
