"""The visit: who it is, what they came for, what is done about each matter, and the end."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from accounts.requests import ActorRequest
from accounts.rooms import room_required
from catalog.models import ProcedureVersion
from catalog.queries.search import search
from common import clock
from common.errors import DomainError, NotAllowed, shown_on
from common.pages import render_page
from crm import actions as crm
from crm import files
from crm.models import Person
from crm.panels.people import known_otherwise
from crm.panels.possible import possible_now
from crm.queries.blocks import why_not_found
from crm.queries.cases import find_case
from crm.queries.people import find_people
from crm.queries.requirements import papers_asked
from offices import actions, forms
from offices.models import PeriodKind, Ticket, Visit, VisitMatter
from offices.queries.visits import outcomes, visit_page

FOUND = 6
# session, until the visit is finished: what only the citizen keeps (key, claim code), by case
KEYS = "desk_receipts"


def visit_of(request: ActorRequest, visit_id: UUID) -> Visit:
    """
    Return a visit this clerk attends.

    :raises Http404: it is of another office
    :raises NotAllowed: a colleague attends it, or nobody yet
    """
    visits = Visit.objects.select_related(
        "interaction__person__merged_into",
        "interaction__represented__merged_into",
        "interaction__mandate__grantor__merged_into",
        "interaction__mandate__agent__merged_into",
        "interaction__office__commune",
        "office__commune",
        "ticket__desk",
    )
    visit = visits.attended_by(request.actor).filter(pk=visit_id).first()
    if visit is None:
        get_object_or_404(Visit.objects.visible_to(request.actor), pk=visit_id)
        raise NotAllowed(_("You do not attend this visit: it is over, or a colleague serves it."))
    return visit


def matter_of(visit: Visit, matter_id: int) -> VisitMatter:
    """Return a matter of a visit, or 404."""
    return get_object_or_404(
        visit.matters.select_related("version", "case__version", "enquiry", "visit__interaction"),
        pk=matter_id,
    )


def to_visit(visit: Visit, matter: VisitMatter | None = None) -> HttpResponse:
    """Go back to the visit, at one of its matters."""
    address = reverse("offices:visit", args=[visit.pk])
    return redirect(f"{address}?matter={matter.pk}" if matter else address)


def _number_in_hand(request: ActorRequest) -> int | None:
    number = request.GET.get("matter", "")
    return int(number) if number.isascii() and number.isdecimal() and len(number) < 18 else None


def _matter_in_hand(request: ActorRequest, visit: Visit) -> VisitMatter | None:
    """Return the matter that was on the screen from which something was sent, if any."""
    number = _number_in_hand(request)
    return visit.matters.filter(pk=number).first() if number else None


def render_visit(request: ActorRequest, visit: Visit, *, status: int = 200, **extra: Any) -> HttpResponse:
    """Draw the visit's page, with whatever forms came back refused."""
    chosen = extra.pop("matter_id", None) or _number_in_hand(request)
    page = visit_page(visit, request.actor, matter_id=chosen)
    said = extra.pop("said", None)
    possible = possible_now(visit.interaction, without=page.procedures, said=said)
    fragment = "possible" if said is not None else "found" if "query" in extra else None
    serving = visit.ticket.periods.filter(kind=PeriodKind.SERVING).order_by("started_at").first()
    context: dict[str, Any] = {
        "page": page,
        "visit": visit,
        "ticket": page.ticket,
        "office": visit.office,
        "since": serving.started_at if serving else None,
        "now": clock.now(),
        "outcomes": outcomes(page.matter) if page.matter else [],
        "person_form": forms.PersonSearch(),
        "new_person_form": forms.NewPerson(auto_id="new_%s"),
        "represented_form": forms.PersonSearch(auto_id="for_%s"),
        "new_represented_form": forms.NewRepresented(auto_id="fornew_%s"),
        "mandate_form": None,
        "case_form": forms.BringCase(auto_id="case_%s"),
        "paper_form": forms.Paper(page.matter.requirements if page.matter else [], auto_id="paper_%s"),
        "answer_form": forms.Answer(auto_id="answer_%s"),
        "letter_form": forms.Letter(auto_id="letter_%s"),
        "possible": possible,
        "query": "",
        "found": [],
        **extra,
    }
    status = 422 if possible.form.errors else status
    return render_page(request, "offices/visit.html", context, fragment=fragment, status=status)


