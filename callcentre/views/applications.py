"""Applying by phone: the whole form at once, the folio read out."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import ActorRequest
from callcentre import actions
from callcentre.queries.contacts import contact_screen
from callcentre.queries.ringing import phone_at
from callcentre.views.attended import attended
from catalog.queries.published import published_version
from catalog.questionnaires.forms import QuestionForm
from common.errors import DomainError, NotAllowed, shown_on
from common.pages import render_page
from crm.models import Case, Interaction
from crm.models.case import CaseQuerySet
from crm.panels import applications
from crm.panels.prefill import UseKnown, offered_to_staff, use_known_in_person
from crm.panels.promises import estimate_of
from crm.queries.levels import level_in


@attended
@require_POST
def begin_application(request: ActorRequest, interaction: Interaction) -> HttpResponse:
    """Begin an application, from a matter or from what was found."""
    version = published_version(request.POST.get("procedure", "")[:150])
    if version is None or not version.has_form:
        messages.error(
            request, _("This procedure can not be applied for here. Tell the caller how it is done instead.")
        )
        return redirect("callcentre:contact", interaction.pk)
    matter = interaction.enquiries.filter(version=version, outcome="", case=None).first()
    language = (get_language() or "es")[:2]
    try:
        case = actions.begin_application(
            interaction, by=request.actor, version=version, language=language, matter=matter
        )
    except NotAllowed:
        raise
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("callcentre:contact", interaction.pk)
    return redirect("callcentre:application", interaction.pk, case.pk)


@attended
@require_http_methods(["GET", "HEAD", "POST"])
def fill_application(request: ActorRequest, interaction: Interaction, case_ref: UUID) -> HttpResponse:
    """Show the form; keep what was typed; file it when asked to and everything is there."""
    case = get_object_or_404(_cases(interaction), pk=case_ref)
    if not case.is_draft:
        return redirect("callcentre:filed", interaction.pk, case.pk)
    if request.method != "POST":
        return _show(request, interaction, case, applications.whole_form(case))
    if "remove" in request.POST:
        applications.remove_named(case, by=request.actor, named=request.POST["remove"])
        return redirect("callcentre:application", interaction.pk, case.pk)
    form = applications.save_whole(case, by=request.actor, data=request.POST, files=request.FILES)
    if "use_known" in request.POST:
        return _use_known(request, interaction, case, form)
    if "file" in request.POST and not form.errors:
        with shown_on(form):
            actions.file_application(case, by=request.actor)
    if "file" in request.POST and _cases(interaction).submitted().filter(pk=case.pk).exists():
        return redirect("callcentre:filed", interaction.pk, case.pk)  # now, or by the same click sent before
    if form.errors:
        return _show(request, interaction, case, form, status=422)
    messages.success(request, _("What you typed is kept."))
    return redirect("callcentre:application", interaction.pk, case.pk)


def _use_known(
    request: ActorRequest, interaction: Interaction, case: Case, form: QuestionForm
) -> HttpResponse:
    """Fill in what the caller let us use."""
    known = offered_to_staff(case, request.POST)
    if known is not None and not known.is_valid():
        return _show(request, interaction, case, form, known=known, status=422)
    if known is not None:
        use_known_in_person(case, by=request.actor, keys=known.cleaned_data["used"])
    return redirect("callcentre:application", interaction.pk, case.pk)


@attended
@require_safe
def show_filed(request: ActorRequest, interaction: Interaction, case_ref: UUID) -> HttpResponse:
    """Show the folio to read out, and by when the answer is promised."""
    case = get_object_or_404(_cases(interaction).submitted(), pk=case_ref)
    context = {
        "contact": contact_screen(interaction, actor=request.actor),
        "phone": phone_at(request.actor, interaction),
        "case": case,
        "estimate": estimate_of(case),
        "level": level_in(interaction, case, "status"),
    }
    return render_page(request, "callcentre/filed.html", context)


def _cases(interaction: Interaction) -> CaseQuerySet:
    return Case.objects.filter(source=interaction).select_related("version__procedure__agency", "source")


def _show(
    request: ActorRequest,
    interaction: Interaction,
    case: Case,
    form: QuestionForm,
    *,
    known: UseKnown | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "contact": contact_screen(interaction, actor=request.actor),
        "phone": phone_at(request.actor, interaction),
        "case": case,
        "form": form,
        "entries": applications.entries_in(case, form),
        "known": known or offered_to_staff(case),
        "needs_papers": any(question.kind == "file" and question.required for question in form.questions),
    }
    return render_page(request, "callcentre/application.html", context, status=status)
