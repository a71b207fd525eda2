#!/usr/bin/env python3
"""test_watch.py FAIRTRACK MAKE-PICTURES: a watch runs on its schedule, tells what it found, and mails it where a server is set."""
import functools, http.server, os, socketserver, subprocess, sys, threading, time
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
from tap import Tap, Fairtrack

t = Tap()
f = Fairtrack(sys.argv[1], t.top + '/home')
site, photos = t.top + '/site', t.top + '/photos'
subprocess.run([sys.argv[2], photos, '6', '31', '480'], check=True)
os.makedirs(site)
for n in (0, 1):
    with open(site + '/p%d.jpg' % n, 'wb') as o:
        o.write(open(photos + '/made-31-%06d.jpg' % n, 'rb').read())
with open(site + '/index.html', 'w') as o:
    o.write('<html><body><img src="p0.jpg"></body></html>')


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *a):
        pass


web = http.server.ThreadingHTTPServer(('127.0.0.1', 0), functools.partial(Quiet, directory=site))
threading.Thread(target=web.serve_forever, daemon=True).start()

mails, refuse = [], [True]


class Smtp(socketserver.StreamRequestHandler):
    def handle(self):
        say = lambda s: self.wfile.write(s.encode() + b'\r\n')
        if refuse[0]:
            refuse[0] = False
            return say('421 busy')
        say('220 mail.example.com')
        while True:
            line = self.rfile.readline()
            word = line[:4].upper()
            if not line or word == b'QUIT':
                return say('221 bye')
            if word == b'DATA':
                say('354 go on')
                body = b''
                while not body.endswith(b'\r\n.\r\n'):
                    body += self.rfile.readline()
                mails.append(body.decode())
                say('250 taken')
            else:
                say('250 mail.example.com')


smtp = socketserver.ThreadingTCPServer(('127.0.0.1', 0), Smtp)
threading.Thread(target=smtp.serve_forever, daemon=True).start()

f('init')
with open(t.top + '/home/fairtrack.conf', 'w') as o:
    o.write('[crawl]\nallow_loopback = yes\ndelay_min_ms = 0\ndelay_max_ms = 0\n[mail]\nsmtp_url = smtp://127.0.0.1:%d\n'
            'from = fairtrack@example.com\nto = owner@example.com\n' % smtp.server_address[1])
f('works', 'add', photos)
url = 'http://127.0.0.1:%d/' % web.server_address[1]
code, out, err = f('watch', 'add', '--every', '1d', url)
t.check(code == 0, 'a_watch_is_added', (code, err))
code, out, err = f('watch', 'add', url)
t.check(code == 1 and b'watched already' in err, 'a_second_one_of_the_same_site_is_told', (code, err))
code, out, err = f('watch', 'run')
w = f.json('watch', 'list')[0]
t.check(code == 0 and w['state'] == 'done' and w['last'] and w['next'] > w['last'], 'a_due_watch_runs_and_is_set_for_its_next_time', (code, err, w))
hits = f.json('hits', 'list')
t.check(any(h['image'].endswith('p0.jpg') and h['verdict'] == 'match' for h in hits), 'what_it_finds_is_in_the_queue', hits)
t.check(not mails, 'a_mail_server_that_is_busy_is_asked_again_later', mails)
for i in range(100):      # the job waits a minute after its first failure: take the waiting off
    import sqlite3
    db = sqlite3.connect(t.top + '/home/db', timeout=20)
    db.execute("UPDATE job SET not_before_us = 0 WHERE state = 'waiting'")
    db.commit()
    db.close()
    f('worker', '--once')
    if mails:
        break
t.check(len(mails) == 1 and 'Subject: Fairtrack: ' in mails[0] and url in mails[0].replace('=\r\n', '') and 'To: <owner@example.com>' in mails[0],
        'new_hits_are_mailed_once', mails)
code, out, err = f('watch', 'run', str(w['watch']))
t.check(code == 0 and len(mails) == 1 and len(f.json('hits', 'list')) == len(hits), 'the_same_use_seen_again_is_no_new_hit_and_no_mail', (code, err, len(mails)))
f('watch', 'pause', str(w['watch']))
with open(site + '/index.html', 'w') as o:
    o.write('<html><body><img src="p0.jpg"><img src="p1.jpg"></body></html>')
f('worker', '--once')
t.check(len(f.json('hits', 'list')) == len(hits), 'a_paused_watch_rests', f.json('watch', 'list'))
f('watch', 'resume', str(w['watch']))
f('worker', '--once')
t.check(any(h['image'].endswith('p1.jpg') for h in f.json('hits', 'list')), 'a_resumed_one_goes_on', f.json('hits', 'list'))
web.shutdown()
web.server_close()
f('watch', 'run', str(w['watch']))
w = f.json('watch', 'list')[0]
t.check(w['state'] in ('failed', 'partly'), 'a_site_that_is_away_is_told', w)
t.end()
