"""Files of people, and records that may be of one person."""

from django.urls import path

from crm.views import duplicates, files, opened

app_name = "files"
urlpatterns = [
    path("", files.find, name="find"),
    path("duplicates/", duplicates.show_pairs, name="pairs"),
    path("duplicates/<uuid:pair_id>/", duplicates.show_pair, name="pair"),
    path("duplicates/<uuid:pair_id>/<slug:decision>/", duplicates.decide_pair, name="pair-decide"),
    path("merges/<uuid:merge_id>/", duplicates.show_merge, name="merge"),
    path("merges/<uuid:merge_id>/place/", duplicates.place_contact, name="merge-place"),
    path("opened/", opened.show_opened, name="opened"),
    path("<uuid:person_id>/", files.show_file, name="file"),
    path("<uuid:person_id>/open/", files.open_file, name="file-open"),
    path("<uuid:person_id>/readings/", files.show_readings, name="readings"),
    path("<uuid:person_id>/cases/", files.show_cases, name="cases"),
    path("<uuid:person_id>/contacts/", files.show_contacts, name="contacts"),
    path("<uuid:person_id>/same/", duplicates.report_pair, name="pair-report"),
    path("<uuid:person_id>/mandates/<uuid:mandate_id>/revoke/", files.revoke_mandate, name="mandate-revoke"),
    path("<uuid:person_id>/<slug:part>/", files.correct, name="file-correct"),
]
