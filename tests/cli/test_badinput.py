#!/usr/bin/env python3
"""test_badinput.py FAIRTRACK MAKE-PICTURES: bad input gets one clear line and the right exit code, and loses nothing."""
import json, os, sqlite3, struct, subprocess, sys, time, zlib
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
from tap import Tap, Fairtrack, one_line

t = Tap()
f = Fairtrack(sys.argv[1], t.top + '/home')
photos = t.top + '/photos'
subprocess.run([sys.argv[2], photos, '3', '11', '320'], check=True)
good = open(photos + '/made-11-000000.jpg', 'rb').read()


def write(name, data, folder=photos):
    path = os.path.join(os.fsencode(folder), os.fsencode(name))
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'wb') as o:
        o.write(data)
    return path


def png(width, height, data=b''):
    def chunk(kind, body):
        return struct.pack('>I', len(body)) + kind + body + struct.pack('>I', zlib.crc32(kind + body))
    return b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', width, height, 8, 2, 0, 0, 0)) + chunk(b'IDAT', zlib.compress(data)) + chunk(b'IEND', b'')


# ---- homes and words
code, out, err = f('works', 'list')
t.check(code == 4 and one_line(err) and b'no home at' in err, 'a_missing_home_is_told_with_what_to_do', (code, err))
code, out, err = f('init')
t.check(code == 0, 'init_makes_a_home_and_never_asks', (code, err))
code, out, err = f('init')
t.check(code == 1 and one_line(err) and b'home already' in err, 'a_second_init_changes_nothing_and_says_so', (code, err))
for args in (['works', 'add'], ['works', 'add', '--nonsense', 'x'], ['hits', 'decide', '5'], ['nonsense'], ['works', 'show', 'abc'], ['watch', 'add', 'ftp://example.com/']):
    code, out, err = f(*args)
    t.check(code == 2 and b'usage:' in err, 'wrong_usage_of_%s_is_exit_2_with_the_usage' % '_'.join(args[:2]), (code, err))
code, out, err = f('works', 'show', '12345')
t.check(code == 1 and one_line(err), 'a_work_that_is_not_there_is_exit_1', (code, err))

# ---- pictures
bad = {
    'empty.jpg': b'',
    'noise.jpg': bytes(range(256)) * 20,
    'huge.png': png(65500, 65500),
    'huge.gif': b'GIF89a' + struct.pack('<HH', 30000, 30000) + b'\x80\0\0' + b'\0' * 6 + b',' + struct.pack('<HHHH', 0, 0, 30000, 30000) + b'\0\2\2D\1\0;',
    'head-only.jpg': good[:200],
    'lying.png': png(100000, 3),
}
for name, data in bad.items():
    code, out, err = f('works', 'add', write(name, data, t.top + '/bad'))
    t.check(code == 3 and name.encode() in err and b'Sanitizer' not in err and err.count(b'\n') == 3, 'a_picture_like_%s_costs_one_line' % name.replace('.', '_').replace('-', '_'), (code, err.decode(errors='replace')))
