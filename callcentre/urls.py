from django.conf import settings
from django.urls import path

from callcentre.views import applications, cases, console, contact, line_now, mandates, matters, softphone

app_name = "callcentre"
urlpatterns = [
    path("", console.show_console, name="console"),
    path("ringing/", console.show_ringing, name="ringing"),
    path("state/", console.change_state, name="state"),
    path("missed/", console.show_missed, name="missed"),
    path("calls/<uuid:ref>/take/", console.take_call, name="call-take"),
    path("contact/<uuid:ref>/", contact.show_contact, name="contact"),
    path("contact/<uuid:ref>/find/", contact.find_caller, name="caller-find"),
    path("contact/<uuid:ref>/caller/", contact.choose_caller, name="caller-choose"),
    path("contact/<uuid:ref>/caller/new/", contact.enter_caller, name="caller-enter"),
    path("contact/<uuid:ref>/caller/forget/", contact.forget_caller, name="caller-forget"),
    path("contact/<uuid:ref>/caller/questions/", contact.check_knowledge, name="caller-questions"),
    path("contact/<uuid:ref>/represented/", mandates.represent, name="represent"),
    path("contact/<uuid:ref>/represented/find/", mandates.find_represented, name="find-represented"),
    path("contact/<uuid:ref>/represented/stop/", mandates.stop_representing, name="stop-representing"),
    path("contact/<uuid:ref>/note/", contact.write_note, name="note"),
    path("contact/<uuid:ref>/over/", contact.end_call, name="call-over"),
    path("contact/<uuid:ref>/finish/", contact.finish_call, name="call-finish"),
    path("contact/<uuid:ref>/search/", matters.search_catalogue, name="search"),
    path("contact/<uuid:ref>/possible/", matters.ask_possible, name="possible"),
    path("contact/<uuid:ref>/matters/", matters.add_matter, name="matter-add"),
    path("contact/<uuid:ref>/matters/<uuid:matter>/outcome/", matters.close_matter, name="matter-outcome"),
    path("contact/<uuid:ref>/matters/<uuid:matter>/drop/", matters.drop_matter, name="matter-drop"),
    path("contact/<uuid:ref>/bring/", cases.bring_case, name="case-bring"),
    path("contact/<uuid:ref>/cases/<uuid:case_ref>/", cases.show_case, name="case"),
    path("contact/<uuid:ref>/cases/<uuid:case_ref>/tell/", cases.tell_status, name="case-tell"),
    path("contact/<uuid:ref>/cases/<uuid:case_ref>/answer/", cases.answer_agency, name="case-answer"),
    path("contact/<uuid:ref>/cases/<uuid:case_ref>/write/", cases.write_to_agency, name="case-write"),
    path("contact/<uuid:ref>/cases/<uuid:case_ref>/code/", cases.give_claim_code, name="case-code"),
    path("contact/<uuid:ref>/applications/", applications.begin_application, name="application-begin"),
    path(
        "contact/<uuid:ref>/applications/<uuid:case_ref>/", applications.fill_application, name="application"
    ),
    path("contact/<uuid:ref>/applications/<uuid:case_ref>/filed/", applications.show_filed, name="filed"),
    path("now/", line_now.show_line_now, name="now"),
]
if settings.DEMO:
    urlpatterns += [
        path("softphone/", softphone.show_softphone, name="softphone"),
        path("softphone/calls/", softphone.show_calls, name="softphone-calls"),
        path("softphone/send/", softphone.send_event, name="softphone-send"),
    ]
