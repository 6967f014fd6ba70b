"""One act of an officer on a case, as data."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from accounts.actors import Actor
from crm import forms
from crm.models import Case, Stage

CarryOut = Callable[[Case, Stage | None, Actor, dict[str, Any]], object]


@dataclass(frozen=True)
class Act:
    """One thing that can be done: `asks` says whether it opens a form first."""

    name: str
    label: str | Promise
    key: str
    done: str | Promise
    carry_out: CarryOut
    form: type[forms.Act] = forms.Act
    css: str = "button-secondary"

    @property
    def asks(self) -> bool:
        return self.form is not forms.Act
