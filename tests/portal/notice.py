"""notice.py - a portal folder made by hand, as docs/formats/portal-folder.md describes it: what the home would publish."""
import base64, hashlib, json, os, secrets


def jpeg(path, w=64, h=48, colour="#8899aa"):
    import subprocess
    subprocess.run(["convert", "-size", "%dx%d" % (w, h), "gradient:%s-white" % colour, "JPEG:" + path], check=True)


NOTICE = {
    "version": 1, "id": "FT-26-TEST-0001", "step": "inquiry", "language": "de", "law": "XX", "issued": "2026-11-20T09:00:00Z",
    "claimant": {"name": "Mara Example", "capacity": "owner", "address": "Example Street 1, Exampletown", "email": "mara@example.com"},
    "owner": {"name": "Mara Example"}, "author": "Mara Example", "mandate": None,
    "ownership": {"level": 1, "conflict": False, "independent": False, "checked": {"how": "declared"},
                  "proofs": [{"kind": "publication", "happened": "2024-05-02T00:00:00Z", "checked": {"how": "installation", "at": "2026-11-10T00:00:00Z"}}]},
    "works": [{"title": "Harbour & <i>gulls</i>", "sha256": "00" * 32, "picture": "work-1.jpg", "width": 64, "height": 48}],
    "uses": [{"page_url": "https://tom.example.com/blog?a=1&b=<script>", "image_url": "https://tom.example.com/h.jpg", "seen": "2026-11-19T08:30:00Z",
              "picture": "found-1.jpg", "width": 64, "height": 48, "work": 0, "box": [4, 4, 60, 44], "work_box": [0, 0, 64, 48],
              "reasons": [{"why": "whole", "n": 12}, {"why": "cropped", "n": 88}, {"why": "mirrored"}], "ended": False}],
    "letter": {"blocks": [{"h": "A question"}, {"p": "Dear Sir or Madam, <script>alert(1)</script>"}, {"li": "add the credit"}], "pdf": "letter.pdf", "sha256": "ab" * 32},
    "period": {"days": 21, "begun": None, "until": None, "stopped": None},
    "privacy": {"controller": "Mara Example, Example Street 1, Exampletown", "contact": "mara@example.com", "months": 48,
                "data": [{"what": "address", "value": "Blog Road 2", "source": "imprint", "place": "https://tom.example.com/imprint", "seen": "2026-11-18"},
                         {"what": "country", "value": "DE", "source": "imprint", "seen": "2026-11-18"}]},
    "gates": [{"id": "G1", "result": "pass", "at": "2026-11-01T00:00:00Z", "by": "person"}, {"id": "G10", "result": "not_needed", "by": "program"},
              {"id": "G17", "result": "pass", "at": "2026-11-20T00:00:00Z", "by": "program"}], "gates_sha256": "cd" * 32, "rules_sha256": "ce" * 32,
    "sources": [{"source": "ledger", "answer": "nothing", "at": "2026-11-19T00:00:00Z"}, {"source": "outside", "answer": "not_asked", "at": None}],
    "evidence": [{"file": "evidence-1.wacz", "package": "17", "number": 1, "use": 0, "url": "https://tom.example.com/blog", "title": "Blog", "captured": "2026-11-19T08:30:00Z",
                  "sealed": "2026-11-19T09:00:00Z", "by": "mara@example.com", "software": "Fairtrack 0.1.0", "browser": "Chromium 150", "sha256": "ef" * 32, "bytes": 3,
                  "stamps": [{"server": "https://time.example.com/tsr", "at": "2026-11-19T08:31:00Z"}], "datapackage": "df" * 32, "key": "12" * 32}],
    "verify": [["unzip -q \"$PACKAGE\" -d \"$FOLDER\"", "cd \"$FOLDER\""], ["sha256sum -c sums.tmp"]],
    "history": [{"at": "2026-11-20T09:00:00Z", "what": "inquire"}, {"at": "2026-11-21T09:00:00Z", "what": "dispute", "grounds": ["licence", "exception"]},
                {"at": "2026-11-21T09:00:00Z", "what": "clock_stopped"}], "decision": None, "final": None,
    "advice": [{"name": "Advice of Exampletown", "url": "https://advice.example.com/"}],
    "signature": {"key": "11" * 32, "sig": "c2ln", "signed": "sha256:" + "ab" * 32, "key_der": "a2V5"}, "file": "file.zip",
}

REPORT = {"v": 1, "made": "2026-11-26", "least": 20, "organisations": [
    {"name": "Example Agency", "cases": 30, "open": 5, "closed": 25, "claims": 41, "inquiries": 30, "offers": 9, "demands": 2, "answers": 22, "disputes": 11, "appeals": 2,
     "outcome": {"closed_as": {"CLOSED_WRONG": 4, "CLOSED_LICENSED_BEFORE": 6, "CLOSED_SETTLED": 15}, "disputes_accepted": 10, "refuted": 10, "refuted_share": 0.4, "withdrawn": 0,
                 "median_days": 31, "mean_days": 36.5, "rated_good": 7, "rated_middling": 2, "rated_bad": 1}},
    {"name": "Small Studio", "cases": 3, "open": 2, "closed": 1, "claims": 3, "inquiries": 3, "offers": 0, "demands": 0, "answers": 1, "disputes": 0, "appeals": 0, "outcome": None}]}
TERMS = {"name": "Example Agency", "commission": 30, "pictures": 500, "beyond": "2 cents a picture and month", "third": "as they arise, asked for before"}


class Folder:
    def __init__(self, top, key="22" * 32):
        self.dir = os.path.join(top, "portal")
        for d in ("notices", "links", "public"):
            os.makedirs(os.path.join(self.dir, d), mode=0o700)
        with open(os.path.join(self.dir, "answers.key"), "w") as f:
            f.write(key + "\n")

    def notice(self, **more):
        n = dict(json.loads(json.dumps(NOTICE)), **more)
        base = os.path.join(self.dir, "notices", n["id"])
        for d in ("files", "answers"):
            os.makedirs(os.path.join(base, d), mode=0o700, exist_ok=True)
        with open(os.path.join(base, "notice.json"), "w") as f:
            json.dump(n, f)
        for name in ("work-1.jpg", "found-1.jpg"):
            jpeg(os.path.join(base, "files", name))
        for name, body in (("letter.pdf", b"%PDF-1.7"), ("evidence-1.wacz", b"PK\3"), ("file.zip", b"PK\5\6")):
            with open(os.path.join(base, "files", name), "wb") as f:
                f.write(body)
        return base

    def public(self, name, facts):
        with open(os.path.join(self.dir, "public", name + ".json"), "w") as f:
            json.dump(facts, f)

    def link(self, notice="FT-26-TEST-0001", expires="2099-01-01T00:00:00Z"):
        secret = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode().rstrip("=")
        with open(os.path.join(self.dir, "links", hashlib.sha256(secret.encode()).hexdigest()), "w") as f:
            f.write("%s %s\n" % (notice, expires))
        return secret
