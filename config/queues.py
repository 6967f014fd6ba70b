"""The worker's queues, in one place: settings route by them, compose and dev.py start workers on them. No Django import."""

QUEUES = ("outbox", "crm", "agencies", "catalog", "metrics", "channels")

ROUTES = {
    "events.*": {"queue": "outbox"},
    "crm.deliver_to_agency": {
        "queue": "agencies"
    },  # may wait for a slow receiver: nothing else waits with it
    "crm.reconcile_agency": {"queue": "agencies"},
    "crm.*": {"queue": "crm"},
    "catalog.sync_sources": {"queue": "agencies"},  # likewise for a slow server
    "catalog.*": {"queue": "catalog"},
    "metrics.*": {"queue": "metrics"},
    "portal.*": {"queue": "channels"},
    "offices.*": {"queue": "channels"},
    "callcentre.*": {"queue": "channels"},
}
