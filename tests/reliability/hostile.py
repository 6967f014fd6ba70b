"""Files as people send them, and as they must not: bombs, pages and programs dressed as papers (36)."""

import io
import struct
import zipfile
import zlib

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\nstartxref\n9\n%%EOF\n"
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
PAGE = b"<!doctype html><script>alert(1)</script>"


def chunk(name: bytes, body: bytes) -> bytes:
    """Return one part of a PNG."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(width: int = 2, height: int = 2, *, before_end: bytes = b"") -> bytes:
    """Return a whole grey PNG (its picture is right for small sizes only)."""
    rows = b"".join(b"\0" + b"\x80" * min(width, 8) for _row in range(min(height, 8)))
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + before_end + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def segment(marker: int, body: bytes) -> bytes:
    """Return one segment of a JPEG."""
    return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body


def jpeg(width: int = 2, height: int = 2, *, comment: bytes = b"") -> bytes:
    """Return a JPEG with all its parts, whole from beginning to end."""
    frame = struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00"
    more = segment(0xFE, comment) if comment else b""
    scan = segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + b"\x12\xff\x00\x34\xff\xd0\x56"
    return b"\xff\xd8" + segment(0xE0, b"JFIF\0") + more + segment(0xC0, frame) + scan + b"\xff\xd9"


def archive() -> bytes:
    """Return an archive that unpacks to a thousand times its size."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("a.html", b"0" * 5_000_000)
    return held.getvalue()


def _archive_with(comment: bytes) -> bytes:
    """Return an archive that ends with a comment, as an archive may."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as packed:
        packed.writestr("a.exe", b"MZ" * 100)
        packed.comment = comment
    return held.getvalue()


def hostile() -> dict[str, bytes]:
    """Every file that must be refused, by a name of what it is."""
    return {
        "drawing.svg": SVG,
        "page.html": PAGE,
        "page as png": b"<html>" + PAGE,
        "svg before a pdf": SVG + PDF,
        "pdf begun late": b"\n" + PDF,
        "pdf with nothing after its head": b"%PDF-1.4\n",
        "pdf of no version": b"%PDF-x %%EOF",
        "pdf with an archive behind": PDF + archive(),
        "pdf with a page behind": PDF + PAGE,
        "pdf with a page before its first object": PDF.replace(b"1 0 obj", PAGE + b"1 0 obj"),
        "pdf that starts a program": PDF.replace(b"<<>>", b"<</S/Launch/F(cmd.exe)>>"),
        "pdf that starts a program, spelt by numbers": PDF.replace(b"<<>>", b"<</S/L#61unch/F(cmd.exe)>>"),
        "pdf that runs a script": PDF.replace(b"<<>>", b"<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>"),
        "pdf of nothing but a mark": b"%PDF-1.4\nMZ anything\n%%EOF",
        "pdf with a page far inside": PDF.replace(b"1 0 obj", b" " * 1100 + PAGE + b"1 0 obj"),
        "pdf with an archive inside": PDF.replace(b"1 0 obj", b"Rar!\x1a\x07\x00 1 0 obj"),
        "archive whose comment ends as a pdf": PDF[:9] + _archive_with(PDF[9:]),
        "pdf that carries a file": PDF.replace(b"<<>>", b"<</Type/EmbeddedFile>>"),
        "pdf with much behind": PDF + b"\0" * 5000,
        "macro.docm": archive(),
        "archive as pdf": archive(),
        "program": b"MZ\x90\x00",
        "empty": b"",
        "too large": PDF + b"0" * (10 * 1024 * 1024),
        "virus": EICAR,
        "virus in a pdf": PDF.replace(b"<<>>", EICAR),
        "virus in a png": png(before_end=chunk(b"prVt", EICAR)),
        "png cut": png()[:-8],
        "png without a picture": b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", b"\0" * 13) + chunk(b"IEND", b""),
        "png with a false sum": png().replace(b"IDAT", b"IDAU"),
        "png that unpacks to terabytes": png(2_000_000_000, 2_000_000_000),
        "png of a hundred megapixels squared": png(29_000, 29_000),
        "png with a page in its text": png(before_end=chunk(b"tEXt", b"Comment\0" + PAGE)),
        "png with a page behind": png() + PAGE,
        "png with an archive behind": png() + archive(),
        "jpeg of nothing": b"\xff\xd8\xff\xe0" + PAGE,
        "jpeg cut": jpeg()[:-6],
        "jpeg with a page in its comment": jpeg(comment=b"<svg onload=alert(1)>"),
        "jpeg with a page behind": jpeg() + b"<html>",
        "jpeg with an archive behind": jpeg() + archive(),
        "jpeg with a pdf behind": jpeg() + PDF,
        "jpeg with a program behind": jpeg() + b"MZ\x90\x00",
        "jpeg of billions of points": jpeg(60_000, 60_000),
        "gif": b"GIF89a" + b"\0" * 20,
    }


def harmless() -> dict[str, bytes]:
    """Files that must be taken, as scanners and telephones make them."""
    return {
        "pdf": PDF,
        "pdf with line ends behind": PDF + b"\r\n\r\n",
        "png": png(),
        "jpeg": jpeg(),
        "jpeg with a comment": jpeg(comment=b"Foto de mi cedula"),
        "two jpegs, as some telephones do": jpeg() + jpeg(),
        "jpeg with a short film, as some telephones do": jpeg()
        + b"\0\0\0\x18ftypmp42"
        + bytes(range(256)) * 40,
    }
