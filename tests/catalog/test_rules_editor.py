"""Rules written by an editor who knows no grammar."""

import pytest
from django.urls import reverse
from django.utils import translation

from catalog import actions
from catalog.forms import SheetForms
from tests.catalog.test_editor import posted
from tests.factories import catalog as factories

pytestmark = pytest.mark.django_db

DEEP = {
    "all": [
        {"fact": "age", "at_least": 18},
        {"any": [{"fact": "situation", "is": "student"}, {"fact": "age", "at_least": 60}]},
    ]
}


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def url(name, *args):
    return reverse(f"catalog:{name}", args=args)


def draft_of(agency, editor, actor_of, **changes):
    version = factories.publish(factories.sheet(**changes), agency=agency)
    return actions.begin_version(version.procedure, by=actor_of(editor))


@pytest.fixture
def draft(agency, editor, actor_of):
    return draft_of(agency, editor, actor_of)


def typed(*rows, combined="all"):
    """Return what is typed in the part, row by row: fact, comparison, value."""
    data = {"who-combined": combined, "rule-TOTAL_FORMS": str(len(rows)), "rule-INITIAL_FORMS": "0"}
    for number, (fact, comparison, value) in enumerate(rows):
        data |= {
            f"rule-{number}-fact": fact,
            f"rule-{number}-comparison": comparison,
            f"rule-{number}-value": value,
        }
    return data


def save(client_of, editor, draft, *rows, combined="all", **more):
    return client_of(editor).post(
        url("edit", "3430"), posted(draft, **typed(*rows, combined=combined), **more)
    )


def test_rules_are_written_in_words_saved_and_read_again(client_of, editor, draft):
    saved = save(
        client_of,
        editor,
        draft,
        ("age", "at_least", "65"),
        ("income_bracket", "at_most", "80 %"),
        ("years_in_chile", "between", "20 and 60"),
        ("situation", "is", "Carer, drawing a pension"),
        ("residence", "is_not", "Región de Valparaíso; santiago"),
        ("lives_in_chile", "is", "yes"),
    )

    assert saved.status_code == 302
    draft.refresh_from_db()
    assert draft.content["eligibility"] == {
        "all": [
            {"fact": "age", "at_least": 65},
            {"fact": "income_bracket", "at_most": 80},
            {"fact": "years_in_chile", "at_least": 20, "at_most": 60},
            {"fact": "situation", "in": ["carer", "retired"]},
            {"not": {"fact": "residence", "in": ["05", "13101"]}},
            {"fact": "lives_in_chile", "is": True},
        ]
    }
    again = client_of(editor).post(url("edit", "3430"), posted(draft))
    assert again.status_code == 302
    before, revision = draft.content, draft.revision
    draft.refresh_from_db()
    assert (draft.content, draft.revision) == (before, revision), "read and saved again, they are the same"
    assert "You must be 65 or older." in client_of(editor).get(url("version", "3430", 2)).text


