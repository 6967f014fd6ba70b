"""What went wrong with an agency's system, in words for people; the codes are ours, and stand in rows and logs."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

_WORDS = {
    "address": gettext_lazy("Its address may not be called"),
    "no such name": gettext_lazy("The name in its address leads nowhere"),
    "private address": gettext_lazy("The name in its address leads into a private network"),
    "too large": gettext_lazy("What it answers is too large"),
    "unreadable list": gettext_lazy("What it answers is no list that can be read"),
    "list without an end": gettext_lazy("Its list does not end"),
    "slow list": gettext_lazy("Its list takes longer than half an hour"),
    "too many differences": gettext_lazy("Its list differs in too many cases to tell each"),
    "TimeoutError": gettext_lazy("It does not answer in time"),
    "ConnectionRefusedError": gettext_lazy("Nobody answers at its address"),
    "SSLCertVerificationError": gettext_lazy("Its certificate is not good"),
}


def trouble_words(trouble: str) -> str:
    """Return what a code means, as whoever reads it reads it; other names of errors are a connection's."""
    if not trouble:
        return ""
    if trouble in _WORDS:
        return str(_WORDS[trouble])
    kind, _blank, number = trouble.partition(" ")
    if kind == "status":
        return _("It answers with the status %(number)s") % {"number": number}
    return _("The connection to it breaks off")
