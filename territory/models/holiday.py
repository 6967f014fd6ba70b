"""Days that are no business days, from the published calendar, and one-off exceptions."""

from django.db import models


class Holiday(models.Model):
    """A day off (or, with `is_business_day`, a day that counts although the calendar says otherwise)."""

    day = models.DateField(primary_key=True)
    name = models.CharField(max_length=120)
    is_business_day = models.BooleanField(default=False)
    is_override = models.BooleanField(
        default=False
    )  # entered by hand: a reload of the calendar leaves it alone

    def __str__(self) -> str:
        return f"{self.day} {self.name}"
