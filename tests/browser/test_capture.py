#!/usr/bin/env python3
"""test_capture.py FAIRTRACK MAKE-PICTURES: pages of several kinds captured by a real browser; second looks; captures without one."""
import concurrent.futures, json, os, pwd, signal, subprocess, sys, time
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, '..')]
from tap import Tap, Fairtrack
from capture_site import Site

CHROMIUM = '/usr/bin/chromium'
t = Tap()
f = Fairtrack(sys.argv[1], t.top + '/home')
photos = t.top + '/photos'
subprocess.run([sys.argv[2], photos, '3', '47', '900'], check=True)
made = sorted(os.listdir(photos))
a = open(f'{photos}/{made[0]}', 'rb').read()
b = t.top + '/b.jpg'
other = open(f'{photos}/{made[1]}', 'rb').read()
site = Site({'a.jpg': a, 'b.jpg': a, 'other.jpg': other})
f('init')


def conf(browser, **more):
    keys = dict(browser=browser, rdap=site.url + '/rdap/', clock=site.url + '/agb', seconds='15', max_height='6000', **more)
    with open(f.home + '/fairtrack.conf', 'w') as o:
        o.write('[crawl]\nallow_loopback = yes\ndelay_min_ms = 0\ndelay_max_ms = 0\n[capture]\n' + ''.join(f'{k} = {v}\n' for k, v in keys.items()))


conf(CHROMIUM)
f('works', 'add', f'{photos}/{made[0]}')
hits = {}
for kind in 'use tall endless cookie dialogs script'.split():
    f('scan', f'{site.url}/{kind}')
for line in f('hits', 'list', '--json')[1].splitlines():
    h = json.loads(line)
    hits[(h.get('page_url') or h['page']).rsplit('/', 1)[-1]] = h['hit']
t.check(len(hits) == 6, 'every_page_has_its_hit', hits)


def captures(kind):
    return [json.loads(l) for l in f('evidence', 'looks', hits[kind], '--json')[1].splitlines()]


def capture(kind, *args, at=None):
    if at is not None:
        f.env['FAIRTRACK_TEST_CLOCK'] = str(at)
    code, out, err = f('evidence', 'capture', str(hits[kind]), *args, timeout=150)
    f.env.pop('FAIRTRACK_TEST_CLOCK', None)
    rows = captures(kind)
    return (code, rows[-1] if rows else None, err.decode())


def said(row, words):
    return row is not None and any(words in n for n in row['notes'])


hits = {k: str(v) for k, v in hits.items()}

# ---- with a browser -------------------------------------------------------------------------------------------
t0 = time.time()
code, row, err = capture('use')
usable = row is not None and row['browser'] is not None
if not os.path.exists(CHROMIUM) or (row and not usable and said(row, 'sandbox does not work')):
    t.skip('pages_are_captured_by_a_browser', 'no browser can run here: ' + ' '.join(row['notes'] if row else [err])[:200].replace('\n', ' '))
else:
    t.check(code == 0 and usable and row['found'] == 'there', 'a_use_is_captured_by_a_browser_and_found_there', (code, row, err))
    t.check(any('creativecommons.org' in m['words'] for m in row['markers']) and said(row, 'A sign of a licence'), 'a_licence_that_the_page_links_is_a_marker', row['markers'])
    t.check(said(row, 'CSS pixels'), 'the_place_on_the_page_is_told', row)
    t.check('Photo: unknown' in (row['credit'] or ''), 'alt_and_caption_beside_the_picture_are_kept', row)
    t.check(said(row, 'abuse@example.net'), 'the_registration_of_the_address_is_asked_for', row)
    t.check(not said(row, 'Nothing vouches'), 'the_clock_is_held_against_a_servers', row)
    t.check('Fairtrack/' in site.last_agent or any('Fairtrack' in x for x in [site.last_agent]), 'we_say_who_we_are', site.last_agent)
    # each has a browser, a profile and a proxy of its own; three at a time, because they mostly wait
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        many = dict(zip(('tall', 'endless', 'dialogs', 'cookie'), pool.map(capture, ('tall', 'endless', 'dialogs', 'cookie'))))
    _, row, err = many['tall']
    t.check(row and row['found'] == 'there' and said(row, 'the picture shows the first 6000') and said(row, 'bounded by its height'), 'a_tall_page_is_pictured_to_the_bound_and_it_is_said', (row, err))
    _, row, err = many['endless']
    t.check(row and said(row, 'The page grew from') and said(row, 'bounded by'), 'an_endless_page_ends_at_a_bound', (row, err))
    _, row, err = many['cookie']
    t.check(row and said(row, 'looks like a cookie banner') and said(row, 'Alle akzeptieren'), 'a_cookie_banner_is_noted_and_left', (row, err))
    t.check(row and said(row, '10.1.2.3 is a private address'), 'the_address_guard_holds_for_the_browser', (row, err))
    _, row, err = many['dialogs']
    t.check(row and said(row, 'alert: "Hello there"') and said(row, 'download') and said(row, 'open a window'), 'dialogs_downloads_and_windows_are_refused_and_noted', (row, err))
    site.change = 'credit'
    _, row, err = capture('use', '--look', 'before_notice')
    t.check(row['found'] == 'there' and 'changed from' in (row['changes'] or '') and 'R. Example' in row['changes'], 'a_changed_credit_is_recognised_and_told_in_words', (row, err))
    site.change = ''
    left = [p for p in os.listdir('/tmp') if p.startswith('fairtrack-browser-') and os.stat('/tmp/' + p).st_ctime > t0]
    t.check(not left, 'no_profile_stays_behind', left)
    print('# browser part: %.1f s' % (time.time() - t0))

