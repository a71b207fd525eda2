"""fairweb.py - starts the test server on a free loopback port, asks it things, and tells what held: one line a test."""
import html, http.client, json, os, re, shutil, signal, subprocess, sys, tempfile, traceback, urllib.parse

SERVER = os.path.join(os.environ.get("FAIRTRACK_BUILD", "build"), "src/web/test_server")


def pictures(folder):
    """Eight made-up pictures and altered copies of them."""
    if shutil.which("convert") is None:
        print("1..0 # SKIP ImageMagick's convert is not installed")
        sys.exit(77)
    for n in range(1, 9):
        work, found = f"{folder}/work-{n}.jpg", f"{folder}/found-{n}.jpg"
        subprocess.run(["convert", "-size", "96x64", f"gradient:rgb({n * 30},90,40)-rgb(20,{n * 25},200)", "-quality", "80", work], check=True)
        subprocess.run(["convert", work, "-resize", "80x60!", "-quality", "60", found], check=True)


class Reply:
    def __init__(self, r):
        self.status, self.body = r.status, r.read()
        self.headers = [(k.lower(), v) for k, v in r.getheaders()]
        self.text = self.body.decode("utf-8", "replace")

    def header(self, name):
        return next((v for k, v in self.headers if k == name.lower()), None)

    def all(self, name):
        return [v for k, v in self.headers if k == name.lower()]

    @property
    def json(self):
        return json.loads(self.body)


class Client:
    """A browser without a screen: keeps cookies, remembers the form token of the last page."""

    def __init__(self, server):
        self.server, self.cookies, self.csrf = server, {}, None

    def ask(self, method, path, body=None, headers=None):
        c = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        h = {"Accept": "text/html"}
        if self.cookies:
            h["Cookie"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        h.update(headers or {})
        c.request(method, path, body, {k: v for k, v in h.items() if v is not None})
        r = Reply(c.getresponse())
        c.close()
        for line in r.all("set-cookie"):
            name, value = line.split(";")[0].split("=", 1)
            if "Max-Age=0" in line:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value
        found = re.search(r'name="csrf" value="([^"]*)"', r.text)
        if found:
            self.csrf = html.unescape(found.group(1))
        return r

    def get(self, path, **headers):
        return self.ask("GET", path, headers={k.replace("_", "-"): v for k, v in headers.items()})

    def api(self, path):
        r = self.ask("GET", "/api" + path)
        assert r.status == 200, f"{path}: {r.status} {r.text[:200]}"
        return r.json

    def post(self, path, fields=(), csrf=True, headers=None):
        pairs = list(fields.items()) if isinstance(fields, dict) else list(fields)
        if csrf:
            pairs.append(("csrf", self.csrf if csrf is True else csrf))
        h = {"Content-Type": "application/x-www-form-urlencoded"}
        h.update(headers or {})
        return self.ask("POST", path, urllib.parse.urlencode(pairs), h)

    def upload(self, path, files, fields=()):
        mark, parts = "made-up-boundary", []
        for name, value in [("csrf", self.csrf), *fields]:
            parts.append(f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode())
        for name, data in files:
            parts.append(f'--{mark}\r\nContent-Disposition: form-data; name="picture"; filename="{name}"\r\nContent-Type: image/jpeg\r\n\r\n'.encode() + data + b"\r\n")
        return self.ask("POST", path, b"".join(parts) + f"--{mark}--\r\n".encode(), {"Content-Type": f"multipart/form-data; boundary={mark}"})

    def sign_in_by_link(self, who=0):
        path = urllib.parse.urlsplit(self.server.links[who]).path
        self.get(path)
        r = self.post(path)
        assert r.status == 303, f"sign-in by link: {r.status} {r.text[:200]}"
        self.get("/account")
        return self

    def sign_in(self, email, password="correct horse battery"):
        self.get("/sign-in")
        return self.post("/sign-in", {"email": email, "password": password})


class Server:
    def __init__(self, **env):
        self.folder = tempfile.mkdtemp(prefix="fairtrack-web-")
        pictures(self.folder)
        self.log = open(f"{self.folder}/log", "w+")
        self.process = subprocess.Popen([SERVER, f"{self.folder}/home", self.folder], stdout=subprocess.PIPE, stderr=self.log,
                                        env={**os.environ, **env})
        line = self.process.stdout.readline()
        if not line:
            self.stop()
            raise SystemExit("the test server did not start:\n" + self.said)
        told = json.loads(line)
        self.url, self.links, self.hits, self.works = told["url"], told["links"], told["hits"], told["works"]
        self.port = int(told["port"])

    def client(self):
        return Client(self)

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait()
        self.log.seek(0)
        self.said = self.log.read()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)
        return code


class Served:
    """`fairtrack serve` of a home (tap.Fairtrack), without its worker."""

    def __init__(self, f):
        self.process, told = f.start("serve", "--listen", "127.0.0.1:0", "--no-worker"), ""
        while "Stop it" not in told:
            line = self.process.stdout.readline().decode()
            if not line:
                raise SystemExit("serve did not start: " + told)
            told += line
        self.port, self.links = int(re.search(r"127\.0\.0\.1:(\d+)", told).group(1)), re.findall(r"http\S*/in/\S+", told)

    def client(self):
        return Client(self)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)


TESTS = []


def test(f):
    TESTS.append(f)
    return f


def run(server):
    """Every test, each with the server; then the server must end well and have said nothing of a sanitizer."""
    bad = 0
    for n, f in enumerate(TESTS, 1):
        try:
            f(server)
            print(f"ok {n} - {f.__name__}")
        except Exception:
            bad += 1
            print(f"not ok {n} - {f.__name__}")
            print("# " + traceback.format_exc().replace("\n", "\n# "))
    code = server.stop()
    n = len(TESTS) + 1
    if code == 0 and "Sanitizer" not in server.said and "runtime error" not in server.said:
        print(f"ok {n} - the_server_ends_well_when_asked_to")
    else:
        bad += 1
        print(f"not ok {n} - the_server_ends_well_when_asked_to (code {code})\n# " + server.said[-4000:].replace("\n", "\n# "))
    print(f"1..{n}")
    sys.exit(1 if bad else 0)
