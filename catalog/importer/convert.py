"""From a sheet of ChileAtiende's API to one of ours; facts not told in a form we know are kept as text."""

import re
from typing import Any
from urllib.parse import urlsplit

from django.utils.text import slugify
from django.utils.translation import gettext_noop as _  # kept in English, worded for whoever reads a report

from catalog import costs, text
from catalog.importer.markdown import HtmlTooLarge, blocks, from_html, plain_text
from catalog.sheets.validity import MOST, NO_END

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,19}")
_AGENCY = re.compile(r"([A-Za-z0-9][A-Za-z0-9_]{0,28})-\d{1,12}")
_LINK = re.compile(r"\]\((\S+?)\)")
_DAYS = re.compile(r"(?<![\d.,])(\d{1,3})\s+d[ií]as\s+h[aá]biles\b", re.IGNORECASE)
# What makes a term more, or less, than the days named in it.
_NO_PLAIN_TERM = re.compile(
    r"[?+]|\b(?:no|nunca|ni|sin|m[aá]s|menos|entre|m[ií]nimo|aprox\w*|alrededor|cerca|promedio|cada|depende\w*"
    r"|mes(?:es)?|años?|semanas?|horas?|(?:a|o|u|y|e|de)\s+\d{1,3}\s+d[ií]as)\b",
    re.IGNORECASE,
)
_SPAN = re.compile(
    r"(?:(?:su |la )?(?:vigencia|validez|duración)(?: es)?(?: de)?:? |(?:es )?v[aá]lid[oa] por |vale por |tiene una (?:vigencia|validez) de )?"
    r"(\d{1,4}) (d[ií]as?|mes(?:es)?|años?)(?: corridos)?"
    r"(?: (?:desde|a partir de|contados desde) (?:que se emite|su emisión|la emisión|(?:la|su) fecha de (?:su )?emisión))?\.?",
    re.IGNORECASE,
)
_NO_END = re.compile(
    r"(?:no (?:vence|caduca|expira)|indefinid[ao]|(?:vigencia|validez) indefinida)\.?", re.IGNORECASE
)
MOST_REQUIREMENTS, MOST_ROWS = 25, 15  # as many as the editors' screen holds
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
# Their field, our channel, and how far one is known to get there.
_GUIDES = (
    ("guia_online", "online", "inform"),
    ("guia_oficina", "office", "start"),
    ("guia_telefonico", "phone", "inform"),
    ("guia_correo", "mail", "start"),
    ("guia_consulado", "consulate", "start"),
)


class FichaRefused(Exception):  # refusals read better than …Error
    """A sheet that can not be taken over, with the reason."""


def remote_id(ficha: dict[str, Any]) -> str:
    """
    Return the id a sheet goes by.

    :raises FichaRefused: it has none, or one that could not be an id
    """
    value = ficha.get("id")
    given = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    given = given or _said(ficha, "codigo")
    if not given:
        raise FichaRefused(_("it has no id"))
    if not _ID.fullmatch(given):
        raise FichaRefused(_("its id is not made of letters, digits, - and _"))
    return given


def agency_code(ficha: dict[str, Any]) -> str:
    """
    Return the code of the agency that owns a sheet: the part before the number in `AD009-12`.

    :raises FichaRefused: it does not say
    """
    match = _AGENCY.fullmatch(_said(ficha, "codigo"))
    if match:
        return match[1]
    raise FichaRefused(_("it does not say which agency it belongs to (no “codigo”)"))


def to_sheet(ficha: dict[str, Any], *, agency: str, origin: str, themes: dict[str, str]) -> dict[str, Any]:
    """
    Return our sheet for theirs, in Spanish; the same input always gives the same sheet.

    :param agency: our code of the owning agency
    :param themes: our theme codes by folded name
    :raises FichaRefused: no title, no description, or a text larger than any sheet's
    """
    try:
        return _sheet(ficha, agency, origin, themes)
    except HtmlTooLarge as error:
        raise FichaRefused(f"it holds {error}") from None


def _sheet(ficha: dict[str, Any], agency: str, origin: str, themes: dict[str, str]) -> dict[str, Any]:
    code = remote_id(ficha)
    title = plain_text(_said(ficha, "titulo"))
    purpose = from_html(_said(ficha, "objetivo"))
    if not title:
        raise FichaRefused(_("it has no title"))
    if not purpose:
        raise FichaRefused(_("it does not say what it is for (no “objetivo”)"))
    prices, price_words = _costs(_said(ficha, "costo"))
    notes = "\n\n".join(part for part in (from_html(_said(ficha, "observaciones")), price_words) if part)
    sections = {
        "purpose": purpose,
        "who_may": from_html(_said(ficha, "beneficiarios")),
        "validity": from_html(_said(ficha, "vigencia")),
        "good_to_know": notes,
    }
    tags = _listed(ficha.get("tags"), "tag")
    return {
        "code": code,
        "slug": slugify(title)[:140].strip("-") or "tramite",
        "completeness": "basic",
        "applicant": "person",
        "title": {"es": title},
        "summary": {"es": _first_sentence(text.plain(purpose))},
        "keywords": {"es": [plain_text(tag)[:80] for tag in tags[:30]]},
        "audience": ["people"],
        "life_events": [],
        "themes": sorted(
            {themes[name] for name in map(_folded, _listed(ficha.get("temas"), "tema")) if name in themes}
        ),
        "sections": {name: {"es": words} for name, words in sections.items() if words},
        "valid_for": _valid_for(_said(ficha, "vigencia")),
        "requirements": _requirements(_said(ficha, "doc_requeridos")),
        "costs": prices,
        "term": _term(_said(ficha, "plazo")),
        "legal_basis": _laws(_said(ficha, "marco_legal")),
        "channels": _channels(ficha),
        "stages": [{"agency": agency, "order": 1, "required": True, "term_business_days": None}],
        "sources": [{"url": web_address(_said(ficha, "permalink")) or origin, "facts": "all"}],
        "questions_for_agency": []
        if prices
        else [{"es": "¿Cuánto cuesta este trámite?", "en": "What does this cost?"}],
    }


