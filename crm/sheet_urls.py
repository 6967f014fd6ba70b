from django.urls import path

from crm.views import sheet_changes

app_name = "sheets"
urlpatterns = [
    path("<uuid:version_id>/change/", sheet_changes.show_change, name="change"),
    path("<uuid:version_id>/touched/", sheet_changes.show_touched, name="touched"),
]
