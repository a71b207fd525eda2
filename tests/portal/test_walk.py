#!/usr/bin/env python3
"""test_walk.py FAIRTRACK-PORTAL: every page of the portal in every language through a real browser, as a screen reader, a telephone and weak eyes meet it (WCAG
2.2 AA, as far as a machine sees it), every word in the reader's language, and each answer given by the keyboard alone, without scripts."""
import atexit, json, os, re, subprocess, sys
here = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(here, ".."), os.path.join(here, "..", "journeys"), here]
from tap import Tap
from notice import Folder, NOTICE, REPORT, TERMS
from chromium import PROGRAM, Chromium

t = Tap()
program = os.path.abspath(sys.argv[1])
if not os.path.exists(PROGRAM):
    t.skip("every_page_is_for_everybody", "no chromium here")
    t.end()
folder = Folder(t.top)
subprocess.run(["chmod", "755", t.top], check=True)
AGENT = dict(claimant=dict(NOTICE["claimant"], name="Nord Agency", capacity="agent", phone="+49 40 000000", register="Register R 1"), terms=TERMS,
             mandate={"scope": "collection", "territory": "AT CH DE", "rights": ["enforce", "licence", "takedown", "court"], "from": "2025-01-01T00:00:00Z", "until": "2027-01-01T00:00:00Z", "revoked": None,
                      "commission": "30 %", "checked": {"how": "counsel", "by": "A. Counsel", "at": "2026-01-05T00:00:00Z"}})
FINAL = re.compile("CLOSED_|TD_(REJECTED|RESTORED|RETRACTED|LAPSED|DONE)$")
rows = [l.rstrip("\n").split("\t") for l in open(os.path.join(here, "..", "..", "share", "cases", "transitions.tsv"), encoding="utf-8") if l[0] != "#" and not l.startswith("HIT_")]
states = sorted({r[2] for r in rows if FINAL.match(r[2])})
# What a recipient is told of: every move that ends nothing, but for those before the first letter, and how a letter or the clock is told.
told = sorted({r[1] for r in rows if not FINAL.match(r[2])} - {"gather", "seal", "ready", "back", "td-consider", "td-sign", "letter"} |
              {"letter_answer", "letter_decision", "letter_closing", "clock_stopped", "clock_runs", "clock_anew"})
EVERYTHING = [{"at": "2026-11-21T09:00:00Z", "what": w.replace("-", "_"), "days": 14, "grounds": ["licence", "mine", "free", "exception", "not_me", "no_match", "other"]} for w in told] + \
             [{"at": "2026-11-22T09:00:00Z", "what": s.lower()} for s in states]
big = {"file": None, "package": "18", "number": 2, "use": 0, "url": "https://tom.example.com/blog", "captured": "2026-11-20T08:30:00Z", "by": "fairtrack", "software": "Fairtrack 0.1.0",
       "browser": None, "bytes": 90000000, "stamps": [], "datapackage": "da" * 32, "key": "12" * 32}
folder.notice()
folder.notice(id="FT-W-AGENT", **AGENT, history=EVERYTHING, evidence=NOTICE["evidence"] + [big], gates=[{"id": "G%d" % i, "result": ("pass", "needs_human")[i % 2], "at": "2026-11-01T00:00:00Z", "by": "program"} for i in range(1, 20)],
              sources=[{"source": s, "answer": a, "at": None} for s, a in (("ledger", "nothing"), ("declaration", "hit"), ("markers", "not_asked"), ("outside", "not_asked"))],
              ownership=dict(NOTICE["ownership"], level=2, conflict=True, independent=True, checked={"how": "counsel", "by": "A. Counsel", "at": "2026-11-02"},
                             proofs=[{"kind": k, "checked": {"how": "declared"}} for k in ("raw", "full_resolution", "burst", "content_credentials", "deposit", "publication", "registration", "contract")]),
              uses=[dict(NOTICE["uses"][0], ended=True, reasons=[{"why": w, "n": 7} for w in ("scene", "whole", "spots", "mirrored", "turned", "cropped", "fills", "shrunk", "enlarged", "pixels")])])
