"""The administrators' room: who signs in, and which posts they hold."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import actions, forms, rooms
from accounts.models import Membership, User
from accounts.queries.people import find_staff, is_in_force, people, people_page
from accounts.requests import ActorRequest
from common import clock
from common.errors import DomainError, NotAllowed, shown_on

LINK = "new_password_link"  # session: [user id, token], shown once


@rooms.room_required("people")
@require_http_methods(["GET", "POST"])
def show_people(request: ActorRequest) -> HttpResponse:
    """List everybody who signs in; a search is posted, so that no name stands in an address."""
    search = forms.Search(request.POST if request.method == "POST" else None)
    context = {"search": search, "now": clock.now()}
    if search.is_bound and search.is_valid() and search.cleaned_data["text"]:
        found = find_staff(request.actor, search.cleaned_data["text"])
        return render(
            request, "accounts/people.html", {**context, "people": found, "searched": True, "pages": None}
        )
    page = people_page(request.actor, place=request.GET.get("place", ""))
    context |= {"people": page.rows, "searched": False, "pages": page.links(request.GET)}
    return render(request, "accounts/people.html", context)


@rooms.room_required("people")
@require_http_methods(["GET", "POST"])
def create_person(request: ActorRequest) -> HttpResponse:
    """Give somebody a sign-in; the next page shows the link by which they choose their password."""
    form = forms.NewPerson(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with shown_on(form):
            user = actions.create_user(by=request.actor, **form.cleaned_data)
    if form.is_bound and not form.errors:
        messages.success(
            request,
            _("%(name)s has a sign-in. Give them a post, and a link to choose a password.")
            % {"name": user.name},
        )
        return redirect("accounts:person", user.pk)
    return render(request, "accounts/new_person.html", {"form": form}, status=422 if form.errors else 200)


@rooms.room_required("people")
def show_person(request: ActorRequest, user_id: UUID) -> HttpResponse:
    """Show one person's sign-in and posts."""
    return _render_person(request, user_id, forms.Post())


@rooms.room_required("people")
@require_POST
def give_post(request: ActorRequest, user_id: UUID) -> HttpResponse:
    """Give a post."""
    user = get_object_or_404(people(request.actor), pk=user_id)
    form = forms.Post(request.POST)
    if form.is_valid():
        with shown_on(form):
            actions.give_post(user, by=request.actor, **form.cleaned_data)
    if form.errors:
        return _render_person(request, user_id, form, status=422)
    messages.success(request, _("The post is given; its rooms are open from its first day."))
    return redirect("accounts:person", user.pk)


@rooms.room_required("people")
@require_POST
def end_post(request: ActorRequest, user_id: UUID, post_id: int) -> HttpResponse:
    """End a post."""
    user = get_object_or_404(people(request.actor), pk=user_id)
    post = get_object_or_404(Membership, pk=post_id, user=user)
    return _tell(
        request,
        user,
        lambda: actions.end_post(post, by=request.actor),
        _("The post is ended; its rooms are closed."),
    )


@rooms.room_required("people")
@require_POST
def disable_person(request: ActorRequest, user_id: UUID) -> HttpResponse:
    """End a sign-in."""
    user = get_object_or_404(people(request.actor), pk=user_id)
    done = _("The sign-in is ended; every session of it is closed.")
    return _tell(request, user, lambda: actions.disable_user(user, by=request.actor), done)


@rooms.room_required("people")
@require_POST
def enable_person(request: ActorRequest, user_id: UUID) -> HttpResponse:
    """Open a sign-in again."""
    user = get_object_or_404(people(request.actor), pk=user_id)
    done = _("The sign-in is open again. Give them a link to choose a password.")
    return _tell(request, user, lambda: actions.enable_user(user, by=request.actor), done)


@rooms.room_required("people")
@require_POST
def give_link(request: ActorRequest, user_id: UUID) -> HttpResponse:
    """Take a password back and show, once, the link by which a new one is chosen."""
    user = get_object_or_404(people(request.actor), pk=user_id)

    def give() -> None:
        request.session[LINK] = [str(user.pk), actions.take_password_back(user, by=request.actor)]

    return _tell(
        request,
        user,
        give,
        _("The old password works no more. Hand over the link below: it is shown only once."),
    )


def _tell(request: ActorRequest, user: User, act: Callable[[], object], done: str) -> HttpResponse:
    """Carry out an act that asks nothing and go back to the person, with what happened or why it did not."""
    try:
        act()
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return redirect("accounts:person", user.pk)


def _render_person(
    request: ActorRequest, user_id: UUID, form: forms.Post, *, status: int = 200
) -> HttpResponse:
    user: Any = get_object_or_404(people(request.actor), pk=user_id)
    now = clock.now()
    posts = [
        {"post": post, "in_force": is_in_force(post, now), "to_come": post.starts_at > now}
        for post in user.posts
    ]
    whose, token = request.session.get(LINK, ("", ""))
    link = ""
    if whose == str(user.pk):
        del request.session[LINK]
        link = request.build_absolute_uri(reverse("accounts:password-link", args=[user.pk, token]))
    context = {
        "person": user,
        "posts": posts,
        "form": form,
        "link": link,
        "is_self": user.pk == request.actor.user_id,
    }
    return render(request, "accounts/person.html", context, status=status)
