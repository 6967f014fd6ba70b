"""Statistics for machines; mounted without a language."""

from django.urls import path

from metrics import api

app_name = "metrics-api"
urlpatterns = [
    path("api/v1/statistics/", api.list_datasets, name="datasets"),
    path("api/v1/statistics/<slug:code>/", api.show_dataset, name="dataset"),
]
