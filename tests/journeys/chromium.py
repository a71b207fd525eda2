"""chromium.py - a person at a real browser: Debian's Chromium, driven over the DevTools pipe, as nobody and never as root.

fairtrack-browse starts it, as it does for captures: an unprivileged user, a profile of its own, nothing left behind."""
import json, os, select, subprocess, time

PROGRAM = '/usr/bin/chromium'
# This machine alone is reached, and nothing is asked of anybody else.
ARGS = ['--headless=new', '--remote-debugging-pipe', '--no-first-run', '--no-default-browser-check', '--no-proxy-server', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
        '--disable-quic', '--dns-prefetch-disable', '--no-pings', '--disable-background-networking', '--disable-component-update', '--disable-domain-reliability', '--disable-sync',
        '--disable-default-apps', '--disable-extensions', '--disable-breakpad', '--disable-crash-reporter', '--disable-gpu', '--disable-dev-shm-usage', '--mute-audio',
        '--password-store=basic', '--use-mock-keychain', '--lang=en-US', '--window-size=1000,1400', '--user-data-dir=@PROFILE@',
        '--disable-features=OptimizationHints,MediaRouter,Translate,HttpsUpgrades,HttpsFirstBalancedModeAutoEnable']

# In the page: the form in which all these labels and this button stand, its fields told by their labels' words.
FORM = r'''(function (labels, button, near) {
  const words = e => e ? e.innerText.replace(/\s+/g, ' ').trim() : '';
  const own = l => { const c = l.cloneNode(true); c.querySelectorAll('select,textarea,input,button').forEach(x => x.remove()); return c.textContent.replace(/\s+/g, ' ').trim(); };
  const field = (f, label) => { let [name, n] = label.split('#'); n = +(n || 1);
    for (const l of f.querySelectorAll('label')) if (own(l).startsWith(name)) { const c = l.control || l.querySelector('input,select,textarea'); if (c && --n === 0) return c; } return null; };
  const pressed = f => [...f.querySelectorAll('button,input[type=submit]')].find(b => (words(b) || b.value || b.textContent.trim()).startsWith(button));
  const open = e => { for (; e; e = e.parentElement) if (e.tagName === 'DETAILS') e.open = true; };
  for (const f of document.forms) {
    open(f);
    if (near && !(f.innerText.includes(near) || (f.closest('details,li') || f).innerText.includes(near))) continue;
    f.querySelectorAll('details').forEach(d => d.open = true);
    const found = labels.map(n => field(f, n)), b = pressed(f);
    if (b && found.every(x => x)) return { form: f, fields: found, button: b };
  }
  return null;
})'''


class Chromium:
    def __init__(self, helpers, folder):
        browse = os.path.join(helpers, 'fairtrack-browse')
        to_r, self.to = os.pipe()
        self.from_, from_w = os.pipe()
        hold_r, self.hold = os.pipe()
        self.log = open(os.path.join(folder, 'chromium.log'), 'ab')
        high = [os.dup2(fd, 40 + i) for i, fd in enumerate((to_r, from_w, hold_r))]
        for fd in (to_r, from_w, hold_r):
            os.close(fd)
        # The pipes are 3 and 4, as Chromium wants them; 5 ends it all when it closes.
        self.p = subprocess.Popen(['/bin/bash', '-c', 'exec "$@" 3<&40 4>&41 5<&42 40<&- 41>&- 42<&-', 'sh', browse, str(os.getpid()), 'nobody', '/tmp', PROGRAM, *ARGS, 'about:blank'],
                                  pass_fds=high, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=self.log, env={'LC_ALL': 'C.UTF-8', 'PATH': '/usr/bin:/bin', 'ASAN_OPTIONS': 'detect_leaks=0'})
        for fd in high:
            os.close(fd)
        self.n, self.rest, self.events = 0, b'', []
        self.version = self.call('Browser.getVersion')['product']

    def hear(self, until):
        """The next frame; None when there was none by then."""
        while b'\0' not in self.rest:
            left = until - time.monotonic()
            if left <= 0 or not select.select([self.from_], [], [], left)[0]:
                return None
            piece = os.read(self.from_, 1 << 16)
            if not piece:
                raise RuntimeError('the browser ended: ' + open(self.log.name, errors='replace').read()[-600:])
            self.rest += piece
        frame, self.rest = self.rest.split(b'\0', 1)
        return json.loads(frame)

    def call(self, method, session=None, wait=40, **params):
        self.n += 1
        frame = {'id': self.n, 'method': method, 'params': params}
        if session:
            frame['sessionId'] = session
        os.write(self.to, json.dumps(frame).encode() + b'\0')
        until = time.monotonic() + wait
        while True:
            got = self.hear(until)
            if got is None:
                raise RuntimeError('%s: no answer in %d s' % (method, wait))
            if got.get('id') == self.n:
                if 'error' in got:
                    raise RuntimeError('%s: %s' % (method, got['error'].get('message')))
                return got['result']
            self.events.append(got)

    def person(self, name, script=True):
        """Somebody with cookies of their own, before one empty page."""
        return Person(self, name, script)

    def end(self):
        os.close(self.hold)
        os.close(self.to)
        try:
            self.p.wait(20)
        except subprocess.TimeoutExpired:
            self.p.kill()
        os.close(self.from_)
        self.log.close()


