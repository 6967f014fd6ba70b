"""The kinds of event of parameter sets."""

from django.utils.translation import gettext_lazy as _

from events.registry import Kind, register

register(
    Kind("parameters.drafted", _("A new version of a parameter set was begun")),
    Kind("parameters.changed", _("A parameter was changed")),
    Kind("parameters.approved", _("A parameter set was approved")),
)
