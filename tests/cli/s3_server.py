#!/usr/bin/env python3
"""s3_server.py DIR ACCESS-KEY SECRET REGION: a small S3 server on loopback for tests, which believes no signature it has not
made again itself with botocore.

Path style; PUT (If-None-Match: *), GET, HEAD, DELETE of objects and ListObjectsV2 with pages of PAGE objects.  Objects are files
below DIR.  Prints its port; ends when its standard input closes, or after 300 seconds.  GET /-/log gives "METHOD path status" lines,
POST /-/busy makes the next N requests (body) be answered 503.
"""
import datetime, hashlib, http.server, os, socketserver, sys, threading, urllib.parse
from xml.sax.saxutils import escape
import botocore.auth, botocore.awsrequest, botocore.credentials

TOP, ACCESS, SECRET, REGION = sys.argv[1:5]
PAGE = 7
log, lock, busy = [], threading.Lock(), [0]


def expected(method, url, headers, stamp):
    """The Authorization header that botocore makes of the same request at the same time."""
    request = botocore.awsrequest.AWSRequest(method=method, url=url, headers=headers)
    auth = botocore.auth.S3SigV4Auth(botocore.credentials.Credentials(ACCESS, SECRET), 's3', REGION)
    request.context['timestamp'] = stamp
    for name in ('X-Amz-Date', 'X-Amz-Content-SHA256'):
        if name not in request.headers:
            request.headers[name] = headers[name.lower()]
    text = auth.string_to_sign(request, auth.canonical_request(request))
    scope = '%s/%s' % (ACCESS, auth.credential_scope(request))
    signed = auth.signed_headers(auth.headers_to_sign(request))
    return 'AWS4-HMAC-SHA256 Credential=%s, SignedHeaders=%s, Signature=%s' % (scope, signed, auth.signature(text, request))


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def log_message(self, *args):
        pass

    def answer(self, status, body=b'', headers=(), length=None):
        with lock:
            log.append('%s %s %d' % (self.command, self.path, status))
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header('Content-Length', str(len(body) if length is None else length))
        self.end_headers()
        if self.command != 'HEAD':
            self.wfile.write(body)

    def error(self, status, code):
        self.answer(status, ('<?xml version="1.0"?><Error><Code>%s</Code><Message>As told.</Message></Error>' % code).encode())

    def refused(self, body):
        h = {k.lower(): v for k, v in self.headers.items()}
        digest = hashlib.sha256(body).hexdigest()
        if h.get('x-amz-content-sha256') != digest:
            return 'XAmzContentSHA256Mismatch'
        stamp = h.get('x-amz-date', '')
        try:
            at = datetime.datetime.strptime(stamp, '%Y%m%dT%H%M%SZ')
        except ValueError:
            return 'AccessDenied'
        if abs((datetime.datetime.utcnow() - at).total_seconds()) > 900:
            return 'RequestTimeTooSkewed'
        signed = {k: v for k, v in h.items() if k in ('host', 'x-amz-content-sha256', 'x-amz-date', 'if-none-match')}
        want = expected(self.command, 'http://%s%s' % (h['host'], self.path), signed, stamp)
        return None if h.get('authorization') == want else 'SignatureDoesNotMatch'

    def handle_any(self):
        body = self.rfile.read(int(self.headers.get('Content-Length') or 0))
        if self.path == '/-/log':
            with lock:
                text = ''.join(l + '\n' for l in log)
            self.send_response(200); self.send_header('Content-Length', str(len(text))); self.end_headers(); self.wfile.write(text.encode())
            return
        if self.path == '/-/busy':
            busy[0] = int(body)
            return self.answer(200)
        if busy[0] > 0:
            busy[0] -= 1
            return self.error(503, 'SlowDown')
        why = self.refused(body)
        if why:
            return self.error(403, why)
        path, _, query = self.path.partition('?')
        bucket, _, key = path[1:].partition('/')
        if not os.path.isdir(os.path.join(TOP, bucket)):
            return self.error(404, 'NoSuchBucket')
        if not key:
            return self.list(bucket, dict(urllib.parse.parse_qsl(query)))
        name = os.path.join(TOP, bucket, key)
        there = os.path.isfile(name)
        if self.command == 'PUT':
            if there and self.headers.get('If-None-Match') == '*':
                return self.error(412, 'PreconditionFailed')
            os.makedirs(os.path.dirname(name), exist_ok=True)
            with open(name + '.part', 'wb') as o:
                o.write(body)
            os.replace(name + '.part', name)
            return self.answer(200)
        if self.command == 'DELETE':
            if there:
                os.remove(name)
            return self.answer(204)
        if not there:
            return self.error(404, 'NoSuchKey')
        with open(name, 'rb') as i:
            data = i.read()
        self.answer(200, data, length=len(data))

    def list(self, bucket, q):
        top = os.path.join(TOP, bucket)
        names = sorted(os.path.relpath(os.path.join(d, n), top) for d, _, files in os.walk(top) for n in files)
        names = [n for n in names if n.startswith(q.get('prefix', '')) and n > q.get('continuation-token', '')]
        page = names[:min(PAGE, int(q.get('max-keys', 1000)))]
        more = len(names) > len(page)
        out = '<?xml version="1.0"?><ListBucketResult><IsTruncated>%s</IsTruncated>' % ('true' if more else 'false')
        if more:
            out += '<NextContinuationToken>%s</NextContinuationToken>' % escape(page[-1])
        for n in page:
            out += '<Contents><Key>%s</Key><Size>%d</Size></Contents>' % (escape(n), os.path.getsize(os.path.join(top, n)))
        self.answer(200, (out + '</ListBucketResult>').encode())

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = handle_any


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True


if __name__ == '__main__':
    s = Server(('127.0.0.1', 0), Handler)
    threading.Thread(target=s.serve_forever, daemon=True).start()
    print(s.server_address[1], flush=True)
    threading.Timer(300, lambda: os._exit(0)).start()
    sys.stdin.read()
    os._exit(0)
