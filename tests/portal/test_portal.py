#!/usr/bin/env python3
"""test_portal.py FAIRTRACK-PORTAL - the recipient's pages over loopback: all twelve answers, all languages, and what strangers try."""
import atexit, html.parser, http.client, json, os, re, subprocess, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tap import Tap
from notice import Folder, REPORT, TERMS

t = Tap()
program = os.path.abspath(sys.argv[1])
folder = Folder(t.top)
base = folder.notice()
secret = folder.link()


def start(extra=()):
    p = subprocess.Popen([program, "--dir", folder.dir, "--listen", "127.0.0.1:0", *extra], stdout=subprocess.PIPE, stderr=open(os.path.join(t.top, "err"), "ab"),
                         env=dict(os.environ, ASAN_OPTIONS="detect_leaks=0"))
    atexit.register(p.kill)
    url = p.stdout.readline().decode().strip()
    return p, int(url.rsplit(":", 1)[1]) if url else 0


p, port = start()


def ask(path, method="GET", body=None, **headers):
    c = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        c.request(method, path, body=body, headers={k.replace("_", "-"): v for k, v in headers.items()})
    except BrokenPipeError:
        pass                                    # refused by its headers; the answer is there
    r = c.getresponse()
    text = r.read()
    c.close()
    return r.status, text.decode("utf-8", "replace") if b"\xff\xd8" != text[:2] else text, dict((k.lower(), v) for k, v in r.getheaders())


class Form(html.parser.HTMLParser):
    """The fields and the balance of tags of a page."""
    VOID = {"meta", "link", "input", "br", "img", "image", "rect"}

    def __init__(self, text):
        super().__init__()
        self.fields, self.open, self.bad, self.ids, self.labels, self.action = {}, [], [], set(), 0, None
        self.feed(text)
        self.bad += self.open

    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        if "id" in a:
            if a["id"] in self.ids: self.bad.append("id " + a["id"])
            self.ids.add(a["id"])
        if tag == "form" and a.get("method") == "post": self.action = a["action"]
        if tag in ("input", "textarea") and a.get("name"): self.fields.setdefault(a["name"], []).append(a.get("value", ""))
        if tag not in self.VOID: self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        pass

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag: self.bad.append("/" + tag)


def multipart(fields, files=()):
    out = b""
    for k, v in fields.items():
        out += b'--BB\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (k.encode(), v.encode())
    for name, body in files:
        out += b'--BB\r\nContent-Disposition: form-data; name="file"; filename="%s"\r\nContent-Type: application/octet-stream\r\n\r\n%s\r\n' % (name, body)
    return out + b"--BB--\r\n"


def send(action, fields=None, files=(), form=None, link=None):
    s, text, _ = ask("/n/%s/answer/%s" % (link or secret, action))
    f = Form(text)
    values = {k: v[0] for k, v in f.fields.items() if k == "once"}
    values.update(fields or {})
    return ask(f.action, "POST", multipart(values, files), Content_Type="multipart/form-data; boundary=BB")


def answers():
    return sorted(os.listdir(os.path.join(base, "answers")))


t.check(port > 0, "the portal starts and says its address", open(os.path.join(t.top, "err")).read())
s, page, h = ask("/n/" + secret)
t.check(s == 200 and "Mara Example" in page and 'lang="de"' in page, "the link opens the notice in its language", page[:400])
t.check("<script" not in page and "&lt;script&gt;" in page and "<i>gulls" not in page, "nothing in a notice becomes markup")
t.check("noindex" in h.get("x-robots-tag", "") and h["referrer-policy"] == "no-referrer" and h["cache-control"] == "no-store" and "default-src 'none'" in h["content-security-policy"]
        and "set-cookie" not in h, "kept from search engines, referrers and caches; no cookie is set", h)
t.check(ask("/robots.txt")[1] == "User-agent: *\nDisallow: /\n", "robots.txt keeps everything out")
for code, word in (("de", "Ihre Antwort"), ("en", "Your answer"), ("it", "La Sua risposta"), ("fr", "Votre réponse")):
    s, text, _ = ask("/n/%s?lang=%s" % (secret, code))
    t.check(s == 200 and word in text and Form(text).bad == [] and "{{" not in text, "whole and well-formed in " + code, Form(text).bad)
links = re.findall(r'class="button" href="([^"]+)"', page)
t.check(len(links) == 13, "twelve things to do, and saying that the letter has come", links)
for link in links:
    if "#" in link: continue
    s, text, _ = ask(link)
    f = Form(text)
    if not t.check(s == 200 and f.bad == [] and f.action and "Eingeständnis" in text and 'class="note"' in text, "before %s the page says what it means" % link.rsplit("/", 1)[1], (s, f.bad)):
        break
