"""Markdown, limited to paragraphs, lists, bold and links, made safe."""

import html
import re
from typing import Any
from urllib.parse import urlsplit

import mistune
import nh3
from django.utils.safestring import SafeString, mark_safe

_markdown = mistune.create_markdown(escape=True, hard_wrap=False)
_BLOCK_ENDS = re.compile(r"</(?:p|li)>|<br ?/?>")
_WHOLE = re.compile(r"https?://|mailto:|tel:", re.IGNORECASE)
_LINK = re.compile(r"<a [^>]*href=")
TAGS = {"p", "ul", "ol", "li", "strong", "em", "a", "br"}


def render(text: str) -> SafeString:
    """
    Return safe HTML: anything but `TAGS` is dropped, links are http(s), mail or telephone and open no new rights.

    A link without its whole address leads nowhere, or somewhere else on each page that shows the text: its words stay.
    """
    safe = nh3.clean(
        str(_markdown(text or "")),
        tags=TAGS,
        attributes={"a": {"href"}},
        attribute_filter=lambda _tag, _name, address: address if _WHOLE.match(address) else None,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer",
    )
    return mark_safe(safe)  # noqa: S308  # nh3 has just cleaned it


def plain(text: str) -> str:
    """Return the words without markup, for summaries and search; as text, so whoever draws them escapes them."""
    return " ".join(html.unescape(nh3.clean(str(_markdown(text or "")), tags=set())).split())


def lines(text: str) -> str:
    """Return the words without markup, each paragraph and each line of a list on a line of its own."""
    broken = _BLOCK_ENDS.sub("\n", str(_markdown(text or "")))
    words = html.unescape(nh3.clean(broken, tags=set()))
    return "\n".join(" ".join(line.split()) for line in words.splitlines() if line.strip())


def is_address(url: Any) -> bool:
    """Whether this is an address of the web."""
    try:
        parts = urlsplit(url if isinstance(url, str) else "")
    except ValueError:  # such as a bracket without its other half
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc)


def loses_a_link(text: str) -> bool:
    """Whether a link of the text has an address that `render` drops: none, or one that can not be followed."""
    return len(_LINK.findall(str(_markdown(text or "")))) > len(_LINK.findall(render(text)))
