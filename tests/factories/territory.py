"""Places."""

from datetime import date, time

import factory

from territory.models import Commune, Office, OpeningHours, Province, Region


class RegionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Region
        django_get_or_create = ("code",)

    code = "13"
    name = "Región Metropolitana de Santiago"
    short_name = "Metropolitana"
    position = 7
    time_zone = "America/Santiago"


class ProvinceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Province
        django_get_or_create = ("code",)

    code = "131"
    region = factory.SubFactory(RegionFactory)
    name = "Santiago"


class CommuneFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Commune
        django_get_or_create = ("code",)

    code = "13101"
    province = factory.SubFactory(ProvinceFactory)
    region = factory.SelfAttribute("province.region")
    name = "Santiago"
    latitude = -33.45
    longitude = -70.66
    area_km2 = 22.4
    population_2015 = 300_000
    population_2024 = 400_000
    time_zone = "America/Santiago"


class OfficeFactory(factory.django.DjangoModelFactory):
    """An office open Monday to Friday, 8:30 to 14:00."""

    class Meta:
        model = Office
        django_get_or_create = ("code",)
        skip_postgeneration_save = True

    code = factory.Sequence(lambda n: f"OF-{n:05d}-1")
    name = factory.Sequence(lambda n: f"Ventanilla {n}")
    commune = factory.SubFactory(CommuneFactory)
    address = "Plaza de Armas (dirección de ejemplo)"
    latitude = -33.45
    longitude = -70.66
    desks = 4
    opened_on = date(2012, 3, 5)
    is_synthetic = True

    @factory.post_generation
    def hours(self, create: bool, extracted: object, **kwargs: object) -> None:
        if create and not self.hours.exists():
            OpeningHours.objects.bulk_create(
                OpeningHours(office=self, weekday=day, opens=time(8, 30), closes=time(14, 0))
                for day in range(1, 6)
            )
