#!/usr/bin/env python3
"""test_door.py FAIRTRACK-PORTAL - a portal on a machine of its own: what its home may ask, and that nobody else may."""
import atexit, hashlib, hmac, http.client, json, os, struct, subprocess, sys, time
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tap import Tap
from notice import NOTICE, REPORT

t = Tap()
top = os.path.join(t.top, "far")
p = subprocess.Popen([os.path.abspath(sys.argv[1]), "--dir", top, "--listen", "127.0.0.1:0", "--door"], stdout=subprocess.PIPE, stderr=open(os.path.join(t.top, "err"), "ab"),
                     env=dict(os.environ, ASAN_OPTIONS="detect_leaks=0"))
atexit.register(p.kill)
port = int(p.stdout.readline().decode().strip().rsplit(":", 1)[1] or 0)
secret = open(os.path.join(top, "home.secret")).read()
t.check(len(secret) == 64 and os.stat(os.path.join(top, "home.secret")).st_mode & 0o077 == 0, "the secret is made, for its owner alone")


def bundle(head, files=()):
    head = dict(head, files=[{"name": n, "bytes": len(b), "sha256": hashlib.sha256(b).hexdigest()} for n, b in files])
    j = json.dumps(head).encode()
    return b"FTA1" + struct.pack("<I", len(j)) + j + b"".join(b for _, b in files)


def ask(what, body, key=secret, when=None, sent=None, method="POST"):
    when = str(int(when if when is not None else time.time()))
    sha = hashlib.sha256(body).hexdigest()
    mac = hmac.new(key.encode(), ("POST /home/%s\n%s\n%s" % (what, when, sha)).encode(), hashlib.sha256).hexdigest()
    c = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    c.request(method, "/home/" + what, body=sent if sent is not None else body, headers={"Authorization": "Fairtrack %s %s %s" % (when, sha, mac)})
    r = c.getresponse()
    text = r.read()
    c.close()
    return r.status, text


def page(path, method="GET", body=None, **headers):
    c = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    c.request(method, path, body=body, headers={k.replace("_", "-"): v for k, v in headers.items()})
    r = c.getresponse()
    text = r.read().decode("utf-8", "replace")
    c.close()
    return r.status, text


link = "L" * 43
hashed = hashlib.sha256(link.encode()).hexdigest()
put = bundle({"id": NOTICE["id"], "notice": NOTICE, "links": [{"hash": hashed, "expires": "2099-01-01T00:00:00Z"}]}, [("letter.pdf", b"%PDF-1.7")])
for name, status in (("another secret", ask("notice", put, key="0" * 64)[0]), ("an old request", ask("notice", put, when=time.time() - 900)[0]), ("a request of tomorrow", ask("notice", put, when=time.time() + 900)[0]),
                     ("another body", ask("notice", put, sent=put[:-1] + b"x")[0]), ("no signature", page("/home/notice", "POST", b"x")[0]), ("a GET", page("/home/answers")[0])):
    t.check(status == 404 and not os.path.exists(os.path.join(top, "notices", NOTICE["id"])), "with %s the door is not there" % name, status)
