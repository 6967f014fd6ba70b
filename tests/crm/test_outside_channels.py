"""Channels outside this house: a municipality's kiosk opens contacts, raises matters and files applications through the API."""

import pytest

from accounts.actions import add_channel
from accounts.actors import Actor
from common import channels
from common.errors import DomainError
from crm import actions
from crm.models import Case, ClaimCode, Interaction, KeyedRequest
from events.models import Event
from tests.crm.programs import kiosk, program_of
from tests.factories import crm
from tests.factories.territory import CommuneFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]
ANSWERS = {**crm.AMINA, **crm.ANSWERS}


@pytest.fixture
def program(procedure_version):
    CommuneFactory()
    return kiosk()


def begun(program, **more):
    contact = program.post("contacts", {"commune": "13101", **more})
    assert contact.status_code == 201, contact.content
    return contact.json()["id"]


def filled(program, contact, answers=None):
    case = program.post(f"contacts/{contact}/cases", {"procedure": "3430"}).json()["id"]
    paper = program.post(
        f"contacts/{contact}/cases/{case}/documents?requirement=proof",
        crm.PDF,
        **{"Content-Type": "application/pdf", "Content-Disposition": 'attachment; filename="boleta.pdf"'},
    ).json()
    given = {**ANSWERS, "proof": {"document": paper["id"], "name": "boleta.pdf"}, **(answers or {})}
    kept = program.post(f"contacts/{contact}/cases/{case}/answers", {"answers": given})
    assert kept.status_code == 200, kept.content
    return case


def test_an_application_is_filed_at_a_kiosk_and_its_code_opens_it_by_web(program):
    contact = begun(program)
    case = filled(program, contact)

    filed = program.post(f"contacts/{contact}/cases/{case}/submit")

    assert filed.status_code == 201, filed.content
    told = filed.json()
    ended = program.post(f"contacts/{contact}/end", {"ending": "served"})
    assert ended.json()["ended_at"]
    row = Case.objects.get(folio=told["folio"])
    assert (row.channel, row.state, row.source.channel) == ("kiosk-nunoa", "submitted", "kiosk-nunoa")
    opened = actions.redeem_claim_code(told["folio"], told["claim_code"], by=Actor.visitor(), address="x")
    assert opened is not None
    assert opened[0] == row
    events = Event.objects.filter(subject_id=row.pk).values_list("kind", "actor_kind", "actor_id", "channel")
    assert ("case.submitted", "agency", program.credential.pk, "kiosk-nunoa") in events


def test_filing_sent_again_gives_the_same_code_which_is_kept_nowhere(program):
    contact = begun(program)
    case = filled(program, contact)
    first = program.post(f"contacts/{contact}/cases/{case}/submit", key="press")

    again = program.post(f"contacts/{contact}/cases/{case}/submit", key="press")

    assert (again.status_code, again.content) == (201, first.content)
    assert (Case.objects.submitted().count(), ClaimCode.objects.count()) == (1, 1)
    assert first.json()["claim_code"] not in "".join(KeyedRequest.objects.values_list("body", flat=True))


def test_nothing_of_the_citizen_is_kept_with_the_keys(program):
    contact = begun(program)
    program.post(f"contacts/{contact}/person", {"name": "Amina Rojas Soto", "run": "12.345.678-5"})
    filled(program, contact, {"applicant_run": "12345678-4"})

    kept = "".join(KeyedRequest.objects.values_list("body", flat=True))

    assert not any(word in kept for word in ("Amina", "12345678", "amina@", "987654321"))


def test_answers_are_checked_by_the_same_form_and_faults_stand_at_their_questions(program):
    contact = begun(program)
    case = filled(program, contact, {"applicant_run": "12345678-4", "reason": "none of these"})

    refused = program.post(f"contacts/{contact}/cases/{case}/submit")

    assert refused.status_code == 422
    assert {"applicant_run", "reason"} <= set(refused.json()["errors"])
    assert not Case.objects.submitted().exists()


