"""mara.py - what the photographer does on her way from a picture to a letter, on the pages of her own server."""
import hashlib, json, os, re, shutil, subprocess

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
        shown = list(args) if len(args) < 20 else [*args[:8], '...', args[-1]]
        self.w.say('Mara', '$ fairtrack ' + ' '.join(a if re.fullmatch(r'[\w@./:=,-]+', a) else '"%s"' % a for a in shown).replace(self.w.top + '/', ''))
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
        with open(path, 'rb') as f:
            sha = hashlib.sha256(f.read()).hexdigest()
        w.check(os.path.exists('%s/vault/%s/%s/%s' % (w.f.home, sha[:2], sha[2:4], sha)), 'the_original_is_kept_as_it_was_sent', sha)
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
        """The state by its name, as the page's JSON has it."""
        return self.api('/cases/' + number)['state']

    def pill(self, number):
        """The state in words, as the page shows it."""
        self.at('/cases/' + number)
        return self.page.js("document.querySelector('h1 .pill').innerText")

    def in_case(self, case, button, fields=None, near=None):
        """A form of the case's page; it has to be taken."""
        self.at('/cases/' + case)
        self.page.send(button, fields, near)
        self.w.need(self.page.status == 200, 'the_page_takes_' + re.sub(r'\W+', '_', button).strip('_').lower(), self.page.problem)

    def party(self, case, imprint, name, address, country, email, language='en'):
        """What she reads on the imprint of the site, each thing with its source."""
        for what, value in (('Name', name), ('Postal address', address), ('Country', country), ('Mail', email)):
            self.in_case(case, 'Keep it', {'What': what, 'It is': value, 'Where it stands': 'in their imprint', 'Its address, or what you looked at': imprint})
        self.in_case(case, 'Keep it', {'They are': 'a private person', 'What shows it': 'a blog without shop or advertising', 'The picture lies': 'on their own server',
                                       'What shows it#2': 'its address is that of the site', 'They read': language})
        self.w.say('Mara', 'enters from the imprint: %s, %s, %s, %s; a private person, the picture lies on their own server, they read %s' % (name, address, country, email, language))

    def state_fact(self, case, words, fields, source):
        self.in_case(case, 'State it', dict(fields, **{'Where it stands, or who says so': source}), words)
        self.w.say('Mara', 'states: %s %s (%s)' % (words, ', '.join(fields.values()), source))

    def look_through(self, case):
        """What a person has to see and write before anybody is asked anything."""
        self.in_case(case, 'Say so', {'I have looked at every use of this case': True})
        self.w.say('Mara', 'says that she has looked at both pictures side by side')
        self.in_case(case, 'Sign the worksheet', {'What it is used for there': 'decoration of a private blog', 'What kind of work it is': 'a photograph, published', 'How much of it is used': 'all of it',
                                                  'What that does to the market for it': 'little', 'Conclusion': 'no exception seems to apply', 'I filled this in myself': True})
        self.w.say('Mara', 'fills in the worksheet on exceptions and signs it: none seems to apply')
        self.state_fact(case, 'Whether the work is still protected.', {'It is': 'protected'}, 'I took it in 2024')
        self.state_fact(case, 'When the work was made', {'Day': '2024-05-06'}, 'the file')

    def reads_answer(self, case):
        """Opens what the recipient answered and says that she has read it; the words of the page."""
        self.case(case)
        self.page.click("[...document.querySelectorAll('section[aria-labelledby=answers] a')].find(a => /\\/answers\\/\\d+$/.test(a.getAttribute('href')) && a.closest('li.unread'))")
        said = self.page.text
        self.w.say('Mara', 'reads the answer: ' + ' / '.join(l for l in said.split('\n') if l.startswith('\u201c') or 'by mail' in l)[:200])
        self.page.send('I have read it')
        return said

    def close(self, case, button, reasons):
        self.in_case(case, button, {'Your reasons': reasons}, button)
        self.w.say('Mara', '%s: "%s"' % (button, reasons))

    # ---- from a picture to a letter: what the journeys have in common -----------------------------------------------------------------

    def from_use_to_case(self, caption='', **declared):
        """She registers a picture, finds it on Tom's site, proves it and opens a case that is ready for a question.  (work, hit, case)"""
        w = self.w
        self.confirm_address()
        work = self.register(self.picture('lantern.jpg'))
        self.declare(work, **declared)
        w.need(self.level(work) == 'L1', 'her_name_in_the_file_and_her_word_are_level_1', self.page.text)
        copy = w.top + '/copy.jpg'
        subprocess.run(['convert', w.top + '/lantern.jpg', '-strip', '-resize', '60%', '-quality', '75', copy], check=True)
        with open(copy, 'rb') as f:
            w.blog.pictures['a.jpg'] = f.read()
        w.blog.put('imprint', 'Imprint', '<p>Tom Beispiel, Harbour Street 9, 54321 Exampleport, Exampleland</p><p>tom@example.net</p>')
        w.blog.put('', 'Evenings', '<figure><img src="/p/a.jpg" alt="A lantern" width="420"><figcaption>%s</figcaption></figure><p>Words about evenings.</p>' % caption)
        self.scan('/')
        hits = self.hits()
        w.need(len(hits) == 1, 'a_copy_is_found', hits)
        self.pursue(hits[0])
        self.capture(hits[0])
        case = self.open_case(hits[0])
        self.party(case, w.blog.url + '/imprint', 'Tom Beispiel', 'Harbour Street 9, 54321 Exampleport', 'XX', 'tom@example.net')
        self.look_through(case)
        for button, state in (('Begin: gather the evidence', 'EVIDENCE'), ('The evidence is sealed: go on', 'REVIEW'), ('All was looked at: it is ready', 'READY')):
            self.in_case(case, button)
            w.need(self.state(case) == state, 'the_case_comes_to_' + state, self.case(case))
        w.say('Mara', 'takes the case as far as "%s"' % self.pill(case))
        return work, hits[0], case

    def probe(self):
        """Can her letters be told from forged ones?  The page from outside, a mail to herself."""
        code, out, err = self.verb('post', 'probe')
        self.w.need(code == 0, 'page_and_mail_pass_their_probes', out + err)
        self.w.say('Mara', 'sees: ' + '; '.join(' '.join(l.split()) for l in out.splitlines()))

    def draft(self, case, step, fields=None):
        """Drafts a letter on the case's page; she is shown what it says."""
        self.in_case(case, 'Draft it', dict({'Which': step}, **(fields or {})))
        got = re.search(r'/notices/(\d+)', self.page.url)
        self.w.need(got, 'the_letter_is_drafted', self.page.problem)
        self.w.say('Mara', 'drafts a letter and reads it: "%s"' % self.page.js("document.querySelector('article.letter h2').innerText"))
        return got.group(1)

    def approve(self, notice):
        self.at('/notices/' + notice)
        self.page.send('Approve it', {'I have read it': True})
        self.w.need('Send it' in self.page.text or 'approved' in self.page.text.lower(), 'she_approves_it_as_it_is', self.page.text[-2000:])
        self.w.say('Mara', 'approves exactly this')

    def inquire(self, case, step='inquiry', fields=None):
        w = self.w
        self.probe()
        notice = self.draft(case, step, fields)
        self.approve(notice)
        self.at('/notices/' + notice)
        self.page.send('Send the question')
        w.need(self.state(case) == 'INQUIRY', 'the_question_leaves', self.case(case))
        w.say('Mara', 'sends the question; the case says "%s"' % self.pill(case))
        return notice
