"""Taking over another server's catalogue: nothing lost, nothing doubled, nothing of ours overwritten."""

import io
import json
from datetime import date
from typing import Any

import httpx
import pytest
from django.core.management import CommandError, call_command
from django.db import DataError, IntegrityError
from django.test import Client

from accounts.actors import Actor
from accounts.models import Agency
from catalog import actions
from catalog.actions import imports
from catalog.importer.run import NOT_KEPT, CatalogueWalk, ImportStopped, Report
from catalog.models import ImportItem, ImportRun, Procedure, ProcedureVersion, Theme
from catalog.queries.published import published_version
from catalog.queries.search import search
from common.errors import NotAllowed
from integrations.chileatiende import CatalogueUnavailable, FichaPage
from integrations.chileatiende.http import HttpCatalogue
from integrations.chileatiende.memory import MemoryCatalogue
from tests.catalog.sheets import AGENCIES, ficha
from tests.factories import catalog as sheets
from tests.factories.accounts import AgencyFactory
from tests.fakes_verified.test_chileatiende import FakeServer, serve

ORIGIN = "https://other.example/api"
pytestmark = pytest.mark.django_db


def walk(
    rows: list[dict[str, Any]], *, run: ImportRun | str | None = "new", page_size: int = 2, **more: Any
) -> Report:
    client = more.pop("client", None) or MemoryCatalogue(rows, AGENCIES, page_size=page_size)
    if run == "new":
        run = actions.begin_run(ORIGIN, by=Actor.system())
    return CatalogueWalk(client, origin=ORIGIN, by=Actor.system(), run=run, **more).go()


def test_a_catalogue_is_taken_over():
    Theme.objects.create(code="health", title_es="Salud", title_en="Health")

    report = walk([ficha(number) for number in range(1, 6)])

    assert report.counts == {"created": 5}
    version = published_version("tramite-numero-1")
    assert version.procedure.origin == ORIGIN
    assert version.procedure.agency.name_es == "Servicio de Ejemplo"
    assert version.procedure.agency.acronym == "SEJ"
    sheet = version.sheet
    assert (
        sheet.purpose
        == "<p>Sirve para <strong>probar</strong>. Dura poco.</p>\n<ul>\n<li>Uno</li>\n<li>Dos</li>\n</ul>\n"
    )
    assert sheet.summary == "Sirve para probar."
    assert [(cost.amount, cost.condition) for cost in sheet.costs] == [
        (3820, "primera vez"),
        (0, "renovación"),
    ]
    assert [row.label for row in sheet.requirements] == ["Cédula de identidad", "Un formulario"]
    assert [(law.title, law.url) for law in sheet.legal_basis] == [
        ("Ley N° 1", "https://www.bcn.cl/leychile/navegar?idNorma=1")
    ]
    assert sheet.term_business_days == 10
    assert [(way.code, way.mode) for way in sheet.channels] == [("online", "start"), ("office", "start")]
    assert version.content["themes"] == ["health"]
    assert search("tramite numero 3", language="es").entries[0].code == "3"


def test_twice_changes_nothing():
    rows = [ficha(number) for number in range(1, 4)]
    walk(rows)
    before = ProcedureVersion.objects.count()

    report = walk(rows)

    assert report.counts == {"same": 3}
    assert ProcedureVersion.objects.count() == before


def test_what_changed_there_becomes_a_new_version_here():
    walk([ficha(1), ficha(2)])

    report = walk([ficha(1), ficha(2, costo="<p>$4.000</p>")])

    assert report.counts == {"same": 1, "changed": 1}
    version = published_version("tramite-numero-2")
    assert (version.number, version.sheet.costs[0].amount) == (2, 4000)


def test_a_dry_run_writes_nothing():
    report = walk([ficha(1), ficha(2, titulo="")], run=None)

    assert report.counts == {"created": 1, "refused": 1}
    assert not Procedure.objects.exists()
    assert not ImportItem.objects.exists()
    assert not Agency.objects.exists()


def test_what_is_written_here_is_not_overwritten():
    agency = AgencyFactory(code="AD009")
    sheets.publish(sheets.sheet(code="1", slug="nuestro"), agency=agency)

    report = walk([ficha(1)])

    assert report.counts == {"conflict": 1}
    assert "written here" in report.conflicts[0][1]
    assert published_version("nuestro").title_es == "Certificado de ejemplo"


