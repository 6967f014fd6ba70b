"""Rules of who may get a procedure: what the grammar lets in, how they are answered, and how they are said."""

import copy
import re
from typing import Any

import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog import sheets
from catalog.eligibility.asking import FactsForm, questions, questions_about
from catalog.eligibility.contradictions import contradictions
from catalog.eligibility.facts import FACTS, SITUATIONS, Kind
from catalog.eligibility.grammar import RulesInvalid, leaves, validated
from catalog.eligibility.judging import open_codes, verdict
from catalog.eligibility.words import in_words, named_rules, rules_in_words
from catalog.queries.differences import differences
from tests.catalog.rules import cases, somebody, trees
from tests.factories.catalog import sheet

PGU: dict[str, Any] = {"all": [{"fact": "age", "at_least": 65}, {"fact": "years_in_chile", "at_least": 20}]}
AGED = {"fact": "age", "at_least": 65}
ABROAD = {"fact": "lives_in_chile", "is": False}
CARER = {"fact": "situation", "is": "carer"}
many = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture(autouse=True)
def _in_english(in_english):
    """Sentences are compared in their source language."""


# --- what the grammar lets in ------------------------------------------------------------------------
@many
@given(st.sampled_from(["person", "organisation"]).flatmap(lambda who: st.tuples(st.just(who), trees(who))))
def test_every_shape_of_rules_is_taken_as_it_is(given_rules):
    applicant, rules = given_rules

    assert validated(rules, applicant=applicant) == rules


def nodes(rules: dict[str, Any]) -> list[dict[str, Any]]:
    inner = [rules["not"]] if "not" in rules else rules.get("all", rules.get("any", []))
    return [rules, *(one for part in inner for one in nodes(part))]


WRONG = [None, -1, True, "x", [], {}, 1.5, ["x"], {"x": 1}, float("nan"), 10**30]


@many
@given(cases(), st.data())
def test_whatever_is_put_in_its_place_is_refused_with_its_line(given_case, data):
    applicant, rules, _known, _part = given_case
    changed = copy.deepcopy(rules)
    node = data.draw(st.sampled_from(nodes(changed)))
    match data.draw(st.sampled_from(["add", "rename", "replace"])):
        case "add":
            node[data.draw(st.sampled_from(["eval", "or", "value", "__class__", "", 7]))] = "1"
        case "rename":
            key = data.draw(st.sampled_from(list(node)))
            node[f"{key}_"] = node.pop(key)
        case "replace":
            key = data.draw(st.sampled_from(list(node)))
            wrong = st.sampled_from(WRONG)
            if node.get("fact") == "lives_in_chile" and key == "is":
                wrong = wrong.filter(lambda one: one is not True)
            node[key] = data.draw(wrong)

    with pytest.raises(RulesInvalid) as refused:
        validated(changed, applicant=applicant)

    assert all(
        re.match(r"eligibility(\.|$)", place) and sentence for place, sentence in refused.value.problems
    )


