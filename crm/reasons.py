"""
Why a file was read where nobody had to write it: kept as a code, and said in the language of whoever reads it.
"""

from django.utils.translation import gettext_lazy as _

PRESENT = ":present"
AT_DESK = ":desk"
CALLS = ":calls"
FILED_HERE = ":filed"
OWN_CASE = ":agency-case"
OPENED = ":opened"
CARD_SEEN = ":card-seen"

WORDS = {
    PRESENT: _("The person is before us"),
    AT_DESK: _("Present at the desk"),
    CALLS: _("The person calls line 101"),
    FILED_HERE: _("Filed in this visit"),
    OWN_CASE: _("A case of their agency"),
    OPENED: _("Opened with a reason a moment ago"),
    CARD_SEEN: _("They came, and their identity card was seen"),
}


def in_words(reason: str | None) -> str:
    """Return a reason as it is read: of a code its words, of what somebody wrote the same."""
    return str(WORDS.get(reason or "", reason or ""))
