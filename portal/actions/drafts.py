"""An application on the web: begun, left and found again, filed."""

from collections.abc import Sequence

from django.db import connection, transaction

from accounts.actors import Actor
from catalog.models import Bundle, ProcedureVersion
from common import clock
from crm import actions as crm
from crm import keys
from crm.models import Case
from crm.queries.together import application_of
from portal.models import Draft
from portal.queries.drafts import draft_begun_with
from portal.visitors import KEPT_FOR


@transaction.atomic
def begin_draft(
    version: ProcedureVersion, *, by: Actor, key: str, language: str, once: bool = False
) -> Draft:
    """
    Begin an application in a new contact on the web, and a place to find it again.

    :param key: a new key (`crm.keys.new_key()`, `key_of_press()`); only its hash is stored
    :param once: beginning again with the same key, even at the same moment, returns the same draft
    """
    if once and (before := _begun_before(key)):
        return before
    interaction = crm.open_interaction("web", by=by, reason="apply", language=language)
    case = crm.begin_case(version, by=by, interaction=interaction, key=key, language=language)
    return _kept(case, key if once else "")


@transaction.atomic
def begin_bundle_draft(
    bundle: Bundle, versions: Sequence[ProcedureVersion], *, by: Actor, key: str, language: str
) -> Draft:
    """
    Begin an application for several procedures of a bundle in one contact; with the same key again it is the same draft.

    :param key: a new key, of all its cases (`crm.keys.key_of_press()`); only its hash is stored
    :raises DomainError: nothing was chosen
    """
    if before := _begun_before(key):
        return before
    interaction = crm.open_interaction("web", by=by, reason="apply", language=language)
    cases = crm.begin_together(bundle, versions, by=by, interaction=interaction, key=key, language=language)
    return _kept(cases[0], key)


def _begun_before(key: str) -> Draft | None:
    lock_press(key)
    return draft_begun_with(key)


def _kept(case: Case, press: str) -> Draft:
    """Make the place where an application is found again; `press` is the key of the press that began it, if it is to begin nothing twice."""
    return Draft.objects.create(
        case=case,
        begun_at=case.begun_at,
        kept_until=clock.now() + KEPT_FOR,
        begun_once=keys.hashed(press) if press else None,
    )


def lock_press(key: str) -> None:
    """Let nobody else begin with the same key until the transaction ends: there is no row yet that could be locked."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s)", [int.from_bytes(keys.hashed(key)[:8], signed=True)]
        )


@transaction.atomic
def leave_out(draft: Draft, place: int, *, by: Actor) -> None:
    """
    Go on without one of the procedures of a bundle, by its place.

    :raises NotAllowed: `by` does not hold the key
    :raises DomainError: it was filed already, or it is the only one left
    """
    draft = Draft.objects.select_for_update(of=("self",)).select_related("case").get(pk=draft.pk)
    lead = crm.leave_out(application_of(draft.case), place, by=by)
    if draft.case_id != lead.pk:
        draft.case = lead
        draft.save(update_fields=["case"])


def file_application(draft: Draft, *, by: Actor) -> Case:
    """
    File an application and end the contact it was made in; of a bundle, all its cases or none. Filing again returns the same case.

    :raises NotAllowed: `by` does not hold the key
    :raises DomainError: an answer is missing or wrong; `fields` names the questions
    :raises LevelTooLow: this procedure must be surer of who files it
    """
    if draft.case.bundle_id is None:
        return crm.submit_case(draft.case, by=by, ends_contact=True)
    return crm.submit_together(application_of(draft.case), by=by, ends_contact=True)[0]
