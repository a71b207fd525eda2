#!/usr/bin/env python3
"""test_kill.py FAIRTRACK MAKE-PICTURES [KILLS]: kill -9 at random moments over add, scan and decide loses and doubles nothing.

One home lives through KILLS (200) kills; after each its database, vault and index must be sound. At the end every
step is run to its end and the home is held against one that was never killed: the same works, hits and decisions.
Prints TAP. The random moments come from a fixed seed, told on failure."""
import json, os, random, shutil, sqlite3, subprocess, sys, tempfile, time

ft, make = sys.argv[1], sys.argv[2]
kills = int(sys.argv[3]) if len(sys.argv) > 3 else 200
seed = int(os.environ.get('KILL_SEED', '20261123'))
rnd = random.Random(seed)
top = tempfile.mkdtemp(prefix='fair-kill-')
ours, theirs = top + '/ours', top + '/theirs'
env = dict(os.environ, LC_ALL='C.UTF-8')
done = []


def say(ok, name, why=''):
    done.append(ok)
    print('%sok %d - %s' % ('' if ok else 'not ', len(done), name), flush=True)
    if not ok:
        print('# seed %d: %s' % (seed, why), flush=True)


def run(home, *args, ok=(0,)):
    p = subprocess.run([ft, '--home', home, *args], env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
    if p.returncode not in ok:
        raise SystemExit('fairtrack %s: exit %d: %s' % (' '.join(args), p.returncode, p.stderr.decode(errors='replace')[-600:]))
    return p.stdout.decode(errors='replace')


def lines(home, *args):
    return [json.loads(l) for l in run(home, '--json', *args).splitlines() if l]


def killed(home, after, *args):
    """Start, kill after so many seconds; True if it was still running."""
    p = subprocess.Popen([ft, '--home', home, *args], env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        p.wait(timeout=after)
        return False
    except subprocess.TimeoutExpired:
        p.kill()
        p.wait()
        return True


def works(home):
    return sorted(w['sha256'] for w in lines(home, 'works', 'list'))


def hits(home):
    sha = {w['work']: w['sha256'] for w in lines(home, 'works', 'list')}
    return sorted((sha[h['work']], os.path.basename(h['image']), h['state']) for h in lines(home, 'hits', 'list', '--state', 'all'))


def doubled(home):
    """What stands twice in the rows, read beside the program: it is asked after every kill."""
    db = sqlite3.connect(home + '/db')
    try:
        for what, query in (('work', 'SELECT sha256 FROM work WHERE removed_us IS NULL'),
                            ('hit', 'SELECT work_id, page_url, image_url FROM hit'),
                            ('decision', 'SELECT hit_id, at_us FROM decision')):
            rows = db.execute(query).fetchall()
            if len(rows) != len(set(rows)):
                return 'a %s is there twice' % what
    finally:
        db.close()
    return ''


def decide_some(home, n):
    """The arguments that decide on the next undecided hit, or None."""
    open_hits = [h for h in lines(home, 'hits', 'list', '--state', 'inbox')]
    if not open_hits:
        return None
    h = min(open_hits, key=lambda h: (os.path.basename(h['image']), h['work']))
    if n % 2:
        return ['hits', 'decide', '--as', 'pursue', str(h['hit'])]
    return ['hits', 'decide', '--as', 'ignore', '--reason', 'owner_discretion', '--scope', 'hit', '--note', 'once', str(h['hit'])]


def sound(home):
    bad = [c for c in lines(home, 'doctor', '--deep') if c['state'] == 'BAD'] if os.path.exists(home + '/db') else []
    return '; '.join('%s: %s' % (c['what'], c['words']) for c in bad)


try:
    subprocess.run([make, ours, '24', '5', '320'], check=True)
    os.makedirs(theirs)
    for i, name in enumerate(sorted(os.listdir(ours))):
        if i % 2 == 0:
            subprocess.run(['convert', ours + '/' + name, '-quality', '60', '-resize', '80%', theirs + '/copy-%02d.jpg' % i], check=True)
    calm, home = top + '/calm', top + '/home'
    for h in (calm, home):
        run(h, 'init')
    t = time.time()
    run(calm, 'works', 'add', ours)
    whole = time.time() - t
    t = time.time()
    run(calm, 'scan', theirs)
    look = time.time() - t
    t = time.time()
    run(calm, 'works', 'add', ours)
    again = time.time() - t
    say(len(works(calm)) == 24, 'the_calm_home_has_every_work', str(len(works(calm))))
    say(len(hits(calm)) >= 10, 'the_calm_home_has_hits', str(hits(calm)))

    n, hit, wrong = 0, 0, ''
    decided = 0
    while hit < kills and n < 4 * kills and not wrong:
        n += 1
        if n % 12 == 0:                    # begin again from nothing: the first steps are the rarest
            shutil.rmtree(home)
            run(home, 'init')
        args = decide_some(home, n) if n % 4 == 3 else None
        if args:
            span = 0.8 * again
        elif n % 4 == 2:
            # Files that did not change are not looked at again: a byte behind the picture's end makes new ones of them.
            for name in os.listdir(theirs):
                with open(theirs + '/' + name, 'ab') as o:
                    o.write(b'.')
            args, span = ['scan', theirs], look
        else:
            args, span = ['works', 'add', ours], whole if n % 12 < 4 else again
        hit += killed(home, rnd.uniform(0, span), *args)
        if n % 8 == 0 or hit > kills - 3:
            wrong = sound(home)
        wrong = wrong or doubled(home)
    say(not wrong, 'after_each_of_%d_kills_the_home_is_sound' % kills, '%s (kill %d)' % (wrong, n))
    say(hit >= kills, '%d_kills_met_a_running_program' % kills, '%d of %d tries' % (hit, n))
    print('# %d tries, %d of them met a running program' % (n, hit))

    run(home, 'works', 'add', ours)
    run(home, 'scan', theirs)
    say(works(home) == works(calm), 'nothing_is_lost_and_nothing_doubled_among_the_works', '%d and %d' % (len(works(home)), len(works(calm))))
    say([h[:2] for h in hits(home)] == [h[:2] for h in hits(calm)], 'nothing_is_lost_and_nothing_doubled_among_the_hits', '%s and %s' % (hits(home), hits(calm)))
    states = [h[2] for h in hits(home)]
    shown = [lines(home, 'hits', 'show', str(h['hit']))[0] for h in lines(home, 'hits', 'list', '--state', 'all')]
    say(all((len(s['decisions']) == 0) == (s['state'] == 'inbox') for s in shown), 'a_hit_has_a_decision_exactly_when_it_is_decided',
        str([(s['state'], len(s['decisions'])) for s in shown]))
    say(all(len(s['decisions']) <= 1 for s in shown), 'no_decision_is_doubled', str(states))
    say(sound(home) == '', 'the_doctor_finds_nothing', sound(home))
finally:
    shutil.rmtree(top, ignore_errors=True)
print('1..%d' % len(done))
sys.exit(0 if all(done) else 1)
