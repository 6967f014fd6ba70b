"""The walk over another server's catalogue: a transaction for each sheet, and nothing fetched inside one."""

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import Q
from django.utils.text import slugify
from django.utils.translation import gettext_noop

from accounts.actors import Actor
from accounts.models import Agency
from catalog import actions
from catalog.importer import convert
from catalog.models import ImportItem, ImportRun, Outcome, Theme
from catalog.models.imports import TURN_OVER
from common.errors import DomainError
from integrations.chileatiende import CatalogueClient, CatalogueRefused, CatalogueUnavailable

logger = logging.getLogger(__name__)

MAX_PAGES = 10_000
MAX_TOKEN = 500
MAX_EMPTY = 3  # pages in a row without a sheet before the server is taken to be playing
MAX_BARREN = 100  # the same for pages whose sheets all came before, or can not be told apart
NOT_KEPT = gettext_noop(
    "it could not be kept: look for unusual characters or lengths in it, and in the worker's log for its number"
)


class ImportStopped(Exception):
    """The walk could not go on; what was done stays, and the next run may resume."""


@dataclass
class Report:
    """What became of the sheets: counts by outcome, and each refusal and conflict with its reason."""

    counts: Counter[str] = field(default_factory=Counter)
    refused: list[tuple[str, str]] = field(default_factory=list)
    conflicts: list[tuple[str, str]] = field(default_factory=list)

    @property
    def done(self) -> int:
        return sum(self.counts.values())


def unfinished_run(url: str) -> ImportRun | None:
    """Return the last run over a server that was cut short; one that only says what would be done is begun anew."""
    cut = ImportRun.objects.filter(url=url, finished_at__isnull=True, is_dry=False)
    return cut.order_by("-started_at").first()


