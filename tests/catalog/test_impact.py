"""What a new text of a sheet changes for people, and what it does not."""

import pytest
from django.utils import translation

from catalog.queries.impact import changes_for_people, touches
from catalog.sheets import validated
from tests.factories.catalog import sheet
from tests.factories.territory import CommuneFactory

CARD = {"code": "id-card", "label": {"es": "Cédula de identidad", "en": "Identity card"}}
PROOF = {"code": "proof", "label": {"es": "Comprobante", "en": "Proof"}, "upload": True}
FORM = sheet()["form"]
WITHOUT_FILES = [question for question in FORM if question["type"] != "file"]
PHOTO = {"key": "photo", "type": "file", "question": {"es": "Adjunte una foto", "en": "Attach a photo"}}
LOST = {"question": "reason", "is": "lost"}
PRICE = {"amount": 3820, "currency": "CLP", "condition": {"es": "Primera vez", "en": "First time"}}


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def sentences(**changes):
    return [change.sentence for change in changes_for_people(validated(sheet()), validated(sheet(**changes)))]


@pytest.mark.parametrize(
    ("changes", "touched", "words"),
    [
        ({"requirements": [CARD, PROOF, {"code": "photo", "label": {"es": "Una foto"}}]}, ["bring"], "Una foto"),
        ({"requirements": [CARD], "form": WITHOUT_FILES}, ["bring"], "need not bring this any more: Proof"),
        ({"form": [*FORM, PHOTO]}, ["bring"], "Bring this too: Attach a photo"),
        ({"form": [*FORM, {**PHOTO, "show_if": LOST}]}, ["bring"], "In some situations, bring this too: Attach a photo"),
        ({"requirements": [{**CARD, "upload": True}, PROOF]}, ["bring"], "asked as a file online now: Identity card"),
        ({"form": [*FORM, {**PHOTO, "requirement": "id-card"}]}, ["bring"], "asked as a file online now: Identity card"),
        ({"requirements": [CARD, {**PROOF, "upload": False}], "form": WITHOUT_FILES}, ["bring"], "not asked as a file online any more: Proof"),
        ({"requirements": [{**CARD, "required": False}, PROOF]}, ["bring"], "Only in some situations"),
        ({"requirements": [{**CARD, "valid_days": 30}, PROOF]}, ["bring"], "at most 30 days old"),
        ({"requirements": [{**CARD, "provided_by": "state"}, PROOF]}, ["bring"], "need not bring this any more: Identity card"),
        ({"requirements": [{**CARD, "note": {"es": "Vigente"}}, PROOF]}, ["bring"], "What is asked here changed"),
        ({"costs": [{**PRICE, "amount": 4100}]}, ["pay"], "It costs $4,100 (First time); before, $3,820 (First time)."),
        ({"costs": [{**PRICE, "amount": 0}]}, ["pay"], "Free"),
        ({"costs": [PRICE, {"amount": 5000, "currency": "CLP"}]}, ["pay"], "It costs now"),
        ({"costs": []}, ["pay"], "not known to us any more"),
        ({"term": {"business_days": 15, "text": {"es": "15 días hábiles"}}}, ["wait"], "15 business days. Before: Up to 10"),
        ({"stages": [{"agency": "SRCEI", "term_business_days": 20}]}, ["wait"], "How long it takes"),
        ({"term": {"business_days": 10, "text": {"es": "10 días hábiles; en regiones, hasta 90"}}}, ["wait"], "hasta 90. Before: 10 business days."),
    ],
)  # fmt: skip
def test_what_people_bring_pay_or_wait_otherwise_is_said_in_a_sentence(changes, touched, words):
    assert touches(validated(sheet()), validated(sheet(**changes))) == touched
    assert any(words.replace(",", ".") in said.replace(",", ".") for said in sentences(**changes)), sentences(
        **changes
    )


def test_a_paper_of_which_the_code_alone_is_another_is_the_same_to_everybody():
    assert sentences(requirements=[{**CARD, "code": "cedula"}, PROOF]) == []
    (said,) = sentences(requirements=[{**CARD, "code": "cedula", "valid_days": 30}, PROOF])
    assert "at most 30 days old" in said


