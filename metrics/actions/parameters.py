"""
New versions of parameter sets: begun from an approved one, changed value by value with a reason, approved by
a second person.
"""

from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from common import clock
from common.errors import DomainError, IllegalMove, StaleVersion, require
from events.record import record
from metrics import permissions
from metrics.models import InvestmentClass, Parameter, ParameterChange, ParameterSet, SetStatus

EDITABLE = ("standard_error", "n", "kind", "as_of", "source_es", "source_en")


@transaction.atomic
def draft_set(base: ParameterSet, *, by: Actor, reason: str) -> ParameterSet:
    """
    Begin the next version of a set as a copy of an approved one.

    :raises NotAllowed: `by` is no analyst or administrator
    :raises DomainError: no reason, or a draft of this set is open already
    """
    base = ParameterSet.objects.lock(base.pk)
    require(permissions.can_edit_parameters(by), _("Only analysts and administrators change parameters."))
    if base.is_draft:
        raise IllegalMove(SetStatus.DRAFT, SetStatus.DRAFT)
    if not reason.strip():
        raise DomainError(
            _("Write why a new version is needed."), reason=_("Write why a new version is needed.")
        )
    if ParameterSet.objects.filter(code=base.code, status=SetStatus.DRAFT).exists():
        raise DomainError(
            _("A new version of this set is already being prepared: change that one, or have it approved.")
        )
    now = clock.now()
    last = ParameterSet.objects.filter(code=base.code).aggregate(last=Max("version"))["last"]
    parameters, classes = list(base.parameters.all()), list(base.investment_classes.all())
    draft = ParameterSet.objects.get(pk=base.pk)
    draft.pk, draft._state.adding = ParameterSet._meta.pk.get_default(), True
    draft.version, draft.status, draft.revision = last + 1, SetStatus.DRAFT, 1
    draft.based_on, draft.reason = base, reason.strip()[:2000]
    draft.created_by_id, draft.created_at = by.user_id, now
    draft.approved_by_id = draft.approved_at = None
    draft.save(force_insert=True)
    copies: list[Any] = [*parameters, *classes]
    for row in copies:
        row.pk, row.set, row._state.adding = None, draft, True
    Parameter.objects.bulk_create(parameters)
    InvestmentClass.objects.bulk_create(classes)
    record("parameters.drafted", draft, by=by, at=now, code=draft.code, version=draft.version)
    return draft


@transaction.atomic
def change_parameter(
    parameter: Parameter, *, by: Actor, values: dict[str, Any], reason: str, revision: int
) -> Parameter:
    """
    Change a value of a draft.

    :param values: `mean` and what else of `EDITABLE` is to change
    :raises NotAllowed, IllegalMove: the set is approved
    :raises StaleVersion: somebody changed the set since it was shown
    :raises DomainError: no reason or no source
    """
    _change(Parameter, parameter.pk, "mean", by=by, values=values, reason=reason, revision=revision)
    return Parameter.objects.get(pk=parameter.pk)


@transaction.atomic
def change_class(
    row: InvestmentClass, *, by: Actor, values: dict[str, Any], reason: str, revision: int
) -> InvestmentClass:
    """Change the investment of a class of a draft, as `change_parameter` does a parameter."""
    _change(InvestmentClass, row.pk, "clp", by=by, values=values, reason=reason, revision=revision)
    return InvestmentClass.objects.get(pk=row.pk)


def _change(
    model: Any, pk: int, number: str, *, by: Actor, values: dict[str, Any], reason: str, revision: int
) -> None:
    parameter_set = ParameterSet.objects.lock(model.objects.values_list("set_id", flat=True).get(pk=pk))
    require(permissions.can_edit_parameters(by), _("Only analysts and administrators change parameters."))
    if not parameter_set.is_draft:
        raise IllegalMove(SetStatus(parameter_set.status), SetStatus.DRAFT)
    if revision != parameter_set.revision:
        raise StaleVersion(
            _("Somebody changed this set meanwhile. Look at the value again; what you typed is kept.")
        )
    if not reason.strip():
        raise DomainError(_("Write why this value changes."), reason=_("Write why this value changes."))
    if not str(values.get("source_es", "")).strip():
        raise DomainError(
            _("Write where this value comes from."), source_es=_("Write where this value comes from.")
        )
    now = clock.now()
    row = model.objects.get(pk=pk)
    names = (number, *EDITABLE)
    before = {name: _plain(getattr(row, name)) for name in names}
    for name in names:
        if name in values:
            setattr(row, name, values[name])
    row.save()
    parameter_set.revision += 1
    parameter_set.save(update_fields=["revision"])
    after = {name: _plain(getattr(row, name)) for name in names}
    changed = [name for name in names if before[name] != after[name]]
    ParameterChange.objects.create(
        set=parameter_set,
        what=str(row),
        before={name: before[name] for name in changed},
        after={name: after[name] for name in changed},
        reason=reason.strip()[:2000],
        by_id=by.user_id,
        at=now,
    )
    record(
        "parameters.changed",
        parameter_set,
        by=by,
        at=now,
        code=parameter_set.code,
        version=parameter_set.version,
        value=str(row),
    )


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return value if isinstance(value, int | str) else str(value)


@transaction.atomic
def approve_set(parameter_set: ParameterSet, *, by: Actor, revision: int) -> ParameterSet:
    """
    Approve a draft: from now on it is the set's current version, and never changes again.

    :raises NotAllowed: `by` began it or changed a value of it
    :raises IllegalMove: it is approved already
    :raises StaleVersion: it changed since it was shown
    """
    parameter_set = ParameterSet.objects.lock(parameter_set.pk)
    require(
        permissions.can_approve(by, parameter_set),
        _("A second person approves: somebody who neither began this version nor changed a value of it."),
    )
    if revision != parameter_set.revision:
        raise StaleVersion(_("Somebody changed this set meanwhile. Look at it again before you approve it."))
    now = clock.now()
    parameter_set.approve(by=by.user_id, at=now)
    parameter_set.save(update_fields=["status", "approved_by", "approved_at"])
    record(
        "parameters.approved",
        parameter_set,
        by=by,
        at=now,
        code=parameter_set.code,
        version=parameter_set.version,
    )
    return parameter_set
