"""
Mandates: registered where their document is seen, revoked at once, and used in a contact in which somebody speaks for another.

Whether a mandate allows an act is asked at the act, with the mandate's row held (`require_voice`): of a revocation and an act at the same
moment one comes first, and if it is the revocation there is no act.
"""

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from catalog.models import Procedure
from common import clock
from common.errors import DomainError, require
from crm import permissions
from crm.actions.files import open_file
from crm.files import StoredFile
from crm.models import Case, Interaction, Mandate, MandateAct, MandateKind, PartyRole, Person
from crm.models.interaction import SURE_ENOUGH
from crm.models.mandate import BY_LETTER
from crm.models.person import PersonKind
from crm.terms import NETWORK_ZONE
from events.record import record

DOCUMENT_SEEN = 500
LONGEST = 300


class MandateRefused(DomainError):
    """No mandate allows this; the sentence says what can be done."""

    code = "mandate"
    status = 403


@transaction.atomic
def register_mandate(
    *,
    by: Actor,
    grantor: Person,
    agent: Person,
    kind: str,
    acts: Iterable[str],
    evidence: str,
    ends_on: date | None,
    starts_on: date | None = None,
    procedures: Iterable[Procedure] = (),
    file: StoredFile | None = None,
    interaction: Interaction | None = None,
    case: Case | None = None,
) -> Mandate:
    """
    Note that one may act for another, as a document says that was seen: face to face by whoever attends one of the two, or by an officer
    of an agency that decides a case of the grantor.

    :param starts_on: today where it is left out
    :param ends_on: the last day; None where the document names none
    :param procedures: for which; none is all
    :raises NotAllowed: `by` neither attends this contact nor decides this case
    :raises DomainError: by phone; the card of whoever is here was not seen; what is written does not fit together
    """
    if interaction is not None:
        interaction = _lock_present(interaction, by=by)
        _require_face_to_face(interaction, grantor, agent)
    elif case is None or not permissions.can_note(by, case):
        require(
            False,
            _("A mandate is registered by whoever attends one of the two, or decides a case of theirs."),
        )
    elif not case.parties.of(grantor).exists():
        raise DomainError(_("Only somebody with a part in this case gives a mandate in it."))
    now = clock.now()
    today = interaction.day_of(now) if interaction else clock.local_date(now, NETWORK_ZONE)
    mandate = Mandate(
        grantor=grantor,
        agent=agent,
        kind=kind,
        acts=sorted(set(acts)),
        starts_on=starts_on or today,
        ends_on=ends_on,
        evidence=evidence.strip(),
        interaction=interaction,
        case=None if interaction else case,
        registered_by_id=by.signed_in_id,
        at=now,
    )
    if file:
        mandate.file_name, mandate.content_type = file.name, file.content_type
        mandate.size, mandate.sha256 = file.size, file.sha256
    _require_sound(mandate, today)
    mandate.save(force_insert=True)
    mandate.procedures.set(procedures)
    if case is not None:
        parts = case.parties.filter(role=PartyRole.REPRESENTATIVE, mandate__isnull=True).of(agent)
        parts.update(mandate=mandate)
    _tell("mandate.registered", mandate, by=by, interaction=interaction, case=case)
    return mandate


@transaction.atomic
def revoke_mandate(
    mandate: Mandate, *, by: Actor, reason: str, interaction: Interaction | None = None
) -> Mandate:
    """
    End a mandate now: from this moment nothing is done by it any more.

    :raises NotAllowed: the grantor is not here, and `by` neither decides a case it was used in nor supervises
    :raises DomainError: no reason was given, or it was revoked already
    """
    mandate = Mandate.objects.select_for_update(of=("self",)).get(pk=mandate.pk)
    require(
        permissions.can_revoke_mandate(by, mandate),
        _(
            "A mandate is revoked by whoever gave it, an officer who decides a case it is used in, or a supervisor."
        ),
    )
    missing = _("Write why the mandate ends: both can read it.")
    if not reason.strip():
        raise DomainError(missing, reason=missing)
    if mandate.is_revoked:
        raise DomainError(_("This mandate was revoked already. Nothing was changed."))
    mandate.revoked_at, mandate.revoked_by_id = clock.now(), by.signed_in_id
    mandate.revoked_reason = reason.strip()[:LONGEST]
    mandate.save(update_fields=["revoked_at", "revoked_by", "revoked_reason"])
    _tell("mandate.revoked", mandate, by=by, interaction=interaction)
    return mandate


