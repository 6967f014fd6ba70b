from catalog.models.agreement import (
    Accreditation,
    Act,
    Agreement,
    AgreementStage,
    DelegatedAct,
    DelegatedChannel,
)
from catalog.models.bulk import BulkImport, BulkOutcome, BulkResult, BulkRow, BulkState
from catalog.models.comment import VersionComment
from catalog.models.feedback import ErrorReport, SearchLog, UsefulnessVote
from catalog.models.imports import ConflictState, ImportConflict, ImportItem, ImportRun, ImportSource, Outcome
from catalog.models.procedure import Procedure, ProcedureVersion, Publication, VersionStatus
from catalog.models.search import SearchEntry, SearchWord
from catalog.models.token import ApiToken
from catalog.models.topic import LifeEvent, Theme
from catalog.models.upkeep import ReviewDigest, ReviewReminder, SheetReading

__all__ = [
    "Accreditation",
    "Act",
    "Agreement",
    "AgreementStage",
    "ApiToken",
    "BulkImport",
    "BulkOutcome",
    "BulkResult",
    "BulkRow",
    "BulkState",
    "ConflictState",
    "DelegatedAct",
    "DelegatedChannel",
    "ErrorReport",
    "ImportConflict",
    "ImportItem",
    "ImportRun",
    "ImportSource",
    "LifeEvent",
    "Outcome",
    "Procedure",
    "ProcedureVersion",
    "Publication",
    "ReviewDigest",
    "ReviewReminder",
    "SearchEntry",
    "SearchLog",
    "SearchWord",
    "SheetReading",
    "Theme",
    "UsefulnessVote",
    "VersionComment",
    "VersionStatus",
]
