#!/usr/bin/env python3
"""test_crawl.py FAIRTRACK MAKE-PICTURES: a made-up site is crawled; what is found, what is asked for again, what a kill loses."""
import base64, gzip, json, os, shutil, signal, sqlite3, subprocess, sys, time, urllib.request
here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, '..'))
from tap import Tap, Fairtrack, one_line

t = Tap()
if shutil.which('convert') is None:
    t.skip('a_site_is_crawled', 'ImageMagick is not installed')
    t.end()
home, site, photos, strangers = (t.top + '/' + n for n in ('home', 'site', 'photos', 'strangers'))
f = Fairtrack(os.path.abspath(sys.argv[1]), home)
subprocess.run([sys.argv[2], photos, '14', '11', '900'], check=True)
subprocess.run([sys.argv[2], strangers, '8', '12', '900'], check=True)
works = sorted(os.listdir(photos))
others = sorted(os.listdir(strangers))
f('init')


def configure(more=''):
    with open(home + '/fairtrack.conf', 'w') as o:
        o.write('[crawl]\nallow_loopback = yes\ndelay_min_ms = 0\ndelay_max_ms = 0\nseconds = 10\nstall_seconds = 2\n' + more)


configure()
code, out, err = f('works', 'add', photos)
t.check(code == 0, 'the_photos_are_registered', (code, err))
rows = sqlite3.connect('file:%s/db?mode=ro' % home, uri=True)
path_of = {i: os.path.basename(p.decode() if isinstance(p, bytes) else p) for i, p in rows.execute('SELECT id, path FROM work')}
rows.close()

# ---- the site
for d in ('img', 'css', 'up', 'private', 'deep/deep/deep'):
    os.makedirs(site + '/' + d)


def copy(name, work, *edit):
    subprocess.run(['convert', photos + '/' + works[work], '-resize', '700x700', *edit, site + '/' + name], check=True)


def page(name, body, head=''):
    with open(site + '/' + name, 'w') as o:
        o.write('<!doctype html><html><head><title>%s</title>%s</head><body>%s</body></html>' % (name, head, body))


copy('img/plain.jpg', 0, '-quality', '80')
copy('img/crop.jpg', 1, '-gravity', 'center', '-crop', '70%x70%+0+0', '+repage')
copy('img/flop.jpg', 2, '-flop')
copy('img/grey.jpg', 3, '-colorspace', 'Gray')
copy('img/set-300.jpg', 4, '-resize', '300x300')
copy('img/set-700.jpg', 4)
copy('img/back.jpg', 5)
copy('img/lazy.jpg', 6)
copy('up/holiday.jpg', 7)
copy('up/holiday-300x200.jpg', 7, '-resize', '300x200')
copy('img/inline.jpg', 8, '-resize', '400x400', '-quality', '60')
copy('img/og.jpg', 9)
copy('private/secret.jpg', 10)
copy('img/linked.jpg', 11)
for i, o in enumerate(others):
    subprocess.run(['convert', strangers + '/' + o, '-resize', '600x600', '%s/img/other%d.jpg' % (site, i)], check=True)
open(site + '/img/broken.jpg', 'wb').write(b'\xff\xd8\xff\xe0 this is no picture')
open(site + '/css/site.css', 'w').write('@import "more.css"; body { color: black }')
open(site + '/css/more.css', 'w').write('.hero { background-image: url(../img/back.jpg) }')
inline = base64.b64encode(open(site + '/img/inline.jpg', 'rb').read()).decode()
nav = '<a href="/one.html">1</a> <a href="two.html#x">2</a> <a href="/three.html?utm_source=x">3</a> <a href="/gone.html">4</a>'
page('index.html', nav + '<img src="/img/plain.jpg" alt="plain"><img src="/img/other0.jpg"><a href="/private/index.html">secret</a>'
     '<a href="http://10.0.0.1/">inside</a><a href="http://elsewhere.invalid/">elsewhere</a>', '<link rel="stylesheet" href="/css/site.css">')
