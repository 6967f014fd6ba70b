"""Signing in and out, and the page that lists one's rooms."""

from typing import Any

from allauth.account.views import LoginView
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from accounts import forms, interrupted, rooms
from accounts.interrupted import never_kept
from accounts.models import Membership
from accounts.requests import ActorRequest
from common.languages import is_switching, keeps_typed


@method_decorator([login_not_required, keeps_typed], name="dispatch")
class SignIn(LoginView):
    """
    allauth's sign-in (rate limits, no account enumeration) in our own frame.

    What was sent when a session had ended stays in the page until somebody has signed in, and is then theirs to send.
    """

    template_name = "accounts/sign_in.html"
    form_class = forms.SignIn

    def get_success_url(self) -> str:
        onwards: str = (self.request.GET.get("next") and super().get_success_url()) or reverse(
            "accounts:start"
        )
        return onwards

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.kept = interrupted.kept_in(request) if request.method == "POST" else None
        if self.kept and request.user.is_authenticated:  # signed in meanwhile, in another window
            return self._go_on(self.kept)
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if is_switching(request):
            form = self.form_class(request=request)
            return render(request, self.template_name, self.get_context_data(form=form))
        response: HttpResponse = super().post(request, *args, **kwargs)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | (interrupted.page_of(self.kept) if self.kept else {"page_typed": []})

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        return self._go_on(self.kept) if self.kept and self.request.user.is_authenticated else response

    def _go_on(self, kept: interrupted.Kept) -> HttpResponse:
        return render(self.request, "accounts/go_on.html", interrupted.page_of(kept))

    def form_invalid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_invalid(form)
        response.status_code = 422
        return response


@never_kept(instead="accounts:rooms")
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
