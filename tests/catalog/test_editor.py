"""The editors' room: a draft, a second person, and nothing typed lost on the way."""

from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from accounts.actors import Actor
from accounts.models import Role
from catalog import actions, tasks
from catalog.forms import SheetForms
from catalog.models import ErrorReport, ProcedureVersion, SearchLog, VersionStatus
from catalog.queries.published import current_version, published_version
from catalog.queries.search import search
from common import links
from events.models import Event
from tests.catalog.sheets import publish_many
from tests.factories import accounts as people
from tests.factories import catalog as sheets
from tests.factories import crm as cases

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def url(name, *args):
    return reverse(f"catalog:{name}", args=args)


def posted(version, **changes):
    """Return what a browser posts from the editing screen, with changes by field name."""
    forms = SheetForms(version.content, revision=version.revision)
    data = {}
    for formset in forms.formsets:
        for bound in formset.management_form:
            data[bound.html_name] = bound.value()
    for form in forms.all_forms:
        for bound in form:
            value = bound.value()
            if value is True:
                data[bound.html_name] = "on"
            elif value not in (None, False):
                data[bound.html_name] = value
    return {key: value for key, value in {**data, **changes}.items() if value is not None}


@pytest.fixture
def draft(procedure_version, editor, actor_of):
    return actions.begin_version(procedure_version.procedure, by=actor_of(editor))


@pytest.fixture
def in_review(draft, editor, actor_of):
    content = {
        **draft.content,
        "costs": [{"amount": 4000, "currency": "CLP", "condition": {"es": "Primera vez"}}],
    }
    actions.edit_version(draft, by=actor_of(editor), content=content, revision=draft.revision)
    return actions.send_to_review(draft, by=actor_of(editor))


@pytest.fixture
def reviewed(in_review, reviewer, actor_of):
    return actions.review_version(in_review, by=actor_of(reviewer), revision=in_review.revision)


def test_an_editor_changes_a_cost_a_reviewer_reads_it_and_a_publisher_makes_it_public(
    client_of, editor, reviewer, publisher, procedure_version
):
    filed = cases.filed_case(procedure_version)
    mine, hers, his = client_of(editor), client_of(reviewer), client_of(publisher)
    public = links.url("procedure", "certificado-de-ejemplo")
    assert "$3.820" in client_of(editor).get(public).text

    mine.post(url("begin", "3430"))
    version = ProcedureVersion.objects.get(status=VersionStatus.DRAFT)
    saved = mine.post(url("edit", "3430"), posted(version, **{"cost-0-amount": "4.100"}))
    assert saved.url == url("version", "3430", 2)
    mine.post(url("version-send", "3430", 2))
    assert mine.post(url("version-publish", "3430", 2)).status_code == 403
    compared = hers.get(url("version-compare", "3430", 2)).text
    assert '<del class="tag-refused">$3.820</del><ins class="tag-granted">$4.100</ins>' in compared
    assert his.post(url("version-publish", "3430", 2), {"revision": 2}).status_code == 422, (
        "nobody reviewed it"
    )
    hers.post(url("version-review", "3430", 2), {"revision": 2})
    assert hers.post(url("version-publish", "3430", 2), {"revision": 2}).status_code == 403
    his.post(url("version-publish", "3430", 2), {"revision": 2})

    assert published_version("certificado-de-ejemplo").sheet.costs[0].amount == 4100
    assert (
        search("certificado", language="es").entries[0].version_id
        == current_version(filed.version.procedure).pk
    )
    filed.refresh_from_db()
    assert filed.version.sheet.costs[0].amount == 3820, "a case keeps the version it was filed under"
    event = Event.objects.get(kind="version.published", subject_id=version.pk)
    tasks.refresh_pages(event_ids=[str(event.pk)])
    assert "$4.100" in client_of(editor).get(public).text, "published pages are drawn anew"


