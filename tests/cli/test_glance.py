#!/usr/bin/env python3
"""test_glance.py FAIRTRACK MAKE-PICTURES: `scan --whole` finds whole copies by a first glance, looks at what is too plain to say, leaves crops
out, and takes nothing that it only glanced at for looked at.  Needs ImageMagick, for the copies."""
import gzip, json, os, shutil, subprocess, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'web'))
from tap import Tap, Fairtrack, one_line
from fairweb import Served

t = Tap()
f = Fairtrack(sys.argv[1], t.top + '/home')
if not shutil.which('convert'):
    t.skip('whole_copies_are_found_by_a_glance', 'no ImageMagick')
    t.end()
photos, web = t.top + '/photos', t.top + '/web'
subprocess.run([sys.argv[2], photos, '10', '31', '1100'], check=True)
made = sorted(os.listdir(photos))
works, strangers = made[:5], made[5:]
os.makedirs(web)


def convert(*args):
    subprocess.run(['convert', *[str(a) for a in args]], check=True, stderr=subprocess.DEVNULL)


WHOLE = {'as-it-is': [], 'again': ['-quality', 60], 'small': ['-resize', '400x'], 'mirrored': ['-flop'], 'turned': ['-rotate', 90], 'grey': ['-colorspace', 'Gray'],
         'negative': ['-negate'], 'small-grey': ['-resize', '640x', '-colorspace', 'Gray', '-quality', 75]}
for i, w in enumerate(works):
    for name, how in WHOLE.items():
        convert(photos + '/' + w, *how, '%s/%d-%s.jpg' % (web, i, name))
    convert(photos + '/' + w, '-gravity', 'center', '-crop', '55%x55%+0+0', '+repage', '%s/%d-crop.png' % (web, i))
for i, w in enumerate(strangers):
    shutil.copy(photos + '/' + w, '%s/stranger-%d.jpg' % (web, i))
convert('-size', '900x700', 'gradient:white-gray', web + '/plain.png')
open(web + '/broken.jpg', 'wb').write(b'\xff\xd8\xff\xe0 nothing of a picture')
pictures = len(os.listdir(web))


def scanned(*more):
    code, out, err = f('scan', *more, web, timeout=300)
    lines = [json.loads(l) for l in out.splitlines() if l]
    hits = sorted({os.path.basename(l['image']['url'])[:-4] for l in lines if l['type'] == 'hit' and l['verdict'] == 'match'})
    return code, hits, [l for l in lines if l['type'] == 'stat'][-1], lines


f('init')
code, out, err = f('works', 'add', *[photos + '/' + w for w in works], timeout=300)
whole = sorted('%d-%s' % (i, n) for i in range(len(works)) for n in WHOLE)
crops = ['%d-crop' % i for i in range(len(works))]

code, hits, stat, lines = scanned('--whole')
t.check(hits == whole, 'whole_copies_are_found_by_a_glance', (sorted(set(whole) ^ set(hits)), err))
t.check(stat.get('glanced') == len(crops) + len(strangers), 'what_is_near_no_work_is_settled_by_a_glance_and_the_plain_is_looked_at', stat)
t.check(code == 3 and stat['faults'] == 1 and stat['pictures'] == pictures, 'what_cannot_be_read_is_named_as_ever', (code, stat, pictures))

code, hits, stat, lines = scanned()
t.check(hits == sorted(whole + crops), 'what_was_only_glanced_at_is_looked_at_by_the_next_scan', (sorted(set(whole + crops) ^ set(hits)), stat))
t.check('glanced' not in stat, 'an_ordinary_scan_glances_at_nothing', stat)

# What became of the colours is told of those that lost them, of nobody else.
reasons = {os.path.basename(l['image']['url'])[:-4]: l['reasons'] for l in lines if l['type'] == 'hit' and l['verdict'] == 'match'}
COLOURS = ('greyscale', 'in tones', 'colours ', 'all colours', 'in colour')
told = {k for k, v in reasons.items() if any(w.startswith('greyscale: ') for w in v)}
said = {k: w for k, v in reasons.items() for w in v if w.startswith(COLOURS) and 'grey' not in k}
t.check(told == {'%d-%s' % (i, n) for i in range(len(works)) for n in ('grey', 'small-grey')} and not said, 'greyscale_is_told_of_hits_that_are', (sorted(told), said))