class Person:
    """What a person does at a page: looks, follows links, fills in forms by their labels, presses buttons by their words."""

    def __init__(self, browser, name, script):
        self.b, self.name = browser, name
        context = browser.call('Target.createBrowserContext')['browserContextId']
        target = browser.call('Target.createTarget', url='about:blank', browserContextId=context)['targetId']
        self.session = browser.call('Target.attachToTarget', targetId=target, flatten=True)['sessionId']
        self.call('Page.enable')
        self.call('Network.enable')
        if not script:
            self.call('Emulation.setScriptExecutionDisabled', value=True)
        self.status = 0

    def call(self, method, **params):
        return self.b.call(method, session=self.session, **params)

    def js(self, text):
        r = self.call('Runtime.evaluate', expression=text, returnByValue=True, userGesture=True)
        if 'exceptionDetails' in r:
            raise RuntimeError('%s: %s' % (self.name, json.dumps(r['exceptionDetails'])[:400]))
        return r['result'].get('value')

    def loaded(self, seconds=60):
        """Waits for the page that was asked for; the status it came with."""
        until = time.monotonic() + seconds
        seen = 0
        self.status = 0
        while True:
            while seen < len(self.b.events):
                e = self.b.events[seen]
                seen += 1
                if e.get('sessionId') != self.session:
                    continue
                if e['method'] == 'Network.responseReceived' and e['params']['type'] == 'Document':
                    self.status = e['params']['response']['status']
                if e['method'] == 'Page.loadEventFired':
                    self.b.events = []
                    return self.status
            got = self.b.hear(until)
            if got is None:
                raise RuntimeError('%s: the page did not come in %d s' % (self.name, seconds))
            self.b.events.append(got)

    def open(self, url):
        self.b.events = []
        r = self.call('Page.navigate', url=url)
        if r.get('errorText'):
            raise RuntimeError('%s cannot open %s: %s' % (self.name, url, r['errorText']))
        return self.loaded()

    @property
    def url(self):
        return self.js('location.href')

    @property
    def text(self):
        """All words of the page, those in folded parts too."""
        return self.js("document.querySelectorAll('details').forEach(d => d.open = true); document.body.innerText")

    @property
    def problem(self):
        """What the page says went wrong, or all of it."""
        return self.js("[...document.querySelectorAll('[role=alert], .problem')].map(e => e.innerText).join('\\n')") or self.text

    @property
    def html(self):
        return self.js('document.documentElement.outerHTML')

    def click(self, expression):
        """Presses what the expression gives, with the mouse, and waits for the page that follows."""
        at = self.js("(function () { const e = %s; if (!e) return null; e.scrollIntoView({block: 'center', behavior: 'instant'}); const r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; })()" % expression)
        if at is None:
            raise RuntimeError('%s sees nothing to press: %s on %s\n%s' % (self.name, expression[-200:], self.url, self.text[:3000]))
        self.b.events = []
        for what in ('mousePressed', 'mouseReleased'):
            self.call('Input.dispatchMouseEvent', type=what, x=at[0], y=at[1], button='left', clickCount=1)
        return self.loaded()

    def follow(self, words):
        """The link with these words."""
        return self.click("[...document.querySelectorAll('a')].find(a => a.innerText.replace(/\\s+/g, ' ').trim().startsWith(%s))" % json.dumps(words))

    def form(self, labels, button, near=None):
        return '%s(%s, %s, %s)' % (FORM, json.dumps(labels), json.dumps(button), json.dumps(near))

    def has(self, button, labels=(), near=None):
        return self.js('!!' + self.form(list(labels), button, near))

    def send(self, button, fields=None, near=None):
        """Fills in the form in which these labels and the button stand, and presses the button.  A list: the paths of files; True, False: a tick;
        near: words that stand in the form, where there are several; "Label#2": the second field of this label."""
        labels = list(fields or {})
        found = self.form(labels, button, near)
        if not self.js('!!' + found):
            raise RuntimeError('%s sees no form with %s and "%s" on %s\n%s' % (self.name, labels, button, self.url, self.text[:6000]))
        for i, label in enumerate(labels):
            value, one = fields[label], '%s.fields[%d]' % (found, i)
            kind = self.js('(e => e.tagName === "SELECT" ? "select" : e.tagName === "TEXTAREA" ? "text" : e.type)(%s)' % one)
            if kind == 'file':
                handle = self.call('Runtime.evaluate', expression=one)['result']['objectId']
                self.call('DOM.setFileInputFiles', objectId=handle, files=[os.path.abspath(v) for v in value])
            elif kind in ('checkbox', 'radio'):
                self.js('(e => { if (e.checked !== %s) e.click(); })(%s)' % (json.dumps(bool(value)), one))
            elif kind == 'select':
                ok = self.js('(e => { const o = [...e.options].find(o => o.value === %s || o.text.trim().startsWith(%s)); if (!o) return false; e.value = o.value; '
                             'e.dispatchEvent(new Event("change", {bubbles: true})); return true; })(%s)' % (json.dumps(value), json.dumps(value), one))
                if not ok:
                    raise RuntimeError('%s finds no "%s" under "%s" on %s\n%s' % (self.name, value, label, self.url, self.text[:6000]))
            else:
                self.js('(e => { e.focus(); e.select && e.type !== "date" && e.select(); })(%s)' % one)
                if kind == 'date':
                    self.js('(e => { e.value = %s; })(%s)' % (json.dumps(value), one))
                else:
                    self.call('Input.insertText', text=value)
        return self.click(found + '.button')

    def picture(self, path):
        import base64
        with open(path, 'wb') as o:
            o.write(base64.b64decode(self.call('Page.captureScreenshot', captureBeyondViewport=True)['data']))
