"""authority.py - time-stamp authorities of a test's own (openssl ts), in a folder, and behind a small loopback HTTP server."""
import hashlib, http.server, os, subprocess, threading

CONF = '''[req]
distinguished_name = dn
prompt = no
[dn]
CN = %(name)s
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
[tsa]
basicConstraints = CA:FALSE
extendedKeyUsage = %(eku)s
[ts]
default_tsa = one
[one]
serial = %(dir)s/serial
crypto_device = builtin
signer_cert = %(dir)s/tsa.pem
signer_key = %(dir)s/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_chain = no
'''


def run(*a, **k):
    p = subprocess.run(a, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **k)
    if p.returncode:
        raise RuntimeError('%r: %s' % (a, p.stderr.decode()))
    return p.stdout


class Authority:
    """A root and a time-stamp certificate under it.  eku: as in openssl's settings; dates: (from, until) of the certificate as
    YYYYMMDDHHMMSSZ, or None."""

    def __init__(self, top, name, eku='critical,timeStamping', dates=None):
        self.dir, self.root = '%s/%s' % (top, name), '%s/%s/ca.pem' % (top, name)
        os.makedirs(self.dir)
        d = self.dir
        with open(d + '/conf', 'w') as f:
            f.write(CONF % {'name': name, 'eku': eku, 'dir': d})
        new = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-config', d + '/conf']
        run('openssl', 'req', '-x509', *new, '-keyout', d + '/ca.key', '-out', self.root, '-days', '3650', '-extensions', 'root', '-subj', '/CN=Root of ' + name)
        run('openssl', 'req', *new, '-keyout', d + '/tsa.key', '-out', d + '/tsa.csr', '-subj', '/CN=' + name)
        if dates:
            open(d + '/index', 'w').close()
            with open(d + '/ca.conf', 'w') as f:
                f.write('[ca]\ndefault_ca=x\n[x]\ndatabase=%s/index\nnew_certs_dir=%s\nserial=%s/caserial\ndefault_md=sha256\npolicy=any\n[any]\ncommonName=supplied\n' % (d, d, d))
            with open(d + '/caserial', 'w') as f:
                f.write('77\n')
            run('openssl', 'ca', '-batch', '-notext', '-config', d + '/ca.conf', '-cert', self.root, '-keyfile', d + '/ca.key', '-in', d + '/tsa.csr', '-out', d + '/tsa.pem',
                '-startdate', dates[0], '-enddate', dates[1], '-extfile', d + '/conf', '-extensions', 'tsa')
        else:
            run('openssl', 'x509', '-req', '-in', d + '/tsa.csr', '-CA', self.root, '-CAkey', d + '/ca.key', '-set_serial', '7', '-out', d + '/tsa.pem', '-days', '3600',
                '-extfile', d + '/conf', '-extensions', 'tsa')
        with open(d + '/serial', 'w') as f:
            f.write('01\n')

    def reply(self, query):
        """The TimeStampResp for a TimeStampReq, DER."""
        with open(self.dir + '/q', 'wb') as f:
            f.write(query)
        run('openssl', 'ts', '-reply', '-queryfile', self.dir + '/q', '-config', self.dir + '/conf', '-section', 'one', '-chain', self.root, '-out', self.dir + '/r')
        with open(self.dir + '/r', 'rb') as f:
            return f.read()

    def forge(self, token_info):
        """A bare token over a TSTInfo of another authority, signed with this one's certificate, whatever that is for."""
        d = self.dir
        with open(d + '/info', 'wb') as f:
            f.write(token_info)
        return run('openssl', 'cms', '-sign', '-binary', '-nodetach', '-cades', '-md', 'sha256', '-econtent_type', '1.2.840.113549.1.9.16.1.4', '-in', d + '/info',
                   '-signer', d + '/tsa.pem', '-inkey', d + '/tsa.key', '-outform', 'DER')

    def stamp(self, path):
        return self.reply(run('openssl', 'ts', '-query', '-data', path, '-sha256', '-cert'))


class Server:
    """Loopback HTTP: POST /<authority's name> answers queries; /calendar/digest as an OpenTimestamps calendar does, which promises until
    `block` has a height and then leads there; `down`: 503."""

    def __init__(self, authorities):
        outer = self
        self.down, self.asked, self.lock = False, 0, threading.Lock()
        self.block, self.promised = None, set()

        class H(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                with outer.lock:
                    outer.asked += 1
                    body = self.rfile.read(int(self.headers.get('Content-Length', '0')))
                    name = self.path.strip('/')
                    if outer.down:
                        return self.give(503, 'text/plain', b'down')
                    if name in authorities:
                        return self.give(200, 'application/timestamp-reply', authorities[name].reply(body))
                    if name == 'calendar/digest':
                        uri = (outer.url + 'calendar').encode()
                        outer.promised.add(hashlib.sha256(body + b'salt').hexdigest())
                        pay = bytes([len(uri)]) + uri
                        return self.give(200, 'application/octet-stream', b'\xf0\x04salt\x08\x00' + bytes.fromhex('83dfe30d2ef90c8e') + bytes([len(pay)]) + pay)
                    self.give(404, 'text/plain', b'no')

            def do_GET(self):
                what = self.path.rsplit('/', 1)[-1]
                if outer.down or outer.block is None or not self.path.startswith('/calendar/timestamp/') or what not in outer.promised:
                    return self.give(404, 'text/plain', b'pending')
                # a neighbour's digest in front, hashed, and the block's height as a varint
                self.give(200, 'application/octet-stream', b'\xf1\x02ab\x08\x00' + bytes.fromhex('0588960d73d71901') + b'\x03' +
                          bytes([outer.block & 127 | 128, outer.block >> 7 & 127 | 128, outer.block >> 14]))

            def give(self, code, mime, body):
                self.send_response(code)
                self.send_header('Content-Type', mime)
                self.send_header('Content-Length', str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *a):
                pass

        self.server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), H)
        self.url = 'http://127.0.0.1:%d/' % self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
