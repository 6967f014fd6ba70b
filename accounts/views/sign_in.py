"""Signing in and out, and the page that lists one's rooms."""

from typing import Any

from allauth.account.views import LoginView
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from accounts import forms, rooms
from accounts.models import Membership
from accounts.requests import ActorRequest


@method_decorator(login_not_required, name="dispatch")
class SignIn(LoginView):
    """allauth's sign-in (rate limits, no account enumeration) in our own frame."""

    template_name = "accounts/sign_in.html"
    form_class = forms.SignIn

    def get_success_url(self) -> str:
        onwards: str = (self.request.GET.get("next") and super().get_success_url()) or reverse(
            "accounts:start"
        )
        return onwards

    def form_invalid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_invalid(form)
        response.status_code = 422
        return response


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session and tell the browser to forget what it kept."""
    logout(request)
    response = redirect("accounts:sign-in")
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def begin(request: ActorRequest) -> HttpResponse:
    """After signing in: to one's only room, or to the list of one's rooms."""
    doors = rooms.rooms_of(request.actor)
    return redirect(doors[0].url_name if len(doors) == 1 else "accounts:rooms")


def show_rooms(request: ActorRequest) -> HttpResponse:
    """Show the rooms this person may enter, and the posts that open them."""
    posts = Membership.objects.filter(user=request.actor.user_id).current().select_related("office", "agency")
    context = {"doors": rooms.rooms_of(request.actor), "posts": posts.order_by("starts_at", "pk")}
    return render(request, "accounts/rooms.html", context)
