"""test_pages.py - every page: what surrounds it, what it escapes, who may see it, and that its JSON is the same."""
import http.client, os, re, socket
from html.parser import HTMLParser
from fairweb import Server, run, test

VOID = {"meta", "link", "input", "img", "br", "hr"}
CSP = "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"


class Reader(HTMLParser):
    """Holds a page to what no template may do, however hostile the names in it."""

    def __init__(self):
        super().__init__()
        self.open, self.ids, self.links, self.scripts, self.labels, self.fields = [], [], [], 0, 0, []

    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        for name, value in attrs:
            assert not name.startswith("on"), f"an inline handler: {tag} {name}"
            assert name != "style", f"an inline style: {tag}"
            if name in ("href", "src", "action"):
                assert not (value or "").strip().lower().startswith(("javascript:", "data:")), value
        if tag == "script":
            self.scripts += 1
            assert a.get("src", "").startswith("/assets/"), a
        if "id" in a:
            assert a["id"] not in self.ids, f"id {a['id']} twice"
            self.ids.append(a["id"])
        if tag == "a" and a.get("href", "").startswith("http"):
            assert "noreferrer" in a.get("rel", "") and "noopener" in a.get("rel", ""), a
        if tag == "form" and a.get("method") == "post":
            self.fields.append(False)
        if tag == "input" and a.get("name") == "csrf":
            self.fields[-1] = True
        if tag == "img":
            assert "alt" in a, a
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, f"</{tag}> closes {self.open[-1:]}"
        self.open.pop()


def held(r, where):
    assert r.header("content-security-policy") == CSP, where
    assert r.header("x-content-type-options") == "nosniff", where
    assert r.header("referrer-policy") == "no-referrer", where
    assert r.header("cross-origin-opener-policy") == "same-origin", where
    assert r.header("cross-origin-resource-policy") == "same-origin", where
    p = Reader()
    p.feed(r.text)
    assert p.open == [], (where, p.open)
    assert p.scripts <= 1, where
    assert all(p.fields), f"{where}: a form without its token"
    assert "<script>alert" not in r.text and "<b>" + "caption" not in r.text, where
    return p


def every(s):
    yield from ("/", "/works", "/works?text=mill", "/works?collection=Coast+%26+hills", "/works?page=2", "/hits", "/hits?state=all", "/hits?state=all&site=example.com",
                "/hits?state=pursue", "/hits?verdict=possible", "/hits?text=%3Cscript%3E", "/hits?state=not_a_match", "/rules", "/watches", "/scans", "/users", "/settings", "/account",
                "/account?first=yes", "/nosuch", "/hits/1", "/works/99999")
    yield from (f"/works/{i}" for i in s.works)
    yield from (f"/hits/{i}" for i in s.hits)
    c = s.owner
    yield from (f"/watches/{w['id']}" for w in c.api("/watches")["watches"])
    yield from (f"/scans/{r['id']}" for r in c.api("/scans")["runs"])


@test
def every_page_is_whole_guarded_and_escapes_hostile_names(s):
    for path in every(s):
        r = s.owner.get(path)
        want = 404 if path in ("/nosuch", "/hits/1", "/works/99999") else 200
        assert r.status == want, (path, r.status, r.text[:300])
        assert r.header("content-type") == "text/html; charset=utf-8", path
        assert r.header("cache-control") == "no-store", path
        held(r, path)


@test
def pages_before_signing_in_are_guarded_as_well(s):
    for path in ("/sign-in", "/sign-in?next=%22%3E%3Cscript%3Ealert(1)", "/in/abc", "/nosuch"):
        held(s.client().get(path), path)


@test
def the_api_gives_the_same_models_as_json_without_what_is_for_eyes(s):
    for path in every(s):
        r = s.owner.get("/api" + path)
        assert r.header("content-type") == "application/json; charset=utf-8", path
        assert r.header("content-security-policy") == CSP, path
        model = r.json
        assert isinstance(model, dict), path
        assert '"show"' not in r.text and '"app"' not in r.text and "csrf" not in r.text, path
        if r.status == 404:
            assert model["code"] == 404 and model["error"], path
    hit = s.owner.api(f"/hits/{s.hits[0]}")
    assert hit["site"] == "example.com" and hit["work"]["id"] == s.works[0] and hit["box"] == [80, 60, 720, 500]
    by_accept = s.owner.get(f"/hits/{s.hits[0]}", Accept="application/json").json
    assert by_accept == hit
    assert s.owner.api(f"/works/{s.works[4]}")["path_b64"] == "L3Bob3Rvcy9jYWbpLmpwZw=="


