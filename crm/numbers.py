"""Numbers of people other than the RUN (passport, provisional number, an agency's own), in the one form they are kept and looked for in."""

import unicodedata


def canonical(text: str) -> str:
    """Return letters and digits alone, in capitals: `ab 123-456` and `AB123456` are one number."""
    return "".join(letter for letter in unicodedata.normalize("NFKC", text).upper() if letter.isalnum())[:40]
