"""The addresses of papers and of what was seen of mandates, the same for citizens and in every room."""

from django.urls import path

from crm.views import papers

app_name = "papers"
urlpatterns = [
    path("paper/<uuid:paper_id>/", papers.download_paper, name="paper"),
    path("mandate/<uuid:mandate_id>/", papers.download_evidence, name="mandate"),
]
