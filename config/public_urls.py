"""Addresses for machines, without a language."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("metrics.api_urls")),
]
