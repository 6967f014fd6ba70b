"""Related procedures and synonyms: shown and found, and never followed round in circles."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.queries.differences import differences
from catalog.queries.published import published_version, related_to
from catalog.queries.search import search
from catalog.sheets import SheetInvalid, validated
from common import links
from tests.factories import catalog as sheets

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


def publish(code, agency, **more):
    title = {"es": f"Trámite {code}", "en": f"Procedure {code}"}
    return sheets.publish(sheets.sheet(code=code, slug=f"t-{code}", title=title, **more), agency=agency)


def test_three_that_point_at_each_other_are_drawn_once_each(client, agency):
    for code, related in (("1", ["2", "3"]), ("2", ["3", "1"]), ("3", ["1", "2"])):
        publish(code, agency, related=related)

    page = client.get(links.url("procedure", "t-1")).text

    assert "Related procedures" in page
    assert page.count(links.url("procedure", "t-2") + '"') == 1
    assert page.count(links.url("procedure", "t-3") + '"') == 1
    assert f'<li><a href="{links.url("procedure", "t-1")}"' not in page


def test_they_are_drawn_in_their_order_with_one_query_and_unknown_ones_left_out(agency):
    publish("1", agency, related=["9", "3", "404", "2"])
    publish("2", agency)
    publish("3", agency)
    version, alone = published_version("t-1"), published_version("t-3")

    with CaptureQueriesContext(connection) as asked:
        found = related_to(version, "es")

    assert [entry.code for entry in found] == ["3", "2"]
    assert len(asked) == 1
    with CaptureQueriesContext(connection) as asked:
        assert related_to(alone, "es") == []
    assert len(asked) == 0


@pytest.mark.parametrize(
    "related", [["1"], ["2", "2"], [str(n) for n in range(100, 113)], "2", [2], ["a b"], {"a": 1}]
)
def test_what_can_not_be_related_is_refused(related):
    with pytest.raises(SheetInvalid, match="related"):
        validated(sheets.sheet(code="1", related=related))


def test_a_synonym_finds_the_sheet_and_circles_of_synonyms_end(agency):
    publish("1", agency, synonyms={"es": ["fulanito"], "en": ["thingummy"]})
    publish("2", agency, synonyms={"es": ["menganito", "fulanito"]})
    publish("3", agency, synonyms={"es": ["fulanito", "menganito"]})

    assert {entry.code for entry in search("fulanito", language="es").entries} == {"1", "2", "3"}
    assert {entry.code for entry in search("menganito", language="es").entries} == {"2", "3"}
    assert [entry.code for entry in search("thingummy", language="en").entries] == ["1"]


def test_both_are_compared_and_told_by_the_api(client, agency):
    before, after = sheets.sheet(), sheets.sheet(related=["7"], synonyms={"es": ["papelito"]})
    places = {str(one.place) for one in differences(validated(before), validated(after))}
    assert places == {"Related procedures", "Synonyms"}

    publish("1", agency, related=["7"], synonyms={"es": ["papelito"]})
    told = client.get("/api/v1/procedures/1").json()
    assert (told["related"], told["synonyms"]) == (["7"], {"es": ["papelito"], "en": []})


def test_an_editor_writes_both(client_of, editor, procedure_version, actor_of):
    from catalog import actions
    from tests.catalog.test_editor import posted, url

    draft = actions.begin_version(procedure_version.procedure, by=actor_of(editor))
    client = client_of(editor)

    client.post(url("edit", "3430"), posted(draft, related="12, 13, 12", synonyms_es="papelito\r\npartida"))

    draft.refresh_from_db()
    assert draft.content["related"] == ["12", "13"]
    assert draft.content["synonyms"]["es"] == ["papelito", "partida"]
    for typed in ("a b", ",".join(map(str, range(100, 113))), "<script>", "3430"):
        refused = client.post(url("edit", "3430"), posted(draft, related=typed))
        assert refused.status_code == 422
        assert "related" in refused.text.lower()
