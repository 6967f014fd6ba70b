"""What is asked on the figures' screens."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency
from catalog.models import Procedure
from common import clock
from common.whole_numbers import WholeNumber
from metrics.channels import channel_label, known_codes
from metrics.models import ParameterSet, ValueKind
from metrics.queries.filters import NETWORK_ZONE, Filters
from territory.models import Commune, Office, Region

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 12, 31)
LONGEST = 3660
USUAL = 30
DISTANCES = (5, 10, 25, 50)
ALL = ("", _("All"))


def _unknown(what: str | Promise) -> dict[str, Any]:
    return {"invalid_choice": what, "invalid": what}


class Narrowing(forms.Form):
    """
    Period and places of the figures. Everything is optional: what is missing or wrong falls back to the last
    thirty days and all.
    """

    start = forms.DateField(
        label=_("From"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Write the first day as 2026-03-31.")},
    )
    end = forms.DateField(
        label=_("To"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Write the last day as 2026-03-31.")},
    )
    channel = forms.ChoiceField(
        label=_("Channel"), error_messages=_unknown(_("We know no such channel: all are shown."))
    )
    region = forms.ChoiceField(
        label=_("Region"), error_messages=_unknown(_("We know no such region: all are shown."))
    )
    commune = forms.ChoiceField(
        label=_("Commune"), error_messages=_unknown(_("We know no such commune: all are shown."))
    )
    office = forms.ChoiceField(
        label=_("Office"), error_messages=_unknown(_("We know no such office: all are shown."))
    )
    agency = forms.ChoiceField(
        label=_("Agency"), error_messages=_unknown(_("We know no such agency: all are shown."))
    )
    procedure = forms.CharField(
        label=_("Procedure code"), max_length=20, widget=forms.TextInput({"class": "width-10"})
    )
    set = forms.ChoiceField(
        label=_("Parameters"),
        error_messages=_unknown(_("We know no such parameter set: each year's own is used.")),
    )
    km = forms.TypedChoiceField(
        label=_("Near means within"),
        choices=[("", "25 km"), *((one, f"{one} km") for one in DISTANCES if one != 25)],
        coerce=int,
        empty_value=None,
        error_messages=_unknown(_("Choose one of the distances.")),
    )

    def __init__(self, data: Mapping[str, Any] | None, *, today: date, **kwargs: Any) -> None:
        super().__init__(
            {"start": today - timedelta(days=USUAL - 1), "end": today, **_last(data or {})}, **kwargs
        )
        for one in self.fields.values():
            one.required = False
        chosen = self.data.get("region") or ""
        communes = Commune.objects.by_name().values_list("code", "name", "region_id")
        offices = Office.objects.order_by("name").values_list("code", "name", "commune__region")
        fields: dict[str, Any] = self.fields
        fields["channel"].choices = [ALL, *((code, channel_label(code)) for code in known_codes())]
        fields["region"].choices = [
            ALL,
            *Region.objects.order_by("position").values_list("code", "short_name"),
        ]
        fields["commune"].choices = [
            ALL,
            *((code, name) for code, name, region in communes if chosen in ("", region)),
        ]
        fields["office"].choices = [
            ALL,
            *((code, name) for code, name, region in offices if chosen in ("", region)),
        ]
        fields["agency"].choices = [ALL, *((one.code, _agency_label(one)) for one in _agencies())]
        fields["set"].choices = [
            ("", _("Each year's own")),
            *(
                (str(one.pk), f"{one.title} (v{one.version})")
                for one in ParameterSet.objects.order_by("code", "-version")
            ),
        ]

    def clean_start(self) -> date | None:
        return self._possible(self.cleaned_data["start"])

    def clean_end(self) -> date | None:
        return self._possible(self.cleaned_data["end"])

    def _possible(self, day: date | None) -> date | None:
        if day and not FIRST_DAY <= day <= LAST_DAY:
            raise forms.ValidationError(_("Choose a day between 2000 and 2100."))
        return day

    def clean_procedure(self) -> str:
        code: str = self.cleaned_data["procedure"].strip()
        if code and ("\x00" in code or not Procedure.objects.filter(code=code).exists()):
            raise forms.ValidationError(_("We know no procedure with this code: all are shown."))
        return code

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        start, end = cleaned.get("start"), cleaned.get("end")
        if start and end and start > end:
            self.add_error("end", _("The last day comes before the first."))
        elif start and end and (end - start).days >= LONGEST:
            self.add_error("end", _("Choose a period of at most ten years."))
        return cleaned

    def filters(self, scope: tuple[int, ...] | None) -> Filters:
        """Return what was understood; a wrong part is left out, and the page says so."""
        self.is_valid()
        found = {name: value for name, value in self.cleaned_data.items() if value}
        end = found.get("end") or min(found.get("start", date.min) + timedelta(days=USUAL - 1), LAST_DAY)
        if "end" not in found and "start" not in found:
            end = today()
        start = found.get("start") or end - timedelta(days=USUAL - 1)
        names = ("region", "commune", "office", "agency", "procedure", "channel")
        return Filters(
            start=min(start, end),
            end=end,
            set_id=found.get("set"),
            kilometres=found.get("km", 25),
            scope=scope,
            **{name: found.get(name, "") for name in names},
        )


def today() -> date:
    """The network's date by the database's clock."""
    return clock.now().astimezone(NETWORK_ZONE).date()


def _last(data: Mapping[str, Any]) -> dict[str, str]:
    """One text for each name, cut to what any of our codes can be."""
    return {
        name: str(data[name])[:60]
        for name in data
        if name in Narrowing.base_fields and str(data[name]).strip()
    }


def _agencies() -> Any:
    return Agency.objects.filter(agreements__isnull=False).distinct().order_by("code")


def _agency_label(agency: Agency) -> str:
    return f"{agency.short_name} – {agency.name}" if agency.acronym else agency.name


class Reason(forms.Form):
    """Why a new version is needed."""

    reason = forms.CharField(
        label=_("Why is a new version needed?"),
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": _("Write why a new version is needed.")},
    )


class WrittenNumber(forms.DecimalField):
    """
    A number as people in Chile write it, `1240,5` or `1.240.000`, and `0.55` too. What can be read in two ways,
    `1.240` or `1,240`, is asked again: a value must not be wrong a thousand times.
    """

    _TWO_WAYS = re.compile(r"-?[1-9][0-9]{0,2}[.,][0-9]{3}")
    _GROUPED = re.compile(r"-?[1-9][0-9]{0,2}(\.[0-9]{3})+(,[0-9]*)?")
    _PLAIN = re.compile(r"-?[0-9]+([.,][0-9]*)?")

    def to_python(self, value: Any) -> Any:
        """Read what was written, as a Decimal."""
        text = "".join(str(value or "").split()).replace("−", "-")
        if self._TWO_WAYS.fullmatch(text):
            thousands = re.sub("[.,]", "", text)
            fraction = re.sub("[.,]", ",", text) + "0"
            raise forms.ValidationError(
                _("This can be read in two ways. Write %(thousands)s or %(fraction)s."),
                code="two_ways",
                params={"thousands": thousands, "fraction": fraction},
            )
        if self._GROUPED.fullmatch(text):
            text = text.replace(".", "")
        elif text and not self._PLAIN.fullmatch(text):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(text.replace(",", "."))


class ChangedValue(forms.Form):
    """A value of a draft: number, doubt, ground, date, source, and why it changes."""

    number = WrittenNumber(
        label=_("Value"),
        min_value=Decimal(0),
        max_digits=14,
        decimal_places=4,
        widget=forms.TextInput({"class": "width-10", "inputmode": "decimal"}),
        error_messages={
            "required": _("Write the value as a number."),
            "invalid": _("Write the value as a number, for example 1240 or 0,55."),
            "min_value": _("A value can not be negative."),
        },
    )
    standard_error = WrittenNumber(
        label=_("Standard error"),
        help_text=_("Its doubt, in the same unit. The published interval is 1.96 times this to each side."),
        min_value=Decimal(0),
        max_digits=14,
        decimal_places=4,
        widget=forms.TextInput({"class": "width-10", "inputmode": "decimal"}),
        error_messages={
            "required": _("Write the standard error, 0 if the value is exact."),
            "invalid": _("Write the standard error as a number."),
            "min_value": _("A standard error can not be negative."),
        },
    )
    n = WholeNumber(
        label=_("People asked"),
        help_text=_("0 when the value does not come from a survey."),
        min_value=0,
        max_value=100_000_000,
        widget=forms.TextInput({"class": "width-10", "inputmode": "numeric"}),
        error_messages={
            "required": _("Write how many people were asked, 0 if none."),
        },
    )
    kind = forms.ChoiceField(label=_("What it rests on"), choices=ValueKind.choices, widget=forms.RadioSelect)
    as_of = forms.DateField(
        label=_("As of"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": _("Write the day the value holds for."),
            "invalid": _("Write the day as 2026-03-31."),
        },
    )
    source_es = forms.CharField(
        label=_("Source, in Spanish"),
        max_length=1000,
        widget=forms.Textarea({"rows": 2}),
        error_messages={"required": _("Write where this value comes from.")},
    )
    source_en = forms.CharField(
        label=_("Source, in English"), max_length=1000, required=False, widget=forms.Textarea({"rows": 2})
    )
    reason = forms.CharField(
        label=_("Why does it change?"),
        max_length=2000,
        widget=forms.Textarea({"rows": 2}),
        error_messages={"required": _("Write why this value changes.")},
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def clean_as_of(self) -> date:
        day: date = self.cleaned_data["as_of"]
        if not FIRST_DAY <= day <= LAST_DAY:
            raise forms.ValidationError(_("Choose a day between 2000 and 2100."))
        return day

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("kind") == ValueKind.SURVEY and cleaned.get("n") == 0:
            self.add_error("n", _("A survey asked somebody: write how many people."))
        return cleaned
