"""Messages to citizens: where they go, what they say, when they may ring, and what becomes of each."""

import threading
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from accounts.actors import Actor
from common import clock
from crm import actions, files, tasks
from crm.actions.notifications import MOST_TRIES, letter_of
from crm.models import ContactPoint, MessagePolicy, MessageWish, Notification, Person
from crm.queries.notifications import due_notifications, told_of
from crm.quiet import next_allowed
from crm.terms import effective_on
from crm.told import NEUTRAL, TOLD
from events.models import Event
from integrations import mail, sms
from integrations.mail import memory as post
from integrations.mail.memory import MemoryMail
from integrations.sms import memory as telephone
from integrations.sms.memory import MemorySms
from territory.models import Holiday
from territory.queries import calendar
from tests.factories import crm

SYSTEM = Actor.system()
GSM7 = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
NOON = datetime(2026, 11, 25, 15, tzinfo=UTC)  # a Wednesday, at midday in Santiago
TEMPLATES = sorted({told.template for told in TOLD.values()} | {NEUTRAL})


@pytest.fixture(autouse=True)
def _own_store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def by(officer, actor_of):
    return actor_of(officer)


@pytest.fixture
def at_noon():
    with clock.frozen(NOON):
        yield


def event_of(case, kind="case.submitted"):
    return Event.objects.filter(subject_id=case.pk, kind=kind).latest("seq")


def prepare(case, kind="case.submitted"):
    actions.prepare_notifications(event_of(case, kind).pk, by=SYSTEM)
    return list(Notification.objects.filter(event_id=event_of(case, kind).pk).order_by("contact_point__kind"))


def send(notification):
    actions.send_notification(notification.pk, by=SYSTEM)
    notification.refresh_from_db()
    return notification


def wish(case, channel="", scope="all"):
    MessageWish.objects.create(case=case, channel=channel, scope=scope)


# --- where they go ----------------------------------------------------------------------------------
def test_without_a_wish_it_goes_by_mail_and_by_text_where_there_is_no_mail(procedure_version):
    both, phone_only = (
        crm.filed_case(procedure_version),
        crm.filed_case(procedure_version, applicant_email=""),
    )

    assert [one.contact_point.kind for one in prepare(both)] == ["email"]
    assert [one.contact_point.kind for one in prepare(phone_only)] == ["phone"]


@pytest.mark.parametrize(
    ("channel", "kinds"), [("email", ["email"]), ("sms", ["phone"]), ("both", ["email", "phone"])]
)
def test_it_goes_by_the_channel_that_is_wished(channel, kinds, submitted_case):
    wish(submitted_case, channel)

    assert [one.contact_point.kind for one in prepare(submitted_case)] == kinds


def test_nobody_opts_out_of_what_asks_something_or_decides(submitted_case, by):
    wish(submitted_case, scope="needed")
    actions.ask_citizen(actions.take_stage(submitted_case.stages.get(), by=by), by=by, question="¿Qué?")

    assert prepare(submitted_case) == []
    assert prepare(submitted_case, "case.taken") == []
    assert len(prepare(submitted_case, "case.asked")) == 1


def test_a_duty_goes_by_the_other_channel_where_the_wished_one_is_not_there(procedure_version, by):
    case = crm.filed_case(procedure_version, applicant_email="")
    wish(case, "email")
    actions.ask_citizen(actions.take_stage(case.stages.get(), by=by), by=by, question="¿Qué?")

    assert prepare(case) == []
    assert [one.contact_point.kind for one in prepare(case, "case.asked")] == ["phone"]


@pytest.mark.parametrize(
    "change",
    [{"is_safe": False}, {"may_announce": False}, {"ended_at": NOON}, {"value": "otra@test.invalid"}],
)
def test_it_goes_nowhere_unsafe_ended_or_not_given_in_this_case(change, submitted_case):
    ContactPoint.objects.filter(kind="email").update(**change)
    wish(submitted_case, "email")

    assert prepare(submitted_case) == []


def test_what_becomes_unsafe_before_it_is_sent_is_not_sent(submitted_case):
    (notification,) = prepare(submitted_case)
    ContactPoint.objects.update(is_safe=False)

    assert (send(notification).state, notification.failure) == ("failed", "unsafe")
    assert post.sent() == []


