"""The screen on which a sheet is edited: texts side by side, rows, channels; to fields and back."""

import copy
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.forms.utils import ErrorDict
from django.utils.translation import gettext_lazy as _

from catalog import shape
from catalog.forms import deciding, eligibility, rows, sources, variants
from catalog.forms.about import About
from catalog.forms.channel import Channel, initial_of, other_keys
from catalog.forms.levels import Levels
from catalog.forms.validity import Validity
from catalog.sheets import CHANNEL_LABELS, CHANNELS, LANGUAGES, SECTIONS, SheetInvalid
from common.whole_numbers import WholeNumber

KEYWORDS, LONGEST_WORD = 40, 200  # as many and as long as `catalog.shape` lets
MAX_WORDS = KEYWORDS * (LONGEST_WORD + 2)  # with the ends of the lines
MOST_RELATED = 12
MAX_SUMMARY = 200  # docs/catalogue-format.md


def _word_box(label: Any, help_text: Any) -> forms.CharField:
    """Words, each on a line of its own, as the spreadsheet has them: a comma is part of a word."""
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=False,
        max_length=MAX_WORDS,
        error_messages={"max_length": rows.TOO_LONG},
        widget=forms.Textarea({"rows": 4}),
    )


class Texts(forms.Form):
    """The texts of a sheet in both languages, and its term."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    title_es = rows.short(
        _("Title, in Spanish"),
        required=True,
        limit=250,
        error_messages={"required": _("Write the title in Spanish.")},
    )
    title_en = rows.short(_("Title, in English"), limit=250)
    summary_es = rows.long(
        _("Summary, in Spanish"),
        rows=3,
        limit=MAX_SUMMARY,
        missing=_("Write a summary in Spanish."),
        help_text=_("One sentence: what one gets. It is shown in search and above the sheet."),
    )
    summary_en = rows.long(
        _("Summary, in English"), rows=3, limit=MAX_SUMMARY, help_text=_("One sentence, as in Spanish.")
    )
    keywords_es = _word_box(_("Keywords, in Spanish"), _("The words people use, each on a line of its own."))
    keywords_en = _word_box(_("Keywords, in English"), _("As in Spanish, each on a line of its own."))
    synonyms_es = _word_box(
        _("Synonyms, in Spanish"),
        _("Other names people have for it, each on a line of its own: search finds it by them too."),
    )
    synonyms_en = _word_box(_("Synonyms, in English"), _("As in Spanish, each on a line of its own."))
    purpose_es = rows.long(
        _("What it is for, in Spanish"), rows=6, missing=_("Write what the procedure is for, in Spanish.")
    )
    purpose_en = rows.long(_("What it is for, in English"), rows=6)
    who_may_es = rows.long(_("Who may ask for it, in Spanish"), rows=4)
    who_may_en = rows.long(_("Who may ask for it, in English"), rows=4)
    validity_es = rows.long(_("How long it is valid, in Spanish"), rows=2)
    validity_en = rows.long(_("How long it is valid, in English"), rows=2)
    good_to_know_es = rows.long(_("Good to know, in Spanish"), rows=6)
    good_to_know_en = rows.long(_("Good to know, in English"), rows=6)
    term_text_es = rows.long(_("How long it takes, in Spanish"), rows=2)
    term_text_en = rows.long(_("How long it takes, in English"), rows=2)
    term_days = WholeNumber(
        label=_("Term in days"),
        help_text=_("0 when one gets it at once; blank when no term is stated."),
        required=False,
        min_value=0,
        max_value=2000,
        widget=forms.TextInput({"class": "width-4", "inputmode": "numeric"}),
    )
    term_unit = rows.unit_of_days()
    related = rows.short(
        _("Related procedures"),
        limit=400,
        help_text=_(
            "Their numbers, separated by commas, up to 12. The public page links to those that are public."
        ),
    )

    def clean_related(self) -> list[str]:
        codes = _words(self.cleaned_data["related"].replace(",", "\n"))
        if len(codes) > MOST_RELATED or not all(shape.CODE.fullmatch(code) for code in codes):
            raise forms.ValidationError(
                _("Write the numbers of at most 12 procedures, separated by commas, like 3430, 3431.")
            )
        return codes

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name in ("keywords_es", "keywords_en", "synonyms_es", "synonyms_en"):
            words = _words(data.get(name) or "")
            if len(words) > KEYWORDS:
                told = _("Write at most %(most)d, each on a line of its own: there are %(count)d.")
                self.add_error(name, told % {"most": KEYWORDS, "count": len(words)})
            elif long := next((word for word in words if len(word) > LONGEST_WORD), None):
                told = _(
                    "“%(word)s…” is too long: put each word on a line of its own, of at most %(most)d letters."
                )
                self.add_error(name, told % {"word": long[:40], "most": LONGEST_WORD})
        return data


class SheetForms:
    """All the forms of the screen as one: `is_valid()`, `content()`, and what to draw."""

    def __init__(self, content: dict[str, Any], *, revision: int, data: Any = None) -> None:
        self.before = content
        self.texts = Texts(data, initial={**_texts(content), "revision": revision})
        self.requirements = _rows(
            rows.Requirements, rows.Requirement, content.get("requirements"), data, "req"
        )
        self.costs = _rows(rows.Costs, rows.Cost, content.get("costs"), data, "cost")
        self.laws = _rows(rows.Laws, rows.Law, content.get("legal_basis"), data, "law")
        self.who = eligibility.EligibilityForms(content, data=data)
        self.about = About(content, data=data)
        self.variants = variants.VariantForms(content, data=data)
        self.validity = Validity(content, data=data)
        self.stages = deciding.stages_of(content, data=data)
        self.levels = Levels(content, data=data)
        self.sources = sources.sources_of(content, data=data)
        self.asked = sources.questions_of(content, data=data)
        self.channels = [
            (
                code,
                CHANNEL_LABELS[code],
                Channel(data, initial=initial_of(content, code), prefix=f"{Channel.PREFIX}{code}"),
            )
            for code in CHANNELS
        ]

    @property
    def all_forms(self) -> list[forms.Form]:
        """Every form, for the list of errors."""
        each = [
            self.texts,
            self.validity,
            self.about,
            *self.who.all_forms,
            *self.costs.forms,
            *self.requirements.forms,
            *(form for _code, _label, form in self.channels),
            *self.variants.rows.forms,
            *self.stages.rows.forms,
            self.levels,
            *self.laws.forms,
            *self.sources.rows.forms,
            *self.asked.rows.forms,
        ]
        return each

    @property
    def formsets(self) -> list[rows.Rows]:
        """The rows of every kind, whether they were posted or not."""
        own = [self.requirements, self.costs, self.laws, self.who.rows, self.variants.rows]
        return [*own, *(part.rows for part in self.row_parts)]

    @property
    def row_parts(self) -> tuple[rows.RowsPart, ...]:
        """The parts that are rows, and may be missing from what was posted."""
        return self.stages, self.sources, self.asked

    def is_valid(self) -> bool:
        """Whether everything typed can be saved; all is checked, so that all faults are told at once."""
        formsets = [self.requirements, self.costs, self.laws]
        rules = self.who.is_valid()
        elsewhere = self.variants.is_valid()
        judged = [formset.is_valid() for formset in formsets]
        judged += [form.is_valid() for form in self.all_forms if form.is_bound]
        judged += [part.rows.is_valid() for part in self.row_parts if part.was_posted]
        formsets += [part.rows for part in (self.who, self.variants) if part.was_posted]
        formsets += [part.rows for part in self.row_parts if part.was_posted]
        for formset in formsets:
            for sentence in formset.non_form_errors():
                self.texts.add_error(None, sentence)
        return rules and elsewhere and all(judged)

    def quiet(self) -> "SheetForms":
        """Show what was typed without judging it yet."""
        for formset in self.formsets:
            formset.__dict__.update(
                _errors=[{} for _form in formset.forms], _non_form_errors=formset.error_class()
            )
        for form in self.all_forms:
            form.__dict__.update(_errors=ErrorDict(), cleaned_data={})
        return self

    @property
    def problems(self) -> list[dict[str, str]]:
        """What stops the sheet from being saved, with the fields' ids; empty before it was judged."""
        return rows.problems_of(self.all_forms)

    @property
    def text_pairs(self) -> list[tuple[BoundField, BoundField]]:
        """The texts, Spanish and English side by side."""
        names = [name.removesuffix("_es") for name in self.texts.fields if name.endswith("_es")]
        return [(self.texts[f"{name}_es"], self.texts[f"{name}_en"]) for name in names]

    @property
    def revision(self) -> int:
        """The revision the editor was looking at."""
        return int(self.texts.cleaned_data["revision"])

    def refuse(self, error: Exception) -> None:
        """Show a refusal above the form."""
        if isinstance(error, SheetInvalid):
            for place, sentence in error.problems:
                refusals = [
                    self.variants.refuse,
                    self.who.refuse,
                    self.levels.refuse,
                    *(part.refuse for part in self.row_parts),
                ]
                if not any(refuse(place, sentence) for refuse in refusals):
                    self.texts.add_error(None, f"{place}: {sentence}")
        else:
            self.texts.add_error(None, str(error))

    def content(self) -> dict[str, Any]:
        """Return the whole sheet: what was edited, and what this screen does not show as it was."""
        data = self.texts.cleaned_data
        content = copy.deepcopy(self.before)
        content["title"], content["summary"] = rows.pair(data, "title"), rows.pair(data, "summary")
        for name in ("keywords", "synonyms"):
            content[name] = {code: _words(data[f"{name}_{code}"]) for code in LANGUAGES}
        content["related"] = data["related"]
        content |= self.about.content()
        content["valid_for"] = self.validity.content()
        sections = {**(content.get("sections") or {}), **{name: rows.pair(data, name) for name in SECTIONS}}
        content["sections"] = {name: pair for name, pair in sections.items() if pair}
        content["requirements"] = self._requirements()
        content["costs"] = self.costs.contents()
        content["legal_basis"] = self.laws.contents()
        content["term"] = {**self._term(), "text": rows.pair(data, "term_text")}
        content["eligibility"] = self.who.content()
        content["variants"] = self.variants.content()
        content["levels"] = self.levels.content()
        content |= {part.name: part.content() for part in self.row_parts}
        kept = content.get("channels") or {}
        content["channels"] = {
            code: {**other_keys(kept.get(code)), **form.content()}
            for code, _label, form in self.channels
            if form.cleaned_data["is_there"]
        }
        return content

    def _term(self) -> dict[str, Any]:
        """Return the days of the term: a term counts business days or every day, never both."""
        days, unit = self.texts.cleaned_data["term_days"], self.texts.cleaned_data["term_unit"]
        kept = dict(self.before.get("term") or {})
        kept.pop("business_days", None)
        if unit or days is not None:  # a screen of before says no unit, and knows of business days only
            kept.pop("calendar_days", None)
        return {**kept, **rows.days_of(days, unit)}

    def _requirements(self) -> list[dict[str, Any]]:
        """Return the requirements, each with its own code; a kept row keeps what the screen does not show."""
        kept = {row["code"]: row for row in self.before.get("requirements") or []}
        used: set[str] = set()
        found = []
        for row in self.requirements.contents():
            code = row["code"]
            number = 2
            while code in used:
                code, number = f"{row['code'][:55]}-{number}", number + 1
            used.add(code)
            made = {**kept.get(row["code"], {}), **row, "code": code}
            found.append({key: value for key, value in made.items() if value or key != "document_type"})
        return found