@transaction.atomic
def represent(
    interaction: Interaction, *, by: Actor, represented: Person, mandate: Mandate | None = None
) -> Interaction:
    """
    Whoever is here speaks for another from now on: by a mandate, which opens the other's file as far as it goes; or only as they say, which
    opens nothing.

    :raises NotAllowed: `by` does not attend this contact
    :raises DomainError: nobody is known to be here, or it would be for themselves
    :raises MandateRefused: it is not theirs, not in force today, or it is not sure enough who they are
    """
    interaction = _lock_present(interaction, by=by)
    if interaction.person and interaction.person.survivor_id == represented.survivor_id:
        raise DomainError(_("This is the person who is here. Nobody needs a mandate for themselves."))
    now = clock.now()
    if mandate is not None:
        mandate = Mandate.objects.hold().get(pk=mandate.pk)
        _require_usable(mandate, interaction, represented, interaction.day_of(now))
    interaction.represented, interaction.mandate = represented, mandate
    interaction.save(update_fields=["represented", "mandate"])
    record(
        "interaction.represents",
        interaction,
        by=by,
        at=now,
        interaction=interaction,
        channel=interaction.channel,
        represented=str(represented.pk),
    )
    if mandate is not None:
        reason = gettext("Somebody speaks for this person by a mandate")
        open_file(represented, by=by, reason=reason, interaction=interaction)
    return interaction


@transaction.atomic
def stop_representing(interaction: Interaction, *, by: Actor) -> Interaction:
    """
    Whoever is here speaks for themselves again; a second time changes nothing.

    :raises NotAllowed: `by` does not attend this contact
    """
    interaction = _lock_present(interaction, by=by)
    if interaction.represented_id is None:
        return interaction
    interaction.represented = interaction.mandate = None
    interaction.save(update_fields=["represented", "mandate"])
    record(
        "interaction.represents",
        interaction,
        by=by,
        at=clock.now(),
        interaction=interaction,
        channel=interaction.channel,
        represented=None,
    )
    return interaction


def require_voice(
    case: Case, *, by: Actor, act: MandateAct, interaction: Interaction | None, refusal: str | Promise
) -> None:
    """
    Refuse unless `by` may do this act for the citizen now; the case is locked, and the mandates it rests on are held from here on.

    :raises NotAllowed: `by` neither holds the key nor has the case before them
    :raises MandateRefused: somebody speaks for another, and no mandate allows this act
    """
    if may_speak(case, by=by, act=act, interaction=interaction):
        return
    if by.is_staff and interaction is not None and interaction.represented_id is not None:
        raise MandateRefused(_why_not(interaction, case, act))
    require(False, refusal)


def may_speak(case: Case, *, by: Actor, act: MandateAct, interaction: Interaction | None) -> bool:
    """Whether `by` may do this act for the citizen, asked as a step of an action: what it rests on stays as it is until the end."""
    hold_mandates(by)
    return permissions.can_speak_for_citizen(by, case, act=act, interaction=interaction)


def hold_mandates(by: Actor) -> None:
    """Keep the mandates by which somebody speaks before `by` as they are until the transaction ends."""
    if by.is_staff:
        used = Interaction.objects.present_of(by).exclude(mandate=None).values("mandate")
        list(Mandate.objects.filter(pk__in=used).order_by("pk").hold().values_list("pk"))


def _lock_present(interaction: Interaction, *, by: Actor) -> Interaction:
    interaction = Interaction.objects.lock(interaction.pk)
    attends = permissions.is_attending(by, interaction) and interaction.wrapped_up_at is None
    require(attends, _("Only whoever attends a contact says for whom somebody speaks in it."))
    return interaction