def test_a_confirmed_address_of_the_person_is_good_too(procedure_version):
    case = crm.filed_case(procedure_version, applicant_email="")
    person = case.parties.get().person
    ContactPoint.objects.create(person=person, kind="email", value="segura@test.invalid", level=200)
    ContactPoint.objects.create(person=person, kind="email", value="dicha@test.invalid", level=100)

    assert [one.contact_point.value for one in prepare(case)] == ["segura@test.invalid"]


def test_a_landline_gets_no_text(procedure_version):
    assert (
        prepare(crm.filed_case(procedure_version, applicant_email="", applicant_phone="+56222222222")) == []
    )


def test_at_an_address_that_somebody_else_has_too_it_says_only_that_there_is_a_message(submitted_case):
    other = Person.objects.create(name="Otra Persona")
    ContactPoint.objects.create(person=other, kind="email", value="amina@test.invalid")
    (notification,) = prepare(submitted_case)

    send(notification)

    (letter,) = post.sent()
    assert submitted_case.version.title not in letter["subject"] + letter["body"]
    assert submitted_case.folio not in letter["subject"] + letter["body"]


# --- what they say ----------------------------------------------------------------------------------
@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("template", TEMPLATES)
def test_a_text_is_one_short_message_of_plain_letters_without_anything_of_the_person(
    template, language, submitted_case
):
    submitted_case.language = language

    text = letter_of(template, submitted_case, is_text=True).body

    assert 20 < len(text) <= 160
    assert set(text) <= GSM7, set(text) - GSM7
    assert "http" not in text
    assert submitted_case.key not in text
    for secret in ("Amina", "Rojas", "12345678", submitted_case.version.title):
        assert secret not in text


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("template", TEMPLATES)
def test_a_letter_is_whole_in_both_languages_and_holds_no_key(template, language, submitted_case):
    submitted_case.language = language

    letter = letter_of(template, submitted_case, is_text=False)

    assert 10 < len(letter.subject) < 120
    assert submitted_case.key not in letter.body
    assert "Amina" not in letter.body
    assert "101" in letter.body


def test_both_languages_say_it_in_their_own_words(submitted_case):
    for template in TEMPLATES:
        said = set()
        for language in ("es", "en"):
            submitted_case.language = language
            said |= {letter_of(template, submitted_case, is_text=is_text).body for is_text in (True, False)}
        assert len(said) == 4, template


def test_every_event_that_is_told_has_its_templates():
    folder = Path("templates")
    for told in TOLD.values():
        for name in (
            f"email/{told.template}.txt",
            f"email/{told.template}.subject.txt",
            f"sms/{told.template}.txt",
        ):
            assert (folder / name).exists(), name


# --- what may still be undone -----------------------------------------------------------------------
def refuse(case, by):
    return actions.judge_document(case.documents.get(), by=by, state="rejected", reason="No se lee.")


def test_a_refusal_is_not_told_while_it_may_be_undone(submitted_case, by, in_english):
    with clock.frozen(NOON):
        refuse(submitted_case, by)
        (notification,) = prepare(submitted_case, "document.rejected")
        due = actions.prepare_notifications(event_of(submitted_case, "document.rejected").pk, by=SYSTEM)
        early = send(notification).state
    told = told_of([notification.event_id], staff=False)[notification.event_id]
    with clock.frozen(NOON + timedelta(minutes=10)):
        on_time = send(notification).state

    assert (due, early, on_time) == ([], "pending", "sent")
    assert told == ("An e-mail about this will be sent on Wednesday 25 November from 12:10.",)


def test_a_text_on_a_refusal_waits_for_both_the_ten_minutes_and_the_morning(procedure_version, by):
    case = crm.filed_case(procedure_version, applicant_email="")
    nearly_night = datetime(2026, 11, 25, 23, 55, tzinfo=UTC)  # 20:55 in Santiago
    with clock.frozen(nearly_night):
        refuse(case, by)
        (notification,) = prepare(case, "document.rejected")

    assert notification.next_try_at == datetime(2026, 11, 26, 11, tzinfo=UTC)


