"""
Help for whoever writes a sheet: how hard its Spanish is to read, which sentences are long, which letters nobody explained, what is missing.

Readability is Szigriszt-Pazos' perspicuity (1993), read on the INFLESZ scale (Barrio-Cantalejo et al., 2008, An. Sist. Sanit. Navar. 31(2)):
below 40 very hard, 40–55 rather hard, 55–65 normal, 65–80 rather easy, above 80 very easy. Its authors advise 55 or more for the public.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from catalog import sheets, text
from catalog.parts import PARTS

LONG_SENTENCE = 25  # words
MOST_ADVICE = 40  # lines; more helps nobody
MIN_WORDS = 30  # of a text, before its readability says anything
EASY_ENOUGH = 55.0
SCALE = (
    (40.0, _("very hard")),
    (55.0, _("rather hard")),
    (65.0, _("normal")),
    (80.0, _("rather easy")),
    (1000.0, _("very easy")),
)
# Letters everybody in Chile reads without being told what they stand for.
KNOWN_LETTERS = frozenset(
    {
        "RUN",
        "RUT",
        "UF",
        "UTM",
        "UTA",
        "IVA",
        "CLP",
        "USD",
        "PDF",
        "JPG",
        "PNG",
        "MB",
        "SMS",
        "QR",
        "PIN",
        "CD",
        "DVD",
        "TV",
        "COVID",
        "CV",
        "AM",
        "PM",
    }
    | {"II", "III", "IV", "VI", "VII", "VIII", "IX", "XI", "XII", "XIII", "XIV", "XV", "XVI"}
)
# What officials write, and what people say.
PLAINER = {
    "requirente": "quien lo pide",
    "impetrar": "pedir",
    "interponer": "presentar",
    "a objeto de": "para",
    "en virtud de": "por",
    "con la finalidad de": "para",
    "en el evento de": "si",
    "en caso de que": "si",
    "dar cumplimiento a": "cumplir",
    "efectuar": "hacer",
    "acompañar los antecedentes": "adjuntar los documentos",
    "deberá": "tiene que",
    "dicho documento": "el documento",
    "previo a": "antes de",
    "con posterioridad a": "después de",
    "ut supra": "antes",
    "sin perjuicio de": "además de",
}
_WORD = re.compile(r"[a-záéíóúüñ]+", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.!?…;:])\s+|\n+")
_LETTERS = re.compile(r"\b[A-ZÁÉÍÓÚÑ]{2,10}\b")
_EXPLAINED = re.compile(r"\(\s*([A-ZÁÉÍÓÚÑ]{2,10})\s*\)|\b([A-ZÁÉÍÓÚÑ]{2,10})\s*\(")
_SILENT_U = re.compile(r"(?<=[gq])u(?=[eéií])")
_VOWELS = re.compile(r"(?:[aeiouáéíóúü]|y(?![a-záéíóúüñ]))+")
_STRONG = re.compile(r"[aeoáéóíú]")


@dataclass(frozen=True)
class Advice:
    """Something that could be plainer: in which part (`catalog.parts`), what, and the words it is about."""

    part: str
    sentence: str | Promise
    excerpt: str = ""

    @property
    def part_name(self) -> str | Promise:
        return PARTS.get(self.part, "")


@dataclass(frozen=True)
class Reading:
    """How hard a sheet's Spanish is to read: perspicuity (about 0 to 100), its place on the scale, and of how many words."""

    score: float
    label: str | Promise
    words: int

    @property
    def is_easy_enough(self) -> bool:
        return self.score >= EASY_ENOUGH


def syllables(word: str) -> int:
    """Return how many syllables a Spanish word has: strong vowels and accented weak ones stand alone, other weak ones lean on them."""
    plain = _SILENT_U.sub("", word.lower())
    return max(1, sum(max(1, len(_STRONG.findall(group))) for group in _VOWELS.findall(plain)))


def sentences(words: str) -> list[str]:
    """Return the sentences of a text; a line of a list is one."""
    return [found for one in _SENTENCE.split(words) if _WORD.search(found := one.strip(" -•*\t"))]


def reading_of(words: str) -> Reading | None:
    """Return how hard a Spanish text is to read; None when it is too short to say."""
    found = _WORD.findall(words)
    if len(found) < MIN_WORDS:
        return None
    spoken = sum(syllables(word) for word in found)
    score = 206.835 - 62.3 * spoken / len(found) - len(found) / max(1, len(sentences(words)))
    label = next(label for most, label in SCALE if score < most)
    return Reading(round(score, 1), label, len(found))


def reading_of_sheet(content: dict[str, Any]) -> Reading | None:
    """Return how hard all Spanish texts of a sheet are to read together."""
    return reading_of("\n".join(words for _part, words in _spanish(content)))


def advice_on(content: dict[str, Any]) -> list[Advice]:
    """Return what could be plainer in a sheet, part by part, what is missing last."""
    found = [one for part, words in _spanish(content) for one in _advice(part, words)]
    found += [
        Advice(part, _("Say what these letters stand for, the first time: “Full name (LETTERS)”."), letters)
        for part, letters in _unexplained(content)
    ]
    found = found[:MOST_ADVICE] + list(_dead_links(content)) + list(_never_asked(content))
    return found + [Advice(part, sentence) for part, sentence in missing_parts(content)]


