"""The part of the editing screen on who may get it: simple rules as rows; deeper ones, made by a load, are shown and kept."""

import re
import unicodedata
from typing import Any

from django import forms
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.eligibility import grammar
from catalog.eligibility.facts import FACTS, Fact, Kind, facts_of
from catalog.eligibility.words import Rule, rules_in_words
from catalog.forms import about, rows
from catalog.sheets.codes import APPLICANTS

PREFIX = "rule"
MOST_RULES = 20
COMPARISONS = {
    "at_least": _("is at least"),
    "at_most": _("is at most"),
    "between": _("is between"),
    "is": _("is one of"),
    "is_not": _("is none of"),
}
NUMBERS, CODES = ("at_least", "at_most", "between"), ("is", "is_not")
YES, NO = {"yes", "si", "true"}, {"no", "false"}
_ONE = re.compile(r"\s*([0-9]{1,6})\s*%?\s*")
_TWO = re.compile(r"\s*([0-9]{1,6})\s*%?\s*(?:-|–|y|a|and|to)\s*([0-9]{1,6})\s*%?\s*")
_PLACE = re.compile(r"eligibility\.(?:all|any)\[(\d+)\]")


class RuleRow(rows.Row):
    """One rule: a fact, how it is compared, and with what, as people write it."""

    KEY_FIELDS = ("fact", "value")
    NUMBERED = _("Rule %(number)s")
    fact = forms.ChoiceField(label=_("What the rule is on"), required=False)
    comparison = forms.ChoiceField(
        label=_("How it compares"), choices=list(COMPARISONS.items()), required=False
    )
    value = rows.short(_("Value"), help_text=_("A number, two for “between”, or names with commas."))

    def __init__(self, *args: Any, applicant: str = "person", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = facts_of(applicant)
        typed = self._typed("fact")  # where who applies was just changed, what was chosen stays to be seen
        offered = {**self.known, **({typed: FACTS[typed]} if typed in FACTS else {})}
        choices = [("", _("Choose…")), *((code, fact.label) for code, fact in offered.items())]
        self.fields["fact"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self._needs("fact", _("Choose what the rule is on."))
        self._needs("value", _("Write the value."))
        if data.get("fact") and data["fact"] not in self.known:
            self.add_error(
                "fact", _("This is not asked of whoever applies here. Choose another, or remove the rule.")
            )
        if not self.errors and data.get("fact") and data.get("value"):
            try:
                data["node"] = _node(FACTS[data["fact"]], data.get("comparison") or "at_least", data["value"])
            except forms.ValidationError as error:
                self.add_error("value", error)
        return data

    def content(self) -> dict[str, Any]:
        """Return the rule as the sheet holds it."""
        node: dict[str, Any] = self.cleaned_data["node"]
        return node

    @staticmethod
    def initial_of(node: dict[str, Any]) -> dict[str, Any]:
        leaf = node.get("not", node)
        fact = FACTS[leaf["fact"]]
        if fact.kind == Kind.NUMBER:
            bounds = [leaf[name] for name in ("at_least", "at_most") if name in leaf]
            comparison = "between" if len(bounds) == 2 else next(name for name in NUMBERS if name in leaf)
            value = (
                gettext("%(low)d and %(high)d") % {"low": bounds[0], "high": bounds[1]}
                if len(bounds) == 2
                else str(bounds[0])
            )
        else:
            comparison = "is_not" if "not" in node else "is"
            value = ", ".join(_name(fact, code) for code in (leaf["in"] if "in" in leaf else [leaf["is"]]))
        return {"fact": fact.code, "comparison": comparison, "value": value}


Rules = rows.rows_of(RuleRow, MOST_RULES)


class Combined(forms.Form):
    """How the rules go together; or that those which can not be edited here are to go."""

    combined = forms.ChoiceField(
        label=_("To get it, one must meet"),
        choices=[("all", _("all of these rules")), ("any", _("at least one of these rules"))],
        required=False,
    )
    drop = forms.BooleanField(label=_("Remove these rules, and write simple ones instead"), required=False)


class EligibilityForms:
    """The forms of the part as one. A screen that was posted without them leaves the rules as they are."""

    def __init__(self, content: dict[str, Any], *, data: Any = None) -> None:
        self.before: dict[str, Any] | None = content.get("eligibility") or None
        self.applicant = _applicant(content, data)
        simple = as_rows(self.before)
        self.deep: list[Rule] = rules_in_words(self.before) if simple is None else []
        self.was_posted = data is not None and f"{PREFIX}-TOTAL_FORMS" in data
        combined, nodes = simple or ("all", [])
        given = data if self.was_posted else None
        self.combined = Combined(given, initial={"combined": combined}, prefix="who")
        self.rows = Rules(
            given,
            initial=[RuleRow.initial_of(node) for node in nodes],
            prefix=PREFIX,
            form_kwargs={"applicant": self.applicant},
        )

    @property
    def all_forms(self) -> list[forms.Form]:
        """Every form, for the list of errors."""
        return [self.combined, *self.rows.forms]

    @property
    def vocabulary(self) -> list[tuple[str, list[str]]]:
        """What can be written as a value, fact by fact; of places only what they are called like."""
        return [(str(fact.label), _vocabulary(fact)) for fact in facts_of(self.applicant).values()]

    def is_valid(self) -> bool:
        """Whether the rules can be saved; one that contradicts another is told at its row."""
        if not self.was_posted:
            return True
        if not all([self.combined.is_valid(), self.rows.is_valid()]):
            return False
        if self.deep and self.rows.contents() and not self.combined.cleaned_data["drop"]:
            told = _(
                "Tick this to put your rules in the place of those above, or leave the rows below blank."
            )
            self.combined.add_error("drop", told)
            return False
        used = [form for form in self.rows.forms if not form.is_blank]
        try:
            self.content()
        except grammar.RulesInvalid as error:
            for place, _sentence in error.problems:
                found = _PLACE.match(place)
                row = used[int(found[1])] if found else used[0]
                row.add_error(
                    "value", _("This rule contradicts another one: nobody could meet both. Change one.")
                )
            return False
        return True

    def refuse(self, place: str, sentence: str) -> bool:
        """Tell a fault of a sheet where its rules are; False where it is of none that this screen shows."""
        if not self.was_posted or not re.match(r"eligibility\b", place):
            return False
        used = [form for form in self.rows.forms if not form.is_blank]
        found = _PLACE.match(place)
        number = int(found[1]) if found else 0
        if not self.deep and number < len(used):
            used[number].add_error("value", sentence[:1].upper() + sentence[1:] + ".")
        elif place.endswith(".fact"):
            misfit = _("These rules ask what is not asked of whoever applies here. Tick this to remove them.")
            self.combined.add_error("drop", misfit)
        else:
            self.combined.add_error(None, f"{place}: {sentence}")
        return True

    def content(self) -> dict[str, Any] | None:
        """Return the rules as the sheet holds them, None for none; as they were where they say the same."""
        if not self.was_posted:
            return self.before
        if self.deep and not self.combined.cleaned_data["drop"]:
            return self.before
        nodes = self.rows.contents()
        combined = self.combined.cleaned_data["combined"] or "all"
        if not nodes or as_rows(self.before) == (combined, nodes):
            return self.before if nodes else None
        return grammar.validated({combined: nodes}, applicant=self.applicant)


def _applicant(content: dict[str, Any], data: Any) -> str:
    """Return who applies, as it was chosen on the same screen."""
    chosen = str((data or {}).get(f"{about.PREFIX}-applicant", ""))
    return chosen if chosen in APPLICANTS else str(content.get("applicant", "person"))


def as_rows(rules: dict[str, Any] | None) -> tuple[str, list[dict[str, Any]]] | None:
    """Return rules as rows can show them: how they go together, and each; None where they go deeper."""
    if rules is None:
        return "all", []
    combined = next((head for head in grammar.GROUPS if head in rules), "all")
    nodes = rules.get(combined, [rules])
    if len(nodes) > MOST_RULES or not all(_is_simple(node) for node in nodes):
        return None
    return combined, [_as_listed(node) for node in nodes]


def _is_simple(node: dict[str, Any]) -> bool:
    if "not" in node:
        inner = node["not"]
        return "fact" in inner and FACTS[inner["fact"]].kind not in {Kind.NUMBER, Kind.YES_NO}
    return "fact" in node


def _as_listed(node: dict[str, Any]) -> dict[str, Any]:
    """Return a rule on codes always with `in`, as rows make them, so that what says the same compares equal."""
    if "not" in node:
        return {"not": _as_listed(node["not"])}
    if isinstance(node.get("is"), str):
        return {"fact": node["fact"], "in": [node["is"]]}
    return node


# --- what editors write ----------------------------------------------------------------------------
def _node(fact: Fact, comparison: str, typed: str) -> dict[str, Any]:
    if fact.kind == Kind.NUMBER:
        return {"fact": fact.code, **_bounds(fact, comparison, typed)}
    if comparison not in CODES:
        raise forms.ValidationError(_("Choose “is one of” or “is none of” for this: it is no number."))
    if fact.kind == Kind.YES_NO:
        return {"fact": fact.code, "is": _yes_or_no(typed) is (comparison == "is")}
    leaf = {"fact": fact.code, "in": _codes(fact, typed)}
    return leaf if comparison == "is" else {"not": leaf}


def _bounds(fact: Fact, comparison: str, typed: str) -> dict[str, int]:
    if comparison not in NUMBERS:
        raise forms.ValidationError(_("Choose “is at least”, “is at most” or “is between” for a number."))
    found = (_TWO if comparison == "between" else _ONE).fullmatch(typed)
    if found is None:
        raise forms.ValidationError(
            _("Write two whole numbers, like 18 and 65.")
            if comparison == "between"
            else _("Write one whole number, only digits.")
        )
    numbers = [int(one) for one in found.groups()]
    names = ("at_least", "at_most") if comparison == "between" else (comparison,)
    bounds = dict(zip(names, numbers, strict=True))
    for name, number in bounds.items():
        allowed = fact.answers[1:] if name == "at_least" else fact.answers[:-1]
        if number not in allowed:
            raise forms.ValidationError(_outside(fact, allowed))
    if comparison == "between" and numbers[0] > numbers[1]:
        raise forms.ValidationError(_("Write the smaller number first."))
    return bounds


def _outside(fact: Fact, allowed: tuple[int, ...]) -> str:
    if fact.steps:
        return gettext("Write one of these: %(numbers)s.") % {"numbers": ", ".join(map(str, allowed))}
    return gettext("Write a number from %(low)d to %(high)d.") % {"low": allowed[0], "high": allowed[-1]}


def _yes_or_no(typed: str) -> bool:
    word = _plain(typed)
    if word not in YES | NO:
        raise forms.ValidationError(_("Write yes or no."))
    return word in YES


def _codes(fact: Fact, typed: str) -> list[str]:
    """Return the codes of names written in either language, or of codes, each once."""
    known = _by_name(fact)
    written = [word for word in re.split(r"[,;\n]", typed) if word.strip()]
    unknown = [word.strip() for word in written if _plain(word) not in known]
    if unknown:
        raise forms.ValidationError(
            _("“%(word)s” is not known here. Look below at what can be written."),
            params={"word": unknown[0][:60]},
        )
    if not written:
        raise forms.ValidationError(_("Write the value."))
    return list(dict.fromkeys(known[_plain(word)] for word in written))


def _by_name(fact: Fact) -> dict[str, str]:
    found: dict[str, str] = {}
    for language in ("es", "en"):
        with translation.override(language):
            found |= {_plain(_name(fact, code)): code for code in fact.options}
    return found | {code: code for code in fact.options}


def _name(fact: Fact, code: Any) -> str:
    """Return a code's name without what explains it: “small”, not “small (sales up to …)”."""
    if isinstance(code, bool):
        return gettext("yes") if code else gettext("no")
    return str(fact.options[code]).split(" (")[0]


def _vocabulary(fact: Fact) -> list[str]:
    if fact.kind == Kind.PLACE:
        return [gettext("the whole name of a region"), gettext("the name of a commune")]
    if fact.kind == Kind.YES_NO:
        return [gettext("yes"), gettext("no")]
    if fact.kind == Kind.NUMBER:
        return [str(one) for one in fact.steps] if fact.steps else [gettext("a number of years")]
    return [_name(fact, code) for code in fact.options]


def _plain(words: str) -> str:
    letters = unicodedata.normalize("NFD", " ".join(words.split()).casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
