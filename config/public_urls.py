"""Addresses for machines, without a language."""

from django.urls import include, path

urlpatterns = [
    path("", include("portal.machine_urls")),
    path("", include("catalog.api_urls")),
    path("", include("crm.api_urls")),
    path("", include("metrics.api_urls")),
    path("", include("callcentre.api_urls")),
]
