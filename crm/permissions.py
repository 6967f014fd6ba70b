"""Who may do what with people and cases (state belongs to the models)."""

from typing import Any

from django.db.models import Q

from accounts.actors import Actor, ActorKind
from accounts.models import Role, Scope
from accounts.queries.teams import chiefs_covered_by
from crm.models import Case, Interaction, Mandate, MandateAct, Person, Stage, Task
from crm.models.interaction import SURE_ENOUGH, InteractionQuerySet
from crm.models.person import CHANNEL_ROLES
from crm.models.stage import UNDER_WAY
from crm.models.task import TEAM_ROLES, is_on_line


def can_attend(actor: Actor, interaction: Interaction) -> bool:
    """Channel staff, at the interaction's own office if it has one."""
    if actor.is_system:
        return True
    return actor.has_role(*CHANNEL_ROLES, office_id=interaction.office_id)


def is_attending(actor: Actor, interaction: Interaction) -> bool:
    """
    The member of staff who attends this contact now, or the program of the channel it comes through; a sign-in whose posts are over
    attends nothing any more.
    """
    if actor.is_system:
        return True
    if actor.is_agency:
        return actor.may(Scope.INTAKE) and actor.channel != "" and interaction.channel == actor.channel
    return actor.is_staff and interaction.agent_id is not None and interaction.agent_id == actor.user_id


def can_add_matters(actor: Actor, interaction: Interaction) -> bool:
    """Whoever attends the contact; in one that nobody attends, the citizen alone; never anybody who is only signed in."""
    if actor.kind in {ActorKind.VISITOR, ActorKind.HOLDER}:
        return interaction.agent_id is None
    return is_attending(actor, interaction)


def can_fill(actor: Actor, case: Case) -> bool:
    """The holder of the draft's key, or whoever attends the contact it was begun in."""
    if actor.is_system or case.pk in actor.case_ids:
        return True
    serves = actor.is_staff or actor.is_agency
    return serves and is_attending(actor, case.source) and case.source.wrapped_up_at is None


def can_speak_for_citizen(
    actor: Actor, case: Case, *, act: str = MandateAct.ANSWER, interaction: Interaction | None = None
) -> bool:
    """
    The holder of the key; or channel staff whose present contact is with somebody of the case, or is the one it was filed in.

    Where whoever is here speaks for another: only for that person's case, only what their mandate allows, and only while it holds.

    :param interaction: in this contact, rather than in any present one
    """
    if actor.is_system or case.pk in actor.case_ids:
        return True
    if (
        actor.is_agency
    ):  # what somebody says of themselves at a kiosk opens what they filed there just now, and nothing else
        return _was_filed_by_whoever_is_in(Interaction.objects.outside(actor).alone(), case)
    if not actor.has_role(*CHANNEL_ROLES):
        return False
    present = Interaction.objects.present_of(actor)
    present = present.filter(pk=interaction.pk) if interaction else present
    alone = present.alone()
    if _was_filed_by_whoever_is_in(alone, case) or _is_theirs(case, alone.people()):
        return True
    return _is_theirs(case, present.spoken_for(act, case.version.procedure_id))


def _was_filed_by_whoever_is_in(contacts: InteractionQuerySet, case: Case) -> bool:
    """Whether a case was begun in one of these contacts, which is with nobody else than when it was filed."""
    here = contacts.filter(pk=case.source_id)
    if case.filed_by is not None:
        here = here.filter(person__in=Person.objects.one_with(case.filed_by).values("pk"))
    return here.exists()


def is_about_their_case(interaction: Interaction, case: Case, *, act: str = MandateAct.STATUS) -> bool:
    """Whether a case is of whoever this contact is with; or of whom they speak for, where their mandate allows this act in it."""
    here = Interaction.objects.filter(pk=interaction.pk)
    if interaction.represented_id is None:
        return _is_theirs(case, here.people())
    return _is_theirs(case, here.spoken_for(act, case.version.procedure_id))


def can_be_given_key(interaction: Interaction, case: Case) -> bool:
    """
    Whether whoever is here may take away what opens the case by web: the citizen, never somebody who speaks for them, whose mandate
    would end and the key would not; nor anybody else who is named in it.
    """
    return interaction.represented_id is None and is_about_their_case(interaction, case)


def can_revoke_mandate(actor: Actor, mandate: Mandate) -> bool:
    """Whoever gave it and is surely here; officers of an agency that decides a case it is used in; supervisors."""
    if actor.has_role(Role.SUPERVISOR):
        return True
    agencies = actor.agency_ids(Role.OFFICER)
    used = Q(case__parties__mandate=mandate) | Q(case=mandate.case_id)
    if agencies and Stage.objects.filter(used, agency__in=agencies).exists():
        return True
    sure = Interaction.objects.present_of(actor).alone().filter(identity_level__gte=SURE_ENOUGH)
    return sure.people().filter(survivor=mandate.grantor.survivor_id).exists()


