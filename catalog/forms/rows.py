"""The rows of a sheet: requirements, costs, legal basis. Left blank or ticked to be removed, it is no row."""

import re
from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.conf import settings
from django.forms.formsets import BaseFormSet, formset_factory
from django.forms.utils import ErrorDict
from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from catalog import costs, text
from catalog.sheets import DOCUMENT_LABELS, MAX_TEXT, document_name
from common import questions
from common.whole_numbers import WholeNumber

SPARE = 1
FIRST_NEW = "first-new"  # where the name stands of the first row that was just asked for
MOST_REQUIREMENTS, MOST_ROWS = 25, 15  # what one post of the screen can carry
TOO_LONG = _("Write at most %(limit_value)d characters: there are %(show_value)d.")
LEADS_NOWHERE = _("A link in this text leads nowhere. Write its whole address, beginning with https://.")
KIND = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")  # of a document, as `catalog.sheets.row_checks` lets
SHOULD_BE_HTTP = _("Write the whole address, beginning with https://.")


def short(
    label: Any,
    *,
    size: str = "",
    required: bool = False,
    limit: int = 1000,
    error_messages: dict[str, Any] | None = None,
    **kwargs: Any,
) -> forms.CharField:
    """A line of text."""
    return forms.CharField(
        label=label,
        required=required,
        max_length=limit,
        error_messages={"max_length": TOO_LONG, **(error_messages or {})},
        widget=forms.TextInput({"class": size, "autocomplete": "off"}),
        **kwargs,
    )


class MarkdownField(forms.CharField):
    """Markdown, each link of which leads somewhere."""

    def clean(self, value: Any) -> str:
        typed = str(super().clean(value))
        if text.loses_a_link(typed):
            raise forms.ValidationError(LEADS_NOWHERE)
        return typed


def long(
    label: Any, *, rows: int = 3, missing: Any = "", limit: int = MAX_TEXT, **kwargs: Any
) -> forms.CharField:
    """Several lines of Markdown; with `missing`, the sentence that asks for them."""
    return MarkdownField(
        label=label,
        required=bool(missing),
        error_messages={"max_length": TOO_LONG, **({"required": missing} if missing else {})},
        max_length=limit,
        widget=forms.Textarea({"rows": rows}),
        **kwargs,
    )


class AddressField(forms.CharField):
    """An address of the web, or nothing."""

    def clean(self, value: Any) -> str:
        typed = str(super().clean(value))
        if typed and not (re.fullmatch(r"https?://[^\s/?#]+\S*", typed) and text.is_address(typed)):
            raise forms.ValidationError(SHOULD_BE_HTTP)
        return typed


def address(label: Any) -> AddressField:
    """A line for an address; not an URL input, which would keep a browser from sending what it dislikes."""
    return AddressField(
        label=label,
        required=False,
        max_length=500,
        error_messages={"max_length": TOO_LONG},
        widget=forms.TextInput({"inputmode": "url"}),
    )


def pair(data: dict[str, Any], name: str) -> dict[str, str]:
    """Return the texts of both languages, without those that are empty."""
    typed = {language: _lines(data.get(f"{name}_{language}", "")) for language in ("es", "en")}
    return {language: words for language, words in typed.items() if words}


def _lines(words: str) -> str:
    return words.replace("\r\n", "\n").replace("\x00", "").strip()


UNITS = {"business": _("Business days"), "calendar": _("Days of the calendar, every one counted")}


def unit_of_days() -> forms.ChoiceField:
    """What the number of days beside it counts."""
    return forms.ChoiceField(label=_("Which days"), choices=list(UNITS.items()), required=False)


def days_of(days: int | None, unit: str, prefix: str = "") -> dict[str, int]:
    """Return a term as a sheet holds it; no days are no days of either kind."""
    if days is None:
        return {}
    return {f"{prefix}{unit if days and unit else 'business'}_days": days}


def spread_days(row: dict[str, Any], name: str, unit_name: str, prefix: str = "") -> dict[str, Any]:
    """Return a term as the boxes show it."""
    business, calendar = row.get(f"{prefix}business_days"), row.get(f"{prefix}calendar_days")
    is_calendar = business is None and calendar is not None
    return {name: calendar if is_calendar else business, unit_name: "calendar" if is_calendar else "business"}


class Row(forms.Form):
    """One row; `KEY_FIELDS` say whether anything was written in it, `NUMBERED` what it is called on the screen."""

    KEY_FIELDS: tuple[str, ...] = ()
    NUMBERED: Any = ""
    remove = forms.BooleanField(label=_("Remove this row"), required=False)

    @property
    def called(self) -> str:
        """What the row is called on the screen."""
        return str(self.NUMBERED % {"number": int(str(self.prefix).rpartition("-")[2]) + 1})

    @property
    def is_blank(self) -> bool:
        data = getattr(self, "cleaned_data", {})
        return bool(data.get("remove")) or not any(self._typed(name) for name in self.KEY_FIELDS)

    def full_clean(self) -> None:
        """A row that goes needs no mending."""
        super().full_clean()
        if self._typed("remove"):
            self._errors = ErrorDict()

    def _typed(self, name: str) -> str:
        return str(self.data.get(self.add_prefix(name), "")).strip() if self.is_bound else ""

    def _needs(self, name: str, sentence: Any) -> None:
        """Ask for a field when the row is in use."""
        if (
            not self._typed("remove")
            and any(map(self._typed, self.KEY_FIELDS))
            and not self._typed(name)
            and name not in self.errors
        ):
            self.add_error(name, sentence)


