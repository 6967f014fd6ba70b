"""Phone numbers as people write them, kept as E.164 (Chile where no country is given)."""

import phonenumbers


def normalise(text: str) -> str | None:
    """Return `+56912345678`, or None when no telephone could be reached by this."""
    try:
        number = phonenumbers.parse(text.replace("/", " "), "CL")
    except phonenumbers.NumberParseException:
        return None
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
