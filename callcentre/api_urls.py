from django.urls import path

from callcentre import api

app_name = "callcentre-api"
urlpatterns = [path("api/telephony/<str:token>/", api.receive_event, name="telephony")]
