"""The editorial chain beyond the straight way: later days, texts taken up again, comments, sheets kept true."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import translation

from accounts.actors import Actor
from accounts.models import Role
from catalog import actions, tasks
from catalog.models import Procedure, ProcedureVersion, Publication, ReviewReminder, VersionStatus
from catalog.queries import editing
from catalog.queries.published import published_version, scheduled_publication
from catalog.queries.search import search
from catalog.sheets import SheetInvalid
from common import clock, links
from common.errors import DomainError, IllegalMove, NotAllowed
from common.wording import day
from config.schedule import SCHEDULE
from events.models import Event
from integrations.mail.memory import sent
from tests.catalog.sheets import publish_many
from tests.factories import accounts as people
from tests.factories import catalog as sheets

pytestmark = pytest.mark.django_db
SANTIAGO = ZoneInfo("America/Santiago")
SLUG = "certificado-de-ejemplo"


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def by(editor, reviewer, publisher, actor_of):
    return {"editor": actor_of(editor), "reviewer": actor_of(reviewer), "publisher": actor_of(publisher)}


def url(name, *args):
    return reverse(f"catalog:{name}", args=args)


def draft_with(procedure, by, amount):
    """Return a new draft in which the certificate costs so much."""
    draft = actions.begin_version(procedure, by=by["editor"])
    content = {**draft.content, "costs": [{"amount": amount, "currency": "CLP"}]}
    return actions.edit_version(draft, by=by["editor"], content=content, revision=draft.revision)


def reviewed_with(procedure, by, amount):
    draft = draft_with(procedure, by, amount)
    actions.send_to_review(draft, by=by["editor"])
    return actions.review_version(draft, by=by["reviewer"], revision=draft.revision)


def publish(version, by, **more):
    return actions.publish_version(version, by=by["publisher"], revision=version.revision, **more)


def cost_now():
    return published_version(SLUG).sheet.costs[0].amount


def tomorrow():
    return clock.now() + timedelta(days=1)


def test_a_version_becomes_public_on_its_day_and_not_before(procedure_version, by):
    version = reviewed_with(procedure_version.procedure, by, 4100)
    begins = tomorrow()
    publish(version, by, begins_at=begins)

    tasks.begin_publications()
    assert (cost_now(), search("certificado", language="es").entries[0].version_id) == (
        3820,
        procedure_version.pk,
    )
    with clock.frozen(begins + timedelta(seconds=1)):
        assert cost_now() == 4100
        for _twice in range(2):
            tasks.begin_publications()
        assert search("certificado", language="es").entries[0].version_id == version.pk
    assert Event.objects.filter(kind="version.published", subject_id=version.pk).count() == 1
    first, second = Publication.objects.order_by("pk")
    assert first.during.upper == second.during.lower == begins


def test_what_came_to_its_day_this_second_is_told_before_the_procedure_is_taken_off(procedure_version, by):
    version = reviewed_with(procedure_version.procedure, by, 4100)
    begins = tomorrow()
    publish(version, by, begins_at=begins)

    def take_off():
        why = {"reason_es": "Terminó.", "reason_en": "It ended."}
        return actions.retire_procedure(procedure_version.procedure, by=by["publisher"], **why)

    with clock.frozen(begins + timedelta(milliseconds=500)):
        with pytest.raises(DomainError):
            take_off()
        tasks.begin_publications()
        assert Event.objects.filter(kind="version.published", subject_id=version.pk).exists()
        take_off()


def test_what_waits_for_its_moment_is_looked_for_every_second_and_piles_up_nowhere():
    beat = SCHEDULE["begin-publications"]

    assert (beat["task"], beat["schedule"]) == (tasks.begin_publications.name, 1.0)
    assert beat["options"]["expires"] <= 5


def test_one_version_at_a_time_waits_for_its_day(procedure_version, by):
    procedure = procedure_version.procedure
    publish(reviewed_with(procedure, by, 4100), by, begins_at=tomorrow())
    other = reviewed_with(procedure, by, 4200)

    for begins in (None, tomorrow() + timedelta(days=1)):
        with pytest.raises(actions.AlreadyScheduled, match="Version 2"):
            publish(other, by, begins_at=begins)
    with pytest.raises(IntegrityError), transaction.atomic():
        Publication.objects.create(
            version=other, procedure=procedure, during=(tomorrow() + timedelta(days=9), None)
        )


def test_a_day_that_is_called_off_leaves_the_public_version_public_and_the_other_can_have_another_day(
    client_of, publisher, editor, procedure_version, by
):
    procedure = procedure_version.procedure
    version = reviewed_with(procedure, by, 4100)
    day = (tomorrow() + timedelta(days=1)).astimezone(SANTIAGO).date()
    his = client_of(publisher)
    his.post(url("version-publish", "3430", 2), {"revision": version.revision, "day": day.isoformat()})
    assert scheduled_publication(procedure).during.lower == datetime.combine(
        day, datetime.min.time(), SANTIAGO
    )
    assert client_of(editor).post(url("call-off", "3430")).status_code == 403
    assert "Version 2 becomes public on" in his.get(url("procedure", "3430")).text

    his.post(url("call-off", "3430"), {"number": 2})

    with clock.frozen(clock.now() + timedelta(days=9)):
        tasks.begin_publications()
        assert cost_now() == 3820
        assert his.post(url("version-publish", "3430", 2), {"revision": version.revision}).status_code == 302
        assert cost_now() == 4100
        with pytest.raises(IllegalMove):
            publish(ProcedureVersion.objects.get(pk=version.pk), by)


def test_only_the_publication_that_was_read_is_called_off(client_of, publisher, procedure_version, by):
    procedure = procedure_version.procedure
    publish(reviewed_with(procedure, by, 4100), by, begins_at=tomorrow())
    his = client_of(publisher)
    page = his.get(url("procedure", "3430")).text
    assert '<input type="hidden" name="number" value="2">' in page
    actions.call_off_publication(procedure, by=by["publisher"], number=2)
    publish(reviewed_with(procedure, by, 4200), by, begins_at=tomorrow())

    for read in ("2", "", "nonsense", "9" * 12):
        refused = his.post(url("call-off", "3430"), {"number": read}, follow=True)
        assert "Another version waits for its day since you opened the page." in refused.text

    assert scheduled_publication(procedure).version.number == 3


@pytest.mark.parametrize("day", ["2020-01-01", "nonsense", "0000-00-00", "99999-01-01"])
def test_a_day_that_is_over_or_none_is_told_at_its_field(client_of, publisher, procedure_version, by, day):
    version = reviewed_with(procedure_version.procedure, by, 4100)

    answer = client_of(publisher).post(
        url("version-publish", "3430", 2), {"revision": version.revision, "day": day}
    )

    assert (answer.status_code, 'href="#id_day"' in answer.text) == (422, True)
    assert cost_now() == 3820


def called_off(procedure, by, amount):
    """Return a version that was approved for tomorrow, which was called off."""
    version = reviewed_with(procedure, by, amount)
    publish(version, by, begins_at=tomorrow())
    actions.call_off_publication(procedure, by=by["publisher"], number=version.number)
    return ProcedureVersion.objects.get(pk=version.pk)


def test_a_text_that_was_called_off_slips_into_no_draft(client_of, reviewer, procedure_version, by):
    called_off(procedure_version.procedure, by, 4100)

    draft = actions.begin_version(procedure_version.procedure, by=by["editor"])

    assert draft.sheet.costs[0].amount == 3820
    assert "against version 1" in client_of(reviewer).get(url("version-compare", "3430", draft.number)).text


def test_a_text_that_was_called_off_replaces_none_that_came_after(
    client_of, publisher, procedure_version, by
):
    procedure = procedure_version.procedure
    old = called_off(procedure, by, 4100)
    publish(reviewed_with(procedure, by, 4200), by)

    assert (
        url("version-publish", "3430", 2)
        not in client_of(publisher).get(url("version-compare", "3430", 2)).text
    )
    with pytest.raises(IllegalMove):
        publish(old, by)
    assert cost_now() == 4200


def test_a_version_replaced_before_it_was_told_of_does_not_come_back_in_search(procedure_version, by):
    procedure = procedure_version.procedure
    begins = tomorrow()
    publish(reviewed_with(procedure, by, 4100), by, begins_at=begins)
    with clock.frozen(begins + timedelta(hours=9)):  # no worker was there in the night
        later = reviewed_with(procedure, by, 4200)
        publish(later, by)

        tasks.begin_publications()

        assert search("certificado", language="es").entries[0].version_id == later.pk


def test_between_its_day_and_its_telling_machines_read_the_version_before(client, procedure_version, by):
    begins = tomorrow()
    publish(reviewed_with(procedure_version.procedure, by, 4100), by, begins_at=begins)

    with clock.frozen(begins + timedelta(seconds=3)):
        listed = client.get("/api/v1/procedures?updated_since=2020-01-01T00:00:00Z")
        legacy = client.get("/api/fichas")
        tasks.begin_publications()
        since = (begins + timedelta(seconds=1)).isoformat().replace("+", "%2B")
        told = client.get(f"/api/v1/procedures?updated_since={since}")

    assert (listed.status_code, legacy.status_code) == (200, 200)
    assert "3430" in told.text, "who asks for what is new since the day began is told of it"


def test_nobody_judges_their_own_text_that_another_took_up_again(
    procedure_version, by, editor, second_editor, actor_of
):
    people.staff(editor.name, Role.REVIEWER, agency=procedure_version.procedure.agency)
    mine, other = actor_of(editor), actor_of(second_editor)
    draft = draft_with(procedure_version.procedure, by, 4100)
    actions.set_aside(draft, by=mine)
    again = actions.restore_version(draft, by=other)
    actions.send_to_review(again, by=other)

    with pytest.raises(NotAllowed):
        actions.review_version(again, by=mine, revision=again.revision)


def test_what_was_typed_into_a_draft_that_ended_meanwhile_is_kept_and_replaces_none(
    client_of, editor, procedure_version, by
):
    from tests.catalog.test_editor import posted

    draft = actions.begin_version(procedure_version.procedure, by=by["editor"])
    typed = posted(draft, summary_es="Una hora de trabajo.", number="2")
    actions.set_aside(draft, by=by["editor"])
    mine = client_of(editor)

    ended = mine.post(url("edit", "3430"), typed)
    actions.restore_version(procedure_version, by=by["editor"])
    replaced = mine.post(url("edit", "3430"), typed)

    assert (ended.status_code, replaced.status_code) == (409, 409)
    assert "Una hora de trabajo." in ended.text
    assert 'name="number" value="3"' in replaced.text
    assert "Una hora de trabajo." in replaced.text
    assert ProcedureVersion.objects.get(number=3).content == procedure_version.content
    mine.post(url("edit", "3430"), {**typed, "number": "3"})
    with translation.override("es"):
        assert ProcedureVersion.objects.get(number=3).sheet.summary == "Una hora de trabajo."


def test_a_return_of_what_has_gone_on_keeps_the_words(client_of, reviewer, procedure_version, by):
    reviewed_with(procedure_version.procedure, by, 4100)

    answer = client_of(reviewer).post(url("version-return", "3430", 2), {"text": "Falta la ley."})

    assert (answer.status_code, "Falta la ley." in answer.text, "gone on" in answer.text) == (422, True, True)


def test_a_draft_begun_by_mistake_and_set_aside_does_not_keep_a_load_out(procedure_version, by, agency):
    actions.set_aside(actions.begin_version(procedure_version.procedure, by=by["editor"]), by=by["editor"])
    data = {**sheets.sheet(), "costs": [{"amount": 5, "currency": "CLP"}]}

    assert actions.put_sheet(agency, data, by=Actor.system()) == "changed"


def test_a_draft_set_aside_stays_readable_and_makes_room_for_another(
    client_of, editor, procedure_version, by
):
    draft_with(procedure_version.procedure, by, 4100)
    mine = client_of(editor)

    mine.post(url("version-aside", "3430", 2))

    assert ProcedureVersion.objects.get(number=2).status == VersionStatus.SET_ASIDE
    assert "$4.100" in mine.get(url("version", "3430", 2)).text
    again = actions.begin_version(procedure_version.procedure, by=by["editor"])
    assert (again.number, again.sheet.costs[0].amount) == (3, 3820), "it begins with what was approved last"


def test_an_earlier_text_is_taken_up_again_as_a_draft_that_goes_the_whole_way(
    client_of, editor, procedure_version, by
):
    publish(reviewed_with(procedure_version.procedure, by, 4100), by)
    mine = client_of(editor)
    open_draft = actions.begin_version(procedure_version.procedure, by=by["editor"])
    assert "set it aside first" in mine.post(url("version-restore", "3430", 1), follow=True).text
    actions.set_aside(open_draft, by=by["editor"])

    mine.post(url("version-restore", "3430", 1))

    draft = ProcedureVersion.objects.get(status=VersionStatus.DRAFT)
    assert (draft.number, draft.restores, draft.content) == (4, procedure_version, procedure_version.content)
    assert cost_now() == 4100, "nothing is public that nobody read"
    actions.send_to_review(draft, by=by["editor"])
    actions.review_version(draft, by=by["reviewer"], revision=draft.revision)
    publish(ProcedureVersion.objects.get(pk=draft.pk), by)
    assert cost_now() == 3820


def test_any_two_versions_are_compared(client_of, editor, procedure_version, by):
    for amount in (4100, 4200):
        publish(reviewed_with(procedure_version.procedure, by, amount), by)
    mine = client_of(editor)

    page = mine.get(url("version-compare", "3430", 3), {"with": "1"}).text

    assert '<del class="tag-refused">$3.820</del><ins class="tag-granted">$4.200</ins>' in page
    assert "$4.100" in mine.get(url("version-compare", "3430", 3)).text, (
        "against the one before, unless asked"
    )
    for nonsense in ("99", "x", "9" * 40, "-1", ""):
        assert mine.get(url("version-compare", "3430", 3), {"with": nonsense}).status_code == 200


def test_comments_stand_with_the_version_until_they_are_seen_to(
    client_of, editor, reviewer, procedure_version, by
):
    draft = draft_with(procedure_version.procedure, by, 4100)
    hers, mine = client_of(reviewer), client_of(editor)
    refused = hers.post(url("version-comment", "3430", 2), {"part": "costs", "text": " "})
    assert (refused.status_code, 'href="#id_text"' in refused.text) == (422, True)

    hers.post(url("version-comment", "3430", 2), {"part": "costs", "text": "<b>¿Desde</b> cuándo?"})

    assert "&lt;b&gt;¿Desde&lt;/b&gt; cuándo?" in mine.get(url("version-compare", "3430", 2)).text
    assert "¿Desde" in mine.get(url("procedure", "3430")).text
    comment = draft.comments.get()
    assert "&lt;b&gt;¿Desde&lt;/b&gt; cuándo?" in mine.get(url("edit", "3430")).text, "beside what is written"
    mine.post(url("comment-settle", "3430", 2, comment.pk))
    comment.refresh_from_db()
    assert comment.settled_by == editor
    assert "¿Desde" not in mine.get(url("procedure", "3430")).text
    assert "¿Desde" not in mine.get(url("edit", "3430")).text
    assert "¿Desde" in mine.get(url("version-compare", "3430", 2)).text, "what was said stays"
    assert mine.post(url("comment-settle", "3430", 1, comment.pk)).status_code == 404


@pytest.mark.parametrize("name", ["version-review", "version-publish"])
def test_words_typed_and_not_sent_hold_a_decision_up_until_something_is_done_with_them(
    client_of, reviewer, publisher, procedure_version, by, name
):
    if name == "version-publish":
        version, judge = reviewed_with(procedure_version.procedure, by, 4100), client_of(publisher)
    else:
        version, judge = draft_with(procedure_version.procedure, by, 4100), client_of(reviewer)
        actions.send_to_review(version, by=by["editor"])
    before = ProcedureVersion.objects.get(number=2).status
    typed = {"revision": version.revision, "text": "¿Y la ley?", "part": "legal_basis", "day": "2100-01-02"}

    held = judge.post(url(name, "3430", 2), typed)

    assert held.status_code == 422
    assert 'href="#id_text"' in held.text
    assert "¿Y la ley?</textarea>" in held.text
    assert '<option value="legal_basis" selected>' in held.text
    if name == "version-publish":
        assert 'value="2100-01-02"' in held.text
    assert ProcedureVersion.objects.get(number=2).status == before
    assert judge.post(url(name, "3430", 2), {**typed, "text": " ", "day": ""}).status_code == 302


def test_what_is_typed_beside_it_outlives_a_comment_and_one_that_is_seen_to(
    client_of, publisher, procedure_version, by
):
    version = reviewed_with(procedure_version.procedure, by, 4100)
    comment = actions.comment_version(version, by=by["reviewer"], text="Mira los costos.")
    judge = client_of(publisher)

    settled = judge.post(
        url("comment-settle", "3430", 2, comment.pk), {"text": "Ya voy.", "day": "2100-01-02"}
    )
    added = judge.post(
        url("version-comment", "3430", 2), {"text": "Ya voy.", "day": "2100-01-02"}, follow=True
    )

    assert "Ya voy.</textarea>" in settled.text
    for page in (settled, added):
        assert 'value="2100-01-02"' in page.text
    assert "Ya voy.</textarea>" not in added.text
    assert version.comments.count() == 2


def test_publish_now_is_now_whatever_day_was_typed(client_of, publisher, procedure_version, by):
    version = reviewed_with(procedure_version.procedure, by, 4100)
    posted = {"revision": version.revision, "day": "2100-01-02", "now": "1"}

    client_of(publisher).post(url("version-publish", "3430", 2), posted)

    assert cost_now() == 4100


def test_what_people_will_miss_is_said_where_a_sheet_is_sent_and_decided_on(
    client_of, editor, reviewer, publisher, procedure_version, by
):
    def is_told(user, page="version-compare"):
        work, _, _ = client_of(user).get(url(page, "3430", 2)).text.partition('<aside class="aside"')
        return "Say who may ask for it." in work

    draft = draft_with(procedure_version.procedure, by, 4100)
    content = {**draft.content, "sections": {"purpose": {"es": "Sirve para probar."}}}
    draft = actions.edit_version(draft, by=by["editor"], content=content, revision=draft.revision)

    assert is_told(editor, "version")
    assert not is_told(reviewer), "not theirs to decide yet"
    actions.send_to_review(draft, by=by["editor"])
    assert is_told(reviewer)
    assert is_told(reviewer, "version")
    actions.review_version(draft, by=by["reviewer"], revision=draft.revision)
    assert is_told(publisher)
    publish(draft, by)
    assert not is_told(publisher)


def test_whose_turn_it_is_is_led_from_the_sheet_to_the_decision(
    client_of, editor, reviewer, publisher, procedure_version, by
):
    def is_led(user):
        return "Compare and decide" in client_of(user).get(url("version", "3430", 2)).text

    version = draft_with(procedure_version.procedure, by, 4100)
    assert [is_led(user) for user in (editor, reviewer, publisher)] == [False, False, False]
    actions.send_to_review(version, by=by["editor"])
    assert [is_led(user) for user in (editor, reviewer, publisher)] == [False, True, False]
    actions.review_version(version, by=by["reviewer"], revision=version.revision)
    assert [is_led(user) for user in (editor, reviewer, publisher)] == [False, False, True]


def test_the_database_lets_nobody_approve_what_they_wrote(procedure_version, by, editor):
    version = reviewed_with(procedure_version.procedure, by, 4100)

    for change in ({"status": "approved", "publisher": editor}, {"status": "reviewed", "reviewer": editor}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ProcedureVersion.objects.filter(pk=version.pk).update(**change)


def test_a_publisher_of_an_agency_publishes_for_it_alone(procedure_version, by, agency, other_agency):
    version = reviewed_with(procedure_version.procedure, by, 4100)
    stranger = Actor.staff(people.staff("Pía Otra", Role.PUBLISHER, agency=other_agency))
    own = Actor.staff(people.staff("Paz Propia", Role.PUBLISHER, agency=agency))

    with pytest.raises(NotAllowed):
        actions.publish_version(version, by=stranger, revision=version.revision)
    actions.publish_version(version, by=own, revision=version.revision)

    assert cost_now() == 4100


def test_whoever_sends_to_review_is_told_when_there_is_nobody_to_read(
    client_of, editor, actor_of, procedure_version
):
    draft = actions.begin_version(procedure_version.procedure, by=actor_of(editor))
    actions.send_to_review(draft, by=actor_of(editor))

    assert "Nobody has this work for the agency yet" in client_of(editor).get(url("procedure", "3430")).text


def test_the_list_shows_each_what_waits_for_them(
    client_of, editor, reviewer, publisher, procedure_version, by
):
    def waits_for(user):
        return "Example certificate" in client_of(user).get(url("procedures"), {"view": "mine"}).text

    draft = draft_with(procedure_version.procedure, by, 4100)
    assert [waits_for(user) for user in (editor, reviewer, publisher)] == [True, False, False]
    actions.send_to_review(draft, by=by["editor"])
    assert [waits_for(user) for user in (editor, reviewer, publisher)] == [False, True, False]
    actions.review_version(draft, by=by["reviewer"], revision=draft.revision)
    assert [waits_for(user) for user in (editor, reviewer, publisher)] == [False, False, True]
    assert "Example certificate" in client_of(publisher).get(url("procedures")).text, "judges begin with it"


def test_the_list_begins_with_what_waits_for_somebody_and_an_editors_with_all_when_nothing_does(
    client_of, editor, reviewer, procedure_version, by
):
    def begins(user):
        return client_of(user).get(url("procedures")).context["view"]

    assert [begins(user) for user in (editor, reviewer)] == ["all", "mine"]
    draft = draft_with(procedure_version.procedure, by, 4100)
    actions.send_to_review(draft, by=by["editor"])
    assert begins(editor) == "all", "it waits for somebody else"
    actions.return_version(draft, by=by["reviewer"], comment="Falta la ley.")
    assert begins(editor) == "mine"


# --- kept true ----------------------------------------------------------------------------------------


def test_a_sheet_says_when_it_was_read_through(client_of, client, editor, procedure_version):
    public = links.url("procedure", SLUG)
    later = clock.now() + timedelta(days=40)
    with clock.frozen(later):
        client_of(editor).post(url("confirm", "3430"), {"number": 1})
        event = Event.objects.get(kind="procedure.confirmed")
        tasks.refresh_pages(event_ids=[str(event.pk)])

        procedure = Procedure.objects.get()
        today = clock.local_date(later, "America/Santiago")
        assert (procedure.reviewed_on, procedure.review_by) == (today, today + timedelta(days=365))
        assert f"Reviewed on {day(today)}." in client.get(public).text


def test_only_the_version_that_was_read_is_said_to_be_true(client_of, editor, procedure_version, by):
    procedure = procedure_version.procedure
    page = client_of(editor).get(url("procedure", "3430")).text
    assert '<input type="hidden" name="number" value="1">' in page
    publish(reviewed_with(procedure, by, 4100), by)
    Procedure.objects.update(reviewed_on=None)

    refused = client_of(editor).post(url("confirm", "3430"), {"number": 1}, follow=True)

    assert "Another version is public since you opened the page." in refused.text
    assert Procedure.objects.get().reviewed_on is None
    client_of(editor).post(url("confirm", "3430"), {"number": 2})
    assert Procedure.objects.get().reviewed_on is not None


def test_what_is_not_public_is_not_confirmed(procedure_version, by, agency):
    procedure = Procedure.objects.create(code="77", slug="nuevo", agency=agency)

    with pytest.raises(DomainError, match="not public"):
        actions.confirm_sheet(procedure, by=by["editor"], number=1)


def test_its_owner_is_reminded_before_on_and_after_the_day_and_each_time_once(
    procedure_version, editor, second_editor, by
):
    procedure = procedure_version.procedure
    now = clock.now()
    day = clock.local_date(now, "America/Santiago") + timedelta(days=40)
    actions.look_after(procedure, by=by["editor"], owner=editor, review_by=day)

    for after in (5, 10, 11, 33, 34, 40, 41, 69, 70, 71, 100):
        with clock.frozen(now + timedelta(days=after)):
            for _twice in range(2):
                tasks.remind_of_reviews()
                tasks.send_reminders()

    told = list(ReviewReminder.objects.order_by("pk").values_list("user", "days_left"))
    assert told == [(editor.pk, left) for left in (30, 7, 0, -30, -60)]
    letters = [letter for letter in sent() if letter["to"] == editor.email]
    assert [letter["subject"].split(":")[0] for letter in letters[:1]] == [
        "Lea de nuevo “Certificado de ejemplo”, por favor"
    ]
    assert len(letters) == 5
    assert url("procedure", "3430").removeprefix("/en") in letters[0]["body"]


def test_a_sheet_that_was_read_meanwhile_is_reminded_of_no_more_and_one_bad_address_holds_no_letter_up(
    procedure_version, editor, by, monkeypatch, agency
):
    from integrations import mail
    from integrations.mail.memory import MemoryMail

    other = publish_many(agency, 1)[0].procedure
    bad = people.staff("Mala Dirección", Role.EDITOR, agency=agency)
    soon = clock.local_date(clock.now(), "America/Santiago") + timedelta(days=3)
    actions.look_after(procedure_version.procedure, by=by["editor"], owner=bad, review_by=soon)
    actions.look_after(other, by=by["editor"], owner=editor, review_by=soon)
    tasks.remind_of_reviews()

    def refuse(self, *, to, **letter):
        if to == bad.email:
            raise mail.MailUnavailable
        letters.append(to)

    letters = []
    monkeypatch.setattr(MemoryMail, "send", refuse)
    tasks.send_reminders()
    assert letters == [editor.email]
    tasks.send_reminders()
    assert letters == [editor.email], "what the mail system did not take waits, and holds no other up"
    actions.confirm_sheet(procedure_version.procedure, by=by["editor"], number=1)
    monkeypatch.undo()
    tasks.send_reminders()
    assert not ReviewReminder.objects.filter(user=bad).exists()


def test_whose_sheet_it_is_changes_without_a_new_day(procedure_version, editor, by):
    procedure = procedure_version.procedure
    actions.look_after(procedure, by=by["editor"], owner=None, review_by=tomorrow().date())
    with clock.frozen(clock.now() + timedelta(days=9)):
        procedure = actions.look_after(
            procedure, by=by["editor"], owner=editor, review_by=tomorrow().date() - timedelta(days=9)
        )

    assert procedure.owner == editor


def test_without_an_owner_at_work_every_editor_of_the_agency_is_reminded(
    procedure_version, editor, second_editor, by
):
    now = clock.now()
    actions.look_after(
        procedure_version.procedure,
        by=by["editor"],
        owner=second_editor,
        review_by=clock.local_date(now, "America/Santiago") + timedelta(days=3),
    )
    second_editor.is_active = False
    second_editor.save()

    tasks.remind_of_reviews()

    assert [reminder.user for reminder in ReviewReminder.objects.all()] == [editor]


def test_nobody_sees_to_a_sheet_who_does_not_work_on_it(client_of, editor, clerk, procedure_version, by):
    with pytest.raises(DomainError) as refused:
        actions.look_after(procedure_version.procedure, by=by["editor"], owner=clerk)
    assert "owner" in refused.value.fields
    answer = client_of(editor).post(
        url("care", "3430"), {"care-owner": str(clerk.pk), "care-review_by": "2020-01-01"}
    )
    assert answer.status_code == 422


def test_stale_thin_unread_and_complained_about_sheets_are_listed(procedure_version, agency, by):
    def listed(view):
        return [row.code for row in editing.editors_procedures(by["editor"], view=view)[0]]

    good, *_others = publish_many(agency, 1)
    assert [listed(view) for view in ("stale", "thin", "unread", "reports")] == [[], [], [], []]
    bare = {
        **procedure_version.content,
        "code": "88", "slug": "escueto", "costs": [], "requirements": [], "legal_basis": [], "form": {},
        "channels": {}, "stages": [],
    }  # fmt: skip
    actions.put_sheet(agency, bare, by=Actor.system())
    assert listed("thin") == ["88"]
    for useful in (True, True, True, False, False):
        actions.record_vote(good, by=Actor.visitor(), is_useful=useful)
    assert listed("reports") == ["5000"]
    actions.keep_readings({str(good.procedure_id): 3}, by=Actor.system())
    with clock.frozen(clock.now() + timedelta(days=89)):
        actions.keep_readings({str(good.procedure_id): 1}, by=Actor.system())
    with clock.frozen(clock.now() + timedelta(days=100)):
        assert listed("unread") == ["3430", "88"]
    with clock.frozen(clock.now() + timedelta(days=366)):
        assert listed("stale") == ["3430", "88", "5000"]
    assert editing.view_counts(by["editor"])["thin"] == 1


def test_each_reading_of_a_public_page_counts_from_memory_too_and_robots_do_not(
    client, procedure_version, monkeypatch
):
    from catalog import readings

    monkeypatch.setattr(readings, "EVERY_SECONDS", -1.0)
    tasks.keep_readings()
    page = links.url("procedure", SLUG)
    for _time in range(3):
        client.get(page)
    client.get(page, headers={"user-agent": "Googlebot/2.1"})
    client.head(page)

    for _twice in range(2):
        tasks.keep_readings()

    assert procedure_version.procedure.readings.get().count == 3


def test_what_overtakes_a_version_before_it_was_told_of_is_compared_with_what_people_read(
    procedure_version, by
):
    procedure = procedure_version.procedure
    scheduled = reviewed_with(procedure, by, 4100)
    begins = tomorrow()
    publish(scheduled, by, begins_at=begins)

    with clock.frozen(begins + timedelta(seconds=5)):
        later = draft_with(procedure, by, 4100)
        content = {**later.content, "summary": {"es": "Otras palabras."}}
        later = actions.edit_version(later, by=by["editor"], content=content, revision=later.revision)
        actions.send_to_review(later, by=by["editor"])
        later = actions.review_version(later, by=by["reviewer"], revision=later.revision)
        publication = publish(later, by)

    assert publication.touches == ["pay"]


# --- agencies that nobody knows ----------------------------------------------------------------------
NOBODYS = [{"agency": "NADIE", "order": 1, "required": True, "term_business_days": 10}]


def test_a_stage_of_an_agency_nobody_knows_is_told_at_its_place_when_a_draft_is_saved(procedure_version, by):
    draft = actions.begin_version(procedure_version.procedure, by=by["editor"])

    with pytest.raises(SheetInvalid) as refused:
        actions.edit_version(
            draft, by=by["editor"], content={**draft.content, "stages": NOBODYS}, revision=draft.revision
        )

    assert refused.value.problems == [("stages[0].agency", "there is no agency “NADIE”")]


def test_a_stage_that_stood_there_before_lets_the_rest_be_saved(procedure_version, by):
    draft = actions.begin_version(procedure_version.procedure, by=by["editor"])
    ProcedureVersion.objects.filter(pk=draft.pk).update(content={**draft.content, "stages": NOBODYS})
    content = {**draft.content, "stages": NOBODYS, "title": {"es": "Otro"}}

    saved = actions.edit_version(draft, by=by["editor"], content=content, revision=draft.revision)

    assert (saved.title_es, saved.content["stages"]) == ("Otro", NOBODYS)
