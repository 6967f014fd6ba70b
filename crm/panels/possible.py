"""“Also possible now”: what else whoever is here may get, from what we surely know and from what they say and nobody keeps."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import get_language

from catalog.eligibility.asking import FactsForm, questions_about
from catalog.eligibility.facts import FACTS
from catalog.eligibility.words import in_words
from catalog.queries.possible import Possible, possible_for
from crm.models import Interaction
from crm.models.person import PersonKind
from crm.queries.known_facts import known_facts

SHOWN = 6


@dataclass(frozen=True)
class PossibleNow:
    """The panel: what is known of whoever is here, the form for what they say, and what follows from both."""

    known: list[tuple[str, str]]
    form: FactsForm
    found: list[Possible]

    @property
    def has_asked(self) -> bool:
        """Whether the form was sent."""
        return self.form.is_bound


def possible_now(interaction: Interaction, *, without: Collection[UUID], said: Any = None) -> PossibleNow:
    """
    Return what else is possible for whoever is here, or for whom they speak.

    :param without: the procedures in hand
    :param said: what was posted of the form; it is judged, shown again and kept nowhere
    """
    whom = interaction.represented or interaction.person
    known = known_facts(interaction)
    applicant = PersonKind.ORGANISATION if whom and whom.kind == PersonKind.ORGANISATION else "person"
    form = FactsForm(questions_about(applicant, without=known), said, auto_id="fact_%s")
    facts = {**form.known(), **known} if form.is_bound and form.is_valid() else known
    language = "en" if (get_language() or "es").startswith("en") else "es"
    return PossibleNow(
        known=[(str(FACTS[code].label), in_words(FACTS[code], value)) for code, value in known.items()],
        form=form,
        found=possible_for(facts, language=language, limit=SHOWN, without=without),
    )
