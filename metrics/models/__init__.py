from metrics.models.daily_contact import MEASURES, DailyContact, DirtyDay
from metrics.models.definition import IndicatorDefinition
from metrics.models.parameter_set import (
    InvestmentClass,
    Parameter,
    ParameterChange,
    ParameterSet,
    SetStatus,
    ValueKind,
)

__all__ = [
    "MEASURES",
    "DailyContact",
    "DirtyDay",
    "IndicatorDefinition",
    "InvestmentClass",
    "Parameter",
    "ParameterChange",
    "ParameterSet",
    "SetStatus",
    "ValueKind",
]