@pytest.mark.parametrize(
    ("rules", "place"),
    [
        ({"all": [PGU, PGU, {"fact": "shoe_size", "at_least": 40}]}, "eligibility.all[2].fact"),
        ({"fact": ["age"], "at_least": 1}, "eligibility.fact"),
        ({"fact": "age", "at_least": True}, "eligibility.at_least"),
        ({"fact": "age", "at_least": "65"}, "eligibility.at_least"),
        ({"fact": "age", "at_least": 65.0}, "eligibility.at_least"),
        ({"fact": "age", "at_least": 0}, "eligibility.at_least"),
        ({"fact": "age", "more_than": 60}, "eligibility.more_than"),
        ({"fact": "age"}, "eligibility"),
        ({"fact": "age", "at_least": 60, "at_most": 50}, "eligibility.at_least"),
        ({"fact": "income_bracket", "at_most": 65}, "eligibility.at_most"),
        ({"fact": "income_bracket", "at_most": 100}, "eligibility.at_most"),
        ({"fact": "lives_in_chile", "is": "yes"}, "eligibility.is"),
        ({"fact": "situation", "in": ["student", "rich"]}, "eligibility.in[1]"),
        ({"fact": "situation", "in": ["student", "student"]}, "eligibility.in[1]"),
        ({"fact": "situation", "is": "student", "in": ["student"]}, "eligibility"),
        ({"fact": "residence", "is": "99"}, "eligibility.is"),
        ({"fact": "residence", "in": ["13", "13999"]}, "eligibility.in[1]"),
        ({"fact": "size", "is": "micro"}, "eligibility.fact"),
        ({"any": []}, "eligibility.any"),
        ({"all": [{"not": {"any": []}}]}, "eligibility.all[0].not.any"),
        ({"all": [PGU], "any": [PGU]}, "eligibility"),
        ({"not": [PGU]}, "eligibility.not"),
        (
            {"all": [{"fact": "age", "at_least": 65}, {"fact": "age", "at_most": 60}]},
            "eligibility.all[1]",
        ),
        ({"all": [{"fact": "lives_in_chile", "is": True}, ABROAD]}, "eligibility.all[1]"),
        ({"all": [ABROAD, {"fact": "residence", "is": "13101"}]}, "eligibility.all[1]"),
        (
            {"all": [{"fact": "residence", "is": "05"}, {"fact": "residence", "is": "13101"}]},
            "eligibility.all[1]",
        ),
        (
            {"all": [CARER, {"not": {"fact": "situation", "in": ["carer", "student"]}}]},
            "eligibility.all[1].not",
        ),
        ({"not": {"any": [CARER, {"not": CARER}]}}, "eligibility.not.any[1].not"),
        ({"all": [AGED, {"all": [{"not": AGED}]}]}, "eligibility.all[1].all[0].not"),
        ({"any": [CARER, {"all": [AGED, {"not": AGED}]}]}, "eligibility.any[1].all[1].not"),
        (
            {"all": [{"fact": "age", "at_most": 20}, {"fact": "years_in_chile", "at_least": 30}]},
            "eligibility.all[1]",
        ),
        ("__import__('os').system('true')", "eligibility"),
        ({"all": "age > 60"}, "eligibility.all"),
    ],
)
def test_what_leaves_the_grammar_is_refused_with_the_line_that_is_wrong(rules, place):
    with pytest.raises(RulesInvalid) as refused:
        validated(rules)

    assert refused.value.problems[0][0] == place


@many
@given(st.lists(trees("person", 2), min_size=1, max_size=6), somebody())
def test_rules_that_somebody_meets_are_never_told_to_contradict_each_other(parts, known):
    rules = {"all": parts}
    if verdict(rules, known):
        assert not any(contradictions(rules, ""))


def test_rules_of_which_one_is_enough_may_exclude_each_other():
    rules = {"all": [{"any": [CARER, {"not": CARER}]}, {"not": {"all": [CARER, PGU]}}]}

    assert validated(rules) == rules


def test_what_is_wrong_with_rules_is_told_in_the_language_of_the_page():
    wrong = {
        "all": [
            {"fact": "lives_in_chile", "is": "yes"},
            {"fact": "situation", "is": "rich"},
            {"fact": "shoe_size", "is": 1},
            "age > 60",
        ]
    }
    with translation.override("es"), pytest.raises(RulesInvalid) as refused:
        validated(wrong)

    told = [sentence for _place, sentence in refused.value.problems]
    assert told[0] == "debe ser verdadero o falso (true o false)"
    assert told[1].startswith("debe ser uno de: pregnant")
    assert told[2].startswith("debe ser uno de: age")
    assert told[3] == "debe ser un conjunto de nombres con sus valores"


def deep(levels: int) -> dict[str, Any]:
    rules: dict[str, Any] = {"fact": "age", "at_least": 18}
    for _level in range(levels - 1):
        rules = {"not": rules}
    return rules


def test_six_levels_and_sixty_rules_are_the_most():
    leaf = {"fact": "situation", "is": "student"}
    assert validated(deep(6))
    assert validated({"any": [leaf] * 60})

    with pytest.raises(RulesInvalid, match="at most 6 levels"):
        validated(deep(7))
    with pytest.raises(RulesInvalid, match="at most 60 rules"):
        validated({"any": [{"all": [leaf] * 31}, {"all": [leaf] * 30}]})
    with pytest.raises(RulesInvalid, match="at most 60 rules"):
        validated({"any": [leaf] * 61})


