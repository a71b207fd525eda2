"""notice.py - a portal folder made by hand, as docs/formats/portal-folder.md describes it: what the home would publish."""
import base64, hashlib, json, os, secrets


def jpeg(path, w=64, h=48, colour="#8899aa"):
    import subprocess
    subprocess.run(["convert", "-size", "%dx%d" % (w, h), "gradient:%s-white" % colour, "JPEG:" + path], check=True)


NOTICE = {
    "version": 1, "id": "FT-26-TEST-0001", "step": "inquiry", "language": "de", "law": "XX", "issued": "2026-11-20T09:00:00Z",
    "claimant": {"name": "Mara Example", "capacity": "owner", "address": "Example Street 1, Exampletown", "email": "mara@example.com"},
    "owner": {"name": "Mara Example"}, "mandate": None,
    "ownership": {"level": "L1", "words": ["The claimant declares to have made the picture <b>herself</b>."], "checked": "declared by the claimant"},
    "works": [{"title": "Harbour & <i>gulls</i>", "sha256": "00" * 32, "picture": "work-1.jpg", "width": 64, "height": 48}],
    "uses": [{"page_url": "https://tom.example.com/blog?a=1&b=<script>", "image_url": "https://tom.example.com/h.jpg", "seen": "2026-11-19T08:30:00Z",
              "picture": "found-1.jpg", "width": 64, "height": 48, "work": 0, "box": [4, 4, 60, 44], "work_box": [0, 0, 64, 48], "reasons": ["cropped to 88 %"], "ended": False}],
    "letter": {"blocks": [{"h": "A question"}, {"p": "Dear Sir or Madam, <script>alert(1)</script>"}, {"li": "add the credit"}], "pdf": "letter.pdf", "sha256": "ab" * 32},
    "period": {"days": 21, "begun": None, "until": None, "stopped": None},
    "privacy_words": ["We keep this for as long as the matter is open."], "privacy": [{"what": "Address", "value": "Blog Road 2", "source": "imprint of the site"}],
    "gates": [{"id": "G1", "name": "claimant identified", "result": "pass", "words": "by mail", "source": "confirmation of 1 November"}], "gates_sha256": "cd" * 32,
    "evidence": [{"file": "evidence.wacz", "sha256": "ef" * 32, "bytes": 3, "words": "The captured page, sealed"}],
    "history": [{"at": "2026-11-20T09:00:00Z", "words": "The letter was sent."}], "decision": None, "final": None,
    "advice": [{"name": "Advice of Exampletown", "url": "https://advice.example.com/"}],
    "signature": {"key": "11" * 32, "sig": "c2ln"},
}


class Folder:
    def __init__(self, top, key="22" * 32):
        self.dir = os.path.join(top, "portal")
        for d in ("notices", "links"):
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
        for name, body in (("letter.pdf", b"%PDF-1.7"), ("evidence.wacz", b"PK\3")):
            with open(os.path.join(base, "files", name), "wb") as f:
                f.write(body)
        return base

    def link(self, notice="FT-26-TEST-0001", expires="2099-01-01T00:00:00Z"):
        secret = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode().rstrip("=")
        with open(os.path.join(self.dir, "links", hashlib.sha256(secret.encode()).hexdigest()), "w") as f:
            f.write("%s %s\n" % (notice, expires))
        return secret
