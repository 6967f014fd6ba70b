"""What people and cases add to the export of a person (`crm.held`); other apps add theirs from their own `AppConfig.ready()`."""

from django.utils.translation import gettext_lazy as _

from crm.held import Section, register_section
from crm.queries import holdings
from crm.queries.readings import readings_of

register_section(
    Section("numbers", _("Your numbers"), holdings.numbers, 10),
    Section("attributes", _("What we know of you, and since when"), holdings.attributes, 20),
    Section("contact_points", _("How to reach you"), holdings.contact_points, 30),
    Section("needs", _("What you need to be served well"), holdings.needs, 40),
    Section("wishes", _("How you wish to be served"), holdings.wishes, 42),
    Section("mandates", _("Who acts for you, and for whom you may act"), holdings.mandates, 45),
    Section("cases", _("Your cases"), holdings.cases, 50),
    Section("contacts", _("Each time we served you"), holdings.contacts, 60),
    Section("surveys", _("What you thought of it"), holdings.surveys, 70),
    Section("notifications", _("What we sent you"), holdings.notifications, 80),
    Section("redactions", _("What was erased or blocked"), holdings.redactions, 90),
    Section("record", _("What was done with your record"), holdings.happened, 95),
    Section("opened", _("Your file opened with a reason"), holdings.opened_with_reason, 97),
    Section("readings", _("Who looked"), readings_of, 99),
)