t.check(ask("/n/%s/file/letter.pdf" % secret)[2].get("content-disposition", "").startswith("attachment"), "the letter is there to be saved")
t.check("Sie haben widersprochen: Sie haben eine Lizenz und das Gesetz erlaubt diese Nutzung" in page and "stand still" in page, "the history is told in sentences")
t.check("Stufe 1 von 3" in page and "keine unabhängige Prüfung" in page and "Niemand steht dazwischen" in page, "proof, who checked it and the mandate are told in words")
t.check("fairtrack verify --key %s evidence-1.wacz" % ("12" * 32) in page and "sha256sum -c sums.tmp" in page and "time.example.com" in page and "ef" * 32 in page, "the evidence says how to check it")
t.check("nicht gefragt" in page and "G17" in page and "G10" not in page, "what was checked is shown, what was not asked too, and what this step does not need is not")


def downloads():
    return sorted(os.listdir(os.path.join(base, "downloads")))


os.makedirs(os.path.join(base, "downloads"), exist_ok=True)
ask("/n/%s/file/evidence-1.wacz" % secret, "HEAD")
ask("/n/%s/file/letter.pdf" % secret)
t.check(downloads() == [], "asking for a file's head, or the letter, is written down nowhere")
h = ask("/n/%s/file/evidence-1.wacz" % secret)[2]
t.check(h["content-type"] == "application/wacz" and len(downloads()) == 1 and open(os.path.join(base, "downloads", downloads()[0])).read() == "evidence-1.wacz",
        "fetching a package is written down for its custody: which and when, and nothing of who", downloads())
for _ in range(70): ask("/n/%s/file/evidence-1.wacz" % secret)
t.check(len(downloads()) == 60, "and no more than sixty times before the home has read it", len(downloads()))
t.check(ask("/n/%s/file/work-1.jpg" % secret)[2]["content-type"] == "image/jpeg", "the pictures are shown")

before = answers()
s, text, h = send("licence", {"shop": "Stock of Exampletown", "order": "A-17", "note": "bought 2024"}, [(b"../../x", b"invoice"), (b"a\\..\\inv.pdf", b"%PDF")])
t.check(s == 303 and "done=" in h["location"], "a licence shown by form and files is taken", (s, text))
s, text, _ = ask(h["location"])
receipt = re.search(r"[0-9a-f]{4}-[0-9a-f]{4}", text)
t.check(receipt and "stehen still" in text, "the receipt is shown, and that every period stands still", text[:300])
t.check(len(answers()) == len(before) + 1 and not os.path.exists(os.path.join(t.top, "x")), "one sealed answer lies in the folder and nothing beside it")
sealed = open(os.path.join(base, "answers", answers()[-1]), "rb").read()
t.check(b"invoice" not in sealed and b"Stock of" not in sealed, "it cannot be read there")
t.check(receipt.group(0) in ask("/n/" + secret)[1], "the notice tells what was sent")

for action, fields in (("own", {"note": "mine"}), ("free", {"address": "https://free.example.com/p", "note": "CC BY"}), ("exception", {"what": "parody", "note": "a joke"}), ("not_me", {"what": "embedded"}),
                       ("done", {"what": "removed"}), ("time", {}), ("question", {"what": "hardship", "note": "please"}), ("offer", {"what": "offer", "amount": "twenty"}),
                       ("complain", {"what": "lawyer_only", "lawyer": "A. Counsel, Example Street 2"}), ("confirm", {})):
    n = len(answers())
    s, text, _ = send(action, fields)
    t.check(s == 303 and len(answers()) == n + 1, action + " is taken", (s, text[:300]))

f = Form(ask("/n/%s/answer/own" % secret)[1])
body = multipart({"once": f.fields["once"][0], "note": "twice"})
n = len(answers())
for _ in range(3): s = ask(f.action, "POST", body, Content_Type="multipart/form-data; boundary=BB")[0]
t.check(s == 303 and len(answers()) == n + 1, "the same form sent three times is one answer")
s, text, _ = send("own", {})
t.check(s == 400 and "genügt" in text and len(answers()) == n + 1, "an answer that says nothing is asked for again, kindly", text[:200])
s, text, _ = send("exception", {"what": "because", "note": "kept words"})
t.check(s == 400 and "kept words" in text or "Formular" in text, "an unknown choice is not taken")
s, text, _ = send("own", {"note": "x"}, [(b"f%d" % i, b"1") for i in range(9)])
t.check(s == 413 and len(answers()) == n + 1, "nine files are too many", s)
s, _, _ = ask("/n/%s/answer/own" % secret, "POST", b"x" * (21 << 20), Content_Type="multipart/form-data; boundary=BB")
t.check(s == 413, "21 MB are too many")
s, _, _ = ask("/n/%s/answer/own" % secret, "POST", multipart({"once": "zz", "note": "x"}), Content_Type="multipart/form-data; boundary=BB")
t.check(s == 400, "a form without its number is not taken")
s, _, _ = ask("/n/%s/answer/own" % secret, "POST", multipart({"once": "0" * 32, "note": "x"}), Content_Type="multipart/form-data; boundary=BB", Origin="https://evil.example.com")
t.check(s == 403, "a form sent by another site is refused")
for path in ("/n/%s/file/../notice.json", "/n/%s/file/..%%2fnotice.json", "/n/%s/file/notice.json", "/n/%s/answer/pay", "/n/%s/answer/see", "/n/%s/x", "/n/%s/file/"):
    if not t.check(ask(path % secret)[0] == 404, "nothing at " + path): break
