from crm.models.access import AccessLog, BreakGlass
from crm.models.audit import Change, Seal
from crm.models.calendar import CalendarChange
from crm.models.case import Case, CaseState, Party, PartyRole, Relation, state_of
from crm.models.case_bundle import CaseBundle
from crm.models.claim import ClaimCode
from crm.models.decision_time import DecisionTime
from crm.models.delivery import (
    Delivery,
    DeliveryState,
    Difference,
    DifferenceKind,
    Reconciliation,
    Resolution,
    Subscription,
)
from crm.models.document import Document, DocumentState, PaperConsent, PaperState, RequestedPaper
from crm.models.duplicate import DuplicatePair, DuplicateRule, Merge, PairState, Placement
from crm.models.enquiry import Enquiry, EnquiryKind, EnquiryOutcome
from crm.models.interaction import Interaction, InteractionCase
from crm.models.mandate import Mandate, MandateAct, MandateKind
from crm.models.message import Message, MessageKind
from crm.models.notification import MessagePolicy, MessagePolicyChange, MessageWish, Notification
from crm.models.person import (
    ContactPoint,
    NameWord,
    NeedKind,
    Person,
    PersonAttribute,
    PersonIdentifier,
    PersonKind,
    PersonNeed,
    Process,
)
from crm.models.queue_state import QueueState
from crm.models.request import KeyedRequest
from crm.models.retention import RedactionLog, RetentionChange, RetentionRule
from crm.models.right import PersonBlock, PersonExport
from crm.models.saved_filter import SavedFilter
from crm.models.stage import Stage, StageState
from crm.models.survey import SurveyAnswer, SurveyInvitation
from crm.models.task import Task, TaskKind, TaskState

__all__ = [
    "AccessLog",
    "BreakGlass",
    "CalendarChange",
    "Case",
    "CaseBundle",
    "CaseState",
    "Change",
    "ClaimCode",
    "ContactPoint",
    "DecisionTime",
    "Delivery",
    "DeliveryState",
    "Difference",
    "DifferenceKind",
    "Document",
    "DocumentState",
    "DuplicatePair",
    "DuplicateRule",
    "Enquiry",
    "EnquiryKind",
    "EnquiryOutcome",
    "Interaction",
    "InteractionCase",
    "KeyedRequest",
    "Mandate",
    "MandateAct",
    "MandateKind",
    "Merge",
    "Message",
    "MessageKind",
    "MessagePolicy",
    "MessagePolicyChange",
    "MessageWish",
    "NameWord",
    "NeedKind",
    "Notification",
    "PairState",
    "PaperConsent",
    "PaperState",
    "Party",
    "PartyRole",
    "Person",
    "PersonAttribute",
    "PersonBlock",
    "PersonExport",
    "PersonIdentifier",
    "PersonKind",
    "PersonNeed",
    "Placement",
    "Process",
    "QueueState",
    "Reconciliation",
    "RedactionLog",
    "Relation",
    "RequestedPaper",
    "Resolution",
    "RetentionChange",
    "RetentionRule",
    "SavedFilter",
    "Seal",
    "Stage",
    "StageState",
    "Subscription",
    "SurveyAnswer",
    "SurveyInvitation",
    "Task",
    "TaskKind",
    "TaskState",
    "state_of",
]
