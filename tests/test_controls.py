"""Controls drawn by our own functions say what Django's templates say."""

import re
from datetime import date

import pytest
from django import forms
from django.forms.renderers import TemplatesSetting
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from common.controls import Controls

NASTY = "\"><script>alert('x')</script>&amp; ñ"
CHOICES = [
    ("", gettext_lazy("Choose one")),
    ("1", NASTY),
    (NASTY, mark_safe("<b>bold</b>")),
    ("Group", [(1, "one"), (2, "two")]),
]  # as a field might give it
WIDGETS = [
    (forms.TextInput(), NASTY),
    (
        forms.TextInput(
            {"class": NASTY, "required": True, "disabled": False, "maxlength": 1000, "data-x": ""}
        ),
        "",
    ),
    (forms.NumberInput(), 1234567.5),
    (forms.EmailInput({"autocomplete": "email"}), None),
    (forms.PasswordInput(render_value=True), "secret"),
    (forms.HiddenInput(), 1000),
    (forms.DateInput({"type": "date"}, format="%Y-%m-%d"), date(2026, 11, 26)),
    (forms.FileInput({"accept": ".pdf,.jpg"}), None),
    (forms.CheckboxInput(), True),
    (forms.CheckboxInput(), False),
    (forms.Textarea({"rows": 4}), NASTY),
    (forms.Textarea(), ""),
    (forms.Select(choices=CHOICES), "1"),
    (forms.Select(choices=CHOICES), NASTY),
    (forms.SelectMultiple({"size": 8}, choices=CHOICES), ["1", "2"]),
    (forms.NullBooleanSelect(), True),
    (forms.RadioSelect(choices=CHOICES), "1"),
    (forms.CheckboxSelectMultiple(choices=CHOICES), ["1"]),
    (forms.SplitDateTimeWidget(), None),
    (forms.SelectDateWidget(years=[2026]), date(2026, 11, 26)),
]


def bare(drawn: str) -> str:
    return re.sub(r">\s+", ">", re.sub(r"\s+<", "<", drawn)).strip()


@pytest.mark.parametrize(("widget", "value"), WIDGETS, ids=lambda one: type(one).__name__)
@pytest.mark.parametrize(
    "attrs", [{"id": "x"}, {"id": "id_x", "aria-describedby": "a b", "aria-invalid": "true"}]
)
def test_a_control_is_drawn_as_djangos_template_draws_it(widget, value, attrs):
    ours = widget.render("a name", value, attrs, renderer=Controls())

    assert bare(ours) == bare(widget.render("a name", value, attrs, renderer=TemplatesSetting()))


def test_the_options_of_a_group_are_drawn_as_djangos_template_draws_them():
    class Two(forms.Form):
        one = forms.ChoiceField(choices=CHOICES, widget=forms.RadioSelect)
        several = forms.MultipleChoiceField(choices=CHOICES, widget=forms.CheckboxSelectMultiple)

    for name in ("one", "several"):
        ours, theirs = (
            Two({"one": "1"}, renderer=Controls())[name],
            Two({"one": "1"}, renderer=TemplatesSetting())[name],
        )
        assert [bare(option.tag()) for option in ours.subwidgets] == [
            bare(option.tag()) for option in theirs.subwidgets
        ]