def test_a_refusal_undone_in_time_is_told_to_nobody_and_the_thread_says_so(submitted_case, by, in_english):
    with clock.frozen(NOON):
        paper = refuse(submitted_case, by)
        (notification,) = prepare(submitted_case, "document.rejected")
        actions.undo_judgement(paper, by=by)
        undoing = prepare(submitted_case, "document.judgement_undone")
    with clock.frozen(NOON + timedelta(minutes=10)):
        send(notification)

    (of_staff,), (of_citizen,) = (
        told_of([notification.event_id], staff=staff)[notification.event_id] for staff in (True, False)
    )
    assert (notification.state, notification.failure) == ("failed", "overtaken")
    assert (post.sent(), undoing) == ([], [])
    assert of_staff.endswith("was not sent: it was no longer so.")
    assert of_citizen == "We sent you no message about this: by then it was no longer so."


def test_a_refusal_made_again_is_told_once(submitted_case, by):
    with clock.frozen(NOON):
        actions.undo_judgement(refuse(submitted_case, by), by=by)
        refuse(submitted_case, by)
        refusals = Event.objects.filter(kind="document.rejected").order_by("seq")
        for refusal in refusals:
            actions.prepare_notifications(refusal.pk, by=SYSTEM)
    with clock.frozen(NOON + timedelta(minutes=10)):
        states = [send(Notification.objects.get(event_id=refusal.pk)).state for refusal in refusals]

    assert states == ["failed", "sent"]


def test_that_an_acceptance_was_undone_leaves_the_refusal_before_it_to_be_told(submitted_case, by):
    with clock.frozen(NOON):
        paper = refuse(submitted_case, by)
        (notification,) = prepare(submitted_case, "document.rejected")
        actions.judge_document(paper, by=by, state="accepted")
        actions.undo_judgement(paper, by=by)
        undoing = prepare(submitted_case, "document.judgement_undone")
    with clock.frozen(NOON + timedelta(minutes=10)):
        send(notification)

    assert (notification.state, undoing) == ("sent", [])


def test_that_a_refusal_was_undone_is_told_where_the_refusal_had_left(submitted_case, by):
    paper = refuse(submitted_case, by)
    (notification,) = prepare(submitted_case, "document.rejected")
    Notification.objects.update(next_try_at=clock.now())
    send(notification)

    actions.undo_judgement(paper, by=by)
    (undoing,) = prepare(submitted_case, "document.judgement_undone")

    assert (notification.state, undoing.template) == ("sent", "paper_restored")
    assert send(undoing).state == "sent"


def test_an_undoing_under_way_is_waited_for_before_a_refusal_is_told(submitted_case, by):
    refuse(submitted_case, by)
    (notification,) = prepare(submitted_case, "document.rejected")
    with clock.frozen(clock.now() + timedelta(minutes=10)), CaptureQueriesContext(connection) as asked:
        send(notification)

    assert any('"crm_document"' in one["sql"] and "FOR UPDATE" in one["sql"] for one in asked)


# --- what is no longer so when it could leave ---------------------------------------------------------
def take(case, by):
    return actions.take_stage(case.stages.get(), by=by)


def ask(case, by):
    return actions.ask_citizen(take(case, by), by=by, question="¿Qué?", days=5)


def answer(case):
    actions.answer_agency(case, by=case.holder, interaction=crm.web_contact(), text="Esto.")


def withdraw(case):
    actions.withdraw_case(case, by=case.holder, interaction=crm.web_contact())


def deny(case, by):
    actions.decide_stage(case.stages.get(), by=by, decision="denied", reason="No.")


def reopen(case, by):
    actions.close_case(case, by=by)
    actions.reopen_stage(case.stages.get(), by=by, reason="Otra vez.")