page('one.html', nav + '<img src="img/crop.jpg"><img src="/img/flop.jpg"><img src="/img/other1.jpg"><img src="/img/other2.jpg"><a href="/deep/deep/deep/x.html">t</a>')
page('two.html', '<picture><source srcset="/img/set-700.jpg 2x"><img src="/img/set-300.jpg" alt="s"></picture><img data-src="/img/lazy.jpg" src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">'
     '<img src="/img/other3.jpg"><img src="/img/missing.jpg"><img src="/up/holiday-300x200.jpg"><a href="/img/linked.jpg">large</a>')
page('three.html', '<img src="/img/grey.jpg"><img src="data:image/jpeg;base64,%s"><img src="/img/broken.jpg">' % inline + ''.join('<img src="/img/other%d.jpg">' % i for i in range(4, 8)),
     '<meta property="og:image" content="/img/og.jpg">')
page('private/index.html', '<img src="secret.jpg">')
page('deep/deep/deep/x.html', '<img src="/img/other0.jpg">')
expected = set(range(10)) | {11}

server = subprocess.Popen([sys.executable, here + '/hostile_server.py', '--dir', site, '--robots', 'User-agent: *\nDisallow: /private\n'],
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE)
port = int(server.stdout.readline())
root = 'http://127.0.0.1:%d' % port


def ask(path):
    return urllib.request.urlopen(root + path, timeout=10).read().decode()


def served():
    got = [l.split(' ', 1) for l in ask('/-/served').splitlines()]
    ask('/-/forget')
    return [(s, p) for s, p in got if p != '/robots.txt']


def scan(*args, **more):
    code, out, err = f('scan', *args, **more)
    lines = [json.loads(l) for l in out.splitlines() if l]
    return code, lines, err


def found(lines):
    return {works.index(path_of[l['work']]) for l in lines if l['type'] == 'hit' and l['verdict'] != 'same_scene'}


def stat(lines):
    return [l for l in lines if l['type'] == 'stat'][-1]


def hits(where='1=1'):
    db = sqlite3.connect('file:%s/db?mode=ro' % home, uri=True)
    got = sorted(db.execute('SELECT work_id, page_url, image_url FROM hit WHERE ' + where).fetchall(), key=repr)
    db.close()
    return got


