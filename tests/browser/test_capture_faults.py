#!/usr/bin/env python3
"""test_capture_faults.py FAIRTRACK MAKE-PICTURES: what goes wrong while a page is captured: certificates of every kind, servers that fall silent, a page that
changes, a browser that is ended, a wrong clock, 40,000 pixels, a full disk.  Nothing is lost, and what was wrong is said."""
import ctypes, gzip, json, os, re, shutil, signal, struct, subprocess, sys, threading, time, zipfile
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, '..')]
from tap import Tap, Fairtrack, one_line
from capture_site import Site

CHROMIUM = '/usr/bin/chromium'
t = Tap()
f = Fairtrack(sys.argv[1], t.top + '/home')


def own_disk(folder, size):
    """A small disk of the test's own at `folder`, in a mount name space of its own; False where that may not be had."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(0x20000) != 0 or libc.mount(b'none', b'/', None, 0x44000, None) != 0:      # CLONE_NEWNS; MS_REC | MS_PRIVATE
        return False
    os.makedirs(folder, exist_ok=True)
    return libc.mount(b'tmpfs', folder.encode(), b'tmpfs', 0, b'size=' + size) == 0


small = own_disk(f.home, b'48m')
photos = t.top + '/photos'
subprocess.run([sys.argv[2], photos, '1', '47', '900'], check=True)
original = f'{photos}/{os.listdir(photos)[0]}'
picture = open(original, 'rb').read()
site = Site({'a.jpg': picture, 'late.jpg': picture, 'dead.jpg': picture})
f('init', '--email', 'ada@example.com')
if not os.path.exists(f.home + '/db'):
    sys.exit('no home')


# ---- an authority of the test's own, trusted in the profile of the test's browser and nowhere else ----------------

def openssl(*args, text=''):
    return subprocess.run(['openssl', *args], input=text.encode(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout


def certificate(name, alternative, days='30', by_itself=False):
    key, request, pem, conf = (f'{t.top}/{name}.{e}' for e in ('key', 'csr', 'pem', 'ext'))
    openssl('req', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', request, '-subj', f'/CN=The {name} site')
    with open(conf, 'w') as o:
        o.write(f'basicConstraints=CA:FALSE\nsubjectAltName={alternative}\nextendedKeyUsage=serverAuth\nkeyUsage=digitalSignature\n')
    signer = ['-signkey', key] if by_itself else ['-CA', t.top + '/root.pem', '-CAkey', t.top + '/root.key', '-CAcreateserial']
    openssl('x509', '-req', '-in', request, *signer, '-out', pem, '-extfile', conf, '-sha256', *(['-days', days] if days else []))
    with open(f'{t.top}/{name}.chain', 'w') as o:
        o.write(open(pem).read() + ('' if by_itself else open(t.top + '/root.pem').read()))
    return site.secure(f'{t.top}/{name}.chain', key)


openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', t.top + '/root.key', '-out', t.top + '/root.pem', '-days', '60', '-subj', '/CN=An authority for a test',
        '-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign')
usable = shutil.which('certutil') is not None
if usable:
    os.makedirs(t.top + '/nss')
    subprocess.run(['certutil', '-N', '--empty-password', '-d', 'sql:' + t.top + '/nss'], check=True, stdout=subprocess.DEVNULL)
    subprocess.run(['certutil', '-A', '-d', 'sql:' + t.top + '/nss', '-n', 'test', '-t', 'C,,', '-i', t.top + '/root.pem'], check=True, stdout=subprocess.DEVNULL)
wrapper = t.top + '/browser'
with open(wrapper, 'w') as o:
    o.write(f'#!/bin/sh\n# the browser, in whose profile (its HOME) our authority is trusted\nmkdir -p "$HOME/.pki/nssdb" "$HOME/.local/share/pki/nssdb"\n'
            f'cp {t.top}/nss/* "$HOME/.pki/nssdb/"\ncp {t.top}/nss/* "$HOME/.local/share/pki/nssdb/"\nchmod u+w "$HOME/.pki/nssdb/"* "$HOME/.local/share/pki/nssdb/"*\nexec {CHROMIUM} "$@"\n')
os.chmod(wrapper, 0o755)
os.chmod(t.top, 0o755)
for folder, _, names in os.walk(t.top + '/nss'):
    os.chmod(folder, 0o755)
    for n in names:
        os.chmod(os.path.join(folder, n), 0o644)


def conf(**more):
    keys = dict(browser=wrapper if usable else CHROMIUM, rdap='', seconds='8', max_height='3000', clock=site.url + '/agb')
    keys.update(more)
    with open(f.home + '/fairtrack.conf', 'w') as o:
        o.write('[crawl]\nallow_loopback = yes\ndelay_min_ms = 0\ndelay_max_ms = 0\n[evidence]\ntimestamp = own\n[capture]\n' + ''.join(f'{k} = {v}\n' for k, v in keys.items()))


conf()
f('works', 'add', original)
work = f.json('works', 'list')[0]['work']
lock = threading.Lock()


def hit(page, image=None):
    with lock:
        return str(f.json('hits', 'add', '--work', str(work), '--page', page, image or f'{site.url}/p/a.jpg')[0]['hit'])


def looks(h):
    return [json.loads(l) for l in f('evidence', 'looks', h, '--json')[1].splitlines()]


def capture(h):
    code, out, err = f('evidence', 'capture', h, timeout=200)
    rows = looks(h)
    return code, rows[-1] if rows else None, err.decode()


def said(row, words):
    return row is not None and any(words in n for n in row['notes'])


def package(row):
    """Sealed and exported; the file, and what verify says of it."""
    path = f"{t.top}/{row['package']}.wacz"
    f('evidence', 'seal', str(row['package']))
    f('evidence', 'export', str(row['package']), path)
    code, out, err = f('verify', '--key', f.json('evidence', 'keys', 'list')[0]['id'], path)
    return path, code, out.decode()


code, row, err = capture(hit(f'{site.url}/use'))
if not os.path.exists(CHROMIUM) or row is None or row['browser'] is None:
    t.skip('faults_of_pages_under_a_browser', 'no browser can run here: ' + ' '.join(row['notes'] if row else [err])[:200].replace('\n', ' '))
    t.end()

# ---- TLS: each at once, three browsers at a time --------------------------------------------------------------------
pages = {'waits': f'{site.url}/waits', 'late': f'{site.url}/late', 'dead': f'{site.url}/dead', 'stall': f'{site.url}/stall', 'fickle': f'{site.url}/fickle', 'early': f'{site.url}/use?early'}
if usable:
    good = certificate('good', 'IP:127.0.0.1')
    pages.update(good=good + '/use', own=certificate('own', 'IP:127.0.0.1', by_itself=True) + '/use', over=certificate('over', 'IP:127.0.0.1', days='-1') + '/use',
                 wrong=certificate('wrong', 'DNS:elsewhere.example') + '/use')
hits = {k: hit(v, {'fickle': f'{site.url}/fickle.jpg', 'late': f'{site.url}/p/late.jpg', 'dead': f'{site.url}/p/dead.jpg'}.get(k)) for k, v in pages.items()}
site.pictures.update({'late.jpg': b'503', 'dead.jpg': None})
rows = {}
began = {}


def one(k):
    began[k] = time.time()
    rows[k] = capture(hits[k])
    began[k] = time.time() - began[k]


queue = list(hits)


def serve():
    while True:
        with lock:
            if not queue:
                return
            k = queue.pop(0)
        one(k)


threads = [threading.Thread(target=serve) for _ in range(3)]
[x.start() for x in threads]
[x.join() for x in threads]

if not usable:
    t.skip('pages_over_TLS', 'no certutil here (libnss3-tools)')
else:
    code, row, err = rows['good']
    t.check(code == 0 and row['found'] in ('there', 'picture') and row['package'], 'a_page_over_TLS_is_captured', (code, row, err))
    t.check(said(row, 'its server\'s certificate is for "The good site", issued by "An authority for a test"') and said(row, 'TLS 1.3'), 'whose_certificate_it_was_is_said', row)
    path, code, out = package(row)
    warc = gzip.decompress(zipfile.ZipFile(path).read('archive/data.warc.gz'))
    at = warc.find(b'WARC-Target-URI: urn:fairtrack:tls-chain:' + good.encode())
    chain = warc[at:at + 12000].split(b'\r\n\r\n', 1)[1] if at > 0 else b''
    pems = re.findall(rb'-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----', chain.split(b'WARC/1.1')[0], re.S)
    t.check(code == 0 and len(pems) == 2 and pems[0].split() == open(t.top + '/good.pem', 'rb').read().split(), 'the_chain_is_in_the_archive_as_the_server_sent_it', (code, len(pems), out[-400:]))
    t.check(b'"securityDetails"' in warc or b'"protocol":"TLS 1.3"' in warc, 'so_are_version_and_cipher', warc[:300])
    t.check('noted: The page came over TLS 1.3' in out, 'verify_shows_it', out)
    for kind, word, words in (('own', 'ERR_CERT_AUTHORITY_INVALID', 'signed by itself or by an authority'), ('over', 'ERR_CERT_DATE_INVALID', 'not valid today'),
                              ('wrong', 'ERR_CERT_COMMON_NAME_INVALID', 'for another name')):
        code, row, err = rows[kind]
        t.check(code == 0 and row['found'] == 'unreachable' and not row['package'] and word in row['words'] and words in row['words'],
                {'own': 'a_certificate_that_signed_itself', 'over': 'one_that_has_run_out', 'wrong': 'one_for_another_name'}[kind] + '_is_refused_with_its_reason', (code, row, err))

# ---- servers that fall silent ------------------------------------------------------------------------------------------
code, row, err = rows['stall']
t.check(code == 0 and row['found'] == 'unreachable' and 'within 8 s' in row['words'] and not row['package'] and began['stall'] < 60, 'a_page_that_never_ends_is_left_after_its_time_and_proves_nothing',
        (code, row, err, began['stall']))
code, row, err = rows['waits']
t.check(code == 0 and row['found'] == 'there' and said(row, 'had not loaded whole within 8 seconds') and row['package'] and began['waits'] < 90, 'a_page_with_a_part_that_stalls_is_captured_as_it_stood_and_says_so',
        (code, row, err, began['waits']))
code, row, err = rows['late']
t.check(code == 0 and row['found'] == 'unreachable' and 'nothing follows' in row['words'], 'from_a_picture_whose_server_is_in_trouble_nothing_follows', (code, row, err))
code, row, err = rows['dead']
t.check(code == 0 and row['found'] == 'removed' and 'still names the picture' in row['words'], 'a_picture_that_its_server_has_no_more_is_gone_though_the_page_names_it', (code, row, err))
site.over.set()

# ---- a page that changes while it is captured -----------------------------------------------------------------------------
code, row, err = rows['fickle']
t.check(row['found'] in ('there', 'picture') and 'got other bytes: both are kept' in row['words'] and 'changed by itself while it was captured' in row['words'], 'a_page_that_changes_meanwhile_is_found_to', (code, row, err))
t.check(said(row, 'both are in the archive') and said(row, 'The page changed while it was captured'), 'and_both_are_noted', row)
path, code, out = package(row)
warc = gzip.decompress(zipfile.ZipFile(path).read('archive/data.warc.gz'))
bodies = {m for m in re.findall(rb'WARC-Target-URI: ' + re.escape(site.url.encode()) + rb'/fickle.jpg\r\n(?:[^\r]+\r\n)*?WARC-Payload-Digest: (\S+)', warc)}
t.check(code == 0 and len(bodies) >= 2, 'both_files_are_in_the_package', (code, bodies, out[-300:]))

# ---- a browser that is ended in the middle ----------------------------------------------------------------------------------


def children(pid):
    try:
        return [int(x) for x in open(f'/proc/{pid}/task/{pid}/children').read().split()]
    except OSError:
        return []


def name(pid):
    try:
        return open(f'/proc/{pid}/cmdline', 'rb').read().split(b'\0')[0]
    except OSError:
        return b''


h = hit(f'{site.url}/tall')
conf(seconds='20', browser=CHROMIUM)
p = f.start('evidence', 'capture', h)
ended = False
for _ in range(300):
    for keeper in [x for x in children(p.pid) if name(x).endswith(b'fairtrack-browse')]:
        for x in children(keeper):
            if not ended and '/tall' in ' '.join(site.asked[-8:]):
                os.kill(x, signal.SIGKILL)
                ended = True
    if ended:
        break
    time.sleep(0.05)
out, err = p.communicate(timeout=200)
row = looks(h)[-1]
t.check(ended and p.returncode == 0 and row['found'] == 'there' and said(row, 'ended in the first attempt'), 'a_browser_that_is_ended_is_started_once_more', (ended, p.returncode, err, row))

# ---- a clock that is wrong -------------------------------------------------------------------------------------------------------
conf(clock=site.url + '/early')
code, row, err = capture(hits['early'])
path, code, out = package(row)
t.check('IT WAS WRONG' in out, 'a_clock_that_is_years_off_is_shown_by_verify', out[-800:])

# ---- 40,000 pixels ------------------------------------------------------------------------------------------------------------
conf(seconds='30', max_height='40000', browser=CHROMIUM)
code, row, err = capture(h)
t.check(code == 0 and row['found'] == 'there' and said(row, 'the picture shows the first 40000'), 'forty_thousand_pixels_are_pictured', (code, row, err))
path, code, out = package(row)
png = zipfile.ZipFile(path).read('exhibits/page.png')
w, high = struct.unpack('>II', png[16:24])
t.check((w, high) == (1366, 40044), 'under_a_band_with_address_and_time', (w, high))

# ---- a full disk ------------------------------------------------------------------------------------------------------------------
conf(browser='')
if not small:
    t.skip('a_full_disk', 'no mount name space of its own may be had here')
    t.end()


def fill(leave):
    free = os.statvfs(f.home)
    with open(f.home + '/filler', 'wb') as o:
        o.write(b'\0' * max(0, free.f_bavail * free.f_frsize - leave))


before = (len(f.json('evidence', 'list')), len(looks(hits['early'])), sorted(os.listdir(f.home + '/vault')))
fill(150 << 10)
code, out, err = f('evidence', 'capture', hits['early'])
after = (len(f.json('evidence', 'list')), len(looks(hits['early'])), sorted(os.listdir(f.home + '/vault')))
t.check(code == 4 and one_line(err) and (b'No space left' in err or b'full' in err), 'a_disk_that_is_full_during_a_capture_is_said_in_one_line', (code, err))
t.check(before[:2] == after[:2], 'and_no_half_capture_and_no_half_package_is_there', (before, after))
os.remove(f.home + '/filler')
code, row, err = capture(hits['early'])
t.check(code == 0 and row['package'], 'with_room_again_it_is_captured', (code, row, err))
n = row['package']
fill(0)
code, out, err = f('evidence', 'seal', str(n))
state = [x['state'] for x in f.json('evidence', 'list') if x['package'] == n]
os.remove(f.home + '/filler')
t.check(code == 4 and b'Sanitizer' not in err and (b'full' in err or b'No space' in err or b'disk' in err), 'a_disk_that_is_full_in_the_middle_of_a_seal_is_said', (code, out, err, state))
t.check([x['state'] for x in f.json('evidence', 'list') if x['package'] == n] == ['sealing'], 'the_package_waits_for_its_seal_as_before', f.json('evidence', 'list')[:1])
code, out, err = f('worker', '--once')
path, code, out = package(row)
t.check(code == 0 and 'BAD' not in out, 'the_worker_seals_it_later_and_it_holds', (code, out[-500:]))
t.check(not [c for c in f.json('doctor', '--deep') if c['state'] == 'BAD'], 'and_the_doctor_finds_the_home_sound', f.json('doctor', '--deep'))
t.end()
