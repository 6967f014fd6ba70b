from callcentre.models.agent import AgentExtension, AgentState, AgentStateKind, PauseReason
from callcentre.models.call import (
    Call,
    CallEvent,
    CallNote,
    CallState,
    Direction,
    EventSource,
    EventType,
    NoMatter,
    Ring,
)
from callcentre.models.knowledge import KnowledgeCheck
from callcentre.models.line import Line, LineHours, MenuOption

__all__ = [
    "AgentExtension",
    "AgentState",
    "AgentStateKind",
    "Call",
    "CallEvent",
    "CallNote",
    "CallState",
    "Direction",
    "EventSource",
    "EventType",
    "KnowledgeCheck",
    "Line",
    "LineHours",
    "MenuOption",
    "NoMatter",
    "PauseReason",
    "Ring",
]
