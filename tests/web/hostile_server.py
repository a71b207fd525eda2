#!/usr/bin/env python3
"""hostile_server.py - a web server that misbehaves on purpose, on loopback only, for the fetcher's tests.

Prints its port, answers until its standard input closes or 300 seconds have passed.  It listens on
127.0.0.1 to 127.0.0.9 so that tests have several hosts; what a path does is the table at the end.
`--dir D` serves files below D with ETag and Last-Modified.  GET /-/log gives what was asked, a line
"host path" each, GET /-/served what was answered, "status path" each; GET /-/forget empties both.
"""
import argparse, email.utils, hashlib, os, socket, sys, threading, time, zlib

ap = argparse.ArgumentParser()
ap.add_argument("--dir")
ap.add_argument("--robots", default="", help="text of 127.0.0.1's robots.txt; empty: 404; @N: status N")
args = ap.parse_args()
log, served, lock, counts = [], [], threading.Lock(), {}
PORT = 0


now = threading.local()      # what this thread is answering


def send(c, status, body=b"", headers=(), length=None):
    if not now.path.startswith("/-/"):
        with lock: served.append(f"{status} {now.path}")
    lines = [f"HTTP/1.1 {status} x"] + [f"{k}: {v}" for k, v in headers]
    if not any(k.lower() == "content-length" for k, _ in headers):
        lines.append(f"Content-Length: {len(body) if length is None else length}")
    c.sendall(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + body)


def redirect(c, to, status=302):
    send(c, status, b"", [("Location", to)])


def slowly(c, data, pause=1.0):
    for i in range(len(data)):
        c.sendall(data[i:i + 1])
        time.sleep(pause)


def bomb(c):
    """256 MiB of zeros in about 1 MB, sent as it is made."""
    z = zlib.compressobj(1, zlib.DEFLATED, 31)
    c.sendall(b"HTTP/1.1 200 x\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n")
    for _ in range(256):
        c.sendall(z.compress(bytes(1 << 20)) + z.flush(zlib.Z_SYNC_FLUSH))
    c.sendall(z.flush())
    return False


