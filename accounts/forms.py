"""What administrators and the people themselves fill in about sign-ins and posts."""

from typing import Any

from allauth.account.forms import LoginForm
from django import forms
from django.db.models import F, Func
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Agency, Role, Scope, User
from accounts.models.credential import RATE
from accounts.queries.teams import colleagues_of, people_under
from common.dateparts import WrittenDate
from territory.models import Office

LONGEST_PASSWORD = 200


def _password(label: Any, missing: Any, *, autocomplete: str, help_text: Any = "") -> forms.CharField:
    widget = forms.PasswordInput({"autocomplete": autocomplete, "class": "width-20"})
    errors = {"required": missing, "max_length": _("This password is too long: up to 200 letters.")}
    return forms.CharField(
        label=label,
        help_text=help_text,
        strip=False,
        max_length=LONGEST_PASSWORD,
        widget=widget,
        error_messages=errors,
    )


class SignIn(LoginForm):
    """allauth's form in our words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        email = {"autocomplete": "username", "class": "width-20", "inputmode": "email", "spellcheck": "false"}
        self.fields["login"] = forms.EmailField(
            label=_("E-mail"),
            max_length=254,
            widget=forms.EmailInput(email),
            error_messages={
                "required": _("Write your e-mail."),
                "invalid": _("Write your e-mail, like name@agency.cl."),
            },
        )
        self.fields["password"] = _password(
            _("Password"), _("Write your password."), autocomplete="current-password"
        )
        self.order_fields(["login", "password"])


class Search(forms.Form):
    """A name or an address; posted, so that no name stands in an address."""

    text = forms.CharField(
        label=_("Name or e-mail"),
        max_length=120,
        required=False,
        widget=forms.TextInput({"type": "search", "data-key": "/"}),
    )


class NewPerson(forms.Form):
    """Somebody who will sign in."""

    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        widget=forms.TextInput({"class": "width-20", "autocomplete": "off"}),
        error_messages={
            "required": _("Write the person's name."),
            "max_length": _("Write at most 120 letters."),
        },
    )
    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("They sign in with it."),
        max_length=254,
        widget=forms.EmailInput({"class": "width-20", "autocomplete": "off"}),
        error_messages={
            "required": _("Write an e-mail address, like name@agency.cl."),
            "invalid": _("Write an e-mail address, like name@agency.cl."),
        },
    )


class Post(forms.Form):
    """A role, where it is held, and from which day to which."""

    role = forms.ChoiceField(
        label=_("Work"),
        error_messages={
            "required": _("Choose the work this person does."),
            "invalid_choice": _("Choose one of the list."),
        },
    )
    office = forms.ModelChoiceField(
        Office.objects.none(),
        label=_("Office"),
        help_text=_("For clerks and hosts; for supervisors of an office."),
        required=False,
        empty_label=_("None"),
        to_field_name="code",
        error_messages={"invalid_choice": _("Choose one of the list.")},
    )
    agency = forms.ModelChoiceField(
        Agency.objects.none(),
        label=_("Agency"),
        help_text=_("For agency officers and editors."),
        required=False,
        empty_label=_("None"),
        to_field_name="code",
        error_messages={"invalid_choice": _("Choose one of the list.")},
    )
    first_day = WrittenDate(label=_("First day"), help_text=_("Blank: from now."), required=False)
    last_day = WrittenDate(label=_("Last day"), help_text=_("Blank: until it is ended."), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["role"].choices = [("", _("Choose …")), *Role.choices]
        fields["office"].queryset = Office.objects.order_by(Func(F("name"), function="sort_key"))
        fields["agency"].queryset = Agency.objects.by_name()


class NewCredential(forms.Form):
    """A program's way in: for whom, what it may do, how much, until when."""

    name = forms.CharField(
        label=_("Which program will use it"),
        max_length=120,
        widget=forms.TextInput({"class": "width-20", "autocomplete": "off"}),
        error_messages={
            "required": _("Write which program will use it."),
            "max_length": _("Write at most 120 letters."),
        },
    )
    agency = forms.ModelChoiceField(
        Agency.objects.none(),
        label=_("Agency"),
        help_text=_("Whose cases it reads or decides."),
        required=False,
        empty_label=_("None"),
        to_field_name="code",
        error_messages={"invalid_choice": _("Choose one of the list.")},
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        choices=Scope.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Choose what it may do."),
            "invalid_choice": _("Choose one of the list."),
        },
    )
    channel_code = forms.CharField(
        label=_("Code of its channel"),
        help_text=_("Only where it serves people itself, like a municipality's kiosk: kiosk-nunoa."),
        required=False,
        max_length=20,
        widget=forms.TextInput({"class": "width-20", "autocomplete": "off", "spellcheck": "false"}),
        error_messages={
            "max_length": _("Write a code of 3 to 20 small letters, digits and dashes, like kiosk-nunoa.")
        },
    )
    channel_name = forms.CharField(
        label=_("How people call this channel"),
        required=False,
        max_length=80,
        widget=forms.TextInput({"class": "width-20", "autocomplete": "off"}),
        error_messages={"max_length": _("Write at most 80 letters.")},
    )
    rate = forms.IntegerField(
        label=_("Requests a minute"),
        min_value=1,
        max_value=60_000,
        initial=RATE,
        error_messages={
            "required": _("Write how many requests a minute, 1 to 60,000."),
            "invalid": _("Write how many requests a minute, 1 to 60,000."),
            "min_value": _("Write how many requests a minute, 1 to 60,000."),
            "max_value": _("Write how many requests a minute, 1 to 60,000."),
        },
    )
    last_day = WrittenDate(label=_("Last day"), help_text=_("Blank: until it is revoked."), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["agency"].queryset = Agency.objects.by_name()


class Absence(forms.Form):
    """Who is away, from which day to which, and who stands in for them."""

    user = forms.ModelChoiceField(
        User.objects.none(),
        label=_("Who is away?"),
        empty_label=None,
        error_messages={"required": _("Choose who is away."), "invalid_choice": _("Choose one of the list.")},
    )
    first_day = forms.DateField(
        label=_("First day"),
        widget=forms.DateInput({"type": "date", "class": "width-10"}, format="%Y-%m-%d"),
        error_messages={
            "required": _("Write the first day."),
            "invalid": _("Write the day, for example 2027-03-31."),
        },
    )
    last_day = forms.DateField(
        label=_("Last day"),
        widget=forms.DateInput({"type": "date", "class": "width-10"}, format="%Y-%m-%d"),
        error_messages={
            "required": _("Write the last day."),
            "invalid": _("Write the day, for example 2027-03-31."),
        },
    )
    deputy = forms.ModelChoiceField(
        User.objects.none(),
        label=_("Who stands in?"),
        empty_label=_("Choose …"),
        error_messages={
            "required": _("Choose who stands in."),
            "invalid_choice": _("Choose one of the list."),
        },
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        me = User.objects.filter(pk=actor.signed_in_id)
        fields: dict[str, Any] = self.fields
        fields["user"].queryset = (me | people_under(actor)).distinct()
        fields["user"].initial = actor.user_id
        beside = [colleagues_of(one) for one in me]
        people = people_under(actor)
        if people.exists():  # whoever answers for others may stand in for them
            people = people | me
        for colleagues in beside:
            people = people | colleagues
        fields["deputy"].queryset = people.distinct()


class ChangePassword(forms.Form):
    """The present password and a new one."""

    old = _password(_("Present password"), _("Write your present password."), autocomplete="current-password")
    new = _password(
        _("New password"),
        _("Write the new password."),
        autocomplete="new-password",
        help_text=_(
            "At least 12 letters. "
            "Four words that have nothing to do with each other are good and easy to keep."
        ),
    )


class ChoosePassword(forms.Form):
    """A first password, or one after it was taken back."""

    password = _password(
        _("New password"),
        _("Write the new password."),
        autocomplete="new-password",
        help_text=_(
            "At least 12 letters. "
            "Four words that have nothing to do with each other are good and easy to keep."
        ),
    )
