"""test_decide.py - deciding, remembering, watching, scanning, sending pictures in, and taking hits along."""
import csv, io, json, re
from fairweb import Server, run, test


def state(s, hit):
    return s.owner.api(f"/hits/{hit}")["state"]


def inbox(s, **filters):
    q = "&".join(f"{k}={v}" for k, v in filters.items())
    return [h["id"] for h in s.owner.api("/hits" + ("?" + q if q else ""))["hits"]]


@test
def a_form_without_its_token_or_from_elsewhere_changes_nothing(s):
    hit = s.hits[0]
    decide = {"what": "pursue"}
    for trick in ({"csrf": False}, {"csrf": "A" * 44}, {"csrf": ""}, {"headers": {"Sec-Fetch-Site": "cross-site"}}, {"headers": {"Sec-Fetch-Site": "same-site"}},
                  {"headers": {"Origin": "https://evil.test"}}, {"headers": {"Origin": f"http://127.0.0.1:{s.port}.evil.test"}}):
        r = s.owner.post(f"/hits/{hit}/decide", decide, **trick)
        assert r.status == 403, (trick, r.status)
    other = s.client().sign_in_by_link(1)
    assert s.owner.post(f"/hits/{hit}/decide", decide, csrf=other.csrf).status == 403, "another session's token"
    r = s.owner.ask("POST", f"/hits/{hit}/decide", json.dumps(decide), {"Content-Type": "application/json"})
    assert r.status == 403, "a cookie alone writes nothing"
    assert s.owner.post(f"/hits/{hit}/decide?csrf={s.owner.csrf}", decide, csrf=False).status in (400, 403)
    assert state(s, hit) == "inbox"


@test
def fields_that_a_route_does_not_take_are_refused(s):
    hit = s.hits[0]
    for form in ({"what": "pursue", "user": "1"}, {"what": "sell"}, {}, {"what": "pursue", "note": "x" * 2001}, {"what": "ignore"},
                 {"what": "ignore", "reason": "no_such"}, {"what": "ignore", "reason": "owner_discretion", "note": "x", "scope": "galaxy"},
                 {"what": "ignore", "reason": "owner_discretion", "note": "x", "until": "2001-01-01"}, {"what": "ignore", "reason": "owner_discretion", "note": "x", "until": "soon"},
                 {"what": "ignore", "reason": "licensed"}):
        r = s.owner.post(f"/hits/{hit}/decide", form)
        assert r.status == 400, (form, r.status, r.text[:200])
    assert state(s, hit) == "inbox"
    assert s.owner.post("/hits/1/decide", {"what": "pursue"}).status == 404


@test
def a_form_larger_than_forms_are_is_refused_before_it_is_read(s):
    assert s.owner.post(f"/hits/{s.hits[0]}/decide", {"what": "pursue", "note": "x" * 70000}).status == 413


@test
def deciding_leads_to_the_next_one_in_the_queue(s):
    queue = inbox(s)
    r = s.owner.post(f"/hits/{queue[0]}/decide", {"what": "pursue"})
    assert r.status == 303, (r.status, r.text[:300])
    assert r.header("location").startswith(f"/hits/{queue[1]}?done=pursue&was={queue[0]}"), r.header("location")
    assert state(s, queue[0]) == "pursue"
    page = s.owner.get(r.header("location"))
    assert "Kept to be pursued." in page.text and f"/hits/{queue[0]}" in page.text
    site = inbox(s, site="blog.test")
    r = s.owner.post(f"/hits/{site[0]}/decide", {"what": "pursue", "in_site": "blog.test"})
    assert r.header("location").startswith(f"/hits/{site[1]}?in_site=blog.test&"), r.header("location")


@test
def what_is_put_back_is_in_the_inbox_again_and_the_page_tells_what_was_decided(s):
    hit = inbox(s)[0]
    s.owner.post(f"/hits/{hit}/decide", {"what": "pursue", "note": "ask <b>first</b>"})
    s.owner.post(f"/hits/{hit}/decide", {"what": "reopen"})
    assert state(s, hit) == "inbox"
    told = s.owner.api(f"/hits/{hit}")["decisions"]
    assert [d["what"] for d in told] == ["pursue", "reopen"] and told[0]["note"] == "ask <b>first</b>", told
    assert "ask &lt;b&gt;first" in s.owner.get(f"/hits/{hit}").text