class Requirement(Row):
    """A line of “what you need”."""

    KEY_FIELDS = ("label_es", "label_en", "note_es", "note_en", "document_type")
    NUMBERED = _("Requirement %(number)s")
    code = forms.CharField(widget=forms.HiddenInput, required=False, max_length=60)
    label_es = short(_("What is needed, in Spanish"))
    label_en = short(_("What is needed, in English"))
    note_es = short(_("Note, in Spanish"), limit=1000)
    note_en = short(_("Note, in English"), limit=1000)
    provided_by = forms.ChoiceField(
        label=_("Who has it"),
        choices=[("citizen", _("The citizen brings it")), ("state", _("The State has it already"))],
    )
    required = forms.BooleanField(label=_("Always needed"), required=False, initial=True)
    upload = forms.BooleanField(label=_("Asked as a file online"), required=False)
    valid_days = WholeNumber(
        label=_("At most how many days old"),
        required=False,
        min_value=1,
        max_value=3650,
        widget=forms.TextInput({"class": "width-4", "inputmode": "numeric"}),
    )

    document_type = forms.CharField(
        label=_("Which document it is"),
        help_text=_(
            "Choose from the list, or write a name of your own: the same in every sheet, so that a paper given once can be used again."
        ),
        required=False,
        max_length=100,
        error_messages={"max_length": TOO_LONG},
        widget=forms.TextInput({"list": "kinds-of-document", "autocomplete": "off"}),
    )

    def clean_document_type(self) -> str:
        """Return the code of what was chosen by its name, or of a name that is new."""
        typed = " ".join(self.cleaned_data["document_type"].split())
        known = _known_kinds().get(typed.casefold(), typed)
        if not known or KIND.fullmatch(known):
            return known
        code = slugify(typed).replace("_", "-").strip("-")[:60]
        if not code:
            raise forms.ValidationError(_("Write the name of the document with letters or numbers."))
        return code

    def clean(self) -> dict[str, Any]:
        self._needs("label_es", _("Write what is needed in Spanish."))
        return super().clean() or {}

    def content(self) -> dict[str, Any]:
        """Return the row as the sheet holds it; its code comes from its words when it is new."""
        data = self.cleaned_data
        return {
            "code": data["code"] or slugify(data["label_es"])[:50] or "paper",
            "label": pair(data, "label"),
            "note": pair(data, "note"),
            "provided_by": data["provided_by"],
            "required": data["required"],
            "upload": data["upload"],
            "valid_days": data["valid_days"],
            "document_type": data["document_type"],
        }

    @staticmethod
    def initial_of(row: dict[str, Any]) -> dict[str, Any]:
        return {
            **spread(row, "label", "note"),
            "code": row["code"],
            "provided_by": row.get("provided_by", "citizen"),
            "required": row.get("required", True),
            "upload": row.get("upload", False),
            "valid_days": row.get("valid_days"),
            "document_type": document_name(row.get("document_type") or ""),
        }


def _known_kinds() -> dict[str, str]:
    """The codes of the house's kinds of document, by their names in each language."""
    found: dict[str, str] = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found |= {str(label).casefold(): code for code, label in DOCUMENT_LABELS.items()}
    return found