# A crop that changes its bytes is glanced at again: that is no reason to take its hit for gone.
convert(web + '/0-crop.png', '-strip', '-define', 'png:compression-level=1', web + '/0-crop-again.png')
os.replace(web + '/0-crop-again.png', web + '/0-crop.png')
os.remove(web + '/broken.jpg')
code, hits, stat, lines = scanned('--whole')
listed = f.json('hits', 'list')
gone = [h for h in listed if h.get('type') == 'hit' and h.get('gone')]
t.check(code == 0 and len(listed) > 0 and not gone, 'no_hit_is_gone_because_of_a_glance', (code, gone, listed[:2], stat))

# The difference picture of a stored hit: of the crop, blue is what it does not show; of the copy saved again next to nothing is red.
def drawn(name):
    hit = next(h['hit'] for h in f.json('hits', 'list', '--state', 'all') if name in h['image'])
    code, out, err = f('--json', 'hits', 'show', '--diff', t.top + '/diff.png', str(hit))
    shown = json.loads(out) if out else {}
    if code != 0 or shown.get('diff') != t.top + '/diff.png':
        return code, out, err
    px = subprocess.run(['convert', t.top + '/diff.png', '-depth', '8', 'rgb:-'], stdout=subprocess.PIPE, check=True).stdout
    v = [px[i:i + 3] for i in range(0, len(px), 3)]
    return 'blue %.2f' % (sum(p[2] > p[0] + 30 for p in v) / len(v)), 'red %.3f' % (sum(p[0] > p[1] + 40 for p in v) / len(v))


crop, again = drawn('1-crop.png'), drawn('1-again.jpg')
t.check(crop[0] in ('blue 0.69', 'blue 0.70', 'blue 0.71') and again[0] == 'blue 0.00' and float(again[1][4:]) < .02, 'the_difference_of_a_hit_is_drawn', (crop, again))
code, out, err = f('hits', 'show', '--diff', t.top + '/x.png', '1', '2')
t.check(code == 2 and b'one hit' in err and not os.path.exists(t.top + '/x.png'), 'a_difference_is_of_one_hit', (code, err))
code, out, err = f('hits', 'show', '--diff', t.top + '/x.png', '99999')
t.check(code == 1 and not os.path.exists(t.top + '/x.png'), 'of_a_hit_that_is_not_there_none_is_drawn', (code, err))
# Laid straight, a copy is the work again, where it shows it.
def straight(name):
    hit = next(h for h in f.json('hits', 'list', '--state', 'all') if name in h['image'])
    code, out, err = f('--json', 'hits', 'show', '--straight', t.top + '/straight.png', str(hit['hit']))
    if code != 0 or json.loads(out).get('straight') != t.top + '/straight.png':
        return code, out, err
    size = subprocess.run(['identify', '-format', '%wx%h', t.top + '/straight.png'], stdout=subprocess.PIPE, check=True).stdout.decode()
    def rgb(file):
        return subprocess.run(['convert', file, '-resize', size + '!', '-grayscale', 'Rec601Luma', '-type', 'truecolor', '-depth', '8', 'rgb:-'], stdout=subprocess.PIPE, check=True).stdout[::3]
    px = subprocess.run(['convert', t.top + '/straight.png', '-depth', '8', 'rgb:-'], stdout=subprocess.PIPE, check=True).stdout
    work = rgb(photos + '/' + works[1])
    off = [abs(px[3 * i] - work[i]) for i in range(len(work)) if px[3 * i] == px[3 * i + 2]]
    return round(1 - len(off) / len(work), 2), round(sum(off) / max(1, len(off)), 1)