def _dead_links(content: dict[str, Any]) -> Iterator[Advice]:
    """The links that lead nowhere, in either language: nobody can write one here, but a load or a file brings them."""
    texts = [*(content.get("sections") or {}).items(), ("term", (content.get("term") or {}).get("text"))]
    texts += [("channels", guide.get("text")) for guide in (content.get("channels") or {}).values()]
    for part, pair in texts:
        if any(text.loses_a_link(words) for words in (pair.values() if isinstance(pair, dict) else [pair])):
            yield Advice(part, _("A link in this text leads nowhere: write its whole address."))


def _never_asked(content: dict[str, Any]) -> Iterator[Advice]:
    """The papers that are asked as a file online, as the sheet says, and that no question of its form asks for."""
    questions = ((content.get("form") or {}).get("ui") or {}).get("questions") or []
    asked = {row.get("requirement") for row in questions if row.get("type") == "file"}
    for row in content.get("requirements") or []:
        if questions and row.get("upload") and row.get("code") not in asked:
            told = _("It is said to be asked as a file online, and no question of the form asks for it.")
            yield Advice("requirements", told, _short(sheets.in_language(row.get("label"), "es")))


def missing_parts(content: dict[str, Any]) -> list[tuple[str, Promise]]:
    """Return the parts that a reader looks for and does not find, each with a sentence that says what to write."""
    return [(part, sentence) for part, sentence, is_there in _expected(content) if not is_there]


def _expected(content: dict[str, Any]) -> Iterator[tuple[str, Any, bool]]:
    sections = content.get("sections") or {}
    term = content.get("term") or {}
    channels = content.get("channels") or {}
    yield "who_may", _("Say who may ask for it."), _says(sections.get("who_may"))
    yield "costs", _("Say what it costs; 0 when it is free."), bool(content.get("costs"))
    yield (
        "requirements",
        _("Say what people must bring, or that they need nothing."),
        bool(content.get("requirements")),
    )
    yield (
        "term",
        _("Say how long it takes."),
        _says(term.get("text")) or {term.get("business_days"), term.get("calendar_days")} != {None},
    )
    yield "channels", _("Say where and how it is done."), bool(channels)
    yield "legal_basis", _("Name the law or regulation."), bool(content.get("legal_basis"))
    keywords = content.get("keywords") or {}
    yield "keywords", _("Add the words people use to look for it."), bool(keywords.get("es"))
    yield (
        "title",
        _("Write title, summary and purpose in English too."),
        all(
            sheets.in_language(pair, "en").strip() and (pair or {}).get("en")
            for pair in (content.get("title"), content.get("summary"), sections.get("purpose"))
        ),
    )


def _says(pair: Any) -> bool:
    return bool(sheets.in_language(pair, "es").strip())


def _advice(part: str, words: str) -> Iterator[Advice]:
    for sentence in sentences(words):
        count = len(_WORD.findall(sentence))
        if count > LONG_SENTENCE:
            told = _("A sentence of %(count)s words: make two of it.") % {"count": count}
            yield Advice(part, told, _short(sentence))
    lower = words.lower()
    for official, plainer in PLAINER.items():
        if re.search(rf"\b{official}\b", lower):
            yield Advice(part, _("Plainer: “%(plainer)s”.") % {"plainer": plainer}, official)
    reading = reading_of(words)
    if reading is not None and not reading.is_easy_enough:
        told = _("This text is %(label)s to read: shorter sentences and shorter words help.") % {
            "label": reading.label
        }
        yield Advice(part, told)


def _unexplained(content: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The letters that stand somewhere before it is said what they stand for, in the order in which a sheet is read; each once."""
    seen = set(KNOWN_LETTERS)
    for part, words in _spanish(content):
        if words.isupper():
            continue
        explained = {match.start(match.lastindex or 0) for match in _EXPLAINED.finditer(words)}
        for match in _LETTERS.finditer(words):
            if match[0] not in seen and match.start() not in explained:
                yield part, match[0]
            seen.add(match[0])


def _spanish(content: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Return the Spanish texts of a sheet, without their marks, each with the part it stands in."""
    for part, pair in _pairs(content):
        if words := text.lines(sheets.in_language(pair, "es")):
            yield part, words


def _pairs(content: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """The texts of a sheet in the order in which it is read."""
    sections = content.get("sections") or {}
    yield "title", content.get("title")
    yield "summary", content.get("summary")
    yield from ((name, sections.get(name)) for name in sheets.SECTIONS)
    yield "term", (content.get("term") or {}).get("text")
    yield from (("requirements", pair) for pair in _of_requirements(content))
    yield from (("costs", pair) for pair in _of_costs(content))
    yield from (("channels", guide.get("text")) for guide in (content.get("channels") or {}).values())
    for row in content.get("variants") or []:
        said = [row.get("text"), (row.get("term") or {}).get("text")]
        yield from (("variants", pair) for pair in [*said, *_of_requirements(row), *_of_costs(row)])
    for row in ((content.get("form") or {}).get("ui") or {}).get("questions") or []:
        for asked in [row, *(row.get("fields") or [])]:
            yield from (("form", asked.get(name)) for name in ("question", "hint", "statement"))


def _of_requirements(content: dict[str, Any]) -> Iterator[Any]:
    for row in content.get("requirements") or []:
        yield row.get("label")
        yield row.get("note")


def _of_costs(content: dict[str, Any]) -> Iterator[Any]:
    yield from (row.get("condition") for row in content.get("costs") or [])


def _short(words: str) -> str:
    return words if len(words) <= 90 else f"{words[:88].rsplit(' ', 1)[0]} …"
