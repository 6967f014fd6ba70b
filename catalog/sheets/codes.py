"""The codes of a sheet, and how they are called."""

from django.utils.translation import gettext_lazy as _

LANGUAGES = ("es", "en")
SECTIONS = ("purpose", "who_may", "validity", "good_to_know")
CHANNELS = ("online", "office", "phone", "mobile", "mail", "consulate")
MODES = ("inform", "start", "complete")
# The rights of a person over their data (Ley 19.628 as amended by Ley 21.719, arts. 4 to 9): what a case of the sheet asks for.
VOICES = (
    "complaint",
    "suggestion",
    "compliment",
)  # what people say of the service: each a procedure with a term of its own
RIGHTS = ("access", "rectification", "suppression", "opposition", "portability", "blocking")
PROVIDERS = ("citizen", "state")
APPLICANTS = ("person", "organisation", "household")
APPLICANT_LABELS = {
    "person": _("A person"),
    "organisation": _("An organisation"),
    "household": _("A household"),
}
COMPLETENESS_LABELS = {
    "full": _("Full: every part is written"),
    "basic": _("Basic: what is most needed"),
}
AUDIENCES = {
    "people": _("People in general"),
    "older-people": _("Older people"),
    "families": _("Families"),
    "students": _("Students"),
    "workers": _("Workers"),
    "unemployed": _("People without work"),
    "companies": _("Companies"),
    "foreigners": _("People from other countries"),
    "people-with-disability": _("People with a disability"),
}
VOICE_LABELS = {
    "complaint": _("A complaint"),
    "suggestion": _("A suggestion"),
    "compliment": _("A compliment"),
}
RIGHT_LABELS = {
    "access": _("To see one's data"),
    "rectification": _("To have one's data corrected"),
    "suppression": _("To have one's data erased"),
    "opposition": _("To oppose a use of one's data"),
    "portability": _("To take one's data elsewhere"),
    "blocking": _("To have one's data blocked for a time"),
}
CHANNEL_LABELS = {
    "online": _("Online"),
    "office": _("At an office"),
    "phone": _("By phone, line 101"),
    "mobile": _("At a mobile office"),
    "mail": _("By mail"),
    "consulate": _("At a consulate"),
}
MODE_LABELS = {
    "inform": _("You get information here"),
    "start": _("You start here"),
    "complete": _("You can do all of it here"),
}
# The level each act needs on each channel where a sheet does not say (design of identity levels: 100 declared … 600 e-ID).
HOUSE_LEVELS = {
    "web": {"inform": 0, "submit": 100, "status": 100, "answer": 100},
    "office": {"inform": 0, "submit": 100, "status": 100, "answer": 100},
    "mobile": {"inform": 0, "submit": 100, "status": 100, "answer": 100},
    "phone": {"inform": 0, "submit": 100, "status": 300, "answer": 300},
}
# What each level means to whoever comes (crm.levels says how long it holds).
LEVEL_LABELS = {
    0: _("0: nobody is asked who they are"),
    100: _("100: who they say they are"),
    200: _("200: their e-mail or phone is confirmed"),
    300: _("300: they answer questions that only they can"),
    500: _("500: we see their identity card"),
    600: _("600: they come with an electronic identity"),
}
LEVEL_CHANNEL_LABELS = {
    "web": _("On the web"),
    "office": _("At an office"),
    "mobile": _("At a mobile office"),
    "phone": _("By phone"),
}
ACT_LABELS = {
    "inform": _("To be told how it is done"),
    "submit": _("To apply"),
    "status": _("To be told how their case goes"),
    "answer": _("To answer and hand in papers"),
}
LIKE_OFFICE = (
    "mobile"  # a channel of ours that a sheet need not name: what it says of offices holds there too
)
RIGHT_NEEDS = (
    300  # a right over one's data is filed by whoever surely is that person, whatever a sheet leaves out
)
MAX_TEXT = 20_000
# What a whole sheet says of its procedure, and the form, which is compiled.
NOT_OF_THE_TEXT = {"form", "code", "slug", "agency", "popularity", "version"}