@pytest.mark.parametrize("name", ["law-0-url", "way-online-url", "purpose_es", "way-online-text_en"])
def test_an_address_that_can_not_be_one_is_told_at_its_field_and_never_breaks_the_page(
    client_of, editor, draft, name
):
    typed = "http://[::1" if name.endswith("url") else "[x](http://[::1)"

    answer = client_of(editor).post(url("edit", "3430"), posted(draft, **{name: typed}))

    assert answer.status_code == 422
    assert f'href="#id_{name}"' in answer.text


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "www.example.org", "#x", "/es/"]
)
def test_a_link_that_is_no_whole_address_is_told_to_whoever_writes_it(client_of, editor, draft, address):
    typed = posted(draft, who_may_es=f"Vea [aquí]({address}) y [allá](https://www.example.org).")

    answer = client_of(editor).post(url("edit", "3430"), typed)

    assert answer.status_code == 422
    assert 'href="#id_who_may_es"' in answer.text
    assert "A link in this text leads nowhere" in answer.text
    assert f"[aquí]({address})" in answer.text


def test_saving_without_a_change_changes_nothing_not_even_who_wrote(client_of, editor, second_editor, draft):
    before = draft.content

    client_of(second_editor).post(url("edit", "3430"), posted(draft))

    draft.refresh_from_db()
    assert (draft.revision, draft.author, draft.content) == (1, editor, before)
    assert not Event.objects.filter(kind="version.edited", subject_id=draft.pk).exists()


def test_nobody_who_saved_in_a_draft_publishes_it_whoever_saved_last(
    client_of, editor, second_editor, draft, actor_of
):
    client_of(editor).post(url("edit", "3430"), posted(draft, **{"cost-0-amount": "1"}))
    draft.refresh_from_db()
    client_of(second_editor).post(url("edit", "3430"), posted(draft, summary_es="Con otras palabras."))
    draft.refresh_from_db()
    assert draft.author == second_editor
    actions.send_to_review(draft, by=actor_of(editor))
    people.staff(editor.name, Role.REVIEWER, agency=draft.procedure.agency)
    people.staff(editor.name, Role.PUBLISHER)

    mine = client_of(editor)
    assert mine.post(url("version-review", "3430", 2), {"revision": 3}).status_code == 403
    assert url("version-review", "3430", 2) not in mine.get(url("version-compare", "3430", 2)).text
    assert mine.post(url("version-publish", "3430", 2), {"revision": 3}).status_code == 403
    assert mine.post(url("version-return", "3430", 2), {"text": "x"}).status_code == 403


def test_whoever_saved_without_a_change_is_still_a_second_person(
    client_of, editor, second_editor, reviewer, in_review, actor_of
):
    people.staff(second_editor.name, Role.PUBLISHER)
    actions.return_version(in_review, by=actor_of(reviewer), comment="¿Está bien así?")
    in_review.refresh_from_db()
    client_of(second_editor).post(url("edit", "3430"), posted(in_review))
    in_review.refresh_from_db()
    assert (in_review.status, in_review.author) == (VersionStatus.DRAFT, editor)
    actions.send_to_review(in_review, by=actor_of(editor))
    actions.review_version(in_review, by=actor_of(reviewer), revision=in_review.revision)

    client_of(second_editor).post(url("version-publish", "3430", 2), {"revision": in_review.revision})

    in_review.refresh_from_db()
    assert in_review.status == VersionStatus.APPROVED


def test_what_was_saved_after_it_was_read_is_not_published_unread(
    client_of, editor, reviewer, publisher, administrator, reviewed, actor_of
):
    in_review = reviewed
    hers = client_of(publisher)
    assert 'name="revision" value="2"' in hers.get(url("version-compare", "3430", 2)).text
    actions.return_version(in_review, by=actor_of(administrator), comment="El precio.")
    content = {**in_review.content, "costs": [{"amount": 9, "currency": "CLP"}]}
    actions.edit_version(in_review, by=actor_of(editor), content=content, revision=2)
    actions.send_to_review(in_review, by=actor_of(editor))
    for read in ({"revision": "2"}, {}, {"revision": "x"}):
        answer = client_of(reviewer).post(url("version-review", "3430", 2), read, follow=True)
        assert "Read it again, then decide" in answer.text
    actions.review_version(in_review, by=actor_of(reviewer), revision=3)

    for read in ({"revision": "2"}, {}, {"revision": "x"}):
        answer = hers.post(url("version-publish", "3430", 2), read)
        assert "Read it again, then decide" in answer.text

    in_review.refresh_from_db()
    assert in_review.status == VersionStatus.REVIEWED


