#!/usr/bin/env python3
"""test_once.py FAIRTRACK MAKE-PICTURES: a picture is decoded once, bytes seen before never again, and searching on every core finds what one core finds."""
import os, shutil, subprocess, sys
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
second, stat = scan()
t.check(stat['decoded'] == 0 and stat['pictures'] == WORKS + OTHERS + TWICE, 'the_second_time_nothing_is_decoded', stat)
t.check(second == first, 'and_the_same_is_found', (first, second))
os.utime(found + '/00.jpg', (1, 1))
shutil.copy(works[1], found + '/moved.jpg')
third, stat = scan()
t.check(stat['decoded'] == 0 and len(third) == len(first) + 1, 'bytes_seen_before_are_known_under_another_name_and_time', (stat, third))
f('works', 'add', others[-1])
fourth, stat = scan()
new = [h for h in fourth if h[:2] not in [x[:2] for x in third]]
t.check(len(new) == 1 and new[0][0].endswith('%02d.jpg' % (len(made) - 1)) and new[0][3] == 'match', 'a_work_that_was_added_since_is_found', new)
fifth, stat = scan()
t.check(stat['decoded'] == 0 and fifth == fourth, 'and_then_all_is_known_again', stat)

# ---- every core
names = sorted(os.path.join(found, name) for name in os.listdir(found))
one = subprocess.run([sys.argv[1], '--home', t.top + '/home', '--json', 'lookup'] + names, stdout=subprocess.PIPE, check=True,
                     preexec_fn=lambda: os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})).stdout
every = subprocess.run([sys.argv[1], '--home', t.top + '/home', '--json', 'lookup'] + names, stdout=subprocess.PIPE, check=True).stdout
t.check(one == every and one.count(b'\n') == len(names), 'all_cores_find_what_one_finds_in_the_same_order', (len(one), len(every)))
t.end()
