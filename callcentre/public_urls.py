from django.urls import path

from callcentre.views import public

app_name = "callcentre-public"
urlpatterns = [path("line-101/", public.show_line, name="line-101")]
