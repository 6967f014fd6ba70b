"""What the page of a bundle says before it is begun."""

from collections.abc import Sequence
from dataclasses import dataclass

from catalog.models import ProcedureVersion
from catalog.queries.bundles import asked_together
from portal.queries.drafts import question_count


@dataclass(frozen=True)
class FileToHave:
    """A file that is asked once, and the procedures that get it."""

    label: str
    titles: list[str]
    is_required: bool


def files_to_have_for(versions: Sequence[ProcedureVersion]) -> list[FileToHave]:
    """Return the papers that these procedures ask for as files, each once."""
    form = asked_together(tuple(version.pk for version in versions))
    found = []
    for one, question in zip(form.asked_once, form.questions, strict=True):
        if question.kind == "file":
            part, own = next(iter(one.of.items()))
            rows = {row.code: row for row in versions[part].sheet.requirements}
            row = rows.get(own.requirement)
            needed = any(
                row.required
                for part, own in one.of.items()
                for row in versions[part].sheet.requirements
                if row.code == own.requirement
            )
            titles = [versions[part].title for part in sorted(one.of)]
            found.append(FileToHave(row.label if row else question.label, titles, needed))
    return found


def questions_apart(versions: Sequence[ProcedureVersion]) -> int:
    """How many questions would be asked of whoever applied for these one by one."""
    return sum(question_count([version]) for version in versions)