@test
def an_ignored_site_takes_its_other_hits_along_and_is_remembered(s):
    open_ = inbox(s, site="shop.test")
    assert len(open_) >= 2
    r = s.owner.ask("POST", f"/api/hits/{open_[0]}/decide", json.dumps({"what": "ignore", "reason": "own_site", "note": "my shop"}),
                    {"Content-Type": "application/json", "X-CSRF-Token": s.owner.csrf})
    assert r.status == 200, r.text
    assert r.json["state"] == "ignored" and r.json["covered"] == len(open_) - 1, r.json
    assert inbox(s, site="shop.test") == []
    rule = [x for x in s.owner.api("/rules")["rules"] if x["reason"] == "own_site"][0]
    assert rule["site"] == "shop.test" and rule["scope"] == "domain", rule
    assert "shop.test" in s.owner.get("/rules").text
    assert s.owner.post(f"/rules/{rule['id']}/remove").status == 303
    assert [x for x in s.owner.api("/rules")["rules"] if x["reason"] == "own_site"] == []
    assert len(inbox(s, site="shop.test")) == len(open_), "what the rule alone held comes back"


@test
def each_of_the_seventeen_reasons_can_be_given(s):
    page = s.owner.get(f"/hits/{s.hits[0]}").text
    reasons = re.findall(r'<option value="([a-z_]+)"[^>]*data-needs', page)
    assert len(reasons) == 17 and "not_a_match" in reasons, reasons
    for reason in reasons:
        hit = inbox(s)[0]
        note = "a" if reason == "not_a_match" else "2031, Nord Example, contract 7"
        r = s.owner.post(f"/hits/{hit}/decide", {"what": "ignore", "reason": reason, "scope": "hit" if reason != "not_a_match" else "pair", "note": note, "until": "2031-12-31"})
        assert r.status == 303, (reason, r.status, re.sub("<[^>]+>", " ", r.text)[-400:])
        d = s.owner.api(f"/hits/{hit}")["decisions"][-1]
        assert d["reason"] == reason and d["until"] == "2031-12-31T00:00:00Z", d
        assert s.owner.post(f"/hits/{hit}/decide", {"what": "reopen"}).status == 303
    assert 'selected data-needs' in s.owner.get(f"/hits/{s.hits[0]}").text, "the last reason is offered again"


@test
def many_are_decided_at_once_or_none(s):
    open_ = inbox(s)[:3]
    r = s.owner.post("/hits/decide", [("what", "pursue"), ("hit", open_[0]), ("hit", 1), ("hit", open_[1])])
    assert r.status == 404
    assert [state(s, h) for h in open_] == ["inbox"] * 3
    r = s.owner.post("/hits/decide", [("what", "not_a_match"), ("reason", "own_site"), ("scope", "")] + [("hit", h) for h in open_])
    assert r.status == 303 and "n=3" in r.header("location"), (r.status, r.header("location"))
    assert [state(s, h) for h in open_] == ["not_a_match"] * 3
    assert "3 hits decided." in s.owner.get(r.header("location")).text
    r = s.owner.post("/hits/decide", [("what", "pursue")])
    assert r.status == 400, "nothing ticked"


@test
def a_note_about_hardship_is_for_the_owner_and_counsel(s):
    hit = inbox(s)[0]
    s.owner.post(f"/hits/{hit}/decide", {"what": "ignore", "reason": "hardship_or_sensitive", "scope": "hit", "note": "a bereavement"})
    reviewer, counsel = s.reviewer, s.client().sign_in_by_link(2)
    assert "a bereavement" in s.owner.get(f"/hits/{hit}").text
    assert "a bereavement" in counsel.get(f"/hits/{hit}").text
    for path in (f"/hits/{hit}", f"/api/hits/{hit}", "/rules", "/api/rules"):
        assert "a bereavement" not in reviewer.get(path).text, path


