"""Signing in and out, and the page that lists one's rooms."""

from allauth.account.views import LoginView
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from accounts import rooms
from accounts.requests import ActorRequest


@method_decorator(login_not_required, name="dispatch")
class SignIn(LoginView):
    """allauth's sign-in (rate limits, no account enumeration) in our own frame."""

    template_name = "accounts/sign_in.html"

    def get_success_url(self) -> str:
        return self.request.GET.get("next") and super().get_success_url() or reverse("accounts:rooms")


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session and tell the browser to forget what it kept."""
    logout(request)
    response = redirect("accounts:sign-in")
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def show_rooms(request: ActorRequest) -> HttpResponse:
    """Show the rooms this person may enter; with just one, go there."""
    open_rooms = rooms.rooms_of(request.actor)
    if len(open_rooms) == 1:
        return redirect(open_rooms[0].url_name)
    return render(request, "accounts/rooms.html", {"open_rooms": open_rooms})
