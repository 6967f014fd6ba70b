"""People who use their rights, and everything held about them with words that are theirs alone."""

from typing import Any

from accounts.actors import Actor
from accounts.models import User
from catalog.sheets import RIGHTS
from crm import actions
from crm.models import Case, Stage
from tests.factories import catalog as sheets
from tests.factories import crm

CODES = {right: f"91000{number}" for number, right in enumerate(RIGHTS, start=1)}


def right_sheet(right: str, **changes: Any) -> dict[str, Any]:
    """Return a sheet of a right, decided by SRCEI within 30 days of the calendar."""
    return sheets.sheet(
        code=CODES[right],
        slug=f"derecho-{right}",
        right=right,
        term={"calendar_days": 30, "text": {"es": "30 días corridos", "en": "30 calendar days"}},
        stages=[{"agency": "SRCEI", "order": 1, "required": True, "term_calendar_days": 30}],
        **changes,
    )


def right_case(right: str, *, agency: Any, officer: User, **answers: Any) -> Case:
    """Return a case of a right, filed by whoever it is about and taken by an officer; `case.by` acts for them."""
    version = sheets.publish(right_sheet(right), agency=agency)
    case = crm.filed_case(version, identity_level=500, **answers)
    case.by = Actor.staff(officer)  # type: ignore[attr-defined]
    actions.take_stage(Stage.objects.get(case=case), by=case.by)  # type: ignore[attr-defined]
    return case


def decide(case: Case, *, by: Actor, decision: str = "granted", reason: str = "Corresponde.") -> Case:
    """Decide a case by its one stage."""
    stage = Stage.objects.get(case=case)
    if stage.state == "received":
        actions.take_stage(stage, by=by)
    actions.decide_stage(stage, by=by, decision=decision, reason=reason)
    return Case.objects.get(pk=case.pk)
