"""What an agency and a citizen write to each other in a case; no clock stops for it."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Role
from common import clock
from common.errors import DomainError, TooManyAttempts, require
from crm import permissions
from crm.actions.levels import require_level
from crm.actions.mandates import require_voice
from crm.actions.transitions import require_fresh
from crm.models import Case, Interaction, MandateAct, Message, MessageKind, Stage
from crm.models.message import TO_AGENCY, TO_CITIZEN
from crm.queries.parts import addressee
from crm.texts import written
from events.record import record

NOTHING_WRITTEN = _("In this case nothing can be written.")
AFTER_DECISION = timedelta(days=30)  # how long both sides may still write
MOST_IN_HOUR, MOST_IN_DAY = 5, 20  # messages of the citizen in one case; of the officers of one agency
PROGRAMS_IN_HOUR, PROGRAMS_IN_DAY = 10, 40  # of its programs, counted apart: they use up no officer's letters


@transaction.atomic
def write_to_citizen(stage: Stage, *, by: Actor, text: str, revision: int | None = None) -> Message:
    """
    Write to the citizen; nothing is asked, and the clock goes on.

    :raises NotAllowed: `by` is no officer of the agency
    :raises DomainError: nothing was written, or the case is over since more than thirty days
    :raises TooManyAttempts: this side wrote too often
    :raises StaleVersion: the case was changed since it was looked at
    """
    text = written(text, "text", _("Write what the citizen should read."))
    case = Case.objects.lock(stage.case_id)
    stage = Stage.objects.select_related("agency").get(pk=stage.pk)
    require(permissions.can_decide(by, stage), _("Only officers of the agency can write to the citizen."))
    require_fresh(case, revision)
    now = clock.now()
    require_writable(case, now)
    require_patience_with_agency(stage, by=by, at=now)
    return _write(case, stage, MessageKind.NOTICE, text, by=by, at=now)


@transaction.atomic
def write_to_agency(
    case: Case, *, by: Actor, interaction: Interaction, text: str, stage: Stage | None = None
) -> Message:
    """
    Write to an agency of a case: while it is open, and for thirty days after its decision. The same text to the same agency within an
    hour, with nothing said on either side since, is the second press of one button.

    :param stage: to which of its agencies; otherwise the first that still works on it, or the one that refused it
    :raises NotAllowed: `by` neither holds the key nor has the case before them
    :raises LevelTooLow: the sheet asks to be surer of who writes on this channel
    :raises MandateRefused: somebody speaks for another, by a mandate that does not allow it
    :raises DomainError: nothing was written, or the case is over since more than thirty days
    :raises TooManyAttempts: this side wrote too often
    """
    text = written(text, "text", _("Write what the agency should read."))
    case = Case.objects.lock(case.pk)
    require_level(case, "answer", by=by, interaction=interaction)
    require_voice(
        case,
        by=by,
        act=MandateAct.ANSWER,
        interaction=interaction,
        refusal=_("Only the citizen, or whoever attends them, can write in this case."),
    )
    now = clock.now()
    require_writable(case, now)
    stages = list(case.stages.select_related("agency").order_by("order", "pk"))
    chosen = next((one for one in stages if stage and one.pk == stage.pk), None) or addressee(stages)
    if repeated := _pressed_twice(case, chosen, text, now):
        return repeated
    _require_patience(case.messages.filter(kind=MessageKind.MESSAGE), now, MOST_IN_HOUR, MOST_IN_DAY)
    return _write(case, chosen, MessageKind.MESSAGE, text, by=by, at=now, interaction=interaction)


def _pressed_twice(case: Case, stage: Stage, text: str, now: datetime) -> Message | None:
    """The message that is there already, where the last thing said in the case is this very one; notes among officers say nothing."""
    last = case.messages.exclude(kind=MessageKind.NOTE).order_by("-at", "-pk").first()
    if last is None or last.kind != MessageKind.MESSAGE or last.at <= now - timedelta(hours=1):
        return None
    return last if (last.text, last.stage_id) == (text, stage.pk) else None


@transaction.atomic
def read_messages(case: Case, *, by: Actor) -> int:
    """
    Note that whoever looks at a case now has read what the other side wrote; returns how much of it was new.

    An officer, or their agency's program, reads what was written to it; the citizen, with the key, what any agency wrote. Anybody else
    reads for nobody.
    """
    unread = case.messages.filter(read_at__isnull=True, redacted_at__isnull=True)
    if by.is_staff or by.is_agency:
        agencies = by.agency_ids(Role.OFFICER)
        mine = Q(stage__agency__in=agencies) | Q(stage__isnull=True) if agencies else Q(pk__in=[])
        unread = unread.filter(mine, kind__in=TO_AGENCY)
    elif case.pk in by.case_ids:
        unread = unread.filter(kind__in=TO_CITIZEN)
    else:
        return 0
    ids = list(unread.values_list("pk", flat=True)[:500])
    return Message.objects.filter(pk__in=ids, read_at__isnull=True).update(read_at=clock.now()) if ids else 0


def may_still_write(case: Case, now: datetime) -> bool:
    """Whether both sides may write in a case now: while it is open, and for thirty days after its decision."""
    if case.is_draft or case.redacted_at is not None:
        return False
    return case.is_open or case.decided_at is None or now <= case.decided_at + AFTER_DECISION


def require_writable(case: Case, now: datetime) -> None:
    """
    Refuse to write in a case that was erased, or is over since long.

    :raises DomainError:
    """
    if case.is_draft or case.redacted_at is not None:
        raise DomainError(NOTHING_WRITTEN)
    if not may_still_write(case, now):
        raise DomainError(
            _(
                "This case was decided more than 30 days ago: nothing is written in it any more. File a new one, or a complaint."
            )
        )


def require_patience_with_agency(stage: Stage, *, by: Actor, at: datetime) -> None:
    """
    Refuse one more letter of an agency in a case where its officers, or its programs, wrote too often; the case is locked.

    :raises TooManyAttempts:
    """
    is_program = by.user_id is None
    letters = Message.objects.filter(
        case=stage.case_id,
        kind=MessageKind.NOTICE,
        stage__agency=stage.agency_id,
        author__isnull=is_program,
    )
    most = (PROGRAMS_IN_HOUR, PROGRAMS_IN_DAY) if is_program else (MOST_IN_HOUR, MOST_IN_DAY)
    _require_patience(letters, at, *most)


def _require_patience(letters: QuerySet[Message], now: datetime, in_hour: int, in_day: int) -> None:
    """The case is locked: whoever writes at the same moment is counted too."""
    written_at = list(letters.filter(at__gt=now - timedelta(days=1)).values_list("at", flat=True))
    in_this_hour = [at for at in written_at if at > now - timedelta(hours=1)]
    if len(written_at) >= in_day or len(in_this_hour) >= in_hour:
        raise TooManyAttempts(
            _("Too much was written here in a short time. What you wrote stays on this page; send it later.")
        )


def _write(
    case: Case,
    stage: Stage,
    kind: MessageKind,
    text: str,
    *,
    by: Actor,
    at: datetime,
    interaction: Interaction | None = None,
) -> Message:
    message = Message.objects.create(
        case=case, stage=stage, kind=kind, text=text, author_id=by.user_id, interaction=interaction, at=at
    )
    case.revision += 1
    case.save(update_fields=["revision"])
    record(
        "case.written_to_agency" if kind == MessageKind.MESSAGE else "case.written_to_citizen",
        case,
        by=by,
        at=at,
        interaction=interaction,
        channel=interaction.channel if interaction else "agency",
        message=str(message.pk),
        stage=str(stage.pk),
        agency=stage.agency.code,
    )
    return message
