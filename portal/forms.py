"""What citizens fill in outside an application's own questions."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.models import ProcedureVersion
from catalog.models.feedback import SavedVisit
from common import run as runs
from common.languages import TypedForm
from crm import folios
from crm.models import Case, Relation
from crm.queries.parts import addressee
from crm.queries.requirements import papers_asked
from territory.models import Commune

YES_NO = [("yes", _("Yes")), ("no", _("No"))]


class Follow(TypedForm):
    """Folio and key; which of the two is wrong is never told."""

    folio = forms.CharField(
        label=_("Folio"),
        help_text=_("It stands on your receipt, like 2026-0000123-4."),
        max_length=40,
        widget=forms.TextInput({"class": "width-20", "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Write the folio of your case.")},
    )
    key = forms.CharField(
        label=_("Key"),
        help_text=_(
            "The long one that you were given with the folio, or the code of eight letters and figures from a desk or line 101. "
            "Dashes and capitals do not matter."
        ),
        max_length=80,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}),
        error_messages={"required": _("Write the key you were given with the folio.")},
    )

    def clean_folio(self) -> str:
        typed = str(self.cleaned_data["folio"])
        canonical = folios.normalise(typed)
        if canonical is None:
            raise forms.ValidationError(
                _("This is not a folio: check it against your receipt, figure by figure.")
            )
        return canonical


class Resume(TypedForm):
    """A draft's number and key."""

    code = forms.CharField(
        label=_("Number of your draft"),
        help_text=_("Ten letters and figures, like k7m2p-x9qrt."),
        max_length=40,
        widget=forms.TextInput(
            {"class": "width-20", "autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}
        ),
        error_messages={"required": _("Write the number of your draft.")},
    )
    key = forms.CharField(
        label=_("Key"),
        help_text=_("The long one that you were given with it. Dashes and capitals do not matter."),
        max_length=80,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}),
        error_messages={"required": _("Write the key of your draft.")},
    )

    def clean_code(self) -> str:
        return "".join(letter for letter in str(self.cleaned_data["code"]).lower() if letter.isalnum())


class FilledInBy(TypedForm):
    """Who fills in an application for somebody else."""

    name = forms.CharField(
        label=_("Your name and surnames"),
        max_length=200,
        widget=forms.TextInput({"autocomplete": "name"}),
        error_messages={"required": _("Write your own name and surnames.")},
    )
    run = forms.CharField(
        label=_("Your RUN"),
        help_text=_("For example 12.345.678-5. Leave it blank if you have none."),
        max_length=20,
        required=False,
        widget=forms.TextInput({"class": "width-10", "autocomplete": "off", "spellcheck": "false"}),
    )
    relation = forms.ChoiceField(
        label=_("What are you to the person you apply for?"),
        choices=Relation.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose what you are to that person."),
            "invalid_choice": _("Choose what you are to that person."),
        },
    )

    def clean_run(self) -> str:
        typed = str(self.cleaned_data["run"])
        canonical = runs.normalise(typed) if typed else ""
        if canonical is None:
            raise forms.ValidationError(
                _("This RUN is not right. Look at the number on your card, with the digit after the dash.")
            )
        return canonical


class ChooseParts(TypedForm):
    """Which procedures of a bundle are applied for; all are, unless somebody takes some off."""

    parts = forms.MultipleChoiceField(
        label=_("What do you want to apply for?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Tick at least one."),
            "invalid_choice": _(
                "One of these can not be applied for any more. Look at what is left, and start again."
            ),
        },
    )

    def __init__(self, versions: Sequence[ProcedureVersion], data: Any = None) -> None:
        super().__init__(data)
        self.versions = versions
        parts: Any = self.fields["parts"]
        parts.choices = [(version.procedure.slug, version.title) for version in versions]
        parts.initial = [version.procedure.slug for version in versions]
        parts.widget.hints = {version.procedure.slug: version.procedure.agency.name for version in versions}

    @property
    def chosen(self) -> list[ProcedureVersion]:
        """The versions that were ticked, in the bundle's order."""
        ticked = self.cleaned_data["parts"]
        return [version for version in self.versions if version.procedure.slug in ticked]


