"""
Whether bytes are what they say they are: a whole PDF, JPEG or PNG and nothing besides.

The kind is told by the content alone. Each format is walked from its first byte to its last, without unpacking anything: a picture that
would unpack to more than any scan holds is refused by what its header says, and whatever hides behind the end (an archive, a page, a
program) is refused too.
"""

import re
import struct
import zlib
from collections.abc import Callable

SIGNATURES = {"application/pdf": b"%PDF-", "image/jpeg": b"\xff\xd8\xff", "image/png": b"\x89PNG\r\n\x1a\n"}
MOST_PIXELS = 150_000_000  # an A3 page at 800 dots an inch
MOST_SIDE = 30_000

# What a browser, an archive tool or a system would run or open: so long that no compressed data spell it by chance; then the short ones,
# looked for only where no such data lie; then what an archive, another document or a program begins with.
_RUNS = re.compile(rb"<script|<!doctype|<\?php|<iframe|javascript:", re.IGNORECASE)
_HIDDEN = re.compile(
    rb"<script|<!doctype|<\?php|<iframe|<html|<svg|<body|PK\x03\x04|PK\x05\x06|%PDF-", re.IGNORECASE
)
_BEGINS = (b"PK", b"MZ", b"Rar!", b"7z\xbc\xaf", b"\x7fELF", b"%PDF", b"<", b"GIF8")
_ARCHIVE_END, _ARCHIVE_TAIL = b"PK\x05\x06", 66_000  # an archive is read from its last bytes
# What a PDF may do by itself besides being read: start programs, run scripts, carry other files.
_ACTS = re.compile(rb"/(?:Launch|JavaScript|EmbeddedFiles?|RichMedia|ImportData)\b")
_ESCAPED = re.compile(
    rb"/[^\s()<>\[\]{}/%]*#[0-9A-Fa-f]{2}[^\s()<>\[\]{}/%]*"
)  # a name with some of its letters by their numbers
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_OBJECT = re.compile(rb"\d+\s+\d+\s+obj\b")
_PDF_END = re.compile(rb"startxref\s+\d+\s+%%EOF")  # where its table of objects is, then the last mark
_PACKED = (b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c")  # these archives are found wherever they begin
_MARKER = re.compile(rb"\xff+([^\x00\xff\xd0-\xd7])")  # within a scan: neither a stuffed byte nor a restart
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_PDF_START = re.compile(rb"%PDF-[12]\.\d")
TRAILER = 2048  # bytes after a PDF's last mark that programs leave behind


def kind_of(content: bytes) -> str | None:
    """Return the content type that the first bytes tell, None for every other."""
    return next((kind for kind, start in SIGNATURES.items() if content.startswith(start)), None)


def is_whole(content: bytes, content_type: str) -> bool:
    """Whether the content is one file of this kind from its first byte to its last, and nothing else."""
    try:
        return _CHECKS[content_type](content)
    except (struct.error, IndexError):  # it ends in the middle
        return False


def _is_picture(width: int, height: int) -> bool:
    return 0 < width <= MOST_SIDE and 0 < height <= MOST_SIDE and width * height <= MOST_PIXELS


def _is_png(content: bytes) -> bool:
    place, names = 8, []
    while place < len(content):
        length, name = struct.unpack_from(">I4s", content, place)
        body = content[place + 8 : place + 8 + length]
        (crc,) = struct.unpack_from(">I", content, place + 8 + length)
        if crc != zlib.crc32(name + body):
            return False
        if name == b"IHDR" and not (length == 13 and _is_picture(*struct.unpack_from(">II", body))):
            return False
        if name != b"IDAT" and _HIDDEN.search(body):
            return False
        names.append(name)
        place += 12 + length
        if name == b"IEND":
            break
    return (
        names[:1] == [b"IHDR"]
        and names.count(b"IHDR") == 1
        and b"IDAT" in names
        and names[-1] == b"IEND"
        and place == len(content)
    )


def _is_jpeg(content: bytes) -> bool:
    if _RUNS.search(content):
        return False
    end = _end_of_jpeg(content, 0)
    while end is not None and content.startswith(
        b"\xff\xd8", end
    ):  # telephones put further pictures behind the first
        end = _end_of_jpeg(content, end)
    if end is None:
        return False
    rest = content[end:].lstrip(b"\0\r\n\t ")  # or a short film: never an archive, a page or a program
    return not (rest.startswith(_BEGINS) or b"%PDF-" in rest or _ARCHIVE_END in rest[-_ARCHIVE_TAIL:])


def _end_of_jpeg(content: bytes, place: int) -> int | None:
    """Walk one picture's segments and scans; return where it ends, None when it is none."""
    has_frame = has_scan = False
    place += 2
    while True:
        if content[place] != 0xFF:
            return None
        while content[place] == 0xFF:
            place += 1
        marker = content[place]
        place += 1
        if marker == 0xD9:
            return place if has_frame and has_scan else None
        if marker == 0x01 or 0xD0 <= marker <= 0xD7:
            continue
        (length,) = struct.unpack_from(">H", content, place)
        body = content[place + 2 : place + length]
        if length < 2 or len(body) != length - 2:
            return None
        if marker in _FRAMES:
            height, width = struct.unpack_from(">HH", body, 1)
            if not _is_picture(width, height):
                return None
            has_frame = True
        if (0xE0 <= marker <= 0xEF or marker == 0xFE) and _HIDDEN.search(body):
            return None
        place += length
        if marker == 0xDA:
            has_scan = True
            following = _MARKER.search(content, place)
            if following is None:
                return None
            place = following.start()


def _is_pdf(content: bytes) -> bool:
    if not _PDF_START.match(content) or not _OBJECT.search(content) or _acts(content):
        return False
    last = content.rfind(b"startxref")
    end = _PDF_END.match(content, last) if last >= 0 else None
    if end is None or _RUNS.search(content) or any(mark in content for mark in _PACKED):
        return False
    rest = content[end.end() :]
    is_archive = _ARCHIVE_END in content[-_ARCHIVE_TAIL:]
    return len(rest) <= TRAILER and not is_archive and not _HIDDEN.search(rest)


def _acts(content: bytes) -> bool:
    """Whether a PDF does something by itself, its name written plainly or by the numbers of its letters."""
    return bool(_ACTS.search(content)) or any(
        _ACTS.match(_ESCAPE.sub(lambda found: bytes((int(found[1], 16),)), name))
        for name in _ESCAPED.findall(content)
    )


_CHECKS: dict[str, Callable[[bytes], bool]] = {
    "application/pdf": _is_pdf,
    "image/jpeg": _is_jpeg,
    "image/png": _is_png,
}
