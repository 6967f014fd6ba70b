"""Public pages that rooms other than the portal own (a ticket on my phone, a survey, the statistics)."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
