"""Papers that an agency asks for with a question, besides those the sheet asks of everybody."""

from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from common.errors import DomainError
from crm.models import Case, Message, RequestedPaper

ASKED = "asked-"  # and a number: papers described in words
MOST_WORDS = 200  # letters


def request_papers(
    case: Case, *, question: Message, papers: Collection[str], words: str, at: datetime
) -> list[RequestedPaper]:
    """
    Note which papers a question asks for; part of asking it, under the same lock of the case.

    :param papers: codes of the sheet's requirements
    :param words: one more paper, described; empty: none
    :raises DomainError: the sheet has no such requirement, or too many words
    """
    known = {row.code for row in case.sheet.requirements}
    if set(papers) - known:
        raise DomainError(
            _("Choose among the papers of this procedure."),
            papers=_("Choose among the papers of this procedure."),
        )
    words = " ".join(words.split())
    if len(words) > MOST_WORDS:
        long = _("This is longer than 200 letters. Shorten it, please.")
        raise DomainError(long, other_paper=long)
    wanted = [(code, "") for code in dict.fromkeys(papers)]
    if words:
        number = case.requested_papers.filter(requirement__startswith=ASKED).count() + 1
        wanted.append((f"{ASKED}{number}", words))
    return RequestedPaper.objects.bulk_create(
        RequestedPaper(case=case, question=question, requirement=code, words=text, at=at)
        for code, text in wanted
    )
