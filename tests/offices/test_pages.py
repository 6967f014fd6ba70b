"""The screens: who may open which, without scripts and with htmx, and what a refusal looks like."""

import re
from uuid import uuid4

import pytest
from django.urls import reverse

from accounts.actors import Actor
from crm import keys
from offices import actions
from offices.models import Desk, Ticket, VisitMatter
from offices.urls import urlpatterns
from tests.factories import catalog as sheets
from tests.factories import offices as make
from tests.factories.crm import AMINA, pdf, pdf_of

HTMX = {"HX-Request": "true"}
RECEPTION = {"reception", "queue", "ticket", "ticket-print", "ticket-left", "open-display", "choose-office"}


def page(name: str, *args: object) -> str:
    return reverse(f"offices:{name}", args=args)


@pytest.fixture
def visit(office, clerk, procedure_version):
    return make.serving(office, clerk, versions=[procedure_version]).visit


def address_of(name: str, visit) -> str:
    """The address of any of our pages, for this visit."""
    pattern = next(one for one in urlpatterns if one.name == name).pattern
    given = {
        "ticket_id": visit.ticket.pk,
        "visit_id": visit.pk,
        "desk_id": visit.ticket.desk_id,
        "matter_id": visit.matters.first().pk,
    }
    return reverse(f"offices:{name}", kwargs={key: given[key] for key in pattern.converters})


ALL = [one.name for one in urlpatterns]


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_of_another_room_enters(name, method, visit, client, client_of, request):
    path = address_of(name, visit)

    signed_out = getattr(client, method)(path)
    if method == "get":
        assert (signed_out.status_code, "/sign-in/" in signed_out.headers["Location"]) == (302, True)
    else:
        assert (signed_out.status_code, 'name="kept"' in signed_out.content.decode()) == (401, True)
    strangers = ["agent", "officer", "editor", "analyst", "administrator", "stranger"]
    for stranger in strangers if name in RECEPTION else [*strangers, "host"]:
        answer = getattr(client_of(request.getfixturevalue(stranger)), method)(path)
        assert answer.status_code in {403, 405}, (stranger, name)
    visit.ticket.refresh_from_db()
    assert visit.ticket.is_serving


@pytest.mark.parametrize(
    "name", [one for one in ALL if "<" in str(next(u for u in urlpatterns if u.name == one).pattern)]
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_what_belongs_to_one_office_does_not_exist_for_another(name, method, visit, client_of, other_clerk):
    answer = getattr(client_of(other_clerk), method)(
        address_of(name, visit), {"key": uuid4(), "outcome": "informed"}
    )

    assert answer.status_code in {404, 405}
    visit.ticket.refresh_from_db()
    assert visit.ticket.is_serving


@pytest.mark.parametrize(
    "name",
    [
        one
        for one in ALL
        if one.startswith(("visit", "matter", "application", "receipt", "find", "identify", "enter", "bring"))
    ],
)
def test_a_colleague_of_the_same_office_does_not_see_into_a_visit(name, visit, client_of, second_clerk):
    client = client_of(second_clerk)

    answers = [client.get(address_of(name, visit)), client.post(address_of(name, visit), {"anyway": "1"})]

    assert {answer.status_code for answer in answers} <= {403, 404, 405}
    visit.ticket.refresh_from_db()
    assert visit.ticket.is_serving


def test_a_supervisor_of_the_line_has_no_office(client_of, supervisor):
    answer = client_of(supervisor).get(page("desk"))

    assert answer.status_code == 403
    assert "You do not work at an office" in answer.text or "oficina" in answer.text


def test_the_day_of_the_office_is_for_its_supervisor(client_of, clerk, office_supervisor):
    assert client_of(clerk).get(page("today")).status_code == 403
    assert client_of(office_supervisor).get(page("today")).status_code == 200


def test_reception_without_scripts_from_search_to_ticket(client_of, host, procedure_version):
    client, given = (
        client_of(host),
        {"q": "certificado", "language": "es", "priority": "older", "key": uuid4()},
    )

    found = client.post(page("reception"), {**given, "search": "1"})
    taken = client.post(page("reception"), {**given, "matters": [procedure_version.pk]}, follow=True)

    assert str(procedure_version.pk) in found.text
    assert Ticket.objects.get().visit.matters.get().version == procedure_version
    assert "P 001" in taken.text


def test_a_search_with_htmx_changes_only_the_matters_and_keeps_those_ticked(
    client_of, host, procedure_version
):
    answer = client_of(host).post(
        page("reception"),
        {"search": "1", "q": "nada parecido", "matters": [procedure_version.pk]},
        headers=HTMX,
    )

    assert answer.status_code == 200
    assert answer.text.strip().startswith("<fieldset")
    assert re.search(rf'value="{procedure_version.pk}"[^>]* checked', answer.text)
    assert not Ticket.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [("run", "12345678-9"), ("priority", "because"), ("language", "xx"), ("name", "x" * 500), ("key", "no")],
)
def test_a_refused_arrival_says_what_to_mend_and_keeps_what_was_typed(
    field, value, client_of, host, procedure_version
):
    given = {"q": "", "language": "es", "note": "oye poco", "matters": [procedure_version.pk], field: value}

    answer = client_of(host).post(page("reception"), given)

    assert answer.status_code == 422
    assert "oye poco" in answer.text
    assert "error-summary" in answer.text
    assert not Ticket.objects.exists()