OVERTAKEN = {
    "taken and given back": (
        "case.taken",
        take,
        lambda case, by: actions.give_back_stage(case.stages.get(), by=by),
    ),
    "taken and decided": ("case.taken", take, deny),
    "asked and answered": ("case.asked", ask, lambda case, by: answer(case)),
    "asked and withdrawn": ("case.asked", ask, lambda case, by: withdraw(case)),
    "decided and opened again": ("case.denied", lambda case, by: [take(case, by), deny(case, by)], reopen),
    "refused and replaced": (
        "document.rejected",
        refuse,
        lambda case, by: actions.add_document(
            case,
            by=case.holder,
            file=files.store(crm.pdf("otro.pdf", crm.pdf_of("otro"))),
            requirement="proof",
        ),
    ),
    "refused and withdrawn": ("document.rejected", refuse, lambda case, by: withdraw(case)),
}


@pytest.mark.parametrize(("kind", "first", "then"), OVERTAKEN.values(), ids=OVERTAKEN)
def test_what_is_no_longer_so_when_it_could_leave_is_told_to_nobody(kind, first, then, submitted_case, by):
    """It waits for the morning, for ten minutes, or for a mail server that is away."""
    with clock.frozen(NOON):
        first(submitted_case, by)
        (message,) = prepare(submitted_case, kind)
    with clock.frozen(NOON + timedelta(minutes=4)):
        then(submitted_case, by)
    with clock.frozen(NOON + timedelta(minutes=11)):
        send(message)

    assert (message.state, message.failure) == ("failed", "overtaken")
    assert post.sent() == []


@pytest.mark.parametrize(
    ("kind", "first"), [(kind, first) for kind, first, _then in OVERTAKEN.values()], ids=OVERTAKEN
)
def test_what_is_still_so_is_told_however_long_it_waited(kind, first, submitted_case, by):
    with clock.frozen(NOON):
        first(submitted_case, by)
        (message,) = prepare(submitted_case, kind)
    with clock.frozen(NOON + timedelta(minutes=11)):
        send(message)

    assert message.state == "sent"


def test_taken_given_back_and_taken_again_is_told_once_and_not_before_it_can_no_longer_be_undone(
    submitted_case, by
):
    with clock.frozen(NOON):
        take(submitted_case, by)
        (first,) = prepare(submitted_case, "case.taken")
    with clock.frozen(NOON + timedelta(minutes=1)):
        send(first)
        assert first.state == "pending"
        actions.give_back_stage(submitted_case.stages.get(), by=by)
        take(submitted_case, by)
        (second,) = prepare(submitted_case, "case.taken")
    with clock.frozen(NOON + timedelta(minutes=12)):
        send(first)
        send(second)

    assert (first.failure, second.state, len(post.sent())) == ("overtaken", "sent", 1)


@pytest.mark.parametrize("is_answered", [False, True])
def test_a_reminder_is_sent_only_while_nobody_answered(is_answered, submitted_case, by):
    with clock.frozen(NOON):
        ask(submitted_case, by)
    with clock.frozen(NOON + timedelta(days=5)):
        tasks.remind_of_questions()
        (message,) = prepare(submitted_case, "case.answer_due")
        if is_answered:
            answer(submitted_case)
        send(message)

    assert message.state == ("failed" if is_answered else "sent")


@pytest.mark.parametrize("is_decided", [False, True])
def test_that_a_case_is_late_is_told_only_while_it_is(is_decided, submitted_case, by):
    stage = take(submitted_case, by)
    with clock.frozen(NOON + timedelta(days=90)):
        tasks.note_late_work()
        (message,) = prepare(submitted_case, "case.late")
        if is_decided:
            actions.decide_stage(stage, by=by, decision="granted", reason="")
        send(message)

    assert message.state == ("failed" if is_decided else "sent")


