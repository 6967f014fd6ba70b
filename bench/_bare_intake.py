"""
The ceiling of filing: a bare view that writes the rows of one filing with the plain ORM, in one transaction.

Behind Django's stock middleware, with the session and the token that any form has. No lock, no check of an answer, no calendar, no
broker: only the rows.
"""

import json
from datetime import timedelta

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone

from common.ids import new_id
from crm import folios
from crm.models import (
    Case,
    ContactPoint,
    Enquiry,
    Interaction,
    Party,
    Person,
    PersonAttribute,
    PersonIdentifier,
    Stage,
    SurveyInvitation,
)
from crm.models.person import HomeCommune
from events.models import Event


@transaction.atomic
def file(request: HttpRequest) -> HttpResponse:
    """Write person, party, stage, folio, invitation and events of a prepared draft."""
    sent = json.loads(request.POST["row"])
    if sent["case"] not in request.session.get("held_cases", []):
        return HttpResponse(status=403)
    now = timezone.now()
    contact = Interaction.objects.get(pk=sent["contact"])
    person = Person.objects.create(name=sent["name"], created_at=now, is_synthetic=True)
    PersonIdentifier.objects.create(person=person, value=sent["run"], interaction=contact, at=now)
    PersonAttribute.objects.bulk_create(
        PersonAttribute(person=person, key=key, value=sent[key], interaction=contact, at=now)
        for key in ("name", "commune")
    )
    ContactPoint.objects.bulk_create(
        ContactPoint(person=person, kind=kind, value=sent[kind], interaction=contact, at=now)
        for kind in ("email", "phone")
    )
    HomeCommune.objects.create(person=person, commune_id=sent["commune"])
    Party.objects.create(case_id=sent["case"], person=person, role="applicant")
    due = now.date() + timedelta(days=28)
    Stage.objects.create(
        case_id=sent["case"], agency_id=sent["agency"], state_since=now, counts_from=now.date(), due_on=due
    )
    case = Case.objects.get(pk=sent["case"])
    case.folio, case.state, case.state_since, case.submitted_at = (
        folios.next_folio(now.year),
        "submitted",
        now,
        now,
    )
    case.commune_id, case.promised_on, case.revision = sent["commune"], due, 2
    case.filed_by, case.filed_level = person, 100
    case.save()
    Enquiry.objects.filter(case=case).update(outcome="case_opened", is_resolved=True, closed_at=now)
    contact.person, contact.identity_level, contact.commune_id = person, 100, sent["commune"]
    contact.ended_at = contact.wrapped_up_at = now
    contact.ending, contact.waited_seconds = "served", 60
    contact.save()
    survey = new_id()
    SurveyInvitation.objects.create(
        id=survey,
        interaction=contact,
        token_hash=survey.bytes * 2,
        channel="web",
        agency_id=sent["agency"],
        made_at=now,
        expires_at=now + timedelta(days=30),
    )
    told = (
        ("person.known", "person", person.pk),
        ("case.submitted", "case", case.pk),
        ("interaction.ended", "interaction", contact.pk),
    )
    for kind, about, subject in told:
        Event(
            id=new_id(), at=now, kind=kind, subject_kind=about, subject_id=subject, actor_kind="holder", interaction_id=contact.pk,
            channel="web", data={},
        ).save(force_insert=True)  # fmt: skip
    return HttpResponse(case.folio, headers={"Content-Length": str(len(case.folio))})


urlpatterns = [path("bare/", file)]