@test
def nobody_sees_anything_without_signing_in(s):
    for path in every(s):
        if path == "/nosuch":
            continue
        r = s.client().get(path)
        assert r.status == 303 and r.header("location").startswith("/sign-in?next="), (path, r.status)
        assert s.client().get("/api" + path).status == 401, path
    for path in (f"/works/{s.works[0]}/thumb.jpg", f"/hits/{s.hits[0]}/preview.jpg", "/hits.csv", "/hits-report.html"):
        assert s.client().get(path).status == 303, path


@test
def pictures_are_ours_and_may_be_kept_for_ever_under_their_address(s):
    src = re.search(r'src="(/works/\d+/thumb\.jpg\?v=[0-9a-f]+)"', s.owner.get("/works").text).group(1)
    r = s.owner.get(src)
    assert r.status == 200 and r.header("content-type") == "image/jpeg" and r.body[:2] == b"\xff\xd8"
    assert "immutable" in r.header("cache-control") and r.header("cache-control").startswith("private")
    again = s.owner.get(src, If_None_Match=r.header("etag"))
    assert again.status == 304 and again.body == b""
    assert s.owner.get(f"/works/{s.works[7]}/thumb.jpg").status == 404
    sha = s.owner.api(f"/works/{s.works[0]}")["sha256"]
    for path in (f"/blob/{sha}.jpg", f"/works/{s.works[0]}/original", f"/works/{s.works[0]}/original.jpg"):
        assert s.owner.get(path).status == 404, path


@test
def assets_are_named_by_what_is_in_them(s):
    page = s.client().get("/sign-in").text
    for path in re.findall(r'"(/assets/[^"]+)"', page):
        r = s.client().get(path)
        assert r.status == 200 and "immutable" in r.header("cache-control"), path
    for path in ("/assets/app.css", "/assets/../web.h", "/assets/..%2fweb.h", "/assets/"):
        assert s.client().get(path).status == 404, path


@test
def only_the_names_people_go_by_are_answered(s):
    for host in ("evil.test", "127.0.0.1.evil.test", "evil.test:80", "localhost.evil.test", "1.2.3", "1.2.3.4.5", ""):
        r = s.owner.get("/", Host=host)
        assert r.status in (400, 421), (host, r.status)
    for host in ("localhost", f"localhost:{s.port}", "127.0.0.1", "[::1]:80", "192.0.2.7"):
        assert s.owner.get("/", Host=host).status == 200, host


def raw(s, data):
    with socket.create_connection(("127.0.0.1", s.port), timeout=10) as c:
        c.sendall(data)
        c.settimeout(5)
        out = b""
        try:
            while True:
                got = c.recv(65536)
                if not got:
                    return out
                out += got
        except (TimeoutError, ConnectionResetError):
            return out


@test
def a_request_that_can_be_read_in_two_ways_is_refused(s):
    for head in (b"Host: localhost\r\nHost: localhost\r\n", b"Host: localhost\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n",
                 b"Host: localhost\r\nContent-Length: 3\r\nContent-Length: 3\r\n", b"Host: localhost\r\nCookie: a=1\r\nCookie: b=2\r\n"):
        answer = raw(s, b"GET /health HTTP/1.1\r\n" + head + b"Connection: close\r\n\r\nabc")
        assert answer.startswith(b"HTTP/1.1 400"), (head, answer[:60])


