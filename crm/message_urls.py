"""The room of those who answer for what is sent to citizens."""

from django.urls import path

from crm.views import message_policy

app_name = "messages"
urlpatterns = [path("", message_policy.change_policy, name="policy")]
