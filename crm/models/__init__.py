from crm.models.access import AccessLog
from crm.models.case import Case, CaseState, Party, PartyRole, state_of
from crm.models.claim import ClaimCode
from crm.models.document import Document, DocumentState
from crm.models.enquiry import Enquiry, EnquiryKind, EnquiryOutcome
from crm.models.interaction import Interaction, InteractionCase
from crm.models.message import Message, MessageKind
from crm.models.notification import Notification
from crm.models.person import ContactPoint, Person, PersonAttribute, PersonIdentifier, PersonKind
from crm.models.queue_state import QueueState
from crm.models.stage import Stage, StageState
from crm.models.survey import SurveyAnswer, SurveyInvitation

__all__ = [
    "AccessLog",
    "Case",
    "CaseState",
    "ClaimCode",
    "ContactPoint",
    "Document",
    "DocumentState",
    "Enquiry",
    "EnquiryKind",
    "EnquiryOutcome",
    "Interaction",
    "InteractionCase",
    "Message",
    "MessageKind",
    "Notification",
    "Party",
    "PartyRole",
    "Person",
    "PersonAttribute",
    "PersonIdentifier",
    "PersonKind",
    "QueueState",
    "Stage",
    "StageState",
    "SurveyAnswer",
    "SurveyInvitation",
    "state_of",
]
