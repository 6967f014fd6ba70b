"""
The ceiling of the agency API: bare views that look a token up, write or read the same rows with the plain ORM, and answer the same JSON.

Behind Django's stock middleware. No lock but the one any such code takes, no check of an answer, no calendar, no limit, no broker.
"""

import hashlib
import json
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from accounts.models import Credential
from common.ids import new_id
from crm import folios
from crm.models import (
    AccessLog,
    Case,
    ClaimCode,
    ContactPoint,
    Enquiry,
    Interaction,
    KeyedRequest,
    Party,
    Person,
    PersonAttribute,
    PersonIdentifier,
    Stage,
)
from crm.models.person import HomeCommune
from events.models import Event


def asker(request: HttpRequest) -> Credential:
    """Look the token up."""
    secret = request.headers["Authorization"].removeprefix("Bearer ")
    return Credential.objects.select_related("agency").get(
        digest=hashlib.sha256(secret.encode()).digest(), revoked_at__isnull=True
    )


def tell(kind: str, about: str, subject: Any, **more: Any) -> None:
    """Write an event."""
    Event(
        id=new_id(),
        at=timezone.now(),
        kind=kind,
        subject_kind=about,
        subject_id=subject,
        actor_kind="agency",
        **more,
    ).save(force_insert=True)


def keep(request: HttpRequest, credential: Credential, answer: dict[str, Any]) -> HttpResponse:
    """Keep the answer under its key, and give it."""
    body = json.dumps(answer, default=str)
    KeyedRequest.objects.create(
        credential=credential,
        key=request.headers["Idempotency-Key"],
        digest=hashlib.sha256(request.body).digest(),
        status=200,
        body=body,
        at=timezone.now(),
    )
    return HttpResponse(body, content_type="application/json")


@csrf_exempt
@transaction.atomic
def submit(request: HttpRequest) -> HttpResponse:
    """Write the rows of a filing at a kiosk."""
    credential, sent, now = asker(request), json.loads(request.body), timezone.now()
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
        case_id=sent["case"],
        agency_id=sent["agency"],
        state_since=now,
        counts_from=now.date(),
        due_on=due,
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
    contact.save()
    ClaimCode.objects.create(
        case=case, code_hmac=new_id().bytes * 2, made_at=now, expires_at=now + timedelta(days=30)
    )
    for kind, about, subject in (
        ("person.known", "person", person.pk),
        ("case.submitted", "case", case.pk),
        ("case.claim_code_issued", "case", case.pk),
    ):
        tell(kind, about, subject, interaction_id=contact.pk, channel="bench-kiosk", data={})
    return keep(request, credential, {"folio": case.folio, "state": case.state, "revision": 2})


@csrf_exempt
@transaction.atomic
def decide(request: HttpRequest, folio: str) -> HttpResponse:
    """Write the rows of a transition."""
    credential, sent = asker(request), json.loads(request.body)
    case = Case.objects.select_for_update().get(folio=folio)
    stage = Stage.objects.select_for_update().get(case=case, agency=credential.agency)
    if case.revision != sent["revision"]:
        return HttpResponse(status=412)
    now = timezone.now()
    stage.state, stage.state_since, stage.decided_at, stage.decision_reason = "granted", now, now, ""
    stage.save()
    case.state, case.state_since, case.decided_at, case.revision = "granted", now, now, case.revision + 1
    case.save()
    tell("case.granted", "case", case.pk, channel="agency", data={"stage": str(stage.pk)})
    stages = [_stage(one) for one in case.stages.select_related("agency")]
    return keep(
        request,
        credential,
        {"folio": folio, "state": case.state, "revision": case.revision, "stages": stages},
    )


def _stage(stage: Stage) -> dict[str, Any]:
    return {
        "id": stage.pk.hex,
        "agency": stage.agency.code,
        "order": stage.order,
        "required": stage.is_required,
        "state": stage.state,
        "since": stage.state_since,
        "due_on": stage.due_on,
        "assigned": stage.assigned_to_id is not None,
        "decided_at": stage.decided_at,
        "reason": stage.decision_reason,
    }


def read(request: HttpRequest, folio: str) -> HttpResponse:
    """Read a case with all that hangs on it, and log it."""
    credential = asker(request)
    case = (
        Case.objects.select_related("version__procedure")
        .defer("version__content")
        .prefetch_related(
            "stages__agency",
            "parties__person__identifiers",
            "parties__person__contact_points",
            "documents",
            "messages",
        )
        .get(folio=folio, stages__agency=credential.agency)
    )
    AccessLog(
        at=timezone.now(), actor_kind="agency", actor_id=credential.pk, act="open_case", case_id=case.pk
    ).save(force_insert=True)
    names = (
        "folio",
        "state",
        "revision",
        "channel",
        "language",
        "answers",
        "submitted_at",
        "decided_at",
        "closed_at",
        "promised_on",
    )
    return JsonResponse(
        {
            **{name: getattr(case, name) for name in names},
            "procedure": {"code": case.version.procedure.code, "title": case.version.title_es},
            "stages": [_stage(one) for one in case.stages.all()],
            "parties": [
                {
                    "role": one.role,
                    "relation": one.relation,
                    "kind": one.person.kind,
                    "name": one.person.name,
                    "numbers": [
                        {"kind": n.kind, "country": n.country, "value": n.value}
                        for n in one.person.identifiers.all()
                    ],
                    "contacts": [{"kind": n.kind, "value": n.value} for n in one.person.contact_points.all()],
                }
                for one in case.parties.all()
            ],
            "documents": [
                {
                    "id": one.pk,
                    "requirement": one.requirement,
                    "name": one.name,
                    "size": one.size,
                    "state": one.state,
                }
                for one in case.documents.all()
            ],
            "messages": [
                {"id": one.pk, "kind": one.kind, "text": one.text, "at": one.at}
                for one in case.messages.all()
            ],
        }
    )


def work(request: HttpRequest) -> HttpResponse:
    """Read the first page of an agency's work, and log it."""
    credential = asker(request)
    rows = list(
        Stage.objects.filter(agency=credential.agency)
        .select_related("case__version__procedure")
        .defer("case__version__content", "case__answers")
        .order_by("state_since", "id")[:51]
    )[:50]
    shown = [str(row.case_id) for row in rows]
    AccessLog(
        at=timezone.now(), actor_kind="agency", actor_id=credential.pk, act="list", shown_ids=shown
    ).save(force_insert=True)
    results = [
        {
            "folio": row.case.folio,
            "stage": row.pk,
            "state": row.state,
            "since": row.state_since,
            "due_on": row.due_on,
            "assigned": row.assigned_to_id is not None,
            "case_state": row.case.state,
            "revision": row.case.revision,
            "procedure": row.case.version.procedure.code,
            "channel": row.case.channel,
            "submitted_at": row.case.submitted_at,
            "url": f"/bare/cases/{row.case.folio}",
        }
        for row in rows
    ]
    return JsonResponse({"next": None, "results": results})


urlpatterns = [
    path("bare/submit", submit),
    path("bare/cases", work),
    path("bare/cases/<str:folio>", read),
    path("bare/cases/<str:folio>/decide", decide),
]
