"""The language of a page: in its address; a bare address follows the person's choice, else the browser's wish."""


def test_a_bare_address_follows_the_browser(client, db):
    assert client.get("/", headers={"Accept-Language": "en-GB,en;q=0.9"}).url == "/en/"
    assert client.get("/", headers={"Accept-Language": "es-CL"}).url == "/es/"


def test_a_choice_sticks_whatever_the_browser_wishes(client, db):
    chosen = client.get("/idioma/en/", {"next": "/en/demo/"})

    assert chosen.url == "/en/demo/"
    assert client.get("/", headers={"Accept-Language": "es-CL"}).url == "/en/"


def test_a_choice_never_leads_elsewhere(client, db):
    for elsewhere in ("https://evil.example/en/", "//evil.example/en/", "/es/", "/\\evil.example"):
        assert client.get("/idioma/en/", {"next": elsewhere}).url == "/en/"
    assert client.get("/idioma/xx/").status_code == 404
