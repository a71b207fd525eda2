"""mara.py - what the photographer does on her way from a picture to a letter, on the pages of her own server."""
import json, os, re, shutil, subprocess

MARA = 'mara@example.com'


class Mara:
    """Mara Example, who takes photographs, at her browser and her mail program."""

    def __init__(self, world):
        self.w, self.mail = world, world.mail_program('mara', MARA)
        world.f('init', '--name', 'Mara Example', '--email', MARA)
        world.settings()
        self.page = world.person('Mara')
        world.say('Mara', 'makes a home and starts the server')
        world.sign_in(self.page, world.serve())
        world.check('Choose a password' in self.page.text, 'Mara_signs_in_by_the_link_that_serve_prints', self.page.text)

    def at(self, path):
        return self.page.open(self.w.url + path)

    def verb(self, *args):
        self.w.say('Mara', '$ fairtrack ' + ' '.join(a if re.fullmatch(r'[\w@./:=,-]+', a) else '"%s"' % a for a in args))
        return self.w.verb(MARA, *args)

    def api(self, path):
        """What a page holds, as JSON: for looking, where the words of the page are not the point."""
        self.at('/api' + path)
        return json.loads(self.page.js('document.body.innerText'))

    # ---- who she is, and what is hers ---------------------------------------------------------------------------------

    def confirm_address(self):
        w = self.w
        code, out, err = self.verb('owners', 'identify', '--kind', 'mail', '--value', MARA)
        w.need(code == 0, 'a_link_is_mailed_to_her_address', err)
        letter = w.wait('the mail with the link', lambda: [m for m in self.mail.inbox() if '/confirm/' in m.get_content()])[-1]
        self.page.open(re.search(r'http\S+/confirm/\S+', letter.get_content()).group(0))
        self.page.send('Yes, this is my address')
        w.need('is confirmed' in self.page.text, 'the_address_is_hers_once_she_followed_the_link', self.page.text)
        w.say('Mara', 'follows the link in her mailbox: "%s"' % re.search(r'Thank you.*', self.page.text).group(0))

    def picture(self, name, seed=71, width=900, artist=True):
        """A photograph of hers, as the camera wrote it."""
        folder = '%s/photos-%d' % (self.w.top, seed)
        subprocess.run([self.w.make_pictures, folder, '1', str(seed), str(width)], check=True)
        path = '%s/%s' % (self.w.top, name)
        shutil.move(folder + '/' + os.listdir(folder)[0], path)
        if artist:
            subprocess.run(['exiftool', '-q', '-overwrite_original', '-EXIF:Artist=Mara Example', '-EXIF:DateTimeOriginal=2024:05:06 07:08:09', path], check=True)
        return path

    def register(self, path):
        """Uploads it on the catalogue's page; gives the work's number."""
        w = self.w
        self.at('/works')
        before = set(re.findall(r'href="/works/(\d+)"', self.page.html))
        self.page.send('Send them', {'Pictures': [path]})

        def there():
            self.at('/works')
            return set(re.findall(r'href="/works/(\d+)"', self.page.html)) - before

        work = w.wait('the picture is in the catalogue', there).pop()
        w.say('Mara', 'uploads %s on the page Catalogue' % os.path.basename(path))
        return work

    def declare(self, work, **answers):
        says = {'The owner made it': True, 'Ever on a stock site?': 'no', 'Ever under Creative Commons?': 'no', 'Ever given out as a press image?': 'no'}
        says.update(answers)
        self.at('/works/' + work)
        self.page.send('Declare it', says)
        self.w.say('Mara', 'declares on the page of the work: ' + ', '.join('%s %s' % (k, 'yes' if v is True else v) for k, v in says.items()))

    def level(self, work):
        self.at('/works/' + work)
        return re.search(r'Whose it is: (L\d)', self.page.text).group(1)

    # ---- where it is used ------------------------------------------------------------------------------------------------

    def scan(self, address='/', extent='The site'):
        """Looks at Tom's site, on the page Scans, and waits until it was."""
        w = self.w
        self.at('/scans')
        seen = set(re.findall(r'/scans/(\d+)', self.page.html))
        self.page.send('Look', {'Address': w.blog.url + address, extent: True})

        def done():
            self.at('/scans')
            new = set(re.findall(r'/scans/(\d+)', self.page.html)) - seen
            return new and self.page.js("[...document.querySelectorAll('tr')].some(r => r.querySelector('a[href=\"/scans/%s\"]') && r.querySelector('.state.done,.state.partly,.state.failed'))" % max(new)) and new

        run = max(w.wait('the scan is over', done))
        w.say('Mara', 'has Fairtrack look at %s' % (w.blog.url + address))
        return run

    def hits(self, state='inbox'):
        self.at('/hits?flat=yes&state=' + state)
        return list(dict.fromkeys(re.findall(r'href="/hits/(\d+)', self.page.html)))

    def pursue(self, hit):
        self.at('/hits/' + hit)
        self.w.say('Mara', 'looks at hit %s: "%s"; she pursues it' % (hit, re.search(r'<h1>(.*?)</h1>', self.page.html, re.S) and self.page.js("document.querySelector('h1').innerText")))
        self.page.send('Pursue')

    def open_case(self, hit):
        self.at('/hits/' + hit)
        self.page.send('Open a case')
        got = re.search(r'/cases/(\d+)', self.page.url)
        self.w.need(got, 'a_case_is_opened_for_the_hit', self.page.text)
        self.w.say('Mara', 'opens a case')
        return got.group(1)

    def capture(self, hit):
        """By the button; waits for the sealed package."""
        w = self.w
        self.at('/hits/' + hit)
        self.page.send('Capture it now')

        def sealed():
            self.at('/hits/' + hit)
            return 'captured' in self.page.text and re.search(r'/packages/(\d+)', self.page.html) and re.search(r'Package \d+, captured.*?: sealed', self.page.text)

        w.wait('the page is captured and sealed', sealed, 120)
        w.say('Mara', 'has the page captured: ' + re.search(r'Package \d+, captured.*', self.page.text).group(0))

    # ---- the case -----------------------------------------------------------------------------------------------------------

    def case(self, number):
        self.at('/cases/' + number)
        return self.page.text

    def state(self, number):
        self.at('/cases/' + number)
        return self.page.js("document.querySelector('h1 .pill').innerText")
