"""One RUN has one form, however it is written (31): dots, dashes, blanks, digits of other scripts, full width, what nobody sees."""

from random import Random

from common import run
from tests.reliability import Outcome

DASHES = ("-", "‐", "‑", "‒", "–", "—", "−", " ", "")
DOTS = (".", "", " ", "\u00a0", "’")
UNSEEN = ("", "\u200b", "\u200e", "\u202c", "\ufeff", "\u00ad", "\u2060")
ZEROS = "0٠۰०০๐０𝟎"  # the nought of eight scripts; their other digits follow it


def written(canonical: str, dice: Random) -> str:
    """Return a RUN as somebody, somewhere, may write it."""
    number, _, check = canonical.partition("-")
    groups = f"{int(number):,}".split(",") if dice.random() < 0.7 else [number]
    text = (
        dice.choice(DOTS).join(groups)
        + dice.choice(DASHES)
        + (check.lower() if dice.random() < 0.5 else check)
    )
    text = dice.choice(("", "0", "00")) + text
    zero = ord(dice.choice(ZEROS))
    digits = {ord("0") + digit: chr(zero + digit) for digit in range(10)}
    text = text.translate(digits) if dice.random() < 0.5 else text
    text = text.replace("K", "Ｋ").replace("k", "ｋ") if dice.random() < 0.3 else text
    place = dice.randrange(len(text) + 1)
    return (
        dice.choice(("", " ", "\t"))
        + text[:place]
        + dice.choice(UNSEEN)
        + text[place:]
        + dice.choice(("", " ", "\n"))
    )


def check(size: int) -> Outcome:
    """Write so many RUNs, each in a way drawn for it, and each with a wrong check digit too."""
    dice = Random("how a RUN is written")  # noqa: S311  # a test, not a secret
    wrong = []
    for _ in range(size):
        number = dice.randrange(1_000, 100_000_000)
        canonical = f"{number}-{run.check_digit(number)}"
        text = written(canonical, dice)
        other = dice.choice([one for one in "0123456789K" if one != canonical[-1]])
        if run.normalise(text) != canonical:
            wrong.append(f"{text!r} is not {canonical}")
        if run.normalise(written(f"{number}-{other}", dice)) == f"{number}-{other}":
            wrong.append(f"{number}-{other} has a wrong check digit and was taken")
    return Outcome("the RUN's one form (31)", {"RUNs": size, "ways of writing": 2 * size}, wrong)
