"""What is said in a case: questions of the agency, answers of the citizen, notes among staff."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.clock import ClockNow
from common.ids import new_id
from crm.models.case import Case
from crm.models.interaction import Interaction
from crm.models.stage import Stage


class MessageKind(models.TextChoices):
    QUESTION = "question", _("Question to the citizen")
    ANSWER = "answer", _("Answer of the citizen")
    NOTE = "note", _("Internal note")
    NOTICE = "notice", _("Message to the citizen")
    MESSAGE = "message", _("Message of the citizen")


# The same, as the citizen reads it of themselves.
FOR_CITIZEN = {
    MessageKind.QUESTION: _("Question to you"),
    MessageKind.ANSWER: _("Your answer"),
    MessageKind.NOTICE: _("Message to you"),
    MessageKind.MESSAGE: _("Your message"),
}
TO_CITIZEN = (MessageKind.QUESTION, MessageKind.NOTICE)
TO_AGENCY = (MessageKind.ANSWER, MessageKind.MESSAGE)


class Message(models.Model):
    """
    One message. Its text can be redacted; the event that tells of it holds only its id.

    `read_at` is when the other side first saw it: the citizen what an agency wrote, an officer what the citizen did. Notes have no other
    side. `withdrawn_at` is set on a note that its writer took back at once: it stays for the audit, and no list shows its words.
    """

    event_kind = "message"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="messages")
    stage = models.ForeignKey(Stage, models.PROTECT, null=True, blank=True, related_name="messages")
    kind = models.CharField(max_length=8, choices=MessageKind)
    text = models.TextField(null=True)  # noqa: DJ001  # NULL once redacted
    author = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    interaction = models.ForeignKey(
        Interaction, models.PROTECT, null=True, blank=True, related_name="messages"
    )
    answers = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="answered_by")
    answer_by = models.DateField(null=True, blank=True)  # of a question: after it the agency may end its part
    answer_days = models.PositiveSmallIntegerField(null=True, blank=True)  # in so many business days
    at = models.DateTimeField(db_default=ClockNow())
    read_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    redacted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="message_only_notes_are_withdrawn",
                condition=Q(withdrawn_at__isnull=True) | Q(kind="note"),
            ),
            models.CheckConstraint(
                name="message_notes_are_not_read", condition=Q(read_at__isnull=True) | ~Q(kind="note")
            ),
        ]
        indexes = [
            models.Index(fields=["case", "at"], name="message_of_case"),
            models.Index(fields=["answer_by"], name="message_question_due", condition=Q(kind="question")),
            models.Index(
                fields=["case"],
                name="message_unread",
                condition=Q(read_at__isnull=True, kind__in=["answer", "message", "notice", "question"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"

    @property
    def citizen_label(self) -> str:
        """What kind of message it is, to the citizen."""
        return str(FOR_CITIZEN[MessageKind(self.kind)])