class CatalogueWalk:
    """Reads every page of a client and takes over what it finds."""

    def __init__(
        self,
        client: CatalogueClient,
        *,
        origin: str,
        by: Actor,
        run: ImportRun | None = None,
        limit: int | None = None,
        progress: Callable[[int, int], None] = lambda done, total: None,
    ) -> None:
        """Without a `run` nothing is written at all: the report says what would be. A dry one keeps that report, and nothing else."""
        self.client, self.origin, self.by, self.run, self.limit, self.progress = (
            client,
            origin,
            by,
            run,
            limit,
            progress,
        )
        self.is_dry = run is None or run.is_dry
        self.report = Report()
        self.themes = {slugify(theme.title_es): theme.code for theme in Theme.objects.all()}
        self.agencies: dict[str, Agency | None] = {}
        self.done_before: set[str] = set()  # by an earlier part of this run
        self.seen: set[str] = set()

    def go(self) -> Report:
        """
        Walk to the end, or to the limit.

        :raises ImportStopped: the server stopped answering usefully
        """
        self.done_before = self._done_before()
        token = self.run.cursor if self.run else ""
        last = self._last_done()
        tokens = {token}
        empty = barren = 0
        try:
            for _page in range(MAX_PAGES):
                page = self.client.fichas(token)
                empty = 0 if page.fichas else empty + 1
                barren += 1
                rows = [
                    (ficha, self._name(ficha), _place(token, number))
                    for number, ficha in enumerate(page.fichas, start=1)
                ]
                shown_there = [{name, f"{name} ({place})"} for _ficha, name, place in rows]
                resuming = any(last in names for names in shown_there) and bool(
                    shown_there[0] & self.done_before
                )
                for ficha, name, place in rows:
                    if self.limit is not None and self.report.done >= self.limit:
                        return self._end(TURN_OVER)
                    shown = {name, f"{name} ({place})"}
                    if not (resuming and shown & self.done_before):
                        barren = barren if self._take(ficha, name, place) else 0
                    resuming = resuming and last not in shown
                    self.seen.add(name)
                    self.progress(self.report.done, max(page.total or 0, self.report.done))
                last = ""
                if not page.next_token:
                    return self._end("")
                if barren >= MAX_BARREN:
                    raise CatalogueRefused("The server's pages repeat themselves.")
                if page.next_token in tokens or empty >= MAX_EMPTY or len(page.next_token) > MAX_TOKEN:
                    raise CatalogueRefused("The server's pages go round in a circle.")
                if convert.keepable(page.next_token) != page.next_token:
                    raise CatalogueRefused(
                        "The server's next page goes by a name that can not be kept: ask whoever runs it to mend its page tokens."
                    )
                token = page.next_token
                tokens.add(token)
                if self.run:
                    actions.move_cursor(self.run, by=self.by, cursor=token)
            raise CatalogueRefused("The server has more pages than a catalogue can have.")
        except (CatalogueRefused, CatalogueUnavailable) as error:
            self._end(str(error))
            raise ImportStopped(str(error)) from error

    def _done_before(self) -> set[str]:
        if self.run is None:
            return set()
        rows = list(self.run.items.values_list("remote_id", "outcome", "reason"))
        self.report.counts.update(outcome for _id, outcome, _reason in rows)
        for name, outcome, reason in rows:
            if outcome == Outcome.REFUSED:
                self.report.refused.append((name, reason))
            elif outcome == Outcome.CONFLICT:
                self.report.conflicts.append((name, reason))
        return {name for name, _outcome, _reason in rows}

    def _last_done(self) -> str:
        """The last row taken before the run was cut: in its page, it and those before it are done."""
        rows = self.run.items.order_by("-pk") if self.run else ImportItem.objects.none()
        return rows.values_list("remote_id", flat=True).first() or ""

    def _end(self, stopped_because: str) -> Report:
        if self.run:
            actions.end_run(self.run, by=self.by, stopped_because=stopped_because)
        return self.report

    def _name(self, ficha: dict[str, Any]) -> str:
        """The id shown in reports; something without a usable one goes by what it said."""
        try:
            return convert.remote_id(ficha)
        except convert.FichaRefused:
            said = convert.keepable(str(ficha.get("id") or ficha.get("titulo") or ""))
            return f"? {said[:18] or 'without id'}"

    def _take(self, ficha: dict[str, Any], name: str, place: str) -> bool:
        """
        Take over a row, or report why not: each row sent is counted. Return whether it told nothing new.

        One without a usable id, or with one that came before, goes by where it stood too: reports keep each.
        """
        again = name in self.seen or name in self.done_before
        told_apart = not again and not name.startswith("?")
        try:
            if again and not name.startswith("?"):
                raise convert.FichaRefused(gettext_noop("a sheet with this id came before"))
            outcome = self._import(ficha)
        except (convert.FichaRefused, DomainError, DatabaseError, ValueError) as error:
            # Whatever is wrong with one row holds no other up.
            is_foreseen = isinstance(error, convert.FichaRefused | DomainError)
            if not is_foreseen:
                logger.exception({"event": "import_row_failed", "origin": self.origin, "row": name})
            outcome, reason = Outcome.REFUSED.value, str(error) if is_foreseen else NOT_KEPT
            shown = name if told_apart else f"{name} ({place})"
            self.report.refused.append((shown, reason))
            actions.note_refusal(self.run, shown, by=self.by, reason=reason)
        self.report.counts[outcome] += 1
        return not told_apart

    def _import(self, ficha: dict[str, Any]) -> str:
        convert.remote_id(ficha)
        code = convert.agency_code(ficha)
        known = self._known_agency(code)
        details = None if known or self.is_dry else self.client.agency(code)
        kept = None if self.is_dry else self.run
        with transaction.atomic():
            agency = known or self._new_agency(code, ficha, details or {})
            data = convert.to_sheet(ficha, agency=agency.code, origin=self.origin, themes=self.themes)
            outcome, reason = actions.import_sheet(agency, data, by=self.by, origin=self.origin, run=kept)
            if self.is_dry:
                transaction.set_rollback(True)
        if self.is_dry and self.run:
            actions.note_item(self.run, data["code"], by=self.by, outcome=outcome, reason=reason)
        if outcome == Outcome.CONFLICT:
            self.report.conflicts.append((data["code"], reason))
        return outcome

    def _known_agency(self, code: str) -> Agency | None:
        if not self.agencies.get(code):
            self.agencies[code] = (
                Agency.objects.filter(Q(code=code) | Q(official_code=code)).order_by("is_added", "pk").first()
            )
        return self.agencies[code]

    def _new_agency(self, code: str, ficha: dict[str, Any], details: dict[str, Any]) -> Agency:
        return actions.add_agency(
            code,
            by=self.by,
            name=convert.plainly_said(details, "nombre") or convert.plainly_said(ficha, "servicio"),
            acronym=convert.plainly_said(details, "sigla"),
            home_url=convert.web_address(convert.plainly_said(details, "url")),
        )


def _place(token: str, number: int) -> str:
    """Where a row stood: the same whenever its page is read again."""
    page = token if len(token) <= 20 else sha256(token.encode()).hexdigest()[:12]
    return f"row {number}, page {page}" if page else f"row {number}"