# ---- a browser that cannot be -----------------------------------------------------------------------------------
conf('/nowhere/chromium')
code, row, err = capture('cookie')
t.check(code == 0 and row['browser'] is None and row['found'] == 'there' and said(row, 'Captured without a browser: /nowhere/chromium'), 'without_a_browser_the_capture_says_so', (code, row, err))
t.check(any('creativecommons.org' in m['words'] for m in row['markers'] or []), 'and_finds_the_licence_that_the_page_links_as_well', row)
conf('/bin/false')
code, row, err = capture('cookie')
t.check(code == 0 and row['browser'] is None and said(row, 'Captured without a browser'), 'a_browser_that_ends_at_once_is_no_failure_of_the_capture', (code, row, err))
conf('')

# ---- second looks, in simulated time --------------------------------------------------------------------------------
known = len(captures('use'))
code, out, err = f('worker', '--once')
t.check(len(captures('use')) == known, 'the_second_look_waits_a_day', captures('use'))
f.env['FAIRTRACK_TEST_CLOCK'] = str(24 * 3600 + 120)
f('worker', '--once')
f.env.pop('FAIRTRACK_TEST_CLOCK', None)
rows = captures('use')
t.check(len(rows) == known + 1 and rows[-1]['look'] == 'second' and rows[-1]['found'] == 'there', 'a_day_later_the_worker_looks_again_by_itself', rows)
t.check(said(rows[-1], 'a test, and no evidence'), 'a_clock_that_was_set_off_is_told', rows)
DAY = 24 * 3600
site.pictures['b.jpg'] = open(f'{photos}/{made[0]}', 'rb').read() + b'\0' * 16
site.change = 'picture'
_, row, err = capture('use', at=4 * DAY)
t.check(row['found'] == 'picture' and 'replaced' in (row['changes'] or ''), 'other_bytes_of_the_same_work_are_recognised', (row, err))
site.pictures['b.jpg'] = other
_, row, err = capture('use', at=5 * DAY)
t.check(row['found'] == 'removed', 'another_picture_in_its_place_is_no_use', (row, err))
site.change = '500'
_, row, err = capture('use', at=6 * DAY)
t.check(row['found'] == 'unreachable', 'a_server_in_trouble_proves_nothing', (row, err))
site.change = ''
_, row, err = capture('use', at=7 * DAY)
t.check(row['found'] == 'there' and 'back' in (row['changes'] or ''), 'a_picture_that_comes_back_is_told', (row, err))
site.change = '404'
_, row, err = capture('use', at=8 * DAY)
t.check(row['found'] == 'page_gone' and 'taken down' in (row['changes'] or ''), 'a_page_that_was_taken_down_is_told', (row, err))
show = f('hits', 'show', hits['use'], '--json')[1]
t.check(b'"gone"' in show and json.loads(show.splitlines()[0]).get('gone') is not None, 'the_hit_is_marked_gone_and_stays_proven', show[:400])
t.check(captures('use')[0]['found'] == 'there', 'the_first_capture_stays', captures('use')[0])
# ---- a work whose original lies elsewhere and was taken away: the package still holds
kept = t.top + '/elsewhere.jpg'
with open(kept, 'wb') as o:
    o.write(other)
with open(f.home + '/fairtrack.conf', 'a') as o:
    o.write('[evidence]\ntimestamp = own\n')
f('works', 'add', '--reference', kept)
f('scan', f'{site.url}/other')
hits['other'] = str([h for h in f.json('hits', 'list') if h['page'].endswith('/other')][0]['hit'])
os.remove(kept)
_, row, err = capture('other')
package = str(row['package'])
f('evidence', 'seal', package)
f('evidence', 'export', package, t.top + '/other.wacz')
key = f('evidence', 'keys', 'list')[1].decode().split('\n')[0].split('\t')[0]
code, out, err = f('verify', '--key', key, t.top + '/other.wacz')
t.check(code == 0 and b'work-preview.jpg' in out, 'without_its_original_a_work_is_shown_by_our_copy_and_the_package_holds', (code, out[-600:], err))
code, out, err = f('evidence', 'capture', '12345')
t.check(code == 4 and b'no hit' in err.lower(), 'no_such_hit', (code, err))
code, out, err = f('doctor')
t.check(code in (0, 1) and b'bad' not in out.lower().split(b'vault')[-1][:40], 'doctor_finds_the_home_sound', out)
t.end()
