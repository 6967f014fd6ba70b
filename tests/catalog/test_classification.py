"""What a procedure is about: chosen from lists on the editing screen, compared by name, refused where nobody knows it."""

from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog import actions, sheets
from catalog.bulk.judging import judge
from catalog.meaning import meaning_of
from catalog.models import LifeEvent, ProcedureVersion, Theme
from catalog.queries.differences import differences
from catalog.queries.topics import LISTS
from catalog.sheets import AUDIENCES, SheetInvalid
from config.reference import sheets as reference
from tests.catalog.test_editor import posted, url
from tests.factories import catalog as factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


@pytest.fixture(autouse=True)
def _topics(db):
    reference.load_topics()


@pytest.fixture
def draft(procedure_version, editor, actor_of):
    return actions.begin_version(procedure_version.procedure, by=actor_of(editor))


def saved(draft):
    return ProcedureVersion.objects.get(pk=draft.pk).content


def test_an_editor_chooses_for_whom_on_which_occasions_and_of_which_themes(client_of, editor, draft):
    client = client_of(editor)
    page = client.get(url("edit", "3430")).text
    for title in ("Having a child", "Health", "Older people"):
        assert title in page

    choices = {
        "about-audience": ["older-people", "people"],
        "about-life_events": ["retire", "get-my-papers"],
        "about-themes": ["pensions"],
        "about-applicant": "household",
        "about-completeness": "basic",
        "about-voice": "complaint",
        "about-anonymous": "on",
    }
    answer = client.post(url("edit", "3430"), posted(draft, **choices))

    assert answer.status_code == 302
    content = saved(draft)
    assert content["audience"] == ["people", "older-people"], "what stood there keeps its place"
    assert content["life_events"] == ["get-my-papers", "retire"]
    assert content["themes"] == ["pensions"]
    assert (content["applicant"], content["completeness"]) == ("household", "basic")
    assert (content["voice"], content["anonymous"]) == ("complaint", True)


@pytest.mark.parametrize(
    ("changes", "sentence", "field"),
    [
        ({"about-audience": ["people", "martians"]}, "There is no “martians” here", "about-audience_0"),
        ({"about-life_events": ["get-rich"]}, "There is no “get-rich” here", "about-life_events_0"),
        ({"about-themes": ["identity", "<b>x"]}, "There is no “<b>x” here", "about-themes_0"),
        ({"about-themes": ["x" * 9000]}, "There is no “xxx", "about-themes_0"),
        ({"about-applicant": "robot"}, "robot", "about-applicant"),
        ({"about-right": "everything"}, "everything", "about-right"),
        (
            {"about-right": "access", "about-voice": "complaint"},
            "Choose one of the two",
            "about-voice",
        ),
        ({"keywords_es": "\n".join(map(str, range(41)))}, "at most 40", "keywords_es"),
        ({"synonyms_en": "x" * 201}, "put each word on a line of its own", "synonyms_en"),
    ],
)
def test_what_nobody_knows_is_named_at_its_field_and_what_was_typed_stays(
    client_of, editor, draft, changes, sentence, field
):
    answer = client_of(editor).post(url("edit", "3430"), posted(draft, summary_es="Lo escrito", **changes))

    assert answer.status_code == 422
    text = unescape(answer.text)
    assert sentence in text
    assert f'href="#id_{field}"' in text
    assert "Lo escrito" in text
    assert ProcedureVersion.objects.get(pk=draft.pk).revision == 1


def test_a_long_keyword_is_not_cut_when_something_else_is_saved(client_of, editor, draft, actor_of):
    long = "palabra " * 20
    content = {**draft.content, "keywords": {"es": [long.strip()], "en": []}}
    draft = actions.edit_version(draft, by=actor_of(editor), content=content, revision=1)

    client_of(editor).post(url("edit", "3430"), posted(draft, summary_es="Otro."))

    assert saved(draft)["keywords"]["es"] == [long.strip()]


def test_a_comma_in_a_keyword_stays_when_something_else_is_saved(client_of, editor, draft, actor_of):
    words = {"es": ["pensión, invalidez", "jubilación"], "en": ["pension, disability"]}
    content = {**draft.content, "keywords": words, "synonyms": words}
    draft = actions.edit_version(draft, by=actor_of(editor), content=content, revision=1)

    client_of(editor).post(url("edit", "3430"), posted(draft, summary_es="Otro."))

    assert [saved(draft)[name] for name in ("summary", "keywords", "synonyms")] == [
        {**draft.content["summary"], "es": "Otro."},
        words,
        words,
    ]


def test_keywords_are_written_one_on_each_line(client_of, editor, draft):
    typed = "sueldo,  pago\r\n\r\n renta \r\nrenta"

    client_of(editor).post(url("edit", "3430"), posted(draft, keywords_es=typed))

    assert saved(draft)["keywords"]["es"] == ["sueldo, pago", "renta"]


