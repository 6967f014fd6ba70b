from django.urls import path

from crm.views import case, judging, mandates, mine, undo, work

app_name = "crm"
urlpatterns = [
    path("", mine.show_work, name="work"),
    path("all/", work.show_agency_work, name="agency-work"),
    path("all/keep/", work.keep_filter, name="keep-filter"),
    path("all/take/", work.take_many, name="take-many"),
    path("news/", work.show_news, name="work-news"),
    path("merges/", work.show_merges, name="merges"),
    path("<slug:folio>/", case.show_case, name="case"),
    path("<slug:folio>/presence/", case.show_presence, name="presence"),
    path("<slug:folio>/note/<uuid:note_id>/undo/", undo.withdraw_note, name="note-undo"),
    path("<slug:folio>/paper/<uuid:paper_id>/undo/", undo.undo_judgement, name="paper-undo"),
    path("<slug:folio>/paper/<uuid:paper_id>/", judging.judge_paper, name="paper-judge"),
    path("<slug:folio>/mandate/<uuid:mandate_id>/revoke/", mandates.revoke_mandate, name="mandate-revoke"),
    path("<slug:folio>/<slug:name>/", case.act_on_case, name="case-act"),
]