# --- when they may ring -----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("zone", "at", "allowed"),
    [
        ("America/Santiago", "2026-11-25T12:00", "2026-11-25T12:00"),  # Wednesday
        ("America/Santiago", "2026-11-25T20:59", "2026-11-25T20:59"),
        ("America/Santiago", "2026-11-25T21:00", "2026-11-26T08:00"),
        ("America/Santiago", "2026-11-26T03:00", "2026-11-26T08:00"),
        ("America/Santiago", "2026-11-28T12:00", "2026-11-28T12:00"),  # Saturday
        ("America/Santiago", "2026-11-28T22:00", "2026-11-30T08:00"),  # to Monday
        ("America/Santiago", "2026-11-29T12:00", "2026-11-30T08:00"),  # Sunday
        ("America/Santiago", "2026-12-07T21:30", "2026-12-09T08:00"),  # over the holiday of the 8th
        ("Pacific/Easter", "2026-11-25T20:30", "2026-11-25T20:30"),  # 22:30 in Santiago
        ("America/Punta_Arenas", "2026-11-25T07:59", "2026-11-25T08:00"),
        ("America/Santiago", "2026-09-05T23:30", "2026-09-07T08:00"),  # the night the clocks change
    ],
)
def test_texts_rest_by_night_on_sundays_and_on_holidays_where_the_citizen_lives(zone, at, allowed, db):
    from zoneinfo import ZoneInfo

    Holiday.objects.update_or_create(
        day=date(2026, 12, 8), defaults={"is_business_day": False, "name": "Inmaculada"}
    )
    calendar.forget()
    local = ZoneInfo(zone)

    found = next_allowed(datetime.fromisoformat(at).replace(tzinfo=local), zone=zone, policy=MessagePolicy())

    assert found.astimezone(local).strftime("%Y-%m-%dT%H:%M") == allowed


def test_the_hours_are_a_rule_that_can_be_changed(db):
    at = datetime(2026, 11, 29, 16, tzinfo=UTC)  # a Sunday, 13:00
    never = MessagePolicy(quiet_from=time(8), quiet_until=time(8), rests_on_holidays=False)

    assert next_allowed(at, zone="America/Santiago", policy=never) == at


def test_a_text_waits_for_the_morning_and_mail_does_not(submitted_case):
    wish(submitted_case, "both")
    with clock.frozen(datetime(2026, 11, 26, 2, tzinfo=UTC)):  # 23:00 in Santiago
        mailed, text = prepare(submitted_case)
        send(mailed)
        send(text)
    assert (mailed.state, text.state) == ("sent", "pending")
    assert telephone.sent() == []

    with clock.frozen(datetime(2026, 11, 26, 11, tzinfo=UTC)):  # 08:00
        assert send(text).state == "sent"
    assert len(telephone.sent()) == 1


# --- what becomes of each ---------------------------------------------------------------------------
@pytest.fixture
def away(monkeypatch):
    """Whoever sends mail and texts does not answer."""

    def mute(self, **given):
        raise mail.MailUnavailable

    def silent(self, **given):
        raise sms.SmsUnavailable

    monkeypatch.setattr(MemoryMail, "send", mute)
    monkeypatch.setattr(MemorySms, "send", silent)


def test_it_is_tried_again_later_and_later_and_given_up_with_the_reason(submitted_case, away):
    moment, waits = NOON, []
    with clock.frozen(moment):
        (notification,) = prepare(submitted_case)
    while notification.state == "pending":
        moment = max(moment, notification.next_try_at)
        with clock.frozen(moment):
            send(notification)
        if notification.next_try_at:
            waits.append((notification.next_try_at - moment).total_seconds())

    assert waits == sorted(waits)
    assert waits[0] == 60
    assert (notification.attempts, notification.failure) == (MOST_TRIES, "unavailable")


def test_it_is_not_tried_before_its_time(submitted_case, away, at_noon):
    (notification,) = prepare(submitted_case)
    send(notification)

    send(notification)

    assert notification.attempts == 1


def test_an_address_that_refuses_it_is_not_tried_again(submitted_case, monkeypatch):
    def refuse(self, **given):
        raise mail.MailRefused

    monkeypatch.setattr(MemoryMail, "send", refuse)
    (notification,) = prepare(submitted_case)

    assert (send(notification).state, notification.failure, notification.next_try_at) == (
        "failed",
        "refused",
        None,
    )


