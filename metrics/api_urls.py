"""Statistics for machines; mounted without a language, with or without a final slash."""

from django.urls import path

from catalog.api.documented import undocumented
from metrics import api

app_name = "metrics-api"
urlpatterns = [
    path("api/v1/statistics/", api.list_datasets, name="datasets"),
    path("api/v1/statistics", undocumented(api.list_datasets), name="datasets-bare"),
    path("api/v1/statistics/<slug:code>/", api.show_dataset, name="dataset"),
    path("api/v1/statistics/<slug:code>", undocumented(api.show_dataset), name="dataset-bare"),
]
