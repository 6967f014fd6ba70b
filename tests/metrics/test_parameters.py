"""Parameter sets: versions, reasons, a second person, and an approved one that never changes."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from common.errors import DomainError, IllegalMove, NotAllowed, StaleVersion
from metrics import actions
from metrics.models import InvestmentClass, Parameter, ParameterChange, ParameterSet
from metrics.queries.savings import Sets
from tests.factories.accounts import staff

VALUES = {
    "standard_error": Decimal(2), "n": 900, "kind": "survey", "as_of": "2026-05-01",
    "source_es": "Encuesta nacional 2026",
    "source_en": "National survey 2026",
}  # fmt: skip


@pytest.fixture
def base(parameters):
    return ParameterSet.objects.get(code="2024", version=1)


@pytest.fixture
def draft(base, analyst, actor_of):
    return actions.draft_set(base, by=actor_of(analyst), reason="La encuesta de 2026.")


def change(draft, by, **more):
    row = draft.parameters.get(name="clp_per_contact", channel="office")
    given = {
        "values": {"mean": Decimal(2000), **VALUES},
        "reason": "Encuesta nueva",
        "revision": draft.revision,
        **more,
    }
    return actions.change_parameter(row, by=by, **given)


def test_a_new_version_is_a_copy_that_changes_nothing_yet(base, draft):
    assert (draft.version, draft.status, draft.based_on) == (2, "draft", base)
    assert draft.parameters.count() == base.parameters.count() == 60
    assert draft.investment_classes.count() == 3
    assert Sets().of_year(2026) == base


def test_a_value_changes_with_its_reason_and_a_second_person_approves(
    draft, analyst, administrator, actor_of
):
    change(draft, actor_of(analyst))
    draft.refresh_from_db()

    actions.approve_set(draft, by=actor_of(administrator), revision=draft.revision)

    told = ParameterChange.objects.get()
    assert (told.before["mean"], told.after["mean"], told.reason) == ("1250", "2000", "Encuesta nueva")
    assert Sets().of_year(2026).version == 2
    assert Sets(ParameterSet.objects.get(code="2024", version=1)).of_year(2026).version == 1


def test_an_investment_class_changes_too(draft, analyst, actor_of):
    row = draft.investment_classes.get(code="small")

    changed = actions.change_class(
        row,
        by=actor_of(analyst),
        values={"clp": Decimal(7_000_000), **VALUES},
        reason="Licitación",
        revision=draft.revision,
    )

    assert (changed.clp, changed.n) == (7_000_000, 900)


def test_whoever_began_or_changed_it_does_not_approve(draft, analyst, administrator, actor_of):
    change(draft, actor_of(administrator))
    draft.refresh_from_db()

    for one in (analyst, administrator, staff("Sofía Araya", "supervisor")):
        with pytest.raises(NotAllowed):
            actions.approve_set(draft, by=actor_of(one), revision=draft.revision)


@pytest.mark.parametrize(
    ("more", "refusal"),
    [
        ({"revision": 99}, StaleVersion),
        ({"reason": "  "}, DomainError),
        ({"values": {"mean": Decimal(1), "source_es": " "}}, DomainError),
    ],
)
def test_a_change_says_why_whence_and_of_what(draft, analyst, actor_of, more, refusal):
    with pytest.raises(refusal):
        change(draft, actor_of(analyst), **more)
    assert not ParameterChange.objects.exists()


def test_an_approval_of_something_else_than_was_read_is_refused(draft, administrator, actor_of):
    with pytest.raises(StaleVersion):
        actions.approve_set(draft, by=actor_of(administrator), revision=draft.revision + 1)


def test_a_second_draft_and_a_draft_of_a_draft_are_refused(base, draft, analyst, actor_of):
    with pytest.raises(DomainError, match=r"."):
        actions.draft_set(base, by=actor_of(analyst), reason="Otra")
    with pytest.raises(IllegalMove):
        actions.draft_set(draft, by=actor_of(analyst), reason="Otra")
    with pytest.raises(DomainError):
        actions.draft_set(base, by=actor_of(analyst), reason=" ")


def test_an_approved_set_is_changed_by_nobody_not_even_in_the_database(base, analyst, actor_of):
    with pytest.raises(IllegalMove):
        change(base, actor_of(analyst))
    attempts = [
        lambda: ParameterSet.objects.filter(pk=base.pk).update(clp_per_usd=1),
        lambda: Parameter.objects.filter(set=base).update(mean=1),
        lambda: InvestmentClass.objects.filter(set=base).update(clp=1),
        lambda: Parameter.objects.filter(set=base).first().delete(),
        lambda: base.investment_classes.create(
            code="x",
            label_es="x",
            label_en="x",
            population_from=0,
            clp=1,
            kind="assumption",
            as_of="2026-01-01",
            source_es="x",
        ),
    ]
    for attempt in attempts:
        with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
            attempt()


def address(name, *args):
    return reverse(f"metrics:{name}", args=args)


def posted(row, given, /, **more):
    return {
        "number": "2000", "standard_error": "300", "n": "900", "kind": "survey", "as_of": "2026-05-01",
        "source_es": "Encuesta", "source_en": "", "reason": "Nueva encuesta", "revision": str(given), **more,
    }  # fmt: skip


def test_the_screens_walk_from_a_new_version_to_its_approval(base, analyst, administrator, client_of):
    first, second = client_of(analyst), client_of(administrator)

    begun = first.post(address("parameter-set-draft", "2024", 1), {"reason": "Encuesta de 2026"})
    draft = ParameterSet.objects.get(code="2024", version=2)
    row = draft.parameters.get(name="clp_per_contact", channel="office")
    shown = first.get(address("parameter", "2024", 2, row.pk))
    changed = first.post(address("parameter", "2024", 2, row.pk), posted(row, 1, n="1.900"))
    beside = first.get(address("parameter-set", "2024", 2), {"with": "2024~1"})
    own = first.post(address("parameter-set-approve", "2024", 2), {"revision": "2"})
    approved = second.post(address("parameter-set-approve", "2024", 2), {"revision": "2"})

    assert (begun.status_code, shown.status_code, changed.status_code, own.status_code) == (
        302,
        200,
        302,
        403,
    )
    assert "<strong>1.250</strong>" in beside.text
    assert approved.status_code == 302
    draft.refresh_from_db()
    assert (draft.status, draft.approved_by) == ("approved", administrator)
    assert draft.parameters.get(name="clp_per_contact", channel="office").n == 1900
    assert (
        first.get(address("parameters")).status_code
        == first.get(address("parameter-set", "2024", 2)).status_code
        == 200
    )


@pytest.mark.parametrize(
    "wrong",
    [{"number": "abc"}, {"number": "-1"}, {"number": "1e400"}, {"n": "0"}, {"kind": "guess"},
     {"source_es": ""}, {"reason": ""}, {"as_of": "31/31/2026"}, {"as_of": "0001-01-01"}, {"revision": "99"},
     {"number": "1.240"}, {"number": "1,240"}, {"number": "1,240.5"}, {"standard_error": "1.240"}],
    ids=str,
)  # fmt: skip
def test_a_refused_value_keeps_what_was_typed(draft, analyst, client_of, wrong):
    row = draft.parameters.get(name="clp_per_contact", channel="office")

    response = client_of(analyst).post(
        address("parameter", "2024", 2, row.pk),
        posted(row, draft.revision, **{"reason": "Muy larga razón", **wrong}),
    )

    assert response.status_code == 422
    assert "error-summary" in response.text
    assert "Encuesta" in response.text or "source_es" in wrong
    assert not ParameterChange.objects.exists()


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("1240,5", "1240.5"),
        ("1.240,5", "1240.5"),
        ("1.240.000", "1240000"),
        ("0.55", "0.55"),
        ("1,1250", "1.125"),
    ],
)
def test_a_number_is_read_as_it_is_written_in_chile_and_shown_as_it_was_read(
    draft, analyst, client_of, typed, read
):
    client, row = client_of(analyst), draft.parameters.get(name="clp_per_contact", channel="office")

    client.post(address("parameter", "2024", 2, row.pk), posted(row, draft.revision, number=typed))

    row.refresh_from_db()
    assert row.mean == Decimal(read)
    assert (
        f"{Decimal(read):,f}".translate(str.maketrans(",.", ".,"))
        in client.get(address("parameter-set", "2024", 2)).text
    )


def test_the_value_on_the_form_can_be_sent_back_as_it_stands(draft, analyst, client_of):
    client, row = client_of(analyst), draft.parameters.get(name="clp_per_contact", channel="office")
    draft.parameters.filter(pk=row.pk).update(mean=Decimal("1.125"))

    shown = client.get(address("parameter", "2024", 2, row.pk)).context["form"]["number"].value()
    client.post(address("parameter", "2024", 2, row.pk), posted(row, draft.revision, number=shown))

    row.refresh_from_db()
    assert (shown, row.mean) == ("1,1250", Decimal("1.125"))


def test_a_supervisor_reads_and_does_not_change(draft, supervisor, client_of):
    client = client_of(supervisor)
    row = draft.parameters.first()

    assert client.get(address("parameter-set", "2024", 2)).status_code == 200
    assert client.get(address("parameter", "2024", 2, row.pk)).status_code == 403
    assert client.post(address("parameter-set-draft", "2024", 1), {"reason": "x"}).status_code == 403
    assert client.post(address("parameter-set-approve", "2024", 2), {"revision": "1"}).status_code == 403


def test_absurd_revisions_and_versions_are_answered(draft, administrator, client_of):
    client = client_of(administrator)

    assert (
        client.post(address("parameter-set-approve", "2024", 2), {"revision": "9" * 400}).status_code == 302
    )
    assert client.get(address("parameter-set", "2024", 7)).status_code == 404
    assert client.get("/es/staff/figures/parameters/2024/99999999999999999999/").status_code == 404
    draft.refresh_from_db()
    assert draft.is_draft
