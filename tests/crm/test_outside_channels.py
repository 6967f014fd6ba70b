"""Channels outside this house: a municipality's kiosk opens contacts, raises matters and files applications through the API."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from accounts.actions import add_channel
from accounts.actors import Actor
from accounts.models import Agency
from catalog.models import Agreement, ProcedureVersion, Publication
from catalog.queries.published import content_of
from catalog.sheets import RIGHTS, Sheet
from common import channels, clock
from common.errors import DomainError
from crm import actions, files, keys, permissions, tasks
from crm.models import Case, ClaimCode, Interaction, KeyedRequest, PersonIdentifier
from crm.queries.work import parties_of
from events.models import Event
from tests.crm.programs import kiosk, program_of
from tests.factories import catalog as sheets
from tests.factories import crm
from tests.factories.rights import right_sheet
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


def test_an_agreement_that_ended_while_it_was_filled_lets_nothing_be_filed(program):
    contact = begun(program)
    case = filled(program, contact)
    Agreement.objects.update(during=DateRange(date(2019, 1, 1), date(2020, 1, 1)))

    refused = program.post(f"contacts/{contact}/cases/{case}/submit")

    assert (refused.status_code, refused.json()["detail"]) == (
        422,
        "No agreement lets this be received in your channel.",
    )
    assert not Case.objects.submitted().exists()
    assert not Event.objects.filter(kind="case.submitted").exists()


def test_whoever_is_there_is_known_as_they_say_and_no_surer(program):
    contact = begun(program)

    told = program.post(f"contacts/{contact}/person", {"name": "Amina Rojas Soto", "run": "12.345.678-5"})
    wrong = program.post(f"contacts/{contact}/person", {"name": "Amina", "run": "12.345.678-4"})

    assert told.json()["identity_level"] == 100
    assert (wrong.status_code, list(wrong.json()["errors"])) == (422, ["run"])
    assert Interaction.objects.get(pk=contact).person.name == "Amina Rojas Soto"


def test_whoever_comes_next_in_a_contact_did_not_file_what_was_filed_before_they_came(program):
    contact = begun(program)
    program.post(f"contacts/{contact}/person", {"name": "Amina Rojas Soto", "run": "12.345.678-5"})
    case = filled(program, contact)
    program.post(f"contacts/{contact}/cases/{case}/submit")

    renamed = program.post(f"contacts/{contact}/person", {"name": "Otro Hombre", "run": "11.111.111-1"})

    assert renamed.status_code == 200  # one contact may serve two people
    row = Case.objects.get(pk=case)
    party = parties_of(row, Actor.system()).get(role="applicant")
    assert (party.filed_by, party.filed_level) == (party.person_id, 100)
    assert not permissions.can_speak_for_citizen(Actor.agency(program.credential), row)
    program.post(f"contacts/{contact}/person", {"name": "Amina Rojas Soto", "run": "12.345.678-5"})
    assert permissions.can_speak_for_citizen(Actor.agency(program.credential), row)


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


def test_ending_a_contact_that_is_over_says_so_once_more(program):
    contact = begun(program)
    ended = program.post(f"contacts/{contact}/end", {"ending": "served"})

    again = program.post(f"contacts/{contact}/end", {"ending": "abandoned"})

    assert (again.status_code, again.json()) == (200, ended.json())
    assert Interaction.objects.get(pk=contact).ending == "served"


def test_an_application_sent_again_is_answered_the_same_though_its_procedure_is_published_no_more(program):
    contact = begun(program)
    first = program.post(f"contacts/{contact}/cases", {"procedure": "3430"}, key="a")
    Publication.objects.all().delete()

    again = program.post(f"contacts/{contact}/cases", {"procedure": "3430"}, key="a")

    assert (again.status_code, again.content) == (201, first.content)
    assert program.post(f"contacts/{contact}/cases", {"procedure": "3430"}).status_code == 422


def test_a_refusal_for_what_is_not_published_stays_what_it_was(program):
    contact = begun(program)
    first = program.post(f"contacts/{contact}/cases", {"procedure": "777"}, key="a")
    sheets.publish(sheets.sheet(code="777", slug="otra"), agency=Agency.objects.get(code="SRCEI"))

    again = program.post(f"contacts/{contact}/cases", {"procedure": "777"}, key="a")

    assert (first.status_code, again.content) == (422, first.content)
    assert program.post(f"contacts/{contact}/cases", {"procedure": "777"}).status_code == 201


@pytest.mark.parametrize(
    "changes", [{"channels": {}}, {"channels": {"online": {"mode": "inform"}}}, {"form": []}]
)
def test_what_can_not_be_begun_on_the_web_can_not_be_begun_at_a_kiosk(agency, changes):
    CommuneFactory()
    sheets.publish(sheets.sheet(**changes), agency=agency)
    program = kiosk()

    refused = program.post(f"contacts/{begun(program)}/cases", {"procedure": "3430"})

    assert (refused.status_code, list(refused.json()["errors"])) == (422, ["procedure"])


def test_a_paper_of_an_application_is_for_what_its_sheet_or_its_form_asks_for(program):
    contact = begun(program)
    case = program.post(f"contacts/{contact}/cases", {"procedure": "3430"}).json()["id"]

    codes = {
        code: program.post(
            f"contacts/{contact}/cases/{case}/documents?requirement={code}",
            crm.PDF,
            **{"Content-Type": "application/pdf"},
        ).status_code
        for code in ("proof", "id-card", "", "export-readable", "nothing")
    }

    assert codes == {"proof": 201, "id-card": 201, "": 201, "export-readable": 422, "nothing": 422}


def test_a_number_without_an_end_is_no_answer(program):
    contact = begun(program)
    case = program.post(f"contacts/{contact}/cases", {"procedure": "3430"}).json()["id"]

    refused = program.post(f"contacts/{contact}/cases/{case}/answers", '{"answers": {"copies": 1e999}}')

    assert (refused.status_code, refused.json()["type"]) == (400, "about:blank#unreadable")


def test_what_came_through_a_kiosk_is_said_to_have_come_through_it(program, officer, client_of):
    contact = begun(program)
    case = filled(program, contact)
    program.post(f"contacts/{contact}/cases/{case}/submit")
    folio = Case.objects.get(pk=case).folio

    page = client_of(officer).get(f"/en/staff/agency/{folio}/").text

    assert "Kiosk of Ñuñoa" in page
    assert "At the agency" not in page


def test_a_channel_s_name_is_asked_for_once_by_a_process_however_long_the_thread(
    program, django_assert_num_queries
):
    channels.get("kiosk-nunoa")

    with django_assert_num_queries(0):
        assert str(channels.get("kiosk-nunoa").label) == "Kiosk of Ñuñoa"
        with translation.override("es"):
            assert str(channels.get("kiosk-nunoa").label) == "Tótem de Ñuñoa"


def test_a_contact_that_was_left_is_ended_by_the_house(program):
    contact = begun(program)
    with clock.frozen(clock.now() + timedelta(minutes=31)):
        tasks.end_idle_contacts()

    assert Interaction.objects.get(pk=contact).ending == "abandoned"


def test_a_contact_in_which_somebody_still_does_something_goes_on(program):
    contact = begun(program)
    start = clock.now()
    with clock.frozen(start + timedelta(minutes=29)):
        matter = program.post(f"contacts/{contact}/enquiries", {"kind": "inform"}).json()["id"]
    with clock.frozen(start + timedelta(minutes=50)):
        tasks.end_idle_contacts()
        program.post(f"contacts/{contact}/enquiries/{matter}/close", {"outcome": "informed"})
    with clock.frozen(start + timedelta(minutes=75)):
        tasks.end_idle_contacts()
        assert Interaction.objects.get(pk=contact).ending == ""
    with clock.frozen(start + timedelta(minutes=81)):
        tasks.end_idle_contacts()

    assert Interaction.objects.get(pk=contact).ending == "served"


def test_what_is_sent_to_a_contact_that_is_over_is_answered_that_it_is(program):
    contact = begun(program)
    draft = program.post(f"contacts/{contact}/cases", {"procedure": "3430"}).json()["id"]
    program.post(f"contacts/{contact}/end")

    for address, body in (
        ("enquiries", {"kind": "inform"}),
        ("person", {"name": "Amina Rojas Soto", "run": "12.345.678-5"}),
        ("cases", {"procedure": "3430"}),
        (f"cases/{draft}/submit", {}),
    ):
        answer = program.post(f"contacts/{contact}/{address}", body)
        assert (answer.status_code, answer.json()["type"]) == (410, "about:blank#contact-over"), address


def test_an_application_is_in_the_language_of_its_contact_unless_another_is_told(program):
    contact = begun(program, language="en")

    for told, language in (({}, "en"), ({"language": "es"}, "es")):
        draft = program.post(f"contacts/{contact}/cases", {"procedure": "3430", **told}).json()["id"]
        assert Case.objects.get(pk=draft).language == language


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


@pytest.mark.parametrize(
    "paper", ["00000000-0000-0000-0000-000000000000", "not an id", 5, None, {"x": 1}, "another's", "another"]
)
def test_a_file_that_was_not_given_in_the_application_is_none_and_is_asked_for_at_its_question(
    program, submitted_case, paper
):
    contact = begun(program)
    named = {"another's": submitted_case.documents.get().pk}.get(str(paper), paper)
    case = filled(program, contact)
    if paper == "another":  # of this application, for something else
        named = program.post(f"contacts/{contact}/cases/{case}/documents", crm.PDF + b"%").json()["id"]
    answer = {
        "proof": {
            "document": named if isinstance(named, int | dict) else named and str(named),
            "name": "x.pdf",
        }
    }
    program.post(f"contacts/{contact}/cases/{case}/answers", {"answers": answer})

    refused = program.post(f"contacts/{contact}/cases/{case}/submit")

    assert (refused.status_code, list(refused.json()["errors"])) == (422, ["proof"])
    assert "Attach it here" in refused.json()["errors"]["proof"][0]


def test_whether_papers_are_there_costs_one_statement_and_none_where_none_is_asked_for(agency):
    asked = [row for row in sheets.SHEET["form"] if row["type"] != "file"]
    counts = []
    for form in (asked, sheets.SHEET["form"]):
        draft = crm.draft_case(sheets.publish(sheets.sheet(form=form), agency=agency))
        content_of(draft.version_id)
        with CaptureQueriesContext(connection) as seen:
            actions.submit_case(draft, by=draft.holder)
        counts.append(len([one for one in seen if "crm_document" in one["sql"]]))

    assert counts == [0, 1]


# --- what asks to be sure of who it is ----------------------------------------------------------------
STRICT = {channel: {"submit": 500, "status": 500} for channel in ("web", "office", "phone")}


@pytest.fixture
def strict_program(agency):
    """A kiosk, and a procedure under code 3430 that asks for the identity card wherever it is filed."""
    CommuneFactory()
    sheets.publish(sheets.sheet(levels=STRICT), agency=agency)
    return kiosk()


def test_a_channel_that_a_sheet_can_not_name_asks_for_the_most_that_it_asks_for_anywhere():
    sheet = Sheet(sheets.sheet(levels={**STRICT, "phone": {"submit": 600}}))

    assert [sheet.level(channel, "submit") for channel in ("kiosk-nunoa", "phone", "web")] == [600, 600, 500]
    assert (sheet.level("mobile", "submit"), sheet.level("phone", "status")) == (500, 300)
    assert (sheet.level("kiosk-nunoa", "answer"), sheet.level("kiosk-nunoa", "inform")) == (100, 0)


def test_what_asks_for_an_identity_card_is_not_begun_at_a_kiosk(strict_program):
    refused = strict_program.post(f"contacts/{begun(strict_program)}/cases", {"procedure": "3430"})

    assert (refused.status_code, list(refused.json()["errors"])) == (422, ["procedure"])
    assert not Case.objects.exists()


def test_what_asks_for_an_identity_card_is_not_filed_at_a_kiosk_either(strict_program):
    contact = begun(strict_program)
    case = drafted(strict_program, contact)

    refused = strict_program.post(f"contacts/{contact}/cases/{case.pk}/submit")

    assert (refused.status_code, refused.json()["type"]) == (403, "about:blank#identity-level")
    assert not Case.objects.submitted().exists()


@pytest.mark.parametrize("is_named", [True, False])
@pytest.mark.parametrize("right", RIGHTS)
def test_nobody_s_right_is_filed_at_a_kiosk_by_whoever_writes_their_number(agency, right, is_named):
    CommuneFactory()
    version = sheets.publish(right_sheet(right), agency=agency)
    program = kiosk()
    contact = begun(program)
    if is_named:
        program.post(f"contacts/{contact}/person", {"name": "Amina Rojas Soto", "run": "12.345.678-5"})
    case = drafted(program, contact, version)

    refused = program.post(f"contacts/{contact}/cases/{case.pk}/submit")

    assert (refused.status_code, Case.objects.submitted().count()) == (403, 0)


def test_no_code_is_given_of_a_case_that_is_told_to_whoever_is_surely_known_alone(agency):
    CommuneFactory()
    sheets.publish(sheets.sheet(levels={"web": {"status": 500}}), agency=agency)
    program = kiosk()
    contact = begun(program)
    case = filled(program, contact)

    filed = program.post(f"contacts/{contact}/cases/{case}/submit")

    assert (filed.status_code, filed.json()["claim_code"]) == (201, None)
    assert not ClaimCode.objects.exists()


def drafted(program, contact, version=None):
    """A filled-in application in a contact, begun by the house itself."""
    found = Interaction.objects.get(pk=contact)
    version = version or ProcedureVersion.objects.get()
    case = actions.begin_case(version, by=Actor.system(), interaction=found, key=keys.new_key())
    paper = actions.add_document(
        case, by=Actor.system(), file=files.store(crm.pdf()), requirement="proof", interaction=found
    )
    given = {**ANSWERS, "proof": {"document": str(paper.pk), "name": paper.name}}
    return actions.fill_case(case, by=Actor.system(), answers=given)


@pytest.mark.parametrize(
    "said", [{"from_known": "x"}, {"filled_in_by": "x"}, {"filled_in_by": {"name": 5, "run": [1]}}]
)
def test_what_no_program_can_say_beside_the_answers_is_refused(program, said):
    contact = begun(program)
    case = program.post(f"contacts/{contact}/cases", {"procedure": "3430"}).json()["id"]

    refused = program.post(f"contacts/{contact}/cases/{case}/answers", {"answers": {**ANSWERS, **said}})

    assert (refused.status_code, list(refused.json()["errors"])) == (422, ["answers"])


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"name": "Berta Soto", "run": "12.345.678-4"}, "/answers/filled_in_by/run: This is no RUN"),
        ({"name": "Berta Soto", "run": "Berta"}, "/answers/filled_in_by/run: This is no RUN"),
        ({"run": "12.345.678-5"}, "/answers/filled_in_by/name: Send the name"),
    ],
)
def test_who_fills_in_is_refused_where_it_would_be_left_out_without_a_word(program, said, told):
    contact = begun(program)
    case = program.post(f"contacts/{contact}/cases", {"procedure": "3430"}).json()["id"]

    refused = program.post(
        f"contacts/{contact}/cases/{case}/answers", {"answers": {**ANSWERS, "filled_in_by": said}}
    )

    assert refused.status_code == 422
    assert refused.json()["errors"]["answers"][0].startswith(told)
    assert Case.objects.get(pk=case).answers != {**ANSWERS, "filled_in_by": said}


@pytest.mark.parametrize("written", ["12.345.678-5", " 12345678-5 ", "12345678 5"])
def test_numbers_written_as_people_do_are_kept_in_their_one_form(program, written):
    contact = begun(program)
    as_people_do = {"applicant_run": written, "applicant_phone": "+56 9 8765 4321"}
    case = filled(program, contact, {**ANSWERS, **as_people_do})
    program.post(f"contacts/{contact}/cases/{case}/submit", {})

    answers = Case.objects.get(pk=case).answers
    assert (answers["applicant_run"], answers["applicant_phone"]) == ("12345678-5", "+56987654321")
    assert PersonIdentifier.objects.of_run("12345678-5").count() == 1


def test_answers_are_kept_in_their_one_form_and_what_is_left_blank_is_not_kept(
    program, procedure_version, client_of, officer
):
    contact = begun(program)
    case = filled(
        program,
        contact,
        {"reason": "lost", "lost_on": "2026-2-3", "copies": "2", "applicant_email": "", "filled_in_by": None},
    )

    folio = program.post(f"contacts/{contact}/cases/{case}/submit").json()["folio"]

    answers = Case.objects.get(folio=folio).answers
    assert (answers["lost_on"], answers["copies"]) == ("2026-02-03", 2)
    assert not {"applicant_email", "filled_in_by"} & answers.keys()
    assert "03-02-2026" in client_of(officer).get(reverse("crm:case", args=[folio])).text


def test_a_case_whose_date_was_kept_as_it_came_can_be_looked_at(client_of, officer, submitted_case):
    Case.objects.filter(pk=submitted_case.pk).update(
        answers={**submitted_case.answers, "reason": "lost", "lost_on": "2026-02-03-09"}
    )

    page = client_of(officer).get(reverse("crm:case", args=[submitted_case.folio]))

    assert "2026-02-03-09" in page.text


def test_a_number_written_as_text_asks_what_the_number_asks(agency):
    CommuneFactory()
    form = [
        {"key": "copies", "type": "number", "question": {"es": "¿Cuántas?", "en": "How many?"}},
        {
            "key": "why",
            "type": "text",
            "question": {"es": "¿Por qué?", "en": "Why?"},
            "show_if": {"question": "copies", "is": 5},
        },
    ]
    sheets.publish(sheets.sheet(form=form, requirements=[]), agency=agency)
    program = kiosk()
    contact = begun(program)
    case = program.post(f"contacts/{contact}/cases", {"procedure": "3430"}).json()["id"]
    given = {**crm.AMINA, "copies": "5"}
    program.post(f"contacts/{contact}/cases/{case}/answers", {"answers": given})

    refused = program.post(f"contacts/{contact}/cases/{case}/submit")

    assert (refused.status_code, set(refused.json()["errors"])) == (422, {"why"})
