"""tom.py - the recipient: he has a web site, a mail program and a browser, and no account anywhere."""
import re

TOM = 'tom@example.net'
MONEY = re.compile(r'(?:€|£|\$(?![A-Za-z({])|¥|\b(?:EUR|USD|GBP|CHF|euros?|dollars?|pounds?|francs?|cents?)\b)', re.I)
SUM = re.compile(r'(?:€|£|\$|\b(?:EUR|USD|GBP|CHF))\s?\d|\b\d[\d.,]*\s?(?:€|£|\$|EUR|USD|GBP|CHF|euros?|dollars?|pounds?|cents?)\b', re.I)


class Tom:
    def __init__(self, world, script=False):
        self.w, self.mail = world, world.mail_program('tom', TOM)
        self.script, self.page = script, None
        self.link = None

    def letters(self):
        return self.mail.inbox()

    def wait_for(self, words, subject, seconds=60):
        """The mail with these words in its subject, once it has come."""
        def there():
            return [m for m in self.letters() if subject in m['Subject']]

        try:
            m = self.w.wait('a letter for Tom: ' + words, there, seconds)[0]
        except RuntimeError as e:
            raise RuntimeError('%s\nwhat the sender waits for:\n%s' % (e, ''.join(self.w.verb('mara@example.com', 'post', 'list')[1:])))
        self.w.say('Tom', 'finds a mail from %s: "%s"' % (m['From'], m['Subject']))
        return m

    @staticmethod
    def parts(mail):
        """What a mail says: plain, and as a page."""
        plain, html = mail.get_body(('plain',)), mail.get_body(('html',))
        return (plain.get_content() if plain else ''), (html.get_content() if html else '')

    def open_link(self, mail):
        """The link in the letter, in his browser, without scripts."""
        self.link = re.search(r'http\S+/n/[A-Za-z0-9_-]{43}', re.sub(r'\s*\n\s*', ' ', self.parts(mail)[0])).group(0)
        if self.page is None:
            self.page = self.w.person('Tom', self.script)
        status = self.page.open(self.link)
        self.w.say('Tom', 'opens the link of the letter, without scripts and without an account: "%s"' % self.page.js("document.querySelector('h1').innerText"))
        return status

    def again(self):
        """The same page later."""
        self.page.open(self.link)
        return self.page.text

    def sentences(self):
        """What the page says, without the commands for checking a package, whose $ is no dollar."""
        return self.page.js("(b => { b.querySelectorAll('pre, code').forEach(e => e.remove()); return b.textContent; })(document.body.cloneNode(true))")

    def answer(self, words, fields):
        """One of the twelve answers."""
        self.page.open(self.link)
        self.page.follow(words)
        means = self.page.js("document.querySelector('.note').innerText").split('\n')[0]
        self.w.say('Tom', 'chooses "%s". The page says what it means: "%s"' % (words, means))
        self.page.send('Send', fields)
        self.w.check('Your answer has arrived' in self.page.text, 'he_gets_a_receipt', self.page.text)
        self.w.say('Tom', 'sends it: "%s"' % re.search(r'Your receipt:.*', self.page.text).group(0))
        return self.page.text