def test_any_of_these_is_said_as_such_where_versions_are_compared(client_of, editor, draft):
    save(client_of, editor, draft, ("age", "at_most", "17"), ("situation", "is", "student"), combined="any")

    compared = client_of(editor).get(url("version-compare", "3430", 2)).text

    assert "Who may get it: One of several" in compared
    assert "You must be 17 or younger" in compared


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (("age", "at_least", "old"), "Write one whole number, only digits."),
        (("age", "at_least", "6５"), "Write one whole number, only digits."),
        (("age", "at_least", "9" * 900), "Write one whole number, only digits."),
        (("age", "at_least", "-5"), "Write one whole number, only digits."),
        (("age", "at_least", "0"), "Write a number from 1 to 120."),
        (("age", "between", "18"), "Write two whole numbers, like 18 and 65."),
        (("age", "between", "65 and 18"), "Write the smaller number first."),
        (("age", "is", "18"), "Choose “is at least”, “is at most” or “is between” for a number."),
        (("income_bracket", "at_most", "65"), "Write one of these: 40, 50, 60, 70, 80, 90."),
        (
            ("situation", "at_least", "student"),
            "Choose “is one of” or “is none of” for this: it is no number.",
        ),
        (
            ("situation", "is", "studying, rich"),
            "“rich” is not known here. Look below at what can be written.",
        ),
        (
            ("residence", "is", "Atlántida"),
            "“Atlántida” is not known here. Look below at what can be written.",
        ),
        (("lives_in_chile", "is", "maybe"), "Write yes or no."),
        (("age", "at_least", ""), "Write the value."),
        (("", "at_least", "65"), "Choose what the rule is on."),
        (("situation", "is", " , "), "Write the value."),
    ],
)
def test_what_is_no_rule_is_told_at_its_field_and_kept(row, sentence, client_of, editor, draft):
    answer = save(client_of, editor, draft, row, summary_es="Otras palabras que siguen aquí.")

    assert answer.status_code == 422
    assert sentence in answer.context["typed"].who.rows.forms[0].errors.as_text()
    assert "Otras palabras que siguen aquí." in answer.text
    assert answer.context["typed"].who.rows.forms[0]["value"].value() == row[2]


@pytest.mark.parametrize(
    "forged", [{"rule-0-fact": "shoe_size"}, {"rule-0-comparison": "eval"}, {"who-combined": "none"}]
)
def test_what_the_screen_never_offers_is_refused(forged, client_of, editor, draft):
    data = posted(draft, **typed(("age", "at_least", "65"))) | forged

    assert client_of(editor).post(url("edit", "3430"), data).status_code == 422


def test_rules_that_contradict_each_other_are_told_at_the_row(client_of, editor, draft):
    answer = save(client_of, editor, draft, ("age", "at_least", "65"), ("", "", ""), ("age", "at_most", "60"))

    assert answer.status_code == 422
    assert answer.context["typed"].who.rows.forms[2].errors["value"] == [
        "This rule contradicts another one: nobody could meet both. Change one."
    ]


def test_advice_is_given_while_two_rules_contradict_each_other(client_of, editor, draft):
    data = posted(draft, **typed(("age", "at_least", "65"), ("age", "at_most", "60")))

    answer = client_of(editor).post(url("advice", "3430"), data)

    assert answer.status_code == 200


def test_rules_that_do_not_fit_who_applies_now_are_told_at_their_row(client_of, editor, agency, actor_of):
    draft = draft_of(agency, editor, actor_of, eligibility={"fact": "age", "at_least": 65})

    answer = client_of(editor).post(url("edit", "3430"), posted(draft, **{"about-applicant": "organisation"}))

    row = answer.context["typed"].who.rows.forms[0]
    assert answer.status_code == 422
    assert row.errors["fact"] == [
        "This is not asked of whoever applies here. Choose another, or remove the rule."
    ]
    assert '<option value="age" selected>' in answer.text
    assert "eligibility" not in row.errors.as_text()


def test_who_applies_and_the_rules_are_changed_at_once(client_of, editor, agency, actor_of):
    draft = draft_of(agency, editor, actor_of, eligibility={"fact": "age", "at_least": 65})

    saved = save(client_of, editor, draft, ("size", "is", "small"), **{"about-applicant": "organisation"})

    assert saved.status_code == 302
    draft.refresh_from_db()
    assert draft.content["eligibility"] == {"all": [{"fact": "size", "in": ["small"]}]}


def test_deep_rules_that_do_not_fit_who_applies_now_are_told_where_they_are_removed(
    client_of, editor, agency, actor_of
):
    draft = draft_of(agency, editor, actor_of, eligibility=DEEP)
    data = posted(draft, **{"about-applicant": "organisation"})

    refused = client_of(editor).post(url("edit", "3430"), data)
    saved = client_of(editor).post(url("edit", "3430"), {**data, "who-drop": "on"})

    assert refused.status_code == 422
    assert 'href="#id_who-drop"' in refused.text
    assert (
        "These rules ask what is not asked of whoever applies here. Tick this to remove them." in refused.text
    )
    assert saved.status_code == 302


