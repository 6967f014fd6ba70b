"""What is filled in in one form: one case, or those of a bundle in their order, with their answers as one."""

from dataclasses import dataclass
from typing import Any

from catalog.queries.bundles import asked_together
from catalog.queries.published import content_of
from catalog.questionnaires.bundles import BundleQuestionnaire
from catalog.questionnaires.question import Question
from crm.models import Case


@dataclass(frozen=True)
class Application:
    """The cases of an application; the first stands for all where one is enough."""

    cases: tuple[Case, ...]

    @property
    def lead(self) -> Case:
        return self.cases[0]

    @property
    def is_bundle(self) -> bool:
        return self.lead.bundle_id is not None

    @property
    def title(self) -> str:
        """What it is called: the bundle's name, or the procedure's."""
        bundle = self.lead.bundle
        return bundle.bundle.title if bundle else self.lead.version.title

    @property
    def form(self) -> BundleQuestionnaire:
        """The questions of the versions under which its cases were begun."""
        return asked_together(tuple(case.version_id for case in self.cases))

    @property
    def answers(self) -> dict[str, Any]:
        """The answers of all its cases, by the keys of the form."""
        return self.form.merged([case.answers or {} for case in self.cases])

    def asking(self, key: str) -> list[tuple[Case, Question]]:
        """Return the cases that ask a question of the form now, with the question as it is each one's own."""
        standing = self.form.standing_for(key)
        answers = self.form.split(self.answers)
        return [
            (self.cases[part], question)
            for part, question in sorted(standing.items())
            if any(one.key == question.key for one in self.form.parts[part].asked(answers[part]))
        ]


def application_of(case: Case) -> Application:
    """Return the application that a case was begun with; a bundle's takes two queries."""
    if case.bundle_id is None:
        return Application((case,))
    rows = (
        Case.objects.filter(bundle=case.bundle_id)
        .select_related("bundle__bundle", "version__procedure__agency", "source")
        .defer("version__content")
        .order_by("bundle_place")
    )
    cases = []
    for row in rows:
        row.version.content = content_of(row.version_id)
        cases.append(row)
    return Application(tuple(cases))
