"""What a form field needs to be drawn as a question: its kind, its choices, and where an error links to."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import pgettext


def kind(bound: BoundField) -> str:
    """Return how a field is drawn: hidden, radios, checkboxes, checkbox, parts, file or input."""
    widget = bound.field.widget
    if bound.is_hidden:
        return "hidden"
    if isinstance(widget, forms.RadioSelect):  # CheckboxSelectMultiple is one too
        return "checkboxes" if isinstance(widget, forms.CheckboxSelectMultiple) else "radios"
    if isinstance(widget, forms.CheckboxInput):
        return "checkbox"
    if isinstance(widget, forms.MultiWidget):
        return "parts"
    if isinstance(widget, forms.FileInput):
        return "file"
    return "input"


def first_id(bound: BoundField) -> str:
    """Return the id of the first thing that can be focused: what an error links to."""
    if kind(bound) in {"radios", "checkboxes", "parts"}:
        return f"{bound.auto_id}_0"
    return bound.id_for_label or bound.auto_id


def choices(bound: BoundField) -> list[dict[str, Any]]:
    """Return each choice of a group with its control, id, label and own hint (`widget.hints`)."""
    hints: Mapping[Any, Any] = getattr(bound.field.widget, "hints", {})
    return [
        {
            "tag": option.tag(wrap_label=False),
            "id": option.id_for_label,
            "label": option.choice_label,
            "hint": hints.get(option.data["value"], ""),
        }
        for option in bound.subwidgets
    ]


_PARTS = {"_day": "day", "_month": "month", "_year": "year"}


def _part_label(suffix: str) -> str:
    labels = {
        "day": pgettext("of a date", "Day"),
        "month": pgettext("of a date", "Month"),
        "year": pgettext("of a date", "Year"),
    }
    return labels.get(_PARTS.get(suffix, ""), suffix.lstrip("_").replace("_", " ").capitalize())


def parts(bound: BoundField) -> list[dict[str, Any]]:
    """Return each box of a field that has several, such as a date."""
    widget = bound.field.widget
    suffixes = getattr(widget, "widgets_names", [])
    context = widget.get_context(bound.html_name, bound.value(), {"id": bound.auto_id})
    drawn = []
    for sub, own, suffix in zip(context["widget"]["subwidgets"], widget.widgets, suffixes, strict=False):
        attrs = {**sub["attrs"], **({"aria-invalid": "true"} if bound.errors else {})}
        drawn.append(
            {
                "tag": own.render(sub["name"], sub["value"], attrs),
                "id": attrs["id"],
                "label": _part_label(suffix),
            }
        )
    return drawn
