"""Programs that speak to the agency API, as agencies and outside channels write them."""

import json
from itertools import count
from typing import Any

from django.test import Client

from accounts.actions import add_channel, issue_credential
from accounts.actors import Actor
from accounts.models import Agency, Credential, Scope

API = "/api/v1"
ALL_OF_AGENCY = (Scope.READ, Scope.PAPERS, Scope.WORK, Scope.DECIDE)


class Program:
    """A client with a credential; each write has a key of its own unless one is given."""

    numbers = count(1)

    def __init__(self, credential: Credential, secret: str) -> None:
        self.credential, self.secret = credential, secret
        self.client = Client(headers={"host": "127.0.0.1"})

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret}", "Accept-Language": "en"}

    def get(self, address: str, **query: Any) -> Any:
        return self.client.get(f"{API}/{address}", query, headers=self.headers)

    def post(
        self, address: str, body: Any = None, *, key: str = "", match: Any = None, **headers: str
    ) -> Any:
        told = {"Idempotency-Key": key or f"key-{next(self.numbers)}", **self.headers, **headers}
        if match is not None:
            told["If-Match"] = f'"{match}"' if isinstance(match, int) else match
        content = body if isinstance(body, bytes | str) else json.dumps(body or {})
        kind = told.pop("Content-Type", "application/json")
        return self.client.post(f"{API}/{address}", content, content_type=kind, headers=told)

    def revision(self, folio: str) -> int:
        return int(self.get(f"cases/{folio}").json()["revision"])


def program_of(agency: Agency | None = None, *scopes: str, **more: Any) -> Program:
    """Return a program of an agency, for everything unless told."""
    credential, secret = issue_credential(
        by=Actor.system(), name="Sistema de la agencia", agency=agency, scopes=scopes or ALL_OF_AGENCY, **more
    )
    return Program(credential, secret)


def kiosk(code: str = "kiosk-nunoa", **more: Any) -> Program:
    """Return the program of a municipality's kiosk."""
    channel = add_channel(by=Actor.system(), code=code, name_es="Tótem de Ñuñoa", name_en="Kiosk of Ñuñoa")
    return program_of(None, Scope.INTAKE, channel=channel, **more)
