"""test_factor.py - the second factor, recovery codes, the list of sessions and the reset of a password, asked over loopback."""
import base64, hashlib, hmac, html, json, os, re, shutil, sqlite3, struct, subprocess, time, urllib.parse
from fairweb import Server, run, test

ME, PASSWORD = "reviewer@example.com", "correct horse battery"


def code(secret, step):
    """RFC 6238, told once more."""
    mac = hmac.new(base64.b32decode(secret), struct.pack(">Q", step), hashlib.sha1).digest()
    at = mac[19] & 15
    return "%06d" % ((struct.unpack(">I", mac[at:at + 4])[0] & 0x7fffffff) % 1000000)


def step_now():
    """The present step, not at its very end: what follows takes a few seconds."""
    if time.time() % 30 > 22:
        time.sleep(30.5 - time.time() % 30)
    return int(time.time()) // 30


def half(s, **more):
    """Signed in by the password alone."""
    c = s.client()
    c.get("/sign-in")
    r = c.post("/sign-in", {"email": ME, "password": PASSWORD, **more})
    return c, r


@test
def it_is_set_up_with_the_password_and_a_code_of_the_device(s):
    c, other = s.client(), s.client()
    assert c.sign_in(ME).status == 303 and other.sign_in(ME).status == 303
    assert "Off. A stolen password" in c.get("/account").text
    c.get("/account/second-factor")
    assert c.get("/account/second-factor.svg").status == 404
    r = c.post("/account/second-factor", {"what": "begin", "password": "wrong horse battery"})
    assert r.status == 403 and "not your password" in r.text
    r = c.post("/account/second-factor", {"what": "begin", "password": PASSWORD})
    assert r.status == 303, r.text[:300]
    page = c.get("/account/second-factor")
    s.secret = html.unescape(re.search(r'class="secret"><code>([A-Z2-7 ]+)</code>', page.text).group(1)).replace(" ", "")
    assert len(s.secret) == 32
    svg = c.get("/account/second-factor.svg")
    assert svg.header("content-type") == "image/svg+xml" and svg.header("cache-control") == "no-store"
    if shutil.which("zbarimg") and shutil.which("rsvg-convert"):
        png = subprocess.run(["rsvg-convert", "-w", "400"], input=svg.body, stdout=subprocess.PIPE, check=True).stdout
        read = subprocess.run(["zbarimg", "-q", "--raw", "-"], input=png, stdout=subprocess.PIPE).stdout.decode().strip()
        assert read == f"otpauth://totp/Fairtrack:{urllib.parse.quote(ME, safe='')}?secret={s.secret}&issuer=Fairtrack", read
    assert c.post("/account/second-factor", {"what": "off", "code": "123456"}).status == 409, "it is not on yet"
    s.step = step_now()
    right = code(s.secret, s.step - 1)
    wrong = "%06d" % ((int(right) + 1) % 1000000)
    while wrong in [code(s.secret, s.step + k) for k in (-2, -1, 0, 1, 2)]:
        wrong = "%06d" % ((int(wrong) + 1) % 1000000)
    s.wrong = wrong
    assert c.post("/account/second-factor", {"what": "confirm", "code": wrong}).status == 400
    r = c.post("/account/second-factor", {"what": "confirm", "code": right})
    s.codes = re.findall(r"<li><code>([A-Z2-7]{4}(?:-[A-Z2-7]{4}){3})</code>", r.text)
    assert r.status == 200 and len(set(s.codes)) == 10, r.text[:500]
    assert other.get("/").status == 303, "whoever is in elsewhere has not shown a code"
    assert c.get("/").status == 200
    assert c.get("/account/second-factor.svg").status == 404, "a secret in use is not shown again"
    assert c.api("/account")["second_factor"] is True
    assert s.secret not in c.get("/account/second-factor").text
    s.in_by_setup = c


@test
def with_the_password_alone_one_sees_nothing(s):
    c, r = half(s, next="/hits?state=all")
    assert r.status == 303 and r.header("location") == "/sign-in/code?next=%2Fhits%3Fstate%3Dall", r.header("location")
    for path in ("/", "/hits", "/account", f"/hits/{s.hits[0]}", "/account/second-factor"):
        assert c.get(path).status == 303, path
        assert c.ask("GET", "/api" + path).status == 401, path
    c.get("/sign-in/code")
    assert c.post(f"/hits/{s.hits[0]}/decide", {"what": "pursue"}).status == 401
    assert c.post("/account/token").status == 401
    assert c.post("/sign-in/code", {"code": s.wrong}, csrf=False).status == 403
    r = c.post("/sign-in/code", {"code": s.wrong})                                       # failure 1
    assert r.status == 403 and "not the code" in r.text
    r = c.post("/sign-in/code", {"code": code(s.secret, s.step - 1)})                    # failure 2
    assert r.status == 403, "the code of the set-up is used up"
    c.get("/sign-in/code?next=%2Fhits%3Fstate%3Dall")
    step = step_now()
    r = c.post("/sign-in/code", {"code": code(s.secret, step)[:3] + " " + code(s.secret, step)[3:], "next": "/hits?state=all"})
    assert r.status == 303 and r.header("location") == "/hits?state=all", (r.status, r.text[:300])
    assert c.get("/").status == 200
    thief, r = half(s)
    thief.get("/sign-in/code")
    r = thief.post("/sign-in/code", {"code": code(s.secret, step)})                      # failure 3
    assert r.status == 403, "a code that was seen is worth nothing"
    assert thief.get("/").status == 303


