"""A validated sheet, as everybody reads it."""

from typing import Any

from django.utils.safestring import SafeString

from catalog import text
from catalog.eligibility.words import Rule, rules_in_words
from catalog.sheets.codes import HOUSE_LEVELS, LIKE_OFFICE, RIGHT_NEEDS
from catalog.sheets.rows import (
    ChannelGuide,
    Cost,
    LegalBasis,
    Requirement,
    StageRow,
    costs_in,
    guides_in,
    in_language,
    requirements_in,
    stages_in,
    term_in_words,
)
from catalog.sheets.validity import Validity, validity_in
from catalog.sheets.variants import Variant, applied, variants_in


class Sheet:
    """A validated sheet, read in the active language."""

    def __init__(self, content: dict[str, Any]) -> None:
        self.content = content

    def _text(self, *path: str) -> str:
        value: Any = self.content
        for step in path:
            value = (value or {}).get(step)
        return in_language(value)

    @property
    def title(self) -> str:
        return self._text("title")

    @property
    def summary(self) -> str:
        return self._text("summary")

    @property
    def applicant(self) -> str:
        return str(self.content.get("applicant", "person"))

    def section(self, name: str) -> SafeString:
        """Return one section as safe HTML, empty when the sheet lacks it."""
        return text.render(self._text("sections", name))

    @property
    def purpose(self) -> SafeString:
        return self.section("purpose")

    @property
    def who_may(self) -> SafeString:
        return self.section("who_may")

    @property
    def validity(self) -> SafeString:
        return self.section("validity")

    @property
    def valid_for(self) -> Validity | None:
        """How long what one gets is valid, as data; beside it stands `validity` in words."""
        return validity_in(self.content.get("valid_for"))

    @property
    def good_to_know(self) -> SafeString:
        return self.section("good_to_know")

    @property
    def requirements(self) -> list[Requirement]:
        return requirements_in(self.content.get("requirements") or [])

    @property
    def costs(self) -> list[Cost]:
        return costs_in(self.content.get("costs") or [])

    @property
    def term_text(self) -> str:
        """How long it takes, in its words or else by its days; empty where it says neither."""
        return self._text("term", "text") or term_in_words(self.content.get("term") or {})

    @property
    def term_business_days(self) -> int | None:
        return (self.content.get("term") or {}).get("business_days")

    @property
    def term_calendar_days(self) -> int | None:
        return (self.content.get("term") or {}).get("calendar_days")

    @property
    def right(self) -> str:
        """The right over their data that a case asks for, empty for every other procedure."""
        return str(self.content.get("right") or "")

    @property
    def legal_basis(self) -> list[LegalBasis]:
        return [
            LegalBasis(in_language(row["title"]), row.get("url", ""))
            for row in self.content.get("legal_basis") or []
        ]

    @property
    def channels(self) -> list[ChannelGuide]:
        """The ways to do it, in the house's order."""
        return guides_in(self.content.get("channels") or {})

    @property
    def variants(self) -> list[Variant]:
        """Where it is done otherwise, and how."""
        return variants_in(self.content.get("variants"))

    def where(self, variant: Variant) -> "Sheet":
        """Return the sheet as it is where one of its variants holds."""
        return Sheet(applied(self.content, variant.content))

    def for_whom(self, answers: dict[str, Any], commune: str | None) -> "Sheet":
        """
        Return the sheet as it holds for an application: as it is done at the agency it is addressed to, or in the applicant's commune; itself
        where it is done everywhere alike.
        """
        variants = self.content.get("variants") or []
        chosen = (
            {answers.get(row.addressed_by) for row in self.stages if row.addressed_by} if variants else set()
        )
        for one in [
            *(row for row in variants if row.get("agency") and row["agency"] in chosen),
            *(row for row in variants if commune and commune in (row.get("communes") or ())),
        ]:
            return Sheet(applied(self.content, one))
        return self

    @property
    def stages(self) -> list[StageRow]:
        return stages_in(self.content.get("stages") or [])

    @property
    def has_form(self) -> bool:
        return bool(self.content.get("form", {}).get("ui", {}).get("questions"))

    @property
    def eligibility(self) -> dict[str, Any] | None:
        """The rules of who may get it, where the sheet has them (`catalog.eligibility`)."""
        return self.content.get("eligibility") or None

    @property
    def rules(self) -> list[Rule]:
        """The same in words."""
        return rules_in_words(self.eligibility)

    @property
    def sources(self) -> list[dict[str, Any]]:
        return list(self.content.get("sources") or [])

    @property
    def related(self) -> list[str]:
        """The numbers of the procedures it points to; never followed any further, so that cycles do no harm."""
        return list(self.content.get("related") or [])

    @property
    def questions_for_agency(self) -> list[str]:
        return [in_language(row) for row in self.content.get("questions_for_agency") or []]

    def level(self, channel: str, act: str) -> int:
        """
        Return the identity level (0 to 600) that an act needs on a channel.

        A channel outside this house, which no sheet can name, needs the highest level that the sheet sets for the act on any channel.
        """
        levels = self.content.get("levels") or {}
        named = levels.get(channel) or (levels.get("office") if channel == LIKE_OFFICE else None) or {}
        if named.get(act) is not None:
            needed = int(named[act])
        elif channel in HOUSE_LEVELS:
            needed = HOUSE_LEVELS[channel].get(act, 100)
        else:
            needed = max((int((row or {}).get(act) or 0) for row in levels.values()), default=0)
            needed = max(needed, 0 if act == "inform" else 100)
        return max(needed, RIGHT_NEEDS) if self.right and act == "submit" else needed

    @property
    def is_taken_outside(self) -> bool:
        """
        Whether an application can be begun in a channel outside this house: it has a form, can be begun on the web too, and asks for no
        more than that people say who they are.
        """
        online = (self.content.get("channels") or {}).get("online") or {}
        return self.has_form and online.get("mode", "inform") != "inform" and self.level("", "submit") <= 100