def test_a_sheet_is_refused_with_the_line_of_its_rules_and_all_else_that_is_wrong():
    with pytest.raises(sheets.SheetInvalid) as refused:
        sheets.validated(sheet(eligibility={"all": [{"fact": "soul"}]}, applicant="ghost"))

    assert [place for place, _sentence in refused.value.problems] == ["applicant", "eligibility.all[0].fact"]


def test_a_sheet_nested_without_end_is_refused_and_breaks_nothing():
    with pytest.raises(sheets.SheetInvalid, match=r"at most 6 levels|nests deeper"):
        sheets.validated(sheet(eligibility=deep(50_000)))


@pytest.mark.parametrize("nothing", [None, {}])
def test_a_sheet_without_rules_has_none(nothing):
    assert "eligibility" not in sheets.validated(sheet(eligibility=nothing))


# --- how they are answered ---------------------------------------------------------------------------
@many
@given(cases())
def test_with_every_fact_known_the_answer_is_known(given_case):
    _applicant, rules, known, _part = given_case

    assert verdict(rules, known) in (True, False)


@many
@given(cases())
def test_knowing_more_never_turns_a_yes_into_a_no_or_back(given_case):
    _applicant, rules, known, part = given_case
    sooner = verdict(rules, part)

    assert sooner is None or sooner is verdict(rules, known)


@many
@given(cases())
def test_a_fact_that_is_not_asked_for_any_more_changes_nothing(given_case):
    _applicant, rules, known, part = given_case
    asked = open_codes(rules, part)

    for code in known.keys() - part.keys() - asked.keys():
        assert verdict(rules, {**part, code: known[code]}) is verdict(rules, part)
    assert bool(asked) is (verdict(rules, part) is None)


@many
@given(cases())
def test_asking_one_by_one_comes_to_the_same_answer_in_a_settled_order(given_case):
    _applicant, rules, known, _part = given_case
    told: dict[str, Any] = {}
    order = list(FACTS)

    while left := questions(rules, told):
        codes = [question.fact.code for question in left]
        assert codes == sorted(codes, key=order.index)
        assert codes[0] not in told, "nothing is asked twice"
        told[codes[0]] = known[codes[0]]

    assert verdict(rules, told) is verdict(rules, known)


def test_one_no_settles_it_and_nothing_more_is_asked():
    assert verdict(PGU, {"age": 58}) is False
    assert questions(PGU, {"age": 58}) == []
    assert [one.fact.code for one in questions(PGU, {"age": 70})] == ["years_in_chile"]


def test_of_a_region_it_is_not_known_which_of_its_communes():
    rules = {"fact": "residence", "in": ["13101", "05"]}

    assert verdict(rules, {"residence": "13"}) is None
    assert verdict(rules, {"residence": "05"}) is True
    assert verdict(rules, {"residence": "05109"}) is True
    assert verdict(rules, {"residence": "13114"}) is False
    assert verdict(rules, {"residence": "08"}) is False
    assert verdict(rules, {"residence": "abroad"}) is False


def test_situations_are_known_one_by_one():
    rules = {"fact": "situation", "in": ["student", "carer"]}

    assert verdict(rules, {"situation": {"student": False}}) is None
    assert verdict(rules, {"situation": {"student": True}}) is True
    assert questions(rules, {"situation": {"student": False}})[0].codes == {"carer"}


# --- the form ----------------------------------------------------------------------------------------
def test_a_form_left_blank_knows_nothing():
    form = FactsForm(questions_about("person"), {})

    assert form.is_valid()
    assert form.known() == {}


def test_a_form_knows_what_was_answered_and_of_situations_those_it_asked():
    rules = {
        "all": [
            PGU,
            {"fact": "situation", "in": ["student", "carer"]},
            {"fact": "lives_in_chile", "is": True},
        ]
    }
    form = FactsForm(questions(rules), {"age": "70", "situation": ["carer"], "lives_in_chile": "no"})

    assert form.is_valid()
    assert form.known() == {
        "age": 70,
        "lives_in_chile": False,
        "situation": {"student": False, "carer": True},
    }


def test_in_none_of_the_situations_is_an_answer_too():
    asked = questions({"fact": "situation", "is": "student"})

    none, both = (
        FactsForm(asked, {"situation": ["none"]}),
        FactsForm(asked, {"situation": ["none", "student"]}),
    )

    assert none.is_valid()
    assert none.known() == {"situation": {"student": False}}
    assert both.errors["situation"] == ["Tick what applies to you, or “None of these”, not both."]


