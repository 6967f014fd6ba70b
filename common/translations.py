"""
The catalogue of texts: collected from code and templates, kept in `locale/`, compiled; gettext is not needed.

Source texts are English; each has one translation per language in `locale/<language>/LC_MESSAGES/django.po`.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import polib
from babel.messages.extract import extract_python
from django.utils.translation.template import templatize

FUNCTIONS = ("_", "gettext", "gettext_lazy", "gettext_noop")
PLURAL = ("ngettext", "ngettext_lazy")
CONTEXT = ("pgettext", "pgettext_lazy")
PLURAL_IN_CONTEXT = ("npgettext", "npgettext_lazy")
KEYWORDS = dict.fromkeys(FUNCTIONS + PLURAL + CONTEXT + PLURAL_IN_CONTEXT)

NOT_OURS = {".venv", ".dev", ".git", "tests", "migrations", "node_modules", "__pycache__"}
PLACEHOLDER = re.compile(r"%\(\w+\)[sdf]|%[sd]|(?<!\{)\{\w*\}(?!\})")
TAG = re.compile(r"</?\w+")
HEADER = {
    "Project-Id-Version": "Ventanilla",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=2; plural=(n != 1);",
}


@dataclass
class Text:
    """A source text and the files it stands in."""

    message: str
    plural: str = ""
    context: str | None = None
    files: set[str] = field(default_factory=set)

    @property
    def key(self) -> tuple[str | None, str]:
        return self.context, self.message


def catalogue_path(root: Path, language: str) -> Path:
    """Return where a language's texts are kept."""
    return root / "locale" / language / "LC_MESSAGES" / "django.po"


def collect(root: Path) -> dict[tuple[str | None, str], Text]:
    """Find every text to translate, in the order of the files it first stands in."""
    texts: dict[tuple[str | None, str], Text] = {}
    for path in sources(root):
        name = path.relative_to(root).as_posix()
        for found in texts_in(path, name):
            text = texts.setdefault(found.key, found)
            text.plural = text.plural or found.plural
            text.files.add(name)
    return texts


def sources(root: Path) -> Iterator[Path]:
    """Yield our own modules and templates, in a stable order."""
    for path in sorted(root.rglob("*")):
        parts = path.relative_to(root).parts
        is_template = "templates" in parts and path.suffix in {".html", ".txt", ".typ"}
        if (path.suffix == ".py" or is_template) and not NOT_OURS.intersection(parts):
            yield path


def texts_in(path: Path, name: str) -> Iterator[Text]:
    """Yield the texts of one file."""
    content = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        # Django itself turns a template into calls; without indentation a tokenizer takes them for Python.
        content = "\n".join(line.strip() for line in templatize(content, origin=name).splitlines())
    source = BytesIO(content.encode())
    for _line, function, messages, _comments in extract_python(source, KEYWORDS, [], {"encoding": "utf-8"}):
        if text := as_text(function, messages):
            yield text


def as_text(function: object, messages: str | Iterable[str | None] | None) -> Text | None:
    """Read one call; a call on a variable has no text of its own."""
    words: list[str | None] = [messages] if isinstance(messages, str) else list(messages or ())
    context = words.pop(0) if function in CONTEXT + PLURAL_IN_CONTEXT else None
    if not words or not words[0]:
        return None
    plural = words[1] if function in PLURAL + PLURAL_IN_CONTEXT and len(words) > 1 else None
    return Text(words[0], plural or "", context)


def merged(texts: Iterable[Text], before: polib.POFile) -> polib.POFile:
    """Return a catalogue of exactly these texts, with the translations there were."""
    known = {(entry.msgctxt, entry.msgid): entry for entry in before}
    after = polib.POFile(wrapwidth=110)
    after.metadata = HEADER
    for text in texts:
        entry = polib.POEntry(msgctxt=text.context, msgid=text.message, msgid_plural=text.plural)
        entry.occurrences = [(name, "") for name in sorted(text.files)]
        if placeholders(text.message):
            entry.flags = ["python-format" if "%" in text.message else "python-brace-format"]
        if text.plural:
            entry.msgstr_plural = {0: "", 1: ""}
        if old := known.get(text.key):
            keep_translation(entry, old)
        after.append(entry)
    return after


def keep_translation(entry: polib.POEntry, old: polib.POEntry) -> None:
    """Carry a translation over; one that lost or gained its plural is to be read again."""
    entry.tcomment = old.tcomment
    if bool(entry.msgid_plural) == bool(old.msgid_plural):
        entry.msgstr, entry.msgstr_plural = old.msgstr, dict(old.msgstr_plural)
        entry.flags += [flag for flag in old.flags if flag == "fuzzy"]
    elif entry.msgid_plural:
        entry.msgstr_plural = {0: old.msgstr, 1: old.msgstr}
        entry.flags.append("fuzzy")
    else:
        entry.msgstr = old.msgstr_plural.get(1, "")
        entry.flags.append("fuzzy")


def placeholders(text: str) -> set[str]:
    """Return what a text leaves open."""
    return set(PLACEHOLDER.findall(text.replace("%%", "")))


def faults(entry: polib.POEntry) -> Iterator[str]:
    """Yield what is wrong with one translation."""
    forms = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
    if entry.fuzzy:
        yield "is marked fuzzy: read it again"
    if not all(form.strip() for form in forms):
        yield "has no translation"
        return
    open_in_source = placeholders(entry.msgid) | placeholders(entry.msgid_plural or "")
    for form in forms:
        if stray := placeholders(form) - open_in_source:
            yield f"has placeholders the source has not: {' '.join(sorted(stray))}"
        if sorted(TAG.findall(form)) != sorted(TAG.findall(entry.msgid)) and not entry.msgid_plural:
            yield "has other markup than the source"
    # The singular may spell its number out; the general form must leave open all that the source does.
    if missing := placeholders(entry.msgid_plural or entry.msgid) - placeholders(forms[-1]):
        yield f"lost its placeholders: {' '.join(sorted(missing))}"


def compiled(catalogue: polib.POFile) -> bytes:
    """Return the catalogue as Django reads it, the same bytes each time."""
    return bytes(catalogue.to_binary())
