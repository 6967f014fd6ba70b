from territory.models.holiday import Holiday
from territory.models.office import MobileStop, Office, OfficeKind, OpeningHours, Weekday
from territory.models.place import Commune, Province, Region

__all__ = [
    "Commune",
    "Holiday",
    "MobileStop",
    "Office",
    "OfficeKind",
    "OpeningHours",
    "Province",
    "Region",
    "Weekday",
]
