"""Help for whoever writes a sheet: how easy its Spanish is, long sentences, letters nobody explained, what is missing."""

import pytest
from django.urls import reverse
from django.utils import translation

from catalog import actions, plain_language
from catalog.questionnaires import definition
from tests.factories import catalog as sheets

EASY = (
    "Vaya a la oficina con su carné. Pida un número. Le llaman por su nombre. El trámite dura diez minutos. No cuesta nada. "
    "Le dan el papel en la mano."
)
HARD = (
    "El requirente deberá acompañar los antecedentes fundantes correspondientes al procedimiento administrativo individualizado "
    "precedentemente, certificando fehacientemente la circunstancia habilitante invocada ante la institucionalidad competente."
)


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("sol", 1), ("casa", 2), ("país", 2), ("cielo", 2), ("ciudad", 2), ("aéreo", 4), ("quien", 1), ("guitarra", 3), ("pingüino", 3),
        ("ley", 1), ("muy", 1), ("inscripción", 3), ("oficina", 4), ("Único", 3), ("huella", 2), ("año", 2),
    ],
)  # fmt: skip
def test_syllables_are_counted_as_they_are_spoken(word, count):
    assert plain_language.syllables(word) == count


def test_plain_words_read_easier_than_an_officials():
    easy, hard = plain_language.reading_of(EASY), plain_language.reading_of(HARD * 2)

    assert (easy.is_easy_enough, hard.is_easy_enough) == (True, False)
    assert easy.score > 80
    assert hard.score < 40
    assert (easy.label, hard.label) == ("very easy", "very hard")
    assert plain_language.reading_of("Muy corto.") is None


def advised(**changes):
    sheet = sheets.sheet(**changes)
    sheet["form"] = definition.compiled(sheet["form"])
    return [(str(one.part), str(one.sentence), one.excerpt) for one in plain_language.advice_on(sheet)]


def test_a_sheet_with_nothing_amiss_gets_no_advice():
    assert advised() == []


def test_long_sentences_and_officials_words_are_shown_where_they_stand():
    told = advised(
        sections={
            "purpose": {"es": f"- Sirve para probar.\n- {HARD}", "en": "x"},
            "who_may": {"es": "Todos."},
        }
    )

    assert ("purpose", "Plainer: “quien lo pide”.", "requirente") in told
    assert any(part == "purpose" and "words: make two of it" not in said for part, said, _excerpt in told)
    long = " ".join(["palabra"] * 26)
    assert ("summary", "A sentence of 26 words: make two of it.") in [
        row[:2] for row in advised(summary={"es": long, "en": "x"})
    ]


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Pida la cita en el SERNAC.", True),
        ("Pida la cita en el Servicio Nacional del Consumidor (SERNAC). El SERNAC responde.", False),
        ("Pida la cita en el SERNAC (Servicio Nacional del Consumidor).", False),
        ("Pida la cita en el SERNAC. El Servicio Nacional del Consumidor (SERNAC) responde.", True),
        ("Lleve su RUN y pague el IVA en UF.", False),
    ],
)
def test_letters_are_asked_to_be_explained_once(text, asked):
    told = [row for row in advised(summary={"es": text, "en": "x"}) if row[2] == "SERNAC"]

    assert len(told) == asked


WORDY = {"es": f"Esto lo pide el requirente. {' '.join(['palabra'] * 26)}."}
PLACE = {"communes": ["13120"]}
QUESTION = {"key": "a", "type": "text", "question": {"es": "¿Por qué?"}}


@pytest.mark.parametrize(
    ("part", "changes"),
    [
        ("title", {"title": {**WORDY, "en": "x"}}),
        ("variants", {"variants": [{**PLACE, "text": WORDY}]}),
        ("variants", {"variants": [{**PLACE, "term": {"text": WORDY}}]}),
        ("variants", {"variants": [{**PLACE, "costs": [{"amount": 1, "condition": WORDY}]}]}),
        ("variants", {"variants": [{**PLACE, "requirements": [{"code": "b", "label": WORDY}]}]}),
        (
            "form",
            {"form": [{**QUESTION, "question": WORDY}], "requirements": sheets.SHEET["requirements"][:1]},
        ),
        ("form", {"form": [{**QUESTION, "hint": WORDY}], "requirements": sheets.SHEET["requirements"][:1]}),
    ],
)
def test_every_text_that_people_read_is_read_for_them(part, changes):
    assert {(row[0], row[2]) for row in advised(**changes)} >= {(part, "requirente")}
    assert {row[0] for row in advised(**changes)} == {part}


def test_letters_of_a_place_that_the_sheet_explains_are_explained():
    told = {"es": "El Servicio Nacional del Consumidor (SERNAC) responde.", "en": "x"}
    there = [{**PLACE, "text": {"es": "Vaya al SERNAC."}}]

    assert [row[0] for row in advised(variants=there)] == ["variants"]
    assert advised(variants=there, summary=told) == []


def test_what_is_given_at_once_says_how_long_it_takes():
    assert advised(term={"business_days": 0}) == []
    assert [row[0] for row in advised(term={})] == ["term"]


@pytest.mark.parametrize("part", ["costs", "requirements", "legal_basis", "channels", "keywords"])
def test_what_a_reader_looks_for_and_does_not_find_is_said(part):
    assert [row[0] for row in advised(**{part: type(sheets.SHEET[part])()})] == [part]


def test_a_paper_that_is_asked_as_a_file_by_no_question_is_said():
    proof, birth = (
        {"code": code, "label": {"es": f"Papel {code}", "en": code}, "upload": True}
        for code in ("proof", "birth")
    )

    assert advised(requirements=[proof]) == []
    assert [(part, words) for part, _said, words in advised(requirements=[proof, birth])] == [
        ("requirements", "Papel birth")
    ]
    assert advised(requirements=[birth], form=[]) == []  # nobody applies here


@pytest.mark.django_db
def test_advice_follows_what_stands_typed_and_saves_nothing(client_of, editor, procedure_version, actor_of):
    from tests.catalog.test_editor import posted

    draft = actions.begin_version(procedure_version.procedure, by=actor_of(editor))
    address = reverse("catalog:advice", args=["3430"])

    typed = client_of(editor).post(address, posted(draft, summary_es="Se debe impetrar en el SERNAC.")).text
    broken = client_of(editor).post(address, posted(draft, title_es="", term_days="muchos"))

    assert "impetrar" in typed
    assert "SERNAC" in typed
    assert broken.status_code == 200
    draft.refresh_from_db()
    assert draft.revision == 1


def test_a_link_that_a_load_brought_and_that_leads_nowhere_is_told():
    def told(**changes):
        content = {**sheets.sheet(), "form": {}, **changes}
        return [one.part for one in plain_language.advice_on(content) if "leads nowhere" in str(one.sentence)]

    dead = {"es": "Vea [esto](javascript:alert(1)).", "en": "See [this](https://www.example.org)."}
    assert told() == []
    assert told(sections={"purpose": dead}) == ["purpose"]
    assert told(
        channels={"online": {"mode": "inform", "text": {"es": "x", "en": "[y](www.example.org)"}}}
    ) == ["channels"]
    assert told(term={"text": "[x](#y)"}) == ["term"]
