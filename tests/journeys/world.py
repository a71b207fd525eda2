"""world.py - the world of a journey: a home that `fairtrack serve` runs, mail servers, a stranger's web site, browsers, and a clock that can be set on.

Nothing in it is Fairtrack's own inside: a script does what people do, on pages, in mail programs and by verbs, and looks at what they
see.  What happened is told line by line, with the simulated time, so that the output of a journey can be read by itself."""
import atexit, os, re, shutil, signal, sqlite3, subprocess, sys, time, traceback
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE] + [os.path.join(HERE, '..', d) for d in ('', 'browser', 'mail')]
from servers import Dovecot, MailClient, Smtp, debian_python, dovecot_missing, free_port
from tap import Fairtrack, Tap
from capture_site import Site
from chromium import PROGRAM, Chromium

DAY = 24 * 3600
MX = 'mx.example.com'


def missing():
    """Why a journey cannot be walked here; None if it can."""
    if not os.path.exists(PROGRAM):
        return 'no Chromium here'
    if shutil.which('convert') is None or shutil.which('exiftool') is None:
        return 'ImageMagick or exiftool is not installed'
    return 'no python3-aiosmtpd here' if not debian_python() else dovecot_missing()


class Blog(Site):
    """Tom's web site.  `pages`: what stands at an address, as HTML; a picture lies at /p/NAME."""

    def __init__(self):
        self.pages = {}
        super().__init__({})

    def __getattr__(self, name):
        if not name.startswith('page_') or name[5:].replace('_', '-') not in self.pages:
            raise AttributeError(name)
        return lambda: self.pages[name[5:].replace('_', '-')]

    def put(self, address, title, body):
        self.pages[address] = ('<!doctype html><html lang="en"><head><meta charset="utf-8"><title>%s</title></head><body><h1>%s</h1>%s'
                               '<footer><a href="/imprint">Imprint</a></footer></body></html>' % (title, title, body))

    def page_impressum(self):
        return self.pages['imprint']


