"""Redacting changes no figure: each is computed before and after, from the roll-ups and from the rows."""

from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from accounts.actors import Actor
from common import clock
from config.reference.retention import load_retention_rules
from crm import tasks
from crm.models import Case, Interaction, Person, SurveyAnswer
from metrics.models import DailyContact
from metrics.queries.cases import case_counts, cases_by_agency
from metrics.queries.checks import differences
from metrics.queries.contacts import contact_counts, service_times, waits
from metrics.queries.datasets import DATASETS
from metrics.queries.filters import Filters
from metrics.queries.promises import DAYS, estimate_counts, promise_counts
from metrics.queries.rows import LISTINGS, rows_page
from metrics.queries.satisfaction import satisfaction, satisfaction_by
from metrics.queries.savings import cells_of
from tests.factories import crm
from tests.factories.accounts import staff
from tests.factories.rights import decide
from tests.metrics.conftest import count_all

ALWAYS = Filters(date(2000, 1, 1), date(2100, 1, 1))


def figures() -> dict[str, Any]:
    """Every figure there is: the dashboard's, the rows behind each, the roll-ups and every open file."""
    found: dict[str, Any] = {code: rows_page(code, ALWAYS, size=1000).rows for code in LISTINGS}
    found |= {f"open {code}": list(one.rows(date(2027, 1, 1))) for code, one in DATASETS.items()}
    found |= {
        "roll-ups": sorted(
            str({name: value for name, value in row.items() if name != "id"})
            for row in DailyContact.objects.values()
        ),
        "contacts": asdict(contact_counts(ALWAYS)),
        "cases": asdict(case_counts(ALWAYS)),
        "promises": [asdict(promise_counts(ALWAYS, day)) for day in DAYS.values()],
        "estimates": asdict(estimate_counts(ALWAYS)),
        "cases by agency": cases_by_agency(ALWAYS),
        "waits": asdict(waits(ALWAYS)),
        "service": asdict(service_times(ALWAYS)),
        "grades": asdict(satisfaction(ALWAYS)),
        "grades by channel": satisfaction_by(ALWAYS, "channel"),
        "savings": [cells_of(ALWAYS, measure) for measure in ("served", "resolved")],
    }
    return found


def test_no_figure_changes_when_every_rule_has_erased_what_it_reaches(history, country):
    load_retention_rules()
    officer = Actor.staff(staff("Olga Vidal", "officer", agency=country.agencies[0]))
    for decision in ("granted", "denied"):
        decide(crm.filed_case(country.versions[0]), by=officer, decision=decision)
    person = Person.objects.first()
    Interaction.objects.filter(person=None).update(person=person)
    SurveyAnswer.objects.update(comment="Me atendió Clara.")
    count_all()
    before = figures()

    with clock.frozen(clock.now() + timedelta(days=366 * 8)):
        tasks.apply_retention()

    assert Case.objects.filter(redacted_at__isnull=False).count() == 2
    assert not Interaction.objects.exclude(person=None).exists()
    assert not SurveyAnswer.objects.exclude(comment=None).exclude(comment="").exists()
    assert Person.objects.get().redacted_at
    count_all()
    assert figures() == before
    assert differences() == []