def _said(ficha: dict[str, Any], key: str) -> str:
    """Return a text of theirs, without what no text should hold; anything but a text counts as none."""
    value = ficha.get(key)
    if not isinstance(value, str):
        return ""
    return keepable(value).strip()


def keepable(words: str) -> str:
    """Return a text without what no database keeps: control characters and halves of a character."""
    return _CONTROL.sub("", words).encode("utf-8", "ignore").decode()


def plainly_said(row: dict[str, Any], key: str) -> str:
    """Return a short text of theirs, without any markup; one as large as no name is counts as none."""
    try:
        return plain_text(_said(row, key))
    except HtmlTooLarge:
        return ""


def _listed(value: Any, key: str) -> list[str]:
    """Return the words in `{"tag": […]}`, `[…]` or a single word."""
    if isinstance(value, dict):
        value = value.get(key)
    rows = value if isinstance(value, list) else [value]
    return [words for row in rows if (words := _said({"row": row}, "row"))]


def _folded(words: str) -> str:
    return slugify(words)


def _first_sentence(words: str) -> str:
    first = re.split(r"(?<=[.!?])\s", words, maxsplit=1)[0]
    if len(first) <= 200:
        return first
    return first[:199].rsplit(" ", 1)[0].rstrip(",;: ") + "…"


def _costs(html: str) -> tuple[list[dict[str, Any]], str]:
    """Return the prices when every line tells exactly one; otherwise the words, for “good to know”."""
    lines = [text.plain(line) for line in blocks(html)]
    read = [costs.read_line(line) for line in lines]
    if lines and all(read) and len(lines) <= MOST_ROWS:
        return [
            {
                "amount": one.amount,
                "currency": one.currency,
                "condition": {"es": one.condition} if one.condition else {},
            }
            for one in read
            if one
        ], ""
    return [], f"**Costo:** {from_html(html)}" if lines else ""


def _term(html: str) -> dict[str, Any]:
    words = text.plain(from_html(html))
    return {"business_days": _days(words), "text": {"es": words}}


def _days(words: str) -> int | None:
    """Return the business days when the words plainly tell one number of them, and no other number."""
    found = _DAYS.search(words)
    if found is None or len(re.findall(r"\d+", words)) != 1 or _NO_PLAIN_TERM.search(words):
        return None
    return int(found[1]) or None


def _valid_for(html: str) -> dict[str, Any] | None:
    """Return how long it is valid when the words plainly tell that and nothing else."""
    words = text.plain(from_html(html))
    if _NO_END.fullmatch(words):
        return {"unit": NO_END}
    found = _SPAN.fullmatch(words)
    if found is None:
        return None
    unit = {"d": "days", "m": "months", "a": "years"}[found[2][0].lower()]
    count = int(found[1])
    return {"unit": unit, "count": count} if 1 <= count <= MOST[unit] else None


def _requirements(html: str) -> list[dict[str, Any]]:
    lines = [words for line in blocks(html) if (words := text.plain(line))]
    if len(lines) > MOST_REQUIREMENTS:
        lines = [*lines[: MOST_REQUIREMENTS - 1], " ".join(lines[MOST_REQUIREMENTS - 1 :])]
    return [
        {
            "code": f"paper-{number}",
            "label": {"es": words},
            "provided_by": "citizen",
            "required": True,
            "upload": False,
        }
        for number, words in enumerate(lines, start=1)
    ]


def _laws(html: str) -> list[dict[str, Any]]:
    rows = []
    for line in blocks(html)[:MOST_ROWS]:
        link = _LINK.search(line)
        rows.append({"title": {"es": text.plain(line)}, "url": web_address(link[1]) if link else ""})
    return rows


def _channels(ficha: dict[str, Any]) -> dict[str, Any]:
    channels: dict[str, Any] = {}
    for field, channel, mode in _GUIDES:
        words = from_html(_said(ficha, field))
        url = web_address(_said(ficha, f"{field}_url"))
        if words or url:
            channels[channel] = {
                "mode": "start" if url else mode,
                "text": {"es": words},
                **({"url": url} if url else {}),
            }
    return channels


def web_address(url: str) -> str:
    """Return an address of the web, or nothing for anything else."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return (
        url
        if parts.scheme in {"http", "https"} and parts.netloc and len(url) <= 500 and " " not in url
        else ""
    )
