"""From somebody else's HTML to our Markdown: paragraphs, lists, bold, links; of the rest, the text."""

import re
from html.parser import HTMLParser
from urllib.parse import quote, urlsplit

import nh3

MAX_HTML = 200_000
_KEPT = {
    "p",
    "br",
    "ul",
    "ol",
    "li",
    "strong",
    "b",
    "a",
    "div",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "tr",
    "td",
    "th",
    "table",
}
_BLOCKS = {"p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "tr", "table"}
_SCHEMES = {"http", "https", "mailto", "tel"}
# What Markdown would read as a mark; `<` and `&` are safe, because our renderer escapes HTML.
_MARKS = re.compile(r"([\\`*_\[\]#~|])")
_LEADING = re.compile(r"^(\s*)([-+>=]|\d{1,9}(?=[.)]))")


class HtmlTooLarge(ValueError):
    """A text is too large to be a sheet's."""


def from_html(html: str) -> str:
    """
    Return a text as Markdown.

    :raises HtmlTooLarge: longer than any sheet's text could be
    """
    return _written(html).text()


def _written(html: str) -> "_Writer":
    if len(html) > MAX_HTML:
        raise HtmlTooLarge(f"a text of {len(html)} characters")
    safe = nh3.clean(
        html.replace("\x00", ""), tags=_KEPT, attributes={"a": {"href"}}, url_schemes=_SCHEMES, link_rel=None
    )
    writer = _Writer()
    writer.feed(safe)
    writer.close()
    return writer


def blocks(html: str) -> list[str]:
    """Return the paragraphs and items of a text as Markdown without markers; raises as `from_html`."""
    return [words.replace("  \n", " ") for _indent, _marker, words in _written(html).blocks]


def plain_text(html: str) -> str:
    """Return a text without any markup."""
    if len(html) > MAX_HTML:
        raise HtmlTooLarge(f"a text of {len(html)} characters")
    writer = _Plain()
    writer.feed(nh3.clean(html.replace("\x00", ""), tags=set()))
    writer.close()
    return " ".join("".join(writer.parts).split())


class _Plain(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


class _Writer(HTMLParser):
    """Collects blocks: (indent, marker, text)."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[tuple[int, str, str]] = []
        self.inline: list[str] = []
        self.lists: list[int] = []  # for each open list, its next number; 0 for bullets
        self.marker = ""
        self.bold = 0
        self.link: tuple[str, int] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        match tag:
            case "ul" | "ol":
                self._end_block()
                self.lists.append(1 if tag == "ol" else 0)
            case "li":
                self._end_block()
                self._begin_item()
            case "br":
                self.inline.append("\n")
            case "strong" | "b":
                self._open_bold()
            case "a":
                self.link = (_address(dict(attrs).get("href") or ""), len(self.inline))
            case _ if tag in _BLOCKS:
                self._end_block()

    def handle_endtag(self, tag: str) -> None:
        match tag:
            case "ul" | "ol":
                self._end_block()
                if self.lists:
                    self.lists.pop()
                self.marker = ""
            case "li":
                self._end_block()
            case "strong" | "b":
                self._close_bold()
            case "a":
                self._close_link()
            case "td" | "th":
                self.inline.append(" ")
            case _ if tag in _BLOCKS:
                self._end_block()

    def handle_data(self, data: str) -> None:
        self.inline.append(_MARKS.sub(r"\\\1", re.sub(r"\s+", " ", data)))

    def close(self) -> None:
        super().close()
        self._end_block()

    def text(self) -> str:
        """Return the Markdown: items of a list close together, everything else a blank line apart."""
        written: list[str] = []
        in_list = False
        for indent, marker, words in self.blocks:
            pad = "   " * indent
            lines = words.split("\n")
            block = (
                pad + marker + lines[0] + "".join("\n" + pad + " " * len(marker) + line for line in lines[1:])
            )
            written.append(("\n" if in_list and marker else "\n\n") + block if written else block)
            in_list = bool(marker) or indent > 0
        return "".join(written)

    def _begin_item(self) -> None:
        if not self.lists:
            self.lists.append(0)
        number = self.lists[-1]
        self.marker = f"{number}. " if number else "- "
        if number:
            self.lists[-1] += 1

    def _open_bold(self) -> None:
        self.bold += 1
        if self.bold == 1:
            self.inline.append("\x02")

    def _close_bold(self) -> None:
        self.bold = max(0, self.bold - 1)
        if self.bold == 0:
            self.inline.append("\x03")

    def _close_link(self) -> None:
        if self.link is None:
            return
        address, start = self.link
        self.link = None
        words = " ".join("".join(self.inline[start:]).replace("\x02", "").replace("\x03", "").split())
        if address and words:
            self.inline[start:] = [f"[{words}]({address})"]

    def _end_block(self) -> None:
        self._close_link()
        words = "".join(self.inline)
        if self.bold:
            words += "\x03"
        self.inline = ["\x02"] if self.bold else []
        words = _bold(
            "\n".join(
                " ".join(line.split(" ")).strip() for line in re.sub(r" +", " ", words).split("\n")
            ).strip()
        )
        words = re.sub(r"\n{2,}", "\n", words)
        if not words.strip():
            return
        words = "\n".join(_LEADING.sub(_escape_leading, line) for line in words.split("\n"))
        depth = max(0, len(self.lists) - 1)
        self.blocks.append(
            (depth if self.marker else (depth + 1 if self.lists else 0), self.marker, _hard_breaks(words))
        )
        self.marker = ""


def _escape_leading(match: re.Match[str]) -> str:
    sign = match[2]
    return f"{match[1]}{sign}\\" if sign.isdigit() else f"{match[1]}\\{sign}"


def _bold(words: str) -> str:
    """Write bold stretches with stars that hug their words, as Markdown asks."""

    def starred(match: re.Match[str]) -> str:
        inner = match[1]
        bare = inner.strip()
        if not bare:
            return inner
        left = inner[: len(inner) - len(inner.lstrip())]
        right = inner[len(inner.rstrip()) :]
        return f"{left}**{bare}**{right}"

    words = re.sub("\x03(\\s*)\x02", r"\1", words)
    words = re.sub("\x02([^\x02\x03]*)\x03", starred, words)
    return words.replace("\x02", "").replace("\x03", "")


def _hard_breaks(words: str) -> str:
    return words.replace("\n", "  \n")


def _address(href: str) -> str:
    href = href.strip()
    try:
        scheme = urlsplit(href).scheme.lower()
    except ValueError:
        return ""
    if scheme not in _SCHEMES:
        return ""
    return quote(href, safe=":/?#@!$&'*+,;=%~-._[]")