class Cost(Row):
    """An amount and when it applies."""

    KEY_FIELDS = ("amount", "condition_es", "condition_en")
    NUMBERED = _("Cost %(number)s")
    amount = short(_("Amount"), size="width-10", limit=24)
    currency = forms.ChoiceField(label=_("In"), choices=[(code, code) for code in costs.CURRENCIES])
    condition_es = short(_("When it applies, in Spanish"))
    condition_en = short(_("When it applies, in English"))

    def clean_amount(self) -> Any:
        typed = self.cleaned_data["amount"]
        amount = costs.typed_amount(typed) if typed else None
        if typed and amount is None:
            raise forms.ValidationError(
                _("Write the amount in figures, like 3.820 or 1,6; 0 when it is free.")
            )
        return amount

    def clean(self) -> dict[str, Any]:
        self._needs("amount", _("Write the amount; 0 when it is free."))
        amount, currency = self.cleaned_data.get("amount"), self.cleaned_data.get("currency")
        if currency == "CLP" and isinstance(amount, float):  # 3,820 is no thousands here
            self.add_error("amount", _("Write whole pesos, with a dot between the thousands, like 3.820."))
        return super().clean() or {}

    def content(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {"amount": data["amount"], "currency": data["currency"], "condition": pair(data, "condition")}

    @staticmethod
    def initial_of(row: dict[str, Any]) -> dict[str, Any]:
        amount = row["amount"]
        typed = f"{amount:,}".replace(",", ".") if isinstance(amount, int) else str(amount).replace(".", ",")
        return {**spread(row, "condition"), "amount": typed, "currency": row.get("currency", "CLP")}


class Law(Row):
    """A line of the legal basis."""

    KEY_FIELDS = ("title_es", "title_en", "url")
    NUMBERED = _("Law %(number)s")
    title_es = short(_("Name of the law, in Spanish"), limit=500)
    title_en = short(_("Name of the law, in English"), limit=500)
    url = address(_("Where to read it"))

    def clean(self) -> dict[str, Any]:
        self._needs("title_es", _("Write the name of the law in Spanish."))
        return super().clean() or {}

    def content(self) -> dict[str, Any]:
        return {"title": pair(self.cleaned_data, "title"), "url": self.cleaned_data["url"]}

    @staticmethod
    def initial_of(row: dict[str, Any]) -> dict[str, Any]:
        return {**spread(row, "title"), "url": row.get("url", "")}


def spread(row: dict[str, Any], *names: str) -> dict[str, Any]:
    """Return `{name_es, name_en}` for the pairs of a row."""
    return {
        f"{name}_{language}": (row.get(name) or {}).get(language, "")
        if isinstance(row.get(name), dict)
        else str(row.get(name) or "")
        for name in names
        for language in ("es", "en")
    }


def problems_of(each: Iterable[forms.Form]) -> list[dict[str, str]]:
    """What stops forms from being saved, with the boxes' ids, the row named where it is one of several; empty before they were judged."""
    lines: list[dict[str, str]] = []
    for form in each:
        if not form.is_bound or not form.errors:
            continue
        row = getattr(form, "called", "")
        lines += [
            {"text": f"{row}: {error}" if row else str(error), "id": ""} for error in form.non_field_errors()
        ]
        lines += [
            {
                "text": f"{row} – {bound.label}: {error}" if row else f"{bound.label}: {error}",
                "id": questions.first_id(bound),
            }
            for bound in form
            for error in bound.errors
        ]
    return lines


class Rows(BaseFormSet):  # type: ignore[type-arg]
    """The rows of one kind, with a blank one at the end; who asks for more goes on in the first of them."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        if self.is_bound and self.data.get(FIRST_NEW) == form.prefix:
            form.fields[form.KEY_FIELDS[0]].widget.attrs["autofocus"] = True

    @property
    def is_full(self) -> bool:
        """Whether there are as many rows as there can be."""
        return bool(self.total_form_count() >= self.max_num)

    @property
    def is_asked_in_vain(self) -> bool:
        """Whether more rows were asked for, and none could be given."""
        return bool(self.is_bound and self.data.get(FIRST_NEW) == f"{self.prefix}-{self.total_form_count()}")

    def contents(self) -> list[Any]:
        """Return the rows that are in use, as the sheet holds them."""
        return [form.content() for form in self.forms if not form.is_blank]


def rows_of(form: type[Row], most: int) -> type[Rows]:
    """Return the formset for a kind of row."""
    made: Any = formset_factory(
        form, formset=Rows, extra=SPARE, max_num=most, absolute_max=most, validate_max=True
    )
    return cast(type[Rows], made)


class RowsPart:
    """
    A part of the screen that is rows of one kind. One that was posted without them leaves them as they are.

    :param name: of the part, as the sheet names it
    :param fields: the field at which a fault of a part of a row is told; the first takes every other
    """

    def __init__(
        self,
        name: str,
        made: type[Rows],
        content: dict[str, Any],
        *,
        prefix: str,
        fields: dict[str, str],
        data: Any = None,
        **of_each: Any,
    ) -> None:
        self.name, self.fields = name, fields
        self.before: list[Any] = content.get(name) or []
        self.was_posted = data is not None and f"{prefix}-TOTAL_FORMS" in data
        self._place = re.compile(rf"{name}\[(\d+)\](?:\.(\w+))?")
        form: Any = made.form
        self.rows = made(
            data if self.was_posted else None,
            initial=[form.initial_of(row) for row in self.before],
            prefix=prefix,
            form_kwargs=of_each,
        )

    def refuse(self, place: str, sentence: str) -> bool:
        """Tell a fault of a sheet at the field of the row where it is; False where it is of no row of these."""
        found = self._place.fullmatch(place) if self.was_posted else None
        used = [form for form in self.rows.forms if not form.is_blank]
        if found is None or int(found[1]) >= len(used):
            return False
        used[int(found[1])].add_error(
            self.fields.get(found[2] or "", next(iter(self.fields.values()))), sentence
        )
        return True

    def content(self) -> list[Any]:
        """Return the rows as the sheet holds them."""
        return self.rows.contents() if self.was_posted else self.before


Requirements = rows_of(Requirement, MOST_REQUIREMENTS)
Costs = rows_of(Cost, MOST_ROWS)
Laws = rows_of(Law, MOST_ROWS)
