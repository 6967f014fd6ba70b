"""The preview of a form: the citizen's own pages, walked by an editor, with nothing stored."""

import json
import re
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from catalog import actions
from crm.models import Case, Document, Interaction
from events.models import Event
from tests.catalog.forms import GOOD, pair, row
from tests.factories.territory import CommuneFactory

pytestmark = pytest.mark.django_db
PREVIEW = "/en/staff/catalogue/procedures/3430/form/preview/"


@pytest.fixture
def draft(procedure_version, editor, actor_of):
    return actions.begin_version(procedure_version.procedure, by=actor_of(editor))


@pytest.fixture
def mine(client_of, editor):
    CommuneFactory()
    client = client_of(editor)
    client.cookies["django_language"] = "en"
    return client


def write(draft, editor, actor_of, *questions):
    content = {**draft.content, "form": list(questions)}
    return actions.edit_version(draft, by=actor_of(editor), content=content, revision=draft.revision)


def carried(answer) -> dict:
    """Return what the page carries on."""
    found = dict(re.findall(r'name="(at|given)" value="([^"]*)"', answer.text))
    return {name: unescape(value) for name, value in found.items()}


def go_on(client: Client, answer, **typed):
    return client.post(PREVIEW, {**carried(answer), **typed})


def test_an_editor_walks_the_questions_and_sees_the_branch_that_an_answer_opens(mine, draft):
    first = mine.get(PREVIEW)
    lost = go_on(mine, first, reason="lost")
    work = go_on(mine, first, reason="work")

    assert "Why do you ask for it?</h1>" in " ".join(first.text.split())
    assert "When did you lose it?" in lost.text
    assert "Asked with the answers given so far. When “Why do you ask for it?” is I lost it." in unescape(
        lost.text
    )
    assert carried(work)["at"] == "copies"
    assert json.loads(carried(work)["given"]) == {"reason": "work"}


def test_walking_to_the_end_stores_nothing(mine, draft):
    events = Event.objects.count()
    page = mine.get(PREVIEW)
    typed = [
        {"reason": "lost"},
        {"lost_on_day": "3", "lost_on_month": "2", "lost_on_year": "2026"},
        {"copies": "2"},
        {"delivery": "yes"},
        {"address__street": "Calle 1", "address__commune": "13101"},
        {"proof": SimpleUploadedFile("papel.pdf", b"%PDF-1.4 x")},
        {"declaration": "on"},
    ]

    for one in typed:
        page = go_on(mine, page, **one)
        assert page.status_code == 200, page.text

    text = unescape(page.text)
    assert "Check your answers" in text
    assert all(word in text for word in ("03-02-2026", "Calle 1, Santiago", "papel.pdf", "I declare it"))
    assert [model.objects.count() for model in (Case, Interaction, Document)] == [0, 0, 0]
    assert Event.objects.count() == events
    assert carried(mine.post(PREVIEW, {"begin": "1"}))["at"] == "reason"


def test_a_wrong_answer_is_told_as_to_a_citizen(mine, draft):
    answer = mine.post(PREVIEW, {"at": "copies", "given": "{}", "copies": "nine"})

    assert answer.status_code == 422
    assert "Write a whole number, like 1500 or 1.500." in answer.text
    assert 'value="nine"' in answer.text


def test_a_question_not_asked_so_far_can_be_looked_at_and_says_so(mine, draft):
    text = unescape(mine.get(PREVIEW, {"question": "address"}).text)

    assert "Not asked with the answers given so far. When “Shall we mail it?” is Yes." in text
    assert mine.get(PREVIEW, {"question": "nobody"}).status_code == 404


def test_the_page_is_read_in_the_other_language_as_it_stands(mine, draft):
    page = go_on(mine, mine.get(PREVIEW), reason="lost")
    spanish = PREVIEW.replace("/en/", "/es/")

    other = mine.post(spanish, {**carried(page), "only_the_language": "1"})
    refused = go_on(mine, other, lost_on_day="x")
    again = mine.post(spanish, {**carried(refused), "lost_on_day": "x", "only_the_language": "1"})

    assert "¿Cuándo lo perdió?" in other.text
    assert "has-error" not in other.text
    assert json.loads(carried(other)["given"]) == {"reason": "lost"}
    assert f'action="{spanish}"' in page.text
    assert 'value="x"' in again.text