def test_a_worker_lost_while_sending_leaves_it_to_be_taken_up_under_the_same_name(
    submitted_case, monkeypatch
):
    sent = []

    def die(self, **given):
        sent.append(given["message_id"])
        raise SystemExit

    with monkeypatch.context() as patch, clock.frozen(NOON):
        patch.setattr(MemoryMail, "send", die)
        (notification,) = prepare(submitted_case)
        with pytest.raises(SystemExit):
            send(notification)
        assert due_notifications(clock.now()) == []

    with clock.frozen(NOON + timedelta(minutes=6)):
        assert due_notifications(clock.now()) == [notification.pk]
        assert send(notification).state == "sent"
    assert sent == [one["id"] for one in post.sent()]


@pytest.mark.parametrize("fault", [ValueError("a header that mail does not know"), SystemExit()], ids=repr)
def test_what_fails_in_a_way_nobody_foresaw_is_given_up_like_what_nobody_answers(
    fault, submitted_case, monkeypatch
):
    def fail(self, **given):
        raise fault

    monkeypatch.setattr(MemoryMail, "send", fail)
    moment = NOON
    with clock.frozen(moment):
        (notification,) = prepare(submitted_case)
    tries = 0
    while notification.next_try_at:
        moment, tries = max(moment, notification.next_try_at), tries + 1
        assert tries <= MOST_TRIES + 1
        with clock.frozen(moment), suppress(ValueError, SystemExit):
            actions.send_notification(notification.pk, by=SYSTEM)
        notification.refresh_from_db()

    assert (notification.state, notification.failure) == ("failed", "unavailable")
    assert notification.attempts == MOST_TRIES
    assert moment - NOON > timedelta(days=1)  # whoever mends it has as long as where a server is away


def test_asking_whether_a_text_arrived_ends_too_where_the_answer_can_not_be_read(submitted_case, monkeypatch):
    def fail(self, message_id):
        raise ValueError("an answer that nobody foresaw")

    monkeypatch.setattr(MemorySms, "receipt", fail)
    wish(submitted_case, "sms")
    with clock.frozen(NOON):
        (text,) = prepare(submitted_case)
        send(text)

    for later in (timedelta(hours=1), timedelta(hours=73)):
        with clock.frozen(NOON + later), pytest.raises(ValueError, match="foresaw"):
            send(text)

    text.refresh_from_db()
    assert (text.state, text.next_try_at) == ("sent", None)


def test_without_a_gateway_no_number_is_blamed_and_it_is_tried_again(procedure_version, settings, at_noon):
    settings.SMS_CLIENT, settings.SMS_URL = "http", ""
    (text,) = prepare(crm.filed_case(procedure_version, applicant_email=""))

    assert (send(text).state, text.failure, text.attempts) == ("pending", "", 1)


def test_a_text_is_followed_until_it_arrived(submitted_case):
    wish(submitted_case, "sms")
    with clock.frozen(NOON):
        (text,) = prepare(submitted_case)
        send(text)

    with clock.frozen(NOON + timedelta(minutes=3)):
        send(text)

    assert (text.state, text.next_try_at) == ("delivered", None)
    assert text.delivered_at == NOON + timedelta(minutes=3)


def test_a_text_of_which_nobody_hears_is_asked_after_for_three_days(submitted_case):
    wish(submitted_case, "sms")
    with clock.frozen(NOON):
        (text,) = prepare(submitted_case)
        send(text)
    cache.clear()  # the telephone company forgot
    asked, moment = 0, NOON
    while text.next_try_at:
        moment, asked = text.next_try_at, asked + 1
        with clock.frozen(moment):
            send(text)

    assert text.state == "sent"
    assert 5 < asked < 20
    assert moment > NOON + timedelta(hours=72)


def test_every_message_stands_in_the_thread_with_its_state(submitted_case, in_english):
    wish(submitted_case, "both")
    with clock.frozen(NOON):
        mailed, text = prepare(submitted_case)
        staff = told_of([text.event_id], staff=True)[text.event_id]
        assert staff == (
            "E-mail to a…@test.invalid: to be sent 25 Nov 12:00.",
            "Text message to …4321: to be sent 25 Nov 12:00.",
        )
        send(mailed)
        send(text)

    staff = told_of([text.event_id], staff=True)[text.event_id]
    citizen = told_of([text.event_id], staff=False)[text.event_id]
    assert staff == (
        "E-mail to a…@test.invalid: sent 25 Nov 12:00.",
        "Text message to …4321: sent 25 Nov 12:00.",
    )
    assert citizen == ("We sent you an e-mail about this.", "We sent you a text message about this.")


