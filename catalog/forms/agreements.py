"""What is typed of agreements with agencies, and of accreditations."""

from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency, User
from catalog.models import Act, Agreement, AgreementStage, DelegatedChannel, Procedure
from common.whole_numbers import WholePesos
from territory.models import Office

DAY = {"invalid": _("Write the day as in the calendar."), "required": _("Choose the day.")}
MOST_PESOS = 10_000_000
FAR, FAR_WORDS = date(2100, 12, 31), _("Write a day before 2101, or leave it blank where it has no end.")


class _Day(forms.DateField):
    def __init__(self, **given: Any) -> None:
        widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
        super().__init__(
            widget=widget, error_messages=DAY, validators=[MaxValueValidator(FAR, FAR_WORDS)], **given
        )


class _Offices(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Offices from north to south, each with where it is: names alone do not tell."""

    def __init__(self, **given: Any) -> None:
        super().__init__(queryset=Office.objects.none(), widget=_LongList, **given)

    def label_from_instance(self, obj: Office) -> str:
        return f"{obj.name} – {obj.commune}, {obj.commune.region}"


class _LongList(forms.CheckboxSelectMultiple):
    scrolls = True  # see `common.templatetags.ui.field`


class Places(forms.Form):
    """Where an agreement holds."""

    everywhere = forms.BooleanField(
        label=_("In the whole network, present and to come"), required=False, initial=True
    )
    offices = _Offices(
        label=_("Only at these offices"),
        help_text=_("From north to south. A mobile office stands for its route."),
        required=False,
        error_messages={
            "invalid_choice": _("Choose offices of the list."),
            "invalid_pk_value": _("Choose offices of the list."),
        },
    )

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        offices: Any = self.fields["offices"]
        offices.queryset = Office.objects.select_related("commune__region").order_by(
            "commune__region__position", "commune__name", "name"
        )

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if not given.get("everywhere") and not given.get("offices") and "offices" not in self.errors:
            self.add_error("offices", _("Choose at least one office, or the whole network."))
        return given

    @property
    def places(self) -> list[Office] | None:
        """The offices; None: the whole network."""
        given = self.cleaned_data
        return None if given["everywhere"] else list(given["offices"])


class NewAgreement(Places):
    """An agreement to be entered."""

    agency = forms.ModelChoiceField(
        label=_("Agency"),
        queryset=Agency.objects.none(),
        empty_label=_("Choose one"),
        error_messages={"required": _("Choose the agency."), "invalid_choice": _("Choose the agency.")},
    )
    instrument_es = forms.CharField(
        label=_("The legal act, in Spanish"),
        help_text=_("Such as: Convenio, Resolución Exenta N° 123 de 2026."),
        max_length=200,
        error_messages={"required": _("Write the legal act by which it was agreed.")},
    )
    instrument_en = forms.CharField(label=_("The legal act, in English"), max_length=200, required=False)
    signed_on = _Day(label=_("Signed on"))
    starts_on = _Day(label=_("In force from"))
    ends_on = _Day(
        label=_("Until, that day included"), help_text=_("Blank: until it is ended."), required=False
    )
    stage = forms.ChoiceField(
        label=_("How far along"), choices=AgreementStage.choices, initial=AgreementStage.SIGNED
    )
    field_order = ("agency", "instrument_es", "instrument_en", "signed_on", "starts_on", "ends_on", "stage", "everywhere", "offices")  # fmt: skip

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        agency: Any = self.fields["agency"]
        agency.queryset = Agency.objects.by_name()

    @property
    def instrument(self) -> dict[str, str]:
        """The legal act by language."""
        given = self.cleaned_data
        pairs = (("es", given["instrument_es"]), ("en", given["instrument_en"]))
        return {code: words for code, words in pairs if words}


class Revised(forms.Form):
    """Something said of an agreement as it was read."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2_000_000_000)


class Move(Revised):
    """How far along an agreement is now."""

    stage = forms.ChoiceField(label=_("How far along"), choices=AgreementStage.choices)


class End(Revised):
    """The last day of an act, or of an agreement."""

    last_day = _Day(label=_("Last day"))


class Relocate(Places, Revised):
    """Where an agreement holds from now on."""


class Delegate(Revised):
    """An act that an agreement lets be done."""

    act = forms.ChoiceField(label=_("What may be done"), choices=Act.choices)
    channels = forms.MultipleChoiceField(
        label=_("Where"),
        choices=DelegatedChannel.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one place where it may be done.")},
    )
    procedure = forms.CharField(
        label=_("Only for one procedure"),
        help_text=_("Its code. Blank: every procedure of the agency."),
        max_length=20,
        required=False,
    )
    price_clp = WholePesos(
        label=_("What the agency pays for each, in pesos"),
        help_text=_("Blank: nothing is agreed."),
        min_value=0,
        max_value=MOST_PESOS,
        required=False,
        widget=forms.TextInput({"class": "width-10", "inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            "max_value": _("Write at most ten million pesos."),
            "min_value": _("Write the amount in whole pesos, like 450000 or $450.000."),
        },
    )
    needs_accreditation = forms.BooleanField(
        label=_("Only by whom the agency has accredited"), required=False
    )
    from_day = _Day(label=_("From"))

    def clean_procedure(self) -> Procedure | None:
        code = self.cleaned_data["procedure"].strip()
        if not code:
            return None
        found = Procedure.objects.filter(code=code).first()
        if found is None:
            raise forms.ValidationError(_("There is no procedure with this code."))
        return found


class NewAccreditation(forms.Form):
    """That an agency lets somebody do an act."""

    email = forms.EmailField(
        label=_("Whose, by their e-mail here"),
        error_messages={
            "required": _("Write the e-mail with which they sign in."),
            "invalid": _("Write the e-mail with which they sign in."),
        },
    )
    agency = forms.ModelChoiceField(
        label=_("Agency"),
        queryset=Agency.objects.none(),
        empty_label=_("Choose one"),
        error_messages={"required": _("Choose the agency."), "invalid_choice": _("Choose the agency.")},
    )
    act = forms.ChoiceField(
        label=_("What may be done"),
        choices=[("", _("Everything that asks for it")), *Act.choices],
        required=False,
    )
    from_day = _Day(label=_("From"))
    until = _Day(
        label=_("Until, that day included"), help_text=_("Blank: until it is withdrawn."), required=False
    )
    evidence = forms.CharField(
        label=_("By what the agency says so"),
        help_text=_("The resolution, or the course they passed."),
        max_length=200,
        error_messages={"required": _("Write the resolution or the course by which the agency says so.")},
    )

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        agency: Any = self.fields["agency"]
        agency.queryset = Agency.objects.by_name()

    def clean_email(self) -> User:
        found = User.objects.filter(email__iexact=self.cleaned_data["email"], is_active=True).first()
        if found is None or not found.memberships.current().exists():
            raise forms.ValidationError(_("Nobody who works here signs in with this e-mail."))
        return found


def places_of(agreement: Agreement) -> dict[str, Any]:
    """Return where an agreement holds, as `Relocate` shows it at first."""
    return {
        "revision": agreement.revision,
        "everywhere": agreement.all_offices,
        "offices": [] if agreement.all_offices else list(agreement.offices.all()),
    }