def with_more_rows(data: Any, prefix: str, made: type[rows.Rows]) -> Any:
    """Return what was posted as if the screen had two rows more of a kind, or as many as it holds; they begin as a blank row does."""
    more = data.copy()
    total = str(more.get(f"{prefix}-TOTAL_FORMS", "0"))
    before = min(int(total), made.max_num) if total.isdecimal() and len(total) < 4 else 0
    after = min(before + 2, made.max_num)
    more[f"{prefix}-TOTAL_FORMS"] = str(after)
    more[rows.FIRST_NEW] = f"{prefix}-{before}"
    for number in range(before, after):
        more[f"{prefix}-{number}-required"] = "on"
    return more


ROWS: dict[str, type[rows.Rows]] = {
    "req": rows.Requirements,
    "cost": rows.Costs,
    "law": rows.Laws,
    eligibility.PREFIX: eligibility.Rules,
    variants.PREFIX: variants.Variants,
    deciding.PREFIX: deciding.Stages,
    sources.PREFIX: sources.Sources,
    sources.ASKED_PREFIX: sources.Questions,
}


def _rows(
    made: type[rows.Rows], form: Any, kept: list[dict[str, Any]] | None, data: Any, prefix: str
) -> rows.Rows:
    return made(data, initial=[form.initial_of(row) for row in kept or []], prefix=prefix)


def _texts(content: dict[str, Any]) -> dict[str, Any]:
    term = content.get("term") or {}
    return {
        **rows.spread(content, "title", "summary"),
        **rows.spread(content.get("sections") or {}, *SECTIONS),
        **{
            f"{name}_{code}": "\n".join(map(str, (content.get(name) or {}).get(code) or []))
            for name in ("keywords", "synonyms")
            for code in LANGUAGES
        },
        "related": ", ".join(content.get("related") or []),
        **{f"term_text_{code}": (term.get("text") or {}).get(code, "") for code in LANGUAGES},
        **rows.spread_days(term, "term_days", "term_unit"),
    }


def _words(typed: str) -> list[str]:
    """Return words as typed, one on each line, each once."""
    words = (" ".join(word.split()) for word in typed.splitlines())
    return list(dict.fromkeys(word for word in words if word))
