"""The room of those who answer for what is kept."""

from django.urls import path

from crm.views import retention

app_name = "retention"
urlpatterns = [
    path("", retention.show_rules, name="rules"),
    path("<slug:code>/", retention.change_rule, name="rule"),
]
