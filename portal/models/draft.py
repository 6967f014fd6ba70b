"""An application somebody is filling in online: where it is found again."""

from django.db import models
from django.urls import reverse

from common import ids
from common.clock import ClockNow
from crm.models import Case

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # no 0 o 1 i l: it is copied by hand


def new_code() -> str:
    """Return ten characters that name a draft; they open nothing without its key."""
    return ids.new_code(ALPHABET, 10)


class Draft(models.Model):
    """
    The web's place for one application: `code` stands in its addresses, before it is filed and after.

    The key that opens it is the case's; of those of a bundle it is the first, and the key opens all.

    Until `kept_until` the person can come back to it. `begun_once` is the hash of the key of
    one press of “start”: the same press begins nothing twice.
    """

    code = models.CharField(max_length=10, primary_key=True, default=new_code, editable=False)
    case = models.OneToOneField(Case, models.CASCADE, related_name="draft")
    begun_at = models.DateTimeField(db_default=ClockNow())
    kept_until = models.DateTimeField()
    begun_once = models.BinaryField(max_length=32, null=True, unique=True, editable=False)

    def __str__(self) -> str:
        return self.code

    @property
    def title(self) -> str:
        """What is applied for: the bundle's name, or the procedure's."""
        bundle = self.case.bundle
        return bundle.bundle.title if bundle else self.case.version.title

    @property
    def start_url(self) -> str:
        """The page on which it was begun."""
        bundle = self.case.bundle
        if bundle:
            offered = bundle.bundle
            return (
                reverse("portal:bundle", args=[offered.code])
                if offered.is_published
                else reverse("portal:home")
            )
        return reverse("portal:apply", args=[self.case.version.procedure.slug])

    @property
    def pretty_code(self) -> str:
        """The code in two groups, as it is shown and printed."""
        return f"{self.code[:5]}-{self.code[5:]}"
