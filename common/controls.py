"""
How the controls of forms are drawn. The plain ones by a function each: Django draws every one of them with several nested templates, which
for a form of eighty fields takes most of its time. The words are the same; any other control is drawn from its template.
"""

from collections.abc import Callable
from typing import Any

from django.forms.renderers import TemplatesSetting
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

Widget = dict[str, Any]


def _attributes(widget: Widget) -> str:
    return "".join(
        f" {conditional_escape(name)}" if value is True else f' {conditional_escape(name)}="{_said(value)}"'
        for name, value in widget["attrs"].items()
        if value is not False
    )


def _said(value: Any) -> str:
    """A value as it stands in an attribute: numbers as they are, whatever the language."""
    return conditional_escape(value if isinstance(value, SafeString) else str(value))


def _input(widget: Widget) -> str:
    value = "" if widget["value"] is None else f' value="{_said(widget["value"])}"'
    return (
        f'<input type="{_said(widget["type"])}" name="{_said(widget["name"])}"{value}{_attributes(widget)}>'
    )


def _textarea(widget: Widget) -> str:
    value = conditional_escape(widget["value"]) if widget["value"] else ""
    return f'<textarea name="{_said(widget["name"])}"{_attributes(widget)}>\n{value}</textarea>'


def _option(widget: Widget) -> str:
    return f'<option value="{_said(widget["value"])}"{_attributes(widget)}>{conditional_escape(widget["label"])}</option>'


def _select(widget: Widget) -> str:
    drawn = []
    for group, options, _index in widget["optgroups"]:
        inside = "".join(_option(option) for option in options)
        drawn.append(
            f'<optgroup label="{conditional_escape(group)}">{inside}</optgroup>' if group else inside
        )
    return f'<select name="{_said(widget["name"])}"{_attributes(widget)}>{"".join(drawn)}</select>'


def _choice(widget: Widget) -> str:
    if not widget.get("wrap_label"):
        return _input(widget)
    own = f' for="{_said(widget["attrs"]["id"])}"' if widget["attrs"].get("id") else ""
    return f"<label{own}>{_input(widget)} {conditional_escape(widget['label'])}</label>"


_PLAIN = ("text", "number", "email", "url", "password", "hidden", "input", "date", "datetime", "time", "file")
_DRAWN: dict[str, Callable[[Widget], str]] = {
    **{f"django/forms/widgets/{name}.html": _input for name in _PLAIN},
    "django/forms/widgets/checkbox.html": _input,
    "django/forms/widgets/radio_option.html": _choice,
    "django/forms/widgets/checkbox_option.html": _choice,
    "django/forms/widgets/textarea.html": _textarea,
    "django/forms/widgets/select.html": _select,
}


class Controls(TemplatesSetting):
    """Draws the controls of every form."""

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> SafeString:
        draw = _DRAWN.get(template_name)
        if draw is None:
            return mark_safe(super().render(template_name, context, request))  # noqa: S308  # as templates draw it
        return mark_safe(draw(context["widget"]))  # noqa: S308  # every part was escaped