def test_two_workers_send_one_message_once(transactional_db, procedure_version):
    case = crm.filed_case(procedure_version)
    (notification,) = prepare(case)
    ready = threading.Barrier(2)

    def work():
        from django.db import connections

        try:
            ready.wait(timeout=20)
            actions.send_notification(notification.pk, by=SYSTEM)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _one in range(2)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()

    notification.refresh_from_db()
    assert (notification.state, notification.attempts) == ("sent", 1)


# --- decisions sent to an electronic domicile -------------------------------------------------------
@pytest.mark.parametrize(
    ("sent_on", "effective"),
    [
        (date(2026, 11, 25), date(2026, 11, 30)),  # Wednesday: Thursday, Friday, Monday
        (date(2026, 11, 27), date(2026, 12, 2)),  # Friday
        (date(2026, 11, 28), date(2026, 12, 2)),  # Saturday: Monday, Tuesday, Wednesday
        (date(2026, 12, 4), date(2026, 12, 10)),  # over the holiday of the 8th
    ],
)
def test_a_decision_takes_effect_the_third_business_day_after_it_was_sent(sent_on, effective, db):
    Holiday.objects.update_or_create(
        day=date(2026, 12, 8), defaults={"is_business_day": False, "name": "Inmaculada"}
    )
    calendar.forget()

    assert effective_on(sent_on, 3) == effective


def decided(case, by):
    stage = actions.take_stage(case.stages.get(), by=by)
    actions.decide_stage(stage, by=by, decision="denied", reason="Falta un requisito.")
    (notification,) = prepare(case, "case.denied")
    return send(notification)


def test_without_an_electronic_domicile_no_day_is_counted(submitted_case, by, at_noon):
    assert decided(submitted_case, by).effective_on is None


def test_sent_to_an_electronic_domicile_the_day_is_stored_and_told(submitted_case, by, at_noon, in_english):
    ContactPoint.objects.filter(kind="email").update(is_domicile=True)

    notification = decided(submitted_case, by)

    assert notification.effective_on == date(2026, 11, 30)
    assert "30 de noviembre" in post.sent()[-1]["body"]
    assert (
        "It takes effect on Monday 30 November"
        in told_of([notification.event_id], staff=True)[notification.event_id][0]
    )


@pytest.mark.parametrize(("is_domicile", "until"), [(False, "2 de diciembre"), (True, "7 de diciembre")])
def test_a_refusal_says_who_reviews_it_and_until_when(is_domicile, until, submitted_case, by, at_noon):
    """Ley 19.880, arts. 41 and 59: five business days, from when the decision takes effect."""
    ContactPoint.objects.filter(kind="email").update(is_domicile=is_domicile)

    decided(submitted_case, by)

    assert until in post.sent()[-1]["body"]
    assert submitted_case.stages.get().agency.name in post.sent()[-1]["body"]


def test_the_rule_can_be_switched_off_and_have_other_days(submitted_case, by, at_noon):
    ContactPoint.objects.filter(kind="email").update(is_domicile=True)
    MessagePolicy.objects.create(domicile_days=5)
    assert decided(submitted_case, by).effective_on == date(2026, 12, 2)

    MessagePolicy.objects.update(domicile_is_active=False)
    (other,) = prepare(submitted_case)
    assert send(other).effective_on is None


def test_the_sweep_hands_over_what_is_due_and_says_aloud_what_waited_too_long(
    submitted_case, monkeypatch, caplog
):
    handed = []
    monkeypatch.setattr(
        tasks.send_notification, "delay", lambda **given: handed.append(given["notification_id"])
    )
    with clock.frozen(NOON):
        (notification,) = prepare(submitted_case)

    with clock.frozen(NOON + timedelta(minutes=16)):
        assert tasks.send_due_notifications() == 1

    assert handed == [str(notification.pk)]
    assert "more than a quarter of an hour" in caplog.text
    with translation.override("es"):
        assert Notification.objects.get().get_state_display()
