"""What the agency API takes and answers, as its documentation shows it."""

from typing import Any

from django.utils.translation import gettext_noop as _
from rest_framework import serializers

from catalog.serializers import Text
from crm.actions.questions import ANSWER_DAYS, LEAST_DAYS, MOST_DAYS
from crm.models import CaseState, EnquiryKind, EnquiryOutcome, PaperState, StageState
from crm.models.interaction import Ending

S = serializers
MOST_TEXT = 5000


class CaseStageRow(S.Serializer[Any]):
    id = S.UUIDField()
    agency = S.CharField()
    order = S.IntegerField()
    required = S.BooleanField()  # type: ignore[assignment]
    state = S.ChoiceField(StageState.choices)
    since = S.DateTimeField()
    due_on = S.DateField(allow_null=True)
    assigned = S.BooleanField(help_text=_("Whether an officer has it."))
    decided_at = S.DateTimeField(allow_null=True)
    reason = S.CharField(allow_null=True, help_text=_("What the citizen reads of the decision."))


class WorkRow(S.Serializer[Any]):
    folio = S.CharField()
    stage = S.UUIDField()
    state = S.ChoiceField(StageState.choices)
    since = S.DateTimeField(help_text=_("When it came to this state; the list is in this order."))
    due_on = S.DateField(allow_null=True)
    assigned = S.BooleanField()
    case_state = S.ChoiceField(CaseState.choices)
    revision = S.IntegerField(
        help_text=_("What the ETag of the case begins with; If-Match takes it in quotes.")
    )
    procedure = S.CharField()
    channel = S.CharField()
    submitted_at = S.DateTimeField()
    url = S.CharField()


class WorkPage(S.Serializer[Any]):
    next = S.URLField(allow_null=True, help_text=_("The next page; null on the last."))
    results = WorkRow(many=True)


class Number(S.Serializer[Any]):
    kind = S.CharField()
    country = S.CharField()
    value = S.CharField()


class Contact(S.Serializer[Any]):
    kind = S.CharField()
    value = S.CharField()
    safe = S.BooleanField(help_text=_("False: others read or answer there; do not write to it."))


class PartyRow(S.Serializer[Any]):
    person = S.UUIDField(help_text=_("Of the record that stands for them now; see the merges."))
    blocked = S.BooleanField(help_text=_("Their data are blocked at their request: decide without them."))
    role = S.CharField()
    relation = S.CharField()
    kind = S.CharField()
    name = S.CharField(allow_null=True)
    numbers = Number(many=True)
    contacts = Contact(many=True)


class PaperRow(S.Serializer[Any]):
    id = S.UUIDField()
    requirement = S.CharField()
    name = S.CharField(allow_null=True)
    content_type = S.CharField()
    size = S.IntegerField()
    state = S.ChoiceField([one for one in PaperState.choices if one[0] != PaperState.REQUESTED])
    reason = S.CharField(allow_null=True)
    received_at = S.DateTimeField()
    valid_until = S.DateField(allow_null=True, help_text=_("Its last good day."))
    url = S.CharField()


class RequestedRow(S.Serializer[Any]):
    """A paper that an agency asked for with a question."""

    requirement = S.CharField(help_text=_("The code under which it is handed in."))
    words = S.CharField(allow_null=True, help_text=_("What was asked for, where the sheet does not name it."))
    question = S.UUIDField(help_text=_("The message that asked for it."))
    at = S.DateTimeField()
    answered = S.BooleanField(help_text=_("Whether one came since that was not refused and is still good."))


class MessageRow(S.Serializer[Any]):
    id = S.UUIDField()
    kind = S.CharField()
    text = S.CharField(allow_null=True)
    at = S.DateTimeField()
    stage = S.UUIDField(allow_null=True)
    answers = S.UUIDField(allow_null=True)


class ProcedureRef(S.Serializer[Any]):
    code = S.CharField()
    version = S.IntegerField()
    title = Text()


class CaseInFull(S.Serializer[Any]):
    folio = S.CharField()
    state = S.ChoiceField(CaseState.choices)
    since = S.DateTimeField()
    revision = S.IntegerField()
    procedure = ProcedureRef()
    channel = S.CharField()
    language = S.CharField()
    answers = S.JSONField(
        allow_null=True, help_text=_("By the keys of the procedure's form; null once erased.")
    )
    submitted_at = S.DateTimeField()
    decided_at = S.DateTimeField(allow_null=True)
    closed_at = S.DateTimeField(allow_null=True)
    promised_on = S.DateField(allow_null=True)
    reopened = S.IntegerField()
    stages = CaseStageRow(many=True)
    parties = PartyRow(many=True)
    documents = PaperRow(many=True)
    requested = RequestedRow(many=True)
    messages = MessageRow(many=True)


class ThreadRow(S.Serializer[Any]):
    id = S.UUIDField()
    at = S.DateTimeField()
    kind = S.CharField()
    by = S.CharField(help_text=_("What kind of actor it was; never who."))
    channel = S.CharField()
    data = S.JSONField()  # type: ignore[assignment]


