"""Which colleagues read a case just now."""

from accounts.actors import Actor
from accounts.models import User
from common import presence
from crm.models import Case


def other_readers(case: Case, *, actor: Actor) -> list[str]:
    """Note that the actor reads a case, and return who else does, by name; no question to the database where nobody else is there."""
    others = presence.look(f"case:{case.pk}", str(actor.user_id))
    return (
        list(User.objects.filter(pk__in=others).order_by("name").values_list("name", flat=True))
        if others
        else []
    )
