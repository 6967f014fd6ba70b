"""Public pages of the catalogue other than the portal's."""

from django.urls import path

from catalog.api import document
from common.routes import route

app_name = "catalog-public"
urlpatterns = [
    path(route("developers/", "desarrolladores/"), document.show_developers, name="developers"),
    # In English the page was once at its Spanish address.
    path("desarrolladores/", document.find_developers, name="developers-before"),
]
