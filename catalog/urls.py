"""The editors' room."""

from django.urls import path

from catalog.views import (
    bulk,
    bundles,
    conflicts,
    editing,
    feedback,
    form_editing,
    form_preview,
    imports,
    listing,
    procedure,
    retirement,
    review,
)

app_name = "catalog"
urlpatterns = [
    path("", listing.list_procedures, name="procedures"),
    path("feedback/", feedback.show_feedback, name="feedback"),
    path("feedback/<int:report>/settle/", feedback.settle_report, name="report-settle"),
    path("elsewhere/", conflicts.list_conflicts, name="conflicts"),
    path("elsewhere/<int:conflict>/", conflicts.show_conflict, name="conflict"),
    path("elsewhere/<int:conflict>/take/", conflicts.take_conflict, name="conflict-take"),
    path("elsewhere/<int:conflict>/keep/", conflicts.keep_ours, name="conflict-keep"),
    path("bundles/", bundles.list_bundles, name="bundles"),
    path("bundles/new/", bundles.make_bundle, name="bundle-new"),
    path("bundles/<slug:code>/", bundles.show_bundle, name="bundle"),
    path("bundles/<slug:code>/edit/", bundles.edit_bundle, name="bundle-edit"),
    path("bundles/<slug:code>/publish/", bundles.publish_bundle, name="bundle-publish"),
    path("bundles/<slug:code>/withdraw/", bundles.withdraw_bundle, name="bundle-withdraw"),
    path("imports/", imports.list_imports, name="imports"),
    path("imports/<int:run>/", imports.show_run, name="import-run"),
    path("imports/<int:run>/report.csv", imports.save_run, name="import-report"),
    path("imports/sources/new/", imports.add_source, name="source-new"),
    path("imports/sources/<int:source>/", imports.change_source, name="source"),
    path("imports/sources/<int:source>/pause/", imports.pause_source, name="source-pause"),
    path("imports/sources/<int:source>/run/", imports.run_source, name="source-run"),
    path("imports/sources/<int:source>/try/", imports.try_source, name="source-try"),
    path("files/", bulk.show_files, name="bulk"),
    path("files/send/", bulk.send_file, name="bulk-send"),
    path("files/fichas.json", bulk.save_sheets, {"kind": "json"}, name="bulk-json"),
    path("files/fichas.xlsx", bulk.save_sheets, {"kind": "xlsx"}, name="bulk-xlsx"),
    path("files/<uuid:bulk_id>/", bulk.show_bulk, name="bulk-import"),
    path("files/<uuid:bulk_id>/confirm/", bulk.confirm_bulk, name="bulk-confirm"),
    path("files/<uuid:bulk_id>/report.csv", bulk.save_report, name="bulk-report"),
    path("new-procedure/", bulk.new_procedure, name="procedure-new"),
    path("procedures/<str:code>/", procedure.show_procedure, name="procedure"),
    path("procedures/<str:code>/begin/", procedure.begin_draft, name="begin"),
    path("procedures/<str:code>/edit/", editing.edit_draft, name="edit"),
    path("procedures/<str:code>/edit/advice/", editing.advise, name="advice"),
    path("procedures/<str:code>/form/", form_editing.show_form, name="form"),
    path("procedures/<str:code>/form/add/", form_editing.add_question, name="form-add"),
    path("procedures/<str:code>/form/preview/", form_preview.walk, name="form-preview"),
    path("procedures/<str:code>/form/preview/phone/", form_preview.show_phone, name="form-phone"),
    path("procedures/<str:code>/form/question/<str:key>/", form_editing.edit_question, name="form-question"),
    path("procedures/<str:code>/form/question/<str:key>/move/", form_editing.move_question, name="form-move"),
    path("procedures/<str:code>/form/question/<str:key>/copy/", form_editing.copy_question, name="form-copy"),
    path(
        "procedures/<str:code>/form/question/<str:key>/remove/",
        form_editing.remove_question,
        name="form-remove",
    ),
    path("procedures/<str:code>/form/question/<str:key>/page/", form_editing.name_page, name="form-page"),
    path("procedures/<str:code>/care/", procedure.look_after, name="care"),
    path("procedures/<str:code>/confirm/", procedure.confirm_sheet, name="confirm"),
    path("procedures/<str:code>/call-off/", review.call_off, name="call-off"),
    path("procedures/<str:code>/retire/", retirement.retire_procedure, name="retire"),
    path("procedures/<str:code>/bring-back/", retirement.restore_procedure, name="bring-back"),
    path("procedures/<str:code>/versions/<int:number>/", procedure.show_version, name="version"),
    path("procedures/<str:code>/versions/<int:number>/send/", editing.send_draft, name="version-send"),
    path(
        "procedures/<str:code>/versions/<int:number>/compare/", review.compare_version, name="version-compare"
    ),
    path(
        "procedures/<str:code>/versions/<int:number>/publish/", review.publish_version, name="version-publish"
    ),
    path("procedures/<str:code>/versions/<int:number>/review/", review.review_version, name="version-review"),
    path("procedures/<str:code>/versions/<int:number>/aside/", procedure.set_aside, name="version-aside"),
    path(
        "procedures/<str:code>/versions/<int:number>/restore/",
        procedure.restore_version,
        name="version-restore",
    ),
    path(
        "procedures/<str:code>/versions/<int:number>/comment/", review.comment_version, name="version-comment"
    ),
    path(
        "procedures/<str:code>/versions/<int:number>/comment/<int:comment>/settle/",
        review.settle_comment,
        name="comment-settle",
    ),
    path("procedures/<str:code>/versions/<int:number>/return/", review.return_version, name="version-return"),
]