def test_a_list_is_added_to_and_taken_from(mine, draft, editor, actor_of):
    write(draft, editor, actor_of, row("cars", "group", min_items=2))
    page = mine.get(PREVIEW)

    one = go_on(mine, page, cars__plate="ABCD12", cars__year="2019", add="1")
    short = go_on(mine, one)
    two = go_on(mine, one, cars__plate="EFGH34", cars__year="2020", add="1")
    left = go_on(mine, two, remove=json.loads(carried(two)["given"])["cars"][0]["id"])
    end = go_on(mine, two)

    assert "Plate: ABCD12, Year: 2019" in one.text
    assert (short.status_code, "Add at least 2." in short.text) == (422, True)
    assert ("ABCD12" in left.text, "EFGH34" in left.text) == (False, True)
    assert "Check your answers" in end.text


def test_questions_of_a_page_are_asked_together_and_one_that_they_open_follows(mine, draft, editor, actor_of):
    page = pair("Su casa", "Your home")
    write(
        draft,
        editor,
        actor_of,
        row("own", "yes_no", page=page),
        row("rent", "money", page=page, show_if={"question": "own", "is": False}),
        row("end"),
    )
    first = mine.get(PREVIEW)

    opened = go_on(mine, first, own="no")
    passed = go_on(mine, opened, own="yes", rent="")

    assert ">Your home</h1>" in first.text
    assert 'name="rent"' not in first.text
    assert 'name="rent"' in opened.text
    assert "has-error" not in opened.text
    assert carried(passed)["at"] == "end"


def test_back_and_skip(mine, draft, editor, actor_of):
    write(draft, editor, actor_of, row("a", required=False), row("b"))
    first = mine.get(PREVIEW)

    second = go_on(mine, first, skip="1")
    back = go_on(mine, second, back="1")

    assert carried(second)["at"] == "b"
    assert carried(back)["at"] == "a"
    assert json.loads(carried(back)["given"]) == {"a": None}


@pytest.mark.parametrize(
    "given",
    [
        "x",
        "[]",
        "null",
        '{"reason": ["lost"], "copies": {"a": 1}, "zz": 3}',
        "[" * 30_000,
        '{"copies": 2e999}',
        "x" * 250_000,
    ],
)
def test_whatever_a_page_carries_it_never_breaks(mine, draft, given):
    for at in ("reason", "copies", "address", "proof"):
        assert mine.post(PREVIEW, {"at": at, "given": given}).status_code in {200, 422}
    assert mine.post(PREVIEW, {"at": "zz", "given": given}).status_code == 404


def test_every_kind_of_answer_is_carried_and_drawn_again(mine, draft, editor, actor_of):
    kinds = [kind for kind in GOOD if kind != "file"]
    write(draft, editor, actor_of, *[row(f"x_{kind}", kind) for kind in kinds], row("last"))
    given = json.dumps({f"x_{kind}": GOOD[kind] for kind in kinds})

    for kind in kinds:
        page = mine.get(PREVIEW, {"question": f"x_{kind}"})
        assert mine.post(PREVIEW, {"at": f"x_{kind}", "given": given, "back": "1"}).status_code == 200
        assert page.status_code == 200
    end = mine.post(PREVIEW, {"at": "last", "given": given, "last": "Fin"})
    assert "Luz Rojas (Son or daughter)" in end.text
    assert "$45.000" in end.text


def test_it_is_shown_at_a_phones_width_in_a_page_of_ours_alone(mine, draft):
    phone = mine.get(PREVIEW + "phone/", {"question": "copies"})
    framed = mine.get(PREVIEW)

    assert f'src="{PREVIEW}?question=copies"' in phone.text
    assert "frame-ancestors 'self'" in framed.headers["Content-Security-Policy"]
    assert framed.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'none'" in phone.headers["Content-Security-Policy"]
    assert mine.get(reverse("catalog:form-preview", args=["9999"])).status_code == 404


def test_the_preview_has_the_same_boxes_as_the_application(mine, client, draft, procedure_version):
    from tests.portal.walks import begin, fill, question

    asked = fill(client, begin(client, procedure_version), until="reason")
    theirs = client.get(
        question(asked, "reason")
        .replace("/es/solicitudes/", "/en/applications/")
        .replace("pregunta", "question")
    )
    ours = mine.get(PREVIEW)

    def boxes(text: str) -> str:
        return text[text.index('<fieldset class="field') : text.index("</fieldset>")]

    assert boxes(theirs.text) == boxes(ours.text)
