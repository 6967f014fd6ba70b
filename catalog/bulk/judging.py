"""What one sheet of a file would do, compared with what stands here now. Nothing is written."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from accounts.actors import Actor
from accounts.models import Agency
from catalog import permissions, shape, sheets
from catalog.bulk import columns, places
from catalog.bulk.reading import SPREADSHEET
from catalog.meaning import meaning_of
from catalog.models import BulkOutcome, Procedure, ProcedureVersion
from catalog.models.procedure import OPEN
from catalog.queries.agencies import unknown_deciders
from catalog.queries.published import latest_text
from catalog.queries.topics import unknown_topics
from catalog.queries.variants import unknown_places


@dataclass(frozen=True)
class Judgement:
    """What a row would do, and why not; with what is needed to do it: the procedure or, for a new one, its agency and name in addresses."""

    outcome: str
    reason: str = ""
    content: dict[str, Any] | None = None
    procedure: Procedure | None = None
    base: ProcedureVersion | None = None
    agency: Agency | None = None
    slug: str = ""


class _Refused(Exception):
    """A row that can not be done, in a sentence."""


def judge(data: dict[str, Any], kind: str, *, by: Actor) -> Judgement:
    """Return what a row would do if it were confirmed now."""
    try:
        return _judged(data, kind, by)
    except _Refused as refusal:
        return Judgement(BulkOutcome.REFUSED, str(refusal))
    except sheets.SheetInvalid as error:
        reason = places.told(error.problems) if kind == SPREADSHEET else str(error)
        return Judgement(BulkOutcome.REFUSED, reason)
    except columns.CellsWrong as error:
        return Judgement(BulkOutcome.REFUSED, str(error))


def _judged(data: dict[str, Any], kind: str, by: Actor) -> Judgement:
    code = _code(data)
    procedure = Procedure.objects.select_related("agency").filter(code=code).first()
    if procedure is None:
        return _new(code, data, kind, by)
    if not permissions.can_edit(by, procedure):
        raise _Refused(gettext("Number %(code)s is not of your agency.") % {"code": code})
    _require_same(data, "agency", procedure.agency.code)
    _require_same(data, "slug", procedure.slug)
    _require_same(data, "popularity", procedure.popularity)
    base = latest_text(procedure)
    present = base.content if base else {}
    content = _content(data, kind, present, code)
    if meaning_of(content) == meaning_of(present):
        return Judgement(BulkOutcome.SAME, procedure=procedure, base=base)
    if (told := _version(data)) is not None and base is not None and told < base.number:
        stale = gettext(
            "This row was saved from version %(told)s, and version %(now)s came after it: save the file anew and change that one."
        )
        return Judgement(BulkOutcome.CONFLICT, stale % {"told": told, "now": base.number})
    if procedure.versions.filter(status__in=OPEN).exists():
        return Judgement(BulkOutcome.CONFLICT, draft_is_open())
    return Judgement(
        BulkOutcome.CHANGED, _nobodys(content, present), content=content, procedure=procedure, base=base
    )


def draft_is_open() -> str:
    """Return the sentence for a procedure on which somebody is at work."""
    return gettext("A draft is open: finish it or set it aside, then send this row again.")


def _new(code: str, data: dict[str, Any], kind: str, by: Actor) -> Judgement:
    if not permissions.can_add_procedures(by):
        raise _Refused(
            gettext("Number %(code)s is not in the catalogue: only an administrator adds procedures.")
            % {"code": code}
        )
    agency = Agency.objects.filter(code=str(data.get("agency") or "")[:30]).first()
    if agency is None:
        raise _Refused(gettext("agency: write the code of the agency to which it belongs."))
    slug = data.get("slug")
    if not isinstance(slug, str) or not shape.SLUG.fullmatch(slug):
        raise _Refused(
            gettext("slug: write its name in addresses, in lower case letters, numbers and dashes.")
        )
    if Procedure.objects.filter(slug=slug).exists():
        raise _Refused(gettext("slug: another procedure has this name in addresses."))
    content = _content(data, kind, first_text(agency), code)
    return Judgement(BulkOutcome.CREATED, _nobodys(content, {}), content=content, agency=agency, slug=slug)


def _nobodys(content: dict[str, Any], present: dict[str, Any]) -> str:
    """Return a sentence on the related numbers that nobody has: two that ran into one, or procedures that come later. No refusal."""
    new = set(content.get("related") or []) - set(present.get("related") or [])
    known = set(Procedure.objects.filter(code__in=new).values_list("code", flat=True)) if new else set()
    if not new - known:
        return ""
    return gettext("related: nobody has %(codes)s so far. See that they are written as you mean them.") % {
        "codes": ", ".join(sorted(new - known))
    }


def first_text(agency: Agency) -> dict[str, Any]:
    """Return what a new procedure of an agency begins with, where nobody says otherwise."""
    return {
        "completeness": "basic",
        "applicant": "person",
        "stages": [{"agency": agency.code, "order": 1, "required": True, "term_business_days": None}],
    }


def _content(data: dict[str, Any], kind: str, present: dict[str, Any], code: str) -> dict[str, Any]:
    """Return the validated text: of a spreadsheet's row over the present one, of a JSON sheet as it is."""
    given = columns.with_cells(present, data) if kind == SPREADSHEET else data
    content = sheets.validated({**given, "code": code})
    if unknown := [
        *sheets.unknown_parts(content, present),
        *unknown_topics(content, present),
        *unknown_deciders(content, present),
        *unknown_places(content),
    ]:
        raise sheets.SheetInvalid(unknown)
    return content


def _code(data: dict[str, Any]) -> str:
    code = data.get("code")
    written = str(code) if isinstance(code, str | int) and not isinstance(code, bool) else ""
    if not shape.CODE.fullmatch(written):
        raise _Refused(
            gettext("code: write the procedure's number: letters, numbers, - and _, at most 20 of them.")
        )
    return written


def _require_same(data: dict[str, Any], name: str, present: str | int) -> None:
    told = data.get(name)
    if told not in (None, "", present):
        raise _Refused(
            gettext("%(name)s: it is %(present)s, and is not changed with a file.")
            % {"name": name, "present": present}
        )


def _version(data: dict[str, Any]) -> int | None:
    told = str(data.get("version") or "")
    if not told:
        return None
    if not (told.isascii() and told.isdecimal() and len(told) < 10):
        raise _Refused(gettext("version: leave the number that stood there."))
    return int(told)