def test_whoever_is_asked_for_a_commune_chooses_among_communes_else_among_regions():
    commune = FactsForm(questions({"fact": "residence", "in": ["13", "05101"]}))
    region = FactsForm(questions({"fact": "residence", "is": "13"}))

    assert len(commune.fields["residence"].choices) == 346 + 2
    assert len(region.fields["residence"].choices) == 16 + 2


# --- how they are said -------------------------------------------------------------------------------
@many
@given(cases())
def test_every_rule_is_said_in_both_languages_with_what_was_answered(given_case):
    _applicant, rules, known, part = given_case
    for language in ("es", "en"):
        with translation.override(language):
            for told in (None, part, known):
                said = rules_in_words(rules, told)
                verdicts = [rule.verdict for rule in said]

                assert all(rule.sentence and rule.state and rule.text for rule in said)
                together = False if False in verdicts else None if None in verdicts else True
                assert together is verdict(rules, told or {}), "the words say what the rules answer"
            names = [name for name, _words in named_rules(rules)]
            assert len(set(names)) == len(names)


def test_why_is_told_rule_by_rule():
    said = rules_in_words(PGU, {"age": 58})

    assert [(rule.sentence, rule.state, rule.told) for rule in said] == [
        ("You must be 65 or older.", "Not met", "You said: 58"),
        ("You must have lived in Chile for 20 years or more in all.", "We do not know", ""),
    ]


def test_groups_of_one_and_groups_of_the_same_kind_are_said_as_one_list():
    rules = {"all": [{"all": [{"any": [{"fact": "age", "at_least": 65}]}]}, {"all": [PGU["all"][1]]}]}

    assert [rule.sentence for rule in rules_in_words(rules)] == [
        "You must be 65 or older.",
        "You must have lived in Chile for 20 years or more in all.",
    ]


def test_a_denial_is_said_of_each_rule_it_reaches():
    rules = {
        "not": {
            "any": [
                {"fact": "age", "at_least": 18, "at_most": 65},
                {"fact": "situation", "is": "student"},
                {"fact": "lives_in_chile", "is": True},
            ]
        }
    }

    assert [rule.text for rule in rules_in_words(rules)] == [
        "At least one of these: You must be 17 or younger; You must be 66 or older.",
        "This must not be your situation: studying.",
        "You must live outside Chile.",
    ]


@pytest.mark.parametrize("fact", FACTS.values(), ids=FACTS.keys())
@pytest.mark.parametrize("language", ["es", "en"])
def test_every_answer_to_every_fact_is_said(fact, language):
    values: list[Any] = list(fact.options) if fact.kind != Kind.NUMBER else list(fact.answers)
    values = [True, False] if fact.kind == Kind.YES_NO else values
    values = [dict.fromkeys(SITUATIONS, False), {"student": True}] if fact.kind == Kind.SEVERAL else values

    with translation.override(language):
        assert all(in_words(fact, value) for value in values)
        assert fact.label
        assert fact.question


# --- versions compared -------------------------------------------------------------------------------
def test_versions_are_compared_rule_by_rule_in_words():
    before = sheets.validated(sheet(eligibility=PGU))
    after = sheets.validated(
        sheet(
            eligibility={"all": [{"fact": "age", "at_least": 60}, {"fact": "income_bracket", "at_most": 60}]}
        )
    )

    found = {
        str(one.place): ("".join(p.text for p in one.pieces if p.kind == "gone"), one.pieces[-1].text)
        for one in differences(before, after)
    }

    assert found["Who may get it: Age in years"][0] == "65"
    assert "Who may get it: Years lived in Chile" in found
    assert found["Who may get it: Bracket in the Social Registry of Households"][1].startswith(
        "Your household"
    )


def test_the_sheets_that_come_with_the_house_have_rules_that_stand_in_their_words():
    import yaml
    from django.conf import settings as house

    found = {}
    for path in sorted((house.BASE_DIR / "catalog" / "data" / "procedures").glob("*.yaml")):
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        if rules := sheets.validated(data).get("eligibility"):
            found[data["slug"]] = [leaf["fact"] for leaf in leaves(rules)]

    assert found["pension-garantizada-universal-pgu"] == ["age", "years_in_chile"]
    assert found["crea-y-valida"] == ["organisation_age"]
    assert len(found) == 5
