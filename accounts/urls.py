from django.urls import path

from accounts.views import absences, credentials, passwords, people, sign_in

app_name = "accounts"
urlpatterns = [
    path("", sign_in.show_rooms, name="rooms"),
    path("start/", sign_in.begin, name="start"),
    path("sign-in/", sign_in.SignIn.as_view(), name="sign-in"),
    path("sign-out/", sign_in.sign_out, name="sign-out"),
    path("password/", passwords.change_password, name="password"),
    path("password/choose/", passwords.choose_password, name="choose-password"),
    path("password/<uuid:user_id>/<slug:token>/", passwords.open_link, name="password-link"),
    path("absences/", absences.show_absences, name="absences"),
    path("absences/<int:absence_id>/end/", absences.end_absence, name="absence-end"),
    path("people/", people.show_people, name="people"),
    path("people/new/", people.create_person, name="person-new"),
    path("people/programs/", credentials.show_credentials, name="credentials"),
    path("people/programs/new/", credentials.issue_credential, name="credential-new"),
    path(
        "people/programs/<uuid:credential_id>/revoke/",
        credentials.revoke_credential,
        name="credential-revoke",
    ),
    path("people/<uuid:user_id>/", people.show_person, name="person"),
    path("people/<uuid:user_id>/post/", people.give_post, name="post-give"),
    path("people/<uuid:user_id>/post/<int:post_id>/end/", people.end_post, name="post-end"),
    path("people/<uuid:user_id>/disable/", people.disable_person, name="person-disable"),
    path("people/<uuid:user_id>/enable/", people.enable_person, name="person-enable"),
    path("people/<uuid:user_id>/link/", people.give_link, name="person-link"),
]
