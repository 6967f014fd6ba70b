"""Bundles of procedures: begun, changed, published, taken off the public pages."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from catalog import permissions
from catalog.models import MOST_PARTS, Bundle, BundlePart, BundleStatus, LifeEvent, Procedure
from catalog.queries.bundles import judged
from common import clock
from common.errors import DomainError, NotAllowed, StaleVersion, require
from events.record import record

NOT_A_MAKER = _("Whoever edits or publishes sheets makes bundles of procedures.")
NOT_A_PUBLISHER = _(
    "A bundle is published, and changed once it is, by whoever publishes for all its agencies."
)
CHANGED_MEANWHILE = _("Somebody changed this bundle meanwhile. Look at it again, then decide.")
CODE_TAKEN = _("Another bundle has this address. Choose another.")
NOT_OF_A_BUNDLE = {"new"}  # stands in the editors' room where a bundle's code would


@dataclass(frozen=True)
class BundleText:
    """What a bundle says of itself."""

    title_es: str
    title_en: str
    summary_es: str
    summary_en: str
    life_event: LifeEvent | None


@transaction.atomic
def make_bundle(*, by: Actor, code: str, text: BundleText, procedures: Sequence[Procedure]) -> Bundle:
    """
    Begin a bundle; it is a draft.

    :param code: stands in its address
    :raises NotAllowed: `by` neither edits nor publishes sheets
    :raises DomainError: the code is taken, or these procedures make no bundle
    """
    require(permissions.can_make_bundles(by), NOT_A_MAKER)
    if code in NOT_OF_A_BUNDLE:
        raise DomainError(CODE_TAKEN, code=CODE_TAKEN)
    _require_few(procedures)
    now = clock.now()
    try:
        with transaction.atomic():
            bundle = Bundle.objects.create(code=code, **_columns(text))
    except IntegrityError:
        raise DomainError(CODE_TAKEN, code=CODE_TAKEN) from None
    _join(bundle, procedures)
    record("bundle.made", bundle, by=by, at=now, procedures=[one.code for one in procedures])
    return bundle


@transaction.atomic
def change_bundle(
    bundle: Bundle, *, by: Actor, text: BundleText, procedures: Sequence[Procedure], revision: int
) -> Bundle:
    """
    Change what a bundle says and joins; its address stays.

    :param revision: the revision that was read
    :raises NotAllowed: it is public and `by` does not publish for the agencies it joins or joined, or edits no sheets
    :raises StaleVersion: it was changed after it was read
    :raises DomainError: these procedures make no bundle
    """
    bundle = _locked(bundle, revision=revision)
    _require_editor(bundle, procedures, by)
    _require_few(procedures)
    if bundle.is_published:
        _require_usable(procedures)
    now = clock.now()
    bundle.parts.all().delete()
    _join(bundle, procedures)
    for name, value in _columns(text).items():
        setattr(bundle, name, value)
    bundle.revision += 1
    bundle.save()
    record("bundle.changed", bundle, by=by, at=now, procedures=[one.code for one in procedures])
    return bundle


@transaction.atomic
def publish_bundle(bundle: Bundle, *, by: Actor, revision: int) -> Bundle:
    """
    Offer a bundle to the public.

    :param revision: the revision that was read
    :raises NotAllowed: `by` does not publish for all the agencies it joins
    :raises StaleVersion: it was changed after it was read
    :raises IllegalMove: it is published
    :raises DomainError: one of its procedures can not be applied for with the others now
    """
    bundle = _locked(bundle, revision=revision)
    procedures = _procedures(bundle)
    require(permissions.can_publish_bundle(by, procedures), NOT_A_PUBLISHER)
    bundle.move_to(BundleStatus.PUBLISHED)
    _require_usable(procedures)
    now = clock.now()
    bundle.published_at = now
    bundle.revision += 1
    bundle.save(update_fields=["status", "published_at", "revision"])
    record("bundle.published", bundle, by=by, at=now, procedures=[one.code for one in procedures])
    return bundle


@transaction.atomic
def withdraw_bundle(bundle: Bundle, *, by: Actor, revision: int) -> Bundle:
    """
    Take a bundle off the public pages: it is a draft again. What was begun with it goes on.

    :param revision: the revision that was read
    :raises NotAllowed: `by` does not publish for all the agencies it joins
    :raises StaleVersion: it was changed after it was read
    :raises IllegalMove: it is no longer public
    """
    bundle = _locked(bundle, revision=revision)
    require(permissions.can_publish_bundle(by, _procedures(bundle)), NOT_A_PUBLISHER)
    bundle.move_to(BundleStatus.DRAFT)
    now = clock.now()
    bundle.published_at = None
    bundle.revision += 1
    bundle.save(update_fields=["status", "published_at", "revision"])
    record("bundle.withdrawn", bundle, by=by, at=now)
    return bundle


def _locked(bundle: Bundle, *, revision: int) -> Bundle:
    bundle = Bundle.objects.lock(bundle.pk)
    if bundle.revision != revision:
        raise StaleVersion(CHANGED_MEANWHILE)
    return bundle


def _require_editor(bundle: Bundle, procedures: Sequence[Procedure], by: Actor) -> None:
    present = _procedures(bundle)
    require(
        permissions.can_edit_bundle(by, bundle, present),
        NOT_A_PUBLISHER if bundle.is_published else NOT_A_MAKER,
    )
    if not permissions.can_edit_bundle(by, bundle, [*present, *procedures]):
        codes = ", ".join(one.code for one in procedures if not permissions.is_publisher(by, one))
        others = _("It is public, and you do not publish for the agency of %(codes)s.") % {"codes": codes}
        raise NotAllowed(others, procedures=others)


def _procedures(bundle: Bundle) -> list[Procedure]:
    rows = bundle.parts.select_related("procedure__agency").order_by("position")
    return [row.procedure for row in rows]


def _columns(text: BundleText) -> dict[str, object]:
    return dict(vars(text))


def _join(bundle: Bundle, procedures: Sequence[Procedure]) -> None:
    BundlePart.objects.bulk_create(
        BundlePart(bundle=bundle, procedure=procedure, position=place)
        for place, procedure in enumerate(procedures, start=1)
    )


def _require_few(procedures: Sequence[Procedure]) -> None:
    wrong: str | Promise = ""
    if len({one.pk for one in procedures}) < len(procedures):
        wrong = _("A procedure stands in a bundle once.")
    elif not 2 <= len(procedures) <= MOST_PARTS:
        wrong = _("A bundle joins two to %(n)s procedures.") % {"n": MOST_PARTS}
    if wrong:
        raise DomainError(wrong, procedures=wrong)


def _require_usable(procedures: Sequence[Procedure]) -> None:
    """Nothing is offered together that can not be applied for together."""
    wrong = [f"{part.procedure.code}: {part.left_out}" for part in judged(procedures) if part.left_out]
    if wrong:
        raise DomainError(" ".join(wrong), procedures=" ".join(wrong))