def _require_face_to_face(interaction: Interaction, grantor: Person, agent: Person) -> None:
    if interaction.office_id is None:
        raise DomainError(
            _("A mandate is registered where its document can be seen: ask them to bring it to an office.")
        )
    here = interaction.person
    if here is None or interaction.identity_level < DOCUMENT_SEEN:
        raise DomainError(
            _(
                "Look at the identity card of whoever is here first, and note it (“I saw their identity card”)."
            )
        )
    if here.survivor_id in (grantor.survivor_id, agent.survivor_id):
        return
    today = interaction.day_of(clock.now())
    acts_for = Mandate.objects.in_force(today).held_by(here).granted_by(agent)
    if agent.kind != PersonKind.ORGANISATION or not acts_for.exists():
        raise DomainError(_("One of the two must be here, or somebody who represents the organisation."))


def _require_sound(mandate: Mandate, today: date) -> None:
    """Refuse what does not fit together, at the field that says so."""
    wrong: dict[str, str | Promise] = {}
    if mandate.grantor.survivor_id == mandate.agent.survivor_id:
        wrong["roles"] = _("Choose two: nobody needs a mandate for themselves.")
    if mandate.kind not in MandateKind.values:
        wrong["kind"] = _("Choose by what they act.")
    if (mandate.kind == MandateKind.LEGAL) > (mandate.grantor.kind == PersonKind.ORGANISATION):
        wrong["kind"] = _("Only an organisation has a legal representative. Choose another kind.")
    if mandate.kind in {MandateKind.PARENT, MandateKind.CURATOR} and mandate.grantor.kind != PersonKind.HUMAN:
        wrong["kind"] = _("An organisation has neither parent nor curator. Choose another kind.")
    if not mandate.acts or set(mandate.acts) - set(MandateAct.values):
        wrong["acts"] = _("Choose what it allows.")
    elif mandate.kind == MandateKind.LETTER and set(mandate.acts) - BY_LETTER:
        wrong["acts"] = _(
            "A simple letter is enough to ask and to receive. To apply or to answer, the power is given before a notary or in an "
            "electronic document (Ley 19.880, article 22)."
        )
    if mandate.ends_on and mandate.ends_on < max(mandate.starts_on, today):
        wrong["ends_on"] = _("It has ended by then. Write its last day as the document says.")
    if not mandate.evidence:
        wrong["evidence"] = _("Write which document you saw: who signed it, where and when.")
    elif len(mandate.evidence) > LONGEST:
        wrong["evidence"] = _("This is longer than 300 letters. Shorten it, please.")
    if wrong:
        raise DomainError(next(iter(wrong.values())), **wrong)


def _require_usable(mandate: Mandate, interaction: Interaction, represented: Person, today: date) -> None:
    here = interaction.person
    if here is None or interaction.identity_level < SURE_ENOUGH:
        raise MandateRefused(
            _(
                "A mandate is used once it is sure who is here: see the identity card, or ask the two questions."
            )
        )
    if mandate.grantor.survivor_id != represented.survivor_id:
        raise MandateRefused(_("This mandate was given by somebody else."))
    if not mandate.is_in_force(today):
        raise MandateRefused(NOT_IN_FORCE)
    if not Mandate.objects.filter(pk=mandate.pk).usable_by(here.survivor_id, on=today).exists():
        raise MandateRefused(
            _(
                "This mandate is not of whoever is here. For an organisation, show first that they represent it."
            )
        )


NOT_IN_FORCE = _("This mandate is not in force: it has ended or was revoked. Ask for a new document.")


def _why_not(interaction: Interaction, case: Case, act: MandateAct) -> str:
    known = interaction.mandate_id
    mandate = Mandate.objects.filter(pk=known).first() if known else None  # as it is now
    if mandate is None:
        return gettext("No mandate was shown. Register it first, or let the person themselves come or call.")
    if not mandate.is_in_force(interaction.day_of(clock.now())):
        return str(NOT_IN_FORCE)
    if not case.parties.in_person().of_any([mandate.grantor.survivor_id]).exists():
        return gettext("This case is not of the person they speak for.")
    return gettext(
        "The mandate does not allow this here: to %(act)s. What it allows stands beside the person."
    ) % {"act": MandateAct(act).label}


def _tell(
    kind: str, mandate: Mandate, *, by: Actor, interaction: Interaction | None, case: Case | None = None
) -> None:
    record(
        kind,
        mandate,
        by=by.for_person(mandate.grantor_id),
        at=mandate.revoked_at or mandate.at,
        interaction=interaction,
        channel=interaction.channel if interaction else "agency",
        agent=str(mandate.agent_id),
        case=str(case.pk) if case else None,
    )
