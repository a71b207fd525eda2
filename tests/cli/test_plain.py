#!/usr/bin/env python3
"""test_plain.py FAIRTRACK MAKE-PICTURES: pictures in which there is little to tell apart, and odd kinds of files, get a verdict with a reason and never a false
match; a copy is explained from two files alone.  Needs ImageMagick, for what it makes."""
import json, os, random, shutil, struct, subprocess, sys, zlib
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
from tap import Tap, Fairtrack

t = Tap()
f = Fairtrack(sys.argv[1], t.top + '/home')
if not shutil.which('convert'):
    t.skip('plain_pictures', 'no ImageMagick')
    t.end()
photos = t.top + '/photos'
subprocess.run([sys.argv[2], photos, '6', '29', '480'], check=True)
made = sorted(os.listdir(photos))
r = random.Random(5)


def convert(*args):
    subprocess.run(['convert', *[str(a) for a in args]], check=True, stderr=subprocess.DEVNULL)


def png(path, width, height, grey):
    """grey(x, y) -> 0..255"""
    def chunk(kind, body):
        return struct.pack('>I', len(body)) + kind + body + struct.pack('>I', zlib.crc32(kind + body))
    rows = b''.join(b'\0' + bytes(grey(x, y) for x in range(width)) for y in range(height))
    with open(path, 'wb') as o:
        o.write(b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', width, height, 8, 0, 0, 0, 0)) + chunk(b'IDAT', zlib.compress(rows)) + chunk(b'IEND', b''))


def code_of_squares(path, k):
    """As a QR code looks: three finders and modules at random."""
    n, q = 33, random.Random(900 + k)
    bits = [[q.random() < .5 for _ in range(n)] for _ in range(n)]
    for ox, oy in ((0, 0), (n - 7, 0), (0, n - 7)):
        for y in range(-1, 8):
            for x in range(-1, 8):
                if 0 <= ox + x < n and 0 <= oy + y < n:
                    bits[oy + y][ox + x] = 0 <= x < 7 and 0 <= y < 7 and (x in (0, 6) or y in (0, 6) or (2 <= x <= 4 and 2 <= y <= 4))
    png(path, 10 * (n + 8), 10 * (n + 8), lambda x, y: 0 if 0 <= x // 10 - 4 < n and 0 <= y // 10 - 4 < n and bits[y // 10 - 4][x // 10 - 4] else 255)


WORDS = 'when light falls late the river keeps its colour and nobody asks why stone paper open seldom market north hand over under three'.split()


def page(path, k):
    q = random.Random(300 + k)
    text = '\n'.join(' '.join(q.choice(WORDS) for _ in range(9)) for _ in range(26))
    convert('-size', '620x760', 'xc:white', '-font', 'DejaVu-Sans', '-pointsize', 17, '-fill', 'black', '-annotate', '+30+40', text, path)


def logo(path, k):
    q = random.Random(600 + k)
    args = ['-size', '400x400', 'xc:white']
    for _ in range(3):
        args += ['-fill', 'rgb(%d,%d,%d)' % tuple(q.randint(0, 220) for _ in range(3))]
        x, y, s = q.randint(80, 320), q.randint(80, 320), q.randint(40, 120)
        args += ['-draw', q.choice(['circle %d,%d %d,%d' % (x, y, x + s, y), 'rectangle %d,%d %d,%d' % (x - s, y - s, x + s, y + s),
                                    'polygon %d,%d %d,%d %d,%d' % (x, y - s, x - s, y + s, x + s, y + s)])]
    convert(*args, path)


KINDS = {
    'one_colour': lambda p, k: convert('-size', '500x400', 'xc:rgb(%d,%d,%d)' % (50 * k + 20, 200 - 30 * k, 128), p),
    'gradients': lambda p, k: convert('-size', '500x400', '%s:%s-%s' % (('gradient', 'radial-gradient')[k % 2], ('black', 'navy', 'gray30', 'tan', 'maroon', 'purple')[k], ('white', 'gold')[k // 2 % 2]), p),
    'text_pages': page,
    'logos': logo,
    'codes_of_squares': code_of_squares,
    'extreme_shapes': lambda p, k: convert(photos + '/' + made[k % 6], '-crop', '400x9+%d+%d' % (10 * k, 30 * k + 20), '+repage', '-resize', '1200x8!', p),
    'thumbnails_of_20_pixels': lambda p, k: convert('-seed', 40 + k, 'plasma:fractal', '-resize', '20x20!', p),
}
N = 6                                                      # of each kind: half are works, all are looked up
t.check(f('init')[0] == 0, 'a_home_is_made')
for kind, make in KINDS.items():
    for k in range(N):
        os.makedirs(t.top + '/' + kind, exist_ok=True)
        make('%s/%s/%d.png' % (t.top, kind, k), k)
        if k < N // 2:
            os.makedirs(t.top + '/works', exist_ok=True)
            shutil.copy('%s/%s/%d.png' % (t.top, kind, k), '%s/works/%s-%d.png' % (t.top, kind, k))
for name in made[:3]:
    shutil.copy(photos + '/' + name, t.top + '/works/' + name)
code, out, err = f('works', 'add', t.top + '/works', timeout=300)
t.check(code == 0, 'plain_pictures_and_pages_are_registered_like_others', (code, err.decode(errors='replace')))

for kind in KINDS:
    wrong, reasons, plain = [], [], 0
    answers = [a for a in f.json('lookup', *['%s/%s/%d.png' % (t.top, kind, k) for k in range(N)], timeout=300) if a['type'] == 'lookup']
    for a in answers:
        k = int(os.path.basename(a['file'])[:-4])
        plain += a['verdict'] == 'too_plain'
        for m in a['matches']:
            own = os.path.basename(m['work_file']) == '%s-%d.png' % (kind, k)
            if m['verdict'] == 'match' and not own:
                wrong.append((k, m['work_file'], m['score'], m['words']))
            if m['verdict'] != 'none' and not m['words']:
                reasons.append((k, m))
    t.check(len(answers) == N and not wrong, 'of_%s_none_is_called_a_copy_of_another_one' % kind, wrong)
    t.check(not reasons, 'what_is_said_of_%s_has_a_reason' % kind, reasons)
    if kind in ('one_colour', 'gradients'):
        t.check(plain == N, '%s_are_too_plain_to_tell' % kind, [(a['file'], a['verdict']) for a in answers])

# ---- odd kinds of files: copies of works are found, strangers are not
ODD = {
    '16_bits': lambda i, o: convert(i, '-depth', 16, 'png48:' + o + '.png'),
    'cmyk': lambda i, o: convert(i, '-colorspace', 'CMYK', o + '.jpg'),
    'a_palette': lambda i, o: convert(i, '-colors', 64, 'png8:' + o + '.png'),
    'animation': lambda i, o: convert(i, '(', i, '-negate', ')', '-delay', 20, '-loop', 0, o + '.gif'),
    'transparency': lambda i, o: convert(i, '-alpha', 'set', '-channel', 'A', '-evaluate', 'set', '100%', '-bordercolor', 'none', '-border', 20, 'png32:' + o + '.png'),
}
for kind, make in ODD.items():
    os.makedirs(t.top + '/odd', exist_ok=True)
    for i, name in enumerate((made[0], made[1], made[4], made[5])):
        make(photos + '/' + name, '%s/odd/%s-%d' % (t.top, kind, i))
    paths = sorted(p for p in os.listdir(t.top + '/odd') if p.startswith(kind + '-'))
    found = []
    for a in f.json('lookup', *[t.top + '/odd/' + p for p in paths], timeout=300):
        i = int(os.path.basename(a['file']).rsplit('-', 1)[1][0])
        found.append((i, sorted(os.path.basename(m['work_file']) for m in a.get('matches', []) if m['verdict'] == 'match')))
    t.check(sorted(found) == [(0, [made[0]]), (1, [made[1]]), (2, []), (3, [])], 'with_%s_copies_are_found_and_strangers_are_not' % kind, found)

# ---- two files alone
copy = t.top + '/copy.jpg'
convert(photos + '/' + made[0], '-flop', '-bordercolor', 'white', '-border', '40x40', '-quality', 85, copy)
g = Fairtrack(sys.argv[1], t.top + '/no-home')
code, out, err = g('--json', 'lookup', '--explain', '--diff', t.top + '/diff.png', photos + '/' + made[0], copy)
o = json.loads(out) if out else {}
t.check(code == 0 and o.get('verdict') == 'match' and 'mirrored' in o['words'] and any(w.startswith('a plain border added on all sides') for w in o['words']),
        'a_copy_is_explained_from_two_files_without_home_or_catalogue', (code, o, err))
head = open(t.top + '/diff.png', 'rb').read(24)
t.check(head[:8] == b'\x89PNG\r\n\x1a\n' and max(struct.unpack('>II', head[16:24])) in range(200, 513), 'the_difference_is_drawn_as_a_png', head)
t.check(not any('colour' in w for w in o.get('words', [])), 'nothing_is_said_of_colours_that_were_left_alone', o.get('words'))
convert(photos + '/' + made[0], '-colorspace', 'Gray', '-resize', '70%', '-quality', 70, copy)
code, out, err = g('--json', 'lookup', '--explain', photos + '/' + made[0], copy)
o = json.loads(out) if out else {}
t.check(code == 0 and "greyscale: the work's colours are gone" in o['words'], 'that_a_copy_is_greyscale_is_said', (code, o, err))
code, out, err = g('lookup', '--explain', photos + '/' + made[0], photos + '/' + made[4])
t.check(code == 1 and out.startswith(b'none'), 'a_stranger_is_none_and_exit_1', (code, out, err))
code, out, err = g('lookup', '--explain', copy)
t.check(code == 2 and b'usage:' in err, 'explain_wants_two_files', (code, err))
code, out, err = g('lookup', '--diff', t.top + '/x.png', copy)
t.check(code == 2 and b'usage:' in err, 'diff_goes_with_explain', (code, err))
t.end()