def test_going_back_and_receiving_somebody_else_on_the_same_form_is_said_and_then_done(client_of, host):
    client, key = client_of(host), str(uuid4())
    first = client.post(page("reception"), {"key": key, "language": "es", "name": "Amina Rojas"})
    again = client.post(page("reception"), {"key": key, "language": "es", "name": "Amina Rojas"})

    other = {"key": key, "language": "es", "name": "Berta Soto", "note": "con coche"}
    refused = client.post(page("reception"), other)
    new_key = re.search(r'name="key" value="([^"]+)"', refused.text)[1]
    given = client.post(page("reception"), {**other, "key": new_key})

    assert again.url == first.url
    assert (refused.status_code, "A 001" in refused.text, "Berta Soto" in refused.text) == (422, True, True)
    assert given.status_code == 302
    assert given.url != first.url
    assert [one.name for one in Ticket.objects.order_by("number")] == ["A 001", "A 002"]


def test_rubbish_among_the_matters_is_ignored(client_of, host):
    answer = client_of(host).post(
        page("reception"), {"language": "es", "matters": ["1", "<script>", str(uuid4())] * 30}
    )

    assert answer.status_code == 302
    assert not Ticket.objects.get().visit.matters.exists()


def test_hostile_words_are_shown_as_words(client_of, host, clerk, office):
    client_of(host).post(page("reception"), {"language": "es", "note": "<script>alert(1)</script>"})
    actions.call_next(make.desk(office, clerk), by=Actor.staff(clerk))

    answer = client_of(clerk).get(page("desk"))

    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;alert" in answer.text


def test_the_desk_from_sitting_down_to_the_end_without_scripts(client_of, clerk, office, procedure_version):
    client = client_of(clerk)
    ticket = make.ticket(office, versions=[procedure_version])

    client.post(page("desk-open"), {"number": "2"})
    desk = Desk.objects.get()
    called = client.post(page("call-next", desk.pk), {"key": uuid4()}, follow=True)
    again = client.post(page("ticket-recall", ticket.pk), follow=True)
    started = client.post(page("ticket-start", ticket.pk), follow=True)
    matter = ticket.visit.matters.get()
    unfinished = client.post(page("visit-finish", ticket.visit_id))
    client.post(page("matter-outcome", ticket.visit_id, matter.pk), {"outcome": "informed"})
    finished = client.post(page("visit-finish", ticket.visit_id), follow=True)

    assert all("A 001" in answer.text for answer in (called, again, started))
    assert unfinished.status_code == 422
    assert finished.redirect_chain == [(page("desk"), 302)]
    ticket.refresh_from_db()
    assert (ticket.state, ticket.called_count) == ("finished", 2)


def test_going_back_to_a_finished_visit_leads_to_the_desk(client_of, clerk, visit):
    actions.finish_visit(visit.ticket, by=Actor.staff(clerk), anyway=True)

    answer = client_of(clerk).get(page("visit", visit.pk))

    assert (answer.status_code, answer.headers["Location"]) == (302, page("desk"))


def test_a_move_that_is_not_possible_is_answered_in_words(client_of, clerk, visit):
    answer = client_of(clerk).post(page("ticket-no-show", visit.ticket.pk), follow=True)

    assert answer.status_code == 200
    assert "message-error" in answer.text


def test_the_live_queue_of_the_desk_equals_what_a_reload_shows(client_of, clerk, office):
    make.ticket(office)
    make.desk(office, clerk)
    client = client_of(clerk)

    def settled(text: str) -> str:
        return re.sub(r'data-now="[^"]*"|data-since="[^"]*"|>\d+:\d\d<', "", text)

    swapped = client.get(page("desk"), headers=HTMX)
    reloaded = client.get(page("desk"))

    assert settled(swapped.text.strip()) in settled(reloaded.text)


