"""The room of those who look after deliveries to agencies."""

from django.urls import path

from crm.views import deliveries

app_name = "deliveries"
urlpatterns = [
    path("", deliveries.show_deliveries, name="list"),
    path("new/", deliveries.new_subscription, name="subscription-new"),
    path("differences/", deliveries.show_differences, name="differences"),
    path("differences/<uuid:difference_id>/", deliveries.resolve_difference, name="difference-resolve"),
    path("messages/<uuid:delivery_id>/again/", deliveries.send_one, name="send-again"),
    path("messages/<uuid:delivery_id>/own/", deliveries.own_one, name="own"),
    path("<str:code>/", deliveries.change_subscription, name="subscription"),
    path("<str:code>/secret/", deliveries.new_secret, name="secret-new"),
    path("<str:code>/again/", deliveries.send_all, name="send-all"),
]
