"""What holds in the applicant's commune, or at the agency they chose, binds their case: its term and its papers."""

import copy
from datetime import UTC, date, datetime

import pytest

from common import clock
from crm import actions
from crm.queries.requirements import day_of_judgement, requirements_of
from tests.factories import accounts as people
from tests.factories import catalog as sheets
from tests.factories import crm
from tests.factories.territory import CommuneFactory

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 9, 15, tzinfo=UTC)
IN_NUNOA = {
    "communes": ["13120"],
    "requirements": [
        {"code": "own-form", "label": {"es": "Formulario propio", "en": "Own form"}, "valid_days": 30}
    ],
    "term": {"business_days": 3},
}


@pytest.fixture(autouse=True)
def _places(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    CommuneFactory(code="13101", name="Santiago")
    CommuneFactory(code="13120", name="Ñuñoa")


def filed(agency, variant, *, commune="13120", **changes):
    version = sheets.publish(sheets.sheet(variants=[variant], **changes), agency=agency)
    with clock.frozen(MONDAY):
        return crm.filed_case(version, applicant_commune=commune)


def papers(case) -> list[str]:
    return [line.code for line in requirements_of(case, day_of_judgement(case))]


@pytest.mark.parametrize(
    ("commune", "due", "asks"), [("13120", date(2026, 11, 12), True), ("13101", date(2026, 11, 23), False)]
)
def test_a_case_has_the_term_and_the_papers_of_the_applicants_commune(commune, due, asks, agency):
    case = filed(agency, IN_NUNOA, commune=commune)

    assert case.stages.get().due_on == case.receipt_promised_on == due
    assert ("own-form" in papers(case)) == asks


def test_an_agency_that_decides_with_others_keeps_its_own_term(agency, other_agency):
    stages = [
        {"agency": code, "order": 1, "required": True, "term_business_days": 10} for code in ("SRCEI", "IPS")
    ]

    case = filed(agency, IN_NUNOA, stages=stages)

    assert {stage.due_on for stage in case.stages.all()} == {date(2026, 11, 23)}
    assert "own-form" in papers(case)


def test_days_of_the_calendar_take_the_place_of_business_days(agency):
    stage = filed(agency, IN_NUNOA | {"term": {"calendar_days": 30}}).stages.get()

    assert (stage.term_business_days, stage.term_calendar_days) == (None, 30)


def test_what_differs_at_the_agency_that_the_applicant_chose_binds_the_case(agency):
    chosen = people.AgencyFactory(code="MUNI", name_es="Municipalidad de Ñuñoa")
    form = copy.deepcopy(sheets.sheet()["form"])
    form.append(
        {
            **({"page": form[-1]["page"]} if "page" in form[-1] else {}),
            "key": "to_whom",
            "type": "choice",
            "required": True,
            "question": {"es": "¿Dónde?", "en": "Where?"},
            "options": [
                {"value": "MUNI", "label": {"es": "Ñuñoa", "en": "Ñuñoa"}},
                {"value": "SRCEI", "label": {"es": "Otra", "en": "Another"}},
            ],
        }
    )
    stages = [
        {"agency": "SRCEI", "order": 1, "required": True, "term_business_days": 10, "addressed_by": "to_whom"}
    ]
    there = {"agency": "MUNI", "term": {"business_days": 3}, "requirements": IN_NUNOA["requirements"]}
    version = sheets.publish(sheets.sheet(variants=[there], form=form, stages=stages), agency=agency)

    with clock.frozen(MONDAY):
        here, elsewhere = (crm.filed_case(version, to_whom=code) for code in ("MUNI", "SRCEI"))

    assert here.stages.get().agency == chosen
    assert here.stages.get().due_on == date(2026, 11, 12)
    assert "own-form" in papers(here)
    assert elsewhere.stages.get().due_on == date(2026, 11, 23)
    assert "own-form" not in papers(elsewhere)


def test_the_paper_of_a_commune_is_handed_in_and_asked_for_like_any_other(agency, officer, actor_of, client):
    case, by = filed(agency, IN_NUNOA), actor_of(officer)
    client.post("/en/follow/", {"folio": case.folio, "key": case.key})

    assert "Own form" in client.get(f"/en/cases/{case.folio}/").text
    answer = client.post(
        f"/en/cases/{case.folio}/paper/", {"requirement": "own-form", "file": crm.pdf("propio.pdf")}
    )
    assert answer.status_code == 302, answer.content.decode()
    assert case.documents.get(requirement="own-form").name == "propio.pdf"

    stage = actions.take_stage(case.stages.get(), by=by)
    actions.ask_citizen(stage, by=by, question="Otra vez, por favor.", papers=["own-form"])
    assert [row.requirement for row in case.requested_papers.all()] == ["own-form"]