def test_what_is_given_at_once_has_a_term_of_no_days(client_of, editor, draft):
    client_of(editor).post(url("edit", "3430"), posted(draft, term_days="0"))

    draft.refresh_from_db()
    assert draft.sheet.term_business_days == 0


def test_what_the_screen_does_not_show_stays(client_of, editor, draft):
    client_of(editor).post(url("edit", "3430"), posted(draft, title_es="Otro título"))

    saved = ProcedureVersion.objects.get(pk=draft.pk)
    assert saved.title_es == "Otro título"
    for key in ("form", "stages", "life_events", "themes", "audience", "sources", "applicant"):
        assert saved.content[key] == draft.content[key]


@pytest.mark.parametrize("amount", ["3,820", "1.6", "3820,5"])
def test_pesos_that_could_be_a_thousand_times_less_are_refused_at_the_box(client_of, editor, draft, amount):
    given = posted(draft, **{"cost-0-amount": amount, "cost-0-currency": "CLP"})

    refused = client_of(editor).post(url("edit", "3430"), given)

    assert refused.status_code == 422
    assert "Write whole pesos, with a dot between the thousands, like 3.820." in refused.text
    assert f'value="{amount}"' in refused.text


def test_rows_are_added_changed_and_removed_without_script(client_of, editor, draft):
    client = client_of(editor)
    more = client.post(url("edit", "3430"), posted(draft, add="cost", title_es="Título a medias"))
    assert more.status_code == 200
    assert 'name="cost-3-amount"' in more.text
    assert "Título a medias" in more.text
    assert "There is a problem" not in more.text

    rows = {
        "cost-TOTAL_FORMS": "4",
        "cost-0-remove": "on",
        "cost-1-amount": "1,6",
        "cost-1-currency": "UTM",
        "cost-3-amount": "0",
        "cost-3-currency": "CLP",
        "cost-3-condition_es": "Menores",
        "req-1-remove": "on",
        "req-2-label_es": "Una foto",
        "req-2-provided_by": "citizen",
    }
    client.post(url("edit", "3430"), posted(draft, **rows))

    content = ProcedureVersion.objects.get(pk=draft.pk).content
    assert content["costs"] == [
        {"amount": 1.6, "currency": "UTM", "condition": {}},
        {"amount": 0, "currency": "CLP", "condition": {"es": "Menores"}},
    ]
    assert [row["code"] for row in content["requirements"]] == ["id-card", "una-foto"]


def test_channels_come_and_go(client_of, editor, draft):
    changes = {"way-phone-is_there": None, "way-mail-is_there": "on", "way-mail-text_es": "Envíe una carta."}

    client_of(editor).post(url("edit", "3430"), posted(draft, **changes))

    channels = ProcedureVersion.objects.get(pk=draft.pk).content["channels"]
    assert set(channels) == {"online", "office", "mail"}
    assert channels["mail"] == {"mode": "inform", "text": {"es": "Envíe una carta."}}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"title_es": ""}, "Write the title in Spanish."),
        ({"purpose_es": " "}, "Write what the procedure is for, in Spanish."),
        ({"title_es": "x" * 251}, "250"),
        ({"purpose_es": "x" * 20_001}, "20000"),
        ({"summary_en": "x" * 5_000}, "Write at most 200 characters: there are 5000."),
        ({"cost-0-amount": "mucho"}, "Write the amount in figures"),
        ({"cost-1-condition_es": "sin monto"}, "Write the amount; 0 when it is free."),
        ({"req-2-note_es": "sin nombre"}, "Write what is needed in Spanish."),
        ({"law-0-url": "javascript:alert(1)"}, "beginning with https://"),
        ({"way-mail-text_es": "Sin marcar"}, "Tick this if it can be done this way"),
        ({"term_days": "-3"}, "greater than or equal to 0"),
        ({"cost-TOTAL_FORMS": "999"}, "15"),
        ({"cost-TOTAL_FORMS": "x"}, "ManagementForm"),
        ({"req-0-code": "../x"}, "lower case"),
    ],
)
def test_what_can_not_be_saved_is_said_at_its_field_and_nothing_is_lost(
    client_of, editor, draft, changes, sentence
):
    answer = client_of(editor).post(
        url("edit", "3430"), posted(draft, summary_es="Lo que escribí", **changes)
    )

    assert answer.status_code == 422
    text = unescape(answer.text)
    assert sentence in text
    assert "Lo que escribí" in text
    assert "<title>Error:" in " ".join(text.split()) or "Error:" in text
    assert ProcedureVersion.objects.get(pk=draft.pk).revision == 1


