"""Public bodies that own procedures and decide cases, and the offices of their own they had before the network."""

from django.db import models

from territory.models import Commune


class AgencyQuerySet(models.QuerySet["Agency"]):
    def by_name(self) -> "AgencyQuerySet":
        return self.order_by(models.Func("name_es", function="sort_key"))


class Agency(models.Model):
    """A public body. `code` is our stable short name (`SRCEI`); `official_code` the State's, where known (`AK002`)."""

    code = models.CharField(max_length=30, unique=True)
    official_code = models.CharField(max_length=12, blank=True)
    acronym = models.CharField(max_length=30, blank=True)
    name_es = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)
    rut = models.CharField(max_length=12, blank=True)
    home_url = models.URLField(blank=True, max_length=300)
    is_added = models.BooleanField(default=False)  # not among the 140 of the 2018 list

    objects = AgencyQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the reader's language, Spanish where there is no other."""
        from django.utils.translation import get_language

        return self.name_en if self.name_en and (get_language() or "es").startswith("en") else self.name_es

    @property
    def short_name(self) -> str:
        return self.acronym or self.name


class AgencyOffice(models.Model):
    """An office that an agency had of its own in a commune: where it did not need the network."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="own_offices")
    commune = models.ForeignKey(Commune, models.PROTECT, related_name="agency_offices")
    is_synthetic = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(name="agency_office_once", fields=["agency", "commune"])]

    def __str__(self) -> str:
        return f"{self.agency.code} · {self.commune_id}"
