"""Pages of five kinds, and their bad cousins, served on this machine for the tests of capturing."""
import http.server
import ssl
import threading
import time
import urllib.parse

FOOT = '<footer><a href="/impressum">Impressum</a> <a href="/agb">AGB</a> <a rel="license" href="https://creativecommons.org/licenses/by/4.0/">CC BY</a></footer>'


def page(body, title="A page", head=""):
    return f'<!doctype html><html lang="de"><head><meta charset="utf-8"><title>{title}</title>{head}</head><body>{body}{FOOT}</body></html>'


class Site:
    """`pictures`: bytes by name.  `change` is read by /use: "" as it was, "gone", "credit", "picture"."""

    def __init__(self, pictures):
        self.pictures, self.change, self.asked, self.served, self.over = pictures, "", [], 0, threading.Event()
        site = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *args):
                pass

            def send(self, code, kind, body, extra=()):
                body = body.encode() if isinstance(body, str) else body
                self.send_response(code)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                for k, v in extra:
                    self.send_header(k, v)
                self.end_headers()
                try:
                    self.wfile.write(body)
                except OSError:
                    pass

            def do_GET(self):
                url = urllib.parse.urlsplit(self.path)
                site.asked.append(self.path)
                site.last_agent = self.headers.get("User-Agent", "")
                name = url.path.strip("/")
                if name == "robots.txt":
                    return self.send(200, "text/plain", "User-agent: *\nDisallow: /secret\n")
                if name.startswith("p/"):
                    b = site.pictures.get(name[2:])
                    if b == b"503":
                        return self.send(503, "text/plain", "later")
                    return self.send(200, "image/jpeg", b) if b else self.send(404, "text/plain", "none")
                if name == "rdap/ipv4.json":
                    return self.send(200, "application/json", '{"version":"1.0","services":[[["127.0.0.0/8"],["%s/rdap-server"]]]}' % site.url)
                if name == "rdap-server/ip/127.0.0.1":
                    return self.send(200, "application/rdap+json", '{"objectClassName":"ip network","handle":"NET-TEST","entities":[{"roles":["abuse"],'
                                     '"vcardArray":["vcard",[["version",{},"text","4.0"],["email",{},"text","abuse@example.net"]]]}]}')
                if name == "use" and site.change == "404":
                    return self.send(404, "text/html", page("<h1>Not here</h1>"))
                if name == "use" and site.change == "500":
                    return self.send(500, "text/html", page("<h1>Trouble</h1>"))
                if name == "moved":
                    return self.send(302, "text/plain", "", [("Location", "/use")])
                if name == "download.bin":
                    return self.send(200, "application/octet-stream", b"x" * 5000, [("Content-Disposition", "attachment; filename=a.bin")])
                if name == "slow":
                    time.sleep(40)
                    return self.send(200, "text/html", "late")
                if name in ("stall", "gap.jpg"):
                    # the head and a part of the body, and then nothing for as long as anybody waits
                    self.send_response(200)
                    self.send_header("Content-Type", "text/html" if name == "stall" else "image/jpeg")
                    self.send_header("Content-Length", "100000")
                    self.end_headers()
                    self.wfile.write(b"<!doctype html><title>Half</title><p>half a page")
                    self.wfile.flush()
                    site.over.wait(60)
                    return
                if name == "fickle.jpg":
                    # another file at each request, of the same picture
                    site.served += 1
                    return self.send(200, "image/jpeg", site.pictures["a.jpg"] + b"\0" * site.served)
                if name == "early":
                    self.date_time_string = lambda timestamp=None: "Thu, 26 Nov 2020 08:00:00 GMT"
                    return self.send(200, "text/plain", "what time is it?")
                if name == "latin":
                    return self.send(200, "text/html; charset=iso-8859-1", b"<title>K\xf6ln</title><p>M\xfcnchen")
                f = getattr(site, "page_" + name.replace("-", "_"), None)
                if f is None:
                    return self.send(404, "text/html", page("<h1>Not here</h1>"))
                return self.send(200, "text/html; charset=utf-8", f())

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.handler = Handler
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def secure(self, certificate, key):
        """The same pages over TLS, with this certificate; the address."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)

        class Secure(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def finish_request(self, request, client_address):
                try:
                    super().finish_request(context.wrap_socket(request, server_side=True), client_address)
                except OSError:
                    pass

        server = Secure(("127.0.0.1", 0), self.handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"https://127.0.0.1:{server.server_address[1]}"

    def page_impressum(self):
        return page("<h1>Impressum</h1><p>Example Publishing, 1 Example Street, Exampletown</p>", "Impressum")

    def page_agb(self):
        return page("<h1>Nutzungsbedingungen</h1>", "AGB")

    def page_use(self):
        if self.change == "gone":
            return page("<h1>A story</h1><p>Words only.</p>")
        name = "b.jpg" if self.change == "picture" else "a.jpg"
        credit = "Photo: R. Example" if self.change == "credit" else "Photo: unknown"
        return page(f'<h1>A story</h1><figure style="margin:40px"><img src="/p/{name}" alt="A view" width="400"><figcaption>{credit}</figcaption></figure>', "A story")

    def page_other(self):
        return page('<img src="/p/other.jpg" width="500" alt="Another view">', "Another")

    def page_tall(self):
        rows = "".join(f'<div style="height:1000px;background:hsl({i * 9},60%,85%)">row {i}</div>' for i in range(39))
        return page(f'<div style="height:3500px">lazy</div><img loading="lazy" src="/p/a.jpg" width="500" height="400">{rows}<div style="height:3000px">end</div>', "Tall")

    def page_endless(self):
        return page('<main id=m></main><script>let n=0;function more(){for(let i=0;i<10;i++){const d=document.createElement("div");d.style.height="300px";'
                    'd.textContent="item "+(++n);m.append(d)}}more();addEventListener("scroll",()=>{if(innerHeight+scrollY>document.body.scrollHeight-600)more()})</script><img src="/p/a.jpg" width="300">', "Endless")

    def page_cookie(self):
        return page('<img src="/p/a.jpg" width="600"><p>text</p><div id="cc" style="position:fixed;bottom:0;left:0;right:0;height:160px;background:#fd8;padding:20px">'
                    'Wir verwenden Cookies und brauchen Ihre Einwilligung. <button>Alle akzeptieren</button> <button>Ablehnen</button></div>'
                    '<img src="http://10.1.2.3/x.png"><img src="http://localhost:1/y.png">', "Cookies")

    def page_dialogs(self):
        return page('<img src="/p/a.jpg" width="300"><a id="d" href="/download.bin" download>get</a><script>alert("Hello there");confirm("Sure?");'
                    'addEventListener("load",()=>{document.getElementById("d").click();open("/agb");onbeforeunload=()=>"stay"});</script>', "Dialogs")

    def page_waits(self):
        return page('<h1>A story</h1><img src="/gap.jpg" width="300"><img src="/p/a.jpg" width="300">', "Waits")

    def page_late(self):
        return page('<h1>A story</h1><img src="/p/late.jpg" width="300">', "Late")

    def page_dead(self):
        return page('<h1>A story</h1><img src="/p/dead.jpg" width="300">', "Dead")

    def page_fickle(self):
        return page('<img src="/fickle.jpg" width="400"><p id=n>0</p><script>let n=0;setInterval(()=>{document.getElementById("n").textContent=++n},40)</script>', "Fickle")

    def page_script(self):
        return page('<img src="/p/a.jpg" width="300" onload="document.title=\'ran\'"><a href="javascript:alert(1)">x</a><style>h2{background:url(/p/a.jpg)}</style>'
                    '<h2 style="background-image:url(/p/a.jpg)">h</h2><iframe src="/agb"></iframe><form action="/steal"><input name=a></form>'
                    '<script>document.cookie="a=1"; new Image().src="/beacon"; document.body.append("script ran")</script><base href="/elsewhere/">', "Script")


if __name__ == "__main__":
    import sys
    site = Site({name.split("/")[-1]: open(name, "rb").read() for name in sys.argv[1:]})
    print(site.url, flush=True)
    threading.Event().wait()