def test_as_many_and_as_long_keywords_as_a_sheet_takes_are_saved(client_of, editor, draft):
    most = [f"{number:x<200}" for number in range(10, 50)]

    client_of(editor).post(url("edit", "3430"), posted(draft, keywords_es="\r\n".join(most)))

    assert saved(draft)["keywords"]["es"] == most


def test_a_code_that_left_the_lists_stays_until_somebody_takes_it_away(client_of, editor, draft):
    Theme.objects.get(code="identity").delete()
    client = client_of(editor)
    assert "identity (not in the list)" in client.get(url("edit", "3430")).text

    client.post(url("edit", "3430"), posted(draft, summary_es="Otro."))
    assert saved(draft)["themes"] == ["identity"]
    draft.refresh_from_db()
    client.post(url("edit", "3430"), posted(draft, **{"about-themes": []}))

    assert saved(draft)["themes"] == []


def test_a_screen_posted_without_this_part_leaves_it_as_it_is(client_of, editor, draft):
    data = {name: value for name, value in posted(draft, summary_es="Otro.").items() if "about-" not in name}

    client_of(editor).post(url("edit", "3430"), data)

    content = saved(draft)
    assert content["summary"]["es"] == "Otro."
    assert [content[name] for name in LISTS] == [draft.content[name] for name in LISTS]


def test_two_editors_who_choose_otherwise_see_what_each_added(client_of, editor, second_editor, draft):
    hers = posted(draft, **{"about-themes": ["identity", "health"]})
    client_of(editor).post(url("edit", "3430"), posted(draft, **{"about-themes": ["family"]}))

    refused = client_of(second_editor).post(url("edit", "3430"), hers)

    assert refused.status_code == 409
    assert '<del class="tag-refused">Family</del>' in refused.text
    assert '<ins class="tag-granted">Health</ins>' in refused.text
    assert saved(draft)["themes"] == ["family"]


def test_lists_are_compared_by_what_came_and_went_and_their_order_says_nothing():
    before = sheets.validated(factories.sheet(themes=["identity", "health"], audience=["people", "workers"]))
    after = {
        **before,
        "themes": ["health", "family"],
        "audience": ["workers", "people"],
        "voice": "complaint",
    }

    found = {str(one.place): one.pieces for one in differences(before, after)}

    assert set(found) == {"Themes", "What people say of the service"}
    told = [(piece.kind, piece.text) for piece in found["Themes"] if piece.text != ", "]
    assert told == [("gone", "Identity"), ("same", "Health"), ("new", "Family")]
    assert meaning_of({"themes": ["a", "b"]}) == meaning_of({"themes": ["b", "a"]})


def test_a_file_with_a_code_nobody_knows_is_refused_with_its_place(procedure_version, editor, actor_of):
    by = actor_of(editor)

    told = judge(factories.sheet(themes=["identity", "no-tal"]), "json", by=by)
    with_cells = judge({"code": "3430", "audience": "people, nadie"}, "xlsx", by=by)

    assert (told.outcome, "themes[1]: there is no “no-tal”" in told.reason) == ("refused", True)
    assert (with_cells.outcome, "audience: there is no “nadie”" in with_cells.reason) == ("refused", True)


def test_a_program_can_not_save_a_code_nobody_knows_either(draft, editor, actor_of):
    content = {**draft.content, "life_events": ["get-my-papers", "get-rich"]}

    with pytest.raises(SheetInvalid, match="get-rich"):
        actions.edit_version(draft, by=actor_of(editor), content=content, revision=1)


def test_what_is_said_to_be_nothing_is_not_kept():
    assert "right" not in sheets.validated(factories.sheet(right="", voice=None))


def test_every_reference_sheet_names_only_what_is_known():
    known = {
        "audience": set(AUDIENCES),
        "life_events": set(reference.LIFE_EVENTS),
        "themes": set(reference.THEMES),
    }

    wrong = [
        (data["slug"], name, code)
        for data in reference.read_sheets()
        for name in LISTS
        for code in data.get(name) or []
        if code not in known[name]
    ]

    assert wrong == []


def test_the_screen_asks_the_same_of_the_database_however_many_topics_there_are(client_of, editor, draft):
    client = client_of(editor)
    client.get(url("edit", "3430"))
    with CaptureQueriesContext(connection) as few:
        client.get(url("edit", "3430"))
    LifeEvent.objects.bulk_create(
        LifeEvent(code=f"event-{n}", title_es=f"Suceso {n}", title_en=f"Event {n}") for n in range(50)
    )

    with CaptureQueriesContext(connection) as many:
        client.get(url("edit", "3430"))

    assert len(few) == len(many)
