"""An address that only takes in what is sent to it says so."""

import pytest


@pytest.mark.parametrize("language", ["es", "en"])
def test_an_address_that_is_only_posted_to_says_so_and_shows_a_way_on(client_of, clerk, client, language):
    staff = client_of(clerk).get(f"/{language}/staff/desk/open/")
    public = client.put(f"/{language}/")

    for answer, way in ((staff, f"/{language}/staff/"), (public, f"/{language}/")):
        assert (answer.status_code, "GET" in answer.headers["Allow"]) == (405, answer is public)
        assert f'<p><a href="{way}">' in answer.text
        assert ("There is nothing to read here" in answer.text) == (language == "en")


def test_a_machine_is_told_in_json(client, db):
    answer = client.delete("/api/v1/procedures")

    assert (answer.status_code, answer["Content-Type"]) == (405, "application/problem+json")
    assert answer["Allow"]
