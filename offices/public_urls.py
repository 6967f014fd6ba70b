"""The offices' own public pages, included under the language (config/public_pages.py)."""

from django.urls import path

from offices.views import public

app_name = "offices-public"
urlpatterns = [
    path("sala/<slug:token>/", public.show_display, name="display"),
    path("turno/<slug:token>/", public.show_turn, name="ticket"),
    path("turno/<slug:token>/voy/", public.move_turn, {"move": "come"}, name="ticket-come"),
    path("turno/<slug:token>/dejo/", public.move_turn, {"move": "leave"}, name="ticket-leave"),
]
