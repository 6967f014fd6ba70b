"""
What ends a reading of another server, in the reader's language: it is kept as it was said, in English, for workers and logs.

Numbers and names in a sentence stay what they were.
"""

import re
from functools import cache

from django.utils.translation import gettext, gettext_noop

SENTENCES = (
    gettext_noop("The answer holds no feed of sheets."),
    gettext_noop("The answer does not have the %(shape)s shape."),
    gettext_noop("The address can not be read."),
    gettext_noop("The address must begin with http:// or https://."),
    gettext_noop("The server did not answer after %(attempts)s attempts (%(trouble)s)."),
    gettext_noop("The server sends us round in circles."),
    gettext_noop("The answer is larger than %(size)s MB."),
    gettext_noop(
        "The server took more than %(seconds)s seconds over one answer: ask whoever runs it why it is so slow."
    ),
    gettext_noop("The server sends us to an address that can not be read."),
    gettext_noop("The server sends us to another server."),
    gettext_noop(
        "The server sends us to another scheme or port: give the address under which it answers itself."
    ),
    gettext_noop("The server's name leads nowhere."),
    gettext_noop("The address leads into a private network."),
    gettext_noop("The answer is not JSON."),
    gettext_noop("The server refuses access: give a valid token with --token."),
    gettext_noop("There is no catalogue at this address."),
    gettext_noop("The server refuses to answer (status %(status)s)."),
    gettext_noop("The server's pages repeat themselves."),
    gettext_noop("The server's pages go round in a circle."),
    gettext_noop(
        "The server's next page goes by a name that can not be kept: ask whoever runs it to mend its page tokens."
    ),
    gettext_noop("The server has more pages than a catalogue can have."),
    gettext_noop("The environment has no %(variable)s: the token is not there."),
    gettext_noop("It ended in a way nobody foresaw: see the worker's log."),
    gettext_noop(
        "The time for reading servers was over before this one had answered: ask whoever runs it why it is so slow."
    ),
    gettext_noop("the limit asked for was reached"),
)
NAMES = (
    gettext_noop("%(sheet)s (row %(row)s, page %(page)s)"),
    gettext_noop("%(sheet)s (row %(row)s)"),
    gettext_noop("? without id"),
)
_PART = re.compile(r"%\\\((\w+)\\\)s")


def said_again(words: str, sentences: tuple[str, ...] = SENTENCES) -> str:
    """Return one of our sentences in the language of the page; anything else stays as it is."""
    for sentence in sentences:
        found = _pattern(sentence).fullmatch(words)
        if found:
            parts = {name: said_again(part, NAMES) for name, part in found.groupdict().items()}
            return gettext(sentence) % parts if parts else gettext(sentence)
    return words


def name_said(name: str) -> str:
    """Return how a report calls a sheet, and where it stood."""
    return said_again(name, NAMES)


@cache
def _pattern(sentence: str) -> re.Pattern[str]:
    return re.compile(_PART.sub(r"(?P<\1>.+?)", re.escape(sentence)), re.DOTALL)
