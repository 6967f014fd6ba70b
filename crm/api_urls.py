"""The agency API: addresses for programs, without a language."""

from django.urls import path

from crm.api import acts, cases, contacts, merges

app_name = "agency-api"
CASE = "api/v1/cases/<str:folio>"
CONTACT = "api/v1/contacts/<uuid:contact>"
urlpatterns = [
    path("api/v1/cases", cases.Cases.as_view(), name="cases"),
    path(CASE, cases.OneCase.as_view(), name="case"),
    path(f"{CASE}/timeline", cases.Thread.as_view(), name="timeline"),
    path(f"{CASE}/documents", acts.Attach.as_view(), name="attach"),
    path(f"{CASE}/documents/<uuid:paper>", cases.Paper.as_view(), name="document"),
    path(f"{CASE}/documents/<uuid:paper>/judge", acts.Judge.as_view(), name="judge"),
    path(f"{CASE}/take", acts.Take.as_view(), name="take"),
    path(f"{CASE}/ask", acts.Ask.as_view(), name="ask"),
    path(f"{CASE}/lapse", acts.Lapse.as_view(), name="lapse"),
    path(f"{CASE}/decide", acts.Decide.as_view(), name="decide"),
    path(f"{CASE}/notes", acts.Note.as_view(), name="note"),
    path(f"{CASE}/status", acts.Tell.as_view(), name="status"),
    path(f"{CASE}/close", acts.Close.as_view(), name="close"),
    path(f"{CASE}/reopen", acts.Reopen.as_view(), name="reopen"),
    path("api/v1/merges", merges.Merges.as_view(), name="merges"),
    path("api/v1/contacts", contacts.Contacts.as_view(), name="contacts"),
    path(f"{CONTACT}/person", contacts.Whom.as_view(), name="contact-person"),
    path(f"{CONTACT}/enquiries", contacts.Matters.as_view(), name="enquiries"),
    path(f"{CONTACT}/enquiries/<uuid:matter>/close", contacts.MatterEnd.as_view(), name="enquiry-close"),
    path(f"{CONTACT}/cases", contacts.Applications.as_view(), name="applications"),
    path(f"{CONTACT}/cases/<uuid:case>/answers", contacts.Answers.as_view(), name="answers"),
    path(f"{CONTACT}/cases/<uuid:case>/documents", contacts.DraftPapers.as_view(), name="draft-documents"),
    path(f"{CONTACT}/cases/<uuid:case>/submit", contacts.Submit.as_view(), name="submit"),
    path(f"{CONTACT}/end", contacts.ContactEnd.as_view(), name="contact-end"),
]
