"""Phone numbers as people write them, kept as E.164 (Chile where no country is given)."""

import phonenumbers

CHILE = 56


def normalise(text: str) -> str | None:
    """Return `+56912345678`, or None when no telephone could be reached by this."""
    try:
        number = phonenumbers.parse(text.replace("/", " "), "CL")
    except phonenumbers.NumberParseException:
        return None
    if (
        number.country_code == CHILE
    ):  # no number begins with 0 there any more, but people write it as it was dialled
        number.italian_leading_zero = number.number_of_leading_zeros = None
    if not phonenumbers.is_possible_number(number):
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def takes_texts(e164: str) -> bool:
    """Whether text messages may reach a number: in Chile those of mobiles, which begin with 9."""
    return not e164.startswith("+56") or e164.startswith("+569")


def pretty(e164: str) -> str:
    """Return the number as it is dialled from abroad, in groups."""
    try:
        number = phonenumbers.parse(e164, None)
    except phonenumbers.NumberParseException:
        return e164
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL))
