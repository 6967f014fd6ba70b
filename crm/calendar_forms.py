"""What administrators write to change the calendar of terms."""

from django import forms
from django.utils.translation import gettext_lazy as _

from common.dateparts import WrittenDate


class CalendarDay(forms.Form):
    """One day that counts otherwise than the calendar says."""

    day = WrittenDate(label=_("Which day?"), error_messages={"required": _("Write the day.")})
    counts = forms.ChoiceField(
        label=_("From now on it is"),
        choices=[
            ("off", _("a day off: terms do not count it")),
            ("business", _("a business day: terms count it")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose whether terms count this day.")},
    )
    reason = forms.CharField(
        label=_("Why?"),
        help_text=_("The law or decree; people read it."),
        max_length=120,
        error_messages={
            "required": _("Write why: the law or decree."),
            "max_length": _("Write at most 120 letters."),
        },
    )
