"""
How the boxes of a question are drawn: as Django does, but an input without a template of its own. A form of eighty questions has two
hundred of them, and with a template each they take longer than all the rest.
"""

from typing import Any

from django.forms.renderers import TemplatesSetting
from django.utils.html import escape
from django.utils.safestring import SafeString

_FOLDER = "django/forms/widgets/"
_INPUTS = {f"{_FOLDER}{name}.html" for name in ("text", "email", "hidden", "checkbox", "input", "file")}
_OPTIONS = {f"{_FOLDER}{name}.html" for name in ("radio_option", "checkbox_option", "input_option")}


class QuickInputs(TemplatesSetting):
    """Draw inputs at once, and everything else by its template."""

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        widget = context.get("widget") or {}
        if template_name in _INPUTS or (template_name in _OPTIONS and not widget.get("wrap_label")):
            value = [] if widget.get("value") is None else [("value", str(widget["value"]))]
            named = [("type", widget["type"]), ("name", widget["name"]), *value, *widget["attrs"].items()]
            return _input([(name, given) for name, given in named if given is not False])
        return super().render(template_name, context, request)


def _input(attributes: list[tuple[str, Any]]) -> SafeString:
    return SafeString(
        "<input"
        + "".join(
            f" {name}" if given is True else f' {name}="{escape(str(given))}"' for name, given in attributes
        )
        + ">"
    )