def test_what_was_edited_here_since_is_not_overwritten(administrator, actor_of):
    walk([ficha(1)])
    actions.begin_version(Procedure.objects.get(code="1"), by=actor_of(administrator))

    report = walk([ficha(1, titulo="Otro título")])

    assert report.counts == {"conflict": 1}
    assert "an editor decides" in ImportItem.objects.get(outcome="conflict").reason
    assert published_version("tramite-numero-1").title_es == "Trámite número 1"


def test_another_agencys_procedure_of_the_same_number_is_refused():
    walk([ficha(1)])

    report = walk([ficha(1, codigo="ZZ001-1", titulo="Otro")])

    assert report.counts == {"refused": 1}
    assert "another agency" in report.refused[0][1]


def test_a_sheet_that_can_not_be_used_is_refused_with_its_reason_and_the_others_go_on():
    rows = [
        ficha(1, titulo=""),
        ficha(2, objetivo="<script>alert(1)</script>"),
        ficha(3, codigo=""),
        ficha(4, id="../../etc/passwd"),
        ficha(5, objetivo="<p>" + "muy largo " * 3000),
        ficha(6, objetivo="x" * 300_000),
        {},
        ficha(8, titulo="t" * 300),
        ficha(9),
    ]

    report = walk(rows, page_size=50)

    assert report.counts == {"refused": 8, "created": 1}
    reasons = dict(report.refused)
    assert "no title" in reasons["1"]
    assert "what it is for" in reasons["2"]
    assert "which agency" in reasons["3"]
    assert "id is not made of" in reasons["? ../../etc/passwd (row 4)"]
    assert "20000" in reasons["5"]
    assert "300000 characters" in reasons["6"]
    assert "no id" in reasons["? without id (row 7)"]
    assert "250" in reasons["8"]
    assert ImportItem.objects.filter(outcome="refused").count() == 8


HALF = "\ud800"  # half a character: JSON can tell it, no database keeps it
HUGE = "x" * 200_001


@pytest.mark.parametrize(
    "wrong",
    [
        {"nombre": HUGE},
        {"nombre": f"Mal {HALF} nombre"},
        {"nombre": "Mal\x00 nombre"},
        {"nombre": "", "sigla": HALF},
        {"url": f"https://{HALF}.example"},
        {"url": "https://exa\x00mple.org"},
    ],
)
def test_what_can_not_be_kept_of_an_agency_is_left_out_and_its_sheet_is_taken(wrong):
    agencies = [*AGENCIES, {**AGENCIES[0], "id": "ZZ001", **wrong}]

    report = walk([], client=MemoryCatalogue([ficha(1, codigo="ZZ001-1"), ficha(2)], agencies))

    assert report.counts == {"created": 2}
    assert Agency.objects.get(code="ZZ001").name_es in {"Servicio de Ejemplo", "Mal nombre"}


@pytest.mark.parametrize(
    ("wrong", "outcome"),
    [
        ({"servicio": HUGE}, "created"),
        ({"servicio": HALF}, "created"),
        ({"id": "\x00"}, "refused"),
        ({"id": HALF}, "refused"),
        ({"id": "", "codigo": "", "titulo": "a\x00b"}, "refused"),
        ({"id": None, "codigo": None, "titulo": HALF}, "refused"),
        ({"titulo": HUGE}, "refused"),
        ({"tags": {"tag": [HUGE]}}, "refused"),
    ],
)
def test_a_hostile_row_ends_in_itself_and_a_dry_run_foretells_it(wrong, outcome):
    rows = [ficha(1, **{"codigo": "ZZ001-1", **wrong}), ficha(2)]
    dry = walk(rows, run=actions.begin_run(ORIGIN, by=Actor.system(), is_dry=True))

    report = walk(rows)

    assert report.counts == dry.counts
    assert report.counts[outcome] >= 1
    assert Procedure.objects.filter(code="2").exists()


@pytest.mark.parametrize(
    "wrong", [IntegrityError("it is there already"), DataError("too long"), ValueError("NUL")]
)
def test_what_the_database_does_not_take_is_a_refusal_of_its_row(monkeypatch, wrong):
    put_sheet = imports.put_sheet

    def breaks(agency, data, **more):
        put_sheet(agency, data, **more)
        if data["code"] == "1":
            raise wrong
        return "created"

    monkeypatch.setattr(imports, "put_sheet", breaks)
    dry = walk([ficha(1), ficha(2)], run=None)

    report = walk([ficha(1), ficha(2)])

    assert report.counts == dry.counts == {"refused": 1, "created": 1}
    assert report.refused == dry.refused == [("1", NOT_KEPT)]
    assert ImportItem.objects.get(outcome="refused").reason == NOT_KEPT
    assert list(Procedure.objects.values_list("code", flat=True)) == ["2"]


