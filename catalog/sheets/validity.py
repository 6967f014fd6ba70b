"""How long what one gets is valid, as data: so many days, months or years from its issue, without end, or to a date of the law."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

MOST = {"days": 3650, "months": 240, "years": 100}  # of each unit that is counted
NO_END, BY_LAW = "no_end", "by_law"
UNIT_LABELS = {
    "days": _("days"),
    "months": _("months"),
    "years": _("years"),
    NO_END: _("It does not expire"),
    BY_LAW: _("Until the date that the law sets"),
}


@dataclass(frozen=True)
class Validity:
    """How long something is valid; `count` is None where nothing is counted."""

    unit: str
    count: int | None = None

    @property
    def sentence(self) -> str:
        """The same for whoever gets it, in the active language."""
        if self.unit == NO_END:
            return gettext("It does not expire.")
        if self.unit == BY_LAW:
            return gettext("It is valid until the date that the law sets.")
        return self._counted() % {"count": self.count}

    def _counted(self) -> str:
        count = self.count or 0
        match self.unit:
            case "days":
                return ngettext(
                    "It is valid for %(count)d day from the day it is issued.",
                    "It is valid for %(count)d days from the day it is issued.",
                    count,
                )
            case "months":
                return ngettext(
                    "It is valid for %(count)d month from the day it is issued.",
                    "It is valid for %(count)d months from the day it is issued.",
                    count,
                )
        return ngettext(
            "It is valid for %(count)d year from the day it is issued.",
            "It is valid for %(count)d years from the day it is issued.",
            count,
        )


def validity_in(row: dict[str, Any] | None) -> Validity | None:
    """Return what a sheet says of it, None where it says nothing."""
    return Validity(row["unit"], row.get("count")) if row else None


def faults_of(row: dict[str, Any] | None) -> Iterator[tuple[str, str]]:
    """Return (place, sentence) of what can not be meant."""
    if not row:
        return
    unit, count = row.get("unit"), row.get("count")
    if unit not in UNIT_LABELS:
        yield "valid_for.unit", gettext("must be one of %(known)s") % {"known": ", ".join(UNIT_LABELS)}
    elif unit not in MOST:
        if count is not None:
            yield "valid_for.count", gettext("must be left out: here nothing is counted")
    elif not isinstance(count, int) or not 1 <= count <= MOST[unit]:
        yield "valid_for.count", gettext("must be a whole number from 1 to %(most)s") % {"most": MOST[unit]}