t.check(ask("/n/" + secret, "DELETE")[0] == 405, "only GET and POST")
t.check(ask("/", Host="evil.example.com")[0] == 421, "another name is not answered")

s, text, _ = ask("/v/ft-26-test-0001?lang=en")
t.check(s == 200 and "Mara Example" in text and "ab" * 32 in text and "tom.example.com" not in text, "anyone can verify the number, and learns nothing of the recipient", text[:300])
s, text, _ = ask("/v?id=FT-26-TEST-0002&lang=en")
t.check(s == 404 and "not from here" in text, "a number that was never issued is called so")
t.check(ask("/v?id=" + "../" * 20)[0] == 404 and ask("/?lang=en")[0] == 200, "no number at all is no fault")
s, text, _ = ask("/n/" + secret, Accept="application/json")
t.check(s == 200 and json.loads(text)["id"] == "FT-26-TEST-0001", "the same as JSON")

t.check(ask("/report")[0] == 404 and ask("/terms")[0] == 404 and "/report" not in ask("/v")[1], "there is no public report before one is published")
folder.public("report", REPORT)
folder.public("terms", TERMS)
s, text, _ = ask("/report?lang=en")
small = text.split("Small Studio")[1]
t.check(s == 200 and "Example Agency" in text and "40.0 %" in text and "We were wrong" in text and "before 20 matters" in small and "Days" not in small, "the report is a page, and tells no outcomes of a few", text[-900:])
s, text, h = ask("/report", Accept="application/json")
t.check(s == 200 and json.loads(text)["organisations"][0]["outcome"]["refuted"] == 10 and h["content-type"].startswith("application/json"), "and the same as JSON")
s, text, _ = ask("/terms?lang=fr")
t.check(s == 200 and "30 % de ce qui est payé" in text and "500 images" in text and "à tout moment" in text, "and what the service costs is a page", text[-900:])
t.check('href="/report?lang=fr"' in text and 'href="/v?lang=fr"' in text, "every page leads to it, in the language chosen")

old = folder.link(expires="2020-01-01T00:00:00Z")
s, text, _ = ask("/n/%s?lang=en" % old)
t.check(s == 410 and "expired" in text and "Mara" not in text, "an expired link shows nothing but how to get another")
f = Form(text)
n = len(answers())
s, _, h = ask(f.action, "POST", "once=" + f.fields["once"][0], Content_Type="application/x-www-form-urlencoded")
t.check(s == 303 and len(answers()) == n + 1, "and asks for one")
t.check(ask("/n/%s/answer/own" % old)[0] == 404 and ask("/n/%s/file/letter.pdf" % old)[0] == 404, "nothing else opens with it")

folder.notice(id="FT-26-TEST-0003", final={"state": "CLOSED_WRONG", "at": "2026-11-25T00:00:00Z", "words": ["The wall is another wall."], "letter": "letter.pdf", "never": True}, language="en")
closed = folder.link("FT-26-TEST-0003")
s, text, _ = ask("/n/" + closed)
t.check(s == 200 and "we were wrong, and we are sorry" in text and "another wall" in text and "refuses to open" in text and "#file" in text and "/answer/licence" not in text and "/answer/rate" in text and "/answer/never" in text, "a closed notice says why, and asks for nothing")
t.check(ask("/n/%s/answer/licence" % closed)[0] == 409, "what is not open is not taken")
folder.notice(id="FT-26-TEST-0004", decision={"words": ["It is not a parody."], "ground": "exception", "at": "2026-11-24T00:00:00Z", "appeal_until": "2099-01-01T00:00:00Z"}, language="en")
t.check("/answer/appeal" in ask("/n/" + folder.link("FT-26-TEST-0004"))[1], "a decision can be appealed while there is time")

log = open(os.path.join(t.top, "err")).read()
t.check(secret not in log and old not in log and "confined" in log, "no link's secret is in the log; what binds the program is", log[-500:])
status = [ask("/n/" + "A" * 43)[0] for _ in range(25)]
t.check(status[0] == 404 and status[-1] == 429, "whoever guesses is braked", status)
t.check(ask("/v/FT-26-TEST-0001")[0] == 200, "and can still verify")
p.terminate()
t.check(p.wait(20) == 0, "it ends when asked")
p, port = start()
t.check(ask("/n/" + secret)[0] == 200 and receipt.group(0) in ask("/n/" + secret)[1], "started again it knows the same")
p.terminate()
p.wait(20)
t.check(b"ERROR:" not in open(os.path.join(t.top, "err"), "rb").read(), "no sanitizer complained")
t.end()