class World:
    def __init__(self, title, fairtrack, make_pictures):
        self.t = Tap()
        why = missing()
        if why:
            self.t.skip(title, why)
            self.t.end()
        self.top, self.shift, self.serving, self.browser = self.t.top, 0, None, None
        self.make_pictures = os.path.abspath(make_pictures)
        self.f = Fairtrack(fairtrack, self.top + '/home')
        self.helpers = os.path.join(os.path.dirname(self.f.path), 'src/helpers')
        self.begun = time.monotonic()
        atexit.register(self.stop)
        print('# ' + title, flush=True)
        self.mailboxes = Dovecot(self.top)
        self.smtp = Smtp(self.arrived)
        self.blog = Blog()
        self.web, self.portal = free_port(), free_port()
        self.url, self.portal_url = 'http://127.0.0.1:%d' % self.web, 'http://127.0.0.1:%d' % self.portal

    # ---- telling -------------------------------------------------------------------------------------------------

    def now(self):
        return time.time() + self.shift

    def say(self, who, words):
        print('# %s  %-8s %s' % (time.strftime('%Y-%m-%d %H:%M', time.gmtime(self.now())), who, words), flush=True)

    def check(self, ok, name, why=''):
        return self.t.check(ok, name, why)

    def need(self, ok, name, why=''):
        """A check without which the journey cannot go on."""
        if not self.t.check(ok, name, why):
            raise StopIteration

    def walk(self, journey):
        """Runs the journey; what stops it is told, and where everybody stood."""
        try:
            journey(self)
        except StopIteration:
            pass
        except Exception as e:
            steps = [s for s in traceback.extract_tb(e.__traceback__) if '/journeys/' in s.filename]
            self.t.check(False, 'the_journey_can_be_walked_to_its_end')
            for line in ['%s:%d: %s' % (os.path.basename(s.filename), s.lineno, s.line) for s in steps] + str(e).splitlines()[:120] + self.said().splitlines()[-12:]:
                print('#   ' + line[:300], flush=True)
        log = self.said()
        self.check('Sanitizer' not in log and 'runtime error' not in log, 'no_sanitizer_complained', log[-3000:])
        print('# %.0f s' % (time.monotonic() - self.begun))
        self.stop()
        self.t.end()

    def said(self):
        try:
            return open(self.top + '/serve.log', errors='replace').read()
        except OSError:
            return ''

    # ---- mail -----------------------------------------------------------------------------------------------------

    def arrived(self, sender, to, body):
        """As the receiving server of a domain whose DNS is in order: it writes on top what it found of SPF, DKIM and DMARC."""
        found = 'pass' if sender.endswith('@example.com') else 'none'
        head = 'Authentication-Results: %s;\r\n spf=%s smtp.mailfrom=%s;\r\n dkim=%s header.d=%s;\r\n dmarc=%s header.from=%s\r\n' % (
            MX, found, sender, found, sender.split('@')[1], found, sender.split('@')[1])
        self.mailboxes.deliver(to.split('@')[0], head.encode() + body)

    def mail_program(self, user, address):
        return MailClient(self.mailboxes.port, self.smtp.port, user, address)

    # ---- the home ---------------------------------------------------------------------------------------------------

    def settings(self, **more):
        """fairtrack.conf as an owner writes it; `more`: section_key=value."""
        with open(self.top + '/password', 'w') as o:
            o.write('secret\n')
        keys = {'web_listen': '127.0.0.1:%d' % self.web, 'crawl_allow_loopback': 'yes', 'crawl_delay_min_ms': '0', 'crawl_delay_max_ms': '0', 'capture_rdap': self.blog.url + '/rdap/',
                'capture_seconds': '15', 'capture_max_height': '3000', 'evidence_timestamp': 'own', 'portal_listen': '127.0.0.1:%d' % self.portal, 'portal_public_url': self.portal_url,
                'mail_smtp_url': 'smtp://127.0.0.1:%d' % self.smtp.port, 'mail_from': 'mara@example.com', 'mail_to': 'mara@example.com',
                'mail_imap_url': 'imap://127.0.0.1:%d/INBOX' % self.mailboxes.port, 'mail_imap_user': 'mara', 'mail_imap_password_file': self.top + '/password', 'mail_imap_minutes': '1', 'mail_authserv_id': MX,
                'letters_name': 'Mara Example', 'letters_address': 'Lantern Lane 4, 12345 Exampletown'}
        keys.update(more)
        sections = {}
        for k, v in keys.items():
            s, name = k.split('_', 1)
            sections.setdefault(s, []).append('%s = %s\n' % (name, v))
        with open(self.f.home + '/fairtrack.conf', 'w') as o:
            o.write(''.join('[%s]\n%s' % (s, ''.join(lines)) for s, lines in sections.items()))

    def serve(self):
        """Starts the server with all its processes; gives the sign-in link it prints."""
        self.f.env['FAIRTRACK_TEST_CLOCK'] = str(self.shift)
        self.serving = subprocess.Popen([self.f.path, '--home', self.f.home, 'serve'], env=self.f.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=open(self.top + '/serve.log', 'ab'), text=True)
        lines = ''
        while 'Stop it' not in lines:
            line = self.serving.stdout.readline()
            if not line:
                raise RuntimeError('serve did not start: ' + self.said()[-2000:])
            lines += line
        self.wait('the portal listens', lambda: self.listens(self.portal), 30)
        return re.search(r'http\S+/in/\S+', lines).group(0)

    @staticmethod
    def listens(port):
        import socket
        try:
            socket.create_connection(('127.0.0.1', port), 1).close()
            return True
        except OSError:
            return False

    def close(self):
        """Ends the server, as an operator does."""
        if self.serving is not None:
            self.serving.send_signal(signal.SIGTERM)
            self.serving.wait(60)
            self.serving = None

    def later(self, days, words=''):
        """Goes to bed for so many days: the server is started again with its clock set on.  The new sign-in link."""
        self.close()
        self.shift += int(days * DAY)
        self.say('-', '--- %g days later%s ---' % (days, ': ' + words if words else ''))
        link = self.serve()
        # A server that had run on would have looked into its mailbox meanwhile: the mail to itself that shows that its letters pass.
        self.wait('the probes pass', lambda: self.f('answers', 'take')[0] == 0 and self.f('post', 'probe', '--show')[0] == 0, 60)
        return link

    def wait(self, what, f, seconds=90):
        """Until f() says something true; gives that."""
        until = time.monotonic() + seconds
        while True:
            got = f()
            if got:
                return got
            if time.monotonic() > until:
                raise RuntimeError('waited %d s in vain: %s' % (seconds, what))
            time.sleep(0.3)

    def verb(self, who, *args, **more):
        """A verb in a shell, as somebody; the code, and what was printed."""
        code, out, err = self.f('--as', who, *args, **more)
        return code, out.decode(), err.decode()

    def rows(self, who, *args):
        return self.f.json('--as', who, *args)

    def look(self, query, *args):
        """Looks at what lies in the database.  Only looks: no journey puts anything there."""
        db = sqlite3.connect('file:%s/db?mode=ro' % self.f.home, uri=True, timeout=30)
        rows = db.execute(query, args).fetchall()
        db.close()
        return rows

    # ---- people -----------------------------------------------------------------------------------------------------

    def person(self, name, script=True):
        if self.browser is None:
            self.browser = Chromium(self.helpers, self.top)
        return self.browser.person(name, script)

    def sign_in(self, person, link):
        """By a link that serve printed or that came otherwise: the page asks once more, and says who they are."""
        person.open(link)
        person.click("document.querySelector('main button, button.main')")

    def stop(self):
        if self.serving is not None:
            try:
                self.close()
            except subprocess.TimeoutExpired:
                self.serving.kill()
        if self.browser is not None:
            self.browser.end()
            self.browser = None
        if self.mailboxes is not None:
            self.smtp.stop()
            self.mailboxes.stop()
            self.mailboxes = None
