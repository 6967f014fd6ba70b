"""What the scenes share: who acts, the clock, and the rows of the day's contacts."""

import hashlib
import hmac
from functools import cached_property
from uuid import UUID

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.actors import Actor
from accounts.models import User
from catalog.models import ProcedureVersion
from config.demo.contacts import Grade
from crm import actions as crm
from crm import files, keys
from crm.models import Case, Interaction, SurveyInvitation
from crm.models import Stage as Part
from offices.models import Desk, Ticket
from territory.models import Office

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
PAPER = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 120]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>endobj\n"
    b"4 0 obj<</Length 62>>stream\nBT /F 14 Tf 20 60 Td (Documento de ejemplo: datos ficticios) Tj ET\nendstream endobj\n"
    b"5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF\n"
)


def key_of(number: int) -> str:
    """Return the key of the demo's `number`-th case: the same at every start of one installation, so that a citizen's walk can be shown."""
    secret = hmac.new(settings.SECRET_KEY.encode(), f"demo case {number}".encode(), hashlib.sha256).digest()
    value = int.from_bytes(secret[:16])
    return "".join(ALPHABET[value >> shift & 31] for shift in range(125, -1, -5))


class Stage:
    """The state of the play. What outlives a day is found again by the keys of the cases."""

    def __init__(self) -> None:
        self.cases: dict[int, UUID] = {}
        self.contacts: dict[int, UUID] = {}
        self.tickets: dict[int, Ticket] = {}
        self.calls: dict[int, str] = {}
        self.desks: dict[str, Desk] = {}
        self._actors: dict[str, Actor] = {}
        self._versions: dict[UUID, ProcedureVersion] = {}
        self._offices: dict[int, Office] = {}

    def find_cases(self, numbers: range) -> None:
        """Find the cases that an earlier start has made."""
        hashes = {keys.hashed(key_of(number)): number for number in numbers}
        rows = Case.objects.filter(is_synthetic=True).values_list("secret_hash", "pk")
        found = ((bytes(stored or b""), pk) for stored, pk in rows)
        self.cases = {hashes[stored]: pk for stored, pk in found if stored in hashes}

    def forget_day(self) -> None:
        """Drop what belongs to a day that is over."""
        self.contacts.clear()
        self.tickets.clear()
        self.calls.clear()
        self.desks.clear()

    def actor(self, email: str) -> Actor:
        """Return whoever works here under this address."""
        if email not in self._actors:
            self._actors[email] = Actor.staff(User.objects.get(email=email))
        return self._actors[email]

    def holder(self, number: int) -> Actor:
        """Return the citizen of a case, its key shown."""
        return Actor.visitor(frozenset({self.cases[number]}))

    def version(self, pk: UUID) -> ProcedureVersion:
        if pk not in self._versions:
            self._versions[pk] = ProcedureVersion.objects.select_related("procedure__agency").get(pk=pk)
        return self._versions[pk]

    def office(self, pk: int) -> Office:
        if pk not in self._offices:
            self._offices[pk] = Office.objects.select_related("commune").get(pk=pk)
        return self._offices[pk]

    def case(self, number: int) -> Case:
        return Case.objects.select_related("version__procedure").get(pk=self.cases[number])

    def part(self, number: int, agency: str = "") -> Part:
        """Return the one stage of a case, or that of one of its agencies."""
        parts = Part.objects.filter(agency__code=agency) if agency else Part.objects
        return parts.get(case=self.cases[number])

    def contact(self, number: int) -> Interaction:
        return Interaction.objects.get(pk=self.contacts[number])

    def hold_paper(self) -> None:
        """Have the paper at hand."""
        _ = self.paper

    @cached_property
    def paper(self) -> files.StoredFile:
        """The one synthetic paper that everybody hands in."""
        return files.store(SimpleUploadedFile("documento-de-ejemplo.pdf", PAPER, "application/pdf"))

    def grade(self, number: int, told: Grade) -> None:
        """Answer a contact's survey."""
        invitation = SurveyInvitation.objects.get(interaction=self.contacts[number])
        crm.answer_survey(
            invitation, by=Actor.visitor(), grade=told.grade, resolved=told.resolved, comment=told.comment
        )


def mark_synthetic(interaction: Interaction, case: Case | None = None) -> None:
    """Say of a contact begun by an action that asks nobody whether it is real, and of its draft, that they are not."""
    Interaction.objects.filter(pk=interaction.pk).update(is_synthetic=True)
    interaction.is_synthetic = True
    if case is not None:
        Case.objects.filter(pk=case.pk).update(is_synthetic=True)
        case.is_synthetic = True
