#!/usr/bin/env python3
"""test_case_pages.py FAIRTRACK MAKE-PICTURES: the case's pages in a real Chromium: nothing wider than the window at 1280 and 390 pixels, every field with its words, the keyboard reaches what
the mouse does, links to folded parts open them, and a form is filled in by its labels and sent."""
import os, re, shutil, signal, subprocess, sys
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, '..'), os.path.join(HERE, '..', 'journeys')]
from tap import Tap, Fairtrack
from chromium import PROGRAM, Chromium

t = Tap()
if not os.path.exists(PROGRAM):
    t.skip('the_pages_of_a_case_in_a_browser', 'no Chromium here')
    t.end()
f = Fairtrack(sys.argv[1], t.top + '/home')
photos = t.top + '/photos'
subprocess.run([sys.argv[2], photos, '1', '71', '480'], check=True)
f('init', '--name', 'Nord', '--email', 'owner@example.com')
f('works', 'add', photos)
shutil.copy(photos + '/' + os.listdir(photos)[0], t.top + '/a.jpg')
f('hits', 'add', '--work', str(f.json('works', 'list')[0]['work']), '--page', 'https://a-very-long-name-of-a-site-that-does-not-end-soon.example.org/blog/' + 'x' * 300, t.top + '/a.jpg')
hit = f.json('hits', 'list')[0]['hit']
f('hits', 'decide', '--as', 'pursue', str(hit))
case = f.json('cases', 'open', str(hit))[0]['case']
server = subprocess.Popen([f.path, '--home', f.home, 'serve', '--no-worker', '--listen', '127.0.0.1:0'], stdout=subprocess.PIPE, stderr=open(t.top + '/log', 'w'), text=True, env=f.env)
url = re.search(r'http://\S+', server.stdout.readline()).group(0)
link = re.search(r'http\S+/in/\S+', server.stdout.readline()).group(0)
browser = Chromium(os.path.join(os.path.dirname(f.path), 'src/helpers'), t.top)
mara = browser.person('Mara')
mara.open(link)
mara.click("document.querySelector('main button, button.main')")

# What a reader of screens and a person at a keyboard need, of every page.
HELD = r'''(function () {
  const bad = [];
  document.querySelectorAll('details').forEach(d => d.open = true);
  for (const e of document.querySelectorAll('input:not([type=hidden]), select, textarea'))
    if (!(e.labels && e.labels.length && e.labels[0].innerText.trim()) && !e.getAttribute('aria-label')) bad.push('no words: ' + e.outerHTML.slice(0, 120));
  for (const e of document.querySelectorAll('a, button'))
    if (!(e.innerText.trim() || e.getAttribute('aria-label') || e.textContent.trim())) bad.push('an empty link or button: ' + e.outerHTML.slice(0, 120));
  let level = 1;
  for (const h of document.querySelectorAll('h1, h2, h3')) { const n = +h.tagName[1]; if (n > level + 1) bad.push('a heading is left out before: ' + h.innerText); level = n; }
  for (const s of document.querySelectorAll('[aria-labelledby]')) if (!document.getElementById(s.getAttribute('aria-labelledby'))) bad.push('labelled by nothing: ' + s.outerHTML.slice(0, 80));
  for (const a of document.querySelectorAll('a[href^="#"]')) if (!document.getElementById(a.getAttribute('href').slice(1))) bad.push('leads nowhere: ' + a.getAttribute('href'));
  const w = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > w) bad.push('wider than the window: ' + [...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > w + 1 && !e.closest('.scroll, .strip')).map(e => e.outerHTML.slice(0, 90)).slice(0, 3).join(' | '));
  return bad;
})()'''
for width in (1280, 390):
    mara.call('Emulation.setDeviceMetricsOverride', width=width, height=900, deviceScaleFactor=1, mobile=width < 600)
    for path in ('/cases/%d' % case, '/cases', '/cases?state=all', '/answers', '/', '/owners', '/licences', '/hits/%d' % hit):
        status = mara.open(url + path)
        bad = mara.js(HELD)
        t.check(status == 200 and bad == [], '%s_holds_at_%d_pixels' % (re.sub(r'\W+', '_', path.replace(str(case), 'ID').replace(str(hit), 'ID')).strip('_') or 'overview', width), bad)

# The keyboard alone: tab by tab to the first link that mends something, and into it.
mara.call('Emulation.clearDeviceMetricsOverride')
mara.open(url + '/cases/%d' % case)
reached = []
for i in range(80):
    for what in ('keyDown', 'keyUp'):
        mara.call('Input.dispatchKeyEvent', type=what, key='Tab', code='Tab', windowsVirtualKeyCode=9)
    reached.append(mara.js("document.activeElement.innerText || document.activeElement.name || ''").strip())
    if reached[-1] == 'Look at both side by side':
        break
t.check(reached[-1] == 'Look at both side by side' and reached[0] == 'To the content', 'the_keyboard_reaches_what_mends_it', reached)
visible = mara.js("(function () { const s = getComputedStyle(document.activeElement); return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2; })()")
t.check(visible, 'and_one_sees_where_one_is')
mara.open(url + '/cases')
mara.open(url + '/cases/%d#worksheet' % case)
t.check(mara.js("document.querySelector('[aria-labelledby=worksheet] > details').open"), 'a_link_to_a_folded_part_opens_it')
mara.send('Say so', {'I have looked at every use': True})
t.check('A person has looked at both side by side' in mara.text, 'a_form_is_sent_by_its_words', mara.text[:2000])
mara.open(url + '/cases/%d' % case)
mara.send('Withdraw', {'A note, if you like': 'Let it be.'})
t.check('Closed: withdrawn' in mara.text and 'Let it be.' in mara.text, 'and_so_is_a_move', mara.text[:1500])

# Without scripts everything is there too.
plain = browser.person('Mara without scripts', script=False)
for c in mara.call('Network.getCookies', urls=[url])['cookies']:
    plain.call('Network.setCookie', name=c['name'], value=c['value'], domain='127.0.0.1', path='/')
t.check(plain.open(url + '/cases/%d' % case) == 200 and 'Closed: withdrawn' in plain.call('Runtime.evaluate', expression='document.body.innerText', returnByValue=True)['result'].get('value', ''), 'the_page_needs_no_script')
browser.end()
server.send_signal(signal.SIGTERM)
t.check(server.wait(timeout=30) == 0, 'the_server_ends_well')
t.end()
