"""Public pages that rooms other than the portal own (a ticket on my phone, the statistics), under the language."""

from django.urls import include, path

urlpatterns = [
    path("", include("offices.public_urls")),
    path("", include("callcentre.public_urls")),
    path("", include("crm.paper_urls")),
    path("", include("catalog.public_urls")),
    path("", include("metrics.public_urls")),
]
