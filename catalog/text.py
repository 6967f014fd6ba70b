"""Markdown, limited to paragraphs, lists, bold and links, made safe."""

import mistune
import nh3
from django.utils.safestring import SafeString, mark_safe

_markdown = mistune.create_markdown(escape=True, hard_wrap=False)
TAGS = {"p", "ul", "ol", "li", "strong", "em", "a", "br"}


def render(text: str) -> SafeString:
    """Return safe HTML: anything but `TAGS` is dropped, links are http(s), mail or telephone and open no new rights."""
    html = nh3.clean(
        str(_markdown(text or "")),
        tags=TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer",
    )
    return mark_safe(html)  # noqa: S308  # nh3 has just cleaned it


def plain(text: str) -> str:
    """Return the text without markup, for summaries and search."""
    return " ".join(nh3.clean(str(_markdown(text or "")), tags=set()).split())