code, out, err = f('works', 'add', t.top + '/bad', photos)
t.check(code == 3 and err.count(b'\n  ') == len(bad), 'unreadable_files_are_listed_at_the_end_and_the_rest_is_registered', (code, err.decode(errors='replace')))
t.check(len(f.json('works', 'list')) == 3, 'the_good_pictures_among_them_are_works', f.json('works', 'list'))
code, out, err = f('works', 'add', write('cut.jpg', good[:len(good) * 2 // 3], t.top + '/cut'))
t.check(code == 0 and b'broken off' in out, 'a_picture_that_breaks_off_is_registered_and_the_break_is_told', (code, out, err))
code, out, err = f('works', 'add', t.top + '/nowhere')
t.check(code == 3 and b'no such file' in err, 'a_path_that_is_not_there_is_a_fault', (code, err))

# ---- names
odd = [b'new\nline.jpg', 'Sommer \U0001f4f7.jpg'.encode(), b'latin\xe9.jpg', b'-dash.jpg', b'quote"<b>.jpg', b'tab\there.jpg']
for i, name in enumerate(odd):
    write(name, good + b'\0' * (i + 1), t.top + '/odd')
code, out, err = f('--json', 'works', 'add', t.top + '/odd')
lines = [json.loads(l) for l in out.splitlines()]
new = [l for l in lines if l['type'] == 'work' and l['state'] == 'new']
t.check(code == 0 and len(new) == len(odd), 'odd_names_are_registered', (code, lines, err))
t.check(any('file_b64' in l for l in new), 'a_name_that_is_no_utf8_comes_as_bytes_beside_the_text', new)
code, out, err = f('works', 'list')
t.check(b'new\\nline.jpg' in out and b'latin\\xE9.jpg' in out and 'Sommer \U0001f4f7.jpg'.encode() in out, 'names_are_escaped_in_lines', out)
code, out, err = f('works', 'add', os.fsdecode(t.top + '/odd'))
t.check(code == 0 and b'0 new, 6 known' in err, 'odd_names_are_known_again', (code, err))

# ---- folders
os.makedirs(t.top + '/outside')
write('secret.jpg', good + b'xx', t.top + '/outside')
os.makedirs(t.top + '/linked')
os.symlink(t.top + '/outside', t.top + '/linked/out')
os.symlink(t.top + '/outside/secret.jpg', t.top + '/linked/file.jpg')
os.symlink(t.top + '/linked', t.top + '/linked/loop')
code, out, err = f('works', 'add', t.top + '/linked')
t.check(code == 0 and b'0 new' in err, 'symbolic_links_are_not_followed_out_of_a_folder', (code, err))
deep = t.top + '/deep' + '/d' * 80
os.makedirs(deep)
write('x.jpg', good, deep)
code, out, err = f('works', 'add', t.top + '/deep')
t.check(code == 3 and b'64 folders deep' in err, 'a_folder_without_bottom_is_bounded', (code, err))
code, out, err = f('works', 'add', photos + '/*-00000[12].jpg')
t.check(code == 0 and b'2 known' in err, 'a_quoted_glob_is_understood', (code, err))
write('notes.txt', b'hello', t.top + '/mixed')
write('film.mp4', b'\0' * 100, t.top + '/mixed')
write('good.jpg', good + b'yyy', t.top + '/mixed')
code, out, err = f('works', 'add', t.top + '/mixed')
t.check(code == 0 and b'1 new' in err and b'2 passed over' in err, 'what_is_no_picture_in_a_folder_is_passed_over', (code, err))

# ---- two servers on one home
p = f.start('serve', '--listen', '127.0.0.1:0', '--no-worker')
line = p.stdout.readline()
t.check(b'running at http://127.0.0.1:' in line, 'serve_prints_its_address', line)
code, out, err = f('serve', '--listen', '127.0.0.1:0')
t.check(code == 4 and one_line(err) and b'another fairtrack serve has this home' in err, 'a_second_serve_on_one_home_is_refused', (code, err))
code, out, err = f('works', 'list')
t.check(code == 0 and out.count(b'\n') == 11, 'the_shell_uses_a_home_that_is_served', (code, out, err))
p.terminate()
try:
    p.communicate(timeout=20)
except subprocess.TimeoutExpired:
    p.kill()
t.check(p.returncode == 0, 'serve_stops_when_asked', p.returncode)

# ---- full disk
script = 'mount -t tmpfs -o size=3m none "$1" && cd "$1" && "$2" --home "$1/h" init >/dev/null && "$2" --home "$1/h" works add "$3" >/dev/null; echo "code $?"; "$2" --home "$1/h" --json doctor --deep | grep -c BAD'
many = t.top + '/many'
subprocess.run([sys.argv[2], many, '40', '12', '640'], check=True)
os.makedirs(t.top + '/small')
p = subprocess.run(['unshare', '-rm', 'sh', '-c', script, 'sh', t.top + '/small', os.path.abspath(sys.argv[1]), many], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
if b'code' not in p.stdout:
    t.skip('a_full_disk_is_told_and_loses_nothing', 'no user namespace to mount a small disk in: %s' % p.stderr[:80])
else:
    t.check(b'code 4' in p.stdout and b'full' in p.stderr.lower() + (b'full' if b'No space left' in p.stderr else b'') and p.stdout.strip().endswith(b'0'),
            'a_full_disk_is_told_and_loses_nothing', (p.stdout, p.stderr))

# ---- a database of a newer version
db = sqlite3.connect(t.top + '/home/db')
tables = [r[0] for r in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE '%migration%'")]
columns = [r[1] for r in db.execute('PRAGMA table_info(%s)' % tables[0])]
row = dict(zip(columns, db.execute('SELECT * FROM %s ORDER BY 1 DESC LIMIT 1' % tables[0]).fetchone()))
for c in columns:
    if isinstance(row[c], int) and row[c] < 10000:
        row[c] = 9999
    elif isinstance(row[c], str):
        row[c] = '9999_later'
db.execute('INSERT INTO %s (%s) VALUES (%s)' % (tables[0], ','.join(columns), ','.join('?' * len(columns))), [row[c] for c in columns])
db.commit()
db.close()
code, out, err = f('works', 'list')
t.check(code == 4 and one_line(err) and b'newer' in err, 'a_database_of_a_newer_version_is_refused', (code, err))
t.end()