def _is_theirs(case: Case, survivors: Any) -> bool:
    return bool(case.parties.in_person().of_any(survivors).exists())


def can_hand_in(actor: Actor, case: Case) -> bool:
    """
    Whoever may speak for the citizen; staff into whose present contact somebody else has brought the case; and the officers and programs
    of an agency that decides it.
    """
    if can_speak_for_citizen(actor, case) or can_note(actor, case):
        return True
    return actor.has_role(*CHANNEL_ROLES) and Case.objects.visible_to(actor).filter(pk=case.pk).exists()


def can_decide(actor: Actor, stage: Stage) -> bool:
    """Officers of the stage's agency, and its programs whose scopes say so."""
    may = actor.kind == ActorKind.STAFF or actor.may(Scope.WORK, Scope.DECIDE)
    return may and stage.agency_id in actor.agency_ids(Role.OFFICER)


def can_assign(actor: Actor, stage: Stage, *, covers_chief: bool | None = None) -> bool:
    """
    Chiefs of the officers of the stage's agency, and those of its officers who stand in for one who is away.

    :param covers_chief: whether they do, where that was read already
    """
    if stage.agency_id in actor.agency_ids(Role.CHIEF):
        return True
    if stage.agency_id not in actor.agency_ids(Role.OFFICER):
        return False
    if covers_chief is None:
        covers_chief = chiefs_covered_by(actor).filter(agency=stage.agency_id).exists()
    return covers_chief


def can_break_glass(actor: Actor) -> bool:
    """Whoever serves people; officers see their agency's cases, and no other file."""
    return actor.is_staff and actor.has_role(*CHANNEL_ROLES)


def can_correct(actor: Actor, person: Person) -> bool:
    """Whoever has the person before them now."""
    if not actor.has_role(*CHANNEL_ROLES):
        return False
    present = Interaction.objects.present_of(actor).filter(ended_at__isnull=True)
    return present.filter(person__in=Person.objects.one_with(person).values("pk")).exists()


def can_report_duplicates(actor: Actor) -> bool:
    """Whoever serves people or decides their cases; the rules themselves."""
    return actor.is_system or actor.has_role(*CHANNEL_ROLES, Role.OFFICER)


def can_resolve_duplicates(actor: Actor) -> bool:
    """Supervisors, of an office or of the line; never the system: nothing merges by itself."""
    return actor.is_staff and actor.has_role(Role.SUPERVISOR)


def can_change_calendar(actor: Actor) -> bool:
    """Administrators."""
    return actor.is_staff and actor.has_role(Role.ADMINISTRATOR)


def can_set_retention(actor: Actor) -> bool:
    """Administrators and supervisors: those who answer for what is kept."""
    return actor.is_staff and actor.has_role(Role.ADMINISTRATOR, Role.SUPERVISOR)


def can_manage_deliveries(actor: Actor) -> bool:
    """Administrators, and the system."""
    return actor.is_system or (actor.is_staff and actor.has_role(Role.ADMINISTRATOR))


def can_settle_with(actor: Actor, agency_id: int) -> bool:
    """Who tells an agency's system anew, or says how a difference with it is explained: who looks after deliveries, and its officers."""
    return can_manage_deliveries(actor) or (actor.is_staff and agency_id in actor.agency_ids(Role.OFFICER))


def can_note(actor: Actor, case: Case) -> bool:
    """Officers of an agency that decides the case, and its programs whose scopes say so."""
    return (not actor.is_agency or actor.may(Scope.WORK, Scope.DECIDE)) and is_of_agency(actor, case)


def can_judge(actor: Actor, case: Case) -> bool:
    """Whoever is of an agency whose part of the case is under way: neither waiting for another's nor over."""
    agencies = actor.agency_ids(Role.OFFICER)
    return case.stages.filter(agency__in=agencies, state__in=UNDER_WAY).exists()


def is_of_agency(actor: Actor, case: Case) -> bool:
    """Officers of an agency that decides the case, and its programs."""
    agencies = actor.agency_ids(Role.OFFICER)
    return bool(agencies) and case.stages.filter(agency__in=agencies).exists()


def is_of_team(actor: Actor, *, agency_id: int | None = None, office_id: int | None = None) -> bool:
    """Whoever works for an agency, at an office, or (where neither is named) on line 101; and the system."""
    if actor.is_system:
        return True
    if not actor.is_staff:
        return False
    if agency_id is not None:
        return agency_id in actor.agency_ids(Role.OFFICER)
    if office_id is not None:
        return office_id in actor.office_ids(*TEAM_ROLES)
    return is_on_line(actor)


def can_work_on(actor: Actor, task: Task) -> bool:
    """Its team, and whoever else sees it: who stands in today for its owner."""
    if is_of_team(actor, agency_id=task.agency_id, office_id=task.office_id):
        return True
    return Task.objects.visible_to(actor).filter(pk=task.pk).exists()