class MergeRow(S.Serializer[Any]):
    """Whoever had the old id has the new one; taken back, what was told of the new one is of the old one again."""

    event = S.UUIDField()
    kind = S.ChoiceField(["person.merged", "person.unmerged"])
    old = S.UUIDField()
    new = S.UUIDField()
    at = S.DateTimeField()


class MergePage(S.Serializer[Any]):
    next = S.URLField(allow_null=True, help_text=_("The next page; null on the last."))
    results = MergeRow(many=True)


class ThreadPage(S.Serializer[Any]):
    next = S.URLField(allow_null=True, help_text=_("The next page; null on the last."))
    results = ThreadRow(many=True)


class Written(S.Serializer[Any]):
    """What every write on a case answers; the ETag is its new revision."""

    folio = S.CharField()
    state = S.ChoiceField(CaseState.choices)
    revision = S.IntegerField()
    stages = CaseStageRow(many=True)


class OfStage(S.Serializer[Any]):
    stage = S.UUIDField(required=False, help_text=_("Which part, where the agency has several."))


class Asked(OfStage):
    question = S.CharField(max_length=MOST_TEXT)
    papers = S.ListField(
        child=S.CharField(max_length=60),
        max_length=40,
        required=False,
        default=list,
        help_text=_("Codes of the sheet's requirements of which a paper is needed."),
    )
    other_paper = S.CharField(
        max_length=200,
        allow_blank=True,
        required=False,
        default="",
        help_text=_("One more paper, in words."),
    )
    days = S.IntegerField(
        min_value=LEAST_DAYS,
        max_value=MOST_DAYS,
        required=False,
        default=ANSWER_DAYS,
        help_text=_("Business days to answer in."),
    )


class Decided(OfStage):
    decision = S.ChoiceField([(one, one) for one in ("granted", "denied", "referred")])
    reason = S.CharField(max_length=MOST_TEXT, allow_blank=True, required=False, default="")


class Noted(OfStage):
    text = S.CharField(max_length=MOST_TEXT)


class Reasoned(OfStage):
    reason = S.CharField(max_length=MOST_TEXT)


class Judged(S.Serializer[Any]):
    state = S.ChoiceField([(one, one) for one in ("accepted", "rejected")])
    reason = S.CharField(max_length=2000, allow_blank=True, required=False, default="")
    valid_until = S.DateField(
        required=False, help_text=_("The last good day of a paper that is accepted, as it stands on it.")
    )


class Nothing(S.Serializer[Any]):
    """Nothing is sent."""


class Paper(S.Serializer[Any]):
    id = S.UUIDField()
    requirement = S.CharField()
    sha256 = S.CharField()


class ContactBegun(S.Serializer[Any]):
    language = S.ChoiceField([("es", "es"), ("en", "en")], default="es")
    commune = S.CharField(max_length=5, required=False, default="", allow_blank=True)
    reason = S.SlugField(max_length=40, required=False, default="", allow_blank=True)


class ContactTold(S.Serializer[Any]):
    id = S.UUIDField()
    channel = S.CharField()
    started_at = S.DateTimeField()
    ended_at = S.DateTimeField(allow_null=True)
    identity_level = S.IntegerField()


class PersonTold(S.Serializer[Any]):
    name = S.CharField(max_length=250)
    run = S.CharField(max_length=20, help_text=_("As people write it: 12.345.678-5."))


class MatterBegun(S.Serializer[Any]):
    kind = S.ChoiceField([(one.value, one.value) for one in (EnquiryKind.INFORM, EnquiryKind.OTHER)])
    procedure = S.CharField(max_length=30, required=False, default="", allow_blank=True)


class MatterClosed(S.Serializer[Any]):
    outcome = S.ChoiceField(
        [
            (one.value, one.value)
            for one in (EnquiryOutcome.INFORMED, EnquiryOutcome.REFERRED, EnquiryOutcome.NOT_RESOLVED)
        ]
    )


class MatterTold(S.Serializer[Any]):
    id = S.UUIDField()
    kind = S.CharField()
    outcome = S.CharField()


class CaseBegun(S.Serializer[Any]):
    procedure = S.CharField(max_length=30)
    language = S.ChoiceField(
        [("es", "es"), ("en", "en")], required=False, help_text=_("The contact's, unless another is told.")
    )


class CaseFilled(S.Serializer[Any]):
    answers = S.DictField(
        help_text=_("By the keys of the procedure's form; kept as they come, checked when it is filed.")
    )


class DraftTold(S.Serializer[Any]):
    id = S.UUIDField()
    procedure = S.CharField()
    version = S.IntegerField()
    answered = S.ListField(child=S.CharField())


class CaseFiled(S.Serializer[Any]):
    id = S.UUIDField()
    folio = S.CharField()
    state = S.ChoiceField(CaseState.choices)
    revision = S.IntegerField()
    promised_on = S.DateField(allow_null=True)
    claim_code = S.CharField(
        allow_null=True,
        help_text=_(
            "Opens the case by web once; give it to the citizen and keep it nowhere. Null where somebody spoke for another."
        ),
    )


class ContactEnded(S.Serializer[Any]):
    ending = S.ChoiceField(
        [(one.value, one.value) for one in (Ending.SERVED, Ending.ABANDONED)], default="served"
    )
