"""The kinds of event of the catalogue."""

from django.utils.translation import gettext_lazy as _

from events.registry import Kind, register

register(
    Kind("version.drafted", _("A new version was begun")),
    Kind("version.edited", _("A version was edited")),
    Kind("version.sent_to_review", _("A version was sent to review")),
    Kind("version.reviewed", _("A version was reviewed")),
    Kind("version.set_aside", _("A draft was set aside")),
    Kind("version.restored", _("An earlier text was taken up again")),
    Kind("version.commented", _("Somebody commented on a version")),
    Kind("version.comment_settled", _("A comment on a version was settled")),
    Kind("version.scheduled", _("A version is to be published on a later day")),
    Kind("version.unscheduled", _("A publication on a later day was called off")),
    Kind("version.rejected", _("A version was returned to its author")),
    Kind("version.published", _("A version was published")),
    Kind("agreement.made", _("An agreement was entered")),
    Kind("agreement.moved", _("An agreement came further, or went back")),
    Kind("agreement.places_changed", _("The offices of an agreement were changed")),
    Kind("agreement.act_added", _("An agreement lets an act be done")),
    Kind("agreement.act_ended", _("An act of an agreement ends")),
    Kind("agreement.ended", _("An agreement ends")),
    Kind("agreement.taken_back", _("An agreement that had not begun was taken back")),
    Kind("accreditation.given", _("Somebody was accredited by an agency")),
    Kind("accreditation.withdrawn", _("An accreditation was withdrawn")),
    Kind("bundle.made", _("A bundle of procedures was begun")),
    Kind("bundle.changed", _("A bundle of procedures was changed")),
    Kind("bundle.published", _("A bundle of procedures was published")),
    Kind("bundle.withdrawn", _("A bundle of procedures was taken off the public pages")),
    Kind("report.settled", _("A report of an error was settled")),
    Kind("procedure.looked_after", _("Who sees to a sheet, or by when, was changed")),
    Kind("procedure.confirmed", _("A sheet was read through and is true")),
    Kind("procedure.added", _("A procedure was added to the catalogue")),
    Kind("procedure.import_differs", _("Another server says otherwise: an editor decides")),
    Kind("procedure.import_taken", _("A text from another server was taken as a draft")),
    Kind("procedure.import_kept", _("Ours was kept against a text from another server")),
    Kind("procedure.retired", _("A procedure was taken off the catalogue")),
    Kind("procedure.restored", _("A procedure that was taken off was brought back")),
)
