"""Pages of the demo alone: who signs in where, and the post box with what would have been mailed."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from accounts import rooms
from accounts.actors import Actor
from accounts.models import User
from config.cast import CAST, PASSWORD, STRANGER
from integrations.mail import memory

app_name = "demo"


@login_not_required
def show_cast(request: HttpRequest) -> HttpResponse:
    """Show the cast, their one password and their rooms."""
    users = {user.email: user for user in User.objects.filter(is_demo=True)}
    people = [
        {"member": member, "rooms": [room.label for room in rooms.rooms_of(Actor.staff(users[member.email]))]}
        for member in CAST
        if member.email in users
    ]
    return render(request, "demo/cast.html", {"people": people, "password": PASSWORD, "stranger": STRANGER})


@login_not_required
def show_post(request: HttpRequest) -> HttpResponse:
    """Show the messages of the last hour that the demo kept instead of sending."""
    return render(request, "demo/post.html", {"letters": memory.sent()[::-1][:50]})


urlpatterns = [path("", show_cast, name="cast"), path("post/", show_post, name="post")]
