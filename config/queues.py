"""The worker's queues, in one place: settings route by them, compose and dev.py start workers on them. No Django import."""

QUEUES = ("outbox", "crm", "catalog", "metrics", "channels")

ROUTES = {
    "events.*": {"queue": "outbox"},
    "crm.*": {"queue": "crm"},
    "catalog.*": {"queue": "catalog"},
    "metrics.*": {"queue": "metrics"},
    "portal.*": {"queue": "channels"},
    "offices.*": {"queue": "channels"},
    "callcentre.*": {"queue": "channels"},
}
