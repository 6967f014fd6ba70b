"""Regions, provinces and communes, by their official codes (CUT)."""

from django.db import models


class Region(models.Model):
    """One of the 16 regions; `code` is the official two-digit code."""

    code = models.CharField(max_length=2, primary_key=True)
    name = models.CharField(max_length=80)
    short_name = models.CharField(max_length=40)
    position = models.PositiveSmallIntegerField()  # north to south
    time_zone = models.CharField(max_length=40)

    def __str__(self) -> str:
        return self.name


class Province(models.Model):
    """One of the 56 provinces."""

    code = models.CharField(max_length=3, primary_key=True)
    region = models.ForeignKey(Region, models.PROTECT, related_name="provinces")
    name = models.CharField(max_length=60)

    def __str__(self) -> str:
        return self.name


class CommuneQuerySet(models.QuerySet["Commune"]):
    def by_name(self) -> "CommuneQuerySet":
        """Alphabetical as people expect it: accents ignored, ñ after n."""
        return self.order_by(models.Func("name", function="sort_key"))


class Commune(models.Model):
    """One of the 346 communes, with both population figures (see territory/data/SOURCES.md)."""

    code = models.CharField(max_length=5, primary_key=True)
    province = models.ForeignKey(Province, models.PROTECT, related_name="communes")
    region = models.ForeignKey(Region, models.PROTECT, related_name="communes")
    name = models.CharField(max_length=60)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    area_km2 = models.FloatField(null=True)
    population_2015 = models.PositiveIntegerField()
    population_2024 = models.PositiveIntegerField()
    aged_65_plus_2024 = models.PositiveIntegerField(default=0)
    is_rural = models.BooleanField(default=False)
    time_zone = models.CharField(max_length=40)

    objects = CommuneQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name
