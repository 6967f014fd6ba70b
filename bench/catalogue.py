"""
The catalogue at full size: editors' lists, may this act be done here, a form of 80 fields, two versions compared, one version published.

    python3 dev.py bench catalogue [--versions 20] [--offices 300]

2,240 procedures with 20 versions each, a draft on every tenth, and an agreement of each of 25 agencies at each of 300 offices.
"""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from random import Random
from typing import Any

from bench import _catalogue_set, _setup

LIST_MS, ACT_MS, FORM_MS, COMPARE_MS, POSSIBLE_MS, PUBLISH_S = 100.0, 2.0, 30.0, 100.0, 50.0, 2.0
KINDS = ("text", "long_text", "choice", "choices", "yes_no", "date", "number", "money", "phone", "email")


def timed(act: Callable[[Any], object], inputs: Sequence[Any]) -> tuple[float, float, float]:
    """Return p50, p95 and p99 in milliseconds, the first look at each not counted."""
    waits = []
    for one in inputs:
        act(one)
    for one in inputs:
        began = time.perf_counter()
        act(one)
        waits.append(1000 * (time.perf_counter() - began))
    return _setup.percentiles(waits)


def told(what: str, found: tuple[float, float, float], target: float, bare: float | None = None) -> int:
    """Print a figure beside its target, and beside its ceiling where it has one; return 1 where it is missed."""
    p50, p95, _p99 = found
    beside = f", bare p95 {bare:.2f} ms, ratio {bare / p95:.2f}" if bare is not None else ""
    met = p95 <= target
    print(
        f"  {what}: p50 {p50:.2f} p95 {p95:.2f} ms, target ≤ {target:g}{beside}: {'met' if met else 'NOT met'}",
        flush=True,
    )
    return int(not met)


def questions(count: int) -> list[dict[str, Any]]:
    """Return a form's questions of every plain kind by turns, a few with conditions."""
    rows: list[dict[str, Any]] = []
    for number in range(count):
        kind = KINDS[number % len(KINDS)]
        row: dict[str, Any] = {
            "key": f"q{number}",
            "type": kind,
            "question": {"es": f"¿Pregunta {number}?", "en": f"Question {number}?"},
        }
        if kind in {"choice", "choices"}:
            row["options"] = [{"value": f"v{n}", "label": {"es": f"Opción {n}"}} for n in range(5)]
        if number % 10 == 9 and number > 10:
            row["show_if"] = {"question": f"q{number - 5}", "is": True}
        rows.append(row)
    return rows


def answers(count: int) -> dict[str, str]:
    """Return what somebody types into such a form."""
    typed = {"text": "Algo", "long_text": "Algo más largo. " * 10, "choice": "v1", "choices": "v2", "yes_no": "yes", "number": "3",
             "money": "4500", "phone": "+56912345678", "email": "a@example.org"}  # fmt: skip
    given = {f"q{n}": typed.get(KINDS[n % len(KINDS)], "") for n in range(count)}
    for n in range(count):
        if KINDS[n % len(KINDS)] == "date":
            given |= {f"q{n}_0": "3", f"q{n}_1": "4", f"q{n}_2": "1980"}
    return given


