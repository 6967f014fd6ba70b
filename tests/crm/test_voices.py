"""Complaints, suggestions and compliments: cases with a term of their own, to whomever they are addressed."""

from pathlib import Path

import pytest
import yaml
from django.conf import settings
from django.utils.translation import gettext

from catalog.questionnaires.checks import faults
from catalog.questionnaires.question import Questionnaire
from catalog.sheets import VOICES
from crm import actions
from crm.models import Case, Stage
from tests.factories import catalog as sheets
from tests.factories import crm

pytestmark = pytest.mark.django_db
FOLDER = Path(settings.BASE_DIR) / "catalog" / "data" / "procedures"
FILES = {"complaint": "reclamo", "suggestion": "sugerencia", "compliment": "felicitacion"}
DAYS = {"complaint": 20, "suggestion": 20, "compliment": 10}


@pytest.fixture
def of_kind(agency, other_agency):
    def make(kind, **answers):
        data = yaml.safe_load((FOLDER / f"{FILES[kind]}.yaml").read_text())
        version = sheets.publish(data, agency=other_agency)
        draft = crm.draft_case(version, words="Esperé tres horas.", **{"addressed_to": "network"} | answers)
        return actions.submit_case(draft, by=draft.holder)

    return make


def test_each_has_its_sheet():
    kinds = {yaml.safe_load((FOLDER / f"{name}.yaml").read_text())["voice"] for name in FILES.values()}

    assert kinds == set(VOICES)


@pytest.mark.parametrize("kind", VOICES)
def test_each_goes_to_whom_it_is_addressed_with_its_own_term(kind, of_kind, agency):
    stage = Stage.objects.get(case=of_kind(kind, addressed_to="SRCEI"))

    assert (stage.agency, stage.term_business_days) == (agency, DAYS[kind])
    assert stage.due_on is not None


def test_what_is_about_an_office_goes_to_whoever_runs_the_network(of_kind, other_agency):
    assert Stage.objects.get(case=of_kind("complaint", office="Santiago Centro")).agency == other_agency


@pytest.mark.parametrize("kind", ["suggestion", "compliment"])
def test_nobody_must_say_who_they_are_to_suggest_or_to_thank(kind, of_kind):
    nameless = dict.fromkeys(("applicant_name", "applicant_run", "applicant_email", "applicant_phone"), "")

    case = of_kind(kind, **nameless)

    assert Case.objects.get(pk=case.pk).folio
    person = case.parties.get(role="applicant").person
    assert (person.name, person.shown_name) == ("", gettext("No name given"))


def test_a_complaint_asks_for_a_name(of_kind):
    data = yaml.safe_load((FOLDER / "reclamo.yaml").read_text())
    data["form"] = {"ui": {"questions": data["form"]}}

    assert "applicant_name" in faults(Questionnaire(data).asked({}), {})


@pytest.mark.parametrize("channel", ["online", "office", "mobile", "phone"])
@pytest.mark.parametrize("kind", VOICES)
def test_each_is_filed_on_every_channel(kind, channel):
    data = yaml.safe_load((FOLDER / f"{FILES[kind]}.yaml").read_text())

    assert data["channels"][channel]["mode"] == "complete"
