"""The kinds of event of an office's queue."""

from django.utils.translation import gettext_lazy as _

from events.registry import Kind, register

QUEUE_KINDS = (
    Kind("ticket.taken", _("A ticket was given")),
    Kind("ticket.called", _("A ticket was called")),
    Kind("ticket.recalled", _("A ticket was called again")),
    Kind("ticket.on_the_way", _("The person said they are coming")),
    Kind("ticket.put_back", _("A called ticket went back to the queue")),
    Kind("ticket.serving", _("A person came to the desk")),
    Kind("ticket.held", _("A person went to fetch a paper")),
    Kind("ticket.resumed", _("A person came back to the desk")),
    Kind("ticket.finished", _("A visit was finished")),
    Kind("ticket.no_show", _("A called person did not come")),
    Kind("ticket.abandoned", _("A person left before being served")),
    Kind("desk.opened", _("A desk was opened")),
    Kind("desk.closed", _("A desk was closed")),
)
register(*QUEUE_KINDS)
