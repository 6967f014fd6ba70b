"""
The sheet: what one version of a procedure says, as data (docs/catalogue-format.md).

`validated()` is the only way in: an editor's screen, the reference files and the importer all pass through it.
"""

from catalog.sheets.checks import SheetInvalid, validated
from catalog.sheets.codes import (
    ACT_LABELS,
    APPLICANT_LABELS,
    APPLICANTS,
    AUDIENCES,
    CHANNEL_LABELS,
    CHANNELS,
    COMPLETENESS_LABELS,
    DOCUMENT_LABELS,
    HOUSE_LEVELS,
    LANGUAGES,
    LEVEL_CHANNEL_LABELS,
    LEVEL_LABELS,
    LIKE_OFFICE,
    MAX_TEXT,
    MODE_LABELS,
    MODES,
    NOT_OF_THE_TEXT,
    PROVIDERS,
    RIGHT_LABELS,
    RIGHT_NEEDS,
    RIGHTS,
    SECTIONS,
    VOICE_LABELS,
    VOICES,
)
from catalog.sheets.known import unknown_parts
from catalog.sheets.rows import (
    ChannelGuide,
    Cost,
    LegalBasis,
    Requirement,
    StageRow,
    document_name,
    in_language,
    term_in_words,
)
from catalog.sheets.sheet import Sheet
from catalog.sheets.validity import Validity, validity_in
from catalog.sheets.variants import Variant, variants_in

__all__ = [
    "ACT_LABELS",
    "APPLICANTS",
    "APPLICANT_LABELS",
    "AUDIENCES",
    "CHANNELS",
    "CHANNEL_LABELS",
    "COMPLETENESS_LABELS",
    "DOCUMENT_LABELS",
    "HOUSE_LEVELS",
    "LANGUAGES",
    "LEVEL_CHANNEL_LABELS",
    "LEVEL_LABELS",
    "LIKE_OFFICE",
    "MAX_TEXT",
    "MODES",
    "MODE_LABELS",
    "NOT_OF_THE_TEXT",
    "PROVIDERS",
    "RIGHTS",
    "RIGHT_LABELS",
    "RIGHT_NEEDS",
    "SECTIONS",
    "VOICES",
    "VOICE_LABELS",
    "ChannelGuide",
    "Cost",
    "LegalBasis",
    "Requirement",
    "Sheet",
    "SheetInvalid",
    "StageRow",
    "Validity",
    "Variant",
    "document_name",
    "in_language",
    "term_in_words",
    "unknown_parts",
    "validated",
    "validity_in",
    "variants_in",
]