folder.notice(id="FT-W-DECIDED", step="answer", decision={"words": ["It is not a parody."], "ground": "exception", "at": "2026-11-24T00:00:00Z", "appeal_until": "2099-01-01T00:00:00Z"},
              period={"days": 21, "begun": "2026-11-20T00:00:00Z", "until": "2099-01-01T23:00:00Z", "until_day": "2099-01-01", "stopped": "2026-11-21T00:00:00Z", "why": "dispute"}, evidence=[], verify=[])
folder.notice(id="FT-W-CLOSED", step="closing", final={"state": "CLOSED_WRONG", "at": "2026-11-25T00:00:00Z", "words": ["The wall is another wall."], "letter": "letter.pdf", "never": True})
open_, agent, decided, closed = [folder.link(x) for x in (NOTICE["id"], "FT-W-AGENT", "FT-W-DECIDED", "FT-W-CLOSED")]
old = folder.link(expires="2020-01-01T00:00:00Z")
folder.public("report", REPORT)
folder.public("terms", TERMS)
p = subprocess.Popen([program, "--dir", folder.dir, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, stderr=open(os.path.join(t.top, "err"), "ab"), env=dict(os.environ, ASAN_OPTIONS="detect_leaks=0"))
atexit.register(p.kill)
url = p.stdout.readline().decode().strip()
LANGUAGES = ("en", "de", "it", "fr")


# ---- the words of a language, and what is nobody's words
def read_words(code):
    text = open(os.path.join(here, "..", "..", "share", "lang", "portal.%s.po" % code), encoding="utf-8").read()
    return {k: w.replace('\\"', '"').replace("\\\\", "\\") for k, w in re.findall(r'^msgid "([a-z0-9_]+)"\nmsgstr "(.*)"$', text, re.M)}


words = {c: read_words(c) for c in LANGUAGES}
t.check(all(set(words[c]) == set(words["en"]) for c in LANGUAGES) and len(words["en"]) > 400, "every language has the same keys")
lacking = [k for k in ["h_" + w.replace("-", "_") for w in told] + ["h_" + s.lower() for s in states] + ["st_" + s.lower() for s in states] + ["g_%d" % i for i in range(1, 20)] if k not in words["en"]]
t.check(lacking == [] and len(told) > 40 and len(states) > 15, "there is a sentence for every move, every end and every gate", lacking)
holes = [(c, k) for c in LANGUAGES for k in words["en"] if sorted(re.findall(r"\{[a-z]+\}", words[c][k])) != sorted(re.findall(r"\{[a-z]+\}", words["en"][k])) and k != "day_form"]
t.check(holes == [], "every sentence has the same places for figures in every language", holes)
same = [(a, b, k) for k in words["en"] for i, a in enumerate(LANGUAGES) for b in LANGUAGES[i + 1:] if words[a][k] == words[b][k] and len(words[a][k].split()) > 2 and not k.startswith("land_") and k != "day_form"]
t.check(same == [], "no sentence is the same in two languages: it would not be translated", same)


# What people or machines wrote, by its name in the notice; everything else in it is a code, and no code may be shown.
WRITTEN = {"id", "name", "address", "email", "phone", "register", "author", "commission", "title", "page_url", "image_url", "h", "p", "li", "pre", "url", "by", "software", "browser", "server", "file", "words",
           "controller", "contact", "value", "place", "beyond", "third"}


def data_of(o, key=None):
    if isinstance(o, dict):
        return [x for k, v in o.items() for x in data_of(v, k)]
    if isinstance(o, list):
        return [x for v in o for x in data_of(v, key)]
    return [o] if isinstance(o, str) and key in WRITTEN and len(o) > 3 and o not in ("person", "program", "fairtrack") else []


class Language:
    """Is a text made of this language's words, of days, and of what stands in the notice?"""

    def __init__(self, code, data):
        self.code, self.cache = code, {}
        w = words[code]
        months = "|".join(w["months"].split())
        self.day = re.compile(r"\d{1,2}\.? (%s) \d{4}" % months)
        self.data = sorted({re.sub(r"\s+", " ", d).strip() for d in data if len(d) > 1}, key=len, reverse=True)
        self.say = [(k, re.compile("".join("(.*?)" if x.startswith("{") else re.escape(x) for x in re.split(r"(\{[a-z]+\})", s)) + ("$" if s.endswith("}") else ""))) for k, s in
                    sorted(w.items(), key=lambda x: -len(x[1])) if k not in ("months", "day_form")]

    def known(self, text, deep=0):
        text = re.sub(r"\s+", " ", text).strip()
        if not re.search(r"[^\W\d_]{2}", re.sub(r"\b(UTC|kB|MB|SHA-256|G\d+|FT-[A-Z0-9-]+|[0-9a-f]{4}-[0-9a-f]{4})\b", "", text)):
            return True
        if deep > 12:
            return False
        if text not in self.cache:
            self.cache[text] = self.look(text, deep)
        return self.cache[text]

    def look(self, text, deep):
        for k, w in self.say:
            m = w.search(text)
            if m and m.group(0) and all(self.known(g, deep + 1) for g in m.groups()) and self.known(text[:m.start()], deep + 1) and self.known(text[m.end():], deep + 1):
                return True
        for d in self.data:
            a, found, b = text.partition(d)
            if found and self.known(a, deep + 1) and self.known(b, deep + 1):
                return True
        m = self.day.search(text)
        return bool(m) and self.known(text[:m.start()] + " 1 " + text[m.end():], deep + 1)


TEXTS = """(function (lang) { const out = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let n; (n = walk.nextNode());) { const e = n.parentElement, l = e.closest('[lang]').lang; if (n.data.trim() && l === lang && !e.closest('code') && e.tagName !== 'TEXTAREA') out.push(n.data); }
  document.querySelectorAll('[aria-label],[title],[alt],[placeholder]').forEach(e => ['aria-label', 'title', 'alt', 'placeholder'].forEach(a => { if (e.getAttribute(a)) out.push(e.getAttribute(a)); }));
  out.push(document.title); return out; })"""

actions = re.findall(r'\.name = "([a-z_]+)", \.takes', open(os.path.join(here, "..", "..", "src", "portal", "actions.c")).read())
OPEN = [a for a in actions if a not in ("appeal", "rate", "never")]
pages = ["/n/" + open_, "/n/" + agent, "/n/" + decided, "/n/" + closed, "/n/" + old, "/v", "/v/" + NOTICE["id"], "/v?id=FT-NONE-1", "/report", "/terms", "/nothing",
         "/n/%s?done=1234-abcd&action=licence" % open_] + ["/n/%s/answer/%s" % (open_, a) for a in OPEN] + ["/n/%s/answer/appeal" % decided] + ["/n/%s/answer/%s" % (closed, a) for a in ("rate", "never", "complain")]
look = open(os.path.join(here, "walk.js")).read()
data = data_of([NOTICE, AGENT, big, REPORT, TERMS]) + ["It is not a parody.", "The wall is another wall.", "A. Counsel", "Fairtrack", "Deutsch", "English", "Italiano", "Français"]

b = Chromium(os.path.dirname(program), t.top)
try:
    tom = b.person("Tom")
    tom.call("Accessibility.enable")
    for code in LANGUAGES:
        here_words, faults, names, strange, wide = Language(code, data), [], [], [], 0
        for path in pages:
            tom.call("Emulation.setDeviceMetricsOverride", width=320, height=640, deviceScaleFactor=1, mobile=False)
            tom.open(url + path + ("&" if "?" in path else "?") + "lang=" + code)
            for dark in (False, True):
                tom.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])
                faults += [(path.rsplit("/", 1)[1], f) for f in tom.js(look + "(%s)" % json.dumps({"lang": code, "dark": dark}))]
            for node in tom.call("Accessibility.getFullAXTree")["nodes"]:
                role = node.get("role", {}).get("value")
                if not node.get("ignored") and role in ("link", "button", "textbox", "radio", "radiogroup", "group", "image", "img", "heading", "table", "navigation", "DisclosureTriangle"):
                    if role != "group" and not node.get("name", {}).get("value", "").strip():
                        names.append((path.rsplit("/", 1)[1], role, node.get("backendDOMNodeId")))
            strange += [(path.rsplit("/", 1)[1], x) for x in tom.js(TEXTS + "(%s)" % json.dumps(code)) if not here_words.known(x)]
        t.check(faults == [], "%s: %d pages are sound at 320 pixels, in light and dark" % (code, len(pages)), "\n".join("%s %s" % f for f in faults[:25]))
        t.check(names == [], "%s: whatever a screen reader stops at has a name" % code, names[:20])
        t.check(strange == [], "%s: every word is this language's, or stands in the notice" % code, "\n".join("%s: %s" % x for x in strange[:25]))
    t.check(not Language("de", data).known("Your answer has arrived") and not Language("fr", data).known("closed_wrong") and Language("it", data).known(words["it"]["clock_until"].replace("{day}", "3 maggio 2026")),
            "and words of another language, or code words, would be told")

    # ---- by the keyboard alone, and with scripts switched off
    tom = b.person("Tom, who has no mouse", script=False)
    tom.call("Emulation.setDeviceMetricsOverride", width=390, height=800, deviceScaleFactor=1, mobile=False)
    KEYS = {"Tab": (9, ""), "Enter": (13, "\r"), " ": (32, " ")}

    def press(key):
        code, text = KEYS[key]
        tom.call("Input.dispatchKeyEvent", type="keyDown", key=key, code="Space" if key == " " else key, windowsVirtualKeyCode=code, **({"text": text} if text else {}))
        tom.call("Input.dispatchKeyEvent", type="keyUp", key=key, code="Space" if key == " " else key, windowsVirtualKeyCode=code)

    FOCUS = """(function () { const e = document.activeElement; if (!e || e === document.body) return null; const r = e.getBoundingClientRect(), s = getComputedStyle(e);
      return { tag: e.tagName, type: e.type || '', name: e.name || '', words: (e.innerText || '').trim(), href: e.getAttribute('href') || '', ring: s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2,
               inside: r.bottom > 0 && r.top < innerHeight, order: [...document.querySelectorAll('a,button,input,textarea,summary')].indexOf(e) }; })()"""

    def tab_to(found, most=120):
        """Presses Tab until `found` says so; gives the stops on the way."""
        way = []
        for _ in range(most):
            press("Tab")
            f = tom.js(FOCUS)
            if f is None:
                return None, way
            way.append(f)
            if found(f):
                return f, way
        return None, way

    order, ring, done = True, True, []
    for i, (link, action) in enumerate([(open_, a) for a in ["see", "who"] + OPEN] + [(decided, "appeal"), (closed, "rate"), (closed, "never")]):
        code = LANGUAGES[i % 4]
        tom.open("%s/n/%s?lang=%s" % (url, link, code))
        if action in ("see", "who"):
            f, way = tab_to(lambda f: f["href"].endswith("#" + {"see": "evidence", "who": "who"}[action]))
            press("Enter")
            done.append((action, f is not None and tom.js("location.hash") == "#" + {"see": "evidence", "who": "who"}[action]))
            order = order and [w["order"] for w in way] == sorted(w["order"] for w in way)
            continue
        f, way = tab_to(lambda f: ("/answer/" + action) in f["href"])
        order = order and [w["order"] for w in way] == sorted(w["order"] for w in way)
        ring = ring and all(w["ring"] and w["inside"] for w in way)
        if f is None:
            done.append((action, "no way there"))
            continue
        b.events = []
        press("Enter")
        tom.loaded()
        means = words[code]["m_" + action] in tom.js("document.body.innerText").replace("\u00a0", " ")
        said = []

        def at_control(f):
            if f["type"] == "radio" and not said:
                press(" ")
                said.append("radio")
            if f["tag"] == "TEXTAREA":
                tom.call("Input.insertText", text="said by keyboard")
                said.append("note")
            return f["tag"] == "BUTTON"
        f, way = tab_to(at_control)
        order = order and [w["order"] for w in way] == sorted(w["order"] for w in way)
        ring = ring and all(w["ring"] and w["inside"] for w in way)
        b.events = []
        press("Enter")
        tom.loaded()
        done.append((action, means and words[code]["received"] in tom.js("document.body.innerText")))
    t.check(all(x is True for _, x in done) and len(done) == 16, "each of the twelve answers, and those after the end, are given by the keyboard alone, with their meaning said before", [d for d in done if d[1] is not True])
    t.check(order, "the focus goes through the page in the order in which it is read")
    t.check(ring, "and is always seen")
    waiting = sum(len(os.listdir(os.path.join(folder.dir, "notices", n, "answers"))) for n in os.listdir(os.path.join(folder.dir, "notices")))
    t.check(waiting == 14, "and what was sent lies there, sealed", waiting)
finally:
    b.end()
p.terminate()
p.wait(20)
t.check(b"ERROR:" not in open(os.path.join(t.top, "err"), "rb").read(), "no sanitizer complained")
t.end()
