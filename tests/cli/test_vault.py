#!/usr/bin/env python3
"""test_vault.py FAIRTRACK MAKE-PICTURES S3-SIGN: rot is found and named, what is erased leaves a stone, the same in an S3 store whose
server makes every signature again with botocore."""
import hashlib, json, os, random, shutil, subprocess, sys, urllib.request
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
from tap import Tap, Fairtrack, one_line

t = Tap()
photos = t.top + '/photos'
subprocess.run([sys.argv[2], photos, '4', '97', '300'], check=True)
try:
    import botocore.auth
    botocore = sys.modules['botocore']
except ImportError:
    # Debian's package lies beside Debian's own interpreter.
    if sys.executable != '/usr/bin/python3' and subprocess.run(['/usr/bin/python3', '-c', 'import botocore'], stderr=subprocess.DEVNULL).returncode == 0:
        shutil.rmtree(t.top)
        os.execv('/usr/bin/python3', ['/usr/bin/python3'] + sys.argv)
    botocore = None


def vault_story(f, files, blob_path, stone_path):
    """The same story for both backends.  files(): the names of all blobs; the other two: where one lies."""
    code, out, err = f('works', 'add', photos)
    t.check(code == 0 and b'4 new' in err, f.kind + 'works_are_registered', (code, out, err))
    code, out, err = f('doctor', '--vault')
    t.check(code == 0 and b'0 changed, 0 unreadable, 0 missing, 0 beside their stone, 0 that nothing refers to' in out, f.kind + 'a_sound_vault_is_told_sound', (code, out, err))
    work = f.json('works', 'list')[0]
    key = work['sha256']
    with open(blob_path(key), 'rb') as i:
        was = i.read()
    os.chmod(blob_path(key), 0o600)
    with open(blob_path(key), 'r+b') as o:
        o.seek(len(was) // 2)
        o.write(bytes([was[len(was) // 2] ^ 1]))
    other = [b for b in sorted(files()) if b != key][0]
    with open(blob_path(other), 'rb') as i:
        moved = i.read()
    os.remove(blob_path(other))
    extra = hashlib.sha256(b'nobody asked for this').hexdigest()
    os.makedirs(os.path.dirname(blob_path(extra)), exist_ok=True)
    with open(blob_path(extra), 'wb') as o:
        o.write(b'nobody asked for this')
    code, out, err = f('doctor', '--vault')
    lines = out.decode().splitlines()
    t.check(code == 1 and any(key in l and 'changed' in l and 'the original of work %d' % work['work'] in l for l in lines), f.kind + 'a_flipped_bit_is_named_with_its_work', (code, out))
    t.check(any(other in l and 'missing' in l and ' work ' in l for l in lines), f.kind + 'a_missing_blob_is_named', out)
    t.check(any(extra in l and 'extra' in l for l in lines), f.kind + 'a_blob_too_many_is_named', out)
    t.check(sum(l.startswith('BAD') for l in lines) == 3, f.kind + 'and_nothing_else_is_bad', out)
    rows = f.json('doctor', '--vault')
    t.check({r.get('rot') for r in rows if r['type'] == 'check'} == {'changed', 'missing', 'extra'} and rows[-1]['changed'] == 1, f.kind + 'the_same_stands_in_json', rows)
    with open(blob_path(key), 'wb') as o:
        o.write(was)
    with open(blob_path(other), 'wb') as o:
        o.write(moved)
    os.remove(blob_path(extra))

    code, out, err = f('vault', 'erase', key)
    t.check(code == 2, f.kind + 'nothing_is_erased_without_a_reason', (code, err))
    code, out, err = f('vault', 'erase', '--why', 'x', '0' * 64)
    t.check(code == 1 and one_line(err), f.kind + 'what_is_not_there_is_not_erased', (code, err))
    code, out, err = f('vault', 'erase', '--why', 'asked for by the person shown', key)
    t.check(code == 0 and not os.path.exists(blob_path(key)) and os.path.exists(stone_path(key)), f.kind + 'erased_bytes_are_gone_and_a_stone_is_there', (code, out, err))
    shown = f.json('works', 'show', str(work['work']))[0]['erased']
    t.check(shown[0]['what'] == 'original' and shown[0]['why'] == 'asked for by the person shown' and shown[0]['by'] and shown[0]['at'], f.kind + 'the_work_shows_the_stone', shown)
    blob = f.json('vault', 'show', key)[0]
    t.check(blob['there'] is False and blob['erased']['why'] == 'asked for by the person shown' and 'work %d' % work['work'] in blob['named'], f.kind + 'the_blob_shows_the_stone', blob)
    code, out, err = f('doctor', '--vault')
    t.check(code == 0 and b'0 missing' in out, f.kind + 'what_was_erased_is_not_missing', (code, out))
    f('works', 'remove', str(work['work']))
    code, out, err = f('works', 'add', photos)
    t.check(code in (3, 4) and b'erased' in err + out and not os.path.exists(blob_path(key)), f.kind + 'erased_bytes_do_not_come_back_by_registering', (code, out, err))
    path = [os.path.join(photos, n) for n in os.listdir(photos) if hashlib.sha256(open(os.path.join(photos, n), 'rb').read()).hexdigest() == key][0]
    code, out, err = f('vault', 'anew', '--why', 'the person agrees now', path)
    t.check(code == 0 and os.path.exists(blob_path(key)) and not os.path.exists(stone_path(key)), f.kind + 'they_come_back_knowingly', (code, out, err))
    code, out, err = f('works', 'add', photos)
    t.check(code == 0, f.kind + 'and_can_be_registered_again', (code, out, err))
    code, out, err = f('vault', 'anew', '--why', 'again', path)
    t.check(code == 1, f.kind + 'what_was_not_erased_is_not_put_anew', (code, err))
    t.check(not [c for c in f.json('doctor', '--deep') if c['state'] == 'BAD'], f.kind + 'the_home_is_sound_at_the_end', f.json('doctor', '--deep'))


f = Fairtrack(sys.argv[1], t.top + '/home')
f.kind = ''
f('init', '--email', 'owner@example.com')
vault = t.top + '/home/vault'
place = lambda k: '%s/%s/%s/%s' % (vault, k[:2], k[2:4], k)
vault_story(f, lambda: [n for d, _, names in os.walk(vault) for n in names if len(n) == 64], place, lambda k: place(k) + '.stone')

# ---- S3
if botocore is None:
    t.skip('signatures_are_those_of_botocore', 'no botocore here')
    t.skip('s3', 'no botocore here')
    t.end()
import botocore.awsrequest, botocore.credentials
rnd = random.Random(5)
asked, want = [], []
for n in range(60):
    method = rnd.choice(['GET', 'HEAD', 'PUT', 'DELETE'])
    host = rnd.choice(['127.0.0.1:9000', 's3.example.com', 's3.eu-central-1.example.com'])
    digest = hashlib.sha256(b'%d' % n).hexdigest()
    path = rnd.choice(['/bucket/%s/%s/%s' % (digest[:2], digest[2:4], digest), '/bucket', '/my.bucket/some/folder/%s.stone' % digest])
    query = rnd.choice(['', 'list-type=2&max-keys=1000&prefix=', 'continuation-token=1%2Fab%2Bc%3D&list-type=2&max-keys=1000&prefix=some%2Ffolder%2F']) if path == '/bucket' else ''
    more = 'if-none-match: *' if method == 'PUT' and n % 2 else ''
    region, access, secret = rnd.choice(['us-east-1', 'eu-central-1']), 'KEY%d' % n, 'secret/%d+=' % n
    at = 1700000000 + n * 86399
    asked.append('\t'.join([method, host, path, query, more, digest, str(at), region, access, secret]))
    import datetime
    stamp = datetime.datetime.utcfromtimestamp(at).strftime('%Y%m%dT%H%M%SZ')
    headers = {'Host': host, 'X-Amz-Date': stamp, 'X-Amz-Content-SHA256': digest}
    if more:
        headers['If-None-Match'] = '*'
    request = botocore.awsrequest.AWSRequest(method=method, url='https://%s%s%s' % (host, path, '?' + query if query else ''), headers=headers)
    auth = botocore.auth.S3SigV4Auth(botocore.credentials.Credentials(access, secret), 's3', region)
    request.context['timestamp'] = stamp
    want.append(auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request))
out = subprocess.run([sys.argv[3]], input='\n'.join(asked).encode() + b'\n', stdout=subprocess.PIPE, check=True).stdout.decode()
got = [l.rsplit('Signature=', 1)[1] for l in out.splitlines() if l.startswith('Authorization')]
t.check(got == want and len(set(got)) == 60, 'signatures_are_those_of_botocore', list(zip(got, want))[:3])

top = t.top + '/s3'
os.makedirs(top + '/pictures')
here = os.path.dirname(os.path.abspath(__file__))
server = subprocess.Popen([sys.executable, here + '/s3_server.py', top, 'TESTKEY', 'test/secret', 'eu-test-1'], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
port = int(server.stdout.readline())
g = Fairtrack(sys.argv[1], t.top + '/s3home')
g.kind = 's3_'
g('init', '--email', 'owner@example.com')
with open(t.top + '/secret', 'w') as o:
    o.write('test/secret\n')


def settings(home, secret):
    with open(home + '/fairtrack.conf', 'a') as o:
        o.write('\n[vault]\nkind = s3\ns3_url = http://127.0.0.1:%d\ns3_bucket = pictures\ns3_prefix = fair/track\ns3_region = eu-test-1\n'
                's3_access_key = TESTKEY\ns3_secret_file = %s\n' % (port, secret))


settings(t.top + '/s3home', t.top + '/secret')
vault3 = top + '/pictures/fair/track'
place3 = lambda k: '%s/%s/%s/%s' % (vault3, k[:2], k[2:4], k)
vault_story(g, lambda: [n for d, _, names in os.walk(vault3) for n in names], place3, lambda k: place3(k) + '.stone')
t.check(not [n for d, _, names in os.walk(t.top + '/s3home/vault') for n in names if len(n) == 64], 's3_nothing_lies_in_the_home', os.listdir(t.top + '/s3home'))
log = urllib.request.urlopen('http://127.0.0.1:%d/-/log' % port, timeout=20).read().decode().splitlines()
t.check(not [l for l in log if l.endswith(' 403')] and len([l for l in log if 'continuation-token' in l]) > 2, 's3_every_signature_holds_and_lists_have_pages', [l for l in log if l.endswith(' 403')][:3])
urllib.request.urlopen(urllib.request.Request('http://127.0.0.1:%d/-/busy' % port, data=b'2', method='POST'), timeout=20).read()
code, out, err = g('doctor', '--vault')
t.check(code == 0, 's3_a_busy_server_is_asked_again', (code, out, err))
code, out, err = g('backup', t.top + '/s3backup')
t.check(code == 0, 's3_a_backup_holds_the_blobs', (code, err))
shutil.rmtree(vault3)
again = Fairtrack(sys.argv[1], t.top + '/s3again')
code, out, err = again('restore', t.top + '/s3backup')
t.check(code == 0 and again('doctor', '--vault')[0] == 0 and os.path.isdir(vault3), 's3_a_restore_fills_the_store_again', (code, out, err))
with open(t.top + '/wrong', 'w') as o:
    o.write('another secret\n')
bad = Fairtrack(sys.argv[1], t.top + '/badhome')
bad('init')
settings(t.top + '/badhome', t.top + '/wrong')
code, out, err = bad('works', 'add', photos)
t.check(code in (3, 4) and b'SignatureDoesNotMatch' in err + out and b'another secret' not in err + out, 's3_a_wrong_key_is_told_and_not_shown', (code, out, err))
server.stdin.close()
server.wait(20)
code, out, err = g('doctor', '--vault')
t.check(code == 4 and one_line(err) and b'S3 store 127.0.0.1' in err, 's3_a_store_that_is_gone_is_told', (code, out, err))
t.end()