def test_two_editors_on_one_draft_both_keep_their_words(client_of, editor, second_editor, draft):
    hers = posted(draft, summary_es="El resumen de ella.", **{"cost-0-amount": "9.999"})
    client_of(editor).post(url("edit", "3430"), posted(draft, summary_es="El resumen de él."))

    refused = client_of(second_editor).post(url("edit", "3430"), hers)

    assert refused.status_code == 409
    text = refused.text
    assert "Somebody else saved this draft meanwhile" in text
    assert ">El resumen de ella.</textarea>" in text.replace("\n", "")
    assert '<del class="tag-refused">él</del><ins class="tag-granted">ella</ins>' in text
    assert 'value="9.999"' in text
    assert 'name="revision" value="2"' in text
    client_of(second_editor).post(url("edit", "3430"), {**hers, "revision": "2"})
    assert ProcedureVersion.objects.get(pk=draft.pk).content["summary"]["es"] == "El resumen de ella."


def test_a_draft_sent_meanwhile_keeps_what_was_typed(client_of, editor, second_editor, draft, actor_of):
    data = posted(draft, summary_es="Tarde.")
    actions.send_to_review(draft, by=actor_of(editor))

    refused = client_of(second_editor).post(url("edit", "3430"), data)

    assert refused.status_code == 422
    assert "not a draft any more" in refused.text
    assert "Tarde." in refused.text


def test_a_version_goes_back_with_a_reason(client_of, editor, reviewer, in_review):
    hers = client_of(reviewer)
    assert hers.post(url("version-return", "3430", 2), {"text": " "}).status_code == 422

    hers.post(url("version-return", "3430", 2), {"text": "Falta la ley."})

    assert "Falta la ley." in client_of(editor).get(url("procedure", "3430")).text
    assert "Falta la ley." in client_of(editor).get(url("edit", "3430")).text
    in_review.refresh_from_db()
    assert in_review.status == VersionStatus.REJECTED


def test_whoever_wrote_a_version_neither_publishes_nor_returns_it(client_of, editor, in_review):
    mine = client_of(editor)
    page = mine.get(url("version-compare", "3430", 2)).text

    assert "A reviewer of the agency reads it next" in page or "Nobody has this work" in page
    assert url("version-review", "3430", 2) not in page
    assert url("version-publish", "3430", 2) not in page
    assert mine.post(url("version-publish", "3430", 2)).status_code == 403
    assert mine.post(url("version-return", "3430", 2), {"text": "x"}).status_code == 403


def test_publishing_twice_says_that_it_is_done(client_of, publisher, reviewed):
    hers = client_of(publisher)
    hers.post(url("version-publish", "3430", 2), {"revision": 2})

    again = hers.post(url("version-publish", "3430", 2), {"revision": 2}, follow=True)

    assert "This can not be done now" in again.text
    assert ProcedureVersion.objects.filter(status=VersionStatus.APPROVED).count() == 2


def test_hostile_text_in_a_sheet_stays_text(client_of, editor, draft):
    hostile = '<script>alert(1)</script> [x](javascript:alert(1)) "><img src=x onerror=alert(1)>'
    client = client_of(editor)
    client.post(
        url("edit", "3430"),
        posted(draft, purpose_es=hostile, purpose_en=hostile, title_es=hostile, summary_es=hostile),
    )

    for page in (
        url("version", "3430", 2),
        url("version-compare", "3430", 2),
        url("edit", "3430"),
        url("procedure", "3430"),
    ):
        text = client.get(page).text
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert 'href="javascript' not in text


