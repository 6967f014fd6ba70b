"""The public statistics; mounted under the language."""

from django.urls import path

from metrics.views import statistics

app_name = "metrics-public"
urlpatterns = [
    path("statistics/", statistics.show_statistics, name="statistics"),
    path("statistics/<slug:code>.csv", statistics.download_dataset, name="dataset"),
]