@room_required("desk")
def show_visit(request: ActorRequest, visit_id: UUID) -> HttpResponse:
    """Show the visit this clerk attends; one that is over leads back to the desk."""
    try:
        visit = visit_of(request, visit_id)
    except NotAllowed:
        if Ticket.objects.filter(
            visit=visit_id, clerk=request.actor.user_id, ended_at__isnull=False
        ).exists():
            messages.info(request, gettext("That visit is finished."))
            return redirect("offices:desk")
        raise
    query = " ".join(request.GET.get("q", "").split())[:200]
    if not query:
        return render_visit(request, visit)
    entries = search(query, language=(get_language() or "es")[:2], limit=FOUND).entries
    return render_visit(request, visit, query=query, found=entries)


@require_POST
@room_required("desk")
def ask_possible(request: ActorRequest, visit_id: UUID) -> HttpResponse:
    """Show what else is possible with what the citizen says, which is kept nowhere."""
    return render_visit(request, visit_of(request, visit_id), said=request.POST)


@require_POST
@room_required("desk")
def add_matter(request: ActorRequest, visit_id: UUID) -> HttpResponse:
    """Add a procedure to the visit."""
    visit = visit_of(request, visit_id)
    try:
        version = (
            ProcedureVersion.objects.published().filter(pk=UUID(request.POST.get("version", ""))).first()
        )
        matter = actions.add_matter(visit, by=request.actor, version=version)
    except ValueError:
        raise Http404 from None
    except DomainError as error:
        messages.error(request, str(error))
        return to_visit(visit)
    return to_visit(visit, matter)


@require_POST
@room_required("desk")
def settle_matter(request: ActorRequest, visit_id: UUID, matter_id: int) -> HttpResponse:
    """Say how a matter came out."""
    visit = visit_of(request, visit_id)
    matter = matter_of(visit, matter_id)
    try:
        actions.settle_matter(matter, by=request.actor, outcome=request.POST.get("outcome", ""))
    except DomainError as error:
        messages.error(request, str(error))
    return to_visit(visit, matter)


@require_POST
@room_required("desk")
def bring_case(request: ActorRequest, visit_id: UUID) -> HttpResponse:
    """Bring a case named by its folio into the visit; of somebody else only with a reason."""
    visit = visit_of(request, visit_id)
    form = forms.BringCase(request.POST, auto_id="case_%s")
    if form.is_valid():
        case = find_case(form.cleaned_data["folio"])
        if case is None:
            form.add_error(
                "folio", gettext("There is no case with this folio. Read it again, figure by figure.")
            )
        else:
            with shown_on(form):
                matter = actions.add_matter(
                    visit, by=request.actor, case=case, reason=form.cleaned_data["reason"]
                )
                return to_visit(visit, matter)
    return render_visit(request, visit, status=422, case_form=form)


@require_POST
@room_required("desk")
def find_person(request: ActorRequest, visit_id: UUID) -> HttpResponse:
    """Show the people meant by a RUN, a name or a phone; the search and what it showed are logged."""
    visit = visit_of(request, visit_id)
    form = forms.PersonSearch(request.POST)
    if not form.is_valid():
        return render_visit(request, visit, status=422, person_form=form)
    people = find_people(form.cleaned_data["text"], by=request.actor, limit=6)
    if not people and (blocked := why_not_found(form.cleaned_data["text"])):
        messages.warning(request, blocked)
    crm.log_access(
        "search", by=request.actor, interaction=visit.interaction, shown=[person.pk for person in people]
    )
    return render_visit(request, visit, person_form=form, people=people, searched=True)


@require_POST
@room_required("desk")
def identify_person(request: ActorRequest, visit_id: UUID) -> HttpResponse:
    """Say that the visit is with a person found, and whether their document was seen."""
    visit = visit_of(request, visit_id)
    try:
        people = Q(pk__in=Person.objects.standing().values("pk")) | Q(pk=visit.interaction.person_id)
        person = get_object_or_404(Person.objects.filter(people), pk=UUID(request.POST.get("person", "")))
    except ValueError:
        raise Http404 from None
    actions.identify_here(
        visit, by=request.actor, person=person, document_seen="document_seen" in request.POST
    )
    return to_visit(visit, _matter_in_hand(request, visit))


@require_POST
@room_required("desk")
def enter_person(request: ActorRequest, visit_id: UUID) -> HttpResponse:
    """Enter somebody we do not know yet."""
    visit = visit_of(request, visit_id)
    form = forms.NewPerson(request.POST, auto_id="new_%s")
    if form.is_valid():
        with shown_on(form):
            actions.enter_person_here(visit, by=request.actor, **form.cleaned_data)
            if strange := known_otherwise(visit.interaction_id, form.cleaned_data["name"]):
                messages.warning(request, strange)
            return to_visit(visit, _matter_in_hand(request, visit))
    return render_visit(request, visit, status=422, new_person_form=form)