crop, again = straight('1-crop.png'), straight('1-again.jpg')
t.check(.69 <= crop[0] <= .71 and crop[1] < 6 and again[0] == 0 and again[1] < 4, 'laid_straight_a_copy_is_the_work_again', (crop, again))
code, out, err = f('hits', 'show', '--straight', t.top + '/x.png', '1', '2')
t.check(code == 2 and b'--straight goes with one hit' in err, 'a_straight_picture_is_of_one_hit', (code, err))
# The same on the hit's page.
web_server = Served(f)
try:
    owner = web_server.client()
    owner.sign_in_by_link()
    hit = next(h for h in f.json('hits', 'list', '--state', 'all') if '1-crop.png' in h['image'])
    at = '/hits/%d/difference.png' % hit['hit']
    f('hits', 'show', '--diff', t.top + '/diff.png', str(hit['hit']))
    r, page = owner.get(at), owner.get('/hits/%d' % hit['hit']).text
    t.check(r.status == 200 and r.header('content-type') == 'image/png' and r.body == open(t.top + '/diff.png', 'rb').read(), 'a_hits_page_gives_the_difference_that_the_verb_draws', (r.status, len(r.body)))
    t.check('src="%s"' % at in page and 'id="mode-changed"' in page, 'and_shows_it_beside_the_blend', page[-500:])
    t.check(owner.get('/hits/99999/difference.png').status == 404, 'of_a_hit_that_is_not_there_no_page_gives_one')
    f('hits', 'show', '--straight', t.top + '/straight.png', str(hit['hit']))
    r = owner.get(at.replace('difference', 'straight'))
    t.check(r.status == 200 and r.body == open(t.top + '/straight.png', 'rb').read() and 'id="mode-straight"' in page, 'the_page_gives_the_straight_one_too', (r.status, len(r.body)))
    stranger = web_server.client().get(at)
    t.check(stranger.status == 303 and stranger.body[:4] != b'\x89PNG', 'nobody_sees_it_without_signing_in', stranger.status)
    listed = f.json('hits', 'list', '--limit', '1')[0]
    shutil.rmtree(t.top + '/home/vault')
    r = owner.get('/hits/%d/difference.png' % listed['hit'])
    t.check(r.status >= 400 and r.body[:4] != b'\x89PNG', 'where_the_previews_are_lost_the_page_says_so', (r.status, r.text[:300]))
finally:
    web_server.stop()
shutil.rmtree(t.top + '/home/vault', ignore_errors=True)
code, out, err = f('hits', 'show', '--diff', t.top + '/x.png', str(listed['hit']))
t.check(code != 0 and one_line(err) and not os.path.exists(t.top + '/x.png'), 'where_the_previews_are_lost_that_is_told', (code, err))

# An archive, the same way.
def record(url, body):
    http = b'HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n\r\n' + body
    head = ('WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: %s\r\nWARC-Date: 2026-01-02T03:04:05Z\r\nWARC-Record-ID: <urn:uuid:%032x>\r\n'
            'Content-Type: application/http; msgtype=response\r\nContent-Length: %d\r\n\r\n' % (url, len(body), len(http))).encode()
    return gzip.compress(head + http + b'\r\n\r\n')


with open(t.top + '/web.warc.gz', 'wb') as o:
    for i in range(3):
        o.write(record('http://shop.example.com/%d.jpg' % i, open('%s/%d-small.jpg' % (web, i), 'rb').read()))
        o.write(record('http://shop.example.com/s%d.jpg' % i, open('%s/stranger-%d.jpg' % (web, i), 'rb').read()))
g = Fairtrack(sys.argv[1], t.top + '/home')
code, out, err = g('scan', '--whole', '--stateless', t.top + '/web.warc.gz', timeout=300)
lines = [json.loads(l) for l in out.splitlines() if l]
hits = sorted(l['image']['url'] for l in lines if l['type'] == 'hit')
t.check(code == 0 and hits == ['http://shop.example.com/%d.jpg' % i for i in range(3)] and lines[-1]['glanced'] == 3, 'an_archive_is_glanced_through', (code, hits, lines[-1], err))
t.end()
