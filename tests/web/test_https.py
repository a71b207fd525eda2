"""test_https.py - behind a proxy that speaks https: the name, the cookie, and whose failures are counted."""
from fairweb import Server, run, test

PUBLIC = "https://pictures.example.com"


@test
def the_public_name_is_answered_and_links_carry_it(s):
    assert s.url == PUBLIC and s.links[0].startswith(PUBLIC + "/in/")
    assert s.client().get("/sign-in", Host="pictures.example.com").status == 200
    assert s.client().get("/sign-in", Host="PICTURES.example.com").status == 200
    assert s.client().get("/sign-in", Host="other.example.com").status == 421


@test
def the_cookie_goes_over_https_only_and_belongs_to_this_host(s):
    r = s.client().get("/sign-in")
    line = r.header("set-cookie")
    assert line.startswith("__Host-fairtrack-form=") and "; Secure" in line, line
    assert "max-age" in r.header("strict-transport-security")


@test
def failures_are_counted_for_the_address_that_the_proxy_names(s):
    def try_from(address, email):
        c = s.client()
        c.get("/sign-in")
        return c.post("/sign-in", {"email": email, "password": "wrong wrong wrong"}, headers={"X-Forwarded-For": address}).status

    for n in range(5):
        assert try_from("192.0.2.66, 192.0.2.7", f"a{n}@example.com") == 403
    assert try_from("192.0.2.7", "b@example.com") == 429
    assert try_from("192.0.2.8", "b@example.com") == 403, "another customer of the same proxy does not wait"


@test
def an_empty_home_tells_how_to_begin(s):
    c = s.client().sign_in_by_link(0)
    for path, words in (("/", "Begin with your pictures"), ("/hits", "All decided"), ("/works", "No pictures yet"), ("/watches", "No site is watched yet"),
                        ("/scans", "Nothing yet"), ("/rules", "Nothing yet"), ("/settings", "Settings in use")):
        r = c.get(path)
        assert r.status == 200 and words in r.text, (path, r.status)
    assert c.get("/hits.csv").text.count("\n") == 1


run(Server(TEST_PUBLIC_URL=PUBLIC, TEST_EMPTY="1"))