t.check(ask("notice", put)[0] == 200 and ask("notice", put)[0] == 200, "a notice goes in, and again")
t.check(page("/n/" + link)[0] == 200 and "%PDF" in page("/n/%s/file/letter.pdf" % link)[1], "and is there for its recipient")
s, text = ask("files", bundle({"id": NOTICE["id"]}))
t.check(s == 200 and json.loads(text)["files"] == [{"name": "letter.pdf", "sha256": hashlib.sha256(b"%PDF-1.7").hexdigest()}], "it tells which files it has, by their hashes", text)
t.check(ask("file", bundle({"id": NOTICE["id"]}, [("evidence-1.wacz", b"PK-package")]))[0] == 200 and page("/n/%s/file/evidence-1.wacz" % link)[1] == "PK-package", "a file comes alone")
keep = {"id": NOTICE["id"], "notice": NOTICE, "links": [], "keep": ["evidence-1.wacz"]}
t.check(ask("notice", bundle(keep))[0] == 200 and page("/n/%s/file/evidence-1.wacz" % link)[0] == 200 and page("/n/%s/file/letter.pdf" % link)[0] == 404, "what is kept stays, the rest goes")
t.check(ask("notice", bundle(dict(keep, keep=["other.pdf"])))[0] == 404 and page("/n/" + link)[0] == 200, "what should stay and is not there is told, and the page stays as it was")
t.check(ask("notice", bundle(dict(keep, keep=["../../answers.key"])))[0] == 400 and ask("file", bundle({"id": NOTICE["id"]}, [("../x", b"1")]))[0] == 400, "no name leads out of the folder")
t.check(ask("notice", put)[0] == 200, "and it is whole again")
s, listed = ask("answers", bundle({}))
rows = json.loads(listed)["downloads"]
t.check(len(rows) == 2 and rows[0]["file"] == "evidence-1.wacz" and all(ask("downloaded", bundle(r))[0] == 200 for r in rows) and json.loads(ask("answers", bundle({}))[1])["downloads"] == [], "who fetched a package waits for the home", listed)
t.check(ask("public", bundle({"name": "report", "facts": REPORT}))[0] == 200 and page("/report?lang=en")[0] == 200 and ask("public", bundle({"name": "report", "facts": None}))[0] == 200 and page("/report")[0] == 404,
        "a page for everybody comes and goes")
t.check(ask("public", bundle({"name": "../answers.key", "facts": {}}))[0] == 400, "and no other")
for bad in (dict(id="../x"), dict(id="lower-case"), dict(links=[{"hash": "zz", "expires": "2099-01-01T00:00:00Z"}]), dict(links=[{"hash": hashed, "expires": "never"}])):
    head = dict({"id": "FT-BAD-1", "notice": NOTICE, "links": []}, **bad)
    t.check(ask("notice", bundle(head))[0] == 400, "not taken: %s" % list(bad.items())[0][1:])
t.check(ask("notice", bundle({"id": "FT-BAD-2", "notice": NOTICE, "links": []}, [("../../x", b"1")]))[0] == 400 and not os.path.exists(os.path.join(t.top, "x")), "no file leaves the folder")
t.check(ask("notice", b"FTA1\xff\xff\xff\xff")[0] >= 400 and ask("notice", b"")[0] >= 400, "nonsense is refused")
f = page("/n/%s/answer/own?lang=en" % link)[1]
once = f.split('name="once" value="')[1][:32]
s, _ = page("/n/%s/answer/own" % link, "POST", "once=%s&note=mine" % once, Content_Type="application/x-www-form-urlencoded")
t.check(s >= 500, "before the home has given its key nothing is taken that nobody could open", s)
t.check(ask("key", bundle({"key": "short"}))[0] == 400 and ask("key", bundle({"key": "09" + "00" * 31}))[0] == 200, "the home gives its key")
s, _ = page("/n/%s/answer/own" % link, "POST", "once=%s&note=mine" % once, Content_Type="application/x-www-form-urlencoded")
s2, listed = ask("answers", bundle({}))
rows = json.loads(listed)["answers"]
t.check(s == 303 and s2 == 200 and len(rows) == 1 and rows[0]["notice"] == NOTICE["id"], "an answer waits for the home", (s, listed))
s, sealed = ask("answer", bundle(rows[0]))
t.check(s == 200 and len(sealed) > 48 and b"mine" not in sealed, "it is fetched sealed")
t.check(ask("answer", bundle({"notice": NOTICE["id"], "name": "../notice.json"}))[0] == 404, "and nothing else is")
t.check(ask("answered", bundle(rows[0]))[0] == 200 and ask("answered", bundle(rows[0]))[0] == 200 and json.loads(ask("answers", bundle({}))[1])["answers"] == [], "once safe at home it goes")
t.check(ask("remove", bundle({"id": NOTICE["id"]}))[0] == 200 and ask("remove", bundle({"id": NOTICE["id"]}))[0] == 200 and page("/n/" + link)[0] == 404, "a notice is removed, with its links")
p.terminate()
t.check(p.wait(20) == 0 and b"ERROR:" not in open(os.path.join(t.top, "err"), "rb").read(), "it ends when asked, and no sanitizer complained", open(os.path.join(t.top, "err")).read()[-800:])
t.end()