def test_whoever_is_there_is_known_as_they_say_and_no_surer(program):
    contact = begun(program)

    told = program.post(f"contacts/{contact}/person", {"name": "Amina Rojas Soto", "run": "12.345.678-5"})
    wrong = program.post(f"contacts/{contact}/person", {"name": "Amina", "run": "12.345.678-4"})

    assert told.json()["identity_level"] == 100
    assert (wrong.status_code, list(wrong.json()["errors"])) == (422, ["run"])
    assert Interaction.objects.get(pk=contact).person.name == "Amina Rojas Soto"


def test_a_run_typed_at_a_kiosk_opens_none_of_the_person_s_cases(program, submitted_case):
    contact = begun(program)
    program.post(f"contacts/{contact}/person", {"name": "Amina Rojas Soto", "run": "12.345.678-5"})
    actor = Actor.agency(program.credential)

    assert not Case.objects.visible_to(actor).exists()
    assert program.get(f"cases/{submitted_case.folio}").status_code == 403
    present = Interaction.objects.get(pk=contact)
    with pytest.raises(DomainError):
        actions.issue_claim_code(submitted_case, by=actor, interaction=present)
    with pytest.raises(DomainError):
        actions.withdraw_case(submitted_case, by=actor, interaction=present)


def test_matters_are_raised_and_given_their_outcome(program):
    contact = begun(program)
    matter = program.post(f"contacts/{contact}/enquiries", {"kind": "inform", "procedure": "3430"})

    closed = program.post(
        f"contacts/{contact}/enquiries/{matter.json()['id']}/close", {"outcome": "informed"}
    )

    assert (matter.status_code, closed.json()["outcome"]) == (201, "informed")
    assert Interaction.objects.get(pk=contact).enquiries.get().is_resolved


def test_another_channel_s_contact_is_nobody_else_s(program, agency):
    contact = begun(program)
    case = filled(program, contact)
    other = kiosk("kiosk-macul")

    assert other.post(f"contacts/{contact}/end").status_code == 404
    assert other.post(f"contacts/{contact}/cases/{case}/submit").status_code == 404
    assert other.post(f"contacts/{begun(other)}/cases/{case}/submit").status_code == 404
    assert program_of(agency).post("contacts", {}).status_code == 403


def test_a_contact_that_is_over_takes_nothing_more(program):
    contact = begun(program)
    program.post(f"contacts/{contact}/end")

    assert program.post(f"contacts/{contact}/enquiries", {"kind": "inform"}).status_code == 404


def test_a_contact_that_was_left_is_ended_by_the_house(program):
    from datetime import timedelta

    from common import clock
    from crm import tasks

    contact = begun(program)
    with clock.frozen(clock.now() + timedelta(minutes=31)):
        tasks.end_idle_contacts()

    assert Interaction.objects.get(pk=contact).ending == "abandoned"


def test_an_outside_channel_has_a_name_of_its_own_and_none_of_ours(program):
    assert str(channels.get("kiosk-nunoa").label) == "Kiosk of Ñuñoa"
    with pytest.raises(DomainError, match="our own"):
        add_channel(by=Actor.system(), code="phone", name_es="Teléfono")


@pytest.mark.parametrize(
    ("address", "body", "field"),
    [
        ("contacts", {"commune": "99999"}, "commune"),
        ("contacts", {"language": "fr"}, "language"),
        ("contacts/{contact}/cases", {"procedure": "9999"}, "procedure"),
        ("contacts/{contact}/enquiries", {"kind": "apply"}, "kind"),
        ("contacts/{contact}/end", {"ending": "lost"}, "ending"),
    ],
)
def test_what_is_unknown_is_named(program, address, body, field):
    answer = program.post(address.format(contact=begun(program)), body)

    assert answer.status_code in {400, 422}
    assert field in answer.json()["errors"]