@require_POST
@room_required("desk")
def add_paper(request: ActorRequest, visit_id: UUID, matter_id: int) -> HttpResponse:
    """Add a paper the citizen brought to the case of a matter."""
    visit = visit_of(request, visit_id)
    matter = matter_of(visit, matter_id)
    version = matter.version
    rows = (
        papers_asked(matter.case)
        if matter.case
        else [(one.code, one.label) for one in version.sheet.requirements]
        if version
        else []
    )
    form = forms.Paper(rows, data=request.POST, files=request.FILES, auto_id="paper_%s")
    if form.is_valid():
        with shown_on(form):
            stored = files.store(form.cleaned_data["file"])
            actions.add_paper_here(
                matter, by=request.actor, file=stored, requirement=form.cleaned_data["requirement"]
            )
            messages.success(request, gettext("The paper is in the case now."))
            return to_visit(visit, matter)
    return render_visit(request, visit, status=422, matter_id=matter.pk, paper_form=form)


@require_POST
@room_required("desk")
def answer_agency(request: ActorRequest, visit_id: UUID, matter_id: int) -> HttpResponse:
    """Write down the citizen's answer to the agency."""
    visit = visit_of(request, visit_id)
    matter = matter_of(visit, matter_id)
    form = forms.Answer(request.POST, auto_id="answer_%s")
    if form.is_valid():
        with shown_on(form):
            given = form.cleaned_data
            actions.answer_agency_here(
                matter, by=request.actor, text=given["text"], question_id=given["question"]
            )
            messages.success(request, gettext("The agency has the answer; its clock runs again."))
            return to_visit(visit, matter)
    return render_visit(request, visit, status=422, matter_id=matter.pk, answer_form=form)


@require_POST
@room_required("desk")
def write_to_agency(request: ActorRequest, visit_id: UUID, matter_id: int) -> HttpResponse:
    """Write to the agency in the citizen's words, where it asked nothing."""
    visit = visit_of(request, visit_id)
    matter = matter_of(visit, matter_id)
    form = forms.Letter(request.POST, auto_id="letter_%s")
    if form.is_valid():
        with shown_on(form):
            actions.write_to_agency_here(matter, by=request.actor, text=form.cleaned_data["text"])
            messages.success(request, gettext("The agency has what the citizen said."))
            return to_visit(visit, matter)
    return render_visit(request, visit, status=422, matter_id=matter.pk, letter_form=form)


@require_POST
@room_required("desk")
def give_code(request: ActorRequest, visit_id: UUID, matter_id: int) -> HttpResponse:
    """Give the person of a case a code that opens it by web."""
    visit = visit_of(request, visit_id)
    matter = matter_of(visit, matter_id)
    try:
        code = actions.give_code_here(matter, by=request.actor)
    except NotAllowed:
        raise
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        words = gettext(
            "Write this code down for them. With the folio it opens the case by web, once, within thirty days:"
        )
        messages.success(request, f"{words} {code}")
    return to_visit(visit, matter)


def forget_keys(request: ActorRequest, visit: Visit) -> None:
    """Forget the keys of a visit's cases; those of a visit on hold are still to be handed over."""
    mine = {str(pk) for pk in visit.matters.exclude(case=None).values_list("case", flat=True)}
    kept = request.session.get(KEYS, {})
    request.session[KEYS] = {case: secrets for case, secrets in kept.items() if case not in mine}


@require_POST
@room_required("desk")
def finish_visit(request: ActorRequest, visit_id: UUID) -> HttpResponse:
    """End the visit; matters without an outcome ask for one first."""
    visit = get_object_or_404(
        Visit.objects.visible_to(request.actor).select_related("interaction", "office__commune", "ticket"),
        pk=visit_id,
    )
    try:
        ticket = actions.finish_visit(visit.ticket, by=request.actor, anyway="anyway" in request.POST)
    except actions.MattersOpen as error:
        return render_visit(request, visit_of(request, visit_id), status=422, unfinished=str(error))
    except NotAllowed:
        raise
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("offices:desk")
    forget_keys(request, visit)
    messages.success(request, gettext("The visit of %(ticket)s is finished.") % {"ticket": ticket.name})
    return redirect("offices:desk")
