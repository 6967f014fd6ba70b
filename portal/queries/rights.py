"""The procedures by which a person uses their rights over their data, in the law's order."""

from catalog.models import ProcedureVersion
from catalog.sheets import RIGHTS


def rights_procedures() -> list[ProcedureVersion]:
    """Return the published procedures of the six rights (Ley 19.628, arts. 4 to 9)."""
    found = ProcedureVersion.objects.published().filter(content__has_key="right").select_related("procedure")
    return sorted(found, key=lambda version: RIGHTS.index(version.sheet.right))
