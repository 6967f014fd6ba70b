"""The kinds of event of the catalogue."""

from django.utils.translation import gettext_lazy as _

from events.registry import Kind, register

register(
    Kind("version.drafted", _("A new version was begun")),
    Kind("version.edited", _("A version was edited")),
    Kind("version.sent_to_review", _("A version was sent to review")),
    Kind("version.rejected", _("A version was returned to its author")),
    Kind("version.published", _("A version was published")),
    Kind("report.settled", _("A report of an error was settled")),
    Kind("procedure.retired", _("A procedure was taken off the catalogue")),
)