def test_rules_are_taken_away_row_by_row(client_of, editor, agency, actor_of):
    draft = draft_of(agency, editor, actor_of, eligibility={"fact": "age", "at_least": 65})

    client_of(editor).post(url("edit", "3430"), posted(draft, **{"rule-0-remove": "on"}))

    draft.refresh_from_db()
    assert "eligibility" not in draft.content


def test_rules_that_go_deeper_are_shown_in_words_and_kept(client_of, editor, agency, actor_of):
    draft = draft_of(agency, editor, actor_of, eligibility=DEEP)

    page = client_of(editor).get(url("edit", "3430")).text
    client_of(editor).post(url("edit", "3430"), posted(draft, summary_es="Otras palabras."))

    draft.refresh_from_db()
    assert "These rules go deeper than this screen." in page
    assert "This must be your situation: studying." in page
    assert draft.content["eligibility"] == DEEP
    assert draft.content["summary"]["es"] == "Otras palabras."


def test_deep_rules_are_replaced_only_by_whoever_says_so(client_of, editor, agency, actor_of):
    draft = draft_of(agency, editor, actor_of, eligibility=DEEP)

    refused = save(client_of, editor, draft, ("age", "at_least", "65"))
    saved = save(client_of, editor, draft, ("age", "at_least", "65"), **{"who-drop": "on"})

    assert refused.status_code == 422
    assert "Tick this to put your rules in the place of those above" in refused.text
    assert saved.status_code == 302
    draft.refresh_from_db()
    assert draft.content["eligibility"] == {"all": [{"fact": "age", "at_least": 65}]}


def test_a_screen_that_was_drawn_without_the_part_leaves_the_rules_alone(client_of, editor, agency, actor_of):
    rules = {"fact": "age", "at_least": 65}
    draft = draft_of(agency, editor, actor_of, eligibility=rules)
    data = {
        name: value
        for name, value in posted(draft, summary_es="Otras.").items()
        if not name.startswith(("rule-", "who-"))
    }

    assert client_of(editor).post(url("edit", "3430"), data).status_code == 302

    draft.refresh_from_db()
    assert draft.content["eligibility"] == rules


def test_twenty_rules_are_the_most(client_of, editor, draft):
    row = ("situation", "is", "student")

    assert save(client_of, editor, draft, *[row] * 20).status_code == 302
    draft.refresh_from_db()
    assert len(draft.content["eligibility"]["all"]) == 20
    assert save(client_of, editor, draft, *[row] * 21).status_code == 422


def test_more_rows_are_drawn_and_nothing_typed_is_lost(client_of, editor, draft):
    answer = save(client_of, editor, draft, ("age", "at_least", "typed, not judged yet"), add="rule")

    assert answer.status_code == 200
    assert 'value="typed, not judged yet"' in answer.text
    assert 'name="rule-2-fact"' in answer.text


def test_an_organisations_sheet_offers_the_facts_of_organisations(client_of, editor, agency, actor_of):
    draft = draft_of(agency, editor, actor_of, applicant="organisation")

    facts = dict(SheetForms(draft.content, revision=1).who.rows.forms[0].fields["fact"].choices)

    assert set(facts) == {"", "size", "sector", "organisation_age"}


def test_both_languages_write_the_same_rules(client_of, editor, draft):
    with translation.override("es"):
        path = url("edit", "3430")
        client_of(editor).post(
            path, posted(draft, **typed(("lives_in_chile", "is", "sí"), ("age", "between", "18 y 65")))
        )

    draft.refresh_from_db()
    assert draft.content["eligibility"]["all"] == [
        {"fact": "lives_in_chile", "is": True},
        {"fact": "age", "at_least": 18, "at_most": 65},
    ]
