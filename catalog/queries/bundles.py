"""A bundle as it stands now: which of its procedures can be applied for together, and why the others can not."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import Count
from django.utils.translation import gettext

from accounts.actors import Actor
from catalog.models import Bundle, BundlePart, Procedure, ProcedureVersion
from catalog.queries.published import content_of
from catalog.questionnaires.bundles import BundleQuestionnaire
from catalog.sheets import Sheet
from common.keyset import KeysetPage, keyset_page

SURE_BY_WEB = 100  # what a form on the web tells us of who fills it in: what they say
PAGE = 50


@dataclass(frozen=True)
class PartNow:
    """A procedure of a bundle with its public text, and why it is left out; empty: it is not."""

    procedure: Procedure
    version: ProcedureVersion | None
    left_out: str
    is_surer: bool = False  # it asks to be surer of who applies than a form on the web can be

    @property
    def sheet(self) -> Sheet:
        return self.version.sheet if self.version else Sheet({})

    @property
    def title(self) -> str:
        return self.version.title if self.version else self.procedure.slug


def parts_now(bundle: Bundle) -> list[PartNow]:
    """Return the procedures of a bundle in their order, as they are public now. Two queries."""
    return judged(procedures_of(bundle))


def judged(procedures: Sequence[Procedure]) -> list[PartNow]:
    """Return what can be applied for online of these procedures, together. One query."""
    return _judged(procedures, _public(procedures))


def _public(procedures: Collection[Procedure]) -> dict[UUID, ProcedureVersion]:
    found = ProcedureVersion.objects.published().filter(procedure__in=procedures)
    return {version.procedure_id: version for version in found}


def _judged(procedures: Sequence[Procedure], versions: dict[UUID, ProcedureVersion]) -> list[PartNow]:
    parts: list[PartNow] = []
    for procedure in procedures:
        version = versions.get(procedure.pk)
        if version is not None:
            version.procedure = procedure
        first = next((one.version for one in parts if not one.left_out), None)
        reason, is_surer = _left_out(version, first)
        parts.append(PartNow(procedure, version, reason, is_surer))
    return parts


def _left_out(version: ProcedureVersion | None, first: ProcedureVersion | None) -> tuple[str, bool]:
    if version is None:
        return gettext("It is not published now."), False
    if not version.has_form:
        return gettext("It can not be applied for online now."), False
    if version.sheet.level("web", "submit") > SURE_BY_WEB:
        return (
            gettext(
                "We must be surer of who you are than a form can be. At any office, with your identity card, it is filed at once."
            ),
            True,
        )
    if first is not None and _is_of_organisations(version) != _is_of_organisations(first):
        return (
            gettext("People ask for the one and organisations for the other, so it is asked for by itself."),
            False,
        )
    return "", False


def _is_of_organisations(version: ProcedureVersion) -> bool:
    return version.sheet.applicant == "organisation"


def usable(parts: Collection[PartNow]) -> list[ProcedureVersion]:
    """Return the versions that can be applied for together."""
    return [part.version for part in parts if part.version is not None and not part.left_out]


@lru_cache(maxsize=256)
def asked_together(versions: tuple[UUID, ...]) -> BundleQuestionnaire:
    """Return what is asked of whoever applies for these versions in one form; they never change, so a process works it out once."""
    return BundleQuestionnaire([content_of(version) for version in versions])


def bundles_page(actor: Actor, *, place: str = "", size: int | None = None) -> KeysetPage:
    """Return a page of the bundles that somebody may see, the latest first, each with how many procedures it joins (`size`)."""
    rows = Bundle.objects.visible_to(actor).select_related("life_event").annotate(size=Count("parts"))
    return keyset_page(rows, "id", place=place, size=size or PAGE, latest_first=True)


def procedures_of(bundle: Bundle) -> list[Procedure]:
    """Return the procedures of a bundle in their order."""
    rows = BundlePart.objects.filter(bundle=bundle).select_related("procedure__agency").order_by("position")
    return [row.procedure for row in rows]


def offered_bundles(life_event: str = "") -> list[Bundle]:
    """
    Return the published bundles, of a life event or of all, the latest first; those of which too little can be applied for together now are
    not offered. Three queries.
    """
    return [bundle for bundle, _parts in offered_with_parts(life_event)]


def offered_with_parts(life_event: str = "") -> list[tuple[Bundle, list[PartNow]]]:
    """Return the same bundles, each with its procedures as they are now. Three queries."""
    found = Bundle.objects.published().order_by("-published_at", "code")
    if life_event:
        found = found.filter(life_event=life_event)
    rows = list(found[:PAGE])
    joined: dict[UUID, list[Procedure]] = {row.pk: [] for row in rows}
    for part in BundlePart.objects.filter(bundle__in=rows).select_related("procedure").order_by("position"):
        joined[part.bundle_id].append(part.procedure)
    public = _public({procedure for procedures in joined.values() for procedure in procedures})
    judged_rows = [(row, _judged(joined[row.pk], public)) for row in rows]
    return [(row, parts) for row, parts in judged_rows if len(usable(parts)) > 1]


def is_offered_together(procedure_id: UUID) -> bool:
    """Whether a published bundle joins a procedure."""
    return BundlePart.objects.filter(procedure=procedure_id, bundle__in=Bundle.objects.published()).exists()


def bundles_with(procedure_id: UUID) -> list[Bundle]:
    """Return the bundles that join a procedure, published or not, by name."""
    return list(Bundle.objects.filter(parts__procedure=procedure_id).order_by("title_es", "code"))


@dataclass(frozen=True)
class Shared:
    """A question asked once for several procedures."""

    label: str
    titles: list[str]


def shared_questions(versions: Sequence[Any]) -> list[Shared]:
    """Return the questions that are asked once for several of these versions, but for those about the applicant."""
    form = asked_together(tuple(version.pk for version in versions))
    return [
        Shared(question.label, [versions[part].title for part in sorted(one.of)])
        for one, question in zip(form.asked_once, form.questions, strict=True)
        if one.is_shared and not one.key.startswith("applicant_")
    ]