class PickCommune(forms.Form):
    """Where to look for offices."""

    commune = forms.ModelChoiceField(
        label=_("Your commune"),
        queryset=Commune.objects.none(),
        to_field_name="code",
        empty_label=_("Choose a commune"),
        error_messages={
            "required": _("Choose your commune."),
            "invalid_choice": _("Choose a commune from the list."),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["commune"].queryset = Commune.objects.by_name().select_related("region")  # type: ignore[attr-defined]


class PickVariant(forms.Form):
    """Which of the communes in which a procedure is done otherwise; any other commune may stand in an address."""

    commune = forms.ChoiceField(
        label=_("It is not the same everywhere: choose your commune"),
        help_text=_("If yours is not in the list, it is as this page says."),
        required=False,
        error_messages={"invalid_choice": _("Choose a commune from the list.")},
    )

    def __init__(self, communes: list[tuple[str, str]], place: str, data: Any = None) -> None:
        super().__init__(data)
        asked = str((data or {}).get("commune", ""))
        other = [(asked, place)] if place and asked and asked not in dict(communes) else []
        self.fields["commune"].choices = [("", _("Choose a commune")), *communes, *other]  # type: ignore[attr-defined]


class Usefulness(TypedForm):
    """Was this useful?"""

    is_useful = forms.ChoiceField(
        label=_("Was this page useful?"),
        choices=YES_NO,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose whether it was useful.")},
    )
    saved_visit = forms.ChoiceField(
        label=_("Did it save you a visit to an office?"),
        choices=SavedVisit.choices,
        widget=forms.RadioSelect,
        required=False,
    )
    comment = forms.CharField(
        label=_("What was missing?"),
        help_text=_("Do not write your name, RUN or other personal data."),
        max_length=2000,
        required=False,
        widget=forms.Textarea({"rows": 4}),
        error_messages={"max_length": _("Shorten it to 2,000 characters, please.")},
    )


class Mistake(TypedForm):
    """Something on a page is wrong."""

    text = forms.CharField(
        label=_("What is wrong on this page?"),
        help_text=_(
            "Say what you read and what it should say. Do not write your name, RUN or other personal data."
        ),
        max_length=5000,
        widget=forms.Textarea({"rows": 6}),
        error_messages={
            "required": _("Write what is wrong on this page."),
            "max_length": _("Shorten it to 5,000 characters, please."),
        },
    )


class Survey(TypedForm):
    """The one-time survey of a contact."""

    grade = forms.TypedChoiceField(
        label=_("How well were you served?"),
        help_text=_("From 1, very badly, to 7, very well."),
        choices=[(str(number), str(number)) for number in range(1, 8)],
        coerce=int,
        widget=forms.RadioSelect({"class": "choices-inline"}),
        error_messages={
            "required": _("Choose a grade from 1 to 7."),
            "invalid_choice": _("Choose a grade from 1 to 7."),
        },
    )
    resolved = forms.ChoiceField(
        label=_("Did you get done what you came for?"),
        choices=YES_NO,
        widget=forms.RadioSelect,
        required=False,
    )
    comment = forms.CharField(
        label=_("What should we do better?"),
        help_text=_("Do not write your name, RUN or other personal data."),
        max_length=2000,
        required=False,
        widget=forms.Textarea({"rows": 4}),
        error_messages={"max_length": _("Shorten it to 2,000 characters, please.")},
    )

    def answers(self) -> dict[str, Any]:
        """Return what the action takes."""
        resolved = {"yes": True, "no": False}.get(self.cleaned_data["resolved"])
        return {
            "grade": self.cleaned_data["grade"],
            "resolved": resolved,
            "comment": self.cleaned_data["comment"],
        }


ACCEPTED_FILES = ".pdf,.jpg,.jpeg,.png"
OTHER_PAPER = "other"


def _papers_of(case: Case) -> list[tuple[str, Any]]:
    return [*papers_asked(case), (OTHER_PAPER, _("Another paper"))]


class Answer(TypedForm):
    """An answer to the agency, with a paper if there is one."""

    text = forms.CharField(
        label=_("Your answer"),
        max_length=5000,
        widget=forms.Textarea({"rows": 7}),
        error_messages={
            "required": _("Write your answer to the agency."),
            "max_length": _("Shorten your answer to 5,000 characters, please."),
        },
    )
    requirement = forms.ChoiceField(label=_("If you attach a paper, which one is it?"), required=False)
    file = forms.FileField(
        label=_("Paper"),
        help_text=_("A PDF, JPG or PNG of up to 10 MB."),
        required=False,
        max_length=200,
        widget=forms.FileInput({"accept": ACCEPTED_FILES}),
        error_messages={"empty": _("This file is empty. Choose it again.")},
    )

    def __init__(self, case: Case, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["requirement"].choices = [("", _("Choose")), *_papers_of(case)]  # type: ignore[attr-defined]


class Letter(TypedForm):
    """What a citizen writes to an agency of their case, of their own accord."""

    text = forms.CharField(
        label=_("What do you want to write to the agency?"),
        max_length=5000,
        widget=forms.Textarea({"rows": 7}),
        error_messages={
            "required": _("Write what the agency should read."),
            "max_length": _("Shorten it to 5,000 characters, please."),
        },
    )
    stage = forms.ChoiceField(label=_("To which agency?"), required=False)

    def __init__(self, case: Case, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stages = list(case.stages.select_related("agency").order_by("order", "pk"))
        agencies = [(str(stage.pk), stage.agency.name) for stage in stages]
        fields: dict[str, Any] = self.fields
        fields["stage"].choices = agencies
        fields["stage"].initial = str(addressee(stages).pk)
        if len(agencies) < 2:
            del self.fields["stage"]


class Paper(TypedForm):
    """A paper handed in to a filed case."""

    requirement = forms.ChoiceField(
        label=_("Which paper is it?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose which paper it is.")},
    )
    file = forms.FileField(
        label=_("Paper"),
        help_text=_("A PDF, JPG or PNG of up to 10 MB."),
        max_length=200,
        widget=forms.FileInput({"accept": ACCEPTED_FILES}),
        error_messages={
            "required": _("Choose a file from your device."),
            "empty": _("This file is empty. Choose it again."),
        },
    )

    def __init__(self, case: Case, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["requirement"].choices = _papers_of(case)  # type: ignore[attr-defined]