def main() -> int:
    """Measure and print; return 1 when a target is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--versions", type=int, default=20)
    parser.add_argument("--offices", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=100)
    given = parser.parse_args()
    _setup.as_product()
    from django.db import connection, connections
    from django.template import engines
    from django.test import Client
    from django.urls import reverse
    from django.utils import translation

    from accounts.actors import Actor
    from accounts.models import Agency, User
    from catalog import actions, sheets, tasks
    from catalog.models import Procedure, ProcedureVersion, SearchEntry
    from catalog.queries.agreements import _ASK, may_be_done
    from catalog.queries.differences import differences
    from catalog.queries.editing import VIEWS
    from catalog.queries.possible import possible_for
    from catalog.questionnaires import definition
    from catalog.questionnaires.forms import QuestionForm
    from catalog.questionnaires.question import Questionnaire
    from common import clock
    from config.national.procedures import add_procedures
    from events.models import Event
    from territory.models import Office

    translation.activate("es")
    add_procedures(lambda done, total: None)
    editor = User.objects.filter(memberships__role="editor")[:1].get()
    administrator = User.objects.filter(memberships__role="administrator")[:1].get()
    with connections["owner"].cursor() as cursor:
        _catalogue_set.write(
            cursor, versions=given.versions, offices=given.offices, agencies=25, author=editor.pk
        )
    print(f"{Procedure.objects.count()} procedures, {ProcedureVersion.objects.count()} versions", flush=True)
    missed = 0

    here = {"host": "localhost"}
    for user in (administrator, editor):
        client = Client(headers=here)
        client.force_login(user)
        for view in VIEWS:
            page = f"{reverse('catalog:procedures')}?view={view}"
            if client.get(page).status_code != 200:
                raise RuntimeError(page)
            missed += told(f"list “{view}” as {user.name}", timed(client.get, [page] * given.rounds), LIST_MS)

    dice = Random("acts")  # noqa: S311
    offices = list(Office.objects.values_list("pk", flat=True)[: given.offices])
    agencies = list(Agency.objects.order_by("code").values_list("pk", flat=True)[:25])
    on = clock.local_date(clock.now(), "America/Santiago")
    asked = [
        {
            "agency": dice.choice(agencies),
            "procedure": None,
            "channel": "office",
            "office": dice.choice(offices),
            "on": on,
            "user": editor.pk,
        }
        for _ in range(given.rounds * 10)
    ]

    def ask(one: dict[str, Any]) -> None:
        may_be_done(
            "receive",
            agency_id=one["agency"],
            procedure_id=None,
            channel="office",
            office_id=one["office"],
            on=on,
            user_id=one["user"],
        )

    def bare(one: dict[str, Any]) -> None:
        with connection.cursor() as cursor:
            cursor.execute(_ASK, one)
            cursor.fetchall()

    missed += told("may it be done here", timed(ask, asked), ACT_MS, timed(bare, asked)[1])

    questionnaire = Questionnaire({"form": definition.compiled(questions(80))})
    typed = answers(80)

    drawn = engines["django"].from_string(
        "{% for bound in form.visible_fields %}{% field bound %}{% endfor %}"
    )

    def fill(_one: int) -> None:
        form = QuestionForm(questionnaire.questions, answers={}, data=typed)
        form.is_valid()
        drawn.render({"form": form})

    missed += told(
        f"a form of {len(questionnaire.questions)} fields, drawn and validated",
        timed(fill, range(given.rounds)),
        FORM_MS,
    )

    versions = list(ProcedureVersion.objects.filter(status="approved").order_by("?")[: given.rounds])
    compared = [(one.content, other.content) for one, other in pairwise(versions)]
    missed += told("two versions compared", timed(lambda pair: differences(*pair), compared), COMPARE_MS)
    client = Client(headers=here)
    client.force_login(administrator)
    pages = [
        reverse("catalog:version-compare", args=[one.procedure.code, one.number]) for one in versions[:30]
    ]
    missed += told("the page that compares them", timed(client.get, pages), COMPARE_MS)

    entries = list(SearchEntry.objects.filter(language="es"))
    for number, entry in enumerate(entries):
        entry.eligibility = _catalogue_set.different_rules(number)
    SearchEntry.objects.bulk_update(entries, ["eligibility"], batch_size=500)

    def suggest(_one: int) -> None:
        if possible_for({"age": 70, "income_bracket": 90}, language="es"):
            raise RuntimeError("every sheet was to be looked at")

    missed += told(
        f"what else is possible, among {len(entries)} rules", timed(suggest, range(20)), POSSIBLE_MS
    )

    missed += _published(Client(headers=here), sheets, actions, tasks, Actor, Event, Procedure)
    return int(missed > 0)


def _published(
    client: Any, sheets: Any, actions: Any, tasks: Any, actor: Any, event: Any, procedures: Any
) -> int:
    """Publish one version; see that its page and the search follow, and that no other page is drawn anew."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext
    from django.urls import reverse

    from catalog.queries.search import search

    one, *others = procedures.objects.filter(is_synthetic=True).order_by("code")[:200]
    page = reverse("portal:procedure", args=[one.slug])
    kept = [reverse("portal:procedure", args=[other.slug]) for other in others]
    for address in [page, *kept]:
        client.get(address)
    time.sleep(1.1)  # a process believes what it knows for a second
    content = one.versions.order_by("-number").filter(status="approved").first().content
    began = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM catalog_procedureversion WHERE procedure_id = %s AND status IN ('draft', 'in_review')",
            [one.pk],
        )
    data = {
        **content,
        "code": one.code,
        "slug": one.slug,
        "title": {"es": "Trámite recién publicado zzyx", "en": "Just published"},
    }
    actions.put_sheet(one.agency, data, by=actor.system())
    told_of = event.objects.filter(kind="version.published", subject_id__in=one.versions.values("pk")).latest(
        "seq"
    )
    tasks.refresh_pages(event_ids=[str(told_of.pk)])
    seconds = 0.0
    while "zzyx" not in client.get(page).text and seconds < 10:
        time.sleep(0.05)
        seconds = time.perf_counter() - began
    seconds = time.perf_counter() - began
    found = bool(search("recién publicado zzyx", language="es").entries)
    with CaptureQueriesContext(connection) as drawn:
        for address in kept:
            client.get(address)
    met = seconds <= PUBLISH_S and found and not len(drawn)
    print(
        f"  one version published: on its page after {seconds:.2f} s, target ≤ {PUBLISH_S:g}, found by search: {found}; "
        f"of {len(kept)} other pages drawn anew with {len(drawn)} questions: {'met' if met else 'NOT met'}"
    )
    return int(not met)


if __name__ == "__main__":
    sys.exit(main())