def test_the_person_is_found_with_a_typing_error_and_the_search_is_logged(
    client_of, clerk, visit, submitted_case
):
    from crm.models import AccessLog

    answer = client_of(clerk).post(page("find-person", visit.pk), {"text": "aminna rojas"})

    assert "Amina Rojas Soto" in answer.text
    assert AccessLog.objects.get(act="search").interaction_id == visit.interaction_id


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("12.345.678-4", "its last digit does not belong to it"),
        ("12345678–4", "its last digit does not belong to it"),
        ("1234567k", "its last digit does not belong to it"),
        ("2026-0000001-0", "Check the folio"),
        ("11.111.111-1", "We know nobody like that. Enter them below."),
        ("nadie así", "We know nobody like that. Enter them below."),
        ("9 1111 1111", "We know nobody like that.<"),
    ],
)
def test_a_search_that_finds_nobody_says_what_is_wrong_with_it(text, said, client_of, clerk, visit):
    answer = client_of(clerk).post(
        page("find-person", visit.pk).replace("/es/", "/en/"), {"text": text}, follow=True
    )

    assert said in answer.text
    assert (answer.status_code == 422) == ("does not belong" in answer.text)


@pytest.mark.parametrize(
    ("folio", "status"), [("", 422), ("2026-0000001-0", 422), ("x" * 5000, 422), ("2026-9999999-X", 422)]
)
def test_a_wrong_folio_is_told_in_words(folio, status, client_of, clerk, visit):
    answer = client_of(clerk).post(page("bring-case", visit.pk), {"folio": folio})

    assert answer.status_code == status
    assert "error-summary" in answer.text


def test_a_case_of_somebody_else_needs_a_reason(client_of, clerk, visit, submitted_case):
    client = client_of(clerk)

    refused = client.post(page("bring-case", visit.pk), {"folio": submitted_case.folio})
    brought = client.post(
        page("bring-case", visit.pk), {"folio": submitted_case.folio, "reason": "Trae el papel"}, follow=True
    )

    assert refused.status_code == 422
    assert submitted_case.folio in brought.text
    assert 'class="thread thread-staff' in brought.text


def test_a_paper_is_handed_in_on_the_page(client_of, clerk, visit, office, agency, submitted_case):
    make.agreement(agency, office)
    matter = actions.add_matter(visit, by=Actor.staff(clerk), case=submitted_case, reason="Trae el papel")
    client, path = client_of(clerk), page("matter-paper", visit.pk, matter.pk)

    wrong = client.post(path, {"requirement": "proof", "file": pdf("x.pdf", b"no pdf")})
    none = client.post(path, {"requirement": "proof"})
    good = client.post(path, {"requirement": "proof", "file": pdf("y.pdf", pdf_of("new"))}, follow=True)

    assert (wrong.status_code, none.status_code, good.status_code) == (422, 422, 200)
    assert "y.pdf" in good.text


def test_an_application_is_filled_in_filed_and_its_receipt_shows_folio_key_and_code(
    client_of, clerk, visit, office, agency
):
    make.agreement(agency, office)
    client, matter = client_of(clerk), visit.matters.get()
    form = page("application", visit.pk, matter.pk)
    answers = {
        "applicant_name__given": "Amina",
        "applicant_name__surnames": "Rojas Soto",
        "applicant_run": "12.345.678-5",
        "applicant_email": AMINA["applicant_email"],
        "applicant_phone": "9 8765 4321",
        "applicant_commune": "13101",
        "reason": "work",
        "copies": "2",
        "delivery": "no",
        "declaration": "on",
    }

    client.post(page("application-begin", visit.pk, matter.pk))
    half = client.post(form, {**answers, "copies": "many", "file": "1"})
    kept = client.get(form)
    done = client.post(form, {**answers, "proof": pdf(), "file": "1"}, follow=True)
    again = client.get(form, follow=True)

    assert half.status_code == 422
    assert 'value="Amina"' in kept.text
    matter.refresh_from_db()
    case = matter.case
    assert done.redirect_chain[-1][0] == page("receipt", visit.pk, matter.pk)
    assert case.folio in done.text
    assert case.folio in again.text
    assert re.search(r"[23456789A-HJ-NP-Z]{8}", done.text)
    key = re.search(r"[0-9a-z]{5}(-[0-9a-z]{1,5}){5}", done.text)
    assert key
    assert keys.opens(key[0], case.secret_hash)


def test_the_key_is_forgotten_when_its_visit_ends_and_not_before(client_of, clerk, visit, office, agency):
    make.agreement(agency, office)
    client, matter = client_of(clerk), visit.matters.get()
    client.post(page("application-begin", visit.pk, matter.pk))
    mine = str(VisitMatter.objects.get(pk=matter.pk).case_id)
    session = client.session
    session["desk_receipts"] = {**session["desk_receipts"], "a case of a visit on hold": {"key": "k"}}
    session.save()

    client.post(page("visit-finish", visit.pk), {"anyway": "1"})

    assert list(client.session["desk_receipts"]) == ["a case of a visit on hold"]
    assert mine not in client.session["desk_receipts"]


