"""Addresses for machines, without a language."""

from django.urls import path

from portal.views import sitemap

app_name = "portal-machine"
urlpatterns = [path("sitemap.xml", sitemap.show_sitemap, name="sitemap")]