def test_the_form_is_shown_for_reading(client_of, editor, procedure_version):
    page = client_of(editor).get(url("version", "3430", 1)).text

    assert "Why do you ask for it?" in page
    assert "When “Why do you ask for it?” is I lost it" in page
    assert "A file" in page


def test_the_history_tells_who_and_when(client_of, editor, publisher, reviewed):
    client_of(publisher).post(url("version-publish", "3430", 2), {"revision": 2})

    page = client_of(editor).get(url("procedure", "3430")).text

    assert "Elena Pizarro" in page
    assert "Rita Godoy" in page
    assert "Pablo Ibarra" in page
    assert "Public now" in page
    assert "A version was sent to review" in page


def test_the_list_says_what_is_wrong_or_open(client_of, editor, in_review):
    version = ProcedureVersion.objects.get(number=1)
    visitor = Actor.visitor()
    actions.record_vote(version, by=visitor, is_useful=False, comment="No entiendo")
    actions.record_vote(version, by=visitor, is_useful=True)
    actions.report_error(version, by=visitor, text="El precio está malo")

    page = " ".join(client_of(editor).get(url("procedures")).text.split())

    assert "Example certificate" in page
    assert "Waiting for review" in page
    assert '<td class="num">1 <span class="muted">/ 2</span></td>' in page
    assert '<td class="num"><strong>1</strong></td>' in page
    for view, there in (("review", True), ("reports", True), ("drafts", False), ("unpublished", False)):
        assert (
            "Example certificate" in client_of(editor).get(url("procedures"), {"view": view}).text
        ) is there


def test_a_search_in_the_list_finds_words_and_numbers(client_of, editor, agency):
    publish_many(agency, 3)
    client = client_of(editor)

    assert "Procedure 5002" in client.get(url("procedures"), {"q": "5002"}).text
    assert "Procedure 5001" in client.get(url("procedures"), {"q": "certifcate"}).text
    assert "Nothing here" in client.get(url("procedures"), {"q": "zzz"}).text


def test_the_list_is_paged_by_name(client_of, editor, agency, monkeypatch):
    from catalog.queries import editing

    monkeypatch.setattr(editing, "PAGE", 2)
    publish_many(agency, 3)
    client = client_of(editor)
    first = client.get(url("procedures"))

    assert "Procedure 5001" in first.text
    assert "Procedure 5002" not in first.text
    assert "Procedure 5002" in client.get(url("procedures") + first.context["next"]).text
    assert client.get(url("procedures"), {"after": "%%%", "view": "nada"}).status_code == 200


@pytest.mark.parametrize("page", ["procedures", "feedback"])
def test_a_list_asks_as_much_of_the_database_for_few_as_for_many(client_of, editor, agency, page):
    client = client_of(editor)

    def queries():
        with CaptureQueriesContext(connection) as asked:
            assert client.get(url(page)).status_code == 200
        return len(asked)

    def fill(count, start):
        for version in publish_many(agency, count, start=start):
            actions.report_error(version, by=Actor.visitor(), text="Algo está mal")
            actions.record_vote(version, by=Actor.visitor(), is_useful=False)

    fill(3, 5000)
    few = queries()
    fill(15, 6000)

    assert queries() == few
    assert few <= 12


def test_a_report_is_settled_once(client_of, editor, procedure_version):
    report = actions.report_error(procedure_version, by=Actor.visitor(), text="El precio está malo")
    client = client_of(editor)
    assert "El precio está malo" in client.get(url("feedback")).text

    for _time in range(2):
        client.post(url("report-settle", report.pk))

    assert "El precio está malo" not in client.get(url("feedback")).text
    assert "El precio está malo" in client.get(url("feedback"), {"view": "settled"}).text
    assert Event.objects.filter(kind="report.settled").count() == 1


