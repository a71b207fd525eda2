"""test_sign_in.py - one-time links, passwords, cookies, tokens and the brake, asked over loopback."""
import urllib.parse
from fairweb import Server, run, test


def path(link):
    return urllib.parse.urlsplit(link).path


@test
def looking_at_a_sign_in_link_does_not_use_it_up_and_using_it_does(s):
    scanner, me, thief = s.client(), s.client(), s.client()
    for _ in range(3):
        assert scanner.get(path(s.links[0])).status == 200
    me.get(path(s.links[0]))
    r = me.post(path(s.links[0]), csrf=False)
    assert r.status == 403, r.status
    r = me.post(path(s.links[0]))
    assert r.status == 303 and r.header("location") == "/account?first=yes", (r.status, r.header("location"))
    assert me.get("/").status == 200
    thief.get(path(s.links[0]))
    assert thief.post(path(s.links[0])).status == 404
    assert thief.get("/").status == 303


@test
def the_cookie_is_for_this_server_alone_and_out_of_reach_of_scripts(s):
    c = s.client()
    c.get("/sign-in")
    r = c.post("/sign-in", {"email": "reviewer@example.com", "password": "correct horse battery"})
    line = [x for x in r.all("set-cookie") if "-form" not in x][0]
    assert "HttpOnly" in line and "SameSite=Lax" in line and "Path=/" in line and "Domain" not in line, line
    assert f"fairtrack-{s.port}=" in line, line


@test
def a_password_signs_in_and_a_wrong_one_does_not(s):
    c = s.client()
    r = c.sign_in("Reviewer@Example.com")
    assert r.status == 303 and r.header("location") == "/", r.status
    r = s.client().sign_in("reviewer@example.com", "correct horse batterz")
    assert r.status == 403 and "do not go together" in r.text
    r = s.client().sign_in("nobody@example.com")
    assert r.status == 403 and "do not go together" in r.text
    r = s.client().sign_in("owner@example.com", "")
    assert r.status == 400, "an account without a password has none that fits"


@test
def signing_in_leads_on_to_places_of_ours_only(s):
    for there, to in (("/hits?state=all", "/hits?state=all"), ("//evil.test/", "/"), ("https://evil.test/", "/"), ("/\\evil.test", "/")):
        c = s.client()
        c.get("/sign-in")
        r = c.post("/sign-in", {"email": "counsel@example.com", "password": "correct horse battery", "next": there})
        assert r.header("location") == to, (there, r.header("location"))
    r = s.client().get("/hits?site=a%26b")
    assert r.status == 303 and r.header("location") == "/sign-in?next=%2Fhits%3Fsite%3Da%2526b", r.header("location")


@test
def a_session_ends_by_signing_out_and_its_cookie_is_worth_nothing_then(s):
    c = s.client()
    c.sign_in("counsel@example.com")
    c.get("/")
    kept = dict(c.cookies)
    assert c.post("/sign-out").status == 303
    assert c.get("/").status == 303
    c.cookies = kept
    assert c.get("/").status == 303


@test
def signing_out_everywhere_ends_the_other_sessions_and_the_tokens(s):
    here, there = s.client(), s.client()
    here.sign_in("counsel@example.com")
    there.sign_in("counsel@example.com")
    here.get("/account")
    token = here.ask("POST", "/api/account/token", headers={"X-CSRF-Token": here.csrf}).json["token"]
    assert s.client().get("/api/hits", Authorization="Bearer " + token).status == 200
    here.get("/account")
    assert here.post("/sign-out-everywhere").status == 303
    assert here.get("/").status == 200
    assert there.get("/").status == 303
    assert s.client().get("/api/hits", Authorization="Bearer " + token).status == 401


@test
def a_token_is_no_cookie_and_a_cookie_no_token(s):
    c, stranger = s.client(), s.client()
    c.sign_in("counsel@example.com")
    c.get("/account")
    token = c.ask("POST", "/api/account/token", headers={"X-CSRF-Token": c.csrf}).json["token"]
    name, cookie = [(k, v) for k, v in c.cookies.items() if not k.endswith("-form")][0]
    stranger.cookies = {name: token}
    assert stranger.get("/").status == 303
    assert s.client().get("/api/hits", Authorization="Bearer " + cookie).status == 401
    assert s.client().get("/api/hits", Authorization="Bearer ").status == 401


@test
def a_token_writes_without_a_form_token_but_no_more_than_its_owner_may(s):
    c = s.client()
    c.sign_in("worker@example.com")
    c.get("/account")
    token = c.ask("POST", "/api/account/token", headers={"X-CSRF-Token": c.csrf}).json["token"]
    bare = s.client()
    h = {"Authorization": "Bearer " + token, "Content-Type": "application/json"}
    assert bare.ask("POST", f"/api/hits/{s.hits[20]}/decide", '{"what":"pursue"}', h).status == 200
    assert bare.ask("POST", "/api/users", '{"email":"x@example.com","role":"owner"}', h).status == 403


@test
def a_new_password_needs_the_old_one_and_ends_the_other_sessions(s):
    c, other = s.client(), s.client()
    c.sign_in("worker@example.com")
    other.sign_in("worker@example.com")
    c.get("/account")
    new = "a new row of words"
    assert c.post("/account/password", {"old": "wrong one here", "password": new, "again": new}).status == 403
    assert c.post("/account/password", {"password": new, "again": new}).status == 403
    assert c.post("/account/password", {"old": "correct horse battery", "password": "short", "again": "short"}).status == 400
    assert c.post("/account/password", {"old": "correct horse battery", "password": new, "again": new + "x"}).status == 400
    assert c.post("/account/password", {"old": "correct horse battery", "password": new, "again": new}).status == 303
    assert c.get("/").status == 200
    assert other.get("/").status == 303
    assert s.client().sign_in("worker@example.com").status == 403
    assert s.client().sign_in("worker@example.com", new).status == 303


@test
def five_failures_for_an_address_or_from_one_place_are_answered_by_waiting(s):
    for _ in range(8):
        r = s.client().sign_in("counsel@example.com", "not the password")
        if r.status == 429:
            break
        assert r.status == 403
    assert r.status == 429 and int(r.header("retry-after")) > 0
    assert s.client().sign_in("counsel@example.com").status == 429, "the right password waits as well"
    assert s.client().sign_in("somebody.else@example.com").status == 429, "this place waits, whatever the address"
    c = s.client().sign_in_by_link(1)
    assert c.get("/").status == 200, "a link still signs in"


run(Server())
