"""What is said of a version on its way: why it goes back, when it is to be public, a comment; and who sees to its sheet."""

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from catalog.actions.comments import LONGEST
from catalog.forms.rows import TOO_LONG
from catalog.models import Procedure
from catalog.parts import PARTS
from catalog.queries.people import workers_on


class Publish(forms.Form):
    """When a version becomes public: at once, or at the beginning of a day."""

    day = forms.DateField(
        label=_("Public from"),
        help_text=_("From midnight in Santiago. Blank: now."),
        required=False,
        widget=forms.DateInput({"type": "date"}),
        error_messages={"invalid": _("Write the day as in the calendar, or leave it blank.")},
    )
    untold = forms.BooleanField(
        label=_("It changes nothing for anybody: tell nobody"),
        help_text=_("For corrections of words only. It stands in the history that you said so."),
        required=False,
    )

    @property
    def begins_at(self) -> datetime | None:
        """The moment from which it is public; None: now."""
        day = self.cleaned_data.get("day")
        return datetime.combine(day, time(), ZoneInfo(settings.TIME_ZONE)) if day else None


class Comment(forms.Form):
    """Something to say about a version, or a part of it."""

    part = forms.ChoiceField(
        label=_("About"), required=False, choices=[("", _("The whole sheet")), *PARTS.items()]
    )
    text = forms.CharField(
        label=_("Comment"),
        help_text=_("Only those who work on this agency's sheets read it."),
        max_length=LONGEST,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": _("Write your comment."), "max_length": TOO_LONG},
    )


class Return(Comment):
    """Why a version goes back to its author: the same words, which stand above the draft."""

    text = forms.CharField(
        label=Comment.base_fields["text"].label,
        help_text=Comment.base_fields["text"].help_text,
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": _("Write what its author should change."), "max_length": TOO_LONG},
    )


class Care(forms.Form):
    """Who sees to it that a sheet stays true, and by when it is read again."""

    owner = forms.ModelChoiceField(
        label=_("Who sees to this sheet"),
        help_text=_(
            "They are reminded by e-mail 30 and 7 days before it is to be read again, and on the day."
        ),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("All editors of the agency"),
    )
    review_by = forms.DateField(
        label=_("To be read again by"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Write the day as in the calendar, or leave it blank.")},
    )

    def __init__(self, procedure: Procedure, data: Any = None) -> None:
        super().__init__(
            data, prefix="care", initial={"owner": procedure.owner_id, "review_by": procedure.review_by}
        )
        owner: Any = self.fields["owner"]
        owner.queryset = workers_on(procedure)
