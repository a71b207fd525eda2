#!/usr/bin/env python3
"""test_verify.py FAIRTRACK TEST-PACKAGE: `fairtrack verify` against VERIFY.txt's commands, other people's packages and tokens of
authorities of every kind."""
import datetime, os, re, shutil, subprocess, sys, zipfile
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tap import Tap
from authority import Authority, run
from wacz_rules import faults

t = Tap()
shared = os.path.join(os.environ.get('FAIRTRACK_SOURCE', '.'), '..', 'shared', 'suites')


def verify(*args):
    p = subprocess.run([sys.argv[1], 'verify', *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120, env=dict(os.environ, HOME='/nonexistent'))
    return p.returncode, p.stdout.decode(), p.stderr.decode()


subprocess.run([sys.argv[2], 'written'], env=dict(os.environ, FAIRTRACK_TEST_OUT=t.top), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
made, key = t.top + '/made.wacz', t.top + '/key.der'
code, out, err = verify('--key', key, made)
t.check(code == 0 and 'BAD' not in out and err == '', 'a_good_package_is_found_good_without_a_home', (code, out, err))
code, out, err = verify(made)
t.check(code == 1 and 'nothing outside this file vouches for it' in out, 'a_package_that_nothing_vouches_for_is_refused', (code, out))
t.check('IT WAS WRONG' in out, 'a_clock_that_was_wrong_is_shown', out)
p = subprocess.run([sys.argv[1], 'verify', '--key', key, made], stdout=open(t.top + '/out', 'wb'), stderr=subprocess.PIPE)
t.check(p.returncode == 0 and os.path.getsize(t.top + '/out') > 500, 'its_findings_can_be_written_into_a_file', p.stderr)

# ---- other tools open it
with zipfile.ZipFile(made) as z:
    t.check(z.testzip() is None and all(i.compress_type == 0 for i in z.infolist()), 'python_reads_the_zip_and_all_is_stored')
    names = z.namelist()
# what py-wacz's check_file_paths asks: every file but the two descriptions is listed, one folder deep
t.check(all(n.count('/') == 1 for n in names if not n.startswith('datapackage')), 'every_file_lies_in_one_folder', names)

# ---- the rules of WACZ by another reading than the program's, held against other people's packages first
wrong = faults(made, ours=True)
t.check(wrong == [], 'a_package_keeps_the_rules_of_WACZ_by_another_reading', wrong)
wacz = os.path.join(shared, 'wacz')
if os.path.isdir(wacz):
    told = {n: faults(os.path.join(wacz, n)) for n in ('py-wacz/valid_example_1.wacz', 'py-wacz/valid_signed_example_1.wacz', 'scoop/example.com.wacz')}
    t.check(not any(told.values()), 'that_reading_finds_nothing_in_good_packages_of_others', told)
else:
    t.skip('that_reading_finds_nothing_in_good_packages_of_others', 'no suites beside this checkout')
spoiled_ways = {}
for way in ('page', 'member', 'unlisted', 'index', 'twice', 'deflated'):
    name = t.top + '/rules.wacz'
    with zipfile.ZipFile(made) as z, zipfile.ZipFile(name, 'w') as o:
        for n in z.namelist():
            b = z.read(n)
            if way == 'page' and n == 'pages/pages.jsonl':
                b = b.replace(b'http', b'HTTP')
            if way == 'member' and n == 'match/match.json':
                b += b' '
            if way == 'index' and n == 'archive/data.warc.gz':
                b = b[:20] + b
            o.writestr(n, b, zipfile.ZIP_DEFLATED if way == 'deflated' and n.startswith('archive/') else zipfile.ZIP_STORED)
            if way == 'twice' and n == 'match/match.json':
                o.writestr(n, b)
        if way == 'unlisted':
            o.writestr('archive/more.warc.gz', b'x')
    spoiled_ways[way] = faults(name, ours=True)
t.check(all(spoiled_ways.values()), 'and_each_broken_rule', spoiled_ways)

# ---- VERIFY.txt
text = zipfile.ZipFile(made).read('verify/VERIFY.txt').decode()
commands = [l[4:] for l in text.splitlines() if l.startswith('    ')]
roots = t.top + '/none.pem'
open(roots, 'w').close()


def by_hand(package):
    """Runs the commands as they stand; the last lines say how far they came."""
    folder = t.top + '/unpacked'
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    p = subprocess.run(['sh', '-e', '-c', '\n'.join(commands) + '\necho ALL-WENT-WELL'], env=dict(os.environ, PACKAGE=package, FOLDER=folder, ROOTS=roots),
                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120)
    return p.returncode, p.stdout.decode(errors='replace')


if shutil.which('unzip') and shutil.which('openssl'):
    code, out = by_hand(made)
    t.check(code == 0 and out.count('Verified OK') == 2 and 'ALL-WENT-WELL' in out, 'the_commands_of_VERIFY_txt_find_it_good', (len(commands), out))
    with open(made, 'rb') as f:
        whole = bytearray(f.read())
    missed = []
    for name in names:
        body = zipfile.ZipFile(made).read(name)
        bad = bytearray(body)
        bad[len(bad) // 2] ^= 4
        spoiled = t.top + '/spoiled.wacz'
        with zipfile.ZipFile(spoiled, 'w') as o:
            for n in names:
                o.writestr(n, bytes(bad) if n == name else zipfile.ZipFile(made).read(n))
        if by_hand(spoiled)[0] == 0:
            missed.append(name)
        code, out, err = verify('--key', key, spoiled)
        if code != 1 or name not in out:
            missed.append('verify: ' + name)
    t.check(missed == [], 'a_changed_bit_in_each_file_is_found_by_them_and_by_verify', missed)
else:
    t.skip('the_commands_of_VERIFY_txt_find_it_good', 'no unzip or openssl here')

# ---- packed anew, packed otherwise
for how, name in ((zipfile.ZIP_DEFLATED, 'packed'), (zipfile.ZIP_STORED, 'stored')):
    again = '%s/%s.wacz' % (t.top, name)
    with zipfile.ZipFile(again, 'w', how) as o:
        for n in names:
            o.writestr(n, zipfile.ZipFile(made).read(n))
    code, out, err = verify('--key', key, again)
    t.check(code == 1 and 'packed anew' in out, 'the_same_files_%s_anew_are_told' % name, (code, out))
for bad, name in (('../../etc/x', 'a_slip'), ('/etc/x', 'an_absolute_name')):
    slip = t.top + '/slip.wacz'
    with zipfile.ZipFile(slip, 'w') as o:
        o.writestr(zipfile.ZipInfo(bad), b'x')
    code, out, err = verify('--key', key, slip)
    t.check(code == 1 and 'leads elsewhere' in out, name + '_is_refused', (code, out))
bomb = t.top + '/bomb.wacz'
with zipfile.ZipFile(bomb, 'w', zipfile.ZIP_DEFLATED) as o:
    o.writestr('datapackage.json', b'{"resources": []}')
    o.writestr('archive/zeros', bytes(300 << 20))
code, out, err = verify(bomb)
t.check(code == 1 and err == '', 'a_bomb_is_refused', (code, out[-500:], err))
import warnings
with warnings.catch_warnings():
    warnings.simplefilter('ignore')
    with zipfile.ZipFile(t.top + '/twice.wacz', 'w') as o:
        o.writestr('datapackage.json', b'{}')
        o.writestr('datapackage.json', b'{}')
code, out, err = verify(t.top + '/twice.wacz')
t.check(code == 1 and 'stands twice' in out, 'a_name_that_stands_twice_is_refused', (code, out))
for junk, name in ((b'', 'nothing'), (b'PK\x05\x06' + bytes(18), 'an_empty_zip'), (b'{', 'half_a_brace'), (os.urandom(999).replace(b'\x30', b'x'), 'noise')):
    with open(t.top + '/junk', 'wb') as f:
        f.write(junk)
    code, out, err = verify(t.top + '/junk')
    t.check(code == 1 and 'Sanitizer' not in err, name + '_is_no_package', (code, out, err))
code, out, err = verify(t.top + '/no-such-file')
t.check(code == 4 and err.count('\n') == 1, 'a_missing_file_is_told_in_a_line', (code, err))

# ---- time stamps of authorities of every kind
data = t.top + '/data'
with open(data, 'wb') as f:
    f.write(b'what is stamped')
day = datetime.timedelta(days=1)
form = '%Y%m%d%H%M%SZ'
now = datetime.datetime.utcnow()
good = Authority(t.top, 'good')
kinds = {
    'as-it-should-be': Authority(t.top, 'as-it-should-be'),
    'not-critical': Authority(t.top, 'not-critical', eku='timeStamping'),
    'other-use': Authority(t.top, 'other-use', eku='critical,timeStamping,codeSigning'),
    'run-out': Authority(t.top, 'run-out', dates=((now - 30 * day).strftime(form), (now - day).strftime(form))),
}


def token(authority, name):
    path = '%s/%s.tsr' % (t.top, name)
    with open(path, 'wb') as f:
        f.write(authority.stamp(data))
    return path


tsr = token(good, 'good-reply')
code, out, err = verify('--ca', good.root, '--of', data, tsr)
t.check(code == 0 and out.startswith('ok'), 'a_token_of_a_trusted_authority_is_good', (code, out, err))
code, out, err = verify('--of', data, tsr)
t.check(code == 1, 'a_self_made_authority_is_refused_by_default', (code, out))
code, out, err = verify('--allow-untrusted', '--of', data, tsr)
t.check(code == 0 and out.startswith('note'), 'and_taken_as_a_note_where_that_is_wanted', (code, out))
code, out, err = verify('--ca', good.root, '--of', made, tsr)
t.check(code == 1 and 'another digest' in out, 'a_token_of_another_digest_is_refused', (code, out))
silent = []
raw = open(tsr, 'rb').read()
for at in range(len(raw)):
    with open(t.top + '/flip.tsr', 'wb') as f:
        f.write(raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1:])
    if at % 17 == 0 and verify('--ca', good.root, '--of', data, t.top + '/flip.tsr')[0] == 0:
        silent.append(at)
# A few bytes of a token are signed by nobody (the unsigned part of the envelope); in a package the closing signature covers them.
t.check(len(silent) <= 4, 'a_changed_token_is_refused', silent)
run('openssl', 'ts', '-reply', '-in', tsr, '-token_out', '-out', t.top + '/token')
info = run('openssl', 'cms', '-verify', '-noverify', '-inform', 'DER', '-in', t.top + '/token', '-out', '/dev/stdout')
for name, a in kinds.items():
    tsr = '%s/%s.tsr' % (t.top, name)
    with open(tsr, 'wb') as f:
        f.write(a.forge(info))
    code, out, err = verify('--ca', a.root, '--of', data, tsr)
    if name == 'as-it-should-be':       # so that the others are refused for what they are, and not for how they were made
        t.check(code == 0, 'a_token_signed_by_cms_is_one', (code, out))
    else:
        t.check(code == 1 and 'its chain does not hold' in out, 'an_authority_%s_is_refused' % name.replace('-', '_'), (code, out))

# ---- suites, where they lie beside
wacz = shared + '/wacz/py-wacz'
if os.path.isdir(wacz):
    roots = t.top + '/roots.pem'
    with open(roots, 'wb') as o:
        for p in (shared + '/rfc3161/rfc3161ng/freetsa_cacert.pem', '/etc/ssl/certs/ca-certificates.crt'):
            if os.path.exists(p):
                o.write(open(p, 'rb').read())
    for name in sorted(os.listdir(wacz)):
        if name.endswith('.wacz'):
            code, out, err = verify('--ca', roots, wacz + '/' + name)
            t.check(code == (0 if name.startswith('valid') else 1), 'suite_' + name, (code, out[-2000:], err))
    code, out, err = verify('--ca', roots, wacz + '/valid_signed_example_1.wacz')
    t.check('btrix-sign-test.webrecorder.net' in out and '2022-01-18T19:00:12Z' in out, 'domain_and_time_of_the_signed_one_are_told', out)
    code, out, err = verify(shared + '/wacz/scoop/example.com.wacz')
    t.check(code == 0, 'suite_scoop_example.com.wacz', (code, out[-2000:]))
    for name in sorted(os.listdir(shared + '/ots')):
        if name.endswith('.ots'):
            code, out, err = verify(shared + '/ots/' + name)
            t.check(code == 0, 'suite_ots_' + name, (code, out))
    for name in sorted(os.listdir(shared + '/ots/invalid')):
        if name.endswith('.ots'):
            code, out, err = verify(shared + '/ots/invalid/' + name)
            t.check(code == 1, 'suite_ots_invalid_' + name, (code, out))
else:
    t.skip('suites', 'no suites beside this checkout')
t.end()
