"""What an act needs to know of who asks for it: refused with the way to reach it."""

from accounts.actors import Actor
from common.errors import DomainError
from crm import permissions
from crm.models import Case, Interaction
from crm.queries.levels import level_in, level_of_key


class LevelTooLow(DomainError):
    """The act needs to know more surely who the person is."""

    code = "identity-level"
    status = 403


def require_level(case: Case, act: str, *, by: Actor, interaction: Interaction) -> None:
    """
    Refuse an act (answer, status) for whoever we are not sure enough of on this channel; who may act at all is asked before.

    :raises LevelTooLow: with the sentence that says how to reach the level
    """
    if by.is_system or (by.is_staff and not permissions.can_speak_for_citizen(by, case)):
        return
    level = level_in(interaction, case, act) if by.is_staff else level_of_key(case, act)
    if not level.is_enough:
        raise LevelTooLow(level.sentence)