try:
    # ---- the first time
    code, lines, err = scan('--site', root + '/')
    first, asked = hits(), served()
    t.check(found(lines) == expected, 'every_copy_on_the_site_is_found_and_nothing_else', (sorted(found(lines)), err, lines))
    errors = [l for l in lines if l['type'] == 'error']
    t.check(len(errors) == 1 and 'broken.jpg' in errors[0]['where'] and code == 3, 'the_broken_picture_is_one_line_and_exit_3', (code, errors))
    t.check(not any('private' in p for s, p in asked), 'what_robots_txt_forbids_is_not_asked_for', asked)
    t.check(not any('/deep/' in p for s, p in asked), 'a_path_that_repeats_itself_is_not_followed', asked)
    paths = [p for s, p in asked]
    t.check(len(paths) == len(set(paths)), 'each_address_is_asked_for_once', sorted(paths))
    t.check('/img/set-700.jpg' in paths and '/img/set-300.jpg' not in paths, 'of_a_picture_element_the_largest_is_asked_for', paths)
    t.check('/up/holiday.jpg' in paths and '/up/holiday-300x200.jpg' not in paths, 'the_original_of_a_size_variant_is_asked_for', paths)
    places = {works.index(path_of[l['work']]): (l['via'], l['page']['url']) for l in lines if l['type'] == 'hit'}
    t.check(places.get(5, ('', ''))[0] == 'css' and places.get(9, ('', ''))[0] == 'og' and places.get(6, ('', ''))[0] == 'lazy' and places.get(11, ('', ''))[0] == 'link',
            'a_hit_says_where_on_the_page_it_stood', places)
    t.check(places.get(1, ('', ''))[1] == root + '/one.html', 'a_hit_names_its_page', places)
    shown = [h for h in f.json('hits', 'list') if isinstance(h, dict)]
    db = sqlite3.connect('file:%s/db?mode=ro' % home, uri=True)
    without = db.execute('SELECT count(*) FROM hit WHERE preview IS NULL').fetchone()[0]
    db.close()
    t.check(without == 0 and len(shown) > 0, 'every_hit_has_a_preview', without)

    # ---- the second time: nothing changed
    code, lines, err = scan('--site', root + '/')
    asked = served()
    whole = [p for s, p in asked if s == '200']
    t.check(whole == [], 'the_second_time_nothing_is_sent_again', asked)
    t.check(hits() == first and stat(lines)['hits_new'] == 0, 'the_second_time_the_hits_are_the_same', (len(hits()), len(first)))
    t.check(hits('gone_us IS NOT NULL') == [], 'what_is_still_there_is_not_gone', hits('gone_us IS NOT NULL'))
    t.check(found(lines) == expected, 'the_second_time_the_same_works_are_named', sorted(found(lines)))

    # ---- one page changes
    time.sleep(1.1)
    copy('img/new.jpg', 12)
    page('one.html', nav + '<img src="img/crop.jpg"><img src="/img/other1.jpg"><img src="/img/new.jpg">')
    code, lines, err = scan('--site', root + '/')
    asked = served()
    whole = sorted(p for s, p in asked if s == '200')
    t.check(whole == ['/img/new.jpg', '/one.html'], 'only_what_changed_is_sent_again', whole)
    t.check(stat(lines)['hits_new'] == 1 and found(lines) == (expected | {12}) - {2}, 'the_new_copy_is_the_only_new_hit', (stat(lines), sorted(found(lines))))
    gone = hits('gone_us IS NOT NULL')
    t.check(len(gone) > 0 and all(i == (root + '/img/flop.jpg').encode() for w, p, i in gone), 'the_copy_that_was_taken_down_is_gone', gone)

    # ---- a single page, a picture's own address, a list, nothing written
    before = hits()
    code, lines, err = scan('--stateless', root + '/two.html')
    t.check(code == 0 and found(lines) == {4, 6, 7, 11} and hits() == before, 'a_stateless_scan_of_one_page_writes_nothing', (code, sorted(found(lines)), err, lines))
    code, lines, err = scan(root + '/img/plain.jpg')
    t.check(code == 0 and found(lines) == {0}, 'a_picture_may_be_named_itself', (code, lines, err))
    with open(t.top + '/urls.txt', 'w') as o:
        o.write('# addresses\n%s/img/crop.jpg\n\n%s/three.html\nnonsense\n{"url":"%s/img/grey.jpg","page":"http://example.com/p"}\n' % (root, root, root))
    code, lines, err = scan('--stateless', t.top + '/urls.txt')
    errors = [l['error'] for l in lines if l['type'] == 'error']
    t.check(code == 3 and found(lines) == {1, 3, 8, 9} and any('line 5' in e for e in errors), 'a_list_of_addresses_is_read_line_by_line', (code, sorted(found(lines)), errors))
    t.check(any(l['type'] == 'hit' and l['page']['url'] == 'http://example.com/p' for l in lines), 'a_list_may_name_the_page_too', lines)
    served()

    # ---- hostile pages
    for path, words in (('/loop/0', 'redirects'), ('/slow', 'slow'), ('/bomb', 'more than'), ('/short', ''), ('/nothing', ''), ('/garbage', ''),
                        ('/to?http://10.0.0.1/x', 'private'), ('/headers', 'headers over'), ('/status/500', '500'), ('/status/404', '404'), ('/big', 'MiB')):
        code, lines, err = scan('--stateless', root + path, timeout=60)
        errors = [l for l in lines if l['type'] == 'error']
        t.check(code == 3 and len(errors) == 1 and words in errors[0]['error'] and '\n' not in errors[0]['error'],
                'one_clear_line_for_%s' % path.split('?')[0].strip('/').replace('/', '_').replace('-', '_'), (code, errors, err))
    code, out, err = f('scan', 'http://10.0.0.1/')
    t.check(code == 3 and b'private address' in out, 'a_private_address_is_refused', (code, out, err))
    code, out, err = f('scan', t.top + '/not-there')
    t.check(code == 4 and one_line(err), 'a_missing_file_is_one_line_and_exit_4', (code, err))
    served()

    # ---- killed at odd moments, and taken up
    home2 = t.top + '/home2'
    g = Fairtrack(f.path, home2)
    g('init')
    shutil.copy(home + '/fairtrack.conf', home2 + '/fairtrack.conf')
    g('works', 'add', photos)
    for pause in (0.15, 0.3, 0.45, 0.6):
        p = g.start('scan', '--site', root + '/')
        time.sleep(pause)
        p.send_signal(signal.SIGKILL)
        p.wait()
    home, kept = home2, home
    code, out, err = g('scan', '--site', root + '/')
    uses = hits()
    t.check(code == 3 and len(uses) == len(set(uses)), 'after_kills_nothing_is_there_twice', (code, err, uses))
    names = {(p, i) for w, p, i in uses}
    wanted = {(p, i) for w, p, i in [h for h in first if b'flop' not in h[2]]}
    t.check(wanted - names == set(), 'after_kills_nothing_is_lost', wanted - names)
    db = sqlite3.connect('file:%s/db?mode=ro' % home2, uri=True)
    states = [r[0] for r in db.execute('SELECT state FROM run ORDER BY id')]
    db.close()
    t.check('running' not in states, 'the_run_that_was_killed_is_the_run_that_ended', states)
    home = kept

    # ---- a folder and an archive
    code, lines, err = scan(site + '/img')
    t.check(code == 3 and found(lines) >= {0, 1, 2, 3, 4, 5, 6, 9, 11, 12}, 'a_folder_is_scanned', (code, sorted(found(lines)), err))
    again = scan(site + '/img')[1]
    t.check(stat(again)['bytes'] < 100 and stat(again)['hits_new'] == 0 and found(again) == found(lines), 'files_that_did_not_change_are_not_read_again', stat(again))

    def record(uri, mime, body):
        http = b'HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n' % (mime, len(body)) + body
        return gzip.compress(b'WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: %s\r\nWARC-Date: 2026-01-02T03:04:05Z\r\nWARC-Record-ID: <urn:uuid:x>\r\n'
                             b'Content-Type: application/http; msgtype=response\r\nContent-Length: %d\r\n\r\n' % (uri, len(http)) + http + b'\r\n\r\n')
    parts = [record(b'http://www.example.com/p.html', b'text/html', b'<img src="/a/crop.jpg" alt="x">'),
             record(b'http://www.example.com/a/crop.jpg', b'image/jpeg', open(site + '/img/crop.jpg', 'rb').read()),
             record(b'http://www.example.com/a/other.jpg', b'image/jpeg', open(site + '/img/other1.jpg', 'rb').read()),
             record(b'http://www.example.com/a/cut.jpg', b'image/jpeg', open(site + '/img/grey.jpg', 'rb').read())[:-3000],
             record(b'http://www.example.com/a/lazy.jpg', b'image/jpeg', open(site + '/img/lazy.jpg', 'rb').read())]
    open(t.top + '/a.warc.gz', 'wb').write(b''.join(parts))
    code, lines, err = scan('--checkpoint', t.top + '/check', t.top + '/a.warc.gz')
    mine = {works.index(path_of[l['work']]): l for l in lines if l['type'] == 'hit'}
    t.check(code == 3 and {1, 6} <= set(mine), 'the_pictures_of_an_archive_are_looked_at_and_a_bad_record_loses_no_other', (code, lines, err))
    t.check(mine[1]['src']['offset'] == len(parts[0]) and mine[1]['page']['url'] == 'http://www.example.com/p.html', 'a_hit_names_its_record_and_its_page', mine.get(1))
    code, lines, err = scan('--checkpoint', t.top + '/check', t.top + '/a.warc.gz')
    t.check(code == 0 and not [l for l in lines if l['type'] == 'hit'], 'a_checkpoint_is_gone_on_behind', (code, lines))
    code, lines, err = scan('--stateless', '-', stdin=b''.join(parts[:2]))
    t.check(code == 0 and found(lines) == {1}, 'an_archive_may_come_on_standard_input', (code, lines, err))
finally:
    server.stdin.close()
    server.kill()
    server.wait()
t.end()