def test_votes_and_lost_searches_are_shown(client_of, editor, procedure_version):
    actions.record_vote(procedure_version, by=Actor.visitor(), is_useful=False, comment="No dice <dónde>")
    for _time in range(3):
        actions.log_search("carnet perdido", by=Actor.visitor(), language="es", channel="web", results=0)
    client = client_of(editor)

    assert "No dice &lt;dónde&gt;" in client.get(url("feedback"), {"view": "votes"}).text
    assert "carnet perdido" in client.get(url("feedback"), {"view": "searches"}).text
    assert SearchLog.objects.count() == 3
    assert client.get(url("feedback"), {"view": "zzz", "before": "9" * 30}).status_code == 200


def test_feedback_about_another_agency_is_not_shown_nor_settled(client_of, editor, other_agency):
    version = sheets.publish(sheets.sheet(code="9", slug="otro", agency="IPS"), agency=other_agency)
    report = actions.report_error(version, by=Actor.visitor(), text="Ajeno")
    client = client_of(editor)

    assert "Ajeno" not in client.get(url("feedback")).text
    assert client.post(url("report-settle", report.pk)).status_code == 404
    assert ErrorReport.objects.get().settled_at is None


PAGES = [
    ("get", "procedures", ()),
    ("get", "feedback", ()),
    ("get", "procedure", ("3430",)),
    ("post", "begin", ("3430",)),
    ("get", "edit", ("3430",)),
    ("get", "version", ("3430", 1)),
    ("get", "version-compare", ("3430", 1)),
    ("post", "version-send", ("3430", 1)),
    ("post", "version-publish", ("3430", 1)),
    ("post", "version-review", ("3430", 1)),
    ("post", "version-return", ("3430", 1)),
    ("post", "version-aside", ("3430", 1)),
    ("post", "version-restore", ("3430", 1)),
    ("post", "version-comment", ("3430", 1)),
    ("post", "comment-settle", ("3430", 1, 1)),
    ("post", "advice", ("3430",)),
    ("post", "care", ("3430",)),
    ("post", "confirm", ("3430",)),
    ("post", "call-off", ("3430",)),
]


@pytest.mark.parametrize(("method", "name", "args"), PAGES)
@pytest.mark.parametrize("who", ["clerk", "host", "agent", "supervisor", "officer", "analyst", "stranger"])
def test_other_staff_and_strangers_do_not_enter(
    request, client_of, procedure_version, who, method, name, args
):
    client = client_of(request.getfixturevalue(who))

    assert getattr(client, method)(url(name, *args)).status_code == 403


@pytest.mark.parametrize(("method", "name", "args"), PAGES)
def test_whoever_has_not_signed_in_is_sent_to_sign_in(client, procedure_version, method, name, args):
    answer = getattr(client, method)(url(name, *args))

    if method == "get":
        assert (answer.status_code, "sign-in" in answer.url) == (302, True)
    else:
        assert (answer.status_code, 'name="kept"' in answer.content.decode()) == (401, True)


@pytest.mark.parametrize(("method", "name", "args"), PAGES[2:])
def test_an_editor_of_another_agency_finds_nothing(
    client_of, other_agency, procedure_version, method, name, args
):
    other = people.staff("Eva Otra", Role.EDITOR, agency=other_agency)

    assert getattr(client_of(other), method)(url(name, *args)).status_code == 404
    assert "Example certificate" not in client_of(other).get(url("procedures")).text


def test_an_administrator_edits_for_every_agency(client_of, administrator, procedure_version):
    client = client_of(administrator)

    assert "Example certificate" in client.get(url("procedures")).text
    assert client.post(url("begin", "3430")).url == url("edit", "3430")


@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_writing_addresses_answer_to_post_alone(client_of, editor, procedure_version, method):
    for name, args in (
        ("begin", ("3430",)),
        ("version-publish", ("3430", 1)),
        ("version-return", ("3430", 1)),
    ):
        assert getattr(client_of(editor), method)(url(name, *args)).status_code == 405


def test_numbers_beyond_any_row_are_not_found(client_of, editor, procedure_version):
    client = client_of(editor)

    assert client.get(url("version", "3430", 10**12)).status_code == 404
    assert client.get(url("procedure", "9" * 60)).status_code == 404
    assert client.post(url("report-settle", 10**30)).status_code == 404
    assert client.get(url("procedure", "3430"), {"before": "9" * 9}).status_code == 200
