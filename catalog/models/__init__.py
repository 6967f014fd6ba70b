from catalog.models.agreement import (
    Accreditation,
    Act,
    Agreement,
    AgreementStage,
    DelegatedAct,
    DelegatedChannel,
    PastTerms,
)
from catalog.models.bulk import BulkImport, BulkOutcome, BulkResult, BulkRow, BulkState
from catalog.models.bundle import MOST_PARTS, Bundle, BundlePart, BundleStatus
from catalog.models.comment import VersionComment
from catalog.models.feedback import ErrorReport, SearchLog, UsefulnessVote
from catalog.models.imports import ConflictState, ImportConflict, ImportItem, ImportRun, ImportSource, Outcome
from catalog.models.procedure import Procedure, ProcedureVersion, Publication, VersionStatus
from catalog.models.retirement import Retirement
from catalog.models.search import SearchEntry, SearchWord
from catalog.models.token import ApiToken
from catalog.models.topic import LifeEvent, Theme
from catalog.models.upkeep import ReviewDigest, ReviewReminder, SheetReading

__all__ = [
    "MOST_PARTS",
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
    "Bundle",
    "BundlePart",
    "BundleStatus",
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
    "PastTerms",
    "Procedure",
    "ProcedureVersion",
    "Publication",
    "Retirement",
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
