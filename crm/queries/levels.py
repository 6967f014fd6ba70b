"""
How sure we must be of who somebody is before something is said or done for them, in every room, and what to say when we are not.

What an act (status, answer, submit) needs on a channel is on the sheet of the case.
"""

from dataclasses import dataclass

from django.utils.translation import gettext

from catalog.queries.published import content_of
from catalog.sheets import Sheet
from crm.models import Case, Interaction, PartyRole
from crm.models.interaction import SURE_ENOUGH
from crm.permissions import is_about_their_case

KEY = 100  # whoever holds a key says that they are the person


@dataclass(frozen=True)
class Level:
    """
    The level that an act needs, the one reached, and the way from one to the other in a sentence.
    """

    needed: int
    reached: int
    sentence: str

    @property
    def is_enough(self) -> bool:
        return self.reached >= self.needed


def level_in(interaction: Interaction, case: Case, act: str) -> Level:
    """
    Return the level of an act (status, answer, submit) on a case in a contact; whoever is no party of the case, nor speaks for one by a
    mandate that allows the act, has none.
    """
    needed = case.version.sheet.level(interaction.channel, act)
    is_party = is_about_their_case(interaction, case, act=act)
    reached = interaction.identity_level if is_party else 0
    if reached < needed and not is_party and interaction.represented_id is not None:
        return Level(
            needed,
            reached,
            gettext("The mandate does not allow this. What it allows stands beside the person."),
        )
    return Level(
        needed, reached, "" if reached >= needed else _way(needed, interaction.channel, is_party=is_party)
    )


def level_of_key(case: Case, act: str) -> Level:
    """Return the level of an act on the web for whoever holds the case's key: what they say, no more."""
    needed = case.version.sheet.level("web", act)
    return Level(needed, KEY, "" if needed <= KEY else _way(needed, "web", is_party=True))


def takes_claim_code(case: Case) -> bool:
    """
    Whether whoever files a case may take away what opens it by web: not somebody who speaks for another, nor where the sheet asks to be
    surer of who is told of the case than we are here.
    """
    needed = Sheet(content_of(case.version_id)).level(case.channel, "status")
    return case.source.represented_id is None and needed <= max(100, case.source.identity_level)


def was_filed_surely(case: Case) -> bool:
    """
    Whether it was sure, when a case was filed, that its applicant wanted it: they filed it themselves, or somebody surely known did by a
    mandate of theirs.
    """
    if was_filed_by_themselves(case, level=SURE_ENOUGH):
        return True
    by_mandate = case.parties.filter(role=PartyRole.REPRESENTATIVE, mandate__isnull=False)
    return case.filed_level >= SURE_ENOUGH and by_mandate.exists()


def was_filed_by_themselves(case: Case, *, level: int) -> bool:
    """Whether a case was filed by its applicant, known at this level when it was: a number alone, whoever wrote it, says nothing."""
    part = case.parties.filter(role=PartyRole.APPLICANT).select_related("person").first()
    return part is not None and Case.objects.filter(pk=case.pk).filed_by(part.person, level=level).exists()


def _way(needed: int, channel: str, *, is_party: bool) -> str:
    if not is_party:
        return gettext(
            "Only whoever applied is told more of this case: find out first who is here. Anybody else, of the household too, "
            "needs a mandate of theirs."
        )
    if channel == "phone":
        return _way_by_phone(needed)
    if channel == "web":
        return gettext(
            "On the web we can not be sure enough of who you are. At any office, with your identity card, it is done at once."
        )
    if needed <= 500:
        return gettext("Ask for the identity card, and say here that you saw it.")
    return gettext("This needs an electronic identity: the person can do it on the web.")


def _way_by_phone(needed: int) -> str:
    if needed <= 200:
        return gettext("Confirm the person's e-mail or telephone first.")
    if needed <= 300:
        return gettext(
            "By phone this is told after the two questions. Where there are none to ask: at any office, with the identity card."
        )
    if needed <= 500:
        return gettext(
            "By phone this is not told. At an office, with the identity card, it is; the case is the same."
        )
    return gettext("This needs an electronic identity: the person can do it on the web, or at an office.")
