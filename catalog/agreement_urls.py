"""The room of agreements."""

from django.urls import path

from catalog.views import agreements

app_name = "agreements"
urlpatterns = [
    path("", agreements.list_agreements, name="list"),
    path("new/", agreements.make_agreement, name="new"),
    path("accredited/", agreements.list_accreditations, name="accreditations"),
    path("accredited/<uuid:pk>/withdraw/", agreements.withdraw_accreditation, name="accreditation-withdraw"),
    path("<int:pk>/", agreements.show_agreement, name="agreement"),
    path("<int:pk>/move/", agreements.move_agreement, name="move"),
    path("<int:pk>/places/", agreements.place_agreement, name="place"),
    path("<int:pk>/acts/", agreements.delegate_act, name="delegate"),
    path("<int:pk>/acts/<int:act>/end/", agreements.end_act, name="end-act"),
    path("<int:pk>/end/", agreements.end_agreement, name="end"),
    path("<int:pk>/take-back/", agreements.take_back_agreement, name="take-back"),
]