@test
def nonsense_and_half_requests_do_not_stop_the_server(s):
    for data in (b"\0" * 5000, b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"GET /" + b"a" * 60000 + b" HTTP/1.1\r\n\r\n",
                 b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"X: y\r\n" * 5000 + b"\r\n", b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
                 b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"):
        with socket.create_connection(("127.0.0.1", s.port), timeout=5) as c:
            try:
                c.sendall(data)
                c.settimeout(1)
                c.recv(4096)
            except (TimeoutError, ConnectionResetError, BrokenPipeError):
                pass
        assert s.client().get("/health").body == b"ok\n", data[:40]
    for target in ("/hits?state=%", "/hits?state=%00", "/hits?a=b", "/hits?page=0x", "/hits?page=99999999999999999999", "/hits?site=%FF", "/works?text=%0A", "/hits/0", "/hits/99999999999999999999"):
        assert s.owner.get(target).status in (400, 404), target


@test
def a_method_nobody_takes_is_refused(s):
    for method in ("PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"):
        assert s.owner.ask(method, "/hits").status == 405, method
    assert s.owner.ask("HEAD", "/hits").status == 200
    assert s.owner.get("/sign-out").status == 405


@test
def an_invitation_is_a_link_and_roles_hold_what_they_promise(s):
    s.owner.get("/users")
    r = s.owner.post("/users", {"email": "New@Example.com", "role": "counsel"})
    assert r.status == 200, r.text[:300]
    link = re.search(r"http://[^<]*/in/[A-Za-z0-9_-]+", r.text).group(0)
    s.links.append(link)
    counsel = s.client().sign_in_by_link(len(s.links) - 1)
    assert counsel.get(f"/hits/{s.hits[0]}").status == 200
    for path, form in ((f"/hits/{s.hits[0]}/decide", {"what": "pursue"}), ("/watches", {"target": "https://example.com/", "every": "1d"}),
                       ("/scans", {"target": "https://example.com/", "extent": "page"}), ("/users", {"email": "a@example.com", "role": "owner"}),
                       (f"/works/{s.works[0]}/remove", {})):
        assert counsel.post(path, form).status == 403, path
    for path in ("/users", "/settings"):
        assert counsel.get(path).status == 403, path
    assert "Not a match" not in counsel.get(f"/hits/{s.hits[0]}").text
    s.owner.get("/users")
    assert s.owner.post("/users", {"email": "new@example.com", "role": "counsel"}).status == 409
    assert s.owner.post("/users", {"email": "no address", "role": "counsel"}).status == 400
    me = next(u["id"] for u in s.owner.api("/users")["users"] if u["email"] == "owner@example.com")
    them = next(u["id"] for u in s.owner.api("/users")["users"] if u["email"] == "new@example.com")
    assert s.owner.post(f"/users/{me}", {"what": "disable"}).status == 400
    assert s.owner.post(f"/users/{them}", {"what": "disable"}).status == 303
    assert counsel.get("/").status == 303


@test
def a_package_stands_on_its_hits_page_and_looking_at_it_is_custody(s):
    c = s.owner
    held(c.get(f"/hits/{s.hits[2]}"), "hit with a package")
    before = c.api("/packages/77")
    held(c.get("/packages/77"), "package")
    after = c.api("/packages/77")
    assert before["state"] == "sealed" and before["stamps"][0]["server"] == "https://tsa.example.com/"
    assert len(after["custody"]) == len(before["custody"]) + 2, "each look is a line"
    assert after["custody"][-1]["what"] == "viewed" and after["custody"][-1]["who"] == "owner@example.com"
    assert c.get("/packages/78").status == 404


@test
def anybody_may_read_how_a_package_is_checked(s):
    c = s.client()
    r = c.get("/verify?sha256=" + "0" * 64)
    assert r.status == 200 and "VERIFY.txt" in r.text
    held(r, "verify")
    assert c.get("/packages/77").status in (303, 401)


@test
def anybody_may_read_the_transparency_report_and_no_outcome_of_a_few(s):
    c = s.client()
    r = c.get("/report")
    assert r.status == 200 and "Transparency report" in r.text and "with fewer, a figure would be about single people" in r.text
    held(r, "report")
    told = c.ask("GET", "/report", headers={"Accept": "application/json"}).json
    assert told["least"] == 20 and told["organisations"] and all(o["outcome"] is None for o in told["organisations"]), told
    assert c.get("/terms").status == 404, "no prices where none are published"


def documented():
    """The members of each shape as docs/formats/api.md lists them: {"hit": {"id": True, "preview": False}}; False: may be missing."""
    text = open(os.path.join(os.environ["FAIRTRACK_SOURCE"], "docs/formats/api.md")).read()
    shapes = {}
    for name, members in re.findall(r"\*\*(\w+)\*\* `([^`]+)`", text):
        words = re.sub(r"\{[^}]*\}", "", members).split()
        shapes[name] = {w.rstrip("?"): not w.endswith("?") for w in words}
    return shapes


@test
def every_shape_has_the_members_that_the_document_names(s):
    shapes, c = documented(), s.owner
    hit = s.hits[2]
    seen = {"work": c.api("/works")["works"], "hit": c.api("/hits?state=all")["hits"], "decision": c.api(f"/hits/{hit}")["decisions"],
            "package": c.api(f"/hits/{hit}")["packages"], "rule": c.api("/rules")["rules"], "run": c.api("/scans")["runs"], "watch": c.api("/watches")["watches"], "user": c.api("/users")["users"]}
    seen["session"] = c.api("/account")["sessions"]
    faulty = next(r for r in seen["run"] if r["faults"] > 0)
    seen["fault"] = c.api(f"/scans/{faulty['id']}")["fault_list"]
    c.get("/scans")
    c.post("/scans", {"target": "https://example.com/", "extent": "page"})
    seen["job"] = c.api("/")["jobs"]
    assert set(shapes) >= set(seen), set(seen) - set(shapes)
    for name, rows in seen.items():
        assert rows, f"nothing to see of {name}"
        for row in rows:
            more = set(row) - set(shapes[name])
            less = {m for m, always in shapes[name].items() if always} - set(row)
            assert not more and not less, f"{name}: undocumented {more}, missing {less}"


server = Server()
server.owner = server.client().sign_in_by_link(0)
run(server)
