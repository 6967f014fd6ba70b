"""The room of those who keep the calendar of legal terms."""

from django.urls import path

from crm.views import calendar

app_name = "calendar"
urlpatterns = [path("", calendar.show_calendar, name="days")]
