"""Who acts for whom and by what mandate, in words ready to be drawn in any room."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext

from accounts.actors import Actor
from common import clock, links, wording
from crm import permissions
from crm.models import Interaction, Mandate, MandateAct, Person
from crm.models.person import PersonKind
from crm.queries.blocks import closed_to, closed_words
from crm.queries.mandates import mandates_about, titles_of, usable_in


@dataclass(frozen=True)
class MandateLine:
    """One mandate: who for whom, by what, how far, until when, what was seen, and whether it holds."""

    mandate: Mandate
    grantor: str
    agent: str
    kind: str
    acts: str
    scope: str
    until: str
    state: str
    tone: str
    is_in_force: bool
    evidence: str
    href: str
    can_revoke: bool = False

    @property
    def words(self) -> str:
        """By what and until when, in one breath."""
        return f"{self.kind} {self.until}"


@dataclass(frozen=True)
class Speaking:
    """For whom somebody speaks in a contact, and by what; `is_open` says whether it opens anything today."""

    name: str
    glyph: str
    words: str
    is_open: bool
    line: MandateLine | None


def mandate_lines(person: Person, *, actor: Actor) -> list[MandateLine]:
    """Return the mandates a person gave or holds, as far as the actor may see them."""
    return lines_of(mandates_about(person, actor=actor), actor=actor)


def lines_of(mandates: list[Mandate], *, actor: Actor, on: date | None = None) -> list[MandateLine]:
    """
    Return mandates as lines; with two more queries, for all of their procedures together and for those of whom not even the name is told.
    """
    closed = closed_to(actor, [one for mandate in mandates for one in (mandate.grantor, mandate.agent)])
    day = on or clock.local_date(clock.now(), settings.TIME_ZONE)
    named = {one.pk for mandate in mandates for one in mandate.procedures.all()}
    titles = titles_of(named) if named else {}
    return [_line(mandate, titles, closed, actor=actor, on=day) for mandate in mandates]


def choices_in(interaction: Interaction, *, actor: Actor) -> list[MandateLine]:
    """Return the mandates that whoever is here may use now."""
    return lines_of(usable_in(interaction), actor=actor, on=interaction.day_of(clock.now()))


def speaking_in(interaction: Interaction, *, actor: Actor) -> Speaking | None:
    """Return for whom somebody speaks in a contact; None where they speak for themselves."""
    whom = interaction.represented
    if whom is None:
        return None
    line = None
    if interaction.mandate is not None:
        line = lines_of([interaction.mandate], actor=actor, on=interaction.day_of(clock.now()))[0]
    here = Interaction.objects.filter(pk=interaction.pk)
    is_open = line is not None and here.spoken_for().exists()
    if line is None:
        words = gettext("no mandate was shown")
    elif is_open:
        words = line.words
    else:
        words = gettext("the mandate is not in force, or it is not sure enough who is here")
    return Speaking(name_of(whom), glyph_of(whom), words, is_open, line)


def present_words(name: str, speaking: Speaking | None) -> str:
    """Say who is here, and for whom: `Amina Rojas, for Pedro Soto · power before a notary until 3 March 2027`."""
    if speaking is None:
        return name
    return gettext("%(who)s, for %(whom)s · %(words)s") % {
        "who": name,
        "whom": speaking.name,
        "words": speaking.words,
    }


def name_of(person: Person) -> str:
    """The name of whoever stands for a person."""
    return (person.merged_into or person).shown_name


def glyph_of(person: Person) -> str:
    """How a person is drawn."""
    return "organisation" if person.kind == PersonKind.ORGANISATION else "person"


def _line(
    mandate: Mandate, titles: dict[UUID, str], closed: set[UUID], *, actor: Actor, on: date
) -> MandateLine:
    state, tone = _state(mandate, on)
    grantor, agent = (
        closed_words() if one.survivor_id in closed else name_of(one)
        for one in (mandate.grantor, mandate.agent)
    )
    is_closed = bool({mandate.grantor.survivor_id, mandate.agent.survivor_id} & closed)
    named = [titles.get(one.pk, one.code) for one in mandate.procedures.all()]
    return MandateLine(
        mandate=mandate,
        grantor=grantor,
        agent=agent,
        kind=str(mandate.get_kind_display()),
        acts=", ".join(str(act.label) for act in MandateAct if act in mandate.acts),
        scope="; ".join(named) or gettext("in every procedure"),
        until=_until(mandate),
        state=state,
        tone=tone,
        is_in_force=mandate.is_in_force(on),
        evidence="" if is_closed else mandate.evidence or "",
        href=links.url("mandate-evidence", mandate.pk) if mandate.has_file and not is_closed else "",
        can_revoke=not mandate.is_revoked and permissions.can_revoke_mandate(actor, mandate),
    )


def _until(mandate: Mandate) -> str:
    if mandate.ends_on is None:
        return gettext("without an end")
    return gettext("until %(day)s") % {"day": wording.day(mandate.ends_on)}


def _state(mandate: Mandate, on: date) -> tuple[str, str]:
    if mandate.revoked_at is not None:
        return gettext("Revoked"), "refused"
    if mandate.starts_on > on:
        return gettext("Not in force yet"), "waiting"
    if not mandate.is_in_force(on):
        return gettext("Ended"), "neutral"
    return gettext("In force"), "granted"
