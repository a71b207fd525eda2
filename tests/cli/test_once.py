#!/usr/bin/env python3
"""test_once.py FAIRTRACK MAKE-PICTURES: a picture is decoded once, bytes seen before never again, and searching on every core finds what one core finds."""
import json, os, shutil, subprocess, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
from tap import Tap, Fairtrack

WORKS, OTHERS, TWICE = 6, 10, 4

t = Tap()
f = Fairtrack(sys.argv[1], t.top + '/home')
subprocess.run([sys.argv[2], t.top + '/made', str(WORKS + OTHERS), '31', '400'], check=True)
made = sorted(os.path.join(t.top, 'made', name) for name in os.listdir(t.top + '/made'))
works, others = made[:WORKS], made[WORKS:]
found = t.top + '/found'
os.makedirs(found)
for i, path in enumerate(made):
    shutil.copy(path, '%s/%02d.jpg' % (found, i))
for i in range(TWICE):
    shutil.copy(others[i], '%s/again-%02d.jpg' % (found, i))
f('init', '--name', 'Ada', '--email', 'ada@example.com')
f('works', 'add', *works)


def scan():
    lines = f.json('scan', found)
    hits = sorted((l['image']['url'], l['work'], l['score'], l['verdict'], l['reasons']) for l in lines if l['type'] == 'hit')
    return hits, [l for l in lines if l['type'] == 'stat'][0]


first, stat = scan()
matches = len({url for url, _, _, verdict, _ in first if verdict == 'match'})
shown = len({url for url, *_ in first})
t.check(matches == WORKS, 'every_copy_is_found', first)
# A hit's preview is made from its bytes and judged once, as later scans show it.
t.check(stat['decoded'] == WORKS + OTHERS + 2 * shown, 'the_first_time_each_picture_is_decoded_once_and_a_hit_twice_more_for_its_preview', stat)
t.check(stat['searched'] == WORKS + OTHERS + shown, 'and_the_catalogue_is_searched_once_for_each_and_once_for_the_preview_of_a_hit', stat)
second, stat = scan()
t.check(stat['decoded'] == stat['searched'] == 0 and stat['pictures'] == WORKS + OTHERS + TWICE, 'the_second_time_nothing_is_decoded_and_nothing_searched', stat)
t.check(second == first, 'and_the_same_is_found', (first, second))
os.utime(found + '/00.jpg', (1, 1))
shutil.copy(works[1], found + '/moved.jpg')
third, stat = scan()
t.check(stat['decoded'] == 0 and len(third) == len(first) + 1, 'bytes_seen_before_are_known_under_another_name_and_time', (stat, third))
f('works', 'add', others[-1])
fourth, stat = scan()
new = [h for h in fourth if h[:2] not in [x[:2] for x in third]]
t.check(stat['searched'] >= WORKS + OTHERS, 'and_all_others_are_searched_for_by_their_fingerprints', stat)
t.check(len(new) == 1 and new[0][0].endswith('%02d.jpg' % (len(made) - 1)) and new[0][3] == 'match', 'a_work_that_was_added_since_is_found', new)
fifth, stat = scan()
t.check(stat['decoded'] == stat['searched'] == 0 and fifth == fourth, 'and_then_all_is_known_again', stat)

# ---- a work that looks like several pictures seen, in files that have not changed and in an archive
archive = t.top + '/found.warc'
with open(archive, 'wb') as out:
    for i, path in enumerate(others[:4]):
        body = b'HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n\r\n' + open(path, 'rb').read()
        out.write(b'WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-%012d>\r\nWARC-Date: 2026-01-01T00:00:00Z\r\n'
                  b'WARC-Target-URI: https://www.example.com/%d.jpg\r\nContent-Type: application/http;msgtype=response\r\nContent-Length: %d\r\n\r\n' % (i, i, len(body)))
        out.write(body + b'\r\n\r\n')
f.json('scan', archive)
f('works', 'add', *others[:2])
again = f.json('scan', archive)
t.check(sum(l['type'] == 'hit' for l in again) == 2, 'an_archives_pictures_become_hits_of_works_added_since', again)
sixth, stat = scan()
t.check(len(sixth) == len(fifth) + 4 and stat['faults'] == 0, 'and_so_do_two_files_of_the_same_bytes', (sixth, stat))

# ---- every core
def on(cores, *args):
    return subprocess.run([sys.argv[1], '--json', *args], stdout=subprocess.PIPE, check=True, preexec_fn=lambda: os.sched_setaffinity(0, cores)).stdout


def told(lines):
    """What `works add` told, ids replaced by their order."""
    order, out = {}, []
    for line in lines.splitlines():
        l = json.loads(line)
        for key in ('work', 'near'):
            if l.get(key):
                l[key] = order.setdefault(l[key], len(order))
        out.append(l)
    return out


many = t.top + '/many'
subprocess.run([sys.argv[2], many, '90', '32', '120'], check=True)
paths = sorted(os.path.join(many, name) for name in os.listdir(many))
for i in (3, 40, 70):          # the same picture in other bytes, and the same bytes under another name
    subprocess.run(['convert', paths[i], '-quality', '60', '%s/%02d-near.jpg' % (many, i)], check=True)
    shutil.copy(paths[i], '%s/%02d-same.jpg' % (many, i))
with open(many + '/50-broken.jpg', 'wb') as out:
    out.write(open(paths[50], 'rb').read()[:300])
every = os.sched_getaffinity(0)
homes = {}
for name, cores in (('one', {min(every)}), ('all', every)):
    home = t.top + '/home-' + name
    subprocess.run([sys.argv[1], '--home', home, 'init'], check=True, stdout=subprocess.DEVNULL)
    p = subprocess.run([sys.argv[1], '--home', home, '--json', 'works', 'add', many], stdout=subprocess.PIPE, preexec_fn=lambda: os.sched_setaffinity(0, cores))
    rows = on(every, '--home', home, 'works', 'list')
    homes[name] = told(p.stdout), [(w['title'], w['sha256'], w.get('near') is not None) for w in map(json.loads, rows.splitlines())]
files = [os.path.basename(l['file']) for l in homes['one'][0] if 'file' in l]
t.check(homes['one'] == homes['all'], 'all_cores_register_what_one_registers_and_tell_it_in_the_same_order', homes)
t.check(files == sorted(files) and len(files) == 97, 'which_is_that_of_the_files', files)
t.check(homes['all'][0][-1]['new'] == 93 and homes['all'][0][-1]['known'] == 3 and homes['all'][0][-1]['faults'] == 1, 'and_every_one_is_counted', homes['all'][0][-1])

names = sorted(os.path.join(found, name) for name in os.listdir(found))
one = subprocess.run([sys.argv[1], '--home', t.top + '/home', '--json', 'lookup'] + names, stdout=subprocess.PIPE, check=True,
                     preexec_fn=lambda: os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})).stdout
every = subprocess.run([sys.argv[1], '--home', t.top + '/home', '--json', 'lookup'] + names, stdout=subprocess.PIPE, check=True).stdout
t.check(one == every and one.count(b'\n') == len(names), 'all_cores_find_what_one_finds_in_the_same_order', (len(one), len(every)))
t.end()