@test
def pictures_sent_in_are_kept_and_asked_for_once(s):
    jpeg = open(f"{s.folder}/work-1.jpg", "rb").read()
    s.owner.get("/works")
    r = s.owner.upload("/works", [("my <b>.jpg", jpeg + b"\0tail"), ("second.jpg", jpeg + b"2")], [("collection", "New")])
    assert r.status == 303 and r.header("location") == "/works?done=uploaded&n=2", (r.status, r.text[:200])
    s.owner.upload("/works", [("again.jpg", jpeg + b"2")])
    page = s.owner.get("/works")
    assert "2 pictures are waiting" in page.text, re.findall("[0-9]+ pictures[^<]*", page.text)
    jobs = s.owner.api("/works")["uploads"]
    assert sorted(j["name"] for j in jobs) == ["my <b>.jpg", "second.jpg"] and jobs[0]["kind"] == "take"
    assert s.owner.upload("/works", [("empty.jpg", b"")]).status == 400
    assert s.owner.upload("/works", []).status == 400
    reviewer = s.reviewer
    reviewer.get("/works")
    assert reviewer.upload("/works", [("x.jpg", jpeg)]).status == 403


@test
def watches_are_set_paused_run_and_removed(s):
    s.owner.get("/watches")
    for target in ("file:///etc/passwd", "ftp://example.com/", "example.com", "https://", "https://user:word@example.com/", "https://exa mple.com/", "javascript:alert(1)"):
        assert s.owner.post("/watches", {"target": target, "every": "1d"}).status == 400, target
    assert s.owner.post("/watches", {"target": "https://example.com/", "every": "1s"}).status == 400
    assert s.owner.post("/watches", {"target": "https://example.com/", "every": "6h"}).status == 303
    assert s.owner.post("/watches", {"target": "https://example.com/", "every": "1d"}).status == 409
    w = [x for x in s.owner.api("/watches")["watches"] if x["target"] == "https://example.com/"][0]
    assert w["every_s"] == 21600 and not w["paused"]
    for what, paused in (("pause", True), ("resume", False), ("run", False)):
        assert s.owner.post(f"/watches/{w['id']}", {"what": what}).status == 303
        assert s.owner.api(f"/watches/{w['id']}")["paused"] == paused
    assert s.owner.post(f"/watches/{w['id']}", {"what": "remove"}).status == 303
    assert s.owner.get(f"/watches/{w['id']}").status == 404


@test
def a_scan_is_asked_for_and_shown_under_way(s):
    s.owner.get("/scans")
    assert s.owner.post("/scans", {"target": "https://example.com/a?b=c", "extent": "site"}).status == 303
    assert s.owner.post("/scans", {"target": "http://[::1", "extent": "everything"}).status == 400
    job = [j for j in s.owner.api("/")["jobs"] if j["kind"] == "look"][0]
    assert job["args"] == {"target": "https://example.com/a?b=c", "site": True, "depth": 16}, job
    assert "https://example.com/a?b=c" in s.owner.get("/").text


@test
def the_table_holds_every_hit_and_no_formulas(s):
    r = s.owner.get("/hits.csv?state=all")
    assert r.status == 200 and r.header("content-disposition") == 'attachment; filename="fairtrack-hits.csv"'
    rows = list(csv.DictReader(io.StringIO(r.text)))
    assert len(rows) == len(s.hits) and {int(x["hit"]) for x in rows} == set(s.hits)
    assert rows[0]["page_url"].startswith("https://")
    for row in rows:
        for name, cell in row.items():
            assert name in ("rotation", "score") or not cell.startswith(("=", "+", "-", "@", "\t")), (name, cell)
    formula = [x for x in rows if "cmd" in x["alt"]]
    assert formula and formula[0]["alt"].startswith("'="), formula


@test
def the_report_holds_its_pictures_and_loads_nothing(s):
    r = s.owner.get("/hits-report.html?state=all")
    assert r.status == 200 and "attachment" in r.header("content-disposition")
    assert r.text.count('<li class="hit">') == len(s.hits) and r.text.rstrip().endswith("</html>")
    assert r.text.count("data:image/jpeg;base64,") >= len(s.hits)
    assert "<script" not in r.text and 'src="http' not in r.text and "href=" not in r.text


@test
def a_removed_work_is_gone_from_the_catalogue(s):
    s.owner.get("/works")
    assert s.owner.post(f"/works/{s.works[6]}/remove").status == 303
    assert s.works[6] not in [w["id"] for w in s.owner.api("/works")["works"]]


server = Server()
server.owner = server.client().sign_in_by_link(0)
server.reviewer = server.client()
assert server.reviewer.sign_in("reviewer@example.com").status == 303
server.reviewer.get("/account")
run(server)