def test_the_survey_of_a_visit_stands_on_its_persons_page_and_on_none_of_staffs(
    client, client_of, clerk, visit
):
    token, hers = keys.survey_token(visit.interaction_id), client_of(clerk)

    staffs = [
        hers.get(page("visit", visit.pk)),
        hers.post(page("visit-finish", visit.pk), {"anyway": "1"}, follow=True),
        hers.get(page("desk")),
    ]

    assert [answer.status_code for answer in staffs] == [200] * 3
    assert not any(token in answer.text for answer in staffs)
    assert token in client.get(reverse("offices-public:ticket", args=[visit.ticket.token])).text


def test_public_pages_show_nothing_of_a_person(client, clerk, office, procedure_version):
    ticket = make.called(office, clerk, versions=[procedure_version], run="12345678-5", name="Amina Rojas")
    display = actions.make_display(office, by=Actor.system())

    turn = client.get(reverse("offices-public:ticket", args=[ticket.token]))
    room = client.get(reverse("offices-public:display", args=[display.token]))

    for answer in (turn, room):
        assert answer.status_code == 200
        assert ticket.name in answer.text
        for secret in ("Amina", "12.345.678", "12345678", procedure_version.title):
            assert secret not in answer.text


def test_a_wrong_token_opens_nothing(client, office):
    for name in ("ticket", "display"):
        assert client.get(reverse(f"offices-public:{name}", args=["0" * 26])).status_code == 404


def test_a_renewed_display_address_stops_the_old_one(client, client_of, office_supervisor, clerk, office):
    old = client_of(clerk).post(page("open-display")).headers["Location"]

    assert client_of(clerk).post(page("open-display"), {"renew": "1"}).status_code == 403
    new = client_of(office_supervisor).post(page("open-display"), {"renew": "1"}).headers["Location"]

    assert (client.get(old).status_code, client.get(new).status_code) == (404, 200)


def test_on_the_phone_one_says_that_one_comes_or_leaves(client, clerk, office):
    called, waiting = make.called(office, clerk), make.ticket(office)

    come = client.post(reverse("offices-public:ticket-come", args=[called.token]), follow=True)
    too_early = client.post(reverse("offices-public:ticket-come", args=[waiting.token]), follow=True)
    leave = client.post(reverse("offices-public:ticket-leave", args=[waiting.token]), follow=True)

    assert {come.status_code, too_early.status_code, leave.status_code} == {200}
    assert called.periods.filter(kind="walking").exists()
    assert "message-error" in too_early.text
    waiting.refresh_from_db()
    assert waiting.state == "abandoned"
    assert client.get(reverse("offices-public:ticket-come", args=[called.token])).status_code == 405


@pytest.mark.parametrize("size", [3, 30])
def test_the_queue_costs_the_same_queries_however_long_it_is(
    size, client_of, host, office, procedure_version, django_assert_max_num_queries
):
    for _one in range(size):
        make.ticket(office, versions=[procedure_version])
    client = client_of(host)
    client.get(page("queue"))

    with django_assert_max_num_queries(16):
        client.get(page("queue"))


def test_a_visit_without_any_matter_opens(client_of, clerk, office):
    visit = make.serving(office, clerk).visit

    assert client_of(clerk).get(page("visit", visit.pk)).status_code == 200


def test_whoever_says_who_it_is_stays_at_the_matter_in_hand(client_of, clerk, visit, agency):
    other = sheets.publish(sheets.sheet(code="9001", slug="otro-tramite"), agency=agency)
    second = actions.add_matter(visit, by=Actor.staff(clerk), version=other)
    mine = client_of(clerk)
    at = f"?matter={second.pk}"

    drawn = mine.get(page("visit", visit.pk) + at)
    refused = mine.post(page("enter-person", visit.pk) + at, {"name": ""})
    entered = mine.post(page("enter-person", visit.pk) + at, {"name": "Rosa Soto", "run": "11.111.111-1"})
    visit.interaction.refresh_from_db()
    seen = {"person": visit.interaction.person_id, "document_seen": "1"}
    known = mine.post(page("identify-person", visit.pk) + at, seen)
    nonsense = mine.post(page("identify-person", visit.pk) + "?matter=9999999", seen)

    assert page("enter-person", visit.pk) + at in drawn.text
    assert re.search(rf'{re.escape(at)}" aria-current="page"', refused.text)
    assert entered.url == known.url == page("visit", visit.pk) + at
    assert nonsense.url == page("visit", visit.pk)