@pytest.mark.parametrize("token", ["a\x00b", HALF])
def test_a_page_name_that_can_not_be_kept_ends_the_run_in_a_sentence(token):
    class Hostile(MemoryCatalogue):
        def fichas(self, page_token: str = "") -> FichaPage:
            return FichaPage((ficha(1),), token, None)

    with pytest.raises(ImportStopped, match="page tokens"):
        walk([], client=Hostile([], AGENCIES))

    assert Procedure.objects.get().code == "1"


def test_each_row_sent_is_reported_and_pages_of_nothing_do_not_stop_the_run():
    rows = [ficha(1), {}, {}, {}, {}, {}, ficha(1, titulo="Otra vez"), ficha(2)]
    run = actions.begin_run(ORIGIN, by=Actor.system())

    report = walk(rows, run=run)

    assert report.counts == {"created": 2, "refused": 6}
    assert run.items.count() == len(rows)
    assert ("1 (row 1, page 6)", "a sheet with this id came before") in report.refused
    assert ("? without id (row 2, page 4)", "it has no id") in report.refused
    assert published_version("tramite-numero-1").title_es == "Trámite número 1"


@pytest.mark.parametrize("limit", range(1, 8))
def test_a_run_that_goes_on_reports_each_row_once(limit):
    rows = [ficha(1), {}, {}, {}, ficha(1, titulo="Otra vez"), ficha(2), {}, ficha(2)]
    run = actions.begin_run(ORIGIN, by=Actor.system())
    walk(rows, run=run, limit=limit, page_size=3)
    run.refresh_from_db()

    report = walk(rows, run=run, page_size=3)

    assert report.counts == {"created": 2, "refused": 6}
    assert run.items.count() == len(rows)


def test_hostile_text_becomes_harmless_text():
    hostile = (
        '<p onclick="x()">Hola <img src=x onerror=alert(1)><a href="javascript:alert(1)">aquí</a>'
        '<iframe src="//evil"></iframe></p>'
    )
    walk(
        [
            ficha(
                1,
                objetivo=hostile,
                titulo="<b>Título</b> \x00\ud800 <script>x</script>",
                permalink="javascript:alert(1)",
            )
        ]
    )

    version = ProcedureVersion.objects.get()
    assert version.sheet.purpose == "<p>Hola aquí</p>\n"
    assert version.title_es == "Título"
    assert version.content["sources"] == [{"url": ORIGIN, "facts": "all"}]


def test_values_of_the_wrong_kind_count_as_missing():
    report = walk(
        [
            ficha(
                1,
                costo=["<p>$1</p>"],
                tags="suelta",
                temas=None,
                guia_oficina={"a": 1},
                plazo=3,
                marco_legal=True,
            )
        ]
    )

    assert report.counts == {"created": 1}
    assert ProcedureVersion.objects.get().content["keywords"] == {"es": ["suelta"]}


def test_a_price_in_words_is_kept_as_words():
    walk(
        [
            ficha(
                1,
                costo="<p>Depende: entre $1.000 y $2.000, según la comuna.</p>",
                observaciones="<p>Ojo.</p>",
            )
        ]
    )

    sheet = ProcedureVersion.objects.get().sheet
    assert sheet.costs == []
    assert "Ojo." in sheet.good_to_know
    assert "<strong>Costo:</strong> Depende: entre $1.000 y $2.000" in sheet.good_to_know


def test_two_sheets_of_one_title_have_two_addresses():
    walk([ficha(1, titulo="Igual"), ficha(2, titulo="Igual")])

    assert set(Procedure.objects.values_list("slug", flat=True)) == {"igual", "igual-2"}


def test_a_title_that_ends_in_a_number_takes_no_other_sheets_address():
    rows = [
        ficha(1, titulo="Subsidio"),
        ficha(2, titulo="Subsidio 3"),
        ficha(4, titulo="Subsidio 3 2"),
        ficha(3, titulo="Subsidio"),
        ficha(5, titulo="S" * 200),
        ficha(6, titulo="S" * 200),
    ]
    foretold = walk(rows, run=None)

    report = walk(rows)

    assert report.counts == foretold.counts == {"created": 6}
    assert Procedure.objects.get(code="3").slug == "subsidio-3-3"


