"""
How sure we must be of who calls before something is said or done by phone, and what to say when we are not.
"""

from dataclasses import dataclass

from django.utils.translation import gettext

from crm.models import Case, Interaction
from crm.permissions import is_about_their_case


@dataclass(frozen=True)
class Level:
    """
    The level a case's sheet asks for on the phone, the one this call has, and the way from one to the other
    in a sentence.
    """

    needed: int
    reached: int
    sentence: str

    @property
    def is_enough(self) -> bool:
        return self.reached >= self.needed


def level_in(interaction: Interaction, case: Case, act: str) -> Level:
    """
    Return the level of an act (status, answer, submit) on a case in a call; whoever is no party of the case,
    nor speaks for one by a mandate that allows the act, has none.
    """
    needed = case.version.sheet.level("phone", act)
    is_party = is_about_their_case(interaction, case, act=act)
    reached = interaction.identity_level if is_party else 0
    if reached < needed and not is_party and interaction.represented_id is not None:
        return Level(
            needed,
            reached,
            gettext("The mandate does not allow this. What it allows stands beside the caller."),
        )
    return Level(needed, reached, "" if reached >= needed else _way(needed, is_party=is_party))


def _way(needed: int, *, is_party: bool) -> str:
    if not is_party:
        return gettext("Only the person of this case is told more of it: find out first who is calling.")
    if needed <= 200:
        return gettext("Confirm the person's e-mail or telephone first.")
    if needed <= 300:
        return gettext("Ask the two questions first: then this may be told by phone.")
    if needed <= 500:
        return gettext(
            "By phone this is not told. At an office, with the identity card, it is; the case is the same."
        )
    return gettext("This needs an electronic identity: the person can do it on the web, or at an office.")
