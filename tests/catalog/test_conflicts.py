"""What another server says otherwise than what was written here: kept, compared, decided by an editor, never written over."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actors import Actor
from accounts.models import Role
from catalog import actions
from catalog.carrying import KEPT, carried_over
from catalog.importer import convert
from catalog.importer.run import CatalogueWalk
from catalog.models import ImportConflict, ImportItem, Procedure, ProcedureVersion
from catalog.queries import conflicts as queries
from catalog.queries.published import published_version
from catalog.shape import SHAPE
from common.errors import DomainError, NotAllowed
from events.models import Event
from integrations.chileatiende.memory import MemoryCatalogue
from tests.catalog.sheets import AGENCIES, ficha
from tests.factories import accounts as people
from tests.factories import catalog as sheets
from tests.factories.territory import CommuneFactory

ORIGIN = "https://other.example/api"
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


@pytest.fixture
def ours(db):
    """A sheet that was written here, of the agency whose sheets come from elsewhere."""
    agency = people.AgencyFactory(code="AD009")
    return sheets.publish(sheets.sheet(code="1", slug="nuestro"), agency=agency)


@pytest.fixture
def hers(ours):
    return people.staff("Eva Rivas", Role.EDITOR, agency=ours.procedure.agency)


def walk(*rows, dry=False):
    run = actions.begin_run(ORIGIN, by=Actor.system(), is_dry=dry)
    client = MemoryCatalogue(list(rows), AGENCIES)
    return CatalogueWalk(client, origin=ORIGIN, by=Actor.system(), run=run).go()


def url(name, *args):
    return reverse(f"catalog:{name}", args=args)


def test_a_text_that_differs_is_kept_once_and_asks_once(ours):
    assert walk(ficha(1)).counts == {"conflict": 1}
    assert walk(ficha(1)).counts == {"conflict": 1}

    conflict = ImportConflict.objects.get()
    assert (conflict.state, conflict.procedure, conflict.origin) == ("open", ours.procedure, ORIGIN)
    assert conflict.content["title"] == {"es": "Trámite número 1"}
    assert published_version("nuestro").title_es == "Certificado de ejemplo"
    assert Event.objects.filter(kind="procedure.import_differs").count() == 1


def test_another_text_takes_the_place_of_the_one_that_waited(ours):
    walk(ficha(1))
    walk(ficha(1, titulo="Más nuevo"))

    states = list(ImportConflict.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["superseded", "open"]
    assert ImportConflict.objects.open().get().content["title"] == {"es": "Más nuevo"}


def test_a_dry_run_tells_of_the_conflict_and_keeps_none(ours):
    report = walk(ficha(1), ficha(2), dry=True)

    assert report.counts == {"conflict": 1, "created": 1}
    assert not ImportConflict.objects.exists()
    assert not Procedure.objects.filter(code="2").exists()
    assert dict(ImportItem.objects.values_list("remote_id", "outcome")) == {"1": "conflict", "2": "created"}
    assert ImportItem.objects.get(remote_id="1").procedure == ours.procedure


def test_an_editor_compares_and_takes_the_text_as_a_draft(client_of, hers, ours):
    walk(ficha(1))
    conflict = ImportConflict.objects.get()
    client = client_of(hers)
    assert url("conflict", conflict.pk) in client.get(url("conflicts")).text
    page = client.get(url("conflict", conflict.pk)).text
    assert '<del class="tag-refused">Certificado de ejemplo</del>' in page
    assert "número" in page

    answer = client.post(url("conflict-take", conflict.pk))

    assert answer.url == url("edit", "1")
    draft = ProcedureVersion.objects.get(status="draft")
    assert (draft.title_es, draft.author) == ("Trámite número 1", hers)
    conflict.refresh_from_db()
    assert (conflict.state, conflict.settled_by) == ("taken", hers)
    assert published_version("nuestro").title_es == "Certificado de ejemplo", "nothing is public yet"
    assert Event.objects.filter(kind="procedure.import_taken", subject_id=ours.procedure_id).exists()


def test_what_their_format_has_no_place_for_stays_ours(hers, actor_of, ours):
    walk(ficha(1))

    draft = actions.take_conflict(ImportConflict.objects.get(), by=actor_of(hers))

    for key in ("form", "stages", "life_events", "audience", "applicant", "summary"):
        assert draft.content[key] == ours.content[key]
    assert draft.content["title"] == {"es": "Trámite número 1", "en": "Example certificate"}
    codes = [row["code"] for row in draft.content["requirements"]]
    assert codes == ["id-card", "paper-2"], "the identity card is the same requirement, with our code"
    assert draft.content["requirements"][0]["label"]["en"] == "Identity card"
    assert draft.content["channels"]["online"]["minutes"] == 10
    assert draft.content["channels"]["online"]["mode"] == "complete"


def test_everything_of_a_sheet_they_can_not_tell_stays_ours(hers, actor_of, ours):
    untold = {
        "eligibility": {"fact": "age", "at_least": 65},
        "variants": [{"communes": ["13101"], "text": {"es": "Aquí es otra cosa."}}],
        "levels": {"web": {"submit": 300}},
        "synonyms": {"es": ["papel"]},
        "related": ["77"],
        "anonymous": True,
        "valid_for": {"unit": "months", "count": 2},  # the words of both are the same
    }
    CommuneFactory(code="13101")
    ours = sheets.publish(sheets.sheet(code="1", slug="nuestro", **untold), agency=ours.procedure.agency)
    walk(ficha(1))

    draft = actions.take_conflict(ImportConflict.objects.get(), by=actor_of(hers))

    assert {key: draft.content.get(key) for key in untold} == {key: ours.content[key] for key in untold}
    theirs = convert.to_sheet(ficha(1), agency="AD009", origin=ORIGIN, themes={})
    never_told = {key.rstrip("!") for key in SHAPE} - theirs.keys()
    assert never_told <= set(KEPT)


def test_a_text_that_was_taken_and_set_aside_asks_again(hers, actor_of, ours):
    walk(ficha(1))
    draft = actions.take_conflict(ImportConflict.objects.get(), by=actor_of(hers))
    assert walk(ficha(1)).counts == {"same": 1}, "its draft is open"

    actions.set_aside(draft, by=actor_of(hers))

    assert walk(ficha(1)).counts == {"conflict": 1}
    first, second = ImportConflict.objects.order_by("pk")
    assert (first.state, first.taken_as, second.state) == ("taken", draft, "open")
    actions.keep_ours(second, by=actor_of(hers))
    assert walk(ficha(1)).counts == {"same": 1}, "ours was kept after all"


def test_a_text_that_was_taken_and_published_asks_no_more_whatever_was_changed_of_it(
    hers, publisher, actor_of, ours
):
    walk(ficha(1))
    draft = actions.take_conflict(ImportConflict.objects.get(), by=actor_of(hers))
    content = {**draft.content, "summary": {"es": "Otro resumen."}, "costs": []}
    draft = actions.edit_version(draft, by=actor_of(hers), content=content, revision=draft.revision)
    actions.send_to_review(draft, by=actor_of(hers))
    reviewer = people.staff("Rita Vera", Role.REVIEWER, agency=ours.procedure.agency)
    actions.review_version(draft, by=actor_of(reviewer), revision=draft.revision)
    actions.publish_version(draft, by=actor_of(publisher), revision=draft.revision)

    assert walk(ficha(1)).counts == {"same": 1}
    assert not ImportConflict.objects.open().exists()


def test_whoever_says_what_we_say_already_asks_nothing(ours):
    procedure = ours.procedure
    theirs = convert.to_sheet(ficha(1), agency="AD009", origin=ORIGIN, themes={})
    said = carried_over(ours.content, theirs)
    sheets.publish(
        {**said, "code": "1", "slug": procedure.slug, "form": sheets.SHEET["form"]}, agency=procedure.agency
    )

    assert walk(ficha(1)).counts == {"same": 1}
    assert not ImportConflict.objects.exists()


def test_an_open_draft_is_neither_overwritten_nor_taken_over(client_of, hers, actor_of, ours):
    walk(ficha(1))
    draft = actions.begin_version(ours.procedure, by=actor_of(hers))
    conflict = ImportConflict.objects.get()

    page = client_of(hers).get(url("conflict", conflict.pk)).text
    assert url("conflict-take", conflict.pk) not in page, "what would be refused is not offered"
    assert url("conflict-keep", conflict.pk) in page
    answer = client_of(hers).post(url("conflict-take", conflict.pk), follow=True)

    assert "A draft is open: finish it or set it aside" in answer.text
    conflict.refresh_from_db()
    draft.refresh_from_db()
    assert (conflict.state, draft.title_es) == ("open", "Certificado de ejemplo")
    actions.set_aside(draft, by=actor_of(hers))
    assert client_of(hers).post(url("conflict-take", conflict.pk)).url == url("edit", "1")


def test_ours_is_kept_and_the_same_text_never_asks_again(client_of, hers, ours):
    walk(ficha(1))
    conflict = ImportConflict.objects.get()
    client_of(hers).post(url("conflict-keep", conflict.pk))
    page = client_of(hers).get(url("conflict", conflict.pk)).text
    assert "Ours was kept" in page
    assert url("conflict-take", conflict.pk) not in page

    assert walk(ficha(1)).counts == {"same": 1}
    assert not ImportConflict.objects.open().exists()
    assert walk(ficha(1, titulo="Otro")).counts == {"conflict": 1}
    assert walk(ficha(1)).counts == {"same": 1}, "and what they say no more waits no more"
    assert not ImportConflict.objects.open().exists()
    assert Event.objects.filter(kind="procedure.import_kept").count() == 1


def test_a_draft_nobody_finished_keeps_the_import_away(actor_of):
    walk(ficha(1))
    procedure = Procedure.objects.get(code="1")
    editor = people.staff("Ema Soto", Role.EDITOR, agency=procedure.agency)
    draft = actions.begin_version(procedure, by=actor_of(editor))

    assert walk(ficha(1, titulo="Cambió allá")).counts == {"conflict": 1}

    actions.set_aside(draft, by=actor_of(editor))
    assert walk(ficha(1, titulo="Cambió allá")).counts == {"changed": 1}
    assert ImportConflict.objects.get().state == "superseded", "nobody has to decide any more"


def test_two_who_decide_at_once_decide_once(hers, actor_of, ours):
    walk(ficha(1))
    conflict = ImportConflict.objects.get()
    actions.keep_ours(conflict, by=actor_of(hers))

    with pytest.raises(DomainError, match="decided meanwhile"):
        actions.take_conflict(conflict, by=actor_of(hers))

    assert not ProcedureVersion.objects.filter(status="draft").exists()


def test_only_editors_of_the_agency_decide(client_of, editor, publisher, actor_of, ours):
    walk(ficha(1))
    conflict = ImportConflict.objects.get()

    assert client_of(editor).get(url("conflict", conflict.pk)).status_code == 404
    assert url("conflict", conflict.pk) not in client_of(editor).get(url("conflicts")).text
    assert (
        url("conflict-take", conflict.pk) not in client_of(publisher).get(url("conflict", conflict.pk)).text
    )
    for act in (actions.take_conflict, actions.keep_ours):
        with pytest.raises(NotAllowed):
            act(conflict, by=actor_of(publisher))


def test_the_list_is_paged_and_asks_as_much_for_few_as_for_many(client_of, hers, ours, monkeypatch):
    client = client_of(hers)

    def count():
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.get(url("conflicts")).status_code == 200
        return len(asked)

    def come(start, many):
        for number in range(start, start + many):
            version = sheets.publish(
                sheets.sheet(code=str(number), slug=f"t-{number}"), agency=ours.procedure.agency
            )
            content = {**version.content, "title": {"es": f"Otro {number}"}}
            actions.file_conflict(version.procedure, content, by=Actor.system(), origin=ORIGIN, run=None)

    come(100, 2)
    few = count()
    come(200, 10)
    assert count() == few

    monkeypatch.setattr(queries, "PAGE", 5)
    seen, address = [], url("conflicts")
    for _page in range(3):
        page = client.get(address)
        seen += [row.procedure.code for row in page.context["rows"]]
        address = url("conflicts") + page.context["pages"]["next"]
    assert len(seen) == len(set(seen)) == 12