def test_an_agency_of_ours_is_found_by_the_states_code():
    ours = AgencyFactory(code="SEJ", official_code="AD009")

    walk([ficha(1)])

    assert Procedure.objects.get().agency == ours
    assert Agency.objects.count() == 1


class Breaking(MemoryCatalogue):
    """Stops answering at a page."""

    broken = True

    def fichas(self, page_token: str = "") -> FichaPage:
        if self.broken and page_token == "4":
            raise CatalogueUnavailable("The server did not answer.")
        return super().fichas(page_token)


def test_a_run_cut_short_goes_on_from_its_page():
    client = Breaking([ficha(number) for number in range(1, 8)], AGENCIES, page_size=2)
    run = actions.begin_run(ORIGIN, by=Actor.system())
    with pytest.raises(ImportStopped):
        walk([], client=client, run=run)
    run.refresh_from_db()
    assert (run.cursor, run.finished_at, run.items.count()) == ("4", None, 4)

    client.broken = False
    report = walk([], client=client, run=run)

    assert report.counts == {"created": 7}
    run.refresh_from_db()
    assert run.finished_at is not None
    assert run.items.count() == 7


def test_a_limit_stops_in_the_middle_of_a_page_and_the_rest_follows():
    rows = [ficha(number) for number in range(1, 6)]
    run = actions.begin_run(ORIGIN, by=Actor.system())
    assert walk(rows, run=run, limit=3).counts == {"created": 3}

    run.refresh_from_db()
    assert walk(rows, run=run).counts == {"created": 5}


@pytest.mark.parametrize("tokens", [["a", "b", "a"], ["a", "a"], ["a" * 600]])
def test_pages_that_go_round_in_a_circle_are_left(tokens):
    class Circle(MemoryCatalogue):
        count = 0

        def fichas(self, page_token: str = "") -> FichaPage:
            self.count += 1
            return FichaPage((ficha(self.count),), tokens[min(self.count, len(tokens)) - 1], None)

    with pytest.raises(ImportStopped, match="circle"):
        walk([], client=Circle([]))

    assert "circle" in ImportRun.objects.get().stopped_because


def test_pages_that_repeat_their_sheets_are_left():
    class Repeating(MemoryCatalogue):
        count = 0

        def fichas(self, page_token: str = "") -> FichaPage:
            self.count += 1
            return FichaPage((ficha(1),), f"t{self.count}", None)

    with pytest.raises(ImportStopped, match="repeat"):
        walk([], client=Repeating([]))


def test_endless_empty_pages_are_left():
    class Empty(MemoryCatalogue):
        count = 0

        def fichas(self, page_token: str = "") -> FichaPage:
            self.count += 1
            return FichaPage((), f"t{self.count}", None)

    with pytest.raises(ImportStopped, match="circle"):
        walk([], client=Empty([]))


def test_only_an_administrator_imports(editor, actor_of):
    with pytest.raises(NotAllowed):
        actions.begin_run(ORIGIN, by=actor_of(editor))


def test_the_command_reads_over_http_and_reports():
    out = io.StringIO()
    with FakeServer(serve("list")) as server:
        call_command("import_catalogue", url=server.url, stdout=out)
        assert "created 5, changed 0, same 0, conflict 0, refused 0" in out.getvalue()

        out = io.StringIO()
        call_command("import_catalogue", url=server.url, dry_run=True, stdout=out)
        assert "Would be: created 0, changed 0, same 5, conflict 0, refused 0" in out.getvalue()
        assert ImportRun.objects.get(is_dry=True).items.filter(outcome="same").count() == 5


def test_the_command_says_how_to_go_on():
    with (
        FakeServer(lambda path, query: (401, {}, b"")) as server,
        pytest.raises(CommandError, match="--token"),
    ):
        call_command("import_catalogue", url=server.url, stdout=io.StringIO())


def ours_answers(request: httpx.Request) -> httpx.Response:
    """Answer as our own server does."""
    answer = Client().get(request.url.raw_path.decode())
    return httpx.Response(answer.status_code, headers=dict(answer.headers), content=answer.content)