def test_papers_whose_codes_change_places_are_the_same_to_everybody():
    def said(*rows):
        return [one.sentence for one in changes_for_people(papers(CARD, PROOF), papers(*rows))]

    def papers(*rows):
        return validated(sheet(form=[], requirements=[{**row, "upload": False} for row in rows]))

    swapped = [{**CARD, "code": "proof"}, {**PROOF, "code": "id-card"}]
    assert said(*swapped) == []
    assert said(swapped[0], {**swapped[1], "valid_days": 30}) == [
        "This must be at most 30 days old now: Proof"
    ]
    assert said(swapped[1]) == ["You need not bring this any more: Identity card"]


@pytest.mark.parametrize(
    "changes",
    [
        {"summary": {"es": "Otras palabras."}},
        {"requirements": [{**CARD, "label": {"es": "cedula de identidad.", "en": "Your identity card"}}, PROOF]},
        {"requirements": [PROOF, CARD]},
        {"requirements": [CARD, {**PROOF, "upload": False}]},  # the form asks for the file as before
        {"form": WITHOUT_FILES},  # and here the sheet says that it is asked as one
        {"form": [*FORM, {**PHOTO, "required": False}]},
        {"costs": [{**PRICE, "condition": {"es": "Primera  vez.", "en": "The first time"}}]},
        {"term": {"business_days": 10, "text": {"es": "Diez días hábiles"}}},
    ],
)  # fmt: skip
def test_a_comma_an_accent_a_translation_or_another_order_changes_nothing_for_anybody(changes):
    assert touches(validated(sheet()), validated(sheet(**changes))) == []


@pytest.mark.parametrize(
    "condition", [None, {"es": "Gratis"}, {"es": "Para quien lo pida", "en": "For everybody"}]
)
def test_what_is_free_for_everybody_before_and_after_costs_as_before_whatever_is_said_of_it(condition):
    free = {"amount": 0, "currency": "CLP"}
    before = validated(sheet(costs=[{**free, "condition": {"es": "Gratis", "en": "Free"}}]))
    after = validated(sheet(costs=[{**free, "condition": condition} if condition else free]))

    assert touches(before, after) == []


def test_several_things_are_said_together():
    said = sentences(costs=[], requirements=[CARD], form=WITHOUT_FILES, term={"calendar_days": 5})

    assert len(said) == 3


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, {"requirements": [{**CARD, "document_type": "id-card"}, PROOF]}),
        (
            {"term": {"text": {"es": "Hasta 10 días hábiles"}}},
            {"term": {"text": {"es": "Hasta 10 días hábiles"}, "business_days": 10}},
        ),
        (
            {"stages": [{"agency": "SRCEI", "term_business_days": 10}]},
            {"stages": [{"agency": "IPS", "term_business_days": 10}]},
        ),
    ],
    ids=["which document it is", "a number beside its words", "who decides"],
)
def test_what_nobody_brings_pays_or_waits_otherwise_is_told_to_nobody(before, after):
    assert touches(validated(sheet(**before)), validated(sheet(**after))) == []


THERE = {
    "communes": ["13101"],
    "costs": [{"amount": 1000}],
    "requirements": [{"code": "plan", "label": {"es": "Plano", "en": "Plan"}}],
    "term": {"business_days": 5},
}


@pytest.mark.django_db
def test_what_changes_only_where_it_is_done_otherwise_is_told_with_the_place():
    CommuneFactory()
    dearer = {**THERE, "costs": [{"amount": 90000}], "term": {"business_days": 60}}
    before, after = (validated(sheet(variants=[one])) for one in (THERE, dearer))

    assert touches(before, after) == ["pay", "wait"]
    assert [change.sentence for change in changes_for_people(before, after)] == [
        "In Santiago: It costs $90.000; before, $1.000.",
        "In Santiago: It takes: Up to 60 business days. Before: Up to 5 business days.",
    ]


@pytest.mark.django_db
def test_what_comes_to_be_otherwise_somewhere_and_ends_there_is_told():
    CommuneFactory()
    plain, otherwise = validated(sheet()), validated(sheet(variants=[THERE]))

    assert touches(plain, otherwise) == ["bring", "pay", "wait"]
    assert touches(otherwise, plain) == ["bring", "pay", "wait"]
    assert touches(otherwise, otherwise) == []


@pytest.mark.django_db
def test_what_changed_for_everybody_is_not_said_again_for_a_place():
    CommuneFactory()
    moved = {key: value for key, value in THERE.items() if key == "communes"} | {"text": {"es": "Aquí."}}
    before = validated(sheet(variants=[moved]))
    after = validated(sheet(variants=[{**moved, "text": {"es": "Allá."}}], costs=[{**PRICE, "amount": 4100}]))

    assert len(changes_for_people(before, after)) == 1
