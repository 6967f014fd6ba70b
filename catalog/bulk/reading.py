"""A file that was sent: what kind it is (by what it holds, not by its name), and the sheets in it."""

from django.utils.translation import gettext

from catalog.bulk import document, spreadsheet
from catalog.bulk.given import MOST_BYTES, FileRefused, Given, without_twins

JSON, SPREADSHEET = "json", "xlsx"


def read_file(content: bytes) -> tuple[str, list[Given]]:
    """
    Return the kind of a file and what it gives.

    :raises FileRefused: it can not be read, or is too large
    """
    if len(content) > MOST_BYTES:
        raise FileRefused(
            gettext("This file is larger than %(most)s MB: divide it and send each part.")
            % {"most": MOST_BYTES // 1024 // 1024}
        )
    if not content.strip():
        raise FileRefused(gettext("This file is empty. Choose it again."))
    if content.startswith(b"PK"):
        return SPREADSHEET, without_twins(spreadsheet.read(content))
    if content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in {b"{", b"["}:
        return JSON, without_twins(document.read(content))
    raise FileRefused(
        gettext(
            "This is neither a spreadsheet (.xlsx) nor a JSON file. Save one of them here and change that one."
        )
    )