def test_our_own_catalogue_read_through_our_own_api_says_the_same():
    """The round trip: published here, read over the legacy API, taken over elsewhere."""
    agency = AgencyFactory(code="SRCEI", name_es="Servicio de Registro Civil")
    changes: list[dict[str, Any]] = [
        {
            "costs": [
                {"amount": 3820, "currency": "CLP", "condition": {"es": "Primera vez"}},
                {"amount": 1.6, "currency": "UTM"},
            ]
        },
        {"costs": [{"amount": 0, "currency": "CLP", "condition": {"es": "Siempre"}}]},
        {
            "costs": [],
            "sections": {
                "purpose": {"es": "Un *texto* con [enlace](https://example.org/a_b) y\n\n1. uno\n2. **dos**"}
            },
        },
    ]
    ours = [
        sheets.publish(
            sheets.sheet(code=str(n), slug=f"t-{n}", title={"es": f"Título {n} & más"}, **more), agency=agency
        )
        for n, more in enumerate(changes, start=100)
    ]
    rows: list[dict[str, Any]] = []
    for prefix in ("/api", "/api/chileatiende"):
        client = HttpCatalogue(f"http://testserver{prefix}", transport=httpx.MockTransport(ours_answers))
        rows = list(client.fichas().fichas)
        assert len(rows) == 3
    told = client.agency("SRCEI")

    theirs = [
        {**row, "id": f"9{row['id']}", "codigo": f"COPY-9{row['id']}"} for row in json.loads(json.dumps(rows))
    ]
    report = walk([], client=MemoryCatalogue(theirs, [{**told, "id": "COPY"}]))

    assert report.counts == {"created": 3}
    assert Agency.objects.get(code="COPY").name_es == "Servicio de Registro Civil"
    for version in ours:
        copy = ProcedureVersion.objects.get(procedure__code=f"9{version.procedure.code}")
        assert copy.title_es == version.title_es
        assert [(c.amount, c.currency, c.condition) for c in copy.sheet.costs] == [
            (c.amount, c.currency, c.condition) for c in version.sheet.costs
        ]
        assert copy.sheet.purpose == version.sheet.purpose.replace("<em>", "").replace("</em>", "")
        assert [row.label for row in copy.sheet.requirements] == [
            row.label for row in version.sheet.requirements
        ]
        assert [(law.title, law.url) for law in copy.sheet.legal_basis] == [
            (law.title, law.url) for law in version.sheet.legal_basis
        ]
        assert copy.sheet.term_business_days == version.sheet.term_business_days
        assert {w.code: w.html for w in copy.sheet.channels} == {
            w.code: w.html for w in version.sheet.channels
        }


# --- the codes of papers ------------------------------------------------------------------------------
def codes():
    return [row["code"] for row in published_version("tramite-numero-1").content["requirements"]]


def papers(*labels: str) -> str:
    return "".join(f"<li>{label}</li>" for label in labels)


def test_a_new_paper_leaves_the_others_what_they_were():
    walk([ficha(1, doc_requeridos=papers("Cédula", "Formulario"))])
    assert codes() == ["paper-1", "paper-2"]

    walk([ficha(1, doc_requeridos=papers("Certificado nuevo", "Cédula", "Formulario"))])

    assert codes() == ["paper-1-2", "paper-1", "paper-2"]
    before, now = ProcedureVersion.objects.order_by("number").values_list("content", flat=True)
    kept = {row["code"]: row for row in now["requirements"]}
    assert all(kept[row["code"]] == row for row in before["requirements"])
    walk([ficha(1, doc_requeridos=papers("Formulario"))])
    assert codes() == ["paper-2"]


def test_the_same_words_twice_keep_their_codes_reading_after_reading():
    rows = [ficha(1, doc_requeridos=papers("Copia", "Copia", "Cédula"))]
    walk(rows)
    walk([ficha(1, doc_requeridos=papers("Formulario", "Copia", "Copia", "Cédula"))])
    assert codes() == ["paper-1-2", "paper-1", "paper-2", "paper-3"]

    again = walk([ficha(1, doc_requeridos=papers("Formulario", "Copia", "Copia", "Cédula"))])

    assert again.counts == {"same": 1}
    assert ProcedureVersion.objects.count() == 2


def test_a_sheet_that_was_read_here_is_read_by_nobody_once_another_text_replaces_it():
    walk([ficha(1)])
    read, due = date(2026, 3, 1), date(2026, 5, 1)
    Procedure.objects.update(reviewed_on=read, review_by=due)

    walk([ficha(1)])
    assert Procedure.objects.values_list("reviewed_on", "review_by").get() == (read, due), "the same text"
    walk([ficha(1, objetivo="<p>Otra cosa.</p>")])

    assert Procedure.objects.values_list("reviewed_on", "review_by").get() == (None, due)
