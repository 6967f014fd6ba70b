"""
`Actor`: whoever acts, in one form (staff, citizen, holder of a case's secret, visitor, agency's credential, the system).

Every action takes one as `by=`, every queryset as `visible_to(actor)`. It is a value: what it may do is decided from it, never from a request.
"""

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Role, Scope

if TYPE_CHECKING:
    from accounts.models import Credential, User


class ActorKind(models.TextChoices):
    STAFF = "staff", _("Staff")
    CITIZEN = "citizen", _("Signed-in citizen")
    HOLDER = "holder", _("Holder of the case's key")
    VISITOR = "visitor", _("Visitor")
    AGENCY = "agency", _("Agency's system")
    SYSTEM = "system", _("Ventanilla")


@dataclass(frozen=True)
class Post:
    """A membership as a value."""

    role: str
    office_id: int | None = None
    agency_id: int | None = None


@dataclass(frozen=True)
class Actor:
    """
    Who acts.

    `user_id` is set for staff and citizens; `posts` for staff; `case_ids` are the cases whose key this browser has shown;
    `on_behalf_of` the person for whom staff or a representative acts. A program that shows a credential has its `scopes`, its
    agency and, where it is a channel of its own, that channel's code.
    """

    kind: ActorKind
    user_id: UUID | None = None
    name: str = ""
    posts: tuple[Post, ...] = ()
    case_ids: frozenset[UUID] = field(default_factory=frozenset)
    on_behalf_of: UUID | None = None
    credential_id: UUID | None = None
    agency_id: int | None = None
    scopes: frozenset[str] = frozenset()
    channel: str = ""

    @classmethod
    def system(cls) -> "Actor":
        """Ventanilla itself: workers, the clock, the seed."""
        return cls(ActorKind.SYSTEM)

    @classmethod
    def visitor(cls, case_ids: frozenset[UUID] = frozenset()) -> "Actor":
        """Somebody on a public page; with `case_ids`, the holder of those cases' keys."""
        return cls(ActorKind.HOLDER if case_ids else ActorKind.VISITOR, case_ids=case_ids)

    @classmethod
    def staff(cls, user: "User") -> "Actor":
        """A person with current memberships; without any, a plain signed-in citizen. A chief of officers is an officer too."""
        held = Membership.objects.filter(user=user).current().values_list("role", "office_id", "agency_id")
        posts = tuple(Post(*post) for post in held)
        posts += tuple(Post(Role.OFFICER, None, post.agency_id) for post in posts if post.role == Role.CHIEF)
        kind = ActorKind.STAFF if posts and user.is_active else ActorKind.CITIZEN
        return cls(kind, user_id=user.pk, name=user.name, posts=posts if user.is_active else ())

    @classmethod
    def agency(cls, credential: "Credential") -> "Actor":
        """The program that showed a credential of an agency or of an outside channel."""
        return cls(
            ActorKind.AGENCY,
            name=credential.name,
            credential_id=credential.pk,
            agency_id=credential.agency_id,
            scopes=frozenset(credential.scopes),
            channel=credential.channel_id or "",
        )

    def for_person(self, person_id: UUID | None) -> "Actor":
        """The same actor, acting for a person."""
        return replace(self, on_behalf_of=person_id)

    @property
    def signed_in_id(self) -> UUID:
        """
        The id of whoever is signed in; for acts that only they may do, once that was asked.

        :raises ValueError: nobody is signed in
        """
        if self.user_id is None:
            raise ValueError("Only somebody who is signed in does this.")
        return self.user_id

    @property
    def id(self) -> UUID | None:
        """Who it was, for events and the access log: a person's sign-in, or a program's credential."""
        return self.user_id or self.credential_id

    @property
    def is_staff(self) -> bool:
        return self.kind == ActorKind.STAFF

    @property
    def is_agency(self) -> bool:
        return self.kind == ActorKind.AGENCY

    @property
    def is_system(self) -> bool:
        return self.kind == ActorKind.SYSTEM

    def has_role(
        self, *roles: Role | str, office_id: int | None = None, agency_id: int | None = None
    ) -> bool:
        """Whether one post has one of the roles, and fits the office or agency when one is asked for (a post without one fits all)."""
        return any(
            post.role in roles
            and (office_id is None or post.office_id in (None, office_id))
            and (agency_id is None or post.agency_id in (None, agency_id))
            for post in self.posts
        )

    def agency_ids(self, *roles: Role | str) -> list[int]:
        """The agencies for which the actor holds one of the roles; a program that may read does its agency's officers' work."""
        if self.is_agency:
            may = Role.OFFICER in roles and Scope.READ in self.scopes and self.agency_id is not None
            return [self.agency_id] if may and self.agency_id else []
        return [post.agency_id for post in self.posts if post.role in roles and post.agency_id]

    def may(self, *scopes: Scope | str) -> bool:
        """Whether a program's credential has one of the scopes; people are asked for their posts instead."""
        return self.is_agency and not self.scopes.isdisjoint(scopes)

    def office_ids(self, *roles: Role | str) -> list[int]:
        """The offices at which the actor holds one of the roles."""
        return [post.office_id for post in self.posts if post.role in roles and post.office_id]
