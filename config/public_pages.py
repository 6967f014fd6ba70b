"""Public pages that rooms other than the portal own (a ticket on my phone, a survey, the statistics)."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("offices.public_urls")),
    path("", include("metrics.public_urls")),
]
