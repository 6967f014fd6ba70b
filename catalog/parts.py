"""The parts of a sheet by the names under which editors speak of them."""

from django.utils.translation import gettext_lazy as _

PARTS = {
    "title": _("Title"),
    "summary": _("Summary"),
    "keywords": _("Keywords"),
    "purpose": _("What it is for"),
    "who_may": _("Who may ask for it"),
    "validity": _("How long it is valid"),
    "good_to_know": _("Good to know"),
    "eligibility": _("Who may get it"),
    "requirements": _("What you need"),
    "costs": _("Costs"),
    "term": _("How long it takes"),
    "channels": _("How to do it"),
    "legal_basis": _("Legal basis"),
    "variants": _("Where it is done otherwise"),
    "form": _("The form"),
}
