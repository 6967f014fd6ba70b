"""What staff write about tasks."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from crm.models import Task, TaskKind
from crm.models.task import BY_HAND, PROMISED
from crm.queries.teams import Team, members_of, team_of

TOO_LONG = _("This is longer than 300 letters. Shorten it, please.")


def _words(label: Any, missing: Any, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=300,
        widget=forms.Textarea({"rows": 2}),
        error_messages={"required": missing, "max_length": TOO_LONG},
    )


def _owner(label: Any, *, required: bool) -> "forms.ModelChoiceField[User]":
    wrong = _("Choose somebody of the task's team.")
    return forms.ModelChoiceField(
        User.objects.none(),
        label=label,
        required=required,
        empty_label=_("Nobody yet") if not required else _("Choose …"),
        error_messages={"required": wrong, "invalid_choice": wrong},
    )


class NewTask(forms.Form):
    """A task: what, by when, for whom; about a case by its folio. What was promised was promised for a day."""

    field_order = ("what", "kind")
    kind = forms.ChoiceField(
        label=_("What kind of task is it?"),
        required=False,
        choices=[(kind.value, kind.label) for kind in BY_HAND],
        initial=TaskKind.TODO.value,
        error_messages={"invalid_choice": _("Choose the kind of task.")},
    )

    what = _words(
        _("What is to be done?"),
        _("Write what is to be done."),
        _("In a few words. Name a citizen only where the task is about their case."),
    )
    due_on = forms.DateField(
        label=_("By when?"),
        required=False,
        widget=forms.DateInput({"type": "date", "class": "width-10"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Write the day, for example 2027-03-31.")},
    )
    team = forms.ChoiceField(
        label=_("Team"),
        error_messages={"required": _("Choose a team."), "invalid_choice": _("Choose a team.")},
    )
    owner = _owner(_("Who does it?"), required=False)
    folio = forms.CharField(
        label=_("About the case with the folio"),
        required=False,
        max_length=40,
        widget=forms.TextInput({"class": "width-10", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, teams: list[Team], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["what"].widget.attrs["autofocus"] = True
        self.teams = {team.code: team for team in teams}
        fields: dict[str, Any] = self.fields
        fields["team"].choices = [(team.code, team.name) for team in teams]
        people = User.objects.none()
        for team in teams:
            people = people | members_of(team)
        fields["owner"].queryset = people.distinct()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        cleaned["kind"] = cleaned.get("kind") or TaskKind.TODO.value
        if cleaned["kind"] in PROMISED and not cleaned.get("due_on") and "due_on" not in self.errors:
            self.add_error("due_on", _("Write the day you promised it for."))
        return cleaned


class OnTask(forms.Form):
    """What every act on a task carries: which revision was looked at."""

    revision = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, task: Task, **kwargs: Any) -> None:
        self.task = task
        super().__init__(*args, **kwargs)


class Finish(OnTask):
    outcome = _words(_("What came of it?"), _("Write what came of it."))


class Cancel(OnTask):
    outcome = _words(_("Why is it not needed any more?"), _("Write why it is not needed any more."))


class Resolve(OnTask):
    """How the difference is resolved that a task is about; its buttons say which."""

    note = forms.CharField(
        label=_("How it is explained"),
        help_text=_("Needed only where it is explained."),
        required=False,
        max_length=300,
        widget=forms.Textarea({"rows": 2}),
        error_messages={"max_length": TOO_LONG},
    )
    resolution = forms.CharField(required=False, widget=forms.HiddenInput)


class HandOver(OnTask):
    owner = _owner(_("To whom?"), required=True)

    def __init__(self, *args: Any, task: Task, **kwargs: Any) -> None:
        super().__init__(*args, task=task, **kwargs)
        fields: dict[str, Any] = self.fields
        people = members_of(team_of(task))
        fields["owner"].queryset = people.exclude(pk=task.owner_id) if task.owner_id else people
