"""The kinds of document that sheets name."""

from django.db.models import F, Func, TextField

from catalog.models import Procedure, ProcedureVersion
from catalog.sheets import DOCUMENT_LABELS, document_name


class _KindsNamed(Func):
    """A row for each kind of document that a sheet's requirements name."""

    function = "jsonb_path_query"
    template = "%(function)s(%(expressions)s, '$.requirements[*].document_type') #>> '{}'"
    output_field = TextField()


def kinds_of_document(procedure: Procedure) -> list[str]:
    """Return the names of the house's kinds of document, and of those in the public sheets of a procedure's agency."""
    public = ProcedureVersion.objects.published().filter(procedure__agency=procedure.agency_id)
    named = public.annotate(kind=_KindsNamed(F("content"))).values_list("kind", flat=True).distinct()
    own = sorted({str(kind) for kind in named if kind} - DOCUMENT_LABELS.keys())
    return [*(document_name(kind) for kind in DOCUMENT_LABELS), *own]
