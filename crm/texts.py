"""Texts that people write in a case: what is too little and what is too much."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common.errors import DomainError

MOST = 5000  # letters of one question, reason, answer or note


def written(text: str, field: str, missing: str | Promise) -> str:
    """
    Return a text a person wrote, tidied.

    :raises DomainError: at `field`: nothing was written (`missing` says what is asked for), or more than 5,000 letters
    """
    text = text.strip()
    if not text:
        raise DomainError(missing, **{field: missing})
    if len(text) > MOST:
        long = _("This is longer than 5,000 letters. Shorten it, please.")
        raise DomainError(long, **{field: long})
    return text