def big(c, n):
    block = b"<div><p>unrelated text, again and again</p></div>\n" * 1000
    c.sendall(b"HTTP/1.1 200 x\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<html><img src=/first.png>")
    for _ in range(n // len(block)):
        c.sendall(block)
    return False


def counted(name):
    with lock:
        counts[name] = counts.get(name, 0) + 1
        return counts[name]


def robots(c, host):
    mode = {"127.0.0.1": args.robots, "127.0.0.2": "", "127.0.0.3": "@503", "127.0.0.4": "@silent", "127.0.0.5": "@hops5",
            "127.0.0.6": "@hops9", "127.0.0.7": "@late", "127.0.0.8": "User-agent: fairtrack\nCrawl-delay: 1\n"}.get(host, "")
    if mode == "@silent":
        time.sleep(20)
        return False
    if mode.startswith("@hops"):
        redirect(c, f"/robots-hop/{int(mode[5:])}")
    elif mode == "@late":
        # The rule that counts lies just before the 500 KiB that must be read; then there is more.
        filler = b"# filler filler filler filler\n"
        text = b"User-agent: *\n" + filler * ((499 * 1024) // len(filler)) + b"Disallow: /private\n"
        send(c, 200, text + filler * 60000, [("Content-Type", "text/plain")])
    elif mode.startswith("@"):
        send(c, int(mode[1:]))
    elif mode == "":
        send(c, 404)
    else:
        send(c, 200, mode.encode(), [("Content-Type", "text/plain")])


def from_dir(c, path, headers):
    name = os.path.normpath(os.path.join(args.dir, path.lstrip("/")))
    if not name.startswith(os.path.normpath(args.dir)):
        return send(c, 404)
    if os.path.isdir(name):
        name = os.path.join(name, "index.html")
    if not os.path.isfile(name):
        return send(c, 404, b"nothing here")
    body = open(name, "rb").read()
    tag = '"' + hashlib.sha256(body).hexdigest()[:16] + '"'
    kind = {".html": "text/html; charset=utf-8", ".css": "text/css", ".jpg": "image/jpeg", ".png": "image/png", ".gif": "image/gif",
            ".webp": "image/webp", ".xml": "application/xml"}.get(os.path.splitext(name)[1], "application/octet-stream")
    same = [("ETag", tag), ("Last-Modified", email.utils.formatdate(os.path.getmtime(name), usegmt=True))]
    if headers.get("if-none-match") == tag:
        return send(c, 304, b"", same)
    send(c, 200, body, same + [("Content-Type", kind)])


def answer(c, path, host, headers):
    p, _, q = path.partition("?")
    first = p.split("/")[1]
    rest = p[len(first) + 2:]
    if p == "/robots.txt": return robots(c, host)
    if first == "robots-hop":
        n = int(rest)
        if n > 1: return redirect(c, f"/robots-hop/{n - 1}")
        return send(c, 200, b"User-agent: *\nDisallow: /private\n")
    if p == "/hello": return send(c, 200, b"hello", [("Content-Type", 'Text/Plain; Charset="UTF-8"'), ("ETag", '"h"'), ("X-Robots-Tag", "noimageai")])
    if p == "/echo":
        body, n = headers[":body"], int(headers.get("content-length", "0"))
        while len(body) < n:
            got = c.recv(min(65536, n - len(body)))
            if not got: return False
            body += got
        headers[":rest"].append(body[n:])
        text = f"{headers[':method']} {n} {hashlib.sha256(body[:n]).hexdigest()} {headers.get('x-asked', '-')} {headers.get('expect', '-')}"
        return send(c, 200, b"" if headers[":method"] == "HEAD" else text.encode(), length=len(text))
    if p == "/agent": return send(c, 200, headers.get("user-agent", "").encode())
    if p == "/private/secret": return send(c, 200, b"secret")
    if first == "loop": return redirect(c, f"/loop/{int(rest) + 1}")
    if p == "/circle": return redirect(c, "/circle")
    if p == "/to": return redirect(c, q)
    if p == "/slow":
        c.sendall(b"HTTP/1.1 200 x\r\nContent-Length: 1000\r\n\r\n")
        return slowly(c, b"x" * 60) or False
    if p == "/slow-head": return slowly(c, b"HTTP/1.1 200 x\r\nContent-Length: 5\r\n\r\nhello" * 2) or False
    if p == "/short":
        send(c, 200, b"x" * 1000, length=100000)
        return False
    if p == "/long":
        send(c, 200, b"0123456789" * 100, length=10)
        return False
    if p == "/bomb": return bomb(c)
    if p == "/bad-gzip": return send(c, 200, b"this is not gzip at all", [("Content-Encoding", "gzip")])
    if p == "/gzip":
        z = zlib.compressobj(9, zlib.DEFLATED, 31)
        return send(c, 200, z.compress(b"packed well " * 1000) + z.flush(), [("Content-Encoding", "gzip")])
    if p == "/big": return big(c, 50_000_000)
    if p == "/mega": return send(c, 200, b"\0\1\2\3\4\5\6\7" * (1 << 19), [("Content-Type", "application/octet-stream")])
    if p == "/headers": return send(c, 200, b"x", [(f"X-{i}", "y" * 1000) for i in range(200)])
    if p == "/nothing": return False
    if p == "/garbage":
        c.sendall(bytes(range(256)) * 4)
        return False
    if first == "status": return send(c, int(rest), b"as told", [("Retry-After", q)] if q else [])
    if p == "/busy-once": return send(c, 503, b"", [("Retry-After", "1")]) if counted(host + p) == 1 else send(c, 200, b"ready")
    if p == "/etag": return send(c, 304, b"", [("ETag", '"v1"')]) if headers.get("if-none-match") == '"v1"' else send(c, 200, b"fresh", [("ETag", '"v1"')])
    if p == "/since":
        day = "Sun, 06 Nov 1994 08:49:37 GMT"
        return send(c, 304) if headers.get("if-modified-since") == day else send(c, 200, b"fresh", [("Last-Modified", day)])
    if p == "/range":
        data, r = bytes(range(256)), headers.get("range", "bytes=0-255")[6:].split("-")
        return send(c, 206, data[int(r[0]):int(r[1]) + 1], [("Content-Range", f"bytes {r[0]}-{r[1]}/256")])
    if first == "nap":
        time.sleep(float(rest))
        return send(c, 200, b"awake")
    if args.dir: return from_dir(c, p, headers)
    return send(c, 404, b"nothing here")


def serve(c, host):
    c.settimeout(30)
    data = b""
    try:
        while True:
            while b"\r\n\r\n" not in data:
                got = c.recv(65536)
                if not got or len(data) > 1 << 20: return
                data += got
            head, data = data.split(b"\r\n\r\n", 1)
            lines = head.decode("latin-1").split("\r\n")
            path = lines[0].split(" ")[1]
            headers = {k.strip().lower(): v.strip() for k, v in (l.split(":", 1) for l in lines[1:] if ":" in l)}
            now.path = path
            if path == "/-/served":
                with lock: text = "".join(l + "\n" for l in served)
                send(c, 200, text.encode())
                continue
            if path == "/-/log":
                with lock: text = "".join(l + "\n" for l in log)
                send(c, 200, text.encode())
                continue
            if path == "/-/forget":
                with lock: log.clear(); served.clear(); counts.clear()
                send(c, 200, b"")
                continue
            with lock: log.append(f"{host} {path}")
            headers[":method"], headers[":body"], headers[":rest"] = lines[0].split(" ")[0], data, []
            if answer(c, path, host, headers) is False: return
            if headers[":rest"]: data = headers[":rest"][0]
    except (OSError, ValueError, IndexError):
        pass
    finally:
        c.close()


def listen():
    global PORT
    for _ in range(50):
        socks = []
        try:
            for i in range(1, 10):
                s = socket.socket()
                s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                s.bind((f"127.0.0.{i}", PORT if socks else 0))
                if not socks: PORT = s.getsockname()[1]
                s.listen(64)
                socks.append(s)
            return socks
        except OSError:
            for s in socks: s.close()
            PORT = 0
    sys.exit("no port is free on nine loopback addresses")


def accept(s, host):
    while True:
        c, _ = s.accept()
        c.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=serve, args=(c, host), daemon=True).start()


for i, s in enumerate(listen()):
    threading.Thread(target=accept, args=(s, f"127.0.0.{i + 1}"), daemon=True).start()
print(PORT, flush=True)
threading.Timer(300, lambda: os._exit(0)).start()
sys.stdin.read()
os._exit(0)
