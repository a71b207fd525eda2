"""wacz_rules.py - the rules of WACZ 1.1.1 by a reading of its text that shares nothing with the program's: what py-wacz's `validate` documents
that it checks (required files, listed files, digests, signature file), and beyond it what a replayer leans on (pages, index blocks, every line of the
index against the record that it names).  `faults(path)`: what is wrong, in words."""
import gzip, hashlib, io, json, re, zipfile

RFC3339 = re.compile(r'^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$')


def digest(b, name):
    return name + ':' + hashlib.new(name, b).hexdigest()


def index_lines(z, names, bad):
    """The lines of the CDXJ index, by its blocks where it has them."""
    lines = []
    for n in names:
        b = z.read(n)
        if n.endswith('.cdx.gz'):
            whole = gzip.decompress(b).decode()
            lines += whole.splitlines()
            idx = [x for x in names if x.endswith('.idx')]
            if not idx:
                bad.append(n + ': compressed, and no .idx beside it')
                continue
            text = z.read(idx[0]).decode().splitlines()
            if not text or not text[0].startswith('!meta') or 'cdxj-gzip-1.0' not in text[0]:
                bad.append(idx[0] + ': no !meta line of cdxj-gzip-1.0')
            blocks = ''
            for l in text[1:]:
                o = json.loads(l[l.index('{'):])
                piece = b[o['offset']:o['offset'] + o['length']]
                if 'digest' in o and digest(piece, 'sha256') != o['digest']:
                    bad.append(idx[0] + ': a block has another digest')
                part = gzip.decompress(piece).decode()
                if not part.startswith(l[:l.index('{')].rstrip().split(' ')[0]):
                    bad.append(idx[0] + ': a block begins with another key')
                blocks += part
            if blocks != whole:
                bad.append(idx[0] + ': its blocks are not the index')
        elif n.endswith(('.cdx', '.cdxj')):
            lines += b.decode().splitlines()
    return [l for l in lines if l and not l.startswith('!meta')]


def faults(path, ours=False):
    bad = []
    try:
        z = zipfile.ZipFile(path)
    except zipfile.BadZipFile as e:
        return ['no ZIP file: %s' % e]
    names = z.namelist()
    if len(set(names)) != len(names):
        bad.append('a name stands twice')
    files = [n for n in names if not n.endswith('/')]
    for need, what in (('datapackage.json', 'the description'), ('pages/pages.jsonl', 'the list of pages')):
        if need not in names:
            bad.append('%s (%s) is missing' % (what, need))
    archives = [n for n in files if n.startswith('archive/') and n.endswith(('.warc', '.warc.gz'))]
    indexes = [n for n in files if n.startswith('indexes/')]
    if not archives:
        bad.append('no archive/*.warc.gz')
    if not [n for n in indexes if n.endswith(('.cdx', '.cdx.gz', '.cdxj'))]:
        bad.append('no index')
    if bad:
        return bad
    package = json.loads(z.read('datapackage.json'))
    if package.get('profile') not in ('data-package', 'wacz-package') or 'wacz_version' not in package:
        bad.append('datapackage.json: profile or wacz_version is missing')
    listed = {}
    for r in package.get('resources', []):
        r = dict(r.get('stats', {}), **r)      # as py-wacz wrote it before 1.1.1
        if not {'path', 'hash'} <= set(r):
            bad.append('datapackage.json: a resource without path and hash')
            continue
        listed[r['path']] = r
        if r['path'] not in names:
            bad.append(r['path'] + ': listed and not there')
            continue
        b = z.read(r['path'])
        want = r['hash'] if ':' in r['hash'] else 'sha256:' + r['hash']
        if want != digest(b, want.split(':')[0]):
            bad.append(r['path'] + ': another hash')
        if 'bytes' in r and r['bytes'] != len(b):
            bad.append(r['path'] + ': another length')
    for n in files:
        if n not in listed and n not in ('datapackage.json', 'datapackage-digest.json'):
            bad.append(n + ': not listed')
    if 'datapackage-digest.json' in names:
        d = json.loads(z.read('datapackage-digest.json'))
        h = digest(z.read('datapackage.json'), 'sha256')
        if d.get('path') != 'datapackage.json' or d.get('hash') != h:
            bad.append('datapackage-digest.json: not of this datapackage.json')
        s = d.get('signedData')
        if s is not None and (s.get('hash') != h or not {'signature', 'created', 'software'} <= set(s)):
            bad.append('datapackage-digest.json: signedData is not of it, or not whole')
    elif ours:
        bad.append('no signature')
    pages = [json.loads(l) for l in z.read('pages/pages.jsonl').decode().splitlines() if l.strip()]
    if not pages or pages[0].get('format') != 'json-pages-1.0' or not {'id', 'title'} <= set(pages[0]):
        bad.append('pages/pages.jsonl: no header of json-pages-1.0')
    lines = index_lines(z, indexes, bad)
    if ours and lines != sorted(lines):
        bad.append('the index is not in order')
    at = {}
    for l in lines:
        key, stamp, o = l.split(' ', 2)
        o = json.loads(o)
        name = 'archive/' + o['filename'].split('/')[-1]
        if name not in names:
            bad.append('the index names %s, which is not there' % o['filename'])
            continue
        body = at.setdefault(name, z.read(name))[int(o['offset']):int(o['offset']) + int(o['length'])]
        try:
            record = gzip.GzipFile(fileobj=io.BytesIO(body)).read() if body[:2] == b'\x1f\x8b' else body
        except OSError:
            bad.append('the index points beside a record: ' + key)
            continue
        head = record.split(b'\r\n\r\n', 1)[0].decode(errors='replace')
        uri = re.search(r'^WARC-Target-URI: <?(.*?)>?\s*$', head, re.M | re.I)
        when = re.search(r'^WARC-Date: (\S+)', head, re.M | re.I)
        if not record.startswith(b'WARC/') or uri is None or uri.group(1) != o['url']:
            bad.append('the index points to another record: ' + o['url'][:80])
        elif when and not re.sub(r'\D', '', when.group(1)).startswith(stamp[:14]):
            bad.append('the index has another time than the record: ' + o['url'][:80])
    urls = {json.loads(l.split(' ', 2)[2])['url'] for l in lines}
    for p in pages[1:]:
        if 'url' not in p or not RFC3339.match(p.get('ts', '')):
            bad.append('pages/pages.jsonl: a page without url and ts')
        elif p['url'] not in urls:
            bad.append('a page is in no archive: ' + p['url'][:80])
    for n in archives:
        if z.getinfo(n).compress_type != 0:
            bad.append(n + ': compressed in the ZIP, so that nothing in it can be reached')
    return bad