@test
def a_recovery_code_lets_in_once_however_it_is_typed(s):
    c, r = half(s)
    c.get("/sign-in/code")
    assert c.post("/sign-in/code", {"code": s.codes[3].lower().replace("-", " ")}).status == 303
    assert c.get("/").status == 200
    assert "9 recovery codes are left" in c.get("/account/second-factor").text
    c, r = half(s)
    c.get("/sign-in/code")
    assert c.post("/sign-in/code", {"code": s.codes[3]}).status == 403                   # failure 4
    c, r = half(s, code=s.codes[4])
    assert r.status == 303 and r.header("location") == "/", "the code may come along with the password"
    assert c.get("/").status == 200


@test
def a_one_time_link_asks_for_it_too(s):
    users = s.owner.api("/users")["users"]
    s.me = next(u["id"] for u in users if u["email"] == ME)
    assert next(u for u in users if u["id"] == s.me)["second_factor"] is True
    s.owner.get("/users")
    link = re.search(r"http://[^<]*/in/[A-Za-z0-9_-]+", s.owner.post(f"/users/{s.me}", {"what": "link"}).text).group(0)
    c, path = s.client(), urllib.parse.urlsplit(link).path
    c.get(path)
    r = c.post(path)
    assert r.status == 303 and r.header("location") == "/sign-in/code", r.header("location")
    assert c.get("/").status == 303
    c.get("/sign-in/code")
    assert c.post("/sign-in/code", {"code": s.codes[5]}).status == 303
    assert c.get("/").status == 200


@test
def sessions_are_listed_and_one_is_ended_without_the_others(s):
    a, b, worker = s.client(), s.client(), s.client()
    for c in (a, b):
        assert c.sign_in("counsel@example.com").status == 303
    worker.sign_in("worker@example.com")
    agent = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
    phone = s.client()
    phone.get("/sign-in")
    phone.post("/sign-in", {"email": "counsel@example.com", "password": PASSWORD}, headers={"User-Agent": agent})
    assert "Firefox on Linux" in a.get("/account").text
    rows = a.api("/account")["sessions"]
    assert len(rows) == 3 and sum(r["current"] for r in rows) == 1 and {r["kind"] for r in rows} == {"password"}, rows
    theirs = next(r["id"] for r in rows if r["agent"] == agent)
    worker.get("/account")
    assert worker.post(f"/account/sessions/{theirs}/end").status == 404, "another's session is not there"
    a.get("/account")
    assert a.post(f"/account/sessions/{theirs}/end").status == 303
    assert phone.get("/").status == 303 and b.get("/").status == 200
    a.get("/account")
    token = a.ask("POST", "/api/account/token", headers={"X-CSRF-Token": a.csrf}).json["token"]
    rows = a.api("/account")["sessions"]
    key = next(r["id"] for r in rows if r["kind"] == "token")
    assert s.client().get("/api/hits", Authorization="Bearer " + token).status == 200
    a.post(f"/account/sessions/{key}/end")
    assert s.client().get("/api/hits", Authorization="Bearer " + token).status == 401
    a.post("/sign-out-everywhere")
    assert b.get("/").status == 303 and a.get("/").status == 200


@test
def who_sees_to_accounts_switches_it_off_and_resets_a_password(s):
    s.owner.get("/users")
    c = s.in_by_setup
    assert c.get("/").status == 200
    r = s.owner.post(f"/users/{s.me}", {"what": "reset"})
    link = re.search(r"http://[^<]*/in/[A-Za-z0-9_-]+", r.text).group(0)
    assert c.get("/").status == 303, "a reset signs out everywhere"
    s.owner.get("/users")
    assert s.owner.post(f"/users/{s.me}", {"what": "factor_off"}).status == 303
    assert s.owner.post(f"/users/{s.me}", {"what": "factor_off"}).status == 404
    c, path = s.client(), urllib.parse.urlsplit(link).path
    c.get(path)
    r = c.post(path)
    assert r.status == 303 and r.header("location") == "/account?first=yes", r.header("location")
    c.get("/account?first=yes")
    assert c.post("/account/password", {"password": "staple staple staple", "again": "staple staple staple"}).status == 303
    c = s.client()
    c.get("/sign-in")
    assert c.post("/sign-in", {"email": ME, "password": "staple staple staple"}).status == 303
    assert c.get("/").status == 200


@test
def five_failures_brake_the_right_code_too(s):
    c = s.client()
    assert c.sign_in("worker@example.com").status == 303
    c.get("/account/second-factor")
    c.post("/account/second-factor", {"what": "begin", "password": PASSWORD})
    secret = c.api("/account/second-factor")["secret"]
    c.get("/account/second-factor")
    r = c.post("/account/second-factor", {"what": "confirm", "code": code(secret, step_now() - 1)})
    codes = re.findall(r"<li><code>([A-Z2-7-]{19})</code>", r.text)
    c, other = s.client(), s.client()
    for x in (c, other):
        x.get("/sign-in")
        assert x.post("/sign-in", {"email": "worker@example.com", "password": PASSWORD}).header("location") == "/sign-in/code"
        x.get("/sign-in/code")
    r = c.post("/sign-in/code", {"code": "AAAA-AAAA-AAAA-AAAA"})                          # failure 5 of this address
    assert r.status == 403
    r = other.post("/sign-in/code", {"code": codes[0]})
    assert r.status == 429 and r.header("retry-after") == "900", r.status
    assert other.get("/").status == 303


@test
def the_secret_lies_sealed_and_one_of_before_is_sealed_at_the_start(s):
    db = sqlite3.connect("file:%s/home/db?mode=ro" % s.folder, uri=True)
    rows = db.execute("SELECT account_id, secret FROM second_factor").fetchall()
    assert rows and all(len(r[1]) == 61 and r[1][0] == 1 for r in rows), rows
    db.close()


server = Server()
server.owner = server.client().sign_in_by_link(0)
run(server)
