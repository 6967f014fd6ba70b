"""
How sure we are of who somebody is, and for how long: 100 declared · 200 e-mail or SMS confirmed · 300 knowledge questions by phone ·
500 an officer saw the document · 600 electronic identity or a trusted register.
"""

from datetime import timedelta

from crm.models.person import Process

_PROCESSES = {
    100: Process.DECLARED,
    200: Process.CONFIRMED,
    300: Process.QUESTIONS,
    500: Process.DOCUMENT,
    600: Process.REGISTER,
}
# How long each holds; then it is what the person says, no more. An address changes hands; what was answered by phone is good for that
# day; an identity card is valid for ten years (Registro Civil). A register is asked anew, it does not expire.
LIFETIMES = {200: timedelta(days=730), 300: timedelta(days=1), 500: timedelta(days=3652)}


def process_of(level: int) -> Process:
    """Return how a level was reached."""
    return _PROCESSES[max(step for step in _PROCESSES if step <= max(level, 100))]
