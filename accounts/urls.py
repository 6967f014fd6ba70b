from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("", views.show_rooms, name="rooms"),
    path("sign-in/", views.SignIn.as_view(), name="sign-in"),
    path("sign-out/", views.sign_out, name="sign-out"),
]
