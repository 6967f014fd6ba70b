"""The kinds of event of people and cases, each with its sentence for the citizen and for staff."""

from django.utils.translation import gettext_lazy as _

from events.registry import Kind, register

register(
    Kind("interaction.opened", _("A contact began")),
    Kind("interaction.attended", _("Somebody attended")),
    Kind("interaction.ended", _("A contact ended")),
    Kind("interaction.wrapped_up", _("The work on a contact was finished")),
    Kind("enquiry.opened", _("A matter was raised")),
    Kind("enquiry.closed", _("A matter was given its outcome")),
    Kind("interaction.identified", _("The person was identified")),
    Kind("case.begun", _("An application was begun")),
    Kind(
        "case.submitted",
        _("The application was filed"),
        _("You filed your application"),
        _("Your application was filed"),
    ),
    Kind("case.taken", _("The agency began its review"), _("The agency began to review your case")),
    Kind(
        "case.late",
        _("The term is over; the chief was told"),
        _("The agency's term is over and it has not decided yet"),
    ),
    Kind("case.reassigned", _("A colleague took the case over")),
    Kind("case.asked", _("The agency asked the citizen"), _("The agency asks you for something")),
    Kind(
        "case.answered", _("The citizen answered"), _("You answered the agency"), _("The agency was answered")
    ),
    Kind("case.paper_added", _("A paper was added"), _("A paper was added to your case")),
    Kind(
        "case.status_told",
        _("The state of the case was told"),
        _("You asked how your case is going"),
        _("How your case is going was asked"),
    ),
    Kind("case.note_added", _("An internal note was written")),
    Kind("case.granted", _("The case was granted"), _("Your application was granted")),
    Kind("case.denied", _("The case was denied"), _("Your application was not granted")),
    Kind(
        "case.referred", _("The case was sent to another agency"), _("Your case was sent to another agency")
    ),
    Kind("case.lapsed", _("The case lapsed"), _("Your case lapsed: no answer came in time")),
    Kind(
        "case.withdrawn",
        _("The case was withdrawn"),
        _("You withdrew your application"),
        _("Your application was withdrawn"),
    ),
    Kind("case.closed", _("The case was closed"), _("Your case was closed")),
    Kind("case.reopened", _("The case was reopened"), _("Your case was opened again")),
    Kind("case.stage_decided", _("An agency decided its part"), _("An agency decided its part of your case")),
    Kind(
        "case.claim_code_issued",
        _("A claim code was given"),
        _("You were given a code to open this case by web"),
    ),
    Kind(
        "case.key_renewed",
        _("The claim code was used; the case has a new key"),
        _("You opened your case with the code and got a new key"),
    ),
    Kind(
        "case.claim_code_spoilt",
        _("A claim code stopped working: it was tried wrongly too many times"),
        _(
            "A code for your case stopped working: somebody tried it wrongly too many times. Your key still works"
        ),
    ),
    Kind("document.accepted", _("A paper was accepted"), _("A paper was accepted")),
    Kind("document.rejected", _("A paper was not accepted"), _("A paper was not accepted")),
    Kind("case.redacted", _("The case's data were erased"), _("The data of your case were erased")),
    Kind("case.erased", _("The person was erased"), _("Your data were erased")),
    Kind("case.extended", _("The term was extended"), _("The term was extended")),
    Kind("case.corrected", _("Something we hold was corrected"), _("What we hold about you was corrected")),
    Kind("case.blocked", _("The person's data were blocked"), _("Your data were blocked")),
    Kind("case.unblocked", _("The person's data were freed"), _("Your data are not blocked any more")),
    Kind("case.export_asked", _("The export was asked for")),
    Kind("case.export_made", _("The export is ready"), _("The copy of your data is ready")),
    Kind("case.export_given_up", _("The export was given up")),
    Kind(
        "case.export_withdrawn",
        _("The export was withdrawn: two people stood as one when it was made"),
        _("The copy of your data was withdrawn: another person's data stood in it by mistake"),
    ),
    Kind("person.redacted", _("A person was erased")),
    Kind("person.corrected", _("Something known about a person was corrected")),
    Kind("person.blocked", _("A person's data were blocked")),
    Kind("person.unblocked", _("A person's data were freed")),
    Kind("retention_rule.changed", _("A retention rule was changed")),
    Kind("redaction.applied", _("A retention rule was applied")),
    Kind("survey.answered", _("The survey was answered")),
    Kind("interaction.represents", _("It was said for whom somebody speaks")),
    Kind("mandate.registered", _("A mandate was registered")),
    Kind("mandate.revoked", _("A mandate was revoked")),
    Kind("person.known", _("A person was entered")),
    Kind("person.merged", _("Two records were found to be one person")),
    Kind("person.unmerged", _("A merge of two records was taken back")),
    Kind("person.contact_placed", _("It was said whose a contact was")),
    Kind("person.glass_broken", _("A file was opened with a reason, outside a contact")),
    Kind("person.told", _("Something was told about a person")),
    Kind("duplicate_pair.suspected", _("Two records were suspected to be one person")),
    Kind("duplicate_pair.distinct", _("Two records were found to be two people")),
)
