from django.urls import URLPattern

app_name = "callcentre"
urlpatterns: list[URLPattern] = []
