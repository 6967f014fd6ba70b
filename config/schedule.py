"""What beat starts, and when (UTC). A night's work runs while it is night in Chile."""

from celery.schedules import crontab

SCHEDULE = {
    "sweep-the-outbox": {"task": "events.deliver_pending", "schedule": 5.0},
    "hand-over-lost": {"task": "events.hand_over_lost", "schedule": 300.0},
    "make-next-partitions": {"task": "events.make_partitions", "schedule": crontab(hour="3", minute="10")},
    "remove-orphan-papers": {"task": "crm.remove_orphan_papers", "schedule": crontab(hour="3", minute="20")},
    "expire-papers": {"task": "crm.expire_papers", "schedule": crontab(hour="5", minute="20")},
    "send-due-notifications": {"task": "crm.send_due_notifications", "schedule": 60.0},
    "sweep-deliveries": {"task": "crm.sweep_deliveries", "schedule": 30.0},
    "reconcile": {"task": "crm.reconcile", "schedule": crontab(hour="4", minute="20")},
    "apply-retention": {"task": "crm.apply_retention", "schedule": crontab(hour="2", minute="40")},
    "finish-exports": {"task": "crm.finish_exports", "schedule": 300.0},
    "forget-deliveries": {"task": "crm.forget_deliveries", "schedule": crontab(hour="2", minute="10")},
    "forget-handled": {"task": "events.forget_handled", "schedule": crontab(hour="2", minute="20")},
    "load-holidays": {
        "task": "crm.load_holidays",
        "schedule": crontab(day_of_month="2", hour="5", minute="40"),
    },
    "forget-requests": {"task": "crm.forget_requests", "schedule": crontab(hour="3", minute="50")},
    "check-case-states": {"task": "crm.check_case_states", "schedule": crontab(hour="3", minute="30")},
    "remind-of-questions": {"task": "crm.remind_of_questions", "schedule": crontab(hour="12", minute="10")},
    "note-late-work": {"task": "crm.note_late_work", "schedule": crontab(minute="20")},
    "estimate-decision-times": {
        "task": "crm.estimate_decision_times",
        "schedule": crontab(hour="4", minute="15"),
    },
    "seal-audit": {"task": "crm.seal_audit", "schedule": crontab(minute="40")},
    "check-audit": {"task": "crm.check_audit", "schedule": crontab(hour="3", minute="45")},
    "check-roll-ups": {"task": "metrics.check_roll_ups", "schedule": crontab(hour="4", minute="0")},
    # What waits for its moment is looked for every second; where nobody works meanwhile they do not pile up.
    "begin-publications": {
        "task": "catalog.begin_publications",
        "schedule": 1.0,
        "options": {"expires": 5.0},
    },
    "send-sheet-reminders": {"task": "catalog.send_reminders", "schedule": 600.0},
    "keep-readings": {"task": "catalog.keep_readings", "schedule": 300.0},
    "remind-of-reviews": {"task": "catalog.remind_of_reviews", "schedule": crontab(hour="12", minute="40")},
    "sync-sources": {"task": "catalog.sync_sources", "schedule": 60.0},
    "finish-bulk": {"task": "catalog.finish_bulk", "schedule": 600.0},
    "put-back-silent-calls": {"task": "offices.put_back_silent_calls", "schedule": 60.0},
    "end-days": {"task": "offices.end_days", "schedule": 900.0},
    "end-stale-calls": {"task": "callcentre.end_stale_calls", "schedule": 60.0},
    "end-idle-contacts": {"task": "crm.end_idle_contacts", "schedule": 300.0},
    "refresh-roll-ups": {"task": "metrics.refresh_roll_ups", "schedule": 5.0},
}
