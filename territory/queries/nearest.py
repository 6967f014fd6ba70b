"""Which offices are near?"""

from dataclasses import dataclass

from django.db.models import ExpressionWrapper, F, FloatField, Value
from django.db.models.functions import ACos, Cos, Greatest, Least, Radians, Sin

from territory.models import Commune, Office, OfficeKind

EARTH_KM = 6371.0


@dataclass(frozen=True)
class NearOffice:
    """An office and how far it is from the commune's seat, in kilometres as the crow flies."""

    office: Office
    kilometres: float


def nearest_offices(commune: Commune, *, limit: int = 5, kind: str = OfficeKind.FIXED) -> list[NearOffice]:
    """Return the nearest offices of a kind, the closest first (great-circle distance from the commune's seat)."""
    latitude, longitude = Radians(Value(commune.latitude)), Radians(Value(commune.longitude))
    cosine = Sin(latitude) * Sin(Radians(F("latitude"))) + Cos(latitude) * Cos(Radians(F("latitude"))) * Cos(
        Radians(F("longitude")) - longitude
    )
    near = (
        Office.objects.filter(kind=kind)
        .select_related("commune__region")
        .prefetch_related("hours")
        .annotate(
            kilometres=ExpressionWrapper(
                Value(EARTH_KM) * ACos(Greatest(Value(-1.0), Least(Value(1.0), cosine))),
                output_field=FloatField(),
            )
        )
        .order_by("kilometres", "code")[:limit]
    )
    return [NearOffice(office, office.kilometres) for office in near]  # type: ignore[attr-defined]  # annotated above
