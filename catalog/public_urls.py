"""Public pages of the catalogue other than the portal's."""

from django.urls import path

from catalog.api import document

app_name = "catalog-public"
urlpatterns = [path("desarrolladores/", document.show_developers, name="developers")]
