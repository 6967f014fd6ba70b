"""Prints of the keys of cases, by which a session notices that a key was renewed."""

import hashlib
from collections.abc import Iterable
from uuid import UUID

from crm.models import Case


def key_prints(case_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return the hash of what is stored of each case's key: it says whether a key is the same, and opens nothing."""
    stored = Case.objects.filter(pk__in=list(case_ids)).values_list("pk", "secret_hash")
    return {pk: key_print(one) for pk, one in stored}


def opened_alike(case: Case) -> list[Case]:
    """Return a case with those of its bundle that the same key opens; of one that is alone, itself without asking."""
    if case.bundle_id is None or case.secret_hash is None:
        return [case]
    alike = Case.objects.filter(bundle=case.bundle_id, secret_hash=bytes(case.secret_hash))
    return list(alike.order_by("bundle_place"))


def key_print(stored: bytes | memoryview | None) -> str:
    """Return the print of what is stored of a key."""
    return hashlib.sha256(bytes(stored or b"")).hexdigest()[:32]
